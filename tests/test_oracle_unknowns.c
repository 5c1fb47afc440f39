/* SPDX-License-Identifier: Apache-2.0
 *
 * test_oracle_unknowns.c: fill the unknowns any way you like: certain ⊆ true ⊆ possible.
 *
 * Random records, random criteria; for each record several complete worlds (support/world.h)
 * in which the answer is yes or no. A certain patient must be yes in all of them, a patient
 * who is not even possible, no. What the index answers is the naive answer
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
#include "support/naive.h"
#include "support/random_criteria.h"
#include "support/world.h"

#define POPULATIONS 20
#define RECORDS 30
#define QUESTIONS 40
#define WORLDS 4

/* Answers yes, no and unknown; and of the unknown ones, how many worlds said yes and no. */
static size_t told[3], open_yes, open_no;

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
                         uint64_t seed)
{
    enum truth answer = naive_eval(record, question);

    told[answer]++;
    for (int w = 0; w < WORLDS; w++) {
        struct arena_mark mark = arena_mark(arena);
        const struct world *world =
            world_make(arena, rng, record, question->coverage, question->as_of);
        bool holds = world_holds(world, question);

        if (answer == (holds ? TRUTH_NO : TRUTH_YES))
            tell_unsound(arena, world, question, seed, answer, holds);
        if (answer == TRUTH_UNKNOWN)
            *(holds ? &open_yes : &open_no) += 1;
        arena_release(arena, mark);
    }
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
        struct question question = {
            .criteria = random_criteria(arena, &rng, askable, rng_between(&rng, 0, 2)),
            .coverage = random_coverage(arena, &rng),
            .as_of = day_from_civil(rng_between(&rng, 2017, 2023), 6, 15)};

        for (size_t i = 0; i < RECORDS; i++)
            check_worlds(arena, &rng, records[i], &question, seed);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_truth_lies_between),
    };

    return cmocka_run_group_tests_name("certain, true, possible", tests, NULL, NULL);
}
