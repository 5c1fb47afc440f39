/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/complete.h: what may come next in a criteria text, for the browser and the shell.
 *
 * The parser itself reads what stands before the cursor and notes what it looks for where that
 * ends; each proposal is then put there and parsed again, and stays only if the parser takes
 * it. So no proposal can be wrong, and a new word of the grammar is proposed without a line
 * here. */
#ifndef CRITERIA_COMPLETE_H
#define CRITERIA_COMPLETE_H

#include <stddef.h>

#include "vocab/vocab.h"

struct arena;
struct buffer;

enum proposal_kind {
    PROPOSAL_KEYWORD, /* and, within, { */
    PROPOSAL_ITEM,    /* treatment, copy number */
    PROPOSAL_CODE,    /* L01ED, with its label */
    PROPOSAL_UNIT,    /* days, kg */
    PROPOSAL_NAME,    /* "of a named criterion" */
    PROPOSAL_NUMBER,  /* a hint: a number may stand here */
    PROPOSAL_DATE,    /* a hint: a date */
    PROPOSAL_TEXT,    /* a hint: a code or a name that is not listed here */
};

struct criteria_proposal {
    enum proposal_kind kind;
    const char *insert;             /* in place of [from, at); NULL for a hint */
    const char *label[LANG_EN + 1]; /* "" if there is none */
};

#define PROPOSALS_MAX 400

/* Up to MAX proposals, the most useful first, for the cursor behind byte AT of TEXT. They are to
 * replace the bytes [*FROM_R, AT): the word that is being written. Codes are found by their
 * beginning or by words of their label in either language ("sein"). In ARENA. */
size_t criteria_complete(struct arena *arena, const char *text, size_t at, size_t max,
                         const struct criteria_proposal **proposals_r, size_t *from_r);

const char *criteria_proposal_name(enum proposal_kind kind); /* "keyword" */

/* {"from":…,"at":…,"proposals":[{"kind":…,"insert":…,"label_fr":…,"label_en":…}]} */
void criteria_complete_json(struct buffer *out, struct arena *arena, const char *text,
                            size_t at, size_t max);

#endif
