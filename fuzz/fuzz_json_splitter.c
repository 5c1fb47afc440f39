/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_json_splitter.c: any bytes as a stream of objects.
 *
 * Split whole and byte by byte the pieces must be the same; each starts on a later line
 * than the one before or on the same; a whole one is in braces and not above the limit. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/error.h"
#include "intake/input.h"

#define LIMIT 400

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* FNV-1a of all pieces. */
struct said {
    uint64_t digest;
    unsigned line;
};

static void say(struct said *said, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++)
        said->digest = (said->digest ^ at[i]) * 0x100000001B3u;
}

static int take_piece(void *context, unsigned line, char *bytes, size_t length,
                      bool whole, struct error *err)
{
    struct said *said = context;

    (void)err;
    assert(line >= said->line);
    assert(length <= LIMIT && bytes[length] == '\0');
    if (whole)
        assert(length >= 2 && bytes[0] == '{' && bytes[length - 1] == '}');
    said->line = line;
    say(said, &line, sizeof(line));
    say(said, &whole, sizeof(whole));
    say(said, bytes, length + 1);
    memset(bytes, 'x', length); /* it is ours during the call */
    return 0;
}

static uint64_t split_by(const char *bytes, size_t size, size_t step)
{
    struct said said = {0xCBF29CE484222325u, 0};
    struct error err = ERROR_INIT;
    struct json_splitter *splitter = json_splitter_new(LIMIT, take_piece, &said);

    for (size_t at = 0; at < size; at += step) {
        int rc = json_splitter_feed(splitter, bytes + at,
                                    size - at < step ? size - at : step, &err);

        assert(rc == 0);
    }
    if (json_splitter_finish(splitter, &err) < 0)
        say(&said, err.message, strlen(err.message));
    json_splitter_free(splitter);
    return said.digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    uint64_t whole = split_by(text, size, size + 1);

    assert(split_by(text, size, 1) == whole);
    assert(split_by(text, size, 5) == whole);
    return 0;
}
