/* SPDX-License-Identifier: Apache-2.0
 *
 * node/verify.c: is the index what the originals say?
 *
 * The originals of everybody are unsealed, adapted, merged and indexed again into a scratch
 * folder and compacted; the present index is compacted into another scratch file. The two must
 * be the same bytes. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "index/compact.h"
#include "node/node_internal.h"
#include "store/saved.h"

static int verify_segments(const struct snapshot *snapshot, struct error *err)
{
    for (size_t i = 0; i < snapshot->n; i++)
        if (segment_verify(snapshot->segments[i], err) < 0)
            return error_context(err, "segment %s of the index", snapshot->names[i]);
    return 0;
}

/* Persons that stand in one segment and not in the other, or, if none, 1 for other bytes. */
static uint64_t count_differences(const struct segment *a, const struct segment *b)
{
    uint32_t i = 0, k = 0;
    uint64_t n = 0;

    while (i < a->patients || k < b->patients) {
        uint32_t x = i < a->patients ? a->person[i] : UINT32_MAX;
        uint32_t y = k < b->patients ? b->person[k] : UINT32_MAX;

        i += x <= y;
        k += y <= x;
        n += x != y;
    }
    return n ? n : 1;
}

static int compare_segments(const struct segment *present, const struct segment *rebuilt,
                            struct verify_result *result, struct error *err)
{
    if (present->size == rebuilt->size &&
        memcmp(present->map, rebuilt->map, present->size) == 0)
        return 0;
    result->differences = count_differences(present, rebuilt);
    return error_set(
        err, ERROR_CORRUPT,
        "the index is not what the originals say (%llu differences): rebuild it with "
        "lacis rebuild",
        (unsigned long long)result->differences);
}

static int compact_present(const struct snapshot *snapshot, const char *folder,
                           struct segment **segment_r, struct error *err)
{
    char path[NODE_PATH + 32];

    snprintf(path, sizeof(path), "%s/present", folder);
    unlink(path);
    if (segments_compact((const struct segment *const *)snapshot->segments,
                         (const uint64_t *const *)snapshot->masks, snapshot->n, path,
                         err) < 0)
        return -1;
    *segment_r = segment_open(path, err);
    return *segment_r ? 0 : -1;
}

static int compare_with_rebuilt(const struct snapshot *present, struct catalogue *scratch,
                                const char *folder, struct verify_result *result,
                                struct error *err)
{
    struct snapshot *rebuilt;
    struct segment *a = NULL, *b = NULL;
    int status = -1;

    if (catalogue_compact(scratch, true, err) < 0)
        return -1;
    rebuilt = catalogue_snapshot(scratch);
    result->persons = rebuilt->patients;
    /* nobody at all has no segment: make one of nothing, so that there are bytes to compare */
    if (compact_present(present, folder, &a, err) == 0) {
        if (rebuilt->n == 1)
            status = compare_segments(a, rebuilt->segments[0], result, err);
        else if (compact_present(rebuilt, folder, &b, err) == 0)
            status = compare_segments(a, b, result, err);
    }
    segment_close(a);
    segment_close(b);
    snapshot_release(scratch, rebuilt);
    return status;
}

static int verify_index(struct node *node, const struct snapshot *present,
                        node_progress *progress, void *context,
                        struct verify_result *result, struct error *err)
{
    char folder[NODE_PATH];
    struct catalogue *scratch;
    bool rebuild;
    int status = -1;

    node_path(node, "index.verify", folder);
    folder_remove(folder);
    scratch = catalogue_open(folder, store_incarnation(node->store),
                             adapt_context_digest(&node->context), &rebuild, err);
    if (scratch && index_catch_up(node, scratch, progress, context, err) == 0)
        status = compare_with_rebuilt(present, scratch, folder, result, err);
    catalogue_close(scratch);
    folder_remove(folder);
    return status;
}

/* Every run of every saved cohort opens. */
static int verify_runs(struct node *node, struct error *err)
{
    struct arena *arena = arena_new("saved cohorts", PERSON_ARENA);
    struct saved *cohorts;
    struct saved_run *runs;
    struct run_persons persons;
    size_t n, n_runs;
    int status =
        store_saved_list(node->store, arena, SAVED_COHORT, NULL, &cohorts, &n, err);

    for (size_t i = 0; status == 0 && i < n; i++) {
        status = store_runs(node->store, arena, cohorts[i].name, 0, UINT32_MAX, &runs,
                            &n_runs, err);
        for (size_t k = 0; status == 0 && k < n_runs; k++) {
            struct arena_mark mark = arena_mark(arena);

            status = store_run_persons(node->store, arena, cohorts[i].name,
                                       runs[k].number, &persons, err);
            arena_release(arena, mark);
        }
    }
    arena_free(arena);
    return status;
}

static int verify_all(struct node *node, node_progress *progress, void *context,
                      struct verify_result *result, struct error *err)
{
    struct snapshot *present;
    struct store_counts counts;
    int64_t sequence, time;
    int status = -1;

    if (audit_verify(node->folder, &result->audit_lines, err) < 0 ||
        store_count(node->store, &counts, err) < 0 ||
        store_cut(node->store, &sequence, &time, err) < 0 || verify_runs(node, err) < 0)
        return -1;
    result->originals = counts.originals;
    present = catalogue_snapshot(node->catalogue);
    if (present->sequence != sequence)
        error_set(
            err, ERROR_CORRUPT,
            "the index stands at #%lld, the store at #%lld: open the node for writing "
            "(lacis status) to bring it up to date",
            (long long)present->sequence, (long long)sequence);
    else if (verify_segments(present, err) == 0)
        status = verify_index(node, present, progress, context, result, err);
    snapshot_release(node->catalogue, present);
    return status;
}

int node_verify(struct node *node,
                void (*progress)(void *context, uint64_t done, uint64_t total),
                void *context, struct verify_result *result_r, struct error *err)
{
    struct verify_result result = {0};
    int status;

    pthread_mutex_lock(&node->writing);
    pthread_mutex_lock(&node->store_lock);
    status = verify_all(node, progress, context, &result, err);
    pthread_mutex_unlock(&node->store_lock);
    pthread_mutex_unlock(&node->writing);
    *result_r = result;
    return status;
}
