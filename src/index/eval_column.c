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

/* The truths of the 64 rows from ROW on. */
static void put_word(struct pair *out, uint32_t row, const uint8_t *truth)
{
    uint8_t yes[64], maybe[64];

    for (unsigned i = 0; i < 64; i++) {
        yes[i] = truth[i] == TRUTH_YES;
        maybe[i] = truth[i] != TRUTH_NO;
    }
    out->certain[row / 64] = set_word(yes);
    out->possible[row / 64] = set_word(maybe);
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

/* The columns of the date ITEM: of tumours the diagnosis, else of patients. */
static void date_columns(const struct segment *segment, enum item item,
                         const uint16_t **first_r, const uint16_t **last_r)
{
    switch (item) {
    case ITEM_DIAGNOSIS_DATE:
        *first_r = segment->diagnosis_first;
        *last_r = segment->diagnosis_last;
        return;
    case ITEM_PATIENT_BIRTH:
        *first_r = segment->birth_first;
        *last_r = segment->birth_last;
        return;
    case ITEM_DEATH_DATE:
        *first_r = segment->death_first;
        *last_r = segment->death_last;
        return;
    case ITEM_LAST_VISIT:
        *first_r = segment->visit_first;
        *last_r = segment->visit_last;
        return;
    default:
        *first_r = segment->news_first;
        *last_r = segment->news_last;
        return;
    }
}

/* The days at which ages are asked, by row or by patient; FIRST is NULL: all at TODAY. */
struct aging {
    const struct segment *segment;
    const uint32_t *civil;
    struct age_range range;
    const uint32_t *patient; /* of the rows; NULL: they are patients */
    const uint16_t *first, *last;
    bool by_row;
    struct days16 today;
    const uint8_t *dead; /* NULL: does not matter */
};

static enum truth age_of_row(const struct aging *aging, uint32_t row)
{
    uint32_t patient = aging->patient ? aging->patient[row] : row;
    uint32_t at = aging->by_row ? row : patient;
    struct days16 birth = {aging->segment->birth_first[patient],
                           aging->segment->birth_last[patient]};
    struct days16 day =
        aging->first ? (struct days16){aging->first[at], aging->last[at]} : aging->today;
    enum truth truth = age_truth(aging->civil, &aging->range, birth, day);

    return aging->dead ? truth_and(truth, (enum truth)aging->dead[patient]) : truth;
}

struct pair eval_age(const struct evaluator *ev, const struct criteria *line,
                     enum segment_level level, const uint64_t *restrict_to)
{
    const struct segment *segment = ev->segment;
    struct pair out = pair_new(ev, level);
    struct aging aging = {.segment = segment,
                          .civil = civil16(),
                          .range = age_range(&line->number),
                          .patient =
                              level == LEVEL_TUMOUR ? segment->tumour_patient : NULL,
                          .by_row = line->item == ITEM_DIAGNOSIS_DATE,
                          .today = {day16_first(ev->as_of), day16_last(ev->as_of)},
                          .dead = line->item == ITEM_DEATH_DATE ? segment->dead : NULL};
    uint32_t rows = (uint32_t)level_rows(ev, level);

    if (line->item != ITEM_NONE)
        date_columns(segment, line->item, &aging.first, &aging.last);
    ev->work->rows += restrict_to ? set_count(restrict_to, rows) : rows;
    for (size_t w = 0; w < set_words(rows); w++) {
        uint64_t yes = 0, maybe = 0;

        for (uint64_t bits = restrict_to ? restrict_to[w] : set_all(rows, w); bits;
             bits &= bits - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(bits);
            enum truth truth = age_of_row(&aging, (uint32_t)w * 64 + bit);

            yes |= (uint64_t)(truth == TRUTH_YES) << bit;
            maybe |= (uint64_t)(truth != TRUTH_NO) << bit;
        }
        out.certain[w] = yes;
        out.possible[w] = maybe;
    }
    return out;
}

/* NO, UNKNOWN and YES are 0, 1 and 2 (base/date.h). */
struct pair eval_vital(const struct evaluator *ev, bool dead)
{
    const struct segment *segment = ev->segment;
    struct pair out = pair_new(ev, LEVEL_PATIENT);

    ev->work->rows += segment->patients;
    for (uint32_t p = 0; p < segment->patients;) {
        uint32_t end = segment->patients - p < 64 ? segment->patients : p + 64;
        uint8_t truth[64] = {0};

        for (uint32_t i = p; i < end; i++)
            truth[i & 63] = dead ? segment->dead[i]
                                 : (uint8_t)truth_not((enum truth)segment->dead[i]);
        put_word(&out, p, truth);
        p = end;
    }
    return out;
}

/* ---- dates ---- */

/* Do N days lie in a period? */
static void period_truths(const uint16_t *first, const uint16_t *last, uint32_t n,
                          uint16_t from, uint16_t to, uint8_t *truth)
{
    for (uint32_t i = 0; i < n; i++) {
        uint8_t within = (first[i] >= from) & (last[i] <= to);
        uint8_t touches = (last[i] >= from) & (first[i] <= to);

        truth[i] = (uint8_t)(within + touches); /* within touches, too */
    }
}

bool eval_period(const struct evaluator *ev, const struct criteria *line,
                 enum segment_level level, const uint64_t *restrict_to, struct pair *out)
{
    const struct segment *segment = ev->segment;
    uint32_t rows = (uint32_t)level_rows(ev, level);
    const uint16_t *first, *last;
    struct interval dates;

    if (line->n_when != 1 || !when_is_dates(&line->when[0]) ||
        (line->item == ITEM_DIAGNOSIS_DATE) != (level == LEVEL_TUMOUR))
        return false;
    date_columns(segment, line->item, &first, &last);
    dates = line->when[0].dates;
    if (line->when[0].kind == WHEN_LAST)
        dates = (struct interval){ev->as_of - line->when[0].low, ev->as_of};
    ev->work->rows += restrict_to ? set_count(restrict_to, rows) : rows;
    for (uint32_t row = 0; row < rows; row += 64) {
        uint32_t n = rows - row < 64 ? rows - row : 64;
        uint8_t truth[64] = {0};

        if (restrict_to && !restrict_to[row / 64])
            continue;
        period_truths(first + row, last + row, n, day16_first(dates.first),
                      day16_last(dates.last), truth);
        /* no death, no date of death */
        for (uint32_t i = 0; line->item == ITEM_DEATH_DATE && i < n; i++)
            truth[i] = (uint8_t)truth_and((enum truth)truth[i],
                                          (enum truth)segment->dead[row + i]);
        put_word(out, row, truth);
    }
    return true;
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
