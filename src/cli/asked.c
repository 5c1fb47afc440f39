/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/asked.c: criteria and days as the words of a command line give them. */
#include "criteria/json.h"

#include <string.h>

#include "base/error.h"
#include "cli/cli.h"

int criteria_file(struct invocation *invocation, const char *file,
                  const char **criteria_r, struct error *err)
{
    if (text_read(invocation->arena, file, CRITERIA_JSON_MAX, criteria_r, err) < 0)
        return -1;
    invocation->text = *criteria_r;
    invocation->text_name = strcmp(file, "-") != 0 ? file : NULL;
    return 0;
}

int criteria_operand(struct invocation *invocation, const char *word,
                     const char **criteria_r, struct error *err)
{
    if (strcmp(word, "-") == 0 || *word == '@')
        return criteria_file(invocation, word + (*word == '@'), criteria_r, err);
    invocation->text = word;
    *criteria_r = word;
    return 0;
}

int option_as_of(struct invocation *invocation, day_number *day_r, struct error *err)
{
    const char *text = option_value(invocation, OPTION_AS_OF, NULL);
    struct interval date;

    *day_r = DAY_MAX;
    if (!text)
        return 0;
    if (date_parse(text, &date, NULL) < 0 || !interval_is_exact(date))
        return usage_error(invocation, err,
                           "--as-of %.40s: expected a day such as 2026-11-12", text);
    *day_r = date.first;
    return 0;
}
