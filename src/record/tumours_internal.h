/* SPDX-License-Identifier: Apache-2.0
 *
 * record/tumours_internal.h: the parts of tumours_decide().
 *
 *     tumours.c        which statements are one tumour
 *     tumour_key.c     by which site, histology and side (groups.def)
 *     tumour_scope.c   what is a tumour here
 *     tumour_judged.c  what humans decided, which wins over the rules
 *     tumour_codes.c   the codes and the date of one, among all that is said of it
 *     tumour_events.c  events that were said otherwise
 *     tumour_why.c     what was decided, for whoever asks */
#ifndef RECORD_TUMOURS_INTERNAL_H
#define RECORD_TUMOURS_INTERNAL_H

#include "record/record_internal.h"
#include "record/tumour_key.h"
#include "vocab/transcode.h"

/* One tumour as one fragment says it. */
struct said {
    int number;                /* among those of all fragments */
    const struct fact **facts; /* GROUP_PRIMARY_CANCER, by content */
    size_t n;                  /* 0: nobody speaks of it, so it is none */
    enum tumour_kind kind;
    bool is_counted; /* as a tumour; else kept beside them */
    bool is_ambiguous;
    const struct fact *apart; /* the judgement by which it stands apart, or NULL */
    const struct fact *of;    /* the judgement by which it is a metastasis, or NULL */
    struct tumour_key key;    /* as it is said */
    struct tumour_key class; /* of all that are one with it; of an ambiguous one its own */
};

/* A tumour of the record under construction, and the said ones that it is. */
struct joined {
    struct tumour tumour;
    struct tumour_key class;
    bool is_counted, is_ambiguous;
    const struct said *said; /* the first of `n` that stand together */
    size_t n;
    int of; /* of a secondary one that is not counted: the tumour it is of, or TUMOUR_NONE */
};

/* tumour_scope.c */

/* Is FACT of a primary tumour, a metastasis, or out of scope? */
enum tumour_kind tumour_kind(const struct fact *fact);
/* What FACT says in ICD-O-3; where it has no topography, what its source's code says of topography
 * and morphology (vocab/transcode.h). */
struct tumour_codes tumour_said_codes(const struct fact *fact);

/* tumour_judged.c: what humans decided (GROUP_JUDGEMENT), taken up at three places. */

struct judgements {
    const struct fact **fact; /* by content; from memory_alloc */
    size_t n;
};
void judgements_of(const struct record *record, struct judgements *judgements);
/* Before the rules compare: these statements are metastases. */
void judged_secondaries(const struct judgements *judgements, struct said *said, size_t n);
/* After it: these stand apart, those are one. */
void judged_classes(const struct judgements *judgements, struct said *said, size_t n);
/* Of which of the N joined ones are metastases by decision. */
void judged_attach(struct joined *joined, size_t n);
/* Has a human decided about FACT and OTHER (NULL: FACT alone)? */
bool is_judged(const struct judgements *judgements, const struct fact *fact,
               const struct fact *other);
void judged_why(struct merge *merge, const struct judgements *judgements,
                const struct joined *joined, size_t n);

/* tumour_codes.c */

/* Fill TUMOUR out of the N facts that speak of it, sorted by content. */
void tumour_choose(struct arena *arena, const struct fact *const *facts, size_t n,
                   struct tumour *tumour);
/* Does A speak for TUMOUR, of which the diagnosis is known, rather than B? */
bool tumour_speaks_before(const struct tumour *tumour, const struct fact *a,
                          const struct fact *b);
/* Diagnosed at least six months after TUMOUR, for certain? */
bool tumour_is_later(const struct tumour *tumour, const struct fact *fact);

/* tumour_events.c: append to RECORD's facts the events that the N joined ones are, and the sites
 * of metastatic events. There is room for one fact more for each tumour or event said. */
void tumour_events(struct merge *merge, const struct joined *joined, size_t n);

/* tumour_why.c: say of the N joined ones, in their order, why they are what they are. */
void tumour_why(struct merge *merge, const struct judgements *judgements,
                const struct joined *joined, size_t n);

#endif
