/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/mapping.h: what the columns of a centre's own table say in our model, laid down by the
 * centre in a file (JSON with comments; docs/formats.md, "Generic CSV").
 *
 * A mapping is of one table; its `source` names both. A row gives each of the mapping's objects,
 * where that has something to say:
 *
 *     {"source": "rcp", "patient": "IPP", "objects": [
 *         {"object": "primaryCancer", "items": {"topographyCode": "TOPO", …}},
 *         {"object": "measure", "each": ["J1", "J2"], "items": {"measureValue": "PS_*", …}}]}
 *
 * Read once, then immutable and shared by all threads. Everything lives in the arena. */
#ifndef ADAPT_MAPPING_H
#define ADAPT_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "model/model.h"

struct arena;
struct error;

/* What a source writes, and what it means. */
struct mapping_value {
    const char *said, *means;
};

enum mapping_otherwise { OTHERWISE_AS_IT_IS, OTHERWISE_UNKNOWN, OTHERWISE_REFUSED };

/* Where an item comes from: the first of the columns that says something; or a constant. */
struct mapping_item {
    enum item item;
    char part;        /* of a date: 'Y' 'M' 'D', or 0: all of it */
    size_t n_columns; /* 0: CONSTANT */
    const char *const *columns;
    const char *constant;
    const char *format; /* of a date: "DD/MM/YYYY"; NULL: any that date_parse() reads */
    size_t n_values;
    const struct mapping_value *values;
    enum mapping_otherwise otherwise; /* for what is not among the values */
};

/* Rows for which an object is meant. */
struct mapping_when {
    const char *column; /* NULL: all rows */
    size_t n;           /* 0: where it is filled */
    const char *const *values;
    bool is_not; /* one of these, or none of these */
};

struct mapping_object {
    enum group group;
    const char *each; /* which of the words it is repeated for, "" */
    bool of_patient;  /* hangs on no tumour although its row has one */
    struct mapping_when when;
    size_t n_items;
    const struct mapping_item *items;
};

struct mapping {
    const char *source;
    unsigned version;    /* in the node; 0: not kept yet */
    char separator;      /* 0: found out */
    const char *patient; /* column of the patient's number */
    const char *finess;  /* of the centre whose numbers they are; NULL: this one */
    /* Rows that agree in these columns are of one tumour; none: in those of its object. */
    size_t n_tumour;
    const char *const *tumour;
    size_t n_unknown;
    const char *const *unknown; /* texts that say "unknown" in any column */
    size_t n_ignored;
    const char *const *ignored; /* columns that are left aside on purpose */
    size_t n_objects;
    const struct mapping_object *objects; /* those of the patient and of tumours first */
};

#define MAPPING_LIMIT ((size_t)1 << 20) /* bytes of the file */

/* Read a mapping. ERROR_INPUT with line and column for what cannot be meant, saying what could. */
NODISCARD int mapping_read(struct arena *arena, const char *text, size_t length,
                           struct mapping **mapping_r, struct error *err);

/* Every column that the mapping names, each once, in ARENA; the patient's first. */
size_t mapping_columns(const struct mapping *mapping, struct arena *arena,
                       const char *const **columns_r);

/* Letters, digits, '.', '-' and '_', up to 64: it stands in addresses and names of files. */
NODISCARD int source_name_check(const char *source, struct error *err);

/* Those of a centre. */
struct mappings {
    size_t n;
    const struct mapping *const *mapping;
    uint64_t digest; /* of their texts; 0: there are none */
};

const struct mapping *mappings_named(const struct mappings *mappings, const char *source);

#endif
