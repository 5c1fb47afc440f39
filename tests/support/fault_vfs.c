/* SPDX-License-Identifier: Apache-2.0
 *
 * support/fault_vfs.c: the disk that loses power.
 *
 * Each path has a node: the bytes a process sees, and the list of what was done to them since
 * the last sync.
 *
 *     xWrite, xTruncate ──▶ node->bytes (seen at once)  and  node->undone (a list of changes)
 *     xSync             ──▶ the changes are made to the real file, the list is emptied
 *     power cut         ──▶ the changes, or some of their sectors, or none, are made to the
 *                           real file; then every call fails until fault_vfs_restart()
 *
 * A file that was made and never synced may be gone after a cut, and one that was deleted
 * without a sync of its folder may be back. Locks and shared memory go through to the real
 * file. */
#include "support/fault_vfs.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"

#define SECTOR 512
#define PATH_SIZE 512

/* One write, or (bytes NULL) a truncation to OFFSET. */
struct change {
    struct change *next;
    sqlite3_int64 offset;
    size_t length;
    char *bytes;
};

struct node {
    struct node *next;
    char path[PATH_SIZE];
    char *bytes; /* what the process sees */
    size_t capacity;
    sqlite3_int64 size;
    struct change *undone; /* oldest first */
    struct change **last;
    unsigned users;
    bool was_synced; /* its name is on the disk */
    bool is_deleted; /* but not yet on the disk */
};

struct fault_file {
    sqlite3_file base;
    struct node *node; /* NULL: a temporary file, passed through */
    sqlite3_file *real;
};

static struct {
    sqlite3_vfs vfs;
    sqlite3_vfs *real;
    struct node *nodes;
    unsigned syncs;
    unsigned cut_at;
    unsigned fail_at;
    enum fault_loss loss;
    uint64_t random;
    int64_t room; /* negative: no limit */
    bool is_cut;
} disk;

static bool coin(void)
{
    disk.random ^= disk.random << 13;
    disk.random ^= disk.random >> 7;
    disk.random ^= disk.random << 17;
    return (disk.random >> 32) & 1;
}

/* ---- nodes ---- */

static struct node *node_find(const char *path)
{
    for (struct node *node = disk.nodes; node; node = node->next)
        if (strcmp(node->path, path) == 0)
            return node;
    return NULL;
}

static void node_reserve(struct node *node, size_t size)
{
    if (size > node->capacity) {
        size_t capacity = size + size / 2;

        node->bytes = memory_resize(node->bytes, capacity);
        memset(node->bytes + node->capacity, 0, capacity - node->capacity);
        node->capacity = capacity;
    }
}

static void changes_forget(struct node *node)
{
    while (node->undone) {
        struct change *change = node->undone;

        node->undone = change->next;
        memory_free(change->bytes);
        memory_free(change);
    }
    node->last = &node->undone;
}

static void change_add(struct node *node, sqlite3_int64 offset, const void *bytes,
                       size_t length)
{
    struct change *change = memory_alloc(sizeof(*change));

    *change = (struct change){.offset = offset, .length = length};
    if (bytes) {
        change->bytes = memory_alloc(length);
        memcpy(change->bytes, bytes, length);
    }
    *node->last = change;
    node->last = &change->next;
}

/* The node of a real file, which is opened here for its content alone. */
static struct node *node_load(const char *path)
{
    struct node *node = memory_alloc(sizeof(*node));
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    *node = (struct node){.next = disk.nodes, .was_synced = fd >= 0};
    node->last = &node->undone;
    snprintf(node->path, sizeof(node->path), "%s", path);
    if (fd >= 0) {
        if (fstat(fd, &status) < 0)
            panic("%s: cannot be looked at", path);
        node_reserve(node, (size_t)status.st_size);
        if (status.st_size > 0 &&
            pread(fd, node->bytes, (size_t)status.st_size, 0) != status.st_size)
            panic("%s: cannot be read", path);
        node->size = status.st_size;
        close(fd);
    }
    disk.nodes = node;
    return node;
}

static void node_free(struct node *node)
{
    struct node **link = &disk.nodes;

    while (*link != node)
        link = &(*link)->next;
    *link = node->next;
    changes_forget(node);
    memory_free(node->bytes);
    memory_free(node);
}

/* ---- the real files ---- */

static void write_real(int fd, const char *bytes, size_t length, sqlite3_int64 offset)
{
    if (pwrite(fd, bytes, length, offset) != (ssize_t)length)
        panic("fault_vfs: the real disk fails");
}

/* Make one change durable, or only some of its sectors. */
static void change_make(int fd, const struct change *change, bool is_torn)
{
    size_t length;

    if (!change->bytes) {
        if ((!is_torn || coin()) && ftruncate(fd, change->offset) < 0)
            panic("fault_vfs: the real disk fails");
        return;
    }
    if (!is_torn) {
        write_real(fd, change->bytes, change->length, change->offset);
        return;
    }
    for (size_t at = 0; at < change->length; at += length) {
        sqlite3_int64 offset = change->offset + (sqlite3_int64)at;

        length = SECTOR - (size_t)(offset % SECTOR);
        if (length > change->length - at)
            length = change->length - at;
        if (coin())
            write_real(fd, change->bytes + at, length, offset);
    }
}

static void node_flush(struct node *node, bool is_torn)
{
    int fd;

    if (!node->undone)
        return;
    fd = open(node->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        panic("%s: cannot be opened", node->path);
    for (const struct change *change = node->undone; change; change = change->next)
        change_make(fd, change, is_torn);
    close(fd);
    changes_forget(node);
}

static void power_cut(void)
{
    disk.is_cut = true;
    for (struct node *node = disk.nodes; node; node = node->next) {
        bool is_lost =
            disk.loss == FAULT_LOSE_ALL || (disk.loss == FAULT_LOSE_SOME && coin());

        if (node->is_deleted) {
            if (!is_lost)
                unlink(node->path);
        } else if (!node->was_synced && is_lost) {
            unlink(node->path);
        } else if (disk.loss != FAULT_LOSE_ALL) {
            node_flush(node, disk.loss == FAULT_LOSE_SOME);
        }
    }
}

/* ---- files ---- */

static struct fault_file *fault_file(sqlite3_file *file)
{
    return (struct fault_file *)(void *)file;
}

static int file_close(sqlite3_file *base)
{
    struct fault_file *file = fault_file(base);
    struct node *node = file->node;
    int code =
        file->real->pMethods ? file->real->pMethods->xClose(file->real) : SQLITE_OK;

    if (node && --node->users == 0 && !node->undone && !node->is_deleted &&
        node->was_synced)
        node_free(node); /* nothing is known of it that the real file does not say */
    return code;
}

static int file_read(sqlite3_file *base, void *bytes, int length, sqlite3_int64 offset)
{
    struct fault_file *file = fault_file(base);
    struct node *node = file->node;

    if (!node)
        return file->real->pMethods->xRead(file->real, bytes, length, offset);
    if (disk.is_cut)
        return SQLITE_IOERR_READ;

    sqlite3_int64 there = node->size > offset ? node->size - offset : 0;

    if (there >= length) {
        memcpy(bytes, node->bytes + offset, (size_t)length);
        return SQLITE_OK;
    }
    memset(bytes, 0, (size_t)length);
    if (there > 0)
        memcpy(bytes, node->bytes + offset, (size_t)there);
    return SQLITE_IOERR_SHORT_READ;
}

static int file_write(sqlite3_file *base, const void *bytes, int length,
                      sqlite3_int64 offset)
{
    struct fault_file *file = fault_file(base);
    struct node *node = file->node;

    if (!node)
        return file->real->pMethods->xWrite(file->real, bytes, length, offset);
    if (disk.is_cut)
        return SQLITE_IOERR_WRITE;

    sqlite3_int64 growth = offset + length - node->size;

    if (growth > 0 && disk.room >= 0) {
        if (growth > disk.room)
            return SQLITE_FULL;
        disk.room -= growth;
    }
    node_reserve(node, (size_t)(offset + length));
    memcpy(node->bytes + offset, bytes, (size_t)length);
    if (growth > 0)
        node->size = offset + length;
    change_add(node, offset, bytes, (size_t)length);
    return SQLITE_OK;
}

static int file_truncate(sqlite3_file *base, sqlite3_int64 size)
{
    struct fault_file *file = fault_file(base);
    struct node *node = file->node;

    if (!node)
        return file->real->pMethods->xTruncate(file->real, size);
    if (disk.is_cut)
        return SQLITE_IOERR_TRUNCATE;
    if (size < node->size) {
        memset(node->bytes + size, 0, (size_t)(node->size - size));
        node->size = size;
        change_add(node, size, NULL, 0);
    }
    return SQLITE_OK;
}

static int file_sync(sqlite3_file *base, int flags)
{
    struct fault_file *file = fault_file(base);
    struct node *node = file->node;

    if (!node)
        return file->real->pMethods->xSync(file->real, flags);
    if (disk.is_cut)
        return SQLITE_IOERR_FSYNC;
    if (++disk.syncs == disk.cut_at) {
        power_cut();
        return SQLITE_IOERR_FSYNC;
    }
    if (disk.syncs == disk.fail_at) {
        /* the writes are lost to the disk, while the process goes on seeing them */
        changes_forget(node);
        return SQLITE_IOERR_FSYNC;
    }
    node->was_synced = true;
    node_flush(node, false);
    return SQLITE_OK;
}

static int file_size(sqlite3_file *base, sqlite3_int64 *size_r)
{
    struct fault_file *file = fault_file(base);

    if (!file->node)
        return file->real->pMethods->xFileSize(file->real, size_r);
    if (disk.is_cut)
        return SQLITE_IOERR_FSTAT;
    *size_r = file->node->size;
    return SQLITE_OK;
}

static int file_lock(sqlite3_file *base, int level)
{
    struct fault_file *file = fault_file(base);

    return file->real->pMethods->xLock(file->real, level);
}

static int file_unlock(sqlite3_file *base, int level)
{
    struct fault_file *file = fault_file(base);

    return file->real->pMethods->xUnlock(file->real, level);
}

static int file_reserved(sqlite3_file *base, int *is_reserved_r)
{
    struct fault_file *file = fault_file(base);

    return file->real->pMethods->xCheckReservedLock(file->real, is_reserved_r);
}

static int file_control(sqlite3_file *base, int operation, void *argument)
{
    struct fault_file *file = fault_file(base);

    /* these would write to the real file behind our back */
    if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE)
        return SQLITE_NOTFOUND;
    return file->real->pMethods->xFileControl(file->real, operation, argument);
}

static int file_sector(sqlite3_file *base)
{
    (void)base;
    return SECTOR;
}

static int file_characteristics(sqlite3_file *base)
{
    (void)base;
    return SQLITE_IOCAP_POWERSAFE_OVERWRITE; /* as on Linux */
}

static int file_shm_map(sqlite3_file *base, int page, int size, int extend,
                        void volatile **memory_r)
{
    struct fault_file *file = fault_file(base);

    return file->real->pMethods->xShmMap(file->real, page, size, extend, memory_r);
}

static int file_shm_lock(sqlite3_file *base, int offset, int count, int flags)
{
    struct fault_file *file = fault_file(base);

    return file->real->pMethods->xShmLock(file->real, offset, count, flags);
}

static void file_shm_barrier(sqlite3_file *base)
{
    struct fault_file *file = fault_file(base);

    file->real->pMethods->xShmBarrier(file->real);
}

static int file_shm_unmap(sqlite3_file *base, int remove)
{
    struct fault_file *file = fault_file(base);

    return file->real->pMethods->xShmUnmap(file->real, remove);
}

static const sqlite3_io_methods methods = {
    .iVersion = 2, /* no xFetch: SQLite reads through xRead only */
    .xClose = file_close,
    .xRead = file_read,
    .xWrite = file_write,
    .xTruncate = file_truncate,
    .xSync = file_sync,
    .xFileSize = file_size,
    .xLock = file_lock,
    .xUnlock = file_unlock,
    .xCheckReservedLock = file_reserved,
    .xFileControl = file_control,
    .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_characteristics,
    .xShmMap = file_shm_map,
    .xShmLock = file_shm_lock,
    .xShmBarrier = file_shm_barrier,
    .xShmUnmap = file_shm_unmap,
};

/* ---- the file system ---- */

#define DURABLE (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_MAIN_JOURNAL | SQLITE_OPEN_WAL)

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *base, int flags,
                    int *flags_r)
{
    struct fault_file *file = fault_file(base);
    bool is_durable = path && (flags & DURABLE);
    struct node *node = is_durable ? node_find(path) : NULL;

    (void)vfs;
    *file = (struct fault_file){.real = (sqlite3_file *)(void *)(file + 1)};
    memset(file->real, 0, (size_t)disk.real->szOsFile);
    if (disk.is_cut)
        return SQLITE_CANTOPEN;

    bool is_back =
        node && node->is_deleted; /* made anew before its deletion was durable */

    if (is_back && !(flags & SQLITE_OPEN_CREATE))
        return SQLITE_CANTOPEN;
    if (is_durable && !node)
        node = node_load(path); /* before the real one makes the file */

    int code = disk.real->xOpen(disk.real, path, file->real, flags, flags_r);

    if (code != SQLITE_OK) {
        if (node && node->users == 0 && !node->undone && !node->is_deleted)
            node_free(node);
        return code;
    }
    if (is_back)
        node->is_deleted = false;
    if (node)
        node->users++;
    file->node = node;
    file->base.pMethods = &methods;
    return SQLITE_OK;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync_folder)
{
    struct node *node = node_find(path);

    (void)vfs;
    if (disk.is_cut)
        return SQLITE_IOERR_DELETE;
    if (sync_folder || !node || !node->was_synced) {
        if (node && node->users > 0)
            panic("%s: deleted while in use", path);
        if (node)
            node_free(node);
        return disk.real->xDelete(disk.real, path, sync_folder);
    }
    if (node->is_deleted)
        return SQLITE_IOERR_DELETE_NOENT;
    node->is_deleted = true;
    node->size = 0;
    if (node->bytes)
        memset(node->bytes, 0, node->capacity);
    change_add(node, 0, NULL, 0);
    return SQLITE_OK;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *result_r)
{
    struct node *node = node_find(path);

    (void)vfs;
    if (disk.is_cut)
        return SQLITE_IOERR_ACCESS;
    if (node && node->is_deleted) {
        *result_r = 0;
        return SQLITE_OK;
    }
    if (node && flags == SQLITE_ACCESS_EXISTS) {
        *result_r = node->size > 0; /* as the default VFS has it for empty journals */
        return SQLITE_OK;
    }
    return disk.real->xAccess(disk.real, path, flags, result_r);
}

static int vfs_full_path(sqlite3_vfs *vfs, const char *path, int size, char *out)
{
    (void)vfs;
    return disk.real->xFullPathname(disk.real, path, size, out);
}

static int vfs_randomness(sqlite3_vfs *vfs, int size, char *out)
{
    (void)vfs;
    return disk.real->xRandomness(disk.real, size, out);
}

static int vfs_sleep(sqlite3_vfs *vfs, int microseconds)
{
    (void)vfs;
    return disk.real->xSleep(disk.real, microseconds);
}

static int vfs_current_time(sqlite3_vfs *vfs, double *time_r)
{
    (void)vfs;
    return disk.real->xCurrentTime(disk.real, time_r);
}

static int vfs_last_error(sqlite3_vfs *vfs, int size, char *out)
{
    (void)vfs;
    return disk.real->xGetLastError(disk.real, size, out);
}

void fault_vfs_install(void)
{
    if (disk.real)
        panic("fault_vfs: installed twice");
    disk.real = sqlite3_vfs_find(NULL);
    disk.room = -1;
    disk.random = 1;
    disk.vfs = (sqlite3_vfs){
        .iVersion = 1,
        .szOsFile = (int)sizeof(struct fault_file) + disk.real->szOsFile,
        .mxPathname = PATH_SIZE - 1,
        .zName = "fault",
        .xOpen = vfs_open,
        .xDelete = vfs_delete,
        .xAccess = vfs_access,
        .xFullPathname = vfs_full_path,
        .xRandomness = vfs_randomness,
        .xSleep = vfs_sleep,
        .xCurrentTime = vfs_current_time,
        .xGetLastError = vfs_last_error,
    };
    if (sqlite3_vfs_register(&disk.vfs, 1) != SQLITE_OK)
        panic("fault_vfs: cannot be registered");
}

void fault_vfs_cut_at(unsigned sync, enum fault_loss loss, uint64_t seed)
{
    disk.syncs = 0;
    disk.cut_at = sync;
    disk.loss = loss;
    disk.random = seed * 0x9E3779B97F4A7C15U + 1;
}

bool fault_vfs_is_cut(void)
{
    return disk.is_cut;
}

unsigned fault_vfs_syncs(void)
{
    return disk.syncs;
}

void fault_vfs_fail_sync(unsigned sync)
{
    disk.syncs = 0;
    disk.fail_at = sync;
}

void fault_vfs_full_after(int64_t bytes)
{
    disk.room = bytes;
}

void fault_vfs_restart(void)
{
    while (disk.nodes) {
        if (disk.nodes->users > 0)
            panic("%s: still open", disk.nodes->path);
        if (!disk.is_cut)
            node_flush(disk.nodes, false);
        node_free(disk.nodes);
    }
    disk.is_cut = false;
    disk.cut_at = 0;
    disk.fail_at = 0;
    disk.room = -1;
}
