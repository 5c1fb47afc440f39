/* SPDX-License-Identifier: Apache-2.0
 *
 * store/test_store.c: what goes in comes out, in order, once, and only when committed. */
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>

#include "store/test_fixture.h"

/* ---- persons ---- */

static void persons_are_numbered_in_order_of_arrival(void **state)
{
    struct fixture *fix = *state;
    uint32_t found;
    bool is_new;

    begin(fix);
    assert_int_equal(person(fix, "IPP 17"), 1);
    assert_int_equal(person(fix, "IPP 3"), 2);
    must(store_person(fix->store, "", "IPP 17", &found, &is_new, &fix->err), fix);
    assert_int_equal(found, 1);
    assert_false(is_new);
    must(store_person(fix->store, "", "IPP 99", &found, &is_new, &fix->err), fix);
    assert_int_equal(found, 3);
    assert_true(is_new);
    commit(fix);

    reopen(fix);
    begin(fix);
    assert_int_equal(person(fix, "IPP 3"), 2);
    assert_int_equal(person(fix, "new"), 4);
    store_rollback(fix->store);
}

static void the_same_number_at_two_origins_is_two_persons(void **state)
{
    struct fixture *fix = *state;
    uint32_t found;

    begin(fix);
    assert_int_equal(person_at(fix, "940000664", "12"), 1);
    assert_int_equal(person_at(fix, "690000880", "12"), 2);
    must(store_find(fix->store, "12", &found, &fix->err), fix);
    assert_int_equal(found, 2); /* no own number: any origin, always the same one */
    assert_int_equal(person_at(fix, "", "12"), 3);
    must(store_find(fix->store, "12", &found, &fix->err), fix);
    assert_int_equal(found, 3); /* the own number comes first */
    must(store_find(fix->store, "13", &found, &fix->err), fix);
    assert_int_equal(found, 0);
    commit(fix);
}

static void numbers_may_be_any_bytes(void **state)
{
    static const char *const numbers[] = {
        "é",   "e\xCC\x81", "\xFF\xFE", "\x01",  " 12", "12",
        "012", "12 ",       "O'Neil",   "'; --", "%",   "\xF0\x9F\x8E\x97",
        "İ",   "i",         "I",
    };
    struct fixture *fix = *state;
    uint32_t found;

    begin(fix);
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++)
        assert_int_equal(person(fix, numbers[i]), i + 1);
    commit(fix);
    reopen(fix);
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        must(store_find(fix->store, numbers[i], &found, &fix->err), fix);
        assert_int_equal(found, i + 1);
    }
}

static void a_patient_without_a_number_is_refused(void **state)
{
    struct fixture *fix = *state;
    char number[258];
    uint32_t found = 77;
    bool is_new;

    begin(fix);
    expect_error(fix, store_person(fix->store, "", "", &found, &is_new, &fix->err),
                 ERROR_INPUT, "without a number");
    memset(number, '7', sizeof(number));
    number[257] = '\0';
    expect_error(fix, store_person(fix->store, "", number, &found, &is_new, &fix->err),
                 ERROR_LIMIT, "257 bytes");
    assert_int_equal(found, 77);
    number[256] = '\0';
    assert_int_equal(person(fix, number), 1); /* neither harmed the batch */
    commit(fix);
}

/* ---- fragments ---- */

static void the_same_bytes_are_unchanged(void **state)
{
    struct fixture *fix = *state;
    enum put_outcome outcome;
    int64_t sequence;

    patient(fix, "1", "{\"a\":1}");
    reopen(fix);
    begin(fix);
    must(try_put(fix, 1, 1, "", "{\"a\":1}", &outcome, &sequence), fix);
    assert_int_equal(outcome, PUT_UNCHANGED);
    assert_int_equal(sequence, 1);
    commit(fix);
    assert_sql(fix, "originals.db", "SELECT count(*) FROM original", "1");
}

/* Deciding that must not open what is sealed: here it could not be opened. */
static void unchanged_is_decided_without_opening(void **state)
{
    struct fixture *fix = *state;

    patient(fix, "1", "{\"a\":1}");
    sql(fix, "originals.db", "UPDATE original SET sealed = x'00'");
    begin(fix);
    assert_int_equal(put(fix, 1, 1, "", "{\"a\":1}"), PUT_UNCHANGED);
    commit(fix);
}

static void new_bytes_are_a_new_version_and_the_old_one_stays(void **state)
{
    struct fixture *fix = *state;
    enum put_outcome outcome;
    int64_t sequence;

    patient(fix, "1", "old");
    begin(fix);
    must(try_put(fix, 1, 1, "", "new", &outcome, &sequence), fix);
    assert_int_equal(outcome, PUT_CHANGED);
    assert_int_equal(sequence, 2);
    commit(fix);

    assert_all(fix, 1, "1@=new;");
    assert_sql(fix, "originals.db", "SELECT group_concat(sequence) FROM original", "1,2");

    /* and back: a third version, not the first again */
    begin(fix);
    must(try_put(fix, 1, 1, "", "old", &outcome, &sequence), fix);
    assert_int_equal(outcome, PUT_CHANGED);
    assert_int_equal(sequence, 3);
    commit(fix);
    assert_all(fix, 1, "1@=old;");
}

static void fragments_come_ordered_by_kind_and_origin(void **state)
{
    struct fixture *fix = *state;

    begin(fix);
    person(fix, "1");
    put(fix, 1, 10, "b", "four");
    put(fix, 1, 2, "", "one");
    put(fix, 1, 10, "a", "three");
    put(fix, 1, 2, "z", "two");
    commit(fix);
    assert_all(fix, 1, "2@=one;2@z=two;10@a=three;10@b=four;");
    assert_all(fix, 2, ""); /* nobody */
    assert_all(fix, 0, "");
}

static void sources_of_one_centre_have_fragments_of_their_own(void **state)
{
    struct fixture *fix = *state;
    uint64_t persons;
    size_t n;

    begin(fix);
    person(fix, "1");
    person(fix, "2");
    put(fix, 1, 3, "/rcp", "one");
    put(fix, 1, 3, "/registre", "two");
    put(fix, 2, 3, "940000664/rcp", "three");
    put(fix, 2, 1, "/rcp", "of another kind");
    must(store_count_fragments(fix->store, 1, &n, &fix->err), fix);
    assert_int_equal(n, 2);
    commit(fix);
    assert_all(fix, 1, "3@/rcp=one;3@/registre=two;");
    must(store_count_source(fix->store, 3, "rcp", &persons, &fix->err), fix);
    assert_int_equal(persons, 2);
    must(store_count_source(fix->store, 3, "registre", &persons, &fix->err), fix);
    assert_int_equal(persons, 1);
    must(store_count_source(fix->store, 3, "cp", &persons, &fix->err), fix);
    assert_int_equal(persons, 0);
    must(store_count_fragments(fix->store, 3, &n, &fix->err), fix);
    assert_int_equal(n, 0);
}

static void an_empty_fragment_and_one_with_nul_bytes_come_back(void **state)
{
    struct fixture *fix = *state;
    struct original *originals;
    enum put_outcome outcome;
    struct packed packed;
    int64_t sequence;
    size_t count;

    begin(fix);
    person(fix, "1");
    put(fix, 1, 1, "", "");
    must(packer_pack(fix->packer, fix->arena, "a\0b", 3, &packed, &fix->err), fix);
    must(store_put(fix->store, 1, 2, "", &packed, &outcome, &sequence, &fix->err), fix);
    commit(fix);
    must(store_originals(fix->store, fix->arena, 1, &originals, &count, &fix->err), fix);
    assert_int_equal(count, 2);
    assert_int_equal(originals[0].length, 0);
    assert_string_equal(originals[0].bytes, "");
    assert_int_equal(originals[1].length, 3);
    assert_memory_equal(originals[1].bytes, "a\0b", 4);
}

static void a_fragment_has_at_most_64_mebibytes(void **state)
{
    struct fixture *fix = *state;
    size_t limit = (size_t)64 << 20;
    char *plain = memory_alloc(limit + 1);
    struct original *originals;
    enum put_outcome outcome;
    struct packed packed;
    int64_t sequence;
    size_t count;

    for (size_t i = 0; i <= limit; i++)
        plain[i] = (char)(' ' + (i * 31 + (i >> 9)) % 90);
    expect_error(fix,
                 packer_pack(fix->packer, NULL, plain, limit + 1, &packed, &fix->err),
                 ERROR_LIMIT, "64 MiB");

    must(packer_pack(fix->packer, NULL, plain, limit, &packed, &fix->err), fix);
    begin(fix);
    person(fix, "1");
    must(store_put(fix->store, 1, 1, "", &packed, &outcome, &sequence, &fix->err), fix);
    commit(fix);
    must(store_originals(fix->store, fix->arena, 1, &originals, &count, &fix->err), fix);
    assert_int_equal(originals[0].length, limit);
    assert_memory_equal(originals[0].bytes, plain, limit);
    memory_free(plain);
}

static void an_arena_too_small_for_the_answer_is_an_error(void **state)
{
    struct fixture *fix = *state;
    struct arena *small = arena_new("small", 1000);
    struct original *originals;
    char text[3000];
    size_t count;

    memset(text, 'x', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    patient(fix, "1", text);
    expect_error(fix,
                 store_originals(fix->store, small, 1, &originals, &count, &fix->err),
                 ERROR_LIMIT, "small");
    arena_free(small);
}

static void a_fragment_needs_a_person(void **state)
{
    struct fixture *fix = *state;
    enum put_outcome outcome;
    int64_t sequence;

    begin(fix);
    expect_error(fix, try_put(fix, 1, 1, "", "x", &outcome, &sequence), ERROR_NOT_FOUND,
                 "no patient 1");
    expect_error(fix, try_put(fix, 0, 1, "", "x", &outcome, &sequence), ERROR_NOT_FOUND,
                 "no patient 0");
    person(fix, "1");
    put(fix, 1, 1, "", "x"); /* the batch is not harmed */
    commit(fix);
}

/* ---- the sequence ---- */

static void sequence_is_the_order_of_commits(void **state)
{
    struct fixture *fix = *state;
    struct original *originals;
    int64_t sequence, received;
    size_t count;

    must(store_cut(fix->store, &sequence, &received, &fix->err), fix);
    assert_int_equal(sequence, 0);
    assert_int_equal(received, 0);

    begin(fix);
    for (int i = 1; i <= 3; i++)
        put(fix, person(fix, "1"), i, "", "x");
    must(store_commit(fix->store, 1000, &fix->err), fix);
    begin(fix);
    put(fix, 1, 2, "", "y");
    must(store_commit(fix->store, 2000, &fix->err), fix);
    must(store_cut(fix->store, &sequence, &received, &fix->err), fix);
    assert_int_equal(sequence, 4);
    assert_int_equal(received, 2000);

    must(store_originals(fix->store, fix->arena, 1, &originals, &count, &fix->err), fix);
    assert_int_equal(count, 3);
    assert_int_equal(originals[0].sequence, 1);
    assert_int_equal(originals[0].received, 1000);
    assert_int_equal(originals[1].sequence, 4);
    assert_int_equal(originals[1].received, 2000);

    /* a centre that sends nothing new has still been heard */
    begin(fix);
    put(fix, 1, 2, "", "y");
    must(store_commit(fix->store, 3000, &fix->err), fix);
    must(store_cut(fix->store, &sequence, &received, &fix->err), fix);
    assert_int_equal(sequence, 4);
    assert_int_equal(received, 3000);
    assert_sql(fix, "originals.db",
               "SELECT group_concat(first_sequence || '-' || last_sequence) FROM batch",
               "1-3,4-4");
}

static void rollback_leaves_nothing(void **state)
{
    struct fixture *fix = *state;
    struct store_counts counts;
    enum put_outcome outcome;
    int64_t sequence;
    uint32_t found;

    patient(fix, "1", "kept");
    begin(fix);
    put(fix, 1, 1, "", "dropped");
    must(store_put_identity(fix->store, 1, &(struct identity){.birth_name = "X"},
                            &outcome, &fix->err),
         fix);
    put(fix, person(fix, "2"), 1, "", "dropped");
    store_rollback(fix->store);

    assert_all(fix, 1, "1@=kept;");
    assert_all(fix, 2, "");
    must(store_find(fix->store, "2", &found, &fix->err), fix);
    assert_int_equal(found, 0);
    must(store_count(fix->store, &counts, &fix->err), fix);
    assert_int_equal(counts.persons, 1);
    assert_int_equal(counts.originals, 1);
    assert_int_equal(counts.identities, 0);
    must(store_cut(fix->store, &sequence, &(int64_t){0}, &fix->err), fix);
    assert_int_equal(sequence, 1);

    /* nor does the person that was never there leave a key behind */
    begin(fix);
    expect_error(fix, try_put(fix, 2, 1, "", "x", &outcome, &sequence), ERROR_NOT_FOUND,
                 "2");
    store_rollback(fix->store);
    store_rollback(fix->store); /* outside a transaction: nothing */
}

static void closing_rolls_back(void **state)
{
    struct fixture *fix = *state;

    begin(fix);
    put(fix, person(fix, "1"), 1, "", "x");
    reopen(fix);
    assert_all(fix, 1, "");
    store_close(NULL);
}

static void renewing_changes_the_incarnation_and_nothing_else(void **state)
{
    struct fixture *fix = *state;
    char before[STORE_INCARNATION_SIZE];

    patient(fix, "1", "x");
    memcpy(before, store_incarnation(fix->store), sizeof(before));
    assert_int_equal(strspn(before, "0123456789abcdef"), 32);
    reopen(fix);
    assert_string_equal(store_incarnation(fix->store), before);

    must(store_renew(fix->store, &fix->err), fix);
    assert_string_not_equal(store_incarnation(fix->store), before);
    memcpy(before, store_incarnation(fix->store), sizeof(before));
    reopen(fix);
    assert_string_equal(store_incarnation(fix->store), before);
    assert_all(fix, 1, "1@=x;");
}

/* ---- who changed ---- */

static void changed_persons_come_once_and_ascending(void **state)
{
    struct fixture *fix = *state;

    assert_string_equal(changed_since(fix, fix->store, 0), "");
    begin(fix);
    for (int i = 1; i <= 5; i++)
        person(fix, arena_printf(fix->arena, "%d", i));
    for (uint32_t i = 4; i >= 1; i--) /* sequences 1 to 4; 5 has nothing */
        put(fix, i, 1, "", "x");
    commit(fix);
    begin(fix);
    put(fix, 3, 1, "", "y"); /* 5 */
    put(fix, 3, 2, "", "y"); /* 6 */
    put(fix, 1, 1, "", "y"); /* 7 */
    commit(fix);

    assert_string_equal(changed_since(fix, fix->store, 0), "1 2 3 4 ");
    assert_string_equal(changed_since(fix, fix->store, 3), "1 3 ");
    assert_string_equal(changed_since(fix, fix->store, 2), "1 2 3 ");
    assert_string_equal(changed_since(fix, fix->store, 6), "1 ");
    assert_string_equal(changed_since(fix, fix->store, 7), "");
    assert_string_equal(changed_since(fix, fix->store, 99), "");

    erase(fix, 2); /* 8 */
    assert_string_equal(changed_since(fix, fix->store, 7), "2 ");
    assert_string_equal(changed_since(fix, fix->store, 0), "1 2 3 4 ");
}

static int stop_at_two(void *context, uint32_t person, struct error *err)
{
    ++*(int *)context;
    return person == 2 ? error_set(err, ERROR_LIMIT, "enough") : 0;
}

static int read_each(void *context, uint32_t person, struct error *err)
{
    struct fixture *fix = context;

    (void)err;
    assert_string_not_equal(all_of(fix, fix->store, person), "");
    return 0;
}

static void walking_the_changes_can_be_stopped_and_can_read(void **state)
{
    struct fixture *fix = *state;
    int calls = 0;

    for (int i = 1; i <= 3; i++)
        patient(fix, arena_printf(fix->arena, "%d", i), "x");
    expect_error(fix, store_changed(fix->store, 0, stop_at_two, &calls, &fix->err),
                 ERROR_LIMIT, "enough");
    assert_int_equal(calls, 2);
    must(store_changed(fix->store, 0, read_each, fix, &fix->err), fix);
    must(store_changed(fix->store, 1, read_each, fix, &fix->err), fix);
    patient(fix, "4", "x"); /* no walk is still standing in the way */
}

static void counts_are_what_the_tables_hold(void **state)
{
    struct fixture *fix = *state;
    struct store_counts counts;
    enum put_outcome outcome;

    begin(fix);
    for (int i = 1; i <= 4; i++)
        person(fix, arena_printf(fix->arena, "%d", i));
    put(fix, 1, 1, "", "a");
    put(fix, 1, 2, "", "a");
    put(fix, 2, 1, "", "a");
    put(fix, 3, 1, "", "a");
    put(fix, 3, 1, "", "b");
    for (uint32_t i = 2; i <= 4; i++)
        must(store_put_identity(fix->store, i, &(struct identity){.number = "n"},
                                &outcome, &fix->err),
             fix);
    must(store_count(fix->store, &counts, &fix->err), fix); /* inside the transaction */
    assert_int_equal(counts.originals, 4);
    commit(fix);
    must(store_count(fix->store, &counts, &fix->err), fix);
    assert_int_equal(counts.persons, 3);
    assert_int_equal(counts.originals, 4);
    assert_int_equal(counts.identities, 3);

    erase(fix, 3);
    erase(fix, 4); /* who had only an identity */
    reopen(fix);
    must(store_count(fix->store, &counts, &fix->err), fix);
    assert_int_equal(counts.persons, 2);
    assert_int_equal(counts.originals, 3);
    assert_int_equal(counts.identities, 1);
    assert_sql(fix, "originals.db", "SELECT count(*) FROM fragment WHERE kind >= 0", "3");
    assert_sql(fix, "identities.db", "SELECT count(*) FROM identity", "1");
}

/* ---- readers and writers ---- */

static void a_reader_sees_only_what_is_committed(void **state)
{
    struct fixture *fix = *state;
    struct store *reader = open_store(fix, STORE_READ);
    struct store_counts counts;

    begin(fix);
    put(fix, person(fix, "1"), 1, "", "x");
    assert_string_equal(all_of(fix, fix->store, 1),
                        "1@=x;"); /* the writer sees its own */
    assert_string_equal(all_of(fix, reader, 1), "");
    assert_string_equal(changed_since(fix, reader, 0), "");
    commit(fix);
    assert_string_equal(all_of(fix, reader, 1), "1@=x;");
    assert_string_equal(changed_since(fix, reader, 0), "1 ");

    begin(fix);
    put(fix, 1, 1, "", "y");
    assert_string_equal(all_of(fix, reader, 1), "1@=x;");
    must(store_count(reader, &counts, &fix->err), fix);
    assert_int_equal(counts.persons, 1);
    store_rollback(fix->store);
    assert_string_equal(all_of(fix, reader, 1), "1@=x;");
    store_close(reader);
}

struct walk {
    struct fixture *fix;
    struct store *reader;
    const char *text;
};

/* While the reader walks, the writer goes on: the walk stands still. */
static int write_meanwhile(void *context, uint32_t person, struct error *err)
{
    struct walk *walk = context;
    struct fixture *fix = walk->fix;

    (void)err;
    patient(fix, arena_printf(fix->arena, "new %u", person), "new");
    begin(fix);
    put(fix, 3, 1, "", arena_printf(fix->arena, "changed %u", person));
    commit(fix);
    walk->text = arena_printf(fix->arena, "%s%u:%s ", walk->text, person,
                              all_of(fix, walk->reader, person));
    return 0;
}

static void a_walk_is_of_one_moment(void **state)
{
    struct fixture *fix = *state;
    struct walk walk = {fix, open_store(fix, STORE_READ), ""};

    for (int i = 1; i <= 3; i++)
        patient(fix, arena_printf(fix->arena, "%d", i), "x");
    must(store_changed(walk.reader, 0, write_meanwhile, &walk, &fix->err), fix);
    assert_string_equal(walk.text, "1:1@=x; 2:1@=x; 3:1@=x; ");
    assert_string_equal(changed_since(fix, walk.reader, 0), "1 2 3 4 5 6 ");
    store_close(walk.reader);
}

static void a_reader_cannot_write(void **state)
{
    struct fixture *fix = *state;
    struct store *reader = open_store(fix, STORE_READ);

    expect_error(fix, store_begin(reader, &fix->err), ERROR_REFUSED, "reading only");
    expect_error(fix, store_renew(reader, &fix->err), ERROR_REFUSED, "reading only");
    store_close(reader);
}

static void a_second_writer_is_told_who_is_writing(void **state)
{
    struct fixture *fix = *state;

    assert_null(store_open(fix->folder, STORE_WRITE, &fix->err));
    expect_error(fix, -1, ERROR_BUSY,
                 arena_printf(fix->arena, "process %ld", (long)getpid()));
    expect_error(fix, store_create(fix->folder, &fix->err), ERROR_BUSY,
                 "another process");

    patient(fix, "1", "x"); /* the first one is not disturbed */
    store_close(fix->store);
    fix->store = open_store(fix, STORE_WRITE); /* and the lock goes with it */
}

static void a_lock_dies_with_its_process(void **state)
{
    struct fixture *fix = *state;
    int pipes[2];
    char ready;

    store_close(fix->store);
    fix->store = NULL;
    assert_int_equal(pipe(pipes), 0);

    pid_t child = fork();

    if (child == 0) {
        struct store *store = store_open(fix->folder, STORE_WRITE, NULL);

        if (!store || write(pipes[1], "r", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(pipes[0], &ready, 1), 1);
    assert_null(store_open(fix->folder, STORE_WRITE, &fix->err));
    expect_error(fix, -1, ERROR_BUSY,
                 arena_printf(fix->arena, "process %ld", (long)child));
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(pipes[0]);
    close(pipes[1]);
    fix->store = open_store(fix, STORE_WRITE);
}

/* ---- readers that may not write in the folder; only root can arrange for them ---- */

/* The reader is this program run anew, with the arguments --read HOW FOLDER EXPECTED: a mere
 * fork would share what SQLite knows of the files the parent has open. */

#define CANNOT_ARRANGE 77
#define TOLD_OF_THE_LOG "(error)"

/* A file system mounted read-only, for this process alone. */
static int mount_read_only(const char *folder)
{
    if (unshare(CLONE_NEWNS) < 0 ||
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount(folder, folder, NULL, MS_BIND, NULL) < 0)
        return -1;
    return mount(NULL, folder, NULL, MS_BIND | MS_REMOUNT | MS_RDONLY, NULL);
}

/* Does patient 1 read as EXPECTED? An exit status. */
static int read_as(const char *how, const char *folder, const char *expected)
{
    struct error err = ERROR_INIT;
    struct store *reader;
    struct arena *arena;
    struct original *originals;
    size_t count;
    int status = 1;

    if ((strcmp(how, "nobody") == 0 ? setuid(65534) : mount_read_only(folder)) < 0)
        return CANNOT_ARRANGE;
    arena = arena_new("reader", 1 << 20);
    reader = store_open(folder, STORE_READ, &err);
    if (!reader || store_originals(reader, arena, 1, &originals, &count, &err) < 0)
        status = strcmp(expected, TOLD_OF_THE_LOG) == 0 &&
                         strstr(err.message, "with the files -wal and -shm")
                     ? 0
                     : 2;
    else if (count == 1 && strcmp(originals[0].bytes, expected) == 0)
        status = 0;
    if (status == 2)
        fprintf(stderr, "%s\n", err.message);
    store_close(reader);
    arena_free(arena);
    return status;
}

static void assert_reads(struct fixture *fix, const char *how, const char *expected)
{
    pid_t child = fork();
    int status;

    if (child == 0) {
        execl("/proc/self/exe", "store", "--read", how, fix->folder, expected, NULL);
        _exit(3);
    }
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == CANNOT_ARRANGE)
        skip();
    assert_int_equal(WEXITSTATUS(status), 0);
}

static const char *const database_files[] = {"identities.db",     "originals.db",
                                             "identities.db-wal", "originals.db-wal",
                                             "identities.db-shm", "originals.db-shm"};

static void reading_needs_no_right_to_write(void **state)
{
    struct fixture *fix = *state;

    if (geteuid() != 0)
        skip();
    patient(fix, "1", "x");
    assert_int_equal(chmod(fix->folder, 0755), 0);
    for (size_t i = 0; i < ARRAY_LENGTH(database_files); i++)
        assert_int_equal(chmod(path_of(fix, database_files[i]), 0644), 0);

    assert_reads(fix, "nobody", "x"); /* with the writer there */
    store_close(fix->store);
    fix->store = NULL;
    assert_reads(fix, "nobody", "x"); /* and without */
    for (size_t i = 2; i < ARRAY_LENGTH(database_files); i++)
        assert_int_equal(unlink(path_of(fix, database_files[i])), 0);
    assert_reads(fix, "nobody", TOLD_OF_THE_LOG);
}

static void a_store_on_read_only_media_is_read_whole(void **state)
{
    struct fixture *fix = *state;

    if (geteuid() != 0)
        skip();
    patient(fix, "1", "x"); /* which is in the log only, and the writer is there */
    assert_reads(fix, "mount", "x");
    begin(fix);
    put(fix, 1, 1, "", "y");
    commit(fix);
    assert_reads(fix, "mount", "y");
    store_close(fix->store);
    fix->store = NULL;
    assert_reads(fix, "mount", "y");
    for (size_t i = 2; i < ARRAY_LENGTH(database_files); i++)
        assert_int_equal(unlink(path_of(fix, database_files[i])), 0);
    assert_reads(fix, "mount", "y"); /* a backup: the two files alone */
}

/* A log without its -shm cannot be read where none can be made: not half a store, an error. */
static void a_log_on_read_only_media_is_not_left_out(void **state)
{
    struct fixture *fix = *state;

    if (geteuid() != 0)
        skip();
    patient(fix, "1", "x");
    /* as in a copy that was made while the writer was there */
    for (size_t i = 4; i < ARRAY_LENGTH(database_files); i++)
        assert_int_equal(unlink(path_of(fix, database_files[i])), 0);
    assert_reads(fix, "mount", TOLD_OF_THE_LOG);
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "--read") == 0)
        return read_as(argv[2], argv[3], argv[4]);

    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_store, fixture_free)
        TEST(persons_are_numbered_in_order_of_arrival),
        TEST(the_same_number_at_two_origins_is_two_persons),
        TEST(numbers_may_be_any_bytes),
        TEST(a_patient_without_a_number_is_refused),
        TEST(the_same_bytes_are_unchanged),
        TEST(unchanged_is_decided_without_opening),
        TEST(new_bytes_are_a_new_version_and_the_old_one_stays),
        TEST(fragments_come_ordered_by_kind_and_origin),
        TEST(sources_of_one_centre_have_fragments_of_their_own),
        TEST(an_empty_fragment_and_one_with_nul_bytes_come_back),
        TEST(a_fragment_has_at_most_64_mebibytes),
        TEST(an_arena_too_small_for_the_answer_is_an_error),
        TEST(a_fragment_needs_a_person),
        TEST(sequence_is_the_order_of_commits),
        TEST(rollback_leaves_nothing),
        TEST(closing_rolls_back),
        TEST(renewing_changes_the_incarnation_and_nothing_else),
        TEST(changed_persons_come_once_and_ascending),
        TEST(walking_the_changes_can_be_stopped_and_can_read),
        TEST(counts_are_what_the_tables_hold),
        TEST(a_reader_sees_only_what_is_committed),
        TEST(a_walk_is_of_one_moment),
        TEST(a_reader_cannot_write),
        TEST(a_second_writer_is_told_who_is_writing),
        TEST(a_lock_dies_with_its_process),
        TEST(reading_needs_no_right_to_write),
        TEST(a_store_on_read_only_media_is_read_whole),
        TEST(a_log_on_read_only_media_is_not_left_out),
    };

    return cmocka_run_group_tests_name("store", tests, NULL, NULL);
}
