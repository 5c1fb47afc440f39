/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/coverage.c: lacis coverage NODE, the file NODE/coverage.csv or what stands for it, and a
 * proposal of it. */
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"
#include "node/node.h"
#include "node/quality.h"

#define KIND_COLUMNS 36
#define SOURCE_COLUMNS 24

/* "drug" for GROUP_DRUG: what stands in the column kind. */
static const char *kind_of(const struct invocation *invocation, enum group group)
{
    const char *id = model_group(group)->id;
    char *kind = arena_string(invocation->arena, id, strlen(id));

    for (char *c = kind; *c; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    return kind;
}

static const char *name_of(const struct invocation *invocation, enum group group)
{
    return say(invocation, model_group(group)->fr, model_group(group)->en);
}

/* Only where it decides: other kinds say by themselves what they do not know, and computed ones
 * follow those that they are made from. */
static bool is_decisive(enum group group)
{
    return model_group(group)->absence == ABSENCE_COVERED && !model_is_computed(group);
}

/* An open end is "". */
static const char *day_text(day_number day, char text[DATE_TEXT_SIZE])
{
    if (day == DAY_MIN || day == DAY_MAX)
        return "";
    return date_print_iso((struct interval){day, day}, text);
}

static void json_rows(struct invocation *invocation, const struct coverage *coverage)
{
    struct buffer *out = &invocation->out;
    char from[DATE_TEXT_SIZE], to[DATE_TEXT_SIZE];

    for (size_t i = 0; i < coverage->n_rows; i++) {
        const struct coverage_row *row = &coverage->rows[i];

        buffer_printf(out, "%s{\"kind\":\"%s\",\"source\":", i ? "," : "",
                      kind_of(invocation, row->group));
        buffer_json_string(out, row->source);
        buffer_printf(out, ",\"from\":\"%s\",\"to\":\"%s\"}",
                      day_text(row->period.first, from), day_text(row->period.last, to));
    }
}

static void put_json(struct invocation *invocation, const struct coverage *coverage)
{
    struct buffer *out = &invocation->out;

    buffer_printf(out, "{\"assumed\":%s,\"rows\":[",
                  coverage->assumed ? "true" : "false");
    json_rows(invocation, coverage);
    buffer_string(out, "],\"kinds\":[");
    for (int group = GROUP_NONE + 1, n = 0; group < GROUPS; group++) {
        if (!is_decisive((enum group)group))
            continue;
        buffer_printf(out, "%s{\"kind\":\"%s\",\"name\":", n++ ? "," : "",
                      kind_of(invocation, (enum group)group));
        buffer_json_string(out, name_of(invocation, (enum group)group));
        if (coverage->assumed)
            buffer_printf(out, ",\"seen\":%s", coverage->seen[group] ? "true" : "false");
        buffer_char(out, '}');
    }
    buffer_string(out, "]}\n");
}

static void put_assumed(struct invocation *invocation, const struct coverage *coverage)
{
    struct buffer *out = &invocation->out;

    buffer_string(
        out, say(invocation,
                 "Couverture non déclarée : un type qui apparaît dans les données est "
                 "supposé complet.\n",
                 "Coverage is not declared: a kind that occurs in the data is assumed "
                 "to be complete.\n"));
    for (int group = GROUP_NONE + 1; group < GROUPS; group++) {
        if (!is_decisive((enum group)group))
            continue;
        buffer_string(out, "  ");
        buffer_padded(out, name_of(invocation, (enum group)group), KIND_COLUMNS);
        buffer_string(out, " ");
        buffer_string(out, coverage->seen[group]
                               ? say(invocation, "supposé complet", "assumed complete")
                               : say(invocation, "absent des données : inconnu",
                                     "not in the data: unknown"));
        buffer_char(out, '\n');
    }
}

static void put_declared(struct invocation *invocation, const struct coverage *coverage)
{
    struct buffer *out = &invocation->out;
    char text[DATE_TEXT_SIZE];

    for (size_t i = 0; i < coverage->n_rows; i++) {
        const struct coverage_row *row = &coverage->rows[i];
        const char *from = day_text(row->period.first, text);

        buffer_padded(out, name_of(invocation, row->group), KIND_COLUMNS);
        buffer_char(out, ' ');
        buffer_padded(out, row->source, SOURCE_COLUMNS);
        buffer_char(out, ' ');
        buffer_padded(out, *from ? from : say(invocation, "depuis toujours", "always"),
                      15);
        buffer_string(out, " … ");
        buffer_string(out, row->period.last == DAY_MAX
                               ? say(invocation, "aujourd'hui", "today")
                               : day_text(row->period.last, text));
        buffer_char(out, '\n');
    }
    if (coverage->n_rows == 0)
        buffer_string(out,
                      say(invocation, "Déclarée vide : aucune absence n'est certaine.\n",
                          "Declared empty: no absence is certain.\n"));
}

static int suggest(struct invocation *invocation, struct node *node, struct error *err)
{
    struct node_quality quality = {0};
    struct progress progress;
    int rc;

    progress_start(&progress, invocation, "patients", "patients");
    rc = node_quality(node, &invocation->caller, invocation->now, progress_of_total,
                      &progress, &quality, err);
    progress_end(&progress);
    if (rc == 0)
        node_coverage_suggest(&invocation->out, &quality, invocation->lang);
    node_quality_free(&quality);
    return rc;
}

static void put_coverage(struct invocation *invocation, struct node *node)
{
    const struct coverage *coverage;
    struct snapshot *snapshot = node_snapshot(node, &coverage);

    if (invocation->json)
        put_json(invocation, coverage);
    else if (coverage->assumed)
        put_assumed(invocation, coverage);
    else
        put_declared(invocation, coverage);
    node_snapshot_release(node, snapshot);
}

int command_coverage(struct invocation *invocation, struct error *err)
{
    struct node *node = node_open(invocation->operands[0], NODE_READ, err);
    int rc = 0;

    if (!node)
        return -1;
    if (option_given(invocation, OPTION_SUGGEST))
        rc = suggest(invocation, node, err);
    else
        put_coverage(invocation, node);
    node_close(node);
    return rc < 0 ? -1 : EXIT_OK;
}
