/* SPDX-License-Identifier: Apache-2.0
 *
 * test_codebook.c: what a centre's own words mean. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>

#include "vocab/codebook.h"

static void a_text_is_found_whatever_its_case_and_blanks(void **state)
{
    struct codebook *codebook = codebook_new();

    (void)state;
    codebook_put(codebook, 7, "Taxol  300 mg", "L01CD01");
    assert_string_equal(codebook_find(codebook, 7, " TAXOL 300 MG"), "L01CD01");
    assert_null(codebook_find(codebook, 8, "Taxol 300 mg"));
    assert_null(codebook_find(codebook, 7, "Taxol"));
    assert_null(codebook_find(NULL, 7, "Taxol 300 mg"));
    assert_int_equal(codebook_count(codebook), 1);
    codebook_free(codebook);
    codebook_free(NULL);
}

static void what_says_nothing_means_nothing(void **state)
{
    static const char *const texts[] = {"", "  ", "UN", "inconnu", "\xFF\xFE"};
    struct codebook *codebook = codebook_new();

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        codebook_put(codebook, 1, texts[i], "L01");
        assert_null(codebook_find(codebook, 1, texts[i]));
    }
    assert_int_equal(codebook_count(codebook), 0);
    assert_int_equal(codebook_digest(codebook), 0);
    codebook_free(codebook);
}

/* The same entries give the same digest, in whatever order they came and however often they
 * were changed in between. */
static void the_digest_is_that_of_the_entries(void **state)
{
    struct codebook *one = codebook_new();
    struct codebook *other = codebook_new();
    char text[16];

    (void)state;
    for (int i = 0; i < 500; i++) {
        snprintf(text, sizeof(text), "DRUG %d", i);
        codebook_put(one, 3, text, i % 2 ? "L01" : "L02");
    }
    for (int i = 499; i >= 0; i--) {
        snprintf(text, sizeof(text), "drug %d", i);
        codebook_put(other, 3, text, "L04");
        codebook_put(other, 3, text, i % 2 ? "L01" : "L02");
    }
    assert_true(codebook_digest(one) != 0);
    assert_true(codebook_digest(one) == codebook_digest(other));

    uint64_t before = codebook_digest(one);

    codebook_put(one, 3, "DRUG 7", "");
    assert_null(codebook_find(one, 3, "DRUG 7"));
    assert_int_equal(codebook_count(one), 499);
    assert_true(codebook_digest(one) != before);
    codebook_put(one, 3, "DRUG 7", "L01");
    assert_true(codebook_digest(one) == before);
    codebook_put(one, 4, "DRUG 7", "L01");
    assert_true(codebook_digest(one) != before);
    codebook_free(one);
    codebook_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_text_is_found_whatever_its_case_and_blanks),
        cmocka_unit_test(what_says_nothing_means_nothing),
        cmocka_unit_test(the_digest_is_that_of_the_entries),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
