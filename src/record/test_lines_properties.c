/* SPDX-License-Identifier: Apache-2.0
 *
 * test_lines_properties.c: what must hold of computed lines whatever the patient is.
 *
 * Patients are drawn at random, in the words of test_lines_said.h, from few drugs and few days,
 * so that they often meet. A failure prints the patient. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "adapt/test_facts.h"
#include "record/lines.h"
#include "record/test_lines_said.h"
#include "support/arena_fixture.h"

#define CASES 6000
#define FILLINGS 8

static uint64_t seed;

/* splitmix64, by Sebastiano Vigna, in the public domain. */
static unsigned below(unsigned n)
{
    uint64_t x = seed += 0x9E3779B97F4A7C15u;

    x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9u;
    x = (x ^ (x >> 27)) * 0x94D049BB133111EBu;
    return (unsigned)((x ^ (x >> 31)) % n);
}

#define ONE_OF(...)         \
    ((const char *const[]){ \
        __VA_ARGS__}[below(ARRAY_LENGTH(((const char *const[]){__VA_ARGS__})))])

/* ---- patients ------------------------------------------------------------------------ */

/* A day near one of a few, so that windows and gaps are met from both sides. */
static const char *some_day(bool exact)
{
    static const int bases[] = {0, 28, 60, 90, 180, 400};
    day_number day =
        day_from_civil(2020, 1, 15) + bases[below(ARRAY_LENGTH(bases))] + (int)below(5);
    char text[DATE_TEXT_SIZE];
    unsigned precision = exact ? 99 : below(20);

    date_print_iso((struct interval){day, day}, text);
    if (precision == 0)
        return "UN";
    if (precision <= 3)
        text[precision == 1 ? 4 : 7] = '\0';
    return arena_printf(arena, "%s", text);
}

static const char *some_drug(bool exact)
{
    const char *code = exact || below(5) > 0
                           ? ONE_OF("L01XA01", "L01XA02", "L01BA04", "L01FF02", "L01CD02")
                           : ONE_OF("?", "L01", "L01FF", "L01XA");
    const char *text = arena_printf(arena, "drug %s %s", code, some_day(exact));

    if (below(3) == 0)
        text = arena_printf(arena, "%s to %s", text, some_day(exact));
    if (below(6) == 0)
        text = arena_printf(arena, "%s change %u", text, below(3));
    return text;
}

static const char *some_patient(bool exact, unsigned n_tumours)
{
    static const char *const topographies[] = {"C34.1", "C61.9"};
    const char *text = "";

    for (unsigned t = 0; t <= n_tumours; t++) {
        if (t < n_tumours)
            text = arena_printf(arena, "%s; tumour %s %s %s; %s", text, topographies[t],
                                exact || below(8) ? "8140/3" : "8000/3", some_day(exact),
                                exact ? ONE_OF("M 0", "M 1", "stage 2")
                                      : ONE_OF("", "M 0", "M 1", "M 1", "stage 2",
                                               "stage 4"));
        else
            text = arena_printf(arena, "%s; free", text);
        if (below(3) == 0)
            text = arena_printf(arena, "%s; metastasis %s", text, some_day(exact));
        if (!exact && below(8) == 0)
            text = arena_printf(arena, "%s; event LOCAL %s", text, some_day(false));
        for (unsigned i = below(t < n_tumours ? 7 : 3); i-- > 0;)
            text = arena_printf(arena, "%s; %s", text, some_drug(exact));
    }
    return text;
}

static const char *draw(uint64_t start)
{
    static const unsigned tumours[] = {0, 1, 1, 1, 1, 2, 2};

    arena_reset(arena);
    seed = start * 1000003;
    return some_patient(false, tumours[below(ARRAY_LENGTH(tumours))]);
}

static struct record *merged(const struct facts *const *facts, size_t n)
{
    struct record *record;
    struct error err = ERROR_INIT;

    assert_int_equal(record_merge(arena, NULL, 1, facts, n, &record, &err), 0);
    return record;
}

static void same_lines(const char *patient, const struct record *record,
                       const char *expected)
{
    const char *lines = lines_words(arena, record);

    if (strcmp(lines, expected) != 0)
        fail_msg("%s\n%s\nexpected\n%s", patient, lines, expected);
}

/* ---- order, twice, unrelated --------------------------------------------------------- */

/* The facts of tumours first, so that their numbers stay. */
static struct facts *shuffled(const struct facts *facts)
{
    struct facts *other = arena_copy(arena, facts, sizeof(*facts));

    other->fact = arena_array(arena, SAID_MAX, sizeof(*other->fact));
    for (size_t i = 0; i < facts->n; i++)
        other->fact[i] = facts->fact[i];
    for (size_t i = facts->n; i > 1; i--) {
        size_t j = below((unsigned)i);
        struct fact fact = other->fact[i - 1];

        other->fact[i - 1] = other->fact[j];
        other->fact[j] = fact;
    }
    return other;
}

static void the_order_of_arrival_never_shows(void **state)
{
    (void)state;
    for (uint64_t start = 1; start <= CASES; start++) {
        const char *patient = draw(start);
        const struct facts *facts = said_facts(arena, patient);
        const char *expected = lines_words(arena, said_record(arena, facts));

        same_lines(patient, said_record(arena, shuffled(facts)), expected);
    }
}

static void merging_again_changes_no_line(void **state)
{
    (void)state;
    for (uint64_t start = 1; start <= CASES; start++) {
        const char *patient = draw(start);
        const struct facts *facts = said_facts(arena, patient);
        const struct record *record = said_record(arena, facts);
        const char *expected = lines_words(arena, record);
        const struct facts own = {record->n_facts, record->facts,
                                  record->n_tumours + record->n_others, ""};
        const struct facts *once[] = {&own};
        const struct facts *both[] = {facts, &own};

        same_lines(patient, merged(once, 1), expected);
        same_lines(patient, merged(both, 2), expected);
    }
}

static void an_unrelated_fact_changes_no_line(void **state)
{
    (void)state;
    for (uint64_t start = 1; start <= CASES; start++) {
        const char *patient = draw(start);
        const char *expected =
            lines_words(arena, said_record(arena, said_facts(arena, patient)));
        const char *more = arena_printf(arena, "%s; imaging %s; drug H02AB06 %s", patient,
                                        some_day(false), some_day(false));

        same_lines(patient, said_record(arena, said_facts(arena, more)), expected);
    }
}

/* ---- lines of what is known, as lines.h says it -------------------------------------- */

#define MOST 64

/* One drug of a patient of whom all is known, and who has one tumour. */
struct given {
    const char *code;
    day_number day;
    bool is_counted;
    int count;
    int line; /* running number of its line, early ones too */
    int number;
};

static bool is_one_molecule(const char *a, const char *b)
{
    return strcmp(a, b) == 0 ||
           (strncmp(a, "L01XA0", 6) == 0 && strncmp(b, "L01XA0", 6) == 0);
}

static day_number phase_of(const struct record *record)
{
    day_number phase = DAY_MAX;

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];

        if (strcmp(fact_text(fact, ITEM_TNM_M), "M1") == 0)
            return DAY_MIN;
        if (fact->group == GROUP_METASTASIS && fact->date.first < phase)
            phase = fact->date.first;
    }
    return phase;
}

/* Is GIVEN[i] of the line that GIVEN[0 … before) ends with? */
static bool is_of_line(const struct given *given, size_t before, size_t i)
{
    int line = before ? given[before - 1].line : 0;
    bool found = false, is_counted = false;
    int count = 0;
    day_number start = 0;

    for (size_t k = before; k-- > 0;) {
        if (given[k].line != line)
            continue;
        start = given[k].day;
        found |= is_one_molecule(given[k].code, given[i].code);
    }
    /* the count of a line is that of its first day with one, the greatest of that day */
    for (size_t k = 0; k < before; k++) {
        if (given[k].line != line || !given[k].is_counted)
            continue;
        for (size_t j = k; j < before && given[j].day == given[k].day; j++)
            if (given[j].line == line && given[j].is_counted &&
                (!is_counted || given[j].count > count)) {
                is_counted = true;
                count = given[j].count;
            }
        break;
    }
    if (is_counted && given[i].is_counted)
        return count == given[i].count;
    return before > 0 && (found || given[i].day - start <= 30);
}

static bool goes_on(const struct given *given, size_t before, size_t i)
{
    for (size_t k = 0; k < before; k++) {
        if (given[k].is_counted && given[i].is_counted) {
            if (given[k].count == given[i].count)
                return true;
        } else if (given[i].day - given[k].day <= 90 &&
                   is_one_molecule(given[k].code, given[i].code)) {
            return true;
        }
    }
    return false;
}

static void number_all(struct given *given, size_t n, day_number phase)
{
    bool advanced = false;

    for (size_t first = 0, after; first < n; first = after) {
        bool starts = false, leaves = false;
        int line = first ? given[first - 1].line : 0;
        int number = first ? given[first - 1].number : 0;

        for (after = first; after < n && given[after].day == given[first].day; after++) {
            starts |= !is_of_line(given, first, after);
            leaves |=
                !advanced && given[first].day >= phase && !goes_on(given, first, after);
        }
        if (leaves) {
            advanced = true;
            number = 1;
            line++;
        } else if (starts) {
            number = advanced ? number + 1 : 0;
            line++;
        }
        for (size_t i = first; i < after; i++) {
            given[i].line = line;
            given[i].number = number;
        }
    }
}

static int compare_given(const void *a, const void *b)
{
    const struct given *x = a;
    const struct given *y = b;

    return (x->day > y->day) - (x->day < y->day);
}

static size_t given_of(const struct record *record, struct given *given)
{
    size_t n = 0;

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        const struct value *count = fact_value(fact, ITEM_DRUG_CHANGE);

        if (fact->group == GROUP_DRUG)
            given[n++] = (struct given){fact_text(fact, ITEM_DRUG_CODE),
                                        fact->date.first,
                                        count,
                                        count ? (int)count->number : 0,
                                        0,
                                        0};
    }
    qsort(given, n, sizeof(*given), compare_given);
    return n;
}

/* The line of RECORD that has GIVEN, by its number, drug, and start: the day of the first drug of
 * the same line. */
static bool has_line(const struct record *record, const struct given *given, size_t n,
                     size_t i)
{
    size_t first = i;

    for (size_t k = 0; k < n; k++)
        if (given[k].line == given[i].line && given[k].day < given[first].day)
            first = k;
    for (size_t k = 0; k < record->n_facts; k++) {
        const struct fact *fact = &record->facts[k];
        const struct value *number = fact_value(fact, ITEM_LINE_NUMBER);

        if (fact->group == GROUP_LINE && number &&
            (int)number->number == given[i].number && interval_is_exact(fact->date) &&
            fact->date.first == given[first].day &&
            strcmp(fact_text(fact, ITEM_LINE_DRUG), given[i].code) == 0)
            return true;
    }
    return false;
}

static void where_all_is_known_lines_are_as_told(void **state)
{
    size_t advanced = 0, early = 0;

    (void)state;
    for (uint64_t start = 1; start <= CASES; start++) {
        struct given given[MOST];
        const struct record *record;
        const char *patient;
        size_t n, n_lines = 0, n_expected = 0;

        arena_reset(arena);
        seed = start * 1000003;
        patient = some_patient(true, 1);
        record = said_record(arena, said_facts(arena, patient));
        n = given_of(record, given);
        number_all(given, n, phase_of(record));
        for (size_t i = 0; i < n; i++) {
            bool is_again = false;

            if (!has_line(record, given, n, i))
                fail_msg("%s\nthe line of %s is %d:\n%s", patient, given[i].code,
                         given[i].number, lines_words(arena, record));
            for (size_t k = 0; k < i; k++)
                is_again |= given[k].line == given[i].line &&
                            strcmp(given[k].code, given[i].code) == 0;
            n_expected += !is_again;
            *(given[i].number > 1 ? &advanced : &early) += 1;
        }
        for (size_t i = 0; i < record->n_facts; i++)
            n_lines += record->facts[i].group == GROUP_LINE;
        assert_int_equal(n_lines, n_expected);
    }
    assert_true(advanced > CASES / 4 && early > CASES / 4);
}

/* ---- fillings ------------------------------------------------------------------------ */

static struct interval some_day_of(struct interval date)
{
    day_number day;

    if (interval_is_unknown(date))
        date =
            (struct interval){day_from_civil(2019, 6, 1), day_from_civil(2021, 12, 31)};
    day = date.first + (day_number)below((unsigned)(date.last - date.first) + 1);
    return (struct interval){day, day};
}

static const char *some_molecule(const char *code)
{
    const char *molecule;

    do
        molecule =
            ONE_OF("L01XA01", "L01XA02", "L01BA04", "L01FF01", "L01FF02", "L01CD02");
    while (strncmp(molecule, code, strlen(code)) != 0);
    return molecule;
}

static void replace_text(struct fact *fact, enum item item, const char *text)
{
    struct value *values =
        arena_copy(arena, fact->values, fact->n_values * sizeof(*values));

    for (size_t i = 0; i < fact->n_values; i++)
        if (values[i].item == item)
            values[i].text = text;
    fact->values = values;
}

/* Tumours are told apart by where they are: their order follows their dates. */
static const char *place_of(const struct record *record, int tumour)
{
    return tumour == TUMOUR_NONE
               ? ""
               : fact_text(record->tumours[tumour].fact, ITEM_TOPOGRAPHY);
}

/* One of the tumours that FACT of RECORD may hang on, as FACTS number them; or none. */
static int some_tumour(const struct record *record, const struct facts *facts,
                       const struct fact *fact)
{
    int allowed[4], n = 0;

    for (int t = 0; t < record->n_tumours; t++)
        if (record_attached(record, fact, t) != TRUTH_NO)
            for (size_t i = 0; i < facts->n; i++)
                if (facts->fact[i].group == GROUP_PRIMARY_CANCER &&
                    strcmp(fact_text(&facts->fact[i], ITEM_TOPOGRAPHY),
                           place_of(record, t)) == 0)
                    allowed[n++] = facts->fact[i].tumour;
    return n == 0 || below(4) == 0 ? TUMOUR_NONE : allowed[below((unsigned)n)];
}

/* One for each place, of another group: two lymphomas of one group are one tumour. */
static const char *some_lymphoma(const struct fact *tumour)
{
    bool is_lung = strcmp(fact_text(tumour, ITEM_TOPOGRAPHY), "C34.1") == 0;

    return is_lung ? "9680/3" : "9650/3";
}

/* A patient of whom FACTS may speak, with fewer unknowns. */
static struct facts *filled(const struct record *record, const struct facts *facts)
{
    struct facts *other = arena_copy(arena, facts, sizeof(*facts));

    other->fact = arena_copy(arena, facts->fact, facts->n * sizeof(*facts->fact));
    for (size_t i = 0; i < other->n; i++) {
        struct fact *fact = &other->fact[i];

        if (fact->tumour == TUMOUR_NONE)
            fact->tumour = some_tumour(record, facts, fact);
        fact->date = some_day_of(fact->date);
        if (!interval_is_unknown(fact->end))
            fact->end = some_day_of(fact->end);
        else if (fact->group == GROUP_DRUG && below(2))
            fact->end.first = fact->end.last = fact->date.first + (day_number)below(200);
        if (fact->group == GROUP_DRUG)
            replace_text(fact, ITEM_DRUG_CODE,
                         some_molecule(fact_text(fact, ITEM_DRUG_CODE)));
        if (strcmp(fact_text(fact, ITEM_MORPHOLOGY), "8000/3") == 0)
            replace_text(fact, ITEM_MORPHOLOGY,
                         below(2) ? "8140/3" : some_lymphoma(fact));
    }
    return other;
}

static bool lies_in(struct interval inner, struct interval outer)
{
    return inner.first >= outer.first && inner.last <= outer.last;
}

static bool meets(struct interval a, struct interval b)
{
    return a.first <= b.last && b.first <= a.last;
}

/* May the line fact WORLD, of a patient of whom more is known, be what SAID says? A fact of
 * no known line stands for all lines that its drug may be of, so its dates are only met. */
static bool may_stand_for(const struct record *said_record, const struct fact *said,
                          const struct record *world_record, const struct fact *world)
{
    const struct value *number = fact_value(said, ITEM_LINE_NUMBER);
    const struct value *true_number = fact_value(world, ITEM_LINE_NUMBER);
    const char *code = fact_text(said, ITEM_LINE_DRUG);

    if (said->tumour != TUMOUR_NONE && strcmp(place_of(said_record, said->tumour),
                                              place_of(world_record, world->tumour)) != 0)
        return false;
    if (number && (!true_number || number->number != true_number->number))
        return false;
    if (strncmp(fact_text(world, ITEM_LINE_DRUG), code, strlen(code)) != 0)
        return false;
    if (!true_number || !interval_is_exact(world->date))
        return meets(world->date, said->date) && meets(world->end, said->end);
    return lies_in(world->date, said->date) && lies_in(world->end, said->end);
}

static bool is_found(const struct record *of, const struct fact *fact,
                     const struct record *among, bool said_first)
{
    for (size_t i = 0; i < among->n_facts; i++) {
        const struct fact *other = &among->facts[i];

        if (other->group == GROUP_LINE &&
            (said_first ? may_stand_for(of, fact, among, other)
                        : may_stand_for(among, other, of, fact)))
            return true;
    }
    return false;
}

static void tell(const char *patient, const struct record *record,
                 const struct facts *facts, const struct record *world,
                 const struct fact *fact)
{
    struct buffer out;

    buffer_init(&out, 1 << 16);
    for (size_t i = 0; i < facts->n; i++)
        print_fact(&out, &facts->fact[i]);
    buffer_string(&out, "has no counterpart: ");
    print_fact(&out, fact);
    /* longer than cmocka's messages may be */
    fprintf(stderr, "%s\n%s\nbut of\n%s\n%s\n", patient, lines_words(arena, record),
            lines_words(arena, world), buffer_text(&out));
    fail();
}

/* Each line that is said is there in every filling, and each line of a filling was said. */
static void no_filling_contradicts_a_line(void **state)
{
    size_t known = 0, open = 0;

    (void)state;
    for (uint64_t start = 1; start <= CASES; start++) {
        const char *patient = draw(start);
        const struct facts *facts = said_facts(arena, patient);
        const struct record *record = said_record(arena, facts);

        for (size_t i = 0; i < record->n_facts; i++)
            if (record->facts[i].group == GROUP_LINE)
                *(fact_value(&record->facts[i], ITEM_LINE_NUMBER) ? &known : &open) += 1;
        for (int k = 0; k < FILLINGS; k++) {
            const struct facts *these = filled(record, facts);
            const struct record *world = said_record(arena, these);

            for (size_t i = 0; i < record->n_facts; i++)
                if (record->facts[i].group == GROUP_LINE &&
                    !is_found(record, &record->facts[i], world, true))
                    tell(patient, record, these, world, &record->facts[i]);
            for (size_t i = 0; i < world->n_facts; i++)
                if (world->facts[i].group == GROUP_LINE &&
                    !is_found(world, &world->facts[i], record, false))
                    tell(patient, record, these, world, &world->facts[i]);
        }
    }
    print_message("%zu with a number, %zu without\n", known, open);
    assert_true(known > CASES && open > CASES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_order_of_arrival_never_shows),
        cmocka_unit_test(merging_again_changes_no_line),
        cmocka_unit_test(an_unrelated_fact_changes_no_line),
        cmocka_unit_test(where_all_is_known_lines_are_as_told),
        cmocka_unit_test(no_filling_contradicts_a_line),
    };

    return cmocka_run_group_tests_name(LINES_NAME, tests, arena_begin, arena_end);
}
