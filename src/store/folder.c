/* SPDX-License-Identifier: Apache-2.0
 *
 * store/folder.c: the folder of a store: its lock, its files, and making them.
 *
 *     FOLDER/lock            held with flock() by the one writer; its process number inside
 *     FOLDER/identities.db   0600; -wal and -shm beside it once it was opened for writing
 *     FOLDER/originals.db    the same
 *
 * Both files are made under other names (.new) and renamed when they are whole and synced. */
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/store_internal.h"

enum presence { PRESENT, ABSENT };

static int presence(const char *path, enum presence *presence_r, struct error *err)
{
    struct stat status;

    if (stat(path, &status) == 0) {
        if (!S_ISREG(status.st_mode))
            return error_set(err, ERROR_CORRUPT, "%s: is not a file", path);
        *presence_r = PRESENT;
        return 0;
    }
    if (errno != ENOENT)
        return error_errno(err, "%s", path);
    *presence_r = ABSENT;
    return 0;
}

/* A new file's name is only on the disk once its folder is. */
static int folder_sync(const char *folder, struct error *err)
{
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return error_errno(err, "%s", folder);

    int result = fsync(fd) < 0 ? error_errno(err, "%s", folder) : 0;

    close(fd);
    return result;
}

int folder_lock(struct arena *arena, const char *folder, int *lock_r, struct error *err)
{
    char holder[32] = "";
    const char *path = arena_printf(arena, "%s/lock", folder);
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

    if (fd < 0)
        return error_errno(err, "%s", path);

    if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
        int number = errno;
        ssize_t length = pread(fd, holder, sizeof(holder) - 1, 0);

        close(fd);
        errno = number;
        if (number != EWOULDBLOCK)
            return error_errno(err, "%s", path);
        holder[length > 0 ? strspn(holder, "0123456789") : 0] = '\0';
        return error_set(err, ERROR_BUSY,
                         "%s: another process is writing in it (process %s)", folder,
                         *holder ? holder : "not known");
    }

    int length = snprintf(holder, sizeof(holder), "%ld\n", (long)getpid());

    if (ftruncate(fd, 0) < 0 || pwrite(fd, holder, (size_t)length, 0) != length) {
        int result = error_errno(err, "%s", path);

        close(fd);
        return result;
    }
    *lock_r = fd;
    return 0;
}

int folder_check(const char *folder, const char *identities, const char *originals,
                 struct error *err)
{
    enum presence has_identities;
    enum presence has_originals;

    if (presence(identities, &has_identities, err) < 0 ||
        presence(originals, &has_originals, err) < 0)
        return -1;
    if (has_identities == ABSENT && has_originals == ABSENT)
        return error_set(err, ERROR_NOT_FOUND, "%s: holds no store", folder);
    if (has_identities != has_originals)
        return error_set(err, ERROR_CORRUPT, "%s: is missing; " SAME_BACKUP,
                         has_identities == ABSENT ? identities : originals);
    return 0;
}

/* ---- making ---- */

void random_hexadecimal(char text[STORE_INCARNATION_SIZE])
{
    unsigned char bytes[(STORE_INCARNATION_SIZE - 1) / 2];

    crypto_start();
    randombytes_buf(bytes, sizeof(bytes));
    sodium_bin2hex(text, STORE_INCARNATION_SIZE, bytes, sizeof(bytes));
}

/* A complete file at PATH, synced. */
static int file_make(const char *path, const struct schema *schema, const char *state,
                     struct error *err)
{
    struct database database;
    int fd;

    if (unlink(path) < 0 && errno != ENOENT)
        return error_errno(err, "%s", path);
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600); /* for its mode */
    if (fd < 0)
        return error_errno(err, "%s", path);
    close(fd);

    if (database_open(&database, path, DATABASE_CREATE, 1024, err) < 0)
        return -1;

    int result = -1;

    if (schema_make(&database, schema, err) == 0 &&
        database_execute(&database, state, err) == 0 &&
        database_execute(&database, "PRAGMA journal_mode = WAL", err) == 0)
        result = 0;
    database_close(&database);
    return result;
}

/* Both files under other names first: so a folder holds a whole store or none. */
static int files_make(struct arena *arena, const char *folder, struct error *err)
{
    const char *identities = arena_printf(arena, "%s/identities.db", folder);
    const char *originals = arena_printf(arena, "%s/originals.db", folder);
    const char *new_identities = arena_printf(arena, "%s.new", identities);
    const char *new_originals = arena_printf(arena, "%s.new", originals);
    char pair[STORE_INCARNATION_SIZE];
    char incarnation[STORE_INCARNATION_SIZE];
    enum presence has_identities;
    enum presence has_originals;

    if (presence(identities, &has_identities, err) < 0 ||
        presence(originals, &has_originals, err) < 0)
        return -1;
    if (has_identities == PRESENT || has_originals == PRESENT)
        return error_set(err, ERROR_REFUSED, "%s: already there",
                         has_originals == PRESENT ? originals : identities);

    random_hexadecimal(pair);
    random_hexadecimal(incarnation);
    if (file_make(new_identities, &schema_identities,
                  arena_printf(arena, "INSERT INTO state VALUES (1, x'%s', 0)", pair),
                  err) < 0 ||
        file_make(new_originals, &schema_originals,
                  arena_printf(arena,
                               "INSERT INTO state VALUES (1, x'%s', '%s', 0, 0, 0, 0)",
                               pair, incarnation),
                  err) < 0)
        return -1;
    if (rename(new_identities, identities) < 0)
        return error_errno(err, "%s", identities);
    if (rename(new_originals, originals) < 0)
        return error_errno(err, "%s", originals);
    return folder_sync(folder, err);
}

int store_create(const char *folder, struct error *err)
{
    struct arena *arena = arena_new("store", 64 << 10);
    int lock = -1;
    int result = -1;

    if (folder_lock(arena, folder, &lock, err) == 0 &&
        files_make(arena, folder, err) == 0)
        result = 0;
    if (lock >= 0)
        close(lock);
    arena_free(arena);
    return result;
}
