/* SPDX-License-Identifier: Apache-2.0
 *
 * record/rules.c: the table of the rules, and the list of decisions. */
#include "record/rules.h"

#include <assert.h>
#include <string.h>

#include "base/arena.h"

static const struct rule_row rows[RULES] = {
#define RULE(id, item, fr, en) [RULE_##id] = {#id, item, fr, en},
#include "record/rules.def"
#undef RULE
};

const struct rule_row *rule_row(enum rule rule)
{
    assert((unsigned)rule < RULES);
    return &rows[rule];
}

const struct rules *rules_default(void)
{
    static const struct rules rules = {
        .drug_duplicate_days = 14,
        .course_gap_days = 30,
        .added_drug_is_change = true,
        .skin_once_a_group = true,
        .both_sides_are_one = true,
        .haematology_once_a_life = true,
        .unspecified_is_no_difference = true,
    };

    return &rules;
}

void decisions_add(struct arena *arena, struct decisions *decisions,
                   struct decision decision)
{
    if (!decisions)
        return;
    if (decisions->n == decisions->capacity) {
        size_t capacity = decisions->capacity ? 2 * decisions->capacity : 16;
        struct decision *grown = arena_array(arena, capacity, sizeof(*grown));

        if (decisions->n > 0)
            memcpy(grown, decisions->decision, decisions->n * sizeof(*grown));
        decisions->decision = grown;
        decisions->capacity = capacity;
    }
    decisions->decision[decisions->n++] = decision;
}
