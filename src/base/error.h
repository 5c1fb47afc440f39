/* SPDX-License-Identifier: Apache-2.0
 *
 * base/error.h: what went wrong, where, and what to do about it.
 *
 * The caller owns the object (usually on its stack) and passes it down. A function that
 * fails fills it once and returns -1 (or NULL); each caller on the way up may put its own
 * context in front. Outputs are untouched on failure. Logging is left to whoever stops. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>
#include <stddef.h>

#include "base/attributes.h"

/* Few codes, each expected by someone: the command line turns them into exit statuses and
 * the server into HTTP statuses. */
enum error_code {
    ERROR_NONE,
    ERROR_INPUT,     /* what we were given is wrong; the message says where and why */
    ERROR_LIMIT,     /* larger than a stated limit */
    ERROR_NOT_FOUND, /* no such patient, file, node */
    ERROR_REFUSED,   /* understood, but not allowed */
    ERROR_BUSY,      /* somebody else holds it; trying later may work */
    ERROR_CORRUPT,   /* a file of ours does not have the content we wrote */
    ERROR_IO,        /* the disk, the network, the operating system */
};

struct error {
    enum error_code code;
    unsigned line;   /* of the input, from 1; 0 = not known */
    unsigned column; /* in bytes, from 1; 0 = not known */
    char message[1024];
};

#define ERROR_INIT         \
    {                      \
        .code = ERROR_NONE \
    }

/* Fill ERR (which may be NULL) and return -1, so that one can `return error_set(...)`. */
int error_set(struct error *err, enum error_code code, const char *format, ...)
    PRINTF_LIKE(3, 4);

/* The same with a place in the input. */
int error_at(struct error *err, enum error_code code, unsigned line, unsigned column,
             const char *format, ...) PRINTF_LIKE(5, 6);

/* ERROR_IO with errno's words appended; ENOSPC and EDQUOT say that the disk is full. */
int error_errno(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* Put "context: " before the message; returns -1. */
int error_context(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);

/* "input", "limit", … : the word used in JSON answers and logs. */
const char *error_code_name(enum error_code code);

/* A mistake of ours or a machine without memory: say it on standard error and abort. */
NORETURN void panic(const char *format, ...) PRINTF_LIKE(1, 2);

#endif
