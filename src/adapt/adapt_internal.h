/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/adapt_internal.h: what the formats share.
 *
 *     adapt.c        one call of adapt_fragment(): the facts gathered so far
 *     remarks.c      where we are in the source, and what was set aside there
 *     draft.c        one fact under construction: from what the source says to values
 *     osiris_rwd.c   the walk through an OSIRIS-RWD patient
 *     tables.c       one person's rows of tables, and to whose door they belong
 *
 * A format walks its own tree, and for each object of it fills a draft by draft_put() and
 * turns it into a fact by draft_finish(). All the knowledge about items is in model.def. */
#ifndef ADAPT_INTERNAL_H
#define ADAPT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "adapt/adapt.h"
#include "base/error.h"

struct table;

/* Where a value stands in the source: a list up to the root, on the callers' stacks. */
struct path {
    const struct path *parent;
    const char *key; /* as the source writes it, NULL at the root */
    size_t length;
    long index; /* in an array, or -1 */
};

/* The last text an item was read from, and what it became: sources repeat themselves. */
struct memo {
    const char *raw;
    size_t length;
    const char *text;
};

/* One call of adapt_fragment(). */
struct adapter {
    const struct adapt_context *context; /* NULL: nothing laid down */
    enum fragment_kind kind;
    struct arena *arena; /* of all that the facts point to */
    int64_t sequence;
    struct remarks *remarks;   /* NULL: nobody wants to know */
    size_t n_remarks;          /* of this call */
    struct table *unknown;     /* keys already named, NULL until the first */
    unsigned at_table, at_row; /* of what is remarked, as in struct remark */

    struct fact *facts; /* from memory_alloc */
    size_t n, capacity;
    int n_tumours;
    uint32_t seen[GROUPS]; /* objects of each group so far */

    struct memo memo[ITEMS];
    struct error scratch; /* of a value that is refused */
};

/* One scalar as the source writes it. */
struct scalar {
    enum { SCALAR_TEXT, SCALAR_INTEGER, SCALAR_REAL, SCALAR_FLAG } kind;
    const char *text; /* TEXT: followed by a NUL, valid until the call ends */
    size_t length;
    uint64_t magnitude; /* INTEGER, with its sign */
    bool is_negative;
    double real;
    bool flag;
};

#define DRAFT_ITEMS 24   /* no group has more items */
#define SCALAR_SIZE 32   /* a number as text */
#define DRAFT_SCRATCH 96 /* numbers that are parts of dates, as text */

/* Where a part of a date is kept: its text, and its key for the remark. */
enum { PART_YEAR, PART_MONTH, PART_DAY, PART_WHOLE, PARTS };

struct draft_date {
    const char *text[PARTS];
    const char *key[PARTS];
    size_t key_length[PARTS];
};

/* A fact under construction. values[i] is the group's item `first` + i, where bit i of
 * `set` is raised; dates[i] where bit i of `dated` is, until draft_finish() reads them. */
struct draft {
    enum group group;
    enum item first;
    bool is_past; /* an object of past cancers (OSIRIS-RWD 6) */
    uint32_t set, dated;
    size_t scratch_used;
    struct value values[DRAFT_ITEMS];
    struct draft_date dates[DRAFT_ITEMS];
    char scratch[DRAFT_SCRATCH];
};

/* remarks.c. REASON is copied. */
void remark_refused(struct adapter *adapter, const struct path *path, const char *reason);
void remark_conflict(struct adapter *adapter, const struct path *path,
                     const char *reason);
/* Once a fragment for each path without its indices. */
void remark_unknown_key(struct adapter *adapter, const struct path *path);
void remarks_end(struct adapter *adapter);
/* TEXT of ITEM gave no code; it is copied when somebody gathers such texts. */
void remark_local(struct adapter *adapter, enum item item, const char *text);

/* draft.c */
void draft_begin(struct draft *draft, enum group group);
/* The source says SCALAR of ITEM (PART as in model_item_by_key). PATH ends with the key.
 * What is absent or refused leaves the draft as it was. */
void draft_put(struct adapter *adapter, struct draft *draft, enum item item, char part,
               const struct scalar *scalar, const struct path *path);
/* Make FACT out of the draft: group, dates, source, place, values, proof; the tumour is the
 * caller's. PATH is the object's. False when nothing was said. */
bool draft_finish(struct adapter *adapter, struct draft *draft, const struct path *path,
                  struct fact *fact);

/* adapt.c: an empty fact behind the others; its index, since they move. */
size_t adapter_reserve(struct adapter *adapter);
/* The tree of a fragment that is JSON, for yyjson_doc_free(); NULL with ERROR_INPUT and the byte. */
struct yyjson_doc *fragment_json(const char *bytes, size_t length, uint32_t flags,
                                 struct error *err);
void adapter_remove(struct adapter *adapter, size_t index);

/* ---- tables ---- */

/* One table of a fragment: the rows of one person, cells in UTF-8, "" when not there. */
struct sheet {
    const char *name;
    unsigned number; /* in the fragment, from 1 */
    size_t n_columns, n_rows;
    const char *const *columns;
    const char *const *cells; /* of row r and column c: [r * n_columns + c] */
};

struct sheets {
    const char *door, *source, *patient;
    size_t n;
    const struct sheet *sheet;
};

/* tables.c. What they give lives until the adapter returns: facts take copies. */

/* The table NAME, whatever the case and with or without what is behind its last point; NULL. */
const struct sheet *sheet_named(const struct sheets *sheets, const char *name);
#define COLUMN_NONE SIZE_MAX
/* The column NAME, whatever the case. */
size_t sheet_column(const struct sheet *sheet, const char *name);
/* "" for COLUMN_NONE. */
const char *sheet_cell(const struct sheet *sheet, size_t row, size_t column);
/* What is remarked from now on is of this ROW (from 0); or of none (SHEET NULL). */
void sheet_at(struct adapter *adapter, const struct sheet *sheet, size_t row);
/* The source says TEXT ("" nothing) of ITEM in the column called COLUMN. */
void sheet_put(struct adapter *adapter, struct draft *draft, enum item item, char part,
               const char *text, const char *column);
/* A refusal, or a conflict, of a cell in the row where we are. */
void sheet_refuse(struct adapter *adapter, const char *column, const char *reason);
void sheet_conflict(struct adapter *adapter, const char *column, const char *reason);
/* A column that nobody understands. */
void sheet_unknown(struct adapter *adapter, const struct sheet *sheet,
                   const char *column);
/* The draft as a fact that hangs on TUMOUR (where its group does); false when it says nothing. */
bool sheet_fact(struct adapter *adapter, struct draft *draft, int tumour);

/* tables.c: whatever the door. */
NODISCARD int tables_adapt(struct adapter *adapter, const char *bytes, size_t length,
                           struct error *err);

/* One file a door. */
typedef int tables_door(struct adapter *adapter, const struct sheets *sheets,
                        struct error *err);
tables_door osiris_pivot_adapt, csv_mapped_adapt, cbioportal_adapt;

/* osiris_rwd.c */
NODISCARD int osiris_rwd_adapt(struct adapter *adapter, const char *bytes, size_t length,
                               struct error *err);

#endif
