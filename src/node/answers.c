/* SPDX-License-Identifier: Apache-2.0
 *
 * node/answers.c: criteria into an answer for each person, and the cut at which it was given. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "index/eval.h"
#include "index/set.h"
#include "node/saved_internal.h"

#define TEXT_LIMIT ((size_t)16 << 20)

/* ---- coverage ---- */

/* A field of a line. */
static void put_field(struct buffer *out, const char *text)
{
    for (; *text; text++)
        buffer_char(out, (unsigned char)*text < ' ' ? ' ' : *text);
}

/* "assumed\n", a line for each kind that occurs; or "declared\n", a line for each row: kind,
 * source, first and last day as numbers, with tabs between. */
const char *coverage_to_text(struct arena *arena, const struct coverage *coverage)
{
    struct buffer out;
    const char *text;

    buffer_init(&out, TEXT_LIMIT);
    buffer_string(&out, coverage->assumed ? "assumed\n" : "declared\n");
    for (int group = GROUP_NONE + 1; coverage->assumed && group < GROUPS; group++)
        if (coverage->seen[group])
            buffer_printf(&out, "%s\n", model_group((enum group)group)->id);
    for (size_t i = 0; i < coverage->n_rows; i++) {
        const struct coverage_row *row = &coverage->rows[i];

        buffer_printf(&out, "%s\t", model_group(row->group)->id);
        put_field(&out, row->source);
        buffer_printf(&out, "\t%d\t%d\n", row->period.first, row->period.last);
    }
    text = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

static enum group group_of_id(const char *id)
{
    for (int group = GROUP_NONE + 1; group < GROUPS; group++)
        if (strcmp(model_group((enum group)group)->id, id) == 0)
            return (enum group)group;
    return GROUP_NONE; /* of another model: no line asks for it */
}

/* Cut TEXT at the next SIGN; what is behind it, or its end. */
static char *cut_at(char *text, char sign)
{
    char *at = strchr(text, sign);

    if (!at)
        return text + strlen(text);
    *at = '\0';
    return at + 1;
}

const struct coverage *coverage_from_text(struct arena *arena, const char *text)
{
    struct coverage *coverage = arena_alloc(arena, sizeof(*coverage));
    char *line = arena_string(arena, text, strlen(text)), *next;
    size_t n = 0;

    for (const char *c = text; *c; c++)
        n += *c == '\n';

    struct coverage_row *rows = arena_array(arena, n + 1, sizeof(*rows));

    next = cut_at(line, '\n');
    coverage->assumed = strcmp(line, "assumed") == 0;
    coverage->rows = rows;
    for (line = next; *line; line = next) {
        next = cut_at(line, '\n');

        char *source = cut_at(line, '\t');
        char *first = cut_at(source, '\t');
        char *last = cut_at(first, '\t');
        enum group group = group_of_id(line);

        if (group == GROUP_NONE)
            continue;
        if (coverage->assumed)
            coverage->seen[group] = true;
        else
            rows[coverage->n_rows++] =
                (struct coverage_row){.group = group,
                                      .source = source,
                                      .period = {(day_number)strtol(first, NULL, 10),
                                                 (day_number)strtol(last, NULL, 10)}};
    }
    return coverage;
}

uint64_t text_digest(const char *text)
{
    uint64_t digest = 0xcbf29ce484222325u; /* FNV-1a */

    for (; *text; text++)
        digest = (digest ^ (unsigned char)*text) * 0x100000001b3u;
    return digest;
}

/* ---- the present ---- */

struct snapshot *present_snapshot(struct node *node, struct error *err)
{
    struct error reason = ERROR_INIT;

    /* whoever writes this node may be another process; an index not yet made is empty */
    if (node->mode == NODE_READ && catalogue_refresh(node->catalogue, &reason) < 0 &&
        reason.code != ERROR_NOT_FOUND) {
        if (err)
            *err = reason;
        return NULL;
    }
    return catalogue_snapshot(node->catalogue);
}

day_number day_of_data(const struct snapshot *snapshot)
{
    return (day_number)(snapshot->time / 86400);
}

struct saved_run cut_of(const struct node *node, struct arena *arena,
                        const struct snapshot *snapshot, const struct saved *cohort,
                        const struct premises *premises)
{
    struct saved_run run = {
        .cohort = cohort->name,
        .version = cohort->version,
        .author = "",
        .sequence = snapshot->sequence,
        .received = snapshot->time,
        .rules = RULES_VERSION,
        .model = node_model(node),
        .codebook = codes_digest(node),
        .criteria = criteria_digest(premises->criteria),
        .as_of = premises->as_of,
        .coverage_text = coverage_to_text(arena, premises->coverage),
        .definitions = premises->definitions,
    };

    run.coverage = text_digest(run.coverage_text);
    memcpy(run.incarnation, store_incarnation(node->store), sizeof(run.incarnation));
    return run;
}

/* ---- answers ---- */

int answers_parse(struct node *node, struct arena *arena, struct premises *premises,
                  struct error *err)
{
    struct definitions definitions = definitions_of(node, arena, premises->pinned);

    premises->criteria = definitions_parse(&definitions, premises->text, err);
    premises->definitions = definitions.used;
    return premises->criteria ? 0 : -1;
}

static struct answers answers_new(struct arena *arena, uint32_t last)
{
    struct answers answers = {last + 1, arena_alloc(arena, (size_t)last + 1)};

    memset(answers.of, ANSWER_ABSENT, answers.after);
    return answers;
}

static void take_part(const struct cohort *cohort, size_t i, struct answers *answers)
{
    const struct segment *segment = cohort->snapshot->segments[i];
    const uint64_t *mask = cohort->snapshot->masks[i];
    const struct cohort_part *part = &cohort->parts[i];

    for (uint32_t p = 0; p < segment->patients; p++)
        if (!mask || !set_has(mask, p))
            answers->of[segment->person[p]] = set_has(part->certain, p)    ? TRUTH_YES
                                              : set_has(part->possible, p) ? TRUTH_UNKNOWN
                                                                           : TRUTH_NO;
}

int answers_make(struct arena *arena, const struct snapshot *snapshot,
                 const struct premises *premises, struct answers *answers_r,
                 struct error *err)
{
    struct question question = {.criteria = premises->criteria,
                                .coverage = premises->coverage,
                                .as_of = premises->as_of};
    struct answers answers;
    struct cohort cohort;
    uint32_t last = 0;

    for (size_t i = 0; i < snapshot->n; i++) {
        const struct segment *segment = snapshot->segments[i];

        if (segment->patients > 0 && segment->person[segment->patients - 1] > last)
            last = segment->person[segment->patients - 1];
    }
    answers = answers_new(arena, last);

    struct arena_mark mark = arena_mark(arena);
    int status = cohort_eval(arena, snapshot, &question, &cohort, err);

    for (size_t i = 0; status == 0 && i < snapshot->n; i++)
        take_part(&cohort, i, &answers);
    arena_release(arena, mark);
    if (status == 0)
        *answers_r = answers;
    return status;
}

int answers_of_run(struct arena *arena, const struct run_persons *persons,
                   struct answers *answers_r, struct error *err)
{
    struct answers answers =
        answers_new(arena, persons->n ? persons->person[persons->n - 1] : 0);

    for (size_t i = 0; i < persons->n; i++)
        answers.of[persons->person[i]] = persons->answer[i];
    *answers_r = answers;
    return arena_check(arena, err);
}

struct run_persons answers_persons(struct arena *arena, const struct answers *answers)
{
    uint32_t *person;
    unsigned char *answer;
    size_t n = 0;

    for (uint32_t i = 0; i < answers->after; i++)
        n += answers->of[i] != ANSWER_ABSENT;
    person = arena_array(arena, n + 1, sizeof(*person));
    answer = arena_array(arena, n + 1, sizeof(*answer));
    n = 0;
    for (uint32_t i = 0; i < answers->after; i++) {
        if (answers->of[i] == ANSWER_ABSENT)
            continue;
        person[n] = i;
        answer[n++] = answers->of[i];
    }
    return (struct run_persons){n, person, answer};
}
