/* SPDX-License-Identifier: Apache-2.0
 *
 * base/pool.h: work spread over threads, results taken in the order it was given.
 *
 * An ordered pipeline: items go in by pool_push() on one thread, WORK runs on any worker,
 * and DONE runs in order of arrival on the thread that pushes (inside pool_push and
 * pool_finish), so that what follows needs no lock. At most DEPTH items are in flight. */
#ifndef BASE_POOL_H
#define BASE_POOL_H

struct pool;

/* WORKER is 0 … threads-1, for per-thread scratch memory. */
typedef void pool_work(void *context, unsigned worker, void *item);
typedef void pool_done(void *context, void *item);

/* THREADS >= 1 workers; DEPTH >= THREADS. */
struct pool *pool_new(unsigned threads, unsigned depth, pool_work *work, pool_done *done,
                      void *context);
void pool_push(struct pool *pool, void *item);
/* Wait for all items and their DONE; the pool can be used again. */
void pool_finish(struct pool *pool);
void pool_free(struct pool *pool); /* finishes first; takes NULL */

/* Cores this process may use, at least 1. */
unsigned pool_cores(void);

#endif
