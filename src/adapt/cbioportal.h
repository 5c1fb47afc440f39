/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/cbioportal.h: what a study of cBioPortal calls things.
 *
 * Both halves of the door need it: intake/cbioportal.c, which reads the files, and
 * adapt/cbioportal.c, which reads one patient's rows. Names are compared folded: letters and
 * digits alone, in upper case, so that Start_Position, "Start Pos" and START_POSITION meet. */
#ifndef ADAPT_CBIOPORTAL_H
#define ADAPT_CBIOPORTAL_H

#include <stdbool.h>
#include <stddef.h>

#define CBIOPORTAL_DOOR "cbioportal"

enum cbioportal_table {
    CBIOPORTAL_NONE,
    CBIOPORTAL_STUDY, /* made by intake: what the whole study says, one row a patient */
    CBIOPORTAL_LISTS, /* made by intake: which case lists a sample is in */
    CBIOPORTAL_PATIENTS,
    CBIOPORTAL_SAMPLES,
    CBIOPORTAL_TIMELINE,
    CBIOPORTAL_MUTATIONS,
    CBIOPORTAL_COPIES, /* discrete copy number, one row a gene and sample */
    CBIOPORTAL_STRUCTURAL,
    CBIOPORTAL_FUSIONS, /* the older format of structural variants */
    CBIOPORTAL_PANELS,  /* which gene panel each profile of a sample was made with */
    CBIOPORTAL_RESOURCES,
    CBIOPORTAL_TABLES
};

/* A column that a table must have, or may, under any of its names. */
enum cbioportal_column {
#define COLUMN(id, name) CBIOPORTAL_##id,
#define ALSO(id, name)
#include "adapt/cbioportal_columns.def"
#undef ALSO
#undef COLUMN
    CBIOPORTAL_COLUMNS
};

#define CBIOPORTAL_NAME 96
/* NAME as names are compared; cut at CBIOPORTAL_NAME. Returns its length. */
size_t cbioportal_fold(const char *name, char folded[CBIOPORTAL_NAME]);

/* The name of COLUMN as the format writes it. */
const char *cbioportal_column_name(enum cbioportal_column column);

/* Where each column is among the N names, SIZE_MAX where it is not. */
struct cbioportal_columns {
    size_t at[CBIOPORTAL_COLUMNS];
};
void cbioportal_columns(const char *const *names, size_t n,
                        struct cbioportal_columns *columns_r);

/* Which of PATIENTS, SAMPLES and TIMELINE a clinical file is, by its columns; NONE: none of them. */
enum cbioportal_table cbioportal_clinical(const struct cbioportal_columns *columns);

/* In slices a table is called by what it is and its file: "samples/data_clinical_sample.txt". */
const char *cbioportal_table_name(enum cbioportal_table table);
enum cbioportal_table cbioportal_table_named(const char *name);

/* Does CELL say nothing: "", NA, N/A, [Not Available] and their like? */
bool cbioportal_is_null(const char *cell);

/* The sample of a TCGA barcode, TCGA-02-0001-01 of TCGA-02-0001-01C-01D-0182-01, is its first
 * CBIOPORTAL_TCGA characters. True when SAMPLE is longer than that and begins like one. */
#define CBIOPORTAL_TCGA 15
bool cbioportal_is_barcode(const char *sample);

/* The cancer type CODE of OncoTree in any case (or, where there is no code, its NAME), in
 * ICD-O-3: "" where ICD-O-3 has no code that says the same. False if there is no such type. */
struct cbioportal_type {
    const char *code, *name, *topography, *morphology;
};
bool cbioportal_oncotree(const char *code, const char *name,
                         struct cbioportal_type *type_r);
/* The organ called WORD ("Lymph node") as a topography of ICD-O-3; "" if it is none. */
const char *cbioportal_site(const char *word);

#endif
