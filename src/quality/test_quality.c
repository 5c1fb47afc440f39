/* SPDX-License-Identifier: Apache-2.0
 *
 * test_quality.c: what is counted, what is at odds, and figures that come back as they went. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "quality/quality.h"
#include "record/record.h"

#define AS_OF day_from_civil(2026, 11, 24)

static const struct record *record_of(struct arena *arena, const char *inside)
{
    const char *json =
        arena_printf(arena, "{\"patientId\":\"1\"%s%s}", *inside ? "," : "", inside);
    struct error err = ERROR_INIT;
    struct facts *facts;
    const struct facts *fragments[1];
    struct record *record;

    if (adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, json, strlen(json), 1, &facts,
                       NULL, &err) < 0)
        fail_msg("%s: %s", json, err.message);
    fragments[0] = facts;
    assert_int_equal(record_merge(arena, NULL, 1, fragments, 1, &record, &err), 0);
    return record;
}

/* ---- plausibility -------------------------------------------------------------------- */

/* What is said of a patient, and the one check that is at odds with it, or CHECKS. */
struct vignette {
    const char *inside;
    enum check odd;
};

#define BORN \
    "\"birthdateYear\":\"1950\",\"birthdateMonth\":\"06\",\"birthdateDay\":\"UN\","
#define DIED                                                               \
    "\"latestNews\":{\"vitalStatus\":\"Dead\",\"deathDateYear\":\"2020\"," \
    "\"deathDateMonth\":\"05\",\"deathDateDay\":\"UN\"},"
#define TUMOUR(year, more)                                                   \
    "\"primaryCancer\":[{\"cancerDiagnosisDateYear\":\"" year "\","          \
    "\"cancerDiagnosisDateMonth\":\"03\",\"cancerDiagnosisDateDay\":\"10\"," \
    "\"diagnosisMethod\":7" more "}]"
#define DRUG(year, month, more)                                                        \
    "\"medication\":[{\"moleculeCode\":\"L01XA01\",\"moleculeDateYear\":\"" year "\"," \
    "\"moleculeDateMonth\":\"" month "\",\"moleculeDateDay\":\"UN\"" more "}]"
#define STATE(type, value)                                                   \
    "\"measure\":[{\"measureType\":\"" type "\",\"measureValue\":" value "," \
    "\"measureDateYear\":\"2018\",\"measureDateMonth\":\"01\",\"measureDateDay\":\"05\"}]"
#define RAYS(more) "\"radiotherapy\":[{\"radiationDate\":\"2018-02-01\"," more "}]"

static const struct vignette vignettes[] = {
    /* dates: only what is so whatever the unknown parts are */
    {BORN TUMOUR("2018", "") "," DRUG("2018", "04", ""), CHECKS},
    {BORN TUMOUR("2027", ""), CHECK_FUTURE},
    {BORN DRUG("2026", "11", ""), CHECKS},
    {BORN DRUG("2026", "12", ""), CHECK_FUTURE},
    {BORN DRUG("1950", "05", ""), CHECK_BEFORE_BIRTH},
    {BORN DRUG("1950", "06", ""), CHECKS},
    {BORN DIED TUMOUR("2018", "") "," DRUG("2020", "05", ""), CHECKS},
    {BORN DIED TUMOUR("2018", "") "," DRUG("2020", "06", ""), CHECK_AFTER_DEATH},
    {BORN DIED TUMOUR("2021", ""), CHECK_DEATH_BEFORE_DIAGNOSIS},
    {BORN "\"latestNews\":{\"vitalStatus\":\"Dead\",\"deathDate\":\"2020-05-02\","
          "\"latestVisitDate\":\"2020-05-03\"}",
     CHECK_AFTER_DEATH},
    {"\"latestNews\":{\"vitalStatus\":\"Alive\",\"deathDate\":\"2020-05-02\"}",
     CHECK_ALIVE_WITH_DEATH},
    {"\"birthdateYear\":\"1890\"," TUMOUR("2018", ""), CHECK_AGE},
    {"\"birthdateYear\":\"1903\"," TUMOUR("2018", ""), CHECKS},
    {DRUG("2018", "04", ",\"moleculeEndDate\":\"2018-03-31\""), CHECK_END_BEFORE_START},
    {DRUG("2018", "04", ",\"moleculeEndDate\":\"2018-04-01\""), CHECKS},
    {TUMOUR("2018", "") "," DRUG("2018", "02", ""), CHECK_TREATED_BEFORE_DIAGNOSIS},
    {TUMOUR("2018", "") "," DRUG("2018", "03", ""), CHECKS},
    {TUMOUR(
         "2018",
         ",\"tumorPathoEvent\":[{\"eventType\":\"1\",\"firstMentionDate\":\"2019-05-01\","
         "\"diagnosisDate\":\"2019-04-30\"}]"),
     CHECK_EVENT_ORDER},
    /* the tumour */
    {"\"biologicalSex\":\"M\"," TUMOUR("2018", ",\"topographyCode\":\"C53.9\""),
     CHECK_SEX_TOPOGRAPHY},
    {"\"biologicalSex\":\"F\"," TUMOUR("2018", ",\"topographyCode\":\"C61.9\""),
     CHECK_SEX_TOPOGRAPHY},
    {"\"biologicalSex\":\"M\"," TUMOUR("2018", ",\"topographyCode\":\"C50.1\""), CHECKS},
    {TUMOUR("2018", ",\"morphologyCode\":\"8140/6\""), CHECK_SECONDARY_AS_PRIMARY},
    {TUMOUR("2018", ",\"topographyCode\":\"C77.3\",\"morphologyCode\":\"9680/3\""),
     CHECKS},
    {"\"primaryCancer\":[{\"cancerDiagnosisDate\":\"2018-03-10\",\"diagnosisMethod\":9}]",
     CHECK_METHOD_UNKNOWN},
    {TUMOUR("2018", ",\"tumorSizemm\":900"), CHECK_SIZE},
    {TUMOUR("2018", ",\"tumorSizemm\":45"), CHECKS},
    {TUMOUR("2018", ",\"tnmEvent\":[{\"mValue\":\"M0\"}],"
                    "\"metastasis\":[{\"metastasisTopographyCode\":\"C22\","
                    "\"metastasisDiscoveryDate\":\"2018-03-10\"}]"),
     CHECK_M0_METASTASIS},
    {TUMOUR("2018", ",\"tnmEvent\":[{\"mValue\":\"M0\"}],"
                    "\"metastasis\":[{\"metastasisTopographyCode\":\"C22\","
                    "\"metastasisDiscoveryDate\":\"2018-03-11\"}]"),
     CHECKS},
    /* numbers */
    {STATE("PS", "2"), CHECKS},
    {STATE("PS", "7"), CHECK_PS},
    {STATE("PS", "1.5"), CHECK_PS},
    {STATE("Poids", "82"), CHECKS},
    {STATE("Poids", "820"), CHECK_WEIGHT},
    {STATE("Taille", "1.72"), CHECK_HEIGHT},
    {STATE("Taille", "172"), CHECKS},
    {STATE("CREATININE", "-3"), CHECK_NEGATIVE_MEASURE},
    {DRUG("2018", "04", ",\"dosage\":\"75\",\"moleculeUnit\":\"mg/m2\""), CHECKS},
    {DRUG("2018", "04", ",\"dosage\":\"75 mg/m²\""), CHECKS},
    {DRUG("2018", "04", ",\"dosage\":\"75\""), CHECK_DRUG_DOSE},
    {DRUG("2018", "04", ",\"dosage\":\"0 mg\""), CHECK_DRUG_DOSE},
    {DRUG("2018", "04", ",\"dosage\":\"0,5 mg\""), CHECKS},
    {RAYS("\"doseGy\":66,\"fractions\":33"), CHECKS},
    {RAYS("\"doseGy\":6600"), CHECK_RADIOTHERAPY_DOSE},
    {RAYS("\"doseGy\":66,\"fractions\":1"), CHECK_RADIOTHERAPY_FRACTION},
    {"\"biomarker\":[{\"biomarkerName\":\"PD-L1\",\"biomarkerValueNum\":110,"
     "\"biomarkerUnit\":\"%\"}]",
     CHECK_PERCENTAGE},
    {"\"variant\":[{\"gene\":\"EGFR\",\"vaf\":31}]", CHECK_ALLELE_FREQUENCY},
    {"\"variant\":[{\"gene\":\"EGFR\",\"vaf\":0.31}]", CHECKS},
};

struct found {
    unsigned times[CHECKS];
};

static void note(void *context, enum check check, const struct fact *fact)
{
    struct found *found = context;

    assert_non_null(fact);
    found->times[check]++;
}

static void what_cannot_be_is_found_and_nothing_else(void **state)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    bool tried[CHECKS] = {false};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(vignettes); i++) {
        const struct record *record = record_of(arena, vignettes[i].inside);
        struct found found = {{0}};

        quality_look(record, AS_OF, note, &found);
        for (int check = 0; check < CHECKS; check++)
            if ((found.times[check] > 0) != (check == (int)vignettes[i].odd))
                fail_msg("%s\n%s: %u times", vignettes[i].inside,
                         check_row((enum check)check)->id, found.times[check]);
        if (vignettes[i].odd != CHECKS)
            tried[vignettes[i].odd] = true;
        arena_reset(arena);
    }
    for (int check = 0; check < CHECKS; check++)
        if (!tried[check])
            fail_msg("no vignette for %s", check_row((enum check)check)->id);
    arena_free(arena);
}

/* ---- counting ------------------------------------------------------------------------ */

static const char *const patients[] = {
    BORN "\"biologicalSex\":\"F\"," TUMOUR("2018", ",\"topographyCode\":\"C34.1\""),
    BORN TUMOUR("2019", "") "," DRUG("2019", "04", ",\"source\":\"1\""),
    BORN DRUG("2027", "04", ",\"source\":\"4\""),
    "\"nonOpposition\":{\"nonOpposition\":\"NON\"}",
};

static struct figures *count(struct arena *arena, size_t from, size_t after)
{
    struct figures *figures = figures_new();

    for (size_t i = from; i < after; i++)
        figures_add(figures, record_of(arena, patients[i]), AS_OF);
    return figures;
}

static void is_tally(struct tally tally, uint64_t of, uint64_t has, uint64_t exact)
{
    assert_int_equal(tally.of, of);
    assert_int_equal(tally.has, has);
    assert_int_equal(tally.exact, exact);
}

static void items_are_counted_by_source_and_year(void **state)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    struct figures *figures = count(arena, 0, ARRAY_LENGTH(patients));

    (void)state;
    assert_int_equal(figures_patients(figures), 3);
    assert_int_equal(figures_opposed(figures), 1);
    assert_int_equal(figures_tumours(figures), 2);
    is_tally(figures_item(figures, ITEM_PATIENT_SEX, ANY_SOURCE, ANY_YEAR), 3, 1, 0);
    is_tally(figures_item(figures, ITEM_PATIENT_BIRTH, ANY_SOURCE, ANY_YEAR), 3, 3, 0);
    is_tally(figures_item(figures, ITEM_DIAGNOSIS_DATE, ANY_SOURCE, 2018), 1, 1, 1);
    is_tally(figures_item(figures, ITEM_TOPOGRAPHY, ANY_SOURCE, ANY_YEAR), 2, 1, 0);
    is_tally(figures_item(figures, ITEM_TOPOGRAPHY, ANY_SOURCE, 2019), 1, 0, 0);
    is_tally(figures_item(figures, ITEM_DRUG_CODE, 1, ANY_YEAR), 1, 1, 0);
    is_tally(figures_item(figures, ITEM_DRUG_CODE, 4, 2027), 1, 1, 0);
    is_tally(figures_item(figures, ITEM_DRUG_CODE, 2, ANY_YEAR), 0, 0, 0);
    /* the patient has the year of the first tumour, or none */
    is_tally(figures_item(figures, ITEM_PATIENT_SEX, ANY_SOURCE, 2018), 1, 1, 0);
    is_tally(figures_item(figures, ITEM_PATIENT_SEX, ANY_SOURCE, 0), 1, 0, 0);
    assert_int_equal(figures_presence(figures, GROUP_DRUG).patients, 2);
    assert_int_equal(figures_presence(figures, GROUP_PRIMARY_CANCER).tumours, 2);
    is_tally(figures_check(figures, CHECK_FUTURE, 4, ANY_YEAR), 1, 1, 0);
    is_tally(figures_check(figures, CHECK_FUTURE, 1, ANY_YEAR), 1, 0, 0);
    figures_free(figures);
    arena_free(arena);
}

static const struct figures_head head = {"villejuif", 42, 20000, RULES_VERSION};

static void is_same(const struct figures *a, const struct figures *b, bool cells)
{
    struct buffer x, y;

    buffer_init(&x, (size_t)1 << 20);
    buffer_init(&y, (size_t)1 << 20);
    figures_json(&x, a, &head, cells);
    figures_json(&y, b, &head, cells);
    assert_string_equal(buffer_text(&x), buffer_text(&y));
    buffer_free(&x);
    buffer_free(&y);
}

static void joined_parts_are_the_whole(void **state)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    size_t n = ARRAY_LENGTH(patients);
    struct figures *whole = count(arena, 0, n);

    (void)state;
    for (size_t cut = 0; cut <= n; cut++) {
        struct figures *first = count(arena, 0, cut), *rest = count(arena, cut, n);

        figures_join(rest, first);
        is_same(rest, whole, true);
        figures_free(first);
        figures_free(rest);
    }
    figures_free(whole);
    arena_free(arena);
}

static void figures_come_back_as_they_went(void **state)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    struct figures *figures = count(arena, 0, ARRAY_LENGTH(patients)), *back;
    struct figures_head read;
    struct error err = ERROR_INIT;
    char centre[CENTRE_SIZE];
    struct buffer json;

    (void)state;
    buffer_init(&json, (size_t)1 << 20);
    figures_json(&json, figures, &head, true);
    back = figures_read(buffer_text(&json), json.length, &read, centre, &err);
    assert_non_null(back);
    assert_string_equal(read.centre, "villejuif");
    assert_int_equal(read.sequence, 42);
    assert_int_equal(read.as_of, 20000);
    is_same(back, figures, true);
    figures_free(back);
    buffer_free(&json);
    figures_free(figures);
    arena_free(arena);
}

/* Eleven patients of one kind, one of another. */
static void what_leaves_the_centre_has_no_small_number(void **state)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    struct figures *figures = figures_new(), *back;
    struct figures_head read;
    char centre[CENTRE_SIZE];
    struct buffer json;

    (void)state;
    for (int i = 0; i < 11; i++)
        figures_add(figures, record_of(arena, patients[0]), AS_OF);
    figures_add(figures, record_of(arena, patients[2]), AS_OF);
    buffer_init(&json, (size_t)1 << 20);
    figures_json(&json, figures, &head, false);
    assert_null(strstr(buffer_text(&json), "cells"));
    assert_non_null(strstr(buffer_text(&json), "\"group\":\"DRUG\",\"osiris\":\"12\","
                                               "\"patients\":null"));
    back = figures_read(buffer_text(&json), json.length, &read, centre, NULL);
    assert_non_null(back);
    is_tally(figures_item(back, ITEM_TOPOGRAPHY, ANY_SOURCE, ANY_YEAR), 11, 11, 0);
    is_tally(figures_item(back, ITEM_DRUG_CODE, ANY_SOURCE, ANY_YEAR), 0, 0, 0);
    figures_free(back);
    figures_free(figures);
    buffer_free(&json);
    arena_free(arena);
}

static void other_files_are_refused(void **state)
{
    static const char *const texts[] = {
        "", "{}", "[1]", "{\"format\":\"lacis-quality-9\"}",
        "{\"format\":\"lacis-quality-1\",\"centre\":\"a\",\"as_of\":\"soon\"}"};
    struct figures_head read;
    char centre[CENTRE_SIZE];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        struct error err = ERROR_INIT;

        assert_null(figures_read(texts[i], strlen(texts[i]), &read, centre, &err));
        assert_int_equal(err.code, ERROR_INPUT);
        assert_true(err.message[0]);
    }
}

/* The stars of the MDS 2025-2: among them and not among them. */
static void mandatory_items_are_those_of_the_guide(void **state)
{
    (void)state;
    assert_true(item_is_mandatory(ITEM_TOPOGRAPHY));
    assert_true(item_is_mandatory(ITEM_DRUG_NAME));
    assert_true(item_is_mandatory(ITEM_DRUG_START));
    assert_false(item_is_mandatory(ITEM_DRUG_END));
    assert_false(item_is_mandatory(ITEM_DIAGNOSED_HERE));
    assert_false(item_is_mandatory(ITEM_TUMOUR_SIZE));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_cannot_be_is_found_and_nothing_else),
        cmocka_unit_test(items_are_counted_by_source_and_year),
        cmocka_unit_test(joined_parts_are_the_whole),
        cmocka_unit_test(figures_come_back_as_they_went),
        cmocka_unit_test(what_leaves_the_centre_has_no_small_number),
        cmocka_unit_test(other_files_are_refused),
        cmocka_unit_test(mandatory_items_are_those_of_the_guide),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
