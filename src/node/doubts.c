/* SPDX-License-Identifier: Apache-2.0
 *
 * node/doubts.c: why something is unknown, and what would settle it: the sentences of
 * doubts.def with what they are about put in. */
#include <string.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "node/explain.h"

/* Facts that one sentence names. */
#define FACTS_NAMED 4

enum phrase {
#define DOUBT(id, ...) PHRASE_##id,
#include "node/doubts.def"
#undef DOUBT
};

static const struct phrase_row {
    const char *word;
    const char *message[2], *settle[2]; /* by enum lang */
} phrases[] = {
#define DOUBT(id, word, fr, fr_settle, en, en_settle) \
    [PHRASE_##id] = {word, {fr, en}, {fr_settle, en_settle}},
#include "node/doubts.def"
#undef DOUBT
};

/* What is being written, of what. */
struct sentence {
    struct buffer *out;
    const struct explanation *explanation;
    const struct doubt *doubt;
    enum lang lang;
    bool french;
};

/* ---- which sentence ---- */

/* The date that DOUBT is about. */
static struct interval date_meant(const struct explanation *explanation,
                                  const struct doubt *doubt)
{
    const struct record *record = explanation->record;
    const struct fact *fact = doubt->fact;

    if (fact && doubt->end)
        return fact->end;
    if (fact && doubt->kind == DOUBT_DATE && doubt->item != ITEM_NONE)
        return fact_value(fact, doubt->item)->date;
    if (fact)
        return fact->date;
    switch (doubt->item) {
    case ITEM_DIAGNOSIS_DATE: return record->tumours[doubt->tumour].diagnosis;
    case ITEM_PATIENT_BIRTH: return record->birth;
    case ITEM_LAST_VISIT: return record->last_visit;
    case ITEM_DEATH_DATE: return record->death;
    default: return record->last_news;
    }
}

static enum phrase date_phrase(const struct explanation *explanation,
                               const struct doubt *doubt)
{
    bool missing = interval_is_unknown(date_meant(explanation, doubt));

    if (!doubt->fact)
        return missing ? PHRASE_PATIENT_DATE_MISSING : PHRASE_PATIENT_DATE;
    return doubt->end ? PHRASE_END_DATE : missing ? PHRASE_DATE_MISSING : PHRASE_DATE;
}

static enum phrase measured_phrase(const struct doubt *doubt)
{
    return doubt->fact   ? PHRASE_WITHOUT_RESULT
           : doubt->code ? PHRASE_NEVER_MEASURED
                         : PHRASE_NEVER_ANY;
}

static enum phrase phrase_of(const struct explanation *explanation,
                             const struct doubt *doubt)
{
    switch (doubt->kind) {
    case DOUBT_DATE:
    case DOUBT_PATIENT_DATE: return date_phrase(explanation, doubt);
    case DOUBT_END: return PHRASE_END;
    case DOUBT_NOT_CODED:
        return model_item(doubt->item)->index == INDEX_KEYS ? PHRASE_NOT_CODED
                                                            : PHRASE_NOT_STATED;
    case DOUBT_CODE: return PHRASE_CODE;
    case DOUBT_STATUS_MISSING: return PHRASE_STATUS_MISSING;
    case DOUBT_STATUS: return PHRASE_STATUS;
    case DOUBT_NUMBER: return PHRASE_NUMBER;
    case DOUBT_UNIT: return PHRASE_UNIT;
    case DOUBT_LINE_NUMBER: return PHRASE_LINE_NUMBER;
    case DOUBT_ATTACHMENT: return PHRASE_ATTACHMENT;
    case DOUBT_NEVER_STATED: return PHRASE_NEVER_STATED;
    case DOUBT_NEVER_MEASURED: return measured_phrase(doubt);
    case DOUBT_NEVER_SEQUENCED: return PHRASE_NEVER_SEQUENCED;
    case DOUBT_NOT_COVERED: return PHRASE_NOT_COVERED;
    case DOUBT_ORDER: return PHRASE_ORDER;
    case DOUBT_VITAL_STATUS: return PHRASE_VITAL_STATUS;
    case DOUBT_NO_SAMPLE: return PHRASE_NO_SAMPLE;
    case DOUBT_NOT_SENT: return PHRASE_NOT_SENT;
    case DOUBT_NO_TUMOUR:
    case DOUBT_KINDS: break;
    }
    return PHRASE_NO_TUMOUR;
}

/* ---- what is put in ---- */

static void put(const struct sentence *sentence, const char *fr, const char *en)
{
    buffer_string(sentence->out, sentence->french ? fr : en);
}

static void put_day(const struct sentence *sentence, day_number day)
{
    char text[DATE_WORDS_SIZE];

    buffer_string(sentence->out,
                  date_print_words((struct interval){day, day}, sentence->french, text));
}

/* Of days that may be open at either end: "du … au …". */
static void put_period(const struct sentence *sentence, struct interval period)
{
    if (period.first == DAY_MIN && period.last == DAY_MAX) {
        put(sentence, "à tout moment", "at any time");
    } else if (period.first == DAY_MIN) {
        put(sentence, "jusqu’au ", "until ");
        put_day(sentence, period.last);
    } else if (period.last == DAY_MAX) {
        put(sentence, "depuis le ", "since ");
        put_day(sentence, period.first);
    } else {
        put(sentence, "du ", "from ");
        put_day(sentence, period.first);
        put(sentence, " au ", " to ");
        put_day(sentence, period.last);
    }
}

static void put_short(const struct sentence *sentence, const struct fact *fact)
{
    enum item item =
        sentence->doubt->kind == DOUBT_DATE ? ITEM_NONE : sentence->doubt->item;
    char text[DATE_WORDS_SIZE];

    fact_brief_print(sentence->out, fact, item, sentence->lang);
    if (!interval_is_unknown(fact->date))
        buffer_printf(sentence->out, " (%s)",
                      date_print_words(fact->date, sentence->french, text));
}

static void put_fact(const struct sentence *sentence)
{
    put_short(sentence, sentence->doubt->fact);
}

/* The facts of the doubt, or those without an exact date only; a few, and how many more. */
static void put_some(const struct sentence *sentence, bool only_open)
{
    const struct doubt *doubt = sentence->doubt;
    size_t n = 0;

    for (size_t i = 0; i < doubt->n_facts; i++) {
        if (only_open && interval_is_exact(doubt->facts[i]->date))
            continue;
        if (n++ >= FACTS_NAMED)
            continue;
        buffer_string(sentence->out, n == 1 ? "" : sentence->french ? " ; " : "; ");
        put_short(sentence, doubt->facts[i]);
    }
    if (n > FACTS_NAMED)
        buffer_printf(sentence->out,
                      sentence->french ? " ; nombre d’autres : %zu" : "; and %zu more",
                      n - FACTS_NAMED);
}

static void put_facts(const struct sentence *sentence)
{
    put_some(sentence, false);
}

static void put_open(const struct sentence *sentence)
{
    put_some(sentence, true);
}

static void put_date(const struct sentence *sentence)
{
    struct interval date = date_meant(sentence->explanation, sentence->doubt);
    bool is_aside = sentence->doubt->kind == DOUBT_NOT_CODED;
    char text[DATE_WORDS_SIZE];

    if (is_aside && interval_is_unknown(date))
        return;
    buffer_string(sentence->out, is_aside ? " (" : "");
    buffer_string(sentence->out, date_print_words(date, sentence->french, text));
    buffer_string(sentence->out, is_aside ? ")" : "");
}

static bool is_in_one_month(struct interval date)
{
    int years[2], months[2], day;

    day_to_civil(date.first, &years[0], &months[0], &day);
    day_to_civil(date.last, &years[1], &months[1], &day);
    return years[0] == years[1] && months[0] == months[1];
}

static void put_part(const struct sentence *sentence)
{
    struct interval date = date_meant(sentence->explanation, sentence->doubt);

    if (date.first == DAY_MIN || date.last == DAY_MAX)
        put(sentence, "la date", "the date");
    else if (is_in_one_month(date))
        put(sentence, "le jour", "the day");
    else
        put(sentence, "le mois et le jour", "month and day");
}

static void put_item(const struct sentence *sentence)
{
    const struct item_row *item = model_item(sentence->doubt->item);

    if (item->item == ITEM_LAST_CONTACT) /* the last news are of several items */
        put(sentence, "Dernières nouvelles", "Last news");
    else
        put(sentence, item->fr, item->en);
}

static enum item status_item(const struct doubt *doubt)
{
    return model_group(doubt->fact->group)->status;
}

static void put_status(const struct sentence *sentence)
{
    const struct item_row *item = model_item(status_item(sentence->doubt));

    put(sentence, item->fr, item->en);
}

static void put_group(const struct sentence *sentence)
{
    const struct doubt *doubt = sentence->doubt;
    const struct group_row *group = model_group(
        doubt->group != GROUP_NONE ? doubt->group : model_item(doubt->item)->group);

    put(sentence, group->fr, group->en);
}

static void put_code(const struct sentence *sentence)
{
    const struct doubt *doubt = sentence->doubt;
    enum item item = doubt->kind == DOUBT_STATUS ? status_item(doubt) : doubt->item;
    char text[VOCAB_CODE_SIZE];

    if (!doubt->code)
        return;
    if (doubt->kind == DOUBT_NEVER_MEASURED) {
        code_print(sentence->out, model_item(item)->system, doubt->code, sentence->lang);
        return;
    }
    buffer_string(sentence->out,
                  doubt->kind == DOUBT_UNIT
                      ? doubt->code
                      : vocab_print(model_item(item)->system, doubt->code, text));
}

static void put_tumour(const struct sentence *sentence)
{
    if (sentence->doubt->tumour != TUMOUR_NONE &&
        sentence->explanation->record->n_tumours > 1)
        buffer_printf(sentence->out, " (%s %d)", sentence->french ? "tumeur" : "tumour",
                      sentence->doubt->tumour + 1);
}

static void put_asked(const struct sentence *sentence)
{
    if (interval_is_unknown(sentence->doubt->period))
        return;
    put(sentence, " ; période demandée : ", "; period asked: ");
    put_period(sentence, sentence->doubt->period);
}

static void put_missing_period(const struct sentence *sentence)
{
    put_period(sentence, sentence->doubt->period);
}

static void put_coverage(const struct sentence *sentence)
{
    const struct coverage *coverage = sentence->explanation->question->coverage;
    bool any = false;

    if (coverage->assumed) {
        put(sentence,
            "aucune donnée de ce type dans le centre, et aucune couverture déclarée",
            "no data of this kind in the centre, and no coverage declared");
        return;
    }
    for (size_t i = 0; i < coverage->n_rows; i++) {
        const struct coverage_row *row = &coverage->rows[i];

        if (row->group != sentence->doubt->group)
            continue;
        if (any)
            buffer_string(sentence->out, ", ");
        else
            put(sentence, "couverture déclarée ", "covered ");
        put_period(sentence, row->period);
        if (*row->source)
            buffer_printf(sentence->out, " (%s)", row->source);
        any = true;
    }
    if (!any)
        put(sentence, "aucune couverture déclarée", "no coverage declared");
}

static void put_first(const struct sentence *sentence)
{
    int order = sentence->doubt->order;

    if (order == ORDER_LAST)
        put(sentence, "le dernier", "the last");
    else if (order == 1)
        put(sentence, "le premier", "the first");
    else
        buffer_printf(sentence->out, sentence->french ? "le %dᵉ" : "number %d", order);
}

/* ---- the sentence ---- */

static const struct slot {
    const char *name;
    void (*put)(const struct sentence *sentence);
} slots[] = {
    {"fact}", put_fact},     {"date}", put_date},
    {"part}", put_part},     {"item}", put_item},
    {"status}", put_status}, {"group}", put_group},
    {"code}", put_code},     {"tumour}", put_tumour},
    {"asked}", put_asked},   {"period}", put_missing_period},
    {"first}", put_first},   {"coverage}", put_coverage},
    {"facts}", put_facts},   {"open}", put_open},
};

/* What stands at AT, behind its brace; returns what follows. */
static const char *put_slot(const struct sentence *sentence, const char *at)
{
    for (size_t i = 0; i < ARRAY_LENGTH(slots); i++) {
        size_t length = strlen(slots[i].name);

        if (strncmp(at, slots[i].name, length) == 0) {
            slots[i].put(sentence);
            return at + length;
        }
    }
    return at;
}

static void put_template(const struct sentence *sentence, const char *template)
{
    while (*template) {
        size_t plain = strcspn(template, "{");

        buffer_append(sentence->out, template, plain);
        template += plain;
        if (*template)
            template = put_slot(sentence, template + 1);
    }
}

const char *doubt_word(const struct explanation *explanation, const struct doubt *doubt)
{
    return phrases[phrase_of(explanation, doubt)].word;
}

void doubt_print(struct buffer *out, const struct explanation *explanation,
                 const struct doubt *doubt, enum lang lang)
{
    struct sentence sentence = {out, explanation, doubt, lang, lang == LANG_FR};

    put_template(&sentence, phrases[phrase_of(explanation, doubt)].message[lang]);
}

void settle_print(struct buffer *out, const struct explanation *explanation,
                  const struct doubt *doubt, enum lang lang)
{
    struct sentence sentence = {out, explanation, doubt, lang, lang == LANG_FR};

    put_template(&sentence, phrases[phrase_of(explanation, doubt)].settle[lang]);
}
