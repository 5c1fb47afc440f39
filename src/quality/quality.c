/* SPDX-License-Identifier: Apache-2.0
 *
 * quality/quality.c: records into figures. */
#include "quality/quality.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "quality/quality_internal.h"
#include "record/record.h"

#define CELLS (QUALITY_SOURCES * QUALITY_YEARS)

/* ---- the tables ---------------------------------------------------------------------- */

static const struct check_row check_rows[CHECKS] = {
#define CHECK(id, item, fr, en) [CHECK_##id] = {#id, item, fr, en},
#include "quality/checks.def"
#undef CHECK
};

const struct check_row *check_row(enum check check)
{
    assert((unsigned)check < CHECKS);
    return &check_rows[check];
}

#define CHECK(id, item, fr, en) \
    _Static_assert(sizeof(#id) <= CHECK_WORD_SIZE, "the name of a check is short");
#include "quality/checks.def"
#undef CHECK

char *check_word(enum check check, char word[CHECK_WORD_SIZE])
{
    const char *id = check_row(check)->id;
    size_t n = strlen(id);

    for (size_t i = 0; i <= n; i++)
        word[i] = id[i] == '_' ? '-' : (char)tolower((unsigned char)id[i]);
    return word;
}

enum check check_find(const char *name)
{
    char word[CHECK_WORD_SIZE];

    for (int check = 0; check < CHECKS; check++)
        if (strcmp(check_rows[check].id, name) == 0 ||
            strcmp(check_word((enum check)check, word), name) == 0)
            return (enum check)check;
    return CHECKS;
}

/* The items marked * in the MDS 2025-2. */
bool item_is_mandatory(enum item item)
{
    static const char *const sections[] = {
        "1.1",  "1.2",  "1.3",  "1.4",  "2.1",  "2.3",  "4.1",  "4.2",  "4.4",  "7.1",
        "7.2",  "8.1",  "8.2",  "8.3",  "8.4",  "8.6",  "8.8",  "8.10", "9.7",  "11.4",
        "12.1", "12.2", "12.3", "12.5", "13.1", "13.2", "15.1", "15.2", "15.5", "16.1",
        "18.1", "18.2", "18.3", "18.4", "19.1", "19.2", "19.3", "19.4"};
    const struct item_row *row = model_item(item);

    if (row->role == ROLE_END) /* 12.5 and 13.2 are the start */
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(sections); i++)
        if (strcmp(row->osiris, sections[i]) == 0)
            return true;
    return false;
}

/* ---- cells --------------------------------------------------------------------------- */

static size_t year_index(int year)
{
    return year ? (size_t)(year - YEAR_FIRST + 1) : 0;
}

struct tally *cell_at(struct cells *cells, int source, int year)
{
    if (!cells->tally) {
        cells->tally = memory_alloc(CELLS * sizeof(*cells->tally));
        memset(cells->tally, 0, CELLS * sizeof(*cells->tally));
    }
    return &cells->tally[(size_t)source * QUALITY_YEARS + year_index(year)];
}

static void tally_add(struct tally *into, struct tally tally)
{
    into->of += tally.of;
    into->has += tally.has;
    into->exact += tally.exact;
}

/* What CELLS have of SOURCE and YEAR, each of which may be any. */
static struct tally cells_sum(const struct cells *cells, int source, int year)
{
    struct tally sum = {0};

    if (!cells->tally)
        return sum;
    for (int s = 0; s < QUALITY_SOURCES; s++) {
        if (source != ANY_SOURCE && source != s)
            continue;
        for (size_t y = 0; y < QUALITY_YEARS; y++)
            if (year == ANY_YEAR || y == year_index(year))
                tally_add(&sum, cells->tally[(size_t)s * QUALITY_YEARS + y]);
    }
    return sum;
}

static void cells_join(struct cells *into, const struct cells *from)
{
    if (!from->tally)
        return;
    cell_at(into, 0, 0);
    for (size_t i = 0; i < CELLS; i++)
        tally_add(&into->tally[i], from->tally[i]);
}

/* ---- figures ------------------------------------------------------------------------- */

struct figures *figures_new(void)
{
    struct figures *figures = memory_alloc(sizeof(*figures));

    memset(figures, 0, sizeof(*figures));
    return figures;
}

void figures_free(struct figures *figures)
{
    if (!figures)
        return;
    for (int group = 0; group < GROUPS; group++)
        memory_free(figures->objects[group].tally);
    for (int item = 0; item < ITEMS; item++)
        memory_free(figures->items[item].tally);
    for (int check = 0; check < CHECKS; check++)
        memory_free(figures->checks[check].tally);
    memory_free(figures);
}

void figures_join(struct figures *into, const struct figures *from)
{
    into->patients += from->patients;
    into->tumours += from->tumours;
    into->opposed += from->opposed;
    for (int group = 0; group < GROUPS; group++) {
        into->presence[group].patients += from->presence[group].patients;
        into->presence[group].tumours += from->presence[group].tumours;
        cells_join(&into->objects[group], &from->objects[group]);
    }
    for (int item = 0; item < ITEMS; item++)
        cells_join(&into->items[item], &from->items[item]);
    for (int check = 0; check < CHECKS; check++)
        cells_join(&into->checks[check], &from->checks[check]);
}

uint64_t figures_patients(const struct figures *figures)
{
    return figures->patients;
}

uint64_t figures_tumours(const struct figures *figures)
{
    return figures->tumours;
}

uint64_t figures_opposed(const struct figures *figures)
{
    return figures->opposed;
}

struct presence figures_presence(const struct figures *figures, enum group group)
{
    return figures->presence[group];
}

struct tally figures_item(const struct figures *figures, enum item item, int source,
                          int year)
{
    struct tally tally = cells_sum(&figures->items[item], source, year);

    tally.of = cells_sum(&figures->objects[model_item(item)->group], source, year).of;
    return tally;
}

struct tally figures_check(const struct figures *figures, enum check check, int source,
                           int year)
{
    return cells_sum(&figures->checks[check], source, year);
}

/* ---- one record ---------------------------------------------------------------------- */

/* The year of DATE, 0 when it is not certain. */
static int certain_year(struct interval date)
{
    int first, last, month, day;

    if (date.first == DAY_MIN || date.last == DAY_MAX)
        return 0;
    day_to_civil(date.first, &first, &month, &day);
    day_to_civil(date.last, &last, &month, &day);
    return first == last && first >= YEAR_FIRST && first <= YEAR_LAST ? first : 0;
}

static int year_of(const struct record *record, const struct fact *fact)
{
    if (!interval_is_unknown(fact->date))
        return certain_year(fact->date);
    if (fact->tumour != TUMOUR_NONE)
        return certain_year(record->tumours[fact->tumour].diagnosis);
    return record->n_tumours > 0 ? certain_year(record->tumours[0].diagnosis) : 0;
}

static int source_of(const struct fact *fact)
{
    return fact->source < QUALITY_SOURCES ? fact->source : SOURCE_UNKNOWN;
}

static bool is_stated(const struct value *value)
{
    switch (value->type) {
    case TYPE_NUMBER: return !isnan(value->number);
    case TYPE_DATE: return !interval_is_unknown(value->date);
    default: return value->text[0] != '\0';
    }
}

static void add_fact(struct figures *figures, const struct record *record,
                     const struct fact *fact)
{
    int source = source_of(fact), year = year_of(record, fact);

    cell_at(&figures->objects[fact->group], source, year)->of++;
    for (size_t i = 0; i < fact->n_values; i++) {
        const struct value *value = &fact->values[i];
        struct tally *tally;

        if (!is_stated(value))
            continue;
        tally = cell_at(&figures->items[value->item], source, year);
        tally->has++;
        tally->exact += value->type == TYPE_DATE && interval_is_exact(value->date);
    }
}

/* Patients and tumours that have one of each kind. */
static void add_presence(struct figures *figures, const struct record *record)
{
    bool seen[GROUPS] = {false};

    for (size_t i = 0; i < record->n_facts; i++) {
        enum group group = record->facts[i].group;

        figures->presence[group].patients += !seen[group];
        seen[group] = true;
    }
    for (int tumour = 0; tumour < record->n_tumours; tumour++) {
        memset(seen, 0, sizeof(seen));
        for (size_t i = 0; i < record->n_facts; i++)
            if (record->facts[i].tumour == tumour)
                seen[record->facts[i].group] = true;
        for (int group = 0; group < GROUPS; group++)
            figures->presence[group].tumours += seen[group];
    }
}

struct adding {
    struct figures *figures;
    const struct record *record;
};

static void add_check(void *context, enum check check, const struct fact *fact, bool odd)
{
    const struct adding *adding = context;
    struct tally *tally = cell_at(&adding->figures->checks[check], source_of(fact),
                                  year_of(adding->record, fact));

    tally->of++;
    tally->has += odd;
}

void figures_add(struct figures *figures, const struct record *record, day_number as_of)
{
    struct adding adding = {figures, record};

    if (record->opposed) {
        figures->opposed++;
        return;
    }
    figures->patients++;
    figures->tumours += (uint64_t)record->n_tumours;
    for (size_t i = 0; i < record->n_facts; i++)
        if (!model_is_computed(record->facts[i].group))
            add_fact(figures, record, &record->facts[i]);
    add_presence(figures, record);
    quality_look_all(record, as_of, add_check, &adding);
}
