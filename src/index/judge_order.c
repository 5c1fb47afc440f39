/* SPDX-License-Identifier: Apache-2.0
 *
 * index/judge_order.c: the first, the second, the last of some facts, where dates are
 * intervals and a fact may be there or not.
 *
 * How many days of such facts lie before one's own is known between two bounds: at the
 * least, days that certain facts cannot share; at the most, a day for each that may lie
 * before. The facts whose bounds allow the asked place are all that may be chosen. */
#include <string.h>

#include "base/arena.h"
#include "index/judge_internal.h"

struct candidate {
    struct statement statement;
    struct interval start; /* for `last`, mirrored: the last is then the first */
    bool certain;
    enum truth fulfils; /* what is asked of the chosen one */
    bool repeats;       /* exact, and so is one before it in the list, of the same day */
    size_t least, most; /* days of other candidates before it */
};

struct candidates {
    size_t n;
    struct candidate *of;
    size_t n_apart; /* the most certain candidates no two of which can share a day … */
    int64_t *apart; /* … and when each ends, ascending */
};

static struct interval mirrored(struct interval date)
{
    return (struct interval){-date.last, -date.first};
}

/* What is asked of the chosen one, if it is STATEMENT's. */
static enum truth fulfils(const struct subject *subject, const struct criteria *line,
                          const struct relation *relation,
                          const struct statement *statement)
{
    enum truth truth = judge_asked(subject, line, statement);

    return relation ? truth_and(truth, judge_related(subject, relation, statement->fact))
                    : truth;
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

        if (!judge_statement(line->from, fact, &statement))
            continue;
        truth = judge_matches(subject, line->from, &statement);
        if (truth == TRUTH_NO)
            continue;
        candidate->statement = statement;
        candidate->start = line->order == ORDER_LAST ? mirrored(fact->date) : fact->date;
        candidate->certain = truth == TRUTH_YES;
        candidate->fulfils = fulfils(subject, line, relation, &statement);
        candidates->n++;
    }
}

/* ---- days before ---- */

/* Always the one next that ends first. */
static void find_apart(struct candidates *candidates)
{
    int64_t taken = INT64_MIN;

    for (;;) {
        int64_t next = INT64_MAX;

        for (size_t i = 0; i < candidates->n; i++) {
            const struct candidate *candidate = &candidates->of[i];

            if (candidate->certain && candidate->start.first > taken &&
                candidate->start.last < next)
                next = candidate->start.last;
        }
        if (next == INT64_MAX)
            return;
        candidates->apart[candidates->n_apart++] = taken = next;
    }
}

/* How many days before DAY are there at the least? */
static size_t least_before(const struct candidates *candidates, int64_t day)
{
    size_t n = 0;

    while (n < candidates->n_apart && candidates->apart[n] < day)
        n++;
    return n;
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

        if (i != one && candidate->start.first < candidates->of[one].start.last)
            n += !candidate->repeats;
    }
    return n;
}

static void find_places(struct candidates *candidates)
{
    find_apart(candidates);
    for (size_t i = 0; i < candidates->n; i++)
        candidates->of[i].repeats =
            interval_is_exact(candidates->of[i].start) && day_was_counted(candidates, i);
    for (size_t i = 0; i < candidates->n; i++) {
        candidates->of[i].least = least_before(candidates, candidates->of[i].start.first);
        candidates->of[i].most = most_before(candidates, i);
    }
}

/* ---- the one in its place ---- */

static bool may_be_chosen(const struct candidate *candidate, size_t before)
{
    return before >= candidate->least && before <= candidate->most;
}

/* BEFORE: how many days of such facts lie before the chosen one. */
static enum truth chosen_truth(const struct candidates *candidates, size_t before)
{
    bool exists = candidates->n_apart > before;
    bool all = true, none = true;

    for (size_t i = 0; i < candidates->n; i++) {
        const struct candidate *candidate = &candidates->of[i];

        if (!may_be_chosen(candidate, before))
            continue;
        if (candidate->certain && candidate->least == candidate->most &&
            candidate->fulfils == TRUTH_YES)
            return TRUTH_YES;
        all &= candidate->fulfils == TRUTH_YES;
        none &= candidate->fulfils == TRUTH_NO;
    }
    return none ? TRUTH_NO : exists && all ? TRUTH_YES : TRUTH_UNKNOWN;
}

/* ---- what is written down ---- */

/* The last day on which one that may be chosen starts. */
static day_number latest_chosen(const struct candidates *candidates, size_t before)
{
    day_number latest = DAY_MIN;

    for (size_t i = 0; i < candidates->n; i++)
        if (may_be_chosen(&candidates->of[i], before) &&
            candidates->of[i].start.last > latest)
            latest = candidates->of[i].start.last;
    return latest;
}

/* Which facts stand in front of the asked place or in it, when their days do not say how. */
static void tell_order(const struct subject *subject, const struct criteria *line,
                       const struct candidates *candidates, day_number latest)
{
    const struct fact **facts =
        arena_array(subject->into->arena, candidates->n + 1, sizeof(*facts));
    struct doubt doubt = {.kind = DOUBT_ORDER,
                          .tumour = TUMOUR_NONE,
                          .period = INTERVAL_UNKNOWN,
                          .order = line->order,
                          .facts = facts};
    bool exact = true;

    for (size_t i = 0; i < candidates->n; i++) {
        const struct candidate *candidate = &candidates->of[i];

        if (candidate->start.first > latest)
            continue;
        facts[doubt.n_facts++] = candidate->statement.fact;
        exact &= interval_is_exact(candidate->start);
    }
    if (!exact && doubt.n_facts > 1)
        tell(subject, &doubt);
}

/* Besides the order: whether each candidate in front of the chosen one is one, and what is
 * asked of those that may be chosen. */
static void tell_choice(const struct subject *subject, const struct criteria *line,
                        const struct relation *relation,
                        const struct candidates *candidates, size_t before)
{
    day_number latest = latest_chosen(candidates, before);

    tell_order(subject, line, candidates, latest);
    for (size_t i = 0; i < candidates->n; i++) {
        const struct candidate *candidate = &candidates->of[i];

        if (!candidate->certain && candidate->start.first <= latest)
            (void)judge_matches(subject, line->from, &candidate->statement);
        if (may_be_chosen(candidate, before) && candidate->fulfils == TRUTH_UNKNOWN)
            (void)fulfils(subject, line, relation, &candidate->statement);
    }
}

static void tell_candidates(const struct subject *subject, const struct criteria *line,
                            bool other, const struct candidates *candidates,
                            size_t before)
{
    for (size_t i = 0; i < candidates->n; i++) {
        const struct candidate *candidate = &candidates->of[i];
        enum truth certain = candidate->certain ? TRUTH_YES : TRUTH_UNKNOWN;

        if (may_be_chosen(candidate, before))
            tell_looked(subject, candidate->statement.fact, line->item, other,
                        truth_and(certain, candidate->fulfils));
    }
}

enum truth judge_order(const struct subject *subject, const struct criteria *line,
                       const struct relation *relation)
{
    struct subject unheard = judge_unheard(subject);
    size_t before = line->order == ORDER_LAST ? 0 : (size_t)line->order - 1;
    struct candidates candidates = {0};
    enum truth absence = judge_absence(subject, line->from), truth;

    candidates.of = memory_alloc((subject->record->n_facts + 1) * sizeof(*candidates.of));
    candidates.apart =
        memory_alloc((subject->record->n_facts + 1) * sizeof(*candidates.apart));
    gather(&candidates, &unheard, line, relation);
    find_places(&candidates);
    truth = chosen_truth(&candidates, before);
    tell_candidates(subject, line, relation != NULL, &candidates, before);
    if (subject->into && truth == TRUTH_UNKNOWN)
        tell_choice(subject, line, relation, &candidates, before);
    memory_free(candidates.apart);
    memory_free(candidates.of);
    /* one that nobody sent may be the one */
    return absence == TRUTH_UNKNOWN ? TRUTH_UNKNOWN : truth;
}
