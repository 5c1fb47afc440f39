/* SPDX-License-Identifier: Apache-2.0
 *
 * support/naive_internal.h: what the files of the naive evaluation say to each other:
 * naive.c the tree, naive_fact.c lines about facts, naive_time.c what is asked of their
 * time, naive_order.c the nth of them. */
#ifndef SUPPORT_NAIVE_INTERNAL_H
#define SUPPORT_NAIVE_INTERNAL_H

#include "support/naive.h"

/* Who a line is asked of: one tumour of a patient, or the patient (TUMOUR_NONE). */
struct subject {
    const struct record *record;
    const struct question *question;
    int tumour;
};

/* One code, or number, that a fact gives for the item of a line. */
struct statement {
    const struct fact *fact;
    const char *code;   /* "" = not stated */
    const char *status; /* "" = not stated */
    double number;      /* NaN = not stated */
};

/* What lies in time and is asked about: a fact, or a date of the patient (FACT is NULL). */
struct happening {
    const struct fact *fact;
    struct interval start;
    struct interval end;      /* as it was given; of a date, the date */
    struct interval last_day; /* where it ends, whatever was given */
};

/* What WHEN asks of another fact than HAPPENING, or of the one that an order chooses. */
struct relation {
    const struct criteria_when *when;
    const struct happening *happening;
};

/* ---- naive_fact.c ---- */

/* What FACT states for the item of LINE; false if nothing at all. */
bool naive_statement(const struct criteria *line, const struct fact *fact,
                     struct statement *statement_r);

/* Is STATEMENT all that LINE says: attachment, codes, and what naive_asked() asks? */
enum truth naive_matches(const struct subject *subject, const struct criteria *line,
                         const struct statement *statement);

/* Status, number and whens of LINE alone. */
enum truth naive_asked(const struct subject *subject, const struct criteria *line,
                       const struct statement *statement);

/* NO where the absence of a fact means that there was none, else UNKNOWN. */
enum truth naive_absence(const struct subject *subject, const struct criteria *line);

enum truth naive_line(const struct subject *subject, const struct criteria *line);

/* ---- naive_time.c ---- */

struct happening naive_happening(const struct fact *fact);

/* Does HAPPENING, of LINE, fulfil WHEN? */
enum truth naive_when(const struct subject *subject, const struct criteria *line,
                      const struct criteria_when *when,
                      const struct happening *happening);

/* Does FACT stand in RELATION? */
enum truth naive_related(const struct relation *relation, const struct fact *fact);

/* The patient's date ITEM; of ITEM_NONE, today. */
struct interval naive_date(const struct subject *subject, enum item item);

/* Is there such a date: a death of who is dead? */
enum truth naive_date_exists(const struct subject *subject, enum item item);

/* Completed years from birth to DAY. */
enum truth naive_age(const struct subject *subject, struct interval day,
                     const struct criteria_number *number);

/* ---- naive_order.c ---- */

/* Does (one of) the facts that LINE orders fulfil LINE, and stand in RELATION (or NULL)? */
enum truth naive_order(const struct subject *subject, const struct criteria *line,
                       const struct relation *relation);

#endif
