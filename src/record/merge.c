/* SPDX-License-Identifier: Apache-2.0
 *
 * record/merge.c: one person's record out of that person's facts.
 *
 *     1. gather    the facts of all fragments, their tumours numbered through; computed ones,
 *                  when a record is merged again, are left out
 *     2. tumours   those that are one are joined, put in order; what was said as a tumour and
 *                  is an event is told as one, too (tumours.c)
 *     3. sort      by content; of two equal facts the one with the older proof stays
 *     4. status    birth, sex, opposition, vital status (status.c)
 *     5. lines     computed out of the drugs (lines.c); ratios, out of measures (ratios.c)
 *
 * No step looks at the order of arrival. Every decision is taken on sets, or on facts
 * sorted by a total order of their content with their proof last, so the same facts give
 * the same record; and each decision, made again on its own result, decides the same. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "record/lines.h"
#include "record/ratios.h"
#include "record/record_internal.h"

bool interval_intersect(struct interval a, struct interval b, struct interval *both_r)
{
    struct interval both = {a.first > b.first ? a.first : b.first,
                            a.last < b.last ? a.last : b.last};

    if (both.first > both.last)
        return false;
    *both_r = both;
    return true;
}

/* A fact's tumour among those of all fragments; none if the fragment has no such tumour. */
static int renumber(int tumour, int n_tumours, int base)
{
    return tumour >= 0 && tumour < n_tumours ? base + tumour : TUMOUR_NONE;
}

/* All facts into RECORD. Returns how many tumours they speak of. */
static int gather(struct arena *arena, struct record *record,
                  const struct facts *const *facts, size_t n)
{
    size_t total = 0;
    int n_said = 0;

    for (size_t i = 0; i < n; i++) {
        total += facts[i]->n;
        for (size_t j = 0; j < facts[i]->n; j++) /* room for the event that it may be */
            total += facts[i]->fact[j].group == GROUP_PRIMARY_CANCER ||
                     facts[i]->fact[j].group == GROUP_TUMOUR_EVENT;
    }
    record->facts = arena_array(arena, total, sizeof(*record->facts));
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < facts[i]->n; j++) {
            struct fact *fact = &record->facts[record->n_facts];

            if (model_is_computed(facts[i]->fact[j].group))
                continue;
            record->n_facts++;
            *fact = facts[i]->fact[j];
            fact->tumour = renumber(fact->tumour, facts[i]->n_tumours, n_said);
        }
        n_said += facts[i]->n_tumours;
    }
    return n_said;
}

static int compare_facts(const void *a, const void *b)
{
    const struct fact *x = *(const struct fact *const *)a;
    const struct fact *y = *(const struct fact *const *)b;
    int order = fact_compare(x, y);

    if (!order)
        order = (x->sequence > y->sequence) - (x->sequence < y->sequence);
    if (!order)
        order = (x->position > y->position) - (x->position < y->position);
    return order;
}

/* Facts out of which others may be computed, one out of each. */
static size_t count_computing(const struct record *record)
{
    size_t n = 0;

    for (size_t i = 0; i < record->n_facts; i++)
        n += record->facts[i].group == GROUP_DRUG ||
             record->facts[i].group == GROUP_MEASURE;
    return n;
}

/* Sort by content and leave one of those that are equal. There is room for computed
 * ones after them. */
static void sort_facts(struct arena *arena, struct record *record)
{
    size_t n = record->n_facts;
    const struct fact **order;
    struct fact *sorted;

    if (n == 0)
        return;
    sorted = arena_array(arena, n + count_computing(record), sizeof(*sorted));
    order = memory_alloc(n * sizeof(*order));
    for (size_t i = 0; i < n; i++)
        order[i] = &record->facts[i];
    qsort(order, n, sizeof(*order), compare_facts);

    record->n_facts = 0;
    for (size_t i = 0; i < n; i++)
        if (i == 0 || fact_compare(order[i - 1], order[i]) != 0)
            sorted[record->n_facts++] = *order[i];
    memory_free(order);
    record->facts = sorted;
}

int record_merge(struct arena *arena, const struct merging *merging, uint32_t person,
                 const struct facts *const *facts, size_t n, struct record **record_r,
                 struct error *err)
{
    struct record *record = arena_alloc(arena, sizeof(*record));
    struct merge merge = {
        .arena = arena,
        .rules = merging && merging->rules ? merging->rules : rules_default(),
        .decisions = merging ? merging->decisions : NULL,
        .record = record,
    };
    int n_said;

    record->person = person;
    n_said = gather(arena, record, facts, n);
    tumours_decide(&merge, n_said);
    sort_facts(arena, record);
    tumours_point(record);
    status_decide(&merge);
    record->n_facts += lines_compute(arena, record, record->facts + record->n_facts);
    record->n_facts += ratios_compute(arena, record, record->facts + record->n_facts);

    if (arena_check(arena, err) < 0)
        return -1;
    *record_r = record;
    return 0;
}

enum truth record_attached(const struct record *record, const struct fact *fact,
                           int tumour)
{
    if (tumour < 0 || tumour >= record->n_tumours)
        return TRUTH_NO;
    if (fact->tumour != TUMOUR_NONE)
        return fact->tumour == tumour ? TRUTH_YES : TRUTH_NO;
    if (record->n_tumours == 1)
        return TRUTH_YES;
    if (date_before(fact->date, record->tumours[tumour].diagnosis) == TRUTH_YES)
        return TRUTH_NO;
    return TRUTH_UNKNOWN;
}
