/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_quality.c: any bytes as another centre's figures of quality.
 *
 * What is read at all is written, and reads again to the same bytes. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "quality/quality.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static struct figures *read_and_write(const char *json, size_t length,
                                      struct buffer *written)
{
    struct figures_head head;
    char centre[CENTRE_SIZE];
    struct error err = ERROR_INIT;
    struct figures *figures = figures_read(json, length, &head, centre, &err);

    if (figures)
        figures_json(written, figures, &head, true);
    else
        assert(err.code == ERROR_INPUT && err.message[0]);
    return figures;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct buffer once, twice;
    struct figures *figures, *again;

    buffer_init(&once, (size_t)8 << 20);
    buffer_init(&twice, (size_t)8 << 20);
    figures = read_and_write((const char *)bytes, size, &once);
    if (figures) {
        again = read_and_write(buffer_text(&once), once.length, &twice);
        assert(again);
        assert(once.length == twice.length &&
               memcmp(once.bytes, twice.bytes, once.length) == 0);
        figures_free(again);
    }
    figures_free(figures);
    buffer_free(&once);
    buffer_free(&twice);
    return 0;
}
