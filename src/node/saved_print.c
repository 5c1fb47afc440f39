/* SPDX-License-Identifier: Apache-2.0
 *
 * node/saved_print.c: definitions, cohorts, runs and differences as JSON and as words. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/log.h"
#include "node/saved_internal.h"

#define NAME_COLUMNS 28
#define REASON_COLUMNS 46

/* ---- parts of JSON ---- */

static void json_member(struct buffer *out, const char *name, const char *text)
{
    buffer_printf(out, ",\"%s\":", name);
    buffer_json_string(out, text);
}

static const char *day_text(day_number day, char text[DATE_TEXT_SIZE])
{
    return day == DAY_MAX ? "" : date_print_iso((struct interval){day, day}, text);
}

/* An object; the criteria stand under NAME. */
static void json_saved(struct buffer *out, const struct saved *saved, bool is_cohort)
{
    char time[32], date[DATE_TEXT_SIZE];

    buffer_string(out, "{\"name\":");
    buffer_json_string(out, saved->name);
    buffer_printf(out, ",\"version\":%u", saved->version);
    json_member(out, "criteria", saved->text);
    if (is_cohort && saved->as_of != DAY_MAX)
        json_member(out, "as_of", day_text(saved->as_of, date));
    json_member(out, "author", saved->author);
    json_member(out, "made", clock_print(saved->made, time));
    json_member(out, "note", saved->note);
    buffer_char(out, '}');
}

static void json_definitions(struct buffer *out, const char *lines)
{
    buffer_char(out, '[');
    for (bool comma = false; *lines; comma = true) {
        size_t length = strcspn(lines, "\t");
        struct buffer name;

        buffer_init(&name, SAVED_NAME_MAX);
        buffer_append(&name, lines, length);
        buffer_string(out, comma ? ",{\"name\":" : "{\"name\":");
        buffer_json_string(out, buffer_text(&name));
        buffer_free(&name);
        lines += length + (lines[length] == '\t');
        buffer_printf(out, ",\"version\":%lu}", strtoul(lines, NULL, 10));
        lines += strcspn(lines, "\n");
        lines += *lines == '\n';
    }
    buffer_char(out, ']');
}

static void json_cut(struct buffer *out, const struct saved_run *run)
{
    char time[32], date[DATE_TEXT_SIZE];

    buffer_printf(out,
                  "{\"incarnation\":\"%s\",\"sequence\":%" PRId64
                  ",\"received\":\"%s\",\"rules\":%u,\"model\":\"%016" PRIx64
                  "\",\"codebook\":\"%016" PRIx64
                  "\",\"as_of\":\"%s\",\"criteria\":\"%016" PRIx64
                  "\",\"coverage\":\"%016" PRIx64 "\",\"definitions\":",
                  run->incarnation, run->sequence, clock_print(run->received, time),
                  run->rules, run->model, run->codebook, day_text(run->as_of, date),
                  run->criteria, run->coverage);
    json_definitions(out, run->definitions);
    buffer_char(out, '}');
}

/* Members, without braces. */
static void json_run_members(struct buffer *out, const struct saved_run *run)
{
    char time[32];

    buffer_printf(out,
                  "\"version\":%u,\"run\":%u,\"certain\":%" PRIu64
                  ",\"possible\":%" PRIu64 ",\"erased\":{\"certain\":%" PRIu64
                  ",\"possible\":%" PRIu64 "}",
                  run->version, run->number, run->certain, run->possible,
                  run->erased_certain, run->erased_possible);
    json_member(out, "author", run->author);
    json_member(out, "made", clock_print(run->made, time));
    buffer_string(out, ",\"cut\":");
    json_cut(out, run);
}

static void json_runs(struct buffer *out, const struct node_cohort *cohort)
{
    buffer_string(out, "[");
    for (size_t i = 0; i < cohort->n_runs; i++) {
        buffer_string(out, i ? ",{" : "{");
        json_run_members(out, &cohort->runs[i]);
        buffer_char(out, '}');
    }
    buffer_char(out, ']');
}

/* ---- JSON ---- */

void node_defined_json(struct buffer *out, const struct node_defined *defined)
{
    buffer_string(out, "{\"name\":");
    buffer_json_string(out, defined->name);
    buffer_printf(out, ",\"version\":%u,\"new\":%s}", defined->version,
                  defined->is_new ? "true" : "false");
}

void node_definitions_json(struct buffer *out, const struct node_definitions *definitions)
{
    buffer_string(out, "{\"definitions\":[");
    for (size_t i = 0; i < definitions->n; i++) {
        buffer_string(out, i ? "," : "");
        json_saved(out, &definitions->list[i], false);
    }
    buffer_string(out, "]}");
}

void node_run_json(struct buffer *out, const struct node_run *run)
{
    buffer_string(out, "{\"cohort\":");
    buffer_json_string(out, run->run.cohort);
    buffer_printf(out, ",\"same_cut\":%s,", run->is_same_cut ? "true" : "false");
    json_run_members(out, &run->run);
    buffer_printf(out, ",\"opposed\":{\"certain\":%" PRIu64 ",\"possible\":%" PRIu64 "}",
                  run->opposed_certain, run->opposed_possible);
    json_member(out, "criteria", run->criteria);
    buffer_char(out, '}');
}

void node_cohorts_json(struct buffer *out, const struct node_cohorts *cohorts)
{
    buffer_string(out, "{\"cohorts\":[");
    for (size_t i = 0; i < cohorts->n; i++) {
        const struct node_cohort *cohort = &cohorts->cohorts[i];

        buffer_string(out, i ? ",{\"name\":" : "{\"name\":");
        buffer_json_string(out, cohort->versions[0].name);
        buffer_string(out, ",\"versions\":[");
        for (size_t v = 0; v < cohort->n_versions; v++) {
            buffer_string(out, v ? "," : "");
            json_saved(out, &cohort->versions[v], true);
        }
        buffer_string(out, "],\"runs\":");
        json_runs(out, cohort);
        buffer_char(out, '}');
    }
    buffer_string(out, "]}");
}

static void json_moves(struct buffer *out, const struct moves *moves)
{
    buffer_printf(out,
                  "\"joined\":{\"certain\":%" PRIu64 ",\"possible\":%" PRIu64
                  "},\"left\":{\"certain\":%" PRIu64 ",\"possible\":%" PRIu64
                  "},\"moved\":{\"to_certain\":%" PRIu64 ",\"to_possible\":%" PRIu64 "}",
                  moves->joined_certain, moves->joined_possible, moves->left_certain,
                  moves->left_possible, moves->to_certain, moves->to_possible);
}

void node_difference_json(struct buffer *out, const struct node_difference *difference)
{
    buffer_string(out, "{\"cohort\":");
    buffer_json_string(out, difference->from.cohort);
    buffer_printf(out,
                  ",\"before\":{\"run\":%u,\"version\":%u,\"certain\":%" PRIu64
                  ",\"possible\":%" PRIu64 ",\"cut\":",
                  difference->from.number, difference->from.version,
                  difference->before_certain, difference->before_possible);
    json_cut(out, &difference->from);
    buffer_printf(out,
                  "},\"now\":{\"version\":%u,\"certain\":%" PRIu64
                  ",\"possible\":%" PRIu64 ",\"cut\":",
                  difference->to.version, difference->to.certain,
                  difference->to.possible);
    json_cut(out, &difference->to);
    buffer_string(out, "},");
    json_moves(out, &difference->moves);
    buffer_string(out, ",\"reasons\":[");
    for (size_t i = 0; i < difference->n_groups; i++) {
        const char *comma = "";

        buffer_string(out, i ? ",{\"because\":[" : "{\"because\":[");
        for (int reason = 0; reason < REASONS; reason++) {
            if (!(difference->groups[i].reasons >> reason & 1))
                continue;
            buffer_printf(out, "%s\"%s\"", comma, reason_word((enum reason)reason));
            comma = ",";
        }
        buffer_string(out, "],");
        json_moves(out, &difference->groups[i].moves);
        buffer_char(out, '}');
    }
    buffer_string(out, "]}");
}

/* ---- words ---- */

static void padded(struct buffer *out, const char *text, size_t width)
{
    size_t columns = 0;

    buffer_string(out, text);
    for (; *text; text++)
        columns += ((unsigned char)*text & 0xC0) != 0x80;
    for (; columns < width; columns++)
        buffer_char(out, ' ');
}

static void put_day(struct buffer *out, day_number day, bool french)
{
    char date[DATE_WORDS_SIZE];

    buffer_string(out, date_print_words((struct interval){day, day}, french, date));
}

static void put_time(struct buffer *out, int64_t time, bool french)
{
    put_day(out, (day_number)(time / 86400), french);
}

/* "42 certain, 5 possible" */
static void put_counts(struct buffer *out, uint64_t certain, uint64_t possible,
                       bool french)
{
    buffer_count(out, certain, french);
    buffer_string(out,
                  french ? (certain > 1 ? " retrouvés, " : " retrouvé, ") : " certain, ");
    buffer_count(out, possible, french);
    buffer_string(out, french ? " à vérifier" : " possible");
}

/* "data of 12 Nov 2026 #5000; rules 1; as of …" */
static void put_cut(struct buffer *out, const struct saved_run *run, bool french)
{
    if (run->sequence == 0) {
        buffer_string(out,
                      french ? "rien n’est encore entré" : "nothing has come in yet");
    } else {
        buffer_string(out, french ? "données au " : "data of ");
        put_time(out, run->received, french);
        buffer_printf(out, " #%" PRId64, run->sequence);
    }
    buffer_printf(out, french ? " ; règles %u" : "; rules %u", run->rules);
    if (run->as_of != (day_number)(run->received / 86400)) {
        buffer_string(out, french ? " ; question posée au " : "; asked as of ");
        put_day(out, run->as_of, french);
    }
}

static void put_author(struct buffer *out, int64_t made, const char *author,
                       const char *note, bool french)
{
    put_time(out, made, french);
    buffer_printf(out, ", %s", author);
    if (*note)
        buffer_printf(out, french ? " : %s" : ": %s", note);
    buffer_char(out, '\n');
}

/* TEXT, each line behind four blanks. */
static void put_criteria(struct buffer *out, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");

        buffer_string(out, "    ");
        buffer_append(out, text, length);
        buffer_char(out, '\n');
        text += length + (text[length] == '\n');
    }
}

void node_defined_text(struct buffer *out, const struct node_defined *defined,
                       enum lang lang)
{
    bool french = lang == LANG_FR;

    buffer_printf(out,
                  defined->is_new
                      ? (french ? "« %s », version %u\n" : "\"%s\", version %u\n")
                      : (french ? "« %s », version %u, inchangée\n"
                                : "\"%s\", version %u, unchanged\n"),
                  defined->name, defined->version);
}

void node_definitions_text(struct buffer *out, const struct node_definitions *definitions,
                           enum lang lang)
{
    bool french = lang == LANG_FR;

    if (definitions->n == 0)
        buffer_string(out, french ? "Rien n'est défini.\n" : "Nothing is defined.\n");
    for (size_t i = 0; i < definitions->n; i++) {
        const struct saved *saved = &definitions->list[i];

        if (definitions->name) {
            buffer_printf(out, "%sversion %u  (", i ? "\n" : "", saved->version);
        } else {
            padded(out, saved->name, NAME_COLUMNS);
            buffer_printf(out, " v%-4u", saved->version);
        }
        if (definitions->name) {
            put_time(out, saved->made, french);
            buffer_printf(out, ", %s)", saved->author);
            if (*saved->note)
                buffer_printf(out, "  %s", saved->note);
            buffer_char(out, '\n');
            put_criteria(out, saved->text);
        } else {
            put_author(out, saved->made, saved->author, saved->note, french);
        }
    }
}

static void put_gone(struct buffer *out, uint64_t certain, uint64_t possible,
                     const char *why, bool french)
{
    if (certain + possible == 0)
        return;
    buffer_string(out, "  ");
    put_counts(out, certain, possible, french);
    buffer_printf(out, "%s\n", why);
}

void node_run_text(struct buffer *out, const struct node_run *run, enum lang lang)
{
    bool french = lang == LANG_FR;
    const struct saved_run *saved = &run->run;

    put_counts(out, saved->certain, saved->possible, french);
    buffer_string(out, "  (");
    put_cut(out, saved, french);
    buffer_printf(out,
                  french ? ")\n« %s », version %u, exécution %u"
                         : ")\n\"%s\", version %u, run %u",
                  saved->cohort, saved->version, saved->number);
    if (run->is_same_cut)
        buffer_string(out, french ? ", relue au même état des données"
                                  : ", read again at the same cut");
    buffer_char(out, '\n');
    put_gone(out, run->opposed_certain, run->opposed_possible,
             french ? " : patients ayant exprimé leur opposition depuis"
                    : ": patients who have opposed since",
             french);
    if (run->is_same_cut)
        put_gone(out, saved->erased_certain, saved->erased_possible,
                 french ? " : patients effacés depuis" : ": patients erased since",
                 french);
}

static void put_cohort(struct buffer *out, const struct node_cohort *cohort, bool french)
{
    for (size_t i = 0; i < cohort->n_versions; i++) {
        const struct saved *saved = &cohort->versions[i];

        buffer_printf(out, "%sversion %u  (", i ? "\n" : "", saved->version);
        put_time(out, saved->made, french);
        buffer_printf(out, ", %s)", saved->author);
        if (*saved->note)
            buffer_printf(out, "  %s", saved->note);
        buffer_char(out, '\n');
        put_criteria(out, saved->text);
        if (saved->as_of != DAY_MAX) {
            buffer_string(out, french ? "    au " : "    as of ");
            put_day(out, saved->as_of, french);
            buffer_char(out, '\n');
        }
    }
    buffer_char(out, '\n');
    for (size_t i = 0; i < cohort->n_runs; i++) {
        const struct saved_run *run = &cohort->runs[i];

        buffer_printf(out, french ? "exécution %-4u v%-4u" : "run %-4u v%-4u",
                      run->number, run->version);
        put_counts(out, run->certain, run->possible, french);
        buffer_string(out, "  (");
        put_cut(out, run, french);
        buffer_string(out, french ? " ; " : "; ");
        put_time(out, run->made, french);
        buffer_printf(out, ", %s)\n", run->author);
    }
}

void node_cohorts_text(struct buffer *out, const struct node_cohorts *cohorts,
                       enum lang lang)
{
    bool french = lang == LANG_FR;

    if (cohorts->n == 0)
        buffer_string(out, french ? "Aucune cohorte n'est enregistrée.\n"
                                  : "No cohort is saved.\n");
    if (!cohorts->is_list) {
        put_cohort(out, &cohorts->cohorts[0], french);
        return;
    }
    for (size_t i = 0; i < cohorts->n; i++) {
        const struct node_cohort *cohort = &cohorts->cohorts[i];

        padded(out, cohort->versions[0].name, NAME_COLUMNS);
        buffer_printf(out, " v%-4u", cohort->versions[0].version);
        if (cohort->n_runs > 0) {
            put_counts(out, cohort->runs[0].certain, cohort->runs[0].possible, french);
            buffer_string(out, "  (");
            put_cut(out, &cohort->runs[0], french);
            buffer_char(out, ')');
        }
        buffer_char(out, '\n');
    }
}

/* ---- a difference in words ---- */

static const char *reason_words(enum reason reason, bool french)
{
    static const char *const fr[REASONS] = {
        [REASON_ERASED] = "effacés depuis",
        [REASON_OPPOSED] = "ayant exprimé leur opposition depuis",
        [REASON_NEW] = "nouveaux patients, ou opposition levée",
        [REASON_CHANGED] = "dossier modifié",
        [REASON_RULES] = "autres règles ou autre version du programme",
        [REASON_CODES] = "codes locaux traduits autrement",
        [REASON_COVERAGE] = "couverture modifiée",
        [REASON_AS_OF] = "date de la question avancée",
        [REASON_DEFINITIONS] = "nouvelle version d'une définition",
        [REASON_CRITERIA] = "nouveaux critères de la cohorte",
    };
    static const char *const en[REASONS] = {
        [REASON_ERASED] = "erased since",
        [REASON_OPPOSED] = "opposed since",
        [REASON_NEW] = "new patients, or no longer opposed",
        [REASON_CHANGED] = "changed record",
        [REASON_RULES] = "other rules or version of the program",
        [REASON_CODES] = "the centre's own codes mean something else",
        [REASON_COVERAGE] = "other coverage",
        [REASON_AS_OF] = "the date of the question moved",
        [REASON_DEFINITIONS] = "newer version of a definition",
        [REASON_CRITERIA] = "newer criteria of the cohort",
    };

    return french ? fr[reason] : en[reason];
}

static void put_number(struct buffer *out, const char *sign, uint64_t n, size_t width,
                       bool french)
{
    struct buffer number;
    size_t columns = 0;

    buffer_init(&number, 64);
    if (n > 0) {
        buffer_string(&number, sign);
        buffer_count(&number, n, french);
    }
    for (const char *c = buffer_text(&number); *c; c++)
        columns += ((unsigned char)*c & 0xC0) != 0x80;
    for (; columns < width; columns++)
        buffer_char(out, ' ');
    buffer_string(out, buffer_text(&number));
    buffer_free(&number);
}

static void put_moves(struct buffer *out, const struct moves *moves, bool french)
{
    put_number(out, "+", moves->joined_certain, 10, french);
    put_number(out, "+", moves->joined_possible, 12, french);
    put_number(out, "-", moves->left_certain, 10, french);
    put_number(out, "-", moves->left_possible, 12, french);
    put_number(out, "", moves->to_certain, 14, french);
    put_number(out, "", moves->to_possible, 15, french);
    buffer_char(out, '\n');
}

static void put_group(struct buffer *out, const struct difference_group *group,
                      bool french)
{
    struct buffer words;

    buffer_init(&words, 1024);
    for (int reason = 0; reason < REASONS; reason++)
        if (group->reasons >> reason & 1) {
            buffer_string(&words, words.length ? ", " : "");
            buffer_string(&words, reason_words((enum reason)reason, french));
        }
    padded(out, buffer_text(&words), REASON_COLUMNS);
    buffer_free(&words);
    put_moves(out, &group->moves, french);
}

void node_difference_text(struct buffer *out, const struct node_difference *difference,
                          enum lang lang)
{
    bool french = lang == LANG_FR;

    buffer_printf(out, french ? "exécution %-4u " : "run %-4u ", difference->from.number);
    put_counts(out, difference->before_certain, difference->before_possible, french);
    buffer_string(out, "  (");
    put_cut(out, &difference->from, french);
    buffer_string(out, ")\n");
    padded(out, french ? "maintenant" : "now", french ? 15 : 9);
    put_counts(out, difference->to.certain, difference->to.possible, french);
    buffer_string(out, "  (");
    put_cut(out, &difference->to, french);
    buffer_string(out, ")\n\n");
    if (difference->n_groups == 0) {
        buffer_string(out, french ? "Aucune différence : les mêmes patients.\n"
                                  : "No difference: the same patients.\n");
        return;
    }
    padded(out, "", REASON_COLUMNS);
    buffer_string(out, french ? "         entrés                sortis          "
                                "         passés\n"
                              : "         joined                  left         "
                                "          moved\n");
    padded(out, french ? "Pourquoi" : "Why", REASON_COLUMNS);
    buffer_string(out, french
                           ? " retrouvés  à vérifier retrouvés  à vérifier  à retrouvés"
                             "   à à vérifier\n"
                           : "   certain    possible   certain    possible    to certain"
                             "    to possible\n");
    for (size_t i = 0; i < difference->n_groups; i++)
        put_group(out, &difference->groups[i], french);
    if (difference->n_groups > 1) {
        padded(out, "", REASON_COLUMNS);
        put_moves(out, &difference->moves, french);
    }
}
