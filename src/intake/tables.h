/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/tables.h: tables over many persons, as slices of one person each.
 *
 *     tables_begin, tables_row …   rows in any order of persons
 *     tables_each                  one slice a person, persons in the order they first came
 *
 * A slice is the JSON that adapt/tables.h reads (FRAGMENT_TABLES): the door, the source, the
 * person's number, and of each table the columns and this person's rows in the order they came;
 * a table without rows of the person is not in it. It has no line numbers, so that a person of
 * whom nothing changed gives the same bytes; the lines stand beside it, for reports.
 *
 * Memory is bounded whatever the order of rows: what is beyond the limit waits, sorted, in a file
 * without a name in FOLDER, of which nothing is left when the process ends, however it ends. The
 * numbers of persons stay in memory (about 100 bytes each). One thread at a time. */
#ifndef INTAKE_TABLES_H
#define INTAKE_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

struct error;
struct tables;

#define TABLES_MAX 1000                 /* of one delivery */
#define TABLES_ROW ((size_t)1 << 20)    /* bytes of a row as JSON */
#define TABLES_SLICE ((size_t)64 << 20) /* bytes of a slice: what the store takes */
#define TABLES_MEMORY ((size_t)96 << 20)

/* FOLDER: where there is room and where patients' data may be (the node's own). MEMORY: bytes of
 * rows that are held before they go there; TABLES_MEMORY unless a test wants less. */
struct tables *tables_new(const char *folder, size_t memory);
void tables_free(struct tables *tables); /* takes NULL */

/* The rows that follow are of a new table: NAME in the slices (the same in each delivery), FILE in
 * reports. ERROR_LIMIT for the thousand and first. */
NODISCARD int tables_begin(struct tables *tables, const char *name, const char *file,
                           const char *const *columns, size_t n, struct error *err);
/* A row of PERSON that stands on LINE; fewer or more cells than columns are the caller's to
 * judge. ERROR_INPUT for a row too long, which is left out (the caller goes on or not);
 * ERROR_IO. */
NODISCARD int tables_row(struct tables *tables, const char *person, unsigned line,
                         const char *const *cells, size_t n, struct error *err);

/* Of one person. Valid during the call of EACH, which may take the bytes' content along. */
struct slice {
    const char *person;
    const char *bytes;
    size_t length;
    size_t n_tables;
    const struct slice_table {
        const char *file;
        size_t n_rows;
        const unsigned *lines; /* of its rows */
    } * tables;
    bool too_large; /* more than TABLES_SLICE: the bytes are cut off, and no JSON */
};

/* Return -1 to stop. */
typedef int tables_slice(void *context, const struct slice *slice, struct error *err);

/* Once, at the end. DOOR and SOURCE as the slices say them. */
NODISCARD int tables_each(struct tables *tables, const char *door, const char *source,
                          tables_slice *each, void *context, struct error *err);

#endif
