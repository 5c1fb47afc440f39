/* SPDX-License-Identifier: Apache-2.0
 *
 * index/plan.h: what answering a question did, line by line: in which order, for how many
 * rows, how much was read, and what was left. Counts only, no times: the same question on the
 * same segments always says the same. */
#ifndef INDEX_PLAN_H
#define INDEX_PLAN_H

#include <stddef.h>
#include <stdint.h>

#include "criteria/criteria.h"

struct work {
    uint64_t postings; /* facts looked at */
    uint64_t rows;     /* patients or tumours looked at one by one */
};

/* One node of the criteria, over all segments. */
struct plan_step {
    const struct criteria *criteria;
    const char *line; /* for people; whoever shows the plan fills it in */
    unsigned depth;
    enum group of;  /* what the rows are: PATIENT, PRIMARY_CANCER, or a whole (model.h) */
    uint64_t asked; /* rows whose answer mattered when its turn came */
    struct work work;           /* of the node with all that is below it */
    uint64_t certain, possible; /* rows left, the certain among the possible */
};

/* Steps in the order in which they were begun (in the first segment). */
struct plan {
    size_t n, capacity;
    struct plan_step *step; /* in the arena of the question */
    struct work total;
};

#endif
