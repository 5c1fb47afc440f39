/* SPDX-License-Identifier: Apache-2.0
 *
 * test_oracle_unknowns.c: fill the unknowns any way you like: certain ⊆ true ⊆ possible.
 *
 * Random records, random criteria; for each record several complete worlds (support/world.h)
 * in which the answer is yes or no. A certain patient must be yes in all of them, a patient
 * who is not even possible, no. What the index answers is the answer of the judge
 * (test_oracle_index.c), so that is what is held against the worlds here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "index/judge.h"
#include "support/random_criteria.h"
#include "support/world.h"

#define POPULATIONS 45
#define RECORDS 30
#define QUESTIONS 100
#define WORLDS 4

/* Answers yes, no and unknown; and of the unknown ones, how many worlds said yes and no. */
static size_t told[3], open_yes, open_no;

/* ---- what a question makes use of ---- */

enum feature {
    FEATURE_ORDER,
    FEATURE_COUNT,
    FEATURE_DATE,
    FEATURE_AGE,
    FEATURE_PATIENT_DATE,
    FEATURE_AT_AGE,
    FEATURE_EVENT,
    FEATURE_EVENT_END,
    FEATURE_EVENT_ORDER,
    FEATURE_DURING,
    FEATURE_OVERLAPS,
    FEATURE_LASTING,
    FEATURE_ONGOING,
    FEATURE_SAMPLE,
    FEATURE_TUMOUR_EVENT,
    FEATURE_TNM,
    FEATURES
};

static const char *const feature_words[FEATURES] = {
    "order",   "count",     "date",           "age",    "distance to a date", "at age",
    "events",  "their end", "the nth one",    "during", "overlapping",        "lasting",
    "ongoing", "a sample",  "a tumour event", "a TNM"};

/* Answers to single lines that make use of it; and whether worlds said both. */
static size_t told_of[FEATURES][3], worlds_of[FEATURES][2];

static void find_features(const struct criteria *line, bool has[FEATURES])
{
    has[FEATURE_ORDER] |= line->order != ORDER_ANY;
    has[FEATURE_COUNT] |= line->count > 0;
    has[FEATURE_DATE] |= line->kind == CRITERIA_DATE;
    has[FEATURE_AGE] |= line->kind == CRITERIA_AGE;
    has[FEATURE_SAMPLE] |= line->group == GROUP_SPECIMEN;
    has[FEATURE_TUMOUR_EVENT] |= line->group == GROUP_TUMOUR_EVENT;
    has[FEATURE_TNM] |= line->group == GROUP_TNM;
    for (size_t i = 0; i < line->n_when; i++) {
        const struct criteria_when *when = &line->when[i];

        has[FEATURE_PATIENT_DATE] |= when->kind == WHEN_PATIENT_DATE;
        has[FEATURE_AT_AGE] |= when->kind == WHEN_AGE;
        has[FEATURE_EVENT] |= when->kind == WHEN_EVENT;
        has[FEATURE_EVENT_END] |= when->other_end;
        has[FEATURE_EVENT_ORDER] |= when->other && when->other->order != ORDER_ANY;
        has[FEATURE_DURING] |= when->kind == WHEN_DURING;
        has[FEATURE_OVERLAPS] |= when->kind == WHEN_OVERLAPS;
        has[FEATURE_LASTING] |= when->kind == WHEN_LASTING;
        has[FEATURE_ONGOING] |= when->kind == WHEN_ONGOING;
    }
    for (size_t i = 0; i < line->n_children; i++)
        find_features(line->children[i], has);
}

static void note_features(const struct criteria *criteria, enum truth answer, size_t yes,
                          size_t no)
{
    bool has[FEATURES] = {false};

    find_features(criteria, has);
    for (size_t f = 0; f < FEATURES; f++) {
        told_of[f][answer] += has[f];
        if (has[f] && answer == TRUTH_UNKNOWN) {
            worlds_of[f][0] += no;
            worlds_of[f][1] += yes;
        }
    }
}

/* ---- worlds ---- */

static void tell_unsound(struct arena *arena, const struct world *world,
                         const struct question *question, uint64_t seed,
                         enum truth told_as, bool holds)
{
    static const char *const words[] = {"no", "unknown", "yes"};

    fprintf(stderr, "seed %llu: told %s, but %s in this world:\n%s\n\n%s\n%s\n",
            (unsigned long long)seed, words[told_as], holds ? "it holds" : "it does not",
            criteria_print(arena, question->criteria), record_words(arena, world->record),
            world_words(arena, world));
    fail();
}

static void check_worlds(struct arena *arena, struct rng *rng,
                         const struct record *record, const struct question *question,
                         bool is_line, uint64_t seed)
{
    enum truth answer = judge_eval(record, question);
    size_t yes = 0;

    told[answer]++;
    for (int w = 0; w < WORLDS; w++) {
        struct arena_mark mark = arena_mark(arena);
        const struct world *world =
            world_make(arena, rng, record, question->coverage, question->as_of);
        bool holds = world_holds(world, question);

        if (answer == (holds ? TRUTH_NO : TRUTH_YES))
            tell_unsound(arena, world, question, seed, answer, holds);
        yes += holds;
        arena_release(arena, mark);
    }
    if (answer == TRUTH_UNKNOWN) {
        open_yes += yes;
        open_no += WORLDS - yes;
    }
    if (is_line)
        note_features(question->criteria, answer, yes, WORLDS - yes);
}

static void check_population(uint64_t seed)
{
    struct rng rng = {seed};
    struct arena *arena = arena_new("population", (size_t)1 << 30);
    const struct record *records[RECORDS];
    const struct askable *askable;

    for (size_t i = 0; i < RECORDS; i++)
        records[i] = random_record(arena, &rng, (uint32_t)i + 1);
    askable = askable_new(arena, records, RECORDS);
    for (int q = 0; q < QUESTIONS; q++) {
        struct arena_mark mark = arena_mark(arena);
        int depth = rng_chance(&rng, 50) ? 0 : rng_between(&rng, 1, 2);
        bool same = rng_chance(&rng, 20);
        struct question question = {
            .criteria = same ? random_same(arena, &rng, askable, 1 + depth)
                             : random_criteria(arena, &rng, askable, depth),
            .coverage = random_coverage(arena, &rng),
            .as_of = day_from_civil(rng_between(&rng, 2017, 2023), 6, 15)};

        for (size_t i = 0; i < RECORDS; i++)
            check_worlds(arena, &rng, records[i], &question, same || depth == 0, seed);
        arena_release(arena, mark);
    }
    arena_free(arena);
}

static void the_truth_lies_between(void **state)
{
    uint64_t seed = test_seed(1);

    (void)state;
    for (size_t i = 0; i < test_rounds(POPULATIONS); i++)
        check_population(seed + i);
    print_message("%zu no, %zu unknown (worlds: %zu yes, %zu no), %zu yes\n",
                  told[TRUTH_NO], told[TRUTH_UNKNOWN], open_yes, open_no,
                  told[TRUTH_YES]);
}

/* After the worlds were asked: was each thing that can be said answered in all ways? */
static void all_answers_occur(void **state)
{
    (void)state;
    for (size_t f = 0; f < FEATURES; f++) {
        print_message("%s: %zu no, %zu unknown (worlds: %zu yes, %zu no), %zu yes\n",
                      feature_words[f], told_of[f][TRUTH_NO], told_of[f][TRUTH_UNKNOWN],
                      worlds_of[f][1], worlds_of[f][0], told_of[f][TRUTH_YES]);
        for (int truth = TRUTH_NO; truth <= TRUTH_YES; truth++)
            assert_true(told_of[f][truth] > 0);
        assert_true(worlds_of[f][0] > 0 && worlds_of[f][1] > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_truth_lies_between),
        cmocka_unit_test(all_answers_occur),
    };

    return cmocka_run_group_tests_name("certain, true, possible", tests, NULL, NULL);
}
