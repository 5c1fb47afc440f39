/* SPDX-License-Identifier: Apache-2.0
 *
 * test_linkage.c: who the persons are: numbers that are valid and unique, links that are
 * true, and twins and homonyms who are somebody else. */
#include "synth/test_world.h"

#include "base/table.h"
#include "identity/identity.h"

/* The fields of a CSV row without quotes. */
static unsigned split(char *row, char *field[16])
{
    unsigned n = 0;

    for (;;) {
        char *comma = strchr(row, ',');

        field[n++] = row;
        if (!comma || n == 16)
            return n;
        *comma = '\0';
        row = comma + 1;
    }
}

enum {
    IPP,
    INS,
    INS_OID,
    INS_STATUS,
    BIRTH_NAME,
    USED_NAME,
    FIRST_NAMES,
    BIRTH,
    SEX,
    PLACE
};

static void check_identity(char *field[16], struct table *numbers, unsigned *with_ins)
{
    struct error err = ERROR_INIT;
    enum identity_status status;
    bool added;

    table_put(numbers, field[IPP], strlen(field[IPP]), &added);
    assert_true(added);
    assert_true(field[BIRTH_NAME][0] && field[USED_NAME][0] && field[FIRST_NAMES][0]);
    assert_int_equal(strlen(field[BIRTH]), 10);
    assert_true(strcmp(field[SEX], "M") == 0 || strcmp(field[SEX], "F") == 0);
    assert_int_equal(strlen(field[PLACE]), 5);
    if (!field[INS][0]) {
        assert_string_equal(field[INS_OID], "");
        return;
    }
    (*with_ins)++;
    if (ins_check(field[INS], &err) < 0 ||
        ins_admit(field[INS], field[INS_OID], &err) < 0)
        fail_msg("%s: %s", field[INS], err.message);
    assert_string_equal(field[INS_OID], INS_OID_TEST);
    assert_int_equal(identity_status_parse(field[INS_STATUS], &status), 0);
    assert_int_equal(field[INS][0], field[SEX][0] == 'M' ? '1' : '2');
}

static void identities_are_valid_and_unique(void **state)
{
    static const char *const names[] = {"identities_villejuif.csv",
                                        "identities_lyon.csv"};
    struct fixture *fixture = *state;
    struct table *numbers = table_new(), *inses = table_new();
    unsigned rows = 0, with_ins = 0, twice = 0;
    char *field[16], *row;

    fixture->options.patients = 20000;
    write_world(fixture, 0);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char *at;

        content(fixture, 0, names[i]);
        at = fixture->text[0].bytes;
        next_line(&at);
        for (; (row = next_line(&at)); rows++) {
            bool added = true;

            assert_int_equal(split(row, field), 10);
            check_identity(field, numbers, &with_ins);
            if (field[INS][0])
                table_put(inses, field[INS], strlen(field[INS]), &added);
            twice += !added;
        }
    }
    assert_int_equal(rows, 40000);
    near("INS", (double)with_ins / rows, 0.7, 0.01);
    /* only a shared person has the same INS twice: about half of 3.5 % of them */
    assert_in_range(twice, 500, 800);
    table_free(numbers);
    table_free(inses);
}

/* The rows of an identity file by IPP, as copies of their text. */
static void load_identities(struct fixture *fixture, const char *file,
                            struct arena *arena, struct table *table)
{
    char *row, *at;

    content(fixture, 0, file);
    at = fixture->text[0].bytes;
    next_line(&at);
    while ((row = next_line(&at))) {
        size_t n = strcspn(row, ",");

        *table_put(table, row, n, NULL) =
            (uint64_t)(uintptr_t)arena_string(arena, row, strlen(row));
    }
}

static void find(const struct table *table, const char *ipp, char *field[16])
{
    uint64_t *found = table_get(table, ipp, strlen(ipp));

    assert_non_null(found);
    split((char *)(uintptr_t)*found, field);
}

static void links_and_non_links_tell_the_truth(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = arena_new("rows", (size_t)64 << 20);
    struct table *table = table_new();
    unsigned links = 0, different = 0, twins = 0;
    char *pair[16], *a[16], *b[16], *row, *at;

    fixture->options.patients = 20000;
    write_world(fixture, 0);
    load_identities(fixture, "identities_villejuif.csv", arena, table);
    load_identities(fixture, "identities_lyon.csv", arena, table);
    content(fixture, 0, "non_links.csv");
    at = fixture->text[0].bytes;
    next_line(&at);
    while ((row = next_line(&at))) {
        assert_int_equal(split(row, pair), 5);
        find(table, pair[2], a);
        find(table, pair[4], b);
        assert_string_equal(a[BIRTH_NAME], b[BIRTH_NAME]);
        if (strcmp(pair[0], "twin") == 0) {
            twins++;
            assert_string_equal(a[BIRTH], b[BIRTH]);
            assert_string_equal(a[PLACE], b[PLACE]);
            assert_string_not_equal(a[FIRST_NAMES], b[FIRST_NAMES]);
        } else {
            assert_string_equal(a[FIRST_NAMES], b[FIRST_NAMES]);
        }
        if (a[INS][0] && b[INS][0])
            assert_string_not_equal(a[INS], b[INS]);
        a[0][strlen(a[0])] = b[0][strlen(b[0])] = ','; /* whole rows again */
        for (unsigned i = 1; i < 9; i++)
            a[i][strlen(a[i])] = b[i][strlen(b[i])] = ',';
    }
    assert_in_range(twins, 15, 80);
    content(fixture, 0, "truth_links.csv");
    at = fixture->text[0].bytes;
    next_line(&at);
    for (; (row = next_line(&at)); links++) {
        assert_int_equal(split(row, pair), 2);
        find(table, pair[0], a);
        find(table, pair[1], b);
        assert_string_equal(a[SEX], b[SEX]);
        assert_string_equal(a[PLACE], b[PLACE]);
        if (a[INS][0] && b[INS][0])
            assert_string_equal(a[INS], b[INS]);
        for (unsigned i = BIRTH_NAME; i <= BIRTH; i++)
            if (strcmp(a[i], b[i]) != 0) {
                different++;
                break;
            }
    }
    near("different", (double)different / links, 0.36, 0.05); /* and 4 % lost their INS */
    table_free(table);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(identities_are_valid_and_unique, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(links_and_non_links_tell_the_truth, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
