/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/intake.c: see intake.h. */
#include "intake/intake.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "adapt/adapt.h"
#include "adapt/identities_csv.h"
#include "adapt/mapping.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "base/pool.h"
#include "intake/delivery.h"
#include "intake/input.h"
#include "intake/tables.h"
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
#define DELIVERY_ARENA ((size_t)1 << 30)
/* of a fragment: a FINESS, and the name of a source */
#define INTAKE_ADDRESS 192

/* One patient on its way. Its arena holds all that is made of it. */
struct piece {
    struct arena *arena;
    struct piece *next_free;
    enum fragment_kind kind;
    unsigned line; /* of JSON; where rows of tables stood is in TABLES */
    bool whole;
    char *bytes;
    size_t length;
    const struct slice_table *tables;
    size_t n_tables;
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
    const char *source; /* of tables; NULL: the file is its own */
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

static void show_progress(void *context, const struct input *input)
{
    struct intake *intake = context;
    double now = clock_milliseconds();
    uint64_t taken, size;

    if (now < intake->progress_at + 200)
        return;
    intake->progress_at = now;
    input_progress(input, &taken, &size);
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
        if (piece->kind == FRAGMENT_TABLES)
            error_set(&piece->err, ERROR_LIMIT,
                      "the rows of one patient are more than %zu MiB",
                      TABLES_SLICE >> 20);
        else
            error_set(&piece->err, ERROR_INPUT,
                      "not a JSON object: expected one patient");
        return;
    }
    if (adapt_fragment(piece->arena, intake->options->context, piece->kind, piece->bytes,
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

/* A file inside the path that is imported, as reports name it. */
static const char *file_inside(const struct intake *intake, const char *file, char *out,
                               size_t size)
{
    if (!*file)
        return intake->name;
    snprintf(out, size, "%s/%s", intake->name, file);
    return out;
}

/* Where a remark's row stood. */
static const char *place_of(const struct intake *intake, const struct piece *piece,
                            const struct remark *remark, unsigned *line_r, char *out,
                            size_t size)
{
    const struct slice_table *table;

    *line_r = piece->line;
    if (remark->table == 0 || remark->table > piece->n_tables)
        return intake->name;
    table = &piece->tables[remark->table - 1];
    if (remark->row > 0 && remark->row <= table->n_rows)
        *line_r = table->lines[remark->row - 1];
    return file_inside(intake, table->file, out, size);
}

static void report_remarks(const struct intake *intake, const struct piece *piece)
{
    const struct intake_sink *sink = intake->sink;
    char place[1024], inside[1024];

    for (const struct remark *remark = piece->remarks.first; remark;
         remark = remark->next) {
        unsigned line;
        const char *file = place_of(intake, piece, remark, &line, inside, sizeof(inside));

        if (remark->kind == REMARK_REFUSED_VALUE) {
            sink->refused(sink->context, file, line, remark->path, remark->reason, false);
            continue;
        }
        without_indices(remark->path, place, sizeof(place));
        sink->remark(sink->context, file, place,
                     remark->kind == REMARK_UNKNOWN_KEY ? NULL : remark->reason);
    }
}

/* The fragment's own origin: the FINESS, and of tables the source behind it, so that two sources
 * of one centre do not take each other's place. */
static const char *address_of(const struct intake *intake, const char *origin,
                              char address[INTAKE_ADDRESS])
{
    if (!intake->source)
        return origin;
    snprintf(address, INTAKE_ADDRESS, "%s/%s", origin, intake->source);
    return address;
}

/* A record of one fragment is the whole person's when there is no other: not when another source
 * or an earlier import has one. An identity may have come before, which is none. */
static int is_whole_person(struct intake *intake, struct intake_patient *patient,
                           struct error *err)
{
    size_t n = 1;

    if (patient->outcome != PUT_NEW)
        return 0;
    if (!patient->fresh &&
        store_count_fragments(intake->store, patient->person, &n, err) < 0)
        return -1;
    patient->fresh = n == 1;
    return 0;
}

static int keep_piece(struct intake *intake, struct piece *piece, struct error *err)
{
    const char *origin = origin_of(intake, piece->facts->finess);
    struct intake_patient patient = {.record = piece->record};
    char address[INTAKE_ADDRESS];
    int64_t sequence;

    if (batch_begin(intake, err) < 0 ||
        store_person(intake->store, origin, facts_patient_number(piece->facts),
                     &patient.person, &patient.fresh, err) < 0 ||
        store_put(intake->store, patient.person, piece->kind,
                  address_of(intake, origin, address), &piece->packed, &patient.outcome,
                  &sequence, err) < 0 ||
        is_whole_person(intake, &patient, err) < 0)
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

    piece->kind = FRAGMENT_OSIRIS_RWD;
    piece->line = line;
    piece->whole = whole;
    piece->length = length;
    piece->bytes = arena_string(piece->arena, bytes, length);
    piece->n_tables = 0;
    pool_push(intake->pool, piece);
    if (intake->status < 0 && err)
        *err = intake->err;
    return intake->status;
}

static void keep_lines(struct piece *piece, const struct slice *slice)
{
    struct slice_table *tables =
        arena_copy(piece->arena, slice->tables, slice->n_tables * sizeof(*tables));

    for (size_t i = 0; i < slice->n_tables; i++)
        tables[i].lines = arena_copy(piece->arena, slice->tables[i].lines,
                                     slice->tables[i].n_rows * sizeof(unsigned));
    piece->tables = tables;
    piece->n_tables = slice->n_tables;
    piece->line = slice->tables[0].lines[0];
}

static int on_slice(void *context, const struct slice *slice, struct error *err)
{
    struct intake *intake = context;
    struct piece *piece = piece_new(intake);

    piece->kind = FRAGMENT_TABLES;
    piece->whole = !slice->too_large;
    piece->length = slice->length;
    piece->bytes = arena_string(piece->arena, slice->bytes, slice->length);
    keep_lines(piece, slice);
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

static int read_all(struct intake *intake, struct input *input, feed *feed_reader,
                    void *reader, struct error *err)
{
    char *bytes = memory_alloc(READ_SIZE);
    long n = 0;
    int status = 0;

    while (status == 0 && (n = input_read(input, bytes, READ_SIZE, err)) > 0) {
        status = feed_reader(reader, bytes, (size_t)n, err);
        show_progress(intake, input);
    }
    memory_free(bytes);
    return n < 0 ? -1 : status;
}

static int read_identities(struct intake *intake, struct input *input, struct error *err)
{
    static const struct identities_callbacks callbacks = {.identity = on_identity,
                                                          .refused = on_refused_row,
                                                          .unknown_column =
                                                              on_unknown_column};
    struct identities_csv *reader = identities_csv_new(&callbacks, intake);
    int status = read_all(intake, input, feed_identities, reader, err);

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

/* The workers, and what they need. */
static void pool_begin(struct intake *intake)
{
    unsigned threads = intake->options->threads;

    intake->packers = memory_alloc(threads * sizeof(*intake->packers));
    for (unsigned i = 0; i < threads; i++)
        intake->packers[i] = packer_new();
    intake->pool = pool_new(threads, threads * DEPTH_PER_THREAD, work, done, intake);
}

/* Everything under way is kept or refused; STATUS, or -1 when that failed. */
static int pool_end(struct intake *intake, int status, struct error *err)
{
    pool_finish(intake->pool);
    if (intake->status < 0) {
        status = -1;
        if (err)
            *err = intake->err;
    }
    pool_free(intake->pool);
    for (unsigned i = 0; i < intake->options->threads; i++)
        packer_free(intake->packers[i]);
    memory_free(intake->packers);
    free_pieces(intake);
    return status;
}

/* A file that ends in the middle (a broken gzip, a lost line) gives what it holds: what came
 * before the break is kept, and the break is a refusal of its own. */
static int read_patients(struct intake *intake, struct input *input, struct error *err)
{
    struct json_splitter *splitter = json_splitter_new(OBJECT_LIMIT, on_piece, intake);
    int status;

    pool_begin(intake);
    status = read_all(intake, input, feed_splitter, splitter, err);
    if (status == 0)
        status = json_splitter_finish(splitter, err);
    status = pool_end(intake, status, err);
    json_splitter_free(splitter);
    return status;
}

/* ---- tables ---- */

static void on_delivery_refused(void *context, const char *file, unsigned line,
                                const char *place, const char *reason)
{
    struct intake *intake = context;
    char inside[1024];

    intake->totals->refused_records++;
    intake->sink->refused(intake->sink->context,
                          file_inside(intake, file, inside, sizeof(inside)), line, place,
                          reason, true);
}

static void on_delivery_remark(void *context, const char *file, const char *place,
                               const char *reason)
{
    struct intake *intake = context;
    char inside[1024];

    intake->sink->remark(intake->sink->context,
                         file_inside(intake, file, inside, sizeof(inside)), place,
                         reason);
}

/* Who had something from this source before, and is not in this delivery, stays as it was: a
 * delivery may be cut, and a patient once told of has been treated. */
static int count_absent(struct intake *intake, uint64_t kept, struct error *err)
{
    uint64_t known;

    if (store_count_source(intake->store, FRAGMENT_TABLES, intake->source, &known, err) <
        0)
        return -1;
    if (known > kept)
        intake->totals->absent += known - kept;
    return 0;
}

static int keep_slices(struct intake *intake, struct delivery *delivery,
                       struct error *err)
{
    uint64_t before = intake->totals->patients;
    int status;

    intake->source = delivery->source;
    pool_begin(intake);
    status = tables_each(delivery->tables, delivery->door->name, delivery->source,
                         on_slice, intake, err);
    status = pool_end(intake, status, err);
    if (status == 0)
        status = batch_commit(intake, err);
    return status == 0 ? count_absent(intake, intake->totals->patients - before, err)
                       : -1;
}

/* A source has one door: what came through another would be taken for the same. */
static int check_source(const struct delivery *delivery, struct error *err)
{
    if (source_name_check(delivery->source, err) < 0)
        return -1;
    if (delivery->door != &door_csv &&
        mappings_named(delivery->mappings, delivery->source))
        return error_set(
            err, ERROR_INPUT,
            "a mapping of the node is called %s: give this source another name "
            "with --source",
            delivery->source);
    return 0;
}

static int read_tables(struct intake *intake, const struct door *door, const char *path,
                       struct input *input, struct error *err)
{
    const struct adapt_context *context = intake->options->context;
    struct delivery delivery = {.door = door,
                                .path = path,
                                .input = input,
                                .source = intake->options->source,
                                .mappings = context ? context->mappings : NULL,
                                .tables =
                                    tables_new(intake->options->scratch, TABLES_MEMORY),
                                .arena = arena_new("delivery of tables", DELIVERY_ARENA),
                                .context = intake,
                                .refused = on_delivery_refused,
                                .remark = on_delivery_remark,
                                .progress = show_progress};
    int status = door->read(&delivery, err);

    if (status == 0)
        status = arena_check(delivery.arena, err);
    if (status == 0)
        status = check_source(&delivery, err);
    if (status == 0)
        status = keep_slices(intake, &delivery, err);
    tables_free(delivery.tables);
    arena_free(delivery.arena);
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

/* A table by itself. */
static int read_table(struct intake *intake, const char *path, struct input *input,
                      struct error *err)
{
    const char *name = intake->options->door;
    const struct door *door = door_named(name ? name : "csv");

    if (!door)
        return error_set(err, ERROR_INPUT, "no door is called %.40s",
                         name ? name : "csv");
    return read_tables(intake, door, path, input, err);
}

/* STATUS of what was read from a file by itself. */
static int file_end(struct intake *intake, int status, struct error *err)
{
    if (status < 0)
        status = forgive_broken_file(intake, err);
    return status == 0 ? batch_commit(intake, err) : -1;
}

static int read_input(struct intake *intake, const char *path, struct input *input,
                      struct error *err)
{
    const struct intake_options *options = intake->options;
    char *head = memory_alloc(HEAD_SIZE);
    long n = input_read(input, head, HEAD_SIZE, err);
    const struct mappings *mappings =
        options->context ? options->context->mappings : NULL;
    bool table = n > 0 && head_is_table(head, (size_t)n);
    bool identities = n > 0 && identities_csv_recognise(head, (size_t)n) &&
                      !(table && door_csv_reads(mappings, head, (size_t)n));

    if (n > 0)
        input_unread(input, head, (size_t)n);
    memory_free(head);
    if (n < 0)
        return file_end(intake, -1, err);
    if ((table && !identities) || options->source || options->door)
        return read_table(intake, path, input, err);
    return file_end(intake,
                    identities ? read_identities(intake, input, err)
                               : read_patients(intake, input, err),
                    err);
}

static int read_file(struct intake *intake, const char *path, struct error *err)
{
    struct input *input = input_open(path, err);
    int status;

    if (!input)
        return -1;
    status = read_input(intake, path, input, err);
    input_close(input);
    return status;
}

/* ---- folders ---- */

/* A folder that is no delivery: its files, each by itself. One that nobody can read is refused,
 * and the others are read. */
static int read_files(struct intake *intake, struct arena *arena, const char *folder,
                      struct error *err)
{
    const char *name = intake->name, *const * files;
    size_t n, n_read = 0;

    if (folder_files(arena, folder, &files, &n, err) < 0)
        return -1;
    for (size_t i = 0; i < n; i++) {
        struct error reason = ERROR_INIT;

        if (!file_is_data(files[i]))
            continue;
        n_read++;
        intake->name = arena_printf(arena, "%s/%s", name, files[i]);
        intake->source = NULL;
        if (read_file(intake, arena_printf(arena, "%s/%s", folder, files[i]), &reason) ==
                0 ||
            forgive_broken_file(intake, &reason) == 0)
            continue;
        if (err)
            *err = reason;
        return -1;
    }
    intake->name = name;
    return n_read > 0
               ? 0
               : error_set(err, ERROR_INPUT,
                           "a folder without a file that can be imported: expected "
                           "tables (.csv, .tsv, .txt) or patients (.json, .ndjson), "
                           "plain or .gz");
}

static int read_folder(struct intake *intake, const char *folder, struct error *err)
{
    const char *name = intake->options->door;
    const struct door *door = name ? door_named(name) : door_of_folder(folder);
    struct arena *arena;
    int status;

    if (name && !door)
        return error_set(err, ERROR_INPUT, "no door is called %.40s", name);
    if (door)
        return read_tables(intake, door, folder, NULL, err);
    arena = arena_new("names of files", DELIVERY_ARENA);
    status = read_files(intake, arena, folder, err);
    arena_free(arena);
    return status;
}

int intake_path(struct store *store, const char *path, const char *name,
                const struct intake_options *options, const struct intake_sink *sink,
                struct intake_totals *totals, struct error *err)
{
    struct error own = ERROR_INIT;
    struct stat status_of;
    struct intake intake = {.store = store,
                            .name = name,
                            .options = options,
                            .sink = sink,
                            .totals = totals,
                            .err = ERROR_INIT,
                            .progress_at = clock_milliseconds()};
    bool folder = strcmp(path, "-") != 0 && stat(path, &status_of) == 0 &&
                  S_ISDIR(status_of.st_mode);
    int status;

    if (!err)
        err = &own;
    status = folder ? read_folder(&intake, path, err) : read_file(&intake, path, err);
    if (status < 0 && intake.in_batch)
        store_rollback(store);
    return status < 0 ? error_context(err, "%s", name) : 0;
}
