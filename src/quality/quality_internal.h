/* SPDX-License-Identifier: Apache-2.0
 *
 * quality/quality_internal.h: what the files of this room share.
 *
 *     checks.c    what is plausible
 *     quality.c   counting
 *     figures.c   the counts as JSON, and back */
#ifndef QUALITY_INTERNAL_H
#define QUALITY_INTERNAL_H

#include "quality/quality.h"

/* checks.c: each check of each fact that it can look at. */
typedef void quality_seen(void *context, enum check check, const struct fact *fact,
                          bool odd);
void quality_look_all(const struct record *record, day_number as_of, quality_seen *seen,
                      void *context);

/* Arrays of all sources and years, made when the first is counted. */
struct cells {
    struct tally *tally; /* [QUALITY_SOURCES][QUALITY_YEARS], or NULL: all 0 */
};

struct figures {
    uint64_t patients, tumours, opposed;
    struct presence presence[GROUPS];
    struct cells objects[GROUPS]; /* OF alone */
    struct cells items[ITEMS];    /* HAS and EXACT; OF is that of the group */
    struct cells checks[CHECKS];  /* OF and HAS */
};

/* The cell, made if it is not there. YEAR: 0, or YEAR_FIRST to YEAR_LAST. */
struct tally *cell_at(struct cells *cells, int source, int year);

#endif
