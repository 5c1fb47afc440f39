/* SPDX-License-Identifier: Apache-2.0
 *
 * support/world.h: one way in which things may truly be, given what a record knows.
 *
 * Every unknown of the record is filled at random, as DESIGN §2 allows it: a day inside a
 * partial date; a tumour (or none) for what hangs on none; a sample for what names none; a code for one that is not stated
 * or less precise; a number, a status, a vital status; a statement where none was made; facts
 * that nobody sent, where nobody declared that they would have come. Nothing is unknown in a
 * world, so a question about it is answered with yes or no by logic with two values. */
#ifndef SUPPORT_WORLD_H
#define SUPPORT_WORLD_H

#include "criteria/criteria.h"
#include "index/eval.h"
#include "support/random_record.h"

struct arena;

struct world_fact {
    struct fact fact;        /* exact days, stated codes; the tumour it is truly of */
    const struct fact *said; /* what the record says of it; NULL: the record has no such */
    int sample;              /* a number: of samples and findings, which one; 0: none */
};

struct world {
    const struct record *record;
    day_number birth, death, visit, news;
    bool dead;
    int n_tumours;
    day_number *diagnosis;
    size_t n;
    struct world_fact *facts;
};

struct world *world_make(struct arena *arena, struct rng *rng,
                         const struct record *record, const struct coverage *coverage,
                         day_number as_of);

bool world_holds(const struct world *world, const struct question *question);

const char *world_words(struct arena *arena, const struct world *world);

#endif
