/* SPDX-License-Identifier: Apache-2.0
 *
 * support/naive.c: the tree of criteria, and lines that are not about facts. See naive.h. */
#include "support/naive_internal.h"

/* ---- what is not said by facts ---- */

static enum truth age_truth(const struct subject *subject, const struct criteria *line)
{
    return truth_and(naive_date_exists(subject, line->item),
                     naive_age(subject, naive_date(subject, line->item), &line->number));
}

static enum truth date_truth(const struct subject *subject, const struct criteria *line)
{
    struct interval date = naive_date(subject, line->item);
    struct happening happening = {NULL, date, date, date};
    enum truth truth = naive_date_exists(subject, line->item);

    for (size_t i = 0; i < line->n_when && truth != TRUTH_NO; i++)
        truth = truth_and(truth, naive_when(subject, line, &line->when[i], &happening));
    return truth;
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
    case CRITERIA_FACT: return naive_line(subject, criteria);
    case CRITERIA_AGE: return age_truth(subject, criteria);
    case CRITERIA_DATE: return date_truth(subject, criteria);
    case CRITERIA_VITAL:
        return criteria->dead ? subject->record->dead : truth_not(subject->record->dead);
    case CRITERIA_ACTIVE: return active_truth(subject->record, criteria);
    case CRITERIA_NAMED:
    case CRITERIA_USE: return node_truth(subject, criteria->children[0]);
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
