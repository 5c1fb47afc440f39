/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/test_world.h: two synthetic worlds on the disk, for tests to read and compare. */
#ifndef SYNTH_TEST_WORLD_H
#define SYNTH_TEST_WORLD_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zlib.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "synth/synth.h"

struct fixture {
    struct synth_options options;
    char folder[2][64]; /* two worlds to compare */
    struct buffer text[2];
};

static inline int set_up(void **state)
{
    struct fixture *fixture = memory_alloc(sizeof *fixture);

    memset(fixture, 0, sizeof *fixture);
    synth_defaults(&fixture->options);
    fixture->options.patients = 600;
    fixture->options.centres = 2;
    for (int i = 0; i < 2; i++) {
        snprintf(fixture->folder[i], sizeof fixture->folder[i], "/tmp/synth-XXXXXX");
        assert_non_null(mkdtemp(fixture->folder[i]));
        buffer_init(&fixture->text[i], (size_t)1 << 30);
    }
    *state = fixture;
    return 0;
}

/* All that a world may hold, "%s" for each centre. */
static const char *const files[] = {
    "%s.ndjson.gz",         "%s.ndjson",       "identities_%s.csv", "coverage_%s.csv",
    "truth_answers_%s.csv", "truth_links.csv", "non_links.csv",     "truth.json",
};

static inline void remove_world(const char *folder)
{
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
        for (unsigned centre = 0; centre < 3; centre++) {
            const char *mark = strstr(files[i], "%s");
            char path[256];

            if (mark)
                snprintf(path, sizeof path, "%s/%.*s%s%s", folder, (int)(mark - files[i]),
                         files[i], synth_centre_name(centre), mark + 2);
            else
                snprintf(path, sizeof path, "%s/%s", folder, files[i]);
            unlink(path);
        }
    assert_int_equal(rmdir(folder), 0);
}

static inline int tear_down(void **state)
{
    struct fixture *fixture = *state;

    for (int i = 0; i < 2; i++) {
        remove_world(fixture->folder[i]);
        buffer_free(&fixture->text[i]);
    }
    memory_free(fixture);
    return 0;
}

static inline void write_world(struct fixture *fixture, int number)
{
    struct error err = ERROR_INIT;

    if (synth_write(&fixture->options, fixture->folder[number], NULL, NULL, &err) < 0)
        fail_msg("%s", err.message);
}

/* The content of FILE in the world NUMBER, unpacked. */
static inline const struct buffer *content(struct fixture *fixture, int number,
                                           const char *file)
{
    struct buffer *text = &fixture->text[number];
    char path[256], chunk[65536];
    gzFile in;
    int n;

    snprintf(path, sizeof path, "%s/%s", fixture->folder[number], file);
    in = gzopen(path, "rb");
    assert_non_null(in);
    buffer_clear(text);
    while ((n = gzread(in, chunk, sizeof chunk)) > 0)
        buffer_append(text, chunk, (size_t)n);
    assert_int_equal(n, 0);
    assert_int_equal(gzclose(in), Z_OK);
    return text;
}

/* Each line of TEXT, NUL-terminated in place; NULL after the last. */
static inline char *next_line(char **at)
{
    char *line = *at, *end;

    if (!*line)
        return NULL;
    /* every file ends its last line; under strict checks strchr() would read to the end of the
     * text each time */
    end = rawmemchr(line, '\n');
    *end = '\0';
    *at = end + 1;
    return line;
}

static inline void near(const char *what, double share, double expected, double tolerance)
{
    if (fabs(share - expected) > tolerance)
        fail_msg("%s: %.4f, expected %.4f ± %.4f", what, share, expected, tolerance);
}

#endif
