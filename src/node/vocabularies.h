/* SPDX-License-Identifier: Apache-2.0
 *
 * node/vocabularies.h: the official lists that a node has: imported, chosen, put in use.
 *
 *     node/vocabularies/
 *       lists                     a line for each: system, version, whether it is in use, …
 *       SYSTEM@VERSION.source     the file as it came, uncompressed: back this up
 *       SYSTEM@VERSION.packed     a cache: made again from the source where it is damaged
 *
 * Of each system several versions may stand side by side, and one is in use: the one that was
 * imported or chosen last. Importing changes labels, completion and remarks, never data: codes
 * are canonical spellings. A program serves one node, whose lists are the process's
 * (vocab/lists.h). Writing commands take the node's lock. */
#ifndef NODE_VOCABULARIES_H
#define NODE_VOCABULARIES_H

#include "node/node.h"
#include "vocab/lists.h"

struct node_vocabulary {
    enum vocab_system system;
    const char *version;
    bool used;
    const char *format; /* of the file */
    const char *source; /* its name */
    uint64_t codes;
    int64_t imported; /* seconds since 1970, UTC */
};

struct vocabulary_import {
    const char *path;         /* plain or gzip; "-" is standard input */
    const char *name;         /* to show; NULL: the path */
    enum vocab_system system; /* VOCAB_NONE: as the codes show */
    const char *version;      /* NULL: as the file says, else the day of NOW */
    const struct caller *caller;
    int64_t now;
};

struct vocabulary_imported {
    struct node_vocabulary list;
    bool replaced; /* the same version was there */
    size_t n_refused, n_refusals;
    const struct list_refusal *refusals;
};

/* Import a list and use it. What cannot be read is an error with its line, and nothing is
 * written; lines that are no code of the system are refused alone. ERROR_INPUT, ERROR_LIMIT. */
NODISCARD int node_vocabulary_import(struct node *node, struct arena *arena,
                                     const struct vocabulary_import *import,
                                     struct vocabulary_imported **imported_r,
                                     struct error *err);
/* By system, then version; strings in ARENA. */
NODISCARD int node_vocabularies(struct node *node, struct arena *arena,
                                struct node_vocabulary **lists_r, size_t *n_r,
                                struct error *err);
/* Use VERSION of SYSTEM from now on; "none": the built-in labels. ERROR_NOT_FOUND. */
NODISCARD int node_vocabulary_use(struct node *node, enum vocab_system system,
                                  const char *version, const struct caller *caller,
                                  int64_t now, struct error *err);
/* Forget VERSION of SYSTEM; when it is in use, none is then. ERROR_NOT_FOUND. */
NODISCARD int node_vocabulary_remove(struct node *node, enum vocab_system system,
                                     const char *version, const struct caller *caller,
                                     int64_t now, struct error *err);

void node_vocabularies_json(struct buffer *out, const struct node_vocabulary *lists,
                            size_t n);
void node_vocabularies_text(struct buffer *out, const struct node_vocabulary *lists,
                            size_t n, enum lang lang);
void node_vocabulary_imported_json(struct buffer *out,
                                   const struct vocabulary_imported *imported);
void node_vocabulary_imported_text(struct buffer *out,
                                   const struct vocabulary_imported *imported,
                                   enum lang lang);

#endif
