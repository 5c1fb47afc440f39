/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/completion.c: completion for bash out of the table: commands, then options, then files. */
#include "base/error.h"
#include "cli/cli.h"

static void put_commands(struct buffer *out)
{
    for (size_t i = 0, n = 0; i < COMMANDS; i++)
        if (!command_table[i].hidden)
            buffer_printf(out, "%s%s", n++ ? " " : "", command_table[i].name);
}

/* The second word of a command that has actions. */
static void put_actions(struct buffer *out)
{
    for (size_t i = 0; i < ACTIONS; i++) {
        enum command_id command = action_table[i].command;

        if (action_find(command, NULL) == &action_table[i])
            buffer_printf(out,
                          "    elif [ \"$COMP_CWORD\" = 2 ] && "
                          "[ \"${COMP_WORDS[1]}\" = %s ]; then\n        words=\"",
                          command_table[command].name);
        buffer_printf(out, "%s%s",
                      action_find(command, NULL) == &action_table[i] ? "" : " ",
                      action_table[i].name);
        if (i + 1 == ACTIONS || action_table[i + 1].command != command)
            buffer_string(out, "\"\n");
    }
}

void completion_script(struct buffer *out)
{
    buffer_string(out, "# SPDX-License-Identifier: Apache-2.0\n"
                       "_lacis() {\n"
                       "    local word=${COMP_WORDS[COMP_CWORD]} words=\n"
                       "    COMPREPLY=()\n"
                       "    if [ \"$COMP_CWORD\" = 1 ]; then\n"
                       "        words=\"");
    put_commands(out);
    buffer_string(out, "\"\n"
                       "    elif [ \"${COMP_WORDS[1]}\" = help ]; then\n"
                       "        words=\"");
    put_commands(out);
    buffer_string(out, "\"\n");
    put_actions(out);
    buffer_string(out, "    elif [ \"${word#-}\" != \"$word\" ]; then\n"
                       "        case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < COMMANDS; i++) {
        if (command_table[i].hidden)
            continue;
        buffer_printf(out, "        %s) words=\"", command_table[i].name);
        for (size_t k = 0, n = 0; k < OPTIONS; k++)
            if (option_is_of(&option_table[k], (enum command_id)i))
                buffer_printf(out, "%s--%s", n++ ? " " : "", option_table[k].name);
        buffer_string(out, "\" ;;\n");
    }
    buffer_string(out,
                  "        esac\n"
                  "    fi\n"
                  "    if [ -n \"$words\" ]; then\n"
                  "        mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
                  "    fi\n"
                  "}\n"
                  "complete -o default -F _lacis lacis\n");
}

int command_completion(struct invocation *invocation, struct error *err)
{
    (void)err;
    completion_script(&invocation->out);
    return EXIT_OK;
}
