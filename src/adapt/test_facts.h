/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/test_facts.h: facts and remarks as lines that a test can read out loud.
 *
 *     DRUG [2021-03-14 to 2021-06] tumour 0 in source 1: DRUG_CODE=L01XA01 DRUG_NAME=taxol
 *
 * The interval of a fact stands in brackets when it is known; a date that is the fact's own
 * start or end is not repeated among its values. */
#ifndef ADAPT_TEST_FACTS_H
#define ADAPT_TEST_FACTS_H

#include <string.h>

#include "adapt/adapt.h"
#include "base/buffer.h"

static inline bool is_own_date(const struct fact *fact, const struct value *value)
{
    const struct group_row *row = model_group(fact->group);
    struct interval own = value->item == row->start ? fact->date
                          : value->item == row->end ? fact->end
                                                    : INTERVAL_UNKNOWN;

    return (value->item == row->start || value->item == row->end) &&
           own.first == value->date.first && own.last == value->date.last &&
           !interval_is_unknown(own);
}

static inline void print_value(struct buffer *out, const struct value *value)
{
    char date[DATE_TEXT_SIZE];

    buffer_printf(out, " %s=", model_item(value->item)->id);
    switch (value->type) {
    case TYPE_NUMBER: buffer_json_number(out, value->number); break;
    case TYPE_DATE: buffer_string(out, date_print_iso(value->date, date)); break;
    default: buffer_string(out, value->text[0] ? value->text : "?");
    }
}

static inline void print_fact(struct buffer *out, const struct fact *fact)
{
    char date[DATE_TEXT_SIZE];

    buffer_string(out, model_group(fact->group)->id);
    if (!interval_is_unknown(fact->date) || !interval_is_unknown(fact->end))
        buffer_printf(out, " [%s", date_print_iso(fact->date, date));
    if (!interval_is_unknown(fact->end))
        buffer_printf(out, " to %s", date_print_iso(fact->end, date));
    if (!interval_is_unknown(fact->date) || !interval_is_unknown(fact->end))
        buffer_char(out, ']');
    if (fact->tumour != TUMOUR_NONE)
        buffer_printf(out, " tumour %d", fact->tumour);
    if (fact->place)
        buffer_string(out, fact->place == 'I' ? " in" : " out");
    if (fact->source != SOURCE_UNKNOWN)
        buffer_printf(out, " source %d", fact->source);

    bool any = false;

    for (size_t i = 0; i < fact->n_values; i++) {
        const struct value *value = &fact->values[i];
        enum role role = model_item(value->item)->role;

        if ((value->type == TYPE_DATE && is_own_date(fact, value)) ||
            (role == ROLE_PLACE && fact->place) || (role == ROLE_SOURCE && fact->source))
            continue;
        if (!any)
            buffer_char(out, ':');
        any = true;
        print_value(out, value);
    }
    buffer_char(out, '\n');
}

static inline void print_remark(struct buffer *out, const struct remark *remark)
{
    const char *kind = remark->kind == REMARK_REFUSED_VALUE ? "refused"
                       : remark->kind == REMARK_UNKNOWN_KEY ? "unknown"
                                                            : "conflict";

    buffer_printf(out, "%s %s", kind, remark->path);
    if (remark->kind != REMARK_UNKNOWN_KEY)
        buffer_printf(out, ": %s", remark->reason);
    buffer_char(out, '\n');
}

#endif
