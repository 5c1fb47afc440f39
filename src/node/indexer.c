/* SPDX-License-Identifier: Apache-2.0
 *
 * node/indexer.c: from the store to the index. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "node/node_internal.h"

int person_record(struct node *node, struct arena *arena, uint32_t person,
                  const struct account *account, struct record **record_r,
                  struct error *err)
{
    struct original *originals;
    size_t n;

    if (store_originals(node->reader, arena, person, &originals, &n, err) < 0)
        return -1;
    *record_r = NULL;
    return n ? merge_originals(node, arena, person, originals, n, account, record_r, err)
             : 0;
}

/* ---- many ---- */

struct indexing {
    struct catalogue *catalogue;
    struct builder *builder;
    const uint32_t *persons; /* those since `written` are in the builder, or gone */
    size_t written, done;
    int64_t sequence, time; /* of the end: until then the catalogue keeps its own */
};

/* Write out the builder. Before the end the catalogue stays at its old sequence: should we
 * crash, all is done again, and doing it twice changes nothing. */
static int write_builder(struct indexing *indexing, bool last, struct error *err)
{
    struct snapshot *current = catalogue_snapshot(indexing->catalogue);
    int64_t sequence = last ? indexing->sequence : current->sequence;
    int64_t time = last ? indexing->time : current->time;

    snapshot_release(indexing->catalogue, current);

    int result = catalogue_add(indexing->catalogue, indexing->builder,
                               indexing->persons + indexing->written,
                               indexing->done - indexing->written, sequence, time, err);

    indexing->written = indexing->done;
    return result;
}

static int record_done(void *context, const struct record *record, struct error *err)
{
    struct indexing *indexing = context;

    if (record)
        builder_add(indexing->builder, record);
    indexing->done++;
    if (builder_postings(indexing->builder) < BUILDER_POSTINGS &&
        builder_patients(indexing->builder) < BUILDER_PATIENTS)
        return 0;
    return write_builder(indexing, false, err);
}

int index_persons(struct node *node, struct catalogue *catalogue, const uint32_t *persons,
                  size_t n, int64_t sequence, int64_t time, node_progress *progress,
                  void *context, struct error *err)
{
    struct indexing indexing = {.catalogue = catalogue,
                                .builder = builder_new(),
                                .persons = persons,
                                .sequence = sequence,
                                .time = time};
    const struct scan scan = {.store = node->store,
                              .persons = persons,
                              .n = n,
                              .done = record_done,
                              .context = &indexing,
                              .progress = progress,
                              .progress_context = context};
    int status = persons_scan(node, &scan, err);

    if (status == 0)
        status = write_builder(&indexing, true, err);
    builder_free(indexing.builder);
    return status;
}

int index_catch_up(struct node *node, struct catalogue *catalogue,
                   node_progress *progress, void *context, struct error *err)
{
    struct snapshot *current = catalogue_snapshot(catalogue);
    int64_t since = current->sequence, sequence, time;
    struct persons persons = {0};
    int result;

    snapshot_release(catalogue, current);
    result = store_cut(node->store, &sequence, &time, err);
    if (result == 0 && sequence < since) { /* an older store was put back */
        result = catalogue_clear(catalogue, err);
        since = 0;
    }
    if (result == 0 && sequence > since)
        result = persons_changed(node->store, since, &persons, err);
    if (result == 0 && sequence > since)
        result = index_persons(node, catalogue, persons.person, persons.n, sequence, time,
                               progress, context, err);
    memory_free(persons.person);
    return result < 0 ? error_context(err, "bringing the index up to date") : 0;
}

/* ---- all of it again ---- */

void folder_remove(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    char path[NODE_PATH + 300];

    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    closedir(dir);
    rmdir(folder);
}

int index_remake(struct node *node, node_progress *progress, void *context,
                 struct error *err)
{
    char folder[NODE_PATH];
    struct catalogue *beside;
    bool rebuild;
    int result = -1;

    node_path(node, "index.new", folder);
    folder_remove(folder); /* left by a crash */
    beside = catalogue_open(folder, store_incarnation(node->store),
                            adapt_context_digest(&node->context), &rebuild, err);
    if (beside && index_catch_up(node, beside, progress, context, err) == 0)
        result = catalogue_adopt(node->catalogue, beside, err);
    catalogue_close(beside);
    folder_remove(folder);
    if (result == 0)
        result = codes_applied(node, err);
    return result == 0 ? catalogue_compact(node->catalogue, true, err) : -1;
}

int index_compact(struct node *node, bool fully, struct error *err)
{
    struct error reason = ERROR_INIT;

    if (catalogue_compact(node->catalogue, fully, &reason) == 0)
        return 0;
    if (catalogue_is_damaged(node->catalogue)) {
        log_event(LOG_WARNING, "index.damaged", LOG_STRING("reason", reason.message));
        return index_remake(node, NULL, NULL, err);
    }
    if (err)
        *err = reason;
    return -1;
}
