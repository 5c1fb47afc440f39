/* SPDX-License-Identifier: Apache-2.0
 *
 * test_oracle_data.c: the index and the obvious evaluator agree on the centres' sample data.
 *
 * Random criteria from the codes that occur in each file, asked of all its patients. Skipped
 * where SHARED_DATA is not set.
 *
 * ctest-timeout: 900 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "index/judge.h"
#include "support/random_criteria.h"
#include "support/random_index.h"

#define QUESTIONS 150 /* of each file */
#define LINE_MAX_SIZE ((size_t)16 << 20)

struct centre {
    struct arena *arena;
    size_t n, capacity;
    const struct record **records;
    struct coverage coverage;
};

static bool read_line(gzFile file, char *line)
{
    size_t length;

    if (!gzgets(file, line, (int)LINE_MAX_SIZE))
        return false;
    length = strlen(line);
    assert_true(length > 0 && line[length - 1] == '\n');
    line[length - 1] = '\0';
    return true;
}

static void add_patient(struct centre *centre, const char *line)
{
    struct error err = ERROR_INIT;
    struct facts *facts;
    const struct facts *fragments[1];
    struct record *record;

    if (adapt_fragment(centre->arena, NULL, FRAGMENT_OSIRIS_RWD, line, strlen(line), 1,
                       &facts, NULL, &err) < 0)
        fail_msg("%s", err.message);
    fragments[0] = facts;
    if (record_merge(centre->arena, NULL, (uint32_t)centre->n + 1, fragments, 1, &record,
                     &err) < 0)
        fail_msg("%s", err.message);
    memory_grow((void **)&centre->records, &centre->capacity, centre->n + 1,
                sizeof(*centre->records));
    centre->records[centre->n++] = record;
    for (size_t i = 0; i < record->n_facts; i++)
        centre->coverage.seen[record->facts[i].group] = true;
}

static void read_centre(struct centre *centre, const char *name)
{
    char path[1024];
    char *line = memory_alloc(LINE_MAX_SIZE);
    gzFile file;

    snprintf(path, sizeof(path), "%s/tcga/%s.ndjson.gz", getenv("SHARED_DATA"), name);
    memset(centre, 0, sizeof(*centre));
    centre->arena = arena_new("centre", (size_t)16 << 30);
    centre->coverage.assumed = true;
    file = gzopen(path, "rb");
    assert_non_null(file);
    while (read_line(file, line))
        add_patient(centre, line);
    gzclose(file);
    memory_free(line);
}

static void centre_free(struct centre *centre)
{
    arena_free(centre->arena);
    memory_free((void *)(uintptr_t)centre->records);
}

static void check_question(const struct centre *centre, const struct test_index *index,
                           struct arena *arena, const char *text,
                           const struct coverage *coverage)
{
    struct error err = ERROR_INIT;
    struct question question = {.criteria =
                                    criteria_parse(arena, text, strlen(text), &err),
                                .coverage = coverage,
                                .as_of = day_from_civil(2020, 1, 1)};
    const enum truth *answers;

    if (!question.criteria) {
        fprintf(stderr, "%s\n%u:%u: %s\n", text, err.line, err.column, err.message);
        fail();
    }
    answers =
        test_index_answers(arena, index, centre->records, centre->n, &question, NULL);
    for (size_t i = 0; i < centre->n; i++) {
        enum truth is = judge_eval(centre->records[i], &question);

        if (!centre->records[i]->opposed && answers[i] != is) {
            fprintf(stderr, "line %zu: the index says %d, and it is %d:\n%s\n", i + 1,
                    answers[i], is, text);
            fail();
        }
    }
}

static void check_centre(const char *name, uint64_t seed)
{
    struct arena *arena = arena_new("question", (size_t)1 << 30);
    struct rng rng = {seed};
    struct centre centre;
    struct test_index index;
    struct askable *askable;

    read_centre(&centre, name);
    print_message("%s: %zu patients\n", name, centre.n);
    askable = askable_new(centre.arena, centre.records, centre.n);
    test_index_make(&index, centre.records, centre.n, &rng, 4);
    for (size_t q = 0; q < test_rounds(QUESTIONS); q++) {
        const struct coverage *coverage =
            rng_chance(&rng, 50) ? &centre.coverage : random_coverage(arena, &rng);
        const char *text =
            random_criteria_text(arena, &rng, askable, rng_between(&rng, 0, 2));

        check_question(&centre, &index, arena, text, coverage);
        arena_reset(arena);
    }
    test_index_free(&index);
    centre_free(&centre);
    arena_free(arena);
}

static void villejuif(void **state)
{
    (void)state;
    check_centre("villejuif", test_seed(1));
}

static void lyon(void **state)
{
    (void)state;
    check_centre("lyon", test_seed(2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(villejuif),
        cmocka_unit_test(lyon),
    };

    if (!getenv("SHARED_DATA"))
        return 77;
    return cmocka_run_group_tests_name("the index and the obvious, on real data", tests,
                                       NULL, NULL);
}
