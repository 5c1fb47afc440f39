/* SPDX-License-Identifier: Apache-2.0
 *
 * base/table.h: a hash table from byte strings to 64-bit values, and interned strings.
 *
 * Open addressing, keys copied into the table. The hash has no secret: keys an attacker
 * chooses are bounded per batch by the arenas. Iteration is in insertion order, so that what
 * is built from it does not depend on hashing. */
#ifndef BASE_TABLE_H
#define BASE_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct table;

struct table *table_new(void);
void table_free(struct table *table); /* takes NULL */
void table_clear(struct table *table);
size_t table_count(const struct table *table);

/* The value under KEY, or NULL. Valid until the next table_put. */
uint64_t *table_get(const struct table *table, const void *key, size_t length);
/* The value under KEY, made 0 if it was absent; *ADDED_R (may be NULL) says so. */
uint64_t *table_put(struct table *table, const void *key, size_t length, bool *added_r);
/* The INDEXth entry in insertion order. The key is followed by a NUL and stays where it is
 * until table_clear or table_free; LENGTH_R may be NULL. */
const char *table_key(const struct table *table, size_t index, size_t *length_r);
uint64_t table_value(const struct table *table, size_t index);

#endif
