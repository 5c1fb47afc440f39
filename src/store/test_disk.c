/* SPDX-License-Identifier: Apache-2.0
 *
 * store/test_disk.c: a disk that is full or fails is an error, and the store is as good as
 * before. */
#include "store/test_fixture.h"
#include "support/fault_vfs.h"

static int fixture_unplug(void **state)
{
    struct fixture *fix = *state;

    store_close(fix->store);
    fix->store = NULL;
    fault_vfs_restart(); /* which forgets what is not yet on the real disk */
    return fixture_free(state);
}

/* A batch that does not compress: 40 patients of 20 kB. */
static int try_batch(struct fixture *fix, int first)
{
    char text[20001];
    enum put_outcome outcome;
    struct packed packed;
    uint32_t person;
    int64_t sequence;
    bool is_new;
    uint64_t seed = (uint64_t)first;

    if (store_begin(fix->store, &fix->err) < 0)
        return -1;
    for (int i = first; i < first + 40; i++) {
        for (size_t j = 0; j < sizeof(text) - 1; j++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            text[j] = (char)('!' + (seed >> 58));
        }
        text[sizeof(text) - 1] = '\0';
        must(packer_pack(fix->packer, NULL, text, strlen(text), &packed, &fix->err), fix);
        if (store_person(fix->store, "", arena_printf(fix->arena, "%d", i), &person,
                         &is_new, &fix->err) < 0 ||
            store_put(fix->store, person, 1, "", &packed, &outcome, &sequence,
                      &fix->err) < 0) {
            /* who did not look at that error does not commit half a batch */
            assert_int_equal(store_commit(fix->store, 1, NULL), -1);
            return -1;
        }
    }
    return store_commit(fix->store, fix->now++, &fix->err);
}

static void assert_whole(struct fixture *fix, int64_t batches)
{
    struct store_counts counts;
    int64_t sequence;

    must(store_cut(fix->store, &sequence, &(int64_t){0}, &fix->err), fix);
    assert_int_equal(sequence, batches * 40);
    must(store_count(fix->store, &counts, &fix->err), fix);
    assert_int_equal(counts.persons, batches * 40);
    for (int i = 1; i <= batches * 40; i++) {
        uint32_t person; /* not I: what was swept is not numbered again */

        must(store_find(fix->store, arena_printf(fix->arena, "%d", i), &person,
                        &fix->err),
             fix);
        assert_int_equal(strlen(all_of(fix, fix->store, person)), strlen("1@=;") + 20000);
        arena_reset(fix->arena);
    }
}

/* Each attempt has a little more room than the one before. */
static void a_full_disk_is_an_error_and_the_store_is_as_before(void **state)
{
    struct fixture *fix = *state;
    unsigned failures = 0;
    int result;

    must(try_batch(fix, 1), fix);
    for (;;) {
        fault_vfs_full_after(2000 * (int64_t)failures);
        result = try_batch(fix, 41);
        fault_vfs_full_after(-1);
        if (result == 0)
            break;
        failures++;
        expect_error(fix, result, ERROR_IO, "the disk is full");
        if (failures % 8 == 0) {
            store_close(fix->store); /* which needs no room */
            fix->store = open_store(fix, STORE_WRITE);
        }
        if (failures % 4 == 0)
            assert_whole(fix, 1);
    }
    assert_true(failures > 15);
    assert_whole(fix, 2); /* with room again the same batch goes in */
    must(try_batch(fix, 81), fix);
    reopen(fix);
    assert_whole(fix, 3);
    assert_sql(fix, "originals.db", "PRAGMA integrity_check", "ok");
    assert_sql(fix, "identities.db", "PRAGMA integrity_check", "ok");
}

/* fsync() fails once: that commit failed, or it was a later one that has nothing to lose. */
static void a_failed_sync_is_a_failed_commit(void **state)
{
    struct fixture *fix = *state;
    int64_t batches = 0;

    for (unsigned failing = 1; failing <= 6; failing++) {
        fault_vfs_fail_sync(failing);
        for (int i = 0; i < 4; i++) {
            int result = try_batch(fix, (int)batches * 40 + 1);

            if (result == 0)
                batches++;
            else
                expect_error(fix, result, ERROR_IO, ".db: ");
        }
        fault_vfs_fail_sync(0);
        assert_whole(fix, batches);
        reopen(fix);
        assert_whole(fix, batches);
    }
    assert_int_equal(batches, 18); /* each sync of the six was that of a commit */
    assert_sql(fix, "originals.db", "PRAGMA integrity_check", "ok");
    assert_sql(fix, "identities.db", "PRAGMA integrity_check", "ok");
}

/* identities.db has lost the key, and originals.db has no tombstone yet. */
static void an_erasure_that_stopped_halfway_is_finished_by_the_next_batch(void **state)
{
    struct fixture *fix = *state;

    patient(fix, "1", "x");
    patient(fix, "2", "x");
    begin(fix);
    must(store_erase(fix->store, 1, &fix->err), fix);
    fault_vfs_fail_sync(2);
    expect_error(fix, store_commit(fix->store, fix->now++, &fix->err), ERROR_IO,
                 "originals.db: ");
    fault_vfs_fail_sync(0);
    assert_all(fix, 1, "");
    assert_string_equal(changed_since(fix, fix->store, 2), "");

    begin(fix);
    put(fix, 2, 1, "", "y");
    commit(fix);
    assert_all(fix, 1, "");
    assert_all(fix, 2, "1@=y;");
    assert_string_equal(changed_since(fix, fix->store, 2), "1 2 ");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_store, fixture_unplug)
        TEST(a_full_disk_is_an_error_and_the_store_is_as_before),
        TEST(a_failed_sync_is_a_failed_commit),
        TEST(an_erasure_that_stopped_halfway_is_finished_by_the_next_batch),
    };

    fault_vfs_install();
    return cmocka_run_group_tests_name("disk", tests, NULL, NULL);
}
