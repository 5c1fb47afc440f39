/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_column.c: lines answered from whole columns: age at diagnosis, dates of birth,
 * diagnosis, death and last visit, vital status, years of activity. */
#include <math.h>
#include <string.h>

#include "index/civil16.h"
#include "index/eval_internal.h"

/* An age range in whole years, and in days since birth, where a count of days decides: the
 * nth birthday falls within two days of n × 365.2425 days after birth. */
struct age_range {
    int low, high; /* completed years, both included */
    int32_t too_young, old_enough, young_enough, too_old; /* days: surely … */
};

#define AGE_LIMIT 1000

static int whole_years(double years)
{
    return years < -AGE_LIMIT ? -AGE_LIMIT : years > AGE_LIMIT ? AGE_LIMIT : (int)years;
}

static struct age_range age_range(const struct criteria_number *number)
{
    struct age_range range = {
        .low = whole_years(number->low_open ? floor(number->low) + 1 : ceil(number->low)),
        .high = whole_years(number->high_open ? ceil(number->high) - 1
                                              : floor(number->high))};

    range.too_young = (int32_t)floor(range.low * 365.2425) - 3;
    range.old_enough = range.too_young + 6;
    range.young_enough = (int32_t)floor((range.high + 1) * 365.2425) - 3;
    range.too_old = range.young_enough + 6;
    return range;
}

/* The exact answer, by the calendar. */
static enum truth age_by_calendar(const struct segment *segment, const uint32_t *civil,
                                  const struct age_range *range, uint32_t row)
{
    uint32_t patient = segment->tumour_patient[row];
    uint16_t birth_first = segment->birth_first[patient],
             birth_last = segment->birth_last[patient],
             first = segment->diagnosis_first[row], last = segment->diagnosis_last[row];
    bool low_open = birth_last == DAY16_OPEN_AFTER || first == DAY16_OPEN_BEFORE;
    bool high_open = birth_first == DAY16_OPEN_BEFORE || last == DAY16_OPEN_AFTER;
    int least = low_open ? -AGE_LIMIT : age16(civil, birth_last, first);
    int most = high_open ? AGE_LIMIT : age16(civil, birth_first, last);

    if (most < range->low || least > range->high)
        return TRUTH_NO;
    return least >= range->low && most <= range->high && !low_open && !high_open
               ? TRUTH_YES
               : TRUTH_UNKNOWN;
}

static enum truth age_truth(const struct segment *segment, const uint32_t *civil,
                            const struct age_range *range, uint32_t row)
{
    uint32_t patient = segment->tumour_patient[row];
    uint16_t birth = segment->birth_first[patient], day = segment->diagnosis_first[row];
    int32_t days = (int32_t)day - birth;

    if (birth == segment->birth_last[patient] && day == segment->diagnosis_last[row]) {
        if (days > range->old_enough && days < range->young_enough)
            return TRUTH_YES;
        if (days < range->too_young || days > range->too_old)
            return TRUTH_NO;
    }
    return age_by_calendar(segment, civil, range, row);
}

static void put(struct pair *out, uint32_t row, enum truth truth)
{
    if (truth == TRUTH_YES)
        set_put(out->certain, row);
    if (truth != TRUTH_NO)
        set_put(out->possible, row);
}

struct pair eval_age(const struct evaluator *ev, const struct criteria *line,
                     const uint64_t *restrict_to)
{
    struct pair out = pair_new(ev, LEVEL_TUMOUR);
    const uint32_t *civil = civil16();
    struct age_range range = age_range(&line->number);

    if (restrict_to) {
        set_each(row, restrict_to, ev->segment->tumours)
            put(&out, row, age_truth(ev->segment, civil, &range, row));
        return out;
    }
    for (uint32_t row = 0; row < ev->segment->tumours; row++)
        put(&out, row, age_truth(ev->segment, civil, &range, row));
    return out;
}

static void date_columns(const struct segment *segment, enum item item,
                         const uint16_t **first_r, const uint16_t **last_r)
{
    switch (item) {
    case ITEM_DIAGNOSIS_DATE:
        *first_r = segment->diagnosis_first;
        *last_r = segment->diagnosis_last;
        break;
    case ITEM_PATIENT_BIRTH:
        *first_r = segment->birth_first;
        *last_r = segment->birth_last;
        break;
    case ITEM_DEATH_DATE:
        *first_r = segment->death_first;
        *last_r = segment->death_last;
        break;
    case ITEM_LAST_VISIT:
        *first_r = segment->visit_first;
        *last_r = segment->visit_last;
        break;
    default:
        *first_r = segment->news_first;
        *last_r = segment->news_last;
        break;
    }
}

struct pair eval_date(const struct evaluator *ev, const struct criteria *line,
                      enum segment_level level)
{
    const struct segment *segment = ev->segment;
    uint16_t from = day16_first(line->dates.first), to = day16_last(line->dates.last);
    const uint16_t *first, *last;
    struct pair out = pair_new(ev, level);
    size_t rows = level_rows(ev, level);

    date_columns(segment, line->item, &first, &last);
    for (uint32_t row = 0; row < rows; row++) {
        enum truth truth = last[row] < from || first[row] > to     ? TRUTH_NO
                           : first[row] >= from && last[row] <= to ? TRUTH_YES
                                                                   : TRUTH_UNKNOWN;

        /* no death, no date of death */
        if (line->item == ITEM_DEATH_DATE && segment->dead[row] < (uint8_t)truth)
            truth = (enum truth)segment->dead[row];
        put(&out, row, truth);
    }
    return out;
}

struct pair eval_vital(const struct evaluator *ev, bool dead)
{
    const struct segment *segment = ev->segment;
    struct pair out = pair_new(ev, LEVEL_PATIENT);

    for (uint32_t p = 0; p < segment->patients; p++) {
        enum truth truth = (enum truth)segment->dead[p];

        put(&out, p, dead ? truth : truth_not(truth));
    }
    return out;
}

struct pair eval_active(const struct evaluator *ev, const struct criteria *line)
{
    const struct segment *segment = ev->segment;
    const struct segment_header *header = segment->header;
    const uint16_t *years = segment_at(segment, header->arrays[ARRAY_YEARS].offset);
    const uint64_t *sets = segment_at(segment, header->arrays[ARRAY_ACTIVE].offset);
    struct pair out = pair_new(ev, LEVEL_PATIENT);
    int from, to, month, day;

    day_to_civil(line->dates.first, &from, &month, &day);
    day_to_civil(line->dates.last, &to, &month, &day);
    for (uint64_t i = 0; i < header->arrays[ARRAY_YEARS].count; i++)
        if (years[i] >= from && years[i] <= to)
            set_or(out.certain, sets + i * set_words(segment->patients),
                   segment->patients);
    set_copy(out.possible, segment_at(segment, header->arrays[ARRAY_UNDATED].offset),
             segment->patients);
    set_or(out.possible, out.certain, segment->patients);
    return out;
}
