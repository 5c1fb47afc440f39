/* SPDX-License-Identifier: Apache-2.0
 *
 * record/record_internal.h: the steps of record_merge().
 *
 *     rules.c     the table of the rules, and the list of decisions (rules.h)
 *     merge.c     facts gathered, sorted, duplicates joined
 *     tumours.c   which tumours are one, and their order (tumours_internal.h)
 *     status.c    what is said of the patient: birth, sex, opposition, vital status
 *     lines.c     lines of treatment, computed (lines.h)
 *     phase.c     since when they are counted */
#ifndef RECORD_INTERNAL_H
#define RECORD_INTERNAL_H

#include "record/record.h"
#include "record/rules.h"

/* One call of record_merge(), for its steps. */
struct merge {
    struct arena *arena;
    const struct rules *rules;
    struct decisions *decisions; /* NULL: nobody asked */
    struct record *record;       /* under construction */
};

/* Decide the tumours of RECORD out of all its facts, and make fact->tumour its index among
 * them and the others; append events that were said as tumours. On entry fact->tumour numbers the tumours of all fragments, 0 … n_said-1. */
void tumours_decide(struct merge *merge, int n_said);
/* The fact that speaks for each tumour, once the facts have their places. */
void tumours_point(struct record *record);

/* By fact_compare, but for the tumour. */
int content_compare(const struct fact *a, const struct fact *b);

/* Fill birth, sex, opposed, dead, death, last visit and last news from the sorted facts. */
void status_decide(struct merge *merge);

/* The day since which TUMOUR is in its advanced phase: DAY_MIN for always, PHASE_NEVER for not
 * yet; an interval where that is not known. */
#define PHASE_NEVER (DAY_MAX + 1)
struct interval advanced_phase(const struct record *record, int tumour);

/* Both intervals at once; false when they have no day in common. */
bool interval_intersect(struct interval a, struct interval b, struct interval *both_r);

#endif
