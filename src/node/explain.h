/* SPDX-License-Identifier: Apache-2.0
 *
 * node/explain.h: what the files of an explanation share. explain.c: the question; explain_print.c:
 * the tree of answers as JSON and as words; doubts.c: why something is unknown, in words. */
#ifndef NODE_EXPLAIN_H
#define NODE_EXPLAIN_H

#include "index/judge.h"
#include "node/node_internal.h"

struct explanation {
    struct arena *arena;
    const char *number; /* of the patient */
    const struct record *record;
    const struct question *question;
    int64_t sequence; /* of the data that the coverage is of */
    const struct judged *root;
};

/* ---- doubts.c ---- */

const char *doubt_word(const struct explanation *explanation, const struct doubt *doubt);
/* Why it is not known, and what would settle it. */
void doubt_print(struct buffer *out, const struct explanation *explanation,
                 const struct doubt *doubt, enum lang lang);
void settle_print(struct buffer *out, const struct explanation *explanation,
                  const struct doubt *doubt, enum lang lang);

/* ---- explain_print.c ---- */

void explanation_json(struct buffer *out, const struct explanation *explanation);
void explanation_text(struct buffer *out, const struct explanation *explanation,
                      enum lang lang);

#endif
