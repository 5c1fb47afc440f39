/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/sentence_words.c: the words of items, codes and numbers, in either language. */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "criteria/parse_internal.h"
#include "criteria/sentence_internal.h"

/* ---- the table ---- */

struct noun_row {
    const char *word;
    enum frame frame;
    bool feminine;
    enum auxiliary auxiliary;
    struct {
        const char *article, *one, *many, *codes, *any, *participle;
    } in[LANG_EN + 1];
};

struct words_row {
    const char *word;
    const char *in[LANG_EN + 1], *predicate[LANG_EN + 1];
};

struct amount_row {
    const char *word;
    bool feminine;
    const char *in[LANG_EN + 1], *predicate[LANG_EN + 1];
};

struct yes_no_row {
    const char *word;
    const char *yes[LANG_EN + 1], *no[LANG_EN + 1];
};

struct state_row {
    const char *code;
    bool feminine;
    const char *article;
    const char *in[LANG_EN + 1];
};

struct value_row {
    enum vocab_system system;
    const char *code;
    const char *in[LANG_EN + 1];
};

#define GENDER_M false
#define GENDER_F true

#define NOUN(...)
#define IS(...)
#define STATUS(...)
#define AMOUNT(...)
#define YES_NO(...)
#define STATE(...)
#define VALUE(...)

#undef NOUN
#define FR(one, many, codes, any, participle) \
    {                                         \
        "", one, many, codes, any, participle \
    }
#define EN(article, one, many, codes, any, participle) \
    {                                                  \
        article, one, many, codes, any, participle     \
    }
#define NOUN(word, frame, gender, auxiliary, fr, en) \
    {word, FRAME_##frame, GENDER_##gender, AUXILIARY_##auxiliary, {fr, en}},
static const struct noun_row nouns[] = {
#include "criteria/sentence_words.def"
};
#undef NOUN
#define NOUN(...)

#undef IS
#define IS(word, fr, en) {word, {fr, en}, {"", ""}},
static const struct words_row attributes[] = {
#include "criteria/sentence_words.def"
};
#undef IS
#define IS(...)

#undef STATUS
#define STATUS(word, fr, fr_is, en, en_is) {word, {fr, en}, {fr_is, en_is}},
static const struct words_row statuses[] = {
#include "criteria/sentence_words.def"
};
#undef STATUS
#define STATUS(...)

#undef AMOUNT
#define AMOUNT(word, gender, fr, fr_has, en, en_has) \
    {word, GENDER_##gender, {fr, en}, {fr_has, en_has}},
static const struct amount_row amounts[] = {
#include "criteria/sentence_words.def"
};
#undef AMOUNT
#define AMOUNT(...)

#undef YES_NO
#define YES_NO(word, fr_yes, fr_no, en_yes, en_no) \
    {word, {fr_yes, en_yes}, {fr_no, en_no}},
static const struct yes_no_row yes_nos[] = {
#include "criteria/sentence_words.def"
};
#undef YES_NO
#define YES_NO(...)

#undef STATE
#define STATE(code, gender, fr, article, en) {code, GENDER_##gender, article, {fr, en}},
static const struct state_row states[] = {
#include "criteria/sentence_words.def"
};
#undef STATE
#define STATE(...)

#undef VALUE
#define VALUE(system, code, fr, en) {VOCAB_##system, code, {fr, en}},
static const struct value_row values[] = {
#include "criteria/sentence_words.def"
};

/* Every table is one of rows that begin with their word. */
#define FIND(rows, word) find_row(rows, ARRAY_LENGTH(rows), sizeof((rows)[0]), word)

static const void *find_row(const void *rows, size_t n, size_t size, const char *word)
{
    for (size_t i = 0; i < n; i++) {
        const char *row = (const char *)rows + i * size;
        const char *name;

        memcpy(&name, row, sizeof(name));
        if (strcmp(name, word) == 0)
            return row;
    }
    return NULL;
}

/* ---- nouns ---- */

static bool is_code(const struct criteria *fact, const char *code)
{
    return fact->n_codes == 1 && fact->codes[0].first_code == fact->codes[0].last_code &&
           strcmp(fact->codes[0].first_code, code) == 0;
}

/* An item that has no words yet is a "donnée" with the model's label. */
static struct noun unknown_noun(struct sentence *s, const struct item_row *item)
{
    bool french = s->lang == LANG_FR;
    const char *label = french ? item->fr : item->en;

    return (struct noun){
        FRAME_HAS,
        AUXILIARY_BEEN,
        true,
        french ? "" : "an ",
        arena_printf(s->arena, french ? "donnée «" NBSP "%s" NBSP "»" : "item “%s”",
                     label),
        arena_printf(s->arena, french ? "données «" NBSP "%s" NBSP "»" : "items “%s”",
                     label),
        " ",
        "",
        french ? "enregistré~" : "recorded"};
}

/* smoking NO, or several smokings: what the source says of it. */
static struct noun mention_of(const struct noun *noun, enum lang lang)
{
    bool french = lang == LANG_FR;

    return (struct noun){FRAME_HAS,
                         AUXILIARY_BEEN,
                         true,
                         french ? "" : "a ",
                         french ? "mention" : "record of",
                         french ? "mentions" : "records of",
                         " ",
                         "",
                         noun->participle};
}

struct noun sentence_noun(struct sentence *s, const struct criteria *fact, bool many)
{
    const struct item_row *item =
        model_item(fact->item == ITEM_RATIO_TYPE ? ITEM_MEASURE_TYPE : fact->item);
    const struct noun_row *row = FIND(nouns, item->word);
    const struct state_row *state = NULL;
    struct noun noun;

    if (!row)
        return unknown_noun(s, item);
    noun = (struct noun){row->frame,
                         row->auxiliary,
                         row->feminine,
                         row->in[s->lang].article,
                         row->in[s->lang].one,
                         row->in[s->lang].many,
                         row->in[s->lang].codes,
                         row->in[s->lang].any,
                         row->in[s->lang].participle};
    if (fact->item == ITEM_STATE_TYPE && fact->n_codes == 1 &&
        is_code(fact, fact->codes[0].first_code))
        state = FIND(states, fact->codes[0].first_code);
    if (state) {
        noun.feminine = state->feminine;
        noun.article = s->lang == LANG_FR ? "" : state->article;
        noun.one = noun.many = state->in[s->lang];
        noun.codes = NULL;
    } else if (item->system == VOCAB_YES_NO && row->frame != FRAME_IS) {
        noun.codes = NULL;
        if (!is_code(fact, "YES") || (many && row->frame == FRAME_RISK))
            noun = mention_of(&noun, s->lang);
    }
    return noun;
}

const char *sentence_is(const struct sentence *s, enum item item)
{
    const struct words_row *row = FIND(attributes, model_item(item)->word);

    return row->in[s->lang];
}

const char *sentence_status(const struct sentence *s, enum item item, bool predicate)
{
    const struct words_row *row = FIND(statuses, model_item(item)->word);

    if (row)
        return predicate ? row->predicate[s->lang] : row->in[s->lang];
    if (s->lang == LANG_FR)
        return predicate ? "a pour statut " : " de statut ";
    return predicate ? "has the status " : " of status ";
}

const char *sentence_amount(const struct sentence *s, enum item item, bool predicate,
                            bool *feminine_r)
{
    const struct amount_row *row = FIND(amounts, model_item(item)->word);

    if (!row)
        return NULL;
    *feminine_r = row->feminine;
    return (predicate ? row->predicate : row->in)[s->lang];
}

bool sentence_is_tnm(const struct criteria *node)
{
    return node->kind == CRITERIA_FACT &&
           (node->item == ITEM_TNM_T || node->item == ITEM_TNM_N ||
            node->item == ITEM_TNM_M) &&
           node->n_codes > 0 && !node->count && !node->from && node->n_when == 0;
}

bool sentence_is_plain(struct sentence *s, const struct criteria *node)
{
    return node->kind == CRITERIA_FACT && !node->count && !node->from &&
           node->n_when == 0 && sentence_noun(s, node, false).frame == FRAME_IS;
}

/* ---- codes ---- */

/* In a sentence a label begins small, unless it is an acronym. */
static void put_small(struct sentence *s, const char *label)
{
    unsigned char first = (unsigned char)label[0], second = (unsigned char)label[1];

    if (first >= 'A' && first <= 'Z' && (second >= 'a' || second >= 0x80)) {
        buffer_char(s->out, (char)(first + 32));
        label++;
    } else if (first == 0xc3 && second >= 0x80 && second <= 0x9e) { /* É */
        buffer_char(s->out, label[0]);
        buffer_char(s->out, (char)(second + 0x20));
        label += 2;
    }
    sentence_put(s, label);
}

static void put_quoted(struct sentence *s, const char *text)
{
    sentence_put(s, s->tongue->quote);
    sentence_put(s, text);
    sentence_put(s, s->tongue->unquote);
}

static void put_name(struct sentence *s, const char *name)
{
    for (const char *c = name; *c; c++) {
        bool plain = (*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
                     (*c >= '0' && *c <= '9') || strchr("-+./*_", *c);

        if (!plain || name[0] == '.') {
            put_quoted(s, name);
            return;
        }
    }
    sentence_put(s, name);
}

/* Official classifications, whose labels are names of chapters: quoted, with the code. */
static bool is_classification(enum vocab_system system)
{
    return system == VOCAB_ICDO3_TOPOGRAPHY || system == VOCAB_ICDO3_MORPHOLOGY ||
           system == VOCAB_ICD10 || system == VOCAB_CCAM;
}

static const char *label_of(const struct sentence *s, enum vocab_system system,
                            const char *code)
{
    for (size_t i = 0; i < ARRAY_LENGTH(values); i++)
        if (values[i].system == system && strcmp(values[i].code, code) == 0)
            return values[i].in[s->lang];
    if (system == VOCAB_GENE || system == VOCAB_STAGE || system == VOCAB_TNM_T ||
        system == VOCAB_TNM_N || system == VOCAB_TNM_M)
        return NULL;
    return vocab_label(system, code, s->lang);
}

static void put_label(struct sentence *s, enum vocab_system system, const char *label)
{
    if (is_classification(system) || strchr(label, ',') || strstr(label, s->tongue->or))
        put_quoted(s, label);
    else
        put_small(s, label);
}

static void put_code(struct sentence *s, enum vocab_system system, const char *code)
{
    const char *label = label_of(s, system, code);
    char text[VOCAB_CODE_SIZE];

    if (!label) {
        vocab_print(system, code, text);
        if (system == VOCAB_NAME || system == VOCAB_MEASURE)
            put_name(s, text);
        else
            sentence_put(s, text);
        return;
    }
    put_label(s, system, label);
    if (is_classification(system) || system == VOCAB_ATC)
        buffer_printf(s->out, " (%s)", code);
}

static void put_answer(struct sentence *s, const struct yes_no_row *row, const char *code)
{
    const char *words = (strcmp(code, "YES") == 0 ? row->yes : row->no)[s->lang];

    if (strcmp(row->word, "care here") == 0)
        sentence_put(s, words);
    else
        put_quoted(s, words);
}

static void put_yes_no(struct sentence *s, const struct yes_no_row *row,
                       const struct criteria_code *code)
{
    put_answer(s, row, code->first_code);
    if (code->first_code == code->last_code)
        return;
    sentence_put(s, s->tongue->range);
    put_answer(s, row, code->last_code);
}

/* C00 à C14 (« Lèvre » à « Pharynx … ») */
static void put_range(struct sentence *s, enum vocab_system system,
                      const struct criteria_code *code)
{
    const char *first = label_of(s, system, code->first_code);
    const char *last = label_of(s, system, code->last_code);
    char text[VOCAB_CODE_SIZE];

    sentence_put(s, vocab_print(system, code->first_code, text));
    sentence_put(s, s->tongue->range);
    sentence_put(s, vocab_print(system, code->last_code, text));
    if (!first || !last)
        return;
    sentence_put(s, " (");
    put_quoted(s, first);
    sentence_put(s, s->tongue->range);
    put_quoted(s, last);
    sentence_put(s, ")");
}

/* stage >= III: the sign stands for the last code. */
static void put_compared(struct sentence *s, enum vocab_system system,
                         const struct criteria_code *code)
{
    static const struct {
        const char *sign, *before[LANG_EN + 1], *after[LANG_EN + 1];
    } signs[] = {{">=", {"", ""}, {" ou plus", " or higher"}},
                 {"<=", {"", ""}, {" ou moins", " or lower"}},
                 {">", {"supérieur à ", "above "}, {"", ""}},
                 {"<", {"inférieur à ", "below "}, {"", ""}}};
    char text[VOCAB_CODE_SIZE];

    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++) {
        if (strcmp(signs[i].sign, code->last_code) != 0)
            continue;
        sentence_put(s, signs[i].before[s->lang]);
        sentence_put(s, vocab_print(system, code->first_code, text));
        sentence_put(s, signs[i].after[s->lang]);
    }
}

void sentence_codes(struct sentence *s, enum item item, const struct criteria_code *codes,
                    size_t n)
{
    const struct item_row *row = model_item(item);
    const struct yes_no_row *yes_no = FIND(yes_nos, row->word);

    for (size_t i = 0; i < n; i++) {
        sentence_put(s, i == 0 ? "" : i + 1 < n ? ", " : s->tongue->or);
        if (criteria_system_is_ordered(row->system) &&
            strchr("<>", codes[i].last_code[0]))
            put_compared(s, row->system, &codes[i]);
        else if (yes_no)
            put_yes_no(s, yes_no, &codes[i]);
        else if (codes[i].first_code != codes[i].last_code)
            put_range(s, row->system, &codes[i]);
        else
            put_code(s, row->system, codes[i].first_code);
    }
}

/* ---- numbers ---- */

/* 150000 is written 150 000, or 150,000. */
static void put_grouped(struct sentence *s, const char *digits, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (i > 0 && n > 4 && (n - i) % 3 == 0)
            sentence_put(s, s->tongue->thousand);
        buffer_char(s->out, digits[i]);
    }
}

void sentence_number(struct sentence *s, double number)
{
    struct buffer text;
    const char *digits, *point;

    buffer_init(&text, 64);
    buffer_json_number(&text, number);
    digits = buffer_text(&text);
    if (strpbrk(digits, "eE")) {
        sentence_put(s, digits);
    } else {
        if (*digits == '-') {
            sentence_put(s, "−");
            digits++;
        }
        point = strchr(digits, '.');
        put_grouped(s, digits, point ? (size_t)(point - digits) : strlen(digits));
        if (point) {
            sentence_put(s, s->tongue->point);
            sentence_put(s, point + 1);
        }
    }
    buffer_free(&text);
}

/* UCUM as it is printed: u is µ, an exponent stands high. */
const char *sentence_unit(struct sentence *s, const struct criteria *fact)
{
    static const struct {
        const char *ucum, *printed;
    } units[] = {{"10*9/L", "10⁹/L"}, {"10*12/L", "10¹²/L"}};
    const char *unit = criteria_unit(fact);

    if (!*unit)
        return "";
    if (fact->item == ITEM_RATIO_TYPE)
        return s->lang == LANG_FR ? " fois la limite supérieure de la normale"
                                  : " times the upper limit of normal";
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
        if (strcmp(unit, units[i].ucum) == 0)
            return arena_printf(s->arena, NBSP "%s", units[i].printed);
    if (strcmp(unit, "mL/min/{1.73_m2}") == 0)
        return arena_printf(s->arena, NBSP "mL/min/1%s73" NBSP "m²", s->tongue->point);
    if (unit[0] == 'u' && unit[1] >= 'a' && unit[1] <= 'z')
        return arena_printf(s->arena, NBSP "µ%s", unit + 1);
    return arena_printf(s->arena, NBSP "%s", unit);
}

/* ---- time ---- */

static const double days_in[] = {[TIME_DAY] = 1,
                                 [TIME_WEEK] = 7,
                                 [TIME_MONTH] = CRITERIA_DAYS_MONTH,
                                 [TIME_YEAR] = CRITERIA_DAYS_YEAR};

int32_t sentence_days_of(enum time_unit unit, int32_t n)
{
    return (int32_t)round(n * days_in[unit]);
}

/* One month is 30 days: "30 jours" is what a protocol says. */
enum time_unit sentence_time_unit(int32_t days, int32_t *n_r)
{
    static const enum time_unit units[] = {TIME_YEAR, TIME_MONTH, TIME_WEEK};
    static const int32_t least[] = {[TIME_YEAR] = 1, [TIME_MONTH] = 2, [TIME_WEEK] = 1};
    static const int32_t most[] = {
        [TIME_YEAR] = 300, [TIME_MONTH] = 36, [TIME_WEEK] = 26};

    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        enum time_unit unit = units[i];

        *n_r = (int32_t)round(days / days_in[unit]);
        if (*n_r >= least[unit] && *n_r <= most[unit] &&
            sentence_days_of(unit, *n_r) == days)
            return unit;
    }
    *n_r = days;
    return TIME_DAY;
}

struct period sentence_period(struct interval dates)
{
    struct period period = {.from = dates.first != DAY_MIN, .to = dates.last != DAY_MAX};
    bool months = true, years = true;

    if (period.from) {
        day_to_civil(dates.first, &period.year[0], &period.month[0], &period.day[0]);
        months = period.day[0] == 1;
        years = months && period.month[0] == 1;
    }
    if (period.to) {
        day_to_civil(dates.last, &period.year[1], &period.month[1], &period.day[1]);
        months =
            months && period.day[1] == days_in_month(period.year[1], period.month[1]);
        years = years && months && period.month[1] == 12;
    }
    period.parts = years ? PERIOD_YEARS : months ? PERIOD_MONTHS : PERIOD_DAYS;
    return period;
}
