/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/sentence_en_time.c: when, in English. */
#include <string.h>

#include "criteria/sentence_internal.h"

/* ---- periods ---- */

static const char *const months[] = {"January",   "February", "March",    "April",
                                     "May",       "June",     "July",     "August",
                                     "September", "October",  "November", "December"};

static void put_part(struct sentence *s, const struct period *period, int end, bool year)
{
    if (period->parts == PERIOD_DAYS)
        buffer_printf(s->out, "%d ", period->day[end]);
    if (period->parts != PERIOD_YEARS)
        sentence_put(s, months[period->month[end] - 1]);
    if (period->parts != PERIOD_YEARS && year)
        sentence_put(s, " ");
    if (period->parts == PERIOD_YEARS || year)
        buffer_printf(s->out, "%d", period->year[end]);
}

static bool is_one_part(const struct period *period)
{
    return period->year[0] == period->year[1] &&
           (period->parts == PERIOD_YEARS ||
            (period->month[0] == period->month[1] &&
             (period->parts == PERIOD_MONTHS || period->day[0] == period->day[1])));
}

void english_dates(struct sentence *s, struct interval dates)
{
    struct period period = sentence_period(dates);
    bool days = period.parts == PERIOD_DAYS;

    if (!period.from) {
        sentence_put(s, days ? "on or before " : "in ");
        put_part(s, &period, 1, true);
        sentence_put(s, days ? "" : " or earlier");
    } else if (!period.to) {
        sentence_put(s, days ? "on or after " : "in ");
        put_part(s, &period, 0, true);
        sentence_put(s, days ? "" : " or later");
    } else if (is_one_part(&period)) {
        sentence_put(s, days ? "on " : "in ");
        put_part(s, &period, 0, true);
    } else {
        sentence_put(s, "from ");
        put_part(s, &period, 0, period.year[0] != period.year[1]);
        sentence_put(s, " to ");
        put_part(s, &period, 1, true);
    }
}

/* ---- durations ---- */

static const char *const units[] = {
    [TIME_DAY] = "day", [TIME_WEEK] = "week", [TIME_MONTH] = "month", [TIME_YEAR] = "year"};

/* "90 days", "a year" */
static void put_duration(struct sentence *s, int32_t days)
{
    int32_t n;
    enum time_unit unit = sentence_time_unit(days, &n);

    if (n == 1)
        buffer_printf(s->out, "one %s", units[unit]);
    else
        buffer_printf(s->out, "%d %ss", n, units[unit]);
}

static void put_last(struct sentence *s, int32_t days)
{
    int32_t n;
    enum time_unit unit = sentence_time_unit(days, &n);

    if (n == 1)
        buffer_printf(s->out, "the last %s", units[unit]);
    else
        buffer_printf(s->out, "the last %d %ss", n, units[unit]);
}

static void put_within(struct sentence *s, int32_t days, const char *side)
{
    sentence_put(s, "within ");
    put_duration(s, days);
    sentence_put(s, side);
}

/* "between 3 and 6 months", in one unit that says both */
static void put_between(struct sentence *s, int32_t low, int32_t high)
{
    int32_t n, m;
    enum time_unit unit = sentence_time_unit(low, &n);

    if (low == high) {
        sentence_put(s, "exactly ");
        put_duration(s, low);
        return;
    }
    if (sentence_time_unit(high, &m) != unit) {
        n = low;
        m = high;
        unit = TIME_DAY;
    }
    buffer_printf(s->out, "between %d and %d %ss", n, m, units[unit]);
}

/* "before", "since", "at least 6 months after": nothing bounds it on one side. */
static void put_open_distance(struct sentence *s, int32_t low, int32_t high)
{
    bool before = low == DISTANCE_MIN;
    int32_t least = before ? -high : low;

    if (least <= 0) {
        sentence_put(s, before ? "until " : "since ");
    } else if (least == 1) {
        sentence_put(s, before ? "before " : "after ");
    } else {
        sentence_put(s, "at least ");
        put_duration(s, least);
        sentence_put(s, before ? " before " : " after ");
    }
}

/* Point minus anchor lies in LOW to HIGH; what the anchor is comes next. */
static void put_distance(struct sentence *s, int32_t low, int32_t high)
{
    bool before = high < 0;

    if (low == DISTANCE_MIN || high == DISTANCE_MAX) {
        put_open_distance(s, low, high);
    } else if (low == 0 && high == 0) {
        sentence_put(s, "on the day of ");
    } else if (low == 0) {
        put_within(s, high, " after ");
    } else if (high == 0) {
        put_within(s, -low, " before ");
    } else if (low == -high) {
        put_within(s, high, " before or after ");
    } else {
        put_between(s, before ? -high : low, before ? -low : high);
        sentence_put(s, before ? " before " : " after ");
    }
}

/* ---- one condition ---- */

static const char *patient_date(enum item item)
{
    switch (item) {
    case ITEM_PATIENT_BIRTH: return "birth";
    case ITEM_DEATH_DATE: return "death";
    case ITEM_LAST_VISIT: return "the last visit";
    default: return "the last contact";
    }
}

static void put_event(struct sentence *s, const struct criteria_when *when)
{
    put_distance(s, when->high == DISTANCE_MAX ? DISTANCE_MIN : -when->high,
                 when->low == DISTANCE_MIN ? DISTANCE_MAX : -when->low);
    sentence_put(s, when->other_end ? "the end of " : "");
    english_other(s, when->other);
}

/* "at least 6 months", "3 to 6 months" */
static void put_length(struct sentence *s, const struct criteria_when *when)
{
    if (when->low != DISTANCE_MIN && when->high != DISTANCE_MAX) {
        put_between(s, when->low, when->high);
        return;
    }
    sentence_put(s, when->low == DISTANCE_MIN ? "at most " : "at least ");
    put_duration(s, when->low == DISTANCE_MIN ? when->high : when->low);
}

/* Said of the whole fact, and so without the verb of its start. */
static bool is_extent(const struct criteria_when *when)
{
    return when->kind == WHEN_LASTING || when->kind == WHEN_ONGOING;
}

/* The condition without its verb: "in 2021", "within 90 days after diagnosis". */
static void put_time(struct sentence *s, const struct criteria_when *when)
{
    switch (when->kind) {
    case WHEN_DATES: english_dates(s, when->dates); break;
    case WHEN_LAST:
        if (when->low == 0) {
            sentence_put(s, "on the very day of the question");
            break;
        }
        sentence_put(s, "in ");
        put_last(s, when->low);
        break;
    case WHEN_DIAGNOSIS:
        put_distance(s, when->low, when->high);
        sentence_put(s, "diagnosis");
        break;
    case WHEN_PATIENT_DATE:
        put_distance(s, when->low, when->high);
        sentence_put(s, patient_date(when->item));
        break;
    case WHEN_AGE:
        sentence_put(s, "at age ");
        english_age(s, &when->number);
        break;
    case WHEN_LASTING:
        sentence_put(s, "lasting ");
        put_length(s, when);
        break;
    case WHEN_ONGOING: sentence_put(s, "still ongoing"); break;
    case WHEN_EVENT: put_event(s, when); break;
    case WHEN_DURING:
        sentence_put(s, "during ");
        english_other(s, when->other);
        break;
    case WHEN_OVERLAPS:
        sentence_put(s, "at the time of ");
        english_other(s, when->other);
        break;
    }
}

enum event_verb { VERB_NONE, VERB_PRECEDED, VERB_FOLLOWED, VERB_OVERLAPS };

/* These say themselves what they are. */
static enum event_verb event_verb(const struct criteria_when *when)
{
    if (when->kind == WHEN_OVERLAPS)
        return VERB_OVERLAPS;
    if (when->kind != WHEN_EVENT || when->end || when->other_end || when->other->from)
        return VERB_NONE;
    if (when->low == DISTANCE_MIN && when->high == -1)
        return VERB_PRECEDED;
    return when->low == 1 && when->high == DISTANCE_MAX ? VERB_FOLLOWED : VERB_NONE;
}

/* ---- behind a noun ---- */

static void put_after_noun(struct sentence *s, const struct criteria_when *when,
                           const struct criteria_when *previous, const struct noun *noun)
{
    static const char *const events[] = {"", "preceded by ", "followed by ",
                                         "overlapping "};
    enum event_verb event = event_verb(when);
    bool said = previous && previous->end == when->end && !previous->negated &&
                event_verb(previous) == VERB_NONE && !is_extent(previous);

    sentence_put(s, when->negated ? "not " : "");
    if (event != VERB_NONE) {
        sentence_put(s, events[event]);
        english_other(s, when->other);
        return;
    }
    if (is_extent(when)) {
        put_time(s, when);
        return;
    }
    if (when->end)
        sentence_put(s, said && !when->negated ? "" : "ended ");
    else if (when->negated || (!said && noun->frame != FRAME_VALUE))
        buffer_printf(s->out, "%s ", noun->participle);
    put_time(s, when);
}

void english_times(struct sentence *s, const struct criteria *line,
                   const struct noun *noun)
{
    for (size_t i = 0; i < line->n_when; i++) {
        sentence_put(s, i ? " and " : "");
        put_after_noun(s, &line->when[i], i ? &line->when[i - 1] : NULL, noun);
    }
}

/* ---- as a predicate ---- */

static void put_predicate(struct sentence *s, const struct criteria_when *when,
                          const struct noun *noun)
{
    static const char *const events[] = {"", "preceded by ", "followed by ", ""};
    enum event_verb event = event_verb(when);
    bool starts = strcmp(noun->participle, "started") == 0;

    if (when->kind == WHEN_LASTING) {
        sentence_put(s, "lasted ");
        put_length(s, when);
    } else if (when->kind == WHEN_ONGOING) {
        sentence_put(s, "is ongoing");
    } else if (event == VERB_OVERLAPS) {
        sentence_put(s, when->negated ? "did not overlap " : "overlapped ");
        english_other(s, when->other);
    } else if (event != VERB_NONE) {
        buffer_printf(s->out, "was %s%s", when->negated ? "not " : "", events[event]);
        english_other(s, when->other);
    } else if (when->kind == WHEN_LAST && when->low > 0 && !when->end &&
               noun->frame == FRAME_VALUE) {
        sentence_put(s, "dates from ");
        put_last(s, when->low);
    } else {
        if (when->end)
            sentence_put(s, when->negated ? "did not end " : "ended ");
        else if (starts)
            sentence_put(s, when->negated ? "did not start " : "started ");
        else
            buffer_printf(s->out, "was %s%s ", when->negated ? "not " : "",
                          noun->participle);
        put_time(s, when);
    }
}

void english_predicates(struct sentence *s, const struct criteria *line,
                        const struct noun *noun, bool first)
{
    for (size_t i = 0; i < line->n_when; i++) {
        sentence_put(s, i == 0 && first ? "" : " and ");
        put_predicate(s, &line->when[i], noun);
    }
}

void english_date_times(struct sentence *s, const struct criteria *line)
{
    for (size_t i = 0; i < line->n_when; i++) {
        sentence_put(s, line->when[i].negated ? ", but not " : i ? " and " : " ");
        put_time(s, &line->when[i]);
    }
}
