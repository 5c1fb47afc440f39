/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/explain.c: lacis explain NODE CRITERIA NUMBER */
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"
#include "criteria/criteria.h"
#include "node/node.h"

/* Longer questions do not fit into an address. */
#define ADDRESS_CRITERIA ((size_t)1500)

static int explain_there(struct invocation *invocation, struct remote *remote,
                         const char *number, const struct node_question *question,
                         struct error *err)
{
    const char *path = arena_printf(invocation->arena, "/patients/%s/explain",
                                    remote_escape(invocation, number));
    const char *lang = say(invocation, "fr", "en");
    char date[DATE_TEXT_SIZE] = "";
    struct buffer body;
    int rc;

    if (question->as_of != DAY_MAX)
        date_print_iso((struct interval){question->as_of, question->as_of}, date);
    if (strlen(question->criteria) <= ADDRESS_CRITERIA) {
        struct remote_query query[] = {
            {"criteria", question->criteria}, {"lang", lang}, {"as_of", date}};

        return remote_get(remote, invocation, path, query, *date ? 3 : 2,
                          !invocation->json, &invocation->out, err);
    }
    buffer_init(&body, 8 * (size_t)CRITERIA_TEXT_MAX);
    buffer_string(&body, "{\"criteria\":");
    buffer_json_string(&body, question->criteria);
    if (*date)
        buffer_printf(&body, ",\"as_of\":\"%s\"", date);
    buffer_printf(&body, ",\"lang\":\"%s\"}", lang);
    rc = remote_post(remote, invocation, path, body.bytes, body.length, !invocation->json,
                     &invocation->out, err);
    buffer_free(&body);
    return rc;
}

static int explain_here(struct invocation *invocation, struct node *node,
                        const char *number, const struct node_question *question,
                        struct error *err)
{
    if (node_explain(node, number, question, invocation->json, invocation->lang,
                     &invocation->out, err) < 0)
        return -1;
    if (invocation->json)
        buffer_char(&invocation->out, '\n');
    return EXIT_OK;
}

int command_explain(struct invocation *invocation, struct error *err)
{
    struct node_question question = {.caller = &invocation->caller,
                                     .now = invocation->now};
    const char *number = invocation->operands[2];
    struct target target;
    int rc;

    if (option_as_of(invocation, &question.as_of, err) < 0 ||
        criteria_operand(invocation, invocation->operands[1], &question.criteria, err) <
            0 ||
        target_open_read(&target, invocation->operands[0], err) < 0)
        return -1;
    rc = target.remote ? explain_there(invocation, target.remote, number, &question, err)
                       : explain_here(invocation, target.node, number, &question, err);
    target_close(&target);
    return rc;
}
