/* SPDX-License-Identifier: Apache-2.0
 *
 * index/coverage.c: see coverage.h. */
#include "index/coverage.h"

bool coverage_covers(const struct coverage *coverage, enum group group, day_number first,
                     day_number last)
{
    bool advanced = true;

    group = model_sent_as(group);
    if (coverage->assumed)
        return coverage->seen[group];
    /* walk the declared periods from FIRST on, as far as they reach without a gap */
    while (first <= last && advanced) {
        advanced = false;
        for (size_t i = 0; i < coverage->n_rows; i++) {
            const struct coverage_row *row = &coverage->rows[i];

            if (row->group != group || row->period.first > first ||
                row->period.last < first)
                continue;
            if (row->period.last >= last)
                return true;
            first = row->period.last + 1;
            advanced = true;
        }
    }
    return first > last;
}

bool coverage_is_complete(const struct coverage *coverage, enum group group)
{
    return coverage_covers(coverage, group, DAY_MIN, DAY_MAX);
}
