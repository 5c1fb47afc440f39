/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/codes.c: lacis codes list | map | unmap | mappings | export | import */
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"
#include "node/codes.h"

#define TOP 20
#define FILE_LIMIT ((size_t)64 << 20)

static struct progress progress;

static void show_progress(void *context, uint64_t done, uint64_t total)
{
    (void)context;
    progress_of_total(&progress, done, total);
}

/* ---- list, mappings, export ---- */

static int texts_here(struct invocation *invocation, struct node *node, size_t most,
                      struct local_texts **texts_r, struct error *err)
{
    int rc;

    progress_start(&progress, invocation, "patients", "patients");
    rc = node_codes(node, invocation->arena, most, show_progress, NULL, texts_r, err);
    progress_end(&progress);
    return rc;
}

static int list_here(struct invocation *invocation, struct node *node, size_t most,
                     struct error *err)
{
    struct local_texts *texts;

    if (texts_here(invocation, node, most, &texts, err) < 0)
        return -1;
    if (invocation->json) {
        node_codes_json(&invocation->out, texts);
        buffer_char(&invocation->out, '\n');
    } else {
        node_codes_text(&invocation->out, texts, invocation->lang);
    }
    return EXIT_OK;
}

static int list(struct invocation *invocation, struct error *err)
{
    uint64_t top = invocation->json ? 0 : TOP;
    struct target target;
    int rc;

    if (option_number(invocation, OPTION_TOP, 1, 1000000, &top, err) < 0 ||
        target_open_read(&target, invocation->operands[0], err) < 0)
        return -1;
    if (target.remote) {
        struct remote_query query[] = {
            {"top", arena_printf(invocation->arena, "%llu", (unsigned long long)top)},
            {"lang", say(invocation, "fr", "en")}};

        rc = remote_get(target.remote, invocation, "/codes", query, 2, !invocation->json,
                        &invocation->out, err);
    } else {
        rc = list_here(invocation, target.node, (size_t)top, err);
    }
    target_close(&target);
    return rc;
}

static int mappings_here(struct invocation *invocation, struct node *node,
                         struct error *err)
{
    struct code_mapping *mappings;
    size_t n;

    if (node_mappings(node, invocation->arena, &mappings, &n, err) < 0)
        return -1;
    if (invocation->json) {
        node_mappings_json(&invocation->out, mappings, n);
        buffer_char(&invocation->out, '\n');
    } else {
        node_mappings_text(&invocation->out, mappings, n, invocation->lang);
    }
    return EXIT_OK;
}

static int mappings(struct invocation *invocation, struct error *err)
{
    struct remote_query query = {"lang", say(invocation, "fr", "en")};
    struct target target;
    int rc;

    if (target_open_read(&target, invocation->operands[0], err) < 0)
        return -1;
    rc = target.remote ? remote_get(target.remote, invocation, "/codes/mappings", &query,
                                    1, !invocation->json, &invocation->out, err)
                       : mappings_here(invocation, target.node, err);
    target_close(&target);
    return rc;
}

static int csv_of(struct invocation *invocation, struct target *target,
                  struct buffer *csv, struct error *err)
{
    const char *body =
        arena_printf(invocation->arena, "{\"lang\":\"%s\"}", say(invocation, "fr", "en"));
    struct local_texts *texts;

    if (target->remote)
        return remote_post_csv(target->remote, invocation, "/codes/export", body,
                               strlen(body), csv, err);
    if (texts_here(invocation, target->node, 0, &texts, err) < 0)
        return -1;
    node_codes_csv(csv, texts, invocation->lang);
    return buffer_check(csv, "the list", err);
}

static int export(struct invocation *invocation, struct error *err)
{
    const char *path = option_value(invocation, OPTION_FILE, NULL);
    struct target target;
    struct buffer csv;
    int rc;

    if (!path)
        return usage_error(invocation, err, "--out FILE is missing");
    if (target_open_read(&target, invocation->operands[0], err) < 0)
        return -1;
    buffer_init(&csv, OUTPUT_LIMIT);
    rc = csv_of(invocation, &target, &csv, err);
    target_close(&target);
    if (rc == 0)
        rc = output_file(invocation, path, &csv, err);
    if (rc == 0)
        buffer_printf(&invocation->out, "%s\n", path);
    buffer_free(&csv);
    return rc;
}

/* ---- map, unmap, import ---- */

static void put_cell(struct buffer *out, const char *text)
{
    buffer_char(out, '"');
    for (; *text; text++) {
        if (*text == '"')
            buffer_char(out, '"');
        buffer_char(out, *text);
    }
    buffer_char(out, '"');
}

/* One mapping, as the file that would say it. */
static const char *one_line(const struct invocation *invocation)
{
    struct buffer out;
    const char *csv;

    buffer_init(&out, FILE_LIMIT);
    buffer_string(&out, "item,text,code\n");
    for (size_t i = 1; i < 4; i++) {
        buffer_string(&out, i > 1 ? "," : "");
        put_cell(&out, i < invocation->n_operands ? invocation->operands[i] : "");
    }
    buffer_char(&out, '\n');
    csv = arena_string(invocation->arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return csv;
}

static int change_here(struct invocation *invocation, struct node *node,
                       const struct codes_changing *changing, struct error *err)
{
    struct codes_changed *changed;

    if (node_codes_change(node, invocation->arena, changing, &changed, err) < 0)
        return -1;
    if (invocation->json) {
        node_codes_changed_json(&invocation->out, changed);
        buffer_char(&invocation->out, '\n');
    } else {
        node_codes_changed_text(&invocation->out, changed, invocation->lang);
    }
    return changed->n_refused > 0 && changed->n == 0 ? EXIT_INPUT : EXIT_OK;
}

static int change_there(struct invocation *invocation, struct remote *remote,
                        const struct codes_changing *changing, struct error *err)
{
    struct buffer body;
    int rc;

    buffer_init(&body, 2 * FILE_LIMIT);
    buffer_string(&body, "{\"csv\":");
    buffer_json_string(&body, changing->csv);
    buffer_string(&body, ",\"name\":");
    buffer_json_string(&body, changing->name);
    buffer_printf(&body, ",\"trial\":%s,\"blanks\":%s,\"lang\":\"%s\"}",
                  changing->is_trial ? "true" : "false",
                  changing->with_blanks ? "true" : "false", say(invocation, "fr", "en"));
    rc = remote_post(remote, invocation, "/codes", body.bytes, body.length,
                     !invocation->json, &invocation->out, err);
    buffer_free(&body);
    return rc;
}

static int change(struct invocation *invocation, struct error *err)
{
    bool is_file = invocation->action->id == ACTION_CODES_import;
    struct codes_changing changing = {
        .name = is_file ? invocation->operands[1] : "codes",
        .is_trial = option_given(invocation, OPTION_DRY_RUN),
        .with_blanks = invocation->action->id == ACTION_CODES_unmap,
        .caller = &invocation->caller,
        .now = invocation->now};
    struct target target;
    int rc;

    if (!is_file)
        changing.csv = one_line(invocation);
    else if (text_read(invocation->arena, invocation->operands[1], FILE_LIMIT,
                       &changing.csv, err) < 0)
        return -1;
    if (target_open_write(&target, invocation->operands[0], err) < 0)
        return -1;
    rc = target.remote ? change_there(invocation, target.remote, &changing, err)
                       : change_here(invocation, target.node, &changing, err);
    target_close(&target);
    return rc;
}

int command_codes(struct invocation *invocation, struct error *err)
{
    switch (invocation->action->id) {
    case ACTION_CODES_map:
    case ACTION_CODES_unmap:
    case ACTION_CODES_import: return change(invocation, err);
    case ACTION_CODES_mappings: return mappings(invocation, err);
    case ACTION_CODES_export: return export(invocation, err);
    default: return list(invocation, err);
    }
}
