/* SPDX-License-Identifier: Apache-2.0
 *
 * base/table.c: slots that point to entries.
 *
 *     slots    [ tag | entry+1 ][ 0 | 0 ][ tag | entry+1 ] …      a power of two, ≤ 3/4 full
 *                        |                         |
 *     entries  [ key, length, value ][ key, length, value ] …     in insertion order
 *                  |
 *     keys     an arena: a key never moves
 *
 * A slot is 8 bytes, so a probe that misses touches one cache line and no key: the tag (32
 * bits of the hash) is compared first. The place of a slot is the low bits of its tag, so
 * growing reads the slots alone. Probing is linear; nothing is ever removed one by one. */
#include "base/table.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"

#define FIRST_SLOTS ((size_t)16)
#define MOST_ENTRIES ((size_t)3 << 30) /* entry+1 and the places fit in 32 bits */

struct slot {
    uint32_t tag;
    uint32_t entry; /* index + 1; 0 = free */
};

struct entry {
    const char *key;
    size_t length;
    uint64_t value;
};

struct table {
    struct slot *slots;
    size_t mask; /* their number - 1 */
    struct entry *entries;
    size_t count;
    size_t capacity;
    struct arena *keys;
};

static inline uint64_t read8(const unsigned char *at)
{
    uint64_t value;

    memcpy(&value, at, sizeof(value));
    return value;
}

static inline uint64_t read4(const unsigned char *at)
{
    uint32_t value;

    memcpy(&value, at, sizeof(value));
    return value;
}

/* The 128-bit product folded onto itself: every bit of both factors reaches every bit of
 * the result with one multiplication. The idea is that of Wang Yi's wyhash. */
static inline uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* 16 bytes a step; the last 1 to 16 bytes are read as two words that may overlap. The
 * constants are odd and have about as many ones as zeros (digits of pi, e and the golden
 * ratio). Differs between byte orders: never stored. */
static inline uint32_t hash(const void *key, size_t length)
{
    const unsigned char *at = key;
    size_t left = length;
    uint64_t state = 0x9E3779B97F4A7C15u ^ length;
    uint64_t a = 0;
    uint64_t b = 0;

    for (; left > 16; left -= 16, at += 16)
        state = mix(read8(at) ^ 0x243F6A8885A308D3u, read8(at + 8) ^ state);

    if (left >= 8) {
        a = read8(at);
        b = read8(at + left - 8);
    } else if (left >= 4) {
        a = read4(at);
        b = read4(at + left - 4);
    } else if (left > 0) {
        a = (uint64_t)at[0] << 16 | (uint64_t)at[left / 2] << 8 | at[left - 1];
    }
    state = mix(a ^ 0xB7E151628AED2A6Bu, b ^ state);
    return (uint32_t)(mix(state, 0x9E3779B97F4A7C15u ^ length) >> 32);
}

static struct slot *slots_new(size_t count)
{
    struct slot *slots = memory_alloc(count * sizeof(*slots));

    memset(slots, 0, count * sizeof(*slots));
    return slots;
}

struct table *table_new(void)
{
    struct table *table = memory_alloc(sizeof(*table));

    *table = (struct table){
        .slots = slots_new(FIRST_SLOTS),
        .mask = FIRST_SLOTS - 1,
        .keys = arena_new("table", SIZE_MAX),
    };
    return table;
}

void table_free(struct table *table)
{
    if (!table)
        return;
    memory_free(table->slots);
    memory_free(table->entries);
    arena_free(table->keys);
    memory_free(table);
}

void table_clear(struct table *table)
{
    memset(table->slots, 0, (table->mask + 1) * sizeof(*table->slots));
    table->count = 0;
    arena_reset(table->keys);
}

size_t table_count(const struct table *table)
{
    return table->count;
}

/* The slot that holds KEY, or the free one where it belongs. */
static inline struct slot *find(const struct table *table, const void *key, size_t length,
                                uint32_t tag)
{
    for (size_t place = tag & table->mask;; place = (place + 1) & table->mask) {
        struct slot *slot = &table->slots[place];

        if (slot->entry == 0)
            return slot;
        if (slot->tag == tag) {
            const struct entry *entry = &table->entries[slot->entry - 1];

            if (entry->length == length &&
                (length == 0 || memcmp(entry->key, key, length) == 0))
                return slot;
        }
    }
}

static void slots_double(struct table *table)
{
    size_t count = (table->mask + 1) * 2;
    struct slot *slots = slots_new(count);

    for (size_t i = 0; i <= table->mask; i++) {
        struct slot slot = table->slots[i];
        size_t place = slot.tag & (count - 1);

        if (slot.entry == 0)
            continue;
        while (slots[place].entry != 0)
            place = (place + 1) & (count - 1);
        slots[place] = slot;
    }
    memory_free(table->slots);
    table->slots = slots;
    table->mask = count - 1;
}

uint64_t *table_get(const struct table *table, const void *key, size_t length)
{
    const struct slot *slot = find(table, key, length, hash(key, length));

    return slot->entry ? &table->entries[slot->entry - 1].value : NULL;
}

uint64_t *table_put(struct table *table, const void *key, size_t length, bool *added_r)
{
    uint32_t tag = hash(key, length);
    struct slot *slot = find(table, key, length, tag);

    if (added_r)
        *added_r = slot->entry == 0;
    if (slot->entry)
        return &table->entries[slot->entry - 1].value;

    if ((table->count + 1) * 4 > (table->mask + 1) * 3) {
        if (table->count >= MOST_ENTRIES)
            panic("table: more than %zu keys", MOST_ENTRIES);
        slots_double(table);
        slot = find(table, key, length, tag);
    }
    if (table->count == table->capacity)
        memory_grow((void **)&table->entries, &table->capacity, table->count + 1,
                    sizeof(*table->entries));

    struct entry *entry = &table->entries[table->count++];

    *entry =
        (struct entry){.key = arena_string(table->keys, key, length), .length = length};
    *slot = (struct slot){.tag = tag, .entry = (uint32_t)table->count};
    return &entry->value;
}

const char *table_key(const struct table *table, size_t index, size_t *length_r)
{
    if (index >= table->count)
        panic("table: entry %zu of %zu", index, table->count);
    if (length_r)
        *length_r = table->entries[index].length;
    return table->entries[index].key;
}

uint64_t table_value(const struct table *table, size_t index)
{
    if (index >= table->count)
        panic("table: entry %zu of %zu", index, table->count);
    return table->entries[index].value;
}
