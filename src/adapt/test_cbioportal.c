/* SPDX-License-Identifier: Apache-2.0
 *
 * test_cbioportal.c: the names of cBioPortal, and one patient's rows where a study's are too few.
 * A whole study is read in intake/test_cbioportal.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "adapt/cbioportal.h"
#include "adapt/test_facts.h"
#include "base/arena.h"
#include "base/error.h"

/* ---- tables ---- */

static void types_of_cancer_are_sorted_and_spelt_as_we_spell(void **state)
{
    static const struct cbioportal_type types[] = {
#define ONCOTREE(code, name, topography, morphology) {code, name, topography, morphology},
#include "adapt/oncotree.def"
#undef ONCOTREE
    };
    char code[VOCAB_CODE_SIZE];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        assert_true(i == 0 || strcmp(types[i - 1].code, types[i].code) < 0);
        assert_int_equal(
            vocab_normalise(VOCAB_ICDO3_TOPOGRAPHY, types[i].topography, code, NULL), 0);
        assert_string_equal(code, types[i].topography);
        assert_int_equal(
            vocab_normalise(VOCAB_ICDO3_MORPHOLOGY, types[i].morphology, code, NULL), 0);
        assert_string_equal(code, types[i].morphology);
    }
}

static void a_type_is_found_by_its_code_or_its_name(void **state)
{
    struct cbioportal_type type;

    (void)state;
    assert_true(cbioportal_oncotree("luad", "", &type));
    assert_string_equal(type.topography, "C34");
    assert_string_equal(type.morphology, "8140/3");
    assert_true(cbioportal_oncotree("", "breast invasive Ductal carcinoma", &type));
    assert_string_equal(type.code, "IDC");
    assert_string_equal(type.morphology, "8500/3");
    assert_true(cbioportal_oncotree("GB", "", &type));
    assert_string_equal(type.topography,
                        ""); /* the table's C72.9 would exclude the brain */
    assert_false(cbioportal_oncotree("ZZZZ", "Lung Adenocarcinoma", &type));
    assert_false(cbioportal_oncotree("", "", &type));
}

/* Every attribute stands folded in the table, is an item of a group that it can be put into, and in
 * the table of docs/formats.md. */
static void attributes_are_folded_and_documented(void **state)
{
    static const struct {
        const char *name;
        enum item item;
    } attributes[] = {
#define ATTRIBUTE(name, item, how) {name, ITEM_##item},
#define SITE(...)
#include "adapt/cbioportal.def"
#undef SITE
#undef ATTRIBUTE
    };
    static const char *const topographies[] = {
#define ATTRIBUTE(...)
#define SITE(word, topography) topography,
#include "adapt/cbioportal.def"
#undef SITE
#undef ATTRIBUTE
    };
    FILE *file = fopen(LACIS_SOURCE_DIR "/docs/formats.md", "rbe");
    struct buffer docs, folded_docs;
    char piece[4096], folded[CBIOPORTAL_NAME], code[VOCAB_CODE_SIZE];
    size_t n;

    (void)state;
    assert_non_null(file);
    buffer_init(&docs, (size_t)1 << 20);
    buffer_init(&folded_docs, (size_t)1 << 20);
    while ((n = fread(piece, 1, sizeof(piece), file)) > 0)
        buffer_append(&docs, piece, n);
    fclose(file);
    for (const char *c = buffer_text(&docs); *c; c++)
        if (*c != '_')
            buffer_char(&folded_docs, *c);
    for (size_t i = 0; i < ARRAY_LENGTH(attributes); i++) {
        char quoted[CBIOPORTAL_NAME + 2];

        cbioportal_fold(attributes[i].name, folded);
        assert_string_equal(folded, attributes[i].name);
        snprintf(quoted, sizeof(quoted), "`%s`", attributes[i].name);
        if (!strstr(buffer_text(&folded_docs), quoted))
            fail_msg("docs/formats.md does not say what becomes of %s",
                     attributes[i].name);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(topographies); i++) {
        assert_int_equal(
            vocab_normalise(VOCAB_ICDO3_TOPOGRAPHY, topographies[i], code, NULL), 0);
        assert_string_equal(code, topographies[i]);
    }
    buffer_free(&docs);
    buffer_free(&folded_docs);
}

static void what_says_nothing(void **state)
{
    static const char *const nothing[] = {
        "",     "NA", "na", "N/A", "[Not Available]", "[Not Applicable]", "[Unknown]",
        "null", "-",  ".",  "NaN", "not available",   "[Pending]"};
    static const char *const something[] = {"0",     "None", "Unknown",   "Completed",
                                            "Nancy", "+",    "1:DECEASED"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(nothing); i++)
        assert_true(cbioportal_is_null(nothing[i]));
    for (size_t i = 0; i < ARRAY_LENGTH(something); i++)
        assert_false(cbioportal_is_null(something[i]));
}

static void columns_go_by_their_names_in_any_writing(void **state)
{
    static const char *const names[] = {"Samples",     "Start Pos", "protein change",
                                        "HGVSP_SHORT", "Gene",      ""};
    struct cbioportal_columns columns;

    (void)state;
    cbioportal_columns(names, ARRAY_LENGTH(names), &columns);
    assert_int_equal(columns.at[CBIOPORTAL_TUMOR_SAMPLE_BARCODE], 0);
    assert_int_equal(columns.at[CBIOPORTAL_START_POSITION], 1);
    assert_int_equal(columns.at[CBIOPORTAL_HGVSP_SHORT],
                     3); /* the format's own name first */
    assert_int_equal(columns.at[CBIOPORTAL_HUGO_SYMBOL], 4);
    assert_true(columns.at[CBIOPORTAL_CHROMOSOME] == SIZE_MAX);
    assert_true(cbioportal_is_barcode("TCGA-02-0001-01C-01D-0182-01"));
    assert_false(cbioportal_is_barcode("TCGA-02-0001-01"));
    assert_false(cbioportal_is_barcode("P-0000004-T01-IM3"));
}

/* ---- one patient ---- */

#define SLICE(tables) \
    "{\"door\":\"cbioportal\",\"source\":\"s\",\"patient\":\"P\",\"tables\":[" tables "]}"
#define TABLE(name, columns, rows) \
    "{\"name\":\"" name "\",\"columns\":[" columns "],\"rows\":[" rows "]}"
#define STUDY TABLE("study/m", "\"study_day_zero\"", "[\"2000-01-01\"]")

static void says(const char *slice, const char *line, bool expected)
{
    struct arena *arena = arena_new("test", (size_t)1 << 24);
    struct error err = ERROR_INIT;
    struct remarks remarks = {0};
    struct facts *facts;
    struct buffer out;

    if (adapt_fragment(arena, NULL, FRAGMENT_TABLES, slice, strlen(slice), 1, &facts,
                       &remarks, &err) < 0)
        fail_msg("%s", err.message);
    buffer_init(&out, (size_t)1 << 20);
    for (size_t i = 0; i < facts->n; i++)
        print_fact(&out, &facts->fact[i]);
    for (const struct remark *remark = remarks.first; remark; remark = remark->next)
        print_remark(&out, remark);
    if ((strstr(buffer_text(&out), line) != NULL) != expected)
        fail_msg("%s \"%s\" in:\n%s", expected ? "no" : "found", line, buffer_text(&out));
    buffer_free(&out);
    arena_free(arena);
}

static void an_age_is_an_interval_of_births(void **state)
{
    (void)state;
    /* 30 on 1 January 2000: born from 2 January 1969 to 1 January 1970 */
    says(SLICE(STUDY "," TABLE("patients/p", "\"AGE\"", "[\"30\"]")),
         "PATIENT_BIRTH=1969-01-02..1970-01-01", true);
    /* without an anchor there is none, and the age is a number */
    says(SLICE(TABLE("patients/p", "\"AGE\"", "[\"30\"]")), "PATIENT_BIRTH", false);
    says(SLICE(TABLE("patients/p", "\"AGE\"", "[\"30\"]")),
         "MEASURE tumour 0: MEASURE_TYPE=AGE MEASURE_VALUE=30", true);
    says(SLICE(STUDY "," TABLE("patients/p", "\"AGE\"", "[\">89\"]")),
         "refused AGE: no age in years", true);
}

static void the_day_of_a_diagnosis_moves_it(void **state)
{
    (void)state;
    says(SLICE(STUDY
               "," TABLE("timeline/t", "\"PATIENT_ID\",\"START_DATE\",\"EVENT_TYPE\"",
                         "[\"P\",\"-31\",\"Diagnosis\"]")),
         "PRIMARY_CANCER [1999-12-01]", true);
    says(SLICE(TABLE("patients/p", "\"DATE_OF_DIAGNOSIS\",\"DAYS_TO_DEATH\"",
                     "[\"2010-03-05\",\"10\"]")),
         "VITAL_STATUS=DEAD DEATH_DATE=2010-03-15", true);
}

static void the_older_fusions_name_a_partner(void **state)
{
    static const char *const slice =
        SLICE(TABLE("fusions/f", "\"Hugo_Symbol\",\"Tumor_Sample_Barcode\",\"Fusion\"",
                    "[\"ALK\",\"S\",\"EML4-ALK fusion\"],[\"RET\",\"S\",\"Fusion\"]"));

    (void)state;
    says(slice, "FUSION_GENE=ALK FUSION_PARTNER=EML4", true);
    says(slice, "FUSION_GENE=RET FUSION_PARTNER=?", true);
}

static void a_measure_without_its_unit_is_no_known_measure(void **state)
{
    static const char *const columns =
        TABLE("timeline/t",
              "\"PATIENT_ID\",\"START_DATE\",\"EVENT_TYPE\",\"TEST\",\"RESULT\",\"UNIT\"",
              "[\"P\",\"1\",\"LAB_TEST\",\"Creatinine\",\"1\",\"mg/dL\"],"
              "[\"P\",\"2\",\"LAB_TEST\",\"Creatinine\",\"1\",\"\"]");
    char slice[1024];

    (void)state;
    snprintf(
        slice, sizeof(slice),
        "{\"door\":\"cbioportal\",\"source\":\"s\",\"patient\":\"P\",\"tables\":[%s]}",
        columns);
    says(slice, "MEASURE_TYPE=CREATININE MEASURE_UNIT=mg/dL MEASURE_VALUE=1", true);
    says(slice, "MEASURE_TYPE=CREATININE (UNIT NOT STATED) MEASURE_VALUE=1", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_of_cancer_are_sorted_and_spelt_as_we_spell),
        cmocka_unit_test(a_type_is_found_by_its_code_or_its_name),
        cmocka_unit_test(attributes_are_folded_and_documented),
        cmocka_unit_test(what_says_nothing),
        cmocka_unit_test(columns_go_by_their_names_in_any_writing),
        cmocka_unit_test(an_age_is_an_interval_of_births),
        cmocka_unit_test(the_day_of_a_diagnosis_moves_it),
        cmocka_unit_test(the_older_fusions_name_a_partner),
        cmocka_unit_test(a_measure_without_its_unit_is_no_known_measure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
