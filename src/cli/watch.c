/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/watch.c: lacis watch NODE FOLDER
 *
 * The node is opened for one file at a time, or reached through its server, whichever is there
 * at that moment: so others may import, compact or start a server in between. What stands in the
 * way of any import (the node is busy or damaged, the disk is full, the share is away) moves no
 * file: it is tried again, later and later. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/cli.h"
#include "intake/inbox.h"
#include "node/node.h"

#define INTERVAL 5
#define SETTLE 10
#define SECONDS_MAX 86400
#define RETRY_MAX 300.0          /* seconds between two tries, at most */
#define REPORT_LIMIT (64U << 20) /* larger ones stay in NODE/reports alone */
#define REPORTS 3

struct watching {
    struct invocation *invocation;
    const char *folder;
    struct inbox_options options;
    struct inbox *inbox;    /* NULL: it cannot be opened at the moment */
    double interval, retry; /* seconds; retry 0: nothing stands in the way */
    struct error told;      /* what does, so that it is told once */
    sigset_t waiting;       /* the signals that are let in while we wait */
};

static volatile sig_atomic_t is_stopped;

static void on_signal(int number)
{
    (void)number;
    is_stopped = 1;
}

/* ---- waiting ---- */

/* Stop signals come in only while we wait, so that the file under way is finished. */
static void signals_begin(struct watching *watching)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigset_t stop;

    sigemptyset(&action.sa_mask);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    sigemptyset(&stop);
    sigaddset(&stop, SIGTERM);
    sigaddset(&stop, SIGINT);
    sigprocmask(SIG_BLOCK, &stop, &watching->waiting);
    sigdelset(&watching->waiting, SIGTERM);
    sigdelset(&watching->waiting, SIGINT);
}

static void wait_seconds(const struct watching *watching, double seconds)
{
    struct timespec timeout = {.tv_sec = (time_t)seconds,
                               .tv_nsec =
                                   (long)((seconds - (double)(time_t)seconds) * 1e9)};

    ppoll(NULL, 0, &timeout, &watching->waiting);
}

/* ---- what is told ---- */

static void tell(struct invocation *invocation)
{
    struct buffer *out = &invocation->out;

    fwrite(buffer_text(out), 1, out->length, stdout);
    fflush(stdout);
    buffer_clear(out);
}

static void tell_left(void *context, const char *name, enum inbox_left why)
{
    static const char *const words[][LANGUAGES] = {
        [LEFT_LINK] = {"un lien ; déposer le fichier lui-même",
                       "a link: put the file itself here"},
        [LEFT_KIND] = {"pas un fichier ordinaire", "not a plain file"},
        [LEFT_UNREADABLE] = {"illisible : droits d'accès ?",
                             "it cannot be read: permissions?"},
    };
    struct watching *watching = context;
    struct invocation *invocation = watching->invocation;
    const char *reason = words[why][invocation->lang];
    struct buffer *out = &invocation->out;

    if (invocation->json) {
        buffer_string(out, "{\"file\":");
        buffer_json_string(out, name);
        buffer_string(out, ",\"outcome\":\"left\",\"reason\":");
        buffer_json_string(out, reason);
        buffer_string(out, "}\n");
    } else {
        buffer_printf(out, "%s%s %s\n", name,
                      say(invocation, " : laissé où il est :", ": left where it is:"),
                      reason);
    }
    tell(invocation);
}

/* Once for each reason; nothing is moved meanwhile. */
static void tell_trouble(struct watching *watching, const struct error *err)
{
    struct invocation *invocation = watching->invocation;
    double retry = watching->retry * 2;

    watching->retry = watching->retry > 0 ? retry : watching->interval;
    if (watching->retry > RETRY_MAX && watching->interval < RETRY_MAX)
        watching->retry = RETRY_MAX;
    if (strcmp(watching->told.message, err->message) == 0)
        return;
    watching->told = *err;
    if (invocation->json) {
        buffer_string(&invocation->out, "{\"outcome\":\"waiting\",\"error\":");
        error_json(&invocation->out, invocation, err);
        buffer_string(&invocation->out, "}\n");
        tell(invocation);
    } else {
        fprintf(stderr, "lacis: %s%s\n", err->message,
                say(invocation, " ; nouvel essai plus tard",
                    "; it is tried again later"));
    }
}

static void no_trouble(struct watching *watching)
{
    watching->retry = 0;
    watching->told = (struct error)ERROR_INIT;
}

/* ---- one file ---- */

/* Is the file to blame, rather than the node or the machine? */
static bool blames_file(const struct imported *imported, const struct error *err)
{
    return imported->begun && (err->code == ERROR_INPUT || err->code == ERROR_LIMIT);
}

/* The report PATH of the import as one that stands beside the file. */
static size_t add_copy(struct invocation *invocation, struct inbox_report *report,
                       const char *suffix, const char *path)
{
    const char *text;

    if (!*path || text_read(invocation->arena, path, REPORT_LIMIT, &text, NULL) < 0)
        return 0;
    *report = (struct inbox_report){suffix, text, strlen(text)};
    return 1;
}

static const char *words_of(struct invocation *invocation,
                            const struct imported *imported, const struct error *err)
{
    const char *nothing =
        say(invocation, "rien n'a pu être gardé", "nothing could be kept");

    if (err->code != ERROR_NONE)
        return arena_printf(invocation->arena, "%s%s\n", imported->words, err->message);
    return imported->kept > 0
               ? imported->words
               : arena_printf(invocation->arena, "%s%s\n", imported->words, nothing);
}

/* Each line of WORDS two blanks further in. */
static void put_indented(struct buffer *out, const char *words)
{
    while (*words) {
        size_t length = strcspn(words, "\n");

        buffer_string(out, "  ");
        buffer_append(out, words, length);
        buffer_char(out, '\n');
        words += length + (words[length] == '\n');
    }
}

static void tell_file(struct watching *watching, const char *name, const char *to,
                      const struct imported *imported, const char *words,
                      const struct error *err)
{
    struct invocation *invocation = watching->invocation;
    struct buffer *out = &invocation->out;

    if (invocation->json) {
        buffer_string(out, "{\"file\":");
        buffer_json_string(out, name);
        buffer_printf(out, ",\"outcome\":\"%.*s\",\"to\":", (int)strcspn(to, "/"), to);
        buffer_json_string(out, to);
        buffer_printf(out, "%s%s", *imported->members ? "," : "", imported->members);
        if (err->code != ERROR_NONE) {
            buffer_string(out, ",\"error\":");
            error_json(out, invocation, err);
        }
        buffer_string(out, "}\n");
    } else {
        buffer_printf(out, "%s%s%s\n", name, say(invocation, " : ", ": "), to);
        put_indented(out, words);
    }
    tell(invocation);
}

static int settle(struct watching *watching, const struct inbox_file *file,
                  const struct imported *imported, const struct error *reason,
                  struct error *err)
{
    struct invocation *invocation = watching->invocation;
    bool good = reason->code == ERROR_NONE && imported->kept > 0;
    const char *words = words_of(invocation, imported, reason);
    const char *name = arena_string(invocation->arena, file->name, strlen(file->name));
    struct inbox_report reports[REPORTS] = {{INBOX_REPORT, words, strlen(words)}};
    const char *to;
    size_t n = 1;

    n += add_copy(invocation, &reports[n], INBOX_REFUSALS, imported->report);
    n += add_copy(invocation, &reports[n], INBOX_REMARKS, imported->remarks);
    if (inbox_settle(watching->inbox, good ? INBOX_DONE : INBOX_REFUSED, reports, n, &to,
                     err) < 0)
        return -1;
    tell_file(watching, name, to, imported, words, reason);
    return 0;
}

static int take_in(struct watching *watching, const struct inbox_file *file,
                   struct error *err)
{
    struct invocation *invocation = watching->invocation;
    struct error reason = ERROR_INIT;
    struct imported imported;
    char path[64];

    /* opened anew by that name, the file is read from its beginning, whatever stands there */
    snprintf(path, sizeof(path), "/proc/self/fd/%d", file->fd);
    invocation->now = clock_now();
    if (import_one(invocation, path, file->name, &imported, &reason) < 0 &&
        !blames_file(&imported, &reason)) {
        *err = reason;
        return -1;
    }
    return settle(watching, file, &imported, &reason, err);
}

/* ---- the folder ---- */

/* 1 when a file was taken in, 0 when there is none, -1 when something stands in the way. */
static int look(struct watching *watching, struct error *err)
{
    struct arena_mark mark = arena_mark(watching->invocation->arena);
    struct inbox_file file;
    int found;

    if (!watching->inbox)
        watching->inbox = inbox_open(watching->folder, &watching->options, err);
    if (!watching->inbox)
        return -1;
    found = inbox_next(watching->inbox, clock_milliseconds(), &file, err);
    if (found < 0) { /* the share may have gone: look for it again */
        inbox_close(watching->inbox);
        watching->inbox = NULL;
    } else if (found > 0 && take_in(watching, &file, err) < 0) {
        inbox_keep(watching->inbox);
        found = -1;
    }
    arena_release(watching->invocation->arena, mark);
    return found;
}

static int watch(struct watching *watching, bool once, struct error *err)
{
    while (!is_stopped) {
        struct error trouble = ERROR_INIT;
        int found = look(watching, &trouble);

        if (found < 0 && once) {
            *err = trouble;
            return -1;
        }
        if (found < 0)
            tell_trouble(watching, &trouble);
        else
            no_trouble(watching);
        if (found == 0 && once && !inbox_waits(watching->inbox))
            return 0;
        wait_seconds(watching, found > 0   ? 0
                               : found < 0 ? watching->retry
                                           : watching->interval);
    }
    return 0;
}

/* The node's own files are no arrivals. */
static int check_folders(struct invocation *invocation, const char *node,
                         const char *folder, struct error *err)
{
    char node_path[PATH_MAX], path[PATH_MAX];
    size_t length;

    if (!realpath(folder, path))
        return errno == ENOENT
                   ? error_set(err, ERROR_NOT_FOUND, "there is no folder %s", folder)
                   : error_errno(err, "%s cannot be opened", folder);
    if (!realpath(node, node_path))
        return error_errno(err, "%s cannot be opened", node);
    length = strlen(node_path);
    if (strncmp(path, node_path, length) == 0 && (path[length] == '/' || !path[length]))
        return usage_error(invocation, err, "%s is in the node: watch another folder",
                           folder);
    return 0;
}

/* That there is a node is known before anything is moved. */
static int check_node(const char *folder, struct error *err)
{
    struct target target;
    int status = target_open_read(&target, folder, err);

    target_close(&target);
    return status < 0 && err->code != ERROR_BUSY ? -1 : 0;
}

int command_watch(struct invocation *invocation, struct error *err)
{
    struct watching watching = {.invocation = invocation,
                                .folder = invocation->operands[1],
                                .options = {.left = tell_left}};
    uint64_t interval = INTERVAL, settle_seconds = SETTLE;
    int status;

    if (option_number(invocation, OPTION_INTERVAL, 1, SECONDS_MAX, &interval, err) < 0 ||
        option_number(invocation, OPTION_SETTLE, 0, SECONDS_MAX, &settle_seconds, err) <
            0 ||
        check_node(invocation->operands[0], err) < 0 ||
        check_folders(invocation, invocation->operands[0], watching.folder, err) < 0)
        return -1;
    watching.interval = (double)interval;
    watching.options.settle = (double)settle_seconds * 1000;
    watching.options.marked = option_given(invocation, OPTION_MARKED);
    watching.options.context = &watching;
    /* who cannot begin says so at once, rather than trying for ever */
    watching.inbox = inbox_open(watching.folder, &watching.options, err);
    if (!watching.inbox)
        return -1;
    signals_begin(&watching);
    status = watch(&watching, option_given(invocation, OPTION_ONCE), err);
    inbox_close(watching.inbox);
    return status;
}
