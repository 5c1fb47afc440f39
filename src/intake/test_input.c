/* SPDX-License-Identifier: Apache-2.0
 *
 * test_input.c: the bytes of a file, whatever it was packed in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#define ZLIB_CONST
#include <zlib.h>

#include "base/buffer.h"
#include "base/error.h"
#include "intake/input.h"

#define LIMIT ((size_t)8 << 20)

static char path[64];

static int file_new(void **state)
{
    (void)state;
    snprintf(path, sizeof(path), "/tmp/lacis-test-input-XXXXXX");

    int fd = mkstemp(path);

    return fd < 0 ? -1 : close(fd);
}

static int file_remove(void **state)
{
    (void)state;
    return unlink(path);
}

static void file_write(const void *bytes, size_t length)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

/* One gzip member of TEXT behind what is in OUT. */
static void gzip(struct buffer *out, const char *text, size_t length)
{
    z_stream zlib = {0};
    size_t bound;
    unsigned char *packed;

    assert_int_equal(deflateInit2(&zlib, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    bound = deflateBound(&zlib, length) + 64;
    packed = malloc(bound);
    assert_non_null(packed);
    zlib.next_in = (const Bytef *)text;
    zlib.avail_in = (unsigned)length;
    zlib.next_out = packed;
    zlib.avail_out = (unsigned)bound;
    assert_int_equal(deflate(&zlib, Z_FINISH), Z_STREAM_END);
    buffer_append(out, packed, zlib.total_out);
    deflateEnd(&zlib);
    free(packed);
}

/* All of the file into OUT, STEP bytes at a time. */
static int read_all(struct buffer *out, size_t step, struct error *err)
{
    struct input *input = input_open(path, err);
    char *bytes = malloc(step);
    long n;

    assert_non_null(input);
    assert_non_null(bytes);
    while ((n = input_read(input, bytes, step, err)) > 0)
        buffer_append(out, bytes, (size_t)n);
    if (n < 0) { /* an error stays */
        struct error again = ERROR_INIT;

        assert_int_equal(input_read(input, bytes, step, &again), -1);
        assert_string_equal(again.message, err->message);
    }
    free(bytes);
    input_close(input);
    return (int)n;
}

static void expect(const char *text, size_t length, const char *message)
{
    static const size_t steps[] = {1, 7, 4096, (size_t)1 << 20};

    for (size_t i = length > 100000; i < sizeof(steps) / sizeof(steps[0]); i++) {
        struct buffer out;
        struct error err = ERROR_INIT;
        int rc;

        buffer_init(&out, LIMIT);
        rc = read_all(&out, steps[i], &err);
        assert_int_equal(rc, message ? -1 : 0);
        if (message) {
            assert_int_equal(err.code, ERROR_INPUT);
            assert_non_null(strstr(err.message, message));
        }
        assert_int_equal(out.length, length);
        assert_memory_equal(buffer_text(&out), text, length);
        buffer_free(&out);
    }
}

static void a_plain_file_is_read_as_it_is(void **state)
{
    static const char *const texts[] = {"", "x", "\x1f", "{\"a\":1}\n"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        file_write(texts[i], strlen(texts[i]));
        expect(texts[i], strlen(texts[i]), NULL);
    }
}

static void gzip_is_undone(void **state)
{
    struct buffer packed, text;

    (void)state;
    buffer_init(&packed, LIMIT);
    buffer_init(&text, LIMIT);
    for (unsigned i = 0; i < 40000; i++)
        buffer_printf(&text, "{\"patientId\":\"%u\"}\n", i * 2654435761u);
    gzip(&packed, "hello", 5);
    file_write(packed.bytes, packed.length);
    expect("hello", 5, NULL);

    gzip(&packed, "", 0); /* members: hello, nothing, " world" */
    gzip(&packed, " world", 6);
    file_write(packed.bytes, packed.length);
    expect("hello world", 11, NULL);

    buffer_append(&packed, "\0\0\0", 3);
    file_write(packed.bytes, packed.length);
    expect("hello world", 11, NULL);

    buffer_append(&packed, "tail", 4);
    file_write(packed.bytes, packed.length);
    expect("hello world", 11, "something else behind its end");

    buffer_clear(&packed);
    gzip(&packed, text.bytes, text.length);
    file_write(packed.bytes, packed.length);
    expect(text.bytes, text.length, NULL);
    buffer_free(&packed);
    buffer_free(&text);
}

static void a_gzip_file_cut_short_gives_what_it_holds(void **state)
{
    struct buffer packed;

    (void)state;
    buffer_init(&packed, LIMIT);
    gzip(&packed, "hello", 5);
    file_write(packed.bytes, packed.length - 3); /* in the length behind the data */
    expect("hello", 5, "cut short");
    file_write(packed.bytes, 10); /* behind its header */
    expect("", 0, "cut short");
    buffer_free(&packed);
}

static void a_damaged_gzip_file_says_so(void **state)
{
    struct buffer packed;

    (void)state;
    buffer_init(&packed, LIMIT);
    gzip(&packed, "hello", 5);
    packed.bytes[packed.length - 6] ^= 1; /* its checksum */
    file_write(packed.bytes, packed.length);
    expect("hello", 5, "damaged");
    packed.bytes[3] = (char)0xE0; /* reserved flags */
    file_write(packed.bytes, packed.length);
    expect("", 0, "damaged");
    buffer_free(&packed);
}

static void what_was_given_back_is_read_again(void **state)
{
    struct error err = ERROR_INIT;
    struct input *input;
    char bytes[16] = "";

    (void)state;
    file_write("abcdef", 6);
    input = input_open(path, &err);
    assert_int_equal(input_read(input, bytes, 4, &err), 4);
    input_unread(input, bytes, 4);
    assert_int_equal(input_read(input, bytes, 2, &err), 2);
    assert_memory_equal(bytes, "ab", 2);
    input_unread(input, bytes, 2); /* fits where it was */
    input_unread(input, "xyz", 3); /* before that */
    input_unread(input, "", 0);
    assert_int_equal(input_read(input, bytes, sizeof(bytes), &err), 7);
    assert_memory_equal(bytes, "xyzabcd", 7);
    assert_int_equal(input_read(input, bytes, sizeof(bytes), &err), 2);
    assert_memory_equal(bytes, "ef", 2);
    assert_int_equal(input_read(input, bytes, sizeof(bytes), &err), 0);
    input_close(input);
}

static void progress_counts_the_bytes_of_the_file(void **state)
{
    struct error err = ERROR_INIT;
    struct input *input;
    uint64_t taken, size;
    char bytes[16];

    (void)state;
    file_write("abcdef", 6);
    input = input_open(path, &err);
    input_progress(input, &taken, &size);
    assert_int_equal(taken, 0);
    assert_int_equal(size, 6);
    assert_int_equal(input_read(input, bytes, 1, &err), 1);
    input_progress(input, &taken, &size);
    assert_int_equal(taken, 6);
    input_close(input);
}

static void what_is_no_file_cannot_be_opened(void **state)
{
    struct error err = ERROR_INIT;

    (void)state;
    assert_null(input_open("/nowhere/at/all", &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_null(input_open("/tmp", &err));
    assert_int_equal(err.code, ERROR_IO);
    input_close(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plain_file_is_read_as_it_is),
        cmocka_unit_test(gzip_is_undone),
        cmocka_unit_test(a_gzip_file_cut_short_gives_what_it_holds),
        cmocka_unit_test(a_damaged_gzip_file_says_so),
        cmocka_unit_test(what_was_given_back_is_read_again),
        cmocka_unit_test(progress_counts_the_bytes_of_the_file),
        cmocka_unit_test(what_is_no_file_cannot_be_opened),
    };

    return cmocka_run_group_tests(tests, file_new, file_remove);
}
