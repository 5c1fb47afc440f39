/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/mapping.c: lacis mapping suggest|check|add|list|remove NODE ... */
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>

#include "adapt/mapping.h"
#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"
#include "node/mapping.h"
#include "node/node.h"

#define ROWS_DEFAULT 10
#define ROWS_MAX 10000

/* The node for writing, which no server may have open: mappings are not changed under it. */
static int open_write(struct invocation *invocation, struct target *target,
                      struct error *err)
{
    if (target_open_write(target, invocation->operands[0], err) < 0)
        return -1;
    if (!target->remote)
        return 0;
    target_close(target);
    return error_set(
        err, ERROR_BUSY,
        "a server has the node %s open: stop it, change the mapping, and start it "
        "again",
        invocation->operands[0]);
}

static int read_file(struct invocation *invocation, const char *path, const char **text_r,
                     struct error *err)
{
    if (text_read(invocation->arena, path, MAPPING_LIMIT, text_r, err) < 0)
        return -1;
    invocation->text = *text_r;
    invocation->text_name = strcmp(path, "-") != 0 ? path : NULL;
    return 0;
}

static void put_mapping(struct invocation *invocation, const struct node_mapping *mapping)
{
    struct buffer *out = &invocation->out;

    if (invocation->json) {
        buffer_string(out, "{\"source\":");
        buffer_json_string(out, mapping->source);
        buffer_printf(
            out,
            ",\"version\":%u,\"objects\":%zu,\"columns\":%zu,\"patients\":%" PRIu64 "}",
            mapping->version, mapping->objects, mapping->columns, mapping->patients);
        return;
    }
    buffer_printf(out, "%s, version %u%s", mapping->source, mapping->version,
                  say(invocation, " : ", ": "));
    text_count(out, invocation->lang, mapping->columns,
               say(invocation, "colonne", "column"),
               say(invocation, "colonnes", "columns"));
    buffer_string(out, ", ");
    text_count(out, invocation->lang, mapping->objects,
               say(invocation, "objet", "object"), say(invocation, "objets", "objects"));
    buffer_string(out, ", ");
    text_count(out, invocation->lang, mapping->patients,
               say(invocation, "patient importé", "patient imported"),
               say(invocation, "patients importés", "patients imported"));
    buffer_char(out, '\n');
}

static int suggest(struct invocation *invocation, struct error *err)
{
    struct node *node;
    int rc;

    if (node_open_here(&node, invocation->operands[0], err) < 0)
        return -1;
    rc = node_mapping_suggest(node, invocation->operands[1],
                              option_value(invocation, OPTION_SOURCE, NULL),
                              invocation->lang, &invocation->out, err);
    node_close(node);
    return rc < 0 ? -1 : EXIT_OK;
}

/* MAPPING is a file, else the name of one of the node's. */
static int check(struct invocation *invocation, struct error *err)
{
    const char *mapping = invocation->operands[1];
    struct node_mapping_trial trial = {.source = mapping,
                                       .file = invocation->operands[2],
                                       .json = invocation->json,
                                       .lang = invocation->lang};
    uint64_t rows = ROWS_DEFAULT;
    struct stat status;
    struct node *node;
    int rc;

    if (option_number(invocation, OPTION_ROWS, 1, ROWS_MAX, &rows, err) < 0)
        return -1;
    if (strcmp(mapping, "-") == 0 || stat(mapping, &status) == 0) {
        if (read_file(invocation, mapping, &trial.text, err) < 0)
            return -1;
        trial.length = strlen(trial.text);
    }
    trial.rows = rows;
    if (node_open_here(&node, invocation->operands[0], err) < 0)
        return -1;
    rc = node_mapping_check(node, &trial, &invocation->out, err);
    node_close(node);
    return rc < 0 ? -1 : EXIT_OK;
}

static int add(struct invocation *invocation, struct error *err)
{
    struct node_mapping *mapping;
    struct target target;
    const char *text;
    bool is_new;
    int rc;

    if (read_file(invocation, invocation->operands[1], &text, err) < 0 ||
        open_write(invocation, &target, err) < 0)
        return -1;
    rc = node_mapping_add(target.node, invocation->arena, text, strlen(text),
                          &invocation->caller, invocation->now, &mapping, &is_new, err);
    if (rc == 0)
        put_mapping(invocation, mapping);
    if (rc == 0 && invocation->json)
        buffer_char(&invocation->out, '\n');
    target_close(&target);
    return rc < 0 ? -1 : EXIT_OK;
}

static int list(struct invocation *invocation, struct error *err)
{
    struct buffer *out = &invocation->out;
    struct node_mapping *mappings;
    struct node *node;
    size_t n;
    int rc;

    if (node_open_here(&node, invocation->operands[0], err) < 0)
        return -1;
    rc = node_mapping_list(node, invocation->arena, &mappings, &n, err);
    if (rc == 0) {
        buffer_string(out, invocation->json ? "{\"mappings\":[" : "");
        for (size_t i = 0; i < n; i++) {
            buffer_string(out, invocation->json && i ? "," : "");
            put_mapping(invocation, &mappings[i]);
        }
        buffer_string(out, invocation->json ? "]}\n" : "");
        if (n == 0 && !invocation->json)
            buffer_string(out,
                          say(invocation, "aucune correspondance\n", "no mapping\n"));
    }
    node_close(node);
    return rc < 0 ? -1 : EXIT_OK;
}

static int forget(struct invocation *invocation, struct error *err)
{
    struct target target;
    int rc;

    if (open_write(invocation, &target, err) < 0)
        return -1;
    rc = node_mapping_remove(target.node, invocation->operands[1], &invocation->caller,
                             invocation->now, err);
    target_close(&target);
    if (rc < 0)
        return -1;
    if (invocation->json)
        buffer_string(&invocation->out, "{}\n");
    else
        buffer_printf(&invocation->out, "%s%s\n", invocation->operands[1],
                      say(invocation, " : supprimée ; ce qui a été importé reste",
                          ": removed; what was imported stays"));
    return EXIT_OK;
}

int command_mapping(struct invocation *invocation, struct error *err)
{
    switch (invocation->action->id) {
    case ACTION_MAPPING_suggest: return suggest(invocation, err);
    case ACTION_MAPPING_check: return check(invocation, err);
    case ACTION_MAPPING_add: return add(invocation, err);
    case ACTION_MAPPING_list: return list(invocation, err);
    case ACTION_MAPPING_remove: return forget(invocation, err);
    default: break;
    }
    panic("an action of another command");
}
