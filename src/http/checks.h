/* SPDX-License-Identifier: Apache-2.0
 *
 * http/checks.h: what the head of a request must be like before anybody looks at what it
 * asks. Pure functions over what came in.
 *
 * Two dangers. *Request smuggling*: a proxy in front of us and the library below us must not
 * read different lengths out of one head; the library takes two differing Content-Length, a
 * Content-Length beside a Transfer-Encoding, and "Content-Length :" (with the space) as no
 * length at all, so all these are refused here and the connection closed. *DNS rebinding*: a
 * web page may make a browser on this machine call the loopback address under a name of its
 * own; so the Host must be a loopback one, and a request that a browser says comes from
 * another site is refused. */
#ifndef HTTP_CHECKS_H
#define HTTP_CHECKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

struct error;

#define HEADERS_MAX 64
#define CALLER_NAME_MAX 64

struct header {
    const char *name; /* need not end with a NUL */
    size_t name_length;
    const char *value; /* the same; "" rather than NULL */
    size_t value_length;
};

struct request_head {
    bool local; /* came over the Unix socket */
    bool http10;
    size_t n_headers;
    const struct header *headers;
};

/* What later steps want of a head that passed; NULL where the header is absent. */
struct head_found {
    bool has_length, chunked;
    uint64_t length; /* of the body, when HAS_LENGTH */
    const struct header *accept, *content_type, *caller, *purpose;
};

/* 0, or -1 with the HTTP status to refuse with and the reason. The connection is to be closed
 * then, because it is not known where the next request would begin. */
NODISCARD int checks_head(const struct request_head *head, struct head_found *found_r,
                          unsigned *status_r, struct error *err);

/* Is HEADER's value WORD, whatever the case of its letters? */
bool header_is(const struct header *header, const char *word);

#endif
