/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/import.c: lacis import NODE PATH...
 *
 * The good part of what came is kept, so a call may do its work and fail as well: what was
 * done is told first, then what went wrong. Through a server each file is a request of its
 * own; the results are added up here. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <yyjson.h>

#include "adapt/csv.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/cli.h"
#include "node/node.h"

#define SHOWN_ROWS 5
#define ROW_LIMIT ((size_t)1 << 20)

/* A list of report files: one, but for an import of several files through a server. */
struct reports {
    size_t n;
    const char **paths;
};

struct importing {
    struct invocation *invocation;
    const char *const *files;
    const char *const *names; /* in reports */
    size_t n_files;
    unsigned threads;
    struct import_result result;
    struct reports reports, remarks;
    struct progress progress;
    size_t at;            /* the file under way */
    uint64_t before, all; /* bytes of the files before it, and of all; 0: not known */
};

/* ---- progress ---- */

static bool is_folder(const char *path)
{
    struct stat status;

    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static uint64_t size_of(const char *file)
{
    struct stat status;

    return strcmp(file, "-") != 0 && stat(file, &status) == 0 && S_ISREG(status.st_mode)
               ? (uint64_t)status.st_size
               : 0;
}

static void sum_sizes(struct importing *importing)
{
    for (size_t i = 0; i < importing->n_files; i++) {
        uint64_t size = size_of(importing->files[i]);

        if (size == 0 &&
            (strcmp(importing->files[i], "-") == 0 || is_folder(importing->files[i]))) {
            importing->all = 0; /* how much there is to read is not known */
            return;
        }
        importing->all += size;
    }
}

static void show(struct importing *importing, uint64_t bytes, uint64_t patients)
{
    double share = -1;

    if (importing->all > 0)
        share = (double)(importing->before + bytes) / (double)importing->all;
    progress_show(&importing->progress, importing->files[importing->at], share, patients);
}

static void on_progress(void *context, const struct import_progress *progress)
{
    struct importing *importing = context;

    while (importing->at + 1 < importing->n_files &&
           strcmp(importing->files[importing->at], progress->file) != 0)
        importing->before += size_of(importing->files[importing->at++]);
    show(importing, progress->bytes, progress->patients);
}

static void on_sent(void *context, uint64_t bytes, uint64_t total)
{
    (void)total;
    show(context, bytes, 0);
}

/* ---- here, or through the server ---- */

static void add_report(struct importing *importing, struct reports *reports,
                       const char *path)
{
    if (!*path)
        return;
    if (!reports->paths)
        reports->paths = arena_array(importing->invocation->arena, importing->n_files + 1,
                                     sizeof(*reports->paths));
    reports->paths[reports->n++] = path;
}

static int import_here(struct importing *importing, struct node *node, struct error *err)
{
    struct invocation *invocation = importing->invocation;
    const char *mapping = option_value(invocation, OPTION_MAPPING, NULL);
    struct import_options options = {
        .now = invocation->now,
        .threads = importing->threads,
        .caller = &invocation->caller,
        .progress = on_progress,
        .context = importing,
        .names = importing->names,
        .door = mapping ? "csv" : option_value(invocation, OPTION_DOOR, NULL),
        .source = mapping ? mapping : option_value(invocation, OPTION_SOURCE, NULL)};
    int rc;

    if (mapping && (option_given(invocation, OPTION_DOOR) ||
                    option_given(invocation, OPTION_SOURCE)))
        return usage_error(
            invocation, err,
            "--mapping names a table of the centre's own: neither --door nor "
            "--source beside it");
    rc = node_import(node, importing->files, importing->n_files, &options,
                     &importing->result, err);
    add_report(importing, &importing->reports, importing->result.report);
    add_report(importing, &importing->remarks, importing->result.remarks);
    return rc;
}

/* The server may stand elsewhere in the file system: its report is in our folder. */
static const char *path_here(struct importing *importing, yyjson_val *path)
{
    const char *text = yyjson_get_str(path);
    const char *name = text ? strrchr(text, '/') : NULL;

    if (!text || !*text)
        return "";
    return arena_printf(importing->invocation->arena, "%s/reports/%s",
                        importing->invocation->operands[0], name ? name + 1 : text);
}

static int add_answer(struct importing *importing, const struct buffer *answer,
                      struct error *err)
{
    struct import_result *sum = &importing->result;
    const struct {
        const char *name;
        uint64_t *sum;
    } counts[] = {
        {"patients", &sum->patients},         {"identities", &sum->identities},
        {"originals", &sum->originals},       {"unchanged", &sum->unchanged},
        {"refused", &sum->refused},           {"refused_records", &sum->refused_records},
        {"unknown_keys", &sum->unknown_keys}, {"opposed", &sum->opposed},
        {"remark_lines", &sum->n_remarks},    {"absent", &sum->absent}};
    yyjson_doc *doc = yyjson_read(buffer_text(answer), answer->length, 0);
    yyjson_val *root = yyjson_doc_get_root(doc);

    if (!yyjson_is_obj(root)) {
        yyjson_doc_free(doc);
        return error_set(err, ERROR_IO, "the server of the node did not answer in JSON");
    }
    for (size_t i = 0; i < ARRAY_LENGTH(counts); i++)
        *counts[i].sum += yyjson_get_uint(yyjson_obj_get(root, counts[i].name));
    sum->sequence = yyjson_get_sint(yyjson_obj_get(root, "sequence"));
    add_report(importing, &importing->reports,
               path_here(importing, yyjson_obj_get(root, "report")));
    add_report(importing, &importing->remarks,
               path_here(importing, yyjson_obj_get(root, "remarks")));
    yyjson_doc_free(doc);
    return 0;
}

/* What is uploaded is one file, without a word beside it. */
static int check_upload(const struct importing *importing, struct error *err)
{
    for (size_t i = 0; i < importing->n_files; i++)
        if (is_folder(importing->files[i]))
            return error_set(
                err, ERROR_BUSY,
                "%s: a folder is not imported while a server has the node open: "
                "stop the server, import, and start it again",
                importing->files[i]);
    if (option_given(importing->invocation, OPTION_DOOR) ||
        option_given(importing->invocation, OPTION_SOURCE) ||
        option_given(importing->invocation, OPTION_MAPPING))
        return error_set(
            err, ERROR_BUSY,
            "--door, --source and --mapping are not for a node that a server has open: stop "
            "the server, import, and start it again");
    return 0;
}

static int import_there(struct importing *importing, struct remote *remote,
                        struct error *err)
{
    double start = clock_milliseconds();
    int status = check_upload(importing, err);

    if (status < 0)
        return -1;
    for (; importing->at < importing->n_files; importing->at++) {
        const char *file = importing->files[importing->at];
        struct error reason = ERROR_INIT;
        struct buffer answer;
        int rc;

        buffer_init(&answer, OUTPUT_LIMIT);
        rc = remote_upload(remote, importing->invocation, "/import", file,
                           importing->names[importing->at], on_sent, importing, &answer,
                           &reason);
        if (rc == 0)
            rc = add_answer(importing, &answer, &reason);
        buffer_free(&answer);
        importing->before += size_of(file);
        if (rc == 0)
            continue;
        if (status == 0 && err)
            *err = reason; /* the first is told, the other files are still worth it */
        status = -1;
        if (reason.code != ERROR_NOT_FOUND && reason.code != ERROR_INPUT)
            break;
    }
    importing->result.seconds = (clock_milliseconds() - start) / 1000;
    return status;
}

/* ---- what is told: JSON ---- */

static void put_paths(struct buffer *out, const char *one, const char *all,
                      const struct reports *reports)
{
    buffer_printf(out, ",\"%s\":", one);
    buffer_json_string(out, reports->n > 0 ? reports->paths[0] : "");
    buffer_printf(out, ",\"%s\":[", all);
    for (size_t i = 0; i < reports->n; i++) {
        buffer_string(out, i ? "," : "");
        buffer_json_string(out, reports->paths[i]);
    }
    buffer_char(out, ']');
}

static void put_json(struct importing *importing, const struct error *err)
{
    const struct import_result *result = &importing->result;
    struct buffer *out = &importing->invocation->out;

    buffer_char(out, '{');
    node_import_members(out, result);
    put_paths(out, "report", "reports", &importing->reports);
    put_paths(out, "remarks", "remark_files", &importing->remarks);
    if (err) {
        buffer_string(out, ",\"error\":");
        error_json(out, importing->invocation, err);
        importing->invocation->told = true;
    }
    buffer_string(out, "}\n");
}

/* ---- what is told: words ---- */

struct shown_rows {
    struct importing *importing;
    bool head_seen;
    size_t shown;
    int (*put)(struct invocation *invocation, const char *const *fields, size_t n);
};

static int on_row(void *context, unsigned line, const char *const *fields, size_t n,
                  struct error *err)
{
    struct shown_rows *rows = context;

    (void)line;
    (void)err;
    if (!rows->head_seen) {
        rows->head_seen = true;
        return 0;
    }
    if (rows->shown == SHOWN_ROWS)
        return -1;
    rows->shown += (size_t)rows->put(rows->importing->invocation, fields, n);
    return 0;
}

/* file, line, place, reason */
static int put_refusal(struct invocation *invocation, const char *const *fields, size_t n)
{
    if (n < 4)
        return 0;
    buffer_printf(&invocation->out, "    %s, %s %s%s", fields[0],
                  say(invocation, "ligne", "line"), fields[1],
                  say(invocation, " : ", ": "));
    if (*fields[2])
        buffer_printf(&invocation->out, "%s%s", fields[2], say(invocation, " : ", ": "));
    buffer_printf(&invocation->out, "%s\n", fields[3]);
    return 1;
}

/* file, key, times */
static int put_remark(struct invocation *invocation, const char *const *fields, size_t n)
{
    if (n < 4)
        return 0;
    buffer_printf(
        &invocation->out, "    %s: %s, %s %s\n", fields[1], fields[2], fields[3],
        say(invocation, "fois", strcmp(fields[3], "1") == 0 ? "time" : "times"));
    return 1;
}

/* The first rows of the reports, and how many more there are than those. */
static void put_rows(struct importing *importing, const struct reports *reports,
                     uint64_t total,
                     int (*put)(struct invocation *, const char *const *, size_t))
{
    struct invocation *invocation = importing->invocation;
    size_t shown = 0;

    for (size_t i = 0; i < reports->n && shown < SHOWN_ROWS; i++) {
        struct shown_rows rows = {.importing = importing, .shown = shown, .put = put};
        struct csv *csv = csv_new(ROW_LIMIT, on_row, &rows);
        FILE *file = fopen(reports->paths[i], "re");
        char piece[8192];
        size_t got;
        int rc = 0;

        while (file && rc == 0 && rows.shown < SHOWN_ROWS &&
               (got = fread(piece, 1, sizeof(piece), file)) > 0)
            rc = csv_feed(csv, piece, got, NULL);
        if (file && rc == 0 && rows.shown < SHOWN_ROWS)
            rc = csv_finish(csv, NULL);
        if (file)
            fclose(file);
        csv_free(csv);
        shown = rows.shown;
    }
    if (shown == 0 || total <= shown)
        return;
    buffer_string(&invocation->out, say(invocation, "    et ", "    and "));
    text_count(&invocation->out, invocation->lang, total - shown,
               say(invocation, "autre", "more"), say(invocation, "autres", "more"));
    buffer_char(&invocation->out, '\n');
}

static void put_where(struct invocation *invocation, const struct reports *reports)
{
    for (size_t i = 0; i < reports->n; i++)
        buffer_printf(&invocation->out, "%s%s",
                      i ? ", " : say(invocation, ", dans ", ", in "), reports->paths[i]);
    buffer_string(&invocation->out, reports->n ? say(invocation, " :\n", ":\n") : "\n");
}

static void put_patients(struct importing *importing)
{
    const struct import_result *result = &importing->result;
    struct invocation *invocation = importing->invocation;
    struct buffer *out = &invocation->out;
    enum lang lang = invocation->lang;

    text_count(out, lang, result->patients,
               say(invocation, "patient gardé", "patient kept"),
               say(invocation, "patients gardés", "patients kept"));
    buffer_string(out, say(invocation, " : ", ": "));
    text_count(out, lang, result->originals, say(invocation, "original", "original"),
               say(invocation, "originaux", "originals"));
    buffer_string(out, ", ");
    text_count(out, lang, result->unchanged, say(invocation, "inchangé", "unchanged"),
               say(invocation, "inchangés", "unchanged"));
    buffer_printf(out, "  (#%" PRId64 "%s", result->sequence,
                  say(invocation, " ; ", "; "));
    text_seconds(out, lang, result->seconds);
    if (result->seconds > 0.05 && result->patients > 0) {
        buffer_string(out, say(invocation, " ; ", "; "));
        buffer_count(out, (uint64_t)((double)result->patients / result->seconds),
                     lang == LANG_FR);
        buffer_string(out, " patients/s");
    }
    buffer_string(out, ")\n");
    if (result->opposed > 0) {
        buffer_string(out, "  ");
        text_count(
            out, lang, result->opposed,
            say(invocation,
                "patient ayant exprimé son opposition : hors des réponses de recherche",
                "patient has expressed an opposition: in no research answer"),
            say(invocation,
                "patients ayant exprimé leur opposition : hors des réponses de recherche",
                "patients have expressed their opposition: in no research answer"));
        buffer_char(out, '\n');
    }
}

static void put_absent(struct importing *importing)
{
    struct invocation *invocation = importing->invocation;

    buffer_string(&invocation->out, "  ");
    text_count(&invocation->out, invocation->lang, importing->result.absent,
               say(invocation,
                   "patient connu de cette source n'est pas dans cette livraison",
                   "patient of this source was not in this delivery"),
               say(invocation,
                   "patients connus de cette source ne sont pas dans cette livraison",
                   "patients of this source were not in this delivery"));
    buffer_string(&invocation->out, say(invocation, " : ce qui en était gardé reste\n",
                                        ": what was kept of them stays\n"));
}

static void put_words(struct importing *importing)
{
    const struct import_result *result = &importing->result;
    struct invocation *invocation = importing->invocation;
    struct buffer *out = &invocation->out;

    if (result->patients > 0 || result->identities == 0)
        put_patients(importing);
    if (result->absent > 0)
        put_absent(importing);
    if (result->identities > 0) {
        text_count(out, invocation->lang, result->identities,
                   say(invocation, "identité gardée", "identity kept"),
                   say(invocation, "identités gardées", "identities kept"));
        buffer_char(out, '\n');
    }
    if (result->refused > 0) {
        text_count(out, invocation->lang, result->refused,
                   say(invocation, "refus", "refused"),
                   say(invocation, "refus", "refused"));
        if (result->refused_records > 0) {
            buffer_string(out, say(invocation, ", dont ", ", of which "));
            text_count(out, invocation->lang, result->refused_records,
                       say(invocation, "enregistrement entier", "whole record"),
                       say(invocation, "enregistrements entiers", "whole records"));
        }
        put_where(invocation, &importing->reports);
        put_rows(importing, &importing->reports, result->refused, put_refusal);
    }
    if (result->n_remarks > 0) {
        text_count(out, invocation->lang, result->n_remarks,
                   say(invocation, "remarque", "remark"),
                   say(invocation, "remarques", "remarks"));
        put_where(invocation, &importing->remarks);
        put_rows(importing, &importing->remarks, result->n_remarks, put_remark);
    }
}

/* The bytes that OUT got since LENGTH, in the arena; OUT has them no more. */
static const char *take_back(struct invocation *invocation, size_t length)
{
    struct buffer *out = &invocation->out;
    const char *text =
        arena_string(invocation->arena, buffer_text(out) + length, out->length - length);

    out->length = length;
    return text;
}

/* Into TARGET, which is then closed. */
static int import_all(struct importing *importing, struct target *target,
                      struct error *err)
{
    int rc = target->remote ? import_there(importing, target->remote, err)
                            : import_here(importing, target->node, err);

    progress_end(&importing->progress);
    target_close(target);
    return rc;
}

/* The first of the N PATHS, "" when there is none, for longer than the import lasts. */
static const char *first_path(const struct invocation *invocation, size_t n,
                              const char *const *paths)
{
    return n > 0 ? arena_string(invocation->arena, paths[0], strlen(paths[0])) : "";
}

static void tell_one(struct importing *importing, struct imported *imported)
{
    struct invocation *invocation = importing->invocation;
    const struct import_result *result = &importing->result;
    size_t length = invocation->out.length;

    imported->kept = result->patients + result->identities;
    imported->report =
        first_path(invocation, importing->reports.n, importing->reports.paths);
    imported->remarks =
        first_path(invocation, importing->remarks.n, importing->remarks.paths);
    node_import_members(&invocation->out, result);
    imported->members = take_back(invocation, length);
    put_words(importing);
    imported->words = take_back(invocation, length);
}

int import_one(struct invocation *invocation, const char *file, const char *name,
               struct imported *imported_r, struct error *err)
{
    struct importing importing = {
        .invocation = invocation, .files = &file, .names = &name, .n_files = 1};
    struct target target;
    uint64_t threads = 0;
    int rc;

    *imported_r =
        (struct imported){.members = "", .words = "", .report = "", .remarks = ""};
    if (option_number(invocation, OPTION_THREADS, 1, 256, &threads, err) < 0 ||
        target_open_write(&target, invocation->operands[0], err) < 0)
        return -1;
    imported_r->begun = true;
    importing.threads = (unsigned)threads;
    progress_start(&importing.progress, invocation, "patients", "patients");
    importing.progress.quiet = true;
    rc = import_all(&importing, &target, err);
    tell_one(&importing, imported_r);
    return rc;
}

int command_import(struct invocation *invocation, struct error *err)
{
    struct importing importing = {.invocation = invocation,
                                  .files = invocation->operands + 1,
                                  .names = invocation->operands + 1,
                                  .n_files = invocation->n_operands - 1};
    struct target target;
    uint64_t threads = 0;
    int rc;

    if (option_number(invocation, OPTION_THREADS, 1, 256, &threads, err) < 0)
        return -1;
    importing.threads = (unsigned)threads;
    if (target_open_write(&target, invocation->operands[0], err) < 0)
        return -1;
    sum_sizes(&importing);
    progress_start(&importing.progress, invocation, "patients", "patients");
    rc = import_all(&importing, &target, err);
    if (invocation->json)
        put_json(&importing, rc < 0 ? err : NULL);
    else if (rc == 0 || importing.result.sequence > 0)
        put_words(&importing);
    if (rc < 0)
        return -1;
    return option_given(invocation, OPTION_STRICT) && importing.result.refused > 0
               ? EXIT_REFUSED
               : EXIT_OK;
}
