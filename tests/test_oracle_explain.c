/* SPDX-License-Identifier: Apache-2.0
 *
 * test_oracle_explain.c: an explanation explains the answer that the index gives.
 *
 * Random patients, random criteria: the explanation's root has the truth of the index, each
 * node that of its children, what is unknown has a reason and nothing else has one, and each
 * fact that is named is one of the patient's.
 *
 *     LACIS_TEST_ROUNDS=100 LACIS_TEST_SEED=7 build/test/tests/oracle_explain */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "base/arena.h"
#include "index/judge.h"
#include "support/random_criteria.h"
#include "support/random_index.h"

#define POPULATIONS 12
#define QUESTIONS 60

/* How often each kind of reason was told: none may be one that never is. */
static size_t told[DOUBT_KINDS];

struct explained {
    struct arena *arena;
    const struct record *record;
    const struct question *question;
    const struct judged *root;
};

static void wrong(const struct explained *explained, const struct judged *judged,
                  const char *what)
{
    fprintf(stderr, "%s\n%s\nat: %s\n%s\n", what,
            criteria_print(explained->arena, explained->question->criteria),
            criteria_print(explained->arena, judged->criteria),
            record_words(explained->arena, explained->record));
    fail();
}

static bool is_of(const struct record *record, const struct fact *fact)
{
    return fact >= record->facts && fact < record->facts + record->n_facts;
}

/* ---- one node ---- */

static enum truth from_children(const struct judged *judged)
{
    size_t n[3] = {0};

    for (size_t i = 0; i < judged->n_children; i++)
        n[judged_truth(judged->children[i])]++;
    switch (judged->criteria->kind) {
    case CRITERIA_AND:
        return n[TRUTH_NO] ? TRUTH_NO : n[TRUTH_UNKNOWN] ? TRUTH_UNKNOWN : TRUTH_YES;
    case CRITERIA_OR:
    case CRITERIA_TUMOUR:
    case CRITERIA_SAME:
        return n[TRUTH_YES] ? TRUTH_YES : n[TRUTH_UNKNOWN] ? TRUTH_UNKNOWN : TRUTH_NO;
    case CRITERIA_AT_LEAST:
        return n[TRUTH_YES] >= judged->criteria->count ? TRUTH_YES
               : n[TRUTH_YES] + n[TRUTH_UNKNOWN] >= judged->criteria->count
                   ? TRUTH_UNKNOWN
                   : TRUTH_NO;
    case CRITERIA_NOT: return truth_not(judged->children[0]->truth);
    default: return judged->children[0]->truth;
    }
}

static void check_doubt(const struct explained *explained, const struct judged *judged,
                        const struct doubt *doubt)
{
    const struct record *record = explained->record;

    told[doubt->kind]++;
    if (doubt->fact && !is_of(record, doubt->fact))
        wrong(explained, judged, "a reason about a fact that is not the patient's");
    for (size_t i = 0; i < doubt->n_facts; i++)
        if (!is_of(record, doubt->facts[i]))
            wrong(explained, judged, "an order of facts that are not the patient's");
    if (doubt->kind == DOUBT_DATE && !doubt->end && doubt->item == ITEM_NONE &&
        interval_is_exact(doubt->fact->date))
        wrong(explained, judged, "an exact date is said not to be");
    if (doubt->tumour != TUMOUR_NONE && doubt->tumour >= record->n_tumours)
        wrong(explained, judged, "a tumour that the patient has not");
}

static void check_node(const struct explained *explained, const struct judged *judged)
{
    bool decides = false;

    if (judged->n_children > 0 && from_children(judged) != judged->truth)
        wrong(explained, judged, "a node is not what its children are");
    for (size_t i = 0; i < judged->n_children; i++)
        decides |= judged_decides(judged, judged->children[i]);
    if (judged->n_children > 0 && !decides)
        wrong(explained, judged, "no child decides");
    if (judged->truth == TRUTH_UNKNOWN && judged->n_children == 0 &&
        judged->n_doubts == 0)
        wrong(explained, judged, "unknown without a reason");
    if (judged->truth != TRUTH_UNKNOWN && judged->n_doubts > 0)
        wrong(explained, judged, "known, with a reason why it is not");
    for (size_t i = 0; i < judged->n_looked; i++)
        if (!is_of(explained->record, judged->looked[i].fact))
            wrong(explained, judged, "a fact that is not the patient's");
    for (size_t i = 0; i < judged->n_doubts; i++)
        check_doubt(explained, judged, &judged->doubts[i]);
    for (size_t i = 0; i < judged->n_children; i++)
        check_node(explained, judged->children[i]);
}

/* A line that surely holds because there is a fact must show one. */
static void check_line(const struct explained *explained, const struct judged *judged)
{
    bool shown = judged->criteria->kind != CRITERIA_FACT || judged->truth != TRUTH_YES;

    for (size_t i = 0; i < judged->n_looked; i++)
        shown |= !judged->looked[i].other;
    if (!shown)
        wrong(explained, judged, "yes, and no fact is shown");
    for (size_t i = 0; i < judged->n_children; i++)
        check_line(explained, judged->children[i]);
}

/* ---- one population ---- */

static void check_patients(struct arena *arena, const struct record *const *records,
                           size_t n, const struct test_index *index,
                           const struct question *question)
{
    enum truth *answers = test_index_answers(arena, index, records, n, question, NULL);

    for (size_t i = 0; i < n; i++) {
        struct arena_mark mark = arena_mark(arena);
        struct explained explained = {arena, records[i], question,
                                      judge_explain(arena, records[i], question)};

        if (!records[i]->opposed && answers[i] != explained.root->truth)
            wrong(&explained, explained.root, "the index answers otherwise");
        if (judge_eval(records[i], question) != explained.root->truth)
            wrong(&explained, explained.root, "not explained, it is judged otherwise");
        check_node(&explained, explained.root);
        check_line(&explained, explained.root);
        arena_release(arena, mark);
    }
}

static void check_population(uint64_t seed)
{
    struct rng rng = {seed};
    struct arena *arena = arena_new("question", (size_t)1 << 30);
    struct arena *people = arena_new("population", (size_t)1 << 30);
    size_t n = (size_t)rng_between(&rng, 20, 200);
    const struct record **records = arena_array(people, n, sizeof(*records));
    struct askable *askable;
    struct test_index index;

    for (size_t i = 0; i < n; i++)
        records[i] = random_record(people, &rng, (uint32_t)i + 1);
    askable = askable_new(people, records, n);
    test_index_make(&index, records, n, &rng, rng_between(&rng, 1, 3));
    for (int q = 0; q < QUESTIONS; q++) {
        struct question question = {
            .criteria = random_criteria(arena, &rng, askable, rng_between(&rng, 0, 3)),
            .coverage = random_coverage(arena, &rng),
            .as_of = day_from_civil(rng_between(&rng, 2017, 2023), 6, 15)};

        check_patients(arena, records, n, &index, &question);
        arena_reset(arena);
    }
    test_index_free(&index);
    arena_free(people);
    arena_free(arena);
}

static void explanations_explain_the_answers(void **state)
{
    uint64_t seed = test_seed(1);

    (void)state;
    for (size_t i = 0; i < test_rounds(POPULATIONS); i++)
        check_population(seed + i);
}

static void each_reason_occurs(void **state)
{
    (void)state;
    for (int kind = 0; kind < DOUBT_KINDS; kind++) {
        print_message("reason %d: %zu\n", kind, told[kind]);
        assert_true(told[kind] > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(explanations_explain_the_answers),
        cmocka_unit_test(each_reason_occurs),
    };

    return cmocka_run_group_tests_name("explanations", tests, NULL, NULL);
}
