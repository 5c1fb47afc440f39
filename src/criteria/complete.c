/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/complete.c: see complete.h. */
#include "criteria/complete.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "criteria/parse_internal.h"

#define LETTERS_OF_LABEL 2 /* fewer are looked for in spellings alone */
#define TRIED_MAX 1000     /* proposals parsed for one answer */
#define INSERT_TOKENS 64

/* ---- words, and what they mean ---- */

/* The most useful first. What is not here comes behind, in the order of the grammar. */
static const struct {
    const char *word, *fr, *en;
} keywords[] = {
    {"}", "fin de l’accolade", "end of the brace"},
    {")", "fin de la parenthèse", "end of the bracket"},
    {"{", "accolade : les lignes d’un même tout", "brace: lines about one and the same"},
    {"and", "et", "both"},
    {"or", "ou", "either"},
    {",", "ou ce code", "or this code"},
    {"any", "tous, n’importe lequel", "every one"},
    {"tumour", "pour une même tumeur", "of one and the same tumour"},
    {"not", "non, sans", "without"},
    {"sample {", "pour un même prélèvement", "of one and the same sample"},
    {"event {", "pour un même événement tumoral", "of one and the same tumour event"},
    {"tnm {", "pour un même TNM", "of one and the same TNM"},
    {"age", "âge", "age"},
    {"diagnosed", "diagnostiqué", "date of diagnosis"},
    {"dead", "décédé", "dead"},
    {"alive", "vivant", "alive"},
    {"died", "date de décès", "date of death"},
    {"born", "né, date de naissance", "date of birth"},
    {"active", "file active", "seen in a year"},
    {"sequenced", "séquencé", "sequenced"},
    {"positive", "positif", "positive"},
    {"negative", "négatif", "negative"},
    {"in trial", "dans un essai", "in a trial"},
    {"in the last", "dans les derniers", "in the last days"},
    {"within", "dans les … jours", "within days"},
    {"since", "depuis", "since"},
    {"before", "avant", "before"},
    {"after", "après", "after"},
    {"until", "jusqu’à", "until"},
    {"in", "en", "in"},
    {"from", "à partir de", "from"},
    {"between", "entre", "between"},
    {"preceded", "précédé de", "preceded by"},
    {"followed", "suivi de", "followed by"},
    {"during", "pendant", "during"},
    {"overlapping", "en même temps que", "overlapping"},
    {"first", "premier", "first"},
    {"last", "dernier", "last"},
    {"started", "commencé", "started"},
    {"ended", "terminé", "ended"},
    {"at least", "au moins", "at least"},
    {"at most", "au plus", "at most"},
    {"exactly", "exactement", "exactly"},
    {"at diagnosis", "au diagnostic", "at diagnosis"},
    {"now", "aujourd’hui", "now"},
    {"(", "parenthèse", "bracket"},
    {"named", "nommé", "named"},
    {"use", "utiliser un critère nommé", "use a named criterion"},
};

static const enum item useful_items[] = {
    ITEM_TOPOGRAPHY,   ITEM_MORPHOLOGY,     ITEM_STAGE_VALUE,  ITEM_DRUG_CODE,
    ITEM_VARIANT_GENE, ITEM_BIOMARKER_NAME, ITEM_SURGERY_CODE, ITEM_RADIOTHERAPY_CODE,
    ITEM_MEASURE_TYPE, ITEM_PATIENT_SEX,    ITEM_EVENT_TYPE,   ITEM_PROGRESSION_FLAG,
};

const char *criteria_proposal_name(enum proposal_kind kind)
{
    static const char *const names[] = {
        [PROPOSAL_KEYWORD] = "keyword", [PROPOSAL_ITEM] = "item",
        [PROPOSAL_CODE] = "code",       [PROPOSAL_UNIT] = "unit",
        [PROPOSAL_NAME] = "name",       [PROPOSAL_NUMBER] = "number",
        [PROPOSAL_DATE] = "date",       [PROPOSAL_TEXT] = "text",
    };

    return names[kind];
}

/* ---- where the cursor stands ---- */

struct cursor {
    size_t from;    /* the word that is being written begins here */
    char *word;     /* its text, without a quote before it */
    bool in_string; /* it has one */
    bool in_comment;
};

static struct cursor find_cursor(struct arena *arena, const char *text, size_t at)
{
    struct cursor cursor = {.from = at};
    size_t i = 0, string = 0;

    while (i < at) {
        char c = text[i];

        if (cursor.in_comment) {
            cursor.in_comment = c != '\n';
        } else if (cursor.in_string) {
            i += c == '\\';
            cursor.in_string = c != '"' && c != '\n';
        } else if (c == '"') {
            cursor.in_string = true;
            string = i;
        } else {
            cursor.in_comment = c == '#';
        }
        i++;
    }
    if (cursor.in_string)
        cursor.from = string;
    while (!cursor.in_string && cursor.from > 0 && lexer_is_word(text[cursor.from - 1]) &&
           !(cursor.from > 1 && text[cursor.from - 1] == '.' &&
             text[cursor.from - 2] == '.'))
        cursor.from--;
    cursor.word = arena_string(arena, text + cursor.from + cursor.in_string,
                               at - cursor.from - cursor.in_string);
    return cursor;
}

/* ---- gathering ---- */

struct candidate {
    struct criteria_proposal proposal;
    unsigned rank;
    size_t order;
};

struct completion {
    struct arena *arena;
    struct cursor cursor;
    struct token *tokens; /* before the cursor, and room for INSERT_TOKENS */
    size_t n_tokens;      /* without the end */
    struct candidate *candidates;
    size_t n, tried;
    bool codes_wanted;
};

static bool begins(const char *text, const char *beginning)
{
    return strncasecmp(text, beginning, strlen(beginning)) == 0;
}

/* Does the parser take INSERT behind what stands before the cursor: is it whole then, or does
 * the parser look for more where it ends? */
static bool is_taken(struct completion *completion, const char *insert)
{
    struct arena_mark mark = arena_mark(completion->arena);
    struct wants wants = {0};
    struct parser parser = {
        .arena = completion->arena, .tokens = completion->tokens, .wants = &wants};
    struct error ignored = ERROR_INIT;
    struct token *more;
    size_t n = 0;
    bool taken = false;

    if (completion->tried++ < TRIED_MAX &&
        lexer_read(completion->arena, insert, strlen(insert), &more, &ignored) == 0) {
        while (more[n].kind != TOKEN_END)
            n++;
        if (n < INSERT_TOKENS) {
            memcpy(completion->tokens + completion->n_tokens, more,
                   (n + 1) * sizeof(*more));
            taken = parser_run(&parser, &ignored) || wants.n > 0;
        }
    }
    arena_release(completion->arena, mark);
    return taken;
}

static bool is_known_already(const struct completion *completion,
                             const struct criteria_proposal *proposal)
{
    for (size_t i = 0; i < completion->n; i++) {
        const struct criteria_proposal *other = &completion->candidates[i].proposal;

        if (!proposal->insert || !other->insert
                ? other->kind == proposal->kind && !other->insert == !proposal->insert &&
                      strcmp(other->label[LANG_EN], proposal->label[LANG_EN]) == 0
                : strcmp(other->insert, proposal->insert) == 0)
            return true;
    }
    return false;
}

static void propose(struct completion *completion, enum proposal_kind kind, unsigned rank,
                    const char *insert, const char *fr, const char *en)
{
    struct criteria_proposal proposal = {
        kind, insert, {[LANG_FR] = fr ? fr : "", [LANG_EN] = en ? en : ""}};

    if (completion->n == PROPOSALS_MAX || is_known_already(completion, &proposal) ||
        (insert && !is_taken(completion, insert)))
        return;
    completion->candidates[completion->n] =
        (struct candidate){proposal, rank, completion->n};
    completion->n++;
}

/* 0: by its spelling, or nothing is written yet; 1: by its label; -1: not at all. */
static int match_of(const struct completion *completion, const char *spelling,
                    const char *fr, const char *en)
{
    const char *word = completion->cursor.word;

    if (begins(spelling, word))
        return 0;
    if (strlen(word) < LETTERS_OF_LABEL)
        return -1;
    return (fr && vocab_label_has(fr, word)) || (en && vocab_label_has(en, word)) ? 1
                                                                                  : -1;
}

/* ---- of each kind ---- */

#define RANK_LABEL 10000 /* found by its label alone */

static void propose_words(struct completion *completion, const char *words)
{
    const char *fr = NULL, *en = NULL;
    unsigned rank = 600;
    int match;

    for (size_t i = 0; i < ARRAY_LENGTH(keywords); i++) {
        if (strcmp(keywords[i].word, words) != 0)
            continue;
        fr = keywords[i].fr;
        en = keywords[i].en;
        rank = 200 + (unsigned)i * 4;
    }
    if (strcmp(words, "any") == 0 && completion->codes_wanted)
        rank = 90; /* before them */
    match = completion->cursor.in_string ? -1 : match_of(completion, words, fr, en);
    if (match >= 0)
        propose(completion, PROPOSAL_KEYWORD, rank + (unsigned)match * RANK_LABEL, words,
                fr, en);
}

static void propose_unit(struct completion *completion, const char *unit)
{
    if (!completion->cursor.in_string && begins(unit, completion->cursor.word))
        propose(completion, PROPOSAL_UNIT, 60, unit, NULL, NULL);
}

/* WORDS is what is left of the item's word: all of it, or "number" of "copy number". */
static void propose_item(struct completion *completion, const char *words)
{
    const struct item_row *item = NULL;
    unsigned rank = 500;
    int match;

    for (int i = ITEM_NONE + 1; i < ITEMS && !item; i++) {
        const char *word = model_item((enum item)i)->word;
        size_t length = strlen(word), left = strlen(words);

        /* the want points into the word itself */
        if (*word && words >= word && words + left == word + length)
            item = model_item((enum item)i);
    }
    if (!item || completion->cursor.in_string)
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(useful_items); i++)
        if (useful_items[i] == item->item)
            rank = 220 + (unsigned)i * 4 + 2;
    match = match_of(completion, words, item->fr, item->en);
    if (match >= 0)
        propose(completion, PROPOSAL_ITEM, rank + (unsigned)match * RANK_LABEL, words,
                item->fr, item->en);
}

/* TEXT in quotes. */
static const char *quoted(struct completion *completion, const char *text)
{
    struct buffer out;
    const char *result;

    buffer_init(&out, 4 * (size_t)CRITERIA_TEXT_MAX);
    buffer_char(&out, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\')
            buffer_char(&out, '\\');
        buffer_char(&out, *c);
    }
    buffer_char(&out, '"');
    result = arena_string(completion->arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return result;
}

/* In quotes where it needs them, or where they were begun. */
static const char *code_text(struct completion *completion, enum vocab_system system,
                             const char *code)
{
    char spelling[VOCAB_CODE_SIZE];
    struct buffer out;
    const char *text;

    if (completion->cursor.in_string)
        return quoted(completion, vocab_print(system, code, spelling));
    buffer_init(&out, 4 * (size_t)VOCAB_CODE_SIZE);
    criteria_print_code(&out, system, code);
    text = arena_string(completion->arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

/* Codes by their spelling, groups before what is below them, and then by their labels. */
static void propose_codes(struct completion *completion, enum vocab_system system)
{
    size_t n = vocab_known_count(system);

    for (size_t i = 0; i < n; i++) {
        const char *code = vocab_known(system, i);

        if (!code)
            break;

        const char *fr = vocab_known_label(system, i, LANG_FR);
        const char *en = vocab_known_label(system, i, LANG_EN);
        char spelling[VOCAB_CODE_SIZE];
        int match = match_of(completion, vocab_print(system, code, spelling), fr, en);

        if (match >= 0)
            propose(completion, PROPOSAL_CODE,
                    100 + (unsigned)strlen(code) + (unsigned)match * 50,
                    code_text(completion, system, code), fr, en);
    }
    if (system == VOCAB_NAME || n == 0)
        propose(completion, PROPOSAL_TEXT, 92, NULL,
                "un nom, entre guillemets s’il contient des blancs",
                "a name, in quotes if it has blanks");
}

static void propose_name(struct completion *completion, const char *name)
{
    if (!*name)
        propose(completion, PROPOSAL_TEXT, 92, NULL, "un nom entre guillemets",
                "a name in quotes");
    else if (begins(name, completion->cursor.word))
        propose(completion, PROPOSAL_NAME, 10, quoted(completion, name), NULL, NULL);
}

/* A number, or a date, where the parser takes one of these. */
static void propose_hint(struct completion *completion, enum proposal_kind kind,
                         const char *const samples[], size_t n, const char *fr,
                         const char *en)
{
    const char *word = completion->cursor.word;
    bool taken = false;

    if (completion->cursor.in_string || strspn(word, "0123456789.-") != strlen(word))
        return;
    for (size_t i = 0; i < n && !taken; i++)
        taken = is_taken(completion, samples[i]);
    if (taken)
        propose(completion, kind, 92, NULL, fr, en);
}

static void propose_wanted(struct completion *completion, const struct want *want)
{
    static const char *const numbers[] = {"1", "60", "1000", "0.5"};
    static const char *const dates[] = {"2020", "1880", "2058"};

    switch (want->kind) {
    case WANT_WORDS: propose_words(completion, want->words); return;
    case WANT_UNIT: propose_unit(completion, want->words); return;
    case WANT_ITEM: propose_item(completion, want->words); return;
    case WANT_CODE: propose_codes(completion, want->system); return;
    case WANT_NAME: propose_name(completion, want->words); return;
    case WANT_NUMBER:
        propose_hint(completion, PROPOSAL_NUMBER, numbers, ARRAY_LENGTH(numbers),
                     "un nombre", "a number");
        return;
    case WANT_DATE:
        propose_hint(completion, PROPOSAL_DATE, dates, ARRAY_LENGTH(dates),
                     "une date : 2021, 2021-03 ou 2021-03-14",
                     "a date: 2021, 2021-03 or 2021-03-14");
        return;
    }
}

/* ---- all of it ---- */

static int by_rank(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;

    if (x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

/* The tokens before the cursor, with room behind them; false if they are none. */
static bool read_tokens(struct completion *completion, const char *text)
{
    struct error ignored = ERROR_INIT;
    struct token *tokens;
    size_t n = 0;

    if (completion->cursor.in_comment ||
        lexer_read(completion->arena, text, completion->cursor.from, &tokens, &ignored) <
            0)
        return false;
    while (tokens[n].kind != TOKEN_END)
        n++;
    completion->tokens =
        arena_array(completion->arena, n + INSERT_TOKENS, sizeof(*tokens));
    memcpy(completion->tokens, tokens, (n + 1) * sizeof(*tokens));
    completion->n_tokens = n;
    return true;
}

size_t criteria_complete(struct arena *arena, const char *text, size_t at, size_t max,
                         const struct criteria_proposal **proposals_r, size_t *from_r)
{
    struct completion completion = {.arena = arena,
                                    .cursor = find_cursor(arena, text, at)};
    struct wants *wants = arena_alloc(arena, sizeof(*wants));
    struct criteria_proposal *proposals;
    struct error ignored = ERROR_INIT;

    *from_r = completion.cursor.from;
    *proposals_r = NULL;
    if (!read_tokens(&completion, text))
        return 0;

    struct parser parser = {.arena = arena, .tokens = completion.tokens, .wants = wants};

    (void)parser_run(&parser, &ignored);
    completion.candidates =
        arena_array(arena, PROPOSALS_MAX, sizeof(*completion.candidates));
    for (size_t i = 0; i < wants->n; i++)
        completion.codes_wanted |= wants->want[i].kind == WANT_CODE;
    for (size_t i = 0; i < wants->n; i++)
        propose_wanted(&completion, &wants->want[i]);
    qsort(completion.candidates, completion.n, sizeof(*completion.candidates), by_rank);
    if (max > completion.n)
        max = completion.n;
    proposals = arena_array(arena, max, sizeof(*proposals));
    for (size_t i = 0; i < max; i++)
        proposals[i] = completion.candidates[i].proposal;
    *proposals_r = proposals;
    return max;
}

void criteria_complete_json(struct buffer *out, struct arena *arena, const char *text,
                            size_t at, size_t max)
{
    const struct criteria_proposal *proposals;
    size_t from, n = criteria_complete(arena, text, at, max, &proposals, &from);

    buffer_printf(out, "{\"from\":%zu,\"at\":%zu,\"proposals\":[", from, at);
    for (size_t i = 0; i < n; i++) {
        buffer_printf(out, "%s{\"kind\":\"%s\",\"insert\":", i ? "," : "",
                      criteria_proposal_name(proposals[i].kind));
        buffer_json_string(out, proposals[i].insert);
        buffer_string(out, ",\"label_fr\":");
        buffer_json_string(out, proposals[i].label[LANG_FR]);
        buffer_string(out, ",\"label_en\":");
        buffer_json_string(out, proposals[i].label[LANG_EN]);
        buffer_char(out, '}');
    }
    buffer_string(out, "]}");
}
