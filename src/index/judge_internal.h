/* SPDX-License-Identifier: Apache-2.0
 *
 * index/judge_internal.h: what the files of the judge say to each other: judge.c the tree,
 * judge_same.c one sample after the other, judge_fact.c lines about facts, judge_time.c what is asked of their time, judge_order.c the
 * nth of them, judge_trace.c what is written down. */
#ifndef INDEX_JUDGE_INTERNAL_H
#define INDEX_JUDGE_INTERNAL_H

#include "index/judge.h"

/* Who a line is asked of: one tumour of a patient, or the patient (TUMOUR_NONE). */
struct subject {
    const struct record *record;
    const struct question *question;
    int tumour;
    const struct whole *whole; /* of which sample, event or TNM; NULL: of none by itself */
    struct judged *into;       /* where it is written down; NULL: nowhere */
};

/* One code, or number, that a fact gives for the item of a line. */
struct statement {
    const struct fact *fact;
    const char *code;   /* "" = not stated */
    const char *status; /* "" = not stated */
    double number;      /* NaN = not stated */
};

/* A day, and what it is known from: FACT (its start, END, or ITEM), or else the patient's ITEM
 * (ITEM_NONE: today). */
struct moment {
    struct interval date;
    const struct fact *fact;
    bool end;
    enum item item;
};

/* What lies in time and is asked about: a fact, or a date of the patient (FACT is NULL). */
struct happening {
    const struct fact *fact;
    struct moment start;
    struct moment end;      /* as it was given; of a date, the date */
    struct moment last_day; /* where it ends, whatever was given */
};

/* What WHEN asks of another fact than HAPPENING, or of the one that an order chooses. */
struct relation {
    const struct criteria_when *when;
    const struct happening *happening;
};

/* ---- judge.c ---- */

/* Does CRITERIA hold for WHOLE of the subject ABOVE? EXISTS is written down with it. */
enum truth judge_node(const struct subject *above, const struct criteria *criteria,
                      const struct whole *whole, enum truth exists);

/* ---- judge_same.c ---- */

/* Is there a whole of CRITERIA's group for which its lines hold? */
enum truth judge_same(const struct subject *subject, const struct criteria *criteria);

/* Is FACT of the whole that SUBJECT is (YES if it is none); of its tumour and that whole? */
enum truth judge_of_whole(const struct subject *subject, const struct fact *fact);
enum truth judge_attached_here(const struct subject *subject, const struct fact *fact);

/* ---- judge_fact.c ---- */

/* What FACT states for the item of LINE; false if nothing at all. */
bool judge_statement(const struct criteria *line, const struct fact *fact,
                     struct statement *statement_r);

/* Is STATEMENT all that LINE says: attachment, codes, and what judge_asked() asks? */
enum truth judge_matches(const struct subject *subject, const struct criteria *line,
                         const struct statement *statement);

/* Status, number and whens of LINE alone. */
enum truth judge_asked(const struct subject *subject, const struct criteria *line,
                       const struct statement *statement);

/* NO where the absence of a fact means that there was none, else UNKNOWN. */
enum truth judge_absence(const struct subject *subject, const struct criteria *line);

enum truth judge_line(const struct subject *subject, const struct criteria *line);

/* ---- judge_time.c ---- */

struct happening judge_happening(const struct fact *fact);

/* Does HAPPENING, of LINE, fulfil WHEN? */
enum truth judge_when(const struct subject *subject, const struct criteria *line,
                      const struct criteria_when *when,
                      const struct happening *happening);

/* Does FACT stand in RELATION? */
enum truth judge_related(const struct subject *subject, const struct relation *relation,
                         const struct fact *fact);

/* The patient's date ITEM; of ITEM_NONE, today. */
struct moment judge_date(const struct subject *subject, enum item item);

/* Is there such a date: a death of who is dead? */
enum truth judge_date_exists(const struct subject *subject, enum item item);

/* Completed years from birth to DAY. */
enum truth judge_age(const struct subject *subject, const struct moment *day,
                     const struct criteria_number *number);

/* ---- judge_order.c ---- */

/* Does (one of) the facts that LINE orders fulfil LINE, and stand in RELATION (or NULL)? */
enum truth judge_order(const struct subject *subject, const struct criteria *line,
                       const struct relation *relation);

/* ---- judge_trace.c: nothing of it has a say in an answer ---- */

/* SUBJECT with nothing written down. */
struct subject judge_unheard(const struct subject *subject);

/* A place for CRITERIA below that of PARENT, asked of TUMOUR; NULL when nothing is written. */
struct judged *judged_below(struct judged *parent, const struct criteria *criteria,
                            int tumour);

/* How many doubts there are; and, once the TRUTH of the whole is known, those since MARK are
 * none if it is not UNKNOWN. Returns TRUTH. */
size_t doubts_mark(const struct subject *subject);
enum truth doubts_since(const struct subject *subject, size_t mark, enum truth truth);

void tell(const struct subject *subject, const struct doubt *doubt);
/* MOMENT, if it is not exact, for PERIOD. */
void tell_moment(const struct subject *subject, const struct moment *moment,
                 struct interval period);
/* FACT was looked at for ITEM. */
void tell_looked(const struct subject *subject, const struct fact *fact, enum item item,
                 bool other, enum truth truth);
/* So were the facts that say the patient's date, or status, ITEM. */
void tell_sayers(const struct subject *subject, enum item item, enum truth truth);

#endif
