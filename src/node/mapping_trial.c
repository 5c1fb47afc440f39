/* SPDX-License-Identifier: Apache-2.0
 *
 * node/mapping_trial.c: what a mapping makes of the first rows of a table, in words and in JSON. */
#include <string.h>

#include "adapt/mapping.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "intake/trial.h"
#include "node/mapping.h"
#include "node/node_internal.h"

#define TRIAL_ARENA ((size_t)512 << 20)
#define REFUSALS_LIMIT ((size_t)16 << 20)

struct showing {
    const struct adapt_context *context;
    struct arena *arena; /* one patient */
    struct buffer *out;
    struct buffer refused, remarks; /* shown behind the patients */
    bool json;
    enum lang lang;
    size_t n_patients, n_refused, n_remarks;
};

static const char *say(const struct showing *showing, const char *fr, const char *en)
{
    return showing->lang == LANG_FR ? fr : en;
}

/* ---- facts ---- */

static void put_fact_json(struct showing *showing, const struct fact *fact, bool first)
{
    struct buffer *out = showing->out;

    buffer_printf(out, "%s{\"object\":\"%s\",\"tumour\":", first ? "" : ",",
                  model_group(fact->group)->id);
    if (fact->tumour == TUMOUR_NONE)
        buffer_string(out, "null");
    else
        buffer_printf(out, "%d", fact->tumour + 1);
    buffer_string(out, ",\"items\":{");
    for (size_t i = 0; i < fact->n_values; i++) {
        buffer_string(out, i ? "," : "");
        value_json(out, &fact->values[i]);
    }
    buffer_string(out, "}}");
}

static void put_fact_words(struct showing *showing, const struct fact *fact)
{
    const struct group_row *group = model_group(fact->group);
    struct buffer *out = showing->out;

    buffer_printf(out, "    %s", say(showing, group->fr, group->en));
    if (fact->tumour != TUMOUR_NONE)
        buffer_printf(out, " (%s %d)", say(showing, "tumeur", "tumour"),
                      fact->tumour + 1);
    for (size_t i = 0; i < fact->n_values; i++) {
        const struct item_row *item = model_item(fact->values[i].item);

        buffer_string(out, i ? ", " : say(showing, " : ", ": "));
        buffer_printf(out, "%s ", say(showing, item->fr, item->en));
        value_print(out, &fact->values[i], showing->lang);
    }
    buffer_char(out, '\n');
}

/* ---- what was set aside ---- */

static void put_refusal(struct showing *showing, unsigned line, const char *place,
                        const char *reason)
{
    struct buffer *out = &showing->refused;

    if (showing->json) {
        buffer_printf(out, "%s{\"line\":%u,\"place\":", showing->n_refused ? "," : "",
                      line);
        buffer_json_string(out, place);
        buffer_string(out, ",\"reason\":");
        buffer_json_string(out, reason);
        buffer_char(out, '}');
    } else {
        buffer_printf(out, "    %s %u%s", say(showing, "ligne", "line"), line,
                      say(showing, " : ", ": "));
        if (*place)
            buffer_printf(out, "%s%s", place, say(showing, " : ", ": "));
        buffer_printf(out, "%s\n", reason);
    }
    showing->n_refused++;
}

static void put_remark(struct showing *showing, const char *place, const char *reason)
{
    struct buffer *out = &showing->remarks;

    if (showing->json) {
        buffer_printf(out, "%s{\"place\":", showing->n_remarks ? "," : "");
        buffer_json_string(out, place);
        buffer_string(out, ",\"reason\":");
        buffer_json_string(out, reason);
        buffer_char(out, '}');
    } else {
        buffer_printf(out, "    %s: %s\n", place, reason);
    }
    showing->n_remarks++;
}

static void on_refused(void *context, unsigned line, const char *place,
                       const char *reason)
{
    put_refusal(context, line, place, reason);
}

static void on_remark(void *context, const char *place, const char *reason)
{
    put_remark(context, place, reason);
}

static unsigned line_of(const struct slice *slice, const struct remark *remark)
{
    const unsigned *lines = slice->tables[0].lines;

    return remark->row > 0 && remark->row <= slice->tables[0].n_rows
               ? lines[remark->row - 1]
               : lines[0];
}

static void put_remarks(struct showing *showing, const struct slice *slice,
                        const struct remarks *remarks)
{
    for (const struct remark *remark = remarks->first; remark; remark = remark->next) {
        if (remark->kind == REMARK_REFUSED_VALUE)
            put_refusal(showing, line_of(slice, remark), remark->path, remark->reason);
        else if (remark->kind == REMARK_CONFLICT || showing->n_patients == 1)
            put_remark(showing, remark->path, remark->reason);
    }
}

/* ---- patients ---- */

static void put_patient(struct showing *showing, const struct slice *slice,
                        const struct facts *facts)
{
    struct buffer *out = showing->out;

    if (showing->json) {
        buffer_printf(out, "%s{\"number\":", showing->n_patients ? "," : "");
        buffer_json_string(out, slice->person);
        buffer_printf(out, ",\"line\":%u,\"facts\":[", slice->tables[0].lines[0]);
    } else {
        buffer_printf(out, "%s %u, patient %s\n", say(showing, "Ligne", "Line"),
                      slice->tables[0].lines[0], slice->person);
    }
    for (size_t i = 0; i < facts->n; i++) {
        if (showing->json)
            put_fact_json(showing, &facts->fact[i], i == 0);
        else
            put_fact_words(showing, &facts->fact[i]);
    }
    if (showing->json)
        buffer_string(out, "]}");
    showing->n_patients++;
}

static int on_slice(void *context, const struct slice *slice, struct error *err)
{
    struct showing *showing = context;
    struct remarks remarks = {0};
    struct facts *facts;
    struct error reason = ERROR_INIT;

    (void)err;
    arena_reset(showing->arena);
    if (adapt_fragment(showing->arena, showing->context, FRAGMENT_TABLES, slice->bytes,
                       slice->length, 0, &facts, &remarks, &reason) < 0) {
        put_refusal(showing, slice->tables[0].lines[0], "", reason.message);
        return 0;
    }
    put_patient(showing, slice, facts);
    put_remarks(showing, slice, &remarks);
    return 0;
}

static void put_end(struct showing *showing)
{
    struct buffer *out = showing->out;

    if (showing->json) {
        buffer_printf(out, "],\"refused\":[%s],\"remarks\":[%s]}\n",
                      buffer_text(&showing->refused), buffer_text(&showing->remarks));
        return;
    }
    if (showing->n_refused > 0)
        buffer_printf(out, "%s\n%s", say(showing, "Refusé :", "Refused:"),
                      buffer_text(&showing->refused));
    if (showing->n_remarks > 0)
        buffer_printf(out, "%s\n%s", say(showing, "Remarques :", "Remarks:"),
                      buffer_text(&showing->remarks));
}

static int show(struct node *node, const struct node_mapping_trial *trial,
                const struct mappings *mappings, const char *source,
                struct showing *showing, struct error *err)
{
    struct adapt_context context = node_context(node);
    struct trial rows = {.path = trial->file,
                         .source = source,
                         .mappings = mappings,
                         .rows = trial->rows,
                         .scratch = node->folder,
                         .context = showing,
                         .slice = on_slice,
                         .refused = on_refused,
                         .remark = on_remark};
    int rc;

    context.mappings = mappings;
    showing->context = &context;
    showing->arena = arena_new("patient of a trial", TRIAL_ARENA);
    buffer_init(&showing->refused, REFUSALS_LIMIT);
    buffer_init(&showing->remarks, REFUSALS_LIMIT);
    if (showing->json)
        buffer_string(showing->out, "{\"patients\":[");
    rc = trial_run(&rows, err);
    if (rc == 0)
        put_end(showing);
    buffer_free(&showing->refused);
    buffer_free(&showing->remarks);
    arena_free(showing->arena);
    return rc;
}

int node_mapping_check(struct node *node, const struct node_mapping_trial *trial,
                       struct buffer *out, struct error *err)
{
    struct showing showing = {.out = out, .json = trial->json, .lang = trial->lang};
    struct arena *arena = arena_new("mapping", TRIAL_ARENA);
    const struct mapping *list[1];
    struct mappings own = {.mapping = list};
    struct mapping *mapping;
    int rc = 0;

    if (trial->text &&
        (rc = mapping_read(arena, trial->text, trial->length, &mapping, err)) == 0) {
        list[0] = mapping;
        own.n = 1;
    }
    if (rc == 0)
        rc = show(node, trial, trial->text ? &own : node->context.mappings,
                  trial->text ? list[0]->source : trial->source, &showing, err);
    arena_free(arena);
    return rc;
}
