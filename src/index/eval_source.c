/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_source.c: postings brought together by subject, a tile at a time. See
 * eval_history.h.
 *
 * A tile's postings are gone through twice: the first time those of wanted rows are found and
 * counted, which gives each row its place; then these are looked at and put there. */
#include "base/error.h"
#include "index/eval_history.h"

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
    uint32_t i; /* read so far */
    size_t first_found, n_found; /* among the source's */
};

void source_close(struct source *source)
{
    if (!source)
        return;
    if (source->keeps)
        gathered_end(source->keeps);
    source_close(source->from);
    for (size_t i = 0; i < source->line->n_when; i++)
        source_close(source->others[i]);
    memory_free(source->start);
    memory_free(source->after);
    memory_free(source->entries);
    memory_free(source->found);
    memory_free(source->rows);
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

/* The subjects of TILE's facts in a block of LEVEL. */
static void tile_subjects(const struct segment *segment, const struct tile *tile,
                          enum segment_level level, uint32_t *first_r, uint32_t *after_r)
{
    *first_r = tile->patient;
    *after_r = tile->after_patient;
    if (level == LEVEL_TUMOUR) {
        *first_r = segment->first_tumour[tile->patient];
        *after_r = segment->first_tumour[tile->after_patient];
    }
}

/* Is PART of SOURCE better loaded before OTHER? What is kept for other lines first, for as many
 * rows as these may ask for; then what is required, from the least on. */
static bool comes_before(const struct source *source, const struct source *part,
                         const struct source *other)
{
    const struct source *a = part->from ? part->from : part;
    const struct source *b = other->from ? other->from : other;
    bool a_required = part == source || part->required;
    bool b_required = other == source || other->required;

    if (!a->keeps != !b->keeps)
        return a->keeps != NULL;
    if (a_required != b_required)
        return a_required;
    return a->matches.postings < b->matches.postings;
}

/* Its own facts and those of others. */
static void order_parts(const struct evaluator *ev, struct source *source)
{
    size_t n_when = source->line->n_when;

    source->order = arena_array(ev->arena, n_when + 1, sizeof(struct source *));
    source->order[source->n_order++] = source->from ? source->from : source;
    for (size_t i = 0; i < n_when; i++) {
        struct source *other = source->others[i];
        size_t at = source->n_order;

        if (!other)
            continue;
        source->n_order++;
        for (; at > 0 && comes_before(source, other, source->order[at - 1]); at--)
            source->order[at] = source->order[at - 1];
        source->order[at] = other;
    }
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
    for (size_t i = 0; i < line->n_when; i++)
        source->asks_patient_date |= line->when[i].kind == WHEN_PATIENT_DATE;
    source->spare = set_new(ev->arena, level_rows(ev, level));
    if (line->from) {
        source->from = source_open(ev, line->from, source->asks_end, level, wanted);
        source->from->required = line->order == ORDER_LAST ? 1 : (unsigned)line->order;
    } else {
        source->absence_unknown =
            fact_absence_unknown(ev, line, &source->matches, level, wanted);
        source->kept = gathered_find(ev, line, level, wanted);
        if (!source->kept)
            source->keeps = gathered_begin(ev, line, level);
    }
    source->stretches =
        arena_array(ev->arena, source->matches.n + 1, sizeof(*source->stretches));
    source->others = arena_array(ev->arena, line->n_when + 1, sizeof(struct source *));
    for (uint32_t m = 0; m < source->matches.n; m++) {
        begin_stretch(ev, source, m, &source->stretches[m]);
        if (source->stretches[m].landing == LAND_ON_TUMOURS && !source->patients)
            source->patients = set_new(ev->arena, ev->segment->patients);
    }
    for (size_t i = 0; i < line->n_when; i++) {
        if (!line->when[i].other)
            continue;
        source->others[i] = source_open(ev, line->when[i].other,
                                        source_asks_end(&line->when[i]), level, wanted);
        source->others[i]->required = !line->when[i].negated;
    }
    order_parts(ev, source);
    return source;
}

static struct days16 end_of_posting(const struct stretch *stretch, uint32_t i)
{
    if (stretch->end_first)
        return (struct days16){stretch->end_first[i], stretch->end_last[i]};
    if (stretch->source->asks_end)
        return (struct days16){DAY16_OPEN_BEFORE, DAY16_OPEN_AFTER};
    return (struct days16){stretch->first[i], stretch->last[i]};
}

/* The conditions on the distance from a date of the patient: most facts are far from it. */
static enum truth patient_dates_truth(const struct stretch *stretch, uint32_t i,
                                      uint32_t row)
{
    const struct segment *segment = stretch->ev->segment;
    const struct criteria *line = stretch->source->line;
    uint32_t patient =
        stretch->source->level == LEVEL_TUMOUR ? segment->tumour_patient[row] : row;
    enum truth truth = TRUTH_YES;

    for (size_t k = 0; k < line->n_when; k++) {
        const struct criteria_when *when = &line->when[k];

        if (when->kind == WHEN_PATIENT_DATE)
            truth =
                truth_and(truth, distance16(patient_days16(segment, when->item, patient),
                                            when->end ? end_of_posting(stretch, i)
                                                      : (struct days16){stretch->first[i],
                                                                        stretch->last[i]},
                                            when->low, when->high));
    }
    return truth;
}

static void put_posting(const struct stretch *stretch, const struct tile *tile,
                        uint32_t i, uint32_t row)
{
    /* an end is where the next fact of the row goes */
    struct source *source = stretch->source;
    const struct match *match = &source->matches.match[stretch->match];
    enum truth truth = match->truth;

    if (!source->prepared.any_posting)
        truth = posting_truth(stretch->ev, &source->prepared, match, i);
    if (truth != TRUTH_NO && stretch->landing == LAND_ON_TUMOURS)
        truth = truth_and(truth, posting_attached(stretch->ev->segment, stretch->block, i,
                                                  row, fact_scope(source->line)));
    if (truth != TRUTH_NO && source->prepared.asks_diagnosis)
        truth = truth_and(truth, posting_diagnosis(stretch->ev, &source->prepared,
                                                   stretch->block, i, row));
    /* a yes or an unknown is looked at again, with all else */
    if (truth != TRUTH_NO && source->asks_patient_date &&
        patient_dates_truth(stretch, i, row) == TRUTH_NO)
        return;
    if (truth != TRUTH_NO)
        source->entries[source->after[tile->rank[row - tile->row]]++] =
            (struct entry){.start = {stretch->first[i], stretch->last[i]},
                           .end = end_of_posting(stretch, i),
                           .i = i,
                           .match = stretch->match & 0x3fffffff,
                           .truth = truth & 3};
}

/* Is there nothing to ask of its postings, and their start all that is wanted? */
static bool is_plain(const struct stretch *stretch)
{
    const struct source *source = stretch->source;

    return source->prepared.any_posting && !source->prepared.asks_diagnosis &&
           !source->asks_patient_date && !source->asks_end &&
           stretch->landing != LAND_ON_TUMOURS;
}

/* The hot loop: put_posting() of N such ones. */
static void put_plain(const struct stretch *stretch, const struct tile *tile,
                      const struct found *found, size_t n)
{
    const uint32_t *rank = tile->rank;
    uint32_t *after = stretch->source->after;
    struct entry *entries = stretch->source->entries;
    const uint16_t *first = stretch->first, *last = stretch->last;
    struct entry entry = {.match = stretch->match & 0x3fffffff,
                          .truth =
                              stretch->source->matches.match[stretch->match].truth & 3};

    for (size_t k = 0; k < n; k++) {
        uint32_t i = found[k].i;

        entry.start = entry.end = (struct days16){first[i], last[i]};
        entry.i = i;
        entries[after[rank[found[k].row - tile->row]]++] = entry;
    }
}

/* ---- which postings ---- */

static struct found *room_for(struct source *source, size_t n)
{
    memory_grow((void **)&source->found, &source->found_capacity, source->n_found + n,
                sizeof(*source->found));
    return source->found + source->n_found;
}

/* What find_some() found on patients, for each live tumour of theirs. */
static void spread_found(struct source *source, const struct tile *tile,
                         const uint32_t *first_tumour, const struct found *found,
                         size_t n)
{
    for (size_t k = 0; k < n; k++) {
        uint32_t row = first_tumour[found[k].row], after = first_tumour[found[k].row + 1];
        struct found *out = room_for(source, after - row);

        for (; row < after; row++)
            if (set_has(tile->live, row))
                *out++ = (struct found){found[k].i, row};
        source->n_found = (size_t)(out - source->found);
    }
}

/* All postings of the tile: those of live rows are found. */
static void find_all(struct stretch *stretch, const struct tile *tile)
{
    const struct segment *segment = stretch->ev->segment;
    const uint32_t *patient =
        stretch->landing == LAND_ON_PATIENT ? segment->tumour_patient : NULL;
    struct source *source = stretch->source;
    struct found on_patients[FOUND_STEP];
    uint32_t first, end, i, begin, stop;

    tile_subjects(segment, tile, stretch->block->level, &first, &end);
    begin = i = posting_from(stretch->subject, stretch->n, stretch->i, first);
    do {
        stop = stretch->n - i < FOUND_STEP ? stretch->n : i + FOUND_STEP;
        if (stretch->landing == LAND_ON_TUMOURS) {
            size_t n = find_some(stretch->subject, NULL, source->patients, &i, stop, end,
                                 on_patients);

            spread_found(source, tile, segment->first_tumour, on_patients, n);
            continue;
        }
        source->n_found += find_some(stretch->subject, patient, tile->live, &i, stop, end,
                                     room_for(source, FOUND_STEP));
    } while (i == stop && i < stretch->n);
    stretch->i = i;
    stretch->ev->work->postings += i - begin;
}

static void find_listed(struct stretch *stretch, size_t n_rows)
{
    const struct segment *segment = stretch->ev->segment;
    struct source *source = stretch->source;
    const uint32_t *rows = source->rows;
    uint32_t i = stretch->i, first, after;
    size_t before = source->n_found;

    for (size_t r = 0; r < n_rows && i < stretch->n; r++) {
        row_subjects(segment, source->level, stretch->block, rows[r], &first, &after);
        i = posting_from(stretch->subject, stretch->n, i, first);
        /* a posting of the patient is of the next tumour, too: I stays at its first one */
        for (uint32_t k = i; k < stretch->n && stretch->subject[k] < after; k++) {
            *room_for(source, 1) = (struct found){k, rows[r]};
            source->n_found++;
        }
    }
    stretch->i = i;
    stretch->ev->work->postings += source->n_found - before;
}

/* The postings of the live rows, behind those of other matches: by going through all, or
 * where few rows are live, by looking these up. */
static void find_live(struct stretch *stretch, const struct tile *tile, size_t n_rows)
{
    struct source *source = stretch->source;
    size_t all = level_rows(stretch->ev, source->level);
    uint64_t expected = (uint64_t)stretch->n * (tile->after_row - tile->row) / all;

    stretch->first_found = source->n_found;
    if (n_rows * 16 < expected)
        find_listed(stretch, n_rows);
    else
        find_all(stretch, tile);
    stretch->n_found = source->n_found - stretch->first_found;
}

/* ---- to their places ---- */

/* From counts to places. */
static void make_room(struct source *source, size_t ranks)
{
    for (size_t r = 0; r < ranks; r++)
        source->start[r + 1] += source->start[r];
    memory_grow((void **)&source->entries, &source->entries_capacity,
                source->start[ranks] + 1, sizeof(*source->entries));
    memcpy(source->after, source->start, ranks * sizeof(*source->after));
}

/* No facts yet. */
static void clear_ranks(struct source *source, size_t ranks)
{
    size_t capacity = source->ranks_capacity;

    memory_grow((void **)&source->start, &capacity, ranks + 1, sizeof(*source->start));
    memory_grow((void **)&source->after, &source->ranks_capacity, ranks + 1,
                sizeof(*source->after));
    memset(source->start, 0, (ranks + 1) * sizeof(*source->start));
    source->n_found = 0;
}

/* Rows that lack facts which they need are live no more (until source_load() is done). */
static void drop_rows(const struct source *source, const struct tile *tile, size_t n_rows)
{
    for (size_t r = 0; r < n_rows; r++) {
        uint32_t row = source->rows[r], rank = tile->rank[row - tile->row];

        if (source->after[rank] - source->start[rank] < source->required)
            set_drop(tile->live, row);
    }
}

/* Keep what was found, by row. What comes before has counted how many a row has. */
static void keep_found(struct source *source, const struct tile *tile, size_t n_rows)
{
    struct fact_of_row *facts = gathered_add(source->keeps, source->n_found);

    if (!facts) { /* too many: this one stays unfinished, and nobody finds it */
        source->keeps = NULL;
        return;
    }
    gathered_cover(source->keeps, source->rows, n_rows);
    for (uint32_t m = 0; m < source->matches.n; m++) {
        const struct stretch *stretch = &source->stretches[m];
        const struct found *found = source->found + stretch->first_found;

        for (size_t k = 0; k < stretch->n_found; k++)
            facts[source->after[tile->rank[found[k].row - tile->row]]++] =
                (struct fact_of_row){found[k].row, found[k].i, m};
    }
    memcpy(source->after, source->start, tile->n_ranks * sizeof(*source->after));
}

/* Read the postings of the tile's live rows. */
static void read_facts(struct source *source, const struct tile *tile, size_t n_rows)
{
    const uint32_t *patient =
        source->patients ? source->stretches[0].ev->segment->tumour_patient : NULL;

    for (size_t r = 0; patient && r < n_rows; r++)
        set_put(source->patients, patient[source->rows[r]]);
    for (size_t m = 0; m < source->matches.n; m++)
        find_live(&source->stretches[m], tile, n_rows);
    for (size_t r = 0; patient && r < n_rows; r++)
        set_drop(source->patients, patient[source->rows[r]]);
    for (size_t k = 0; k < source->n_found; k++)
        source->start[tile->rank[source->found[k].row - tile->row] + 1]++;
    make_room(source, tile->n_ranks);
    if (source->keeps)
        keep_found(source, tile, n_rows);
    for (size_t m = 0; m < source->matches.n; m++) {
        const struct stretch *stretch = &source->stretches[m];
        const struct found *found = source->found + stretch->first_found;

        if (is_plain(stretch))
            put_plain(stretch, tile, found, stretch->n_found);
        else
            for (size_t k = 0; k < stretch->n_found; k++)
                put_posting(stretch, tile, found[k].i, found[k].row);
    }
}

/* The same, from what was kept. */
static void recall_facts(struct source *source, const struct tile *tile)
{
    size_t n;
    const struct fact_of_row *facts =
        gathered_facts(source->kept, tile->row, tile->after_row, &n);

    for (size_t k = 0; k < n; k++)
        if (set_has(tile->live, facts[k].row))
            source->start[tile->rank[facts[k].row - tile->row] + 1]++;
    make_room(source, tile->n_ranks);
    for (size_t k = 0; k < n; k++)
        if (set_has(tile->live, facts[k].row))
            put_posting(&source->stretches[facts[k].match], tile, facts[k].i,
                        facts[k].row);
}

static void load_facts(struct source *source, const struct tile *tile)
{
    size_t n_rows;

    memory_grow((void **)&source->rows, &source->rows_capacity, tile->n_ranks + 1u,
                sizeof(*source->rows));
    n_rows = tile_list(tile, source->rows);
    clear_ranks(source, tile->n_ranks);
    if (n_rows == 0 || source->matches.n == 0)
        make_room(source, tile->n_ranks);
    else if (source->kept)
        recall_facts(source, tile);
    else
        read_facts(source, tile, n_rows);
    drop_rows(source, tile, n_rows);
}

/* ---- a source and those it speaks of ---- */

void source_load(struct source *source, const struct tile *tile)
{
    const uint64_t *unseen =
        source->from ? source->from->absence_unknown : source->absence_unknown;
    struct tile mine = *tile;
    size_t first, after;

    first = tile->row / 64;
    after = set_words(tile->after_row);
    memcpy(source->spare + first, tile->live + first,
           (after - first) * sizeof(*source->spare));
    if (!source->required) /* what it drops is nobody else's business */
        mine.live = source->spare;
    for (size_t i = 0; i < source->n_order; i++) {
        if (source->order[i] == source)
            load_facts(source, &mine);
        else
            source_load(source->order[i], &mine);
    }
    /* an unseen fact may be as asked, whatever those that were seen and the others are */
    if (source->required)
        for (size_t w = first; w < after; w++)
            tile->live[w] |= source->spare[w] & unseen[w];
}
