/* SPDX-License-Identifier: Apache-2.0
 *
 * test_oracle_threads.c: readers see the index before a change or after it, never in between.
 *
 * A writer turns all patients from one history into another and back, and compacts; readers
 * ask through the writer's own catalogue and through one that follows the files, as another
 * process does. The sequence of a snapshot says which history it must be.
 *
 * ctest-labels: threads */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "index/builder.h"
#include "index/group.h"
#include "index/judge.h"
#include "support/random_criteria.h"
#include "support/random_index.h"

#define PERSONS 40
#define QUESTIONS 6
#define READERS 4
#define CHANGES 12
#define INCARNATION "threads"

struct expected {
    uint64_t certain, possible;
};

struct stage {
    struct arena *arena;
    struct rng rng;
    char folder[160];
    struct catalogue *writer, *follower;
    const struct record *records[2][PERSONS]; /* one history, and the other */
    struct coverage coverage;
    const struct criteria *criteria[QUESTIONS];
    struct expected expected[2][QUESTIONS];
    atomic_bool done;
    atomic_size_t answers, wrong;
};

static struct question question_of(const struct stage *stage, int q)
{
    return (struct question){.criteria = stage->criteria[q],
                             .coverage = &stage->coverage,
                             .as_of = day_from_civil(2021, 6, 1)};
}

static void expect(struct stage *stage, int version, int q)
{
    struct question question = question_of(stage, q);
    struct expected *expected = &stage->expected[version][q];

    for (int i = 0; i < PERSONS; i++) {
        const struct record *record = stage->records[version][i];
        enum truth truth = record->opposed ? TRUTH_NO : judge_eval(record, &question);

        expected->certain += truth == TRUTH_YES;
        expected->possible += truth == TRUTH_UNKNOWN;
    }
}

static void write_version(struct stage *stage, int64_t sequence)
{
    struct builder *builder = builder_new();
    struct error err = ERROR_INIT;
    uint32_t persons[PERSONS];

    for (int i = 0; i < PERSONS; i++) {
        const struct record *record = stage->records[sequence % 2][i];

        builder_add(builder, record);
        persons[i] = record->person;
    }
    if (catalogue_add(stage->writer, builder, persons, PERSONS, sequence, sequence,
                      &err) < 0)
        panic("%s", err.message);
    builder_free(builder);
}

static struct catalogue *open_catalogue(const struct stage *stage)
{
    struct error err = ERROR_INIT;
    bool rebuild;
    struct catalogue *catalogue =
        catalogue_open(stage->folder, INCARNATION, 0, &rebuild, &err);

    if (!catalogue)
        panic("%s", err.message);
    return catalogue;
}

static struct stage *stage_new(void)
{
    struct stage *stage = memory_alloc(sizeof(*stage));
    const struct askable *askable;

    memset(stage, 0, sizeof(*stage));
    stage->arena = arena_new("stage", (size_t)256 << 20);
    stage->rng.state = test_seed(1);
    stage->coverage.assumed = true;
    for (int v = 0; v < 2; v++)
        for (int i = 0; i < PERSONS; i++)
            stage->records[v][i] =
                random_record(stage->arena, &stage->rng, (uint32_t)i + 1);
    askable = askable_new(stage->arena, stage->records[0], PERSONS);
    for (int q = 0; q < QUESTIONS; q++) {
        const char *text = random_criteria_text(stage->arena, &stage->rng, askable, 2);
        struct error err = ERROR_INIT;

        stage->criteria[q] = criteria_parse(stage->arena, text, strlen(text), &err);
        assert_non_null(stage->criteria[q]);
        expect(stage, 0, q);
        expect(stage, 1, q);
    }
    test_folder(stage->folder);
    stage->writer = open_catalogue(stage);
    write_version(stage, 1);
    stage->follower = open_catalogue(stage);
    return stage;
}

static void stage_free(struct stage *stage)
{
    catalogue_close(stage->follower);
    catalogue_close(stage->writer);
    test_folder_remove(stage->folder);
    arena_free(stage->arena);
    memory_free(stage);
}

static void ask(struct stage *stage, struct catalogue *catalogue, struct arena *arena,
                int q)
{
    static const struct dimension by[] = {{DIMENSION_ITEM, ITEM_TOPOGRAPHY},
                                          {DIMENSION_AGE, ITEM_NONE},
                                          {DIMENSION_ITEM, ITEM_PATIENT_SEX}};
    struct question question = question_of(stage, q);
    struct snapshot *snapshot = catalogue_snapshot(catalogue);
    const struct expected *expected = &stage->expected[snapshot->sequence % 2][q];
    struct error err = ERROR_INIT;
    struct cohort cohort;
    struct cells cells;

    if (cohort_eval(arena, snapshot, &question, &cohort, &err) < 0 ||
        cohort_group(arena, &cohort, by, 1 + (size_t)q % 3, &cells, &err) < 0 ||
        cohort.certain != expected->certain || cohort.possible != expected->possible)
        atomic_fetch_add(&stage->wrong, 1);
    atomic_fetch_add(&stage->answers, 1);
    snapshot_release(catalogue, snapshot);
    arena_reset(arena);
}

static void *read_on(void *context)
{
    struct stage *stage = context;
    struct arena *arena = arena_new("reader", (size_t)64 << 20);
    struct error err = ERROR_INIT;

    for (int q = 0; !atomic_load(&stage->done); q = (q + 1) % QUESTIONS) {
        ask(stage, stage->writer, arena, q);
        if (catalogue_refresh(stage->follower, &err) < 0)
            atomic_fetch_add(&stage->wrong, 1);
        ask(stage, stage->follower, arena, q);
    }
    arena_free(arena);
    return NULL;
}

static void readers_see_one_state_or_the_other(void **state)
{
    struct stage *stage = stage_new();
    pthread_t readers[READERS];
    struct error err = ERROR_INIT;

    (void)state;
    for (int i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_on, stage), 0);
    for (int64_t sequence = 2; sequence < 2 + (int64_t)test_rounds(CHANGES); sequence++) {
        size_t asked = atomic_load(&stage->answers);

        write_version(stage, sequence);
        if (sequence % 3 == 0 && catalogue_compact(stage->writer, true, &err) < 0)
            panic("%s", err.message);
        while (atomic_load(&stage->answers) < asked + 2 * READERS)
            sched_yield();
    }
    atomic_store(&stage->done, true);
    for (int i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    assert_int_equal(atomic_load(&stage->wrong), 0);
    stage_free(stage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readers_see_one_state_or_the_other),
    };

    return cmocka_run_group_tests_name("readers and a writer", tests, NULL, NULL);
}
