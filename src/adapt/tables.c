/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/tables.c: a fragment of tables, read back from JSON, and given to its door.
 *
 *     {"door":"osiris-pivot","source":"osiris-pivot","patient":"L304",
 *      "tables":[{"name":"Patient.csv","columns":["Patient_Id",…],"rows":[["L304",…],…]},…]}
 *
 * We wrote it ourselves (intake/tables.c), from cells as they were sent: a cell is never wrong
 * here, but the shape is checked, for bytes can come from anywhere. The names of columns and
 * tables are looked up by the doors; a door knows what they mean. */
#include <string.h>
#include <strings.h>

#include <yyjson.h>

#include "adapt/adapt_internal.h"
#include "base/arena.h"

#define TABLES_LIMIT 1000
#define COLUMNS_LIMIT 20000

static const struct {
    const char *name;
    tables_door *adapt;
} doors[] = {
    {"osiris-pivot", osiris_pivot_adapt},
    {"csv", csv_mapped_adapt},
    {"cbioportal", cbioportal_adapt},
};

/* ---- for the doors ---- */

static bool same_name(const char *name, const char *wanted)
{
    size_t n = strlen(wanted);
    const char *point = strchr(name, '.');

    return strncasecmp(name, wanted, n) == 0 && (!name[n] || name + n == point);
}

const struct sheet *sheet_named(const struct sheets *sheets, const char *name)
{
    for (size_t i = 0; i < sheets->n; i++)
        if (same_name(sheets->sheet[i].name, name))
            return &sheets->sheet[i];
    return NULL;
}

size_t sheet_column(const struct sheet *sheet, const char *name)
{
    for (size_t i = 0; i < sheet->n_columns; i++)
        if (strcasecmp(sheet->columns[i], name) == 0)
            return i;
    return COLUMN_NONE;
}

const char *sheet_cell(const struct sheet *sheet, size_t row, size_t column)
{
    return column < sheet->n_columns ? sheet->cells[row * sheet->n_columns + column] : "";
}

void sheet_at(struct adapter *adapter, const struct sheet *sheet, size_t row)
{
    adapter->at_table = sheet ? sheet->number : 0;
    adapter->at_row = sheet ? (unsigned)row + 1 : 0;
}

static struct path column_path(const char *column)
{
    return (struct path){.key = column, .length = strlen(column), .index = -1};
}

void sheet_put(struct adapter *adapter, struct draft *draft, enum item item, char part,
               const char *text, const char *column)
{
    struct path path = column_path(column);
    struct scalar scalar = {.kind = SCALAR_TEXT, .text = text, .length = strlen(text)};

    if (*text)
        draft_put(adapter, draft, item, part, &scalar, &path);
}

void sheet_refuse(struct adapter *adapter, const char *column, const char *reason)
{
    struct path path = column_path(column);

    remark_refused(adapter, &path, reason);
}

void sheet_conflict(struct adapter *adapter, const char *column, const char *reason)
{
    struct path path = column_path(column);

    remark_conflict(adapter, &path, reason);
}

void sheet_unknown(struct adapter *adapter, const struct sheet *sheet, const char *column)
{
    struct path parent = column_path(sheet->name);
    struct path path = column_path(column);

    path.parent = &parent;
    adapter->at_table = sheet->number;
    adapter->at_row = 0;
    remark_unknown_key(adapter, &path);
}

bool sheet_fact(struct adapter *adapter, struct draft *draft, int tumour)
{
    struct path row = {.index = -1};
    size_t at = adapter_reserve(adapter);
    struct fact *fact;

    if (!draft_finish(adapter, draft, &row, &adapter->facts[at])) {
        adapter_remove(adapter, at);
        return false;
    }
    fact = &adapter->facts[at];
    fact->tumour =
        model_group(fact->group)->scope == SCOPE_PATIENT ? TUMOUR_NONE : tumour;
    fact->position = adapter->seen[fact->group]++;
    return true;
}

/* ---- reading ---- */

static int misshapen(struct error *err, const char *what)
{
    return error_set(err, ERROR_INPUT, "not a slice of tables: %s", what);
}

/* A text without NUL inside, or "". */
static const char *text_of(yyjson_val *value)
{
    const char *text = yyjson_get_str(value);

    return text && strlen(text) == yyjson_get_len(value) ? text : "";
}

static int read_columns(struct adapter *adapter, yyjson_val *names, struct sheet *sheet,
                        struct error *err)
{
    size_t n = yyjson_arr_size(names);
    const char **columns;

    if (!yyjson_is_arr(names) || n == 0 || n > COLUMNS_LIMIT)
        return misshapen(err, "a table without columns, or with too many");
    columns = arena_array(adapter->arena, n, sizeof(*columns));
    for (size_t i = 0; i < n; i++)
        columns[i] = text_of(yyjson_arr_get(names, i));
    sheet->columns = columns;
    sheet->n_columns = n;
    return 0;
}

/* Rows may be shorter than the columns are many; what is beyond them is dropped. *ROOM: how many
 * cells there may still be, so that few bytes do not make many of them. */
static int read_rows(struct adapter *adapter, yyjson_val *rows, struct sheet *sheet,
                     size_t *room, struct error *err)
{
    size_t n = yyjson_arr_size(rows), at = 0;
    yyjson_arr_iter iter;
    const char **cells;
    yyjson_val *row;

    if (!yyjson_is_arr(rows))
        return misshapen(err, "a table without rows");
    if (n > *room / sheet->n_columns)
        return misshapen(err, "rows with fewer cells than columns");
    *room -= n * sheet->n_columns;
    cells = arena_array(adapter->arena, n * sheet->n_columns + 1, sizeof(*cells));
    if (arena_check(adapter->arena, err) < 0)
        return -1;
    yyjson_arr_iter_init(rows, &iter);
    for (; (row = yyjson_arr_iter_next(&iter)); at += sheet->n_columns) {
        yyjson_arr_iter of_row;
        size_t column = 0;
        yyjson_val *cell;

        if (!yyjson_arr_iter_init(row, &of_row))
            return misshapen(err, "a row that is no array");
        for (; column < sheet->n_columns && (cell = yyjson_arr_iter_next(&of_row));)
            cells[at + column++] = text_of(cell);
        while (column < sheet->n_columns)
            cells[at + column++] = "";
    }
    sheet->cells = cells;
    sheet->n_rows = n;
    return 0;
}

/* LENGTH: bytes of all of it; each cell that is there takes more than one. */
static int read_sheets(struct adapter *adapter, yyjson_val *root, size_t length,
                       struct sheets *sheets, struct error *err)
{
    yyjson_val *tables = yyjson_obj_get(root, "tables");
    size_t n = yyjson_arr_size(tables);
    struct sheet *all;

    sheets->door = text_of(yyjson_obj_get(root, "door"));
    sheets->source = text_of(yyjson_obj_get(root, "source"));
    sheets->patient = text_of(yyjson_obj_get(root, "patient"));
    if (!*sheets->door || !*sheets->patient || !yyjson_is_arr(tables) || n > TABLES_LIMIT)
        return misshapen(err, "expected door, source, patient and tables");
    all = arena_array(adapter->arena, n + 1, sizeof(*all));
    for (size_t i = 0; i < n; i++) {
        yyjson_val *table = yyjson_arr_get(tables, i);

        all[i].name = text_of(yyjson_obj_get(table, "name"));
        all[i].number = (unsigned)i + 1;
        if (read_columns(adapter, yyjson_obj_get(table, "columns"), &all[i], err) < 0 ||
            read_rows(adapter, yyjson_obj_get(table, "rows"), &all[i], &length, err) < 0)
            return -1;
    }
    sheets->sheet = all;
    sheets->n = n;
    return 0;
}

static int through_door(struct adapter *adapter, const struct sheets *sheets,
                        struct error *err)
{
    for (size_t i = 0; i < ARRAY_LENGTH(doors); i++)
        if (strcmp(sheets->door, doors[i].name) == 0)
            return doors[i].adapt(adapter, sheets, err);
    return error_set(err, ERROR_INPUT, "tables of the door \"%.40s\": no such door",
                     sheets->door);
}

int tables_adapt(struct adapter *adapter, const char *bytes, size_t length,
                 struct error *err)
{
    struct sheets sheets = {0};
    yyjson_doc *doc;
    int rc;

    if (length == 0)
        return misshapen(err, "nothing there");
    doc = fragment_json(bytes, length, 0, err);
    if (!doc)
        return -1;
    rc = read_sheets(adapter, yyjson_doc_get_root(doc), length, &sheets, err);
    if (rc == 0)
        rc = through_door(adapter, &sheets, err);
    yyjson_doc_free(doc);
    return rc;
}
