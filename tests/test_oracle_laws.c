/* SPDX-License-Identifier: Apache-2.0
 *
 * test_oracle_laws.c: what must hold of any criteria and any patient.
 *
 * The laws of the three-valued logic; what orders, counts and events owe to each other; and
 * that knowing more never takes back an answer. They are held against the judge, which is what
 * the index answers (test_oracle_index.c). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "index/judge.h"
#include "support/random_criteria.h"

#define POPULATIONS 20
#define RECORDS 20
#define QUESTIONS 60

static const char *const truth_words[] = {"no", "unknown", "yes"};

/* ---- one patient and one question, drawn anew each time ---- */

struct drawn {
    struct arena *arena;
    struct rng rng;
    const struct record *record;
    struct question question; /* without criteria */
    const struct criteria *one, *two;
};

/* DEPTH of the two criteria. */
static void for_all(int depth, void (*law)(struct drawn *))
{
    for (size_t p = 0; p < test_rounds(POPULATIONS); p++) {
        struct drawn drawn = {.arena = arena_new("law", (size_t)1 << 30),
                              .rng = {test_seed(1) + p}};
        const struct record *records[RECORDS];
        const struct askable *askable;

        for (size_t i = 0; i < RECORDS; i++)
            records[i] = random_record(drawn.arena, &drawn.rng, (uint32_t)i + 1);
        askable = askable_new(drawn.arena, records, RECORDS);
        for (int q = 0; q < QUESTIONS; q++) {
            struct arena_mark mark = arena_mark(drawn.arena);

            drawn.question.coverage = random_coverage(drawn.arena, &drawn.rng);
            drawn.question.as_of =
                day_from_civil(rng_between(&drawn.rng, 2017, 2023), 6, 15);
            drawn.one = random_criteria(drawn.arena, &drawn.rng, askable, depth);
            drawn.two = random_criteria(drawn.arena, &drawn.rng, askable, depth);
            for (size_t i = 0; i < RECORDS; i++) {
                drawn.record = records[i];
                law(&drawn);
            }
            arena_release(drawn.arena, mark);
        }
        arena_free(drawn.arena);
    }
}

static enum truth asked(const struct drawn *drawn, const struct criteria *criteria)
{
    struct question question = drawn->question;

    question.criteria = criteria;
    return judge_eval(drawn->record, &question);
}

static void broken(struct drawn *drawn, const char *law, const struct criteria *a,
                   const struct criteria *b)
{
    fprintf(stderr, "%s\n%s: %s\n%s: %s\n%s\n", law, criteria_print(drawn->arena, a),
            truth_words[asked(drawn, a)], criteria_print(drawn->arena, b),
            truth_words[asked(drawn, b)], record_words(drawn->arena, drawn->record));
    fail();
}

static void same(struct drawn *drawn, const char *law, const struct criteria *a,
                 const struct criteria *b)
{
    if (asked(drawn, a) != asked(drawn, b))
        broken(drawn, law, a, b);
}

/* A is not more certain than B. */
static void not_above(struct drawn *drawn, const char *law, const struct criteria *a,
                      const struct criteria *b)
{
    if (asked(drawn, a) > asked(drawn, b))
        broken(drawn, law, a, b);
}

/* Where A surely holds, B may hold; where B surely does not, A may not. */
static void implies(struct drawn *drawn, const char *law, const struct criteria *a,
                    const struct criteria *b)
{
    if (asked(drawn, a) == TRUTH_YES && asked(drawn, b) == TRUTH_NO)
        broken(drawn, law, a, b);
}

/* ---- logic ---- */

/* B may be NULL. */
static struct criteria *node(struct drawn *drawn, enum criteria_kind kind,
                             const struct criteria *a, const struct criteria *b)
{
    struct criteria *node = arena_alloc(drawn->arena, sizeof(*node));
    const struct criteria **children = arena_array(drawn->arena, 2, sizeof(*children));

    children[0] = a;
    children[1] = b;
    node->kind = kind;
    node->children = children;
    node->n_children = b ? 2 : 1;
    return node;
}

static const struct criteria *not_(struct drawn *drawn, const struct criteria *a)
{
    return node(drawn, CRITERIA_NOT, a, NULL);
}

static const struct criteria *at_least(struct drawn *drawn, unsigned count)
{
    struct criteria *list = node(drawn, CRITERIA_AT_LEAST, drawn->one, drawn->two);

    list->count = count;
    return list;
}

static void logic(struct drawn *drawn)
{
    const struct criteria *a = drawn->one, *b = drawn->two;
    const struct criteria *both = node(drawn, CRITERIA_AND, a, b);
    const struct criteria *either = node(drawn, CRITERIA_OR, a, b);
    const struct criteria *not_a = not_(drawn, a), *not_b = not_(drawn, b);

    same(drawn, "not not", not_(drawn, not_a), a);
    same(drawn, "De Morgan, and", not_(drawn, both),
         node(drawn, CRITERIA_OR, not_a, not_b));
    same(drawn, "De Morgan, or", not_(drawn, either),
         node(drawn, CRITERIA_AND, not_a, not_b));
    same(drawn, "at least one", at_least(drawn, 1), either);
    same(drawn, "at least both", at_least(drawn, 2), both);
    same(drawn, "named", node(drawn, CRITERIA_NAMED, a, NULL), a);
    not_above(drawn, "and", both, a);
    not_above(drawn, "or", a, either);
}

static void logic_has_its_laws(void **state)
{
    (void)state;
    for_all(1, logic);
}

/* ---- orders and counts ---- */

/* The fact line of CRITERIA, which may stand in a tumour { } of its own; or NULL. */
static const struct criteria *fact_line(const struct criteria *criteria)
{
    while (criteria->kind == CRITERIA_TUMOUR || criteria->kind == CRITERIA_NOT)
        criteria = criteria->children[0];
    return criteria->kind == CRITERIA_FACT ? criteria : NULL;
}

static const struct criteria *in_tumour(struct drawn *drawn, const struct criteria *line)
{
    return criteria_needs_tumour(line) ? node(drawn, CRITERIA_TUMOUR, line, NULL) : line;
}

/* At least COUNT facts of LINE, which has neither order nor count. */
static const struct criteria *counted(struct drawn *drawn, const struct criteria *line,
                                      unsigned count)
{
    struct criteria *copy = arena_copy(drawn->arena, line, sizeof(*copy));

    copy->count = count;
    return in_tumour(drawn, copy);
}

/* The nth of LINE, whatever it is. */
static const struct criteria *nth(struct drawn *drawn, const struct criteria *line, int n)
{
    struct criteria *order = arena_alloc(drawn->arena, sizeof(*order));

    order->kind = CRITERIA_FACT;
    order->item = line->item;
    order->codes = line->codes;
    order->n_codes = line->n_codes;
    order->order = n;
    order->from = line;
    return in_tumour(drawn, order);
}

static void orders_of(struct drawn *drawn, const struct criteria *line)
{
    const struct criteria *first = nth(drawn, line, 1);

    same(drawn, "whoever has a first has a last", first, nth(drawn, line, ORDER_LAST));
    if (asked(drawn, first) != TRUTH_UNKNOWN)
        same(drawn, "a first is one", first, counted(drawn, line, 0));
    implies(drawn, "one is the first", counted(drawn, line, 0), first);
    for (int n = 1; n < 5; n++) {
        not_above(drawn, "days come one after the other", nth(drawn, line, n + 1),
                  nth(drawn, line, n));
        not_above(drawn, "more are enough", counted(drawn, line, (unsigned)n + 1),
                  counted(drawn, line, (unsigned)n));
        not_above(drawn, "n days are n facts", nth(drawn, line, n),
                  counted(drawn, line, (unsigned)n));
    }
}

static void orders(struct drawn *drawn)
{
    const struct criteria *line = fact_line(drawn->one);

    if (!line)
        return;
    if (line->order != ORDER_ANY) {
        struct criteria *any = arena_copy(drawn->arena, line, sizeof(*any));

        any->order = ORDER_ANY;
        any->from = NULL;
        implies(drawn, "the chosen one is one", in_tumour(drawn, line),
                in_tumour(drawn, any));
        line = line->from;
    }
    orders_of(drawn, counted(drawn, line, 0)->kind == CRITERIA_TUMOUR
                         ? counted(drawn, line, 0)->children[0]
                         : counted(drawn, line, 0));
}

static void orders_and_counts_agree(void **state)
{
    (void)state;
    for_all(0, orders);
}

/* ---- events ---- */

/* LINE with its condition I alone, which speaks of OTHER. */
static const struct criteria *with_other(struct drawn *drawn, const struct criteria *line,
                                         size_t i, const struct criteria *other)
{
    struct criteria *copy = arena_copy(drawn->arena, line, sizeof(*copy));
    struct criteria_when *when = arena_copy(drawn->arena, &line->when[i], sizeof(*when));

    when->other = other;
    when->negated = false;
    copy->when = when;
    copy->n_when = 1;
    return in_tumour(drawn, copy);
}

static void events_of(struct drawn *drawn, const struct criteria *line, size_t i)
{
    const struct criteria *other = line->when[i].other;
    struct criteria *any;

    if (other->order == ORDER_ANY || other->item == line->item)
        return;
    any = arena_copy(drawn->arena, other, sizeof(*any));
    any->order = ORDER_ANY;
    any->from = NULL;
    implies(drawn, "what stands to the nth stands to one",
            with_other(drawn, line, i, other), with_other(drawn, line, i, any));
}

static void events(struct drawn *drawn)
{
    const struct criteria *line = drawn->one;

    while (line->n_children == 1)
        line = line->children[0];
    for (size_t i = 0; i < line->n_when; i++)
        if (line->when[i].other)
            events_of(drawn, line, i);
}

static void the_nth_event_is_an_event(void **state)
{
    (void)state;
    for_all(0, events);
}

/* ---- one and the same ---- */

/* LINE inside sample { } or its like. */
static const struct criteria *of_one(struct drawn *drawn, const struct criteria *line)
{
    struct criteria *same = node(drawn, CRITERIA_SAME, line, NULL);

    same->group = model_whole_of(model_item(line->item)->group);
    return criteria_needs_tumour(line) || criteria_needs_tumour(same)
               ? node(drawn, CRITERIA_TUMOUR, same, NULL)
               : same;
}

/* Not of a TNM: one that does not say T leaves it open, though another one does say it; nor of
 * a sample that was named and not sent, whatever the coverage says. */
static void wholes(struct drawn *drawn)
{
    const struct criteria *line = fact_line(drawn->one);
    const struct group_row *group =
        line ? model_group(model_item(line->item)->group) : NULL;
    struct criteria *few;

    if (!line || line->order != ORDER_ANY ||
        (group->link == ITEM_NONE && group->group != GROUP_TUMOUR_EVENT))
        return;
    few = arena_copy(drawn->arena, line, sizeof(*few));
    few->count = 0;
    not_above(drawn, "what holds of one sample holds", of_one(drawn, line),
              in_tumour(drawn, line));
    not_above(drawn, "so many in one sample are one in it", of_one(drawn, line),
              of_one(drawn, few));
}

static void what_holds_of_one_sample_holds(void **state)
{
    (void)state;
    for_all(0, wholes);
}

/* ---- knowing more ---- */

/* An interval inside DATE, not before FIRST where that is possible. */
static struct interval narrowed(struct rng *rng, struct interval date, day_number first)
{
    day_number a, b;

    if (interval_is_unknown(date)) {
        a = day_from_civil(rng_between(rng, 2016, 2022), rng_between(rng, 1, 12), 1);
        a = a < first ? first : a;
        return (struct interval){a, a + rng_between(rng, 0, 30)};
    }
    a = rng_between(rng, date.first, date.last);
    b = rng_between(rng, a, date.last);
    return (struct interval){a, rng_chance(rng, 60) ? a : b};
}

/* A key, status or number that FACT does not say, now said. */
static void say(struct drawn *drawn, struct fact *fact)
{
    const struct group_row *group = model_group(fact->group);
    const enum item items[] = {group->key, group->status, group->amount};
    enum item item = items[rng_below(&drawn->rng, 3)];
    const struct value *said = item ? fact_value(fact, item) : NULL;
    struct value *values =
        arena_array(drawn->arena, fact->n_values + 1u, sizeof(*values));
    uint16_t n = 0;

    if (!item || (said && (said->type == TYPE_NUMBER || *said->text)))
        return;
    for (size_t i = 0; i < fact->n_values; i++)
        if (fact->values[i].item != item)
            values[n++] = fact->values[i];
    do
        values[n] = random_value(&drawn->rng, item);
    while (values[n].type != TYPE_NUMBER && !*values[n].text);
    fact->values = values;
    fact->n_values = (uint16_t)(n + 1);
}

static void know_fact(struct drawn *drawn, struct record *record, struct fact *fact)
{
    int tumour = record->n_tumours ? rng_between(&drawn->rng, 0, record->n_tumours - 1)
                                   : TUMOUR_NONE;

    switch (rng_between(&drawn->rng, 0, 3)) {
    case 0: say(drawn, fact); break;
    case 1:
        fact->end = narrowed(&drawn->rng, fact->end,
                             interval_is_unknown(fact->date) ? DAY_MIN : fact->date.last);
        break;
    case 2: fact->date = narrowed(&drawn->rng, fact->date, DAY_MIN); break;
    default:
        if (tumour != TUMOUR_NONE && record_attached(record, fact, tumour) != TRUTH_NO)
            fact->tumour = tumour;
        break;
    }
}

static void know_patient(struct drawn *drawn, struct record *record)
{
    struct interval *const dates[] = {&record->birth, &record->last_visit,
                                      &record->last_news, &record->death};
    struct interval *date = dates[rng_below(&drawn->rng, ARRAY_LENGTH(dates))];

    if (rng_chance(&drawn->rng, 30)) {
        if (record->dead == TRUTH_UNKNOWN)
            record->dead = rng_chance(&drawn->rng, 50) ? TRUTH_YES : TRUTH_NO;
    } else if (record->n_tumours == 1 && rng_chance(&drawn->rng, 30)) {
        record->tumours[0].diagnosis =
            narrowed(&drawn->rng, record->tumours[0].diagnosis, DAY_MIN);
    } else if (date != &record->last_visit || !interval_is_unknown(*date)) {
        /* a first visit would be news: who has none is not in the file active */
        *date = narrowed(&drawn->rng, *date, DAY_MIN);
    }
}

/* RECORD, of which several things more are known. */
static const struct record *known_better(struct drawn *drawn)
{
    struct record *record =
        arena_copy(drawn->arena, drawn->record, sizeof(*drawn->record));

    if (record->n_facts)
        record->facts = arena_copy(drawn->arena, record->facts,
                                   record->n_facts * sizeof(*record->facts));
    if (record->n_tumours)
        record->tumours = arena_copy(drawn->arena, record->tumours,
                                     (size_t)record->n_tumours * sizeof(struct tumour));
    for (int i = 0; i < 20; i++) {
        if (record->n_facts == 0 || rng_chance(&drawn->rng, 20))
            know_patient(drawn, record);
        else
            know_fact(drawn, record,
                      &record->facts[rng_below(&drawn->rng, record->n_facts)]);
    }
    return record;
}

static size_t decided;

static void knowing(struct drawn *drawn)
{
    struct arena_mark mark = arena_mark(drawn->arena);
    const struct record *before = drawn->record;
    enum truth was = asked(drawn, drawn->one), is;

    drawn->record = known_better(drawn);
    is = asked(drawn, drawn->one);
    if (was != TRUTH_UNKNOWN && is != was) {
        fprintf(stderr, "%s, of\n%s\n", truth_words[was],
                record_words(drawn->arena, before));
        broken(drawn, "was known otherwise", drawn->one, drawn->one);
    }
    decided += was != is;
    arena_release(drawn->arena, mark);
}

static void knowing_more_takes_nothing_back(void **state)
{
    (void)state;
    for_all(1, knowing);
    for_all(0, knowing);
    print_message("%zu answers were decided\n", decided);
    assert_true(decided > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(logic_has_its_laws),
        cmocka_unit_test(orders_and_counts_agree),
        cmocka_unit_test(the_nth_event_is_an_event),
        cmocka_unit_test(what_holds_of_one_sample_holds),
        cmocka_unit_test(knowing_more_takes_nothing_back),
    };

    return cmocka_run_group_tests_name("laws", tests, NULL, NULL);
}
