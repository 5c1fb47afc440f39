/* SPDX-License-Identifier: Apache-2.0
 *
 * support/random_record.h: patients made at random, through real facts and record_merge().
 *
 * Nothing about them is believable, and everything that the model allows is there often: no
 * tumour, or three; facts that hang on none; dates without a day; codes that say little or
 * nothing; missing numbers; two sources that contradict each other; opposition. */
#ifndef SUPPORT_RANDOM_RECORD_H
#define SUPPORT_RANDOM_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record/record.h"

struct arena;

/* A generator of our own: the same seed gives the same numbers on every machine. */
struct rng {
    uint64_t state;
};

uint64_t rng_next(struct rng *rng);
/* 0 … N-1; N > 0. */
size_t rng_below(struct rng *rng, size_t n);
/* LOW … HIGH, both included. */
int rng_between(struct rng *rng, int low, int high);
/* True PERCENT times of a hundred. */
bool rng_chance(struct rng *rng, int percent);

/* The codes of SYSTEM that random records use, canonical, "" among them. */
const char *const *random_code_list(enum vocab_system system, size_t *n_r);
const char *random_code_of(struct rng *rng, enum vocab_system system);

/* A date as OSIRIS-RWD gives them: a day, a month, a year, 2021-UN-17, or nothing. */
struct interval random_date(struct rng *rng);
double random_number(struct rng *rng);

/* One value of ITEM. */
struct value random_value(struct rng *rng, enum item item);

/* The fragments of one patient, and what they make. Lives in ARENA. */
struct record *random_record(struct arena *arena, struct rng *rng, uint32_t person);
/* The same with BUSY percent of a chance that there is a fact (or several) of each group. */
struct record *random_record_of(struct arena *arena, struct rng *rng, uint32_t person,
                                const unsigned char busy[GROUPS]);

/* The record in words, one line a fact, for messages. */
const char *record_words(struct arena *arena, const struct record *record);

/* Rounds to run: MANY times LACIS_TEST_ROUNDS (1 when it is not set). */
size_t test_rounds(size_t many);
/* LACIS_TEST_SEED when it is set, else SEED. */
uint64_t test_seed(uint64_t seed);

#endif
