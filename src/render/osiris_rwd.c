/* SPDX-License-Identifier: Apache-2.0
 *
 * render/osiris_rwd.c: a patient as one line of OSIRIS-RWD in JSON.
 *
 * The inverse of adapt/osiris_rwd.c: read by it, the line says the same facts, and merged they
 * are the same record. Groups and items stand in the order of model.def under its first keys;
 * what hangs on a tumour stands inside it, the rest beside the tumours. Of facts that say one
 * tumour twice, each is an object of primaryCancer; what hangs on the tumour stands in the one
 * that speaks for it, and the merge joins them as before. PS, weight and height go among the
 * measures, as centres send them.
 *
 * A date that is none of the forms of OSIRIS-RWD is said in the next vaguer one, and counted. */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "render/render_internal.h"

#define UNKNOWN "UN"

/* ---- names ---- */

static const char *const spellings[] = {
#define SPELLING(key) key,
#include "render/spellings.def"
#undef SPELLING
};

#define NAME_SIZE 48

static char group_names[GROUPS][NAME_SIZE], item_names[ITEMS][NAME_SIZE];

/* The first of KEYS, spelt for people. */
static void name_spell(const char *keys, char name[NAME_SIZE])
{
    snprintf(name, NAME_SIZE, "%.*s", (int)strcspn(keys, " "), keys);
    for (size_t i = 0; i < ARRAY_LENGTH(spellings); i++)
        if (strcasecmp(spellings[i], name) == 0)
            snprintf(name, NAME_SIZE, "%s", spellings[i]);
}

static void names_make(void)
{
    for (int i = GROUP_NONE + 1; i < GROUPS; i++)
        name_spell(model_group((enum group)i)->keys, group_names[i]);
    for (int i = ITEM_NONE + 1; i < ITEMS; i++)
        name_spell(model_item((enum item)i)->keys, item_names[i]);
}

void osiris_rwd_begin(struct render *render)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    render_add_file(render, "");
    pthread_once(&once, names_make);
}

/* ---- values ---- */

static const char *word_of(enum vocab_system system, const char *code,
                           char text[VOCAB_CODE_SIZE])
{
    static const struct {
        enum vocab_system system;
        const char *code, *word;
    } words[] = {
#define WORD(system, code, word) {VOCAB_##system, code, word},
#include "render/osiris_rwd_words.def"
#undef WORD
    };

    if (!*code)
        return UNKNOWN;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (words[i].system == system && strcmp(words[i].code, code) == 0)
            return words[i].word;
    return vocab_print(system, code, text);
}

struct line {
    struct render *render;
    const struct shared *shared;
    struct buffer *out;
    bool started; /* something stands in the object under construction */
};

static void put_key(struct line *line, const char *name, const char *suffix)
{
    buffer_printf(line->out, "%s\"%s%s\":", line->started ? "," : "", name, suffix);
    line->started = true;
}

static void put_part(struct line *line, const char *name, const char *suffix, int part,
                     int digits)
{
    put_key(line, name, suffix);
    if (part > 0)
        buffer_printf(line->out, "\"%0*d\"", digits, part);
    else
        buffer_string(line->out, "\"" UNKNOWN "\"");
}

static void put_date(struct line *line, const char *name, struct interval date)
{
    struct civil civil;

    line->render->losses.vaguer += !civil_of(date, &civil);
    put_part(line, name, "Year", civil.year, 4);
    put_part(line, name, "Month", civil.month, 2);
    put_part(line, name, "Day", civil.day, 2);
}

static void put_value(struct line *line, const struct value *value)
{
    const char *name = item_names[value->item];
    char text[VOCAB_CODE_SIZE];

    if (value->type == TYPE_DATE) {
        put_date(line, name, value->date);
        return;
    }
    put_key(line, name, "");
    if (value->type == TYPE_NUMBER)
        buffer_json_number(line->out, value->number);
    else if (value->type == TYPE_TEXT)
        buffer_json_string(line->out, value->text);
    else
        buffer_json_string(line->out,
                           word_of(model_item(value->item)->system, value->text, text));
}

static void put_values(struct line *line, const struct fact *fact)
{
    for (size_t i = 0; i < fact->n_values; i++)
        put_value(line, &fact->values[i]);
}

/* ---- objects ---- */

/* A list under construction: its key comes with its first object. */
struct list {
    const char *name;
    bool started;
};

static void list_object(struct line *line, struct list *list)
{
    if (!list->started)
        put_key(line, list->name, "");
    buffer_string(line->out, list->started ? ",{" : "[{");
    list->started = true;
    line->started = false;
}

static void list_end(struct line *line, const struct list *list)
{
    if (!list->started)
        return;
    buffer_char(line->out, ']');
    line->started = true;
}

static void list_facts(struct line *line, struct list *list, const struct fact *facts,
                       size_t n)
{
    for (size_t i = 0; i < n; i++) {
        list_object(line, list);
        put_values(line, &facts[i]);
        buffer_char(line->out, '}');
    }
}

/* Is the fact of GROUP_STATE one that the reader finds among measures? */
static bool is_measured_state(const struct fact *fact)
{
    const char *type = fact_text(fact, ITEM_STATE_TYPE);

    return !fact_value(fact, ITEM_STATE_CONCEPT) &&
           (strcmp(type, "PS") == 0 || strcmp(type, "WEIGHT") == 0 ||
            strcmp(type, "HEIGHT") == 0);
}

static void list_states(struct line *line, struct list *list, bool measured)
{
    size_t n;
    const struct fact *facts = shared_find(line->shared, GROUP_STATE, TUMOUR_NONE, &n);

    for (size_t i = 0; i < n; i++)
        if (is_measured_state(&facts[i]) == measured)
            list_facts(line, list, &facts[i], 1);
}

/* The facts of GROUP that hang on TUMOUR, as a list. */
static void put_group(struct line *line, enum group group, int tumour)
{
    struct list list = {.name = group_names[group]};
    size_t n;
    const struct fact *facts = shared_find(line->shared, group, tumour, &n);

    if (group == GROUP_STATE && tumour == TUMOUR_NONE) {
        list_states(line, &list, false);
    } else {
        if (group == GROUP_MEASURE && tumour == TUMOUR_NONE)
            list_states(line, &list, true);
        list_facts(line, &list, facts, n);
    }
    list_end(line, &list);
}

/* What a patient has once in real files: an object rather than a list of one. */
static bool is_once(enum group group)
{
    return group == GROUP_INFORMATION || group == GROUP_RISK_FACTOR ||
           group == GROUP_VITAL_STATUS;
}

static void put_once(struct line *line, enum group group)
{
    size_t n;
    const struct fact *facts = shared_find(line->shared, group, TUMOUR_NONE, &n);

    if (n != 1) {
        put_group(line, group, TUMOUR_NONE);
        return;
    }
    put_key(line, group_names[group], "");
    buffer_char(line->out, '{');
    line->started = false;
    put_values(line, facts);
    buffer_char(line->out, '}');
    line->started = true;
}

static bool hangs_something(const struct line *line, int tumour)
{
    for (size_t i = 0; i < line->shared->n; i++)
        if (line->shared->facts[i].tumour == tumour &&
            line->shared->facts[i].group != GROUP_PRIMARY_CANCER)
            return true;
    return false;
}

/* Does FACT speak for its tumour? Content decides, since the facts that leave are copies. */
static bool is_speaker(const struct line *line, const struct fact *fact)
{
    return fact_compare(line->shared->record->tumours[fact->tumour].fact, fact) == 0;
}

static void list_tumour(struct line *line, struct list *list, int tumour)
{
    size_t n;
    const struct fact *facts =
        shared_find(line->shared, GROUP_PRIMARY_CANCER, tumour, &n);

    for (size_t i = 0; i < n; i++) {
        bool speaks = is_speaker(line, &facts[i]);

        if (facts[i].n_values == 0 && !(speaks && hangs_something(line, tumour)))
            continue;
        list_object(line, list);
        put_values(line, &facts[i]);
        for (int group = GROUP_PRIMARY_CANCER + 1; speaks && group < GROUPS; group++)
            put_group(line, (enum group)group, tumour);
        buffer_char(line->out, '}');
    }
}

static void put_tumours(struct line *line)
{
    const struct record *record = line->shared->record;
    int n_said = record->n_tumours + record->n_others;
    struct list list = {.name = group_names[GROUP_PRIMARY_CANCER]};

    for (int i = 0; i < n_said; i++)
        list_tumour(line, &list, i);
    list_end(line, &list);
}

/* The patient's own fields stand at the top; what several sources say of them, in a list. */
static void put_patient(struct line *line)
{
    size_t n;
    const struct fact *facts = shared_find(line->shared, GROUP_PATIENT, TUMOUR_NONE, &n);

    if (n == 1)
        put_values(line, facts);
    else
        put_group(line, GROUP_PATIENT, TUMOUR_NONE);
}

void osiris_rwd_patient(struct render *render, struct arena *scratch,
                        const struct shared *shared, const struct render_patient *patient)
{
    struct line line = {
        .render = render, .shared = shared, .out = &render->files[0].bytes};

    (void)scratch;
    (void)patient;
    buffer_char(line.out, '{');
    put_patient(&line);
    for (int group = GROUP_PATIENT + 1; group < GROUPS; group++) {
        if (group == GROUP_PRIMARY_CANCER)
            put_tumours(&line);
        else if (is_once((enum group)group))
            put_once(&line, (enum group)group);
        else
            put_group(&line, (enum group)group, TUMOUR_NONE);
    }
    buffer_string(line.out, "}\n");
}
