/* SPDX-License-Identifier: Apache-2.0
 *
 * node/definitions.c: saved definitions: made, listed, and found while criteria are parsed. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "criteria/json.h"
#include "node/saved_internal.h"

/* ---- found while parsing ---- */

/* LINES: "NAME\tVERSION\n" each. The version of NAME, 0 if there is none. */
static unsigned version_in(const char *lines, const char *name)
{
    size_t length = strlen(name);

    for (; *lines; lines += strcspn(lines, "\n"), lines += *lines == '\n')
        if (strncmp(lines, name, length) == 0 && lines[length] == '\t')
            return (unsigned)strtoul(lines + length + 1, NULL, 10);
    return 0;
}

static void note_use(struct definitions *definitions, const char *name, unsigned version)
{
    if (version_in(definitions->used, name) == 0)
        definitions->used = arena_printf(definitions->arena, "%s%s\t%u\n",
                                         definitions->used, name, version);
}

const char *definitions_find(void *context, const char *name, unsigned version,
                             unsigned *version_r)
{
    struct definitions *definitions = context;
    struct node *node = definitions->node;
    struct error reason = ERROR_INIT;
    unsigned wanted = version ? version : version_in(definitions->pinned, name);
    struct saved *saved = NULL;
    int status;

    if (definitions->defining && version == 0 &&
        strcmp(name, definitions->defining) == 0) {
        error_set(&definitions->failed, ERROR_INPUT,
                  "a definition cannot use its own last version: say which, as in use "
                  "\"%s\" v1",
                  name);
        return NULL;
    }
    pthread_mutex_lock(&node->reader_lock);
    status = store_saved(node->reader, definitions->arena, SAVED_DEFINITION, name, wanted,
                         &saved, &reason);
    pthread_mutex_unlock(&node->reader_lock);
    if (status < 0) {
        definitions->failed = reason;
        return NULL;
    }
    if (!saved)
        return NULL;
    if (version == 0)
        note_use(definitions, name, saved->version);
    *version_r = saved->version;
    return saved->text;
}

struct definitions definitions_of(struct node *node, struct arena *arena,
                                  const char *pinned)
{
    return (struct definitions){
        .node = node, .arena = arena, .pinned = pinned, .used = "", .failed = ERROR_INIT};
}

const struct criteria *definitions_parse(struct definitions *definitions,
                                         const char *text, struct error *err)
{
    struct criteria_definitions saved = {definitions_find, definitions};
    const struct criteria *criteria =
        criteria_read(definitions->arena, text, strlen(text), &saved, err);

    if (!criteria && definitions->failed.code != ERROR_NONE && err)
        error_at(err, definitions->failed.code, err->line, err->column, "%s",
                 definitions->failed.message);
    return criteria;
}

const char *definitions_trim(struct arena *arena, const char *text)
{
    size_t length = strlen(text);

    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    return arena_string(arena, text, length);
}

/* ---- writing ---- */

int saving_begin(struct node *node, struct saving *saving, struct error *err)
{
    int64_t sequence;

    saving->node = node;
    pthread_mutex_lock(&node->writing);
    pthread_mutex_lock(&node->store_lock);
    /* nothing comes in: the date of the data stays */
    if (store_cut(node->store, &sequence, &saving->received, err) == 0 &&
        store_begin(node->store, err) == 0)
        return 0;
    pthread_mutex_unlock(&node->store_lock);
    pthread_mutex_unlock(&node->writing);
    return -1;
}

int saving_end(struct saving *saving, int status, struct error *err)
{
    struct node *node = saving->node;

    if (status < 0)
        store_rollback(node->store);
    else
        status = store_commit(node->store, saving->received, err);
    pthread_mutex_unlock(&node->store_lock);
    pthread_mutex_unlock(&node->writing);
    return status;
}

struct saved saved_of(const struct node_saving *saving, const char *text)
{
    return (struct saved){.name = saving->name,
                          .text = text,
                          .author = saving->caller->name,
                          .note = saving->note ? saving->note : "",
                          .made = saving->now,
                          .as_of = saving->as_of};
}

/* The line comes before the commit: who cannot be logged cannot write. */
static int define(struct node *node, const struct node_saving *saving, const char *text,
                  struct node_defined *defined, struct error *err)
{
    struct saved saved = saved_of(saving, text);
    struct buffer detail;
    char outcome[48];
    int status;

    saved.as_of = DAY_MAX;
    if (store_save(node->store, SAVED_DEFINITION, &saved, &defined->version,
                   &defined->is_new, err) < 0)
        return -1;
    buffer_init(&detail, (size_t)2 * SAVED_TEXT_MAX);
    buffer_printf(&detail, "%s: %s", saving->name, saved.text);
    snprintf(outcome, sizeof(outcome), "version %u", defined->version);
    status = audit_write(node->audit, saving->caller, saving->now, "define",
                         buffer_text(&detail), outcome, err);
    buffer_free(&detail);
    return status;
}

int node_define(struct node *node, struct arena *arena, const struct node_saving *saving,
                struct node_defined **defined_r, struct error *err)
{
    struct definitions definitions = definitions_of(node, arena, "");
    struct node_defined *defined = arena_alloc(arena, sizeof(*defined));
    const struct criteria *criteria;
    const char *text = definitions_trim(arena, saving->text);
    struct saving writing;
    int status;

    definitions.defining = saving->name;
    if (saved_name_check(saving->name, err) < 0)
        return -1;
    criteria = definitions_parse(&definitions, saving->text, err);
    if (!criteria)
        return -1;
    if (text[strspn(text, " \t\r\n")] ==
        '{') /* `use` reads texts: JSON is kept as what it says */
        text = criteria_print(arena, criteria);
    if (saving_begin(node, &writing, err) < 0)
        return -1;
    defined->name = saving->name;
    status = define(node, saving, text, defined, err);
    if (saving_end(&writing, status, err) < 0)
        return -1;
    *defined_r = defined;
    return 0;
}

/* ---- reading ---- */

int node_definitions(struct node *node, struct arena *arena, const char *name,
                     struct node_definitions **definitions_r, struct error *err)
{
    struct node_definitions *definitions = arena_alloc(arena, sizeof(*definitions));
    int status;

    definitions->name = name;
    pthread_mutex_lock(&node->reader_lock);
    status = store_saved_list(node->reader, arena, SAVED_DEFINITION, name,
                              &definitions->list, &definitions->n, err);
    pthread_mutex_unlock(&node->reader_lock);
    if (status < 0)
        return -1;
    if (name && definitions->n == 0)
        return error_set(err, ERROR_NOT_FOUND, "nothing is defined as \"%.64s\"", name);
    *definitions_r = definitions;
    return 0;
}
