/* SPDX-License-Identifier: Apache-2.0
 *
 * support/naive_order.c: the first, the second, the last of some facts, where dates are
 * intervals and a fact may be there or not.
 *
 * How many days of such facts lie before one's own is known between two bounds: at the
 * least, days that certain facts cannot share; at the most, a day for each that may lie
 * before. The facts whose bounds allow the asked place are all that may be chosen. */
#include <string.h>

#include "base/arena.h"
#include "support/naive_internal.h"

struct candidate {
    struct interval start; /* for `last`, mirrored: the last is then the first */
    bool certain;
    enum truth fulfils; /* what is asked of the chosen one */
    size_t least, most; /* days of other candidates before it */
};

struct candidates {
    size_t n;
    struct candidate *of;
};

static struct interval mirrored(struct interval date)
{
    return (struct interval){-date.last, -date.first};
}

static void gather(struct candidates *candidates, const struct subject *subject,
                   const struct criteria *line, const struct relation *relation)
{
    const struct record *record = subject->record;

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        struct candidate *candidate = &candidates->of[candidates->n];
        struct statement statement;
        enum truth truth;

        if (!naive_statement(line->from, fact, &statement))
            continue;
        truth = naive_matches(subject, line->from, &statement);
        if (truth == TRUTH_NO)
            continue;
        candidate->start = line->order == ORDER_LAST ? mirrored(fact->date) : fact->date;
        candidate->certain = truth == TRUTH_YES;
        candidate->fulfils = naive_asked(subject, line, &statement);
        if (relation)
            candidate->fulfils =
                truth_and(candidate->fulfils, naive_related(relation, fact));
        candidates->n++;
    }
}

/* ---- days before ---- */

/* The most certain candidates before DAY no two of which can share a day: always the one
 * next that ends first. */
static size_t apart_before(const struct candidates *candidates, int64_t day)
{
    int64_t taken = INT64_MIN;
    size_t n = 0;

    for (;;) {
        int64_t next = day;

        for (size_t i = 0; i < candidates->n; i++) {
            const struct candidate *candidate = &candidates->of[i];

            if (candidate->certain && candidate->start.first > taken &&
                candidate->start.last < next)
                next = candidate->start.last;
        }
        if (next == day)
            return n;
        taken = next;
        n++;
    }
}

/* Is there an exact candidate before I, in the order of the list, on the same day? */
static bool day_was_counted(const struct candidates *candidates, size_t i)
{
    for (size_t k = 0; k < i; k++)
        if (interval_is_exact(candidates->of[k].start) &&
            candidates->of[k].start.first == candidates->of[i].start.first)
            return true;
    return false;
}

/* How many days before candidate ONE may there be? */
static size_t most_before(const struct candidates *candidates, size_t one)
{
    size_t n = 0;

    for (size_t i = 0; i < candidates->n; i++) {
        const struct candidate *candidate = &candidates->of[i];

        if (i == one || candidate->start.first >= candidates->of[one].start.last)
            continue;
        n += !interval_is_exact(candidate->start) || !day_was_counted(candidates, i);
    }
    return n;
}

static void find_places(struct candidates *candidates)
{
    for (size_t i = 0; i < candidates->n; i++) {
        candidates->of[i].least = apart_before(candidates, candidates->of[i].start.first);
        candidates->of[i].most = most_before(candidates, i);
    }
}

/* ---- the one in its place ---- */

/* BEFORE: how many days of such facts lie before the chosen one. */
static enum truth chosen_truth(const struct candidates *candidates, size_t before)
{
    bool exists = apart_before(candidates, INT64_MAX) > before;
    bool all = true, none = true;

    for (size_t i = 0; i < candidates->n; i++) {
        const struct candidate *candidate = &candidates->of[i];

        if (before < candidate->least || before > candidate->most)
            continue;
        if (candidate->certain && candidate->least == candidate->most &&
            candidate->fulfils == TRUTH_YES)
            return TRUTH_YES;
        all &= candidate->fulfils == TRUTH_YES;
        none &= candidate->fulfils == TRUTH_NO;
    }
    return none ? TRUTH_NO : exists && all ? TRUTH_YES : TRUTH_UNKNOWN;
}

enum truth naive_order(const struct subject *subject, const struct criteria *line,
                       const struct relation *relation)
{
    struct candidates candidates = {0};
    enum truth truth;

    if (naive_absence(subject, line->from) == TRUTH_UNKNOWN)
        return TRUTH_UNKNOWN; /* one that nobody sent may be the first */
    candidates.of = memory_alloc((subject->record->n_facts + 1) * sizeof(*candidates.of));
    gather(&candidates, subject, line, relation);
    find_places(&candidates);
    truth = chosen_truth(&candidates,
                         line->order == ORDER_LAST ? 0 : (size_t)line->order - 1);
    memory_free(candidates.of);
    return truth;
}
