/* SPDX-License-Identifier: Apache-2.0
 *
 * record/ratios.c: see ratios.h. */
#include "record/ratios.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "record/record.h"

static double ratio_of(const struct fact *measure)
{
    const struct value *value = fact_value(measure, ITEM_MEASURE_VALUE);
    const struct value *limit = fact_value(measure, ITEM_MEASURE_UPPER);

    return value && limit && limit->number > 0 ? value->number / limit->number : NAN;
}

static bool any_ratio(const struct record *record)
{
    for (size_t i = 0; i < record->n_facts; i++)
        if (record->facts[i].group == GROUP_MEASURE &&
            isfinite(ratio_of(&record->facts[i])))
            return true;
    return false;
}

static struct fact ratio_fact(struct arena *arena, const struct fact *measure)
{
    const struct value *type = fact_value(measure, ITEM_MEASURE_TYPE);
    const struct value *date = fact_value(measure, ITEM_MEASURE_DATE);
    struct value *values = arena_array(arena, 3, sizeof(*values));
    struct fact fact = *measure;
    double ratio = ratio_of(measure);
    uint16_t n = 0;

    if (type)
        values[n++] = (struct value){ITEM_RATIO_TYPE, TYPE_CODE, {.text = type->text}};
    if (date)
        values[n++] = (struct value){ITEM_RATIO_DATE, TYPE_DATE, {.date = date->date}};
    if (isfinite(ratio))
        values[n++] = (struct value){ITEM_RATIO_VALUE, TYPE_NUMBER, {.number = ratio}};
    fact.group = GROUP_RATIO;
    fact.values = values;
    fact.n_values = n;
    return fact;
}

static int compare(const void *a, const void *b)
{
    const struct fact *x = a, *y = b;
    int order = fact_compare(x, y);

    if (!order)
        order = (x->sequence > y->sequence) - (x->sequence < y->sequence);
    return order ? order : (x->position > y->position) - (x->position < y->position);
}

size_t ratios_compute(struct arena *arena, const struct record *record,
                      struct fact *ratios_r)
{
    size_t n = 0;

    if (!any_ratio(record))
        return 0;
    for (size_t i = 0; i < record->n_facts; i++)
        if (record->facts[i].group == GROUP_MEASURE)
            ratios_r[n++] = ratio_fact(arena, &record->facts[i]);
    qsort(ratios_r, n, sizeof(*ratios_r), compare);
    return n;
}
