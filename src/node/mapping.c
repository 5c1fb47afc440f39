/* SPDX-License-Identifier: Apache-2.0
 *
 * node/mapping.c: mappings kept in the node; see mapping.h. */
#include "node/mapping.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapt/mapping.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "intake/delivery.h"
#include "node/node_internal.h"

#define CONTEXT_ARENA ((size_t)256 << 20)
#define VERSION_MAX 1000000
#define FILES_MAX ((size_t)10000)

/* One file of the folder. */
struct kept {
    const char *file, *source;
    unsigned version;
    const char *text;
    size_t length;
};

/* ---- files ---- */

static int read_whole(struct arena *arena, const char *path, struct kept *kept,
                      struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat status;
    char *text;
    ssize_t n;

    if (fd < 0)
        return error_errno(err, "cannot open %s", path);
    if (fstat(fd, &status) < 0 || status.st_size > (off_t)MAPPING_LIMIT) {
        close(fd);
        return error_set(err, ERROR_LIMIT, "%s: a mapping of more than %zu bytes", path,
                         MAPPING_LIMIT);
    }
    text = arena_alloc(arena, (size_t)status.st_size + 1);
    n = read(fd, text, (size_t)status.st_size);
    close(fd);
    if (n != status.st_size)
        return error_errno(err, "cannot read %s", path);
    kept->text = text;
    kept->length = (size_t)n;
    return 0;
}

/* SOURCE.VERSION.json; false for a file that is something else. */
static bool read_name(struct arena *arena, const char *file, struct kept *kept)
{
    size_t n = strlen(file);
    const char *point, *digits;
    unsigned long version;

    if (n < 8 || strcmp(file + n - 5, ".json") != 0)
        return false;
    for (point = file + n - 6; point > file && *point != '.'; point--)
        ;
    digits = point + 1;
    if (*point != '.' || point == file ||
        strspn(digits, "0123456789") != (size_t)(file + n - 5 - digits))
        return false;
    version = strtoul(digits, NULL, 10);
    if (version < 1 || version > VERSION_MAX)
        return false;
    kept->file = arena_string(arena, file, n);
    kept->source = arena_string(arena, file, (size_t)(point - file));
    kept->version = (unsigned)version;
    return true;
}

static int compare_kept(const void *a, const void *b)
{
    const struct kept *x = a, *y = b;
    int order = strcmp(x->source, y->source);

    return order ? order : x->version < y->version ? -1 : x->version > y->version;
}

/* The last version of each source, by name; removed ones have no text. */
static int list_kept(const struct node *node, struct arena *arena, struct kept **kept_r,
                     size_t *n_r, struct error *err)
{
    char folder[NODE_PATH], path[NODE_PATH + 300];
    struct kept *kept = NULL;
    const struct dirent *entry;
    size_t n = 0, capacity = 0, last = 0;
    int rc = 0;
    DIR *dir;

    *kept_r = NULL;
    *n_r = 0;
    node_path(node, "mappings", folder);
    dir = opendir(folder);
    if (!dir)
        return errno == ENOENT ? 0 : error_errno(err, "cannot open %s", folder);
    while (n < FILES_MAX && (entry = readdir(dir))) {
        memory_grow((void **)&kept, &capacity, n + 1, sizeof(*kept));
        if (read_name(arena, entry->d_name, &kept[n]))
            n++;
    }
    closedir(dir);
    if (n > 0)
        qsort(kept, n, sizeof(*kept), compare_kept);
    for (size_t i = 0; i < n; i++)
        if (i + 1 == n || strcmp(kept[i].source, kept[i + 1].source) != 0)
            kept[last++] = kept[i];
    for (size_t i = 0; i < last && rc == 0; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, kept[i].file);
        rc = read_whole(arena, path, &kept[i], err);
    }
    if (rc == 0 && last > 0)
        *kept_r = arena_copy(arena, kept, last * sizeof(*kept));
    if (rc == 0)
        *n_r = last;
    memory_free(kept);
    return rc;
}

static int write_kept(const struct node *node, const char *source, unsigned version,
                      const char *text, size_t length, struct error *err)
{
    char folder[NODE_PATH], path[NODE_PATH + 300];

    node_path(node, "mappings", folder);
    if (mkdir(folder, 0750) < 0 && errno != EEXIST)
        return error_errno(err, "cannot make %s", folder);
    snprintf(path, sizeof(path), "%s/%s.%u.json", folder, source, version);
    return file_replace(path, text, length, err);
}

/* ---- the context ---- */

/* FNV-1a over names, versions and texts. */
static uint64_t digest_add(uint64_t digest, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < length; i++)
        digest = (digest ^ at[i]) * 0x100000001B3U;
    return digest;
}

static int read_mappings(const struct node *node, struct arena *arena,
                         struct mappings *mappings, struct error *err)
{
    const struct mapping **list;
    struct kept *kept;
    size_t n;
    uint64_t digest = 0xCBF29CE484222325U;

    if (list_kept(node, arena, &kept, &n, err) < 0)
        return -1;
    list = arena_array(arena, n + 1, sizeof(*list));
    for (size_t i = 0; i < n; i++) {
        struct mapping *mapping;

        if (kept[i].length == 0)
            continue;
        if (mapping_read(arena, kept[i].text, kept[i].length, &mapping, err) < 0)
            return error_context(err, "%s/mappings/%s", node->folder, kept[i].file);
        mapping->version = kept[i].version;
        list[mappings->n++] = mapping;
        digest = digest_add(digest, kept[i].source, strlen(kept[i].source) + 1);
        digest = digest_add(digest, kept[i].text, kept[i].length);
    }
    mappings->mapping = list;
    mappings->digest = mappings->n > 0 ? digest : 0;
    return 0;
}

int mappings_load(struct node *node, struct error *err)
{
    struct arena *arena = arena_new("mappings", CONTEXT_ARENA);
    struct mappings *mappings = arena_alloc(arena, sizeof(*mappings));

    if (read_mappings(node, arena, mappings, err) < 0) {
        arena_free(arena);
        return -1;
    }
    arena_free(node->context_arena);
    node->context_arena = arena;
    node->context.mappings = mappings;
    return 0;
}

uint64_t node_model(const struct node *node)
{
    return model_digest() ^ adapt_context_digest(&node->context);
}

/* The originals are read by other mappings from now on. */
static int read_anew(struct node *node, struct error *err)
{
    if (mappings_load(node, err) < 0)
        return -1;
    return index_remake(node, NULL, NULL, err);
}

/* ---- list, add, remove ---- */

static int describe(struct node *node, struct arena *arena, const struct mapping *mapping,
                    struct node_mapping *described, struct error *err)
{
    const char *const *columns;

    *described =
        (struct node_mapping){.source = mapping->source,
                              .version = mapping->version,
                              .objects = mapping->n_objects,
                              .columns = mapping_columns(mapping, arena, &columns)};
    return store_count_source(node->reader, FRAGMENT_TABLES, mapping->source,
                              &described->patients, err);
}

int node_mapping_list(struct node *node, struct arena *arena,
                      struct node_mapping **list_r, size_t *n_r, struct error *err)
{
    const struct mappings *mappings = node->context.mappings;
    struct node_mapping *list = arena_array(arena, mappings->n + 1, sizeof(*list));

    for (size_t i = 0; i < mappings->n; i++)
        if (describe(node, arena, mappings->mapping[i], &list[i], err) < 0)
            return -1;
    *list_r = list;
    *n_r = mappings->n;
    return 0;
}

/* The last version kept under SOURCE, removed ones too; version 0 when there is none. */
static int last_kept(const struct node *node, struct arena *arena, const char *source,
                     struct kept *last_r, struct error *err)
{
    struct kept *kept;
    size_t n;

    if (list_kept(node, arena, &kept, &n, err) < 0)
        return -1;
    *last_r = (struct kept){0};
    for (size_t i = 0; i < n; i++)
        if (strcmp(kept[i].source, source) == 0)
            *last_r = kept[i];
    return 0;
}

static int audit_mapping(struct node *node, const struct caller *caller, int64_t now,
                         const char *source, const char *outcome, struct error *err)
{
    return audit_write(node->audit, caller, now, "mapping", source, outcome, err);
}

int node_mapping_add(struct node *node, struct arena *arena, const char *text,
                     size_t length, const struct caller *caller, int64_t now,
                     struct node_mapping **mapping_r, bool *new_r, struct error *err)
{
    struct node_mapping *described = arena_alloc(arena, sizeof(*described));
    struct mapping *mapping;
    struct kept last;
    char outcome[64];

    if (mapping_read(arena, text, length, &mapping, err) < 0)
        return -1;
    if (door_named(mapping->source))
        return error_set(err, ERROR_INPUT,
                         "source \"%s\": the name of another format; choose another",
                         mapping->source);
    if (last_kept(node, arena, mapping->source, &last, err) < 0)
        return -1;
    *new_r = last.length != length || memcmp(last.text, text, length) != 0;
    mapping->version = *new_r ? last.version + 1 : last.version;
    if (*new_r) {
        snprintf(outcome, sizeof(outcome), "version %u", mapping->version);
        if (write_kept(node, mapping->source, mapping->version, text, length, err) < 0 ||
            audit_mapping(node, caller, now, mapping->source, outcome, err) < 0 ||
            read_anew(node, err) < 0)
            return -1;
    }
    *mapping_r = described;
    return describe(node, arena, mapping, described, err);
}

int node_mapping_remove(struct node *node, const char *source,
                        const struct caller *caller, int64_t now, struct error *err)
{
    struct arena *arena = arena_new("mapping", CONTEXT_ARENA);
    struct kept last;
    int rc = -1;

    if (!mappings_named(node->context.mappings, source))
        error_set(err, ERROR_NOT_FOUND,
                  "no mapping is called %.64s: lacis mapping list has them all", source);
    else if (last_kept(node, arena, source, &last, err) == 0 &&
             write_kept(node, source, last.version + 1, "", 0, err) == 0 &&
             audit_mapping(node, caller, now, source, "removed", err) == 0)
        rc = read_anew(node, err);
    arena_free(arena);
    return rc;
}
