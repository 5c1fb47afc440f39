/* SPDX-License-Identifier: Apache-2.0
 *
 * render/pivot.c: the 18 files of the OSIRIS v1 pivot: UTF-8, ',' between fields, CRLF.
 *
 *     Patient                what the record decided of the patient
 *     TumorPathologyEvent    a row a tumour, with its first TNM, stage and grade; then a row each
 *                            event and each metastasis, whose parent is the tumour
 *     TNM                    every TNM
 *     Treatment, Drug        a row each surgery, radiotherapy and drug; of a drug both files
 *     ResponseEvaluation     progressions, as PD
 *     Biomarker              a row each, and a row of Analysis that has its date
 *     Variant, CopyNumber, Fusion   a row each, its gene and changes in Annotation; those of one
 *                            sample, tumour and day share a row of Analysis
 *     BiologicalSample, Consent, FamilyCancerHistory, RelatedPathology
 *     AdverseEvent, Expression      their columns only: the model tells adverse effects from
 *                            other diseases no more than OSIRIS-RWD does, and has no expression
 *
 * Instance_Id counts the rows of its file, from 1, over all patients, and references are to it.
 * What is said of no tumour refers to the patient's sole tumour, if there is one. Dates are cut
 * where they are unknown: 2021-03. A value that gets no field is counted as homeless. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "render/render_internal.h"

#define UNKNOWN "UMLS:C0439673"
#define NUMBER_SIZE 24

enum pivot_file {
#define FILE(id, name) FILE_##id,
#define COLUMN(...)
#include "render/pivot.def"
#undef FILE
#undef COLUMN
    PIVOT_FILES
};

enum column {
#define FILE(...)
#define COLUMN(file, id, name) COLUMN_##file##_##id,
#include "render/pivot.def"
#undef FILE
#undef COLUMN
    COLUMNS
};

static const char *const file_names[] = {
#define FILE(id, name) "OSIRIS_pivot_" name ".csv",
#define COLUMN(...)
#include "render/pivot.def"
#undef FILE
#undef COLUMN
};

static const struct {
    enum pivot_file file;
    const char *name;
} columns[] = {
#define FILE(...)
#define COLUMN(file, id, name) {FILE_##file, name},
#include "render/pivot.def"
#undef FILE
#undef COLUMN
};

/* What is written of one patient. */
struct pivot {
    struct render *render;
    struct arena *arena;
    const struct shared *shared;
    const char *number;
    const char *cells[COLUMNS]; /* of the row under construction */
    const char *consent;        /* the instance, "" if there is none */
    const char **tumours;       /* their instances */
    size_t n_analyses;
    struct analysis *analyses;
    uint64_t placed; /* values that got a field */
};

/* Facts of which one analysis may have told. */
struct analysis {
    int tumour;
    struct interval date;
    const char *specimen, *instance;
};

/* ---- rows ---- */

static const char *next_instance(const struct pivot *pivot, enum pivot_file file)
{
    return arena_printf(pivot->arena, "%" PRIu64, pivot->render->files[file].rows + 1);
}

static void put_row(struct pivot *pivot, enum pivot_file file)
{
    struct render_file *to = &pivot->render->files[file];

    csv_field(&to->bytes, pivot->number, ',');
    buffer_printf(&to->bytes, ",%" PRIu64, ++to->rows);
    for (size_t i = 0; i < COLUMNS; i++) {
        if (columns[i].file != file)
            continue;
        buffer_char(&to->bytes, ',');
        csv_field(&to->bytes, pivot->cells[i] ? pivot->cells[i] : "", ',');
        pivot->cells[i] = NULL;
    }
    buffer_string(&to->bytes, "\r\n");
}

/* 2021-03-14, 2021-03, 2021. */
static const char *date_cell(struct pivot *pivot, struct interval date)
{
    struct civil civil;
    bool exact = civil_of(date, &civil);

    pivot->render->losses.vaguer += !exact || (civil.day && !civil.month);
    if (civil.year && civil.month && civil.day)
        return arena_printf(pivot->arena, "%04d-%02d-%02d", civil.year, civil.month,
                            civil.day);
    if (civil.year && civil.month)
        return arena_printf(pivot->arena, "%04d-%02d", civil.year, civil.month);
    return civil.year ? arena_printf(pivot->arena, "%04d", civil.year) : "";
}

static const char *word_of(enum item item, const char *code)
{
    static const struct {
        enum item item;
        const char *code, *word;
    } words[] = {
#define WORD(item, code, word) {ITEM_##item, code, word},
#include "render/pivot_words.def"
#undef WORD
    };

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (words[i].item == item && strcmp(words[i].code, code) == 0)
            return words[i].word;
    return NULL;
}

static const char *code_cell(struct pivot *pivot, enum item item, const char *code)
{
    const char *word = word_of(item, code);
    char text[VOCAB_CODE_SIZE];

    if (word || model_item(item)->system == VOCAB_NONE)
        return word ? word : code;
    vocab_print(model_item(item)->system, code, text);
    return arena_string(pivot->arena, text, strlen(text));
}

static const char *number_cell(struct pivot *pivot, double number)
{
    struct buffer out;
    const char *text;

    buffer_init(&out, NUMBER_SIZE * 4);
    buffer_json_number(&out, number);
    text = arena_string(pivot->arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

/* What FACT says of ITEM goes into COLUMN. */
static void put(struct pivot *pivot, enum column column, const struct fact *fact,
                enum item item)
{
    const struct value *value = fact ? fact_value(fact, item) : NULL;

    if (!value)
        return;
    pivot->placed++;
    switch (value->type) {
    case TYPE_DATE: pivot->cells[column] = date_cell(pivot, value->date); break;
    case TYPE_NUMBER: pivot->cells[column] = number_cell(pivot, value->number); break;
    default: pivot->cells[column] = code_cell(pivot, item, value->text);
    }
}

static const struct fact *first_of(const struct pivot *pivot, enum group group,
                                   int tumour)
{
    size_t n;
    const struct fact *facts = shared_find(pivot->shared, group, tumour, &n);

    return n > 0 ? facts : NULL;
}

/* The instance of the tumour that FACT hangs on, or of the only one there is. */
static const char *tumour_cell(const struct pivot *pivot, const struct fact *fact)
{
    int tumour = fact->tumour;

    if (tumour == TUMOUR_NONE && pivot->shared->record->n_tumours == 1)
        tumour = 0;
    return tumour == TUMOUR_NONE ? "" : pivot->tumours[tumour];
}

/* ---- the patient ---- */

static void count_placed(struct pivot *pivot, const enum item *items, size_t n)
{
    for (size_t i = 0; i < pivot->shared->n; i++)
        for (size_t j = 0; j < n; j++)
            pivot->placed += fact_value(&pivot->shared->facts[i], items[j]) != NULL;
}

/* Of several statements the record's decision is written, so they are all said. */
static void put_patient(struct pivot *pivot, const struct render_patient *patient)
{
    static const enum item said[] = {ITEM_PATIENT_ID,    ITEM_PATIENT_CENTRE,
                                     ITEM_PATIENT_BIRTH, ITEM_PATIENT_SEX,
                                     ITEM_VITAL_STATUS,  ITEM_DEATH_DATE,
                                     ITEM_LAST_CONTACT};
    const struct record *record = pivot->shared->record;
    const struct fact *fact = first_of(pivot, GROUP_PATIENT, TUMOUR_NONE);
    const char *const vital[] = {"ALIVE", "", "DEAD"};
    const char **cells = pivot->cells;

    cells[COLUMN_PATIENT_GENDER] = word_of(ITEM_PATIENT_SEX, record->sex);
    cells[COLUMN_PATIENT_BIRTH] =
        date_cell(pivot, patient->pseudonym ? months_of(record->birth) : record->birth);
    if (record->dead == TRUTH_YES)
        cells[COLUMN_PATIENT_DEATH] = date_cell(pivot, record->death);
    if (fact) {
        cells[COLUMN_PATIENT_ORIGIN] = fact_text(fact, ITEM_PATIENT_CENTRE);
        cells[COLUMN_PATIENT_PROVIDER] = cells[COLUMN_PATIENT_ORIGIN];
    }
    cells[COLUMN_PATIENT_NEWS] = date_cell(pivot, record->last_news);
    cells[COLUMN_PATIENT_NEWS_STATUS] = word_of(ITEM_VITAL_STATUS, vital[record->dead]);
    put_row(pivot, FILE_PATIENT);
    count_placed(pivot, said, ARRAY_LENGTH(said));
}

static void put_consent(struct pivot *pivot)
{
    size_t n;
    const struct fact *facts =
        shared_find(pivot->shared, GROUP_INFORMATION, TUMOUR_NONE, &n);

    pivot->consent = n > 0 ? next_instance(pivot, FILE_CONSENT) : "";
    for (size_t i = 0; i < n; i++) {
        put(pivot, COLUMN_CONSENT_DATE, &facts[i], ITEM_INFORMED_DATE);
        put(pivot, COLUMN_CONSENT_GENETIC, &facts[i], ITEM_NON_OPPOSITION);
        put_row(pivot, FILE_CONSENT);
    }
}

/* ---- tumours and what became of them ---- */

static const struct fact *speaker_of(const struct pivot *pivot, int tumour)
{
    size_t n;
    const struct fact *facts =
        shared_find(pivot->shared, GROUP_PRIMARY_CANCER, tumour, &n);
    const struct fact *speaker = pivot->shared->record->tumours[tumour].fact;

    for (size_t i = 0; i < n; i++)
        if (fact_compare(&facts[i], speaker) == 0)
            return &facts[i];
    return speaker;
}

static void put_tumour(struct pivot *pivot, int tumour)
{
    const struct fact *cancer = speaker_of(pivot, tumour);
    const struct fact *tnm = first_of(pivot, GROUP_TNM, tumour);
    const struct fact *grade = first_of(pivot, GROUP_GRADE, tumour);
    const struct fact *stage = first_of(pivot, GROUP_STAGE, tumour);
    uint64_t placed;

    pivot->tumours[tumour] = next_instance(pivot, FILE_EVENT);
    pivot->cells[COLUMN_EVENT_TYPE] = "UMLS:C0677930"; /* primary */
    put(pivot, COLUMN_EVENT_DIAGNOSIS, cancer, ITEM_DIAGNOSIS_DATE);
    pivot->cells[COLUMN_EVENT_START] = pivot->cells[COLUMN_EVENT_DIAGNOSIS];
    put(pivot, COLUMN_EVENT_TOPOGRAPHY, cancer, ITEM_TOPOGRAPHY);
    put(pivot, COLUMN_EVENT_MORPHOLOGY, cancer, ITEM_MORPHOLOGY);
    put(pivot, COLUMN_EVENT_LATERALITY, cancer, ITEM_LATERALITY);
    put(pivot, COLUMN_EVENT_GRADE_TYPE, grade, ITEM_GRADE_TYPE);
    put(pivot, COLUMN_EVENT_GRADE, grade, ITEM_GRADE_VALUE);
    put(pivot, COLUMN_EVENT_STAGE_TYPE, stage, ITEM_STAGE_TYPE);
    put(pivot, COLUMN_EVENT_STAGE, stage, ITEM_STAGE_VALUE);
    placed = pivot->placed; /* every TNM has a row of its own too */
    put(pivot, COLUMN_EVENT_T, tnm, ITEM_TNM_T);
    put(pivot, COLUMN_EVENT_N, tnm, ITEM_TNM_N);
    put(pivot, COLUMN_EVENT_M, tnm, ITEM_TNM_M);
    put(pivot, COLUMN_EVENT_TNM_TYPE, tnm, ITEM_TNM_TYPE);
    put(pivot, COLUMN_EVENT_TNM_VERSION, tnm, ITEM_TNM_VERSION);
    pivot->placed = placed;
    put_row(pivot, FILE_EVENT);
}

static void put_event(struct pivot *pivot, const struct fact *fact)
{
    pivot->cells[COLUMN_EVENT_PARENT] = tumour_cell(pivot, fact);
    put(pivot, COLUMN_EVENT_TYPE, fact, ITEM_EVENT_TYPE);
    put(pivot, COLUMN_EVENT_START, fact, ITEM_EVENT_MENTION);
    put(pivot, COLUMN_EVENT_DIAGNOSIS, fact, ITEM_EVENT_DIAGNOSIS);
    put(pivot, COLUMN_EVENT_TOPOGRAPHY, fact, ITEM_EVENT_TOPOGRAPHY);
    put(pivot, COLUMN_EVENT_MORPHOLOGY, fact, ITEM_EVENT_MORPHOLOGY);
    put_row(pivot, FILE_EVENT);
}

static void put_metastasis(struct pivot *pivot, const struct fact *fact)
{
    pivot->cells[COLUMN_EVENT_PARENT] = tumour_cell(pivot, fact);
    pivot->cells[COLUMN_EVENT_TYPE] = word_of(ITEM_EVENT_TYPE, "METASTASIS");
    put(pivot, COLUMN_EVENT_START, fact, ITEM_METASTASIS_DATE);
    put(pivot, COLUMN_EVENT_TOPOGRAPHY, fact, ITEM_METASTASIS_TOPOGRAPHY);
    put_row(pivot, FILE_EVENT);
}

static void put_tnm(struct pivot *pivot, const struct fact *fact)
{
    pivot->cells[COLUMN_TNM_EVENT] = tumour_cell(pivot, fact);
    put(pivot, COLUMN_TNM_VERSION, fact, ITEM_TNM_VERSION);
    put(pivot, COLUMN_TNM_TYPE, fact, ITEM_TNM_TYPE);
    put(pivot, COLUMN_TNM_T, fact, ITEM_TNM_T);
    put(pivot, COLUMN_TNM_N, fact, ITEM_TNM_N);
    put(pivot, COLUMN_TNM_M, fact, ITEM_TNM_M);
    put_row(pivot, FILE_TNM);
}

/* ---- treatments ---- */

/* The pivot's kind of treatment, by the class of the drug: the longest prefix decides. */
static const char *kind_of_drug(const char *atc)
{
    static const struct {
        const char *prefix, *kind;
    } kinds[] = {
        {"L01FX04", "UMLS:C0021083"}, /* ipilimumab and other checkpoint inhibitors: */
        {"L01FX20", "UMLS:C0021083"}, /* tremelimumab */
        {"L01FF", "UMLS:C0021083"},   /* immunotherapy */
        {"L01F", "UMLS:C0279694"},    /* monoclonal antibody */
        {"L01XC", "UMLS:C0279694"},   /* the same, before ATC 2022 */
        {"L01E", "UMLS:C93352"},      /* kinase inhibitors: targeted */
        {"L01XE", "UMLS:C93352"},     /* the same, before ATC 2021 */
        {"L01XG", "UMLS:C93352"},     /* proteasome */
        {"L01XK", "UMLS:C93352"},     /* PARP */
        {"L01", "UMLS:C3665472"},     /* chemotherapy */
        {"L02", "UMLS:C0279025"},     /* hormones */
        {"L03", "UMLS:C0021083"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(kinds); i++)
        if (strncmp(atc, kinds[i].prefix, strlen(kinds[i].prefix)) == 0 &&
            strlen(atc) > 3) /* L01 alone may be any of its classes */
            return kinds[i].kind;
    return UNKNOWN;
}

/* The line that DRUG certainly is of, as computed (record/lines.h); NULL: not known. */
static const struct fact *line_of_drug(const struct pivot *pivot, const struct fact *drug)
{
    const struct record *record = pivot->shared->record;
    const struct fact *found = NULL;

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *line = &record->facts[i];

        if (line->group != GROUP_LINE || line->tumour != drug->tumour ||
            strcmp(fact_text(line, ITEM_LINE_DRUG), fact_text(drug, ITEM_DRUG_CODE)) !=
                0 ||
            date_before(drug->date, line->date) == TRUTH_YES ||
            date_before(line->end, drug->date) == TRUTH_YES)
            continue;
        if (found || !fact_value(line, ITEM_LINE_NUMBER))
            return NULL; /* more than one may be it */
        found = line;
    }
    return found;
}

static void put_drug(struct pivot *pivot, const struct fact *fact)
{
    const struct fact *line = line_of_drug(pivot, fact);

    pivot->cells[COLUMN_DRUG_TREATMENT] = next_instance(pivot, FILE_TREATMENT);
    pivot->cells[COLUMN_TREATMENT_EVENT] = tumour_cell(pivot, fact);
    pivot->cells[COLUMN_TREATMENT_TYPE] = kind_of_drug(fact_text(fact, ITEM_DRUG_CODE));
    if (line)
        pivot->cells[COLUMN_TREATMENT_LINE] =
            number_cell(pivot, fact_value(line, ITEM_LINE_NUMBER)->number);
    put(pivot, COLUMN_TREATMENT_START, fact, ITEM_DRUG_START);
    put(pivot, COLUMN_TREATMENT_END, fact, ITEM_DRUG_END);
    put(pivot, COLUMN_TREATMENT_TRIAL, fact, ITEM_DRUG_TRIAL);
    put_row(pivot, FILE_TREATMENT);
    put(pivot, COLUMN_DRUG_CODE, fact, ITEM_DRUG_CODE);
    put(pivot, COLUMN_DRUG_NAME, fact, ITEM_DRUG_NAME);
    put_row(pivot, FILE_DRUG);
}

static void put_surgery(struct pivot *pivot, const struct fact *fact)
{
    pivot->cells[COLUMN_TREATMENT_EVENT] = tumour_cell(pivot, fact);
    pivot->cells[COLUMN_TREATMENT_TYPE] = "UMLS:C0728940";
    put(pivot, COLUMN_TREATMENT_ACTIVITY, fact, ITEM_SURGERY_CODE);
    put(pivot, COLUMN_TREATMENT_START, fact, ITEM_SURGERY_DATE);
    put_row(pivot, FILE_TREATMENT);
}

static void put_radiotherapy(struct pivot *pivot, const struct fact *fact)
{
    pivot->cells[COLUMN_TREATMENT_EVENT] = tumour_cell(pivot, fact);
    pivot->cells[COLUMN_TREATMENT_TYPE] = "UMLS:C1522449";
    put(pivot, COLUMN_TREATMENT_ACTIVITY, fact, ITEM_RADIOTHERAPY_CODE);
    put(pivot, COLUMN_TREATMENT_START, fact, ITEM_RADIOTHERAPY_START);
    put(pivot, COLUMN_TREATMENT_END, fact, ITEM_RADIOTHERAPY_END);
    put_row(pivot, FILE_TREATMENT);
}

static void put_progression(struct pivot *pivot, const struct fact *fact)
{
    put(pivot, COLUMN_RESPONSE_DATE, fact, ITEM_PROGRESSION_DATE);
    put(pivot, COLUMN_RESPONSE_STATUS, fact, ITEM_PROGRESSION_FLAG);
    put_row(pivot, FILE_RESPONSE);
}

/* ---- samples, analyses and what they found ---- */

static void put_sample(struct pivot *pivot, const struct fact *fact)
{
    pivot->cells[COLUMN_SAMPLE_EVENT] = tumour_cell(pivot, fact);
    pivot->cells[COLUMN_SAMPLE_CONSENT] = pivot->consent;
    put(pivot, COLUMN_SAMPLE_ACCESSION, fact, ITEM_SPECIMEN_ID);
    put(pivot, COLUMN_SAMPLE_DATE, fact, ITEM_SPECIMEN_DATE);
    put(pivot, COLUMN_SAMPLE_TOPOGRAPHY, fact, ITEM_SPECIMEN_TOPOGRAPHY);
    put(pivot, COLUMN_SAMPLE_ORIGIN, fact, ITEM_SPECIMEN_NATURE);
    put_row(pivot, FILE_SAMPLE);
}

/* The instance of the sample of that number among this patient's, who are just written. */
static const char *sample_cell(const struct pivot *pivot, const char *number)
{
    size_t n;
    const struct fact *facts =
        shared_find(pivot->shared, GROUP_SPECIMEN, TUMOUR_NONE, &n);
    uint64_t before = pivot->render->files[FILE_SAMPLE].rows - n;

    for (size_t i = 0; i < n && *number; i++)
        if (strcmp(fact_text(&facts[i], ITEM_SPECIMEN_ID), number) == 0)
            return arena_printf(pivot->arena, "%" PRIu64, before + i + 1);
    return number;
}

static const char *put_analysis(struct pivot *pivot, const struct fact *fact,
                                const char *type, const char *specimen)
{
    const char *instance = next_instance(pivot, FILE_ANALYSIS);

    pivot->cells[COLUMN_ANALYSIS_EVENT] = tumour_cell(pivot, fact);
    pivot->cells[COLUMN_ANALYSIS_SAMPLE] = sample_cell(pivot, specimen);
    pivot->cells[COLUMN_ANALYSIS_TYPE] = type;
    pivot->cells[COLUMN_ANALYSIS_DATE] = date_cell(pivot, fact->date);
    put_row(pivot, FILE_ANALYSIS);
    return instance;
}

static void put_biomarker(struct pivot *pivot, const struct fact *fact)
{
    bool has_number = fact_value(fact, ITEM_BIOMARKER_NUMBER) != NULL;

    pivot->placed += fact_value(fact, ITEM_BIOMARKER_DATE) != NULL;
    pivot->cells[COLUMN_BIOMARKER_ANALYSIS] =
        put_analysis(pivot, fact, "OSIRIS:C37-1", "");
    put(pivot, COLUMN_BIOMARKER_CODE, fact, ITEM_BIOMARKER_NAME);
    put(pivot, COLUMN_BIOMARKER_VALUE, fact,
        has_number ? ITEM_BIOMARKER_NUMBER : ITEM_BIOMARKER_STATUS);
    put(pivot, COLUMN_BIOMARKER_UNIT, fact, ITEM_BIOMARKER_UNIT);
    put_row(pivot, FILE_BIOMARKER);
}

/* The analysis that told of FACT: those of one tumour, day and sample share it. */
static const char *analysis_of(struct pivot *pivot, const struct fact *fact,
                               enum item date, enum item specimen)
{
    const char *number = specimen != ITEM_NONE ? fact_text(fact, specimen) : "";
    struct analysis *analysis = pivot->analyses;

    pivot->placed += fact_value(fact, date) != NULL;
    pivot->placed += *number != '\0';
    for (size_t i = 0; i < pivot->n_analyses; i++, analysis++)
        if (analysis->tumour == fact->tumour &&
            analysis->date.first == fact->date.first &&
            analysis->date.last == fact->date.last &&
            strcmp(analysis->specimen, number) == 0)
            return analysis->instance;
    pivot->n_analyses++;
    *analysis = (struct analysis){fact->tumour, fact->date, number,
                                  put_analysis(pivot, fact, "OSIRIS:C37-3", number)};
    return analysis->instance;
}

/* The gene of an alteration that is the next row of FILE. */
static void put_gene(struct pivot *pivot, enum pivot_file file, const char *type,
                     const struct fact *fact, enum item gene)
{
    pivot->cells[COLUMN_ANNOTATION_ALTERATION] = next_instance(pivot, file);
    pivot->cells[COLUMN_ANNOTATION_TYPE] = type;
    put(pivot, COLUMN_ANNOTATION_SYMBOL, fact, gene);
}

static const char *change_of(const char *reference, const char *alternative)
{
    if (strcmp(reference, "-") == 0)
        return "LOINC:LA6687-3"; /* insertion */
    if (strcmp(alternative, "-") == 0)
        return "LOINC:LA6692-3"; /* deletion */
    return strlen(reference) == 1 && strlen(alternative) == 1 ? "LOINC:LA6690-7" : "";
}

static void put_variant(struct pivot *pivot, const struct fact *fact)
{
    static const char type[] = "OSIRIS:O15-5";
    const char *protein = fact_text(fact, ITEM_VARIANT_PROTEIN);

    put_gene(pivot, FILE_VARIANT, type, fact, ITEM_VARIANT_GENE);
    put(pivot, COLUMN_ANNOTATION_DNA, fact, ITEM_VARIANT_CODING);
    put(pivot, COLUMN_ANNOTATION_PROTEIN, fact, ITEM_VARIANT_PROTEIN);
    if (*protein)
        pivot->cells[COLUMN_ANNOTATION_PROTEIN] =
            arena_printf(pivot->arena, "p.%s", protein);
    put(pivot, COLUMN_ANNOTATION_PROTEIN_TYPE, fact, ITEM_VARIANT_CLASS);
    put_row(pivot, FILE_ANNOTATION);
    pivot->cells[COLUMN_VARIANT_ANALYSIS] =
        analysis_of(pivot, fact, ITEM_VARIANT_DATE, ITEM_VARIANT_SPECIMEN);
    pivot->cells[COLUMN_VARIANT_ALTERATION] = type;
    put(pivot, COLUMN_VARIANT_CHROMOSOME, fact, ITEM_VARIANT_CHROMOSOME);
    put(pivot, COLUMN_VARIANT_START, fact, ITEM_VARIANT_POSITION);
    put(pivot, COLUMN_VARIANT_REFERENCE, fact, ITEM_VARIANT_REFERENCE);
    put(pivot, COLUMN_VARIANT_ALTERNATIVE, fact, ITEM_VARIANT_ALTERNATIVE);
    pivot->cells[COLUMN_VARIANT_CHANGE] =
        change_of(fact_text(fact, ITEM_VARIANT_REFERENCE),
                  fact_text(fact, ITEM_VARIANT_ALTERNATIVE));
    put_row(pivot, FILE_VARIANT);
}

static void put_copy_number(struct pivot *pivot, const struct fact *fact)
{
    static const char type[] = "OSIRIS:O15-4";

    put_gene(pivot, FILE_COPY, type, fact, ITEM_COPY_GENE);
    put_row(pivot, FILE_ANNOTATION);
    pivot->cells[COLUMN_COPY_ANALYSIS] =
        analysis_of(pivot, fact, ITEM_COPY_DATE, ITEM_NONE);
    pivot->cells[COLUMN_COPY_ALTERATION] = type;
    put(pivot, COLUMN_COPY_NUMBER, fact, ITEM_COPY_VALUE);
    put(pivot, COLUMN_COPY_SEGMENT_STATUS, fact, ITEM_COPY_CALL);
    put_row(pivot, FILE_COPY);
}

/* Which of the two genes is upstream the model does not say: a row of Annotation each. */
static void put_fusion(struct pivot *pivot, const struct fact *fact)
{
    static const char type[] = "OSIRIS:O15-3";

    put_gene(pivot, FILE_FUSION, type, fact, ITEM_FUSION_GENE);
    put_row(pivot, FILE_ANNOTATION);
    if (*fact_text(fact, ITEM_FUSION_PARTNER)) {
        put_gene(pivot, FILE_FUSION, type, fact, ITEM_FUSION_PARTNER);
        put_row(pivot, FILE_ANNOTATION);
    }
    pivot->cells[COLUMN_FUSION_ANALYSIS] =
        analysis_of(pivot, fact, ITEM_FUSION_DATE, ITEM_NONE);
    pivot->cells[COLUMN_FUSION_ALTERATION] = type;
    put_row(pivot, FILE_FUSION);
}

/* ---- family and other diseases ---- */

static void put_family(struct pivot *pivot, const struct fact *fact)
{
    put(pivot, COLUMN_FAMILY_TOPOGRAPHY, fact, ITEM_FAMILY_TOPOGRAPHY);
    put(pivot, COLUMN_FAMILY_PARENTAGE, fact, ITEM_FAMILY_PARENT);
    put_row(pivot, FILE_FAMILY);
}

static void put_pathology(struct pivot *pivot, const struct fact *fact)
{
    put(pivot, COLUMN_PATHOLOGY_CODE, fact, ITEM_MORBID_CODE);
    put(pivot, COLUMN_PATHOLOGY_DATE, fact, ITEM_MORBID_DATE);
    put_row(pivot, FILE_PATHOLOGY);
}

/* ---- all of it ---- */

typedef void put_fact(struct pivot *pivot, const struct fact *fact);

static put_fact *put_of(enum group group)
{
    switch (group) {
    case GROUP_TUMOUR_EVENT: return put_event;
    case GROUP_METASTASIS: return put_metastasis;
    case GROUP_TNM: return put_tnm;
    case GROUP_DRUG: return put_drug;
    case GROUP_SURGERY: return put_surgery;
    case GROUP_RADIOTHERAPY: return put_radiotherapy;
    case GROUP_PROGRESSION: return put_progression;
    case GROUP_SPECIMEN: return put_sample;
    case GROUP_BIOMARKER: return put_biomarker;
    case GROUP_VARIANT: return put_variant;
    case GROUP_COPY_NUMBER: return put_copy_number;
    case GROUP_FUSION: return put_fusion;
    case GROUP_FAMILY_HISTORY: return put_family;
    case GROUP_MORBID_EVENT: return put_pathology;
    default: return NULL; /* written above, or without a file */
    }
}

void pivot_begin(struct render *render)
{
    for (size_t i = 0; i < PIVOT_FILES; i++) {
        struct buffer *out;

        render_add_file(render, file_names[i]);
        out = &render->files[i].bytes;
        buffer_string(out, "Patient_Id,Instance_Id");
        for (size_t c = 0; c < COLUMNS; c++)
            if (columns[c].file == i)
                buffer_printf(out, ",%s", columns[c].name);
        buffer_string(out, "\r\n");
    }
}

void pivot_patient(struct render *render, struct arena *scratch,
                   const struct shared *shared, const struct render_patient *patient)
{
    struct pivot pivot = {.render = render,
                          .arena = scratch,
                          .shared = shared,
                          .number = patient->number,
                          .consent = ""};
    int n_said = shared->record->n_tumours + shared->record->n_others;
    uint64_t said = 0;

    pivot.tumours = arena_array(scratch, (size_t)n_said + 1, sizeof(*pivot.tumours));
    pivot.analyses = arena_array(scratch, shared->n + 1, sizeof(*pivot.analyses));
    put_patient(&pivot, patient);
    put_consent(&pivot);
    for (int i = 0; i < n_said; i++)
        put_tumour(&pivot, i);
    for (size_t i = 0; i < shared->n; i++) {
        const struct fact *fact = &shared->facts[i];
        put_fact *write = put_of(fact->group);

        said += fact->n_values;
        if (write)
            write(&pivot, fact);
    }
    render->losses.homeless += said - pivot.placed;
}
