/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/help.c: --help out of the table, and the command that shows it. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"

#define WIDTH ((size_t)80)
#define NAME_COLUMN ((size_t)14)
#define OPTION_COLUMN ((size_t)22)

static const char *pick(enum lang lang, const char *fr, const char *en)
{
    return lang == LANG_FR ? fr : en;
}

/* Paragraphs; lines that start with a blank stay as they are. */
static void put_text(struct buffer *out, const char *text)
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        char line[4096];

        if (*text == ' ' || length == 0) {
            buffer_append(out, text, length);
            buffer_char(out, '\n');
        } else {
            snprintf(line, sizeof(line), "%.*s", (int)length, text);
            text_wrap(out, line, 0, 0, WIDTH);
        }
        text += length + (text[length] == '\n');
    }
}

static void put_examples(struct buffer *out, const char *example, enum lang lang)
{
    buffer_printf(out, "\n%s\n", pick(lang, "Exemples :", "Examples:"));
    while (*example) {
        size_t length = strcspn(example, "\n");

        buffer_printf(out, "  %.*s\n", (int)length, example);
        example += length + (example[length] == '\n');
    }
}

static void put_actions(struct buffer *out, enum command_id command, enum lang lang)
{
    for (size_t i = 0; i < ACTIONS; i++) {
        const struct action_row *action = &action_table[i];

        if (action->command != command)
            continue;
        buffer_printf(out, "  %s %s\n      ", action->name, action->operands[lang]);
        text_wrap(out, action->text[lang], 6, 6, WIDTH);
    }
}

static void put_option(struct buffer *out, const struct option_row *option,
                       enum lang lang)
{
    char name[96];
    const char *argument = option->argument[lang];
    size_t columns;

    if (option->letter)
        snprintf(name, sizeof(name), "  -%c, --%s%s%s", option->letter, option->name,
                 *argument ? " " : "", argument);
    else
        snprintf(name, sizeof(name), "      --%s%s%s", option->name, *argument ? " " : "",
                 argument);
    columns = text_columns(name, strlen(name));
    if (columns + 2 > OPTION_COLUMN + 4) {
        buffer_printf(out, "%s\n", name);
        buffer_padded(out, "", OPTION_COLUMN + 4);
    } else {
        buffer_padded(out, name, OPTION_COLUMN + 4);
    }
    text_wrap(out, option->text[lang], OPTION_COLUMN + 4, OPTION_COLUMN + 4, WIDTH);
}

static void put_statuses(struct buffer *out, enum lang lang)
{
    buffer_printf(out, "\n%s\n", pick(lang, "Code de retour :", "Exit status:"));
    for (size_t i = 0; i < exit_count; i++) {
        buffer_printf(out, "  %d  ", exit_table[i].number);
        text_wrap(out, exit_table[i].text[lang], 5, 5, WIDTH);
    }
}

void help_command(struct buffer *out, const struct command_row *command, enum lang lang)
{
    buffer_printf(out, "%s lacis %s%s%s%s\n\n", pick(lang, "Usage :", "Usage:"),
                  command->name, pick(lang, " [OPTION]...", " [OPTION]..."),
                  *command->operands[lang] ? " " : "", command->operands[lang]);
    put_text(out, command->text[lang]);
    if (action_find(command->id, NULL)) {
        buffer_printf(out, "\n%s\n", pick(lang, "Actions :", "Actions:"));
        put_actions(out, command->id, lang);
    }
    buffer_printf(out, "\n%s\n", pick(lang, "Options :", "Options:"));
    for (size_t i = 0; i < OPTIONS; i++)
        if (option_is_of(&option_table[i], command->id))
            put_option(out, &option_table[i], lang);
    put_examples(out, command->example, lang);
    put_statuses(out, lang);
}

void help_overview(struct buffer *out, enum lang lang)
{
    buffer_string(
        out, pick(lang,
                  "Lacis : les données d'un centre de lutte contre le cancer, et des "
                  "réponses exactes.\n\n"
                  "Usage : lacis COMMANDE [OPTION]... [ARGUMENT]...\n\nCommandes :\n",
                  "Lacis: the data of a cancer centre, and exact answers from them.\n\n"
                  "Usage: lacis COMMAND [OPTION]... [ARGUMENT]...\n\nCommands:\n"));
    for (size_t i = 0; i < COMMANDS; i++) {
        if (command_table[i].hidden)
            continue;
        buffer_string(out, "  ");
        buffer_padded(out, command_table[i].name, NAME_COLUMN - 2);
        text_wrap(out, command_table[i].summary[lang], NAME_COLUMN, NAME_COLUMN, WIDTH);
    }
    put_statuses(out, lang);
    buffer_printf(out, "\n%s\n",
                  pick(lang, "lacis COMMANDE --help dit tout sur une commande.",
                       "lacis COMMAND --help tells all about one."));
}

/* ---- the same as JSON ---- */

static void put_member(struct buffer *out, const char *name, const char *text)
{
    buffer_printf(out, "%s\"%s\":", out->bytes[out->length - 1] == '{' ? "" : ",", name);
    buffer_json_string(out, text);
}

static void put_command(struct buffer *out, const struct command_row *command,
                        enum lang lang)
{
    buffer_char(out, '{');
    put_member(out, "name", command->name);
    put_member(out, "operands", command->operands[lang]);
    put_member(out, "summary", command->summary[lang]);
    buffer_string(out, ",\"actions\":[");
    for (size_t i = 0, n = 0; i < ACTIONS; i++) {
        if (action_table[i].command != command->id)
            continue;
        buffer_string(out, n++ ? ",{" : "{");
        put_member(out, "name", action_table[i].name);
        put_member(out, "operands", action_table[i].operands[lang]);
        put_member(out, "text", action_table[i].text[lang]);
        buffer_char(out, '}');
    }
    buffer_string(out, "],\"options\":[");
    for (size_t i = 0, n = 0; i < OPTIONS; i++) {
        const struct option_row *option = &option_table[i];

        if (!option_is_of(option, command->id))
            continue;
        buffer_string(out, n++ ? ",{" : "{");
        put_member(out, "name", option->name);
        put_member(out, "argument", option->argument[lang]);
        put_member(out, "text", option->text[lang]);
        buffer_char(out, '}');
    }
    buffer_string(out, "]}");
}

void help_json(struct buffer *out, const struct command_row *command, enum lang lang)
{
    if (command) {
        put_command(out, command, lang);
        buffer_char(out, '\n');
        return;
    }
    buffer_string(out, "{\"commands\":[");
    for (size_t i = 0, n = 0; i < COMMANDS; i++) {
        if (command_table[i].hidden)
            continue;
        buffer_string(out, n++ ? "," : "");
        put_command(out, &command_table[i], lang);
    }
    buffer_string(out, "],\"exit\":{");
    for (size_t i = 0; i < exit_count; i++) {
        char number[16];

        snprintf(number, sizeof(number), "%d", exit_table[i].number);
        put_member(out, number, exit_table[i].text[lang]);
    }
    buffer_string(out, "}}\n");
}

/* ---- the command ---- */

int command_help(struct invocation *invocation, struct error *err)
{
    const struct command_row *command = NULL;

    if (invocation->n_operands > 0) {
        command = command_find(invocation->operands[0]);
        if (!command) {
            invocation->command = NULL;
            return usage_error(invocation, err, "there is no command %.40s",
                               invocation->operands[0]);
        }
    }
    if (invocation->json)
        help_json(&invocation->out, command, invocation->lang);
    else if (command)
        help_command(&invocation->out, command, invocation->lang);
    else
        help_overview(&invocation->out, invocation->lang);
    return EXIT_OK;
}
