/* SPDX-License-Identifier: Apache-2.0
 *
 * test_log.c: one event, one line, one write; and a line is JSON whatever is in it.
 *
 *     ctest-labels: threads */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/log.h"

/* Each write(2) is one message of this socket, so that writes can be counted. */
static int reading_end, writing_end;

static int open_ends(void **state)
{
    int ends[2];

    (void)state;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends) < 0)
        return -1;
    reading_end = ends[0];
    writing_end = ends[1];
    log_configure(writing_end, LOG_DEBUG);
    return 0;
}

static int close_ends(void **state)
{
    (void)state;
    log_configure(-1, LOG_WARNING);
    close(reading_end);
    close(writing_end);
    return 0;
}

static size_t read_line(char *line, size_t size)
{
    ssize_t length = recv(reading_end, line, size - 1, MSG_DONTWAIT);

    line[length > 0 ? length : 0] = '\0';
    return length > 0 ? (size_t)length : 0;
}

/* Assert that LINE starts with a time of today and cut it off. */
static const char *after_time(const char *line)
{
    struct tm tm = {0};
    const char *end;

    assert_int_equal(strncmp(line, "{\"time\":\"", 9), 0);
    end = strptime(line + 9, "%Y-%m-%dT%H:%M:%S", &tm);
    assert_non_null(end);
    assert_in_range((uintmax_t)llabs((long long)timegm(&tm) - (long long)time(NULL)), 0,
                    2);
    assert_int_equal(end[0], '.');
    for (int i = 1; i <= 3; i++)
        assert_in_range((uintmax_t)end[i], '0', '9');
    assert_int_equal(strncmp(end + 4, "Z\",", 3), 0);
    return end + 7;
}

/* A reader of JSON just large enough for our lines: returns the place behind a value. */
static const char *skip_string(const char *at)
{
    assert_int_equal(*at++, '"');
    for (; *at != '"'; at++) {
        assert_in_range((unsigned char)*at, 0x20, 0xFF);
        if (*at != '\\')
            continue;
        at++;
        assert_non_null(strchr("\"\\/bfnrtu", *at));
        if (*at == 'u')
            for (int i = 0; i < 4; i++)
                assert_non_null(strchr("0123456789abcdef", *++at));
    }
    return at + 1;
}

static const char *skip_value(const char *at)
{
    char *end;

    if (*at == '"')
        return skip_string(at);
    if (strncmp(at, "null", 4) == 0 || strncmp(at, "true", 4) == 0)
        return at + 4;
    strtod(at, &end);
    assert_true(end > at);
    return end;
}

/* Assert that LINE is one flat JSON object and one newline. Returns the number of fields. */
static unsigned parse_line(const char *line)
{
    unsigned fields = 0;
    const char *at = line;

    assert_int_equal(*at, '{');
    do {
        at = skip_string(at + 1);
        assert_int_equal(*at, ':');
        at = skip_value(at + 1);
        fields++;
    } while (*at == ',');
    assert_string_equal(at, "}\n");
    assert_ptr_equal(strchr(line, '\n'), at + 1);
    return fields;
}

static void an_event_is_a_line(void **state)
{
    char line[1000];

    (void)state;
    log_event(LOG_INFO, "import.done", LOG_STRING("file", "a.csv"),
              LOG_NUMBER("patients", 60000000));
    assert_true(read_line(line, sizeof(line)) > 0);
    assert_int_equal(parse_line(line), 5);
    assert_string_equal(after_time(line), "\"level\":\"info\",\"event\":\"import.done\","
                                          "\"file\":\"a.csv\",\"patients\":60000000}\n");
    assert_int_equal(read_line(line, sizeof(line)), 0); /* one write, no more */
}

static void an_event_may_have_no_field(void **state)
{
    char line[1000];

    (void)state;
    log_event(LOG_DEBUG, "start");
    read_line(line, sizeof(line));
    assert_string_equal(after_time(line), "\"level\":\"debug\",\"event\":\"start\"}\n");
}

static void odd_values_stay_json(void **state)
{
    char line[1000];

    (void)state;
    log_event(LOG_ERROR, "odd", LOG_STRING("a\"b", "line\nbreak \"x\" \xE9"),
              LOG_STRING("none", NULL), LOG_NUMBER("nan", NAN), LOG_NUMBER("ms", 1.5));
    read_line(line, sizeof(line));
    assert_int_equal(parse_line(line), 7);
    assert_string_equal(
        after_time(line),
        "\"level\":\"error\",\"event\":\"odd\",\"a\\\"b\":"
        "\"line\\nbreak \\\"x\\\" \xEF\xBF\xBD\",\"none\":null,\"nan\":null,"
        "\"ms\":1.5}\n");
}

static void below_the_level_nothing_is_said(void **state)
{
    static const enum log_level levels[] = {LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR};
    static const char *const names[] = {"debug", "info", "warning", "error"};
    char line[1000], expected[100];

    (void)state;
    for (size_t lowest = 0; lowest < ARRAY_LENGTH(levels); lowest++) {
        log_configure(writing_end, levels[lowest]);
        for (size_t i = 0; i < ARRAY_LENGTH(levels); i++) {
            log_event(levels[i], "x");
            assert_int_equal(read_line(line, sizeof(line)) > 0, i >= lowest);
            if (i < lowest)
                continue;
            snprintf(expected, sizeof(expected), "\"level\":\"%s\",\"event\":\"x\"}\n",
                     names[i]);
            assert_string_equal(after_time(line), expected);
        }
    }
}

static void a_line_has_a_limit_and_stays_json(void **state)
{
    enum { LIMIT = 16 << 10 };
    char *large = memory_alloc(2 * LIMIT);
    char *line = memory_alloc(2 * LIMIT);

    (void)state;
    for (size_t length = LIMIT - 200; length < LIMIT + 10; length++) {
        memset(large, 'x', length);
        large[length] = '\0';
        log_event(LOG_INFO, "large", LOG_NUMBER("before", 1), LOG_STRING("text", large),
                  LOG_NUMBER("after", 2));
        assert_in_range(read_line(line, 2 * LIMIT), 50, LIMIT);

        unsigned fields = parse_line(line);
        bool truncated =
            strstr(line, "\"before\":1") && strstr(line, ",\"truncated\":true}");

        assert_in_range(fields, truncated ? 5 : 6, 6);
        assert_int_equal(strstr(line, "\"after\":2") != NULL, !truncated);
        if (length == LIMIT - 200)
            assert_false(truncated);
        if (length == LIMIT)
            assert_true(truncated);
    }
    /* even an event of that length */
    log_event(LOG_INFO, large, LOG_NUMBER("after", 2));
    read_line(line, 2 * LIMIT);
    assert_string_equal(after_time(line), "\"level\":\"info\",\"truncated\":true}\n");
    memory_free(large);
    memory_free(line);
}

static void it_can_be_silenced_and_keeps_errno(void **state)
{
    char line[1000];
    int ends[2];

    (void)state;
    log_configure(-1, LOG_DEBUG);
    log_event(LOG_ERROR, "unheard");
    assert_int_equal(read_line(line, sizeof(line)), 0);

    /* a descriptor that cannot be written: the work goes on */
    assert_int_equal(pipe(ends), 0);
    log_configure(ends[0], LOG_DEBUG);
    errno = ENOENT;
    log_event(LOG_ERROR, "unheard");
    assert_int_equal(errno, ENOENT);
    close(ends[0]);
    close(ends[1]);
}

#define EVENTS 2000
#define THREADS 8

static void *log_many(void *number)
{
    for (int i = 0; i < EVENTS; i++)
        log_event(
            LOG_INFO, "busy", LOG_NUMBER("thread", *(int *)number), LOG_NUMBER("i", i),
            LOG_STRING("padding", "................................................"));
    return NULL;
}

/* A file, so that nothing but the logger keeps lines apart. */
static void lines_of_threads_do_not_mix(void **state)
{
    FILE *file = tmpfile();
    pthread_t threads[THREADS];
    int numbers[THREADS];
    int next[THREADS] = {0};
    char line[1000];
    int count = 0;

    (void)state;
    assert_non_null(file);
    log_configure(fileno(file), LOG_INFO);
    for (int i = 0; i < THREADS; i++) {
        numbers[i] = i;
        assert_int_equal(pthread_create(&threads[i], NULL, log_many, &numbers[i]), 0);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);

    rewind(file);
    for (; fgets(line, sizeof(line), file); count++) {
        int thread, i;

        assert_int_equal(parse_line(line), 6);
        assert_int_equal(
            sscanf(strstr(line, "\"thread\""), "\"thread\":%d,\"i\":%d", &thread, &i), 2);
        assert_int_equal(i, next[thread]++); /* in the order of its thread */
    }
    assert_int_equal(count, EVENTS * THREADS);
    log_configure(-1, LOG_INFO);
    fclose(file);
}

static void times_are_printed_in_utc(void **state)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},         {1794475867, "2026-11-12T09:31:07Z"},
        {951782399, "2000-02-28T23:59:59Z"}, {951782400, "2000-02-29T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"},        {-86400, "1969-12-31T00:00:00Z"},
        {-86401, "1969-12-30T23:59:59Z"},
    };
    char text[32];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        assert_ptr_equal(clock_print(rows[i].seconds, text), text);
        assert_string_equal(text, rows[i].text);
    }
    clock_print(INT64_MIN, text); /* must fit, whatever it says */
    assert_true(strlen(text) < sizeof(text));
    clock_print(INT64_MAX, text);
    assert_true(strlen(text) < sizeof(text));
}

static void clocks_run(void **state)
{
    double before = clock_milliseconds();

    (void)state;
    nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
    assert_true(clock_milliseconds() - before >= 4.9);
    assert_true(clock_milliseconds() - before < 60000);
    assert_in_range((uintmax_t)llabs((long long)clock_now() - (long long)time(NULL)), 0,
                    2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(an_event_is_a_line, open_ends, close_ends),
        cmocka_unit_test_setup_teardown(an_event_may_have_no_field, open_ends,
                                        close_ends),
        cmocka_unit_test_setup_teardown(odd_values_stay_json, open_ends, close_ends),
        cmocka_unit_test_setup_teardown(below_the_level_nothing_is_said, open_ends,
                                        close_ends),
        cmocka_unit_test_setup_teardown(a_line_has_a_limit_and_stays_json, open_ends,
                                        close_ends),
        cmocka_unit_test_setup_teardown(it_can_be_silenced_and_keeps_errno, open_ends,
                                        close_ends),
        cmocka_unit_test(lines_of_threads_do_not_mix),
        cmocka_unit_test(times_are_printed_in_utc),
        cmocka_unit_test(clocks_run),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
