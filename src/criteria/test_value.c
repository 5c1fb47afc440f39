/* SPDX-License-Identifier: Apache-2.0
 *
 * test_value.c: values read, and said back as their canonical text. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/value.h"

static void values_are_said_back(void **state)
{
    static const struct {
        const char *text, *canonical;
    } values[] = {
        {"age", "age now"},
        {"age at diagnosis", "age at diagnosis"},
        {"AGE AT LAST VISIT", "age at last visit"},
        {"measure PS", "last measure PS"},
        {"first measure CEA since 2020", "first measure CEA started since 2020-01-01"},
        {"size", "last size"},
        {"number of surgery any", "number of (surgery any)"},
        {"number of (treatment L01 in trial)", "number of (treatment L01 in trial)"},
        {"days from diagnosis to treatment L01",
         "days from diagnosis to (first treatment L01)"},
        {"days from end of last treatment L01 to death",
         "days from end of (last treatment L01) to death"},
        {"days from start of surgery any to first (progression after surgery any)",
         "days from (first surgery any) to (first (progression YES preceded by surgery "
         "any))"},
    };
    struct arena *arena = arena_new("test", (size_t)16 << 20);

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(values); i++) {
        struct error err = ERROR_INIT;
        const struct criteria_value *value =
            criteria_parse_value(arena, values[i].text, &err);
        const char *canonical;

        if (!value)
            fail_msg("%s: %s", values[i].text, err.message);
        canonical = criteria_print_value(arena, value);
        assert_string_equal(canonical, values[i].canonical);
        value = criteria_parse_value(arena, canonical, &err);
        assert_non_null(value);
        assert_string_equal(criteria_print_value(arena, value), canonical);
    }
    arena_free(arena);
}

static void mistakes_are_told_with_their_place(void **state)
{
    static const struct {
        const char *text;
        unsigned column;
        const char *words;
    } mistakes[] = {
        {"", 1, "a kind of event"},
        {"age at diagnosis now", 18, "the end of the value"},
        {"surgery any", 1, "surgery carries no number"},
        {"days between", 6, "expected from"},
        {"days from diagnosis", 20, "expected to"},
        {"days from diagnosis to end of surgery any", 24, "surgery has no end"},
        {"measure PS within 30 days after diagnosis", 1, "diagnosis of one tumour"},
        {"number of colour", 11, "a kind of event"},
    };
    struct arena *arena = arena_new("test", (size_t)16 << 20);

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        struct error err = ERROR_INIT;

        if (criteria_parse_value(arena, mistakes[i].text, &err))
            fail_msg("%s: is read", mistakes[i].text);
        if (err.column != mistakes[i].column || !strstr(err.message, mistakes[i].words))
            fail_msg("%s: %u: %s", mistakes[i].text, err.column, err.message);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_said_back),
        cmocka_unit_test(mistakes_are_told_with_their_place),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
