/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/review.c: lacis review NODE [decide NUMBER VERDICT STATEMENT STATEMENT] */
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"
#include "node/node.h"
#include "node/review.h"

#define BODY_LIMIT ((size_t)1 << 16)

/* All records are merged for it: here, beside a server if there is one. */
static int list(struct invocation *invocation, struct error *err)
{
    struct progress progress;
    struct node_review review = {.rule = option_value(invocation, OPTION_RULE, NULL),
                                 .caller = &invocation->caller,
                                 .now = invocation->now,
                                 .json = invocation->json,
                                 .lang = invocation->lang,
                                 .progress = progress_of_total,
                                 .progress_context = &progress};
    struct node *node = node_open(invocation->operands[0], NODE_READ, err);
    int rc;

    if (!node)
        return -1;
    progress_start(&progress, invocation, "patients", "patients");
    rc = node_review(node, &review, &invocation->out, err);
    progress_end(&progress);
    node_close(node);
    return rc;
}

static int decide_there(struct invocation *invocation, struct remote *remote,
                        const struct node_judging *judging, struct error *err)
{
    const char *path = arena_printf(invocation->arena, "/patients/%s/decide",
                                    remote_escape(invocation, judging->number));
    const char *const members[][2] = {{"verdict", judging->verdict},
                                      {"first", judging->first},
                                      {"second", judging->second}};
    struct buffer body;
    int rc;

    buffer_init(&body, BODY_LIMIT);
    for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
        buffer_printf(&body, "%s\"%s\":", i ? "," : "{", members[i][0]);
        buffer_json_string(&body, members[i][1]);
    }
    buffer_char(&body, '}');
    rc = remote_post(remote, invocation, path, body.bytes, body.length, false,
                     &invocation->out, err);
    buffer_free(&body);
    return rc;
}

static int decide(struct invocation *invocation, struct error *err)
{
    const struct node_judging judging = {.number = invocation->operands[2],
                                         .verdict = invocation->operands[3],
                                         .first = invocation->operands[4],
                                         .second = invocation->operands[5],
                                         .caller = &invocation->caller,
                                         .now = invocation->now};
    struct target target;
    int rc;

    if (target_open_write(&target, invocation->operands[0], err) < 0)
        return -1;
    rc = target.remote ? decide_there(invocation, target.remote, &judging, err)
                       : node_judge(target.node, &judging, err);
    target_close(&target);
    if (rc < 0)
        return -1;
    buffer_clear(&invocation->out);
    buffer_string(&invocation->out, invocation->json
                                        ? "{\"decided\":true}\n"
                                        : say(invocation, "Décision enregistrée.\n",
                                              "The decision is kept.\n"));
    return EXIT_OK;
}

int command_review(struct invocation *invocation, struct error *err)
{
    if (invocation->n_operands == 1)
        return list(invocation, err);
    if (strcmp(invocation->operands[1], "decide") != 0 || invocation->n_operands != 6)
        return usage_error(invocation, err,
                           "expected NODE, or NODE decide NUMBER VERDICT STATEMENT "
                           "STATEMENT");
    return decide(invocation, err);
}
