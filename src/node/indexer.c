/* SPDX-License-Identifier: Apache-2.0
 *
 * node/indexer.c: from the store to the index. Originals are unsealed here one person after the
 * other, and adapted and merged on all cores. */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "base/pool.h"
#include "node/node_internal.h"

#define DEPTH_PER_THREAD 16
#define PERSON_KEEP ((size_t)1 << 20)

/* ---- one person ---- */

int merge_originals(struct arena *arena, uint32_t person,
                    const struct original *originals, size_t n, struct record **record_r,
                    struct error *err)
{
    const struct facts **facts = arena_array(arena, n + 1, sizeof(*facts));

    for (size_t i = 0; i < n; i++) {
        struct facts *these;

        if (adapt_fragment(arena, NULL, (enum fragment_kind)originals[i].kind,
                           originals[i].bytes, originals[i].length, originals[i].sequence,
                           &these, NULL, err) < 0)
            return error_context(err, "original %lld", (long long)originals[i].sequence);
        facts[i] = these;
    }
    return record_merge(arena, NULL, person, facts, n, record_r, err);
}

int person_record(struct node *node, struct arena *arena, uint32_t person,
                  struct record **record_r, struct error *err)
{
    struct original *originals;
    size_t n;

    if (store_originals(node->reader, arena, person, &originals, &n, err) < 0)
        return -1;
    *record_r = NULL;
    return n ? merge_originals(arena, person, originals, n, record_r, err) : 0;
}

/* ---- many ---- */

struct task {
    struct arena *arena;
    struct task *next_free;
    uint32_t person;
    struct original *originals;
    size_t n;
    struct record *record;
    int status;
    struct error err;
};

struct indexing {
    struct node *node;
    struct catalogue *catalogue;
    struct builder *builder;
    const uint32_t *persons; /* those since `written` are in the builder, or gone */
    size_t written, done;
    int64_t sequence, time; /* of the end: until then the catalogue keeps its own */
    struct task *free_tasks;
    int status;
    struct error err;
};

static void task_work(void *context, unsigned worker, void *item)
{
    struct task *task = item;

    (void)context;
    (void)worker;
    task->err = (struct error)ERROR_INIT;
    task->record = NULL;
    task->status = task->n ? merge_originals(task->arena, task->person, task->originals,
                                             task->n, &task->record, &task->err)
                           : 0;
}

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

static void task_done(void *context, void *item)
{
    struct indexing *indexing = context;
    struct task *task = item;

    if (indexing->status == 0 && task->status < 0) {
        indexing->status = -1;
        indexing->err = task->err;
    }
    if (indexing->status == 0) {
        if (task->record)
            builder_add(indexing->builder, task->record);
        indexing->done++;
        if (builder_postings(indexing->builder) >= BUILDER_POSTINGS ||
            builder_patients(indexing->builder) >= BUILDER_PATIENTS)
            indexing->status = write_builder(indexing, false, &indexing->err);
    }
    if (arena_used(task->arena) > PERSON_KEEP) {
        arena_free(task->arena);
        task->arena = arena_new("patient record", PERSON_ARENA);
    } else {
        arena_reset(task->arena);
    }
    task->next_free = indexing->free_tasks;
    indexing->free_tasks = task;
}

static struct task *task_new(struct indexing *indexing)
{
    struct task *task = indexing->free_tasks;

    if (task) {
        indexing->free_tasks = task->next_free;
        return task;
    }
    task = memory_alloc(sizeof(*task));
    memset(task, 0, sizeof(*task));
    task->arena = arena_new("patient record", PERSON_ARENA);
    return task;
}

static int run_tasks(struct indexing *indexing, size_t n, node_progress *progress,
                     void *context)
{
    unsigned threads = n > 64 ? pool_cores() : 1;
    struct pool *pool =
        pool_new(threads, threads * DEPTH_PER_THREAD, task_work, task_done, indexing);

    for (size_t i = 0; i < n && indexing->status == 0; i++) {
        struct task *task;

        if (atomic_load(&indexing->node->closing)) {
            indexing->status =
                error_set(&indexing->err, ERROR_BUSY, "the node is being closed");
            break;
        }
        task = task_new(indexing);
        task->person = indexing->persons[i];
        if (store_originals(indexing->node->store, task->arena, task->person,
                            &task->originals, &task->n, &indexing->err) < 0) {
            indexing->status = -1;
            task->next_free = indexing->free_tasks;
            indexing->free_tasks = task;
            break;
        }
        pool_push(pool, task);
        if (progress && i % 256 == 0)
            progress(context, i, n);
    }
    pool_free(pool);
    while (indexing->free_tasks) {
        struct task *task = indexing->free_tasks;

        indexing->free_tasks = task->next_free;
        arena_free(task->arena);
        memory_free(task);
    }
    return indexing->status;
}

int index_persons(struct node *node, struct catalogue *catalogue, const uint32_t *persons,
                  size_t n, int64_t sequence, int64_t time, node_progress *progress,
                  void *context, struct error *err)
{
    struct indexing indexing = {.node = node,
                                .catalogue = catalogue,
                                .builder = builder_new(),
                                .persons = persons,
                                .sequence = sequence,
                                .time = time,
                                .err = ERROR_INIT};

    if (run_tasks(&indexing, n, progress, context) == 0)
        indexing.status = write_builder(&indexing, true, &indexing.err);
    builder_free(indexing.builder);
    if (indexing.status < 0 && err)
        *err = indexing.err;
    return indexing.status;
}

struct persons {
    uint32_t *person;
    size_t n, capacity;
};

static int note_person(void *context, uint32_t person, struct error *err)
{
    struct persons *persons = context;

    (void)err;
    memory_grow((void **)&persons->person, &persons->capacity, persons->n + 1,
                sizeof(*persons->person));
    persons->person[persons->n++] = person;
    return 0;
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
        result = store_changed(node->store, since, note_person, &persons, err);
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
    beside = catalogue_open(folder, store_incarnation(node->store), &rebuild, err);
    if (beside && index_catch_up(node, beside, progress, context, err) == 0)
        result = catalogue_adopt(node->catalogue, beside, err);
    catalogue_close(beside);
    folder_remove(folder);
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
