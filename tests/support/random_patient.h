/* SPDX-License-Identifier: Apache-2.0
 *
 * support/random_patient.h: patients as OSIRIS-RWD objects, made at random from the model:
 * each group under its first key, at the top or inside a tumour, each item under its own. */
#ifndef SUPPORT_RANDOM_PATIENT_H
#define SUPPORT_RANDOM_PATIENT_H

#include "support/random_record.h"

struct buffer;

/* One JSON object without a line's end, of the patient NUMBER. */
void random_patient_json(struct buffer *out, struct rng *rng, const char *number);

#endif
