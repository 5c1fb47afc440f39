/* SPDX-License-Identifier: Apache-2.0
 *
 * access/audit.c: the audit log, one file of chained JSON lines.
 *
 *     {"n":7,"time":"2026-11-12T09:31:07Z","caller":"anna","via":"cli","purpose":"research",
 *      "action":"count","detail":"topography C34","outcome":"42 certain","chain":"<64 hex>"}
 *
 *     chain(7) = BLAKE2b-256(key, chain(6) || all of line 7 before ,"chain":)
 *     chain(0) = BLAKE2b-256(key, "lacis audit 1")
 *
 * The key (audit.key, 32 random bytes) is of this log alone. A line that was changed, moved
 * or removed breaks the chain where it stood. Lines cut off the *end* leave a shorter log that
 * is sound in itself: that shows only to who has kept a later chain value, which is why
 * partners will sign the head of each other's logs.
 *
 * A crash may leave a last line without its end. Whoever opens the log next ends that line
 * with the word TORN and writes an entry that says so; the torn bytes enter the chain like
 * those of an entry, so nothing can be hidden in them later.
 *
 * One write(2) on an O_APPEND descriptor makes a line, under flock: nobody sees half a line
 * but after a crash. There is no fsync: a process that dies loses nothing, and a power cut at
 * worst the last seconds of readings, at a price (milliseconds) that each question would pay.
 *
 * Threads: a mutex, because flock is of the descriptor and not of the thread. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "access/access.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/log.h"

#define KEY_SIZE 32
#define CHAIN_SIZE 32
#define CHAIN_HEX (2 * CHAIN_SIZE)

/* What a line may hold: longer details are cut, and then their digest is written too. */
#define DETAIL_LIMIT ((size_t)16 << 10)
#define WORD_LIMIT ((size_t)512)
/* A JSON string has at most six bytes for one. */
#define LINE_LIMIT (6 * (DETAIL_LIMIT + 4 * WORD_LIMIT) + 1024)

static const char torn_end[] = " torn\n";
static const char chain_field[] = ",\"chain\":\"";
static const char line_end[] = "\"}";
#define LITERAL(array) (sizeof(array) - 1)
/* ,"chain":"<hex>"} */
#define TAIL_SIZE (LITERAL(chain_field) + CHAIN_HEX + LITERAL(line_end))

/* The state after some line. */
struct link {
    unsigned char chain[CHAIN_SIZE];
    uint64_t n; /* entries so far */
};

struct audit {
    pthread_mutex_t mutex;
    int fd;
    char *path;
    unsigned char key[KEY_SIZE];
    struct link last;
    off_t size; /* of the file when LAST was true */
};

/* ---- the chain ---- */

static void chain_start(const unsigned char key[KEY_SIZE], struct link *link)
{
    static const char first[] = "lacis audit 1";

    crypto_generichash(link->chain, CHAIN_SIZE, (const unsigned char *)first,
                       LITERAL(first), key, KEY_SIZE);
    link->n = 0;
}

static void chain_step(const unsigned char key[KEY_SIZE], unsigned char chain[CHAIN_SIZE],
                       const char *bytes, size_t length)
{
    crypto_generichash_state state;

    crypto_generichash_init(&state, key, KEY_SIZE, CHAIN_SIZE);
    crypto_generichash_update(&state, chain, CHAIN_SIZE);
    crypto_generichash_update(&state, (const unsigned char *)bytes, length);
    crypto_generichash_final(&state, chain, CHAIN_SIZE);
}

/* ---- reading lines ---- */

/* An entry by its form: {"n":N, … ,"chain":"HEX"}. */
static bool entry_read(const char *line, size_t length, uint64_t *n_r,
                       unsigned char chain_r[CHAIN_SIZE])
{
    static const char start[] = "{\"n\":";
    uint64_t n = 0;
    size_t i = LITERAL(start);
    size_t hex_length;

    if (length < LITERAL(start) + TAIL_SIZE || memcmp(line, start, LITERAL(start)) != 0)
        return false;
    for (; line[i] >= '0' && line[i] <= '9' && n < UINT64_MAX / 10 - 1; i++)
        n = n * 10 + (uint64_t)(line[i] - '0');
    if (line[i] != ',' || i == LITERAL(start))
        return false;

    const char *tail = line + length - TAIL_SIZE;

    if (memcmp(tail, chain_field, LITERAL(chain_field)) != 0 ||
        memcmp(tail + TAIL_SIZE - LITERAL(line_end), line_end, LITERAL(line_end)) != 0)
        return false;
    if (sodium_hex2bin(chain_r, CHAIN_SIZE, tail + LITERAL(chain_field), CHAIN_HEX, NULL,
                       &hex_length, NULL) != 0 ||
        hex_length != CHAIN_SIZE)
        return false;
    *n_r = n;
    return true;
}

static bool line_is_torn(const char *line, size_t length)
{
    size_t end = LITERAL(torn_end) - 1; /* without the newline */

    return length >= end && memcmp(line + length - end, torn_end, end) == 0;
}

/* What a walk over lines sees: a piece of the file, whole lines and perhaps half a one. */
struct walk {
    const unsigned char *key;
    struct link link;
    uint64_t line; /* physical lines so far */
    uint64_t torn; /* torn lines at the very end, that no entry has told of yet */
    bool trust; /* take chain values as they stand (of lines we once walked or wrote) */
    const char *path; /* for messages */
};

static const char what_to_do[] =
    ": tell who answers for it; put audit.log and audit.key aside, and a new log begins";

static int entry_wrong(const struct walk *walk, uint64_t n, struct error *err)
{
    const char *what = "was changed";

    if (n > walk->link.n + 1)
        what = "does not follow the line before: lines are missing or moved";
    else if (n <= walk->link.n)
        what = "stands in a wrong place: lines were moved, repeated or changed";
    return error_set(err, ERROR_CORRUPT, "%s line %llu %s%s", walk->path,
                     (unsigned long long)walk->line, what, what_to_do);
}

static int walk_line(struct walk *walk, const char *line, size_t length,
                     struct error *err)
{
    unsigned char chain[CHAIN_SIZE];
    uint64_t n;

    walk->line++;
    if (!entry_read(line, length, &n, chain)) {
        if (!line_is_torn(line, length))
            return error_set(err, ERROR_CORRUPT,
                             "%s line %llu is not an entry: it was changed or cut%s",
                             walk->path, (unsigned long long)walk->line, what_to_do);
        chain_step(walk->key, walk->link.chain, line, length);
        walk->torn++;
        return 0;
    }
    if (!walk->trust) {
        chain_step(walk->key, walk->link.chain, line, length - TAIL_SIZE);
        if (n != walk->link.n + 1 ||
            sodium_memcmp(chain, walk->link.chain, CHAIN_SIZE) != 0)
            return entry_wrong(walk, n, err);
    }
    memcpy(walk->link.chain, chain, CHAIN_SIZE);
    walk->link.n = n;
    walk->torn = 0;
    return 0;
}

/* All lines of FD from OFFSET on. *REST_R: bytes after the last newline, in BUFFER. */
static int walk_file(struct walk *walk, int fd, off_t offset, struct buffer *buffer,
                     struct error *err)
{
    char piece[16384];
    ssize_t got;

    buffer_init(buffer, LINE_LIMIT);
    while ((got = pread(fd, piece, sizeof(piece), offset)) != 0) {
        const char *at = piece;
        const char *end;

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(err, "%s", walk->path);
        offset += got;
        while ((end = memchr(at, '\n', (size_t)(piece + got - at)))) {
            buffer_append(buffer, at, (size_t)(end - at));
            if (walk_line(walk, buffer_text(buffer), buffer->length, err) < 0)
                return -1;
            buffer_clear(buffer);
            at = end + 1;
        }
        buffer_append(buffer, at, (size_t)(piece + got - at));
        if (buffer->overflowed)
            return error_set(err, ERROR_CORRUPT,
                             "%s line %llu is too long to be an entry", walk->path,
                             (unsigned long long)walk->line + 1);
    }
    return 0;
}

/* ---- writing ---- */

static void append_word(struct buffer *line, const char *name, const char *text)
{
    char word[WORD_LIMIT];

    /* names and outcomes are short; what is longer is no word of ours */
    snprintf(word, sizeof(word), "%s", text ? text : "");
    buffer_printf(line, ",\"%s\":", name);
    buffer_json_string(line, word);
}

static void append_detail(struct buffer *line, const char *detail)
{
    size_t length = strlen(detail);
    struct buffer cut;

    if (length <= DETAIL_LIMIT) {
        buffer_string(line, ",\"detail\":");
        buffer_json_string(line, detail);
        return;
    }

    unsigned char digest[CHAIN_SIZE];
    char hex[CHAIN_HEX + 1];

    buffer_init(&cut, DETAIL_LIMIT);
    buffer_append(&cut, detail, DETAIL_LIMIT);
    buffer_string(line, ",\"detail\":");
    buffer_json_string(line, buffer_text(&cut)); /* half a character becomes U+FFFD */
    buffer_free(&cut);
    crypto_generichash(digest, sizeof(digest), (const unsigned char *)detail, length,
                       NULL, 0);
    sodium_bin2hex(hex, sizeof(hex), digest, sizeof(digest));
    buffer_printf(line, ",\"detail_bytes\":%zu,\"detail_blake2b\":\"%s\"", length, hex);
}

/* Appends the entry that follows *LINK to OUT, and moves *LINK on. */
static void entry_append(const struct audit *audit, struct link *link, struct buffer *out,
                         const struct caller *caller, int64_t now, const char *action,
                         const char *detail, const char *outcome)
{
    size_t start = out->length;
    char time[32];
    char hex[CHAIN_HEX + 1];

    link->n++;
    buffer_printf(out, "{\"n\":%llu,\"time\":\"%s\"", (unsigned long long)link->n,
                  clock_print(now, time));
    append_word(out, "caller", caller->name);
    append_word(out, "via", caller->via);
    append_word(out, "purpose", purpose_name(caller->purpose));
    append_word(out, "action", action);
    append_detail(out, detail ? detail : "");
    append_word(out, "outcome", outcome);

    chain_step(audit->key, link->chain, buffer_text(out) + start, out->length - start);
    sodium_bin2hex(hex, sizeof(hex), link->chain, CHAIN_SIZE);
    buffer_printf(out, "%s%s%s\n", chain_field, hex, line_end);
}

/* One write. A short one (full disk) is taken back, so that the line before stays the last. */
static int append_bytes(struct audit *audit, const struct buffer *bytes,
                        struct error *err)
{
    ssize_t written;

    do
        written = write(audit->fd, bytes->bytes, bytes->length);
    while (written < 0 && errno == EINTR);

    if (written == (ssize_t)bytes->length) {
        audit->size += written;
        return 0;
    }
    if (written >= 0)
        errno = ENOSPC;
    error_errno(err, "%s: nothing is answered that cannot be written down", audit->path);
    if (written > 0 && ftruncate(audit->fd, audit->size) < 0)
        audit->size = -1; /* the next writer repairs it as torn */
    return -1;
}

/* Ends a torn last line. Nobody below the command line reads the clock, so the entry that
 * tells of it has the time at which the file was last written: that of the crash. */
static void repair_append(struct audit *audit, struct walk *walk, struct buffer *rest,
                          int64_t time, struct buffer *out)
{
    static const struct caller finder = {"lacis", "audit", PURPOSE_OPERATION};
    char detail[96];

    if (rest->length > 0) {
        walk->line++;
        snprintf(detail, sizeof(detail), "the line before was cut after %zu bytes",
                 rest->length);
        buffer_string(out, torn_end);
        rest->limit += LITERAL(torn_end);
        buffer_append(rest, torn_end, LITERAL(torn_end) - 1);
        chain_step(walk->key, walk->link.chain, rest->bytes, rest->length);
    } else {
        snprintf(detail, sizeof(detail), "the line before was cut");
    }
    entry_append(audit, &walk->link, out, &finder, time, "audit", detail, "torn");
}

/* Brings LAST up to the end of the file, which other processes write too. What mends a torn
 * end is put into OUT, to be written. Under both locks. */
static int catch_up(struct audit *audit, struct buffer *out, struct error *err)
{
    struct walk walk = {
        .key = audit->key, .link = audit->last, .trust = true, .path = audit->path};
    off_t from = audit->size;
    unsigned char chain[CHAIN_SIZE];
    struct stat status;
    struct buffer rest;
    uint64_t n;
    int rc;

    if (fstat(audit->fd, &status) < 0)
        return error_errno(err, "%s", audit->path);
    if (status.st_size == audit->size)
        return 0;
    if (from < 0 || status.st_size < from) { /* the first time, or somebody cut it */
        from = 0;
        chain_start(audit->key, &walk.link);
    }
    rc = walk_file(&walk, audit->fd, from, &rest, err);
    if (rc == 0 && entry_read(buffer_text(&rest), rest.length, &n, chain)) {
        rc = walk_line(&walk, rest.bytes, rest.length, err);
        buffer_char(out, '\n'); /* only that was missing */
    } else if (rc == 0 && (rest.length > 0 || walk.torn > 0)) {
        repair_append(audit, &walk, &rest, (int64_t)status.st_mtime, out);
    }
    if (rc == 0) {
        audit->last = walk.link;
        audit->size = status.st_size;
    }
    buffer_free(&rest);
    return rc;
}

static int lock(const struct audit *audit, struct error *err)
{
    int rc;

    while ((rc = flock(audit->fd, LOCK_EX)) < 0 && errno == EINTR)
        ;
    if (rc < 0)
        return error_errno(err, "%s: cannot be locked", audit->path);
    return 0;
}

/* OUT is empty, or what mends a torn end; ENTRY may add to it. After a failure nothing is
 * sure about the end of the file, and the next writer looks at all of it. */
static int finish(struct audit *audit, const struct link *before,
                  const struct buffer *out, struct error *err)
{
    if (out->length == 0 || append_bytes(audit, out, err) == 0)
        return 0;
    audit->last = *before;
    audit->size = -1;
    return -1;
}

int audit_write(struct audit *audit, const struct caller *caller, int64_t now,
                const char *action, const char *detail, const char *outcome,
                struct error *err)
{
    struct buffer out;
    struct link before;
    int rc;

    buffer_init(&out, 3 * LINE_LIMIT);
    pthread_mutex_lock(&audit->mutex);
    before = audit->last;
    rc = lock(audit, err);
    if (rc == 0)
        rc = catch_up(audit, &out, err);
    if (rc == 0) {
        entry_append(audit, &audit->last, &out, caller, now, action, detail, outcome);
        rc = finish(audit, &before, &out, err);
    }
    flock(audit->fd, LOCK_UN);
    pthread_mutex_unlock(&audit->mutex);
    buffer_free(&out);
    return rc;
}

/* ---- the key ---- */

static int key_read(const char *path, unsigned char key[KEY_SIZE], struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t got;

    if (fd < 0)
        return error_errno(err, "%s", path);
    got = read(fd, key, KEY_SIZE);
    close(fd);
    if (got == KEY_SIZE)
        return 0;
    return error_set(err, ERROR_CORRUPT,
                     "%s is not a key of %d bytes: restore it from the backup", path,
                     KEY_SIZE);
}

/* Written beside and renamed, so that there is never half a key. */
static int key_make(const char *path, unsigned char key[KEY_SIZE], struct error *err)
{
    char beside[4096];
    int fd;

    if (snprintf(beside, sizeof(beside), "%s.new", path) >= (int)sizeof(beside))
        return error_set(err, ERROR_LIMIT, "%s: the path is too long", path);
    randombytes_buf(key, KEY_SIZE);
    fd = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0)
        return error_errno(err, "%s", beside);
    if (write(fd, key, KEY_SIZE) != KEY_SIZE || fsync(fd) < 0) {
        error_errno(err, "%s", beside);
        close(fd);
        unlink(beside);
        return -1;
    }
    close(fd);
    if (rename(beside, path) < 0)
        return error_errno(err, "%s", path);
    return 0;
}

/* Under the lock of the log, so that two first openers agree on one key. */
static int key_load(const char *path, bool may_make, unsigned char key[KEY_SIZE],
                    struct error *err)
{
    if (access(path, F_OK) == 0)
        return key_read(path, key, err);
    if (errno != ENOENT)
        return error_errno(err, "%s", path);
    if (!may_make)
        return error_set(err, ERROR_CORRUPT, "%s is missing: restore it from the backup",
                         path);
    return key_make(path, key, err);
}

/* ---- opening ---- */

static int file_open(const char *folder, int flags, char **path_r, struct error *err)
{
    size_t size = strlen(folder) + sizeof("/audit.log");
    int fd;

    *path_r = memory_alloc(size);
    snprintf(*path_r, size, "%s/audit.log", folder);
    fd = open(*path_r, flags | O_CLOEXEC, 0600);
    if (fd < 0 && errno == ENOENT && !(flags & O_CREAT))
        error_set(err, ERROR_NOT_FOUND, "%s is missing: the audit log was removed",
                  *path_r);
    else if (fd < 0)
        error_errno(err, "%s: without it nothing may be read", *path_r);
    return fd;
}

/* The key of the log FD in FOLDER; an empty log may get a new one. */
static int key_of(const char *folder, int fd, bool may_make, unsigned char key[KEY_SIZE],
                  struct error *err)
{
    char path[4096];
    struct stat status;

    if (snprintf(path, sizeof(path), "%s/audit.key", folder) >= (int)sizeof(path))
        return error_set(err, ERROR_LIMIT, "%s: the path is too long", folder);
    if (fstat(fd, &status) < 0)
        return error_errno(err, "%s/audit.log", folder);
    return key_load(path, may_make && status.st_size == 0, key, err);
}

/* The last newline of the file within the last LINE_LIMIT bytes gives the last entry: a long
 * log need not be walked to be continued. Falls back on the walk (size -1). */
static void seek_last(struct audit *audit)
{
    struct stat status;
    size_t length;
    char *tail;

    audit->size = -1;
    if (fstat(audit->fd, &status) < 0 || status.st_size == 0)
        return;
    length = status.st_size < (off_t)LINE_LIMIT ? (size_t)status.st_size : LINE_LIMIT;
    tail = memory_alloc(length);
    if (pread(audit->fd, tail, length, status.st_size - (off_t)length) ==
        (ssize_t)length) {
        const char *end = memrchr(tail, '\n', length);
        const char *start = end ? memrchr(tail, '\n', (size_t)(end - tail)) : NULL;
        struct link link;

        if (start &&
            entry_read(start + 1, (size_t)(end - start - 1), &link.n, link.chain)) {
            audit->last = link;
            audit->size = status.st_size - (off_t)length + (end + 1 - tail);
        }
    }
    memory_free(tail);
}

/* The key, the end of the log, and its repair if it is torn. Under the lock. */
static int start(struct audit *audit, const char *folder, struct error *err)
{
    struct link before;
    struct buffer out;
    int rc;

    if (key_of(folder, audit->fd, true, audit->key, err) < 0)
        return -1;
    chain_start(audit->key, &audit->last);
    seek_last(audit);
    before = audit->last;
    buffer_init(&out, LINE_LIMIT);
    rc = catch_up(audit, &out, err);
    if (rc == 0)
        rc = finish(audit, &before, &out, err);
    buffer_free(&out);
    return rc;
}

struct audit *audit_open(const char *folder, struct error *err)
{
    struct audit *audit = memory_alloc(sizeof(*audit));
    int rc = -1;

    if (sodium_init() < 0)
        panic("libsodium does not start");
    *audit = (struct audit){.size = -1};
    pthread_mutex_init(&audit->mutex, NULL);
    audit->fd = file_open(folder, O_RDWR | O_APPEND | O_CREAT, &audit->path, err);
    if (audit->fd >= 0 && lock(audit, err) == 0) {
        rc = start(audit, folder, err);
        flock(audit->fd, LOCK_UN);
    }
    if (rc == 0)
        return audit;
    audit_close(audit);
    return NULL;
}

void audit_close(struct audit *audit)
{
    if (!audit)
        return;
    if (audit->fd >= 0)
        close(audit->fd);
    pthread_mutex_destroy(&audit->mutex);
    sodium_memzero(audit->key, sizeof(audit->key));
    memory_free(audit->path);
    memory_free(audit);
}

/* ---- verifying ---- */

/* What stands after the last newline, or a torn line that no entry tells of. */
static int end_check(struct walk *walk, const struct buffer *rest, struct error *err)
{
    if (rest->length > 0) {
        unsigned char chain[CHAIN_SIZE];
        uint64_t n;

        if (entry_read(rest->bytes, rest->length, &n, chain))
            return walk_line(walk, rest->bytes, rest->length, err);
        walk->line++;
    } else if (walk->torn == 0) {
        return 0;
    }
    return error_set(err, ERROR_CORRUPT,
                     "%s line %llu, the last one, is cut: by a crash, or by somebody",
                     walk->path, (unsigned long long)walk->line);
}

int audit_verify(const char *folder, uint64_t *lines_r, struct error *err)
{
    unsigned char key[KEY_SIZE];
    struct walk walk = {.key = key};
    struct buffer rest;
    char *path;
    int fd;
    int rc;

    if (sodium_init() < 0)
        panic("libsodium does not start");
    fd = file_open(folder, O_RDONLY, &path, err);
    if (fd < 0) {
        memory_free(path);
        return -1;
    }
    walk.path = path;
    buffer_init(&rest, LINE_LIMIT);
    while ((rc = flock(fd, LOCK_SH)) < 0 && errno == EINTR)
        ;
    if (rc < 0)
        error_errno(err, "%s: cannot be locked", path);
    if (rc == 0)
        rc = key_of(folder, fd, false, key, err);
    if (rc == 0) {
        chain_start(key, &walk.link);
        rc = walk_file(&walk, fd, 0, &rest, err);
    }
    if (rc == 0)
        rc = end_check(&walk, &rest, err);
    if (rc == 0)
        *lines_r = walk.link.n;
    close(fd);
    sodium_memzero(key, sizeof(key));
    buffer_free(&rest);
    memory_free(path);
    return rc;
}
