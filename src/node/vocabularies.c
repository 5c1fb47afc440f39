/* SPDX-License-Identifier: Apache-2.0
 *
 * node/vocabularies.c: official lists on disk, and in use. */
#include "node/vocabularies.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "intake/input.h"
#include "node/node_internal.h"

#define FOLDER "vocabularies"
#define ROWS_MAX 256 /* lists of a node */
#define INDEX_LIMIT ((size_t)1 << 20)
#define READ_ARENA ((size_t)2 << 30) /* a large ClaML file and all that is made of it */
#define SOURCE_NAME_MAX 200

/* All that was mapped and installed while the node is open: labels that were given out point
 * into it, so nothing is given back before node_close(). */
struct vocabularies {
    const struct lists
        *before; /* installed when the node was opened: a second opening of the same
                                   node, to mend its index, gives them back */
    size_t n_sets, sets_capacity;
    struct lists **sets;
    size_t n_maps, maps_capacity;
    struct map {
        void *bytes;
        size_t length;
    } * maps;
};

static void path_of(const struct node *node, const char *name, char path[NODE_PATH])
{
    char inside[NODE_PATH];

    snprintf(inside, sizeof(inside), FOLDER "/%s", name);
    node_path(node, inside, path);
}

static void file_of(const struct node *node, const struct node_vocabulary *list,
                    const char *ending, char path[NODE_PATH])
{
    char name[160];

    snprintf(name, sizeof(name), "%s@%s.%s", vocab_system_name(list->system),
             list->version, ending);
    path_of(node, name, path);
}

/* ---- the index of lists -------------------------------------------------------------- */

static int compare_rows(const void *a, const void *b)
{
    const struct node_vocabulary *one = a;
    const struct node_vocabulary *other = b;

    if (one->system != other->system)
        return one->system < other->system ? -1 : 1;
    return strcmp(one->version, other->version);
}

static bool version_is_good(const char *version)
{
    size_t length = strlen(version);

    return length > 0 && length <= LIST_VERSION_MAX && version[0] != '.' &&
           strspn(version, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                           "0123456789._-") == length &&
           strcmp(version, "none") != 0;
}

/* system, version, used, format, codes, imported, source: parted by tabs. */
static bool read_row(char *line, struct node_vocabulary *row)
{
    char *cells[7];
    size_t n = 0;

    for (char *at = line; at && n < 7; n++) {
        cells[n] = at;
        at = strchr(at, '\t');
        if (at)
            *at++ = '\0';
    }
    if (n != 7)
        return false;
    *row = (struct node_vocabulary){.system = list_system(cells[0]),
                                    .version = cells[1],
                                    .used = strcmp(cells[2], "used") == 0,
                                    .format = cells[3],
                                    .codes = strtoull(cells[4], NULL, 10),
                                    .imported = strtoll(cells[5], NULL, 10),
                                    .source = cells[6]};
    return row->system != VOCAB_NONE && version_is_good(row->version);
}

/* The rows, in an array with room for one more. */
static int read_rows(const struct node *node, struct arena *arena,
                     struct node_vocabulary **rows_r, size_t *n_r, struct error *err)
{
    struct node_vocabulary *rows = arena_array(arena, ROWS_MAX + 1, sizeof(*rows));
    struct error reason = ERROR_INIT;
    char path[NODE_PATH], *text = NULL;
    unsigned line = 0;
    size_t n = 0, length;

    path_of(node, "lists", path);
    if (file_read_whole(arena, path, INDEX_LIMIT, &text, &length, &reason) < 0) {
        if (reason.code != ERROR_NOT_FOUND) {
            if (err)
                *err = reason;
            return -1;
        }
        text = arena_string(arena, "", 0);
    }
    for (char *at = text; *at && n < ROWS_MAX;) {
        char *end = strchr(at, '\n');

        if (end)
            *end = '\0';
        line++;
        if (!read_row(at, &rows[n++]))
            return error_at(err, ERROR_CORRUPT, line, 0,
                            "%s: not a line that this program wrote: restore the folder "
                            "from a backup, or import the lists again without it",
                            path);
        at = end ? end + 1 : at + strlen(at);
    }
    *rows_r = rows;
    *n_r = n;
    return 0;
}

static int write_rows(const struct node *node, struct node_vocabulary *rows, size_t n,
                      struct error *err)
{
    char path[NODE_PATH];
    struct buffer out;
    int status;

    qsort(rows, n, sizeof(*rows), compare_rows);
    buffer_init(&out, INDEX_LIMIT);
    for (size_t i = 0; i < n; i++)
        buffer_printf(&out, "%s\t%s\t%s\t%s\t%" PRIu64 "\t%" PRId64 "\t%s\n",
                      vocab_system_name(rows[i].system), rows[i].version,
                      rows[i].used ? "used" : "kept", rows[i].format, rows[i].codes,
                      rows[i].imported, rows[i].source);
    path_of(node, "lists", path);
    status = file_replace(path, buffer_text(&out), out.length, err);
    buffer_free(&out);
    return status;
}

static struct node_vocabulary *row_of(struct node_vocabulary *rows, size_t n,
                                      enum vocab_system system, const char *version)
{
    for (size_t i = 0; i < n; i++)
        if (rows[i].system == system && strcmp(rows[i].version, version) == 0)
            return &rows[i];
    return NULL;
}

/* ---- in use -------------------------------------------------------------------------- */

static int map_file(struct vocabularies *kept, const char *path, struct map *map_r,
                    struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    void *bytes;

    if (fd < 0)
        return error_errno(err, "%s cannot be read", path);
    if (fstat(fd, &status) < 0 || status.st_size < 1) {
        close(fd);
        return error_set(err, ERROR_CORRUPT, "%s is empty", path);
    }
    bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED)
        return error_errno(err, "%s cannot be mapped", path);
    memory_grow((void **)&kept->maps, &kept->maps_capacity, kept->n_maps + 1,
                sizeof(*kept->maps));
    kept->maps[kept->n_maps++] = *map_r = (struct map){bytes, (size_t)status.st_size};
    return 0;
}

static int write_packed(const struct node *node, const struct node_vocabulary *row,
                        const struct list *list, struct error *err)
{
    char path[NODE_PATH];
    struct buffer out;
    int status;

    buffer_init(&out, 2 * LIST_BYTES_MAX);
    list_pack(&out, list->terms, list->n);
    file_of(node, row, "packed", path);
    status = buffer_check(&out, "the packed list", err);
    if (status == 0)
        status = file_replace(path, out.bytes, out.length, err);
    buffer_free(&out);
    return status;
}

/* The cache again, out of the file as it came. */
static int pack_again(const struct node *node, const struct node_vocabulary *row,
                      struct error *err)
{
    struct arena *arena = arena_new("list", READ_ARENA);
    char path[NODE_PATH], *text;
    struct list *list;
    size_t length;
    int status = -1;

    file_of(node, row, "source", path);
    if (file_read_whole(arena, path, LIST_BYTES_MAX, &text, &length, err) == 0 &&
        list_read(arena, text, length, row->system, &list, err) == 0)
        status = write_packed(node, row, list, err);
    arena_free(arena);
    return status;
}

static int open_list(const struct node *node, const struct node_vocabulary *row,
                     struct packed_list *list_r, struct error *err)
{
    char path[NODE_PATH];
    struct map map;

    file_of(node, row, "packed", path);
    if (map_file(node->vocabularies, path, &map, NULL) == 0 &&
        list_open(map.bytes, map.length, list_r, NULL) == 0)
        return 0;
    if (pack_again(node, row, err) < 0 ||
        map_file(node->vocabularies, path, &map, err) < 0)
        return -1;
    return list_open(map.bytes, map.length, list_r, err);
}

/* Put in use what the rows say. A list that cannot be read is left out, and logged: labels are
 * not worth refusing to open a node. */
static void install(const struct node *node, const struct node_vocabulary *rows, size_t n)
{
    struct vocabularies *kept = node->vocabularies;
    struct lists *lists = lists_new();

    for (size_t i = 0; i < n; i++) {
        struct error reason = ERROR_INIT;
        struct packed_list list;

        if (!rows[i].used)
            continue;
        if (open_list(node, &rows[i], &list, &reason) == 0)
            lists_put(lists, rows[i].system, &list);
        else
            log_event(LOG_WARNING, "vocabulary.damaged",
                      LOG_STRING("system", vocab_system_name(rows[i].system)),
                      LOG_STRING("version", rows[i].version),
                      LOG_STRING("reason", reason.message));
    }
    memory_grow((void **)&kept->sets, &kept->sets_capacity, kept->n_sets + 1,
                sizeof(*kept->sets));
    kept->sets[kept->n_sets++] = lists;
    lists_install(lists);
}

int vocabularies_open(struct node *node, struct error *err)
{
    struct arena *arena = arena_new("lists", (size_t)16 << 20);
    struct node_vocabulary *rows;
    size_t n;
    int status;

    node->vocabularies = memory_alloc(sizeof(*node->vocabularies));
    *node->vocabularies = (struct vocabularies){.before = lists_installed()};
    status = read_rows(node, arena, &rows, &n, err);
    if (status == 0 && n > 0)
        install(node, rows, n);
    arena_free(arena);
    return status;
}

void vocabularies_close(struct node *node)
{
    struct vocabularies *kept = node->vocabularies;

    if (!kept)
        return;
    for (size_t i = 0; i < kept->n_sets; i++) {
        if (lists_installed() == kept->sets[i])
            lists_install(kept->before);
        lists_free(kept->sets[i]);
    }
    for (size_t i = 0; i < kept->n_maps; i++)
        munmap(kept->maps[i].bytes, kept->maps[i].length);
    memory_free(kept->sets);
    memory_free(kept->maps);
    memory_free(kept);
}

/* ---- importing ----------------------------------------------------------------------- */

static int slurp(const char *path, struct buffer *out, struct error *err)
{
    struct input *input = input_open(path, err);
    static const size_t step = 1 << 16;
    char *bytes = memory_alloc(step);
    long got = input ? 0 : -1;

    while (input && (got = input_read(input, bytes, step, err)) > 0)
        buffer_append(out, bytes, (size_t)got);
    input_close(input);
    memory_free(bytes);
    return got < 0 ? -1 : buffer_check(out, "the list", err);
}

/* The name of the file alone, without what would break a line. */
static const char *source_name(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    size_t length = strlen(name) < SOURCE_NAME_MAX ? strlen(name) : SOURCE_NAME_MAX;
    char *copy = arena_string(arena, name, length);

    for (char *c = copy; *c; c++)
        if ((unsigned char)*c < ' ')
            *c = '?';
    return copy;
}

static const char *version_of(struct arena *arena, const struct vocabulary_import *import,
                              const struct list *list)
{
    char day[DATE_TEXT_SIZE];
    day_number today = (day_number)(import->now / 86400);

    if (import->version)
        return import->version;
    if (list->version[0])
        return list->version;
    return arena_printf(arena, "%s",
                        date_print_iso((struct interval){today, today}, day));
}

static int add_row(struct node *node, struct arena *arena,
                   struct vocabulary_imported *imported, struct error *err)
{
    struct node_vocabulary *rows, *row;
    size_t n;

    if (read_rows(node, arena, &rows, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (rows[i].system == imported->list.system)
            rows[i].used = false;
    row = row_of(rows, n, imported->list.system, imported->list.version);
    imported->replaced = row != NULL;
    if (!row && n == ROWS_MAX)
        return error_set(err, ERROR_LIMIT, "a node has %d lists at most: remove some",
                         ROWS_MAX);
    if (!row)
        row = &rows[n++];
    *row = imported->list;
    if (write_rows(node, rows, n, err) < 0)
        return -1;
    install(node, rows, n);
    return 0;
}

/* The line comes first: who cannot be logged cannot change anything. */
static int audit(struct node *node, const struct caller *caller, int64_t now,
                 const char *action, const struct node_vocabulary *list,
                 const char *outcome, struct error *err)
{
    char detail[128];

    snprintf(detail, sizeof(detail), "%s %s", vocab_system_name(list->system),
             list->version);
    return audit_write(node->audit, caller, now, action, detail, outcome, err);
}

static int keep(struct node *node, struct arena *arena, const struct buffer *bytes,
                const struct list *list, const struct vocabulary_import *import,
                struct vocabulary_imported *imported, struct error *err)
{
    char path[NODE_PATH], outcome[64];

    node_path(node, FOLDER, path);
    if (mkdir(path, 0750) < 0 && errno != EEXIST)
        return error_errno(err, "cannot make %s", path);
    snprintf(outcome, sizeof(outcome), "%zu codes", list->n);
    if (audit(node, import->caller, import->now, "vocab.import", &imported->list, outcome,
              err) < 0)
        return -1;
    file_of(node, &imported->list, "source", path);
    if (file_replace(path, bytes->bytes, bytes->length, err) < 0 ||
        write_packed(node, &imported->list, list, err) < 0)
        return -1;
    return add_row(node, arena, imported, err);
}

static int import_bytes(struct node *node, struct arena *arena,
                        const struct buffer *bytes,
                        const struct vocabulary_import *import,
                        struct vocabulary_imported *imported, struct error *err)
{
    const char *name = import->name ? import->name : import->path;
    struct list *list;
    int status;

    if (list_read(arena, buffer_text(bytes), bytes->length, import->system, &list, err) <
        0)
        return error_context(err, "%s", name);
    *imported = (struct vocabulary_imported){
        .list = {.system = list->system,
                 .version = version_of(arena, import, list),
                 .used = true,
                 .format = list->format,
                 .source = source_name(arena, name),
                 .codes = list->n,
                 .imported = import->now},
        .n_refused = list->n_refused,
        .n_refusals = list->n_refusals,
        .refusals = list->refusals,
    };
    if (!version_is_good(imported->list.version))
        return error_set(err, ERROR_INPUT,
                         "version \"%.40s\": expected up to %d letters, digits, dots, "
                         "dashes and underscores, and not none",
                         imported->list.version, LIST_VERSION_MAX);
    pthread_mutex_lock(&node->writing);
    status = keep(node, arena, bytes, list, import, imported, err);
    pthread_mutex_unlock(&node->writing);
    return status;
}

int node_vocabulary_import(struct node *node, struct arena *arena,
                           const struct vocabulary_import *import,
                           struct vocabulary_imported **imported_r, struct error *err)
{
    struct vocabulary_imported *imported = arena_alloc(arena, sizeof(*imported));
    struct arena *work = arena_new("list", READ_ARENA);
    struct buffer bytes;
    int status;

    buffer_init(&bytes, LIST_BYTES_MAX);
    status = slurp(import->path, &bytes, err);
    if (status == 0)
        status = import_bytes(node, work, &bytes, import, imported, err);
    buffer_free(&bytes);
    if (status == 0) {
        struct list_refusal *refusals =
            arena_array(arena, imported->n_refusals + 1, sizeof(*refusals));

        for (size_t i = 0; i < imported->n_refusals; i++)
            refusals[i] = (struct list_refusal){
                imported->refusals[i].line,
                arena_printf(arena, "%s", imported->refusals[i].reason)};
        imported->refusals = refusals;
        imported->list.version = arena_printf(arena, "%s", imported->list.version);
        imported->list.source = arena_printf(arena, "%s", imported->list.source);
        *imported_r = imported;
    }
    arena_free(work);
    return status;
}

/* ---- choosing ------------------------------------------------------------------------ */

int node_vocabularies(struct node *node, struct arena *arena,
                      struct node_vocabulary **lists_r, size_t *n_r, struct error *err)
{
    return read_rows(node, arena, lists_r, n_r, err);
}

static int not_there(enum vocab_system system, const char *version, struct error *err)
{
    return error_set(err, ERROR_NOT_FOUND,
                     "there is no list of %s in version %.40s: lacis vocab list shows "
                     "what there is",
                     vocab_system_name(system), version);
}

static int use(struct node *node, struct arena *arena, enum vocab_system system,
               const char *version, const struct caller *caller, int64_t now,
               struct error *err)
{
    struct node_vocabulary *rows, *row;
    struct node_vocabulary none = {.system = system, .version = "none"};
    size_t n;

    if (read_rows(node, arena, &rows, &n, err) < 0)
        return -1;
    row = row_of(rows, n, system, version);
    if (!row && strcmp(version, "none") != 0)
        return not_there(system, version, err);
    if (audit(node, caller, now, "vocab.use", row ? row : &none, "done", err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++)
        if (rows[i].system == system)
            rows[i].used = &rows[i] == row;
    if (n > 0 && write_rows(node, rows, n, err) < 0)
        return -1;
    install(node, rows, n);
    return 0;
}

int node_vocabulary_use(struct node *node, enum vocab_system system, const char *version,
                        const struct caller *caller, int64_t now, struct error *err)
{
    struct arena *arena = arena_new("lists", (size_t)16 << 20);
    int status;

    pthread_mutex_lock(&node->writing);
    status = use(node, arena, system, version, caller, now, err);
    pthread_mutex_unlock(&node->writing);
    arena_free(arena);
    return status;
}

static int forget(struct node *node, struct arena *arena, enum vocab_system system,
                  const char *version, const struct caller *caller, int64_t now,
                  struct error *err)
{
    struct node_vocabulary *rows, *row, gone;
    char path[NODE_PATH];
    size_t n;

    if (read_rows(node, arena, &rows, &n, err) < 0)
        return -1;
    row = row_of(rows, n, system, version);
    if (!row)
        return not_there(system, version, err);
    gone = *row;
    if (audit(node, caller, now, "vocab.remove", row, "done", err) < 0)
        return -1;
    memmove(row, row + 1, (size_t)(rows + n - (row + 1)) * sizeof(*row));
    if (write_rows(node, rows, n - 1, err) < 0)
        return -1;
    install(node, rows, n - 1);
    file_of(node, &gone, "packed", path);
    unlink(path);
    file_of(node, &gone, "source", path);
    unlink(path);
    return 0;
}

int node_vocabulary_remove(struct node *node, enum vocab_system system,
                           const char *version, const struct caller *caller, int64_t now,
                           struct error *err)
{
    struct arena *arena = arena_new("lists", (size_t)16 << 20);
    int status;

    pthread_mutex_lock(&node->writing);
    status = forget(node, arena, system, version, caller, now, err);
    pthread_mutex_unlock(&node->writing);
    arena_free(arena);
    return status;
}
