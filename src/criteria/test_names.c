/* SPDX-License-Identifier: Apache-2.0
 *
 * test_names.c: `named` and `use`, in one text and of saved definitions. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/criteria.h"
#include "support/arena_fixture.h"

static const char *find_definition(void *context, const char *name, unsigned version,
                                   unsigned *version_r)
{
    (void)context;
    if (strcmp(name, "fit") == 0 && version <= 2) {
        *version_r = version ? version : 2;
        return *version_r == 1 ? "measure PS <= 2" : "last measure PS <= 1";
    }
    if (strcmp(name, "unheard of") == 0 || version > 1)
        return NULL;
    *version_r = 1;
    if (strcmp(name, "broken") == 0)
        return "sex F and\ncolour blue";
    if (strcmp(name, "endless") == 0)
        return "sex F and use \"endless\"";
    return NULL;
}

static const struct criteria_definitions definitions = {find_definition, NULL};

static const struct criteria *parsed_saved(const char *text, struct error *err)
{
    return criteria_parse_saved(arena, text, strlen(text), &definitions, err);
}

static void names_stand_for_criteria(void **state)
{
    static const char *const texts[] = {
        "named \"old\" (age now >= 65 and sex F) and not use \"old\"",
        "tumour { named \"late\" (stage IV) or use \"late\" }",
        "use \"fit\" v1",
        "use \"fit\" v2",
    };
    struct error err = ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        const struct criteria *criteria = parsed_saved(texts[i], &err);

        assert_non_null(criteria);
        assert_string_equal(criteria_print(arena, criteria), texts[i]);
    }
    assert_string_equal(criteria_print(arena, parsed_saved("use \"fit\"", &err)),
                        "use \"fit\" v2");
    /* the digest is of what the name stands for */
    assert_int_not_equal(criteria_digest(parsed_saved("use \"fit\" v1", &err)),
                         criteria_digest(parsed_saved("use \"fit\" v2", &err)));
}

static void names_that_stand_for_nothing_are_told(void **state)
{
    static const struct {
        const char *text, *words;
    } mistakes[] = {
        {"use \"unheard of\"", "nothing is called \"unheard of\""},
        {"use \"fit\" v3", "no definition \"fit\" v3"},
        {"use fit", "a name in quotes"},
        {"use \"broken\"", "line 2, column 1"},
        {"use \"endless\"", "nested deeper"},
        {"named \"a\" (sex F) and named \"a\" (sex M)", "something else already"},
        {"named \"a\" (sex F) and tumour { use \"a\" }", "said outside tumour"},
        {"at least 2 first surgery any", "cannot be counted"},
        {"first first surgery any", "a kind of event"},
        {"treatment L01 since end of first imaging CT", "imaging has no end"},
        {"died", "a date such as"},
        {"imaging CT ongoing", "imaging has no end"},
        {"treatment L01 lasting 6 months", "expected at least"},
        {"treatment L01 during 2020", "a kind of event"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        struct error err = ERROR_INIT;

        if (parsed_saved(mistakes[i].text, &err))
            fail_msg("%s: is read", mistakes[i].text);
        if (!strstr(err.message, mistakes[i].words))
            fail_msg("%s: %s", mistakes[i].text, err.message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_stand_for_criteria),
        cmocka_unit_test(names_that_stand_for_nothing_are_told),
    };

    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
