/* SPDX-License-Identifier: Apache-2.0
 *
 * store/test_identities.c: an identity comes back as it was sent, and only numbers of the
 * test root come in. */
#include "store/test_fixture.h"

static const struct identity whole = {
    .number = "IPP 17",
    .ins = "269059920802181",
    .ins_oid = INS_OID_TEST,
    .status = IDENTITY_QUALIFIED,
    .birth_name = "D'ARTAGNAN-L'ÉPÉE",
    .used_name = "Élodie \"Œil\" d'Artagnan",
    .first_names = "ÉLODIE MARIE-ÈVE",
    .birth_date = "1969-05",
    .birth = {-243, -213},
    .sex = 'F',
    .birth_place = "99208",
};

static const struct identity empty = {
    .number = "",
    .ins = "",
    .ins_oid = "",
    .birth_name = "",
    .used_name = "",
    .first_names = "",
    .birth_date = "",
    .birth = INTERVAL_UNKNOWN,
    .birth_place = "",
};

static enum put_outcome put_identity(struct fixture *fix, uint32_t person,
                                     const struct identity *identity)
{
    enum put_outcome outcome;

    begin(fix);
    must(store_put_identity(fix->store, person, identity, &outcome, &fix->err), fix);
    commit(fix);
    return outcome;
}

static struct identity *identity_of(struct fixture *fix, uint32_t person)
{
    struct identity *identity;

    must(store_identity(fix->store, fix->arena, person, &identity, &fix->err), fix);
    return identity;
}

static void assert_same(const struct identity *a, const struct identity *b)
{
    assert_string_equal(a->number, b->number);
    assert_string_equal(a->ins, b->ins);
    assert_string_equal(a->ins_oid, b->ins_oid);
    assert_int_equal(a->status, b->status);
    assert_string_equal(a->birth_name, b->birth_name);
    assert_string_equal(a->used_name, b->used_name);
    assert_string_equal(a->first_names, b->first_names);
    assert_string_equal(a->birth_date, b->birth_date);
    assert_int_equal(a->birth.first, b->birth.first);
    assert_int_equal(a->birth.last, b->birth.last);
    assert_int_equal(a->sex, b->sex);
    assert_string_equal(a->birth_place, b->birth_place);
}

static void an_identity_comes_back_as_it_was_sent(void **state)
{
    struct fixture *fix = *state;

    begin(fix);
    person(fix, "1");
    person(fix, "2");
    commit(fix);
    assert_null(identity_of(fix, 1));
    assert_int_equal(put_identity(fix, 1, &whole), PUT_NEW);
    assert_int_equal(put_identity(fix, 2, &empty), PUT_NEW);
    reopen(fix);
    assert_same(identity_of(fix, 1), &whole);
    assert_same(identity_of(fix, 2), &empty);
    assert_null(identity_of(fix, 3));
}

static void the_same_identity_is_unchanged(void **state)
{
    struct fixture *fix = *state;

    patient(fix, "1", "x");
    put_identity(fix, 1, &whole);
    assert_int_equal(put_identity(fix, 1, &whole), PUT_UNCHANGED);
    assert_int_equal(put_identity(fix, 1, &empty), PUT_CHANGED);
    /* what is not given is the same as "" */
    assert_int_equal(put_identity(fix, 1, &(struct identity){.birth = INTERVAL_UNKNOWN}),
                     PUT_UNCHANGED);
}

/* One field after the other is changed. */
static void any_other_field_is_a_change(void **state)
{
    struct fixture *fix = *state;

    patient(fix, "1", "x");
    for (int field = 0; field < 11; field++) {
        struct identity other = whole;

        switch (field) {
        case 0: other.number = "IPP 18"; break;
        case 1: other.ins = "269054958815780"; break;
        case 2: other.status = IDENTITY_VALIDATED; break;
        case 3: other.birth_name = "D'ARTAGNAN-L'EPEE"; break;
        case 4: other.used_name = ""; break;
        case 5: other.first_names = "ÉLODIE"; break;
        case 6: other.birth_date = "1969-05-UN"; break;
        case 7: other.birth.first++; break;
        case 8: other.birth.last--; break;
        case 9: other.sex = 0; break;
        case 10: other.birth_place = "2A004"; break;
        }
        put_identity(fix, 1, &whole);
        assert_int_equal(put_identity(fix, 1, &other), PUT_CHANGED);
        assert_same(identity_of(fix, 1), &other);
        assert_int_equal(put_identity(fix, 1, &other), PUT_UNCHANGED);
    }
}

static void only_numbers_of_the_test_root_come_in(void **state)
{
    struct fixture *fix = *state;
    struct identity real = whole;
    enum put_outcome outcome;

    patient(fix, "1", "x");
    begin(fix);
    real.ins_oid = INS_OID_NIR;
    expect_error(fix, store_put_identity(fix->store, 1, &real, &outcome, &fix->err),
                 ERROR_REFUSED, "1.2.250.1.213.1.4.8");
    real.ins_oid = NULL;
    expect_error(fix, store_put_identity(fix->store, 1, &real, &outcome, &fix->err),
                 ERROR_REFUSED, "without its OID");
    real.ins = ""; /* without an INS, an identity is let in */
    must(store_put_identity(fix->store, 1, &real, &outcome, &fix->err), fix);
    expect_error(fix, store_put_identity(fix->store, 2, &whole, &outcome, &fix->err),
                 ERROR_NOT_FOUND, "no patient 2");
    commit(fix);
    assert_string_equal(identity_of(fix, 1)->ins, "");
}

static void a_row_that_is_no_identity_is_found(void **state)
{
    static const char *const mistakes[] = {
        "UPDATE identity SET status = 4",
        "UPDATE identity SET status = -1",
        "UPDATE identity SET birth_first = birth_last + 1",
        "UPDATE identity SET birth_last = 1 << 40",
        "UPDATE identity SET sex = 256",
    };
    struct fixture *fix = *state;
    struct identity *identity;

    patient(fix, "1", "x");
    put_identity(fix, 1, &whole);
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        sql(fix, "identities.db", mistakes[i]);
        expect_error(fix, store_identity(fix->store, fix->arena, 1, &identity, &fix->err),
                     ERROR_CORRUPT, "the identity of patient 1");
        sql(fix, "identities.db",
            "DELETE FROM identity; UPDATE state SET identities = 0");
        put_identity(fix, 1, &whole);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_store, fixture_free)
        TEST(an_identity_comes_back_as_it_was_sent),
        TEST(the_same_identity_is_unchanged),
        TEST(any_other_field_is_a_change),
        TEST(only_numbers_of_the_test_root_come_in),
        TEST(a_row_that_is_no_identity_is_found),
    };

    return cmocka_run_group_tests_name("identities", tests, NULL, NULL);
}
