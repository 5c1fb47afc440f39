/* SPDX-License-Identifier: Apache-2.0
 *
 * node/scan.c: every person's record, once, made from the originals on all cores. */
#include <string.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/pool.h"
#include "node/node_internal.h"

#define DEPTH_PER_THREAD 16
#define PERSON_KEEP ((size_t)1 << 20)

struct scan_task {
    struct arena *arena;
    struct scan_task *next_free;
    uint32_t person;
    struct original *originals;
    size_t n;
    int status;
    struct error err;
};

struct scan {
    struct node *node;
    record_visit *visit;
    void *context;
    struct scan_task *free_tasks;
    int status;
    struct error err;
};

static void scan_work(void *context, unsigned worker, void *item)
{
    struct scan *scan = context;
    struct scan_task *task = item;
    struct record *record = NULL;

    task->err = (struct error)ERROR_INIT;
    task->status = 0;
    if (task->n == 0)
        return; /* erased */
    task->status = merge_originals(task->arena, task->person, task->originals, task->n,
                                   &record, &task->err);
    if (task->status == 0)
        scan->visit(scan->context, worker, record);
}

static void scan_done(void *context, void *item)
{
    struct scan *scan = context;
    struct scan_task *task = item;

    if (scan->status == 0 && task->status < 0) {
        scan->status = -1;
        scan->err = task->err;
    }
    if (arena_used(task->arena) > PERSON_KEEP) {
        arena_free(task->arena);
        task->arena = arena_new("patient record", PERSON_ARENA);
    } else {
        arena_reset(task->arena);
    }
    task->next_free = scan->free_tasks;
    scan->free_tasks = task;
}

static struct scan_task *task_take(struct scan *scan)
{
    struct scan_task *task = scan->free_tasks;

    if (task) {
        scan->free_tasks = task->next_free;
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

struct list {
    uint32_t *person;
    size_t n, capacity;
};

static int list_add(void *context, uint32_t person, struct error *err)
{
    struct list *list = context;

    (void)err;
    memory_grow((void **)&list->person, &list->capacity, list->n + 1,
                sizeof(*list->person));
    list->person[list->n++] = person;
    return 0;
}

static void visit_all(struct scan *scan, const struct list *list, unsigned threads,
                      node_progress *progress, void *progress_context)
{
    struct pool *pool =
        pool_new(threads, threads * DEPTH_PER_THREAD, scan_work, scan_done, scan);

    for (size_t i = 0; i < list->n && scan->status == 0; i++) {
        struct scan_task *task = task_take(scan);
        int status;

        task->person = list->person[i];
        pthread_mutex_lock(&scan->node->reader_lock);
        status = store_originals(scan->node->reader, task->arena, task->person,
                                 &task->originals, &task->n, &scan->err);
        pthread_mutex_unlock(&scan->node->reader_lock);
        if (status < 0) {
            scan->status = -1;
            task->next_free = scan->free_tasks;
            scan->free_tasks = task;
            break;
        }
        pool_push(pool, task);
        if (progress && i % 256 == 0)
            progress(progress_context, i, list->n);
    }
    pool_free(pool);
}

int records_visit(struct node *node, unsigned threads, record_visit *visit, void *context,
                  node_progress *progress, void *progress_context, struct error *err)
{
    struct scan scan = {
        .node = node, .visit = visit, .context = context, .err = ERROR_INIT};
    struct list list = {0};

    pthread_mutex_lock(&node->reader_lock);
    scan.status = store_changed(node->reader, 0, list_add, &list, &scan.err);
    pthread_mutex_unlock(&node->reader_lock);
    if (scan.status == 0)
        visit_all(&scan, &list, threads, progress, progress_context);
    tasks_free(scan.free_tasks);
    memory_free(list.person);
    if (scan.status < 0 && err)
        *err = scan.err;
    return scan.status;
}
