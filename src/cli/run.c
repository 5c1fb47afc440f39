/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/run.c: from the words of the command line to an exit status.
 *
 * What a command has printed into its buffer goes to the standard output at once at its end,
 * also when it failed half-way (an import keeps the good part). Then the error: on standard
 * error in words, and with --json on the standard output as an object, so that a script finds
 * it where it reads. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/cli.h"

#define ARENA_LIMIT ((size_t)1 << 30)
#define SHOWN_COLUMNS ((unsigned)100) /* of a long line of criteria, around the mistake */

int exit_of_error(const struct error *err)
{
    switch (err->code) {
    case ERROR_NONE: return EXIT_OK;
    case ERROR_INPUT: return EXIT_INPUT;
    case ERROR_LIMIT: return EXIT_LIMIT;
    case ERROR_NOT_FOUND: return EXIT_NOT_FOUND;
    case ERROR_REFUSED: return EXIT_REFUSED;
    case ERROR_BUSY: return EXIT_BUSY;
    case ERROR_CORRUPT: return EXIT_CORRUPT;
    case ERROR_IO: return EXIT_IO;
    }
    return EXIT_IO;
}

/* ---- mistakes shown where they stand ---- */

/* The line of the text and a caret under its column. Tabs are kept under tabs, and bytes that
 * continue a character take no room, so that the caret stands right in any terminal. */
static void put_caret(struct buffer *out, const struct invocation *invocation,
                      const struct error *err)
{
    const char *line = invocation->text;

    if (!line || err->line == 0 || err->column == 0)
        return;
    for (unsigned i = 1; i < err->line; i++) {
        line = strchr(line, '\n');
        if (!line)
            return;
        line++;
    }

    size_t length = strcspn(line, "\r\n");
    size_t mistake = err->column - 1 < length ? err->column - 1 : length;
    size_t from = mistake > SHOWN_COLUMNS / 2 ? mistake - SHOWN_COLUMNS / 2 : 0;

    while (from > 0 && ((unsigned char)line[from] & 0xC0) == 0x80)
        from--;
    if (length - from > SHOWN_COLUMNS)
        length = from + SHOWN_COLUMNS;
    while (length > mistake && ((unsigned char)line[length] & 0xC0) == 0x80)
        length--;

    buffer_string(out, "  ");
    buffer_append(out, line + from, length - from);
    buffer_string(out, "\n  ");
    for (size_t i = from; i < mistake; i++)
        if (((unsigned char)line[i] & 0xC0) != 0x80)
            buffer_char(out, line[i] == '\t' ? '\t' : ' ');
    buffer_string(out, "^\n");
}

static void error_in_words(struct buffer *out, const struct invocation *invocation,
                           const struct error *err)
{
    buffer_string(out, "lacis: ");
    if (invocation->text && invocation->text_name)
        buffer_printf(out, "%s: ", invocation->text_name);
    if (invocation->text && err->line > 0 && err->column > 0)
        buffer_printf(out, "line %u, column %u: ", err->line, err->column);
    buffer_printf(out, "%s\n", err->message);
    put_caret(out, invocation, err);
}

void error_json(struct buffer *out, const struct invocation *invocation,
                const struct error *err)
{
    buffer_string(out, "{\"code\":");
    buffer_json_string(out, invocation->usage ? "usage" : error_code_name(err->code));
    buffer_string(out, ",\"message\":");
    buffer_json_string(out, err->message);
    if (err->line > 0)
        buffer_printf(out, ",\"line\":%u", err->line);
    if (err->column > 0)
        buffer_printf(out, ",\"column\":%u", err->column);
    buffer_char(out, '}');
}

/* ---- the end ---- */

static bool write_out(const struct buffer *out)
{
    return out->length == 0 || fwrite(out->bytes, 1, out->length, stdout) == out->length;
}

/* STATUS of the command, -1 for ERR: everything is told, and the status of the program is
 * returned. */
static int finish(struct invocation *invocation, int status, struct error *err)
{
    struct buffer words;

    if (status >= 0 && buffer_check(&invocation->out, "the answer", err) < 0)
        status = -1;
    buffer_init(&words, (size_t)1 << 20);
    if (status < 0) {
        error_in_words(&words, invocation, err);
        status = invocation->usage     ? EXIT_USAGE
                 : invocation->failure ? invocation->failure
                                       : exit_of_error(err);
        if (invocation->json && !invocation->told) {
            buffer_string(&invocation->out, "{\"error\":");
            error_json(&invocation->out, invocation, err);
            buffer_string(&invocation->out, "}\n");
        }
    }
    if (!write_out(&invocation->out) || fflush(stdout) != 0) {
        struct error lost = ERROR_INIT;

        error_errno(&lost, "the standard output cannot be written");
        buffer_printf(&words, "lacis: %s\n", lost.message);
        status = EXIT_IO;
    }
    fputs(buffer_text(&words), stderr);
    buffer_free(&words);
    return status;
}

static int run_command(struct invocation *invocation, int argc, char **argv,
                       struct error *err)
{
    if (arguments_parse(invocation, argc, argv, err) < 0)
        return -1;
    if (!invocation->help)
        return invocation->command->run(invocation, err);
    if (invocation->json)
        help_json(&invocation->out, invocation->command, invocation->lang);
    else
        help_command(&invocation->out, invocation->command, invocation->lang);
    return EXIT_OK;
}

static bool is_word(const char *word, const char *one, const char *other)
{
    return strcmp(word, one) == 0 || strcmp(word, other) == 0;
}

int cli_main(int argc, char **argv)
{
    struct invocation invocation = {.arena = arena_new("command line", ARENA_LIMIT),
                                    .lang = lang_of_environment(),
                                    .now = clock_now()};
    struct error err = ERROR_INIT;
    const char *word = argc > 1 ? argv[1] : "--help";
    int status = argc > 1 ? EXIT_OK : EXIT_USAGE;

    buffer_init(&invocation.out, OUTPUT_LIMIT);
    /* even a mistake in the options is told the way that was asked for */
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        invocation.json |= strcmp(argv[i], "--json") == 0;

    if (is_word(word, "--help", "-h"))
        help_overview(&invocation.out, invocation.lang);
    else if (is_word(word, "--version", "-V"))
        status = command_version(&invocation, &err);
    else if ((invocation.command = command_find(word)))
        status = run_command(&invocation, argc - 1, argv + 1, &err);
    else
        status = usage_error(&invocation, &err, "there is no command %.40s", word);

    status = finish(&invocation, status, &err);
    buffer_free(&invocation.out);
    arena_free(invocation.arena);
    return status;
}
