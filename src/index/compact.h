/* SPDX-License-Identifier: Apache-2.0
 *
 * index/compact.h: several segments into one, without those patients who were replaced. */
#ifndef INDEX_COMPACT_H
#define INDEX_COMPACT_H

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

struct error;
struct segment;

/* Write PATH with the live patients of N segments: patient row p of segment s is live unless
 * MASKS[s] (bit words; NULL: none masked) has it. A person is live in at most one segment.
 * The bytes are those that a builder would write from the same persons' records. Memory: one
 * block at a time. ERROR_CORRUPT when a segment is damaged: nothing of it is copied on. */
NODISCARD int segments_compact(const struct segment *const *segments,
                               const uint64_t *const *masks, size_t n, const char *path,
                               struct error *err);

#endif
