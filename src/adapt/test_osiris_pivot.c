/* SPDX-License-Identifier: Apache-2.0
 *
 * test_osiris_pivot.c: what the pivot tables of OSIRIS v1 say of one person, in facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "adapt/adapt.h"
#include "adapt/osiris_pivot.h"
#include "adapt/test_facts.h"
#include "adapt/test_sheets.h"
#include "base/arena.h"
#include "base/error.h"

struct sentence {
    const char *says, *tables, *facts;
};

/* Facts but the patient's own number; then what was refused or is at odds, with its place. */
static void adapt_tables(struct buffer *out, const char *tables)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    struct remarks remarks = {0};
    struct error err = ERROR_INIT;
    struct facts *facts;
    struct buffer json;

    buffer_init(&json, 1 << 20);
    put_sheets(&json, "osiris-pivot", "osiris-pivot", "7", tables);
    if (adapt_fragment(arena, NULL, FRAGMENT_TABLES, buffer_text(&json), json.length, 42,
                       &facts, &remarks, &err) < 0)
        fail_msg("%s: %s", buffer_text(&json), err.message);
    for (size_t i = 0; i < facts->n; i++)
        if (facts->fact[i].group != GROUP_PATIENT || facts->fact[i].n_values > 1)
            print_fact(out, &facts->fact[i]);
    for (const struct remark *remark = remarks.first; remark; remark = remark->next) {
        buffer_printf(out, "%u.%u ", remark->table, remark->row);
        print_remark(out, remark);
    }
    buffer_free(&json);
    arena_free(arena);
}

static void check_all(const struct sentence *sentences, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buffer said;

        buffer_init(&said, 1 << 20);
        adapt_tables(&said, sentences[i].tables);
        if (strcmp(buffer_text(&said), sentences[i].facts) != 0)
            fail_msg("%s:\n%s\nexpected\n%s", sentences[i].says, buffer_text(&said),
                     sentences[i].facts);
        buffer_free(&said);
    }
}

static void the_patient(void **state)
{
    static const struct sentence sentences[] = {
        {"codes with and without prefix",
         "= Patient\nPatient_Id|Instance_Id|Patient_Gender|Patient_BirthDate|"
         "Patient_LastNewsDate|Patient_LastNewsStatus|Patient_ProviderCenterId\n"
         "7|1|HL7:F|1960-02-03|2020-01-15|C2584946|940000664\n",
         "PATIENT: PATIENT_ID=7 PATIENT_CENTRE=940000664 PATIENT_BIRTH=1960-02-03 "
         "PATIENT_SEX=F\n"
         "VITAL_STATUS: VITAL_STATUS=ALIVE LAST_CONTACT=2020-01-15\n"},
        {"unknown is said, and a centre that is no FINESS is told of",
         "= Patient\nPatient_Id|Instance_Id|Patient_Gender|Patient_LastNewsStatus|"
         "Patient_ProviderCenterId\n7|1|UMLS:C0439673|UMLS:C0439673|IB\n",
         "PATIENT: PATIENT_ID=7 PATIENT_SEX=?\n"
         "VITAL_STATUS: VITAL_STATUS=?\n"
         "1.1 conflict Patient_ProviderCenterId: not a FINESS of nine characters: the "
         "patient is taken to be of this centre\n"},
        {"what has no place, and what nobody knows, is told once",
         "= Patient\nPatient_Id|Instance_Id|Patient_Ethnicity|Shoe_Size\n"
         "7|1|HL7:2106-3|42\n7|2||43\n",
         "1.0 conflict Patient_Ethnicity: no place in the model: kept in the original\n"
         "1.0 unknown Patient.Shoe_Size\n"},
        {"the history of family and patient",
         "= FamilyCancerHistory\nPatient_Id|Instance_Id|FamilyCancerHistory_TopographyCode|"
         "FamilyCancerHistory_Parentage\n7|1|ICDO3:C50|UMLS:C0026591\n7|2|C18|C0037047\n"
         "= RelatedPathology\nPatient_Id|Instance_Id|RelatedPathology_PathologyCode|"
         "RelatedPathology_DiagnosisDate\n7|1|E11|2001\n",
         "MORBID_EVENT [2001]: MORBID_CODE=E11\n"
         "FAMILY_HISTORY: FAMILY_TOPOGRAPHY=C50 FAMILY_PARENT=MOTHER\n"
         "FAMILY_HISTORY: FAMILY_TOPOGRAPHY=C18 FAMILY_PARENT=?\n"
         "1.2 conflict FamilyCancerHistory_Parentage: a value that the model does not have: "
         "kept in the original\n"},
        {"a consent says that the patient was informed, and of opposition nothing",
         "= Consent\nPatient_Id|Instance_Id|Consent_Date|"
         "Consent_GeneticAnalysisAuthorization\n7|1|2015-05-06|1\n",
         "INFORMATION: INFORMED=YES INFORMED_DATE=2015-05-06\n"
         "OBSERVATION [2015-05-06]: OBSERVATION_TYPE=GENETIC ANALYSIS AUTHORISATION "
         "OBSERVATION_VALUE=YES\n"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

#define EVENTS                                                                     \
    "= TumorPathologyEvent\nPatient_Id|Instance_Id|TumorPathologyEvent_ParentRef|" \
    "TumorPathologyEvent_Type|TumorPathologyEvent_StartDate|"                      \
    "TumorPathologyEvent_DiagnosisDate|TumorPathologyEvent_TopographyCode|"        \
    "TumorPathologyEvent_MorphologyCode|TumorPathologyEvent_Laterality\n"

static void events_make_tumours(void **state)
{
    static const struct sentence sentences[] = {
        {"a primary tumour, its metastasis and its recurrence",
         EVENTS "7|1||UMLS:C0677930|2005-11-17|2005-11-18|C34.1|8140/3|UMLS:C0205091\n"
                "7|2|1|UMLS:C2939419|2007-01-02||C34.1|8140/3|\n"
                "7|3|1|UMLS:C0521158|2008-01-02|2008-01-05|C34.3||\n",
         "PRIMARY_CANCER [2005-11-18] tumour 0: TOPOGRAPHY=C34.1 MORPHOLOGY=8140/3 "
         "LATERALITY=L\n"
         /* the topography is the primary tumour's: not the site of the metastasis */
         "TUMOUR_EVENT [2007-01-02] tumour 0: EVENT_TYPE=METASTASIS "
         "EVENT_MORPHOLOGY=8140/3\n"
         "TUMOUR_EVENT [2008-01-02] tumour 0: EVENT_TYPE=RELAPSE "
         "EVENT_DIAGNOSIS=2008-01-05 EVENT_TOPOGRAPHY=C34.3\n"},
        {"the disease as a whole and its primary tumour are one tumour",
         EVENTS "7|1||C1882062|2005-11-17||C34||\n"
                "7|2|1|C0677930|2005-11-17|2005-11-20|C34|8140/3|\n"
                "7|3|2|C2939419|2007||C22||\n",
         "PRIMARY_CANCER [2005-11-20] tumour 0: TOPOGRAPHY=C34 MORPHOLOGY=8140/3\n"
         "TUMOUR_EVENT [2007] tumour 0: EVENT_TYPE=METASTASIS EVENT_TOPOGRAPHY=C22\n"},
        {"two primary tumours are two, whatever stands above",
         EVENTS "7|1||C0677930|2005|2005|C34||\n7|2|1|C0677930|2009|2009|C50||\n"
                "7|3|2|C0521158|2011||C50||\n",
         "PRIMARY_CANCER [2005] tumour 0: TOPOGRAPHY=C34\n"
         "PRIMARY_CANCER [2009] tumour 1: TOPOGRAPHY=C50\n"
         "TUMOUR_EVENT [2011] tumour 1: EVENT_TYPE=RELAPSE\n"},
        {"a metastasis without a tumour has one of which nothing is said",
         EVENTS "7|1||C2939419|2007||C22||\n",
         "PRIMARY_CANCER tumour 0\n"
         "TUMOUR_EVENT [2007] tumour 0: EVENT_TYPE=METASTASIS EVENT_TOPOGRAPHY=C22\n"},
        {"parents that are not there, and parents in a circle",
         EVENTS "7|1|9|C0677930|2005|2005|C34||\n"
                "7|2|3|C0521158|2006||||\n7|3|2|C0521158|2007||||\n",
         "PRIMARY_CANCER [2005] tumour 0: TOPOGRAPHY=C34\n"
         "PRIMARY_CANCER tumour 1\n"
         "TUMOUR_EVENT [2006] tumour 1: EVENT_TYPE=RELAPSE\n"
         "TUMOUR_EVENT [2007] tumour 1: EVENT_TYPE=RELAPSE\n"
         "1.1 refused TumorPathologyEvent_ParentRef: \"9\": no such row in "
         "TumorPathologyEvent: read without it\n"
         "1.2 refused TumorPathologyEvent_ParentRef: events whose parents lead in a circle: "
         "read without parent\n"},
        {"PS, Karnofsky, G8, stage, grade and TNM of an event",
         "= TumorPathologyEvent\nPatient_Id|Instance_Id|TumorPathologyEvent_Type|"
         "TumorPathologyEvent_StartDate|TumorPathologyEvent_PerformanceStatus|"
         "TumorPathologyEvent_G8|TumorPathologyEvent_T|TumorPathologyEvent_N|"
         "TumorPathologyEvent_M|TumorPathologyEvent_TNMType|"
         "TumorPathologyEvent_StadeValue|TumorPathologyEvent_HistologicalGradeValue\n"
         "7|1|C0677930|2005-11-17|1|14|T2|N0|M0|p|IIA|2\n"
         "7|2|C0677930|2006-11-17|80||||||UMLS:C0439673|\n"
         "7|3|C0677930|2007-11-17|6|||||||\n",
         "PRIMARY_CANCER tumour 0\n"
         "STATE [2005-11-17]: STATE_TYPE=PS STATE_VALUE=1\n"
         "TNM [2005-11-17] tumour 0: TNM_T=T2 TNM_N=N0 TNM_M=M0 TNM_TYPE=p\n"
         "GRADE [2005-11-17] tumour 0: GRADE_VALUE=2\n"
         "STAGE [2005-11-17] tumour 0: STAGE_VALUE=2A\n"
         "MEASURE [2005-11-17] tumour 0: MEASURE_TYPE=G8 MEASURE_VALUE=14\n"
         "PRIMARY_CANCER tumour 1\n"
         "MEASURE [2006-11-17]: MEASURE_TYPE=KARNOFSKY MEASURE_VALUE=80\n"
         "STAGE [2006-11-17] tumour 1: STAGE_VALUE=?\n"
         "PRIMARY_CANCER tumour 2\n"
         "1.3 refused TumorPathologyEvent_PerformanceStatus: \"6\": expected a PS from 0 to "
         "5, or Karnofsky's index\n"},
        {"the table of TNM, and what refers to no event",
         EVENTS
         "7|1||C0677930|2005-11-17||C34||\n"
         "= TNM\nPatient_Id|Instance_Id|TumorPathologyEvent_Ref|TNM_Version|TNM_Type|"
         "TNM_T|TNM_N|TNM_M\n7|1|1|OSIRIS:C27-3|c|T1|N1|M0\n7|2|1|||||\n"
         "7|3|8||p|T2||\n",
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=C34\n"
         "TNM [2005-11-17] tumour 0: TNM_T=T1 TNM_N=N1 TNM_M=M0 TNM_TYPE=c TNM_VERSION=7\n"
         "TNM: TNM_T=T2 TNM_TYPE=p\n"
         "2.3 refused TumorPathologyEvent_Ref: \"8\": no such row in TumorPathologyEvent: "
         "read without it\n"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

#define TREATMENTS                                                 \
    "= Treatment\nPatient_Id|Instance_Id|TumorPathologyEvent_Ref|" \
    "Treatment_Type|Treatment_ActivityCode|Treatment_StartDate|"   \
    "Treatment_EndDate|Treatment_ClinicalTrialContext|"            \
    "Treatment_SurgeryResectionQuality\n"

static void treatments_by_their_type(void **state)
{
    static const struct sentence sentences[] = {
        {"a surgery and how it left the margins",
         EVENTS "7|1||C0677930||2005|C34||\n" TREATMENTS
                "7|1|1|UMLS:C0728940|GFFA013|2006-01-04|2006-01-04|0|R0\n",
         "PRIMARY_CANCER [2005] tumour 0: TOPOGRAPHY=C34\n"
         "SURGERY [2006-01-04] tumour 0: SURGERY_CODE=GFFA013\n"
         "OBSERVATION [2006-01-04] tumour 0: OBSERVATION_TYPE=RESECTION QUALITY "
         "OBSERVATION_VALUE=R0\n"},
        {"radiotherapy and brachytherapy",
         TREATMENTS "7|1||UMLS:C1522449|ZZNL065|2006-01-04|2006-02-04||\n"
                    "7|2||C0006098||2006-03||\n",
         "RADIOTHERAPY [2006-01-04 to 2006-02-04]: RADIOTHERAPY_CODE=ZZNL065\n"
         "RADIOTHERAPY [2006-03]\n"},
        {"drugs are said by their rows; without one the type names the class",
         TREATMENTS "7|1||UMLS:C3665472||2007-01-12|2007-05-01|1|\n"
                    "7|2||UMLS:C0279025||2008|||\n7|3||C0021083||2009|||\n"
                    "= Drug\nPatient_Id|Instance_Id|Treatment_Ref|Drug_Code|Drug_Name\n"
                    "7|1|1|ATC:L01XA01|cisplatine\n7|2|1|c3564|imatinib\n7|3|9||x\n",
         "DRUG [2007-01-12 to 2007-05-01]: DRUG_CODE=L01XA01 DRUG_NAME=cisplatine "
         "DRUG_TRIAL=YES\n"
         "DRUG [2007-01-12 to 2007-05-01]: DRUG_NAME=imatinib DRUG_TRIAL=YES\n"
         "DRUG: DRUG_NAME=x\n"
         "DRUG [2008]: DRUG_CODE=L02\n"
         "DRUG [2009]: DRUG_CODE=L\n"
         "2.2 refused Drug_Code: drug \"c3564\": expected an ATC code such as L01ED03\n"
         "2.3 refused Treatment_Ref: \"9\": no such row in Treatment: read without it\n"},
        {"a transplant has no place in the model",
         TREATMENTS "7|1||UMLS:C0005961||2006||||\n",
         "1.1 refused Treatment_Type: a treatment of type \"UMLS:C0005961\": no place in the "
         "model: kept in the original\n"},
        {"responses; progressive disease is a progression",
         TREATMENTS
         "7|1||UMLS:C3665472||2007|||\n"
         "= ResponseEvaluation\nPatient_Id|Instance_Id|Treatment_Ref|Date|Status\n"
         "7|1|1|2007-03-01|RECIST:PR\n7|2|1|2007-06-01|PD\n7|3|1||\n",
         "DRUG [2007]: DRUG_CODE=L01\n"
         "OBSERVATION [2007-03-01]: OBSERVATION_TYPE=RESPONSE OBSERVATION_VALUE=PR\n"
         "OBSERVATION [2007-06-01]: OBSERVATION_TYPE=RESPONSE OBSERVATION_VALUE=PD\n"
         "PROGRESSION [2007-06-01]: PROGRESSION_FLAG=YES\n"},
        {"adverse events",
         "= AdverseEvent\nPatient_Id|Instance_Id|AdverseEvent_Code|AdverseEvent_Date|"
         "AdverseEvent_Grade\n7|1|10019211|2007-06-13|2\n",
         "OBSERVATION [2007-06-13]: OBSERVATION_TYPE=ADVERSE EVENT "
         "OBSERVATION_VALUE=10019211\n"
         "OBSERVATION [2007-06-13]: OBSERVATION_TYPE=ADVERSE EVENT GRADE "
         "OBSERVATION_VALUE=2\n"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

#define ANALYSES                                                       \
    "= Analysis\nPatient_Id|Instance_Id|TumorPathologyEvent_Ref|"      \
    "BiologicalSample_Ref|Analysis_Type|Analysis_Date\n"               \
    "7|1||1|OSIRIS:C37-3|2018-02-07\n"                                 \
    "= BiologicalSample\nPatient_Id|Instance_Id|"                      \
    "BiologicalSample_ExternalAccession|BiologicalSample_CollectDate|" \
    "BiologicalSample_Nature|BiologicalSample_Origin\n"                \
    "7|1|B12|2018-01-02|UMLS:C0005767|OSIRIS:O59-2\n"
#define SAMPLE \
    "SPECIMEN [2018-01-02]: SPECIMEN_ID=B12 SPECIMEN_TYPE=LIQUID SPECIMEN_NATURE=TUMOUR\n"
#define ANNOTATIONS                                          \
    "= Annotation\nPatient_Id|Instance_Id|Alteration_Ref|"   \
    "AlterationOnSample_AlterationType|GenomeEntity_Symbol|" \
    "Annotation_AminoAcidChange|Annotation_AminoAcidChangeType|Annotation_FusionPrimeEnd\n"

static void analyses_and_alterations(void **state)
{
    static const struct sentence sentences[] = {
        {"biomarkers, and measures of blood among them",
         ANALYSES "= Biomarker\nPatient_Id|Instance_Id|Analysis_Ref|Biomarker_Code|"
                  "Biomarker_Value|Biomarker_Unit\n7|1|1|OSIRIS:C39-33|++|\n"
                  "7|2|1|C39-29|35|%\n7|3|1|UMLS:C0518015|12,5|g/dL\n",
         SAMPLE
         "BIOMARKER [2018-02-07]: BIOMARKER_NAME=HER2 BIOMARKER_ANALYSIS=OMIC "
         "BIOMARKER_STATUS=POSITIVE\n"
         "BIOMARKER [2018-02-07]: BIOMARKER_NAME=KI67 BIOMARKER_ANALYSIS=OMIC "
         "BIOMARKER_NUMBER=35 BIOMARKER_UNIT=%\n"
         "MEASURE [2018-02-07]: MEASURE_TYPE=HGB MEASURE_UNIT=g/dL MEASURE_VALUE=12.5\n"},
        {"a variant has the gene of its annotation; without one it may be of any gene",
         ANALYSES "= Variant\nPatient_Id|Instance_Id|Analysis_Ref|Alteration_Chromosome|"
                  "Alteration_GenomicStart|Variant_ReferenceAllele|"
                  "Variant_AlternativeAllele|VariantInSample_PositionReadDepth|"
                  "VariantInSample_VariantReadDepth|VariantInSample_GenomicSourceClass\n"
                  "7|1|1|LOINC:LA21266-4|25398284|C|T|200|50|LOINC:LA6684-0\n"
                  "7|2|1|12|1|A|G|10|20|\n"
                  "7|3|1|17|1|A|G|||LOINC:LA6683-2\n" ANNOTATIONS
                  "7|1|1|OSIRIS:O15-5|KRAS|p.G12D|LA6698-0|\n"
                  "7|2|1|OSIRIS:O15-4|EGFR|||\n",
         SAMPLE
         "VARIANT [2018-02-07]: VARIANT_GENE=KRAS VARIANT_PROTEIN=G12D VARIANT_VAF=0.25 "
         "VARIANT_CHROMOSOME=13 VARIANT_POSITION=25398284 VARIANT_REFERENCE=C "
         "VARIANT_ALTERNATIVE=T VARIANT_CLASS=MISSENSE VARIANT_SPECIMEN=B12\n"
         "VARIANT [2018-02-07]: VARIANT_GENE=? VARIANT_CHROMOSOME=12 VARIANT_POSITION=1 "
         "VARIANT_REFERENCE=A VARIANT_ALTERNATIVE=G VARIANT_SPECIMEN=B12\n"
         "3.3 conflict VariantInSample_GenomicSourceClass: a constitutional variant, not one "
         "of the tumour: no place in the model: kept in the original\n"},
        {"copy numbers and fusions",
         ANALYSES "= CopyNumber\nPatient_Id|Instance_Id|Analysis_Ref|"
                  "CNV_SegmentGenomicStatus|CNV_CopyNumber\n7|1|1|OSIRIS:O49-1|12\n"
                  "= Fusion\nPatient_Id|Instance_Id|Analysis_Ref\n7|1|1\n" ANNOTATIONS
                  "7|1|1|O15-4|ERBB2|||\n7|2|1|O15-3|ALK|||OSIRIS:O93-2\n"
                  "7|3|1|O15-3|EML4|||5prime\n",
         SAMPLE
         "COPY_NUMBER [2018-02-07]: COPY_GENE=ERBB2 COPY_CALL=AMPLIFICATION COPY_VALUE=12\n"
         "FUSION [2018-02-07]: FUSION_GENE=EML4 FUSION_PARTNER=ALK\n"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void files_and_codes_by_name(void **state)
{
    char code[32];

    (void)state;
    assert_int_equal(pivot_table_of_file("OSIRIS_pivot_Patient.csv"), PIVOT_PATIENT);
    assert_int_equal(pivot_table_of_file("patient.csv.gz"), PIVOT_PATIENT);
    assert_int_equal(pivot_table_of_file("x-CopyNumber"), PIVOT_COPY);
    assert_int_equal(pivot_table_of_file("Inpatient.csv"), PIVOT_TABLES);
    assert_int_equal(pivot_table_of_file("notes.txt"), PIVOT_TABLES);
    assert_string_equal(pivot_ours(CODES_GENDER, "HL7:F"), "F");
    assert_null(pivot_ours(CODES_GENDER, "Q"));
    assert_true(pivot_is_unknown("UMLS:C0439673"));
    /* as the group writes them */
    assert_string_equal(pivot_theirs(CODES_GENDER, "M", code), "HL7:M");
    assert_string_equal(pivot_theirs(CODES_EVENT_TYPE, "METASTASIS", code),
                        "UMLS:C2939419");
    assert_string_equal(pivot_theirs(CODES_CHROMOSOME, "X", code), "LOINC:LA21276-3");
    assert_string_equal(pivot_theirs(CODES_MARKER, "HER2", code), "OSIRIS:C39-33");
    assert_string_equal(pivot_theirs(CODES_SEGMENT, "GAIN", code), "OSIRIS:O49-2");
    assert_string_equal(pivot_theirs(CODES_BOOLEAN, "YES", code), "1");
    assert_null(pivot_theirs(CODES_BOOLEAN, "MAYBE", code));
}

static void what_is_no_slice_is_refused(void **state)
{
    static const char *const wrong[] = {
        "",
        "[]",
        "{",
        "{\"door\":\"osiris-pivot\"}",
        "{\"door\":\"osiris-pivot\",\"patient\":\"7\",\"tables\":[{}]}",
        "{\"door\":\"osiris-pivot\",\"patient\":\"7\",\"tables\":[{\"columns\":[\"a\"]}]}",
        ("{\"door\":\"osiris-pivot\",\"patient\":\"7\",\"tables\":[{\"columns\":[\"a\"],"
         "\"rows\":[7]}]}"),
        "{\"door\":\"no such door\",\"patient\":\"7\",\"tables\":[]}",
        "{\"door\":\"osiris-pivot\",\"patient\":\"\",\"tables\":[]}"};
    struct arena *arena = arena_new("test", (size_t)1 << 20);

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        struct error err = ERROR_INIT;
        struct facts *facts;

        assert_int_equal(adapt_fragment(arena, NULL, FRAGMENT_TABLES, wrong[i],
                                        strlen(wrong[i]), 1, &facts, NULL, &err),
                         -1);
        assert_int_equal(err.code, ERROR_INPUT);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_patient),
        cmocka_unit_test(events_make_tumours),
        cmocka_unit_test(treatments_by_their_type),
        cmocka_unit_test(analyses_and_alterations),
        cmocka_unit_test(files_and_codes_by_name),
        cmocka_unit_test(what_is_no_slice_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
