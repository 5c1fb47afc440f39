/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval.h: criteria over a snapshot: who certainly, and who possibly.
 *
 * For every way of filling in what is unknown, certain ⊆ true ⊆ possible. What is unknown and
 * what not is said in docs/criteria.md; record by record it is what judge.h gives (tests compare
 * the two). */
#ifndef INDEX_EVAL_H
#define INDEX_EVAL_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/date.h"
#include "criteria/criteria.h"
#include "index/catalogue.h"
#include "index/coverage.h"
#include "index/plan.h"

struct arena;
struct error;

struct question {
    const struct criteria *criteria;
    const struct coverage *coverage;
    day_number as_of;  /* "today" of the question */
    struct plan *plan; /* NULL, or empty: filled with what was done */
};

/* The answer on one segment: sets of patient rows, masked ones out. ROWS_…: when the criteria
 * have exactly one tumour { } among their top-level lines, the tumours for which it holds
 * (only of patients in the cohort), else NULL. */
struct cohort_part {
    const uint64_t *certain, *possible;           /* certain ⊆ possible */
    const uint64_t *rows_certain, *rows_possible; /* tumour rows, or NULL */
    bool whole; /* every patient of the segment is certain: counts are then known beforehand */
};

struct cohort {
    const struct snapshot *snapshot;
    struct cohort_part *parts; /* one a segment */
    uint64_t certain;          /* patients */
    uint64_t possible;         /* beyond the certain ones */
};

/* Evaluate QUESTION; the cohort lives in ARENA and borrows SNAPSHOT. -1 with ERROR_LIMIT when
 * the arena is too small, with ERROR_CORRUPT when a segment is damaged where the question looks. */
NODISCARD int cohort_eval(struct arena *arena, const struct snapshot *snapshot,
                          const struct question *question, struct cohort *cohort_r,
                          struct error *err);

/* Persons of the cohort into OUT (room for certain + possible): the certain ones first, each
 * list ascending within a segment. */
void cohort_persons(const struct cohort *cohort, uint32_t *certain_r,
                    uint32_t *possible_r);

#endif
