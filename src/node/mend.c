/* SPDX-License-Identifier: Apache-2.0
 *
 * node/mend.c: an answer met damage in the index, which is a cache: it is made again from the
 * originals.
 *
 * Meanwhile whoever asks for what the damage does not touch is answered from the old index,
 * and nobody from a half-made one (index_remake).
 *
 * Whoever reads a node (NODE_READ) opens it for writing, too, and waits: it serves nobody else.
 * Whoever owns it (NODE_WRITE: the server) leaves it to a thread, since the thread that asks
 * has other connections: it waits for a small index, and is told to come back for a large one. */
#include <string.h>
#include <time.h>

#include "base/arena.h"
#include "base/log.h"
#include "node/node_internal.h"

#define PATIENCE_SECONDS 3

static void log_damage(const struct error *damage)
{
    log_event(LOG_WARNING, "index.damaged", LOG_STRING("reason", damage->message));
}

void mending_begin(struct mending *mending)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&mending->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&mending->done, &attributes);
    pthread_condattr_destroy(&attributes);
}

void mending_end(struct mending *mending)
{
    if (mending->started)
        pthread_join(mending->thread, NULL);
    pthread_cond_destroy(&mending->done);
    pthread_mutex_destroy(&mending->lock);
}

/* ---- one's own ---- */

static void *mend_run(void *context)
{
    struct node *node = context;
    struct mending *mending = &node->mending;
    struct error err = ERROR_INIT;
    double start = clock_milliseconds();
    int status = 0;

    pthread_mutex_lock(&node->writing);
    pthread_mutex_lock(&node->store_lock);
    /* an import may have made it again while we waited for it */
    if (catalogue_is_damaged(node->catalogue))
        status = index_remake(node, NULL, NULL, &err);
    pthread_mutex_unlock(&node->store_lock);
    pthread_mutex_unlock(&node->writing);
    if (status < 0)
        log_event(LOG_ERROR, "index.mend", LOG_STRING("reason", err.message));
    else
        log_event(LOG_WARNING, "index.mended",
                  LOG_NUMBER("seconds", (clock_milliseconds() - start) / 1000));
    pthread_mutex_lock(&mending->lock);
    mending->running = false;
    mending->status = status;
    mending->err = err;
    pthread_cond_broadcast(&mending->done);
    pthread_mutex_unlock(&mending->lock);
    return NULL;
}

static int busy(struct error *err)
{
    return error_set(err, ERROR_BUSY,
                     "the index was damaged and is being made again from the originals: "
                     "ask again in a while");
}

/* With the lock. */
static int start(struct node *node, struct error *err)
{
    struct mending *mending = &node->mending;

    if (mending->started)
        pthread_join(mending->thread, NULL); /* it is done: it has said so */
    mending->started = pthread_create(&mending->thread, NULL, mend_run, node) == 0;
    if (!mending->started)
        return error_set(err, ERROR_IO, "cannot start a thread to make the index again");
    mending->running = true;
    return 0;
}

/* With the lock. */
static void wait_a_little(struct mending *mending)
{
    double until = clock_milliseconds() + PATIENCE_SECONDS * 1000;
    struct timespec deadline = {.tv_sec = (time_t)(until / 1000),
                                .tv_nsec = (long)((int64_t)until % 1000 * 1000000)};

    while (mending->running &&
           pthread_cond_timedwait(&mending->done, &mending->lock, &deadline) == 0)
        ;
}

static int mend_own(struct node *node, const struct error *damage, struct error *err)
{
    struct mending *mending = &node->mending;
    int status;

    pthread_mutex_lock(&mending->lock);
    if (mending->running) { /* one waits for all */
        status = busy(err);
    } else if (!catalogue_is_damaged(node->catalogue)) {
        status = 0; /* done since */
    } else if ((status = start(node, err)) == 0) {
        log_damage(damage);
        wait_a_little(mending);
        status = mending->running ? busy(err) : mending->status;
        if (!mending->running && status < 0 && err)
            *err = mending->err;
    }
    pthread_mutex_unlock(&mending->lock);
    return status;
}

/* ---- another's ---- */

static int mend_as_writer(struct node *node, const struct error *damage,
                          struct error *err)
{
    struct error reason = ERROR_INIT;
    struct node *writer = node_open_once(node->folder, NODE_WRITE, &reason);
    int status = 0;

    if (!writer && reason.code == ERROR_BUSY)
        return error_set(err, ERROR_BUSY,
                         "the index is damaged, and cannot be made again while another "
                         "process writes: ask again when it is done");
    if (!writer)
        return error_set(err, reason.code,
                         "the index is damaged, and cannot be made again: %s",
                         reason.message);
    /* the process before us may have made it again */
    if (catalogue_refresh(node->catalogue, err) < 0) {
        status = -1;
    } else if (catalogue_is_damaged(node->catalogue)) {
        log_damage(damage);
        status = index_remake(writer, NULL, NULL, err);
    }
    node_close(writer);
    return status == 0 ? catalogue_refresh(node->catalogue, err) : -1;
}

static int mend(struct node *node, const struct error *damage, struct error *err)
{
    return node->mode == NODE_WRITE ? mend_own(node, damage, err)
                                    : mend_as_writer(node, damage, err);
}

/* ---- asking -------------------------------------------------------------------------- */

int index_ask(struct node *node, struct arena *arena, index_asking *ask, void *context,
              struct error *err)
{
    struct arena_mark mark = arena_mark(arena);
    struct error reason = ERROR_INIT;
    int status = ask(context, &reason);

    if (status < 0 && reason.code == ERROR_CORRUPT) {
        struct error damage = reason;

        arena_release(arena, mark);
        status = mend(node, &damage, &reason);
        if (status == 0)
            status = ask(context, &reason);
    }
    if (status < 0 && err)
        *err = reason;
    return status;
}
