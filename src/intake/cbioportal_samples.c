/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/cbioportal_samples.c: what a study says of its samples.
 *
 * Rows are handed on as they stand, to the patient whose sample they are of; only the matrix of
 * copy number is turned into rows, one for each gene and sample that is not 0 (two copies) and not
 * missing: a matrix of 20,000 genes is almost all 0, and 0 is no alteration. A row of a sample that
 * no clinical file has is refused, since nobody knows whose it is. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/table.h"
#include "intake/cbioportal_internal.h"
#include "vocab/vocab.h"

/* Genes by samples that are watched for being said twice; a longer file is believed. */
#define PAIRS_LIMIT ((size_t)2000000)

struct reading {
    struct study *study;
    const struct study_file *file;
    struct study_head head;
    bool has_head, is_refused, is_matrix;
    size_t sample_at; /* column */
    struct buffer text;
    const char **cells;
    const char **patients; /* of each column of a matrix, NULL: not read */
    struct table *pairs;   /* gene (and sample) → line */
    struct table *looked;  /* samples that the file speaks of */
};

/* ---- heads ---- */

static int refuse_file(struct reading *reading, unsigned line, const char *missing)
{
    study_refuse(reading->study, reading->file->name, line, "",
                 "no column %s: the file is left out; add it, or correct its name",
                 missing);
    reading->is_refused = true;
    return 0;
}

static bool has(const struct reading *reading, enum cbioportal_column column)
{
    return reading->head.columns.at[column] != SIZE_MAX;
}

static bool has_gene(const struct reading *reading)
{
    return has(reading, CBIOPORTAL_HUGO_SYMBOL) ||
           has(reading, CBIOPORTAL_ENTREZ_GENE_ID);
}

/* What a table of this kind lacks; NULL: nothing. */
static const char *missing_of(const struct reading *reading)
{
    switch (reading->file->data) {
    case DATA_MUTATIONS:
        if (!has(reading, CBIOPORTAL_TUMOR_SAMPLE_BARCODE))
            return "Tumor_Sample_Barcode";
        if (!has_gene(reading))
            return "Hugo_Symbol or Entrez_Gene_Id";
        return has(reading, CBIOPORTAL_VARIANT_CLASSIFICATION) ||
                       has(reading, CBIOPORTAL_HGVSP_SHORT) ||
                       has(reading, CBIOPORTAL_REFERENCE_ALLELE)
                   ? NULL
                   : "Variant_Classification";
    case DATA_STRUCTURAL:
        if (!has(reading, CBIOPORTAL_SAMPLE_ID))
            return "Sample_Id";
        return has(reading, CBIOPORTAL_SITE1_HUGO_SYMBOL) ||
                       has(reading, CBIOPORTAL_SITE2_HUGO_SYMBOL) ||
                       has(reading, CBIOPORTAL_SITE1_ENTREZ_GENE_ID) ||
                       has(reading, CBIOPORTAL_SITE2_ENTREZ_GENE_ID)
                   ? NULL
                   : "Site1_Hugo_Symbol, Site2_Hugo_Symbol or their Entrez_Gene_Id";
    case DATA_FUSIONS:
        if (!has(reading, CBIOPORTAL_TUMOR_SAMPLE_BARCODE))
            return "Tumor_Sample_Barcode";
        if (!has(reading, CBIOPORTAL_FUSION))
            return "Fusion";
        return has_gene(reading) ? NULL : "Hugo_Symbol or Entrez_Gene_Id";
    case DATA_RESOURCES:
        if (!has(reading, CBIOPORTAL_RESOURCE_ID))
            return "RESOURCE_ID";
        return has(reading, CBIOPORTAL_PATIENT_ID) || has(reading, CBIOPORTAL_SAMPLE_ID)
                   ? NULL
                   : "PATIENT_ID";
    default: return has(reading, CBIOPORTAL_SAMPLE_ID) ? NULL : "SAMPLE_ID";
    }
}

/* The columns of a matrix that are samples of the study. */
static void read_samples(struct reading *reading, unsigned line)
{
    const struct study_head *head = &reading->head;
    struct study *study = reading->study;
    struct table *seen = table_new();

    reading->patients =
        arena_array(study->delivery->arena, head->n + 1, sizeof(*reading->patients));
    for (size_t c = 0; c < head->n; c++) {
        const char *name = head->names[c];
        bool added;

        if (c == head->columns.at[CBIOPORTAL_HUGO_SYMBOL] ||
            c == head->columns.at[CBIOPORTAL_ENTREZ_GENE_ID] ||
            strcasecmp(name, "Cytoband") == 0 || strcasecmp(name, "Locus ID") == 0)
            continue;
        if (!*name) {
            study_refuse(study, reading->file->name, line, "",
                         "column %zu has no name: left out; expected a sample", c + 1);
            continue;
        }
        table_put(seen, name, strlen(name), &added);
        if (!added) {
            study_refuse(study, reading->file->name, line, name,
                         "the sample has a column already: column %zu is left out",
                         c + 1);
            continue;
        }
        reading->patients[c] = study_patient_of(study, name);
        if (reading->patients[c])
            table_put(reading->looked, name, strlen(name), NULL);
        else
            study_refuse(
                study, reading->file->name, line, name,
                "a sample that is in no clinical file of the study: the column is "
                "left out; add it to data_clinical_sample.txt, or correct its name");
    }
    table_free(seen);
}

static int begin(struct reading *reading, unsigned line, const char *const *fields,
                 size_t n, struct error *err)
{
    static const char *const copies[] = {"Hugo_Symbol", "Entrez_Gene_Id", "Sample_Id",
                                         "Value"};
    static const enum cbioportal_table kinds[] = {
        [DATA_MUTATIONS] = CBIOPORTAL_MUTATIONS,
        [DATA_MATRIX] = CBIOPORTAL_COPIES,
        [DATA_STRUCTURAL] = CBIOPORTAL_STRUCTURAL,
        [DATA_FUSIONS] = CBIOPORTAL_FUSIONS,
        [DATA_PANELS] = CBIOPORTAL_PANELS,
        [DATA_RESOURCES] = CBIOPORTAL_RESOURCES};
    struct study *study = reading->study;
    const char *name = reading->file->name, *missing;

    reading->has_head = true;
    study_head_read(study, &reading->head, fields, n);
    reading->cells =
        arena_array(study->delivery->arena, reading->head.n + 1, sizeof(*reading->cells));
    if (reading->file->data == DATA_MATRIX) {
        if (!has_gene(reading))
            return refuse_file(reading, line, "Hugo_Symbol or Entrez_Gene_Id");
        reading->is_matrix = !has(reading, CBIOPORTAL_SAMPLE_ID) ||
                             reading->head.columns.at[CBIOPORTAL_VALUE] == SIZE_MAX;
        if (reading->is_matrix && has(reading, CBIOPORTAL_SAMPLE_ID))
            return refuse_file(reading, line, "Value");
        if (reading->is_matrix && has(reading, CBIOPORTAL_VALUE))
            return refuse_file(reading, line, "Sample_Id");
    }
    if (reading->is_matrix) {
        read_samples(reading, line);
        return study_begin(study, CBIOPORTAL_COPIES, name, copies, ARRAY_LENGTH(copies),
                           err);
    }
    missing = missing_of(reading);
    if (missing)
        return refuse_file(reading, line, missing);
    reading->sample_at =
        reading->file->data == DATA_MUTATIONS || reading->file->data == DATA_FUSIONS
            ? reading->head.columns.at[CBIOPORTAL_TUMOR_SAMPLE_BARCODE]
            : reading->head.columns.at[CBIOPORTAL_SAMPLE_ID];
    return study_begin(study, kinds[reading->file->data], name,
                       (const char *const *)reading->head.names, reading->head.n, err);
}

/* ---- rows ---- */

static const char *cell(const struct reading *reading, enum cbioportal_column column)
{
    size_t at = reading->head.columns.at[column];
    const char *text = at == SIZE_MAX ? "" : reading->cells[at];

    return cbioportal_is_null(text) ? "" : text;
}

static bool is_call(const char *value)
{
    static const char *const calls[] = {"-2", "-1.5", "-1", "0", "1", "2"};

    for (size_t i = 0; i < ARRAY_LENGTH(calls); i++)
        if (strcmp(calls[i], value) == 0)
            return true;
    return false;
}

static void refuse_call(const struct reading *reading, unsigned line, const char *column,
                        const char *value)
{
    study_refuse(reading->study, reading->file->name, line, column,
                 "\"%.40s\": expected -2, -1.5, -1, 0, 1, 2 or NA; the value is left out",
                 value);
}

/* Was GENE (of SAMPLE) on an earlier line? Then this one is refused. */
static bool is_said_again(struct reading *reading, unsigned line, const char *sample)
{
    const char *number = cell(reading, CBIOPORTAL_ENTREZ_GENE_ID);
    const char *symbol = cell(reading, CBIOPORTAL_HUGO_SYMBOL);
    const char *gene = *number ? number : symbol;
    size_t gene_at =
        reading->head.columns
            .at[*number ? CBIOPORTAL_ENTREZ_GENE_ID : CBIOPORTAL_HUGO_SYMBOL];
    char key[256];
    uint64_t *first;
    bool added;
    int n;

    if (!*gene || table_count(reading->pairs) >= PAIRS_LIMIT)
        return false;
    n = snprintf(key, sizeof(key), "%.100s\t%.100s", gene, sample);
    first = table_put(reading->pairs, key, (size_t)n, &added);
    if (added) {
        *first = line;
        return false;
    }
    study_refuse(
        reading->study, reading->file->name, line, reading->head.names[gene_at],
        "gene %.60s%s%.80s stands on line %u already: that row is kept; take one "
        "of them away",
        *symbol ? symbol : gene, *sample ? " of sample " : "", sample, (unsigned)*first);
    return true;
}

static int matrix_row(struct reading *reading, unsigned line, struct error *err)
{
    const struct study_head *head = &reading->head;
    struct study *study = reading->study;
    struct error reason = ERROR_INIT;
    char code[VOCAB_CODE_SIZE], gene[VOCAB_CODE_SIZE];
    const char *row[4] = {cell(reading, CBIOPORTAL_HUGO_SYMBOL),
                          cell(reading, CBIOPORTAL_ENTREZ_GENE_ID)};

    if (!*row[0] && !*row[1]) {
        study_refuse(study, reading->file->name, line, head->names[0],
                     "no gene: the row is left out; name it in Hugo_Symbol "
                     "or Entrez_Gene_Id");
        return 0;
    }
    snprintf(gene, sizeof(gene), "%.*s", (int)strcspn(row[0], "|"), row[0]);
    if (*row[0] && vocab_normalise(VOCAB_GENE, gene, code, &reason) < 0) {
        study_refuse(study, reading->file->name, line,
                     head->names[head->columns.at[CBIOPORTAL_HUGO_SYMBOL]],
                     "%.200s; the row is left out", reason.message);
        return 0;
    }
    if (is_said_again(reading, line, ""))
        return 0;
    for (size_t c = 0; c < head->n; c++) {
        const char *value = reading->cells[c];

        if (!reading->patients[c] || (value[0] == '0' && !value[1]) ||
            cbioportal_is_null(value))
            continue;
        if (!is_call(value)) {
            refuse_call(reading, line, head->names[c], value);
            continue;
        }
        row[2] = head->names[c];
        row[3] = value;
        if (delivery_row(study->delivery, reading->file->name, line, reading->patients[c],
                         row, 4, err) < 0)
            return -1;
    }
    return 0;
}

/* Is the row of copy number worth keeping: a call that is not 0, said for the first time? */
static bool is_kept(struct reading *reading, unsigned line, const char *sample)
{
    const char *value = cell(reading, CBIOPORTAL_VALUE);

    if (!*value)
        return false;
    if (!is_call(value)) {
        refuse_call(reading, line,
                    reading->head.names[reading->head.columns.at[CBIOPORTAL_VALUE]],
                    value);
        return false;
    }
    return !is_said_again(reading, line, sample) && strcmp(value, "0") != 0;
}

/* A link that a browser can open, once for each patient or sample and resource. */
static bool is_link(struct reading *reading, unsigned line, const char *owner)
{
    const char *url = cell(reading, CBIOPORTAL_URL);
    const char *resource = cell(reading, CBIOPORTAL_RESOURCE_ID);
    char key[1024];
    bool added;
    int n;

    if (strncasecmp(url, "http://", 7) != 0 && strncasecmp(url, "https://", 8) != 0) {
        study_refuse(
            reading->study, reading->file->name, line, "URL",
            "\"%.60s\": expected an address that begins with http:// or https://; "
            "the row is left out",
            url);
        return false;
    }
    n = snprintf(key, sizeof(key), "%.200s\t%.200s\t%.500s", owner, resource, url);
    table_put(reading->pairs, key, (size_t)n, &added);
    if (!added)
        study_refuse(reading->study, reading->file->name, line, "RESOURCE_ID",
                     "the same link of %.80s stands there already: left out", owner);
    return added;
}

/* A sample has one row in the matrix of panels. */
static bool is_listed_again(struct reading *reading, unsigned line, const char *sample)
{
    bool added;
    uint64_t *first = table_put(reading->pairs, sample, strlen(sample), &added);

    if (added) {
        *first = line;
        return false;
    }
    study_refuse(
        reading->study, reading->file->name, line,
        reading->head.names[reading->sample_at],
        "sample %.80s stands on line %u already: that row is kept; take one of them "
        "away",
        sample, (unsigned)*first);
    return true;
}

static const char *patient_of(const struct reading *reading, unsigned line)
{
    const char *sample =
        reading->sample_at == SIZE_MAX ? "" : reading->cells[reading->sample_at];
    const char *patient = study_patient_of(reading->study, sample);

    if (!patient && reading->file->data == DATA_RESOURCES &&
        has(reading, CBIOPORTAL_PATIENT_ID))
        patient = cell(reading, CBIOPORTAL_PATIENT_ID);
    if (patient && table_get(reading->study->patients, patient, strlen(patient)))
        return patient;
    study_refuse(
        reading->study, reading->file->name, line,
        reading->sample_at == SIZE_MAX ? cbioportal_column_name(CBIOPORTAL_PATIENT_ID)
                                       : reading->head.names[reading->sample_at],
        "\"%.80s\" is in no clinical file of the study: the row is left out; add it "
        "to data_clinical_sample.txt, or correct its name",
        reading->sample_at == SIZE_MAX ? cell(reading, CBIOPORTAL_PATIENT_ID) : sample);
    return NULL;
}

static int on_row(void *context, unsigned line, const char *const *fields, size_t n,
                  struct error *err)
{
    struct reading *reading = context;
    const char *patient;

    if (reading->is_refused || (!reading->has_head && fields[0][0] == '#'))
        return 0;
    if (!reading->has_head)
        return begin(reading, line, fields, n, err);
    if (!study_cells(reading->study, reading->file->name, line, &reading->head, fields, n,
                     &reading->text, reading->cells))
        return 0;
    if (reading->is_matrix)
        return matrix_row(reading, line, err);
    patient = patient_of(reading, line);
    if (patient && *reading->file->panel && reading->sample_at != SIZE_MAX)
        table_put(reading->looked, reading->cells[reading->sample_at],
                  strlen(reading->cells[reading->sample_at]), NULL);
    if (!patient ||
        (reading->file->data == DATA_MATRIX &&
         !is_kept(reading, line, reading->cells[reading->sample_at])) ||
        (reading->file->data == DATA_PANELS &&
         is_listed_again(reading, line, reading->cells[reading->sample_at])))
        return 0;
    if (reading->file->data == DATA_RESOURCES &&
        !is_link(reading, line,
                 reading->sample_at == SIZE_MAX ? patient
                                                : reading->cells[reading->sample_at]))
        return 0;
    return delivery_row(reading->study->delivery, reading->file->name, line, patient,
                        reading->cells, reading->head.n, err);
}

/* The meta file says that one panel was used for all samples of the file: as the matrix of panels
 * would say it. */
static int add_panel(const struct reading *reading, struct error *err)
{
    struct study *study = reading->study;
    const char *columns[] = {"SAMPLE_ID", reading->file->profile};

    if (!*reading->file->panel || table_count(reading->looked) == 0)
        return 0;
    if (study_begin(study, CBIOPORTAL_PANELS, reading->file->name, columns, 2, err) < 0)
        return -1;
    for (size_t i = 0; i < table_count(reading->looked); i++) {
        const char *sample = table_key(reading->looked, i, NULL);
        const char *cells[] = {sample, reading->file->panel};

        if (delivery_row(study->delivery, reading->file->name, 0,
                         study_patient_of(study, sample), cells, 2, err) < 0)
            return -1;
    }
    return 0;
}

int study_read_samples(struct study *study, const struct study_file *file,
                       struct error *err)
{
    struct reading reading = {.study = study,
                              .file = file,
                              .sample_at = SIZE_MAX,
                              .pairs = table_new(),
                              .looked = table_new()};
    int rc;

    buffer_init(&reading.text, 4 * TABLES_ROW); /* Latin letters grow as UTF-8 */
    rc = delivery_rows(study->delivery, file->name, STUDY_FORM, on_row, &reading, NULL,
                       err);
    if (rc == 0)
        rc = add_panel(&reading, err);
    buffer_free(&reading.text);
    table_free(reading.pairs);
    table_free(reading.looked);
    if (rc == 0 && !reading.has_head)
        study_refuse(study, file->name, 0, "", "no line of column names");
    return rc;
}
