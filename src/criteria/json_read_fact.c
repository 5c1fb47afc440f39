/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/json_read_fact.c: facts and dates, and what is asked of their codes, numbers and
 * times, as tokens. The members are those of docs/criteria.schema.json. */
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "criteria/json_internal.h"
#include "criteria/json_reader.h"
#include "criteria/parse_internal.h"

/* ---- codes ---- */

static int say_code(struct reader *reader, const struct spot *spot)
{
    const char *text = reader_string(reader, spot, "a code in quotes");

    if (!text)
        return -1;
    reader_emit(reader, spot, TOKEN_STRING, text);
    return 0;
}

static int say_range(struct reader *reader, const struct spot *spot)
{
    struct members members;

    if (reader_members(reader, spot, "from to", &members) < 0 ||
        say_code(reader, reader_member(reader, &members, "from")) < 0)
        return -1;
    reader_say(reader, reader_member(reader, &members, "to"), "..");
    return say_code(reader, reader_member(reader, &members, "to"));
}

/* {"compare": ">=", "code": "III"} */
static int say_comparison(struct reader *reader, const struct spot *spot)
{
    static const char *const signs[] = {"<", "<=", ">", ">="};
    struct members members;
    int sign;

    if (reader_members(reader, spot, "compare code", &members) < 0)
        return -1;
    sign = reader_word(reader, reader_member(reader, &members, "compare"), signs,
                       ARRAY_LENGTH(signs));
    if (sign < 0)
        return -1;
    reader_say(reader, reader_member(reader, &members, "compare"), signs[sign]);
    return say_code(reader, reader_member(reader, &members, "code"));
}

static int say_codes(struct reader *reader, const struct spot *spot, bool compares)
{
    size_t index, n;
    yyjson_val *value;

    if (reader_array(reader, spot, "codes") < 0)
        return -1;
    value = yyjson_arr_get_first(spot->value);
    if (compares && yyjson_arr_size(spot->value) == 1 &&
        yyjson_obj_get(value, "compare")) {
        struct spot code = reader_element(reader, spot, 0, value);

        return say_comparison(reader, &code);
    }
    reader_say(reader, spot, "(");
    yyjson_arr_foreach(spot->value, index, n, value)
    {
        struct spot code = reader_element(reader, spot, index, value);

        if (index)
            reader_say(reader, &code, ",");
        if (yyjson_is_obj(value) ? say_range(reader, &code) < 0
                                 : say_code(reader, &code) < 0)
            return -1;
    }
    reader_say(reader, spot, ")");
    return 0;
}

static int say_status(struct reader *reader, enum item item, const struct spot *spot)
{
    const struct group_row *group = model_group(model_item(item)->group);

    if (!json_has_status(item))
        return reader_mistake(reader, spot, "%s has no status", model_item(item)->word);
    if (group->status != ITEM_DRUG_TRIAL) {
        reader_say(reader, spot, "status");
        return say_codes(reader, spot, false);
    }
    if (!yyjson_is_arr(spot->value) || yyjson_arr_size(spot->value) != 1 ||
        !yyjson_equals_str(yyjson_arr_get_first(spot->value), "YES"))
        return reader_mistake(reader, spot, "expected [\"YES\"]: in a trial");
    reader_say(reader, spot, "in trial");
    return 0;
}

/* ---- numbers ---- */

static int say_bound(struct reader *reader, const struct spot *spot, const char *sign)
{
    if (!yyjson_is_num(spot->value))
        return reader_mistake(reader, spot, "expected a number");
    reader_say(reader, spot, sign);
    reader_say_number(reader, spot, yyjson_get_num(spot->value));
    return 0;
}

static int say_bounds(struct reader *reader, const struct spot *spot,
                      struct members *members)
{
    static const struct {
        const char *name, *sign;
    } bounds[] = {{"eq", "="}, {"ge", ">="}, {"gt", ">"}, {"le", "<="}, {"lt", "<"}};
    bool eq = reader_given(members, "eq"), ge = reader_given(members, "ge"),
         gt = reader_given(members, "gt"), le = reader_given(members, "le"),
         lt = reader_given(members, "lt");

    if (ge + gt > 1 || le + lt > 1 || (eq && ge + gt + le + lt > 0) ||
        eq + ge + gt + le + lt == 0)
        return reader_mistake(
            reader, spot,
            "expected eq, or one of ge and gt, or one of le and lt, or two "
            "of these");
    for (size_t i = 0; i < ARRAY_LENGTH(bounds); i++) {
        const struct spot *bound = reader_given(members, bounds[i].name);

        if (bound && say_bound(reader, bound, bounds[i].sign) < 0)
            return -1;
    }
    return 0;
}

/* A unit is a word that is nothing else: what the parser does not take for a unit, it can
 * take for nothing. */
static int say_unit(struct reader *reader, const struct spot *spot)
{
    const char *text = reader_string(reader, spot, "a unit such as \"g/dL\"");
    struct token tokens[2] = {{TOKEN_WORD, 1, 1, text}, {TOKEN_END, 1, 1, ""}};
    struct parser alone = {.tokens = tokens};

    if (!text)
        return -1;
    if (!*text || criteria_is_word(text) || parser_take_order(&alone) != ORDER_ANY)
        return reader_mistake(reader, spot, "expected a unit such as \"g/dL\"");
    reader_emit(reader, spot, TOKEN_WORD, text);
    return 0;
}

static int say_number_of(struct reader *reader, enum item item, const struct spot *spot)
{
    struct members members;

    if (!json_has_number(item))
        return reader_mistake(reader, spot, "%s has no number", model_item(item)->word);
    if (reader_members(reader, spot, "eq ge gt le lt unit", &members) < 0 ||
        say_bounds(reader, spot, &members) < 0)
        return -1;
    return reader_given(&members, "unit")
               ? say_unit(reader, reader_given(&members, "unit"))
               : 0;
}

int read_years(struct reader *reader, const struct spot *spot)
{
    struct members members;

    if (reader_members(reader, spot, "eq ge gt le lt", &members) < 0)
        return -1;
    return say_bounds(reader, spot, &members);
}

/* ---- when ---- */

/* 2021, 2021-03 or 2021-03-14: one way to write a date, unlike in the text. */
static bool is_plain_date(const char *text)
{
    static const char shape[] = "dddd-dd-dd";
    size_t n = strlen(text);

    for (size_t i = 0; i < n && i < sizeof(shape) - 1; i++)
        if (shape[i] == 'd' ? text[i] < '0' || text[i] > '9' : text[i] != shape[i])
            return false;
    return n == 4 || n == 7 || n == 10;
}

static int say_date(struct reader *reader, const struct spot *spot)
{
    const char *text = yyjson_get_str(spot->value);
    struct token token = {TOKEN_WORD, 0, 0, text};

    if (!text || !is_plain_date(text) || !parser_is_date(&token))
        return reader_mistake(reader, spot, "expected a date such as \"2021-03-14\"");
    reader_emit(reader, spot, TOKEN_WORD, text);
    return 0;
}

/* "point": "end". 1 for the end, 0 for the start, -1. */
static int read_end(struct reader *reader, const struct spot *spot)
{
    static const char *const points[] = {"start", "end"};

    return spot->value ? reader_word(reader, spot, points, ARRAY_LENGTH(points)) : 0;
}

static int say_point(struct reader *reader, struct members *members)
{
    int end = read_end(reader, reader_member(reader, members, "point"));

    if (end > 0)
        reader_say(reader, reader_member(reader, members, "point"), "ended");
    return end;
}

static int say_period(struct reader *reader, const struct spot *spot)
{
    struct members members;
    const struct spot *from, *to;

    if (reader_members(reader, spot, "point from to", &members) < 0 ||
        say_point(reader, &members) < 0)
        return -1;
    from = reader_given(&members, "from");
    to = reader_given(&members, "to");
    reader_say(reader, from ? from : to, !from ? "until" : to ? "from" : "since");
    if (from && say_date(reader, from) < 0)
        return -1;
    if (from && to)
        reader_say(reader, to, "to");
    return to ? say_date(reader, to) : 0;
}

static int say_last(struct reader *reader, const struct spot *spot)
{
    struct members members;
    int64_t days;

    if (reader_members(reader, spot, "point lastDays", &members) < 0 ||
        say_point(reader, &members) < 0)
        return -1;
    spot = reader_member(reader, &members, "lastDays");
    days = reader_whole(reader, spot, 0, DURATION_MAX);
    if (days < 0)
        return -1;
    reader_say(reader, spot, "in the last");
    reader_say_number(reader, spot, (double)days);
    reader_say(reader, spot, "days");
    return 0;
}

static int say_age_at(struct reader *reader, const struct spot *spot)
{
    struct members members;

    if (reader_members(reader, spot, "point age", &members) < 0 ||
        say_point(reader, &members) < 0)
        return -1;
    reader_say(reader, reader_member(reader, &members, "age"), "at age");
    return read_years(reader, reader_member(reader, &members, "age"));
}

static int say_other(struct reader *reader, const struct spot *spot)
{
    reader_say(reader, spot, "(");
    if (read_fact(reader, spot, false) < 0)
        return -1;
    reader_say(reader, spot, ")");
    return 0;
}

static int say_during(struct reader *reader, const struct spot *spot)
{
    bool is_during = yyjson_obj_get(spot->value, "during");
    const char *word = is_during ? "during" : "overlapping";
    struct members members;
    int is_not;

    if (reader_members(reader, spot, is_during ? "during not point" : "overlapping not",
                       &members) < 0)
        return -1;
    is_not = reader_flag(reader, reader_member(reader, &members, "not"));
    if (is_not < 0 || (is_during && say_point(reader, &members) < 0))
        return -1;
    if (is_not)
        reader_say(reader, reader_given(&members, "not"), "not");
    reader_say(reader, reader_given(&members, word), word);
    return say_other(reader, reader_given(&members, word));
}

/* "diagnosis", or a fact */
int read_anchor(struct reader *reader, const struct spot *spot, int end)
{
    enum item items[DATE_ITEMS_MAX];
    const char *words[DATE_ITEMS_MAX];
    size_t n = 0;
    int word;

    if (yyjson_is_obj(spot->value)) {
        reader_say(reader, spot, end ? "end of" : "start of");
        return say_other(reader, spot);
    }
    json_date_items(items);
    for (; items[n] != ITEM_NONE; n++)
        words[n] = model_item(items[n])->word;
    if (end)
        return reader_mistake(reader, spot, "expected a fact, whose end is meant");
    word = reader_word(reader, spot, words, n);
    if (word >= 0)
        reader_say(reader, spot, words[word]);
    return word < 0 ? -1 : 0;
}

/* {"ge": 30, "le": 90}; *LEAST_R and *MOST_R are -1 where they are not given. */
static int read_days(struct reader *reader, const struct spot *spot, int64_t *least_r,
                     int64_t *most_r)
{
    struct members members;

    *least_r = *most_r = -1;
    if (!spot)
        return 0;
    if (reader_members(reader, spot, "ge le", &members) < 0)
        return -1;
    if (reader_given(&members, "ge") &&
        (*least_r = reader_whole(reader, reader_given(&members, "ge"), 0, DURATION_MAX)) <
            0)
        return -1;
    if (reader_given(&members, "le") &&
        (*most_r = reader_whole(reader, reader_given(&members, "le"), 0, DURATION_MAX)) <
            0)
        return -1;
    if (*least_r < 0 && *most_r < 0)
        return reader_mistake(reader, spot, "expected ge or le, or both");
    return 0;
}

static void say_days(struct reader *reader, const struct spot *spot, int64_t least,
                     int64_t most)
{
    if (most < 0)
        reader_say(reader, spot, "at least");
    else if (least <= 0)
        reader_say(reader, spot, "within");
    if (least > 0 || most < 0)
        reader_say_number(reader, spot, (double)least);
    if (least > 0 && most >= 0)
        reader_say(reader, spot, "..");
    if (most >= 0)
        reader_say_number(reader, spot, (double)most);
    reader_say(reader, spot, "days");
}

/* There is none: what the language says with "not preceded by", "not followed by". */
static int say_none(struct reader *reader, struct members *members,
                    enum distance_word word, const struct spot *other, int64_t least,
                    int64_t most)
{
    const struct spot *is_not = reader_member(reader, members, "not");
    bool sided = word == DISTANCE_AFTER || word == DISTANCE_BEFORE;
    bool days = reader_given(members, "days");

    if (!sided || !yyjson_is_obj(other->value) || least > 0 || (days && most < 0) ||
        read_end(reader, reader_member(reader, members, "point")) != 0 ||
        read_end(reader, reader_member(reader, members, "anchor")) != 0)
        return reader_mistake(
            reader, is_not,
            "not goes with before or after a fact's start, alone or with "
            "days up to le; else put not around the whole line");
    reader_say(reader, is_not, word == DISTANCE_AFTER ? "not preceded" : "not followed");
    if (days)
        say_days(reader, reader_given(members, "days"), 0, most);
    reader_say(reader, other, "by");
    return say_other(reader, other);
}

static int say_distance(struct reader *reader, const struct spot *spot,
                        enum distance_word word)
{
    const char *names =
        arena_printf(reader->arena, "point days %s anchor not", distance_words[word]);
    struct members members;
    const struct spot *days, *other;
    int64_t least, most;
    int end, is_not;

    if (reader_members(reader, spot, names, &members) < 0)
        return -1;
    days = reader_given(&members, "days");
    other = reader_given(&members, distance_words[word]);
    end = read_end(reader, reader_member(reader, &members, "anchor"));
    is_not = reader_flag(reader, reader_member(reader, &members, "not"));
    if (end < 0 || is_not < 0 || read_days(reader, days, &least, &most) < 0)
        return -1;
    if (days && (word == DISTANCE_SINCE || word == DISTANCE_UNTIL))
        return reader_mistake(reader, days, "days go with after, before or around");
    if (word == DISTANCE_AROUND && (!days || least > 0 || most < 0))
        return reader_mistake(reader, days ? days : other,
                              "around wants days up to le, to either side");
    if (is_not)
        return say_none(reader, &members, word, other, least, most);
    if (say_point(reader, &members) < 0)
        return -1;
    if (days)
        say_days(reader, days, least, most);
    reader_say(reader, other, word == DISTANCE_AROUND ? "of" : distance_words[word]);
    return read_anchor(reader, other, end);
}

static int say_lasting(struct reader *reader, const struct spot *spot)
{
    struct members members;
    int64_t least, most;

    if (reader_members(reader, spot, "lasting", &members) < 0)
        return -1;
    spot = reader_member(reader, &members, "lasting");
    if (read_days(reader, spot, &least, &most) < 0)
        return -1;
    reader_say(reader, spot, "lasting");
    if (most < 0 || least <= 0)
        reader_say(reader, spot, most < 0 ? "at least" : "at most");
    if (least > 0 || most < 0)
        reader_say_number(reader, spot, (double)least);
    if (least > 0 && most >= 0)
        reader_say(reader, spot, "..");
    if (most >= 0)
        reader_say_number(reader, spot, (double)most);
    reader_say(reader, spot, "days");
    return 0;
}

static int say_ongoing(struct reader *reader, const struct spot *spot)
{
    struct members members;
    int flag;

    if (reader_members(reader, spot, "ongoing", &members) < 0)
        return -1;
    spot = reader_member(reader, &members, "ongoing");
    flag = reader_flag(reader, spot);
    if (flag <= 0)
        return flag < 0 ? -1
                        : reader_mistake(reader, spot,
                                         "expected true; else put not "
                                         "around the whole line");
    reader_say(reader, spot, "ongoing");
    return 0;
}

static int say_when(struct reader *reader, const struct spot *spot)
{
    yyjson_val *when = spot->value;

    for (int word = 0; word < DISTANCE_WORDS; word++)
        if (yyjson_obj_get(when, distance_words[word]))
            return say_distance(reader, spot, (enum distance_word)word);
    if (yyjson_obj_get(when, "from") || yyjson_obj_get(when, "to"))
        return say_period(reader, spot);
    if (yyjson_obj_get(when, "lastDays"))
        return say_last(reader, spot);
    if (yyjson_obj_get(when, "age"))
        return say_age_at(reader, spot);
    if (yyjson_obj_get(when, "lasting"))
        return say_lasting(reader, spot);
    if (yyjson_obj_get(when, "ongoing"))
        return say_ongoing(reader, spot);
    if (yyjson_obj_get(when, "during") || yyjson_obj_get(when, "overlapping"))
        return say_during(reader, spot);
    return reader_mistake(
        reader, spot,
        "expected an object with from, to, lastDays, age, after, before, "
        "since, until, around, lasting, ongoing, during or overlapping");
}

int read_whens(struct reader *reader, const struct spot *spot)
{
    size_t index, n;
    yyjson_val *value;

    if (reader_array(reader, spot, "conditions") < 0)
        return -1;
    if (yyjson_arr_size(spot->value) > WHEN_MAX)
        return reader_mistake(reader, spot, "expected at most %d conditions", WHEN_MAX);
    yyjson_arr_foreach(spot->value, index, n, value)
    {
        struct spot when = reader_element(reader, spot, index, value);

        if (say_when(reader, &when) < 0)
            return -1;
    }
    return 0;
}

/* ---- facts ---- */

static enum item read_item(struct reader *reader, const struct spot *spot)
{
    const char *text = yyjson_get_str(spot->value), *near;

    for (int item = ITEM_NONE + 1; text && item < ITEMS; item++)
        if (json_is_fact((enum item)item) &&
            strcmp(model_item((enum item)item)->word, text) == 0)
            return (enum item)item;
    near = text ? criteria_nearest_word(text, true) : NULL;
    reader_mistake(reader, spot,
                   "expected the word of a fact, such as \"treatment\"%s%s%s",
                   near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    return ITEM_NONE;
}

/* The status, number and when of MEMBERS. */
static int say_said(struct reader *reader, enum item item, struct members *members)
{
    const struct spot *status = reader_given(members, "status");
    const struct spot *number = reader_given(members, "number");
    const struct spot *when = reader_given(members, "when");

    if ((status && say_status(reader, item, status) < 0) ||
        (number && say_number_of(reader, item, number) < 0))
        return -1;
    return when ? read_whens(reader, when) : 0;
}

static int say_subject(struct reader *reader, enum item item, struct members *members)
{
    const struct spot *codes = reader_given(members, "codes");

    reader_say(reader, reader_member(reader, members, "fact"), model_item(item)->word);
    if (codes && !json_has_codes(item))
        return reader_mistake(reader, codes, "%s has no codes", model_item(item)->word);
    if (codes)
        return say_codes(reader, codes, true);
    if (json_has_codes(item))
        reader_say(reader, reader_member(reader, members, "fact"), "any");
    return 0;
}

/* "last", or 1 to 99 */
static int say_order(struct reader *reader, const struct spot *spot)
{
    int64_t order;

    if (yyjson_equals_str(spot->value, "last")) {
        reader_say(reader, spot, "last");
        return 0;
    }
    if (!yyjson_is_uint(spot->value) || yyjson_get_uint(spot->value) < 1 ||
        yyjson_get_uint(spot->value) > 99)
        return reader_mistake(reader, spot,
                              "expected \"last\" or a whole number from 1 to 99");
    order = (int64_t)yyjson_get_uint(spot->value);
    reader_say(reader, spot, arena_printf(reader->arena, "%lldth", (long long)order));
    return 0;
}

/* What is chosen from, with an order: word and codes, and all that FROM says. */
static int say_choice(struct reader *reader, enum item item, struct members *members)
{
    const struct spot *from = reader_given(members, "from");
    struct members said;

    if (say_order(reader, reader_given(members, "order")) < 0)
        return -1;
    reader_say(reader, reader_given(members, "order"), "(");
    if (say_subject(reader, item, members) < 0)
        return -1;
    if (from && (reader_members(reader, from, "status number when", &said) < 0 ||
                 say_said(reader, item, &said) < 0))
        return -1;
    reader_say(reader, reader_given(members, "order"), ")");
    return 0;
}

static int say_count(struct reader *reader, const struct spot *spot)
{
    int64_t count = reader_whole(reader, spot, 1, CRITERIA_COUNT_MAX);

    if (count < 0)
        return -1;
    reader_say(reader, spot, "at least");
    reader_say_number(reader, spot, (double)count);
    return 0;
}

int read_enter(struct reader *reader, const struct spot *spot)
{
    /* the parser counts as the text nests; this only keeps our own stack small */
    if (++reader->depth > 2 * CRITERIA_DEPTH_MAX) {
        reader_mistake(reader, spot, "criteria nested deeper than %d",
                       CRITERIA_DEPTH_MAX);
        if (reader->err)
            reader->err->code = ERROR_LIMIT;
        return -1;
    }
    return 0;
}

/* A line may count facts; another line's event may not. */
int read_fact(struct reader *reader, const struct spot *spot, bool is_line)
{
    struct members members;
    enum item item;

    if (read_enter(reader, spot) < 0 ||
        reader_members(reader, spot,
                       is_line ? "fact count order from codes status number when"
                               : "fact order from codes status number when",
                       &members) < 0)
        return -1;
    item = read_item(reader, reader_member(reader, &members, "fact"));
    if (item == ITEM_NONE)
        return -1;
    if (is_line && reader_given(&members, "count")) {
        if (reader_given(&members, "order"))
            return reader_mistake(reader, reader_given(&members, "count"),
                                  "an order chooses one: it cannot be counted");
        if (say_count(reader, reader_given(&members, "count")) < 0)
            return -1;
    }
    if (reader_given(&members, "from") && !reader_given(&members, "order"))
        return reader_mistake(reader, reader_given(&members, "from"),
                              "from goes with order");
    if ((reader_given(&members, "order") ? say_choice : say_subject)(reader, item,
                                                                     &members) < 0 ||
        say_said(reader, item, &members) < 0)
        return -1;
    reader->depth--;
    return 0;
}
