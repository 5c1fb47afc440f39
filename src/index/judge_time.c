/* SPDX-License-Identifier: Apache-2.0
 *
 * index/judge_time.c: what a line asks of the time of a fact, or of a date. */
#include "index/judge_internal.h"

/* ---- dates of the patient ---- */

static struct interval date_of(const struct subject *subject, enum item item)
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

struct moment judge_date(const struct subject *subject, enum item item)
{
    return (struct moment){date_of(subject, item), NULL, false, item};
}

enum truth judge_date_exists(const struct subject *subject, enum item item)
{
    enum truth dead = subject->record->dead;

    if (item != ITEM_DEATH_DATE)
        return TRUTH_YES;
    if (dead == TRUTH_UNKNOWN)
        tell(subject, &(struct doubt){.kind = DOUBT_VITAL_STATUS,
                                      .tumour = TUMOUR_NONE,
                                      .period = INTERVAL_UNKNOWN});
    return dead;
}

/* Completed years are a whole number: try each that the dates allow. */
static enum truth age_truth(struct interval birth, struct interval day,
                            const struct criteria_number *number)
{
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

enum truth judge_age(const struct subject *subject, const struct moment *day,
                     const struct criteria_number *number)
{
    struct moment birth = judge_date(subject, ITEM_PATIENT_BIRTH);
    enum truth truth = age_truth(birth.date, day->date, number);

    if (truth == TRUTH_UNKNOWN) {
        tell_moment(subject, &birth, INTERVAL_UNKNOWN);
        tell_moment(subject, day, INTERVAL_UNKNOWN);
    }
    return truth;
}

/* ---- two moments ---- */

static enum truth within(const struct subject *subject, const struct moment *moment,
                         struct interval period)
{
    enum truth truth = date_within(moment->date, period.first, period.last);

    if (truth == TRUTH_UNKNOWN)
        tell_moment(subject, moment, period);
    return truth;
}

static enum truth apart(const struct subject *subject, const struct moment *from,
                        const struct moment *to, int64_t low, int64_t high)
{
    enum truth truth = date_distance_within(from->date, to->date, low, high);

    if (truth == TRUTH_UNKNOWN) {
        tell_moment(subject, from, INTERVAL_UNKNOWN);
        tell_moment(subject, to, INTERVAL_UNKNOWN);
    }
    return truth;
}

static enum truth not_after(const struct subject *subject, const struct moment *a,
                            const struct moment *b)
{
    return apart(subject, a, b, 0, INT64_MAX);
}

static enum truth distance_truth(const struct subject *subject,
                                 const struct criteria_when *when,
                                 const struct moment *from, const struct moment *to)
{
    int64_t low = when->low == DISTANCE_MIN ? INT64_MIN : when->low;
    int64_t high = when->high == DISTANCE_MAX ? INT64_MAX : when->high;

    return apart(subject, from, to, low, high);
}

/* ---- two happenings ---- */

/* A kind without an end lasts a day; what was given no end ended on some day from its start
 * on. */
struct happening judge_happening(const struct fact *fact)
{
    struct happening happening = {fact,
                                  {fact->date, fact, false, ITEM_NONE},
                                  {fact->end, fact, true, ITEM_NONE},
                                  {fact->end, fact, true, ITEM_NONE}};

    if (!model_group(fact->group)->end)
        happening.last_day = happening.start;
    else if (interval_is_unknown(fact->end))
        happening.last_day.date = (struct interval){fact->date.first, DAY_MAX};
    return happening;
}

static const struct moment *point_of(const struct criteria_when *when,
                                     const struct happening *happening)
{
    return when->end ? &happening->end : &happening->start;
}

enum truth judge_related(const struct subject *subject, const struct relation *relation,
                         const struct fact *fact)
{
    const struct criteria_when *when = relation->when;
    const struct happening *happening = relation->happening;
    const struct moment *point = point_of(when, happening);
    struct happening other = judge_happening(fact);

    switch (when->kind) {
    case WHEN_DURING:
        return truth_and(not_after(subject, &other.start, point),
                         not_after(subject, point, &other.last_day));
    case WHEN_OVERLAPS:
        return truth_and(not_after(subject, &happening->start, &other.last_day),
                         not_after(subject, &other.start, &happening->last_day));
    default:
        return distance_truth(subject, when, point,
                              when->other_end ? &other.end : &other.start);
    }
}

/* ---- conditions ---- */

/* Does FACT say what is asked of the other one, and stand in RELATION? */
static enum truth other_truth(const struct subject *subject,
                              const struct relation *relation,
                              const struct statement *statement)
{
    const struct criteria *other = relation->when->other;
    size_t mark = doubts_mark(subject);
    enum truth truth = judge_matches(subject, other, statement);
    bool is_meant = truth != TRUTH_NO;

    truth = truth_and(truth, judge_related(subject, relation, statement->fact));
    if (is_meant)
        tell_looked(subject, statement->fact, other->item, true, truth);
    return doubts_since(subject, mark, truth);
}

/* Is there another fact in RELATION? The one asked about is no other one, as far as it
 * answers the same item: the T and the N of one fact are two statements. */
static enum truth others_truth(const struct subject *subject, const struct criteria *line,
                               const struct relation *relation)
{
    const struct record *record = subject->record;
    const struct criteria *other = relation->when->other;
    size_t mark = doubts_mark(subject);
    enum truth truth = TRUTH_NO;

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        struct statement statement;

        if (!judge_statement(other, fact, &statement) ||
            (fact == relation->happening->fact && other->item == line->item))
            continue;
        truth = truth_or(truth, other_truth(subject, relation, &statement));
    }
    truth = truth_or(truth, judge_absence(subject, other));
    return doubts_since(subject, mark, truth);
}

static enum truth event_truth(const struct subject *subject, const struct criteria *line,
                              const struct criteria_when *when,
                              const struct happening *happening)
{
    struct relation relation = {when, happening};
    enum truth truth = when->other->order == ORDER_ANY
                           ? others_truth(subject, line, &relation)
                           : judge_order(subject, when->other, &relation);

    return when->negated ? truth_not(truth) : truth;
}

/* In relation to the patient's date ITEM, which there may not be. */
static enum truth date_truth(const struct subject *subject,
                             const struct criteria_when *when, enum item item,
                             const struct moment *point)
{
    struct moment date = judge_date(subject, item);
    enum truth exists = judge_date_exists(subject, item);

    tell_sayers(subject, item, exists);
    return truth_and(exists, distance_truth(subject, when, &date, point));
}

static enum truth when_truth(const struct subject *subject, const struct criteria *line,
                             const struct criteria_when *when,
                             const struct happening *happening)
{
    const struct moment *point = point_of(when, happening);
    struct moment now = judge_date(subject, ITEM_NONE);
    day_number today = now.date.first;

    switch (when->kind) {
    case WHEN_DATES: return within(subject, point, when->dates);
    case WHEN_LAST:
        return within(subject, point, (struct interval){today - when->low, today});
    case WHEN_DIAGNOSIS: return date_truth(subject, when, ITEM_DIAGNOSIS_DATE, point);
    case WHEN_PATIENT_DATE: return date_truth(subject, when, when->item, point);
    case WHEN_AGE: return judge_age(subject, point, &when->number);
    case WHEN_LASTING:
        return distance_truth(subject, when, &happening->start, &happening->last_day);
    case WHEN_ONGOING:
        return truth_and(not_after(subject, &happening->start, &now),
                         not_after(subject, &now, &happening->last_day));
    case WHEN_EVENT:
    case WHEN_DURING:
    case WHEN_OVERLAPS: break;
    }
    return event_truth(subject, line, when, happening);
}

enum truth judge_when(const struct subject *subject, const struct criteria *line,
                      const struct criteria_when *when, const struct happening *happening)
{
    size_t mark = doubts_mark(subject);
    struct subject outside = *subject;

    outside.whole = NULL; /* other facts are any of the patient, or tumour */
    return doubts_since(subject, mark, when_truth(&outside, line, when, happening));
}
