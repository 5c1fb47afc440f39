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
#define CRITERIA_COUNT_MAX 1000 /* at least N facts */

enum criteria_kind {
    CRITERIA_ANY,      /* every patient */
    CRITERIA_AND,      /* children */
    CRITERIA_OR,       /* children */
    CRITERIA_NOT,      /* one child */
    CRITERIA_AT_LEAST, /* at least COUNT of the children */
    CRITERIA_TUMOUR,   /* one child: it holds for one and the same tumour */
    CRITERIA_SAME,     /* one child: it holds for one and the same whole of GROUP */
    CRITERIA_NAMED,    /* one child, which this text calls NAME */
    CRITERIA_USE,   /* one child: what NAME stands for, said before or saved (VERSION) */
    CRITERIA_FACT,  /* there is such a fact; COUNT of them; or the ORDERth is such */
    CRITERIA_AGE,   /* completed years at the date ITEM (ITEM_NONE: today) in NUMBER */
    CRITERIA_DATE,  /* the date ITEM (birth, diagnosis, death, last visit) fulfils WHEN */
    CRITERIA_VITAL, /* dead, or alive */
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

/* What is asked of a fact's *point*: its start, or its end where END. */
enum when_kind {
    WHEN_DATES, /* the point lies in DATES */
    WHEN_LAST,  /* … in the last LOW days before the as-of date, which is included */
    WHEN_DIAGNOSIS,    /* LOW <= point - diagnosis of the same tumour <= HIGH, in days */
    WHEN_PATIENT_DATE, /* … - the patient's date ITEM: birth, death, last visit, contact */
    WHEN_AGE,          /* completed years at the point in NUMBER */
    WHEN_LASTING,      /* LOW <= end - start <= HIGH, in days */
    WHEN_ONGOING,      /* the as-of date lies between start and end */
    WHEN_EVENT, /* LOW <= point of OTHER - point <= HIGH, for some OTHER fact than itself,
                 * or for the one that OTHER orders */
    WHEN_DURING,   /* the point lies between start and end of some OTHER fact */
    WHEN_OVERLAPS, /* start to end has a day in common with some OTHER fact's */
};

#define DISTANCE_MIN (-1000000)
#define DISTANCE_MAX 1000000

struct criteria_when {
    enum when_kind kind;
    bool end;       /* the point is the fact's end, not its start */
    bool negated;   /* EVENT, DURING, OVERLAPS: there is none */
    bool other_end; /* EVENT: the point of OTHER is its end */
    enum item item; /* PATIENT_DATE */
    struct interval dates;
    int32_t low, high;             /* days; DISTANCE_MIN, DISTANCE_MAX where open */
    struct criteria_number number; /* AGE */
    const struct criteria *other;  /* a CRITERIA_FACT without COUNT */
};

#define ORDER_ANY 0
#define ORDER_LAST (-1)

struct criteria {
    enum criteria_kind kind;
    unsigned line, column; /* where it begins in the text */

    size_t n_children;
    const struct criteria **children;
    unsigned count; /* AT_LEAST; FACT: at least so many facts, 0 = one */

    enum group group; /* SAME: whose wholes (model_whole_of()): samples, events, TNMs */

    const char *name; /* NAMED, USE */
    unsigned version; /* USE: of the saved definition, 0 = named in this very text */

    enum item item; /* FACT, AGE, DATE */
    size_t n_codes; /* FACT: one of them, or any fact if none */
    const struct criteria_code *codes;
    size_t n_status;
    const struct criteria_code *status;
    bool has_number; /* FACT: its number, or AMOUNT, in NUMBER */
    struct criteria_number number;
    size_t n_when; /* all must hold for the same fact, or date */
    const struct criteria_when *when;
    /* FACT: 1, 2, … the nth day on which facts of FROM start, ORDER_LAST the last such day;
     * status, number and when are asked of (one of) the facts of that day */
    int order;
    const struct criteria *from; /* a CRITERIA_FACT of the same item and codes */
    struct interval dates;       /* ACTIVE */
    bool dead;                   /* VITAL */
};

/* Where `use "NAME" v3` is looked up: the text of VERSION of the definition NAME, or of its
 * last version when VERSION is 0; NULL when there is none. The text must stay until the
 * parser returns. */
struct criteria_definitions {
    const char *(*find)(void *context, const char *name, unsigned version,
                        unsigned *version_r);
    void *context;
};

/* Parse LENGTH bytes of TEXT. NULL on a mistake, with the line, the column and what was
 * expected in ERR. A line about a tumour that stands outside tumour { } is put into one of its
 * own: it holds if it holds for some tumour. */
NODISCARD const struct criteria *criteria_parse(struct arena *arena, const char *text,
                                                size_t length, struct error *err);

/* The same, where `use` finds saved definitions. */
NODISCARD const struct criteria *criteria_parse_saved(
    struct arena *arena, const char *text, size_t length,
    const struct criteria_definitions *definitions, struct error *err);

/* Canonical text, which criteria_parse() reads back to the same tree. */
const char *criteria_print(struct arena *arena, const struct criteria *criteria);

/* Digest of the canonical text, saved definitions spelt out, for the cut of an answer. */
uint64_t criteria_digest(const struct criteria *criteria);

/* Does the line speak of a tumour (so that it needs one), or only of the patient? For FACT,
 * AGE, DATE: by the item's scope, by WHEN_DIAGNOSIS, and by the other facts of its whens. */
bool criteria_needs_tumour(const struct criteria *criteria);

/* sample, event or tnm: the word before the braces whose lines speak of one whole of GROUP.
 * NULL when GROUP has none. */
const char *criteria_same_word(enum group group);

/* Does NUMBER lie in RANGE? */
bool criteria_number_holds(const struct criteria_number *range, double number);

/* The steps of a funnel: *STEPS_R[i] is the conjunction of the first i+1 lines of CRITERIA,
 * the lines of a tumour { } block counted one by one; *LINES_R[i] is the text of line i. */
size_t criteria_funnel(struct arena *arena, const struct criteria *criteria,
                       const struct criteria ***steps_r, const char ***lines_r);

#endif
