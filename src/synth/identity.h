/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/identity.h: who a synthetic person is, as one centre writes it. */
#ifndef SYNTH_IDENTITY_H
#define SYNTH_IDENTITY_H

#include "synth/synth_internal.h"

#define SYNTH_NUMBER_SIZE 16

struct synth_identity {
    char number[SYNTH_NUMBER_SIZE]; /* IPP */
    char ins[16];                   /* "" when the centre has none */
    const char *status;             /* "" without an INS */
    char birth_name[64];
    char used_name[64];
    char first_names[128];
    day_number birth;
    char sex; /* 'M', 'F' */
    char place[8];
};

/* The patient's number in a centre: unlike for neighbours, unique. Returns its length. */
unsigned synth_patient_number(unsigned centre, uint64_t place,
                              char out[SYNTH_NUMBER_SIZE]);

/* PERSON as CENTRE writes it (its own or the second one). */
void synth_identity_make(const struct synth_world *world, const struct synth_slot *slot,
                         const struct synth_person *person, unsigned centre,
                         struct synth_identity *identity);

#endif
