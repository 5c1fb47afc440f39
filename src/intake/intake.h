/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/intake.h: files and folders into the store.
 *
 *     file ─▶ bytes ─▶ pieces ──┬─▶ worker: adapt, merge, pack ─┐
 *       tables ─▶ slices ──▲    └─▶ worker: adapt, merge, pack ─┴─▶ in order: person, put, commit
 *
 * What a path is, is found out: a folder of tables that a door recognises (delivery.h), else a
 * folder of files; a file of patients in JSON, of identities, or a table that a mapping reads.
 *
 * One piece is one patient. What is wrong with it is refused by itself and written to the
 * report; the rest goes on. Batches are committed as they fill, so a crash loses at most the
 * last one, whole. */
#ifndef INTAKE_INTAKE_H
#define INTAKE_INTAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "store/store.h"

struct adapt_context;
struct error;
struct record;

/* One patient that is in the store now (not yet committed). RECORD is the merge of this
 * fragment alone: the person's whole record when FRESH (there is no other fragment). Valid
 * during the call. */
struct intake_patient {
    uint32_t person;
    bool fresh;
    enum put_outcome outcome;
    const struct record *record;
};

struct intake_sink {
    void *context;
    int (*patient)(void *context, const struct intake_patient *patient,
                   struct error *err);
    /* A batch is durable. */
    int (*committed)(void *context, int64_t sequence, struct error *err);
    /* PLACE: a path in the record, a column, or "". LINE 0: not known. */
    void (*refused)(void *context, const char *file, unsigned line, const char *place,
                    const char *reason, bool whole_record);
    /* Something worth knowing that was not refused: a key nobody knows (REASON NULL), two
     * values at odds. The same for many patients: PLACE has no indices. */
    void (*remark)(void *context, const char *file, const char *place,
                   const char *reason);
    void (*progress)(void *context, const char *file, uint64_t bytes,
                     uint64_t bytes_total);
};

struct intake_options {
    int64_t now;                   /* reception time */
    unsigned threads;              /* at least 1 */
    const char *const *own_finess; /* of this centre: its numbers are one domain */
    size_t n_own_finess;
    const struct adapt_context *context; /* what the centre laid down, or NULL */
    const char *scratch;                 /* a folder where rows may wait (tables.h) */
    /* What the user says of a path of tables, NULL where nothing: its door, the name of the
     * source (for the door csv: of the mapping). */
    const char *door, *source;
};

struct intake_totals {
    uint64_t patients, identities, originals, unchanged, refused_records;
    /* Patients of whom the sources of tables had said something, and were silent in the
     * deliveries that came now: what was kept of them stays. */
    uint64_t absent;
};

/* Read PATH, a file or a folder, called NAME in reports. Adds to *TOTALS. On -1 the batch under
 * way is rolled back; what was committed before stays. */
NODISCARD int intake_path(struct store *store, const char *path, const char *name,
                          const struct intake_options *options,
                          const struct intake_sink *sink, struct intake_totals *totals,
                          struct error *err);

#endif
