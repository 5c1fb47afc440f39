/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/osiris_pivot_omics.c: analyses of the pivot tables: biomarkers, and alterations, whose genes
 * stand in Annotation. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "adapt/osiris_pivot_internal.h"
#include "base/arena.h"
#include "base/table.h"

/* ---- biomarkers ---- */

/* The analysis that a row refers to, and its tumour: that of its event, else of its sample's. */
static size_t analysis_of(const struct pivot *pivot, enum pivot_column column, size_t row,
                          int *tumour_r)
{
    size_t analysis = pivot_follow(pivot, column, row, PIVOT_ANALYSIS);

    *tumour_r = analysis == ROW_NONE
                    ? TUMOUR_NONE
                    : pivot_tumour_of(pivot, PIVOT_ANALYSIS_EVENT, analysis);
    return analysis;
}

void pivot_adapt_biomarkers(struct pivot *pivot)
{
    for (size_t i = 0; i < pivot_rows(pivot, PIVOT_BIOMARKER); i++) {
        const char *lab =
            pivot_ours(CODES_LAB, pivot_cell(pivot, PIVOT_BIOMARKER_CODE, i));
        int tumour;
        size_t analysis = analysis_of(pivot, PIVOT_BIOMARKER_ANALYSIS, i, &tumour);
        struct draft draft;

        draft_begin(&draft, lab ? GROUP_MEASURE : GROUP_BIOMARKER);
        if (lab) {
            pivot_put_ours(pivot, &draft, ITEM_MEASURE_TYPE, lab);
            pivot_put_as(pivot, &draft, ITEM_MEASURE_VALUE, PIVOT_BIOMARKER_VALUE, i);
            pivot_put_as(pivot, &draft, ITEM_MEASURE_UNIT, PIVOT_BIOMARKER_UNIT, i);
            pivot_put_as(pivot, &draft, ITEM_MEASURE_DATE, PIVOT_ANALYSIS_DATE, analysis);
        } else {
            pivot_put(pivot, &draft, PIVOT_BIOMARKER_CODE, i);
            pivot_put(pivot, &draft, PIVOT_BIOMARKER_VALUE, i);
            pivot_put(pivot, &draft, PIVOT_BIOMARKER_UNIT, i);
            pivot_put(pivot, &draft, PIVOT_ANALYSIS_TYPE, analysis);
            pivot_put_as(pivot, &draft, ITEM_BIOMARKER_DATE, PIVOT_ANALYSIS_DATE,
                         analysis);
        }
        pivot_at(pivot, PIVOT_BIOMARKER, i);
        sheet_fact(pivot->adapter, &draft, tumour);
    }
}

/* ---- alterations ---- */

static void index_genes(struct pivot *pivot)
{
    size_t n = pivot_rows(pivot, PIVOT_ANNOTATION);

    pivot->next_gene =
        arena_array(pivot->adapter->arena, n + 1, sizeof(*pivot->next_gene));
    /* from the end, so that a chain is in the order of the rows */
    for (size_t i = n; i-- > 0;) {
        const char *type =
            pivot_ours(CODES_ALTERATION, pivot_cell(pivot, PIVOT_ANNOTATION_TYPE, i));
        char key[300];
        int length = snprintf(key, sizeof(key), "%s %s", type ? type : "",
                              pivot_cell(pivot, PIVOT_ANNOTATION_ALTERATION, i));
        bool added;
        uint64_t *first;

        pivot->next_gene[i] = ROW_NONE;
        if (!type || length < 0 || length >= (int)sizeof(key))
            continue;
        first = table_put(pivot->genes, key, (size_t)length, &added);
        pivot->next_gene[i] = added ? ROW_NONE : (size_t)*first - 1;
        *first = i + 1;
    }
}

/* The first row of Annotation about the alteration of ROW. */
static size_t first_gene(const struct pivot *pivot, const char *type,
                         enum pivot_table table, size_t row)
{
    const char *instance = sheet_cell(pivot->sheet[table], row, pivot->instance[table]);
    char key[300];
    int n = snprintf(key, sizeof(key), "%s %s", type, instance);
    const uint64_t *found = NULL;

    if (n > 0 && n < (int)sizeof(key))
        found = table_get(pivot->genes, key, (size_t)n);
    return found ? (size_t)*found - 1 : ROW_NONE;
}

/* An alteration of a gene that is not said may be of any gene. */
static void put_gene(const struct pivot *pivot, struct draft *draft, enum item item,
                     size_t first)
{
    bool said = false;

    for (size_t i = first; i != ROW_NONE; i = pivot->next_gene[i]) {
        said = said || *pivot_cell(pivot, PIVOT_ANNOTATION_SYMBOL, i);
        pivot_put_as(pivot, draft, item, PIVOT_ANNOTATION_SYMBOL, i);
    }
    if (!said)
        pivot_put_ours(pivot, draft, item, "UN");
}

/* Reads of the variant among all reads there. */
static void put_frequency(const struct pivot *pivot, struct draft *draft, size_t row)
{
    const char *name = pivot_column(PIVOT_VARIANT_READS)->name;
    struct path path = {.key = name, .length = strlen(name), .index = -1};
    struct scalar scalar = {.kind = SCALAR_REAL};
    const char *reads = pivot_cell(pivot, PIVOT_VARIANT_READS, row);
    const char *depth = pivot_cell(pivot, PIVOT_VARIANT_DEPTH, row);
    size_t n = strlen(reads), of = strlen(depth);
    unsigned long alternative, all;

    if (n == 0 || of == 0 || n > 9 || of > 9 || strspn(reads, "0123456789") != n ||
        strspn(depth, "0123456789") != of)
        return;
    alternative = strtoul(reads, NULL, 10);
    all = strtoul(depth, NULL, 10);
    if (all == 0 || alternative > all)
        return;
    scalar.real = (double)alternative / (double)all;
    pivot_at(pivot, PIVOT_VARIANT, row);
    draft_put(pivot->adapter, draft, ITEM_VARIANT_VAF, 0, &scalar, &path);
}

static void adapt_variant(struct pivot *pivot, size_t row)
{
    static const enum pivot_column columns[] = {PIVOT_VARIANT_CHROMOSOME,
                                                PIVOT_VARIANT_START,
                                                PIVOT_VARIANT_REFERENCE,
                                                PIVOT_VARIANT_ALTERNATIVE};
    size_t gene = first_gene(pivot, "VARIANT", PIVOT_VARIANT, row);
    int tumour;
    size_t analysis = analysis_of(pivot, PIVOT_VARIANT_ANALYSIS, row, &tumour);
    size_t sample =
        analysis == ROW_NONE
            ? ROW_NONE
            : pivot_row_of(pivot, PIVOT_SAMPLE,
                           pivot_cell(pivot, PIVOT_ANALYSIS_SAMPLE, analysis));
    struct draft draft;

    draft_begin(&draft, GROUP_VARIANT);
    put_gene(pivot, &draft, ITEM_VARIANT_GENE, gene);
    for (; gene != ROW_NONE; gene = pivot->next_gene[gene]) {
        pivot_put(pivot, &draft, PIVOT_ANNOTATION_PROTEIN, gene);
        pivot_put(pivot, &draft, PIVOT_ANNOTATION_CODING, gene);
        pivot_put(pivot, &draft, PIVOT_ANNOTATION_CHANGE, gene);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(columns); i++)
        pivot_put(pivot, &draft, columns[i], row);
    put_frequency(pivot, &draft, row);
    pivot_put_as(pivot, &draft, ITEM_VARIANT_DATE, PIVOT_ANALYSIS_DATE, analysis);
    /* by the number of the row, or, as the group's example has it, by the sample's own */
    if (sample != ROW_NONE)
        pivot_put_as(pivot, &draft, ITEM_VARIANT_SPECIMEN, PIVOT_SAMPLE_ID, sample);
    else
        pivot_put_as(pivot, &draft, ITEM_VARIANT_SPECIMEN, PIVOT_ANALYSIS_SAMPLE,
                     analysis);
    pivot_at(pivot, PIVOT_VARIANT, row);
    sheet_fact(pivot->adapter, &draft, tumour);
}

static void adapt_variants(struct pivot *pivot)
{
    for (size_t i = 0; i < pivot_rows(pivot, PIVOT_VARIANT); i++) {
        const char *class =
            pivot_without_prefix(pivot_cell(pivot, PIVOT_VARIANT_CLASS, i));

        if (strcasecmp(class, "LA6683-2") != 0) {
            adapt_variant(pivot, i);
            continue;
        }
        pivot_at(pivot, PIVOT_VARIANT, i);
        sheet_conflict(pivot->adapter, pivot_column(PIVOT_VARIANT_CLASS)->name,
                       "a constitutional variant, not one of the tumour: " NO_PLACE);
    }
}

static void adapt_copy_numbers(struct pivot *pivot)
{
    for (size_t i = 0; i < pivot_rows(pivot, PIVOT_COPY); i++) {
        int tumour;
        size_t analysis = analysis_of(pivot, PIVOT_COPY_ANALYSIS, i, &tumour);
        struct draft draft;

        draft_begin(&draft, GROUP_COPY_NUMBER);
        put_gene(pivot, &draft, ITEM_COPY_GENE, first_gene(pivot, "COPY", PIVOT_COPY, i));
        pivot_put(pivot, &draft, PIVOT_COPY_STATUS, i);
        pivot_put(pivot, &draft, PIVOT_COPY_COPIES, i);
        pivot_put_as(pivot, &draft, ITEM_COPY_DATE, PIVOT_ANALYSIS_DATE, analysis);
        pivot_at(pivot, PIVOT_COPY, i);
        sheet_fact(pivot->adapter, &draft, tumour);
    }
}

/* The gene is the partner at the 5' end; where no end is said, the first that is named. */
static void put_partners(const struct pivot *pivot, struct draft *draft, size_t first)
{
    const char *gene = "", *partner = "";

    for (size_t i = first; i != ROW_NONE; i = pivot->next_gene[i]) {
        const char *symbol = pivot_cell(pivot, PIVOT_ANNOTATION_SYMBOL, i);
        const char *prime =
            pivot_ours(CODES_PRIME, pivot_cell(pivot, PIVOT_ANNOTATION_PRIME, i));
        bool last = prime ? *prime == '3' : *gene && strcasecmp(gene, symbol) != 0;

        if (last && !*partner)
            partner = symbol;
        else if (!last && !*gene)
            gene = symbol;
    }
    if (first != ROW_NONE)
        pivot_at(pivot, PIVOT_ANNOTATION, first);
    sheet_put(pivot->adapter, draft, ITEM_FUSION_GENE, 0, *gene ? gene : "UN",
              pivot_column(PIVOT_ANNOTATION_SYMBOL)->name);
    sheet_put(pivot->adapter, draft, ITEM_FUSION_PARTNER, 0, partner,
              pivot_column(PIVOT_ANNOTATION_SYMBOL)->name);
}

static void adapt_fusions(struct pivot *pivot)
{
    for (size_t i = 0; i < pivot_rows(pivot, PIVOT_FUSION); i++) {
        int tumour;
        size_t analysis = analysis_of(pivot, PIVOT_FUSION_ANALYSIS, i, &tumour);
        struct draft draft;

        draft_begin(&draft, GROUP_FUSION);
        put_partners(pivot, &draft, first_gene(pivot, "FUSION", PIVOT_FUSION, i));
        pivot_put_as(pivot, &draft, ITEM_FUSION_DATE, PIVOT_ANALYSIS_DATE, analysis);
        pivot_at(pivot, PIVOT_FUSION, i);
        sheet_fact(pivot->adapter, &draft, tumour);
    }
}

void pivot_adapt_alterations(struct pivot *pivot)
{
    index_genes(pivot);
    adapt_variants(pivot);
    adapt_copy_numbers(pivot);
    adapt_fusions(pivot);
}
