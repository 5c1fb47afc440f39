/* SPDX-License-Identifier: Apache-2.0
 *
 * base/error.c: filling error objects, and the last words of a process.
 *
 * Every message is written beside the object first and copied in at the end, because the
 * arguments often point into the very message that is being replaced. */
#include "base/error.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A message cut in the middle of a character would be invalid UTF-8 for all who print it:
 * drop the bytes of an unfinished last character. */
static void cut_at_character(char *text, size_t length)
{
    size_t start = length;

    while (start > 0 && length - start < 4 &&
           ((unsigned char)text[start - 1] & 0xC0) == 0x80)
        start--;
    if (start == 0 || ((unsigned char)text[start - 1] & 0xC0) != 0xC0)
        return; /* ends in ASCII, or was never UTF-8 */

    unsigned char lead = (unsigned char)text[start - 1];
    size_t promised = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;

    if (length - start + 1 < promised)
        text[start - 1] = '\0';
}

PRINTF_LIKE(2, 0)
static void print_message(char message[1024], const char *format, va_list arguments)
{
    int length = vsnprintf(message, 1024, format, arguments);

    if (length < 0)
        snprintf(message, 1024, "(unprintable message)");
    else if (length >= 1024)
        cut_at_character(message, 1023);
}

PRINTF_LIKE(5, 0)
static void fill(struct error *err, enum error_code code, unsigned line, unsigned column,
                 const char *format, va_list arguments)
{
    char message[sizeof(err->message)];

    if (!err)
        return;
    print_message(message, format, arguments);
    err->code = code;
    err->line = line;
    err->column = column;
    memcpy(err->message, message, sizeof(message));
}

int error_set(struct error *err, enum error_code code, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(err, code, 0, 0, format, arguments);
    va_end(arguments);
    return -1;
}

int error_at(struct error *err, enum error_code code, unsigned line, unsigned column,
             const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(err, code, line, column, format, arguments);
    va_end(arguments);
    return -1;
}

int error_errno(struct error *err, const char *format, ...)
{
    int number = errno; /* before anything below can change it */
    char what[sizeof(err->message)];
    char words[128];
    va_list arguments;

    va_start(arguments, format);
    print_message(what, format, arguments);
    va_end(arguments);

    if (number == ENOSPC)
        return error_set(err, ERROR_IO, "%s: the disk is full", what);
    if (number == EDQUOT)
        return error_set(err, ERROR_IO, "%s: the disk is full (quota)", what);
    return error_set(err, ERROR_IO, "%s: %s", what,
                     strerror_r(number, words, sizeof(words))); /* the GNU one */
}

int error_context(struct error *err, const char *format, ...)
{
    char context[sizeof(err->message)];
    char message[sizeof(err->message)];
    va_list arguments;

    if (!err)
        return -1;

    va_start(arguments, format);
    print_message(context, format, arguments);
    va_end(arguments);

    int length = snprintf(message, sizeof(message), "%s: %s", context, err->message);

    if (length >= (int)sizeof(message))
        cut_at_character(message, sizeof(message) - 1);
    memcpy(err->message, message, sizeof(message));
    return -1;
}

const char *error_code_name(enum error_code code)
{
    switch (code) {
    case ERROR_NONE: return "none";
    case ERROR_INPUT: return "input";
    case ERROR_LIMIT: return "limit";
    case ERROR_NOT_FOUND: return "not_found";
    case ERROR_REFUSED: return "refused";
    case ERROR_BUSY: return "busy";
    case ERROR_CORRUPT: return "corrupt";
    case ERROR_IO: return "io";
    }
    return "unknown";
}

void panic(const char *format, ...)
{
    char message[1024];
    char line[1100];
    va_list arguments;

    va_start(arguments, format);
    print_message(message, format, arguments);
    va_end(arguments);

    /* one write, so that the words of other threads do not come between */
    int length = snprintf(line, sizeof(line), "lacis: panic: %s\n", message);

    if (length > 0 && write(STDERR_FILENO, line, (size_t)length) < 0)
        abort(); /* nobody to tell */
    abort();
}
