/* SPDX-License-Identifier: Apache-2.0
 *
 * node/scan.c: persons' records made from their originals, on all cores.
 *
 * Originals are unsealed one person after the other on the thread that asks, since a store
 * belongs to one thread; they are adapted and merged on the workers. */
#include <string.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/pool.h"
#include "node/node_internal.h"

#define DEPTH_PER_THREAD 16
#define PERSON_KEEP ((size_t)1 << 20)
/* For fewer persons threads cost more than they bring. */
#define PERSONS_PER_POOL 64

struct scan_task {
    struct arena *arena;
    struct scan_task *next_free;
    uint32_t person;
    struct original *originals;
    size_t n;
    struct record *record; /* NULL: none (erased) */
    int status;
    struct error err;
};

/* A scan under way. */
struct scanning {
    const struct node *node;
    const struct scan *scan;
    struct scan_task *free_tasks;
    int status;
    struct error err;
};

int merge_originals(const struct node *node, struct arena *arena, uint32_t person,
                    const struct original *originals, size_t n,
                    const struct account *account, struct record **record_r,
                    struct error *err)
{
    const struct merging merging = {.decisions = account ? account->decisions : NULL};
    const struct adapt_context context = node_context(node);
    const struct facts **facts = arena_array(arena, n + 1, sizeof(*facts));

    for (size_t i = 0; i < n; i++) {
        struct facts *these;

        if (adapt_fragment(arena, &context, (enum fragment_kind)originals[i].kind,
                           originals[i].bytes, originals[i].length, originals[i].sequence,
                           &these, account ? account->remarks : NULL, err) < 0)
            return error_context(err, "original %lld", (long long)originals[i].sequence);
        facts[i] = these;
    }
    return record_merge(arena, &merging, person, facts, n, record_r, err);
}

static void task_work(void *context, unsigned worker, void *item)
{
    const struct scanning *scanning = context;
    const struct scan *scan = scanning->scan;
    struct scan_task *task = item;

    task->err = (struct error)ERROR_INIT;
    task->record = NULL;
    task->status = task->n ? merge_originals(scanning->node, task->arena, task->person,
                                             task->originals, task->n, NULL,
                                             &task->record, &task->err)
                           : 0;
    if (task->record && scan->visit)
        scan->visit(scan->context, worker, task->record);
}

static void task_done(void *context, void *item)
{
    struct scanning *scanning = context;
    const struct scan *scan = scanning->scan;
    struct scan_task *task = item;

    if (scanning->status == 0 && task->status < 0) {
        scanning->status = -1;
        scanning->err = task->err;
    }
    if (scanning->status == 0 && scan->done)
        scanning->status = scan->done(scan->context, task->record, &scanning->err);
    if (arena_used(task->arena) > PERSON_KEEP) {
        arena_free(task->arena);
        task->arena = arena_new("patient record", PERSON_ARENA);
    } else {
        arena_reset(task->arena);
    }
    task->next_free = scanning->free_tasks;
    scanning->free_tasks = task;
}

static struct scan_task *task_take(struct scanning *scanning)
{
    struct scan_task *task = scanning->free_tasks;

    if (task) {
        scanning->free_tasks = task->next_free;
        return task;
    }
    task = memory_alloc(sizeof(*task));
    memset(task, 0, sizeof(*task));
    task->arena = arena_new("patient record", PERSON_ARENA);
    return task;
}

static void tasks_free(struct scan_task *task)
{
    while (task) {
        struct scan_task *next = task->next_free;

        arena_free(task->arena);
        memory_free(task);
        task = next;
    }
}

static int read_originals(const struct scan *scan, struct scan_task *task,
                          struct error *err)
{
    int status;

    if (scan->lock)
        pthread_mutex_lock(scan->lock);
    status = store_originals(scan->store, task->arena, task->person, &task->originals,
                             &task->n, err);
    if (scan->lock)
        pthread_mutex_unlock(scan->lock);
    return status;
}

/* Read PERSON's originals and give them to POOL. */
static int push(struct node *node, struct scanning *scanning, struct pool *pool,
                uint32_t person)
{
    struct scan_task *task;

    if (atomic_load(&node->closing))
        return error_set(&scanning->err, ERROR_BUSY, "the node is being closed");
    task = task_take(scanning);
    task->person = person;
    if (read_originals(scanning->scan, task, &scanning->err) < 0) {
        task->next_free = scanning->free_tasks;
        scanning->free_tasks = task;
        return -1;
    }
    pool_push(pool, task);
    return 0;
}

int persons_scan(struct node *node, const struct scan *scan, struct error *err)
{
    struct scanning scanning = {.node = node, .scan = scan, .err = ERROR_INIT};
    unsigned threads = scan->n > PERSONS_PER_POOL ? pool_cores() : 1;
    struct pool *pool =
        pool_new(threads, threads * DEPTH_PER_THREAD, task_work, task_done, &scanning);

    for (size_t i = 0; i < scan->n && scanning.status == 0; i++) {
        if (push(node, &scanning, pool, scan->persons[i]) < 0)
            scanning.status = -1;
        else if (scan->progress && i % 256 == 0)
            scan->progress(scan->progress_context, i, scan->n);
    }
    pool_free(pool);
    tasks_free(scanning.free_tasks);
    if (scanning.status < 0 && err)
        *err = scanning.err;
    return scanning.status;
}

static int list_person(void *context, uint32_t person, struct error *err)
{
    struct persons *persons = context;

    (void)err;
    memory_grow((void **)&persons->person, &persons->capacity, persons->n + 1,
                sizeof(*persons->person));
    persons->person[persons->n++] = person;
    return 0;
}

int persons_changed(struct store *store, int64_t since, struct persons *persons_r,
                    struct error *err)
{
    *persons_r = (struct persons){0};
    return store_changed(store, since, list_person, persons_r, err);
}

int records_visit(struct node *node, record_visit *visit, void *context,
                  node_progress *progress, void *progress_context, struct error *err)
{
    struct persons persons;
    struct scan scan = {.store = node->reader,
                        .lock = &node->reader_lock,
                        .visit = visit,
                        .context = context,
                        .progress = progress,
                        .progress_context = progress_context};
    int status;

    pthread_mutex_lock(&node->reader_lock);
    status = persons_changed(node->reader, 0, &persons, err);
    pthread_mutex_unlock(&node->reader_lock);
    scan.persons = persons.person;
    scan.n = persons.n;
    if (status == 0)
        status = persons_scan(node, &scan, err);
    memory_free(persons.person);
    return status;
}
