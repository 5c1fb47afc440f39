/* SPDX-License-Identifier: Apache-2.0
 *
 * node/explain.c: why one patient is in the answer to some criteria, or may be, or is not. The
 * care view of one record, judged line by line (index/judge.h). */
#include <inttypes.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "node/explain.h"
#include "node/saved_internal.h"

struct asking {
    struct node *node;
    struct arena *arena;
    struct snapshot *snapshot; /* whose coverage and day are asked with */
    uint32_t person;           /* 0: not known */
    struct record *record;
    struct question question;
};

static int find_patient(struct asking *asking, const char *number, struct error *err)
{
    int status;

    pthread_mutex_lock(&asking->node->reader_lock);
    status = person_find(asking->node, asking->arena, number, NULL, &asking->person,
                         &asking->record, err);
    pthread_mutex_unlock(&asking->node->reader_lock);
    return status;
}

static int read_question(struct asking *asking, const struct node_question *question,
                         struct error *err)
{
    struct definitions definitions = definitions_of(asking->node, asking->arena, "");

    asking->question.criteria = definitions_parse(&definitions, question->criteria, err);
    if (!asking->question.criteria)
        return -1;
    asking->question.coverage =
        coverage_of(asking->node, asking->arena, asking->snapshot);
    asking->question.as_of =
        question->as_of == DAY_MAX ? day_of_data(asking->snapshot) : question->as_of;
    return 0;
}

/* STATUS is that of looking for the patient; the line comes before the answer: who cannot be
 * logged cannot read. */
static int audit_explain(const struct asking *asking,
                         const struct node_question *question, enum truth truth,
                         int status, struct error *err)
{
    static const char *const outcomes[] = {"no", "possible", "certain"};
    const char *detail =
        arena_printf(asking->arena, "person %" PRIu32 ": %s", asking->person,
                     criteria_print(asking->arena, asking->question.criteria));

    if (audit_write(asking->node->audit, question->caller, question->now, "explain",
                    detail, status == 0 ? outcomes[truth] : "not found",
                    status == 0 ? err : NULL) < 0)
        return -1;
    return status;
}

static int explain(struct asking *asking, const char *number,
                   const struct node_question *question, bool json, enum lang lang,
                   struct buffer *out, struct error *err)
{
    struct explanation explanation = {.arena = asking->arena,
                                      .number = number,
                                      .question = &asking->question,
                                      .sequence = asking->snapshot->sequence};
    int status;

    if (read_question(asking, question, err) < 0)
        return -1;
    status = find_patient(asking, number, err);
    if (status == 0) {
        explanation.record = asking->record;
        explanation.root =
            judge_explain(asking->arena, asking->record, &asking->question);
        status = arena_check(asking->arena, err);
    }
    status =
        audit_explain(asking, question,
                      explanation.root ? explanation.root->truth : TRUTH_NO, status, err);
    if (status < 0)
        return -1;
    if (json)
        explanation_json(out, &explanation);
    else
        explanation_text(out, &explanation, lang);
    if (arena_check(asking->arena, err) < 0)
        return -1;
    return buffer_check(out, "the explanation", err);
}

int node_explain(struct node *node, const char *number,
                 const struct node_question *question, bool json, enum lang lang,
                 struct buffer *out, struct error *err)
{
    struct asking asking = {.node = node,
                            .arena = arena_new("explanation", PERSON_ARENA),
                            .snapshot = present_snapshot(node, err)};
    int status = -1;

    if (asking.snapshot) {
        status = explain(&asking, number, question, json, lang, out, err);
        snapshot_release(node->catalogue, asking.snapshot);
    }
    arena_free(asking.arena);
    return status;
}
