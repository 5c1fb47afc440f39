/* SPDX-License-Identifier: Apache-2.0
 *
 * record/tumour_events.c: events that a source said otherwise (OSIRIS-RWD 9).
 *
 *     recurrence   the same tumour (tumours.c) diagnosed again, six months later or more:
 *                  9.1 = 1 for a solid tumour, its first one only. Of the blood it may be a
 *                  relapse (3) or a transformation (4): not told
 *     metastasis   a "tumour" of C77 to C79 or /6: 9.5, 9.6
 *     site         a metastatic event that says where, unless a metastasis of that organ is said
 *                  to be as early: 9.5, 9.6, every site with its first date
 *
 * The statement stays as it was said, with its proof; the event is a further fact with the same
 * proof, as a source would have said it. So nothing is lost, criteria about events find it, and
 * a record that is merged again makes the very fact that it has already: nothing changes. A
 * computed group of its own would keep the two apart, but no question would look there. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/tumours_internal.h"

#define NEVER (DAY_MAX + 1)
#define CATEGORY 3 /* characters of a topography that say the organ (9.5) */

static bool is_type(const struct fact *event, const char *type)
{
    return strcmp(fact_text(event, ITEM_EVENT_TYPE), type) == 0;
}

/* Where FACT says that a metastasis is, "" if it does not. */
static const char *site_of(const struct fact *fact)
{
    if (fact->group == GROUP_METASTASIS)
        return fact_text(fact, ITEM_METASTASIS_TOPOGRAPHY);
    if (fact->group == GROUP_TUMOUR_EVENT && is_type(fact, "METASTASIS"))
        return site_of_metastasis(fact_text(fact, ITEM_EVENT_TOPOGRAPHY));
    return "";
}

static void put_text(struct fact *fact, struct value *values, enum item item,
                     const char *text)
{
    if (*text)
        values[fact->n_values++] =
            (struct value){.item = item, .type = model_item(item)->type, .text = text};
}

static void put_date(struct fact *fact, struct value *values, enum item item,
                     struct interval date)
{
    if (!interval_is_unknown(date))
        values[fact->n_values++] =
            (struct value){.item = item, .type = TYPE_DATE, .date = date};
}

/* A fact of GROUP that SAID proves, dated like it; its values come into VALUES_R. */
static struct fact *event_begin(struct merge *merge, enum group group,
                                const struct fact *said, int tumour,
                                struct value **values_r)
{
    struct fact *fact = &merge->record->facts[merge->record->n_facts++];

    *values_r = arena_array(merge->arena, 5, sizeof(**values_r));
    *fact = (struct fact){.group = group,
                          .tumour = tumour,
                          .date = said->date,
                          .end = INTERVAL_UNKNOWN,
                          .source = said->source,
                          .values = *values_r,
                          .sequence = said->sequence,
                          .position = said->position};
    return fact;
}

/* ---- metastasis ---------------------------------------------------------------------- */

static void put_metastasis(struct merge *merge, const struct fact *said, int tumour)
{
    struct value *values;
    struct fact *fact = event_begin(merge, GROUP_METASTASIS, said, tumour, &values);

    put_text(fact, values, ITEM_METASTASIS_TOPOGRAPHY,
             site_of_metastasis(fact_text(said, ITEM_TOPOGRAPHY)));
    put_date(fact, values, ITEM_METASTASIS_DATE, said->date);
}

static void put_metastases(struct merge *merge, const struct joined *joined)
{
    for (size_t i = 0; i < joined->n; i++)
        for (size_t j = 0; j < joined->said[i].n; j++)
            put_metastasis(merge, joined->said[i].facts[j], joined->of);
}

/* ---- recurrence ---------------------------------------------------------------------- */

static bool is_blood(const struct tumour_key *key)
{
    return histology_is_blood(key->histology) || strcmp(key->site, SITE_BLOOD) == 0;
}

/* The first of those that are diagnosed later for certain; NULL: none is. */
static const struct fact *first_later(const struct joined *joined)
{
    const struct fact *first = NULL;

    for (size_t i = 0; i < joined->n; i++)
        for (size_t j = 0; j < joined->said[i].n; j++) {
            const struct fact *fact = joined->said[i].facts[j];

            if (!tumour_is_later(&joined->tumour, fact))
                continue;
            if (!first || fact->date.first < first->date.first ||
                (fact->date.first == first->date.first &&
                 content_compare(fact, first) < 0))
                first = fact;
        }
    return first;
}

/* The first day on which a source may tell of a local recurrence, of each of N tumours; from
 * memory_alloc. */
static day_number *first_recurrences(const struct record *record, size_t n)
{
    day_number *first = memory_alloc((n + 1) * sizeof(*first));

    for (size_t i = 0; i < n; i++)
        first[i] = NEVER;
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];

        if (fact->group == GROUP_TUMOUR_EVENT && fact->tumour != TUMOUR_NONE &&
            is_type(fact, "LOCAL") && fact->date.first < first[fact->tumour])
            first[fact->tumour] = fact->date.first;
    }
    return first;
}

/* TOLD: the first day of one that a source tells of. */
static void put_recurrence(struct merge *merge, const struct joined *joined, int tumour,
                           day_number told)
{
    const struct fact *said = first_later(joined);
    struct value *values;
    struct fact *fact;

    if (!said)
        return;
    if (is_blood(&joined->class)) {
        decisions_add(merge->arena, merge->decisions,
                      (struct decision){.rule = RULE_RELAPSE_OR_TRANSFORMATION,
                                        .to_review = true,
                                        .tumour = tumour,
                                        .fact = said,
                                        .detail = ""});
        return;
    }
    decisions_add(merge->arena, merge->decisions,
                  (struct decision){.rule = RULE_RECURRENCE_SAID_AS_TUMOUR,
                                    .tumour = tumour,
                                    .fact = said,
                                    .detail = ""});
    if (told <= said->date.last)
        return;
    fact = event_begin(merge, GROUP_TUMOUR_EVENT, said, tumour, &values);
    put_text(fact, values, ITEM_EVENT_TYPE, "LOCAL");
    put_date(fact, values, ITEM_EVENT_DIAGNOSIS, said->date);
    put_text(fact, values, ITEM_EVENT_MORPHOLOGY, fact_text(said, ITEM_MORPHOLOGY));
    put_text(fact, values, ITEM_EVENT_TOPOGRAPHY, fact_text(said, ITEM_TOPOGRAPHY));
    put_text(fact, values, ITEM_EVENT_METHOD, fact_text(said, ITEM_DIAGNOSIS_METHOD));
}

/* ---- sites of metastatic events -------------------------------------------------------- */

/* Metastases, and metastatic events that say where, by tumour, site and date. */
static int compare_sites(const void *a, const void *b)
{
    const struct fact *x = *(const struct fact *const *)a;
    const struct fact *y = *(const struct fact *const *)b;
    int order = (x->tumour > y->tumour) - (x->tumour < y->tumour);

    if (!order)
        order = strncmp(site_of(x), site_of(y), CATEGORY);
    if (!order)
        order = (x->date.first > y->date.first) - (x->date.first < y->date.first);
    return order ? order : content_compare(x, y);
}

static bool is_same_site(const struct fact *a, const struct fact *b)
{
    return a->tumour == b->tumour && strncmp(site_of(a), site_of(b), CATEGORY) == 0;
}

static void put_site(struct merge *merge, const struct fact *event)
{
    struct value *values;
    struct fact *fact =
        event_begin(merge, GROUP_METASTASIS, event, event->tumour, &values);

    put_text(fact, values, ITEM_METASTASIS_TOPOGRAPHY, site_of(event));
    put_date(fact, values, ITEM_METASTASIS_DATE, event->date);
    decisions_add(merge->arena, merge->decisions,
                  (struct decision){.rule = RULE_SITE_OF_EVENT,
                                    .tumour = event->tumour,
                                    .fact = event,
                                    .detail = site_of(event)});
}

/* Of the N facts of one site, by date: those events that are earlier than any metastasis; an
 * event without a date where nothing else tells of the site. */
static void put_one_site(struct merge *merge, const struct fact *const *facts, size_t n)
{
    const struct fact *undated = NULL;
    day_number told = NEVER;
    bool is_said = false;

    for (size_t i = 0; i < n; i++) {
        is_said = is_said || facts[i]->group == GROUP_METASTASIS;
        if (facts[i]->group == GROUP_METASTASIS && !interval_is_unknown(facts[i]->date) &&
            facts[i]->date.first < told)
            told = facts[i]->date.first;
    }
    for (size_t i = 0; i < n; i++) {
        if (facts[i]->group == GROUP_METASTASIS)
            continue;
        if (interval_is_unknown(facts[i]->date)) {
            undated = undated ? undated : facts[i];
        } else if (told > facts[i]->date.last) {
            put_site(merge, facts[i]);
            told = facts[i]->date.first;
        }
    }
    if (undated && !is_said && told == NEVER)
        put_site(merge, undated);
}

static void put_sites(struct merge *merge)
{
    const struct record *record = merge->record;
    const struct fact **sites = memory_alloc((record->n_facts + 1) * sizeof(*sites));
    size_t n = 0;

    for (size_t i = 0; i < record->n_facts; i++)
        if (*site_of(&record->facts[i]))
            sites[n++] = &record->facts[i];
    if (n > 1)
        qsort(sites, n, sizeof(*sites), compare_sites);
    for (size_t i = 0; i < n;) {
        size_t first = i;

        while (i < n && is_same_site(sites[first], sites[i]))
            i++;
        put_one_site(merge, sites + first, i - first);
    }
    memory_free(sites);
}

/* ---- all of it ----------------------------------------------------------------------- */

void tumour_events(struct merge *merge, const struct joined *joined, size_t n)
{
    day_number *told = first_recurrences(merge->record, n);

    for (size_t i = 0; i < n; i++) {
        if (joined[i].is_counted && joined[i].tumour.kind == TUMOUR_PRIMARY)
            put_recurrence(merge, &joined[i], (int)i, told[i]);
        else if (!joined[i].is_counted && joined[i].tumour.kind == TUMOUR_SECONDARY)
            put_metastases(merge, &joined[i]);
    }
    memory_free(told);
    put_sites(merge);
}
