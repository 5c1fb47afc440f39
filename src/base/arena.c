/* SPDX-License-Identifier: Apache-2.0
 *
 * base/arena.c: a chain of blocks, handed out from front to back.
 *
 *     first                     current                    kept from before a release
 *     +--------+-----------+    +--------+------+------+    +--------+-----------+
 *     | header | full      | -> | header | used | free | -> | header | free      | -> NULL
 *     +--------+-----------+    +--------+------+------+    +--------+-----------+
 *                                              ^next  ^end
 *
 * Invariants: blocks before `current` are closed; bytes of `current` from `next` on are
 * free; blocks behind it are free. Both next and end are NULL while there is no current
 * block. Bytes of a block from its `clean` on were never handed out since calloc() and so
 * are zero already: only recycled memory is cleared again. That matters for large arrays,
 * whose pages are then not touched before they are used.
 *
 * Price: the tail of a block that is too short for the next request is lost, and one size
 * class of blocks is kept for as long as the arena lives. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"

#define ALIGNMENT ((size_t)16)
#define ROUND_UP(size) (((size) + ALIGNMENT - 1) & ~(ALIGNMENT - 1))

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif

#ifdef HAVE_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(start, size) __asan_poison_memory_region((start), (size))
#define UNPOISON(start, size) __asan_unpoison_memory_region((start), (size))
#define RED_ZONE ((size_t)16)
#else
#define POISON(start, size) ((void)(start), (void)(size))
#define UNPOISON(start, size) ((void)(start), (void)(size))
#define RED_ZONE ((size_t)0)
#endif

/* What no real request reaches; a size above it is a computation gone wrong. */
#define SIZE_LIMIT (SIZE_MAX / 4)

#ifndef LACIS_ARENA_MALLOC

#define FIRST_BLOCK ((size_t)64 << 10)
#define LARGEST_BLOCK ((size_t)1 << 20)

struct block {
    struct block *next;
    char *clean; /* from here to the end all bytes are zero */
    size_t size; /* of bytes[] */
    size_t unused;
    char bytes[]; /* aligned to 16, as malloc's memory and the four words above are */
};

_Static_assert(sizeof(struct block) % 16 == 0, "allocations must be aligned to 16");

struct arena {
    char *next;  /* first free byte of the current block */
    char *end;   /* its end */
    char *clean; /* current->clean */
    size_t total;
    size_t cap;
    bool overflowed;
    struct block *current;
    struct block *first;
    size_t block_size; /* of the next block */
    const char *name;
};

struct arena *arena_new(const char *name, size_t cap)
{
    struct arena *arena = memory_alloc(sizeof(*arena));

    *arena = (struct arena){.name = name, .cap = cap, .block_size = FIRST_BLOCK};
    return arena;
}

static void blocks_free(struct block *block)
{
    while (block) {
        struct block *next = block->next;

        UNPOISON(block->bytes, block->size);
        free(block);
        block = next;
    }
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    blocks_free(arena->first);
    free(arena);
}

/* Remember how far the current block was written before it is left or rewound. */
static void close_current(struct arena *arena)
{
    if (arena->current && arena->next > arena->current->clean)
        arena->current->clean = arena->next;
}

static void enter(struct arena *arena, struct block *block, size_t used)
{
    arena->current = block;
    arena->next = block ? block->bytes + used : NULL;
    arena->end = block ? block->bytes + block->size : NULL;
    arena->clean = block ? block->clean : NULL;
}

static struct block *block_new(struct arena *arena, size_t needed)
{
    size_t size = arena->block_size - sizeof(struct block);

    if (arena->block_size < LARGEST_BLOCK)
        arena->block_size *= 2;
    if (size < needed)
        size = needed;

    struct block *block = calloc(1, sizeof(*block) + size);

    if (!block)
        panic("arena %s: no memory for %zu bytes", arena->name, size);
    block->size = size;
    block->clean = block->bytes;
    POISON(block->bytes, size);
    return block;
}

/* Make a block current that holds NEEDED bytes: the next one of the chain when it is large
 * enough, else a new one put in before it (the smaller ones stay for smaller needs). */
__attribute__((noinline, cold)) static void next_block(struct arena *arena, size_t needed)
{
    struct block **link = arena->current ? &arena->current->next : &arena->first;

    close_current(arena);
    if (!*link || (*link)->size < needed) {
        struct block *block = block_new(arena, needed);

        block->next = *link;
        *link = block;
    }
    enter(arena, *link, 0);
}

/* SIZE bytes, not cleared. */
static inline char *take(struct arena *arena, size_t size)
{
    if (__builtin_expect(size > SIZE_LIMIT, 0))
        panic("arena %s: asked for %zu bytes", arena->name, size);

    size_t rounded = ROUND_UP(size);

    if (__builtin_expect(rounded + RED_ZONE > (size_t)(arena->end - arena->next), 0) ||
        __builtin_expect(!arena->current, 0))
        next_block(arena, rounded + RED_ZONE);

    char *memory = arena->next;

    arena->next += rounded + RED_ZONE;
    arena->total += rounded;
    if (arena->total > arena->cap)
        arena->overflowed = true;
    UNPOISON(memory, size);
    return memory;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    char *memory = take(arena, size);

    if (memory < arena->clean) {
        size_t dirty = (size_t)(arena->clean - memory);

        memset(memory, 0, dirty < size ? dirty : size);
    }
    return memory;
}

void arena_reset(struct arena *arena)
{
    arena_release(arena, (struct arena_mark){0});
    arena->overflowed = false;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    size_t used = arena->current ? (size_t)(arena->next - arena->current->bytes) : 0;

    return (struct arena_mark){arena->current, used, arena->total};
}

void arena_release(struct arena *arena, struct arena_mark mark)
{
    struct block *block = mark.block;

    close_current(arena);
#ifdef HAVE_ASAN
    for (struct block *b = block ? block->next : arena->first; b; b = b->next)
        POISON(b->bytes, b->size);
#endif
    if (block)
        POISON(block->bytes + mark.used, block->size - mark.used);
    enter(arena, block, mark.used);
    arena->total = mark.total;
}

#else /* LACIS_ARENA_MALLOC: one malloc an allocation, chained from the newest back */

struct block {
    struct block *previous;
    size_t unused;
    char bytes[];
};

struct arena {
    struct block *last;
    size_t total;
    size_t cap;
    bool overflowed;
    const char *name;
};

struct arena *arena_new(const char *name, size_t cap)
{
    struct arena *arena = memory_alloc(sizeof(*arena));

    *arena = (struct arena){.name = name, .cap = cap};
    return arena;
}

void arena_free(struct arena *arena)
{
    if (!arena)
        return;
    arena_reset(arena);
    free(arena);
}

static char *take(struct arena *arena, size_t size)
{
    if (size > SIZE_LIMIT)
        panic("arena %s: asked for %zu bytes", arena->name, size);

    struct block *block = calloc(1, sizeof(*block) + size);

    if (!block)
        panic("arena %s: no memory for %zu bytes", arena->name, size);
    block->previous = arena->last;
    arena->last = block;
    arena->total += ROUND_UP(size);
    if (arena->total > arena->cap)
        arena->overflowed = true;
    return block->bytes;
}

void *arena_alloc(struct arena *arena, size_t size)
{
    return take(arena, size);
}

void arena_reset(struct arena *arena)
{
    arena_release(arena, (struct arena_mark){0});
    arena->overflowed = false;
}

struct arena_mark arena_mark(const struct arena *arena)
{
    return (struct arena_mark){arena->last, 0, arena->total};
}

void arena_release(struct arena *arena, struct arena_mark mark)
{
    while (arena->last != mark.block) {
        struct block *previous = arena->last->previous;

        free(arena->last);
        arena->last = previous;
    }
    arena->total = mark.total;
}

#endif

static size_t multiply(size_t count, size_t size)
{
    size_t product;

    if (__builtin_mul_overflow(count, size, &product))
        panic("asked for %zu times %zu bytes", count, size);
    return product;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
    return arena_alloc(arena, multiply(count, size));
}

void *arena_copy(struct arena *arena, const void *bytes, size_t size)
{
    char *copy = take(arena, size);

    if (size > 0)
        memcpy(copy, bytes, size);
    return copy;
}

char *arena_string(struct arena *arena, const char *bytes, size_t length)
{
    if (length > SIZE_LIMIT)
        panic("asked for a string of %zu bytes", length);

    char *copy = take(arena, length + 1);

    if (length > 0)
        memcpy(copy, bytes, length);
    copy[length] = '\0';
    return copy;
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
    char text[512]; /* what nearly all callers print */
    va_list arguments;

    va_start(arguments, format);
    int length = vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);

    if (length < 0)
        panic("arena_printf: cannot print \"%s\"", format);
    if ((size_t)length < sizeof(text))
        return arena_string(arena, text, (size_t)length);

    char *whole = take(arena, (size_t)length + 1);

    va_start(arguments, format);
    vsnprintf(whole, (size_t)length + 1, format, arguments);
    va_end(arguments);
    return whole;
}

int arena_check(const struct arena *arena, struct error *err)
{
    if (!arena->overflowed)
        return 0;
    return error_set(err, ERROR_LIMIT, "%s: needs more than %zu bytes of memory",
                     arena->name, arena->cap);
}

size_t arena_used(const struct arena *arena)
{
    return arena->total;
}

void *memory_alloc(size_t size)
{
    void *memory = malloc(size > 0 ? size : 1);

    if (!memory)
        panic("no memory for %zu bytes", size);
    return memory;
}

void *memory_resize(void *memory, size_t size)
{
    void *resized = realloc(memory, size > 0 ? size : 1);

    if (!resized)
        panic("no memory for %zu bytes", size);
    return resized;
}

void memory_free(void *memory)
{
    free(memory);
}

void memory_grow(void **array_r, size_t *capacity_r, size_t needed, size_t item_size)
{
    void *array;
    size_t capacity = *capacity_r;

    if (needed <= capacity)
        return;

    if (capacity < 8)
        capacity = 8;
    while (capacity < needed)
        capacity = capacity > SIZE_LIMIT ? needed : capacity * 2;

    /* Callers write (void **)&items: the pointer is moved as bytes, since as a void * it
     * would not be the object the compiler thinks it is. */
    memcpy(&array, array_r, sizeof(array));
    array = memory_resize(array, multiply(capacity, item_size));
    memcpy(array_r, &array, sizeof(array));
    *capacity_r = capacity;
}
