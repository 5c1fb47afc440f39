/* SPDX-License-Identifier: Apache-2.0
 *
 * index/group.c: see group.h.
 *
 * One dimension whose groups are prepared as sets: intersect and count. Otherwise each
 * dimension becomes a forward list (which values has this row?), rows being tumours as soon as
 * one dimension is of a tumour, and cells are counted row by row. Rows of a patient are
 * neighbours, so a patient is counted once a cell by remembering who was counted last. */
#include "index/group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/table.h"
#include "index/eval_internal.h"
#include "index/group_internal.h"

/* Cells of a cross table before anything is counted. */
#define CELLS_MAX ((size_t)1 << 22)
#define NOBODY UINT32_MAX

/* ---- words ---- */

static const struct {
    const char *word;
    enum dimension_kind kind;
} words[] = {{"year", DIMENSION_YEAR},
             {"diagnosis year", DIMENSION_DIAGNOSIS_YEAR},
             {"age", DIMENSION_AGE},
             {"vital status", DIMENSION_VITAL}};

static int unknown_dimension(const char *word, struct error *err)
{
    struct buffer list;

    buffer_init(&list, 800);
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        buffer_printf(&list, "%s%s", i ? ", " : "", words[i].word);
    for (int item = ITEM_NONE + 1; item < ITEMS; item++) {
        const struct item_row *row = model_item((enum item)item);

        if (*row->word && (row->index == INDEX_CODES || row->index == INDEX_KEYS))
            buffer_printf(&list, ", %s", row->word);
    }
    error_set(err, ERROR_INPUT, "cannot group by \"%.40s\": expected one of %s", word,
              buffer_text(&list));
    buffer_free(&list);
    return -1;
}

int dimension_parse(const char *word, struct dimension *dimension_r, struct error *err)
{
    enum item item = model_item_by_word(word);

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (strcmp(word, words[i].word) == 0) {
            *dimension_r = (struct dimension){words[i].kind, ITEM_NONE};
            return 0;
        }
    }
    if (item == ITEM_NONE ||
        (model_item(item)->index != INDEX_CODES && model_item(item)->index != INDEX_KEYS))
        return unknown_dimension(word, err);
    *dimension_r = (struct dimension){DIMENSION_ITEM, item};
    return 0;
}

const char *dimension_word(const struct dimension *dimension)
{
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (dimension->kind == words[i].kind)
            return words[i].word;
    return model_item(dimension->item)->word;
}

static bool is_of_tumour(const struct dimension *dimension)
{
    if (dimension->kind == DIMENSION_DIAGNOSIS_YEAR || dimension->kind == DIMENSION_AGE)
        return true;
    return dimension->kind == DIMENSION_ITEM &&
           model_group(model_item(dimension->item)->group)->scope == SCOPE_TUMOUR;
}

/* ---- cells ---- */

struct counter {
    uint32_t last; /* patient counted last, so that none is counted twice */
    bool last_certain;
    uint64_t certain, possible;
};

/* The rows of one segment and level that are counted, and their values. */
struct pass {
    enum segment_level level;
    const uint64_t *members; /* NULL: no such rows */
    size_t rows;
    struct forward forward[DIMENSIONS_MAX];
};

struct counting {
    const struct segment *segment;
    const struct cohort_part *part;
    const struct pass *pass;
    const size_t *stride; /* cell = Σ value[d] × stride[d] */
    size_t n_dimensions;
    struct counter *counters;
    uint32_t base; /* of this segment's patients, so that `last` is one of all segments */
};

/* A patient is certain in a cell when it is so in the cohort, the criteria certainly hold for
 * the tumour, and the values are certainly that tumour's. */
static inline void count_patient(struct counting *counting, size_t cell, uint32_t patient,
                                 bool certain)
{
    struct counter *counter = &counting->counters[cell];

    if (counter->last != counting->base + patient) {
        counter->last = counting->base + patient;
        counter->last_certain = certain;
        counter->certain += certain;
        counter->possible += !certain;
    } else if (certain && !counter->last_certain) { /* by another tumour */
        counter->last_certain = true;
        counter->certain++;
        counter->possible--;
    }
}

static inline uint32_t row_patient(const struct counting *counting, uint32_t row,
                                   bool *certain_r)
{
    const struct cohort_part *part = counting->part;
    bool of_tumour = counting->pass->level == LEVEL_TUMOUR;
    uint32_t patient = of_tumour ? counting->segment->tumour_patient[row] : row;

    *certain_r = set_has(part->certain, patient) &&
                 (!of_tumour || !part->rows_certain || set_has(part->rows_certain, row));
    return patient;
}

static void count_cells(struct counting *counting, size_t dimension, size_t cell,
                        uint32_t row, uint32_t patient, bool certain)
{
    if (dimension == counting->n_dimensions || dimension == DIMENSIONS_MAX) {
        count_patient(counting, cell, patient, certain);
        return;
    }

    const struct forward *forward = &counting->pass->forward[dimension];
    uint32_t first = forward->start ? forward->start[row] : row;
    uint32_t after = forward->start ? forward->start[row + 1] : row + 1;

    for (uint32_t i = first; i < after; i++)
        count_cells(counting, dimension + 1,
                    cell + (forward->value[i] & ~PERHAPS) * counting->stride[dimension],
                    row, patient, certain && !(forward->value[i] & PERHAPS));
}

/* One value a row in every dimension: no lists to combine. */
static bool count_single(struct counting *counting)
{
    const struct pass *pass = counting->pass;
    size_t n =
        counting->n_dimensions < DIMENSIONS_MAX ? counting->n_dimensions : DIMENSIONS_MAX;

    for (size_t d = 0; d < n; d++)
        if (pass->forward[d].start)
            return false;
    set_each(row, pass->members, pass->rows)
    {
        size_t cell = 0;
        uint32_t doubt = 0;
        bool certain;
        uint32_t patient = row_patient(counting, row, &certain);

        for (size_t d = 0; d < n; d++) {
            uint32_t value = pass->forward[d].value[row];

            doubt |= value & PERHAPS;
            cell += (value & ~PERHAPS) * counting->stride[d];
        }
        count_patient(counting, cell, patient, certain && !doubt);
    }
    return true;
}

static void count_pass(struct counting *counting)
{
    if (count_single(counting))
        return;
    set_each(row, counting->pass->members, counting->pass->rows)
    {
        bool certain;
        uint32_t patient = row_patient(counting, row, &certain);

        count_cells(counting, 0, 0, row, patient, certain);
    }
}

/* The rows whose values are counted: patients of the cohort, or their tumours (those for which
 * the criteria's tumour block holds, where there is one). */
static const uint64_t *member_rows(struct arena *arena, const struct segment *segment,
                                   const struct cohort_part *part,
                                   enum segment_level level)
{
    uint64_t *rows;

    if (level == LEVEL_PATIENT)
        return part->possible;
    rows = set_new(arena, segment->tumours);
    set_to_tumours(segment, part->possible, rows, NULL);
    if (part->rows_possible)
        set_and(rows, part->rows_possible, segment->tumours);
    return rows;
}

/* Patients of the cohort without any member tumour, NULL when there are none. */
static const uint64_t *without_rows(struct arena *arena, const struct segment *segment,
                                    const struct cohort_part *part, const uint64_t *rows)
{
    uint64_t *with = set_new(arena, segment->patients);
    uint64_t *without = set_new(arena, segment->patients);

    set_to_patients(segment, rows, with);
    set_copy(without, part->possible, segment->patients);
    set_and_not(without, with, segment->patients);
    return set_count(without, segment->patients) > 0 ? without : NULL;
}

/* Of each segment: the rows of the level, then the patients without rows of tumours, who stand
 * under "" in every dimension of a tumour. */
#define PASSES 2

struct grouped {
    struct arena *arena;
    const struct cohort *cohort;
    const struct dimension *dimensions;
    size_t n;
    enum segment_level level;
    struct names names[DIMENSIONS_MAX];
    struct pass (*passes)[PASSES]; /* by segment */
    struct error damage;           /* once it is set the answer fails */
};

static struct forward forward_nothing(struct grouped *grouped, size_t d, size_t rows)
{
    uint32_t nothing = names_number(&grouped->names[d], "");
    uint32_t *value = arena_array(grouped->arena, rows + 1, sizeof(*value));

    for (size_t r = 0; nothing && r < rows; r++)
        value[r] = nothing;
    return (struct forward){NULL, value};
}

static void make_pass(struct grouped *grouped, const struct segment *segment,
                      enum segment_level level, const uint64_t *members,
                      struct pass *pass)
{
    struct evaluator ev = {.segment = segment};

    pass->level = level;
    pass->members = members;
    pass->rows = level_rows(&ev, level);
    for (size_t d = 0; d < grouped->n; d++) {
        struct grouping grouping = {.arena = grouped->arena,
                                    .segment = segment,
                                    .dimension = &grouped->dimensions[d],
                                    .names = &grouped->names[d],
                                    .level = level,
                                    .rows = pass->rows,
                                    .damage = &grouped->damage};
        bool none = level == LEVEL_PATIENT && is_of_tumour(&grouped->dimensions[d]);

        pass->forward[d] = none ? forward_nothing(grouped, d, pass->rows)
                                : forward_of(&grouping, members);
    }
}

static void make_passes(struct grouped *grouped)
{
    const struct snapshot *snapshot = grouped->cohort->snapshot;

    grouped->passes =
        arena_array(grouped->arena, snapshot->n + 1, sizeof(*grouped->passes));
    for (size_t s = 0; s < snapshot->n; s++) {
        const struct segment *segment = snapshot->segments[s];
        const struct cohort_part *part = &grouped->cohort->parts[s];
        struct pass *pass = grouped->passes[s];
        const uint64_t *rest;

        make_pass(grouped, segment, grouped->level,
                  member_rows(grouped->arena, segment, part, grouped->level), &pass[0]);
        if (grouped->level == LEVEL_PATIENT)
            continue;
        rest = without_rows(grouped->arena, segment, part, pass[0].members);
        if (rest)
            make_pass(grouped, segment, LEVEL_PATIENT, rest, &pass[1]);
    }
}

static void count_segments(struct grouped *grouped, const size_t *stride,
                           struct counter *counters)
{
    const struct snapshot *snapshot = grouped->cohort->snapshot;
    uint32_t base = 0;

    for (size_t s = 0; s < snapshot->n; s++) {
        struct counting counting = {.segment = snapshot->segments[s],
                                    .part = &grouped->cohort->parts[s],
                                    .stride = stride,
                                    .n_dimensions = grouped->n,
                                    .counters = counters,
                                    .base = base};

        for (size_t p = 0; p < PASSES && grouped->passes[s][p].members; p++) {
            counting.pass = &grouped->passes[s][p];
            count_pass(&counting);
        }
        base += snapshot->segments[s]->patients;
    }
}

static const char *own_name(struct arena *arena, const struct names *names, size_t number)
{
    size_t length;
    const char *name = table_key(names->table, number, &length);

    return arena_string(arena, name, length);
}

static int compare_cells(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    int order = 0;

    for (size_t d = 0; d < DIMENSIONS_MAX && order == 0 && x->key[d]; d++)
        order = strcmp(x->key[d], y->key[d]);
    return order;
}

static void collect_cells(const struct grouped *grouped, const size_t *stride,
                          const struct counter *counters, size_t n_counters,
                          struct cells *cells)
{
    size_t n = 0;

    for (size_t i = 0; i < n_counters; i++)
        n += counters[i].certain + counters[i].possible > 0;
    cells->cell = arena_array(grouped->arena, n + 1, sizeof(*cells->cell));
    for (size_t i = 0; i < n_counters; i++) {
        struct cell *cell = &cells->cell[cells->n];
        size_t rest = i;

        if (counters[i].certain + counters[i].possible == 0)
            continue;
        for (size_t d = 0; d < grouped->n; d++) {
            cell->key[d] = own_name(grouped->arena, &grouped->names[d], rest / stride[d]);
            rest %= stride[d];
        }
        cell->certain = counters[i].certain;
        cell->possible = counters[i].possible;
        cells->n++;
    }
    qsort(cells->cell, cells->n, sizeof(*cells->cell), compare_cells);
}

static int count_forward(struct grouped *grouped, struct cells *cells, struct error *err)
{
    size_t stride[DIMENSIONS_MAX], total = 1;

    make_passes(grouped);
    if (grouped->damage.code != ERROR_NONE)
        return -1;
    for (size_t d = grouped->n; d-- > 0;) {
        stride[d] = total;
        total *= table_count(grouped->names[d].table);
        if (total > CELLS_MAX)
            return error_set(err, ERROR_LIMIT,
                             "the table would have more than %zu cells: take "
                             "fewer dimensions, or narrower criteria",
                             CELLS_MAX);
    }

    struct counter *counters = arena_array(grouped->arena, total, sizeof(*counters));

    for (size_t i = 0; i < total; i++)
        counters[i].last = NOBODY;
    count_segments(grouped, stride, counters);
    collect_cells(grouped, stride, counters, total, cells);
    return arena_check(grouped->arena, err);
}

/* ---- prepared sets ---- */

struct tally {
    uint64_t certain, possible;
};

static struct tally tally_set(const struct segment *segment,
                              const struct segment_set *set,
                              const struct cohort_part *part, struct error *damage)
{
    struct tally tally = {0};

    if (part->whole)
        return (struct tally){.certain = set->n};
    if (segment_check_set(segment, set, damage) < 0)
        return tally;
    if (set->is_bits) {
        const uint64_t *bits = segment_set_column(segment, set);

        tally.certain = set_count_and(bits, part->certain, segment->patients);
        tally.possible =
            set_count_and(bits, part->possible, segment->patients) - tally.certain;
        return tally;
    }

    const uint32_t *rows = segment_set_column(segment, set);

    for (uint32_t i = 0; i < set->n; i++) {
        tally.certain += set_has(part->certain, rows[i]);
        tally.possible += set_has(part->possible, rows[i]);
    }
    tally.possible -= tally.certain;
    return tally;
}

static void add_tally(struct table *table, struct tally **tallies, size_t *capacity,
                      const char *name, struct tally tally)
{
    bool added;
    uint64_t *number = table_put(table, name, strlen(name), &added);

    if (added) {
        *number = table_count(table) - 1;
        memory_grow((void **)tallies, capacity, (size_t)*number + 1, sizeof(**tallies));
        (*tallies)[*number] = (struct tally){0};
    }
    (*tallies)[*number].certain += tally.certain;
    (*tallies)[*number].possible += tally.possible;
}

/* Members without any stated value. */
static struct tally tally_rest(struct grouped *grouped, const struct segment *segment,
                               const struct cohort_part *part, enum item item)
{
    uint64_t *rest = set_new(grouped->arena, segment->patients);
    struct tally tally = {0};

    if (segment_set_add(segment, segment_find_set(segment, item, SET_STATED_PATIENTS, ""),
                        rest, &grouped->damage) < 0)
        return tally;
    set_not(rest, rest, segment->patients);
    tally.certain = set_count_and(rest, part->certain, segment->patients);
    tally.possible =
        set_count_and(rest, part->possible, segment->patients) - tally.certain;
    return tally;
}

static void tally_segment(struct grouped *grouped, size_t s, struct tally **tallies,
                          size_t *capacity)
{
    const struct segment *segment = grouped->cohort->snapshot->segments[s];
    const struct cohort_part *part = &grouped->cohort->parts[s];
    enum item item = grouped->dimensions[0].item;
    uint32_t first, after;

    segment_item_sets(segment, item, &first, &after);
    for (uint32_t i = first; i < after; i++) {
        const char *name = segment_string(segment, segment->sets[i].code);

        if (*name)
            add_tally(grouped->names[0].table, tallies, capacity, name,
                      tally_set(segment, &segment->sets[i], part, &grouped->damage));
    }
    add_tally(grouped->names[0].table, tallies, capacity, "",
              tally_rest(grouped, segment, part, item));
}

static void tally_years(struct grouped *grouped, size_t s, struct tally **tallies,
                        size_t *capacity)
{
    const struct segment *segment = grouped->cohort->snapshot->segments[s];
    const struct cohort_part *part = &grouped->cohort->parts[s];
    const struct segment_header *header = segment->header;
    const uint16_t *years = segment_at(segment, header->arrays[ARRAY_YEARS].offset);
    const uint64_t *sets = segment_at(segment, header->arrays[ARRAY_ACTIVE].offset);
    uint64_t *rest = set_new(grouped->arena, segment->patients);
    char name[16];

    for (uint64_t y = 0; y < header->arrays[ARRAY_YEARS].count; y++) {
        const uint64_t *set = sets + y * set_words(segment->patients);
        struct tally tally = {.certain =
                                  set_count_and(set, part->certain, segment->patients)};

        tally.possible =
            set_count_and(set, part->possible, segment->patients) - tally.certain;
        snprintf(name, sizeof(name), "%u", years[y]);
        add_tally(grouped->names[0].table, tallies, capacity, name, tally);
        set_or(rest, set, segment->patients);
    }
    set_not(rest, rest, segment->patients);
    add_tally(grouped->names[0].table, tallies, capacity, "",
              (struct tally){set_count_and(rest, part->certain, segment->patients),
                             set_count_and(rest, part->possible, segment->patients) -
                                 set_count_and(rest, part->certain, segment->patients)});
}

static void count_prepared(struct grouped *grouped, struct cells *cells)
{
    struct tally *tallies = NULL;
    size_t capacity = 0;

    for (size_t s = 0; s < grouped->cohort->snapshot->n; s++) {
        if (grouped->dimensions[0].kind == DIMENSION_YEAR)
            tally_years(grouped, s, &tallies, &capacity);
        else
            tally_segment(grouped, s, &tallies, &capacity);
    }

    size_t n = table_count(grouped->names[0].table);

    cells->cell = arena_array(grouped->arena, n + 1, sizeof(*cells->cell));
    for (size_t i = 0; i < n; i++)
        if (tallies[i].certain + tallies[i].possible > 0)
            cells->cell[cells->n++] =
                (struct cell){.key = {own_name(grouped->arena, &grouped->names[0], i)},
                              .certain = tallies[i].certain,
                              .possible = tallies[i].possible};
    qsort(cells->cell, cells->n, sizeof(*cells->cell), compare_cells);
    memory_free(tallies);
}

/* Sets of patients answer one dimension, unless it is of a tumour and the criteria say of
 * which tumours. */
static bool is_prepared(const struct grouped *grouped)
{
    const struct dimension *dimension = &grouped->dimensions[0];

    if (grouped->n != 1)
        return false;
    if (dimension->kind == DIMENSION_YEAR)
        return true;
    if (dimension->kind != DIMENSION_ITEM)
        return false;
    for (size_t s = 0; s < grouped->cohort->snapshot->n; s++)
        if (is_of_tumour(dimension) && grouped->cohort->parts[s].rows_possible)
            return false;
    return true;
}

int cohort_group(struct arena *arena, const struct cohort *cohort,
                 const struct dimension *dimensions, size_t n, struct cells *cells_r,
                 struct error *err)
{
    struct grouped grouped = {.arena = arena,
                              .cohort = cohort,
                              .dimensions = dimensions,
                              .n = n,
                              .level = LEVEL_PATIENT,
                              .damage = ERROR_INIT};
    struct cells cells = {.n_dimensions = n};
    int result = 0;

    if (n == 0 || n > DIMENSIONS_MAX)
        return error_set(err, ERROR_INPUT,
                         "between 1 and %d dimensions can be shown at once",
                         DIMENSIONS_MAX);
    for (size_t d = 0; d < n; d++) {
        cells.dimensions[d] = dimensions[d];
        grouped.names[d].table = table_new();
        if (is_of_tumour(&dimensions[d]))
            grouped.level = LEVEL_TUMOUR;
    }
    if (is_prepared(&grouped))
        count_prepared(&grouped, &cells);
    else
        result = count_forward(&grouped, &cells, err);
    for (size_t d = 0; d < n; d++)
        table_free(grouped.names[d].table);
    if (grouped.damage.code != ERROR_NONE)
        return error_set(err, grouped.damage.code, "%s", grouped.damage.message);
    if (result == 0)
        *cells_r = cells;
    return result;
}

static int compare_size(const void *a, const void *b)
{
    const struct cell *x = a, *y = b;
    uint64_t p = x->certain + x->possible, q = y->certain + y->possible;

    if (x->certain != y->certain)
        return x->certain > y->certain ? -1 : 1;
    if (p != q)
        return p > q ? -1 : 1;
    return compare_cells(a, b);
}

void cells_top(struct cells *cells, size_t n)
{
    qsort(cells->cell, cells->n, sizeof(*cells->cell), compare_size);
    if (cells->n > n)
        cells->n = n;
}
