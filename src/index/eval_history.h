/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_history.h: the facts of each subject side by side, for lines that need to
 * compare them. Internal to the evaluator.
 *
 * Postings stand code by code, each list ordered by subject. A *source* is one fact line of
 * the question; a *tile* is so many patients in a row that a few thousand rows of them are
 * asked for. For each tile the postings of every source are brought together by subject (a
 * counting sort in the processor's cache), the subjects are answered, and the next tile
 * follows: each posting is read once at most, and memory stays bounded, whatever the question.
 *
 * Within a tile the sources are loaded from the least to the greatest, and a row that lacks
 * the facts of one without which the answer is no is left out of the following ones. */
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
    uint64_t *live;       /* rows that still matter; of other tiles as well */
    const uint32_t *rank; /* of [row - tile.row], among those asked for in the tile */
    uint32_t n_ranks;
};

/* The live rows of TILE in ascending order into ROWS (room for all of the tile's). */
size_t tile_list(const struct tile *tile, uint32_t *rows);

/* Posting I of match MATCH is of ROW. */
struct fact_of_row {
    uint32_t row, i, match;
};

struct source {
    const struct criteria *line;
    enum segment_level level;
    bool of_whole; /* only facts of the whole under way count (eval_same.h) */
    struct source
        *stating; /* then: what says whether more of them would be known, or NULL */
    struct line prepared;
    struct matches matches;
    bool asks_end; /* of its facts; where the group has none, a fact lasts a day */
    bool asks_patient_date;          /* the distance from one */
    const uint64_t *absence_unknown; /* not of an ordered line: it is that of FROM */
    struct source *from;             /* of an ordered line: where its facts come from */
    struct source **others;          /* one a when; NULL for those without another fact */
    struct source **order; /* FROM (else itself) and OTHERS as they are loaded */
    size_t n_order;
    /* Without so many facts, seen or unseen, the answer to a row is no. 0: it may be
     * anything; set by who opens a source of its own. */
    unsigned required;
    uint64_t *spare; /* a set of rows: which were live, or are so for this source alone */
    struct stretch *stretches;     /* one a match: how far it was read */
    struct gathered *keeps, *kept; /* facts to be kept; or kept, and read no more */
    uint64_t *patients; /* of live tumours, while a tile is loaded; NULL: nobody asks */
    /* the facts of the row of rank r are [start[r], after[r]) */
    uint32_t *start, *after;
    struct entry *entries;
    struct found *found; /* postings of the tile's live rows, match by match */
    uint32_t *rows;      /* the live rows, listed */
    size_t ranks_capacity, entries_capacity, found_capacity, rows_capacity, n_found;
};

/* Does WHEN ask for the end of its other facts? */
static inline bool source_asks_end(const struct criteria_when *when)
{
    return when->kind != WHEN_EVENT || when->other_end;
}

/* LINE, and all the lines that it speaks of, for rows of WANTED (NULL: all). ASKED_END:
 * somebody asks for the end of its facts. Freed by source_close(). */
struct source *source_open(const struct evaluator *ev, const struct criteria *line,
                           bool asked_end, enum segment_level level,
                           const uint64_t *wanted);
void source_close(struct source *source);

/* Bring the facts of TILE into SOURCE, and drop from its live rows those for which SOURCE is
 * required and not there. Tiles come in ascending order. */
void source_load(struct source *source, const struct tile *tile);

/* ---- facts gathered once (eval_gathered.c) ----
 *
 * The same facts are often asked for by several lines: `before first treatment L01` in each of
 * three. The first to come keeps which postings are whose, as long as these are not too many;
 * lines that ask for no other rows find them there. */

/* Facts of LINE's codes that were kept for all rows of WANTED; NULL: there are none. */
struct gathered *gathered_find(const struct evaluator *ev, const struct criteria *line,
                               enum segment_level level, const uint64_t *wanted);
/* Where to keep those of LINE, if the question has another line that may ask for them. */
struct gathered *gathered_begin(const struct evaluator *ev, const struct criteria *line,
                                enum segment_level level);
/* Rows, ascending, whose facts come now. */
void gathered_cover(struct gathered *gathered, const uint32_t *rows, size_t n);
/* Room for N more facts, in the order of their rows; NULL when there are too many: then it
 * keeps nothing any more. */
struct fact_of_row *gathered_add(struct gathered *gathered, size_t n);
/* All have come. */
void gathered_end(struct gathered *gathered);
/* The facts of rows [row, after_row). */
const struct fact_of_row *gathered_facts(const struct gathered *gathered, uint32_t row,
                                         uint32_t after_row, size_t *n_r);
/* Free what an evaluator kept. */
void gathered_free(struct gathered *gathered);

/* The row under way. */
struct history {
    const struct evaluator *ev;
    uint32_t rank, row, patient;
    uint32_t whole; /* its link; LINK_NONE where no line asks for one */
};

/* The entries of the row under way. */
static inline const struct entry *source_entries(const struct source *source,
                                                 const struct history *history,
                                                 size_t *n_r)
{
    uint32_t first = source->start[history->rank];

    *n_r = source->after[history->rank] - first;
    return source->entries + first;
}

/* Load SOURCES (N, some may be NULL) tile by tile, VISIT each row of WANTED (NULL: all) that
 * lacks none of those that are required, and close them. */
typedef void history_visit(const struct history *history, void *context);
void history_each(const struct evaluator *ev, struct source *const *sources, size_t n,
                  enum segment_level level, const uint64_t *wanted, history_visit *visit,
                  void *context);

/* Does SOURCE's line hold? */
enum truth history_truth(const struct history *history, const struct source *source);
/* May the whole under way have facts of SOURCE's line that nobody sent? In eval_same.c. */
bool same_absence_unknown(const struct history *history, const struct source *source);

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
