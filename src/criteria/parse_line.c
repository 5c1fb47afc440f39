/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/parse_line.c: one line of criteria, driven by the model.
 *
 *     line   = "age at diagnosis" number | DATE-WORD dates | "diagnosed" dates | "died" dates
 *            | "born" dates | "active" dates | ["vital status"] ("dead" | "alive") | fact
 *     fact   = WORD ["any" | codes] [status] [number] { when }
 *     codes  = code { "," code } | "(" code { "," code } ")"      code = CODE [".." CODE]
 *     number = ("<" | "<=" | ">" | ">=" | "=") X [unit] | X ".." X [unit]
 *     dates  = "in" D | "from" D "to" D | "between" D "and" D | ("before" | "after" | "since"
 *            | "until") D | D [".." D]
 *     when   = ["started" | "ended"] ( dates | "in the last" N unit
 *            | "within" N unit ("before" | "after" | "of") "diagnosis"
 *            | ("before" | "after") "diagnosis" )
 *            | ["not"] ("preceded" | "followed") ["within" N unit] "by" fact */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "criteria/parse_internal.h"

#define LIST_MAX 512
#define WHEN_MAX 8

/* ---- words ---- */

/* sex M, event METASTASIS: the very spelling of a labelled code that has none below it. Names
 * and trees may hold any word, and N after a flag is the N of the TNM, not "no". */
static bool is_known_code(enum vocab_system system, const char *word)
{
    char code[VOCAB_CODE_SIZE];
    struct code_range range;

    if (vocab_normalise(system, word, code, NULL) < 0 || strcasecmp(code, word) != 0 ||
        !vocab_label(system, code, LANG_EN))
        return false;
    vocab_subtree(system, code, &range);
    return strncmp(range.after, code, strlen(code)) == 0;
}

static bool is_word_of_language(const char *word)
{
    static const char *const words[] = {
        "and",      "or",       "not",      "tumour",  "tumor",     "any",
        "at",       "within",   "before",   "after",   "in",        "from",
        "until",    "between",  "since",    "started", "ended",     "preceded",
        "followed", "positive", "negative", "age",     "diagnosed", "dead",
        "alive",    "died",     "born",     "active",  "status",    "on"};

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (strcasecmp(word, words[i]) == 0)
            return true;
    return model_item_by_word(word) != ITEM_NONE;
}

bool criteria_is_reserved(enum vocab_system system, const char *word)
{
    return is_word_of_language(word) && !is_known_code(system, word);
}

/* T, N and M are words only in upper case; the others in any case. */
static enum item take_item_word(struct parser *parser)
{
    char words[96] = "";
    size_t length = 0;
    enum item found = ITEM_NONE;
    size_t after = parser->at;

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

        enum item item = model_item_by_word(words);

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

    if (token->kind != TOKEN_STRING &&
        (token->kind != TOKEN_WORD || criteria_is_reserved(system, token->text)))
        return parser_expected(parser, err, "a code");
    if (vocab_normalise(system, token->text, text, &reason) < 0)
        return error_at(err, ERROR_INPUT, token->line, token->column, "%s",
                        reason.message);
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
               (token->kind != TOKEN_STRING &&
                (token->kind != TOKEN_WORD || is_word_of_language(token->text)))) {
        return false;
    }
    if (vocab_normalise(system, token->text, text, NULL) < 0 || !*text)
        return false;
    set_status(parser, line, system, text);
    parser->at++;
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
    if ((system == VOCAB_ICDO3_TOPOGRAPHY && parser_takes(parser, "at")) ||
        parser_takes(parser, "status"))
        return take_codes(parser, system, &line->status, &line->n_status, err);
    return 0;
}

/* ---- when ---- */

static int parse_fact(struct parser *parser, struct criteria *line, bool inner,
                      struct error *err);

static void set_distance(struct criteria_when *when, bool before, bool after,
                         int32_t days)
{
    /* "within 90 days" counts the day itself; "before" and "after" alone do not */
    when->low = before ? (days >= 0 ? -days : DISTANCE_MIN) : (days >= 0 ? 0 : 1);
    when->high = after ? (days >= 0 ? days : DISTANCE_MAX) : (days >= 0 ? 0 : -1);
}

static int take_distance(struct parser *parser, struct criteria_when *when, int32_t days,
                         struct error *err)
{
    bool before = parser_takes(parser, "before"), after = false, of = false;

    if (!before)
        after = parser_takes(parser, "after");
    if (!before && !after)
        of = days >= 0 && parser_takes(parser, "of");
    if (!before && !after && !of)
        return parser_expected(parser, err, "before, after or of");
    if (!parser_takes(parser, "diagnosis"))
        return parser_expected(parser, err, "diagnosis (or: preceded by, followed by)");
    when->kind = WHEN_DIAGNOSIS;
    set_distance(when, before || of, after || of, days);
    return 1;
}

static int take_event(struct parser *parser, struct criteria_when *when,
                      struct error *err)
{
    size_t start = parser->at;
    bool negated = parser_takes(parser, "not");
    bool before = parser_takes(parser, "preceded");
    int32_t days = -1;

    if (!before && !parser_takes(parser, "followed")) {
        parser->at = start;
        return 0;
    }
    if (parser_takes(parser, "within") && parser_take_duration(parser, &days, err) < 0)
        return -1;
    if (!parser_takes(parser, "by"))
        return parser_expected(parser, err, "by, and a line about another event");

    struct criteria *other = parser_node(parser, CRITERIA_FACT);
    size_t at = parser->at;

    other->item = take_item_word(parser);
    if (!other->item || model_item(other->item)->index == INDEX_COLUMN) {
        parser->at = at; /* birth, diagnosis, death are dates, not kinds of events */
        return parser_expected(parser, err,
                               "a kind of event such as treatment or surgery");
    }
    if (parse_fact(parser, other, true, err) < 0)
        return -1;
    if (criteria_needs_tumour(other) && !parser->in_tumour)
        return error_at(
            err, ERROR_INPUT, other->line, other->column,
            "this event is about a tumour: put the whole line into tumour { … }");
    when->kind = WHEN_EVENT;
    when->negated = negated;
    when->other = other;
    set_distance(when, before, !before, days);
    return 1;
}

/* 1 taken, 0 not there, -1 wrong. */
static int take_when(struct parser *parser, struct criteria_when *when, bool inner,
                     struct error *err)
{
    int32_t days;
    int taken;

    if (!inner) {
        taken = take_event(parser, when, err);
        if (taken != 0)
            return taken;
    }

    bool started = parser_takes(parser, "started");

    when->end = !started && parser_takes(parser, "ended");
    if (parser_takes(parser, "in the last")) {
        when->kind = WHEN_LAST;
        if (parser_take_duration(parser, &when->low, err) < 0)
            return -1;
        return 1;
    }
    if (parser_takes(parser, "within"))
        return parser_take_duration(parser, &days, err) < 0
                   ? -1
                   : take_distance(parser, when, days, err);
    taken = parser_take_dates(parser, false, &when->dates, err);
    if (taken != 0) {
        when->kind = WHEN_DATES;
        return taken;
    }
    if (parser_sees(parser, "before") || parser_sees(parser, "after"))
        return take_distance(parser, when, -1, err);
    if (started || when->end)
        return parser_expected(parser, err, "a date, or within … days of diagnosis");
    return 0;
}

static int take_whens(struct parser *parser, struct criteria *line, bool inner,
                      struct error *err)
{
    struct criteria_when *when = arena_array(parser->arena, WHEN_MAX, sizeof(*when));
    const struct group_row *group = model_group(model_item(line->item)->group);
    const struct token *token = parser_token(parser);
    size_t n = 0;
    int taken = 0;

    while (n < WHEN_MAX && (taken = take_when(parser, &when[n], inner, err)) > 0) {
        if (when[n].end && !group->end)
            return error_at(err, ERROR_INPUT, token->line, token->column, "%s has no end",
                            model_item(line->item)->word);
        token = parser_token(parser);
        n++;
    }
    if (taken < 0)
        return -1;
    line->when = when;
    line->n_when = n;
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
    return take_status(parser, line, err);
}

/* What follows the word of a fact; INNER: inside "preceded by", which cannot nest. */
static int parse_fact(struct parser *parser, struct criteria *line, bool inner,
                      struct error *err)
{
    const struct item_row *item = model_item(line->item);

    if (take_fact_codes(parser, line, err) < 0)
        return -1;
    if (item->type == TYPE_NUMBER || model_group(item->group)->amount) {
        int taken = parser_take_comparison_or_range(parser, &line->number,
                                                    item->type == TYPE_NUMBER, err);

        if (taken < 0 || (taken > 0 && parser_take_unit(parser, line, err) < 0))
            return -1;
        line->has_number = taken > 0;
    }
    default_to_yes(parser, line);
    if (find_state(line, err) < 0)
        return -1;
    return take_whens(parser, line, inner, err);
}

static struct criteria *parse_age(struct parser *parser, struct error *err)
{
    struct criteria *line = parser_node(parser, CRITERIA_AGE);
    int taken = parser_take_comparison_or_range(parser, &line->number, true, err);

    if (taken == 0)
        parser_expected(parser, err, "an age such as 18..75 or >= 65");
    parser_takes(parser, "years");
    return taken > 0 ? line : NULL;
}

static struct criteria *parse_dated(struct parser *parser, enum criteria_kind kind,
                                    enum item item, struct error *err)
{
    struct criteria *line = parser_node(parser, kind);

    line->item = item;
    if (parser_take_dates(parser, true, &line->dates, err) <= 0)
        return NULL;
    if (kind == CRITERIA_ACTIVE) {
        int year, month, day;

        if (line->dates.first == DAY_MIN || line->dates.last == DAY_MAX) {
            error_at(err, ERROR_INPUT, line->line, line->column,
                     "expected a year or years such as 2021 or 2019..2021");
            return NULL;
        }
        day_to_civil(line->dates.first, &year, &month, &day);
        line->dates.first = day_from_civil(year, 1, 1);
        day_to_civil(line->dates.last, &year, &month, &day);
        line->dates.last = day_from_civil(year, 12, 31);
    }
    return line;
}

static struct criteria *parse_vital(struct parser *parser, bool dead)
{
    struct criteria *line = parser_node(parser, CRITERIA_VITAL);

    line->dead = dead;
    return line;
}

static struct criteria *parse_item(struct parser *parser, struct error *err)
{
    struct criteria *line = parser_node(parser, CRITERIA_FACT);
    enum item item = take_item_word(parser);

    if (item == ITEM_NONE) {
        parser_expected(parser, err,
                        "a criterion such as topography, stage, altered, treatment, "
                        "measure, age at diagnosis, sex");
        return NULL;
    }
    if (item == ITEM_VITAL_STATUS) {
        bool dead = parser_takes(parser, "dead");

        if (!dead && !parser_takes(parser, "alive")) {
            parser_expected(parser, err, "dead or alive");
            return NULL;
        }
        return parse_vital(parser, dead);
    }
    if (model_item(item)->index == INDEX_COLUMN)
        return parse_dated(parser, CRITERIA_DATE, item, err);
    line->item = item;
    return parse_fact(parser, line, false, err) < 0 ? NULL : line;
}

static struct criteria *parse_words(struct parser *parser, struct error *err)
{
    if (parser_takes(parser, "any"))
        return parser_node(parser, CRITERIA_ANY);
    if (parser_takes(parser, "age at diagnosis"))
        return parse_age(parser, err);
    if (parser_takes(parser, "diagnosed"))
        return parse_dated(parser, CRITERIA_DATE, ITEM_DIAGNOSIS_DATE, err);
    if (parser_takes(parser, "died"))
        return parse_dated(parser, CRITERIA_DATE, ITEM_DEATH_DATE, err);
    if (parser_takes(parser, "born"))
        return parse_dated(parser, CRITERIA_DATE, ITEM_PATIENT_BIRTH, err);
    if (parser_takes(parser, "active"))
        return parse_dated(parser, CRITERIA_ACTIVE, ITEM_NONE, err);
    if (parser_takes(parser, "dead"))
        return parse_vital(parser, true);
    if (parser_takes(parser, "alive"))
        return parse_vital(parser, false);
    return parse_item(parser, err);
}

const struct criteria *parse_line(struct parser *parser, struct error *err)
{
    const struct token *start = parser_token(parser);
    struct criteria *line = parse_words(parser, err);

    if (line) {
        line->line = start->line;
        line->column = start->column;
    }
    return line;
}
