/* SPDX-License-Identifier: Apache-2.0
 *
 * render/flat.c: tables for a spreadsheet as it is set up in France.
 *
 * UTF-8 with a byte order mark, ';' between cells, CRLF, texts in quotes, a comma before the
 * decimals unless a point is asked for. patient.csv has a line a patient, as the record decided;
 * the others have a line a fact, one file a kind of fact, driven by model.def. Each line begins
 * with what names the patient and, where the kind hangs on a tumour, with the number of that
 * tumour: of what is said of the patient and nothing more, the cell is empty.
 *
 * A code has its label beside it; what is said to be unknown is UN, what is not said is empty.
 * Dates are 2021-03-14, or with UN parts (2021-03-UN): of a bare 2021-03 a spreadsheet makes the
 * first of March; what is known between two days is 2021-03-14..2021-05-02. What can be counted in several units stands as the source counts it, and then
 * in the one unit of the record. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "render/render_internal.h"

#define BOM "\xEF\xBB\xBF"
#define UNKNOWN "UN"
#define FILE_NAME_SIZE 32

struct sheet_line {
    struct render *render;
    struct buffer *out;
    bool started;
};

/* Where the file of a group stands among the files; 0: it has none, that is the patient's. */
static size_t file_of[GROUPS];
static char file_names[GROUPS][FILE_NAME_SIZE];

static bool has_file(const struct group_row *row)
{
    return row->group != GROUP_PATIENT && row->first != row->after;
}

static void names_make(void)
{
    size_t n = 1;

    for (int i = GROUP_NONE + 1; i < GROUPS; i++) {
        const struct group_row *row = model_group((enum group)i);
        char *name = file_names[i];

        snprintf(name, FILE_NAME_SIZE, "%s.csv", row->id);
        for (; *name != '.'; name++)
            if (*name >= 'A' && *name <= 'Z')
                *name = (char)(*name | 0x20);
        if (has_file(row))
            file_of[i] = n++;
    }
}

/* ---- cells ---- */

static void next_cell(struct sheet_line *line)
{
    if (line->started)
        buffer_char(line->out, ';');
    line->started = true;
}

static void put_text(struct sheet_line *line, const char *text)
{
    next_cell(line);
    if (*text)
        csv_text_cell(line->out, text);
}

static void put_number(struct sheet_line *line, double number)
{
    next_cell(line);
    csv_number_cell(line->out, number, line->render->options.decimal_point ? '.' : ',');
}

static void put_count(struct sheet_line *line, int count)
{
    next_cell(line);
    buffer_printf(line->out, "%d", count);
}

static void put_date(struct sheet_line *line, struct interval date)
{
    char text[DATE_TEXT_SIZE];

    next_cell(line);
    buffer_string(line->out, date_with_unknowns(date, text));
}

static void end_line(struct sheet_line *line)
{
    buffer_string(line->out, "\r\n");
    line->started = false;
}

/* The label of CODE, or of the group that it is in; "" when there is none. */
static const char *label_of(enum vocab_system system, const char *code, enum lang lang)
{
    const char *label = vocab_label(system, code, lang);
    char group[VOCAB_CODE_SIZE];

    if (!label && *code) {
        vocab_group(system, code, group);
        label = vocab_label(system, group, lang);
    }
    return label ? label : "";
}

/* The code, and its label in the next cell. */
static void put_code(struct sheet_line *line, enum vocab_system system, const char *code)
{
    enum lang lang = line->render->options.lang;
    char text[VOCAB_CODE_SIZE];

    put_text(line, *code ? vocab_print(system, code, text) : UNKNOWN);
    if (*code)
        put_text(line, label_of(system, code, lang));
    else
        put_text(line, lang == LANG_FR ? "non précisé" : "not stated");
}

static bool has_label(const struct item_row *item)
{
    return item->type == TYPE_CODE || item->type == TYPE_FLAG;
}

/* ---- heads ---- */

static const char *say(const struct sheet_line *line, const char *fr, const char *en)
{
    return line->render->options.lang == LANG_FR ? fr : en;
}

static void head_code(struct sheet_line *line, const char *name)
{
    char label[128];

    put_text(line, name);
    snprintf(label, sizeof(label), "%s %s", name, say(line, "(libellé)", "(label)"));
    put_text(line, label);
}

static void head_item(struct sheet_line *line, const struct item_row *item)
{
    const char *name = say(line, item->fr, item->en);
    char text[128];

    if (has_label(item)) {
        head_code(line, name);
        return;
    }
    snprintf(text, sizeof(text), *item->unit ? "%s (%s)" : "%s", name, item->unit);
    put_text(line, text);
}

static void head_patient(struct sheet_line *line)
{
    put_text(line, say(line, "Patient", "Patient"));
    put_text(line, say(line, "Réponse", "Answer"));
    put_text(line, say(line, "Établissement (FINESS)", "Centre (FINESS)"));
    put_text(line, say(line, "Date de naissance", "Date of birth"));
    head_code(line, say(line, "Sexe", "Sex"));
    head_code(line, say(line, "Statut vital", "Vital status"));
    put_text(line, say(line, "Date de décès", "Date of death"));
    put_text(line, say(line, "Dernière venue", "Last visit"));
    put_text(line, say(line, "Dernières nouvelles", "Last news"));
    put_text(line, say(line, "Nombre de tumeurs", "Number of tumours"));
    end_line(line);
}

static void head_group(struct sheet_line *line, const struct group_row *row)
{
    put_text(line, "Patient");
    if (row->scope != SCOPE_PATIENT)
        put_text(line, say(line, "Tumeur n°", "Tumour number"));
    for (enum item item = row->first; item < row->after; item++)
        head_item(line, model_item(item));
    if (row->unit != ITEM_NONE) {
        put_text(line, say(line, "Valeur convertie", "Converted value"));
        put_text(line, say(line, "Unité de la valeur convertie", "Unit of it"));
    }
    end_line(line);
}

void flat_begin(struct render *render)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    struct sheet_line line = {.render = render};

    pthread_once(&once, names_make);
    render_add_file(render, file_names[GROUP_PATIENT]);
    for (int i = GROUP_PATIENT + 1; i < GROUPS; i++)
        if (file_of[i])
            render_add_file(render, file_names[i]);
    for (int i = GROUP_PATIENT; i < GROUPS; i++) {
        line.out = &render->files[file_of[i]].bytes;
        if (i != GROUP_PATIENT && !file_of[i])
            continue;
        buffer_string(line.out, BOM);
        if (i == GROUP_PATIENT)
            head_patient(&line);
        else
            head_group(&line, model_group((enum group)i));
    }
}

/* ---- lines ---- */

/* As the record decided; a birth behind a pseudonym as it may leave. */
static void line_patient(struct sheet_line *line, const struct shared *shared,
                         const struct render_patient *patient)
{
    const struct record *record = shared->record;
    const char *const vital[] = {"ALIVE", "", "DEAD"};
    size_t n;
    const struct fact *facts = shared_find(shared, GROUP_PATIENT, TUMOUR_NONE, &n);

    put_text(line, patient->number);
    put_text(line, patient->answer == TRUTH_YES ? say(line, "retrouvé", "certain")
                                                : say(line, "à vérifier", "possible"));
    put_text(line, n > 0 ? fact_text(&facts[0], ITEM_PATIENT_CENTRE) : "");
    put_date(line, patient->pseudonym ? months_of(record->birth) : record->birth);
    put_code(line, VOCAB_SEX, record->sex);
    put_code(line, VOCAB_VITAL_STATUS, vital[record->dead]);
    if (record->dead == TRUTH_YES)
        put_date(line, record->death);
    else
        put_text(line, "");
    put_date(line, record->last_visit);
    put_date(line, record->last_news);
    put_count(line, record->n_tumours);
    end_line(line);
}

static void put_value(struct sheet_line *line, const struct item_row *item,
                      const struct value *value)
{
    if (!value) {
        put_text(line, "");
        if (has_label(item))
            put_text(line, "");
        return;
    }
    switch (value->type) {
    case TYPE_DATE:
        if (interval_is_unknown(value->date))
            put_text(line, UNKNOWN);
        else
            put_date(line, value->date);
        break;
    case TYPE_NUMBER: put_number(line, value->number); break;
    case TYPE_TEXT: put_text(line, value->text); break;
    default: put_code(line, item->system, value->text);
    }
}

static void line_fact(struct sheet_line *line, const struct fact *fact,
                      const char *number)
{
    const struct group_row *row = model_group(fact->group);

    put_text(line, number);
    if (row->scope != SCOPE_PATIENT && fact->tumour == TUMOUR_NONE)
        put_text(line, "");
    else if (row->scope != SCOPE_PATIENT)
        put_count(line, fact->tumour + 1);
    for (enum item item = row->first; item < row->after; item++)
        put_value(line, model_item(item), fact_value(fact, item));
    if (row->unit != ITEM_NONE) {
        put_number(line, record_amount(fact));
        put_text(line, record_unit(fact));
    }
    end_line(line);
}

void flat_patient(struct render *render, struct arena *scratch,
                  const struct shared *shared, const struct render_patient *patient)
{
    const struct record *record = shared->record;
    struct sheet_line line = {.render = render, .out = &render->files[0].bytes};

    (void)scratch;
    line_patient(&line, shared, patient);
    for (size_t i = 0; i < shared->n; i++) {
        const struct fact *fact = &shared->facts[i];

        line.out = &render->files[file_of[fact->group]].bytes;
        if (file_of[fact->group])
            line_fact(&line, fact, patient->number);
    }
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];

        line.out = &render->files[file_of[fact->group]].bytes;
        if (model_is_computed(fact->group))
            line_fact(&line, fact, patient->number);
    }
}
