/* SPDX-License-Identifier: Apache-2.0
 *
 * test_osiris_rwd.c: whatever the dialect, the same patient gives the same facts; what
 * cannot be read is named, and the rest is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "adapt/adapt.h"
#include "adapt/test_facts.h"
#include "base/arena.h"
#include "base/error.h"

/* JSON is the inside of an object that has patientId "7" already; FACTS leaves out the
 * patient's own fact where it says no more than that. */
struct sentence {
    const char *says;
    const char *json;
    const char *facts;
    const char *remarks;
};

static void print_all(struct buffer *out, const struct facts *facts,
                      const struct remarks *remarks)
{
    for (size_t i = 0; i < facts->n; i++)
        if (facts->fact[i].group != GROUP_PATIENT || facts->fact[i].n_values > 1)
            print_fact(out, &facts->fact[i]);
    buffer_char(out, '|');
    for (const struct remark *remark = remarks->first; remark; remark = remark->next)
        print_remark(out, remark);
}

/* The facts and remarks of JSON, as it stands, in OUT. */
static int adapt_whole(struct buffer *out, const char *json, struct error *err)
{
    struct arena *arena = arena_new("test", (size_t)16 << 20);
    struct remarks remarks = {0};
    struct facts *facts;
    int rc = adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, json, strlen(json), 42,
                            &facts, &remarks, err);

    buffer_clear(out);
    if (rc == 0)
        print_all(out, facts, &remarks);
    arena_free(arena);
    return rc;
}

static void check(const struct sentence *sentence)
{
    struct error err = ERROR_INIT;
    struct buffer json, said, expected;

    buffer_init(&json, 1 << 20);
    buffer_init(&said, 1 << 20);
    buffer_init(&expected, 1 << 20);
    buffer_printf(&json, "{\"patientId\":\"7\",%s}", sentence->json);
    buffer_printf(&expected, "%s|%s", sentence->facts,
                  sentence->remarks ? sentence->remarks : "");
    if (adapt_whole(&said, buffer_text(&json), &err) < 0)
        fail_msg("%s: %s", sentence->says, err.message);
    if (strcmp(buffer_text(&said), buffer_text(&expected)) != 0)
        fail_msg("%s:\n%s\nexpected\n%s", sentence->says, buffer_text(&said),
                 buffer_text(&expected));
    buffer_free(&json);
    buffer_free(&said);
    buffer_free(&expected);
}

static void check_all(const struct sentence *sentences, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check(&sentences[i]);
}

static void dates_are_read_in_every_form(void **state)
{
    static const struct sentence sentences[] = {
        {"three fields",
         "\"birthdateYear\":\"1962\",\"birthdateMonth\":\"03\","
         "\"birthdateDay\":\"14\"",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1962-03-14\n", NULL},
        {"three numbers, with Date in the name",
         "\"birthDateYear\":1962,\"birthDateMonth\":3,\"birthDateDay\":14",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1962-03-14\n", NULL},
        {"snake case", "\"birth_date_year\":\"1962\",\"birth_date_month\":\"3\"",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1962-03\n", NULL},
        {"one text", "\"PatientBirthDate\":\"1962/03/14\"",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1962-03-14\n", NULL},
        {"one text in French order", "\"birthDate\":\" 14/03/1962 \"",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1962-03-14\n", NULL},
        {"one number", "\"birthDate\":19620314",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1962-03-14\n", NULL},
        {"an object", "\"birthDate\":{\"year\":1962,\"month\":3}",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1962-03\n", NULL},
        {"an unknown day stays unknown",
         "\"birthdateYear\":\"1962\",\"birthdateMonth\":\"02\",\"birthdateDay\":\"UN\"",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1962-02\n", NULL},
        {"null and empty parts too",
         "\"birthdateYear\":\"1962\",\"birthdateMonth\":null,\"birthdateDay\":\"\"",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1962\n", NULL},
        {"a date said to be unknown",
         "\"birthdateYear\":\"UN\",\"birthdateMonth\":\"UN\",\"birthdateDay\":\"UN\"",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=unknown\n", NULL},
        {"or in a word of another software", "\"birthDate\":\"inconnue\"",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=unknown\n", NULL},
        {"no date at all", "\"birthdateYear\":null", "", NULL},
        {"in one text and in parts, agreeing",
         "\"birthDate\":\"1962-03\",\"birthDateYear\":\"1962\",\"birthDateMonth\":\"3\"",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1962-03\n", NULL},
        {"in one text and in parts, not agreeing",
         "\"birthDate\":\"1962-03\",\"birthDateYear\":\"1963\"",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1963\n",
         "conflict birthDate: said in one text and in parts, differently: the parts are "
         "kept\n"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void a_wrong_value_is_named_and_the_rest_kept(void **state)
{
    static const struct sentence sentences[] = {
        {"a month",
         "\"primaryCancer\":[{\"cancerDiagnosisDateYear\":\"2020\","
         "\"cancerDiagnosisDateMonth\":\"13\",\"topographyCode\":\"C34.1\"}]",
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=C34.1\n",
         "refused primaryCancer[0].cancerDiagnosisDateMonth: month 13: expected 01 to 12, or "
         "UN\n"},
        {"a day",
         "\"primaryCancer\":[{\"topographyCode\":\"C34.1\"},"
         "{\"cancerDiagnosisDateYear\":\"2020\",\"cancerDiagnosisDateDay\":\"32\","
         "\"topographyCode\":\"C50.1\"}]",
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=C34.1\n"
         "PRIMARY_CANCER tumour 1: TOPOGRAPHY=C50.1\n",
         "refused primaryCancer[1].cancerDiagnosisDateDay: day 32: expected 01 to 31, or UN\n"},
        {"a number with its unit",
         "\"measure\":[{\"measureType\":\"LDH\",\"measureValue\":\"12.5 UI/L\"}]",
         "MEASURE: MEASURE_TYPE=LDH\n",
         "refused measure[0].measureValue: \"12.5 UI/L\": expected a number, such as 12.5 or "
         "12,5, without unit\n"},
        {"an object for a text", "\"biologicalSex\":{\"code\":\"F\"}", "",
         "refused biologicalSex: an object: expected a text or a number\n"},
        {"a word for an object", "\"medication\":[\"cisplatine\",null]", "",
         "refused medication[0]: expected an object\n"},
        {"a character that ends strings",
         "\"medication\":[{\"moleculeName\":\"cis\\u0000platine\",\"source\":1}]",
         "DRUG source 1\n",
         "refused medication[0].moleculeName: the text has a NUL character\n"},
        {"a number beyond all numbers",
         "\"measure\":[{\"measureType\":\"LDH\",\"measureValue\":1e999}]",
         "MEASURE: MEASURE_TYPE=LDH\n",
         "refused measure[0].measureValue: \"1e999\": expected a number, such as 12.5 or "
         "12,5, without unit\n"},
        {"an end before the start",
         "\"medication\":[{\"moleculeDate\":\"2021-03-14\",\"moleculeEndDate\":\"2021-02\"}]",
         "DRUG [2021-03-14]: DRUG_END=2021-02\n",
         "conflict medication[0]: ends before it starts: the end is not used\n"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void unknown_keys_are_named_once(void **state)
{
    static const struct sentence sentences[] = {
        {"without their place in the array",
         "\"primaryCancer\":[{\"shoeSize\":1,\"topographyCode\":\"C34\"},{\"shoeSize\":2}]",
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=C34\n",
         "unknown primaryCancer[].shoeSize\n"},
        {"an unknown object is not looked into",
         "\"hobbies\":{\"a\":{\"b\":[1,{\"c\":2}]}}", "", "unknown hobbies\n"},
        {"one that says nothing is not named",
         "\"hobbies\":null,\"pets\":\"\",\"cars\":[]", "", NULL},
        {"a short name at the top may mean anything",
         "\"label\":\"x\",\"code\":\"E11\",\"date\":\"2020\",\"t\":\"1\"", "",
         "unknown label\nunknown code\nunknown date\nunknown t\n"},
        {"a name that several groups have too", "\"topographyCode\":\"C34\"", "",
         "unknown topographyCode\n"},
        {"a description beside a tumour is no event",
         "\"primaryCancer\":[{\"topographyCode\":\"C34\",\"description\":\"x\"}]",
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=C34\n",
         "refused primaryCancer[0]: Tumour event: items stand here without its code or date\n"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void said_twice(void **state)
{
    static const struct sentence sentences[] = {
        {"the same is no conflict", "\"ipp\":\"7\",\"sex\":\"M\",\"gender\":\"male\"",
         "PATIENT: PATIENT_ID=7 PATIENT_SEX=M\n", NULL},
        {"of two, the first is kept", "\"sex\":\"M\",\"sex\":\"F\"",
         "PATIENT: PATIENT_ID=7 PATIENT_SEX=M\n",
         "conflict sex: said twice and differently: the first is kept\n"},
        {"null does not count as said", "\"sex\":null,\"gender\":\"F\"",
         "PATIENT: PATIENT_ID=7 PATIENT_SEX=F\n", NULL},
        {"parts of a date too", "\"birthdateYear\":1962,\"birthDateYear\":1963",
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1962\n",
         "conflict birthDateYear: said twice and differently: the first is kept\n"},
        {"several values for one item",
         "\"radiotherapy\":[{\"radiationDate\":\"2020\",\"topographyCode\":[\"C34\",null,"
         "\"C71.1\"]}]",
         "RADIOTHERAPY [2020]: RADIOTHERAPY_TOPOGRAPHY=C34\n",
         "conflict radiotherapy[0].topographyCode[2]: said twice and differently: the first is "
         "kept\n"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void unknown_is_said_absent_is_not(void **state)
{
    static const struct sentence sentences[] = {
        {"a code that is not known",
         "\"primaryCancer\":{\"laterality\":\"UN\",\"tnmEvent\":{\"tValue\":\"TX\","
         "\"nValue\":null}}",
         "PRIMARY_CANCER tumour 0: LATERALITY=?\nTNM tumour 0: TNM_T=?\n", NULL},
        {"a risk factor", "\"riskFactor\":{\"patientSmoking\":\"INCONNU\"}",
         "RISK_FACTOR: RISK_SMOKING=?\n", NULL},
        {"a number that is not known is absent",
         "\"measure\":[{\"measureType\":\"PS\",\"measureValue\":\"ND\"}]",
         "STATE: STATE_TYPE=PS\n", NULL},
        {"an object that says nothing is no fact",
         "\"primaryCancer\":[{\"topographyCode\":null,\"surgery\":[{\"ccamCode\":\"\"}]}],"
         "\"medication\":[{},{\"moleculeCode\":null}]",
         "", NULL},
        {"a tumour of which only a treatment is said is a tumour",
         "\"primaryCancer\":[{},{\"surgery\":[{\"ccamCode\":\"GFFA013\"}]}]",
         "PRIMARY_CANCER tumour 0\nSURGERY tumour 0: SURGERY_CODE=GFFA013\n", NULL},
        {"one in which only the patient is spoken of is none, and the next one moves up",
         "\"primaryCancer\":[{\"riskFactor\":{\"smoking\":\"Y\"},\"primaryCancer\":{"
         "\"topographyCode\":\"C61\"}}]",
         "RISK_FACTOR: RISK_SMOKING=YES\nPRIMARY_CANCER tumour 0: TOPOGRAPHY=C61\n",
         NULL},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void numbers_are_read_with_point_or_comma(void **state)
{
    static const struct {
        const char *json, *number;
    } numbers[] = {
        {"12.5", "12.5"},       {"\"12,5\"", "12.5"},
        {"\" 12.5 \"", "12.5"}, {"12", "12"},
        {"\"012\"", "12"},      {"\"+3\"", "3"},
        {"-0.0", "0"},          {"\"-4,25\"", "-4.25"},
        {"\"1e3\"", "1000"},    {"18446744073709551616", "1.8446744073709552e+19"},
    };
    struct sentence sentence;
    char json[200], facts[200];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        snprintf(json, sizeof(json),
                 "\"measure\":{\"measureType\":\"CRP\",\"measureValue\":%s}",
                 numbers[i].json);
        snprintf(facts, sizeof(facts), "MEASURE: MEASURE_TYPE=CRP MEASURE_VALUE=%s\n",
                 numbers[i].number);
        sentence = (struct sentence){numbers[i].json, json, facts, NULL};
        check(&sentence);
    }
}

static void texts_may_be_numbers(void **state)
{
    static const struct sentence sentences[] = {
        {"an integer",
         "\"primaryCancer\":[{\"diagnosisMethod\":7,\"tnm\":{\"tnmVersion\":8}}]",
         "PRIMARY_CANCER tumour 0: DIAGNOSIS_METHOD=7\nTNM tumour 0: TNM_VERSION=8\n",
         NULL},
        {"a real",
         "\"observation\":{\"observationType\":\"pain\",\"observationValue\":3.1}",
         "OBSERVATION: OBSERVATION_TYPE=PAIN OBSERVATION_VALUE=3.1\n", NULL},
        {"yes and no",
         "\"medication\":{\"moleculeCode\":\"L01XA01\",\"clinicalTrial\":true,"
         "\"inOut\":false}",
         "DRUG out: DRUG_CODE=L01XA01 DRUG_TRIAL=YES\n", NULL},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void units_are_converted_or_refused(void **state)
{
    static const struct sentence sentences[] = {
        {"centimetres of a tumour",
         "\"primaryCancer\":[{\"topographyCode\":\"C34\",\"tumorSize\":[{\"sizeValue\":\"1,1\","
         "\"sizeUnit\":\"cm\"}]}]",
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=C34\nSIZE tumour 0: SIZE_VALUE=11 SIZE_UNIT=mm\n",
         NULL},
        {"millimetres",
         "\"primaryCancer\":[{\"tumorSize\":[{\"sizeValue\":11,"
         "\"sizeUnit\":\"mm\"}]}]",
         "PRIMARY_CANCER tumour 0\nSIZE tumour 0: SIZE_VALUE=11 SIZE_UNIT=mm\n", NULL},
        {"inches",
         "\"primaryCancer\":[{\"tumorSize\":[{\"sizeValue\":2,"
         "\"sizeUnit\":\"inch\"}]}]",
         "PRIMARY_CANCER tumour 0\nSIZE tumour 0: SIZE_UNIT=inch\n",
         "refused primaryCancer[0].tumorSize[0]: \"inch\": expected mm\n"},
        {"centigrays",
         "\"radiotherapy\":[{\"totalDose\":6000,\"doseUnit\":\"cGy\",\"startDateYear\":2020}]",
         "RADIOTHERAPY [2020]: RADIOTHERAPY_DOSE=60 RADIOTHERAPY_UNIT=Gy\n", NULL},
        {"other measures keep theirs",
         "\"measure\":[{\"measureType\":\"taille\",\"measureValue\":1.68,"
         "\"measureUnit\":\"m\"}]",
         "STATE: STATE_TYPE=HEIGHT STATE_VALUE=1.68 STATE_UNIT=m\n", NULL},
        {"a unit of UMLS",
         "\"measure\":[{\"measureType\":\"poids\",\"measureValue\":71.5,"
         "\"measureUnit\":\"C0439209\"}]",
         "STATE: STATE_TYPE=WEIGHT STATE_VALUE=71.5 STATE_UNIT=C0439209\n", NULL},
        {"but for one that cannot be",
         "\"measure\":[{\"measureType\":\"LDH\","
         "\"measureValue\":2,\"measureUnit\":\"inch\"}]",
         "MEASURE: MEASURE_TYPE=LDH MEASURE_UNIT=inch MEASURE_VALUE=2\n",
         "refused measure[0]: \"inch\": expected U/L\n"},
        {"one that is said to be unknown is no mistake",
         "\"measure\":[{\"measureType\":\"LDH\","
         "\"measureValue\":2,\"measureUnit\":\"UN\"}]",
         "MEASURE: MEASURE_TYPE=LDH MEASURE_UNIT=UN MEASURE_VALUE=2\n", NULL},
        {"of a marker",
         "\"biomarker\":[{\"biomarkerName\":\"CA 19-9\",\"biomarkerValueNum\":40,"
         "\"biomarkerUnit\":\"g/L\"}]",
         "BIOMARKER: BIOMARKER_NAME=CA 19-9 BIOMARKER_NUMBER=40 BIOMARKER_UNIT=g/L\n",
         "refused biomarker[0]: \"g/L\": expected kU/L\n"},
        {"of what is no measure of ours, any",
         "\"measure\":[{\"measureType\":\"PS\",\"measureValue\":2,\"measureUnit\":\"points\"},"
         "{\"measureType\":\"moon\",\"measureValue\":2,\"measureUnit\":\"parsec\"}]",
         "STATE: STATE_TYPE=PS STATE_VALUE=2 STATE_UNIT=points\n"
         "MEASURE: MEASURE_TYPE=MOON MEASURE_UNIT=parsec MEASURE_VALUE=2\n",
         NULL},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void the_rules_of_single_groups(void **state)
{
    static const struct sentence sentences[] = {
        {"a past cancer is a cancer not cared for here",
         "\"pastCancer\":[{\"topographyCode\":\"C50\",\"cancerDiagnosisDateYear\":\"2001\"},{}]",
         "PRIMARY_CANCER [2001] tumour 0: CANCER_CARE_HERE=NO TOPOGRAPHY=C50\n", NULL},
        {"the group of the topography stands in for it",
         "\"primaryCancer\":[{\"topographyGroup\":\"C34\"}]",
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=C34 TOPOGRAPHY_GROUP=C34\n", NULL},
        {"PS, weight and height are the patient's state, wherever they stand",
         "\"primaryCancer\":[{\"topographyCode\":\"C34\",\"measure\":[{\"measureType\":\"PS\","
         "\"measureValue\":1,\"measureDateYear\":\"2020\"},{\"measureType\":\"ldh\","
         "\"measureValue\":2}]}]",
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=C34\n"
         "STATE [2020]: STATE_TYPE=PS STATE_VALUE=1\n"
         "MEASURE tumour 0: MEASURE_TYPE=LDH MEASURE_VALUE=2\n",
         NULL},
        {"a drug without a code is a drug",
         "\"medication\":[{\"moleculeCode\":null,"
         "\"moleculeName\":\"tanceva\"}]",
         "DRUG: DRUG_NAME=tanceva\n", NULL},
        {"an event starts with its diagnosis when its mention is not dated",
         "\"primaryCancer\":[{\"tumorPathoEvent\":[{\"eventType\":\"1\","
         "\"diagnosisDate\":\"2021-05\"}]}]",
         "PRIMARY_CANCER tumour 0\n"
         "TUMOUR_EVENT [2021-05] tumour 0: EVENT_TYPE=LOCAL EVENT_DIAGNOSIS=2021-05\n",
         NULL},
        {"and with the metastasis when that is not dated either",
         "\"primaryCancer\":[{\"tumorPathoEvent\":[{\"eventType\":\"2\","
         "\"firstMentionDate\":\"UN\",\"metastasisDiscoveryDate\":\"2021-06\"}]}]",
         "PRIMARY_CANCER tumour 0\n"
         "TUMOUR_EVENT [2021-06] tumour 0: EVENT_TYPE=METASTASIS EVENT_MENTION=unknown "
         "EVENT_METASTASIS_DATE=2021-06\n",
         NULL},
        {"a biomarker's value is a word",
         "\"biomarker\":[{\"biomarkerName\":\"EGFR\","
         "\"biomarkerValue\":\"positif\"}]",
         "BIOMARKER: BIOMARKER_NAME=EGFR BIOMARKER_STATUS=POSITIVE\n", NULL},
        {"or a number",
         "\"biomarker\":[{\"biomarkerName\":\"PD-L1\",\"biomarkerValue\":\"12,5\"},"
         "{\"biomarkerName\":\"PD-L1\",\"biomarkerValue\":60}]",
         "BIOMARKER: BIOMARKER_NAME=PD-L1 BIOMARKER_NUMBER=12.5\n"
         "BIOMARKER: BIOMARKER_NAME=PD-L1 BIOMARKER_NUMBER=60\n",
         NULL},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void groups_stand_where_the_source_puts_them(void **state)
{
    static const struct sentence sentences[] = {
        {"what several sources say of the patient",
         "\"patient\":[{\"patientId\":\"7\",\"sex\":\"F\"},{\"patientId\":\"8\","
         "\"birthdate\":\"1962\"}]",
         "PATIENT: PATIENT_ID=7 PATIENT_SEX=F\nPATIENT: PATIENT_ID=8 PATIENT_BIRTH=1962\n",
         NULL},
        {"treatments at the top hang on no tumour",
         "\"surgery\":[{\"surgeryDate\":\"2020\"}],\"radiotherapy\":{\"startDateYear\":2021},"
         "\"primaryCancer\":[{\"topographyCode\":\"C34\"}]",
         "SURGERY [2020]\nRADIOTHERAPY [2021]\nPRIMARY_CANCER tumour 0: TOPOGRAPHY=C34\n",
         NULL},
        {"those inside a tumour hang on it",
         "\"primaryCancer\":[{\"topographyCode\":\"C34\"},{\"topographyCode\":\"C50\","
         "\"medication\":[{\"medicationName\":\"x\",\"startDateYear\":2021}]}]",
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=C34\nPRIMARY_CANCER tumour 1: TOPOGRAPHY=C50\n"
         "DRUG [2021] tumour 1: DRUG_NAME=x\n",
         NULL},
        {"what is the patient's stays so inside a tumour",
         "\"primaryCancer\":[{\"topographyCode\":\"C34\",\"biologicalSpecimen\":{"
         "\"specimenId\":\"S1\",\"biomarker\":[{\"biomarkerName\":\"ALK\"}]}}]",
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=C34\nSPECIMEN: SPECIMEN_ID=S1\n"
         "BIOMARKER tumour 0: BIOMARKER_NAME=ALK BIOMARKER_SPECIMEN=S1\n",
         NULL},
        {"what was found in a sample names it, whether inside it or by its own words",
         "\"biologicalSpecimen\":[{\"specimenType\":\"Biopsie\",\"variant\":[{\"gene\":"
         "\"TP53\"},{\"gene\":\"KRAS\",\"specimenId\":\"S3\"}],\"specimenId\":\"S2\"}],"
         "\"fusion\":{\"gene\":\"ALK\",\"sampleId\":\"S2\"}",
         "SPECIMEN: SPECIMEN_ID=S2 SPECIMEN_TYPE=BIOPSY\n"
         "VARIANT: VARIANT_GENE=TP53 VARIANT_SPECIMEN=S2\n"
         "VARIANT: VARIANT_GENE=KRAS VARIANT_SPECIMEN=S3\n"
         "FUSION: FUSION_GENE=ALK FUSION_SPECIMEN=S2\n",
         NULL},
        {"a sample without a number gives none",
         "\"biologicalSpecimen\":[{\"specimenType\":\"Biopsie\",\"variant\":[{\"gene\":"
         "\"TP53\"}]}]",
         "SPECIMEN: SPECIMEN_TYPE=BIOPSY\nVARIANT: VARIANT_GENE=TP53\n", NULL},
        {"a statement that needs a tumour but stands in none is kept",
         "\"tnmEvent\":[{\"tValue\":\"T2\"}]", "TNM: TNM_T=T2\n", NULL},
        {"the patient in an object of its own",
         "\"patient\":{\"sex\":\"F\",\"primaryCancer\":{\"topographyCode\":\"C34\"}}",
         "PATIENT: PATIENT_ID=7 PATIENT_SEX=F\nPRIMARY_CANCER tumour 0: TOPOGRAPHY=C34\n",
         NULL},
        {"dates of news at the top",
         "\"lastVisitDateYear\":2023,\"lastVisitDateMonth\":4,\"deathDateYear\":2024,"
         "\"lastNewsDateYear\":2024",
         "VITAL_STATUS: LAST_VISIT=2023-04 LAST_CONTACT=2024 DEATH_DATE=2024\n", NULL},
        {"non-opposition in one word", "\"nonOpposition\":\"NON\"",
         "INFORMATION: NON_OPPOSITION=NO\n", NULL},
        {"TNM and stage flat in the tumour",
         "\"primaryCancer\":[{\"TNMEventTValue\":\"T1a\",\"TNMEventType\":\"c\","
         "\"PrimaryCancerStageValue\":\"IV\",\"TumorSize\":12}]",
         "PRIMARY_CANCER tumour 0: TUMOUR_SIZE=12\nTNM tumour 0: TNM_T=T1a TNM_TYPE=c\n"
         "STAGE tumour 0: STAGE_VALUE=4\n",
         NULL},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

/* One patient in six dialects, the last flat in one object. */
static const char dialects_facts[] =
    "PATIENT: PATIENT_ID=P1 PATIENT_CENTRE=940000664 PATIENT_BIRTH=1962-03 PATIENT_SEX=M\n"
    "PRIMARY_CANCER [2020-09-12] tumour 0: TOPOGRAPHY=C34.1 MORPHOLOGY=8140/3\n"
    "DRUG [2021-01-02]: DRUG_CODE=L01XA01 DRUG_NAME=cisplatine\n|";
static const char *const dialects[] = {
    "{\"patientId\":\"P1\",\"centreFiness\":\"940000664\",\"birthdateYear\":\"1962\","
    "\"birthdateMonth\":\"03\",\"birthdateDay\":\"UN\",\"biologicalSex\":\"Male\","
    "\"primaryCancer\":[{\"cancerDiagnosisDateYear\":\"2020\","
    "\"cancerDiagnosisDateMonth\":\"09\",\"cancerDiagnosisDateDay\":\"12\","
    "\"topographyCode\":\"C34.1\",\"morphologyCode\":\"8140/3\"}],"
    "\"medication\":[{\"moleculeCode\":\"L01XA01\",\"moleculeName\":\"cisplatine\","
    "\"moleculeDateYear\":\"2021\",\"moleculeDateMonth\":\"01\","
    "\"moleculeDateDay\":\"02\"}]}",

    "{\"ipp\":\"P1\",\"finess\":940000664,\"birthDateYear\":1962,\"birthDateMonth\":3,"
    "\"sex\":\"MALE\",\"primaryCancer\":{\"diagnosisDateYear\":2020,"
    "\"diagnosisDateMonth\":9,\"diagnosisDateDay\":12,\"topographyCode\":\"C341\","
    "\"morphologyCode\":\"81403\"},\"medication\":{\"atcCode\":\"L01XA01\","
    "\"medicationName\":\"cisplatine\",\"startDateYear\":2021,\"startDateMonth\":1,"
    "\"startDateDay\":2}}",

    "{\"patientid\":\"P1\",\"origincenterid\":\"940000664\",\"birthdateyear\":\"1962\","
    "\"birthdatemonth\":\"03\",\"gender\":\"M\",\"primarycancer\":[{"
    "\"cancerdiagnosisdateyear\":\"2020\",\"cancerdiagnosisdatemonth\":\"09\","
    "\"cancerdiagnosisdateday\":\"12\",\"cancerdiagnosistopographycode\":\"C34.1\","
    "\"cancerdiagnosismorphologycode\":\"8140/3\"}],\"treatmentdrug\":[{"
    "\"drugcode\":\"L01XA01\",\"drugname\":\"cisplatine\",\"drugdateyear\":\"2021\","
    "\"drugdatemonth\":\"01\",\"drugdateday\":\"02\"}]}",

    "{\"PatientId\":\"P1\",\"PatientOriginCenterId\":\"940000664\","
    "\"PatientBirthDate\":\"1962/03\",\"PatientGender\":\"M\",\"PrimaryCancer\":[{"
    "\"CancerDiagnosisDate\":\"2020/09/12\",\"CancerDiagnosisTopographyCode\":\"C34.1\","
    "\"CancerDiagnosisMorphologyCode\":\"8140/3\"}],\"TreatmentDrug\":[{"
    "\"DrugCode\":\"L01XA01\",\"DrugName\":\"cisplatine\",\"DrugDate\":\"2021/01/02\"}]}",

    "{\"patient\":{\"patient_id\":\"P1\",\"patient_origin_center_id\":\"940000664\","
    "\"birth_date\":\"03/1962\",\"sex\":\"homme\"},\"primary_cancer\":[{"
    "\"diagnosis_date\":\"12/09/2020\",\"topography_code\":\"C34.1\","
    "\"morphology_code\":\"8140/3\"}],\"medications\":[{\"atc_code\":\"l01xa01\","
    "\"drug_name\":\"cisplatine\",\"start_date\":\"02/01/2021\"}]}",

    "{\"PatientId\":\"P1\",\"PatientOriginCenterId\":\"940000664\","
    "\"PatientBirthDate\":\"1962/03\",\"PatientGender\":\"M\","
    "\"CancerDiagnosisDate\":\"2020/09/12\",\"CancerDiagnosisTopographyCode\":\"C34.1\","
    "\"CancerDiagnosisMorphologyCode\":\"8140/3\",\"DrugCode\":\"L01XA01\","
    "\"DrugName\":\"cisplatine\",\"DrugDate\":\"2021/01/02\"}",
};

static void dialects_say_the_same(void **state)
{
    struct error err = ERROR_INIT;
    struct buffer said;

    (void)state;
    buffer_init(&said, 1 << 20);
    for (size_t i = 0; i < ARRAY_LENGTH(dialects); i++) {
        if (adapt_whole(&said, dialects[i], &err) < 0)
            fail_msg("dialect %zu: %s", i, err.message);
        if (strcmp(buffer_text(&said), dialects_facts) != 0)
            fail_msg("dialect %zu:\n%s\nexpected\n%s", i, buffer_text(&said),
                     dialects_facts);
    }
    buffer_free(&said);
}

static void a_fragment_is_refused_as_a_whole(void **state)
{
    static const struct {
        const char *json, *message;
    } rows[] = {
        {"", "not JSON: nothing there"},
        {"{\"patientId\":\"7\"", "not JSON: "},
        {"{\"patientId\":\"\xE9\"}", "not JSON: "},
        {"[1]", "expected a JSON object, one patient"},
        {"{\"sex\":\"F\"}", "no patient number: expected patientId"},
        {"{\"patientId\":\" \"}", "no patient number: expected patientId"},
        {"{\"patientId\":null,\"sex\":\"F\"}", "no patient number: expected patientId"},
    };
    struct buffer said;

    (void)state;
    buffer_init(&said, 1 << 16);
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct error err = ERROR_INIT;

        assert_int_equal(adapt_whole(&said, rows[i].json, &err), -1);
        assert_int_equal(err.code, ERROR_INPUT);
        if (strncmp(err.message, rows[i].message, strlen(rows[i].message)) != 0)
            fail_msg("%s: \"%s\"", rows[i].json, err.message);
    }
    buffer_free(&said);
}

static void known_objects_nest_sixteen_deep(void **state)
{
    struct buffer json, said;
    struct error err = ERROR_INIT;

    (void)state;
    buffer_init(&said, 1 << 16);
    for (int depth = 15; depth <= 16; depth++) {
        buffer_init(&json, 1 << 16);
        buffer_string(&json, "{\"patientId\":\"7\"");
        for (int i = 0; i < depth; i++)
            buffer_string(&json, ",\"patient\":{\"sex\":\"F\"");
        for (int i = 0; i <= depth; i++)
            buffer_char(&json, '}');
        assert_int_equal(adapt_whole(&said, buffer_text(&json), &err),
                         depth == 15 ? 0 : -1);
        buffer_free(&json);
    }
    assert_int_equal(err.code, ERROR_LIMIT);
    buffer_free(&said);
}

static void facts_larger_than_their_arena_are_refused(void **state)
{
    struct arena *arena = arena_new("small", 16 << 10);
    struct buffer json;
    struct facts *facts;
    struct error err = ERROR_INIT;

    (void)state;
    buffer_init(&json, 1 << 20);
    buffer_string(&json, "{\"patientId\":\"7\",\"medication\":[");
    for (int i = 0; i < 2000; i++)
        buffer_printf(&json, "%s{\"drugName\":\"drug %d\"}", i ? "," : "", i);
    buffer_string(&json, "]}");
    assert_int_equal(adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, buffer_text(&json),
                                    json.length, 1, &facts, NULL, &err),
                     -1);
    assert_int_equal(err.code, ERROR_LIMIT);
    buffer_free(&json);
    arena_free(arena);
}

static void remarks_have_a_limit(void **state)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    struct buffer json;
    struct facts *facts;
    struct remarks remarks = {0};
    struct error err = ERROR_INIT;

    (void)state;
    buffer_init(&json, 1 << 20);
    buffer_string(&json, "{\"patientId\":\"7\"");
    for (int i = 0; i < 3000; i++)
        buffer_printf(&json, ",\"x%d\":1", i);
    buffer_string(&json, "}");
    assert_int_equal(adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, buffer_text(&json),
                                    json.length, 1, &facts, &remarks, &err),
                     0);
    assert_int_equal(remarks.n, 1000);
    buffer_free(&json);
    arena_free(arena);
}

static void each_fact_says_where_it_comes_from(void **state)
{
    static const char json[] =
        "{\"primaryCancer\":[{\"topographyCode\":\"C34\",\"surgery\":[{\"ccamCode\":\"GFFA013\"}]},"
        "{\"topographyCode\":\"C50\",\"surgery\":[{},{\"ccamCode\":\"QEFA001\"}]}],"
        "\"patientId\":200001029,\"centreFiness\":\"940000664\"}";
    struct arena *arena = arena_new("test", (size_t)1 << 20);
    struct facts *facts;
    struct error err = ERROR_INIT;
    const uint32_t positions[] = {0, 2}; /* the empty one between them counts */
    size_t surgeries = 0;

    (void)state;
    assert_int_equal(adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, json, strlen(json),
                                    99, &facts, NULL, &err),
                     0);
    assert_string_equal(facts_patient_number(facts), "200001029");
    assert_string_equal(facts->finess, "940000664");
    assert_int_equal(facts->n_tumours, 2);
    for (size_t i = 0; i < facts->n; i++) {
        assert_int_equal(facts->fact[i].sequence, 99);
        if (facts->fact[i].group == GROUP_SURGERY)
            assert_int_equal(facts->fact[i].position, positions[surgeries++]);
    }
    assert_int_equal(surgeries, 2);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dates_are_read_in_every_form),
        cmocka_unit_test(a_wrong_value_is_named_and_the_rest_kept),
        cmocka_unit_test(unknown_keys_are_named_once),
        cmocka_unit_test(said_twice),
        cmocka_unit_test(unknown_is_said_absent_is_not),
        cmocka_unit_test(numbers_are_read_with_point_or_comma),
        cmocka_unit_test(texts_may_be_numbers),
        cmocka_unit_test(units_are_converted_or_refused),
        cmocka_unit_test(the_rules_of_single_groups),
        cmocka_unit_test(groups_stand_where_the_source_puts_them),
        cmocka_unit_test(dialects_say_the_same),
        cmocka_unit_test(a_fragment_is_refused_as_a_whole),
        cmocka_unit_test(known_objects_nest_sixteen_deep),
        cmocka_unit_test(facts_larger_than_their_arena_are_refused),
        cmocka_unit_test(remarks_have_a_limit),
        cmocka_unit_test(each_fact_says_where_it_comes_from),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
