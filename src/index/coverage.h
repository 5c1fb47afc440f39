/* SPDX-License-Identifier: Apache-2.0
 *
 * index/coverage.h: where the absence of a fact means no.
 *
 * A centre declares which kind of item (a group of the model), from which source, from when
 * to when. Until it has declared anything, coverage is *assumed*: a kind that occurs at all in
 * the centre's data is taken to be complete, and every answer says so. */
#ifndef INDEX_COVERAGE_H
#define INDEX_COVERAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"
#include "model/model.h"

struct coverage_row {
    enum group group;
    const char *source;     /* CHIMIO®, INSEE, … for people */
    struct interval period; /* open ends allowed */
};

struct coverage {
    bool assumed;
    bool seen[GROUPS]; /* assumed: kinds that occur in the data */
    size_t n_rows;
    const struct coverage_row *rows;
};

/* Would a fact of GROUP within [FIRST, LAST] certainly have come to us? Of a computed group: one
 * of those that it is made from. An empty period (LAST
 * before FIRST) is covered. Several declared rows cover together what each covers in part when
 * they overlap or touch. */
bool coverage_covers(const struct coverage *coverage, enum group group, day_number first,
                     day_number last);

/* Is every period of GROUP covered, so that no patient need be looked at? */
bool coverage_is_complete(const struct coverage *coverage, enum group group);

#endif
