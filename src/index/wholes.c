/* SPDX-License-Identifier: Apache-2.0
 *
 * index/wholes.c: see wholes.h. */
#include "index/wholes.h"

#include <string.h>

#include "base/arena.h"
#include "base/table.h"
#include "index/segment.h"
#include "record/record.h"

struct wholes *wholes_new(void)
{
    struct wholes *wholes = memory_alloc(sizeof(*wholes));

    memset(wholes, 0, sizeof(*wholes));
    wholes->names = table_new();
    return wholes;
}

void wholes_free(struct wholes *wholes)
{
    memory_free(wholes->link);
    memory_free(wholes->first);
    table_free(wholes->names);
    memory_free(wholes);
}

/* The number of the sample called NAME: *N + 1, and *N is that, if it is a new one. */
static uint32_t number_of(struct wholes *wholes, const char *name, uint32_t *n,
                          bool *is_new_r)
{
    uint64_t *number = table_put(wholes->names, name, strlen(name), is_new_r);

    if (*is_new_r)
        *number = ++*n;
    return (uint32_t)*number;
}

/* The samples that were sent; returns how many. */
static uint32_t number_samples(struct wholes *wholes, const struct record *record)
{
    uint32_t n = 0;

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        const char *name = fact_text(fact, ITEM_SPECIMEN_ID);

        if (fact->group != GROUP_SPECIMEN)
            continue;
        if (*name) {
            wholes->link[i] = number_of(wholes, name, &n, &wholes->first[i])
                              << LINK_SHIFT;
            continue;
        }
        wholes->link[i] = ++n << LINK_SHIFT | LINK_UNNAMED;
        wholes->first[i] = true;
    }
    return n;
}

/* What was found in samples. */
static void number_findings(struct wholes *wholes, const struct record *record,
                            uint32_t sent)
{
    uint32_t n = sent;
    bool unnamed = false;

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        enum item link = model_group(fact->group)->link;
        const char *name = link ? fact_text(fact, link) : "";
        uint32_t number;

        if (link == ITEM_NONE)
            continue;
        if (!*name) {
            wholes->first[i] = !unnamed;
            unnamed = true;
            continue;
        }
        number = number_of(wholes, name, &n, &wholes->first[i]);
        wholes->link[i] = number << LINK_SHIFT | (number > sent ? LINK_IMPLIED : 0);
    }
}

void wholes_number(struct wholes *wholes, const struct record *record)
{
    uint32_t n[GROUPS] = {0};

    memory_grow((void **)&wholes->link, &wholes->link_capacity, record->n_facts + 1,
                sizeof(*wholes->link));
    memory_grow((void **)&wholes->first, &wholes->first_capacity, record->n_facts + 1,
                sizeof(*wholes->first));
    memset(wholes->link, 0, record->n_facts * sizeof(*wholes->link));
    memset(wholes->first, 0, record->n_facts * sizeof(*wholes->first));
    table_clear(wholes->names);
    number_findings(wholes, record, number_samples(wholes, record));
    for (size_t i = 0; i < record->n_facts; i++) {
        enum group group = record->facts[i].group;

        if (group == GROUP_SPECIMEN || model_whole_of(group) != group)
            continue;
        wholes->link[i] = ++n[group] << LINK_SHIFT;
        wholes->first[i] = true;
    }
}
