/* SPDX-License-Identifier: Apache-2.0
 *
 * index/judge_same.c: one sample, one tumour event, one TNM after the other.
 *
 * The samples of a patient are those that were sent and those that a finding names; one more,
 * that nobody has seen, is asked about where there may be such a one. Events and TNMs are
 * facts, each for itself. */
#include <string.h>

#include "index/judge_internal.h"

static bool is_own(const struct whole *whole, const struct fact *fact)
{
    return fact->group == whole->group;
}

/* What FACT calls its sample; "" when it says nothing. */
static const char *name_of(const struct fact *fact)
{
    const struct group_row *group = model_group(fact->group);
    enum item item = group->link ? group->link : group->identifier;

    return item ? fact_text(fact, item) : "";
}

/* The first sample of RECORD that was sent as NAME. */
static const struct fact *sent_as(const struct record *record, const char *name)
{
    for (size_t i = 0; i < record->n_facts; i++)
        if (record->facts[i].group == GROUP_SPECIMEN &&
            strcmp(fact_text(&record->facts[i], ITEM_SPECIMEN_ID), name) == 0)
            return &record->facts[i];
    return NULL;
}

/* Is FACT, a sample or a finding, of WHOLE, a sample? A sample without a name may be one that a
 * finding names and nobody sent. */
static enum truth of_sample(const struct record *record, const struct whole *whole,
                            const struct fact *fact)
{
    const char *name = name_of(fact);

    if (is_own(whole, fact) && !*name)
        return fact == whole->fact                              ? TRUTH_YES
               : !whole->unseen && *whole->name && !whole->fact ? TRUTH_UNKNOWN
                                                                : TRUTH_NO;
    if (!*name)
        return TRUTH_UNKNOWN;
    if (whole->unseen)
        return TRUTH_NO;
    if (*whole->name)
        return strcmp(name, whole->name) == 0 ? TRUTH_YES : TRUTH_NO;
    return sent_as(record, name) ? TRUTH_NO : TRUTH_UNKNOWN;
}

enum truth judge_of_whole(const struct subject *subject, const struct fact *fact)
{
    const struct whole *whole = subject->whole;

    if (!whole)
        return TRUTH_YES;
    if (whole->group == GROUP_SPECIMEN)
        return of_sample(subject->record, whole, fact);
    return fact == whole->fact ? TRUTH_YES : TRUTH_NO;
}

enum truth judge_attached_here(const struct subject *subject, const struct fact *fact)
{
    return truth_and(judge_attached(subject->record, fact, subject->tumour),
                     judge_of_whole(subject, fact));
}

/* ---- may there be one that nobody has seen? ---- */

static bool is_absence_unknown(const struct subject *subject, const struct criteria *line)
{
    return judge_absence(subject, line) == TRUTH_UNKNOWN;
}

/* Is not even that known, that all facts came which some line of CRITERIA asks for? */
static bool may_miss_facts(const struct subject *subject, const struct criteria *criteria)
{
    if (criteria->kind == CRITERIA_FACT)
        return is_absence_unknown(subject, criteria->from ? criteria->from : criteria);
    for (size_t i = 0; i < criteria->n_children; i++)
        if (may_miss_facts(subject, criteria->children[i]))
            return true;
    return false;
}

/* Are there findings that name no sample? */
static bool has_unlinked(const struct record *record)
{
    for (size_t i = 0; i < record->n_facts; i++)
        if (model_group(record->facts[i].group)->link && !*name_of(&record->facts[i]))
            return true;
    return false;
}

/* A subject without a TNM may have one; a second one is looked for no more than a second T. */
static bool has_one(const struct subject *subject, enum group group)
{
    for (size_t i = 0; i < subject->record->n_facts; i++) {
        const struct fact *fact = &subject->record->facts[i];

        if (fact->group == group &&
            judge_attached(subject->record, fact, subject->tumour) == TRUTH_YES)
            return true;
    }
    return false;
}

static bool may_be_unseen(const struct subject *subject, const struct criteria *criteria)
{
    const struct group_row *group = model_group(criteria->group);
    struct criteria any = {.kind = CRITERIA_FACT, .item = group->key};
    struct subject unheard = judge_unheard(subject);

    if (group->key == ITEM_NONE)
        return !has_one(subject, criteria->group);
    return is_absence_unknown(&unheard, &any) ||
           may_miss_facts(&unheard, criteria->children[0]) ||
           (criteria->group == GROUP_SPECIMEN && has_unlinked(subject->record));
}

/* ---- one after the other ---- */

/* Does the body of CRITERIA hold for WHOLE, and does WHOLE exist? */
static enum truth ask_whole(const struct subject *subject,
                            const struct criteria *criteria, const struct whole *whole)
{
    enum truth exists = whole->unseen ? TRUTH_UNKNOWN : TRUTH_YES;

    if (whole->fact)
        exists = judge_attached(subject->record, whole->fact, subject->tumour);
    if (exists == TRUTH_NO)
        return TRUTH_NO;
    return truth_and(exists, judge_node(subject, criteria->children[0], whole, exists));
}

/* Is FACT the first one that speaks of its whole of GROUP? */
static bool begins_whole(const struct record *record, enum group group, size_t i,
                         struct whole *whole_r)
{
    const struct fact *fact = &record->facts[i];
    const char *name = name_of(fact);
    bool own = fact->group == group;

    if (model_whole_of(fact->group) != group || (!own && !*name))
        return false;
    *whole_r = (struct whole){.group = group, .fact = own ? fact : NULL, .name = name};
    if (!own && sent_as(record, name))
        return false; /* it begins with the sample itself */
    for (size_t k = 0; k < i && *name; k++)
        if (model_whole_of(record->facts[k].group) == group &&
            (record->facts[k].group == group) == own &&
            strcmp(name_of(&record->facts[k]), name) == 0)
            return false;
    return true;
}

enum truth judge_same(const struct subject *subject, const struct criteria *criteria)
{
    const struct record *record = subject->record;
    const struct whole unseen = {.group = criteria->group, .name = "", .unseen = true};
    enum truth truth = TRUTH_NO;
    struct whole whole;

    for (size_t i = 0; i < record->n_facts; i++)
        if (begins_whole(record, criteria->group, i, &whole))
            truth = truth_or(truth, ask_whole(subject, criteria, &whole));
    if (may_be_unseen(subject, criteria))
        truth = truth_or(truth, ask_whole(subject, criteria, &unseen));
    return truth;
}
