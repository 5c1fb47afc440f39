/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/cbioportal_clinical.c: patients, samples and timelines of a study.
 *
 * A clinical file begins with up to five lines of '#' (display names, descriptions, datatypes,
 * priorities, and in older studies whose attribute it is), then the names of its columns. Only the
 * datatypes matter here. What a row is refused for: a number of a patient or sample that the format
 * does not allow, a sample or patient that stood there before, a sample of nobody. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/table.h"
#include "intake/cbioportal_internal.h"

void study_refuse(const struct study *study, const char *file, unsigned line,
                  const char *column, const char *format, ...)
{
    char reason[400];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(reason, sizeof(reason), format, arguments);
    va_end(arguments);
    delivery_refused(study->delivery, file, line, column, reason);
}

int study_begin(struct study *study, enum cbioportal_table table, const char *file,
                const char *const *columns, size_t n, struct error *err)
{
    const char *name =
        arena_printf(study->delivery->arena, "%s/%s", cbioportal_table_name(table), file);

    return tables_begin(study->delivery->tables, name, file, columns, n, err);
}

/* ---- rows ---- */

/* FIELD without blanks around it, and without quotes around all of it. */
static size_t trim(const char **field)
{
    size_t length;

    *field += strspn(*field, " \r");
    length = strlen(*field);
    while (length > 0 && strchr(" \r", (*field)[length - 1]))
        length--;
    if (length >= 2 && (*field)[0] == '"' && (*field)[length - 1] == '"' &&
        !memchr(*field + 1, '"', length - 2)) {
        (*field)++;
        length -= 2;
    }
    return length;
}

void study_head_read(struct study *study, struct study_head *head,
                     const char *const *fields, size_t n)
{
    struct arena *arena = study->delivery->arena;

    while (n > 1 && !*fields[n - 1])
        n--; /* tabs behind the last name */
    head->names = arena_array(arena, n, sizeof(*head->names));
    head->n = n;
    for (size_t i = 0; i < n; i++) {
        const char *name = fields[i];
        size_t length = trim(&name);

        head->names[i] = arena_string(arena, name, length);
    }
    cbioportal_columns((const char *const *)head->names, n, &head->columns);
}

bool study_cells(struct study *study, const char *file, unsigned line,
                 const struct study_head *head, const char *const *fields, size_t n,
                 struct buffer *text, const char **cells)
{
    bool any = false;

    while (n > head->n && !fields[n - 1][strspn(fields[n - 1], " \r")])
        n--;
    if (n > head->n) {
        study_refuse(study, file, line, "",
                     "%zu cells: expected %zu, as in the line of names; a tab too many",
                     n, head->n);
        return false;
    }
    buffer_clear(text);
    for (size_t i = 0; i < n; i++) {
        const char *field = fields[i];
        size_t length = trim(&field);

        any = any || length > 0;
        buffer_append(text, field, length);
        buffer_append(text, "", 1);
    }
    if (!any || text->overflowed)
        return false;
    for (size_t i = 0, at = 0; i < head->n; i++) {
        cells[i] = i < n ? text->bytes + at : "";
        at += i < n ? strlen(cells[i]) + 1 : 0;
    }
    return true;
}

/* ---- a clinical file ---- */

struct clinical {
    struct study *study;
    const char *file;
    struct study_head head;
    enum cbioportal_table table;
    bool has_head, is_refused;
    char **datatypes; /* of each column, or NULL */
    size_t n_datatypes;
    struct buffer text;
    const char **cells;
    struct table *seen; /* patient or sample → line of its row in this file */
};

/* Letters, digits, '.', '_' and '-', as the format has it: numbers stand in lists and barcodes. */
static bool is_number_of(const char *text)
{
    return *text &&
           strspn(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                        "._-") == strlen(text);
}

static bool is_datatype(const char *text)
{
    return strcasecmp(text, "STRING") == 0 || strcasecmp(text, "NUMBER") == 0 ||
           strcasecmp(text, "BOOLEAN") == 0;
}

/* A line of '#': of datatypes, priorities, or words. */
static void read_comment(struct clinical *clinical, unsigned line,
                         const char *const *fields, size_t n)
{
    const char *first = fields[0] + strspn(fields[0], "#\" ");
    size_t types = 0;

    for (size_t i = 0; i < n; i++)
        types += is_datatype(i == 0 ? first : fields[i]);
    if (types * 2 > n && !clinical->datatypes) {
        struct arena *arena = clinical->study->delivery->arena;

        clinical->datatypes = arena_array(arena, n, sizeof(*clinical->datatypes));
        clinical->n_datatypes = n;
        for (size_t i = 0; i < n; i++) {
            const char *field = i == 0 ? first : fields[i];

            clinical->datatypes[i] = arena_string(arena, field, strlen(field));
        }
    } else if (clinical->datatypes && line == 4) {
        for (size_t i = 0; i < n; i++) {
            const char *field = i == 0 ? first : fields[i];

            if (field[strspn(field, "0123456789 ")])
                study_refuse(clinical->study, clinical->file, line, "",
                             "\"%.40s\" in column %zu: expected a priority, a number; "
                             "priorities are not used here",
                             field, i + 1);
        }
    }
}

/* Attributes whose datatype the format fixes. */
static bool is_number_by_format(const char *folded)
{
    size_t length = strlen(folded);

    return strcmp(folded, "AGE") == 0 ||
           (length > 6 && strcmp(folded + length - 6, "MONTHS") == 0);
}

static void declare(struct clinical *clinical)
{
    struct study *study = clinical->study;

    if (!clinical->datatypes)
        return;
    study->is_declared = true;
    for (size_t i = 0; i < clinical->head.n && i < clinical->n_datatypes; i++) {
        bool number = strcasecmp(clinical->datatypes[i], "NUMBER") == 0;
        char folded[CBIOPORTAL_NAME];

        cbioportal_fold(clinical->head.names[i], folded);
        if (!number && is_number_by_format(folded)) {
            number = true;
            study_refuse(study, clinical->file, 3, clinical->head.names[i],
                         "declared %.20s: expected NUMBER, and read as one",
                         clinical->datatypes[i]);
        }
        if (!number || !*folded)
            continue;
        buffer_string(&study->numbers, study->numbers.length ? " " : "");
        buffer_string(&study->numbers, folded);
    }
}

/* Names that are missing or stand there twice; true when the file can be read. */
static bool check_names(struct clinical *clinical, unsigned line)
{
    struct study *study = clinical->study;
    struct table *seen = table_new();
    bool whole = true;

    for (size_t i = 0; i < clinical->head.n; i++) {
        const char *name = clinical->head.names[i];
        bool added;

        if (!*name) {
            study_refuse(study, clinical->file, line, "",
                         "column %zu has no name: left out; name it", i + 1);
            continue;
        }
        table_put(seen, name, strlen(name), &added);
        if (!added) {
            study_refuse(
                study, clinical->file, line, name,
                "the column stands there twice: the file is left out; name one of "
                "them otherwise");
            whole = false;
        }
    }
    table_free(seen);
    return whole;
}

static int begin(struct clinical *clinical, unsigned line, const char *const *fields,
                 size_t n, struct error *err)
{
    struct study *study = clinical->study;

    clinical->has_head = true;
    study_head_read(study, &clinical->head, fields, n);
    clinical->table = cbioportal_clinical(&clinical->head.columns);
    clinical->cells = arena_array(study->delivery->arena, clinical->head.n + 1,
                                  sizeof(*clinical->cells));
    if (clinical->table != CBIOPORTAL_TIMELINE &&
        strncasecmp(clinical->file, "data_timeline", 13) == 0)
        clinical->table = CBIOPORTAL_NONE;
    if (clinical->table == CBIOPORTAL_NONE) {
        study_refuse(study, clinical->file, line, "",
                     "no column PATIENT_ID (and of samples SAMPLE_ID, of timelines "
                     "START_DATE and EVENT_TYPE): the file is left out; name its columns "
                     "so");
        clinical->is_refused = true;
        return 0;
    }
    clinical->is_refused = !check_names(clinical, line);
    if (clinical->is_refused)
        return 0;
    declare(clinical);
    return study_begin(study, clinical->table, clinical->file,
                       (const char *const *)clinical->head.names, clinical->head.n, err);
}

const char *study_patient_of(const struct study *study, const char *sample)
{
    const uint64_t *patient = table_get(study->samples, sample, strlen(sample));

    if (!patient && cbioportal_is_barcode(sample))
        patient = table_get(study->samples, sample, CBIOPORTAL_TCGA);
    return patient ? table_key(study->patients, (size_t)*patient, NULL) : NULL;
}

/* The place of PATIENT among those of the study. HAS_ROW: this is a row of its attributes. */
static uint64_t take_patient(struct study *study, const char *patient, bool has_row)
{
    bool added;
    uint64_t *value = table_put(study->patients, patient, strlen(patient), &added);

    if (added)
        *value = (table_count(study->patients) - 1) << 1;
    *value |= has_row;
    return *value >> 1;
}

/* Is NUMBER, in COLUMN, one that the format allows, and new in a file that has it once? */
static bool is_new(struct clinical *clinical, unsigned line,
                   enum cbioportal_column column, const char *number, bool once)
{
    const char *name = clinical->head.names[clinical->head.columns.at[column]];
    uint64_t *first;
    bool added;

    if (!is_number_of(number)) {
        study_refuse(
            clinical->study, clinical->file, line, name,
            "\"%.80s\": expected letters, digits, points, underscores and hyphens; "
            "the row is left out",
            number);
        return false;
    }
    if (!once)
        return true;
    first = table_put(clinical->seen, number, strlen(number), &added);
    if (added)
        *first = line;
    else
        study_refuse(
            clinical->study, clinical->file, line, name,
            "%.80s stands on line %u already: that row is kept; take one of them "
            "away",
            number, (unsigned)*first);
    return added;
}

static bool take_sample(struct clinical *clinical, unsigned line, const char *patient)
{
    struct study *study = clinical->study;
    const char *sample = clinical->cells[clinical->head.columns.at[CBIOPORTAL_SAMPLE_ID]];
    uint64_t owner, *value;
    bool added;

    if (!is_new(clinical, line, CBIOPORTAL_SAMPLE_ID, sample, true))
        return false;
    owner = take_patient(study, patient, false);
    value = table_put(study->samples, sample, strlen(sample), &added);
    if (added)
        *value = owner;
    else if (*value != owner)
        study_refuse(
            study, clinical->file, line,
            clinical->head.names[clinical->head.columns.at[CBIOPORTAL_SAMPLE_ID]],
            "sample %.80s is of patient %.80s in another file: the row is left out",
            sample, table_key(study->patients, (size_t)*value, NULL));
    return *value == owner;
}

static bool take_row(struct clinical *clinical, unsigned line, const char *patient)
{
    if (!is_new(clinical, line, CBIOPORTAL_PATIENT_ID, patient,
                clinical->table == CBIOPORTAL_PATIENTS))
        return false;
    if (clinical->table == CBIOPORTAL_SAMPLES)
        return take_sample(clinical, line, patient);
    take_patient(clinical->study, patient, clinical->table == CBIOPORTAL_PATIENTS);
    return true;
}

static int on_row(void *context, unsigned line, const char *const *fields, size_t n,
                  struct error *err)
{
    struct clinical *clinical = context;
    const char *patient;

    if (clinical->is_refused)
        return 0;
    if (!clinical->has_head && fields[0][strspn(fields[0], "\" ")] == '#') {
        read_comment(clinical, line, fields, n);
        return 0;
    }
    if (!clinical->has_head)
        return begin(clinical, line, fields, n, err);
    if (!study_cells(clinical->study, clinical->file, line, &clinical->head, fields, n,
                     &clinical->text, clinical->cells))
        return 0;
    patient = clinical->cells[clinical->head.columns.at[CBIOPORTAL_PATIENT_ID]];
    if (!take_row(clinical, line, patient))
        return 0;
    return delivery_row(clinical->study->delivery, clinical->file, line, patient,
                        clinical->cells, clinical->head.n, err);
}

int study_read_clinical(struct study *study, const char *file, struct error *err)
{
    struct clinical clinical = {.study = study, .file = file, .seen = table_new()};
    int rc;

    buffer_init(&clinical.text, 4 * TABLES_ROW); /* Latin letters grow as UTF-8 */
    rc = delivery_rows(study->delivery, file, STUDY_FORM, on_row, &clinical, NULL, err);
    buffer_free(&clinical.text);
    table_free(clinical.seen);
    if (rc == 0 && !clinical.has_head)
        study_refuse(study, file, 0, "",
                     "no line of column names: expected PATIENT_ID and others");
    return rc;
}
