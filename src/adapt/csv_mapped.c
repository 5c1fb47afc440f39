/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/csv_mapped.c: one person's rows of a centre's own table, as its mapping says (mapping.h).
 *
 * Each row gives each object of the mapping, where a column of it says something; constants and
 * dates alone say nothing, unless the object has no other columns. The patient is one draft over
 * all rows, and so is each tumour: rows that agree in the tumour's columns are of one tumour. What
 * else a row says hangs on its tumour.
 *
 * Without its mapping (it was removed) the fragment says who the patient is, and no more. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "adapt/adapt_internal.h"
#include "adapt/mapping.h"
#include "base/arena.h"
#include "base/table.h"

#define TEXT_MAX 512
#define TUMOURS_MAX 1000 /* of one person */

struct tumour {
    struct draft draft;
    size_t row; /* where it was first said */
};

struct reading {
    struct adapter *adapter;
    const struct mapping *mapping;
    const struct sheet *sheet;
    struct draft patient;
    struct table *keys; /* "object key" → tumour + 1 */
    struct tumour **tumours;
    size_t n_tumours;
};

/* ---- cells ---- */

/* The cell of COLUMN without blanks around it, in OUT; one that is longer stays as it is. */
static const char *trimmed(const struct reading *reading, size_t row, const char *column,
                           char out[TEXT_MAX])
{
    const char *text =
        sheet_cell(reading->sheet, row, sheet_column(reading->sheet, column));
    size_t length;

    text += strspn(text, " \t\r\n");
    length = strlen(text);
    if (length >= TEXT_MAX)
        return text;
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    memcpy(out, text, length);
    out[length] = '\0';
    return out;
}

static bool is_one_of(const char *text, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(text, list[i]) == 0)
            return true;
    return false;
}

/* What TEXT means for ITEM; NULL when it is refused. */
static const char *meaning_of(const struct reading *reading,
                              const struct mapping_item *item, const char *text)
{
    for (size_t i = 0; i < item->n_values; i++)
        if (strcasecmp(item->values[i].said, text) == 0)
            return item->values[i].means;
    if (is_one_of(text, reading->mapping->unknown, reading->mapping->n_unknown))
        return "UN";
    switch (item->otherwise) {
    case OTHERWISE_UNKNOWN: return "UN";
    case OTHERWISE_REFUSED: return NULL;
    default: return text;
    }
}

/* ---- dates ---- */

/* Parts of a date as the source writes them, "" for those it does not have. */
struct parts {
    char year[8], month[8], day[8];
};

/* One part off TEXT, whose digits may be fewer than the format has (1/3/2021), or letters that
 * say "unknown". */
static bool take_part(const char **text, const char **format, struct parts *parts)
{
    char letter = **format;
    size_t n = letter == 'Y' ? 4 : 2;
    char *part = letter == 'Y' ? parts->year : letter == 'M' ? parts->month : parts->day;

    *format += n;
    if (strspn(*text, "0123456789XUNxun?") < n) {
        if (n != 2 || **text < '0' || **text > '9')
            return false;
        n = 1;
    }
    snprintf(part, sizeof(parts->year), "%.*s", (int)n, *text);
    *text += n;
    return true;
}

/* Where a format that begins with the day begins for 03/2021: behind it. */
static const char *format_for(const char *text, const char *format)
{
    bool no_day = strncmp(format, "DD", 2) == 0 && strspn(text, "0123456789") == 2 &&
                  strchr("/-.", format[2]) && text[2] == format[2] &&
                  strspn(text + 3, "0123456789") == 4;

    return no_day ? format + 3 : format;
}

/* The parts of TEXT as FORMAT orders them; false when it is not of that form. Missing parts may
 * be written 00, 99, XX or UN, or left away from the small end: 03/2021, 2021. */
static bool split_date(const char *text, const char *format, struct parts *parts)
{
    memset(parts, 0, sizeof(*parts));
    if (strspn(text, "0123456789") == 4 && (!text[4] || strchr(" T", text[4]))) {
        snprintf(parts->year, sizeof(parts->year), "%.4s", text);
        return true;
    }
    format = format_for(text, format);
    while (*format && *text) {
        bool is_part = strchr("YMD", *format) != NULL;

        if (is_part ? !take_part(&text, &format, parts) : *text++ != *format++)
            return false;
    }
    return parts->year[0] && (!*text || *text == ' ' || *text == 'T');
}

static const char *known_part(const char *part)
{
    return strspn(part, "0123456789") == strlen(part) && *part &&
                   strcmp(part, "00") != 0 && strcmp(part, "99") != 0
               ? part
               : "UN";
}

static void put_part(struct adapter *adapter, struct draft *draft, enum item item,
                     char which, const char *part, const char *column)
{
    /* draft_put() keeps the text until the draft is finished */
    sheet_put(adapter, draft, item, which,
              arena_string(adapter->arena, part, strlen(part)), column);
}

static void put_date(struct adapter *adapter, struct draft *draft,
                     const struct mapping_item *item, const char *text,
                     const char *column)
{
    struct parts parts;
    char reason[160];

    if (strcasecmp(text, "UN") == 0) {
        sheet_put(adapter, draft, item->item, 0, "UN", column);
        return;
    }
    if (!split_date(text, item->format, &parts)) {
        snprintf(reason, sizeof(reason), "\"%.40s\": expected a date %s", text,
                 item->format);
        sheet_refuse(adapter, column, reason);
        return;
    }
    put_part(adapter, draft, item->item, 'Y',
             strcmp(parts.year, "0000") == 0 ? "UN" : parts.year, column);
    put_part(adapter, draft, item->item, 'M', known_part(parts.month), column);
    put_part(adapter, draft, item->item, 'D', known_part(parts.day), column);
}

/* ---- objects ---- */

static bool is_meant(const struct reading *reading, const struct mapping_when *when,
                     size_t row)
{
    char text[TEXT_MAX];
    const char *cell;

    if (!when->column)
        return true;
    cell = trimmed(reading, row, when->column, text);
    return when->n == 0 ? *cell != '\0'
                        : is_one_of(cell, when->values, when->n) != when->is_not;
}

/* The item as ROW says it; false when it says nothing. */
static bool put_item(const struct reading *reading, const struct mapping_item *item,
                     size_t row, struct draft *draft)
{
    char text[TEXT_MAX], reason[160];
    const char *cell = "", *column = "", *means;

    for (size_t i = 0; i < item->n_columns && !*cell; i++)
        cell = trimmed(reading, row, column = item->columns[i], text);
    if (!*cell)
        return false;
    means = meaning_of(reading, item, cell);
    if (!means) {
        snprintf(reason, sizeof(reason),
                 "\"%.40s\": not among the values of the mapping: add it there", cell);
        sheet_refuse(reading->adapter, column, reason);
        return false;
    }
    if (!*means ||
        (model_item(item->item)->type == TYPE_NUMBER && strcasecmp(means, "UN") == 0))
        return false; /* an unknown number is none */
    if (item->format)
        put_date(reading->adapter, draft, item, means, column);
    else
        put_part(reading->adapter, draft, item->item, item->part, means, column);
    return true;
}

/* Of what is said in columns, does ITEM make a fact? A date, a unit or a place is about
 * something else. */
static bool is_substance(const struct mapping_item *item)
{
    const struct item_row *row = model_item(item->item);

    return item->n_columns > 0 && row->type != TYPE_DATE && row->role != ROLE_UNIT &&
           row->role != ROLE_PLACE && row->role != ROLE_SOURCE;
}

static bool has_substance(const struct mapping_object *object)
{
    for (size_t i = 0; i < object->n_items; i++)
        if (is_substance(&object->items[i]))
            return true;
    return false;
}

/* Fill DRAFT; false when the row does not say anything of the object. */
static bool put_object(const struct reading *reading, const struct mapping_object *object,
                       size_t row, struct draft *draft)
{
    bool any = !has_substance(object), said = false;

    if (!is_meant(reading, &object->when, row))
        return false;
    for (size_t i = 0; i < object->n_items; i++)
        if (object->items[i].n_columns > 0 &&
            put_item(reading, &object->items[i], row, draft))
            said = said || any || is_substance(&object->items[i]);
    if (!said)
        return false;
    for (size_t i = 0; i < object->n_items; i++)
        if (object->items[i].constant)
            sheet_put(reading->adapter, draft, object->items[i].item,
                      object->items[i].part, object->items[i].constant, "");
    return true;
}

/* ---- tumours ---- */

static bool is_tumour(const struct mapping_object *object)
{
    return object->group == GROUP_PRIMARY_CANCER || object->group == GROUP_PAST_CANCER;
}

/* Which of the mapping's tumours OBJECT hangs on: the one repeated for the same word, else the
 * first; NULL when the mapping has none. */
static const struct mapping_object *tumour_object(const struct mapping *mapping,
                                                  const struct mapping_object *object)
{
    const struct mapping_object *found = NULL;

    for (size_t i = 0; i < mapping->n_objects; i++) {
        const struct mapping_object *other = &mapping->objects[i];

        if (!is_tumour(other))
            continue;
        if (*object->each && strcmp(other->each, object->each) == 0)
            return other;
        if (!found)
            found = other;
    }
    return found;
}

/* What tells the tumours of OBJECT (NULL: of a mapping without one) apart, in ARENA; *SAID_R:
 * the row says anything in those columns. */
static const char *tumour_key(const struct reading *reading,
                              const struct mapping_object *object, size_t row,
                              bool *said_r)
{
    const struct mapping *mapping = reading->mapping;
    const char *key =
        arena_printf(reading->adapter->arena, "%s", object ? object->each : "");
    char text[TEXT_MAX];

    *said_r = false;
    for (size_t i = 0; i < mapping->n_tumour; i++) {
        const char *cell = trimmed(reading, row, mapping->tumour[i], text);

        *said_r = *said_r || *cell;
        key = arena_printf(reading->adapter->arena, "%s\x1f%s", key, cell);
    }
    for (size_t i = 0; mapping->n_tumour == 0 && object && i < object->n_items; i++)
        for (size_t j = 0; j < object->items[i].n_columns; j++) {
            const char *cell = trimmed(reading, row, object->items[i].columns[j], text);

            *said_r = *said_r || *cell;
            key = arena_printf(reading->adapter->arena, "%s\x1f%s", key, cell);
        }
    return key;
}

/* The tumour of that key, made when it is new. */
static int tumour_numbered(struct reading *reading, const char *key, size_t row)
{
    bool added;
    uint64_t *number = table_put(reading->keys, key, strlen(key), &added);
    struct tumour *tumour;

    if (!added || reading->n_tumours == TUMOURS_MAX)
        return *number ? (int)*number - 1 : TUMOUR_NONE;
    tumour = arena_alloc(reading->adapter->arena, sizeof(*tumour));
    draft_begin(&tumour->draft, GROUP_PRIMARY_CANCER);
    tumour->row = row;
    reading->tumours[reading->n_tumours++] = tumour;
    *number = reading->n_tumours;
    return (int)reading->n_tumours - 1;
}

/* The tumour that OBJECT hangs on in ROW. A group that only tumours have makes one of which
 * nothing else is said. */
static int tumour_of(struct reading *reading, const struct mapping_object *object,
                     size_t row)
{
    const struct mapping_object *of = tumour_object(reading->mapping, object);
    enum scope scope = model_group(object->group)->scope;
    const char *key;
    bool said;

    if (scope == SCOPE_PATIENT || object->of_patient)
        return TUMOUR_NONE;
    if (!of && reading->mapping->n_tumour == 0 && scope != SCOPE_TUMOUR)
        return TUMOUR_NONE;
    key = tumour_key(reading, of, row, &said);
    if (!said && scope != SCOPE_TUMOUR)
        return TUMOUR_NONE;
    return tumour_numbered(reading, key, row);
}

static void read_tumour(struct reading *reading, const struct mapping_object *object,
                        size_t row)
{
    bool said;
    const char *key = tumour_key(reading, object, row, &said);
    int number;

    if (!said || !is_meant(reading, &object->when, row))
        return;
    number = tumour_numbered(reading, key, row);
    if (number == TUMOUR_NONE)
        return;
    reading->tumours[number]->draft.is_past = object->group == GROUP_PAST_CANCER;
    (void)put_object(reading, object, row, &reading->tumours[number]->draft);
}

static void finish_tumours(struct reading *reading)
{
    struct adapter *adapter = reading->adapter;

    for (size_t i = 0; i < reading->n_tumours; i++) {
        struct tumour *tumour = reading->tumours[i];

        sheet_at(adapter, reading->sheet, tumour->row);
        if (!sheet_fact(adapter, &tumour->draft, (int)i))
            adapter->facts[adapter_reserve(adapter)] =
                (struct fact){.group = GROUP_PRIMARY_CANCER,
                              .tumour = (int)i,
                              .date = INTERVAL_UNKNOWN,
                              .end = INTERVAL_UNKNOWN,
                              .sequence = adapter->sequence,
                              .position = adapter->seen[GROUP_PRIMARY_CANCER]++};
    }
    adapter->n_tumours = (int)reading->n_tumours;
}

/* ---- all of it ---- */

static void read_row(struct reading *reading, size_t row)
{
    const struct mapping *mapping = reading->mapping;

    for (size_t i = 0; i < mapping->n_objects; i++) {
        const struct mapping_object *object = &mapping->objects[i];
        struct draft draft;

        sheet_at(reading->adapter, reading->sheet, row);
        if (object->group == GROUP_PATIENT) {
            (void)put_object(reading, object, row, &reading->patient);
        } else if (is_tumour(object)) {
            read_tumour(reading, object, row);
        } else {
            draft_begin(&draft, object->group);
            if (put_object(reading, object, row, &draft))
                sheet_fact(reading->adapter, &draft, tumour_of(reading, object, row));
        }
    }
}

/* Columns that say something and that the mapping neither reads nor ignores. */
static void remark_columns(const struct reading *reading)
{
    const struct sheet *sheet = reading->sheet;
    const char *const *columns;
    size_t n = mapping_columns(reading->mapping, reading->adapter->arena, &columns);

    for (size_t i = 0; i < sheet->n_columns; i++) {
        const char *name = sheet->columns[i];
        bool filled = false;

        if (is_one_of(name, columns, n) ||
            is_one_of(name, reading->mapping->ignored, reading->mapping->n_ignored))
            continue;
        for (size_t row = 0; row < sheet->n_rows && !filled; row++)
            filled = *sheet_cell(sheet, row, i) != '\0';
        if (filled)
            sheet_unknown(reading->adapter, sheet, name);
    }
}

static void read_sheet(struct reading *reading, const struct sheet *sheet)
{
    reading->sheet = sheet;
    if (reading->adapter->remarks)
        remark_columns(reading);
    for (size_t row = 0; row < sheet->n_rows; row++)
        read_row(reading, row);
}

int csv_mapped_adapt(struct adapter *adapter, const struct sheets *sheets,
                     struct error *err)
{
    const struct mappings *mappings =
        adapter->context ? adapter->context->mappings : NULL;
    struct reading reading = {.adapter = adapter,
                              .mapping = mappings_named(mappings, sheets->source),
                              .keys = table_new(),
                              .tumours = arena_array(adapter->arena, TUMOURS_MAX,
                                                     sizeof(*reading.tumours))};

    draft_begin(&reading.patient, GROUP_PATIENT);
    sheet_put(adapter, &reading.patient, ITEM_PATIENT_ID, 0, sheets->patient, "");
    if (reading.mapping && reading.mapping->finess)
        sheet_put(adapter, &reading.patient, ITEM_PATIENT_CENTRE, 0,
                  reading.mapping->finess, "");
    if (!reading.mapping)
        sheet_conflict(adapter, sheets->source,
                       "no mapping of that name: the rows are kept and say nothing");
    else if (sheets->n > 0)
        read_sheet(&reading, &sheets->sheet[0]);
    if (reading.n_tumours > 0)
        finish_tumours(&reading);
    sheet_at(adapter, NULL, 0);
    sheet_fact(adapter, &reading.patient, TUMOUR_NONE);
    table_free(reading.keys);
    return arena_check(adapter->arena, err);
}
