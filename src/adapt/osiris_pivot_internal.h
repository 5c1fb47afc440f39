/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/osiris_pivot_internal.h: what the two files of the pivot door share.
 *
 *     osiris_pivot.c         the patient, tumours and their course, treatments
 *     osiris_pivot_omics.c   analyses: biomarkers and alterations */
#ifndef ADAPT_OSIRIS_PIVOT_INTERNAL_H
#define ADAPT_OSIRIS_PIVOT_INTERNAL_H

#include "adapt/adapt_internal.h"
#include "adapt/osiris_pivot.h"

#define ROW_NONE SIZE_MAX
#define CHAIN_LIMIT 64 /* events above an event */
#define NO_PLACE "no place in the model: kept in the original"

struct pivot {
    struct adapter *adapter;
    const struct sheets *sheets;
    const struct sheet *sheet[PIVOT_TABLES]; /* NULL: not there */
    size_t column[PIVOT_COLUMNS];
    size_t instance[PIVOT_TABLES];
    struct table *rows;  /* "table instance" → row + 1 */
    struct table *genes; /* "VARIANT 1" → first row of Annotation + 1 … */
    size_t *next_gene;   /* … and the next of the same, or ROW_NONE */
    int *tumour;         /* of each event */
    bool *is_tumour;     /* rather than something of another one */
    size_t *parent;      /* of each event, or ROW_NONE */
    bool *has_drugs;     /* of each treatment */
};

/* osiris_pivot.c */

/* "" when there is no such table, column or row. */
const char *pivot_cell(const struct pivot *pivot, enum pivot_column column, size_t row);
size_t pivot_rows(const struct pivot *pivot, enum pivot_table table);
/* What is remarked next is of this row. */
void pivot_at(const struct pivot *pivot, enum pivot_table table, size_t row);
/* The cell says this of ITEM (or of the column's own), in our words where a list has them. */
void pivot_put_as(const struct pivot *pivot, struct draft *draft, enum item item,
                  enum pivot_column column, size_t row);
void pivot_put(const struct pivot *pivot, struct draft *draft, enum pivot_column column,
               size_t row);
/* TEXT is ours, not the source's. */
void pivot_put_ours(const struct pivot *pivot, struct draft *draft, enum item item,
                    const char *text);
/* The row of TABLE with that Instance_Id, or ROW_NONE. */
size_t pivot_row_of(const struct pivot *pivot, enum pivot_table table,
                    const char *instance);
/* The row of TABLE that the cell refers to; refused when there is none. */
size_t pivot_follow(const struct pivot *pivot, enum pivot_column column, size_t row,
                    enum pivot_table table);
/* The tumour of the event that the cell refers to. */
int pivot_tumour_of(const struct pivot *pivot, enum pivot_column column, size_t row);

/* osiris_pivot_omics.c */
void pivot_adapt_biomarkers(struct pivot *pivot);
/* Variants, copy numbers and fusions, with the genes of Annotation. */
void pivot_adapt_alterations(struct pivot *pivot);

#endif
