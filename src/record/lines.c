/* SPDX-License-Identifier: Apache-2.0
 *
 * record/lines.c: see lines.h for the calculation.
 *
 * A sequence is the drugs of one tumour, sorted by their first possible day and cut into blocks:
 * the dates of two blocks certainly do not overlap, so each drug's line depends on its own block
 * and those before it. A block of one exact day is what the calculation speaks of. A block of
 * several possible days is decided where every order of its drugs gives the same: all are of the
 * current line, or all are not and would be one line among themselves. If some are, which stay
 * while a partner is changed, the new line is known, and only of those it is open which of the
 * two they are of. Otherwise the lines are *lost*: the drugs from there on stand in no line that
 * is known.
 *
 * A drug that hangs on no tumour, of a patient with several, may or may not be in the sequence of
 * each: it is harmless where it is of the current line anyway, else the lines are lost. */
#include "record/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/record_internal.h"

/* ---- the parameters of lines-1 ------------------------------------------------------- */

#define REGIMEN_DAYS 30   /* drugs this long after the start of a line are of it */
#define CONTINUED_DAYS 90 /* a molecule given again, from start to start */

/* ATC (WHO, 2024), each with all below it. */
static const char *const systemic[] = {
    "L01",     /* antineoplastic agents */
    "L02",     /* endocrine therapy */
    "L03AB04", /* interferon alfa-2a */
    "L03AB05", /* interferon alfa-2b */
    "L03AC01", /* aldesleukin */
    "L04AX02", /* thalidomide */
    "L04AX04", /* lenalidomide */
    "L04AX06", /* pomalidomide */
};

#define LOCAL_AGENTS "L01XD" /* sensitizers used in photodynamic therapy */

/* Molecules of one row may be exchanged within a line. Platinum agents and fluoropyrimidines:
 * Hess 2021, table 1; Meng 2021, table 5. GnRH agonists are ours: they differ in their maker and
 * their interval. (Paclitaxel bound to albumin has the code of paclitaxel.) */
static const char *const exchanged[][2] = {
    {"L01XA01", "L01XA02"}, /* cisplatin, carboplatin */
    {"L01BC02", "L01BC06"}, /* fluorouracil, capecitabine */
    {"L02AE", "L02AE"},     /* leuprorelin, triptorelin, goserelin … */
};

/* ---- codes --------------------------------------------------------------------------- */

#define MOLECULE_LENGTH 7 /* of an ATC code of the fifth level */

static bool is_below(const char *code, const char *above)
{
    return strncmp(code, above, strlen(above)) == 0;
}

static bool is_systemic(const char *code)
{
    if (is_below(code, LOCAL_AGENTS))
        return false;
    for (size_t i = 0; i < ARRAY_LENGTH(systemic); i++)
        if (is_below(code, systemic[i]) || is_below(systemic[i], code))
            return true;
    return false;
}

/* Are two drugs of one molecule, or may they be exchanged? */
static enum truth is_same(const char *a, const char *b)
{
    bool both_precise = strlen(a) == MOLECULE_LENGTH && strlen(b) == MOLECULE_LENGTH;
    enum truth truth = TRUTH_NO;

    if (both_precise && strcmp(a, b) == 0)
        return TRUTH_YES;
    if (!both_precise && (is_below(a, b) || is_below(b, a)))
        truth = TRUTH_UNKNOWN;
    for (size_t i = 0; i < ARRAY_LENGTH(exchanged); i++) {
        bool in_a = false, in_b = false, may_a = false, may_b = false;

        for (size_t k = 0; k < 2; k++) {
            in_a |= is_below(a, exchanged[i][k]);
            in_b |= is_below(b, exchanged[i][k]);
            may_a |= is_below(exchanged[i][k], a);
            may_b |= is_below(exchanged[i][k], b);
        }
        if (in_a && in_b)
            return TRUTH_YES;
        if ((in_a || may_a) && (in_b || may_b))
            truth = TRUTH_UNKNOWN;
    }
    return truth;
}

/* ---- a sequence ---------------------------------------------------------------------- */

#define NO_LINE SIZE_MAX
#define NO_NUMBER (-1)

/* A drug fact of a sequence. */
struct dose {
    const char *code;
    struct interval start, end;
    bool is_counted; /* the source counts changes of treatment … */
    double count;    /* … and this is its count */
    bool is_perhaps; /* it may be of another tumour */
    /* decided */
    size_t line;      /* of the sequence, or NO_LINE */
    int number;       /* where it is of no line that is known: 0, or NO_NUMBER */
    day_number since; /* likewise: no line that it may be of starts before */
};

struct line {
    int number;
    struct interval start, end;
    bool is_counted;
    double count;
    size_t first_member, n_members; /* its different codes */
};

struct member {
    const char *code;
    bool is_certain; /* else it may be of the line before */
};

enum phase {
    PHASE_EARLY,    /* no line is counted yet */
    PHASE_ADVANCED, /* the current line has its number */
    PHASE_UNDECIDED /* which of the two is not known any more */
};

struct sequence {
    int tumour;
    struct interval advanced;
    struct dose *doses;
    size_t n;
    struct line *lines;
    size_t n_lines;
    struct member *members;
    size_t n_members;
    enum phase phase;
    bool is_lost; /* the current line is not known */
    day_number since;
};

/* Doses [first, after), whose dates overlap: each of one of the days LOW to HIGH. */
struct block {
    size_t first, after;
    day_number low, high;
};

static bool is_exact(const struct block *block)
{
    return block->low == block->high;
}

static struct line *current_line(const struct sequence *sequence)
{
    return sequence->is_lost || sequence->n_lines == 0
               ? NULL
               : &sequence->lines[sequence->n_lines - 1];
}

static enum truth starts_within(struct interval from, struct interval to, int days)
{
    if (to.last - from.first <= days)
        return TRUTH_YES;
    return to.first - from.last > days ? TRUTH_NO : TRUTH_UNKNOWN;
}

/* ---- one dose ------------------------------------------------------------------------ */

static enum truth is_member(const struct sequence *sequence, const struct line *line,
                            const struct dose *dose)
{
    enum truth truth = TRUTH_NO;

    for (size_t i = 0; i < line->n_members && truth != TRUTH_YES; i++) {
        const struct member *member = &sequence->members[line->first_member + i];
        enum truth same = is_same(member->code, dose->code);

        truth =
            truth_or(truth, member->is_certain ? same : truth_and(same, TRUTH_UNKNOWN));
    }
    return truth;
}

/* Is DOSE of the current line? */
static enum truth belongs(const struct sequence *sequence, const struct dose *dose)
{
    const struct line *line = current_line(sequence);

    if (!line)
        return TRUTH_NO;
    if (line->is_counted && dose->is_counted)
        return line->count == dose->count ? TRUTH_YES : TRUTH_NO;
    return truth_or(starts_within(line->start, dose->start, REGIMEN_DAYS),
                    is_member(sequence, line, dose));
}

/* Does DOSE of the advanced phase go on with what was given before it? */
static enum truth is_continued(const struct sequence *sequence, size_t n_before,
                               const struct dose *dose)
{
    enum truth truth = TRUTH_NO;

    for (size_t i = n_before; i-- > 0 && truth != TRUTH_YES;) {
        const struct dose *earlier = &sequence->doses[i];
        enum truth here;

        if (earlier->is_counted && dose->is_counted)
            here = earlier->count == dose->count ? TRUTH_YES : TRUTH_NO;
        else
            here = truth_and(starts_within(earlier->start, dose->start, CONTINUED_DAYS),
                             is_same(earlier->code, dose->code));
        if (earlier->is_perhaps)
            here = truth_and(here, TRUTH_UNKNOWN);
        truth = truth_or(truth, here);
    }
    return truth;
}

static enum truth is_advanced(const struct sequence *sequence, const struct dose *dose)
{
    if (dose->start.first >= sequence->advanced.last)
        return TRUTH_YES;
    return dose->start.last < sequence->advanced.first ? TRUTH_NO : TRUTH_UNKNOWN;
}

/* Whether it is of this tumour or not, the lines are the same. */
static bool is_harmless(const struct sequence *sequence, const struct block *block,
                        const struct dose *dose)
{
    const struct line *line = current_line(sequence);

    if (!line || is_member(sequence, line, dose) != TRUTH_YES ||
        belongs(sequence, dose) != TRUTH_YES)
        return false;
    return sequence->phase == PHASE_ADVANCED || is_advanced(sequence, dose) == TRUTH_NO ||
           is_continued(sequence, block->first, dose) == TRUTH_YES;
}

/* ---- lines --------------------------------------------------------------------------- */

static void member_add(struct sequence *sequence, struct line *line, const char *code,
                       bool is_certain)
{
    for (size_t i = 0; i < line->n_members; i++) {
        struct member *member = &sequence->members[line->first_member + i];

        if (strcmp(member->code, code) == 0) {
            member->is_certain |= is_certain;
            return;
        }
    }
    sequence->members[sequence->n_members++] = (struct member){code, is_certain};
    line->n_members++;
}

/* The line lasts at least to the start of its last drug; if DOSE is of it. */
static void line_extend(struct line *line, const struct dose *dose, bool is_certain)
{
    bool has_end = !interval_is_unknown(dose->end);
    day_number first = has_end && dose->end.first > dose->start.first ? dose->end.first
                                                                      : dose->start.first;
    day_number last = !has_end                            ? DAY_MAX
                      : dose->end.last > dose->start.last ? dose->end.last
                                                          : dose->start.last;

    if (is_certain && first > line->end.first)
        line->end.first = first;
    if (last > line->end.last)
        line->end.last = last;
}

/* The block's drugs into the current line. Of several counts on one day the greatest holds. */
static void line_join(struct sequence *sequence, const struct block *block)
{
    struct line *line = current_line(sequence);
    bool was_counted = line->is_counted;

    for (size_t i = block->first; i < block->after; i++) {
        struct dose *dose = &sequence->doses[i];

        line_extend(line, dose, !dose->is_perhaps);
        if (dose->is_perhaps)
            continue;
        dose->line = sequence->n_lines - 1;
        member_add(sequence, line, dose->code, true);
        if (!was_counted && dose->is_counted &&
            (!line->is_counted || dose->count > line->count)) {
            line->is_counted = true;
            line->count = dose->count;
        }
    }
}

static void line_begin(struct sequence *sequence, const struct block *block, int number)
{
    struct interval start = {block->low, DAY_MAX};
    struct line *line;

    for (size_t i = block->first; i < block->after; i++)
        if (!sequence->doses[i].is_perhaps && sequence->doses[i].start.last < start.last)
            start.last = sequence->doses[i].start.last;
    if (sequence->n_lines > 0) { /* it ends with the start of the next at the latest */
        line = &sequence->lines[sequence->n_lines - 1];
        if (line->end.first > start.first)
            line->end.first = start.first;
        if (line->end.last > start.last)
            line->end.last = start.last;
    }
    line = &sequence->lines[sequence->n_lines++];
    *line = (struct line){.number = number,
                          .start = start,
                          .end = start,
                          .first_member = sequence->n_members};
    sequence->is_lost = false;
    line_join(sequence, block);
}

/* From BLOCK on the lines are not known; drugs may still be of the last one. */
static void lose(struct sequence *sequence, const struct block *block)
{
    struct line *line = current_line(sequence);

    if (sequence->is_lost)
        return;
    sequence->since = line ? line->start.first : block->low;
    if (line && line->end.first > block->low)
        line->end.first = block->low;
    if (line)
        line->end.last = DAY_MAX;
    sequence->is_lost = true;
}

static void leave_open(struct sequence *sequence, const struct block *block)
{
    for (size_t i = block->first; i < block->after; i++) {
        struct dose *dose = &sequence->doses[i];

        dose->number = sequence->phase == PHASE_EARLY ? 0 : NO_NUMBER;
        dose->since = sequence->since;
    }
}

/* ---- blocks -------------------------------------------------------------------------- */

/* What holds of a block of which it holds for some of its doses and not for others: one day's
 * drugs stand together with the one for which it does not. */
static enum truth of_all(const struct block *block, const size_t counts[3])
{
    if (counts[TRUTH_NO] == 0 && counts[TRUTH_UNKNOWN] == 0)
        return TRUTH_YES;
    if (counts[TRUTH_NO] == block->after - block->first)
        return TRUTH_NO;
    return is_exact(block) && counts[TRUTH_NO] > 0 ? TRUTH_NO : TRUTH_UNKNOWN;
}

static enum truth block_belongs(const struct sequence *sequence,
                                const struct block *block)
{
    size_t counts[3] = {0};

    for (size_t i = block->first; i < block->after; i++)
        counts[belongs(sequence, &sequence->doses[i])]++;
    return of_all(block, counts);
}

static enum truth block_is_continued(const struct sequence *sequence,
                                     const struct block *block)
{
    size_t counts[3] = {0};

    for (size_t i = block->first; i < block->after; i++)
        counts[is_continued(sequence, block->first, &sequence->doses[i])]++;
    return of_all(block, counts);
}

static enum truth block_is_advanced(const struct sequence *sequence,
                                    const struct block *block)
{
    size_t counts[3] = {0};

    for (size_t i = block->first; i < block->after; i++)
        counts[is_advanced(sequence, &sequence->doses[i])]++;
    if (counts[TRUTH_UNKNOWN] > 0 || (counts[TRUTH_NO] > 0 && counts[TRUTH_YES] > 0))
        return TRUTH_UNKNOWN;
    return counts[TRUTH_NO] > 0 ? TRUTH_NO : TRUTH_YES;
}

/* The counts of the source in BLOCK do not contradict each other; *ALL_R: every dose has one. */
static bool counts_agree(const struct sequence *sequence, const struct block *block,
                         bool *all_r)
{
    const struct dose *counted = NULL;

    *all_r = true;
    for (size_t i = block->first; i < block->after; i++) {
        const struct dose *dose = &sequence->doses[i];

        if (!dose->is_counted) {
            *all_r = false;
            continue;
        }
        if (counted && counted->count != dose->count)
            return false;
        counted = dose;
    }
    return true;
}

/* Whichever of the block's drugs comes first, the others are of its line. */
static bool are_one_line(const struct sequence *sequence, const struct block *block)
{
    bool all_counted;

    if (is_exact(block))
        return true;
    if (!counts_agree(sequence, block, &all_counted))
        return false;
    if (all_counted || block->high - block->low <= REGIMEN_DAYS)
        return true;
    for (size_t i = block->first + 1; i < block->after; i++)
        if (is_same(sequence->doses[block->first].code, sequence->doses[i].code) !=
            TRUTH_YES)
            return false;
    return true;
}

/* The doses that may be another tumour's, and make no difference as long as BLOCK starts no line,
 * are taken out of it, and then precede it. Returns whether any is left in it. */
static bool set_aside(struct sequence *sequence, struct block *block)
{
    bool any_left = false;

    for (size_t i = block->first; i < block->after; i++) {
        struct dose dose = sequence->doses[i];

        if (!dose.is_perhaps)
            continue;
        if (!is_harmless(sequence, block, &dose)) {
            any_left = true;
            continue;
        }
        line_extend(current_line(sequence), &dose, false);
        sequence->doses[i] = sequence->doses[block->first];
        sequence->doses[block->first++] = dose;
    }
    return any_left;
}

/* The phase of BLOCK, given that it was early until now. True when it starts line 1. ANY_PERHAPS:
 * there are doses in it that may be another tumour's; ANY_ASIDE: there were. */
static bool leaves_early(struct sequence *sequence, const struct block *block,
                         bool any_perhaps, bool any_aside)
{
    enum truth advanced = block_is_advanced(sequence, block);
    enum truth continued =
        advanced == TRUTH_YES ? block_is_continued(sequence, block) : TRUTH_UNKNOWN;

    if (advanced == TRUTH_NO || (continued == TRUTH_YES && !any_perhaps))
        return false;
    if (continued == TRUTH_NO && !any_perhaps && !any_aside &&
        are_one_line(sequence, block)) {
        sequence->phase = PHASE_ADVANCED;
        return true;
    }
    sequence->phase = PHASE_UNDECIDED;
    lose(sequence, block);
    return false;
}

static int next_number(const struct sequence *sequence)
{
    return sequence->phase == PHASE_EARLY ? 0 : current_line(sequence)->number + 1;
}

/* Are all doses of BLOCK certainly known drugs of the current line, or certainly new, and the
 * others of a line that begins with one of the new ones? Then those are put first: *AFTER_R. */
static bool is_divided(struct sequence *sequence, const struct block *block,
                       size_t *after_r)
{
    const struct line *line = current_line(sequence);
    size_t n_new = 0;

    if (!line || block->high - block->low > REGIMEN_DAYS)
        return false;
    for (size_t i = block->first; i < block->after; i++) {
        struct dose dose = sequence->doses[i];

        if (dose.is_counted || dose.is_perhaps)
            return false;
        if (is_member(sequence, line, &dose) == TRUTH_YES)
            continue;
        if (belongs(sequence, &dose) != TRUTH_NO)
            return false;
        sequence->doses[i] = sequence->doses[block->first + n_new];
        sequence->doses[block->first + n_new++] = dose;
    }
    *after_r = block->first + n_new;
    return true;
}

/* A line begins with the doses [first, AFTER) of BLOCK; the others are of it or of the one
 * before. */
static void divide(struct sequence *sequence, const struct block *block, size_t after)
{
    struct line *before = current_line(sequence);
    struct block begin = {block->first, after, DAY_MAX, block->high};
    struct block open = {after, block->after, block->low, block->high};
    day_number since = before->start.first;

    for (size_t i = block->first; i < after; i++)
        if (sequence->doses[i].start.first < begin.low)
            begin.low = sequence->doses[i].start.first;
    for (size_t i = after; i < block->after; i++)
        line_extend(before, &sequence->doses[i], false);
    line_begin(sequence, &begin, next_number(sequence));
    for (size_t i = after; i < block->after; i++) {
        line_extend(current_line(sequence), &sequence->doses[i], false);
        member_add(sequence, current_line(sequence), sequence->doses[i].code, false);
    }
    sequence->since = since;
    leave_open(sequence, &open);
}

/* BLOCK, its drugs all of this tumour unless ANY_ASIDE, after the current line or into it. False
 * if that cannot be told. */
static bool block_follows(struct sequence *sequence, const struct block *block,
                          bool any_aside)
{
    enum truth truth = block_belongs(sequence, block);
    bool all_counted;
    size_t after;

    if (truth == TRUTH_YES &&
        (is_exact(block) || counts_agree(sequence, block, &all_counted)))
        line_join(sequence, block);
    else if (any_aside)
        return false;
    else if (truth == TRUTH_NO && are_one_line(sequence, block))
        line_begin(sequence, block, next_number(sequence));
    else if (truth == TRUTH_UNKNOWN && is_divided(sequence, block, &after))
        divide(sequence, block, after);
    else
        return false;
    return true;
}

static void block_place(struct sequence *sequence, struct block *block)
{
    size_t first = block->first;
    bool any_perhaps = set_aside(sequence, block);
    bool any_aside = block->first > first;

    if (block->first == block->after)
        return;
    if (sequence->phase == PHASE_EARLY &&
        leaves_early(sequence, block, any_perhaps, any_aside)) {
        line_begin(sequence, block, 1);
        return;
    }
    if (any_perhaps)
        lose(sequence, block);
    if (!sequence->is_lost && block_follows(sequence, block, any_aside))
        return;
    lose(sequence, block);
    leave_open(sequence, block);
}

static int compare_doses(const void *a, const void *b)
{
    const struct dose *x = a;
    const struct dose *y = b;

    if (x->start.first != y->start.first)
        return x->start.first < y->start.first ? -1 : 1;
    if (x->start.last != y->start.last)
        return x->start.last < y->start.last ? -1 : 1;
    return strcmp(x->code, y->code);
}

static void sequence_place(struct sequence *sequence)
{
    struct block block = {0, 0, 0, 0};

    qsort(sequence->doses, sequence->n, sizeof(*sequence->doses), compare_doses);
    while (block.after < sequence->n) {
        const struct dose *dose = &sequence->doses[block.after];
        size_t after = block.after + 1;

        block.first = block.after;
        block.low = dose->start.first;
        block.high = dose->start.last;
        for (; after < sequence->n; after++) {
            dose = &sequence->doses[after];
            if (dose->start.first > block.high)
                break;
            if (dose->start.last > block.high)
                block.high = dose->start.last;
        }
        block.after = after;
        block_place(sequence,
                    &(struct block){block.first, block.after, block.low, block.high});
    }
}

/* ---- facts --------------------------------------------------------------------------- */

struct making {
    struct arena *arena;
    const struct record *record;
    struct sequence sequence; /* its room is used for one tumour after the other */
    struct fact *out;
    size_t n;
};

static void put_fact(struct making *making, const char *code, int number,
                     struct interval start, struct interval end)
{
    struct value *values = arena_array(making->arena, 4, sizeof(*values));
    uint16_t n = 0;

    if (number != NO_NUMBER)
        values[n++] = (struct value){
            .item = ITEM_LINE_NUMBER, .type = TYPE_NUMBER, .number = number};
    values[n++] = (struct value){.item = ITEM_LINE_DRUG, .type = TYPE_CODE, .text = code};
    values[n++] =
        (struct value){.item = ITEM_LINE_START, .type = TYPE_DATE, .date = start};
    values[n++] = (struct value){.item = ITEM_LINE_END, .type = TYPE_DATE, .date = end};
    making->out[making->n++] = (struct fact){.group = GROUP_LINE,
                                             .tumour = making->sequence.tumour,
                                             .date = start,
                                             .end = end,
                                             .n_values = n,
                                             .values = values};
}

/* The drugs of no line that is known, one fact a code and number: its line started between the
 * first day of those it may be of and the drug's own, and ended after that. */
static void put_open(struct making *making)
{
    struct sequence *sequence = &making->sequence;

    for (size_t i = 0; i < sequence->n; i++) {
        struct dose *dose = &sequence->doses[i];
        struct interval start = {dose->since, dose->start.last};
        day_number end = dose->start.first;

        if (dose->line != NO_LINE || dose->is_perhaps)
            continue;
        for (size_t j = i + 1; j < sequence->n; j++) {
            struct dose *other = &sequence->doses[j];

            if (other->line != NO_LINE || other->is_perhaps ||
                other->number != dose->number || strcmp(other->code, dose->code) != 0)
                continue;
            if (other->since < start.first)
                start.first = other->since;
            if (other->start.last > start.last)
                start.last = other->start.last;
            other->is_perhaps = true; /* said here */
        }
        put_fact(making, dose->code, dose->number, start,
                 (struct interval){end, DAY_MAX});
    }
}

static void put_sequence(struct making *making)
{
    const struct sequence *sequence = &making->sequence;

    for (size_t i = 0; i < sequence->n_lines; i++) {
        const struct line *line = &sequence->lines[i];

        for (size_t k = 0; k < line->n_members; k++) {
            const struct member *member = &sequence->members[line->first_member + k];

            if (member->is_certain)
                put_fact(making, member->code, line->number, line->start, line->end);
        }
    }
    put_open(making);
}

/* ---- sequences ----------------------------------------------------------------------- */

static void dose_add(struct sequence *sequence, const struct fact *fact, bool is_perhaps)
{
    const struct value *count = fact_value(fact, ITEM_DRUG_CHANGE);
    struct dose *dose = &sequence->doses[sequence->n++];

    *dose = (struct dose){.code = fact_text(fact, ITEM_DRUG_CODE),
                          .start = fact->date,
                          .end = fact->end,
                          .is_counted = count,
                          .count = count ? count->number : 0,
                          .is_perhaps = is_perhaps,
                          .line = NO_LINE};
}

static void sequence_begin(struct sequence *sequence, int tumour)
{
    sequence->tumour = tumour;
    sequence->n = sequence->n_lines = sequence->n_members = 0;
    sequence->phase = PHASE_EARLY;
    sequence->is_lost = false;
}

/* The drugs that are, or may be, of TUMOUR. */
static void sequence_of_tumour(struct making *making, int tumour)
{
    const struct record *record = making->record;
    struct sequence *sequence = &making->sequence;
    bool any = false;

    sequence_begin(sequence, tumour);
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        enum truth attached;

        if (fact->group != GROUP_DRUG || !is_systemic(fact_text(fact, ITEM_DRUG_CODE)))
            continue;
        attached = record_attached(record, fact, tumour);
        if (attached != TRUTH_NO)
            dose_add(sequence, fact, attached == TRUTH_UNKNOWN);
        any |= attached == TRUTH_YES;
    }
    if (!any)
        return;
    sequence->advanced = advanced_phase(record, tumour);
    sequence_place(sequence);
    put_sequence(making);
}

/* The drugs of no tumour that is known, which may be of any line of any tumour. */
static void sequence_of_none(struct making *making)
{
    const struct record *record = making->record;
    struct sequence *sequence = &making->sequence;
    day_number first = DAY_MAX;

    sequence_begin(sequence, TUMOUR_NONE);
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];

        if (fact->group != GROUP_DRUG || !is_systemic(fact_text(fact, ITEM_DRUG_CODE)))
            continue;
        if (fact->date.first < first)
            first = fact->date.first;
        if (fact->tumour == TUMOUR_NONE)
            dose_add(sequence, fact, false);
    }
    sequence->phase = PHASE_UNDECIDED;
    sequence->since = first;
    leave_open(sequence, &(struct block){.after = sequence->n});
    put_open(making);
}

static int compare_facts(const void *a, const void *b)
{
    return fact_compare(a, b);
}

size_t lines_compute(struct arena *arena, const struct record *record,
                     struct fact *lines_r)
{
    struct making making = {.arena = arena, .record = record, .out = lines_r};
    struct sequence *sequence = &making.sequence;
    size_t n = 0;

    for (size_t i = 0; i < record->n_facts; i++)
        n += record->facts[i].group == GROUP_DRUG;
    if (n == 0)
        return 0;
    sequence->doses = arena_array(arena, n, sizeof(*sequence->doses));
    sequence->lines = arena_array(arena, n, sizeof(*sequence->lines));
    sequence->members = arena_array(arena, n, sizeof(*sequence->members));
    for (int tumour = 0; tumour < record->n_tumours; tumour++)
        sequence_of_tumour(&making, tumour);
    if (record->n_tumours != 1)
        sequence_of_none(&making);
    if (making.n > 1)
        qsort(lines_r, making.n, sizeof(*lines_r), compare_facts);
    return making.n;
}
