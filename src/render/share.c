/* SPDX-License-Identifier: Apache-2.0
 *
 * render/share.c: which facts of a record may leave, and how far their dates are said.
 *
 * Behind a pseudonym the patient's own numbers, family, free text and links stay (KEEP in
 * model.def), and of the date of birth year and month are said, as the model of OSIRIS-RWD has
 * them. A fact of which nothing is left does not leave; those that became equal leave once. */
#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"
#include "render/render_internal.h"

struct interval months_of(struct interval date)
{
    int year, month, day;

    if (date.first != DAY_MIN) {
        day_to_civil(date.first, &year, &month, &day);
        date.first = day_from_civil(year, month, 1);
    }
    if (date.last != DAY_MAX) {
        day_to_civil(date.last, &year, &month, &day);
        date.last = day_from_civil(year, month, days_in_month(year, month));
    }
    return date;
}

static bool may_leave(const struct value *value)
{
    return model_item(value->item)->share == SHARE_SHARE ||
           value->item == ITEM_PATIENT_ID; /* which is the pseudonym then */
}

/* FACT as it may leave behind PSEUDONYM; false when nothing of it does. */
static bool conceal(struct arena *arena, struct fact *fact, const char *pseudonym,
                    uint64_t *withheld)
{
    struct value *values = arena_array(arena, fact->n_values + 1u, sizeof(*values));
    bool said = fact->n_values > 0;
    uint16_t n = 0;

    for (size_t i = 0; i < fact->n_values; i++) {
        struct value *value = &values[n];

        if (!may_leave(&fact->values[i])) {
            ++*withheld;
            continue;
        }
        *value = fact->values[i];
        n++;
        if (value->item == ITEM_PATIENT_ID) {
            value->text = pseudonym;
        } else if (value->item == ITEM_PATIENT_BIRTH) {
            struct interval months = months_of(value->date);

            *withheld +=
                months.first != value->date.first || months.last != value->date.last;
            value->date = months;
        }
    }
    fact->values = values;
    fact->n_values = n;
    return n > 0 || !said; /* a tumour of which nothing is said but what hangs on it */
}

static int compare_facts(const void *a, const void *b)
{
    return fact_compare(a, b);
}

struct shared shared_of(struct arena *arena, const struct render_patient *patient)
{
    const struct record *record = patient->record;
    struct shared shared = {.record = record,
                            .facts = arena_array(arena, record->n_facts + 1,
                                                 sizeof(*shared.facts))};
    size_t n = 0;

    for (size_t i = 0; i < record->n_facts; i++) {
        struct fact *fact = &shared.facts[shared.n];

        *fact = record->facts[i];
        if (model_is_computed(fact->group))
            continue;
        if (fact->group == GROUP_JUDGEMENT) {
            shared.withheld += fact->n_values;
            continue;
        }
        if (patient->pseudonym &&
            !conceal(arena, fact, patient->pseudonym, &shared.withheld))
            continue;
        shared.n++;
    }
    if (patient->pseudonym && shared.n > 0) /* else they stand in their order already */
        qsort(shared.facts, shared.n, sizeof(*shared.facts), compare_facts);
    for (size_t i = 0; i < shared.n; i++)
        if (i == 0 || fact_compare(&shared.facts[n - 1], &shared.facts[i]) != 0)
            shared.facts[n++] = shared.facts[i];
    shared.n = n;
    return shared;
}

const struct fact *shared_find(const struct shared *shared, enum group group, int tumour,
                               size_t *n_r)
{
    size_t low = 0, high = shared->n, after;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct fact *fact = &shared->facts[middle];

        if (fact->group < group || (fact->group == group && fact->tumour < tumour))
            low = middle + 1;
        else
            high = middle;
    }
    for (after = low; after < shared->n && shared->facts[after].group == group &&
                      shared->facts[after].tumour == tumour;)
        after++;
    *n_r = after - low;
    return &shared->facts[low];
}

bool civil_of(struct interval date, struct civil *civil_r)
{
    struct civil first, last;

    *civil_r = (struct civil){0};
    if (date.first == DAY_MIN || date.last == DAY_MAX)
        return interval_is_unknown(date);
    day_to_civil(date.first, &first.year, &first.month, &first.day);
    day_to_civil(date.last, &last.year, &last.month, &last.day);
    if (first.year != last.year)
        return false;
    civil_r->year = first.year;
    if (first.month == last.month) {
        civil_r->month = first.month;
        if (first.day == last.day)
            civil_r->day = first.day;
        return civil_r->day ||
               (first.day == 1 && last.day == days_in_month(last.year, last.month));
    }
    if (first.day == last.day && first.month == 1 && last.month == 12) {
        civil_r->day = first.day; /* a known day in an unknown month */
        return true;
    }
    return first.day == 1 && first.month == 1 && last.day == 31 && last.month == 12;
}

char *civil_print(const struct civil *civil, char text[DATE_TEXT_SIZE])
{
    char month[12] = "UN", day[12] = "UN";

    if (civil->month)
        snprintf(month, sizeof(month), "%02d", civil->month);
    if (civil->day)
        snprintf(day, sizeof(day), "%02d", civil->day);
    *text = '\0';
    if (civil->year)
        snprintf(text, DATE_TEXT_SIZE, "%04d-%.2s-%.2s", civil->year, month, day);
    return text;
}
