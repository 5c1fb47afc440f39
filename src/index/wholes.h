/* SPDX-License-Identifier: Apache-2.0
 *
 * index/wholes.h: which facts of a record are of one sample, one tumour event or one TNM, as
 * numbers that the index keeps beside its postings (LINK_ in segment.h). Internal to the
 * builder; the judge finds the same by comparing identifiers. */
#ifndef INDEX_WHOLES_H
#define INDEX_WHOLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct record;
struct table;

/* Of the record last numbered, one a fact. FIRST: the whole is posted for this fact, no other
 * one has been before (of all that is LINK_NONE, for one). */
struct wholes {
    uint32_t *link;
    bool *first;
    struct table *names; /* identifiers of samples */
    size_t link_capacity, first_capacity;
};

struct wholes *wholes_new(void);
void wholes_free(struct wholes *wholes);
/* A pure function of the record: its facts are in an order that depends on content alone. */
void wholes_number(struct wholes *wholes, const struct record *record);

#endif
