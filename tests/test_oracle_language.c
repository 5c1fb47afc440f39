/* SPDX-License-Identifier: Apache-2.0
 *
 * test_oracle_language.c: what the language says of time, by worked dates: orders, counts,
 * anchors, spans, ages, names. The answers were found by hand, as of 1 June 2021. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/attributes.h"
#include "support/sentence.h"

#define YES TRUTH_YES
#define NO TRUTH_NO
#define UNKNOWN TRUTH_UNKNOWN

#define CHECK(sentences) sentences_hold(sentences, ARRAY_LENGTH(sentences), false)

#define DRUGS(...) "\"medication\":[" __VA_ARGS__ "]"
#define DRUG(code, start) "{\"moleculeCode\":\"" code "\",\"moleculeDate\":\"" start "\"}"
#define DRUG_UNTIL(code, start, end)                                 \
    "{\"moleculeCode\":\"" code "\",\"moleculeDate\":\"" start "\"," \
    "\"moleculeEndDate\":\"" end "\"}"
#define SURGERY(date) \
    "\"surgery\":[{\"ccamCode\":\"GFFA013\",\"surgeryDate\":\"" date "\"}]"
#define RADIOTHERAPY(start, end)                                         \
    "\"radiotherapy\":[{\"ccamCode\":\"ZZNL045\",\"startDate\":\"" start \
    "\",\"endDate\":\"" end "\"}]"
#define IMAGING(modality, date) \
    "\"imaging\":[{\"modality\":\"" modality "\",\"imagingDate\":\"" date "\"}]"
#define PROGRESSIONS(...) "\"progression\":[" __VA_ARGS__ "]"
#define PROGRESSION(date) "{\"progression\":\"YES\",\"progressionDate\":\"" date "\"}"
#define MEASURES(...) "\"measure\":[" __VA_ARGS__ "]"
#define PS(value, date) \
    "{\"measureType\":\"PS\",\"measureValue\":" value ",\"measureDate\":\"" date "\"}"
#define BORN(date) "\"birthDate\":\"" date "\""
#define DIED(date) "\"latestNews\":{\"vitalStatus\":\"DEAD\",\"deathDate\":\"" date "\"}"
#define VISITED(date) \
    "\"latestNews\":{\"vitalStatus\":\"ALIVE\",\"lastVisitDate\":\"" date "\"}"
#define DIAGNOSED(date) "\"primaryCancer\":[{\"cancerDiagnosisDate\":\"" date "\"}]"

/* ---- orders ---- */

#define THREE_DRUGS                                                                 \
    DRUGS(DRUG("L01ED03", "2019-05-10") "," DRUG("L02BA01", "2019-08-01") "," DRUG( \
        "L01XA01", "2020-01-15"))

static void an_order_chooses_by_word_and_codes(void **state)
{
    static const struct sentence sentences[] = {
        {THREE_DRUGS, "first treatment L01 in 2019", YES},
        {THREE_DRUGS, "first treatment L01 in 2020", NO},
        {THREE_DRUGS, "second treatment L01 in 2020", YES},
        {THREE_DRUGS, "second treatment any in 2020", NO},
        {THREE_DRUGS, "third treatment any in 2020", YES},
        {THREE_DRUGS, "4th treatment any", NO},
        {THREE_DRUGS, "last treatment L01 in 2019", NO},
        {THREE_DRUGS, "last treatment any since 2020", YES},
        {THREE_DRUGS, "not first treatment L01XA", NO},
        /* in brackets, all that is said chooses */
        {THREE_DRUGS, "first (treatment any since 2019-06) in 2019", YES},
        {THREE_DRUGS, "first (treatment L01 since 2019-06) in 2019", NO},
        {THREE_DRUGS, "second (treatment any in 2019) since 2019-08-01", YES},
        {THREE_DRUGS, "third (treatment any in 2019)", NO},
        /* no such drug: there is no first */
        {THREE_DRUGS, "first treatment L04", NO},
        {THREE_DRUGS, "last treatment L04 until 2000", NO},
    };

    (void)state;
    CHECK(sentences);
}

/* PS 2 in January, then PS 1 and PS 3 on the same day, 12 days before today. */
#define THREE_PS \
    MEASURES(PS("2", "2021-01-10") "," PS("1", "2021-05-20") "," PS("3", "2021-05-20"))

static void facts_of_one_day_stand_together(void **state)
{
    static const struct sentence sentences[] = {
        {THREE_PS, "last measure PS <= 1 in the last 30 days", YES},
        {THREE_PS, "last measure PS >= 3", YES},
        {THREE_PS, "last measure PS = 2", NO},
        {THREE_PS, "second measure PS = 1", YES},
        {THREE_PS, "second measure PS = 2", NO},
        {THREE_PS, "third measure PS", NO},
        {THREE_PS, "last measure PS <= 1 in the last 11 days", NO},
        {THREE_PS, "last measure PS <= 1 in the last 12 days", YES},
        {MEASURES(PS("2", "2021-01-10") "," PS("0", "2021-04-01")),
         "last measure PS <= 1 in the last 30 days", NO},
        /* never measured, or not this */
        {"", "last measure PS <= 1", UNKNOWN},
        {THREE_PS, "last measure CEA > 5", UNKNOWN},
        /* of a weight measured later nothing is known */
        {THREE_PS, "last state any <= 3", UNKNOWN},
    };

    (void)state;
    CHECK(sentences);
}

static void unknown_days_leave_the_order_open(void **state)
{
#define MARCH_OR_20_MARCH \
    DRUGS(DRUG("L01ED03", "2020-03") "," DRUG("L01XA01", "2020-03-20"))
#define FEBRUARY_THEN_20_MARCH \
    DRUGS(DRUG("L01ED03", "2020-02") "," DRUG("L01XA01", "2020-03-20"))
#define THREE_OR_TWO_DAYS                                                        \
    DRUGS(DRUG("L01ED03", "2020-03-01") "," DRUG("L01ED04", "2020-03") "," DRUG( \
        "L01XA01", "2020-04-01"))
#define UNDATED_AND_2020 \
    DRUGS("{\"moleculeCode\":\"L01ED03\"}," DRUG("L01XA01", "2020-03-20"))
#define PERHAPS_THEN_SURELY \
    DRUGS(DRUG("L01ED", "2019-05-10") "," DRUG("L01ED03", "2020-05-10"))
    static const struct sentence sentences[] = {
        {MARCH_OR_20_MARCH, "first treatment L01 in 2020", YES},
        {MARCH_OR_20_MARCH, "first treatment L01 since 2020-03-20", UNKNOWN},
        {MARCH_OR_20_MARCH, "second treatment L01", UNKNOWN},
        {MARCH_OR_20_MARCH, "third treatment L01", NO},
        {MARCH_OR_20_MARCH, "last treatment L01 since 2020-04", NO},
        {FEBRUARY_THEN_20_MARCH, "second treatment L01 on 2020-03-20", YES},
        {FEBRUARY_THEN_20_MARCH, "first treatment L01 in 2020-03", NO},
        {FEBRUARY_THEN_20_MARCH, "first treatment L01 on 2020-02-10", UNKNOWN},
        {FEBRUARY_THEN_20_MARCH, "last treatment L01 in 2020-03", YES},
        {THREE_OR_TWO_DAYS, "third treatment L01", UNKNOWN},
        {THREE_OR_TWO_DAYS, "4th treatment L01", NO},
        {UNDATED_AND_2020, "first treatment L01 since 2020", UNKNOWN},
        {UNDATED_AND_2020, "second treatment L01", UNKNOWN},
        {UNDATED_AND_2020, "first treatment L01", YES},
        {UNDATED_AND_2020, "first treatment L01ED", YES},
        /* L01ED may be L01ED03, or another one */
        {PERHAPS_THEN_SURELY, "first treatment L01ED03 in 2019", UNKNOWN},
        {PERHAPS_THEN_SURELY, "last treatment L01ED03 in 2020", YES},
        {PERHAPS_THEN_SURELY, "second treatment L01ED03", UNKNOWN},
        {PERHAPS_THEN_SURELY, "second treatment L01ED", YES},
        {PERHAPS_THEN_SURELY, "first treatment L01ED04 in 2020", NO},
    };

    (void)state;
    CHECK(sentences);
}

static void orders_are_of_the_tumour_asked_about(void **state)
{
#define BREAST_2015_LUNG_2020                                                           \
    "\"primaryCancer\":[{\"topographyCode\":\"C50\",\"cancerDiagnosisDate\":\"2015\"}," \
    "{\"topographyCode\":\"C34\",\"cancerDiagnosisDate\":\"2020\"}]"
#define BOTH_TREATED      \
    BREAST_2015_LUNG_2020 \
    "," DRUGS(DRUG("L01ED03", "2018") "," DRUG("L01XA01", "2021-01-05"))
#define TWO_STAGES                                                         \
    "\"primaryCancer\":[{\"stage\":[{\"stageValue\":\"II\",\"stageDate\":" \
    "\"2020-01-10\"},{\"stageValue\":\"IV\",\"stageDate\":\"2020-06-10\"}]}]"
    static const struct sentence sentences[] = {
        /* the drug of 2018 is none of the lung's; the other one may be */
        {BOTH_TREATED, "tumour { topography C34 first treatment L01 in 2021 }", UNKNOWN},
        {BOTH_TREATED, "tumour { topography C34 first treatment L01 in 2018 }", NO},
        {BOTH_TREATED, "tumour { topography C50 first treatment L01 in 2018 }", UNKNOWN},
        {BOTH_TREATED, "first treatment L01 in 2018", YES},
        {TWO_STAGES, "last stage any since 2020-06", YES},
        {TWO_STAGES, "first stage IV until 2020-01", NO},
        {TWO_STAGES, "second stage any", YES},
        {DIAGNOSED("2020"), "first stage IV", UNKNOWN},
        {"\"variant\":[{\"gene\":\"TP53\"}]", "first altered KRAS", NO},
        {"\"variant\":[{\"gene\":\"TP53\"}]", "sequenced", YES},
        {"", "sequenced", UNKNOWN},
    };

    (void)state;
    CHECK(sentences);
}

/* ---- one sample, one event, one TNM ---- */

#define SAMPLE(id, type, site, inside)                                                            \
    "{\"specimenId\":\"" id "\",\"specimenType\":\"" type                                         \
    "\",\"specimenNature\":\"TUMOUR\",\"specimenDate\":\"2020-03-10\",\"topographyCode\":\"" site \
    "\"" inside "}"
#define SAMPLES(...) "\"biologicalSpecimen\":[" __VA_ARGS__ "]"
#define FOUND(gene, change, id) \
    "{\"gene\":\"" gene "\",\"hgvsp\":\"" change "\",\"specimenId\":\"" id "\"}"

static void findings_are_of_one_sample(void **state)
{
#define TWO_SAMPLES \
    SAMPLES(SAMPLE("S1", "BIOPSY", "C34.1", "") "," SAMPLE("S2", "LIQUID", "C42.0", ""))
#define ONE_EACH                                                               \
    TWO_SAMPLES ",\"variant\":[" FOUND("EGFR", "L858R", "S1") "," FOUND(       \
        "EGFR", "T790M", "S2") "],\"copyNumber\":[{\"gene\":\"MET\",\"call\":" \
                               "\"AMPLIFICATION\",\"specimenId\":\"S2\"}]"
#define ONE_LOOSE                                       \
    TWO_SAMPLES ",\"variant\":[" FOUND("EGFR", "L858R", \
                                       "S1") ","        \
                                             "{\"gene\":\"EGFR\",\"hgvsp\":\"T790M\"}]"
#define INSIDE                              \
    SAMPLES(SAMPLE("S1", "BIOPSY", "C22.0", \
                   ",\"variant\":[{\"gene\":\"KRAS\"},{\"gene\":\"TP53\"}]"))
#define NOT_SENT \
    "\"variant\":[" FOUND("KRAS", "G12C", "S9") "," FOUND("TP53", "R175H", "S9") "]"
#define WITHOUT_SITE                                                                     \
    SAMPLES("{\"specimenId\":\"S1\",\"specimenType\":\"BIOPSY\",\"variant\":[{\"gene\":" \
            "\"KRAS\"}]}")
#define NO_NUMBER                                                          \
    SAMPLES("{\"specimenType\":\"BIOPSY\"},{\"specimenType\":\"LIQUID\"}") \
    ",\"variant\":[" FOUND("KRAS", "G12C", "S9") "]"
    static const struct sentence sentences[] = {
        {ONE_EACH, "altered EGFR L858R and altered EGFR T790M", YES},
        {ONE_EACH, "sample { altered EGFR L858R altered EGFR T790M }", NO},
        {ONE_EACH, "sample { altered EGFR T790M copy number MET status AMPLIFICATION }",
         YES},
        {ONE_EACH, "sample { specimen LIQUID altered EGFR T790M }", YES},
        {ONE_EACH, "sample { specimen BIOPSY altered EGFR T790M }", NO},
        {ONE_EACH, "sample { specimen BIOPSY not altered EGFR T790M }", YES},
        {ONE_EACH, "not sample { specimen BIOPSY altered EGFR T790M }", YES},
        {ONE_EACH, "sample { topography C34 altered EGFR }", YES},
        {ONE_EACH, "sample { topography C22 altered EGFR }", NO},
        {ONE_EACH, "sample { at least 2 altered EGFR }", NO},
        {ONE_EACH, "sample { at least 2 of (specimen LIQUID, altered EGFR T790M, any) }",
         YES},
        {ONE_EACH, "sample { specimen any status HEALTHY }", NO},
        /* it may be of the one, of the other, or of a third one */
        {ONE_LOOSE, "sample { altered EGFR L858R altered EGFR T790M }", UNKNOWN},
        {ONE_LOOSE, "sample { specimen LIQUID altered EGFR T790M }", UNKNOWN},
        {ONE_LOOSE, "sample { at least 2 altered EGFR }", UNKNOWN},
        {ONE_LOOSE, "sample { specimen BIOPSY altered EGFR L858R }", YES},
        {ONE_LOOSE, "sample { topography C22 altered EGFR T790M }", NO},
        /* what stands inside a sample was found in it */
        {INSIDE, "sample { topography C22 altered KRAS altered TP53 }", YES},
        {INSIDE, "sample { topography C34 altered KRAS }", NO},
        /* named by what was found in it, but not sent */
        {NOT_SENT, "sample { altered KRAS altered TP53 }", YES},
        {WITHOUT_SITE, "sample { specimen BIOPSY altered KRAS }", YES},
        {WITHOUT_SITE, "sample { topography C34 altered KRAS }", UNKNOWN},
        {WITHOUT_SITE, "sample topography C34", UNKNOWN},
        {WITHOUT_SITE, "sample { specimen BIOPSY status TUMOUR altered KRAS }", UNKNOWN},
        /* one of the two may be the one that is named */
        {NO_NUMBER, "sample { specimen BIOPSY altered KRAS }", UNKNOWN},
        {NO_NUMBER, "sample { specimen BIOPSY }", YES},
        /* inside the coverage, there are no others */
        {"", "sample { specimen BIOPSY }", NO},
        {"", "sample { specimen BIOPSY altered KRAS }", NO},
        {"\"variant\":[{\"gene\":\"KRAS\"},{\"gene\":\"TP53\"}]",
         "sample { altered KRAS altered TP53 }", UNKNOWN},
        {"\"variant\":[{\"gene\":\"KRAS\"}]", "sample { altered EGFR }", NO},
    };

    (void)state;
    CHECK(sentences);
}

static void samples_are_measured_by_other_facts(void **state)
{
#define AFTER_PROGRESSION                         \
    DIAGNOSED("2018-01-05")                       \
    ",\"progression\":[{\"progression\":\"YES\"," \
    "\"progressionDate\":\"2020-02-01\"}]," INSIDE
    static const struct sentence sentences[] = {
        {AFTER_PROGRESSION,
         "sample { specimen any after (first progression any) altered KRAS }", YES},
        {AFTER_PROGRESSION,
         "sample { specimen any before (first progression any) altered KRAS }", NO},
        {AFTER_PROGRESSION,
         "sample { specimen any at least 2 years after diagnosis altered KRAS }", YES},
        {AFTER_PROGRESSION, "tumour { sample { specimen any altered KRAS } }", YES},
        {AFTER_PROGRESSION, "treatment L01 or sample { altered KRAS } and sequenced",
         YES},
    };

    (void)state;
    CHECK(sentences);
}

static void events_are_asked_as_one(void **state)
{
#define EVENTS(...) "\"primaryCancer\":[{\"tumorPathoEvent\":[" __VA_ARGS__ "]}]"
#define EVENT(type, site, morphology, method, date)                          \
    "{\"eventType\":\"" type "\",\"topographyCode\":\"" site                 \
    "\",\"morphologyCode\":\"" morphology "\",\"diagnosisMethod\":\"" method \
    "\",\"firstMentionDate\":\"" date "\"}"
#define TWO_EVENTS                                     \
    EVENTS(EVENT("METASTASIS", "C22.0", "8140/3", "2", \
                 "2020-03") "," EVENT("RELAPSE", "C50.9", "8500/3", "7", "2021-01-10"))
#define BARE_EVENT \
    EVENTS("{\"eventType\":\"RELAPSE\",\"firstMentionDate\":\"2020-03-10\"}")
    static const struct sentence sentences[] = {
        {TWO_EVENTS, "event METASTASIS and event method 7", YES},
        {TWO_EVENTS, "event { event METASTASIS method 7 }", NO},
        {TWO_EVENTS, "event { event METASTASIS at C22 morphology 8140/3 method 2 }", YES},
        {TWO_EVENTS, "event { event METASTASIS in 2020 morphology 8140/3 }", YES},
        {TWO_EVENTS, "event { event METASTASIS until 2020-03-15 morphology 8140/3 }",
         UNKNOWN},
        {TWO_EVENTS, "event { event RELAPSE not morphology 8140/3 }", YES},
        {TWO_EVENTS, "event { event RELAPSE morphology (8140, 8480) }", NO},
        {TWO_EVENTS, "event { method 7 since 2021 or morphology 8140/3 in 2019 }", YES},
        {BARE_EVENT, "event { event RELAPSE morphology 8140/3 }", UNKNOWN},
        {BARE_EVENT, "event { event RELAPSE method any }", YES},
        {BARE_EVENT, "event { event METASTASIS morphology 8500/3 }", NO},
        {BARE_EVENT, "event morphology 8140/3", UNKNOWN},
        {DIAGNOSED("2020"), "event { event RELAPSE }", NO},
        {DIAGNOSED("2020"), "event morphology 8500/3", NO},
    };

    (void)state;
    CHECK(sentences);
}

static void a_tnm_is_asked_as_one(void **state)
{
#define TNMS(...) "\"primaryCancer\":[{\"tnmEvent\":[" __VA_ARGS__ "]}]"
#define TNM(t, n, m, type)                                       \
    "{\"tValue\":\"" t "\",\"nValue\":\"" n "\",\"mValue\":\"" m \
    "\",\"tnmType\":\"" type "\",\"tnmDate\":\"2020-03-10\"}"
#define CLINICAL_AND_PATHOLOGICAL \
    TNMS(TNM("T4", "N0", "M0", "c") "," TNM("T2", "N1", "M0", "p"))
#define NO_N TNMS("{\"tValue\":\"T4\",\"mValue\":\"M0\"}")
    static const struct sentence sentences[] = {
        {CLINICAL_AND_PATHOLOGICAL, "tumour { T T4 N N1 }", YES},
        {CLINICAL_AND_PATHOLOGICAL, "tnm { T T4 N N1 }", NO},
        {CLINICAL_AND_PATHOLOGICAL, "tnm { T T4 N N0 M M0 type c }", YES},
        {CLINICAL_AND_PATHOLOGICAL, "tnm { T <= T2 type p }", YES},
        {CLINICAL_AND_PATHOLOGICAL, "tnm { T T4 type p }", NO},
        {CLINICAL_AND_PATHOLOGICAL, "tnm { not T T4 N N1 }", YES},
        {CLINICAL_AND_PATHOLOGICAL, "tnm { type y }", NO},
        {NO_N, "tnm { T T4 N N1 }", UNKNOWN},
        {NO_N, "tnm { T T3 N N1 }", NO},
        {NO_N, "tnm { T T4 M M0 }", YES},
        {NO_N, "tnm { T T4 type p }", UNKNOWN},
        {DIAGNOSED("2020"), "tnm { T T4 }", UNKNOWN},
    };

    (void)state;
    CHECK(sentences);
}

static void measures_are_compared_with_their_limits(void **state)
{
#define ALAT(value, limit, date)                              \
    "{\"measureType\":\"ALAT\",\"measureValue\":" value limit \
    ",\"measureUnit\":\"U/L\","                               \
    "\"measureDate\":\"" date "\"}"
#define MEASURES(...) "\"measure\":[" __VA_ARGS__ "]"
#define LIMIT(limit) ",\"upperLimit\":" limit
#define BOTH_LIMITED                                                            \
    MEASURES(ALAT("90", LIMIT("45"), "2020-03-10") "," ALAT("150", LIMIT("40"), \
                                                            "2021-01-05"))
#define ONE_LIMITED \
    MEASURES(ALAT("90", LIMIT("45"), "2020-03-10") "," ALAT("150", "", "2021-01-05"))
    static const struct sentence sentences[] = {
        {BOTH_LIMITED, "measure ALAT > 3 ULN", YES},
        {BOTH_LIMITED, "first measure ALAT <= 2 ULN", YES},
        {BOTH_LIMITED, "last measure ALAT <= 3 ULN", NO},
        {BOTH_LIMITED, "last measure ALAT = 3.75 LSN", YES},
        {BOTH_LIMITED, "measure ALAT > 4 ULN", NO},
        {BOTH_LIMITED, "at least 2 measure ALAT >= 2 ULN", YES},
        {ONE_LIMITED, "first measure ALAT <= 2 ULN", YES},
        {ONE_LIMITED, "last measure ALAT <= 2 ULN", UNKNOWN},
        {ONE_LIMITED, "measure ALAT > 3 ULN", UNKNOWN},
        {ONE_LIMITED, "measure ALAT > 100 U/L", YES},
        {MEASURES(ALAT("90", "", "2020-03-10")), "measure ALAT > 100 U/L", NO},
    };

    (void)state;
    CHECK(sentences);
}

/* ---- counts ---- */

static void facts_are_counted(void **state)
{
#define TWO_IN_MARCH DRUGS(DRUG("L01ED03", "2020-03-10") "," DRUG("L01XA01", "2020"))
    static const struct sentence sentences[] = {
        {THREE_DRUGS, "at least 2 treatment L01", YES},
        {THREE_DRUGS, "at least 3 treatment L01", NO},
        {THREE_DRUGS, "at most 2 treatment L01", YES},
        {THREE_DRUGS, "at most 1 treatment L01", NO},
        {THREE_DRUGS, "exactly 1 treatment L02", YES},
        {THREE_DRUGS, "exactly 0 treatment L04", YES},
        {THREE_DRUGS, "at least 2 treatment any in 2019", YES},
        {THREE_DRUGS, "exactly 2 treatment any in 2020", NO},
        {TWO_IN_MARCH, "at least 2 treatment any in 2020", YES},
        {TWO_IN_MARCH, "at least 2 treatment any in 2020-03", UNKNOWN},
        {TWO_IN_MARCH, "exactly 1 treatment any in 2020-03", UNKNOWN},
        {TWO_IN_MARCH, "at least 3 treatment any in 2020", NO},
        {PERHAPS_THEN_SURELY, "at least 2 treatment L01ED03", UNKNOWN},
        {PERHAPS_THEN_SURELY, "at most 2 treatment L01ED03", YES},
        /* on one day, yet two */
        {THREE_PS, "at least 2 measure PS on 2021-05-20", YES},
        {THREE_PS, "at least 3 measure PS >= 2", NO},
        {THREE_PS, "at most 1 measure CEA", UNKNOWN},
        /* said twice, it is one */
        {DRUGS(DRUG("L01ED03", "2020-03-10") "," DRUG("L01ED03", "2020-03-10")),
         "at least 2 treatment any", NO},
        /* progression twice, each after a surgery */
        {SURGERY("2020-01-10") "," PROGRESSIONS(
             PROGRESSION("2020-03-01") "," PROGRESSION("2021-03-01")),
         "exactly 2 progression preceded by surgery any", YES},
    };

    (void)state;
    CHECK(sentences);
}

/* ---- anchors ---- */

/* Diagnosis, 22 days, surgery, 29 days, drug, 121 days, its end, 10 days, radiotherapy. */
#define COURSE                              \
    DIAGNOSED("2020-01-10")                 \
    "," SURGERY("2020-02-01") "," DRUGS(    \
        DRUG_UNTIL("L01ED03", "2020-03-01", \
                   "2020-06-30")) "," RADIOTHERAPY("2020-07-10", "2020-08-20")

static void distances_go_to_the_anchor(void **state)
{
    static const struct sentence sentences[] = {
        {COURSE, "treatment L01 started within 29 days after first surgery any", YES},
        {COURSE, "treatment L01 started within 28 days after first surgery any", NO},
        {COURSE, "treatment L01 started 29..29 days after surgery any", YES},
        {COURSE, "treatment L01 at least 1 month after last surgery any", NO},
        {COURSE, "first treatment any within 7 weeks after diagnosis", NO},
        {COURSE, "first treatment any within 8 weeks after diagnosis", YES},
        {COURSE, "radiotherapy any within 10 days after end of last treatment L01", YES},
        {COURSE, "radiotherapy any within 9 days after end of treatment L01", NO},
        {COURSE, "radiotherapy any more than 9 days after end of treatment any", YES},
        {COURSE, "radiotherapy any more than 10 days after end of treatment any", NO},
        {COURSE, "treatment L01 ended within 10 days before radiotherapy any", YES},
        {COURSE, "treatment L01 ended since start of first radiotherapy any", NO},
        {COURSE, "surgery any before end of radiotherapy any", YES},
        {COURSE, "radiotherapy any ended after end of treatment any", YES},
        /* the fact itself may be the first, but never another one */
        {COURSE, "treatment L01 within 30 days after first treatment any", YES},
        {COURSE, "treatment L01 after first treatment any", NO},
        {COURSE, "treatment L01 preceded by treatment any", NO},
        /* between two anchors, whose days count */
        {COURSE "," IMAGING("CT", "2020-02-01"),
         "imaging CT between first surgery any and start of radiotherapy any", YES},
        {COURSE "," IMAGING("CT", "2020-07-10"),
         "imaging CT between first surgery any and start of radiotherapy any", YES},
        {COURSE "," IMAGING("CT", "2020-01-31"),
         "imaging CT between first surgery any and start of radiotherapy any", NO},
        {COURSE "," IMAGING("CT", "2020-08"),
         "imaging CT between radiotherapy any and end of radiotherapy any", UNKNOWN},
        {COURSE, "no imaging CT since first surgery any", YES},
        /* the end is not known */
        {DRUGS(DRUG("L01ED03", "2020-03-01")) "," RADIOTHERAPY("2020-07-10",
                                                               "2020-08-20"),
         "radiotherapy any after end of treatment L01", UNKNOWN},
    };

    (void)state;
    CHECK(sentences);
}

/* Progression before and after the surgery, then a drug. */
#define RELAPSED                                                                         \
    SURGERY("2020-02-01")                                                                \
    "," PROGRESSIONS(PROGRESSION("2020-01-20") "," PROGRESSION("2020-02-20")) "," DRUGS( \
        DRUG("L01ED03", "2020-03-01"))

static void events_are_chosen_among_events(void **state)
{
    static const struct sentence sentences[] = {
        {RELAPSED, "treatment L01 after first (progression after first surgery any)",
         YES},
        {RELAPSED,
         "treatment L01 within 10 days after first (progression after first surgery any)",
         YES},
        {RELAPSED,
         "treatment L01 within 9 days after first (progression after first surgery any)",
         NO},
        {RELAPSED, "treatment L01 within 10 days after first progression", NO},
        {RELAPSED, "treatment L01 within 10 days after second progression", YES},
        {RELAPSED, "treatment L01 after third progression", NO},
        {RELAPSED, "treatment L01 not preceded by third progression", YES},
        {RELAPSED, "surgery any preceded by last progression", NO},
        {RELAPSED, "surgery any not preceded by first progression", NO},
        {RELAPSED, "treatment L01 preceded by (progression preceded by surgery any)",
         YES},
        {RELAPSED, "surgery any preceded by (progression preceded by surgery any)", NO},
        {RELAPSED, "no progression since treatment L01", YES},
        {COURSE,
         "radiotherapy any preceded by (treatment L01 preceded within 29 days by surgery "
         "any)",
         YES},
        {COURSE,
         "radiotherapy any preceded by (treatment L01 preceded within 28 days by surgery "
         "any)",
         NO},
        {COURSE, "treatment L01 after first progression", NO},
        {COURSE, "treatment L01 after first measure CEA > 5", UNKNOWN},
        {PROGRESSIONS(PROGRESSION("2020-02")) "," DRUGS(DRUG("L01ED03", "2020-02-15")),
         "treatment L01 after first progression", UNKNOWN},
        {PROGRESSIONS(PROGRESSION("2020-02")) "," DRUGS(DRUG("L01ED03", "2020-03-01")),
         "treatment L01 within 29 days after first progression", YES},
        {PROGRESSIONS(PROGRESSION("2020-02")) "," DRUGS(DRUG("L01ED03", "2020-03-01")),
         "treatment L01 within 28 days after first progression", UNKNOWN},
    };

    (void)state;
    CHECK(sentences);
}

/* ---- spans ---- */

#define FROM_MARCH_TO_JUNE DRUGS(DRUG_UNTIL("L01ED03", "2020-03-01", "2020-06-30"))
#define FROM_MARCH_ON DRUGS(DRUG("L01ED03", "2020-03-01"))

static void a_span_holds_its_ends(void **state)
{
    static const struct sentence sentences[] = {
        {FROM_MARCH_TO_JUNE "," IMAGING("MR", "2020-06-30"),
         "imaging MR during treatment L01", YES},
        {FROM_MARCH_TO_JUNE "," IMAGING("MR", "2020-07-01"),
         "imaging MR during treatment L01", NO},
        {FROM_MARCH_TO_JUNE "," IMAGING("MR", "2020-07-01"),
         "imaging MR not during treatment L01", YES},
        {FROM_MARCH_TO_JUNE "," IMAGING("MR", "2020-02"),
         "imaging MR during treatment L01", NO},
        {FROM_MARCH_TO_JUNE "," IMAGING("MR", "2020"), "imaging MR during treatment L01",
         UNKNOWN},
        {FROM_MARCH_ON "," IMAGING("MR", "2020-03-01"), "imaging MR during treatment L01",
         YES},
        {FROM_MARCH_ON "," IMAGING("MR", "2020-05-01"), "imaging MR during treatment L01",
         UNKNOWN},
        {FROM_MARCH_ON "," IMAGING("MR", "2020-02-29"), "imaging MR during treatment L01",
         NO},
        /* it may have begun, and ended, before */
        {DRUGS(DRUG("L01ED03", "2020-03")) "," IMAGING("MR", "2020-03-31"),
         "imaging MR during treatment L01", UNKNOWN},
        /* a surgery lasts a day */
        {SURGERY("2020-02-01") "," IMAGING("CT", "2020-02-01"),
         "imaging CT during surgery any", YES},
        {SURGERY("2020-02-01") "," IMAGING("CT", "2020-02-02"),
         "imaging CT during surgery any", NO},
        {SURGERY("2020-02") "," IMAGING("CT", "2020-02-02"),
         "imaging CT during surgery any", UNKNOWN},
        /* of the chosen one */
        {DRUGS(DRUG_UNTIL("L01ED03", "2020-01-01", "2020-01-31") "," DRUG_UNTIL(
             "L01XA01", "2020-03-01", "2020-06-30")) "," IMAGING("MR", "2020-04-01"),
         "imaging MR during first treatment L01", NO},
        {DRUGS(DRUG_UNTIL("L01ED03", "2020-01-01", "2020-01-31") "," DRUG_UNTIL(
             "L01XA01", "2020-03-01", "2020-06-30")) "," IMAGING("MR", "2020-04-01"),
         "imaging MR during second treatment L01", YES},
        {FROM_MARCH_TO_JUNE "," RADIOTHERAPY("2020-06-20", "2020-08-10"),
         "treatment L01 ended during radiotherapy any", YES},
        {FROM_MARCH_TO_JUNE "," RADIOTHERAPY("2020-07-10", "2020-08-10"),
         "treatment L01 ended during radiotherapy any", NO},
    };

    (void)state;
    CHECK(sentences);
}

static void spans_overlap_on_a_common_day(void **state)
{
    static const struct sentence sentences[] = {
        {FROM_MARCH_TO_JUNE "," RADIOTHERAPY("2020-06-30", "2020-08-10"),
         "treatment L01 overlapping radiotherapy any", YES},
        {FROM_MARCH_TO_JUNE "," RADIOTHERAPY("2020-07-01", "2020-08-10"),
         "treatment L01 overlapping radiotherapy any", NO},
        {FROM_MARCH_TO_JUNE "," RADIOTHERAPY("2020-06", "2020-08-10"),
         "treatment L01 overlapping radiotherapy any", YES},
        {FROM_MARCH_TO_JUNE "," RADIOTHERAPY("2020-01-10", "2020-03"),
         "radiotherapy any overlapping treatment L01", YES},
        {FROM_MARCH_TO_JUNE "," RADIOTHERAPY("2020", "2020-12-10"),
         "treatment L01 not overlapping radiotherapy any", UNKNOWN},
        {FROM_MARCH_ON "," RADIOTHERAPY("2020-05-01", "2020-05-20"),
         "treatment L01 overlapping radiotherapy any", UNKNOWN},
        {FROM_MARCH_ON "," RADIOTHERAPY("2020-02-01", "2020-03-01"),
         "treatment L01 overlapping radiotherapy any", YES},
        {FROM_MARCH_ON "," RADIOTHERAPY("2020-02-01", "2020-02-20"),
         "treatment L01 overlapping radiotherapy any", NO},
        {FROM_MARCH_TO_JUNE, "treatment L01 overlapping treatment L01", NO},
        {FROM_MARCH_TO_JUNE, "treatment L01 overlapping first treatment L01", YES},
        {DRUGS(DRUG_UNTIL("L01ED03", "2020-01-01", "2020-03-31") "," DRUG_UNTIL(
             "L01XA01", "2020-03-01", "2020-06-30")),
         "treatment L01ED overlapping treatment L01", YES},
        {SURGERY("2020-03-01") "," FROM_MARCH_ON, "surgery any overlapping treatment any",
         YES},
    };

    (void)state;
    CHECK(sentences);
}

/* ---- dates of the patient ---- */

static void dates_of_the_patient_are_points(void **state)
{
#define DIED_18_DAYS_AFTER DIED("2021-03-10") "," SURGERY("2021-02-20")
#define VISITED_365_DAYS_AFTER DIAGNOSED("2020-01-10") "," VISITED("2021-01-09")
    static const struct sentence sentences[] = {
        {DIED_18_DAYS_AFTER, "surgery any within 18 days before death", YES},
        {DIED_18_DAYS_AFTER, "surgery any within 17 days before death", NO},
        {DIED_18_DAYS_AFTER, "died within 30 days after last surgery any", YES},
        {DIED_18_DAYS_AFTER, "died within 17 days after last surgery any", NO},
        {DIED_18_DAYS_AFTER, "died not preceded within 30 days by surgery any", NO},
        {DIED_18_DAYS_AFTER, "died after first progression", NO},
        {DIED_18_DAYS_AFTER, "died in the last 3 months", YES},
        {DIED_18_DAYS_AFTER, "died in the last 2 months", NO},
        {DIED_18_DAYS_AFTER, "died in 2021 after surgery any", YES},
        {DIED_18_DAYS_AFTER, "died in 2020 after surgery any", NO},
        {DIED("2021-03") "," SURGERY("2021-02-20"),
         "died within 18 days after surgery any", UNKNOWN},
        {DIED("2021-03-10") "," DRUGS(DRUG_UNTIL("L01ED03", "2021-03-01", "2021-03-15")),
         "died during treatment L01", YES},
        {DIED("2021-03-10") "," DRUGS(DRUG("L01ED03", "2021-03-01")),
         "died during treatment L01", UNKNOWN},
        /* alive: there is no death; unheard of: there may be */
        {VISITED("2021-05-01") "," SURGERY("2021-02-20"),
         "surgery any within 1000 days before death", NO},
        {VISITED("2021-05-01") "," SURGERY("2021-02-20"), "died since 1900", NO},
        {SURGERY("2021-02-20"), "surgery any within 1000 days before death", UNKNOWN},
        {"\"latestNews\":{\"vitalStatus\":\"DEAD\"}," SURGERY("2021-02-20"),
         "surgery any within 1000 days before death", UNKNOWN},
        {VISITED_365_DAYS_AFTER, "last visit within 1 year after diagnosis", YES},
        {VISITED_365_DAYS_AFTER, "last visit within 364 days after diagnosis", NO},
        {VISITED_365_DAYS_AFTER, "last contact at least 1 year after diagnosis", YES},
        {VISITED("2021-01-09") "," SURGERY("2021-02-20"), "surgery any after last visit",
         YES},
        {VISITED("2021-01-09") "," SURGERY("2021"), "surgery any after last visit",
         UNKNOWN},
        {DIAGNOSED("2020-01-10") "," SURGERY("2019-12-31"), "diagnosed after surgery any",
         YES},
        {DIAGNOSED("2020-01") "," SURGERY("2020-01-05"), "diagnosed after surgery any",
         UNKNOWN},
        {DIAGNOSED("2020-01-10"), "diagnosed in the last 2 years", YES},
    };

    (void)state;
    CHECK(sentences);
}

static void ages_are_completed_years(void **state)
{
#define BORN_IN_JUNE BORN("1950-06-15") "," DIED("2021-03-10")
    static const struct sentence sentences[] = {
        /* 71 in a fortnight */
        {BORN_IN_JUNE, "age = 70", YES},
        {BORN_IN_JUNE, "age now >= 71", NO},
        {BORN_IN_JUNE, "age at death = 70", YES},
        {BORN_IN_JUNE, "died at age < 70", NO},
        {BORN("1950-06"), "age = 70", UNKNOWN},
        {BORN("1950-06"), "age 70..71", YES},
        {BORN("1950-06"), "age > 71", NO},
        {"", "age 0..150", UNKNOWN},
        {BORN_IN_JUNE "," SURGERY("2020-06-14"), "surgery any at age >= 70", NO},
        {BORN_IN_JUNE "," SURGERY("2020-06-15"), "surgery any at age >= 70", YES},
        {BORN_IN_JUNE "," SURGERY("2020-06"), "surgery any at age >= 70", UNKNOWN},
        {BORN_IN_JUNE "," SURGERY("2020-06"), "surgery any at age 69..70", YES},
        {BORN("1952-02-29") "," SURGERY("2021-02-28"), "surgery any at age 69", NO},
        {BORN("1952-02-29") "," SURGERY("2021-03-01"), "surgery any at age 69", YES},
        {BORN_IN_JUNE "," FROM_MARCH_TO_JUNE, "treatment L01 started at age >= 70", NO},
        {BORN_IN_JUNE "," FROM_MARCH_TO_JUNE, "treatment L01 ended at age >= 70", YES},
        {BORN("1950-06-15") "," VISITED("2021-05-01"), "age at death < 100", NO},
        {BORN("1950-06-15"), "age at death < 100", UNKNOWN},
        {BORN("1950-06-15") "," VISITED("2020-06-15"), "age at last visit = 70", YES},
        {BORN("1950-06-15") "," VISITED("2020-06-15"), "age at last contact < 70", NO},
        {BORN("1950-06-15") "," DIAGNOSED("2020-06-14"), "age at diagnosis = 69", YES},
    };

    (void)state;
    CHECK(sentences);
}

/* ---- names ---- */

static void names_stand_for_what_they_name(void **state)
{
    static const struct sentence sentences[] = {
        {BORN_IN_JUNE, "named \"old\" (age >= 65) and not use \"old\"", NO},
        {BORN_IN_JUNE, "named \"old\" (age >= 65) and use \"old\"", YES},
        {BORN_IN_JUNE, "not named \"young\" (age < 50) and not use \"young\"", YES},
        {"", "named \"old\" (age >= 65) and (dead or use \"old\")", UNKNOWN},
        {COURSE,
         "tumour { named \"soon\" (surgery any within 30 days after diagnosis) and "
         "at least 1 of (use \"soon\", dead) }",
         YES},
    };

    (void)state;
    CHECK(sentences);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_order_chooses_by_word_and_codes),
        cmocka_unit_test(facts_of_one_day_stand_together),
        cmocka_unit_test(unknown_days_leave_the_order_open),
        cmocka_unit_test(orders_are_of_the_tumour_asked_about),
        cmocka_unit_test(findings_are_of_one_sample),
        cmocka_unit_test(samples_are_measured_by_other_facts),
        cmocka_unit_test(events_are_asked_as_one),
        cmocka_unit_test(a_tnm_is_asked_as_one),
        cmocka_unit_test(measures_are_compared_with_their_limits),
        cmocka_unit_test(facts_are_counted),
        cmocka_unit_test(distances_go_to_the_anchor),
        cmocka_unit_test(events_are_chosen_among_events),
        cmocka_unit_test(a_span_holds_its_ends),
        cmocka_unit_test(spans_overlap_on_a_common_day),
        cmocka_unit_test(dates_of_the_patient_are_points),
        cmocka_unit_test(ages_are_completed_years),
        cmocka_unit_test(names_stand_for_what_they_name),
    };

    return cmocka_run_group_tests_name("the language by example", tests, NULL, NULL);
}
