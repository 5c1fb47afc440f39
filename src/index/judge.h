/* SPDX-License-Identifier: Apache-2.0
 *
 * index/judge.h: criteria asked of one record, as docs/criteria.md says, and why the answer is
 * what it is.
 *
 * Loops over facts and tumours with the three-valued comparisons of base/date.h, so simple
 * that it is obviously right, and slow: for one patient at a time, and as the second opinion on
 * the index. It shares no code with the evaluator (eval.h) but the question and the coverage.
 * An explanation is made by the same functions on the same way: they only write down what
 * they look at. Pure; threads may judge at once. */
#ifndef INDEX_JUDGE_H
#define INDEX_JUDGE_H

#include "base/date.h"
#include "criteria/criteria.h"
#include "index/eval.h"
#include "record/record.h"

/* Does QUESTION hold for the patient of RECORD? */
enum truth judge_eval(const struct record *record, const struct question *question);

/* Does CRITERIA, a part of QUESTION as it stands inside tumour { }, hold for TUMOUR? */
enum truth judge_eval_tumour(const struct record *record, const struct question *question,
                             const struct criteria *criteria, int tumour);

/* May FACT be about TUMOUR (or TUMOUR_NONE: about the patient), by scope and attachment? */
enum truth judge_attached(const struct record *record, const struct fact *fact,
                          int tumour);

/* The truth of CODED as an answer to one of CODES; YES when none is asked. */
enum truth judge_code(enum vocab_system system, const struct criteria_code *codes,
                      size_t n, const char *coded);

/* ---- explanations ---- */

/* Why something is unknown. What a kind is about stands behind it. */
enum doubt_kind {
    DOUBT_DATE,           /* FACT: its start (END: its end; ITEM: that date of it) is not
                            * exact enough for PERIOD, or for the distance or age asked */
    DOUBT_END,            /* FACT: not known whether and when it ended */
    DOUBT_PATIENT_DATE,   /* ITEM (birth, death …; the diagnosis of TUMOUR) likewise */
    DOUBT_NOT_CODED,      /* FACT has no code for ITEM; so with the next five */
    DOUBT_CODE,           /* FACT has a CODE less precise than asked */
    DOUBT_STATUS_MISSING, /* FACT has no status: a result, a protein change, a site */
    DOUBT_STATUS,         /* FACT has a status, CODE, less precise than asked */
    DOUBT_NUMBER,         /* FACT has no number */
    DOUBT_UNIT,        /* FACT has none, but a unit, CODE, which may not be convertible */
    DOUBT_LINE_NUMBER, /* FACT is a line of treatment that could not be numbered */
    DOUBT_ATTACHMENT, /* FACT hangs on no tumour; TUMOUR is one of those that it may be of */
    DOUBT_NEVER_STATED,   /* no value of ITEM (of TUMOUR) */
    DOUBT_NEVER_MEASURED, /* ITEM, the key CODE (NULL: any), never; or FACT has no result */
    DOUBT_NEVER_SEQUENCED, /* ITEM: nothing of its kind (of TUMOUR) */
    DOUBT_NOT_COVERED, /* none of GROUP was sent, and the coverage does not hold for PERIOD */
    DOUBT_ORDER,       /* which of FACTS the ORDER chooses: their days do not say */
    DOUBT_VITAL_STATUS, /* not known whether the patient is alive */
    DOUBT_NO_TUMOUR,    /* none is recorded */
    DOUBT_NO_SAMPLE,    /* FACT does not say in which sample it was found */
    DOUBT_NOT_SENT, /* ITEM, of the sample that facts call CODE: it was not sent itself */
    DOUBT_KINDS
};

struct doubt {
    enum doubt_kind kind;
    const struct fact *fact;
    bool end;
    int tumour; /* TUMOUR_NONE: of the patient */
    enum item item;
    enum group group;
    const char *code;       /* canonical */
    struct interval period; /* INTERVAL_UNKNOWN: none was asked */
    int order;
    size_t n_facts;
    const struct fact *const *facts;
};

/* A fact that a line looked at. */
struct looked {
    const struct fact *fact;
    enum item item;   /* that was asked of it */
    bool other;       /* not one of the line's own: of an anchor, or a date */
    enum truth truth; /* does it fulfil the line; of an other one: what is asked of it */
};

/* A sample, an event or a TNM that lines of CRITERIA_SAME are asked of. */
struct whole {
    enum group group;
    const struct fact *fact; /* itself, the first if it was sent twice; NULL: not sent */
    const char *name;        /* of a sample, "" if it has none */
    bool unseen;             /* none that anything is known of, but there may be one */
};

/* The answer of one node of the criteria about one subject. Everything lives in the arena of
 * judge_explain(), or in the record. */
struct judged {
    struct arena *arena;
    const struct criteria *criteria;
    int tumour;                /* about which it was asked; TUMOUR_NONE: the patient */
    const struct whole *whole; /* inside CRITERIA_SAME: about which; else NULL */
    enum truth exists;         /* of a child of SAME: is there such a whole? else YES */
    enum truth truth;
    size_t n_children,
        children_capacity; /* in the order of the criteria; of tumour { }: one a
                                           * tumour; of SAME: one a whole */
    struct judged **children;
    size_t n_looked, looked_capacity; /* in the order of the record */
    struct looked *looked;
    size_t n_doubts, doubts_capacity; /* none unless UNKNOWN; no two are the same */
    struct doubt *doubts;
};

/* The same answer as judge_eval(), with all that it was made of. */
const struct judged *judge_explain(struct arena *arena, const struct record *record,
                                   const struct question *question);

/* The answer of CHILD to its parent: its truth, if that of which it was asked exists. */
enum truth judged_truth(const struct judged *child);

/* Does the answer of CHILD decide that of PARENT: is it why PARENT is what it is? */
bool judged_decides(const struct judged *parent, const struct judged *child);

#endif
