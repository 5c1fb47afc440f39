/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/door_osiris_pivot.c: a folder of the pivot tables of OSIRIS v1, as slices.
 *
 * A table is known by its file's name (pivot_table_of_file) and by its first row, which has the
 * columns Patient_Id (or Patient_Ref) and Instance_Id. Any of the 18 may be missing. The group's
 * own files have comments among the rows: a row without an Instance_Id whose patient is a sentence,
 * or that says nothing else, is one; empty rows are passed over. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "adapt/osiris_pivot.h"
#include "base/arena.h"
#include "base/error.h"
#include "intake/delivery.h"
#include "intake/tables.h"

#define PATH_SIZE 4096

static size_t column_of(const char *const *fields, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(fields[i], name) == 0)
            return i;
    return n;
}

static size_t patient_column(const char *const *fields, size_t n)
{
    size_t column = column_of(fields, n, "Patient_Id");

    return column < n ? column : column_of(fields, n, "Patient_Ref");
}

static bool is_head(const void *context, const char *const *fields, size_t n)
{
    (void)context;
    return patient_column(fields, n) < n && column_of(fields, n, "Instance_Id") < n;
}

static bool recognises(const char *path)
{
    struct arena *arena = arena_new("names of files", (size_t)64 << 20);
    const char *const *files;
    bool found = false;
    size_t n = 0;

    if (folder_files(arena, path, &files, &n, NULL) < 0)
        n = 0;
    for (size_t i = 0; i < n && !found; i++) {
        char file[PATH_SIZE];

        snprintf(file, sizeof(file), "%s/%s", path, files[i]);
        found = pivot_table_of_file(files[i]) != PIVOT_TABLES &&
                first_row_holds(file, is_head, NULL);
    }
    arena_free(arena);
    return found;
}

/* ---- rows ---- */

struct table_reading {
    struct delivery *delivery;
    const char *file;
    const char *name; /* of the table */
    size_t n_columns; /* 0 until the first row */
    size_t patient, instance;
};

static int begin(struct table_reading *reading, unsigned line, const char *const *fields,
                 size_t n, struct error *err)
{
    struct error reason = ERROR_INIT;

    if (!is_head(NULL, fields, n)) {
        delivery_refused(reading->delivery, reading->file, line, "",
                         "no columns Patient_Id and Instance_Id in the first row: not a "
                         "pivot table of OSIRIS; the file is left out");
        reading->n_columns = SIZE_MAX;
        return 0;
    }
    if (delivery_columns_check(fields, n, line, &reason) < 0) {
        delivery_refused(reading->delivery, reading->file, line, "", reason.message);
        reading->n_columns = SIZE_MAX;
        return 0;
    }
    reading->n_columns = n;
    reading->patient = patient_column(fields, n);
    reading->instance = column_of(fields, n, "Instance_Id");
    return tables_begin(reading->delivery->tables, reading->name, reading->file, fields,
                        n, err);
}

static size_t count_filled(const char *const *fields, size_t n)
{
    size_t filled = 0;

    for (size_t i = 0; i < n; i++)
        filled += fields[i][strspn(fields[i], " \t")] != '\0';
    return filled;
}

/* Words rather than a row: see the head of the file. */
static bool is_comment(const struct table_reading *reading, const char *const *fields,
                       size_t n, size_t filled)
{
    const char *person = reading->patient < n ? fields[reading->patient] : "";

    return (reading->instance >= n || !*fields[reading->instance]) &&
           (!*person || filled == 1 || strchr(person, ' '));
}

static int on_row(void *context, unsigned line, const char *const *fields, size_t n,
                  struct error *err)
{
    struct table_reading *reading = context;
    size_t filled;

    if (reading->n_columns == SIZE_MAX)
        return 0;
    if (reading->n_columns == 0)
        return begin(reading, line, fields, n, err);
    filled = count_filled(fields, n);
    if (filled == 0)
        return 0;
    if (is_comment(reading, fields, n, filled)) {
        delivery_remark(reading->delivery, reading->file, "",
                        "a row without Instance_Id that is a comment: left out");
        return 0;
    }
    if (!delivery_row_fits(reading->delivery, reading->file, line, fields, n,
                           reading->n_columns))
        return 0;
    return delivery_row(reading->delivery, reading->file, line, fields[reading->patient],
                        fields, reading->n_columns, err);
}

static int read_table(struct delivery *delivery, const char *file, enum pivot_table table,
                      struct error *err)
{
    struct table_reading reading = {
        .delivery = delivery, .file = file, .name = pivot_table_name(table)};

    return delivery_rows(delivery, file, NULL, on_row, &reading, NULL, err);
}

/* Files in the order of the table, so that the slices do not depend on how they are called. */
static int read_delivery(struct delivery *delivery, struct error *err)
{
    const char *const *files;
    size_t n;

    if (!delivery->source)
        delivery->source = "osiris-pivot";
    if (delivery->input)
        return error_set(err, ERROR_INPUT,
                         "one table of OSIRIS pivot files: import the folder of all of "
                         "them, since a delivery takes the place of the one before");
    if (folder_files(delivery->arena, delivery->path, &files, &n, err) < 0)
        return -1;
    for (int table = 0; table < PIVOT_TABLES; table++)
        for (size_t i = 0; i < n; i++)
            if ((int)pivot_table_of_file(files[i]) == table &&
                read_table(delivery, files[i], (enum pivot_table)table, err) < 0)
                return -1;
    for (size_t i = 0; i < n; i++)
        if (pivot_table_of_file(files[i]) == PIVOT_TABLES)
            delivery_remark(delivery, files[i], "",
                            "not named like a pivot table of OSIRIS: not read");
    return 0;
}

const struct door door_osiris_pivot = {
    .name = "osiris-pivot", .recognises = recognises, .read = read_delivery};
