/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/show.c: lacis show NODE NUMBER, the care view of one patient. */
#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"
#include "node/node.h"

int command_show(struct invocation *invocation, struct error *err)
{
    const char *number = invocation->operands[1];
    bool why = option_given(invocation, OPTION_WHY);
    struct target target;
    int rc;

    if (target_open_read(&target, invocation->operands[0], err) < 0)
        return -1;
    if (target.remote) {
        struct remote_query query[] = {{"lang", say(invocation, "fr", "en")},
                                       {"why", "true"}};

        rc = remote_get(target.remote, invocation,
                        arena_printf(invocation->arena, "/patients/%s",
                                     remote_escape(invocation, number)),
                        query, why ? 2 : 1, !invocation->json, &invocation->out, err);
    } else {
        rc = node_show(target.node, number, &invocation->caller, invocation->now,
                       invocation->json, why, invocation->lang, &invocation->out, err);
        if (rc == 0 && invocation->json)
            buffer_char(&invocation->out, '\n');
    }
    target_close(&target);
    return rc;
}
