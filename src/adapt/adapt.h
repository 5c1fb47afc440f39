/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/adapt.h: one fragment of a source, said in our model.
 *
 * A pure function of the fragment and the vocabulary, and the only code that knows a format:
 * one file a format. What it could not read it names in the remarks; the fragment itself is
 * kept whole in the store, so nothing is lost. */
#ifndef ADAPT_ADAPT_H
#define ADAPT_ADAPT_H

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "model/model.h"

struct arena;
struct codebook;
struct error;
struct mappings;

enum fragment_kind {
    FRAGMENT_OSIRIS_RWD = 1, /* one patient object, JSON */
    FRAGMENT_DECISION =
        2, /* what humans decided of a patient's tumours: {"judgement": […]} */
    FRAGMENT_TABLES =
        3, /* one person's rows of a source's tables (intake/tables.h), JSON */
};

/* What a centre has laid down about its own sources. NULL in its place, or in a member: nothing.
 * Immutable while it is used; threads share it. */
struct adapt_context {
    const struct codebook
        *codebook; /* what the centre's own codes mean (vocab/codebook.h) */
    const struct mappings *mappings; /* which columns say what (adapt/mapping.h) */
};

/* 0 when nothing is laid down. What was made by one context is made anew by another. */
uint64_t adapt_context_digest(const struct adapt_context *context);

/* A value or a key that was set aside. Strings live in the arena. */
struct remark {
    enum { REMARK_REFUSED_VALUE, REMARK_UNKNOWN_KEY, REMARK_CONFLICT } kind;
    const char *path;   /* primaryCancer[0].cancerDiagnosisDateMonth */
    const char *reason; /* "month 13: expected 01 to 12, or UN" */
    /* Of a fragment of tables: which row of which table of the fragment, from 1, and PATH is a
     * column; 0: not of a row. */
    unsigned table, row;
    struct remark *next;
};

/* A text that gave no code that we know, and for which a codebook may: a refused value, a drug
 * with a name and no code, a measure that measures.def does not have. In the arena, as sent. */
struct local_code {
    enum item item;
    const char *text;
    struct local_code *next;
};

struct remarks {
    struct remark *first, *last;
    size_t n;
    bool wants_locals;         /* set by the caller: gather them as well */
    struct local_code *locals; /* the last one first, at most LOCALS_LIMIT */
    size_t n_locals;
};
#define LOCALS_LIMIT 10000

/* The patient's number in the source (OSIRIS-RWD 1.1) and the FINESS of the centre; borrowed
 * from the facts. "" when absent. */
const char *facts_patient_number(const struct facts *facts);

/* The facts of one fragment, in ARENA. SEQUENCE is put into each fact as its proof. REMARKS
 * may be NULL. -1 with ERROR_INPUT when the fragment as a whole cannot be used (not JSON, not
 * an object, no patient number), ERROR_LIMIT when it is larger than ARENA allows. */
NODISCARD int adapt_fragment(struct arena *arena, const struct adapt_context *context,
                             enum fragment_kind kind, const char *bytes, size_t length,
                             int64_t sequence, struct facts **facts_r,
                             struct remarks *remarks, struct error *err);

#endif
