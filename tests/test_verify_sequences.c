/* SPDX-License-Identifier: Apache-2.0
 *
 * test_verify_sequences.c: whatever happens to a node, lacis verify finds no difference.
 *
 * Random sequences of imports (new patients, changed ones, the same again, several files at
 * once), compactions, restarts, and processes killed in the middle of an import. After each
 * the index must be what the originals say, byte for byte; at the end counts are held against
 * the records themselves. A lost index comes back as it was; a damaged one is noticed, and
 * healed.
 *
 * ctest-timeout: 600 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "index/eval.h"
#include "index/judge.h"
#include "node/node.h"
#include "support/damage.h"
#include "support/random_criteria.h"
#include "support/random_index.h"
#include "support/random_patient.h"

#define PATIENTS 60
#define STEPS 10
#define SEQUENCES 2
#define QUESTIONS 15

static const struct caller caller = {"test", "test", PURPOSE_OPERATION};

struct world {
    char folder[160], node[200];
    struct rng rng;
    struct node *open;
    char *json[PATIENTS]; /* what was last sent; NULL: not yet. From memory_alloc */
    int64_t now;
    uint64_t seed;
};

/* ---- the node ---- */

static void must(int status, const struct world *world, const struct error *err)
{
    if (status < 0)
        fail_msg("seed %llu: %s", (unsigned long long)world->seed, err->message);
}

static void node_begin(struct world *world)
{
    struct error err = ERROR_INIT;

    world->open = node_open(world->node, NODE_WRITE, &err);
    must(world->open ? 0 : -1, world, &err);
}

static void node_end(struct world *world)
{
    node_close(world->open);
    world->open = NULL;
}

static void world_begin(struct world *world, uint64_t seed)
{
    const struct node_config config = {
        .centre = "villejuif", .n_finess = 1, .finess = {"940000664"}, .port = 8080};
    struct error err = ERROR_INIT;

    memset(world, 0, sizeof(*world));
    world->seed = world->rng.state = seed;
    world->now = 1700000000;
    test_folder(world->folder);
    snprintf(world->node, sizeof(world->node), "%s/node", world->folder);
    must(node_init(world->node, &config, &err), world, &err);
    node_begin(world);
}

static void world_end(struct world *world)
{
    node_end(world);
    for (int i = 0; i < PATIENTS; i++)
        memory_free(world->json[i]);
    test_folder_remove(world->folder);
}

static int import(struct world *world, const char *const *files, size_t n,
                  struct error *err)
{
    struct import_options options = {
        .now = world->now++, .threads = 2, .caller = &caller};
    struct import_result result;
    int status = node_import(world->open, files, n, &options, &result, err);

    if (status == 0 && result.refused_records > 0)
        fail_msg("records were refused: %s", result.report);
    return status;
}

static void verify(struct world *world)
{
    struct verify_result result;
    struct error err = ERROR_INIT;

    must(node_verify(world->open, NULL, NULL, &result, &err), world, &err);
    assert_int_equal(result.differences, 0);
}

/* ---- files ---- */

static void new_json(struct world *world, int patient)
{
    struct buffer out;
    char number[16];

    buffer_init(&out, (size_t)1 << 20);
    snprintf(number, sizeof(number), "P%d", patient);
    random_patient_json(&out, &world->rng, number);
    memory_free(world->json[patient]);
    world->json[patient] = memory_alloc(out.length + 1);
    memcpy(world->json[patient], out.bytes, out.length + 1);
    buffer_free(&out);
}

/* A file of some patients, in any order: most as they were sent before, if they were. */
static void write_file(struct world *world, const char *path, int share, int changed)
{
    FILE *file = fopen(path, "w");
    int start = rng_between(&world->rng, 0, PATIENTS - 1);

    assert_non_null(file);
    for (int i = 0; i < PATIENTS; i++) {
        int patient = (start + i * 7) % PATIENTS;

        if (!rng_chance(&world->rng, share))
            continue;
        if (!world->json[patient] || rng_chance(&world->rng, changed))
            new_json(world, patient);
        fprintf(file, "%s\n", world->json[patient]);
    }
    assert_int_equal(fclose(file), 0);
}

static void file_path(const struct world *world, int number, char path[220])
{
    snprintf(path, 220, "%s/patients-%d.ndjson", world->folder, number);
}

static void import_some(struct world *world)
{
    int n = rng_between(&world->rng, 1, 3), share = rng_between(&world->rng, 2, 60);
    struct error err = ERROR_INIT;
    char paths[3][220];
    const char *files[3];

    for (int i = 0; i < n; i++) {
        file_path(world, i, paths[i]);
        files[i] = paths[i];
        write_file(world, paths[i], share, rng_between(&world->rng, 0, 60));
    }
    must(import(world, files, (size_t)n, &err), world, &err);
}

/* Everybody, as last sent; those never sent come now. */
static void import_everybody(struct world *world)
{
    struct error err = ERROR_INIT;
    char path[220];
    const char *files[] = {path};

    file_path(world, 9, path);
    write_file(world, path, 100, 0);
    must(import(world, files, 1, &err), world, &err);
}

/* ---- a process killed ---- */

static NORETURN void die_importing(struct world *world, const char *path)
{
    struct error err = ERROR_INIT;
    const char *files[] = {path};

    node_begin(world);
    (void)!import(world, files, 1, &err);
    if (rng_chance(&world->rng, 50))
        (void)!node_compact(world->open, &err);
    _exit(0);
}

static void kill_an_import(struct world *world)
{
    char path[220];
    int status;
    pid_t child;

    file_path(world, 5, path);
    write_file(world, path, 80, 70);
    node_end(world);
    child = fork();
    assert_true(child >= 0);
    if (child == 0)
        die_importing(world, path);
    usleep((useconds_t)rng_between(&world->rng, 0, 60000));
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, &status, 0), child);
    node_begin(world);
}

/* ---- the end ---- */

/* The records that the JSON texts make, as an import would. */
static const struct record **all_records(const struct world *world, struct arena *arena,
                                         struct coverage *coverage)
{
    const struct record **records = arena_array(arena, PATIENTS, sizeof(*records));
    struct error err = ERROR_INIT;

    coverage->assumed = true;
    for (int i = 0; i < PATIENTS; i++) {
        struct facts *facts;
        const struct facts *fragments[1];
        struct record *record;

        must(adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, world->json[i],
                            strlen(world->json[i]), 1, &facts, NULL, &err),
             world, &err);
        fragments[0] = facts;
        must(record_merge(arena, NULL, (uint32_t)i + 1, fragments, 1, &record, &err),
             world, &err);
        records[i] = record;
        for (size_t k = 0; k < record->n_facts && !record->opposed; k++)
            coverage->seen[record->facts[k].group] = true;
    }
    return records;
}

static void check_count(struct world *world, struct arena *arena, const char *text,
                        const struct record *const *records,
                        const struct coverage *coverage)
{
    struct node_question asked = {.criteria = text,
                                  .as_of = day_from_civil(2021, 6, 1),
                                  .caller = &caller,
                                  .now = world->now};
    struct question question = {.coverage = coverage, .as_of = asked.as_of};
    struct node_answer *answer;
    struct error err = ERROR_INIT;
    uint64_t told[3] = {0}, patients = 0;

    must(node_count(world->open, arena, &asked, &answer, &err), world, &err);
    question.criteria = criteria_parse(arena, text, strlen(text), &err);
    assert_non_null(question.criteria);
    for (int i = 0; i < PATIENTS; i++) {
        if (records[i]->opposed)
            continue;
        patients++;
        told[judge_eval(records[i], &question)]++;
    }
    assert_int_equal(answer->patients, patients);
    if (answer->certain != told[TRUTH_YES] || answer->possible != told[TRUTH_UNKNOWN])
        fail_msg("seed %llu: %llu certain, %llu possible; expected %llu, %llu: %s",
                 (unsigned long long)world->seed, (unsigned long long)answer->certain,
                 (unsigned long long)answer->possible,
                 (unsigned long long)told[TRUTH_YES],
                 (unsigned long long)told[TRUTH_UNKNOWN], text);
}

static void check_counts(struct world *world)
{
    struct arena *arena = arena_new("counts", (size_t)1 << 30);
    struct coverage coverage = {0};
    const struct record **records = all_records(world, arena, &coverage);
    const struct askable *askable = askable_new(arena, records, PATIENTS);

    for (int q = 0; q < QUESTIONS; q++)
        check_count(world, arena,
                    random_criteria_text(arena, &world->rng, askable,
                                         rng_between(&world->rng, 0, 2)),
                    records, &coverage);
    arena_free(arena);
}

/* ---- sequences ---- */

static void one_step(struct world *world)
{
    struct error err = ERROR_INIT;

    switch (rng_between(&world->rng, 0, 7)) {
    case 0: must(node_compact(world->open, &err), world, &err); break;
    case 1:
        node_end(world);
        node_begin(world);
        break;
    case 2: must(node_rebuild(world->open, NULL, NULL, &err), world, &err); break;
    case 3:
    case 4: kill_an_import(world); break;
    default: import_some(world); break;
    }
}

static void verify_finds_no_difference_ever(void **state)
{
    uint64_t seed = test_seed(1);

    (void)state;
    for (size_t i = 0; i < test_rounds(SEQUENCES); i++) {
        struct world world;

        world_begin(&world, seed + i);
        verify(&world);
        for (int step = 0; step < STEPS; step++) {
            one_step(&world);
            verify(&world);
        }
        import_everybody(&world);
        verify(&world);
        check_counts(&world);
        world_end(&world);
    }
}

/* ---- a lost index ---- */

/* The only file of the index whose name begins with KIND. */
static void index_file(const struct world *world, const char *kind, char path[512])
{
    char folder[256];

    snprintf(folder, sizeof(folder), "%s/index", world->node);
    only_file(folder, kind, path);
}

static char *read_whole(const char *path, size_t *size_r)
{
    FILE *file = fopen(path, "rb");
    size_t most = (size_t)8 << 20;
    char *bytes = memory_alloc(most);

    assert_non_null(file);
    *size_r = fread(bytes, 1, most, file);
    assert_true(*size_r < most);
    fclose(file);
    return bytes;
}

static void a_lost_index_comes_back_byte_for_byte(void **state)
{
    struct world world;
    struct error err = ERROR_INIT;
    char path[512], folder[256];
    size_t before_size, after_size;
    char *before, *after;

    (void)state;
    world_begin(&world, test_seed(1));
    for (int i = 0; i < 4; i++)
        import_some(&world);
    must(node_compact(world.open, &err), &world, &err);
    index_file(&world, "segment-", path);
    before = read_whole(path, &before_size);

    node_end(&world);
    snprintf(folder, sizeof(folder), "%s/index", world.node);
    test_folder_remove(folder);
    node_begin(&world);
    must(node_compact(world.open, &err), &world, &err);
    index_file(&world, "segment-", path);
    after = read_whole(path, &after_size);

    assert_int_equal(before_size, after_size);
    assert_memory_equal(before, after, before_size);
    verify(&world);
    memory_free(before);
    memory_free(after);
    world_end(&world);
}

/* ---- damage ---- */

/* One segment with a mask, and another one: a change too small for a merge. */
static void make_layers(struct world *world)
{
    struct error err = ERROR_INIT;
    char path[220];
    const char *files[] = {path};
    FILE *file;

    import_everybody(world);
    must(node_compact(world->open, &err), world, &err);
    file_path(world, 1, path);
    file = fopen(path, "w");
    assert_non_null(file);
    for (int patient = 0; patient < PATIENTS / 10; patient++) {
        new_json(world, patient);
        fprintf(file, "%s\n", world->json[patient]);
    }
    assert_int_equal(fclose(file), 0);
    must(import(world, files, 1, &err), world, &err);
}

/* What the directory's checksum covers is noticed when the index is opened, and made again. */
static void damage_is_noticed_and_healed_by_opening(void **state)
{
    static const struct {
        const char *file;
        long at;
    } damages[] = {{"mask-", 0}, {"mask-", -1}, {"catalogue", 20}};
    struct world world;
    char path[512];

    (void)state;
    world_begin(&world, test_seed(1));
    for (size_t i = 0; i < ARRAY_LENGTH(damages); i++) {
        make_layers(&world);
        node_end(&world);
        index_file(&world, damages[i].file, path);
        flip_byte(path, damages[i].at);
        node_begin(&world);
        verify(&world);
        check_counts(&world);
    }
    world_end(&world);
}

/* A byte of each block and each set of the index's only segment, while nobody has it open. */
static void damage_postings(struct world *world)
{
    struct error err = ERROR_INIT;
    struct segment *segment;
    char path[512];

    node_end(world);
    index_file(world, "segment-", path);
    segment = segment_open(path, &err);
    must(segment ? 0 : -1, world, &err);
    for (uint32_t b = 0; b < segment->header->blocks; b++)
        flip_byte(path, (long)segment->blocks[b].subject + 2);
    for (uint32_t i = 0; i < segment->header->sets; i++)
        flip_byte(path, (long)segment->sets[i].offset);
    segment_close(segment);
}

/* Everybody in one segment. */
static void make_whole(struct world *world)
{
    struct error err = ERROR_INIT;

    import_everybody(world);
    must(node_compact(world->open, &err), world, &err);
}

static void damage_inside_is_noticed_by_verify_and_healed_by_rebuild(void **state)
{
    struct world world;
    struct error err = ERROR_INIT;
    struct verify_result result;

    (void)state;
    world_begin(&world, test_seed(1));
    make_whole(&world);
    damage_postings(&world);
    node_begin(&world);
    assert_int_equal(node_verify(world.open, NULL, NULL, &result, &err), -1);
    assert_int_equal(err.code, ERROR_CORRUPT);
    assert_non_null(strstr(err.message, "lacis rebuild"));
    must(node_rebuild(world.open, NULL, NULL, &err), &world, &err);
    verify(&world);
    check_counts(&world);
    world_end(&world);
}

/* What is checked when the segment is opened: the arrays, and the directory at the end. */
static void damage_is_healed_by_opening_the_segment(void **state)
{
    static const long places[] = {0, 40, 4096, 4100, 5000, -1};
    struct world world;
    char path[512];

    (void)state;
    world_begin(&world, test_seed(1));
    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        make_whole(&world);
        node_end(&world);
        index_file(&world, "segment-", path);
        flip_byte(path, places[i]);
        node_begin(&world);
        verify(&world);
        check_counts(&world);
    }
    world_end(&world);
}

static void damage_inside_is_healed_by_a_question(void **state)
{
    struct world world;
    struct error err = ERROR_INIT;

    (void)state;
    world_begin(&world, test_seed(1));
    make_whole(&world);
    damage_postings(&world);
    node_begin(&world);
    check_counts(&world);
    verify(&world);

    /* and by one that only reads the node */
    damage_postings(&world);
    world.open = node_open(world.node, NODE_READ, &err);
    must(world.open ? 0 : -1, &world, &err);
    check_counts(&world);
    node_end(&world);
    node_begin(&world);
    verify(&world);
    world_end(&world);
}

/* Merging reads all blocks of small segments: the import is done all the same. */
static void damage_inside_is_healed_by_a_compaction(void **state)
{
    struct world world;
    struct error err = ERROR_INIT;

    (void)state;
    world_begin(&world, test_seed(1));
    make_whole(&world);
    damage_postings(&world);
    node_begin(&world);
    import_some(&world);
    must(node_compact(world.open, &err), &world, &err);
    verify(&world);
    import_everybody(&world);
    check_counts(&world);
    world_end(&world);
}

/* ---- many at once ---- */

#define ASKING 4
#define TIMES 20

struct asking {
    struct world *world;
    uint64_t certain, possible, patients; /* of the healthy index */
    pthread_t thread;
    unsigned answered;
    struct error err; /* an answer that was neither right nor "busy" */
};

static int ask_once(struct asking *asking, struct arena *arena, struct error *err)
{
    struct node_question question = {.criteria = "treatment any preceded by surgery any",
                                     .as_of = day_from_civil(2021, 6, 1),
                                     .caller = &caller,
                                     .now = 1700000000};
    struct node_answer *answer;

    if (node_count(asking->world->open, arena, &question, &answer, err) < 0)
        return -1;
    if (asking->answered++ == 0 && asking->patients == 0) {
        asking->certain = answer->certain;
        asking->possible = answer->possible;
        asking->patients = answer->patients;
    }
    return answer->certain == asking->certain && answer->possible == asking->possible &&
                   answer->patients == asking->patients
               ? 0
               : error_set(err, ERROR_INPUT, "another answer");
}

static void *ask_on(void *context)
{
    struct asking *asking = context;
    struct arena *arena = arena_new("asking", (size_t)256 << 20);

    for (int i = 0; i < TIMES; i++) {
        struct error err = ERROR_INIT;

        if (ask_once(asking, arena, &err) < 0 && err.code != ERROR_BUSY)
            asking->err = err;
        arena_reset(arena);
    }
    arena_free(arena);
    return NULL;
}

static void who_asks_meanwhile_is_answered_right_or_told_to_wait(void **state)
{
    struct world world;
    struct asking healthy = {.world = &world}, asking[ASKING];

    (void)state;
    world_begin(&world, test_seed(1));
    make_whole(&world);
    ask_on(&healthy);
    assert_true(healthy.answered == TIMES && healthy.patients > 0);
    damage_postings(&world);
    node_begin(&world);
    for (int i = 0; i < ASKING; i++) {
        asking[i] = healthy;
        asking[i].answered = 0;
        assert_int_equal(pthread_create(&asking[i].thread, NULL, ask_on, &asking[i]), 0);
    }
    for (int i = 0; i < ASKING; i++) {
        pthread_join(asking[i].thread, NULL);
        if (asking[i].err.code != ERROR_NONE)
            fail_msg("%s", asking[i].err.message);
    }
    ask_on(&healthy);
    assert_int_equal(healthy.answered, 2 * TIMES);
    verify(&world);
    world_end(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify_finds_no_difference_ever),
        cmocka_unit_test(a_lost_index_comes_back_byte_for_byte),
        cmocka_unit_test(damage_is_noticed_and_healed_by_opening),
        cmocka_unit_test(damage_is_healed_by_opening_the_segment),
        cmocka_unit_test(damage_inside_is_noticed_by_verify_and_healed_by_rebuild),
        cmocka_unit_test(damage_inside_is_healed_by_a_question),
        cmocka_unit_test(damage_inside_is_healed_by_a_compaction),
        cmocka_unit_test(who_asks_meanwhile_is_answered_right_or_told_to_wait),
    };

    return cmocka_run_group_tests_name("verify after anything", tests, NULL, NULL);
}
