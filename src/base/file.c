/* SPDX-License-Identifier: Apache-2.0
 *
 * base/file.c: see file.h. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"

#define PATH_SIZE 8192

int file_write_all(int fd, const char *bytes, size_t length)
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

/* The new name is on the disk when its folder is. */
static int sync_folder(const char *path)
{
    char folder[PATH_SIZE];
    const char *slash = strrchr(path, '/');
    int fd, status;

    snprintf(folder, sizeof(folder), "%.*s", slash ? (int)(slash - path) : 1,
             slash ? path : ".");
    fd = open(*folder ? folder : "/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    status = fsync(fd);
    close(fd);
    return status;
}

int file_replace(const char *path, const char *bytes, size_t length, struct error *err)
{
    char beside[PATH_SIZE];
    int fd, status;

    if (snprintf(beside, sizeof(beside), "%s.new", path) >= (int)sizeof(beside))
        return error_set(err, ERROR_LIMIT, "the path %.64s… is too long", path);
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    if (fd < 0)
        return error_errno(err, "cannot write %s", beside);
    status = file_write_all(fd, bytes, length);
    if (status == 0)
        status = fsync(fd);
    if (close(fd) < 0 || status < 0 || rename(beside, path) < 0) {
        error_errno(err, "cannot write %s", path);
        unlink(beside);
        return -1;
    }
    return sync_folder(path) < 0 ? error_errno(err, "cannot write %s", path) : 0;
}

int file_scratch(const char *folder, struct error *err)
{
    char path[PATH_SIZE];
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0)
        return fd;
    /* a file system that knows no O_TMPFILE */
    if (snprintf(path, sizeof(path), "%s/scratch-XXXXXX", folder) >= (int)sizeof(path))
        return error_set(err, ERROR_LIMIT, "the path of the node is too long");
    fd = mkostemp(path, O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, "cannot make a file in %s", folder);
    if (unlink(path) < 0) {
        close(fd);
        return error_errno(err, "cannot take %s out of its folder", path);
    }
    return fd;
}

int file_read_whole(struct arena *arena, const char *path, size_t limit, char **text_r,
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
