/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/synth_internal.h: a person of the synthetic world, and who makes, writes and counts
 * one.
 *
 *     outline.c   sex, birth, tumours, survival            ┐
 *     course.c    treatments, recurrences, molecular tests ├─▶ struct synth_person
 *     care.c      measures, imaging, the rest              ┘      the hidden truth
 *     identity.c  names, INS, and how two centres write them
 *     record.c    what one centre sends of it, spoilt ──▶ NDJSON, struct synth_view
 *     objects.c   the arrays of that line
 *     question.c  criteria asked of a view
 *     tally.c     views counted ──▶ truth.json
 *     gzip.c      compressed pieces of one file
 *     synth.c     batches, threads, files
 *
 * Invariants of the truth, which a test checks: every day lies between birth and the last
 * day (death, loss of sight or 2026-06-30); a treatment starts at or after the diagnosis of
 * its tumour and does not end before it starts; a recurrence comes after the diagnosis. */
#ifndef SYNTH_SYNTH_INTERNAL_H
#define SYNTH_SYNTH_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/date.h"
#include "model/model.h"
#include "synth/random.h"
#include "synth/synth.h"
#include "synth/tables.h"

#define SYNTH_END_DAY 20634 /* 2026-06-30, the last day anything happens */
#define DAY_NONE INT32_MIN

/* Who knows of a fact: the person's own centre, or the second one. */
#define SIDE_HOME 1
#define SIDE_SECOND 2
#define SIDE_BOTH 3

enum {
    MOST_TUMOURS = 4,
    MOST_DRUGS = 96,
    MOST_SURGERIES = 16,
    MOST_RADIOTHERAPIES = 12,
    MOST_EVENTS = 16,
    MOST_METASTASES = 16,
    MOST_MARKERS = 32,
    MOST_ALTERATIONS = 64,
    MOST_SPECIMENS = 16,
    MOST_MEASURES = 128,
    MOST_IMAGINGS = 64,
    MOST_MORBIDS = 16,
    MOST_OBSERVATIONS = 32,
    MOST_PROGRESSIONS = 12,
    MOST_RELATIVES = 3,
};

/* What every dated fact has. */
struct synth_fact {
    day_number day;
    uint8_t tumour;
    uint8_t sides;
    bool detached; /* recorded on the patient, not on its tumour */
    bool elsewhere;
    uint8_t source; /* OSIRIS-RWD 1 to 5 */
};

struct synth_tumour {
    const struct synth_entity *entity;
    struct word topography, morphology;
    day_number day;    /* of diagnosis */
    day_number killed; /* when it would kill, DAY_NONE if never */
    uint8_t stage;     /* 1 to 4; 0 in situ; STAGE_NONE */
    char letter;       /* 'A' …, 0 */
    char side;         /* 'R', 'L', 'A' not applicable */
    uint8_t t, n, m;   /* TNM: T 1-4, N 0-3, M 0-1 */
    bool pathological; /* pTNM: operated before other treatment */
    day_number tnm_day;
    uint8_t method;
    uint8_t grade; /* 1 to 3, 0 none */
    uint16_t size; /* mm, 0 unknown */
    uint8_t sides;
    bool past; /* cared for elsewhere, years ago */
    bool sequenced;
    bool detached; /* its variants stand on the patient */
    day_number sequenced_day;
    uint8_t line; /* lines of advanced treatment so far */
    day_number recurred;
};
#define STAGE_NONE 255

struct synth_drug_fact {
    struct synth_fact fact;
    day_number end; /* DAY_NONE: one day, or still going on */
    uint8_t drug;
    uint8_t change;
    bool trial;
};

struct synth_surgery {
    struct synth_fact fact;
    struct synth_act act;
};

struct synth_radiotherapy {
    struct synth_fact fact;
    day_number end;
    struct word topography;
    uint8_t gray, fractions;
};

struct synth_event {
    struct synth_fact fact;
    uint8_t type; /* OSIRIS-RWD 9.1: 1 local, 2 metastasis, 3 relapse */
    uint8_t method;
    struct word topography;
};

struct synth_metastasis {
    struct synth_fact fact;
    struct word topography;
};

struct synth_marker_fact {
    struct synth_fact fact;
    const struct synth_marker *marker;
    uint8_t status; /* 0 negative, 1 positive, 2 non contributive */
    uint8_t percent;
};

struct synth_alteration {
    struct synth_fact fact;
    enum synth_gene gene;
    enum synth_alteration_kind kind;
    const struct synth_hotspot *hotspot; /* NULL: drawn along the protein */
    struct word partner;
    enum synth_class class;
    uint16_t residue;
    char from, to; /* amino acids */
    uint32_t position;
    char reference, alternative;
    uint16_t frequency; /* permille; copies for GAIN and LOSS */
};

struct synth_specimen {
    struct synth_fact fact;
    uint8_t type; /* 0 surgical, 1 biopsy, 2 cells, 3 liquid */
    bool healthy;
    uint64_t id;
    struct word topography;
};

enum synth_measure_type { MEASURE_LAB, MEASURE_PS, MEASURE_WEIGHT, MEASURE_HEIGHT };
struct synth_measure {
    struct synth_fact fact;
    uint8_t type;
    uint8_t lab;
    uint8_t decimals;
    uint32_t value; /* in units of 10^-decimals */
};

struct synth_imaging_fact {
    struct synth_fact fact;
    uint8_t row;
};

struct synth_morbid_fact {
    struct synth_fact fact;
    struct word code;
};

struct synth_observation_fact {
    struct synth_fact fact;
    uint8_t row, value;
};

struct synth_progression {
    struct synth_fact fact;
};

struct synth_relative {
    struct word topography;
    uint8_t parent;
    uint8_t sides;
};

struct synth_person {
    unsigned home;  /* number of the centre it belongs to */
    unsigned other; /* of the second one, or the same */
    uint64_t place; /* line in its centre, from 0 */
    bool shared;
    day_number split; /* shared: what comes after is the second centre's */
    bool woman;
    bool smoker;
    day_number birth;
    day_number death; /* DAY_NONE: alive at SYNTH_END_DAY */
    day_number last;  /* last day of care */
    day_number first; /* first diagnosis */
    day_number informed;
    uint16_t height;  /* cm */
    uint16_t weight;  /* hg at the first diagnosis */
    uint8_t risk[13]; /* 0 not asked, 1 yes, 2 no, 3 unknown */
    unsigned n_tumours, n_drugs, n_surgeries, n_radiotherapies, n_events, n_metastases,
        n_markers, n_alterations, n_specimens, n_measures, n_imagings, n_morbids,
        n_observations, n_progressions, n_relatives;
    struct synth_tumour tumour[MOST_TUMOURS];
    struct synth_drug_fact drug[MOST_DRUGS];
    struct synth_surgery surgery[MOST_SURGERIES];
    struct synth_radiotherapy radiotherapy[MOST_RADIOTHERAPIES];
    struct synth_event event[MOST_EVENTS];
    struct synth_metastasis metastasis[MOST_METASTASES];
    struct synth_marker_fact marker[MOST_MARKERS];
    struct synth_alteration alteration[MOST_ALTERATIONS];
    struct synth_specimen specimen[MOST_SPECIMENS];
    struct synth_measure measure[MOST_MEASURES];
    struct synth_imaging_fact imaging[MOST_IMAGINGS];
    struct synth_morbid_fact morbid[MOST_MORBIDS];
    struct synth_observation_fact observation[MOST_OBSERVATIONS];
    struct synth_progression progression[MOST_PROGRESSIONS];
    struct synth_relative relative[MOST_RELATIVES];
};

/* Days from FIRST to LAST; none when LAST is before FIRST. */
struct synth_period {
    day_number first, last;
};

/* What the even and the odd centres cover, by group of the model; two periods at most. */
struct synth_coverage {
    struct synth_period period[2][GROUPS][2];
};

/* The world: tables and options, shared by all threads. */
struct synth_world {
    const struct synth_options *options;
    const struct synth_tables *tables;
    const struct synth_coverage *coverage;
};

const struct synth_coverage *synth_coverage_new(struct arena *arena);

/* Would CENTRE have recorded a fact of GROUP on DAY? */
static inline bool synth_is_covered(const struct synth_world *world, unsigned centre,
                                    enum group group, day_number day)
{
    const struct synth_period *period = world->coverage->period[centre & 1][group];

    return (day >= period[0].first && day <= period[0].last) ||
           (day >= period[1].first && day <= period[1].last);
}

/* Rows of coverage.def for CENTRE as CSV, with a head. */
struct sheet;
void synth_coverage_csv(unsigned centre, struct sheet *sheet);

/* Whose slot is it? The persons of one line of all centres: PERSON N of centre N, unless the
 * line of centre N belongs to the second visit of a person of another centre. */
struct synth_slot {
    struct {
        unsigned home;  /* centre whose person stands here */
        unsigned other; /* if shared, the second centre; else home */
        unsigned
            twin; /* centre of this line whose person's twin or homonym this one is, or home */
        enum { LIKE_NOBODY, LIKE_TWIN, LIKE_HOMONYM, LIKE_HOMONYM_SAME_DAY } like;
    } centre[SYNTH_CENTRES_MAX];
};

void synth_slot_make(const struct synth_world *world, uint64_t place,
                     struct synth_slot *slot);

/* The whole person in place PLACE of centre CENTRE of SLOT. */
void synth_person_make(const struct synth_world *world, const struct synth_slot *slot,
                       unsigned centre, uint64_t place, struct synth_person *person);

/* Its steps. */
void synth_outline(const struct synth_world *world, const struct synth_slot *slot,
                   struct synth_person *person);
void synth_course(const struct synth_world *world, struct synth_person *person);
void synth_molecular(const struct synth_world *world, struct synth_person *person,
                     unsigned tumour, struct synth_random *random);
bool synth_is_altered(const struct synth_person *person, unsigned tumour,
                      enum synth_gene gene);
void synth_care(const struct synth_world *world, struct synth_person *person);
void synth_share(const struct synth_world *world, struct synth_person *person);

/* Source and place of a fact, drawn. */
void synth_fact_origin(struct synth_random *random, struct synth_fact *fact);

/* Age at DAY in years. */
static inline double synth_age(const struct synth_person *person, day_number day)
{
    return (day - person->birth) / 365.25;
}

#endif
