/* SPDX-License-Identifier: Apache-2.0
 *
 * test_oracle_cases.c: one patient, one question, one answer: what random questions found
 * once, and what docs/criteria.md explains by example. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attributes.h"
#include "support/sentence.h"

static void check_all(const struct sentence *sentences, size_t n)
{
    sentences_hold(sentences, n, false);
}

#define TUMOUR(inside) "\"primaryCancer\":[{" inside "}]"
#define TWO_TUMOURS                                                                     \
    "\"primaryCancer\":[{\"topographyCode\":\"C50\",\"cancerDiagnosisDate\":\"2015\"}," \
    "{\"topographyCode\":\"C34\",\"cancerDiagnosisDate\":\"2020\"}]"

static void a_code_above_the_groups_holds_what_is_below(void **state)
{
    static const struct sentence sentences[] = {
        {"\"medication\":[{\"moleculeCode\":\"L01ED03\"}]", "treatment L01", TRUTH_YES},
        {"\"medication\":[{\"moleculeCode\":\"L01ED03\"}]", "treatment L01ED", TRUTH_YES},
        {"\"medication\":[{\"moleculeCode\":\"L01ED03\"}]", "treatment L01ED03",
         TRUTH_YES},
        {"\"medication\":[{\"moleculeCode\":\"L01ED03\"}]", "treatment L", TRUTH_YES},
        {"\"medication\":[{\"moleculeCode\":\"L01ED\"}]", "treatment L01ED03",
         TRUTH_UNKNOWN},
        {"\"medication\":[{\"moleculeCode\":\"L01ED03\"}]", "treatment L02", TRUTH_NO},
        {"\"surgery\":[{\"ccamCode\":\"GFFA013\"}]", "surgery GF", TRUTH_YES},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void facts_of_the_patient_know_the_diagnosis(void **state)
{
#define DIABETES(date)                                          \
    TUMOUR("\"cancerDiagnosisDate\":\"2019-06-01\"")            \
    ",\"relatedPathology\":[{\"relatedPathologyCode\":\"E11\"," \
    "\"relatedPathologyDiagnosisDate\":\"" date "\"}]"
    static const struct sentence sentences[] = {
        {DIABETES("2018"), "morbid event E11 before diagnosis", TRUTH_YES},
        {DIABETES("2020"), "morbid event E11 before diagnosis", TRUTH_NO},
        {DIABETES("2019"), "morbid event E11 before diagnosis", TRUTH_UNKNOWN},
        {DIABETES("2019-06-11"), "morbid event E11 within 10 days of diagnosis",
         TRUTH_YES},
        {DIABETES("2019-06-12"), "morbid event E11 within 10 days of diagnosis",
         TRUTH_NO},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void other_events_are_of_the_same_tumour(void **state)
{
#define PS_THEN_DRUG                                                            \
    TWO_TUMOURS ",\"measure\":[{\"measureType\":\"PS\",\"measureValue\":1,"     \
                "\"measureDate\":\"2016\"}],\"medication\":[{\"moleculeCode\":" \
                "\"L01ED03\",\"moleculeDate\":\"2018\"}]"
    static const struct sentence sentences[] = {
        {PS_THEN_DRUG, "measure PS followed by treatment L01", TRUTH_YES},
        {PS_THEN_DRUG, "tumour { topography C50 measure PS followed by treatment L01 }",
         TRUTH_UNKNOWN},
        {PS_THEN_DRUG, "tumour { topography C34 measure PS followed by treatment L01 }",
         TRUTH_NO},
        {PS_THEN_DRUG, "tumour { topography C34 measure PS }", TRUTH_YES},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void conditions_of_the_other_event_count(void **state)
{
#define SURGERY_THEN_DRUG                                                       \
    TUMOUR("\"cancerDiagnosisDate\":\"2019-06-01\"")                            \
    ",\"surgery\":[{\"ccamCode\":\"GFFA013\",\"surgeryDate\":\"2019-09-01\"}]," \
    "\"medication\":[{\"moleculeCode\":\"L01ED03\",\"moleculeDate\":\"2020-01-01\"}]"
    static const struct sentence sentences[] = {
        {SURGERY_THEN_DRUG,
         "tumour { treatment any preceded by surgery any within 120 days after diagnosis }",
         TRUTH_YES},
        {SURGERY_THEN_DRUG,
         "tumour { treatment any preceded by surgery any within 30 days after diagnosis }",
         TRUTH_NO},
        {SURGERY_THEN_DRUG,
         "tumour { treatment any not preceded by surgery any before diagnosis }",
         TRUTH_YES},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void a_fact_never_precedes_itself(void **state)
{
    static const struct sentence sentences[] = {
        /* one drug of an unknown day in 2020 */
        {"\"medication\":[{\"moleculeCode\":\"L01ED03\",\"moleculeDate\":\"2020\"}]",
         "treatment L01 preceded by treatment L01", TRUTH_NO},
        /* less precise than both, and only one */
        {"\"medication\":[{\"moleculeCode\":\"L01ED\",\"moleculeDate\":\"2020\"}]",
         "treatment L01ED03 preceded by treatment L01ED04", TRUTH_NO},
        {"\"medication\":[{\"moleculeCode\":\"L01ED\",\"moleculeDate\":\"2020\"},"
         "{\"moleculeCode\":\"L01ED03\",\"moleculeDate\":\"2020\"}]",
         "treatment L01ED03 preceded by treatment L01ED04", TRUTH_UNKNOWN},
        {"\"medication\":[{\"moleculeCode\":\"L01ED03\",\"moleculeDate\":\"2020\"},"
         "{\"moleculeCode\":\"L01ED04\",\"moleculeDate\":\"2020\"}]",
         "treatment L01 preceded by treatment L01", TRUTH_UNKNOWN},
        {"\"medication\":[{\"moleculeCode\":\"L01ED03\",\"moleculeDate\":\"2020-01-02\"},"
         "{\"moleculeCode\":\"L01ED03\",\"moleculeDate\":\"2020-01-01\"}]",
         "treatment L01 preceded by treatment L01", TRUTH_YES},
        /* the same start, but only one of them ended in time to be the other one */
        {TUMOUR(
             "\"cancerDiagnosisDate\":\"2020-01-01\"") ",\"medication\":[{\"moleculeCode\":\"L01ED03\",\"moleculeDate\":\"2020\","
                                                       "\"moleculeEndDate\":\"2020-12-20\"},{\"moleculeCode\":\"L01ED04\","
                                                       "\"moleculeDate\":\"2020\",\"moleculeEndDate\":\"2020-01-20\"}]",
         "tumour { treatment any preceded by treatment any ended within 30 days after "
         "diagnosis }",
         TRUTH_UNKNOWN},
        /* the T and the N of one statement are two */
        {TUMOUR("\"cancerDiagnosisDate\":\"2020-01-01\",\"tnmEvent\":[{\"tValue\":\"T2\","
                "\"nValue\":\"N1\",\"tnmDate\":\"2020-02-01\"}]"),
         "tumour { T T2 preceded within 0 days by N N1 }", TRUTH_YES},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void what_was_not_measured_is_unknown(void **state)
{
#define HER2 \
    "\"biomarker\":[{\"biomarkerName\":\"HER2\",\"biomarkerStatus\":\"NEGATIVE\"}]"
    static const struct sentence sentences[] = {
        {HER2, "biomarker HER2 positive", TRUTH_NO},
        {HER2, "biomarker PD-L1 positive", TRUTH_UNKNOWN},
        {HER2, "biomarker HER2, PD-L1 positive", TRUTH_UNKNOWN},
        {HER2, "biomarker HER2, HER2 positive", TRUTH_NO},
        {HER2, "biomarker any positive", TRUTH_UNKNOWN},
        {HER2, "biomarker any negative", TRUTH_YES},
        {HER2, "biomarker HER2 > 5", TRUTH_UNKNOWN},
        {"", "biomarker HER2 positive", TRUTH_UNKNOWN},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

/* 10 g/dL are 100 g/L and 6.2056 mmol/L; the question may be asked in each of them. */
static void a_measure_counts_in_any_unit(void **state)
{
#define MEASURED(type, value, unit) \
    "\"measure\":[{\"measureType\":\"" type "\",\"measureValue\":" value unit "}]"
#define UNIT(text) ",\"measureUnit\":\"" text "\""
#define MARKER(value, unit)                                                      \
    "\"biomarker\":[{\"biomarkerName\":\"CA 19-9\",\"biomarkerValueNum\":" value \
    ",\"biomarkerUnit\":\"" unit "\"}]"
    static const struct sentence sentences[] = {
        {MEASURED("Hémoglobine", "10", UNIT("g/dL")), "measure HGB >= 10 g/dL",
         TRUTH_YES},
        {MEASURED("HB", "100", UNIT("g/L")), "measure HGB >= 10 g/dL", TRUTH_YES},
        {MEASURED("718-7", "99", UNIT("g/L")), "measure HGB >= 10 g/dL", TRUTH_NO},
        {MEASURED("HGB", "6.21", UNIT("mmol/L")), "measure HGB >= 10 g/dL", TRUTH_YES},
        {MEASURED("HGB", "6.20", UNIT("mmol/L")), "measure HGB >= 10 g/dL", TRUTH_NO},
        {MEASURED("HGB", "100", UNIT("g/L")), "measure HGB >= 100 g/L", TRUTH_YES},
        {MEASURED("HGB", "10", UNIT("g/100 mL")), "measure HGB >= 100 g/L", TRUTH_YES},
        {MEASURED("HGB", "10.1", UNIT("g/dL")), "measure HGB >= 6.2056 mmol/L",
         TRUTH_YES},
        {MEASURED("HGB", "9.9", UNIT("g/dL")), "measure HGB >= 6.2056 mmol/L", TRUTH_NO},
        {MEASURED("HGB", "10", ""), "measure HGB >= 100 g/L", TRUTH_YES},
        {MEASURED("créatinine", "1.7", UNIT("mg/dL")), "measure CREATININE <= 150 µmol/L",
         TRUTH_NO},
        {MEASURED("créatinine", "16.9", UNIT("mg/L")), "measure CREATININE <= 150 µmol/L",
         TRUTH_YES},
        {MEASURED("poids", "71500", UNIT("g")), "measure WEIGHT = 71.5 kg", TRUTH_YES},
        {MEASURED("taille", "1.68", UNIT("m")), "measure HEIGHT = 168 cm", TRUTH_YES},
        {MEASURED("PS", "2", UNIT("points")), "measure PS = 2", TRUTH_YES},
        {MEASURED("moon", "2", UNIT("parsec")), "measure MOON = 2", TRUTH_YES},
        {MARKER("36", "U/mL"), "biomarker \"CA 19-9\" > 37 kU/L", TRUTH_NO},
        {MARKER("40000", "UI/L"), "biomarker \"CA 19-9\" > 37 U/mL", TRUTH_YES},
    };
    static const struct sentence not_convertible[] = {
        {MEASURED("HGB", "100", UNIT("mmHg")), "measure HGB >= 10 g/dL", TRUTH_UNKNOWN},
        {MEASURED("HGB", "100", UNIT("mmHg")), "measure HGB", TRUTH_YES},
        {MEASURED("HbA1c", "53", UNIT("mmol/mol")), "measure HBA1C > 6.5 %",
         TRUTH_UNKNOWN},
        {MARKER("40", "ng/mL"), "biomarker \"CA 19-9\" > 37 U/mL", TRUTH_UNKNOWN},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
    sentences_hold(not_convertible, ARRAY_LENGTH(not_convertible), true);
}

static void examples_of_the_manual(void **state)
{
#define MARCH_AND_JUNE                                                          \
    TUMOUR("\"topographyCode\":\"C34\",\"cancerDiagnosisDate\":\"2021-03-UN\"") \
    ",\"medication\":[{\"moleculeCode\":\"L01ED03\",\"moleculeDate\":\"2021-06-02\"}]"
#define BREAST_AND_LUNG \
    TWO_TUMOURS         \
    ",\"medication\":[{\"moleculeCode\":\"L01ED03\",\"moleculeDate\":\"2018\"}]"
    static const struct sentence sentences[] = {
        {MARCH_AND_JUNE, "treatment L01ED within 90 days after diagnosis", TRUTH_UNKNOWN},
        {MARCH_AND_JUNE, "treatment L01ED within 93 days after diagnosis", TRUTH_YES},
        {MARCH_AND_JUNE, "treatment L01ED within 60 days after diagnosis", TRUTH_NO},
        {BREAST_AND_LUNG, "tumour { topography C50 treatment L01 }", TRUTH_UNKNOWN},
        {BREAST_AND_LUNG, "tumour { topography C34 treatment L01 }", TRUTH_NO},
        {BREAST_AND_LUNG, "treatment L01", TRUTH_YES},
        {"\"variant\":[{\"gene\":\"KRAS\"}]", "not altered EGFR", TRUTH_YES},
        {"", "not altered EGFR", TRUTH_UNKNOWN},
        {"", "tumour { any }", TRUTH_UNKNOWN},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_above_the_groups_holds_what_is_below),
        cmocka_unit_test(facts_of_the_patient_know_the_diagnosis),
        cmocka_unit_test(other_events_are_of_the_same_tumour),
        cmocka_unit_test(conditions_of_the_other_event_count),
        cmocka_unit_test(a_fact_never_precedes_itself),
        cmocka_unit_test(what_was_not_measured_is_unknown),
        cmocka_unit_test(a_measure_counts_in_any_unit),
        cmocka_unit_test(examples_of_the_manual),
    };

    return cmocka_run_group_tests_name("questions about one patient", tests, NULL, NULL);
}
