/* SPDX-License-Identifier: Apache-2.0
 *
 * test_value.c: a number of a patient is the one that the criteria would find, whoever the
 * patient is; and the summary of many is R's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "index/judge.h"
#include "index/value.h"
#include "support/random_criteria.h"
#include "support/random_index.h"

#define PATIENTS 400

static bool same(double a, double b)
{
    return fabs(a - b) < 1e-9;
}

/* ---- summaries ---- */

/* Fuel consumption of R's data set mtcars, and what R's summary() and quantile() say of it. */
static void quantiles_are_those_of_r(void **state)
{
    double mpg[] = {21,   21,   22.8, 21.4, 18.7, 18.1, 14.3, 24.4, 22.8, 19.2, 17.8,
                    16.4, 17.3, 15.2, 10.4, 10.4, 14.7, 32.4, 30.4, 33.9, 21.5, 15.5,
                    15.2, 13.3, 19.2, 27.3, 26,   30.4, 15.8, 19.7, 15,   21.4};
    struct arena *arena = arena_new("test", (size_t)1 << 20);
    struct histogram histogram = {0};

    (void)state;
    histogram_of(arena, mpg, ARRAY_LENGTH(mpg), 5, &histogram);
    assert_true(same(histogram.least, 10.4) && same(histogram.most, 33.9));
    assert_true(same(histogram.quartile, 15.425));
    assert_true(same(histogram.median, 19.2));
    assert_true(same(histogram.third_quartile, 22.8));
    assert_true(same(histogram.mean, 20.090625));

    /* R: table(floor(mtcars$mpg / 5) * 5) */
    static const struct bin bins[] = {
        {10, 15, 5}, {15, 20, 13}, {20, 25, 8}, {25, 30, 2}, {30, 35, 4}};

    assert_int_equal(histogram.n_bins, ARRAY_LENGTH(bins));
    for (size_t i = 0; i < ARRAY_LENGTH(bins); i++) {
        assert_true(same(histogram.bins[i].from, bins[i].from));
        assert_true(same(histogram.bins[i].to, bins[i].to));
        assert_int_equal(histogram.bins[i].n, bins[i].n);
    }
    arena_free(arena);
}

static void everybody_is_in_one_bin(void **state)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    struct rng rng = {7};

    (void)state;
    for (int round = 0; round < 500; round++) {
        size_t n = (size_t)rng_between(&rng, 1, 300);
        double *x = arena_array(arena, n, sizeof(*x));
        double scale = pow(10, rng_between(&rng, -3, 4));
        struct histogram histogram = {0};
        uint64_t total = 0;

        for (size_t i = 0; i < n; i++)
            x[i] = rng_between(&rng, -100, rng_chance(&rng, 3) ? 1000000 : 100) * scale;
        histogram_of(arena, x, n, rng_chance(&rng, 50) ? 0 : scale * 7, &histogram);
        for (size_t i = 0; i < histogram.n_bins; i++) {
            const struct bin *bin = &histogram.bins[i];
            uint64_t inside = 0;

            for (size_t k = 0; k < n; k++)
                inside += x[k] >= bin->from && x[k] < bin->to;
            assert_int_equal(bin->n, inside);
            assert_true(i == 0 || same(bin->from, histogram.bins[i - 1].to));
            total += bin->n;
        }
        assert_int_equal(total, n);
        assert_true(histogram.least <= histogram.quartile &&
                    histogram.quartile <= histogram.median &&
                    histogram.median <= histogram.third_quartile &&
                    histogram.third_quartile <= histogram.most);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void nobody_has_no_median(void **state)
{
    struct arena *arena = arena_new("test", (size_t)1 << 20);
    struct histogram histogram = {0};

    (void)state;
    histogram_of(arena, NULL, 0, 0, &histogram);
    assert_true(isnan(histogram.median) && histogram.n_bins == 0);
    arena_free(arena);
}

/* ---- one patient ---- */

/* A value, and the criteria that hold where it is %d, and those that hold where it is not. */
struct asked_value {
    const char *value, *yes, *no;
};

static const struct asked_value asked_values[] = {
    {"age now", "age now = %d", "age now > %d"},
    {"age at death", "age at death = %d", "age at death > %d"},
    {"age at last visit", "age at last visit = %d", "age at last visit < %d"},
    {"number of treatment any", "at most %d treatment any", NULL},
    {"number of (surgery any since 2018)", "exactly %d surgery any since 2018", NULL},
    {"number of (treatment any preceded by surgery any)",
     "exactly %d treatment any preceded by surgery any", NULL},
    {"last measure PS", "last measure PS = %d", NULL},
    {"measure WEIGHT", "last measure WEIGHT = %d", NULL},
    {"first (measure PS since 2019)", "first (measure PS since 2019) = %d", NULL},
    {"days from birth to second treatment any",
     "second treatment any started %d..%d days after birth", NULL},
    {"last radiotherapy any", "last radiotherapy any = %d", NULL},
    {"days from birth to first treatment any",
     "first treatment any started %d..%d days after birth", NULL},
    {"days from first surgery any to death",
     "died within %d days after first surgery any", NULL},
    {"days from first surgery any to last treatment any",
     "last treatment any started %d..%d days after first surgery any", NULL},
    {"days from start of last treatment any to end of last treatment any",
     "last treatment any lasting %d..%d days", NULL},
};

static struct histogram histogram_of_one(struct arena *arena,
                                         const struct test_index *index,
                                         struct question *question, const char *text)
{
    struct error err = ERROR_INIT;
    const struct criteria_value *value = criteria_parse_value(arena, text, &err);
    struct histogram histogram;
    struct cohort cohort;

    if (!value)
        fail_msg("%s: %s", text, err.message);
    question->criteria = criteria_parse(arena, "any", 3, &err);
    assert_int_equal(cohort_eval(arena, index->snapshot, question, &cohort, &err), 0);
    assert_int_equal(
        cohort_histogram(arena, &cohort, question, value, 0, &histogram, &err), 0);
    assert_int_equal(histogram.n + histogram.none + histogram.unknown, cohort.certain);
    return histogram;
}

static enum truth judge_of(struct arena *arena, const struct record *record,
                           struct question *question, const char *format, int number)
{
    const char *hole = strstr(format, "%d"), *second = strstr(hole + 2, "%d");
    struct error err = ERROR_INIT;
    const char *text =
        second
            ? arena_printf(arena, "%.*s%d%.*s%d%s", (int)(hole - format), format, number,
                           (int)(second - hole - 2), hole + 2, number, second + 2)
            : arena_printf(arena, "%.*s%d%s", (int)(hole - format), format, number,
                           hole + 2);

    question->criteria = criteria_parse(arena, text, strlen(text), &err);
    if (!question->criteria)
        fail_msg("%s: %s", text, err.message);
    return judge_eval(record, question);
}

static bool is_whole(double x)
{
    return !(x > floor(x)) && fabs(x) < 1e6;
}

static void a_value_is_what_criteria_find(void **state)
{
    struct arena *arena = arena_new("test", (size_t)1 << 30);
    struct rng rng = {4};
    size_t numbers[ARRAY_LENGTH(asked_values)] = {0}, none = 0, unknown = 0;

    (void)state;
    for (uint32_t p = 1; p <= PATIENTS; p++) {
        struct record *record = random_record(arena, &rng, p);
        struct question question = {.coverage = random_coverage(arena, &rng),
                                    .as_of = day_from_civil(2021, 6, 15)};

        struct test_index index;
        const struct record *one = record;

        record->opposed = false;
        test_index_make(&index, &one, 1, NULL, 1);
        for (size_t v = 0; v < ARRAY_LENGTH(asked_values); v++) {
            const struct asked_value *asked = &asked_values[v];
            struct histogram histogram =
                histogram_of_one(arena, &index, &question, asked->value);

            none += histogram.none;
            unknown += histogram.unknown;
            if (histogram.n == 0 || !is_whole(histogram.median) || histogram.median < 0)
                continue;
            numbers[v]++;
            if (judge_of(arena, record, &question, asked->yes, (int)histogram.median) !=
                    TRUTH_YES ||
                (asked->no && judge_of(arena, record, &question, asked->no,
                                       (int)histogram.median) != TRUTH_NO))
                fail_msg("patient %u: %s is not %g", p, asked->value, histogram.median);
        }
        test_index_free(&index);
        arena_reset(arena);
    }
    for (size_t v = 0; v < ARRAY_LENGTH(asked_values); v++)
        if (numbers[v] == 0)
            fail_msg("%s: never a number", asked_values[v].value);
    assert_true(none > 0 && unknown > 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_are_those_of_r),
        cmocka_unit_test(everybody_is_in_one_bin),
        cmocka_unit_test(nobody_has_no_median),
        cmocka_unit_test(a_value_is_what_criteria_find),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
