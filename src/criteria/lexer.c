/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/lexer.c: see lexer.h. */
#include "criteria/lexer.h"

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/criteria.h"

struct lexer {
    struct arena *arena;
    const char *text;
    size_t length;
    size_t at;
    unsigned line;
    size_t line_start;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* What a word may hold beside letters and digits: 8140/3, C34.1, p.V600E, 2021-03-14, N0(i-)
 * must be quoted for its brackets. Bytes of UTF-8 sequences count as letters. */
bool lexer_is_word(char c)
{
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
        return true;
    return (unsigned char)c >= 0x80 || (c != '\0' && strchr("./_-+*%:'", c));
}

static void skip_blanks(struct lexer *lexer)
{
    while (lexer->at < lexer->length) {
        char c = lexer->text[lexer->at];

        if (c == '#') {
            while (lexer->at < lexer->length && lexer->text[lexer->at] != '\n')
                lexer->at++;
            continue;
        }
        if (!is_blank(c))
            return;
        if (c == '\n') {
            lexer->line++;
            lexer->line_start = lexer->at + 1;
        }
        lexer->at++;
    }
}

static int read_string(struct lexer *lexer, struct token *token, struct error *err)
{
    size_t end = lexer->at + 1, n = 0;
    char *out;

    /* room for this string alone: a text of nothing but quotes must not cost its square */
    while (end < lexer->length && lexer->text[end] != '"' &&
           (unsigned char)lexer->text[end] >= ' ')
        end += lexer->text[end] == '\\' ? 2 : 1;
    out = arena_alloc(lexer->arena, end - lexer->at + 1);

    for (lexer->at++; lexer->at < lexer->length; lexer->at++) {
        char c = lexer->text[lexer->at];

        if (c == '"') {
            lexer->at++;
            token->kind = TOKEN_STRING;
            token->text = out;
            return 0;
        }
        if (c == '\\' && lexer->at + 1 < lexer->length)
            c = lexer->text[++lexer->at];
        if ((unsigned char)c < ' ')
            break;
        out[n++] = c;
    }
    return error_at(err, ERROR_INPUT, token->line, token->column,
                    "the quote is not closed: expected \" on the same line");
}

static void read_word(struct lexer *lexer, struct token *token)
{
    size_t start = lexer->at;

    while (lexer->at < lexer->length && lexer_is_word(lexer->text[lexer->at])) {
        /* "18..75" is three tokens */
        if (lexer->text[lexer->at] == '.' && lexer->at + 1 < lexer->length &&
            lexer->text[lexer->at + 1] == '.')
            break;
        lexer->at++;
    }
    token->kind = TOKEN_WORD;
    token->text = arena_string(lexer->arena, lexer->text + start, lexer->at - start);
}

static int read_symbol(struct lexer *lexer, struct token *token, struct error *err)
{
    static const char *const symbols[] = {"..", "<=", ">=", "{", "}", "(",
                                          ")",  ",",  "<",  ">", "="};
    size_t left = lexer->length - lexer->at;

    for (size_t i = 0; i < ARRAY_LENGTH(symbols); i++) {
        size_t n = strlen(symbols[i]);

        if (n <= left && memcmp(lexer->text + lexer->at, symbols[i], n) == 0) {
            token->kind = TOKEN_SYMBOL;
            token->text = symbols[i];
            lexer->at += n;
            return 0;
        }
    }
    return error_at(err, ERROR_INPUT, token->line, token->column,
                    "unexpected character 0x%02x: expected a word, a code, a number or "
                    "one of { } ( ) , .. < <= > >= =",
                    (unsigned char)lexer->text[lexer->at]);
}

static int read_token(struct lexer *lexer, struct token *token, struct error *err)
{
    skip_blanks(lexer);
    token->line = lexer->line;
    token->column = (unsigned)(lexer->at - lexer->line_start + 1);
    token->kind = TOKEN_END;
    token->text = "";
    if (lexer->at >= lexer->length)
        return 0;

    char c = lexer->text[lexer->at];
    bool range =
        c == '.' && lexer->at + 1 < lexer->length && lexer->text[lexer->at + 1] == '.';

    if (c == '"')
        return read_string(lexer, token, err);
    if (lexer_is_word(c) && !range) {
        read_word(lexer, token);
        return 0;
    }
    return read_symbol(lexer, token, err);
}

int lexer_read(struct arena *arena, const char *text, size_t length,
               struct token **tokens_r, struct error *err)
{
    struct lexer lexer = {.arena = arena, .text = text, .length = length, .line = 1};

    if (length > CRITERIA_TEXT_MAX)
        return error_set(err, ERROR_LIMIT, "the criteria are %zu bytes long: at most %d",
                         length, CRITERIA_TEXT_MAX);

    struct token *tokens = arena_array(arena, length + 2, sizeof(*tokens));
    size_t n = 0;

    do {
        if (read_token(&lexer, &tokens[n], err) < 0)
            return -1;
    } while (tokens[n++].kind != TOKEN_END);
    *tokens_r = tokens;
    return 0;
}
