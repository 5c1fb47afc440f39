/* SPDX-License-Identifier: Apache-2.0
 *
 * base/date.c: days, partial dates, and questions with three answers.
 *
 * The two conversions follow the description Howard Hinnant placed in the public domain,
 * "chrono-Compatible Low-Level Date Algorithms", written anew here. The idea: let a year
 * start on 1 March. The leap day is then the last of its year, the lengths of the months
 * before it follow a line (153 days in 5 months), and the calendar repeats exactly every
 * 400 years (an era of 146,097 days). */
#include "base/date.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"

#define DAYS_IN_ERA 146097
#define MARCH_0000 719468 /* days from 0000-03-01 to 1970-01-01 */

day_number day_from_civil(int year, int month, int day)
{
    int64_t y = month > 2 ? year : (int64_t)year - 1; /* the year that began in March */
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t year_of_era = y - era * 400;
    int64_t months = month > 2 ? month - 3 : month + 9;
    int64_t day_of_year = (153 * months + 2) / 5 + day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;

    return (day_number)(era * DAYS_IN_ERA + day_of_era - MARCH_0000);
}

void day_to_civil(day_number day, int *year_r, int *month_r, int *day_r)
{
    int64_t days = (int64_t)day + MARCH_0000;
    int64_t era = (days >= 0 ? days : days - (DAYS_IN_ERA - 1)) / DAYS_IN_ERA;
    int day_of_era = (int)(days - era * DAYS_IN_ERA);
    /* take out the leap days before dividing: one in 4 years, not in 100, but in 400 */
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int months = (5 * day_of_year + 2) / 153; /* since March */

    *day_r = day_of_year - (153 * months + 2) / 5 + 1;
    *month_r = months < 10 ? months + 3 : months - 9;
    *year_r = (int)(year_of_era + era * 400) + (*month_r <= 2);
}

static bool is_leap(int year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

    if (month < 1 || month > 12)
        return 0;
    return days[month - 1] + (month == 2 && is_leap(year));
}

bool civil_is_valid(int year, int month, int day)
{
    return day >= 1 && day <= days_in_month(year, month);
}

int age_in_years(day_number birth, day_number day)
{
    int birth_year, birth_month, birth_day;
    int year, month, dom;

    day_to_civil(birth, &birth_year, &birth_month, &birth_day);
    day_to_civil(day, &year, &month, &dom);

    bool birthday_reached =
        month > birth_month || (month == birth_month && dom >= birth_day);

    return year - birth_year - !birthday_reached;
}

/* ---- reading ---- */

#define UNKNOWN_PART (-1)

static bool part_is_unknown(const char *text)
{
    return !text || !*text || strcasecmp(text, "UN") == 0;
}

/* TEXT as a number of at most DIGITS digits between LOW and HIGH, or UNKNOWN_PART. */
static int part_parse(const char *name, const char *text, int digits, int low, int high,
                      int *value_r, struct error *err)
{
    int value = 0;
    int length = 0;

    if (part_is_unknown(text)) {
        *value_r = UNKNOWN_PART;
        return 0;
    }
    while (length <= digits && text[length] >= '0' && text[length] <= '9')
        value = value * 10 + (text[length++] - '0');
    if (text[length] || length > digits || value < low || value > high)
        return error_set(err, ERROR_INPUT, "%s %.20s: expected %02d to %02d, or UN", name,
                         text, low, high);
    *value_r = value;
    return 0;
}

/* That a month, or that month of that year, has such a day. */
static int check_day(int year, int month, int day, struct error *err)
{
    if (month == UNKNOWN_PART || day == UNKNOWN_PART)
        return 0;

    int most = days_in_month(year == UNKNOWN_PART ? 2000 : year, month); /* 2000: leap */

    if (day <= most)
        return 0;
    if (year == UNKNOWN_PART || day > days_in_month(2000, month))
        return error_set(err, ERROR_INPUT,
                         "day %02d: expected 01 to %d in month %02d, or UN", day,
                         days_in_month(2000, month), month);
    return error_set(err, ERROR_INPUT, "day %02d: expected 01 to %d in %d-%02d, or UN",
                     day, most, year, month);
}

static struct interval interval_of(int year, int month, int day)
{
    if (year == UNKNOWN_PART)
        return INTERVAL_UNKNOWN;

    /* January and December both have 31 days, so they hold any day of an unknown month. */
    int first_month = month == UNKNOWN_PART ? 1 : month;
    int last_month = month == UNKNOWN_PART ? 12 : month;
    int first_day = day == UNKNOWN_PART ? 1 : day;
    int last_day = day == UNKNOWN_PART ? days_in_month(year, last_month) : day;

    return (struct interval){day_from_civil(year, first_month, first_day),
                             day_from_civil(year, last_month, last_day)};
}

int partial_date_parse(const char *year, const char *month, const char *day,
                       struct interval *interval_r, struct error *err)
{
    int y, m, d;

    if (part_parse("year", year, 4, YEAR_FIRST, YEAR_LAST, &y, err) < 0 ||
        part_parse("month", month, 2, 1, 12, &m, err) < 0 ||
        part_parse("day", day, 2, 1, 31, &d, err) < 0 || check_day(y, m, d, err) < 0)
        return -1;
    *interval_r = interval_of(y, m, d);
    return 0;
}

#define LONGEST_DATE 10 /* 2021-03-14 */

static bool all_digits(const char *text, size_t length)
{
    return strlen(text) == length && strspn(text, "0123456789") == length;
}

/* An hour and what may follow it: 10:15:30.250+01:00, 101530Z. */
static bool is_time_of_day(const char *text)
{
    return text[0] >= '0' && text[0] <= '9' &&
           text[strspn(text, "0123456789:.,+-Z")] == '\0';
}

/* Cut DATE at its separators into PARTS, which point into it. Returns their number, 0 when
 * there is something wrong; *SEPARATOR_R is NUL when there was none. */
static int split(char *date, char *parts[3], char *separator_r)
{
    int count = 0;
    char *at = date;

    *separator_r = '\0';
    parts[count++] = date;
    while ((at = strpbrk(at, "-/")) != NULL) {
        if (count == 3 || (*separator_r && *at != *separator_r))
            return 0;
        *separator_r = *at;
        *at++ = '\0';
        parts[count++] = at;
    }
    return count;
}

/* Put PARTS in the order year, month, day. False when they are in none of our orders. */
static bool order_parts(char *parts[3], int count, char separator)
{
    char *last = parts[count - 1];
    bool french = separator == '/' && !all_digits(parts[0], 4) &&
                  (all_digits(last, 4) || strcasecmp(last, "UN") == 0);

    if (french) {
        parts[count - 1] = parts[0];
        parts[0] = last;
    }
    for (int i = 0; i < count; i++)
        if (!all_digits(parts[i], i == 0 ? 4 : 2) && strcasecmp(parts[i], "UN") != 0)
            return false;
    return true;
}

static bool parts_of(char *date, bool has_time, char *parts[3], char compact[11])
{
    char separator;
    int count;

    if (all_digits(date, 8)) {
        snprintf(compact, 11, "%.4s-%.2s-%.2s", date, date + 4, date + 6);
        date = compact;
    }
    count = split(date, parts, &separator);
    if (count == 0 || (has_time && count < 3))
        return false;
    return order_parts(parts, count, separator);
}

int date_parse(const char *text, struct interval *interval_r, struct error *err)
{
    char date[LONGEST_DATE + 1];
    char compact[LONGEST_DATE + 1];
    char *parts[3] = {NULL, NULL, NULL};
    size_t length;

    if (!text)
        text = "";
    length = strcspn(text, "T ");

    bool has_time = text[length] != '\0';

    if (length <= LONGEST_DATE && (!has_time || is_time_of_day(text + length + 1))) {
        memcpy(date, text, length);
        date[length] = '\0';
        if (parts_of(date, has_time, parts, compact)) {
            if (partial_date_parse(parts[0], parts[1], parts[2], interval_r, err) < 0)
                return error_context(err, "date %.30s", text);
            return 0;
        }
    }
    return error_set(err, ERROR_INPUT,
                     "date \"%.30s\": expected 2021-03-14, 2021-03, 2021, 14/03/2021, "
                     "03/2021 or 20210314, with UN for an unknown part",
                     text);
}

/* ---- printing ---- */

static char *put_text(char *out, const char *text)
{
    size_t length = strlen(text);

    memcpy(out, text, length + 1);
    return out + length;
}

/* VALUE with at least DIGITS digits: printf is too slow for the export of a whole register. */
static char *put_number(char *out, int value, int digits)
{
    char reversed[16];
    int length = 0;
    unsigned left = value < 0 ? 0u - (unsigned)value : (unsigned)value;

    if (value < 0)
        *out++ = '-';
    while (left > 0 || length < digits) {
        reversed[length++] = (char)('0' + left % 10);
        left /= 10;
    }
    while (length > 0)
        *out++ = reversed[--length];
    *out = '\0';
    return out;
}

/* How much of a date is known. */
enum precision {
    EXACT_DAY,
    WHOLE_MONTH,
    WHOLE_YEAR,
    NOTHING,
    NOT_AFTER,
    NOT_BEFORE,
    BETWEEN
};

static enum precision precision_of(struct interval date)
{
    int year, month, day;
    int last_year, last_month, last_day;

    if (interval_is_exact(date))
        return EXACT_DAY;
    if (interval_is_unknown(date))
        return NOTHING;
    if (date.first == DAY_MIN)
        return NOT_AFTER;
    if (date.last == DAY_MAX)
        return NOT_BEFORE;

    day_to_civil(date.first, &year, &month, &day);
    day_to_civil(date.last, &last_year, &last_month, &last_day);
    if (year != last_year || day != 1 || last_day != days_in_month(last_year, last_month))
        return BETWEEN;
    if (month == last_month)
        return WHOLE_MONTH;
    return month == 1 && last_month == 12 ? WHOLE_YEAR : BETWEEN;
}

static char *put_iso(char *out, day_number number, enum precision precision)
{
    int year, month, day;

    day_to_civil(number, &year, &month, &day);
    out = put_number(out, year, 4);
    if (precision == WHOLE_YEAR)
        return out;
    *out++ = '-';
    out = put_number(out, month, 2);
    if (precision == WHOLE_MONTH)
        return out;
    *out++ = '-';
    return put_number(out, day, 2);
}

char *date_print_iso(struct interval date, char *out)
{
    enum precision precision = precision_of(date);
    char *at = out;

    switch (precision) {
    case NOTHING: put_text(at, "unknown"); break;
    case EXACT_DAY:
    case WHOLE_MONTH:
    case WHOLE_YEAR: put_iso(at, date.first, precision); break;
    case NOT_AFTER:
        at = put_text(at, "..");
        put_iso(at, date.last, EXACT_DAY);
        break;
    case NOT_BEFORE:
        at = put_iso(at, date.first, EXACT_DAY);
        put_text(at, "..");
        break;
    case BETWEEN:
        at = put_iso(at, date.first, EXACT_DAY);
        at = put_text(at, "..");
        put_iso(at, date.last, EXACT_DAY);
        break;
    }
    return out;
}

static char *put_words(char *out, day_number number, enum precision precision,
                       bool french)
{
    static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                       "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    int year, month, day;

    day_to_civil(number, &year, &month, &day);
    if (precision == EXACT_DAY) {
        out = put_number(out, day, french ? 2 : 1);
        *out++ = french ? '/' : ' ';
    }
    if (precision != WHOLE_YEAR) {
        out = french ? put_number(out, month, 2) : put_text(out, months[month - 1]);
        *out++ = french ? '/' : ' ';
    }
    return put_number(out, year, 4);
}

/* "before" and "after" leave out the day they name, an interval holds its ends: so they
 * name the day next to it. */
char *date_print_words(struct interval date, bool french, char *out)
{
    enum precision precision = precision_of(date);
    char *at = out;

    switch (precision) {
    case NOTHING: put_text(at, french ? "date inconnue" : "unknown date"); break;
    case EXACT_DAY:
    case WHOLE_MONTH:
    case WHOLE_YEAR: put_words(at, date.first, precision, french); break;
    case NOT_AFTER:
        at = put_text(at, french ? "avant le " : "before ");
        put_words(at, date.last + 1, EXACT_DAY, french);
        break;
    case NOT_BEFORE:
        at = put_text(at, french ? "après le " : "after ");
        put_words(at, date.first - 1, EXACT_DAY, french);
        break;
    case BETWEEN:
        at = put_text(at, french ? "entre le " : "between ");
        at = put_words(at, date.first, EXACT_DAY, french);
        at = put_text(at, french ? " et le " : " and ");
        put_words(at, date.last, EXACT_DAY, french);
        break;
    }
    return out;
}

/* ---- comparing: is it so for all the days the dates may be, for none, or for some? ---- */

enum truth date_before(struct interval a, struct interval b)
{
    if (a.last < b.first)
        return TRUTH_YES;
    if (a.first >= b.last)
        return TRUTH_NO;
    return TRUTH_UNKNOWN;
}

enum truth date_within(struct interval date, day_number first, day_number last)
{
    if (first > last || date.last < first || date.first > last)
        return TRUTH_NO;
    if (first <= date.first && date.last <= last)
        return TRUTH_YES;
    return TRUTH_UNKNOWN;
}

/* The distance takes every value between its extremes. An open end makes it open too: the
 * ends of an int64_t, which only a LOW or HIGH that says "no bound" equals. */
enum truth date_distance_within(struct interval a, struct interval b, int64_t low,
                                int64_t high)
{
    bool open_below = a.last == DAY_MAX || b.first == DAY_MIN;
    bool open_above = a.first == DAY_MIN || b.last == DAY_MAX;
    int64_t shortest = open_below ? INT64_MIN : (int64_t)b.first - a.last;
    int64_t longest = open_above ? INT64_MAX : (int64_t)b.last - a.first;

    if (low > high || longest < low || shortest > high)
        return TRUTH_NO;
    if (low <= shortest && longest <= high)
        return TRUTH_YES;
    return TRUTH_UNKNOWN;
}
