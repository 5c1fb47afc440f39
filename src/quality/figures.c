/* SPDX-License-Identifier: Apache-2.0
 *
 * quality/figures.c: figures as one JSON object, kept with a node or sent to another centre.
 *
 *     {"format":"lacis-quality-1","centre":"…","sequence":0,"as_of":"2026-11-24","rules":4,
 *      "patients":0,"tumours":0,"opposed":0,
 *      "groups":[{"group":"DRUG","osiris":"12","patients":0,"tumours":0,"objects":0,
 *                 "cells":[[source,year,objects],…],
 *                 "items":[{"item":"DRUG_CODE","osiris":"12.1","stated":0,"exact":0,
 *                           "cells":[[source,year,stated,exact],…]},…]},…],
 *      "checks":[{"check":"FUTURE","looked_at":0,"at_odds":0,"cells":[[source,year,looked,odd],…]},…]}
 *
 * Only what is not zero is written. Cells decide when they are there; without them a total stands
 * for itself, in the cell of no source and no year. */
#include <inttypes.h>
#include <string.h>
#include <yyjson.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "quality/quality_internal.h"

#define FORMAT "lacis-quality-1"
/* What others see is at least so many (DESIGN §4). */
#define SHARED_LEAST 10

/* ---- writing ------------------------------------------------------------------------- */

struct writing {
    struct buffer *out;
    bool cells;
};

/* Which numbers of a tally stand in its cells. */
enum shape { SHAPE_OF, SHAPE_HAS_EXACT, SHAPE_OF_HAS };

static void shape_numbers(enum shape shape, struct tally tally, uint64_t numbers[2])
{
    numbers[0] = shape == SHAPE_HAS_EXACT ? tally.has : tally.of;
    numbers[1] = shape == SHAPE_HAS_EXACT ? tally.exact : tally.has;
}

static void put_number(const struct writing *writing, const char *name, uint64_t number)
{
    bool hidden = !writing->cells && number > 0 && number < SHARED_LEAST;

    if (hidden)
        buffer_printf(writing->out, ",\"%s\":null", name);
    else
        buffer_printf(writing->out, ",\"%s\":%" PRIu64, name, number);
}

static void put_cells(const struct writing *writing, const struct cells *cells,
                      enum shape shape)
{
    bool first = true;

    if (!writing->cells)
        return;
    buffer_string(writing->out, ",\"cells\":[");
    for (int source = 0; cells->tally && source < QUALITY_SOURCES; source++) {
        for (int i = 0; i < QUALITY_YEARS; i++) {
            uint64_t numbers[2];

            shape_numbers(shape, cells->tally[source * QUALITY_YEARS + i], numbers);
            if (numbers[0] == 0)
                continue;
            buffer_printf(writing->out, "%s[%d,%d,%" PRIu64, first ? "" : ",", source,
                          i ? YEAR_FIRST + i - 1 : 0, numbers[0]);
            if (shape != SHAPE_OF)
                buffer_printf(writing->out, ",%" PRIu64, numbers[1]);
            buffer_char(writing->out, ']');
            first = false;
        }
    }
    buffer_char(writing->out, ']');
}

static void put_item(const struct writing *writing, const struct figures *figures,
                     enum item item)
{
    struct tally tally = figures_item(figures, item, ANY_SOURCE, ANY_YEAR);

    buffer_printf(writing->out, "{\"item\":\"%s\",\"osiris\":\"%s\",\"mandatory\":%s",
                  model_item(item)->id, model_item(item)->osiris,
                  item_is_mandatory(item) ? "true" : "false");
    put_number(writing, "stated", tally.has);
    if (model_item(item)->type == TYPE_DATE)
        put_number(writing, "exact", tally.exact);
    put_cells(writing, &figures->items[item], SHAPE_HAS_EXACT);
    buffer_char(writing->out, '}');
}

static uint64_t objects_of(const struct figures *figures, int group)
{
    return figures_item(figures, model_group((enum group)group)->first, ANY_SOURCE,
                        ANY_YEAR)
        .of;
}

static void put_group(const struct writing *writing, const struct figures *figures,
                      enum group group)
{
    const struct group_row *row = model_group(group);
    struct presence presence = figures->presence[group];

    buffer_printf(writing->out, "{\"group\":\"%s\",\"osiris\":\"%s\"", row->id,
                  row->osiris);
    put_number(writing, "patients", presence.patients);
    put_number(writing, "tumours", presence.tumours);
    put_number(writing, "objects", objects_of(figures, group));
    put_cells(writing, &figures->objects[group], SHAPE_OF);
    buffer_string(writing->out, ",\"items\":[");
    for (enum item item = row->first; item < row->after; item++) {
        if (item > row->first)
            buffer_char(writing->out, ',');
        put_item(writing, figures, item);
    }
    buffer_string(writing->out, "]}");
}

static void put_groups(const struct writing *writing, const struct figures *figures)
{
    bool first = true;

    buffer_string(writing->out, ",\"groups\":[");
    for (int group = GROUP_NONE + 1; group < GROUPS; group++) {
        if (!figures->presence[group].patients && !objects_of(figures, group))
            continue;
        buffer_string(writing->out, first ? "" : ",");
        put_group(writing, figures, (enum group)group);
        first = false;
    }
    buffer_char(writing->out, ']');
}

static void put_checks(const struct writing *writing, const struct figures *figures)
{
    buffer_string(writing->out, ",\"checks\":[");
    for (int check = 0; check < CHECKS; check++) {
        struct tally tally =
            figures_check(figures, (enum check)check, ANY_SOURCE, ANY_YEAR);

        buffer_printf(writing->out, "%s{\"check\":\"%s\",\"item\":\"%s\"",
                      check ? "," : "", check_row((enum check)check)->id,
                      check_row((enum check)check)->item);
        put_number(writing, "looked_at", tally.of);
        put_number(writing, "at_odds", tally.has);
        put_cells(writing, &figures->checks[check], SHAPE_OF_HAS);
        buffer_char(writing->out, '}');
    }
    buffer_char(writing->out, ']');
}

void figures_json(struct buffer *out, const struct figures *figures,
                  const struct figures_head *head, bool cells)
{
    struct writing writing = {out, cells};
    char date[DATE_TEXT_SIZE];

    buffer_string(out, "{\"format\":\"" FORMAT "\",\"centre\":");
    buffer_json_string(out, head->centre);
    buffer_printf(out, ",\"sequence\":%" PRId64 ",\"as_of\":\"%s\",\"rules\":%u",
                  head->sequence,
                  date_print_iso((struct interval){head->as_of, head->as_of}, date),
                  head->rules);
    put_number(&writing, "patients", figures->patients);
    put_number(&writing, "tumours", figures->tumours);
    put_number(&writing, "opposed", figures->opposed);
    put_groups(&writing, figures);
    put_checks(&writing, figures);
    buffer_char(out, '}');
}

/* ---- reading ------------------------------------------------------------------------- */

static enum group group_named(const char *id)
{
    for (int group = GROUP_NONE + 1; id && group < GROUPS; group++)
        if (strcmp(model_group((enum group)group)->id, id) == 0)
            return (enum group)group;
    return GROUP_NONE;
}

static enum item item_named(enum group group, const char *id)
{
    const struct group_row *row = model_group(group);

    for (enum item item = row->first; id && item < row->after; item++)
        if (strcmp(model_item(item)->id, id) == 0)
            return item;
    return ITEM_NONE;
}

/* A count; 0 for what is none (null: left out because it is small). */
static uint64_t count_of(yyjson_val *value)
{
    return yyjson_is_uint(value) ? yyjson_get_uint(value) : 0;
}

static uint64_t number_of(yyjson_val *object, const char *name)
{
    return count_of(yyjson_obj_get(object, name));
}

static void read_cell(struct cells *cells, yyjson_val *cell, enum shape shape)
{
    int64_t source = yyjson_get_sint(yyjson_arr_get(cell, 0));
    int64_t year = yyjson_get_sint(yyjson_arr_get(cell, 1));
    uint64_t a = count_of(yyjson_arr_get(cell, 2));
    uint64_t b = count_of(yyjson_arr_get(cell, 3));
    struct tally *tally;

    if (source < 0 || source >= QUALITY_SOURCES ||
        (year && (year < YEAR_FIRST || year > YEAR_LAST)))
        return;
    tally = cell_at(cells, (int)source, (int)year);
    *tally = shape == SHAPE_HAS_EXACT ? (struct tally){.has = a, .exact = b}
                                      : (struct tally){.of = a, .has = b};
}

/* The cells of OBJECT, or else its totals A and B in the cell of no source and no year. */
static void read_cells(struct cells *cells, yyjson_val *object, enum shape shape,
                       const char *a, const char *b)
{
    yyjson_val *list = yyjson_obj_get(object, "cells"), *cell;
    size_t i, n;

    if (yyjson_is_arr(list)) {
        yyjson_arr_foreach(list, i, n, cell) read_cell(cells, cell, shape);
        return;
    }
    *cell_at(cells, 0, 0) =
        shape == SHAPE_HAS_EXACT
            ? (struct tally){.has = number_of(object, a), .exact = number_of(object, b)}
            : (struct tally){.of = number_of(object, a), .has = number_of(object, b)};
}

static void read_group(struct figures *figures, yyjson_val *object)
{
    enum group group = group_named(yyjson_get_str(yyjson_obj_get(object, "group")));
    yyjson_val *item;
    size_t i, n;

    if (group == GROUP_NONE)
        return;
    figures->presence[group] =
        (struct presence){number_of(object, "patients"), number_of(object, "tumours")};
    read_cells(&figures->objects[group], object, SHAPE_OF, "objects", "");
    yyjson_arr_foreach(yyjson_obj_get(object, "items"), i, n, item)
    {
        enum item which = item_named(group, yyjson_get_str(yyjson_obj_get(item, "item")));

        if (which != ITEM_NONE)
            read_cells(&figures->items[which], item, SHAPE_HAS_EXACT, "stated", "exact");
    }
}

static void read_check(struct figures *figures, yyjson_val *object)
{
    const char *id = yyjson_get_str(yyjson_obj_get(object, "check"));
    enum check check = id ? check_find(id) : CHECKS;

    if (check != CHECKS)
        read_cells(&figures->checks[check], object, SHAPE_OF_HAS, "looked_at", "at_odds");
}

static int read_head(yyjson_val *root, struct figures_head *head,
                     char centre[CENTRE_SIZE], struct error *err)
{
    const char *format = yyjson_get_str(yyjson_obj_get(root, "format"));
    const char *name = yyjson_get_str(yyjson_obj_get(root, "centre"));
    const char *as_of = yyjson_get_str(yyjson_obj_get(root, "as_of"));
    struct interval day;

    if (!format || strcmp(format, FORMAT) != 0)
        return error_set(err, ERROR_INPUT,
                         "not figures of quality: expected \"format\":\"" FORMAT
                         "\", as lacis quality NODE --json writes them");
    if (!name || strlen(name) >= CENTRE_SIZE || !as_of)
        return error_set(err, ERROR_INPUT, "figures of quality without centre or as_of");
    if (date_parse(as_of, &day, err) < 0)
        return error_context(err, "as_of");
    memcpy(centre, name, strlen(name) + 1);
    *head = (struct figures_head){
        .centre = centre,
        .sequence = yyjson_get_sint(yyjson_obj_get(root, "sequence")),
        .as_of = day.first,
        .rules = (unsigned)number_of(root, "rules"),
    };
    return 0;
}

struct figures *figures_read(const char *json, size_t length, struct figures_head *head_r,
                             char centre[CENTRE_SIZE], struct error *err)
{
    yyjson_doc *doc = yyjson_read(json, length, 0);
    yyjson_val *root = yyjson_doc_get_root(doc), *value;
    struct figures *figures = NULL;
    size_t i, n;

    if (!doc) {
        error_set(err, ERROR_INPUT, "not JSON: expected figures of quality");
    } else if (read_head(root, head_r, centre, err) == 0) {
        figures = figures_new();
        figures->patients = number_of(root, "patients");
        figures->tumours = number_of(root, "tumours");
        figures->opposed = number_of(root, "opposed");
        yyjson_arr_foreach(yyjson_obj_get(root, "groups"), i, n, value)
            read_group(figures, value);
        yyjson_arr_foreach(yyjson_obj_get(root, "checks"), i, n, value)
            read_check(figures, value);
    }
    yyjson_doc_free(doc);
    return figures;
}
