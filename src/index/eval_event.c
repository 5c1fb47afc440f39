/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_event.c: "preceded by", "followed by": is there another fact of the same subject
 * at such a distance?
 *
 * Two ways. When only the order is asked ("preceded by" without "within") and the two lines
 * cannot mean the same fact, one extreme date a subject settles it: the earliest for "before",
 * the latest for "after", once over the certain facts and once over the possible ones. Else
 * the other facts of the candidates are listed by subject (a counting sort) and looked at one
 * by one; a fact never precedes itself. */
#include <string.h>

#include "index/eval_internal.h"

struct entry {
    uint16_t first, last;
    uint32_t i; /* posting, with BLOCK: to know a fact from itself */
    const struct segment_block *block;
    enum truth truth;
};

struct event_lookup {
    const struct criteria_when *when;
    const uint64_t *absence_unknown;
    /* by list: the entries of subject s are [start[s], start[s+1]) */
    uint32_t *start;
    struct entry *entries;
    /* by extreme: earliest (or latest) day a subject, over certain and over possible facts */
    uint16_t *certain, *possible;
    bool before;
};

/* Calls EACH for every fact of the line OTHER as a fact of a subject of LEVEL in CANDIDATES. */
typedef void each_event(void *context, uint32_t subject,
                        const struct segment_block *block, uint32_t i, enum truth truth);

struct walk {
    const struct evaluator *ev;
    const struct line *line;
    enum segment_level level;
    const uint64_t *candidates;
    enum scope scope;
    each_event *each;
    void *context;
};

static void walk_rows(const struct walk *walk, const struct segment_block *block,
                      uint32_t i, uint32_t patient, enum truth truth)
{
    const struct segment *segment = walk->ev->segment;
    bool attachable = walk->scope != SCOPE_PATIENT;

    for (uint32_t row = segment->first_tumour[patient];
         row < segment->first_tumour[patient + 1]; row++) {
        if (!set_has(walk->candidates, row))
            continue;
        if (!attachable)
            walk->each(walk->context, row, block, i, truth);
        else if (posting_allowed(segment, block, i, row))
            walk->each(walk->context, row, block, i, TRUTH_UNKNOWN);
    }
}

static void walk_posting(const struct walk *walk, const struct match *match, uint32_t i,
                         uint32_t subject)
{
    const struct segment *segment = walk->ev->segment;
    bool spread = match->block->level == LEVEL_PATIENT && walk->level == LEVEL_TUMOUR;
    enum truth truth;

    if (match->block->level == LEVEL_TUMOUR && walk->level == LEVEL_PATIENT)
        subject = segment->tumour_patient[subject];
    if (!spread && !set_has(walk->candidates, subject))
        return;
    truth = posting_truth(walk->ev, walk->line, match, i);
    if (truth == TRUTH_NO)
        return;
    if (spread)
        walk_rows(walk, match->block, i, subject, truth);
    else
        walk->each(walk->context, subject, match->block, i, truth);
}

static void walk_events(const struct walk *walk, const struct matches *matches)
{
    for (size_t m = 0; m < matches->n; m++) {
        const struct match *match = &matches->match[m];
        const uint32_t *subject = segment_at(walk->ev->segment, match->block->subject);

        for (uint32_t i = 0; i < match->block->n; i++)
            walk_posting(walk, match, i, subject[i]);
    }
}

static uint16_t start_first(const struct evaluator *ev, const struct segment_block *block,
                            uint32_t i)
{
    return ((const uint16_t *)segment_at(ev->segment, block->first))[i];
}

static uint16_t start_last(const struct evaluator *ev, const struct segment_block *block,
                           uint32_t i)
{
    return ((const uint16_t *)segment_at(ev->segment, block->last))[i];
}

/* ---- by extreme ---- */

struct extreme {
    const struct evaluator *ev;
    struct event_lookup *lookup;
};

static void note_extreme(void *context, uint32_t subject,
                         const struct segment_block *block, uint32_t i, enum truth truth)
{
    struct extreme *extreme = context;
    struct event_lookup *lookup = extreme->lookup;
    uint16_t first = start_first(extreme->ev, block, i),
             last = start_last(extreme->ev, block, i);

    /* before: certainly before X needs the smallest last day, possibly the smallest first */
    if (lookup->before) {
        if (truth == TRUTH_YES && last < lookup->certain[subject])
            lookup->certain[subject] = last;
        if (first < lookup->possible[subject])
            lookup->possible[subject] = first;
    } else {
        if (truth == TRUTH_YES && first > lookup->certain[subject])
            lookup->certain[subject] = first;
        if (last > lookup->possible[subject])
            lookup->possible[subject] = last;
    }
}

static bool codes_overlap(const struct criteria *a, const struct criteria *b)
{
    if (a->item != b->item)
        return false;
    if (!a->n_codes || !b->n_codes)
        return true;
    for (size_t i = 0; i < a->n_codes; i++)
        for (size_t k = 0; k < b->n_codes; k++)
            if (strcmp(a->codes[i].range.first, b->codes[k].range.after) < 0 &&
                strcmp(b->codes[k].range.first, a->codes[i].range.after) < 0)
                return true;
    return false;
}

/* Only the order is asked, and no fact can answer both lines. A fact whose code is less
 * precise than asked answers both as "unknown": it may then only add an unknown. */
static bool by_extreme(const struct evaluator *ev, const struct criteria *line,
                       const struct criteria_when *when)
{
    (void)ev;
    if (when->end || codes_overlap(line, when->other))
        return false;
    return (when->low <= DISTANCE_MIN && when->high == -1) ||
           (when->high >= DISTANCE_MAX && when->low == 1);
}

static void gather_extremes(const struct walk *walk, const struct matches *matches,
                            struct event_lookup *lookup)
{
    struct extreme extreme = {walk->ev, lookup};
    size_t rows = level_rows(walk->ev, walk->level);
    struct walk with = *walk;

    lookup->before = lookup->when->high == -1;
    lookup->certain = arena_array(walk->ev->arena, rows + 1, sizeof(uint16_t));
    lookup->possible = arena_array(walk->ev->arena, rows + 1, sizeof(uint16_t));
    if (lookup->before) { /* nothing: later than any day */
        memset(lookup->certain, 0xff, rows * sizeof(uint16_t));
        memset(lookup->possible, 0xff, rows * sizeof(uint16_t));
    }
    with.each = note_extreme;
    with.context = &extreme;
    walk_events(&with, matches);
}

/* An open end is neither before nor after anything for certain; as nothing was found is coded
 * as the open end too, both give the same answer: no certainty. Possibility is different: an
 * open "first" of 0 is before everything, which is what it means. */
static enum truth extreme_truth(const struct event_lookup *lookup, struct interval point,
                                uint32_t subject)
{
    uint16_t first = day16_first(point.first), last = day16_last(point.last);
    uint16_t certain = lookup->certain[subject], possible = lookup->possible[subject];

    if (lookup->before) {
        if (certain != DAY16_OPEN_AFTER && first != DAY16_OPEN_BEFORE && certain < first)
            return TRUTH_YES;
        return possible != DAY16_OPEN_AFTER && possible < last ? TRUTH_UNKNOWN : TRUTH_NO;
    }
    if (certain != DAY16_OPEN_BEFORE && last != DAY16_OPEN_AFTER && certain > last)
        return TRUTH_YES;
    return possible != DAY16_OPEN_BEFORE && possible > first ? TRUTH_UNKNOWN : TRUTH_NO;
}

/* ---- by list ---- */

struct listing {
    const struct evaluator *ev;
    struct event_lookup *lookup;
    bool counting;
};

static void note_entry(void *context, uint32_t subject, const struct segment_block *block,
                       uint32_t i, enum truth truth)
{
    struct listing *listing = context;
    struct event_lookup *lookup = listing->lookup;

    if (listing->counting) {
        lookup->start[subject + 1]++;
        return;
    }
    lookup->entries[lookup->start[subject]++] =
        (struct entry){start_first(listing->ev, block, i),
                       start_last(listing->ev, block, i), i, block, truth};
}

static void gather_list(const struct walk *walk, const struct matches *matches,
                        struct event_lookup *lookup)
{
    struct listing listing = {walk->ev, lookup, true};
    size_t rows = level_rows(walk->ev, walk->level);
    struct walk with = *walk;

    with.each = note_entry;
    with.context = &listing;
    lookup->start = arena_array(walk->ev->arena, rows + 2, sizeof(uint32_t));
    walk_events(&with, matches);
    for (size_t s = 0; s < rows; s++)
        lookup->start[s + 1] += lookup->start[s];
    lookup->entries =
        arena_array(walk->ev->arena, lookup->start[rows] + 1u, sizeof(*lookup->entries));
    listing.counting = false;
    walk_events(&with, matches);
    /* filling moved each start to the next one's: move them back */
    memmove(lookup->start + 1, lookup->start, rows * sizeof(uint32_t));
    lookup->start[0] = 0;
}

static enum truth list_truth(const struct event_lookup *lookup,
                             const struct segment_block *block, uint32_t i,
                             struct interval point, uint32_t subject)
{
    int64_t low = lookup->when->low <= DISTANCE_MIN ? INT64_MIN : lookup->when->low;
    int64_t high = lookup->when->high >= DISTANCE_MAX ? INT64_MAX : lookup->when->high;
    enum truth truth = TRUTH_NO;

    for (uint32_t e = lookup->start[subject]; e < lookup->start[subject + 1]; e++) {
        const struct entry *entry = &lookup->entries[e];
        struct interval other = {day16_decode_first(entry->first),
                                 day16_decode_last(entry->last)};

        if (entry->block == block && entry->i == i)
            continue;
        truth = truth_or(truth, truth_and(entry->truth,
                                          date_distance_within(point, other, low, high)));
        if (truth == TRUTH_YES)
            break;
    }
    return truth;
}

/* ---- both ---- */

struct event_lookup *event_gather(const struct evaluator *ev, const struct criteria *line,
                                  const struct criteria_when *when,
                                  enum segment_level level, const uint64_t *candidates)
{
    struct event_lookup *lookup = arena_alloc(ev->arena, sizeof(*lookup));
    struct line other = line_prepare(ev, when->other);
    struct matches matches = fact_matches(ev, when->other);
    struct walk walk = {.ev = ev,
                        .line = &other,
                        .level = level,
                        .candidates = candidates,
                        .scope =
                            model_group(model_item(when->other->item)->group)->scope};

    lookup->when = when;
    lookup->absence_unknown =
        walk.scope == SCOPE_PATIENT && level == LEVEL_TUMOUR
            ? NULL
            : fact_absence_unknown(ev, when->other, &matches, level);
    if (!lookup->absence_unknown) {
        uint64_t *patients =
            fact_absence_unknown(ev, when->other, &matches, LEVEL_PATIENT);
        uint64_t *rows = set_new(ev->arena, ev->segment->tumours);

        set_to_tumours(ev->segment, patients, rows, candidates);
        lookup->absence_unknown = rows;
    }
    if (by_extreme(ev, line, when))
        gather_extremes(&walk, &matches, lookup);
    else
        gather_list(&walk, &matches, lookup);
    return lookup;
}

enum truth event_truth(const struct evaluator *ev, const struct event_lookup *lookup,
                       const struct segment_block *block, uint32_t i, uint32_t subject)
{
    struct interval point = posting_point(ev->segment, block, i, lookup->when->end);
    enum truth truth = lookup->start ? list_truth(lookup, block, i, point, subject)
                                     : extreme_truth(lookup, point, subject);

    if (truth == TRUTH_NO && set_has(lookup->absence_unknown, subject))
        truth = TRUTH_UNKNOWN;
    return lookup->when->negated ? truth_not(truth) : truth;
}
