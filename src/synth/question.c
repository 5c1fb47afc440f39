/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/question.c: see question.h.
 *
 *     any    = all { "or" all }
 *     all    = one { ["and"] one }           "and" may be left out inside a tumour
 *     one    = "not" one | "(" any ")" | "tumour" "{" all "}" | line
 *     line   = topography C | morphology C | stage S | altered G | treatment C
 *            | sex X | vital status dead */
#include "synth/question.h"

#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"

enum node_kind {
    ALL,
    ANY,
    NOT,
    TUMOUR,
    TOPOGRAPHY,
    MORPHOLOGY,
    STAGE,
    ALTERED,
    TREATMENT,
    SEX,
    DEAD
};

struct node {
    enum node_kind kind;
    const struct node *left, *right; /* ALL, ANY; NOT and TUMOUR: left */
    char code[16];
    size_t length;
    unsigned number; /* STAGE, ALTERED; SEX: 1 a woman */
};

struct synth_question {
    const struct node *root;
};

const char *const synth_question_texts[] = {
#define QUESTION(text) text,
#include "synth/questions.def"
#undef QUESTION
};
const unsigned synth_n_questions = ARRAY_LENGTH(synth_question_texts);

struct parser {
    struct arena *arena;
    const char *text, *at;
    char token[32];
};

static void advance(struct parser *parser)
{
    size_t n = 0;

    while (*parser->at == ' ')
        parser->at++;
    if (*parser->at && strchr("(){}", *parser->at)) {
        n = 1;
    } else {
        while (parser->at[n] && !strchr("(){} ", parser->at[n]))
            n++;
    }
    if (n >= sizeof parser->token)
        panic("question \"%s\": a word is too long", parser->text);
    memcpy(parser->token, parser->at, n);
    parser->token[n] = '\0';
    parser->at += n;
}

static bool accept(struct parser *parser, const char *word)
{
    if (strcmp(parser->token, word) != 0)
        return false;
    advance(parser);
    return true;
}

static void expect(struct parser *parser, const char *word)
{
    if (!accept(parser, word))
        panic("question \"%s\": \"%s\" where \"%s\" was expected", parser->text,
              parser->token, word);
}

static struct node *node_new(struct parser *parser, enum node_kind kind,
                             const struct node *left, const struct node *right)
{
    struct node *node = arena_alloc(parser->arena, sizeof *node);

    node->kind = kind;
    node->left = left;
    node->right = right;
    return node;
}

static unsigned gene_number(const char *symbol)
{
    for (unsigned i = 0; i < GENES; i++)
        if (strcmp(synth_genes[i].symbol.text, symbol) == 0)
            return i;
    panic("no gene %s", symbol);
}

static unsigned stage_number(const char *stage)
{
    static const char *const roman[] = {"0", "I", "II", "III", "IV"};

    for (unsigned i = 0; i < ARRAY_LENGTH(roman); i++)
        if (strcmp(roman[i], stage) == 0)
            return i;
    panic("no stage %s", stage);
}

static const struct node *parse_line(struct parser *parser)
{
    static const struct {
        const char *word;
        enum node_kind kind;
    } lines[] = {{"topography", TOPOGRAPHY},
                 {"morphology", MORPHOLOGY},
                 {"stage", STAGE},
                 {"altered", ALTERED},
                 {"treatment", TREATMENT},
                 {"sex", SEX},
                 {"vital", DEAD}};
    struct node *node;

    for (size_t i = 0; i < ARRAY_LENGTH(lines); i++) {
        if (!accept(parser, lines[i].word))
            continue;
        node = node_new(parser, lines[i].kind, NULL, NULL);
        if (node->kind == DEAD) {
            expect(parser, "status");
            expect(parser, "dead");
            return node;
        }
        node->length = strlen(parser->token);
        if (node->length >= sizeof node->code)
            panic("question \"%s\": code %s", parser->text, parser->token);
        memcpy(node->code, parser->token, node->length);
        if (node->kind == ALTERED)
            node->number = gene_number(node->code);
        else if (node->kind == STAGE)
            node->number = stage_number(node->code);
        else if (node->kind == SEX)
            node->number = node->code[0] == 'F';
        advance(parser);
        return node;
    }
    panic("question \"%s\": \"%s\" is no line", parser->text, parser->token);
}

static const struct node *parse_any(struct parser *parser, bool in_tumour);

static const struct node *parse_one(struct parser *parser, bool in_tumour)
{
    const struct node *node;

    if (accept(parser, "not"))
        return node_new(parser, NOT, parse_one(parser, in_tumour), NULL);
    if (accept(parser, "(")) {
        node = parse_any(parser, in_tumour);
        expect(parser, ")");
        return node;
    }
    if (accept(parser, "tumour")) {
        expect(parser, "{");
        node = parse_any(parser, true);
        expect(parser, "}");
        return node_new(parser, TUMOUR, node, NULL);
    }
    return parse_line(parser);
}

static const struct node *parse_all(struct parser *parser, bool in_tumour)
{
    const struct node *node = parse_one(parser, in_tumour);

    for (;;) {
        bool next = accept(parser, "and") ||
                    (in_tumour && isalpha((unsigned char)parser->token[0]) &&
                     strcmp(parser->token, "or") != 0);

        if (!next)
            return node;
        node = node_new(parser, ALL, node, parse_one(parser, in_tumour));
    }
}

static const struct node *parse_any(struct parser *parser, bool in_tumour)
{
    const struct node *node = parse_all(parser, in_tumour);

    while (accept(parser, "or"))
        node = node_new(parser, ANY, node, parse_all(parser, in_tumour));
    return node;
}

const struct synth_question *synth_questions_new(struct arena *arena)
{
    struct synth_question *questions =
        arena_array(arena, synth_n_questions, sizeof *questions);

    for (unsigned i = 0; i < synth_n_questions; i++) {
        struct parser parser = {.arena = arena, .text = synth_question_texts[i]};

        parser.at = parser.text;
        advance(&parser);
        questions[i].root = parse_any(&parser, false);
        expect(&parser, "");
    }
    return questions;
}

#define SOME_TUMOUR (-1)

/* Does a fact that hangs on OF (-1: on the patient) belong to TUMOUR? */
static bool belongs(const struct synth_view *view, int of, int tumour)
{
    unsigned n = 0;

    if (tumour == SOME_TUMOUR || of == tumour)
        return true;
    if (of >= 0)
        return false;
    for (unsigned i = 0; i < MOST_TUMOURS; i++)
        n += view->tumour[i].here;
    return n == 1;
}

static bool tumour_line(const struct node *node, const struct synth_view *view,
                        unsigned i)
{
    if (!view->tumour[i].here)
        return false;
    if (node->kind == STAGE)
        return view->tumour[i].stage == node->number;
    return strncmp(node->kind == TOPOGRAPHY ? view->tumour[i].topography
                                            : view->tumour[i].morphology,
                   node->code, node->length) == 0;
}

static bool fact_line(const struct node *node, const struct synth_view *view, int tumour)
{
    if (node->kind == ALTERED) {
        for (unsigned i = 0; i < view->n_altered; i++)
            if (view->altered[i].gene == node->number &&
                belongs(view, view->altered[i].tumour, tumour))
                return true;
        return false;
    }
    for (unsigned i = 0; i < view->n_drugs; i++)
        if (view->drug[i].atc &&
            strncmp(view->drug[i].atc, node->code, node->length) == 0 &&
            belongs(view, view->drug[i].tumour, tumour))
            return true;
    return false;
}

static bool holds(const struct node *node, const struct synth_view *view, int tumour)
{
    switch (node->kind) {
    case ALL: return holds(node->left, view, tumour) && holds(node->right, view, tumour);
    case ANY: return holds(node->left, view, tumour) || holds(node->right, view, tumour);
    case NOT: return !holds(node->left, view, tumour);
    case TUMOUR:
        for (int i = 0; i < MOST_TUMOURS; i++)
            if (view->tumour[i].here && holds(node->left, view, i))
                return true;
        return false;
    case TOPOGRAPHY:
    case MORPHOLOGY:
    case STAGE:
        if (tumour != SOME_TUMOUR)
            return tumour_line(node, view, (unsigned)tumour);
        for (unsigned i = 0; i < MOST_TUMOURS; i++)
            if (tumour_line(node, view, i))
                return true;
        return false;
    case ALTERED:
    case TREATMENT: return fact_line(node, view, tumour);
    case SEX: return view->woman == (node->number == 1);
    case DEAD: return view->dead;
    }
    return false;
}

bool synth_question_holds(const struct synth_question *questions, unsigned number,
                          const struct synth_view *view)
{
    return holds(questions[number].root, view, SOME_TUMOUR);
}
