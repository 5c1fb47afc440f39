/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz_http.c: the parts of the server that read what anybody may send. The first byte says
 * which: 'u' an address, 'b' a body of POST /count, 'h' the head of a request, 'a' an Accept
 * header. What was let through is looked at again by other means. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/error.h"
#include "http/accept.h"
#include "http/arguments.h"
#include "http/checks.h"
#include "http/uri.h"

#define CHECK(condition)                                        \
    do {                                                        \
        if (!(condition))                                       \
            panic("%s:%d: %s", __FILE__, __LINE__, #condition); \
    } while (0)

static void check_arguments(const struct route *route, const struct arguments *arguments)
{
    for (size_t i = 0; i < arguments->n; i++) {
        const struct argument *argument = &arguments->items[i];

        CHECK(argument->parameter->route == route->id);
        if (argument->parameter->type == TYPE_OF_TEXT)
            CHECK(*argument->text &&
                  text_is_clean(argument->text, strlen(argument->text), true));
        if (argument->parameter->type == TYPE_OF_COUNT)
            CHECK(argument->number >= 0 && argument->number <= PARAMETER_COUNT_MAX);
    }
    for (size_t p = 0; p < parameter_count; p++)
        CHECK(parameter_table[p].need == NEED_REPEATED ||
              arguments_texts(arguments, parameter_table[p].name, NULL, 0) <= 1);
}

static void fuzz_address(const char *bytes, size_t size)
{
    static const char *const methods[] = {"GET", "POST", "HEAD", "PUT"};
    char *target = malloc(size + 1);
    struct error err = ERROR_INIT;
    struct uri uri;

    memcpy(target, bytes, size);
    target[size] = '\0';
    if (uri_parse(target, &uri, &err) < 0) {
        CHECK(err.code == ERROR_INPUT || err.code == ERROR_LIMIT);
        free(target);
        return;
    }
    for (size_t i = 0; i < uri.n_segments; i++)
        CHECK(text_is_clean(uri.segments[i], strlen(uri.segments[i]), false));
    for (size_t i = 0; i < uri.n_parameters; i++)
        CHECK(text_is_clean(uri.parameters[i].value, strlen(uri.parameters[i].value),
                            true));
    for (size_t i = 0; i < ARRAY_LENGTH(methods); i++) {
        struct arguments arguments = {0};
        struct match match;

        routes_match(methods[i], &uri, &match);
        CHECK(!match.route || match.path_known);
        CHECK(match.path_known == (*match.allow != '\0'));
        if (match.route && arguments_from_uri(&match, &uri, &arguments, &err) == 0)
            check_arguments(match.route, &arguments);
    }
    free(target);
}

static void fuzz_body(const char *bytes, size_t size)
{
    const struct route *route = &route_table[ROUTE_COUNT_LONG];
    struct arena *arena = arena_new("fuzz", (size_t)16 << 20);
    struct arguments arguments = {0};
    struct error err = ERROR_INIT;
    char *copy = malloc(size ? size : 1);

    memcpy(copy, bytes, size);
    if (arguments_from_json(route, arena, copy, size, &arguments, &err) == 0) {
        CHECK(arguments_get(&arguments, "criteria"));
        check_arguments(route, &arguments);
    } else {
        CHECK(err.code == ERROR_INPUT || err.code == ERROR_LIMIT);
    }
    free(copy);
    arena_free(arena);
}

static size_t count(const struct header *headers, size_t n, const char *name)
{
    size_t found = 0;

    for (size_t i = 0; i < n; i++)
        found += headers[i].name_length == strlen(name) &&
                 strncasecmp(headers[i].name, name, strlen(name)) == 0;
    return found;
}

/* The first byte: bit 0 the socket, bit 1 HTTP/1.0. */
static void fuzz_head(const char *bytes, size_t size)
{
    struct header headers[HEADERS_MAX + 2];
    struct request_head head = {.headers = headers};
    struct head_found found;
    struct error err = ERROR_INIT;
    unsigned status = 0;
    const char *at = bytes;
    const char *end = bytes + size;

    if (size > 0) {
        head.local = *at & 1;
        head.http10 = *at & 2;
        at++;
    }
    while (at < end && head.n_headers < ARRAY_LENGTH(headers)) {
        const char *stop = memchr(at, '\n', (size_t)(end - at));
        const char *line_end = stop ? stop : end;
        const char *colon = memchr(at, ':', (size_t)(line_end - at));
        struct header *header = &headers[head.n_headers++];

        header->name = at;
        header->name_length = (size_t)((colon ? colon : line_end) - at);
        header->value = colon ? colon + 1 : line_end;
        header->value_length = (size_t)(line_end - header->value);
        at = stop ? stop + 1 : end;
    }
    if (checks_head(&head, &found, &status, &err) < 0) {
        CHECK(status >= 400 && status < 600 && err.code != ERROR_NONE);
        return;
    }
    CHECK(head.n_headers <= HEADERS_MAX);
    CHECK(count(headers, head.n_headers, "Host") == 1 || head.local);
    CHECK(count(headers, head.n_headers, "Host") <= 1);
    CHECK(count(headers, head.n_headers, "Content-Length") == found.has_length);
    CHECK(count(headers, head.n_headers, "Transfer-Encoding") == found.chunked);
    CHECK(!found.has_length || !found.chunked);
    CHECK(!found.caller || found.caller->value_length <= CALLER_NAME_MAX);
    for (size_t i = 0; i < head.n_headers; i++)
        CHECK(!memchr(headers[i].name, ' ', headers[i].name_length));
}

static void fuzz_accept(const char *bytes, size_t size)
{
    static const char *const offered[] = {"application/json", "text/plain"};
    char *copy = malloc(size ? size : 1);
    int chosen;

    memcpy(copy, bytes, size);
    chosen = accept_choose(copy, size, offered, 2);
    CHECK(chosen >= -1 && chosen <= 1);
    if (chosen >= 0 && accept_choose(copy, size, offered, 1) < 0)
        CHECK(chosen == 1);
    media_type_is(copy, size, "application/json");
    free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes + 1;

    if (size == 0)
        return 0;
    switch (bytes[0]) {
    case 'u': fuzz_address(text, size - 1); break;
    case 'b': fuzz_body(text, size - 1); break;
    case 'h': fuzz_head(text, size - 1); break;
    case 'a': fuzz_accept(text, size - 1); break;
    default: break;
    }
    return 0;
}
