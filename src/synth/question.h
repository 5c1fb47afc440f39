/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/question.h: the criteria of questions.def, asked of one view.
 *
 * A small evaluator of its own, so that the answers do not come from the code that they are
 * to judge. Two values: what is not said counts as no (so that "not" of it is yes), and a
 * fact that hangs on no tumour belongs to the sole tumour, if there is one. */
#ifndef SYNTH_QUESTION_H
#define SYNTH_QUESTION_H

#include <stdbool.h>

#include "synth/record.h"

struct arena;
struct synth_question;

extern const char *const synth_question_texts[];
extern const unsigned synth_n_questions;

/* All of them, parsed, in ARENA. */
const struct synth_question *synth_questions_new(struct arena *arena);

/* Does the NUMBERth hold in VIEW? */
bool synth_question_holds(const struct synth_question *questions, unsigned number,
                          const struct synth_view *view);

#endif
