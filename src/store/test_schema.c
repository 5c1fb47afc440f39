/* SPDX-License-Identifier: Apache-2.0
 *
 * store/test_schema.c: a folder is a whole store of a version we know, or is not opened, and
 * says why and what to do. */
#include <fcntl.h>

#include "store/saved.h"
#include "store/store_internal.h"
#include "store/test_fixture.h"

static void expect_unopened(struct fixture *fix, enum store_mode mode,
                            enum error_code code, const char *words)
{
    struct store *store = store_open(fix->folder, mode, &fix->err);

    if (store) {
        store_close(store);
        fail_msg("expected an error: %s", words);
    }
    expect_error(fix, -1, code, words);
}

static void expect_unopened_either_way(struct fixture *fix, enum error_code code,
                                       const char *words)
{
    expect_unopened(fix, STORE_WRITE, code, words);
    expect_unopened(fix, STORE_READ, code, words);
}

/* A closed store with one patient. */
static void make(struct fixture *fix)
{
    must(store_create(fix->folder, &fix->err), fix);
    fix->store = open_store(fix, STORE_WRITE);
    patient(fix, "1", "x");
    store_close(fix->store);
    fix->store = NULL;
}

static void write_file(struct fixture *fix, const char *file, const char *text,
                       long offset)
{
    int fd = open(path_of(fix, file), O_WRONLY | O_CREAT, 0600);

    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, text, strlen(text), offset), strlen(text));
    close(fd);
}

static void an_empty_folder_holds_no_store(void **state)
{
    struct fixture *fix = *state;

    expect_unopened_either_way(fix, ERROR_NOT_FOUND, "holds no store");
    /* and looking for one left nothing behind but perhaps the lock */
    must(store_create(fix->folder, &fix->err), fix);

    snprintf(fix->folder + strlen(fix->folder), 8, "/none");
    expect_unopened_either_way(fix, ERROR_NOT_FOUND, "holds no store");
    expect_error(fix, store_create(fix->folder, &fix->err), ERROR_IO,
                 "No such file or directory");
    fix->folder[strlen(fix->folder) - 5] = '\0';
}

static void a_store_is_made_once_and_for_its_owner_only(void **state)
{
    struct fixture *fix = *state;
    struct stat status;

    make(fix);
    expect_error(fix, store_create(fix->folder, &fix->err), ERROR_REFUSED,
                 "already there");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(
            stat(path_of(fix, i ? "originals.db" : "identities.db"), &status), 0);
        assert_int_equal(status.st_mode & 0777, 0600);
    }
    /* journalled, checked, typed */
    assert_sql(fix, "identities.db", "PRAGMA journal_mode", "wal");
    assert_sql(fix, "originals.db", "PRAGMA journal_mode", "wal");
    for (int i = 0; i < 2; i++)
        assert_sql(fix, i ? "originals.db" : "identities.db",
                   "SELECT count(*) FROM pragma_table_list"
                   " WHERE schema = 'main' AND name NOT LIKE 'sqlite%' AND NOT strict",
                   "0");
}

/* What an interrupted store_create() leaves is no obstacle. */
static void a_store_half_made_is_made_again(void **state)
{
    struct fixture *fix = *state;

    write_file(fix, "identities.db.new", "half", 0);
    write_file(fix, "originals.db.new", "half", 0);
    expect_unopened_either_way(fix, ERROR_NOT_FOUND, "holds no store");
    make(fix);
    fix->store = open_store(fix, STORE_WRITE);
    assert_all(fix, 1, "1@=x;");
}

static void one_file_without_the_other_is_not_opened(void **state)
{
    struct fixture *fix = *state;

    make(fix);
    rename(path_of(fix, "identities.db"), path_of(fix, "away"));
    expect_unopened_either_way(fix, ERROR_CORRUPT, "identities.db: is missing; put back");
    rename(path_of(fix, "away"), path_of(fix, "identities.db"));
    rename(path_of(fix, "originals.db"), path_of(fix, "away"));
    expect_unopened_either_way(fix, ERROR_CORRUPT, "originals.db: is missing; put back");
}

static void a_file_that_is_not_ours_is_named(void **state)
{
    static const char *const files[] = {"identities.db", "originals.db"};
    struct fixture *fix = *state;

    make(fix);
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        const char *file = files[i];
        char *path = arena_printf(fix->arena, "%s", path_of(fix, file));
        const char *words =
            arena_printf(fix->arena, "%s: not a file of this program", path);

        rename(path, path_of(fix, "away"));

        sql(fix, file, "PRAGMA journal_mode = WAL; CREATE TABLE person (id)");
        expect_unopened_either_way(fix, ERROR_CORRUPT, words);
        unlink(path);

        write_file(fix, file, "", 0);
        expect_unopened_either_way(fix, ERROR_CORRUPT, words);
        unlink(path);

        write_file(fix, file, "IPP;INS;nom de naissance\n", 0);
        expect_unopened_either_way(fix, ERROR_CORRUPT,
                                   arena_printf(fix->arena, "%s: damaged", path));
        unlink(path);

        mkdir(path, 0700);
        expect_unopened_either_way(fix, ERROR_CORRUPT, "is not a file");
        rmdir(path);
        rename(path_of(fix, "away"), path);
    }
    fix->store = open_store(fix, STORE_WRITE);
    assert_all(fix, 1, "1@=x;");
}

static void a_damaged_page_is_found_when_it_is_read(void **state)
{
    struct fixture *fix = *state;
    struct original *originals;
    char garbage[2001];
    size_t count;
    struct stat status;

    must(store_create(fix->folder, &fix->err), fix);
    fix->store = open_store(fix, STORE_WRITE);
    begin(fix);
    for (int i = 0; i < 3000; i++)
        put(fix, person(fix, arena_printf(fix->arena, "%d", i)), 1, "", "some text");
    commit(fix);
    store_close(fix->store);
    fix->store = NULL;

    memset(garbage, 0xA5, sizeof(garbage) - 1);
    garbage[sizeof(garbage) - 1] = '\0';
    stat(path_of(fix, "originals.db"), &status);
    for (long at = 7 * 16384; at < status.st_size; at += 16384) /* past the schema */
        write_file(fix, "originals.db", garbage, at);

    struct store *reader = open_store(fix, STORE_READ);
    int result = 0;

    for (uint32_t i = 1; i <= 3000 && result == 0; i++)
        result = store_originals(reader, fix->arena, i, &originals, &count, &fix->err);
    expect_error(fix, result, ERROR_CORRUPT, "originals.db: damaged");
    store_close(reader);
}

static void missing_tables_are_found_at_opening(void **state)
{
    struct fixture *fix = *state;

    make(fix);
    sql(fix, "originals.db", "DROP TABLE batch");
    expect_unopened_either_way(fix, ERROR_CORRUPT, "no such table: batch");
}

/* ---- two files of one store ---- */

static void files_of_two_stores_are_not_mixed(void **state)
{
    struct fixture *fix = *state;

    make(fix);
    rename(path_of(fix, "identities.db"), path_of(fix, "away"));
    rename(path_of(fix, "originals.db"), path_of(fix, "away too"));
    make(fix);
    rename(path_of(fix, "away"), path_of(fix, "identities.db"));
    expect_unopened_either_way(fix, ERROR_CORRUPT, "not of the same store; put back");
}

/* Otherwise the number of one patient would be given to another, with her originals. */
static void identities_older_than_the_originals_are_refused(void **state)
{
    struct fixture *fix = *state;

    make(fix);
    sql(fix, "identities.db",
        arena_printf(fix->arena, "VACUUM INTO '%s'", path_of(fix, "backup")));
    fix->store = open_store(fix, STORE_WRITE);
    patient(fix, "2", "x");
    store_close(fix->store);
    fix->store = NULL;
    unlink(path_of(fix, "identities.db-wal"));
    unlink(path_of(fix, "identities.db-shm"));
    rename(path_of(fix, "backup"), path_of(fix, "identities.db"));
    expect_unopened_either_way(
        fix, ERROR_CORRUPT,
        "identities.db is older than originals.db: it knows 1 patients, "
        "of 2; put back");
}

/* ---- versions ---- */

/* identities.db as version 1 of this program wrote it. */
static const char version_1[] =
    "PRAGMA application_id = 0x4C616349; PRAGMA user_version = 1; PRAGMA journal_mode = WAL;"
    "CREATE TABLE state (one INTEGER PRIMARY KEY CHECK (one = 1),"
    " pair BLOB NOT NULL CHECK (length(pair) = 16), identities INTEGER NOT NULL) STRICT;"
    "CREATE TABLE person (id INTEGER PRIMARY KEY AUTOINCREMENT, origin TEXT NOT NULL,"
    " number TEXT NOT NULL CHECK (number <> ''),"
    " key BLOB CHECK (key IS NULL OR length(key) = 32)) STRICT;"
    "CREATE UNIQUE INDEX person_number ON person (number, origin);"
    "CREATE INDEX person_erased ON person (id) WHERE key IS NULL;"
    "CREATE TABLE identity (person INTEGER PRIMARY KEY REFERENCES person (id),"
    " number TEXT NOT NULL, ins TEXT NOT NULL, ins_oid TEXT NOT NULL, status INTEGER NOT NULL,"
    " birth_name TEXT NOT NULL, used_name TEXT NOT NULL, first_names TEXT NOT NULL,"
    " birth_date TEXT NOT NULL, birth_first INTEGER NOT NULL, birth_last INTEGER NOT NULL,"
    " sex INTEGER NOT NULL, birth_place TEXT NOT NULL) STRICT;"
    "INSERT INTO person VALUES (1, '', 'old', randomblob(32));"
    "INSERT INTO identity VALUES (1, 'old', '', '', 0, 'ANCIEN', '', '', '', 0, 0, 0, '');";

/* An empty originals.db, and such an identities.db. */
static void make_version_1(struct fixture *fix)
{
    must(store_create(fix->folder, &fix->err), fix);
    unlink(path_of(fix, "identities.db"));
    sql(fix, "identities.db", version_1);
    sql(fix, "identities.db",
        arena_printf(fix->arena, "INSERT INTO state VALUES (1, x'%s', 1)",
                     sql(fix, "originals.db", "SELECT hex(pair) FROM state")));
}

static void an_older_version_is_brought_up_to_date(void **state)
{
    struct fixture *fix = *state;
    struct identity *identity;

    make_version_1(fix);
    expect_unopened(fix, STORE_READ, ERROR_REFUSED, "older version of this program");
    fix->store = open_store(fix, STORE_WRITE);
    assert_sql(fix, "identities.db", "PRAGMA user_version", "3");
    assert_sql(fix, "identities.db",
               "SELECT count(*) FROM sqlite_schema WHERE name = 'identity_ins'", "1");
    must(store_identity(fix->store, fix->arena, 1, &identity, &fix->err), fix);
    assert_string_equal(identity->birth_name, "ANCIEN");
    patient(fix, "new", "x");
    assert_all(fix, 2, "1@=x;");
    store_close(open_store(fix, STORE_READ));
}

static void a_migrated_file_has_the_tables_of_a_new_one(void **state)
{
    static const char tables[] =
        "SELECT group_concat(replace(sql, ' ', ''), ';') FROM"
        " (SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name)";
    struct fixture *fix = *state;
    const char *made;

    must(store_create(fix->folder, &fix->err), fix);
    made = sql(fix, "identities.db", tables);
    unlink(path_of(fix, "identities.db"));
    unlink(path_of(fix, "originals.db"));

    make_version_1(fix);
    assert_string_not_equal(sql(fix, "identities.db", tables), made);
    fix->store = open_store(fix, STORE_WRITE);
    assert_sql(fix, "identities.db", tables, made);
}

/* As it was before anything could be saved: with a patient in it. */
static void a_store_without_saved_things_takes_them(void **state)
{
    struct fixture *fix = *state;
    struct saved cohort = {.name = "c", .text = "any", .author = "", .note = ""};
    unsigned version;
    bool is_new;

    make(fix);
    sql(fix, "originals.db", "DROP TABLE run; DROP TABLE saved; PRAGMA user_version = 1");
    sql(fix, "identities.db", "DROP TABLE run_key; PRAGMA user_version = 2");
    expect_unopened(fix, STORE_READ, ERROR_REFUSED, "older version of this program");
    fix->store = open_store(fix, STORE_WRITE);
    assert_all(fix, 1, "1@=x;");
    assert_sql(fix, "originals.db", "PRAGMA user_version", "3");
    begin(fix);
    must(store_save(fix->store, SAVED_COHORT, &cohort, &version, &is_new, &fix->err),
         fix);
    commit(fix);
    assert_int_equal(version, 1);
    store_close(open_store(fix, STORE_READ));
}

static void a_newer_version_is_refused(void **state)
{
    struct fixture *fix = *state;

    make(fix);
    sql(fix, "identities.db", "PRAGMA user_version = 4");
    expect_unopened_either_way(
        fix, ERROR_REFUSED,
        "identities.db: written by a newer version of this program "
        "(tables of version 4, this program knows 3)");
    sql(fix, "identities.db", "PRAGMA user_version = 3");
    sql(fix, "originals.db", "PRAGMA user_version = 1000");
    expect_unopened_either_way(fix, ERROR_REFUSED,
                               "originals.db: written by a newer version");
    sql(fix, "originals.db", "PRAGMA user_version = 3");
    fix->store = open_store(fix, STORE_WRITE); /* and nothing was changed */
    assert_all(fix, 1, "1@=x;");
}

/* A pretended schema, whose second step fails in the middle. */
static void a_migration_that_fails_has_not_begun(void **state)
{
    static const char *const steps[] = {
        "CREATE TABLE a (x INTEGER) STRICT",
        "CREATE TABLE b (x INTEGER) STRICT; INSERT INTO a VALUES ('not a number')",
        "CREATE TABLE c (x INTEGER) STRICT",
    };
    struct schema schema = {"pretended.db", 1234, 4096, steps, 1};
    struct fixture *fix = *state;
    struct database database;

    must(database_open(&database, path_of(fix, "pretended.db"), DATABASE_CREATE, 100,
                       &fix->err),
         fix);
    must(schema_make(&database, &schema, &fix->err), fix);
    schema.version = 3;
    expect_error(fix, schema_check(&database, &schema, true, &fix->err), ERROR_CORRUPT,
                 "migrating to version 2");
    must(schema_check(&database, &(struct schema){"", 1234, 4096, steps, 1}, false,
                      &fix->err),
         fix);
    database_close(&database);
    assert_sql(fix, "pretended.db", "SELECT group_concat(name) FROM sqlite_schema", "a");
    assert_sql(fix, "pretended.db", "PRAGMA user_version", "1");
}

/* ---- what a crash between the two files leaves ---- */

static void persons_of_an_interrupted_batch_are_swept(void **state)
{
    struct fixture *fix = *state;
    uint32_t found;

    make(fix);
    sql(fix, "identities.db",
        "INSERT INTO person (origin, number, key) VALUES ('', 'a', randomblob(32)),"
        " ('', 'b', randomblob(32)), ('', 'c', randomblob(32));"
        "INSERT INTO identity VALUES (3, 'b', '', '', 0, '', '', '', '', 0, 0, 0, '')");
    fix->store = open_store(fix, STORE_WRITE);
    must(store_find(fix->store, "a", &found, &fix->err), fix);
    assert_int_equal(found, 0);
    must(store_find(fix->store, "b", &found, &fix->err), fix);
    assert_int_equal(found, 3); /* who has an identity */
    begin(fix);
    assert_int_equal(person(fix, "a"), 5); /* never 2 again, nor 4 */
    commit(fix);
    reopen(fix);
    must(store_find(fix->store, "a", &found, &fix->err), fix);
    assert_int_equal(found, 5); /* legal without originals, once committed */
}

static void an_interrupted_erasure_is_finished(void **state)
{
    struct fixture *fix = *state;
    int64_t sequence, received;

    make(fix);
    sql(fix, "identities.db", "UPDATE person SET key = NULL WHERE id = 1");
    fix->store = open_store(fix, STORE_WRITE);
    must(store_cut(fix->store, &sequence, &received, &fix->err), fix);
    assert_int_equal(sequence, 2);
    assert_int_equal(received, fix->now - 1);
    assert_string_equal(changed_since(fix, fix->store, 1), "1 ");
    assert_all(fix, 1, "");
    reopen(fix);
    must(store_cut(fix->store, &sequence, &received, &fix->err), fix);
    assert_int_equal(sequence, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_new, fixture_free)
        TEST(an_empty_folder_holds_no_store),
        TEST(a_store_is_made_once_and_for_its_owner_only),
        TEST(a_store_half_made_is_made_again),
        TEST(one_file_without_the_other_is_not_opened),
        TEST(a_file_that_is_not_ours_is_named),
        TEST(a_damaged_page_is_found_when_it_is_read),
        TEST(missing_tables_are_found_at_opening),
        TEST(files_of_two_stores_are_not_mixed),
        TEST(identities_older_than_the_originals_are_refused),
        TEST(an_older_version_is_brought_up_to_date),
        TEST(a_migrated_file_has_the_tables_of_a_new_one),
        TEST(a_store_without_saved_things_takes_them),
        TEST(a_newer_version_is_refused),
        TEST(a_migration_that_fails_has_not_begun),
        TEST(persons_of_an_interrupted_batch_are_swept),
        TEST(an_interrupted_erasure_is_finished),
    };

    return cmocka_run_group_tests_name("schema", tests, NULL, NULL);
}
