/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_event.c: "preceded by", "followed by": is there another fact of the same subject
 * at such a distance?
 *
 * A fact never precedes itself: the same posting is no other fact. (The T and the N of one
 * statement are two.)
 *
 * Two ways. When only the order of starts is asked ("preceded by" without "within"), one
 * extreme date a subject settles it: the earliest for "before", the latest for "after", once
 * over the certain facts and once over the possible ones. Could the extreme be the fact itself?
 * For certain nothing lies before its own earliest day, so only the possible needs the second
 * best as well. Else the other facts of the candidates are listed by subject (a counting sort)
 * and looked at one by one. */
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
    enum segment_level level;
    bool same_item; /* as the line: it may ask for the very same postings */
    struct line other;
    struct matches matches, own; /* of the other line, and of the line itself */
    const uint64_t *absence_unknown;
    /* by list: the entries of subject s are [start[s], start[s+1]) */
    uint32_t *start;
    struct entry *entries;
    /* by extreme: earliest (or latest) day a subject, over the certain facts and over the
     * possible ones; of blocks that the line asks for as well apart, the best and the second,
     * so that a fact can be left out of its own others (NULL: no such block) */
    uint16_t *certain, *possible, *shared, *second;
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

static void walk_row(const struct walk *walk, const struct segment_block *block,
                     uint32_t i, uint32_t row, enum truth truth)
{
    if (truth != TRUTH_NO && walk->level == LEVEL_TUMOUR)
        truth = truth_and(truth, posting_diagnosis(walk->ev, walk->line, block, i, row));
    if (truth != TRUTH_NO)
        walk->each(walk->context, row, block, i, truth);
}

static void walk_rows(const struct walk *walk, const struct segment_block *block,
                      uint32_t i, uint32_t patient, enum truth truth)
{
    const struct segment *segment = walk->ev->segment;

    for (uint32_t row = segment->first_tumour[patient];
         row < segment_after_tumours(segment, patient); row++)
        if (set_has(walk->candidates, row))
            walk_row(walk, block, i, row,
                     truth_and(truth,
                               posting_attached(segment, block, i, row, walk->scope)));
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
        walk_row(walk, match->block, i, subject, truth);
}

static void walk_block(const struct walk *walk, const struct match *match)
{
    const uint32_t *subject = segment_subjects(walk->ev->segment, match->block);

    walk->ev->work->postings += match->block->n;
    for (uint32_t i = 0; i < match->block->n; i++)
        walk_posting(walk, match, i, subject[i]);
}

static void walk_events(const struct walk *walk, const struct matches *matches)
{
    for (size_t m = 0; m < matches->n; m++)
        if (block_is_sound(walk->ev, matches->match[m].block))
            walk_block(walk, &matches->match[m]);
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
    bool is_shared; /* the block under way */
};

/* Keep the least (or greatest) day in BEST, and the next one in SECOND. */
static void keep_two(uint16_t *best, uint16_t *second, uint16_t day, bool least)
{
    if (least ? day < *best : day > *best) {
        *second = *best;
        *best = day;
    } else if (least ? day < *second : day > *second) {
        *second = day;
    }
}

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
    } else if (truth == TRUTH_YES && first > lookup->certain[subject]) {
        lookup->certain[subject] = first;
    }
    if (extreme->is_shared)
        keep_two(&lookup->shared[subject], &lookup->second[subject],
                 lookup->before ? first : last, lookup->before);
    else if (lookup->before ? first < lookup->possible[subject]
                            : last > lookup->possible[subject])
        lookup->possible[subject] = lookup->before ? first : last;
}

/* Only the order of starts is asked. */
static bool by_extreme(const struct criteria_when *when)
{
    return !when->end && ((when->low <= DISTANCE_MIN && when->high == -1) ||
                          (when->high >= DISTANCE_MAX && when->low == 1));
}

/* The hot loop: the postings of a plain line from FROM on, up to row END. Where all days are
 * exact, the certain bound is the possible one as well (extreme_of_others looks at both).
 * Returns where it stopped. */
static uint32_t extremes_of_block(const struct walk *walk, const struct match *match,
                                  struct event_lookup *lookup, uint32_t from,
                                  uint32_t end)
{
    const struct segment *segment = walk->ev->segment;
    const struct segment_block *block = match->block;
    const uint32_t *subject = segment_subjects(segment, block);
    const uint16_t *first = segment_at(segment, block->first);
    const uint16_t *last = segment_at(segment, block->last);
    bool to_patient = block->level == LEVEL_TUMOUR && walk->level == LEVEL_PATIENT;
    bool certain = match->truth == TRUTH_YES, exact = block->first == block->last;
    uint32_t i, row;

    for (i = from; i < block->n; i++) {
        uint16_t sure = lookup->before ? last[i] : first[i];
        uint16_t may = lookup->before ? first[i] : last[i];

        row = to_patient ? segment->tumour_patient[subject[i]] : subject[i];
        if (row >= end)
            break;
        if (certain &&
            (lookup->before ? sure < lookup->certain[row] : sure > lookup->certain[row]))
            lookup->certain[row] = sure;
        if ((!certain || !exact) &&
            (lookup->before ? may < lookup->possible[row] : may > lookup->possible[row]))
            lookup->possible[row] = may;
    }
    return i;
}

/* The same for a block that the line itself asks for as well: the two best days of each row. */
static uint32_t shared_of_block(const struct walk *walk, const struct match *match,
                                struct event_lookup *lookup, uint32_t from, uint32_t end)
{
    const struct segment *segment = walk->ev->segment;
    const struct segment_block *block = match->block;
    const uint32_t *subject = segment_subjects(segment, block);
    const uint16_t *first = segment_at(segment, block->first);
    const uint16_t *last = segment_at(segment, block->last);
    bool to_patient = block->level == LEVEL_TUMOUR && walk->level == LEVEL_PATIENT;
    bool certain = match->truth == TRUTH_YES;
    uint32_t i, row;

    for (i = from; i < block->n; i++) {
        uint16_t sure = lookup->before ? last[i] : first[i];

        row = to_patient ? segment->tumour_patient[subject[i]] : subject[i];
        if (row >= end)
            break;
        if (certain &&
            (lookup->before ? sure < lookup->certain[row] : sure > lookup->certain[row]))
            lookup->certain[row] = sure;
        keep_two(&lookup->shared[row], &lookup->second[row],
                 lookup->before ? first[i] : last[i], lookup->before);
    }
    return i;
}

/* A plain block, and whether the line asks for it, too. */
struct plain {
    const struct match *match;
    bool is_shared;
    uint32_t at;
};

/* Rows whose bounds stay in the processor's nearest cache. */
#define TILE_ROWS 8192

/* All plain blocks side by side, a tile of rows at a time: going through the bounds of a
 * million rows once a block would fetch them from memory each time. */
static void extremes_of_blocks(const struct walk *walk, struct plain *plain, size_t n,
                               struct event_lookup *lookup)
{
    size_t rows = level_rows(walk->ev, walk->level);

    for (size_t m = 0; m < n; m++)
        walk->ev->work->postings += plain[m].match->block->n;
    for (size_t end = TILE_ROWS; end < rows + TILE_ROWS; end += TILE_ROWS)
        for (size_t m = 0; m < n; m++)
            plain[m].at = (plain[m].is_shared ? shared_of_block : extremes_of_block)(
                walk, plain[m].match, lookup, plain[m].at, (uint32_t)end);
}

static uint16_t *extreme_array(const struct walk *walk, bool before)
{
    size_t rows = level_rows(walk->ev, walk->level);
    uint16_t *days = arena_array(walk->ev->arena, rows + 1, sizeof(*days));

    if (before) /* nothing: later than any day */
        memset(days, 0xff, rows * sizeof(*days));
    return days;
}

/* The match of BLOCK, or NULL. Matches are in the order of the blocks. */
static const struct match *match_of_block(const struct matches *matches,
                                          const struct segment_block *block)
{
    size_t low = 0, high = matches->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (matches->match[middle].block < block)
            low = middle + 1;
        else
            high = middle;
    }
    return low < matches->n && matches->match[low].block == block ? &matches->match[low]
                                                                  : NULL;
}

static void gather_extremes(const struct walk *walk, const struct matches *matches,
                            struct event_lookup *lookup)
{
    struct extreme extreme = {walk->ev, lookup, false};
    struct walk with = *walk;
    struct plain *plain = arena_array(walk->ev->arena, matches->n + 1, sizeof(*plain));
    size_t n_plain = 0;

    lookup->before = lookup->when->high == -1;
    lookup->certain = extreme_array(walk, lookup->before);
    lookup->possible = extreme_array(walk, lookup->before);
    with.each = note_extreme;
    with.context = &extreme;
    for (size_t m = 0; m < matches->n; m++) {
        const struct match *match = &matches->match[m];

        if (!block_is_sound(walk->ev, match->block))
            continue;
        extreme.is_shared =
            lookup->same_item && match_of_block(&lookup->own, match->block) != NULL;
        if (extreme.is_shared && !lookup->shared) {
            lookup->shared = extreme_array(walk, lookup->before);
            lookup->second = extreme_array(walk, lookup->before);
        }
        if (walk->line->plain &&
            (match->block->level == LEVEL_TUMOUR || walk->level == LEVEL_PATIENT))
            plain[n_plain++] = (struct plain){match, extreme.is_shared, 0};
        else
            walk_block(&with, match);
    }
    extremes_of_blocks(walk, plain, n_plain, lookup);
}

/* Is posting I one of the other facts, too? */
static bool is_among_others(const struct evaluator *ev, const struct event_lookup *lookup,
                            const struct segment_block *block, uint32_t i,
                            uint32_t subject)
{
    const struct match *match = match_of_block(&lookup->matches, block);

    return match && posting_truth(ev, &lookup->other, match, i) != TRUTH_NO &&
           (lookup->level == LEVEL_PATIENT ||
            posting_diagnosis(ev, &lookup->other, block, i, subject) != TRUTH_NO);
}

/* The extreme possible day of SUBJECT's other facts than posting I itself, whose own day is
 * OWN. A certain day is a possible one as well. */
static uint16_t extreme_of_others(const struct evaluator *ev,
                                  const struct event_lookup *lookup,
                                  const struct segment_block *block, uint32_t i,
                                  uint32_t subject, uint16_t own)
{
    uint16_t possible = lookup->possible[subject], certain = lookup->certain[subject];
    uint16_t shared;

    if (lookup->before ? certain < possible : certain > possible)
        possible = certain;
    if (!lookup->shared)
        return possible;
    shared = lookup->shared[subject];
    if (shared == own && is_among_others(ev, lookup, block, i, subject))
        shared = lookup->second[subject];
    return (lookup->before ? shared < possible : shared > possible) ? shared : possible;
}

/* An open end is neither before nor after anything for certain; as nothing was found is coded
 * as the open end too, both give the same answer: no certainty. Possibility is different: an
 * open "first" of 0 is before everything, which is what it means. */
static enum truth extreme_truth(const struct evaluator *ev,
                                const struct event_lookup *lookup,
                                const struct segment_block *block, uint32_t i,
                                uint32_t subject)
{
    uint16_t first = start_first(ev, block, i), last = start_last(ev, block, i);
    uint16_t certain = lookup->certain[subject], possible;

    if (lookup->before) {
        if (certain != DAY16_OPEN_AFTER && first != DAY16_OPEN_BEFORE && certain < first)
            return TRUTH_YES;
        possible = extreme_of_others(ev, lookup, block, i, subject, first);
        return possible != DAY16_OPEN_AFTER && possible < last ? TRUTH_UNKNOWN : TRUTH_NO;
    }
    if (certain != DAY16_OPEN_BEFORE && last != DAY16_OPEN_AFTER && certain > last)
        return TRUTH_YES;
    possible = extreme_of_others(ev, lookup, block, i, subject, last);
    return possible != DAY16_OPEN_BEFORE && possible > first ? TRUTH_UNKNOWN : TRUTH_NO;
}

/* ---- by list ---- */

/* The facts found, in the order of the blocks, before they are sorted by subject. */
struct listing {
    const struct evaluator *ev;
    uint32_t *subject;
    struct entry *entry;
    size_t n, subject_capacity, entry_capacity;
};

static void note_entry(void *context, uint32_t subject, const struct segment_block *block,
                       uint32_t i, enum truth truth)
{
    struct listing *listing = context;

    memory_grow((void **)&listing->subject, &listing->subject_capacity, listing->n + 1,
                sizeof(*listing->subject));
    memory_grow((void **)&listing->entry, &listing->entry_capacity, listing->n + 1,
                sizeof(*listing->entry));
    listing->subject[listing->n] = subject;
    listing->entry[listing->n++] =
        (struct entry){start_first(listing->ev, block, i),
                       start_last(listing->ev, block, i), i, block, truth};
}

static void gather_list(const struct walk *walk, const struct matches *matches,
                        struct event_lookup *lookup)
{
    struct listing listing = {.ev = walk->ev};
    size_t rows = level_rows(walk->ev, walk->level);
    struct walk with = *walk;
    uint32_t *start = arena_array(walk->ev->arena, rows + 2, sizeof(*start));

    with.each = note_entry;
    with.context = &listing;
    walk_events(&with, matches);
    for (size_t i = 0; i < listing.n; i++)
        start[listing.subject[i] + 1]++;
    for (size_t s = 0; s < rows; s++)
        start[s + 1] += start[s];
    lookup->entries =
        arena_array(walk->ev->arena, listing.n + 1, sizeof(*lookup->entries));
    for (size_t i = 0; i < listing.n; i++)
        lookup->entries[start[listing.subject[i]]++] = listing.entry[i];
    /* placing moved each start to the next one's: move them back */
    memmove(start + 1, start, rows * sizeof(*start));
    start[0] = 0;
    lookup->start = start;
    memory_free(listing.subject);
    memory_free(listing.entry);
}

static enum truth list_truth(const struct event_lookup *lookup,
                             const struct segment_block *block, uint32_t i,
                             struct days16 point, uint32_t subject)
{
    enum truth truth = TRUTH_NO;

    for (uint32_t e = lookup->start[subject]; e < lookup->start[subject + 1]; e++) {
        const struct entry *entry = &lookup->entries[e];
        struct days16 other = {entry->first, entry->last};

        if (entry->block == block && entry->i == i)
            continue;
        truth = truth_or(truth, truth_and(entry->truth,
                                          distance16(point, other, lookup->when->low,
                                                     lookup->when->high)));
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
    struct walk walk = {.ev = ev,
                        .line = &lookup->other,
                        .level = level,
                        .candidates = candidates,
                        .scope = fact_scope(when->other)};

    lookup->when = when;
    lookup->level = level;
    lookup->same_item = when->other->item == line->item;
    lookup->other = line_prepare(ev, when->other);
    lookup->matches = fact_matches(ev, when->other);
    if (lookup->same_item)
        lookup->own = fact_matches(ev, line);
    lookup->absence_unknown =
        fact_absence_unknown(ev, when->other, &lookup->matches, level, candidates);
    if (by_extreme(when))
        gather_extremes(&walk, &lookup->matches, lookup);
    else
        gather_list(&walk, &lookup->matches, lookup);
    return lookup;
}

enum truth event_truth(const struct evaluator *ev, const struct event_lookup *lookup,
                       const struct segment_block *block, uint32_t i, uint32_t subject)
{
    enum truth truth =
        lookup->start
            ? list_truth(lookup, block, i,
                         posting_days16(ev->segment, block, i, lookup->when->end),
                         subject)
            : extreme_truth(ev, lookup, block, i, subject);

    if (truth == TRUTH_NO && set_has(lookup->absence_unknown, subject))
        truth = TRUTH_UNKNOWN;
    return lookup->when->negated ? truth_not(truth) : truth;
}

void event_mark_block(const struct evaluator *ev, const struct event_lookup *lookup,
                      const struct match *match, struct pair *out)
{
    const struct segment_block *block = match->block;
    const uint32_t *subject = segment_subjects(ev->segment, block);
    bool to_patient = block->level == LEVEL_TUMOUR && lookup->level == LEVEL_PATIENT;

    for (uint32_t i = 0; i < block->n; i++) {
        uint32_t row = to_patient ? ev->segment->tumour_patient[subject[i]] : subject[i];
        enum truth truth;

        /* what can at most be unknown adds nothing where an unknown is already, and nothing
         * adds to a yes */
        if (set_has(match->truth == TRUTH_UNKNOWN ? out->possible : out->certain, row))
            continue;
        truth = truth_and(match->truth, event_truth(ev, lookup, block, i, row));
        if (truth == TRUTH_YES)
            set_put(out->certain, row);
        if (truth != TRUTH_NO)
            set_put(out->possible, row);
    }
}
