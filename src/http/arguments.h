/* SPDX-License-Identifier: Apache-2.0
 *
 * http/arguments.h: what a request gives for the parameters of its route, read and checked by
 * the table alone. An unknown name is an error: a mistyped "as-of" that was passed over would
 * change the answer and nobody would see it. */
#ifndef HTTP_ARGUMENTS_H
#define HTTP_ARGUMENTS_H

#include <stdint.h>

#include "http/routes.h"

struct arena;

struct argument {
    const struct parameter *parameter;
    const char *text; /* TEXT, CRITERIA */
    bool is_object;   /* CRITERIA: an object of the body, written anew as TEXT */
    int64_t number;   /* COUNT; FLAG: 0, 1; DAY: a day_number; LANG: enum lang */
};

/* Texts are borrowed from the address or live in the arena of the body. */
struct arguments {
    size_t n;
    struct argument items[ROUTE_ARGUMENTS_MAX];
};

/* Add what the captures of MATCH and the query of URI give. ERROR_INPUT: unknown, given twice,
 * not of its type, a required one missing. */
NODISCARD int arguments_from_uri(const struct match *match, const struct uri *uri,
                                 struct arguments *arguments, struct error *err);

/* Add what LENGTH bytes of JSON give for ROUTE; the line and the column of a mistake in the
 * JSON are told. JSON is not changed (the library's signature has no const). ERROR_LIMIT when ARENA is too small. */
NODISCARD int arguments_from_json(const struct route *route, struct arena *arena,
                                  char *json, size_t length, struct arguments *arguments,
                                  struct error *err);

/* The first one called NAME, or NULL. */
const struct argument *arguments_get(const struct arguments *arguments, const char *name);
/* Up to MAX texts of that name into TEXTS_R; how many there are. */
size_t arguments_texts(const struct arguments *arguments, const char *name,
                       const char **texts_r, size_t max);

#endif
