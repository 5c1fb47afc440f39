/* SPDX-License-Identifier: Apache-2.0
 *
 * http/routes.c: the table of routes.def, and the search in it. Some twenty rows are walked one
 * by one: that takes less time than the first header takes to parse. */
#include "http/routes.h"

#include <string.h>

#include "base/attributes.h"
#include "http/exchange.h"
#include "http/uri.h"

const struct route route_table[ROUTES] = {
#define ROUTE(i, m, p, h, r, u, b, l, x, f, a, fr, en) \
    {.id = ROUTE_##i,                                  \
     .name = #i,                                       \
     .method = METHOD_##m,                             \
     .path = (p),                                      \
     .handler = handle_##h,                            \
     .reach = REACH_##r,                               \
     .purpose = PURPOSE_##u,                           \
     .body = BODY_##b,                                 \
     .limit = (l),                                     \
     .run = RUN_##x,                                   \
     .forms = FORMS_##f,                               \
     .answer = SCHEMA_##a,                             \
     .summary = {[LANG_FR] = (fr), [LANG_EN] = (en)}},
#define PARAMETER(...)
#include "http/routes.def"
#undef ROUTE
#undef PARAMETER
};

const struct parameter parameter_table[] = {
#define ROUTE(...)
#define PARAMETER(r, n, p, t, d, fr, en) \
    {.route = ROUTE_##r,                 \
     .name = (n),                        \
     .place = PLACE_##p,                 \
     .type = TYPE_OF_##t,                \
     .need = NEED_##d,                   \
     .text = {[LANG_FR] = (fr), [LANG_EN] = (en)}},
#include "http/routes.def"
#undef ROUTE
#undef PARAMETER
};
const size_t parameter_count = ARRAY_LENGTH(parameter_table);

const char *method_name(enum method method)
{
    return method == METHOD_GET ? "GET" : "POST";
}

size_t forms_types(enum forms forms, const char *const **types_r)
{
    static const char *const json_text[] = {"application/json", "text/plain"};
    static const char *const metrics[] = {"text/plain"};
    static const char *const csv[] = {"text/csv"};

    *types_r = forms == FORMS_METRICS ? metrics : forms == FORMS_CSV ? csv : json_text;
    return forms == FORMS_JSON_TEXT ? 2 : 1;
}

/* Does PATH, as the table writes it, fit the segments? */
static bool path_fits(const char *path, const struct uri *uri,
                      const char *captured[ROUTE_CAPTURES_MAX])
{
    size_t captures = 0;
    size_t segment = 0;

    path++; /* the first "/" */
    while (*path) {
        size_t length = strcspn(path, "/");

        if (segment == uri->n_segments)
            return false;
        if (*path == '{') {
            if (!*uri->segments[segment] || captures == ROUTE_CAPTURES_MAX)
                return false;
            captured[captures++] = uri->segments[segment];
        } else if (strlen(uri->segments[segment]) != length ||
                   memcmp(path, uri->segments[segment], length) != 0) {
            return false;
        }
        segment++;
        path += length;
        path += *path == '/';
    }
    return segment == uri->n_segments;
}

/* Both methods at most, so the longest is "GET, HEAD, POST". */
static void write_allow(const bool allowed[METHODS], char allow[32])
{
    static const char *const lists[] = {"", "GET, HEAD", "POST", "GET, HEAD, POST"};
    const char *list = lists[allowed[METHOD_GET] + 2 * allowed[METHOD_POST]];

    memcpy(allow, list, strlen(list) + 1);
}

void routes_match(const char *method, const struct uri *uri, struct match *match_r)
{
    bool allowed[METHODS] = {false};
    struct match match = {0};

    if (strcmp(method, "HEAD") == 0)
        method = "GET";
    for (size_t i = 0; i < ROUTES; i++) {
        const char *captured[ROUTE_CAPTURES_MAX] = {NULL};

        if (!path_fits(route_table[i].path, uri, captured))
            continue;
        match.path_known = true;
        allowed[route_table[i].method] = true;
        if (!match.route && strcmp(method, method_name(route_table[i].method)) == 0) {
            match.route = &route_table[i];
            memcpy(match.captured, captured, sizeof(captured));
        }
    }
    write_allow(allowed, match.allow);
    *match_r = match;
}
