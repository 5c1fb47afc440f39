/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/sentence.h: criteria as a clinician would say them.
 *
 *     tumour { topography C34 stage IV } and age at diagnosis 18..75
 *     Patients dont une même tumeur est localisée au niveau « Bronches, poumon » (C34), de
 *     stade IV, et âgés de 18 à 75 ans au diagnostic
 *
 * The sentence says all that the canonical text says: two questions never give the same one,
 * but for `sex F` at the top, which makes "Patientes" wherever it stands. */
#ifndef CRITERIA_SENTENCE_H
#define CRITERIA_SENTENCE_H

#include "vocab/vocab.h"

struct arena;
struct criteria;

/* One sentence without its full stop, in ARENA. */
const char *criteria_sentence(struct arena *arena, const struct criteria *criteria,
                              enum lang lang);

#endif
