/* SPDX-License-Identifier: Apache-2.0
 *
 * record/tumour_judged.c: what humans decided of tumours, over the rules.
 *
 * A judgement names two statements by what they say (record_statement()), so it holds for the
 * same statement from any source and in any later import; when a statement changes, the
 * judgement is no longer about it, and says so (JUDGED_IN_VAIN).
 *
 *     METASTASIS  the first is a metastasis of the tumour of the second
 *     DIFFERENT   the second, and all that say the same, stand apart from the class of the first
 *     SAME        the classes of the two are one: whatever the rules say of them */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/tumours_internal.h"

/* FNV-1a, 64 bits; the NUL counts, so that "a", "bc" is not "ab", "c". */
static uint64_t hash_text(uint64_t hash, const char *text)
{
    do
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    while (*text++);
    return hash;
}

const char *record_statement(const struct fact *fact, char text[STATEMENT_SIZE])
{
    static const enum item items[] = {ITEM_TOPOGRAPHY, ITEM_MORPHOLOGY, ITEM_LATERALITY,
                                      ITEM_CANCER_SOURCE_CODE};
    uint64_t hash = 0xcbf29ce484222325u;
    char date[DATE_TEXT_SIZE];

    for (size_t i = 0; i < ARRAY_LENGTH(items); i++)
        hash = hash_text(hash, fact_text(fact, items[i]));
    hash = hash_text(hash, date_print_iso(fact->date, date));
    snprintf(text, STATEMENT_SIZE, "%016llx", (unsigned long long)hash);
    return text;
}

static bool says(const struct fact *fact, const struct fact *judgement, enum item item)
{
    char text[STATEMENT_SIZE];

    return strcmp(record_statement(fact, text), fact_text(judgement, item)) == 0;
}

static bool said_says(const struct said *said, const struct fact *judgement,
                      enum item item)
{
    for (size_t i = 0; i < said->n; i++)
        if (says(said->facts[i], judgement, item))
            return true;
    return false;
}

static bool is_verdict(const struct fact *judgement, const char *verdict)
{
    return strcmp(fact_text(judgement, ITEM_JUDGEMENT_VERDICT), verdict) == 0;
}

static int compare_judgements(const void *a, const void *b)
{
    return content_compare(*(const struct fact *const *)a,
                           *(const struct fact *const *)b);
}

void judgements_of(const struct record *record, struct judgements *judgements)
{
    *judgements = (struct judgements){0};
    for (size_t i = 0; i < record->n_facts; i++)
        judgements->n += record->facts[i].group == GROUP_JUDGEMENT;
    if (judgements->n == 0)
        return;
    judgements->fact = memory_alloc(judgements->n * sizeof(const struct fact *));
    judgements->n = 0;
    for (size_t i = 0; i < record->n_facts; i++)
        if (record->facts[i].group == GROUP_JUDGEMENT)
            judgements->fact[judgements->n++] = &record->facts[i];
    qsort(judgements->fact, judgements->n, sizeof(*judgements->fact), compare_judgements);
}

/* ---- taken up ------------------------------------------------------------------------ */

void judged_secondaries(const struct judgements *judgements, struct said *said, size_t n)
{
    for (size_t j = 0; j < judgements->n; j++)
        for (size_t i = 0; i < n; i++)
            if (is_verdict(judgements->fact[j], VERDICT_METASTASIS) &&
                said_says(&said[i], judgements->fact[j], ITEM_JUDGEMENT_FIRST)) {
                said[i].kind = TUMOUR_SECONDARY;
                said[i].is_counted = false;
                said[i].of = judgements->fact[j];
            }
}

/* The first statement that is counted and says what ITEM of JUDGEMENT names. */
static struct said *find_said(const struct fact *judgement, enum item item,
                              struct said *said, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (said[i].is_counted && said_says(&said[i], judgement, item))
            return &said[i];
    return NULL;
}

static bool is_one_class(const struct said *a, const struct said *b)
{
    return a->is_counted && b->is_counted && a->kind == b->kind &&
           a->is_ambiguous == b->is_ambiguous && a->apart == b->apart &&
           tumour_key_compare(&a->class, &b->class) == 0;
}

static void make_one(struct said *said, size_t n, const struct said *a,
                     const struct said *b)
{
    struct said into = *a, from = *b;

    for (size_t i = 0; i < n; i++)
        if (is_one_class(&said[i], &from) || is_one_class(&said[i], &into)) {
            said[i].class = into.class;
            said[i].apart = into.apart;
            said[i].is_ambiguous = false;
        }
}

void judged_classes(const struct judgements *judgements, struct said *said, size_t n)
{
    for (size_t j = 0; j < judgements->n; j++)
        for (size_t i = 0; i < n; i++)
            if (is_verdict(judgements->fact[j], VERDICT_DIFFERENT) &&
                find_said(judgements->fact[j], ITEM_JUDGEMENT_FIRST, said, n) &&
                said_says(&said[i], judgements->fact[j], ITEM_JUDGEMENT_SECOND)) {
                said[i].apart = judgements->fact[j];
                said[i].class = said[i].key;
                said[i].is_ambiguous = false;
            }
    for (size_t j = 0; j < judgements->n; j++) {
        const struct fact *judgement = judgements->fact[j];
        const struct said *a, *b;

        if (!is_verdict(judgement, VERDICT_SAME))
            continue;
        a = find_said(judgement, ITEM_JUDGEMENT_FIRST, said, n);
        b = find_said(judgement, ITEM_JUDGEMENT_SECOND, said, n);
        if (a && b && a->kind == b->kind)
            make_one(said, n, a, b);
    }
}

void judged_attach(struct joined *joined, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct fact *judgement = joined[i].said->of;

        if (!judgement || joined[i].is_counted)
            continue;
        joined[i].of = TUMOUR_NONE;
        for (size_t t = 0; t < n && joined[t].is_counted; t++)
            for (size_t s = 0; s < joined[t].n; s++)
                if (said_says(&joined[t].said[s], judgement, ITEM_JUDGEMENT_SECOND))
                    joined[i].of = (int)t;
    }
}

/* ---- told ---------------------------------------------------------------------------- */

bool is_judged(const struct judgements *judgements, const struct fact *fact,
               const struct fact *other)
{
    for (size_t j = 0; j < judgements->n; j++) {
        const struct fact *judgement = judgements->fact[j];

        if (!other && (says(fact, judgement, ITEM_JUDGEMENT_FIRST) ||
                       says(fact, judgement, ITEM_JUDGEMENT_SECOND)))
            return true;
        if (other && ((says(fact, judgement, ITEM_JUDGEMENT_FIRST) &&
                       says(other, judgement, ITEM_JUDGEMENT_SECOND)) ||
                      (says(other, judgement, ITEM_JUDGEMENT_FIRST) &&
                       says(fact, judgement, ITEM_JUDGEMENT_SECOND))))
            return true;
    }
    return false;
}

/* The fact that JUDGEMENT names by ITEM, and its place among the joined ones. */
static const struct fact *find_fact(const struct fact *judgement, enum item item,
                                    const struct joined *joined, size_t n, int *place_r)
{
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < joined[i].n; s++)
            for (size_t k = 0; k < joined[i].said[s].n; k++)
                if (says(joined[i].said[s].facts[k], judgement, item)) {
                    *place_r = (int)i;
                    return joined[i].said[s].facts[k];
                }
    return NULL;
}

void judged_why(struct merge *merge, const struct judgements *judgements,
                const struct joined *joined, size_t n)
{
    for (size_t j = 0; j < judgements->n; j++) {
        const struct fact *judgement = judgements->fact[j];
        char date[DATE_TEXT_SIZE];
        int place = TUMOUR_NONE, second = TUMOUR_NONE;
        const struct fact *a =
            find_fact(judgement, ITEM_JUDGEMENT_FIRST, joined, n, &place);
        const struct fact *b =
            find_fact(judgement, ITEM_JUDGEMENT_SECOND, joined, n, &second);
        const char *detail = arena_printf(merge->arena, "%s, %s, %s",
                                          fact_text(judgement, ITEM_JUDGEMENT_VERDICT),
                                          fact_text(judgement, ITEM_JUDGEMENT_AUTHOR),
                                          date_print_iso(judgement->date, date));

        decisions_add(merge->arena, merge->decisions,
                      (struct decision){.rule =
                                            a && b ? RULE_JUDGED : RULE_JUDGED_IN_VAIN,
                                        .to_review = !a || !b,
                                        .tumour = second != TUMOUR_NONE ? second : place,
                                        .fact = a ? a : judgement,
                                        .other = b ? b : judgement,
                                        .detail = detail});
    }
}
