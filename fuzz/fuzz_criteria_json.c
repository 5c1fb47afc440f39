/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_criteria_json.c: any bytes as criteria in JSON.
 *
 * What is read comes back: its canonical JSON is read to the same digest and the same JSON, and
 * so is its canonical text; and each remark upon it has a pointer. What is refused is told with a place, unless it is a limit. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/check.h"
#include "criteria/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

/* AGAIN was read from what CRITERIA was written as; a canonical form may be longer than what
 * may be asked. */
static void check_again(struct arena *arena, const struct criteria *criteria,
                        const struct criteria *again, const struct error *err)
{
    require(again || err->code == ERROR_LIMIT);
    if (!again)
        return;
    require(criteria_digest(again) == criteria_digest(criteria));
    require(strcmp(criteria_to_json(arena, again), criteria_to_json(arena, criteria)) ==
            0);
}

static void check_findings(struct arena *arena, const struct criteria *criteria)
{
    const struct criteria_circumstances circumstances = {.today = 20000};
    const struct criteria_finding *findings;
    size_t n = criteria_check(arena, criteria, &circumstances, &findings);

    require(n <= FINDINGS_MAX);
    for (size_t i = 0; i < n; i++)
        require(criteria_json_pointer(arena, criteria, findings[i].node) != NULL);
}

static void check_criteria(struct arena *arena, const struct criteria *criteria)
{
    const char *json = criteria_to_json(arena, criteria);
    const char *text = criteria_print(arena, criteria);
    struct error err = ERROR_INIT;

    check_again(arena, criteria,
                criteria_from_json(arena, json, strlen(json), NULL, &err), &err);
    check_again(arena, criteria, criteria_parse(arena, text, strlen(text), &err), &err);
    require(strcmp(criteria_json_pointer(arena, criteria, criteria), "") == 0);
    check_findings(arena, criteria);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_new("criteria", (size_t)64 << 20);
    struct error err = ERROR_INIT;
    char *json = malloc(size ? size : 1);
    const struct criteria *criteria;

    require(json != NULL);
    memcpy(json, bytes, size);
    criteria = criteria_from_json(arena, json, size, NULL, &err);
    if (criteria)
        check_criteria(arena, criteria);
    else
        require(err.message[0] != '\0' && (err.line > 0 || err.code == ERROR_LIMIT));
    free(json);
    arena_free(arena);
    return 0;
}
