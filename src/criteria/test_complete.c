/* SPDX-License-Identifier: Apache-2.0
 *
 * test_complete.c: what is proposed at a cursor; that every word of the manual's examples is
 * proposed where it stands; and that whoever follows proposals never ends up nowhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "base/buffer.h"
#include "criteria/complete.h"
#include "criteria/criteria.h"
#include "criteria/lexer.h"
#include "support/arena_fixture.h"
#include "support/random_record.h"

static bool proposes(const char *text, const char *insert, size_t from)
{
    const struct criteria_proposal *proposals;
    size_t found, n = criteria_complete(arena, text, strlen(text), PROPOSALS_MAX,
                                        &proposals, &found);

    for (size_t i = 0; i < n; i++)
        if (proposals[i].insert && strcmp(proposals[i].insert, insert) == 0)
            return found == from;
    return false;
}

static void words_are_completed(void **state)
{
    static const struct {
        const char *text, *insert;
        size_t from;
    } cases[] = {
        {"", "topography", 0},
        {"", "tumour", 0},
        {"treat", "treatment", 0},
        {"TREAT", "treatment", 0},
        {"traitem", "treatment", 0}, /* by the French label */
        {"sex F and taba", "smoking", 10},
        {"copy ", "number", 5},
        {"diagnosis met", "method", 10},
        {"sex F ou", "or", 6},
        {"tumour ", "{", 7},
        {"sampl", "sample {", 0},
        {"prélèvem", "sample {", 0},
        {"sample { ", "specimen", 9},
        {"sample { specimen BIOPSY ", "altered", 25},
        {"tnm { T T4 ", "tnm type", 11},
        {"event { event any ", "}", 18},
        {"tumour { any ", "}", 13},
        {"tumour { any }", "and", 14},
        {"any # not here\nan", "and", 15},
        {"treatment any in the ", "last", 21},
        {"treatment any in ", "the last", 17},
        {"treatment L01 within 30 ", "days", 24},
        {"treatment L01 within 30 days ", "after", 29},
        {"treatment L01 within 30 days after ", "diagnosis", 35},
        {"treatment L01 within 30 days after ", "first", 35},
        {"treatment L01 3..6 ", "months", 19},
        {"treatment L01 at ", "least", 17},
        {"at least 2 ", "of", 11},
        {"at least 2 ", "surgery", 11},
        {"age ", "at diagnosis", 4},
        {"age at ", "diagnosis", 7},
        {"measure WEIGHT > 3 ", "kg", 19},
        {"radiotherapy any > 3 ", "Gy", 21},
        {"biomarker HER2 ", "positive", 15},
        {"treatment L01 ", "in trial", 14},
        {"stage ", ">=", 6},
        {"treatment L01 started ", "within", 22},
        {"named \"a b\" (any) and use ", "\"a b\"", 26},
        {"named \"a b\" (any) and use \"a", "\"a b\"", 26},
        {"last ", "visit", 5},
        {"last ", "measure", 5},
    };
    static const struct {
        const char *text, *insert;
        size_t from;
    } none[] = {
        {"topography ", ">=", 11}, /* has no order */
        {"any ", "}", 4},
        {"any ", ")", 4},
        {"measure WEIGHT > 3 ", "Gy", 19},
        {"tumour { any ", "tumour", 13}, /* not inside another */
        {"surgery any ", "ended", 12},   /* has no end */
        {"any # comment", "and", 13},
        {"any \x01 ", "and", 6},
        {"first any ", "and", 10},
        {"treatment L01 preceded by ", "birth", 26}, /* no fact */
        {"\"a", "any", 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (!proposes(cases[i].text, cases[i].insert, cases[i].from))
            fail_msg("%s: does not propose %s", cases[i].text, cases[i].insert);
    for (size_t i = 0; i < ARRAY_LENGTH(none); i++)
        if (proposes(none[i].text, none[i].insert, none[i].from))
            fail_msg("%s: proposes %s", none[i].text, none[i].insert);
}

static void codes_are_found_by_code_and_label(void **state)
{
    static const struct {
        const char *text, *insert;
        size_t from;
    } cases[] = {
        {"topography ", "C34", 11},
        {"topography c3", "C34", 11},
        {"topography sein", "C50", 11},
        {"topography breast", "C50", 11},
        {"topography (C34, pou", "C34", 17},
        {"topography C00..", "C14", 16},
        {"treatment osimertinib", "L01EB04", 10},
        {"treatment \"osimer", "\"L01EB04\"", 10},
        {"topography\"", "\"C34\"", 10},
        {"treatment L01EB", "L01EB04", 10},
        {"stage I", "IIIA", 6},
        {"stage >= ", "IV", 9},
        {"altered KR", "KRAS", 8},
        {"sex fem", "F", 4},
        {"radiotherapy any at pou", "C34", 20},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        if (!proposes(cases[i].text, cases[i].insert, cases[i].from))
            fail_msg("%s: does not propose %s", cases[i].text, cases[i].insert);
}

static void hints_say_what_may_stand_here(void **state)
{
    static const struct {
        const char *text;
        enum proposal_kind kind;
    } cases[] = {
        {"age > ", PROPOSAL_NUMBER},         {"diagnosed ", PROPOSAL_DATE},
        {"diagnosed since ", PROPOSAL_DATE}, {"at least ", PROPOSAL_NUMBER},
        {"biomarker ", PROPOSAL_TEXT},       {"named ", PROPOSAL_TEXT},
        {"size 5..", PROPOSAL_NUMBER},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        const struct criteria_proposal *proposals;
        size_t from, n = criteria_complete(arena, cases[i].text, strlen(cases[i].text),
                                           PROPOSALS_MAX, &proposals, &from);
        bool found = false;

        for (size_t k = 0; k < n; k++)
            found |= proposals[k].kind == cases[i].kind && !proposals[k].insert &&
                     *proposals[k].label[LANG_FR] && *proposals[k].label[LANG_EN];
        if (!found)
            fail_msg("%s: no %s", cases[i].text, criteria_proposal_name(cases[i].kind));
    }
}

static void the_most_useful_come_first(void **state)
{
    const struct criteria_proposal *proposals;
    size_t from;

    (void)state;
    assert_int_equal(criteria_complete(arena, "", 0, 3, &proposals, &from), 3);
    assert_string_equal(proposals[0].insert, "topography");
    assert_int_equal(criteria_complete(arena, "tumour { any ", 13, 3, &proposals, &from),
                     3);
    assert_string_equal(proposals[0].insert, "}");
    assert_string_equal(proposals[1].insert, "and");
    assert_int_equal(criteria_complete(arena, "topography ", 11, 2, &proposals, &from),
                     2);
    assert_string_equal(proposals[0].insert, "any");
    assert_string_equal(proposals[1].insert, "C00");
    assert_int_equal(criteria_complete(arena, "any", 0, 0, &proposals, &from), 0);
}

static void as_json(void **state)
{
    struct buffer out;

    (void)state;
    buffer_init(&out, 10000);
    criteria_complete_json(&out, arena, "topography sein", 15, 50);
    assert_string_equal(
        buffer_text(&out),
        "{\"from\":11,\"at\":15,\"proposals\":[{\"kind\":\"code\","
        "\"insert\":\"C50\",\"label_fr\":\"Sein\",\"label_en\":\"Breast\"}]}");
    buffer_free(&out);
}

/* ---- the manual ---- */

/* A word of the language or of an item, as the manual writes them: small letters, symbols, T
 * and N. Codes have digits or capitals, and are not all known here. */
static bool is_of_language(const struct token *token)
{
    if (token->kind == TOKEN_SYMBOL)
        return true;
    if (token->kind != TOKEN_WORD)
        return false;
    if (strcmp(token->text, "T") == 0 || strcmp(token->text, "N") == 0)
        return true;
    for (const char *c = token->text; *c; c++)
        if (!islower((unsigned char)*c))
            return false;
    return true;
}

/* Is INSERT, or from one of its words on, WORD: topography is short for sample topography? */
static bool says(const char *insert, const char *word)
{
    size_t length = strlen(word);

    for (; insert; insert = strchr(insert, ' ')) {
        insert += *insert == ' ';
        if (strncasecmp(insert, word, length) == 0 &&
            (insert[length] == ' ' || insert[length] == '\0'))
            return true;
    }
    return false;
}

static bool proposes_token(const char *before, const struct token *token)
{
    const struct criteria_proposal *proposals;
    size_t from, n = criteria_complete(arena, before, strlen(before), PROPOSALS_MAX,
                                       &proposals, &from);

    for (size_t i = 0; i < n; i++)
        if (proposals[i].insert && says(proposals[i].insert, token->text))
            return true;
    return false;
}

/* Each word of TEXT, whose lines are one, with nothing of it written, and with its first letters. */
static void check_words(const char *text)
{
    struct token *tokens;

    assert_int_equal(lexer_read(arena, text, strlen(text), &tokens, NULL), 0);
    for (const struct token *token = tokens; token->kind != TOKEN_END; token++) {
        const char *before = arena_printf(arena, "%.*s ", (int)token->column - 1, text);
        const char *more = arena_printf(arena, "%s%.5s", before, token->text);

        if (!is_of_language(token))
            continue;
        if (!proposes_token(before, token))
            fail_msg("%s: does not propose %s", before, token->text);
        if (token->kind == TOKEN_WORD && !proposes_token(more, token))
            fail_msg("%s: does not propose %s", more, token->text);
    }
}

static void every_word_of_the_manual_is_proposed(void **state)
{
    FILE *file = fopen(LACIS_SOURCE_DIR "/docs/criteria.md", "re");
    char line[1024], text[512];
    size_t n = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        const char *last = strrchr(line, '|');
        const char *cell = line;
        struct arena_mark mark = arena_mark(arena);

        /* the last cell of a row of the first table: | question | `criteria` | */
        while (last && (cell = strstr(cell, "| `")) &&
               sscanf(cell, "| `%511[^`]` |\n", text) == 1) {
            if (criteria_parse(arena, text, strlen(text), NULL)) {
                check_words(text);
                n++;
            }
            cell += 3;
        }
        arena_release(arena, mark);
    }
    assert_int_equal(fclose(file), 0);
    assert_true(n >= 25);
    check_words(
        "tumour { topography C34 stage IV altered KRAS } and age at diagnosis 18..75 "
        "and not measure PS >= 2 in the last 30 days");
    check_words(
        "treatment L01 not preceded by surgery any within 3 days before last visit and "
        "imaging CT 3..6 months after end of last treatment L01 or radiotherapy any "
        "more than 3 days before first (surgery any since 2020) and exactly 2 surgery "
        "any between birth and death and treatment L01 ended during radiotherapy any "
        "at age >= 18 overlapping (treatment L02)");
}

/* ---- following proposals ---- */

/* Something follows TEXT, or it is whole. */
static bool leads_on(const char *text)
{
    const struct criteria_proposal *proposals;
    size_t from;

    return criteria_parse(arena, text, strlen(text), NULL) ||
           criteria_complete(arena, text, strlen(text), 1, &proposals, &from) > 0;
}

/* TEXT and one of its proposals, chosen at random; for a hint, what fits of some samples. */
static const char *step(struct rng *rng, const char *text)
{
    static const char *const samples[][4] = {
        [PROPOSAL_NUMBER] = {"1", "60", "1000", "0.5"},
        [PROPOSAL_DATE] = {"2020", "1880", "2058", "2058"},
        [PROPOSAL_TEXT] = {"\"x y\"", "\"V600E\"", "\"ABCD001\"", "\"E11\""},
    };
    const struct criteria_proposal *proposals, *chosen;
    size_t from, n = criteria_complete(arena, text, strlen(text), PROPOSALS_MAX,
                                       &proposals, &from);
    const char *next = NULL;

    if (n == 0)
        return NULL;
    assert_int_equal(from, strlen(text));
    chosen = &proposals[rng_below(rng, n)];
    if (chosen->insert)
        return arena_printf(arena, "%s%s ", text, chosen->insert);
    for (size_t i = 0; i < 4 && (!next || !leads_on(next)); i++)
        next = arena_printf(arena, "%s%s ", text, samples[chosen->kind][i]);
    return next;
}

/* What is saved is not known here: a text that uses it goes no further. */
static bool uses_something(const char *text)
{
    size_t length = strlen(text);

    return length >= 4 && strcmp(text + length - 4, "use ") == 0;
}

/* At each step something is proposed, until a text is whole; and most are, sooner or later. */
static void proposals_lead_somewhere(void **state)
{
    struct rng rng = {test_seed(1)};
    size_t whole = 0, walks = test_rounds(60);

    (void)state;
    for (size_t walk = 0; walk < walks; walk++) {
        struct arena_mark mark = arena_mark(arena);
        const char *text = "";
        bool parsed = false;

        for (int i = 0; i < 14 && !uses_something(text); i++) {
            const char *next = step(&rng, text);

            if (!next && !criteria_parse(arena, text, strlen(text), NULL))
                fail_msg("%s: nothing follows", text);
            if (!next)
                break;
            text = next;
            parsed |= criteria_parse(arena, text, strlen(text), NULL) != NULL;
        }
        whole += parsed;
        arena_release(arena, mark);
    }
    assert_true(whole * 2 > walks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_completed),
        cmocka_unit_test(codes_are_found_by_code_and_label),
        cmocka_unit_test(hints_say_what_may_stand_here),
        cmocka_unit_test(the_most_useful_come_first),
        cmocka_unit_test(as_json),
        cmocka_unit_test(every_word_of_the_manual_is_proposed),
        cmocka_unit_test(proposals_lead_somewhere),
    };

    return cmocka_run_group_tests_name("criteria complete", tests, arena_begin,
                                       arena_end);
}
