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
#include "index/eval.h"
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
            line.total.postings / 8 + 4 * line.total.postings * asked / PATIENTS)
            fail_msg("%s: %zu facts read of %zu, for %zu of %d patients", pairs[i].line,
                     (size_t)both.total.postings, (size_t)line.total.postings,
                     (size_t)asked, PATIENTS);
        assert_int_equal(both.step[1].criteria->kind, CRITERIA_DATE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_whole_stands_first_and_all_lines_follow),
        cmocka_unit_test(few_rows_cost_little),
    };

    return cmocka_run_group_tests(tests, stage_begin, stage_end);
}
