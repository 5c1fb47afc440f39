/* SPDX-License-Identifier: Apache-2.0
 *
 * record/tumour_scope.c: what is a tumour here (OSIRIS-RWD, chapter of section 8).
 *
 * ICD-10 C00 to C97 but C77 to C79, D00 to D09, D37 to D48; of the benign ones those of the
 * central nervous system (D32, D33, D35.2 to D35.4). Topographies come in ICD-O-3, where C77 is
 * where lymphomas begin: it is a metastasis unless the morphology is of the blood. C78 and C79
 * exist in ICD-10 only. A behaviour of /6 says metastasis itself. */
#include <stdio.h>
#include <string.h>

#include "record/tumours_internal.h"
#include "vocab/vocab.h"

/* Does CODE stand in the categories [FIRST, LAST], which are letter and digits? */
static bool lies_in(const char *code, const char *first, const char *last)
{
    size_t length = strlen(last);

    return strncmp(code, first, length) >= 0 && strncmp(code, last, length) <= 0;
}

static bool is_nervous(const char *topography)
{
    return lies_in(topography, "C70", "C72") || lies_in(topography, "C75.1", "C75.3");
}

static bool is_nervous_icd10(const char *code)
{
    return lies_in(code, "D32", "D33") || lies_in(code, "D35.2", "D35.4");
}

static char behaviour_of(const char *morphology)
{
    const char *slash = strchr(morphology, '/');

    return slash ? slash[1] : '\0';
}

enum tumour_kind tumour_kind(const struct fact *fact)
{
    const char *topography = fact_text(fact, ITEM_TOPOGRAPHY);
    const char *morphology = fact_text(fact, ITEM_MORPHOLOGY);
    const char *icd10 = fact_text(fact, ITEM_CANCER_SOURCE_CODE);
    char behaviour = behaviour_of(morphology);
    bool is_blood = histology_is_blood(histology_of(morphology));

    if (*topography)
        icd10 = ""; /* 8.6 is the source's last word */
    if (behaviour == '6' || lies_in(topography, "C78", "C79") ||
        (lies_in(topography, "C77", "C77") && !is_blood) ||
        (lies_in(icd10, "C77", "C79") && !is_blood))
        return TUMOUR_SECONDARY;
    if (behaviour == '0' && !is_nervous(topography) && !is_nervous_icd10(icd10))
        return TUMOUR_OUT_OF_SCOPE;
    if (lies_in(icd10, "D10", "D36") && !is_nervous_icd10(icd10))
        return TUMOUR_OUT_OF_SCOPE;
    return TUMOUR_PRIMARY;
}

/* The source's code in ICD-10, "" where it has none or another one. */
static const char *icd10_of(const struct fact *fact, char code[VOCAB_CODE_SIZE])
{
    const char *said = fact_text(fact, ITEM_CANCER_SOURCE_CODE);

    if (!*said || vocab_normalise(VOCAB_ICD10, said, code, NULL) < 0)
        code[0] = '\0';
    return code;
}

struct tumour_codes tumour_said_codes(const struct fact *fact)
{
    struct tumour_codes codes = {{0}, {0}, '\0'};
    const char *topography = fact_text(fact, ITEM_TOPOGRAPHY);
    const char *morphology = fact_text(fact, ITEM_MORPHOLOGY);
    char code[VOCAB_CODE_SIZE];

    if (!*topography && *icd10_of(fact, code) &&
        transcode_icd10(code, &codes) != TRANSCODING_PRIMARY)
        codes = (struct tumour_codes){{0}, {0}, '\0'};
    if (*topography)
        snprintf(codes.topography, sizeof(codes.topography), "%s", topography);
    if (*morphology)
        snprintf(codes.morphology, sizeof(codes.morphology), "%s", morphology);
    return codes;
}
