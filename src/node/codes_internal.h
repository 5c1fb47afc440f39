/* SPDX-License-Identifier: Apache-2.0
 *
 * node/codes_internal.h: what codes.c and codes_found.c share. */
#ifndef NODE_CODES_INTERNAL_H
#define NODE_CODES_INTERNAL_H

#include "node/codes.h"
#include "node/node_internal.h"

/* One person's facts with one text. */
struct found {
    uint32_t person;
    uint32_t text; /* place among the texts */
    uint32_t facts;
};

struct found_text {
    enum item item;
    const char *text; /* as first sent */
};

/* Every text that gave no code, whether mapped or not, and who has it. In memory of its own. */
struct founds {
    struct arena *arena;
    struct table *places; /* item and key of the text → place + 1 */
    struct found_text *texts;
    size_t n_texts, texts_capacity;
    struct found *found; /* ordered by person, text */
    size_t n, capacity;
    int64_t sequence; /* of the store, up to which it is true */
};

/* What the store says now: the cache, and what changed since. Call with node->writing and
 * node->store_lock held. Free with founds_free(). NULL with ERR. */
struct founds *founds_now(struct node *node, codes_progress *progress, void *context,
                          struct error *err);
void founds_free(struct founds *founds); /* takes NULL */
/* The place of TEXT of ITEM among the texts; -1 if nobody has it. */
long founds_place(const struct founds *founds, enum item item, const char *text);

#endif
