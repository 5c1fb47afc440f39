/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/cbioportal_clinical.c: clinical attributes; samples, and the tumours they are of.
 *
 * The format has patients and samples, and no tumours. Samples of a patient are of one tumour
 * unless what is said of them differs: their CANCER_TYPE, else the organ of their OncoTree code,
 * else the code. A patient of whom no sample says anything has a tumour of the study's type. What
 * kind a tumour is, is said by its primary samples, or where there is none by all; where these
 * differ it is unknown, for a recurrence may be of another grade than what it recurs from. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "adapt/cbioportal_internal.h"
#include "base/arena.h"

static const struct study_attribute attributes[] = {
#define ATTRIBUTE(name, item, how) {name, ITEM_##item, how},
#define SITE(...)
#include "adapt/cbioportal.def"
#undef SITE
#undef ATTRIBUTE
};

const struct study_attribute *study_attribute_of(const char *column)
{
    char folded[CBIOPORTAL_NAME];

    cbioportal_fold(column, folded);
    for (size_t i = 0; i < ARRAY_LENGTH(attributes); i++)
        if (strcmp(attributes[i].name, folded) == 0)
            return &attributes[i];
    return NULL;
}

static bool is_clinical(const struct study_sheet *sheet)
{
    return sheet->table == CBIOPORTAL_PATIENTS || sheet->table == CBIOPORTAL_SAMPLES;
}

/* A cell that is said of an item. */
struct said {
    const struct study_attribute *attribute; /* NULL: nothing is said */
    const char *text, *column;
    const struct study_sheet *sheet;
    size_t row;
};

/* What is said of ITEM and HOW (NULL: however), by the first attribute of the table above that
 * says anything, in the patient's row or in ROW of a sample's sheet ONLY. */
static struct said said_of(const struct study_patient *patient, enum item item,
                           const char *how, const struct study_sheet *only, size_t row)
{
    struct said best = {NULL, "", "", NULL, 0};

    for (size_t i = 0; i < patient->sheets->n; i++) {
        const struct study_sheet *sheet = &patient->sheet[i];

        if (!is_clinical(sheet) || sheet->sheet->n_rows == 0 || (only && sheet != only))
            continue;
        for (size_t c = 0; c < sheet->sheet->n_columns; c++) {
            const struct study_attribute *attribute = sheet->attribute[c];
            const char *cell;

            if (!attribute || attribute->item != item ||
                (how && strcmp(attribute->how, how) != 0) ||
                (best.attribute && best.attribute <= attribute))
                continue;
            cell = sheet_cell(sheet->sheet, only ? row : 0, c);
            if (!cbioportal_is_null(cell))
                best = (struct said){attribute, cell, sheet->sheet->columns[c], sheet,
                                     only ? row : 0};
        }
    }
    return best;
}

static void at(struct study_patient *patient, const struct said *said)
{
    sheet_at(patient->adapter, said->sheet->sheet, said->row);
}

static void put_said(struct study_patient *patient, struct draft *draft,
                     const struct said *said)
{
    if (!said->attribute)
        return;
    at(patient, said);
    sheet_put(patient->adapter, draft, said->attribute->item, 0, said->text,
              said->column);
}

/* ---- dates ---- */

/* TEXT as a decimal number of what is counted; *STEP_R: one of its last digit. */
static bool decimal(const char *text, double *number_r, double *step_r)
{
    const char *point = strchr(text, '.');
    char *end;

    if (text[0] < '0' || text[0] > '9' || strlen(text) > 40 ||
        strspn(text, "0123456789.") != strlen(text))
        return false;
    *number_r = strtod(text, &end);
    *step_r = point ? pow(10, -(double)strlen(point + 1)) : 1;
    return !*end;
}

/* N years before DAY: the last day on which one turns N by DAY. */
static day_number years_before(day_number day, int n)
{
    int year, month, of_month;

    day_to_civil(day, &year, &month, &of_month);
    if (of_month > days_in_month(year - n, month))
        of_month = days_in_month(year - n, month);
    return day_from_civil(year - n, month, of_month);
}

static struct interval birth_by_age(struct study_patient *patient,
                                    const struct said *said)
{
    struct interval diagnosis = patient->diagnosis;
    double age, step;
    int low, high;

    if (!decimal(said->text, &age, &step) || age > 130) {
        at(patient, said);
        sheet_refuse(patient->adapter, said->column,
                     "no age in years that a date of birth could follow from: kept as it "
                     "stands");
        return INTERVAL_UNKNOWN;
    }
    if (interval_is_unknown(diagnosis))
        return diagnosis;
    low = (int)age;
    high = step < 1 ? (int)(age + step) : low; /* 54.99 may be rounded from 55 */
    if (step < 1 && age - step < low && low > 0)
        low--;
    return (struct interval){years_before(diagnosis.first, high + 1) + 1,
                             years_before(diagnosis.last, low)};
}

/* A date that is a date, or so many days or months from the diagnosis. */
static struct interval date_said(struct study_patient *patient, const struct said *said)
{
    struct interval date;
    double number, step;
    long days;

    if (!said->attribute)
        return INTERVAL_UNKNOWN;
    if (strcmp(said->attribute->how, "date") == 0) {
        if (date_parse(said->text, &date, &patient->adapter->scratch) == 0)
            return date;
        at(patient, said);
        sheet_refuse(patient->adapter, said->column, patient->adapter->scratch.message);
        return INTERVAL_UNKNOWN;
    }
    if (strcmp(said->attribute->how, "years") == 0)
        return birth_by_age(patient, said);
    if (strcmp(said->attribute->how, "days") == 0) {
        if (study_days(said->text, &days))
            return study_shift(patient->diagnosis, days, days);
    } else if (decimal(said->text, &number, &step) && number < 2000) {
        double low = (number > step ? number - step : 0) * 30.4;
        double high = (number + step) * 30.5;

        return study_shift(patient->diagnosis, (long)floor(low), (long)ceil(high));
    }
    at(patient, said);
    sheet_refuse(patient->adapter, said->column,
                 "no number of days or months after the diagnosis: kept as it stands");
    return INTERVAL_UNKNOWN;
}

/* The day of the earliest event "Diagnosis" of the timelines. */
static bool diagnosis_day(const struct study_patient *patient, long *day_r)
{
    bool found = false;

    for (size_t i = 0; i < patient->sheets->n; i++) {
        const struct study_sheet *sheet = &patient->sheet[i];

        for (size_t r = 0;
             sheet->table == CBIOPORTAL_TIMELINE && r < sheet->sheet->n_rows; r++) {
            char type[CBIOPORTAL_NAME];
            long day;

            cbioportal_fold(study_cell(sheet, r, CBIOPORTAL_EVENT_TYPE), type);
            if (strcmp(type, "DIAGNOSIS") == 0 &&
                study_days(study_cell(sheet, r, CBIOPORTAL_START_DATE), &day) &&
                (!found || day < *day_r)) {
                *day_r = day;
                found = true;
            }
        }
    }
    return found;
}

void study_dates(struct study_patient *patient)
{
    struct said said;
    long day = 0;

    diagnosis_day(patient, &day);
    if (!interval_is_unknown(patient->day_zero)) {
        patient->diagnosis = study_shift(patient->day_zero, day, day);
        return;
    }
    said = said_of(patient, ITEM_DIAGNOSIS_DATE, NULL, NULL, 0);
    patient->diagnosis = date_said(patient, &said);
    patient->day_zero = study_shift(patient->diagnosis, -day, -day);
}

/* ---- samples ---- */

static void kind_of(struct study_sample *sample, const char *type)
{
    char folded[CBIOPORTAL_NAME];

    cbioportal_fold(type, folded);
    if (strstr(folded, "NORMAL") || strstr(folded, "GERMLINE"))
        sample->kind = SAMPLE_NORMAL;
    else if (strstr(folded, "METAST"))
        sample->kind = SAMPLE_METASTASIS;
    else if (strstr(folded, "RECUR") || strstr(folded, "RELAPS") ||
             strstr(folded, "PROGRESS"))
        sample->kind = SAMPLE_RECURRENCE;
    else if (strstr(folded, "PRIMARY"))
        sample->kind = SAMPLE_PRIMARY;
}

/* The digits behind the third '-' of a TCGA sample: 01 primary, 02 recurrent, 06 and 07
 * metastatic, 10 to 14 normal. */
static void kind_of_barcode(struct study_sample *sample)
{
    static const struct {
        const char *digits;
        unsigned kind;
    } codes[] = {{"01", SAMPLE_PRIMARY},    {"03", SAMPLE_PRIMARY},
                 {"05", SAMPLE_PRIMARY},    {"09", SAMPLE_PRIMARY},
                 {"02", SAMPLE_RECURRENCE}, {"04", SAMPLE_RECURRENCE},
                 {"06", SAMPLE_METASTASIS}, {"07", SAMPLE_METASTASIS},
                 {"10", SAMPLE_NORMAL},     {"11", SAMPLE_NORMAL},
                 {"12", SAMPLE_NORMAL},     {"13", SAMPLE_NORMAL},
                 {"14", SAMPLE_NORMAL}};

    if (strncmp(sample->id, "TCGA-", 5) != 0 || strlen(sample->id) < CBIOPORTAL_TCGA ||
        sample->id[12] != '-')
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++)
        if (strncmp(sample->id + 13, codes[i].digits, 2) == 0)
            sample->kind = (int)codes[i].kind;
}

static const char *named_cell(const struct study_sheet *sheet, size_t row,
                              const char *name)
{
    for (size_t c = 0; c < sheet->sheet->n_columns; c++) {
        char folded[CBIOPORTAL_NAME];

        cbioportal_fold(sheet->sheet->columns[c], folded);
        if (strcmp(folded, name) == 0) {
            const char *cell = sheet_cell(sheet->sheet, row, c);

            return cbioportal_is_null(cell) ? "" : cell;
        }
    }
    return "";
}

static void read_sample(struct study_patient *patient, const struct study_sheet *sheet,
                        size_t row)
{
    struct study_sample *sample = &patient->samples[patient->n_samples];
    const char *code = named_cell(sheet, row, "ONCOTREECODE");
    const char *detailed = named_cell(sheet, row, "CANCERTYPEDETAILED");

    /* a second file of samples has more attributes of the same ones */
    for (size_t i = 0; i < patient->n_samples; i++)
        if (strcmp(patient->samples[i].id,
                   study_cell(sheet, row, CBIOPORTAL_SAMPLE_ID)) == 0)
            return;
    patient->n_samples++;
    *sample = (struct study_sample){.id = study_cell(sheet, row, CBIOPORTAL_SAMPLE_ID),
                                    .cancer = named_cell(sheet, row, "CANCERTYPE"),
                                    .type = {code, detailed, "", ""},
                                    .site = "",
                                    .tumour = TUMOUR_NONE,
                                    .taken = INTERVAL_UNKNOWN,
                                    .sheet = sheet,
                                    .row = row};
    if (*code || *detailed)
        cbioportal_oncotree(code, detailed, &sample->type);
    if (!*sample->type.topography)
        sample->type.topography = cbioportal_site(named_cell(sheet, row, "PRIMARYSITE"));
    kind_of_barcode(sample);
    kind_of(sample, named_cell(sheet, row, "SAMPLECLASS"));
    kind_of(sample, named_cell(sheet, row, "SAMPLETYPE"));
    if (sample->kind == SAMPLE_METASTASIS)
        sample->site = cbioportal_site(named_cell(sheet, row, "METASTATICSITE"));
}

static bool same_cancer(const struct study_sample *a, const struct study_sample *b)
{
    if (*a->cancer && *b->cancer)
        return strcasecmp(a->cancer, b->cancer) == 0;
    if (*a->type.topography && *b->type.topography)
        return strncmp(a->type.topography, b->type.topography, 3) == 0;
    return !*a->type.code || !*b->type.code ||
           strcasecmp(a->type.code, b->type.code) == 0;
}

static void number_tumours(struct study_patient *patient)
{
    for (size_t i = 0; i < patient->n_samples; i++) {
        struct study_sample *sample = &patient->samples[i];

        if (sample->kind == SAMPLE_NORMAL)
            continue;
        for (size_t j = 0; j < i && sample->tumour == TUMOUR_NONE; j++)
            if (patient->samples[j].tumour != TUMOUR_NONE &&
                same_cancer(sample, &patient->samples[j]))
                sample->tumour = patient->samples[j].tumour;
        if (sample->tumour == TUMOUR_NONE)
            sample->tumour = patient->n_tumours++;
    }
}

/* ---- tumours ---- */

/* What the samples of TUMOUR agree on. */
static struct cbioportal_type type_of(const struct study_patient *patient, int tumour,
                                      const struct study_sample **said_by_r)
{
    struct cbioportal_type type = {"", "", "", ""};
    bool primary = false, any = false;

    for (size_t i = 0; i < patient->n_samples; i++)
        primary = primary || (patient->samples[i].tumour == tumour &&
                              patient->samples[i].kind == SAMPLE_PRIMARY);
    for (size_t i = 0; i < patient->n_samples; i++) {
        const struct study_sample *sample = &patient->samples[i];

        if (sample->tumour != tumour || (primary && sample->kind != SAMPLE_PRIMARY))
            continue;
        if (!any) {
            type = sample->type;
            *said_by_r = sample;
            any = true;
            continue;
        }
        if (strcasecmp(type.code, sample->type.code) != 0)
            type.code = "";
        if (strcasecmp(type.name, sample->type.name) != 0)
            type.name = "";
        if (strcmp(type.topography, sample->type.topography) != 0)
            type.topography = "";
        if (strcmp(type.morphology, sample->type.morphology) != 0)
            type.morphology = "";
    }
    return type;
}

static void put_text(struct study_patient *patient, struct draft *draft, enum item item,
                     const char *text)
{
    sheet_put(patient->adapter, draft, item, 0, text, "ONCOTREE_CODE");
}

/* ICD_O_3_SITE and ICD_O_3_HISTOLOGY of the patient, or of the sample, go before OncoTree. */
static void put_own(struct study_patient *patient, struct draft *draft, enum item item,
                    const struct study_sample *sample)
{
    struct said said = said_of(patient, item, NULL, sample ? sample->sheet : NULL,
                               sample ? sample->row : 0);

    if (!said.attribute && sample)
        said = said_of(patient, item, NULL, NULL, 0);
    if (said.sheet && said.sheet->table == CBIOPORTAL_PATIENTS && patient->n_tumours > 1)
        return;
    put_said(patient, draft, &said);
}

static bool is_put(const struct draft *draft, enum item item)
{
    return draft->set & (uint32_t)1 << (item - draft->first);
}

static void add_tumour(struct study_patient *patient, int tumour,
                       const struct cbioportal_type *type,
                       const struct study_sample *sample)
{
    struct draft draft;

    draft_begin(&draft, GROUP_PRIMARY_CANCER);
    sheet_at(patient->adapter, sample && sample->sheet ? sample->sheet->sheet : NULL,
             sample ? sample->row : 0);
    put_own(patient, &draft, ITEM_TOPOGRAPHY, sample);
    put_own(patient, &draft, ITEM_MORPHOLOGY, sample);
    put_own(patient, &draft, ITEM_LATERALITY, sample);
    if (!is_put(&draft, ITEM_TOPOGRAPHY))
        put_text(patient, &draft, ITEM_TOPOGRAPHY, type->topography);
    if (!is_put(&draft, ITEM_MORPHOLOGY))
        put_text(patient, &draft, ITEM_MORPHOLOGY, type->morphology);
    put_text(patient, &draft, ITEM_CANCER_SOURCE_CODE, type->code);
    put_text(patient, &draft, ITEM_MORPHOLOGY_GROUP, type->name);
    if (!draft.set) /* who is in a study of cancers has one */
        put_text(patient, &draft, ITEM_TOPOGRAPHY, "unknown");
    if (patient->n_tumours == 1) /* of several it is not said which was diagnosed then */
        study_date(&draft, ITEM_DIAGNOSIS_DATE, patient->diagnosis);
    sheet_fact(patient->adapter, &draft, tumour);
}

static void add_tumours(struct study_patient *patient)
{
    if (patient->n_tumours == 0) {
        struct cbioportal_type type = {"", "", "", ""};

        if (strcasecmp(patient->type_of_cancer, "mixed") != 0)
            cbioportal_oncotree(patient->type_of_cancer, "", &type);
        patient->n_tumours = 1;
        add_tumour(patient, 0, &type, NULL);
        return;
    }
    for (int t = 0; t < patient->n_tumours; t++) {
        const struct study_sample *sample = NULL;
        struct cbioportal_type type = type_of(patient, t, &sample);

        if (!*type.code && !*type.name && !*type.topography && patient->n_tumours == 1 &&
            strcasecmp(patient->type_of_cancer, "mixed") != 0)
            cbioportal_oncotree(patient->type_of_cancer, "", &type);
        add_tumour(patient, t, &type, sample);
    }
}

static void add_event(struct study_patient *patient, const struct study_sample *sample)
{
    bool metastasis = sample->kind == SAMPLE_METASTASIS;
    struct draft draft;

    if (!metastasis && sample->kind != SAMPLE_RECURRENCE)
        return;
    draft_begin(&draft, GROUP_TUMOUR_EVENT);
    put_text(patient, &draft, ITEM_EVENT_TYPE, metastasis ? "METASTASIS" : "RELAPSE");
    put_text(patient, &draft, ITEM_EVENT_MORPHOLOGY, sample->type.morphology);
    put_text(patient, &draft, ITEM_EVENT_TOPOGRAPHY, sample->site);
    sheet_fact(patient->adapter, &draft, sample->tumour);
    if (metastasis && *sample->site) {
        draft_begin(&draft, GROUP_METASTASIS);
        put_text(patient, &draft, ITEM_METASTASIS_TOPOGRAPHY, sample->site);
        sheet_fact(patient->adapter, &draft, sample->tumour);
    }
}

static void add_sample(struct study_patient *patient, const struct study_sample *sample)
{
    struct draft draft;
    struct said said = {NULL, "", "", NULL, 0};

    if (sample->sheet) {
        sheet_at(patient->adapter, sample->sheet->sheet, sample->row);
        said = said_of(patient, ITEM_SPECIMEN_TYPE, NULL, sample->sheet, sample->row);
    }
    draft_begin(&draft, GROUP_SPECIMEN);
    put_text(patient, &draft, ITEM_SPECIMEN_ID, sample->id);
    put_said(patient, &draft, &said);
    put_text(patient, &draft, ITEM_SPECIMEN_NATURE,
             sample->kind == SAMPLE_NORMAL ? "HEALTHY" : "TUMOUR");
    put_text(patient, &draft, ITEM_SPECIMEN_TOPOGRAPHY, sample->site);
    study_date(&draft, ITEM_SPECIMEN_DATE, sample->taken);
    sheet_fact(patient->adapter, &draft, TUMOUR_NONE);
    add_event(patient, sample);
}

void study_samples(struct study_patient *patient)
{
    size_t n = 0;

    for (size_t i = 0; i < patient->sheets->n; i++)
        if (patient->sheet[i].table == CBIOPORTAL_SAMPLES)
            n += patient->sheet[i].sheet->n_rows;
    patient->samples =
        arena_array(patient->adapter->arena, n + 1, sizeof(*patient->samples));
    for (size_t i = 0; i < patient->sheets->n; i++) {
        const struct study_sheet *sheet = &patient->sheet[i];

        for (size_t r = 0; sheet->table == CBIOPORTAL_SAMPLES && r < sheet->sheet->n_rows;
             r++)
            read_sample(patient, sheet, r);
    }
    study_taken(patient);
    number_tumours(patient);
    add_tumours(patient);
    for (size_t i = 0; i < patient->n_samples; i++)
        add_sample(patient, &patient->samples[i]);
}

/* ---- the patient ---- */

/* OS_STATUS is "1:DECEASED" or "0:LIVING"; the number and the word must agree. */
static const char *status_word(struct study_patient *patient, const struct said *said)
{
    const char *text = said->text;
    char code[VOCAB_CODE_SIZE];

    if ((text[0] != '0' && text[0] != '1') || text[1] != ':')
        return text;
    if (vocab_normalise(VOCAB_VITAL_STATUS, text + 2, code, NULL) == 0 && code[0] &&
        (code[0] == 'D') != (text[0] == '1')) {
        at(patient, said);
        sheet_refuse(patient->adapter, said->column,
                     "the number and the word contradict each other: expected 1:DECEASED "
                     "or 0:LIVING");
        return "";
    }
    return text + 2;
}

static void add_status(struct study_patient *patient)
{
    struct said said = said_of(patient, ITEM_VITAL_STATUS, NULL, NULL, 0);
    struct said death = said_of(patient, ITEM_DEATH_DATE, NULL, NULL, 0);
    struct said months = said_of(patient, ITEM_DEATH_DATE, "months", NULL, 0);
    struct said contact = said_of(patient, ITEM_LAST_CONTACT, NULL, NULL, 0);
    struct draft draft;
    const char *word = said.attribute ? status_word(patient, &said) : "";
    char code[VOCAB_CODE_SIZE] = "";

    if (vocab_normalise(VOCAB_VITAL_STATUS, word, code, NULL) < 0)
        code[0] = '\0';
    /* a date or a day of death says so by itself; months of survival do not */
    patient->dead = code[0] == 'D' ||
                    (!code[0] && death.attribute && death.attribute->how[0] == 'd' &&
                     strcmp(death.attribute->name, "OSDAYS") != 0);
    draft_begin(&draft, GROUP_VITAL_STATUS);
    if (said.attribute) {
        at(patient, &said);
        sheet_put(patient->adapter, &draft, ITEM_VITAL_STATUS, 0, word, said.column);
    } else if (patient->dead) {
        put_text(patient, &draft, ITEM_VITAL_STATUS, "DEAD");
    }
    if (patient->dead)
        study_date(&draft, ITEM_DEATH_DATE, date_said(patient, &death));
    else if (contact.attribute || code[0] == 'A')
        study_date(&draft, ITEM_LAST_CONTACT,
                   date_said(patient, contact.attribute ? &contact : &months));
    sheet_fact(patient->adapter, &draft, TUMOUR_NONE);
}

/* Numbers are the study's own, unless it is said that they are the centre's: P01 of another study is
 * somebody else. The study stands for a centre, and its name is cut where it would not fit into the address of an original. */
#define CENTRE_LENGTH 30

static const char *centre_of(const struct study_patient *patient)
{
    const char *source = patient->sheets->source;
    uint32_t digest = 0x811C9DC5; /* FNV-1a */

    if (strlen(source) <= CENTRE_LENGTH)
        return source;
    for (const char *c = source; *c; c++)
        digest = (digest ^ (unsigned char)*c) * 0x01000193;
    return arena_printf(patient->adapter->arena, "%.*s-%08x", CENTRE_LENGTH - 9, source,
                        (unsigned)digest);
}

static void add_patient(struct study_patient *patient)
{
    struct said sex = said_of(patient, ITEM_PATIENT_SEX, NULL, NULL, 0);
    struct said birth = said_of(patient, ITEM_PATIENT_BIRTH, NULL, NULL, 0);
    struct draft draft;

    sheet_at(patient->adapter, NULL, 0);
    draft_begin(&draft, GROUP_PATIENT);
    sheet_put(patient->adapter, &draft, ITEM_PATIENT_ID, 0, patient->sheets->patient,
              "PATIENT_ID");
    if (!patient->own)
        sheet_put(patient->adapter, &draft, ITEM_PATIENT_CENTRE, 0, centre_of(patient),
                  "PATIENT_ID");
    put_said(patient, &draft, &sex);
    if (birth.attribute)
        study_date(&draft, ITEM_PATIENT_BIRTH, date_said(patient, &birth));
    sheet_fact(patient->adapter, &draft, TUMOUR_NONE);
}

/* ---- attributes ---- */

/* One group of items that stand together: a TNM of one kind, a stage, a grade. */
static void add_items(struct study_patient *patient, const struct study_sheet *sheet,
                      size_t row, int tumour, enum group group, const char *how)
{
    const struct group_row *of = model_group(group);
    struct draft draft;
    bool any = false;

    draft_begin(&draft, group);
    for (int item = (int)of->first; item < (int)of->after; item++) {
        struct said said = said_of(patient, (enum item)item, how, sheet, row);

        any = any || said.attribute;
        put_said(patient, &draft, &said);
    }
    if (any && group == GROUP_TNM)
        put_text(patient, &draft, ITEM_TNM_TYPE, how);
    if (any && group == GROUP_BIOMARKER)
        put_text(patient, &draft, ITEM_BIOMARKER_NAME, how);
    if (any)
        sheet_fact(patient->adapter, &draft, tumour);
}

/* Of which items this sheet has a column, so that rows are asked for these alone. */
static bool has_group(const struct study_sheet *sheet, enum group group, const char *how)
{
    for (size_t c = 0; c < sheet->sheet->n_columns; c++) {
        const struct study_attribute *attribute = sheet->attribute[c];

        if (attribute && model_item(attribute->item)->group == group &&
            strcmp(attribute->how, how) == 0)
            return true;
    }
    return false;
}

static void add_known(struct study_patient *patient, const struct study_sheet *sheet,
                      size_t row, int tumour)
{
    static const struct {
        enum group group;
        const char *how;
    } known[] = {{GROUP_TNM, "p"},        {GROUP_TNM, "c"},
                 {GROUP_TNM, ""},         {GROUP_STAGE, ""},
                 {GROUP_GRADE, ""},       {GROUP_BIOMARKER, "ER"},
                 {GROUP_BIOMARKER, "PR"}, {GROUP_BIOMARKER, "HER2"}};

    for (size_t i = 0; i < ARRAY_LENGTH(known); i++)
        if (has_group(sheet, known[i].group, known[i].how))
            add_items(patient, sheet, row, tumour, known[i].group, known[i].how);
}

/* What the head of the file declares of the attribute FOLDED. */
static enum study_kind kind_declared(const struct study_patient *patient,
                                     const char *folded)
{
    size_t length = strlen(folded);
    const char *found = patient->numbers;

    if (!*found)
        return STUDY_EITHER;
    while ((found = strstr(found, folded))) {
        if ((found == patient->numbers || found[-1] == ' ') &&
            (found[length] == ' ' || !found[length]))
            return STUDY_NUMBER;
        found += length;
    }
    return STUDY_TEXT;
}

/* "Jan-14", "4-Oct": what a spreadsheet made of 1-14 and 10-4. */
static bool is_spoilt(const char *text)
{
    static const char months[] = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC";
    const char *dash = strchr(text, '-');
    const char *month = text, *number = dash ? dash + 1 : NULL;
    char upper[4];

    if (!dash || strchr(number, '-'))
        return false;
    if (text[0] >= '0' && text[0] <= '9') {
        month = dash + 1;
        number = text;
        if (strlen(month) != 3 || strspn(number, "0123456789") != (size_t)(dash - text))
            return false;
    } else if (dash - text != 3 || !*number ||
               strspn(number, "0123456789") != strlen(number)) {
        return false;
    }
    for (int i = 0; i < 3; i++)
        upper[i] = (char)(month[i] & ~0x20);
    upper[3] = '\0';
    for (size_t i = 0; i < sizeof(months) - 1; i += 3)
        if (memcmp(months + i, upper, 3) == 0)
            return true;
    return false;
}

static void add_attributes(struct study_patient *patient, const struct study_sheet *sheet,
                           size_t row, int tumour)
{
    for (size_t c = 0; c < sheet->sheet->n_columns; c++) {
        const char *column = sheet->sheet->columns[c];
        const char *cell = sheet_cell(sheet->sheet, row, c);
        const struct study_attribute *attribute = sheet->attribute[c];
        char folded[CBIOPORTAL_NAME];

        if (c == sheet->columns.at[CBIOPORTAL_PATIENT_ID] ||
            c == sheet->columns.at[CBIOPORTAL_SAMPLE_ID] || cbioportal_is_null(cell) ||
            (attribute && attribute->item == ITEM_PATIENT_SEX) ||
            cbioportal_fold(column, folded) == 0)
            continue;
        if (is_spoilt(cell)) {
            sheet_refuse(patient->adapter, column,
                         "a date where none is expected, such as a spreadsheet makes of "
                         "1-14: left out; put back what was meant");
            continue;
        }
        study_value(patient, column, cell, "", kind_declared(patient, folded),
                    INTERVAL_UNKNOWN, tumour, column);
    }
}

/* The row of a patient twice: what the second adds is taken, as of one row. */
void study_clinical(struct study_patient *patient)
{
    add_patient(patient);
    add_status(patient);
    for (size_t i = 0; i < patient->sheets->n; i++) {
        const struct study_sheet *sheet = &patient->sheet[i];

        for (size_t r = 0; is_clinical(sheet) && r < sheet->sheet->n_rows; r++) {
            int tumour =
                study_tumour(patient, study_cell(sheet, r, CBIOPORTAL_SAMPLE_ID));

            sheet_at(patient->adapter, sheet->sheet, r);
            add_known(patient, sheet, r, tumour);
            sheet_at(patient->adapter, sheet->sheet, r);
            add_attributes(patient, sheet, r, tumour);
        }
    }
    sheet_at(patient->adapter, NULL, 0);
}
