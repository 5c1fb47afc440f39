/* SPDX-License-Identifier: Apache-2.0
 *
 * identity/test_identity.c: an INS has the right key, and comes from the test root. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* before cmocka.h, which wants the three above */
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "identity/identity.h"

static void an_ins_has_thirteen_characters_and_the_right_key(void **state)
{
    static const struct {
        const char *ins;
        const char *mistake; /* NULL: right */
    } cases[] = {
        {"255081416802538", NULL},             /* the example of the national guide */
        {"269054958815780", NULL},             /* the example of INSEE */
        {"180052A00400135", NULL},             /* Ajaccio */
        {"180052B03300165", NULL},             /* Bastia */
        {"180059920800197", NULL},             /* the highest key */
        {"180059920800100", "does not match"}, /* which is not written 00 */
        {"255081416802539", "does not match"}, /* one off */
        {"255081416805238", "does not match"}, /* two digits changed places */
        {"180052B00400135", "does not match"}, /* the other half of the island */
        {"180052a00400135", "13 digits"},      /* as it is written: in capitals */
        {"180052C00400135", "13 digits"},
        {"18005A200400135", "13 digits"},
        {"1800532A0400135", "13 digits"}, /* a letter elsewhere */
        {"2550814168025 8", "not two digits"},
        {"25508141680253X", "not two digits"},
        {"2550814168025", "13 characters"},
        {"2 55 08 14 168 025 38", "21 characters"},
        {"2550814168025380", "16 characters"},
        {"", "0 characters"},
        {"é5508141680253", "13 digits"},
        {"000000000000097", NULL}, /* the key of nobody */
        {"-55081416802538", "13 digits"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error err = ERROR_INIT;
        int result = ins_check(cases[i].ins, &err);

        if (!cases[i].mistake && result < 0)
            fail_msg("%s: %s", cases[i].ins, err.message);
        if (cases[i].mistake && (result == 0 || err.code != ERROR_INPUT ||
                                 !strstr(err.message, cases[i].mistake)))
            fail_msg("%s: expected \"%s\", got %s", cases[i].ins, cases[i].mistake,
                     result == 0 ? "no error" : err.message);
        if (*cases[i].ins && strstr(err.message, cases[i].ins))
            fail_msg("an INS in a message: %s", err.message);
    }
}

/* For every number exactly one key of the hundred is right. */
static void each_number_has_one_key(void **state)
{
    static const char *const numbers[] = {"2550814168025", "1800597208001",
                                          "180052A004001", "180052B033001",
                                          "2690549588157", "1990375116099"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        int right = 0;

        for (int key = 0; key < 100; key++) {
            char ins[32];

            snprintf(ins, sizeof(ins), "%s%02d", numbers[i], key);
            if (ins_check(ins, NULL) == 0) {
                right++;
                assert_in_range(key, 1, 97);
            }
        }
        assert_int_equal(right, 1);
    }
}

/* 2A counts as 19 and 2B as 18: the same key as the number written so. */
static void corsica_counts_as_19_and_18(void **state)
{
    static const char *const pairs[][2] = {{"180052A004001", "1800519004001"},
                                           {"180052B033001", "1800518033001"}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++)
        for (int key = 1; key <= 97; key++) {
            char letters[32];
            char digits[32];

            snprintf(letters, sizeof(letters), "%s%02d", pairs[i][0], key);
            snprintf(digits, sizeof(digits), "%s%02d", pairs[i][1], key);
            assert_int_equal(ins_check(letters, NULL), ins_check(digits, NULL));
        }
}

static void only_the_test_root_is_admitted(void **state)
{
    static const struct {
        const char *ins;
        const char *oid;
        bool is_admitted;
    } cases[] = {
        {"255081416802538", INS_OID_TEST, true},
        {"255081416802538", INS_OID_NIR, false},
        {"255081416802538", INS_OID_NIA, false},
        {"255081416802538", INS_OID_DEMO, false},
        {"255081416802538", "", false},
        {"255081416802538", NULL, false},
        {"255081416802538", "1.2.250.1.213.1.4.100", false},
        {"255081416802538", " " INS_OID_TEST, false},
        {"255081416802538", "urn:oid:" INS_OID_TEST, false},
        {"", "", true}, /* an identity without INS */
        {"", INS_OID_NIR, true},
        {NULL, NULL, true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error err = ERROR_INIT;
        int result = ins_admit(cases[i].ins, cases[i].oid, &err);

        if ((result == 0) != cases[i].is_admitted)
            fail_msg("case %zu: %d", i, result);
        if (result < 0) {
            assert_int_equal(err.code, ERROR_REFUSED);
            assert_non_null(strstr(err.message, INS_OID_TEST));
        }
    }
}

static void a_status_has_a_word_in_either_case(void **state)
{
    static const char *const words[] = {"PROV", "RECUP", "VALI", "QUAL"};
    enum identity_status status = IDENTITY_VALIDATED;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        assert_int_equal(identity_status_parse(words[i], &status), 0);
        assert_int_equal(status, i);
        assert_string_equal(identity_status_word(status), words[i]);
    }
    assert_int_equal(identity_status_parse("qual", &status), 0);
    assert_int_equal(status, IDENTITY_QUALIFIED);
    assert_int_equal(identity_status_parse("Recup", &status), 0);
    assert_int_equal(status, IDENTITY_RETRIEVED);
    assert_int_equal(identity_status_parse("", &status), -1);
    assert_int_equal(identity_status_parse("QUALI", &status), -1);
    assert_int_equal(status, IDENTITY_RETRIEVED); /* untouched */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ins_has_thirteen_characters_and_the_right_key),
        cmocka_unit_test(each_number_has_one_key),
        cmocka_unit_test(corsica_counts_as_19_and_18),
        cmocka_unit_test(only_the_test_root_is_admitted),
        cmocka_unit_test(a_status_has_a_word_in_either_case),
    };

    return cmocka_run_group_tests_name("identity", tests, NULL, NULL);
}
