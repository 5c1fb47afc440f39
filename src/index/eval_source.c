/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_source.c: postings brought together by subject, a tile at a time. See
 * eval_history.h. */
#include "base/error.h"
#include "index/eval_history.h"

/* Few enough that the facts of a tile stay in the cache, many enough that beginning one costs
 * nothing. */
#define TILE_PATIENTS 4096

struct source *source_open(const struct evaluator *ev, const struct criteria *line,
                           enum segment_level level, const uint64_t *wanted)
{
    struct source *source = arena_alloc(ev->arena, sizeof(*source));
    const struct criteria *facts = line->from ? line->from : line;

    source->line = line;
    source->level = level;
    source->prepared = line_prepare(ev, line);
    source->matches = fact_matches(ev, line);
    source->group_has_end = model_group(model_item(line->item)->group)->end != ITEM_NONE;
    source->wanted = wanted;
    if (line->from)
        source->from = source_open(ev, line->from, level, wanted);
    else
        source->absence_unknown =
            fact_absence_unknown(ev, facts, &source->matches, level);
    source->at = arena_array(ev->arena, source->matches.n + 1, sizeof(*source->at));
    source->others = arena_array(ev->arena, line->n_when + 1, sizeof(struct source *));
    for (size_t i = 0; i < line->n_when; i++)
        if (line->when[i].other)
            source->others[i] = source_open(ev, line->when[i].other, level, wanted);
    return source;
}

void source_close(struct source *source)
{
    if (!source)
        return;
    source_close(source->from);
    for (size_t i = 0; i < source->line->n_when; i++)
        source_close(source->others[i]);
    memory_free(source->start);
    memory_free(source->entries);
    memory_free(source->unsorted);
    memory_free(source->rows);
}

struct tile tile_at(const struct segment *segment, enum segment_level level,
                    uint32_t patient)
{
    uint32_t after = segment->patients - patient > TILE_PATIENTS ? patient + TILE_PATIENTS
                                                                 : segment->patients;

    if (level == LEVEL_PATIENT)
        return (struct tile){patient, after, patient, after};
    return (struct tile){patient, after, segment->first_tumour[patient],
                         segment->first_tumour[after]};
}

static bool is_wanted(const struct source *source, uint32_t row)
{
    return !source->wanted || set_has(source->wanted, row);
}

static void add_entry(const struct evaluator *ev, struct source *source, uint32_t row,
                      uint32_t match, uint32_t i, enum truth truth)
{
    const struct segment_block *block = source->matches.match[match].block;
    struct days16 start = posting_days16(ev->segment, block, i, false), end = start;

    if (source->group_has_end)
        end = posting_days16(ev->segment, block, i, true);
    memory_grow((void **)&source->rows, &source->rows_capacity, source->n + 1,
                sizeof(*source->rows));
    memory_grow((void **)&source->unsorted, &source->unsorted_capacity, source->n + 1,
                sizeof(*source->unsorted));
    source->rows[source->n] = row;
    source->unsorted[source->n++] = (struct entry){start, end, i, match, truth};
}

static void add_row(const struct evaluator *ev, struct source *source, uint32_t row,
                    uint32_t match, uint32_t i, enum truth truth)
{
    if (source->level == LEVEL_TUMOUR && source->prepared.asks_diagnosis)
        truth = truth_and(truth,
                          posting_diagnosis(ev, &source->prepared,
                                            source->matches.match[match].block, i, row));
    if (truth != TRUTH_NO)
        add_entry(ev, source, row, match, i, truth);
}

/* Posting I as a fact of the rows that it speaks of. */
static void add_posting(const struct evaluator *ev, struct source *source,
                        uint32_t number, uint32_t i, uint32_t subject)
{
    const struct match *match = &source->matches.match[number];
    const struct segment *segment = ev->segment;
    bool spread = match->block->level == LEVEL_PATIENT && source->level == LEVEL_TUMOUR;
    enum truth truth;

    if (match->block->level == LEVEL_TUMOUR && source->level == LEVEL_PATIENT)
        subject = segment->tumour_patient[subject];
    if (!spread && !is_wanted(source, subject))
        return;
    truth = posting_truth(ev, &source->prepared, match, i);
    if (truth == TRUTH_NO)
        return;
    if (!spread) {
        add_row(ev, source, subject, number, i, truth);
        return;
    }
    for (uint32_t row = segment->first_tumour[subject];
         row < segment->first_tumour[subject + 1]; row++)
        if (is_wanted(source, row))
            add_row(ev, source, row, number, i,
                    truth_and(truth, posting_attached(segment, match->block, i, row,
                                                      fact_scope(source->line))));
}

static void load_match(const struct evaluator *ev, struct source *source, uint32_t number,
                       const struct tile *tile)
{
    const struct segment_block *block = source->matches.match[number].block;
    const uint32_t *subject = segment_at(ev->segment, block->subject);
    uint32_t end = block->level == LEVEL_PATIENT
                       ? tile->after_patient
                       : ev->segment->first_tumour[tile->after_patient];
    uint32_t i = source->at[number];

    for (; i < block->n && subject[i] < end; i++)
        add_posting(ev, source, number, i, subject[i]);
    source->at[number] = i;
}

/* By row, each row's facts in the order of the blocks. */
static void sort_entries(struct source *source, const struct tile *tile)
{
    size_t rows = tile->after_row - tile->row;

    source->start = memory_resize(source->start, (rows + 2) * sizeof(*source->start));
    memset(source->start, 0, (rows + 2) * sizeof(*source->start));
    memory_grow((void **)&source->entries, &source->entries_capacity, source->n + 1,
                sizeof(*source->entries));
    for (size_t i = 0; i < source->n; i++)
        source->start[source->rows[i] - tile->row + 2]++;
    for (size_t r = 0; r < rows; r++)
        source->start[r + 2] += source->start[r + 1];
    for (size_t i = 0; i < source->n; i++)
        source->entries[source->start[source->rows[i] - tile->row + 1]++] =
            source->unsorted[i];
}

void source_load(const struct evaluator *ev, struct source *source,
                 const struct tile *tile)
{
    source->n = 0;
    if (source->from) {
        source_load(ev, source->from, tile);
    } else {
        for (size_t m = 0; m < source->matches.n; m++)
            load_match(ev, source, (uint32_t)m, tile);
        sort_entries(source, tile);
    }
    for (size_t i = 0; i < source->line->n_when; i++)
        if (source->others[i])
            source_load(ev, source->others[i], tile);
}
