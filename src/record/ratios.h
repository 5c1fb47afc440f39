/* SPDX-License-Identifier: Apache-2.0
 *
 * record/ratios.h: measures in multiples of the upper limit of normal.
 *
 * Eligibility criteria count enzymes so (ALAT below 3 times the upper limit), because the limit
 * is that of the laboratory and its method. The ratio is value / limit, both as the source gave
 * them with that very measure: one number in one unit by the other, so that no unit matters.
 * A measure without a value, or without a limit above 0, has a ratio that is not known. In a record
 * where no measure has a limit, none has a ratio: there all of them are unknown anyway. */
#ifndef RECORD_RATIOS_H
#define RECORD_RATIOS_H

#include <stddef.h>

struct arena;
struct fact;
struct record;

/* The calculation's name. */
#define RATIOS_NAME "ratios-1"

/* The facts of GROUP_RATIO that follow from RECORD, whose facts are sorted: one a measure, in the
 * order of fact_compare, into RATIOS_R, which has room for as many as RECORD has measures. Their
 * values live in ARENA, codes are borrowed. Returns how many. */
size_t ratios_compute(struct arena *arena, const struct record *record,
                      struct fact *ratios_r);

#endif
