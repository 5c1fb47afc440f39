/* SPDX-License-Identifier: Apache-2.0
 *
 * node/question.c: criteria in, answer out, and a line in the audit log. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/log.h"
#include "criteria/json.h"
#include "criteria/sentence.h"
#include "node/saved_internal.h"

static int add_groups(struct arena *arena, const struct cohort *cohort,
                      const struct node_question *question, struct node_answer *answer,
                      struct error *err)
{
    struct dimension dimensions[DIMENSIONS_MAX];

    if (question->n_by == 0)
        return 0;
    if (question->n_by > DIMENSIONS_MAX)
        return error_set(err, ERROR_INPUT, "at most %d dimensions at once",
                         DIMENSIONS_MAX);
    for (size_t i = 0; i < question->n_by; i++)
        if (dimension_parse(question->by[i], &dimensions[i], err) < 0)
            return -1;
    if (cohort_group(arena, cohort, dimensions, question->n_by, &answer->cells, err) < 0)
        return -1;
    if (question->top)
        cells_top(&answer->cells, question->top);
    return 0;
}

static int add_funnel(struct arena *arena, const struct snapshot *snapshot,
                      const struct question *question, struct node_answer *answer,
                      struct error *err)
{
    const struct criteria **steps;
    const char **lines;
    struct question step = *question;

    step.plan = NULL;
    answer->n_funnel = criteria_funnel(arena, question->criteria, &steps, &lines);
    answer->funnel = arena_array(arena, answer->n_funnel, sizeof(*answer->funnel));
    for (size_t i = 0; i < answer->n_funnel; i++) {
        struct cohort cohort;

        step.criteria = steps[i];
        if (cohort_eval(arena, snapshot, &step, &cohort, err) < 0)
            return -1;
        answer->funnel[i] =
            (struct funnel_step){lines[i], cohort.certain, cohort.possible};
    }
    return 0;
}

static int read_width(const char *text, double *width_r, struct error *err)
{
    char *end;

    *width_r = strtod(text, &end);
    if (end == text || *end || !(*width_r > 0) || isinf(*width_r))
        return error_set(err, ERROR_INPUT,
                         "bin %.40s: expected a width above 0, such as 5 or 0.5", text);
    return 0;
}

static int add_histogram(struct arena *arena, const struct cohort *cohort,
                         const struct question *parsed,
                         const struct node_question *question, struct node_answer *answer,
                         struct error *err)
{
    struct error reason = ERROR_INIT;
    const struct criteria_value *value =
        criteria_parse_value(arena, question->value, &reason);

    double width = 0;

    if (!value) /* a place in the value is none in the criteria */
        return error_set(err, reason.code, "histogram, column %u: %s", reason.column,
                         reason.message);
    if (question->bin && read_width(question->bin, &width, err) < 0)
        return -1;
    answer->value = criteria_print_value(arena, value);
    answer->histogram = arena_alloc(arena, sizeof(*answer->histogram));
    return cohort_histogram(arena, cohort, parsed, value, width, answer->histogram, err);
}

/* ---- remarks ---- */

static enum criteria_covered covers(void *context, enum group group,
                                    struct interval period)
{
    const struct coverage *coverage = context;

    group = model_sent_as(group);
    if (coverage_covers(coverage, group, period.first, period.last))
        return COVERED_WHOLLY;
    for (size_t i = 0; i < coverage->n_rows && !coverage->assumed; i++)
        if (coverage->rows[i].group == group &&
            coverage->rows[i].period.first <= period.last &&
            coverage->rows[i].period.last >= period.first)
            return COVERED_PARTLY;
    return COVERED_NOT;
}

/* Of an empty node neither the day nor the coverage says anything. */
static void add_remarks(struct arena *arena, const struct snapshot *snapshot,
                        const struct question *question, struct node_answer *answer)
{
    struct coverage *coverage =
        arena_copy(arena, question->coverage, sizeof(*question->coverage));
    struct criteria_circumstances circumstances = {
        .today = snapshot->sequence ? question->as_of : DAY_MAX,
        .covers = snapshot->sequence ? covers : NULL,
        .context = coverage};

    answer->n_remarks =
        criteria_check(arena, question->criteria, &circumstances, &answer->remarks);
    answer->pointers = arena_array(arena, answer->n_remarks, sizeof(*answer->pointers));
    for (size_t i = 0; i < answer->n_remarks; i++)
        answer->pointers[i] =
            criteria_json_pointer(arena, question->criteria, answer->remarks[i].node);
}

static int answer_on(struct node *node, struct arena *arena,
                     const struct snapshot *snapshot,
                     const struct node_question *question, struct node_answer *answer,
                     struct error *err)
{
    double start = clock_milliseconds();
    struct question parsed = {.coverage = coverage_of(node, arena, snapshot),
                              .as_of = question->as_of == DAY_MAX ? day_of_data(snapshot)
                                                                  : question->as_of};
    struct definitions definitions = definitions_of(node, arena, "");
    struct cohort cohort;

    if (question->explain)
        answer->plan = parsed.plan = arena_alloc(arena, sizeof(*answer->plan));
    parsed.criteria = definitions_parse(&definitions, question->criteria, err);
    if (!parsed.criteria || cohort_eval(arena, snapshot, &parsed, &cohort, err) < 0 ||
        add_groups(arena, &cohort, question, answer, err) < 0 ||
        (question->value &&
         add_histogram(arena, &cohort, &parsed, question, answer, err) < 0) ||
        (question->funnel && add_funnel(arena, snapshot, &parsed, answer, err) < 0))
        return -1;
    if (answer->plan)
        plan_name_lines(arena, answer->plan);
    answer->milliseconds = clock_milliseconds() - start;
    answer->certain = cohort.certain;
    answer->possible = cohort.possible;
    answer->patients = snapshot->patients;
    answer->sequence = snapshot->sequence;
    answer->time = snapshot->time;
    answer->incarnation = store_incarnation(node->store);
    answer->rules = RULES_VERSION;
    answer->model = node_model(node);
    answer->codebook = codes_digest(node);
    answer->criteria_digest = criteria_digest(parsed.criteria);
    answer->as_of = parsed.as_of;
    answer->criteria = criteria_print(arena, parsed.criteria);
    answer->criteria_json = criteria_to_json(arena, parsed.criteria);
    for (enum lang lang = LANG_FR; lang <= LANG_EN; lang++)
        answer->sentence[lang] = criteria_sentence(arena, parsed.criteria, lang);
    answer->coverage = parsed.coverage;
    add_remarks(arena, snapshot, &parsed, answer);
    return 0;
}

static int audit_count(struct node *node, const struct node_question *question,
                       const struct node_answer *answer, struct error *err)
{
    char outcome[96];

    snprintf(outcome, sizeof(outcome), "%llu certain, %llu possible, #%lld",
             (unsigned long long)answer->certain, (unsigned long long)answer->possible,
             (long long)answer->sequence);
    return audit_write(node->audit, question->caller, question->now, "count",
                       answer->criteria, outcome, err);
}

struct counting {
    struct node *node;
    struct arena *arena;
    const struct node_question *question;
    struct node_answer *answer;
};

static int answer_now(void *context, struct error *err)
{
    const struct counting *counting = context;
    struct node *node = counting->node;
    struct snapshot *snapshot = present_snapshot(node, err);
    int status;

    *counting->answer = (struct node_answer){0};
    if (!snapshot)
        return -1;
    status = answer_on(node, counting->arena, snapshot, counting->question,
                       counting->answer, err);
    snapshot_release(node->catalogue, snapshot);
    return status;
}

int node_count(struct node *node, struct arena *arena,
               const struct node_question *question, struct node_answer **answer_r,
               struct error *err)
{
    struct node_answer *answer = arena_alloc(arena, sizeof(*answer));
    struct counting counting = {node, arena, question, answer};

    if (index_ask(node, arena, answer_now, &counting, err) < 0 ||
        audit_count(node, question, answer, err) < 0)
        return -1;
    *answer_r = answer;
    return 0;
}
