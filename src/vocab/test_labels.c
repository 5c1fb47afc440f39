/* SPDX-License-Identifier: Apache-2.0
 *
 * test_labels.c: labels, what people read of a code, and "did you mean". */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/error.h"
#include "vocab/vocab.h"

static void a_code_with_a_label_has_it_in_both_languages(void **state)
{
    (void)state;
    assert_string_equal(vocab_label(VOCAB_ICDO3_TOPOGRAPHY, "C34", LANG_FR),
                        "Bronches, poumon");
    assert_string_equal(vocab_label(VOCAB_ICDO3_TOPOGRAPHY, "C34", LANG_EN),
                        "Bronchus, lung");
    assert_null(vocab_label(VOCAB_ICDO3_TOPOGRAPHY, "C34.1", LANG_FR));
    assert_null(vocab_label(VOCAB_ICDO3_TOPOGRAPHY, "", LANG_FR));
    assert_null(vocab_label(VOCAB_NAME, "HIGH GRADE", LANG_FR));
    assert_string_equal(vocab_label(VOCAB_ATC, "L01ED03", LANG_EN), "Alectinib");
    assert_string_equal(vocab_label(VOCAB_STAGE, "4A", LANG_FR), "Stade IVA");
    assert_string_equal(vocab_label(VOCAB_GENE, "EGFR", LANG_FR), "EGFR");
}

/* NFC, no blank too many, nothing a sentence or a table would have to repair. */
static void check_label(const char *code, const char *label)
{
    utf8proc_uint8_t *composed = utf8proc_NFC((const utf8proc_uint8_t *)label);
    size_t length = strlen(label);

    assert_non_null(composed);
    if (strcmp((const char *)composed, label) != 0 || length == 0 || label[0] == ' ' ||
        label[length - 1] == ' ' || label[length - 1] == '.' || strstr(label, "  ") ||
        length > 70)
        fail_msg("%s: \"%s\"", code, label);
    free(composed);
}

static void every_label_is_clean(void **state)
{
    size_t labels = 0;

    (void)state;
    for (int s = VOCAB_NONE; s < VOCAB_SYSTEMS; s++) {
        enum vocab_system system = (enum vocab_system)s;

        for (size_t i = 0; i < vocab_known_count(system); i++, labels++) {
            const char *code = vocab_known(system, i);

            check_label(code, vocab_label(system, code, LANG_FR));
            check_label(code, vocab_label(system, code, LANG_EN));
        }
    }
    assert_true(labels > 900);
}

static void every_group_of_topography_is_there(void **state)
{
    (void)state;
    assert_int_equal(vocab_known_count(VOCAB_ICDO3_TOPOGRAPHY), 70);
}

static void a_system_has_a_name(void **state)
{
    (void)state;
    assert_string_equal(vocab_system_name(VOCAB_ICDO3_TOPOGRAPHY), "icdo3-topography");
    for (int a = VOCAB_NONE; a < VOCAB_SYSTEMS; a++) {
        for (int b = VOCAB_NONE; b < a; b++)
            assert_string_not_equal(vocab_system_name((enum vocab_system)a),
                                    vocab_system_name((enum vocab_system)b));
    }
}

static void a_stage_is_printed_as_people_write_it(void **state)
{
    static const struct {
        const char *code, *printed;
    } stages[] = {
        {"4A", "IVA"}, {"4", "IV"},     {"3C2", "IIIC2"},       {"3A1II", "IIIA1(ii)"},
        {"0", "0"},    {"0IS", "0is"},  {"1S", "IS"},           {"5", "V"},
        {"L1", "L1"},  {"2AE", "IIAE"}, {"LIMITED", "LIMITED"}, {"", ""}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(stages); i++) {
        char printed[VOCAB_CODE_SIZE];
        char code[VOCAB_CODE_SIZE];
        struct error err = ERROR_INIT;

        assert_ptr_equal(vocab_print(VOCAB_STAGE, stages[i].code, printed), printed);
        assert_string_equal(printed, stages[i].printed);
        assert_int_equal(vocab_normalise(VOCAB_STAGE, printed, code, &err), 0);
        assert_string_equal(code, stages[i].code);
        vocab_print(VOCAB_GENE, stages[i].code, printed);
        assert_string_equal(printed, stages[i].code);
    }
}

static void a_mistake_finds_what_was_meant(void **state)
{
    static const struct {
        enum vocab_system system;
        const char *text, *code;
    } mistakes[] = {
        {VOCAB_ICDO3_TOPOGRAPHY, "poumon", "C34"},
        {VOCAB_ICDO3_TOPOGRAPHY, "oesophage", "C15"},
        {VOCAB_ICDO3_TOPOGRAPHY, "brest", "C50"},
        {VOCAB_ICDO3_MORPHOLOGY, "melanome", "8720"},
        {VOCAB_ATC, "alectinb", "L01ED03"},
        {VOCAB_ATC, "L01EDO3", "L01ED03"},
        {VOCAB_ATC, "cisplatin", "L01XA01"},
        {VOCAB_GENE, "EFGR", "EGFR"},
        {VOCAB_GENE, "BRAFF", "BRAF"},
        {VOCAB_ICD10, "diabete", "E10"},
        {VOCAB_PARENT, "soeurs", "SISTER"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        const char *codes[3] = {"", "", ""};
        size_t n = vocab_nearest(mistakes[i].system, mistakes[i].text, 3, codes);

        if (n == 0 || strcmp(codes[0], mistakes[i].code) != 0)
            fail_msg("%s finds %s", mistakes[i].text, n ? codes[0] : "nothing");
    }
}

static void nothing_far_is_proposed(void **state)
{
    const char *codes[20];
    char text[1000];

    (void)state;
    assert_int_equal(vocab_nearest(VOCAB_GENE, "xyzzyplugh", 3, codes), 0);
    assert_int_equal(vocab_nearest(VOCAB_GENE, "", 3, codes), 0);
    assert_int_equal(vocab_nearest(VOCAB_GENE, "?!", 3, codes), 0);
    assert_int_equal(vocab_nearest(VOCAB_GENE, "EGFR", 0, codes), 0);
    assert_int_equal(vocab_nearest(VOCAB_NAME, "EGFR", 3, codes), 0);
    memset(text, 'q', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_int_equal(vocab_nearest(VOCAB_ATC, text, 3, codes), 0);
}

static void the_nearest_come_first_then_by_order(void **state)
{
    const char *codes[20];
    size_t n = vocab_nearest(VOCAB_GENE, "NTRK", 20, codes);

    (void)state;
    assert_true(n >= 3 && n <= 16);
    assert_string_equal(codes[0], "NTRK1");
    assert_string_equal(codes[1], "NTRK2");
    assert_string_equal(codes[2], "NTRK3");
    assert_int_equal(vocab_nearest(VOCAB_GENE, "NTRK", 2, codes), 2);
    assert_string_equal(codes[1], "NTRK2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_with_a_label_has_it_in_both_languages),
        cmocka_unit_test(every_label_is_clean),
        cmocka_unit_test(every_group_of_topography_is_there),
        cmocka_unit_test(a_system_has_a_name),
        cmocka_unit_test(a_stage_is_printed_as_people_write_it),
        cmocka_unit_test(a_mistake_finds_what_was_meant),
        cmocka_unit_test(nothing_far_is_proposed),
        cmocka_unit_test(the_nearest_come_first_then_by_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
