/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/define.c: lacis define NODE [NAME [FILE]] */
#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"
#include "node/saved.h"

#define BODY_LIMIT ((size_t)1 << 20)

static int save_here(struct invocation *invocation, struct node *node,
                     const struct node_saving *saving, struct error *err)
{
    struct node_defined *defined;

    if (node_define(node, invocation->arena, saving, &defined, err) < 0)
        return -1;
    if (invocation->json) {
        node_defined_json(&invocation->out, defined);
        buffer_char(&invocation->out, '\n');
    } else {
        node_defined_text(&invocation->out, defined, invocation->lang);
    }
    return EXIT_OK;
}

static int save_there(struct invocation *invocation, struct remote *remote,
                      const struct node_saving *saving, struct error *err)
{
    struct buffer body;
    int rc;

    buffer_init(&body, BODY_LIMIT);
    buffer_string(&body, "{\"name\":");
    buffer_json_string(&body, saving->name);
    buffer_string(&body, ",\"criteria\":");
    buffer_json_string(&body, saving->text);
    if (saving->note) {
        buffer_string(&body, ",\"note\":");
        buffer_json_string(&body, saving->note);
    }
    buffer_printf(&body, ",\"lang\":\"%s\"}", say(invocation, "fr", "en"));
    rc = remote_post(remote, invocation, "/definitions", body.bytes, body.length,
                     !invocation->json, &invocation->out, err);
    buffer_free(&body);
    return rc;
}

static int save(struct invocation *invocation, struct error *err)
{
    struct node_saving saving = {.name = invocation->operands[1],
                                 .note = option_value(invocation, OPTION_NOTE, NULL),
                                 .as_of = DAY_MAX,
                                 .caller = &invocation->caller,
                                 .now = invocation->now};
    struct target target;
    int rc;

    if (criteria_file(invocation, invocation->operands[2], &saving.text, err) < 0 ||
        target_open_write(&target, invocation->operands[0], err) < 0)
        return -1;
    rc = target.remote ? save_there(invocation, target.remote, &saving, err)
                       : save_here(invocation, target.node, &saving, err);
    target_close(&target);
    return rc;
}

static int show_here(struct invocation *invocation, struct node *node, const char *name,
                     struct error *err)
{
    struct node_definitions *definitions;

    if (node_definitions(node, invocation->arena, name, &definitions, err) < 0)
        return -1;
    if (invocation->json) {
        node_definitions_json(&invocation->out, definitions);
        buffer_char(&invocation->out, '\n');
    } else {
        node_definitions_text(&invocation->out, definitions, invocation->lang);
    }
    return EXIT_OK;
}

static int show(struct invocation *invocation, struct error *err)
{
    const char *name = invocation->n_operands > 1 ? invocation->operands[1] : NULL;
    struct remote_query query = {"lang", say(invocation, "fr", "en")};
    struct target target;
    int rc;

    if (target_open_read(&target, invocation->operands[0], err) < 0)
        return -1;
    if (target.remote)
        rc = remote_get(target.remote, invocation,
                        name ? arena_printf(invocation->arena, "/definitions/%s",
                                            remote_escape(invocation, name))
                             : "/definitions",
                        &query, 1, !invocation->json, &invocation->out, err);
    else
        rc = show_here(invocation, target.node, name, err);
    target_close(&target);
    return rc;
}

int command_define(struct invocation *invocation, struct error *err)
{
    return invocation->n_operands > 2 ? save(invocation, err) : show(invocation, err);
}
