/* SPDX-License-Identifier: Apache-2.0
 *
 * index/group_rows.c: see group_internal.h.
 *
 * Most dimensions give a row one value (a topography, a sex, an age): they are tried as one
 * array first, and only a row with two different values makes them lists, by counting and
 * then placing. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "index/civil16.h"
#include "index/group_internal.h"

uint32_t names_number(struct names *names, const char *name)
{
    bool added;
    uint64_t *number = table_put(names->table, name, strlen(name), &added);

    if (added)
        *number = table_count(names->table) - 1;
    return (uint32_t)*number;
}

/* ---- postings of an item, sets of a year ---- */

/* The same walk over a dimension serves three purposes. */
struct filling {
    enum { FILL_SINGLE, FILL_COUNT, FILL_PLACE } pass;
    struct forward forward;
    const uint64_t *members;
    uint32_t nothing;
    bool several; /* FILL_SINGLE met a row with two values */
};

static inline void fill(struct filling *filling, uint32_t row, uint32_t value)
{
    if (!set_has(filling->members, row))
        return;
    if (filling->pass == FILL_COUNT) {
        filling->forward.start[row + 1]++;
    } else if (filling->pass == FILL_PLACE) {
        filling->forward.value[filling->forward.start[row]++] = value;
    } else {
        uint32_t *held = &filling->forward.value[row];

        filling->several |= *held != filling->nothing && *held != value;
        *held = value;
    }
}

static void fill_patient(const struct grouping *grouping, struct filling *filling,
                         uint32_t patient, uint32_t value)
{
    const struct segment *segment = grouping->segment;

    if (grouping->level == LEVEL_PATIENT) {
        fill(filling, patient, value);
        return;
    }
    for (uint32_t t = segment->first_tumour[patient];
         t < segment_after_tumours(segment, patient); t++)
        fill(filling, t, value);
}

/* Posting I, which stands with its patient, on the tumours that it may be of. */
static void fill_attached(const struct grouping *grouping, struct filling *filling,
                          const struct segment_block *block, uint32_t i, uint32_t value)
{
    const struct segment *segment = grouping->segment;
    uint32_t patient = segment_subjects(segment, block)[i];
    enum scope scope = model_group(model_item(grouping->dimension->item)->group)->scope;

    for (uint32_t t = segment->first_tumour[patient];
         t < segment_after_tumours(segment, patient); t++) {
        enum truth attached = posting_attached(segment, block, i, t, scope);

        if (attached != TRUTH_NO)
            fill(filling, t, attached == TRUTH_YES ? value : value | PERHAPS);
    }
}

/* The hot loop of the first pass. Rows that do not matter are written as well: what they hold
 * means nothing, and not to ask is faster. */
static void fill_single(struct filling *filling, const struct segment_block *block,
                        const uint32_t *subject, const uint32_t *patient, uint32_t value)
{
    uint32_t *held = filling->forward.value, nothing = filling->nothing;
    uint32_t several = 0;

    for (uint32_t i = 0; i < block->n; i++) {
        uint32_t row = patient ? patient[subject[i]] : subject[i];

        several |= (held[row] ^ nothing) && (held[row] ^ value);
        held[row] = value;
    }
    filling->several |= several != 0;
}

static void walk_block(const struct grouping *grouping, struct filling *filling,
                       const struct segment_block *block, uint32_t value)
{
    const struct segment *segment = grouping->segment;
    const uint32_t *subject = segment_subjects(segment, block);
    bool of_tumour = block->level == LEVEL_TUMOUR;
    bool direct = of_tumour || grouping->level == LEVEL_PATIENT;

    if (filling->pass == FILL_SINGLE && direct)
        fill_single(filling, block, subject,
                    of_tumour && grouping->level == LEVEL_PATIENT
                        ? segment->tumour_patient
                        : NULL,
                    value);
    else if (of_tumour && grouping->level == LEVEL_TUMOUR)
        for (uint32_t i = 0; i < block->n; i++)
            fill(filling, subject[i], value);
    else if (of_tumour)
        for (uint32_t i = 0; i < block->n; i++)
            fill(filling, segment->tumour_patient[subject[i]], value);
    else if (grouping->level == LEVEL_PATIENT)
        for (uint32_t i = 0; i < block->n; i++)
            fill(filling, subject[i], value);
    else
        for (uint32_t i = 0; i < block->n; i++)
            fill_attached(grouping, filling, block, i, value);
}

static void walk_item(const struct grouping *grouping, struct filling *filling)
{
    const struct segment *segment = grouping->segment;
    enum vocab_system system = model_item(grouping->dimension->item)->system;
    char group[VOCAB_CODE_SIZE];
    uint32_t first, after;

    segment_item_blocks(segment, grouping->dimension->item, &first, &after);
    for (uint32_t b = first; b < after && !filling->several; b++) {
        vocab_group(system, segment_string(segment, segment->blocks[b].code), group);
        if (*group) /* not stated: the rows left over */
            walk_block(grouping, filling, &segment->blocks[b],
                       names_number(grouping->names, group));
    }
}

static void walk_years(const struct grouping *grouping, struct filling *filling)
{
    const struct segment *segment = grouping->segment;
    const struct segment_header *header = segment->header;
    const uint16_t *years = segment_at(segment, header->arrays[ARRAY_YEARS].offset);
    const uint64_t *sets = segment_at(segment, header->arrays[ARRAY_ACTIVE].offset);
    char name[16];

    for (uint64_t y = 0; y < header->arrays[ARRAY_YEARS].count && !filling->several;
         y++) {
        snprintf(name, sizeof(name), "%u", years[y]);

        uint32_t value = names_number(grouping->names, name);

        set_each(p, sets + y * set_words(segment->patients), segment->patients)
            fill_patient(grouping, filling, p, value);
    }
}

static void walk(const struct grouping *grouping, struct filling *filling)
{
    if (grouping->dimension->kind == DIMENSION_YEAR)
        walk_years(grouping, filling);
    else
        walk_item(grouping, filling);
}

static struct forward forward_lists(const struct grouping *grouping,
                                    const uint64_t *members, uint32_t nothing)
{
    struct filling filling = {.pass = FILL_COUNT, .members = members, .nothing = nothing};
    uint32_t *start = arena_array(grouping->arena, grouping->rows + 2, sizeof(*start));
    uint32_t *value;

    filling.forward.start = start;
    walk(grouping, &filling);
    set_each(row, members, grouping->rows) start[row + 1] += start[row + 1] == 0;
    for (size_t r = 0; r < grouping->rows; r++)
        start[r + 1] += start[r];
    value = arena_array(grouping->arena, start[grouping->rows] + 1u, sizeof(*value));
    for (uint32_t i = 0; i < start[grouping->rows]; i++)
        value[i] = nothing;

    /* placing moves each start to the end of its values: do it on a copy */
    filling.pass = FILL_PLACE;
    filling.forward.value = value;
    filling.forward.start =
        arena_copy(grouping->arena, start, (grouping->rows + 2) * sizeof(*start));
    walk(grouping, &filling);
    return (struct forward){start, value};
}

/* ---- one value by nature ---- */

#define DECADES 20

/* Numbers of the names that rows may take, found once. */
struct row_names {
    uint32_t nothing;
    uint32_t status[3]; /* by enum truth of "dead" */
    uint32_t decade[DECADES];
    uint32_t year[YEAR_LAST - YEAR_FIRST + 1];
};

static uint32_t lazy_number(struct names *names, uint32_t *held, int number)
{
    char name[16];

    if (*held == UINT32_MAX) {
        snprintf(name, sizeof(name), "%d", number);
        *held = names_number(names, name);
    }
    return *held;
}

/* "" when the dates leave it open. */
static uint32_t row_age(const struct grouping *grouping, struct row_names *known,
                        const uint32_t *civil, uint32_t row)
{
    const struct segment *segment = grouping->segment;
    uint32_t patient = segment->tumour_patient[row];
    uint16_t first = segment->diagnosis_first[row], last = segment->diagnosis_last[row];
    uint16_t birth_first = segment->birth_first[patient];
    uint16_t birth_last = segment->birth_last[patient];
    int least, most;

    if (first == DAY16_OPEN_BEFORE || last == DAY16_OPEN_AFTER ||
        birth_first == DAY16_OPEN_BEFORE || birth_last == DAY16_OPEN_AFTER)
        return known->nothing;
    least = age16(civil, birth_last, first);
    most = age16(civil, birth_first, last);
    if (least < 0 || least / 10 != most / 10 || least / 10 >= DECADES)
        return known->nothing;
    return lazy_number(grouping->names, &known->decade[least / 10], least / 10 * 10);
}

static uint32_t row_diagnosis_year(const struct grouping *grouping,
                                   struct row_names *known, const uint32_t *civil,
                                   uint32_t row)
{
    uint16_t first = grouping->segment->diagnosis_first[row];
    uint16_t last = grouping->segment->diagnosis_last[row];
    uint32_t year = civil[first] / 10000;

    if (first == DAY16_OPEN_BEFORE || last == DAY16_OPEN_AFTER ||
        civil[last] / 10000 != year || year < YEAR_FIRST || year > YEAR_LAST)
        return known->nothing;
    return lazy_number(grouping->names, &known->year[year - YEAR_FIRST], (int)year);
}

static struct forward forward_computed(const struct grouping *grouping,
                                       const uint64_t *members, uint32_t nothing)
{
    static const char *const status[] = {"ALIVE", "", "DEAD"};
    const struct segment *segment = grouping->segment;
    const uint32_t *civil = civil16();
    uint32_t *value = arena_array(grouping->arena, grouping->rows + 1, sizeof(*value));
    struct row_names known = {.nothing = nothing};

    memset(known.decade, 0xff, sizeof(known.decade));
    memset(known.year, 0xff, sizeof(known.year));
    for (size_t i = 0; i < ARRAY_LENGTH(status); i++)
        known.status[i] = names_number(grouping->names, status[i]);
    set_each(row, members, grouping->rows)
    {
        if (grouping->dimension->kind == DIMENSION_AGE)
            value[row] = row_age(grouping, &known, civil, row);
        else if (grouping->dimension->kind == DIMENSION_DIAGNOSIS_YEAR)
            value[row] = row_diagnosis_year(grouping, &known, civil, row);
        else
            value[row] = known.status[segment->dead[grouping->level == LEVEL_TUMOUR
                                                        ? segment->tumour_patient[row]
                                                        : row]];
    }
    return (struct forward){NULL, value};
}

/* ---- values, kept ---- */

/* The values of all rows, by numbers of this segment's own, in one piece of memory. The names
 * follow them, each with its NUL. Nearly always a row has one value (a tumour said to be of C19
 * and of C20 has two): a few that have several make lists of all, which are kept as well. Where
 * rows have many (treatments), nothing is kept and the postings are walked each time. */
struct dense {
    enum { DENSE_ONE, DENSE_LISTS, DENSE_WALKED } kind;
    uint32_t n_names;
    const char *names;
    uint16_t *one;   /* DENSE_ONE: of each row */
    uint32_t *start; /* DENSE_LISTS: the values of a row, as in struct forward */
    uint32_t *value;
};

/* Lists of more values than so many times the rows are not kept. */
#define VALUES_A_ROW 2

static size_t names_size(const struct table *names)
{
    size_t bytes = 0, length;

    for (size_t i = 0; i < table_count(names); i++) {
        table_key(names, i, &length);
        bytes += length + 1;
    }
    return bytes;
}

/* With BYTES for values behind it, and NAMES behind those. */
static struct dense *dense_new(size_t bytes, const struct table *names)
{
    struct dense *dense = memory_alloc(sizeof(*dense) + bytes + names_size(names));
    char *out = (char *)(dense + 1) + bytes;

    *dense = (struct dense){.n_names = (uint32_t)table_count(names), .names = out};
    for (size_t i = 0; i < table_count(names); i++) {
        size_t length;
        const char *name = table_key(names, i, &length);

        memcpy(out, name, length + 1);
        out += length + 1;
    }
    return dense;
}

static struct dense *dense_one(const uint32_t *value, size_t rows,
                               const struct table *names)
{
    struct dense *dense = dense_new(rows * sizeof(*dense->one), names);

    dense->kind = DENSE_ONE;
    dense->one = (uint16_t *)(dense + 1);
    for (size_t r = 0; r < rows; r++)
        dense->one[r] = (uint16_t)value[r];
    return dense;
}

static struct dense *dense_walked(void)
{
    struct dense *dense = memory_alloc(sizeof(*dense));

    *dense = (struct dense){.kind = DENSE_WALKED};
    return dense;
}

static struct dense *dense_lists(const struct grouping *all, const uint64_t *members,
                                 uint32_t nothing)
{
    struct forward lists = forward_lists(all, members, nothing);
    size_t starts = all->rows + 1, values = lists.start[all->rows];
    struct dense *dense;

    if (values > VALUES_A_ROW * all->rows)
        return dense_walked();
    dense = dense_new((starts + values) * sizeof(*dense->start), all->names->table);
    dense->kind = DENSE_LISTS;
    dense->start = (uint32_t *)(dense + 1);
    dense->value = dense->start + starts;
    memcpy(dense->start, lists.start, starts * sizeof(*dense->start));
    memcpy(dense->value, lists.value, values * sizeof(*dense->value));
    return dense;
}

static struct dense *dense_make(const struct grouping *grouping)
{
    struct names names = {table_new()};
    struct grouping all = *grouping;
    uint64_t *members = set_new(grouping->arena, grouping->rows);
    struct filling filling = {.pass = FILL_SINGLE, .members = members};
    struct dense *dense;

    all.names = &names;
    set_fill(members, grouping->rows);
    filling.nothing = names_number(&names, "");
    filling.forward.value =
        arena_array(grouping->arena, grouping->rows + 1, sizeof(uint32_t));
    walk(&all, &filling);
    for (size_t r = 0; r < grouping->rows && !filling.several; r++)
        filling.several = filling.forward.value[r] > UINT16_MAX; /* or PERHAPS */
    dense = filling.several
                ? dense_lists(&all, members, filling.nothing)
                : dense_one(filling.forward.value, grouping->rows, names.table);
    table_free(names.table);
    return dense;
}

static const struct dense *dense_of(const struct grouping *grouping)
{
    /* the segment is immutable, what is kept beside it is not: hence the cast */
    struct segment *segment = (struct segment *)(uintptr_t)grouping->segment;
    _Atomic(struct dense *) *kept =
        &segment->dense[grouping->level][grouping->dimension->item];
    struct dense *dense = atomic_load(kept), *none = NULL;

    if (dense)
        return dense;
    dense = dense_make(grouping);
    if (atomic_compare_exchange_strong(kept, &none, dense))
        return dense;
    memory_free(dense); /* another thread was first */
    return none;
}

/* The names of DENSE by the numbers of this grouping. */
static uint32_t *dense_numbers(const struct grouping *grouping, const struct dense *dense)
{
    uint32_t *number = arena_array(grouping->arena, dense->n_names + 1u, sizeof(*number));
    const char *name = dense->names;

    for (uint32_t i = 0; i < dense->n_names; i++) {
        number[i] = names_number(grouping->names, name);
        name += strlen(name) + 1;
    }
    return number;
}

static struct forward forward_one(const struct grouping *grouping,
                                  const uint64_t *members, const struct dense *dense)
{
    const uint32_t *number = dense_numbers(grouping, dense);
    uint32_t *value = arena_array(grouping->arena, grouping->rows + 1, sizeof(*value));

    set_each(row, members, grouping->rows) value[row] = number[dense->one[row]];
    return (struct forward){NULL, value};
}

static struct forward forward_kept(const struct grouping *grouping,
                                   const struct dense *dense)
{
    const uint32_t *number = dense_numbers(grouping, dense);
    uint32_t n = dense->start[grouping->rows];
    uint32_t *value = arena_array(grouping->arena, n + 1u, sizeof(*value));

    for (uint32_t i = 0; i < n; i++)
        value[i] = number[dense->value[i] & ~PERHAPS] | (dense->value[i] & PERHAPS);
    return (struct forward){dense->start, value};
}

/* ---- any dimension ---- */

/* All blocks of the item, before the first walk over them: the walks of forward_lists() must
 * see the same postings. */
static bool item_is_sound(const struct grouping *grouping)
{
    const struct segment *segment = grouping->segment;
    uint32_t first, after;

    segment_item_blocks(segment, grouping->dimension->item, &first, &after);
    for (uint32_t b = first; b < after; b++)
        if (segment_check_block(segment, &segment->blocks[b], grouping->damage) < 0)
            return false;
    return true;
}

struct forward forward_of(const struct grouping *grouping, const uint64_t *members)
{
    uint32_t nothing = names_number(grouping->names, "");
    const struct dense *dense;

    if (grouping->dimension->kind == DIMENSION_YEAR)
        return forward_lists(grouping, members, nothing);
    if (grouping->dimension->kind != DIMENSION_ITEM)
        return forward_computed(grouping, members, nothing);
    if (!item_is_sound(grouping))
        return (struct forward){0};
    dense = dense_of(grouping);
    switch (dense->kind) {
    case DENSE_ONE: return forward_one(grouping, members, dense);
    case DENSE_LISTS: return forward_kept(grouping, dense);
    case DENSE_WALKED: break;
    }
    return forward_lists(grouping, members, nothing);
}
