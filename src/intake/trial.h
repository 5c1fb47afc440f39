/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/trial.h: the first rows of a table, read as an import would and kept nowhere. */
#ifndef INTAKE_TRIAL_H
#define INTAKE_TRIAL_H

#include <stddef.h>

#include "base/attributes.h"
#include "intake/tables.h"

struct error;
struct mappings;

struct trial {
    const char *path;                /* of the table */
    const char *source;              /* the name of its mapping */
    const struct mappings *mappings; /* that one, or those of the node */
    size_t rows;                     /* so many, without the first one */
    const char *scratch;             /* a folder for rows that wait (tables.h) */
    void *context;
    tables_slice *slice; /* one a patient */
    void (*refused)(void *context, unsigned line, const char *place, const char *reason);
    void (*remark)(void *context, const char *place, const char *reason);
};

NODISCARD int trial_run(const struct trial *trial, struct error *err);

/* The first row of the table and up to ROWS more, each by ROW (csv.h). What is wrong with the
 * file ends it. */
typedef int trial_row(void *context, unsigned line, const char *const *fields, size_t n,
                      struct error *err);
NODISCARD int trial_rows(const char *path, size_t rows, trial_row *row, void *context,
                         struct error *err);

#endif
