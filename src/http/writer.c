/* SPDX-License-Identifier: Apache-2.0
 *
 * http/writer.c: the one thread that writes. An import takes minutes; on a thread of the
 * library it would hold up every connection that thread has. */
#include "base/error.h"
#include "http/server_internal.h"

static void *writer_run(void *context)
{
    struct writer *writer = context;

    pthread_mutex_lock(&writer->lock);
    while (!writer->closed || writer->next) {
        struct transfer *transfer = writer->next;

        if (!transfer) {
            pthread_cond_wait(&writer->wake, &writer->lock);
            continue;
        }
        writer->next = NULL;
        writer->running = true;
        pthread_mutex_unlock(&writer->lock);
        transfer_write(transfer);
        pthread_mutex_lock(&writer->lock);
        writer->running = false;
    }
    pthread_mutex_unlock(&writer->lock);
    return NULL;
}

void writer_start(struct server *server)
{
    struct writer *writer = &server->writer;

    pthread_mutex_init(&writer->lock, NULL);
    pthread_cond_init(&writer->wake, NULL);
    if (pthread_create(&writer->thread, NULL, writer_run, writer) != 0)
        panic("http: cannot start the thread that writes");
}

bool writer_reserve(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);

    bool free = !writer->reserved && !writer->closed;

    if (free)
        writer->reserved = true;
    pthread_mutex_unlock(&writer->lock);
    return free;
}

void writer_release(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    writer->reserved = false;
    pthread_mutex_unlock(&writer->lock);
}

bool writer_submit(struct writer *writer, struct transfer *transfer)
{
    pthread_mutex_lock(&writer->lock);

    bool open = !writer->closed;

    if (open) {
        writer->next = transfer; /* the reservation makes it the only one */
        pthread_cond_signal(&writer->wake);
    }
    pthread_mutex_unlock(&writer->lock);
    return open;
}

bool writer_is_busy(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);

    bool busy = writer->running || writer->next;

    pthread_mutex_unlock(&writer->lock);
    return busy;
}

void writer_stop(struct writer *writer)
{
    pthread_mutex_lock(&writer->lock);
    writer->closed = true;
    pthread_cond_signal(&writer->wake);
    pthread_mutex_unlock(&writer->lock);
    pthread_join(writer->thread, NULL);
    pthread_cond_destroy(&writer->wake);
    pthread_mutex_destroy(&writer->lock);
}
