/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_source.c: postings brought together by subject, a tile at a time. See
 * eval_history.h.
 *
 * A tile's postings are gone through twice: the first time those of wanted rows are found and
 * counted, which gives each row its place; then these are looked at and put there. */
#include "base/error.h"
#include "index/eval_history.h"

/* Few enough that the facts of a tile stay in the cache, many enough that beginning one costs
 * nothing. */
#define TILE_PATIENTS 4096

/* Is the end of LINE's own facts asked for by its conditions? */
static bool asks_end(const struct criteria *line)
{
    for (size_t i = 0; i < line->n_when; i++)
        if (line->when[i].end || line->when[i].kind == WHEN_OVERLAPS ||
            line->when[i].kind == WHEN_LASTING || line->when[i].kind == WHEN_ONGOING)
            return true;
    return false;
}

/* Where the postings of a block go: on rows of their own level, or of the other one. */
enum landing { LAND_DIRECTLY, LAND_ON_PATIENT, LAND_ON_TUMOURS };

/* A match's postings of one tile: [i, after). */
struct stretch {
    const struct evaluator *ev;
    struct source *source;
    uint32_t match;
    const struct segment_block *block;
    enum landing landing;
    const uint32_t *subject;
    const uint16_t *first, *last, *end_first, *end_last;
    uint32_t n; /* postings of the block; 0 when it is damaged, and so the answer */
    uint32_t i, after;
    size_t first_found, n_found; /* among the source's */
};

void source_close(struct source *source)
{
    if (!source)
        return;
    source_close(source->from);
    for (size_t i = 0; i < source->line->n_when; i++)
        source_close(source->others[i]);
    memory_free(source->start);
    memory_free(source->after);
    memory_free(source->entries);
    memory_free(source->found);
}

struct tile tile_at(const struct segment *segment, enum segment_level level,
                    uint32_t patient)
{
    uint32_t after = segment->patients - patient > TILE_PATIENTS ? patient + TILE_PATIENTS
                                                                 : segment->patients;

    if (level == LEVEL_PATIENT)
        return (struct tile){patient, after, patient, after, NULL, 0};
    return (struct tile){
        patient, after, segment->first_tumour[patient], segment->first_tumour[after],
        NULL,    0};
}

static bool is_wanted(const struct source *source, uint32_t row)
{
    return !source->wanted || set_has(source->wanted, row);
}

static enum landing landing_of(const struct source *source,
                               const struct segment_block *block)
{
    if (block->level == source->level)
        return LAND_DIRECTLY;
    return block->level == LEVEL_TUMOUR ? LAND_ON_PATIENT : LAND_ON_TUMOURS;
}

static void begin_stretch(const struct evaluator *ev, struct source *source,
                          uint32_t match, struct stretch *stretch)
{
    const struct segment *segment = ev->segment;
    const struct segment_block *block = source->matches.match[match].block;

    *stretch = (struct stretch){.ev = ev,
                                .source = source,
                                .match = match,
                                .block = block,
                                .landing = landing_of(source, block)};
    if (!block_is_sound(ev, block))
        return;
    stretch->n = block->n;
    stretch->subject = segment_subjects(segment, block);
    stretch->first = segment_at(segment, block->first);
    stretch->last = segment_at(segment, block->last);
    if (source->asks_end && block->end_first) {
        stretch->end_first = segment_at(segment, block->end_first);
        stretch->end_last = segment_at(segment, block->end_last);
    }
}

/* On to the postings of TILE. */
static void next_stretch(struct stretch *stretch, const struct tile *tile)
{
    uint32_t end = stretch->block->level == LEVEL_PATIENT
                       ? tile->after_patient
                       : stretch->ev->segment->first_tumour[tile->after_patient];

    stretch->i = stretch->after;
    stretch->after = posting_from(stretch->subject, stretch->n, stretch->i, end);
}

struct source *source_open(const struct evaluator *ev, const struct criteria *line,
                           bool asked_end, enum segment_level level,
                           const uint64_t *wanted)
{
    struct source *source = arena_alloc(ev->arena, sizeof(*source));

    source->line = line;
    source->level = level;
    source->prepared = line_prepare(ev, line);
    source->matches = fact_matches(ev, line);
    source->asks_end = (asked_end || asks_end(line)) &&
                       model_group(model_item(line->item)->group)->end != ITEM_NONE;
    source->wanted = wanted;
    if (line->from) {
        source->from = source_open(ev, line->from, source->asks_end, level, wanted);
    } else {
        source->absence_unknown =
            fact_absence_unknown(ev, line, &source->matches, level, wanted);
    }
    source->stretches =
        arena_array(ev->arena, source->matches.n + 1, sizeof(*source->stretches));
    source->others = arena_array(ev->arena, line->n_when + 1, sizeof(struct source *));
    for (uint32_t m = 0; m < source->matches.n; m++)
        begin_stretch(ev, source, m, &source->stretches[m]);
    for (size_t i = 0; i < line->n_when; i++)
        if (line->when[i].other)
            source->others[i] =
                source_open(ev, line->when[i].other, source_asks_end(&line->when[i]),
                            level, wanted);
    return source;
}

static void count_posting(const struct stretch *stretch, const struct tile *tile,
                          uint32_t i)
{
    const struct segment *segment = stretch->ev->segment;
    uint32_t *count = stretch->source->start + 1, subject = stretch->subject[i];

    switch (stretch->landing) {
    case LAND_DIRECTLY: count[subject - tile->row]++; break;
    case LAND_ON_PATIENT: count[segment->tumour_patient[subject] - tile->row]++; break;
    case LAND_ON_TUMOURS:
        for (uint32_t t = segment->first_tumour[subject];
             t < segment->first_tumour[subject + 1]; t++)
            count[t - tile->row]++;
        break;
    }
}

static struct days16 end_of_posting(const struct stretch *stretch, uint32_t i)
{
    if (stretch->end_first)
        return (struct days16){stretch->end_first[i], stretch->end_last[i]};
    if (stretch->source->asks_end)
        return (struct days16){DAY16_OPEN_BEFORE, DAY16_OPEN_AFTER};
    return (struct days16){stretch->first[i], stretch->last[i]};
}

static void put_row(const struct stretch *stretch, const struct tile *tile, uint32_t i,
                    uint32_t row, enum truth truth)
{
    struct source *source = stretch->source;

    if (truth != TRUTH_NO && source->prepared.asks_diagnosis)
        truth = truth_and(truth, posting_diagnosis(stretch->ev, &source->prepared,
                                                   stretch->block, i, row));
    if (truth != TRUTH_NO)
        source->entries[source->after[row - tile->row]++] =
            (struct entry){.start = {stretch->first[i], stretch->last[i]},
                           .end = end_of_posting(stretch, i),
                           .i = i,
                           .match = stretch->match & 0x3fffffff,
                           .truth = truth & 3};
}

static void put_on_tumours(const struct stretch *stretch, const struct tile *tile,
                           uint32_t i, uint32_t patient, enum truth truth)
{
    const struct segment *segment = stretch->ev->segment;
    enum scope scope = fact_scope(stretch->source->line);

    for (uint32_t row = segment->first_tumour[patient];
         row < segment->first_tumour[patient + 1]; row++)
        if (is_wanted(stretch->source, row))
            put_row(stretch, tile, i, row,
                    truth_and(truth,
                              posting_attached(segment, stretch->block, i, row, scope)));
}

static void put_posting(const struct stretch *stretch, const struct tile *tile,
                        uint32_t i)
{
    const struct source *source = stretch->source;
    const struct match *match = &source->matches.match[stretch->match];
    enum landing landing = stretch->landing;
    uint32_t row = stretch->subject[i];
    enum truth truth = match->truth;

    if (landing == LAND_ON_PATIENT)
        row = stretch->ev->segment->tumour_patient[row];
    if (!source->prepared.any_posting)
        truth = posting_truth(stretch->ev, &source->prepared, match, i);
    if (truth == TRUTH_NO)
        return;
    if (landing == LAND_ON_TUMOURS)
        put_on_tumours(stretch, tile, i, row, truth);
    else
        put_row(stretch, tile, i, row, truth);
}

/* Without a branch: whether a row is wanted goes either way. */
static size_t find_all(const struct stretch *stretch, uint32_t *found)
{
    const uint64_t *wanted = stretch->source->wanted;
    const uint32_t *patient = stretch->ev->segment->tumour_patient;
    size_t n = 0;

    for (uint32_t i = stretch->i; i < stretch->after; i++) {
        uint32_t row = stretch->subject[i];

        found[n] = i;
        if (!wanted || stretch->landing == LAND_ON_TUMOURS)
            n++;
        else
            n += set_has(wanted, stretch->landing == LAND_DIRECTLY ? row : patient[row]);
    }
    return n;
}

static size_t find_listed(const struct stretch *stretch, const struct tile *tile,
                          uint32_t *found)
{
    uint32_t i = stretch->i, first, after;
    size_t n = 0;

    for (size_t w = 0; w < tile->n_wanted && i < stretch->after; w++) {
        row_subjects(stretch->ev->segment, stretch->source->level, stretch->block,
                     tile->wanted[w], &first, &after);
        i = posting_from(stretch->subject, stretch->n, i, first);
        for (; i < stretch->after && stretch->subject[i] < after; i++)
            found[n++] = i;
    }
    return n;
}

/* The postings of the stretch whose rows are wanted, behind those found before: by going
 * through all, or where few rows are wanted, by looking these up. (One that stands with the
 * patient is of several rows.) */
static void find_wanted(struct stretch *stretch, const struct tile *tile)
{
    struct source *source = stretch->source;
    uint32_t n = stretch->after - stretch->i;
    bool few = tile->n_wanted * 8 < n;

    memory_grow((void **)&source->found, &source->found_capacity, source->n_found + n + 1,
                sizeof(*source->found));
    stretch->first_found = source->n_found;
    stretch->n_found = few ? find_listed(stretch, tile, source->found + source->n_found)
                           : find_all(stretch, source->found + source->n_found);
    source->n_found += stretch->n_found;
    stretch->ev->work->postings += few ? stretch->n_found : n;
}

/* From counts to places. */
static void make_room(struct source *source, size_t rows)
{
    for (size_t r = 0; r < rows; r++)
        source->start[r + 1] += source->start[r];
    memory_grow((void **)&source->entries, &source->entries_capacity,
                source->start[rows] + 1, sizeof(*source->entries));
    memcpy(source->after, source->start, rows * sizeof(*source->after));
}

static void load_facts(struct source *source, const struct tile *tile)
{
    size_t rows = tile->after_row - tile->row;

    source->start = memory_resize(source->start, (rows + 1) * sizeof(*source->start));
    source->after = memory_resize(source->after, (rows + 1) * sizeof(*source->after));
    memset(source->start, 0, (rows + 1) * sizeof(*source->start));
    source->n_found = 0;
    for (size_t m = 0; m < source->matches.n; m++) {
        struct stretch *stretch = &source->stretches[m];

        next_stretch(stretch, tile);
        find_wanted(stretch, tile);
        for (size_t k = 0; k < stretch->n_found; k++)
            count_posting(stretch, tile, source->found[stretch->first_found + k]);
    }
    make_room(source, rows);
    for (size_t m = 0; m < source->matches.n; m++) {
        const struct stretch *stretch = &source->stretches[m];

        for (size_t k = 0; k < stretch->n_found; k++)
            put_posting(stretch, tile, source->found[stretch->first_found + k]);
    }
}

void source_load(struct source *source, const struct tile *tile)
{
    if (source->from)
        source_load(source->from, tile);
    else
        load_facts(source, tile);
    for (size_t i = 0; i < source->line->n_when; i++)
        if (source->others[i])
            source_load(source->others[i], tile);
}
