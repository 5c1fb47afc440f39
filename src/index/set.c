/* SPDX-License-Identifier: Apache-2.0
 *
 * index/set.c: see set.h. */
#include "index/set.h"

/* One build serves old and new processors: the loader picks. Not under the thread sanitizer,
 * which is not ready yet when the loader asks, nor with clang, which before 16 gives the
 * picked function another name. */
#if defined(__SANITIZE_THREAD__) || defined(__clang__)
#define FAST_CLONES
#else
#define FAST_CLONES __attribute__((target_clones("avx2", "popcnt", "default")))
#endif

void set_fill(uint64_t *set, size_t rows)
{
    size_t whole = rows / 64;

    memset(set, 0xff, whole * sizeof(*set));
    if (rows % 64)
        set[whole] = ((uint64_t)1 << (rows % 64)) - 1;
}

void set_copy(uint64_t *out, const uint64_t *in, size_t rows)
{
    memcpy(out, in, set_words(rows) * sizeof(*out));
}

void set_and(uint64_t *out, const uint64_t *in, size_t rows)
{
    for (size_t i = 0, n = set_words(rows); i < n; i++)
        out[i] &= in[i];
}

void set_or(uint64_t *out, const uint64_t *in, size_t rows)
{
    for (size_t i = 0, n = set_words(rows); i < n; i++)
        out[i] |= in[i];
}

void set_and_not(uint64_t *out, const uint64_t *in, size_t rows)
{
    for (size_t i = 0, n = set_words(rows); i < n; i++)
        out[i] &= ~in[i];
}

void set_not(uint64_t *out, const uint64_t *in, size_t rows)
{
    size_t n = set_words(rows);

    for (size_t i = 0; i < n; i++)
        out[i] = ~in[i];
    if (rows % 64)
        out[n - 1] &= ((uint64_t)1 << (rows % 64)) - 1;
}

FAST_CLONES uint64_t set_count(const uint64_t *set, size_t rows)
{
    uint64_t count = 0;

    for (size_t i = 0, n = set_words(rows); i < n; i++)
        count += (uint64_t)__builtin_popcountll(set[i]);
    return count;
}

FAST_CLONES uint64_t set_count_and(const uint64_t *a, const uint64_t *b, size_t rows)
{
    uint64_t count = 0;

    for (size_t i = 0, n = set_words(rows); i < n; i++)
        count += (uint64_t)__builtin_popcountll(a[i] & b[i]);
    return count;
}

size_t set_list(const uint64_t *set, size_t rows, uint32_t *out)
{
    size_t n = 0;

    set_each(row, set, rows) out[n++] = row;
    return n;
}
