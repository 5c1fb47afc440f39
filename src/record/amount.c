/* SPDX-License-Identifier: Apache-2.0
 *
 * record/amount.c: the number that a fact says of its key, in the unit that everybody counts
 * it in.
 *
 * It is taken here, where facts of all sources meet, and not where they are read: the facts
 * keep what the source said, number and unit, for whoever reads the history; and the index,
 * the history and the oracles of the tests ask one function. */
#include <math.h>

#include "record/record.h"
#include "vocab/units.h"

const char *record_unit(const struct fact *fact)
{
    const struct group_row *group = model_group(fact->group);

    if (group->unit != ITEM_NONE)
        return vocab_measure_unit(fact_text(fact, group->key));
    return group->amount != ITEM_NONE ? model_item(group->amount)->unit : "";
}

double record_amount(const struct fact *fact)
{
    const struct group_row *group = model_group(fact->group);
    const struct value *amount =
        group->amount != ITEM_NONE ? fact_value(fact, group->amount) : NULL;
    const char *key, *said, *unit;
    double number;

    if (!amount || group->unit == ITEM_NONE)
        return amount ? amount->number : NAN;
    key = fact_text(fact, group->key);
    said = fact_text(fact, group->unit);
    unit = record_unit(fact);
    number = amount->number;
    if (*said && !*key) /* a unit of who knows what */
        return NAN;
    if (*said && *unit && !vocab_unit_convert(key, said, unit, &number))
        return NAN;
    return number;
}
