/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/complete.c: lacis complete CRITERIA, the cursor at their end. */
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "criteria/complete.h"

#define PROPOSALS_SHOWN 50

static void put_lines(struct invocation *invocation, const char *text)
{
    const struct criteria_proposal *proposals;
    size_t from, n = criteria_complete(invocation->arena, text, strlen(text),
                                       PROPOSALS_SHOWN, &proposals, &from);

    for (size_t i = 0; i < n; i++)
        buffer_printf(&invocation->out, "%s\t%s\t%s\n",
                      proposals[i].insert ? proposals[i].insert : "",
                      criteria_proposal_name(proposals[i].kind),
                      proposals[i].label[invocation->lang]);
}

int command_complete(struct invocation *invocation, struct error *err)
{
    const char *text = invocation->operands[0];

    (void)err;
    if (!invocation->json) {
        put_lines(invocation, text);
        return EXIT_OK;
    }
    criteria_complete_json(&invocation->out, invocation->arena, text, strlen(text),
                           PROPOSALS_SHOWN);
    buffer_char(&invocation->out, '\n');
    return EXIT_OK;
}
