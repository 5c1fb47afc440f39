/* SPDX-License-Identifier: Apache-2.0
 *
 * node/mapping.h: the mappings of a node: what the columns of the centre's own tables say
 * (adapt/mapping.h).
 *
 * They are primary state: node/mappings/SOURCE.VERSION.json, each as it was given, never edited; an
 * empty one says that the mapping was removed. The last version counts. A changed mapping is a
 * changed reading of what was imported before: the index is made again from the originals, without
 * a second import, and answers carry another digest of the model. */
#ifndef NODE_MAPPING_H
#define NODE_MAPPING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "vocab/vocab.h"

struct arena;
struct buffer;
struct caller;
struct error;
struct node;

struct node_mapping {
    const char *source;
    unsigned version;
    size_t objects, columns;
    uint64_t patients; /* with originals of that source */
};

/* Keep TEXT as the next version of the mapping it names, and read the originals of its source by
 * it. The text of the last version is that version (*NEW_R false). The node is open for writing.
 * ERROR_INPUT with line and column. */
NODISCARD int node_mapping_add(struct node *node, struct arena *arena, const char *text,
                               size_t length, const struct caller *caller, int64_t now,
                               struct node_mapping **mapping_r, bool *new_r,
                               struct error *err);
/* By name, in ARENA. */
NODISCARD int node_mapping_list(struct node *node, struct arena *arena,
                                struct node_mapping **list_r, size_t *n_r,
                                struct error *err);
/* What was imported stays, and says no more than who the patient is. ERROR_NOT_FOUND. */
NODISCARD int node_mapping_remove(struct node *node, const char *source,
                                  const struct caller *caller, int64_t now,
                                  struct error *err);

/* What the first ROWS rows of the table FILE would give, in words or as JSON into OUT: facts, and
 * what is refused. By the mapping TEXT; or, when that is NULL, by the one of the node called
 * SOURCE. Nothing is kept. */
struct node_mapping_trial {
    const char *text; /* or NULL */
    size_t length;
    const char *source; /* where TEXT is NULL */
    const char *file;
    size_t rows;
    bool json;
    enum lang lang;
};
NODISCARD int node_mapping_check(struct node *node,
                                 const struct node_mapping_trial *trial,
                                 struct buffer *out, struct error *err);

/* A proposal for the table FILE, as text with comments, out of the names of its columns and its
 * first rows: to be looked over. SOURCE: its name, or NULL for one out of the file's. */
NODISCARD int node_mapping_suggest(struct node *node, const char *file,
                                   const char *source, enum lang lang, struct buffer *out,
                                   struct error *err);

#endif
