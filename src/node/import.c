/* SPDX-License-Identifier: Apache-2.0
 *
 * node/import.c: files into the store, and what they changed into the index.
 *
 * A person seen for the first time goes straight from the worker's record into the index under
 * construction, as long as persons come in ascending order (they do in a first load); everybody
 * else is noted and rebuilt from the store at the end. The index only ever takes what the store
 * has made durable. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/log.h"
#include "base/pool.h"
#include "base/table.h"
#include "intake/intake.h"
#include "node/node_internal.h"

struct import {
    struct node *node;
    const struct import_options *options;
    struct import_result *result;
    struct intake_totals totals;
    double start;

    struct builder *builder;
    uint32_t last_added;
    uint32_t *later;
    size_t n_later, later_capacity;

    FILE *report;
    struct table *remarks; /* "file\tplace\tremark" → times */
};

/* ---- reports ---- */

static void csv_field(FILE *file, const char *text)
{
    fputc('"', file);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', file);
        if (*text != '\n' && *text != '\r')
            fputc(*text, file);
    }
    fputc('"', file);
}

/* reports/2026-11-12T09-31-07Z-1.csv: the clock of the import, and a number if it is taken. */
static FILE *open_report(const struct import *import, const char *suffix,
                         char path[NODE_PATH])
{
    char stamp[32], name[96];
    FILE *file = NULL;

    clock_print(import->options->now, stamp);
    for (char *c = stamp; *c; c++)
        if (*c == ':')
            *c = '-';
    for (unsigned i = 1; i < 10000 && !file; i++) {
        snprintf(name, sizeof(name), "reports/%s-%u-%s.csv", stamp, i, suffix);
        node_path(import->node, name, path);
        file = fopen(path, "wxe");
    }
    return file;
}

static void on_refused(void *context, const char *file, unsigned line, const char *place,
                       const char *reason, bool whole_record)
{
    struct import *import = context;

    (void)whole_record;
    import->result->refused++;
    if (!import->report) {
        import->report = open_report(import, "refused", import->result->report);
        if (!import->report)
            return;
        fputs("file,line,place,reason\n", import->report);
    }
    csv_field(import->report, file);
    fprintf(import->report, ",%u,", line);
    csv_field(import->report, place);
    fputc(',', import->report);
    csv_field(import->report, reason);
    fputc('\n', import->report);
}

static void on_remark(void *context, const char *file, const char *place,
                      const char *reason)
{
    struct import *import = context;
    struct buffer key;
    bool added;

    buffer_init(&key, 8192);
    buffer_printf(&key, "%s\t%s\t%s", file, place, reason ? reason : "unknown key");
    ++*table_put(import->remarks, key.bytes, key.length, &added);
    import->result->unknown_keys += added && !reason;
    buffer_free(&key);
}

static void write_remarks(struct import *import)
{
    size_t n = table_count(import->remarks);
    FILE *file;

    import->result->n_remarks = n;
    if (n == 0)
        return;
    file = open_report(import, "remarks", import->result->remarks);
    if (!file)
        return;
    fputs("file,place,remark,times\n", file);
    for (size_t i = 0; i < n; i++) {
        struct buffer key;
        char *place, *remark;

        buffer_init(&key, 8192);
        buffer_string(&key, table_key(import->remarks, i, NULL));
        remark = strrchr(key.bytes, '\t');
        *remark++ = '\0';
        place = strrchr(key.bytes, '\t');
        *place++ = '\0';
        csv_field(file, key.bytes);
        fputc(',', file);
        csv_field(file, place);
        fputc(',', file);
        csv_field(file, remark);
        fprintf(file, ",%llu\n", (unsigned long long)table_value(import->remarks, i));
        buffer_free(&key);
    }
    fclose(file);
}

/* ---- the sink ---- */

static void on_progress(void *context, const char *file, uint64_t bytes,
                        uint64_t bytes_total)
{
    struct import *import = context;
    struct import_progress progress = {.file = file,
                                       .bytes = bytes,
                                       .bytes_total = bytes_total,
                                       .patients = import->totals.patients,
                                       .seconds =
                                           (clock_milliseconds() - import->start) / 1000};

    if (import->options->progress)
        import->options->progress(import->options->context, &progress);
}

static int on_patient(void *context, const struct intake_patient *patient,
                      struct error *err)
{
    struct import *import = context;

    (void)err;
    import->result->opposed += patient->record->opposed;
    if (patient->outcome == PUT_UNCHANGED)
        return 0;
    if (patient->outcome == PUT_NEW && patient->fresh &&
        patient->person > import->last_added) {
        builder_add(import->builder, patient->record);
        import->last_added = patient->person;
        return 0;
    }
    memory_grow((void **)&import->later, &import->later_capacity, import->n_later + 1,
                sizeof(*import->later));
    import->later[import->n_later++] = patient->person;
    return 0;
}

/* Write out the builder; persons still in `later` keep the index from claiming SEQUENCE. */
static int flush_builder(struct import *import, struct error *err)
{
    struct snapshot *current = catalogue_snapshot(import->node->catalogue);
    int64_t sequence = current->sequence, time = current->time;

    snapshot_release(import->node->catalogue, current);
    return catalogue_add(import->node->catalogue, import->builder, NULL, 0, sequence,
                         time, err);
}

static int on_committed(void *context, int64_t sequence, struct error *err)
{
    struct import *import = context;

    import->result->sequence = sequence;
    if (builder_postings(import->builder) < BUILDER_POSTINGS &&
        builder_patients(import->builder) < BUILDER_PATIENTS)
        return 0;
    return flush_builder(import, err);
}

/* ---- the index ---- */

static int compare_persons(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static int index_later(struct import *import, int64_t sequence, int64_t time,
                       struct error *err)
{
    size_t n = 0;

    if (import->n_later)
        qsort(import->later, import->n_later, sizeof(*import->later), compare_persons);
    for (size_t i = 0; i < import->n_later; i++)
        if (i == 0 || import->later[i] != import->later[i - 1])
            import->later[n++] = import->later[i];
    return index_persons(import->node, import->node->catalogue, import->later, n,
                         sequence, time, NULL, NULL, err);
}

/* After a large import one segment is worth the merge; small ones gather. */
static int compact_after(struct import *import, struct error *err)
{
    struct snapshot *snapshot = catalogue_snapshot(import->node->catalogue);
    bool large = import->totals.originals * 4 > snapshot->patients && snapshot->n > 1;

    snapshot_release(import->node->catalogue, snapshot);
    return index_compact(import->node, large, err);
}

static int finish_index(struct import *import, struct error *err)
{
    int64_t sequence, time;

    if (store_cut(import->node->store, &sequence, &time, err) < 0)
        return -1;
    import->result->sequence = sequence;
    if (builder_patients(import->builder) > 0 && flush_builder(import, err) < 0)
        return -1;
    if (index_later(import, sequence, time, err) < 0)
        return -1;
    return compact_after(import, err);
}

/* ---- all of it ---- */

static int import_files(struct import *import, const char *const *files, size_t n,
                        struct error *err)
{
    const struct node_config *config = &import->node->config;
    struct adapt_context context = node_context(import->node);
    struct intake_options options = {.now = import->options->now,
                                     .threads = import->options->threads,
                                     .own_finess = config->finess,
                                     .n_own_finess = config->n_finess,
                                     .context = &context,
                                     .scratch = import->node->folder,
                                     .door = import->options->door,
                                     .source = import->options->source};
    struct intake_sink sink = {.context = import,
                               .patient = on_patient,
                               .committed = on_committed,
                               .refused = on_refused,
                               .remark = on_remark,
                               .progress = on_progress};
    int status = 0;

    if (options.threads == 0)
        options.threads = pool_cores();
    for (size_t i = 0; i < n; i++) {
        struct error reason = ERROR_INIT;
        const char *name = import->options->names ? import->options->names[i] : files[i];

        if (intake_path(import->node->store, files[i], name, &options, &sink,
                        &import->totals, &reason) == 0)
            continue;
        /* the first trouble is told; the other files are still worth their import, unless it
         * is the disk */
        if (status == 0 && err)
            *err = reason;
        status = -1;
        if (reason.code != ERROR_NOT_FOUND && reason.code != ERROR_INPUT)
            break;
    }
    return status;
}

static int run_import(struct import *import, const char *const *files, size_t n,
                      struct error *err)
{
    struct error reason = ERROR_INIT;
    int status = import_files(import, files, n, err);
    int indexed = 0;

    if (status == 0 || builder_patients(import->builder) + import->n_later == 0) {
        indexed = finish_index(import, &reason);
    } else {
        /* a batch was rolled back: the builder may hold what the store does not */
        builder_free(import->builder);
        import->builder = builder_new();
        indexed =
            index_catch_up(import->node, import->node->catalogue, NULL, NULL, &reason);
    }
    if (indexed < 0 && status == 0 && err)
        *err = reason;
    return indexed < 0 ? -1 : status;
}

static int audit_import(const struct import *import, size_t n, struct error *err)
{
    struct buffer detail, outcome;
    int status;

    buffer_init(&detail, 256);
    buffer_init(&outcome, 256);
    buffer_printf(&detail, "%zu files", n);
    buffer_printf(&outcome, "%llu patients, %llu originals, %llu refused",
                  (unsigned long long)import->totals.patients,
                  (unsigned long long)import->totals.originals,
                  (unsigned long long)import->result->refused);
    status =
        audit_write(import->node->audit, import->options->caller, import->options->now,
                    "import", buffer_text(&detail), buffer_text(&outcome), err);
    buffer_free(&detail);
    buffer_free(&outcome);
    return status;
}

int node_import(struct node *node, const char *const *files, size_t n,
                const struct import_options *options, struct import_result *result_r,
                struct error *err)
{
    struct import_result result = {0};
    struct import import = {.node = node,
                            .options = options,
                            .result = &result,
                            .builder = builder_new(),
                            .remarks = table_new(),
                            .start = clock_milliseconds()};
    int status;

    pthread_mutex_lock(&node->writing);
    pthread_mutex_lock(&node->store_lock);
    status = run_import(&import, files, n, err);
    pthread_mutex_unlock(&node->store_lock);
    pthread_mutex_unlock(&node->writing);
    write_remarks(&import);
    if (import.report && fclose(import.report) != 0 && status == 0)
        status = error_errno(err, "cannot write %s", result.report);
    result.patients = import.totals.patients;
    result.identities = import.totals.identities;
    result.originals = import.totals.originals;
    result.unchanged = import.totals.unchanged;
    result.refused_records = import.totals.refused_records;
    result.absent = import.totals.absent;
    result.seconds = (clock_milliseconds() - import.start) / 1000;
    if (audit_import(&import, n, status == 0 ? err : NULL) < 0)
        status = -1;
    builder_free(import.builder);
    memory_free(import.later);
    table_free(import.remarks);
    *result_r = result; /* also on failure: what was kept, and where the report is */
    return status;
}
