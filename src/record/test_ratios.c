/* SPDX-License-Identifier: Apache-2.0
 *
 * test_ratios.c: measures in multiples of the upper limit of normal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>

#include "base/arena.h"
#include "base/error.h"
#include "record/record.h"

/* One ALAT of 90: VALUE or LIMIT are left out where they are NAN. */
static struct fact measure(struct arena *arena, double value, double limit, int day)
{
    struct value *values = arena_array(arena, 4, sizeof(*values));
    struct interval date = {day, day};
    uint16_t n = 0;

    values[n++] = (struct value){ITEM_MEASURE_TYPE, TYPE_CODE, {.text = "ALT"}};
    values[n++] = (struct value){ITEM_MEASURE_DATE, TYPE_DATE, {.date = date}};
    if (!isnan(value))
        values[n++] = (struct value){ITEM_MEASURE_VALUE, TYPE_NUMBER, {.number = value}};
    if (!isnan(limit))
        values[n++] = (struct value){ITEM_MEASURE_UPPER, TYPE_NUMBER, {.number = limit}};
    return (struct fact){.group = GROUP_MEASURE,
                         .tumour = TUMOUR_NONE,
                         .date = date,
                         .end = INTERVAL_UNKNOWN,
                         .n_values = n,
                         .values = values,
                         .sequence = 5,
                         .position = (uint32_t)day};
}

/* The ratios of the record of N measures, in the order of their days; how many there are. */
static size_t ratios(struct fact *measures, size_t n, double *ratios_r)
{
    struct arena *arena = arena_new("ratios", (size_t)1 << 20);
    struct facts facts = {.n = n, .fact = measures, .finess = ""};
    const struct facts *const all[] = {&facts};
    struct error err = ERROR_INIT;
    struct record *record;
    size_t found = 0;

    assert_int_equal(record_merge(arena, NULL, 1, all, 1, &record, &err), 0);
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];

        if (fact->group != GROUP_RATIO)
            continue;
        assert_string_equal(fact_text(fact, ITEM_RATIO_TYPE), "ALT");
        assert_int_equal(fact->sequence, 5);
        assert_int_equal(fact->position, fact->date.first);
        ratios_r[found++] = record_amount(fact);
    }
    arena_free(arena);
    return found;
}

static void a_ratio_is_the_value_by_its_own_limit(void **state)
{
    struct arena *arena = arena_new("measures", (size_t)1 << 20);
    struct fact measures[] = {
        measure(arena, 90, 45, 1),   measure(arena, 150, 40, 2),
        measure(arena, 150, NAN, 3), measure(arena, NAN, 40, 4),
        measure(arena, 150, 0, 5),   measure(arena, 150, -40, 6),
    };
    double found[6];

    (void)state;
    assert_int_equal(ratios(measures, 6, found), 6);
    assert_true(found[0] == 2);
    assert_true(found[1] == 3.75);
    for (size_t i = 2; i < 6; i++)
        assert_true(isnan(found[i]));
    arena_free(arena);
}

static void without_any_limit_there_are_none(void **state)
{
    struct arena *arena = arena_new("measures", (size_t)1 << 20);
    struct fact measures[] = {measure(arena, 90, NAN, 1), measure(arena, 150, 0, 2)};
    double found[2];

    (void)state;
    assert_int_equal(ratios(measures, 2, found), 0);
    assert_int_equal(ratios(measures, 0, found), 0);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_ratio_is_the_value_by_its_own_limit),
        cmocka_unit_test(without_any_limit_there_are_none),
    };

    return cmocka_run_group_tests_name("ratios", tests, NULL, NULL);
}
