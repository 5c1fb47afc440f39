/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/export.c: lacis export NODE [CRITERIA] --out FILE: the list; whole records are extract.c
 *
 * The list is written beside FILE under another name, for its owner only, and takes its place
 * when it is whole and on the disk. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/file.h"
#include "cli/cli.h"
#include "node/saved.h"

#define BODY_LIMIT ((size_t)1 << 20)
#define RUN_MAX 1000000

/* ---- the list ---- */

static int export_there(struct invocation *invocation, struct remote *remote,
                        const struct node_list *list, struct buffer *csv,
                        struct error *err)
{
    char date[DATE_TEXT_SIZE];
    struct buffer body;
    int rc;

    buffer_init(&body, BODY_LIMIT);
    buffer_printf(&body, "{\"lang\":\"%s\",\"%s\":", say(invocation, "fr", "en"),
                  list->cohort ? "cohort" : "criteria");
    buffer_json_string(&body, list->cohort ? list->cohort : list->criteria);
    if (list->run)
        buffer_printf(&body, ",\"run\":%u", list->run);
    if (list->certain)
        buffer_string(&body, ",\"certain\":true");
    if (list->as_of != DAY_MAX)
        buffer_printf(&body, ",\"as_of\":\"%s\"",
                      date_print_iso((struct interval){list->as_of, list->as_of}, date));
    buffer_char(&body, '}');
    rc =
        remote_post_csv(remote, invocation, "/export", body.bytes, body.length, csv, err);
    buffer_free(&body);
    return rc;
}

static int fetch(struct invocation *invocation, const struct node_list *list,
                 struct buffer *csv, struct error *err)
{
    struct target target;
    int rc;

    if (target_open_read(&target, invocation->operands[0], err) < 0)
        return -1;
    rc = target.remote ? export_there(invocation, target.remote, list, csv, err)
                       : node_export(target.node, invocation->arena, list, csv, err);
    target_close(&target);
    return rc;
}

/* ---- the file ---- */

static int already_there(const char *path, struct error *err)
{
    return error_set(err, ERROR_REFUSED, "%s is already there: --force overwrites it",
                     path);
}

/* A link fails where something is; a rename replaces it. */
int export_put_in_place(const char *temporary, const char *path, bool force,
                        struct error *err)
{
    if (force)
        return rename(temporary, path) == 0
                   ? 0
                   : error_errno(err, "%s cannot be written", path);
    if (link(temporary, path) == 0) {
        unlink(temporary);
        return 0;
    }
    return errno == EEXIST ? already_there(path, err)
                           : error_errno(err, "%s cannot be written", path);
}

int output_file(const struct invocation *invocation, const char *path,
                const struct buffer *csv, struct error *err)
{
    char *temporary = arena_printf(invocation->arena, "%s.XXXXXX", path);
    int fd = mkostemp(temporary, O_CLOEXEC); /* mode 0600 */
    int rc = 0;

    if (fd < 0)
        return error_errno(err, "%s cannot be written", path);
    if (file_write_all(fd, csv->bytes, csv->length) < 0 || fsync(fd) < 0)
        rc = error_errno(err, "%s cannot be written", path);
    if (close(fd) < 0 && rc == 0)
        rc = error_errno(err, "%s cannot be written", path);
    if (rc == 0)
        rc = export_put_in_place(temporary, path, option_given(invocation, OPTION_FORCE),
                                 err);
    if (rc < 0)
        unlink(temporary);
    return rc;
}

/* ---- the command ---- */

static void put_result(struct invocation *invocation, const char *path,
                       const struct buffer *csv)
{
    bool by_number = list_right(invocation->caller.purpose) == LIST_NUMBERS;
    struct buffer *out = &invocation->out;
    uint64_t lines = 0;

    for (size_t i = 0; i < csv->length; i++)
        lines += csv->bytes[i] == '\n';
    lines--; /* the columns' names */
    if (invocation->json) {
        buffer_string(out, "{\"file\":");
        buffer_json_string(out, path);
        buffer_printf(out, ",\"patients\":%" PRIu64 ",\"by\":\"%s\"}\n", lines,
                      by_number ? "number" : "pseudonym");
        return;
    }
    text_count(out, invocation->lang, lines, "patient", "patients");
    buffer_printf(out, "%s%s%s\n", say(invocation, " dans ", " in "), path,
                  by_number ? say(invocation, ", par numéro (IPP)", ", by number (IPP)")
                            : say(invocation, ", par pseudonyme", ", by pseudonym"));
}

static int read_list(struct invocation *invocation, struct node_list *list,
                     struct error *err)
{
    bool has_criteria = invocation->n_operands > 1;
    uint64_t run = 0;

    if (has_criteria == (list->cohort != NULL))
        return usage_error(invocation, err, "expected either criteria or --cohort NAME");
    if (!list->cohort && option_given(invocation, OPTION_RUN))
        return usage_error(invocation, err, "--run goes with --cohort");
    if (list->cohort && option_given(invocation, OPTION_AS_OF))
        return usage_error(invocation, err, "a saved run has its own --as-of");
    if (option_as_of(invocation, &list->as_of, err) < 0 ||
        option_number(invocation, OPTION_RUN, 1, RUN_MAX, &run, err) < 0)
        return -1;
    list->run = (unsigned)run;
    return has_criteria ? criteria_operand(invocation, invocation->operands[1],
                                           &list->criteria, err)
                        : 0;
}

#define LIST_NAME "list"

/* RENDER_FORMATS for the list. */
static int read_format(struct invocation *invocation, struct render_options *options,
                       struct error *err)
{
    const char *name = option_value(invocation, OPTION_FORMAT, LIST_NAME);
    const char *decimal = option_value(invocation, OPTION_DECIMAL, "comma");

    options->lang = invocation->lang;
    options->format = render_format_named(name);
    options->decimal_point = strcmp(decimal, "point") == 0;
    if (options->format == RENDER_FORMATS && strcmp(name, LIST_NAME) != 0)
        return usage_error(
            invocation, err,
            "--format %.40s: expected list, osiris-rwd, osiris-pivot or csv", name);
    if (!options->decimal_point && strcmp(decimal, "comma") != 0)
        return usage_error(invocation, err, "--decimal %.40s: expected comma or point",
                           decimal);
    if (option_given(invocation, OPTION_DECIMAL) && options->format != RENDER_FLAT)
        return usage_error(invocation, err, "--decimal goes with --format csv");
    return 0;
}

int command_export(struct invocation *invocation, struct error *err)
{
    struct node_list list = {.cohort = option_value(invocation, OPTION_OF_COHORT, NULL),
                             .caller = &invocation->caller,
                             .now = invocation->now,
                             .lang = invocation->lang,
                             .certain = option_given(invocation, OPTION_CERTAIN)};
    const char *path = option_value(invocation, OPTION_FILE, NULL);
    struct render_options options = {.format = RENDER_FORMATS};
    struct buffer csv;
    int rc;

    if (!path)
        return usage_error(invocation, err, "--out FILE is needed");
    if (read_format(invocation, &options, err) < 0 ||
        read_list(invocation, &list, err) < 0)
        return -1;
    if (!option_given(invocation, OPTION_FORCE) && access(path, F_OK) == 0)
        return already_there(path, err);
    if (options.format != RENDER_FORMATS)
        return export_records(invocation, &list, &options, path, err);
    buffer_init(&csv, OUTPUT_LIMIT);
    rc = fetch(invocation, &list, &csv, err);
    if (rc == 0)
        rc = output_file(invocation, path, &csv, err);
    if (rc == 0)
        put_result(invocation, path, &csv);
    buffer_free(&csv);
    return rc;
}
