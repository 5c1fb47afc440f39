/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/parse_internal.h: the parser's cursor, shared by parse.c (the tree) and
 * parse_line.c (its leaves). */
#ifndef CRITERIA_PARSE_INTERNAL_H
#define CRITERIA_PARSE_INTERNAL_H

#include "criteria/criteria.h"
#include "criteria/lexer.h"

struct parser {
    struct arena *arena;
    struct token *tokens; /* ended by TOKEN_END, so one may always look one ahead */
    size_t at;
    size_t nodes;
    unsigned depth;
    bool in_tumour;
    bool in_list; /* a comma ends the line rather than lists a further code */
};

const struct token *parser_token(const struct parser *parser);
/* Is the next token WORD (any case)? */
bool parser_sees(const struct parser *parser, const char *word);
/* Take the blank-separated WORDS if they all come next. */
bool parser_takes(struct parser *parser, const char *words);
/* "expected WHAT, found …" at the next token; returns -1. */
int parser_expected(const struct parser *parser, struct error *err, const char *what);
struct criteria *parser_node(struct parser *parser, enum criteria_kind kind);

/* Words of the language, which cannot be codes of SYSTEM unless quoted. After "sex", M is a
 * man and no metastasis. */
bool criteria_is_reserved(enum vocab_system system, const char *word);

/* Is CODE one of the general state (OSIRIS-RWD 10), which `measure` finds as well? */
bool criteria_is_state(const struct criteria_code *code);
/* Does SYSTEM know < and >? */
bool criteria_system_is_ordered(enum vocab_system system);

/* ---- parse_values.c ---- */

int parser_take_unit(struct parser *parser, const struct criteria *line,
                     struct error *err);
/* 1 taken, 0 not there, -1 wrong. */
int parser_take_comparison_or_range(struct parser *parser, struct criteria_number *number,
                                    bool range_allowed, struct error *err);
/* 1 taken, 0 not there, -1 wrong. BARE: a date may stand without a word before it. */
int parser_take_dates(struct parser *parser, bool bare, struct interval *dates,
                      struct error *err);
/* N days, weeks, months or years, in days. A month counts 30.4375 days and a year 365.25,
 * rounded to whole days. */
int parser_take_duration(struct parser *parser, int32_t *days_r, struct error *err);

/* ---- parse_line.c ---- */

/* One line: the leaf of the tree. */
const struct criteria *parse_line(struct parser *parser, struct error *err);

#endif
