/* SPDX-License-Identifier: Apache-2.0
 *
 * test_crash_kill.c: a process that writes is killed a hundred times, at any moment, and
 * loses no batch it had said was committed, and leaves none in part.
 *
 * The child writes batch after batch and says the number of each through a pipe once
 * store_commit() has returned. Batch B makes PEOPLE new patients, sends a second fragment
 * for each of batch B-1, gives every third an identity, sometimes erases one of batch B-3,
 * and writes B itself to a patient called "batch": so the store says how far it came.
 *
 * ctest-labels: slow */
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "store/test_fixture.h"

#define KILLS 100
#define PEOPLE 10
#define TEXT_SIZE 4000
#define ERASED 4 /* which of the ten */

static bool erases(int batch)
{
    return batch > 3 && batch % 5 == 0;
}

static const char *number_of(struct arena *arena, int batch, int i)
{
    return arena_printf(arena, "batch %d patient %d", batch, i);
}

static const char *text_of(struct arena *arena, int batch, int i, int kind)
{
    char *text = arena_alloc(arena, TEXT_SIZE);
    int start = snprintf(text, 100, "kind %d of patient %d of batch %d ", kind, i, batch);
    uint64_t seed = (uint64_t)(batch * 100 + i * 10 + kind);

    for (int at = start; at < TEXT_SIZE - 1; at++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        text[at] = (char)('0' + (seed >> 58));
    }
    return text;
}

/* ---- the child, which knows nothing of tests ---- */

static int write_one(struct fixture *fix, const char *number, int kind, const char *text,
                     uint32_t *person_r)
{
    enum put_outcome outcome;
    struct packed packed;
    int64_t sequence;
    bool is_new;

    if (store_person(fix->store, "", number, person_r, &is_new, &fix->err) < 0 ||
        packer_pack(fix->packer, NULL, text, strlen(text), &packed, &fix->err) < 0)
        return -1;
    return store_put(fix->store, *person_r, kind, "", &packed, &outcome, &sequence,
                     &fix->err);
}

static int write_batch(struct fixture *fix, int batch)
{
    struct identity identity = {.birth_name = "NOM"};
    enum put_outcome outcome;
    uint32_t person;

    for (int i = 0; i < PEOPLE; i++) {
        if (write_one(fix, number_of(fix->arena, batch, i), 1,
                      text_of(fix->arena, batch, i, 1), &person) < 0 ||
            (i % 3 == 0 && store_put_identity(fix->store, person, &identity, &outcome,
                                              &fix->err) < 0) ||
            (batch > 1 && write_one(fix, number_of(fix->arena, batch - 1, i), 2,
                                    text_of(fix->arena, batch - 1, i, 2), &person) < 0))
            return -1;
    }
    if (erases(batch)) {
        if (store_find(fix->store, number_of(fix->arena, batch - 3, ERASED), &person,
                       &fix->err) < 0 ||
            (person && store_erase(fix->store, person, &fix->err) < 0))
            return -1;
    }
    return write_one(fix, "batch", 9, arena_printf(fix->arena, "%d", batch), &person);
}

_Noreturn static void write_on(struct fixture *fix, int batch, int out)
{
    fix->store = store_open(fix->folder, STORE_WRITE, &fix->err);
    if (write(out, &batch, sizeof(batch)) != sizeof(batch)) /* opened */
        _exit(1);
    while (fix->store) {
        batch++;
        arena_reset(fix->arena);
        if (store_begin(fix->store, &fix->err) < 0 || write_batch(fix, batch) < 0 ||
            store_commit(fix->store, batch, &fix->err) < 0 ||
            write(out, &batch, sizeof(batch)) != sizeof(batch))
            break;
    }
    fprintf(stderr, "child: %s\n", fix->err.message);
    _exit(1);
}

/* ---- the parent ---- */

/* The last batch that a child said it committed, before it was killed after some time, which
 * counts from its start or from its opening of the store. */
static int write_and_kill(struct fixture *fix, int batch, long nanoseconds, bool is_open)
{
    struct timespec time = {0, nanoseconds};
    int pipes[2];
    int status;

    assert_int_equal(pipe(pipes), 0);

    pid_t child = fork();

    assert_true(child >= 0);
    if (child == 0) {
        close(pipes[0]);
        write_on(fix, batch, pipes[1]);
    }
    close(pipes[1]);
    if (is_open)
        assert_int_equal(read(pipes[0], &batch, sizeof(batch)), sizeof(batch));
    nanosleep(&time, NULL);
    kill(child, SIGKILL);
    waitpid(child, &status, 0);
    assert_true(WIFSIGNALED(status));
    while (read(pipes[0], &batch, sizeof(batch)) == sizeof(batch))
        continue;
    close(pipes[0]);
    return batch;
}

static void assert_integrity(struct fixture *fix)
{
    assert_sql(fix, "originals.db", "PRAGMA integrity_check", "ok");
    assert_sql(fix, "identities.db", "PRAGMA integrity_check", "ok");
}

static void assert_tables(struct fixture *fix)
{
    assert_sql(fix, "originals.db",
               arena_printf(fix->arena,
                            "ATTACH '%s' AS i; SELECT count(*) FROM original"
                            " WHERE person NOT IN (SELECT id FROM i.person)",
                            path_of(fix, "identities.db")),
               "0");
    assert_sql(
        fix, "originals.db",
        "SELECT count(*) FROM batch AS b WHERE first_sequence <> 1 + coalesce("
        "(SELECT max(last_sequence) FROM batch WHERE last_sequence < b.last_sequence), 0)",
        "0");
}

/* How far the store says that it came. */
static int batch_of(struct fixture *fix, struct store *store)
{
    uint32_t person;
    const char *text;

    must(store_find(store, "batch", &person, &fix->err), fix);
    text = all_of(fix, store, person);
    return *text ? (int)strtol(text + strlen("9@="), NULL, 10) : 0;
}

/* The patients of batch MADE, when the store came as far as batch LAST. */
static void assert_batch(struct fixture *fix, int made, int last)
{
    for (int i = 0; i < PEOPLE; i++) {
        const char *expected = "";
        uint32_t person;

        must(store_find(fix->store, number_of(fix->arena, made, i), &person, &fix->err),
             fix);
        if (i == ERASED && erases(made + 3)) {
            if (made + 3 <= last)
                assert_int_equal(person, 0);
            if (made + 3 == last + 1 && person == 0)
                continue; /* the batch under way had erased it: that stays */
        } else if (made <= last) {
            assert_int_not_equal(person, 0);
        }
        if (made <= last && person)
            expected =
                arena_printf(fix->arena, "1@=%s;", text_of(fix->arena, made, i, 1));
        if (made + 1 <= last && person)
            expected = arena_printf(fix->arena, "%s2@=%s;", expected,
                                    text_of(fix->arena, made, i, 2));
        assert_string_equal(all_of(fix, fix->store, person), expected);
    }
}

static void a_killed_writer_loses_no_committed_batch(void **state)
{
    struct fixture *fix = *state;
    uint64_t seed = 12;
    int last = 0;

    store_close(fix->store);
    fix->store = NULL;
    for (int kills = 0; kills < KILLS; kills++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;

        int said =
            write_and_kill(fix, last, (long)(seed >> 32) % 30000000, kills % 4 != 0);
        struct store *reader = open_store(fix, STORE_READ);
        int seen = batch_of(fix, reader);

        assert_in_range(seen, said, said + 1);
        assert_tables(fix);
        if (kills % 10 == 0)
            assert_integrity(fix);
        fix->store = open_store(fix, STORE_WRITE); /* which mends it */
        store_close(reader);
        last = batch_of(fix, fix->store);
        assert_int_equal(last, seen);
        for (int batch = last > 4 ? last - 4 : 1; batch <= last + 1; batch++)
            assert_batch(fix, batch, last);
        store_close(fix->store);
        fix->store = NULL;
        arena_reset(fix->arena);
    }

    print_message("%d batches\n", last);
    assert_true(last > 5); /* or the machine is too slow for this to say anything */
    fix->store = open_store(fix, STORE_WRITE);
    for (int batch = 1; batch <= last + 1; batch++) {
        assert_batch(fix, batch, last);
        arena_reset(fix->arena);
    }
    assert_integrity(fix);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_killed_writer_loses_no_committed_batch,
                                        fixture_store, fixture_free),
    };

    return cmocka_run_group_tests_name("crash kill", tests, NULL, NULL);
}
