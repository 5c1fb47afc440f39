/* SPDX-License-Identifier: Apache-2.0
 *
 * index/value.h: one number a patient of a cohort, summarised and counted in bins.
 *
 * Only patients certainly in the cohort are looked at. A number is taken when it is the same
 * however the unknowns are filled; the others are counted apart: those who certainly have none
 * (no second line, no death), and those of whom it is not known. */
#ifndef INDEX_VALUE_H
#define INDEX_VALUE_H

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "criteria/value.h"
#include "index/eval.h"

struct bin {
    double from, to; /* from <= x < to */
    uint64_t n;
};

struct histogram {
    uint64_t n;       /* patients with a number */
    uint64_t none;    /* certainly without */
    uint64_t unknown; /* it is not known, or not exactly */
    double least, quartile, median, third_quartile, most, mean; /* NaN when n is 0 */
    size_t n_bins;
    struct bin *bins; /* one beside the other; all numbers lie in one of them */
};

/* VALUE over COHORT, which QUESTION gave. Bins are WIDTH wide; or, when WIDTH is 0 (or would
 * make more than 10,000), about twenty, 1, 2 or 5 times a power of ten wide, the outermost ones
 * wider where a few numbers are far off.
 * Quantiles by linear interpolation between order statistics (Hyndman and Fan, 1996, type 7:
 * R's default). */
NODISCARD int cohort_histogram(struct arena *arena, const struct cohort *cohort,
                               const struct question *question,
                               const struct criteria_value *value, double width,
                               struct histogram *histogram_r, struct error *err);

/* The same for numbers at hand: sorts X. */
void histogram_of(struct arena *arena, double *x, size_t n, double width,
                  struct histogram *histogram);

#endif
