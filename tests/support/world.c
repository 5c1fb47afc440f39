/* SPDX-License-Identifier: Apache-2.0
 *
 * support/world.c: filling the unknowns of a record. See world.h; asking is world_ask.c.
 *
 * What may be missing, and where that ends, follows model.def:
 *     COVERED    facts that nobody sent lie in the time under observation, on days that the
 *                coverage leaves out
 *     STATED     one more statement, where the subject has no stated one of that item
 *     MEASURED   a key of which the patient has no fact
 *     SEQUENCED  any gene, where the patient has no fact of the item that names one
 * A patient without any tumour may have one or two. What was given no end ends on or after
 * its start. */
#include "support/world.h"

#include <math.h>
#include <string.h>

#include "adapt/test_facts.h"
#include "base/arena.h"
#include "base/error.h"
#include "index/coverage.h"

#define FACTS_MAX 2048

struct making {
    struct arena *arena;
    struct rng *rng;
    struct world *world;
    const struct record *record;
    const struct coverage *coverage;
    day_number as_of;
};

/* ---- filling one value ---- */

static day_number day_in(struct rng *rng, struct interval date)
{
    if (interval_is_unknown(date)) {
        if (rng_chance(rng, 10)) /* any day at all */
            return day_from_civil(rng_between(rng, YEAR_FIRST, YEAR_LAST), 1, 1);
        date.first = day_from_civil(2016, 1, 1);
        date.last = day_from_civil(2024, 1, 1);
    }
    switch (rng_below(rng, 4)) {
    case 0: return date.first;
    case 1: return date.last;
    default: return rng_between(rng, date.first, date.last);
    }
}

static struct interval exactly(day_number day)
{
    return (struct interval){day, day};
}

/* A day on which what began on START may have ended. */
static day_number day_from(struct rng *rng, day_number start)
{
    static const int lasts[] = {0, 1, 30, 400, 4000};

    return start + rng_between(rng, 0, lasts[rng_below(rng, ARRAY_LENGTH(lasts))]);
}

static const char *stated_code(struct rng *rng, enum vocab_system system)
{
    const char *code = "";

    while (!*code)
        code = random_code_of(rng, system);
    return code;
}

/* What CODED may truly be: itself, or something more precise that it may stand for. */
static const char *true_code(struct rng *rng, enum vocab_system system, const char *coded)
{
    if (!*coded)
        return stated_code(rng, system);
    for (int i = 0; i < 6; i++) {
        const char *code = stated_code(rng, system);
        struct code_range range;

        vocab_subtree(system, code, &range);
        if (vocab_may_be(system, coded, &range))
            return code;
    }
    return coded;
}

static struct value true_value(struct making *making, const struct value *said)
{
    struct value value = *said;

    if (value.type == TYPE_CODE || value.type == TYPE_FLAG)
        value.text = true_code(making->rng, model_item(value.item)->system, said->text);
    else if (value.type == TYPE_DATE)
        value.date = exactly(day_in(making->rng, said->date));
    return value;
}

/* In a world numbers stand in one unit a measure; a unit that says nothing, any number. */
static struct value true_amount(struct making *making, const struct fact *said)
{
    enum item item = model_group(said->group)->amount;
    struct value value = {
        .item = item, .type = TYPE_NUMBER, .number = record_amount(said)};

    return isnan(value.number) ? random_value(making->rng, item) : value;
}

/* A tumour that the record allows, or none. */
static int true_tumour(struct making *making, const struct fact *said)
{
    int allowed[16], n = 0;

    for (int t = 0; t < making->record->n_tumours && n < 16; t++) {
        enum truth attached = record_attached(making->record, said, t);

        if (attached == TRUTH_YES)
            return t;
        if (attached == TRUTH_UNKNOWN)
            allowed[n++] = t;
    }
    return n == 0 || rng_chance(making->rng, 25)
               ? TUMOUR_NONE
               : allowed[rng_below(making->rng, (size_t)n)];
}

/* ---- facts ---- */

static struct world_fact *new_fact(struct making *making)
{
    struct world *world = making->world;

    if (world->n == FACTS_MAX)
        panic("a world of more than %d facts", FACTS_MAX);
    return &world->facts[world->n++];
}

#define NEEDED_MAX 8

/* What each fact of GROUP truly has: key, status, amount, and of what has a key, its codes. */
static size_t needed_items(const struct group_row *group, enum item needed[NEEDED_MAX])
{
    size_t n = 0;

    needed[n++] = group->key;
    needed[n++] = group->status;
    needed[n++] = group->amount;
    for (enum item item = group->first; item < group->after; item++)
        if (group->key && model_item(item)->index == INDEX_CODES)
            needed[n++] = item;
    return n;
}

/* A fact of the record, without its unknowns. Its key, status and amount are there. */
static void complete(struct making *making, const struct fact *said)
{
    const struct group_row *group = model_group(said->group);
    struct world_fact *out = new_fact(making);
    struct value *values =
        arena_array(making->arena, said->n_values + 4u + NEEDED_MAX, sizeof(*values));
    enum item needed[NEEDED_MAX];
    size_t n_needed = needed_items(group, needed);
    uint16_t n = 0;

    for (size_t i = 0; i < said->n_values; i++)
        values[n++] = said->values[i].item == group->amount
                          ? true_amount(making, said)
                          : true_value(making, &said->values[i]);
    for (size_t i = 0; i < n_needed; i++) {
        if (needed[i] == ITEM_NONE || fact_value(said, needed[i]))
            continue;
        do
            values[n] = random_value(making->rng, needed[i]);
        while (values[n].type != TYPE_NUMBER && !*values[n].text);
        n++;
    }
    out->said = said;
    out->fact = *said;
    out->fact.values = values;
    out->fact.n_values = n;
    out->fact.date = exactly(day_in(making->rng, said->date));
    out->fact.end = exactly(interval_is_unknown(said->end)
                                ? day_from(making->rng, out->fact.date.first)
                                : day_in(making->rng, said->end));
    out->fact.tumour = true_tumour(making, said);
}

/* A fact of GROUP on DAY that the record does not have, still without values. */
static struct world_fact *invent_on(struct making *making, enum group group, int tumour,
                                    day_number day)
{
    struct world_fact *out = new_fact(making);

    *out = (struct world_fact){.fact = {.group = group,
                                        .tumour = tumour,
                                        .date = exactly(day),
                                        .end = exactly(day_from(making->rng, day))}};
    return out;
}

static struct world_fact *invent(struct making *making, enum group group, int tumour)
{
    return invent_on(making, group, tumour, day_in(making->rng, INTERVAL_UNKNOWN));
}

static void give_values(struct making *making, struct world_fact *fact,
                        const enum item *items, size_t n)
{
    struct value *values = arena_array(making->arena, n + 1, sizeof(*values));

    fact->fact.n_values = 0;
    for (size_t i = 0; i < n; i++) {
        if (items[i] == ITEM_NONE)
            continue;
        do
            values[fact->fact.n_values] = random_value(making->rng, items[i]);
        while (values[fact->fact.n_values].type != TYPE_NUMBER &&
               !*values[fact->fact.n_values].text);
        fact->fact.n_values++;
    }
    fact->fact.values = values;
}

static void give_key(struct making *making, struct world_fact *fact)
{
    const struct group_row *group = model_group(fact->fact.group);
    enum item items[NEEDED_MAX];

    give_values(making, fact, items, needed_items(group, items));
}

static int any_tumour(struct making *making)
{
    int n = making->world->n_tumours;

    return n == 0 || rng_chance(making->rng, 30) ? TUMOUR_NONE
                                                 : (int)rng_below(making->rng, (size_t)n);
}

/* ---- what nobody sent ---- */

/* A day of the time under observation on which a fact of GROUP may have been missed; false
 * when none is found. */
static bool missed_day(struct making *making, enum group group, day_number *day_r)
{
    const struct record *record = making->record;
    day_number first = record->n_tumours ? record->tumours[0].diagnosis.first : DAY_MIN;
    day_number last =
        record->last_news.last < making->as_of ? record->last_news.last : making->as_of;

    if (making->coverage->assumed) {
        *day_r = day_in(making->rng, INTERVAL_UNKNOWN);
        return !coverage_is_complete(making->coverage, group);
    }
    for (int i = 0; i < 8; i++) {
        day_number day = day_in(making->rng, INTERVAL_UNKNOWN);

        if (day < first || day > last ||
            coverage_covers(making->coverage, group, day, day))
            continue;
        *day_r = day;
        return true;
    }
    return false;
}

static void miss_facts(struct making *making, enum group group)
{
    day_number day;

    for (int i = 0; i < 2 && rng_chance(making->rng, 50); i++) {
        if (!missed_day(making, group, &day))
            return;
        give_key(making, invent_on(making, group, any_tumour(making), day));
    }
}

/* ---- what nobody stated ---- */

/* Has the record a stated value of ITEM; of TUMOUR for certain, or (TUMOUR_NONE) at all? */
static bool is_stated(const struct record *record, enum item item, int tumour)
{
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct value *value = fact_value(&record->facts[i], item);

        if (value && (value->type == TYPE_NUMBER || *value->text) &&
            (tumour == TUMOUR_NONE ||
             record_attached(record, &record->facts[i], tumour) == TRUTH_YES))
            return true;
    }
    return false;
}

/* ITEM for a TNM of TUMOUR that the record has; false when it certainly has none. Of what was
 * stated once, no second statement is supposed. */
static bool complete_statement(struct making *making, enum group group, enum item item,
                               int tumour)
{
    for (size_t i = 0; i < making->world->n; i++) {
        struct world_fact *fact = &making->world->facts[i];
        struct value *values;

        if (fact->fact.group != group || !fact->said || model_whole_of(group) != group ||
            record_attached(making->record, fact->said, tumour) != TRUTH_YES)
            continue;
        if (fact_value(&fact->fact, item)) /* said to be unknown: filled already */
            return true;
        values = arena_array(making->arena, fact->fact.n_values + 1u, sizeof(*values));
        memcpy(values, fact->fact.values, fact->fact.n_values * sizeof(*values));
        do
            values[fact->fact.n_values] = random_value(making->rng, item);
        while (!*values[fact->fact.n_values].text);
        fact->fact.values = values;
        fact->fact.n_values++;
        return true;
    }
    return false;
}

static void state(struct making *making, enum group group, enum item item, int tumour)
{
    if (rng_chance(making->rng, 60) &&
        (making->record->n_tumours == 0 || tumour == TUMOUR_NONE ||
         !complete_statement(making, group, item, tumour)))
        give_values(making, invent(making, group, tumour), &item, 1);
}

static void state_items(struct making *making, const struct group_row *group)
{
    for (enum item item = group->first; item < group->after; item++) {
        enum index_form index = model_item(item)->index;

        if (index != INDEX_CODES && index != INDEX_NUMBERS)
            continue;
        if (group->scope != SCOPE_TUMOUR) {
            if (!is_stated(making->record, item, TUMOUR_NONE))
                state(making, group->group, item, TUMOUR_NONE);
            continue;
        }
        for (int t = 0; t < making->world->n_tumours; t++)
            if (making->record->n_tumours == 0 || !is_stated(making->record, item, t))
                state(making, group->group, item, t);
    }
}

/* ---- what nobody measured ---- */

static bool has_code(const struct record *record, enum item item, const char *code)
{
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct value *value = fact_value(&record->facts[i], item);

        if (value && strcmp(value->text, code) == 0)
            return true;
    }
    return false;
}

/* The grade has no key: what is measured is the grade itself. */
static void measure_once(struct making *making, const struct group_row *group)
{
    enum item item = group->key ? group->key : ITEM_GRADE_VALUE;
    struct world_fact *fact = invent(making, group->group, any_tumour(making));

    if (group->key)
        give_key(making, fact);
    else
        give_values(making, fact, &item, 1);
    if (has_code(making->record, item, fact_text(&fact->fact, item)))
        making->world->n--; /* it was: no further result */
}

static void measure(struct making *making, const struct group_row *group)
{
    for (int i = 0; i < 4 && rng_chance(making->rng, 50); i++)
        measure_once(making, group);
}

static void sequence(struct making *making, const struct group_row *group)
{
    if (!is_stated(making->record, group->key, TUMOUR_NONE))
        for (int i = 0; i < 2 && rng_chance(making->rng, 50); i++)
            give_key(making, invent(making, group->group, any_tumour(making)));
}

static void add_unsaid(struct making *making)
{
    for (int g = GROUP_NONE + 1; g < GROUPS; g++) {
        const struct group_row *group = model_group((enum group)g);

        if (group->group == GROUP_PAST_CANCER)
            continue;
        switch (group->absence) {
        case ABSENCE_COVERED: miss_facts(making, group->group); break;
        case ABSENCE_STATED: state_items(making, group); break;
        case ABSENCE_MEASURED: measure(making, group); break;
        case ABSENCE_SEQUENCED: sequence(making, group); break;
        }
    }
}

/* ---- samples ---- */

/* What FACT, as it was sent, calls its sample. */
static const char *sample_name(const struct world_fact *fact)
{
    const struct group_row *group = model_group(fact->fact.group);
    enum item item = group->link ? group->link : group->identifier;

    return fact->said && item ? fact_text(fact->said, item) : "";
}

static bool is_of_sample(const struct world_fact *fact)
{
    return model_whole_of(fact->fact.group) == GROUP_SPECIMEN;
}

/* The number of what is called as FACT I is; *N + 1 if nothing before is. */
static int named_sample(const struct world *world, size_t i, int *n)
{
    for (size_t k = 0; k < i; k++)
        if (is_of_sample(&world->facts[k]) &&
            strcmp(sample_name(&world->facts[k]), sample_name(&world->facts[i])) == 0)
            return world->facts[k].sample;
    return ++*n;
}

/* Was the sample NUMBER sent? */
static bool is_sent(const struct world *world, int number)
{
    for (size_t i = 0; i < world->n; i++)
        if (world->facts[i].fact.group == GROUP_SPECIMEN && world->facts[i].said &&
            world->facts[i].sample == number)
            return true;
    return false;
}

/* A sample that is not named: one more, or one that a finding names and nobody sent. */
static int unnamed_sample(struct making *making, int *n)
{
    int number = *n > 0 ? rng_between(making->rng, 1, *n) : 0;

    return number && !is_sent(making->world, number) && rng_chance(making->rng, 40)
               ? number
               : ++*n;
}

/* Would all samples have come? */
static bool samples_are_covered(const struct making *making)
{
    const struct record *record = making->record;
    day_number first = record->n_tumours ? record->tumours[0].diagnosis.first : DAY_MIN;
    day_number news = record->last_news.last;

    return coverage_covers(making->coverage, GROUP_SPECIMEN, first,
                           news < making->as_of ? news : making->as_of);
}

/* Findings that nobody sent are in samples that were, where all were; in none that counts,
 * where there is none. */
static void place_findings(struct making *making, int *n)
{
    struct world *world = making->world;
    bool covered = samples_are_covered(making);

    for (size_t i = 0; i < world->n; i++) {
        struct world_fact *fact = &world->facts[i];
        bool is_finding = model_group(fact->fact.group)->link != ITEM_NONE;

        bool in_any = fact->said || !covered;

        if (!is_finding || *sample_name(fact))
            continue;
        if (*n > 0 && (!in_any || rng_chance(making->rng, 75)))
            fact->sample = rng_between(making->rng, 1, *n);
        else
            fact->sample = in_any ? ++*n : 0;
    }
}

static void decide_samples(struct making *making)
{
    struct world *world = making->world;
    int n = 0;

    for (size_t i = 0; i < world->n; i++)
        if (is_of_sample(&world->facts[i]) && *sample_name(&world->facts[i]))
            world->facts[i].sample = named_sample(world, i, &n);
    for (size_t i = 0; i < world->n; i++)
        if (world->facts[i].fact.group == GROUP_SPECIMEN &&
            !*sample_name(&world->facts[i]))
            world->facts[i].sample = unnamed_sample(making, &n);
    place_findings(making, &n);
}

/* ---- all of it ---- */

static void decide_patient(struct making *making)
{
    const struct record *record = making->record;
    struct world *world = making->world;

    world->birth = day_in(making->rng, record->birth);
    world->visit = day_in(making->rng, record->last_visit);
    world->news = day_in(making->rng, record->last_news);
    world->death = day_in(making->rng, record->death);
    world->dead = record->dead == TRUTH_YES ||
                  (record->dead == TRUTH_UNKNOWN && rng_chance(making->rng, 50));
    world->n_tumours =
        record->n_tumours ? record->n_tumours : rng_between(making->rng, 0, 2);
    world->diagnosis =
        arena_array(making->arena, (size_t)world->n_tumours + 1, sizeof(day_number));
    for (int t = 0; t < world->n_tumours; t++)
        world->diagnosis[t] =
            day_in(making->rng,
                   record->n_tumours ? record->tumours[t].diagnosis : INTERVAL_UNKNOWN);
}

struct world *world_make(struct arena *arena, struct rng *rng,
                         const struct record *record, const struct coverage *coverage,
                         day_number as_of)
{
    struct world *world = arena_alloc(arena, sizeof(*world));
    struct making making = {arena, rng, world, record, coverage, as_of};

    world->record = record;
    world->facts = arena_array(arena, FACTS_MAX, sizeof(*world->facts));
    decide_patient(&making);
    for (size_t i = 0; i < record->n_facts; i++)
        complete(&making, &record->facts[i]);
    if (rng_chance(rng, 80))
        add_unsaid(&making);
    decide_samples(&making);
    return world;
}

const char *world_words(struct arena *arena, const struct world *world)
{
    struct buffer out;
    char date[DATE_TEXT_SIZE];
    const char *text;

    buffer_init(&out, (size_t)1 << 20);
    buffer_printf(&out, "%s, born %s", world->dead ? "dead" : "alive",
                  date_print_iso(exactly(world->birth), date));
    buffer_printf(&out, ", death %s", date_print_iso(exactly(world->death), date));
    buffer_printf(&out, ", visit %s", date_print_iso(exactly(world->visit), date));
    buffer_printf(&out, ", news %s\n", date_print_iso(exactly(world->news), date));
    for (int t = 0; t < world->n_tumours; t++)
        buffer_printf(&out, "tumour %d diagnosed %s\n", t,
                      date_print_iso(exactly(world->diagnosis[t]), date));
    for (size_t i = 0; i < world->n; i++) {
        buffer_string(&out, world->facts[i].said ? "" : "unsaid: ");
        if (is_of_sample(&world->facts[i]))
            buffer_printf(&out, "sample %d: ", world->facts[i].sample);
        print_fact(&out, &world->facts[i].fact);
    }
    text = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}
