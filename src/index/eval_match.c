/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_match.c: a line's codes as blocks of the segment (step 1 of eval_fact.c), each
 * with the truth of its code and the asked number as the block keeps its own. */
#include <math.h>
#include <string.h>

#include "index/eval_internal.h"

/* The smallest integer n for which n / SCALE satisfies the lower bound of RANGE; ABOVE: that
 * exceeds its upper bound. Comparing integers then answers exactly what comparing the numbers
 * would. */
static int64_t integer_bound(const struct criteria_number *range, double scale,
                             bool above)
{
    double bound = above ? range->high : range->low;
    bool strict = above ? !range->high_open : range->low_open;
    int64_t n;

    if (isinf(bound) || fabs(bound) * scale > INT32_MAX)
        return bound < 0 ? INT32_MIN + 1 : (int64_t)INT32_MAX + 1;
    n = (int64_t)floor(bound * scale) - 2;
    while (strict ? !((double)n / scale > bound) : !((double)n / scale >= bound))
        n++;
    return n;
}

/* More statuses than these are looked at one by one, where they occur. */
#define STATUSES_FEW 64

/* The truth of each status of BLOCK. */
static const uint8_t *status_truths(const struct evaluator *ev,
                                    const struct criteria *line,
                                    const struct segment_block *block)
{
    const uint32_t *strings = segment_at(ev->segment, block->status_strings);
    uint8_t *truths;

    if (!line->n_status || !block->n_status || block->n_status > STATUSES_FEW)
        return NULL;
    truths = arena_alloc(ev->arena, block->n_status);
    for (uint32_t k = 0; k < block->n_status; k++)
        truths[k] = (uint8_t)status_truth(line, segment_string(ev->segment, strings[k]));
    return truths;
}

static struct match match_of(const struct evaluator *ev, const struct criteria *line,
                             const struct segment_block *block, enum truth truth)
{
    static const double scale[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    struct match match = {
        .block = block, .truth = truth, .status = status_truths(ev, line, block)};
    int64_t low, high, least;

    if (!line->has_number || (block->amount_width != 2 && block->amount_width != 4))
        return match;
    least = block->amount_width == 2 ? INT16_MIN + 1 : INT32_MIN + 1; /* below: absent */
    low = integer_bound(&line->number, scale[block->amount_scale], false);
    high = integer_bound(&line->number, scale[block->amount_scale], true) - 1;
    if (low < least)
        low = least;
    if (low <= high) {
        match.low = (int32_t)low;
        match.high = (int32_t)high;
    } else { /* nothing can hold */
        match.low = INT32_MAX;
        match.high = INT32_MIN;
    }
    return match;
}

static void add_matches(struct matches *matches, const struct evaluator *ev,
                        const struct criteria *line, uint32_t first, uint32_t after,
                        enum truth truth)
{
    for (uint32_t b = first; b < after; b++) {
        matches->match[matches->n++] = match_of(ev, line, &ev->segment->blocks[b], truth);
        matches->postings += ev->segment->blocks[b].n;
    }
}

static enum truth code_truth(enum vocab_system system, const struct criteria *line,
                             const char *code)
{
    enum truth truth = TRUTH_NO;

    for (size_t i = 0; i < line->n_codes; i++) {
        const struct code_range *range = &line->codes[i].range;

        if (strcmp(code, range->first) >= 0 && strcmp(code, range->after) < 0)
            return TRUTH_YES;
        if (vocab_may_be(system, code, range))
            truth = TRUTH_UNKNOWN;
    }
    return truth;
}

/* Systems without a tree: a code is the one asked for, or another one, or not stated. */
static bool is_flat(enum vocab_system system)
{
    return system == VOCAB_GENE || system == VOCAB_NAME || system == VOCAB_MEASURE ||
           system == VOCAB_PROTEIN_CHANGE || system == VOCAB_VARIANT_CLASS;
}

static struct matches flat_matches(const struct evaluator *ev,
                                   const struct criteria *line)
{
    const struct code_range *range = &line->codes[0].range;
    struct matches matches = {0};
    uint32_t none, after_none, first, after;

    segment_code_blocks(ev->segment, line->item, "", "\x01", &none, &after_none);
    segment_code_blocks(ev->segment, line->item, range->first, range->after, &first,
                        &after);
    matches.match = arena_array(ev->arena, after - first + after_none - none + 1u,
                                sizeof(*matches.match));
    /* not stated comes first: matches are in the order of the blocks */
    add_matches(&matches, ev, line, none, after_none, TRUTH_UNKNOWN);
    add_matches(&matches, ev, line, first, after, TRUTH_YES);
    return matches;
}

static struct matches find_matches(const struct evaluator *ev,
                                   const struct criteria *line)
{
    enum vocab_system system = model_item(line->item)->system;
    struct matches matches = {0};
    enum truth truth = TRUTH_YES;
    uint32_t first, after;

    if (line->n_codes == 1 && is_flat(system))
        return flat_matches(ev, line);
    segment_item_blocks(ev->segment, line->item, &first, &after);
    matches.match = arena_array(ev->arena, after - first + 1u, sizeof(*matches.match));
    for (uint32_t b = first; b < after; b++) {
        const struct segment_block *block = &ev->segment->blocks[b];

        /* both levels of a code stand next to each other */
        if (line->n_codes && (b == first || block->code != block[-1].code))
            truth = code_truth(system, line, segment_string(ev->segment, block->code));
        if (truth != TRUTH_NO)
            add_matches(&matches, ev, line, b, b + 1, truth);
    }
    return matches;
}

struct known_matches {
    const struct criteria *line;
    struct matches matches;
    struct known_matches *next;
};

struct matches fact_matches(const struct evaluator *ev, const struct criteria *line)
{
    struct known_matches *known = *ev->known;

    while (known && known->line != line)
        known = known->next;
    if (!known) {
        known = arena_alloc(ev->arena, sizeof(*known));
        known->line = line;
        known->matches = find_matches(ev, line);
        known->next = *ev->known;
        *ev->known = known;
    }
    return known->matches;
}

uint64_t others_cost(const struct evaluator *ev, const struct criteria *line)
{
    uint64_t cost = 0;

    for (size_t i = 0; i < line->n_when; i++)
        if (line->when[i].other)
            cost += fact_cost(ev, line->when[i].other);
    return cost;
}

uint64_t fact_cost(const struct evaluator *ev, const struct criteria *line)
{
    uint64_t cost = fact_matches(ev, line).postings;

    cost *= 1 + line->n_when + line->n_status + line->has_number;
    if (line->order != ORDER_ANY || line->count)
        cost *= 4; /* brought together by subject, and compared */
    return cost + others_cost(ev, line);
}

/* ---- looking up ---- */

uint32_t posting_from(const uint32_t *subject, uint32_t n, uint32_t at, uint32_t row)
{
    uint32_t step = 1, low = at;

    while (at < n && subject[at] < row) {
        low = at + 1;
        at = step > n - at ? n : at + step;
        step *= 2;
    }
    while (low < at) {
        uint32_t middle = low + (at - low) / 2;

        if (subject[middle] < row)
            low = middle + 1;
        else
            at = middle;
    }
    return at;
}

void row_subjects(const struct segment *segment, enum segment_level level,
                  const struct segment_block *block, uint32_t row, uint32_t *first_r,
                  uint32_t *after_r)
{
    *first_r = row;
    *after_r = row + 1;
    if (block->level == LEVEL_TUMOUR && level == LEVEL_PATIENT) {
        /* all rows: what hangs on one that is not counted is the patient's, too */
        *first_r = segment->first_tumour[row];
        *after_r = segment->first_tumour[row + 1];
    } else if (block->level == LEVEL_PATIENT && level == LEVEL_TUMOUR) {
        *first_r = segment->tumour_patient[row];
        *after_r = *first_r + 1;
    }
}

void eval_add_set(const struct evaluator *ev, enum item item, enum segment_set_kind kind,
                  const char *code, uint64_t *out)
{
    (void)!segment_set_add(ev->segment, segment_find_set(ev->segment, item, kind, code),
                           out, ev->damage);
}
