/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/imprecise.c: which code may stand for which other one.
 *
 * A code says less than the truth when it is an ancestor of it (C34 for C34.1), when it is
 * "not otherwise specified" (NOS), or when it is not stated. The relation goes one way:
 * what is precise never stands for what is vague, and no two codes stand for each other.
 *
 * The rows of NOS morphologies follow the order of ICD-O-3 itself, in which the NOS term
 * opens the block of the specific ones; which terms count as NOS is table 2 of the IARC
 * rules on multiple primaries (groups 5, 14 and 17: OSIRIS-RWD, guide, table 1), and four
 * of daily use beside it: non-small cell carcinoma, sarcoma, glioma, lymphoid and myeloid
 * leukaemia. Adenocarcinoma NOS (8140), squamous cell carcinoma NOS (8070) and melanoma NOS
 * (8720) are not here: in a report they are a diagnosis, and as NOS they would make half of
 * a centre possible for every rare subtype. Nor is C80 (unknown primary), which is a
 * diagnosis of its own, nor the regions of C76. */
#include <string.h>

#include "vocab/vocab_internal.h"

/* First and last, both included. */
struct span {
    int first, last;
};

/* A tumour coded with one of NOS may truly be any of MAY_BE. */
struct morphology_row {
    struct span nos;
    struct span may_be;
};

static const struct morphology_row morphologies[] = {
    /* neoplasm, tumour cells, malignant tumour of some cell form: any tumour at all */
    {{8000, 8005}, {8010, 9999}},
    /* carcinoma, epithelioma */
    {{8010, 8011}, {8012, 8589}},
    {{8010, 8011}, {8940, 8941}},
    /* large cell carcinoma and its forms */
    {{8012, 8015}, {8051, 8589}},
    /* undifferentiated, anaplastic, pleomorphic carcinoma */
    {{8020, 8022}, {8030, 8045}},
    {{8020, 8022}, {8051, 8589}},
    /* non-small cell carcinoma: large cell, squamous, adenocarcinoma */
    {{8046, 8046}, {8012, 8014}},
    {{8046, 8046}, {8051, 8589}},
    /* papillary carcinoma */
    {{8050, 8050}, {8051, 8589}},
    /* sarcoma and its forms by cell: soft tissue, uterus, GIST, vessels, bone, nerve */
    {{8800, 8805}, {8810, 8999}},
    {{8800, 8805}, {9040, 9044}},
    {{8800, 8805}, {9120, 9260}},
    {{8800, 8805}, {9364, 9373}},
    {{8800, 8805}, {9540, 9582}},
    /* glioma */
    {{9380, 9380}, {9381, 9480}},
    /* malignant lymphoma; it may be named as the leukaemia of the same cells */
    {{9590, 9590}, {9591, 9739}},
    {{9590, 9590}, {9761, 9769}},
    {{9590, 9590}, {9811, 9837}},
    {{9590, 9590}, {9940, 9948}},
    /* non-Hodgkin lymphoma, composite lymphoma */
    {{9591, 9591}, {9596, 9649}},
    {{9591, 9591}, {9668, 9739}},
    {{9591, 9591}, {9761, 9769}},
    {{9591, 9591}, {9811, 9837}},
    {{9591, 9591}, {9940, 9948}},
    /* precursor cell lymphoblastic lymphoma */
    {{9727, 9727}, {9728, 9729}},
    {{9727, 9727}, {9811, 9819}},
    {{9727, 9727}, {9836, 9837}},
    /* immunoproliferative disease */
    {{9760, 9760}, {9761, 9769}},
    /* leukaemia, acute leukaemia */
    {{9800, 9800}, {9801, 9948}},
    {{9801, 9801}, {9802, 9948}},
    /* lymphoid leukaemia */
    {{9820, 9820}, {9811, 9819}},
    {{9820, 9820}, {9821, 9837}},
    {{9820, 9820}, {9940, 9940}},
    /* prolymphocytic leukaemia; precursor cell lymphoblastic leukaemia */
    {{9832, 9832}, {9833, 9834}},
    {{9835, 9835}, {9811, 9819}},
    {{9835, 9835}, {9836, 9837}},
    /* myeloid leukaemia */
    {{9860, 9860}, {9840, 9840}},
    {{9860, 9860}, {9861, 9946}},
    /* chronic myeloproliferative disease; the unclassifiable one */
    {{9960, 9960}, {9875, 9876}},
    {{9960, 9960}, {9950, 9950}},
    {{9960, 9960}, {9961, 9967}},
    {{9975, 9975}, {9961, 9967}},
    /* lymphoproliferative disorder */
    {{9970, 9970}, {9590, 9769}},
    {{9970, 9970}, {9811, 9837}},
    {{9970, 9970}, {9940, 9948}},
    /* myelodysplastic syndrome */
    {{9989, 9989}, {9980, 9987}},
    {{9989, 9989}, {9991, 9993}},
};

/* Beyond .9 within one group: sites "NOS" of a whole system, by numbers of groups. */
static const struct {
    char nos[6];
    struct span may_be;
} topographies[] = {
    {"C14.0", {9, 13}},  /* pharynx */
    {"C24.9", {22, 24}}, /* biliary tract: its ducts inside the liver too */
    {"C26.9", {15, 25}}, /* digestive tract */
    {"C39.9", {30, 38}}, /* respiratory system */
    {"C55.9", {53, 54}}, /* uterus: its neck or its body */
    {"C57.9", {51, 58}}, /* female genital tract */
    {"C63.9", {60, 62}}, /* male genital organs */
    {"C68.9", {64, 67}}, /* urinary system */
    {"C72.9", {70, 72}}, /* nervous system */
    {"C75.9", {73, 75}}, /* endocrine glands */
};

/* ---- ranges -------------------------------------------------------------------------- */

static bool contains(const struct code_range *range, const char *code)
{
    return strcmp(range->first, code) <= 0 && strcmp(code, range->after) < 0;
}

static bool overlaps(const struct code_range *range, const char *first, const char *after)
{
    return strcmp(range->first, after) < 0 && strcmp(first, range->after) < 0;
}

/* ---- topography ---------------------------------------------------------------------- */

static bool topography_may_be(const char *coded, const struct code_range *range)
{
    size_t length = strlen(coded);
    char first[8] = "C00";
    char after[8] = "C00";

    /* C55 says no more than C55.9; an ancestor has been dealt with */
    if (length != 3 && (length != 5 || (coded[4] != '9' && strcmp(coded, "C14.0") != 0)))
        return false;
    if (strncmp(coded, "C80", 3) == 0)
        return false;

    if (length == 5 && coded[4] == '9') {
        memcpy(first, coded, 3);
        memcpy(after, coded, 3);
        after[2]++;
        if (overlaps(range, first, after))
            return true;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(topographies); i++) {
        const struct span *to = &topographies[i].may_be;

        if (strncmp(topographies[i].nos, coded, length) != 0)
            continue;
        first[1] = (char)('0' + to->first / 10);
        first[2] = (char)('0' + to->first % 10);
        after[1] = (char)('0' + to->last / 10);
        after[2] = (char)('0' + to->last % 10 + 1);
        if (overlaps(range, first, after))
            return true;
    }
    return false;
}

/* ---- morphology ---------------------------------------------------------------------- */

/* Of the four digits that CODE begins with; 0 if it has fewer. */
static int first_number(const char *code)
{
    int number = 0;

    for (size_t i = 0; i < 4; i++) {
        if (!is_digit(code[i]))
            return 0;
        number = number * 10 + (code[i] - '0');
    }
    return number;
}

static void write_number(char out[8], int number)
{
    for (int i = 3; i >= 0; i--, number /= 10)
        out[i] = (char)('0' + number % 10);
    out[4] = '\0';
}

/* Behaviour is never vague: a benign tumour NOS is no cancer. A range over several
 * behaviours holds the coded one too; a range that is one code holds its own. */
static bool behaviour_fits(const char *coded, const struct code_range *range)
{
    bool is_one_number = strlen(range->first) == 6 && strlen(range->after) == 6 &&
                         memcmp(range->first, range->after, 5) == 0;

    if (strlen(coded) != 6 || !is_one_number)
        return true;
    return coded[5] >= range->first[5] && coded[5] < range->after[5];
}

static bool morphology_may_be(const char *coded, const struct code_range *range)
{
    int number = first_number(coded);

    if (!behaviour_fits(coded, range))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(morphologies); i++) {
        const struct morphology_row *row = &morphologies[i];
        char first[8];
        char after[8];

        if (number < row->nos.first || number > row->nos.last)
            continue;
        write_number(first, row->may_be.first);
        write_number(after, row->may_be.last);
        after[3]++;
        if (overlaps(range, first, after))
            return true;
    }
    return false;
}

/* -------------------------------------------------------------------------------------- */

bool vocab_may_be(enum vocab_system system, const char *coded,
                  const struct code_range *range)
{
    if (contains(range, coded))
        return false;
    if (coded[0] == '\0')
        return true;
    if (vocab_is_tree(system, coded)) {
        struct code_range below;

        vocab_subtree(system, coded, &below);
        if (overlaps(range, below.first, below.after))
            return true;
    }
    if (system == VOCAB_ICDO3_TOPOGRAPHY)
        return topography_may_be(coded, range);
    if (system == VOCAB_ICDO3_MORPHOLOGY)
        return morphology_may_be(coded, range);
    return false;
}
