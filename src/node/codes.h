/* SPDX-License-Identifier: Apache-2.0
 *
 * node/codes.h: a centre's own codes and words: which there are, and what they mean.
 *
 * A text that gave no code (a drug's name without its ATC code, a local topography, a measure that
 * nobody knows) stands in a work list until somebody says what it means. That is a *mapping*:
 * primary state, in node/codes.csv, a line each with its author and day. It changes no original;
 * facts are made with it (vocab/codebook.h), so the persons whom it touches are adapted and indexed
 * again, and nobody else.
 *
 *     codes.csv        item,text,code,author,date: back this up. An empty code says that the
 *                      text means nothing any more. May be edited while nothing runs: the next
 *                      opening for writing sees it.
 *     codes.applied    a cache: the digest of the codebook that the index was made with
 *     codes.found      a cache: who has which text that gave no code (codes_found.c)
 *
 * The digest of the codebook is part of the cut of each answer. */
#ifndef NODE_CODES_H
#define NODE_CODES_H

#include "model/model.h"
#include "node/node.h"

typedef void codes_progress(void *context, uint64_t done, uint64_t total);

/* ---- the work list ---- */

#define SUGGESTIONS_MAX 3

struct local_text {
    enum item item;
    const char *text; /* as it was first sent */
    uint64_t patients, facts;
    size_t n_suggestions;
    const char *suggestions[SUGGESTIONS_MAX]; /* codes of codes_system(item) */
    bool is_exact; /* its label or a synonym is the text; else they are only near */
};

struct local_texts {
    size_t n, n_all; /* given here; all that are not mapped */
    struct local_text *texts;
    uint64_t patients, facts; /* of all that are not mapped; a patient counts once */
    size_t n_mapped;          /* entries of the codebook */
    uint64_t digest;          /* of the codebook */
};

/* What code texts of ITEM are given: ATC for the name of a drug. */
enum vocab_system codes_system(enum item item);
/* The item called NAME ("drug_name"), ITEM_NONE if texts of it cannot be mapped. */
enum item codes_item(const char *name);
/* "drug_name", into NAME. */
#define CODES_ITEM_SIZE 48
char *codes_item_name(enum item item, char name[CODES_ITEM_SIZE]);

/* The texts that are not mapped, those of most patients first, at most MOST (0: all), in ARENA.
 * Looks at the originals that came since the last time; PROGRESS (may be NULL) says how far. ERROR_BUSY
 * while somebody writes. */
NODISCARD int node_codes(struct node *node, struct arena *arena, size_t most,
                         codes_progress *progress, void *context,
                         struct local_texts **texts_r, struct error *err);

/* ---- mappings ---- */

struct code_mapping {
    enum item item;
    const char *text, *code; /* code "": means nothing any more */
    const char *author, *date;
};
/* Those that hold, by item and text. */
NODISCARD int node_mappings(struct node *node, struct arena *arena,
                            struct code_mapping **mappings_r, size_t *n_r,
                            struct error *err);

struct code_change {
    enum item item;
    const char *text, *code;  /* canonical; "": taken back */
    uint64_t patients, facts; /* that have the text */
};

struct code_count {
    const char *criteria; /* "treatment L01CD01" */
    uint64_t certain_before, possible_before, certain_after, possible_after;
};

#define CODE_COUNTS_MAX 20
#define CODE_REFUSALS_MAX 20

struct codes_changed {
    bool is_trial;    /* nothing was changed */
    size_t n, n_same; /* changes; lines that said what already holds */
    struct code_change *changes;
    uint64_t patients; /* touched, each once */
    size_t n_counts;   /* of the codes concerned, the first ones */
    struct code_count counts[CODE_COUNTS_MAX];
    size_t n_refused; /* lines */
    struct {
        unsigned line;
        const char *reason;
    } refusals[CODE_REFUSALS_MAX];
    uint64_t digest; /* afterwards */
    double seconds;
};

struct codes_changing {
    const char *csv; /* columns item, text, code by their names; others are not looked at */
    const char *name; /* of the file, for messages */
    bool is_trial;
    bool with_blanks; /* an empty code takes the mapping back; else the line is passed over */
    const struct caller *caller;
    int64_t now;
};

/* Lay down what the lines say. A line that is wrong is refused alone. ERROR_INPUT when the header
 * lacks a column. */
NODISCARD int node_codes_change(struct node *node, struct arena *arena,
                                const struct codes_changing *changing,
                                struct codes_changed **changed_r, struct error *err);

/* ---- in words ---- */

void node_codes_json(struct buffer *out, const struct local_texts *texts);
void node_codes_text(struct buffer *out, const struct local_texts *texts, enum lang lang);
/* For a spreadsheet: the columns item,text,patients,facts,suggestion,label,code, the last one to
 * be filled in. */
void node_codes_csv(struct buffer *out, const struct local_texts *texts, enum lang lang);
void node_mappings_json(struct buffer *out, const struct code_mapping *mappings,
                        size_t n);
void node_mappings_text(struct buffer *out, const struct code_mapping *mappings, size_t n,
                        enum lang lang);
void node_codes_changed_json(struct buffer *out, const struct codes_changed *changed);
void node_codes_changed_text(struct buffer *out, const struct codes_changed *changed,
                             enum lang lang);

#endif
