/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/parse_internal.h: the parser's cursor, shared by parse.c (the tree) and
 * parse_line.c (its leaves). */
#ifndef CRITERIA_PARSE_INTERNAL_H
#define CRITERIA_PARSE_INTERNAL_H

#include "criteria/criteria.h"
#include "criteria/lexer.h"

#define DURATION_MAX 100000 /* days between two facts */

struct buffer;

/* A sub-criterion that the text named, so that `use` finds it. */
struct named {
    const struct criteria *node;
    size_t nodes;   /* it stands for */
    bool in_tumour; /* where it was said, and so what its lines are about */
    enum group same;
    const struct named *next;
};

/* What was looked for where the text ends: what may come next. The parser notes it wherever it
 * looks at a token, so that completion (complete.c) knows the grammar without writing it down
 * again. */
enum want_kind {
    WANT_WORDS, /* of the language: "the last" after "in" */
    WANT_UNIT,
    WANT_ITEM, /* the word of an item, or what is left of it */
    WANT_CODE, /* of SYSTEM */
    WANT_NUMBER,
    WANT_DATE,
    WANT_NAME, /* in quotes; WORDS is one that was said before */
};

struct want {
    enum want_kind kind;
    enum vocab_system system;
    const char *words;
};

#define WANTS_MAX 256

struct wants {
    size_t n;
    struct want want[WANTS_MAX];
};

struct parser {
    struct arena *arena;
    struct token *tokens; /* ended by TOKEN_END, so one may always look one ahead */
    size_t at;
    size_t nodes;
    unsigned depth;
    bool in_tumour;
    enum group same;    /* whose braces the text stands in; GROUP_NONE: in none */
    bool in_definition; /* the tokens are those of a saved one */
    bool in_list;       /* a comma ends the line rather than lists a further code */
    const struct named *named;
    const struct criteria_definitions *definitions; /* NULL: none are saved */
    struct wants *wants;                            /* NULL: nobody asks */
};

const struct token *parser_token(const struct parser *parser);
/* Is the next token WORD (any case)? */
bool parser_sees(const struct parser *parser, const char *word);
/* Take the blank-separated WORDS if they all come next. */
bool parser_takes(struct parser *parser, const char *words);
/* The token N after the next one, or the last one. */
const struct token *parser_ahead(const struct parser *parser, size_t n);
/* Is the token N after the next one WORD? */
bool parser_sees_ahead(const struct parser *parser, size_t n, const char *word);
/* Does the text end N tokens after the next one? */
bool parser_ends_ahead(const struct parser *parser, size_t n);
/* Note what is looked for, when the text ends N tokens after the next one. */
void parser_want(const struct parser *parser, size_t n, enum want_kind kind,
                 enum vocab_system system, const char *words);
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

/* The words of the language that no code may be, beside those of items. */
const char *const *criteria_words(size_t *n_r);
/* One of those, or an item's. */
bool criteria_is_word(const char *word);
/* CODE as the text has it, in quotes where it needs them. */
void criteria_print_code(struct buffer *out, enum vocab_system system, const char *code);
/* The word that stands for the line's item, before its codes. */
const char *criteria_fact_word(const struct criteria *line);
/* stage >= III: the sign, or NULL when CODES are a list. */
const char *criteria_comparison(enum vocab_system system,
                                const struct criteria_code *codes, size_t n);

/* ---- parse_values.c ---- */

/* Durations are rounded to days. */
#define CRITERIA_DAYS_MONTH 30.4375
#define CRITERIA_DAYS_YEAR 365.25

/* The unit in which the number of LINE is counted; "" when it has none, or its measures have
 * different ones. */
const char *criteria_unit(const struct criteria *line);
/* The unit behind the number of LINE, if there is one: the number is then in its own unit. */
int parser_take_unit(struct parser *parser, struct criteria *line, struct error *err);
/* 1 taken, 0 not there, -1 wrong. */
int parser_take_comparison_or_range(struct parser *parser, struct criteria_number *number,
                                    bool range_allowed, struct error *err);
/* 1 taken, 0 not there, -1 wrong. BARE: a date may stand without a word before it. */
int parser_take_dates(struct parser *parser, bool bare, struct interval *dates,
                      struct error *err);
/* N days, weeks, months or years, in days. A month counts 30.4375 days and a year 365.25,
 * rounded to whole days. */
int parser_take_duration(struct parser *parser, int32_t *days_r, struct error *err);
/* The same for N that stand before one unit: 3..6 months. */
int parser_take_durations(struct parser *parser, int32_t *low_r, int32_t *high_r,
                          struct error *err);
/* Note the units of time, when the text ends N tokens after the next one. */
void parser_want_time(const struct parser *parser, size_t n);
/* Is it the word days, weeks, months or years? */
bool parser_is_unit_of_time(const struct token *token);
/* Is it a number? */
bool parser_is_number(const struct token *token);
/* Is it a date? */
bool parser_is_date(const struct token *token);

/* ---- parse_when.c ---- */

#define WHEN_MAX 8 /* of one line */

/* diagnosis, birth, death, last visit, last contact; ITEM_NONE when none comes next. */
enum item parser_take_date_word(struct parser *parser);
/* 3..6 months */
bool parser_sees_durations(const struct parser *parser);
/* Every `when` that comes next, into LINE. INNER: LINE is another line's event, and what is
 * said of events belongs to that one. BARE: the first may be a date without a word before it. */
int parser_take_whens(struct parser *parser, struct criteria *line, bool inner, bool bare,
                      struct error *err);

/* ---- parse_fact.c ---- */

/* T, N and M are words only in upper case; the others in any case. */
enum item parser_take_item_word(struct parser *parser);
/* first, second, 3rd, last; ORDER_ANY when there is none. */
int parser_take_order(struct parser *parser);
/* What follows ORDER: the word of a fact and all that is said of it, into LINE. */
int parser_take_fact(struct parser *parser, struct criteria *line, bool inner,
                     struct error *err);

/* ---- parse_same.c ---- */

/* The group whose braces come next; they are taken. GROUP_NONE if none do. */
enum group parser_take_same(struct parser *parser);
/* What stands inside the braces of GROUP, and the brace that ends them. PARSE_BODY reads what
 * stands between braces. */
const struct criteria *parse_same(struct parser *parser, enum group group,
                                  const struct criteria *(*parse_body)(struct parser *,
                                                                       struct error *),
                                  struct error *err);
/* May a line about ITEM stand in the braces around here? Outside of all, any may. */
bool parser_may_ask(const struct parser *parser, enum item item);
/* "inside sample { } stand …" at LINE and COLUMN; returns -1. */
int parser_refuse_inside(const struct parser *parser, unsigned line, unsigned column,
                         struct error *err);
/* What WORD is short for inside the braces of GROUP: topography, of a sample. ITEM_NONE: for
 * nothing. */
enum item parser_short_word(enum group group, const char *word);

/* ---- parse_line.c ---- */

/* now, at diagnosis, at death, …: ITEM_NONE is now. */
void parser_take_age_point(struct parser *parser, enum item *item_r);
/* One line: the leaf of the tree, or the few nodes that it is short for. */
const struct criteria *parse_line(struct parser *parser, struct error *err);

/* ---- near.c ---- */

/* The word of the language, or of an item, nearest to TEXT; NULL if none is near. */
const char *criteria_nearest_word(const char *text, bool facts_only);
/* parser_expected(), and which word may be meant. */
int parser_expected_word(const struct parser *parser, struct error *err,
                         const char *what);
/* Add to the message which codes may be meant by TEXT. */
void parser_add_nearest_codes(struct error *err, enum vocab_system system,
                              const char *text);

/* ---- parse.c ---- */

/* All tokens, from the first to the TOKEN_END, as one tree. */
const struct criteria *parser_run(struct parser *parser, struct error *err);

/* CHILD in a node of KIND. */
struct criteria *parser_wrap(struct parser *parser, enum criteria_kind kind,
                             const struct criteria *child);
/* A and B (or: A or B). */
struct criteria *parser_join(struct parser *parser, enum criteria_kind kind,
                             const struct criteria *a, const struct criteria *b);

#endif
