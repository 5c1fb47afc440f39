/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_gathered.c: facts of subjects that more than one line of a question asks for. See
 * eval_history.h. */
#include <string.h>

#include "index/eval_history.h"

/* Facts kept at a time, of all lines: 12 MB. */
#define GATHERED_MOST ((size_t)1 << 20)

struct gathered {
    const struct criteria *line;
    enum segment_level level;
    size_t rows;
    bool complete;
    uint64_t *covered; /* rows whose facts are here */
    struct fact_of_row *facts;
    size_t n, capacity;
    size_t *total; /* of all that an evaluator keeps */
    struct gathered *next;
};

/* Do two lines ask for the facts of the same codes? Whatever else they ask of them. */
static bool are_alike(const struct criteria *a, const struct criteria *b)
{
    if (a->item != b->item || a->n_codes != b->n_codes)
        return false;
    for (size_t i = 0; i < a->n_codes; i++)
        if (strcmp(a->codes[i].first_code, b->codes[i].first_code) != 0 ||
            strcmp(a->codes[i].last_code, b->codes[i].last_code) != 0)
            return false;
    return true;
}

/* How often facts like those of LINE are asked for in CRITERIA. */
static size_t count_alike(const struct criteria *criteria, const struct criteria *line)
{
    size_t n = 0;

    if (criteria->kind == CRITERIA_FACT && !criteria->from)
        n += are_alike(criteria, line);
    if (criteria->from)
        n += count_alike(criteria->from, line);
    for (size_t i = 0; i < criteria->n_when; i++)
        if (criteria->when[i].other)
            n += count_alike(criteria->when[i].other, line);
    for (size_t i = 0; i < criteria->n_children; i++)
        n += count_alike(criteria->children[i], line);
    return n;
}

struct gathered *gathered_find(const struct evaluator *ev, const struct criteria *line,
                               enum segment_level level, const uint64_t *wanted)
{
    struct gathered *gathered = ev->gathered && wanted ? *ev->gathered : NULL;

    for (; gathered; gathered = gathered->next)
        if (gathered->complete && gathered->level == level &&
            are_alike(gathered->line, line) &&
            set_count_and(wanted, gathered->covered, gathered->rows) ==
                set_count(wanted, gathered->rows))
            return gathered;
    return NULL;
}

struct gathered *gathered_begin(const struct evaluator *ev, const struct criteria *line,
                                enum segment_level level)
{
    struct gathered *gathered;

    if (!ev->gathered || count_alike(ev->question, line) < 2)
        return NULL;
    gathered = arena_alloc(ev->arena, sizeof(*gathered));
    gathered->line = line;
    gathered->level = level;
    gathered->rows = level_rows(ev, level);
    gathered->covered = set_new(ev->arena, gathered->rows);
    gathered->total =
        *ev->gathered ? (*ev->gathered)->total : arena_alloc(ev->arena, sizeof(size_t));
    gathered->next = *ev->gathered;
    *ev->gathered = gathered;
    return gathered;
}

void gathered_cover(struct gathered *gathered, const uint32_t *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        set_put(gathered->covered, rows[i]);
}

struct fact_of_row *gathered_add(struct gathered *gathered, size_t n)
{
    if (*gathered->total + n > GATHERED_MOST) {
        *gathered->total -= gathered->n;
        memory_free(gathered->facts);
        gathered->facts = NULL;
        gathered->n = gathered->capacity = 0;
        return NULL;
    }
    memory_grow((void **)&gathered->facts, &gathered->capacity, gathered->n + n + 1,
                sizeof(*gathered->facts));
    gathered->n += n;
    *gathered->total += n;
    return gathered->facts + gathered->n - n;
}

void gathered_end(struct gathered *gathered)
{
    gathered->complete = true;
}

/* The first fact that is not before ROW. */
static size_t fact_from(const struct gathered *gathered, uint32_t row)
{
    size_t low = 0, high = gathered->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (gathered->facts[middle].row < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct fact_of_row *gathered_facts(const struct gathered *gathered, uint32_t row,
                                         uint32_t after_row, size_t *n_r)
{
    size_t first = fact_from(gathered, row);

    *n_r = fact_from(gathered, after_row) - first;
    return gathered->facts + first;
}

void gathered_free(struct gathered *gathered)
{
    for (; gathered; gathered = gathered->next)
        memory_free(gathered->facts);
}
