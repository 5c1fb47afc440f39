/* SPDX-License-Identifier: Apache-2.0
 *
 * support/random_criteria.h: criteria texts made at random, over the whole language but
 * saved definitions, from the codes, numbers and days of given records and their neighbours: codes
 * above and below, days before and after. */
#ifndef SUPPORT_RANDOM_CRITERIA_H
#define SUPPORT_RANDOM_CRITERIA_H

#include "criteria/criteria.h"
#include "support/random_record.h"

struct arena;

/* What there is to ask for. */
struct askable;

/* From N records (the strings are borrowed from them). Lives in ARENA. */
struct askable *askable_new(struct arena *arena, const struct record *const *records,
                            size_t n);

/* One expression; DEPTH 0 is one line. Lives in ARENA. */
const char *random_criteria_text(struct arena *arena, struct rng *rng,
                                 const struct askable *askable, int depth);

/* The same, parsed. */
const struct criteria *random_criteria(struct arena *arena, struct rng *rng,
                                       const struct askable *askable, int depth);

/* One sample { }, event { } or tnm { }, of a tumour or of the patient. */
const struct criteria *random_same(struct arena *arena, struct rng *rng,
                                   const struct askable *askable, int depth);

/* A coverage: assumed with some kinds unseen, complete, or declared with gaps. */
struct coverage *random_coverage(struct arena *arena, struct rng *rng);

#endif
