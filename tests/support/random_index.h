/* SPDX-License-Identifier: Apache-2.0
 *
 * support/random_index.h: the same records, laid out in an index in a random way: how many
 * segments, who stands in which, who was replaced, what was compacted. */
#ifndef SUPPORT_RANDOM_INDEX_H
#define SUPPORT_RANDOM_INDEX_H

#include "index/catalogue.h"
#include "index/eval.h"
#include "support/random_record.h"

struct arena;

struct test_index {
    char folder[160];
    struct catalogue *catalogue;
    struct snapshot *snapshot;
};

/* A new folder under TMPDIR, by mkdtemp. */
void test_folder(char folder[160]);
void test_folder_remove(const char *folder);

/* The N RECORDS (ascending persons) in an index of their own, in one segment when RNG is
 * NULL, else laid out at random with at most BATCHES changes. */
void test_index_make(struct test_index *index, const struct record *const *records,
                     size_t n, struct rng *rng, int batches);
void test_index_free(struct test_index *index);

/* What the index answers for each of the N records: evaluate QUESTION and look each person
 * up. Opposed patients are in no answer (TRUTH_NO). *COHORT_R may be NULL. Fails the test on
 * an answer about somebody else, or a person twice. */
enum truth *test_index_answers(struct arena *arena, const struct test_index *index,
                               const struct record *const *records, size_t n,
                               const struct question *question, struct cohort *cohort_r);

#endif
