/* SPDX-License-Identifier: Apache-2.0
 *
 * support/random_criteria.c: see random_criteria.h. */
#include "support/random_criteria.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/table.h"
#include "index/coverage.h"

#define CODES_MAX 400 /* of one item: enough of a choice */
#define DAYS_MAX 4096

struct choice {
    size_t n_codes, n_numbers;
    const char **code; /* none of them "" */
    double *number;
};

struct askable {
    struct choice of[ITEMS];
    size_t n_items;
    enum item item[ITEMS]; /* those with a word … */
    size_t n_present;
    enum item present[ITEMS]; /* … of which there are values */
    size_t n_days;
    day_number *day;
};

/* ---- what there is ---- */

static void note_code(struct choice *choice, struct table *seen, enum item item,
                      const char *code)
{
    char key[VOCAB_CODE_SIZE + 4];
    size_t length = strlen(code);
    bool added;

    if (!*code || length >= VOCAB_CODE_SIZE || choice->n_codes == CODES_MAX)
        return;
    key[0] = (char)((int)item >> 8);
    key[1] = (char)((int)item & 0xff);
    memcpy(key + 2, code, length);
    table_put(seen, key, length + 2, &added);
    if (added)
        choice->code[choice->n_codes++] = code;
}

static void note_day(struct askable *askable, day_number day)
{
    if (day > DAY_MIN && day < DAY_MAX && askable->n_days < DAYS_MAX)
        askable->day[askable->n_days++] = day;
}

static void note_fact(struct askable *askable, struct table *seen,
                      const struct fact *fact)
{
    for (size_t i = 0; i < fact->n_values; i++) {
        const struct value *value = &fact->values[i];
        struct choice *choice = &askable->of[value->item];

        if (value->type == TYPE_CODE || value->type == TYPE_FLAG)
            note_code(choice, seen, value->item, value->text);
        else if (value->type == TYPE_NUMBER && choice->n_numbers < CODES_MAX)
            choice->number[choice->n_numbers++] = value->number;
    }
    note_day(askable, fact->date.first);
    note_day(askable, fact->date.last);
}

struct askable *askable_new(struct arena *arena, const struct record *const *records,
                            size_t n)
{
    struct askable *askable = arena_alloc(arena, sizeof(*askable));
    struct table *seen = table_new();

    askable->day = arena_array(arena, DAYS_MAX, sizeof(*askable->day));
    for (int i = ITEM_NONE + 1; i < ITEMS; i++) {
        const struct item_row *item = model_item((enum item)i);

        askable->of[i].code = arena_array(arena, CODES_MAX, sizeof(char *));
        askable->of[i].number = arena_array(arena, CODES_MAX, sizeof(double));
        if (*item->word && item->index != INDEX_COLUMN && item->index != INDEX_NO)
            askable->item[askable->n_items++] = item->item;
    }
    for (size_t r = 0; r < n; r++) {
        for (size_t i = 0; i < records[r]->n_facts; i++)
            note_fact(askable, seen, &records[r]->facts[i]);
        note_day(askable, records[r]->last_news.last);
    }
    table_free(seen);
    for (size_t i = 0; i < askable->n_items; i++) {
        const struct choice *choice = &askable->of[askable->item[i]];

        if (choice->n_codes + choice->n_numbers > 0)
            askable->present[askable->n_present++] = askable->item[i];
    }
    return askable;
}

/* ---- writing ---- */

struct writing {
    struct buffer *out;
    struct rng *rng;
    const struct askable *askable;
    bool in_tumour, in_list;
};

static const char *one_of(struct rng *rng, const char *const *words, size_t n)
{
    return words[rng_below(rng, n)];
}

#define ONE_OF(writing, ...)                                   \
    one_of((writing)->rng, (const char *const[]){__VA_ARGS__}, \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* TEXT in quotes, unless it holds a digit and nothing but plain characters: no word of the
 * language does. Sometimes in quotes even so. */
static void put_text(struct writing *writing, const char *text)
{
    bool plain = strpbrk(text, "0123456789") && !strstr(text, "..");

    for (const char *c = text; *c && plain; c++)
        plain = (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') ||
                (*c >= '0' && *c <= '9') || strchr("./-", *c);
    if (plain && rng_chance(writing->rng, 90)) {
        buffer_string(writing->out, text);
        return;
    }
    buffer_char(writing->out, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\')
            buffer_char(writing->out, '\\');
        buffer_char(writing->out, *c);
    }
    buffer_char(writing->out, '"');
}

/* ---- codes ---- */

/* CODE, or a code above it, or below it. */
static void neighbour(struct rng *rng, enum vocab_system system, const char *code,
                      char out[VOCAB_CODE_SIZE])
{
    char longer[VOCAB_CODE_SIZE + 2] = "", spelt[VOCAB_CODE_SIZE];
    size_t length = strlen(code);
    int kind = rng_between(rng, 0, 9);

    memcpy(out, code, length + 1);
    memcpy(longer, code, length + 1);
    if (kind < 2 && length > 1) {
        longer[1 + rng_below(rng, length - 1)] = '\0';
    } else if (kind == 2 && length + 2 < VOCAB_CODE_SIZE) {
        longer[length] = "0139ABa"[rng_below(rng, 7)];
        longer[length + 1] = '\0';
    } else {
        return;
    }
    if (vocab_normalise(system, longer, spelt, NULL) == 0 && strcmp(spelt, longer) == 0)
        memcpy(out, longer, strlen(longer) + 1);
}

static void random_code(const struct writing *writing, enum item item,
                        char out[VOCAB_CODE_SIZE])
{
    const struct choice *choice = &writing->askable->of[item];
    enum vocab_system system = model_item(item)->system;
    const char *code = "";

    for (int i = 0; i < 20 && !*code; i++)
        code = choice->n_codes && !rng_chance(writing->rng, 10)
                   ? choice->code[rng_below(writing->rng, choice->n_codes)]
                   : random_code_of(writing->rng, system);
    neighbour(writing->rng, system, code, out);
}

static void put_code(struct writing *writing, enum item item, const char *code)
{
    char text[VOCAB_CODE_SIZE];

    put_text(writing, vocab_print(model_item(item)->system, code, text));
}

static void put_code_or_range(struct writing *writing, enum item item)
{
    char a[VOCAB_CODE_SIZE], b[VOCAB_CODE_SIZE];
    bool swap;

    random_code(writing, item, a);
    if (!rng_chance(writing->rng, 15)) {
        put_code(writing, item, a);
        return;
    }
    random_code(writing, item, b);
    swap = strcmp(a, b) > 0;
    put_code(writing, item, swap ? b : a);
    buffer_string(writing->out, "..");
    put_code(writing, item, swap ? a : b);
}

static void put_codes(struct writing *writing, enum item item)
{
    /* measures of the general state and others do not mix in one list */
    bool one = rng_chance(writing->rng, 70) || item == ITEM_MEASURE_TYPE;
    int n = one ? 1 : rng_between(writing->rng, 2, 4);
    bool bracket = n > 1 && (writing->in_list || rng_chance(writing->rng, 50));

    buffer_string(writing->out, bracket ? " (" : " ");
    for (int i = 0; i < n; i++) {
        if (i)
            buffer_string(writing->out, ", ");
        put_code_or_range(writing, item);
    }
    if (bracket)
        buffer_char(writing->out, ')');
}

static bool is_ordered(enum item item)
{
    enum vocab_system system = model_item(item)->system;

    return system == VOCAB_STAGE || system == VOCAB_TNM_T || system == VOCAB_TNM_N;
}

static void put_item_codes(struct writing *writing, enum item item)
{
    bool flag = model_item(item)->system == VOCAB_YES_NO;
    int kind = rng_between(writing->rng, 0, 9);
    char code[VOCAB_CODE_SIZE];

    if (model_item(item)->index == INDEX_NUMBERS)
        return;
    if (kind < 2) {
        buffer_string(writing->out, flag && kind ? "" : " any");
    } else if (kind == 2 && is_ordered(item)) {
        random_code(writing, item, code);
        buffer_printf(writing->out, " %s ", ONE_OF(writing, "<", "<=", ">", ">="));
        put_code(writing, item, code);
    } else {
        put_codes(writing, item);
    }
}

static void put_status(struct writing *writing, enum item item)
{
    const struct group_row *group = model_group(model_item(item)->group);
    enum vocab_system system;

    if (!group->status || group->key != item || !rng_chance(writing->rng, 40))
        return;
    system = model_item(group->status)->system;
    if (system == VOCAB_BIOMARKER_STATUS && rng_chance(writing->rng, 80)) {
        buffer_string(writing->out, ONE_OF(writing, " positive", " negative"));
        return;
    }
    if (group->status == ITEM_DRUG_TRIAL) {
        buffer_string(writing->out, " in trial");
        return;
    }
    if (system == VOCAB_PROTEIN_CHANGE && rng_chance(writing->rng, 70)) {
        char code[VOCAB_CODE_SIZE];

        random_code(writing, group->status, code);
        buffer_char(writing->out, ' ');
        put_code(writing, group->status, code);
        return;
    }
    buffer_string(writing->out, system == VOCAB_ICDO3_TOPOGRAPHY ? " at" : " status");
    put_codes(writing, group->status);
}

/* ---- numbers, dates, distances ---- */

static double askable_number(const struct writing *writing, enum item item)
{
    const struct choice *choice = &writing->askable->of[item];

    if (choice->n_numbers == 0 || rng_chance(writing->rng, 20))
        return rng_between(writing->rng, 0, 10);
    return choice->number[rng_below(writing->rng, choice->n_numbers)];
}

static void put_number(struct writing *writing, enum item item)
{
    enum item amount = model_item(item)->type == TYPE_NUMBER
                           ? item
                           : model_group(model_item(item)->group)->amount;
    double a = amount ? askable_number(writing, amount) : 0;

    if (!amount || rng_chance(writing->rng, item == amount ? 20 : 60))
        return;
    if (item == amount && rng_chance(writing->rng, 30)) {
        double b = askable_number(writing, amount);

        buffer_char(writing->out, ' ');
        buffer_json_number(writing->out, fmin(a, b));
        buffer_string(writing->out, "..");
        buffer_json_number(writing->out, fmax(a, b));
        return;
    }
    buffer_printf(writing->out, " %s ", ONE_OF(writing, "<", "<=", ">", ">=", "="));
    buffer_json_number(writing->out, a);
}

static day_number askable_day(const struct writing *writing)
{
    const struct askable *askable = writing->askable;
    day_number day = day_from_civil(2020, 6, 15);

    if (askable->n_days && !rng_chance(writing->rng, 5))
        day = askable->day[rng_below(writing->rng, askable->n_days)];
    if (rng_chance(writing->rng, 50))
        day += rng_between(writing->rng, -40, 40);
    if (day < day_from_civil(YEAR_FIRST, 1, 1))
        return day_from_civil(YEAR_FIRST, 1, 1);
    return day > day_from_civil(YEAR_LAST, 12, 31) ? day_from_civil(YEAR_LAST, 12, 31)
                                                   : day;
}

static void put_day(struct writing *writing, day_number day)
{
    int year, month, dom, precision = rng_between(writing->rng, 0, 3);

    day_to_civil(day, &year, &month, &dom);
    buffer_printf(writing->out, "%04d", year);
    if (precision > 0)
        buffer_printf(writing->out, "-%02d", month);
    if (precision > 1)
        buffer_printf(writing->out, "-%02d", dom);
}

static bool near_edge(day_number day)
{
    return day < day_from_civil(YEAR_FIRST + 2, 1, 1) ||
           day > day_from_civil(YEAR_LAST - 2, 1, 1);
}

static void put_dates(struct writing *writing, bool bare)
{
    day_number a = askable_day(writing), b = askable_day(writing);
    int kind = rng_between(writing->rng, bare ? 0 : 1, 4);
    bool swap = a > b;

    if (kind == 4 && near_edge(a)) /* before the first year, after the last: refused */
        kind = 3;
    switch (kind) {
    case 0: buffer_char(writing->out, ' '); break;
    case 1: buffer_string(writing->out, ONE_OF(writing, " in ", " on ")); break;
    case 2: {
        bool from = rng_chance(writing->rng, 50);

        buffer_string(writing->out, from ? " from " : " between ");
        put_day(writing, swap ? b : a);
        buffer_string(writing->out, from ? " to " : " and ");
        put_day(writing, swap ? a : b);
        return;
    }
    case 3: buffer_string(writing->out, ONE_OF(writing, " since ", " until ")); break;
    default: buffer_string(writing->out, ONE_OF(writing, " before ", " after ")); break;
    }
    if (kind < 2 && rng_chance(writing->rng, 50)) {
        put_day(writing, swap ? b : a);
        buffer_string(writing->out, "..");
        put_day(writing, swap ? a : b);
        return;
    }
    put_day(writing, a);
}

static void put_duration(struct writing *writing)
{
    int n = rng_chance(writing->rng, 20) ? 0 : rng_between(writing->rng, 1, 60);

    buffer_printf(writing->out, "%d %s", n,
                  ONE_OF(writing, "day", "days", "weeks", "months", "years"));
}

/* ---- lines ---- */

static void put_fact(struct writing *writing, enum item item, bool inner);

static bool needs_tumour(enum item item)
{
    return model_group(model_item(item)->group)->scope == SCOPE_TUMOUR;
}

/* An item to ask for; one that needs a tumour only where TUMOUR says so. */
static enum item random_item(const struct writing *writing, bool tumour)
{
    const struct askable *askable = writing->askable;
    enum item item;

    do
        item = askable->n_present && rng_chance(writing->rng, 80)
                   ? askable->present[rng_below(writing->rng, askable->n_present)]
                   : askable->item[rng_below(writing->rng, askable->n_items)];
    while (needs_tumour(item) && !tumour);
    return item;
}

static void put_event(struct writing *writing, enum item item)
{
    enum item other =
        rng_chance(writing->rng, 40) ? item : random_item(writing, writing->in_tumour);

    if (needs_tumour(other) && !writing->in_tumour)
        return;
    buffer_printf(writing->out, "%s %s", rng_chance(writing->rng, 30) ? " not" : "",
                  ONE_OF(writing, "preceded", "followed"));
    if (rng_chance(writing->rng, 50)) {
        buffer_string(writing->out, " within ");
        put_duration(writing);
    }
    buffer_string(writing->out, " by ");
    put_fact(writing, other, true);
}

/* DIAGNOSIS: whether the line may speak of a diagnosis. */
static void put_when(struct writing *writing, enum item item, bool diagnosis)
{
    bool has_end = model_group(model_item(item)->group)->end != ITEM_NONE;
    int kind = rng_between(writing->rng, 0, 6);

    if (rng_chance(writing->rng, 60))
        buffer_string(writing->out,
                      has_end && rng_chance(writing->rng, 40) ? " ended" : " started");
    if (kind == 0) {
        buffer_string(writing->out, " in the last ");
        put_duration(writing);
    } else if (kind < 3 && diagnosis) {
        if (rng_chance(writing->rng, 30)) {
            buffer_printf(writing->out, " %s diagnosis",
                          ONE_OF(writing, "before", "after"));
            return;
        }
        buffer_string(writing->out, " within ");
        put_duration(writing);
        buffer_printf(writing->out, " %s diagnosis",
                      ONE_OF(writing, "before", "after", "of"));
    } else {
        put_dates(writing, false);
    }
}

static void put_fact(struct writing *writing, enum item item, bool inner)
{
    int n = rng_chance(writing->rng, 55) ? 0 : rng_between(writing->rng, 1, 2);
    int n_events =
        inner || rng_chance(writing->rng, 80) ? 0 : rng_between(writing->rng, 1, 2);

    buffer_string(writing->out, model_item(item)->word);
    put_item_codes(writing, item);
    put_status(writing, item);
    put_number(writing, item);
    for (int i = 0; i < n; i++)
        put_when(writing, item, !inner || writing->in_tumour);
    for (int i = 0; i < n_events; i++) /* last: what follows one is said of it */
        put_event(writing, item);
}

static void put_age(struct writing *writing)
{
    int a = rng_between(writing->rng, 20, 90), b = rng_between(writing->rng, 0, 30);

    buffer_string(writing->out, "age at diagnosis ");
    if (rng_chance(writing->rng, 50))
        buffer_printf(writing->out, "%d..%d", a, a + b);
    else
        buffer_printf(writing->out, "%s %d", ONE_OF(writing, "<", "<=", ">", ">=", "="),
                      a);
}

static void put_line(struct writing *writing)
{
    switch (rng_between(writing->rng, 0, 13)) {
    case 0: put_age(writing); break;
    case 1:
        buffer_string(writing->out, ONE_OF(writing, "dead", "alive", "vital status dead",
                                           "vital status alive", "any"));
        break;
    case 2:
        buffer_string(writing->out, "active");
        buffer_printf(writing->out, " %d", rng_between(writing->rng, 2016, 2022));
        if (rng_chance(writing->rng, 30))
            buffer_printf(writing->out, "..%d", rng_between(writing->rng, 2022, 2024));
        break;
    case 3:
        buffer_string(writing->out, ONE_OF(writing, "diagnosed", "died", "born",
                                           "last visit", "last contact", "death"));
        put_dates(writing, true);
        break;
    default: put_fact(writing, random_item(writing, true), false); break;
    }
}

/* ---- the tree ---- */

static void put_node(struct writing *writing, int depth);

static void put_bracket(struct writing *writing, int depth)
{
    bool outer = writing->in_list;

    writing->in_list = false;
    buffer_char(writing->out, '(');
    put_node(writing, depth);
    buffer_char(writing->out, ')');
    writing->in_list = outer;
}

static void put_list(struct writing *writing, int depth)
{
    const char *between = ONE_OF(writing, " and ", " and ", " or ");
    int n = rng_between(writing->rng, 2, 4);

    for (int i = 0; i < n; i++) {
        if (i)
            buffer_string(writing->out, between);
        if (rng_chance(writing->rng, 60))
            put_line(writing);
        else
            put_bracket(writing, depth - 1);
    }
}

static void put_at_least(struct writing *writing, int depth)
{
    int n = rng_between(writing->rng, 1, 5);
    bool outer = writing->in_list;

    buffer_printf(writing->out, "at least %d of (", rng_between(writing->rng, 1, n));
    writing->in_list = true;
    for (int i = 0; i < n; i++) {
        if (i)
            buffer_string(writing->out, ", ");
        put_node(writing, depth - 1);
    }
    writing->in_list = outer;
    buffer_char(writing->out, ')');
}

static void put_tumour(struct writing *writing, int depth)
{
    bool outer = writing->in_list;

    writing->in_tumour = true;
    writing->in_list = false;
    buffer_string(writing->out, "tumour { ");
    put_node(writing, depth - 1);
    buffer_string(writing->out, " }");
    writing->in_tumour = false;
    writing->in_list = outer;
}

static void put_node(struct writing *writing, int depth)
{
    int kind = depth > 0 ? rng_between(writing->rng, 0, 9) : 0;

    if (kind < 2) {
        put_line(writing);
    } else if (kind < 5) {
        put_list(writing, depth);
    } else if (kind == 5) {
        buffer_string(writing->out, "not ");
        put_bracket(writing, depth - 1);
    } else if (kind == 6) {
        put_at_least(writing, depth);
    } else if (!writing->in_tumour) {
        put_tumour(writing, depth);
    } else {
        put_list(writing, depth);
    }
}

const char *random_criteria_text(struct arena *arena, struct rng *rng,
                                 const struct askable *askable, int depth)
{
    struct buffer out;
    struct writing writing = {&out, rng, askable, false, false};
    const char *text;

    buffer_init(&out, (size_t)1 << 20);
    put_node(&writing, depth);
    text = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

/* ---- coverage ---- */

struct coverage *random_coverage(struct arena *arena, struct rng *rng)
{
    struct coverage *coverage = arena_alloc(arena, sizeof(*coverage));
    struct coverage_row *rows = arena_array(arena, GROUPS * 3, sizeof(*rows));
    int kind = rng_between(rng, 0, 3);

    coverage->assumed = kind < 2;
    for (int g = GROUP_NONE + 1; g < GROUPS; g++) {
        coverage->seen[g] = kind == 0 || rng_chance(rng, 70);
        for (int i = 0; i < 3 && !coverage->assumed && rng_chance(rng, 70); i++) {
            day_number first =
                day_from_civil(rng_between(rng, 2014, 2022), rng_between(rng, 1, 12), 1);

            rows[coverage->n_rows++] = (struct coverage_row){
                (enum group)g,
                "source",
                {rng_chance(rng, 40) ? DAY_MIN : first,
                 rng_chance(rng, 40) ? DAY_MAX : first + rng_between(rng, 0, 1500)}};
        }
    }
    coverage->rows = rows;
    return coverage;
}
