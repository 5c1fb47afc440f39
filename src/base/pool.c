/* SPDX-License-Identifier: Apache-2.0
 *
 * base/pool.c: a ring of items between one thread that pushes and many that work.
 *
 *     done        taken        pushed          (counts since the start; slot = count % depth)
 *       v           v            v
 *     [ finished or | waiting    | free …
 *       at work     | for a      |
 *                   | worker     |
 *
 * done <= taken <= pushed <= done + depth. Workers move `taken` and set `finished`; only the
 * pushing thread moves `pushed` and `done`. All under one lock, which is held for a few
 * instructions: items should be worth some tens of microseconds. */
#include "base/pool.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"

struct ring_slot {
    void *item;
    bool finished;
};

struct worker {
    struct pool *pool;
    unsigned number;
    pthread_t thread;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t pushed_one;   /* to the workers: something to take, or stop */
    pthread_cond_t oldest_ready; /* to the pusher: the slot at `done` is finished */
    struct ring_slot *ring;
    uint64_t pushed;
    uint64_t taken;
    uint64_t done;
    unsigned depth;
    unsigned threads;
    bool stopping;
    bool in_done; /* DONE is running: it must not push */
    pool_work *work;
    pool_done *on_done;
    void *context;
    struct worker *workers;
};

static void must(int failure, const char *what)
{
    if (failure)
        panic("pool: %s: %s", what, strerror(failure));
}

static void lock(struct pool *pool)
{
    must(pthread_mutex_lock(&pool->lock), "pthread_mutex_lock");
}

static void unlock(struct pool *pool)
{
    must(pthread_mutex_unlock(&pool->lock), "pthread_mutex_unlock");
}

static void wait_for(struct pool *pool, pthread_cond_t *condition)
{
    must(pthread_cond_wait(condition, &pool->lock), "pthread_cond_wait");
}

static struct ring_slot *slot_of(struct pool *pool, uint64_t count)
{
    return &pool->ring[count % pool->depth];
}

static void *work_until_stopped(void *argument)
{
    struct worker *worker = argument;
    struct pool *pool = worker->pool;

    lock(pool);
    for (;;) {
        while (pool->taken == pool->pushed && !pool->stopping)
            wait_for(pool, &pool->pushed_one);
        if (pool->taken == pool->pushed)
            break;

        uint64_t count = pool->taken++;
        struct ring_slot *slot = slot_of(pool, count);

        unlock(pool);
        pool->work(pool->context, worker->number, slot->item);
        lock(pool);

        slot->finished = true;
        if (count == pool->done)
            must(pthread_cond_signal(&pool->oldest_ready), "pthread_cond_signal");
    }
    unlock(pool);
    return NULL;
}

/* Signals belong to the thread that runs the program, so workers block them all. */
static void start_workers(struct pool *pool)
{
    sigset_t all, before;

    sigfillset(&all);
    must(pthread_sigmask(SIG_SETMASK, &all, &before), "pthread_sigmask");
    for (unsigned i = 0; i < pool->threads; i++) {
        struct worker *worker = &pool->workers[i];

        worker->pool = pool;
        worker->number = i;
        must(pthread_create(&worker->thread, NULL, work_until_stopped, worker),
             "pthread_create");
    }
    must(pthread_sigmask(SIG_SETMASK, &before, NULL), "pthread_sigmask");
}

struct pool *pool_new(unsigned threads, unsigned depth, pool_work *work, pool_done *done,
                      void *context)
{
    struct pool *pool = memory_alloc(sizeof(*pool));

    if (threads < 1 || depth < threads)
        panic("pool: %u threads and a depth of %u", threads, depth);

    *pool = (struct pool){
        .ring = memory_alloc(depth * sizeof(*pool->ring)),
        .depth = depth,
        .threads = threads,
        .work = work,
        .on_done = done,
        .context = context,
        .workers = memory_alloc(threads * sizeof(*pool->workers)),
    };
    must(pthread_mutex_init(&pool->lock, NULL), "pthread_mutex_init");
    must(pthread_cond_init(&pool->pushed_one, NULL), "pthread_cond_init");
    must(pthread_cond_init(&pool->oldest_ready, NULL), "pthread_cond_init");
    start_workers(pool);
    return pool;
}

/* With the lock held: run DONE for the finished items at the front of the ring, until at
 * most IN_FLIGHT_LEFT items are in flight and the front one is not finished. The lock is
 * open while DONE runs. */
static void drain(struct pool *pool, uint64_t in_flight_left)
{
    while (pool->done < pool->pushed) {
        struct ring_slot *slot = slot_of(pool, pool->done);

        if (!slot->finished) {
            if (pool->pushed - pool->done <= in_flight_left)
                return;
            wait_for(pool, &pool->oldest_ready);
            continue;
        }

        void *item = slot->item;

        pool->done++;
        pool->in_done = true;
        unlock(pool);
        pool->on_done(pool->context, item);
        lock(pool);
        pool->in_done = false;
    }
}

void pool_push(struct pool *pool, void *item)
{
    lock(pool);
    if (pool->in_done)
        panic("pool: pushed to from DONE");
    drain(pool, pool->depth - 1);
    *slot_of(pool, pool->pushed) = (struct ring_slot){.item = item};
    pool->pushed++;
    must(pthread_cond_signal(&pool->pushed_one), "pthread_cond_signal");
    unlock(pool);
}

void pool_finish(struct pool *pool)
{
    lock(pool);
    if (pool->in_done)
        panic("pool: finished from DONE");
    drain(pool, 0);
    unlock(pool);
}

void pool_free(struct pool *pool)
{
    if (!pool)
        return;

    pool_finish(pool);
    lock(pool);
    pool->stopping = true;
    must(pthread_cond_broadcast(&pool->pushed_one), "pthread_cond_broadcast");
    unlock(pool);
    for (unsigned i = 0; i < pool->threads; i++)
        must(pthread_join(pool->workers[i].thread, NULL), "pthread_join");

    must(pthread_cond_destroy(&pool->oldest_ready), "pthread_cond_destroy");
    must(pthread_cond_destroy(&pool->pushed_one), "pthread_cond_destroy");
    must(pthread_mutex_destroy(&pool->lock), "pthread_mutex_destroy");
    memory_free(pool->ring);
    memory_free(pool->workers);
    memory_free(pool);
}

unsigned pool_cores(void)
{
    cpu_set_t allowed;

    if (sched_getaffinity(0, sizeof(allowed), &allowed) == 0 && CPU_COUNT(&allowed) > 0)
        return (unsigned)CPU_COUNT(&allowed);

    long online = sysconf(_SC_NPROCESSORS_ONLN); /* more cores than a cpu_set_t holds */

    return online > 0 ? (unsigned)online : 1;
}
