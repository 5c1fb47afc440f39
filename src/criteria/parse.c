/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/parse.c: criteria text to tree, by recursive descent.
 *
 *     criteria = and { "or" and }
 *     and      = unary { ["and"] unary }
 *     unary    = ("not" | "no") unary | "(" criteria ")" | "tumour" "{" criteria "}"
 *              | ("sample" | "event" | "tnm") "{" criteria "}"
 *              | "at least" N "of" "(" criteria { "," criteria } ")"
 *              | "named" STRING "(" criteria ")" | "use" STRING ["v" N] | line
 *
 * Lines are in parse_line.c, sample { } and its like in parse_same.c. The state is one cursor over the tokens. */
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

const struct token *parser_ahead(const struct parser *parser, size_t n)
{
    const struct token *token = parser_token(parser);

    while (n-- > 0 && token->kind != TOKEN_END)
        token++;
    return token;
}

bool parser_ends_ahead(const struct parser *parser, size_t n)
{
    const struct token *token = parser_token(parser);

    for (; n > 0 && token->kind != TOKEN_END; n--)
        token++;
    return n == 0 && token->kind == TOKEN_END;
}

void parser_want(const struct parser *parser, size_t n, enum want_kind kind,
                 enum vocab_system system, const char *words)
{
    struct wants *wants = parser->wants;

    if (!wants || wants->n == WANTS_MAX || !parser_ends_ahead(parser, n))
        return;
    for (size_t i = 0; i < wants->n; i++)
        if (wants->want[i].kind == kind && wants->want[i].system == system &&
            strcmp(wants->want[i].words, words) == 0)
            return;
    wants->want[wants->n++] = (struct want){kind, system, words};
}

bool parser_sees_ahead(const struct parser *parser, size_t n, const char *word)
{
    const struct token *token = parser_ahead(parser, n);

    parser_want(parser, n, WANT_WORDS, VOCAB_NONE, word);
    return (token->kind == TOKEN_WORD || token->kind == TOKEN_SYMBOL) &&
           strcasecmp(token->text, word) == 0;
}

bool parser_sees(const struct parser *parser, const char *word)
{
    return parser_sees_ahead(parser, 0, word);
}

bool parser_takes(struct parser *parser, const char *words)
{
    size_t at = parser->at;

    while (*words) {
        size_t n = strcspn(words, " ");
        const struct token *token = &parser->tokens[at];

        if ((token->kind != TOKEN_WORD && token->kind != TOKEN_SYMBOL) ||
            strlen(token->text) != n || strncasecmp(token->text, words, n) != 0) {
            parser_want(parser, at - parser->at, WANT_WORDS, VOCAB_NONE, words);
            return false;
        }
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

struct criteria *parser_join(struct parser *parser, enum criteria_kind kind,
                             const struct criteria *a, const struct criteria *b)
{
    struct child second = {b, NULL}, first = {a, &second};
    struct children children = {&first, &second.next, 2};

    return list_node(parser, kind, &children);
}

struct criteria *parser_wrap(struct parser *parser, enum criteria_kind kind,
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
    if (parser->in_tumour || parser->same) {
        parser_expected(
            parser, err,
            parser->same ? "a line (tumour { } stands around sample { }, event { } and "
                           "tnm { }, not inside)"
                         : "a line about this tumour (tumour { } cannot stand inside "
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
    return parser_wrap(parser, CRITERIA_TUMOUR, body);
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

/* ---- named and use ---- */

static const struct token *take_name(struct parser *parser, struct error *err)
{
    const struct token *name = parser_token(parser);

    parser_want(parser, 0, WANT_NAME, VOCAB_NONE, "");
    if (name->kind != TOKEN_STRING || !*name->text) {
        parser_expected(parser, err, "a name in quotes");
        return NULL;
    }
    parser->at++;
    return name;
}

static const struct named *find_named(const struct parser *parser, const char *name)
{
    const struct named *named = parser->named;

    while (named && strcmp(named->node->name, name) != 0)
        named = named->next;
    return named;
}

static const struct criteria *parse_named(struct parser *parser, struct error *err)
{
    const struct token *name = take_name(parser, err);
    size_t nodes = parser->nodes;

    if (!name)
        return NULL;
    if (find_named(parser, name->text)) {
        error_at(err, ERROR_INPUT, name->line, name->column,
                 "\"%.60s\" is the name of something else already", name->text);
        return NULL;
    }
    if (!parser_takes(parser, "(")) {
        parser_expected(parser, err, "( and what is called so");
        return NULL;
    }

    const struct criteria *body = parse_bracket(parser, err);

    if (!body)
        return NULL;

    struct criteria *node = parser_wrap(parser, CRITERIA_NAMED, body);
    struct named *named = arena_alloc(parser->arena, sizeof(*named));

    node->name = name->text;
    *named = (struct named){node, parser->nodes - nodes, parser->in_tumour, parser->same,
                            parser->named};
    parser->named = named;
    return node;
}

/* v3 */
static unsigned take_version(struct parser *parser)
{
    const struct token *token = parser_token(parser);
    char *end;
    unsigned long version;

    if (token->kind != TOKEN_WORD || (token->text[0] != 'v' && token->text[0] != 'V') ||
        token->text[1] < '1' || token->text[1] > '9')
        return 0;
    version = strtoul(token->text + 1, &end, 10);
    if (*end || version > INT32_MAX)
        return 0;
    parser->at++;
    return (unsigned)version;
}

static const struct criteria *use_named(struct parser *parser, const struct named *named,
                                        const struct token *name, struct error *err)
{
    struct criteria *node;

    if (named->same != parser->same) {
        error_at(err, ERROR_INPUT, name->line, name->column,
                 "\"%.60s\" was said %s %s { } and cannot be used %s", name->text,
                 named->same ? "inside" : "outside",
                 criteria_same_word(named->same ? named->same : parser->same),
                 parser->same ? "there" : "outside");
        return NULL;
    }
    if (named->in_tumour != parser->in_tumour) {
        error_at(err, ERROR_INPUT, name->line, name->column,
                 "\"%.60s\" was said %s tumour { } and cannot be used %s", name->text,
                 named->in_tumour ? "inside" : "outside",
                 named->in_tumour ? "outside" : "inside");
        return NULL;
    }
    parser->nodes += named->nodes; /* it is evaluated once more */
    node = parser_wrap(parser, CRITERIA_USE, named->node->children[0]);
    node->name = name->text;
    return node;
}

/* The definition's text, read as if it stood here. */
static const struct criteria *parse_definition(struct parser *parser, const char *text,
                                               struct error *err)
{
    struct parser inner = *parser;
    const struct criteria *body;

    inner.at = 0;
    inner.in_definition = true;
    inner.named = NULL;
    inner.in_list = false;
    if (lexer_read(parser->arena, text, strlen(text), &inner.tokens, err) < 0)
        return NULL;
    body = parse_or(&inner, err);
    if (body && parser_token(&inner)->kind != TOKEN_END) {
        parser_expected(&inner, err, "and, or, or the end of the text");
        return NULL;
    }
    parser->nodes = inner.nodes;
    return body;
}

static const struct criteria *use_saved(struct parser *parser, const struct token *name,
                                        unsigned version, struct error *err)
{
    const struct criteria_definitions *saved = parser->definitions;
    const char *text =
        saved ? saved->find(saved->context, name->text, version, &version) : NULL;
    struct error reason = ERROR_INIT;
    const struct criteria *body;
    struct criteria *node;

    if (!text) {
        error_at(err, ERROR_INPUT, name->line, name->column,
                 version ? "no definition \"%.60s\" v%u is saved"
                         : "nothing is called \"%.60s\": name it before, or save it",
                 name->text, version);
        return NULL;
    }
    body = parse_definition(parser, text, &reason);
    if (!body && parser->in_definition) { /* the outermost one says where */
        error_at(err, reason.code, reason.line, reason.column, "%s", reason.message);
        return NULL;
    }
    if (!body) {
        error_at(err, reason.code, name->line, name->column,
                 "definition \"%.60s\" v%u, line %u, column %u: %s", name->text, version,
                 reason.line, reason.column, reason.message);
        return NULL;
    }
    node = parser_wrap(parser, CRITERIA_USE, body);
    node->name = name->text;
    node->version = version;
    return node;
}

static const struct criteria *parse_use(struct parser *parser, struct error *err)
{
    for (const struct named *said = parser->named; said; said = said->next)
        parser_want(parser, 0, WANT_NAME, VOCAB_NONE, said->node->name);

    const struct token *name = take_name(parser, err);
    const struct named *named;
    unsigned version;

    if (!name)
        return NULL;
    version = take_version(parser);
    named = version ? NULL : find_named(parser, name->text);
    return named ? use_named(parser, named, name, err)
                 : use_saved(parser, name, version, err);
}

/* at least 2 of (…), and not at least 2 surgery any */
static bool sees_at_least_of(const struct parser *parser)
{
    return parser_sees(parser, "at") && parser_sees_ahead(parser, 1, "least") &&
           (parser_sees_ahead(parser, 3, "of") || parser_sees_ahead(parser, 3, "("));
}

static const struct criteria *parse_primary(struct parser *parser, struct error *err)
{
    enum group same;

    if (parser_takes(parser, "not") || parser_takes(parser, "no")) {
        const struct criteria *child = parse_unary(parser, err);

        return child ? parser_wrap(parser, CRITERIA_NOT, child) : NULL;
    }
    if (parser_takes(parser, "("))
        return parse_bracket(parser, err);
    if (parser_takes(parser, "tumour") || parser_takes(parser, "tumor"))
        return parse_tumour(parser, err);
    same = parser_take_same(parser);
    if (same != GROUP_NONE)
        return parse_same(parser, same, parse_or, err);
    if (sees_at_least_of(parser) && parser_takes(parser, "at least"))
        return parse_at_least(parser, err);
    if (parser_takes(parser, "named"))
        return parse_named(parser, err);
    if (parser_takes(parser, "use"))
        return parse_use(parser, err);

    const struct criteria *line = parse_line(parser, err);

    if (line && !parser->in_tumour && !parser->same && criteria_needs_tumour(line))
        return parser_wrap(parser, CRITERIA_TUMOUR, line);
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
    struct parser next = *parser;
    struct error ignored = ERROR_INIT;

    /* a line may follow without "and": whoever asks hears of it as well */
    if (parser->wants && parser_token(parser)->kind == TOKEN_END)
        (void)parse_unary(&next, &ignored);
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
    return criteria_parse_saved(arena, text, length, NULL, err);
}

const struct criteria *criteria_parse_saved(
    struct arena *arena, const char *text, size_t length,
    const struct criteria_definitions *definitions, struct error *err)
{
    struct parser parser = {.arena = arena, .definitions = definitions};

    if (lexer_read(arena, text, length, &parser.tokens, err) < 0)
        return NULL;
    return parser_run(&parser, err);
}

const struct criteria *parser_run(struct parser *parser, struct error *err)
{
    const struct criteria *node = parse_or(parser, err);

    if (!node)
        return NULL;
    if (parser_token(parser)->kind != TOKEN_END) {
        parser_expected(parser, err, "and, or, or the end of the text");
        return NULL;
    }
    return arena_check(parser->arena, err) < 0 ? NULL : node;
}

bool criteria_needs_tumour(const struct criteria *criteria)
{
    switch (criteria->kind) {
    case CRITERIA_AGE: return criteria->item == ITEM_DIAGNOSIS_DATE;
    case CRITERIA_FACT:
    case CRITERIA_DATE: break;
    case CRITERIA_AND: /* exactly 2 metastasis any */
    case CRITERIA_OR:
    case CRITERIA_NOT: return criteria_needs_tumour(criteria->children[0]);
    case CRITERIA_SAME: return model_group(criteria->group)->scope == SCOPE_TUMOUR;
    default: return false;
    }
    if (model_group(model_item(criteria->item)->group)->scope == SCOPE_TUMOUR)
        return true;
    if (criteria->from && criteria_needs_tumour(criteria->from))
        return true;
    for (size_t i = 0; i < criteria->n_when; i++)
        if (criteria->when[i].kind == WHEN_DIAGNOSIS ||
            (criteria->when[i].other && criteria_needs_tumour(criteria->when[i].other)))
            return true;
    return false;
}

bool criteria_number_holds(const struct criteria_number *range, double number)
{
    if (range->low_open ? number <= range->low : number < range->low)
        return false;
    return range->high_open ? number < range->high : number <= range->high;
}
