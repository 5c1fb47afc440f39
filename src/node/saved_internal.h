/* SPDX-License-Identifier: Apache-2.0
 *
 * node/saved_internal.h: what the files about saved things share.
 *
 *     definitions.c   definitions; finding them while criteria are parsed
 *     answers.c       criteria → an answer for each person, at a cut
 *     cohort.c        cohorts and their runs
 *     difference.c    why a cohort answers otherwise
 *     listing.c       whom a list lists, and who may have it
 *     export.c        lists of patients
 *     extract.c       whole records, in the formats of others
 *     saved_print.c   all of it → JSON, text */
#ifndef NODE_SAVED_INTERNAL_H
#define NODE_SAVED_INTERNAL_H

#include "base/error.h"
#include "criteria/criteria.h"
#include "node/node_internal.h"
#include "node/saved.h"

/* ---- definitions.c ---- */

/* Where `use "NAME"` is looked up during one parse. One thread; the node behind it is shared. */
struct definitions {
    struct node *node;
    struct arena *arena;
    const char *pinned;   /* lines "NAME\tVERSION": these instead of the last versions */
    const char *used;     /* the same: the last versions that were asked for, and found */
    const char *defining; /* the name of which a new version is being made; may be NULL */
    struct error
        failed; /* why nothing was found, where that is not plain; else ERROR_NONE */
};

struct definitions definitions_of(struct node *node, struct arena *arena,
                                  const char *pinned);
/* The text of VERSION of NAME, or of the pinned or last one (0); NULL when there is none. Lives
 * in the arena. CONTEXT is a struct definitions. */
const char *definitions_find(void *context, const char *name, unsigned version,
                             unsigned *version_r);
const struct criteria *definitions_parse(struct definitions *definitions,
                                         const char *text, struct error *err);
/* TEXT without its last line end, which is the file's and not the text's. */
const char *definitions_trim(struct arena *arena, const char *text);

/* A transaction in which nothing comes in. */
struct saving {
    struct node *node;
    int64_t received;
};
/* Takes the node's locks when it returns 0; saving_end() gives them back. */
NODISCARD int saving_begin(struct node *node, struct saving *saving, struct error *err);
/* Commit, or with STATUS < 0 roll back; returns STATUS. */
NODISCARD int saving_end(struct saving *saving, int status, struct error *err);
struct saved saved_of(const struct node_saving *saving, const char *text);

/* ---- answers.c ---- */

#define ANSWER_ABSENT 3 /* not among the patients that research may count */

/* An answer a person: enum truth or ANSWER_ABSENT, by the person's number. */
struct answers {
    uint32_t after; /* numbers are below */
    unsigned char *of;
};

static inline unsigned answer_of(const struct answers *answers, uint32_t person)
{
    return person < answers->after ? answers->of[person] : ANSWER_ABSENT;
}

/* All that an answer depends on but the data. */
struct premises {
    const char *text;   /* criteria */
    const char *pinned; /* definitions; "" = the last versions */
    const struct coverage *coverage;
    day_number as_of;
    /* made by answers_parse() */
    const struct criteria *criteria;
    const char *definitions; /* that were used */
};

NODISCARD int answers_parse(struct node *node, struct arena *arena,
                            struct premises *premises, struct error *err);
/* In ARENA; what evaluating needs is given back. */
NODISCARD int answers_make(struct arena *arena, const struct snapshot *snapshot,
                           const struct premises *premises, struct answers *answers_r,
                           struct error *err);
NODISCARD int answers_of_run(struct arena *arena, const struct run_persons *persons,
                             struct answers *answers_r, struct error *err);
/* Those who are not absent, ascending. */
struct run_persons answers_persons(struct arena *arena, const struct answers *answers);

/* The node's state that answers are made of now; release it with node_snapshot_release(). NULL
 * when the index cannot be read. */
struct snapshot *present_snapshot(struct node *node, struct error *err);
/* The civil day, in UTC, of the last reception. */
day_number day_of_data(const struct snapshot *snapshot);

/* The coverage in words that coverage_from_text() reads back, and their digest. */
const char *coverage_to_text(struct arena *arena, const struct coverage *coverage);
const struct coverage *coverage_from_text(struct arena *arena, const char *text);
uint64_t text_digest(const char *text);

/* The cut of PREMISES on SNAPSHOT, for a run of COHORT. */
struct saved_run cut_of(const struct node *node, struct arena *arena,
                        const struct snapshot *snapshot, const struct saved *cohort,
                        const struct premises *premises);

/* ---- cohort.c ---- */

/* The last version of the cohort NAME and its run NUMBER, or its last one (0).
 * ERROR_NOT_FOUND. */
NODISCARD int cohort_find(struct node *node, struct arena *arena, const char *name,
                          unsigned number, struct saved **cohort_r,
                          struct saved_run *run_r, struct error *err);
/* The criteria that RUN ran, and whom it answered for. */
NODISCARD int run_read(struct node *node, struct arena *arena,
                       const struct saved_run *run, const char **text_r,
                       struct run_persons *persons_r, struct error *err);

/* ---- listing.c ---- */

struct listed {
    const char *number; /* or pseudonym */
    uint32_t person;
    enum truth answer; /* YES or UNKNOWN */
};

struct listing {
    struct node *node; /* the first three are the caller's */
    struct arena *arena;
    const struct node_list *list;
    enum list_right right;
    struct snapshot *snapshot;
    struct answers answers; /* whom to list */
    uint16_t *tumour;       /* the first that matches, by person; 0 where none has to */
    uint32_t after;
    struct listed *persons; /* in the order of their numbers */
    size_t n;
};

/* Choose and name the patients. ERROR_REFUSED, which leaves a line in the audit log, where the
 * caller's purpose is none that lists are made for. listing_end() when it returned 0. */
NODISCARD int listing_begin(struct listing *listing, struct error *err);
void listing_end(struct listing *listing);
/* The line in the audit log. Before anything leaves: who cannot be logged cannot read. */
NODISCARD int listing_audit(const struct listing *listing, const char *outcome,
                            struct error *err);

#endif
