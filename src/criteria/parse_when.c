/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/parse_when.c: what is asked of the time of a fact.
 *
 *     when     = "ongoing" | "lasting" (("at least" | "at most" | "more than") N | N ".." M) unit
 *              | ["started" | "ended"] ( dates | "in the last" N unit | distance anchor
 *                                      | "at age" number )
 *              | ["not"] ("during" | "overlapping") other
 *              | ["not"] ("preceded" | "followed") ["within" N unit] "by" other
 *              | "between" anchor "and" anchor
 *     distance = "within" N unit ("before" | "after" | "of")
 *              | ("at least" | "more than") N unit ("before" | "after")
 *              | N ".." M unit ("before" | "after") | "before" | "after" | "since" | "until"
 *     anchor   = "diagnosis" | "birth" | "death" | "last visit" | "last contact"
 *              | ["start of" | "end of"] other
 *     other    = [order] fact | "(" [order] fact ")"
 *     dates    = "in" D | "on" D | "from" D "to" D | "between" D "and" D
 *              | ("before" | "after" | "since" | "until") D | D [".." D] */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/parse_internal.h"

/* ---- distances ---- */

/* Days from an anchor to the point: LOW to HIGH. */
struct distance {
    int32_t low, high;
};

/* LEAST to MOST days on the side that comes next. */
static int take_side(struct parser *parser, int32_t least, int32_t most,
                     struct distance *distance, struct error *err)
{
    if (parser_takes(parser, "before")) {
        *distance =
            (struct distance){most == DISTANCE_MAX ? DISTANCE_MIN : -most, -least};
        return 0;
    }
    if (parser_takes(parser, "after")) {
        *distance = (struct distance){least, most};
        return 0;
    }
    if (least == 0 && parser_takes(parser, "of")) {
        *distance = (struct distance){-most, most};
        return 0;
    }
    return parser_expected(parser, err,
                           least == 0 ? "before, after or of" : "before or after");
}

/* at least 6 months: the words, then a duration. Else `at least 2 of (…)` begins a new line. */
static bool sees_duration_after(const struct parser *parser, const char *first,
                                const char *second)
{
    if (!parser_sees(parser, first) || !parser_sees_ahead(parser, 1, second))
        return false;
    parser_want(parser, 2, WANT_NUMBER, VOCAB_NONE, "");
    if (!parser_is_number(parser_ahead(parser, 2)))
        return false;
    parser_want_time(parser, 3);
    return parser_is_unit_of_time(parser_ahead(parser, 3));
}

bool parser_sees_durations(const struct parser *parser)
{
    if (!parser_is_number(parser_token(parser)) || !parser_sees_ahead(parser, 1, ".."))
        return false;
    parser_want(parser, 2, WANT_NUMBER, VOCAB_NONE, "");
    if (!parser_is_number(parser_ahead(parser, 2)))
        return false;
    parser_want_time(parser, 3);
    return parser_is_unit_of_time(parser_ahead(parser, 3));
}

/* The words for an order without a number of days. */
static bool takes_order_of_time(struct parser *parser, struct distance *distance)
{
    static const struct {
        const char *word;
        struct distance distance;
    } words[] = {{"before", {DISTANCE_MIN, -1}},
                 {"after", {1, DISTANCE_MAX}},
                 {"since", {0, DISTANCE_MAX}},
                 {"until", {DISTANCE_MIN, 0}}};

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (parser_takes(parser, words[i].word)) {
            *distance = words[i].distance;
            return true;
        }
    }
    return false;
}

/* 1 taken, 0 not there, -1 wrong. */
static int take_distance(struct parser *parser, struct distance *distance,
                         struct error *err)
{
    const struct token *word = parser_token(parser);
    int32_t least = 0, most = DISTANCE_MAX;

    if (takes_order_of_time(parser, distance))
        return 1;
    if (parser_takes(parser, "within")) {
        if (parser_take_duration(parser, &most, err) < 0)
            return -1;
    } else if (sees_duration_after(parser, "at", "least") ||
               sees_duration_after(parser, "more", "than")) {
        bool more = parser_takes(parser, "more than");

        if ((!more && !parser_takes(parser, "at least")) ||
            parser_take_duration(parser, &least, err) < 0)
            return -1;
        if (more && least++ == DURATION_MAX)
            return error_at(err, ERROR_INPUT, word->line, word->column,
                            "expected at most %d days", DURATION_MAX - 1);
    } else if (parser_sees_durations(parser)) {
        if (parser_take_durations(parser, &least, &most, err) < 0)
            return -1;
    } else {
        return 0;
    }
    return take_side(parser, least, most, distance, err) < 0 ? -1 : 1;
}

/* ---- other facts ---- */

/* sample { }, event { } and tnm { } are no points in time: the line inside is. */
static int refuse_same(struct parser *parser, struct error *err)
{
    static const char *const words[] = {"sample", "event", "tnm"};

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        const struct token *token = parser_token(parser);

        if (token->kind == TOKEN_WORD && strcasecmp(token->text, words[i]) == 0 &&
            parser_ahead(parser, 1)->kind == TOKEN_SYMBOL &&
            strcmp(parser_ahead(parser, 1)->text, "{") == 0)
            return error_at(err, ERROR_INPUT, token->line, token->column,
                            "%s { } cannot be what others are measured by: name one "
                            "line of it, without the braces",
                            words[i]);
    }
    return 0;
}

/* [order] fact, perhaps in brackets: what stands inside belongs to it. It may be any fact of
 * the patient, also of a line about one sample. */
static const struct criteria *take_other(struct parser *parser, struct error *err)
{
    bool bracket = parser_takes(parser, "("), outer = parser->in_list;
    struct criteria *other = parser_node(parser, CRITERIA_FACT);
    enum group same = parser->same;

    if (++parser->depth > CRITERIA_DEPTH_MAX) {
        error_at(err, ERROR_LIMIT, other->line, other->column,
                 "criteria nested deeper than %d", CRITERIA_DEPTH_MAX);
        return NULL;
    }
    if (bracket)
        parser->in_list = false;
    parser->same = GROUP_NONE;
    if (refuse_same(parser, err) < 0 ||
        parser_take_fact(parser, other, !bracket, err) < 0)
        return NULL;
    parser->same = same;
    parser->in_list = outer;
    parser->depth--;
    if (bracket && !parser_takes(parser, ")")) {
        parser_expected(parser, err, ") to end the event");
        return NULL;
    }
    return other;
}

/* preceded by, followed by, during, overlapping. 1 taken, 0 not there, -1 wrong. */
static int take_event(struct parser *parser, struct criteria_when *when,
                      struct error *err)
{
    size_t start = parser->at;
    int32_t days = DISTANCE_MAX;

    when->negated = parser_takes(parser, "not");
    if (parser_takes(parser, "during")) {
        when->kind = WHEN_DURING;
    } else if (parser_takes(parser, "overlapping")) {
        when->kind = WHEN_OVERLAPS;
    } else {
        bool before = parser_takes(parser, "preceded");

        if (!before && !parser_takes(parser, "followed")) {
            parser->at = start;
            return 0;
        }
        if (parser_takes(parser, "within") &&
            parser_take_duration(parser, &days, err) < 0)
            return -1;
        if (!parser_takes(parser, "by"))
            return parser_expected(parser, err, "by, and a line about another event");
        /* "within 90 days" counts the day itself; alone it does not */
        when->kind = WHEN_EVENT;
        when->low = days == DISTANCE_MAX ? 1 : 0;
        when->high = days;
        if (before) {
            when->low = days == DISTANCE_MAX ? DISTANCE_MIN : -days;
            when->high = days == DISTANCE_MAX ? -1 : 0;
        }
    }
    when->other = take_other(parser, err);
    return when->other ? 1 : -1;
}

/* ---- anchors ---- */

static void set_distance(struct criteria_when *when, struct distance distance)
{
    when->low = distance.low;
    when->high = distance.high;
}

/* From the other fact's side the same distance is turned round. */
static void turn_distance(struct criteria_when *when, struct distance distance)
{
    when->low = distance.high == DISTANCE_MAX ? DISTANCE_MIN : -distance.high;
    when->high = distance.low == DISTANCE_MIN ? DISTANCE_MAX : -distance.low;
}

enum item parser_take_date_word(struct parser *parser)
{
    size_t start = parser->at;
    enum item item = parser_take_item_word(parser);

    if (item != ITEM_NONE && item != ITEM_VITAL_STATUS &&
        model_item(item)->index == INDEX_COLUMN)
        return item;
    parser->at = start;
    return ITEM_NONE;
}

static bool sees_other(struct parser *parser)
{
    size_t start = parser->at;
    bool sees;

    if (parser_sees(parser, "("))
        return true;
    parser_take_order(parser);
    sees = parser_take_item_word(parser) != ITEM_NONE || parser_sees(parser, "(") ||
           refuse_same(parser, NULL) < 0;
    parser->at = start;
    return sees;
}

static int take_anchor(struct parser *parser, struct criteria_when *when,
                       struct distance distance, struct error *err)
{
    enum item item = parser_take_date_word(parser);

    if (item != ITEM_NONE) {
        when->kind = item == ITEM_DIAGNOSIS_DATE ? WHEN_DIAGNOSIS : WHEN_PATIENT_DATE;
        when->item = item == ITEM_DIAGNOSIS_DATE ? ITEM_NONE : item;
        set_distance(when, distance);
        return 0;
    }

    const struct token *word = parser_token(parser);

    when->other_end = parser_takes(parser, "end of");
    if (!when->other_end)
        parser_takes(parser, "start of");
    when->kind = WHEN_EVENT;
    turn_distance(when, distance);
    if (!sees_other(parser))
        return parser_expected_word(
            parser, err,
            "diagnosis, death, last visit, or a kind of event such as "
            "surgery");
    when->other = take_other(parser, err);
    if (!when->other)
        return -1;
    if (when->other_end && !model_group(model_item(when->other->item)->group)->end)
        return error_at(err, ERROR_INPUT, word->line, word->column, "%s has no end",
                        model_item(when->other->item)->word);
    return 0;
}

/* between ANCHOR and ANCHOR is since the one, until the other: two conditions. */
static int take_between(struct parser *parser, struct criteria_when *when,
                        struct error *err)
{
    if (take_anchor(parser, &when[0], (struct distance){0, DISTANCE_MAX}, err) < 0)
        return -1;
    if (!parser_takes(parser, "and"))
        return parser_expected(parser, err, "and, and what comes last");
    when[1].end = when[0].end;
    return take_anchor(parser, &when[1], (struct distance){DISTANCE_MIN, 0}, err) < 0 ? -1
                                                                                      : 2;
}

/* ---- one condition ---- */

static bool sees_period(const struct parser *parser, bool bare)
{
    static const char *const words[] = {"before", "after", "since", "until", "between"};

    if (parser_sees(parser, "in") || parser_sees(parser, "on") ||
        parser_sees(parser, "from") || bare)
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (!parser_sees(parser, words[i]))
            continue;
        parser_want(parser, 1, WANT_DATE, VOCAB_NONE, "");
        return parser_is_date(parser_ahead(parser, 1));
    }
    return false;
}

static int take_age(struct parser *parser, struct criteria_when *when, struct error *err)
{
    int taken = parser_take_comparison_or_range(parser, &when->number, true, err);

    if (taken == 0)
        return parser_expected(parser, err, "an age such as 18..75 or >= 65");
    parser_takes(parser, "years");
    when->kind = WHEN_AGE;
    return taken < 0 ? -1 : 1;
}

/* lasting at least 6 months, at most 30 days, 3..6 months */
static int take_lasting(struct parser *parser, struct criteria_when *when,
                        struct error *err)
{
    bool more = parser_takes(parser, "more than");
    bool most = !more && parser_takes(parser, "at most");

    when->kind = WHEN_LASTING;
    when->low = most ? DISTANCE_MIN : 0;
    when->high = DISTANCE_MAX;
    if (!more && !most && parser_sees_durations(parser)) {
        if (parser_take_durations(parser, &when->low, &when->high, err) < 0)
            return -1;
        if (when->low == 0) /* nothing lasts less */
            when->low = DISTANCE_MIN;
        return 1;
    }
    if (!more && !most && !parser_takes(parser, "at least"))
        return parser_expected(parser, err,
                               "at least, at most, or a range such as 3..6 months");
    if (parser_take_duration(parser, most ? &when->high : &when->low, err) < 0)
        return -1;
    when->low += more;
    return 1;
}

static int take_extent(struct parser *parser, struct criteria_when *when,
                       struct error *err)
{
    if (parser_takes(parser, "lasting"))
        return take_lasting(parser, when, err);
    if (!parser_takes(parser, "ongoing"))
        return 0;
    when->kind = WHEN_ONGOING;
    return 1;
}

/* How many of WHEN were filled: 0 when there is no condition, -1 wrong. BARE: a date may
 * stand alone. */
static int take_condition(struct parser *parser, struct criteria_when *when, bool inner,
                          bool bare, struct error *err)
{
    struct distance distance;

    if (bare)
        parser_want(parser, 0, WANT_DATE, VOCAB_NONE, "");
    if (parser_takes(parser, "in the last")) {
        when->kind = WHEN_LAST;
        return parser_take_duration(parser, &when->low, err) < 0 ? -1 : 1;
    }
    if (parser_takes(parser, "at age"))
        return take_age(parser, when, err);
    if (sees_period(parser, bare && parser_is_date(parser_token(parser)) &&
                                !parser_sees_durations(parser))) {
        when->kind = WHEN_DATES;
        return parser_take_dates(parser, bare, &when->dates, err) < 0 ? -1 : 1;
    }

    size_t start = parser->at;

    if (!inner && parser_takes(parser, "between"))
        return take_between(parser, when, err);

    int taken = take_distance(parser, &distance, err);
    size_t anchor = parser->at;

    if (taken <= 0)
        return taken;
    if (inner &&
        parser_take_date_word(parser) == ITEM_NONE) { /* the outer line's event */
        parser->at = start;
        return 0;
    }
    parser->at = anchor;
    return take_anchor(parser, when, distance, err) < 0 ? -1 : 1;
}

static int take_when(struct parser *parser, struct criteria_when *when, bool inner,
                     bool bare, struct error *err)
{
    size_t start = parser->at;
    int taken = inner ? 0 : take_event(parser, when, err);

    if (taken == 0)
        taken = take_extent(parser, when, err);
    if (taken != 0)
        return taken;

    bool started = parser_takes(parser, "started");

    when->end = !started && parser_takes(parser, "ended");
    if (when->end && !inner &&
        (parser_sees(parser, "during") ||
         (parser_sees(parser, "not") && parser_sees_ahead(parser, 1, "during"))))
        return take_event(parser, when, err);
    taken = take_condition(parser, when, inner, bare, err);
    if (taken == 0 && (started || when->end)) {
        if (!inner)
            return parser_expected(parser, err,
                                   "a date, or within … days of another event");
        parser->at = start;
    }
    return taken;
}

int parser_take_whens(struct parser *parser, struct criteria *line, bool inner, bool bare,
                      struct error *err)
{
    /* `between` fills two, and the one too many is looked at */
    struct criteria_when *when = arena_array(parser->arena, WHEN_MAX + 2, sizeof(*when));
    const struct group_row *group = model_group(model_item(line->item)->group);
    size_t n = 0;
    int taken = 1;

    while (taken > 0) {
        const struct token *token = parser_token(parser);

        if (!group->end &&
            (parser_sees(parser, "ended") || parser_sees(parser, "lasting") ||
             parser_sees(parser, "ongoing"))) {
            if (inner) /* the outer line's end */
                break;
            return error_at(err, ERROR_INPUT, token->line, token->column, "%s has no end",
                            model_item(line->item)->word);
        }
        taken = take_when(parser, &when[n], inner, bare && n == 0, err);
        n += taken > 0 ? (size_t)taken : 0;
        if (n > WHEN_MAX)
            return error_at(err, ERROR_LIMIT, token->line, token->column,
                            "more than %d conditions on the time of one line", WHEN_MAX);
    }
    if (taken < 0)
        return -1;
    line->when = when;
    line->n_when = n;
    return 0;
}
