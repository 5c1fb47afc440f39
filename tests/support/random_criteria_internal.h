/* SPDX-License-Identifier: Apache-2.0
 *
 * support/random_criteria_internal.h: between random_criteria.c, which writes the tree, and
 * random_line.c, which writes its lines. */
#ifndef SUPPORT_RANDOM_CRITERIA_INTERNAL_H
#define SUPPORT_RANDOM_CRITERIA_INTERNAL_H

#include "support/random_criteria.h"

struct buffer;

struct choice {
    size_t n_codes, n_numbers;
    const char **code; /* none of them "" */
    double *number;
};

struct askable {
    struct choice of[ITEMS];
    size_t n_items;
    enum item item[ITEMS]; /* those with a word … */
    size_t n_present;
    enum item present[ITEMS]; /* … of which there are values */
    size_t n_days;
    day_number *day;
};

#define NAMES_MAX 16

/* Where a name was said: it can be used nowhere else. */
struct name_place {
    bool said, in_tumour;
    enum group same;
};

struct writing {
    struct buffer *out;
    struct rng *rng;
    const struct askable *askable;
    bool in_tumour, in_list;
    enum group same; /* whose braces: sample, event, tnm; GROUP_NONE: none */
    int nested;      /* brackets of other facts around here */
    size_t n_names;
    struct name_place name[NAMES_MAX];
};

const char *one_of(struct rng *rng, const char *const *words, size_t n);

#define ONE_OF(writing, ...)                                   \
    one_of((writing)->rng, (const char *const[]){__VA_ARGS__}, \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

void put_line(struct writing *writing);

#endif
