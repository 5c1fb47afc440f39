/* SPDX-License-Identifier: Apache-2.0
 *
 * node/listing.c: whom a list of patients lists, under which name, and who may have it.
 *
 * Persons stand in the order of their numbers or pseudonyms, so that the order tells nothing of
 * when somebody came. Opposed patients never stand in a list: they are not in the index, and
 * who has opposed since the index was made is seen in the record, by whoever reads it. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "index/eval.h"
#include "index/set.h"
#include "node/saved_internal.h"

/* ---- whom to list, and which tumour ---- */

static int first_row(const uint64_t *set, uint32_t from, uint32_t after)
{
    for (uint32_t row = from; row < after; row++)
        if (set_has(set, row))
            return (int)(row - from);
    return -1;
}

static void take_tumours(struct listing *listing, const struct segment *segment,
                         const struct cohort_part *part)
{
    for (uint32_t p = 0; part->rows_possible && p < segment->patients; p++) {
        uint32_t from = segment->first_tumour[p], after = segment->first_tumour[p + 1];
        int tumour;

        if (!set_has(part->possible, p))
            continue;
        tumour = first_row(part->rows_certain, from, after);
        if (tumour < 0)
            tumour = first_row(part->rows_possible, from, after);
        if (tumour > 0 && tumour <= UINT16_MAX)
            listing->tumour[segment->person[p]] = (uint16_t)tumour;
    }
}

/* What PREMISES ask of tumours, on the present data. */
static int find_tumours(struct listing *listing, const struct premises *premises,
                        struct error *err)
{
    struct question question = {.criteria = premises->criteria,
                                .coverage = premises->coverage,
                                .as_of = premises->as_of};
    struct cohort cohort;

    if (cohort_eval(listing->arena, listing->snapshot, &question, &cohort, err) < 0)
        return -1;
    for (size_t i = 0; i < listing->snapshot->n; i++)
        take_tumours(listing, listing->snapshot->segments[i], &cohort.parts[i]);
    return 0;
}

/* The persons of the run, and the premises that it had. */
static int take_run(struct listing *listing, struct premises *premises, struct error *err)
{
    struct arena *arena = listing->arena;
    struct run_persons persons;
    struct saved *cohort;
    struct saved_run run;

    if (cohort_find(listing->node, arena, listing->list->cohort, listing->list->run,
                    &cohort, &run, err) < 0 ||
        run_read(listing->node, arena, &run, &premises->text, &persons, err) < 0)
        return -1;
    premises->pinned = run.definitions;
    premises->coverage = coverage_from_text(arena, run.coverage_text);
    premises->as_of = run.as_of;
    return answers_of_run(arena, &persons, &listing->answers, err);
}

static int choose(struct listing *listing, struct error *err)
{
    const struct node_list *list = listing->list;
    struct premises premises = {
        .text = list->criteria,
        .pinned = "",
        .coverage = coverage_of(listing->node, listing->arena, listing->snapshot),
        .as_of = list->as_of == DAY_MAX ? day_of_data(listing->snapshot) : list->as_of};
    struct answers now;

    if ((list->cohort && take_run(listing, &premises, err) < 0) ||
        answers_parse(listing->node, listing->arena, &premises, err) < 0 ||
        answers_make(listing->arena, listing->snapshot, &premises, &now, err) < 0)
        return -1;
    if (!list->cohort)
        listing->answers = now;
    listing->after =
        now.after > listing->answers.after ? now.after : listing->answers.after;
    listing->tumour =
        arena_array(listing->arena, listing->after, sizeof(*listing->tumour));
    return find_tumours(listing, &premises, err);
}

/* ---- their names, and their order ---- */

/* What stands in front; NULL for who was erased. */
static int name_person(struct listing *listing, uint32_t person, const char **number_r,
                       struct error *err)
{
    char pseudonym[PSEUDONYM_SIZE];

    if (listing->right == LIST_NUMBERS)
        return store_number(listing->node->reader, listing->arena, person, number_r, err);
    if (store_pseudonym(listing->node->reader, person, pseudonym, err) < 0)
        return -1;
    *number_r =
        *pseudonym ? arena_string(listing->arena, pseudonym, strlen(pseudonym)) : NULL;
    return 0;
}

static int compare_listed(const void *a, const void *b)
{
    const struct listed *x = a, *y = b;
    int order = strcmp(x->number, y->number);

    return order ? order : (x->person > y->person) - (x->person < y->person);
}

static int name_persons(struct listing *listing, struct error *err)
{
    size_t n = 0;
    int status = 0;

    for (uint32_t person = 0; person < listing->after; person++)
        n += answer_of(&listing->answers, person) % ANSWER_ABSENT != TRUTH_NO;
    listing->persons = arena_array(listing->arena, n + 1, sizeof(*listing->persons));
    for (uint32_t person = 0; person < listing->after && status == 0; person++) {
        struct listed *listed = &listing->persons[listing->n];

        listed->person = person;
        listed->answer =
            (enum truth)(answer_of(&listing->answers, person) % ANSWER_ABSENT);
        if (listed->answer == TRUTH_NO ||
            (listing->list->certain && listed->answer != TRUTH_YES))
            continue;
        pthread_mutex_lock(&listing->node->reader_lock);
        status = name_person(listing, person, &listed->number, err);
        pthread_mutex_unlock(&listing->node->reader_lock);
        listing->n += status == 0 && listed->number;
        if (status == 0)
            status = arena_check(listing->arena, err);
    }
    if (listing->n > 0)
        qsort(listing->persons, listing->n, sizeof(*listing->persons), compare_listed);
    return status;
}

/* ---- from outside ---- */

int listing_begin(struct listing *listing, struct error *err)
{
    listing->right = list_right(listing->list->caller->purpose);
    if (listing->right == LIST_REFUSED) {
        if (listing_audit(listing, "refused", err) < 0)
            return -1;
        return error_set(err, ERROR_REFUSED,
                         "a list of patients is made for care or quality (by number) or "
                         "for research (by pseudonym), not for the purpose of %s",
                         purpose_name(listing->list->caller->purpose));
    }
    listing->snapshot = present_snapshot(listing->node, err);
    if (!listing->snapshot)
        return -1;
    if (choose(listing, err) == 0 && name_persons(listing, err) == 0)
        return 0;
    listing_end(listing);
    return -1;
}

void listing_end(struct listing *listing)
{
    snapshot_release(listing->node->catalogue, listing->snapshot);
    listing->snapshot = NULL;
}

int listing_audit(const struct listing *listing, const char *outcome, struct error *err)
{
    const struct node_list *list = listing->list;
    const char *detail = list->cohort
                             ? arena_printf(listing->arena, "cohort %s", list->cohort)
                             : list->criteria;

    return audit_write(listing->node->audit, list->caller, list->now, "export", detail,
                       outcome, err);
}
