/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/gzip.c: see gzip.h (RFC 1951, RFC 1952). */
#include "synth/gzip.h"

#define ZLIB_CONST /* next_in is const */
#include <zlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "synth/sheet.h"

struct gzip_packer {
    z_stream stream;
};

/* No name and no time, so that the same content gives the same bytes. */
const char gzip_header[GZIP_HEADER_SIZE] = {'\x1f', '\x8b', 8, 0, 0, 0, 0, 0, 0, '\xff'};

struct gzip_packer *gzip_packer_new(int level)
{
    struct gzip_packer *packer = memory_alloc(sizeof *packer);

    packer->stream = (z_stream){.zalloc = NULL};
    if (deflateInit2(&packer->stream, level, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY) !=
        Z_OK)
        panic("zlib: cannot start");
    return packer;
}

void gzip_packer_free(struct gzip_packer *packer)
{
    if (packer)
        deflateEnd(&packer->stream);
    memory_free(packer);
}

uint32_t gzip_piece(struct gzip_packer *packer, const char *bytes, size_t length,
                    struct sheet *out)
{
    z_stream *stream = &packer->stream;
    size_t room = deflateBound(stream, (uLong)length) + 64;

    sheet_room(out, room);
    if (deflateReset(stream) != Z_OK)
        panic("zlib: cannot restart");
    stream->next_in = (const Bytef *)bytes;
    stream->avail_in = (uInt)length;
    stream->next_out = (Bytef *)out->bytes + out->length;
    stream->avail_out = (uInt)room;
    if (deflate(stream, Z_SYNC_FLUSH) != Z_OK || stream->avail_in > 0 ||
        stream->avail_out == 0)
        panic("zlib: a piece of %zu bytes did not fit", length);
    out->length += room - stream->avail_out;
    return (uint32_t)crc32(0, (const Bytef *)bytes, (uInt)length);
}

void gzip_check_add(struct gzip_check *check, uint32_t crc, size_t length)
{
    check->crc = (uint32_t)crc32_combine(check->crc, crc, (z_off_t)length);
    check->length += length;
}

void gzip_trailer(const struct gzip_check *check, char out[GZIP_TRAILER_SIZE])
{
    out[0] = 3; /* the last block, with fixed codes, empty */
    out[1] = 0;
    for (unsigned i = 0; i < 4; i++) {
        out[2 + i] = (char)(check->crc >> (8 * i) & 0xFF);
        out[6 + i] = (char)(check->length >> (8 * i) & 0xFF);
    }
}
