/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval.c: the tree of criteria, segment by segment. See eval.h and eval_internal.h.
 *
 * A conjunction evaluates its cheapest line first and tells the next ones which rows still
 * matter; everything else is set algebra on bit words. */
#include "index/eval.h"

#include <string.h>

#include "base/error.h"
#include "index/eval_history.h"
#include "index/eval_same.h"

struct pair pair_new(const struct evaluator *ev, enum segment_level level)
{
    size_t rows = level_rows(ev, level);

    return (struct pair){set_new(ev->arena, rows), set_new(ev->arena, rows)};
}

void set_to_tumours(const struct segment *segment, const uint64_t *patients,
                    uint64_t *tumours, const uint64_t *restrict_to)
{
    const uint32_t *patient = segment->tumour_patient;
    size_t words = set_words(segment->tumours);

    if (!restrict_to && set_count(patients, segment->patients) < segment->patients / 4) {
        set_each(p, patients, segment->patients)
        {
            for (uint32_t row = segment->first_tumour[p];
                 row < segment_after_tumours(segment, p); row++)
                set_put(tumours, row);
        }
        return;
    }
    for (size_t w = 0; w < words; w++) {
        uint64_t found = 0;

        for (uint64_t bits = restrict_to ? restrict_to[w] : set_all(segment->tumours, w);
             bits; bits &= bits - 1) {
            unsigned bit = (unsigned)__builtin_ctzll(bits);

            found |= (uint64_t)set_has(patients, patient[w * 64 + bit]) << bit;
        }
        tumours[w] |= segment->not_counted ? found & ~segment->not_counted[w] : found;
    }
}

void set_to_patients(const struct segment *segment, const uint64_t *tumours,
                     uint64_t *patients)
{
    set_each(row, tumours, segment->tumours)
        set_put(patients, segment->tumour_patient[row]);
}

/* ---- and ---- */

static uint64_t node_cost(const struct evaluator *ev, const struct criteria *criteria)
{
    uint64_t cost = 0;

    switch (criteria->kind) {
    case CRITERIA_FACT: return fact_cost(ev, criteria);
    case CRITERIA_AGE: return ev->segment->tumours / 2;
    case CRITERIA_VITAL:
    case CRITERIA_DATE: /* a column, several rows at a time */
        return ev->segment->tumours / 8 + others_cost(ev, criteria);
    case CRITERIA_ANY:
    case CRITERIA_ACTIVE: return 0;
    case CRITERIA_AND: /* as cheap as its cheapest line leaves it */
        cost = UINT64_MAX;
        for (size_t i = 0; i < criteria->n_children; i++) {
            uint64_t child = node_cost(ev, criteria->children[i]);

            cost = child < cost ? child : cost;
        }
        return cost;
    case CRITERIA_NOT: /* leaves many rows: later */
        return node_cost(ev, criteria->children[0]) + ev->segment->tumours;
    case CRITERIA_OR:
    case CRITERIA_AT_LEAST:
    case CRITERIA_SAME: /* all samples of all rows are listed first */
        cost = 4 * (uint64_t)ev->segment->tumours;
        break;
    case CRITERIA_TUMOUR:
    case CRITERIA_NAMED:
    case CRITERIA_USE: break;
    }
    for (size_t i = 0; i < criteria->n_children; i++)
        cost += node_cost(ev, criteria->children[i]);
    return cost;
}

/* What evaluating each child of CRITERIA costs. */
static uint64_t *child_costs(const struct evaluator *ev, const struct criteria *criteria)
{
    uint64_t *cost = arena_array(ev->arena, criteria->n_children, sizeof(*cost));

    for (size_t i = 0; i < criteria->n_children; i++)
        cost[i] = node_cost(ev, criteria->children[i]);
    return cost;
}

/* The cheapest of N, once. */
static size_t take_cheapest(uint64_t *cost, size_t n)
{
    size_t cheapest = 0;

    for (size_t i = 1; i < n; i++)
        if (cost[i] < cost[cheapest])
            cheapest = i;
    cost[cheapest] = UINT64_MAX;
    return cheapest;
}

static struct pair eval_and(const struct evaluator *ev, const struct criteria *criteria,
                            enum segment_level level, const uint64_t *restrict_to)
{
    size_t n = criteria->n_children, rows = level_rows(ev, level);
    uint64_t *cost = child_costs(ev, criteria);
    struct pair out = {0};

    for (size_t done = 0; done < n; done++) {
        size_t next = take_cheapest(cost, n);
        struct pair child = eval_node(ev, criteria->children[next], level,
                                      done ? out.possible : restrict_to);

        if (done == 0) {
            out = child;
            if (restrict_to) {
                set_and(out.certain, restrict_to, rows);
                set_and(out.possible, restrict_to, rows);
            }
            continue;
        }
        set_and(out.certain, child.certain, rows);
        set_and(out.possible, child.possible, rows);
    }
    return out;
}

/* ---- or, at least ---- */

/* RESTRICT_TO (NULL: all) as a set to be made smaller. */
static uint64_t *rows_to_decide(const struct evaluator *ev, enum segment_level level,
                                const uint64_t *restrict_to)
{
    size_t rows = level_rows(ev, level);
    uint64_t *undecided = set_new(ev->arena, rows);

    if (restrict_to)
        set_copy(undecided, restrict_to, rows);
    else
        set_fill(undecided, rows);
    return undecided;
}

/* The cheapest line first; the others of those who are not certain by then. */
static struct pair eval_or(const struct evaluator *ev, const struct criteria *criteria,
                           enum segment_level level, const uint64_t *restrict_to)
{
    size_t n = criteria->n_children, rows = level_rows(ev, level);
    uint64_t *cost = child_costs(ev, criteria);
    uint64_t *undecided = rows_to_decide(ev, level, restrict_to);
    struct pair out = pair_new(ev, level);

    for (size_t done = 0; done < n; done++) {
        const struct criteria *next = criteria->children[take_cheapest(cost, n)];
        struct pair child = eval_node(ev, next, level, done ? undecided : restrict_to);

        set_or(out.certain, child.certain, rows);
        set_or(out.possible, child.possible, rows);
        set_and_not(undecided, out.certain, rows);
    }
    return out;
}

/* Add SET to counters kept bit by bit: counter of a row is plane[0] + 2·plane[1] + …, and
 * COUNT more reach the top. */
static void count_set(uint64_t *const *plane, unsigned planes, const uint64_t *set,
                      size_t words)
{
    for (size_t w = 0; w < words; w++) {
        uint64_t carry = set[w];

        for (unsigned p = 0; p < planes && carry; p++) {
            uint64_t both = plane[p][w] & carry;

            plane[p][w] ^= carry;
            carry = both;
        }
    }
}

/* Rows whose counter is at least COUNT. */
static void counted_at_least(uint64_t *const *plane, unsigned planes, unsigned count,
                             uint64_t *out, size_t words)
{
    for (size_t w = 0; w < words; w++) {
        uint64_t greater = 0, equal = ~(uint64_t)0;

        for (unsigned p = planes; p-- > 0;) {
            uint64_t wanted = (count >> p) & 1 ? ~(uint64_t)0 : 0;

            greater |= equal & plane[p][w] & ~wanted;
            equal &= ~(plane[p][w] ^ wanted);
        }
        out[w] = greater | equal;
    }
}

/* The cheapest line first; the others of those for whom it is still open. Whatever is then
 * said of the rest cannot change it. */
static struct pair eval_at_least(const struct evaluator *ev,
                                 const struct criteria *criteria,
                                 enum segment_level level, const uint64_t *restrict_to)
{
    size_t n = criteria->n_children, rows = level_rows(ev, level);
    size_t words = set_words(rows);
    uint64_t *cost = child_costs(ev, criteria);
    uint64_t *undecided = rows_to_decide(ev, level, restrict_to);
    struct pair out = pair_new(ev, level);
    unsigned planes = 1;

    while (criteria->n_children >> planes)
        planes++;

    uint64_t **certain = arena_array(ev->arena, planes, sizeof(*certain));
    uint64_t **possible = arena_array(ev->arena, planes, sizeof(*possible));

    for (unsigned p = 0; p < planes; p++) {
        certain[p] = set_new(ev->arena, rows);
        possible[p] = set_new(ev->arena, rows);
    }
    for (size_t left = n; left > 0; left--) {
        const struct criteria *next = criteria->children[take_cheapest(cost, n)];
        struct pair child =
            eval_node(ev, next, level, left < n ? undecided : restrict_to);

        count_set(certain, planes, child.certain, words);
        count_set(possible, planes, child.possible, words);
        counted_at_least(certain, planes, criteria->count, out.certain, words);
        set_and_not(undecided, out.certain, rows);
        if (criteria->count < left) /* zero may still do */
            continue;
        counted_at_least(possible, planes, criteria->count - (unsigned)(left - 1),
                         out.possible, words);
        set_and(undecided, out.possible, rows);
    }
    counted_at_least(certain, planes, criteria->count, out.certain, words);
    counted_at_least(possible, planes, criteria->count, out.possible, words);
    return out;
}

/* ---- tumour ---- */

static struct pair tumour_rows(const struct evaluator *ev,
                               const struct criteria *criteria,
                               const uint64_t *restrict_to)
{
    const struct segment *segment = ev->segment;
    uint64_t *rows = NULL;
    struct pair out;

    /* a set of few patients is worth translating; one of many matters to nobody */
    if (restrict_to &&
        set_count(restrict_to, segment->patients) < segment->patients / 8) {
        rows = set_new(ev->arena, segment->tumours);
        set_to_tumours(segment, restrict_to, rows, NULL);
    }
    out = eval_node(ev, criteria->children[0], LEVEL_TUMOUR, rows);
    if (segment->not_counted) {
        set_and_not(out.certain, segment->not_counted, segment->tumours);
        set_and_not(out.possible, segment->not_counted, segment->tumours);
    }
    if (ev->kept && ev->kept->block == criteria)
        ev->kept->rows = out;
    return out;
}

/* Some tumour: certain if one is, possible if one is, or if none is known of the patient. */
static struct pair tumours_to_patients(const struct evaluator *ev, struct pair rows)
{
    struct pair out = pair_new(ev, LEVEL_PATIENT);

    set_to_patients(ev->segment, rows.certain, out.certain);
    set_to_patients(ev->segment, rows.possible, out.possible);
    if (ev->segment->without_tumour)
        set_or(out.possible, ev->segment->without_tumour, ev->segment->patients);
    return out;
}

/* ---- any node ---- */

static struct pair eval_any(const struct evaluator *ev, enum segment_level level)
{
    size_t rows = level_rows(ev, level);
    struct pair out = pair_new(ev, level);

    set_fill(out.certain, rows);
    set_fill(out.possible, rows);
    return out;
}

static struct pair eval_not(const struct evaluator *ev, const struct criteria *criteria,
                            enum segment_level level, const uint64_t *restrict_to)
{
    size_t rows = level_rows(ev, level);
    struct pair child = eval_node(ev, criteria->children[0], level, restrict_to);
    struct pair out = pair_new(ev, level);

    set_not(out.certain, child.possible, rows);
    set_not(out.possible, child.certain, rows);
    return out;
}

/* A line about the patient, inside tumour { }. */
static struct pair spread(const struct evaluator *ev, struct pair patients,
                          enum segment_level level, const uint64_t *restrict_to)
{
    struct pair out;

    if (level == LEVEL_PATIENT)
        return patients;
    out = pair_new(ev, LEVEL_TUMOUR);
    set_to_tumours(ev->segment, patients.certain, out.certain, restrict_to);
    set_to_tumours(ev->segment, patients.possible, out.possible, restrict_to);
    return out;
}

static struct pair eval_kind(const struct evaluator *ev, const struct criteria *criteria,
                             enum segment_level level, const uint64_t *restrict_to)
{
    switch (criteria->kind) {
    case CRITERIA_ANY: return eval_any(ev, level);
    case CRITERIA_AND: return eval_and(ev, criteria, level, restrict_to);
    case CRITERIA_OR: return eval_or(ev, criteria, level, restrict_to);
    case CRITERIA_NOT: return eval_not(ev, criteria, level, restrict_to);
    case CRITERIA_AT_LEAST: return eval_at_least(ev, criteria, level, restrict_to);
    case CRITERIA_TUMOUR:
        return tumours_to_patients(ev, tumour_rows(ev, criteria, restrict_to));
    case CRITERIA_NAMED:
    case CRITERIA_USE: return eval_node(ev, criteria->children[0], level, restrict_to);
    case CRITERIA_SAME: return eval_same(ev, criteria, level, restrict_to);
    case CRITERIA_FACT:
        return level == LEVEL_WHOLE ? eval_same_line(ev, criteria, restrict_to)
                                    : eval_fact(ev, criteria, level, restrict_to);
    case CRITERIA_AGE: return eval_age(ev, criteria, level, restrict_to);
    case CRITERIA_DATE: return eval_date(ev, criteria, level, restrict_to);
    case CRITERIA_VITAL:
        return spread(ev, eval_vital(ev, criteria->dead), level, restrict_to);
    case CRITERIA_ACTIVE:
        return spread(ev, eval_active(ev, criteria), level, restrict_to);
    }
    return eval_any(ev, level);
}

/* ---- the plan ---- */

static struct plan_step *step_of(const struct evaluator *ev,
                                 const struct criteria *criteria,
                                 enum segment_level level)
{
    struct plan *plan = ev->plan;

    for (size_t i = 0; i < plan->n; i++)
        if (plan->step[i].criteria == criteria && plan->step[i].depth == ev->depth)
            return &plan->step[i];
    if (plan->n == plan->capacity) {
        size_t capacity = plan->capacity ? plan->capacity * 2 : 16;
        struct plan_step *step = arena_array(ev->arena, capacity, sizeof(*step));

        if (plan->n)
            memcpy(step, plan->step, plan->n * sizeof(*step));
        plan->step = step;
        plan->capacity = capacity;
    }
    plan->step[plan->n] =
        (struct plan_step){.criteria = criteria,
                           .depth = ev->depth,
                           .of = level == LEVEL_TUMOUR    ? GROUP_PRIMARY_CANCER
                                 : level == LEVEL_PATIENT ? GROUP_PATIENT
                                                          : ev->wholes->group};
    return &plan->step[plan->n++];
}

/* The node's step is over: OUT of the rows that mattered. */
static void step_end(const struct evaluator *ev, struct plan_step *step,
                     struct work before, enum segment_level level,
                     const uint64_t *restrict_to, struct pair out)
{
    size_t rows = level_rows(ev, level);

    step->asked += restrict_to ? set_count(restrict_to, rows) : rows;
    step->work.postings += ev->work->postings - before.postings;
    step->work.rows += ev->work->rows - before.rows;
    step->certain += restrict_to ? set_count_and(out.certain, restrict_to, rows)
                                 : set_count(out.certain, rows);
    step->possible += restrict_to ? set_count_and(out.possible, restrict_to, rows)
                                  : set_count(out.possible, rows);
}

static struct pair eval_planned(const struct evaluator *ev,
                                const struct criteria *criteria, enum segment_level level,
                                const uint64_t *restrict_to)
{
    size_t place = (size_t)(step_of(ev, criteria, level) - ev->plan->step);
    struct evaluator below = *ev;
    struct work before = *ev->work;
    struct pair out;

    below.depth++;
    out = eval_kind(&below, criteria, level, restrict_to);
    /* by its place: the array may have moved */
    step_end(ev, &ev->plan->step[place], before, level, restrict_to, out);
    return out;
}

struct pair eval_node(const struct evaluator *ev, const struct criteria *criteria,
                      enum segment_level level, const uint64_t *restrict_to)
{
    return (ev->plan ? eval_planned : eval_kind)(ev, criteria, level, restrict_to);
}

/* ---- the question ---- */

/* The one tumour { } block among the top-level lines, or NULL. */
static const struct criteria *sole_tumour_block(const struct criteria *criteria)
{
    const struct criteria *found = NULL;

    if (criteria->kind == CRITERIA_TUMOUR)
        return criteria;
    if (criteria->kind != CRITERIA_AND)
        return NULL;
    for (size_t i = 0; i < criteria->n_children; i++) {
        if (criteria->children[i]->kind != CRITERIA_TUMOUR)
            continue;
        if (found)
            return NULL;
        found = criteria->children[i];
    }
    return found;
}

/* ROWS of the block that are of PATIENTS. */
static void keep_rows(const struct evaluator *ev, struct pair rows, struct pair patients,
                      struct cohort_part *part)
{
    size_t tumours = ev->segment->tumours;
    uint64_t *mine = set_new(ev->arena, tumours);

    set_to_tumours(ev->segment, patients.possible, mine, NULL);
    set_and(rows.certain, mine, tumours);
    set_and(rows.possible, mine, tumours);
    part->rows_certain = rows.certain;
    part->rows_possible = rows.possible;
}

/* A question that is one tumour { }: its rows into PART, its patients returned. */
static struct pair eval_sole_block(const struct evaluator *ev,
                                   const struct criteria *block, struct cohort_part *part)
{
    struct evaluator below = *ev;
    struct work before = *ev->work;
    struct pair rows, out;

    if (ev->plan)
        step_of(ev, block, LEVEL_PATIENT);
    below.depth++;
    rows = tumour_rows(&below, block, NULL);
    part->rows_certain = rows.certain;
    part->rows_possible = rows.possible;
    out = tumours_to_patients(ev, rows);
    if (ev->plan)
        step_end(ev, step_of(ev, block, LEVEL_PATIENT), before, LEVEL_PATIENT, NULL, out);
    return out;
}

static void eval_part(const struct evaluator *ev, const struct criteria *criteria,
                      const uint64_t *mask, struct cohort_part *part)
{
    struct kept kept = {.block = sole_tumour_block(criteria)};
    struct evaluator keeping = *ev;
    size_t patients = ev->segment->patients;
    struct pair out;

    if (kept.block == criteria) { /* the rows are on the way anyway */
        out = eval_sole_block(ev, criteria, part);
        kept.block = NULL;
    } else {
        keeping.kept = &kept;
        out = eval_node(&keeping, criteria, LEVEL_PATIENT, NULL);
    }
    if (mask) {
        set_and_not(out.certain, mask, patients);
        set_and_not(out.possible, mask, patients);
    }
    if (kept.block)
        keep_rows(ev, kept.rows, out, part);
    part->certain = out.certain;
    part->possible = out.possible;
}

int cohort_eval(struct arena *arena, const struct snapshot *snapshot,
                const struct question *question, struct cohort *cohort_r,
                struct error *err)
{
    struct cohort cohort = {.snapshot = snapshot};
    struct error damage = ERROR_INIT;

    cohort.parts = arena_array(arena, snapshot->n + 1, sizeof(*cohort.parts));
    for (size_t i = 0; i < snapshot->n; i++) {
        const struct segment *segment = snapshot->segments[i];
        struct known_matches *known = NULL;
        struct gathered *gathered = NULL;
        struct work work = {0};
        struct evaluator ev = {.arena = arena,
                               .segment = segment,
                               .known = &known,
                               .question = question->criteria,
                               .gathered = &gathered,
                               .work = &work,
                               .plan = question->plan,
                               .coverage = question->coverage,
                               .as_of = question->as_of,
                               .damage = &damage};

        eval_part(&ev, question->criteria, snapshot->masks[i], &cohort.parts[i]);
        gathered_free(gathered);
        if (arena_check(arena, err) < 0)
            return error_context(err, "these criteria need too much memory");
        if (damage.code != ERROR_NONE)
            return error_set(err, damage.code, "%s", damage.message);

        if (question->plan) {
            question->plan->total.postings += work.postings;
            question->plan->total.rows += work.rows;
        }

        uint64_t certain = set_count(cohort.parts[i].certain, segment->patients);

        cohort.parts[i].whole = certain == segment->patients;
        cohort.certain += certain;
        cohort.possible +=
            set_count(cohort.parts[i].possible, segment->patients) - certain;
    }
    *cohort_r = cohort;
    return 0;
}

void cohort_persons(const struct cohort *cohort, uint32_t *certain_r,
                    uint32_t *possible_r)
{
    for (size_t i = 0; i < cohort->snapshot->n; i++) {
        const struct segment *segment = cohort->snapshot->segments[i];

        set_each(p, cohort->parts[i].possible, segment->patients)
        {
            if (set_has(cohort->parts[i].certain, p))
                *certain_r++ = segment->person[p];
            else
                *possible_r++ = segment->person[p];
        }
    }
}
