/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/tally.h: views counted, for truth.json. */
#ifndef SYNTH_TALLY_H
#define SYNTH_TALLY_H

#include "synth/question.h"
#include "synth/record.h"
#include "synth/sheet.h"

#define MOST_QUESTIONS 64

enum { TRUE_COUNT, RECORDED_COUNT, COUNTS };

/* Of one centre, or of all persons once. */
struct synth_tally {
    uint64_t records, opposed, persons, facts;
    uint64_t deaths[COUNTS];
    uint64_t group[COUNTS][100];
    uint64_t gene[COUNTS][GENES];
    uint64_t year[COUNTS][128];
    uint64_t question[COUNTS][MOST_QUESTIONS];
    uint64_t renal_drug[COUNTS]; /* C64 in stage IV, and any drug */
};

/* A person that is not opposed; RECORDED and TRUTH as it is seen. Returns the questions that
 * hold in TRUTH, one bit each. */
uint64_t synth_tally_count(struct synth_tally *tally,
                           const struct synth_question *questions,
                           const struct synth_view *truth,
                           const struct synth_view *recorded);

void synth_tally_add(struct synth_tally *tally, const struct synth_tally *more);

/* truth.json: CENTRES tallies, then the one of distinct persons, appended to SHEET. */
void synth_tally_write(const struct synth_world *world, const struct synth_tally *tallies,
                       uint64_t shared, struct sheet *sheet);

#endif
