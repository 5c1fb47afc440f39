/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/cbioportal_names.c: names of tables, columns, cancer types and organs (cbioportal.h). */
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "adapt/cbioportal.h"
#include "base/attributes.h"

struct name {
    const char *name;
    size_t length;
    enum cbioportal_column column;
};

static const struct name names_known[] = {
#define COLUMN(id, name) {name, sizeof(name) - 1, CBIOPORTAL_##id},
#define ALSO(id, name) COLUMN(id, name)
#include "adapt/cbioportal_columns.def"
#undef ALSO
#undef COLUMN
};

static const char *const column_names[CBIOPORTAL_COLUMNS] = {
#define COLUMN(id, name) #id,
#define ALSO(id, name)
#include "adapt/cbioportal_columns.def"
#undef ALSO
#undef COLUMN
};

const char *cbioportal_column_name(enum cbioportal_column column)
{
    return column_names[column];
}

size_t cbioportal_fold(const char *name, char folded[CBIOPORTAL_NAME])
{
    size_t n = 0;

    for (; *name && n + 1 < CBIOPORTAL_NAME; name++) {
        char c = *name;

        if (c >= 'a' && c <= 'z')
            c = (char)(c - 'a' + 'A');
        if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
            folded[n++] = c;
    }
    folded[n] = '\0';
    return n;
}

void cbioportal_columns(const char *const *names, size_t n,
                        struct cbioportal_columns *columns_r)
{
    size_t rank[CBIOPORTAL_COLUMNS];

    for (int c = 0; c < CBIOPORTAL_COLUMNS; c++)
        columns_r->at[c] = rank[c] = SIZE_MAX;
    for (size_t i = 0; i < n; i++) {
        char folded[CBIOPORTAL_NAME];
        size_t length = cbioportal_fold(names[i], folded);

        for (size_t k = 0; k < ARRAY_LENGTH(names_known); k++) {
            const struct name *name = &names_known[k];

            if (name->length == length && k < rank[name->column] &&
                memcmp(name->name, folded, length) == 0) {
                rank[name->column] = k;
                columns_r->at[name->column] = i;
            }
        }
    }
}

enum cbioportal_table cbioportal_clinical(const struct cbioportal_columns *columns)
{
    if (columns->at[CBIOPORTAL_PATIENT_ID] == SIZE_MAX)
        return CBIOPORTAL_NONE;
    if (columns->at[CBIOPORTAL_EVENT_TYPE] != SIZE_MAX &&
        columns->at[CBIOPORTAL_START_DATE] != SIZE_MAX)
        return CBIOPORTAL_TIMELINE;
    return columns->at[CBIOPORTAL_SAMPLE_ID] != SIZE_MAX ? CBIOPORTAL_SAMPLES
                                                         : CBIOPORTAL_PATIENTS;
}

static const char *const table_names[CBIOPORTAL_TABLES] = {
    [CBIOPORTAL_NONE] = "",
    [CBIOPORTAL_STUDY] = "study",
    [CBIOPORTAL_LISTS] = "lists",
    [CBIOPORTAL_PATIENTS] = "patients",
    [CBIOPORTAL_SAMPLES] = "samples",
    [CBIOPORTAL_TIMELINE] = "timeline",
    [CBIOPORTAL_MUTATIONS] = "mutations",
    [CBIOPORTAL_COPIES] = "copies",
    [CBIOPORTAL_STRUCTURAL] = "structural",
    [CBIOPORTAL_FUSIONS] = "fusions",
    [CBIOPORTAL_PANELS] = "panels",
    [CBIOPORTAL_RESOURCES] = "resources",
};

const char *cbioportal_table_name(enum cbioportal_table table)
{
    return table_names[table];
}

enum cbioportal_table cbioportal_table_named(const char *name)
{
    size_t length = strcspn(name, "/");

    for (int i = CBIOPORTAL_NONE + 1; i < CBIOPORTAL_TABLES; i++)
        if (strlen(table_names[i]) == length && memcmp(table_names[i], name, length) == 0)
            return (enum cbioportal_table)i;
    return CBIOPORTAL_NONE;
}

bool cbioportal_is_null(const char *cell)
{
    static const char *const words[] = {
        "NA",           "NAN",         "NULL",          "NONE",
        "NOTAVAILABLE", "NOTREPORTED", "NOTAPPLICABLE", "NOTEVALUATED",
        "NOTPERFORMED", "DISCREPANCY", "COMPLETED",     "PENDING"};
    char folded[CBIOPORTAL_NAME];
    size_t n = cbioportal_fold(cell, folded);

    if (n == 0) { /* nothing, or signs alone: "-" is none, "+" and "µ" say something */
        while (*cell == ' ' || *cell == '-' || *cell == '.' || *cell == '[' ||
               *cell == ']' || *cell == '\t')
            cell++;
        return !*cell;
    }
    if (strcmp(folded, "NONE") == 0 || strcmp(folded, "COMPLETED") == 0 ||
        strcmp(folded, "PENDING") == 0 || strcmp(folded, "DISCREPANCY") == 0)
        return cell[0] ==
               '['; /* without brackets a value: no ulceration, therapy completed */
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (strcmp(folded, words[i]) == 0)
            return true;
    return cell[0] == '[' && strcmp(folded, "UNKNOWN") == 0;
}

bool cbioportal_is_barcode(const char *sample)
{
    return strncmp(sample, "TCGA-", 5) == 0 && strlen(sample) > CBIOPORTAL_TCGA &&
           sample[7] == '-' && sample[12] == '-';
}

static const struct cbioportal_type types[] = {
#define ONCOTREE(code, name, topography, morphology) {code, name, topography, morphology},
#include "adapt/oncotree.def"
#undef ONCOTREE
};

static bool type_of_code(const char *code, struct cbioportal_type *type_r)
{
    size_t low = 0, high = ARRAY_LENGTH(types);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcasecmp(types[middle].code, code);

        if (order == 0) {
            *type_r = types[middle];
            return true;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

bool cbioportal_oncotree(const char *code, const char *name,
                         struct cbioportal_type *type_r)
{
    char wanted[CBIOPORTAL_NAME], folded[CBIOPORTAL_NAME];

    if (*code && type_of_code(code, type_r))
        return true;
    if (*code || !*name || cbioportal_fold(name, wanted) == 0)
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(types); i++) {
        cbioportal_fold(types[i].name, folded);
        if (strcmp(folded, wanted) == 0) {
            *type_r = types[i];
            return true;
        }
    }
    return false;
}

const char *cbioportal_site(const char *word)
{
    static const struct {
        const char *word, *topography;
    } sites[] = {
#define SITE(word, topography) {word, topography},
#define ATTRIBUTE(...)
#include "adapt/cbioportal.def"
#undef ATTRIBUTE
#undef SITE
    };
    char folded[CBIOPORTAL_NAME];

    cbioportal_fold(word, folded);
    for (size_t i = 0; i < ARRAY_LENGTH(sites); i++)
        if (strcmp(sites[i].word, folded) == 0)
            return sites[i].topography;
    return "";
}
