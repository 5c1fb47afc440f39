/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/cbioportal.c: one patient of a study of cBioPortal (its File Formats).
 *
 * What is a date here. The format has no dates: timelines count days from the diagnosis, survival
 * is in months, age in years at diagnosis. A day without an anchor is no date, so by default it
 * stays a number (a measure "SURGERY DAY"). There are two anchors, and no third is made up:
 *
 *     day zero         laid down for the whole study by whoever imports it (intake/cbioportal.c)
 *     the diagnosis    a date or a year among the patient's attributes (DIAGNOSIS_YEAR …): every
 *                      date is then the interval that follows from it, a year wide for a year
 *
 * The day of a timeline's event "Diagnosis" says where the diagnosis is, if not on day zero. Months
 * of survival are taken as 30.4 to 30.5 days, which all ways to count them lie between, and as
 * precise as they are written. */
#include "adapt/cbioportal.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <yyjson.h>

#include "adapt/cbioportal_internal.h"
#include "base/arena.h"
#include "vocab/units.h"

#define DAYS_LIMIT 100000 /* further from the diagnosis is no event of its patient */

/* ---- cells ---- */

const char *study_cell(const struct study_sheet *sheet, size_t row,
                       enum cbioportal_column column)
{
    size_t at = sheet->columns.at[column];
    const char *cell = at == SIZE_MAX ? "" : sheet_cell(sheet->sheet, row, at);

    return cbioportal_is_null(cell) ? "" : cell;
}

const char *study_column(const struct study_sheet *sheet, enum cbioportal_column column)
{
    size_t at = sheet->columns.at[column];

    return at == SIZE_MAX ? cbioportal_column_name(column) : sheet->sheet->columns[at];
}

void study_put(struct study_patient *patient, struct draft *draft, enum item item,
               const struct study_sheet *sheet, size_t row, enum cbioportal_column column)
{
    sheet_put(patient->adapter, draft, item, 0, study_cell(sheet, row, column),
              study_column(sheet, column));
}

void study_date(struct draft *draft, enum item item, struct interval date)
{
    int i = (int)item - (int)draft->first;

    if (interval_is_unknown(date))
        return;
    draft->values[i] = (struct value){.item = item, .type = TYPE_DATE, .date = date};
    draft->set |= (uint32_t)1 << i;
}

bool study_days(const char *text, long *days_r)
{
    char *end;
    long days;

    errno = 0;
    days = strtol(text, &end, 10);
    if (end == text || errno || days > DAYS_LIMIT || days < -DAYS_LIMIT)
        return false;
    if (*end == '.') /* 12.0 is a whole number too */
        end += 1 + strspn(end + 1, "0");
    while (*end == ' ')
        end++;
    if (*end)
        return false;
    *days_r = days;
    return true;
}

struct interval study_shift(struct interval date, long first, long last)
{
    if (interval_is_unknown(date))
        return date;
    date.first += (day_number)first;
    date.last += (day_number)last;
    if (date.first < day_from_civil(YEAR_FIRST, 1, 1) ||
        date.last > day_from_civil(YEAR_LAST, 12, 31))
        return INTERVAL_UNKNOWN;
    return date;
}

int study_tumour(const struct study_patient *patient, const char *id)
{
    size_t length = cbioportal_is_barcode(id) ? CBIOPORTAL_TCGA : SIZE_MAX;

    for (size_t i = 0; *id && i < patient->n_samples; i++)
        if (strcmp(patient->samples[i].id, id) == 0 ||
            (length == CBIOPORTAL_TCGA &&
             strncmp(patient->samples[i].id, id, length) == 0))
            return patient->samples[i].tumour;
    return patient->n_tumours == 1 ? 0 : TUMOUR_NONE;
}

/* ---- observations and measures ---- */

static bool is_number(const char *text)
{
    size_t sign = text[0] == '-' || text[0] == '+';
    yyjson_val read;

    return text[sign] >= '0' && text[sign] <= '9' &&
           yyjson_read_number(text + sign, &read, YYJSON_READ_BIGNUM_AS_RAW, NULL,
                              NULL) == text + strlen(text);
}

/* A measure that everybody counts in one unit, when the study does not say in which it counts:
 * creatinine in mg/dL is not one in umol/L. It gets a name of its own, so that no number is
 * taken for another. */
static const char *measure_name(struct study_patient *patient, const char *name,
                                const char *unit)
{
    char code[VOCAB_CODE_SIZE];

    if (*unit || vocab_normalise(VOCAB_MEASURE, name, code, NULL) < 0 ||
        !*vocab_measure_unit(code))
        return name;
    return arena_printf(patient->adapter->arena, "%.60s (unit not stated)", name);
}

void study_value(struct study_patient *patient, const char *name, const char *text,
                 const char *unit, enum study_kind kind, struct interval date, int tumour,
                 const char *column)
{
    struct adapter *adapter = patient->adapter;
    bool number = kind != STUDY_TEXT && is_number(text);
    struct draft draft;

    if (kind == STUDY_NUMBER && !number)
        sheet_refuse(
            adapter, column,
            "declared a NUMBER and is none: kept as a text; correct the cell, or "
            "the datatype in the third line of the file");
    if (number) {
        draft_begin(&draft, GROUP_MEASURE);
        sheet_put(adapter, &draft, ITEM_MEASURE_TYPE, 0,
                  measure_name(patient, name, unit), column);
        sheet_put(adapter, &draft, ITEM_MEASURE_VALUE, 0, text, column);
        sheet_put(adapter, &draft, ITEM_MEASURE_UNIT, 0, unit, column);
        study_date(&draft, ITEM_MEASURE_DATE, date);
    } else {
        draft_begin(&draft, GROUP_OBSERVATION);
        sheet_put(adapter, &draft, ITEM_OBSERVATION_TYPE, 0, name, column);
        sheet_put(adapter, &draft, ITEM_OBSERVATION_VALUE, 0, text, column);
        study_date(&draft, ITEM_OBSERVATION_DATE, date);
    }
    sheet_fact(patient->adapter, &draft, tumour);
}

/* ---- the patient ---- */

static void read_study(struct study_patient *patient)
{
    struct error *err = &patient->adapter->scratch;

    patient->type_of_cancer = patient->numbers = "";
    for (size_t i = 0; i < patient->sheets->n; i++) {
        const struct study_sheet *sheet = &patient->sheet[i];
        const char *zero;

        if (sheet->table != CBIOPORTAL_STUDY || sheet->sheet->n_rows == 0)
            continue;
        patient->type_of_cancer = study_cell(sheet, 0, CBIOPORTAL_STUDY_FIELD);
        patient->numbers = study_cell(sheet, 0, CBIOPORTAL_STUDY_NUMBERS);
        if (sheet->columns.at[CBIOPORTAL_STUDY_FILTER] != SIZE_MAX)
            patient->filter =
                sheet_cell(sheet->sheet, 0, sheet->columns.at[CBIOPORTAL_STUDY_FILTER]);
        patient->own = *study_cell(sheet, 0, CBIOPORTAL_STUDY_OWN);
        zero = study_cell(sheet, 0, CBIOPORTAL_STUDY_DAY_ZERO);
        if (*zero && date_parse(zero, &patient->day_zero, err) < 0)
            patient->day_zero = INTERVAL_UNKNOWN;
    }
}

static void read_sheets(struct study_patient *patient)
{
    const struct sheets *sheets = patient->sheets;

    patient->sheet =
        arena_array(patient->adapter->arena, sheets->n + 1, sizeof(*patient->sheet));
    for (size_t i = 0; i < sheets->n; i++) {
        struct study_sheet *sheet = &patient->sheet[i];

        sheet->sheet = &sheets->sheet[i];
        cbioportal_columns(sheet->sheet->columns, sheet->sheet->n_columns,
                           &sheet->columns);
        sheet->table = cbioportal_table_named(sheet->sheet->name);
        if (sheet->table != CBIOPORTAL_PATIENTS && sheet->table != CBIOPORTAL_SAMPLES)
            continue;
        sheet->attribute = arena_array(patient->adapter->arena, sheet->sheet->n_columns,
                                       sizeof(*sheet->attribute));
        for (size_t c = 0; c < sheet->sheet->n_columns; c++)
            sheet->attribute[c] = study_attribute_of(sheet->sheet->columns[c]);
    }
}

int cbioportal_adapt(struct adapter *adapter, const struct sheets *sheets,
                     struct error *err)
{
    struct study_patient patient = {.adapter = adapter,
                                    .sheets = sheets,
                                    .day_zero = INTERVAL_UNKNOWN,
                                    .diagnosis = INTERVAL_UNKNOWN};

    read_sheets(&patient);
    read_study(&patient);
    study_dates(&patient);
    study_samples(&patient);
    study_clinical(&patient);
    study_timeline(&patient);
    study_molecular(&patient);
    adapter->n_tumours = patient.n_tumours;
    return arena_check(adapter->arena, err);
}
