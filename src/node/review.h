/* SPDX-License-Identifier: Apache-2.0
 *
 * node/review.h: what the rules leave to humans, and what these decide. */
#ifndef NODE_REVIEW_H
#define NODE_REVIEW_H

#include <stdbool.h>
#include <stdint.h>

#include "access/access.h"
#include "base/attributes.h"
#include "vocab/vocab.h"

struct buffer;
struct error;
struct node;

struct node_review {
    const char *rule; /* of record/rules.def; NULL: every one */
    const struct caller *caller;
    int64_t
        now; /* seconds since 1970, UTC: for the age of a question, and the audit line */
    bool json;
    enum lang lang;
    void (*progress)(void *context, uint64_t done, uint64_t total); /* may be NULL */
    void *progress_context;
};
/* Every question of every patient, as text or JSON into OUT: number, rule, the statements with
 * their names, days since they came. All records are merged for it, one after the other, about
 * 20,000 a second. The purpose must allow numbers (ERROR_REFUSED). ERROR_INPUT: no such rule. */
NODISCARD int node_review(struct node *node, const struct node_review *review,
                          struct buffer *out, struct error *err);

struct node_judging {
    const char *number;  /* of the patient (IPP) */
    const char *verdict; /* "same", "different", "metastasis"; "undo" takes it back */
    const char *first, *second; /* statements, as node_review() names them */
    const struct caller *caller;
    int64_t now;
};
/* Keep what a human decided as an original of its own, sealed like any other, and index the
 * patient anew. Deciding again about the same two replaces the decision; older versions stay
 * readable under their numbers. ERROR_NOT_FOUND: no such patient or statement, nothing to undo;
 * ERROR_INPUT: no such verdict. */
NODISCARD int node_judge(struct node *node, const struct node_judging *judging,
                         struct error *err);

#endif
