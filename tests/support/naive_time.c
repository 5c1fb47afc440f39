/* SPDX-License-Identifier: Apache-2.0
 *
 * support/naive_time.c: what a line asks of the time of a fact, or of a date. */
#include "support/naive_internal.h"

/* ---- dates of the patient ---- */

struct interval naive_date(const struct subject *subject, enum item item)
{
    const struct record *record = subject->record;
    day_number today = subject->question->as_of;

    switch (item) {
    case ITEM_NONE: return (struct interval){today, today};
    case ITEM_DIAGNOSIS_DATE: return record->tumours[subject->tumour].diagnosis;
    case ITEM_PATIENT_BIRTH: return record->birth;
    case ITEM_LAST_VISIT: return record->last_visit;
    case ITEM_DEATH_DATE: return record->death;
    default: return record->last_news;
    }
}

enum truth naive_date_exists(const struct subject *subject, enum item item)
{
    return item == ITEM_DEATH_DATE ? subject->record->dead : TRUTH_YES;
}

/* Completed years are a whole number: try each that the dates allow. */
enum truth naive_age(const struct subject *subject, struct interval day,
                     const struct criteria_number *number)
{
    struct interval birth = subject->record->birth;
    bool all = true, any = false;

    if (interval_is_unknown(birth) || interval_is_unknown(day))
        return TRUTH_UNKNOWN;
    for (int age = age_in_years(birth.last, day.first);
         age <= age_in_years(birth.first, day.last); age++) {
        bool holds = criteria_number_holds(number, age);

        all &= holds;
        any |= holds;
    }
    return all ? TRUTH_YES : any ? TRUTH_UNKNOWN : TRUTH_NO;
}

/* ---- two happenings ---- */

/* A kind without an end lasts a day; what was given no end ended on some day from its start
 * on. */
struct happening naive_happening(const struct fact *fact)
{
    struct happening happening = {fact, fact->date, fact->end, fact->end};

    if (!model_group(fact->group)->end)
        happening.last_day = fact->date;
    else if (interval_is_unknown(fact->end))
        happening.last_day = (struct interval){fact->date.first, DAY_MAX};
    return happening;
}

static enum truth not_after(struct interval a, struct interval b)
{
    return date_distance_within(a, b, 0, INT64_MAX);
}

static enum truth distance_truth(const struct criteria_when *when, struct interval from,
                                 struct interval to)
{
    int64_t low = when->low == DISTANCE_MIN ? INT64_MIN : when->low;
    int64_t high = when->high == DISTANCE_MAX ? INT64_MAX : when->high;

    return date_distance_within(from, to, low, high);
}

static struct interval point_of(const struct criteria_when *when,
                                const struct happening *happening)
{
    return when->end ? happening->end : happening->start;
}

enum truth naive_related(const struct relation *relation, const struct fact *fact)
{
    const struct criteria_when *when = relation->when;
    struct interval point = point_of(when, relation->happening);
    struct happening other = naive_happening(fact);

    switch (when->kind) {
    case WHEN_DURING:
        return truth_and(not_after(other.start, point), not_after(point, other.last_day));
    case WHEN_OVERLAPS:
        return truth_and(not_after(relation->happening->start, other.last_day),
                         not_after(other.start, relation->happening->last_day));
    default:
        return distance_truth(when, point, when->other_end ? other.end : other.start);
    }
}

/* ---- conditions ---- */

/* Is there another fact in RELATION? The one asked about is no other one, as far as it
 * answers the same item: the T and the N of one fact are two statements. */
static enum truth others_truth(const struct subject *subject, const struct criteria *line,
                               const struct relation *relation)
{
    const struct record *record = subject->record;
    const struct criteria *other = relation->when->other;
    enum truth truth = naive_absence(subject, other);

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        struct statement statement;

        if (!naive_statement(other, fact, &statement) ||
            (fact == relation->happening->fact && other->item == line->item))
            continue;
        truth = truth_or(truth, truth_and(naive_matches(subject, other, &statement),
                                          naive_related(relation, fact)));
    }
    return truth;
}

static enum truth event_truth(const struct subject *subject, const struct criteria *line,
                              const struct criteria_when *when,
                              const struct happening *happening)
{
    struct relation relation = {when, happening};
    enum truth truth = when->other->order == ORDER_ANY
                           ? others_truth(subject, line, &relation)
                           : naive_order(subject, when->other, &relation);

    return when->negated ? truth_not(truth) : truth;
}

enum truth naive_when(const struct subject *subject, const struct criteria *line,
                      const struct criteria_when *when, const struct happening *happening)
{
    struct interval point = point_of(when, happening);
    day_number today = subject->question->as_of;

    switch (when->kind) {
    case WHEN_DATES: return date_within(point, when->dates.first, when->dates.last);
    case WHEN_LAST: return date_within(point, today - when->low, today);
    case WHEN_DIAGNOSIS:
        return distance_truth(when, naive_date(subject, ITEM_DIAGNOSIS_DATE), point);
    case WHEN_PATIENT_DATE:
        return truth_and(naive_date_exists(subject, when->item),
                         distance_truth(when, naive_date(subject, when->item), point));
    case WHEN_AGE: return naive_age(subject, point, &when->number);
    case WHEN_LASTING: return distance_truth(when, happening->start, happening->last_day);
    case WHEN_ONGOING:
        return truth_and(not_after(happening->start, (struct interval){today, today}),
                         not_after((struct interval){today, today}, happening->last_day));
    case WHEN_EVENT:
    case WHEN_DURING:
    case WHEN_OVERLAPS: break;
    }
    return event_truth(subject, line, when, happening);
}
