/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/rebuild.c: lacis rebuild NODE */
#include <inttypes.h>

#include "base/error.h"
#include "cli/cli.h"
#include "node/node.h"

int command_rebuild(struct invocation *invocation, struct error *err)
{
    struct buffer *out = &invocation->out;
    struct node_status status;
    struct progress progress;
    struct node *node;
    int rc;

    if (node_open_here(&node, invocation->operands[0], err) < 0)
        return -1;
    progress_start(&progress, invocation, "patients", "patients");
    rc = node_rebuild(node, progress_of_total, &progress, err);
    progress_end(&progress);
    if (rc == 0)
        rc = node_status(node, &status, err);
    node_close(node);
    if (rc < 0)
        return -1;
    if (invocation->json) {
        buffer_printf(out,
                      "{\"patients\":%" PRIu64 ",\"facts\":%" PRIu64
                      ",\"index_sequence\":%" PRId64 "}\n",
                      status.patients, status.facts, status.index_sequence);
        return EXIT_OK;
    }
    buffer_string(out, say(invocation, "Index refait : ", "Index made anew: "));
    text_count(out, invocation->lang, status.patients, "patient", "patients");
    buffer_string(out, ", ");
    text_count(out, invocation->lang, status.facts, say(invocation, "fait", "fact"),
               say(invocation, "faits", "facts"));
    buffer_string(out, "\n");
    return EXIT_OK;
}
