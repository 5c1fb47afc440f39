/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/vocab.c: lacis vocab list | import | use | remove */
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"
#include "node/vocabularies.h"

#define BODY_LIMIT ((size_t)64 << 10)

static const char *node_operand(const struct invocation *invocation)
{
    return invocation->operands[0];
}

/* ---- list ---- */

static int list_here(struct invocation *invocation, struct node *node, struct error *err)
{
    struct node_vocabulary *lists;
    size_t n;

    if (node_vocabularies(node, invocation->arena, &lists, &n, err) < 0)
        return -1;
    if (invocation->json) {
        node_vocabularies_json(&invocation->out, lists, n);
        buffer_char(&invocation->out, '\n');
    } else {
        node_vocabularies_text(&invocation->out, lists, n, invocation->lang);
    }
    return EXIT_OK;
}

static int list(struct invocation *invocation, struct error *err)
{
    struct remote_query query = {"lang", say(invocation, "fr", "en")};
    struct target target;
    int rc;

    if (target_open_read(&target, node_operand(invocation), err) < 0)
        return -1;
    rc = target.remote ? remote_get(target.remote, invocation, "/vocabularies", &query, 1,
                                    !invocation->json, &invocation->out, err)
                       : list_here(invocation, target.node, err);
    target_close(&target);
    return rc;
}

/* ---- import ---- */

static int import_here(struct invocation *invocation, struct node *node, const char *file,
                       struct error *err)
{
    const char *system = option_value(invocation, OPTION_SYSTEM, NULL);
    struct vocabulary_import import = {
        .path = file,
        .system = system ? list_system(system) : VOCAB_NONE,
        .version = option_value(invocation, OPTION_LIST_VERSION, NULL),
        .caller = &invocation->caller,
        .now = invocation->now};
    struct vocabulary_imported *imported;

    if (node_vocabulary_import(node, invocation->arena, &import, &imported, err) < 0)
        return -1;
    if (invocation->json) {
        node_vocabulary_imported_json(&invocation->out, imported);
        buffer_char(&invocation->out, '\n');
    } else {
        node_vocabulary_imported_text(&invocation->out, imported, invocation->lang);
    }
    return EXIT_OK;
}

static int import_there(struct invocation *invocation, struct remote *remote,
                        const char *file, struct error *err)
{
    const char *system = option_value(invocation, OPTION_SYSTEM, NULL);
    const char *version = option_value(invocation, OPTION_LIST_VERSION, NULL);
    const char *to = arena_printf(invocation->arena, "/vocabularies?lang=%s%s%s%s%s",
                                  say(invocation, "fr", "en"), system ? "&system=" : "",
                                  system ? remote_escape(invocation, system) : "",
                                  version ? "&version=" : "",
                                  version ? remote_escape(invocation, version) : "");

    return remote_upload_text(remote, invocation, to, file, !invocation->json,
                              &invocation->out, err);
}

static int import(struct invocation *invocation, struct error *err)
{
    const char *system = option_value(invocation, OPTION_SYSTEM, NULL);
    struct target target;
    int rc = EXIT_OK;

    if (system && list_system(system) == VOCAB_NONE)
        return usage_error(invocation, err, "--system %s: no lists are imported of that",
                           system);
    if (target_open_write(&target, node_operand(invocation), err) < 0)
        return -1;
    for (size_t i = 1; rc == EXIT_OK && i < invocation->n_operands; i++)
        rc = target.remote
                 ? import_there(invocation, target.remote, invocation->operands[i], err)
                 : import_here(invocation, target.node, invocation->operands[i], err);
    target_close(&target);
    return rc;
}

/* ---- use, remove ---- */

static int change_there(struct invocation *invocation, struct remote *remote,
                        const char *path, struct error *err)
{
    struct buffer body;
    int rc;

    buffer_init(&body, BODY_LIMIT);
    buffer_string(&body, "{\"system\":");
    buffer_json_string(&body, invocation->operands[1]);
    buffer_string(&body, ",\"version\":");
    buffer_json_string(&body, invocation->operands[2]);
    buffer_printf(&body, ",\"lang\":\"%s\"}", say(invocation, "fr", "en"));
    rc = remote_post(remote, invocation, path, body.bytes, body.length, !invocation->json,
                     &invocation->out, err);
    buffer_free(&body);
    return rc;
}

static int change(struct invocation *invocation, struct error *err)
{
    enum vocab_system system = list_system(invocation->operands[1]);
    bool removes = invocation->action->id == ACTION_VOCAB_remove;
    struct target target;
    int rc;

    if (system == VOCAB_NONE)
        return usage_error(invocation, err, "%s: no lists are imported of that",
                           invocation->operands[1]);
    if (target_open_write(&target, node_operand(invocation), err) < 0)
        return -1;
    if (target.remote) {
        rc = change_there(invocation, target.remote,
                          removes ? "/vocabularies/remove" : "/vocabularies/use", err);
    } else {
        rc = (removes ? node_vocabulary_remove
                      : node_vocabulary_use)(target.node, system, invocation->operands[2],
                                             &invocation->caller, invocation->now, err);
        if (rc == 0)
            rc = list_here(invocation, target.node, err);
    }
    target_close(&target);
    return rc;
}

int command_vocab(struct invocation *invocation, struct error *err)
{
    switch (invocation->action->id) {
    case ACTION_VOCAB_import: return import(invocation, err);
    case ACTION_VOCAB_use:
    case ACTION_VOCAB_remove: return change(invocation, err);
    default: return list(invocation, err);
    }
}
