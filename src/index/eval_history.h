/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_history.h: the facts of each subject side by side, for lines that need to
 * compare them. Internal to the evaluator.
 *
 * Postings stand code by code, each list ordered by subject. A *source* is one fact line of
 * the question; a *tile* is a few thousand patients in a row. For each tile the postings of
 * every source are brought together by subject (a counting sort in the processor's cache),
 * the subjects are answered, and the next tile follows: each posting is read once, and
 * memory stays bounded, whatever the question. */
#ifndef INDEX_EVAL_HISTORY_H
#define INDEX_EVAL_HISTORY_H

#include "index/eval_internal.h"

/* A fact of a subject, and how far it answers its source's line, other events apart. */
struct entry {
    struct days16 start, end; /* END is START where nobody asks for it */
    uint32_t i;               /* posting … */
    uint32_t match : 30;      /* … of the block of this match of the source */
    uint32_t truth : 2;       /* enum truth */
};

/* Patients [patient, after_patient), as rows [row, after_row) of the line's level. */
struct tile {
    uint32_t patient, after_patient;
    uint32_t row, after_row;
    const uint32_t *wanted; /* the rows that are asked for, ascending */
    size_t n_wanted;
};

struct source {
    const struct criteria *line;
    enum segment_level level;
    struct line prepared;
    struct matches matches;
    bool asks_end; /* of its facts; where the group has none, a fact lasts a day */
    const uint64_t *absence_unknown;
    struct source *from;       /* of an ordered line: where its facts come from */
    struct source **others;    /* one a when; NULL for those without another fact */
    const uint64_t *wanted;    /* rows whose facts are looked for; NULL: all */
    struct stretch *stretches; /* one a match: how far it was read */
    /* the facts of the tile's row r are [start[r - row], after[r - row]) */
    uint32_t *start, *after;
    struct entry *entries;
    uint32_t *found; /* postings of the tile whose rows are wanted, match by match */
    size_t entries_capacity, found_capacity, n_found;
};

/* Does WHEN ask for the end of its other facts? */
static inline bool source_asks_end(const struct criteria_when *when)
{
    return when->kind != WHEN_EVENT || when->other_end;
}

/* LINE, and all the lines that it speaks of. ASKED_END: somebody asks for the end of its
 * facts. Freed by source_close(). */
struct source *source_open(const struct evaluator *ev, const struct criteria *line,
                           bool asked_end, enum segment_level level,
                           const uint64_t *wanted);
void source_close(struct source *source);

/* The tile that begins at PATIENT. */
struct tile tile_at(const struct segment *segment, enum segment_level level,
                    uint32_t patient);
/* Bring the facts of TILE into SOURCE. Tiles come in ascending order. */
void source_load(struct source *source, const struct tile *tile);

/* The entries of ROW. */
static inline const struct entry *source_entries(const struct source *source,
                                                 const struct tile *tile, uint32_t row,
                                                 size_t *n_r)
{
    uint32_t first = source->start[row - tile->row];

    *n_r = source->after[row - tile->row] - first;
    return source->entries + first;
}

/* The row under way. */
struct history {
    const struct evaluator *ev;
    const struct tile *tile;
    uint32_t row, patient;
};

/* Load SOURCES (N, some may be NULL) tile by tile, VISIT each row of WANTED (NULL: all), and
 * close them. */
typedef void history_visit(const struct history *history, void *context);
void history_each(const struct evaluator *ev, struct source *const *sources, size_t n,
                  enum segment_level level, const uint64_t *wanted, history_visit *visit,
                  void *context);

/* The facts that may be the one that SOURCE's line orders: from the earliest to the latest
 * start and end, from the least to the greatest number (NaN when one is not known). */
struct chosen {
    enum truth exists;
    struct days16 start, end;
    double low, high;
};
struct chosen history_chosen(const struct history *history, const struct source *source);

/* How many facts SOURCE's line has, and may have. False when there may be unseen ones. */
bool history_count(const struct history *history, const struct source *source,
                   uint64_t *yes_r, uint64_t *maybe_r);

#endif
