/* SPDX-License-Identifier: Apache-2.0
 *
 * record/tumours.c: which of the tumours that the fragments speak of are one (OSIRIS-RWD 8.1).
 *
 * A statement has a key: topography group, morphology group, side of a paired organ, each
 * perhaps unknown (tumour_key.h). Two keys agree unless they certainly differ. "Agree" does not
 * carry over: a breast of unknown side agrees with the left one and with the right one, which
 * do not agree with each other. Therefore
 *     - a statement of which all that agree with it agree with each other, too, is one tumour
 *       with them: their class is what all their keys have in common;
 *     - any other may be one or another of different tumours. It stays apart, with those that
 *       say the same key, and is for a human to review.
 * Two statements of the first sort that agree have the same ones around them, so classes do not
 * depend on an order; and a class, merged again as one statement, agrees with the very same
 * others, so merging a record again changes nothing.
 *
 * Dates do not make two tumours: what is diagnosed again in the same groups is an event of the
 * first one (tumour_events.c). That holds as well of what one fragment says as two tumours; the
 * rule is OSIRIS-RWD's, and such a decision is told (SOURCE_SPLIT_OVERRULED).
 *
 * What a human decided wins over all of this (tumour_judged.c).
 *
 * What is said as a tumour and is none (tumour_scope.c) stays as it was said, behind the tumours
 * of the record: a metastasis is compared with the tumours once these are decided, so that it
 * never decides about them. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/tumours_internal.h"

/* With more distinct keys than this in one person, no statement with an unknown part is joined:
 * each is compared with all others. */
#define KEYS_MAX 2048

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

/* ---- what is said -------------------------------------------------------------------- */

/* By tumour, then content; of equal facts the one with the older proof first. */
static int compare_speakers(const void *a, const void *b)
{
    const struct fact *x = *(const struct fact *const *)a;
    const struct fact *y = *(const struct fact *const *)b;
    int order = compare_long(x->tumour, y->tumour);

    if (!order)
        order = content_compare(x, y);
    if (!order)
        order = compare_long(x->sequence, y->sequence);
    return order ? order : compare_long(x->position, y->position);
}

static struct tumour_key key_of_fact(const struct rules *rules, const struct fact *fact,
                                     enum tumour_kind kind)
{
    bool is_primary = kind == TUMOUR_PRIMARY;
    struct tumour_codes codes = tumour_said_codes(fact);

    /* where a metastasis lies says nothing of where its tumour began */
    return tumour_key(rules, is_primary ? codes.topography : "", codes.morphology,
                      is_primary ? fact_text(fact, ITEM_LATERALITY) : "");
}

/* A statement of several facts is a tumour of a record that is merged again: their keys agree,
 * but where a human joined what does not. Then the first ones by content hold. */
static void said_finish(struct said *said, const struct rules *rules)
{
    said->kind = tumour_kind(said->facts[0]);
    for (size_t i = 1; i < said->n && said->kind != TUMOUR_PRIMARY; i++)
        said->kind = tumour_kind(said->facts[i]);
    said->key = key_of_fact(rules, said->facts[0], said->kind);
    for (size_t i = 1; i < said->n; i++) {
        struct tumour_key key = key_of_fact(rules, said->facts[i], said->kind);

        if (tumour_key_agree(rules, &said->key, &key))
            said->key = tumour_key_meet(rules, &said->key, &key);
    }
    said->class = said->key;
    said->is_counted = said->kind == TUMOUR_PRIMARY;
}

/* The statements of RECORD; how many into *N_R. SPEAKERS_R is freed after them. */
static struct said *said_all(const struct merge *merge, const struct fact ***speakers_r,
                             size_t *n_r)
{
    const struct record *record = merge->record;
    const struct fact **speakers =
        memory_alloc((record->n_facts + 1) * sizeof(*speakers));
    size_t n_speakers = 0, n = 0;
    struct said *said;

    for (size_t i = 0; i < record->n_facts; i++)
        if (record->facts[i].group == GROUP_PRIMARY_CANCER &&
            record->facts[i].tumour != TUMOUR_NONE)
            speakers[n_speakers++] = &record->facts[i];
    if (n_speakers > 1)
        qsort(speakers, n_speakers, sizeof(*speakers), compare_speakers);
    said = memory_alloc((n_speakers + 1) * sizeof(*said));
    for (size_t i = 0; i < n_speakers;) {
        size_t first = i;

        while (i < n_speakers && speakers[i]->tumour == speakers[first]->tumour)
            i++;
        said[n] = (struct said){
            .number = speakers[first]->tumour, .facts = speakers + first, .n = i - first};
        said_finish(&said[n++], merge->rules);
    }
    *speakers_r = speakers;
    *n_r = n;
    return said;
}

/* ---- classes ------------------------------------------------------------------------- */

struct keys {
    struct tumour_key *key; /* distinct */
    size_t n;
};

static int compare_keys(const void *a, const void *b)
{
    return tumour_key_compare(a, b);
}

static struct keys distinct_keys(const struct said *said, size_t n, enum tumour_kind kind)
{
    struct keys keys = {.key = memory_alloc((n + 1) * sizeof(*keys.key))};
    size_t all = 0;

    for (size_t i = 0; i < n; i++)
        if (said[i].kind == kind)
            keys.key[all++] = said[i].key;
    if (all > 1)
        qsort(keys.key, all, sizeof(*keys.key), compare_keys);
    for (size_t i = 0; i < all; i++)
        if (i == 0 || tumour_key_compare(&keys.key[keys.n - 1], &keys.key[i]) != 0)
            keys.key[keys.n++] = keys.key[i];
    return keys;
}

/* What KEY and all that agree with it have in common; false when these do not all agree. */
static bool class_of(const struct rules *rules, const struct keys *keys,
                     const struct tumour_key *key, struct tumour_key *class_r)
{
    struct tumour_key both = *key;

    if (keys->n > KEYS_MAX)
        return *key->site && key->histology;
    for (size_t i = 0; i < keys->n; i++) {
        if (!tumour_key_agree(rules, key, &keys->key[i]))
            continue;
        if (!tumour_key_agree(rules, &both, &keys->key[i]))
            return false;
        both = tumour_key_meet(rules, &both, &keys->key[i]);
    }
    *class_r = both;
    return true;
}

static void classify(const struct rules *rules, struct said *said, size_t n,
                     enum tumour_kind kind)
{
    struct keys keys = distinct_keys(said, n, kind);

    for (size_t i = 0; i < n; i++)
        if (said[i].kind == kind)
            said[i].is_ambiguous = !class_of(rules, &keys, &said[i].key, &said[i].class);
    memory_free(keys.key);
}

/* Metastases whose primary nobody tells of are what is known of a tumour: they are counted. */
static void decide_classes(const struct rules *rules, const struct judgements *judgements,
                           struct said *said, size_t n)
{
    bool has_primary = false;

    judged_secondaries(judgements, said, n);
    for (size_t i = 0; i < n; i++)
        has_primary = has_primary || said[i].kind == TUMOUR_PRIMARY;
    classify(rules, said, n, TUMOUR_PRIMARY);
    if (!has_primary) {
        classify(rules, said, n, TUMOUR_SECONDARY);
        for (size_t i = 0; i < n; i++)
            said[i].is_counted = said[i].kind == TUMOUR_SECONDARY;
    }
    judged_classes(judgements, said, n);
}

/* ---- tumours out of classes ---------------------------------------------------------- */

static int compare_class(const struct said *a, const struct said *b)
{
    int order = compare_long(b->is_counted, a->is_counted);

    if (!order)
        order = compare_long(a->kind, b->kind);
    if (order)
        return order;
    if (!a->is_counted) /* not a tumour: one with its like only to the letter */
        return content_compare(a->facts[0], b->facts[0]);
    order = tumour_key_compare(&a->class, &b->class);
    if (!order)
        order = compare_long(a->is_ambiguous, b->is_ambiguous);
    if (!order)
        order = compare_long(!a->apart, !b->apart);
    return order || !a->apart ? order : content_compare(a->apart, b->apart);
}

/* Those that are one stand together. */
static int compare_said(const void *a, const void *b)
{
    const struct said *x = a;
    const struct said *y = b;
    int order = compare_class(x, y);

    if (!order)
        order = content_compare(x->facts[0], y->facts[0]);
    if (!order)
        order = compare_long(x->facts[0]->sequence, y->facts[0]->sequence);
    return order ? order : compare_long(x->facts[0]->position, y->facts[0]->position);
}

static int compare_contents(const void *a, const void *b)
{
    const struct fact *x = *(const struct fact *const *)a;
    const struct fact *y = *(const struct fact *const *)b;

    return content_compare(x, y);
}

static void join(struct arena *arena, struct joined *joined, const struct said *said,
                 size_t n)
{
    const struct fact **facts;
    size_t n_facts = 0, at = 0;

    *joined = (struct joined){.class = said->class,
                              .is_counted = said->is_counted,
                              .is_ambiguous = said->is_ambiguous,
                              .said = said,
                              .n = n,
                              .of = TUMOUR_NONE};
    joined->tumour.kind = said->kind;
    for (size_t i = 0; i < n; i++)
        n_facts += said[i].n;
    facts = memory_alloc(n_facts * sizeof(*facts));
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < said[i].n; j++)
            facts[at++] = said[i].facts[j];
    if (n_facts > 1)
        qsort(facts, n_facts, sizeof(*facts), compare_contents);
    tumour_choose(arena, facts, n_facts, &joined->tumour);
    memory_free(facts);
}

static int compare_joined(const void *a, const void *b)
{
    const struct joined *x = a;
    const struct joined *y = b;
    int order = compare_long(y->is_counted, x->is_counted);

    if (!order)
        order = compare_intervals(x->tumour.diagnosis, y->tumour.diagnosis);
    if (!order)
        order = content_compare(x->tumour.fact, y->tumour.fact);
    return order ? order : tumour_key_compare(&x->class, &y->class);
}

/* Returns how many there are, the counted ones first. */
static size_t join_all(struct arena *arena, struct joined *joined, struct said *said,
                       size_t n)
{
    size_t n_joined = 0;

    if (n > 1)
        qsort(said, n, sizeof(*said), compare_said);
    for (size_t i = 0; i < n;) {
        size_t first = i;

        while (i < n && compare_class(&said[first], &said[i]) == 0)
            i++;
        join(arena, &joined[n_joined++], said + first, i - first);
    }
    if (n_joined > 1)
        qsort(joined, n_joined, sizeof(*joined), compare_joined);
    return n_joined;
}

/* Of which tumour is each metastasis that was said as one: the only one that agrees. */
static void attach_secondaries(const struct rules *rules, struct joined *joined, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t fitting = 0;

        if (joined[i].is_counted || joined[i].tumour.kind != TUMOUR_SECONDARY)
            continue;
        for (size_t t = 0; t < n && joined[t].is_counted; t++)
            if (tumour_key_agree(rules, &joined[i].class, &joined[t].class)) {
                joined[i].of = (int)t;
                fitting++;
            }
        if (fitting != 1)
            joined[i].of = TUMOUR_NONE;
    }
}

/* ---- the record ---------------------------------------------------------------------- */

/* Where the facts of a statement belong: those that speak of it, and those that hang on it. */
struct home {
    int own, hanging;
};

static void hang_facts(struct record *record, const struct joined *joined, size_t n,
                       int n_said)
{
    struct home *homes = memory_alloc(((size_t)n_said + 1) * sizeof(*homes));

    for (int i = 0; i < n_said; i++)
        homes[i] = (struct home){TUMOUR_NONE, TUMOUR_NONE};
    for (size_t i = 0; i < n; i++) {
        bool moves = !joined[i].is_counted && joined[i].tumour.kind == TUMOUR_SECONDARY;
        struct home home = {(int)i, moves ? joined[i].of : (int)i};

        for (size_t j = 0; j < joined[i].n; j++)
            homes[joined[i].said[j].number] = home;
    }
    for (size_t i = 0; i < record->n_facts; i++) {
        struct fact *fact = &record->facts[i];

        if (fact->tumour != TUMOUR_NONE)
            fact->tumour = fact->group == GROUP_PRIMARY_CANCER
                               ? homes[fact->tumour].own
                               : homes[fact->tumour].hanging;
    }
    memory_free(homes);
}

void tumours_decide(struct merge *merge, int n_said)
{
    struct record *record = merge->record;
    const struct fact **speakers;
    size_t n, n_joined;
    struct said *said = said_all(merge, &speakers, &n);
    struct joined *joined = memory_alloc((n + 1) * sizeof(*joined));
    struct judgements judgements;

    judgements_of(record, &judgements);
    decide_classes(merge->rules, &judgements, said, n);
    n_joined = join_all(merge->arena, joined, said, n);
    attach_secondaries(merge->rules, joined, n_joined);
    judged_attach(joined, n_joined);
    record->tumours = arena_array(merge->arena, n_joined + 1, sizeof(*record->tumours));
    for (size_t i = 0; i < n_joined; i++) {
        record->tumours[i] = joined[i].tumour;
        if (joined[i].is_counted)
            record->n_tumours++;
        else
            record->n_others++;
    }
    hang_facts(record, joined, n_joined, n_said);
    if (merge->decisions)
        tumour_why(merge, &judgements, joined, n_joined);
    tumour_events(merge, joined, n_joined);
    memory_free(judgements.fact);
    memory_free(joined);
    memory_free(said);
    memory_free(speakers);
}

void tumours_point(struct record *record)
{
    int n = record->n_tumours + record->n_others;

    for (int i = 0; i < n; i++)
        record->tumours[i].fact = NULL;
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        struct tumour *tumour;

        if (fact->group != GROUP_PRIMARY_CANCER || fact->tumour == TUMOUR_NONE)
            continue;
        tumour = &record->tumours[fact->tumour];
        if (!tumour->fact || tumour_speaks_before(tumour, fact, tumour->fact))
            tumour->fact = fact;
    }
}
