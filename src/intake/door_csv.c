/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/door_csv.c: one table of a centre's own, read as one of its mappings says.
 *
 * Which mapping: the one that the user names, else the one all of whose columns the table has. A
 * table that two of them read, or none, is not guessed at. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "adapt/mapping.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "intake/delivery.h"
#include "intake/tables.h"

struct table_reading {
    struct delivery *delivery;
    const struct mapping *mapping;
    size_t n_columns; /* 0 until the first row */
    size_t patient;
};

static size_t column_of(const char *const *fields, size_t n, const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(fields[i], name) == 0)
            return i;
    return n;
}

/* The columns of MAPPING that FIELDS lack; the first of them into *FIRST_R. */
static size_t count_missing(const struct delivery *delivery,
                            const struct mapping *mapping, const char *const *fields,
                            size_t n, const char **first_r)
{
    const char *const *columns;
    size_t n_columns = mapping_columns(mapping, delivery->arena, &columns), missing = 0;

    for (size_t i = 0; i < n_columns; i++)
        if (column_of(fields, n, columns[i]) == n && missing++ == 0)
            *first_r = columns[i];
    return missing;
}

static int none_fits(const struct delivery *delivery, const char *const *fields, size_t n,
                     struct error *err)
{
    const struct mappings *mappings = delivery->mappings;
    const struct mapping *nearest = NULL;
    const char *missing = "", *first = "";
    size_t fewest = SIZE_MAX;

    for (size_t i = 0; mappings && i < mappings->n; i++) {
        size_t lacks = count_missing(delivery, mappings->mapping[i], fields, n, &first);

        if (lacks < fewest && column_of(fields, n, mappings->mapping[i]->patient) < n) {
            fewest = lacks;
            nearest = mappings->mapping[i];
            missing = first;
        }
    }
    if (column_of(fields, n, "Patient_Id") < n && column_of(fields, n, "Instance_Id") < n)
        return error_at(
            err, ERROR_INPUT, 1, 0,
            "one of the pivot tables of OSIRIS: import the folder of all of them, "
            "since a delivery takes the place of the one before");
    if (!nearest)
        return error_at(
            err, ERROR_INPUT, 1, 0,
            "a table (columns %.60s, %.60s …) that no mapping of the node reads: "
            "lacis mapping suggest NODE FILE proposes one, lacis mapping add NODE "
            "MAPPING keeps it",
            fields[0], n > 1 ? fields[1] : "");
    return error_at(
        err, ERROR_INPUT, 1, 0,
        "the mapping %s comes nearest, but %zu of its columns are not there, such "
        "as %.60s: with --mapping %s it is read without them",
        nearest->source, fewest, missing, nearest->source);
}

static int choose(const struct delivery *delivery, const char *const *fields, size_t n,
                  const struct mapping **mapping_r, struct error *err)
{
    const struct mappings *mappings = delivery->mappings;
    const char *missing;

    *mapping_r = NULL;
    if (delivery->source) {
        *mapping_r = mappings_named(mappings, delivery->source);
        return *mapping_r
                   ? 0
                   : error_set(err, ERROR_INPUT,
                               "no mapping is called %.64s: lacis mapping list NODE "
                               "has them all",
                               delivery->source);
    }
    for (size_t i = 0; mappings && i < mappings->n; i++) {
        if (count_missing(delivery, mappings->mapping[i], fields, n, &missing) > 0)
            continue;
        if (*mapping_r)
            return error_set(
                err, ERROR_INPUT,
                "the mappings %s and %s both read this table: say which with "
                "--mapping",
                (*mapping_r)->source, mappings->mapping[i]->source);
        *mapping_r = mappings->mapping[i];
    }
    return *mapping_r ? 0 : none_fits(delivery, fields, n, err);
}

static int begin(struct table_reading *reading, unsigned line, const char *const *fields,
                 size_t n, struct error *err)
{
    struct delivery *delivery = reading->delivery;
    const char *first;

    if (!reading->mapping && choose(delivery, fields, n, &reading->mapping, err) < 0)
        return -1;
    reading->patient = column_of(fields, n, reading->mapping->patient);
    if (reading->patient == n)
        return error_at(
            err, ERROR_INPUT, line, 0,
            "no column %.60s, which the mapping %s takes the patient's number "
            "from",
            reading->mapping->patient, reading->mapping->source);
    if (count_missing(delivery, reading->mapping, fields, n, &first) > 0)
        delivery_remark(delivery, "", first,
                        "a column of the mapping that is not there: read without it");
    delivery->source = reading->mapping->source;
    reading->n_columns = n;
    if (delivery_columns_check(fields, n, line, err) < 0)
        return -1;
    return tables_begin(delivery->tables, reading->mapping->source, "", fields, n, err);
}

static int on_row(void *context, unsigned line, const char *const *fields, size_t n,
                  struct error *err)
{
    struct table_reading *reading = context;
    bool filled = false;

    if (reading->n_columns == 0)
        return begin(reading, line, fields, n, err);
    for (size_t i = 0; i < n && !filled; i++)
        filled = fields[i][strspn(fields[i], " \t")] != '\0';
    if (!filled ||
        !delivery_row_fits(reading->delivery, "", line, fields, n, reading->n_columns))
        return 0;
    return delivery_row(reading->delivery, "", line, fields[reading->patient], fields,
                        reading->n_columns, err);
}

struct head_reading {
    struct delivery delivery;
    bool reads;
};

static int on_head(void *context, unsigned line, const char *const *fields, size_t n,
                   struct error *err)
{
    struct head_reading *reading = context;
    const struct mappings *mappings = reading->delivery.mappings;
    const char *missing;

    (void)line;
    (void)err;
    for (size_t i = 0; i < mappings->n && !reading->reads; i++)
        reading->reads = count_missing(&reading->delivery, mappings->mapping[i], fields,
                                       n, &missing) == 0;
    return -1;
}

bool door_csv_reads(const struct mappings *mappings, const char *head, size_t length)
{
    struct head_reading reading = {.delivery.mappings = mappings};
    struct csv *csv;

    if (!mappings || mappings->n == 0)
        return false;
    reading.delivery.arena = arena_new("first row of a table", (size_t)64 << 20);
    csv = csv_new(TABLES_ROW, on_head, &reading);
    if (csv_feed(csv, head, length, NULL) == 0)
        (void)!csv_finish(csv, NULL);
    csv_free(csv);
    arena_free(reading.delivery.arena);
    return reading.reads;
}

static int read_delivery(struct delivery *delivery, struct error *err)
{
    struct table_reading reading = {
        .delivery = delivery,
        .mapping = delivery->source ? mappings_named(delivery->mappings, delivery->source)
                                    : NULL};
    struct table_form form = {.separator =
                                  reading.mapping ? reading.mapping->separator : 0};

    if (!delivery->input)
        return error_set(err, ERROR_INPUT,
                         "a folder: the door csv reads one table; import the file");
    if (delivery_rows(delivery, "", &form, on_row, &reading, NULL, err) < 0)
        return -1;
    if (!delivery->source || reading.n_columns == 0)
        return error_set(err, ERROR_INPUT, "a table without a first row");
    return 0;
}

const struct door door_csv = {.name = "csv", .recognises = NULL, .read = read_delivery};
