/* SPDX-License-Identifier: Apache-2.0
 *
 * http/arguments.c: parameters, out of an address or a JSON object. See arguments.h. */
#include "http/arguments.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/error.h"
#include "http/uri.h"

/* ---- one value ---- */

static int parse_count(const char *text, int64_t *number_r)
{
    int64_t number = 0;

    for (const char *at = text; *at; at++) {
        if (*at < '0' || *at > '9' || number > PARAMETER_COUNT_MAX)
            return -1;
        number = number * 10 + (*at - '0');
    }
    *number_r = number;
    return *text && number <= PARAMETER_COUNT_MAX ? 0 : -1;
}

static int parse_flag(const char *text, int64_t *number_r)
{
    if (strcmp(text, "") != 0 && strcmp(text, "true") != 0 &&
        strcmp(text, "false") != 0 && strcmp(text, "1") != 0 && strcmp(text, "0") != 0)
        return -1;
    *number_r = strcmp(text, "false") != 0 && strcmp(text, "0") != 0;
    return 0;
}

/* A date with unknown parts would be a range of questions. */
static int parse_day(const char *text, int64_t *number_r)
{
    struct interval date;

    if (date_parse(text, &date, NULL) < 0 || !interval_is_exact(date))
        return -1;
    *number_r = date.first;
    return 0;
}

static int parse_lang(const char *text, int64_t *number_r)
{
    if (strcmp(text, "fr") != 0 && strcmp(text, "en") != 0)
        return -1;
    *number_r = strcmp(text, "fr") == 0 ? LANG_FR : LANG_EN;
    return 0;
}

static int mistaken(const struct parameter *parameter, struct error *err)
{
    static const char *const expected[] = {
        [TYPE_OF_TEXT] = "a text that is not empty",
        [TYPE_OF_COUNT] = "a whole number from 0 to 1000000",
        [TYPE_OF_FLAG] = "true or false",
        [TYPE_OF_DAY] = "a day such as 2026-11-12",
        [TYPE_OF_LANG] = "fr or en",
        [TYPE_OF_CRITERIA] = "a text that is not empty, or an object",
    };

    return error_set(err, ERROR_INPUT, "%s: %s was expected", parameter->name,
                     expected[parameter->type]);
}

static int add_text(const struct parameter *parameter, const char *text,
                    struct arguments *arguments, struct error *err)
{
    struct argument argument = {.parameter = parameter, .text = text};
    int status = 0;

    switch (parameter->type) {
    case TYPE_OF_CRITERIA:
    case TYPE_OF_TEXT: status = *text ? 0 : -1; break;
    case TYPE_OF_COUNT: status = parse_count(text, &argument.number); break;
    case TYPE_OF_FLAG: status = parse_flag(text, &argument.number); break;
    case TYPE_OF_DAY: status = parse_day(text, &argument.number); break;
    case TYPE_OF_LANG: status = parse_lang(text, &argument.number); break;
    }
    if (status < 0)
        return mistaken(parameter, err);
    if (parameter->need != NEED_REPEATED)
        for (size_t i = 0; i < arguments->n; i++)
            if (strcmp(arguments->items[i].parameter->name, parameter->name) == 0)
                return error_set(err, ERROR_INPUT, "%s is given twice", parameter->name);
    if (arguments->n == ROUTE_ARGUMENTS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d values are given",
                         ROUTE_ARGUMENTS_MAX);
    arguments->items[arguments->n++] = argument;
    return 0;
}

/* ---- the table ---- */

static const struct parameter *find(enum route_id route, enum place place,
                                    const char *name)
{
    for (size_t i = 0; i < parameter_count; i++)
        if (parameter_table[i].route == route && parameter_table[i].place == place &&
            strcmp(parameter_table[i].name, name) == 0)
            return &parameter_table[i];
    return NULL;
}

/* The names of those that are known, for who mistyped one. */
static int unknown(enum route_id route, enum place place, const char *name,
                   struct error *err)
{
    char known[256] = "";
    size_t length = 0;

    for (size_t i = 0; i < parameter_count; i++)
        if (parameter_table[i].route == route && parameter_table[i].place == place &&
            length < sizeof(known))
            length += (size_t)snprintf(known + length, sizeof(known) - length, "%s%s",
                                       length ? ", " : "", parameter_table[i].name);
    if (length == 0)
        return error_set(err, ERROR_INPUT, "%.64s: this address takes no parameters",
                         name);
    return error_set(err, ERROR_INPUT, "%.64s: no such parameter; there are: %s", name,
                     known);
}

static int check_required(enum route_id route, enum place place,
                          const struct arguments *arguments, struct error *err)
{
    for (size_t i = 0; i < parameter_count; i++) {
        const struct parameter *parameter = &parameter_table[i];

        if (parameter->route == route && parameter->place == place &&
            parameter->need == NEED_REQUIRED &&
            !arguments_get(arguments, parameter->name))
            return error_set(err, ERROR_INPUT, "%s is missing: %s", parameter->name,
                             parameter->text[LANG_EN]);
    }
    return 0;
}

const struct argument *arguments_get(const struct arguments *arguments, const char *name)
{
    for (size_t i = 0; i < arguments->n; i++)
        if (strcmp(arguments->items[i].parameter->name, name) == 0)
            return &arguments->items[i];
    return NULL;
}

size_t arguments_texts(const struct arguments *arguments, const char *name,
                       const char **texts_r, size_t max)
{
    size_t n = 0;

    for (size_t i = 0; i < arguments->n; i++) {
        if (strcmp(arguments->items[i].parameter->name, name) != 0)
            continue;
        if (n < max)
            texts_r[n] = arguments->items[i].text;
        n++;
    }
    return n;
}

/* ---- an address ---- */

int arguments_from_uri(const struct match *match, const struct uri *uri,
                       struct arguments *arguments, struct error *err)
{
    enum route_id route = match->route->id;
    size_t captures = 0;

    for (size_t i = 0; i < parameter_count; i++) {
        const struct parameter *parameter = &parameter_table[i];

        if (parameter->route == route && parameter->place == PLACE_PATH &&
            add_text(parameter, match->captured[captures++], arguments, err) < 0)
            return -1;
    }
    for (size_t i = 0; i < uri->n_parameters; i++) {
        const struct uri_parameter *given = &uri->parameters[i];
        const struct parameter *parameter = find(route, PLACE_QUERY, given->name);

        if (!parameter)
            return unknown(route, PLACE_QUERY, given->name, err);
        if (add_text(parameter, given->value, arguments, err) < 0)
            return -1;
    }
    return check_required(route, PLACE_QUERY, arguments, err);
}

/* ---- a JSON object ---- */

/* The library's memory, out of an arena. */
static void *take(void *arena, size_t size)
{
    return arena_alloc(arena, size);
}

static void *take_more(void *arena, void *memory, size_t old_size, size_t size)
{
    void *more = arena_alloc(arena, size);

    memcpy(more, memory, old_size < size ? old_size : size);
    return more;
}

static void give_back(void *arena, void *memory)
{
    (void)arena;
    (void)memory;
}

/* Criteria that stand in the body as an object are put back into text, for their own reader. */
static int add_json_object(const struct parameter *parameter, struct arena *arena,
                           yyjson_val *value, struct arguments *arguments,
                           struct error *err)
{
    const yyjson_alc memory = {take, take_more, give_back, arena};
    const char *text =
        yyjson_val_write_opts(value, YYJSON_WRITE_NOFLAG, &memory, NULL, NULL);

    if (add_text(parameter, text ? text : "", arguments, err) < 0)
        return -1;
    arguments->items[arguments->n - 1].is_object = true;
    return 0;
}

static int add_json_value(const struct parameter *parameter, struct arena *arena,
                          yyjson_val *value, struct arguments *arguments,
                          struct error *err)
{
    const char *text = yyjson_get_str(value); /* NULL if it is none */

    if (text) {
        if (strlen(text) != yyjson_get_len(value) ||
            !text_is_clean(text, yyjson_get_len(value), true))
            return error_set(err, ERROR_INPUT,
                             "%s: a text without control characters was expected",
                             parameter->name);
        /* "" means true as the bare name of a query only */
        return *text ? add_text(parameter, text, arguments, err)
                     : mistaken(parameter, err);
    }
    if (yyjson_is_obj(value) && parameter->type == TYPE_OF_CRITERIA)
        return add_json_object(parameter, arena, value, arguments, err);
    if (yyjson_is_bool(value) && parameter->type == TYPE_OF_FLAG)
        return add_text(parameter, yyjson_get_bool(value) ? "true" : "false", arguments,
                        err);
    if (yyjson_is_uint(value) && parameter->type == TYPE_OF_COUNT)
        return add_text(parameter,
                        arena_printf(arena, "%" PRIu64, yyjson_get_uint(value)),
                        arguments, err);
    return mistaken(parameter, err);
}

static int add_json_member(const struct route *route, struct arena *arena,
                           yyjson_val *key, struct arguments *arguments,
                           struct error *err)
{
    yyjson_val *value = yyjson_obj_iter_get_val(key);
    const struct parameter *parameter = find(route->id, PLACE_BODY, yyjson_get_str(key));
    size_t i, n;
    yyjson_val *item;

    if (!parameter)
        return unknown(route->id, PLACE_BODY,
                       text_is_clean(yyjson_get_str(key), yyjson_get_len(key), false)
                           ? yyjson_get_str(key)
                           : "a name with control characters",
                       err);
    if (yyjson_is_null(value) && parameter->need != NEED_REQUIRED)
        return 0;
    if (!yyjson_is_arr(value) || parameter->need != NEED_REPEATED)
        return add_json_value(parameter, arena, value, arguments, err);
    yyjson_arr_foreach(value, i, n, item)
    {
        if (add_json_value(parameter, arena, item, arguments, err) < 0)
            return -1;
    }
    return 0;
}

static int json_mistake(const char *json, const yyjson_read_err *mistake,
                        struct error *err)
{
    unsigned line = 1, column = 1;

    if (mistake->code == YYJSON_READ_ERROR_MEMORY_ALLOCATION)
        return error_set(err, ERROR_LIMIT, "the body: too large once it is read");
    for (size_t i = 0; i < mistake->pos; i++) {
        column = json[i] == '\n' ? 1 : column + 1;
        line += json[i] == '\n';
    }
    return error_at(err, ERROR_INPUT, line, column, "the body: %s", mistake->msg);
}

/* The document is put into ARENA, so nothing has to be freed when its strings are done with. */
int arguments_from_json(const struct route *route, struct arena *arena, char *json,
                        size_t length, struct arguments *arguments, struct error *err)
{
    size_t room = yyjson_read_max_memory_usage(length, YYJSON_READ_NOFLAG);
    yyjson_doc *document = NULL;
    yyjson_read_err mistake = {.msg = "a JSON object was expected"};
    yyjson_alc pool;
    yyjson_obj_iter members;

    if (length > 0) {
        if (!yyjson_alc_pool_init(&pool, arena_alloc(arena, room), room) ||
            arena_check(arena, NULL) < 0)
            return error_set(err, ERROR_LIMIT, "the body: too large once it is read");
        document = yyjson_read_opts(json, length, YYJSON_READ_NOFLAG, &pool, &mistake);
    }
    if (!document)
        return json_mistake(json, &mistake, err);

    yyjson_val *root = yyjson_doc_get_root(document);

    if (!yyjson_is_obj(root))
        return error_at(err, ERROR_INPUT, 1, 1, "the body: a JSON object was expected");
    yyjson_obj_iter_init(root, &members);
    for (yyjson_val *key; (key = yyjson_obj_iter_next(&members));)
        if (add_json_member(route, arena, key, arguments, err) < 0)
            return -1;
    if (arena_check(arena, err) < 0)
        return -1;
    return check_required(route->id, PLACE_BODY, arguments, err);
}
