/* SPDX-License-Identifier: Apache-2.0
 *
 * test_plan.c: the plan tells what was done, and what is done is bounded by what the criteria
 * touch. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "index/eval_history.h"
#include "support/random_criteria.h"
#include "support/random_index.h"

#define PATIENTS 6000

struct stage {
    struct arena *arena;
    const struct record **records;
    struct test_index index;
    struct coverage coverage;
};

static int stage_begin(void **state)
{
    static struct stage stage;
    unsigned char busy[GROUPS] = {0};
    struct rng rng = {11};

    busy[GROUP_STATE] = 80;
    busy[GROUP_DRUG] = 80;
    busy[GROUP_SURGERY] = 30;
    busy[GROUP_PATIENT] = 100;
    busy[GROUP_PRIMARY_CANCER] = 100;
    stage.arena = arena_new("test", (size_t)4 << 30);
    stage.records = arena_array(stage.arena, PATIENTS, sizeof(*stage.records));
    stage.coverage = (struct coverage){.assumed = true};
    memset(stage.coverage.seen, true, sizeof(stage.coverage.seen));
    for (uint32_t i = 0; i < PATIENTS; i++)
        stage.records[i] = random_record_of(stage.arena, &rng, i + 1, busy);
    test_index_make(&stage.index, stage.records, PATIENTS, NULL, 1);
    *state = &stage;
    return 0;
}

static int stage_end(void **state)
{
    struct stage *stage = *state;

    test_index_free(&stage->index);
    arena_free(stage->arena);
    return 0;
}

static struct plan plan_of(struct stage *stage, const struct criteria *criteria,
                           struct cohort *cohort_r)
{
    struct plan plan = {0};
    struct error err = ERROR_INIT;
    struct question question = {.criteria = criteria,
                                .coverage = &stage->coverage,
                                .as_of = day_from_civil(2021, 6, 15),
                                .plan = &plan};

    if (cohort_eval(stage->arena, stage->index.snapshot, &question, cohort_r, &err) < 0)
        fail_msg("%s", err.message);
    return plan;
}

static struct plan plan_of_text(struct stage *stage, const char *text)
{
    struct error err = ERROR_INIT;
    struct cohort cohort;
    const struct criteria *criteria =
        criteria_parse(stage->arena, text, strlen(text), &err);

    if (!criteria)
        fail_msg("%s: %s", text, err.message);
    return plan_of(stage, criteria, &cohort);
}

static void has_steps_for(const struct plan *plan, const struct criteria *criteria)
{
    size_t i = 0;

    while (i < plan->n && plan->step[i].criteria != criteria)
        i++;
    assert_true(i < plan->n);
    for (size_t c = 0; c < criteria->n_children; c++)
        has_steps_for(plan, criteria->children[c]);
}

static void the_whole_stands_first_and_all_lines_follow(void **state)
{
    struct stage *stage = *state;
    const struct askable *askable = askable_new(stage->arena, stage->records, PATIENTS);
    struct rng rng = {5};

    for (int q = 0; q < 300; q++) {
        const struct criteria *criteria =
            random_criteria(stage->arena, &rng, askable, rng_between(&rng, 0, 3));
        struct cohort cohort;
        struct plan plan = plan_of(stage, criteria, &cohort);
        uint64_t postings = 0;

        has_steps_for(&plan, criteria);
        assert_ptr_equal(plan.step[0].criteria, criteria);
        assert_int_equal(plan.step[0].asked, stage->index.snapshot->patients);
        assert_int_equal(plan.step[0].certain, cohort.certain);
        assert_int_equal(plan.step[0].possible, cohort.certain + cohort.possible);
        for (size_t i = 0; i < plan.n; i++) {
            assert_true(plan.step[i].certain <= plan.step[i].possible);
            assert_true(plan.step[i].possible <= plan.step[i].asked);
            assert_true(plan.step[i].work.postings <= plan.step[0].work.postings);
            postings += plan.step[i].depth == 1 ? plan.step[i].work.postings : 0;
        }
        /* nothing is read that no line asks for, nor a line's tumours a second time */
        assert_int_equal(plan.total.postings, plan.step[0].work.postings);
        assert_int_equal(plan.total.rows, plan.step[0].work.rows);
        /* joining lines reads nothing by itself */
        assert_true(plan.step[0].criteria->n_children == 0 ||
                    postings == plan.step[0].work.postings);
    }
}

/* The rarer line is asked first, and the others then of few. */
static void few_rows_cost_little(void **state)
{
    static const struct {
        const char *rare, *line;
    } pairs[] = {
        {"born 1989-06..1990", "last measure PS <= 1"},
        {"born 1989-06..1990", "second treatment any started since 2018"},
        {"born 1989-06..1990", "treatment any within 90 days after first surgery any"},
        {"born 1989-06..1990", "at least 2 measure PS >= 1"},
        {"born 1989-06..1990", "treatment any overlapping treatment L01"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        struct stage *stage = *state;
        struct plan rare = plan_of_text(stage, pairs[i].rare);
        struct plan line = plan_of_text(stage, pairs[i].line);
        struct plan both = plan_of_text(
            stage, arena_printf(stage->arena, "%s and %s", pairs[i].line, pairs[i].rare));
        uint64_t asked = rare.step[0].possible;

        /* the share of the patients who are asked, twice and again for other events; short
         * lists are read whole */
        if (asked == 0 || asked > PATIENTS / 6)
            fail_msg("%s: %zu patients", pairs[i].rare, (size_t)asked);
        if (both.total.postings >
            line.total.postings / 6 + 4 * line.total.postings * asked / PATIENTS)
            fail_msg("%s: %zu facts read of %zu, for %zu of %d patients", pairs[i].line,
                     (size_t)both.total.postings, (size_t)line.total.postings,
                     (size_t)asked, PATIENTS);
        assert_int_equal(both.step[1].criteria->kind, CRITERIA_DATE);
    }
}

static const struct plan_step *step_of_line(struct stage *stage, const struct plan *plan,
                                            const char *line)
{
    for (size_t i = 0; i < plan->n; i++)
        if (strcmp(criteria_print(stage->arena, plan->step[i].criteria), line) == 0)
            return &plan->step[i];
    fail_msg("no step of %s", line);
    return NULL;
}

/* Lines that ask for the same facts, of rows that one of them asked for already. */
static void the_same_facts_are_read_once(void **state)
{
    static const struct {
        const char *one, *other;
    } pairs[] = {
        {"first treatment any until 2030", "last treatment any since 1990"},
        {"first treatment L01 until 2030", "at least 2 treatment L01 since 1990"},
        {"first treatment any before last surgery any", "last surgery any until 2030"},
        {"surgery any started within 20000 days after first treatment any",
         "surgery any started within 20000 days before last treatment any"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        struct stage *stage = *state;
        uint64_t one = plan_of_text(stage, pairs[i].one).total.postings;
        uint64_t other = plan_of_text(stage, pairs[i].other).total.postings;
        uint64_t both = plan_of_text(stage, arena_printf(stage->arena, "%s and %s",
                                                         pairs[i].one, pairs[i].other))
                            .total.postings;

        assert_true(one > 1000 && other > 1000);
        if (both > (one > other ? one : other))
            fail_msg("%s: %zu facts read, and %zu with %s", pairs[i].one, (size_t)one,
                     (size_t)both, pairs[i].other);
    }
}

static struct cohort_part part_of(struct stage *stage, const char *text)
{
    struct error err = ERROR_INIT;
    struct cohort cohort;

    plan_of(stage, criteria_parse(stage->arena, text, strlen(text), &err), &cohort);
    assert_int_equal(cohort.snapshot->n, 1);
    return cohort.parts[0];
}

/* Week by week, so that few have such a fact, and of many it is not known. A line alone keeps
 * nothing. */
static void what_was_kept_answers_as_what_is_read(void **state)
{
    struct stage *stage = *state;
    struct arena_mark mark = arena_mark(stage->arena);
    const char *kept = "first treatment any";
    struct cohort_part one = part_of(stage, kept);
    size_t rows = stage->index.snapshot->patients;

    for (day_number day = day_from_civil(2018, 1, 1); day < day_from_civil(2019, 1, 1);
         day += 7) {
        char date[DATE_TEXT_SIZE];
        const char *line =
            arena_printf(stage->arena, "measure PS on %s before first treatment any",
                         date_print_iso((struct interval){day, day}, date));
        struct cohort_part other = part_of(stage, line);
        struct cohort_part both =
            part_of(stage, arena_printf(stage->arena, "%s and %s", kept, line));

        for (size_t w = 0; w < set_words(rows); w++) {
            assert_int_equal(both.certain[w], one.certain[w] & other.certain[w]);
            assert_int_equal(both.possible[w], one.possible[w] & other.possible[w]);
        }
    }
    arena_release(stage->arena, mark);
}

/* A tile of which nobody is left asks for nothing: the next one finds its own facts all the
 * same, and only for rows that were covered. */
static void kept_facts_are_found_by_their_rows(void **state)
{
    static const uint32_t rows[] = {3, 70, 71, 4000};
    struct stage *stage = *state;
    struct error err = ERROR_INIT;
    const char *text = "first treatment any and last treatment any";
    const struct segment *segment = stage->index.snapshot->segments[0];
    struct gathered *head = NULL;
    struct evaluator ev = {.arena = stage->arena,
                           .segment = segment,
                           .question =
                               criteria_parse(stage->arena, text, strlen(text), &err),
                           .gathered = &head};
    const struct criteria *line = ev.question->children[0]->from;
    const struct criteria *other = ev.question->children[1]->from;
    struct gathered *gathered = gathered_begin(&ev, line, LEVEL_PATIENT);
    uint64_t *wanted = set_new(stage->arena, segment->patients);
    const struct fact_of_row *found;
    size_t n;

    assert_non_null(gathered);
    gathered_cover(gathered, rows, ARRAY_LENGTH(rows));
    for (uint32_t i = 0; i < ARRAY_LENGTH(rows); i++)
        *gathered_add(gathered, 1) = (struct fact_of_row){.row = rows[i], .i = i};
    set_put(wanted, 71);
    assert_null(gathered_find(&ev, other, LEVEL_PATIENT, wanted)); /* not complete */
    gathered_end(gathered);
    assert_ptr_equal(gathered_find(&ev, other, LEVEL_PATIENT, wanted), gathered);
    assert_null(gathered_find(&ev, other, LEVEL_TUMOUR, wanted));
    set_put(wanted, 72);
    assert_null(gathered_find(&ev, other, LEVEL_PATIENT, wanted));

    found = gathered_facts(gathered, 71, 4000, &n);
    assert_int_equal(n, 1);
    assert_int_equal(found->i, 2);
    found = gathered_facts(gathered, 64, 128, &n);
    assert_int_equal(n, 2);
    assert_int_equal(found->row, 70);
    (void)gathered_facts(gathered, 4001, 5000, &n);
    assert_int_equal(n, 0);

    /* what would be too much is not kept, and takes nothing from what is */
    assert_null(gathered_add(gathered_begin(&ev, line, LEVEL_TUMOUR), (size_t)1 << 20));
    (void)gathered_facts(gathered, 0, 5000, &n);
    assert_int_equal(n, ARRAY_LENGTH(rows));
    gathered_free(head);
}

/* Whoever has none of the facts of the rarer line is not looked at for the other one. */
static void who_lacks_the_one_is_not_asked_for_the_other(void **state)
{
    struct stage *stage = *state;
    struct plan surgery = plan_of_text(stage, "surgery any");
    struct plan plan =
        plan_of_text(stage,
                     "surgery any started within 20000 days after first treatment any");

    assert_true(surgery.step[0].possible < PATIENTS / 2);
    assert_true(plan.total.rows <= surgery.step[0].possible);
}

/* `or` and `at least` ask each line of those alone for whom it can still matter. */
static void what_is_decided_is_not_asked_again(void **state)
{
    struct stage *stage = *state;
    struct plan plan =
        plan_of_text(stage, "born before 1950 or at least 2 treatment any");
    const struct plan_step *born = step_of_line(stage, &plan, "born until 1949-12-31");
    const struct plan_step *treated =
        step_of_line(stage, &plan, "at least 2 treatment any");

    assert_true(born->certain > PATIENTS / 10);
    assert_int_equal(treated->asked, stage->index.snapshot->patients - born->certain);

    plan = plan_of_text(stage, "at least 2 of (born before 1950, dead, "
                               "at least 2 treatment any)");
    born = step_of_line(stage, &plan, "born until 1949-12-31");
    treated = step_of_line(stage, &plan, "at least 2 treatment any");

    struct plan both = plan_of_text(stage, "born before 1950 and dead");
    struct plan either = plan_of_text(stage, "born before 1950 or dead");

    /* not those of whom both hold, nor those of whom neither may */
    assert_int_equal(treated->asked, either.step[0].possible - both.step[0].certain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_stands_first_and_all_lines_follow),
        cmocka_unit_test(few_rows_cost_little),
        cmocka_unit_test(the_same_facts_are_read_once),
        cmocka_unit_test(what_was_kept_answers_as_what_is_read),
        cmocka_unit_test(kept_facts_are_found_by_their_rows),
        cmocka_unit_test(who_lacks_the_one_is_not_asked_for_the_other),
        cmocka_unit_test(what_is_decided_is_not_asked_again),
    };

    return cmocka_run_group_tests(tests, stage_begin, stage_end);
}
