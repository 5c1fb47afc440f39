/* SPDX-License-Identifier: Apache-2.0
 *
 * test_oracle_index.c: the index answers what an evaluator answers that is obviously right.
 *
 * Random patients, laid out in random segments, are asked random criteria; for each patient
 * certain and possible must be what support/naive.c says of that patient's record alone. On
 * a difference the question is made smaller for as long as the difference stays.
 *
 *     LACIS_TEST_ROUNDS=100 LACIS_TEST_SEED=7 build/test/tests/oracle_index */
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
#include "support/random_index.h"

#define POPULATIONS 24
#define QUESTIONS 60

static const char *const truth_words[] = {"no", "unknown", "yes"};

/* ---- populations ---- */

struct population {
    struct arena *arena;
    size_t n;
    const struct record **records;
    struct askable *askable;
};

static void population_make(struct population *population, struct rng *rng, size_t n)
{
    uint32_t person = 0;

    population->arena = arena_new("population", (size_t)1 << 30);
    population->n = n;
    population->records = arena_array(population->arena, n + 1, sizeof(void *));
    for (size_t i = 0; i < n; i++) {
        person += (uint32_t)rng_between(rng, 1, rng_chance(rng, 90) ? 2 : 1000);
        population->records[i] = random_record(population->arena, rng, person);
    }
    population->askable =
        askable_new(population->arena, population->records, population->n);
}

/* ---- making a failing question smaller ---- */

/* Does the index differ from the naive answer about RECORD, alone in an index? */
static bool differs_alone(const struct record *record, const struct question *question)
{
    struct arena *arena = arena_new("alone", (size_t)64 << 20);
    struct test_index index;
    bool differs;

    test_index_make(&index, &record, 1, NULL, 1);
    differs = test_index_answers(arena, &index, &record, 1, question, NULL)[0] !=
              naive_eval(record, question);
    test_index_free(&index);
    arena_free(arena);
    return differs;
}

/* CRITERIA without its child I, or without its condition I, in ARENA; NULL when there is
 * nothing more to leave out. */
static const struct criteria *without(struct arena *arena,
                                      const struct criteria *criteria, size_t i)
{
    struct criteria *less = arena_copy(arena, criteria, sizeof(*criteria));
    size_t n = criteria->n_children;

    if (criteria->kind == CRITERIA_FACT && i < criteria->n_when) {
        struct criteria_when *when =
            arena_copy(arena, criteria->when, criteria->n_when * sizeof(*when));

        memmove(when + i, when + i + 1, (criteria->n_when - i - 1) * sizeof(*when));
        less->when = when;
        less->n_when--;
        return less;
    }
    if ((criteria->kind != CRITERIA_AND && criteria->kind != CRITERIA_OR) || n < 2 ||
        i >= n)
        return NULL;

    const struct criteria **children =
        arena_copy(arena, criteria->children, n * sizeof(*children));

    memmove(children + i, children + i + 1, (n - i - 1) * sizeof(*children));
    less->children = children;
    less->n_children--;
    return less;
}

static const struct criteria *with_child(struct arena *arena,
                                         const struct criteria *criteria, size_t i,
                                         const struct criteria *child)
{
    struct criteria *other = arena_copy(arena, criteria, sizeof(*criteria));
    const struct criteria **children =
        arena_copy(arena, criteria->children, criteria->n_children * sizeof(*children));

    children[i] = child;
    other->children = children;
    return other;
}

/* The first smaller tree than NODE for which KEEPS(context, tree) holds, or NULL. A child may
 * stand for its parent unless that is a tumour { }. */
typedef bool keeps(void *context, const struct criteria *criteria);

struct smaller {
    struct arena *arena;
    const struct record *record;
    struct question question;
};

/* The whole tree with NODE's place taken by a smaller one: one level of recursion rebuilds
 * one level of parents. */
struct place {
    const struct place *parent;
    const struct criteria *node; /* the parent's node */
    size_t child;
};

static bool still_differs(struct smaller *smaller, const struct place *place,
                          const struct criteria *node)
{
    struct question question = smaller->question;

    for (; place; place = place->parent)
        node = with_child(smaller->arena, place->node, place->child, node);
    question.criteria = node;
    if (!differs_alone(smaller->record, &question))
        return false;
    smaller->question.criteria = node;
    return true;
}

static bool make_smaller(struct smaller *smaller, const struct place *place,
                         const struct criteria *node)
{
    const struct criteria *less;

    for (size_t i = 0; node->kind != CRITERIA_TUMOUR && i < node->n_children; i++)
        if (still_differs(smaller, place, node->children[i]))
            return true;
    for (size_t i = 0; (less = without(smaller->arena, node, i)); i++)
        if (still_differs(smaller, place, less))
            return true;
    for (size_t i = 0; i < node->n_children; i++) {
        struct place here = {place, node, i};

        if (make_smaller(smaller, &here, node->children[i]))
            return true;
    }
    return false;
}

/* RECORD without its fact I. */
static struct record *without_fact(struct arena *arena, const struct record *record,
                                   size_t i)
{
    struct record *less = arena_copy(arena, record, sizeof(*record));

    less->facts =
        arena_copy(arena, record->facts, record->n_facts * sizeof(*less->facts));
    memmove(less->facts + i, less->facts + i + 1,
            (record->n_facts - i - 1) * sizeof(*less->facts));
    less->n_facts--;
    return less;
}

static void fewer_facts(struct smaller *smaller)
{
    for (size_t i = smaller->record->n_facts; i-- > 0;) {
        const struct record *less = without_fact(smaller->arena, smaller->record, i);

        if (differs_alone(less, &smaller->question))
            smaller->record = less;
    }
}

static const char *coverage_words(struct arena *arena, const struct question *question)
{
    const struct coverage *coverage = question->coverage;
    const char *words = coverage->assumed ? "assumed, without" : "declared:";
    char date[DATE_TEXT_SIZE];

    for (int g = 1; coverage->assumed && g < GROUPS; g++)
        if (!coverage->seen[g])
            words = arena_printf(arena, "%s %s", words, model_group((enum group)g)->id);
    for (size_t i = 0; i < coverage->n_rows; i++)
        words = arena_printf(arena, "%s %s %s", words,
                             model_group(coverage->rows[i].group)->id,
                             date_print_iso(coverage->rows[i].period, date));
    return words;
}

static void tell_difference(struct arena *arena, const struct record *record,
                            const struct question *question, uint64_t seed,
                            enum truth index_says)
{
    struct smaller smaller = {arena, record, *question};
    char date[DATE_TEXT_SIZE];
    const char *alone = "";

    if (differs_alone(record, question)) {
        while (make_smaller(&smaller, NULL, smaller.question.criteria))
            ;
        fewer_facts(&smaller);
    } else {
        alone = " (only among other patients)";
    }
    /* longer than cmocka's messages may be */
    fprintf(stderr,
            "seed %llu: of person %u the index says %s, and it is %s%s:\n%s\n\n%s\nas of "
            "%s, coverage %s\n",
            (unsigned long long)seed, record->person, truth_words[index_says],
            truth_words[naive_eval(record, question)], alone,
            criteria_print(arena, smaller.question.criteria),
            record_words(arena, smaller.record),
            date_print_iso((struct interval){question->as_of, question->as_of}, date),
            coverage_words(arena, &smaller.question));
    fail();
}

/* ---- patients ---- */

static const struct criteria *random_criteria(struct arena *arena, struct rng *rng,
                                              const struct askable *askable)
{
    const char *text = random_criteria_text(arena, rng, askable, rng_between(rng, 0, 3));
    struct error err = ERROR_INIT;
    const struct criteria *criteria = criteria_parse(arena, text, strlen(text), &err);

    if (!criteria) {
        fprintf(stderr, "%s\n%u:%u: %s\n", text, err.line, err.column, err.message);
        fail();
    }
    return criteria;
}

static void check_question(struct arena *arena, const struct population *population,
                           const struct test_index *index,
                           const struct question *question, uint64_t seed)
{
    enum truth *answers = test_index_answers(arena, index, population->records,
                                             population->n, question, NULL);

    for (size_t i = 0; i < population->n; i++) {
        const struct record *record = population->records[i];

        if (!record->opposed && answers[i] != naive_eval(record, question))
            tell_difference(arena, record, question, seed, answers[i]);
    }
}

static void check_population(uint64_t seed)
{
    struct rng rng = {seed};
    struct population population;
    struct test_index index;
    struct arena *arena = arena_new("question", (size_t)1 << 30);

    population_make(&population, &rng,
                    (size_t)rng_between(&rng, 1, rng_chance(&rng, 20) ? 1500 : 200));
    test_index_make(&index, population.records, population.n,
                    rng_chance(&rng, 90) ? &rng : NULL, rng_between(&rng, 1, 5));
    for (int q = 0; q < QUESTIONS; q++) {
        struct question question = {
            .criteria = random_criteria(arena, &rng, population.askable),
            .coverage = random_coverage(arena, &rng),
            .as_of = day_from_civil(rng_between(&rng, 2017, 2023), 6, 15)};

        check_question(arena, &population, &index, &question, seed);
        arena_reset(arena);
    }
    test_index_free(&index);
    arena_free(population.arena);
    arena_free(arena);
}

static void index_is_naive_patient_by_patient(void **state)
{
    uint64_t seed = test_seed(1);

    (void)state;
    for (size_t i = 0; i < test_rounds(POPULATIONS); i++)
        check_population(seed + i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(index_is_naive_patient_by_patient),
    };

    return cmocka_run_group_tests_name("the index and the obvious", tests, NULL, NULL);
}
