/* SPDX-License-Identifier: Apache-2.0
 *
 * node/difference.c: why a cohort answers otherwise than in a run of its own.
 *
 * The data of today are asked the old question with the old premises first; then one premise
 * after the other is replaced by today's. Where a person's answer changes, there is the reason:
 *
 *     the run ──▶ old question on today's data ──▶ coverage ──▶ day ──▶ definitions ──▶ criteria
 *            opposed, new, changed, or else rules, codes                               = today
 *
 * In the first step only the data and the program can be at work. Whoever has no newer original
 * than the run's cut has the same data, so there it was the program (other rules, another model,
 * another version) or the centre's codebook. Where there are newer originals and one of these is
 * another as well, they cannot be told apart, and all are named. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "node/saved_internal.h"

enum step {
    STEP_DATA,
    STEP_COVERAGE,
    STEP_AS_OF,
    STEP_DEFINITIONS,
    STEP_CRITERIA,
    STEPS
};

static const enum reason step_reasons[STEPS] = {
    [STEP_DATA] = REASON_RULES, /* unless the data have changed */
    [STEP_COVERAGE] = REASON_COVERAGE,
    [STEP_AS_OF] = REASON_AS_OF,
    [STEP_DEFINITIONS] = REASON_DEFINITIONS,
    [STEP_CRITERIA] = REASON_CRITERIA,
};

const char *reason_word(enum reason reason)
{
    static const char *const words[REASONS] = {
        [REASON_ERASED] = "erased",
        [REASON_OPPOSED] = "opposed",
        [REASON_NEW] = "new",
        [REASON_CHANGED] = "changed",
        [REASON_RULES] = "rules",
        [REASON_CODES] = "codes",
        [REASON_COVERAGE] = "coverage",
        [REASON_AS_OF] = "as_of",
        [REASON_DEFINITIONS] = "definitions",
        [REASON_CRITERIA] = "criteria",
    };

    return words[reason];
}

struct comparison {
    struct node *node;
    struct arena *arena;
    struct snapshot *snapshot;
    struct saved *cohort; /* its last version */
    struct saved_run from, to;
    struct answers run;
    struct answers steps[STEPS];
    struct answers newer; /* 1: has an original newer than the run; else ANSWER_ABSENT */
    struct moves groups[1U << REASONS];
};

/* ---- the steps ---- */

static int note_newer(void *context, uint32_t person, struct error *err)
{
    struct comparison *comparison = context;

    (void)err;
    if (person < comparison->newer.after)
        comparison->newer.of[person] = 1;
    return 0;
}

/* Who has newer originals: only among those in the snapshot does it matter. */
static int find_newer(struct comparison *comparison, struct error *err)
{
    struct node *node = comparison->node;
    uint32_t after = comparison->steps[STEP_DATA].after;
    int status;

    comparison->newer = (struct answers){after, arena_alloc(comparison->arena, after)};
    memset(comparison->newer.of, ANSWER_ABSENT, after);
    pthread_mutex_lock(&node->reader_lock);
    status = store_changed(node->reader, comparison->from.sequence, note_newer,
                           comparison, err);
    pthread_mutex_unlock(&node->reader_lock);
    return status;
}

static bool same_premises(const struct premises *a, const struct premises *b)
{
    return strcmp(a->text, b->text) == 0 && strcmp(a->definitions, b->definitions) == 0 &&
           a->coverage == b->coverage && a->as_of == b->as_of;
}

static int take_steps(struct comparison *comparison, const char *old_text,
                      struct error *err)
{
    struct arena *arena = comparison->arena;
    const struct saved_run *from = &comparison->from;
    const struct coverage *present =
        coverage_of(comparison->node, arena, comparison->snapshot);
    day_number today = comparison->cohort->as_of == DAY_MAX
                           ? day_of_data(comparison->snapshot)
                           : comparison->cohort->as_of;
    struct premises premises = {.text = old_text,
                                .pinned = from->definitions,
                                .coverage =
                                    coverage_from_text(arena, from->coverage_text),
                                .as_of = from->as_of};
    struct premises before = {0};

    for (int step = STEP_DATA; step < STEPS; step++) {
        switch ((enum step)step) {
        case STEP_COVERAGE:
            if (strcmp(coverage_to_text(arena, present), from->coverage_text) != 0)
                premises.coverage = present;
            break;
        case STEP_AS_OF: premises.as_of = today; break;
        case STEP_DEFINITIONS: premises.pinned = ""; break;
        case STEP_CRITERIA: premises.text = comparison->cohort->text; break;
        case STEP_DATA:
        case STEPS: break;
        }
        if (answers_parse(comparison->node, arena, &premises, err) < 0)
            return step < STEP_CRITERIA
                       ? error_context(err, "the criteria of run %u", from->number)
                       : -1;
        if (step > STEP_DATA && same_premises(&before, &premises))
            comparison->steps[step] = comparison->steps[step - 1];
        else if (answers_make(arena, comparison->snapshot, &premises,
                              &comparison->steps[step], err) < 0)
            return -1;
        before = premises;
    }
    comparison->to = cut_of(comparison->node, arena, comparison->snapshot,
                            comparison->cohort, &premises);
    return 0;
}

/* ---- one person ---- */

static unsigned data_reason(const struct comparison *comparison, uint32_t person)
{
    const struct saved_run *from = &comparison->from;
    bool is_newer = answer_of(&comparison->newer, person) == 1;
    bool other_rules =
        from->rules != comparison->to.rules || from->model != comparison->to.model;

    bool other_codes = from->codebook != comparison->to.codebook;
    unsigned beside =
        (other_rules ? 1U << REASON_RULES : 0) | (other_codes ? 1U << REASON_CODES : 0);

    if (answer_of(&comparison->run, person) == ANSWER_ABSENT)
        return 1U << REASON_NEW;
    if (!is_newer)
        return beside ? beside : 1U << REASON_RULES;
    return 1U << REASON_CHANGED | beside;
}

static unsigned member_answer(unsigned answer)
{
    return answer == ANSWER_ABSENT ? TRUTH_NO : answer;
}

static unsigned reasons_of(const struct comparison *comparison, uint32_t person)
{
    unsigned before = member_answer(answer_of(&comparison->run, person));
    unsigned reasons = 0;

    if (answer_of(&comparison->steps[STEP_DATA], person) == ANSWER_ABSENT)
        return 1U << REASON_OPPOSED;
    for (int step = STEP_DATA; step < STEPS; step++) {
        unsigned answer = answer_of(&comparison->steps[step], person);

        if (answer != before)
            reasons |= step == STEP_DATA ? data_reason(comparison, person)
                                         : 1U << step_reasons[step];
        before = answer;
    }
    return reasons;
}

static void note_move(struct moves *moves, unsigned before, unsigned after)
{
    if (before == TRUTH_NO) {
        moves->joined_certain += after == TRUTH_YES;
        moves->joined_possible += after == TRUTH_UNKNOWN;
    } else if (after == TRUTH_NO) {
        moves->left_certain += before == TRUTH_YES;
        moves->left_possible += before == TRUTH_UNKNOWN;
    } else {
        moves->to_certain += after == TRUTH_YES;
        moves->to_possible += after == TRUTH_UNKNOWN;
    }
}

static void compare_persons(struct comparison *comparison)
{
    const struct answers *last = &comparison->steps[STEPS - 1];
    struct moves *erased = &comparison->groups[1U << REASON_ERASED];
    uint32_t after =
        comparison->run.after > last->after ? comparison->run.after : last->after;

    for (uint32_t person = 0; person < after; person++) {
        unsigned before = member_answer(answer_of(&comparison->run, person));
        unsigned answer = member_answer(answer_of(last, person));

        comparison->to.certain += answer == TRUTH_YES;
        comparison->to.possible += answer == TRUTH_UNKNOWN;
        if (answer != before)
            note_move(&comparison->groups[reasons_of(comparison, person)], before,
                      answer);
    }
    erased->left_certain = comparison->from.erased_certain;
    erased->left_possible = comparison->from.erased_possible;
}

/* ---- the whole ---- */

static uint64_t moves_sum(const struct moves *moves)
{
    return moves->joined_certain + moves->joined_possible + moves->left_certain +
           moves->left_possible + moves->to_certain + moves->to_possible;
}

static void moves_add(struct moves *sum, const struct moves *moves)
{
    sum->joined_certain += moves->joined_certain;
    sum->joined_possible += moves->joined_possible;
    sum->left_certain += moves->left_certain;
    sum->left_possible += moves->left_possible;
    sum->to_certain += moves->to_certain;
    sum->to_possible += moves->to_possible;
}

static struct node_difference *conclude(const struct comparison *comparison)
{
    struct arena *arena = comparison->arena;
    struct node_difference *difference = arena_alloc(arena, sizeof(*difference));

    difference->from = comparison->from;
    difference->to = comparison->to;
    difference->before_certain =
        comparison->from.certain + comparison->from.erased_certain;
    difference->before_possible =
        comparison->from.possible + comparison->from.erased_possible;
    difference->groups =
        arena_array(arena, ARRAY_LENGTH(comparison->groups), sizeof(*difference->groups));
    for (unsigned reasons = 0; reasons < ARRAY_LENGTH(comparison->groups); reasons++) {
        const struct moves *moves = &comparison->groups[reasons];

        if (moves_sum(moves) == 0)
            continue;
        moves_add(&difference->moves, moves);
        difference->groups[difference->n_groups++] =
            (struct difference_group){reasons, *moves};
    }
    return difference;
}

static int audit_difference(const struct comparison *comparison,
                            const struct caller *caller, int64_t now, struct error *err)
{
    char outcome[160];

    snprintf(outcome, sizeof(outcome),
             "run %u against %llu certain, %llu possible, #%lld", comparison->from.number,
             (unsigned long long)comparison->to.certain,
             (unsigned long long)comparison->to.possible,
             (long long)comparison->to.sequence);
    return audit_write(comparison->node->audit, caller, now, "cohort diff",
                       comparison->cohort->name, outcome, err);
}

/* What was asked, and what came of it. */
struct difference_asked {
    struct node *node;
    struct arena *arena;
    const char *name;
    unsigned number;
    struct comparison *comparison;
};

static int compare(struct comparison *comparison, const struct difference_asked *asked,
                   struct error *err)
{
    struct run_persons persons;
    const char *old_text;

    if (cohort_find(asked->node, asked->arena, asked->name, asked->number,
                    &comparison->cohort, &comparison->from, err) < 0 ||
        run_read(asked->node, asked->arena, &comparison->from, &old_text, &persons, err) <
            0 ||
        answers_of_run(asked->arena, &persons, &comparison->run, err) < 0 ||
        take_steps(comparison, old_text, err) < 0 || find_newer(comparison, err) < 0)
        return -1;
    compare_persons(comparison);
    return arena_check(asked->arena, err);
}

static int compare_now(void *context, struct error *err)
{
    struct difference_asked *asked = context;
    struct comparison *comparison = arena_alloc(asked->arena, sizeof(*comparison));
    int status;

    comparison->node = asked->node;
    comparison->arena = asked->arena;
    comparison->snapshot = present_snapshot(asked->node, err);
    if (!comparison->snapshot)
        return -1;
    status = compare(comparison, asked, err);
    snapshot_release(asked->node->catalogue, comparison->snapshot);
    asked->comparison = comparison;
    return status;
}

int node_cohort_difference(struct node *node, struct arena *arena, const char *name,
                           unsigned number, const struct caller *caller, int64_t now,
                           struct node_difference **difference_r, struct error *err)
{
    struct difference_asked asked = {node, arena, name, number, NULL};

    if (index_ask(node, arena, compare_now, &asked, err) < 0 ||
        audit_difference(asked.comparison, caller, now, err) < 0)
        return -1;
    *difference_r = conclude(asked.comparison);
    return 0;
}
