/* SPDX-License-Identifier: Apache-2.0
 *
 * support/world_ask.c: a question about a world, where everything is known: yes or no.
 *
 * A code is what was coded, and what that truly is: who asks for C34.9 as such means those
 * coded so, whatever site it turns out to be. */
#include "base/error.h"
#include <string.h>

#include "support/world.h"

struct asked {
    const struct world *world;
    const struct question *question;
    int tumour; /* or TUMOUR_NONE: the patient */
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

static bool is_about(const struct asked *asked, const struct criteria *line,
                     const struct world_fact *fact)
{
    const struct item_row *item = model_item(line->item);

    if (fact->fact.group != item->group ||
        (item->index != INDEX_KEYS && !fact_value(&fact->fact, line->item)))
        return false;
    return asked->tumour == TUMOUR_NONE || group_of(line)->scope == SCOPE_PATIENT ||
           fact->fact.tumour == asked->tumour;
}

static bool line_holds(const struct asked *asked, const struct criteria *line,
                       const struct world_fact *fact);

static bool between(const struct criteria_when *when, day_number from, day_number to)
{
    int64_t distance = (int64_t)to - from;

    return (when->low == DISTANCE_MIN || distance >= when->low) &&
           (when->high == DISTANCE_MAX || distance <= when->high);
}

static bool event_holds(const struct asked *asked, const struct criteria *line,
                        const struct criteria_when *when, const struct world_fact *this,
                        day_number point)
{
    for (size_t i = 0; i < asked->world->n; i++) {
        const struct world_fact *fact = &asked->world->facts[i];

        if ((fact != this || when->other->item != line->item) &&
            between(when, point, fact->fact.date.first) &&
            line_holds(asked, when->other, fact))
            return !when->negated;
    }
    return when->negated;
}

static bool when_holds(const struct asked *asked, const struct criteria *line,
                       const struct criteria_when *when, const struct world_fact *fact)
{
    day_number point = when->end ? fact->fact.end.first : fact->fact.date.first;
    day_number today = asked->question->as_of;

    switch (when->kind) {
    case WHEN_DATES: return when->dates.first <= point && point <= when->dates.last;
    case WHEN_LAST: return today - when->low <= point && point <= today;
    case WHEN_DIAGNOSIS:
        return between(when, asked->world->diagnosis[asked->tumour], point);
    case WHEN_EVENT: break;
    default: panic("not yet");
    }
    return event_holds(asked, line, when, fact, point);
}

static bool line_holds(const struct asked *asked, const struct criteria *line,
                       const struct world_fact *fact)
{
    if (!is_about(asked, line, fact) ||
        !code_holds(line->codes, line->n_codes, fact, line->item) ||
        !code_holds(line->status, line->n_status, fact, group_of(line)->status) ||
        !number_holds(line, fact))
        return false;
    for (size_t i = 0; i < line->n_when; i++)
        if (!when_holds(asked, line, &line->when[i], fact))
            return false;
    return true;
}

static bool fact_holds(const struct asked *asked, const struct criteria *line)
{
    for (size_t i = 0; i < asked->world->n; i++)
        if (line_holds(asked, line, &asked->world->facts[i]))
            return true;
    return false;
}

static bool date_holds(const struct asked *asked, const struct criteria *line)
{
    const struct world *world = asked->world;
    day_number day = world->news;

    switch (line->item) {
    case ITEM_DIAGNOSIS_DATE: day = world->diagnosis[asked->tumour]; break;
    case ITEM_PATIENT_BIRTH: day = world->birth; break;
    case ITEM_LAST_VISIT: day = world->visit; break;
    case ITEM_DEATH_DATE:
        if (!world->dead)
            return false;
        day = world->death;
        break;
    default: break;
    }
    return line->when[0].dates.first <= day && day <= line->when[0].dates.last;
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
        struct asked tumour = {asked->world, asked->question, t};

        if (node_holds(&tumour, criteria->children[0]))
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
    case CRITERIA_FACT: return fact_holds(asked, criteria);
    case CRITERIA_NAMED:
    case CRITERIA_USE: panic("not yet");
    case CRITERIA_AGE:
        return criteria_number_holds(&criteria->number,
                                     age_in_years(world->birth,
                                                  world->diagnosis[asked->tumour]));
    case CRITERIA_DATE: return date_holds(asked, criteria);
    case CRITERIA_VITAL: return criteria->dead == world->dead;
    case CRITERIA_ACTIVE: return active_holds(world, criteria);
    }
    return false;
}

bool world_holds(const struct world *world, const struct question *question)
{
    struct asked patient = {world, question, TUMOUR_NONE};

    return node_holds(&patient, question->criteria);
}
