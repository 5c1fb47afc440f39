/* SPDX-License-Identifier: Apache-2.0
 *
 * base/buffer.c: strings under construction, and the small writers of JSON. */
#include "base/buffer.h"

#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"

#define FIRST_CAPACITY ((size_t)64)

void buffer_init(struct buffer *buffer, size_t limit)
{
    /* half of all memory is no limit either, and leaves room to compute */
    *buffer = (struct buffer){.limit = limit < SIZE_MAX / 2 ? limit : SIZE_MAX / 2};
}

void buffer_free(struct buffer *buffer)
{
    memory_free(buffer->bytes);
    *buffer = (struct buffer){.limit = buffer->limit};
}

void buffer_clear(struct buffer *buffer)
{
    buffer->length = 0;
    buffer->overflowed = false;
    if (buffer->bytes)
        buffer->bytes[0] = '\0';
}

/* Room for MORE bytes and the NUL. Returns how many of them the limit lets in. */
static size_t make_room(struct buffer *buffer, size_t more)
{
    size_t allowed = buffer->limit - buffer->length;

    if (more > allowed) {
        buffer->overflowed = true;
        more = allowed;
    }

    size_t needed = buffer->length + more + 1;

    if (needed > buffer->capacity) {
        size_t capacity = buffer->capacity ? buffer->capacity * 2 : FIRST_CAPACITY;

        if (capacity > buffer->limit + 1)
            capacity = buffer->limit + 1;
        if (capacity < needed)
            capacity = needed;
        buffer->bytes = memory_resize(buffer->bytes, capacity);
        buffer->capacity = capacity;
    }
    return more;
}

void buffer_append(struct buffer *buffer, const void *bytes, size_t length)
{
    length = make_room(buffer, length);
    if (length > 0)
        memcpy(buffer->bytes + buffer->length, bytes, length);
    buffer->length += length;
    buffer->bytes[buffer->length] = '\0';
}

void buffer_string(struct buffer *buffer, const char *string)
{
    buffer_append(buffer, string, strlen(string));
}

void buffer_char(struct buffer *buffer, char byte)
{
    if (buffer->length + 1 < buffer->capacity && buffer->length < buffer->limit) {
        buffer->bytes[buffer->length++] = byte;
        buffer->bytes[buffer->length] = '\0';
        return;
    }
    buffer_append(buffer, &byte, 1);
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0)
        panic("buffer_printf: cannot print \"%s\"", format);

    size_t room = make_room(buffer, (size_t)length);

    /* vsnprintf itself cuts what the limit does not let in */
    va_start(arguments, format);
    vsnprintf(buffer->bytes + buffer->length, room + 1, format, arguments);
    va_end(arguments);
    buffer->length += room;
}

/* How many bytes of TEXT, which does not start with ASCII, make one character of valid
 * UTF-8: no surrogate, no overlong form, nothing above U+10FFFF (table 3-7 of the Unicode
 * standard). *VALID_R is false when they do not; the length is then that of the part to be
 * replaced by one U+FFFD, as Unicode recommends ("maximal subpart"). Stops at a NUL, which
 * continues nothing. */
static size_t utf8_character(const unsigned char *text, bool *valid_r)
{
    unsigned char lead = text[0];
    unsigned char low = 0x80;
    unsigned char high = 0xBF;
    size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;

    *valid_r = false;
    if (lead < 0xC2 || lead > 0xF4)
        return 1;

    if (lead == 0xE0)
        low = 0xA0;
    else if (lead == 0xED)
        high = 0x9F;
    else if (lead == 0xF0)
        low = 0x90;
    else if (lead == 0xF4)
        high = 0x8F;

    if (text[1] < low || text[1] > high)
        return 1;
    for (size_t i = 2; i < length; i++)
        if (text[i] < 0x80 || text[i] > 0xBF)
            return i;
    *valid_r = true;
    return length;
}

static void json_escape(struct buffer *buffer, unsigned char byte)
{
    static const char letters[] = "btn?fr"; /* U+0008 to U+000D, but for U+000B */

    if (byte == '"' || byte == '\\') {
        buffer_char(buffer, '\\');
        buffer_char(buffer, (char)byte);
    } else if (byte >= '\b' && byte <= '\r' && byte != '\v') {
        buffer_char(buffer, '\\');
        buffer_char(buffer, letters[byte - '\b']);
    } else {
        buffer_printf(buffer, "\\u%04x", byte);
    }
}

void buffer_json_string(struct buffer *buffer, const char *string)
{
    const unsigned char *at = (const unsigned char *)string;
    const unsigned char *run = at; /* start of what can be copied as it is */

    if (!string) {
        buffer_string(buffer, "null");
        return;
    }

    buffer_char(buffer, '"');
    while (*at) {
        bool plain = true;
        size_t length = 1;

        if (*at >= 0x80)
            length = utf8_character(at, &plain);
        else if (*at < 0x20 || *at == '"' || *at == '\\')
            plain = false;

        if (!plain) {
            buffer_append(buffer, run, (size_t)(at - run));
            if (*at >= 0x80)
                buffer_string(buffer, "\xEF\xBF\xBD");
            else
                json_escape(buffer, *at);
            run = at + length;
        }
        at += length;
    }
    buffer_append(buffer, run, (size_t)(at - run));
    buffer_char(buffer, '"');
}

/* The digits of COUNT, right-aligned in DIGITS; returns the first. */
static char *print_digits(char digits[24], uint64_t count)
{
    char *at = digits + 23;

    *at = '\0';
    do {
        *--at = (char)('0' + count % 10);
        count /= 10;
    } while (count > 0);
    return at;
}

/* Whoever calls setlocale() in a process breaks this: the decimal point must be a point. */
void buffer_json_number(struct buffer *buffer, double number)
{
    char text[40];

    if (!isfinite(number)) {
        buffer_string(buffer, "null"); /* JSON has no word for it */
        return;
    }
    if (fabs(number) <= 9007199254740992.0 && number == (double)(long long)number &&
        !(number == 0 && signbit(number))) {
        if (number < 0)
            buffer_char(buffer, '-');
        buffer_string(buffer, print_digits(text, (uint64_t)fabs(number)));
        return;
    }

    /* 15 digits are always kept by a double, so what has fewer shows as it is (%g drops
     * zeros); 17 always suffice. Numbers near zero are kept less exactly. */
    for (int digits = fabs(number) < DBL_MIN ? 1 : 15; digits <= 17; digits++) {
        snprintf(text, sizeof(text), "%.*g", digits, number);
        if (strtod(text, NULL) == number)
            break;
    }
    buffer_string(buffer, text);
}

void buffer_count(struct buffer *buffer, uint64_t count, bool french)
{
    char digits[24];
    const char *at = print_digits(digits, count);

    for (size_t left = strlen(at); left > 0; left--) {
        buffer_char(buffer, *at++);
        if (left > 1 && left % 3 == 1)
            buffer_string(buffer, french ? "\xE2\x80\xAF" : ","); /* U+202F */
    }
}

const char *buffer_text(const struct buffer *buffer)
{
    return buffer->bytes ? buffer->bytes : "";
}

int buffer_check(const struct buffer *buffer, const char *what, struct error *err)
{
    if (!buffer->overflowed)
        return 0;
    return error_set(err, ERROR_LIMIT, "%s: larger than %zu bytes", what, buffer->limit);
}

/* Characters, not bytes. */
static size_t width_of(const char *text)
{
    size_t width = 0;

    for (; *text; text++)
        width += ((unsigned char)*text & 0xc0) != 0x80;
    return width;
}

static void blanks(struct buffer *buffer, const char *text, size_t width)
{
    for (size_t n = width_of(text); n < width; n++)
        buffer_char(buffer, ' ');
}

void buffer_padded(struct buffer *buffer, const char *text, size_t width)
{
    buffer_string(buffer, text);
    blanks(buffer, text, width);
}

void buffer_right(struct buffer *buffer, const char *text, size_t width)
{
    blanks(buffer, text, width);
    buffer_string(buffer, text);
}

void buffer_right_count(struct buffer *buffer, uint64_t count, size_t width, bool french)
{
    struct buffer number;

    buffer_init(&number, 64);
    buffer_count(&number, count, french);
    buffer_right(buffer, buffer_text(&number), width);
    buffer_free(&number);
}
