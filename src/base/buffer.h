/* SPDX-License-Identifier: Apache-2.0
 *
 * base/buffer.h: a string or a message under construction, with the largest size it may
 * reach. Writing past that size drops the rest and raises a mark; ask buffer_check() once
 * at the end. The bytes are always followed by a NUL. */
#ifndef BASE_BUFFER_H
#define BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

struct error;

struct buffer {
    char *bytes;   /* owned; NULL until the first write */
    size_t length; /* without the NUL */
    size_t capacity;
    size_t limit; /* largest length */
    bool overflowed;
};

void buffer_init(struct buffer *buffer, size_t limit);
void buffer_free(struct buffer *buffer); /* leaves it as after buffer_init */
void buffer_clear(struct buffer *buffer);
void buffer_append(struct buffer *buffer, const void *bytes, size_t length);
void buffer_string(struct buffer *buffer, const char *string);
void buffer_char(struct buffer *buffer, char byte);
void buffer_printf(struct buffer *buffer, const char *format, ...) PRINTF_LIKE(2, 3);
/* STRING as a JSON string with its quotes; invalid UTF-8 becomes U+FFFD; NULL is null. */
void buffer_json_string(struct buffer *buffer, const char *string);
/* A number in the shortest form that reads back to the same double; null if not finite. */
void buffer_json_number(struct buffer *buffer, double number);
/* An integer with French or English digit grouping: 9 812 (no-break space) or 9,812. */
void buffer_count(struct buffer *buffer, uint64_t count, bool french);
/* TEXT with blanks after it, or before it (RIGHT), to WIDTH characters: not bytes, so that accents
 * shift no column. A longer text stands whole. */
void buffer_padded(struct buffer *buffer, const char *text, size_t width);
void buffer_right(struct buffer *buffer, const char *text, size_t width);
void buffer_right_count(struct buffer *buffer, uint64_t count, size_t width, bool french);
/* The bytes ("" if none), valid until the next call on the buffer. */
const char *buffer_text(const struct buffer *buffer);
NODISCARD int buffer_check(const struct buffer *buffer, const char *what,
                           struct error *err);

#endif
