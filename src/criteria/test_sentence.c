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
#include "support/random_criteria.h"

#define NBSP "\u00a0"

static struct arena *arena;

static int arena_begin(void **state)
{
    (void)state;
    arena = arena_new("test", (size_t)1 << 30);
    return 0;
}

static int arena_end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

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

struct said {
    const char *criteria, *fr, *en;
};

__attribute__((unused)) static void check(const struct said *said, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct criteria *criteria = parsed(said[i].criteria);
        const char *fr = plain(criteria_sentence(arena, criteria, LANG_FR));
        const char *en = plain(criteria_sentence(arena, criteria, LANG_EN));

        if (strcmp(fr, said[i].fr) != 0 || strcmp(en, said[i].en) != 0)
            fail_msg("%s\nis said\n%s\n%s\nexpected\n%s\n%s", said[i].criteria, fr, en,
                     said[i].fr, said[i].en);
    }
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

static const char *random_tree(struct rng *rng, int depth, bool in_tumour)
{
    const char *a, *b, *c;

    if (depth == 0)
        return random_line(rng);
    a = random_tree(rng, depth - 1, in_tumour);
    b = random_tree(rng, rng_between(rng, 0, depth - 1), in_tumour);
    c = random_tree(rng, 0, in_tumour);
    switch (rng_between(rng, 0, in_tumour ? 7 : 9)) {
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

static void holds_together(const char *text, const char *sentence, enum lang lang)
{
    static const char *const wrong[2][24] = {
        {"  ",   " ,",   "de le ", "de les ", "à le ",  "à les ", "de une", "de un ",
         "de a", "de é", "de o",   "de i",    "que il", "si il",  "()",     "( ",
         " )",   "\1",   "\2",     "~",       ",,",     "; ;",    "et et",  NULL},
        {"  ", " ,", "a a", "an an", " ;", " :", "()", "( ", " )", "\1", "\2", "~", ",,",
         "; ;", "and and", "with with", "of of", "with no a ", NULL}};
    const char *said = plain(sentence);
    int open = 0, quotes = 0;

    if (strlen(said) < 8)
        fail_msg("%s\nsays nothing", text);
    if (said[strlen(said) - 1] == ' ')
        fail_msg("%s\n%s\nends in a blank", text, said);
    for (size_t i = 0; wrong[lang][i]; i++) {
        const char *found = strstr(said, wrong[lang][i]);

        /* words, not parts of words: "a a" in "a aa" */
        if (found && wrong[lang][i][0] >= 'a' && found > said && found[-1] != ' ' &&
            found[-1] != '(')
            continue;
        if (found && strcmp(wrong[lang][i], "a a") == 0 && found[3] != ' ')
            continue;
        if (found)
            fail_msg("%s\n%s\nsays \"%s\"", text, said, wrong[lang][i]);
    }
    for (const char *c = said; *c; c++) {
        open += (*c == '(') - (*c == ')');
        quotes += strncmp(c, "«", 2) == 0 || strncmp(c, "“", 3) == 0;
        quotes -= strncmp(c, "»", 2) == 0 || strncmp(c, "”", 3) == 0;
        if (open < 0 || quotes < 0 || quotes > 1)
            break;
    }
    if (open != 0 || quotes != 0)
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
        cmocka_unit_test(two_questions_are_never_said_alike),
    };

    return cmocka_run_group_tests_name("sentence", tests, arena_begin, arena_end);
}
