/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/osiris_pivot.h: the pivot tables of OSIRIS v1, out of osiris_pivot.def; for whoever reads
 * and whoever writes them. */
#ifndef ADAPT_OSIRIS_PIVOT_H
#define ADAPT_OSIRIS_PIVOT_H

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"

enum pivot_table {
#define PIVOT_TABLE(id, name) PIVOT_##id,
#define PIVOT_COLUMN(...)
#define PIVOT_CODE(...)
#include "adapt/osiris_pivot.def"
#undef PIVOT_TABLE
#undef PIVOT_COLUMN
#undef PIVOT_CODE
    PIVOT_TABLES
};

/* Columns of all tables, in their order. */
enum pivot_column {
#define PIVOT_TABLE(...)
#define PIVOT_COLUMN(table, id, name, item, codes) PIVOT_##table##_##id,
#define PIVOT_CODE(...)
#include "adapt/osiris_pivot.def"
#undef PIVOT_TABLE
#undef PIVOT_COLUMN
#undef PIVOT_CODE
    PIVOT_COLUMNS
};

enum pivot_codes {
    CODES_PLAIN, /* the item's own vocabulary */
    CODES_KEPT,  /* no place in our model */
    CODES_GENDER,
    CODES_NEWS,
    CODES_BOOLEAN,
    CODES_PARENT,
    CODES_EVENT_TYPE,
    CODES_EDITION,
    CODES_SIDE,
    CODES_TREATMENT_TYPE,
    CODES_NATURE,
    CODES_ORIGIN,
    CODES_ANALYSIS_TYPE,
    CODES_ALTERATION,
    CODES_SEGMENT,
    CODES_CHANGE,
    CODES_PRIME,
    CODES_CHROMOSOME,
    CODES_MARKER,
    CODES_LAB
};

struct pivot_column_row {
    enum pivot_table table;
    const char *name;
    enum item item; /* ITEM_NONE: see osiris_pivot.def */
    enum pivot_codes codes;
};

const char *pivot_table_name(enum pivot_table table);
const struct pivot_column_row *pivot_column(enum pivot_column column);

/* The table that the file called NAME holds: its name before the first point ends in that of a
 * table, whatever the case. PIVOT_TABLES: none. */
enum pivot_table pivot_table_of_file(const char *name);

/* Our word for CODE, with or without its prefix; NULL when the list does not have it. */
const char *pivot_ours(enum pivot_codes codes, const char *code);
/* The code for our word, as it is written, with its prefix; NULL: none. */
const char *pivot_theirs(enum pivot_codes codes, const char *ours, char out[32]);
/* Does it say "unknown", or "not applicable"? */
bool pivot_is_unknown(const char *code);
/* TEXT without "UMLS:", "OSIRIS:" and the other prefixes of the group's lists. */
const char *pivot_without_prefix(const char *text);

#endif
