/* SPDX-License-Identifier: Apache-2.0
 *
 * test_audit.c: a reading leaves a line, and a line that was touched is named.
 *
 * ctest-labels: threads */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "access/access.h"
#include "base/error.h"

#define NOW 1794476967 /* 2026-11-12T09:49:27Z */

static const struct caller anna = {"anna", "cli", PURPOSE_RESEARCH};

struct place {
    char folder[64], log[96], key[96];
};

static int setup(void **state)
{
    struct place *place = calloc(1, sizeof(*place));

    strncpy(place->folder, "/tmp/lacis-audit-XXXXXX", sizeof(place->folder) - 1);
    if (!mkdtemp(place->folder))
        return -1;
    snprintf(place->log, sizeof(place->log), "%s/audit.log", place->folder);
    snprintf(place->key, sizeof(place->key), "%s/audit.key", place->folder);
    *state = place;
    return 0;
}

static int teardown(void **state)
{
    struct place *place = *state;

    unlink(place->log);
    unlink(place->key);
    rmdir(place->folder);
    free(place);
    return 0;
}

/* ---- helpers ---- */

static struct audit *opened(const struct place *place)
{
    struct error err = ERROR_INIT;
    struct audit *audit = audit_open(place->folder, &err);

    if (!audit)
        fail_msg("%s", err.message);
    return audit;
}

static void entry(struct audit *audit, const char *detail)
{
    struct error err = ERROR_INIT;

    if (audit_write(audit, &anna, NOW, "count", detail, "42 certain", &err) < 0)
        fail_msg("%s", err.message);
}

static void entries(const struct place *place, unsigned n)
{
    struct audit *audit = opened(place);
    char detail[32];

    for (unsigned i = 1; i <= n; i++) {
        snprintf(detail, sizeof(detail), "question %u", i);
        entry(audit, detail);
    }
    audit_close(audit);
}

static char *content(const struct place *place)
{
    static char text[1 << 20];
    FILE *file = fopen(place->log, "r");

    assert_non_null(file);
    text[fread(text, 1, sizeof(text) - 1, file)] = '\0';
    fclose(file);
    return text;
}

static void replace(const struct place *place, const char *text, size_t length)
{
    FILE *file = fopen(place->log, "w");

    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    assert_int_equal(fclose(file), 0);
}

static char *line_of(char *text, unsigned number)
{
    while (--number)
        text = strchr(text, '\n') + 1;
    return text;
}

static void verifies(const struct place *place, uint64_t expected)
{
    struct error err = ERROR_INIT;
    uint64_t lines = 12345;

    if (audit_verify(place->folder, &lines, &err) < 0)
        fail_msg("%s", err.message);
    assert_int_equal(lines, expected);
}

static void names(const struct place *place, const char *expected)
{
    struct error err = ERROR_INIT;
    uint64_t lines = 12345;

    assert_int_equal(audit_verify(place->folder, &lines, &err), -1);
    assert_int_equal(lines, 12345);
    assert_int_equal(err.code, ERROR_CORRUPT);
    if (!strstr(err.message, expected))
        fail_msg("\"%s\" does not say \"%s\"", err.message, expected);
}

/* ---- writing ---- */

static void a_line_says_who_why_what_and_what_came_out(void **state)
{
    entries(*state, 1);

    const char *text = content(*state);
    static const char start[] =
        "{\"n\":1,\"time\":\"2026-11-12T09:49:27Z\",\"caller\":\"anna\",\"via\":\"cli\","
        "\"purpose\":\"research\",\"action\":\"count\",\"detail\":\"question 1\","
        "\"outcome\":\"42 certain\",\"chain\":\"";

    assert_memory_equal(text, start, sizeof(start) - 1);
    assert_int_equal(strlen(text), sizeof(start) - 1 + 64 + 3);
    assert_int_equal(strcspn(text, "\n"), strlen(text) - 1);
    verifies(*state, 1);
}

static void only_the_owner_can_read_it(void **state)
{
    const struct place *place = *state;
    struct stat log, key;

    entries(place, 1);
    assert_int_equal(stat(place->log, &log), 0);
    assert_int_equal(stat(place->key, &key), 0);
    assert_int_equal(log.st_mode & 0777, 0600);
    assert_int_equal(key.st_mode & 0777, 0600);
    assert_int_equal(key.st_size, 32);
}

static void the_chain_goes_on_at_the_next_opening(void **state)
{
    entries(*state, 3);
    entries(*state, 1);
    entries(*state, 2);
    verifies(*state, 6);
}

static void quotes_and_line_ends_of_a_question_stay_in_its_line(void **state)
{
    struct audit *audit = opened(*state);

    entry(audit, "line one\nline \"two\"\t\xC3\xA9 \xFF");
    entry(audit, "");
    audit_close(audit);
    verifies(*state, 2);
    assert_non_null(
        strstr(content(*state), "line one\\nline \\\"two\\\"\\t\xC3\xA9 \xEF\xBF\xBD"));
}

static void a_huge_question_is_cut_and_its_digest_kept(void **state)
{
    struct audit *audit = opened(*state);
    char *detail = malloc(100001);

    memset(detail, '\x01', 100000);
    detail[100000] = '\0';
    entry(audit, detail);
    entry(audit, "next");
    audit_close(audit);
    free(detail);
    audit = opened(*state);
    entry(audit, "next");
    audit_close(audit);
    verifies(*state, 3);
    assert_non_null(
        strstr(content(*state), "\"detail_bytes\":100000,\"detail_blake2b\":\""));
}

static void a_full_disk_is_an_error_and_leaves_no_half_line(void **state)
{
    struct error err = ERROR_INIT;
    struct audit *audit = opened(*state);
    pid_t pid;
    int status;

    entry(audit, "fits");
    pid = fork();
    if (pid == 0) {
        /* a limit of the file's size writes short, like a disk that fills up */
        struct stat log;
        const struct place *place = *state;

        if (stat(place->log, &log) < 0)
            _exit(2);
        signal(SIGXFSZ, SIG_IGN);
        struct rlimit limit = {(rlim_t)log.st_size + 100, (rlim_t)log.st_size + 100};

        if (setrlimit(RLIMIT_FSIZE, &limit) < 0)
            _exit(3);
        if (audit_write(audit, &anna, NOW, "count", "does not fit", "1", &err) == 0)
            _exit(4);
        _exit(err.code == ERROR_IO && strstr(err.message, "disk is full") ? 0 : 5);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    verifies(*state, 1);
    entry(audit, "fits again");
    audit_close(audit);
    verifies(*state, 2);
}

/* ---- many writers ---- */

#define WRITERS 4
#define EACH 50

static void *writes_some(void *audit)
{
    for (int i = 0; i < EACH; i++)
        entry(audit, "thread");
    return NULL;
}

static void threads_share_one_log(void **state)
{
    struct audit *audit = opened(*state);
    pthread_t threads[WRITERS];

    for (int i = 0; i < WRITERS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, writes_some, audit), 0);
    for (int i = 0; i < WRITERS; i++)
        pthread_join(threads[i], NULL);
    audit_close(audit);
    verifies(*state, WRITERS * EACH);
}

static void processes_share_it_too(void **state)
{
    struct audit *audit = opened(*state);
    pid_t pids[WRITERS];

    for (int i = 0; i < WRITERS; i++) {
        pids[i] = fork();
        if (pids[i] == 0) {
            struct error err = ERROR_INIT;
            struct audit *own = audit_open(((struct place *)*state)->folder, &err);

            for (int k = 0; own && k < EACH; k++)
                if (audit_write(own, &anna, NOW, "count", "process", "1", &err) < 0)
                    _exit(1);
            _exit(own ? 0 : 1);
        }
    }
    for (int k = 0; k < EACH; k++)
        entry(audit, "parent");
    for (int i = 0; i < WRITERS; i++) {
        int status;

        assert_int_equal(waitpid(pids[i], &status, 0), pids[i]);
        assert_int_equal(status, 0);
    }
    entry(audit, "last");
    audit_close(audit);
    verifies(*state, (WRITERS + 1) * EACH + 1);
}

/* ---- tampering ---- */

static void a_changed_line_is_named(void **state)
{
    entries(*state, 5);

    char *text = content(*state);

    memcpy(strstr(line_of(text, 3), "anna"), "Anna", 4);
    replace(*state, text, strlen(text));
    names(*state, "line 3 was changed");
}

static void a_changed_chain_value_is_named(void **state)
{
    entries(*state, 5);

    char *text = content(*state);
    char *chain = strstr(line_of(text, 4), "\"chain\":\"") + 9;

    *chain = *chain == '0' ? '1' : '0';
    replace(*state, text, strlen(text));
    names(*state, "line 4 was changed");
}

static void a_removed_line_is_named(void **state)
{
    entries(*state, 5);

    char *text = content(*state);
    char *third = line_of(text, 3);
    char *fourth = line_of(text, 4);

    memmove(third, fourth, strlen(fourth) + 1);
    replace(*state, text, strlen(text));
    names(*state, "line 3 does not follow the line before: lines are missing");
}

static void a_removed_first_line_is_named(void **state)
{
    entries(*state, 3);

    char *second = line_of(content(*state), 2);

    replace(*state, second, strlen(second));
    names(*state, "line 1 does not follow");
}

static void swapped_lines_are_named(void **state)
{
    char swapped[8192];

    entries(*state, 5);

    char *text = content(*state);
    char *second = line_of(text, 2);
    char *third = line_of(text, 3);
    char *fourth = line_of(text, 4);
    int length =
        snprintf(swapped, sizeof(swapped), "%.*s%.*s%.*s%s", (int)(second - text), text,
                 (int)(fourth - third), third, (int)(third - second), second, fourth);

    replace(*state, swapped, (size_t)length);
    names(*state, "line 2 does not follow the line before: lines are missing or moved");
}

static void a_repeated_line_is_named(void **state)
{
    char repeated[8192];

    entries(*state, 3);

    char *text = content(*state);
    char *third = line_of(text, 3);
    int length = snprintf(repeated, sizeof(repeated), "%.*s%.*s%s", (int)(third - text),
                          text, (int)(third - line_of(text, 2)), line_of(text, 2), third);

    replace(*state, repeated, (size_t)length);
    names(*state, "line 3 stands in a wrong place");
}

static void a_line_cut_in_the_middle_is_named(void **state)
{
    entries(*state, 5);

    char *text = content(*state);
    char *second = line_of(text, 2);
    char *end = strchr(second, '\n');

    memmove(second + 40, end, strlen(end) + 1);
    replace(*state, text, strlen(text));
    names(*state, "line 2 is not an entry");
}

static void a_last_line_cut_is_named(void **state)
{
    entries(*state, 3);

    char *text = content(*state);

    replace(*state, text, strlen(text) - 20);
    names(*state, "line 3, the last one, is cut");
}

static void an_inserted_line_is_named(void **state)
{
    char more[8192];

    entries(*state, 2);
    snprintf(more, sizeof(more), "%sand one of mine\n", content(*state));
    replace(*state, more, strlen(more));
    names(*state, "line 3 is not an entry");
}

static void another_key_fits_no_line(void **state)
{
    const struct place *place = *state;
    FILE *key;

    entries(place, 2);
    key = fopen(place->key, "w");
    fputs("01234567890123456789012345678901", key);
    fclose(key);
    names(place, "line 1 was changed");
}

static void a_lost_key_is_not_replaced(void **state)
{
    const struct place *place = *state;
    struct error err = ERROR_INIT;

    entries(place, 2);
    unlink(place->key);
    assert_null(audit_open(place->folder, &err));
    assert_int_equal(err.code, ERROR_CORRUPT);
    assert_non_null(strstr(err.message, "audit.key is missing"));
    names(place, "audit.key is missing");
}

/* ---- crashes ---- */

/* The log of three entries, cut after LENGTH bytes of the last, is mended at the next
 * opening; whatever was torn is kept and chained. */
static void every_torn_end_is_mended(void **state)
{
    entries(*state, 3);

    static char whole[8192];
    char *text = content(*state);
    size_t length = strlen(text);
    size_t start = (size_t)(line_of(text, 3) - text);

    memcpy(whole, text, length + 1);
    for (size_t cut = start; cut <= length; cut++) {
        bool entire = cut >= length - 1;
        bool torn = cut > start && !entire;

        replace(*state, whole, cut);
        audit_close(opened(*state));
        verifies(*state, entire ? 3 : torn ? 3 : 2);
        if (torn &&
            !strstr(content(*state), "\"action\":\"audit\",\"detail\":\"the line before "
                                     "was cut after"))
            fail_msg("nothing said of a line cut after %zu bytes", cut - start);
        entries(*state, 1);
        verifies(*state, entire || torn ? 4 : 3);
    }
}

/* The mending itself may be cut anywhere. */
static void a_torn_mending_is_mended(void **state)
{
    static char whole[8192];

    entries(*state, 2);
    char *text = content(*state);

    replace(*state, text, strlen(text) - 30);
    audit_close(opened(*state));
    text = content(*state);

    size_t length = strlen(text);
    size_t start = (size_t)(line_of(text, 3) - text) - 6;

    memcpy(whole, text, length + 1);
    for (size_t cut = start; cut < length; cut++) {
        struct error err = ERROR_INIT;
        uint64_t lines;

        replace(*state, whole, cut);
        entries(*state, 1);
        if (audit_verify(((struct place *)*state)->folder, &lines, &err) < 0)
            fail_msg("cut at %zu of %zu: %s", cut, length, err.message);
        assert_int_equal(lines, 3);
    }
}

static void torn_bytes_cannot_be_changed_later(void **state)
{
    entries(*state, 3);

    char *text = content(*state);

    replace(*state, text, strlen(text) - 20);
    entries(*state, 1);
    text = content(*state);
    memcpy(strstr(line_of(text, 3), "anna"), "Anna", 4);
    replace(*state, text, strlen(text));
    names(*state, "line 4 was changed");
}

static void a_writer_sees_what_another_left_torn(void **state)
{
    struct audit *audit = opened(*state);
    const struct place *place = *state;
    FILE *file;

    entry(audit, "one");
    file = fopen(place->log, "a");
    fputs("{\"n\":2,\"time\":\"2026", file);
    fclose(file);
    entry(audit, "two");
    audit_close(audit);
    verifies(*state, 3);
}

static void a_missing_log_is_said(void **state)
{
    struct error err = ERROR_INIT;
    uint64_t lines;

    assert_int_equal(audit_verify(((struct place *)*state)->folder, &lines, &err), -1);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
}

int main(void)
{
#define T(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(a_line_says_who_why_what_and_what_came_out),
        T(only_the_owner_can_read_it),
        T(the_chain_goes_on_at_the_next_opening),
        T(quotes_and_line_ends_of_a_question_stay_in_its_line),
        T(a_huge_question_is_cut_and_its_digest_kept),
        T(a_full_disk_is_an_error_and_leaves_no_half_line),
        T(threads_share_one_log),
        T(processes_share_it_too),
        T(a_changed_line_is_named),
        T(a_changed_chain_value_is_named),
        T(a_removed_line_is_named),
        T(a_removed_first_line_is_named),
        T(swapped_lines_are_named),
        T(a_repeated_line_is_named),
        T(a_line_cut_in_the_middle_is_named),
        T(a_last_line_cut_is_named),
        T(an_inserted_line_is_named),
        T(another_key_fits_no_line),
        T(a_lost_key_is_not_replaced),
        T(every_torn_end_is_mended),
        T(a_torn_mending_is_mended),
        T(torn_bytes_cannot_be_changed_later),
        T(a_writer_sees_what_another_left_torn),
        T(a_missing_log_is_said),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
