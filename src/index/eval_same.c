/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_same.c: see eval_same.h.
 *
 * First the wholes of the rows that matter are listed; then the tree inside the braces is
 * evaluated over that list as over any other rows, line by line; a row holds if one of its
 * wholes does. A line's facts come together by row (eval_source.c), and each whole of the row is
 * answered with those of them that are its own. */
#include "index/eval_same.h"

#include "base/error.h"
#include "index/eval_history.h"

/* ---- which wholes there are ---- */

/* One block of wholes, and how far it was read. */
struct listing {
    const struct segment_block *block;
    const uint32_t *subject;
    uint32_t at;
};

struct gathering {
    const struct evaluator *ev;
    struct wholes_of_rows *wholes;
    struct listing listings[SEGMENT_LEVELS];
    size_t n_listings;
    const uint64_t *unseen; /* rows that may have one that nobody has seen */
};

static void add_whole(struct wholes_of_rows *wholes, uint32_t row, uint32_t link,
                      enum truth exists)
{
    if (wholes->n == wholes->capacity) {
        wholes->capacity = wholes->capacity ? 2 * wholes->capacity : 256;
        wholes->row = memory_resize(wholes->row, wholes->capacity * sizeof(uint32_t));
        wholes->link = memory_resize(wholes->link, wholes->capacity * sizeof(uint32_t));
        wholes->exists = memory_resize(wholes->exists, wholes->capacity);
    }
    wholes->row[wholes->n] = row;
    wholes->link[wholes->n] = link;
    wholes->exists[wholes->n++] = (uint8_t)exists;
}

static void open_listings(struct gathering *gathering)
{
    const struct evaluator *ev = gathering->ev;
    uint32_t first, after;

    segment_item_blocks(ev->segment, segment_whole_item(gathering->wholes->group), &first,
                        &after);
    for (uint32_t b = first; b < after; b++) {
        const struct segment_block *block = &ev->segment->blocks[b];

        if (*segment_string(ev->segment, block->code) || !block_is_sound(ev, block))
            continue;
        gathering->listings[gathering->n_listings++] =
            (struct listing){block, segment_subjects(ev->segment, block), 0};
    }
}

/* Is the posting I, of a whole, of ROW? */
static enum truth exists_truth(const struct gathering *gathering,
                               const struct segment_block *block, uint32_t i,
                               uint32_t row)
{
    const struct wholes_of_rows *wholes = gathering->wholes;

    if (block->level == LEVEL_TUMOUR || wholes->level == LEVEL_PATIENT)
        return TRUTH_YES;
    return posting_attached(gathering->ev->segment, block, i, row,
                            model_group(wholes->group)->scope);
}

/* The wholes of LISTING that are of ROW, which is not before the last one. Returns whether one
 * of them certainly is; *LOOSE_R, whether something names none. */
static bool add_listed(struct gathering *gathering, struct listing *listing, uint32_t row,
                       bool *loose_r)
{
    const struct segment *segment = gathering->ev->segment;
    uint32_t first, after;
    bool any = false;

    row_subjects(segment, gathering->wholes->level, listing->block, row, &first, &after);
    listing->at = posting_from(listing->subject, listing->block->n, listing->at, first);
    for (uint32_t i = listing->at; i < listing->block->n && listing->subject[i] < after;
         i++) {
        uint32_t link = segment_link(segment, listing->block, i);
        enum truth exists = exists_truth(gathering, listing->block, i, row);

        gathering->ev->work->postings++;
        if (link == LINK_NONE) {
            *loose_r = true;
            continue;
        }
        any |= exists == TRUTH_YES;
        if (exists != TRUTH_NO)
            add_whole(gathering->wholes, row, link, exists);
    }
    return any;
}

static void add_row(struct gathering *gathering, uint32_t row)
{
    bool any = false, loose = false, unseen;

    for (size_t i = 0; i < gathering->n_listings; i++)
        any |= add_listed(gathering, &gathering->listings[i], row, &loose);
    unseen = gathering->unseen ? loose || set_has(gathering->unseen, row) : !any;
    if (unseen)
        add_whole(gathering->wholes, row, LINK_UNSEEN, TRUTH_UNKNOWN);
}

/* Add to OUT the rows for which some line of CRITERIA may have facts that nobody sent. */
static void add_missing(const struct evaluator *ev, const struct criteria *criteria,
                        enum segment_level level, const uint64_t *restrict_to,
                        uint64_t *out)
{
    if (criteria->kind == CRITERIA_FACT) {
        const struct criteria *line = criteria->from ? criteria->from : criteria;
        struct matches matches = fact_matches(ev, line);

        set_or(out, fact_absence_unknown(ev, line, &matches, level, restrict_to),
               level_rows(ev, level));
        return;
    }
    for (size_t i = 0; i < criteria->n_children; i++)
        add_missing(ev, criteria->children[i], level, restrict_to, out);
}

/* NULL for what has no key: there may be an unseen TNM where there is none at all. */
static uint64_t *may_be_unseen(const struct evaluator *ev,
                               const struct criteria *criteria, enum segment_level level,
                               const uint64_t *restrict_to)
{
    const struct group_row *group = model_group(criteria->group);
    struct criteria *any = arena_alloc(ev->arena, sizeof(*any));
    uint64_t *out;

    if (group->key == ITEM_NONE)
        return NULL;
    any->kind = CRITERIA_FACT;
    any->item = group->key;
    out = set_new(ev->arena, level_rows(ev, level));
    add_missing(ev, any, level, restrict_to, out);
    add_missing(ev, criteria->children[0], level, restrict_to, out);
    return out;
}

static void gather_wholes(struct gathering *gathering, const uint64_t *restrict_to)
{
    size_t rows = level_rows(gathering->ev, gathering->wholes->level);

    open_listings(gathering);
    if (restrict_to) {
        set_each(row, restrict_to, rows) add_row(gathering, row);
        return;
    }
    for (uint32_t row = 0; row < rows; row++)
        add_row(gathering, row);
}

struct pair eval_same(const struct evaluator *ev, const struct criteria *criteria,
                      enum segment_level level, const uint64_t *restrict_to)
{
    struct wholes_of_rows wholes = {.group = criteria->group, .level = level};
    struct gathering gathering = {.ev = ev,
                                  .wholes = &wholes,
                                  .unseen =
                                      may_be_unseen(ev, criteria, level, restrict_to)};
    struct pair out = pair_new(ev, level), inside;
    struct evaluator inner = *ev;

    gather_wholes(&gathering, restrict_to);
    inner.wholes = &wholes;
    inner.n_wholes = wholes.n;
    inside = eval_node(&inner, criteria->children[0], LEVEL_WHOLE, NULL);
    for (uint32_t i = 0; i < wholes.n; i++) {
        if (set_has(inside.certain, i) && wholes.exists[i] == TRUTH_YES)
            set_put(out.certain, wholes.row[i]);
        if (set_has(inside.possible, i))
            set_put(out.possible, wholes.row[i]);
    }
    memory_free(wholes.row);
    memory_free(wholes.link);
    memory_free(wholes.exists);
    return out;
}

/* ---- what the absence of a fact means for one whole ---- */

static const struct group_row *group_of(const struct criteria *line)
{
    return model_group(model_item(line->item)->group);
}

/* Of a TNM: whether it says T is known from its T, whatever that is. */
static struct source *open_stating(const struct evaluator *ev,
                                   const struct criteria *line, enum segment_level level,
                                   const uint64_t *wanted)
{
    struct criteria *bare;

    if (group_of(line)->absence == ABSENCE_COVERED ||
        group_of(line)->group != ev->wholes->group)
        return NULL;
    bare = arena_alloc(ev->arena, sizeof(*bare));
    bare->kind = CRITERIA_FACT;
    bare->item = line->item;
    return source_open(ev, bare, false, level, wanted);
}

/* Does a fact of STATING that is certainly of the whole have a code? */
static bool is_stated(const struct history *history, const struct source *stating)
{
    const struct segment *segment = history->ev->segment;
    size_t n;
    const struct entry *entries = source_entries(stating, history, &n);

    for (size_t i = 0; i < n; i++) {
        const struct segment_block *block =
            stating->matches.match[entries[i].match].block;

        /* of a bare line, only attachment can be open */
        if (entries[i].truth == TRUTH_YES && *segment_string(segment, block->code) &&
            link_truth(segment_link(segment, block, entries[i].i), history->whole) ==
                TRUTH_YES)
            return true;
    }
    return false;
}

bool same_absence_unknown(const struct history *history, const struct source *source)
{
    bool own = group_of(source->line)->group == history->ev->wholes->group;

    /* findings that nobody sent are in no sample, if there are none */
    if (!own || history->whole == LINK_UNSEEN)
        return set_has(source->absence_unknown, history->row);
    if (history->whole & LINK_IMPLIED)
        return true;
    return source->stating && !is_stated(history, source->stating);
}

/* ---- a line ---- */

struct asking {
    const struct wholes_of_rows *wholes;
    const struct source *source;
    const uint64_t *restrict_to;
    size_t at; /* the first whole that is not of a row before */
    struct pair out;
};

static void visit_row(const struct history *history, void *context)
{
    struct asking *asking = context;
    const struct wholes_of_rows *wholes = asking->wholes;
    struct history of_whole = *history;

    while (asking->at < wholes->n && wholes->row[asking->at] < history->row)
        asking->at++;
    for (; asking->at < wholes->n && wholes->row[asking->at] == history->row;
         asking->at++) {
        uint32_t i = (uint32_t)asking->at;
        enum truth truth;

        if (asking->restrict_to && !set_has(asking->restrict_to, i))
            continue;
        of_whole.whole = wholes->link[i];
        truth = history_truth(&of_whole, asking->source);
        if (truth == TRUTH_YES)
            set_put(asking->out.certain, i);
        if (truth != TRUTH_NO)
            set_put(asking->out.possible, i);
    }
}

/* The rows that have wholes of RESTRICT_TO. */
static uint64_t *rows_of(const struct evaluator *ev, const uint64_t *restrict_to)
{
    const struct wholes_of_rows *wholes = ev->wholes;
    uint64_t *rows = set_new(ev->arena, level_rows(ev, wholes->level));

    for (uint32_t i = 0; i < wholes->n; i++)
        if (!restrict_to || set_has(restrict_to, i))
            set_put(rows, wholes->row[i]);
    return rows;
}

struct pair eval_same_line(const struct evaluator *ev, const struct criteria *line,
                           const uint64_t *restrict_to)
{
    enum segment_level level = ev->wholes->level;
    uint64_t *wanted = rows_of(ev, restrict_to);
    struct source *source = source_open(ev, line, false, level, wanted);
    struct source *facts = source->from ? source->from : source;
    struct asking asking = {ev->wholes, source, restrict_to, 0,
                            pair_new(ev, LEVEL_WHOLE)};

    facts->of_whole = true;
    facts->stating = open_stating(ev, facts->line, level, wanted);
    history_each(ev, (struct source *const[]){source, facts->stating}, 2, level, wanted,
                 visit_row, &asking);
    return asking.out;
}
