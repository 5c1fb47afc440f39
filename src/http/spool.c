/* SPDX-License-Identifier: Apache-2.0
 *
 * http/spool.c: what is uploaded, until it is imported.
 *
 * The file has no name from the start (O_TMPFILE), or none as soon as it is made: whatever
 * becomes of the server, no patients' data stay behind in a folder. It lies in the node's own
 * folder, because that is where the disk has room for them and where they may be. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/error.h"
#include "http/server_internal.h"

int spool_open(const char *folder, struct error *err)
{
    char path[4096];
    int fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);

    if (fd >= 0)
        return fd;

    /* a file system that knows no O_TMPFILE */
    if (snprintf(path, sizeof(path), "%s/upload-XXXXXX", folder) >= (int)sizeof(path))
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

int spool_write(int fd, const char *bytes, size_t length, struct error *err)
{
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return error_errno(err, "cannot keep what is uploaded");
        bytes += written;
        length -= (size_t)written;
    }
    return 0;
}
