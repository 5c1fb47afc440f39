/* SPDX-License-Identifier: Apache-2.0
 *
 * node/replace.c: small files of a node, read whole and replaced whole. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "node/node_internal.h"

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -1;
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}

int file_replace(const char *path, const char *bytes, size_t length, struct error *err)
{
    char beside[NODE_PATH + 16];
    int fd, status;

    snprintf(beside, sizeof(beside), "%s.new", path);
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return error_errno(err, "cannot write %s", beside);
    status = write_all(fd, bytes, length);
    if (status == 0)
        status = fsync(fd);
    if (close(fd) < 0 || status < 0 || rename(beside, path) < 0) {
        error_errno(err, "cannot write %s", path);
        unlink(beside);
        return -1;
    }
    return 0;
}

int file_read(struct arena *arena, const char *path, size_t limit, char **text_r,
              size_t *length_r, struct error *err)
{
    FILE *file = fopen(path, "rbe");
    struct stat status;
    char *text;
    size_t n;

    if (!file && errno == ENOENT)
        return error_set(err, ERROR_NOT_FOUND, "there is no file %s", path);
    if (!file)
        return error_errno(err, "%s cannot be read", path);
    if (fstat(fileno(file), &status) < 0 || (uint64_t)status.st_size > limit) {
        fclose(file);
        return error_set(err, ERROR_LIMIT, "%s: larger than %zu bytes", path, limit);
    }
    text = arena_array(arena, (size_t)status.st_size + 1, 1);
    n = fread(text, 1, (size_t)status.st_size, file);
    text[n] = '\0';
    if (ferror(file)) {
        fclose(file);
        return error_set(err, ERROR_IO, "%s cannot be read", path);
    }
    fclose(file);
    *text_r = text;
    *length_r = n;
    return arena_check(arena, err);
}
