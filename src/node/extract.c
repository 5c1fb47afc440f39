/* SPDX-License-Identifier: Apache-2.0
 *
 * node/extract.c: whole records of chosen patients, in the formats of others.
 *
 * One patient after the other, in the order of their numbers or pseudonyms: read from the
 * originals, adapted, merged, rendered, handed on. */
#include <stdio.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "node/saved_internal.h"

struct extraction {
    const struct listing *listing;
    struct render *render;
    struct arena *scratch;
    extract_write *write;
    void *context;
    struct extract_result result;
};

static int hand_on(struct extraction *extraction, struct error *err)
{
    size_t n;
    struct render_file *files = render_files(extraction->render, &n);

    for (size_t i = 0; i < n; i++) {
        struct buffer *bytes = &files[i].bytes;

        if (bytes->length > 0 && extraction->write(extraction->context, i, files[i].name,
                                                   bytes->bytes, bytes->length, err) < 0)
            return -1;
        buffer_clear(bytes);
    }
    return 0;
}

static void count_remarks(struct extract_result *result, const struct remarks *remarks)
{
    for (const struct remark *remark = remarks->first; remark; remark = remark->next) {
        result->unknown += remark->kind == REMARK_UNKNOWN_KEY;
        result->refused += remark->kind == REMARK_REFUSED_VALUE;
    }
}

static int extract_person(struct extraction *extraction, const struct listed *listed,
                          struct error *err)
{
    struct node *node = extraction->listing->node;
    struct extract_result *result = &extraction->result;
    struct remarks remarks = {0};
    const struct account account = {.remarks = &remarks};
    struct record *record = NULL;
    int status;

    pthread_mutex_lock(&node->reader_lock);
    status =
        person_record(node, extraction->scratch, listed->person, &account, &record, err);
    pthread_mutex_unlock(&node->reader_lock);
    if (status < 0 || !record || record->opposed)
        return status;

    struct render_patient patient = {
        .record = record,
        .pseudonym = result->by_number ? NULL : listed->number,
        .answer = listed->answer,
        .number = listed->number,
    };

    count_remarks(result, &remarks);
    result->patients++;
    result->certain += listed->answer == TRUTH_YES;
    return render_patient(extraction->render, extraction->scratch, &patient, err) < 0
               ? -1
               : hand_on(extraction, err);
}

static int audit(const struct extraction *extraction,
                 const struct render_options *options, struct error *err)
{
    const struct extract_result *result = &extraction->result;
    char outcome[128];

    snprintf(outcome, sizeof(outcome), "%llu patients by %s as %s, #%lld",
             (unsigned long long)result->patients,
             result->by_number ? "number" : "pseudonym",
             render_format_name(options->format),
             (long long)extraction->listing->snapshot->sequence);
    return listing_audit(extraction->listing, outcome, err);
}

static int extract_all(struct extraction *extraction,
                       const struct render_options *options, struct error *err)
{
    const struct listing *listing = extraction->listing;
    int status = hand_on(extraction, err); /* a file of nobody has its columns still */

    for (size_t i = 0; i < listing->n && status == 0; i++) {
        status = extract_person(extraction, &listing->persons[i], err);
        arena_reset(extraction->scratch);
    }
    return status < 0 ? -1 : audit(extraction, options, err);
}

int node_extract(struct node *node, struct arena *arena, const struct node_list *list,
                 const struct render_options *options, extract_write *write,
                 void *context, struct extract_result *result_r, struct error *err)
{
    struct listing listing = {.node = node, .arena = arena, .list = list};
    struct extraction extraction = {
        .listing = &listing, .write = write, .context = context};
    int status;

    if (listing_begin(&listing, err) < 0)
        return -1;
    extraction.result.by_number = listing.right == LIST_NUMBERS;
    extraction.scratch = arena_new("patient record", PERSON_ARENA);
    extraction.render = render_begin(options);
    status = extract_all(&extraction, options, err);
    if (status == 0) {
        extraction.result.losses = *render_losses(extraction.render);
        *result_r = extraction.result;
    }
    render_end(extraction.render);
    arena_free(extraction.scratch);
    listing_end(&listing);
    return status;
}
