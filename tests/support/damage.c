/* SPDX-License-Identifier: Apache-2.0
 *
 * support/damage.c: see damage.h. */
#include "support/damage.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"

void only_file(const char *folder, const char *kind, char path[512])
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    int n = 0;

    while (dir && (entry = readdir(dir))) {
        if (strncmp(entry->d_name, kind, strlen(kind)) != 0)
            continue;
        snprintf(path, 512, "%s/%s", folder, entry->d_name);
        n++;
    }
    if (dir)
        closedir(dir);
    if (n != 1)
        panic("%s has %d files %s…, not one", folder, n, kind);
}

void flip_byte(const char *path, long at)
{
    int fd = open(path, O_RDWR | O_CLOEXEC);
    off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
    off_t place = at < 0 ? size + at : at;
    unsigned char byte;

    if (fd < 0 || pread(fd, &byte, 1, place) != 1)
        panic("%s has no byte %ld", path, at);
    byte ^= 0x20;
    if (pwrite(fd, &byte, 1, place) != 1 || close(fd) < 0)
        panic("%s cannot be damaged", path);
}
