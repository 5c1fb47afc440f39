/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/csv.h: CSV as hospitals write it (RFC 4180 and what people made of it).
 *
 * Fed with bytes in pieces of any size; gives one row at a time as UTF-8 strings. Separator
 * ',' ';' or tab, found in the first row; BOM skipped; CRLF, LF or CR; quoted fields with ""
 * and line breaks; ISO-8859-15 / CP1252 accepted when a field is not UTF-8 (a mark says so).
 * A field larger than the limit, or a quote never closed, is an error with its line. */
#ifndef ADAPT_CSV_H
#define ADAPT_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

struct csv;
struct error;

/* One row: N fields (valid during the call), the line where it starts. Return -1 to stop. */
typedef int csv_row(void *context, unsigned line, const char *const *fields, size_t n,
                    struct error *err);

struct csv *csv_new(size_t row_limit, csv_row *row, void *context);
void csv_free(struct csv *csv); /* takes NULL */
/* Before the first bytes: the separator is this one (0: to be found out); a '"' is content like any
 * other byte (NO_QUOTES). */
void csv_form(struct csv *csv, char separator, bool no_quotes);
NODISCARD int csv_feed(struct csv *csv, const char *bytes, size_t length,
                       struct error *err);
/* The last row may lack its line end. */
NODISCARD int csv_finish(struct csv *csv, struct error *err);
/* Was some field not UTF-8 and read as ISO-8859-15? */
bool csv_was_latin(const struct csv *csv);

#endif
