/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_history.c: lines that compare a subject's facts: an order, a count, and times
 * that depend on other facts or on the patient's dates. docs/criteria.md says what they mean;
 * eval_history.h how the facts come together. */
#include "index/eval_history.h"

#include <math.h>

#include "base/error.h"
#include "index/eval_same.h"

/* What is asked of other facts about a line's own: where its point and its extent lie. */
struct relation {
    const struct criteria_when *when;
    struct days16 start, end, point;
    const struct source *of;   /* the line, … */
    const struct entry *entry; /* … and its fact; NULL: a date, which is no fact */
};

static enum truth source_truth(const struct history *history, const struct source *source,
                               const struct relation *relation);

/* ---- one fact ---- */

/* The end as far as it matters to what goes on: nothing ends before it starts. */
static struct days16 end_of(struct days16 start, struct days16 end)
{
    if (end.first == DAY16_OPEN_BEFORE)
        end.first = start.first;
    return end;
}

static enum truth relation_truth(const struct relation *relation,
                                 const struct entry *other)
{
    const struct criteria_when *when = relation->when;

    switch (when->kind) {
    case WHEN_DURING:
        return truth_and(distance16(other->start, relation->point, 0, DISTANCE_MAX),
                         distance16(relation->point, end_of(other->start, other->end), 0,
                                    DISTANCE_MAX));
    case WHEN_OVERLAPS:
        return truth_and(distance16(relation->start, end_of(other->start, other->end), 0,
                                    DISTANCE_MAX),
                         distance16(other->start, end_of(relation->start, relation->end),
                                    0, DISTANCE_MAX));
    default:
        return distance16(relation->point, when->other_end ? other->end : other->start,
                          when->low, when->high);
    }
}

static enum truth patient_date_truth(const struct history *history,
                                     const struct criteria_when *when,
                                     struct days16 point)
{
    const struct segment *segment = history->ev->segment;
    struct days16 date = patient_days16(segment, when->item, history->patient);
    enum truth truth = distance16(date, point, when->low, when->high);

    return when->item == ITEM_DEATH_DATE
               ? truth_and(truth, (enum truth)segment->dead[history->patient])
               : truth;
}

static enum truth point_age_truth(const struct history *history,
                                  const struct criteria_when *when, struct days16 point)
{
    struct days16 birth =
        patient_days16(history->ev->segment, ITEM_PATIENT_BIRTH, history->patient);

    return age16_truth(&when->number, birth, point);
}

static enum truth period_truth(struct days16 point, day_number first, day_number last)
{
    uint16_t from = day16_first(first), to = day16_last(last);

    return point.last < from || point.first > to     ? TRUTH_NO
           : point.first >= from && point.last <= to ? TRUTH_YES
                                                     : TRUTH_UNKNOWN;
}

static enum truth ongoing_truth(const struct history *history,
                                const struct relation *relation)
{
    struct days16 today = {day16_first(history->ev->as_of),
                           day16_last(history->ev->as_of)};

    return truth_and(distance16(relation->start, today, 0, DISTANCE_MAX),
                     distance16(today, end_of(relation->start, relation->end), 0,
                                DISTANCE_MAX));
}

/* One condition on a point. OTHER: the source of its other facts. */
static enum truth when_truth(const struct history *history,
                             const struct relation *relation, const struct source *other)
{
    const struct criteria_when *when = relation->when;
    const struct segment *segment = history->ev->segment;
    day_number as_of = history->ev->as_of;
    enum truth truth;

    switch (when->kind) {
    case WHEN_DATES:
        return period_truth(relation->point, when->dates.first, when->dates.last);
    case WHEN_LAST: return period_truth(relation->point, as_of - when->low, as_of);
    case WHEN_DIAGNOSIS:
        return distance16((struct days16){segment->diagnosis_first[history->row],
                                          segment->diagnosis_last[history->row]},
                          relation->point, when->low, when->high);
    case WHEN_PATIENT_DATE: return patient_date_truth(history, when, relation->point);
    case WHEN_AGE: return point_age_truth(history, when, relation->point);
    case WHEN_LASTING:
        return distance16(relation->start, end_of(relation->start, relation->end),
                          when->low, when->high);
    case WHEN_ONGOING: return ongoing_truth(history, relation);
    case WHEN_EVENT:
    case WHEN_DURING:
    case WHEN_OVERLAPS: break;
    }
    truth = source_truth(history, other, relation);
    return when->negated ? truth_not(truth) : truth;
}

/* The conditions of SOURCE's line on ENTRY that are not of its posting alone. */
static enum truth whens_truth(const struct history *history, const struct source *source,
                              const struct entry *entry, enum truth truth)
{
    const struct criteria *line = source->line;

    for (size_t i = 0; i < line->n_when && truth != TRUTH_NO; i++) {
        struct relation relation = {
            &line->when[i], entry->start,
            entry->end,     line->when[i].end ? entry->end : entry->start,
            source,         entry};

        if (!when_is_of_posting(&line->when[i]))
            truth = truth_and(truth, when_truth(history, &relation, source->others[i]));
    }
    return truth;
}

/* Is ENTRY the very fact that the relation starts from? */
static bool is_itself(const struct relation *relation, const struct source *source,
                      const struct entry *entry)
{
    return relation && relation->entry && relation->entry->i == entry->i &&
           relation->of->matches.match[relation->entry->match].block ==
               source->matches.match[entry->match].block;
}

/* How far ENTRY answers SOURCE's line, other events apart, for the whole under way. */
static enum truth entry_truth(const struct history *history, const struct source *source,
                              const struct entry *entry)
{
    const struct segment *segment = history->ev->segment;
    enum truth truth = (enum truth)entry->truth;

    if (!source->of_whole)
        return truth;
    return truth_and(
        truth, link_truth(segment_link(segment, source->matches.match[entry->match].block,
                                       entry->i),
                          history->whole));
}

/* May there be facts of SOURCE's line that nobody sent? */
static bool is_absence_unknown(const struct history *history, const struct source *source)
{
    return source->of_whole ? same_absence_unknown(history, source)
                            : set_has(source->absence_unknown, history->row);
}

/* ---- some fact, so many facts ---- */

static enum truth some_truth(const struct history *history, const struct source *source,
                             const struct relation *relation)
{
    size_t n;
    const struct entry *entries = source_entries(source, history, &n);
    enum truth truth = TRUTH_NO;

    for (size_t i = 0; i < n && truth != TRUTH_YES; i++) {
        enum truth here = entry_truth(history, source, &entries[i]);

        if (is_itself(relation, source, &entries[i]))
            continue;
        if (relation)
            here = truth_and(here, relation_truth(relation, &entries[i]));
        if (here > truth)
            truth = truth_or(truth, whens_truth(history, source, &entries[i], here));
    }
    return truth;
}

bool history_count(const struct history *history, const struct source *source,
                   uint64_t *yes_r, uint64_t *maybe_r)
{
    size_t n;
    const struct entry *entries = source_entries(source, history, &n);

    *yes_r = *maybe_r = 0;
    for (size_t i = 0; i < n; i++) {
        enum truth truth = whens_truth(history, source, &entries[i],
                                       entry_truth(history, source, &entries[i]));

        *yes_r += truth == TRUTH_YES;
        *maybe_r += truth != TRUTH_NO;
    }
    return !set_has(source->absence_unknown, history->row);
}

static enum truth count_truth(const struct history *history, const struct source *source)
{
    uint64_t yes, maybe;

    history_count(history, source, &yes, &maybe);
    return yes >= source->line->count     ? TRUTH_YES
           : maybe >= source->line->count ? TRUTH_UNKNOWN
                                          : TRUTH_NO;
}

/* ---- the nth fact ---- */

/* A fact that may stand in the order, with time turned round for `last`. */
struct candidate {
    const struct entry *entry;
    struct days16 days;
    bool is_certain;
};

/* A day, or two that may be one: exact days are told apart, others are not. */
struct key {
    uint16_t day;
    bool is_exact;
};

#define RANK_MAX 99 /* the parser's 99th */
#define CANDIDATES_ON_STACK 64

struct order {
    const struct history *history;
    const struct source *source;
    const struct relation *relation;
    struct candidate *candidates;
    size_t n;
    unsigned rank; /* asked: 1 is the first */
    /* the ends of the first RANK certain facts, no two of which can be of one day */
    uint16_t ends[RANK_MAX];
    size_t n_ends;
    /* the least RANK + 1 days on which facts may start */
    struct key keys[RANK_MAX + 1];
    size_t n_keys;
    struct candidate few[CANDIDATES_ON_STACK];
};

/* As many certain facts as can be of different days: always the next one to end, for no other
 * choice leaves more room (interval scheduling). */
static void find_ends(struct order *order)
{
    int32_t reached = -1;

    while (order->n_ends < order->rank) {
        int32_t next = INT32_MAX;

        for (size_t i = 0; i < order->n; i++) {
            const struct candidate *other = &order->candidates[i];

            if (other->is_certain && other->days.first > reached &&
                other->days.last < next)
                next = other->days.last;
        }
        if (next == INT32_MAX)
            return;
        order->ends[order->n_ends++] = (uint16_t)next;
        reached = next;
    }
}

static void add_key(struct order *order, struct key key)
{
    size_t at = order->n_keys;

    while (at > 0 && order->keys[at - 1].day > key.day)
        at--;
    for (size_t i = at; i > 0 && order->keys[i - 1].day == key.day; i--)
        if (key.is_exact && order->keys[i - 1].is_exact)
            return;
    if (at > order->rank)
        return;
    if (order->n_keys <= order->rank)
        order->n_keys++;
    memmove(&order->keys[at + 1], &order->keys[at],
            (order->n_keys - 1 - at) * sizeof(key));
    order->keys[at] = key;
}

/* How many days certainly come before FACT; how many may, RANK standing for more. */
static size_t days_before_least(const struct order *order, const struct candidate *fact)
{
    size_t n = 0;

    while (n < order->n_ends && order->ends[n] < fact->days.first)
        n++;
    return n;
}

static size_t days_before_most(const struct order *order, const struct candidate *fact)
{
    size_t n = 0;

    while (n < order->n_keys && order->keys[n].day < fact->days.last)
        n++;
    return n - (fact->days.first != fact->days.last); /* not before itself */
}

static bool may_be_nth(const struct order *order, const struct candidate *fact)
{
    return days_before_least(order, fact) < order->rank &&
           days_before_most(order, fact) >= order->rank - 1;
}

/* What is asked of the chosen fact. */
static enum truth chosen_truth(const struct history *history, const struct source *source,
                               const struct relation *relation, const struct entry *entry)
{
    struct match match = source->matches.match[entry->match];
    enum truth truth = TRUTH_YES;

    match.truth = TRUTH_YES; /* its code is what it was chosen by */
    if (!source->prepared.any_posting)
        truth = posting_truth(history->ev, &source->prepared, &match, entry->i);
    if (truth != TRUTH_NO && source->prepared.asks_diagnosis)
        truth = truth_and(truth, posting_diagnosis(history->ev, &source->prepared,
                                                   match.block, entry->i, history->row));
    if (truth != TRUTH_NO && relation)
        truth = truth_and(truth, relation_truth(relation, entry));
    return whens_truth(history, source, entry, truth);
}

/* Yes if every fact that may be the nth is as asked and there surely is an nth, or if one
 * surely is the nth and as asked. No if none that may be the nth can be as asked. */
static enum truth nth_truth(const struct order *order)
{
    bool all = true, any = false;

    for (size_t i = 0; i < order->n; i++) {
        const struct candidate *fact = &order->candidates[i];
        enum truth truth;

        if (!may_be_nth(order, fact))
            continue;
        truth = chosen_truth(order->history, order->source, order->relation, fact->entry);
        if (truth == TRUTH_YES && fact->is_certain &&
            days_before_least(order, fact) == order->rank - 1 &&
            days_before_most(order, fact) == order->rank - 1)
            return TRUTH_YES;
        all &= truth == TRUTH_YES;
        any |= truth != TRUTH_NO;
    }
    return !any                                  ? TRUTH_NO
           : all && order->n_ends == order->rank ? TRUTH_YES
                                                 : TRUTH_UNKNOWN;
}

static struct days16 turned(struct days16 days)
{
    return (struct days16){(uint16_t)(DAY16_OPEN_AFTER - days.last),
                           (uint16_t)(DAY16_OPEN_AFTER - days.first)};
}

static void add_candidate(struct order *order, const struct entry *entry)
{
    const struct source *from = order->source->from;
    bool is_last = order->source->line->order == ORDER_LAST;
    enum truth truth = whens_truth(order->history, from, entry,
                                   entry_truth(order->history, from, entry));

    if (truth == TRUTH_NO)
        return;

    struct days16 days = is_last ? turned(entry->start) : entry->start;

    order->candidates[order->n++] = (struct candidate){entry, days, truth == TRUTH_YES};
    add_key(order, (struct key){days.first, days.first == days.last});
}

/* Field by field: clearing the arrays would cost more than the order. */
static void order_begin(struct order *order, const struct history *history,
                        const struct source *source, const struct relation *relation)
{
    int rank = source->line->order == ORDER_LAST ? 1 : source->line->order;
    size_t n;
    const struct entry *entries = source_entries(source->from, history, &n);

    order->history = history;
    order->source = source;
    order->relation = relation;
    order->rank = (unsigned)rank;
    order->candidates = order->few;
    order->n = order->n_ends = order->n_keys = 0;
    if (n > CANDIDATES_ON_STACK)
        order->candidates = memory_alloc(n * sizeof(*order->candidates));
    for (size_t i = 0; i < n; i++)
        add_candidate(order, &entries[i]);
    find_ends(order);
}

static void order_end(struct order *order)
{
    if (order->candidates != order->few)
        memory_free(order->candidates);
}

/* Is LINE settled by each posting itself, so that its entries are its facts? */
static bool is_of_postings(const struct criteria *line)
{
    for (size_t i = 0; i < line->n_when; i++)
        if (!when_is_of_posting(&line->when[i]))
            return false;
    return true;
}

/* What decides which of a subject's facts is the first: the last day on which it can be, as
 * the certain ones say, and the least two days on which facts may start. */
struct bounds {
    bool any_certain;
    uint16_t end, least, second;
};

static struct bounds first_bounds(const struct entry *entries, size_t n, bool is_last)
{
    struct bounds bounds = {false, DAY16_OPEN_AFTER, DAY16_OPEN_AFTER, DAY16_OPEN_AFTER};

    for (size_t i = 0; i < n; i++) {
        struct days16 days = is_last ? turned(entries[i].start) : entries[i].start;

        if (entries[i].truth == TRUTH_YES) {
            bounds.any_certain = true;
            bounds.end = days.last < bounds.end ? days.last : bounds.end;
        }
        if (days.first < bounds.least) {
            bounds.second = bounds.least;
            bounds.least = days.first;
        } else if (days.first < bounds.second) {
            bounds.second = days.first;
        }
    }
    return bounds;
}

/* nth_truth() of the first (the last), which is asked for most: nothing need be listed. */
static enum truth first_truth(const struct history *history, const struct source *source,
                              const struct relation *relation)
{
    size_t n;
    const struct entry *entries = source_entries(source->from, history, &n);
    bool is_last = source->line->order == ORDER_LAST, all = true, any = false;
    struct bounds bounds = first_bounds(entries, n, is_last);

    for (size_t i = 0; i < n; i++) {
        struct days16 days = is_last ? turned(entries[i].start) : entries[i].start;
        bool is_exact = days.first == days.last;
        uint16_t others =
            is_exact || days.first > bounds.least ? bounds.least : bounds.second;
        enum truth truth;

        if (days.first > bounds.end)
            continue;
        truth = chosen_truth(history, source, relation, &entries[i]);
        if (truth == TRUTH_YES && entries[i].truth == TRUTH_YES && others >= days.last)
            return TRUTH_YES;
        all &= truth == TRUTH_YES;
        any |= truth != TRUTH_NO;
    }
    return !any ? TRUTH_NO : all && bounds.any_certain ? TRUTH_YES : TRUTH_UNKNOWN;
}

static enum truth ordered_truth(const struct history *history,
                                const struct source *source,
                                const struct relation *relation)
{
    struct order order;
    enum truth truth;

    if ((source->line->order == ORDER_LAST || source->line->order == 1) &&
        !source->from->of_whole && is_of_postings(source->from->line))
        return first_truth(history, source, relation);
    order_begin(&order, history, source, relation);
    truth = nth_truth(&order);
    order_end(&order);
    return truth;
}

/* One more fact that may be the chosen one. */
static void add_chosen(struct chosen *chosen, const struct order *order,
                       const struct entry *entry)
{
    const struct segment_block *block = order->source->matches.match[entry->match].block;
    double number = segment_amount(order->history->ev->segment, block, entry->i);

    if (chosen->exists == TRUTH_NO) {
        *chosen = (struct chosen){TRUTH_YES, entry->start, entry->end, number, number};
        return;
    }
    chosen->start = days16_hull(chosen->start, entry->start);
    chosen->end = days16_hull(chosen->end, entry->end);
    chosen->low = isnan(number) || number < chosen->low ? number : chosen->low;
    chosen->high = isnan(number) || number > chosen->high ? number : chosen->high;
}

struct chosen history_chosen(const struct history *history, const struct source *source)
{
    struct chosen chosen = {.exists = TRUTH_NO};
    bool all = true;
    struct order order;

    if (set_has(source->from->absence_unknown, history->row))
        return (struct chosen){.exists = TRUTH_UNKNOWN};
    order_begin(&order, history, source, NULL);
    for (size_t i = 0; i < order.n; i++) {
        const struct candidate *fact = &order.candidates[i];
        enum truth truth;

        if (!may_be_nth(&order, fact))
            continue;
        truth = chosen_truth(history, source, NULL, fact->entry);
        all &= truth == TRUTH_YES;
        if (truth != TRUTH_NO)
            add_chosen(&chosen, &order, fact->entry);
    }
    if (chosen.exists == TRUTH_YES && (!all || order.n_ends < order.rank))
        chosen.exists = TRUTH_UNKNOWN;
    order_end(&order);
    return chosen;
}

/* ---- the line ---- */

/* Is there a fact of SOURCE (its nth; so many of them) in RELATION to another one? */
static enum truth source_truth(const struct history *history, const struct source *source,
                               const struct relation *relation)
{
    enum truth truth;

    if (source->from) {
        /* an unseen fact may come first */
        if (is_absence_unknown(history, source->from))
            return TRUTH_UNKNOWN;
        return ordered_truth(history, source, relation);
    }
    truth = source->line->count ? count_truth(history, source)
                                : some_truth(history, source, relation);
    return truth == TRUTH_NO && is_absence_unknown(history, source) ? TRUTH_UNKNOWN
                                                                    : truth;
}

enum truth history_truth(const struct history *history, const struct source *source)
{
    return source_truth(history, source, NULL);
}

/* An answer under way: what is asked of each row, and the rows for which it holds. */
struct asking {
    const struct criteria *line;
    struct source *const *sources; /* of the line; of a date, one a when, or none */
    struct pair out;
};

static void put_truth(const struct history *history, struct asking *asking,
                      enum truth truth)
{
    if (truth == TRUTH_YES)
        set_put(asking->out.certain, history->row);
    if (truth != TRUTH_NO)
        set_put(asking->out.possible, history->row);
}

/* ---- who comes into question ---- */

/* LINE without what needs other facts of the same subject: what remains must hold of some fact
 * all the same, or the fact be one that nobody has seen. */
static const struct criteria *relaxed(const struct evaluator *ev,
                                      const struct criteria *line)
{
    struct criteria *out = arena_alloc(ev->arena, sizeof(*out));
    struct criteria_when *when = arena_array(ev->arena, line->n_when + 1, sizeof(*when));

    *out = *line;
    out->count = 0;
    out->order = ORDER_ANY;
    out->from = NULL;
    out->when = when;
    out->n_when = 0;
    for (size_t i = 0; i < line->n_when; i++)
        if (when_is_of_posting(&line->when[i]))
            when[out->n_when++] = line->when[i];
    return out;
}

static uint64_t *narrow(const struct evaluator *ev, const struct criteria *line,
                        enum segment_level level, uint64_t *wanted);

/* Rows of WANTED for which the conditions' other facts may be there. */
static uint64_t *narrow_by_others(const struct evaluator *ev, const struct criteria *line,
                                  enum segment_level level, uint64_t *wanted)
{
    for (size_t i = 0; i < line->n_when; i++)
        if (line->when[i].other && !line->when[i].negated)
            wanted = narrow(ev, line->when[i].other, level, wanted);
    return wanted;
}

/* Are the facts of MATCHES so many that asking for them beforehand costs more than going
 * through the rows of WANTED does? */
static bool are_many(const uint64_t *wanted, size_t rows, const struct matches *matches)
{
    return set_count(wanted, rows) < matches->postings * 4;
}

/* Rows of WANTED for which LINE is not no for a simple reason. */
static uint64_t *narrow(const struct evaluator *ev, const struct criteria *line,
                        enum segment_level level, uint64_t *wanted)
{
    const struct criteria *facts = line->from ? line->from : line;
    struct matches matches = fact_matches(ev, facts);
    size_t rows = level_rows(ev, level);

    if (are_many(wanted, rows, &matches))
        return wanted;

    /* an unseen fact may be such a one, or the first: then nothing is known */
    uint64_t *unseen = fact_absence_unknown(ev, facts, &matches, level, wanted);
    struct pair simple = eval_fact(ev, relaxed(ev, line), level, wanted);

    set_and(unseen, wanted, rows);
    set_and(simple.possible, wanted, rows);
    wanted = narrow_by_others(ev, line, level, simple.possible);
    set_or(wanted, unseen, rows);
    return wanted;
}

static void visit_fact(const struct history *history, void *context)
{
    struct asking *asking = context;

    put_truth(history, asking, source_truth(history, asking->sources[0], NULL));
}

/* A set of RESTRICT_TO's rows (NULL: all) that may be made smaller. */
static uint64_t *rows_asked(const struct evaluator *ev, enum segment_level level,
                            const uint64_t *restrict_to)
{
    size_t rows = level_rows(ev, level);
    uint64_t *wanted = set_new(ev->arena, rows);

    if (restrict_to)
        set_copy(wanted, restrict_to, rows);
    else
        set_fill(wanted, rows);
    return wanted;
}

struct pair eval_history(const struct evaluator *ev, const struct criteria *line,
                         enum segment_level level, const uint64_t *restrict_to)
{
    uint64_t *wanted = narrow(ev, line, level, rows_asked(ev, level, restrict_to));
    struct source *source = source_open(ev, line, false, level, wanted);

    source->required = line->count ? line->count : 1;

    struct asking asking = {line, &source, pair_new(ev, level)};

    history_each(ev, &source, 1, level, wanted, visit_fact, &asking);
    return asking.out;
}

/* ---- dates of the patient, and the tumour ---- */

static void visit_date(const struct history *history, void *context)
{
    struct asking *asking = context;
    const struct criteria *line = asking->line;
    const struct segment *segment = history->ev->segment;
    struct days16 point = line->item == ITEM_DIAGNOSIS_DATE
                              ? (struct days16){segment->diagnosis_first[history->row],
                                                segment->diagnosis_last[history->row]}
                              : patient_days16(segment, line->item, history->patient);
    enum truth truth = TRUTH_YES;

    /* no death, no date of death */
    if (line->item == ITEM_DEATH_DATE)
        truth = (enum truth)segment->dead[history->patient];
    for (size_t i = 0; i < line->n_when && truth != TRUTH_NO; i++) {
        struct relation relation = {
            .when = &line->when[i], .start = point, .end = point, .point = point};

        truth = truth_and(truth, when_truth(history, &relation,
                                            asking->sources ? asking->sources[i] : NULL));
    }
    put_truth(history, asking, truth);
}

/* No facts are asked for: row by row, without bringing any together. */
static void visit_dates(const struct evaluator *ev, struct asking *asking,
                        enum segment_level level, const uint64_t *restrict_to)
{
    const uint32_t *patient = ev->segment->tumour_patient;
    uint32_t rows = (uint32_t)level_rows(ev, level);
    struct history history = {.ev = ev};

    ev->work->rows += restrict_to ? set_count(restrict_to, rows) : rows;
    for (uint32_t row = 0; row < rows; row++) {
        if (restrict_to && !set_has(restrict_to, row))
            continue;
        history.row = row;
        history.patient = level == LEVEL_TUMOUR ? patient[row] : row;
        visit_date(&history, asking);
    }
}

/* Sources for the others that LINE's conditions speak of, one a condition. */
static struct source **open_others(const struct evaluator *ev,
                                   const struct criteria *line, enum segment_level level,
                                   const uint64_t *wanted)
{
    struct source **others = arena_array(ev->arena, line->n_when + 1, sizeof(*others));

    for (size_t i = 0; i < line->n_when; i++) {
        if (!line->when[i].other)
            continue;
        others[i] = source_open(ev, line->when[i].other, source_asks_end(&line->when[i]),
                                level, wanted);
        others[i]->required = !line->when[i].negated;
    }
    return others;
}

/* Rows of RESTRICT_TO (NULL: all) to which the date of LINE has not said no before others are
 * looked at: who is alive has no death. */
static uint64_t *may_have_date(const struct evaluator *ev, const struct criteria *line,
                               enum segment_level level, const uint64_t *restrict_to)
{
    size_t rows = level_rows(ev, level);
    uint64_t *wanted = rows_asked(ev, level, restrict_to);

    if (line->item != ITEM_DEATH_DATE)
        return wanted;

    struct pair dead = eval_vital(ev, true);

    if (level == LEVEL_TUMOUR) {
        uint64_t *tumours = set_new(ev->arena, rows);

        set_to_tumours(ev->segment, dead.possible, tumours, wanted);
        dead.possible = tumours;
    }
    set_and(wanted, dead.possible, rows);
    return wanted;
}

struct pair eval_date(const struct evaluator *ev, const struct criteria *line,
                      enum segment_level level, const uint64_t *restrict_to)
{
    struct asking asking = {line, NULL, pair_new(ev, level)};
    bool any = false;

    if (eval_period(ev, line, level, restrict_to, &asking.out))
        return asking.out;
    for (size_t i = 0; i < line->n_when; i++)
        any |= line->when[i].other != NULL;
    if (!any) {
        visit_dates(ev, &asking, level, restrict_to);
        return asking.out;
    }

    const uint64_t *wanted = may_have_date(ev, line, level, restrict_to);

    asking.sources = open_others(ev, line, level, wanted);
    history_each(ev, asking.sources, line->n_when, level, wanted, visit_date, &asking);
    return asking.out;
}
