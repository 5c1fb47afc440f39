/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/csv.c: a stream of bytes as rows of UTF-8 fields.
 *
 *     state     meaning                                  next
 *     START     at the start of a field                  '"' QUOTED, else PLAIN
 *     PLAIN     in a field without quotes                separator START, line end: row
 *     QUOTED    in quotes, where all bytes are content   '"' CLOSING
 *     CLOSING   behind a '"' in quotes                   '"' is one quote, QUOTED; else PLAIN
 *
 * One byte decides one step, so bytes may come in pieces of any size. The first row is held
 * back whole, because the separator is the one of ';' ',' and tab that it has most of; a
 * first row "sep=;", as spreadsheets write it, says it. Empty lines are no rows.
 *
 * Memory: one row, as bytes and again if it must be converted, limited by row_limit. */
#include "adapt/csv.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include <utf8proc.h>

#include "base/arena.h"
#include "base/error.h"

enum state { START, PLAIN, QUOTED, CLOSING };

struct bytes {
    char *at;
    size_t length, capacity;
};

struct csv {
    size_t row_limit;
    csv_row *row;
    void *context;

    char given;     /* the separator, where the caller knows; else 0 */
    bool no_quotes; /* a '"' is content */
    char separator; /* 0: not known yet, bytes go into head */
    struct bytes head;
    bool head_quoted; /* an odd number of quotes so far */
    unsigned bom;     /* bytes of a BOM seen, 3 when there can be none any more */

    enum state state;
    bool after_cr;       /* an LF now belongs to the line end before */
    unsigned line;       /* of the next byte */
    unsigned row_line;   /* where the row starts */
    unsigned quote_line; /* where the last quote was opened */

    struct bytes row_bytes; /* fields, each with its NUL */
    size_t *ends;           /* offsets of those NULs */
    size_t n_fields, fields_capacity;
    struct bytes converted;
    const char **fields;
    size_t pointers_capacity;
    bool was_latin;
};

struct csv *csv_new(size_t row_limit, csv_row *row, void *context)
{
    struct csv *csv = memory_alloc(sizeof(*csv));

    *csv = (struct csv){
        .row_limit = row_limit, .row = row, .context = context, .line = 1, .row_line = 1};
    return csv;
}

void csv_free(struct csv *csv)
{
    if (!csv)
        return;
    memory_free(csv->head.at);
    memory_free(csv->row_bytes.at);
    memory_free(csv->converted.at);
    memory_free(csv->ends);
    memory_free(csv->fields);
    memory_free(csv);
}

bool csv_was_latin(const struct csv *csv)
{
    return csv->was_latin;
}

void csv_form(struct csv *csv, char separator, bool no_quotes)
{
    csv->given = separator;
    csv->no_quotes = no_quotes;
}

static void room(struct bytes *bytes, size_t more)
{
    void *grown = bytes->at;

    if (bytes->length + more <= bytes->capacity)
        return;
    memory_grow(&grown, &bytes->capacity, bytes->length + more, 1);
    bytes->at = grown;
}

static void put(struct bytes *bytes, char c)
{
    room(bytes, 1);
    bytes->at[bytes->length++] = c;
}

/* ---- ISO-8859-15 --------------------------------------------------------------------- */

static bool is_utf8(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + length;

    while (at < end) {
        utf8proc_int32_t character;
        utf8proc_ssize_t n;

        if (*at < 0x80) {
            at++;
            continue;
        }
        n = utf8proc_iterate(at, end - at, &character);
        if (n <= 0)
            return false;
        at += n;
    }
    return true;
}

/* One byte as Windows and ISO-8859-15 mean it together: CP1252 from 80 to 9F, where
 * ISO-8859-15 has control characters, ISO-8859-15 above. */
static uint32_t character_of(unsigned char byte)
{
    static const uint16_t cp1252[32] = {0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026,
                                        0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039,
                                        0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018,
                                        0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD,
                                        0x017E, 0x0178};

    if (byte >= 0x80 && byte < 0xA0)
        return cp1252[byte - 0x80];
    switch (byte) {
    case 0xA4: return 0x20AC;
    case 0xA6: return 0x0160;
    case 0xA8: return 0x0161;
    case 0xB4: return 0x017D;
    case 0xB8: return 0x017E;
    case 0xBC: return 0x0152;
    case 0xBD: return 0x0153;
    case 0xBE: return 0x0178;
    default: return byte;
    }
}

/* FIELD as UTF-8 behind what is in csv->converted, where there is room. */
static const char *convert(struct csv *csv, const char *field)
{
    struct bytes *out = &csv->converted;
    const char *start = out->at + out->length;

    for (; *field; field++)
        out->length += (size_t)utf8proc_encode_char(
            (utf8proc_int32_t)character_of((unsigned char)*field),
            (utf8proc_uint8_t *)out->at + out->length);
    out->at[out->length++] = '\0';
    csv->was_latin = true;
    return start;
}

/* ---- rows ---------------------------------------------------------------------------- */

static void end_field(struct csv *csv)
{
    void *ends = csv->ends;

    put(&csv->row_bytes, '\0');
    memory_grow(&ends, &csv->fields_capacity, csv->n_fields + 1, sizeof(*csv->ends));
    csv->ends = ends;
    csv->ends[csv->n_fields++] = csv->row_bytes.length - 1;
    csv->state = START;
}

static bool is_empty_row(const struct csv *csv)
{
    return csv->n_fields == 0 && csv->row_bytes.length == 0 && csv->state == START;
}

/* Hand the row over, unless it is an empty line. */
static int end_row(struct csv *csv, struct error *err)
{
    void *pointers = csv->fields;
    size_t start = 0;
    size_t n;
    int rc;

    if (is_empty_row(csv))
        return 0;
    end_field(csv);
    n = csv->n_fields;
    memory_grow(&pointers, &csv->pointers_capacity, n, sizeof(*csv->fields));
    csv->fields = pointers;
    csv->converted.length = 0;
    room(&csv->converted, csv->row_bytes.length * 3); /* no character takes more */
    for (size_t i = 0; i < n; i++) {
        const char *field = csv->row_bytes.at + start;

        csv->fields[i] =
            is_utf8(field, csv->ends[i] - start) ? field : convert(csv, field);
        start = csv->ends[i] + 1;
    }
    csv->row_bytes.length = csv->n_fields = 0;
    rc = csv->row(csv->context, csv->row_line, csv->fields, n, err);
    return rc < 0 ? -1 : 0;
}

/* One byte that is content, or a separator or line end outside of quotes. */
static int step_plain(struct csv *csv, char c, struct error *err)
{
    if (c == csv->separator) {
        end_field(csv);
        return 0;
    }
    if (c == '\n' || c == '\r') {
        int rc = end_row(csv, err);

        csv->row_line = csv->line;
        return rc;
    }
    if (c == '"' && csv->state == START && !csv->no_quotes) {
        csv->state = QUOTED;
        csv->quote_line = csv->line;
        return 0;
    }
    csv->state = PLAIN;
    put(&csv->row_bytes, c);
    return 0;
}

static int step(struct csv *csv, char c, struct error *err)
{
    if (csv->row_bytes.length + csv->n_fields >= csv->row_limit)
        return error_at(err, ERROR_LIMIT, csv->row_line, 0,
                        "a row of more than %zu bytes: is a quote never closed?",
                        csv->row_limit);
    switch (csv->state) {
    case QUOTED:
        if (c == '"')
            csv->state = CLOSING;
        else
            put(&csv->row_bytes, c);
        return 0;
    case CLOSING:
        if (c == '"') {
            put(&csv->row_bytes, c);
            csv->state = QUOTED;
            return 0;
        }
        csv->state = PLAIN;
        return step_plain(csv, c, err);
    default: return step_plain(csv, c, err);
    }
}

/* Lines are counted here, once for CR, LF or both; an LF behind a CR outside of quotes says
 * nothing more. */
static int take(struct csv *csv, char c, struct error *err)
{
    bool second_half = csv->after_cr && c == '\n';

    if (c == '\0')
        return error_at(err, ERROR_INPUT, csv->line, 0,
                        "a NUL byte: expected text in UTF-8 or ISO-8859-15, not UTF-16");
    csv->after_cr = c == '\r';
    if (second_half && csv->state != QUOTED) {
        return 0;
    }
    if ((c == '\n' || c == '\r') && !second_half)
        csv->line++;
    return step(csv, c, err);
}

/* ---- the first row ------------------------------------------------------------------- */

static size_t occurrences(const struct bytes *head, char c)
{
    bool quoted = false;
    size_t n = 0;

    for (size_t i = 0; i < head->length; i++) {
        if (head->at[i] == '"')
            quoted = !quoted;
        else if (!quoted && head->at[i] == c)
            n++;
    }
    return n;
}

static char find_separator(const struct bytes *head)
{
    static const char candidates[] = {';', '\t', ','}; /* a tie is for the first */
    char best = ',';
    size_t most = 0;

    for (size_t i = 0; i < sizeof(candidates); i++) {
        size_t n = occurrences(head, candidates[i]);

        if (n > most) {
            most = n;
            best = candidates[i];
        }
    }
    return best;
}

/* The first row is whole: read it with its separator. */
static int read_head(struct csv *csv, struct error *err)
{
    const struct bytes *head = &csv->head;
    size_t at = 0;

    if (head->length >= 5 && strncasecmp(head->at, "sep=", 4) == 0 &&
        strchr(",;\t", head->at[4]) &&
        (head->length == 5 || head->at[5] == '\r' || head->at[5] == '\n')) {
        csv->separator = head->at[4];
        csv->after_cr = head->length > 5 && head->at[5] == '\r';
        csv->row_line = ++csv->line;
        return 0;
    }
    csv->separator = csv->given ? csv->given : find_separator(head);
    for (; at < head->length; at++)
        if (take(csv, head->at[at], err) < 0)
            return -1;
    return 0;
}

/* Hold a byte of the first row back. */
static int take_head(struct csv *csv, char c, struct error *err)
{
    if (csv->head.length >= csv->row_limit)
        return error_at(err, ERROR_LIMIT, csv->line, 0,
                        "a row of more than %zu bytes: is a quote never closed?",
                        csv->row_limit);
    if (c == '"' && !csv->no_quotes)
        csv->head_quoted = !csv->head_quoted;
    if ((c == '\n' || c == '\r') && csv->head.length == 0) {
        /* an empty line before the first row */
        csv->line += !(c == '\n' && csv->after_cr);
        csv->row_line = csv->line;
        csv->after_cr = c == '\r';
        return 0;
    }
    put(&csv->head, c);
    if ((c == '\n' || c == '\r') && !csv->head_quoted) {
        csv->after_cr = false;
        return read_head(csv, err);
    }
    return 0;
}

/* True while C may be part of a byte order mark at the very beginning. */
static bool skip_bom(struct csv *csv, char c)
{
    static const char bom[] = "\xEF\xBB\xBF";
    unsigned seen = csv->bom;

    if (seen < 3 && c == bom[seen]) {
        csv->bom++;
        return true;
    }
    csv->bom = 3;
    for (unsigned i = 0; i < seen && seen < 3; i++)
        put(&csv->head, bom[i]);
    return false;
}

int csv_feed(struct csv *csv, const char *bytes, size_t length, struct error *err)
{
    for (size_t i = 0; i < length; i++) {
        int rc;

        if (csv->bom < 3 && skip_bom(csv, bytes[i]))
            continue;
        rc = csv->separator ? take(csv, bytes[i], err) : take_head(csv, bytes[i], err);
        if (rc < 0)
            return -1;
    }
    return 0;
}

int csv_finish(struct csv *csv, struct error *err)
{
    if (csv->bom < 3)
        (void)skip_bom(csv, '\0');
    if (!csv->separator && read_head(csv, err) < 0)
        return -1;
    if (csv->state == QUOTED)
        return error_at(err, ERROR_INPUT, csv->quote_line, 0,
                        "a quote that opens here is never closed");
    return end_row(csv, err);
}
