/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/json_write.c: tree to canonical JSON, and where a node stands in it. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "criteria/json_internal.h"
#include "criteria/parse_internal.h"

#define OUTPUT_LIMIT ((size_t)16 * CRITERIA_JSON_MAX)

const char *const distance_words[DISTANCE_WORDS] = {
    [DISTANCE_AFTER] = "after", [DISTANCE_BEFORE] = "before", [DISTANCE_SINCE] = "since",
    [DISTANCE_UNTIL] = "until", [DISTANCE_AROUND] = "around",
};

/* ---- what the model says ---- */

void json_date_items(enum item items_r[DATE_ITEMS_MAX])
{
    size_t n = 0;

    for (int i = ITEM_NONE + 1; i < ITEMS && n < DATE_ITEMS_MAX - 1; i++) {
        const struct item_row *item = model_item((enum item)i);

        if (item->index == INDEX_COLUMN && *item->word && item->type == TYPE_DATE)
            items_r[n++] = item->item;
    }
    items_r[n] = ITEM_NONE;
}

bool json_is_fact(enum item item)
{
    const struct item_row *row = model_item(item);

    return *row->word && row->index != INDEX_COLUMN && row->index != INDEX_NO;
}

bool json_has_codes(enum item item)
{
    return model_item(item)->index == INDEX_CODES ||
           model_item(item)->index == INDEX_KEYS;
}

bool json_has_status(enum item item)
{
    const struct group_row *group = model_group(model_item(item)->group);

    return group->status && group->key == item;
}

bool json_has_number(enum item item)
{
    return model_item(item)->type == TYPE_NUMBER ||
           model_group(model_item(item)->group)->amount;
}

bool json_has_end(enum item item)
{
    return model_group(model_item(item)->group)->end;
}

/* ---- values ---- */

static void write_code(struct buffer *out, enum vocab_system system, const char *code)
{
    char text[VOCAB_CODE_SIZE];

    buffer_json_string(out, vocab_print(system, code, text));
}

static void write_codes(struct buffer *out, enum vocab_system system,
                        const struct criteria_code *codes, size_t n)
{
    const char *sign = criteria_comparison(system, codes, n);

    buffer_char(out, '[');
    if (sign) {
        buffer_printf(out, "{\"compare\":\"%s\",\"code\":", sign);
        write_code(out, system, codes[0].first_code);
        buffer_char(out, '}');
    }
    for (size_t i = 0; i < n && !sign; i++) {
        bool is_range = codes[i].last_code != codes[i].first_code;

        buffer_string(out, i ? "," : "");
        buffer_string(out, is_range ? "{\"from\":" : "");
        write_code(out, system, codes[i].first_code);
        if (is_range) {
            buffer_string(out, ",\"to\":");
            write_code(out, system, codes[i].last_code);
            buffer_char(out, '}');
        }
    }
    buffer_char(out, ']');
}

static void write_bound(struct buffer *out, const char *comma, const char *name,
                        double number)
{
    buffer_printf(out, "%s\"%s\":", comma, name);
    buffer_json_number(out, number);
}

/* UNIT: what does not go without saying, or "". */
static void write_number(struct buffer *out, const struct criteria_number *number,
                         const char *unit)
{
    bool low = !isinf(number->low), high = !isinf(number->high);

    buffer_char(out, '{');
    if (low && high && !(number->low < number->high)) {
        write_bound(out, "", "eq", number->low);
    } else {
        if (low)
            write_bound(out, "", number->low_open ? "gt" : "ge", number->low);
        if (high)
            write_bound(out, low ? "," : "", number->high_open ? "lt" : "le",
                        number->high);
    }
    if (*unit)
        buffer_printf(out, ",\"unit\":\"%s\"", unit);
    buffer_char(out, '}');
}

static void write_day(struct buffer *out, const char *name, day_number day)
{
    char text[DATE_TEXT_SIZE];

    buffer_printf(out, "\"%s\":\"%s\"", name,
                  date_print_iso((struct interval){day, day}, text));
}

static void write_dates(struct buffer *out, struct interval dates)
{
    bool from = dates.first != DAY_MIN, to = dates.last != DAY_MAX;

    if (from)
        write_day(out, "from", dates.first);
    if (to) {
        buffer_string(out, from ? "," : "");
        write_day(out, "to", dates.last);
    }
}

/* ---- when ---- */

static void write_fact(struct buffer *out, const struct criteria *line);

/* Days from the anchor to the point; an event's are those from the point to the event. */
static void distance_of(const struct criteria_when *when, int32_t *low_r, int32_t *high_r)
{
    bool turned = when->kind == WHEN_EVENT;

    *low_r = when->low;
    *high_r = when->high;
    if (turned) {
        *low_r = when->high == DISTANCE_MAX ? DISTANCE_MIN : -when->high;
        *high_r = when->low == DISTANCE_MIN ? DISTANCE_MAX : -when->low;
    }
}

/* The word, and the days: -1 where none are said. */
static enum distance_word distance_word(int32_t low, int32_t high, int32_t *least_r,
                                        int32_t *most_r)
{
    *least_r = *most_r = -1;
    if (low == DISTANCE_MIN && high >= -1)
        return high < 0 ? DISTANCE_BEFORE : DISTANCE_UNTIL;
    if (high == DISTANCE_MAX && low <= 1)
        return low > 0 ? DISTANCE_AFTER : DISTANCE_SINCE;
    if (low < 0 && high > 0) {
        *most_r = high;
        return DISTANCE_AROUND;
    }
    if (low >= 0) {
        *least_r = low > 0 ? low : -1;
        *most_r = high == DISTANCE_MAX ? -1 : high;
        return DISTANCE_AFTER;
    }
    *least_r = high < 0 ? -high : -1;
    *most_r = low == DISTANCE_MIN ? -1 : -low;
    return DISTANCE_BEFORE;
}

/* From LEAST to MOST, -1 where one is not said. */
static void write_days(struct buffer *out, int32_t least, int32_t most)
{
    buffer_char(out, '{');
    if (least >= 0)
        buffer_printf(out, "\"ge\":%d%s", least, most >= 0 ? "," : "");
    if (most >= 0)
        buffer_printf(out, "\"le\":%d", most);
    buffer_char(out, '}');
}

static void write_distance(struct buffer *out, const struct criteria_when *when)
{
    int32_t low, high, least, most;
    enum distance_word word;

    distance_of(when, &low, &high);
    word = distance_word(low, high, &least, &most);
    if (least >= 0 || most >= 0) {
        buffer_string(out, "\"days\":");
        write_days(out, least, most);
        buffer_char(out, ',');
    }
    buffer_printf(out, "\"%s\":", distance_words[word]);
    if (when->other)
        write_fact(out, when->other);
    else
        buffer_json_string(out,
                           model_item(when->kind == WHEN_DIAGNOSIS ? ITEM_DIAGNOSIS_DATE
                                                                   : when->item)
                               ->word);
    buffer_string(out, when->other_end ? ",\"anchor\":\"end\"" : "");
}

static void write_when(struct buffer *out, const struct criteria_when *when)
{
    buffer_string(out, when->end ? "{\"point\":\"end\"," : "{");
    switch (when->kind) {
    case WHEN_DATES: write_dates(out, when->dates); break;
    case WHEN_LAST: buffer_printf(out, "\"lastDays\":%d", when->low); break;
    case WHEN_AGE:
        buffer_string(out, "\"age\":");
        write_number(out, &when->number, "");
        break;
    case WHEN_LASTING:
        buffer_string(out, "\"lasting\":");
        write_days(out, when->low == DISTANCE_MIN ? -1 : when->low,
                   when->high == DISTANCE_MAX ? -1 : when->high);
        break;
    case WHEN_ONGOING: buffer_string(out, "\"ongoing\":true"); break;
    case WHEN_DIAGNOSIS:
    case WHEN_PATIENT_DATE:
    case WHEN_EVENT: write_distance(out, when); break;
    case WHEN_DURING:
    case WHEN_OVERLAPS:
        buffer_string(out,
                      when->kind == WHEN_DURING ? "\"during\":" : "\"overlapping\":");
        write_fact(out, when->other);
        break;
    }
    buffer_string(out, when->negated ? ",\"not\":true}" : "}");
}

/* ---- facts ---- */

/* Status, number and when, each with a comma before it. */
static void write_said(struct buffer *out, const struct criteria *line)
{
    if (line->n_status) {
        buffer_string(out, ",\"status\":");
        write_codes(
            out, model_item(model_group(model_item(line->item)->group)->status)->system,
            line->status, line->n_status);
    }
    if (line->has_number) {
        buffer_string(out, ",\"number\":");
        write_number(out, &line->number, line->item == ITEM_RATIO_TYPE ? "ULN" : "");
    }
    for (size_t i = 0; i < line->n_when; i++) {
        buffer_string(out, i ? "," : ",\"when\":[");
        write_when(out, &line->when[i]);
    }
    buffer_string(out, line->n_when ? "]" : "");
}

/* "from" has a first member without a comma; one is written before and cut. */
static void write_from(struct buffer *out, const struct criteria *from)
{
    struct buffer said;

    if (!from->n_status && !from->has_number && !from->n_when)
        return;
    buffer_init(&said, OUTPUT_LIMIT);
    write_said(&said, from);
    buffer_printf(out, ",\"from\":{%s}", buffer_text(&said) + 1);
    buffer_free(&said);
}

static void write_fact(struct buffer *out, const struct criteria *line)
{
    buffer_string(out, "{\"fact\":");
    buffer_json_string(out, criteria_fact_word(line));
    if (line->count)
        buffer_printf(out, ",\"count\":%u", line->count);
    if (line->order == ORDER_LAST)
        buffer_string(out, ",\"order\":\"last\"");
    else if (line->order != ORDER_ANY)
        buffer_printf(out, ",\"order\":%d", line->order);
    if (line->n_codes) {
        buffer_string(out, ",\"codes\":");
        write_codes(out, model_item(line->item)->system, line->codes, line->n_codes);
    }
    if (line->from)
        write_from(out, line->from);
    write_said(out, line);
    buffer_char(out, '}');
}

/* ---- the tree ---- */

static void write_node(struct buffer *out, const struct criteria *criteria);

static void write_children(struct buffer *out, const char *before,
                           const struct criteria *criteria)
{
    buffer_string(out, before);
    for (size_t i = 0; i < criteria->n_children; i++) {
        buffer_string(out, i ? "," : "");
        write_node(out, criteria->children[i]);
    }
    buffer_string(out, "]}");
}

static void write_child(struct buffer *out, const char *before,
                        const struct criteria *criteria)
{
    buffer_string(out, before);
    write_node(out, criteria->children[0]);
    buffer_char(out, '}');
}

static void write_name(struct buffer *out, const struct criteria *criteria)
{
    bool is_use = criteria->kind == CRITERIA_USE;

    buffer_string(out, is_use ? "{\"use\":" : "{\"named\":");
    buffer_json_string(out, criteria->name);
    if (!is_use)
        write_child(out, ",\"criteria\":", criteria);
    else if (criteria->version)
        buffer_printf(out, ",\"version\":%u}", criteria->version);
    else
        buffer_char(out, '}');
}

static void write_age(struct buffer *out, const struct criteria *line)
{
    buffer_string(out, "{\"age\":");
    write_number(out, &line->number, "");
    buffer_string(out, ",\"at\":");
    buffer_json_string(out, line->item ? model_item(line->item)->word : "now");
    buffer_char(out, '}');
}

static void write_active(struct buffer *out, const struct criteria *line)
{
    int first, last, month, day;

    day_to_civil(line->dates.first, &first, &month, &day);
    day_to_civil(line->dates.last, &last, &month, &day);
    buffer_printf(out, "{\"active\":{\"from\":%d,\"to\":%d}}", first, last);
}

static void write_node(struct buffer *out, const struct criteria *criteria)
{
    switch (criteria->kind) {
    case CRITERIA_ANY: buffer_string(out, "{\"any\":true}"); break;
    case CRITERIA_AND: write_children(out, "{\"and\":[", criteria); break;
    case CRITERIA_OR: write_children(out, "{\"or\":[", criteria); break;
    case CRITERIA_NOT: write_child(out, "{\"not\":", criteria); break;
    case CRITERIA_AT_LEAST:
        buffer_printf(out, "{\"atLeast\":%u,", criteria->count);
        write_children(out, "\"of\":[", criteria);
        break;
    case CRITERIA_TUMOUR: write_child(out, "{\"tumour\":", criteria); break;
    case CRITERIA_SAME:
        buffer_printf(out, "{\"%s\":", criteria_same_word(criteria->group));
        write_child(out, "", criteria);
        break;
    case CRITERIA_NAMED:
    case CRITERIA_USE: write_name(out, criteria); break;
    case CRITERIA_FACT: write_fact(out, criteria); break;
    case CRITERIA_AGE: write_age(out, criteria); break;
    case CRITERIA_DATE:
        buffer_string(out, "{\"date\":");
        buffer_json_string(out, model_item(criteria->item)->word);
        write_said(out, criteria);
        buffer_char(out, '}');
        break;
    case CRITERIA_VITAL:
        buffer_printf(out, "{\"vital\":\"%s\"}", criteria->dead ? "dead" : "alive");
        break;
    case CRITERIA_ACTIVE: write_active(out, criteria); break;
    }
}

const char *criteria_to_json(struct arena *arena, const struct criteria *criteria)
{
    struct buffer out;
    const char *text;

    buffer_init(&out, OUTPUT_LIMIT);
    write_node(&out, criteria);
    text = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

/* ---- where a node stands ---- */

static bool point_to(struct buffer *out, const struct criteria *criteria,
                     const struct criteria *node);

static const char *key_of_other(const struct criteria_when *when)
{
    int32_t low, high, least, most;

    if (when->kind != WHEN_EVENT)
        return when->kind == WHEN_DURING ? "during" : "overlapping";
    distance_of(when, &low, &high);
    return distance_words[distance_word(low, high, &least, &most)];
}

/* Does NODE stand behind OUT and what FORMAT adds to it? Else OUT is as it was. */
static bool point_behind(struct buffer *out, const char *step, size_t index,
                         const char *key, const struct criteria *criteria,
                         const struct criteria *node)
{
    size_t length = out->length;

    buffer_string(out, step);
    if (key)
        buffer_printf(out, "%zu%s", index, key);
    if (point_to(out, criteria, node))
        return true;
    out->length = length;
    if (out->bytes)
        out->bytes[length] = '\0';
    return false;
}

static bool point_to_when(struct buffer *out, const struct criteria *line,
                          const struct criteria *node)
{
    char key[32] = "/";

    if (line->from && point_behind(out, "/from", 0, NULL, line->from, node))
        return true;
    for (size_t i = 0; i < line->n_when; i++) {
        const struct criteria_when *when = &line->when[i];

        if (!when->other)
            continue;
        memcpy(key + 1, key_of_other(when), strlen(key_of_other(when)) + 1);
        if (point_behind(out, "/when/", i, key, when->other, node))
            return true;
    }
    return false;
}

static bool point_to_child(struct buffer *out, const struct criteria *criteria,
                           const struct criteria *node)
{
    static const char *const steps[] = {
        [CRITERIA_AND] = "/and/",      [CRITERIA_OR] = "/or/",
        [CRITERIA_NOT] = "/not",       [CRITERIA_AT_LEAST] = "/of/",
        [CRITERIA_TUMOUR] = "/tumour", [CRITERIA_NAMED] = "/criteria",
        [CRITERIA_USE] = "",
    };
    bool is_list = criteria->kind == CRITERIA_AND || criteria->kind == CRITERIA_OR ||
                   criteria->kind == CRITERIA_AT_LEAST;
    const char *step =
        criteria->kind < ARRAY_LENGTH(steps) ? steps[criteria->kind] : NULL;
    char same[16] = "/";

    if (criteria->kind == CRITERIA_SAME) {
        const char *word = criteria_same_word(criteria->group);

        memcpy(same + 1, word, strlen(word) + 1);
        step = same;
    }
    for (size_t i = 0; i < criteria->n_children; i++)
        if (point_behind(out, step, i, is_list ? "" : NULL, criteria->children[i], node))
            return true;
    return false;
}

static bool point_to(struct buffer *out, const struct criteria *criteria,
                     const struct criteria *node)
{
    if (criteria == node)
        return true;
    if (criteria->kind != CRITERIA_USE)
        return point_to_child(out, criteria, node) || point_to_when(out, criteria, node);

    /* what a use stands for has no place of its own */
    size_t length = out->length;
    bool found = point_to_child(out, criteria, node);

    if (found) {
        out->length = length;
        if (out->bytes)
            out->bytes[length] = '\0';
    }
    return found;
}

const char *criteria_json_pointer(struct arena *arena, const struct criteria *criteria,
                                  const struct criteria *node)
{
    const char *pointer = NULL;
    struct buffer out;

    buffer_init(&out, OUTPUT_LIMIT);
    if (point_to(&out, criteria, node))
        pointer = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return pointer;
}
