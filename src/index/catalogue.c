/* SPDX-License-Identifier: Apache-2.0
 *
 * index/catalogue.c: see catalogue.h.
 *
 *     lacis-index 1 INCARNATION MODEL RULES SEQUENCE TIME NEXT SEGMENTS    one line, then
 *     SEGMENT-FILE MASK-FILE|-                                   one a segment, then
 *     end CRC32                                                  of all before it
 *
 * A mask file is the bit words of the masked patients and their crc32. */
#include "index/catalogue.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "index/builder.h"
#include "index/compact.h"
#include "index/set.h"
#include "record/record.h"

#define PATH_SIZE 4096
#define CATALOGUE_LIMIT ((size_t)1 << 20)
#define SEGMENTS_MAX 4096
/* Small changes gather this many segments before they are merged. */
#define SEGMENTS_MANY 8

struct catalogue {
    char *folder;
    char incarnation[64];
    uint64_t model; /* digest of the model, and of the centre's own context */
    uint64_t next;  /* number for the next file */
    char *text;     /* the catalogue file as read, to see whether it changed */
    struct snapshot *current;
    pthread_mutex_t lock;    /* guards current and its references */
    pthread_mutex_t reading; /* one thread at a time reads the file: guards text, next */
};

static void path_of(const struct catalogue *catalogue, const char *name,
                    char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/%s", catalogue->folder, name);
}

/* ---- snapshots ---- */

static struct snapshot *snapshot_new(size_t capacity)
{
    struct snapshot *snapshot = memory_alloc(sizeof(*snapshot));

    memset(snapshot, 0, sizeof(*snapshot));
    snapshot->references = 1;
    snapshot->segments = memory_alloc((capacity + 1) * sizeof(*snapshot->segments));
    snapshot->masks = memory_alloc((capacity + 1) * sizeof(*snapshot->masks));
    snapshot->names = memory_alloc((capacity + 1) * sizeof(*snapshot->names));
    snapshot->mask_names = memory_alloc((capacity + 1) * sizeof(*snapshot->mask_names));
    return snapshot;
}

static void snapshot_free(struct snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->n; i++) {
        segment_close(snapshot->segments[i]);
        memory_free(snapshot->masks[i]);
    }
    memory_free(snapshot->segments);
    memory_free(snapshot->masks);
    memory_free(snapshot->names);
    memory_free(snapshot->mask_names);
    memory_free(snapshot);
}

static void snapshot_count(struct snapshot *snapshot)
{
    snapshot->patients = snapshot->facts = 0;
    for (size_t i = 0; i < snapshot->n; i++) {
        const struct segment *segment = snapshot->segments[i];

        snapshot->facts += segment->header->facts;
        snapshot->patients += segment->patients;
        if (snapshot->masks[i])
            snapshot->patients -= set_count(snapshot->masks[i], segment->patients);
    }
}

struct snapshot *catalogue_snapshot(struct catalogue *catalogue)
{
    pthread_mutex_lock(&catalogue->lock);

    struct snapshot *snapshot = catalogue->current;

    snapshot->references++;
    pthread_mutex_unlock(&catalogue->lock);
    return snapshot;
}

void snapshot_release(struct catalogue *catalogue, struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    pthread_mutex_lock(&catalogue->lock);

    bool last = --snapshot->references == 0;

    pthread_mutex_unlock(&catalogue->lock);
    if (last)
        snapshot_free(snapshot);
}

static void set_current(struct catalogue *catalogue, struct snapshot *snapshot)
{
    pthread_mutex_lock(&catalogue->lock);

    struct snapshot *old = catalogue->current;

    catalogue->current = snapshot;
    pthread_mutex_unlock(&catalogue->lock);
    snapshot_release(catalogue, old);
}

/* ---- files ---- */

/* Whole content of NAME into *TEXT_R (memory), NUL added. */
static int read_file(const struct catalogue *catalogue, const char *name, size_t limit,
                     char **text_r, size_t *size_r, struct error *err)
{
    char path[PATH_SIZE];
    struct stat stat;

    path_of(catalogue, name, path);

    int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return errno == ENOENT ? error_set(err, ERROR_NOT_FOUND, "%s: no such file", path)
                               : error_errno(err, "cannot open %s", path);
    if (fstat(fd, &stat) < 0 || (size_t)stat.st_size > limit) {
        close(fd);
        return error_set(err, ERROR_CORRUPT, "%s is too large", path);
    }

    char *text = memory_alloc((size_t)stat.st_size + 1);
    ssize_t n = read(fd, text, (size_t)stat.st_size);

    close(fd);
    if (n != stat.st_size) {
        memory_free(text);
        return error_set(err, ERROR_CORRUPT, "%s was cut short", path);
    }
    text[n] = '\0';
    *text_r = text;
    *size_r = (size_t)n;
    return 0;
}

static int write_file(const struct catalogue *catalogue, const char *name,
                      const void *bytes, size_t size, struct error *err)
{
    char path[PATH_SIZE];

    path_of(catalogue, name, path);

    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);

    if (fd < 0)
        return error_errno(err, "cannot write %s", path);
    for (size_t done = 0; done < size;) {
        ssize_t n = write(fd, (const char *)bytes + done, size - done);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0) {
            error_errno(err, "cannot write %s", path);
            close(fd);
            unlink(path);
            return -1;
        }
        done += (size_t)n;
    }
    if (fdatasync(fd) < 0 || close(fd) < 0)
        return error_errno(err, "cannot write %s", path);
    return 0;
}

static uint64_t *read_mask(const struct catalogue *catalogue, const char *name,
                           size_t rows, struct error *err)
{
    size_t words = set_words(rows), size;
    char *bytes;
    uint32_t checksum;

    if (read_file(catalogue, name, words * 8 + 4, &bytes, &size, err) < 0)
        return NULL;
    if (size == words * 8 + 4)
        memcpy(&checksum, bytes + words * 8, 4);
    if (size != words * 8 + 4 ||
        checksum != (uint32_t)crc32_z(0, (const unsigned char *)bytes, words * 8)) {
        memory_free(bytes);
        error_set(err, ERROR_CORRUPT, "the mask %s is damaged", name);
        return NULL;
    }

    uint64_t *mask = memory_alloc((words + 1) * sizeof(*mask));

    memcpy(mask, bytes, words * 8);
    memory_free(bytes);
    return mask;
}

static int write_mask(const struct catalogue *catalogue, const char *name,
                      const uint64_t *mask, size_t rows, struct error *err)
{
    size_t words = set_words(rows);
    char *bytes = memory_alloc(words * 8 + 4);
    uint32_t checksum = (uint32_t)crc32_z(0, (const unsigned char *)mask, words * 8);

    memcpy(bytes, mask, words * 8);
    memcpy(bytes + words * 8, &checksum, 4);

    int result = write_file(catalogue, name, bytes, words * 8 + 4, err);

    memory_free(bytes);
    return result;
}

/* ---- reading the catalogue ---- */

/* The file NAME, mapped: the present snapshot's own mapping where it has one, so that a
 * change of one patient does not read a million others again. */
static struct segment *map_segment(struct catalogue *catalogue, const char *name,
                                   struct error *err)
{
    struct snapshot *current = catalogue_snapshot(catalogue);
    struct segment *segment = NULL;
    char path[PATH_SIZE];

    for (size_t i = 0; i < current->n && !segment; i++)
        if (strcmp(current->names[i], name) == 0)
            segment = segment_share(current->segments[i]);
    snapshot_release(catalogue, current);
    if (segment)
        return segment;
    path_of(catalogue, name, path);
    return segment_open(path, err);
}

static int load_segment(struct catalogue *catalogue, struct snapshot *snapshot,
                        const char *line, struct error *err)
{
    size_t i = snapshot->n;

    if (sscanf(line, "%31s %31s", snapshot->names[i], snapshot->mask_names[i]) != 2 ||
        strchr(snapshot->names[i], '/') || strchr(snapshot->mask_names[i], '/'))
        return error_set(err, ERROR_CORRUPT, "the catalogue is damaged");
    snapshot->segments[i] = map_segment(catalogue, snapshot->names[i], err);
    if (!snapshot->segments[i])
        return -1;
    snapshot->masks[i] = NULL;
    snapshot->n++;
    if (snapshot->segments[i]->header->model != model_digest() ||
        snapshot->segments[i]->header->rules != RULES_VERSION)
        return error_set(err, ERROR_CORRUPT, "%s was made by another version",
                         snapshot->names[i]);
    if (strcmp(snapshot->mask_names[i], "-") == 0) {
        snapshot->mask_names[i][0] = '\0';
        return 0;
    }
    snapshot->masks[i] = read_mask(catalogue, snapshot->mask_names[i],
                                   snapshot->segments[i]->patients, err);
    return snapshot->masks[i] ? 0 : -1;
}

/* What the catalogue ends with: END is its last line break but one. Compared as it is written,
 * for a checksum in capitals is a damaged one. */
static bool checksum_holds(const char *text, const char *end)
{
    char line[32];

    snprintf(line, sizeof(line), "\nend %08x\n",
             (unsigned)crc32(0, (const unsigned char *)text, (unsigned)(end + 1 - text)));
    return strcmp(end, line) == 0;
}

static struct snapshot *parse_catalogue(struct catalogue *catalogue, const char *text,
                                        struct error *err)
{
    int64_t sequence, time;
    uint64_t model, next;
    unsigned rules, n;
    const char *line = text, *end = strstr(text, "\nend ");
    char incarnation[64] = "";

    if (!end || !checksum_holds(text, end) ||
        sscanf(text,
               "lacis-index 1 %63s %" SCNx64 " %u %" SCNd64 " %" SCNd64 " %" SCNu64 " %u",
               incarnation, &model, &rules, &sequence, &time, &next, &n) != 7 ||
        strcmp(incarnation, catalogue->incarnation) != 0 || model != catalogue->model ||
        rules != RULES_VERSION || n > SEGMENTS_MAX) {
        error_set(err, ERROR_CORRUPT,
                  "the catalogue of the index is damaged or of another version");
        return NULL;
    }

    struct snapshot *snapshot = snapshot_new(n);

    snapshot->sequence = sequence;
    snapshot->time = time;
    for (unsigned i = 0; i < n; i++) {
        line = strchr(line, '\n');
        if (!line || load_segment(catalogue, snapshot, ++line, err) < 0) {
            snapshot_free(snapshot);
            return NULL;
        }
    }
    snapshot_count(snapshot);
    catalogue->next = next;
    return snapshot;
}

static int refresh(struct catalogue *catalogue, struct error *err)
{
    char *text = NULL;
    size_t size;

    /* a compaction in another process may remove a file between our reading its name and
     * opening it: then the catalogue has changed, too */
    for (int attempt = 0; attempt < 20; attempt++) {
        if (read_file(catalogue, "catalogue", CATALOGUE_LIMIT, &text, &size, err) < 0)
            return -1;
        if (catalogue->text && strcmp(text, catalogue->text) == 0) {
            memory_free(text);
            return 0;
        }

        struct snapshot *snapshot = parse_catalogue(catalogue, text, err);

        if (snapshot) {
            memory_free(catalogue->text);
            catalogue->text = text;
            set_current(catalogue, snapshot);
            return 0;
        }
        memory_free(text);
        if (err->code != ERROR_NOT_FOUND)
            return -1;
    }
    return -1;
}

int catalogue_refresh(struct catalogue *catalogue, struct error *err)
{
    struct error reason = ERROR_INIT;
    int result;

    pthread_mutex_lock(&catalogue->reading);
    result = refresh(catalogue, &reason);
    pthread_mutex_unlock(&catalogue->reading);
    if (result < 0 && err)
        *err = reason;
    return result;
}

struct catalogue *catalogue_open(const char *folder, const char *incarnation,
                                 uint64_t context, bool *rebuild_r, struct error *err)
{
    struct catalogue *catalogue;
    struct error reason = ERROR_INIT;

    if (mkdir(folder, 0750) < 0 && errno != EEXIST) {
        error_errno(err, "cannot make the folder %s", folder);
        return NULL;
    }
    catalogue = memory_alloc(sizeof(*catalogue));
    memset(catalogue, 0, sizeof(*catalogue));
    pthread_mutex_init(&catalogue->lock, NULL);
    pthread_mutex_init(&catalogue->reading, NULL);
    catalogue->folder = memory_alloc(strlen(folder) + 1);
    memcpy(catalogue->folder, folder, strlen(folder) + 1);
    snprintf(catalogue->incarnation, sizeof(catalogue->incarnation), "%s", incarnation);
    catalogue->model = model_digest() ^ context;
    catalogue->next = 1;
    catalogue->current = snapshot_new(0);
    *rebuild_r = catalogue_refresh(catalogue, &reason) < 0;
    if (*rebuild_r && reason.code != ERROR_NOT_FOUND && reason.code != ERROR_CORRUPT) {
        if (err)
            *err = reason;
        catalogue_close(catalogue);
        return NULL;
    }
    return catalogue;
}

void catalogue_close(struct catalogue *catalogue)
{
    if (!catalogue)
        return;
    snapshot_release(catalogue, catalogue->current);
    pthread_mutex_destroy(&catalogue->lock);
    pthread_mutex_destroy(&catalogue->reading);
    memory_free(catalogue->text);
    memory_free(catalogue->folder);
    memory_free(catalogue);
}

/* ---- changing ---- */

/* A change under construction: the next snapshot's names, before its files are mapped. */
struct change {
    size_t n;
    char (*names)[32];
    char (*mask_names)[32];
    int64_t sequence, time;
};

static void change_begin(const struct snapshot *current, struct change *change)
{
    change->n = 0;
    change->names = memory_alloc((current->n + 2) * sizeof(*change->names));
    change->mask_names = memory_alloc((current->n + 2) * sizeof(*change->mask_names));
    change->sequence = current->sequence;
    change->time = current->time;
}

static void change_keep(struct change *change, const char *name, const char *mask_name)
{
    snprintf(change->names[change->n], 32, "%s", name);
    snprintf(change->mask_names[change->n], 32, "%s", *mask_name ? mask_name : "-");
    change->n++;
}

static bool is_named(const struct snapshot *snapshot, const char *name)
{
    for (size_t i = 0; i < snapshot->n; i++)
        if (strcmp(snapshot->names[i], name) == 0 ||
            strcmp(snapshot->mask_names[i], name) == 0)
            return true;
    return false;
}

/* Files that the present state does not name: those of the one before, and what crashes and
 * damaged catalogues left behind. */
static void remove_unused(const struct catalogue *catalogue)
{
    DIR *dir = opendir(catalogue->folder);
    const struct dirent *entry;
    char path[PATH_SIZE];

    while (dir && (entry = readdir(dir))) {
        bool ours = strncmp(entry->d_name, "segment-", 8) == 0 ||
                    strncmp(entry->d_name, "mask-", 5) == 0;

        if (!ours || is_named(catalogue->current, entry->d_name))
            continue;
        path_of(catalogue, entry->d_name, path);
        unlink(path);
    }
    if (dir)
        closedir(dir);
}

static int change_commit(struct catalogue *catalogue, struct change *change,
                         struct error *err)
{
    struct buffer text;
    char path[PATH_SIZE], final[PATH_SIZE];
    int result = -1;

    buffer_init(&text, CATALOGUE_LIMIT);
    buffer_printf(&text,
                  "lacis-index 1 %s %016" PRIx64 " %u %" PRId64 " %" PRId64 " %" PRIu64
                  " %zu\n",
                  catalogue->incarnation, catalogue->model, RULES_VERSION,
                  change->sequence, change->time, catalogue->next, change->n);
    for (size_t i = 0; i < change->n; i++)
        buffer_printf(&text, "%s %s\n", change->names[i], change->mask_names[i]);
    buffer_printf(&text, "end %08x\n",
                  (unsigned)crc32(0, (const unsigned char *)text.bytes,
                                  (unsigned)text.length));
    path_of(catalogue, "catalogue.new", path);
    path_of(catalogue, "catalogue", final);
    if (buffer_check(&text, "the catalogue", err) == 0 &&
        write_file(catalogue, "catalogue.new", text.bytes, text.length, err) == 0) {
        if (rename(path, final) < 0)
            error_errno(err, "cannot rename %s", path);
        else if (catalogue_refresh(catalogue, err) == 0)
            result = 0;
        if (result == 0)
            remove_unused(catalogue);
    }
    buffer_free(&text);
    memory_free(change->names);
    memory_free(change->mask_names);
    return result;
}

static void new_name(struct catalogue *catalogue, const char *kind, char name[32])
{
    snprintf(name, 32, "%s-%08" PRIu64, kind, catalogue->next++);
}

/* ---- adding ---- */

static int compare_persons(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

/* Mark in MASK the live rows of SEGMENT whose person is in PERSONS (ascending). Returns how
 * many there were. */
static size_t mask_persons(const struct segment *segment, uint64_t *mask,
                           const uint32_t *persons, size_t n)
{
    size_t marked = 0;

    for (size_t i = 0; i < n && segment->patients; i++) {
        const uint32_t *row = bsearch(&persons[i], segment->person, segment->patients,
                                      sizeof(uint32_t), compare_persons);

        if (!row || set_has(mask, (uint32_t)(row - segment->person)))
            continue;
        set_put(mask, (uint32_t)(row - segment->person));
        marked++;
    }
    return marked;
}

/* Keep segment I of the current state in CHANGE, with a new mask if somebody of it is gone. */
static int keep_masked(struct catalogue *catalogue, struct change *change, size_t i,
                       const uint32_t *gone, size_t n, struct error *err)
{
    const struct snapshot *current = catalogue->current;
    const struct segment *segment = current->segments[i];
    size_t words = set_words(segment->patients);
    uint64_t *mask = memory_alloc((words + 1) * sizeof(*mask));
    char name[32];
    int result = 0;

    memset(mask, 0, (words + 1) * sizeof(*mask));
    if (current->masks[i])
        memcpy(mask, current->masks[i], words * sizeof(*mask));
    if (mask_persons(segment, mask, gone, n) == 0) {
        change_keep(change, current->names[i], current->mask_names[i]);
    } else if (set_count(mask, segment->patients) < segment->patients) {
        new_name(catalogue, "mask", name);
        result = write_mask(catalogue, name, mask, segment->patients, err);
        change_keep(change, current->names[i], name);
    } /* else nobody of it is left */
    memory_free(mask);
    return result;
}

static int change_abandon(struct change *change)
{
    memory_free(change->names);
    memory_free(change->mask_names);
    return -1;
}

/* Write the builder's segment and append its persons to *GONE. */
static int write_added(struct catalogue *catalogue, struct builder *builder,
                       char name[32], uint32_t **gone, size_t *n, struct error *err)
{
    char path[PATH_SIZE];

    new_name(catalogue, "segment", name);
    path_of(catalogue, name, path);
    unlink(path); /* left by a crash */
    if (builder_write(builder, path, err) < 0)
        return -1;

    struct segment *segment = segment_open(path, err);

    if (!segment)
        return -1;
    *gone = memory_resize(*gone, (*n + segment->patients + 1) * sizeof(uint32_t));
    memcpy(*gone + *n, segment->person, segment->patients * sizeof(uint32_t));
    *n += segment->patients;
    segment_close(segment);
    return 0;
}

int catalogue_add(struct catalogue *catalogue, struct builder *builder,
                  const uint32_t *gone, size_t n, int64_t sequence, int64_t time,
                  struct error *err)
{
    struct change change;
    char name[32] = "";
    uint32_t *all = memory_alloc((n + 1) * sizeof(*all));
    int result = 0;

    if (n)
        memcpy(all, gone, n * sizeof(*all));
    change_begin(catalogue->current, &change);
    if (builder_patients(builder) > 0)
        result = write_added(catalogue, builder, name, &all, &n, err);
    qsort(all, n, sizeof(*all), compare_persons);
    for (size_t i = 0; i < catalogue->current->n && result == 0; i++)
        result = keep_masked(catalogue, &change, i, all, n, err);
    memory_free(all);
    if (result < 0)
        return change_abandon(&change);
    if (*name)
        change_keep(&change, name, "");
    change.sequence = sequence;
    change.time = time;
    return change_commit(catalogue, &change, err);
}

/* ---- compaction ---- */

/* Segments to merge, as a suffix of the list: all, or those at the end that together are
 * smaller than the one before them, so that each patient is rewritten log(n) times. */
static size_t suffix_to_merge(const struct snapshot *current, bool fully)
{
    uint64_t sum = 0;
    size_t first = current->n;

    if (fully)
        return 0;
    if (current->n < SEGMENTS_MANY)
        return current->n;
    while (first > 0 && (current->n - first < SEGMENTS_MANY / 2 ||
                         current->segments[first - 1]->header->facts < 2 * sum))
        sum += current->segments[--first]->header->facts;
    return first;
}

int catalogue_compact(struct catalogue *catalogue, bool fully, struct error *err)
{
    const struct snapshot *current = catalogue->current;
    size_t first = suffix_to_merge(current, fully), count = current->n - first;
    struct change change;
    char name[32], path[PATH_SIZE];

    if (count == 0 || (count == 1 && !current->masks[first]))
        return 0;
    change_begin(current, &change);
    for (size_t i = 0; i < first; i++)
        change_keep(&change, current->names[i], current->mask_names[i]);
    new_name(catalogue, "segment", name);
    path_of(catalogue, name, path);
    unlink(path); /* left by a crash */
    if (segments_compact((const struct segment *const *)current->segments + first,
                         (const uint64_t *const *)current->masks + first, count, path,
                         err) < 0)
        return change_abandon(&change);
    change_keep(&change, name, "");
    return change_commit(catalogue, &change, err);
}

int catalogue_clear(struct catalogue *catalogue, struct error *err)
{
    struct change change;

    change_begin(catalogue->current, &change);
    change.sequence = 0;
    change.time = 0;
    return change_commit(catalogue, &change, err);
}

/* ---- another index in its place ---- */

static int move_file(struct catalogue *catalogue, const struct catalogue *from,
                     const char *kind, const char *old_name, char name[32],
                     struct error *err)
{
    char old_path[PATH_SIZE], path[PATH_SIZE];

    new_name(catalogue, kind, name);
    path_of(from, old_name, old_path);
    path_of(catalogue, name, path);
    return rename(old_path, path) < 0 ? error_errno(err, "cannot move %s", old_path) : 0;
}

int catalogue_adopt(struct catalogue *catalogue, struct catalogue *from,
                    struct error *err)
{
    const struct snapshot *theirs = from->current;
    struct change change;
    char name[32];

    change_begin(theirs, &change);
    for (size_t i = 0; i < theirs->n; i++) {
        char mask_name[32] = "";

        /* what was moved before a failure is named by nobody, and removed with the next change */
        if (move_file(catalogue, from, "segment", theirs->names[i], name, err) < 0 ||
            (*theirs->mask_names[i] &&
             move_file(catalogue, from, "mask", theirs->mask_names[i], mask_name, err) <
                 0))
            return change_abandon(&change);
        change_keep(&change, name, mask_name);
    }
    catalogue->model = from->model;
    return change_commit(catalogue, &change, err);
}

bool catalogue_is_damaged(struct catalogue *catalogue)
{
    struct snapshot *current = catalogue_snapshot(catalogue);
    bool damaged = false;

    for (size_t i = 0; i < current->n; i++)
        damaged |= segment_is_damaged(current->segments[i]);
    snapshot_release(catalogue, current);
    return damaged;
}
