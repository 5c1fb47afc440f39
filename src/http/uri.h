/* SPDX-License-Identifier: Apache-2.0
 *
 * http/uri.h: a request target, taken apart before it is decoded, so that an escaped slash
 * stays in its segment and an escaped ampersand in its value.
 *
 * We do this ourselves and from the bytes as they came, because the library below passes
 * over malformed escapes and cuts at an escaped NUL. Pure; no memory of its own. */
#ifndef HTTP_URI_H
#define HTTP_URI_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

struct error;

#define URI_MAX 8192
#define URI_SEGMENTS_MAX 8
#define URI_PARAMETERS_MAX 32

struct uri_parameter {
    const char *name;
    const char *value; /* "" when there was no "=" */
};

/* Pointers into the bytes given to uri_parse(). */
struct uri {
    size_t n_segments; /* "/" has none, "/count/" has two, the last one empty */
    const char *segments[URI_SEGMENTS_MAX];
    size_t n_parameters;
    struct uri_parameter parameters[URI_PARAMETERS_MAX];
};

/* Take TARGET apart and decode it in place. ERROR_INPUT: not of the form /path?query, a
 * malformed escape, bytes that are no UTF-8, a control character (lines and tabs are fine in
 * values). ERROR_LIMIT: longer than URI_MAX, or more parts than fit. */
NODISCARD int uri_parse(char *target, struct uri *uri_r, struct error *err);

/* Are the LENGTH bytes of TEXT valid UTF-8 without control characters? LINES lets line ends
 * and tabs pass. */
bool text_is_clean(const char *text, size_t length, bool lines);

#endif
