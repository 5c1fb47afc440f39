/* SPDX-License-Identifier: Apache-2.0
 *
 * index/group_internal.h: which values has a row? Made by group_rows.c, counted by group.c. */
#ifndef INDEX_GROUP_INTERNAL_H
#define INDEX_GROUP_INTERNAL_H

#include "base/table.h"
#include "index/eval_internal.h"
#include "index/group.h"

/* Names of a dimension's groups over all segments, numbered in order of appearance. */
struct names {
    struct table *table;
};

uint32_t names_number(struct names *names, const char *name);

/* Set in a value that the row only may have: that of a drug which hangs on no tumour. */
#define PERHAPS 0x80000000u

/* The values of row r are value[start[r]] … value[start[r+1]-1]; or, when no row has several,
 * START is NULL and value[r] is the only one. Rows that matter are never without: then "". */
struct forward {
    uint32_t *start;
    uint32_t *value;
};

struct grouping {
    struct arena *arena;
    const struct segment *segment;
    const struct dimension *dimension;
    struct names *names;
    enum segment_level level; /* of the rows */
    size_t rows;
    struct error *damage; /* what was met: then the values mean nothing */
};

/* For the rows in MEMBERS; what it says of others means nothing. */
struct forward forward_of(const struct grouping *grouping, const uint64_t *members);

#endif
