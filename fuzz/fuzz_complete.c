/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_complete.c: any text with a cursor in it, whose place is the first byte.
 *
 * What is to be replaced lies before the cursor; and the text with the first proposal in that
 * place either parses or goes on. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "criteria/complete.h"
#include "criteria/criteria.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void check_proposal(struct arena *arena, const char *before,
                           const struct criteria_proposal *proposal)
{
    const struct criteria_proposal *next;
    const char *text = arena_printf(arena, "%s%s ", before, proposal->insert);
    size_t length = strlen(text), from;

    require(criteria_parse(arena, text, length, NULL) ||
            criteria_complete(arena, text, length, 5, &next, &from) > 0 ||
            strstr(text, "use") || strstr(text, "named"));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena;
    const struct criteria_proposal *proposals;
    size_t length, at, from, n;
    char *text;

    if (size == 0 || size > 2000)
        return 0;
    arena = arena_new("completion", (size_t)256 << 20);
    length = size - 1;
    at = length * bytes[0] / 255;
    text = malloc(length + 1);
    require(text != NULL);
    memcpy(text, bytes + 1, length);
    text[length] = '\0';
    n = criteria_complete(arena, text, at, 50, &proposals, &from);
    require(from <= at && n <= 50);
    if (n > 0 && proposals[0].insert && memchr(text, '\0', from) == NULL)
        check_proposal(arena, arena_string(arena, text, from), &proposals[0]);
    free(text);
    arena_free(arena);
    return 0;
}
