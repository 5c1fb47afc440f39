/* SPDX-License-Identifier: Apache-2.0
 *
 * node/node.c: making, opening and closing a node. See node.h for the folder. */
#include "node/node.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "node/node_internal.h"

void node_path(const struct node *node, const char *name, char path[NODE_PATH])
{
    snprintf(path, NODE_PATH, "%s/%s", node->folder, name);
}

const struct node_config *node_config(const struct node *node)
{
    return &node->config;
}

const char *node_folder(const struct node *node)
{
    return node->folder;
}

/* ---- making ---- */

static int make_folder(const char *folder, struct error *err)
{
    if (mkdir(folder, 0750) == 0)
        return 0;
    if (errno != EEXIST)
        return error_errno(err, "cannot make the folder %s", folder);

    DIR *dir = opendir(folder);
    const struct dirent *entry;
    bool empty = true;

    if (!dir)
        return error_errno(err, "cannot open %s", folder);
    while (empty && (entry = readdir(dir)))
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    closedir(dir);
    return empty ? 0
                 : error_set(err, ERROR_REFUSED,
                             "%s is not empty: name a new folder for the node", folder);
}

int node_init(const char *folder, const struct node_config *config, struct error *err)
{
    char path[NODE_PATH];
    struct audit *audit;

    if (strlen(folder) > NODE_PATH - 64)
        return error_set(err, ERROR_LIMIT, "the path is longer than %d bytes",
                         NODE_PATH - 64);
    if (make_folder(folder, err) < 0 || config_write(folder, config, err) < 0)
        return -1;
    snprintf(path, sizeof(path), "%s/store", folder);
    if (mkdir(path, 0700) < 0)
        return error_errno(err, "cannot make %s", path);
    if (store_create(path, err) < 0)
        return -1;
    snprintf(path, sizeof(path), "%s/reports", folder);
    if (mkdir(path, 0750) < 0)
        return error_errno(err, "cannot make %s", path);
    audit = audit_open(folder, err);
    audit_close(audit);
    return audit ? 0 : -1;
}

/* ---- opening ---- */

static int open_parts(struct node *node, struct error *err)
{
    char path[NODE_PATH];
    bool rebuild;

    if (config_read(node, err) < 0) {
        if (err && err->code == ERROR_NOT_FOUND)
            error_set(
                err, ERROR_NOT_FOUND,
                "%s is not a node: make one with lacis init %s --centre NAME --finess NUMBER",
                node->folder, node->folder);
        return -1;
    }
    if (coverage_read(node, err) < 0 || vocabularies_open(node, err) < 0 ||
        codes_open(node, err) < 0 || mappings_load(node, err) < 0)
        return -1;
    node_path(node, "store", path);
    node->store =
        store_open(path, node->mode == NODE_WRITE ? STORE_WRITE : STORE_READ, err);
    if (!node->store)
        return -1;
    node->reader = store_open(path, STORE_READ, err);
    if (!node->reader)
        return -1;
    node_path(node, "index", path);
    node->catalogue = catalogue_open(path, store_incarnation(node->store),
                                     adapt_context_digest(&node->context), &rebuild, err);
    if (!node->catalogue)
        return -1;
    node->audit = audit_open(node->folder, err);
    if (!node->audit)
        return -1;
    if (node->mode != NODE_WRITE)
        return 0;
    if (index_catch_up(node, node->catalogue, NULL, NULL, err) < 0)
        return -1;
    return rebuild ? codes_applied(node, err) : codes_catch_up(node, err);
}

struct node *node_open_once(const char *folder, enum node_mode mode, struct error *err)
{
    struct node *node = memory_alloc(sizeof(*node));

    memset(node, 0, sizeof(*node));
    node->folder = memory_alloc(strlen(folder) + 1);
    memcpy(node->folder, folder, strlen(folder) + 1);
    node->mode = mode;
    node->config_arena = arena_new("configuration", (size_t)16 << 20);
    pthread_mutex_init(&node->writing, NULL);
    pthread_mutex_init(&node->store_lock, NULL);
    pthread_mutex_init(&node->reader_lock, NULL);
    mending_begin(&node->mending);
    if (open_parts(node, err) < 0) {
        node_close(node);
        return NULL;
    }
    return node;
}

/* Does the index lack what the store has: after a crash, or made by another version, or with other
 * mappings? */
static bool index_is_behind(struct node *node)
{
    struct snapshot *snapshot = catalogue_snapshot(node->catalogue);
    int64_t sequence = 0, time;
    bool behind = (store_cut(node->reader, &sequence, &time, NULL) == 0 &&
                   snapshot->sequence < sequence) ||
                  !codes_are_applied(node);

    snapshot_release(node->catalogue, snapshot);
    return behind;
}

struct node *node_open(const char *folder, enum node_mode mode, struct error *err)
{
    struct error reason = ERROR_INIT;
    struct node *node, *writer;

    if (strlen(folder) > NODE_PATH - 64) {
        error_set(err, ERROR_LIMIT, "the path is longer than %d bytes", NODE_PATH - 64);
        return NULL;
    }
    node = node_open_once(folder, mode, &reason);
    if (!node && !(mode == NODE_READ && reason.code == ERROR_REFUSED)) {
        if (err)
            *err = reason;
        return NULL;
    }
    /* refused for reading: tables of an older version, which opening for writing brings up to
     * date; or of a newer one, which it refuses as well */
    if (node && (mode == NODE_WRITE || !index_is_behind(node)))
        return node;
    writer = node_open_once(folder, NODE_WRITE, &reason);
    if (!writer && node && reason.code == ERROR_BUSY)
        return node; /* whoever writes brings it up to date */
    node_close(node);
    if (!writer) {
        if (err)
            *err = reason;
        return NULL;
    }
    node_close(writer);
    return node_open_once(folder, mode, err);
}

void node_close(struct node *node)
{
    if (!node)
        return;
    atomic_store(&node->closing, true);
    mending_end(&node->mending);
    codes_close(node);
    vocabularies_close(node);
    audit_close(node->audit);
    catalogue_close(node->catalogue);
    store_close(node->reader);
    store_close(node->store);
    arena_free(node->config_arena);
    arena_free(node->context_arena);
    pthread_mutex_destroy(&node->writing);
    pthread_mutex_destroy(&node->store_lock);
    pthread_mutex_destroy(&node->reader_lock);
    memory_free(node->folder);
    memory_free(node);
}

/* ---- upkeep ---- */

int node_status(struct node *node, struct node_status *status_r, struct error *err)
{
    struct node_status status = {.incarnation = store_incarnation(node->store)};
    struct store_counts counts;
    struct error reason = ERROR_INIT;
    int result;

    if (node->mode == NODE_READ && catalogue_refresh(node->catalogue, &reason) < 0 &&
        reason.code != ERROR_NOT_FOUND && reason.code != ERROR_CORRUPT) {
        if (err)
            *err = reason;
        return -1;
    }
    pthread_mutex_lock(&node->reader_lock);
    result = store_count(node->reader, &counts, err);
    if (result == 0)
        result = store_cut(node->reader, &status.sequence, &status.time, err);
    pthread_mutex_unlock(&node->reader_lock);
    if (result < 0)
        return -1;
    status.persons = counts.persons;
    status.originals = counts.originals;
    status.identities = counts.identities;

    struct snapshot *snapshot = catalogue_snapshot(node->catalogue);

    status.patients = snapshot->patients;
    status.facts = snapshot->facts;
    status.segments = snapshot->n;
    status.index_sequence = snapshot->sequence;
    snapshot_release(node->catalogue, snapshot);
    *status_r = status;
    return 0;
}

int node_compact(struct node *node, struct error *err)
{
    pthread_mutex_lock(&node->writing);

    int result = index_compact(node, true, err);

    pthread_mutex_unlock(&node->writing);
    return result;
}

int node_rebuild(struct node *node,
                 void (*progress)(void *context, uint64_t done, uint64_t total),
                 void *context, struct error *err)
{
    pthread_mutex_lock(&node->writing);

    int result = index_remake(node, progress, context, err);

    pthread_mutex_unlock(&node->writing);
    return result;
}

struct snapshot *node_snapshot(struct node *node, const struct coverage **coverage_r)
{
    struct snapshot *snapshot = catalogue_snapshot(node->catalogue);

    *coverage_r = coverage_of(node, node->config_arena, snapshot);
    return snapshot;
}

void node_snapshot_release(struct node *node, struct snapshot *snapshot)
{
    snapshot_release(node->catalogue, snapshot);
}
