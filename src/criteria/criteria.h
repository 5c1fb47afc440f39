/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/criteria.h: the question a clinician asks, parsed and checked.
 *
 *     tumour { topography C34 stage IV altered KRAS } and age at diagnosis 18..75
 *
 * One expression language for cohorts, eligibility, alerts, scopes and indicators. Three
 * values everywhere: a line holds, does not hold, or is not known to. docs/criteria.md is the
 * reference. The tree is immutable once parsed, so threads may share it; it lives in the
 * arena given to criteria_parse() and dies with it. */
#ifndef CRITERIA_CRITERIA_H
#define CRITERIA_CRITERIA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/date.h"
#include "model/model.h"
#include "vocab/vocab.h"

struct arena;
struct error;

/* Longest text, deepest nesting, most nodes: past them ERROR_LIMIT. */
#define CRITERIA_TEXT_MAX 65536
#define CRITERIA_DEPTH_MAX 64
#define CRITERIA_NODES_MAX 4096

enum criteria_kind {
    CRITERIA_ANY,      /* every patient */
    CRITERIA_AND,      /* children */
    CRITERIA_OR,       /* children */
    CRITERIA_NOT,      /* one child */
    CRITERIA_AT_LEAST, /* at least COUNT of the children */
    CRITERIA_TUMOUR,   /* one child: it holds for one and the same tumour */
    CRITERIA_FACT,     /* there is such a fact */
    CRITERIA_AGE,      /* age at diagnosis, completed years, in NUMBER; of the tumour */
    CRITERIA_DATE, /* the date ITEM (birth, diagnosis, death, last visit) lies in DATES */
    CRITERIA_VITAL,  /* dead, or alive */
    CRITERIA_ACTIVE, /* a fact that counts as activity lies in DATES (whole years) */
};

/* A code as it was asked: what to print, and the spellings it stands for. */
struct criteria_code {
    const char *first_code; /* canonical */
    const char *last_code;  /* of a range C00..C14; else the same */
    struct code_range range;
};

/* LOW <= x <= HIGH, or strictly where OPEN. Unbounded: ±INFINITY. */
struct criteria_number {
    double low, high;
    bool low_open, high_open;
};

enum when_kind {
    WHEN_DATES, /* the fact's point lies in DATES */
    WHEN_LAST,  /* … in the last LOW days before the as-of date, which is included */
    WHEN_DIAGNOSIS, /* LOW <= point - diagnosis of the same tumour <= HIGH, in days */
    WHEN_EVENT, /* some (NEGATED: no) OTHER fact with LOW <= its start - point <= HIGH */
};

#define DISTANCE_MIN (-1000000)
#define DISTANCE_MAX 1000000

struct criteria_when {
    enum when_kind kind;
    bool end;     /* the point is the fact's end, not its start */
    bool negated; /* WHEN_EVENT */
    struct interval dates;
    int32_t low, high;            /* days; DISTANCE_MIN, DISTANCE_MAX where open */
    const struct criteria *other; /* WHEN_EVENT: a CRITERIA_FACT without WHEN_EVENT */
};

struct criteria {
    enum criteria_kind kind;
    unsigned line, column; /* where it begins in the text */

    size_t n_children;
    const struct criteria **children;
    unsigned count; /* AT_LEAST */

    enum item item; /* FACT, DATE */
    size_t n_codes; /* FACT: one of them, or any fact if none */
    const struct criteria_code *codes;
    size_t n_status;
    const struct criteria_code *status;
    bool has_number; /* FACT: its number, or AMOUNT, in NUMBER */
    struct criteria_number number;
    size_t n_when; /* all must hold for the same fact */
    const struct criteria_when *when;
    struct interval dates; /* DATE, ACTIVE */
    bool dead;             /* VITAL */
};

/* Parse LENGTH bytes of TEXT. NULL on a mistake, with the line, the column and what was
 * expected in ERR. A line about a tumour that stands outside tumour { } is put into one of its
 * own: it holds if it holds for some tumour. */
NODISCARD const struct criteria *criteria_parse(struct arena *arena, const char *text,
                                                size_t length, struct error *err);

/* Canonical text, which criteria_parse() reads back to the same tree. */
const char *criteria_print(struct arena *arena, const struct criteria *criteria);

/* Digest of the canonical text, for the cut of an answer. */
uint64_t criteria_digest(const struct criteria *criteria);

/* Does the line speak of a tumour (so that it needs one), or only of the patient? For FACT,
 * AGE, DATE: by the item's scope and by WHEN_DIAGNOSIS. */
bool criteria_needs_tumour(const struct criteria *criteria);

/* Does NUMBER lie in RANGE? */
bool criteria_number_holds(const struct criteria_number *range, double number);

/* The steps of a funnel: *STEPS_R[i] is the conjunction of the first i+1 lines of CRITERIA,
 * the lines of a tumour { } block counted one by one; *LINES_R[i] is the text of line i. */
size_t criteria_funnel(struct arena *arena, const struct criteria *criteria,
                       const struct criteria ***steps_r, const char ***lines_r);

#endif
