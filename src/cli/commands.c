/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/commands.c: commands.def as tables. */
#include <string.h>

#include "cli/cli.h"

#define SHOWN false
#define HIDDEN true
#define BOTH(english, french)                       \
    {                                               \
        [LANG_FR] = (french), [LANG_EN] = (english) \
    }

const struct command_row command_table[COMMANDS] = {
#define COMMAND(ID, word, visibility, fewest, largest, why, operands_en, operands_fr, \
                summary_en, summary_fr, text_en, text_fr, shell)                      \
    [COMMAND_##ID] = {.id = COMMAND_##ID,                                             \
                      .name = #word,                                                  \
                      .run = command_##word,                                          \
                      .hidden = (visibility),                                         \
                      .least = (fewest),                                              \
                      .most = (largest),                                              \
                      .purpose = (why),                                               \
                      .operands = BOTH(operands_en, operands_fr),                     \
                      .summary = BOTH(summary_en, summary_fr),                        \
                      .text = BOTH(text_en, text_fr),                                 \
                      .example = (shell)},
#define OPTION(...)
#define EXIT(...)
#define ACTION(...)
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
#undef EXIT
#undef ACTION
};

const struct action_row action_table[ACTIONS] = {
#define COMMAND(...)
#define OPTION(...)
#define EXIT(...)
#define ACTION(of, word, fewest, largest, operands_en, operands_fr, text_en, text_fr) \
    [ACTION_##of##_##word] = {.id = ACTION_##of##_##word,                             \
                              .command = COMMAND_##of,                                \
                              .name = #word,                                          \
                              .least = (fewest),                                      \
                              .most = (largest),                                      \
                              .operands = BOTH(operands_en, operands_fr),             \
                              .text = BOTH(text_en, text_fr)},
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
#undef EXIT
#undef ACTION
};

#define ON(command) (UINT64_C(1) << COMMAND_##command)
#define ALL UINT64_MAX

const struct option_row option_table[OPTIONS] = {
#define COMMAND(...)
#define OPTION(ID, word, short_form, argument_en, argument_fr, times, where, text_en, \
               text_fr)                                                               \
    [OPTION_##ID] = {.id = OPTION_##ID,                                               \
                     .name = (word),                                                  \
                     .letter = (short_form),                                          \
                     .argument = BOTH(argument_en, argument_fr),                      \
                     .most = (times),                                                 \
                     .commands = (where),                                             \
                     .text = BOTH(text_en, text_fr)},
#define EXIT(...)
#define ACTION(...)
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
#undef EXIT
#undef ACTION
};

const struct exit_row exit_table[] = {
#define COMMAND(...)
#define OPTION(...)
#define EXIT(ID, status, text_en, text_fr) \
    {.number = (status), .text = BOTH(text_en, text_fr)},
#define ACTION(...)
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
#undef EXIT
#undef ACTION
};
const size_t exit_count = ARRAY_LENGTH(exit_table);

const struct command_row *command_find(const char *name)
{
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(command_table[i].name, name) == 0)
            return &command_table[i];
    return NULL;
}

const struct action_row *action_find(enum command_id command, const char *name)
{
    for (size_t i = 0; i < ACTIONS; i++)
        if (action_table[i].command == command &&
            (!name || strcmp(action_table[i].name, name) == 0))
            return &action_table[i];
    return NULL;
}
