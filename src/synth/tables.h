/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/tables.h: the .def tables of this room as arrays, and how to draw from them.
 *
 * Built once, then read by all threads. */
#ifndef SYNTH_TABLES_H
#define SYNTH_TABLES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"
#include "synth/random.h"

struct arena;

/* A string whose length is known. */
struct word {
    const char *text;
    uint32_t length;
};

enum synth_scale {
    SCALE_TNM,
    SCALE_FIGO,
    SCALE_ANN_ARBOR,
    SCALE_ISS,
    SCALE_MASAOKA,
    SCALE_INSITU,
    SCALE_NONE
};

enum synth_gene {
#define GENE(symbol, ...) GENE_##symbol,
#define HOTSPOT(...)
#define PARTNER(...)
#include "synth/genes.def"
#undef GENE
#undef HOTSPOT
#undef PARTNER
    GENES,
    GENE_NONE = GENES
};

enum synth_drug {
#define DRUG(id, ...) DRUG_##id,
#include "synth/drugs.def"
#undef DRUG
    DRUGS,
    DRUG_NO = DRUGS
};

enum synth_lab {
#define LAB(id, ...) LAB_##id,
#include "synth/labs.def"
#undef LAB
    LABS,
    LAB_NONE = LABS
};

enum synth_profile {
    PROFILE_ADRENAL,
    PROFILE_ALL,
    PROFILE_AML,
    PROFILE_ANAPLASTIC,
    PROFILE_APL,
    PROFILE_BONE,
    PROFILE_BREAST_HER2,
    PROFILE_BREAST_HR,
    PROFILE_BREAST_TN,
    PROFILE_BURKITT,
    PROFILE_CERVIX_ADENO,
    PROFILE_CHOLANGIO,
    PROFILE_CHONDROSARCOMA,
    PROFILE_CLEAR_CELL_SARCOMA,
    PROFILE_CLL,
    PROFILE_CML,
    PROFILE_COLON,
    PROFILE_DLBCL,
    PROFILE_DSRCT,
    PROFILE_ENDOMETRIUM,
    PROFILE_EWING,
    PROFILE_FEW,
    PROFILE_FOLLICULAR,
    PROFILE_GASTRIC,
    PROFILE_GERM,
    PROFILE_GIST,
    PROFILE_GLIOBLASTOMA,
    PROFILE_GLIOMA_IDH,
    PROFILE_HCC,
    PROFILE_HEAD_NECK,
    PROFILE_HODGKIN,
    PROFILE_HPV,
    PROFILE_KIDNEY_CLEAR,
    PROFILE_KIDNEY_OTHER,
    PROFILE_LUNG_ADENO,
    PROFILE_LUNG_SMALL_CELL,
    PROFILE_LUNG_SQUAMOUS,
    PROFILE_MANTLE,
    PROFILE_MARGINAL,
    PROFILE_MASTOCYTOSIS,
    PROFILE_MDS,
    PROFILE_MEDULLARY,
    PROFILE_MEDULLOBLASTOMA,
    PROFILE_MELANOMA,
    PROFILE_MENINGIOMA,
    PROFILE_MERKEL,
    PROFILE_MESOTHELIOMA,
    PROFILE_MIDLINE,
    PROFILE_MPN,
    PROFILE_MYELOMA,
    PROFILE_NET,
    PROFILE_NEUROBLASTOMA,
    PROFILE_NUT,
    PROFILE_OVARY,
    PROFILE_PANCREAS,
    PROFILE_PHEOCHROMOCYTOMA,
    PROFILE_PROSTATE,
    PROFILE_RETINOBLASTOMA,
    PROFILE_SALIVARY,
    PROFILE_SARCOMA,
    PROFILE_SYNOVIAL,
    PROFILE_THYROID,
    PROFILE_THYROID_FOLLICULAR,
    PROFILE_T_LYMPHOMA,
    PROFILE_UNKNOWN_PRIMARY,
    PROFILE_UROTHELIAL,
    PROFILE_UVEA,
    PROFILE_WILMS,
    PROFILES
};

enum synth_care {
#define CARE(id, ...) CARE_##id,
#define ACT(...)
#define SPREAD(...)
#include "synth/care.def"
#undef CARE
#undef ACT
#undef SPREAD
    CARES
};

enum synth_entity_id {
#define ENTITY(id, ...) ENTITY_##id,
#define PLACE(...)
#define KIND(...)
#include "synth/entities.def"
#undef ENTITY
#undef PLACE
#undef KIND
    ENTITIES
};

/* One of N things by weight, in two draws of memory (Walker's alias method). */
struct synth_choice {
    uint32_t n;
    const uint32_t *cut;
    const uint16_t *other;
};

struct synth_entity {
    const char *id;
    uint32_t cases[2]; /* men, women */
    double age, spread;
    int youngest, oldest;
    enum synth_scale scale;
    uint8_t share[4];
    uint8_t survival[4]; /* at 5 years, percent */
    bool sided;
    enum synth_care care;
    enum synth_profile profile;
    struct synth_choice place, kind, stage;
    const struct word *places, *kinds;
    double lambda[4]; /* days: scale of the Weibull law of the time to death by cancer */
};

enum synth_nature { ONCOGENE, SUPPRESSOR, LARGE };
enum synth_class {
    MISSENSE,
    NONSENSE,
    FRAMESHIFT_DELETION,
    FRAMESHIFT_INSERTION,
    INFRAME_DELETION,
    INFRAME_INSERTION,
    SPLICE
};

struct synth_hotspot {
    enum synth_gene of;
    struct word protein, coding, reference, alternative;
    uint32_t position;
    enum synth_class class;
    uint8_t weight;
};

struct synth_gene_row {
    struct word symbol, chromosome;
    uint32_t megabase, residues;
    enum synth_nature nature;
};

/* Rows [first, first + n) of a table that is sorted by gene. */
struct synth_rows {
    uint16_t first, n;
};

struct synth_partner {
    enum synth_gene of;
    struct word gene;
    uint8_t weight;
};

enum synth_alteration_kind { VARIANT, FUSION, GAIN, LOSS };

struct synth_alteration_row {
    enum synth_profile profile;
    enum synth_gene gene;
    uint16_t permille;
    enum synth_alteration_kind kind;
    bool exclusive;
};

struct synth_drug_row {
    struct word atc, name, brand;
};

enum synth_setting { EARLY, AFTER, LINE, SETTINGS };

struct synth_regimen {
    enum synth_care care;
    enum synth_setting setting;
    uint16_t from, to;
    enum synth_gene need; /* GENE_NONE: any */
    bool without;         /* NEED must not be altered */
    uint16_t weight, days;
    enum synth_drug drug[4];
};

struct synth_act {
    struct word ccam, label;
};

enum synth_recurrence { LOCAL, DISTANT, RELAPSE };

struct synth_marker {
    struct word name, assay;
    uint8_t positive, tested;
    bool percent;
};

struct synth_care_row {
    uint8_t operated[4], irradiated[4], early[4];
    uint8_t gray;
    enum synth_recurrence recurrence;
    enum synth_lab marker;
    struct synth_choice act, spread;
    const struct synth_act *acts;
    const struct word *spreads;
    const struct synth_regimen *regimens[SETTINGS];
    unsigned n_regimens[SETTINGS];
    const struct synth_marker *markers;
    unsigned n_markers;
};

struct synth_lab_row {
    struct word name, unit;
    double log_median, spread;
    uint8_t decimals;
    uint8_t weight;
};

struct synth_morbid {
    struct word code;
    uint8_t weight, age;
};

struct synth_imaging {
    struct word modality, part;
    uint8_t weight;
};

struct synth_observation {
    struct word type, value[3];
};

struct synth_first_name {
    struct word name;
    uint8_t weight[3];
};

/* A day as text: "2021" "03" "14". */
struct synth_day_text {
    char year[4], month[2], day[2];
};

/* Days that can be written. */
#define SYNTH_FIRST_DAY (-25567) /* 1900-01-01 */
#define SYNTH_AFTER_DAY 21915    /* 2030-01-01 */

struct synth_tables {
    struct synth_entity entity[ENTITIES];
    struct synth_choice by_sex[2]; /* entity by incidence: men, women */
    double women;                  /* their share of the cases */
    struct synth_care_row care[CARES];
    const struct synth_alteration_row *altered[PROFILES];
    unsigned n_altered[PROFILES];
    struct synth_rows hotspot[GENES], partner[GENES];
    struct synth_lab_row labs[LABS];
    struct synth_choice lab, morbid, imaging;
    struct synth_choice family;
    struct synth_choice first[2][3]; /* by sex, generation */
    struct synth_choice year;        /* of the first diagnosis, from SYNTH_FIRST_YEAR */
    struct synth_day_text *day;      /* from SYNTH_FIRST_DAY */
};

#define SYNTH_FIRST_YEAR 1998
#define SYNTH_LAST_YEAR 2026

extern const struct synth_gene_row synth_genes[GENES];
extern const struct synth_hotspot synth_hotspots[];
extern const struct synth_partner synth_partners[];
extern const struct synth_drug_row synth_drugs[DRUGS];
extern const struct synth_morbid synth_morbids[];
extern const struct synth_imaging synth_imagings[];
extern const struct synth_observation synth_observations[];
extern const unsigned synth_n_observations;
extern const struct word synth_families[];
extern const unsigned synth_n_families;
extern const struct synth_first_name synth_first_names[2][128]; /* men, women */
extern const struct word synth_communes[];
extern const unsigned synth_n_communes;

/* All of it, in ARENA. */
const struct synth_tables *synth_tables_new(struct arena *arena);

static inline uint32_t synth_choose(const struct synth_choice *choice,
                                    struct synth_random *random)
{
    uint64_t z = synth_next(random);
    uint32_t i = (uint32_t)(((z >> 32) * choice->n) >> 32);

    return (uint32_t)z < choice->cut[i] ? i : choice->other[i];
}

#endif
