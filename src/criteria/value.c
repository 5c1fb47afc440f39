/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/value.c: see value.h. */
#include "criteria/value.h"

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/parse_internal.h"

/* LINE as the one of ORDER, if it names none itself. */
static struct criteria *ordered(struct parser *parser, struct criteria *line, int order)
{
    struct criteria *out;

    if (line->order != ORDER_ANY)
        return line;
    out = parser_node(parser, CRITERIA_FACT);
    out->item = line->item;
    out->codes = line->codes;
    out->n_codes = line->n_codes;
    out->order = order;
    out->from = line;
    return out;
}

/* Distances from the diagnosis are of a tumour; a value is the patient's. */
static bool asks_diagnosis(const struct criteria *line)
{
    if (line->from && asks_diagnosis(line->from))
        return true;
    for (size_t i = 0; i < line->n_when; i++)
        if (line->when[i].kind == WHEN_DIAGNOSIS ||
            (line->when[i].other && asks_diagnosis(line->when[i].other)))
            return true;
    return false;
}

static struct criteria *take_fact(struct parser *parser, struct error *err)
{
    bool bracket = parser_takes(parser, "(");
    struct criteria *fact = parser_node(parser, CRITERIA_FACT);

    if (parser_take_fact(parser, fact, !bracket, err) < 0)
        return NULL;
    if (bracket && !parser_takes(parser, ")")) {
        parser_expected(parser, err, ") to end the event");
        return NULL;
    }
    if (asks_diagnosis(fact)) {
        error_at(err, ERROR_INPUT, fact->line, fact->column,
                 "a value is the patient's: it cannot depend on the diagnosis of one "
                 "tumour (days from diagnosis to … can be asked)");
        return NULL;
    }
    return fact;
}

static int take_point(struct parser *parser, struct criteria_point *point,
                      struct error *err)
{
    struct criteria *fact;

    point->item = parser_take_date_word(parser);
    if (point->item != ITEM_NONE)
        return 0;

    const struct token *word = parser_token(parser);

    point->end = parser_takes(parser, "end of");
    if (!point->end)
        parser_takes(parser, "start of");
    fact = take_fact(parser, err);
    if (!fact)
        return -1;
    if (point->end && !model_group(model_item(fact->item)->group)->end)
        return error_at(err, ERROR_INPUT, word->line, word->column, "%s has no end",
                        model_item(fact->item)->word);
    point->fact = ordered(parser, fact, 1);
    return 0;
}

static int take_days(struct parser *parser, struct criteria_value *value,
                     struct error *err)
{
    value->kind = VALUE_DAYS;
    if (!parser_takes(parser, "from"))
        return parser_expected(parser, err, "from, and an event");
    if (take_point(parser, &value->from, err) < 0)
        return -1;
    if (!parser_takes(parser, "to"))
        return parser_expected(parser, err, "to, and an event");
    return take_point(parser, &value->to, err);
}

static int take_number_of_fact(struct parser *parser, struct criteria_value *value,
                               struct error *err)
{
    const struct token *word = parser_token(parser);
    struct criteria *fact = take_fact(parser, err);

    if (!fact)
        return -1;
    if (model_item(fact->item)->type != TYPE_NUMBER &&
        !model_group(model_item(fact->item)->group)->amount)
        return error_at(
            err, ERROR_INPUT, word->line, word->column,
            "%s carries no number: ask for \"number of %s\", or for days from "
            "one event to another",
            model_item(fact->item)->word, model_item(fact->item)->word);
    value->kind = VALUE_NUMBER;
    value->fact = ordered(parser, fact, ORDER_LAST);
    return 0;
}

static int take_value(struct parser *parser, struct criteria_value *value,
                      struct error *err)
{
    if (parser_takes(parser, "age")) {
        value->kind = VALUE_AGE;
        parser_take_age_point(parser, &value->item);
        return 0;
    }
    if (parser_takes(parser, "days"))
        return take_days(parser, value, err);
    if (!parser_takes(parser, "number of"))
        return take_number_of_fact(parser, value, err);
    value->kind = VALUE_COUNT;
    value->fact = take_fact(parser, err);
    return value->fact ? 0 : -1;
}

const struct criteria_value *criteria_parse_value(struct arena *arena, const char *text,
                                                  struct error *err)
{
    struct parser parser = {.arena = arena, .in_tumour = true};
    struct criteria_value *value = arena_alloc(arena, sizeof(*value));

    if (lexer_read(arena, text, strlen(text), &parser.tokens, err) < 0 ||
        take_value(&parser, value, err) < 0)
        return NULL;
    if (parser_token(&parser)->kind != TOKEN_END) {
        parser_expected(&parser, err, "the end of the value");
        return NULL;
    }
    return arena_check(arena, err) < 0 ? NULL : value;
}

static const char *point_text(struct arena *arena, const struct criteria_point *point)
{
    if (!point->fact)
        return model_item(point->item)->word;
    return arena_printf(arena, point->end ? "end of (%s)" : "(%s)",
                        criteria_print(arena, point->fact));
}

const char *criteria_print_value(struct arena *arena, const struct criteria_value *value)
{
    switch (value->kind) {
    case VALUE_AGE:
        return value->item
                   ? arena_printf(arena, "age at %s", model_item(value->item)->word)
                   : "age now";
    case VALUE_DAYS:
        return arena_printf(arena, "days from %s to %s", point_text(arena, &value->from),
                            point_text(arena, &value->to));
    case VALUE_COUNT:
        return arena_printf(arena, "number of (%s)", criteria_print(arena, value->fact));
    case VALUE_NUMBER: break;
    }
    return criteria_print(arena, value->fact);
}
