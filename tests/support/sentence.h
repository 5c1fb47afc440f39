/* SPDX-License-Identifier: Apache-2.0
 *
 * support/sentence.h: one patient, one question, one answer. */
#ifndef SUPPORT_SENTENCE_H
#define SUPPORT_SENTENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"

struct arena;
struct record;

struct sentence {
    const char *patient; /* the inside of the object of OSIRIS-RWD */
    const char *criteria;
    enum truth truth;
};

/* Fails the test unless each of the N is answered so, as of 1 June 2021 where every kind of
 * fact is covered: by the judge; by worlds, all of them when the answer is known,
 * some yes and some no when it is not; and by the index. REMARKED: the adapter
 * has something to say of each patient. */
void sentences_hold(const struct sentence *sentences, size_t n, bool remarked);

/* The record of that patient, in ARENA. REMARKED as above; else the test fails on any remark. */
const struct record *sentence_record(struct arena *arena, const char *inside,
                                     bool remarked);

#endif
