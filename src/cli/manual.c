/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/manual.c: man pages out of the table, in roff, and the hidden command that writes them
 * when Lacis is built. Pages are in English; --help speaks French too. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"
#include "criteria/json.h"

#define PAGE_LIMIT ((size_t)1 << 20)

/* LENGTH bytes of TEXT that roff shows as they are. */
static void put(struct buffer *out, const char *text, size_t length)
{
    if (length > 0 && (*text == '.' || *text == '\''))
        buffer_string(out, "\\&");
    for (size_t i = 0; i < length; i++) {
        switch (text[i]) {
        case '\\': buffer_string(out, "\\e"); break;
        case '-': buffer_string(out, "\\-"); break;
        case '\'': buffer_string(out, "\\(aq"); break;
        case '^': buffer_string(out, "\\(ha"); break;
        case '~': buffer_string(out, "\\(ti"); break;
        default: buffer_char(out, text[i]); break;
        }
    }
}

static void put_string(struct buffer *out, const char *text)
{
    put(out, text, strlen(text));
}

static void put_lines(struct buffer *out, const char *text)
{
    buffer_string(out, ".nf\n.RS\n");
    while (*text) {
        size_t length = strcspn(text, "\n");

        put(out, text, length);
        buffer_char(out, '\n');
        text += length + (text[length] == '\n');
    }
    buffer_string(out, ".RE\n.fi\n");
}

/* Paragraphs; lines that start with a blank are set as they are. */
static void put_text(struct buffer *out, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");

        if (length == 0) {
            buffer_string(out, ".PP\n");
        } else if (*text == ' ') {
            buffer_string(out, ".nf\n");
            put(out, text, length);
            buffer_string(out, "\n.fi\n");
        } else {
            put(out, text, length);
            buffer_char(out, '\n');
        }
        text += length + (text[length] == '\n');
    }
}

static void put_actions(struct buffer *out, enum command_id command)
{
    if (action_find(command, NULL))
        buffer_string(out, ".SH ACTIONS\n");
    for (size_t i = 0; i < ACTIONS; i++) {
        if (action_table[i].command != command)
            continue;
        buffer_printf(out, ".TP\n\\fB%s\\fR \\fI", action_table[i].name);
        put_string(out, action_table[i].operands[LANG_EN]);
        buffer_string(out, "\\fR\n");
        put_string(out, action_table[i].text[LANG_EN]);
        buffer_char(out, '\n');
    }
}

static void put_options(struct buffer *out, enum command_id command)
{
    buffer_string(out, ".SH OPTIONS\n");
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct option_row *option = &option_table[i];

        if (!option_is_of(option, command))
            continue;
        buffer_string(out, ".TP\n");
        if (option->letter)
            buffer_printf(out, "\\fB\\-%c\\fR, ", option->letter);
        buffer_string(out, "\\fB\\-\\-");
        put_string(out, option->name);
        buffer_printf(out, "\\fR%s\\fI", *option->argument[LANG_EN] ? " " : "");
        put_string(out, option->argument[LANG_EN]);
        buffer_string(out, "\\fR\n");
        put_string(out, option->text[LANG_EN]);
        buffer_char(out, '\n');
    }
}

static void put_statuses(struct buffer *out)
{
    buffer_string(out, ".SH EXIT STATUS\n");
    for (size_t i = 0; i < exit_count; i++) {
        buffer_printf(out, ".TP\n.B %d\n", exit_table[i].number);
        put_string(out, exit_table[i].text[LANG_EN]);
        buffer_char(out, '\n');
    }
}

static void put_see_also(struct buffer *out, const struct command_row *command)
{
    size_t n = 0;

    buffer_string(out, ".SH SEE ALSO\n");
    if (command)
        buffer_printf(out, ".BR lacis (1)%s\n", COMMANDS > 1 ? "," : "");
    for (size_t i = 0; i < COMMANDS; i++) {
        if (command_table[i].hidden || &command_table[i] == command)
            continue;
        buffer_printf(out, "%s.BR lacis\\-%s (1)", n++ ? ",\n" : "",
                      command_table[i].name);
    }
    buffer_char(out, '\n');
}

static void page_of_program(struct buffer *out)
{
    buffer_string(out,
                  ".SH NAME\nlacis \\- the data of a cancer centre, and exact answers\n"
                  ".SH SYNOPSIS\n.B lacis\n\\fICOMMAND\\fR [\\fIOPTION\\fR]... "
                  "[\\fIARGUMENT\\fR]...\n.SH DESCRIPTION\n"
                  "Each command has a page of its own.\n.SH COMMANDS\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        if (command_table[i].hidden)
            continue;
        buffer_printf(out, ".TP\n\\fB%s\\fR ", command_table[i].name);
        buffer_printf(out, "\\fI%s\\fR\n", command_table[i].operands[LANG_EN]);
        put_string(out, command_table[i].summary[LANG_EN]);
        buffer_printf(out, " (see\n.BR lacis\\-%s (1))\n", command_table[i].name);
    }
}

static void page_of_command(struct buffer *out, const struct command_row *command)
{
    buffer_printf(out, ".SH NAME\nlacis\\-%s \\- ", command->name);
    put_string(out, command->summary[LANG_EN]);
    buffer_printf(out, "\n.SH SYNOPSIS\n.B lacis %s\n[\\fIOPTION\\fR]... \\fI",
                  command->name);
    put_string(out, command->operands[LANG_EN]);
    buffer_string(out, "\\fR\n.SH DESCRIPTION\n");
    put_text(out, command->text[LANG_EN]);
    put_actions(out, command->id);
    put_options(out, command->id);
    buffer_string(out, ".SH EXAMPLES\n");
    put_lines(out, command->example);
}

void manual_page(struct buffer *out, const struct command_row *command)
{
    buffer_string(out, ".\\\" SPDX-License-Identifier: Apache-2.0\n.TH LACIS");
    buffer_string(out, command ? "\\-" : "");
    for (const char *c = command ? command->name : ""; *c; c++)
        buffer_char(out, (char)(*c - 'a' + 'A'));
    /* no date: the same source gives the same page */
    buffer_printf(out, " 1 \"\" \"Lacis %s\" \"Lacis\"\n", LACIS_VERSION);
    if (command)
        page_of_command(out, command);
    else
        page_of_program(out);
    put_statuses(out);
    put_see_also(out, command);
}

/* ---- the command ---- */

static int write_text(const char *path, const struct buffer *text, struct error *err)
{
    FILE *file = fopen(path, "we");

    if (!file)
        return error_errno(err, "%s cannot be written", path);
    fputs(buffer_text(text), file);
    if (ferror(file) | fclose(file))
        return error_errno(err, "%s cannot be written", path);
    return 0;
}

static int write_page(const struct invocation *invocation, const char *folder,
                      const struct command_row *command, struct error *err)
{
    const char *path = arena_printf(invocation->arena, "%s/lacis%s%s.1", folder,
                                    command ? "-" : "", command ? command->name : "");
    struct buffer page;
    int rc;

    buffer_init(&page, PAGE_LIMIT);
    manual_page(&page, command);
    rc = write_text(path, &page, err);
    buffer_free(&page);
    return rc;
}

static int write_model(const struct invocation *invocation, const char *folder,
                       struct error *err)
{
    struct buffer page;
    int rc;

    buffer_init(&page, PAGE_LIMIT);
    manual_model(&page);
    rc = write_text(arena_printf(invocation->arena, "%s/model.md", folder), &page, err);
    buffer_free(&page);
    return rc;
}

static int write_schema(const struct invocation *invocation, const char *folder,
                        struct error *err)
{
    struct buffer page;
    int rc;

    buffer_init(&page, PAGE_LIMIT);
    criteria_json_schema(&page);
    rc = write_text(arena_printf(invocation->arena, "%s/criteria.schema.json", folder),
                    &page, err);
    buffer_free(&page);
    return rc;
}

int command_man(struct invocation *invocation, struct error *err)
{
    const char *folder = option_value(invocation, OPTION_OUT, NULL);

    if (!folder)
        return usage_error(invocation, err, "--out FOLDER is missing");
    if (mkdir(folder, 0755) < 0 && errno != EEXIST)
        return error_errno(err, "%s cannot be made", folder);
    if (write_page(invocation, folder, NULL, err) < 0 ||
        write_model(invocation, folder, err) < 0 ||
        write_schema(invocation, folder, err) < 0)
        return -1;
    for (size_t i = 0; i < COMMANDS; i++)
        if (!command_table[i].hidden &&
            write_page(invocation, folder, &command_table[i], err) < 0)
            return -1;
    return EXIT_OK;
}
