/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/test_sheets.h: tables as a test can show them, as the fragment that adapters read.
 *
 *     "= Patient\nPatient_Id|Instance_Id\nL1|1\n= Consent\n…"
 *
 * A table begins with '=' and its name, then its columns, then its rows. */
#ifndef ADAPT_TEST_SHEETS_H
#define ADAPT_TEST_SHEETS_H

#include <string.h>

#include "base/buffer.h"

static inline void put_cells(struct buffer *out, const char *line, size_t length)
{
    char cell[512];
    size_t at = 0;

    buffer_char(out, '[');
    for (size_t i = 0; i <= length; i++) {
        if (i < length && line[i] != '|') {
            cell[at++] = line[i];
            continue;
        }
        cell[at] = '\0';
        buffer_json_string(out, cell);
        if (i < length)
            buffer_char(out, ',');
        at = 0;
    }
    buffer_char(out, ']');
}

static inline void put_sheets(struct buffer *out, const char *door, const char *source,
                              const char *patient, const char *text)
{
    enum { NAME, COLUMNS, FIRST_ROW, ROWS } next = NAME;
    bool any = false;

    buffer_printf(out,
                  "{\"door\":\"%s\",\"source\":\"%s\",\"patient\":\"%s\",\"tables\":[",
                  door, source, patient);
    while (*text) {
        size_t length = strcspn(text, "\n");

        if (*text == '=') {
            buffer_printf(out, "%s{\"name\":\"%.*s\",\"columns\":", any ? "]}," : "",
                          (int)length - 2, text + 2);
            any = true;
            next = COLUMNS;
        } else {
            if (next == ROWS)
                buffer_char(out, ',');
            put_cells(out, text, length);
            if (next == COLUMNS)
                buffer_string(out, ",\"rows\":[");
            next = next == COLUMNS ? FIRST_ROW : ROWS;
        }
        text += length + (text[length] == '\n');
    }
    buffer_string(out, any ? "]}]}" : "]}");
}

#endif
