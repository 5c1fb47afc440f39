/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_internal.h: what the files of the evaluator share.
 *
 *     eval.c        the tree: and, or, not, at least, tumour; segment by segment
 *     eval_match.c  a line's codes as blocks of postings
 *     eval_fact.c   a line about facts: postings to sets
 *     eval_absence.c  what the absence of facts means
 *     eval_event.c  "preceded by", "followed by": pairs of facts of one subject
 *     eval_history.c  the facts of each subject side by side: first, last, counts, during,
 *                   distances from other events; dates with conditions
 *     eval_tile.c, eval_source.c, eval_gathered.c  how these facts come together
 *     eval_same.c   sample, event, tnm: facts of one and the same whole
 *     eval_column.c ages, vital status, activity: whole columns */
#ifndef INDEX_EVAL_INTERNAL_H
#define INDEX_EVAL_INTERNAL_H

#include "index/eval.h"
#include "index/set.h"

/* Sets over patients, or over tumours, according to the level of the expression. POSSIBLE
 * contains CERTAIN. Both are fresh: the caller may change them. */
struct pair {
    uint64_t *certain;
    uint64_t *possible;
};

/* The tumours of one block, kept when the block is evaluated: of the patients that mattered
 * then, those of others come out either way. */
struct kept {
    const struct criteria *block; /* a tumour { } */
    struct pair rows;
};

struct evaluator {
    struct arena *arena;
    const struct segment *segment;
    const struct coverage *coverage;
    day_number as_of;
    struct known_matches **known;    /* lines already looked up in this segment */
    const struct criteria *question; /* the whole of it, and its facts that were gathered */
    struct gathered **gathered; /* once and are wanted again; NULL: nothing is kept */
    struct work *work;
    struct plan *plan;                   /* NULL: nobody asks */
    unsigned depth;                      /* of the node in the plan */
    struct kept *kept;                   /* NULL: nobody asks for tumours */
    const struct wholes_of_rows *wholes; /* the rows of LEVEL_WHOLE (eval_same.h) */
    size_t n_wholes;
    struct error
        *damage; /* what was met: such a block or set adds nothing, and in the end the
                           * whole answer fails (cohort_eval) */
};

/* To be asked before the columns of BLOCK are read. */
static inline bool block_is_sound(const struct evaluator *ev,
                                  const struct segment_block *block)
{
    return segment_check_block(ev->segment, block, ev->damage) == 0;
}

/* The rows one expression ranges over. */
static inline size_t level_rows(const struct evaluator *ev, enum segment_level level)
{
    return level == LEVEL_TUMOUR    ? ev->segment->tumours
           : level == LEVEL_PATIENT ? ev->segment->patients
                                    : ev->n_wholes;
}

struct pair pair_new(const struct evaluator *ev, enum segment_level level);

/* RESTRICT (may be NULL) is the set of rows whose answer matters: others may come out
 * either way. */
struct pair eval_node(const struct evaluator *ev, const struct criteria *criteria,
                      enum segment_level level, const uint64_t *restrict_to);
struct pair eval_fact(const struct evaluator *ev, const struct criteria *line,
                      enum segment_level level, const uint64_t *restrict_to);
/* A fact line that eval_fact() has no short way for. */
struct pair eval_history(const struct evaluator *ev, const struct criteria *line,
                         enum segment_level level, const uint64_t *restrict_to);
struct pair eval_age(const struct evaluator *ev, const struct criteria *line,
                     enum segment_level level, const uint64_t *restrict_to);
struct pair eval_date(const struct evaluator *ev, const struct criteria *line,
                      enum segment_level level, const uint64_t *restrict_to);
/* A date that is asked for one period, into OUT; false when it is asked for anything else, or
 * has no column on LEVEL. */
bool eval_period(const struct evaluator *ev, const struct criteria *line,
                 enum segment_level level, const uint64_t *restrict_to, struct pair *out);
struct pair eval_vital(const struct evaluator *ev, bool dead);
struct pair eval_active(const struct evaluator *ev, const struct criteria *line);

/* A set of patients as a set of their tumours. */
void set_to_tumours(const struct segment *segment, const uint64_t *patients,
                    uint64_t *tumours, const uint64_t *restrict_to);
/* Patients of whom some tumour is in TUMOURS. */
void set_to_patients(const struct segment *segment, const uint64_t *tumours,
                     uint64_t *patients);

/* Work a line will be, in postings or rows, for ordering a conjunction. */
uint64_t fact_cost(const struct evaluator *ev, const struct criteria *line);
/* Of the other facts that its conditions speak of. */
uint64_t others_cost(const struct evaluator *ev, const struct criteria *line);

/* ---- days ---- */

/* An interval of 16-bit days. */
struct days16 {
    uint16_t first, last;
};

/* From the earlier beginning to the later end. */
static inline struct days16 days16_hull(struct days16 a, struct days16 b)
{
    return (struct days16){a.first < b.first ? a.first : b.first,
                           a.last > b.last ? a.last : b.last};
}

/* LOW <= b - a <= HIGH on days with open ends; DISTANCE_MIN and _MAX are no bounds. */
static inline enum truth distance16(struct days16 a, struct days16 b, int32_t low,
                                    int32_t high)
{
    bool open_low = b.first == DAY16_OPEN_BEFORE || a.last == DAY16_OPEN_AFTER;
    bool open_high = b.last == DAY16_OPEN_AFTER || a.first == DAY16_OPEN_BEFORE;
    int32_t least = open_low ? INT32_MIN : (int32_t)b.first - a.last;
    int32_t most = open_high ? INT32_MAX : (int32_t)b.last - a.first;

    if (low <= DISTANCE_MIN)
        low = INT32_MIN;
    if (high >= DISTANCE_MAX)
        high = INT32_MAX;
    if (most < low || least > high)
        return TRUTH_NO;
    return least >= low && most <= high ? TRUTH_YES : TRUTH_UNKNOWN;
}

/* The patient's birth, death, last visit or last news (eval_column.c). */
struct days16 patient_days16(const struct segment *segment, enum item item,
                             uint32_t patient);
/* Are the completed years from BIRTH to DAY in NUMBER? */
enum truth age16_truth(const struct criteria_number *number, struct days16 birth,
                       struct days16 day);

/* ---- postings (eval_fact.c) ---- */

/* A block that may hold for a line, and how its code answers: YES or UNKNOWN. */
struct match {
    const struct segment_block *block;
    enum truth truth;
    int32_t low,
        high; /* the asked number as the block keeps its own, if it keeps integers */
    const uint8_t *status; /* truth of each of the block's statuses; NULL: not worked out */
};

struct matches {
    struct match *match;
    size_t n;
    uint64_t postings;
};

/* A posting and its subject, or a row of the line's that it speaks of. */
struct found {
    uint32_t i, row;
};

/* Postings looked at before there must be room for more. */
#define FOUND_STEP 1024

/* The postings from *I on, before AFTER and before subject END, that are of rows
 * of SET, into FOUND (room for all); *I is then the first one not looked at. Whether a row is
 * in the set goes either way, so that is no branch. PATIENT: of the subjects, or NULL when
 * they are the rows. */
static inline size_t find_some(const uint32_t *subject, const uint32_t *patient,
                               const uint64_t *set, uint32_t *i, uint32_t after,
                               uint32_t end, struct found *found)
{
    uint32_t at = *i;
    size_t n = 0;

    if (patient) {
        for (; at < after && subject[at] < end; at++) {
            uint32_t row = patient[subject[at]];

            found[n] = (struct found){at, row};
            n += set_has(set, row);
        }
    } else {
        for (; at < after && subject[at] < end; at++) {
            found[n] = (struct found){at, subject[at]};
            n += set_has(set, subject[at]);
        }
    }
    *i = at;
    return n;
}

/* The first of N postings, from AT on, whose SUBJECT is not before ROW: by doubling steps. */
uint32_t posting_from(const uint32_t *subject, uint32_t n, uint32_t at, uint32_t row);
/* The subjects of BLOCK whose postings speak of ROW of LEVEL are [*FIRST_R, *AFTER_R). */
void row_subjects(const struct segment *segment, enum segment_level level,
                  const struct segment_block *block, uint32_t row, uint32_t *first_r,
                  uint32_t *after_r);
/* Add a prepared set. A damaged one is in EV's damage: there is nothing more to say. */
void eval_add_set(const struct evaluator *ev, enum item item, enum segment_set_kind kind,
                  const char *code, uint64_t *out);

/* Looked up once a line: ordering a conjunction asks before evaluating does. */
struct matches fact_matches(const struct evaluator *ev, const struct criteria *line);

/* A line prepared for one segment: conditions in the segment's own terms. */
struct line {
    const struct criteria *criteria;
    struct dates16 {
        bool end;
        uint16_t first, last;
    } * dates; /* WHEN_DATES and WHEN_LAST */
    size_t n_dates;
    bool plain;        /* nothing to ask of a posting but its code */
    bool plain_number; /* nothing but its code and its number */
    bool any_posting; /* nothing of the posting itself: at most diagnosis and other events */
    bool asks_diagnosis;
};

/* What LINE says of a fact whose status is STATUS. */
enum truth status_truth(const struct criteria *line, const char *status);

struct line line_prepare(const struct evaluator *ev, const struct criteria *criteria);

/* Does WHEN ask for a period? */
static inline bool when_is_dates(const struct criteria_when *when)
{
    return when->kind == WHEN_DATES || when->kind == WHEN_LAST;
}

/* Is WHEN answered by the posting itself and its tumour's diagnosis: by posting_truth() and
 * posting_diagnosis()? */
static inline bool when_is_of_posting(const struct criteria_when *when)
{
    return when_is_dates(when) || when->kind == WHEN_DIAGNOSIS;
}

/* Status, number and dates of posting I, apart from diagnosis and other events. */
enum truth posting_truth(const struct evaluator *ev, const struct line *line,
                         const struct match *match, uint32_t i);
/* Its WHEN_DIAGNOSIS conditions, on tumour ROW. */
enum truth posting_diagnosis(const struct evaluator *ev, const struct line *line,
                             const struct segment_block *block, uint32_t i, uint32_t row);
/* Start, or end, of posting I. */
struct days16 posting_days16(const struct segment *segment,
                             const struct segment_block *block, uint32_t i, bool end);

/* The scope of the facts that LINE asks for. */
static inline enum scope fact_scope(const struct criteria *line)
{
    return model_group(model_item(line->item)->group)->scope;
}

/* Does posting I, which stands with the patient, speak of tumour ROW? What is of the patient
 * (SCOPE) speaks of each; what could hang on a tumour may be of each that its date allows
 * (of several tumours: a sole one has its facts on its own level). */
static inline enum truth posting_attached(const struct segment *segment,
                                          const struct segment_block *block, uint32_t i,
                                          uint32_t row, enum scope scope)
{
    const uint16_t *last = segment_at(segment, block->last);

    if (scope == SCOPE_PATIENT)
        return TRUTH_YES;
    return last[i] >= segment->diagnosis_first[row] ? TRUTH_UNKNOWN : TRUTH_NO;
}

/* The patients of a set of tumours, NULL of NULL. */
uint64_t *patients_of(const struct evaluator *ev, const uint64_t *tumours);

/* Rows for which "there is no such fact" is not known (level rows, fresh; those outside
 * RESTRICT_TO, which may be NULL, come out either way). In eval_absence.c. */
uint64_t *fact_absence_unknown(const struct evaluator *ev, const struct criteria *line,
                               const struct matches *matches, enum segment_level level,
                               const uint64_t *restrict_to);

/* ---- events (eval_event.c) ---- */

struct event_lookup;
/* All facts that answer the WHEN_EVENT condition WHEN for subjects in CANDIDATES. */
struct event_lookup *event_gather(const struct evaluator *ev, const struct criteria *line,
                                  const struct criteria_when *when,
                                  enum segment_level level, const uint64_t *candidates);
/* Mark the rows of MATCH's block for which the condition holds, when nothing else is asked. */
void event_mark_block(const struct evaluator *ev, const struct event_lookup *lookup,
                      const struct match *match, struct pair *out);
/* Does the condition hold for posting I of BLOCK as a fact of SUBJECT? */
enum truth event_truth(const struct evaluator *ev, const struct event_lookup *lookup,
                       const struct segment_block *block, uint32_t i, uint32_t subject);

#endif
