/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_same.h: sample { }, event { } and tnm { }: lines about one whole (model_whole_of).
 * Internal to the evaluator.
 *
 * The wholes of all rows that matter stand one after the other, ordered by row: these are the
 * rows of LEVEL_WHOLE, over which the lines inside the braces give their sets. */
#ifndef INDEX_EVAL_SAME_H
#define INDEX_EVAL_SAME_H

#include "index/eval_internal.h"

/* The link of a whole that nobody has seen. */
#define LINK_UNSEEN UINT32_MAX

struct wholes_of_rows {
    enum group group;
    enum segment_level level; /* of the rows that have them */
    size_t n, capacity;
    uint32_t *row, *link; /* one a whole */
    uint8_t *exists;      /* enum truth: is it of that row? */
};

/* Is a posting with LINK of the whole of LINK WHOLE? Of a finding that names no sample it is
 * not known, nor of a sample without a name and one that was named but not sent. */
static inline enum truth link_truth(uint32_t link, uint32_t whole)
{
    if (link == LINK_NONE)
        return TRUTH_UNKNOWN;
    if (whole == LINK_UNSEEN)
        return TRUTH_NO;
    if (link >> LINK_SHIFT == whole >> LINK_SHIFT)
        return TRUTH_YES;
    return ((link ^ whole) & (LINK_UNNAMED | LINK_IMPLIED)) ==
                   (LINK_UNNAMED | LINK_IMPLIED)
               ? TRUTH_UNKNOWN
               : TRUTH_NO;
}

/* CRITERIA_SAME on rows of LEVEL. */
struct pair eval_same(const struct evaluator *ev, const struct criteria *criteria,
                      enum segment_level level, const uint64_t *restrict_to);
/* A line inside the braces, on LEVEL_WHOLE. */
struct pair eval_same_line(const struct evaluator *ev, const struct criteria *line,
                           const uint64_t *restrict_to);

#endif
