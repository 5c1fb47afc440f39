/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/text.c: words wrapped into lines, numbers beside their words, files read whole. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"

size_t text_columns(const char *text, size_t length)
{
    size_t columns = 0;

    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xC0) != 0x80;
    return columns;
}

/* French puts a blank before these; no line may start with them. */
static bool is_lonely_sign(const char *word, size_t length)
{
    return (length == 1 && strchr(":;?!", *word)) ||
           (length == 2 && strncmp(word, "»", 2) == 0);
}

static void put_blanks(struct buffer *out, size_t n)
{
    while (n--)
        buffer_char(out, ' ');
}

void text_wrap(struct buffer *out, const char *text, size_t at, size_t indent,
               size_t width)
{
    bool first = true;

    while (*text) {
        size_t length = strcspn(text, " ");
        const char *next = text + length + (text[length] == ' ');
        size_t next_length = strcspn(next, " ");
        size_t columns = text_columns(text, length);
        size_t needed = columns;

        if (is_lonely_sign(next, next_length))
            needed += 1 + text_columns(next, next_length);
        if (!first && at + 1 + needed > width && !is_lonely_sign(text, length)) {
            buffer_char(out, '\n');
            put_blanks(out, indent);
            at = indent;
        } else if (!first) {
            buffer_char(out, ' ');
            at++;
        }
        buffer_append(out, text, length);
        at += columns;
        first = false;
        text = next;
    }
    buffer_char(out, '\n');
}

void text_count(struct buffer *out, enum lang lang, uint64_t count, const char *one,
                const char *several)
{
    buffer_count(out, count, lang == LANG_FR);
    buffer_char(out, ' ');
    buffer_string(out, count == 1 || (count == 0 && lang == LANG_FR) ? one : several);
}

void text_seconds(struct buffer *out, enum lang lang, double seconds)
{
    if (seconds >= 100) {
        long whole = lround(seconds);

        buffer_printf(out, "%ld min %02ld s", whole / 60, whole % 60);
    } else if (seconds >= 9.95) {
        buffer_printf(out, "%.0f s", seconds);
    } else {
        int tenths = (int)lround(seconds * 10);

        buffer_printf(out, "%d%c%d s", tenths / 10, lang == LANG_FR ? ',' : '.',
                      tenths % 10);
    }
}

/* All of FD into OUT, which must not overflow. */
static int read_all(int fd, struct buffer *out)
{
    char piece[8192];
    ssize_t got;

    while (!out->overflowed && (got = read(fd, piece, sizeof(piece))) != 0) {
        if (got > 0)
            buffer_append(out, piece, (size_t)got);
        else if (errno != EINTR)
            return -1;
    }
    return 0;
}

int text_read(struct arena *arena, const char *path, size_t limit, const char **text_r,
              struct error *err)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    struct buffer text;
    int rc;

    if (fd < 0 && errno == ENOENT)
        return error_set(err, ERROR_NOT_FOUND, "there is no file %s", path);
    if (fd < 0)
        return error_errno(err, "%s cannot be read", path);
    buffer_init(&text, limit);
    rc = read_all(fd, &text);
    if (rc < 0)
        error_errno(err, "%s cannot be read", path);
    else
        rc = buffer_check(&text, path, err);
    if (rc == 0)
        *text_r = arena_string(arena, buffer_text(&text), text.length);
    buffer_free(&text);
    if (!is_stdin)
        close(fd);
    return rc;
}
