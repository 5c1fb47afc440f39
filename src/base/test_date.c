/* SPDX-License-Identifier: Apache-2.0
 *
 * test_date.c: the calendar against the C library's, three-valued answers against all days
 * one by one. What is read and printed is in test_partial_date.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <time.h>

#include "base/date.h"

static uint64_t random_state = 88172645463325252u;

static uint64_t random_next(void) /* xorshift: the same every run */
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void every_day_agrees_with_the_c_library(void **state)
{
    day_number first = day_from_civil(1850, 1, 1);
    day_number last = day_from_civil(2200, 12, 31);
    int count = 0;

    (void)state;
    for (day_number day = first; day <= last; day++, count++) {
        time_t seconds = (time_t)day * 86400;
        struct tm tm;
        int year, month, dom;

        assert_non_null(gmtime_r(&seconds, &tm));
        day_to_civil(day, &year, &month, &dom);
        assert_int_equal(year, tm.tm_year + 1900);
        assert_int_equal(month, tm.tm_mon + 1);
        assert_int_equal(dom, tm.tm_mday);
        assert_int_equal(day_from_civil(year, month, dom), day);

        tm = (struct tm){.tm_year = year - 1900, .tm_mon = month - 1, .tm_mday = dom};
        assert_int_equal(timegm(&tm), seconds);
        assert_true(civil_is_valid(year, month, dom));
    }
    assert_int_equal(count,
                     351 * 365 + 85); /* leap: 87 multiples of 4, less 1900 2100 2200,
                                                and 2000 counts */
}

static void known_days_have_their_numbers(void **state)
{
    (void)state;
    assert_int_equal(day_from_civil(1970, 1, 1), 0);
    assert_int_equal(day_from_civil(1970, 1, 2), 1);
    assert_int_equal(day_from_civil(1969, 12, 31), -1);
    assert_int_equal(day_from_civil(2000, 3, 1), 11017);
    assert_int_equal(day_from_civil(0, 3, 1), -719468);
}

static void far_days_round_trip(void **state)
{
    int year, month, day;

    (void)state;
    for (int i = 0; i < 1000000; i++) {
        day_number number =
            (day_number)(random_next() % ((uint64_t)DAY_MAX * 2)) + DAY_MIN;

        day_to_civil(number, &year, &month, &day);
        assert_true(civil_is_valid(year, month, day));
        assert_int_equal(day_from_civil(year, month, day), number);
    }
    day_to_civil(DAY_MIN, &year, &month, &day);
    assert_int_equal(day_from_civil(year, month, day), DAY_MIN);
    day_to_civil(DAY_MAX, &year, &month, &day);
    assert_int_equal(day_from_civil(year, month, day), DAY_MAX);
}

static void months_have_their_days(void **state)
{
    (void)state;
    assert_int_equal(days_in_month(2021, 1), 31);
    assert_int_equal(days_in_month(2021, 2), 28);
    assert_int_equal(days_in_month(2024, 2), 29);
    assert_int_equal(days_in_month(2000, 2), 29);
    assert_int_equal(days_in_month(1900, 2), 28);
    assert_int_equal(days_in_month(2021, 4), 30);
    assert_int_equal(days_in_month(2021, 0), 0);
    assert_int_equal(days_in_month(2021, 13), 0);

    assert_true(civil_is_valid(2024, 2, 29));
    assert_false(civil_is_valid(2021, 2, 29));
    assert_false(civil_is_valid(2021, 4, 31));
    assert_false(civil_is_valid(2021, 4, 0));
    assert_false(civil_is_valid(2021, 4, -1));
    assert_false(civil_is_valid(2021, 0, 1));
    assert_false(civil_is_valid(2021, 13, 1));
}

/* Count birthdays: the day of each later year, 1 March where it does not exist. */
static int age_by_counting(day_number birth, day_number day)
{
    int year, month, dom;
    int age = 0;

    day_to_civil(birth, &year, &month, &dom);
    for (;;) {
        int next = year + age + 1;
        day_number birthday = civil_is_valid(next, month, dom)
                                  ? day_from_civil(next, month, dom)
                                  : day_from_civil(next, 3, 1);
        if (birthday > day)
            return age;
        age++;
    }
}

static void ages_are_counted_birthdays(void **state)
{
    day_number earliest = day_from_civil(1850, 1, 1);

    (void)state;
    for (int i = 0; i < 200000; i++) {
        day_number birth = earliest + (day_number)(random_next() % 128000);
        day_number day = birth + (day_number)(random_next() % 40000);

        if (i % 2 == 0) /* born on 29 February, near a birthday */
            birth = day_from_civil(1852 + (int)(random_next() % 12) * 4, 2, 29);
        if (i % 2 == 0)
            day = birth + (day_number)(random_next() % 100) * 365 +
                  (day_number)(random_next() % 30);
        assert_int_equal(age_in_years(birth, day), age_by_counting(birth, day));
    }
}

static void birthdays_of_29_february(void **state)
{
    day_number birth = day_from_civil(2000, 2, 29);

    (void)state;
    assert_int_equal(age_in_years(birth, birth), 0);
    assert_int_equal(age_in_years(birth, day_from_civil(2001, 2, 28)), 0);
    assert_int_equal(age_in_years(birth, day_from_civil(2001, 3, 1)), 1);
    assert_int_equal(age_in_years(birth, day_from_civil(2004, 2, 28)), 3);
    assert_int_equal(age_in_years(birth, day_from_civil(2004, 2, 29)), 4);
    assert_int_equal(age_in_years(birth, birth - 1), -1);
    assert_int_equal(age_in_years(birth, day_from_civil(1999, 3, 1)), -1);
    assert_int_equal(age_in_years(birth, day_from_civil(1999, 2, 28)), -2);
}

static void truths_are_kleenes(void **state)
{
    (void)state;
    for (int a = TRUTH_NO; a <= TRUTH_YES; a++) {
        for (int b = TRUTH_NO; b <= TRUTH_YES; b++) {
            assert_int_equal(truth_and((enum truth)a, (enum truth)b), a < b ? a : b);
            assert_int_equal(truth_or((enum truth)a, (enum truth)b), a > b ? a : b);
        }
        assert_int_equal(truth_not(truth_not((enum truth)a)), a);
    }
    assert_int_equal(truth_not(TRUTH_UNKNOWN), TRUTH_UNKNOWN);
    assert_int_equal(truth_not(TRUTH_NO), TRUTH_YES);
}

/* ---- by brute force: try every day both dates may be ---- */

struct tally {
    int yes;
    int no;
};

static enum truth verdict(struct tally tally)
{
    return tally.no == 0 ? TRUTH_YES : tally.yes == 0 ? TRUTH_NO : TRUTH_UNKNOWN;
}

static void count(struct tally *tally, int holds)
{
    tally->yes += holds;
    tally->no += !holds;
}

#define REACH 5 /* intervals within [0, 5] */

static void assert_pair(struct interval a, struct interval b)
{
    struct tally before = {0};

    for (day_number x = a.first; x <= a.last; x++)
        for (day_number y = b.first; y <= b.last; y++)
            count(&before, x < y);
    assert_int_equal(date_before(a, b), verdict(before));

    for (int low = -REACH - 1; low <= REACH + 1; low++)
        for (int high = -REACH - 1; high <= REACH + 1; high++) {
            struct tally distance = {0};

            for (day_number x = a.first; x <= a.last; x++)
                for (day_number y = b.first; y <= b.last; y++)
                    count(&distance, low <= y - x && y - x <= high);
            assert_int_equal(date_distance_within(a, b, low, high), verdict(distance));
        }
}

static void assert_within(struct interval a)
{
    for (day_number first = -1; first <= REACH + 1; first++)
        for (day_number last = -1; last <= REACH + 1; last++) {
            struct tally within = {0};

            for (day_number x = a.first; x <= a.last; x++)
                count(&within, first <= x && x <= last);
            assert_int_equal(date_within(a, first, last), verdict(within));
        }
}

static void answers_are_those_of_all_days(void **state)
{
    struct interval a, b;

    (void)state;
    for (a.first = 0; a.first <= REACH; a.first++)
        for (a.last = a.first; a.last <= REACH; a.last++) {
            assert_within(a);
            for (b.first = 0; b.first <= REACH; b.first++)
                for (b.last = b.first; b.last <= REACH; b.last++)
                    assert_pair(a, b);
        }
}

static void open_ends_are_unknown_not_far(void **state)
{
    struct interval unknown = INTERVAL_UNKNOWN;
    struct interval day = {100, 100};
    struct interval until = {DAY_MIN, 50};
    struct interval since = {200, DAY_MAX};

    (void)state;
    assert_int_equal(date_before(unknown, day), TRUTH_UNKNOWN);
    assert_int_equal(date_before(day, unknown), TRUTH_UNKNOWN);
    assert_int_equal(date_before(unknown, unknown), TRUTH_UNKNOWN);
    assert_int_equal(date_before(until, day), TRUTH_YES);
    assert_int_equal(date_before(day, until), TRUTH_NO);
    assert_int_equal(date_before(until, since), TRUTH_YES);
    assert_int_equal(date_before(since, until), TRUTH_NO);
    assert_int_equal(date_before(since, since), TRUTH_UNKNOWN);

    assert_int_equal(date_within(unknown, 0, 10), TRUTH_UNKNOWN);
    assert_int_equal(date_within(unknown, DAY_MIN, DAY_MAX), TRUTH_YES);
    assert_int_equal(date_within(since, 0, 199), TRUTH_NO);
    assert_int_equal(date_within(since, 200, DAY_MAX), TRUTH_YES);
    assert_int_equal(date_within(until, DAY_MIN, 50), TRUTH_YES);

    /* however large the distance asked for, an open end may lie beyond it */
    int64_t far = 1LL << 40;
    assert_int_equal(date_distance_within(day, since, 0, far), TRUTH_UNKNOWN);
    assert_int_equal(date_distance_within(day, since, 100, INT64_MAX), TRUTH_YES);
    assert_int_equal(date_distance_within(day, since, INT64_MIN, 99), TRUTH_NO);
    assert_int_equal(date_distance_within(day, since, 101, INT64_MAX), TRUTH_UNKNOWN);
    assert_int_equal(date_distance_within(day, until, INT64_MIN, -50), TRUTH_YES);
    assert_int_equal(date_distance_within(day, until, -far, -50), TRUTH_UNKNOWN);
    assert_int_equal(date_distance_within(day, until, 0, far), TRUTH_NO);
    assert_int_equal(date_distance_within(until, day, 50, INT64_MAX), TRUTH_YES);
    assert_int_equal(date_distance_within(since, day, INT64_MIN, -100), TRUTH_YES);
    assert_int_equal(date_distance_within(unknown, unknown, -far, far), TRUTH_UNKNOWN);
    assert_int_equal(date_distance_within(unknown, unknown, INT64_MIN, INT64_MAX),
                     TRUTH_YES);
    assert_int_equal(date_distance_within(unknown, day, 1, 0), TRUTH_NO);
}

/* STYLE: 63 to 93 days after an unknown day of March. */
static void a_treatment_after_an_unknown_day_of_march(void **state)
{
    struct interval march = {day_from_civil(2021, 3, 1), day_from_civil(2021, 3, 31)};
    struct interval june = {day_from_civil(2021, 6, 2), day_from_civil(2021, 6, 2)};

    (void)state;
    assert_int_equal(date_distance_within(march, june, 0, 62), TRUTH_NO);
    assert_int_equal(date_distance_within(march, june, 0, 63), TRUTH_UNKNOWN);
    assert_int_equal(date_distance_within(march, june, 0, 90), TRUTH_UNKNOWN);
    assert_int_equal(date_distance_within(march, june, 0, 93), TRUTH_YES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_day_agrees_with_the_c_library),
        cmocka_unit_test(known_days_have_their_numbers),
        cmocka_unit_test(far_days_round_trip),
        cmocka_unit_test(months_have_their_days),
        cmocka_unit_test(ages_are_counted_birthdays),
        cmocka_unit_test(birthdays_of_29_february),
        cmocka_unit_test(truths_are_kleenes),
        cmocka_unit_test(answers_are_those_of_all_days),
        cmocka_unit_test(open_ends_are_unknown_not_far),
        cmocka_unit_test(a_treatment_after_an_unknown_day_of_march),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
