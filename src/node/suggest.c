/* SPDX-License-Identifier: Apache-2.0
 *
 * node/suggest.c: a mapping proposed for a table, to be looked over by a person.
 *
 * A column is what its name says, by suggest.def, else by the names, words and labels of model.def,
 * where these mean one item only; else what its values look like, for the codes whose form is
 * unmistakable; else a measure, when its name is one and its values are numbers. The rest is left
 * aside by name. Values that the vocabulary does not read are listed, for the person to say what
 * they mean. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <utf8proc.h>

#include "adapt/mapping.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "intake/trial.h"
#include "node/mapping.h"
#include "node/node_internal.h"

#define SUGGEST_ROWS 500
#define SUGGEST_ARENA ((size_t)64 << 20)
#define NAME_SIZE 64
#define VALUES_MAX 24 /* different ones that are kept of a column */
#define SHOWN_VALUES 3
#define COLUMNS_MAX ((size_t)2000)

struct column {
    const char *name;
    char folded[NAME_SIZE];
    enum item item;      /* ITEM_NONE: not understood */
    const char *measure; /* or this measure; NULL */
    size_t n_values;
    bool more_values;
    const char *values[VALUES_MAX];
};

struct table {
    struct arena *arena;
    struct column *columns;
    size_t n;
};

static const struct {
    enum item item;
    const char *names;
} suggestions[] = {
#define SUGGEST(item, names) {ITEM_##item, names},
#include "node/suggest.def"
#undef SUGGEST
};

/* ---- reading ---- */

/* Small letters and digits only, accents cut off; cut at NAME_SIZE. */
static void fold(const char *text, char out[NAME_SIZE])
{
    utf8proc_uint8_t *mapped = NULL;
    size_t n = 0;

    if (utf8proc_map((const utf8proc_uint8_t *)text, 0, &mapped,
                     UTF8PROC_NULLTERM | UTF8PROC_STABLE | UTF8PROC_DECOMPOSE |
                         UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK) >= 0)
        for (const utf8proc_uint8_t *at = mapped; *at && n + 1 < NAME_SIZE; at++)
            if ((*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9'))
                out[n++] = (char)*at;
    out[n] = '\0';
    memory_free(mapped);
}

static void note_value(struct table *table, struct column *column, const char *text)
{
    size_t length;

    text += strspn(text, " \t\r\n");
    length = strlen(text);
    while (length > 0 && strchr(" \t\r\n", text[length - 1]))
        length--;
    if (length == 0)
        return;
    for (size_t i = 0; i < column->n_values; i++)
        if (strncmp(column->values[i], text, length) == 0 && !column->values[i][length])
            return;
    if (column->n_values == VALUES_MAX)
        column->more_values = true;
    else
        column->values[column->n_values++] = arena_string(table->arena, text, length);
}

static int on_row(void *context, unsigned line, const char *const *fields, size_t n,
                  struct error *err)
{
    struct table *table = context;

    if (table->columns) {
        for (size_t i = 0; i < n && i < table->n; i++)
            note_value(table, &table->columns[i], fields[i]);
        return 0;
    }
    if (n > COLUMNS_MAX)
        return error_at(err, ERROR_LIMIT, line, 0, "more than %zu columns", COLUMNS_MAX);
    table->n = n;
    table->columns = arena_array(table->arena, n, sizeof(*table->columns));
    for (size_t i = 0; i < n; i++) {
        table->columns[i].name = arena_string(table->arena, fields[i], strlen(fields[i]));
        fold(fields[i], table->columns[i].folded);
    }
    return 0;
}

/* ---- understanding ---- */

static bool has_word(const char *words, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = words; *at; at += strspn(at, " ")) {
        size_t length = strcspn(at, " ");

        if (length == n && strncmp(at, word, n) == 0)
            return true;
        at += length;
    }
    return false;
}

static bool is_named(const struct item_row *row, const char *name)
{
    char folded[NAME_SIZE];
    const char *const others[] = {row->id, row->word, row->fr, row->en};

    if (has_word(row->keys, name))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(others); i++) {
        fold(others[i], folded);
        if (*folded && strcmp(folded, name) == 0)
            return true;
    }
    return false;
}

/* The one item that is called NAME; several are none. */
static enum item item_by_name(const char *name)
{
    enum item found = ITEM_NONE;

    for (size_t i = 0; i < ARRAY_LENGTH(suggestions); i++)
        if (has_word(suggestions[i].names, name))
            return suggestions[i].item;
    for (int i = ITEM_NONE + 1; i < ITEMS; i++) {
        const struct item_row *row = model_item((enum item)i);

        if (model_is_computed(row->group) || !is_named(row, name))
            continue;
        if (found != ITEM_NONE)
            return ITEM_NONE;
        found = (enum item)i;
    }
    return found;
}

/* Does TEXT have the form: 'A' a capital, '9' a digit, others themselves? */
static bool has_form(const char *text, const char *form)
{
    for (; *form && *text; form++, text++)
        if (*form == 'A'   ? *text < 'A' || *text > 'Z'
            : *form == '9' ? *text < '0' || *text > '9'
                           : *text != *form)
            return false;
    return !*form && !*text;
}

static enum item item_by_values(const struct column *column)
{
    static const struct {
        const char *form;
        enum item item;
    } forms[] = {{"9999/9", ITEM_MORPHOLOGY},
                 {"A99AA99", ITEM_DRUG_CODE},
                 {"AAAA999", ITEM_SURGERY_CODE}};

    for (size_t i = 0; column->n_values > 0 && i < ARRAY_LENGTH(forms); i++) {
        size_t n = 0;

        while (n < column->n_values && has_form(column->values[n], forms[i].form))
            n++;
        if (n == column->n_values)
            return forms[i].item;
    }
    return ITEM_NONE;
}

static bool is_number(const char *text)
{
    text += *text == '-' || *text == '+';
    return *text && strspn(text, "0123456789.,") == strlen(text);
}

/* The measure that the name, less a number behind it (PS_J1), is. */
static const char *measure_of(struct arena *arena, const struct column *column)
{
    char name[NAME_SIZE], code[VOCAB_CODE_SIZE];
    size_t n = strlen(column->folded);

    for (size_t i = 0; i < column->n_values; i++)
        if (!is_number(column->values[i]))
            return NULL;
    snprintf(name, sizeof(name), "%s", column->folded);
    for (int tries = 0; tries < 3 && n > 0; tries++) {
        name[n] = '\0';
        if (vocab_normalise(VOCAB_MEASURE, name, code, NULL) == 0 && *code &&
            vocab_label(VOCAB_MEASURE, code, LANG_EN))
            return arena_string(arena, code, strlen(code));
        if (tries == 0)
            while (n > 0 && name[n - 1] >= '0' && name[n - 1] <= '9')
                n--;
        else
            n--; /* the letter before the number */
    }
    return NULL;
}

static void understand(struct table *table)
{
    for (size_t i = 0; i < table->n; i++) {
        struct column *column = &table->columns[i];

        if (!*column->folded)
            continue;
        column->item = item_by_name(column->folded);
        if (column->item == ITEM_NONE)
            column->measure = measure_of(table->arena, column);
        if (column->item == ITEM_NONE && !column->measure)
            column->item = item_by_values(column);
        for (size_t j = 0; j < i && column->item != ITEM_NONE; j++)
            if (table->columns[j].item == column->item)
                column->item = ITEM_NONE; /* the first of them is it */
    }
}

/* ---- writing ---- */

/* Never a line end inside a comment. */
static void put_examples(struct buffer *out, const struct column *column, bool french)
{
    if (column->n_values == 0) {
        buffer_string(out, french ? "  // vide dans les premières lignes\n"
                                  : "  // empty in the first rows\n");
        return;
    }
    buffer_string(out, "  // ");
    for (size_t i = 0; i < column->n_values && i < SHOWN_VALUES; i++) {
        buffer_string(out, i ? ", " : "");
        for (const char *c = column->values[i]; *c && c < column->values[i] + 30; c++)
            buffer_char(out, (unsigned char)*c < ' ' ? ' ' : *c);
    }
    buffer_string(out, column->n_values > SHOWN_VALUES ? " …\n" : "\n");
}

static bool is_read(const struct item_row *row, const char *text)
{
    char code[VOCAB_CODE_SIZE];

    return (row->type != TYPE_CODE && row->type != TYPE_FLAG) ||
           vocab_normalise(row->system, text, code, NULL) == 0;
}

/* The column, with the values that nobody understands to be filled in. */
static void put_column(struct buffer *out, const struct column *column)
{
    const struct item_row *row = model_item(column->item);
    bool any = false;

    for (size_t i = 0; i < column->n_values; i++) {
        if (is_read(row, column->values[i]))
            continue;
        if (!any) {
            buffer_string(out, "{\"column\": ");
            buffer_json_string(out, column->name);
            buffer_string(out, ", \"values\": {");
        }
        buffer_string(out, any ? ", " : "");
        buffer_json_string(out, column->values[i]);
        buffer_string(out, ": \"UN\"");
        any = true;
    }
    if (any)
        buffer_string(out, "}}");
    else
        buffer_json_string(out, column->name);
}

static void put_key(struct buffer *out, const struct item_row *row)
{
    buffer_printf(out, "\"%.*s\": ", (int)strcspn(row->keys, " "), row->keys);
}

static void put_group(struct buffer *out, const struct table *table, enum group group,
                      bool french)
{
    const struct group_row *row = model_group(group);
    bool any = false;

    for (size_t i = 0; i < table->n; i++) {
        const struct column *column = &table->columns[i];

        if (column->item == ITEM_NONE || column->item == ITEM_PATIENT_ID ||
            model_item(column->item)->group != group)
            continue;
        if (!any)
            buffer_printf(out, "    // %s\n    {\"object\": \"%.*s\", \"items\": {\n",
                          french ? row->fr : row->en, (int)strcspn(row->keys, " "),
                          row->keys);
        any = true;
        buffer_string(out, "      ");
        put_key(out, model_item(column->item));
        put_column(out, column);
        buffer_char(out, ',');
        put_examples(out, column, french);
    }
    if (any)
        buffer_string(out, "    }},\n");
}

static void put_measures(struct buffer *out, const struct table *table, bool french)
{
    for (size_t i = 0; i < table->n; i++) {
        const struct column *column = &table->columns[i];

        if (!column->measure)
            continue;
        buffer_string(out, "    {\"object\": \"measure\", \"items\": {\"measureType\": "
                           "{\"constant\": ");
        buffer_json_string(out, column->measure);
        buffer_string(out, "}, \"measureValue\": ");
        buffer_json_string(out, column->name);
        buffer_string(out, "}},");
        put_examples(out, column, french);
        buffer_string(out, french ? "    // sa date, si elle est dans une colonne : "
                                    "\"measureDate\"\n"
                                  : "    // its date, where a column has it: "
                                    "\"measureDate\"\n");
    }
}

static void put_ignored(struct buffer *out, const struct table *table, bool french)
{
    bool any = false;

    for (size_t i = 0; i < table->n; i++) {
        const struct column *column = &table->columns[i];

        if (column->item != ITEM_NONE || column->measure || !*column->name)
            continue;
        if (!any)
            buffer_string(out,
                          french ? "  // colonnes non reconnues : à placer ci-dessus, "
                                   "ou à laisser ici\n  \"ignore\": [\n"
                                 : "  // columns not understood: to be placed above, or "
                                   "left here\n  \"ignore\": [\n");
        any = true;
        buffer_string(out, "    ");
        buffer_json_string(out, column->name);
        buffer_char(out, ',');
        put_examples(out, column, french);
    }
    if (any)
        buffer_string(out, "  ],\n");
}

/* The column called so, else the first one: a person looks it over. */
static const struct column *patient_column(const struct table *table)
{
    for (size_t i = 0; i < table->n; i++)
        if (table->columns[i].item == ITEM_PATIENT_ID)
            return &table->columns[i];
    return &table->columns[0];
}

/* "rcp_2026-11.csv" gives rcp_2026-11. */
static const char *source_of(struct arena *arena, const char *file)
{
    const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
    char *source = arena_string(arena, name, strcspn(name, "."));

    for (char *c = source; *c; c++)
        if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_",
                    *c))
            *c = '-';
    return source_name_check(source, NULL) == 0 ? source : "table";
}

static void write_mapping(struct buffer *out, const struct table *table,
                          const char *source, bool french)
{
    const struct column *patient = patient_column(table);

    buffer_string(
        out, french ? "// Une proposition, d'après les noms des colonnes et les "
                      "premières lignes : à relire.\n// Essayer : lacis mapping check "
                      "NŒUD CE-FICHIER TABLE ; garder : lacis mapping add NŒUD "
                      "CE-FICHIER\n{\n"
                    : "// A proposal, out of the names of the columns and the first "
                      "rows: to be looked over.\n// To try it: lacis mapping check "
                      "NODE THIS-FILE TABLE; to keep it: lacis mapping add NODE "
                      "THIS-FILE\n{\n");
    buffer_string(out, "  \"source\": ");
    buffer_json_string(out, source);
    buffer_string(out, ",\n  \"patient\": ");
    buffer_json_string(out, patient->name);
    buffer_char(out, ',');
    if (patient->item == ITEM_PATIENT_ID)
        put_examples(out, patient, french);
    else
        buffer_string(out,
                      french ? "  // non reconnue : la colonne du numéro du patient ?\n"
                             : "  // not found: which column is the patient's number?\n");
    buffer_string(out, "  \"objects\": [\n");
    for (int group = GROUP_NONE + 1; group < GROUPS; group++)
        if (!model_is_computed((enum group)group))
            put_group(out, table, (enum group)group, french);
    put_measures(out, table, french);
    buffer_string(out, "  ],\n");
    put_ignored(out, table, french);
    buffer_string(out, "}\n");
}

int node_mapping_suggest(struct node *node, const char *file, const char *source,
                         enum lang lang, struct buffer *out, struct error *err)
{
    struct table table = {.arena = arena_new("columns of a table", SUGGEST_ARENA)};
    int rc;

    (void)node;
    rc = source ? source_name_check(source, err) : 0;
    if (rc == 0)
        rc = trial_rows(file, SUGGEST_ROWS, on_row, &table, err);
    if (rc == 0 && table.n == 0)
        rc = error_set(err, ERROR_INPUT, "%s: a table without a first row", file);
    if (rc == 0) {
        understand(&table);
        write_mapping(out, &table, source ? source : source_of(table.arena, file),
                      lang == LANG_FR);
    }
    arena_free(table.arena);
    return rc;
}
