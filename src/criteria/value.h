/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/value.h: one number a patient, for histograms and lists.
 *
 *     value = "age" ["now" | "at diagnosis" | "at death" | "at last visit" | "at last contact"]
 *           | "days from" anchor "to" anchor
 *           | "number of" fact
 *           | [order] fact
 *
 * An age in completed years; days from one event to another (negative when the second comes
 * first); how many such facts; the number of one fact, the last when no order is said. Of an
 * event that may have happened several times the first is meant unless an order is said. */
#ifndef CRITERIA_VALUE_H
#define CRITERIA_VALUE_H

#include "criteria/criteria.h"

enum value_kind {
    VALUE_AGE,    /* completed years at the date ITEM; ITEM_NONE: today */
    VALUE_DAYS,   /* from FROM to TO */
    VALUE_COUNT,  /* facts of FACT */
    VALUE_NUMBER, /* of the fact that FACT orders */
};

/* A date of the patient (ITEM), or the start, or end, of the fact that FACT orders. */
struct criteria_point {
    enum item item; /* ITEM_NONE when FACT is given */
    const struct criteria *fact;
    bool end;
};

struct criteria_value {
    enum value_kind kind;
    enum item item;
    struct criteria_point from, to;
    const struct criteria *fact;
};

/* Like criteria_parse(). NULL with ERROR_INPUT, line and column. */
NODISCARD const struct criteria_value *criteria_parse_value(struct arena *arena,
                                                            const char *text,
                                                            struct error *err);

/* Canonical text, which is read back to the same value. */
const char *criteria_print_value(struct arena *arena, const struct criteria_value *value);

#endif
