/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/list_table.c: lists as tables.
 *
 * One with a header in its first line says by the names of its columns what they are; what parts
 * them (tab, semicolon, comma) shows there. Cells may be in double quotes. The ATIH's
 * LIBCIM10MULTI.TXT has no header: code|type|type|type|short label|label. */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "base/error.h"
#include "vocab/list_internal.h"

#define CELLS_MAX 64

struct cell {
    const char *text;
    size_t length;
};

/* What columns are called in the lists that centres have. */
enum column { COLUMN_CODE, COLUMN_FR, COLUMN_EN, COLUMN_WORDS, COLUMNS };
static const struct {
    const char *name;
    enum column column;
    enum vocab_system hint;
} names[] = {
    {"code", COLUMN_CODE, VOCAB_NONE},
    {"symbol", COLUMN_CODE, VOCAB_GENE},
    {"approved symbol", COLUMN_CODE, VOCAB_GENE},
    {"atc code", COLUMN_CODE, VOCAB_ATC},
    {"atc_code", COLUMN_CODE, VOCAB_ATC},
    {"code_atc", COLUMN_CODE, VOCAB_ATC},
    {"code atc", COLUMN_CODE, VOCAB_ATC},
    {"code_ccam", COLUMN_CODE, VOCAB_CCAM},
    {"code ccam", COLUMN_CODE, VOCAB_CCAM},
    {"code_cim10", COLUMN_CODE, VOCAB_ICD10},
    {"oncotree_code", COLUMN_CODE, VOCAB_ONCOTREE},
    {"label_fr", COLUMN_FR, VOCAB_NONE},
    {"libelle", COLUMN_FR, VOCAB_NONE},
    {"libellé", COLUMN_FR, VOCAB_NONE},
    {"libelle_long", COLUMN_FR, VOCAB_NONE},
    {"libelle long", COLUMN_FR, VOCAB_NONE},
    {"nom", COLUMN_FR, VOCAB_NONE},
    {"label_en", COLUMN_EN, VOCAB_NONE},
    {"label", COLUMN_EN, VOCAB_NONE},
    {"name", COLUMN_EN, VOCAB_NONE},
    {"approved name", COLUMN_EN, VOCAB_NONE},
    {"atc level name", COLUMN_EN, VOCAB_NONE},
    {"atc_name", COLUMN_EN, VOCAB_NONE},
    {"brands_fr", COLUMN_WORDS, VOCAB_NONE},
    {"aliases", COLUMN_WORDS, VOCAB_NONE},
    {"alias_symbol", COLUMN_WORDS, VOCAB_NONE},
    {"alias symbols", COLUMN_WORDS, VOCAB_NONE},
    {"prev_symbol", COLUMN_WORDS, VOCAB_NONE},
    {"previous symbols", COLUMN_WORDS, VOCAB_NONE},
    {"synonyms", COLUMN_WORDS, VOCAB_NONE},
    {"synonymes", COLUMN_WORDS, VOCAB_NONE},
    /* no text of a code, but they show whose list it is */
    {"hgnc_id", COLUMNS, VOCAB_GENE},
    {"axis", COLUMNS, VOCAB_ADICAP},
};

struct table_reader {
    struct gathering *gathering;
    const char *at, *end;
    unsigned line;
    char separator;
    size_t n_cells;
    struct cell cells[CELLS_MAX];
    enum column columns[CELLS_MAX];
    size_t kind; /* the column that says preferred or synonym; CELLS_MAX: none */
};

/* One cell; a quoted one may go over lines, and its doubled quotes become single. */
static struct cell read_cell(struct table_reader *reader)
{
    const char *end = reader->end;
    struct cell cell = {reader->at, 0};

    if (reader->at < end && *reader->at == '"' && reader->separator != '|') {
        const char *from = ++reader->at;
        const char *to = from;
        size_t n = 0;
        char *out;

        while (to < end && (*to != '"' || (to + 1 < end && to[1] == '"')))
            to += *to == '"' ? 2 : 1;
        out = arena_array(reader->gathering->arena, (size_t)(to - from) + 1, 1);
        for (const char *c = from; c < to; c++) {
            reader->line += *c == '\n';
            out[n++] = *c;
            c += *c == '"';
        }
        cell = (struct cell){out, n};
        reader->at = to < end ? to + 1 : end;
        while (reader->at < end && *reader->at != reader->separator &&
               *reader->at != '\n')
            reader->at++;
        return cell;
    }
    while (reader->at < end && *reader->at != reader->separator && *reader->at != '\n')
        reader->at++;
    cell.length = (size_t)(reader->at - cell.text);
    if (cell.length > 0 && cell.text[cell.length - 1] == '\r')
        cell.length--;
    return cell;
}

/* The cells of the next line that is not empty; false at the end. */
static bool read_line(struct table_reader *reader)
{
    do {
        if (reader->at >= reader->end)
            return false;
        reader->line++;
        reader->n_cells = 0;
        for (;;) {
            struct cell cell = read_cell(reader);

            if (reader->n_cells < CELLS_MAX)
                reader->cells[reader->n_cells++] = cell;
            if (reader->at >= reader->end || *reader->at++ == '\n')
                break;
        }
    } while (reader->n_cells == 1 && reader->cells[0].length == 0);
    return true;
}

static bool is_name(const struct cell *cell, const char *name)
{
    return cell->length == strlen(name) &&
           strncasecmp(cell->text, name, cell->length) == 0;
}

/* What the header says; false when no column has codes. */
static bool read_header(struct table_reader *reader)
{
    bool has_code = false;

    reader->kind = CELLS_MAX;
    for (size_t i = 0; i < reader->n_cells; i++) {
        reader->columns[i] = COLUMNS;
        if (is_name(&reader->cells[i], "kind"))
            reader->kind = i;
        for (size_t k = 0; k < ARRAY_LENGTH(names); k++) {
            if (!is_name(&reader->cells[i], names[k].name))
                continue;
            if (names[k].hint != VOCAB_NONE)
                reader->gathering->hint = names[k].hint;
            if (names[k].column == COLUMN_CODE && has_code)
                continue;
            reader->columns[i] = names[k].column;
            has_code = has_code || names[k].column == COLUMN_CODE;
        }
    }
    return has_code;
}

/* Several words in a cell stand between bars, commas or semicolons. */
static void take_words(struct table_reader *reader, struct entry *entry,
                       const struct cell *cell)
{
    const char *at = cell->text;
    const char *end = cell->text + cell->length;

    while (at < end) {
        size_t length = 0;

        while (at + length < end && !strchr("|,;", at[length]))
            length++;
        gather_text(reader->gathering, entry, ENTRY_WORD, at, length);
        at += length + (at + length < end);
    }
}

/* The ATIH marks some labels in front: "*** SU09 *** Spondylite". */
static struct cell without_mark(const struct table_reader *reader,
                                const struct cell *cell)
{
    static const char stars[] = "*** ";
    const char *end = cell->text + cell->length;
    const char *second;

    if (reader->separator != '|' || cell->length < 16 ||
        strncmp(cell->text, stars, 4) != 0)
        return *cell;
    second = memmem(cell->text + 4, cell->length - 4, stars, 4);
    return second ? (struct cell){second + 4, (size_t)(end - second - 4)} : *cell;
}

static void take_row(struct table_reader *reader, size_t n_columns)
{
    struct gathering *gathering = reader->gathering;
    bool is_synonym = reader->kind < reader->n_cells &&
                      is_name(&reader->cells[reader->kind], "synonym");
    struct entry *entry = NULL;
    unsigned line = reader->line;

    for (size_t i = 0; i < n_columns && i < reader->n_cells && !entry; i++)
        if (reader->columns[i] == COLUMN_CODE)
            entry = gather_code(gathering, reader->cells[i].text, reader->cells[i].length,
                                line);
    for (size_t i = 0; i < n_columns && i < reader->n_cells && entry; i++) {
        const struct cell *cell = &reader->cells[i];
        struct cell label;

        switch (reader->columns[i]) {
        case COLUMN_FR:
            label = without_mark(reader, cell);
            gather_text(gathering, entry, is_synonym ? ENTRY_WORD : ENTRY_FR, label.text,
                        label.length);
            break;
        case COLUMN_EN:
            gather_text(gathering, entry, is_synonym ? ENTRY_WORD : ENTRY_EN, cell->text,
                        cell->length);
            break;
        case COLUMN_WORDS: take_words(reader, entry, cell); break;
        default: break;
        }
    }
}

/* The first line decides: the character of which it has most. */
static char separator_of(const char *text, size_t length)
{
    static const char separators[] = "\t;,|";
    const char *end = memchr(text, '\n', length);
    size_t most = 0;
    char found = '\t';

    for (const char *s = separators; *s; s++) {
        size_t n = 0;

        for (const char *c = text; c < (end ? end : text + length); c++)
            n += *c == *s;
        if (n > most) {
            most = n;
            found = *s;
        }
    }
    return found;
}

/* code|type|type|type|short label|label, five bars a line. */
static void set_atih_columns(struct table_reader *reader)
{
    static const enum column columns[] = {COLUMN_CODE, COLUMNS, COLUMNS,
                                          COLUMNS,     COLUMNS, COLUMN_FR};

    memcpy(reader->columns, columns, sizeof(columns));
    reader->kind = CELLS_MAX;
    reader->gathering->hint = VOCAB_ICD10;
    reader->gathering->list->format = "ATIH";
}

int list_read_table(struct gathering *gathering, const char *text, size_t length,
                    struct error *err)
{
    struct table_reader reader = {.gathering = gathering,
                                  .at = text,
                                  .end = text + length,
                                  .separator = separator_of(text, length)};
    size_t n_columns;

    gathering->list->format = "table";
    if (!read_line(&reader))
        return error_set(err, ERROR_INPUT, "the file is empty");
    n_columns = reader.n_cells;
    if (reader.separator == '|' && n_columns == 6) {
        set_atih_columns(&reader);
        take_row(&reader, n_columns);
    } else if (!read_header(&reader)) {
        return error_at(err, ERROR_INPUT, 1, 0,
                        "a header was expected that names a column of codes (code, "
                        "symbol, atc_code …), or a list of the ATIH, ClaML, RDF/XML or "
                        "JSON");
    }
    while (read_line(&reader)) {
        take_row(&reader, n_columns);
        if (gathering->n % 4096 == 0 && gather_check(gathering, err) < 0)
            return -1;
    }
    return 0;
}
