/* SPDX-License-Identifier: Apache-2.0
 *
 * node/fact_words.c: facts and their values in words and in JSON, with where they come from. */
#include <inttypes.h>
#include <string.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "node/node_internal.h"
#include "record/lines.h"
#include "record/ratios.h"

/* ---- values ---- */

static const char *source_words(uint8_t source, bool french)
{
    static const char *const fr[] = {"",
                                     "structuré, établissement",
                                     "structuré, autre base de l'établissement",
                                     "structuré, extérieur",
                                     "texte",
                                     "texte numérisé"};
    static const char *const en[] = {"",
                                     "structured, this centre",
                                     "structured, another base of the centre",
                                     "structured, from outside",
                                     "text",
                                     "scanned text"};

    return source > 5 ? "" : french ? fr[source] : en[source];
}

/* Systems whose codes clinicians know by heart: code and label stand together. Elsewhere our
 * codes are only words for the machine, and the label says all. */
static bool code_is_known(enum vocab_system system)
{
    return system == VOCAB_ICDO3_TOPOGRAPHY || system == VOCAB_ICDO3_MORPHOLOGY ||
           system == VOCAB_ICD10 || system == VOCAB_ATC || system == VOCAB_CCAM;
}

const char *code_label(enum vocab_system system, const char *code, enum lang lang)
{
    const char *label = vocab_label(system, code, lang);
    char group[VOCAB_CODE_SIZE];

    if (label || !code_is_known(system))
        return label;
    vocab_group(system, code, group);
    return vocab_label(system, group, lang);
}

void code_print(struct buffer *out, enum vocab_system system, const char *code,
                enum lang lang)
{
    char text[VOCAB_CODE_SIZE];
    const char *label;

    if (!*code) {
        buffer_string(out, lang == LANG_FR ? "non précisé" : "not stated");
        return;
    }
    label = code_label(system, code, lang);
    if (!label)
        buffer_string(out, vocab_print(system, code, text));
    else if (code_is_known(system))
        buffer_printf(out, "%s (%s)", vocab_print(system, code, text), label);
    else
        buffer_string(out, label);
}

void value_print(struct buffer *out, const struct value *value, enum lang lang)
{
    const struct item_row *item = model_item(value->item);
    char text[DATE_WORDS_SIZE];

    switch (value->type) {
    case TYPE_NUMBER:
        buffer_json_number(out, value->number);
        if (*item->unit)
            buffer_printf(out, " %s", item->unit);
        return;
    case TYPE_DATE:
        buffer_string(out, date_print_words(value->date, lang == LANG_FR, text));
        return;
    case TYPE_CODE:
    case TYPE_FLAG: code_print(out, item->system, value->text, lang); return;
    case TYPE_TEXT: buffer_string(out, value->text); return;
    }
}

void value_json(struct buffer *out, const struct value *value)
{
    buffer_json_string(out, model_item(value->item)->id);
    buffer_char(out, ':');
    if (value->type == TYPE_NUMBER)
        buffer_json_number(out, value->number);
    else if (value->type == TYPE_DATE)
        interval_json(out, value->date);
    else
        buffer_json_string(out, value->text);
}

/* ---- facts in words ---- */

const char *fact_date_words(const struct fact *fact, bool french,
                            char text[DATE_WORDS_SIZE])
{
    if (interval_is_unknown(fact->date))
        return french ? "sans date" : "undated";
    return date_print_words(fact->date, french, text);
}

/* The name of the calculation that made FACT. */
static const char *calculation_of(const struct fact *fact)
{
    return fact->group == GROUP_RATIO ? RATIOS_NAME : LINES_NAME;
}

void fact_proof_print(struct buffer *out, const struct fact *fact, enum lang lang)
{
    if (model_is_computed(fact->group))
        buffer_printf(out, "[%s]", calculation_of(fact));
    else
        buffer_printf(out, "[#%" PRId64 ".%u%s%s]", fact->sequence, fact->position,
                      fact->source ? ", " : "",
                      source_words(fact->source, lang == LANG_FR));
}

static const char *item_name(enum item item, enum lang lang)
{
    return lang == LANG_FR ? model_item(item)->fr : model_item(item)->en;
}

/* "Stade IV" need not be "Stade Stade IV". */
static bool says_its_name(const struct value *value, enum lang lang)
{
    const struct item_row *item = model_item(value->item);
    const char *name = item_name(value->item, lang);
    const char *label = value->type == TYPE_CODE && *value->text
                            ? code_label(item->system, value->text, lang)
                            : NULL;

    return label && !code_is_known(item->system) &&
           strncmp(label, name, strlen(name)) == 0;
}

static void print_item(struct buffer *out, const struct fact *fact, enum item item,
                       const char *before, enum lang lang)
{
    const struct value *value = item ? fact_value(fact, item) : NULL;

    buffer_string(out, value ? before : "");
    if (!value)
        return;
    if (!says_its_name(value, lang))
        buffer_printf(out, "%s ", item_name(item, lang));
    value_print(out, value, lang);
}

/* The unit of the amount, where the source says it beside the number. */
static void print_unit(struct buffer *out, const struct fact *fact)
{
    static const enum item units[][2] = {{ITEM_MEASURE_VALUE, ITEM_MEASURE_UNIT},
                                         {ITEM_STATE_VALUE, ITEM_STATE_UNIT},
                                         {ITEM_BIOMARKER_NUMBER, ITEM_BIOMARKER_UNIT}};

    for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
        if (fact_value(fact, units[i][0]) && *fact_text(fact, units[i][1]))
            buffer_printf(out, " %s", fact_text(fact, units[i][1]));
}

void fact_brief_print(struct buffer *out, const struct fact *fact, enum item item,
                      enum lang lang)
{
    const struct group_row *group = model_group(fact->group);

    if (item == ITEM_NONE || model_item(item)->group != fact->group ||
        !fact_value(fact, item))
        item = group->key;
    if (item == ITEM_NONE || !fact_value(fact, item))
        buffer_string(out, lang == LANG_FR ? group->fr : group->en);
    else
        print_item(out, fact, item, "", lang);
    if (item == group->key) {
        print_item(out, fact, group->status, ", ", lang);
        print_item(out, fact, group->amount, ", ", lang);
        print_unit(out, fact);
    }
}

/* ---- JSON ---- */

void interval_json(struct buffer *out, struct interval date)
{
    char text[DATE_TEXT_SIZE];

    buffer_json_string(out, date_print_iso(date, text));
}

void fact_json(struct buffer *out, const struct fact *fact)
{
    if (fact->tumour != TUMOUR_NONE)
        buffer_printf(out, ",\"tumour\":%d", fact->tumour + 1);
    buffer_string(out, ",\"date\":");
    interval_json(out, fact->date);
    if (!interval_is_unknown(fact->end)) {
        buffer_string(out, ",\"end\":");
        interval_json(out, fact->end);
    }
    if (fact->source)
        buffer_printf(out, ",\"source\":%u", fact->source);
    if (fact->place)
        buffer_printf(out, ",\"place\":\"%s\"", fact->place == 'I' ? "in" : "out");
    if (model_is_computed(fact->group))
        buffer_printf(out, ",\"computed\":\"%s\"", calculation_of(fact));
    else
        buffer_printf(out, ",\"original\":%" PRId64 ",\"position\":%u", fact->sequence,
                      fact->position);
}
