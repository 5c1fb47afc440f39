/* SPDX-License-Identifier: Apache-2.0
 *
 * test_coverage.c: in which periods does absence mean no? */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "index/coverage.h"
#include "support/random_record.h"

#define ROWS 5
#define DAYS 40

static void what_is_assumed_is_what_was_seen(void **state)
{
    struct coverage coverage = {.assumed = true};

    (void)state;
    coverage.seen[GROUP_DRUG] = true;
    assert_true(coverage_covers(&coverage, GROUP_DRUG, DAY_MIN, DAY_MAX));
    assert_true(coverage_is_complete(&coverage, GROUP_DRUG));
    assert_true(coverage_is_complete(&coverage, GROUP_LINE)); /* made of drugs */
    assert_false(coverage_covers(&coverage, GROUP_SURGERY, 10, 10));
    assert_false(coverage_is_complete(&coverage, GROUP_SURGERY));
}

static void rows_cover_together_what_each_does_in_part(void **state)
{
    const struct coverage_row rows[] = {{GROUP_DRUG, "b", {20, 29}},
                                        {GROUP_SURGERY, "x", {DAY_MIN, DAY_MAX}},
                                        {GROUP_DRUG, "a", {10, 19}},
                                        {GROUP_DRUG, "c", {31, DAY_MAX}}};
    const struct coverage coverage = {.n_rows = 4, .rows = rows};

    (void)state;
    assert_true(coverage_covers(&coverage, GROUP_DRUG, 10, 29));
    assert_true(coverage_covers(&coverage, GROUP_LINE, 10, 29));
    assert_false(coverage_covers(&coverage, GROUP_LINE, 9, 12));
    assert_true(coverage_covers(&coverage, GROUP_DRUG, 15, 25));
    assert_false(coverage_covers(&coverage, GROUP_DRUG, 15, 30));
    assert_false(coverage_covers(&coverage, GROUP_DRUG, 9, 12));
    assert_true(coverage_covers(&coverage, GROUP_DRUG, 31, DAY_MAX));
    assert_false(coverage_covers(&coverage, GROUP_DRUG, DAY_MIN, 12));
    assert_true(coverage_covers(&coverage, GROUP_DRUG, 30, 29)); /* empty */
    assert_true(coverage_is_complete(&coverage, GROUP_SURGERY));
    assert_false(coverage_is_complete(&coverage, GROUP_DRUG));
}

/* Each day of the period lies in some row. */
static bool each_day_is_covered(const struct coverage *coverage, int first, int last)
{
    for (int day = first; day <= last; day++) {
        bool found = false;

        for (size_t i = 0; i < coverage->n_rows; i++)
            found |= coverage->rows[i].group == GROUP_DRUG &&
                     coverage->rows[i].period.first <= day &&
                     day <= coverage->rows[i].period.last;
        if (!found)
            return false;
    }
    return true;
}

static void a_period_is_covered_when_each_day_is(void **state)
{
    struct rng rng = {test_seed(1)};

    (void)state;
    for (size_t round = 0; round < test_rounds(500); round++) {
        struct coverage_row rows[ROWS];
        struct coverage coverage = {.n_rows = rng_below(&rng, ROWS + 1), .rows = rows};

        for (size_t i = 0; i < coverage.n_rows; i++) {
            int first = rng_between(&rng, 0, DAYS);

            rows[i] =
                (struct coverage_row){rng_chance(&rng, 90) ? GROUP_DRUG : GROUP_SURGERY,
                                      "",
                                      {first, first + rng_between(&rng, 0, DAYS / 3)}};
        }
        for (int i = 0; i < 50; i++) {
            int first = rng_between(&rng, 0, DAYS);
            int last = first + rng_between(&rng, -2, DAYS / 2);

            assert_int_equal(coverage_covers(&coverage, GROUP_DRUG, first, last),
                             each_day_is_covered(&coverage, first, last));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_assumed_is_what_was_seen),
        cmocka_unit_test(rows_cover_together_what_each_does_in_part),
        cmocka_unit_test(a_period_is_covered_when_each_day_is),
    };

    return cmocka_run_group_tests_name("coverage", tests, NULL, NULL);
}
