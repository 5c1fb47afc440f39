/* SPDX-License-Identifier: Apache-2.0
 *
 * base/arena.h: memory that is freed all at once.
 *
 * Three lifetimes: the process, a request or import batch, and a scratch frame inside it
 * (arena_mark / arena_release). Each arena has a cap. Allocation itself never fails: past
 * the cap it still serves but raises a mark, so that code asks once per unit of work
 * (arena_check) instead of after each allocation. The work between two checks must be
 * bounded by its input. A failed malloc aborts: on a server with overcommit it does not
 * happen, and no caller could do better. Not thread-safe: one arena, one thread at a time.
 *
 * Under AddressSanitizer memory beyond each allocation, and all memory after a release, is
 * poisoned. With LACIS_ARENA_MALLOC defined each allocation is a malloc of its own, so that
 * valgrind sees every overrun. */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

struct arena;
struct error;

struct arena_mark {
    void *block;
    size_t used;
    size_t total;
};

/* NAME is kept (not copied) for messages; CAP in bytes. */
struct arena *arena_new(const char *name, size_t cap);
void arena_free(struct arena *arena); /* takes NULL */

/* SIZE bytes, zeroed, aligned to 16; never NULL; lives until the arena is freed, reset or
 * released. */
void *arena_alloc(struct arena *arena, size_t size)
    __attribute__((returns_nonnull, malloc, alloc_size(2)));
/* COUNT × SIZE without overflow. */
void *arena_array(struct arena *arena, size_t count, size_t size)
    __attribute__((returns_nonnull, malloc, alloc_size(2, 3)));
void *arena_copy(struct arena *arena, const void *bytes, size_t size);
char *arena_string(struct arena *arena, const char *bytes, size_t length);
char *arena_printf(struct arena *arena, const char *format, ...) PRINTF_LIKE(2, 3);

/* 0, or -1 with ERROR_LIMIT when the cap was passed since the arena was new or reset. */
NODISCARD int arena_check(const struct arena *arena, struct error *err);

/* Bytes handed out. */
size_t arena_used(const struct arena *arena);

/* Forget everything, keep the memory for the next use. */
void arena_reset(struct arena *arena);

struct arena_mark arena_mark(const struct arena *arena);
void arena_release(struct arena *arena, struct arena_mark mark);

/* Memory that must be resized or outlives any arena (growing arrays of a builder, …), not
 * zeroed. Abort rather than return NULL. */
void *memory_alloc(size_t size) __attribute__((returns_nonnull, malloc, alloc_size(1)));
void *memory_resize(void *memory, size_t size) __attribute__((returns_nonnull));
void memory_free(void *memory); /* takes NULL */

/* Grow *ARRAY (of ITEM_SIZE elements, from memory_alloc) so that it holds NEEDED. */
void memory_grow(void **array_r, size_t *capacity_r, size_t needed, size_t item_size);

#endif
