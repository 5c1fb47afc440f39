/* SPDX-License-Identifier: Apache-2.0
 *
 * node/answer.c: an answer as JSON and as words. Every answer carries its cut: the same cut
 * gives the same persons again. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/buffer.h"
#include "base/log.h"
#include "node/node_internal.h"

/* ---- JSON ---- */

/* As coverage.csv names it: tumour_event. */
static void json_kind(struct buffer *out, enum group group)
{
    buffer_string(out, "{\"kind\":\"");
    for (const char *c = model_group(group)->id; *c; c++)
        buffer_char(out, *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c);
    buffer_char(out, '"');
}

static void json_coverage(struct buffer *out, const struct coverage *coverage)
{
    char text[DATE_TEXT_SIZE];
    bool comma = false;

    buffer_printf(out, "{\"declared\":%s,\"kinds\":[",
                  coverage->assumed ? "false" : "true");
    for (int group = GROUP_NONE + 1; coverage->assumed && group < GROUPS; group++) {
        if (model_group((enum group)group)->absence != ABSENCE_COVERED ||
            model_is_computed((enum group)group) || !coverage->seen[group])
            continue;
        buffer_string(out, comma ? "," : "");
        json_kind(out, (enum group)group);
        buffer_char(out, '}');
        comma = true;
    }
    for (size_t i = 0; i < coverage->n_rows; i++) {
        const struct coverage_row *row = &coverage->rows[i];

        buffer_string(out, i ? "," : "");
        json_kind(out, row->group);
        buffer_string(out, ",\"source\":");
        buffer_json_string(out, row->source);
        if (row->period.first != DAY_MIN)
            buffer_printf(
                out, ",\"from\":\"%s\"",
                date_print_iso((struct interval){row->period.first, row->period.first},
                               text));
        if (row->period.last != DAY_MAX)
            buffer_printf(
                out, ",\"to\":\"%s\"",
                date_print_iso((struct interval){row->period.last, row->period.last},
                               text));
        buffer_char(out, '}');
    }
    buffer_string(out, "]}");
}

static enum vocab_system dimension_system(const struct dimension *dimension)
{
    if (dimension->kind == DIMENSION_VITAL)
        return VOCAB_VITAL_STATUS;
    return dimension->kind == DIMENSION_ITEM ? model_item(dimension->item)->system
                                             : VOCAB_NONE;
}

/* A key as people write it; numbers (years, ages) are their own names. */
static const char *key_text(enum vocab_system system, const char *key,
                            char text[VOCAB_CODE_SIZE])
{
    return system == VOCAB_NONE ? key : vocab_print(system, key, text);
}

static const char *key_label(enum vocab_system system, const char *key, enum lang lang)
{
    return system == VOCAB_NONE ? NULL : vocab_label(system, key, lang);
}

static void json_cell(struct buffer *out, const struct cells *cells,
                      const struct cell *cell)
{
    char text[VOCAB_CODE_SIZE];

    buffer_string(out, "{\"key\":[");
    for (size_t d = 0; d < cells->n_dimensions; d++) {
        buffer_string(out, d ? "," : "");
        buffer_json_string(out, key_text(dimension_system(&cells->dimensions[d]),
                                         cell->key[d], text));
    }
    buffer_char(out, ']');
    for (size_t d = 0; d < cells->n_dimensions; d++) {
        enum vocab_system system = dimension_system(&cells->dimensions[d]);
        const char *label = key_label(system, cell->key[d], LANG_FR);

        buffer_char(out, ',');
        buffer_json_string(out, dimension_word(&cells->dimensions[d]));
        buffer_char(out, ':');
        buffer_json_string(out, key_text(system, cell->key[d], text));
        if (cells->n_dimensions == 1 && label) {
            buffer_string(out, ",\"label_fr\":");
            buffer_json_string(out, label);
            buffer_string(out, ",\"label_en\":");
            buffer_json_string(out, key_label(system, cell->key[d], LANG_EN));
        }
    }
    buffer_printf(out, ",\"certain\":%" PRIu64 ",\"possible\":%" PRIu64 "}",
                  cell->certain, cell->possible);
}

static void json_groups(struct buffer *out, const struct cells *cells)
{
    buffer_string(out, ",\"by\":[");
    for (size_t d = 0; d < cells->n_dimensions; d++) {
        buffer_string(out, d ? "," : "");
        buffer_json_string(out, dimension_word(&cells->dimensions[d]));
    }
    buffer_string(out, "],\"groups\":[");
    for (size_t i = 0; i < cells->n; i++) {
        buffer_string(out, i ? "," : "");
        json_cell(out, cells, &cells->cell[i]);
    }
    buffer_char(out, ']');
}

static void json_funnel(struct buffer *out, const struct node_answer *answer)
{
    buffer_string(out, ",\"funnel\":[");
    for (size_t i = 0; i < answer->n_funnel; i++) {
        const struct funnel_step *step = &answer->funnel[i];

        buffer_string(out, i ? ",{\"line\":" : "{\"line\":");
        buffer_json_string(out, step->line);
        buffer_printf(out, ",\"certain\":%" PRIu64 ",\"possible\":%" PRIu64 "}",
                      step->certain, step->possible);
    }
    buffer_char(out, ']');
}

static void json_remarks(struct buffer *out, const struct node_answer *answer)
{
    buffer_string(out, ",\"remarks\":[");
    for (size_t i = 0; i < answer->n_remarks; i++) {
        const struct criteria_finding *remark = &answer->remarks[i];

        buffer_printf(out,
                      "%s{\"severity\":\"%s\",\"concern\":\"%s\",\"line\":%u,"
                      "\"column\":%u,\"pointer\":",
                      i ? "," : "", criteria_severity_name(remark->severity),
                      criteria_concern_name(remark->concern), remark->line,
                      remark->column);
        buffer_json_string(out, answer->pointers[i]);
        buffer_string(out, ",\"message_fr\":");
        buffer_json_string(out, remark->message[LANG_FR]);
        buffer_string(out, ",\"message_en\":");
        buffer_json_string(out, remark->message[LANG_EN]);
        buffer_char(out, '}');
    }
    buffer_char(out, ']');
}

void node_answer_json(struct buffer *out, const struct node_answer *answer)
{
    char date[DATE_TEXT_SIZE], time[32];

    date_print_iso((struct interval){answer->as_of, answer->as_of}, date);
    buffer_printf(out,
                  "{\"certain\":%" PRIu64 ",\"possible\":%" PRIu64
                  ",\"patients\":%" PRIu64 ",\"sequence\":%" PRId64
                  ",\"rules\":%u,\"as_of\":\"%s\",\"milliseconds\":",
                  answer->certain, answer->possible, answer->patients, answer->sequence,
                  answer->rules, date);
    buffer_json_number(out, (double)(int64_t)(answer->milliseconds * 1000) / 1000);
    buffer_string(out, ",\"criteria\":");
    buffer_json_string(out, answer->criteria);
    buffer_printf(out, ",\"criteria_json\":%s", answer->criteria_json);
    json_remarks(out, answer);
    buffer_string(out, ",\"sentence\":{\"fr\":");
    buffer_json_string(out, answer->sentence[LANG_FR]);
    buffer_string(out, ",\"en\":");
    buffer_json_string(out, answer->sentence[LANG_EN]);
    buffer_char(out, '}');
    buffer_printf(out,
                  ",\"cut\":{\"incarnation\":\"%s\",\"sequence\":%" PRId64
                  ",\"received\":\"%s\",\"rules\":%u,\"model\":\"%016" PRIx64
                  "\",\"codebook\":\"%016" PRIx64
                  "\",\"as_of\":\"%s\",\"criteria\":\"%016" PRIx64 "\"}",
                  answer->incarnation, answer->sequence, clock_print(answer->time, time),
                  answer->rules, answer->model, answer->codebook, date,
                  answer->criteria_digest);
    buffer_string(out, ",\"coverage\":");
    json_coverage(out, answer->coverage);
    if (answer->cells.n_dimensions)
        json_groups(out, &answer->cells);
    if (answer->n_funnel)
        json_funnel(out, answer);
    if (answer->histogram)
        histogram_json(out, answer);
    if (answer->plan)
        plan_json(out, answer->plan);
    buffer_char(out, '}');
}

void node_import_members(struct buffer *out, const struct import_result *result)
{
    buffer_printf(
        out,
        "\"patients\":%" PRIu64 ",\"identities\":%" PRIu64 ",\"originals\":%" PRIu64
        ",\"unchanged\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"refused_records\":%" PRIu64
        ",\"unknown_keys\":%" PRIu64 ",\"remark_lines\":%" PRIu64 ",\"opposed\":%" PRIu64
        ",\"absent\":%" PRIu64 ",\"sequence\":%" PRId64 ",\"seconds\":",
        result->patients, result->identities, result->originals, result->unchanged,
        result->refused, result->refused_records, result->unknown_keys, result->n_remarks,
        result->opposed, result->absent, result->sequence);
    buffer_json_number(out, (double)(int64_t)(result->seconds * 1000) / 1000);
}

/* ---- words ---- */

static void text_head(struct buffer *out, const struct node_answer *answer, bool french)
{
    char date[DATE_WORDS_SIZE];
    day_number day = (day_number)(answer->time / 86400);

    buffer_count(out, answer->certain, french);
    buffer_string(out, french ? (answer->certain > 1 ? " retrouvés, " : " retrouvé, ")
                              : " certain, ");
    buffer_count(out, answer->possible, french);
    buffer_string(out, french ? " à vérifier  (sur " : " possible  (of ");
    buffer_count(out, answer->patients, french);
    date_print_words((struct interval){day, day}, french, date);
    if (answer->sequence == 0)
        buffer_string(out, french ? " patients ; rien n’est encore entré"
                                  : " patients; nothing has come in yet");
    else
        buffer_printf(out,
                      french ? " patients ; données au %s #%" PRId64
                             : " patients; data of %s #%" PRId64,
                      date, answer->sequence);
    buffer_printf(out, french ? " ; règles %u ; " : "; rules %u; ", answer->rules);
    if (answer->milliseconds < 1)
        buffer_string(out, "< 1 ms)\n");
    else
        buffer_printf(out, "%.0f ms)\n", answer->milliseconds);
}

static void text_key(struct buffer *out, const struct cells *cells,
                     const struct cell *cell, enum lang lang)
{
    char code[VOCAB_CODE_SIZE];

    for (size_t d = 0; d < cells->n_dimensions; d++) {
        enum vocab_system system = dimension_system(&cells->dimensions[d]);
        const char *label = key_label(system, cell->key[d], lang);
        struct buffer name;

        buffer_init(&name, 512);
        if (!*cell->key[d])
            buffer_string(&name, lang == LANG_FR ? "non renseigné" : "not stated");
        else if (cells->dimensions[d].kind == DIMENSION_AGE)
            buffer_printf(&name, "%s-%c9", cell->key[d], cell->key[d][0]);
        else
            buffer_string(&name, key_text(system, cell->key[d], code));
        if (label && strcmp(label, buffer_text(&name)) != 0)
            buffer_printf(&name, "  %s", label);
        buffer_padded(out, buffer_text(&name), cells->n_dimensions == 1 ? 48 : 30);
        buffer_free(&name);
    }
}

static void text_groups(struct buffer *out, const struct cells *cells, enum lang lang)
{
    bool french = lang == LANG_FR;

    buffer_char(out, '\n');
    for (size_t d = 0; d < cells->n_dimensions; d++) {
        const struct dimension *dimension = &cells->dimensions[d];
        const char *word = dimension->kind != DIMENSION_ITEM ? dimension_word(dimension)
                           : french ? model_item(dimension->item)->fr
                                    : model_item(dimension->item)->en;

        buffer_padded(out, word, cells->n_dimensions == 1 ? 48 : 30);
    }
    buffer_string(out, french ? " retrouvés  à vérifier\n" : "   certain    possible\n");
    for (size_t i = 0; i < cells->n; i++) {
        text_key(out, cells, &cells->cell[i], lang);
        buffer_right_count(out, cells->cell[i].certain, 10, french);
        buffer_right_count(out, cells->cell[i].possible, 12, french);
        buffer_char(out, '\n');
    }
}

static void text_funnel(struct buffer *out, const struct node_answer *answer, bool french)
{
    buffer_char(out, '\n');
    buffer_padded(out, french ? "Critère (dans l'ordre)" : "Criterion (in order)", 48);
    buffer_string(out, french ? " retrouvés  à vérifier\n" : "   certain    possible\n");
    for (size_t i = 0; i < answer->n_funnel; i++) {
        buffer_padded(out, answer->funnel[i].line, 48);
        buffer_right_count(out, answer->funnel[i].certain, 10, french);
        buffer_right_count(out, answer->funnel[i].possible, 12, french);
        buffer_char(out, '\n');
    }
}

void node_answer_remarks(struct buffer *out, const struct node_answer *answer,
                         enum lang lang)
{
    bool french = lang == LANG_FR;

    for (size_t i = 0; i < answer->n_remarks; i++) {
        const struct criteria_finding *remark = &answer->remarks[i];
        bool warning = remark->severity == SEVERITY_WARNING;

        buffer_string(out, french ? (warning ? "attention" : "remarque")
                                  : criteria_severity_name(remark->severity));
        buffer_printf(out,
                      french ? ", ligne %u, colonne %u : " : ", line %u, column %u: ",
                      remark->line, remark->column);
        buffer_printf(out, "%s\n", remark->message[lang]);
    }
}

void node_answer_text(struct buffer *out, const struct node_answer *answer,
                      enum lang lang)
{
    bool french = lang == LANG_FR;

    buffer_printf(out, "%s\n", answer->sentence[lang]);
    text_head(out, answer, french);
    if (answer->coverage->assumed)
        buffer_string(
            out, french
                     ? "couverture non déclarée : un type de donnée présent est supposé "
                       "complet (lacis help coverage)\n"
                     : "coverage not declared: a kind of data that occurs is taken to be "
                       "complete (lacis help coverage)\n");
    if (answer->cells.n_dimensions)
        text_groups(out, &answer->cells, lang);
    if (answer->n_funnel)
        text_funnel(out, answer, french);
    if (answer->histogram)
        histogram_text(out, answer, french);
    if (answer->plan)
        plan_text(out, answer->plan, french);
}
