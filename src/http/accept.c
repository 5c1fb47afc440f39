/* SPDX-License-Identifier: Apache-2.0
 *
 * http/accept.c: RFC 9110, 12.5.1. Of two ranges that take a form, the more exact one says
 * its weight, whichever is the heavier. */
#include "http/accept.h"

#include <string.h>
#include <strings.h>

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

static const char *trim(const char *text, size_t *length)
{
    while (*length > 0 && is_blank(*text)) {
        text++;
        --*length;
    }
    while (*length > 0 && is_blank(text[*length - 1]))
        --*length;
    return text;
}

/* The part of [*AT, END) up to SEPARATOR, trimmed; *AT moves behind it. */
static const char *next_part(const char **at, const char *end, char separator,
                             size_t *length_r)
{
    const char *part = *at;
    const char *stop = memchr(part, separator, (size_t)(end - part));

    *length_r = (size_t)((stop ? stop : end) - part);
    *at = stop ? stop + 1 : end;
    return trim(part, length_r);
}

/* "1", "0.5", "0.125" in thousandths; what is no weight weighs nothing. */
static int weight(const char *text, size_t length)
{
    int thousandths = 0;
    int place = 1000;

    if (length < 1 || length > 5 || (text[0] != '0' && text[0] != '1'))
        return 0;
    if (length > 1 && text[1] != '.')
        return 0;
    for (size_t i = 0; i < length; i++) {
        if (i == 1)
            continue;
        if (text[i] < '0' || text[i] > '9')
            return 0;
        thousandths += (text[i] - '0') * place;
        place /= 10;
    }
    return thousandths > 1000 ? 1000 : thousandths;
}

/* How exactly does RANGE (a type, any of its kind, any at all) take TYPE? 0: not at all. */
static int exactness(const char *range, size_t length, const char *type)
{
    const char *slash = strchr(type, '/');
    size_t main_length = slash ? (size_t)(slash - type) : strlen(type);

    if (length == strlen(type) && strncasecmp(range, type, length) == 0)
        return 3;
    if (length == main_length + 2 && strncasecmp(range, type, main_length) == 0 &&
        memcmp(range + main_length, "/*", 2) == 0)
        return 2;
    return length == 3 && memcmp(range, "*/*", 3) == 0 ? 1 : 0;
}

/* What the header says of TYPE: the weight of the most exact range that takes it. */
static int weight_of(const char *accept, size_t length, const char *type)
{
    const char *at = accept;
    const char *end = accept + length;
    int best = 0;
    int result = 0;

    while (at < end) {
        size_t element_length, range_length, parameter_length;
        const char *element = next_part(&at, end, ',', &element_length);
        const char *inside = element;
        const char *element_end = element + element_length;
        const char *range = next_part(&inside, element_end, ';', &range_length);
        int exact = exactness(range, range_length, type);
        int heavy = 1000;

        while (inside < element_end) {
            const char *parameter =
                next_part(&inside, element_end, ';', &parameter_length);

            if (parameter_length >= 2 && strncasecmp(parameter, "q=", 2) == 0)
                heavy = weight(parameter + 2, parameter_length - 2);
        }
        if (exact > best) {
            best = exact;
            result = heavy;
        }
    }
    return result;
}

int accept_choose(const char *accept, size_t length, const char *const *offered, size_t n)
{
    int chosen = -1;
    int heaviest = 0;

    accept = trim(accept, &length);
    if (length == 0)
        return 0;
    for (size_t i = 0; i < n; i++) {
        int heavy = weight_of(accept, length, offered[i]);

        if (heavy > heaviest) {
            heaviest = heavy;
            chosen = (int)i;
        }
    }
    return chosen;
}

bool media_type_is(const char *content_type, size_t length, const char *type)
{
    const char *at = content_type;
    size_t part;
    const char *media = next_part(&at, content_type + length, ';', &part);

    return part == strlen(type) && strncasecmp(media, type, part) == 0;
}
