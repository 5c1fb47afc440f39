/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/transcode.c: ICD-10 and ADICAP to ICD-O-3, by tables in canonical order. */
#include "vocab/transcode.h"

#include <stdlib.h>
#include <string.h>

#include "vocab/vocab_internal.h"

#define ICD10_LENGTH 5  /* C34.1: what stands behind it is an extension of a country */
#define ADICAP_LENGTH 8 /* the mandatory part */
#define LESION_LENGTH 4

struct pair {
    const char *from, *topography, *morphology;
};

static const struct pair icd10_rows[] = {
#define TUMOUR(icd10, topography, morphology) {icd10, topography, morphology},
#include "vocab/transcode_icd10.def"
#undef TUMOUR
};

static const struct pair sites[] = {
#define SITE(category, digits) {category, digits, ""},
#include "vocab/transcode_sites.def"
#undef SITE
};

static const struct pair organs[] = {
#define ORGAN(letters, topography) {letters, topography, ""},
#define LESION(code, morphology)
#include "vocab/transcode_adicap.def"
#undef ORGAN
#undef LESION
};

static const struct pair lesions[] = {
#define ORGAN(letters, topography)
#define LESION(code, morphology) {code, "", morphology},
#include "vocab/transcode_adicap.def"
#undef ORGAN
#undef LESION
};

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *first = a;
    const struct pair *second = b;

    return strcmp(first->from, second->from);
}

static const struct pair *find(const struct pair *rows, size_t n, const char *code)
{
    struct pair key = {.from = code};

    return bsearch(&key, rows, n, sizeof(*rows), compare_pairs);
}

/* Both fit: they come out of the tables, which a test checks, or from sites. */
static void put(struct tumour_codes *codes_r, const char *topography,
                const char *morphology, char behaviour)
{
    memcpy(codes_r->topography, topography, strlen(topography) + 1);
    memcpy(codes_r->morphology, morphology, strlen(morphology) + 1);
    codes_r->behaviour = morphology[0] ? morphology[5] : behaviour;
}

/* ---- ICD-10 -------------------------------------------------------------------------- */

/* The behaviour that a category of chapter II stands for; 0 if it is none of ours. */
static char icd10_behaviour(const char *category)
{
    int number = (category[1] - '0') * 10 + (category[2] - '0');

    if (!is_digit(category[1]) || !is_digit(category[2]))
        return 0;
    if (category[0] == 'C')
        return '3';
    if (category[0] != 'D')
        return 0;
    if (number <= 9)
        return '2';
    if (number >= 37 && number <= 48)
        return '1';
    return '0';
}

/* C77 to C79 are where a tumour went; C97 is several primaries at once. */
static bool is_secondary(const char *category)
{
    return strcmp(category, "C77") == 0 || strcmp(category, "C78") == 0 ||
           strcmp(category, "C79") == 0 || strcmp(category, "C97") == 0;
}

/* ICD-O-3 took its topography from the malignant tumours of ICD-10: the same code where it has
 * that digit, its category where not; .9 where ICD-10 has no digits. */
static bool same_site(const char *code, const char *category, char topography[8])
{
    const struct pair *site = find(sites, ARRAY_LENGTH(sites), category);
    const char *digits;

    if (!site)
        return false;
    digits = site->topography;
    memcpy(topography, category, 4);
    if (strcmp(digits, "9") == 0)
        memcpy(topography + 3, ".9", 3);
    else if (strlen(code) == ICD10_LENGTH && strchr(digits, code[4]))
        memcpy(topography, code, ICD10_LENGTH + 1);
    return true;
}

enum transcoding transcode_icd10(const char *icd10, struct tumour_codes *codes_r)
{
    char code[ICD10_LENGTH + 1] = "";
    char category[4] = "";
    char topography[8];
    size_t length = strlen(icd10);
    const struct pair *row;
    char behaviour;

    if (length < 3)
        return TRANSCODING_NONE;
    memcpy(code, icd10, length < ICD10_LENGTH ? length : ICD10_LENGTH);
    memcpy(category, icd10, 3);
    behaviour = icd10_behaviour(category);
    if (!behaviour)
        return TRANSCODING_NONE;
    if (is_secondary(category))
        return TRANSCODING_SECONDARY;

    row = find(icd10_rows, ARRAY_LENGTH(icd10_rows), code);
    if (!row)
        row = find(icd10_rows, ARRAY_LENGTH(icd10_rows), category);
    if (row)
        put(codes_r, row->topography, row->morphology, behaviour);
    else if (category[0] == 'C' && same_site(code, category, topography))
        put(codes_r, topography, "", behaviour);
    else
        return TRANSCODING_NONE;
    return TRANSCODING_PRIMARY;
}

/* ---- ADICAP -------------------------------------------------------------------------- */

/* Letters and digits of TEXT in upper case; how many, at most ADICAP_LENGTH are kept. */
static size_t squeeze(const char *text, char out[ADICAP_LENGTH + 1])
{
    size_t n = 0;

    for (; *text; text++) {
        if (strchr(" .-_/", *text))
            continue;
        if (!is_letter(*text) && !is_digit(*text))
            return 0;
        if (n < ADICAP_LENGTH)
            out[n] = ascii_upper(*text);
        n++;
    }
    out[n < ADICAP_LENGTH ? n : ADICAP_LENGTH] = '\0';
    return n;
}

/* What the second character of a lesion says (dictionary D5): 0 for what is not a first tumour
 * of known kind: a recurrence (8), first or not (9). */
static char adicap_behaviour(char second)
{
    switch (second) {
    case '4': return '1';
    case '5': return '2';
    case '6':
    case '7': return '3';
    default: return 0;
    }
}

/* Of the blood: leukaemia (H), lymphoma (J, K). */
static bool is_of_blood(const char *lesion)
{
    return lesion[0] == 'H' || lesion[0] == 'J' || lesion[0] == 'K';
}

static const char *organ_of(const char *letters, const char *lesion)
{
    char organ[3] = {letters[0], letters[1], '\0'};
    const struct pair *row;

    if (strcmp(organ, "SG") == 0 && !is_of_blood(lesion))
        return "";
    row = find(organs, ARRAY_LENGTH(organs), organ);
    return row ? row->topography : "";
}

/* Does a benign tumour of TOPOGRAPHY count? */
static bool is_central_nervous(const char *topography)
{
    static const char *const sites_counted[] = {"C70",   "C71",   "C72",
                                                "C75.1", "C75.2", "C75.3"};

    for (size_t i = 0; i < ARRAY_LENGTH(sites_counted); i++)
        if (strncmp(topography, sites_counted[i], strlen(sites_counted[i])) == 0)
            return true;
    return false;
}

enum transcoding transcode_adicap(const char *adicap, struct tumour_codes *codes_r)
{
    char code[ADICAP_LENGTH + 1];
    size_t length = squeeze(adicap, code);
    const char *lesion = code + (length == LESION_LENGTH ? 0 : 4);
    const char *topography;
    const struct pair *row;
    char behaviour;

    if (length != LESION_LENGTH && length < ADICAP_LENGTH)
        return TRANSCODING_NONE;
    if (!is_letter(lesion[0])) /* dictionaries D4 and D6: not a tumour */
        return TRANSCODING_NONE;
    if (lesion[1] == 'M' || lesion[1] == 'E')
        return TRANSCODING_SECONDARY;

    topography = length == LESION_LENGTH ? "" : organ_of(code + 2, lesion);
    behaviour = adicap_behaviour(lesion[1]);
    row = find(lesions, ARRAY_LENGTH(lesions), lesion);
    if (!behaviour && lesion[1] >= '0' && lesion[1] <= '3' &&
        is_central_nervous(topography))
        behaviour = '0';
    if (!behaviour)
        return TRANSCODING_NONE;
    put(codes_r, topography, row ? row->morphology : "", behaviour);
    return TRANSCODING_PRIMARY;
}
