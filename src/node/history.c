/* SPDX-License-Identifier: Apache-2.0
 *
 * node/history.c: one patient's history, as JSON or in words, each value with its source. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "node/node_internal.h"

struct history {
    struct buffer *out;
    const struct record *record;
    const struct identity *identity; /* NULL: none */
    const char *number;
    const struct decisions *decisions; /* NULL: nobody asked why */
    bool french;
    enum lang lang;
};

/* ---- words ---- */

/* What the source's number counts as, where that is not plain to see. */
static void print_counted(const struct history *history, const struct fact *fact)
{
    const char *said = fact_text(fact, model_group(fact->group)->unit);
    const char *unit = record_unit(fact);
    double number = record_amount(fact);

    if (!*unit || strcmp(said, unit) == 0)
        return;
    if (isnan(number)) {
        buffer_printf(history->out,
                      history->french ? " (inconvertible en %s : non utilisé)"
                                      : " (cannot be converted to %s: not used)",
                      unit);
    } else if (!*said) {
        buffer_printf(history->out,
                      history->french ? " (unité non précisée, lu en %s)"
                                      : " (no unit given, taken as %s)",
                      unit);
    } else {
        buffer_string(history->out, " (= ");
        buffer_json_number(history->out, number);
        buffer_printf(history->out, " %s)", unit);
    }
}

static void print_fact(const struct history *history, const struct fact *fact)
{
    const struct group_row *group = model_group(fact->group);
    char date[DATE_WORDS_SIZE];
    bool first = true;

    buffer_printf(history->out,
                  "  %-12s %s : ", fact_date_words(fact, history->french, date),
                  history->french ? group->fr : group->en);
    for (size_t i = 0; i < fact->n_values; i++) {
        const struct value *value = &fact->values[i];
        enum role role = model_item(value->item)->role;

        if (role == ROLE_START || role == ROLE_SOURCE)
            continue;
        buffer_string(history->out, first ? "" : ", ");
        if (value->item != group->key)
            buffer_printf(history->out, "%s ",
                          history->french ? model_item(value->item)->fr
                                          : model_item(value->item)->en);
        value_print(history->out, value, history->lang);
        if (role == ROLE_AMOUNT && group->unit != ITEM_NONE)
            print_counted(history, fact);
        first = false;
    }
    if (model_is_computed(fact->group) && !fact_value(fact, group->amount))
        buffer_printf(history->out, ", %s %s",
                      history->french ? model_item(group->amount)->fr
                                      : model_item(group->amount)->en,
                      history->french ? "inconnu" : "not known");
    buffer_string(history->out, "   ");
    fact_proof_print(history->out, fact, history->lang);
    buffer_char(history->out, '\n');
}

/* A ratio is seen in the measure and its limit. */
static bool is_shown(const struct fact *fact)
{
    return fact->group != GROUP_PATIENT && fact->group != GROUP_PRIMARY_CANCER &&
           fact->group != GROUP_RATIO;
}

/* By date, as a clinician reads; undated last. */
static void print_facts_of(const struct history *history, int tumour)
{
    const struct record *record = history->record;
    day_number after = DAY_MIN;
    bool more = true;

    while (more) {
        day_number next = DAY_MAX;

        more = false;
        for (size_t i = 0; i < record->n_facts; i++) {
            const struct fact *fact = &record->facts[i];
            day_number day =
                interval_is_unknown(fact->date) ? DAY_MAX - 1 : fact->date.first;

            if (fact->tumour != tumour || !is_shown(fact) || day < after)
                continue;
            if (day == after)
                print_fact(history, fact);
            else if (day < next)
                next = day;
        }
        if (next != DAY_MAX) {
            after = next;
            more = true;
        }
    }
}

static void print_identity(const struct history *history)
{
    const struct record *record = history->record;
    bool french = history->french;
    char date[DATE_WORDS_SIZE];

    buffer_printf(history->out, "%s %s", french ? "Patient" : "Patient", history->number);
    if (history->identity)
        buffer_printf(history->out, "  %s %s  (%s %s)", history->identity->birth_name,
                      history->identity->first_names, french ? "identité" : "identity",
                      identity_status_word(history->identity->status));
    buffer_printf(history->out, "\n%s %s",
                  french ? (*record->sex == 'F' ? "Femme, née le" : "Homme, né le")
                         : (*record->sex == 'F' ? "Female, born" : "Male, born"),
                  date_print_words(record->birth, french, date));
    if (record->dead == TRUTH_YES)
        buffer_printf(history->out, ", %s %s", french ? "décès" : "died",
                      date_print_words(record->death, french, date));
    else
        buffer_printf(history->out, ", %s %s",
                      french ? "dernières nouvelles" : "last news",
                      date_print_words(record->last_news, french, date));
    if (record->opposed)
        buffer_string(history->out,
                      french ? "\nPatient ayant exprimé son opposition à la recherche"
                             : "\nPatient opposed to research");
    buffer_char(history->out, '\n');
}

#define TITLE_SIZE 96

/* "Tumeur 2", or what it is that was said as a tumour. */
static const char *tumour_title(const struct history *history, int tumour,
                                char title[TITLE_SIZE])
{
    bool french = history->french;

    if (tumour < history->record->n_tumours)
        snprintf(title, TITLE_SIZE, "%s %d", french ? "Tumeur" : "Tumour", tumour + 1);
    else if (history->record->tumours[tumour].kind == TUMOUR_SECONDARY)
        snprintf(title, TITLE_SIZE, "%s",
                 french ? "Métastase codée comme tumeur, non comptée"
                        : "Metastasis coded as a tumour, not counted");
    else
        snprintf(title, TITLE_SIZE, "%s",
                 french ? "Tumeur bénigne, non comptée" : "Benign tumour, not counted");
    return title;
}

static void print_text(const struct history *history)
{
    const struct record *record = history->record;
    char date[DATE_WORDS_SIZE], title[TITLE_SIZE];

    print_identity(history);
    if (history->decisions)
        why_text(history->out, history->decisions, TUMOUR_NONE, history->lang);
    for (int t = 0; t < record->n_tumours + record->n_others; t++) {
        buffer_printf(history->out, "\n%s, %s %s\n", tumour_title(history, t, title),
                      history->french ? "diagnostic" : "diagnosed",
                      date_print_words(record->tumours[t].diagnosis, history->french,
                                       date));
        if (history->decisions)
            why_text(history->out, history->decisions, t, history->lang);
        for (size_t i = 0; i < record->n_facts; i++)
            if (record->facts[i].group == GROUP_PRIMARY_CANCER &&
                record->facts[i].tumour == t)
                print_fact(history, &record->facts[i]);
        print_facts_of(history, t);
    }
    buffer_string(history->out, history->french ? "\nSans tumeur de rattachement\n"
                                                : "\nNot attached to a tumour\n");
    print_facts_of(history, TUMOUR_NONE);
}

/* ---- JSON ---- */

static void json_fact(struct buffer *out, const struct fact *fact)
{
    buffer_string(out, "{\"group\":");
    buffer_json_string(out, model_group(fact->group)->id);
    fact_json(out, fact);
    buffer_string(out, ",\"values\":{");
    for (size_t i = 0; i < fact->n_values; i++) {
        buffer_string(out, i ? "," : "");
        value_json(out, &fact->values[i]);
    }
    buffer_char(out, '}');
    if (fact_value(fact, model_group(fact->group)->amount)) {
        buffer_string(out, ",\"number\":");
        buffer_json_number(out, record_amount(fact));
        buffer_string(out, ",\"unit\":");
        buffer_json_string(out, record_unit(fact));
    }
    buffer_char(out, '}');
}

static void json_identity(struct buffer *out, const struct identity *identity)
{
    const struct {
        const char *name, *value;
    } fields[] = {{"ins", identity->ins},
                  {"ins_oid", identity->ins_oid},
                  {"birth_name", identity->birth_name},
                  {"used_name", identity->used_name},
                  {"first_names", identity->first_names},
                  {"birth_date", identity->birth_date},
                  {"birth_place", identity->birth_place}};

    buffer_printf(out, ",\"identity\":{\"status\":\"%s\"",
                  identity_status_word(identity->status));
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        buffer_printf(out, ",\"%s\":", fields[i].name);
        buffer_json_string(out, fields[i].value);
    }
    buffer_char(out, '}');
}

static void json_tumour(struct buffer *out, const struct record *record, int t)
{
    static const char *const kinds[] = {[TUMOUR_PRIMARY] = "primary",
                                        [TUMOUR_SECONDARY] = "secondary",
                                        [TUMOUR_OUT_OF_SCOPE] = "out_of_scope"};
    const struct tumour *tumour = &record->tumours[t];
    const struct {
        const char *name, *code;
    } codes[] = {{"kind", kinds[tumour->kind]},
                 {"topography", tumour->topography},
                 {"morphology", tumour->morphology},
                 {"laterality", tumour->laterality},
                 {"method", tumour->method}};

    buffer_printf(out, "{\"tumour\":%d,\"diagnosis\":", t + 1);
    interval_json(out, tumour->diagnosis);
    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++) {
        buffer_printf(out, ",\"%s\":", codes[i].name);
        buffer_json_string(out, codes[i].code);
    }
    buffer_printf(out, ",\"counted\":%s}", t < record->n_tumours ? "true" : "false");
}

static void print_json(const struct history *history)
{
    static const char *const dead[] = {"ALIVE", "UNKNOWN", "DEAD"};
    const struct record *record = history->record;
    struct buffer *out = history->out;

    buffer_string(out, "{\"number\":");
    buffer_json_string(out, history->number);
    if (history->identity)
        json_identity(out, history->identity);
    buffer_printf(out, ",\"sex\":\"%s\",\"birth\":", record->sex);
    interval_json(out, record->birth);
    buffer_printf(out, ",\"vital_status\":\"%s\",\"death\":", dead[record->dead]);
    interval_json(out, record->death);
    buffer_string(out, ",\"last_news\":");
    interval_json(out, record->last_news);
    buffer_printf(out, ",\"opposed\":%s,\"rules\":%u,\"tumours\":[",
                  record->opposed ? "true" : "false", RULES_VERSION);
    for (int t = 0; t < record->n_tumours + record->n_others; t++) {
        buffer_string(out, t ? "," : "");
        json_tumour(out, record, t);
    }
    buffer_string(out, "],\"facts\":[");
    for (size_t i = 0; i < record->n_facts; i++) {
        buffer_string(out, i ? "," : "");
        json_fact(out, &record->facts[i]);
    }
    buffer_char(out, ']');
    if (history->decisions)
        why_json(out, history->decisions, history->lang);
    buffer_char(out, '}');
}

/* ---- all of it ---- */

int person_find(struct node *node, struct arena *arena, const char *number,
                struct decisions *decisions, uint32_t *person_r, struct record **record_r,
                struct error *err)
{
    const struct account account = {.decisions = decisions};

    if (store_find(node->reader, number, person_r, err) < 0)
        return -1;
    if (!*person_r)
        return error_set(err, ERROR_NOT_FOUND, "no patient is known under this number");
    if (person_record(node, arena, *person_r, &account, record_r, err) < 0)
        return -1;
    if (!*record_r)
        return error_set(err, ERROR_NOT_FOUND,
                         "this patient has an identity here, but no history");
    return 0;
}

int node_show(struct node *node, const char *number, const struct caller *caller,
              int64_t now, bool json, bool why, enum lang lang, struct buffer *out,
              struct error *err)
{
    struct arena *arena = arena_new("patient history", PERSON_ARENA);
    struct decisions decisions = {0};
    struct history history = {.out = out,
                              .number = number,
                              .decisions = why ? &decisions : NULL,
                              .french = lang == LANG_FR,
                              .lang = lang};
    struct record *record = NULL;
    struct identity *identity = NULL;
    uint32_t person = 0;
    char detail[64];
    int status;

    pthread_mutex_lock(&node->reader_lock);
    status =
        person_find(node, arena, number, why ? &decisions : NULL, &person, &record, err);
    if (status == 0)
        status = store_identity(node->reader, arena, person, &identity, err);
    pthread_mutex_unlock(&node->reader_lock);
    snprintf(detail, sizeof(detail), "person %" PRIu32, person);
    /* the line comes before the answer: who cannot be logged cannot read */
    if (audit_write(node->audit, caller, now, "show", detail,
                    status == 0 ? "shown" : "not found", status == 0 ? err : NULL) < 0)
        status = -1;
    if (status == 0) {
        history.record = record;
        history.identity = identity;
        if (json)
            print_json(&history);
        else
            print_text(&history);
        status = buffer_check(out, "the history", err);
    }
    arena_free(arena);
    return status;
}
