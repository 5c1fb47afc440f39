/* SPDX-License-Identifier: Apache-2.0
 *
 * record/tumour_key.h: what makes two tumours one (OSIRIS-RWD 8.1): site, histology, side.
 *
 * Each of the three is a value in a tree whose root is "unknown": a less precise value stands
 * above the more precise ones that it may mean. Two values agree when one stands above the
 * other. In a tree, values of which any two agree lie on one path; so keys of which any two
 * agree have a most precise one that agrees with all of them (tumour_key_meet), and whether
 * keys are one tumour does not depend on the order in which they are asked. */
#ifndef RECORD_TUMOUR_KEY_H
#define RECORD_TUMOUR_KEY_H

#include <stdbool.h>
#include <stdint.h>

struct rules;

struct tumour_key {
    char site[4]; /* "C50"; of a group its shown category; SITE_BLOOD, SITE_KAPOSI; "" unknown */
    uint16_t
        histology; /* HISTOLOGY_…, group 1 to 17, or four digits that are in no group */
    char side;     /* 'L', 'R', 0: unknown, or without meaning for the site */
};

#define SITE_BLOOD "BLD"  /* haematological, wherever it is */
#define SITE_KAPOSI "KAP" /* Kaposi sarcoma, wherever it is */
#define HISTOLOGY_UNKNOWN 0
#define HISTOLOGY_CARCINOMA 5 /* carcinoma, not otherwise specified */
#define HISTOLOGY_BLOOD 14    /* haematological, not otherwise specified */
#define HISTOLOGY_KAPOSI 15
#define HISTOLOGY_UNSPECIFIED 17

/* The group of a morphology (groups.def), its four digits when it is in none, 0 when unknown. */
uint16_t histology_of(const char *morphology);
/* Leukaemia, lymphoma, myeloma and their like: groups 8 to 14, and newer codes from 959. */
bool histology_is_blood(uint16_t histology);
/* In no group of groups.def. */
bool histology_is_newer(uint16_t histology);
/* The code that synchronous tumours of the group of TOPOGRAPHY take, "" if it has none. */
const char *site_shown(const char *topography);
/* Is a side stated for TOPOGRAPHY? */
bool site_is_paired(const char *topography);

/* Where a metastasis lies that is said by CODE (ICD-10 C78, C79, else ICD-O-3), "" not known. */
const char *site_of_metastasis(const char *code);

/* The key of a tumour said by these codes ("" not stated). */
struct tumour_key tumour_key(const struct rules *rules, const char *topography,
                             const char *morphology, const char *laterality);

/* Total order; keys that are equal compare equal. */
int tumour_key_compare(const struct tumour_key *a, const struct tumour_key *b);
/* May they be one tumour? What is unknown proves no difference. */
bool tumour_key_agree(const struct rules *rules, const struct tumour_key *a,
                      const struct tumour_key *b);
/* The more precise of each of the three. Call with keys that agree. */
struct tumour_key tumour_key_meet(const struct rules *rules, const struct tumour_key *a,
                                  const struct tumour_key *b);
/* What they do not agree on. */
bool histology_agree(const struct rules *rules, uint16_t a, uint16_t b);
bool site_agree(const struct tumour_key *a, const struct tumour_key *b);
bool side_agree(const struct tumour_key *a, const struct tumour_key *b);

#endif
