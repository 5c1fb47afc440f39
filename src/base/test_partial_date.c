/* SPDX-License-Identifier: Apache-2.0
 *
 * test_partial_date.c: nothing is imputed, an unknown part widens the interval. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/error.h"

#define UNTOUCHED ((struct interval){-77, -7})

/* A day in ISO 8601, "unknown" for an open end. */
static void print_day(day_number number, char text[24])
{
    int year, month, day;

    if (number == DAY_MIN || number == DAY_MAX) {
        snprintf(text, 24, "unknown");
        return;
    }
    day_to_civil(number, &year, &month, &day);
    snprintf(text, 24, "%04d-%02u-%02u", year % 10000, (unsigned)month % 100,
             (unsigned)day % 100);
}

static void assert_interval(struct interval date, const char *first, const char *last)
{
    char text[24];

    print_day(date.first, text);
    assert_string_equal(text, first);
    print_day(date.last, text);
    assert_string_equal(text, last);
}

/* A result RC of reading: the days FIRST to LAST, or MESSAGE and an output left alone. */
static void assert_read(int rc, struct interval date, const struct error *err,
                        const char *first, const char *last, const char *message)
{
    if (message) {
        assert_int_equal(rc, -1);
        assert_int_equal(err->code, ERROR_INPUT);
        assert_string_equal(err->message, message);
        assert_memory_equal(&date, &UNTOUCHED, sizeof(date));
    } else {
        if (rc < 0)
            fail_msg("%s", err->message);
        assert_interval(date, first, last);
    }
}

static void assert_fields(const char *year, const char *month, const char *day,
                          const char *first, const char *last, const char *message)
{
    struct interval date = UNTOUCHED;
    struct error err = ERROR_INIT;
    int rc = partial_date_parse(year, month, day, &date, &err);

    assert_read(rc, date, &err, first, last, message);
}

static void three_fields_make_an_interval(void **state)
{
    static const struct {
        const char *year, *month, *day, *first, *last;
    } rows[] = {
        {"2021", "06", "02", "2021-06-02", "2021-06-02"},
        {"2021", "03", "UN", "2021-03-01", "2021-03-31"},
        {"2024", "02", "", "2024-02-01", "2024-02-29"},
        {"2021", "UN", "17", "2021-01-17", "2021-12-17"},

        /* every way to say unknown */
        {"2023", "02", NULL, "2023-02-01", "2023-02-28"},
        {"2021", "un", "Un", "2021-01-01", "2021-12-31"},
        {"2021", "", "", "2021-01-01", "2021-12-31"},
        {"2021", "UN", "31", "2021-01-31", "2021-12-31"},
        {"UN", "03", "14", "unknown", "unknown"},
        {NULL, NULL, NULL, "unknown", "unknown"},
        {"", "02", "29", "unknown", "unknown"},

        /* one digit is a number too */
        {"2021", "6", "2", "2021-06-02", "2021-06-02"},

        /* the ends of what is accepted */
        {"1880", "01", "01", "1880-01-01", "1880-01-01"},
        {"2058", "12", "31", "2058-12-31", "2058-12-31"},

        /* the leap day that a century may have */
        {"2000", "02", "29", "2000-02-29", "2000-02-29"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        assert_fields(rows[i].year, rows[i].month, rows[i].day, rows[i].first,
                      rows[i].last, NULL);
}

static void three_fields_that_make_none_say_why(void **state)
{
    static const struct {
        const char *year, *month, *day, *error;
    } rows[] = {
        {"2021", "13", "01", "month 13: expected 01 to 12, or UN"},

        /* the ends of what is accepted */
        {"1879", NULL, NULL, "year 1879: expected 1880 to 2058, or UN"},
        {"2059", NULL, NULL, "year 2059: expected 1880 to 2058, or UN"},
        {"21", NULL, NULL, "year 21: expected 1880 to 2058, or UN"},
        {"02021", NULL, NULL, "year 02021: expected 1880 to 2058, or UN"},
        {"20211", NULL, NULL, "year 20211: expected 1880 to 2058, or UN"},
        {"2021", "00", NULL, "month 00: expected 01 to 12, or UN"},
        {"2021", "99", NULL, "month 99: expected 01 to 12, or UN"},
        {"2021", "003", NULL, "month 003: expected 01 to 12, or UN"},
        {"2021", NULL, "32", "day 32: expected 01 to 31, or UN"},
        {"2021", "01", "0", "day 0: expected 01 to 31, or UN"},

        /* no number at all */
        {"20x1", NULL, NULL, "year 20x1: expected 1880 to 2058, or UN"},
        {"-2021", NULL, NULL, "year -2021: expected 1880 to 2058, or UN"},
        {" 2021", NULL, NULL, "year  2021: expected 1880 to 2058, or UN"},
        {"2021", "mars", NULL, "month mars: expected 01 to 12, or UN"},
        {"2021", "03 ", NULL, "month 03 : expected 01 to 12, or UN"},
        {"2021", "+3", NULL, "month +3: expected 01 to 12, or UN"},
        {"UNK", NULL, NULL, "year UNK: expected 1880 to 2058, or UN"},
        {"99999999999999999999999999999999", NULL, NULL,
         "year 99999999999999999999: expected 1880 to 2058, or UN"},

        /* days that no calendar has */
        {"2021", "04", "31", "day 31: expected 01 to 30 in month 04, or UN"},
        {"2024", "02", "30", "day 30: expected 01 to 29 in month 02, or UN"},
        {"2021", "02", "29", "day 29: expected 01 to 28 in 2021-02, or UN"},
        {"1900", "2", "29", "day 29: expected 01 to 28 in 1900-02, or UN"},

        /* an unknown year excuses nothing */
        {"UN", "13", NULL, "month 13: expected 01 to 12, or UN"},
        {"UN", "04", "31", "day 31: expected 01 to 30 in month 04, or UN"},
        {"UN", "02", "30", "day 30: expected 01 to 29 in month 02, or UN"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++)
        assert_fields(rows[i].year, rows[i].month, rows[i].day, NULL, NULL,
                      rows[i].error);
}

/* Each day of some years, with each part unknown in turn, against a search of the calendar
 * for the first and the last day that fit. */
static void assert_narrowest(int year, int month, int day)
{
    char y[12] = "", m[12] = "UN", d[12] = "UN";
    struct interval date;
    day_number first = DAY_MAX, last = DAY_MIN;

    snprintf(y, sizeof(y), "%d", year);
    if (month)
        snprintf(m, sizeof(m), "%02d", month);
    if (day)
        snprintf(d, sizeof(d), "%02d", day);

    for (day_number n = day_from_civil(year, 1, 1); n <= day_from_civil(year, 12, 31);
         n++) {
        int ny, nm, nd;

        day_to_civil(n, &ny, &nm, &nd);
        if ((month && nm != month) || (day && nd != day))
            continue;
        first = n < first ? n : first;
        last = n > last ? n : last;
    }
    if (first > last) {
        assert_int_equal(partial_date_parse(y, m, d, &date, NULL), -1);
        return;
    }
    assert_int_equal(partial_date_parse(y, m, d, &date, NULL), 0);
    assert_int_equal(date.first, first);
    assert_int_equal(date.last, last);
}

static void the_interval_is_the_narrowest(void **state)
{
    static const int years[] = {1880, 1900, 2000, 2021, 2024, 2058};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(years); i++)
        for (int month = 0; month <= 12; month++)
            for (int day = 0; day <= 31; day++)
                assert_narrowest(years[i], month, day);
}

static void one_text_makes_an_interval(void **state)
{
    static const struct {
        const char *text, *first, *last;
    } rows[] = {
        {"2021", "2021-01-01", "2021-12-31"},
        {"2021-03", "2021-03-01", "2021-03-31"},
        {"2021-03-14", "2021-03-14", "2021-03-14"},
        {"2021/03", "2021-03-01", "2021-03-31"},
        {"2021/03/14", "2021-03-14", "2021-03-14"},
        {"14/03/2021", "2021-03-14", "2021-03-14"},
        {"03/2021", "2021-03-01", "2021-03-31"},
        {"20210314", "2021-03-14", "2021-03-14"},

        {"2021-03-UN", "2021-03-01", "2021-03-31"},
        {"2021-UN-14", "2021-01-14", "2021-12-14"},
        {"2021-un-un", "2021-01-01", "2021-12-31"},
        {"2021-UN", "2021-01-01", "2021-12-31"},
        {"2021/UN/14", "2021-01-14", "2021-12-14"},
        {"UN/03/2021", "2021-03-01", "2021-03-31"},
        {"14/UN/2021", "2021-01-14", "2021-12-14"},
        {"UN/UN/2021", "2021-01-01", "2021-12-31"},
        {"UN/2021", "2021-01-01", "2021-12-31"},
        {"UN", "unknown", "unknown"},
        {"UN-UN-UN", "unknown", "unknown"},
        {"UN-03-14", "unknown", "unknown"},
        {"UN/UN/UN", "unknown", "unknown"},
        {"14/03/UN", "unknown", "unknown"},
        {"03/UN", "unknown", "unknown"},
        {"UN/03/14", "unknown", "unknown"},

        {"2021-03-14T10:15:30Z", "2021-03-14", "2021-03-14"},
        {"2021-03-14T10:15:30.250+01:00", "2021-03-14", "2021-03-14"},
        {"2021-03-14 00:00", "2021-03-14", "2021-03-14"},
        {"14/03/2021 08:30:00", "2021-03-14", "2021-03-14"},
        {"20210314T101530", "2021-03-14", "2021-03-14"},
        {"2021-03-UN 08:30", "2021-03-01", "2021-03-31"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct interval date = UNTOUCHED;
        struct error err = ERROR_INIT;
        int rc = date_parse(rows[i].text, &date, &err);

        assert_read(rc, date, &err, rows[i].first, rows[i].last, NULL);
    }
}

static void other_texts_are_refused(void **state)
{
    static const char *const texts[] = {
        "",
        " ",
        "T",
        "-",
        "/",
        "21",
        "2021-",
        "-2021",
        "2021-3",
        "2021-3-14",
        "2021-03-4",
        "2021-03-014",
        "2021--14",
        "2021-03-14-",
        "2021-03-14-01",
        "2021-03/14",
        "14-03-2021", /* only with '/' is that order ours */
        "3/4/2021",
        "03-2021",
        "14/03/21",
        "14.03.2021",
        "14 mars 2021",
        "202103",
        "2021031",
        "202103141015",
        "20210314-",
        " 2021-03-14",
        "2021-03-14 ",
        "2021-03-14T",
        "2021-03-14Tnoon",
        "2021-03-14 x",
        "2021-03-14 08:30 x",
        "2021-03T10:00",
        "2021 10:00",
        "unknown",
        "inconnue",
        "UNUN",
        "UN-",
        "+2021",
        "2021\n",
        "２０２１",
        "20210314201",
        "2021-03-14-2021-03-14-2021-03-14",
        "0x7E5",
        "2O21-O3-14",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        struct interval date = UNTOUCHED;
        struct error err = ERROR_INIT;
        char expected[300];

        snprintf(
            expected, sizeof(expected),
            "date \"%.30s\": expected 2021-03-14, 2021-03, 2021, 14/03/2021, 03/2021 or "
            "20210314, with UN for an unknown part",
            texts[i]);
        assert_read(date_parse(texts[i], &date, &err), date, &err, "", "", expected);
    }
    assert_int_equal(date_parse(NULL, &(struct interval){0}, NULL), -1);
}

static void a_wrong_part_is_named(void **state)
{
    static const struct {
        const char *text, *error;
    } rows[] = {
        {"2021-13-01", "date 2021-13-01: month 13: expected 01 to 12, or UN"},
        {"20211301", "date 20211301: month 13: expected 01 to 12, or UN"},
        {"03/14/2021", "date 03/14/2021: month 14: expected 01 to 12, or UN"},
        {"31/04/2021", "date 31/04/2021: day 31: expected 01 to 30 in month 04, or UN"},
        {"29/02/2023", "date 29/02/2023: day 29: expected 01 to 28 in 2023-02, or UN"},
        {"1582-10-15", "date 1582-10-15: year 1582: expected 1880 to 2058, or UN"},
        {"2021-00-00 00:00", "date 2021-00-00 00:00: month 00: expected 01 to 12, or UN"},
        {"9999-12-31", "date 9999-12-31: year 9999: expected 1880 to 2058, or UN"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct interval date = UNTOUCHED;
        struct error err = ERROR_INIT;

        assert_read(date_parse(rows[i].text, &date, &err), date, &err, "", "",
                    rows[i].error);
    }
}

static void dates_are_printed(void **state)
{
    static const struct {
        const char *first, *last; /* "" = open */
        const char *iso, *french, *english;
    } rows[] = {
        {"2021-03-14", "2021-03-14", "2021-03-14", "14/03/2021", "14 Mar 2021"},
        {"2021-05-02", "2021-05-02", "2021-05-02", "02/05/2021", "2 May 2021"},
        {"2021-03-01", "2021-03-31", "2021-03", "03/2021", "Mar 2021"},
        {"2024-02-01", "2024-02-29", "2024-02", "02/2024", "Feb 2024"},
        {"2021-01-01", "2021-12-31", "2021", "2021", "2021"},
        {"2021-03-14", "2021-05-02", "2021-03-14..2021-05-02",
         "entre le 14/03/2021 et le 02/05/2021", "between 14 Mar 2021 and 2 May 2021"},
        {"", "", "unknown", "date inconnue", "unknown date"},

        /* "before" leaves out the day it names, the interval holds its last */
        {"", "2021-05-02", "..2021-05-02", "avant le 03/05/2021", "before 3 May 2021"},
        {"2021-03-01", "", "2021-03-01..", "après le 28/02/2021", "after 28 Feb 2021"},

        /* nearly a month, nearly a year */
        {"2024-02-01", "2024-02-28", "2024-02-01..2024-02-28",
         "entre le 01/02/2024 et le 28/02/2024", "between 1 Feb 2024 and 28 Feb 2024"},
        {"2021-03-02", "2021-03-31", "2021-03-02..2021-03-31",
         "entre le 02/03/2021 et le 31/03/2021", "between 2 Mar 2021 and 31 Mar 2021"},
        {"2021-01-01", "2021-11-30", "2021-01-01..2021-11-30",
         "entre le 01/01/2021 et le 30/11/2021", "between 1 Jan 2021 and 30 Nov 2021"},
        {"2021-02-01", "2021-12-31", "2021-02-01..2021-12-31",
         "entre le 01/02/2021 et le 31/12/2021", "between 1 Feb 2021 and 31 Dec 2021"},
        {"2020-01-01", "2021-12-31", "2020-01-01..2021-12-31",
         "entre le 01/01/2020 et le 31/12/2021", "between 1 Jan 2020 and 31 Dec 2021"},
        {"2020-03-01", "2021-03-31", "2020-03-01..2021-03-31",
         "entre le 01/03/2020 et le 31/03/2021", "between 1 Mar 2020 and 31 Mar 2021"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct interval date = INTERVAL_UNKNOWN;
        struct interval end;
        char iso[DATE_TEXT_SIZE], words[DATE_WORDS_SIZE];

        if (*rows[i].first) {
            assert_int_equal(date_parse(rows[i].first, &end, NULL), 0);
            date.first = end.first;
        }
        if (*rows[i].last) {
            assert_int_equal(date_parse(rows[i].last, &end, NULL), 0);
            date.last = end.last;
        }
        assert_ptr_equal(date_print_iso(date, iso), iso);
        assert_string_equal(iso, rows[i].iso);
        assert_ptr_equal(date_print_words(date, true, words), words);
        assert_string_equal(words, rows[i].french);
        assert_string_equal(date_print_words(date, false, words), rows[i].english);
    }
}

/* The sizes in the header hold for any day whatever; ASan watches the ends. */
static void no_day_is_too_long_to_print(void **state)
{
    static const day_number days[] = {INT32_MIN + 1, DAY_MIN, DAY_MIN + 1,  -800000, 0,
                                      DAY_MAX - 1,   DAY_MAX, INT32_MAX - 1};
    char iso[DATE_TEXT_SIZE], words[DATE_WORDS_SIZE];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(days); i++)
        for (size_t k = i; k < ARRAY_LENGTH(days); k++) {
            struct interval date = {days[i], days[k]};

            assert_true(strlen(date_print_iso(date, iso)) < sizeof(iso));
            assert_true(strlen(date_print_words(date, true, words)) < sizeof(words));
            assert_true(strlen(date_print_words(date, false, words)) < sizeof(words));
        }
}

/* Whatever date_print_iso() says without "..", date_parse() reads to the same days. */
static void what_is_printed_reads_back(void **state)
{
    (void)state;
    for (int year = 1880; year <= 2058; year += 7)
        for (int month = 0; month <= 12; month++)
            for (int day = 0; day <= (month ? days_in_month(year, month) : 0); day++) {
                struct interval date, back;
                char y[12], m[12] = "", d[12] = "", iso[DATE_TEXT_SIZE];

                snprintf(y, sizeof(y), "%d", year);
                if (month)
                    snprintf(m, sizeof(m), "%d", month);
                if (day)
                    snprintf(d, sizeof(d), "%d", day);
                assert_int_equal(partial_date_parse(y, m, d, &date, NULL), 0);
                assert_int_equal(date_parse(date_print_iso(date, iso), &back, NULL), 0);
                assert_memory_equal(&back, &date, sizeof(date));
            }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(three_fields_make_an_interval),
        cmocka_unit_test(three_fields_that_make_none_say_why),
        cmocka_unit_test(the_interval_is_the_narrowest),
        cmocka_unit_test(one_text_makes_an_interval),
        cmocka_unit_test(other_texts_are_refused),
        cmocka_unit_test(a_wrong_part_is_named),
        cmocka_unit_test(dates_are_printed),
        cmocka_unit_test(no_day_is_too_long_to_print),
        cmocka_unit_test(what_is_printed_reads_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
