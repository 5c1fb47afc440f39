/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/json_reader.h: a JSON document read value by value, each with its place and its
 * pointer, and the tokens that come of it. Internal to the room. */
#ifndef CRITERIA_JSON_READER_H
#define CRITERIA_JSON_READER_H

#include <yyjson.h>

#include "base/attributes.h"
#include "criteria/lexer.h"

struct buffer;

#define MEMBERS_MAX 16

/* A step of a JSON pointer; the root has no parent. */
struct path {
    const struct path *parent;
    const char *key; /* or NULL: the element INDEX */
    size_t index;
};

/* A value of the document, and where it stands. VALUE NULL: absent. */
struct spot {
    yyjson_val *value;
    const struct path *path;
    size_t at; /* byte of the JSON: of the key or of the string */
};

struct reader {
    struct arena *arena;
    const char *json;   /* as it was given */
    const char *copy;   /* as it was read in place */
    size_t *line_start; /* bytes at which lines begin */
    size_t n_lines;
    struct token *tokens;
    const struct path **paths; /* of the tokens */
    size_t n, capacity;
    unsigned depth;
    struct error *err;
};

/* The members of an object by the blank-separated NAMES, in that order. */
struct members {
    const char *names;
    const struct path *object;
    struct spot spots[MEMBERS_MAX];
};

/* Find where the lines of the LENGTH bytes begin; before all else. */
void reader_find_lines(struct reader *reader, size_t length);
/* Line and column of a byte. */
void reader_place(const struct reader *reader, size_t at, unsigned *line_r,
                  unsigned *column_r);
void reader_put_pointer(struct buffer *out, const struct path *path);
/* "POINTER: what was expected"; returns -1. */
int reader_mistake(struct reader *reader, const struct spot *spot, const char *format,
                   ...) PRINTF_LIKE(3, 4);

/* VALUE of PARENT, under KEY or as its element INDEX. AT: the place if it has none itself. */
struct spot reader_spot(struct reader *reader, const struct spot *parent,
                        yyjson_val *value, const char *key, size_t index, size_t at);
struct spot reader_element(struct reader *reader, const struct spot *array, size_t index,
                           yyjson_val *value);

/* Is it an array of one at least? 0, or -1. */
int reader_array(struct reader *reader, const struct spot *spot, const char *what);
/* A text without control characters, or NULL. */
const char *reader_string(struct reader *reader, const struct spot *spot,
                          const char *what);
/* A whole number from LEAST to MOST, or -1. */
int64_t reader_whole(struct reader *reader, const struct spot *spot, int64_t least,
                     int64_t most);
/* 1 for true, 0 for false or absent, -1 for anything else. */
int reader_flag(struct reader *reader, const struct spot *spot);
/* Which of the N WORDS the string is, or -1. */
int reader_word(struct reader *reader, const struct spot *spot, const char *const words[],
                size_t n);

/* The object's members, all of them among NAMES, none twice. */
int reader_members(struct reader *reader, const struct spot *spot, const char *names,
                   struct members *members);
/* The member; an absent one has a pointer as well, for whoever misses it. */
const struct spot *reader_member(struct reader *reader, struct members *members,
                                 const char *name);
/* The member, or NULL when it is absent. */
const struct spot *reader_given(const struct members *members, const char *name);

/* One more token, of SPOT. */
void reader_emit(struct reader *reader, const struct spot *spot, enum token_kind kind,
                 const char *text);
/* The blank-separated words and symbols of our own language. */
void reader_say(struct reader *reader, const struct spot *spot, const char *words);
void reader_say_number(struct reader *reader, const struct spot *spot, double number);

/* ---- json_read_fact.c ---- */

/* One level deeper: 0, or -1 past the limit. The caller comes up again by reader->depth--. */
int read_enter(struct reader *reader, const struct spot *spot);
/* {"fact": …}. A line may count facts; another line's event may not. */
int read_fact(struct reader *reader, const struct spot *spot, bool is_line);
/* A number of years: {"ge": 18, "le": 75} */
int read_years(struct reader *reader, const struct spot *spot);
/* "diagnosis", or a fact, whose END is meant. */
int read_anchor(struct reader *reader, const struct spot *spot, int end);
/* The conditions of "when". */
int read_whens(struct reader *reader, const struct spot *spot);

#endif
