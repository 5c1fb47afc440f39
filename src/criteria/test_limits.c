/* SPDX-License-Identifier: Apache-2.0
 *
 * test_limits.c: how long, how deep and how many a criteria text may be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "criteria/criteria.h"
#include "support/arena_fixture.h"

static void parsed(const char *text)
{
    struct error err = ERROR_INIT;
    const struct criteria *criteria = criteria_parse(arena, text, strlen(text), &err);

    if (!criteria) {
        fprintf(stderr, "%s\n%u:%u: %s\n", text, err.line, err.column, err.message);
        fail();
    }
}

static const char *repeated(const char *before, const char *what, size_t n,
                            const char *after)
{
    struct buffer out;
    const char *text;

    buffer_init(&out, (size_t)1 << 20);
    buffer_string(&out, before);
    for (size_t i = 0; i < n; i++)
        buffer_string(&out, what);
    buffer_string(&out, after);
    text = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

static void over_the_limit(const char *text, const char *words)
{
    struct error err = ERROR_INIT;

    assert_null(criteria_parse(arena, text, strlen(text), &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    if (!strstr(err.message, words))
        fail_msg("%s\nexpected\n%s", err.message, words);
}

static void texts_have_limits(void **state)
{
    size_t most = CRITERIA_TEXT_MAX - 3;

    (void)state;
    parsed(repeated("any", " ", most, ""));
    over_the_limit(repeated("any", " ", most + 1, ""), "at most 65536");

    parsed(repeated("", "(", CRITERIA_DEPTH_MAX - 1,
                    repeated("any", ")", CRITERIA_DEPTH_MAX - 1, "")));
    over_the_limit(repeated("", "(", CRITERIA_DEPTH_MAX, "any"), "nested deeper than 64");
    parsed(repeated("", "not ", CRITERIA_DEPTH_MAX - 1, "any"));
    over_the_limit(repeated("", "not ", CRITERIA_DEPTH_MAX, "any"),
                   "nested deeper than 64");
    over_the_limit(repeated("", "not ", 16000, "any"), "nested deeper than 64");
    over_the_limit(repeated("", "at least 1 of (not ", 3000, ""), "nested");

    parsed(repeated("any", " any", 4000, ""));
    over_the_limit(repeated("any", " any", 5000, ""), "more than 4096 criteria");
    parsed(repeated("surgery any", " since 2020", 8, ""));
    over_the_limit(repeated("surgery any", " since 2020", 9, ""),
                   "more than 8 conditions");
    over_the_limit(repeated("surgery any", " between birth and death", 5, ""),
                   "more than 8 conditions");
    parsed(repeated("topography C34", ",C34", 511, ""));
    over_the_limit(repeated("topography C34", ",C34", 512, ""), "more than 512 codes");
}

/* A text of nothing but strings takes no more memory than another. */
static void strings_cost_their_own_length(void **state)
{
    struct arena *small = arena_new("small", (size_t)8 << 20);
    struct error err = ERROR_INIT;
    const char *text = repeated("biomarker (\"a\"", ", \"\\\"b\"", 8000, "");

    (void)state;
    assert_null(criteria_parse(small, text, strlen(text), &err));
    assert_non_null(strstr(err.message, "more than 512 codes"));
    assert_int_equal(arena_check(small, &err), 0);
    arena_free(small);
}

static void a_small_arena_is_a_limit(void **state)
{
    struct arena *small = arena_new("small", 4096);
    struct error err = ERROR_INIT;
    const char *text = repeated("any", " any", 1000, "");

    (void)state;
    assert_null(criteria_parse(small, text, strlen(text), &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_have_limits),
        cmocka_unit_test(strings_cost_their_own_length),
        cmocka_unit_test(a_small_arena_is_a_limit),
    };

    return cmocka_run_group_tests_name("criteria limits", tests, arena_begin, arena_end);
}
