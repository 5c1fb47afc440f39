/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/gzip.h: one gzip file out of pieces that are compressed apart.
 *
 *     header │ piece │ piece │ … │ empty last block │ CRC-32, length
 *
 * Each piece is raw deflate from an empty window, flushed to a byte; so any thread may make
 * it, and the file is one ordinary member that every reader knows. */
#ifndef SYNTH_GZIP_H
#define SYNTH_GZIP_H

#include <stddef.h>
#include <stdint.h>

struct gzip_packer; /* of one thread */
struct sheet;

struct gzip_packer *gzip_packer_new(int level);
void gzip_packer_free(struct gzip_packer *packer); /* takes NULL */

/* BYTES compressed, appended to OUT; their CRC-32 is returned. */
uint32_t gzip_piece(struct gzip_packer *packer, const char *bytes, size_t length,
                    struct sheet *out);

/* The running check of the file. */
struct gzip_check {
    uint32_t crc;
    uint64_t length;
};
void gzip_check_add(struct gzip_check *check, uint32_t crc, size_t length);

#define GZIP_HEADER_SIZE 10
#define GZIP_TRAILER_SIZE 10
extern const char gzip_header[GZIP_HEADER_SIZE];
void gzip_trailer(const struct gzip_check *check, char out[GZIP_TRAILER_SIZE]);

#endif
