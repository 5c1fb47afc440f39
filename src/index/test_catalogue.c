/* SPDX-License-Identifier: Apache-2.0
 *
 * test_catalogue.c: an index changes as a whole, is seen by other processes, and is thrown
 * away when anything of it is not what was written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "index/builder.h"
#include "index/catalogue.h"
#include "index/set.h"
#include "support/damage.h"
#include "support/random_index.h"

#define INCARNATION "00112233445566778899aabbccddeeff"
#define PERSONS 40

struct fixture {
    char folder[160];
    struct arena *arena;
    struct rng rng;
    struct catalogue *catalogue;
    bool rebuild;
    int64_t sequence;
};

static struct catalogue *open_by(struct fixture *fix, const char *incarnation,
                                 uint64_t context)
{
    struct error err = ERROR_INIT;
    struct catalogue *catalogue =
        catalogue_open(fix->folder, incarnation, context, &fix->rebuild, &err);

    if (!catalogue)
        fail_msg("%s", err.message);
    return catalogue;
}

static struct catalogue *open_as(struct fixture *fix, const char *incarnation)
{
    return open_by(fix, incarnation, 0);
}

static int begin(void **state)
{
    struct fixture *fix = memory_alloc(sizeof(*fix));

    memset(fix, 0, sizeof(*fix));
    test_folder(fix->folder);
    fix->arena = arena_new("test", (size_t)256 << 20);
    fix->rng.state = 1;
    fix->catalogue = open_as(fix, INCARNATION);
    *state = fix;
    return 0;
}

static int end(void **state)
{
    struct fixture *fix = *state;

    catalogue_close(fix->catalogue);
    arena_free(fix->arena);
    test_folder_remove(fix->folder);
    memory_free(fix);
    return 0;
}

static void reopen(struct fixture *fix)
{
    catalogue_close(fix->catalogue);
    fix->catalogue = open_as(fix, INCARNATION);
}

/* Persons FIRST to LAST come, or come again; nobody of them is opposed. */
static void add(struct fixture *fix, uint32_t first, uint32_t last)
{
    struct builder *builder = builder_new();
    struct error err = ERROR_INIT;

    for (uint32_t person = first; person <= last; person++) {
        struct record *record = random_record(fix->arena, &fix->rng, person);

        record->opposed = false;
        builder_add(builder, record);
    }
    fix->sequence++;
    if (catalogue_add(fix->catalogue, builder, NULL, 0, fix->sequence, fix->sequence * 10,
                      &err) < 0)
        fail_msg("%s", err.message);
    builder_free(builder);
}

static void remove_person(struct fixture *fix, uint32_t person)
{
    struct builder *builder = builder_new();
    struct error err = ERROR_INIT;

    fix->sequence++;
    assert_int_equal(catalogue_add(fix->catalogue, builder, &person, 1, fix->sequence,
                                   fix->sequence * 10, &err),
                     0);
    builder_free(builder);
}

static void compact(struct fixture *fix, bool fully)
{
    struct error err = ERROR_INIT;

    if (catalogue_compact(fix->catalogue, fully, &err) < 0)
        fail_msg("%s", err.message);
}

static uint64_t patients_of(struct catalogue *catalogue, size_t *segments_r,
                            int64_t *sequence_r)
{
    struct snapshot *snapshot = catalogue_snapshot(catalogue);
    uint64_t patients = snapshot->patients;

    if (segments_r)
        *segments_r = snapshot->n;
    if (sequence_r)
        *sequence_r = snapshot->sequence;
    snapshot_release(catalogue, snapshot);
    return patients;
}

static void check(struct fixture *fix, uint64_t patients, size_t segments)
{
    size_t n;
    int64_t sequence;

    assert_int_equal(patients_of(fix->catalogue, &n, &sequence), patients);
    assert_int_equal(n, segments);
    assert_int_equal(sequence, fix->sequence);
}

static size_t files_in(const char *folder, const char *kind)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    size_t n = 0;

    while ((entry = readdir(dir)))
        n += strncmp(entry->d_name, kind, strlen(kind)) == 0;
    closedir(dir);
    return n;
}

static void a_new_index_is_empty_and_wants_to_be_filled(void **state)
{
    struct fixture *fix = *state;

    assert_true(fix->rebuild);
    check(fix, 0, 0);
    add(fix, 1, 5);
    check(fix, 5, 1);
    reopen(fix);
    assert_false(fix->rebuild);
    check(fix, 5, 1);
}

static void a_changed_person_stands_in_the_new_segment_alone(void **state)
{
    struct fixture *fix = *state;

    add(fix, 1, 10);
    add(fix, 8, 12);
    check(fix, 12, 2);
    assert_int_equal(files_in(fix->folder, "mask-"), 1);
    add(fix, 1, 7); /* nobody is left in the first one */
    check(fix, 12, 2);
    assert_int_equal(files_in(fix->folder, "segment-"), 2);
    assert_int_equal(files_in(fix->folder, "mask-"), 0);
}

static void somebody_gone_is_gone(void **state)
{
    struct fixture *fix = *state;

    add(fix, 1, 3);
    remove_person(fix, 2);
    check(fix, 2, 1);
    remove_person(fix, 2);
    remove_person(fix, 99);
    check(fix, 2, 1);
    compact(fix, true);
    check(fix, 2, 1);
    assert_int_equal(files_in(fix->folder, "mask-"), 0);
    remove_person(fix, 1);
    remove_person(fix, 3);
    check(fix, 0, 0);
    reopen(fix);
    assert_false(fix->rebuild);
    check(fix, 0, 0);
}

static void small_changes_are_merged_before_they_are_many(void **state)
{
    struct fixture *fix = *state;

    add(fix, 1, PERSONS);
    for (uint32_t i = 1; i <= 60; i++) {
        size_t n;

        add(fix, PERSONS + i, PERSONS + i);
        compact(fix, false);
        patients_of(fix->catalogue, &n, NULL);
        assert_true(n < 8);
    }
    assert_int_equal(patients_of(fix->catalogue, NULL, NULL), PERSONS + 60);
    compact(fix, true);
    check(fix, PERSONS + 60, 1);
    assert_int_equal(files_in(fix->folder, "segment-"), 1);
}

/* A reader's snapshot is what it was, whatever is written meanwhile. */
static void readers_keep_what_they_hold(void **state)
{
    struct fixture *fix = *state;
    struct snapshot *held;
    struct error err = ERROR_INIT;
    uint32_t person;

    add(fix, 1, 10);
    held = catalogue_snapshot(fix->catalogue);
    add(fix, 5, 15);
    compact(fix, true);
    assert_int_equal(held->patients, 10);
    assert_int_equal(segment_verify(held->segments[0], &err), 0);
    person = held->segments[0]->person[9];
    assert_int_equal(person, 10);
    snapshot_release(fix->catalogue, held);
    check(fix, 15, 1);
}

static void another_process_sees_the_change(void **state)
{
    struct fixture *fix = *state;
    struct catalogue *reader = open_as(fix, INCARNATION);
    struct error err = ERROR_INIT;

    assert_int_equal(patients_of(reader, NULL, NULL), 0);
    add(fix, 1, 4);
    assert_int_equal(patients_of(reader, NULL, NULL), 0);
    assert_int_equal(catalogue_refresh(reader, &err), 0);
    assert_int_equal(patients_of(reader, NULL, NULL), 4);
    assert_int_equal(catalogue_refresh(reader, &err), 0);
    add(fix, 5, 6);
    compact(fix, true);
    assert_int_equal(catalogue_refresh(reader, NULL), 0);
    assert_int_equal(patients_of(reader, NULL, NULL), 6);
    catalogue_close(reader);
}

static void another_incarnation_is_another_index(void **state)
{
    struct fixture *fix = *state;

    add(fix, 1, 4);
    catalogue_close(fix->catalogue);
    fix->catalogue = open_as(fix, "ffeeddccbbaa99887766554433221100");
    assert_true(fix->rebuild);
    assert_int_equal(patients_of(fix->catalogue, NULL, NULL), 0);
    add(fix, 1, 2);
    assert_int_equal(patients_of(fix->catalogue, NULL, NULL), 2);
}

static void another_context_is_another_index(void **state)
{
    struct fixture *fix = *state;

    add(fix, 1, 4);
    catalogue_close(fix->catalogue);
    fix->catalogue = open_by(fix, INCARNATION, 7);
    assert_true(fix->rebuild);
    assert_int_equal(patients_of(fix->catalogue, NULL, NULL), 0);
    add(fix, 1, 2);
    catalogue_close(fix->catalogue);
    fix->catalogue = open_by(fix, INCARNATION, 7);
    assert_false(fix->rebuild);
    assert_int_equal(patients_of(fix->catalogue, NULL, NULL), 2);
}

static void cleared_is_empty(void **state)
{
    struct fixture *fix = *state;
    struct error err = ERROR_INIT;

    add(fix, 1, 4);
    assert_int_equal(catalogue_clear(fix->catalogue, &err), 0);
    fix->sequence = 0;
    check(fix, 0, 0);
    assert_int_equal(files_in(fix->folder, "segment-"), 0);
    add(fix, 1, 4);
    check(fix, 4, 1);
}

/* An index made beside is moved in with its masks; who held the old one keeps it. */
static void another_index_takes_the_place_of_the_present_one(void **state)
{
    struct fixture *fix = *state, beside = *fix;
    struct snapshot *held;
    struct error err = ERROR_INIT;

    add(fix, 1, 10);
    remove_person(fix, 3);
    held = catalogue_snapshot(fix->catalogue);
    test_folder(beside.folder);
    beside.catalogue = open_as(&beside, INCARNATION);
    add(&beside, 1, 20);
    add(&beside, 15, 25);
    assert_int_equal(catalogue_adopt(fix->catalogue, beside.catalogue, &err), 0);
    catalogue_close(beside.catalogue);
    assert_int_equal(files_in(beside.folder, "segment-"), 0);
    assert_int_equal(files_in(beside.folder, "mask-"), 0);
    test_folder_remove(beside.folder);
    fix->sequence = beside.sequence;
    check(fix, 25, 2);
    assert_int_equal(files_in(fix->folder, "segment-"), 2);
    assert_int_equal(held->patients, 9);
    assert_int_equal(segment_verify(held->segments[0], &err), 0);
    snapshot_release(fix->catalogue, held);
    reopen(fix);
    assert_false(fix->rebuild);
    check(fix, 25, 2);
    add(fix, 26, 27);
    check(fix, 27, 3);
}

/* ---- damage ---- */

/* An index with a masked segment and another one, closed. */
static void make_victim(struct fixture *fix)
{
    struct error err = ERROR_INIT;

    if (fix->catalogue)
        assert_int_equal(catalogue_clear(fix->catalogue, &err), 0);
    else
        fix->catalogue = open_as(fix, INCARNATION);
    fix->sequence = 0;
    add(fix, 1, 10);
    remove_person(fix, 4);
    catalogue_close(fix->catalogue);
    fix->catalogue = NULL;
}

static void is_noticed(struct fixture *fix, const char *what)
{
    fix->catalogue = open_as(fix, INCARNATION);
    if (!fix->rebuild)
        fail_msg("%s: not noticed", what);
    assert_int_equal(patients_of(fix->catalogue, NULL, NULL), 0);
    add(fix, 1, 10); /* it can be filled again */
    assert_int_equal(patients_of(fix->catalogue, NULL, NULL), 10);
}

static void damage_is_noticed_when_opening(void **state)
{
    static const struct {
        const char *file;
        long at;
    } damages[] = {{"segment-", 3},   {"segment-", 20},  {"segment-", -1},
                   {"segment-", -90}, {"mask-", 0},      {"mask-", -1},
                   {"catalogue", 0},  {"catalogue", 15}, {"catalogue", -12},
                   {"catalogue", -2}};
    struct fixture *fix = *state;
    char path[512];

    for (size_t i = 0; i < ARRAY_LENGTH(damages); i++) {
        make_victim(fix);
        only_file(fix->folder, damages[i].file, path);
        flip_byte(path, damages[i].at);
        is_noticed(fix, damages[i].file);
    }
}

static void missing_and_cut_files_are_noticed(void **state)
{
    static const char *const kinds[] = {"segment-", "mask-", "catalogue"};
    struct fixture *fix = *state;
    char path[512];

    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++) {
        make_victim(fix);
        only_file(fix->folder, kinds[i], path);
        assert_int_equal(unlink(path), 0);
        is_noticed(fix, kinds[i]);

        make_victim(fix);
        only_file(fix->folder, kinds[i], path);
        assert_int_equal(truncate(path, 7), 0);
        is_noticed(fix, kinds[i]);
    }
}

static void an_old_catalogue_new_is_no_harm(void **state)
{
    struct fixture *fix = *state;
    char path[512];
    FILE *file;

    add(fix, 1, 10);
    snprintf(path, sizeof(path), "%s/catalogue.new", fix->folder);
    file = fopen(path, "w");
    assert_non_null(file);
    fputs("half a", file);
    assert_int_equal(fclose(file), 0);
    reopen(fix);
    assert_false(fix->rebuild);
    add(fix, 11, 12);
    check(fix, 12, 2);
}

/* What a crash left under the name of the next file is written over. */
static void a_half_written_segment_is_no_harm(void **state)
{
    struct fixture *fix = *state;
    char path[512];
    FILE *file;

    add(fix, 1, 10);
    for (int i = 2; i < 6; i++) {
        snprintf(path, sizeof(path), "%s/segment-%08d", fix->folder, i);
        file = fopen(path, "w");
        assert_non_null(file);
        fputs("half a segment", file);
        assert_int_equal(fclose(file), 0);
    }
    reopen(fix);
    add(fix, 5, 12);
    compact(fix, true);
    check(fix, 12, 1);
}

static void a_segment_of_another_model_is_made_again(void **state)
{
    struct fixture *fix = *state;
    char path[512];

    make_victim(fix);
    only_file(fix->folder, "catalogue", path);
    flip_byte(path, 50); /* within the digest of the model */
    is_noticed(fix, "another model");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_new_index_is_empty_and_wants_to_be_filled,
                                        begin, end),
        cmocka_unit_test_setup_teardown(a_changed_person_stands_in_the_new_segment_alone,
                                        begin, end),
        cmocka_unit_test_setup_teardown(somebody_gone_is_gone, begin, end),
        cmocka_unit_test_setup_teardown(small_changes_are_merged_before_they_are_many,
                                        begin, end),
        cmocka_unit_test_setup_teardown(readers_keep_what_they_hold, begin, end),
        cmocka_unit_test_setup_teardown(another_process_sees_the_change, begin, end),
        cmocka_unit_test_setup_teardown(another_incarnation_is_another_index, begin, end),
        cmocka_unit_test_setup_teardown(another_context_is_another_index, begin, end),
        cmocka_unit_test_setup_teardown(cleared_is_empty, begin, end),
        cmocka_unit_test_setup_teardown(another_index_takes_the_place_of_the_present_one,
                                        begin, end),
        cmocka_unit_test_setup_teardown(damage_is_noticed_when_opening, begin, end),
        cmocka_unit_test_setup_teardown(missing_and_cut_files_are_noticed, begin, end),
        cmocka_unit_test_setup_teardown(an_old_catalogue_new_is_no_harm, begin, end),
        cmocka_unit_test_setup_teardown(a_half_written_segment_is_no_harm, begin, end),
        cmocka_unit_test_setup_teardown(a_segment_of_another_model_is_made_again, begin,
                                        end),
    };

    return cmocka_run_group_tests_name("catalogue", tests, NULL, NULL);
}
