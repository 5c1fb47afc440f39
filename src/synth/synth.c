/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/synth.c: the persons in batches of lines, on several threads, into files.
 *
 * A batch is BATCH lines of every centre. A worker makes its persons, writes their records
 * and compresses them; the thread that called writes the pieces in order. What a batch holds
 * depends on its number only. */
#include "synth/synth.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/pool.h"
#include "synth/gzip.h"
#include "synth/identity.h"
#include "synth/tally.h"

#define BATCH 128
#define ROW_SIZE 512 /* more than a row of any CSV */

struct batch {
    uint64_t first, n;
    struct sheet record[SYNTH_CENTRES_MAX]; /* as sent */
    struct sheet packed[SYNTH_CENTRES_MAX];
    uint32_t crc[SYNTH_CENTRES_MAX];
    struct sheet identity[SYNTH_CENTRES_MAX]; /* CSV rows */
    struct sheet answer[SYNTH_CENTRES_MAX];   /* truth_answers */
    struct sheet links, non_links;
    struct synth_tally tally[SYNTH_CENTRES_MAX + 1]; /* the last: distinct persons */
    uint64_t shared;
};

/* What one thread needs. */
struct worker {
    struct gzip_packer *packer;
    struct synth_person person;
    struct synth_slot slot;
    struct synth_view recorded[SYNTH_CENTRES_MAX], truth[SYNTH_CENTRES_MAX];
};

struct files {
    FILE *record[SYNTH_CENTRES_MAX], *identity[SYNTH_CENTRES_MAX];
    FILE *answer[SYNTH_CENTRES_MAX], *links, *non_links;
    struct gzip_check check[SYNTH_CENTRES_MAX];
};

struct run {
    struct synth_world world;
    const struct synth_question *questions;
    const char *folder;
    struct files files;
    struct synth_tally tally[SYNTH_CENTRES_MAX + 1];
    uint64_t shared, done;
    synth_progress *progress;
    void *context;
    struct worker *workers;
    struct batch **idle;
    unsigned n_idle;
    struct error *err;
    bool failed;
};

void synth_defaults(struct synth_options *options)
{
    *options = (struct synth_options){
        .patients = 20000,
        .seed = 1,
        .centres = 1,
        .overlap = 0.035,
        .gzip = true,
        .level = 1,
        .threads = 1,
        .dirt = {.day_unknown = 0.04,
                 .month_unknown = 0.01,
                 .year_unknown = 0.001,
                 .stage_missing = 0.08,
                 .stage_coarse = 0.1,
                 .side_unknown = 0.05,
                 .topography_coarse = 0.04,
                 .morphology_unknown = 0.01,
                 .wrong_code = 0.001,
                 .drug_code_null = 0.1,
                 .detached = 0.3,
                 .opposed = 0.01,
                 .not_informed = 0.02,
                 .identity = 0.4,
                 .ins_missing = 0.3,
                 .minor = 1},
    };
}

static int check_options(const struct synth_options *options, struct error *err)
{
    const struct synth_dirt *dirt = &options->dirt;
    const double rate[] = {
        options->overlap,   dirt->day_unknown,       dirt->month_unknown,
        dirt->year_unknown, dirt->stage_missing,     dirt->stage_coarse,
        dirt->side_unknown, dirt->topography_coarse, dirt->morphology_unknown,
        dirt->wrong_code,   dirt->drug_code_null,    dirt->detached,
        dirt->opposed,      dirt->not_informed,      dirt->identity,
        dirt->ins_missing};
    unsigned n = options->centres, pairs = n / 2;

    if (n < 1 || n > SYNTH_CENTRES_MAX)
        return error_set(err, ERROR_INPUT, "%u centres: expected 1 to %d", n,
                         SYNTH_CENTRES_MAX);
    if (options->patients < 1 || options->patients > SYNTH_PATIENTS_MAX)
        return error_set(err, ERROR_INPUT, "%llu patients: expected 1 to %d",
                         (unsigned long long)options->patients, SYNTH_PATIENTS_MAX);
    if (options->level < 0 || options->level > 9)
        return error_set(err, ERROR_INPUT, "compression level %d: expected 1 to 9",
                         options->level);
    for (size_t i = 0; i < ARRAY_LENGTH(rate); i++)
        if (!(rate[i] >= 0 && rate[i] <= 1))
            return error_set(err, ERROR_INPUT, "a rate of %g: expected 0 to 1", rate[i]);
    if (n > 1 && options->overlap * n > pairs * (1 + options->overlap))
        return error_set(
            err, ERROR_INPUT,
            "overlap %g: with %u centres at most %g, for a person is known to "
            "two of them",
            options->overlap, n, (double)pairs / (n - pairs));
    return 0;
}

static FILE *open_file(struct run *run, const char *stem, const char *name)
{
    char path[4096];
    FILE *file;

    if (run->failed)
        return NULL;
    if ((size_t)snprintf(path, sizeof path, "%s/%s%s", run->folder, stem, name) >=
        sizeof path) {
        run->failed = true;
        error_set(run->err, ERROR_INPUT, "%s: the path is too long", run->folder);
        return NULL;
    }
    file = fopen(path, "wbe");
    if (!file) {
        run->failed = true;
        error_errno(run->err, "%s", path);
    }
    return file;
}

static void write_file(struct run *run, FILE *file, const char *bytes, size_t length)
{
    if (!run->failed && length > 0 && fwrite(bytes, 1, length, file) != length) {
        run->failed = true;
        error_errno(run->err, "%s: cannot write", run->folder);
    }
}

static void write_sheet(struct run *run, FILE *file, const struct sheet *sheet)
{
    write_file(run, file, sheet->bytes, sheet->length);
}

static void close_file(struct run *run, FILE **file)
{
    if (*file && fclose(*file) != 0 && !run->failed) {
        run->failed = true;
        error_errno(run->err, "%s: cannot write", run->folder);
    }
    *file = NULL;
}

/* One row of the identity file. */
static void put_identity(const struct synth_tables *tables, struct sheet *sheet,
                         const struct synth_identity *identity)
{
    const struct synth_day_text *birth = &tables->day[identity->birth - SYNTH_FIRST_DAY];

    sheet_room(sheet, ROW_SIZE);
    put_string(sheet, identity->number);
    put_char(sheet, ',');
    put_string(sheet, identity->ins);
    put_string(sheet, identity->ins[0] ? ",1.2.250.1.213.1.4.10," : ",,");
    put_string(sheet, identity->status);
    put_char(sheet, ',');
    put_string(sheet, identity->birth_name);
    put_char(sheet, ',');
    put_string(sheet, identity->used_name);
    put_char(sheet, ',');
    put_string(sheet, identity->first_names);
    put_char(sheet, ',');
    put_bytes(sheet, birth->year, 4);
    put_char(sheet, '-');
    put_bytes(sheet, birth->month, 2);
    put_char(sheet, '-');
    put_bytes(sheet, birth->day, 2);
    put_char(sheet, ',');
    put_char(sheet, identity->sex);
    put_char(sheet, ',');
    put_string(sheet, identity->place);
    put_char(sheet, '\n');
}

static void put_number_of(struct sheet *sheet, unsigned centre, uint64_t place)
{
    char number[SYNTH_NUMBER_SIZE];

    put_bytes(sheet, number, synth_patient_number(centre, place, number));
}

static void put_pair(struct sheet *sheet, bool names, unsigned a, unsigned b,
                     uint64_t place)
{
    if (names) {
        put_string(sheet, synth_centre_name(a));
        put_char(sheet, ',');
    }
    put_number_of(sheet, a, place);
    put_char(sheet, ',');
    if (names) {
        put_string(sheet, synth_centre_name(b));
        put_char(sheet, ',');
    }
    put_number_of(sheet, b, place);
    put_char(sheet, '\n');
}

/* The link of a shared person, and of those who are not the same: once a pair. */
static void put_links(struct batch *batch, const struct synth_slot *slot, unsigned centre,
                      unsigned centres, uint64_t place)
{
    static const char *const kind[] = {"", "twin,", "homonym,", "homonym_same_day,"};
    unsigned home = slot->centre[centre].home, other = slot->centre[centre].other;

    if (home != centre || home != other) {
        if (home == centre) {
            sheet_room(&batch->links, ROW_SIZE);
            put_pair(&batch->links, centres > 2, home < other ? home : other,
                     home < other ? other : home, place);
            batch->shared++;
        }
    } else if (slot->centre[centre].like != LIKE_NOBODY) {
        sheet_room(&batch->non_links, ROW_SIZE);
        put_string(&batch->non_links, kind[slot->centre[centre].like]);
        put_pair(&batch->non_links, true, slot->centre[centre].twin, centre, place);
    }
}

/* What is true of a person: a digit a question. */
static void put_answers(struct sheet *sheet, const char *number, uint64_t answers)
{
    sheet_room(sheet, ROW_SIZE);
    put_string(sheet, number);
    put_char(sheet, ',');
    for (unsigned i = 0; i < synth_n_questions; i++)
        put_char(sheet, answers >> i & 1 ? '1' : '0');
    put_char(sheet, '\n');
}

/* The record of WORKER's person at CENTRE. */
static void make_record(const struct run *run, struct worker *worker, struct batch *batch,
                        unsigned centre, uint64_t place)
{
    struct synth_view *recorded = &worker->recorded[centre],
                      *truth = &worker->truth[centre];
    struct synth_tally *tally = &batch->tally[centre];
    struct synth_identity identity;

    synth_record_write(&run->world, &worker->person, centre, &batch->record[centre],
                       recorded, truth);
    synth_identity_make(&run->world, &worker->slot, &worker->person, centre, &identity);
    put_identity(run->world.tables, &batch->identity[centre], &identity);
    put_links(batch, &worker->slot, centre, run->world.options->centres, place);
    tally->records++;
    tally->facts += recorded->facts;
    tally->opposed += !recorded->here;
    if (recorded->here)
        put_answers(&batch->answer[centre], identity.number,
                    synth_tally_count(tally, run->questions, truth, recorded));
}

/* The persons of one line of all centres. */
static void make_line(const struct run *run, struct worker *worker, struct batch *batch,
                      uint64_t place)
{
    unsigned centres = run->world.options->centres;
    struct synth_tally *distinct = &batch->tally[centres];

    synth_slot_make(&run->world, place, &worker->slot);
    for (unsigned i = 0; i < centres; i++) {
        unsigned home = worker->slot.centre[i].home, other = worker->slot.centre[i].other;

        if (home != i)
            continue; /* written with the person's own centre */
        synth_person_make(&run->world, &worker->slot, i, place, &worker->person);
        make_record(run, worker, batch, home, place);
        if (other != home) {
            make_record(run, worker, batch, other, place);
            synth_view_join(&worker->recorded[home], &worker->recorded[other]);
            synth_view_join(&worker->truth[home], &worker->truth[other]);
        }
        distinct->records += other != home ? 2 : 1;
        if (worker->recorded[home].here)
            synth_tally_count(distinct, run->questions, &worker->truth[home],
                              &worker->recorded[home]);
    }
}

static void work(void *context, unsigned number, void *item)
{
    struct run *run = context;
    struct worker *worker = &run->workers[number];
    struct batch *batch = item;
    unsigned centres = run->world.options->centres;

    for (uint64_t i = 0; i < batch->n; i++)
        make_line(run, worker, batch, batch->first + i);
    for (unsigned i = 0; i < centres; i++) {
        batch->tally[centres].facts += batch->tally[i].facts;
        batch->tally[centres].opposed += batch->tally[i].opposed;
        if (run->world.options->gzip)
            batch->crc[i] = gzip_piece(worker->packer, batch->record[i].bytes,
                                       batch->record[i].length, &batch->packed[i]);
    }
}

static void done(void *context, void *item)
{
    struct run *run = context;
    struct batch *batch = item;
    unsigned centres = run->world.options->centres;

    for (unsigned i = 0; i < centres; i++) {
        if (run->world.options->gzip) {
            write_sheet(run, run->files.record[i], &batch->packed[i]);
            gzip_check_add(&run->files.check[i], batch->crc[i], batch->record[i].length);
        } else {
            write_sheet(run, run->files.record[i], &batch->record[i]);
        }
        write_sheet(run, run->files.identity[i], &batch->identity[i]);
        write_sheet(run, run->files.answer[i], &batch->answer[i]);
    }
    write_sheet(run, run->files.links, &batch->links);
    write_sheet(run, run->files.non_links, &batch->non_links);
    for (unsigned i = 0; i <= centres; i++)
        synth_tally_add(&run->tally[i], &batch->tally[i]);
    run->shared += batch->shared;
    run->done += batch->n;
    run->idle[run->n_idle++] = batch;
    if (run->progress)
        run->progress(run->context, run->done, run->world.options->patients);
}

static void batch_reset(struct batch *batch, unsigned centres)
{
    for (unsigned i = 0; i < centres; i++)
        batch->record[i].length = batch->packed[i].length = batch->identity[i].length =
            batch->answer[i].length = 0;
    batch->links.length = batch->non_links.length = 0;
    memset(batch->tally, 0, (centres + 1) * sizeof *batch->tally);
    batch->shared = 0;
}

static void batch_free(struct batch *batch)
{
    for (unsigned i = 0; i < SYNTH_CENTRES_MAX; i++) {
        memory_free(batch->record[i].bytes);
        memory_free(batch->packed[i].bytes);
        memory_free(batch->identity[i].bytes);
        memory_free(batch->answer[i].bytes);
    }
    memory_free(batch->links.bytes);
    memory_free(batch->non_links.bytes);
    memory_free(batch);
}

static void open_files(struct run *run)
{
    static const char head[] =
        "IPP,INS,INS_OID,INS_status,birth_name,used_name,first_names,"
        "birth_date,sex,birth_place_insee_code\n";
    static const char answers[] = "ipp,answers\n";
    static const char non_links[] = "kind,centre_a,ipp_a,centre_b,ipp_b\n";
    const struct synth_options *options = run->world.options;
    const char *links = options->centres == 2 ? "villejuif_ipp,lyon_ipp\n"
                                              : "centre_a,ipp_a,centre_b,ipp_b\n";
    char name[64];

    for (unsigned i = 0; i < options->centres; i++) {
        run->files.record[i] = open_file(run, synth_centre_name(i),
                                         options->gzip ? ".ndjson.gz" : ".ndjson");
        snprintf(name, sizeof name, "%s.csv", synth_centre_name(i));
        run->files.identity[i] = open_file(run, "identities_", name);
        write_file(run, run->files.identity[i], head, sizeof head - 1);
        run->files.answer[i] = open_file(run, "truth_answers_", name);
        write_file(run, run->files.answer[i], answers, sizeof answers - 1);
        if (options->gzip)
            write_file(run, run->files.record[i], gzip_header, sizeof gzip_header);
    }
    run->files.links = open_file(run, "", "truth_links.csv");
    write_file(run, run->files.links, links, strlen(links));
    run->files.non_links = open_file(run, "", "non_links.csv");
    write_file(run, run->files.non_links, non_links, sizeof non_links - 1);
}

static void close_files(struct run *run)
{
    char trailer[GZIP_TRAILER_SIZE];

    for (unsigned i = 0; i < run->world.options->centres; i++) {
        if (run->world.options->gzip && run->files.record[i]) {
            gzip_trailer(&run->files.check[i], trailer);
            write_file(run, run->files.record[i], trailer, sizeof trailer);
        }
        close_file(run, &run->files.record[i]);
        close_file(run, &run->files.identity[i]);
        close_file(run, &run->files.answer[i]);
    }
    close_file(run, &run->files.links);
    close_file(run, &run->files.non_links);
}

/* Coverage of each centre, and the truth. */
static void write_small_files(struct run *run)
{
    struct sheet sheet = {0};
    char name[64];
    FILE *file;

    for (unsigned i = 0; i < run->world.options->centres; i++) {
        sheet.length = 0;
        synth_coverage_csv(i, &sheet);
        snprintf(name, sizeof name, "%s.csv", synth_centre_name(i));
        file = open_file(run, "coverage_", name);
        write_sheet(run, file, &sheet);
        close_file(run, &file);
    }
    sheet.length = 0;
    synth_tally_write(&run->world, run->tally, run->shared, &sheet);
    file = open_file(run, "", "truth.json");
    write_sheet(run, file, &sheet);
    close_file(run, &file);
    memory_free(sheet.bytes);
}

static void generate(struct run *run)
{
    const struct synth_options *options = run->world.options;
    unsigned threads = options->threads ? options->threads : 1;
    unsigned depth = threads * 2, n_batches = depth + 1;
    struct pool *pool;

    run->workers = memory_alloc(threads * sizeof *run->workers);
    memset(run->workers, 0, threads * sizeof *run->workers);
    for (unsigned i = 0; i < threads; i++)
        run->workers[i].packer = gzip_packer_new(options->level ? options->level : 1);
    run->idle = memory_alloc(n_batches * sizeof(struct batch *));
    for (run->n_idle = 0; run->n_idle < n_batches; run->n_idle++) {
        run->idle[run->n_idle] = memory_alloc(sizeof(struct batch));
        memset(run->idle[run->n_idle], 0, sizeof(struct batch));
    }
    pool = pool_new(threads, depth, work, done, run);
    for (uint64_t first = 0; first < options->patients && !run->failed; first += BATCH) {
        struct batch *batch = run->idle[--run->n_idle];
        uint64_t left = options->patients - first;

        batch_reset(batch, options->centres);
        batch->first = first;
        batch->n = left < BATCH ? left : BATCH;
        pool_push(pool, batch);
    }
    pool_finish(pool);
    pool_free(pool);
    for (unsigned i = 0; i < threads; i++)
        gzip_packer_free(run->workers[i].packer);
    while (run->n_idle > 0)
        batch_free(run->idle[--run->n_idle]);
    memory_free(run->idle);
    memory_free(run->workers);
}

int synth_write(const struct synth_options *options, const char *folder,
                synth_progress *progress, void *context, struct error *err)
{
    struct arena *arena;
    struct run *run;
    bool failed;

    if (check_options(options, err) < 0)
        return -1;
    if (mkdir(folder, 0755) != 0 && errno != EEXIST)
        return error_errno(err, "%s", folder);
    arena = arena_new("synth", (size_t)64 << 20);
    run = arena_alloc(arena, sizeof *run);
    run->world =
        (struct synth_world){options, synth_tables_new(arena), synth_coverage_new(arena)};
    run->questions = synth_questions_new(arena);
    run->folder = folder;
    run->progress = progress;
    run->context = context;
    run->err = err;
    open_files(run);
    if (!run->failed)
        generate(run);
    close_files(run);
    if (!run->failed)
        write_small_files(run);
    failed = run->failed;
    arena_free(arena);
    return failed ? -1 : 0;
}
