/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/serve.c: lacis serve NODE */
#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/cli.h"
#include "http/server.h"
#include "node/node.h"

#define THREADS_MAX 256

struct serving {
    struct invocation *invocation;
    const char *socket_path;
};

/* The server runs until it is told to stop, so this is said at once. */
static void on_ready(void *context, unsigned port)
{
    const struct serving *serving = context;
    struct invocation *invocation = serving->invocation;
    struct buffer *out = &invocation->out;

    if (invocation->json) {
        buffer_printf(out, "{\"port\":%u,\"socket\":", port);
        buffer_json_string(out, serving->socket_path);
        buffer_string(out, "}\n");
    } else {
        buffer_printf(out, "http://127.0.0.1:%u %s %s%s\n", port,
                      say(invocation, "et", "and"), serving->socket_path,
                      say(invocation, "  (Ctrl-C pour arrêter)", "  (Ctrl-C to stop)"));
    }
    fputs(buffer_text(out), stdout);
    fflush(stdout);
    buffer_clear(out);
}

int command_serve(struct invocation *invocation, struct error *err)
{
    const char *folder = invocation->operands[0];
    struct serving serving = {.invocation = invocation,
                              .socket_path =
                                  arena_printf(invocation->arena, "%s/socket", folder)};
    struct server_options options = {.socket_path = serving.socket_path,
                                     .stop_fd = -1,
                                     .ready = on_ready,
                                     .context = &serving};
    uint64_t port = 0;
    uint64_t threads = 0;
    struct node *node;
    int rc;

    if (option_number(invocation, OPTION_PORT, 0, 65535, &port, err) < 0 ||
        option_number(invocation, OPTION_THREADS, 1, THREADS_MAX, &threads, err) < 0 ||
        node_open_here(&node, folder, err) < 0)
        return -1;
    options.port =
        option_given(invocation, OPTION_PORT) ? (unsigned)port : node_config(node)->port;
    options.threads = (unsigned)threads;
    /* what happens is told as JSON lines, for whoever watches the service */
    if (!invocation->quiet)
        log_configure(2, LOG_INFO);
    rc = server_run(node, &options, err);
    node_close(node);
    return rc;
}
