/* SPDX-License-Identifier: Apache-2.0
 *
 * store/test_saved.c: versions are appended, runs keep who it was, an erased person is in none
 * of them, and a key that is no longer used is nowhere. */
#include "store/saved.h"

#include "store/store_internal.h"
#include "store/test_fixture.h"

#define PATIENTS 6

/* ---- short words ---- */

static unsigned save(struct fixture *fix, enum saved_kind kind, const char *name,
                     const char *text)
{
    struct saved saved = {.name = name,
                          .text = text,
                          .author = "anna",
                          .note = "",
                          .made = 1700000000,
                          .as_of = DAY_MAX};
    unsigned version;
    bool is_new;

    begin(fix);
    must(store_save(fix->store, kind, &saved, &version, &is_new, &fix->err), fix);
    commit(fix);
    return version;
}

/* ANSWERS: a digit a person, from person 1 on. */
static unsigned run(struct fixture *fix, const char *cohort, const char *answers)
{
    struct saved_run run = {.cohort = cohort,
                            .version = 1,
                            .author = "anna",
                            .made = 1700000001,
                            .sequence = 5,
                            .received = 1700000000,
                            .rules = 1,
                            .model = UINT64_MAX,
                            .criteria = 7,
                            .coverage = 8,
                            .as_of = 20000,
                            .coverage_text = "assumed",
                            .definitions = "LUNG\t2\n"};
    uint32_t person[PATIENTS];
    unsigned char answer[PATIENTS];
    size_t n = strlen(answers);
    unsigned number;

    memcpy(run.incarnation, store_incarnation(fix->store), sizeof(run.incarnation));
    for (size_t i = 0; i < n; i++) {
        person[i] = (uint32_t)i + 1;
        answer[i] = (unsigned char)(answers[i] - '0');
    }
    begin(fix);
    must(store_run_save(fix->store, &run, &(struct run_persons){n, person, answer},
                        &number, &fix->err),
         fix);
    commit(fix);
    return number;
}

static void patients(struct fixture *fix)
{
    for (int i = 1; i <= PATIENTS; i++)
        patient(fix, arena_printf(fix->arena, "IPP %d", i), "x");
}

/* "1:2 3:1" */
static const char *who(struct fixture *fix, struct store *store, const char *cohort,
                       unsigned number)
{
    struct run_persons persons;
    const char *text = "";

    must(store_run_persons(store, fix->arena, cohort, number, &persons, &fix->err), fix);
    for (size_t i = 0; i < persons.n; i++)
        text = arena_printf(fix->arena, "%s%s%u:%u", text, i ? " " : "",
                            persons.person[i], persons.answer[i]);
    return text;
}

static struct saved_run last(struct fixture *fix, const char *cohort)
{
    struct saved_run *runs;
    size_t n;

    must(store_runs(fix->store, fix->arena, cohort, 0, 1, &runs, &n, &fix->err), fix);
    assert_int_equal(n, 1);
    return runs[0];
}

static const char *keys(struct fixture *fix)
{
    return sql(fix, "identities.db", "SELECT group_concat(id) FROM run_key");
}

/* ---- definitions ---- */

static void versions_are_appended(void **state)
{
    struct fixture *fix = *state;
    struct saved *saved, *list;
    size_t n;

    assert_int_equal(save(fix, SAVED_DEFINITION, "lung", "topography C34"), 1);
    assert_int_equal(save(fix, SAVED_DEFINITION, "lung", "topography C34"), 1);
    assert_int_equal(save(fix, SAVED_DEFINITION, "lung", "topography C33..C34"), 2);
    assert_int_equal(save(fix, SAVED_DEFINITION, "lung", "topography C34"), 3);
    assert_int_equal(save(fix, SAVED_COHORT, "lung", "any"), 1); /* its own names */
    assert_int_equal(save(fix, SAVED_DEFINITION, "côlon", "topography C18"), 1);
    reopen(fix);

    must(store_saved(fix->store, fix->arena, SAVED_DEFINITION, "lung", 0, &saved,
                     &fix->err),
         fix);
    assert_int_equal(saved->version, 3);
    must(store_saved(fix->store, fix->arena, SAVED_DEFINITION, "lung", 2, &saved,
                     &fix->err),
         fix);
    assert_string_equal(saved->text, "topography C33..C34");
    assert_string_equal(saved->author, "anna");
    must(store_saved(fix->store, fix->arena, SAVED_DEFINITION, "lung", 4, &saved,
                     &fix->err),
         fix);
    assert_null(saved);
    must(store_saved_list(fix->store, fix->arena, SAVED_DEFINITION, NULL, &list, &n,
                          &fix->err),
         fix);
    assert_int_equal(n, 2);
    assert_string_equal(list[1].name, "lung");
    assert_int_equal(list[1].version, 3);
    must(store_saved_list(fix->store, fix->arena, SAVED_DEFINITION, "lung", &list, &n,
                          &fix->err),
         fix);
    assert_int_equal(n, 3);
    assert_int_equal(list[0].version, 1);
}

static void names_can_stand_in_quotes(void **state)
{
    static const struct {
        const char *name;
        enum error_code code;
    } names[] = {
        {"a", ERROR_NONE},
        {"poumon non à petites cellules", ERROR_NONE},
        {"x/y %1", ERROR_NONE},
        {"", ERROR_INPUT},
        {" a", ERROR_INPUT},
        {"a ", ERROR_INPUT},
        {"a\"b", ERROR_INPUT},
        {"a\nb", ERROR_INPUT},
        {"a\x7f", ERROR_INPUT},
        {"\xc2\x85", ERROR_INPUT},     /* a control character */
        {"\xe9t\xe9", ERROR_INPUT},    /* Latin-1 */
        {"\xc3", ERROR_INPUT},         /* cut short */
        {"\xc0\xaf", ERROR_INPUT},     /* longer than it has to be */
        {"\xe0\x80\xaf", ERROR_INPUT}, /* the same */
        {"1234567890123456789012345678901234567890123456789012345678901234", ERROR_NONE},
        {"12345678901234567890123456789012345678901234567890123456789012345",
         ERROR_LIMIT},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        struct error err = ERROR_INIT;
        int status = saved_name_check(names[i].name, &err);

        if (status != (names[i].code ? -1 : 0) || err.code != names[i].code)
            fail_msg("%zu \"%s\": %s", i, names[i].name, err.message);
    }
}

static void saving_takes_no_sequence_number(void **state)
{
    struct fixture *fix = *state;
    int64_t before, after, time;

    patient(fix, "1", "x");
    must(store_cut(fix->store, &before, &time, &fix->err), fix);
    save(fix, SAVED_COHORT, "c", "any");
    run(fix, "c", "2");
    must(store_cut(fix->store, &after, &time, &fix->err), fix);
    assert_int_equal(before, after);
}

/* ---- runs ---- */

static void a_run_keeps_who_it_was_and_its_cut(void **state)
{
    struct fixture *fix = *state;
    struct store *reader;

    patients(fix);
    save(fix, SAVED_COHORT, "c", "any");
    assert_int_equal(run(fix, "c", "201012"), 1);
    assert_int_equal(run(fix, "c", "222"), 2);
    reopen(fix);
    assert_string_equal(who(fix, fix->store, "c", 1), "1:2 2:0 3:1 4:0 5:1 6:2");
    reader = open_store(fix, STORE_READ);
    assert_string_equal(who(fix, reader, "c", 2), "1:2 2:2 3:2");
    store_close(reader);

    struct saved_run found = last(fix, "c");

    assert_int_equal(found.number, 2);
    assert_int_equal(found.certain, 3);
    assert_int_equal(found.possible, 0);
    assert_int_equal(found.sequence, 5);
    assert_true(found.model == UINT64_MAX);
    assert_int_equal(found.as_of, 20000);
    assert_string_equal(found.definitions, "LUNG\t2\n");
    assert_string_equal(found.incarnation, store_incarnation(fix->store));
}

/* Distances of one to five bytes, and the largest number of all. */
static void any_persons_come_back(void **state)
{
    static const uint32_t person[] = {1,        31,        63,         4000,      600000,
                                      70000000, 900000000, 4294967294, UINT32_MAX};
    static const unsigned char answer[] = {2, 1, 0, 1, 2, 0, 1, 2, 1};
    struct saved_run made = {.cohort = "c", .version = 1};
    struct fixture *fix = *state;
    struct run_persons persons;
    unsigned number;

    made.author = made.coverage_text = made.definitions = "";
    save(fix, SAVED_COHORT, "c", "any");
    memcpy(made.incarnation, store_incarnation(fix->store), sizeof(made.incarnation));
    begin(fix);
    must(store_run_save(fix->store, &made,
                        &(struct run_persons){ARRAY_LENGTH(person), person, answer},
                        &number, &fix->err),
         fix);
    commit(fix);
    must(store_run_persons(fix->store, fix->arena, "c", number, &persons, &fix->err),
         fix);
    assert_int_equal(persons.n, ARRAY_LENGTH(person));
    assert_memory_equal(persons.person, person, sizeof(person));
    assert_memory_equal(persons.answer, answer, sizeof(answer));
    assert_int_equal(run(fix, "c", ""), 2); /* nobody at all */
    assert_string_equal(who(fix, fix->store, "c", 2), "");
}

static void a_run_is_small(void **state)
{
    enum { MANY = 200000 };
    struct fixture *fix = *state;
    uint32_t *person = arena_array(fix->arena, MANY, sizeof(*person));
    unsigned char *answer = arena_array(fix->arena, MANY, 1);
    struct saved_run made = {.cohort = "c", .version = 1};
    uint32_t seed = 1;
    unsigned number;

    made.author = made.coverage_text = made.definitions = "";
    for (uint32_t i = 0; i < MANY; i++) {
        seed = seed * 1664525 + 1013904223;
        person[i] = i + 1;
        answer[i] = seed >> 16 & 15 ? 0 : 1 + (seed >> 24 & 1); /* one in sixteen */
    }
    save(fix, SAVED_COHORT, "c", "any");
    memcpy(made.incarnation, store_incarnation(fix->store), sizeof(made.incarnation));
    begin(fix);
    must(store_run_save(fix->store, &made, &(struct run_persons){MANY, person, answer},
                        &number, &fix->err),
         fix);
    commit(fix);
    assert_sql(fix, "originals.db", "SELECT length(sealed) < 25000 FROM run", "1");
}

static void a_run_wants_its_cohort(void **state)
{
    struct fixture *fix = *state;
    struct saved_run made = {.cohort = "c", .version = 1};
    struct run_persons persons;
    unsigned number;

    made.author = made.coverage_text = made.definitions = "";
    begin(fix);
    expect_error(fix,
                 store_run_save(fix->store, &made, &(struct run_persons){0}, &number,
                                &fix->err),
                 ERROR_NOT_FOUND, "no cohort is saved as \"c\"");
    store_rollback(fix->store);
    expect_error(fix,
                 store_run_persons(fix->store, fix->arena, "c", 1, &persons, &fix->err),
                 ERROR_NOT_FOUND, "has no run 1");
}

static void a_run_cannot_be_moved_or_changed(void **state)
{
    static const char *const changes[] = {
        "UPDATE run SET sealed = (SELECT sealed FROM run WHERE number = 2) WHERE number = 1",
        "UPDATE run SET cohort = 'd' WHERE number = 1",
        "UPDATE run SET sealed = zeroblob(length(sealed)) WHERE number = 1",
    };
    struct fixture *fix = *state;
    struct run_persons persons;

    for (size_t i = 0; i < ARRAY_LENGTH(changes); i++) {
        save(fix, SAVED_COHORT, "c", "any");
        run(fix, "c", "20");
        run(fix, "c", "02");
        sql(fix, "originals.db", changes[i]);
        expect_error(fix,
                     store_run_persons(fix->store, fix->arena, i == 1 ? "d" : "c", 1,
                                       &persons, &fix->err),
                     ERROR_CORRUPT, "run 1");
        sql(fix, "originals.db", "DELETE FROM run");
    }
}

static void nothing_of_a_save_that_is_rolled_back_stays(void **state)
{
    struct fixture *fix = *state;
    struct saved cohort = {.name = "c", .text = "any", .author = "", .note = ""};
    struct saved *found;
    unsigned version;
    bool is_new;

    begin(fix);
    must(store_save(fix->store, SAVED_COHORT, &cohort, &version, &is_new, &fix->err),
         fix);
    store_rollback(fix->store);
    must(store_saved(fix->store, fix->arena, SAVED_COHORT, "c", 0, &found, &fix->err),
         fix);
    assert_null(found);
}

/* ---- deleting and erasing ---- */

static void a_deleted_cohort_leaves_no_key(void **state)
{
    struct fixture *fix = *state;
    struct saved *found;

    save(fix, SAVED_COHORT, "c", "any");
    save(fix, SAVED_COHORT, "d", "any");
    run(fix, "c", "2");
    run(fix, "d", "1");
    run(fix, "c", "2");
    begin(fix);
    must(store_cohort_delete(fix->store, "c", &fix->err), fix);
    commit(fix);
    assert_string_equal(keys(fix), "2");
    must(store_saved(fix->store, fix->arena, SAVED_COHORT, "c", 0, &found, &fix->err),
         fix);
    assert_null(found);
    assert_string_equal(who(fix, fix->store, "d", 1), "1:1");
    begin(fix);
    expect_error(fix, store_cohort_delete(fix->store, "c", &fix->err), ERROR_NOT_FOUND,
                 "no cohort is saved as \"c\"");
    store_rollback(fix->store);
}

/* Is this text of hexadecimal digits somewhere in FILE or its log, as bytes? */
static bool holds(struct fixture *fix, const char *file, const char *digits)
{
    static char content[4 << 20];
    unsigned char bytes[32];

    assert_int_equal(strlen(digits), 2 * sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++)
        bytes[i] =
            (unsigned char)strtoul(arena_printf(fix->arena, "%.2s", digits + 2 * i), NULL,
                                   16);
    for (int log = 0; log < 2; log++) {
        const char *name = arena_printf(fix->arena, "%s%s", file, log ? "-wal" : "");
        FILE *stream = fopen(path_of(fix, name), "rb");
        size_t size = stream ? fread(content, 1, sizeof(content), stream) : 0;

        if (stream)
            fclose(stream);
        if (memmem(content, size, bytes, sizeof(bytes)))
            return true;
    }
    return false;
}

static void an_erased_person_is_in_no_run(void **state)
{
    struct fixture *fix = *state;
    const char *first_key, *other_key;

    patients(fix);
    save(fix, SAVED_COHORT, "c", "any");
    run(fix, "c", "210012");
    run(fix, "c", "2");
    first_key = sql(fix, "identities.db", "SELECT hex(key) FROM run_key WHERE id = 1");
    other_key = sql(fix, "identities.db", "SELECT hex(key) FROM run_key WHERE id = 2");
    assert_true(holds(fix, "identities.db", first_key));
    erase(fix, 2); /* possible in run 1, not in run 2 */
    assert_string_equal(who(fix, fix->store, "c", 1), "1:2 3:0 4:0 5:1 6:2");
    assert_false(holds(fix, "identities.db", first_key));
    assert_true(holds(fix, "identities.db", other_key));
    erase(fix, 6);
    erase(fix, 3);
    erase(fix, 3);
    reopen(fix);
    assert_string_equal(who(fix, fix->store, "c", 1), "1:2 4:0 5:1");
    assert_string_equal(who(fix, fix->store, "c", 2), "1:2");
    assert_sql(fix, "originals.db",
               "SELECT certain || possible || erased_certain || erased_possible"
               " FROM run WHERE number = 1",
               "1111");
    assert_sql(fix, "originals.db",
               "SELECT certain || possible || erased_certain || erased_possible"
               " FROM run WHERE number = 2",
               "1000");
}

/* What a crash between the commits of the two files leaves. */
static void an_interrupted_erasure_reaches_the_runs(void **state)
{
    struct fixture *fix = *state;

    patients(fix);
    save(fix, SAVED_COHORT, "c", "any");
    run(fix, "c", "21");
    store_close(fix->store);
    fix->store = NULL;
    sql(fix, "identities.db",
        "UPDATE person SET key = NULL WHERE id = 1;"
        "INSERT INTO run_key (key) VALUES (randomblob(32)), (randomblob(32))");
    fix->store = open_store(fix, STORE_WRITE);
    assert_string_equal(who(fix, fix->store, "c", 1), "2:1");
    assert_int_equal(last(fix, "c").erased_certain, 1);
    assert_string_equal(keys(fix), "4"); /* 1 was replaced; 2 and 3 were of no run */
}

static void a_missing_key_is_told(void **state)
{
    struct fixture *fix = *state;
    struct run_persons persons;

    patients(fix);
    save(fix, SAVED_COHORT, "c", "any");
    run(fix, "c", "21");
    sql(fix, "identities.db", "DELETE FROM run_key");
    expect_error(fix,
                 store_run_persons(fix->store, fix->arena, "c", 1, &persons, &fix->err),
                 ERROR_CORRUPT, "cohort \"c\", run 1: its key is not in");
}

/* ---- who they are ---- */

static void numbers_and_pseudonyms_end_with_the_person(void **state)
{
    struct fixture *fix = *state;
    char pseudonym[PSEUDONYM_SIZE], again[PSEUDONYM_SIZE], other[PSEUDONYM_SIZE];
    const char *number;

    patients(fix);
    must(store_number(fix->store, fix->arena, 2, &number, &fix->err), fix);
    assert_string_equal(number, "IPP 2");
    must(store_pseudonym(fix->store, 2, pseudonym, &fix->err), fix);
    must(store_pseudonym(fix->store, 3, other, &fix->err), fix);
    assert_int_equal(strspn(pseudonym, "0123456789abcdef"), 16);
    assert_string_not_equal(pseudonym, other);
    reopen(fix);
    must(store_pseudonym(fix->store, 2, again, &fix->err), fix);
    assert_string_equal(pseudonym, again);
    erase(fix, 2);
    must(store_pseudonym(fix->store, 2, again, &fix->err), fix);
    assert_string_equal(again, "");
    must(store_number(fix->store, fix->arena, 2, &number, &fix->err), fix);
    assert_null(number);
    must(store_number(fix->store, fix->arena, 99, &number, &fix->err), fix);
    assert_null(number);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_store, fixture_free)
        TEST(versions_are_appended),
        TEST(names_can_stand_in_quotes),
        TEST(saving_takes_no_sequence_number),
        TEST(a_run_keeps_who_it_was_and_its_cut),
        TEST(any_persons_come_back),
        TEST(a_run_is_small),
        TEST(a_run_wants_its_cohort),
        TEST(a_run_cannot_be_moved_or_changed),
        TEST(nothing_of_a_save_that_is_rolled_back_stays),
        TEST(a_deleted_cohort_leaves_no_key),
        TEST(an_erased_person_is_in_no_run),
        TEST(an_interrupted_erasure_reaches_the_runs),
        TEST(a_missing_key_is_told),
        TEST(numbers_and_pseudonyms_end_with_the_person),
    };

    return cmocka_run_group_tests_name("saved", tests, NULL, NULL);
}
