/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/cbioportal_molecular.c: mutations, structural variants, copy number, and what was looked
 * for.
 *
 * Which mutations count is the format's own rule: those of the classes that the study filters (by
 * default silent ones and those outside of genes, but for the promoter of TERT) and those whose
 * Mutation_Status says that there is none stay in the original and are no variants. A structural
 * variant of two genes is a fusion of either with the other, so that it is found by both. A gene
 * that is said by its Entrez number alone is a gene that is not known. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "adapt/cbioportal_internal.h"
#include "base/arena.h"

struct call {
    struct study_patient *patient;
    const struct study_sheet *sheet;
    size_t row;
};

static const char *cell(const struct call *call, enum cbioportal_column column)
{
    return study_cell(call->sheet, call->row, column);
}

static const char *column(const struct call *call, enum cbioportal_column at)
{
    return study_column(call->sheet, at);
}

static void put_copy(const struct call *call, struct draft *draft, enum item item,
                     enum cbioportal_column at)
{
    study_put(call->patient, draft, item, call->sheet, call->row, at);
}

/* Is WORD one of the comma separated LIST? Folded, so that 3'UTR and 3_UTR are one. */
static bool is_listed(const char *list, const char *word)
{
    char wanted[CBIOPORTAL_NAME], one[CBIOPORTAL_NAME], folded[CBIOPORTAL_NAME];

    if (cbioportal_fold(word, wanted) == 0)
        return false;
    while (*list) {
        size_t length = strcspn(list, ",");

        snprintf(one, sizeof(one), "%.*s", (int)length, list);
        cbioportal_fold(one, folded);
        if (strcmp(folded, wanted) == 0)
            return true;
        list += length + (list[length] == ',');
    }
    return false;
}

/* The gene of a row: its symbol; "unknown" where only its number is said; "" with a refusal. */
static const char *gene_of(const struct call *call, enum cbioportal_column symbol_at,
                           enum cbioportal_column number_at)
{
    const char *symbol = cell(call, symbol_at), *number = cell(call, number_at);

    if (*symbol) /* "ERCC5|locus" is ERCC5 */
        return strchr(symbol, '|') ? arena_string(call->patient->adapter->arena, symbol,
                                                  strcspn(symbol, "|"))
                                   : symbol;
    if (*number && strcmp(number, "0") != 0) {
        sheet_conflict(
            call->patient->adapter, column(call, number_at),
            "a gene by its Entrez number alone counts as one that is not known: "
            "give Hugo_Symbol");
        return "unknown";
    }
    return "";
}

static void refuse_gene(const struct call *call, enum cbioportal_column symbol_at)
{
    sheet_refuse(
        call->patient->adapter, column(call, symbol_at),
        "no gene: expected a symbol in Hugo_Symbol or a number in Entrez_Gene_Id; "
        "the row is no alteration");
}

/* ---- mutations ---- */

/* Why a row is no variant, or NULL. */
static const char *set_aside(const struct call *call, const char *gene)
{
    const char *class = cell(call, CBIOPORTAL_VARIANT_CLASSIFICATION);
    const char *filter = call->patient->filter;
    char folded[CBIOPORTAL_NAME];

    if (is_listed("None,LOH,Wildtype,Redacted", cell(call, CBIOPORTAL_MUTATION_STATUS)))
        return "its Mutation_Status says that there is no mutation: kept in the original only";
    if (!filter)
        filter = strcasecmp(gene, "TERT") == 0
                     ? "Silent,Intron,IGR,3'UTR,5'UTR,3'Flank"
                     : "Silent,Intron,IGR,3'UTR,5'UTR,3'Flank,5'Flank,RNA";
    if (is_listed(filter, class))
        return "of a class that the study leaves out (variant_classification_filter): kept in "
               "the original only";
    cbioportal_fold(gene, folded);
    if (strcmp(folded, "UNKNOWN") == 0 && *cell(call, CBIOPORTAL_HUGO_SYMBOL))
        return "outside of genes (Hugo_Symbol Unknown): kept in the original only";
    return NULL;
}

static void put_frequency(const struct call *call, struct draft *draft)
{
    const char *alt = cell(call, CBIOPORTAL_T_ALT_COUNT);
    const char *ref = cell(call, CBIOPORTAL_T_REF_COUNT);
    const char *said = cell(call, CBIOPORTAL_VAF);
    char text[32];
    long a, r;

    if (study_days(alt, &a) && study_days(ref, &r) && a >= 0 && r >= 0 && a + r > 0) {
        snprintf(text, sizeof(text), "%.6g", (double)a / (double)(a + r));
        sheet_put(call->patient->adapter, draft, ITEM_VARIANT_VAF, 0, text,
                  column(call, CBIOPORTAL_T_ALT_COUNT));
    } else if (strncmp(said, "0.", 2) == 0 || strcmp(said, "1") == 0 ||
               strncmp(said, "1.0", 3) == 0) {
        sheet_put(call->patient->adapter, draft, ITEM_VARIANT_VAF, 0, said,
                  column(call, CBIOPORTAL_VAF));
    }
}

/* The allele that is not the reference; the second one goes first, unless only the first is
 * spelt in bases. */
static void put_alternative(const struct call *call, struct draft *draft)
{
    const char *ref = cell(call, CBIOPORTAL_REFERENCE_ALLELE);
    const char *one = sheet_cell(call->sheet->sheet, call->row,
                                 call->sheet->columns.at[CBIOPORTAL_TUMOR_SEQ_ALLELE1]);
    const char *two = sheet_cell(call->sheet->sheet, call->row,
                                 call->sheet->columns.at[CBIOPORTAL_TUMOR_SEQ_ALLELE2]);
    bool first = *one && strcmp(one, ref) != 0 && strspn(one, "ACGT") == strlen(one) &&
                 (!*two || strcmp(two, ref) == 0 || strspn(two, "ACGT") != strlen(two));

    /* '-' is an allele: nothing is there */
    sheet_put(call->patient->adapter, draft, ITEM_VARIANT_ALTERNATIVE, 0,
              first ? one : two,
              column(call, first ? CBIOPORTAL_TUMOR_SEQ_ALLELE1
                                 : CBIOPORTAL_TUMOR_SEQ_ALLELE2));
}

static bool is_allele(const char *text)
{
    return strspn(text, "ACGTNacgtn") == strlen(text) || strcmp(text, "-") == 0;
}

/* One change of a protein: of two nobody knows which the row is, and a text is none. */
static void put_protein(const struct call *call, struct draft *draft)
{
    const char *change = cell(call, CBIOPORTAL_HGVSP_SHORT);

    if (strlen(change) < VOCAB_CODE_SIZE && !strpbrk(change, ";,[]"))
        put_copy(call, draft, ITEM_VARIANT_PROTEIN, CBIOPORTAL_HGVSP_SHORT);
    else
        sheet_refuse(
            call->patient->adapter, column(call, CBIOPORTAL_HGVSP_SHORT),
            "expected one change of the protein, such as p.V600E: the variant is "
            "kept without it");
}

static void put_place(const struct call *call, struct draft *draft)
{
    const char *start = cell(call, CBIOPORTAL_START_POSITION);
    const char *end = cell(call, CBIOPORTAL_END_POSITION);
    const char *ref = sheet_cell(call->sheet->sheet, call->row,
                                 call->sheet->columns.at[CBIOPORTAL_REFERENCE_ALLELE]);

    put_copy(call, draft, ITEM_VARIANT_CHROMOSOME, CBIOPORTAL_CHROMOSOME);
    if (*start && *end && strtod(start, NULL) > strtod(end, NULL))
        sheet_refuse(call->patient->adapter, column(call, CBIOPORTAL_START_POSITION),
                     "behind End_Position: the variant is kept without its place");
    else
        put_copy(call, draft, ITEM_VARIANT_POSITION, CBIOPORTAL_START_POSITION);
    if (is_allele(ref))
        sheet_put(call->patient->adapter, draft, ITEM_VARIANT_REFERENCE, 0, ref,
                  column(call, CBIOPORTAL_REFERENCE_ALLELE));
    else if (!cbioportal_is_null(ref))
        sheet_refuse(
            call->patient->adapter, column(call, CBIOPORTAL_REFERENCE_ALLELE),
            "expected the bases A, C, G, T, N, or -: the variant is kept without "
            "it");
}

static void add_mutation(const struct call *call)
{
    const char *gene = gene_of(call, CBIOPORTAL_HUGO_SYMBOL, CBIOPORTAL_ENTREZ_GENE_ID);
    const char *why = set_aside(call, gene);
    const char *sample = cell(call, CBIOPORTAL_TUMOR_SAMPLE_BARCODE);
    struct draft draft;

    if (why) {
        sheet_conflict(call->patient->adapter,
                       column(call, CBIOPORTAL_VARIANT_CLASSIFICATION), why);
        return;
    }
    if (!*gene) {
        refuse_gene(call, CBIOPORTAL_HUGO_SYMBOL);
        return;
    }
    draft_begin(&draft, GROUP_VARIANT);
    sheet_put(call->patient->adapter, &draft, ITEM_VARIANT_GENE, 0, gene,
              column(call, CBIOPORTAL_HUGO_SYMBOL));
    put_protein(call, &draft);
    put_frequency(call, &draft);
    put_copy(call, &draft, ITEM_VARIANT_CODING, CBIOPORTAL_HGVSC);
    put_place(call, &draft);
    put_alternative(call, &draft);
    put_copy(call, &draft, ITEM_VARIANT_CLASS, CBIOPORTAL_VARIANT_CLASSIFICATION);
    put_copy(call, &draft, ITEM_VARIANT_SPECIMEN, CBIOPORTAL_TUMOR_SAMPLE_BARCODE);
    sheet_fact(call->patient->adapter, &draft, study_tumour(call->patient, sample));
}

/* ---- structural variants ---- */

static void add_fusion(const struct call *call, const char *gene, const char *partner,
                       enum cbioportal_column at, const char *sample)
{
    struct draft draft;

    draft_begin(&draft, GROUP_FUSION);
    sheet_put(call->patient->adapter, &draft, ITEM_FUSION_GENE, 0, gene,
              column(call, at));
    sheet_put(call->patient->adapter, &draft, ITEM_FUSION_PARTNER, 0, partner,
              column(call, at));
    sheet_fact(call->patient->adapter, &draft, study_tumour(call->patient, sample));
}

static void add_structural(const struct call *call)
{
    const char *sample = cell(call, CBIOPORTAL_SAMPLE_ID);
    const char *one =
        gene_of(call, CBIOPORTAL_SITE1_HUGO_SYMBOL, CBIOPORTAL_SITE1_ENTREZ_GENE_ID);
    const char *two =
        gene_of(call, CBIOPORTAL_SITE2_HUGO_SYMBOL, CBIOPORTAL_SITE2_ENTREZ_GENE_ID);

    if (!*one && !*two) {
        refuse_gene(call, CBIOPORTAL_SITE1_HUGO_SYMBOL);
        return;
    }
    if (*one)
        add_fusion(call, one, *two ? two : "unknown", CBIOPORTAL_SITE1_HUGO_SYMBOL,
                   sample);
    if (*two && strcasecmp(one, two) != 0)
        add_fusion(call, two, *one ? one : "unknown", CBIOPORTAL_SITE2_HUGO_SYMBOL,
                   sample);
}

/* The gene that "TMPRSS2-ERG fusion" names beside GENE, in the arena; "unknown" if it names none. */
static const char *partner_of(const struct call *call, const char *gene)
{
    const char *said = cell(call, CBIOPORTAL_FUSION);
    size_t length = strcspn(said, " "), own = strlen(gene);

    if (length > own + 1 && strncasecmp(said, gene, own) == 0 && said[own] == '-')
        return arena_string(call->patient->adapter->arena, said + own + 1,
                            length - own - 1);
    if (length > own + 1 && strncasecmp(said + length - own, gene, own) == 0 &&
        said[length - own - 1] == '-')
        return arena_string(call->patient->adapter->arena, said, length - own - 1);
    return "unknown";
}

/* The older format has one row a gene: the partner's row says the other half. */
static void add_older(const struct call *call)
{
    const char *gene = gene_of(call, CBIOPORTAL_HUGO_SYMBOL, CBIOPORTAL_ENTREZ_GENE_ID);

    if (!*gene)
        refuse_gene(call, CBIOPORTAL_HUGO_SYMBOL);
    else
        add_fusion(call, gene, partner_of(call, gene), CBIOPORTAL_HUGO_SYMBOL,
                   cell(call, CBIOPORTAL_TUMOR_SAMPLE_BARCODE));
}

/* ---- copy number ---- */

static void add_copies(const struct call *call)
{
    static const struct {
        const char *value, *call;
    } calls[] = {{"-2", "DEEP DELETION"},
                 {"-1.5", "DEEP DELETION"}, /* of part of the gene */
                 {"-1", "SHALLOW DELETION"},
                 {"1", "GAIN"},
                 {"2", "AMPLIFICATION"}};
    const char *value = cell(call, CBIOPORTAL_VALUE);
    const char *gene;
    struct draft draft;

    for (size_t i = 0; i < ARRAY_LENGTH(calls); i++) {
        if (strcmp(calls[i].value, value) != 0)
            continue;
        gene = gene_of(call, CBIOPORTAL_HUGO_SYMBOL, CBIOPORTAL_ENTREZ_GENE_ID);
        if (!*gene) {
            refuse_gene(call, CBIOPORTAL_HUGO_SYMBOL);
            return;
        }
        draft_begin(&draft, GROUP_COPY_NUMBER);
        sheet_put(call->patient->adapter, &draft, ITEM_COPY_GENE, 0, gene,
                  column(call, CBIOPORTAL_HUGO_SYMBOL));
        sheet_put(call->patient->adapter, &draft, ITEM_COPY_CALL, 0, calls[i].call,
                  column(call, CBIOPORTAL_VALUE));
        sheet_fact(call->patient->adapter, &draft,
                   study_tumour(call->patient, cell(call, CBIOPORTAL_SAMPLE_ID)));
        return;
    }
}

/* ---- what was looked for ---- */

static void add_lists(const struct call *call)
{
    const char *sample = cell(call, CBIOPORTAL_SAMPLE_ID);

    study_value(call->patient, "CASE LIST", cell(call, CBIOPORTAL_CASE_LIST), "",
                STUDY_TEXT, INTERVAL_UNKNOWN, study_tumour(call->patient, sample),
                column(call, CBIOPORTAL_CASE_LIST));
}

/* Each further column is a profile, its cell the panel it was made with. */
static void add_panels(const struct call *call)
{
    const struct sheet *sheet = call->sheet->sheet;
    const char *sample = cell(call, CBIOPORTAL_SAMPLE_ID);

    for (size_t c = 0; c < sheet->n_columns; c++) {
        const char *panel = sheet_cell(sheet, call->row, c);

        if (c == call->sheet->columns.at[CBIOPORTAL_SAMPLE_ID] ||
            cbioportal_is_null(panel))
            continue;
        study_value(call->patient,
                    arena_printf(call->patient->adapter->arena, "GENE PANEL %.60s",
                                 sheet->columns[c]),
                    panel, "", STUDY_TEXT, INTERVAL_UNKNOWN,
                    study_tumour(call->patient, sample), sheet->columns[c]);
    }
}

void study_molecular(struct study_patient *patient)
{
    static void (*const readers[CBIOPORTAL_TABLES])(const struct call *) = {
        [CBIOPORTAL_MUTATIONS] = add_mutation, [CBIOPORTAL_STRUCTURAL] = add_structural,
        [CBIOPORTAL_FUSIONS] = add_older,      [CBIOPORTAL_COPIES] = add_copies,
        [CBIOPORTAL_LISTS] = add_lists,        [CBIOPORTAL_PANELS] = add_panels};

    for (size_t i = 0; i < patient->sheets->n; i++) {
        const struct study_sheet *sheet = &patient->sheet[i];

        for (size_t r = 0; readers[sheet->table] && r < sheet->sheet->n_rows; r++) {
            struct call call = {patient, sheet, r};

            sheet_at(patient->adapter, sheet->sheet, r);
            readers[sheet->table](&call);
        }
    }
    sheet_at(patient->adapter, NULL, 0);
}
