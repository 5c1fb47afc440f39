/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/status.c: lacis status NODE */
#include <inttypes.h>
#include <string.h>
#include <yyjson.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/cli.h"
#include "node/node.h"

/* What is told, whoever tells it. */
struct told {
    const char *centre, *received, *incarnation;
    struct node_status status;
    bool served;
};

static void put_json(struct buffer *out, const struct told *told,
                     const struct node_config *config)
{
    const struct node_status *status = &told->status;

    buffer_string(out, "{\"centre\":");
    buffer_json_string(out, told->centre);
    buffer_string(out, ",\"finess\":[");
    for (size_t i = 0; i < config->n_finess; i++) {
        buffer_string(out, i ? "," : "");
        buffer_json_string(out, config->finess[i]);
    }
    buffer_printf(out,
                  "],\"version\":\"%s\",\"persons\":%" PRIu64 ",\"originals\":%" PRIu64
                  ",\"identities\":%" PRIu64 ",\"patients\":%" PRIu64
                  ",\"facts\":%" PRIu64 ",\"segments\":%" PRIu64 ",\"sequence\":%" PRId64
                  ",\"index_sequence\":%" PRId64
                  ",\"received\":\"%s\",\"incarnation\":\"%s\"}\n",
                  LACIS_VERSION, status->persons, status->originals, status->identities,
                  status->patients, status->facts, status->segments, status->sequence,
                  status->index_sequence, told->received, told->incarnation);
}

static void put_row(struct invocation *invocation, const char *name, uint64_t count)
{
    buffer_string(&invocation->out, "  ");
    buffer_padded(&invocation->out, name, 34);
    buffer_count(&invocation->out, count, invocation->lang == LANG_FR);
    buffer_char(&invocation->out, '\n');
}

static void put_words(struct invocation *invocation, const struct told *told)
{
    const struct node_status *status = &told->status;
    struct buffer *out = &invocation->out;

    buffer_printf(out, "%s%s\n", told->centre,
                  !told->served ? ""
                                : say(invocation, "  (un serveur tourne)",
                                      "  (a server is running)"));
    put_row(invocation,
            say(invocation, "patients pour la recherche", "patients for research"),
            status->patients);
    put_row(invocation,
            say(invocation, "patients, opposés compris",
                "patients, opposed ones included"),
            status->persons);
    put_row(invocation, say(invocation, "identités", "identities"), status->identities);
    put_row(invocation, say(invocation, "originaux", "originals"), status->originals);
    put_row(invocation, say(invocation, "faits indexés", "facts indexed"), status->facts);
    put_row(invocation, "segments", status->segments);
    if (status->sequence == 0) {
        buffer_string(out, say(invocation, "  rien n'est encore entré\n",
                               "  nothing has come in yet\n"));
        return;
    }
    buffer_printf(out, "  #%" PRId64 ", %s %s\n", status->sequence,
                  say(invocation, "reçu le", "received"), told->received);
    if (status->index_sequence < status->sequence)
        buffer_printf(out, "  %s #%" PRId64 "\n",
                      say(invocation, "mais l'index en est encore à",
                          "but the index still stands at"),
                      status->index_sequence);
}

static int status_here(struct invocation *invocation, struct node *node,
                       struct error *err)
{
    const struct node_config *config = node_config(node);
    struct told told = {.centre = config->centre};
    char time[32];

    if (node_status(node, &told.status, err) < 0)
        return -1;
    told.incarnation = told.status.incarnation;
    told.received = told.status.sequence > 0 ? clock_print(told.status.time, time) : "";
    if (invocation->json)
        put_json(&invocation->out, &told, config);
    else
        put_words(invocation, &told);
    return EXIT_OK;
}

static const char *text_of(const struct invocation *invocation, yyjson_val *root,
                           const char *name)
{
    const char *text = yyjson_get_str(yyjson_obj_get(root, name));

    return text ? arena_string(invocation->arena, text, strlen(text)) : "";
}

static int status_there(struct invocation *invocation, struct remote *remote,
                        struct error *err)
{
    struct told told = {.served = true};
    const struct {
        const char *name;
        uint64_t *count;
    } counts[] = {
        {"persons", &told.status.persons},       {"originals", &told.status.originals},
        {"identities", &told.status.identities}, {"patients", &told.status.patients},
        {"facts", &told.status.facts},           {"segments", &told.status.segments}};
    struct buffer answer;
    yyjson_doc *doc;
    yyjson_val *root;
    int rc;

    buffer_init(&answer, OUTPUT_LIMIT);
    rc = remote_get(remote, invocation, "/status", NULL, 0, false, &answer, err);
    if (rc == 0 && invocation->json)
        buffer_append(&invocation->out, buffer_text(&answer), answer.length);
    doc = yyjson_read(buffer_text(&answer), answer.length, 0);
    root = yyjson_doc_get_root(doc);
    if (rc == 0 && !invocation->json) {
        for (size_t i = 0; i < ARRAY_LENGTH(counts); i++)
            *counts[i].count = yyjson_get_uint(yyjson_obj_get(root, counts[i].name));
        told.status.sequence = yyjson_get_sint(yyjson_obj_get(root, "sequence"));
        told.status.index_sequence =
            yyjson_get_sint(yyjson_obj_get(root, "index_sequence"));
        told.centre = text_of(invocation, root, "centre");
        told.received = text_of(invocation, root, "received");
        put_words(invocation, &told);
    }
    yyjson_doc_free(doc);
    buffer_free(&answer);
    return rc;
}

int command_status(struct invocation *invocation, struct error *err)
{
    struct target target;
    int rc;

    if (target_open_read(&target, invocation->operands[0], err) < 0)
        return -1;
    rc = target.remote ? status_there(invocation, target.remote, err)
                       : status_here(invocation, target.node, err);
    target_close(&target);
    return rc;
}
