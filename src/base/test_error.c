/* SPDX-License-Identifier: Apache-2.0
 *
 * test_error.c: a message says what and where, whatever its size, and grows on the way up. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"

static void setting_fills_everything(void **state)
{
    struct error err = {.code = ERROR_IO, .line = 7, .column = 9, .message = "old"};

    (void)state;
    assert_int_equal(error_set(&err, ERROR_LIMIT, "file %s: over %d", "a.csv", 3), -1);
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_string_equal(err.message, "file a.csv: over 3");
    assert_int_equal(err.line, 0);
    assert_int_equal(err.column, 0);
}

static void a_place_is_kept_under_a_context(void **state)
{
    struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(error_at(&err, ERROR_INPUT, 12, 5, "month %d", 13), -1);
    assert_int_equal(error_context(&err, "file %s", "b.csv"), -1);
    assert_int_equal(error_context(&err, "import"), -1);
    assert_string_equal(err.message, "import: file b.csv: month 13");
    assert_int_equal(err.code, ERROR_INPUT);
    assert_int_equal(err.line, 12);
    assert_int_equal(err.column, 5);
}

static void nobody_needs_to_listen(void **state)
{
    (void)state;
    errno = ENOENT;
    assert_int_equal(error_set(NULL, ERROR_INPUT, "x"), -1);
    assert_int_equal(error_at(NULL, ERROR_INPUT, 1, 1, "x"), -1);
    assert_int_equal(error_errno(NULL, "x"), -1);
    assert_int_equal(error_context(NULL, "x"), -1);
}

static void the_old_message_may_be_part_of_the_new(void **state)
{
    struct error err = ERROR_INIT;

    (void)state;
    error_set(&err, ERROR_INPUT, "inner");
    error_set(&err, ERROR_REFUSED, "outer (%s)", err.message);
    assert_string_equal(err.message, "outer (inner)");
    error_context(&err, "again %s", err.message);
    assert_string_equal(err.message, "again outer (inner): outer (inner)");
}

static void errno_is_put_in_words(void **state)
{
    static const struct {
        int number;
        const char *message;
    } rows[] = {
        {ENOENT, "open a.db: No such file or directory"},
        {EACCES, "open a.db: Permission denied"},
        {ENOSPC, "open a.db: the disk is full"},
        {EDQUOT, "open a.db: the disk is full (quota)"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct error err = ERROR_INIT;

        errno = rows[i].number;
        assert_int_equal(error_errno(&err, "open %s", "a.db"), -1);
        assert_int_equal(err.code, ERROR_IO);
        assert_string_equal(err.message, rows[i].message);
    }
}

/* A message of COUNT times TEXT must keep whole characters only, and as many as fit. */
static void assert_cut_well(const char *text, size_t shift)
{
    char large[2100] = "";
    struct error err = ERROR_INIT;
    size_t size = strlen(text);
    size_t at = shift;

    memset(large, '.', shift);
    for (; at + size < 2000; at += size)
        memcpy(large + at, text, size);

    error_set(&err, ERROR_INPUT, "%s", large);
    size_t length = strlen(err.message);
    assert_true(length < sizeof(err.message));
    assert_true(length + size >= sizeof(err.message)); /* nothing dropped without need */
    assert_int_equal((length - shift) % size, 0);

    error_set(&err, ERROR_INPUT, "%.1000s", large);
    error_context(&err, "%.100s", large);
    length = strlen(err.message);
    assert_true(length <= sizeof(err.message) - 1);
    assert_true(length + size + 4 >= sizeof(err.message));
    assert_memory_equal(err.message, large, shift);
}

static void a_long_message_ends_at_a_character(void **state)
{
    static const char *const texts[] = {"x", "é", "€", "𝄞"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        for (size_t shift = 0; shift < 8; shift++)
            assert_cut_well(texts[i], shift);
}

/* Bytes that never were UTF-8 are no reason to drop more than a few of them. */
static void a_long_message_of_garbage_is_cut_too(void **state)
{
    char large[1500];
    struct error err = ERROR_INIT;

    (void)state;
    memset(large, 0x80, sizeof(large) - 1);
    large[sizeof(large) - 1] = '\0';
    error_set(&err, ERROR_INPUT, "%s", large);
    assert_int_equal(strlen(err.message), sizeof(err.message) - 1);
}

static void codes_have_names(void **state)
{
    (void)state;
    assert_string_equal(error_code_name(ERROR_NONE), "none");
    assert_string_equal(error_code_name(ERROR_INPUT), "input");
    assert_string_equal(error_code_name(ERROR_LIMIT), "limit");
    assert_string_equal(error_code_name(ERROR_NOT_FOUND), "not_found");
    assert_string_equal(error_code_name(ERROR_REFUSED), "refused");
    assert_string_equal(error_code_name(ERROR_BUSY), "busy");
    assert_string_equal(error_code_name(ERROR_CORRUPT), "corrupt");
    assert_string_equal(error_code_name(ERROR_IO), "io");
}

static void a_panic_says_why_and_aborts(void **state)
{
    char text[200] = "";
    int ends[2];
    int status;

    (void)state;
    assert_int_equal(pipe(ends), 0);

    pid_t child = fork();

    if (child == 0) {
        signal(SIGABRT, SIG_DFL); /* cmocka catches it otherwise */
        dup2(ends[1], STDERR_FILENO);
        panic("the %s is on fire", "disk");
    }
    close(ends[1]);
    assert_true(read(ends[0], text, sizeof(text) - 1) > 0);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    assert_string_equal(text, "lacis: panic: the disk is on fire\n");
    close(ends[0]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(setting_fills_everything),
        cmocka_unit_test(a_place_is_kept_under_a_context),
        cmocka_unit_test(nobody_needs_to_listen),
        cmocka_unit_test(the_old_message_may_be_part_of_the_new),
        cmocka_unit_test(errno_is_put_in_words),
        cmocka_unit_test(a_long_message_ends_at_a_character),
        cmocka_unit_test(a_long_message_of_garbage_is_cut_too),
        cmocka_unit_test(codes_have_names),
        cmocka_unit_test(a_panic_says_why_and_aborts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
