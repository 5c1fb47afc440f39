/* SPDX-License-Identifier: Apache-2.0
 *
 * support/naive.c: see naive.h. */
#include "support/naive.h"

#include "base/error.h"
#include <math.h>
#include <string.h>

#include "index/coverage.h"

/* Who a line is asked of: one tumour of a patient, or the patient (TUMOUR_NONE). */
struct subject {
    const struct record *record;
    const struct question *question;
    int tumour;
};

/* ---- statements: one code, or number, that a fact gives for the item of a line ---- */

struct statement {
    const struct fact *fact;
    const char *code;   /* "" = not stated */
    const char *status; /* "" = not stated */
    double number;      /* NaN = not stated */
};

static const struct group_row *group_of(const struct criteria *line)
{
    return model_group(model_item(line->item)->group);
}

/* What FACT states for the item of LINE; false if nothing at all. */
static bool statement_of(const struct criteria *line, const struct fact *fact,
                         struct statement *statement_r)
{
    const struct item_row *item = model_item(line->item);
    const struct group_row *group = group_of(line);
    const struct value *value = fact_value(fact, line->item);

    if (fact->group != item->group)
        return false;
    *statement_r = (struct statement){fact, "", "", NAN};
    if (item->index == INDEX_KEYS) { /* a fact without its key is about something */
        const struct value *amount =
            group->amount ? fact_value(fact, group->amount) : NULL;

        statement_r->code = fact_text(fact, group->key);
        if (group->status)
            statement_r->status = fact_text(fact, group->status);
        if (amount)
            statement_r->number = amount->number;
        return true;
    }
    if (!value)
        return false;
    if (item->index == INDEX_NUMBERS)
        statement_r->number = value->number;
    else
        statement_r->code = value->text;
    return true;
}

enum truth naive_code(enum vocab_system system, const struct criteria_code *codes,
                      size_t n, const char *coded)
{
    enum truth truth = n == 0 ? TRUTH_YES : TRUTH_NO;

    for (size_t i = 0; i < n; i++) {
        const struct code_range *range = &codes[i].range;

        if (strcmp(range->first, coded) <= 0 && strcmp(coded, range->after) < 0)
            truth = truth_or(truth, TRUTH_YES);
        else if (vocab_may_be(system, coded, range))
            truth = truth_or(truth, TRUTH_UNKNOWN);
    }
    return truth;
}

static enum truth code_truth(const struct criteria *line,
                             const struct statement *statement)
{
    return naive_code(model_item(line->item)->system, line->codes, line->n_codes,
                      statement->code);
}

static enum truth status_truth(const struct criteria *line,
                               const struct statement *statement)
{
    if (line->n_status == 0)
        return TRUTH_YES;
    return naive_code(model_item(group_of(line)->status)->system, line->status,
                      line->n_status, statement->status);
}

static enum truth number_truth(const struct criteria *line,
                               const struct statement *statement)
{
    if (!line->has_number)
        return TRUTH_YES;
    if (isnan(statement->number))
        return TRUTH_UNKNOWN;
    return criteria_number_holds(&line->number, statement->number) ? TRUTH_YES : TRUTH_NO;
}

/* ---- attachment ---- */

enum truth naive_attached(const struct record *record, const struct fact *fact,
                          int tumour)
{
    if (tumour == TUMOUR_NONE || model_group(fact->group)->scope == SCOPE_PATIENT)
        return TRUTH_YES;
    return record_attached(record, fact, tumour);
}

/* ---- a line ---- */

static enum truth line_truth(const struct subject *subject, const struct criteria *line);
static enum truth absence_truth(const struct subject *subject,
                                const struct criteria *line);

static enum truth distance_truth(const struct criteria_when *when, struct interval from,
                                 struct interval to)
{
    int64_t low = when->low == DISTANCE_MIN ? INT64_MIN : when->low;
    int64_t high = when->high == DISTANCE_MAX ? INT64_MAX : when->high;

    return date_distance_within(from, to, low, high);
}

static enum truth statement_truth(const struct subject *subject,
                                  const struct criteria *line,
                                  const struct statement *statement);

/* Is there an OTHER fact at the asked distance from POINT? THIS fact is no other one, as far
 * as it answers the same item: the T and the N of one fact are two statements. */
static enum truth event_truth(const struct subject *subject, const struct criteria *line,
                              const struct criteria_when *when, const struct fact *this,
                              struct interval point)
{
    const struct record *record = subject->record;
    const struct criteria *other = when->other;
    enum truth truth = TRUTH_NO;

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        struct statement statement;

        if (!statement_of(other, fact, &statement) ||
            (fact == this && other->item == line->item))
            continue;
        truth = truth_or(truth, truth_and(statement_truth(subject, other, &statement),
                                          distance_truth(when, point, fact->date)));
    }
    truth = truth_or(truth, absence_truth(subject, other));
    return when->negated ? truth_not(truth) : truth;
}

static enum truth when_truth(const struct subject *subject, const struct criteria *line,
                             const struct criteria_when *when, const struct fact *fact)
{
    struct interval point = when->end ? fact->end : fact->date;
    day_number today = subject->question->as_of;

    switch (when->kind) {
    case WHEN_DATES: return date_within(point, when->dates.first, when->dates.last);
    case WHEN_LAST: return date_within(point, today - when->low, today);
    case WHEN_DIAGNOSIS:
        return distance_truth(when, subject->record->tumours[subject->tumour].diagnosis,
                              point);
    case WHEN_EVENT: break;
    default: panic("not yet");
    }
    return event_truth(subject, line, when, fact, point);
}

static enum truth statement_truth(const struct subject *subject,
                                  const struct criteria *line,
                                  const struct statement *statement)
{
    enum truth truth = naive_attached(subject->record, statement->fact, subject->tumour);

    truth = truth_and(truth, code_truth(line, statement));
    truth = truth_and(truth, status_truth(line, statement));
    truth = truth_and(truth, number_truth(line, statement));
    for (size_t i = 0; i < line->n_when && truth != TRUTH_NO; i++)
        truth =
            truth_and(truth, when_truth(subject, line, &line->when[i], statement->fact));
    return truth;
}

/* ---- what "there is no such fact" means ---- */

/* The period in which a fact of LINE would lie: the one asked for, or the time under
 * observation. */
static struct interval asked_period(const struct subject *subject,
                                    const struct criteria *line)
{
    const struct record *record = subject->record;
    day_number today = subject->question->as_of;
    day_number news = record->last_news.last;

    for (size_t i = 0; i < line->n_when; i++) {
        const struct criteria_when *when = &line->when[i];

        if (!when->end && when->kind == WHEN_DATES)
            return when->dates;
        if (!when->end && when->kind == WHEN_LAST)
            return (struct interval){today - when->low, today};
    }
    return (struct interval){record->n_tumours ? record->tumours[0].diagnosis.first
                                               : DAY_MIN,
                             news < today ? news : today};
}

/* Is the subject known to have any value of the item? */
static bool is_stated(const struct subject *subject, const struct criteria *line)
{
    bool number = model_item(line->item)->index == INDEX_NUMBERS;

    for (size_t i = 0; i < subject->record->n_facts; i++) {
        const struct fact *fact = &subject->record->facts[i];
        struct statement statement;

        if (statement_of(line, fact, &statement) &&
            (number || statement.code[0] != '\0') &&
            naive_attached(subject->record, fact, subject->tumour) == TRUTH_YES)
            return true;
    }
    return false;
}

/* Is the subject known to have a value of the key CODE, whatever it is? */
static bool has_measure(const struct subject *subject, const struct criteria *line,
                        const char *code)
{
    for (size_t i = 0; i < subject->record->n_facts; i++) {
        const struct fact *fact = &subject->record->facts[i];
        struct statement statement;

        if (statement_of(line, fact, &statement) && strcmp(statement.code, code) == 0 &&
            (line->n_status == 0 || statement.status[0] != '\0') &&
            (!line->has_number || !isnan(statement.number)) &&
            naive_attached(subject->record, fact, subject->tumour) == TRUTH_YES)
            return true;
    }
    return false;
}

/* Of each asked key? Of a range of keys, or of any, that cannot be known. */
static bool is_measured(const struct subject *subject, const struct criteria *line)
{
    for (size_t i = 0; i < line->n_codes; i++) {
        const struct criteria_code *code = &line->codes[i];

        /* names and measures have nothing below them: a list is a list of keys */
        if (code->first_code != code->last_code ||
            !has_measure(subject, line, code->first_code))
            return false;
    }
    return line->n_codes > 0;
}

/* NO where the absence of a fact means that there was none, else UNKNOWN. */
static enum truth absence_truth(const struct subject *subject,
                                const struct criteria *line)
{
    struct interval period = asked_period(subject, line);
    bool known = false;

    switch (group_of(line)->absence) {
    case ABSENCE_COVERED:
        known = coverage_covers(subject->question->coverage, group_of(line)->group,
                                period.first, period.last);
        break;
    case ABSENCE_STATED:
    case ABSENCE_SEQUENCED: known = is_stated(subject, line); break;
    case ABSENCE_MEASURED: known = is_measured(subject, line); break;
    }
    return known ? TRUTH_NO : TRUTH_UNKNOWN;
}

static enum truth line_truth(const struct subject *subject, const struct criteria *line)
{
    enum truth truth = absence_truth(subject, line);

    for (size_t i = 0; i < subject->record->n_facts; i++) {
        struct statement statement;

        if (statement_of(line, &subject->record->facts[i], &statement))
            truth = truth_or(truth, statement_truth(subject, line, &statement));
    }
    return truth;
}

/* ---- what is not said by facts ---- */

/* Completed years are a whole number: try each that the dates allow. */
static enum truth age_truth(const struct subject *subject, const struct criteria *line)
{
    struct interval birth = subject->record->birth;
    struct interval diagnosis = subject->record->tumours[subject->tumour].diagnosis;
    bool all = true, any = false;

    if (interval_is_unknown(birth) || interval_is_unknown(diagnosis))
        return TRUTH_UNKNOWN;
    for (int age = age_in_years(birth.last, diagnosis.first);
         age <= age_in_years(birth.first, diagnosis.last); age++) {
        bool holds = criteria_number_holds(&line->number, age);

        all &= holds;
        any |= holds;
    }
    return all ? TRUTH_YES : any ? TRUTH_UNKNOWN : TRUTH_NO;
}

static enum truth date_truth(const struct subject *subject, const struct criteria *line)
{
    const struct record *record = subject->record;
    struct interval date = record->last_news;

    switch (line->item) {
    case ITEM_DIAGNOSIS_DATE: date = record->tumours[subject->tumour].diagnosis; break;
    case ITEM_PATIENT_BIRTH: date = record->birth; break;
    case ITEM_LAST_VISIT: date = record->last_visit; break;
    case ITEM_DEATH_DATE: date = record->death; break;
    default: break;
    }

    enum truth truth =
        date_within(date, line->when[0].dates.first, line->when[0].dates.last);

    return line->item == ITEM_DEATH_DATE ? truth_and(truth, record->dead) : truth;
}

static enum truth active_truth(const struct record *record, const struct criteria *line)
{
    struct interval years = line->dates;
    enum truth truth = TRUTH_NO;

    if (!interval_is_unknown(record->last_visit))
        truth = date_within(record->last_visit, years.first, years.last);
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        const struct value *diagnosis = fact_value(fact, ITEM_EVENT_DIAGNOSIS);

        if (model_group(fact->group)->activity != ACTIVITY_COUNTS)
            continue;
        truth = truth_or(truth, date_within(fact->date, years.first, years.last));
        if (diagnosis)
            truth =
                truth_or(truth, date_within(diagnosis->date, years.first, years.last));
    }
    return truth;
}

/* ---- the tree ---- */

static enum truth node_truth(const struct subject *subject,
                             const struct criteria *criteria);

static enum truth tumour_truth(const struct subject *subject,
                               const struct criteria *criteria)
{
    enum truth truth = TRUTH_NO;

    if (subject->record->n_tumours == 0)
        return TRUTH_UNKNOWN;
    for (int t = 0; t < subject->record->n_tumours; t++) {
        struct subject tumour = {subject->record, subject->question, t};

        truth = truth_or(truth, node_truth(&tumour, criteria->children[0]));
    }
    return truth;
}

static enum truth at_least_truth(const struct subject *subject,
                                 const struct criteria *criteria)
{
    unsigned yes = 0, maybe = 0;

    for (size_t i = 0; i < criteria->n_children; i++) {
        enum truth child = node_truth(subject, criteria->children[i]);

        yes += child == TRUTH_YES;
        maybe += child != TRUTH_NO;
    }
    return yes >= criteria->count     ? TRUTH_YES
           : maybe >= criteria->count ? TRUTH_UNKNOWN
                                      : TRUTH_NO;
}

static enum truth list_truth(const struct subject *subject,
                             const struct criteria *criteria)
{
    bool is_and = criteria->kind == CRITERIA_AND;
    enum truth truth = is_and ? TRUTH_YES : TRUTH_NO;

    for (size_t i = 0; i < criteria->n_children; i++) {
        enum truth child = node_truth(subject, criteria->children[i]);

        truth = is_and ? truth_and(truth, child) : truth_or(truth, child);
    }
    return truth;
}

static enum truth node_truth(const struct subject *subject,
                             const struct criteria *criteria)
{
    switch (criteria->kind) {
    case CRITERIA_ANY: return TRUTH_YES;
    case CRITERIA_AND:
    case CRITERIA_OR: return list_truth(subject, criteria);
    case CRITERIA_NOT: return truth_not(node_truth(subject, criteria->children[0]));
    case CRITERIA_AT_LEAST: return at_least_truth(subject, criteria);
    case CRITERIA_TUMOUR: return tumour_truth(subject, criteria);
    case CRITERIA_FACT: return line_truth(subject, criteria);
    case CRITERIA_AGE: return age_truth(subject, criteria);
    case CRITERIA_DATE: return date_truth(subject, criteria);
    case CRITERIA_VITAL:
        return criteria->dead ? subject->record->dead : truth_not(subject->record->dead);
    case CRITERIA_ACTIVE: return active_truth(subject->record, criteria);
    default: panic("not yet");
    }
    return TRUTH_UNKNOWN;
}

enum truth naive_eval(const struct record *record, const struct question *question)
{
    struct subject patient = {record, question, TUMOUR_NONE};

    return node_truth(&patient, question->criteria);
}

enum truth naive_eval_tumour(const struct record *record, const struct question *question,
                             const struct criteria *criteria, int tumour)
{
    struct subject subject = {record, question, tumour};

    return node_truth(&subject, criteria);
}
