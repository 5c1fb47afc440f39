/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/parse_fact.c: a line about facts, driven by the model.
 *
 *     fact   = WORD ["any" | codes] [status] [number] { when }
 *     codes  = code { "," code } | "(" code { "," code } ")" | ("<" | "<=" | ">" | ">=") code
 *     code   = CODE [".." CODE]
 *     number = (("<" | "<=" | ">" | ">=" | "=") X | (">" | ">=") X ("<" | "<=") X | X ".." X) [unit] */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "criteria/parse_internal.h"
#include "vocab/lists.h"

#define LIST_MAX 512

/* ---- words ---- */

/* sex M, event METASTASIS: the very spelling of a labelled code that has none below it. Names
 * and trees may hold any word, and N after a flag is the N of the TNM, not "no". */
static bool is_known_code(enum vocab_system system, const char *word)
{
    char code[VOCAB_CODE_SIZE];
    struct code_range range;

    if (vocab_normalise(system, word, code, NULL) < 0 || strcasecmp(code, word) != 0 ||
        !vocab_label_built_in(system, code, LANG_EN))
        return false;
    vocab_subtree(system, code, &range);
    return strncmp(range.after, code, strlen(code)) == 0;
}

const char *const *criteria_words(size_t *n_r)
{
    static const char *const words[] = {
        "and",         "or",        "not",      "tumour",   "tumor",    "any",
        "sample",      "tnm",       "at",       "within",   "before",   "after",
        "in",          "from",      "until",    "between",  "since",    "started",
        "ended",       "preceded",  "followed", "positive", "negative", "age",
        "diagnosed",   "dead",      "alive",    "died",     "born",     "active",
        "status",      "on",        "no",       "first",    "second",   "third",
        "last",        "during",    "named",    "use",      "exactly",  "more",
        "overlapping", "sequenced", "lasting",  "ongoing"};

    *n_r = ARRAY_LENGTH(words);
    return words;
}

bool criteria_is_word(const char *word)
{
    size_t n;
    const char *const *words = criteria_words(&n);

    for (size_t i = 0; i < n; i++)
        if (strcasecmp(word, words[i]) == 0)
            return true;
    return model_item_by_word(word) != ITEM_NONE;
}

bool criteria_is_reserved(enum vocab_system system, const char *word)
{
    return criteria_is_word(word) && !is_known_code(system, word);
}

/* What is left of the words of items that begin with SAID, N tokens. */
static void want_item_words(const struct parser *parser, size_t n, const char *said)
{
    size_t length = strlen(said);

    for (int i = ITEM_NONE + 1; i < ITEMS && parser->wants; i++) {
        const char *word = model_item((enum item)i)->word;

        if (*word && parser_may_ask(parser, (enum item)i) &&
            (n == 0 || (strncasecmp(word, said, length) == 0 && word[length] == ' ')))
            parser_want(parser, n, WANT_ITEM, VOCAB_NONE, word + length + (n > 0));
    }
}

enum item parser_take_item_word(struct parser *parser)
{
    char words[96] = "";
    size_t length = 0;
    enum item found = ITEM_NONE;
    size_t after = parser->at;

    want_item_words(parser, 0, "");
    for (size_t n = 0; n < 3 && parser->tokens[parser->at + n].kind == TOKEN_WORD; n++) {
        const char *text = parser->tokens[parser->at + n].text;
        size_t size = strlen(text);

        if (length + size + 2 > sizeof(words))
            break;
        if (n > 0)
            words[length++] = ' ';
        for (size_t i = 0; i < size; i++) {
            char c = text[i];

            words[length++] = (char)(size > 1 && c >= 'A' && c <= 'Z' ? c + 32 : c);
        }
        words[length] = '\0';
        want_item_words(parser, n + 1, words);

        enum item item = n == 0 ? parser_short_word(parser->same, words) : ITEM_NONE;

        if (item == ITEM_NONE)
            item = model_item_by_word(words);
        if (item != ITEM_NONE) {
            found = item;
            after = parser->at + n + 1;
        }
    }
    parser->at = after;
    return found;
}

/* ---- codes ---- */

static int take_code(struct parser *parser, enum vocab_system system,
                     struct criteria_code *code, struct error *err)
{
    const struct token *token = parser_token(parser);
    char text[VOCAB_CODE_SIZE];
    struct error reason = ERROR_INIT;

    parser_want(parser, 0, WANT_CODE, system, "");
    if (token->kind != TOKEN_STRING &&
        (token->kind != TOKEN_WORD || criteria_is_reserved(system, token->text)))
        return parser_expected(parser, err, "a code");
    if (vocab_normalise(system, token->text, text, &reason) < 0) {
        error_at(err, ERROR_INPUT, token->line, token->column, "%s", reason.message);
        parser_add_nearest_codes(err, system, token->text);
        return -1;
    }
    if (!*text)
        return error_at(err, ERROR_INPUT, token->line, token->column,
                        "\"%.60s\" means that the value is not known: ask for a value",
                        token->text);
    parser->at++;
    code->first_code = code->last_code = arena_string(parser->arena, text, strlen(text));
    vocab_subtree(system, text, &code->range);
    return 0;
}

static int take_code_or_range(struct parser *parser, enum vocab_system system,
                              struct criteria_code *code, struct error *err)
{
    const struct token *start = parser_token(parser);
    struct criteria_code last;

    if (take_code(parser, system, code, err) < 0)
        return -1;
    if (!parser_takes(parser, ".."))
        return 0;
    if (take_code(parser, system, &last, err) < 0)
        return -1;
    if (strcmp(last.range.after, code->range.first) <= 0)
        return error_at(err, ERROR_INPUT, start->line, start->column,
                        "the range %s..%s is empty: put the smaller code first",
                        code->first_code, last.first_code);
    code->last_code = last.first_code;
    memcpy(code->range.after, last.range.after, sizeof(code->range.after));
    return 0;
}

static int take_codes(struct parser *parser, enum vocab_system system,
                      const struct criteria_code **codes_r, size_t *n_r,
                      struct error *err)
{
    bool bracket = parser_takes(parser, "(");
    struct criteria_code *codes = NULL;
    size_t n = 0, capacity = 0;

    do {
        if (n == LIST_MAX)
            return error_at(err, ERROR_LIMIT, parser_token(parser)->line,
                            parser_token(parser)->column,
                            "more than %d codes in one list", LIST_MAX);
        if (n == capacity) {
            struct criteria_code *more;

            capacity = capacity ? capacity * 2 : 2;
            more = arena_array(parser->arena, capacity, sizeof(*more));
            if (n)
                memcpy(more, codes, n * sizeof(*more));
            codes = more;
        }
        if (take_code_or_range(parser, system, &codes[n], err) < 0)
            return -1;
        n++;
    } while ((bracket || !parser->in_list) && parser_takes(parser, ","));
    if (bracket && !parser_takes(parser, ")"))
        return parser_expected(parser, err, ", or ) to end the list of codes");
    *codes_r = codes;
    *n_r = n;
    return 0;
}

static bool sees_code(const struct parser *parser, enum vocab_system system)
{
    const struct token *token = parser_token(parser);

    parser_want(parser, 0, WANT_CODE, system, "");
    if (token->kind == TOKEN_STRING || parser_sees(parser, "("))
        return true;
    return token->kind == TOKEN_WORD && !criteria_is_reserved(system, token->text);
}

bool criteria_system_is_ordered(enum vocab_system system)
{
    return system == VOCAB_STAGE || system == VOCAB_TNM_T || system == VOCAB_TNM_N;
}

/* stage >= III, T >= T3: codes compared in their order. */
static int take_code_comparison(struct parser *parser, struct criteria *line,
                                struct error *err)
{
    static const char *const signs[] = {">=", "<=", ">", "<"};
    enum vocab_system system = model_item(line->item)->system;
    struct criteria_code *code = arena_alloc(parser->arena, sizeof(*code));

    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++) {
        const struct token *sign = parser_token(parser);

        if (!parser_takes(parser, signs[i]))
            continue;
        if (!criteria_system_is_ordered(system))
            return error_at(err, ERROR_INPUT, sign->line, sign->column,
                            "%s has no order: name its codes",
                            model_item(line->item)->word);
        if (take_code(parser, system, code, err) < 0)
            return -1;

        struct code_range all, asked = code->range;

        vocab_subtree(system, "", &all);
        if (signs[i][0] == '>')
            memcpy(code->range.after, all.after, sizeof(all.after));
        if (signs[i][0] == '<')
            memcpy(code->range.first, all.first, sizeof(all.first));
        if (i == 2)
            memcpy(code->range.first, asked.after, sizeof(code->range.first));
        if (i == 3)
            memcpy(code->range.after, asked.first, sizeof(asked.first));
        code->last_code = signs[i];
        line->codes = code;
        line->n_codes = 1;
        return 1;
    }
    return 0;
}

/* ---- status ---- */

static void set_status(struct parser *parser, struct criteria *line,
                       enum vocab_system system, const char *text)
{
    struct criteria_code *code = arena_alloc(parser->arena, sizeof(*code));

    code->first_code = code->last_code = arena_string(parser->arena, text, strlen(text));
    vocab_subtree(system, text, &code->range);
    line->status = code;
    line->n_status = 1;
}

/* positive, V600E: a status that stands alone. */
static bool takes_bare_status(struct parser *parser, struct criteria *line,
                              enum vocab_system system)
{
    const struct token *token = parser_token(parser);
    char text[VOCAB_CODE_SIZE] = "";

    if (system == VOCAB_BIOMARKER_STATUS) {
        if (!parser_sees(parser, "positive") && !parser_sees(parser, "negative"))
            return false;
    } else if (system != VOCAB_PROTEIN_CHANGE ||
               strcmp(parser_ahead(parser, 1)->text, "..") ==
                   0 || /* altered EGFR 0.1..1 */
               (token->kind != TOKEN_STRING &&
                (token->kind != TOKEN_WORD || criteria_is_word(token->text)))) {
        return false;
    }
    if (vocab_normalise(system, token->text, text, NULL) < 0 || !*text)
        return false;
    set_status(parser, line, system, text);
    parser->at++;
    return true;
}

/* at C50, and not at least, at most, at age */
static bool sees_site(const struct parser *parser)
{
    static const char *const words[] = {"least", "most", "age"};

    if (!parser_sees(parser, "at"))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (parser_sees_ahead(parser, 1, words[i]))
            return false;
    return true;
}

static int take_status(struct parser *parser, struct criteria *line, struct error *err)
{
    const struct group_row *group = model_group(model_item(line->item)->group);
    enum vocab_system system;

    if (!group->status || group->key != line->item)
        return 0;
    system = model_item(group->status)->system;
    if (takes_bare_status(parser, line, system))
        return 0;
    if (group->status == ITEM_DRUG_TRIAL) {
        if (parser_takes(parser, "in trial"))
            set_status(parser, line, system, "YES");
        return 0;
    }
    if ((system == VOCAB_ICDO3_TOPOGRAPHY && sees_site(parser) &&
         parser_takes(parser, "at")) ||
        parser_takes(parser, "status"))
        return take_codes(parser, system, &line->status, &line->n_status, err);
    return 0;
}

/* ---- lines ---- */

/* smoking, progression: the word alone means yes */
static void default_to_yes(struct parser *parser, struct criteria *line)
{
    struct criteria_code *yes;

    if (model_item(line->item)->system != VOCAB_YES_NO || line->n_codes > 0)
        return;
    yes = arena_alloc(parser->arena, sizeof(*yes));
    yes->first_code = yes->last_code = "YES";
    vocab_subtree(VOCAB_YES_NO, "YES", &yes->range);
    line->codes = yes;
    line->n_codes = 1;
}

bool criteria_is_state(const struct criteria_code *code)
{
    static const char *const keys[] = {"PS", "WEIGHT", "HEIGHT"};

    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++)
        if (strcmp(code->first_code, keys[i]) == 0 && code->first_code == code->last_code)
            return true;
    return false;
}

/* PS, weight and height are OSIRIS-RWD 10, not 19; people ask for both as measures, but one
 * line is about one kind of fact. */
static int find_state(struct criteria *line, struct error *err)
{
    size_t states = 0;

    if (model_item(line->item)->group != GROUP_MEASURE)
        return 0;
    for (size_t i = 0; i < line->n_codes; i++)
        states += criteria_is_state(&line->codes[i]);
    if (states == 0)
        return 0;
    if (states < line->n_codes)
        return error_at(err, ERROR_INPUT, line->line, line->column,
                        "PS, WEIGHT and HEIGHT stand apart from other measures: write "
                        "two lines with or");
    line->item = ITEM_STATE_TYPE;
    return 0;
}

static int take_fact_codes(struct parser *parser, struct criteria *line,
                           struct error *err)
{
    const struct item_row *item = model_item(line->item);
    int taken = 0;

    if (item->index != INDEX_CODES && item->index != INDEX_KEYS)
        return 0;
    if (item->type == TYPE_CODE)
        taken = take_code_comparison(parser, line, err);
    if (taken < 0)
        return -1;
    if (!taken && !parser_takes(parser, "any") && sees_code(parser, item->system) &&
        take_codes(parser, item->system, &line->codes, &line->n_codes, err) < 0)
        return -1;
    default_to_yes(parser, line);
    return find_state(line, err);
}

static int take_fact_number(struct parser *parser, struct criteria *line,
                            struct error *err)
{
    const struct item_row *item = model_item(line->item);
    int taken;

    if (item->type != TYPE_NUMBER && !model_group(item->group)->amount)
        return 0;
    taken = parser_take_comparison_or_range(parser, &line->number,
                                            !parser_sees_durations(parser), err);
    if (taken < 0 || (taken > 0 && parser_take_unit(parser, line, err) < 0))
        return -1;
    line->has_number = taken > 0;
    return 0;
}

/* first, second, 3rd: at most 99 */
static int ordinal_of(const char *text)
{
    static const char *const words[] = {"first", "second", "third"};
    static const char *const endings[] = {"st", "nd", "rd", "th"};
    char *end;
    long n = strtol(text, &end, 10);

    for (int i = 0; i < (int)ARRAY_LENGTH(words); i++)
        if (strcasecmp(text, words[i]) == 0)
            return i + 1;
    for (size_t i = 0; i < ARRAY_LENGTH(endings) && n >= 1 && n <= 99; i++)
        if (end > text && *text >= '1' && *text <= '9' &&
            strcasecmp(end, endings[i]) == 0)
            return (int)n;
    return ORDER_ANY;
}

int parser_take_order(struct parser *parser)
{
    const struct token *token = parser_token(parser);
    static const char *const words[] = {"first", "last", "second", "third"};
    int order = ORDER_ANY;

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        parser_want(parser, 0, WANT_WORDS, VOCAB_NONE, words[i]);
    if (token->kind != TOKEN_WORD)
        return ORDER_ANY;
    if (strcasecmp(token->text, "last") != 0)
        order = ordinal_of(token->text);
    else if (!parser_sees_ahead(parser, 1, "visit") &&
             !parser_sees_ahead(parser, 1, "contact"))
        order = ORDER_LAST;
    if (order != ORDER_ANY)
        parser->at++;
    return order;
}

/* The word and the codes. */
static int take_subject(struct parser *parser, struct criteria *line, struct error *err)
{
    const struct token *token = parser_token(parser);
    size_t start = parser->at;

    line->item = parser_take_item_word(parser);
    if (line->item != ITEM_NONE && !parser_may_ask(parser, line->item))
        return parser_refuse_inside(parser, token->line, token->column, err);
    if (line->item != ITEM_NONE && model_item(line->item)->index != INDEX_COLUMN)
        return take_fact_codes(parser, line, err);
    parser->at = start; /* birth, diagnosis, death are dates, not kinds of facts */
    return parser_expected_word(parser, err,
                                "a kind of event such as treatment or surgery");
}

/* The facts that an order chooses from: in brackets with all that is said of them, or by
 * word and codes alone. */
static int take_choice(struct parser *parser, struct criteria *line, struct error *err)
{
    struct criteria *from = parser_node(parser, CRITERIA_FACT);

    if (!parser_takes(parser, "(")) {
        if (take_subject(parser, from, err) < 0)
            return -1;
    } else {
        bool outer = parser->in_list;

        parser->in_list = false;
        if (take_subject(parser, from, err) < 0 || take_status(parser, from, err) < 0 ||
            take_fact_number(parser, from, err) < 0 ||
            parser_take_whens(parser, from, false, false, err) < 0)
            return -1;
        parser->in_list = outer;
        if (!parser_takes(parser, ")"))
            return parser_expected(parser, err, ") to end what is chosen from");
    }
    line->item = from->item;
    line->codes = from->codes;
    line->n_codes = from->n_codes;
    line->from = from;
    return 0;
}

int parser_take_fact(struct parser *parser, struct criteria *line, bool inner,
                     struct error *err)
{
    line->order = parser_take_order(parser);
    if ((line->order == ORDER_ANY ? take_subject : take_choice)(parser, line, err) < 0 ||
        take_status(parser, line, err) < 0 || take_fact_number(parser, line, err) < 0)
        return -1;
    return parser_take_whens(parser, line, inner, false, err);
}
