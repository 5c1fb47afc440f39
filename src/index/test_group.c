/* SPDX-License-Identifier: Apache-2.0
 *
 * test_group.c: the words of dimensions, and the order of cells. What tables count is held
 * against records in tests/test_oracle_index.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/criteria.h"
#include "index/group.h"
#include "support/random_index.h"

static void every_item_with_codes_is_a_dimension(void **state)
{
    struct error err = ERROR_INIT;
    struct dimension dimension;

    (void)state;
    for (int i = ITEM_NONE + 1; i < ITEMS; i++) {
        const struct item_row *item = model_item((enum item)i);
        bool has_codes = item->index == INDEX_CODES || item->index == INDEX_KEYS;

        if (!*item->word || strcmp(item->word, "vital status") == 0)
            continue;
        assert_int_equal(dimension_parse(item->word, &dimension, &err),
                         has_codes ? 0 : -1);
        if (!has_codes)
            continue;
        assert_int_equal(dimension.kind, DIMENSION_ITEM);
        assert_int_equal(dimension.item, item->item);
        assert_string_equal(dimension_word(&dimension), item->word);
    }
}

static void other_dimensions_have_their_words(void **state)
{
    static const struct {
        const char *word;
        enum dimension_kind kind;
    } words[] = {{"year", DIMENSION_YEAR},
                 {"diagnosis year", DIMENSION_DIAGNOSIS_YEAR},
                 {"age", DIMENSION_AGE},
                 {"vital status", DIMENSION_VITAL}};
    struct error err = ERROR_INIT;
    struct dimension dimension;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        assert_int_equal(dimension_parse(words[i].word, &dimension, &err), 0);
        assert_int_equal(dimension.kind, words[i].kind);
        assert_string_equal(dimension_word(&dimension), words[i].word);
    }
}

static void an_unknown_dimension_is_told_the_known_ones(void **state)
{
    struct error err = ERROR_INIT;
    struct dimension dimension;

    (void)state;
    assert_int_equal(dimension_parse("colour", &dimension, &err), -1);
    assert_int_equal(err.code, ERROR_INPUT);
    assert_non_null(strstr(err.message, "cannot group by \"colour\""));
    assert_non_null(strstr(err.message, "diagnosis year"));
    assert_non_null(strstr(err.message, "topography"));
}

static void the_largest_cells_come_first(void **state)
{
    struct cell cell[] = {{{"a"}, 1, 9}, {{"b"}, 5, 0}, {{"c"}, 5, 2},
                          {{"e"}, 0, 7}, {{"d"}, 5, 2}, {{"f"}, 0, 1}};
    struct cells cells = {.n_dimensions = 1, .n = ARRAY_LENGTH(cell), .cell = cell};
    static const char order[] = "cdbae";

    (void)state;
    cells_top(&cells, 5);
    assert_int_equal(cells.n, 5);
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(cells.cell[i].key[0][0], order[i]);
    cells_top(&cells, 100);
    assert_int_equal(cells.n, 5);
}

static void tables_have_limits(void **state)
{
    struct arena *arena = arena_new("test", (size_t)16 << 20);
    struct rng rng = {1};
    const struct record *record = random_record(arena, &rng, 1);
    struct test_index index;
    struct error err = ERROR_INIT;
    struct coverage coverage = {.assumed = true};
    struct question question = {.criteria = criteria_parse(arena, "any", 3, &err),
                                .coverage = &coverage};
    struct dimension dimensions[DIMENSIONS_MAX + 1] = {{DIMENSION_YEAR, ITEM_NONE}};
    struct cohort cohort;
    struct cells cells;

    (void)state;
    test_index_make(&index, &record, 1, NULL, 1);
    assert_int_equal(cohort_eval(arena, index.snapshot, &question, &cohort, &err), 0);
    assert_int_equal(cohort_group(arena, &cohort, dimensions, 0, &cells, &err), -1);
    assert_int_equal(err.code, ERROR_INPUT);
    assert_int_equal(
        cohort_group(arena, &cohort, dimensions, DIMENSIONS_MAX + 1, &cells, &err), -1);
    assert_int_equal(err.code, ERROR_INPUT);
    test_index_free(&index);
    arena_free(arena);
}

static void an_arena_too_small_is_said(void **state)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20), *small;
    struct rng rng = {1};
    const struct record *records[500];
    struct test_index index;
    struct error err = ERROR_INIT;
    struct coverage coverage = {.assumed = true};
    struct question question = {.criteria = criteria_parse(arena, "any", 3, &err),
                                .coverage = &coverage};
    struct cohort cohort;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(records); i++)
        records[i] = random_record(arena, &rng, (uint32_t)i + 1);
    test_index_make(&index, records, ARRAY_LENGTH(records), NULL, 1);
    small = arena_new("small", 64);
    assert_int_equal(cohort_eval(small, index.snapshot, &question, &cohort, &err), -1);
    assert_int_equal(err.code, ERROR_LIMIT);
    test_index_free(&index);
    arena_free(small);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_item_with_codes_is_a_dimension),
        cmocka_unit_test(other_dimensions_have_their_words),
        cmocka_unit_test(an_unknown_dimension_is_told_the_known_ones),
        cmocka_unit_test(the_largest_cells_come_first),
        cmocka_unit_test(tables_have_limits),
        cmocka_unit_test(an_arena_too_small_is_said),
    };

    return cmocka_run_group_tests_name("groups", tests, NULL, NULL);
}
