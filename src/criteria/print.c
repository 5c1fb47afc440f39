/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/print.c: tree to canonical text, and what is computed from it. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "criteria/parse_internal.h"

/* Where it goes, and whether saved definitions are spelt out. */
struct printer {
    struct buffer *out;
    bool spelt_out;
};

static void print_node(const struct printer *to, const struct criteria *criteria);
static void print_fact(const struct printer *to, const struct criteria *line);

static void print_quoted(struct buffer *out, const char *text)
{
    buffer_char(out, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\')
            buffer_char(out, '\\');
        buffer_char(out, *c);
    }
    buffer_char(out, '"');
}

/* A code that would not be read back as one is quoted. */
static void print_text(struct buffer *out, enum vocab_system system, const char *text)
{
    bool plain =
        *text != '\0' && !criteria_is_reserved(system, text) && !strstr(text, "..");

    for (const char *c = text; *c && plain; c++)
        plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                (*c >= '0' && *c <= '9') || strchr("./_-+*", *c);
    if (plain)
        buffer_string(out, text);
    else
        print_quoted(out, text);
}

void criteria_print_code(struct buffer *out, enum vocab_system system, const char *code)
{
    char text[VOCAB_CODE_SIZE];

    print_text(out, system, vocab_print(system, code, text));
}

const char *criteria_comparison(enum vocab_system system,
                                const struct criteria_code *codes, size_t n)
{
    bool is_one = n == 1 && criteria_system_is_ordered(system) &&
                  (codes[0].last_code[0] == '<' || codes[0].last_code[0] == '>');

    return is_one ? codes[0].last_code : NULL;
}

static void print_codes(struct buffer *out, enum vocab_system system,
                        const struct criteria_code *codes, size_t n)
{
    const char *sign = criteria_comparison(system, codes, n);

    buffer_char(out, ' ');
    if (sign) {
        buffer_printf(out, "%s ", sign);
        criteria_print_code(out, system, codes[0].first_code);
        return;
    }
    if (n > 1)
        buffer_char(out, '(');
    for (size_t i = 0; i < n; i++) {
        if (i)
            buffer_string(out, ", ");
        criteria_print_code(out, system, codes[i].first_code);
        if (codes[i].last_code != codes[i].first_code) {
            buffer_string(out, "..");
            criteria_print_code(out, system, codes[i].last_code);
        }
    }
    if (n > 1)
        buffer_char(out, ')');
}

static void print_number(struct buffer *out, const struct criteria_number *number)
{
    if (isinf(number->low)) {
        buffer_string(out, number->high_open ? " < " : " <= ");
        buffer_json_number(out, number->high);
    } else if (isinf(number->high)) {
        buffer_string(out, number->low_open ? " > " : " >= ");
        buffer_json_number(out, number->low);
    } else if (number->low == number->high) {
        buffer_string(out, " = ");
        buffer_json_number(out, number->low);
    } else if (number->low_open || number->high_open) {
        buffer_string(out, number->low_open ? " > " : " >= ");
        buffer_json_number(out, number->low);
        buffer_string(out, number->high_open ? " < " : " <= ");
        buffer_json_number(out, number->high);
    } else {
        buffer_char(out, ' ');
        buffer_json_number(out, number->low);
        buffer_string(out, "..");
        buffer_json_number(out, number->high);
    }
}

/* A number alone would be read as being in this unit, too; people should not have to know. */
static void print_unit(struct buffer *out, const char *unit)
{
    if (!*unit || strcmp(unit, "1") == 0)
        return;
    buffer_printf(out, strpbrk(unit, "{}[]") ? " \"%s\"" : " %s", unit);
}

static void print_day(struct buffer *out, day_number day)
{
    char text[DATE_TEXT_SIZE];

    buffer_string(out, date_print_iso((struct interval){day, day}, text));
}

static void print_dates(struct buffer *out, struct interval dates)
{
    if (dates.first == DAY_MIN) {
        buffer_string(out, " until ");
        print_day(out, dates.last);
        return;
    }
    buffer_string(out, dates.last == DAY_MAX ? " since " : " from ");
    print_day(out, dates.first);
    if (dates.last != DAY_MAX) {
        buffer_string(out, " to ");
        print_day(out, dates.last);
    }
}

/* The days from an anchor to the point. */
static void print_distance(struct buffer *out, int32_t low, int32_t high)
{
    if (low == DISTANCE_MIN && high >= -1)
        buffer_string(out, high < 0 ? " before" : " until");
    else if (high == DISTANCE_MAX && low <= 1)
        buffer_string(out, low > 0 ? " after" : " since");
    else if (low == DISTANCE_MIN)
        buffer_printf(out, " at least %d days before", -high);
    else if (high == DISTANCE_MAX)
        buffer_printf(out, " at least %d days after", low);
    else if (low == 0)
        buffer_printf(out, " within %d days after", high);
    else if (high == 0)
        buffer_printf(out, " within %d days before", -low);
    else if (low > 0)
        buffer_printf(out, " %d..%d days after", low, high);
    else if (high < 0)
        buffer_printf(out, " %d..%d days before", -high, -low);
    else
        buffer_printf(out, " within %d days of", high);
}

/* In brackets when something is said of its time, which would be read as said of the line's;
 * or of the line's after it, which would be read as said of the other's. */
static void print_other(const struct printer *to, const struct criteria *other,
                        bool followed)
{
    bool bracket = other->n_when || followed;

    buffer_string(to->out, bracket ? "(" : "");
    print_fact(to, other);
    buffer_string(to->out, bracket ? ")" : "");
}

/* "preceded by" and "followed by" are said of facts, and of starts; all else by its distance.
 * Only these can be denied: "not before" is no condition. */
static bool is_preceded(const struct criteria_when *when, bool of_fact)
{
    bool before = when->high == 0 || (when->low == DISTANCE_MIN && when->high == -1);
    bool after = when->low == 0 || (when->high == DISTANCE_MAX && when->low == 1);

    if (when->kind == WHEN_EVENT && when->negated)
        return true;
    return of_fact && when->kind == WHEN_EVENT && !when->end && !when->other_end &&
           when->other->order == ORDER_ANY && (before || after) &&
           !(when->low == DISTANCE_MIN && when->high == 0) &&
           !(when->high == DISTANCE_MAX && when->low == 0);
}

static void print_preceded(struct buffer *out, const struct criteria_when *when)
{
    if (when->low == DISTANCE_MIN)
        buffer_string(out, " preceded");
    else if (when->high == DISTANCE_MAX)
        buffer_string(out, " followed");
    else if (when->high == 0)
        buffer_printf(out, " preceded within %d days", -when->low);
    else
        buffer_printf(out, " followed within %d days", when->high);
    buffer_string(out, " by ");
}

static void print_event(const struct printer *to, const struct criteria_when *when,
                        bool preceded, bool followed)
{
    if (when->kind != WHEN_EVENT) {
        buffer_string(to->out, when->kind == WHEN_DURING ? " during " : " overlapping ");
    } else if (preceded) {
        print_preceded(to->out, when);
    } else {
        print_distance(to->out, when->high == DISTANCE_MAX ? DISTANCE_MIN : -when->high,
                       when->low == DISTANCE_MIN ? DISTANCE_MAX : -when->low);
        buffer_string(to->out, when->other_end ? " end of " : " ");
    }
    print_other(to, when->other, followed);
}

static void print_lasting(struct buffer *out, const struct criteria_when *when)
{
    if (when->high == DISTANCE_MAX)
        buffer_printf(out, " lasting at least %d days", when->low);
    else if (when->low == DISTANCE_MIN)
        buffer_printf(out, " lasting at most %d days", when->high);
    else
        buffer_printf(out, " lasting %d..%d days", when->low, when->high);
}

/* Is it said of the start of a fact, with "started"? The others speak of the whole fact. */
static bool needs_verb(enum when_kind kind)
{
    return kind != WHEN_LASTING && kind != WHEN_ONGOING && kind != WHEN_DURING &&
           kind != WHEN_OVERLAPS;
}

static void print_when(const struct printer *to, const struct criteria_when *when,
                       bool of_fact, bool followed)
{
    struct buffer *out = to->out;
    bool preceded = is_preceded(when, of_fact);

    /* "preceded", "during" and "overlapping" need no verb; nor does a date */
    if (when->end)
        buffer_string(out, " ended");
    else if (of_fact && needs_verb(when->kind) && !preceded)
        buffer_string(out, " started");
    buffer_string(out, when->negated ? " not" : "");
    switch (when->kind) {
    case WHEN_DATES: print_dates(out, when->dates); break;
    case WHEN_LAST: buffer_printf(out, " in the last %d days", when->low); break;
    case WHEN_DIAGNOSIS:
        print_distance(out, when->low, when->high);
        buffer_string(out, " diagnosis");
        break;
    case WHEN_PATIENT_DATE:
        print_distance(out, when->low, when->high);
        buffer_printf(out, " %s", model_item(when->item)->word);
        break;
    case WHEN_AGE:
        buffer_string(out, " at age");
        print_number(out, &when->number);
        break;
    case WHEN_LASTING: print_lasting(out, when); break;
    case WHEN_ONGOING: buffer_string(out, " ongoing"); break;
    case WHEN_EVENT:
    case WHEN_DURING:
    case WHEN_OVERLAPS: print_event(to, when, preceded, followed); break;
    }
}

static void print_status(struct buffer *out, const struct criteria *line)
{
    enum item status = model_group(model_item(line->item)->group)->status;
    enum vocab_system system = model_item(status)->system;
    bool one =
        line->n_status == 1 && line->status[0].first_code == line->status[0].last_code;

    if (one && system == VOCAB_BIOMARKER_STATUS) {
        buffer_string(out,
                      line->status[0].first_code[0] == 'P' ? " positive" : " negative");
        return;
    }
    if (status == ITEM_DRUG_TRIAL) {
        buffer_string(out, " in trial");
        return;
    }
    if (system == VOCAB_ICDO3_TOPOGRAPHY)
        buffer_string(out, " at");
    else if (!one || system != VOCAB_PROTEIN_CHANGE)
        buffer_string(out, " status");
    print_codes(out, system, line->status, line->n_status);
}

/* `measure PS` finds the general state, but `measure any` does not */
const char *criteria_fact_word(const struct criteria *line)
{
    bool found = line->item == ITEM_STATE_TYPE && line->n_codes > 0;

    if (line->item == ITEM_RATIO_TYPE) /* measure ALAT < 3 ULN */
        return model_item(ITEM_MEASURE_TYPE)->word;
    for (size_t i = 0; i < line->n_codes && found; i++)
        found = criteria_is_state(&line->codes[i]);
    return model_item(found ? ITEM_MEASURE_TYPE : line->item)->word;
}

static void print_said(const struct printer *to, const struct criteria *line)
{
    if (line->n_status)
        print_status(to->out, line);
    if (line->has_number) {
        print_number(to->out, &line->number);
        print_unit(to->out, criteria_unit(line));
    }
    for (size_t i = 0; i < line->n_when; i++)
        print_when(to, &line->when[i], line->kind == CRITERIA_FACT,
                   i + 1 < line->n_when && !line->when[i + 1].other);
}

static void print_subject(const struct printer *to, const struct criteria *line)
{
    const struct item_row *item = model_item(line->item);

    buffer_string(to->out, criteria_fact_word(line));
    if (line->n_codes)
        print_codes(to->out, item->system, line->codes, line->n_codes);
    else if (item->index != INDEX_NUMBERS)
        buffer_string(to->out, " any");
}

static void print_ordinal(struct buffer *out, int order)
{
    static const char *const words[] = {"first", "second", "third"};

    if (order == ORDER_LAST)
        buffer_string(out, "last");
    else if (order <= (int)ARRAY_LENGTH(words))
        buffer_string(out, words[order - 1]);
    else /* 21st, 22nd, 23rd, 24th; but 11th, 12th, 13th */
        buffer_printf(out, "%d%s", order,
                      order / 10 == 1   ? "th"
                      : order % 10 == 1 ? "st"
                      : order % 10 == 2 ? "nd"
                      : order % 10 == 3 ? "rd"
                                        : "th");
}

static void print_fact(const struct printer *to, const struct criteria *line)
{
    const struct criteria *from = line->from;
    bool bracket = from && (from->n_status || from->has_number || from->n_when);

    if (line->count)
        buffer_printf(to->out, "at least %u ", line->count);
    if (from) {
        print_ordinal(to->out, line->order);
        buffer_string(to->out, bracket ? " (" : " ");
        print_subject(to, from);
        print_said(to, from);
        buffer_string(to->out, bracket ? ")" : "");
    } else {
        print_subject(to, line);
    }
    print_said(to, line);
}

/* OR inside AND, and lists inside NOT, need their brackets. */
static void print_child(const struct printer *to, const struct criteria *child)
{
    bool bracket = child->kind == CRITERIA_OR || child->kind == CRITERIA_AND;

    buffer_string(to->out, bracket ? "(" : "");
    print_node(to, child);
    buffer_string(to->out, bracket ? ")" : "");
}

static void print_list(const struct printer *to, const struct criteria *criteria,
                       const char *between)
{
    for (size_t i = 0; i < criteria->n_children; i++) {
        if (i)
            buffer_string(to->out, between);
        if (criteria->kind == CRITERIA_AT_LEAST)
            print_node(to, criteria->children[i]);
        else
            print_child(to, criteria->children[i]);
    }
}

static void print_date_line(const struct printer *to, const struct criteria *line)
{
    static const struct {
        enum item item;
        const char *word;
    } words[] = {{ITEM_DIAGNOSIS_DATE, "diagnosed"},
                 {ITEM_DEATH_DATE, "died"},
                 {ITEM_PATIENT_BIRTH, "born"}};
    const char *word = model_item(line->item)->word;

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (words[i].item == line->item)
            word = words[i].word;
    buffer_string(to->out, word);
    print_said(to, line);
}

static void print_age(struct buffer *out, const struct criteria *line)
{
    buffer_string(out, line->item ? "age at " : "age now");
    if (line->item)
        buffer_string(out, model_item(line->item)->word);
    print_number(out, &line->number);
}

static void print_body(const struct printer *to, const struct criteria *criteria)
{
    buffer_string(to->out, " (");
    print_node(to, criteria->children[0]);
    buffer_char(to->out, ')');
}

static void print_name(const struct printer *to, const struct criteria *criteria)
{
    bool use = criteria->kind == CRITERIA_USE;

    buffer_string(to->out, use ? "use " : "named ");
    print_quoted(to->out, criteria->name);
    if (criteria->version)
        buffer_printf(to->out, " v%u", criteria->version);
    if (!use || to->spelt_out)
        print_body(to, criteria);
}

static void print_node(const struct printer *to, const struct criteria *criteria)
{
    struct buffer *out = to->out;

    switch (criteria->kind) {
    case CRITERIA_ANY: buffer_string(out, "any"); break;
    case CRITERIA_AND: print_list(to, criteria, " and "); break;
    case CRITERIA_OR: print_list(to, criteria, " or "); break;
    case CRITERIA_NOT:
        buffer_string(out, "not ");
        print_child(to, criteria->children[0]);
        break;
    case CRITERIA_AT_LEAST:
        buffer_printf(out, "at least %u of (", criteria->count);
        print_list(to, criteria, ", ");
        buffer_char(out, ')');
        break;
    case CRITERIA_TUMOUR:
        buffer_string(out, "tumour { ");
        print_node(to, criteria->children[0]);
        buffer_string(out, " }");
        break;
    case CRITERIA_SAME:
        buffer_printf(out, "%s { ", criteria_same_word(criteria->group));
        print_node(to, criteria->children[0]);
        buffer_string(out, " }");
        break;
    case CRITERIA_NAMED:
    case CRITERIA_USE: print_name(to, criteria); break;
    case CRITERIA_FACT: print_fact(to, criteria); break;
    case CRITERIA_AGE: print_age(out, criteria); break;
    case CRITERIA_DATE: print_date_line(to, criteria); break;
    case CRITERIA_VITAL: buffer_string(out, criteria->dead ? "dead" : "alive"); break;
    case CRITERIA_ACTIVE:
        buffer_string(out, "active");
        print_dates(out, criteria->dates);
        break;
    }
}

const char *criteria_print(struct arena *arena, const struct criteria *criteria)
{
    struct buffer out;
    struct printer to = {&out, false};

    buffer_init(&out, (size_t)16 * CRITERIA_TEXT_MAX);
    print_node(&to, criteria);

    const char *text = arena_string(arena, buffer_text(&out), out.length);

    buffer_free(&out);
    return text;
}

uint64_t criteria_digest(const struct criteria *criteria)
{
    struct buffer out;
    struct printer to = {&out, true};
    uint64_t digest = 0xcbf29ce484222325u; /* FNV-1a */

    buffer_init(&out, (size_t)16 * CRITERIA_TEXT_MAX);
    print_node(&to, criteria);
    for (size_t i = 0; i < out.length; i++)
        digest = (digest ^ (unsigned char)out.bytes[i]) * 0x100000001b3u;
    buffer_free(&out);
    return digest;
}

/* ---- funnel ---- */

static const struct criteria *node_of(struct arena *arena, enum criteria_kind kind,
                                      enum group group,
                                      const struct criteria *const *children, size_t n)
{
    if (n == 1 && kind == CRITERIA_AND)
        return children[0];

    struct criteria *node = arena_alloc(arena, sizeof(*node));

    node->kind = kind;
    node->group = group;
    node->line = children[0]->line;
    node->column = children[0]->column;
    node->n_children = n;
    node->children = arena_array(arena, n, sizeof(*node->children));
    for (size_t i = 0; i < n; i++)
        node->children[i] = children[i];
    return node;
}

static size_t lines_of(const struct criteria *criteria)
{
    bool is_block = criteria->kind == CRITERIA_TUMOUR || criteria->kind == CRITERIA_SAME;

    return is_block && criteria->children[0]->kind == CRITERIA_AND
               ? criteria->children[0]->n_children
               : 1;
}

/* The first N lines of one top-level part. */
static const struct criteria *part_until(struct arena *arena, const struct criteria *part,
                                         size_t n)
{
    if (n == lines_of(part))
        return part;

    const struct criteria *body =
        node_of(arena, CRITERIA_AND, GROUP_NONE, part->children[0]->children, n);

    return node_of(arena, part->kind, part->group, &body, 1);
}

size_t criteria_funnel(struct arena *arena, const struct criteria *criteria,
                       const struct criteria ***steps_r, const char ***lines_r)
{
    bool is_and = criteria->kind == CRITERIA_AND;
    size_t n_parts = is_and ? criteria->n_children : 1, n = 0, total = 0;
    const struct criteria **parts = arena_array(arena, n_parts, sizeof(*parts));

    for (size_t i = 0; i < n_parts; i++) {
        parts[i] = is_and ? criteria->children[i] : criteria;
        total += lines_of(parts[i]);
    }
    *steps_r = arena_array(arena, total, sizeof(**steps_r));
    *lines_r = arena_array(arena, total, sizeof(**lines_r));

    const struct criteria **prefix = arena_array(arena, n_parts, sizeof(*prefix));

    for (size_t i = 0; i < n_parts; i++) {
        for (size_t k = 1; k <= lines_of(parts[i]); k++) {
            bool inside = lines_of(parts[i]) > 1;

            prefix[i] = part_until(arena, parts[i], k);
            (*steps_r)[n] = node_of(arena, CRITERIA_AND, GROUP_NONE, prefix, i + 1);
            (*lines_r)[n++] =
                criteria_print(arena, inside ? parts[i]->children[0]->children[k - 1]
                                             : parts[i]);
        }
    }
    return total;
}
