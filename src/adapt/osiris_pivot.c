/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/osiris_pivot.c: one person's rows of the pivot tables of OSIRIS v1.
 *
 * What a column says is in osiris_pivot.def; here is how rows hang together:
 *
 *     TumorPathologyEvent without parent, or of the primary tumour  ─▶ a tumour
 *         of another type, with a parent                             ─▶ an event of its tumour
 *         the primary tumour right below the disease as a whole      ─▶ one tumour, said twice
 *     TNM, Treatment, Analysis ──TumorPathologyEvent_Ref──▶ the tumour of that event
 *     Drug, ResponseEvaluation, AdverseEvent ──Treatment_Ref──▶ Treatment
 *     Biomarker, Variant, CopyNumber, Fusion ──Analysis_Ref──▶ Analysis: date, sample, tumour
 *     Annotation ──AlterationType, Alteration_Ref──▶ Variant, CopyNumber, Fusion: their genes
 *
 * What the format says of an event (TNM, PS, G8, grade, stage) has no date but the event's: that
 * is the one it gets. A reference that leads nowhere is refused, and the row kept without it.
 * Constitutional variants are not the tumour's: they stay in the original. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "adapt/osiris_pivot_internal.h"
#include "base/arena.h"
#include "base/table.h"

/* ---- cells ---- */

const char *pivot_cell(const struct pivot *pivot, enum pivot_column column, size_t row)
{
    const struct sheet *sheet = pivot->sheet[pivot_column(column)->table];

    return sheet && row != ROW_NONE ? sheet_cell(sheet, row, pivot->column[column]) : "";
}

size_t pivot_rows(const struct pivot *pivot, enum pivot_table table)
{
    return pivot->sheet[table] ? pivot->sheet[table]->n_rows : 0;
}

void pivot_at(const struct pivot *pivot, enum pivot_table table, size_t row)
{
    sheet_at(pivot->adapter, pivot->sheet[table], row);
}

void pivot_put_as(const struct pivot *pivot, struct draft *draft, enum item item,
                  enum pivot_column column, size_t row)
{
    const struct pivot_column_row *row_of = pivot_column(column);
    const char *text = pivot_cell(pivot, column, row);
    const char *ours;

    if (!*text)
        return;
    pivot_at(pivot, row_of->table, row);
    ours = pivot_ours(row_of->codes, text);
    if (!ours && pivot_is_unknown(text))
        ours = "UN";
    else if (ours && strcmp(ours, "UN") == 0)
        sheet_conflict(pivot->adapter, row_of->name,
                       "a value that the model does not have: kept in the original");
    sheet_put(pivot->adapter, draft, item, 0, ours ? ours : pivot_without_prefix(text),
              row_of->name);
}

void pivot_put(const struct pivot *pivot, struct draft *draft, enum pivot_column column,
               size_t row)
{
    pivot_put_as(pivot, draft, pivot_column(column)->item, column, row);
}

void pivot_put_ours(const struct pivot *pivot, struct draft *draft, enum item item,
                    const char *text)
{
    sheet_put(pivot->adapter, draft, item, 0, text, "");
}

/* ---- references ---- */

size_t pivot_row_of(const struct pivot *pivot, enum pivot_table table,
                    const char *instance)
{
    char key[300];
    int n = snprintf(key, sizeof(key), "%d %s", (int)table, instance);
    const uint64_t *found;

    if (n < 0 || n >= (int)sizeof(key))
        return ROW_NONE;
    found = table_get(pivot->rows, key, (size_t)n);
    return found ? (size_t)*found - 1 : ROW_NONE;
}

static void index_rows(struct pivot *pivot, enum pivot_table table)
{
    const struct sheet *sheet = pivot->sheet[table];

    for (size_t i = 0; sheet && i < sheet->n_rows; i++) {
        const char *instance = sheet_cell(sheet, i, pivot->instance[table]);
        char key[300];
        int n = snprintf(key, sizeof(key), "%d %s", (int)table, instance);
        bool added;
        uint64_t *row;

        if (!*instance || n < 0 || n >= (int)sizeof(key))
            continue;
        row = table_put(pivot->rows, key, (size_t)n, &added);
        if (added) {
            *row = i + 1;
        } else {
            pivot_at(pivot, table, i);
            sheet_refuse(pivot->adapter, "Instance_Id",
                         "the number of another row of this patient: what refers to it "
                         "is taken to mean the first");
        }
    }
}

size_t pivot_follow(const struct pivot *pivot, enum pivot_column column, size_t row,
                    enum pivot_table table)
{
    const char *reference = pivot_cell(pivot, column, row);
    size_t found;
    char reason[160];

    if (!*reference || pivot_is_unknown(reference))
        return ROW_NONE;
    found = pivot_row_of(pivot, table, reference);
    if (found == ROW_NONE) {
        snprintf(reason, sizeof(reason), "\"%.40s\": no such row in %s: read without it",
                 reference, pivot_table_name(table));
        pivot_at(pivot, pivot_column(column)->table, row);
        sheet_refuse(pivot->adapter, pivot_column(column)->name, reason);
    }
    return found;
}

int pivot_tumour_of(const struct pivot *pivot, enum pivot_column column, size_t row)
{
    size_t event = pivot_follow(pivot, column, row, PIVOT_EVENT);

    return event == ROW_NONE ? TUMOUR_NONE : pivot->tumour[event];
}

static int tumour_of_treatment(const struct pivot *pivot, size_t treatment)
{
    return treatment == ROW_NONE
               ? TUMOUR_NONE
               : pivot_tumour_of(pivot, PIVOT_TREATMENT_EVENT, treatment);
}

/* ---- what there is ---- */

static void find_columns(struct pivot *pivot)
{
    size_t next = 0; /* columns mostly stand in the order of the table */
    const struct sheet *before = NULL;

    for (int i = 0; i < PIVOT_COLUMNS; i++) {
        const struct pivot_column_row *row = pivot_column((enum pivot_column)i);
        const struct sheet *sheet = pivot->sheet[row->table];

        pivot->column[i] = COLUMN_NONE;
        if (!sheet)
            continue;
        if (sheet != before)
            next = 0;
        before = sheet;
        for (size_t n = 0; n < sheet->n_columns; n++) {
            size_t column = (next + n) % sheet->n_columns;

            if (strcasecmp(sheet->columns[column], row->name) == 0) {
                pivot->column[i] = column;
                next = column + 1;
                break;
            }
        }
    }
    /* the group's own example calls them so */
    for (int i = PIVOT_RESPONSE_DATE; i <= (int)PIVOT_RESPONSE_STATUS; i++)
        if (pivot->sheet[PIVOT_RESPONSE] && pivot->column[i] == COLUMN_NONE)
            pivot->column[i] = sheet_column(pivot->sheet[PIVOT_RESPONSE],
                                            i == PIVOT_RESPONSE_DATE ? "Date" : "Status");
}

static bool is_filled(const struct sheet *sheet, size_t column)
{
    for (size_t i = 0; i < sheet->n_rows; i++)
        if (*sheet_cell(sheet, i, column))
            return true;
    return false;
}

/* Columns that say something and are not read: those without a place, and those nobody knows. */
static void remark_columns(const struct pivot *pivot, const struct sheet *sheet,
                           enum pivot_table table)
{
    for (size_t column = 0; column < sheet->n_columns; column++) {
        const char *name = sheet->columns[column];
        enum pivot_codes codes = CODES_PLAIN;
        bool known = column == pivot->instance[table] ||
                     strcasecmp(name, "Patient_Id") == 0 ||
                     strcasecmp(name, "Patient_Ref") == 0;

        for (int i = 0; i < PIVOT_COLUMNS; i++)
            if (pivot_column((enum pivot_column)i)->table == table &&
                pivot->column[i] == column) {
                known = true;
                codes = pivot_column((enum pivot_column)i)->codes;
            }
        if ((known && codes != CODES_KEPT) || !is_filled(sheet, column))
            continue;
        pivot->adapter->at_table = sheet->number;
        pivot->adapter->at_row = 0;
        if (known)
            sheet_conflict(pivot->adapter, name, NO_PLACE);
        else
            sheet_unknown(pivot->adapter, sheet, name);
    }
}

static void find_tables(struct pivot *pivot)
{
    for (int i = 0; i < PIVOT_TABLES; i++) {
        const struct sheet *sheet =
            sheet_named(pivot->sheets, pivot_table_name((enum pivot_table)i));

        pivot->sheet[i] = sheet;
        pivot->instance[i] = sheet ? sheet_column(sheet, "Instance_Id") : COLUMN_NONE;
    }
    find_columns(pivot);
    for (int i = 0; i < PIVOT_TABLES; i++)
        if (pivot->sheet[i] && pivot->adapter->remarks)
            remark_columns(pivot, pivot->sheet[i], (enum pivot_table)i);
    for (int i = 0; i < PIVOT_TABLES; i++)
        if (i == PIVOT_EVENT || i == PIVOT_TREATMENT || i == PIVOT_ANALYSIS ||
            i == PIVOT_SAMPLE)
            index_rows(pivot, (enum pivot_table)i);
}

/* ---- the patient ---- */

/* Nine characters, digits but for the A and B of Corsica. */
static bool is_finess(const char *text)
{
    return strlen(text) == 9 && strspn(text, "0123456789AB") == 9;
}

static void adapt_patient(struct pivot *pivot)
{
    struct draft patient, vital;

    draft_begin(&patient, GROUP_PATIENT);
    draft_begin(&vital, GROUP_VITAL_STATUS);
    sheet_at(pivot->adapter, NULL, 0);
    pivot_put_ours(pivot, &patient, ITEM_PATIENT_ID, pivot->sheets->patient);
    for (size_t i = 0; i < pivot_rows(pivot, PIVOT_PATIENT); i++) {
        const char *centre = pivot_cell(pivot, PIVOT_PATIENT_PROVIDER, i);

        pivot_put(pivot, &patient, PIVOT_PATIENT_GENDER, i);
        pivot_put(pivot, &patient, PIVOT_PATIENT_BIRTH, i);
        if (is_finess(centre)) {
            pivot_put(pivot, &patient, PIVOT_PATIENT_PROVIDER, i);
        } else if (*centre) {
            pivot_at(pivot, PIVOT_PATIENT, i);
            sheet_conflict(pivot->adapter, pivot_column(PIVOT_PATIENT_PROVIDER)->name,
                           "not a FINESS of nine characters: the patient is taken to be "
                           "of this centre");
        }
        pivot_put(pivot, &vital, PIVOT_PATIENT_STATUS, i);
        pivot_put(pivot, &vital, PIVOT_PATIENT_DEATH, i);
        pivot_put(pivot, &vital, PIVOT_PATIENT_NEWS, i);
    }
    sheet_fact(pivot->adapter, &patient, TUMOUR_NONE);
    sheet_fact(pivot->adapter, &vital, TUMOUR_NONE);
}

/* An observation called TYPE; the caller puts the value and finishes it. */
static void observation_begin(const struct pivot *pivot, struct draft *draft,
                              const char *type)
{
    draft_begin(draft, GROUP_OBSERVATION);
    pivot_put_ours(pivot, draft, ITEM_OBSERVATION_TYPE, type);
}

static void adapt_consents(struct pivot *pivot)
{
    for (size_t i = 0; i < pivot_rows(pivot, PIVOT_CONSENT); i++) {
        struct draft draft;

        /* who signed was informed; that is all it says about research without opposition */
        draft_begin(&draft, GROUP_INFORMATION);
        if (*pivot_cell(pivot, PIVOT_CONSENT_DATE, i))
            pivot_put_ours(pivot, &draft, ITEM_INFORMED, "YES");
        pivot_put(pivot, &draft, PIVOT_CONSENT_DATE, i);
        sheet_fact(pivot->adapter, &draft, TUMOUR_NONE);
        if (!*pivot_cell(pivot, PIVOT_CONSENT_GENETIC, i))
            continue;
        observation_begin(pivot, &draft, "GENETIC ANALYSIS AUTHORISATION");
        pivot_put(pivot, &draft, PIVOT_CONSENT_GENETIC, i);
        pivot_put_as(pivot, &draft, ITEM_OBSERVATION_DATE, PIVOT_CONSENT_DATE, i);
        sheet_fact(pivot->adapter, &draft, TUMOUR_NONE);
    }
}

/* Tables whose rows are facts of their own, every column an item. */
static void adapt_plain(struct pivot *pivot, enum pivot_table table, enum group group)
{
    for (size_t i = 0; i < pivot_rows(pivot, table); i++) {
        struct draft draft;

        draft_begin(&draft, group);
        for (int column = 0; column < PIVOT_COLUMNS; column++) {
            const struct pivot_column_row *row = pivot_column((enum pivot_column)column);

            if (row->table == table && row->item != ITEM_NONE)
                pivot_put(pivot, &draft, (enum pivot_column)column, i);
        }
        pivot_at(pivot, table, i);
        sheet_fact(pivot->adapter, &draft, TUMOUR_NONE);
    }
}

/* ---- events ---- */

static bool is_type(const struct pivot *pivot, size_t row, const char *ours)
{
    const char *type =
        pivot_ours(CODES_EVENT_TYPE, pivot_cell(pivot, PIVOT_EVENT_TYPE, row));

    return type && strcmp(type, ours) == 0;
}

/* METASTASIS and RELAPSE are events; everything else is about the tumour. */
static bool is_course(const struct pivot *pivot, size_t row)
{
    return is_type(pivot, row, "METASTASIS") || is_type(pivot, row, "RELAPSE");
}

/* Parents that lead in a circle lead nowhere. */
static void cut_circles(struct pivot *pivot, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t steps = 0, up = pivot->parent[i];

        while (up != ROW_NONE && steps++ < CHAIN_LIMIT)
            up = pivot->parent[up];
        if (up == ROW_NONE)
            continue;
        pivot->parent[i] = ROW_NONE;
        pivot_at(pivot, PIVOT_EVENT, i);
        sheet_refuse(pivot->adapter, pivot_column(PIVOT_EVENT_PARENT)->name,
                     "events whose parents lead in a circle: read without parent");
    }
}

/* The primary tumour right below its disease is the same tumour. */
static bool is_of_disease(const struct pivot *pivot, size_t row)
{
    size_t parent = pivot->parent[row];

    return parent != ROW_NONE && pivot->parent[parent] == ROW_NONE &&
           is_type(pivot, parent, "DISEASE") && is_type(pivot, row, "PRIMARY");
}

static void number_tumours(struct pivot *pivot)
{
    size_t n = pivot_rows(pivot, PIVOT_EVENT);

    pivot->parent = arena_array(pivot->adapter->arena, n + 1, sizeof(*pivot->parent));
    pivot->tumour = arena_array(pivot->adapter->arena, n + 1, sizeof(*pivot->tumour));
    pivot->is_tumour = arena_array(pivot->adapter->arena, n + 1, sizeof(bool));
    for (size_t i = 0; i < n; i++)
        pivot->parent[i] = pivot_follow(pivot, PIVOT_EVENT_PARENT, i, PIVOT_EVENT);
    cut_circles(pivot, n);
    for (size_t i = 0; i < n; i++) {
        pivot->is_tumour[i] = pivot->parent[i] == ROW_NONE ||
                              (is_type(pivot, i, "PRIMARY") && !is_of_disease(pivot, i));
        pivot->tumour[i] =
            pivot->is_tumour[i] ? pivot->adapter->n_tumours++ : TUMOUR_NONE;
    }
    for (size_t i = 0; i < n; i++) {
        size_t up = i;

        while (pivot->tumour[up] == TUMOUR_NONE)
            up = pivot->parent[up];
        pivot->tumour[i] = pivot->tumour[up];
    }
}

static void put_tumour(const struct pivot *pivot, struct draft *draft, size_t row)
{
    pivot_put(pivot, draft, PIVOT_EVENT_DIAGNOSIS, row);
    pivot_put(pivot, draft, PIVOT_EVENT_TOPOGRAPHY, row);
    pivot_put(pivot, draft, PIVOT_EVENT_MORPHOLOGY, row);
    pivot_put(pivot, draft, PIVOT_EVENT_LATERALITY, row);
}

/* The tumour that ROW is, with what its primary tumour below says first. FIRST_BELOW[t]: the
 * first row of the primary tumour of tumour t that is one with its disease, or ROW_NONE. */
static void adapt_tumour(struct pivot *pivot, size_t row, const size_t *first_below)
{
    struct adapter *adapter = pivot->adapter;
    int tumour = pivot->tumour[row];
    struct draft draft;

    draft_begin(&draft, GROUP_PRIMARY_CANCER);
    if (first_below[tumour] != ROW_NONE)
        put_tumour(pivot, &draft, first_below[tumour]);
    if (!is_course(pivot, row))
        put_tumour(pivot, &draft, row);
    pivot_at(pivot, PIVOT_EVENT, row);
    if (sheet_fact(adapter, &draft, tumour))
        return;
    /* nothing is said of it but its events */
    adapter->facts[adapter_reserve(adapter)] =
        (struct fact){.group = GROUP_PRIMARY_CANCER,
                      .tumour = tumour,
                      .date = INTERVAL_UNKNOWN,
                      .end = INTERVAL_UNKNOWN,
                      .sequence = adapter->sequence,
                      .position = adapter->seen[GROUP_PRIMARY_CANCER]++};
}

/* The topography is that of the primary tumour, says the format; where it is another one it can
 * only be the event's. */
static void put_event_topography(const struct pivot *pivot, struct draft *draft,
                                 size_t row)
{
    size_t parent = pivot->parent[row];
    const char *own = pivot_cell(pivot, PIVOT_EVENT_TOPOGRAPHY, row);

    if (parent == ROW_NONE ||
        strcasecmp(own, pivot_cell(pivot, PIVOT_EVENT_TOPOGRAPHY, parent)) != 0)
        pivot_put_as(pivot, draft, ITEM_EVENT_TOPOGRAPHY, PIVOT_EVENT_TOPOGRAPHY, row);
}

static void adapt_course(struct pivot *pivot, size_t row)
{
    struct draft draft;

    draft_begin(&draft, GROUP_TUMOUR_EVENT);
    pivot_put(pivot, &draft, PIVOT_EVENT_TYPE, row);
    pivot_put(pivot, &draft, PIVOT_EVENT_START, row);
    pivot_put_as(pivot, &draft, ITEM_EVENT_DIAGNOSIS, PIVOT_EVENT_DIAGNOSIS, row);
    pivot_put_as(pivot, &draft, ITEM_EVENT_MORPHOLOGY, PIVOT_EVENT_MORPHOLOGY, row);
    put_event_topography(pivot, &draft, row);
    pivot_at(pivot, PIVOT_EVENT, row);
    sheet_fact(pivot->adapter, &draft, pivot->tumour[row]);
    if (*pivot_cell(pivot, PIVOT_EVENT_LATERALITY, row))
        sheet_conflict(pivot->adapter, pivot_column(PIVOT_EVENT_LATERALITY)->name,
                       "of an event that is no primary tumour: " NO_PLACE);
}

/* PS from 0 to 5; the same column may have Karnofsky's index, from 10 to 100. */
static void adapt_performance(struct pivot *pivot, size_t row)
{
    const char *text = pivot_cell(pivot, PIVOT_EVENT_PS, row);
    size_t digits = strspn(text, "0123456789");
    long number = digits > 0 && digits < 4 && !text[digits] ? strtol(text, NULL, 10) : -1;
    bool karnofsky = number >= 10 && number <= 100 && number % 10 == 0;
    struct draft draft;

    if (!*text || pivot_is_unknown(text))
        return;
    pivot_at(pivot, PIVOT_EVENT, row);
    if (!karnofsky && (number < 0 || number > 5)) {
        char reason[120];

        snprintf(reason, sizeof(reason),
                 "\"%.40s\": expected a PS from 0 to 5, or Karnofsky's index", text);
        sheet_refuse(pivot->adapter, pivot_column(PIVOT_EVENT_PS)->name, reason);
        return;
    }
    draft_begin(&draft, karnofsky ? GROUP_MEASURE : GROUP_STATE);
    pivot_put_ours(pivot, &draft, karnofsky ? ITEM_MEASURE_TYPE : ITEM_STATE_TYPE,
                   karnofsky ? "KARNOFSKY" : "PS");
    pivot_put_as(pivot, &draft, karnofsky ? ITEM_MEASURE_VALUE : ITEM_STATE_VALUE,
                 PIVOT_EVENT_PS, row);
    pivot_put_as(pivot, &draft, karnofsky ? ITEM_MEASURE_DATE : ITEM_STATE_DATE,
                 PIVOT_EVENT_START, row);
    sheet_fact(pivot->adapter, &draft, TUMOUR_NONE);
}

/* What else is said of an event, each dated as the event is. A group without its value says
 * nothing. */
static void adapt_details(struct pivot *pivot, size_t row)
{
    static const struct {
        enum group group;
        enum item date;
        enum pivot_column columns[5]; /* values first */
        size_t n, n_values;
    } details[] = {
        {GROUP_TNM,
         ITEM_TNM_DATE,
         {PIVOT_EVENT_T, PIVOT_EVENT_N, PIVOT_EVENT_M, PIVOT_EVENT_TNM_TYPE,
          PIVOT_EVENT_TNM_VERSION},
         5,
         3},
        {GROUP_GRADE, ITEM_GRADE_DATE, {PIVOT_EVENT_GRADE, PIVOT_EVENT_GRADE_TYPE}, 2, 1},
        {GROUP_STAGE, ITEM_STAGE_DATE, {PIVOT_EVENT_STAGE, PIVOT_EVENT_STAGE_TYPE}, 2, 1},
        {GROUP_MEASURE, ITEM_MEASURE_DATE, {PIVOT_EVENT_G8}, 1, 1},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(details); i++) {
        struct draft draft;
        bool said = false;

        for (size_t j = 0; j < details[i].n_values; j++)
            said = said || *pivot_cell(pivot, details[i].columns[j], row);
        if (!said)
            continue;
        draft_begin(&draft, details[i].group);
        for (size_t j = 0; j < details[i].n; j++)
            pivot_put(pivot, &draft, details[i].columns[j], row);
        if (details[i].group == GROUP_MEASURE)
            pivot_put_ours(pivot, &draft, ITEM_MEASURE_TYPE, "G8");
        pivot_put_as(pivot, &draft, details[i].date, PIVOT_EVENT_START, row);
        pivot_at(pivot, PIVOT_EVENT, row);
        sheet_fact(pivot->adapter, &draft, pivot->tumour[row]);
    }
}

static void adapt_events(struct pivot *pivot)
{
    size_t n = pivot_rows(pivot, PIVOT_EVENT);
    int n_tumours = pivot->adapter->n_tumours;
    size_t *first_below =
        arena_array(pivot->adapter->arena, (size_t)n_tumours + 1, sizeof(*first_below));

    for (int i = 0; i < n_tumours; i++)
        first_below[i] = ROW_NONE;
    for (size_t i = n; i-- > 0;)
        if (is_of_disease(pivot, i))
            first_below[pivot->tumour[i]] = i;
    for (size_t i = 0; i < n; i++) {
        if (pivot->is_tumour[i])
            adapt_tumour(pivot, i, first_below);
        if (is_course(pivot, i))
            adapt_course(pivot, i);
        adapt_performance(pivot, i);
        adapt_details(pivot, i);
    }
}

static void adapt_tnm(struct pivot *pivot)
{
    for (size_t i = 0; i < pivot_rows(pivot, PIVOT_TNM); i++) {
        size_t event = pivot_follow(pivot, PIVOT_TNM_EVENT, i, PIVOT_EVENT);
        struct draft draft;

        if (!*pivot_cell(pivot, PIVOT_TNM_T, i) && !*pivot_cell(pivot, PIVOT_TNM_N, i) &&
            !*pivot_cell(pivot, PIVOT_TNM_M, i))
            continue;
        draft_begin(&draft, GROUP_TNM);
        for (int column = PIVOT_TNM_VERSION; column <= (int)PIVOT_TNM_M; column++)
            pivot_put(pivot, &draft, (enum pivot_column)column, i);
        pivot_put_as(pivot, &draft, ITEM_TNM_DATE, PIVOT_EVENT_START, event);
        pivot_at(pivot, PIVOT_TNM, i);
        sheet_fact(pivot->adapter, &draft,
                   event == ROW_NONE ? TUMOUR_NONE : pivot->tumour[event]);
    }
}

/* ---- treatments ---- */

static void adapt_surgery(struct pivot *pivot, size_t row, int tumour)
{
    struct draft draft;

    draft_begin(&draft, GROUP_SURGERY);
    pivot_put(pivot, &draft, PIVOT_TREATMENT_CODE, row);
    pivot_put(pivot, &draft, PIVOT_TREATMENT_NATURE, row);
    pivot_put_as(pivot, &draft, ITEM_SURGERY_DATE, PIVOT_TREATMENT_START, row);
    pivot_at(pivot, PIVOT_TREATMENT, row);
    sheet_fact(pivot->adapter, &draft, tumour);
    if (!*pivot_cell(pivot, PIVOT_TREATMENT_QUALITY, row))
        return;
    observation_begin(pivot, &draft, "RESECTION QUALITY");
    pivot_put(pivot, &draft, PIVOT_TREATMENT_QUALITY, row);
    pivot_put_as(pivot, &draft, ITEM_OBSERVATION_DATE, PIVOT_TREATMENT_START, row);
    sheet_fact(pivot->adapter, &draft, tumour);
}

static void adapt_radiotherapy(struct pivot *pivot, size_t row, int tumour)
{
    struct draft draft;

    draft_begin(&draft, GROUP_RADIOTHERAPY);
    pivot_put_as(pivot, &draft, ITEM_RADIOTHERAPY_CODE, PIVOT_TREATMENT_CODE, row);
    pivot_put_as(pivot, &draft, ITEM_RADIOTHERAPY_START, PIVOT_TREATMENT_START, row);
    pivot_put_as(pivot, &draft, ITEM_RADIOTHERAPY_END, PIVOT_TREATMENT_END, row);
    pivot_at(pivot, PIVOT_TREATMENT, row);
    sheet_fact(pivot->adapter, &draft, tumour);
}

/* A drug of TREATMENT: the row DRUG, or with ROW_NONE the ATC group that the type names. */
static void adapt_drug(struct pivot *pivot, size_t drug, size_t treatment,
                       const char *group)
{
    struct draft draft;

    draft_begin(&draft, GROUP_DRUG);
    if (drug != ROW_NONE) {
        pivot_put(pivot, &draft, PIVOT_DRUG_CODE, drug);
        pivot_put(pivot, &draft, PIVOT_DRUG_NAME, drug);
    } else {
        pivot_put_ours(pivot, &draft, ITEM_DRUG_CODE, group);
    }
    pivot_put(pivot, &draft, PIVOT_TREATMENT_START, treatment);
    pivot_put(pivot, &draft, PIVOT_TREATMENT_END, treatment);
    pivot_put(pivot, &draft, PIVOT_TREATMENT_TRIAL, treatment);
    if (drug != ROW_NONE)
        pivot_at(pivot, PIVOT_DRUG, drug);
    else
        pivot_at(pivot, PIVOT_TREATMENT, treatment);
    sheet_fact(pivot->adapter, &draft, tumour_of_treatment(pivot, treatment));
}

static void adapt_treatment(struct pivot *pivot, size_t row)
{
    const char *type = pivot_cell(pivot, PIVOT_TREATMENT_TYPE, row);
    const char *ours = pivot_ours(CODES_TREATMENT_TYPE, type);
    char reason[160];

    if (ours && strcmp(ours, "SURGERY") == 0) {
        adapt_surgery(pivot, row, tumour_of_treatment(pivot, row));
    } else if (ours && strcmp(ours, "RADIOTHERAPY") == 0) {
        adapt_radiotherapy(pivot, row, tumour_of_treatment(pivot, row));
    } else if (pivot->has_drugs[row]) {
        return; /* said by its drugs */
    } else if (ours) {
        adapt_drug(pivot, ROW_NONE, row, ours);
    } else {
        snprintf(reason, sizeof(reason), "a treatment of type \"%.40s\": " NO_PLACE,
                 type);
        pivot_at(pivot, PIVOT_TREATMENT, row);
        sheet_refuse(pivot->adapter, pivot_column(PIVOT_TREATMENT_TYPE)->name, reason);
    }
}

static void adapt_treatments(struct pivot *pivot)
{
    size_t n = pivot_rows(pivot, PIVOT_TREATMENT);

    pivot->has_drugs = arena_array(pivot->adapter->arena, n + 1, sizeof(bool));
    for (size_t i = 0; i < pivot_rows(pivot, PIVOT_DRUG); i++) {
        size_t treatment = pivot_follow(pivot, PIVOT_DRUG_TREATMENT, i, PIVOT_TREATMENT);

        if (treatment != ROW_NONE)
            pivot->has_drugs[treatment] = true;
        adapt_drug(pivot, i, treatment, "");
    }
    for (size_t i = 0; i < n; i++)
        adapt_treatment(pivot, i);
}

/* RECIST: progressive disease is a progression, of which the date is known. */
static void adapt_responses(struct pivot *pivot)
{
    for (size_t i = 0; i < pivot_rows(pivot, PIVOT_RESPONSE); i++) {
        size_t treatment =
            pivot_follow(pivot, PIVOT_RESPONSE_TREATMENT, i, PIVOT_TREATMENT);
        const char *status = pivot_cell(pivot, PIVOT_RESPONSE_STATUS, i);
        int tumour = tumour_of_treatment(pivot, treatment);
        struct draft draft;

        if (!*status)
            continue;
        observation_begin(pivot, &draft, "RESPONSE");
        pivot_put(pivot, &draft, PIVOT_RESPONSE_STATUS, i);
        pivot_put(pivot, &draft, PIVOT_RESPONSE_DATE, i);
        pivot_at(pivot, PIVOT_RESPONSE, i);
        sheet_fact(pivot->adapter, &draft, tumour);
        if (strcasecmp(pivot_without_prefix(status), "PD") != 0)
            continue;
        draft_begin(&draft, GROUP_PROGRESSION);
        pivot_put_ours(pivot, &draft, ITEM_PROGRESSION_FLAG, "YES");
        pivot_put_as(pivot, &draft, ITEM_PROGRESSION_DATE, PIVOT_RESPONSE_DATE, i);
        sheet_fact(pivot->adapter, &draft, tumour);
    }
}

/* MedDRA has no place among our code systems: an observation, and one for the grade. */
static void adapt_adverse_event(struct pivot *pivot, size_t row, const char *type,
                                enum pivot_column value, int tumour)
{
    struct draft draft;

    if (!*pivot_cell(pivot, value, row))
        return;
    observation_begin(pivot, &draft, type);
    pivot_put(pivot, &draft, value, row);
    pivot_put(pivot, &draft, PIVOT_ADVERSE_DATE, row);
    pivot_at(pivot, PIVOT_ADVERSE, row);
    sheet_fact(pivot->adapter, &draft, tumour);
}

static void adapt_adverse_events(struct pivot *pivot)
{
    for (size_t i = 0; i < pivot_rows(pivot, PIVOT_ADVERSE); i++) {
        int tumour = pivot_tumour_of(pivot, PIVOT_ADVERSE_EVENT, i);
        size_t treatment =
            pivot_follow(pivot, PIVOT_ADVERSE_TREATMENT, i, PIVOT_TREATMENT);

        if (tumour == TUMOUR_NONE)
            tumour = tumour_of_treatment(pivot, treatment);
        adapt_adverse_event(pivot, i, "ADVERSE EVENT", PIVOT_ADVERSE_CODE, tumour);
        adapt_adverse_event(pivot, i, "ADVERSE EVENT GRADE", PIVOT_ADVERSE_GRADE, tumour);
    }
}

int osiris_pivot_adapt(struct adapter *adapter, const struct sheets *sheets,
                       struct error *err)
{
    struct pivot pivot = {
        .adapter = adapter, .sheets = sheets, .rows = table_new(), .genes = table_new()};

    find_tables(&pivot);
    number_tumours(&pivot);
    adapt_patient(&pivot);
    adapt_consents(&pivot);
    adapt_plain(&pivot, PIVOT_RELATED, GROUP_MORBID_EVENT);
    adapt_plain(&pivot, PIVOT_FAMILY, GROUP_FAMILY_HISTORY);
    adapt_events(&pivot);
    adapt_tnm(&pivot);
    adapt_treatments(&pivot);
    adapt_responses(&pivot);
    adapt_adverse_events(&pivot);
    adapt_plain(&pivot, PIVOT_SAMPLE, GROUP_SPECIMEN);
    pivot_adapt_biomarkers(&pivot);
    pivot_adapt_alterations(&pivot);
    table_free(pivot.rows);
    table_free(pivot.genes);
    return arena_check(adapter->arena, err);
}
