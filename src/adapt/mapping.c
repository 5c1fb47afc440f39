/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/mapping.c: a mapping out of its JSON.
 *
 * The text is read in place, so that each string of the tree still tells where it stands: an
 * error names the line and column of the word that is wrong. */
#include "adapt/mapping.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <yyjson.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

#define SOURCE_MAX 64
#define COLUMNS_MAX ((size_t)4096)
#define OBJECTS_MAX ((size_t)4096) /* EACH repeated */
#define SHOWN 60

struct reader {
    struct arena *arena;
    const char *text; /* as it came */
    char *copy;       /* what the tree points into */
    size_t length;
    yyjson_val *at;    /* the string nearest to what is read, for errors */
    const char *dates; /* format of all dates, or NULL */
    struct error *err;
    /* of the object under way */
    const char *each; /* stands for '*', or NULL */
    struct mapping_object *objects;
    size_t n_objects, objects_capacity;
};

/* ---- errors ---- */

static void place_of(const struct reader *reader, size_t offset, unsigned *line_r,
                     unsigned *column_r)
{
    unsigned line = 1, column = 1;

    for (size_t i = 0; i < offset && i < reader->length; i++) {
        column++;
        if (reader->text[i] == '\n') {
            line++;
            column = 1;
        }
    }
    *line_r = line;
    *column_r = column;
}

/* The mistake is at VALUE, when that is a string; else near the last key. Returns -1. */
static int PRINTF_LIKE(3, 4)
    wrong(const struct reader *reader, yyjson_val *value, const char *format, ...)
{
    const char *string =
        yyjson_get_str(value && yyjson_is_str(value) ? value : reader->at);
    char message[600];
    unsigned line = 1, column = 1;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    if (string && string >= reader->copy && string <= reader->copy + reader->length)
        place_of(reader, (size_t)(string - reader->copy), &line, &column);
    return error_at(reader->err, ERROR_INPUT, line, column, "line %u: %s", line, message);
}

/* ---- texts ---- */

/* A copy of VALUE without blanks around it; "" when it is no string. */
static const char *text_of(const struct reader *reader, yyjson_val *value)
{
    const char *text = yyjson_get_str(value);
    size_t length;

    if (!text || strlen(text) != yyjson_get_len(value))
        return "";
    text += strspn(text, " \t\r\n");
    length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    return arena_string(reader->arena, text, length);
}

/* TEXT with '*' replaced by what the object is repeated for. */
static const char *repeated(const struct reader *reader, const char *text)
{
    const char *star = reader->each ? strchr(text, '*') : NULL;

    return star ? arena_printf(reader->arena, "%.*s%s%s", (int)(star - text), text,
                               reader->each, star + 1)
                : text;
}

/* One text, or a list of them. */
static int read_texts(struct reader *reader, yyjson_val *value, const char *what,
                      const char *const **texts_r, size_t *n_r)
{
    size_t n = yyjson_is_arr(value) ? yyjson_arr_size(value) : 1;
    const char **texts;

    if (n > COLUMNS_MAX)
        return wrong(reader, NULL, "%s: more than %zu", what, COLUMNS_MAX);
    texts = arena_array(reader->arena, n + 1, sizeof(*texts));
    for (size_t i = 0; i < n; i++) {
        yyjson_val *one = yyjson_is_arr(value) ? yyjson_arr_get(value, i) : value;

        texts[i] = repeated(reader, text_of(reader, one));
        if (!yyjson_is_str(one) || (!texts[i][0] && yyjson_get_len(one) > 0))
            return wrong(reader, one, "%s: expected a text, or a list of texts", what);
    }
    *texts_r = texts;
    *n_r = n;
    return 0;
}

/* ---- items ---- */

static int read_values(struct reader *reader, yyjson_val *value,
                       struct mapping_item *item)
{
    size_t n = yyjson_obj_size(value), at = 0;
    struct mapping_value *values = arena_array(reader->arena, n + 1, sizeof(*values));
    yyjson_obj_iter iter;
    yyjson_val *key;

    if (!yyjson_is_obj(value) || n > COLUMNS_MAX)
        return wrong(reader, value,
                     "values: expected {\"what the source says\": \"what it means\"}");
    yyjson_obj_iter_init(value, &iter);
    while ((key = yyjson_obj_iter_next(&iter))) {
        yyjson_val *means = yyjson_obj_iter_get_val(key);

        if (!yyjson_is_str(means))
            return wrong(reader, key, "\"%.*s\": expected a text: its code, or \"UN\"",
                         SHOWN, yyjson_get_str(key));
        values[at++] =
            (struct mapping_value){text_of(reader, key), text_of(reader, means)};
    }
    item->values = values;
    item->n_values = n;
    return 0;
}

/* Day, month and year as digits, in any order, none in two digits. */
static bool is_date_format(const char *format)
{
    bool day = false, month = false, year = false;

    while (*format) {
        if (strncmp(format, "YYYY", 4) == 0 && !year) {
            year = true;
            format += 4;
        } else if (strncmp(format, "MM", 2) == 0 && !month) {
            month = true;
            format += 2;
        } else if (strncmp(format, "DD", 2) == 0 && !day) {
            day = true;
            format += 2;
        } else if (strchr("/-. ", *format)) {
            format++;
        } else {
            return false;
        }
    }
    return year && (month || !day);
}

static int read_format(struct reader *reader, yyjson_val *value, const char **format_r)
{
    const char *format = text_of(reader, value);

    if (!is_date_format(format))
        return wrong(reader, value,
                     "format \"%.*s\": expected DD, MM and YYYY, such as DD/MM/YYYY, "
                     "YYYYMMDD or MM/YYYY (a year of two digits is not guessed)",
                     SHOWN, format);
    *format_r = format;
    return 0;
}

static int read_otherwise(struct reader *reader, yyjson_val *value,
                          struct mapping_item *item)
{
    const char *text = text_of(reader, value);

    if (strcmp(text, "unknown") == 0)
        item->otherwise = OTHERWISE_UNKNOWN;
    else if (strcmp(text, "refuse") == 0)
        item->otherwise = OTHERWISE_REFUSED;
    else if (strcmp(text, "keep") == 0)
        item->otherwise = OTHERWISE_AS_IT_IS;
    else
        return wrong(reader, value,
                     "otherwise \"%.*s\": expected keep, unknown or refuse", SHOWN, text);
    return 0;
}

static int read_item_setting(struct reader *reader, yyjson_val *key, yyjson_val *value,
                             struct mapping_item *item)
{
    const char *name = yyjson_get_str(key);

    reader->at = key;
    if (strcmp(name, "column") == 0 || strcmp(name, "columns") == 0)
        return read_texts(reader, value, name, &item->columns, &item->n_columns);
    if (strcmp(name, "values") == 0)
        return read_values(reader, value, item);
    if (strcmp(name, "format") == 0)
        return read_format(reader, value, &item->format);
    if (strcmp(name, "otherwise") == 0)
        return read_otherwise(reader, value, item);
    if (strcmp(name, "constant") == 0 && yyjson_is_str(value)) {
        item->constant = repeated(reader, text_of(reader, value));
        return 0;
    }
    return wrong(
        reader, key,
        "\"%.*s\": expected column, columns, constant, values, otherwise or format",
        SHOWN, name);
}

static int read_item_settings(struct reader *reader, yyjson_val *value,
                              struct mapping_item *item)
{
    yyjson_obj_iter iter;
    yyjson_val *key, *at = reader->at;

    if (yyjson_is_str(value))
        return read_texts(reader, value, "column", &item->columns, &item->n_columns);
    if (!yyjson_is_obj(value))
        return wrong(
            reader, value,
            "expected the name of a column, {\"column\": …} or {\"constant\": …}");
    yyjson_obj_iter_init(value, &iter);
    while ((key = yyjson_obj_iter_next(&iter)))
        if (read_item_setting(reader, key, yyjson_obj_iter_get_val(key), item) < 0)
            return -1;
    reader->at = at;
    if ((item->n_columns > 0) == (item->constant != NULL))
        return wrong(reader, NULL, "expected either a column or a constant");
    if (item->format && model_item(item->item)->type != TYPE_DATE)
        return wrong(reader, NULL, "a format is for dates");
    if (item->otherwise != OTHERWISE_AS_IT_IS && item->n_values == 0)
        return wrong(reader, NULL, "otherwise: there are no values that it could be of");
    return 0;
}

/* By its key, its name in the model, or its number in OSIRIS-RWD (the first of that number). */
static enum item item_named(enum group group, const char *name, char *part_r)
{
    const struct group_row *row = model_group(group);
    enum item item = model_item_by_key(group, name, strlen(name), part_r);

    for (int i = (int)row->first; item == ITEM_NONE && i < (int)row->after; i++)
        if (strcasecmp(model_item((enum item)i)->id, name) == 0 ||
            (strchr(name, '.') && strcmp(model_item((enum item)i)->osiris, name) == 0)) {
            *part_r = 0;
            item = (enum item)i;
        }
    return item;
}

/* The names of a group's items, for who wrote another one. */
static void say_items(enum group group, char *out, size_t size)
{
    const struct group_row *row = model_group(group);
    struct buffer names;

    buffer_init(&names, size - 1);
    for (int i = (int)row->first; i < (int)row->after; i++) {
        const char *keys = model_item((enum item)i)->keys;

        buffer_printf(&names, "%s%.*s", i > (int)row->first ? ", " : "",
                      (int)strcspn(keys, " "), keys);
    }
    snprintf(out, size, "%s", buffer_text(&names));
    buffer_free(&names);
}

static int read_items(struct reader *reader, yyjson_val *value,
                      struct mapping_object *object)
{
    size_t n = yyjson_obj_size(value), at = 0;
    struct mapping_item *items = arena_array(reader->arena, n + 1, sizeof(*items));
    yyjson_obj_iter iter;
    yyjson_val *key;

    if (!yyjson_is_obj(value) || n == 0)
        return wrong(reader, value, "items: expected {\"item\": \"column\", …}");
    yyjson_obj_iter_init(value, &iter);
    while ((key = yyjson_obj_iter_next(&iter))) {
        struct mapping_item *item = &items[at++];
        const char *name = text_of(reader, key);

        reader->at = key;
        item->item = item_named(object->group, name, &item->part);
        if (item->item == ITEM_NONE) {
            char names[400];

            say_items(object->group, names, sizeof(names));
            return wrong(reader, key, "\"%.*s\": no item of %s; it has %s", SHOWN, name,
                         model_group(object->group)->en, names);
        }
        if (read_item_settings(reader, yyjson_obj_iter_get_val(key), item) < 0)
            return -1;
        if (!item->format && model_item(item->item)->type == TYPE_DATE && !item->part)
            item->format = reader->dates;
    }
    object->items = items;
    object->n_items = n;
    return 0;
}

/* ---- objects ---- */

static enum group group_named(const char *name)
{
    static const enum group parents[] = {GROUP_PATIENT, GROUP_PRIMARY_CANCER,
                                         GROUP_SPECIMEN};
    enum group group = GROUP_NONE;

    if (strcasecmp(name, "patient") == 0)
        return GROUP_PATIENT;
    for (size_t i = 0; i < ARRAY_LENGTH(parents) && group == GROUP_NONE; i++)
        group = model_group_by_key(parents[i], name, strlen(name));
    for (int i = GROUP_NONE + 1; group == GROUP_NONE && i < GROUPS; i++)
        if (!model_is_computed((enum group)i) &&
            strcasecmp(model_group((enum group)i)->id, name) == 0)
            group = (enum group)i;
    return group;
}

static int read_when(struct reader *reader, yyjson_val *value, struct mapping_when *when)
{
    yyjson_val *is = yyjson_obj_get(value, "is"), *is_not = yyjson_obj_get(value, "not");
    yyjson_val *list = is ? is : is_not;

    when->column = repeated(reader, text_of(reader, yyjson_obj_get(value, "column")));
    when->is_not = !is && is_not;
    if (!yyjson_is_obj(value) || !*when->column || (is && is_not) ||
        yyjson_obj_size(value) != (size_t)(list ? 2 : 1))
        return wrong(
            reader, value,
            "when: expected {\"column\": …, \"is\": [ … ]}, with \"not\" instead "
            "of \"is\", or with neither where the column must be filled");
    return list ? read_texts(reader, list, "when", &when->values, &when->n) : 0;
}

static int read_object_setting(struct reader *reader, yyjson_val *key, yyjson_val *value,
                               struct mapping_object *object)
{
    const char *name = yyjson_get_str(key);

    reader->at = key;
    if (strcmp(name, "object") == 0 || strcmp(name, "each") == 0)
        return 0; /* read before */
    if (strcmp(name, "items") == 0)
        return read_items(reader, value, object);
    if (strcmp(name, "when") == 0)
        return read_when(reader, value, &object->when);
    if (strcmp(name, "of") == 0) {
        object->of_patient = strcmp(text_of(reader, value), "patient") == 0;
        return object->of_patient || strcmp(text_of(reader, value), "tumour") == 0
                   ? 0
                   : wrong(reader, value, "of: expected patient or tumour");
    }
    return wrong(reader, key, "\"%.*s\": expected object, items, each, when or of", SHOWN,
                 name);
}

static int add_object(struct reader *reader, yyjson_val *value, enum group group)
{
    struct mapping_object object = {.group = group,
                                    .each = reader->each ? reader->each : ""};
    yyjson_obj_iter iter;
    yyjson_val *key;

    if (reader->n_objects == OBJECTS_MAX)
        return wrong(reader, NULL, "more than %zu objects", OBJECTS_MAX);
    yyjson_obj_iter_init(value, &iter);
    while ((key = yyjson_obj_iter_next(&iter)))
        if (read_object_setting(reader, key, yyjson_obj_iter_get_val(key), &object) < 0)
            return -1;
    if (object.n_items == 0)
        return wrong(reader, NULL, "an object without items");
    if (arena_check(reader->arena, reader->err) < 0)
        return -1; /* EACH makes much out of little */
    memory_grow((void **)&reader->objects, &reader->objects_capacity,
                reader->n_objects + 1, sizeof(object));
    reader->objects[reader->n_objects++] = object;
    return 0;
}

static int read_object(struct reader *reader, yyjson_val *value)
{
    yyjson_val *named = yyjson_obj_get(value, "object");
    yyjson_val *each = yyjson_obj_get(value, "each");
    enum group group = group_named(text_of(reader, named));
    const char *const *words = NULL;
    size_t n = 0;

    if (!yyjson_is_obj(value))
        return wrong(reader, value, "objects: expected a list of { … }");
    if (named)
        reader->at = named;
    if (group == GROUP_NONE)
        return wrong(reader, named,
                     "object \"%.*s\": expected an object of OSIRIS-RWD, such as "
                     "primaryCancer, medication, measure (docs/model.md has them all)",
                     SHOWN, text_of(reader, named));
    if (!each)
        return add_object(reader, value, group);
    if (read_texts(reader, each, "each", &words, &n) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        reader->each = words[i];
        if (add_object(reader, value, group) < 0)
            return -1;
    }
    reader->each = NULL;
    return 0;
}

static int object_rank(const struct mapping_object *object)
{
    switch (object->group) {
    case GROUP_PATIENT: return 0;
    case GROUP_PRIMARY_CANCER:
    case GROUP_PAST_CANCER: return 1;
    default: return 2;
    }
}

static int read_objects(struct reader *reader, yyjson_val *list, struct mapping *mapping)
{
    struct mapping_object *objects;
    size_t n = yyjson_arr_size(list), at = 0;

    if (!yyjson_is_arr(list) || n == 0)
        return wrong(reader, list, "objects: expected a list of { … }");
    for (size_t i = 0; i < n; i++)
        if (read_object(reader, yyjson_arr_get(list, i)) < 0)
            return -1;
    objects = arena_array(reader->arena, reader->n_objects, sizeof(*objects));
    for (int rank = 0; rank < 3; rank++)
        for (size_t i = 0; i < reader->n_objects; i++)
            if (object_rank(&reader->objects[i]) == rank)
                objects[at++] = reader->objects[i];
    mapping->objects = objects;
    mapping->n_objects = at;
    return 0;
}

/* ---- the mapping ---- */

int source_name_check(const char *source, struct error *err)
{
    size_t n = strlen(source);

    if (n == 0 || n > SOURCE_MAX || *source == '.' ||
        strspn(source, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                       ".-_") != n)
        return error_set(err, ERROR_INPUT,
                         "source \"%.80s\": expected up to %d letters, digits, '.', '-' "
                         "and '_', such as rcp-2026",
                         source, SOURCE_MAX);
    return 0;
}

static int read_separator(struct reader *reader, yyjson_val *value, char *separator_r)
{
    const char *text = yyjson_get_str(value);

    if (text && strcmp(text, "auto") == 0)
        return 0;
    if (text && (strcmp(text, "tab") == 0 || strcmp(text, "\t") == 0))
        *separator_r = '\t';
    else if (text && strlen(text) == 1 && strchr(",;|:", *text))
        *separator_r = *text;
    else
        return wrong(
            reader, value,
            "delimiter: expected \";\", \",\", \"|\", \":\", \"tab\" or \"auto\"");
    return 0;
}

/* The reader of CSV takes UTF-8 and the two others alike (csv.h): the word is there for people. */
static int check_encoding(struct reader *reader, yyjson_val *value)
{
    static const char *const names[] = {"auto", "utf-8", "iso-8859-15", "windows-1252"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (strcasecmp(text_of(reader, value), names[i]) == 0)
            return 0;
    return wrong(reader, value,
                 "encoding: expected utf-8, iso-8859-15, windows-1252 or auto");
}

static int read_setting(struct reader *reader, yyjson_val *key, yyjson_val *value,
                        struct mapping *mapping)
{
    const char *name = yyjson_get_str(key);

    reader->at = key;
    if (strcmp(name, "source") == 0) {
        mapping->source = text_of(reader, value);
        if (source_name_check(mapping->source, reader->err) < 0)
            return wrong(reader, value, "source: expected a name such as rcp-2026");
        return 0;
    }
    if (strcmp(name, "patient") == 0) {
        mapping->patient = text_of(reader, value);
        return *mapping->patient
                   ? 0
                   : wrong(reader, value, "patient: expected the column of the number");
    }
    if (strcmp(name, "finess") == 0) {
        mapping->finess = text_of(reader, value);
        return strlen(mapping->finess) == 9 &&
                       strspn(mapping->finess, "0123456789AB") == 9
                   ? 0
                   : wrong(reader, value, "finess: expected nine digits");
    }
    if (strcmp(name, "delimiter") == 0)
        return read_separator(reader, value, &mapping->separator);
    if (strcmp(name, "encoding") == 0)
        return check_encoding(reader, value);
    if (strcmp(name, "dates") == 0)
        return 0; /* read before */
    if (strcmp(name, "tumour") == 0)
        return read_texts(reader, value, name, &mapping->tumour, &mapping->n_tumour);
    if (strcmp(name, "unknown") == 0)
        return read_texts(reader, value, name, &mapping->unknown, &mapping->n_unknown);
    if (strcmp(name, "ignore") == 0)
        return read_texts(reader, value, name, &mapping->ignored, &mapping->n_ignored);
    if (strcmp(name, "objects") == 0)
        return read_objects(reader, value, mapping);
    return wrong(reader, key,
                 "\"%.*s\": expected source, patient, objects, tumour, dates, unknown, "
                 "ignore, finess, delimiter or encoding",
                 SHOWN, name);
}

static int read_mapping(struct reader *reader, yyjson_val *root, struct mapping *mapping)
{
    yyjson_val *dates = yyjson_obj_get(root, "dates");
    yyjson_obj_iter iter;
    yyjson_val *key;

    if (!yyjson_is_obj(root))
        return wrong(reader, NULL,
                     "expected { \"source\": …, \"patient\": …, "
                     "\"objects\": [ … ] }");
    if (dates && read_format(reader, dates, &reader->dates) < 0)
        return -1;
    yyjson_obj_iter_init(root, &iter);
    while ((key = yyjson_obj_iter_next(&iter)))
        if (read_setting(reader, key, yyjson_obj_iter_get_val(key), mapping) < 0)
            return -1;
    if (!mapping->source || !mapping->patient || mapping->n_objects == 0)
        return wrong(reader, NULL, "%s is missing",
                     !mapping->source ? "\"source\", the name of the source,"
                     : !mapping->patient
                         ? "\"patient\", the column of the patient's number,"
                         : "\"objects\"");
    return 0;
}

int mapping_read(struct arena *arena, const char *text, size_t length,
                 struct mapping **mapping_r, struct error *err)
{
    struct error own = ERROR_INIT;
    struct reader reader = {
        .arena = arena, .text = text, .length = length, .err = err ? err : &own};
    struct mapping *mapping = arena_alloc(arena, sizeof(*mapping));
    yyjson_read_err reason;
    yyjson_doc *doc;
    int rc;

    if (length > MAPPING_LIMIT)
        return error_set(err, ERROR_LIMIT, "a mapping of more than %zu bytes",
                         MAPPING_LIMIT);
    reader.copy = memory_alloc(length + YYJSON_PADDING_SIZE);
    memcpy(reader.copy, text, length);
    memset(reader.copy + length, 0, YYJSON_PADDING_SIZE);
    doc = yyjson_read_opts(reader.copy, length,
                           YYJSON_READ_INSITU | YYJSON_READ_ALLOW_COMMENTS |
                               YYJSON_READ_ALLOW_TRAILING_COMMAS,
                           NULL, &reason);
    if (doc) {
        rc = read_mapping(&reader, yyjson_doc_get_root(doc), mapping);
    } else {
        unsigned line, column;

        place_of(&reader, reason.pos, &line, &column);
        rc = error_at(err, ERROR_INPUT, line, column, "line %u: not JSON: %s", line,
                      reason.msg);
    }
    yyjson_doc_free(doc);
    memory_free(reader.copy);
    memory_free(reader.objects);
    if (rc == 0)
        rc = arena_check(arena, err);
    if (rc == 0)
        *mapping_r = mapping;
    return rc;
}

/* ---- asked of it ---- */

static void add_column(const char **columns, size_t *n, const char *column)
{
    for (size_t i = 0; i < *n; i++)
        if (strcasecmp(columns[i], column) == 0)
            return;
    columns[(*n)++] = column;
}

size_t mapping_columns(const struct mapping *mapping, struct arena *arena,
                       const char *const **columns_r)
{
    size_t most = 1 + mapping->n_tumour, n = 0;
    const char **columns;

    for (size_t i = 0; i < mapping->n_objects; i++) {
        most++;
        for (size_t j = 0; j < mapping->objects[i].n_items; j++)
            most += mapping->objects[i].items[j].n_columns;
    }
    columns = arena_array(arena, most, sizeof(*columns));
    add_column(columns, &n, mapping->patient);
    for (size_t i = 0; i < mapping->n_tumour; i++)
        add_column(columns, &n, mapping->tumour[i]);
    for (size_t i = 0; i < mapping->n_objects; i++) {
        const struct mapping_object *object = &mapping->objects[i];

        if (object->when.column)
            add_column(columns, &n, object->when.column);
        for (size_t j = 0; j < object->n_items; j++)
            for (size_t k = 0; k < object->items[j].n_columns; k++)
                add_column(columns, &n, object->items[j].columns[k]);
    }
    *columns_r = columns;
    return n;
}

const struct mapping *mappings_named(const struct mappings *mappings, const char *source)
{
    for (size_t i = 0; mappings && i < mappings->n; i++)
        if (strcmp(mappings->mapping[i]->source, source) == 0)
            return mappings->mapping[i];
    return NULL;
}
