/* SPDX-License-Identifier: Apache-2.0
 *
 * http/uri.c: request targets taken apart. See uri.h. */
#include "http/uri.h"

#include <string.h>

#include "base/error.h"

/* The length of the valid UTF-8 character at TEXT, or 0: no surrogate, no overlong form,
 * nothing above U+10FFFF. */
static size_t utf8_length(const unsigned char *text, size_t left)
{
    unsigned char lead = text[0];
    size_t length = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;

    if ((lead >= 0x80 && lead < 0xC2) || lead > 0xF4 || length > left)
        return 0;
    if (length > 1 &&
        ((lead == 0xE0 && text[1] < 0xA0) || (lead == 0xED && text[1] > 0x9F) ||
         (lead == 0xF0 && text[1] < 0x90) || (lead == 0xF4 && text[1] > 0x8F)))
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((text[i] & 0xC0) != 0x80)
            return 0;
    return length;
}

bool text_is_clean(const char *text, size_t length, bool lines)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + length;

    while (at < end) {
        size_t step = utf8_length(at, (size_t)(end - at));
        bool line = *at == '\n' || *at == '\r' || *at == '\t';

        if (step == 0 || *at == 0x7F || (*at < 0x20 && !(lines && line)))
            return false;
        at += step;
    }
    return true;
}

static int hex_digit(char byte)
{
    if (byte >= '0' && byte <= '9')
        return byte - '0';
    if (byte >= 'a' && byte <= 'f')
        return byte - 'a' + 10;
    if (byte >= 'A' && byte <= 'F')
        return byte - 'A' + 10;
    return -1;
}

/* Decode TEXT in place; PLUS makes "+" a space, as in queries. WHAT names it in messages. */
static int decode(char *text, bool plus, const char *what, struct error *err)
{
    const char *from = text;
    char *to = text;

    while (*from) {
        if (*from != '%') {
            *to++ = plus && *from == '+' ? ' ' : *from;
            from++;
            continue;
        }

        int high = hex_digit(from[1]);
        int low = high < 0 ? -1 : hex_digit(from[2]);

        if (low < 0)
            return error_set(err, ERROR_INPUT,
                             "%s: after \"%%\" two hexadecimal digits were "
                             "expected",
                             what);
        if (high == 0 && low == 0)
            return error_set(err, ERROR_INPUT, "%s: a NUL byte is not allowed", what);
        *to++ = (char)(high << 4 | low);
        from += 3;
    }
    *to = '\0';
    if (!text_is_clean(text, (size_t)(to - text), plus))
        return error_set(err, ERROR_INPUT,
                         "%s: UTF-8 without control characters was expected", what);
    return 0;
}

static int parse_path(char *path, struct uri *uri, struct error *err)
{
    char *segment = path + 1; /* behind the first "/" */

    if (!*segment)
        return 0;
    while (segment) {
        char *slash = strchr(segment, '/');

        if (slash)
            *slash = '\0';
        if (uri->n_segments == URI_SEGMENTS_MAX)
            return error_set(err, ERROR_LIMIT, "the path has more than %d parts",
                             URI_SEGMENTS_MAX);
        if (decode(segment, false, "the path", err) < 0)
            return -1;
        uri->segments[uri->n_segments++] = segment;
        segment = slash ? slash + 1 : NULL;
    }
    return 0;
}

static int parse_query(char *query, struct uri *uri, struct error *err)
{
    while (query) {
        char *next = strchr(query, '&');
        char *value;

        if (next)
            *next++ = '\0';
        if (*query) { /* "a=1&&b=2" and a "&" at the end hurt nobody */
            if (uri->n_parameters == URI_PARAMETERS_MAX)
                return error_set(err, ERROR_LIMIT,
                                 "the query has more than %d parameters",
                                 URI_PARAMETERS_MAX);
            value = strchr(query, '=');
            if (value)
                *value++ = '\0';
            else
                value = query + strlen(query);
            if (decode(value, true, "the query", err) < 0 ||
                decode(query, true, "the query", err) < 0)
                return -1;
            uri->parameters[uri->n_parameters++] = (struct uri_parameter){query, value};
        }
        query = next;
    }
    return 0;
}

int uri_parse(char *target, struct uri *uri_r, struct error *err)
{
    struct uri uri = {0};
    size_t length = strlen(target);

    if (length > URI_MAX)
        return error_set(err, ERROR_LIMIT, "the address is longer than %d bytes",
                         URI_MAX);
    if (target[0] != '/')
        return error_set(err, ERROR_INPUT,
                         "an address beginning with \"/\" was expected");
    for (const char *at = target; *at; at++)
        if ((unsigned char)*at <= ' ' || *at == 0x7F || *at == '#')
            return error_set(err, ERROR_INPUT,
                             "the address has a space, a \"#\" or a control character");

    char *query = strchr(target, '?');

    if (query)
        *query++ = '\0';
    if (parse_path(target, &uri, err) < 0 || parse_query(query, &uri, err) < 0)
        return -1;
    *uri_r = uri;
    return 0;
}
