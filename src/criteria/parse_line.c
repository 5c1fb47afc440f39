/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/parse_line.c: one line of criteria.
 *
 *     line  = "age" ["now" | "at diagnosis" | "at death" | "at last visit" | "at last contact"]
 *             number
 *           | ("diagnosed" | "born" | "died" | DATE-WORD) when { when }
 *           | "active" years | ["vital status"] ("dead" | "alive") | "sequenced"
 *           | [count] [order] fact
 *     count = ("at least" | "at most" | "exactly") N
 *     order = "first" | "second" | "third" | "4th" … | "last" */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/parse_internal.h"

void parser_take_age_point(struct parser *parser, enum item *item_r)
{
    static const struct {
        const char *words;
        enum item item;
    } points[] = {{"at diagnosis", ITEM_DIAGNOSIS_DATE},
                  {"at death", ITEM_DEATH_DATE},
                  {"at last visit", ITEM_LAST_VISIT},
                  {"at last contact", ITEM_LAST_CONTACT},
                  {"now", ITEM_NONE}};

    *item_r = ITEM_NONE;
    for (size_t i = 0; i < ARRAY_LENGTH(points); i++) {
        if (parser_takes(parser, points[i].words)) {
            *item_r = points[i].item;
            break;
        }
    }
}

static struct criteria *parse_age(struct parser *parser, struct error *err)
{
    struct criteria *line = parser_node(parser, CRITERIA_AGE);
    int taken;

    parser_take_age_point(parser, &line->item);
    taken = parser_take_comparison_or_range(parser, &line->number, true, err);
    if (taken == 0)
        parser_expected(parser, err, "an age such as 18..75 or >= 65");
    parser_takes(parser, "years");
    return taken > 0 ? line : NULL;
}

static struct criteria *parse_date(struct parser *parser, enum item item,
                                   struct error *err)
{
    struct criteria *line = parser_node(parser, CRITERIA_DATE);

    line->item = item;
    if (parser_take_whens(parser, line, false, true, err) < 0)
        return NULL;
    if (line->n_when == 0) {
        parser_expected(parser, err, "a date such as 2021, 2021-03 or 2021-03-14");
        return NULL;
    }
    return line;
}

static struct criteria *parse_active(struct parser *parser, struct error *err)
{
    static const char *const open[] = {"since", "until", "before", "after"};
    struct criteria *line = parser_node(parser, CRITERIA_ACTIVE);
    int year, month, day;

    for (size_t i = 0; i < ARRAY_LENGTH(open); i++) {
        if (parser_sees(parser, open[i])) {
            parser_expected(parser, err, "a year or years such as 2021 or 2019..2021");
            return NULL;
        }
    }
    if (parser_take_dates(parser, true, &line->dates, err) <= 0)
        return NULL;
    day_to_civil(line->dates.first, &year, &month, &day);
    line->dates.first = day_from_civil(year, 1, 1);
    day_to_civil(line->dates.last, &year, &month, &day);
    line->dates.last = day_from_civil(year, 12, 31);
    return line;
}

static struct criteria *parse_vital(struct parser *parser, bool dead)
{
    struct criteria *line = parser_node(parser, CRITERIA_VITAL);

    line->dead = dead;
    return line;
}

/* Any finding in a gene: whoever has one was tested. */
static struct criteria *parse_sequenced(struct parser *parser)
{
    static const enum item genes[] = {ITEM_VARIANT_GENE, ITEM_FUSION_GENE,
                                      ITEM_COPY_GENE};
    struct criteria *any[ARRAY_LENGTH(genes)];

    for (size_t i = 0; i < ARRAY_LENGTH(genes); i++) {
        any[i] = parser_node(parser, CRITERIA_FACT);
        any[i]->item = genes[i];
    }

    struct criteria *both = parser_join(parser, CRITERIA_OR, any[0], any[1]);

    return parser_join(parser, CRITERIA_OR, both, any[2]);
}

static struct criteria *parse_vital_words(struct parser *parser, struct error *err)
{
    bool dead = parser_takes(parser, "dead");

    if (!dead && !parser_takes(parser, "alive")) {
        parser_expected(parser, err, "dead or alive");
        return NULL;
    }
    return parse_vital(parser, dead);
}

static struct criteria *parse_item(struct parser *parser, struct error *err)
{
    size_t start = parser->at;
    enum item item;

    if (parser_take_order(parser) != ORDER_ANY) {
        parser->at = start;
        item = ITEM_NONE;
    } else {
        item = parser_take_item_word(parser);
        if (item == ITEM_NONE) {
            parser_expected_word(
                parser, err,
                "a criterion such as topography, stage, altered, treatment, "
                "measure, age at diagnosis, sex");
            return NULL;
        }
    }
    if (item == ITEM_VITAL_STATUS)
        return parse_vital_words(parser, err);
    if (item != ITEM_NONE && model_item(item)->index == INDEX_COLUMN)
        return parse_date(parser, item, err);
    parser->at = start;

    struct criteria *line = parser_node(parser, CRITERIA_FACT);

    return parser_take_fact(parser, line, false, err) < 0 ? NULL : line;
}

/* ---- counts ---- */

static struct criteria *copy_with_count(struct parser *parser,
                                        const struct criteria *fact, unsigned count)
{
    struct criteria *copy = parser_node(parser, CRITERIA_FACT);

    *copy = *fact;
    copy->count = count > 1 ? count : 0;
    return copy;
}

/* at most N is not at least N + 1; exactly N is both. */
static struct criteria *counted(struct parser *parser, const struct criteria *fact,
                                unsigned count, bool least, bool most)
{
    struct criteria *enough = copy_with_count(parser, fact, count);
    struct criteria *more = copy_with_count(parser, fact, count + 1);

    if (!most)
        return enough;
    more = parser_wrap(parser, CRITERIA_NOT, more);
    return least && count ? parser_join(parser, CRITERIA_AND, enough, more) : more;
}

static struct criteria *parse_counted(struct parser *parser, bool least, bool most,
                                      struct error *err)
{
    const struct token *number = parser_token(parser);
    unsigned long count = strtoul(number->text, NULL, 10);
    struct criteria *fact;

    parser_want(parser, 0, WANT_NUMBER, VOCAB_NONE, "");
    if (!parser_is_number(number) ||
        strspn(number->text, "0123456789") != strlen(number->text) ||
        count + most > CRITERIA_COUNT_MAX || (count == 0 && !most)) {
        parser_expected(parser, err, "a number such as 2, and a kind of fact");
        return NULL;
    }
    parser->at++;
    fact = parser_node(parser, CRITERIA_FACT);
    if (parser_take_fact(parser, fact, false, err) < 0)
        return NULL;
    if (fact->order != ORDER_ANY) {
        error_at(err, ERROR_INPUT, number->line, number->column,
                 "first, last and the like choose one: they cannot be counted");
        return NULL;
    }
    return counted(parser, fact, (unsigned)count, least, most);
}

/* ---- all of them ---- */

/* What is no line about facts has no place in sample { } and its like. */
static bool is_refused_inside(const struct parser *parser)
{
    static const char *const words[] = {"age",    "diagnosed", "died",  "born",
                                        "active", "dead",      "alive", "sequenced"};
    const struct token *token = parser_token(parser);

    for (size_t i = 0; i < ARRAY_LENGTH(words) && token->kind == TOKEN_WORD; i++)
        if (strcasecmp(token->text, words[i]) == 0)
            return true;
    return false;
}

/* In the braces of sample, event or tnm. */
static struct criteria *parse_inside(struct parser *parser, struct error *err)
{
    const struct token *token = parser_token(parser);
    struct criteria *line;

    if (parser->same == GROUP_SPECIMEN && parser_takes(parser, "sequenced"))
        return parse_sequenced(parser);
    if (is_refused_inside(parser)) {
        parser_refuse_inside(parser, token->line, token->column, err);
        return NULL;
    }
    line = parser_node(parser, CRITERIA_FACT);
    return parser_take_fact(parser, line, false, err) < 0 ? NULL : line;
}

static struct criteria *parse_words(struct parser *parser, struct error *err)
{
    if (parser_takes(parser, "any"))
        return parser_node(parser, CRITERIA_ANY);
    if (parser_takes(parser, "at least"))
        return parse_counted(parser, true, false, err);
    if (parser_takes(parser, "at most"))
        return parse_counted(parser, false, true, err);
    if (parser_takes(parser, "exactly"))
        return parse_counted(parser, true, true, err);
    if (parser->same)
        return parse_inside(parser, err);
    if (parser_takes(parser, "age"))
        return parse_age(parser, err);
    if (parser_takes(parser, "diagnosed"))
        return parse_date(parser, ITEM_DIAGNOSIS_DATE, err);
    if (parser_takes(parser, "died"))
        return parse_date(parser, ITEM_DEATH_DATE, err);
    if (parser_takes(parser, "born"))
        return parse_date(parser, ITEM_PATIENT_BIRTH, err);
    if (parser_takes(parser, "active"))
        return parse_active(parser, err);
    if (parser_takes(parser, "sequenced"))
        return parse_sequenced(parser);
    if (parser_takes(parser, "dead"))
        return parse_vital(parser, true);
    if (parser_takes(parser, "alive"))
        return parse_vital(parser, false);
    return parse_item(parser, err);
}

const struct criteria *parse_line(struct parser *parser, struct error *err)
{
    const struct token *start = parser_token(parser);
    struct criteria *line = parse_words(parser, err);

    if (line) {
        line->line = start->line;
        line->column = start->column;
    }
    return line;
}
