/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/input.c: a file or standard input, inflated on the way when it is gzip.
 *
 *     file ──read──▶ raw[64 KiB] ──inflate, or as it is──▶ caller
 *                                        ▲
 *                     pushed (input_unread) goes first
 *
 * What is gzip is told by its first two bytes, not by the name. A gzip file is one or more
 * members, then perhaps zero bytes (tapes pad with them); anything else behind the last
 * member is an error, as is an end inside a member. Both come after all bytes that could be
 * had were given. An error stays: each further read says it again.
 *
 * Owns the descriptor (but not standard input's) and its buffers. One thread at a time. */
#include "intake/input.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/error.h"

#define RAW_SIZE ((size_t)64 << 10)

enum form {
    FORM_UNKNOWN, /* nothing read yet */
    FORM_PLAIN,
    FORM_GZIP,     /* inside a member */
    FORM_GZIP_GAP, /* between members */
};

struct input {
    int fd;
    bool at_end; /* of the file itself */
    enum form form;
    uint64_t taken; /* raw bytes read from the file … */
    uint64_t size;  /* … of so many, 0 if not known */
    z_stream zlib;
    bool has_zlib;
    struct error broken; /* what stopped us, code ERROR_NONE if nothing did */

    unsigned char *raw;
    size_t raw_at, raw_end;

    char *pushed; /* given back by input_unread: [pushed_at, pushed_end) */
    size_t pushed_at, pushed_end, pushed_capacity;
};

struct input *input_open(const char *path, struct error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;

    if (fd < 0) {
        if (errno == ENOENT || errno == ENOTDIR)
            error_set(err, ERROR_NOT_FOUND, "%s: no such file", path);
        else
            error_errno(err, "%s", path);
        return NULL;
    }
    if (fstat(fd, &status) < 0 || S_ISDIR(status.st_mode)) {
        error_set(err, ERROR_IO, "%s: expected a file, not a folder", path);
        if (!is_stdin)
            close(fd);
        return NULL;
    }

    struct input *input = memory_alloc(sizeof(*input));

    *input = (struct input){.fd = fd, .raw = memory_alloc(RAW_SIZE)};
    if (S_ISREG(status.st_mode) && status.st_size > 0)
        input->size = (uint64_t)status.st_size;
    return input;
}

void input_close(struct input *input)
{
    if (!input)
        return;
    if (input->has_zlib)
        inflateEnd(&input->zlib);
    if (input->fd != STDIN_FILENO)
        close(input->fd);
    memory_free(input->raw);
    memory_free(input->pushed);
    memory_free(input);
}

/* Read on behind what raw[] still holds. 0 also at the end of the file. */
static int raw_fill(struct input *input)
{
    ssize_t got;

    if (input->raw_at > 0) {
        memmove(input->raw, input->raw + input->raw_at, input->raw_end - input->raw_at);
        input->raw_end -= input->raw_at;
        input->raw_at = 0;
    }
    do {
        got = read(input->fd, input->raw + input->raw_end, RAW_SIZE - input->raw_end);
    } while (got < 0 && errno == EINTR);
    if (got < 0)
        return error_errno(&input->broken, "cannot read");
    if (got == 0)
        input->at_end = true;
    input->raw_end += (size_t)got;
    input->taken += (uint64_t)got;
    return 0;
}

static int raw_need(struct input *input, size_t needed)
{
    while (input->raw_end - input->raw_at < needed && !input->at_end)
        if (raw_fill(input) < 0)
            return -1;
    return 0;
}

static bool raw_is_gzip(const struct input *input)
{
    const unsigned char *raw = input->raw + input->raw_at;

    return input->raw_end - input->raw_at >= 2 && raw[0] == 0x1f && raw[1] == 0x8b;
}

static void *zlib_alloc(void *context, unsigned count, unsigned size)
{
    (void)context;
    return memory_alloc((size_t)count * size);
}

static void zlib_free(void *context, void *memory)
{
    (void)context;
    memory_free(memory);
}

static int zlib_begin(struct input *input)
{
    int rc;

    if (input->has_zlib) {
        rc = inflateReset(&input->zlib);
    } else {
        input->zlib.zalloc = zlib_alloc;
        input->zlib.zfree = zlib_free;
        rc = inflateInit2(&input->zlib, 15 + 16); /* largest window, gzip header */
        input->has_zlib = rc == Z_OK;
    }
    assert(rc == Z_OK); /* it fails on wrong arguments and without memory only */
    input->form = FORM_GZIP;
    return 0;
}

static long read_plain(struct input *input, void *bytes, size_t size)
{
    size_t n;

    if (input->raw_at == input->raw_end && raw_fill(input) < 0)
        return -1;
    n = input->raw_end - input->raw_at;
    if (n > size)
        n = size;
    memcpy(bytes, input->raw + input->raw_at, n);
    input->raw_at += n;
    return (long)n;
}

/* Behind a member: another one, padding, or the end. 1 when another one begins. */
static int next_member(struct input *input)
{
    do {
        if (raw_need(input, 2) < 0)
            return -1;
        while (input->raw_at < input->raw_end && input->raw[input->raw_at] == 0)
            input->raw_at++;
    } while (input->raw_end - input->raw_at < 2 && !input->at_end);

    if (input->raw_at == input->raw_end)
        return 0;
    if (!raw_is_gzip(input))
        return error_set(&input->broken, ERROR_INPUT,
                         "the gzip file has something else behind its end");
    zlib_begin(input);
    return 1;
}

/* Inflate some of the current member. 0 with no byte made means: look again. */
static long inflate_some(struct input *input, void *bytes, size_t size)
{
    z_stream *zlib = &input->zlib;

    if (raw_need(input, 1) < 0)
        return -1;
    if (input->raw_at == input->raw_end)
        return error_set(&input->broken, ERROR_INPUT,
                         "the gzip file is cut short: its end is missing");
    zlib->next_in = input->raw + input->raw_at;
    zlib->avail_in = (unsigned)(input->raw_end - input->raw_at);
    zlib->next_out = bytes;
    zlib->avail_out = size < (1U << 30) ? (unsigned)size : 1U << 30;

    unsigned room = zlib->avail_out;
    int rc = inflate(zlib, Z_NO_FLUSH);

    input->raw_at = input->raw_end - zlib->avail_in;
    if (rc == Z_STREAM_END) {
        input->form = FORM_GZIP_GAP;
    } else if (rc != Z_OK && rc != Z_BUF_ERROR) {
        error_set(&input->broken, ERROR_INPUT, "the gzip file is damaged: %s",
                  zlib->msg ? zlib->msg : "unexpected content");
        if (zlib->avail_out == room)
            return -1; /* else the bytes first, the error at the next read */
    }
    return (long)(room - zlib->avail_out);
}

static long read_gzip(struct input *input, void *bytes, size_t size)
{
    for (;;) {
        if (input->form == FORM_GZIP_GAP) {
            int more = next_member(input);

            if (more <= 0)
                return more;
        }

        long n = inflate_some(input, bytes, size);

        if (n != 0)
            return n;
    }
}

static long take_pushed(struct input *input, void *bytes, size_t size)
{
    size_t n = input->pushed_end - input->pushed_at;

    if (n > size)
        n = size;
    memcpy(bytes, input->pushed + input->pushed_at, n);
    input->pushed_at += n;
    return (long)n;
}

long input_read(struct input *input, void *bytes, size_t size, struct error *err)
{
    long n = -1;

    if (size == 0)
        return 0;
    if (input->pushed_at < input->pushed_end)
        return take_pushed(input, bytes, size);
    if (input->broken.code == ERROR_NONE) {
        if (input->form == FORM_UNKNOWN && raw_need(input, 2) == 0) {
            if (raw_is_gzip(input))
                zlib_begin(input);
            else
                input->form = FORM_PLAIN;
        }
        if (input->form == FORM_PLAIN)
            n = read_plain(input, bytes, size);
        else if (input->form != FORM_UNKNOWN)
            n = read_gzip(input, bytes, size);
    }
    if (n < 0 && err)
        *err = input->broken;
    return n;
}

void input_unread(struct input *input, const void *bytes, size_t size)
{
    size_t waiting = input->pushed_end - input->pushed_at;

    if (size == 0)
        return;
    if (size <= input->pushed_at) {
        input->pushed_at -= size;
    } else {
        void *pushed = input->pushed;

        memory_grow(&pushed, &input->pushed_capacity, size + input->pushed_end, 1);
        input->pushed = pushed;
        memmove(input->pushed + size, input->pushed + input->pushed_at, waiting);
        input->pushed_at = 0;
        input->pushed_end = size + waiting;
    }
    memcpy(input->pushed + input->pushed_at, bytes, size);
}

void input_progress(const struct input *input, uint64_t *taken_r, uint64_t *size_r)
{
    *taken_r = input->taken;
    *size_r = input->size;
}
