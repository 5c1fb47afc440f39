/* SPDX-License-Identifier: Apache-2.0
 *
 * http/checks.c: heads of requests, checked. See checks.h. */
#include "http/checks.h"

#include <string.h>
#include <strings.h>

#include "base/error.h"

/* Headers of which two make a request ambiguous, or whose second value nobody would read. */
enum single {
    SINGLE_HOST,
    SINGLE_LENGTH,
    SINGLE_CODING,
    SINGLE_ORIGIN,
    SINGLE_SITE,
    SINGLE_ENCODING,
    SINGLE_ACCEPT,
    SINGLE_TYPE,
    SINGLE_CALLER,
    SINGLE_PURPOSE,
    SINGLES
};

static const char *const single_names[SINGLES] = {
    [SINGLE_HOST] = "Host",
    [SINGLE_LENGTH] = "Content-Length",
    [SINGLE_CODING] = "Transfer-Encoding",
    [SINGLE_ORIGIN] = "Origin",
    [SINGLE_SITE] = "Sec-Fetch-Site",
    [SINGLE_ENCODING] = "Content-Encoding",
    [SINGLE_ACCEPT] = "Accept",
    [SINGLE_TYPE] = "Content-Type",
    [SINGLE_CALLER] = "X-Lacis-Caller",
    [SINGLE_PURPOSE] = "X-Lacis-Purpose",
};

static int refuse(unsigned *status_r, unsigned status)
{
    *status_r = status;
    return -1;
}

/* RFC 9110, 5.6.2: what a header's name is made of. */
static bool is_token(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!letter && !(c >= '0' && c <= '9') &&
            (c == '\0' || !strchr("!#$%&'*+-.^_`|~", c)))
            return false;
    }
    return length > 0;
}

static bool has_control(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (((unsigned char)text[i] < 0x20 && text[i] != '\t') || text[i] == 0x7F)
            return true;
    return false;
}

static bool equals(const char *text, size_t length, const char *word)
{
    return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

bool header_is(const struct header *header, const char *word)
{
    return equals(header->value, header->value_length, word);
}

/* The headers that may come once, into FOUND; everything else only has to be well formed. */
static int collect(const struct request_head *head, const struct header *found[SINGLES],
                   unsigned *status_r, struct error *err)
{
    for (size_t i = 0; i < head->n_headers; i++) {
        const struct header *header = &head->headers[i];

        if (!is_token(header->name, header->name_length)) {
            error_set(err, ERROR_INPUT,
                      "a header's name has a character it must not have "
                      "(a space before the colon?)");
            return refuse(status_r, 400);
        }
        if (has_control(header->value, header->value_length)) {
            error_set(err, ERROR_INPUT, "a header's value has a control character");
            return refuse(status_r, 400);
        }
        for (size_t s = 0; s < SINGLES; s++) {
            if (!equals(header->name, header->name_length, single_names[s]))
                continue;
            if (found[s]) {
                error_set(err, ERROR_INPUT, "%s is given twice", single_names[s]);
                return refuse(status_r, 400);
            }
            found[s] = header;
        }
    }
    return 0;
}

static int parse_length(const struct header *header, uint64_t *length_r)
{
    uint64_t length = 0;

    for (size_t i = 0; i < header->value_length; i++) {
        char c = header->value[i];

        if (c < '0' || c > '9' || length > (UINT64_MAX >> 1) / 10 - 1)
            return -1;
        length = length * 10 + (uint64_t)(c - '0');
    }
    *length_r = length;
    return header->value_length > 0 ? 0 : -1;
}

/* Is there one length, and no doubt about it? */
static int check_framing(const struct request_head *head,
                         const struct header *const found[SINGLES],
                         struct head_found *found_r, unsigned *status_r,
                         struct error *err)
{
    const struct header *length = found[SINGLE_LENGTH];
    const struct header *coding = found[SINGLE_CODING];

    if (length && coding) {
        error_set(err, ERROR_INPUT,
                  "Content-Length and Transfer-Encoding exclude each other");
        return refuse(status_r, 400);
    }
    if (length && parse_length(length, &found_r->length) < 0) {
        error_set(err, ERROR_INPUT, "Content-Length: a number was expected");
        return refuse(status_r, 400);
    }
    if (coding && head->http10) {
        error_set(err, ERROR_INPUT, "HTTP/1.0 has no Transfer-Encoding");
        return refuse(status_r, 400);
    }
    if (coding && !header_is(coding, "chunked")) {
        error_set(err, ERROR_INPUT, "Transfer-Encoding: only \"chunked\" is understood");
        return refuse(status_r, 501);
    }
    if (found[SINGLE_ENCODING] && !header_is(found[SINGLE_ENCODING], "identity")) {
        error_set(err, ERROR_INPUT,
                  "Content-Encoding: send the bytes as they are; a gzip file "
                  "is recognised by itself");
        return refuse(status_r, 415);
    }
    found_r->has_length = length != NULL;
    found_r->chunked = coding != NULL;
    return 0;
}

/* HOST or HOST:PORT, where HOST is a name of the loopback address. The port may be another
 * one than ours: it is, behind a tunnel. */
static bool is_loopback(const char *host, size_t length)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        size_t name = strlen(names[i]);

        if (length < name || !equals(host, name, names[i]))
            continue;
        if (length == name)
            return true;
        if (host[name] != ':' || length - name < 2 || length - name > 6)
            return false;
        for (size_t d = name + 1; d < length; d++)
            if (host[d] < '0' || host[d] > '9')
                return false;
        return true;
    }
    return false;
}

/* Does the request come from where it may? Whoever can open the socket may. */
static int check_origin(const struct request_head *head,
                        const struct header *const found[SINGLES], unsigned *status_r,
                        struct error *err)
{
    const struct header *host = found[SINGLE_HOST];
    const struct header *origin = found[SINGLE_ORIGIN];
    const struct header *site = found[SINGLE_SITE];
    const size_t scheme = strlen("http://");

    if (head->local)
        return 0;
    if (!host) {
        error_set(err, ERROR_INPUT, "Host is missing");
        return refuse(status_r, 400);
    }
    if (!is_loopback(host->value, host->value_length)) {
        error_set(err, ERROR_REFUSED,
                  "Host: this server is 127.0.0.1 and localhost only");
        return refuse(status_r, 421);
    }
    if (origin && (origin->value_length <= scheme ||
                   strncasecmp(origin->value, "http://", scheme) != 0 ||
                   !is_loopback(origin->value + scheme, origin->value_length - scheme))) {
        error_set(err, ERROR_REFUSED, "Origin: pages of other sites may not ask");
        return refuse(status_r, 403);
    }
    if (site && (header_is(site, "cross-site") || header_is(site, "same-site"))) {
        error_set(err, ERROR_REFUSED, "Sec-Fetch-Site: pages of other sites may not ask");
        return refuse(status_r, 403);
    }
    return 0;
}

static int check_caller(const struct header *caller, unsigned *status_r,
                        struct error *err)
{
    bool good =
        !caller || (caller->value_length > 0 && caller->value_length <= CALLER_NAME_MAX);

    for (size_t i = 0; good && caller && i < caller->value_length; i++)
        good = caller->value[i] >= ' ' && caller->value[i] <= '~';
    if (good)
        return 0;
    error_set(err, ERROR_INPUT,
              "X-Lacis-Caller: 1 to %d printable ASCII characters were expected",
              CALLER_NAME_MAX);
    return refuse(status_r, 400);
}

int checks_head(const struct request_head *head, struct head_found *found_r,
                unsigned *status_r, struct error *err)
{
    const struct header *found[SINGLES] = {NULL};
    struct head_found result = {0};

    if (head->n_headers > HEADERS_MAX) {
        error_set(err, ERROR_LIMIT, "more than %d headers", HEADERS_MAX);
        return refuse(status_r, 431);
    }
    if (collect(head, found, status_r, err) < 0 ||
        check_framing(head, found, &result, status_r, err) < 0 ||
        check_origin(head, found, status_r, err) < 0 ||
        check_caller(found[SINGLE_CALLER], status_r, err) < 0)
        return -1;

    result.accept = found[SINGLE_ACCEPT];
    result.content_type = found[SINGLE_TYPE];
    result.caller = found[SINGLE_CALLER];
    result.purpose = found[SINGLE_PURPOSE];
    *found_r = result;
    return 0;
}
