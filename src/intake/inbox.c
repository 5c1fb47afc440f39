/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/inbox.c: files that arrive in a folder, one after the other.
 *
 * Everything goes through descriptors of the four folders, so that a folder renamed or replaced
 * by a link while we run leads nowhere else. A marker is moved before its file and removed after
 * it: when only the marker stands in importing/, the file was complete and is fetched. */
#include "intake/inbox.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/table.h"

#define FILES_MAX 10000 /* that are looked at in one round; more wait for the next */
#define NUMBER_MAX 100000
#define NAME_SIZE ((size_t)NAME_MAX + 1)

static const char *const markers[] = {".ok", ".done"};
static const char *const suffixes[] = {INBOX_REPORT, INBOX_REFUSALS, INBOX_REMARKS};

enum place { PLACE_INBOX, PLACE_IMPORTING, PLACE_DONE, PLACE_REFUSED, PLACES };
static const char *const place_names[PLACES] = {"", "importing", "done", "refused"};

/* A file that may still grow: as it was when it was first seen so. */
struct seen {
    char name[NAME_SIZE];
    struct stat stat;
    double since;
    bool is_told; /* that it is left */
    bool is_here; /* in this round */
};

struct inbox {
    struct inbox_options options;
    char *path; /* of the folder, for messages */
    int folders[PLACES];
    struct table *names; /* → index in `seen` */
    struct seen *seen;
    size_t n, capacity;
    bool waits;
    char current[NAME_SIZE]; /* in importing/, "" = none */
    int fd;
    char settled[NAME_SIZE + 16];
};

/* ---- opening ---- */

static int open_place(struct inbox *inbox, enum place place, struct error *err)
{
    const char *name = place_names[place];

    if (mkdirat(inbox->folders[PLACE_INBOX], name, 0770) < 0 && errno != EEXIST)
        return error_errno(err, "%s/%s cannot be made", inbox->path, name);
    inbox->folders[place] = openat(inbox->folders[PLACE_INBOX], name,
                                   O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (inbox->folders[place] < 0 && (errno == ELOOP || errno == ENOTDIR))
        return error_set(err, ERROR_REFUSED,
                         "%s/%s is not a folder: it must be one, and no link",
                         inbox->path, name);
    return inbox->folders[place] < 0
               ? error_errno(err, "%s/%s cannot be opened", inbox->path, name)
               : 0;
}

static int open_places(struct inbox *inbox, struct error *err)
{
    inbox->folders[PLACE_INBOX] = open(inbox->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (inbox->folders[PLACE_INBOX] < 0 && errno == ENOENT)
        return error_set(err, ERROR_NOT_FOUND, "there is no folder %s", inbox->path);
    if (inbox->folders[PLACE_INBOX] < 0)
        return error_errno(err, "%s cannot be opened", inbox->path);
    for (int place = PLACE_IMPORTING; place < PLACES; place++)
        if (open_place(inbox, (enum place)place, err) < 0)
            return -1;
    /* a file system that knows no locks has to do without */
    if (flock(inbox->folders[PLACE_IMPORTING], LOCK_EX | LOCK_NB) < 0 &&
        errno == EWOULDBLOCK)
        return error_set(err, ERROR_BUSY, "another lacis watch has %s", inbox->path);
    return 0;
}

struct inbox *inbox_open(const char *folder, const struct inbox_options *options,
                         struct error *err)
{
    struct inbox *inbox = memory_alloc(sizeof(*inbox));
    size_t size = strlen(folder) + 1;

    *inbox = (struct inbox){.options = *options,
                            .path = memory_alloc(size),
                            .folders = {-1, -1, -1, -1},
                            .names = table_new(),
                            .fd = -1};
    memcpy(inbox->path, folder, size);
    if (open_places(inbox, err) == 0)
        return inbox;
    inbox_close(inbox);
    return NULL;
}

void inbox_close(struct inbox *inbox)
{
    if (!inbox)
        return;
    inbox_keep(inbox);
    for (int place = PLACE_INBOX; place < PLACES; place++)
        if (inbox->folders[place] >= 0)
            close(inbox->folders[place]);
    table_free(inbox->names);
    memory_free(inbox->seen);
    memory_free(inbox->path);
    memory_free(inbox);
}

/* ---- names ---- */

static bool ends_in(const char *name, const char *suffix)
{
    size_t length = strlen(name), tail = strlen(suffix);

    return length > tail && strcmp(name + length - tail, suffix) == 0;
}

static bool is_marker(const char *name)
{
    for (size_t i = 0; i < ARRAY_LENGTH(markers); i++)
        if (ends_in(name, markers[i]))
            return true;
    return false;
}

/* Names that programs give to what they are still writing, and our own. */
static bool is_passed_over(const char *name)
{
    static const char *const temporary[] = {
        ".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp", "~"};

    if (*name == '.' || is_marker(name))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(temporary); i++)
        if (ends_in(name, temporary[i]))
            return true;
    for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++)
        if (ends_in(name, suffixes[i]))
            return true;
    return false;
}

/* NAME and SUFFIX together; false when that is no name any more. */
static bool join(const char *name, const char *suffix, char out[NAME_SIZE])
{
    return snprintf(out, NAME_SIZE, "%s%s", name, suffix) < (int)NAME_SIZE;
}

static bool is_there(const struct inbox *inbox, enum place place, const char *name)
{
    struct stat stat;

    return fstatat(inbox->folders[place], name, &stat, AT_SYMLINK_NOFOLLOW) == 0;
}

/* The marker of NAME into OUT; false when there is none. */
static bool find_marker(const struct inbox *inbox, enum place place, const char *name,
                        char out[NAME_SIZE])
{
    for (size_t i = 0; i < ARRAY_LENGTH(markers); i++)
        if (join(name, markers[i], out) && is_there(inbox, place, out))
            return true;
    return false;
}

/* ---- one round ---- */

static bool is_unchanged(const struct stat *a, const struct stat *b)
{
    return a->st_ino == b->st_ino && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec &&
           a->st_ctim.tv_sec == b->st_ctim.tv_sec &&
           a->st_ctim.tv_nsec == b->st_ctim.tv_nsec;
}

static struct seen *see(struct inbox *inbox, const char *name, const struct stat *stat,
                        double now)
{
    bool added;
    uint64_t *index = table_put(inbox->names, name, strlen(name), &added);
    struct seen *seen;

    if (added) {
        *index = inbox->n;
        memory_grow((void **)&inbox->seen, &inbox->capacity, inbox->n + 1,
                    sizeof(*inbox->seen));
        seen = &inbox->seen[inbox->n++];
        *seen = (struct seen){.stat = *stat, .since = now};
        snprintf(seen->name, sizeof(seen->name), "%s", name);
    } else {
        seen = &inbox->seen[*index];
        if (!is_unchanged(&seen->stat, stat)) {
            seen->stat = *stat;
            seen->since = now;
            seen->is_told = false;
        }
    }
    seen->is_here = true;
    return seen;
}

static void tell_left(struct inbox *inbox, struct seen *seen, enum inbox_left why)
{
    if (!seen->is_told && inbox->options.left)
        inbox->options.left(inbox->options.context, seen->name, why);
    seen->is_told = true;
}

/* LEFT_NOT when it is a plain file that can be read. */
static enum inbox_left why_left(const struct inbox *inbox, const char *name,
                                const struct stat *stat)
{
    int fd;

    if (S_ISLNK(stat->st_mode))
        return LEFT_LINK;
    if (!S_ISREG(stat->st_mode))
        return LEFT_KIND;
    fd = openat(inbox->folders[PLACE_INBOX], name,
                O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? LEFT_NOT : LEFT_UNREADABLE;
    close(fd);
    return LEFT_NOT;
}

/* Forget who is gone, so that a name that comes again is new. */
static void forget_gone(struct inbox *inbox)
{
    size_t n = 0;

    table_clear(inbox->names);
    for (size_t i = 0; i < inbox->n; i++) {
        if (!inbox->seen[i].is_here)
            continue;
        inbox->seen[n] = inbox->seen[i];
        inbox->seen[n].is_here = false;
        *table_put(inbox->names, inbox->seen[n].name, strlen(inbox->seen[n].name), NULL) =
            n;
        n++;
    }
    inbox->n = n;
}

static bool comes_before(const struct seen *a, const struct seen *b)
{
    if (a->stat.st_mtim.tv_sec != b->stat.st_mtim.tv_sec)
        return a->stat.st_mtim.tv_sec < b->stat.st_mtim.tv_sec;
    if (a->stat.st_mtim.tv_nsec != b->stat.st_mtim.tv_nsec)
        return a->stat.st_mtim.tv_nsec < b->stat.st_mtim.tv_nsec;
    return strcmp(a->name, b->name) < 0;
}

/* Was MARKER put there after its file was last written? One that was left behind by another file
 * of that name tells nothing of this one. */
static bool marks(const struct inbox *inbox, const char *marker, const struct stat *file)
{
    struct stat stat;

    return fstatat(inbox->folders[PLACE_INBOX], marker, &stat, AT_SYMLINK_NOFOLLOW) ==
               0 &&
           (stat.st_mtim.tv_sec > file->st_mtim.tv_sec ||
            (stat.st_mtim.tv_sec == file->st_mtim.tv_sec &&
             stat.st_mtim.tv_nsec >= file->st_mtim.tv_nsec));
}

/* Is the file NAME complete now? */
static bool is_complete(struct inbox *inbox, const char *name, double now)
{
    char marker[NAME_SIZE];
    enum inbox_left why;
    struct seen *seen;
    struct stat stat;
    bool marked;

    if (is_passed_over(name) ||
        fstatat(inbox->folders[PLACE_INBOX], name, &stat, AT_SYMLINK_NOFOLLOW) < 0)
        return false;
    if (S_ISDIR(stat.st_mode))
        return false; /* ours, or somebody's: never touched */
    seen = see(inbox, name, &stat, now);
    why = why_left(inbox, name, &stat);
    if (why != LEFT_NOT) {
        tell_left(inbox, seen, why);
        return false;
    }
    marked = find_marker(inbox, PLACE_INBOX, name, marker);
    if (marked && marks(inbox, marker, &stat))
        return true;
    if (inbox->options.marked && !marked)
        return false;
    inbox->waits = true;
    return now - seen->since >= inbox->options.settle;
}

/* A stream of FOLDER from its beginning; NULL on error. */
static DIR *list_folder(int folder)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = fd >= 0 ? fdopendir(fd) : NULL;

    if (!stream && fd >= 0)
        close(fd);
    return stream;
}

/* The oldest complete file into NAME; "" when there is none. */
static int find_complete(struct inbox *inbox, double now, char name[NAME_SIZE],
                         struct error *err)
{
    DIR *stream = list_folder(inbox->folders[PLACE_INBOX]);
    size_t complete = SIZE_MAX;
    struct dirent *entry;

    if (!stream)
        return error_errno(err, "%s cannot be read", inbox->path);
    inbox->waits = false;
    while (errno = 0, (entry = readdir(stream)) && inbox->n < FILES_MAX) {
        if (!is_complete(inbox, entry->d_name, now))
            continue;

        size_t at =
            (size_t)*table_get(inbox->names, entry->d_name, strlen(entry->d_name));

        if (complete == SIZE_MAX ||
            comes_before(&inbox->seen[at], &inbox->seen[complete]))
            complete = at;
    }
    if (errno != 0 && !entry) {
        error_errno(err, "%s cannot be read", inbox->path);
        closedir(stream);
        return -1;
    }
    closedir(stream);
    snprintf(name, NAME_SIZE, "%s",
             complete == SIZE_MAX ? "" : inbox->seen[complete].name);
    forget_gone(inbox);
    return 0;
}

/* ---- moving ---- */

/* Rename without taking the place of anything. Where the file system cannot promise that, it is
 * looked at first: nobody but us writes to the folders that we move to. */
static int move(int from, const char *name, int to, const char *as)
{
    struct stat stat;

    if (renameat2(from, name, to, as, RENAME_NOREPLACE) == 0)
        return 0;
    if (errno != EINVAL && errno != ENOSYS)
        return -1;
    if (fstatat(to, as, &stat, AT_SYMLINK_NOFOLLOW) == 0) {
        errno = EEXIST;
        return -1;
    }
    return renameat(from, name, to, as);
}

/* Take NAME out of the folder. */
static int fetch(struct inbox *inbox, const char *name, struct error *err)
{
    int from = inbox->folders[PLACE_INBOX], to = inbox->folders[PLACE_IMPORTING];
    char marker[NAME_SIZE];
    bool marked = find_marker(inbox, PLACE_INBOX, name, marker);

    if (marked && renameat(from, marker, to, marker) < 0 && errno != ENOENT)
        return error_errno(err, "%s/%s cannot be moved", inbox->path, marker);
    if (move(from, name, to, name) < 0)
        return error_errno(err, "%s/%s cannot be moved", inbox->path, name);
    if (marked)
        unlinkat(to, marker, 0);
    while (find_marker(inbox, PLACE_INBOX, name, marker) &&
           unlinkat(from, marker, 0) == 0)
        continue; /* of both kinds */
    fsync(to);
    fsync(from);
    return 0;
}

static bool is_plain(const struct inbox *inbox, enum place place, const char *name)
{
    struct stat stat;

    return fstatat(inbox->folders[place], name, &stat, AT_SYMLINK_NOFOLLOW) == 0 &&
           S_ISREG(stat.st_mode);
}

/* A marker in importing/: if it is alone, we were stopped between it and its file, which is
 * fetched now. Its name into NAME; "" when there is none. */
static int fetch_after_marker(struct inbox *inbox, const char *marker,
                              char name[NAME_SIZE], struct error *err)
{
    *name = '\0';
    for (size_t i = 0; i < ARRAY_LENGTH(markers); i++)
        if (ends_in(marker, markers[i]))
            snprintf(name, NAME_SIZE, "%.*s", (int)(strlen(marker) - strlen(markers[i])),
                     marker);
    if (is_there(inbox, PLACE_IMPORTING, name) || !is_plain(inbox, PLACE_INBOX, name))
        *name = '\0';
    else if (fetch(inbox, name, err) < 0)
        return -1;
    unlinkat(inbox->folders[PLACE_IMPORTING], marker, 0);
    return 0;
}

/* The first by name of what stands in importing/ into NAME; "" when there is nothing. */
static int find_fetched(struct inbox *inbox, char name[NAME_SIZE], struct error *err)
{
    DIR *stream = list_folder(inbox->folders[PLACE_IMPORTING]);
    struct dirent *entry;
    int status = 0;

    if (!stream)
        return error_errno(err, "%s/importing cannot be read", inbox->path);
    *name = '\0';
    while (status == 0 && (entry = readdir(stream))) {
        char found[NAME_SIZE] = "";

        if (!is_plain(inbox, PLACE_IMPORTING, entry->d_name))
            continue;
        if (is_marker(entry->d_name))
            status = fetch_after_marker(inbox, entry->d_name, found, err);
        else if (!is_passed_over(entry->d_name))
            snprintf(found, sizeof(found), "%s", entry->d_name);
        if (*found && (!*name || strcmp(found, name) < 0))
            snprintf(name, NAME_SIZE, "%s", found);
    }
    closedir(stream);
    return status;
}

int inbox_next(struct inbox *inbox, double now, struct inbox_file *file_r,
               struct error *err)
{
    char name[NAME_SIZE];

    inbox_keep(inbox);
    if (find_fetched(inbox, name, err) < 0)
        return -1;
    if (!*name) {
        if (find_complete(inbox, now, name, err) < 0)
            return -1;
        if (!*name)
            return 0;
        if (fetch(inbox, name, err) < 0)
            return -1;
    }
    inbox->fd =
        openat(inbox->folders[PLACE_IMPORTING], name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (inbox->fd < 0)
        return error_errno(err, "%s/importing/%s cannot be read", inbox->path, name);
    snprintf(inbox->current, sizeof(inbox->current), "%s", name);
    *file_r = (struct inbox_file){.name = inbox->current, .fd = inbox->fd};
    return 1;
}

bool inbox_waits(const struct inbox *inbox)
{
    return inbox->waits;
}

void inbox_keep(struct inbox *inbox)
{
    if (inbox->fd >= 0)
        close(inbox->fd);
    inbox->fd = -1;
    *inbox->current = '\0';
}

/* ---- settling ---- */

/* patients.ndjson.gz as patients-2.ndjson.gz. */
static bool numbered(const char *name, unsigned number, char out[NAME_SIZE])
{
    size_t stem = strcspn(name, ".");

    return number == 1 ? join(name, "", out)
                       : snprintf(out, NAME_SIZE, "%.*s-%u%s", (int)stem, name, number,
                                  name + stem) < (int)NAME_SIZE;
}

static int write_whole(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t done = write(fd, bytes, length);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -1;
        bytes += done;
        length -= (size_t)done;
    }
    return fsync(fd);
}

/* One report, whole or not at all. */
static int put_report(struct inbox *inbox, enum place place, const char *name,
                      const struct inbox_report *report, struct error *err)
{
    static const char temporary[] = ".report.tmp";
    int folder = inbox->folders[place], fd;
    char path[NAME_SIZE];

    if (!join(name, report->suffix, path))
        return 0; /* the longest of names: the file is more than its report */
    unlinkat(folder, temporary, 0);
    fd = openat(folder, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
                0640);
    if (fd < 0 || write_whole(fd, report->bytes, report->length) < 0) {
        error_errno(err, "%s/%s/%s cannot be written", inbox->path, place_names[place],
                    path);
        if (fd >= 0)
            close(fd);
        unlinkat(folder, temporary, 0);
        return -1;
    }
    close(fd);
    return renameat(folder, temporary, folder, path) == 0
               ? 0
               : error_errno(err, "%s/%s/%s cannot be written", inbox->path,
                             place_names[place], path);
}

/* The reports of the file that is going to be NAME, and no others of that name: what a try that
 * was cut short has left goes. */
static int put_reports(struct inbox *inbox, enum place place, const char *name,
                       const struct inbox_report *reports, size_t n, struct error *err)
{
    char path[NAME_SIZE];

    for (size_t i = 0; i < ARRAY_LENGTH(suffixes); i++)
        if (join(name, suffixes[i], path))
            unlinkat(inbox->folders[place], path, 0);
    for (size_t i = 0; i < n; i++)
        if (put_report(inbox, place, name, &reports[i], err) < 0)
            return -1;
    return 0;
}

int inbox_settle(struct inbox *inbox, enum inbox_outcome outcome,
                 const struct inbox_report *reports, size_t n, const char **name_r,
                 struct error *err)
{
    enum place place = outcome == INBOX_DONE ? PLACE_DONE : PLACE_REFUSED;
    char name[NAME_SIZE];

    for (unsigned number = 1; number < NUMBER_MAX; number++) {
        if (!numbered(inbox->current, number, name))
            break;
        if (is_there(inbox, place, name))
            continue;
        if (put_reports(inbox, place, name, reports, n, err) < 0)
            return -1;
        if (move(inbox->folders[PLACE_IMPORTING], inbox->current, inbox->folders[place],
                 name) == 0) {
            fsync(inbox->folders[place]);
            fsync(inbox->folders[PLACE_IMPORTING]);
            snprintf(inbox->settled, sizeof(inbox->settled), "%s/%s", place_names[place],
                     name);
            *name_r = inbox->settled;
            inbox_keep(inbox);
            return 0;
        }
        if (errno != EEXIST)
            return error_errno(err, "%s/importing/%s cannot be moved to %s", inbox->path,
                               inbox->current, place_names[place]);
    }
    return error_set(err, ERROR_LIMIT, "%s/%s has too many files named %.100s",
                     inbox->path, place_names[place], inbox->current);
}
