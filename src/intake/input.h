/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/input.h: a file as a stream of bytes, gzip undone, and a stream as JSON objects.
 *
 * Memory does not grow with the file. A gzip file may have several members; one that is cut
 * short gives what it holds, then ERROR_INPUT saying so. */
#ifndef INTAKE_INPUT_H
#define INTAKE_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"

struct error;
struct input;

/* PATH "-" is standard input. NULL with ERROR_NOT_FOUND or ERROR_IO. */
struct input *input_open(const char *path, struct error *err);
void input_close(struct input *input); /* takes NULL */
/* Up to SIZE bytes, uncompressed; 0 at the end; -1 on error. */
NODISCARD long input_read(struct input *input, void *bytes, size_t size,
                          struct error *err);
/* The same bytes again at the next input_read (to look at the head of a file). */
void input_unread(struct input *input, const void *bytes, size_t size);
/* Compressed bytes taken so far, and the size of the file (0 if not known): for progress. */
void input_progress(const struct input *input, uint64_t *taken_r, uint64_t *size_r);

/* Splits a stream of one JSON object, an array of objects, or objects one after another
 * (NDJSON) into single objects, without parsing them. Also takes a BOM, blank lines, CRLF,
 * and { "patients": [ … ] }-like wrappers of one array. Something that is not an object
 * (garbage on an NDJSON line) is handed over as a broken piece, and splitting resumes at the
 * next line. */
struct json_splitter;

/* One piece: BYTES (valid during the call, followed by a NUL), its first line, and whether it is
 * a whole object. Return -1 to stop. */
typedef int json_piece(void *context, unsigned line, char *bytes, size_t length,
                       bool whole, struct error *err);

struct json_splitter *json_splitter_new(size_t object_limit, json_piece *piece,
                                        void *context);
void json_splitter_free(struct json_splitter *splitter); /* takes NULL */
NODISCARD int json_splitter_feed(struct json_splitter *splitter, const char *bytes,
                                 size_t length, struct error *err);
NODISCARD int json_splitter_finish(struct json_splitter *splitter, struct error *err);

#endif
