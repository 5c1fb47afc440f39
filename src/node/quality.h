/* SPDX-License-Identifier: Apache-2.0
 *
 * node/quality.h: the quality of a node's data, now, before, and beside another centre's.
 *
 * The figures (quality/quality.h) are counted out of all records, and kept in NODE/quality/, one
 * file a sequence, so that the next load is compared with this one. They hold numbers alone. */
#ifndef NODE_QUALITY_H
#define NODE_QUALITY_H

#include "node/node.h"
#include "quality/quality.h"

/* Figures, and where and of when they are; FIGURES NULL: there are none. */
struct measured {
    struct figures *figures;
    struct figures_head head;
    char centre[CENTRE_SIZE];
};

struct node_quality {
    struct measured present;
    struct measured before;  /* the last load before this one that was looked at */
    struct measured partner; /* the caller's, of node_quality_read() */
};
void node_quality_free(struct node_quality *quality);

/* Look at all records, which takes as long as making the index, and keep the figures. Leaves
 * PARTNER as it is. PROGRESS may be NULL. */
NODISCARD int node_quality(struct node *node, const struct caller *caller, int64_t now,
                           void (*progress)(void *context, uint64_t done, uint64_t total),
                           void *context, struct node_quality *quality_r,
                           struct error *err);
/* Figures that a file holds: kept ones, or those that another centre sent. At most 64 MiB. */
NODISCARD int node_quality_read(const char *path, struct measured *measured_r,
                                struct error *err);

enum quality_by { BY_NOTHING, BY_SOURCE, BY_YEAR };

/* JSON with all cells; SHARED: only what may leave the centre (figures_json). */
void node_quality_json(struct buffer *out, const struct node_quality *quality,
                       bool shared);
void node_quality_text(struct buffer *out, const struct node_quality *quality,
                       enum quality_by by, enum lang lang);

/* The facts at odds with CHECK, by patient, for whoever mends them in the source: JSON or text.
 * ERROR_REFUSED unless the caller may see local numbers (access.h). */
NODISCARD int node_quality_list(
    struct node *node, struct arena *arena, enum check check, const struct caller *caller,
    int64_t now, void (*progress)(void *context, uint64_t done, uint64_t total),
    void *context, bool json, enum lang lang, struct buffer *out, struct error *err);

/* What coverage.csv could say, in its lines, of the kinds whose absence counts (index/coverage.h): for
 * each structured source of the centre (what is read in texts, or told from outside, is never
 * complete) from the first to the last year that has a quarter of what its median year has; open where
 * that is the year of the data. A proposal: only the centre knows. */
void node_coverage_suggest(struct buffer *out, const struct node_quality *quality,
                           enum lang lang);

#endif
