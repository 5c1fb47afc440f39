/* SPDX-License-Identifier: Apache-2.0
 *
 * record/tumour_key.c: site, histology and side of a tumour, by groups.def. */
#include "record/tumour_key.h"

#include <stddef.h>
#include <string.h>

#include "base/attributes.h"
#include "record/rules.h"

/* ---- tables -------------------------------------------------------------------------- */

#define SITE(...)
#define HISTOLOGY(...)
#define PAIRED(...)
#define METASTASIS(...)

static const struct {
    const char *category, *shown;
} sites[] = {
#undef SITE
#define SITE(category, shown) {category, shown},
#include "record/groups.def"
#undef SITE
#define SITE(...)
};

static const struct {
    uint16_t group, first, last;
} histologies[] = {
#undef HISTOLOGY
#define HISTOLOGY(group, first, last) {group, first, last},
#include "record/groups.def"
#undef HISTOLOGY
#define HISTOLOGY(...)
};

static const struct {
    const char *first, *last;
} paired[] = {
#undef PAIRED
#define PAIRED(first, last) {first, last},
#include "record/groups.def"
#undef PAIRED
#define PAIRED(...)
};

static const struct {
    const char *icd10, *topography;
} metastases[] = {
#undef METASTASIS
#define METASTASIS(icd10, topography) {icd10, topography},
#include "record/groups.def"
};

/* ---- one code ------------------------------------------------------------------------ */

/* The first four digits of MORPHOLOGY, 0 when it has fewer. */
static unsigned four_digits(const char *morphology)
{
    unsigned digits = 0;

    for (size_t i = 0; i < 4; i++) {
        if (morphology[i] < '0' || morphology[i] > '9')
            return 0;
        digits = digits * 10 + (unsigned)(morphology[i] - '0');
    }
    return digits;
}

uint16_t histology_of(const char *morphology)
{
    unsigned digits = four_digits(morphology);

    for (size_t i = 0; i < ARRAY_LENGTH(histologies); i++)
        if (digits >= histologies[i].first && digits <= histologies[i].last)
            return histologies[i].group;
    return (uint16_t)digits;
}

bool histology_is_newer(uint16_t histology)
{
    return histology > HISTOLOGY_UNSPECIFIED;
}

bool histology_is_blood(uint16_t histology)
{
    return (histology >= 8 && histology <= HISTOLOGY_BLOOD) || histology >= 9590;
}

const char *site_shown(const char *topography)
{
    for (size_t i = 0; i < ARRAY_LENGTH(sites); i++)
        if (strncmp(topography, sites[i].category, 3) == 0)
            return sites[i].shown;
    return "";
}

bool site_is_paired(const char *topography)
{
    for (size_t i = 0; i < ARRAY_LENGTH(paired); i++)
        if (strcmp(topography, paired[i].first) >= 0 &&
            strcmp(topography, paired[i].last) <= 0)
            return true;
    return false;
}

const char *site_of_metastasis(const char *code)
{
    for (size_t i = 0; i < ARRAY_LENGTH(metastases); i++)
        if (strncmp(code, metastases[i].icd10, 5) == 0)
            return metastases[i].topography;
    return strncmp(code, "C78", 3) == 0 || strncmp(code, "C79", 3) == 0 ? "" : code;
}

/* ---- the key ------------------------------------------------------------------------- */

static bool is_category(const char *topography, const char *category)
{
    return strncmp(topography, category, 3) == 0;
}

static void key_site(struct tumour_key *key, const struct rules *rules,
                     const char *topography)
{
    const char *shown = site_shown(topography);
    bool lies_in_blood = is_category(topography, "C42") || is_category(topography, "C77");
    const char *site = *shown ? shown : topography;

    if (rules->haematology_once_a_life && key->histology == HISTOLOGY_KAPOSI)
        site = SITE_KAPOSI;
    else if (rules->haematology_once_a_life &&
             (histology_is_blood(key->histology) ||
              (lies_in_blood && key->histology == HISTOLOGY_UNKNOWN)))
        site = SITE_BLOOD;
    for (size_t i = 0; i < 3 && site[i]; i++)
        key->site[i] = site[i];
}

/* Ovary, nephroblastoma, retinoblastoma: two sides are one tumour. */
static bool both_sides_are_one(const char *topography, const char *morphology)
{
    return is_category(topography, "C56") || strncmp(morphology, "8960", 4) == 0 ||
           strncmp(morphology, "951", 3) == 0;
}

static bool has_side(const struct rules *rules, const struct tumour_key *key,
                     const char *topography, const char *morphology)
{
    if (strcmp(key->site, SITE_BLOOD) == 0 || strcmp(key->site, SITE_KAPOSI) == 0)
        return false;
    if (rules->both_sides_are_one && both_sides_are_one(topography, morphology))
        return false;
    if (rules->skin_once_a_group && is_category(topography, "C44"))
        return false;
    return !*topography || site_is_paired(topography);
}

struct tumour_key tumour_key(const struct rules *rules, const char *topography,
                             const char *morphology, const char *laterality)
{
    struct tumour_key key = {.histology = histology_of(morphology)};

    if (key.histology == HISTOLOGY_UNSPECIFIED && rules->unspecified_is_no_difference)
        key.histology = HISTOLOGY_UNKNOWN;
    key_site(&key, rules, topography);
    if ((laterality[0] == 'L' || laterality[0] == 'R') &&
        has_side(rules, &key, topography, morphology))
        key.side = laterality[0];
    return key;
}

int tumour_key_compare(const struct tumour_key *a, const struct tumour_key *b)
{
    int order = strcmp(a->site, b->site);

    if (!order)
        order = (a->histology > b->histology) - (a->histology < b->histology);
    return order ? order : (a->side > b->side) - (a->side < b->side);
}

/* ---- agreement ----------------------------------------------------------------------- */

/* What stands above a histology: carcinoma NOS above carcinomas (8010 to 8589 where the code is
 * newer than the groups), haematological NOS above those of the blood, unknown above all. */
static uint16_t histology_above(const struct rules *rules, uint16_t histology)
{
    if (!rules->unspecified_is_no_difference)
        return HISTOLOGY_UNKNOWN;
    if ((histology >= 1 && histology < HISTOLOGY_CARCINOMA) ||
        (histology_is_newer(histology) && histology >= 8010 && histology <= 8589))
        return HISTOLOGY_CARCINOMA;
    if (histology_is_blood(histology) && histology != HISTOLOGY_BLOOD)
        return HISTOLOGY_BLOOD;
    return HISTOLOGY_UNKNOWN;
}

static bool histology_covers(const struct rules *rules, uint16_t above, uint16_t below)
{
    while (below != above && below != HISTOLOGY_UNKNOWN)
        below = histology_above(rules, below);
    return below == above;
}

bool histology_agree(const struct rules *rules, uint16_t a, uint16_t b)
{
    return histology_covers(rules, a, b) || histology_covers(rules, b, a);
}

bool site_agree(const struct tumour_key *a, const struct tumour_key *b)
{
    return !*a->site || !*b->site || strcmp(a->site, b->site) == 0;
}

bool side_agree(const struct tumour_key *a, const struct tumour_key *b)
{
    return !a->side || !b->side || a->side == b->side;
}

bool tumour_key_agree(const struct rules *rules, const struct tumour_key *a,
                      const struct tumour_key *b)
{
    return site_agree(a, b) && side_agree(a, b) &&
           histology_agree(rules, a->histology, b->histology);
}

struct tumour_key tumour_key_meet(const struct rules *rules, const struct tumour_key *a,
                                  const struct tumour_key *b)
{
    struct tumour_key both = *a;

    if (!*both.site)
        memcpy(both.site, b->site, sizeof(both.site));
    if (histology_covers(rules, a->histology, b->histology))
        both.histology = b->histology;
    if (!both.side)
        both.side = b->side;
    return both;
}
