/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/osiris_pivot_names.c: names and codes of osiris_pivot.def, found. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "adapt/osiris_pivot.h"
#include "base/attributes.h"

static const char *const tables[] = {
#define PIVOT_TABLE(id, name) name,
#define PIVOT_COLUMN(...)
#define PIVOT_CODE(...)
#include "adapt/osiris_pivot.def"
#undef PIVOT_TABLE
#undef PIVOT_COLUMN
#undef PIVOT_CODE
};

static const struct pivot_column_row columns[] = {
#define PIVOT_TABLE(...)
#define PIVOT_COLUMN(table, id, name, item, codes) \
    {PIVOT_##table, name, ITEM_##item, CODES_##codes},
#define PIVOT_CODE(...)
#include "adapt/osiris_pivot.def"
#undef PIVOT_TABLE
#undef PIVOT_COLUMN
#undef PIVOT_CODE
};

static const struct {
    enum pivot_codes codes;
    const char *code, *ours;
} codes_of[] = {
#define PIVOT_TABLE(...)
#define PIVOT_COLUMN(...)
#define PIVOT_CODE(codes, code, ours) {CODES_##codes, code, ours},
#include "adapt/osiris_pivot.def"
#undef PIVOT_TABLE
#undef PIVOT_COLUMN
#undef PIVOT_CODE
};

const char *pivot_table_name(enum pivot_table table)
{
    return tables[table];
}

const struct pivot_column_row *pivot_column(enum pivot_column column)
{
    return &columns[column];
}

enum pivot_table pivot_table_of_file(const char *name)
{
    size_t length = strcspn(name, ".");

    for (int i = 0; i < PIVOT_TABLES; i++) {
        size_t n = strlen(tables[i]);

        /* the whole name, or behind something that is no letter: not "…RelatedPatient" */
        if (length >= n && strncasecmp(name + length - n, tables[i], n) == 0 &&
            (length == n || strchr("_- ", name[length - n - 1])))
            return (enum pivot_table)i;
    }
    return PIVOT_TABLES;
}

const char *pivot_without_prefix(const char *text)
{
    static const char *const prefixes[] = {"UMLS:",  "OSIRIS:", "HL7:",    "LOINC:",
                                           "ICDO3:", "ICD10:",  "RECIST:", "NCI:",
                                           "ATC:",   "CCAM:",   "MIABIS:"};

    for (size_t i = 0; strchr(text, ':') && i < ARRAY_LENGTH(prefixes); i++) {
        size_t n = strlen(prefixes[i]);

        if (strncasecmp(text, prefixes[i], n) == 0)
            return text + n;
    }
    return text;
}

bool pivot_is_unknown(const char *code)
{
    code = pivot_without_prefix(code);
    return strcmp(code, "C0439673") == 0 || strcmp(code, "C1272460") == 0;
}

const char *pivot_ours(enum pivot_codes codes, const char *code)
{
    if (codes == CODES_PLAIN || codes == CODES_KEPT)
        return NULL; /* most columns */
    code = pivot_without_prefix(code);
    for (size_t i = 0; i < ARRAY_LENGTH(codes_of); i++)
        if (codes_of[i].codes == codes && strcasecmp(codes_of[i].code, code) == 0)
            return codes_of[i].ours;
    return NULL;
}

/* Of which list CODE is, as the group writes it. */
static const char *prefix_of(enum pivot_codes codes, const char *code)
{
    size_t digits = strspn(code + 1, "0123456789");

    if (codes == CODES_GENDER)
        return "HL7:";
    if (strncmp(code, "LA", 2) == 0)
        return "LOINC:";
    if (*code == 'C' && !code[1 + digits])
        return digits == 7 ? "UMLS:" : "NCI:";
    if ((*code == 'C' || *code == 'O') && digits > 0 && code[1 + digits] == '-')
        return "OSIRIS:";
    return "";
}

const char *pivot_theirs(enum pivot_codes codes, const char *ours, char out[32])
{
    for (size_t i = 0; i < ARRAY_LENGTH(codes_of); i++)
        if (codes_of[i].codes == codes && strcmp(codes_of[i].ours, ours) == 0) {
            snprintf(out, 32, "%s%s", prefix_of(codes, codes_of[i].code),
                     codes_of[i].code);
            return out;
        }
    return NULL;
}
