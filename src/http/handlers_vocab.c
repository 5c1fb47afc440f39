/* SPDX-License-Identifier: Apache-2.0
 *
 * http/handlers_vocab.c: what the routes of official lists and of a centre's own codes answer. */
#include <stdio.h>

#include "base/error.h"
#include "http/exchange.h"
#include "http/server_internal.h"
#include "node/codes.h"
#include "node/vocabularies.h"

static const char *text_of(const struct exchange *exchange, const char *name)
{
    const struct argument *argument = arguments_get(&exchange->arguments, name);

    return argument ? argument->text : NULL;
}

/* VOCAB_NONE when it is not given. */
static int system_of(const struct exchange *exchange, enum vocab_system *system_r,
                     struct error *err)
{
    const char *name = text_of(exchange, "system");

    *system_r = name ? list_system(name) : VOCAB_NONE;
    if (name && *system_r == VOCAB_NONE)
        return error_set(err, ERROR_INPUT, "system %.40s: no lists are imported of that",
                         name);
    return 0;
}

int handle_vocabularies(struct exchange *exchange, struct error *err)
{
    struct buffer *out = &exchange->reply.body;
    struct node_vocabulary *lists;
    size_t n;

    if (node_vocabularies(exchange->server->node, exchange->arena, &lists, &n, err) < 0)
        return -1;
    if (exchange_wants_text(exchange)) {
        node_vocabularies_text(out, lists, n, exchange->lang);
        return 0;
    }
    node_vocabularies_json(out, lists, n);
    buffer_char(out, '\n');
    return 0;
}

int handle_vocabulary_import(struct exchange *exchange, struct error *err)
{
    struct buffer *out = &exchange->reply.body;
    struct vocabulary_imported *imported;
    char path[64];
    const char *name = text_of(exchange, "name");
    struct vocabulary_import import = {.path = path,
                                       .name = name ? name : "upload",
                                       .version = text_of(exchange, "version"),
                                       .caller = &exchange->caller,
                                       .now = exchange->now};

    snprintf(path, sizeof(path), "/proc/self/fd/%d", exchange->file);
    if (system_of(exchange, &import.system, err) < 0 ||
        node_vocabulary_import(exchange->server->node, exchange->arena, &import,
                               &imported, err) < 0)
        return -1;
    if (exchange_wants_text(exchange)) {
        node_vocabulary_imported_text(out, imported, exchange->lang);
        return 0;
    }
    node_vocabulary_imported_json(out, imported);
    buffer_char(out, '\n');
    return 0;
}

int handle_vocabulary_use(struct exchange *exchange, struct error *err)
{
    enum vocab_system system;

    if (system_of(exchange, &system, err) < 0 ||
        node_vocabulary_use(exchange->server->node, system, text_of(exchange, "version"),
                            &exchange->caller, exchange->now, err) < 0)
        return -1;
    return handle_vocabularies(exchange, err);
}

int handle_vocabulary_remove(struct exchange *exchange, struct error *err)
{
    enum vocab_system system;

    if (system_of(exchange, &system, err) < 0 ||
        node_vocabulary_remove(exchange->server->node, system,
                               text_of(exchange, "version"), &exchange->caller,
                               exchange->now, err) < 0)
        return -1;
    return handle_vocabularies(exchange, err);
}

/* ---- a centre's own codes ---- */

static bool flag_of(const struct exchange *exchange, const char *name)
{
    const struct argument *argument = arguments_get(&exchange->arguments, name);

    return argument && argument->number != 0;
}

int handle_codes(struct exchange *exchange, struct error *err)
{
    const struct argument *top = arguments_get(&exchange->arguments, "top");
    struct buffer *out = &exchange->reply.body;
    struct local_texts *texts;

    if (node_codes(exchange->server->node, exchange->arena, top ? (size_t)top->number : 0,
                   NULL, NULL, &texts, err) < 0)
        return -1;
    if (exchange_wants_text(exchange)) {
        node_codes_text(out, texts, exchange->lang);
        return 0;
    }
    node_codes_json(out, texts);
    buffer_char(out, '\n');
    return 0;
}

int handle_codes_export(struct exchange *exchange, struct error *err)
{
    struct local_texts *texts;

    if (node_codes(exchange->server->node, exchange->arena, 0, NULL, NULL, &texts, err) <
        0)
        return -1;
    node_codes_csv(&exchange->reply.body, texts, exchange->lang);
    return 0;
}

int handle_mappings(struct exchange *exchange, struct error *err)
{
    struct buffer *out = &exchange->reply.body;
    struct code_mapping *mappings;
    size_t n;

    if (node_mappings(exchange->server->node, exchange->arena, &mappings, &n, err) < 0)
        return -1;
    if (exchange_wants_text(exchange)) {
        node_mappings_text(out, mappings, n, exchange->lang);
        return 0;
    }
    node_mappings_json(out, mappings, n);
    buffer_char(out, '\n');
    return 0;
}

int handle_codes_change(struct exchange *exchange, struct error *err)
{
    struct buffer *out = &exchange->reply.body;
    const char *name = text_of(exchange, "name");
    struct codes_changing changing = {.csv = text_of(exchange, "csv"),
                                      .name = name ? name : "csv",
                                      .is_trial = flag_of(exchange, "trial"),
                                      .with_blanks = flag_of(exchange, "blanks"),
                                      .caller = &exchange->caller,
                                      .now = exchange->now};
    struct codes_changed *changed;

    if (node_codes_change(exchange->server->node, exchange->arena, &changing, &changed,
                          err) < 0)
        return -1;
    if (exchange_wants_text(exchange)) {
        node_codes_changed_text(out, changed, exchange->lang);
        return 0;
    }
    node_codes_changed_json(out, changed);
    buffer_char(out, '\n');
    return 0;
}
