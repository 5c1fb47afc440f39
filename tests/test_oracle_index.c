/* SPDX-License-Identifier: Apache-2.0
 *
 * test_oracle_index.c: the index answers what an evaluator answers that is obviously right.
 *
 * Random patients, laid out in random segments, are asked random criteria; for each patient
 * certain and possible must be what index/judge.h says of that patient's record alone. On
 * a difference the question is made smaller for as long as the difference stays.
 *
 *     LACIS_TEST_ROUNDS=100 LACIS_TEST_SEED=7 build/test/tests/oracle_index */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "support/naive_group.h"
#include "support/random_criteria.h"
#include "support/random_index.h"

#define POPULATIONS 24
#define QUESTIONS 60
#define LARGE 20000

static const char *const truth_words[] = {"no", "unknown", "yes"};

/* How often each was the answer: all three should be frequent. */
static size_t told[3];

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

/* Does the index differ from the judge's answer about RECORD, alone in an index? */
static bool differs_alone(const struct record *record, const struct question *question)
{
    struct arena *arena = arena_new("alone", (size_t)64 << 20);
    struct test_index index;
    bool differs;

    test_index_make(&index, &record, 1, NULL, 1);
    differs = test_index_answers(arena, &index, &record, 1, question, NULL)[0] !=
              judge_eval(record, question);
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

    for (size_t i = 0; node->kind != CRITERIA_TUMOUR && node->kind != CRITERIA_SAME &&
                       i < node->n_children;
         i++)
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
            truth_words[judge_eval(record, question)], alone,
            criteria_print(arena, smaller.question.criteria),
            record_words(arena, smaller.record),
            date_print_iso((struct interval){question->as_of, question->as_of}, date),
            coverage_words(arena, &smaller.question));
    fail();
}

/* ---- the same facts, asked for by several lines ---- */

/* A line about facts, without count and order: of no other line's chosen fact. */
static const struct criteria *random_facts(struct arena *arena, struct rng *rng,
                                           const struct askable *askable)
{
    for (;;) {
        const struct criteria *drawn = random_criteria(arena, rng, askable, 0);
        struct criteria *line;

        while (drawn->kind == CRITERIA_TUMOUR || drawn->kind == CRITERIA_NOT)
            drawn = drawn->children[0];
        if (drawn->kind != CRITERIA_FACT)
            continue;
        line = arena_copy(arena, drawn->from ? drawn->from : drawn, sizeof(*line));
        line->count = 0;
        return line;
    }
}

/* The first, the second or the last of LINE, or LINE itself. */
static const struct criteria *chosen_of(struct arena *arena, struct rng *rng,
                                        const struct criteria *line)
{
    static const int orders[] = {1, 1, 2, ORDER_LAST, ORDER_ANY};
    int order = orders[rng_between(rng, 0, 4)];
    struct criteria *chosen;

    if (order == ORDER_ANY)
        return line;
    chosen = arena_alloc(arena, sizeof(*chosen));
    chosen->kind = CRITERIA_FACT;
    chosen->item = line->item;
    chosen->codes = line->codes;
    chosen->n_codes = line->n_codes;
    chosen->order = order;
    chosen->from = line;
    return chosen;
}

static const struct criteria *with_when(struct arena *arena, const struct criteria *line,
                                        struct criteria_when one)
{
    struct criteria *copy = arena_copy(arena, line, sizeof(*copy));
    struct criteria_when *when = arena_array(arena, line->n_when + 1, sizeof(*when));

    for (size_t i = 0; i < line->n_when; i++)
        when[i] = line->when[i];
    when[line->n_when] = one;
    copy->when = when;
    copy->n_when++;
    return copy;
}

/* LINE, before or after a fact of OTHER; sometimes of one day alone, so that hardly anybody has
 * such a fact. */
static const struct criteria *beside(struct arena *arena, struct rng *rng,
                                     const struct criteria *line,
                                     const struct criteria *other)
{
    day_number day =
        day_from_civil(rng_between(rng, 2010, 2022), 1, 1) + rng_between(rng, 0, 364);

    if (rng_chance(rng, 40))
        line = with_when(arena, line,
                         (struct criteria_when){.kind = WHEN_DATES, .dates = {day, day}});
    return with_when(arena, line,
                     (struct criteria_when){.kind = WHEN_EVENT,
                                            .negated = rng_chance(rng, 20),
                                            .low = rng_between(rng, -400, 0),
                                            .high = rng_between(rng, 1, 2000),
                                            .other = other});
}

/* Two to five lines that ask for the facts of one and the same line, joined somehow, of the
 * patient or of one tumour. */
static const struct criteria *random_alike(struct arena *arena, struct rng *rng,
                                           const struct askable *askable)
{
    static const enum criteria_kind kinds[] = {CRITERIA_AND, CRITERIA_OR,
                                               CRITERIA_AT_LEAST};
    const struct criteria *facts = random_facts(arena, rng, askable);
    size_t n = (size_t)rng_between(rng, 2, 5);
    const struct criteria **children = arena_array(arena, n, sizeof(*children));
    struct criteria *joined = arena_alloc(arena, sizeof(*joined));
    bool of_tumour = rng_chance(rng, 50);

    for (size_t i = 0; i < n; i++) {
        const struct criteria *line = chosen_of(arena, rng, facts);

        if (rng_chance(rng, 60))
            line = beside(arena, rng, random_facts(arena, rng, askable), line);
        of_tumour |= criteria_needs_tumour(line);
        children[i] = line;
        if (rng_chance(rng, 20)) {
            struct criteria *negation = arena_alloc(arena, sizeof(*negation));

            negation->kind = CRITERIA_NOT;
            negation->children = arena_copy(arena, &children[i], sizeof(*children));
            negation->n_children = 1;
            children[i] = negation;
        }
    }
    joined->kind = kinds[rng_between(rng, 0, 2)];
    joined->count = (unsigned)rng_between(rng, 1, (int)n);
    joined->children = children;
    joined->n_children = n;
    if (!of_tumour)
        return joined;

    struct criteria *tumour = arena_alloc(arena, sizeof(*tumour));

    children = arena_array(arena, 1, sizeof(*children));
    children[0] = joined;
    tumour->kind = CRITERIA_TUMOUR;
    tumour->children = children;
    tumour->n_children = 1;
    return tumour;
}

/* One question in two is such a one. */
static const struct criteria *random_question(struct arena *arena, struct rng *rng,
                                              const struct askable *askable)
{
    return rng_chance(rng, 50)
               ? random_alike(arena, rng, askable)
               : random_criteria(arena, rng, askable, rng_between(rng, 0, 3));
}

/* ---- patients ---- */

static void check_question(struct arena *arena, const struct population *population,
                           const struct test_index *index,
                           const struct question *question, uint64_t seed)
{
    enum truth *answers = test_index_answers(arena, index, population->records,
                                             population->n, question, NULL);

    for (size_t i = 0; i < population->n; i++) {
        const struct record *record = population->records[i];

        told[answers[i]]++;
        if (!record->opposed && answers[i] != judge_eval(record, question))
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
            .criteria = random_question(arena, &rng, population.askable),
            .coverage = random_coverage(arena, &rng),
            .as_of = day_from_civil(rng_between(&rng, 2017, 2023), 6, 15)};

        check_question(arena, &population, &index, &question, seed);
        arena_reset(arena);
    }
    test_index_free(&index);
    arena_free(population.arena);
    arena_free(arena);
}

/* Many patients with few kinds of facts, mostly in one segment: the loops over long lists,
 * tile by tile, and the look-ups that replace them. */
static void check_large(uint64_t seed)
{
    struct rng rng = {seed};
    unsigned char busy[GROUPS] = {0};
    struct population population = {.n = LARGE};
    struct test_index index;
    struct arena *arena = arena_new("question", (size_t)1 << 30);

    for (int i = 0; i < 5; i++)
        busy[rng_between(&rng, GROUP_NONE + 1, GROUPS - 1)] =
            (unsigned char)rng_between(&rng, 5, 80);
    busy[GROUP_DRUG] = 50;
    population.arena = arena_new("population", (size_t)4 << 30);
    population.records = arena_array(population.arena, LARGE, sizeof(void *));
    for (size_t i = 0; i < LARGE; i++)
        population.records[i] =
            random_record_of(population.arena, &rng, (uint32_t)i + 1, busy);
    population.askable = askable_new(population.arena, population.records, LARGE);
    test_index_make(&index, population.records, LARGE, rng_chance(&rng, 20) ? &rng : NULL,
                    2);
    for (int q = 0; q < QUESTIONS / 2; q++) {
        struct question question = {
            .criteria = random_question(arena, &rng, population.askable),
            .coverage = random_coverage(arena, &rng),
            .as_of = day_from_civil(rng_between(&rng, 2017, 2023), 6, 15)};

        check_question(arena, &population, &index, &question, seed);
        arena_reset(arena);
    }
    test_index_free(&index);
    arena_free(population.arena);
    arena_free(arena);
}

static void large_segments_do_so_too(void **state)
{
    uint64_t seed = test_seed(1);

    (void)state;
    for (size_t i = 0; i < test_rounds(1); i++)
        check_large(seed + i);
}

static void the_index_answers_as_the_judge(void **state)
{
    uint64_t seed = test_seed(1);

    (void)state;
    for (size_t i = 0; i < test_rounds(POPULATIONS); i++)
        check_population(seed + i);
    print_message("%zu no, %zu unknown, %zu yes\n", told[0], told[1], told[2]);
}

/* ---- tables and follow-up ---- */

static void random_dimensions(struct rng *rng, struct dimension *dimensions, size_t n)
{
    static const char *const words[] = {"year",         "diagnosis year", "age",
                                        "vital status", "stage",          "topography",
                                        "sex",          "treatment",      "T",
                                        "morphology",   "altered"};
    struct error err = ERROR_INIT;

    for (size_t d = 0; d < n; d++) {
        const char *word = words[rng_below(rng, ARRAY_LENGTH(words))];

        for (bool item = rng_chance(rng, 40); item;) {
            const struct item_row *row =
                model_item((enum item)rng_between(rng, 1, ITEMS - 1));

            item = !*row->word || (row->index != INDEX_CODES && row->index != INDEX_KEYS);
            word = row->word;
        }
        if (dimension_parse(word, &dimensions[d], &err) < 0)
            fail_msg("%s", err.message);
        assert_string_equal(dimension_word(&dimensions[d]), word);
    }
}

static void cells_lines(struct buffer *out, const struct cells *cells)
{
    for (size_t i = 0; i < cells->n; i++) {
        for (size_t d = 0; d < cells->n_dimensions; d++)
            buffer_printf(out, "%s|", cells->cell[i].key[d]);
        buffer_printf(out, "%u|%u\n", (unsigned)cells->cell[i].certain,
                      (unsigned)cells->cell[i].possible);
    }
}

static void follow_lines(struct buffer *out, const struct follow_up *follow)
{
    for (size_t i = 0; i < follow->n; i++)
        buffer_printf(out, "%06d|%u|%u\n", follow->at[i].days, follow->at[i].deaths,
                      follow->at[i].patients);
    buffer_printf(out, "without|%u\n", (unsigned)follow->without);
}

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The lines of BUFFER, cut in place and sorted. */
static size_t buffer_lines(struct buffer *buffer, char **lines, size_t max)
{
    size_t n = 0;

    for (char *at = buffer->bytes; at && *at; n++) {
        char *end = strchr(at, '\n');

        assert_true(n < max);
        lines[n] = at;
        *end = '\0';
        at = end + 1;
    }
    qsort(lines, n, sizeof(*lines), compare_lines);
    return n;
}

/* The same lines, in whatever order: keys that are prefixes of others sort otherwise. */
static void check_lines(struct buffer *index_says, struct buffer *is, uint64_t seed,
                        const char *what)
{
    char *said[8192], *right[8192];
    size_t n = buffer_lines(index_says, said, ARRAY_LENGTH(said));
    size_t m = buffer_lines(is, right, ARRAY_LENGTH(right));

    for (size_t i = 0; i < n || i < m; i++) {
        const char *a = i < n ? said[i] : "nothing", *b = i < m ? right[i] : "nothing";

        if (strcmp(a, b) == 0)
            continue;
        fprintf(stderr, "seed %llu: the index says %s, and it is %s:\n%s\n",
                (unsigned long long)seed, a, b, what);
        fail();
    }
    buffer_free(index_says);
    buffer_free(is);
}

static const char *dimension_words(struct arena *arena, const char *criteria,
                                   const struct dimension *dimensions, size_t n)
{
    for (size_t d = 0; d < n; d++)
        criteria =
            arena_printf(arena, "%s --by %s", criteria, dimension_word(&dimensions[d]));
    return criteria;
}

static void check_group(struct arena *arena, const struct population *population,
                        const struct question *question, const struct cohort *cohort,
                        struct rng *rng, uint64_t seed)
{
    struct dimension dimensions[DIMENSIONS_MAX];
    size_t n = (size_t)rng_between(rng, 1, DIMENSIONS_MAX);
    struct buffer says, is;
    struct error err = ERROR_INIT;
    struct cells cells;

    random_dimensions(rng, dimensions, n);
    if (cohort_group(arena, cohort, dimensions, n, &cells, &err) < 0)
        fail_msg("%s", err.message);
    buffer_init(&says, (size_t)8 << 20);
    buffer_init(&is, (size_t)8 << 20);
    cells_lines(&says, &cells);
    naive_group(&is, population->records, population->n, question, dimensions, n);
    check_lines(&says, &is, seed,
                dimension_words(arena, criteria_print(arena, question->criteria),
                                dimensions, n));
}

static void check_follow(struct arena *arena, const struct population *population,
                         const struct test_index *index, const struct question *question,
                         const struct cohort *cohort, struct rng *rng, uint64_t seed)
{
    struct question arm = *question;
    bool has_arm = rng_chance(rng, 60), in_arm = rng_chance(rng, 50);
    struct buffer says, is;
    struct error err = ERROR_INIT;
    struct cohort arm_cohort;
    struct follow_up follow;

    arm.criteria =
        random_criteria(arena, rng, population->askable, rng_between(rng, 0, 3));
    if (cohort_eval(arena, index->snapshot, &arm, &arm_cohort, &err) < 0 ||
        cohort_follow(arena, cohort, has_arm ? &arm_cohort : NULL, in_arm, &follow,
                      &err) < 0)
        fail_msg("%s", err.message);
    buffer_init(&says, (size_t)8 << 20);
    buffer_init(&is, (size_t)8 << 20);
    follow_lines(&says, &follow);
    naive_follow(&is, population->records, population->n, question, has_arm ? &arm : NULL,
                 in_arm);
    check_lines(&says, &is, seed, criteria_print(arena, question->criteria));
}

static void check_tables(uint64_t seed)
{
    struct rng rng = {seed};
    struct population population;
    struct test_index index;
    struct arena *arena = arena_new("question", (size_t)1 << 30);

    population_make(&population, &rng, (size_t)rng_between(&rng, 1, 150));
    test_index_make(&index, population.records, population.n, &rng,
                    rng_between(&rng, 1, 5));
    for (int q = 0; q < QUESTIONS / 2; q++) {
        struct question question = {
            .criteria = random_question(arena, &rng, population.askable),
            .coverage = random_coverage(arena, &rng),
            .as_of = day_from_civil(rng_between(&rng, 2017, 2023), 6, 15)};
        struct cohort cohort;

        test_index_answers(arena, &index, population.records, population.n, &question,
                           &cohort);
        check_group(arena, &population, &question, &cohort, &rng, seed);
        check_follow(arena, &population, &index, &question, &cohort, &rng, seed);
        arena_reset(arena);
    }
    test_index_free(&index);
    arena_free(population.arena);
    arena_free(arena);
}

static void tables_and_follow_up_are_counted_so(void **state)
{
    uint64_t seed = test_seed(1);

    (void)state;
    for (size_t i = 0; i < test_rounds(POPULATIONS); i++)
        check_tables(seed + i);
}

/* ---- bytes ---- */

/* However the patients came, the compacted segment is the one built from them in one go. */
static void check_bytes(uint64_t seed)
{
    struct rng rng = {seed};
    struct population population;
    struct test_index one, many;
    struct snapshot *compacted;
    struct error err = ERROR_INIT;

    population_make(&population, &rng, (size_t)rng_between(&rng, 1, 300));
    test_index_make(&one, population.records, population.n, NULL, 1);
    test_index_make(&many, population.records, population.n, &rng,
                    rng_between(&rng, 1, 6));
    if (catalogue_compact(many.catalogue, true, &err) < 0)
        fail_msg("%s", err.message);
    compacted = catalogue_snapshot(many.catalogue);
    if (one.snapshot->n == 1 && one.snapshot->patients > 0) {
        assert_int_equal(compacted->n, 1);
        assert_int_equal(segment_verify(compacted->segments[0], &err), 0);
        if (compacted->segments[0]->size != one.snapshot->segments[0]->size ||
            memcmp(compacted->segments[0]->map, one.snapshot->segments[0]->map,
                   compacted->segments[0]->size) != 0)
            fail_msg("seed %llu: other bytes", (unsigned long long)seed);
    } else {
        assert_int_equal(compacted->patients, 0);
    }
    snapshot_release(many.catalogue, compacted);
    test_index_free(&one);
    test_index_free(&many);
    arena_free(population.arena);
}

static void layout_leaves_no_trace(void **state)
{
    uint64_t seed = test_seed(1);

    (void)state;
    for (size_t i = 0; i < test_rounds(POPULATIONS); i++)
        check_bytes(seed + i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_index_answers_as_the_judge),
        cmocka_unit_test(large_segments_do_so_too),
        cmocka_unit_test(tables_and_follow_up_are_counted_so),
        cmocka_unit_test(layout_leaves_no_trace),
    };

    return cmocka_run_group_tests_name("the index and the obvious", tests, NULL, NULL);
}
