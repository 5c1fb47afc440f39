/* SPDX-License-Identifier: Apache-2.0
 *
 * test_pool.c: however long each item takes, what comes out is in the order it went in.
 *
 *     ctest-labels: threads */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/pool.h"

struct item {
    unsigned number;
    unsigned microseconds;
    uint64_t result;
};

struct job {
    unsigned threads;
    pthread_t pusher;
    unsigned expected;     /* number of the next item in DONE; no lock: one thread */
    atomic_uint in_flight; /* pushed, DONE not yet called */
    unsigned most_in_flight;
    atomic_bool busy[64]; /* a worker's scratch memory must be its own */
    atomic_uint worked;
};

static uint64_t random_state = 88172645463325252u;

static uint64_t random_next(void) /* xorshift: the same every run */
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void work(void *context, unsigned worker, void *work_item)
{
    struct job *job = context;
    struct item *item = work_item;

    if (worker >= job->threads || atomic_exchange(&job->busy[worker], true))
        abort();
    if (item->microseconds > 0)
        nanosleep(&(struct timespec){.tv_nsec = (long)item->microseconds * 1000}, NULL);
    item->result = (uint64_t)item->number * item->number;
    atomic_fetch_add(&job->worked, 1);
    atomic_store(&job->busy[worker], false);
}

static void done(void *context, void *done_item)
{
    struct job *job = context;
    struct item *item = done_item;

    assert_true(pthread_equal(pthread_self(), job->pusher));
    assert_int_equal(item->number, job->expected);
    assert_int_equal(item->result, (uint64_t)item->number * item->number);
    job->expected++;
    atomic_fetch_sub(&job->in_flight, 1);
}

/* COUNT items through a pool, in several batches; each takes up to LONGEST microseconds. */
static void run(unsigned threads, unsigned depth, unsigned count, unsigned longest)
{
    struct job job = {.threads = threads, .pusher = pthread_self()};
    struct item *items = memory_alloc(count * sizeof(*items));
    struct pool *pool = pool_new(threads, depth, work, done, &job);

    for (unsigned i = 0; i < count; i++) {
        unsigned time = longest > 0 ? (unsigned)(random_next() % longest) : 0;

        items[i] =
            (struct item){.number = i, .microseconds = i % 17 == 0 ? time * 10 : time};
        pool_push(pool, &items[i]);
        unsigned now = atomic_fetch_add(&job.in_flight, 1) + 1;
        if (now > job.most_in_flight)
            job.most_in_flight = now;
        if (i % 1000 == 999) {
            pool_finish(pool);
            assert_int_equal(job.expected, i + 1);
            assert_int_equal(atomic_load(&job.in_flight), 0);
        }
    }
    pool_finish(pool);
    pool_finish(pool); /* nothing left: returns at once */
    assert_int_equal(job.expected, count);
    assert_int_equal(atomic_load(&job.worked), count);
    assert_true(job.most_in_flight <= depth);
    if (count > depth * 20 && longest > 0)
        assert_true(job.most_in_flight > 1 || depth == 1);
    pool_free(pool);
    memory_free(items);
}

static void order_is_kept(void **state)
{
    static const struct {
        unsigned threads, depth, count, longest;
    } rows[] = {
        {1, 1, 2000, 0},     {1, 1, 200, 100},      {1, 8, 2000, 20},   {2, 2, 2000, 50},
        {2, 3, 2000, 50},    {4, 4, 4000, 100},     {8, 64, 8000, 100}, {8, 8, 50000, 0},
        {32, 32, 5000, 200}, {64, 1000, 20000, 50}, {3, 100, 99, 100},  {4, 4, 0, 0},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        run(rows[i].threads, rows[i].depth, rows[i].count, rows[i].longest);
}

static void what_was_pushed_is_done_before_the_pool_goes(void **state)
{
    struct job job = {.threads = 2, .pusher = pthread_self()};
    struct item items[10];
    struct pool *pool = pool_new(2, 10, work, done, &job);

    (void)state;
    for (unsigned i = 0; i < 10; i++) {
        items[i] = (struct item){.number = i, .microseconds = 500};
        pool_push(pool, &items[i]);
        atomic_fetch_add(&job.in_flight, 1);
    }
    pool_free(pool);
    assert_int_equal(job.expected, 10);
    pool_free(NULL);
}

/* One slow item at the front: the others must be worked meanwhile, and wait for it. */
static void a_slow_item_holds_up_done_but_not_work(void **state)
{
    struct job job = {.threads = 2, .pusher = pthread_self()};
    struct item items[20];
    struct pool *pool = pool_new(2, 20, work, done, &job);

    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        items[i] = (struct item){.number = i, .microseconds = i == 0 ? 900000 : 0};
        pool_push(pool, &items[i]);
        atomic_fetch_add(&job.in_flight, 1);
    }
    while (atomic_load(&job.worked) < 19)
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    assert_int_equal(job.expected, 0);
    pool_free(pool);
    assert_int_equal(job.expected, 20);
}

static struct pool *the_pool;
static bool pushes;

static void no_work(void *context, unsigned worker, void *item)
{
    (void)context, (void)worker, (void)item;
}

static void done_pushing(void *context, void *item)
{
    (void)context;
    if (pushes)
        pool_push(the_pool, item);
    else
        pool_finish(the_pool);
}

static void misuse_aborts(void **state)
{
    (void)state;
    for (int mistake = 0; mistake < 4; mistake++) {
        int status;
        pid_t child = fork();

        if (child == 0) {
            signal(SIGABRT, SIG_DFL); /* cmocka catches it otherwise */
            close(STDERR_FILENO);
            pushes = mistake == 2;
            the_pool = pool_new(mistake == 0 ? 0 : 2, mistake == 1 ? 1 : 4, no_work,
                                done_pushing, NULL);
            pool_push(the_pool, &mistake);
            pool_finish(the_pool);
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

static void there_is_at_least_one_core(void **state)
{
    (void)state;
    assert_in_range(pool_cores(), 1, 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(order_is_kept),
        cmocka_unit_test(what_was_pushed_is_done_before_the_pool_goes),
        cmocka_unit_test(a_slow_item_holds_up_done_but_not_work),
        cmocka_unit_test(misuse_aborts),
        cmocka_unit_test(there_is_at_least_one_core),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
