/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/compact.c: lacis compact NODE */
#include "base/error.h"
#include "cli/cli.h"
#include "node/node.h"

int command_compact(struct invocation *invocation, struct error *err)
{
    struct buffer answer;
    struct target target;
    int rc;

    if (target_open_write(&target, invocation->operands[0], err) < 0)
        return -1;
    buffer_init(&answer, OUTPUT_LIMIT);
    if (target.remote)
        rc = remote_post(target.remote, invocation, "/compact", NULL, 0, false, &answer,
                         err);
    else
        rc = node_compact(target.node, err);
    buffer_free(&answer);
    target_close(&target);
    if (rc < 0)
        return -1;
    buffer_string(&invocation->out, invocation->json
                                        ? "{\"compacted\":true}\n"
                                        : say(invocation, "Index fusionné.\n",
                                              "The index is compacted.\n"));
    return EXIT_OK;
}
