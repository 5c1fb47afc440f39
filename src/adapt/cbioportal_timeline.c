/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/cbioportal_timeline.c: events, in days from day zero.
 *
 * A row is a fact of the kind that its EVENT_TYPE names, and each further cell of it an
 * observation or measure "EVENT COLUMN", so that nothing of a row is lost. Where day zero is not
 * known the days are measures "EVENT DAY" and "EVENT LAST DAY". Rows of STATUS that say progression,
 * recurrence or death in the words below are that as well. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "adapt/cbioportal_internal.h"
#include "base/arena.h"

/* The row being read. */
struct event {
    struct study_patient *patient;
    const struct study_sheet *sheet;
    size_t row;
    const char *type;             /* as the source writes it */
    char folded[CBIOPORTAL_NAME]; /* of type */
    struct interval start, stop;
};

enum event_kind {
    EVENT_OTHER,
    EVENT_TREATMENT,
    EVENT_RADIATION,
    EVENT_SURGERY,
    EVENT_LAB_TEST,
    EVENT_STATUS,
    EVENT_SPECIMEN,
    EVENT_IMAGING
};

static enum event_kind kind_of(const struct event *event)
{
    static const struct {
        const char *word;
        enum event_kind kind;
    } words[] = {{"TREATMENT", EVENT_TREATMENT},
                 {"TREATMENTS", EVENT_TREATMENT},
                 {"MEDICALTHERAPY", EVENT_TREATMENT},
                 {"CHEMOTHERAPY", EVENT_TREATMENT},
                 {"SYSTEMICTHERAPY", EVENT_TREATMENT},
                 {"RADIATION", EVENT_RADIATION},
                 {"RADIATIONTHERAPY", EVENT_RADIATION},
                 {"RADIOTHERAPY", EVENT_RADIATION},
                 {"SURGERY", EVENT_SURGERY},
                 {"LABTEST", EVENT_LAB_TEST},
                 {"LABTESTS", EVENT_LAB_TEST},
                 {"LAB", EVENT_LAB_TEST},
                 {"STATUS", EVENT_STATUS},
                 {"SPECIMEN", EVENT_SPECIMEN},
                 {"SAMPLEACQUISITION", EVENT_SPECIMEN},
                 {"IMAGING", EVENT_IMAGING}};
    char type[CBIOPORTAL_NAME];

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (strcmp(words[i].word, event->folded) != 0)
            continue;
        if (words[i].kind != EVENT_TREATMENT)
            return words[i].kind;
        cbioportal_fold(study_cell(event->sheet, event->row, CBIOPORTAL_TREATMENT_TYPE),
                        type);
        return strncmp(type, "RADI", 4) == 0   ? EVENT_RADIATION
               : strncmp(type, "SURG", 4) == 0 ? EVENT_SURGERY
                                               : EVENT_TREATMENT;
    }
    return EVENT_OTHER;
}

static const char *cell(const struct event *event, enum cbioportal_column column)
{
    return study_cell(event->sheet, event->row, column);
}

static void put(const struct event *event, struct draft *draft, enum item item,
                const char *text)
{
    sheet_put(event->patient->adapter, draft, item, 0, text, "EVENT_TYPE");
}

static void add(const struct event *event, struct draft *draft)
{
    const struct group_row *group = model_group(draft->group);

    study_date(draft, group->start, event->start);
    if (group->end != ITEM_NONE)
        study_date(draft, group->end, event->stop);
    sheet_fact(event->patient->adapter, draft, study_tumour(event->patient, ""));
}

/* ---- treatments ---- */

/* The drug whose label is NAME, in French or English; "" if none is. */
static const char *drug_code(const char *name)
{
    for (size_t i = 0; i < vocab_known_count(VOCAB_ATC); i++) {
        const char *code = vocab_known(VOCAB_ATC, i);
        const char *en = vocab_label(VOCAB_ATC, code, LANG_EN);
        const char *fr = vocab_label(VOCAB_ATC, code, LANG_FR);

        if (strlen(code) == 7 &&
            ((en && strcasecmp(en, name) == 0) || (fr && strcasecmp(fr, name) == 0)))
            return code;
    }
    return "";
}

static void add_drug(const struct event *event, const char *name)
{
    struct draft draft;

    draft_begin(&draft, GROUP_DRUG);
    put(event, &draft, ITEM_DRUG_CODE, drug_code(name));
    put(event, &draft, ITEM_DRUG_NAME, name);
    add(event, &draft);
}

/* "TMZ + thalidomide", "A; B", "A, B": a fact each. */
static void add_drugs(const struct event *event)
{
    const char *agents = cell(event, CBIOPORTAL_AGENT);

    if (!*agents) {
        const char *subtype = cell(event, CBIOPORTAL_SUBTYPE);
        const char *type = cell(event, CBIOPORTAL_TREATMENT_TYPE);

        add_drug(event, *subtype ? subtype : *type ? type : "unknown");
        return;
    }
    while (*agents) {
        size_t length = strcspn(agents, "+;,"), next = length + (agents[length] != '\0');

        while (length > 0 && agents[length - 1] == ' ')
            length--;
        if (length > 0)
            add_drug(event, arena_string(event->patient->adapter->arena, agents, length));
        agents += next;
        while (*agents == ' ')
            agents++;
    }
}

static void add_radiation(const struct event *event)
{
    struct draft draft;

    draft_begin(&draft, GROUP_RADIOTHERAPY);
    put(event, &draft, ITEM_RADIOTHERAPY_CODE, "unknown"); /* of CCAM; it says no code */
    study_put(event->patient, &draft, ITEM_RADIOTHERAPY_DOSE, event->sheet, event->row,
              CBIOPORTAL_RADIATION_DOSE);
    add(event, &draft);
}

static void add_surgery(const struct event *event)
{
    const char *label = cell(event, CBIOPORTAL_PROCEDURE);
    struct draft draft;

    if (!*label)
        label = cell(event, CBIOPORTAL_SUBTYPE);
    draft_begin(&draft, GROUP_SURGERY);
    put(event, &draft, ITEM_SURGERY_CODE, "unknown");
    put(event, &draft, ITEM_SURGERY_LABEL, *label ? label : event->type);
    add(event, &draft);
}

/* ---- results ---- */

static void add_lab_test(const struct event *event)
{
    const char *test = cell(event, CBIOPORTAL_TEST);
    const char *result = cell(event, CBIOPORTAL_RESULT);

    study_value(event->patient, *test ? test : event->type, *result ? result : "unknown",
                cell(event, CBIOPORTAL_RESULT_UNIT), STUDY_EITHER, event->start,
                study_tumour(event->patient, ""),
                study_column(event->sheet, CBIOPORTAL_RESULT));
}

static void add_progression(const struct event *event)
{
    struct draft draft;

    draft_begin(&draft, GROUP_PROGRESSION);
    put(event, &draft, ITEM_PROGRESSION_FLAG, "YES");
    add(event, &draft);
}

static void add_recurrence(const struct event *event, const char *type)
{
    struct draft draft;

    draft_begin(&draft, GROUP_TUMOUR_EVENT);
    put(event, &draft, ITEM_EVENT_TYPE, type);
    add(event, &draft);
}

static void add_death(const struct event *event)
{
    struct draft draft;

    draft_begin(&draft, GROUP_VITAL_STATUS);
    put(event, &draft, ITEM_VITAL_STATUS, "DEAD");
    study_date(&draft, ITEM_DEATH_DATE, event->start);
    sheet_fact(event->patient->adapter, &draft, TUMOUR_NONE);
}

static void add_status(const struct event *event)
{
    static const char *const progressions[] = {"PROGRESSION",
                                               "PROGRESSED",
                                               "PROGRESSIVEDISEASE",
                                               "DISEASEPROGRESSION",
                                               "RADIOGRAPHICPROGRESSION",
                                               "CLINICALPROGRESSION",
                                               "TUMORPROGRESSION"};
    static const char *const recurrences[] = {"RECURRENCE", "RECURRED", "RELAPSE",
                                              "RELAPSED", "DISEASERECURRENCE"};
    const char *said = cell(event, CBIOPORTAL_STATUS);
    char status[CBIOPORTAL_NAME];

    study_value(event->patient, event->type, *said ? said : "unknown", "", STUDY_TEXT,
                event->start, study_tumour(event->patient, ""),
                study_column(event->sheet, CBIOPORTAL_STATUS));
    cbioportal_fold(said, status);
    for (size_t i = 0; i < ARRAY_LENGTH(progressions); i++)
        if (strcmp(status, progressions[i]) == 0)
            add_progression(event);
    for (size_t i = 0; i < ARRAY_LENGTH(recurrences); i++)
        if (strcmp(status, recurrences[i]) == 0)
            add_recurrence(event, "RELAPSE");
    if (strcmp(status, "LOCALRECURRENCE") == 0)
        add_recurrence(event, "LOCAL");
    if (strcmp(status, "METASTASIS") == 0 || strcmp(status, "METASTATIC") == 0)
        add_recurrence(event, "METASTASIS");
    if (strcmp(status, "DECEASED") == 0 || strcmp(status, "DEAD") == 0 ||
        strcmp(status, "DEATH") == 0)
        add_death(event);
}

static void add_imaging(const struct event *event)
{
    const char *type = cell(event, CBIOPORTAL_DIAGNOSTIC_TYPE);
    char code[VOCAB_CODE_SIZE];
    struct draft draft;

    draft_begin(&draft, GROUP_IMAGING);
    /* a modality in words of its own is an observation, and here unknown */
    put(event, &draft, ITEM_IMAGING_MODALITY,
        vocab_normalise(VOCAB_MODALITY, type, code, NULL) == 0 && *type ? type
                                                                        : "unknown");
    add(event, &draft);
}

/* A sample of which the clinical files say nothing; the others are there already. */
static void add_specimen(const struct event *event)
{
    const char *id = cell(event, CBIOPORTAL_SAMPLE_ID);
    struct draft draft;

    for (size_t i = 0; *id && i < event->patient->n_samples; i++)
        if (strcmp(event->patient->samples[i].id, id) == 0)
            return;
    draft_begin(&draft, GROUP_SPECIMEN);
    put(event, &draft, ITEM_SPECIMEN_ID, id);
    put(event, &draft, ITEM_SPECIMEN_TYPE, "unknown");
    add(event, &draft);
}

/* ---- the row ---- */

static void add_other(const struct event *event)
{
    struct draft draft;

    draft_begin(&draft, GROUP_OBSERVATION);
    put(event, &draft, ITEM_OBSERVATION_TYPE, event->type);
    add(event, &draft);
}

static void add_days(const struct event *event)
{
    static const struct {
        enum cbioportal_column column;
        const char *words;
    } days[] = {{CBIOPORTAL_START_DATE, "DAY"}, {CBIOPORTAL_STOP_DATE, "LAST DAY"}};

    for (size_t i = 0; i < ARRAY_LENGTH(days); i++) {
        const char *text = cell(event, days[i].column);
        long day;

        if (interval_is_unknown(event->patient->day_zero) && study_days(text, &day))
            study_value(event->patient,
                        arena_printf(event->patient->adapter->arena, "%.60s %s",
                                     event->type, days[i].words),
                        text, "d", STUDY_NUMBER, INTERVAL_UNKNOWN,
                        study_tumour(event->patient, ""),
                        study_column(event->sheet, days[i].column));
    }
}

/* What the fact of KIND has taken of the row. */
static bool is_taken(const struct event *event, enum event_kind kind, size_t column)
{
    static const enum cbioportal_column always[] = {CBIOPORTAL_PATIENT_ID,
                                                    CBIOPORTAL_START_DATE,
                                                    CBIOPORTAL_STOP_DATE,
                                                    CBIOPORTAL_EVENT_TYPE};
    static const struct {
        enum event_kind kind;
        enum cbioportal_column column;
    } taken[] = {
        {EVENT_TREATMENT, CBIOPORTAL_AGENT},  {EVENT_LAB_TEST, CBIOPORTAL_TEST},
        {EVENT_LAB_TEST, CBIOPORTAL_RESULT},  {EVENT_LAB_TEST, CBIOPORTAL_RESULT_UNIT},
        {EVENT_STATUS, CBIOPORTAL_STATUS},    {EVENT_SPECIMEN, CBIOPORTAL_SAMPLE_ID},
        {EVENT_SURGERY, CBIOPORTAL_PROCEDURE}};
    char folded[CBIOPORTAL_NAME];

    for (size_t i = 0; i < ARRAY_LENGTH(always); i++)
        if (event->sheet->columns.at[always[i]] == column)
            return true;
    for (size_t i = 0; i < ARRAY_LENGTH(taken); i++)
        if (taken[i].kind == kind && event->sheet->columns.at[taken[i].column] == column)
            return true;
    cbioportal_fold(event->sheet->sheet->columns[column], folded);
    return !*folded || strncmp(folded, "STYLE", 5) == 0; /* how the portal draws it */
}

static void add_rest(const struct event *event, enum event_kind kind)
{
    const struct sheet *sheet = event->sheet->sheet;

    for (size_t c = 0; c < sheet->n_columns; c++) {
        const char *text = sheet_cell(sheet, event->row, c);

        if (cbioportal_is_null(text) || is_taken(event, kind, c))
            continue;
        study_value(event->patient,
                    arena_printf(event->patient->adapter->arena, "%.40s %.50s",
                                 event->type, sheet->columns[c]),
                    text, "", STUDY_EITHER, event->start,
                    study_tumour(event->patient, cell(event, CBIOPORTAL_SAMPLE_ID)),
                    sheet->columns[c]);
    }
}

static struct interval date_of(const struct event *event, enum cbioportal_column column)
{
    const char *text = cell(event, column);
    long day;

    if (!*text && column == CBIOPORTAL_STOP_DATE)
        return INTERVAL_UNKNOWN;
    if (study_days(text, &day))
        return study_shift(event->patient->day_zero, day, day);
    sheet_refuse(event->patient->adapter, study_column(event->sheet, column),
                 "expected a whole number of days from the diagnosis: the event is kept "
                 "without it; correct the cell");
    return INTERVAL_UNKNOWN;
}

static void read_event(struct study_patient *patient, const struct study_sheet *sheet,
                       size_t row)
{
    struct event event = {.patient = patient, .sheet = sheet, .row = row};
    enum event_kind kind;

    sheet_at(patient->adapter, sheet->sheet, row);
    event.type = study_cell(sheet, row, CBIOPORTAL_EVENT_TYPE);
    if (!*event.type)
        event.type = "EVENT";
    cbioportal_fold(event.type, event.folded);
    event.start = date_of(&event, CBIOPORTAL_START_DATE);
    event.stop = date_of(&event, CBIOPORTAL_STOP_DATE);
    kind = kind_of(&event);
    switch (kind) {
    case EVENT_TREATMENT: add_drugs(&event); break;
    case EVENT_RADIATION: add_radiation(&event); break;
    case EVENT_SURGERY: add_surgery(&event); break;
    case EVENT_LAB_TEST: add_lab_test(&event); break;
    case EVENT_STATUS: add_status(&event); break;
    case EVENT_SPECIMEN: add_specimen(&event); break;
    case EVENT_IMAGING: add_imaging(&event); break;
    case EVENT_OTHER: add_other(&event); break;
    }
    add_days(&event);
    add_rest(&event, kind);
}

void study_timeline(struct study_patient *patient)
{
    for (size_t i = 0; i < patient->sheets->n; i++)
        for (size_t r = 0; patient->sheet[i].table == CBIOPORTAL_TIMELINE &&
                           r < patient->sheet[i].sheet->n_rows;
             r++)
            read_event(patient, &patient->sheet[i], r);
    sheet_at(patient->adapter, NULL, 0);
}

/* ---- when samples were taken ---- */

void study_taken(struct study_patient *patient)
{
    for (size_t i = 0; i < patient->sheets->n; i++) {
        const struct study_sheet *sheet = &patient->sheet[i];

        for (size_t r = 0;
             sheet->table == CBIOPORTAL_TIMELINE && r < sheet->sheet->n_rows; r++) {
            struct event event = {.patient = patient, .sheet = sheet, .row = r};
            const char *id = study_cell(sheet, r, CBIOPORTAL_SAMPLE_ID);
            long day;

            cbioportal_fold(study_cell(sheet, r, CBIOPORTAL_EVENT_TYPE), event.folded);
            if (!*id || kind_of(&event) != EVENT_SPECIMEN ||
                !study_days(study_cell(sheet, r, CBIOPORTAL_START_DATE), &day))
                continue;
            for (size_t s = 0; s < patient->n_samples; s++)
                if (strcmp(patient->samples[s].id, id) == 0 &&
                    interval_is_unknown(patient->samples[s].taken))
                    patient->samples[s].taken = study_shift(patient->day_zero, day, day);
        }
    }
}
