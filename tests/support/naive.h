/* SPDX-License-Identifier: Apache-2.0
 *
 * support/naive.h: criteria asked of one record after the other, as docs/criteria.md says.
 *
 * The second opinion on the index: loops over facts and tumours with the three-valued
 * comparisons of base/date.h, so simple that it is obviously right, and slow. It shares no
 * code with the evaluator of src/index but the question and the coverage. */
#ifndef SUPPORT_NAIVE_H
#define SUPPORT_NAIVE_H

#include "base/date.h"
#include "criteria/criteria.h"
#include "index/eval.h"
#include "record/record.h"

/* Does QUESTION hold for the patient of RECORD? */
enum truth naive_eval(const struct record *record, const struct question *question);

/* Does CRITERIA, a part of QUESTION as it stands inside tumour { }, hold for TUMOUR? */
enum truth naive_eval_tumour(const struct record *record, const struct question *question,
                             const struct criteria *criteria, int tumour);

/* May FACT be about TUMOUR (or TUMOUR_NONE: about the patient), by scope and attachment? */
enum truth naive_attached(const struct record *record, const struct fact *fact,
                          int tumour);

/* The truth of CODED as an answer to one of CODES; YES when none is asked. */
enum truth naive_code(enum vocab_system system, const struct criteria_code *codes,
                      size_t n, const char *coded);

#endif
