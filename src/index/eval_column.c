/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_column.c: lines answered from whole columns: ages, vital status, years of
 * activity. */
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
static enum truth age_by_calendar(const uint32_t *civil, const struct age_range *range,
                                  struct days16 birth, struct days16 day)
{
    bool low_open = birth.last == DAY16_OPEN_AFTER || day.first == DAY16_OPEN_BEFORE;
    bool high_open = birth.first == DAY16_OPEN_BEFORE || day.last == DAY16_OPEN_AFTER;
    int least = low_open ? -AGE_LIMIT : age16(civil, birth.last, day.first);
    int most = high_open ? AGE_LIMIT : age16(civil, birth.first, day.last);

    if (most < range->low || least > range->high)
        return TRUTH_NO;
    return least >= range->low && most <= range->high && !low_open && !high_open
               ? TRUTH_YES
               : TRUTH_UNKNOWN;
}

static enum truth age_truth(const uint32_t *civil, const struct age_range *range,
                            struct days16 birth, struct days16 day)
{
    int32_t days = (int32_t)day.first - birth.first;

    if (birth.first == birth.last && day.first == day.last) {
        if (days > range->old_enough && days < range->young_enough)
            return TRUTH_YES;
        if (days < range->too_young || days > range->too_old)
            return TRUTH_NO;
    }
    return age_by_calendar(civil, range, birth, day);
}

enum truth age16_truth(const struct criteria_number *number, struct days16 birth,
                       struct days16 day)
{
    struct age_range range = age_range(number);

    return age_truth(civil16(), &range, birth, day);
}

static void put(struct pair *out, uint32_t row, enum truth truth)
{
    if (truth == TRUTH_YES)
        set_put(out->certain, row);
    if (truth != TRUTH_NO)
        set_put(out->possible, row);
}

struct days16 patient_days16(const struct segment *segment, enum item item,
                             uint32_t patient)
{
    switch (item) {
    case ITEM_PATIENT_BIRTH:
        return (struct days16){segment->birth_first[patient],
                               segment->birth_last[patient]};
    case ITEM_DEATH_DATE:
        return (struct days16){segment->death_first[patient],
                               segment->death_last[patient]};
    case ITEM_LAST_VISIT:
        return (struct days16){segment->visit_first[patient],
                               segment->visit_last[patient]};
    default:
        return (struct days16){segment->news_first[patient], segment->news_last[patient]};
    }
}

/* The day at which ROW's age is asked. */
static struct days16 age_day(const struct evaluator *ev, enum item item, uint32_t row,
                             uint32_t patient)
{
    const struct segment *segment = ev->segment;

    if (item == ITEM_NONE)
        return (struct days16){day16_first(ev->as_of), day16_last(ev->as_of)};
    if (item == ITEM_DIAGNOSIS_DATE)
        return (struct days16){segment->diagnosis_first[row],
                               segment->diagnosis_last[row]};
    return patient_days16(segment, item, patient);
}

struct aging {
    const struct evaluator *ev;
    const struct criteria *line;
    enum segment_level level;
    const uint32_t *civil;
    struct age_range range;
};

static enum truth age_of_row(const struct aging *aging, uint32_t row)
{
    const struct segment *segment = aging->ev->segment;
    enum item item = aging->line->item;
    uint32_t patient = aging->level == LEVEL_TUMOUR ? segment->tumour_patient[row] : row;
    enum truth truth = age_truth(aging->civil, &aging->range,
                                 patient_days16(segment, ITEM_PATIENT_BIRTH, patient),
                                 age_day(aging->ev, item, row, patient));

    return item == ITEM_DEATH_DATE ? truth_and(truth, (enum truth)segment->dead[patient])
                                   : truth;
}

struct pair eval_age(const struct evaluator *ev, const struct criteria *line,
                     enum segment_level level, const uint64_t *restrict_to)
{
    struct pair out = pair_new(ev, level);
    struct aging aging = {ev, line, level, civil16(), age_range(&line->number)};
    uint32_t rows = (uint32_t)level_rows(ev, level);

    ev->work->rows += restrict_to ? set_count(restrict_to, rows) : rows;
    if (restrict_to) {
        set_each(row, restrict_to, rows) put(&out, row, age_of_row(&aging, row));
        return out;
    }
    for (uint32_t row = 0; row < rows; row++)
        put(&out, row, age_of_row(&aging, row));
    return out;
}

struct pair eval_vital(const struct evaluator *ev, bool dead)
{
    const struct segment *segment = ev->segment;
    struct pair out = pair_new(ev, LEVEL_PATIENT);

    ev->work->rows += segment->patients;
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
