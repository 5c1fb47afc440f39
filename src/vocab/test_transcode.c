/* SPDX-License-Identifier: Apache-2.0
 *
 * test_transcode.c: what ICD-10 and ADICAP say, in ICD-O-3.
 *
 * Examples are written by hand from the titles of the classifications. The tables are held
 * against the lists of the centres' sample data where they are (SHARED_DATA), and against the
 * groups of haematology that IARC's conversion gives, which are facts of O3_10M. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/table.h"
#include "vocab/transcode.h"
#include "vocab/vocab.h"

struct example {
    const char *code;
    const char *expected; /* "topography morphology behaviour", "secondary" or "none" */
};

typedef enum transcoding transcoder(const char *code, struct tumour_codes *codes_r);

static void check(transcoder *transcode, const struct example *examples, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct tumour_codes codes = {.topography = "left", .morphology = "alone"};
        enum transcoding got = transcode(examples[i].code, &codes);
        char text[64];

        if (got == TRANSCODING_PRIMARY)
            snprintf(text, sizeof(text), "%s %s %c",
                     codes.topography[0] ? codes.topography : "-",
                     codes.morphology[0] ? codes.morphology : "-", codes.behaviour);
        else
            snprintf(text, sizeof(text), "%s",
                     got == TRANSCODING_NONE ? "none" : "secondary");
        if (strcmp(text, examples[i].expected) != 0)
            fail_msg("%s: %s, expected %s", examples[i].code, text, examples[i].expected);
        if (got != TRANSCODING_PRIMARY)
            assert_string_equal(codes.topography, "left");
    }
}

static void a_malignant_tumour_of_icd10_is_its_own_topography(void **state)
{
    static const struct example examples[] = {
        {"C34.1", "C34.1 - 3"},
        {"C34", "C34 - 3"},
        {"C50.9", "C50.9 - 3"},
        {"C61", "C61.9 - 3"},
        {"C01", "C01.9 - 3"},
        {"C44.5", "C44.5 - 3"},
        {"C76.2", "C76.2 - 3"},
        {"C80.0", "C80.9 - 3"},
        {"C80.9", "C80.9 - 3"},
        {"C80.+0", "C80.9 - 3"},
        /* extensions of the ATIH */
        {"C18.9+8", "C18.9 - 3"},
        {"C49.38", "C49.3 - 3"},
        /* a digit that ICD-O-3 does not have */
        {"C34.7", "C34 - 3"},
        /* where the two differ */
        {"C22.0", "C22.0 8170/3 3"},
        {"C22.1", "C22.1 8160/3 3"},
        {"C22.9", "C22.0 - 3"},
        {"C26.1", "C42.2 - 3"},
    };

    (void)state;
    check(transcode_icd10, examples, sizeof(examples) / sizeof(*examples));
}

static void icd10_codes_some_morphologies(void **state)
{
    static const struct example examples[] = {
        {"C43.5", "C44.5 8720/3 3"}, {"C43", "C44 8720/3 3"},
        {"C45.0", "C38.4 9050/3 3"}, {"C45.1", "C48.2 9050/3 3"},
        {"C45.9", "- 9050/3 3"},     {"C46.0", "C44.9 9140/3 3"},
        {"C81.1", "C77.9 9663/3 3"}, {"C81.9", "C77.9 9650/3 3"},
        {"C83.3", "- 9680/3 3"},     {"C83.1", "- 9673/3 3"},
        {"C84.0", "C44.9 9700/3 3"}, {"C85.2", "C38.3 9679/3 3"},
        {"C88.0", "C42.0 9761/3 3"}, {"C90.0", "C42.1 9732/3 3"},
        {"C91.0", "C42.1 9835/3 3"}, {"C91.1", "C42.1 9823/3 3"},
        {"C92.0", "C42.1 9861/3 3"}, {"C92.10", "C42.1 9875/3 3"},
        {"C92.4", "C42.1 9866/3 3"}, {"C93.1", "C42.1 9945/3 3"},
        {"C95.9", "C42.1 9800/3 3"}, {"C96.4", "- - 3"},
        {"D45", "C42.1 9950/3 3"},   {"D46.9", "C42.1 9989/3 3"},
        {"D47.2", "C42 9765/1 1"},   {"D47.3", "C42.1 9962/3 3"},
        {"D03.5", "C44.5 8720/2 2"}, {"D05.1", "C50 8500/2 2"},
    };

    (void)state;
    check(transcode_icd10, examples, sizeof(examples) / sizeof(*examples));
}

static void the_chapter_says_the_behaviour(void **state)
{
    static const struct example examples[] = {
        {"D02.2", "C34.9 - 2"}, {"D07.5", "C61.9 - 2"}, {"D09.0", "C67 - 2"},
        {"D00.0", "- - 2"},     {"D41.4", "C67 - 1"},   {"D38.1", "C39.9 - 1"},
        {"D43.0", "C71 - 1"},   {"D32.0", "C70.0 - 0"}, {"D33.3", "C72 - 0"},
        {"D35.2", "C75.1 - 0"}, {"D35.0", "none"},      {"D12.6", "none"},
        {"D24", "none"},        {"C77.3", "secondary"}, {"C78.7", "secondary"},
        {"C79.3", "secondary"}, {"C97", "secondary"},   {"D50.9", "none"},
        {"E11.9", "none"},      {"Z51.1", "none"},      {"C35", "none"},
        {"C7A.01", "none"},     {"", "none"},           {"C3", "none"},
    };

    (void)state;
    check(transcode_icd10, examples, sizeof(examples) / sizeof(*examples));
}

static void adicap_says_organ_and_lesion(void **state)
{
    static const struct example examples[] = {
        {"BHGSA7B2", "C50.9 8500/3 3"},
        {"bh gs a7b2", "C50.9 8500/3 3"},
        {"OHDCA7A0", "C18.9 8140/3 3"},
        {"BHRPE7T0", "C34.9 8070/3 3"},
        {"BHGSA5B2", "C50.9 8500/2 2"},
        {"OHUVU5D1", "C67.9 8130/2 2"},
        {"BHOTM7B5", "C44.9 8743/3 3"},
        {"BHSGK7C0", "C77.9 9663/3 3"},
        {"BHSGJ7G1", "C77.9 9680/3 3"},
        /* with what may follow the eight characters */
        {"BHGSA7B2000123", "C50.9 8500/3 3"},
        /* the lesion alone */
        {"A7B2", "- 8500/3 3"},
        /* a lesion known by its behaviour */
        {"OHDCA7A6", "C18.9 - 3"},
        {"OHGOG4A6", "C56.9 - 1"},
        /* in a node, a carcinoma is not at home */
        {"BHSGA7A0", "- 8140/3 3"},
        /* benign: in the central nervous system only */
        {"OHNMN0J0", "C70.9 9530/0 0"},
        {"OHEHA0H8", "C75.1 - 0"},
        {"OHNHN0S8", "C71 9421/1 1"},
        {"OHDCA0F0", "none"},
        {"OHTCN0A0", "none"},
        /* metastases, recurrences, what is not a tumour, what is not a code */
        {"BHFFAMA0", "secondary"},
        {"BHFFX9A0", "none"},
        {"BHGSX8A0", "none"},
        {"BHGS0110", "none"},
        {"BHGSA7", "none"},
        {"BHGS?7B2", "none"},
        {"", "none"},
    };

    (void)state;
    check(transcode_adicap, examples, sizeof(examples) / sizeof(*examples));
}

/* ---- the tables, whole --------------------------------------------------------------- */

static const char *const topographies[] = {
#define TUMOUR(icd10, topography, morphology) topography,
#include "vocab/transcode_icd10.def"
#undef TUMOUR
#define ORGAN(letters, topography) topography,
#define LESION(code, morphology)
#include "vocab/transcode_adicap.def"
#undef ORGAN
#undef LESION
};

static const char *const morphologies[] = {
#define TUMOUR(icd10, topography, morphology) morphology,
#include "vocab/transcode_icd10.def"
#undef TUMOUR
#define ORGAN(letters, topography)
#define LESION(code, morphology) morphology,
#include "vocab/transcode_adicap.def"
#undef ORGAN
#undef LESION
};

static const char *const icd10_codes[] = {
#define TUMOUR(icd10, topography, morphology) icd10,
#include "vocab/transcode_icd10.def"
#undef TUMOUR
};

static const char *const lesion_codes[] = {
#define ORGAN(letters, topography)
#define LESION(code, morphology) code,
#include "vocab/transcode_adicap.def"
#undef ORGAN
#undef LESION
};

static const char *const organ_codes[] = {
#define ORGAN(letters, topography) letters,
#define LESION(code, morphology)
#include "vocab/transcode_adicap.def"
#undef ORGAN
#undef LESION
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void check_canonical(enum vocab_system system, const char *const *codes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char canonical[VOCAB_CODE_SIZE];

        assert_int_equal(vocab_normalise(system, codes[i], canonical, NULL), 0);
        assert_string_equal(codes[i], canonical);
        assert_in_range(strlen(codes[i]), 0, 7);
    }
}

static void check_order(const char *const *codes, size_t n)
{
    for (size_t i = 1; i < n; i++)
        if (strcmp(codes[i - 1], codes[i]) >= 0)
            fail_msg("%s stands before %s", codes[i - 1], codes[i]);
}

static void the_tables_are_canonical_and_in_order(void **state)
{
    (void)state;
    check_order(icd10_codes, COUNT(icd10_codes));
    check_order(lesion_codes, COUNT(lesion_codes));
    check_order(organ_codes, COUNT(organ_codes));
    check_canonical(VOCAB_ICD10, icd10_codes, COUNT(icd10_codes));
    check_canonical(VOCAB_ICDO3_TOPOGRAPHY, topographies, COUNT(topographies));
    check_canonical(VOCAB_ICDO3_MORPHOLOGY, morphologies, COUNT(morphologies));
}

/* The first column of a list of the sample data, gzipped, into TABLE; skips without it. */
static struct table *read_list(const char *name)
{
    const char *folder = getenv("SHARED_DATA");
    struct table *codes;
    char path[512];
    char line[4096];
    gzFile file;

    if (!folder)
        skip();
    snprintf(path, sizeof(path), "%s/vocab/%s", folder, name);
    file = gzopen(path, "rb");
    if (!file)
        skip();
    codes = table_new();
    while (gzgets(file, line, sizeof(line)))
        table_put(codes, line, strcspn(line, "\t\r\n"), NULL);
    gzclose(file);
    return codes;
}

static bool has(const struct table *codes, const char *code)
{
    return table_get(codes, code, strlen(code)) != NULL;
}

/* ICD-O-3.1 (2011) and 3.2 (2019), which the list is older than. */
static bool is_newer(const char *morphology)
{
    static const char *const newer[] = {"9597/3", "9715/3", "9751/3", "9831/3"};

    for (size_t i = 0; i < COUNT(newer); i++)
        if (strcmp(newer[i], morphology) == 0)
            return true;
    return false;
}

static void each_target_is_in_the_list_of_icdo3(void **state)
{
    struct table *sites = read_list("icdo3_topography.tsv.gz");
    struct table *forms = read_list("icdo3_morphology.tsv.gz");

    (void)state;
    for (size_t i = 0; i < COUNT(topographies); i++)
        if (topographies[i][0] && !has(sites, topographies[i]))
            fail_msg("%s is no topography", topographies[i]);
    for (size_t i = 0; i < COUNT(morphologies); i++)
        if (morphologies[i][0] && !has(forms, morphologies[i]) &&
            !is_newer(morphologies[i]))
            fail_msg("%s is no morphology", morphologies[i]);
    table_free(sites);
    table_free(forms);
}

/* Every code of the French list in the scope becomes something that exists. */
static void each_tumour_of_the_french_icd10_is_transcoded(void **state)
{
    struct table *diseases = read_list("cim10_fr.tsv.gz");
    struct table *sites = read_list("icdo3_topography.tsv.gz");
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < table_count(diseases); i++) {
        const char *code = table_key(diseases, i, NULL);
        struct tumour_codes codes;
        bool is_malignant = code[0] == 'C';

        if (strchr(code, '-') || (!is_malignant && code[0] != 'D'))
            continue;
        if (transcode_icd10(code, &codes) != TRANSCODING_PRIMARY) {
            if (is_malignant && strncmp(code, "C77", 3) < 0 && strcmp(code, "code") != 0)
                fail_msg("%s is not transcoded", code);
            continue;
        }
        n++;
        if (codes.topography[0] && !has(sites, codes.topography))
            fail_msg("%s: %s is no topography", code, codes.topography);
    }
    assert_in_range(n, 600, 1000);
    table_free(diseases);
    table_free(sites);
}

static void each_lesion_and_organ_is_in_the_list_of_adicap(void **state)
{
    struct table *adicap = read_list("adicap.tsv.gz");

    (void)state;
    for (size_t i = 0; i < COUNT(lesion_codes); i++)
        if (!has(adicap, lesion_codes[i]))
            fail_msg("%s is no lesion", lesion_codes[i]);
    for (size_t i = 0; i < COUNT(organ_codes); i++)
        if (!has(adicap, organ_codes[i]))
            fail_msg("%s is no organ", organ_codes[i]);
    table_free(adicap);
}

/* IARC's conversion, the other way: these morphologies are of this category of ICD-10. */
static void what_iarc_converts_comes_back(void **state)
{
    static const struct {
        const char *morphology, *icd10;
    } rows[] = {
        {"9652/3", "C81.2"}, {"9653/3", "C81.3"}, {"9651/3", "C81.4"},
        {"9659/3", "C81.0"}, {"9663/3", "C81.1"}, {"9691/3", "C82.1"},
        {"9695/3", "C82.0"}, {"9698/3", "C82.2"}, {"9597/3", "C82.6"},
        {"9673/3", "C83.1"}, {"9680/3", "C83.3"}, {"9687/3", "C83.7"},
        {"9727/3", "C83.5"}, {"9700/3", "C84.0"}, {"9701/3", "C84.1"},
        {"9702/3", "C84.4"}, {"9714/3", "C84.6"}, {"9715/3", "C84.7"},
        {"9709/3", "C84.8"}, {"9679/3", "C85.2"}, {"9719/3", "C86.0"},
        {"9716/3", "C86.1"}, {"9717/3", "C86.2"}, {"9708/3", "C86.3"},
        {"9705/3", "C86.5"}, {"9718/3", "C86.6"}, {"9761/3", "C88.0"},
        {"9762/3", "C88.2"}, {"9764/3", "C88.3"}, {"9699/3", "C88.4"},
        {"9760/3", "C88.9"}, {"9732/3", "C90.0"}, {"9733/3", "C90.1"},
        {"9734/3", "C90.2"}, {"9731/3", "C90.3"}, {"9835/3", "C91.0"},
        {"9823/3", "C91.1"}, {"9832/3", "C91.3"}, {"9940/3", "C91.4"},
        {"9827/3", "C91.5"}, {"9834/3", "C91.6"}, {"9826/3", "C91.8"},
        {"9820/3", "C91.9"}, {"9861/3", "C92.0"}, {"9875/3", "C92.1"},
        {"9876/3", "C92.2"}, {"9930/3", "C92.3"}, {"9866/3", "C92.4"},
        {"9867/3", "C92.5"}, {"9897/3", "C92.6"}, {"9895/3", "C92.8"},
        {"9860/3", "C92.9"}, {"9891/3", "C93.0"}, {"9945/3", "C93.1"},
        {"9946/3", "C93.3"}, {"9840/3", "C94.0"}, {"9910/3", "C94.2"},
        {"9742/3", "C94.3"}, {"9931/3", "C94.4"}, {"9801/3", "C95.0"},
        {"9800/3", "C95.9"}, {"9740/3", "C96.2"}, {"9751/3", "C96.6"},
        {"9755/3", "C96.8"}, {"9950/3", "D45"},   {"9982/3", "D46.1"},
        {"9983/3", "D46.2"}, {"9980/3", "D46.4"}, {"9985/3", "D46.5"},
        {"9986/3", "D46.6"}, {"9989/3", "D46.9"}, {"9740/1", "D47.0"},
        {"9960/3", "D47.1"}, {"9765/1", "D47.2"}, {"9962/3", "D47.3"},
        {"9961/3", "D47.4"}, {"9964/3", "D47.5"}, {"9050/3", "C45.9"},
        {"9140/3", "C46.9"}, {"8170/3", "C22.0"},
    };

    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct tumour_codes codes;

        assert_int_equal(transcode_icd10(rows[i].icd10, &codes), TRANSCODING_PRIMARY);
        if (strcmp(codes.morphology, rows[i].morphology) != 0)
            fail_msg("%s: %s, expected %s", rows[i].icd10, codes.morphology,
                     rows[i].morphology);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_malignant_tumour_of_icd10_is_its_own_topography),
        cmocka_unit_test(icd10_codes_some_morphologies),
        cmocka_unit_test(the_chapter_says_the_behaviour),
        cmocka_unit_test(adicap_says_organ_and_lesion),
        cmocka_unit_test(the_tables_are_canonical_and_in_order),
        cmocka_unit_test(each_target_is_in_the_list_of_icdo3),
        cmocka_unit_test(each_tumour_of_the_french_icd10_is_transcoded),
        cmocka_unit_test(each_lesion_and_organ_is_in_the_list_of_adicap),
        cmocka_unit_test(what_iarc_converts_comes_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
