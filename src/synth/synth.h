/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/synth.h: cancer centres that do not exist, for tests, demonstrations and benchmarks.
 *
 * Out of a seed come whole centres: patients, tumours, treatments and their follow-up as
 * OSIRIS-RWD sends them, the identity files, who is the same person, and what is true of
 * them. Each person has a complete history first (the hidden truth); what a centre records
 * of it is then spoilt at known rates: days unknown, stages missing, drugs before the
 * centre's software not there, a code mistyped. So a question asked of the records has an
 * answer that can be judged: certain ⊆ true ⊆ possible.
 *
 * Files in the folder, for each centre C (villejuif, lyon, centre3, centre4 …):
 *
 *     C.ndjson.gz        one patient a line (C.ndjson when not compressed)
 *     identities_C.csv   IPP, INS (test root only), names, birth
 *     coverage_C.csv     kind,source,from,to: what the centre would have recorded, and since
 *                        when; an empty date is open; facts before it are true, and not sent
 *     truth_links.csv    centre_a,ipp_a,centre_b,ipp_b: one person known to two centres
 *                        (villejuif_ipp,lyon_ipp when there are two centres)
 *     non_links.csv      kind,centre_a,ipp_a,centre_b,ipp_b: twins and homonyms
 *     truth.json         the answers, true and as recorded; its "definitions" say of what
 *     truth_answers_C.csv  ipp,answers: for each patient who is not opposed, which of the
 *                        "criteria" of truth.json are true of him, a digit each, in order
 *
 * A person depends on the seed, the centre it belongs to, its place there and the number of
 * centres, on nothing else: 20,000 patients are the first half of 40,000, whatever the
 * number of threads, and the same seed gives the same bytes.
 *
 * Where the figures come from is said in entities.def, alterations.def and care.def: BEH
 * 2023;12-13 and INCa "Panorama des cancers en France" for incidence, Francim / Santé
 * publique France 2021 for survival, SEER for stages, TCGA, MSK-IMPACT and GENIE for
 * alterations; orders of magnitude, no reference for anything. Names are common ones,
 * combined at random. */
#ifndef SYNTH_SYNTH_H
#define SYNTH_SYNTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

struct error;

#define SYNTH_CENTRES_MAX 16
#define SYNTH_PATIENTS_MAX 100000000

/* How often a record is spoilt, each between 0 and 1. */
struct synth_dirt {
    double day_unknown;        /* of all dates: the day is UN */
    double month_unknown;      /* day and month */
    double year_unknown;       /* all three */
    double stage_missing;      /* of tumours that have a stage */
    double stage_coarse;       /* IV for IVA */
    double side_unknown;       /* laterality UN, of paired organs */
    double topography_coarse;  /* C34.9 for C34.1 */
    double morphology_unknown; /* NA */
    double wrong_code;         /* topography C99.9x, stage VII, month 13 … */
    double drug_code_null;     /* code null, name kept */
    double detached;           /* treatments hung on no tumour */
    double opposed;
    double not_informed;
    double identity;    /* shared persons whose identities differ */
    double ins_missing; /* rows without an INS, each centre for itself */
    double minor;       /* factor of the small fixed rates: TNM or grade not there,
                               NX, a speciality's name for a drug, no end date, a death
                               not heard of, a past cancer with its year only … */
};

struct synth_options {
    uint64_t patients; /* records of each centre, at most SYNTH_PATIENTS_MAX */
    uint64_t seed;
    unsigned centres; /* 1 to SYNTH_CENTRES_MAX */
    double overlap;   /* share of the persons who are known to two centres */
    bool dense;       /* about 60 facts a patient, as benchmarks want, instead of 30 */
    bool gzip;
    int level;        /* of compression, 1 to 9; 0 is 1 */
    unsigned threads; /* 0 is 1 */
    struct synth_dirt dirt;
};

/* 20,000 patients, seed 1, one centre, overlap 3.5 %, the clinic's volume, compressed, one
 * thread, and these rates of dirt: day 4 %, month 1 %, year 0.1 %, stage missing 8 %, coarse
 * 10 %, laterality 5 %, topography 4 %, morphology 1 %, wrong codes 0.1 %, drug code 10 %,
 * detached 30 %, opposed 1 %, not informed 2 %, differing identities 40 %, no INS 30 %, minor
 * 1. With all of them 0 a record says what is true, but for the coverage and for what the
 * second centre of a shared person knows. */
void synth_defaults(struct synth_options *options);

/* Now and then: DONE of TOTAL patients of each centre are written. */
typedef void synth_progress(void *context, uint64_t done, uint64_t total);

/* Write the files in FOLDER, which is made if it is not there; files of these names are
 * replaced. PROGRESS may be NULL. -1 with ERROR_INPUT when an option is out of its bounds,
 * ERROR_IO when the disk refuses. */
NODISCARD int synth_write(const struct synth_options *options, const char *folder,
                          synth_progress *progress, void *context, struct error *err);

/* The name of the NUMBERth centre (from 0) and its FINESS; the strings are static. */
const char *synth_centre_name(unsigned number);
const char *synth_centre_finess(unsigned number);

#endif
