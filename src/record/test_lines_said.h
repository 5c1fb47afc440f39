/* SPDX-License-Identifier: Apache-2.0
 *
 * record/test_lines_said.h: patients in a few words, and their lines in words, for the tests of
 * lines.
 *
 *     tumour C34.1 8140/3 2019-03-01     what follows hangs on it
 *     free                               what follows hangs on no tumour
 *     M 1 | stage 4A | metastasis 2020-05 | event LOCAL 2020-05 | imaging 2020-05
 *     drug L01XA02 2020-01-10 [to 2020-03-01] [change 2] [trial]       "?" is a missing code
 *
 * Separated by ';'. The lines are written as "1 2020-01-10 to 2020-03-01: L01BA04 L01XA02", with
 * "tumour 2, " or "free, " in front where there is not one tumour, and "?" for an unknown number. */
#ifndef RECORD_TEST_LINES_SAID_H
#define RECORD_TEST_LINES_SAID_H

#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "record/record.h"

#define SAID_MAX 64

static inline struct interval said_date(const char *word)
{
    struct interval date;

    if (date_parse(word, &date, NULL) < 0)
        panic("not a date: %s", word);
    return date;
}

static inline struct value *said_value(struct arena *arena, struct fact *fact,
                                       enum item item)
{
    struct value *values = arena_array(arena, fact->n_values + 1u, sizeof(*values));

    for (size_t i = 0; i < fact->n_values; i++)
        values[i] = fact->values[i];
    values[fact->n_values] = (struct value){.item = item, .type = model_item(item)->type};
    fact->values = values;
    return &values[fact->n_values++];
}

/* The words of one statement after its first; "" where there is none. */
struct words {
    const char *word[8];
};

static inline void said_drug(struct arena *arena, struct fact *fact,
                             const struct words *words)
{
    const char *code = strcmp(words->word[1], "?") == 0 ? "" : words->word[1];
    struct value change = {.item = ITEM_NONE};
    bool trial = false;

    fact->group = GROUP_DRUG;
    fact->date = said_date(words->word[2]);
    for (int i = 3; *words->word[i]; i++) {
        if (strcmp(words->word[i], "to") == 0)
            fact->end = said_date(words->word[++i]);
        else if (strcmp(words->word[i], "change") == 0)
            change = (struct value){.item = ITEM_DRUG_CHANGE,
                                    .type = TYPE_NUMBER,
                                    .number = words->word[++i][0] - '0'};
        else
            trial = true;
    }
    if (change.item != ITEM_NONE)
        *said_value(arena, fact, ITEM_DRUG_CHANGE) = change;
    said_value(arena, fact, ITEM_DRUG_CODE)->text = code;
    if (trial)
        said_value(arena, fact, ITEM_DRUG_TRIAL)->text = "YES";
}

static inline void said_fact(struct arena *arena, struct fact *fact,
                             const struct words *words)
{
    const char *kind = words->word[0];

    if (strcmp(kind, "tumour") == 0) {
        fact->group = GROUP_PRIMARY_CANCER;
        said_value(arena, fact, ITEM_TOPOGRAPHY)->text = words->word[1];
        said_value(arena, fact, ITEM_MORPHOLOGY)->text = words->word[2];
        fact->date = said_date(words->word[3]);
    } else if (strcmp(kind, "M") == 0) {
        fact->group = GROUP_TNM;
        said_value(arena, fact, ITEM_TNM_M)->text =
            words->word[1][0] == '1' ? "M1" : "M0";
    } else if (strcmp(kind, "stage") == 0) {
        fact->group = GROUP_STAGE;
        said_value(arena, fact, ITEM_STAGE_VALUE)->text = words->word[1];
    } else if (strcmp(kind, "metastasis") == 0 || strcmp(kind, "imaging") == 0) {
        fact->group = *kind == 'm' ? GROUP_METASTASIS : GROUP_IMAGING;
        fact->date = said_date(words->word[1]);
    } else if (strcmp(kind, "event") == 0) {
        fact->group = GROUP_TUMOUR_EVENT;
        said_value(arena, fact, ITEM_EVENT_TYPE)->text = words->word[1];
        fact->date = said_date(words->word[2]);
    } else {
        said_drug(arena, fact, words);
    }
}

/* The facts that TEXT says. */
static inline struct facts *said_facts(struct arena *arena, const char *text)
{
    struct facts *facts = arena_alloc(arena, sizeof(*facts));
    char *copy = arena_string(arena, text, strlen(text)), *statements, *rest;
    int tumour = TUMOUR_NONE;

    facts->finess = "";
    facts->fact = arena_array(arena, SAID_MAX, sizeof(*facts->fact));
    for (char *at = strtok_r(copy, ";", &statements); at;
         at = strtok_r(NULL, ";", &statements)) {
        struct words words = {{"", "", "", "", "", "", "", ""}};
        struct fact *fact = &facts->fact[facts->n];
        int n = 0;

        for (char *word = strtok_r(at, " ", &rest); word && n < 8;
             word = strtok_r(NULL, " ", &rest))
            words.word[n++] = word;
        if (strcmp(words.word[0], "free") == 0) {
            tumour = TUMOUR_NONE;
            continue;
        }
        if (n == 0)
            continue;
        if (facts->n == SAID_MAX)
            panic("more than %d facts", SAID_MAX);
        *fact = (struct fact){.date = INTERVAL_UNKNOWN, .end = INTERVAL_UNKNOWN};
        said_fact(arena, fact, &words);
        if (fact->group == GROUP_PRIMARY_CANCER)
            tumour = facts->n_tumours++;
        fact->tumour = tumour;
        fact->position = (uint32_t)facts->n++;
    }
    return facts;
}

static inline struct record *said_record(struct arena *arena, const struct facts *facts)
{
    struct error err = ERROR_INIT;
    struct record *record;

    if (record_merge(arena, NULL, 1, &facts, 1, &record, &err) < 0)
        panic("%s", err.message);
    return record;
}

static inline bool is_same_line(const struct fact *a, const struct fact *b)
{
    const struct value *x = fact_value(a, ITEM_LINE_NUMBER);
    const struct value *y = fact_value(b, ITEM_LINE_NUMBER);

    return a->tumour == b->tumour && a->date.first == b->date.first &&
           a->date.last == b->date.last && a->end.first == b->end.first &&
           a->end.last == b->end.last && !x == !y && (!x || x->number == y->number);
}

/* The lines of RECORD, in ARENA. */
static inline const char *lines_words(struct arena *arena, const struct record *record)
{
    const struct fact *before = NULL;
    struct buffer out;
    const char *text;

    buffer_init(&out, 1 << 16);
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        const struct value *number = fact_value(fact, ITEM_LINE_NUMBER);
        const char *code = fact_text(fact, ITEM_LINE_DRUG);
        char start[DATE_TEXT_SIZE], end[DATE_TEXT_SIZE];

        if (fact->group != GROUP_LINE)
            continue;
        if (!before || !is_same_line(before, fact)) {
            buffer_string(&out, before ? "\n" : "");
            if (fact->tumour == TUMOUR_NONE)
                buffer_string(&out, "free, ");
            else if (record->n_tumours > 1)
                buffer_printf(&out, "tumour %d, ", fact->tumour + 1);
            if (number)
                buffer_printf(&out, "%d", (int)number->number);
            else
                buffer_char(&out, '?');
            buffer_printf(&out, " %s to %s:", date_print_iso(fact->date, start),
                          date_print_iso(fact->end, end));
        }
        buffer_printf(&out, " %s", *code ? code : "?");
        before = fact;
    }
    text = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

#endif
