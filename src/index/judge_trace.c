/* SPDX-License-Identifier: Apache-2.0
 *
 * index/judge_trace.c: what the judge writes down of what it looks at. */
#include <string.h>

#include "base/arena.h"
#include "index/judge_internal.h"

struct subject judge_unheard(const struct subject *subject)
{
    struct subject unheard = *subject;

    unheard.into = NULL;
    return unheard;
}

/* Room for one more of SIZE bytes behind the N at ITEMS. */
static void *with_room(struct arena *arena, void *items, size_t n, size_t *capacity,
                       size_t size)
{
    void *larger;

    if (n < *capacity)
        return items;
    *capacity = n ? 2 * n : 4;
    larger = arena_array(arena, *capacity, size);
    if (n)
        memcpy(larger, items, n * size);
    return larger;
}

struct judged *judged_below(struct judged *parent, const struct criteria *criteria,
                            int tumour)
{
    struct judged *judged;

    if (!parent)
        return NULL;
    judged = arena_alloc(parent->arena, sizeof(*judged));
    judged->arena = parent->arena;
    judged->criteria = criteria;
    judged->tumour = tumour;
    judged->exists = TRUTH_YES;
    parent->children = with_room(parent->arena, parent->children, parent->n_children,
                                 &parent->children_capacity, sizeof(struct judged *));
    parent->children[parent->n_children++] = judged;
    return judged;
}

/* ---- doubts ---- */

size_t doubts_mark(const struct subject *subject)
{
    return subject->into ? subject->into->n_doubts : 0;
}

enum truth doubts_since(const struct subject *subject, size_t mark, enum truth truth)
{
    if (subject->into && truth != TRUTH_UNKNOWN)
        subject->into->n_doubts = mark;
    return truth;
}

static bool is_same_text(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_same(const struct doubt *a, const struct doubt *b)
{
    return a->kind == b->kind && a->fact == b->fact && a->end == b->end &&
           a->tumour == b->tumour && a->item == b->item && a->group == b->group &&
           is_same_text(a->code, b->code) && a->period.first == b->period.first &&
           a->period.last == b->period.last && a->order == b->order &&
           a->n_facts == b->n_facts &&
           (a->n_facts == 0 ||
            memcmp(a->facts, b->facts, a->n_facts * sizeof(*a->facts)) == 0);
}

void tell(const struct subject *subject, const struct doubt *doubt)
{
    struct judged *into = subject->into;

    if (!into)
        return;
    for (size_t i = 0; i < into->n_doubts; i++)
        if (is_same(&into->doubts[i], doubt))
            return;
    into->doubts = with_room(into->arena, into->doubts, into->n_doubts,
                             &into->doubts_capacity, sizeof(*doubt));
    into->doubts[into->n_doubts++] = *doubt;
}

void tell_moment(const struct subject *subject, const struct moment *moment,
                 struct interval period)
{
    struct doubt doubt = {.kind = DOUBT_DATE,
                          .fact = moment->fact,
                          .end = moment->end,
                          .tumour = TUMOUR_NONE,
                          .item = moment->item,
                          .period = period};

    if (interval_is_exact(moment->date))
        return;
    if (!moment->fact) {
        doubt.kind = DOUBT_PATIENT_DATE;
        if (moment->item == ITEM_DIAGNOSIS_DATE)
            doubt.tumour = subject->tumour;
    } else if (moment->end && interval_is_unknown(moment->fact->end)) {
        doubt = (struct doubt){.kind = DOUBT_END,
                               .fact = moment->fact,
                               .tumour = TUMOUR_NONE,
                               .period = INTERVAL_UNKNOWN};
    }
    tell(subject, &doubt);
}

/* ---- facts ---- */

void tell_looked(const struct subject *subject, const struct fact *fact, enum item item,
                 bool other, enum truth truth)
{
    struct judged *into = subject->into;

    if (!into)
        return;
    for (size_t i = 0; i < into->n_looked; i++) {
        struct looked *looked = &into->looked[i];

        if (looked->fact == fact && looked->item == item && looked->other == other) {
            looked->truth = truth_or(looked->truth, truth);
            return;
        }
    }
    into->looked = with_room(into->arena, into->looked, into->n_looked,
                             &into->looked_capacity, sizeof(*into->looked));
    into->looked[into->n_looked++] = (struct looked){fact, item, other, truth};
}

/* Items of which the last news are made (record.h). */
static bool says(const struct fact *fact, enum item item)
{
    if (item != ITEM_LAST_CONTACT)
        return fact_value(fact, item) != NULL;
    return fact_value(fact, ITEM_LAST_CONTACT) || fact_value(fact, ITEM_LAST_VISIT) ||
           fact_value(fact, ITEM_VITAL_UPDATE) || fact_value(fact, ITEM_DEATH_DATE);
}

void tell_sayers(const struct subject *subject, enum item item, enum truth truth)
{
    const struct record *record = subject->record;

    if (!subject->into || item == ITEM_NONE)
        return;
    if (item == ITEM_DIAGNOSIS_DATE) {
        if (record->tumours[subject->tumour].fact)
            tell_looked(subject, record->tumours[subject->tumour].fact, item, true,
                        truth);
        return;
    }
    for (size_t i = 0; i < record->n_facts; i++)
        if (says(&record->facts[i], item))
            tell_looked(subject, &record->facts[i], item, true, truth);
}

/* ---- what decides ---- */

enum truth judged_truth(const struct judged *child)
{
    return truth_and(child->exists, child->truth);
}

bool judged_decides(const struct judged *parent, const struct judged *child)
{
    return parent->criteria->kind == CRITERIA_NOT || judged_truth(child) == parent->truth;
}
