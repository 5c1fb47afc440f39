/* SPDX-License-Identifier: Apache-2.0
 *
 * index/set.h: sets of patients, or of tumours, of one segment, as plain bit words.
 *
 * One bit a row: a million patients are 125 kB, which stays in the processor's cache, and
 * the loops below are vectorised by the compiler. Sets live in an arena; their number of rows
 * is known from the segment. Bits beyond the last row are always 0. */
#ifndef INDEX_SET_H
#define INDEX_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"

static inline size_t set_words(size_t rows)
{
    return (rows + 63) / 64;
}

static inline uint64_t *set_new(struct arena *arena, size_t rows)
{
    return arena_array(arena, set_words(rows) + 1, sizeof(uint64_t));
}

static inline bool set_has(const uint64_t *set, uint32_t row)
{
    return (set[row >> 6] >> (row & 63)) & 1;
}

static inline void set_put(uint64_t *set, uint32_t row)
{
    set[row >> 6] |= (uint64_t)1 << (row & 63);
}

static inline void set_drop(uint64_t *set, uint32_t row)
{
    set[row >> 6] &= ~((uint64_t)1 << (row & 63));
}

/* Word W of the set of all ROWS. */
static inline uint64_t set_all(size_t rows, size_t w)
{
    return rows - w * 64 < 64 ? ((uint64_t)1 << (rows - w * 64)) - 1 : ~(uint64_t)0;
}

/* 64 truths, each 0 or 1 in a byte of its own, as a word. */
static inline uint64_t set_word(const uint8_t *truth)
{
    uint64_t word = 0, eight;

    for (unsigned i = 0; i < 8; i++) {
        memcpy(&eight, truth + i * 8, 8);
        word |= (eight * 0x0102040810204080 >> 56)
                << (i * 8); /* the low bits, side by side */
    }
    return word;
}

void set_fill(uint64_t *set, size_t rows);
void set_copy(uint64_t *out, const uint64_t *in, size_t rows);
void set_and(uint64_t *out, const uint64_t *in, size_t rows);
void set_or(uint64_t *out, const uint64_t *in, size_t rows);
void set_and_not(uint64_t *out, const uint64_t *in, size_t rows);
void set_not(uint64_t *out, const uint64_t *in, size_t rows);
uint64_t set_count(const uint64_t *set, size_t rows);
uint64_t set_count_and(const uint64_t *a, const uint64_t *b, size_t rows);

/* The rows of SET in ascending order into OUT (room for set_count). Returns how many. */
size_t set_list(const uint64_t *set, size_t rows, uint32_t *out);

/* for each row of SET: `set_each(row, set, rows) { … }` */
#define set_each(row, set, rows)                                                 \
    for (size_t word_##row = 0; word_##row < set_words(rows); word_##row++)      \
        for (uint64_t bits_##row = (set)[word_##row]; bits_##row;                \
             bits_##row &= bits_##row - 1)                                       \
            for (uint32_t row = (uint32_t)(word_##row * 64 +                     \
                                           (size_t)__builtin_ctzll(bits_##row)), \
                          once_##row = 1;                                        \
                 once_##row; once_##row = 0)

#endif
