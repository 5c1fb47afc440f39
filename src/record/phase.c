/* SPDX-License-Identifier: Apache-2.0
 *
 * record/phase.c: since when a tumour is in its advanced phase, in which lines are counted.
 *
 *   always      leukaemia, lymphoma, myeloma (ICD-O-3 morphology from 959, topography C42,
 *               C77) and tumours of the central nervous system (C70 to C72), which have no
 *               metastatic phase; M1, or stage IV without an M, at diagnosis. OSIRIS-RWD 8.16
 *               and 8.19 are of the time before treatment, so their dates are not asked
 *   since       the first metastasis (OSIRIS-RWD 9.6, or 9.3 or 9.2 of the event where it has
 *               no 9.6)
 *   never       M0, or a stage below IV, and no such event
 *   not known   nothing of these is stated; from a local recurrence, relapse or transformation
 *               on, which may be treated to cure
 *
 * Stage IV of the head and neck (C00 to C14, C30 to C32) is metastatic as IVC only; as IV, IVA
 * and IVB it may be of the tumour or its nodes (TNM, 8th edition), and decides nothing. */
#include <string.h>

#include "record/record_internal.h"

/* ---- tumours without a metastatic phase ---------------------------------------------- */

static enum truth lies_in(enum vocab_system system, const char *code, const char *first,
                          const char *after)
{
    struct code_range range;

    if (strcmp(code, first) >= 0 && strcmp(code, after) < 0)
        return TRUTH_YES;
    memcpy(range.first, first, strlen(first) + 1);
    memcpy(range.after, after, strlen(after) + 1);
    return vocab_may_be(system, code, &range) ? TRUTH_UNKNOWN : TRUTH_NO;
}

static enum truth has_no_metastatic_phase(const struct fact *tumour)
{
    const char *morphology = fact_text(tumour, ITEM_MORPHOLOGY);
    const char *topography = fact_text(tumour, ITEM_TOPOGRAPHY);
    enum truth truth = lies_in(VOCAB_ICDO3_MORPHOLOGY, morphology, "959", ":");
    static const char *const places[][2] = {
        {"C42", "C43"}, {"C70", "C73"}, {"C77", "C78"}};

    for (size_t i = 0; i < ARRAY_LENGTH(places); i++)
        truth = truth_or(truth, lies_in(VOCAB_ICDO3_TOPOGRAPHY, topography, places[i][0],
                                        places[i][1]));
    return truth;
}

/* ---- metastatic at diagnosis --------------------------------------------------------- */

/* What TNM and stage say of a tumour. */
struct extent {
    bool m1, m0;
    bool fourth; /* a stage that is metastatic */
    bool perhaps_fourth;
    bool below;      /* a stage that is not */
    bool of_another; /* M1 or stage IV that may be another tumour's */
};

static bool may_be_head_or_neck(const char *topography)
{
    return lies_in(VOCAB_ICDO3_TOPOGRAPHY, topography, "C00", "C15") != TRUTH_NO ||
           lies_in(VOCAB_ICDO3_TOPOGRAPHY, topography, "C30", "C33") != TRUTH_NO;
}

static void extent_of_stage(struct extent *extent, const char *stage,
                            const char *topography)
{
    if (strcmp(stage, "EXTENSIVE") == 0)
        extent->fourth = true;
    else if (strcmp(stage, "LIMITED") == 0 || (stage[0] >= '0' && stage[0] <= '3'))
        extent->below = true;
    else if (stage[0] == '4' && stage[1] != 'C' && may_be_head_or_neck(topography))
        extent->perhaps_fourth = true;
    else if (stage[0] == '4')
        extent->fourth = true;
}

static void extent_add(struct extent *extent, const struct fact *fact,
                       const char *topography, enum truth attached)
{
    bool is_tnm = fact->group == GROUP_TNM;
    const char *m = fact_text(fact, is_tnm ? ITEM_TNM_M : ITEM_STAGE_M);
    struct extent one = {.m1 = strncmp(m, "M1", 2) == 0, .m0 = strncmp(m, "M0", 2) == 0};

    if (!is_tnm)
        extent_of_stage(&one, fact_text(fact, ITEM_STAGE_VALUE), topography);
    if (attached != TRUTH_YES) {
        extent->of_another |= one.m1 || one.fourth || one.perhaps_fourth;
        return;
    }
    extent->m1 |= one.m1;
    extent->m0 |= one.m0;
    extent->fourth |= one.fourth;
    extent->perhaps_fourth |= one.perhaps_fourth;
    extent->below |= one.below;
}

/* Of two values the higher one holds (OSIRIS-RWD, guide, TNM); M0 beside a stage that is
 * metastatic is a contradiction. */
static enum truth extent_is_metastatic(const struct extent *extent)
{
    if (extent->m1 || (extent->fourth && !extent->m0))
        return TRUTH_YES;
    if (extent->fourth || extent->of_another)
        return TRUTH_UNKNOWN;
    if (extent->m0)
        return TRUTH_NO;
    return extent->below && !extent->perhaps_fourth ? TRUTH_NO : TRUTH_UNKNOWN;
}

/* ---- metastasis later ---------------------------------------------------------------- */

static struct interval sign_date(const struct fact *fact)
{
    static const enum item items[] = {ITEM_EVENT_METASTASIS_DATE, ITEM_EVENT_DIAGNOSIS};

    for (size_t i = 0; i < ARRAY_LENGTH(items); i++) {
        const struct value *value = fact_value(fact, items[i]);

        if (value)
            return value->date;
    }
    return fact->date;
}

/* The phase begins with FACT, or, if that is not certain, perhaps with it. */
static void sign_add(struct interval *phase, const struct fact *fact, enum truth attached)
{
    struct interval date = sign_date(fact);
    bool is_certain = attached == TRUTH_YES &&
                      (fact->group == GROUP_METASTASIS ||
                       strcmp(fact_text(fact, ITEM_EVENT_TYPE), "METASTASIS") == 0);

    if (date.first < phase->first)
        phase->first = date.first;
    if (is_certain && date.last < phase->last)
        phase->last = date.last;
}

struct interval advanced_phase(const struct record *record, int tumour)
{
    const struct fact *speaker = record->tumours[tumour].fact;
    const char *topography = fact_text(speaker, ITEM_TOPOGRAPHY);
    struct interval phase = {PHASE_NEVER, PHASE_NEVER};
    struct extent extent = {.m1 = false};
    enum truth always;

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        enum truth attached;

        if (fact->group != GROUP_TNM && fact->group != GROUP_STAGE &&
            fact->group != GROUP_TUMOUR_EVENT && fact->group != GROUP_METASTASIS)
            continue;
        attached = record_attached(record, fact, tumour);
        if (attached == TRUTH_NO)
            continue;
        if (fact->group == GROUP_TNM || fact->group == GROUP_STAGE)
            extent_add(&extent, fact, topography, attached);
        else
            sign_add(&phase, fact, attached);
    }
    always = truth_or(has_no_metastatic_phase(speaker), extent_is_metastatic(&extent));
    if (always != TRUTH_NO)
        phase.first = DAY_MIN;
    if (always == TRUTH_YES)
        phase.last = DAY_MIN;
    return phase;
}
