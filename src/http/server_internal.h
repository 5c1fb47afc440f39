/* SPDX-License-Identifier: Apache-2.0
 *
 * http/server_internal.h: a running server, and what its threads share.
 *
 *     thread                          what it does
 *     the caller of server_run        waits for the word to stop; takes connections of the socket
 *     the library's, one a core       take connections of the loopback address, read requests,
 *                                     run the handlers of RUN_HERE
 *     the writer                      runs the handlers of RUN_WRITER, one after the other
 *
 * A request belongs to the thread of its connection, but while it is with the writer: its
 * connection is suspended then, and nobody else looks at it. */
#ifndef HTTP_SERVER_INTERNAL_H
#define HTTP_SERVER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "http/metrics.h"
#include "http/server.h"
#include "node/node.h"

struct MHD_Daemon;
struct arena;
struct transfer;

/* The right to write is reserved before the upload begins, so that nobody sends sixteen
 * gigabytes to hear that another import runs. */
struct writer {
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t wake;
    bool reserved; /* from before the upload to the end of the handler */
    bool closed;   /* no more work */
    struct transfer *next;
    bool running;
};

struct server {
    struct node *node;
    struct MHD_Daemon *daemon;
    uint64_t import_limit;
    atomic_bool stopping;
    struct metrics metrics;
    struct writer writer;
    pthread_key_t scratch; /* each thread's arena */

    pthread_mutex_t status_lock;
    struct node_status status; /* as of … */
    double status_time;        /* … clock_milliseconds(); 0 = never */
};

/* server.c: the node's status, at most a second old. */
NODISCARD int server_status(struct server *server, struct node_status *status_r,
                            struct error *err);
/* Something was written: ask again. */
void server_status_forget(struct server *server);
unsigned server_connections(struct server *server);

/* writer.c */
void writer_start(struct server *server);
/* False when somebody has it, or the server stops. */
bool writer_reserve(struct writer *writer);
void writer_release(struct writer *writer);
/* Hand over TRANSFER, whose connection is suspended, with the reservation. False, and nothing
 * done, when the server stops. */
bool writer_submit(struct writer *writer, struct transfer *transfer);
bool writer_is_busy(struct writer *writer);
/* Take no more, wait for what runs. */
void writer_stop(struct writer *writer);

/* transfer.c */
/* Run the handler and resume the connection; the reservation is given back between. */
void transfer_write(struct transfer *transfer);
/* Start the library on the listening descriptor FD, which then is its own. */
NODISCARD int transfer_start(struct server *server, int fd, unsigned threads,
                             struct error *err);
/* A connection of the Unix socket, which then is the library's. */
void transfer_add_local(struct server *server, int fd);

#endif
