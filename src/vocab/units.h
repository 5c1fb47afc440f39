/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/units.h: units of measure, as laboratories write them, and the unit in which each
 * measure is counted.
 *
 * A unit is read by the grammar of UCUM (ucum.org, version 2.2, case-sensitive form): prefixes,
 * products, quotients, exponents, brackets, annotations. Beside it stand the usual spellings of
 * French and English sources (µg/L, 10^9/L, G/L, UI/L, mL/mn, g/100mL: units.def). Measures,
 * their units and what is needed to convert between mass and amount are measures.def.
 *
 * Conversions are linear: a factor and nothing else. What needs an offset or a formula (°F,
 * mmol/mol of haemoglobin A1c, a clearance per 1.73 m² of body surface against one that is not)
 * cannot be converted, and says so. Immutable and shared by all threads. */
#ifndef VOCAB_UNITS_H
#define VOCAB_UNITS_H

#include <stdbool.h>

#include "base/attributes.h"

/* Can TEXT be read as a unit? */
bool vocab_unit_is_known(const char *text);

/* The unit, in UCUM, in which MEASURE is counted everywhere behind the adapter; "" when the
 * measure is not in measures.def, or is a score. MEASURE: a code of VOCAB_MEASURE, or any name
 * that VOCAB_MEASURE knows as one (a marker among the biomarkers). Static. */
const char *vocab_measure_unit(const char *measure);

/* *NUMBER of MEASURE, counted in FROM, counted in TO: rounded to twelve significant digits, so
 * that 100 g/L are 10 g/dL and not a hair less. MEASURE may be "": then nothing is known but the
 * units, and mass and amount are different things. False, and *NUMBER untouched, when a unit
 * cannot be read or the two do not measure the same. */
NODISCARD bool vocab_unit_convert(const char *measure, const char *from, const char *to,
                                  double *number);

#endif
