/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/progress.c: how far long work is, on standard error.
 *
 * A person at a terminal sees one line that is rewritten; a log gets a line every ten
 * seconds, so that nobody thinks that it hangs. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "cli/cli.h"

#define TERMINAL_EVERY 100.0 /* milliseconds */
#define LOG_EVERY 10000.0
#define LINE_COLUMNS 100

void progress_start(struct progress *progress, const struct invocation *invocation,
                    const char *unit_fr, const char *unit_en)
{
    double now = clock_milliseconds();

    *progress = (struct progress){.lang = invocation->lang,
                                  .quiet = invocation->quiet,
                                  .terminal = isatty(STDERR_FILENO) == 1,
                                  .start = now,
                                  .last = now,
                                  .unit_fr = unit_fr,
                                  .unit_en = unit_en};
}

/* " 42 %  12,345 patients, 3,456/s, 12 s left  villejuif.ndjson.gz" */
static void put_line(struct buffer *line, const struct progress *progress,
                     const char *label, double share, uint64_t count)
{
    bool french = progress->lang == LANG_FR;
    double seconds = (clock_milliseconds() - progress->start) / 1000;

    if (share >= 0)
        buffer_printf(line, "%3.0f %%  ", share * 100);
    if (count > 0) {
        buffer_count(line, count, french);
        buffer_printf(line, " %s", french ? progress->unit_fr : progress->unit_en);
        if (seconds > 0.5) {
            buffer_string(line, ", ");
            buffer_count(line, (uint64_t)((double)count / seconds), french);
            buffer_string(line, "/s");
        }
    }
    /* the first second says little about the others */
    if (share > 0.001 && share < 1 && seconds > 1) {
        buffer_string(line, count > 0 ? ", " : "");
        buffer_string(line, french ? "reste " : "");
        text_seconds(line, progress->lang, seconds * (1 - share) / share);
        buffer_string(line, french ? "" : " left");
    }
    if (label) {
        const char *name = strrchr(label, '/');

        buffer_printf(line, "  %.40s", name ? name + 1 : label);
    }
}

void progress_show(struct progress *progress, const char *label, double share,
                   uint64_t count)
{
    double now = clock_milliseconds();
    struct buffer line;

    if (progress->quiet ||
        now - progress->last < (progress->terminal ? TERMINAL_EVERY : LOG_EVERY))
        return;
    progress->last = now;
    progress->shown = true;
    if (share > 1)
        share = 1;

    buffer_init(&line, 4 * LINE_COLUMNS);
    buffer_string(&line, progress->terminal ? "\r" : "");
    put_line(&line, progress, label, share, count);
    buffer_string(&line, progress->terminal ? "\033[K" : "\n");
    fputs(buffer_text(&line), stderr);
    buffer_free(&line);
}

void progress_end(struct progress *progress)
{
    if (progress->shown && progress->terminal)
        fputs("\r\033[K", stderr);
    progress->shown = false;
}

void progress_of_total(void *progress, uint64_t done, uint64_t total)
{
    progress_show(progress, NULL, total > 0 ? (double)done / (double)total : -1, done);
}
