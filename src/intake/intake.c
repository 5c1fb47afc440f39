/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/intake.c: see intake.h. */
#include "intake/intake.h"

#include <string.h>

#include "adapt/adapt.h"
#include "adapt/identities_csv.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "base/pool.h"
#include "intake/input.h"
#include "record/record.h"

#define READ_SIZE ((size_t)256 << 10)
#define HEAD_SIZE ((size_t)64 << 10)
#define OBJECT_LIMIT ((size_t)64 << 20)
#define PIECE_ARENA ((size_t)512 << 20)
/* A piece larger than this gives its memory back after use. */
#define PIECE_KEEP ((size_t)1 << 20)
#define BATCH_PIECES 8192
#define BATCH_BYTES ((uint64_t)128 << 20)
#define DEPTH_PER_THREAD 16

/* One patient on its way. Its arena holds all that is made of it. */
struct piece {
    struct arena *arena;
    struct piece *next_free;
    unsigned line;
    bool whole;
    char *bytes;
    size_t length;
    /* made by the worker */
    int status;
    struct error err;
    struct facts *facts;
    struct record *record;
    struct remarks remarks;
    struct packed packed;
};

struct intake {
    struct store *store;
    const char *name;
    const struct intake_options *options;
    const struct intake_sink *sink;
    struct intake_totals *totals;
    struct input *input;
    struct pool *pool;
    struct packer **packers; /* one a worker */
    struct piece *free_pieces;
    size_t batch_pieces;
    uint64_t batch_bytes;
    bool in_batch;
    int status; /* -1 once something failed: the rest is drained unread */
    struct error err;
    double progress_at;
};

/* ---- batches ---- */

static int batch_begin(struct intake *intake, struct error *err)
{
    if (intake->in_batch)
        return 0;
    if (store_begin(intake->store, err) < 0)
        return -1;
    intake->in_batch = true;
    intake->batch_pieces = 0;
    intake->batch_bytes = 0;
    return 0;
}

static int batch_commit(struct intake *intake, struct error *err)
{
    int64_t sequence, time;

    if (!intake->in_batch)
        return 0;
    intake->in_batch = false;
    if (store_commit(intake->store, intake->options->now, err) < 0)
        return -1;
    if (store_cut(intake->store, &sequence, &time, err) < 0)
        return -1;
    return intake->sink->committed(intake->sink->context, sequence, err);
}

static int batch_count(struct intake *intake, size_t bytes, struct error *err)
{
    intake->batch_pieces++;
    intake->batch_bytes += bytes;
    if (intake->batch_pieces < BATCH_PIECES && intake->batch_bytes < BATCH_BYTES)
        return 0;
    return batch_commit(intake, err);
}

static void show_progress(struct intake *intake)
{
    double now = clock_milliseconds();
    uint64_t taken, size;

    if (now < intake->progress_at + 200)
        return;
    intake->progress_at = now;
    input_progress(intake->input, &taken, &size);
    intake->sink->progress(intake->sink->context, intake->name, taken, size);
}

/* ---- pieces ---- */

static struct piece *piece_new(struct intake *intake)
{
    struct piece *piece = intake->free_pieces;

    if (piece) {
        intake->free_pieces = piece->next_free;
        return piece;
    }
    piece = memory_alloc(sizeof(*piece));
    memset(piece, 0, sizeof(*piece));
    piece->arena = arena_new("patient record", PIECE_ARENA);
    return piece;
}

static void piece_recycle(struct intake *intake, struct piece *piece)
{
    if (arena_used(piece->arena) > PIECE_KEEP) {
        arena_free(piece->arena);
        piece->arena = arena_new("patient record", PIECE_ARENA);
    } else {
        arena_reset(piece->arena);
    }
    piece->next_free = intake->free_pieces;
    intake->free_pieces = piece;
}

static void work(void *context, unsigned worker, void *item)
{
    struct intake *intake = context;
    struct piece *piece = item;
    const struct facts *facts;

    piece->err = (struct error)ERROR_INIT;
    piece->remarks = (struct remarks){0};
    piece->status = -1;
    if (!piece->whole) {
        error_set(&piece->err, ERROR_INPUT, "not a JSON object: expected one patient");
        return;
    }
    if (adapt_fragment(piece->arena, NULL, FRAGMENT_OSIRIS_RWD, piece->bytes,
                       piece->length, 0, &piece->facts, &piece->remarks, &piece->err) < 0)
        return;
    facts = piece->facts;
    if (record_merge(piece->arena, NULL, 0, &facts, 1, &piece->record, &piece->err) < 0)
        return;
    piece->status = packer_pack(intake->packers[worker], piece->arena, piece->bytes,
                                piece->length, &piece->packed, &piece->err);
}

static const char *origin_of(const struct intake *intake, const char *finess)
{
    for (size_t i = 0; i < intake->options->n_own_finess; i++)
        if (strcmp(finess, intake->options->own_finess[i]) == 0)
            return "";
    return finess;
}

/* medication[3].moleculeCode → medication[].moleculeCode, for counting over patients. */
static void without_indices(const char *path, char *out, size_t size)
{
    size_t n = 0;
    bool inside = false;

    for (; *path && n + 1 < size; path++) {
        if (*path == ']')
            inside = false;
        if (!inside)
            out[n++] = *path;
        if (*path == '[')
            inside = true;
    }
    out[n] = '\0';
}

static void report_remarks(const struct intake *intake, const struct piece *piece)
{
    const struct intake_sink *sink = intake->sink;
    char place[1024];

    for (const struct remark *remark = piece->remarks.first; remark;
         remark = remark->next) {
        if (remark->kind == REMARK_REFUSED_VALUE) {
            sink->refused(sink->context, intake->name, piece->line, remark->path,
                          remark->reason, false);
            continue;
        }
        without_indices(remark->path, place, sizeof(place));
        sink->remark(sink->context, intake->name, place,
                     remark->kind == REMARK_UNKNOWN_KEY ? NULL : remark->reason);
    }
}

static int keep_piece(struct intake *intake, struct piece *piece, struct error *err)
{
    const char *origin = origin_of(intake, piece->facts->finess);
    struct intake_patient patient = {.record = piece->record};
    int64_t sequence;

    if (batch_begin(intake, err) < 0 ||
        store_person(intake->store, origin, facts_patient_number(piece->facts),
                     &patient.person, &patient.fresh, err) < 0 ||
        store_put(intake->store, patient.person, FRAGMENT_OSIRIS_RWD, origin,
                  &piece->packed, &patient.outcome, &sequence, err) < 0)
        return -1;
    piece->record->person = patient.person;
    if (*origin)
        intake->sink->remark(intake->sink->context, intake->name, "centreFiness",
                             "not a site of this centre: its patient numbers are kept "
                             "apart (node.conf names the sites)");
    intake->totals->patients++;
    if (patient.outcome == PUT_UNCHANGED)
        intake->totals->unchanged++;
    else
        intake->totals->originals++;
    report_remarks(intake, piece);
    if (intake->sink->patient(intake->sink->context, &patient, err) < 0)
        return -1;
    return batch_count(intake, piece->length, err);
}

static void done(void *context, void *item)
{
    struct intake *intake = context;
    struct piece *piece = item;

    if (intake->status == 0 && piece->status < 0) {
        intake->totals->refused_records++;
        intake->sink->refused(intake->sink->context, intake->name, piece->line, "",
                              piece->err.message, true);
    } else if (intake->status == 0) {
        intake->status = keep_piece(intake, piece, &intake->err);
    }
    piece_recycle(intake, piece);
}

static int on_piece(void *context, unsigned line, char *bytes, size_t length, bool whole,
                    struct error *err)
{
    struct intake *intake = context;
    struct piece *piece = piece_new(intake);

    piece->line = line;
    piece->whole = whole;
    piece->length = length;
    piece->bytes = arena_string(piece->arena, bytes, length);
    pool_push(intake->pool, piece);
    if (intake->status < 0 && err)
        *err = intake->err;
    return intake->status;
}

/* ---- identities ---- */

/* An identity file does not say whose numbers they are: those of this centre, or of a centre
 * whose patients were imported here under its own FINESS. */
static int find_person(struct intake *intake, const char *number, uint32_t *person_r,
                       struct error *err)
{
    bool fresh;

    if (store_find(intake->store, number, person_r, err) < 0)
        return -1;
    return *person_r ? 0 : store_person(intake->store, "", number, person_r, &fresh, err);
}

static int on_identity(void *context, unsigned line, const struct identity *identity,
                       struct error *err)
{
    struct intake *intake = context;
    enum put_outcome outcome;
    uint32_t person;

    (void)line;
    if (batch_begin(intake, err) < 0 ||
        find_person(intake, identity->number, &person, err) < 0 ||
        store_put_identity(intake->store, person, identity, &outcome, err) < 0)
        return -1;
    intake->totals->identities++;
    return batch_count(intake, 256, err);
}

static void on_refused_row(void *context, unsigned line, const struct error *reason)
{
    struct intake *intake = context;

    intake->totals->refused_records++;
    intake->sink->refused(intake->sink->context, intake->name, line, "", reason->message,
                          true);
}

static void on_unknown_column(void *context, const char *name)
{
    struct intake *intake = context;

    intake->sink->remark(intake->sink->context, intake->name, name, NULL);
}

/* ---- the file ---- */

typedef int feed(void *reader, const char *bytes, size_t length, struct error *err);

static int feed_identities(void *reader, const char *bytes, size_t length,
                           struct error *err)
{
    return identities_csv_feed(reader, bytes, length, err);
}

static int feed_splitter(void *reader, const char *bytes, size_t length,
                         struct error *err)
{
    return json_splitter_feed(reader, bytes, length, err);
}

static int read_all(struct intake *intake, feed *feed_reader, void *reader,
                    struct error *err)
{
    char *bytes = memory_alloc(READ_SIZE);
    long n = 0;
    int status = 0;

    while (status == 0 && (n = input_read(intake->input, bytes, READ_SIZE, err)) > 0) {
        status = feed_reader(reader, bytes, (size_t)n, err);
        show_progress(intake);
    }
    memory_free(bytes);
    return n < 0 ? -1 : status;
}

static int read_identities(struct intake *intake, struct error *err)
{
    static const struct identities_callbacks callbacks = {.identity = on_identity,
                                                          .refused = on_refused_row,
                                                          .unknown_column =
                                                              on_unknown_column};
    struct identities_csv *reader = identities_csv_new(&callbacks, intake);
    int status = read_all(intake, feed_identities, reader, err);

    if (status == 0)
        status = identities_csv_finish(reader, err);
    identities_csv_free(reader);
    return status;
}

static void free_pieces(struct intake *intake)
{
    while (intake->free_pieces) {
        struct piece *piece = intake->free_pieces;

        intake->free_pieces = piece->next_free;
        arena_free(piece->arena);
        memory_free(piece);
    }
}

/* A file that ends in the middle (a broken gzip, a lost line) gives what it holds: what came
 * before the break is kept, and the break is a refusal of its own. */
static int read_patients(struct intake *intake, struct error *err)
{
    unsigned threads = intake->options->threads;
    struct json_splitter *splitter = json_splitter_new(OBJECT_LIMIT, on_piece, intake);
    int status;

    intake->packers = memory_alloc(threads * sizeof(*intake->packers));
    for (unsigned i = 0; i < threads; i++)
        intake->packers[i] = packer_new();
    intake->pool = pool_new(threads, threads * DEPTH_PER_THREAD, work, done, intake);
    status = read_all(intake, feed_splitter, splitter, err);
    if (status == 0)
        status = json_splitter_finish(splitter, err);
    pool_finish(intake->pool);
    if (intake->status < 0) {
        status = -1;
        if (err)
            *err = intake->err;
    }
    pool_free(intake->pool);
    for (unsigned i = 0; i < threads; i++)
        packer_free(intake->packers[i]);
    memory_free(intake->packers);
    json_splitter_free(splitter);
    free_pieces(intake);
    return status;
}

/* The file's own fault, not ours: say it in the report and keep what came before. */
static int forgive_broken_file(struct intake *intake, struct error *err)
{
    if (intake->status < 0 || !err ||
        (err->code != ERROR_INPUT && err->code != ERROR_LIMIT))
        return -1;
    intake->totals->refused_records++;
    intake->sink->refused(intake->sink->context, intake->name, err->line, "",
                          err->message, true);
    *err = (struct error)ERROR_INIT;
    return 0;
}

static int read_file(struct intake *intake, struct error *err)
{
    char *head = memory_alloc(HEAD_SIZE);
    long n = input_read(intake->input, head, HEAD_SIZE, err);
    int status = -1;

    if (n >= 0) {
        bool identities = identities_csv_recognise(head, (size_t)n);

        input_unread(intake->input, head, (size_t)n);
        status = identities ? read_identities(intake, err) : read_patients(intake, err);
    }
    memory_free(head);
    if (status < 0)
        status = forgive_broken_file(intake, err);
    if (status == 0)
        status = batch_commit(intake, err);
    return status;
}

int intake_file(struct store *store, const char *path, const char *name,
                const struct intake_options *options, const struct intake_sink *sink,
                struct intake_totals *totals, struct error *err)
{
    struct error own = ERROR_INIT;
    struct intake intake = {.store = store,
                            .name = name,
                            .options = options,
                            .sink = sink,
                            .totals = totals,
                            .err = ERROR_INIT,
                            .progress_at = clock_milliseconds()};
    int status;

    intake.input = input_open(path, err);
    if (!intake.input)
        return -1;
    status = read_file(&intake, err ? err : &own);
    if (status < 0 && intake.in_batch)
        store_rollback(store);
    input_close(intake.input);
    return status < 0 ? error_context(err, "%s", name) : 0;
}
