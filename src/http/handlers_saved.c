/* SPDX-License-Identifier: Apache-2.0
 *
 * http/handlers_saved.c: what the routes of definitions, cohorts and lists answer. */
#include "base/error.h"
#include "http/exchange.h"
#include "http/server_internal.h"
#include "node/saved.h"

static const char *text_of(const struct exchange *exchange, const char *name)
{
    const struct argument *argument = arguments_get(&exchange->arguments, name);

    return argument ? argument->text : NULL;
}

static struct node_saving saving_of(const struct exchange *exchange)
{
    const struct argument *as_of = arguments_get(&exchange->arguments, "as_of");

    return (struct node_saving){
        .name = text_of(exchange, "name"),
        .text = text_of(exchange, "criteria"),
        .note = text_of(exchange, "note"),
        .as_of = as_of ? (day_number)as_of->number : DAY_MAX,
        .caller = &exchange->caller,
        .now = exchange->now,
    };
}

/* 0 when it is not given: the last one. */
static unsigned run_number(const struct exchange *exchange)
{
    const struct argument *run = arguments_get(&exchange->arguments, "run");

    return run ? (unsigned)run->number : 0;
}

/* ---- definitions ---- */

int handle_definitions(struct exchange *exchange, struct error *err)
{
    struct buffer *out = &exchange->reply.body;
    struct node_definitions *definitions;

    if (node_definitions(exchange->server->node, exchange->arena,
                         text_of(exchange, "name"), &definitions, err) < 0)
        return -1;
    if (exchange_wants_text(exchange)) {
        node_definitions_text(out, definitions, exchange->lang);
        return 0;
    }
    node_definitions_json(out, definitions);
    buffer_char(out, '\n');
    return 0;
}

int handle_define(struct exchange *exchange, struct error *err)
{
    struct node_saving saving = saving_of(exchange);
    struct buffer *out = &exchange->reply.body;
    struct node_defined *defined;

    if (node_define(exchange->server->node, exchange->arena, &saving, &defined, err) < 0)
        return -1;
    if (exchange_wants_text(exchange)) {
        node_defined_text(out, defined, exchange->lang);
        return 0;
    }
    node_defined_json(out, defined);
    buffer_char(out, '\n');
    return 0;
}

/* ---- cohorts ---- */

int handle_cohorts(struct exchange *exchange, struct error *err)
{
    struct buffer *out = &exchange->reply.body;
    struct node_cohorts *cohorts;

    if (node_cohorts(exchange->server->node, exchange->arena, text_of(exchange, "name"),
                     &cohorts, err) < 0)
        return -1;
    if (exchange_wants_text(exchange)) {
        node_cohorts_text(out, cohorts, exchange->lang);
        return 0;
    }
    node_cohorts_json(out, cohorts);
    buffer_char(out, '\n');
    return 0;
}

static int reply_run(struct exchange *exchange, const struct node_run *run)
{
    struct buffer *out = &exchange->reply.body;

    exchange->reply.digest = run->run.criteria;
    if (exchange_wants_text(exchange)) {
        node_run_text(out, run, exchange->lang);
        return 0;
    }
    node_run_json(out, run);
    buffer_char(out, '\n');
    return 0;
}

int handle_cohort_save(struct exchange *exchange, struct error *err)
{
    struct node_saving saving = saving_of(exchange);
    struct node_run *run;

    if (node_cohort_save(exchange->server->node, exchange->arena, &saving, &run, err) < 0)
        return -1;
    return reply_run(exchange, run);
}

int handle_cohort_run(struct exchange *exchange, struct error *err)
{
    struct node_run *run;

    if (node_cohort_run(exchange->server->node, exchange->arena,
                        text_of(exchange, "name"), &exchange->caller, exchange->now, &run,
                        err) < 0)
        return -1;
    return reply_run(exchange, run);
}

int handle_cohort_again(struct exchange *exchange, struct error *err)
{
    struct node_run *run;

    if (node_cohort_again(exchange->server->node, exchange->arena,
                          text_of(exchange, "name"), run_number(exchange),
                          &exchange->caller, exchange->now, &run, err) < 0)
        return -1;
    return reply_run(exchange, run);
}

int handle_cohort_diff(struct exchange *exchange, struct error *err)
{
    struct buffer *out = &exchange->reply.body;
    struct node_difference *difference;

    if (node_cohort_difference(exchange->server->node, exchange->arena,
                               text_of(exchange, "name"), run_number(exchange),
                               &exchange->caller, exchange->now, &difference, err) < 0)
        return -1;
    exchange->reply.digest = difference->to.criteria;
    if (exchange_wants_text(exchange)) {
        node_difference_text(out, difference, exchange->lang);
        return 0;
    }
    node_difference_json(out, difference);
    buffer_char(out, '\n');
    return 0;
}

int handle_cohort_delete(struct exchange *exchange, struct error *err)
{
    if (node_cohort_delete(exchange->server->node, text_of(exchange, "name"),
                           &exchange->caller, exchange->now, err) < 0)
        return -1;
    buffer_string(&exchange->reply.body, "{\"deleted\":true}\n");
    return 0;
}

/* ---- lists ---- */

int handle_export(struct exchange *exchange, struct error *err)
{
    const struct argument *as_of = arguments_get(&exchange->arguments, "as_of");
    const struct argument *certain = arguments_get(&exchange->arguments, "certain");
    struct node_list list = {.criteria = text_of(exchange, "criteria"),
                             .cohort = text_of(exchange, "cohort"),
                             .run = run_number(exchange),
                             .as_of = as_of ? (day_number)as_of->number : DAY_MAX,
                             .caller = &exchange->caller,
                             .now = exchange->now,
                             .lang = exchange->lang,
                             .certain = certain && certain->number};

    if (!list.criteria == !list.cohort)
        return error_set(err, ERROR_INPUT, "either criteria or a cohort was expected");
    if (!list.cohort && list.run)
        return error_set(err, ERROR_INPUT, "run: of a cohort only");
    if (list.cohort && as_of)
        return error_set(err, ERROR_INPUT, "as_of: a saved run has its own");
    return node_export(exchange->server->node, exchange->arena, &list,
                       &exchange->reply.body, err);
}
