/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/coverage.c: coverage.def as days, and as the file that a centre declares. */
#include <assert.h>
#include <ctype.h>
#include <string.h>

#include "base/arena.h"
#include "synth/sheet.h"
#include "synth/synth_internal.h"

static const struct coverage_row {
    enum group group;
    const char *id, *source;
    const char *from[2], *to[2]; /* even and odd centres */
} rows[] = {
#define COVERAGE(group, source, from_even, to_even, from_odd, to_odd) \
    {GROUP_##group, #group, source, {from_even, from_odd}, {to_even, to_odd}},
#include "synth/coverage.def"
#undef COVERAGE
};

/* YYYY-MM-DD, or OPEN when empty. */
static day_number bound(const char *text, day_number open)
{
    int number[3] = {0}, part = 0;

    if (text[0] == '\0')
        return open;
    for (const char *at = text; *at; at++) {
        if (*at == '-')
            part++;
        else
            number[part] = number[part] * 10 + (*at - '0');
    }
    return day_from_civil(number[0], number[1], number[2]);
}

const struct synth_coverage *synth_coverage_new(struct arena *arena)
{
    struct synth_coverage *coverage = arena_alloc(arena, sizeof *coverage);
    unsigned n[GROUPS] = {0};

    for (unsigned odd = 0; odd < 2; odd++)
        for (unsigned group = 0; group < GROUPS; group++)
            for (unsigned i = 0; i < 2; i++)
                coverage->period[odd][group][i] = (struct synth_period){1, 0};
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert(n[rows[i].group] < 2);
        for (unsigned odd = 0; odd < 2; odd++)
            coverage->period[odd][rows[i].group][n[rows[i].group]] =
                (struct synth_period){bound(rows[i].from[odd], DAY_MIN),
                                      bound(rows[i].to[odd], DAY_MAX)};
        n[rows[i].group]++;
    }
    return coverage;
}

void synth_coverage_csv(unsigned centre, struct sheet *sheet)
{
    unsigned odd = centre & 1;

    sheet_room(sheet, 160 * (ARRAY_LENGTH(rows) + 1));
    PUT(sheet, "kind,source,from,to\n");
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        if (strcmp(rows[i].from[odd], "-") == 0)
            continue;
        for (const char *at = rows[i].id; *at; at++)
            put_char(sheet, (char)tolower((unsigned char)*at));
        put_char(sheet, ',');
        put_string(sheet, rows[i].source);
        put_char(sheet, ',');
        put_string(sheet, rows[i].from[odd]);
        put_char(sheet, ',');
        put_string(sheet, rows[i].to[odd]);
        put_char(sheet, '\n');
    }
}
