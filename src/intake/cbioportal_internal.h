/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/cbioportal_internal.h: the files of a cBioPortal study.
 *
 *     door_cbioportal.c     is it one, and the order in which its files are read
 *     cbioportal_meta.c     meta files, case lists; what each data file is
 *     cbioportal_clinical.c patients, samples, timelines: who is who
 *     cbioportal_samples.c  what is said of samples: mutations, copy number … */
#ifndef INTAKE_CBIOPORTAL_INTERNAL_H
#define INTAKE_CBIOPORTAL_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "adapt/cbioportal.h"
#include "adapt/csv.h"
#include "base/buffer.h"
#include "base/error.h"
#include "intake/delivery.h"
#include "intake/tables.h"

struct table;

enum study_data {
    DATA_NONE,     /* not of patients, or not of our model */
    DATA_CLINICAL, /* patients, samples or a timeline: its columns say which */
    DATA_MUTATIONS,
    DATA_MATRIX, /* discrete copy number, genes by samples; or long, by its columns */
    DATA_STRUCTURAL,
    DATA_FUSIONS,
    DATA_PANELS,
    DATA_RESOURCES,
};

struct study_file {
    const char *name; /* in the folder, with .gz if it has it */
    enum study_data data;
    const char *profile; /* stable_id of what the file says */
    const char *panel;   /* gene_panel that all its samples were looked at with, or "" */
    struct study_file *next;
};

struct study {
    struct delivery *delivery;
    const char *const *files; /* of the folder */
    size_t n_files;
    struct study_file *first, *last; /* to be read */
    bool has_meta;                   /* a meta file named a data file */

    const char *id, *type_of_cancer, *genome, *day_zero, *own;
    const char *filter;    /* variant_classification_filter, NULL: not said */
    struct buffer numbers; /* attributes declared NUMBER, folded, blank separated */
    bool is_declared;      /* some clinical file declares datatypes */

    struct table
        *patients; /* number → its place there, << 1; | 1 when it has a row of its own */
    struct table *samples; /* sample → the place of its patient in the table above */
};

/* A column of a file, as reports name it. */
#define STUDY_FORM (&(const struct table_form){.separator = '\t', .no_quotes = true})
/* The format's own limit of what a file's head may hold; a wide matrix has that many samples. */
#define STUDY_COLUMNS 200000

/* cbioportal_meta.c */
NODISCARD int study_read_meta(struct study *study, struct error *err);
NODISCARD int study_read_lists(struct study *study, struct error *err);
/* KEY of the line "key: value" of FIELDS; its value without blanks around it in *VALUE_R. */
bool study_key(const char *const *fields, size_t n, const char *key,
               const char **value_r);

/* cbioportal_clinical.c */
NODISCARD int study_read_clinical(struct study *study, const char *file,
                                  struct error *err);
/* The number of the patient whose SAMPLE it is, whatever form of a TCGA barcode it has; NULL. */
const char *study_patient_of(const struct study *study, const char *sample);

/* cbioportal_samples.c */
NODISCARD int study_read_samples(struct study *study, const struct study_file *file,
                                 struct error *err);

/* What both share: the head of a table, found in a file's first row that is no comment. */
struct study_head {
    char **names; /* in the delivery's arena */
    size_t n;
    struct cbioportal_columns columns;
};
void study_head_read(struct study *study, struct study_head *head,
                     const char *const *fields, size_t n);
/* The cells of a row, without blanks around them and without quotes around all of it, as many as
 * there are columns: those that an editor cut off the end are empty. False when there are more
 * (refused), or when all are empty. CELLS holds HEAD's n. */
bool study_cells(struct study *study, const char *file, unsigned line,
                 const struct study_head *head, const char *const *fields, size_t n,
                 struct buffer *text, const char **cells);
/* The rows that follow are of FILE, which is TABLE. */
NODISCARD int study_begin(struct study *study, enum cbioportal_table table,
                          const char *file, const char *const *columns, size_t n,
                          struct error *err);
void study_refuse(const struct study *study, const char *file, unsigned line,
                  const char *column, const char *format, ...) PRINTF_LIKE(5, 6);

#endif
