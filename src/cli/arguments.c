/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/arguments.c: the words of a command line, read as the table says. */
#include <errno.h>
#include <getopt.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"
#include "cli/cli.h"

#define CALLER_MAX 64
#define LONG_BASE 256 /* getopt's values: letters, then LONG_BASE + option */

int usage_error(struct invocation *invocation, struct error *err, const char *format, ...)
{
    char message[900];
    const char *command = invocation->command ? invocation->command->name : NULL;
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    invocation->usage = true;
    return error_set(err, ERROR_INPUT, "%s: see lacis %s%s", message,
                     command ? command : "--help", command ? " --help" : "");
}

/* ---- values of options ---- */

bool option_given(const struct invocation *invocation, enum option_id option)
{
    return invocation->options[option].n > 0;
}

const char *option_value(const struct invocation *invocation, enum option_id option,
                         const char *otherwise)
{
    size_t n = invocation->options[option].n;

    return n > 0 ? invocation->options[option].values[n - 1] : otherwise;
}

int option_number(struct invocation *invocation, enum option_id option, uint64_t low,
                  uint64_t high, uint64_t *number_r, struct error *err)
{
    const char *text = option_value(invocation, option, NULL);
    unsigned long long number;
    char *end;

    if (!text)
        return 0;
    errno = 0;
    number = strtoull(text, &end, 10);
    if (*text < '0' || *text > '9' || *end || errno || number < low || number > high)
        return usage_error(invocation, err,
                           "--%s %.40s: expected a number from %llu to %llu",
                           option_table[option].name, text, (unsigned long long)low,
                           (unsigned long long)high);
    *number_r = number;
    return 0;
}

int option_share(struct invocation *invocation, enum option_id option, double *share_r,
                 struct error *err)
{
    const char *text = option_value(invocation, option, NULL);
    double share;
    char *end;

    if (!text)
        return 0;
    share = strtod(text, &end);
    if (end == text || *end || !(share >= 0 && share <= 1))
        return usage_error(invocation, err, "--%s %.40s: expected a share such as 0.035",
                           option_table[option].name, text);
    *share_r = share;
    return 0;
}

/* ---- what getopt wants ---- */

struct getopt_tables {
    struct option longs[OPTIONS + 1];
    char letters[2 * OPTIONS + 2];
};

static void tables_make(enum command_id command, struct getopt_tables *tables)
{
    size_t n = 0;
    size_t at = 0;

    tables->letters[at++] = ':'; /* tells a missing argument from an unknown option */
    for (size_t i = 0; i < OPTIONS; i++) {
        const struct option_row *row = &option_table[i];
        bool takes = *row->argument[LANG_EN] != '\0';

        if (!option_is_of(row, command))
            continue;
        tables->longs[n++] =
            (struct option){.name = row->name,
                            .has_arg = takes ? required_argument : no_argument,
                            .val = LONG_BASE + (int)row->id};
        if (!row->letter)
            continue;
        tables->letters[at++] = row->letter;
        if (takes)
            tables->letters[at++] = ':';
    }
    tables->longs[n] = (struct option){0};
    tables->letters[at] = '\0';
}

static const struct option_row *option_of_value(enum command_id command, int value)
{
    for (size_t i = 0; i < OPTIONS; i++)
        if (option_is_of(&option_table[i], command) &&
            (value == LONG_BASE + (int)i ||
             (value > 0 && value == option_table[i].letter)))
            return &option_table[i];
    return NULL;
}

/* getopt returned ':' or '?' about the word it has just looked at. */
static int option_wrong(struct invocation *invocation, int what, char **argv,
                        struct error *err)
{
    const struct option_row *row = option_of_value(invocation->command->id, optopt);
    const char *word = optind > 0 ? argv[optind - 1] : "";

    if (what == ':' && row)
        return usage_error(invocation, err, "--%s wants a value: %s", row->name,
                           row->argument[LANG_EN]);
    if (row)
        return usage_error(invocation, err, "--%s takes no value", row->name);
    if (optopt > 0 && optopt < LONG_BASE)
        return usage_error(invocation, err, "unknown option -%c", optopt);
    return usage_error(invocation, err, "unknown option %.60s", word);
}

static int option_take(struct invocation *invocation, const struct option_row *row,
                       struct error *err)
{
    size_t n = invocation->options[row->id].n;

    if (n >= row->most && *row->argument[LANG_EN])
        return usage_error(invocation, err, "--%s may be given %zu times at most",
                           row->name, row->most);
    if (n < row->most)
        invocation->options[row->id].values[invocation->options[row->id].n++] =
            optarg ? optarg : "";
    return 0;
}

/* ---- who and in which language ---- */

enum lang lang_of_environment(void)
{
    static const char *const names[] = {"LC_ALL", "LC_MESSAGES", "LANG"};

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        const char *value = getenv(names[i]);

        if (value &&
            *value) /* the first that says anything decides, as for all programs */
            return strncasecmp(value, "fr", 2) == 0 ? LANG_FR : LANG_EN;
    }
    return LANG_EN;
}

static const char *login(struct arena *arena)
{
    struct passwd entry;
    struct passwd *found = NULL;
    char text[4096];

    if (getpwuid_r(geteuid(), &entry, text, sizeof(text), &found) == 0 && found)
        return arena_string(arena, entry.pw_name, strlen(entry.pw_name));
    return arena_printf(arena, "user %u", (unsigned)geteuid());
}

/* What a server takes as well: the name goes into a header and into the log. */
static bool caller_is_good(const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < length; i++)
        if (name[i] < ' ' || name[i] > '~')
            return false;
    return length > 0 && length <= CALLER_MAX;
}

static int common_options(struct invocation *invocation, struct error *err)
{
    const char *lang = option_value(invocation, OPTION_LANG, NULL);
    const char *caller = option_value(invocation, OPTION_CALLER, NULL);
    const char *purpose = option_value(invocation, OPTION_PURPOSE, NULL);

    invocation->json = option_given(invocation, OPTION_JSON);
    invocation->quiet = option_given(invocation, OPTION_QUIET);
    invocation->help = option_given(invocation, OPTION_HELP);
    if (lang && strcmp(lang, "fr") != 0 && strcmp(lang, "en") != 0)
        return usage_error(invocation, err, "--lang %.40s: expected fr or en", lang);
    if (lang)
        invocation->lang = strcmp(lang, "fr") == 0 ? LANG_FR : LANG_EN;

    if (caller && !caller_is_good(caller))
        return usage_error(invocation, err,
                           "--caller: expected 1 to %d printable ASCII characters",
                           CALLER_MAX);
    invocation->caller.name = caller ? caller : login(invocation->arena);
    invocation->caller.via = "cli";
    invocation->caller.purpose = invocation->command->purpose;
    if (!purpose)
        return 0;
    for (int i = PURPOSE_CARE; i <= PURPOSE_OPERATION; i++) {
        if (strcmp(purpose, purpose_name((enum purpose)i)) == 0) {
            invocation->caller.purpose = (enum purpose)i;
            return 0;
        }
    }
    return usage_error(invocation, err,
                       "--purpose %.40s: expected care, research, quality or operation",
                       purpose);
}

/* The first operand of a command with actions, which then is none of them. */
static int take_action(struct invocation *invocation, struct error *err)
{
    const struct command_row *command = invocation->command;
    const char *word = invocation->n_operands > 0 ? invocation->operands[0] : "";
    const struct action_row *action = action_find(command->id, word);
    char known[256] = "";
    size_t length = 0;

    for (size_t i = 0; i < ACTIONS && length < sizeof(known); i++)
        if (action_table[i].command == command->id)
            length += (size_t)snprintf(known + length, sizeof(known) - length, "%s%s",
                                       length ? ", " : "", action_table[i].name);
    if (!action)
        return usage_error(invocation, err, "lacis %s \"%.40s\": expected one of %s",
                           command->name, word, known);
    invocation->action = action;
    invocation->operands++;
    invocation->n_operands--;
    if (invocation->n_operands < action->least)
        return usage_error(invocation, err, "expected lacis %s %s %s", command->name,
                           action->name, action->operands[LANG_EN]);
    if (invocation->n_operands > action->most)
        return usage_error(invocation, err, "\"%.60s\" is one word too many",
                           invocation->operands[action->most]);
    return 0;
}

static int check_operands(struct invocation *invocation, struct error *err)
{
    const struct command_row *command = invocation->command;

    if (invocation->help)
        return 0;
    if (action_find(command->id, NULL))
        return take_action(invocation, err);
    if (invocation->n_operands < command->least)
        return usage_error(invocation, err, "expected lacis %s %s", command->name,
                           command->operands[LANG_EN]);
    if (invocation->n_operands > command->most && command->id == COMMAND_COUNT)
        return usage_error(invocation, err,
                           "the criteria are one argument: put them in 'quotes'");
    if (invocation->n_operands > command->most)
        return usage_error(invocation, err, "\"%.60s\" is one word too many",
                           invocation->operands[command->most]);
    return 0;
}

int arguments_parse(struct invocation *invocation, int argc, char **argv,
                    struct error *err)
{
    struct getopt_tables tables;
    int value;

    tables_make(invocation->command->id, &tables);
    opterr = 0;
    optind = 0; /* GNU: start anew */
    while ((value = getopt_long(argc, argv, tables.letters, tables.longs, NULL)) != -1) {
        const struct option_row *row = option_of_value(invocation->command->id, value);

        if (value == '?' || value == ':' || !row)
            return option_wrong(invocation, value, argv, err);
        if (option_take(invocation, row, err) < 0)
            return -1;
    }
    invocation->operands = (const char *const *)argv + optind;
    invocation->n_operands = (size_t)(argc - optind);
    if (common_options(invocation, err) < 0)
        return -1;
    return check_operands(invocation, err);
}
