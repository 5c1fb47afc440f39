/* SPDX-License-Identifier: Apache-2.0
 *
 * index/judge.c: the tree of criteria, and lines that are not about facts. See judge.h. */
#include "base/arena.h"
#include "index/judge_internal.h"

/* ---- what is not said by facts ---- */

static enum truth age_truth(const struct subject *subject, const struct criteria *line)
{
    struct moment day = judge_date(subject, line->item);
    enum truth truth = truth_and(judge_date_exists(subject, line->item),
                                 judge_age(subject, &day, &line->number));

    tell_sayers(subject, ITEM_PATIENT_BIRTH, truth);
    tell_sayers(subject, line->item, truth);
    return truth;
}

static enum truth date_truth(const struct subject *subject, const struct criteria *line)
{
    struct moment date = judge_date(subject, line->item);
    struct happening happening = {NULL, date, date, date};
    enum truth truth = judge_date_exists(subject, line->item);

    for (size_t i = 0; i < line->n_when && truth != TRUTH_NO; i++)
        truth = truth_and(truth, judge_when(subject, line, &line->when[i], &happening));
    tell_sayers(subject, line->item, truth);
    return truth;
}

static enum truth vital_truth(const struct subject *subject, const struct criteria *line)
{
    enum truth dead = judge_date_exists(subject, ITEM_DEATH_DATE);
    enum truth truth = line->dead ? dead : truth_not(dead);

    tell_sayers(subject, ITEM_VITAL_STATUS, truth);
    return truth;
}

/* Does MOMENT prove contact in the years that LINE asks for? */
static enum truth contact_truth(const struct subject *subject,
                                const struct criteria *line, const struct moment *moment)
{
    enum truth truth = date_within(moment->date, line->dates.first, line->dates.last);

    if (truth == TRUTH_UNKNOWN)
        tell_moment(subject, moment, line->dates);
    if (truth != TRUTH_NO && moment->fact)
        tell_looked(subject, moment->fact, moment->item, true, truth);
    if (truth != TRUTH_NO && !moment->fact)
        tell_sayers(subject, moment->item, truth);
    return truth;
}

static enum truth active_truth(const struct subject *subject, const struct criteria *line)
{
    const struct record *record = subject->record;
    struct moment visit = judge_date(subject, ITEM_LAST_VISIT);
    enum truth truth = TRUTH_NO;

    if (!interval_is_unknown(visit.date))
        truth = contact_truth(subject, line, &visit);
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        const struct value *diagnosis = fact_value(fact, ITEM_EVENT_DIAGNOSIS);
        struct moment start = {fact->date, fact, false, ITEM_NONE};

        if (model_group(fact->group)->activity != ACTIVITY_COUNTS)
            continue;
        truth = truth_or(truth, contact_truth(subject, line, &start));
        if (diagnosis) {
            struct moment said = {diagnosis->date, fact, false, ITEM_EVENT_DIAGNOSIS};

            truth = truth_or(truth, contact_truth(subject, line, &said));
        }
    }
    return truth;
}

/* ---- the tree ---- */

/* Does CRITERIA hold for TUMOUR (or the patient, TUMOUR_NONE)? Written down below INTO. */
static enum truth node_truth(const struct subject *above, const struct criteria *criteria,
                             int tumour);

static enum truth tumour_truth(const struct subject *subject,
                               const struct criteria *criteria)
{
    enum truth truth = TRUTH_NO;

    if (subject->record->n_tumours == 0) {
        tell(subject, &(struct doubt){.kind = DOUBT_NO_TUMOUR,
                                      .tumour = TUMOUR_NONE,
                                      .period = INTERVAL_UNKNOWN});
        return TRUTH_UNKNOWN;
    }
    for (int t = 0; t < subject->record->n_tumours; t++)
        truth = truth_or(truth, node_truth(subject, criteria->children[0], t));
    return truth;
}

static enum truth at_least_truth(const struct subject *subject,
                                 const struct criteria *criteria)
{
    unsigned yes = 0, maybe = 0;

    for (size_t i = 0; i < criteria->n_children; i++) {
        enum truth child = node_truth(subject, criteria->children[i], subject->tumour);

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
        enum truth child = node_truth(subject, criteria->children[i], subject->tumour);

        truth = is_and ? truth_and(truth, child) : truth_or(truth, child);
    }
    return truth;
}

static enum truth only_child(const struct subject *subject,
                             const struct criteria *criteria)
{
    return node_truth(subject, criteria->children[0], subject->tumour);
}

static enum truth kind_truth(const struct subject *subject,
                             const struct criteria *criteria)
{
    switch (criteria->kind) {
    case CRITERIA_ANY: return TRUTH_YES;
    case CRITERIA_AND:
    case CRITERIA_OR: return list_truth(subject, criteria);
    case CRITERIA_NOT: return truth_not(only_child(subject, criteria));
    case CRITERIA_AT_LEAST: return at_least_truth(subject, criteria);
    case CRITERIA_TUMOUR: return tumour_truth(subject, criteria);
    case CRITERIA_SAME: return judge_same(subject, criteria);
    case CRITERIA_FACT: return judge_line(subject, criteria);
    case CRITERIA_AGE: return age_truth(subject, criteria);
    case CRITERIA_DATE: return date_truth(subject, criteria);
    case CRITERIA_VITAL: return vital_truth(subject, criteria);
    case CRITERIA_ACTIVE: return active_truth(subject, criteria);
    case CRITERIA_NAMED:
    case CRITERIA_USE: return only_child(subject, criteria);
    }
    return TRUTH_UNKNOWN;
}

static enum truth node_truth(const struct subject *above, const struct criteria *criteria,
                             int tumour)
{
    struct judged *judged = judged_below(above->into, criteria, tumour);
    struct subject subject = {above->record, above->question, tumour, above->whole,
                              judged};
    enum truth truth = doubts_since(&subject, 0, kind_truth(&subject, criteria));

    if (judged) {
        judged->truth = truth;
        judged->whole = above->whole;
    }
    return truth;
}

enum truth judge_node(const struct subject *above, const struct criteria *criteria,
                      const struct whole *whole, enum truth exists)
{
    struct subject of_whole = *above;
    struct judged *into = above->into;
    enum truth truth;

    of_whole.whole = into ? arena_copy(into->arena, whole, sizeof(*whole)) : whole;
    truth = node_truth(&of_whole, criteria, above->tumour);
    if (into)
        into->children[into->n_children - 1]->exists = exists;
    return truth;
}

/* ---- asked from outside ---- */

enum truth judge_eval(const struct record *record, const struct question *question)
{
    return judge_eval_tumour(record, question, question->criteria, TUMOUR_NONE);
}

enum truth judge_eval_tumour(const struct record *record, const struct question *question,
                             const struct criteria *criteria, int tumour)
{
    struct subject nobody = {record, question, tumour, NULL, NULL};

    return node_truth(&nobody, criteria, tumour);
}

const struct judged *judge_explain(struct arena *arena, const struct record *record,
                                   const struct question *question)
{
    struct judged *above = arena_alloc(arena, sizeof(*above));
    struct subject nobody = {record, question, TUMOUR_NONE, NULL, above};

    above->arena = arena;
    (void)node_truth(&nobody, question->criteria, TUMOUR_NONE);
    return above->children[0];
}
