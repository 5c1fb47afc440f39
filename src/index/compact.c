/* SPDX-License-Identifier: Apache-2.0
 *
 * index/compact.c: see compact.h.
 *
 * First the patients are merged by person, which gives every old row its new row (or none).
 * Both maps are ascending within a segment, so each block of the result is a merge of already
 * ordered runs by new subject; ties cannot happen, since a subject lives in one segment. */
#include "index/compact.h"

#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/table.h"
#include "index/set.h"
#include "index/writer.h"

#define ROW_NONE UINT32_MAX

struct source {
    const struct segment *segment;
    const uint64_t *mask;
    uint32_t *new_patient; /* by old row; ROW_NONE when masked */
    uint32_t *new_tumour;
    uint32_t *status_of; /* string number → number in the pool + 1, 0 = not seen */
    uint32_t at;         /* cursor: patient row, then block */
};

struct compactor {
    struct source *sources;
    size_t n;
    struct segment_columns columns;
    void *array[SEGMENT_ARRAYS]; /* owned */
    struct table *statuses;
    const char **status_names;
    size_t status_capacity;

    /* one block under construction */
    uint32_t *subject, *status, *link;
    uint16_t *first, *last, *end_first, *end_last;
    double *amount;
    size_t capacity;
};

/* ---- rows ---- */

static void source_init(struct source *source, const struct segment *segment,
                        const uint64_t *mask)
{
    source->segment = segment;
    source->mask = mask;
    source->at = 0;
    source->new_patient =
        memory_alloc(((size_t)segment->patients + 1) * sizeof(uint32_t));
    source->new_tumour = memory_alloc(((size_t)segment->tumours + 1) * sizeof(uint32_t));
    source->status_of =
        memory_alloc(((size_t)segment->header->strings + 1) * sizeof(uint32_t));
    memset(source->status_of, 0,
           ((size_t)segment->header->strings + 1) * sizeof(uint32_t));
}

static bool live(const struct source *source, uint32_t patient)
{
    return !source->mask || !set_has(source->mask, patient);
}

/* The source whose next live patient has the smallest person; NULL at the end. */
static struct source *next_patient(struct compactor *compactor)
{
    struct source *best = NULL;

    for (size_t i = 0; i < compactor->n; i++) {
        struct source *source = &compactor->sources[i];
        const struct segment *segment = source->segment;

        while (source->at < segment->patients && !live(source, source->at)) {
            uint32_t p = source->at++;

            source->new_patient[p] = ROW_NONE;
            for (uint32_t t = segment->first_tumour[p]; t < segment->first_tumour[p + 1];
                 t++)
                source->new_tumour[t] = ROW_NONE;
        }
        if (source->at < segment->patients &&
            (!best || segment->person[source->at] < best->segment->person[best->at]))
            best = source;
    }
    return best;
}

static const struct {
    enum segment_array array;
    size_t size;
} patient_arrays[] = {{ARRAY_PERSON, 4},      {ARRAY_COUNTED, 4},
                      {ARRAY_BIRTH_FIRST, 2}, {ARRAY_BIRTH_LAST, 2},
                      {ARRAY_DEATH_FIRST, 2}, {ARRAY_DEATH_LAST, 2},
                      {ARRAY_VISIT_FIRST, 2}, {ARRAY_VISIT_LAST, 2},
                      {ARRAY_NEWS_FIRST, 2},  {ARRAY_NEWS_LAST, 2},
                      {ARRAY_DEAD, 1}},
  tumour_arrays[] = {{ARRAY_DIAGNOSIS_FIRST, 2}, {ARRAY_DIAGNOSIS_LAST, 2}};

static const unsigned char *source_array(const struct source *source,
                                         enum segment_array array)
{
    return source->segment->map + source->segment->header->arrays[array].offset;
}

static void copy_patient(struct compactor *compactor, struct source *source)
{
    const struct segment *segment = source->segment;
    uint32_t old = source->at++, new = compactor->columns.patients++;

    source->new_patient[old] = new;
    for (size_t i = 0; i < ARRAY_LENGTH(patient_arrays); i++) {
        size_t size = patient_arrays[i].size;

        memcpy((char *)compactor->array[patient_arrays[i].array] + new *size,
               source_array(source, patient_arrays[i].array) + old * size, size);
    }
    ((uint32_t *)compactor->array[ARRAY_TUMOURS])[new] = compactor->columns.tumours;
    for (uint32_t t = segment->first_tumour[old]; t < segment->first_tumour[old + 1];
         t++) {
        uint32_t row = compactor->columns.tumours++;

        source->new_tumour[t] = row;
        ((uint32_t *)compactor->array[ARRAY_PATIENT])[row] = new;
        for (size_t i = 0; i < ARRAY_LENGTH(tumour_arrays); i++)
            memcpy((char *)compactor->array[tumour_arrays[i].array] + row * 2u,
                   source_array(source, tumour_arrays[i].array) + t * 2u, 2);
    }
}

static void merge_rows(struct compactor *compactor)
{
    size_t patients = 1, tumours = 1;
    struct source *source;

    for (size_t i = 0; i < compactor->n; i++) {
        patients += compactor->sources[i].segment->patients;
        tumours += compactor->sources[i].segment->tumours;
    }
    for (size_t i = 0; i < ARRAY_LENGTH(patient_arrays); i++)
        compactor->array[patient_arrays[i].array] =
            memory_alloc(patients * patient_arrays[i].size);
    for (size_t i = 0; i < ARRAY_LENGTH(tumour_arrays); i++)
        compactor->array[tumour_arrays[i].array] = memory_alloc(tumours * 2);
    compactor->array[ARRAY_TUMOURS] = memory_alloc(patients * 4);
    compactor->array[ARRAY_PATIENT] = memory_alloc(tumours * 4);
    while ((source = next_patient(compactor)))
        copy_patient(compactor, source);
    ((uint32_t *)compactor->array[ARRAY_TUMOURS])[compactor->columns.patients] =
        compactor->columns.tumours;
}

/* ---- activity ---- */

/* Returns whether anybody is left. */
static bool remap_set(const struct source *source, const uint64_t *old, uint64_t *new)
{
    bool any = false;

    set_each(row, old, source->segment->patients)
    {
        if (source->new_patient[row] != ROW_NONE) {
            set_put(new, source->new_patient[row]);
            any = true;
        }
    }
    return any;
}

static bool remap_year(const struct source *source, uint16_t year, uint64_t *out)
{
    const uint16_t *years = (const void *)source_array(source, ARRAY_YEARS);
    const uint64_t *sets = (const void *)source_array(source, ARRAY_ACTIVE);

    for (uint64_t i = 0; i < source->segment->header->arrays[ARRAY_YEARS].count; i++)
        if (years[i] == year)
            return remap_set(source, sets + i * set_words(source->segment->patients),
                             out);
    return false;
}

static void merge_activity(struct compactor *compactor)
{
    size_t words = set_words(compactor->columns.patients);
    uint16_t *years = memory_alloc((YEAR_LAST - YEAR_FIRST + 1) * sizeof(*years));
    uint64_t *sets = NULL;
    size_t capacity = 0;
    uint32_t n = 0;

    for (int year = YEAR_FIRST; year <= YEAR_LAST; year++) {
        bool any = false;

        memory_grow((void **)&sets, &capacity, (n + 1) * words + 1, sizeof(*sets));
        memset(sets + n * words, 0, words * sizeof(*sets));
        for (size_t i = 0; i < compactor->n; i++)
            any |= remap_year(&compactor->sources[i], (uint16_t)year, sets + n * words);
        if (any)
            years[n++] = (uint16_t)year;
    }

    uint64_t *undated = memory_alloc((words + 1) * sizeof(*undated));

    memset(undated, 0, (words + 1) * sizeof(*undated));
    for (size_t i = 0; i < compactor->n; i++)
        remap_set(&compactor->sources[i],
                  (const void *)source_array(&compactor->sources[i], ARRAY_UNDATED),
                  undated);
    compactor->array[ARRAY_YEARS] = years;
    compactor->array[ARRAY_ACTIVE] = sets;
    compactor->array[ARRAY_UNDATED] = undated;
    compactor->columns.n_years = n;
}

/* ---- blocks ---- */

static uint32_t status_number(struct compactor *compactor, struct source *source,
                              uint32_t string)
{
    if (!source->status_of[string]) {
        const char *name = segment_string(source->segment, string);
        bool added;
        uint64_t *number = table_put(compactor->statuses, name, strlen(name), &added);

        if (added) {
            *number = table_count(compactor->statuses) - 1;
            memory_grow((void **)&compactor->status_names, &compactor->status_capacity,
                        (size_t)*number + 1, sizeof(*compactor->status_names));
            compactor->status_names[*number] =
                table_key(compactor->statuses, (size_t)*number, NULL);
        }
        source->status_of[string] = (uint32_t)*number + 1;
    }
    return source->status_of[string] - 1;
}

static void reserve(struct compactor *compactor, size_t n)
{
    if (n <= compactor->capacity)
        return;
    compactor->capacity = n + n / 4;
    n = compactor->capacity;
    compactor->subject = memory_resize(compactor->subject, n * sizeof(uint32_t));
    compactor->status = memory_resize(compactor->status, n * sizeof(uint32_t));
    compactor->link = memory_resize(compactor->link, n * sizeof(uint32_t));
    compactor->first = memory_resize(compactor->first, n * sizeof(uint16_t));
    compactor->last = memory_resize(compactor->last, n * sizeof(uint16_t));
    compactor->end_first = memory_resize(compactor->end_first, n * sizeof(uint16_t));
    compactor->end_last = memory_resize(compactor->end_last, n * sizeof(uint16_t));
    compactor->amount = memory_resize(compactor->amount, n * sizeof(double));
}

/* One run: a source's block of the wanted (item, code, level), and the place in it. */
struct run {
    struct source *source;
    const struct segment_block *block;
    const uint32_t *subjects; /* old rows, once the block was checked */
    uint32_t at;
    uint32_t subject; /* new row of the posting at AT */
};

static bool run_advance(struct run *run)
{
    const uint32_t *rows = run->block->level == LEVEL_TUMOUR ? run->source->new_tumour
                                                             : run->source->new_patient;

    for (; run->at < run->block->n; run->at++) {
        run->subject = rows[run->subjects[run->at]];
        if (run->subject != ROW_NONE)
            return true;
    }
    return false;
}

static void copy_posting(struct compactor *compactor, const struct run *run, uint32_t n)
{
    const struct segment *segment = run->source->segment;
    const struct segment_block *block = run->block;
    uint32_t i = run->at, status = 0;

    compactor->subject[n] = run->subject;
    compactor->first[n] = ((const uint16_t *)segment_at(segment, block->first))[i];
    compactor->last[n] = ((const uint16_t *)segment_at(segment, block->last))[i];
    compactor->end_first[n] =
        block->end_first ? ((const uint16_t *)segment_at(segment, block->end_first))[i]
                         : DAY16_OPEN_BEFORE;
    compactor->end_last[n] =
        block->end_last ? ((const uint16_t *)segment_at(segment, block->end_last))[i]
                        : DAY16_OPEN_AFTER;
    compactor->amount[n] = segment_amount(segment, block, i);
    compactor->link[n] = segment_link(segment, block, i);
    if (block->n_status) {
        if (block->status_width)
            memcpy(&status,
                   (const uint8_t *)segment_at(segment, block->status) +
                       (size_t)i * block->status_width,
                   block->status_width);
        status = ((const uint32_t *)segment_at(segment, block->status_strings))[status];
    }
    compactor->status[n] = status_number(compactor, run->source, status);
}

static uint32_t merge_runs(struct compactor *compactor, struct run *runs, size_t n_runs)
{
    uint32_t n = 0;
    size_t kept = 0;

    for (size_t i = 0; i < n_runs; i++)
        if (run_advance(&runs[i]))
            runs[kept++] = runs[i];
    while (kept > 0) {
        struct run *run = &runs[0];
        uint32_t limit = ROW_NONE;

        for (size_t i = 1; i < kept; i++)
            if (runs[i].subject < run->subject)
                run = &runs[i];
        for (size_t i = 0; i < kept; i++)
            if (&runs[i] != run && runs[i].subject < limit)
                limit = runs[i].subject;
        do {
            copy_posting(compactor, run, n++);
            run->at++;
        } while (run_advance(run) && run->subject < limit);
        if (run->at >= run->block->n)
            *run = runs[--kept];
    }
    return n;
}

static int block_order(const struct source *a, const struct source *b)
{
    const struct segment_block *x = &a->segment->blocks[a->at],
                               *y = &b->segment->blocks[b->at];

    if (x->item != y->item)
        return (int)x->item - (int)y->item;

    int order =
        strcmp(segment_string(a->segment, x->code), segment_string(b->segment, y->code));

    return order ? order : (int)x->level - (int)y->level;
}

/* The sources whose next block is the smallest, as runs; their cursors move on. */
static size_t next_block(struct compactor *compactor, struct run *runs)
{
    const struct source *best = NULL;
    size_t n = 0;

    for (size_t i = 0; i < compactor->n; i++) {
        struct source *source = &compactor->sources[i];

        if (source->at < source->segment->header->blocks &&
            (!best || block_order(source, best) < 0))
            best = source;
    }
    if (!best)
        return 0;

    struct source wanted = *best;

    for (size_t i = 0; i < compactor->n; i++) {
        struct source *source = &compactor->sources[i];

        if (source->at < source->segment->header->blocks &&
            block_order(source, &wanted) == 0)
            runs[n++] = (struct run){.source = source,
                                     .block = &source->segment->blocks[source->at++]};
    }
    return n;
}

/* What is damaged is not copied: it would be sealed as good. */
static int check_runs(struct run *runs, size_t n_runs, struct error *err)
{
    for (size_t i = 0; i < n_runs; i++) {
        const struct segment *segment = runs[i].source->segment;

        if (segment_check_block(segment, runs[i].block, err) < 0)
            return -1;
        runs[i].subjects = segment_subjects(segment, runs[i].block);
    }
    return 0;
}

static int merge_blocks(struct compactor *compactor, struct segment_writer *writer,
                        struct error *err)
{
    struct run *runs = memory_alloc((compactor->n + 1) * sizeof(*runs));
    size_t n_runs;
    int result = 0;

    for (size_t i = 0; i < compactor->n; i++)
        compactor->sources[i].at = 0;
    while (result == 0 && (n_runs = next_block(compactor, runs)) > 0) {
        const struct segment_block *block = runs[0].block;
        enum item item = (enum item)block->item;
        const struct group_row *group = model_group(model_item(item)->group);
        bool key = model_item(item)->index == INDEX_KEYS;
        size_t total = 0;
        /* merge_runs shuffles the runs, so say first what the block is */
        struct block_postings postings = {.item = item,
                                          .level = (enum segment_level)block->level,
                                          .code = segment_string(runs[0].source->segment,
                                                                 block->code)};

        if (check_runs(runs, n_runs, err) < 0) {
            result = -1;
            break;
        }
        for (size_t i = 0; i < n_runs; i++)
            total += runs[i].block->n;
        reserve(compactor, total);
        postings.n = merge_runs(compactor, runs, n_runs);
        postings.subject = compactor->subject;
        postings.first = compactor->first;
        postings.last = compactor->last;
        postings.end_first = key && group->end ? compactor->end_first : NULL;
        postings.end_last = key && group->end ? compactor->end_last : NULL;
        postings.amount = compactor->amount;
        postings.status = key && group->status ? compactor->status : NULL;
        postings.status_names = compactor->status_names;
        postings.n_status_names = (uint32_t)table_count(compactor->statuses);
        postings.link = model_whole_of(group->group) ? compactor->link : NULL;
        if (postings.n)
            result = segment_writer_block(writer, &postings, err);
    }
    memory_free(runs);
    return result;
}

/* ---- all of it ---- */

static void compactor_free(struct compactor *compactor)
{
    for (size_t i = 0; i < compactor->n; i++) {
        memory_free(compactor->sources[i].new_patient);
        memory_free(compactor->sources[i].new_tumour);
        memory_free(compactor->sources[i].status_of);
    }
    for (int i = 0; i < SEGMENT_ARRAYS; i++)
        memory_free(compactor->array[i]);
    memory_free(compactor->sources);
    table_free(compactor->statuses);
    memory_free((void *)(uintptr_t)compactor->status_names);
    memory_free(compactor->subject);
    memory_free(compactor->status);
    memory_free(compactor->link);
    memory_free(compactor->first);
    memory_free(compactor->last);
    memory_free(compactor->end_first);
    memory_free(compactor->end_last);
    memory_free(compactor->amount);
}

int segments_compact(const struct segment *const *segments, const uint64_t *const *masks,
                     size_t n, const char *path, struct error *err)
{
    struct compactor compactor = {.n = n, .statuses = table_new()};
    int result = -1;

    compactor.sources = memory_alloc((n + 1) * sizeof(*compactor.sources));
    for (size_t i = 0; i < n; i++)
        source_init(&compactor.sources[i], segments[i], masks[i]);
    merge_rows(&compactor);
    merge_activity(&compactor);
    for (int i = 0; i < SEGMENT_ARRAYS; i++)
        compactor.columns.array[i] = compactor.array[i];

    struct segment_writer *writer = segment_writer_new(path, &compactor.columns, err);

    if (writer && merge_blocks(&compactor, writer, err) < 0)
        segment_writer_abort(writer);
    else if (writer)
        result = segment_writer_finish(writer, err);
    compactor_free(&compactor);
    return result;
}
