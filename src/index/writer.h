/* SPDX-License-Identifier: Apache-2.0
 *
 * index/writer.h: a segment file, written front to back. The builder (from records) and the
 * compactor (from segments) both end here, so that the same patients give the same bytes. */
#ifndef INDEX_WRITER_H
#define INDEX_WRITER_H

#include "base/attributes.h"
#include "index/segment.h"

struct error;
struct segment_writer;

/* The whole-segment arrays, borrowed; counts follow from PATIENTS, TUMOURS, N_YEARS. */
struct segment_columns {
    uint32_t patients, tumours, n_years;
    const void *array[SEGMENT_ARRAYS];
};

/* One block: N postings ordered by subject. Columns that do not apply are NULL. */
struct block_postings {
    enum item item;
    enum segment_level level;
    const char *code;
    uint32_t n;
    const uint32_t *subject;
    const uint16_t *first, *last, *end_first, *end_last;
    const double *amount;   /* NaN: absent */
    const uint32_t *status; /* indices into STATUS_NAMES */
    const char *const *status_names;
    uint32_t n_status_names;
    const uint32_t *link; /* LINK_ (segment.h) */
};

/* Write PATH (a new file). NULL with ERROR_IO. */
struct segment_writer *segment_writer_new(const char *path,
                                          const struct segment_columns *columns,
                                          struct error *err);
/* Blocks come ordered by (item, code in byte order, level), none twice, none empty. */
NODISCARD int segment_writer_block(struct segment_writer *writer,
                                   const struct block_postings *postings,
                                   struct error *err);
/* Directory, header, fsync. On failure the file is removed. Frees WRITER either way. */
NODISCARD int segment_writer_finish(struct segment_writer *writer, struct error *err);
/* Give up: remove the file, free. Takes NULL. */
void segment_writer_abort(struct segment_writer *writer);

#endif
