/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/json_read.c: JSON to the tokens of the text, and those to the tree.
 *
 * A token is a word of the language, a word of the model, a number or a date that was looked
 * at, or a string; so nothing that stands in the JSON can be read as something else. Each
 * token has the place of the key or of the string it comes from, and its JSON pointer: a
 * mistake that the parser finds is told with both. */
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "criteria/json_internal.h"
#include "criteria/json_reader.h"
#include "criteria/parse_internal.h"

/* ---- the other lines ---- */

static int say_age(struct reader *reader, const struct spot *spot)
{
    enum item items[DATE_ITEMS_MAX];
    const char *words[DATE_ITEMS_MAX];
    struct members members;
    const struct spot *at;
    size_t n = 0;
    int word = 0;

    if (reader_members(reader, spot, "age at", &members) < 0)
        return -1;
    at = reader_given(&members, "at");
    words[n++] = "now";
    json_date_items(items);
    for (size_t i = 0; items[i] != ITEM_NONE; i++)
        if (items[i] != ITEM_PATIENT_BIRTH)
            words[n++] = model_item(items[i])->word;
    if (at)
        word = reader_word(reader, at, words, n);
    if (word < 0)
        return -1;
    reader_say(reader, reader_member(reader, &members, "age"), "age");
    if (word > 0)
        reader_say(reader, at, "at");
    reader_say(reader, at ? at : reader_member(reader, &members, "age"), words[word]);
    return read_years(reader, reader_member(reader, &members, "age"));
}

static int say_date_line(struct reader *reader, const struct spot *spot)
{
    struct members members;

    if (reader_members(reader, spot, "date when", &members) < 0 ||
        read_anchor(reader, reader_member(reader, &members, "date"), 0) < 0)
        return -1;
    return read_whens(reader, reader_member(reader, &members, "when"));
}

static int say_vital(struct reader *reader, const struct spot *spot)
{
    static const char *const words[] = {"dead", "alive"};
    struct members members;
    int word;

    if (reader_members(reader, spot, "vital", &members) < 0)
        return -1;
    word = reader_word(reader, reader_member(reader, &members, "vital"), words,
                       ARRAY_LENGTH(words));
    if (word >= 0)
        reader_say(reader, reader_member(reader, &members, "vital"), words[word]);
    return word < 0 ? -1 : 0;
}

static int say_active(struct reader *reader, const struct spot *spot)
{
    static const char *const names[] = {"from", "to"};
    struct members line, years;

    if (reader_members(reader, spot, "active", &line) < 0 ||
        reader_members(reader, reader_member(reader, &line, "active"), "from to",
                       &years) < 0)
        return -1;
    reader_say(reader, reader_member(reader, &line, "active"), "active");
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const struct spot *year = reader_member(reader, &years, names[i]);
        int64_t number = reader_whole(reader, year, YEAR_FIRST, YEAR_LAST);

        if (number < 0)
            return -1;
        reader_say(reader, year, names[i]);
        reader_say_number(reader, year, (double)number);
    }
    return 0;
}

/* ---- the tree ---- */

static int say_node(struct reader *reader, const struct spot *spot);

/* In brackets, if it is a list. */
static int say_child(struct reader *reader, const struct spot *spot)
{
    bool bracket =
        yyjson_obj_get(spot->value, "and") || yyjson_obj_get(spot->value, "or");

    reader_say(reader, spot, bracket ? "(" : "");
    if (say_node(reader, spot) < 0)
        return -1;
    reader_say(reader, spot, bracket ? ")" : "");
    return 0;
}

static int say_children(struct reader *reader, const struct spot *spot,
                        const char *between,
                        int (*say_one)(struct reader *, const struct spot *))
{
    size_t index, n;
    yyjson_val *value;

    if (reader_array(reader, spot, "criteria") < 0)
        return -1;
    yyjson_arr_foreach(spot->value, index, n, value)
    {
        struct spot child = reader_element(reader, spot, index, value);

        if (index)
            reader_say(reader, &child, between);
        if (say_one(reader, &child) < 0)
            return -1;
    }
    return 0;
}

static int say_and(struct reader *reader, const struct spot *spot)
{
    struct members members;

    return reader_members(reader, spot, "and", &members) < 0
               ? -1
               : say_children(reader, &members.spots[0], "and", say_child);
}

static int say_or(struct reader *reader, const struct spot *spot)
{
    struct members members;

    return reader_members(reader, spot, "or", &members) < 0
               ? -1
               : say_children(reader, &members.spots[0], "or", say_child);
}

static int say_not(struct reader *reader, const struct spot *spot)
{
    struct members members;

    if (reader_members(reader, spot, "not", &members) < 0)
        return -1;
    reader_say(reader, &members.spots[0], "not");
    return say_child(reader, &members.spots[0]);
}

static int say_at_least(struct reader *reader, const struct spot *spot)
{
    struct members members;
    int64_t count;

    if (reader_members(reader, spot, "atLeast of", &members) < 0)
        return -1;
    count = reader_whole(reader, reader_member(reader, &members, "atLeast"), 1,
                         CRITERIA_NODES_MAX);
    if (count < 0)
        return -1;
    reader_say(reader, reader_member(reader, &members, "atLeast"), "at least");
    reader_say_number(reader, reader_member(reader, &members, "atLeast"), (double)count);
    reader_say(reader, reader_member(reader, &members, "of"), "of (");
    if (say_children(reader, reader_member(reader, &members, "of"), ",", say_node) < 0)
        return -1;
    reader_say(reader, reader_member(reader, &members, "of"), ")");
    return 0;
}

/* WORD and its braces. */
static int say_braces(struct reader *reader, const struct spot *spot, const char *word)
{
    struct members members;

    if (reader_members(reader, spot, word, &members) < 0)
        return -1;
    reader_say(reader, &members.spots[0], word);
    reader_say(reader, &members.spots[0], "{");
    if (say_node(reader, &members.spots[0]) < 0)
        return -1;
    reader_say(reader, &members.spots[0], "}");
    return 0;
}

static int say_tumour(struct reader *reader, const struct spot *spot)
{
    return say_braces(reader, spot, "tumour");
}

static int say_sample(struct reader *reader, const struct spot *spot)
{
    return say_braces(reader, spot, "sample");
}

static int say_event(struct reader *reader, const struct spot *spot)
{
    return say_braces(reader, spot, "event");
}

static int say_tnm(struct reader *reader, const struct spot *spot)
{
    return say_braces(reader, spot, "tnm");
}

static int say_any(struct reader *reader, const struct spot *spot)
{
    struct members members;

    if (reader_members(reader, spot, "any", &members) < 0)
        return -1;
    if (!yyjson_is_true(members.spots[0].value))
        return reader_mistake(reader, &members.spots[0], "expected true");
    reader_say(reader, spot, "any");
    return 0;
}

static int say_name(struct reader *reader, const struct spot *spot, const char *word)
{
    const char *name = reader_string(reader, spot, "a name");

    if (!name || !*name)
        return reader_mistake(reader, spot, "expected a name");
    reader_say(reader, spot, word);
    reader_emit(reader, spot, TOKEN_STRING, name);
    return 0;
}

static int say_named(struct reader *reader, const struct spot *spot)
{
    struct members members;

    if (reader_members(reader, spot, "named criteria", &members) < 0 ||
        say_name(reader, reader_member(reader, &members, "named"), "named") < 0)
        return -1;
    reader_say(reader, reader_member(reader, &members, "criteria"), "(");
    if (say_node(reader, reader_member(reader, &members, "criteria")) < 0)
        return -1;
    reader_say(reader, reader_member(reader, &members, "criteria"), ")");
    return 0;
}

static int say_use(struct reader *reader, const struct spot *spot)
{
    struct members members;
    const struct spot *version;
    int64_t number;

    if (reader_members(reader, spot, "use version", &members) < 0 ||
        say_name(reader, reader_member(reader, &members, "use"), "use") < 0)
        return -1;
    version = reader_given(&members, "version");
    if (!version)
        return 0;
    number = reader_whole(reader, version, 1, INT32_MAX);
    if (number < 0)
        return -1;
    reader_say(reader, version, arena_printf(reader->arena, "v%lld", (long long)number));
    return 0;
}

static int say_fact_line(struct reader *reader, const struct spot *spot)
{
    return read_fact(reader, spot, true);
}

static const struct {
    const char *key;
    int (*say)(struct reader *reader, const struct spot *spot);
} node_kinds[] = {
    {"and", say_and},          {"or", say_or},          {"not", say_not},
    {"atLeast", say_at_least}, {"tumour", say_tumour},  {"any", say_any},
    {"named", say_named},      {"use", say_use},        {"fact", say_fact_line},
    {"age", say_age},          {"date", say_date_line}, {"vital", say_vital},
    {"active", say_active},    {"sample", say_sample},  {"event", say_event},
    {"tnm", say_tnm},
};

static int say_node(struct reader *reader, const struct spot *spot)
{
    for (size_t i = 0; i < ARRAY_LENGTH(node_kinds); i++) {
        if (!yyjson_obj_get(spot->value, node_kinds[i].key))
            continue;
        if (read_enter(reader, spot) < 0 || node_kinds[i].say(reader, spot) < 0)
            return -1;
        reader->depth--;
        return 0;
    }
    return reader_mistake(
        reader, spot,
        "expected an object with one of and, or, not, atLeast, tumour, sample, event, tnm, "
        "any, named, use, fact, age, date, vital, active");
}

/* ---- all of it ---- */

static yyjson_doc *read_document(struct reader *reader, size_t length)
{
    size_t room = yyjson_read_max_memory_usage(length, YYJSON_READ_INSITU);
    char *copy = arena_alloc(reader->arena, length + YYJSON_PADDING_SIZE);
    yyjson_read_err mistake = {.msg = "expected an object"};
    yyjson_doc *document = NULL;
    yyjson_alc pool;
    unsigned line, column;

    memcpy(copy, reader->json, length);
    reader->copy = copy;
    if (!yyjson_alc_pool_init(&pool, arena_alloc(reader->arena, room), room) ||
        arena_check(reader->arena, reader->err) < 0)
        return NULL;
    if (length > 0)
        document = yyjson_read_opts(copy, length, YYJSON_READ_INSITU, &pool, &mistake);
    if (!document) {
        reader_place(reader, mistake.pos, &line, &column);
        error_at(reader->err, ERROR_INPUT, line, column, "JSON: %s", mistake.msg);
    }
    return document;
}

/* The parser tells the place; the token that stands there knows its pointer. */
static void add_pointer(const struct reader *reader, struct error *err)
{
    struct buffer pointer;

    for (size_t i = 0; i < reader->n; i++) {
        if (reader->tokens[i].line != err->line ||
            reader->tokens[i].column != err->column)
            continue;
        buffer_init(&pointer, 400);
        reader_put_pointer(&pointer, reader->paths[i]);
        if (pointer.length)
            error_context(err, "%s", buffer_text(&pointer));
        buffer_free(&pointer);
        return;
    }
}

const struct criteria *criteria_from_json(struct arena *arena, const char *json,
                                          size_t length,
                                          const struct criteria_definitions *definitions,
                                          struct error *err)
{
    struct error ignored = ERROR_INIT;
    struct reader reader = {.arena = arena, .json = json, .err = err ? err : &ignored};
    const struct path root = {0};
    struct spot spot = {.path = &root};
    yyjson_doc *document;

    if (length > CRITERIA_JSON_MAX) {
        error_set(err, ERROR_LIMIT, "the criteria are %zu bytes long: at most %d", length,
                  CRITERIA_JSON_MAX);
        return NULL;
    }
    reader_find_lines(&reader, length);
    document = read_document(&reader, length);
    if (!document)
        return NULL;
    spot = reader_spot(&reader, &spot, yyjson_doc_get_root(document), NULL, 0, 0);
    spot.path = &root;
    if (say_node(&reader, &spot) < 0)
        return NULL;
    reader_emit(&reader, &spot, TOKEN_END, "");

    struct parser parser = {
        .arena = arena, .definitions = definitions, .tokens = reader.tokens};
    const struct criteria *criteria = parser_run(&parser, reader.err);

    if (!criteria)
        add_pointer(&reader, reader.err);
    return criteria;
}

const struct criteria *criteria_read(struct arena *arena, const char *text, size_t length,
                                     const struct criteria_definitions *definitions,
                                     struct error *err)
{
    size_t blank = 0;

    while (blank < length && strchr(" \t\r\n", text[blank]) && text[blank])
        blank++;
    if (blank < length && text[blank] == '{')
        return criteria_from_json(arena, text, length, definitions, err);
    return criteria_parse_saved(arena, text, length, definitions, err);
}
