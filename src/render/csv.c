/* SPDX-License-Identifier: Apache-2.0
 *
 * render/csv.c: fields of CSV files. */
#include <math.h>
#include <string.h>

#include "render/render_internal.h"

void csv_field(struct buffer *out, const char *text, char separator)
{
    bool plain = !strpbrk(text, "\"\r\n") && !strchr(text, separator) && *text != ' ';

    if (plain) {
        buffer_string(out, text);
        return;
    }
    buffer_char(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            buffer_char(out, '"');
        buffer_char(out, *text);
    }
    buffer_char(out, '"');
}

/* A spreadsheet takes what begins with one of these signs for a formula. */
void csv_text_cell(struct buffer *out, const char *text)
{
    buffer_char(out, '"');
    if (*text && strchr("=+-@\t\r\n", *text))
        buffer_char(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            buffer_char(out, '"');
        buffer_char(out, (unsigned char)*text < ' ' ? ' ' : *text);
    }
    buffer_char(out, '"');
}

void csv_number_cell(struct buffer *out, double number, char decimal)
{
    size_t at = out->length;

    if (!isfinite(number))
        return;
    buffer_json_number(out, number);
    for (; at < out->length; at++)
        if (out->bytes[at] == '.')
            out->bytes[at] = decimal;
}

char *date_with_unknowns(struct interval date, char text[DATE_TEXT_SIZE])
{
    struct civil civil;

    return civil_of(date, &civil) ? civil_print(&civil, text)
                                  : date_print_iso(date, text);
}
