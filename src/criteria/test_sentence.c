/* SPDX-License-Identifier: Apache-2.0
 *
 * test_sentence.c: criteria as a French and an English oncologist would say them; and, for
 * any criteria, sentences that are well formed and say which question was asked.
 *
 * In the tables a blank before « : ; » is an ordinary one; in the sentences it does not
 * break, which the last test looks at. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/table.h"
#include "criteria/criteria.h"
#include "criteria/sentence.h"
#include "support/arena_fixture.h"
#include "support/random_criteria.h"

#define NBSP "\u00a0"

/* Two versions of "fit" are saved. */
static const char *find_definition(void *context, const char *name, unsigned version,
                                   unsigned *version_r)
{
    (void)context;
    if (strcmp(name, "fit") != 0 || version > 2)
        return NULL;
    *version_r = version ? version : 2;
    return *version_r == 1 ? "measure PS <= 2" : "last measure PS <= 1";
}

static const struct criteria_definitions definitions = {find_definition, NULL};

static const struct criteria *read_or_null(const char *text, struct error *err)
{
    return criteria_parse_saved(arena, text, strlen(text), &definitions, err);
}

static const struct criteria *parsed(const char *text)
{
    struct error err = ERROR_INIT;
    const struct criteria *criteria = read_or_null(text, &err);

    if (!criteria)
        fail_msg("%s\n%u:%u: %s", text, err.line, err.column, err.message);
    return criteria;
}

/* With ordinary blanks for those that do not break. */
static const char *plain(const char *sentence)
{
    size_t length = strlen(sentence);
    char *text = arena_string(arena, sentence, length), *to = text;

    for (const char *from = sentence; *from; from++) {
        bool blank = strncmp(from, NBSP, strlen(NBSP)) == 0;

        *to++ = blank ? ' ' : *from;
        from += blank;
    }
    *to = '\0';
    return text;
}

/* ---- reviewed ---- */

static void criteria_are_said_as_reviewed(void **state)
{
#define SAID(criteria, fr, en) {criteria, {fr, en}},
    static const struct {
        const char *criteria, *said[LANG_EN + 1];
    } table[] = {
#include "criteria/test_sentence.def"
    };
#undef SAID

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(table); i++)
        for (enum lang lang = LANG_FR; lang <= LANG_EN; lang++) {
            const char *said =
                plain(criteria_sentence(arena, parsed(table[i].criteria), lang));

            if (strcmp(said, table[i].said[lang]) != 0)
                fail_msg("%s\nis said\n%s\nexpected\n%s", table[i].criteria, said,
                         table[i].said[lang]);
        }
}

static const char *manual_text(void)
{
    FILE *file = fopen(LACIS_SOURCE_DIR "/docs/criteria.md", "rb");
    size_t most = (size_t)1 << 20, length;
    char *text = arena_alloc(arena, most + 1);

    assert_non_null(file);
    length = fread(text, 1, most, file);
    assert_true(length > 0 && length < most);
    fclose(file);
    return text;
}

/* The cell of a Markdown table that begins at *AT, without what surrounds it. */
static const char *take_cell(const char **at)
{
    const char *from = *at + strspn(*at, "| `"), *to = strchr(from, '|');
    const char *end = to;

    assert_non_null(to);
    while (end > from && (end[-1] == ' ' || end[-1] == '`'))
        end--;
    *at = to;
    return arena_string(arena, from, (size_t)(end - from));
}

static void the_examples_of_the_manual_are_said(void **state)
{
    const char *at = strstr(manual_text(), "\n## As a sentence\n");
    const char *end = at ? strstr(at + 4, "\n## ") : NULL;
    size_t examples = 0;

    (void)state;
    assert_true(at && end);
    for (at = strstr(at, "\n| `"); at && at < end; at = strstr(at, "\n| `")) {
        const struct criteria *criteria;

        at++;
        criteria = parsed(take_cell(&at));
        for (enum lang lang = LANG_FR; lang <= LANG_EN; lang++)
            assert_string_equal(plain(criteria_sentence(arena, criteria, lang)),
                                take_cell(&at));
        examples++;
    }
    assert_int_equal(examples, 11);
}

/* Every word of the language has words of its own; the model's label is for those to come. */
static void every_word_has_words(void **state)
{
    (void)state;
    for (int i = ITEM_NONE + 1; i < ITEMS; i++) {
        const struct item_row *item = model_item((enum item)i);
        const char *text = arena_printf(arena, "%s any", item->word);

        if (!*item->word || item->index == INDEX_COLUMN || item->index == INDEX_NO)
            continue;
        text = item->index == INDEX_NUMBERS ? item->word : text;
        for (enum lang lang = LANG_FR; lang <= LANG_EN; lang++) {
            const char *said = criteria_sentence(arena, parsed(text), lang);

            if (strstr(said, "donnée «") || strstr(said, "item “"))
                fail_msg("%s: %s", text, said);
        }
    }
}

/* ---- durations ---- */

static void durations_are_said_in_round_units(void **state)
{
    static const struct {
        int days;
        const char *said[LANG_EN + 1];
    } table[] = {{0, {"le jour même de la naissance", "on the day of birth"}},
                 {1, {"dans le jour suivant", "within one day after"}},
                 {7, {"dans la semaine suivant", "within one week after"}},
                 {14, {"dans les 2 semaines suivant", "within 2 weeks after"}},
                 {28, {"dans les 4 semaines suivant", "within 4 weeks after"}},
                 {30, {"dans les 30 jours suivant", "within 30 days after"}},
                 {60, {"dans les 60 jours suivant", "within 60 days after"}},
                 {61, {"dans les 2 mois suivant", "within 2 months after"}},
                 {90, {"dans les 90 jours suivant", "within 90 days after"}},
                 {91, {"dans les 3 mois suivant", "within 3 months after"}},
                 {183, {"dans les 6 mois suivant", "within 6 months after"}},
                 {365, {"dans l’année suivant", "within one year after"}},
                 {366, {"dans les 366 jours suivant", "within 366 days after"}},
                 {731, {"dans les 2 ans suivant", "within 2 years after"}},
                 {1826, {"dans les 5 ans suivant", "within 5 years after"}}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(table); i++) {
        const char *text =
            arena_printf(arena, "surgery any within %d days after birth", table[i].days);

        for (enum lang lang = LANG_FR; lang <= LANG_EN; lang++) {
            const char *said = criteria_sentence(arena, parsed(text), lang);

            if (!strstr(said, table[i].said[lang]))
                fail_msg("%s: %s\nexpected %s", text, said, table[i].said[lang]);
        }
    }
}

/* What is said in weeks, months and years reads back to the same days. */
static void durations_read_back_exactly(void **state)
{
    (void)state;
    for (int days = 1; days <= 5000; days++) {
        const char *text =
            arena_printf(arena, "surgery any within %d days after birth", days);
        const char *said = criteria_sentence(arena, parsed(text), LANG_EN);
        const char *from = strstr(said, "within "), *to = strstr(said, " after birth");
        const char *again;

        assert_true(from && to);
        from += strlen("within ");
        if (strncmp(from, "one", 3) == 0)
            again = arena_printf(arena, "1%.*s", (int)(to - from - 3), from + 3);
        else
            again = arena_printf(arena, "%.*s", (int)(to - from), from);
        again = arena_printf(arena, "surgery any within %s after birth", again);
        assert_string_equal(criteria_print(arena, parsed(again)),
                            criteria_print(arena, parsed(text)));
    }
}

/* ---- typography and limits ---- */

static void french_blanks_do_not_break(void **state)
{
    const char *said = criteria_sentence(
        arena,
        parsed("topography C34 and at least 2 of (dead, measure WEIGHT < 50.5 kg, "
               "measure CEA > 150000)"),
        LANG_FR);

    (void)state;
    assert_string_equal(said,
                        "Patients dont une tumeur est localisée au niveau «" NBSP
                        "Bronches, poumon" NBSP "» (C34)" NBSP
                        "; et remplissant au moins deux des trois "
                        "critères suivants" NBSP ": (a) décédés" NBSP
                        "; (b) avec un poids "
                        "inférieur à 50,5" NBSP "kg" NBSP "; (c) avec une mesure d’ACE "
                        "supérieure à 150" NBSP "000" NBSP "µg/L");
}

static const char *repeated(const char *before, const char *what, size_t n,
                            const char *after)
{
    struct buffer out;
    const char *text;

    buffer_init(&out, (size_t)1 << 20);
    buffer_string(&out, before);
    for (size_t i = 0; i < n; i++)
        buffer_string(&out, what);
    buffer_string(&out, after);
    text = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

static bool ends_with(const char *text, const char *end)
{
    size_t length = strlen(text), n = strlen(end);

    return length >= n && strcmp(text + length - n, end) == 0;
}

/* The largest questions are said to their end. */
static void long_sentences_are_whole(void **state)
{
    const char *codes = repeated("L", ", L", 511, "");
    const char *lists =
        repeated("", arena_printf(arena, "treatment (%s) ", codes), 40, "dead");
    const char *brackets =
        repeated("", "at least 1 of (dead, ", CRITERIA_DEPTH_MAX - 2, "smoking");
    const char *said;

    (void)state;
    said = criteria_sentence(arena, parsed(lists), LANG_FR);
    assert_true(strlen(said) > 40 * 512 * 40 && ends_with(said, "et décédés"));
    said = criteria_sentence(arena, parsed(repeated("any", " any", 4000, "")), LANG_FR);
    assert_true(ends_with(said, " et quels qu’ils soient"));
    said = criteria_sentence(
        arena, parsed(repeated("", "not ", CRITERIA_DEPTH_MAX - 2, "dead")), LANG_EN);
    assert_true(ends_with(said, " excluding those who have not died"));
    said = criteria_sentence(
        arena, parsed(repeated(brackets, ")", CRITERIA_DEPTH_MAX - 2, "")), LANG_EN);
    assert_true(ends_with(said, "b2b2) with tobacco use"));
}

/* ---- any criteria ---- */

static const char *one_of(struct rng *rng, const char *const *words, size_t n)
{
    return words[rng_below(rng, n)];
}

#define ONE_OF(rng, ...)                            \
    one_of(rng, (const char *const[]){__VA_ARGS__}, \
           sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

static const char *random_fact(struct rng *rng)
{
    return ONE_OF(rng, "treatment L01", "treatment L01A", "treatment any",
                  "treatment L01 in trial", "treatment (L01, L02) in trial",
                  "treatment any >= 2", "surgery any", "surgery GF",
                  "radiotherapy any at C50", "radiotherapy any > 50", "radiotherapy ZZNL",
                  "imaging CT", "imaging any status THORAX", "progression",
                  "progression \"NO\"", "biomarker HER2 positive",
                  "biomarker HER2 negative", "biomarker HER2 <= 3", "biomarker any",
                  "measure CEA > 5", "measure CEA", "measure PS >= 2", "measure PS <= 2",
                  "measure WEIGHT < 50", "state any", "altered KRAS", "altered KRAS G12C",
                  "altered EGFR > 0.3", "altered any", "fusion ALK status EML4",
                  "fusion any", "copy number EGFR > 6", "specimen BIOPSY status TUMOUR",
                  "morbid event E11", "family history C50 status MOTHER",
                  "observation NAUSEA", "metastasis C22", "metastasis any",
                  "event RELAPSE", "event any at C34", "stage IV", "stage >= III",
                  "stage any", "T T2", "T any", "N N1", "M M1", "topography C34",
                  "topography (C34, C50, C18)", "morphology 8140", "grade G2",
                  "size > 20", "size", "laterality L", "diagnosis method 7", "care here",
                  "smoking", "smoking \"NO\"", "alcohol", "sex F", "sex M");
}

static const char *random_when(struct rng *rng)
{
    return ONE_OF(
        rng, "in 2021", "since 2020", "until 2020", "since 2020-03", "since 2020-03-14",
        "from 2018 to 2021", "in 2021-03", "from 2021-03-02 to 2021-12-31",
        "in the last 30 days", "in the last 1 years", "in the last 2 weeks",
        "ended in 2021", "ended in the last 6 months", "within 90 days after diagnosis",
        "within 90 days before diagnosis", "within 90 days of diagnosis",
        "after diagnosis", "before diagnosis", "since diagnosis", "until diagnosis",
        "within 30 days before death", "after birth", "before last visit",
        "at least 6 months after last contact", "at age >= 70", "at age 18..40",
        "after surgery any", "before surgery any", "since surgery any",
        "until surgery any", "preceded by surgery any", "not preceded by surgery any",
        "followed by progression", "not followed by progression",
        "preceded within 30 days by measure CEA > 5",
        "not followed within 0 days by imaging CT",
        "within 90 days after first surgery any",
        "within 90 days of last treatment L01 in trial", "3..6 months after surgery any",
        "91..180 days before first (treatment L01 since 2020)",
        "after end of first treatment L01", "ended before end of treatment L01",
        "during treatment L01", "not during treatment L01",
        "overlapping radiotherapy any", "not overlapping radiotherapy any",
        "ended not during radiotherapy any",
        "between first surgery any and last progression",
        "followed by (surgery any since 2020)", "since first (surgery any) since 2020");
}

/* A line of the whole language: count or order, fact, when. */
static const char *random_line(struct rng *rng)
{
    const char *how =
        rng_chance(rng, 50)
            ? ""
            : ONE_OF(rng, "at least 2 ", "at least 3 ", "at most 1 ", "at most 2 ",
                     "exactly 1 ", "exactly 2 ", "first ", "last ", "second ", "12th ");
    const char *date =
        ONE_OF(rng, "died", "last visit", "last contact", "born", "diagnosed");
    const char *fact = random_fact(rng), *more = random_fact(rng);
    const char *when = random_when(rng), *again = random_when(rng);

    switch (rng_between(rng, 0, 9)) {
    case 0: return arena_printf(arena, "%s%s", how, fact);
    case 1: return arena_printf(arena, "%s%s %s %s", how, fact, when, again);
    case 2: return arena_printf(arena, "first (%s %s) %s", fact, when, again);
    case 3: return arena_printf(arena, "%s%s followed by %s", how, fact, more);
    case 4: return arena_printf(arena, "%s%s after last (%s %s)", how, fact, more, when);
    case 5: return arena_printf(arena, "%s %s", date, when);
    case 6:
        return arena_printf(arena, "age %s %s %d",
                            ONE_OF(rng, "now", "at diagnosis", "at death",
                                   "at last visit", "at last contact"),
                            ONE_OF(rng, "<", "<=", ">", ">=", "="),
                            rng_between(rng, 1, 90));
    case 7:
        return ONE_OF(rng, "sequenced", "any", "dead", "alive", "active 2020",
                      "active 2019..2021", "use \"fit\" v1", "use \"fit\"");
    default: return arena_printf(arena, "%s%s %s", how, fact, when);
    }
}

/* A line inside sample { }, event { } or tnm { }. */
static const char *random_line_inside(struct rng *rng, const char *word)
{
    const char *when = rng_chance(rng, 60) ? "" : random_when(rng);
    const char *how =
        rng_chance(rng, 70) ? "" : ONE_OF(rng, "at least 2 ", "exactly 1 ", "last ");
    const char *fact =
        word[0] == 's'
            ? ONE_OF(rng, "specimen BIOPSY", "specimen any", "specimen LIQUID",
                     "specimen BIOPSY status TUMOUR", "sample topography C22",
                     "sample topography any", "altered KRAS", "altered any", "fusion ALK",
                     "copy number MET", "biomarker HER2", "altered EGFR T790M")
        : word[0] == 'e'
            ? ONE_OF(rng, "event RELAPSE", "event any", "event METASTASIS",
                     "event any at C22", "event morphology 8140/3",
                     "event morphology any", "event method 7", "event method any")
            : ONE_OF(rng, "T T4", "T any", "T >= T3", "N N2", "N any", "M M0", "M any",
                     "tnm type p", "tnm type c", "tnm type any");

    return arena_printf(arena, "%s%s %s", how, fact, when);
}

static const char *random_block(struct rng *rng, int depth, const char *word)
{
    const char *a = random_line_inside(rng, word), *b = random_line_inside(rng, word);

    if (depth > 1)
        a = random_block(rng, depth - 1, word);
    switch (rng_between(rng, 0, 4)) {
    case 0: return arena_printf(arena, "(%s) and (%s)", a, b);
    case 1: return arena_printf(arena, "(%s) or (%s)", a, b);
    case 2: return arena_printf(arena, "not (%s)", a);
    case 3: return arena_printf(arena, "at least 1 of ((%s), (%s))", a, b);
    default: return a;
    }
}

static const char *random_tree(struct rng *rng, int depth, bool in_tumour)
{
    const char *a, *b, *c, *word;

    if (depth == 0)
        return random_line(rng);
    a = random_tree(rng, depth - 1, in_tumour);
    b = random_tree(rng, rng_between(rng, 0, depth - 1), in_tumour);
    c = random_tree(rng, 0, in_tumour);
    switch (rng_between(rng, 0, in_tumour ? 8 : 10)) {
    case 0: return arena_printf(arena, "(%s) and (%s)", a, b);
    case 1: return arena_printf(arena, "(%s) or (%s)", a, b);
    case 2: return arena_printf(arena, "not (%s)", a);
    case 3: return arena_printf(arena, "(%s) and (%s) and (%s)", a, b, c);
    case 4: return arena_printf(arena, "(%s) and (%s) and (%s)", c, b, a);
    case 5:
        return arena_printf(arena, "at least %d of ((%s), (%s), (%s))",
                            rng_between(rng, 1, 3), a, b, c);
    case 6: return arena_printf(arena, "(%s) or (%s) or (%s)", c, b, a);
    case 7: return arena_printf(arena, "named \"x\" (%s) and (%s)", a, c);
    case 8:
        word = ONE_OF(rng, "sample", "sample", "event", "tnm");
        return arena_printf(arena, "%s { %s }", word, random_block(rng, depth, word));
    default:
        return arena_printf(arena, "tumour { %s }", random_tree(rng, depth - 1, true));
    }
}

/* The reader does not mind where `sex F` stands: it makes "Patientes". Put it first. */
static const char *key_of(const struct criteria *criteria)
{
    struct criteria sorted = *criteria;
    size_t n = criteria->n_children, women = n;
    const struct criteria **children = arena_array(arena, n + 1, sizeof(*children));

    if (criteria->kind != CRITERIA_AND)
        return criteria_print(arena, criteria);
    for (size_t i = n; i-- > 0;)
        if (strcmp(criteria_print(arena, criteria->children[i]), "sex F") == 0)
            women = i;
    if (women == n)
        return criteria_print(arena, criteria);
    children[0] = criteria->children[women];
    for (size_t i = 0, k = 1; i < n; i++)
        if (i != women)
            children[k++] = criteria->children[i];
    sorted.children = children;
    return criteria_print(arena, &sorted);
}

/* WORDS as whole words of TEXT; a mark anywhere. */
static bool says(const char *text, const char *words)
{
    bool letters = words[0] >= 'a' && words[0] <= 'z';

    for (const char *at = strstr(text, words); at; at = strstr(at + 1, words))
        if (!letters || at == text || at[-1] == ' ' || at[-1] == '(')
            return true;
    return false;
}

/* Brackets close what they open; quotes do not stand inside each other. */
static bool is_balanced(const char *text)
{
    int open = 0, quotes = 0;

    for (const char *c = text; *c && open >= 0 && quotes >= 0 && quotes <= 1; c++) {
        open += (*c == '(') - (*c == ')');
        quotes += strncmp(c, "«", strlen("«")) == 0 || strncmp(c, "“", strlen("“")) == 0;
        quotes -= strncmp(c, "»", strlen("»")) == 0 || strncmp(c, "”", strlen("”")) == 0;
    }
    return open == 0 && quotes == 0;
}

static void holds_together(const char *text, const char *sentence, enum lang lang)
{
    static const char *const wrong[LANG_EN + 1][24] = {
        {"  ",   " ,",   "de le ", "de les ", "à le ",  "à les ", "de une", "de un ",
         "de a", "de é", "de o",   "de i",    "que il", "si il",  "()",     "( ",
         " )",   "\1",   "\2",     "~",       ",,",     "; ;",    "et et ", NULL},
        {"  ", " ,",  "a a ",     "an an ",     "a an ",  "an a ",      " ;",
         " :", "()",  "( ",       " )",         "\1",     "\2",         "~",
         ",,", "; ;", "and and ", "with with ", "of of ", "with no a ", NULL}};
    const char *said = plain(sentence);

    if (strlen(said) < strlen("Patients") || said[strlen(said) - 1] == ' ')
        fail_msg("%s\nis said\n%s", text, said);
    for (size_t i = 0; wrong[lang][i]; i++)
        if (says(said, wrong[lang][i]))
            fail_msg("%s\n%s\nsays \"%s\"", text, said, wrong[lang][i]);
    if (!is_balanced(said))
        fail_msg("%s\n%s\nbrackets or quotes do not match", text, said);
}

/* Of two questions that are said alike, one is asked wrongly. */
static void is_said_only_of(struct table *said, struct arena *kept, const char *key,
                            const char *sentence)
{
    bool added;
    uint64_t *value = table_put(said, sentence, strlen(sentence), &added);

    if (added)
        *value = (uintptr_t)arena_string(kept, key, strlen(key));
    else if (strcmp((const char *)(uintptr_t)*value, key) != 0)
        fail_msg("%s\nand\n%s\nare both said\n%s", (const char *)(uintptr_t)*value, key,
                 plain(sentence));
}

#define QUESTIONS 20000

static void two_questions_are_never_said_alike(void **state)
{
    struct rng rng = {test_seed(1)};
    const struct record *records[20];
    const struct askable *askable;
    struct table *said[2] = {table_new(), table_new()};
    struct arena *kept = arena_new("kept", (size_t)1 << 30);

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(records); i++)
        records[i] = random_record(arena, &rng, (uint32_t)i + 1);
    askable = askable_new(arena, records, ARRAY_LENGTH(records));
    for (size_t asked = 0, rounds = test_rounds(QUESTIONS); asked < rounds;) {
        struct arena_mark mark = arena_mark(arena);
        struct error err = ERROR_INIT;
        int depth = rng_between(&rng, 0, 3);
        const char *text = rng_chance(&rng, 30)
                               ? random_criteria_text(arena, &rng, askable, depth)
                               : random_tree(&rng, depth, false);
        const struct criteria *criteria = read_or_null(text, &err);

        asked += criteria != NULL; /* not every kind of fact has an end */
        for (enum lang lang = LANG_FR; criteria && lang <= LANG_EN; lang++) {
            const char *sentence = criteria_sentence(arena, criteria, lang);

            holds_together(text, sentence, lang);
            is_said_only_of(said[lang], kept, key_of(criteria), sentence);
        }
        arena_release(arena, mark);
    }
    table_free(said[LANG_FR]);
    table_free(said[LANG_EN]);
    arena_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(criteria_are_said_as_reviewed),
        cmocka_unit_test(the_examples_of_the_manual_are_said),
        cmocka_unit_test(every_word_has_words),
        cmocka_unit_test(durations_are_said_in_round_units),
        cmocka_unit_test(durations_read_back_exactly),
        cmocka_unit_test(french_blanks_do_not_break),
        cmocka_unit_test(long_sentences_are_whole),
        cmocka_unit_test(two_questions_are_never_said_alike),
    };

    return cmocka_run_group_tests_name("sentence", tests, arena_begin, arena_end);
}
