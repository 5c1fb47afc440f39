/* SPDX-License-Identifier: Apache-2.0
 *
 * base/file.h: files read whole, replaced whole, or without a name. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stddef.h>

#include "base/attributes.h"

struct arena;
struct error;

/* All of PATH, followed by a NUL, in ARENA; LENGTH_R without it. ERROR_NOT_FOUND, ERROR_LIMIT when
 * it is larger than LIMIT, ERROR_IO. */
NODISCARD int file_read_whole(struct arena *arena, const char *path, size_t limit,
                              char **text_r, size_t *length_r, struct error *err);

/* Write PATH so that it is the old file or the new one, whatever happens, and when this returns 0
 * the new one, also after a power cut. Mode 0640. */
NODISCARD int file_replace(const char *path, const char *bytes, size_t length,
                           struct error *err);

/* All LENGTH bytes to FD. -1 with errno. */
NODISCARD int file_write_all(int fd, const char *bytes, size_t length);

/* A file in FOLDER without a name (O_TMPFILE, or none as soon as it is made), for reading and
 * writing: whatever becomes of the process, nothing stays behind. Its descriptor, or -1. */
NODISCARD int file_scratch(const char *folder, struct error *err);

#endif
