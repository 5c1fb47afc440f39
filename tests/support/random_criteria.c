/* SPDX-License-Identifier: Apache-2.0
 *
 * support/random_criteria.c: see random_criteria.h. Lines are random_line.c. */
#include "support/random_criteria.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/table.h"
#include "index/coverage.h"
#include "support/random_criteria_internal.h"

#define CODES_MAX 400 /* of one item: enough of a choice */
#define DAYS_MAX 4096

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

/* One of the names that may stand here, or a line when there is none. */
static void put_use(struct writing *writing)
{
    size_t first = rng_below(writing->rng, NAMES_MAX);

    for (size_t i = 0; i < NAMES_MAX; i++) {
        size_t name = (first + i) % NAMES_MAX;

        const struct name_place *place = &writing->name[name];

        if (place->said && place->in_tumour == writing->in_tumour &&
            place->same == writing->same) {
            buffer_printf(writing->out, "use \"n%zu\"", name);
            return;
        }
    }
    put_line(writing);
}

static void put_list(struct writing *writing, int depth)
{
    const char *between = ONE_OF(writing, " and ", " and ", " or ");
    int n = rng_between(writing->rng, 2, 4);

    for (int i = 0; i < n; i++) {
        if (i)
            buffer_string(writing->out, between);
        if (rng_chance(writing->rng, 50))
            put_line(writing);
        else if (rng_chance(writing->rng, 20))
            put_use(writing);
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

/* Names are n0, n1, … in the order in which they are begun. */
static void put_named(struct writing *writing, int depth)
{
    size_t name = writing->n_names++;

    buffer_printf(writing->out, "named \"n%zu\" ", name);
    put_bracket(writing, depth - 1);
    writing->name[name] = (struct name_place){true, writing->in_tumour, writing->same};
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

/* One sample, one event, one TNM. */
static void put_same(struct writing *writing, int depth)
{
    static const enum group groups[] = {GROUP_SPECIMEN, GROUP_SPECIMEN, GROUP_SPECIMEN,
                                        GROUP_TUMOUR_EVENT, GROUP_TNM};
    bool outer = writing->in_list;

    writing->same = groups[rng_below(writing->rng, sizeof(groups) / sizeof(*groups))];
    writing->in_list = false;
    buffer_printf(writing->out, "%s { ", criteria_same_word(writing->same));
    put_node(writing, depth - 1);
    buffer_string(writing->out, " }");
    writing->same = GROUP_NONE;
    writing->in_list = outer;
}

static void put_node(struct writing *writing, int depth)
{
    int kind = depth > 0 ? rng_between(writing->rng, 0, 13) : 0;

    if (kind < 2) {
        put_line(writing);
    } else if (kind < 5) {
        put_list(writing, depth);
    } else if (kind == 5) {
        buffer_string(writing->out, ONE_OF(writing, "not ", "no "));
        put_bracket(writing, depth - 1);
    } else if (kind == 6) {
        put_at_least(writing, depth);
    } else if (kind == 7 && writing->n_names < NAMES_MAX) {
        put_named(writing, depth);
    } else if (!writing->in_tumour && !writing->same && kind < 10) {
        put_tumour(writing, depth);
    } else if (!writing->same && kind >= 11) {
        put_same(writing, depth);
    } else {
        put_list(writing, depth);
    }
}

typedef void put_criteria(struct writing *writing, int depth);

static const char *random_text(struct arena *arena, struct rng *rng,
                               const struct askable *askable, int depth,
                               put_criteria *put)
{
    struct buffer out;
    struct writing writing = {.out = &out, .rng = rng, .askable = askable};
    const char *text;

    buffer_init(&out, (size_t)1 << 20);
    put(&writing, depth);
    text = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

const char *random_criteria_text(struct arena *arena, struct rng *rng,
                                 const struct askable *askable, int depth)
{
    return random_text(arena, rng, askable, depth, put_node);
}

static const struct criteria *parsed(struct arena *arena, const char *text)
{
    struct error err = ERROR_INIT;
    const struct criteria *criteria = criteria_parse(arena, text, strlen(text), &err);

    if (!criteria) {
        fprintf(stderr, "%s\n", text);
        panic("random criteria: %u:%u: %s", err.line, err.column, err.message);
    }
    return criteria;
}

const struct criteria *random_criteria(struct arena *arena, struct rng *rng,
                                       const struct askable *askable, int depth)
{
    return parsed(arena, random_criteria_text(arena, rng, askable, depth));
}

static void put_one_same(struct writing *writing, int depth)
{
    bool of_tumour = rng_chance(writing->rng, 30);

    writing->in_tumour = of_tumour;
    buffer_string(writing->out, of_tumour ? "tumour { " : "");
    put_same(writing, depth);
    buffer_string(writing->out, of_tumour ? " }" : "");
}

const struct criteria *random_same(struct arena *arena, struct rng *rng,
                                   const struct askable *askable, int depth)
{
    return parsed(arena, random_text(arena, rng, askable, depth, put_one_same));
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
