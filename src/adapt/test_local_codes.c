/* SPDX-License-Identifier: Apache-2.0
 *
 * test_local_codes.c: a centre's own codes and words: which ones are told, and what a codebook
 * makes of them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "vocab/codebook.h"

static const char patient[] =
    "{\"patientId\":\"1\","
    "\"primaryCancer\":[{\"topographyCode\":\"POUMON LSD\",\"morphologyCode\":\"8140/3\"}],"
    "\"medication\":["
    "{\"drugName\":\"Taxol\"},{\"drugName\":\"TAXOL \",\"moleculeCode\":\"UN\"},"
    "{\"drugName\":\"Carboplatine\",\"moleculeCode\":\"L01XA02\"},"
    "{\"drugName\":\"Protocole maison\",\"moleculeCode\":\"PM-12\"},"
    "{\"drugName\":\"UN\"}],"
    "\"measure\":[{\"measureType\":\"HB SANG\",\"measureValue\":12},"
    "{\"measureType\":\"HB SANG\",\"measureValue\":11},"
    "{\"measureType\":\"PS\",\"measureValue\":1}]}";

static struct facts *adapt(struct arena *arena, const struct codebook *codebook,
                           struct remarks *remarks)
{
    struct adapt_context context = {.codebook = codebook};
    struct facts *facts;

    *remarks = (struct remarks){.wants_locals = true};
    assert_int_equal(adapt_fragment(arena, codebook ? &context : NULL,
                                    FRAGMENT_OSIRIS_RWD, patient, strlen(patient), 1,
                                    &facts, remarks, NULL),
                     0);
    return facts;
}

static size_t times(const struct remarks *remarks, enum item item, const char *text)
{
    size_t n = 0;

    for (const struct local_code *local = remarks->locals; local; local = local->next)
        n += local->item == item && strcmp(local->text, text) == 0;
    return n;
}

static size_t facts_with(const struct facts *facts, enum item item, const char *code)
{
    size_t n = 0;

    for (size_t i = 0; i < facts->n; i++) {
        const struct value *value = fact_value(&facts->fact[i], item);

        n += value && strcmp(value->text, code) == 0;
    }
    return n;
}

static void what_gives_no_code_is_told_each_time(void **state)
{
    struct arena *arena = arena_new("test", (size_t)1 << 20);
    struct remarks remarks;

    (void)state;
    adapt(arena, NULL, &remarks);
    assert_int_equal(remarks.n_locals, 7);
    assert_int_equal(times(&remarks, ITEM_TOPOGRAPHY, "POUMON LSD"), 1);
    assert_int_equal(times(&remarks, ITEM_DRUG_NAME, "Taxol"), 1);
    assert_int_equal(times(&remarks, ITEM_DRUG_NAME, "TAXOL"), 1);
    assert_int_equal(times(&remarks, ITEM_DRUG_NAME, "Protocole maison"), 1);
    assert_int_equal(times(&remarks, ITEM_DRUG_CODE, "PM-12"), 1);
    assert_int_equal(times(&remarks, ITEM_MEASURE_TYPE, "HB SANG"), 2);
    arena_free(arena);
}

static void a_codebook_gives_them_the_codes_that_were_laid_down(void **state)
{
    struct arena *arena = arena_new("test", (size_t)1 << 20);
    struct codebook *codebook = codebook_new();
    struct remarks remarks;
    struct facts *facts;

    (void)state;
    codebook_put(codebook, ITEM_DRUG_NAME, "taxol", "L01CD01");
    codebook_put(codebook, ITEM_DRUG_NAME, "carboplatine", "A01");
    codebook_put(codebook, ITEM_TOPOGRAPHY, "poumon lsd", "C34.1");
    codebook_put(codebook, ITEM_MEASURE_TYPE, "hb sang", "HEMOGLOBIN");
    facts = adapt(arena, codebook, &remarks);
    assert_int_equal(facts_with(facts, ITEM_DRUG_CODE, "L01CD01"), 2);
    assert_int_equal(facts_with(facts, ITEM_TOPOGRAPHY, "C34.1"), 1);
    assert_int_equal(facts_with(facts, ITEM_MEASURE_TYPE, "HEMOGLOBIN"), 2);
    /* what has a code of its own keeps it */
    assert_int_equal(facts_with(facts, ITEM_DRUG_CODE, "L01XA02"), 1);
    assert_int_equal(facts_with(facts, ITEM_DRUG_CODE, "A01"), 0);
    /* and what is not laid down is still told */
    assert_int_equal(remarks.n_locals, 2);
    assert_int_equal(times(&remarks, ITEM_DRUG_CODE, "PM-12"), 1);
    assert_int_equal(times(&remarks, ITEM_DRUG_NAME, "Protocole maison"), 1);
    codebook_free(codebook);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_gives_no_code_is_told_each_time),
        cmocka_unit_test(a_codebook_gives_them_the_codes_that_were_laid_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
