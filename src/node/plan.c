/* SPDX-License-Identifier: Apache-2.0
 *
 * node/plan.c: what answering did, as JSON and as words. */
#include <inttypes.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "node/node_internal.h"

/* A line in whole, of a list only what joins it: its lines follow. */
static const char *step_text(struct arena *arena, const struct criteria *criteria)
{
    switch (criteria->kind) {
    case CRITERIA_AND: return "and";
    case CRITERIA_OR: return "or";
    case CRITERIA_NOT: return "not";
    case CRITERIA_TUMOUR: return "tumour";
    case CRITERIA_SAME: return criteria_same_word(criteria->group);
    case CRITERIA_AT_LEAST: return arena_printf(arena, "at least %u of", criteria->count);
    case CRITERIA_NAMED: return arena_printf(arena, "named \"%s\"", criteria->name);
    default: return criteria_print(arena, criteria);
    }
}

void plan_name_lines(struct arena *arena, struct plan *plan)
{
    for (size_t i = 0; i < plan->n; i++)
        plan->step[i].line = step_text(arena, plan->step[i].criteria);
}

/* What the rows of STEP are, for programs and for people. */
static const char *unit_of(const struct plan_step *step)
{
    return step->of == GROUP_PATIENT          ? "patient"
           : step->of == GROUP_PRIMARY_CANCER ? "tumour"
                                              : criteria_same_word(step->of);
}

static const char *units_of(const struct plan_step *step, bool french)
{
    switch (step->of) {
    case GROUP_PRIMARY_CANCER: return french ? " tumeurs" : " tumours";
    case GROUP_SPECIMEN: return french ? " prélèv." : " samples";
    case GROUP_TUMOUR_EVENT: return french ? " événem." : " events";
    case GROUP_TNM: return " TNM";
    default: return " patients";
    }
}

void plan_json(struct buffer *out, const struct plan *plan)
{
    buffer_string(out, ",\"plan\":[");
    for (size_t i = 0; i < plan->n; i++) {
        const struct plan_step *step = &plan->step[i];

        buffer_string(out, i ? ",{\"line\":" : "{\"line\":");
        buffer_json_string(out, step->line);
        buffer_printf(out,
                      ",\"depth\":%u,\"unit\":\"%s\",\"asked\":%" PRIu64
                      ",\"certain\":%" PRIu64 ",\"possible\":%" PRIu64
                      ",\"facts\":%" PRIu64 ",\"rows\":%" PRIu64 "}",
                      step->depth, unit_of(step), step->asked, step->certain,
                      step->possible - step->certain, step->work.postings,
                      step->work.rows);
    }
    buffer_printf(out, "],\"work\":{\"facts\":%" PRIu64 ",\"rows\":%" PRIu64 "}",
                  plan->total.postings, plan->total.rows);
}

#define LINE_WIDTH 52

void plan_text(struct buffer *out, const struct plan *plan, bool french)
{
    static const char *const heads[2][6] = {{"Plan (in the order of work)", "of", "asked",
                                             "certain", "possible", "facts read"},
                                            {"Plan (dans l’ordre du travail)", "sur",
                                             "demandés", "retrouvés", "à vérifier",
                                             "faits lus"}};
    const char *const *head = heads[french];

    buffer_char(out, '\n');
    buffer_padded(out, head[0], LINE_WIDTH);
    buffer_padded(out, head[1], 9);
    for (size_t i = 2; i < ARRAY_LENGTH(heads[0]); i++)
        buffer_right(out, head[i], 12);
    buffer_char(out, '\n');
    for (size_t i = 0; i < plan->n; i++) {
        const struct plan_step *step = &plan->step[i];
        unsigned indent = 2 * (step->depth < 10 ? step->depth : 10);

        buffer_padded(out, "", indent);
        buffer_padded(out, step->line, LINE_WIDTH - indent);
        buffer_padded(out, units_of(step, french), 9);
        buffer_right_count(out, step->asked, 12, french);
        buffer_right_count(out, step->certain, 12, french);
        buffer_right_count(out, step->possible - step->certain, 12, french);
        buffer_right_count(out, step->work.postings, 12, french);
        buffer_char(out, '\n');
    }
    buffer_padded(out, french ? "en tout" : "in all", LINE_WIDTH + 9 + 36);
    buffer_right_count(out, plan->total.postings, 12, french);
    buffer_char(out, '\n');
}
