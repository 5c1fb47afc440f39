/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/parse_values.c: numbers with their units, dates, periods and durations. The grammar
 * stands at the head of parse_line.c. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/parse_internal.h"
#include "vocab/units.h"

/* ---- numbers and units ---- */

static bool read_double(const char *text, double *number_r)
{
    char *end;

    if ((*text < '0' || *text > '9') && *text != '-' && *text != '+' && *text != '.')
        return false;
    *number_r = strtod(text, &end) + 0.0; /* -0 is 0 */
    return end != text && *end == '\0' && isfinite(*number_r);
}

static int take_number(struct parser *parser, double *number_r, struct error *err)
{
    parser_want(parser, 0, WANT_NUMBER, VOCAB_NONE, "");
    if (parser_token(parser)->kind != TOKEN_WORD ||
        !read_double(parser_token(parser)->text, number_r))
        return parser_expected(parser, err, "a number");
    parser->at++;
    return 0;
}

/* Do its codes decide the unit of LINE's number? */
static bool is_measured(const struct criteria *line)
{
    return model_group(model_item(line->item)->group)->unit != ITEM_NONE;
}

const char *criteria_unit(const struct criteria *line)
{
    const struct item_row *item = model_item(line->item);
    const struct group_row *group = model_group(item->group);
    const char *unit = "";

    if (!is_measured(line))
        return item->type == TYPE_NUMBER ? item->unit
               : group->amount           ? model_item(group->amount)->unit
                                         : "";
    for (size_t i = 0; i < line->n_codes; i++) {
        const char *own = vocab_measure_unit(line->codes[i].first_code);

        if (line->codes[i].first_code != line->codes[i].last_code ||
            (i > 0 && strcmp(own, unit) != 0))
            return "";
        unit = own;
    }
    return unit;
}

/* Why the number of LINE cannot have the unit TOKEN, whose own one is UNIT. */
static int refuse_unit(const struct criteria *line, const struct token *token,
                       const char *unit, struct error *err)
{
    bool measured = is_measured(line);
    const char *key = measured && line->n_codes == 1 ? line->codes[0].first_code
                                                     : model_item(line->item)->word;

    if (*unit && (!measured || line->n_codes == 1))
        return error_at(err, ERROR_INPUT, token->line, token->column,
                        "%s is measured in %s: %s cannot be converted", key, unit,
                        token->text);
    if (measured && line->n_codes > 1)
        return error_at(err, ERROR_INPUT, token->line, token->column,
                        "%s: these measures have no common unit: ask each by itself, or "
                        "give the number alone",
                        token->text);
    return error_at(err, ERROR_INPUT, token->line, token->column,
                    "%s: no unit is known for %s: give the number alone, as the sources "
                    "count it",
                    token->text, key);
}

/* What comes next is a unit, if it can be one; words of the language cannot, but for the
 * metre, which is no M. */
static bool sees_unit(const struct parser *parser)
{
    const struct token *token = parser_token(parser);

    return (token->kind == TOKEN_STRING ||
            (token->kind == TOKEN_WORD && !parser_is_number(token) &&
             (strcmp(token->text, "m") == 0 ||
              !criteria_is_reserved(VOCAB_NAME, token->text)))) &&
           vocab_unit_is_known(token->text);
}

/* *NUMBER of LINE, counted in FROM, in UNIT. Its measures must agree: a milligram of creatinine
 * is not as many micromoles as one of bilirubin. */
static bool convert(const struct criteria *line, const char *from, const char *unit,
                    double *number)
{
    double first = *number;

    if (!is_measured(line))
        return vocab_unit_convert("", from, unit, number);
    for (size_t i = 0; i < line->n_codes; i++) {
        double converted = *number;

        if (!vocab_unit_convert(line->codes[i].first_code, from, unit, &converted) ||
            (i > 0 && converted != first))
            return false;
        first = converted;
    }
    *number = first;
    return true;
}

/* The unit behind the number, in which it is then converted. */
static int take_own_unit(struct parser *parser, struct criteria *line, struct error *err)
{
    const struct token *token = parser_token(parser);
    const char *unit = criteria_unit(line);
    double *ends[] = {&line->number.low, &line->number.high};

    if (*unit)
        parser_want(parser, 0, WANT_UNIT, VOCAB_NONE, unit);
    if (!sees_unit(parser))
        return 0;
    for (size_t i = 0; i < ARRAY_LENGTH(ends); i++)
        if (!*unit || (isfinite(*ends[i]) && !convert(line, token->text, unit, ends[i])))
            return refuse_unit(line, token, unit, err);
    parser->at++;
    return 0;
}

/* ULN, or LSN in French: times the upper limit of normal. */
static bool takes_limit(struct parser *parser)
{
    const struct token *token = parser_token(parser);

    if ((token->kind != TOKEN_WORD && token->kind != TOKEN_STRING) ||
        (strcasecmp(token->text, "ULN") != 0 && strcasecmp(token->text, "LSN") != 0))
        return false;
    parser->at++;
    return true;
}

/* LINE, and what it chooses from, are then about ratios (record/ratios.h). */
static int relate_to_normal(struct parser *parser, struct criteria *line,
                            const struct token *token, struct error *err)
{
    if (model_item(line->item)->group != GROUP_MEASURE &&
        model_item(line->item)->group != GROUP_RATIO)
        return error_at(err, ERROR_INPUT, token->line, token->column,
                        "%s has no upper limit of normal: only a measure of the "
                        "laboratory has",
                        line->n_codes == 1 ? line->codes[0].first_code
                                           : criteria_fact_word(line));
    if (line->from && line->from->has_number && line->from->item != ITEM_RATIO_TYPE)
        return error_at(err, ERROR_INPUT, token->line, token->column,
                        "%s: what is chosen from has another unit: count both in ULN, or "
                        "neither",
                        token->text);
    if (line->from && line->from->item != ITEM_RATIO_TYPE) {
        struct criteria *from = arena_copy(parser->arena, line->from, sizeof(*from));

        from->item = ITEM_RATIO_TYPE;
        line->from = from;
    }
    line->item = ITEM_RATIO_TYPE;
    return 0;
}

int parser_take_unit(struct parser *parser, struct criteria *line, struct error *err)
{
    const struct token *token = parser_token(parser);

    if (model_item(line->item)->group == GROUP_MEASURE)
        parser_want(parser, 0, WANT_UNIT, VOCAB_NONE, "ULN");
    if (takes_limit(parser))
        return relate_to_normal(parser, line, token, err);
    if (line->item == ITEM_RATIO_TYPE)
        return parser_expected(parser, err, "ULN, as what is chosen from is counted");
    return take_own_unit(parser, line, err);
}

static bool takes_comparison(struct parser *parser, struct criteria_number *number,
                             struct error *err, int *status_r)
{
    static const struct {
        const char *sign;
        bool low, high, open;
    } signs[] = {{"<=", false, true, false},
                 {"<", false, true, true},
                 {">=", true, false, false},
                 {">", true, false, true},
                 {"=", true, true, false}};

    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++) {
        double x;

        if (!parser_takes(parser, signs[i].sign))
            continue;
        *status_r = take_number(parser, &x, err);
        if (*status_r == 0)
            *number =
                (struct criteria_number){.low = signs[i].low ? x : -INFINITY,
                                         .high = signs[i].high ? x : INFINITY,
                                         .low_open = signs[i].low && signs[i].open,
                                         .high_open = signs[i].high && signs[i].open};
        return true;
    }
    return false;
}

/* X..Y or X */
static int take_range(struct parser *parser, struct criteria_number *number,
                      struct error *err)
{
    const struct token *start = parser_token(parser);

    if (take_number(parser, &number->low, err) < 0)
        return -1;
    number->high = number->low;
    if (parser_takes(parser, "..") && take_number(parser, &number->high, err) < 0)
        return -1;
    if (number->high < number->low)
        return error_at(err, ERROR_INPUT, start->line, start->column,
                        "the range %g..%g is empty: put the smaller one first",
                        number->low, number->high);
    return 0;
}

/* > 2 <= 5: one bound after the other. */
static int take_upper_bound(struct parser *parser, struct criteria_number *number,
                            struct error *err)
{
    const struct token *sign = parser_token(parser);
    struct criteria_number upper;
    int status = 0;

    if ((!parser_sees(parser, "<") && !parser_sees(parser, "<=")) ||
        !takes_comparison(parser, &upper, err, &status))
        return 0;
    if (status < 0)
        return -1;
    number->high = upper.high;
    number->high_open = upper.high_open;
    if (number->high < number->low ||
        (!(number->low < number->high) && (number->low_open || number->high_open)))
        return error_at(err, ERROR_INPUT, sign->line, sign->column,
                        "nothing lies between %g and %g", number->low, number->high);
    return 0;
}

/* 1 taken, 0 not there, -1 wrong. */
int parser_take_comparison_or_range(struct parser *parser, struct criteria_number *number,
                                    bool range_allowed, struct error *err)
{
    double ignored;
    int status = 0;

    if (takes_comparison(parser, number, err, &status)) {
        if (status == 0 && isinf(number->high))
            status = take_upper_bound(parser, number, err);
        return status < 0 ? -1 : 1;
    }
    if (range_allowed)
        parser_want(parser, 0, WANT_NUMBER, VOCAB_NONE, "");
    if (!range_allowed || parser_token(parser)->kind != TOKEN_WORD ||
        !read_double(parser_token(parser)->text, &ignored))
        return 0;
    return take_range(parser, number, err) < 0 ? -1 : 1;
}

/* ---- dates ---- */

static int take_date(struct parser *parser, struct interval *date_r, struct error *err)
{
    struct error reason = ERROR_INIT;

    parser_want(parser, 0, WANT_DATE, VOCAB_NONE, "");
    if (parser_token(parser)->kind == TOKEN_WORD &&
        date_parse(parser_token(parser)->text, date_r, &reason) == 0 &&
        !interval_is_unknown(*date_r)) {
        parser->at++;
        return 0;
    }
    return parser_expected(parser, err, "a date such as 2021, 2021-03 or 2021-03-14");
}

static int check_period(const struct token *start, struct interval dates,
                        struct error *err)
{
    if (dates.first > dates.last)
        return error_at(err, ERROR_INPUT, start->line, start->column,
                        "the period ends before it begins");
    if (dates.last < day_from_civil(YEAR_FIRST, 1, 1) ||
        dates.first > day_from_civil(YEAR_LAST, 12, 31))
        return error_at(err, ERROR_INPUT, start->line, start->column,
                        "expected a period within the years %d to %d", YEAR_FIRST,
                        YEAR_LAST);
    return 0;
}

static int take_two_dates(struct parser *parser, const char *between,
                          struct interval *dates, struct error *err)
{
    const struct token *start = parser_token(parser);
    struct interval second;

    if (take_date(parser, dates, err) < 0)
        return -1;
    if (!parser_takes(parser, between))
        return parser_expected(parser, err, between);
    if (take_date(parser, &second, err) < 0)
        return -1;
    dates->last = second.last;
    return check_period(start, *dates, err);
}

/* before, after, since, until and a date. 1 taken, 0 not there, -1 wrong. */
static int take_open_period(struct parser *parser, struct interval *dates,
                            struct error *err)
{
    const struct token *word = parser_token(parser);
    struct interval date;
    bool before = parser_takes(parser, "before");
    bool after = !before && parser_takes(parser, "after");
    bool since = !before && !after && parser_takes(parser, "since");

    if (!before && !after && !since && !parser_takes(parser, "until"))
        return 0;
    if (take_date(parser, &date, err) < 0)
        return -1;
    *dates = INTERVAL_UNKNOWN;
    if (before)
        dates->last = date.first - 1;
    else if (after)
        dates->first = date.last + 1;
    else if (since)
        dates->first = date.first;
    else
        dates->last = date.last;
    return check_period(word, *dates, err) < 0 ? -1 : 1;
}

static int take_bare_dates(struct parser *parser, struct interval *dates,
                           struct error *err)
{
    const struct token *start = parser_token(parser);
    struct interval last;

    if (take_date(parser, dates, err) < 0)
        return -1;
    if (parser_takes(parser, "..")) {
        if (take_date(parser, &last, err) < 0)
            return -1;
        dates->last = last.last;
    }
    return check_period(start, *dates, err) < 0 ? -1 : 1;
}

/* 1 taken, 0 not there, -1 wrong. BARE: a date may stand without a word before it. */
int parser_take_dates(struct parser *parser, bool bare, struct interval *dates,
                      struct error *err)
{
    int taken;

    if (parser_takes(parser, "from"))
        return take_two_dates(parser, "to", dates, err) < 0 ? -1 : 1;
    if (parser_takes(parser, "between"))
        return take_two_dates(parser, "and", dates, err) < 0 ? -1 : 1;
    taken = take_open_period(parser, dates, err);
    if (taken != 0)
        return taken;
    if (parser_takes(parser, "in") || parser_takes(parser, "on") || bare)
        return take_bare_dates(parser, dates, err);
    return 0;
}

/* ---- durations ---- */

static const struct {
    const char *unit;
    double days;
} units_of_time[] = {{"days", 1},
                     {"day", 1},
                     {"weeks", 7},
                     {"week", 7},
                     {"months", CRITERIA_DAYS_MONTH},
                     {"month", CRITERIA_DAYS_MONTH},
                     {"years", CRITERIA_DAYS_YEAR},
                     {"year", CRITERIA_DAYS_YEAR}};

void parser_want_time(const struct parser *parser, size_t n)
{
    for (size_t i = 0; i < ARRAY_LENGTH(units_of_time); i += 2) /* the plurals */
        parser_want(parser, n, WANT_UNIT, VOCAB_NONE, units_of_time[i].unit);
}

bool parser_is_unit_of_time(const struct token *token)
{
    for (size_t i = 0; i < ARRAY_LENGTH(units_of_time); i++)
        if (token->kind == TOKEN_WORD &&
            strcasecmp(token->text, units_of_time[i].unit) == 0)
            return true;
    return false;
}

bool parser_is_number(const struct token *token)
{
    double ignored;

    return token->kind == TOKEN_WORD && read_double(token->text, &ignored);
}

bool parser_is_date(const struct token *token)
{
    struct interval date;
    struct error ignored = ERROR_INIT;

    return token->kind == TOKEN_WORD && date_parse(token->text, &date, &ignored) == 0 &&
           !interval_is_unknown(date);
}

/* The days of NUMBER, which stands at PLACE, of the unit that comes next, rounded. */
static int days_of(const struct parser *parser, const struct token *place, double number,
                   int32_t *days_r, struct error *err)
{
    const struct token *unit = parser_token(parser);
    double days = -1;

    for (size_t i = 0; i < ARRAY_LENGTH(units_of_time); i++)
        if (parser_sees(parser, units_of_time[i].unit))
            days = round(number * units_of_time[i].days);
    if (days < 0 || days > DURATION_MAX)
        return error_at(err, ERROR_INPUT, place->line, place->column,
                        "%g %.20s: expected 0 to %d days", number, unit->text,
                        DURATION_MAX);
    *days_r = (int32_t)days;
    return 0;
}

int parser_take_duration(struct parser *parser, int32_t *days_r, struct error *err)
{
    const struct token *place = parser_token(parser);
    double number;

    if (take_number(parser, &number, err) < 0)
        return -1;
    parser_want_time(parser, 0);
    if (!parser_is_unit_of_time(parser_token(parser)))
        return parser_expected(parser, err, "days, weeks, months or years");
    if (days_of(parser, place, number, days_r, err) < 0)
        return -1;
    parser->at++;
    return 0;
}

int parser_take_durations(struct parser *parser, int32_t *low_r, int32_t *high_r,
                          struct error *err)
{
    const struct token *place = parser_token(parser);
    struct criteria_number number;

    if (take_range(parser, &number, err) < 0 ||
        days_of(parser, place, number.low, low_r, err) < 0 ||
        days_of(parser, place, number.high, high_r, err) < 0)
        return -1;
    parser->at++;
    return 0;
}
