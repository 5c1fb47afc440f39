/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/count.c: lacis count NODE CRITERIA */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"
#include "criteria/json.h"
#include "node/node.h"

#define TOP_MAX ((uint64_t)1000000)
/* Longer questions do not fit into an address. */
#define ADDRESS_CRITERIA ((size_t)1500)

/* ---- asked of the node ---- */

/* Beside the answer, not in it: a script reads them with --json. */
static void tell_remarks(const struct node_answer *answer, enum lang lang)
{
    struct buffer words;

    buffer_init(&words, (size_t)1 << 20);
    node_answer_remarks(&words, answer, lang);
    fputs(buffer_text(&words), stderr);
    buffer_free(&words);
}

static int count_here(struct invocation *invocation, struct node *node,
                      const struct node_question *question, struct error *err)
{
    struct node_answer *answer;

    if (node_count(node, invocation->arena, question, &answer, err) < 0)
        return -1;
    if (invocation->json) {
        node_answer_json(&invocation->out, answer);
        buffer_char(&invocation->out, '\n');
    } else {
        node_answer_text(&invocation->out, answer, invocation->lang);
        tell_remarks(answer, invocation->lang);
    }
    return EXIT_OK;
}

/* ---- asked of its server ---- */

static void put_json_question(struct buffer *body, const struct node_question *question,
                              const char *top, const char *as_of, const char *lang)
{
    buffer_string(body, "{\"criteria\":");
    buffer_json_string(body, question->criteria);
    for (size_t i = 0; i < question->n_by; i++) {
        buffer_string(body, i ? "," : ",\"by\":[");
        buffer_json_string(body, question->by[i]);
    }
    buffer_string(body, question->n_by ? "]" : "");
    buffer_string(body, question->funnel ? ",\"funnel\":true" : "");
    if (question->value) {
        buffer_string(body, ",\"histogram\":");
        buffer_json_string(body, question->value);
    }
    if (question->bin) {
        buffer_string(body, ",\"bin\":");
        buffer_json_string(body, question->bin);
    }
    buffer_string(body, question->explain ? ",\"explain\":true" : "");
    if (question->top)
        buffer_printf(body, ",\"top\":%s", top);
    if (as_of)
        buffer_printf(body, ",\"as_of\":\"%s\"", as_of);
    buffer_printf(body, ",\"lang\":\"%s\"}", lang);
}

static int count_there(struct invocation *invocation, struct remote *remote,
                       const struct node_question *question, struct error *err)
{
    const char *lang = say(invocation, "fr", "en");
    const char *top = arena_printf(invocation->arena, "%zu", question->top);
    char date[DATE_TEXT_SIZE];
    const char *as_of = NULL;
    struct remote_query query[DIMENSIONS_MAX + 8];
    struct buffer body;
    size_t n = 0;
    int rc;

    if (question->as_of != DAY_MAX)
        as_of = date_print_iso((struct interval){question->as_of, question->as_of}, date);
    if (strlen(question->criteria) > ADDRESS_CRITERIA) {
        buffer_init(&body, 8 * (size_t)CRITERIA_JSON_MAX);
        put_json_question(&body, question, top, as_of, lang);
        rc = remote_post(remote, invocation, "/count", body.bytes, body.length,
                         !invocation->json, &invocation->out, err);
        buffer_free(&body);
        return rc;
    }
    query[n++] = (struct remote_query){"criteria", question->criteria};
    for (size_t i = 0; i < question->n_by; i++)
        query[n++] = (struct remote_query){"by", question->by[i]};
    if (question->funnel)
        query[n++] = (struct remote_query){"funnel", "true"};
    if (question->value)
        query[n++] = (struct remote_query){"histogram", question->value};
    if (question->bin)
        query[n++] = (struct remote_query){"bin", question->bin};
    if (question->explain)
        query[n++] = (struct remote_query){"explain", "true"};
    if (question->top)
        query[n++] = (struct remote_query){"top", top};
    if (as_of)
        query[n++] = (struct remote_query){"as_of", as_of};
    query[n++] = (struct remote_query){"lang", lang};
    return remote_get(remote, invocation, "/count", query, n, !invocation->json,
                      &invocation->out, err);
}

int command_count(struct invocation *invocation, struct error *err)
{
    struct node_question question = {.by = invocation->options[OPTION_BY].values,
                                     .n_by = invocation->options[OPTION_BY].n,
                                     .funnel = option_given(invocation, OPTION_FUNNEL),
                                     .explain = option_given(invocation, OPTION_EXPLAIN),
                                     .caller = &invocation->caller,
                                     .now = invocation->now};
    struct target target;
    uint64_t top = 0;
    int rc;

    if (option_number(invocation, OPTION_TOP, 1, TOP_MAX, &top, err) < 0 ||
        option_as_of(invocation, &question.as_of, err) < 0 ||
        criteria_operand(invocation, invocation->operands[1], &question.criteria, err) <
            0)
        return -1;
    question.top = (size_t)top;
    question.value = option_value(invocation, OPTION_HISTOGRAM, NULL);
    question.bin = option_value(invocation, OPTION_BIN, NULL);
    if (target_open_read(&target, invocation->operands[0], err) < 0)
        return -1;
    if (target.remote)
        rc = count_there(invocation, target.remote, &question, err);
    else
        rc = count_here(invocation, target.node, &question, err);
    target_close(&target);
    return rc;
}
