/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_fact.c: a line about facts, such as `treatment L01ED started in 2021`.
 *
 * 1. The line's codes give blocks (ranges of the directory), each with the truth of its code:
 *    in a range, yes; less precise than asked ("C34" for C34.1, "" for anything), unknown.
 * 2. Every posting of them gives the truth of its status, number and dates; rows with a yes
 *    are certain, rows with an unknown possible.
 * 3. Rows without any are possible if absence proves nothing for them (DESIGN §2).
 *
 * Where nothing is asked but the code, step 2 is a loop that sets bits; where few rows matter
 * (RESTRICT), it looks those up in the long list instead of walking it. */
#include <math.h>
#include <string.h>

#include "index/eval_internal.h"

/* ---- one posting ---- */

struct line line_prepare(const struct evaluator *ev, const struct criteria *criteria)
{
    struct line line = {.criteria = criteria};

    line.plain_number = !criteria->n_status && !criteria->n_when;
    line.plain = line.plain_number && !criteria->has_number;
    for (size_t i = 0; i < criteria->n_when; i++)
        line.asks_diagnosis |= criteria->when[i].kind == WHEN_DIAGNOSIS;
    line.dates = arena_array(ev->arena, criteria->n_when + 1, sizeof(*line.dates));
    for (size_t i = 0; i < criteria->n_when; i++) {
        const struct criteria_when *when = &criteria->when[i];
        struct interval dates = when->dates;

        if (when->kind == WHEN_LAST)
            dates = (struct interval){ev->as_of - when->low, ev->as_of};
        if (when->kind == WHEN_DATES || when->kind == WHEN_LAST)
            line.dates[line.n_dates++] =
                (struct dates16){when->end, day16_first(dates.first),
                                 day16_last(dates.last)};
    }
    line.any_posting = !line.n_dates && !criteria->n_status && !criteria->has_number;
    return line;
}

static uint16_t first_of(const struct segment *segment, const struct segment_block *block,
                         uint32_t i, bool end)
{
    if (end && !block->end_first)
        return DAY16_OPEN_BEFORE;
    return (
        (const uint16_t *)segment_at(segment, end ? block->end_first : block->first))[i];
}

static uint16_t last_of(const struct segment *segment, const struct segment_block *block,
                        uint32_t i, bool end)
{
    if (end && !block->end_last)
        return DAY16_OPEN_AFTER;
    return (
        (const uint16_t *)segment_at(segment, end ? block->end_last : block->last))[i];
}

struct days16 posting_days16(const struct segment *segment,
                             const struct segment_block *block, uint32_t i, bool end)
{
    return (struct days16){first_of(segment, block, i, end),
                           last_of(segment, block, i, end)};
}

static enum truth dates_truth(const struct segment *segment, const struct line *line,
                              const struct segment_block *block, uint32_t i)
{
    enum truth truth = TRUTH_YES;

    for (size_t k = 0; k < line->n_dates; k++) {
        const struct dates16 *dates = &line->dates[k];
        uint16_t first = first_of(segment, block, i, dates->end);
        uint16_t last = last_of(segment, block, i, dates->end);

        if (last < dates->first || first > dates->last)
            return TRUTH_NO;
        if (first < dates->first || last > dates->last)
            truth = TRUTH_UNKNOWN;
    }
    return truth;
}

enum truth status_truth(const struct criteria *line, const char *status)
{
    enum item item = model_group(model_item(line->item)->group)->status;
    enum vocab_system system = model_item(item)->system;
    enum truth truth = TRUTH_NO;

    for (size_t k = 0; k < line->n_status; k++) {
        const struct code_range *range = &line->status[k].range;

        if (strcmp(status, range->first) >= 0 && strcmp(status, range->after) < 0)
            return TRUTH_YES;
        if (vocab_may_be(system, status, range))
            truth = TRUTH_UNKNOWN;
    }
    return truth;
}

static enum truth amount_truth(const struct segment *segment, const struct criteria *line,
                               const struct match *match, uint32_t i)
{
    const struct segment_block *block = match->block;
    const void *column = segment_at(segment, block->amount);
    double amount;

    if (block->amount_width == 2 || block->amount_width == 4) {
        int32_t absent = block->amount_width == 2 ? INT16_MIN : INT32_MIN;
        int32_t n = block->amount_width == 2 ? ((const int16_t *)column)[i]
                                             : ((const int32_t *)column)[i];

        if (n == absent)
            return TRUTH_UNKNOWN;
        return n >= match->low && n <= match->high ? TRUTH_YES : TRUTH_NO;
    }
    amount = segment_amount(segment, block, i);
    if (isnan(amount))
        return TRUTH_UNKNOWN;
    return criteria_number_holds(&line->number, amount) ? TRUTH_YES : TRUTH_NO;
}

enum truth posting_truth(const struct evaluator *ev, const struct line *line,
                         const struct match *match, uint32_t i)
{
    enum truth truth = match->truth;

    if (line->any_posting)
        return truth;
    if (line->n_dates)
        truth = truth_and(truth, dates_truth(ev->segment, line, match->block, i));
    if (truth != TRUTH_NO && line->criteria->has_number)
        truth = truth_and(truth, amount_truth(ev->segment, line->criteria, match, i));
    if (truth != TRUTH_NO && line->criteria->n_status)
        truth = truth_and(
            truth, match->status
                       ? (enum truth)match
                             ->status[segment_status_number(ev->segment, match->block, i)]
                       : status_truth(line->criteria,
                                      segment_status(ev->segment, match->block, i)));
    return truth;
}

enum truth posting_diagnosis(const struct evaluator *ev, const struct line *line,
                             const struct segment_block *block, uint32_t i, uint32_t row)
{
    const struct segment *segment = ev->segment;
    enum truth truth = TRUTH_YES;

    for (size_t k = 0; k < line->criteria->n_when; k++) {
        const struct criteria_when *when = &line->criteria->when[k];

        if (when->kind == WHEN_DIAGNOSIS)
            truth =
                truth_and(truth, distance16((struct days16){segment->diagnosis_first[row],
                                                            segment->diagnosis_last[row]},
                                            posting_days16(segment, block, i, when->end),
                                            when->low, when->high));
    }
    return truth;
}

/* ---- postings to sets ---- */

/* What marking needs to know. */
struct marking {
    const struct evaluator *ev;
    const struct line *line;
    enum segment_level level;
    enum scope scope; /* of the line's facts */
    struct event_lookup *
        *events; /* one a WHEN_EVENT condition, or NULL in the first pass */
    size_t n_events;
    const uint64_t *wanted;   /* rows whose answer matters, NULL: all; … */
    const uint64_t *patients; /* … their patients, once they are asked for */
    struct pair out;
};

static void mark(struct pair *out, uint32_t row, enum truth truth)
{
    if (truth == TRUTH_YES)
        set_put(out->certain, row);
    if (truth != TRUTH_NO)
        set_put(out->possible, row);
}

static enum truth events_truth(const struct marking *marking,
                               const struct segment_block *block, uint32_t i,
                               uint32_t subject)
{
    enum truth truth = TRUTH_YES;

    for (size_t k = 0; k < marking->n_events && truth != TRUTH_NO; k++)
        truth = truth_and(truth, event_truth(marking->ev, marking->events[k], block, i,
                                             subject));
    return truth;
}

/* A posting of the patient on the tumour level: it speaks of each of the tumours, or, if it
 * could hang on one, perhaps of each that its date allows. */
static void mark_spread(struct marking *marking, const struct match *match, uint32_t i,
                        uint32_t patient, enum truth truth)
{
    const struct segment *segment = marking->ev->segment;

    for (uint32_t row = segment->first_tumour[patient];
         row < segment_after_tumours(segment, patient); row++) {
        if (marking->wanted && !set_has(marking->wanted, row))
            continue;

        enum truth here = truth_and(truth, posting_attached(segment, match->block, i, row,
                                                            marking->scope));

        if (here != TRUTH_NO)
            here = truth_and(here, posting_diagnosis(marking->ev, marking->line,
                                                     match->block, i, row));
        if (here != TRUTH_NO)
            here = truth_and(here, events_truth(marking, match->block, i, row));
        mark(&marking->out, row, here);
    }
}

static void mark_posting(struct marking *marking, const struct match *match, uint32_t i,
                         uint32_t subject)
{
    const struct segment *segment = marking->ev->segment;
    enum truth truth = marking->line->any_posting
                           ? match->truth
                           : posting_truth(marking->ev, marking->line, match, i);

    if (truth == TRUTH_NO)
        return;
    if (match->block->level == LEVEL_PATIENT && marking->level == LEVEL_TUMOUR) {
        mark_spread(marking, match, i, subject, truth);
        return;
    }
    if (match->block->level == LEVEL_TUMOUR && marking->level == LEVEL_PATIENT)
        subject = segment->tumour_patient[subject];
    else if (marking->line->asks_diagnosis)
        truth = truth_and(truth, posting_diagnosis(marking->ev, marking->line,
                                                   match->block, i, subject));
    if (truth != TRUTH_NO && marking->n_events)
        truth = truth_and(truth, events_truth(marking, match->block, i, subject));
    mark(&marking->out, subject, truth);
}

static void mark_listed(struct marking *marking, const struct match *match,
                        const uint32_t *list, size_t n)
{
    const uint32_t *subject = segment_subjects(marking->ev->segment, match->block);
    uint32_t at = 0, first, after;
    uint64_t n_seen = 0;

    for (size_t k = 0; k < n && at < match->block->n; k++) {
        row_subjects(marking->ev->segment, marking->level, match->block, list[k], &first,
                     &after);
        at = posting_from(subject, match->block->n, at, first);
        for (uint32_t i = at; i < match->block->n && subject[i] < after; i++, n_seen++)
            mark_posting(marking, match, i, subject[i]);
    }
    marking->ev->work->postings += n_seen;
}

/* The hot loops: nothing to ask, rows of the same level (or of their patients). */
static void mark_plain(struct marking *marking, const struct match *match)
{
    const struct segment *segment = marking->ev->segment;
    const uint32_t *subject = segment_subjects(segment, match->block);
    const uint32_t *patient = segment->tumour_patient;
    uint64_t *out =
        match->truth == TRUTH_YES ? marking->out.certain : marking->out.possible;
    uint32_t n = match->block->n;

    if (match->block->level == LEVEL_TUMOUR && marking->level == LEVEL_PATIENT)
        for (uint32_t i = 0; i < n; i++)
            set_put(out, patient[subject[i]]);
    else
        for (uint32_t i = 0; i < n; i++)
            set_put(out, subject[i]);
}

/* The same with a number kept in integers: no branch, for it goes either way. */
#define MARK_NUMBERS(name, type, absent)                                              \
    static void name(struct marking *marking, const struct match *match)              \
    {                                                                                 \
        const struct segment *segment = marking->ev->segment;                         \
        const struct segment_block *block = match->block;                             \
        const uint32_t *subject = segment_subjects(segment, block);                   \
        const type *number = segment_at(segment, block->amount);                      \
        bool to_patient =                                                             \
            block->level == LEVEL_TUMOUR && marking->level == LEVEL_PATIENT;          \
        bool complete = block->flags & BLOCK_NUMBERS_COMPLETE;                        \
        uint64_t *out =                                                               \
            match->truth == TRUTH_YES ? marking->out.certain : marking->out.possible; \
                                                                                      \
        for (uint32_t i = 0; i < block->n; i++) {                                     \
            uint32_t row =                                                            \
                to_patient ? segment->tumour_patient[subject[i]] : subject[i];        \
            uint64_t holds = number[i] >= match->low && number[i] <= match->high;     \
                                                                                      \
            out[row >> 6] |= holds << (row & 63);                                     \
            if (!complete && number[i] == (absent))                                   \
                set_put(marking->out.possible, row);                                  \
        }                                                                             \
    }

MARK_NUMBERS(mark_numbers16, int16_t, INT16_MIN)
MARK_NUMBERS(mark_numbers32, int32_t, INT32_MIN)

/* Is BLOCK of a level whose rows are the line's rows, or give them? */
static bool block_is_direct(const struct marking *marking,
                            const struct segment_block *block)
{
    return block->level == LEVEL_TUMOUR || marking->level == LEVEL_PATIENT;
}

/* The same with one distance from the tumour's diagnosis. */
static void mark_distances(struct marking *marking, const struct match *match)
{
    const struct segment *segment = marking->ev->segment;
    const struct criteria_when *when = &marking->line->criteria->when[0];
    const uint32_t *subject = segment_subjects(segment, match->block);
    const uint16_t *first = segment_at(segment, match->block->first);
    const uint16_t *last = segment_at(segment, match->block->last);

    for (uint32_t i = 0; i < match->block->n; i++) {
        uint32_t row = subject[i];

        /* an unknown adds nothing where one is already */
        if (match->truth == TRUTH_UNKNOWN && set_has(marking->out.possible, row))
            continue;
        mark(&marking->out, row,
             truth_and(match->truth,
                       distance16((struct days16){segment->diagnosis_first[row],
                                                  segment->diagnosis_last[row]},
                                  (struct days16){first[i], last[i]}, when->low,
                                  when->high)));
    }
}

/* What a block's postings are asked, when it is one thing that has its own loop. */
static bool mark_special(struct marking *marking, const struct match *match)
{
    const struct line *line = marking->line;

    if (!block_is_direct(marking, match->block))
        return false;
    if (line->plain) {
        mark_plain(marking, match);
    } else if (line->plain_number && match->block->amount_width == 2) {
        mark_numbers16(marking, match);
    } else if (line->plain_number && match->block->amount_width == 4) {
        mark_numbers32(marking, match);
    } else if (line->any_posting && line->criteria->n_when == 1 && line->asks_diagnosis &&
               !line->criteria->when[0].end && match->block->level == marking->level) {
        mark_distances(marking, match);
    } else if (line->any_posting && line->criteria->n_when == 1 &&
               marking->n_events == 1) {
        event_mark_block(marking->ev, marking->events[0], match, &marking->out);
    } else if (line->any_posting && line->criteria->n_when == 1 &&
               !line->asks_diagnosis && !marking->events) {
        mark_plain(marking,
                   match); /* the first pass: who might have such a fact at all */
    } else {
        return false;
    }
    return true;
}

/* The postings of wanted rows, among all. */
static void mark_wanted(struct marking *marking, const struct match *match,
                        const uint32_t *subject)
{
    const struct segment_block *block = match->block;
    bool to_patient = block->level == LEVEL_TUMOUR && marking->level == LEVEL_PATIENT;
    bool spread = block->level == LEVEL_PATIENT && marking->level == LEVEL_TUMOUR;
    struct found found[FOUND_STEP];

    if (spread && !marking->patients)
        marking->patients = patients_of(marking->ev, marking->wanted);
    for (uint32_t i = 0; i < block->n;) {
        uint32_t step = block->n - i < FOUND_STEP ? block->n - i : FOUND_STEP;
        size_t n =
            find_some(subject, to_patient ? marking->ev->segment->tumour_patient : NULL,
                      spread ? marking->patients : marking->wanted, &i, i + step,
                      UINT32_MAX, found);

        for (size_t k = 0; k < n; k++)
            mark_posting(marking, match, found[k].i, subject[found[k].i]);
    }
}

static void mark_block(struct marking *marking, const struct match *match,
                       const uint32_t *list, size_t n_list)
{
    const uint32_t *subject;

    if (!block_is_sound(marking->ev, match->block))
        return;
    subject = segment_subjects(marking->ev->segment, match->block);
    if (list && n_list * 16 < match->block->n) {
        mark_listed(marking, match, list, n_list);
        return;
    }
    marking->ev->work->postings += match->block->n;
    if (mark_special(marking, match))
        return;
    if (marking->wanted)
        mark_wanted(marking, match, subject);
    else
        for (uint32_t i = 0; i < match->block->n; i++)
            mark_posting(marking, match, i, subject[i]);
}

static void mark_all(struct marking *marking, const struct matches *matches,
                     const uint64_t *restrict_to)
{
    size_t rows = level_rows(marking->ev, marking->level), n_list = 0;
    uint32_t *list = NULL;
    uint64_t count = restrict_to ? set_count(restrict_to, rows) : rows;

    if (restrict_to && count * 16 < matches->postings) {
        list = arena_array(marking->ev->arena, count + 1, sizeof(*list));
        n_list = set_list(restrict_to, rows, list);
    }
    marking->wanted = restrict_to;
    marking->patients = NULL;
    for (size_t i = 0; i < matches->n; i++)
        mark_block(marking, &matches->match[i], list, n_list);
    set_or(marking->out.possible, marking->out.certain, rows);
}

/* ---- the line ---- */

/* Are the codes at or below CODE those of the group CODE? Not for a code above the groups,
 * such as ATC L01, of which vocab_group() only says that it is one by itself. */
static bool is_group(enum vocab_system system, const char *code,
                     const struct code_range *range)
{
    size_t length = strlen(code);
    char group[VOCAB_CODE_SIZE], below[VOCAB_CODE_SIZE + 1];

    vocab_group(system, code, group);
    if (strcmp(group, code) != 0)
        return false;
    memcpy(below, code, length);
    memcpy(below + length, "\x01", 2);
    if (strcmp(range->after, below) == 0)
        return true; /* nothing is below it */
    if (length + 1 >= VOCAB_CODE_SIZE)
        return false;
    below[length] = '0';
    vocab_group(system, below, group);
    return strcmp(group, code) == 0;
}

/* Answers that were made beforehand: any fact of the item, or one group of its codes. */
static bool add_prepared(const struct evaluator *ev, const struct criteria *line,
                         uint64_t *certain)
{
    const struct criteria_code *code = line->codes;

    if (line->n_status || line->has_number || line->n_when || line->n_codes > 1)
        return false;
    if (line->n_codes == 0) {
        eval_add_set(ev, line->item, SET_ITEM, "", certain);
        return true;
    }
    if (code->first_code != code->last_code ||
        !is_group(model_item(line->item)->system, code->first_code, &code->range))
        return false;
    eval_add_set(ev, line->item, SET_GROUP, code->first_code, certain);
    return true;
}

/* Does LINE ask for any fact of its item at all, and are these the ones that the set of tumours
 * with a stated one has? */
static bool are_all_stated(const struct evaluator *ev, const struct criteria *line,
                           const struct matches *matches)
{
    if (line->n_codes || line->n_status || line->has_number || line->n_when)
        return false;
    for (size_t m = 0; m < matches->n; m++)
        if (matches->match[m].block->level != LEVEL_TUMOUR ||
            !*segment_string(ev->segment, matches->match[m].block->code))
            return false;
    return true;
}

static size_t count_events(const struct criteria *line)
{
    size_t n = 0;

    for (size_t i = 0; i < line->n_when; i++)
        n += line->when[i].kind == WHEN_EVENT;
    return n;
}

/* Second pass: the rows that hold apart from other events, with those events now. */
static void mark_with_events(struct marking *marking, const struct matches *matches,
                             const uint64_t *restrict_to, size_t n_events)
{
    const struct evaluator *ev = marking->ev;
    const struct criteria *line = marking->line->criteria;
    size_t rows = level_rows(ev, marking->level);
    uint64_t *candidates = marking->out.possible;

    if (restrict_to)
        set_and(candidates, restrict_to, rows);
    marking->events = arena_array(ev->arena, n_events, sizeof(*marking->events));
    for (size_t i = 0; i < line->n_when; i++)
        if (line->when[i].kind == WHEN_EVENT)
            marking->events[marking->n_events++] =
                event_gather(ev, line, &line->when[i], marking->level, candidates);
    marking->out = pair_new(ev, marking->level);
    mark_all(marking, matches, candidates);
    set_and(marking->out.certain, candidates, rows);
    set_and(marking->out.possible, candidates, rows);
}

static struct pair eval_fact_rows(const struct evaluator *ev,
                                  const struct criteria *criteria,
                                  enum segment_level level, const uint64_t *restrict_to)
{
    struct line line = line_prepare(ev, criteria);
    struct matches matches = fact_matches(ev, criteria);
    struct marking marking = {.ev = ev,
                              .line = &line,
                              .level = level,
                              .scope = fact_scope(criteria),
                              .out = pair_new(ev, level)};
    size_t n_events = count_events(criteria), rows = level_rows(ev, level);

    if (level == LEVEL_TUMOUR && are_all_stated(ev, criteria, &matches)) {
        eval_add_set(ev, criteria->item, SET_STATED_TUMOURS, "", marking.out.certain);
        set_copy(marking.out.possible, marking.out.certain, rows);
    } else if (level == LEVEL_PATIENT &&
               add_prepared(ev, criteria, marking.out.certain)) {
        for (size_t i = 0; i < matches.n; i++)
            if (matches.match[i].truth == TRUTH_UNKNOWN)
                mark_block(&marking, &matches.match[i], NULL, 0);
        set_or(marking.out.possible, marking.out.certain, rows);
    } else {
        mark_all(&marking, &matches, restrict_to);
        if (n_events)
            mark_with_events(&marking, &matches, restrict_to, n_events);
    }
    set_or(marking.out.possible,
           fact_absence_unknown(ev, criteria, &matches, level, restrict_to), rows);
    return marking.out;
}

/* Does a line about the patient's facts depend on the tumour even so: by its diagnosis, or by
 * other facts that hang on it? */
static bool differs_by_tumour(const struct criteria *line)
{
    if (fact_scope(line) != SCOPE_PATIENT ||
        (line->from && differs_by_tumour(line->from)))
        return true;
    for (size_t i = 0; i < line->n_when; i++)
        if (line->when[i].kind == WHEN_DIAGNOSIS ||
            (line->when[i].other && differs_by_tumour(line->when[i].other)))
            return true;
    return false;
}

/* Must the facts of a subject be seen side by side, in other ways than eval_event.c knows? */
static bool needs_history(const struct criteria *line)
{
    if (line->count || line->order != ORDER_ANY)
        return true;
    for (size_t i = 0; i < line->n_when; i++) {
        const struct criteria_when *when = &line->when[i];

        if (when_is_of_posting(when))
            continue;
        if (when->kind != WHEN_EVENT || when->other_end)
            return true;
        if (needs_history(when->other))
            return true;
        for (size_t k = 0; k < when->other->n_when; k++)
            if (when->other->when[k].other)
                return true;
    }
    return false;
}

static struct pair fact_rows(const struct evaluator *ev, const struct criteria *line,
                             enum segment_level level, const uint64_t *restrict_to)
{
    return (needs_history(line) ? eval_history : eval_fact_rows)(ev, line, level,
                                                                 restrict_to);
}

struct pair eval_fact(const struct evaluator *ev, const struct criteria *line,
                      enum segment_level level, const uint64_t *restrict_to)
{
    if (level == LEVEL_PATIENT || differs_by_tumour(line))
        return fact_rows(ev, line, level, restrict_to);

    /* a fact of the patient, inside tumour { }: the same for each of the tumours */
    struct pair patients = fact_rows(ev, line, LEVEL_PATIENT, NULL);
    struct pair out = pair_new(ev, LEVEL_TUMOUR);

    set_to_tumours(ev->segment, patients.certain, out.certain, restrict_to);
    set_to_tumours(ev->segment, patients.possible, out.possible, restrict_to);
    return out;
}
