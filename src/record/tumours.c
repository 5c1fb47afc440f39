/* SPDX-License-Identifier: Apache-2.0
 *
 * record/tumours.c: which of the tumours that the fragments speak of are one.
 *
 * Rules version 1. Two tumours are one when
 *     - they have the same topography, morphology and laterality, of which topography or
 *       morphology is stated, and their diagnosis dates may be the same day; or
 *     - all that is said of them is the same.
 * "May be the same day" does not carry over: March 2020 and 12 May 2020 both agree with
 * the year 2020, not with each other. Where such a chain has no day in common, which of
 * them the vague date means is not decided: only those with the same dates are joined.
 *
 * A joined tumour keeps all its facts; its diagnosis is what their dates have in common,
 * and the fact with the narrowest date speaks for it. So merged again it meets the same
 * tumours with dates that agree with the same ones, and nothing changes. The full rules of
 * OSIRIS-RWD 8.1 and 2.2 (groups of topography and morphology, six months) come on top. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/record_internal.h"

/* One tumour as one fragment says it. */
struct said {
    int number;              /* among those of all fragments */
    const struct fact *fact; /* speaks for it; NULL: it has no fact, so it is none */
    struct interval diagnosis;
    const char *topography, *morphology, *laterality;
    bool is_stated; /* topography or morphology */
};

int content_compare(const struct fact *a, const struct fact *b)
{
    struct fact x = *a;
    struct fact y = *b;

    x.tumour = y.tumour = TUMOUR_NONE;
    return fact_compare(&x, &y);
}

static int compare_long(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_intervals(struct interval a, struct interval b)
{
    int order = compare_long(a.first, b.first);

    return order ? order : compare_long(a.last, b.last);
}

/* Does A speak for a tumour rather than B: by the narrower date, else by content. */
static bool speaks_before(const struct fact *a, const struct fact *b)
{
    int order = compare_long((int64_t)a->date.last - a->date.first,
                             (int64_t)b->date.last - b->date.first);

    return order ? order < 0 : content_compare(a, b) < 0;
}

/* Another fact of the same tumour of the same fragment. */
static void said_add(struct said *said, const struct fact *fact)
{
    if (!said->fact) {
        said->fact = fact;
        said->diagnosis = fact->date;
        return;
    }
    if (speaks_before(fact, said->fact))
        said->fact = fact;
    if (!interval_intersect(said->diagnosis, fact->date, &said->diagnosis))
        said->diagnosis = said->fact->date;
}

static int compare_class(const struct said *a, const struct said *b)
{
    int order = compare_long(b->is_stated, a->is_stated);

    if (!order)
        order = strcmp(a->topography, b->topography);
    if (!order)
        order = strcmp(a->morphology, b->morphology);
    if (!order)
        order = strcmp(a->laterality, b->laterality);
    return order;
}

/* Those that may be one stand together, each chain of dates in its order. */
static int compare_said(const void *a, const void *b)
{
    const struct said *x = a;
    const struct said *y = b;
    int order = compare_long(!x->fact, !y->fact);

    if (order || !x->fact)
        return order ? order : compare_long(x->number, y->number);
    order = compare_class(x, y);
    if (!order)
        order = compare_intervals(x->diagnosis, y->diagnosis);
    return order ? order : content_compare(x->fact, y->fact);
}

/* The tumours that RECORD's facts speak of, sorted; how many are tumours into *N_R. */
static struct said *said_all(const struct record *record, int n_said, size_t *n_r)
{
    struct said *said = memory_alloc((size_t)n_said * sizeof(*said));
    size_t n = (size_t)n_said;

    for (int i = 0; i < n_said; i++)
        said[i] = (struct said){.number = i};
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];

        if (fact->group == GROUP_PRIMARY_CANCER && fact->tumour != TUMOUR_NONE)
            said_add(&said[fact->tumour], fact);
    }
    for (int i = 0; i < n_said; i++) {
        const struct fact *fact = said[i].fact;

        if (!fact)
            continue;
        said[i].topography = fact_text(fact, ITEM_TOPOGRAPHY);
        said[i].morphology = fact_text(fact, ITEM_MORPHOLOGY);
        said[i].laterality = fact_text(fact, ITEM_LATERALITY);
        said[i].is_stated = said[i].topography[0] || said[i].morphology[0];
    }
    qsort(said, n, sizeof(*said), compare_said);
    while (n > 0 && !said[n - 1].fact)
        n--;
    *n_r = n;
    return said;
}

/* How many from FIRST on agree with one another by a chain; *COMMON_R is what their dates
 * have in common, *DECIDED_R whether they have. */
static size_t chain_length(const struct said *first, size_t left,
                           struct interval *common_r, bool *decided_r)
{
    day_number last = first->diagnosis.last;
    size_t n = 1;

    *common_r = first->diagnosis;
    *decided_r = true;
    while (n < left && compare_class(first, &first[n]) == 0 &&
           first[n].diagnosis.first <= last) {
        if (first[n].diagnosis.last > last)
            last = first[n].diagnosis.last;
        if (!interval_intersect(*common_r, first[n].diagnosis, common_r))
            *decided_r = false;
        n++;
    }
    return n;
}

/* The same statement: of those without a code, all of it; of the others, the date. */
static bool is_same(const struct said *a, const struct said *b)
{
    return compare_intervals(a->diagnosis, b->diagnosis) == 0 &&
           (a->is_stated || content_compare(a->fact, b->fact) == 0);
}

/* A tumour of the record under construction, and the said ones that it is. */
struct joined {
    struct tumour tumour;
    size_t first, after;
};

static void join(struct joined *joined, const struct said *said, size_t first,
                 size_t after, struct interval diagnosis)
{
    joined->first = first;
    joined->after = after;
    joined->tumour.diagnosis = diagnosis;
    joined->tumour.fact = said[first].fact;
    for (size_t i = first + 1; i < after; i++)
        if (speaks_before(said[i].fact, joined->tumour.fact))
            joined->tumour.fact = said[i].fact;
}

/* Returns how many tumours there are. */
static size_t join_all(struct joined *joined, const struct said *said, size_t n)
{
    size_t n_joined = 0;

    for (size_t i = 0; i < n;) {
        struct interval common;
        bool decided;
        size_t end = i + chain_length(&said[i], n - i, &common, &decided);

        if (decided && said[i].is_stated) {
            join(&joined[n_joined++], said, i, end, common);
            i = end;
            continue;
        }
        while (i < end) {
            size_t after = i + 1;

            while (after < end && is_same(&said[i], &said[after]))
                after++;
            join(&joined[n_joined++], said, i, after, said[i].diagnosis);
            i = after;
        }
    }
    return n_joined;
}

static int compare_joined(const void *a, const void *b)
{
    const struct joined *x = a;
    const struct joined *y = b;
    int order = compare_intervals(x->tumour.diagnosis, y->tumour.diagnosis);

    return order ? order : content_compare(x->tumour.fact, y->tumour.fact);
}

void tumours_decide(struct merge *merge, int n_said)
{
    struct record *record = merge->record;
    size_t n = 0;
    struct said *said = n_said > 0 ? said_all(record, n_said, &n) : NULL;

    if (n > 0) {
        struct joined *joined = memory_alloc(n * sizeof(*joined));
        int *number = memory_alloc((size_t)n_said * sizeof(*number));
        size_t n_joined = join_all(joined, said, n);

        qsort(joined, n_joined, sizeof(*joined), compare_joined);
        record->n_tumours = (int)n_joined;
        record->tumours = arena_array(merge->arena, n_joined, sizeof(*record->tumours));
        for (int i = 0; i < n_said; i++)
            number[i] = TUMOUR_NONE;
        for (size_t i = 0; i < n_joined; i++) {
            record->tumours[i] = joined[i].tumour;
            for (size_t j = joined[i].first; j < joined[i].after; j++)
                number[said[j].number] = (int)i;
            for (size_t j = joined[i].first + 1; j < joined[i].after; j++)
                decisions_add(merge->arena, merge->decisions,
                              (struct decision){.rule = RULE_TUMOUR_JOINED,
                                                .tumour = (int)i,
                                                .fact = said[joined[i].first].fact,
                                                .other = said[j].fact,
                                                .detail = ""});
        }
        for (size_t i = 0; i < record->n_facts; i++)
            if (record->facts[i].tumour != TUMOUR_NONE)
                record->facts[i].tumour = number[record->facts[i].tumour];
        memory_free(number);
        memory_free(joined);
    } else {
        for (size_t i = 0; i < record->n_facts; i++)
            record->facts[i].tumour = TUMOUR_NONE;
    }
    memory_free(said);
}

void tumours_point(struct record *record)
{
    for (int i = 0; i < record->n_tumours; i++)
        record->tumours[i].fact = NULL;
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        const struct fact **speaker;

        if (fact->group != GROUP_PRIMARY_CANCER || fact->tumour == TUMOUR_NONE)
            continue;
        speaker = &record->tumours[fact->tumour].fact;
        if (!*speaker || speaks_before(fact, *speaker))
            *speaker = fact;
    }
}
