/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/remarks.c: what was set aside, and where.
 *
 * A path is written only when there is something to remark, so a clean fragment pays for
 * none. It is cut at PATH_SIZE bytes, and a fragment has at most REMARKS_LIMIT remarks, so
 * that a hostile one cannot make many bytes out of few; a real one is told by less. */
#include <stdio.h>
#include <string.h>

#include "adapt/adapt_internal.h"
#include "base/arena.h"
#include "base/table.h"
#include "vocab/codebook.h"

#define PATH_SIZE 256
#define PATH_DEPTH 24
#define KEY_SIZE 64
#define REMARKS_LIMIT 1000

struct text {
    char bytes[PATH_SIZE];
    size_t length;
};

/* Never cut inside a character. */
static void append(struct text *text, const char *bytes, size_t length)
{
    size_t room = sizeof(text->bytes) - 1 - text->length;

    if (length > room) {
        length = room;
        while (length > 0 && ((unsigned char)bytes[length] & 0xC0) == 0x80)
            length--;
    }
    memcpy(text->bytes + text->length, bytes, length);
    text->length += length;
    text->bytes[text->length] = '\0';
}

static size_t key_cut(const struct path *path)
{
    size_t length = path->length;

    if (length > KEY_SIZE) {
        length = KEY_SIZE;
        while (length > 0 && ((unsigned char)path->key[length] & 0xC0) == 0x80)
            length--;
    }
    return length;
}

/* primaryCancer[0].tnmEvent[1].tValue, or without the numbers: primaryCancer[].tnm… */
static void path_print(const struct path *path, bool numbered, struct text *text)
{
    const struct path *chain[PATH_DEPTH];
    size_t depth = 0;

    for (; path && depth < PATH_DEPTH; path = path->parent)
        chain[depth++] = path;
    text->length = 0;
    text->bytes[0] = '\0';
    while (depth-- > 0) {
        const struct path *step = chain[depth];

        if (step->key) {
            if (text->length > 0)
                append(text, ".", 1);
            append(text, step->key, key_cut(step));
        }
        if (step->index >= 0) {
            char number[24];
            int n = numbered ? snprintf(number, sizeof(number), "[%ld]", step->index)
                             : snprintf(number, sizeof(number), "[]");

            append(text, number, (size_t)n);
        }
    }
}

static void remark_add(struct adapter *adapter, int kind, const struct text *path,
                       const char *reason)
{
    struct remarks *remarks = adapter->remarks;
    struct remark *remark = arena_alloc(adapter->arena, sizeof(*remark));

    *remark = (struct remark){
        .kind = kind,
        .path = arena_string(adapter->arena, path->bytes, path->length),
        .reason = arena_string(adapter->arena, reason, strlen(reason)),
        .table = adapter->at_table,
        .row = adapter->at_row,
    };

    if (remarks->last)
        remarks->last->next = remark;
    else
        remarks->first = remark;
    remarks->last = remark;
    remarks->n++;
    adapter->n_remarks++;
}

static bool is_wanted(const struct adapter *adapter)
{
    return adapter->remarks && adapter->n_remarks < REMARKS_LIMIT;
}

void remark_refused(struct adapter *adapter, const struct path *path, const char *reason)
{
    struct text text;

    if (!is_wanted(adapter))
        return;
    path_print(path, true, &text);
    remark_add(adapter, REMARK_REFUSED_VALUE, &text, reason);
}

void remark_conflict(struct adapter *adapter, const struct path *path, const char *reason)
{
    struct text text;

    if (!is_wanted(adapter))
        return;
    path_print(path, true, &text);
    remark_add(adapter, REMARK_CONFLICT, &text, reason);
}

void remark_unknown_key(struct adapter *adapter, const struct path *path)
{
    struct text text;
    bool added;

    if (!is_wanted(adapter))
        return;
    if (!adapter->unknown)
        adapter->unknown = table_new();
    path_print(path, false, &text);
    table_put(adapter->unknown, text.bytes, text.length, &added);
    if (added)
        remark_add(adapter, REMARK_UNKNOWN_KEY, &text, "unknown key");
}

void remark_local(struct adapter *adapter, enum item item, const char *text)
{
    struct remarks *remarks = adapter->remarks;
    struct local_code *local;
    char key[VOCAB_CODE_SIZE];

    if (!remarks || !remarks->wants_locals || remarks->n_locals >= LOCALS_LIMIT ||
        !codebook_key(text, key)[0])
        return;
    local = arena_alloc(adapter->arena, sizeof(*local));
    *local = (struct local_code){
        .item = item,
        .text = arena_string(adapter->arena, text, strlen(text)),
        .next = remarks->locals,
    };
    remarks->locals = local;
    remarks->n_locals++;
}

void remarks_end(struct adapter *adapter)
{
    table_free(adapter->unknown);
    adapter->unknown = NULL;
}
