/* SPDX-License-Identifier: Apache-2.0
 *
 * http/server.h: the node over HTTP, on the loopback address and on a Unix socket.
 *
 * The same routes on both (routes.def), but for what must not be read or changed by whoever
 * happens to be logged in on the machine: the loopback address knows nobody, so the care
 * view and everything that writes is served on the socket only, whose mode is 0600.
 *
 * Reading order of this room:
 *
 *     routes.def, routes.c     what can be asked: one table
 *     uri.c checks.c accept.c  what came in, as pure functions over bytes
 *     arguments.c              the parameters of a route, out of a query or a JSON object
 *     handlers.c               what each route answers; knows nothing of the library below
 *     problem.c                errors as answers
 *     transfer.c               one request from its first byte to its last (libmicrohttpd)
 *     writer.c                 the one thread that writes
 *     server.c                 sockets, start, stop
 *     metrics.c openapi.c      what the table gives besides
 *
 * Threads: server_run blocks its caller and starts as many threads as it is told, and one
 * that writes. Two servers of one process must not handle signals both (stop_fd -1). */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include <stdint.h>

#include "base/attributes.h"

struct error;
struct node;

/* Largest file that POST /import takes, when the options do not say. */
#define SERVER_IMPORT_LIMIT ((uint64_t)16 << 30)

struct server_options {
    unsigned port;           /* on 127.0.0.1; 0 = any free one */
    const char *socket_path; /* NULL = no Unix socket */
    unsigned threads;        /* that answer; 0 = one a core */
    int stop_fd;             /* readable = stop; -1 = stop at SIGTERM or SIGINT */
    void (*ready)(void *context,
                  unsigned port); /* may be NULL; connections are taken now */
    void *context;
    uint64_t import_limit; /* bytes; 0 = SERVER_IMPORT_LIMIT */
};

/* Serve NODE, which must be open for writing and stays the caller's, until told to stop.
 * Then nothing new is taken, running requests get ten seconds to finish, a running import
 * the time it needs, and the socket is removed. ERROR_BUSY when the port or the socket is
 * another server's. */
NODISCARD int server_run(struct node *node, const struct server_options *options,
                         struct error *err);

#endif
