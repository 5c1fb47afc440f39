/* SPDX-License-Identifier: Apache-2.0
 *
 * http/routes.h: the table of routes.def as code, and the search in it. */
#ifndef HTTP_ROUTES_H
#define HTTP_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include "access/access.h"
#include "vocab/vocab.h"

struct error;
struct exchange;
struct uri;

#define LANGUAGES 2 /* enum lang */
#define ROUTE_CAPTURES_MAX 1
#define ROUTE_ARGUMENTS_MAX 16 /* values that one request may give */

enum route_id {
#define ROUTE(id, ...) ROUTE_##id,
#define PARAMETER(...)
#include "http/routes.def"
#undef ROUTE
#undef PARAMETER
    ROUTES
};

enum method { METHOD_GET, METHOD_POST, METHODS };
enum reach { REACH_EVERYWHERE, REACH_SOCKET };
enum body { BODY_NONE, BODY_JSON, BODY_FILE };
enum run { RUN_HERE, RUN_WRITER };
enum forms { FORMS_JSON, FORMS_JSON_TEXT, FORMS_CSV, FORMS_METRICS };

enum schema_id {
#define SCHEMA(id, ...) SCHEMA_##id,
#define FIELD(...)
#include "http/schemas.def"
#undef SCHEMA
#undef FIELD
    SCHEMAS
};

/* Answer into the exchange's reply, or -1 with ERR. */
typedef int route_handler(struct exchange *exchange, struct error *err);

struct route {
    enum route_id id;
    const char *name; /* "COUNT" */
    enum method method;
    const char *path;
    route_handler *handler;
    enum reach reach;
    enum purpose purpose;
    enum body body;
    size_t limit;
    enum run run;
    enum forms forms;
    enum schema_id answer;
    const char *summary[LANGUAGES];
};

enum place { PLACE_PATH, PLACE_QUERY, PLACE_BODY };
enum parameter_type {
    TYPE_OF_TEXT,
    TYPE_OF_COUNT,
    TYPE_OF_FLAG,
    TYPE_OF_DAY,
    TYPE_OF_LANG,
    TYPE_OF_CRITERIA
};
enum need { NEED_REQUIRED, NEED_OPTIONAL, NEED_REPEATED };

#define PARAMETER_COUNT_MAX 1000000

struct parameter {
    enum route_id route;
    const char *name;
    enum place place;
    enum parameter_type type;
    enum need need;
    const char *text[LANGUAGES];
};

extern const struct route route_table[ROUTES];
extern const struct parameter parameter_table[];
extern const size_t parameter_count;

const char *method_name(enum method method);
/* The media types of FORMS, ours first; at least one. */
size_t forms_types(enum forms forms, const char *const **types_r);

struct match {
    const struct route *route;                /* NULL: none */
    const char *captured[ROUTE_CAPTURES_MAX]; /* segments of the address */
    bool path_known;                          /* then the method is wrong, and … */
    char allow[32];                           /* … these are right */
};

/* Find the route of METHOD ("HEAD" asks like "GET") and URI, whose strings the match keeps. */
void routes_match(const char *method, const struct uri *uri, struct match *match_r);

#endif
