/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/parse.c: criteria text to tree, by recursive descent.
 *
 *     criteria = and { "or" and }
 *     and      = unary { ["and"] unary }
 *     unary    = "not" unary | "(" criteria ")" | "any" | "tumour" "{" criteria "}"
 *              | "at least" N "of" "(" criteria { "," criteria } ")" | line
 *
 * Lines are in parse_line.c. The state is one cursor over the tokens. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/parse_internal.h"

/* ---- the cursor ---- */

const struct token *parser_token(const struct parser *parser)
{
    return &parser->tokens[parser->at];
}

bool parser_sees(const struct parser *parser, const char *word)
{
    const struct token *token = parser_token(parser);

    return (token->kind == TOKEN_WORD || token->kind == TOKEN_SYMBOL) &&
           strcasecmp(token->text, word) == 0;
}

bool parser_takes(struct parser *parser, const char *words)
{
    size_t at = parser->at;

    while (*words) {
        size_t n = strcspn(words, " ");
        const struct token *token = &parser->tokens[at];

        if ((token->kind != TOKEN_WORD && token->kind != TOKEN_SYMBOL) ||
            strlen(token->text) != n || strncasecmp(token->text, words, n) != 0)
            return false;
        at++;
        words += n + (words[n] == ' ');
    }
    parser->at = at;
    return true;
}

int parser_expected(const struct parser *parser, struct error *err, const char *what)
{
    const struct token *token = parser_token(parser);

    if (token->kind == TOKEN_END)
        return error_at(err, ERROR_INPUT, token->line, token->column,
                        "expected %s, but the text ends here", what);
    return error_at(err, ERROR_INPUT, token->line, token->column,
                    "expected %s, found \"%.60s\"", what, token->text);
}

struct criteria *parser_node(struct parser *parser, enum criteria_kind kind)
{
    struct criteria *node = arena_alloc(parser->arena, sizeof(*node));

    parser->nodes++;
    node->kind = kind;
    node->line = parser_token(parser)->line;
    node->column = parser_token(parser)->column;
    return node;
}

/* ---- the tree ---- */

/* Children gathered on the way, then copied into one array. */
struct child {
    const struct criteria *node;
    struct child *next;
};

struct children {
    struct child *first, **last;
    size_t n;
};

static const struct criteria *parse_or(struct parser *parser, struct error *err);
static const struct criteria *parse_unary(struct parser *parser, struct error *err);

static int add_child(const struct parser *parser, struct children *children,
                     const struct criteria *child, struct error *err)
{
    if (!child)
        return -1;
    if (parser->nodes > CRITERIA_NODES_MAX)
        return error_at(err, ERROR_LIMIT, parser_token(parser)->line,
                        parser_token(parser)->column,
                        "more than %d criteria in one expression", CRITERIA_NODES_MAX);

    struct child *link = arena_alloc(parser->arena, sizeof(*link));

    link->node = child;
    *(children->n++ ? children->last : &children->first) = link;
    children->last = &link->next;
    return 0;
}

static struct criteria *list_node(struct parser *parser, enum criteria_kind kind,
                                  const struct children *children)
{
    struct criteria *node = parser_node(parser, kind);
    size_t i = 0;

    node->line = children->first->node->line;
    node->column = children->first->node->column;
    node->n_children = children->n;
    node->children = arena_array(parser->arena, children->n, sizeof(*node->children));
    for (const struct child *child = children->first; child; child = child->next)
        node->children[i++] = child->node;
    return node;
}

static const struct criteria *join(struct parser *parser, enum criteria_kind kind,
                                   const struct children *children)
{
    return children->n == 1 ? children->first->node : list_node(parser, kind, children);
}

static const struct criteria *wrap(struct parser *parser, enum criteria_kind kind,
                                   const struct criteria *child)
{
    struct criteria *node = parser_node(parser, kind);
    const struct criteria **children = arena_array(parser->arena, 1, sizeof(*children));

    children[0] = child;
    node->line = child->line;
    node->column = child->column;
    node->n_children = 1;
    node->children = children;
    return node;
}

static const struct criteria *parse_tumour(struct parser *parser, struct error *err)
{
    if (parser->in_tumour) {
        parser_expected(parser, err,
                        "a line about this tumour (tumour { } cannot stand inside "
                        "another one)");
        return NULL;
    }
    if (!parser_takes(parser, "{")) {
        parser_expected(parser, err, "{ after tumour");
        return NULL;
    }
    bool outer = parser->in_list;

    parser->in_tumour = true;
    parser->in_list = false;

    const struct criteria *body = parse_or(parser, err);

    parser->in_list = outer;
    parser->in_tumour = false;
    if (!body)
        return NULL;
    if (!parser_takes(parser, "}")) {
        parser_expected(parser, err, "and, or, another line, or } to end the tumour");
        return NULL;
    }
    return wrap(parser, CRITERIA_TUMOUR, body);
}

static const struct criteria *parse_at_least(struct parser *parser, struct error *err)
{
    const struct token *number = parser_token(parser);
    char *end;
    unsigned long count = strtoul(number->text, &end, 10);

    if (*end || count == 0 || count > CRITERIA_NODES_MAX) {
        parser_expected(parser, err, "a number such as 2 after at least");
        return NULL;
    }
    parser->at++;
    if (!parser_takes(parser, "of (")) {
        parser_expected(parser, err, "of ( a list of criteria )");
        return NULL;
    }

    struct children children = {0};
    bool outer = parser->in_list;

    parser->in_list = true;
    do {
        if (add_child(parser, &children, parse_or(parser, err), err) < 0)
            return NULL;
    } while (parser_takes(parser, ","));
    parser->in_list = outer;
    if (!parser_takes(parser, ")")) {
        parser_expected(parser, err, ", or ) to end the list");
        return NULL;
    }
    if (count > children.n) {
        error_at(err, ERROR_INPUT, number->line, number->column,
                 "at least %lu of a list of %zu can never hold", count, children.n);
        return NULL;
    }

    struct criteria *node = list_node(parser, CRITERIA_AT_LEAST, &children);

    node->count = (unsigned)count;
    return node;
}

static const struct criteria *parse_bracket(struct parser *parser, struct error *err)
{
    bool outer = parser->in_list;

    parser->in_list = false;

    const struct criteria *node = parse_or(parser, err);

    parser->in_list = outer;
    if (node && !parser_takes(parser, ")")) {
        parser_expected(parser, err, "and, or, another line, or )");
        return NULL;
    }
    return node;
}

static const struct criteria *parse_primary(struct parser *parser, struct error *err)
{
    if (parser_takes(parser, "not")) {
        const struct criteria *child = parse_unary(parser, err);

        return child ? wrap(parser, CRITERIA_NOT, child) : NULL;
    }
    if (parser_takes(parser, "("))
        return parse_bracket(parser, err);
    if (parser_takes(parser, "tumour") || parser_takes(parser, "tumor"))
        return parse_tumour(parser, err);
    if (parser_takes(parser, "at least"))
        return parse_at_least(parser, err);

    const struct criteria *line = parse_line(parser, err);

    if (line && !parser->in_tumour && criteria_needs_tumour(line))
        return wrap(parser, CRITERIA_TUMOUR, line);
    return line;
}

static const struct criteria *parse_unary(struct parser *parser, struct error *err)
{
    if (++parser->depth > CRITERIA_DEPTH_MAX) {
        error_at(err, ERROR_LIMIT, parser_token(parser)->line,
                 parser_token(parser)->column, "criteria nested deeper than %d",
                 CRITERIA_DEPTH_MAX);
        return NULL;
    }

    const struct criteria *node = parse_primary(parser, err);

    parser->depth--;
    return node;
}

static bool and_ends(const struct parser *parser)
{
    return parser_token(parser)->kind == TOKEN_END || parser_sees(parser, "or") ||
           parser_sees(parser, "}") || parser_sees(parser, ")") ||
           parser_sees(parser, ",");
}

static const struct criteria *parse_and(struct parser *parser, struct error *err)
{
    struct children children = {0};

    do {
        if (add_child(parser, &children, parse_unary(parser, err), err) < 0)
            return NULL;
    } while (parser_takes(parser, "and") || !and_ends(parser));
    return join(parser, CRITERIA_AND, &children);
}

static const struct criteria *parse_or(struct parser *parser, struct error *err)
{
    struct children children = {0};

    do {
        if (add_child(parser, &children, parse_and(parser, err), err) < 0)
            return NULL;
    } while (parser_takes(parser, "or"));
    return join(parser, CRITERIA_OR, &children);
}

const struct criteria *criteria_parse(struct arena *arena, const char *text,
                                      size_t length, struct error *err)
{
    struct parser parser = {.arena = arena};

    if (lexer_read(arena, text, length, &parser.tokens, err) < 0)
        return NULL;

    const struct criteria *node = parse_or(&parser, err);

    if (!node)
        return NULL;
    if (parser_token(&parser)->kind != TOKEN_END) {
        parser_expected(&parser, err, "and, or, or the end of the text");
        return NULL;
    }
    return arena_check(arena, err) < 0 ? NULL : node;
}

bool criteria_needs_tumour(const struct criteria *criteria)
{
    if (criteria->kind == CRITERIA_AGE)
        return true;
    if (criteria->kind != CRITERIA_FACT && criteria->kind != CRITERIA_DATE)
        return false;
    if (model_group(model_item(criteria->item)->group)->scope == SCOPE_TUMOUR)
        return true;
    for (size_t i = 0; i < criteria->n_when; i++)
        if (criteria->when[i].kind == WHEN_DIAGNOSIS)
            return true;
    return false;
}

bool criteria_number_holds(const struct criteria_number *range, double number)
{
    if (range->low_open ? number <= range->low : number < range->low)
        return false;
    return range->high_open ? number < range->high : number <= range->high;
}
