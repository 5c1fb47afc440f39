/* SPDX-License-Identifier: Apache-2.0
 *
 * node/codes_print.c: the work list of local codes, mappings, and what a change did → JSON, text,
 * CSV. */
#include <inttypes.h>
#include <string.h>

#include "base/buffer.h"
#include "node/codes.h"

#define BOM "\xEF\xBB\xBF"
#define NUMBER_COLUMNS 9
#define ITEM_COLUMNS 16
#define TEXT_COLUMNS 32
#define CHANGES_SHOWN 20

static const char *item_name(enum item item, char name[CODES_ITEM_SIZE])
{
    return codes_item_name(item, name);
}

/* "L01CD01 (Paclitaxel)" */
static void put_code(struct buffer *out, enum item item, const char *code, enum lang lang)
{
    enum vocab_system system = codes_system(item);
    char text[VOCAB_CODE_SIZE];
    const char *label = vocab_label(system, code, lang);

    buffer_string(out, vocab_print(system, code, text));
    if (label && strcmp(label, text) != 0)
        buffer_printf(out, " (%s)", label);
}

static bool is_one(uint64_t n, bool french)
{
    return n == 1 || (french && n == 0);
}

static void put_times(struct buffer *out, uint64_t patients, uint64_t facts, bool french)
{
    buffer_count(out, patients, french);
    buffer_string(out, patients < 2 && (french || patients == 1) ? " patient, "
                                                                 : " patients, ");
    buffer_count(out, facts, french);
    buffer_string(out, french ? (facts < 2 ? " fait" : " faits")
                              : (facts == 1 ? " fact" : " facts"));
}

/* ---- the work list ------------------------------------------------------------------- */

void node_codes_json(struct buffer *out, const struct local_texts *texts)
{
    char name[CODES_ITEM_SIZE];

    buffer_printf(out,
                  "{\"unmapped\":%zu,\"patients\":%" PRIu64 ",\"facts\":%" PRIu64
                  ",\"mapped\":%zu,\"codebook\":\"%016" PRIx64 "\",\"texts\":[",
                  texts->n_all, texts->patients, texts->facts, texts->n_mapped,
                  texts->digest);
    for (size_t i = 0; i < texts->n; i++) {
        const struct local_text *text = &texts->texts[i];

        buffer_printf(out, "%s{\"item\":\"%s\",\"text\":", i ? "," : "",
                      item_name(text->item, name));
        buffer_json_string(out, text->text);
        buffer_printf(out,
                      ",\"patients\":%" PRIu64 ",\"facts\":%" PRIu64
                      ",\"system\":\"%s\",\"exact\":%s,\"suggestions\":[",
                      text->patients, text->facts,
                      vocab_system_name(codes_system(text->item)),
                      text->is_exact ? "true" : "false");
        for (size_t k = 0; k < text->n_suggestions; k++) {
            buffer_string(out, k ? "," : "");
            buffer_json_string(out, text->suggestions[k]);
        }
        buffer_string(out, "]}");
    }
    buffer_string(out, "]}");
}

static void text_row(struct buffer *out, const struct local_text *text, enum lang lang)
{
    bool french = lang == LANG_FR;
    char name[CODES_ITEM_SIZE];

    buffer_right_count(out, text->patients, NUMBER_COLUMNS, french);
    buffer_right_count(out, text->facts, NUMBER_COLUMNS, french);
    buffer_string(out, "  ");
    buffer_padded(out, item_name(text->item, name), ITEM_COLUMNS);
    buffer_char(out, ' ');
    buffer_padded(out, text->text, TEXT_COLUMNS);
    if (text->n_suggestions > 0) {
        buffer_string(out, text->is_exact ? "  = " : "  ~ ");
        put_code(out, text->item, text->suggestions[0], lang);
    }
    buffer_char(out, '\n');
}

void node_codes_text(struct buffer *out, const struct local_texts *texts, enum lang lang)
{
    bool french = lang == LANG_FR;

    buffer_count(out, texts->n_all, french);
    buffer_printf(out, french ? " texte%s sans code : " : " text%s without a code: ",
                  is_one(texts->n_all, french) ? "" : "s");
    put_times(out, texts->patients, texts->facts, french);
    buffer_string(out, french ? " ; avec un code donné ici : " : "; given one here: ");
    buffer_count(out, texts->n_mapped, french);
    buffer_char(out, '\n');
    if (texts->n == 0)
        return;
    buffer_char(out, '\n');
    buffer_right(out, "patients", NUMBER_COLUMNS);
    buffer_right(out, french ? "faits" : "facts", NUMBER_COLUMNS);
    buffer_string(out, "  ");
    buffer_padded(out, french ? "élément" : "item", ITEM_COLUMNS);
    buffer_char(out, ' ');
    buffer_padded(out, french ? "texte" : "text", TEXT_COLUMNS);
    buffer_string(out,
                  french ? "  = même nom, ~ proche\n" : "  = the same name, ~ near\n");
    for (size_t i = 0; i < texts->n; i++)
        text_row(out, &texts->texts[i], lang);
    if (texts->n < texts->n_all) {
        buffer_string(out, french ? "  et " : "  and ");
        buffer_count(out, texts->n_all - texts->n, french);
        buffer_string(out, french ? " autres (--top, ou lacis codes export)\n"
                                  : " more (--top, or lacis codes export)\n");
    }
}

/* A cell of a spreadsheet. What begins as a formula does gets an apostrophe in front, which
 * spreadsheets take away and reading back does too. */
static void csv_cell(struct buffer *out, const char *text)
{
    buffer_char(out, '"');
    if (*text && strchr("=+-@\t\r", *text))
        buffer_char(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            buffer_char(out, '"');
        buffer_char(out, *text);
    }
    buffer_char(out, '"');
}

void node_codes_csv(struct buffer *out, const struct local_texts *texts, enum lang lang)
{
    char name[CODES_ITEM_SIZE];

    buffer_string(out, BOM "item,text,patients,facts,suggestion,label,code\r\n");
    for (size_t i = 0; i < texts->n; i++) {
        const struct local_text *text = &texts->texts[i];
        const char *code = text->n_suggestions > 0 ? text->suggestions[0] : "";
        const char *label =
            *code ? vocab_label(codes_system(text->item), code, lang) : NULL;

        buffer_printf(out, "%s,", item_name(text->item, name));
        csv_cell(out, text->text);
        buffer_printf(out, ",%" PRIu64 ",%" PRIu64 ",", text->patients, text->facts);
        csv_cell(out, code);
        buffer_char(out, ',');
        csv_cell(out, label ? label : "");
        buffer_string(out, ",\r\n");
    }
}

/* ---- mappings ------------------------------------------------------------------------ */

void node_mappings_json(struct buffer *out, const struct code_mapping *mappings, size_t n)
{
    char name[CODES_ITEM_SIZE];

    buffer_string(out, "{\"mappings\":[");
    for (size_t i = 0; i < n; i++) {
        buffer_printf(out, "%s{\"item\":\"%s\",\"text\":", i ? "," : "",
                      item_name(mappings[i].item, name));
        buffer_json_string(out, mappings[i].text);
        buffer_string(out, ",\"code\":");
        buffer_json_string(out, mappings[i].code);
        buffer_string(out, ",\"author\":");
        buffer_json_string(out, mappings[i].author);
        buffer_string(out, ",\"date\":");
        buffer_json_string(out, mappings[i].date);
        buffer_char(out, '}');
    }
    buffer_string(out, "]}");
}

void node_mappings_text(struct buffer *out, const struct code_mapping *mappings, size_t n,
                        enum lang lang)
{
    char name[CODES_ITEM_SIZE];

    for (size_t i = 0; i < n; i++) {
        buffer_padded(out, item_name(mappings[i].item, name), ITEM_COLUMNS);
        buffer_char(out, ' ');
        buffer_padded(out, mappings[i].text, TEXT_COLUMNS);
        buffer_string(out, "  ");
        put_code(out, mappings[i].item, mappings[i].code, lang);
        buffer_printf(out, "  %s %s\n", mappings[i].date, mappings[i].author);
    }
    if (n == 0)
        buffer_string(out, lang == LANG_FR ? "Aucun texte n'a reçu de code.\n"
                                           : "No text was given a code.\n");
}

/* ---- changes ------------------------------------------------------------------------- */

static void json_counts(struct buffer *out, const struct codes_changed *changed)
{
    for (size_t i = 0; i < changed->n_counts; i++) {
        const struct code_count *count = &changed->counts[i];

        buffer_printf(out, "%s{\"criteria\":", i ? "," : "");
        buffer_json_string(out, count->criteria);
        buffer_printf(out,
                      ",\"before\":{\"certain\":%" PRIu64 ",\"possible\":%" PRIu64 "}",
                      count->certain_before, count->possible_before);
        if (!changed->is_trial)
            buffer_printf(out,
                          ",\"after\":{\"certain\":%" PRIu64 ",\"possible\":%" PRIu64 "}",
                          count->certain_after, count->possible_after);
        buffer_char(out, '}');
    }
}

void node_codes_changed_json(struct buffer *out, const struct codes_changed *changed)
{
    char name[CODES_ITEM_SIZE];

    buffer_printf(out,
                  "{\"trial\":%s,\"changed\":%zu,\"same\":%zu,\"refused\":%zu,"
                  "\"patients\":%" PRIu64 ",\"codebook\":\"%016" PRIx64 "\",\"seconds\":",
                  changed->is_trial ? "true" : "false", changed->n, changed->n_same,
                  changed->n_refused, changed->patients, changed->digest);
    buffer_json_number(out, changed->seconds);
    buffer_string(out, ",\"changes\":[");
    for (size_t i = 0; i < changed->n; i++) {
        const struct code_change *change = &changed->changes[i];

        buffer_printf(out, "%s{\"item\":\"%s\",\"text\":", i ? "," : "",
                      item_name(change->item, name));
        buffer_json_string(out, change->text);
        buffer_string(out, ",\"code\":");
        buffer_json_string(out, change->code);
        buffer_printf(out, ",\"patients\":%" PRIu64 ",\"facts\":%" PRIu64 "}",
                      change->patients, change->facts);
    }
    buffer_string(out, "],\"counts\":[");
    json_counts(out, changed);
    buffer_string(out, "],\"refusals\":[");
    for (size_t i = 0; i < changed->n_refused && i < CODE_REFUSALS_MAX; i++) {
        buffer_printf(out, "%s{\"line\":%u,\"reason\":", i ? "," : "",
                      changed->refusals[i].line);
        buffer_json_string(out, changed->refusals[i].reason);
        buffer_char(out, '}');
    }
    buffer_string(out, "]}");
}

static void text_change(struct buffer *out, const struct code_change *change,
                        enum lang lang)
{
    bool french = lang == LANG_FR;
    char name[CODES_ITEM_SIZE];

    buffer_printf(out, "%s \"%s\" → ", item_name(change->item, name), change->text);
    if (*change->code)
        put_code(out, change->item, change->code, lang);
    else
        buffer_string(out, french ? "sans code" : "no code");
    buffer_string(out, french ? " : " : ": ");
    put_times(out, change->patients, change->facts, french);
    buffer_char(out, '\n');
}

static void text_count(struct buffer *out, const struct codes_changed *changed,
                       const struct code_count *count, bool french)
{
    buffer_printf(out, "  %s%s", count->criteria, french ? " : " : ": ");
    buffer_count(out, count->certain_before, french);
    if (!changed->is_trial) {
        buffer_string(out, " → ");
        buffer_count(out, count->certain_after, french);
    }
    buffer_string(out, french ? " retrouvés, " : " certain, ");
    buffer_count(out, count->possible_before, french);
    if (!changed->is_trial) {
        buffer_string(out, " → ");
        buffer_count(out, count->possible_after, french);
    }
    buffer_string(out, french ? " à vérifier\n" : " possible\n");
}

static void text_refused(struct buffer *out, const struct codes_changed *changed,
                         bool french)
{
    if (changed->n_refused == 0)
        return;
    buffer_count(out, changed->n_refused, french);
    buffer_string(out, french ? " lignes refusées :\n" : " lines refused:\n");
    for (size_t i = 0; i < changed->n_refused && i < CODE_REFUSALS_MAX; i++)
        buffer_printf(out, french ? "  ligne %u : %s\n" : "  line %u: %s\n",
                      changed->refusals[i].line, changed->refusals[i].reason);
}

static void text_sum(struct buffer *out, const struct codes_changed *changed, bool french)
{
    buffer_count(out, changed->n, french);
    if (french)
        buffer_printf(out, " changement%s %s, ", is_one(changed->n, true) ? "" : "s",
                      changed->is_trial          ? "à faire"
                      : is_one(changed->n, true) ? "fait"
                                                 : "faits");
    else
        buffer_printf(out, " change%s %s, ", is_one(changed->n, false) ? "" : "s",
                      changed->is_trial ? "to be made" : "made");
    buffer_count(out, changed->patients, french);
    buffer_printf(out, " patient%s ", is_one(changed->patients, french) ? "" : "s");
    if (changed->is_trial) {
        buffer_string(out, !french ? "concerned; nothing was changed\n"
                           : is_one(changed->patients, true)
                               ? "concerné ; rien n'a été changé\n"
                               : "concernés ; rien n'a été changé\n");
        return;
    }
    buffer_string(out, !french                           ? "indexed again"
                       : is_one(changed->patients, true) ? "réindexé"
                                                         : "réindexés");
    buffer_printf(out,
                  french ? " (%.1f s ; codebook %016" PRIx64 ")\n"
                         : " (%.1f s; codebook %016" PRIx64 ")\n",
                  changed->seconds, changed->digest);
}

void node_codes_changed_text(struct buffer *out, const struct codes_changed *changed,
                             enum lang lang)
{
    bool french = lang == LANG_FR;

    for (size_t i = 0; i < changed->n && i < CHANGES_SHOWN; i++)
        text_change(out, &changed->changes[i], lang);
    if (changed->n > CHANGES_SHOWN)
        buffer_string(out, "…\n");
    for (size_t i = 0; i < changed->n_counts; i++)
        text_count(out, changed, &changed->counts[i], french);
    text_sum(out, changed, french);
    text_refused(out, changed, french);
}
