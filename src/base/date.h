/* SPDX-License-Identifier: Apache-2.0
 *
 * base/date.h: dates of which parts are unknown.
 *
 * OSIRIS-RWD forbids completing a date: an unknown day stays unknown, never the 15th. So a
 * date is the interval of the days it may be, and comparing two dates has three answers.
 * Days are counted from 1970-01-01 in the proleptic Gregorian calendar. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/attributes.h"

struct error;

typedef int32_t day_number;

/* An open end: nothing is known on that side. */
#define DAY_MIN ((day_number)INT32_MIN / 4)
#define DAY_MAX ((day_number)INT32_MAX / 4)

/* FIRST <= LAST, both included. */
struct interval {
    day_number first;
    day_number last;
};

#define INTERVAL_UNKNOWN ((struct interval){DAY_MIN, DAY_MAX})

/* Years that a date may have: the index keeps days in 16 bits, and a cancer registry has
 * nothing outside. Other years are refused where they come in. */
#define YEAR_FIRST 1880
#define YEAR_LAST 2058

/* Answers of a logic with unknowns (Kleene): AND is the smaller, OR the larger. */
enum truth { TRUTH_NO = 0, TRUTH_UNKNOWN = 1, TRUTH_YES = 2 };

static inline enum truth truth_and(enum truth a, enum truth b)
{
    return a < b ? a : b;
}

static inline enum truth truth_or(enum truth a, enum truth b)
{
    return a > b ? a : b;
}

static inline enum truth truth_not(enum truth a)
{
    return (enum truth)(TRUTH_YES - a);
}

day_number day_from_civil(int year, int month, int day);
void day_to_civil(day_number day, int *year_r, int *month_r, int *day_r);
bool civil_is_valid(int year, int month, int day);
int days_in_month(int year, int month);

/* Completed years from BIRTH to DAY by the calendar (a birthday on 29 February is reached
 * on 1 March in common years); negative before birth. */
int age_in_years(day_number birth, day_number day);

/* From the three fields of OSIRIS-RWD. Each may be NULL, "", "UN" (any case) = unknown.
 * An unknown year makes the whole date unknown; a known day in an unknown month narrows the
 * ends of the year (2021-UN-17 is 2021-01-17 to 2021-12-17). -1 and ERROR_INPUT when a part
 * is not a number, or out of range, or no calendar has that day. */
NODISCARD int partial_date_parse(const char *year, const char *month, const char *day,
                                 struct interval *interval_r, struct error *err);

/* From one text: 2021, 2021-03, 2021-03-14, the same with "UN" parts, with '/' for '-', or
 * French order 14/03/2021, 03/2021; also 20210314. Time of day after 'T' or ' ' is cut. */
NODISCARD int date_parse(const char *text, struct interval *interval_r,
                         struct error *err);

/* ISO 8601 as far as it is known: 2021-03-14, 2021-03, 2021, "2021-03-14..2021-05-02",
 * "..2021-05-02", "unknown". OUT holds DATE_TEXT_SIZE bytes. Returns OUT. */
#define DATE_TEXT_SIZE 32
char *date_print_iso(struct interval date, char *out);
/* The same for people: 14/03/2021, 03/2021, 2021, entre le …; English 14 Mar 2021. With one
 * open end "avant le" names the day after the last, "après le" the day before the first. */
#define DATE_WORDS_SIZE 64
char *date_print_words(struct interval date, bool french, char *out);

static inline bool interval_is_exact(struct interval i)
{
    return i.first == i.last;
}

static inline bool interval_is_unknown(struct interval i)
{
    return i.first == DAY_MIN && i.last == DAY_MAX;
}

/* Is the true day of A before the true day of B? */
enum truth date_before(struct interval a, struct interval b);
/* Does the true day lie in [first, last]? */
enum truth date_within(struct interval date, day_number first, day_number last);
/* Is LOW <= (day of B) - (day of A) <= HIGH, in days? */
enum truth date_distance_within(struct interval a, struct interval b, int64_t low,
                                int64_t high);

#endif
