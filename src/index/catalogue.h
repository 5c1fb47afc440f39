/* SPDX-License-Identifier: Apache-2.0
 *
 * index/catalogue.h: which segments make up the index now.
 *
 * A folder of segment and mask files and one file `catalogue`, replaced whole by rename: a
 * reader sees the index before or after a change, never in between, and waits for nobody. A
 * changed person is masked in the old segment and stands in a new one. All of it is a cache:
 * what is damaged, or made by another model or other rules, is thrown away and rebuilt.
 * Segments and masks share nothing with what replaces them, so a damaged index can serve those
 * who do not touch the damage until a new one is moved in (catalogue_adopt).
 *
 *     change:  write segment ─▶ write masks ─▶ write catalogue.new ─▶ rename ─▶ remove old
 *
 * One process changes an index at a time (the store's lock); any number read it. */
#ifndef INDEX_CATALOGUE_H
#define INDEX_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "index/segment.h"

struct builder;
struct error;
struct catalogue;

/* One state of the index, held by whoever evaluates. */
struct snapshot {
    int64_t sequence; /* everything up to here is in it */
    int64_t time;     /* reception time of that */
    size_t n;
    struct segment **segments;
    uint64_t **masks;    /* bit words of masked patients, NULL: none */
    uint64_t patients;   /* live */
    uint64_t facts;      /* postings, masked ones included */
    unsigned references; /* private */
    char (*names)[32];   /* private: files of the segments, and of the masks ("" none) */
    char (*mask_names)[32];
};

/* Open FOLDER, making it if it is not there. CONTEXT: a digest of what the centre laid down about
 * its sources (adapt_context_digest), by which the records were made as well as by the model. A
 * catalogue that is absent, damaged, of another model or context or other rules, or made of another INCARNATION of the store (a restore) gives an empty
 * one with sequence 0 (and *REBUILD_R true): the caller fills it. Damaged means what
 * segment_open() sees; postings are looked at when a question first reads them, and then the
 * answer fails with ERROR_CORRUPT (segment.h). */
struct catalogue *catalogue_open(const char *folder, const char *incarnation,
                                 uint64_t context, bool *rebuild_r, struct error *err);
void catalogue_close(struct catalogue *catalogue); /* takes NULL */

/* The present state; release it. Thread-safe. */
struct snapshot *catalogue_snapshot(struct catalogue *catalogue);
void snapshot_release(struct catalogue *catalogue, struct snapshot *snapshot);

/* See what another process changed. 0 also when nothing did. Thread-safe. */
NODISCARD int catalogue_refresh(struct catalogue *catalogue, struct error *err);

/* Add the records gathered in BUILDER (may be empty) and mask the N persons of GONE and all
 * persons of the builder wherever they were. The index then stands at SEQUENCE, TIME. */
NODISCARD int catalogue_add(struct catalogue *catalogue, struct builder *builder,
                            const uint32_t *gone, size_t n, int64_t sequence,
                            int64_t time, struct error *err);

/* Merge segments: all into one (FULLY), or only when there are many small ones. */
NODISCARD int catalogue_compact(struct catalogue *catalogue, bool fully,
                                struct error *err);

/* Throw everything away (before a rebuild). */
NODISCARD int catalogue_clear(struct catalogue *catalogue, struct error *err);

/* Hold from now on what FROM does and nothing else: an index that was made beside, in another
 * folder of the same file system. Its files are moved: all that is left to do with FROM is to
 * close it. */
NODISCARD int catalogue_adopt(struct catalogue *catalogue, struct catalogue *from,
                              struct error *err);

/* Did an evaluation, or a compaction, find damage in the present state? Thread-safe. */
bool catalogue_is_damaged(struct catalogue *catalogue);

#endif
