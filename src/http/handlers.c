/* SPDX-License-Identifier: Apache-2.0
 *
 * http/handlers.c: what each route answers. Arguments in, a call of node.h, its answer
 * printed; nothing is decided here. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/log.h"
#include "criteria/complete.h"
#include "http/exchange.h"
#include "http/openapi.h"
#include "http/server_internal.h"
#include "node/node.h"
#include "node/review.h"

/* ---- what is here ---- */

static void index_text(const struct exchange *exchange, struct buffer *out)
{
    buffer_printf(out, "Lacis " LACIS_VERSION ", %s\n\n",
                  node_config(exchange->server->node)->centre);
    for (size_t i = 0; i < ROUTES; i++)
        buffer_printf(out, "%-4s %-20s %s%s\n", method_name(route_table[i].method),
                      route_table[i].path, route_table[i].summary[exchange->lang],
                      route_table[i].reach == REACH_EVERYWHERE ? ""
                      : exchange->lang == LANG_FR ? " (socket Unix seulement)"
                                                  : " (on the Unix socket only)");
}

int handle_index(struct exchange *exchange, struct error *err)
{
    struct buffer *out = &exchange->reply.body;

    (void)err;
    if (exchange_wants_text(exchange)) {
        index_text(exchange, out);
        return 0;
    }
    buffer_string(out,
                  "{\"name\":\"Lacis\",\"version\":\"" LACIS_VERSION "\",\"centre\":");
    buffer_json_string(out, node_config(exchange->server->node)->centre);
    buffer_string(out, ",\"routes\":[");
    for (size_t i = 0; i < ROUTES; i++) {
        const struct route *route = &route_table[i];

        buffer_printf(
            out, "%s{\"method\":\"%s\",\"path\":\"%s\",\"socket_only\":%s,\"summary\":",
            i ? "," : "", method_name(route->method), route->path,
            route->reach == REACH_SOCKET ? "true" : "false");
        buffer_json_string(out, route->summary[exchange->lang]);
        buffer_char(out, '}');
    }
    buffer_string(out, "]}\n");
    return 0;
}

int handle_openapi(struct exchange *exchange, struct error *err)
{
    (void)err;
    openapi_print(&exchange->reply.body);
    return 0;
}

/* ---- how it is ---- */

/* The word of a monitor, so a node that does not answer is 503 whatever the reason. */
int handle_health(struct exchange *exchange, struct error *err)
{
    struct node_status status;

    if (server_status(exchange->server, &status, err) < 0) {
        reply_problem(&exchange->reply, 503, err, NULL, NULL);
        return 0;
    }
    buffer_printf(&exchange->reply.body,
                  "{\"status\":\"ok\",\"sequence\":%" PRId64
                  ",\"index_sequence\":%" PRId64 ",\"writing\":%s}\n",
                  status.sequence, status.index_sequence,
                  writer_is_busy(&exchange->server->writer) ? "true" : "false");
    return 0;
}

int handle_metrics(struct exchange *exchange, struct error *err)
{
    struct server *server = exchange->server;
    struct node_status status;
    bool up = server_status(server, &status, err) == 0;

    metrics_print(&server->metrics, up ? &status : NULL, server_connections(server),
                  &exchange->reply.body);
    return 0;
}

static void print_status(struct server *server, const struct node_status *status,
                         bool writing, struct buffer *out)
{
    const struct node_config *config = node_config(server->node);
    char time[32];

    buffer_string(out, "{\"centre\":");
    buffer_json_string(out, config->centre);
    buffer_string(out, ",\"finess\":[");
    for (size_t i = 0; i < config->n_finess; i++) {
        buffer_string(out, i ? "," : "");
        buffer_json_string(out, config->finess[i]);
    }
    buffer_string(out, "],\"version\":\"" LACIS_VERSION "\",\"uptime_seconds\":");
    buffer_json_number(out, (double)(int64_t)metrics_uptime(&server->metrics));
    buffer_printf(out,
                  ",\"persons\":%" PRIu64 ",\"originals\":%" PRIu64
                  ",\"identities\":%" PRIu64 ",\"patients\":%" PRIu64
                  ",\"facts\":%" PRIu64 ",\"segments\":%" PRIu64 ",\"sequence\":%" PRId64
                  ",\"index_sequence\":%" PRId64 ",\"received\":\"%s\",\"incarnation\":",
                  status->persons, status->originals, status->identities,
                  status->patients, status->facts, status->segments, status->sequence,
                  status->index_sequence,
                  status->sequence > 0 ? clock_print(status->time, time) : "");
    buffer_json_string(out, status->incarnation);
    buffer_printf(out, ",\"writing\":%s}\n", writing ? "true" : "false");
}

int handle_status(struct exchange *exchange, struct error *err)
{
    struct node_status status;

    if (server_status(exchange->server, &status, err) < 0)
        return -1;
    print_status(exchange->server, &status, writer_is_busy(&exchange->server->writer),
                 &exchange->reply.body);
    return 0;
}

/* ---- questions ---- */

int handle_count(struct exchange *exchange, struct error *err)
{
    const struct arguments *arguments = &exchange->arguments;
    const struct argument *funnel = arguments_get(arguments, "funnel");
    const struct argument *value = arguments_get(arguments, "histogram");
    const struct argument *bin = arguments_get(arguments, "bin");
    const struct argument *explain = arguments_get(arguments, "explain");
    const struct argument *top = arguments_get(arguments, "top");
    const struct argument *as_of = arguments_get(arguments, "as_of");
    const char *by[DIMENSIONS_MAX];
    struct node_question question = {
        .criteria = arguments_get(arguments, "criteria")->text,
        .by = by,
        .n_by = arguments_texts(arguments, "by", by, DIMENSIONS_MAX),
        .top = top ? (size_t)top->number : 0,
        .funnel = funnel && funnel->number,
        .explain = explain && explain->number,
        .value = value ? value->text : NULL,
        .bin = bin ? bin->text : NULL,
        .as_of = as_of ? (day_number)as_of->number : DAY_MAX,
        .caller = &exchange->caller,
        .now = exchange->now,
    };
    struct node_answer *answer;

    if (question.n_by > DIMENSIONS_MAX)
        return error_set(err, ERROR_INPUT, "by: at most %d dimensions at once",
                         DIMENSIONS_MAX);
    if (node_count(exchange->server->node, exchange->arena, &question, &answer, err) <
        0) {
        /* an object has been written anew: its pointer is in the message, but lines and
         * columns would not be those of the body */
        if (err && arguments_get(arguments, "criteria")->is_object)
            err->line = err->column = 0;
        return -1;
    }
    exchange->reply.digest = answer->criteria_digest;
    if (exchange_wants_text(exchange)) {
        node_answer_text(&exchange->reply.body, answer, exchange->lang);
        node_answer_remarks(&exchange->reply.body, answer, exchange->lang);
        return 0;
    }
    node_answer_json(&exchange->reply.body, answer);
    buffer_char(&exchange->reply.body, '\n');
    return 0;
}

#define PROPOSALS_ANSWERED 50

/* Of the language and the model alone: no patient's data, so no audit line. */
int handle_complete(struct exchange *exchange, struct error *err)
{
    const struct argument *text = arguments_get(&exchange->arguments, "text");
    const struct argument *at = arguments_get(&exchange->arguments, "at");
    const struct argument *top = arguments_get(&exchange->arguments, "top");
    const char *criteria = text ? text->text : "";
    size_t length = strlen(criteria), cursor = at ? (size_t)at->number : length;
    size_t most = top && top->number < PROPOSALS_ANSWERED ? (size_t)top->number
                                                          : PROPOSALS_ANSWERED;

    if (cursor > length)
        return error_set(err, ERROR_INPUT, "at: %zu is behind the end of the text (%zu)",
                         cursor, length);
    criteria_complete_json(&exchange->reply.body, exchange->arena, criteria, cursor,
                           most);
    buffer_char(&exchange->reply.body, '\n');
    return 0;
}

int handle_patient(struct exchange *exchange, struct error *err)
{
    const struct arguments *arguments = &exchange->arguments;
    const struct argument *why = arguments_get(arguments, "why");
    bool json = !exchange_wants_text(exchange);

    if (node_show(exchange->server->node, arguments_get(arguments, "number")->text,
                  &exchange->caller, exchange->now, json, why && why->number,
                  exchange->lang, &exchange->reply.body, err) < 0)
        return -1;
    if (json)
        buffer_char(&exchange->reply.body, '\n');
    return 0;
}

int handle_decide(struct exchange *exchange, struct error *err)
{
    const struct arguments *arguments = &exchange->arguments;
    const struct node_judging judging = {
        .number = arguments_get(arguments, "number")->text,
        .verdict = arguments_get(arguments, "verdict")->text,
        .first = arguments_get(arguments, "first")->text,
        .second = arguments_get(arguments, "second")->text,
        .caller = &exchange->caller,
        .now = exchange->now};

    if (node_judge(exchange->server->node, &judging, err) < 0)
        return -1;
    server_status_forget(exchange->server);
    buffer_string(&exchange->reply.body, "{\"decided\":true}\n");
    return 0;
}

int handle_explain(struct exchange *exchange, struct error *err)
{
    const struct arguments *arguments = &exchange->arguments;
    const struct argument *as_of = arguments_get(arguments, "as_of");
    struct node_question question = {
        .criteria = arguments_get(arguments, "criteria")->text,
        .as_of = as_of ? (day_number)as_of->number : DAY_MAX,
        .caller = &exchange->caller,
        .now = exchange->now,
    };
    bool json = !exchange_wants_text(exchange);

    if (node_explain(exchange->server->node, arguments_get(arguments, "number")->text,
                     &question, json, exchange->lang, &exchange->reply.body, err) < 0)
        return -1;
    if (json)
        buffer_char(&exchange->reply.body, '\n');
    return 0;
}

/* ---- writing ---- */

static void print_import(const struct import_result *result, struct buffer *out)
{
    buffer_char(out, '{');
    node_import_members(out, result);
    buffer_string(out, ",\"report\":");
    buffer_json_string(out, result->report);
    buffer_string(out, ",\"remarks\":");
    buffer_json_string(out, result->remarks);
    buffer_char(out, '}');
}

int handle_import(struct exchange *exchange, struct error *err)
{
    const struct argument *name = arguments_get(&exchange->arguments, "name");
    const char *names[] = {name ? name->text : "upload"};
    char path[64];
    const char *files[] = {path};
    struct import_options options = {
        .now = exchange->now,
        .caller = &exchange->caller,
        .names = names,
    };
    struct import_result *result = arena_alloc(exchange->arena, sizeof(*result));

    /* opened anew by that name, the file is read from its beginning */
    snprintf(path, sizeof(path), "/proc/self/fd/%d", exchange->file);
    if (node_import(exchange->server->node, files, 1, &options, result, err) < 0) {
        /* what was good of the file has been kept, and the report says what was not */
        struct buffer kept;

        buffer_init(&kept, REPLY_LIMIT);
        print_import(result, &kept);
        reply_problem(&exchange->reply, 0, err, "import", buffer_text(&kept));
        buffer_free(&kept);
        return 0;
    }
    print_import(result, &exchange->reply.body);
    buffer_char(&exchange->reply.body, '\n');
    return 0;
}

int handle_compact(struct exchange *exchange, struct error *err)
{
    struct node_status status;

    if (node_compact(exchange->server->node, err) < 0)
        return -1;
    server_status_forget(exchange->server);
    if (server_status(exchange->server, &status, err) < 0)
        return -1;
    print_status(exchange->server, &status, false, &exchange->reply.body);
    return 0;
}
