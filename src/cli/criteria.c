/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/criteria.c: lacis criteria CRITERIA */
#include "criteria/json.h"

#include <string.h>

#include "cli/cli.h"
#include "criteria/sentence.h"

#define COLUMNS 96

static void put_json(struct invocation *invocation, const struct criteria *criteria)
{
    static const char *const names[] = {[LANG_FR] = "fr", [LANG_EN] = "en"};
    struct buffer *out = &invocation->out;

    buffer_string(out, "{\"criteria\":");
    buffer_json_string(out, criteria_print(invocation->arena, criteria));
    buffer_string(out, ",\"sentence\":{");
    for (enum lang lang = LANG_FR; lang <= LANG_EN; lang++) {
        buffer_printf(out, "%s\"%s\":", lang == LANG_FR ? "" : ",", names[lang]);
        buffer_json_string(out, criteria_sentence(invocation->arena, criteria, lang));
    }
    buffer_string(out, "}}\n");
}

int command_criteria(struct invocation *invocation, struct error *err)
{
    const struct criteria *criteria;
    const char *text;

    if (criteria_operand(invocation, invocation->operands[0], &text, err) < 0)
        return -1;
    criteria = criteria_read(invocation->arena, text, strlen(text), NULL, err);
    if (!criteria) {
        invocation->failure = EXIT_USAGE;
        return -1;
    }
    if (invocation->json) {
        put_json(invocation, criteria);
        return EXIT_OK;
    }
    buffer_printf(&invocation->out, "%s\n", criteria_print(invocation->arena, criteria));
    for (enum lang lang = LANG_FR; lang <= LANG_EN; lang++)
        if (!option_given(invocation, OPTION_LANG) || lang == invocation->lang)
            text_wrap(&invocation->out,
                      criteria_sentence(invocation->arena, criteria, lang), 0, 2,
                      COLUMNS);
    return EXIT_OK;
}
