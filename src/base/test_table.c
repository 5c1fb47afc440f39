/* SPDX-License-Identifier: Apache-2.0
 *
 * test_table.c: every key is found again, in the order it came, whatever its bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/table.h"

#define COUNT 100000

static void a_new_table_is_empty(void **state)
{
    struct table *table = table_new();

    (void)state;
    assert_int_equal(table_count(table), 0);
    assert_null(table_get(table, "C34", 3));
    assert_null(table_get(table, NULL, 0));
    table_clear(table);
    table_free(table);
    table_free(NULL);
}

static void a_key_is_added_once(void **state)
{
    struct table *table = table_new();
    bool added = false;

    (void)state;
    uint64_t *value = table_put(table, "C34.1", 5, &added);
    assert_true(added);
    assert_int_equal(*value, 0);
    *value = 17;

    value = table_put(table, "C34.1", 5, &added);
    assert_false(added);
    assert_int_equal(*value, 17);
    assert_int_equal(*table_put(table, "C34.1", 5, NULL), 17);
    assert_int_equal(*table_get(table, "C34.1", 5), 17);
    assert_null(table_get(table, "C34.1", 4)); /* a prefix is another key */
    assert_null(table_get(table, "C34.2", 5));
    assert_int_equal(table_count(table), 1);
    table_free(table);
}

static size_t nth_key(unsigned i, char key[64])
{
    return (size_t)snprintf(key, 64, "%s%u", i % 5 == 0 ? "a longer key, number " : "p",
                            i);
}

/* Round ROUND: all keys in, all there, in order, and none that is not. */
static void fill_and_compare(struct table *table, unsigned round)
{
    char key[64];

    for (unsigned i = 0; i < COUNT; i++) {
        bool added;
        uint64_t *value = table_put(table, key, nth_key(i, key), &added);

        assert_true(added);
        assert_int_equal(*value, 0);
        *value = i * 3 + round;
    }
    assert_int_equal(table_count(table), COUNT);
    for (unsigned i = 0; i < COUNT; i++) {
        size_t length = nth_key(i, key);
        size_t found_length;
        uint64_t *value = table_get(table, key, length);

        assert_non_null(value);
        assert_int_equal(*value, i * 3 + round);
        assert_string_equal(table_key(table, i, &found_length), key);
        assert_int_equal(found_length, length);
        assert_int_equal(table_value(table, i), i * 3 + round);
        key[0] = 'z';
        assert_null(table_get(table, key, length));
    }
}

static void many_keys_keep_their_order(void **state)
{
    struct table *table = table_new();

    (void)state;
    for (unsigned round = 0; round < 3; round++) {
        fill_and_compare(table, round);
        table_clear(table);
        assert_int_equal(table_count(table), 0);
        assert_null(table_get(table, "p1", 2));
    }
    table_free(table);
}

/* All strings of 0 to 2 bytes, and longer ones that differ in one byte alone, at each place:
 * the hash reads its last bytes in overlapping words. */
static void keys_are_bytes(void **state)
{
    struct table *table = table_new();
    unsigned char key[80];
    size_t expected = 0;
    bool added;

    (void)state;
    table_put(table, "", 0, &added);
    assert_true(added);
    expected++;
    for (unsigned a = 0; a < 256; a++) {
        key[0] = (unsigned char)a;
        table_put(table, key, 1, &added);
        assert_true(added);
        expected++;
        for (unsigned b = 0; b < 256; b++, expected++) {
            key[1] = (unsigned char)b;
            table_put(table, key, 2, &added);
            assert_true(added);
        }
    }
    memset(key, 0, sizeof(key));
    for (size_t length = 3; length <= sizeof(key); length++)
        for (size_t place = 0; place < length; place++)
            for (unsigned value = 1; value < 256; value += 50, expected++) {
                key[place] = (unsigned char)value;
                table_put(table, key, length, &added);
                assert_true(added);
                key[place] = 0;
            }
    assert_int_equal(table_count(table), expected);

    /* and each is what it was, with a NUL behind */
    for (size_t i = 0; i < expected; i++) {
        size_t length;
        const char *found = table_key(table, i, &length);

        assert_int_equal(found[length], '\0');
        assert_ptr_equal(table_get(table, found, length),
                         table_put(table, found, length, &added));
        assert_false(added);
    }
    table_free(table);
}

static void the_key_is_a_copy_that_stays(void **state)
{
    struct table *table = table_new();
    char key[64] = "C50.9";
    const char *kept;
    size_t length;

    (void)state;
    table_put(table, key, 5, NULL);
    memset(key, 'x', 5);
    kept = table_key(table, 0, &length);
    for (unsigned i = 0; i < COUNT; i++)
        table_put(table, key, nth_key(i, key), NULL);
    assert_string_equal(kept, "C50.9");
    assert_ptr_equal(table_key(table, 0, NULL), kept);
    table_free(table);
}

/* A hash that is bad for some family of keys shows as time: 400,000 keys each. */
static void families_of_keys_do_not_collide(void **state)
{
    (void)state;
    for (unsigned shift = 0; shift < 64; shift += 8) {
        struct table *table = table_new();

        alarm(60); /* seconds; each takes less than one */
        for (uint64_t i = 0; i < 200000; i++) {
            uint64_t words[3] = {i << shift | i >> (63 - shift) >> 1, 0, ~i};

            table_put(table, words, 8, NULL);
            table_put(table, words, 24, NULL);
        }
        assert_int_equal(table_count(table), 400000);
        alarm(0);
        table_free(table);
    }
}

static void entries_that_do_not_exist_abort(void **state)
{
    (void)state;
    for (int which = 0; which < 2; which++) {
        int status;
        pid_t child = fork();

        if (child == 0) {
            struct table *table = table_new();

            signal(SIGABRT, SIG_DFL); /* cmocka catches it otherwise */
            close(STDERR_FILENO);
            if (which)
                (void)table_key(table, 0, NULL);
            else
                (void)table_value(table, 0);
            _exit(0);
        }
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_new_table_is_empty),
        cmocka_unit_test(a_key_is_added_once),
        cmocka_unit_test(many_keys_keep_their_order),
        cmocka_unit_test(keys_are_bytes),
        cmocka_unit_test(the_key_is_a_copy_that_stays),
        cmocka_unit_test(families_of_keys_do_not_collide),
        cmocka_unit_test(entries_that_do_not_exist_abort),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
