/* SPDX-License-Identifier: Apache-2.0
 *
 * test_set.c: sets of rows against arrays of bool. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "index/set.h"
#include "support/random_record.h"

#define ROWS_MAX 200

/* A random set of ROWS, as bits and as bools; sometimes empty, sometimes full. */
static uint64_t *random_set(struct arena *arena, struct rng *rng, size_t rows,
                            bool *bools)
{
    uint64_t *set = set_new(arena, rows);
    int share = rng_between(rng, 0, 4) * 25;

    for (uint32_t row = 0; row < rows; row++) {
        bools[row] = rng_chance(rng, share);
        if (bools[row])
            set_put(set, row);
    }
    return set;
}

/* SET is BOOLS, and no bit stands beyond the last row. */
static void check_set(const uint64_t *set, const bool *bools, size_t rows)
{
    uint32_t list[ROWS_MAX];
    size_t count = 0, seen = 0;

    for (uint32_t row = 0; row < rows; row++) {
        assert_int_equal(set_has(set, row), bools[row]);
        count += bools[row];
    }
    assert_int_equal(set_count(set, rows), count);
    assert_int_equal(set_list(set, rows, list), count);
    for (size_t i = 0; i < count; i++) {
        assert_true(bools[list[i]]);
        assert_true(i == 0 || list[i] > list[i - 1]);
    }
    set_each(row, set, rows) assert_int_equal(row, list[seen++]);
    assert_int_equal(seen, count);
    if (rows % 64)
        assert_true(set[rows / 64] >> (rows % 64) == 0);
}

static void check_operations(struct arena *arena, struct rng *rng, size_t rows)
{
    bool a[ROWS_MAX], b[ROWS_MAX], expected[ROWS_MAX];
    const uint64_t *x = random_set(arena, rng, rows, a);
    const uint64_t *y = random_set(arena, rng, rows, b);
    uint64_t *out = set_new(arena, rows);
    size_t both = 0;

    check_set(x, a, rows);
    for (int operation = 0; operation < 5; operation++) {
        set_copy(out, x, rows);
        switch (operation) {
        case 0: set_and(out, y, rows); break;
        case 1: set_or(out, y, rows); break;
        case 2: set_and_not(out, y, rows); break;
        case 3: set_not(out, y, rows); break;
        default: set_fill(out, rows); break;
        }
        for (size_t i = 0; i < rows; i++)
            expected[i] = operation == 0   ? a[i] && b[i]
                          : operation == 1 ? a[i] || b[i]
                          : operation == 2 ? a[i] && !b[i]
                          : operation == 3 ? !b[i]
                                           : true;
        check_set(out, expected, rows);
    }
    for (size_t i = 0; i < rows; i++)
        both += a[i] && b[i];
    assert_int_equal(set_count_and(x, y, rows), both);
}

static void sets_are_arrays_of_bool(void **state)
{
    struct arena *arena = arena_new("test", (size_t)1 << 20);
    struct rng rng = {test_seed(1)};

    (void)state;
    for (size_t rows = 0; rows <= ROWS_MAX; rows++) {
        for (size_t i = 0; i < test_rounds(5); i++)
            check_operations(arena, &rng, rows);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void one_row_comes_and_goes(void **state)
{
    struct arena *arena = arena_new("test", (size_t)1 << 20);
    uint64_t *set = set_new(arena, 130);

    (void)state;
    for (uint32_t row = 0; row < 130; row++) {
        set_put(set, row);
        set_put(set, row);
        assert_int_equal(set_count(set, 130), 1);
        assert_true(set_has(set, row));
        set_drop(set, row);
        set_drop(set, row);
        assert_int_equal(set_count(set, 130), 0);
    }
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sets_are_arrays_of_bool),
        cmocka_unit_test(one_row_comes_and_goes),
    };

    return cmocka_run_group_tests_name("sets", tests, NULL, NULL);
}
