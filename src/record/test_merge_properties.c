/* SPDX-License-Identifier: Apache-2.0
 *
 * test_merge_properties.c: what must hold of merge whatever the facts are.
 *
 * Facts are drawn at random from a world so small that they often agree, overlap or
 * contradict each other. A failure prints the seed of its case. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapt/test_facts.h"
#include "base/arena.h"
#include "base/error.h"
#include "record/record.h"
#include "record/rules.h"
#include "support/arena_fixture.h"

#define CASES 4000
#define FRAGMENTS 4
#define FACTS 18

static uint64_t seed;

/* splitmix64 */
static unsigned below(unsigned n)
{
    uint64_t x = seed += 0x9E3779B97F4A7C15u;

    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return (unsigned)((x ^ (x >> 31)) % n);
}

/* ---- drawing facts ------------------------------------------------------------------- */

static struct interval some_date(void)
{
    static const char *const dates[] = {"UN",         "2020",    "2020-03", "2020-03-04",
                                        "2020-03-05", "2020-04", "2021",    "2021-01-01",
                                        "2020-UN-04", "2019"};
    struct interval date;

    assert_int_equal(date_parse(dates[below(ARRAY_LENGTH(dates))], &date, NULL), 0);
    return date;
}

static void say_date(struct value *values, struct fact *fact, enum item item)
{
    if (below(3) > 0)
        values[fact->n_values++] =
            (struct value){.item = item, .type = TYPE_DATE, .date = some_date()};
}

static void say_text(struct value *values, struct fact *fact, enum item item,
                     const char *const *words, unsigned n)
{
    if (below(4) > 0)
        values[fact->n_values++] = (struct value){
            .item = item, .type = model_item(item)->type, .text = words[below(n)]};
}

#define SAY(item, ...)                                               \
    say_text(values, fact, item, (const char *const[]){__VA_ARGS__}, \
             ARRAY_LENGTH(((const char *const[]){__VA_ARGS__})))

/* Values in the order of the model table, dates of the fact as adapt would set them. */
static void draw_fact(struct fact *fact, int n_tumours)
{
    struct value *values = arena_array(arena, 8, sizeof(*values));

    fact->values = values;
    fact->date = fact->end = INTERVAL_UNKNOWN;
    fact->tumour = TUMOUR_NONE;
    fact->source = (uint8_t)below(3);
    switch (fact->group) {
    case GROUP_PATIENT:
        say_date(values, fact, ITEM_PATIENT_BIRTH);
        SAY(ITEM_PATIENT_SEX, "F", "M", "");
        break;
    case GROUP_INFORMATION:
        SAY(ITEM_NON_OPPOSITION, "YES", "YES", "NO", "");
        say_date(values, fact, ITEM_OPPOSITION_DATE);
        break;
    case GROUP_VITAL_STATUS:
        SAY(ITEM_VITAL_STATUS, "ALIVE", "DEAD", "");
        SAY(ITEM_VITAL_SOURCE, "ADMINISTRATIVE", "INSEE", "MEDICAL");
        say_date(values, fact, ITEM_VITAL_UPDATE);
        say_date(values, fact, ITEM_LAST_VISIT);
        say_date(values, fact, ITEM_LAST_CONTACT);
        say_date(values, fact, ITEM_DEATH_DATE);
        break;
    case GROUP_PRIMARY_CANCER:
        fact->date = some_date();
        values[fact->n_values++] = (struct value){
            .item = ITEM_DIAGNOSIS_DATE, .type = TYPE_DATE, .date = fact->date};
        SAY(ITEM_DIAGNOSIS_METHOD, "1", "7");
        SAY(ITEM_TOPOGRAPHY, "C34", "C34.1", "C50", "C50.4", "C53.9", "C54.1", "C42.1",
            "C77.9", "C78.7", "C44.5", "C56.9", "C64.9", "C70.0", "C33", "C01.9",
            "C02.1");
        SAY(ITEM_MORPHOLOGY, "8140/3", "8140/6", "8070/3", "8010/3", "8000/3", "8140/0",
            "9823/3", "9680/3", "9590/3", "9811/3", "8085/3", "9530/0", "8960/3",
            "8140/2", "9140/3");
        SAY(ITEM_LATERALITY, "L", "R", "");
        break;
    case GROUP_TUMOUR_EVENT:
        fact->date = some_date();
        fact->tumour = (int)below((unsigned)n_tumours + 1) - 1;
        SAY(ITEM_EVENT_TYPE, "LOCAL", "METASTASIS", "METASTASIS");
        SAY(ITEM_EVENT_TOPOGRAPHY, "C22.0", "C78.7", "C34");
        break;
    case GROUP_METASTASIS:
        fact->date = some_date();
        fact->tumour = (int)below((unsigned)n_tumours + 1) - 1;
        SAY(ITEM_METASTASIS_TOPOGRAPHY, "C22", "C34");
        break;
    default:
        fact->date = some_date();
        fact->tumour = (int)below((unsigned)n_tumours + 1) - 1;
        SAY(ITEM_DRUG_CODE, "L01XA01", "L01ED");
    }
}

static struct facts *draw_fragment(int64_t sequence)
{
    static const enum group groups[] = {
        GROUP_PATIENT,        GROUP_INFORMATION,    GROUP_VITAL_STATUS,
        GROUP_PRIMARY_CANCER, GROUP_PRIMARY_CANCER, GROUP_TUMOUR_EVENT,
        GROUP_METASTASIS,     GROUP_DRUG,           GROUP_DRUG};
    struct facts *facts = arena_alloc(arena, sizeof(*facts));

    facts->finess = "";
    facts->fact = arena_array(arena, FACTS, sizeof(*facts->fact));
    facts->n = below(FACTS);
    for (size_t i = 0; i < facts->n; i++) {
        facts->fact[i].group = groups[below(ARRAY_LENGTH(groups))];
        facts->n_tumours += facts->fact[i].group == GROUP_PRIMARY_CANCER;
    }
    for (size_t i = 0, tumours = 0; i < facts->n; i++) {
        struct fact *fact = &facts->fact[i];

        draw_fact(fact, facts->n_tumours);
        if (fact->group == GROUP_PRIMARY_CANCER)
            fact->tumour = (int)tumours++;
        fact->sequence = sequence;
        fact->position = (uint32_t)i;
    }
    return facts;
}

/* The same facts in another order, their tumours numbered in another order. */
static struct facts *shuffled(const struct facts *facts)
{
    struct facts *other = arena_alloc(arena, sizeof(*other));
    int number[FACTS];

    *other = *facts;
    other->fact = arena_array(arena, FACTS, sizeof(*other->fact));
    for (size_t i = 0; i < facts->n; i++)
        other->fact[i] = facts->fact[i];
    for (size_t i = facts->n; i > 1; i--) {
        size_t j = below((unsigned)i);
        struct fact fact = other->fact[i - 1];

        other->fact[i - 1] = other->fact[j];
        other->fact[j] = fact;
    }
    for (int i = 0; i < facts->n_tumours; i++)
        number[i] = i;
    for (int i = facts->n_tumours; i > 1; i--) {
        int j = (int)below((unsigned)i);
        int swap = number[i - 1];

        number[i - 1] = number[j];
        number[j] = swap;
    }
    for (size_t i = 0; i < facts->n; i++)
        if (other->fact[i].tumour != TUMOUR_NONE)
            other->fact[i].tumour = number[other->fact[i].tumour];
    return other;
}

/* ---- printing records ---------------------------------------------------------------- */

static struct record *merged(const struct facts *const *facts, size_t n)
{
    struct record *record;
    struct error err = ERROR_INIT;

    assert_int_equal(record_merge(arena, NULL, 1, facts, n, &record, &err), 0);
    return record;
}

static void print_tumours(struct buffer *out, const struct record *record)
{
    for (int i = 0; i < record->n_tumours + record->n_others; i++) {
        const struct tumour *tumour = &record->tumours[i];
        char date[DATE_TEXT_SIZE];

        buffer_printf(out, "%d%s %s %d %s|%s|%s|%s ", i,
                      i < record->n_tumours ? "" : " not counted",
                      date_print_iso(tumour->diagnosis, date), (int)tumour->kind,
                      tumour->topography, tumour->morphology, tumour->laterality,
                      tumour->method);
        print_fact(out, tumour->fact);
    }
}

/* All of a record; with PROOF also which facts it kept of those that are equal. */
static const char *printed(const struct record *record, bool proof)
{
    struct buffer out;
    char dates[4][DATE_TEXT_SIZE];
    char *text;

    buffer_init(&out, 1 << 20);
    buffer_printf(&out, "%d %s %s dead %d %s visit %s news %s\n", record->opposed,
                  date_print_iso(record->birth, dates[0]), record->sex, (int)record->dead,
                  date_print_iso(record->death, dates[1]),
                  date_print_iso(record->last_visit, dates[2]),
                  date_print_iso(record->last_news, dates[3]));
    print_tumours(&out, record);
    for (size_t i = 0; i < record->n_facts; i++) {
        if (proof)
            buffer_printf(&out, "%d/%u ", (int)record->facts[i].sequence,
                          record->facts[i].position);
        print_fact(&out, &record->facts[i]);
    }
    text = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

static void same(uint64_t start, const char *said, const char *expected)
{
    if (strcmp(said, expected) != 0)
        fail_msg("seed %llu:\n%s\nexpected\n%s", (unsigned long long)start, said,
                 expected);
}

/* Fragments of one case, and as facts what their record says. */
struct example {
    uint64_t start;
    size_t n;
    const struct facts *fragments[FRAGMENTS + 1];
    struct record *record;
};

static void draw(struct example *example, uint64_t start)
{
    arena_reset(arena);
    seed = start * 1000003;
    example->start = start;
    example->n = 1 + below(FRAGMENTS);
    for (size_t i = 0; i < example->n; i++)
        example->fragments[i] = draw_fragment((int64_t)i);
    example->record = merged(example->fragments, example->n);
}

static struct facts *facts_of(const struct record *record)
{
    struct facts *facts = arena_alloc(arena, sizeof(*facts));

    *facts = (struct facts){record->n_facts, record->facts,
                            record->n_tumours + record->n_others, ""};
    return facts;
}

/* ---- properties ---------------------------------------------------------------------- */

static void the_order_of_arrival_never_shows(void **state)
{
    struct example example;

    (void)state;
    for (uint64_t start = 1; start <= CASES; start++) {
        const struct facts *other[FRAGMENTS];

        draw(&example, start);
        for (size_t i = 0; i < example.n; i++)
            other[i] = shuffled(example.fragments[i]);
        for (size_t i = example.n; i > 1; i--) {
            size_t j = below((unsigned)i);
            const struct facts *swap = other[i - 1];

            other[i - 1] = other[j];
            other[j] = swap;
        }
        same(start, printed(merged(other, example.n), true),
             printed(example.record, true));
    }
}

static void merging_a_record_again_changes_nothing(void **state)
{
    struct example example;

    (void)state;
    for (uint64_t start = 1; start <= CASES; start++) {
        const struct facts *again;

        draw(&example, start);
        again = facts_of(example.record);
        same(start, printed(merged(&again, 1), true), printed(example.record, true));

        example.fragments[example.n] = again;
        same(start, printed(merged(example.fragments, example.n + 1), true),
             printed(example.record, true));
    }
}

static void a_fragment_sent_twice_changes_nothing(void **state)
{
    struct example example;

    (void)state;
    for (uint64_t start = 1; start <= CASES; start++) {
        draw(&example, start);
        example.fragments[example.n] = example.fragments[below((unsigned)example.n)];
        same(start, printed(merged(example.fragments, example.n + 1), false),
             printed(example.record, false));
    }
}

static void an_unrelated_fact_changes_no_tumour(void **state)
{
    struct example example;

    (void)state;
    for (uint64_t start = 1; start <= CASES; start++) {
        struct fact fact = {.group = below(2) ? GROUP_DRUG : GROUP_VITAL_STATUS};
        struct facts one = {.n = 1, .fact = &fact, .finess = ""};
        struct buffer before, after;

        draw(&example, start);
        draw_fact(&fact, 0);
        example.fragments[example.n] = &one;
        buffer_init(&before, 1 << 20);
        buffer_init(&after, 1 << 20);
        print_tumours(&before, example.record);
        print_tumours(&after, merged(example.fragments, example.n + 1));
        same(start, buffer_text(&after), buffer_text(&before));
        buffer_free(&before);
        buffer_free(&after);
    }
}

static void tumours_are_in_order_and_have_their_facts(void **state)
{
    struct example example;

    (void)state;
    for (uint64_t start = 1; start <= CASES; start++) {
        const struct record *record;

        draw(&example, start);
        record = example.record;
        for (size_t i = 0; i < record->n_facts; i++) {
            const struct fact *fact = &record->facts[i];

            assert_true(fact->tumour >= TUMOUR_NONE &&
                        fact->tumour < record->n_tumours + record->n_others);
            if (i > 0)
                assert_true(fact_compare(fact - 1, fact) < 0);
        }
        for (int i = 0; i < record->n_tumours + record->n_others; i++) {
            const struct tumour *tumour = &record->tumours[i];

            assert_true(tumour->fact >= record->facts &&
                        tumour->fact < record->facts + record->n_facts);
            assert_int_equal(tumour->fact->tumour, i);
            assert_true(tumour->diagnosis.first <= tumour->diagnosis.last);
            assert_true(i == 0 || i == record->n_tumours ||
                        tumour[-1].diagnosis.first <= tumour->diagnosis.first);
        }
    }
}

/* A decision is about a tumour of the record, and about facts that a source said. */
static void decisions_are_about_what_is_there(void **state)
{
    struct example example;
    size_t n = 0;

    (void)state;
    for (uint64_t start = 1; start <= CASES; start++) {
        struct decisions decisions = {0};
        const struct merging merging = {.decisions = &decisions};
        struct record *record;

        draw(&example, start);
        assert_int_equal(record_merge(arena, &merging, 1, example.fragments, example.n,
                                      &record, NULL),
                         0);
        same(start, printed(record, true), printed(example.record, true));
        for (size_t i = 0; i < decisions.n; i++) {
            const struct decision *decision = &decisions.decision[i];
            const struct facts *facts;

            assert_true(decision->tumour >= TUMOUR_NONE &&
                        decision->tumour < record->n_tumours + record->n_others);
            if (!decision->fact)
                continue;
            facts = example.fragments[decision->fact->sequence];
            assert_true(decision->fact->position < facts->n);
            assert_int_equal(facts->fact[decision->fact->position].group,
                             decision->fact->group);
            n++;
        }
    }
    assert_true(n > CASES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_arrival_never_shows),
        cmocka_unit_test(merging_a_record_again_changes_nothing),
        cmocka_unit_test(a_fragment_sent_twice_changes_nothing),
        cmocka_unit_test(an_unrelated_fact_changes_no_tumour),
        cmocka_unit_test(tumours_are_in_order_and_have_their_facts),
        cmocka_unit_test(decisions_are_about_what_is_there),
    };

    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
