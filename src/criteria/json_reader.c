/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/json_reader.c: see json_reader.h. The document is read in place, so that the place of
 * a string is the difference of two addresses. */
#include "criteria/json_reader.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

/* ---- places ---- */

void reader_find_lines(struct reader *reader, size_t length)
{
    size_t n = 1;

    for (size_t i = 0; i < length; i++)
        n += reader->json[i] == '\n';
    reader->line_start = arena_array(reader->arena, n, sizeof(*reader->line_start));
    for (size_t i = 0; i < length; i++)
        if (reader->json[i] == '\n')
            reader->line_start[++reader->n_lines] = i + 1;
    reader->n_lines++;
}

void reader_place(const struct reader *reader, size_t at, unsigned *line_r,
                  unsigned *column_r)
{
    size_t low = 0, high = reader->n_lines;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (reader->line_start[middle] <= at)
            low = middle;
        else
            high = middle;
    }
    *line_r = (unsigned)low + 1;
    *column_r = (unsigned)(at - reader->line_start[low] + 1);
}

void reader_put_pointer(struct buffer *out, const struct path *path)
{
    if (!path->parent)
        return;
    reader_put_pointer(out, path->parent);
    buffer_char(out, '/');
    if (!path->key)
        buffer_printf(out, "%zu", path->index);
    for (const char *c = path->key ? path->key : ""; *c; c++) {
        if (*c == '~' || *c == '/')
            buffer_string(out, *c == '~' ? "~0" : "~1");
        else
            buffer_char(out, *c);
    }
}

/* "POINTER: what was expected"; returns -1. */
int reader_mistake(struct reader *reader, const struct spot *spot, const char *format,
                   ...)
{
    char words[512];
    unsigned line, column;
    struct buffer pointer;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(words, sizeof(words), format, arguments);
    va_end(arguments);
    buffer_init(&pointer, 400);
    reader_put_pointer(&pointer, spot->path);
    reader_place(reader, spot->at, &line, &column);
    error_at(reader->err, ERROR_INPUT, line, column, "%s%s%s", buffer_text(&pointer),
             pointer.length ? ": " : "", words);
    buffer_free(&pointer);
    return -1;
}

/* ---- values ---- */

/* Where the bytes of a string begin in the JSON: behind its quote, in the copy as well. */
static size_t string_at(const struct reader *reader, yyjson_val *string)
{
    return (size_t)(yyjson_get_str(string) - reader->copy) - 1;
}

struct spot reader_spot(struct reader *reader, const struct spot *parent,
                        yyjson_val *value, const char *key, size_t index, size_t at)
{
    struct path *path = arena_alloc(reader->arena, sizeof(*path));
    yyjson_obj_iter members;

    *path = (struct path){parent->path, key, index};
    if (yyjson_is_str(value)) {
        at = string_at(reader, value);
    } else if (yyjson_is_obj(value) && yyjson_obj_iter_init(value, &members) &&
               yyjson_obj_iter_has_next(&members)) {
        at = string_at(reader, yyjson_obj_iter_next(&members));
    }
    return (struct spot){value, path, at};
}

struct spot reader_element(struct reader *reader, const struct spot *array, size_t index,
                           yyjson_val *value)
{
    return reader_spot(reader, array, value, NULL, index, array->at);
}

/* The elements of SPOT, which must have one at least. */
int reader_array(struct reader *reader, const struct spot *spot, const char *what)
{
    if (!yyjson_is_arr(spot->value) || yyjson_arr_size(spot->value) == 0)
        return reader_mistake(reader, spot, "expected an array of %s, at least one",
                              what);
    return 0;
}

/* A text without control characters, or NULL. */
const char *reader_string(struct reader *reader, const struct spot *spot,
                          const char *what)
{
    const char *text = yyjson_get_str(spot->value);
    bool clean = text && strlen(text) == yyjson_get_len(spot->value);

    for (const char *c = clean ? text : ""; *c; c++)
        clean = clean && (unsigned char)*c >= ' ';
    if (!clean)
        reader_mistake(reader, spot, "expected %s", what);
    return clean ? text : NULL;
}

/* A whole number from LEAST to MOST, or -1. */
int64_t reader_whole(struct reader *reader, const struct spot *spot, int64_t least,
                     int64_t most)
{
    int64_t number =
        yyjson_is_uint(spot->value) && yyjson_get_uint(spot->value) <= INT32_MAX
            ? (int64_t)yyjson_get_uint(spot->value)
            : -1;

    if (number < least || number > most)
        return reader_mistake(reader, spot, "expected a whole number from %lld to %lld",
                              (long long)least, (long long)most);
    return number;
}

/* 1 for true, 0 for false or absent, -1 for anything else. */
int reader_flag(struct reader *reader, const struct spot *spot)
{
    if (!spot->value || yyjson_is_bool(spot->value))
        return spot->value && yyjson_get_bool(spot->value);
    return reader_mistake(reader, spot, "expected true or false");
}

/* Which of the N WORDS the string is, or -1. */
int reader_word(struct reader *reader, const struct spot *spot, const char *const words[],
                size_t n)
{
    const char *text = yyjson_get_str(spot->value);
    struct buffer known;

    for (size_t i = 0; i < n; i++)
        if (text && strcmp(text, words[i]) == 0)
            return (int)i;
    buffer_init(&known, 300);
    for (size_t i = 0; i < n; i++)
        buffer_printf(&known, "%s\"%s\"", i ? ", " : "", words[i]);
    reader_mistake(reader, spot, "expected one of %s", buffer_text(&known));
    buffer_free(&known);
    return -1;
}

/* ---- members ---- */

static int name_index(const char *names, const char *name, size_t length)
{
    int index = 0;

    while (*names) {
        size_t n = strcspn(names, " ");

        if (n == length && memcmp(names, name, n) == 0)
            return index;
        names += n + (names[n] == ' ');
        index++;
    }
    return -1;
}

int reader_members(struct reader *reader, const struct spot *spot, const char *names,
                   struct members *members)
{
    yyjson_obj_iter at;

    *members = (struct members){.names = names, .object = spot->path};
    for (size_t i = 0; i < MEMBERS_MAX; i++)
        members->spots[i] = (struct spot){NULL, spot->path, spot->at};
    if (!yyjson_is_obj(spot->value))
        return reader_mistake(reader, spot, "expected an object");
    yyjson_obj_iter_init(spot->value, &at);
    for (yyjson_val *key; (key = yyjson_obj_iter_next(&at));) {
        const char *name = yyjson_get_str(key);
        struct spot member = reader_spot(reader, spot, yyjson_obj_iter_get_val(key), name,
                                         0, string_at(reader, key));
        int index = name_index(names, name, yyjson_get_len(key));

        if (index < 0)
            return reader_mistake(
                reader, spot, "unexpected member \"%.40s\": there are: %s", name, names);
        if (members->spots[index].value)
            return reader_mistake(reader, &member, "given twice");
        members->spots[index] = member;
    }
    return 0;
}

/* The member; an absent one has a pointer as well, for whoever misses it. */
const struct spot *reader_member(struct reader *reader, struct members *members,
                                 const char *name)
{
    struct spot *spot = &members->spots[name_index(members->names, name, strlen(name))];

    if (!spot->value) {
        struct path *path = arena_alloc(reader->arena, sizeof(*path));

        *path = (struct path){members->object, name, 0};
        spot->path = path;
    }
    return spot;
}

/* The member, or NULL when it is absent. */
const struct spot *reader_given(const struct members *members, const char *name)
{
    const struct spot *spot =
        &members->spots[name_index(members->names, name, strlen(name))];

    return spot->value ? spot : NULL;
}

/* ---- tokens ---- */

void reader_emit(struct reader *reader, const struct spot *spot, enum token_kind kind,
                 const char *text)
{
    if (reader->n == reader->capacity) {
        size_t capacity = reader->capacity ? 2 * reader->capacity : 64;
        struct token *tokens = arena_array(reader->arena, capacity, sizeof(*tokens));
        const struct path **paths = arena_array(reader->arena, capacity, sizeof(*paths));

        if (reader->n) {
            memcpy(tokens, reader->tokens, reader->n * sizeof(*tokens));
            memcpy(paths, reader->paths, reader->n * sizeof(*paths));
        }
        reader->tokens = tokens;
        reader->paths = paths;
        reader->capacity = capacity;
    }

    struct token *token = &reader->tokens[reader->n];

    token->kind = kind;
    token->text = text;
    reader_place(reader, spot->at, &token->line, &token->column);
    reader->paths[reader->n++] = spot->path;
}

/* The blank-separated words and symbols of our own language. */
void reader_say(struct reader *reader, const struct spot *spot, const char *words)
{
    while (*words) {
        size_t n = strcspn(words, " ");
        bool is_symbol = strchr("{}(),.<>=", *words) != NULL;

        reader_emit(reader, spot, is_symbol ? TOKEN_SYMBOL : TOKEN_WORD,
                    arena_string(reader->arena, words, n));
        words += n + (words[n] == ' ');
    }
}

void reader_say_number(struct reader *reader, const struct spot *spot, double number)
{
    struct buffer text;

    buffer_init(&text, 64);
    buffer_json_number(&text, number);
    reader_emit(reader, spot, TOKEN_WORD,
                arena_string(reader->arena, buffer_text(&text), text.length));
    buffer_free(&text);
}
