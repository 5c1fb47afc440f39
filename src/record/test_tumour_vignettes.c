/* SPDX-License-Identifier: Apache-2.0
 *
 * test_tumour_vignettes.c: what sources say of one person's tumours, and what the rules make of
 * it (test_tumour_vignettes.def). Each is also merged in another order, in one fragment for each
 * statement, and again out of its own record: the same must come out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "record/record.h"
#include "record/rules.h"
#include "support/arena_fixture.h"

#define STATEMENTS 8
#define VALUES 8

static const struct vignette {
    const char *item, *says, *statements, *expected;
} vignettes[] = {
#define VIGNETTE(item, says, statements, expected) {item, says, statements, expected},
#include "record/test_tumour_vignettes.def"
#undef VIGNETTE
};

/* ---- what is said -------------------------------------------------------------------- */

static void say_text(struct fact *fact, struct value *values, enum item item,
                     const char *text)
{
    assert_true(fact->n_values < VALUES);
    values[fact->n_values++] =
        (struct value){.item = item, .type = model_item(item)->type, .text = text};
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* One word of a statement: a topography, morphology, side, date, "m7" a method, "s4" a source,
 * "=D32.0" a code of the source in ICD-10, "@" an event. */
static void say_word(struct fact *fact, struct value *values, const char *word)
{
    if (strcmp(word, "-") == 0)
        return;
    if (word[0] == 'C')
        say_text(fact, values, ITEM_TOPOGRAPHY, word);
    else if (word[0] == '=')
        say_text(fact, values, ITEM_CANCER_SOURCE_CODE, word + 1);
    else if (word[0] == 'm')
        say_text(fact, values, ITEM_DIAGNOSIS_METHOD, word + 1);
    else if (word[0] == 's')
        fact->source = (uint8_t)(word[1] - '0');
    else if (strcmp(word, "L") == 0 || strcmp(word, "R") == 0 || strcmp(word, "NA") == 0)
        say_text(fact, values, ITEM_LATERALITY, word);
    else if (strcmp(word, "UN") == 0)
        say_text(fact, values, ITEM_LATERALITY, "");
    else if (is_digit(word[0]) && (word[4] == '/' || word[0] > '2'))
        say_text(fact, values, ITEM_MORPHOLOGY, word);
    else if (date_parse(word, &fact->date, NULL) == 0)
        return;
    else
        fail_msg("what is \"%s\"?", word);
}

static void say_statement(struct fact *fact, int tumour, char *text)
{
    struct value *values = arena_array(arena, VALUES, sizeof(*values));
    char *rest = NULL;

    *fact = (struct fact){.group = GROUP_PRIMARY_CANCER,
                          .tumour = tumour,
                          .date = INTERVAL_UNKNOWN,
                          .end = INTERVAL_UNKNOWN,
                          .values = values};
    for (char *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        say_word(fact, values, word);
}

/* The statements, "," between two of one fragment. */
static size_t say_all(const char *statements, struct fact facts[STATEMENTS])
{
    char *text = arena_string(arena, statements, strlen(statements)), *rest = NULL;
    size_t n = 0;

    for (char *one = strtok_r(text, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) {
        assert_true(n < STATEMENTS);
        say_statement(&facts[n], (int)n, one);
        facts[n].position = (uint32_t)n;
        n++;
    }
    return n;
}

/* ---- what comes of it ---------------------------------------------------------------- */

static const char *or_none(const char *code)
{
    return *code ? code : "-";
}

static const char *print_date(struct interval date)
{
    char text[DATE_TEXT_SIZE];

    return arena_printf(arena, "%s", date_print_iso(date, text));
}

/* "C50.4 8500/3 L 2015 + …", events "> LOCAL 2019", sites of metastases "> C22 2021", what is not
 * counted "/ C78.7 8140/6". */
static const char *print_record(const struct record *record)
{
    const char *said = "";

    for (int t = 0; t < record->n_tumours; t++) {
        const struct tumour *tumour = &record->tumours[t];

        said = arena_printf(arena, "%s%s%s %s %s %s", said, t ? " + " : "",
                            or_none(tumour->topography), or_none(tumour->morphology),
                            or_none(tumour->laterality), print_date(tumour->diagnosis));
        if (*tumour->method)
            said = arena_printf(arena, "%s m%s", said, tumour->method);
        for (size_t i = 0; i < record->n_facts; i++) {
            const struct fact *fact = &record->facts[i];

            if (fact->tumour == t && fact->group != GROUP_PRIMARY_CANCER)
                said = arena_printf(
                    arena, "%s > %s%s %s", said, fact_text(fact, ITEM_EVENT_TYPE),
                    fact->group == GROUP_METASTASIS
                        ? or_none(fact_text(fact, ITEM_METASTASIS_TOPOGRAPHY))
                        : "",
                    print_date(fact->date));
        }
    }
    for (int t = record->n_tumours; t < record->n_tumours + record->n_others; t++)
        said = arena_printf(arena, "%s / %s %s", said,
                            or_none(fact_text(record->tumours[t].fact, ITEM_TOPOGRAPHY)),
                            or_none(fact_text(record->tumours[t].fact, ITEM_MORPHOLOGY)));
    return said;
}

/* "? RULE" for each rule that leaves something to review, once each. */
static const char *print_review(const struct decisions *decisions)
{
    const char *said = "";

    for (int rule = 0; rule < RULES; rule++)
        for (size_t i = 0; i < decisions->n; i++)
            if (decisions->decision[i].rule == (enum rule)rule &&
                decisions->decision[i].to_review) {
                said =
                    arena_printf(arena, "%s ? %s", said, rule_row((enum rule)rule)->id);
                break;
            }
    return said;
}

static struct record *merged(const struct facts *const *fragments, size_t n,
                             struct decisions *decisions)
{
    const struct merging merging = {.decisions = decisions};
    struct error err = ERROR_INIT;
    struct record *record;

    assert_int_equal(record_merge(arena, &merging, 1, fragments, n, &record, &err), 0);
    return record;
}

/* Each statement a fragment of its own, last one first. */
static struct record *merged_apart(const struct fact *facts, size_t n)
{
    const struct facts *fragments[STATEMENTS];

    for (size_t i = 0; i < n; i++) {
        struct facts *one = arena_alloc(arena, sizeof(*one));
        struct fact *fact = arena_copy(arena, &facts[n - 1 - i], sizeof(*fact));

        fact->tumour = 0;
        *one = (struct facts){1, fact, 1, ""};
        fragments[i] = one;
    }
    return merged(fragments, n, NULL);
}

static void check_facts(const struct vignette *vignette,
                        const struct decisions *decisions, const struct record *record,
                        size_t n_said)
{
    for (size_t i = 0; i < decisions->n; i++) {
        const struct decision *decision = &decisions->decision[i];

        if (decision->tumour < TUMOUR_NONE ||
            decision->tumour >= record->n_tumours + record->n_others)
            fail_msg("%s: a decision about no tumour", vignette->says);
        assert_non_null(decision->fact);
        assert_true(decision->fact->position < n_said);
        assert_true(!decision->other || decision->other->position < n_said);
    }
}

static void the_rules_decide_as_documented(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(vignettes); i++) {
        const struct vignette *vignette = &vignettes[i];
        struct fact said[STATEMENTS];
        struct decisions decisions = {0};
        struct facts all = {0, said, 0, ""}, again;
        const struct facts *one = &all;
        const struct record *record;
        const char *text;

        arena_reset(arena);
        all.n = say_all(vignette->statements, said);
        all.n_tumours = (int)all.n;
        record = merged(&one, 1, &decisions);
        text = print_record(record);
        text = arena_printf(arena, "%s%s", text, print_review(&decisions));
        if (strcmp(text, vignette->expected) != 0)
            fail_msg("%s (%s): %s\n%s\nexpected\n%s", vignette->says, vignette->item,
                     vignette->statements, text, vignette->expected);
        check_facts(vignette, &decisions, record, all.n);

        text = print_record(record);
        assert_string_equal(print_record(merged_apart(said, all.n)), text);
        again = (struct facts){record->n_facts, record->facts,
                               record->n_tumours + record->n_others, ""};
        one = &again;
        assert_string_equal(print_record(merged(&one, 1, NULL)), text);
    }
}

static void there_are_many(void **state)
{
    (void)state;
    assert_true(ARRAY_LENGTH(vignettes) >= 150);
}

/* ---- switches ------------------------------------------------------------------------ */

/* How many tumours STATEMENTS are under RULES. */
static int count_under(struct rules rules, const char *statements)
{
    const struct merging merging = {.rules = &rules};
    struct fact said[STATEMENTS];
    struct facts all = {0, said, 0, ""};
    const struct facts *one = &all;
    struct record *record;

    all.n = say_all(statements, said);
    all.n_tumours = (int)all.n;
    assert_int_equal(record_merge(arena, &merging, 1, &one, 1, &record, NULL), 0);
    return record->n_tumours;
}

/* Where the guide is silent, it may be read otherwise (struct rules). */
static void a_centre_may_read_it_otherwise(void **state)
{
    struct rules rules = *rules_default();

    (void)state;
    arena_reset(arena);
    assert_int_equal(count_under(rules, "C56.9 8441/3 L, C56.9 8441/3 R"), 1);
    rules.both_sides_are_one = false;
    assert_int_equal(count_under(rules, "C56.9 8441/3 L, C56.9 8441/3 R"), 2);

    assert_int_equal(count_under(rules, "C44.5 8720/3 L, C44.5 8720/3 R"), 1);
    rules.skin_once_a_group = false;
    assert_int_equal(count_under(rules, "C44.5 8720/3 L, C44.5 8720/3 R"), 2);

    assert_int_equal(count_under(rules, "C16.9 9680/3, C77.0 9680/3"), 1);
    rules.haematology_once_a_life = false;
    assert_int_equal(count_under(rules, "C16.9 9680/3, C77.0 9680/3"), 2);

    assert_int_equal(count_under(rules, "C34.1 8010/3, C34.1 8140/3"), 1);
    rules.unspecified_is_no_difference = false;
    assert_int_equal(count_under(rules, "C34.1 8010/3, C34.1 8140/3"), 2);
}

/* ---- decisions of humans ---------------------------------------------------------------- */

static struct fact judgement_of(const char *verdict, const struct fact *first,
                                const struct fact *second)
{
    struct value *values = arena_array(arena, VALUES, sizeof(*values));
    struct fact fact = {.group = GROUP_JUDGEMENT,
                        .tumour = TUMOUR_NONE,
                        .date = INTERVAL_UNKNOWN,
                        .end = INTERVAL_UNKNOWN,
                        .values = values};
    char name[STATEMENT_SIZE];

    say_text(&fact, values, ITEM_JUDGEMENT_VERDICT, verdict);
    say_text(&fact, values, ITEM_JUDGEMENT_FIRST,
             arena_printf(arena, "%s", record_statement(first, name)));
    say_text(&fact, values, ITEM_JUDGEMENT_SECOND,
             arena_printf(arena, "%s", record_statement(second, name)));
    say_text(&fact, values, ITEM_JUDGEMENT_AUTHOR, "anna");
    return fact;
}

/* STATEMENTS, with a VERDICT of a human on the two numbered so, make EXPECTED; however they are
 * merged, and merged again. */
static void check_judged(const char *statements, const char *verdict, int first,
                         int second, const char *expected)
{
    struct fact said[STATEMENTS + 1];
    size_t n = say_all(statements, said);
    struct facts all = {n + 1, said, (int)n, ""}, own = {0}, judged = {0};
    const struct facts *fragments[] = {&all, &own};
    struct decisions decisions = {0};
    const struct record *record;
    const char *text;

    said[n] = judgement_of(verdict, &said[first], &said[second]);
    record = merged(fragments, 1, &decisions);
    text = arena_printf(arena, "%s%s", print_record(record), print_review(&decisions));
    if (strcmp(text, expected) != 0)
        fail_msg("%s %s\n%s\nexpected\n%s", statements, verdict, text, expected);
    text = print_record(record);

    own = (struct facts){record->n_facts, record->facts,
                         record->n_tumours + record->n_others, ""};
    assert_string_equal(print_record(merged(fragments, 2, NULL)), text);
    fragments[0] = &own;
    assert_string_equal(print_record(merged(fragments, 1, NULL)), text);

    judged = (struct facts){1, &said[n], 0,
                            ""}; /* an original of its own, before the others */
    all.n = n;
    fragments[0] = &judged;
    fragments[1] = &all;
    assert_string_equal(print_record(merged(fragments, 2, NULL)), text);
}

static void what_a_human_decides_wins(void **state)
{
    (void)state;
    arena_reset(arena);
    check_judged("C50.4 8500/3 L 2015-01, C50.4 8500/3 R 2016", "SAME", 0, 1,
                 "C50.4 8500/3 L 2015-01 > LOCAL 2016");
    check_judged("C50.4 8500/3 L 2015-01, C50.4 8500/3 L 2019", "DIFFERENT", 0, 1,
                 "C50.4 8500/3 L 2015-01 + C50.4 8500/3 L 2019");
    check_judged("C53.9 8140/3 2015-01, C54.1 8140/3 2018-02", "SAME", 0, 1,
                 "C53.9 8140/3 NA 2015-01 > LOCAL 2018-02");
    check_judged("C53.9 8140/3 2015-01, C54.1 8140/3 2018-02", "DIFFERENT", 0, 1,
                 "C53.9 8140/3 NA 2015-01 + C54.1 8140/3 NA 2018-02");
    check_judged("C18.7 8140/3 2015-01, C34.1 8140/3 L 2018-02", "METASTASIS", 1, 0,
                 "C18.7 8140/3 NA 2015-01 > C34.1 2018-02 / C34.1 8140/3");
    check_judged("C50.4 8500/3 L 2015, C50.4 8500/3 R 2016, C50.4 8500/3 2017", "SAME", 2,
                 1, "C50.4 8500/3 L 2015 + C50.4 8500/3 R 2016");
    check_judged("C50.4 8500/3 L 2015, C50.4 8500/3 2017-08", "DIFFERENT", 0, 1,
                 "C50.4 8500/3 L 2015 + C50.4 8500/3 - 2017-08");
    check_judged("C18.7 8140/3 2010, C50.4 8500/3 L 2011, C78.7 8140/6 2012",
                 "METASTASIS", 2, 1,
                 "C18.7 8140/3 NA 2010 + C50.4 8500/3 L 2011 > C22 2012 / C78.7 8140/6");
    check_judged("C18.7 8140/3 2010, C61.9 8140/3 2012", "PERHAPS", 0, 1,
                 "C18.7 8140/3 NA 2010 + C61.9 8140/3 NA 2012");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_rules_decide_as_documented),
        cmocka_unit_test(there_are_many),
        cmocka_unit_test(a_centre_may_read_it_otherwise),
        cmocka_unit_test(what_a_human_decides_wins),
    };

    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
