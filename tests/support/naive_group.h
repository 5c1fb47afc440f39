/* SPDX-License-Identifier: Apache-2.0
 *
 * support/naive_group.h: tables and follow-up counted from records, one after the other. */
#ifndef SUPPORT_NAIVE_GROUP_H
#define SUPPORT_NAIVE_GROUP_H

#include "index/group.h"
#include "index/judge.h"

struct buffer;

/* The cells of the answer to QUESTION over the N records (opposed ones left out), one line
 * each, in the order of their keys: key|key|certain|possible. */
void naive_group(struct buffer *out, const struct record *const *records, size_t n,
                 const struct question *question, const struct dimension *dimensions,
                 size_t n_dimensions);

/* Lines days|deaths|patients in ascending order of days, then without|patients. ARM may be
 * NULL. */
void naive_follow(struct buffer *out, const struct record *const *records, size_t n,
                  const struct question *question, const struct question *arm,
                  bool in_arm);

#endif
