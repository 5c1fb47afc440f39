/* SPDX-License-Identifier: Apache-2.0
 *
 * support/world_ask.c: a question about a world, where everything is known: yes or no.
 *
 * A code is what was coded, and what that truly is: who asks for C34.9 as such means those
 * coded so, whatever site it turns out to be. */
#include <string.h>

#include "base/arena.h"
#include "support/world.h"

struct asked {
    const struct world *world;
    const struct question *question;
    int tumour; /* or TUMOUR_NONE: the patient */
    const struct world_fact
        *whole; /* one fact of the sample, event or TNM; NULL: of none */
};

static const struct group_row *group_of(const struct criteria *line)
{
    return model_group(model_item(line->item)->group);
}

static bool in_ranges(const struct criteria_code *codes, size_t n, const char *code)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(codes[i].range.first, code) <= 0 &&
            strcmp(code, codes[i].range.after) < 0)
            return true;
    return false;
}

static bool code_holds(const struct criteria_code *codes, size_t n,
                       const struct world_fact *fact, enum item item)
{
    return n == 0 || in_ranges(codes, n, fact_text(&fact->fact, item)) ||
           (fact->said && in_ranges(codes, n, fact_text(fact->said, item)));
}

static bool number_holds(const struct criteria *line, const struct world_fact *fact)
{
    enum item item =
        model_item(line->item)->type == TYPE_NUMBER ? line->item : group_of(line)->amount;
    const struct value *value = fact_value(&fact->fact, item);

    return !line->has_number ||
           (value && criteria_number_holds(&line->number, value->number));
}

/* Is FACT of the sample, event or TNM that is asked about? */
static bool is_of_whole(const struct asked *asked, const struct world_fact *fact)
{
    if (!asked->whole || asked->whole == fact)
        return true;
    return model_whole_of(fact->fact.group) == GROUP_SPECIMEN &&
           fact->sample == asked->whole->sample;
}

static bool is_about(const struct asked *asked, const struct criteria *line,
                     const struct world_fact *fact)
{
    const struct item_row *item = model_item(line->item);

    if (fact->fact.group != item->group || !is_of_whole(asked, fact) ||
        (item->index != INDEX_KEYS && !fact_value(&fact->fact, line->item)))
        return false;
    return asked->tumour == TUMOUR_NONE || group_of(line)->scope == SCOPE_PATIENT ||
           fact->fact.tumour == asked->tumour;
}

static bool line_holds(const struct asked *asked, const struct criteria *line,
                       const struct world_fact *fact);

/* ---- time ---- */

/* What is asked about: a fact, or a date of the patient (FACT is NULL). */
struct moment {
    const struct world_fact *fact;
    day_number start, end;
};

/* A kind without an end lasts one day. */
static struct moment moment_of(const struct world_fact *fact)
{
    bool has_end = model_group(fact->fact.group)->end != ITEM_NONE;
    day_number start = fact->fact.date.first;

    return (struct moment){fact, start, has_end ? fact->fact.end.first : start};
}

/* The date ITEM of the patient (ITEM_NONE: today); false when there is none. */
static bool date_of(const struct asked *asked, enum item item, day_number *day_r)
{
    const struct world *world = asked->world;

    switch (item) {
    case ITEM_NONE: *day_r = asked->question->as_of; break;
    case ITEM_DIAGNOSIS_DATE: *day_r = world->diagnosis[asked->tumour]; break;
    case ITEM_PATIENT_BIRTH: *day_r = world->birth; break;
    case ITEM_LAST_VISIT: *day_r = world->visit; break;
    case ITEM_DEATH_DATE: *day_r = world->death; return world->dead;
    default: *day_r = world->news; break;
    }
    return true;
}

static bool between(const struct criteria_when *when, day_number from, day_number to)
{
    int64_t distance = (int64_t)to - from;

    return (when->low == DISTANCE_MIN || distance >= when->low) &&
           (when->high == DISTANCE_MAX || distance <= when->high);
}

/* Does OTHER stand to MOMENT as WHEN says? Two things have a day in common when each starts
 * before the other ends (also where a source has one end before it starts). */
static bool stands_so(const struct criteria_when *when, const struct moment *moment,
                      const struct world_fact *other)
{
    struct moment theirs = moment_of(other);
    day_number point = when->end ? moment->end : moment->start;

    switch (when->kind) {
    case WHEN_DURING: return theirs.start <= point && point <= theirs.end;
    case WHEN_OVERLAPS: return moment->start <= theirs.end && theirs.start <= moment->end;
    default: return between(when, point, when->other_end ? theirs.end : theirs.start);
    }
}

static bool other_holds(const struct asked *asked, const struct criteria *line,
                        const struct criteria_when *when, const struct moment *moment)
{
    const struct criteria *other = when->other;

    for (size_t i = 0; i < asked->world->n; i++) {
        const struct world_fact *fact = &asked->world->facts[i];

        if ((fact != moment->fact || other->item != line->item) &&
            line_holds(asked, other, fact) && stands_so(when, moment, fact))
            return true;
    }
    return false;
}

static bool order_holds(const struct asked *asked, const struct criteria *line,
                        const struct criteria_when *when, const struct moment *moment);

static bool event_holds(const struct asked *asked, const struct criteria *line,
                        const struct criteria_when *when, const struct moment *moment)
{
    bool holds = when->other->order == ORDER_ANY
                     ? other_holds(asked, line, when, moment)
                     : order_holds(asked, when->other, when, moment);

    return holds != when->negated;
}

static bool age_holds(const struct asked *asked, day_number day,
                      const struct criteria_number *number)
{
    return criteria_number_holds(number, age_in_years(asked->world->birth, day));
}

static bool when_holds(const struct asked *asked, const struct criteria *line,
                       const struct criteria_when *when, const struct moment *moment)
{
    day_number point = when->end ? moment->end : moment->start;
    day_number today = asked->question->as_of, day;

    switch (when->kind) {
    case WHEN_DATES: return when->dates.first <= point && point <= when->dates.last;
    case WHEN_LAST: return today - when->low <= point && point <= today;
    case WHEN_DIAGNOSIS:
        return between(when, asked->world->diagnosis[asked->tumour], point);
    case WHEN_PATIENT_DATE:
        return date_of(asked, when->item, &day) && between(when, day, point);
    case WHEN_AGE: return age_holds(asked, point, &when->number);
    case WHEN_LASTING: return between(when, moment->start, moment->end);
    case WHEN_ONGOING: return moment->start <= today && today <= moment->end;
    case WHEN_EVENT:
    case WHEN_DURING:
    case WHEN_OVERLAPS: break;
    }
    return event_holds(asked, line, when, moment);
}

/* ---- facts ---- */

/* Is FACT what LINE says besides word and codes? */
static bool is_such(const struct asked *asked, const struct criteria *line,
                    const struct world_fact *fact)
{
    struct moment moment = moment_of(fact);
    struct asked outside = {asked->world, asked->question, asked->tumour, NULL};

    if (!code_holds(line->status, line->n_status, fact, group_of(line)->status) ||
        !number_holds(line, fact))
        return false;
    for (size_t i = 0; i < line->n_when; i++)
        if (!when_holds(&outside, line, &line->when[i], &moment))
            return false;
    return true;
}

static bool line_holds(const struct asked *asked, const struct criteria *line,
                       const struct world_fact *fact)
{
    return is_about(asked, line, fact) &&
           code_holds(line->codes, line->n_codes, fact, line->item) &&
           is_such(asked, line, fact);
}

/* On how many different days do facts of LINE start, before DAY (or after it)? */
static size_t days_beyond(const struct asked *asked, const struct criteria *line,
                          day_number day, bool after)
{
    const struct world *world = asked->world;
    day_number *days = memory_alloc((world->n + 1) * sizeof(*days));
    size_t n = 0;

    for (size_t i = 0; i < world->n; i++) {
        day_number start = world->facts[i].fact.date.first;
        bool seen = after ? start <= day : start >= day;

        for (size_t k = 0; k < n && !seen; k++)
            seen = days[k] == start;
        if (!seen && line_holds(asked, line, &world->facts[i]))
            days[n++] = start;
    }
    memory_free(days);
    return n;
}

/* Is FACT, one of those to choose from, on the day that LINE orders? */
static bool is_in_place(const struct asked *asked, const struct criteria *line,
                        const struct world_fact *fact)
{
    bool last = line->order == ORDER_LAST;

    return days_beyond(asked, line->from, fact->fact.date.first, last) ==
           (last ? 0 : (size_t)line->order - 1);
}

/* WHEN, which may be NULL, of MOMENT is asked of the chosen one, too. */
static bool order_holds(const struct asked *asked, const struct criteria *line,
                        const struct criteria_when *when, const struct moment *moment)
{
    for (size_t i = 0; i < asked->world->n; i++) {
        const struct world_fact *fact = &asked->world->facts[i];

        if (line_holds(asked, line->from, fact) && is_in_place(asked, line, fact) &&
            is_such(asked, line, fact) && (!when || stands_so(when, moment, fact)))
            return true;
    }
    return false;
}

static bool fact_holds(const struct asked *asked, const struct criteria *line)
{
    size_t n = 0;

    if (line->order != ORDER_ANY)
        return order_holds(asked, line, NULL, NULL);
    for (size_t i = 0; i < asked->world->n; i++)
        n += line_holds(asked, line, &asked->world->facts[i]);
    return n >= (line->count ? line->count : 1);
}

/* ---- lines about the patient ---- */

static bool date_holds(const struct asked *asked, const struct criteria *line)
{
    struct moment moment = {NULL, 0, 0};

    if (!date_of(asked, line->item, &moment.start))
        return false;
    moment.end = moment.start;
    for (size_t i = 0; i < line->n_when; i++)
        if (!when_holds(asked, line, &line->when[i], &moment))
            return false;
    return true;
}

static bool age_line_holds(const struct asked *asked, const struct criteria *line)
{
    day_number day;

    return date_of(asked, line->item, &day) && age_holds(asked, day, &line->number);
}

/* The file active counts what the centre knows of. */
static bool active_holds(const struct world *world, const struct criteria *line)
{
    struct interval years = line->dates;

    if (!interval_is_unknown(world->record->last_visit) && years.first <= world->visit &&
        world->visit <= years.last)
        return true;
    for (size_t i = 0; i < world->n; i++) {
        const struct fact *fact = &world->facts[i].fact;
        const struct value *diagnosis = fact_value(fact, ITEM_EVENT_DIAGNOSIS);

        if (!world->facts[i].said ||
            model_group(fact->group)->activity != ACTIVITY_COUNTS)
            continue;
        if ((years.first <= fact->date.first && fact->date.first <= years.last) ||
            (diagnosis && years.first <= diagnosis->date.first &&
             diagnosis->date.first <= years.last))
            return true;
    }
    return false;
}

static bool node_holds(const struct asked *asked, const struct criteria *criteria);

static size_t count_holding(const struct asked *asked, const struct criteria *criteria)
{
    size_t n = 0;

    for (size_t i = 0; i < criteria->n_children; i++)
        n += node_holds(asked, criteria->children[i]);
    return n;
}

static bool tumour_holds(const struct asked *asked, const struct criteria *criteria)
{
    for (int t = 0; t < asked->world->n_tumours; t++) {
        struct asked tumour = {asked->world, asked->question, t, NULL};

        if (node_holds(&tumour, criteria->children[0]))
            return true;
    }
    return false;
}

static bool same_holds(const struct asked *asked, const struct criteria *criteria)
{
    for (size_t i = 0; i < asked->world->n; i++) {
        const struct world_fact *fact = &asked->world->facts[i];
        struct asked whole = {asked->world, asked->question, asked->tumour, fact};
        bool everywhere = asked->tumour == TUMOUR_NONE ||
                          model_group(criteria->group)->scope == SCOPE_PATIENT;

        if (model_whole_of(fact->fact.group) == criteria->group &&
            (criteria->group != GROUP_SPECIMEN || fact->sample != 0) &&
            (everywhere || fact->fact.tumour == asked->tumour) &&
            node_holds(&whole, criteria->children[0]))
            return true;
    }
    return false;
}

static bool node_holds(const struct asked *asked, const struct criteria *criteria)
{
    const struct world *world = asked->world;

    switch (criteria->kind) {
    case CRITERIA_ANY: return true;
    case CRITERIA_AND: return count_holding(asked, criteria) == criteria->n_children;
    case CRITERIA_OR: return count_holding(asked, criteria) > 0;
    case CRITERIA_NOT: return count_holding(asked, criteria) == 0;
    case CRITERIA_AT_LEAST: return count_holding(asked, criteria) >= criteria->count;
    case CRITERIA_TUMOUR: return tumour_holds(asked, criteria);
    case CRITERIA_SAME: return same_holds(asked, criteria);
    case CRITERIA_FACT: return fact_holds(asked, criteria);
    case CRITERIA_NAMED:
    case CRITERIA_USE: return node_holds(asked, criteria->children[0]);
    case CRITERIA_AGE: return age_line_holds(asked, criteria);
    case CRITERIA_DATE: return date_holds(asked, criteria);
    case CRITERIA_VITAL: return criteria->dead == world->dead;
    case CRITERIA_ACTIVE: return active_holds(world, criteria);
    }
    return false;
}

bool world_holds(const struct world *world, const struct question *question)
{
    struct asked patient = {world, question, TUMOUR_NONE, NULL};

    return node_holds(&patient, question->criteria);
}
