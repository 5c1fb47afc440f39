/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/lexer.h: the words of a criteria text, with their places. Internal to the room. */
#ifndef CRITERIA_LEXER_H
#define CRITERIA_LEXER_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct error;

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* letters, digits and what codes and dates contain */
    TOKEN_STRING, /* "…", its quotes taken off; \" and \\ undone */
    TOKEN_SYMBOL, /* { } ( ) , .. < <= > >= = */
};

struct token {
    enum token_kind kind;
    unsigned line, column;
    const char *text; /* in the arena, followed by a NUL */
};

/* May C stand in a word? */
bool lexer_is_word(char c);

/* All tokens of TEXT, ended by a TOKEN_END. A '#' starts a comment up to the line's end. */
int lexer_read(struct arena *arena, const char *text, size_t length,
               struct token **tokens_r, struct error *err);

#endif
