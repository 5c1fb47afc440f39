/* SPDX-License-Identifier: Apache-2.0
 *
 * node/quality.c: the figures of a node: counted, kept, found again; who is at odds. */
#include "node/quality.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "base/pool.h"
#include "node/node_internal.h"
#include "store/saved.h"

#define FIGURES_LIMIT ((size_t)64 << 20)
#define KEPT 100 /* files; the oldest go */
#define FOLDER "quality"

static void measured_free(struct measured *measured)
{
    figures_free(measured->figures);
    measured->figures = NULL;
}

void node_quality_free(struct node_quality *quality)
{
    measured_free(&quality->present);
    measured_free(&quality->before);
    measured_free(&quality->partner);
}

/* ---- files --------------------------------------------------------------------------- */

int node_quality_read(const char *path, struct measured *measured_r, struct error *err)
{
    struct arena *arena = arena_new("figures", 2 * FIGURES_LIMIT);
    struct measured measured = {0};
    char *text;
    size_t length;
    int status = file_read_whole(arena, path, FIGURES_LIMIT, &text, &length, err);

    if (status == 0) {
        measured.figures =
            figures_read(text, length, &measured.head, measured.centre, err);
        status = measured.figures ? 0 : error_context(err, "%s", path);
    }
    arena_free(arena);
    if (status < 0)
        return -1;
    *measured_r = measured;
    measured_r->head.centre = measured_r->centre;
    return 0;
}

/* The sequence of which NAME keeps the figures, or -1. */
static int64_t sequence_of_name(const char *name)
{
    char *end;
    int64_t sequence = strtoll(name, &end, 10);

    return end > name && strcmp(end, ".json") == 0 && sequence >= 0 ? sequence : -1;
}

static void kept_path(const struct node *node, int64_t sequence, char path[NODE_PATH])
{
    char name[64];

    snprintf(name, sizeof(name), FOLDER "/%" PRId64 ".json", sequence);
    node_path(node, name, path);
}

static int compare_sequences(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The sequences of which figures are kept, ascending; from memory_alloc. */
static int64_t *kept_sequences(const struct node *node, size_t *n_r)
{
    char path[NODE_PATH];
    int64_t *sequences = NULL;
    size_t n = 0, capacity = 0;
    const struct dirent *entry;
    DIR *dir;

    node_path(node, FOLDER, path);
    dir = opendir(path);
    while (dir && (entry = readdir(dir))) {
        int64_t sequence = sequence_of_name(entry->d_name);

        if (sequence < 0)
            continue;
        memory_grow((void **)&sequences, &capacity, n + 1, sizeof(*sequences));
        sequences[n++] = sequence;
    }
    if (dir)
        closedir(dir);
    if (n > 0)
        qsort(sequences, n, sizeof(*sequences), compare_sequences);
    *n_r = n;
    return sequences;
}

/* The last figures before SEQUENCE. One that cannot be read is as good as none. */
static void find_before(const struct node *node, int64_t sequence,
                        struct measured *before_r)
{
    size_t n;
    int64_t *sequences = kept_sequences(node, &n);
    struct error reason = ERROR_INIT;
    char path[NODE_PATH];

    while (n > 0) {
        n--;
        kept_path(node, sequences[n], path);
        if (sequences[n] < sequence && node_quality_read(path, before_r, &reason) == 0)
            break;
    }
    memory_free(sequences);
}

static void forget_oldest(const struct node *node)
{
    size_t n;
    int64_t *sequences = kept_sequences(node, &n);
    char path[NODE_PATH];

    for (size_t i = 0; i + KEPT < n; i++) {
        kept_path(node, sequences[i], path);
        unlink(path);
    }
    memory_free(sequences);
}

static int keep(const struct node *node, const struct measured *measured,
                struct error *err)
{
    char folder[NODE_PATH], path[NODE_PATH];
    struct buffer text;
    int status;

    node_path(node, FOLDER, folder);
    if (mkdir(folder, 0750) < 0 && errno != EEXIST)
        return error_errno(err, "cannot make %s", folder);
    kept_path(node, measured->head.sequence, path);
    buffer_init(&text, FIGURES_LIMIT);
    figures_json(&text, measured->figures, &measured->head, true);
    status = buffer_check(&text, "the figures", err);
    if (status == 0)
        status = file_replace(path, text.bytes, text.length, err);
    buffer_free(&text);
    if (status == 0)
        forget_oldest(node);
    return status;
}

/* ---- counting ------------------------------------------------------------------------ */

struct counting {
    struct figures **figures; /* of each worker */
    day_number as_of;
};

static void count_record(void *context, unsigned worker, const struct record *record)
{
    const struct counting *counting = context;

    figures_add(counting->figures[worker], record, counting->as_of);
}

static int count_all(struct node *node, day_number as_of, node_progress *progress,
                     void *context, struct figures **figures_r, struct error *err)
{
    unsigned threads = pool_cores();
    struct counting counting = {
        .figures = memory_alloc(threads * sizeof(struct figures *)), .as_of = as_of};
    int status;

    for (unsigned i = 0; i < threads; i++)
        counting.figures[i] = figures_new();
    status = records_visit(node, count_record, &counting, progress, context, err);
    for (unsigned i = 1; i < threads; i++) {
        figures_join(counting.figures[0], counting.figures[i]);
        figures_free(counting.figures[i]);
    }
    if (status == 0)
        *figures_r = counting.figures[0];
    else
        figures_free(counting.figures[0]);
    memory_free(counting.figures);
    return status;
}

/* The store's cut; the day of its last reception is the day of the data. */
static int present_cut(struct node *node, int64_t *sequence_r, day_number *as_of_r,
                       struct error *err)
{
    int64_t time;
    int status;

    pthread_mutex_lock(&node->reader_lock);
    status = store_cut(node->reader, sequence_r, &time, err);
    pthread_mutex_unlock(&node->reader_lock);
    if (status == 0)
        *as_of_r = (day_number)(time / 86400);
    return status;
}

int node_quality(struct node *node, const struct caller *caller, int64_t now,
                 void (*progress)(void *context, uint64_t done, uint64_t total),
                 void *context, struct node_quality *quality_r, struct error *err)
{
    struct measured present = {.head.rules = RULES_VERSION};
    char outcome[64];

    if (present_cut(node, &present.head.sequence, &present.head.as_of, err) < 0 ||
        count_all(node, present.head.as_of, progress, context, &present.figures, err) < 0)
        return -1;
    snprintf(present.centre, sizeof(present.centre), "%s", node->config.centre);
    present.head.centre = present.centre;
    snprintf(outcome, sizeof(outcome), "%" PRIu64 " patients, #%" PRId64,
             figures_patients(present.figures), present.head.sequence);
    if (audit_write(node->audit, caller, now, "quality", "figures", outcome, err) < 0 ||
        keep(node, &present, err) < 0) {
        measured_free(&present);
        return -1;
    }
    quality_r->present = present;
    quality_r->present.head.centre = quality_r->present.centre;
    quality_r->before = (struct measured){0};
    find_before(node, present.head.sequence, &quality_r->before);
    return 0;
}

/* ---- who is at odds ------------------------------------------------------------------ */

struct finding {
    uint32_t person;
    char *text; /* from memory_alloc */
};

/* What one worker found. */
struct findings {
    struct finding *finding;
    size_t n, capacity;
};

struct listing {
    struct findings *of_worker;
    enum check check;
    day_number as_of;
    bool json;
    enum lang lang;
};

/* One record that is being looked at. */
struct listing_record {
    const struct listing *listing;
    struct findings *findings;
    const struct record *record;
};

static void describe(struct buffer *out, const struct listing *listing,
                     const struct fact *fact)
{
    const struct group_row *group = model_group(fact->group);
    bool french = listing->lang == LANG_FR;
    char date[DATE_WORDS_SIZE];

    if (listing->json) {
        buffer_printf(out, ",\"group\":\"%s\",\"says\":", group->id);

        struct buffer words;

        buffer_init(&words, 1 << 16);
        fact_brief_print(&words, fact, ITEM_NONE, listing->lang);
        buffer_json_string(out, buffer_text(&words));
        buffer_free(&words);
        fact_json(out, fact);
        return;
    }
    buffer_printf(out, "%s  %s : ", fact_date_words(fact, french, date),
                  french ? group->fr : group->en);
    fact_brief_print(out, fact, ITEM_NONE, listing->lang);
    buffer_char(out, ' ');
    fact_proof_print(out, fact, listing->lang);
}

static void note_finding(void *context, enum check check, const struct fact *fact)
{
    const struct listing_record *of = context;
    struct findings *findings = of->findings;
    struct buffer text;
    char *copy;

    if (check != of->listing->check)
        return;
    buffer_init(&text, 1 << 17);
    describe(&text, of->listing, fact);
    copy = memory_alloc(text.length + 1);
    memcpy(copy, buffer_text(&text), text.length + 1);
    buffer_free(&text);
    memory_grow((void **)&findings->finding, &findings->capacity, findings->n + 1,
                sizeof(*findings->finding));
    findings->finding[findings->n++] = (struct finding){of->record->person, copy};
}

static void list_record(void *context, unsigned worker, const struct record *record)
{
    const struct listing *listing = context;
    struct listing_record of = {listing, &listing->of_worker[worker], record};

    if (!record->opposed)
        quality_look(record, listing->as_of, note_finding, &of);
}

/* By patient; of one patient in the order found, which is the record's. */
static int compare_findings(const void *a, const void *b)
{
    const struct finding *x = a, *y = b;

    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return strcmp(x->text, y->text);
}

static struct findings join_findings(struct findings *of_worker, unsigned threads)
{
    struct findings all = {0};

    for (unsigned i = 0; i < threads; i++) {
        for (size_t k = 0; k < of_worker[i].n; k++) {
            memory_grow((void **)&all.finding, &all.capacity, all.n + 1,
                        sizeof(*all.finding));
            all.finding[all.n++] = of_worker[i].finding[k];
        }
        memory_free(of_worker[i].finding);
    }
    if (all.n > 0)
        qsort(all.finding, all.n, sizeof(*all.finding), compare_findings);
    return all;
}

static int put_findings(struct node *node, struct arena *arena,
                        const struct findings *all, bool json, struct buffer *out,
                        struct error *err)
{
    const char *number = NULL;
    int status = 0;

    buffer_string(out, json ? "{\"facts\":[" : "");
    for (size_t i = 0; i < all->n && status == 0; i++) {
        const struct finding *finding = &all->finding[i];

        if (i == 0 || finding->person != all->finding[i - 1].person) {
            pthread_mutex_lock(&node->reader_lock);
            status = store_number(node->reader, arena, finding->person, &number, err);
            pthread_mutex_unlock(&node->reader_lock);
        }
        if (status < 0 || !number) /* erased meanwhile */
            continue;
        if (json) {
            buffer_string(out, i ? ",{\"number\":" : "{\"number\":");
            buffer_json_string(out, number);
            buffer_printf(out, "%s}", finding->text);
        } else {
            buffer_padded(out, number, 14);
            buffer_printf(out, " %s\n", finding->text);
        }
    }
    buffer_string(out, json ? "]}" : "");
    return status < 0 ? -1 : buffer_check(out, "the list", err);
}

static int list_all(struct node *node, struct arena *arena, struct listing *listing,
                    const struct caller *caller, int64_t now, node_progress *progress,
                    void *context, struct buffer *out, struct error *err)
{
    unsigned threads = pool_cores();
    struct findings all;
    char outcome[48];
    int status;

    listing->of_worker = arena_array(arena, threads, sizeof(*listing->of_worker));
    status = records_visit(node, list_record, listing, progress, context, err);
    all = join_findings(listing->of_worker, threads);
    snprintf(outcome, sizeof(outcome), "%zu facts", all.n);
    if (status == 0)
        status = audit_write(node->audit, caller, now, "quality",
                             check_row(listing->check)->id, outcome, err);
    if (status == 0)
        status = put_findings(node, arena, &all, listing->json, out, err);
    for (size_t i = 0; i < all.n; i++)
        memory_free(all.finding[i].text);
    memory_free(all.finding);
    return status;
}

int node_quality_list(struct node *node, struct arena *arena, enum check check,
                      const struct caller *caller, int64_t now,
                      void (*progress)(void *context, uint64_t done, uint64_t total),
                      void *context, bool json, enum lang lang, struct buffer *out,
                      struct error *err)
{
    struct listing listing = {.check = check, .json = json, .lang = lang};
    int64_t sequence;

    if (list_right(caller->purpose) != LIST_NUMBERS) {
        if (audit_write(node->audit, caller, now, "quality", check_row(check)->id,
                        "refused", err) < 0)
            return -1;
        return error_set(err, ERROR_REFUSED,
                         "patients are listed by number for care or quality, not for the "
                         "purpose of %s",
                         purpose_name(caller->purpose));
    }
    if (present_cut(node, &sequence, &listing.as_of, err) < 0)
        return -1;
    return list_all(node, arena, &listing, caller, now, progress, context, out, err);
}
