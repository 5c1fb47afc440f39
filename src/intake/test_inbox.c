/* SPDX-License-Identifier: Apache-2.0
 *
 * test_inbox.c: a folder in which files arrive, with a clock of our own; and what a watcher that
 * was killed at each of its steps leaves to the next one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "intake/inbox.h"

struct fixture {
    char folder[64];
    char path[512];
    struct inbox *inbox;
    struct inbox_options options;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    snprintf(fixture->folder, sizeof(fixture->folder), "/tmp/inbox-XXXXXX");
    assert_non_null(mkdtemp(fixture->folder));
    fixture->options.settle = 1000;
    *state = fixture;
    return 0;
}

static const char *path_of(struct fixture *fixture, const char *name)
{
    snprintf(fixture->path, sizeof(fixture->path), "%s/%s", fixture->folder, name);
    return fixture->path;
}

static int remove_one(const char *path, const struct stat *stat, int kind, struct FTW *at)
{
    (void)stat;
    (void)kind;
    (void)at;
    return remove(path);
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    inbox_close(fixture->inbox);
    assert_int_equal(nftw(fixture->folder, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
    free(fixture);
    return 0;
}

static void put(struct fixture *fixture, const char *name, const char *text)
{
    FILE *file = fopen(path_of(fixture, name), "w");

    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

/* TEXT is the file's; NULL: there is none. */
static void holds(struct fixture *fixture, const char *name, const char *text)
{
    FILE *file = fopen(path_of(fixture, name), "r");
    char found[64] = "";

    if (!text) {
        if (file)
            fail_msg("%s is there", name);
        return;
    }
    if (!file)
        fail_msg("%s is not there", name);
    found[fread(found, 1, sizeof(found) - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(found, text);
}

static void begin(struct fixture *fixture)
{
    struct error err = ERROR_INIT;

    inbox_close(fixture->inbox);
    fixture->inbox = inbox_open(fixture->folder, &fixture->options, &err);
    if (!fixture->inbox)
        fail_msg("%s", err.message);
}

/* At NOW the next file is NAME; NULL: none. */
static void next_is(struct fixture *fixture, double now, const char *name)
{
    struct error err = ERROR_INIT;
    struct inbox_file file;
    int found = inbox_next(fixture->inbox, now, &file, &err);

    if (found < 0)
        fail_msg("%s", err.message);
    assert_int_equal(found, name != NULL);
    if (name)
        assert_string_equal(file.name, name);
}

static void settled_as(struct fixture *fixture, enum inbox_outcome outcome,
                       const char *name)
{
    const struct inbox_report report = {INBOX_REPORT, "kept", 4};
    struct error err = ERROR_INIT;
    const char *to;

    if (inbox_settle(fixture->inbox, outcome, &report, 1, &to, &err) < 0)
        fail_msg("%s", err.message);
    assert_string_equal(to, name);
}

static void a_file_is_taken_when_it_stands_still(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, "a.csv", "one");
    begin(fixture);
    next_is(fixture, 0, NULL);
    assert_true(inbox_waits(fixture->inbox));
    next_is(fixture, 999, NULL);
    put(fixture, "a.csv", "one and two");
    next_is(fixture, 1000, NULL);
    next_is(fixture, 1999, NULL);
    next_is(fixture, 2000, "a.csv");
    holds(fixture, "a.csv", NULL);
    holds(fixture, "importing/a.csv", "one and two");
    settled_as(fixture, INBOX_DONE, "done/a.csv");
    holds(fixture, "done/a.csv", "one and two");
    holds(fixture, "done/a.csv.report.txt", "kept");
    next_is(fixture, 3000, NULL);
    assert_false(inbox_waits(fixture->inbox));
}

static void the_same_name_is_numbered(void **state)
{
    struct fixture *fixture = *state;
    const char *const places[] = {"done/a.ndjson.gz", "done/a-2.ndjson.gz",
                                  "done/a-3.ndjson.gz"};

    for (int i = 0; i < 3; i++) {
        char text[8];

        snprintf(text, sizeof(text), "%d", i);
        put(fixture, "a.ndjson.gz", text);
        put(fixture, "a.ndjson.gz.ok", "");
        begin(fixture);
        next_is(fixture, 0, "a.ndjson.gz");
        holds(fixture, "a.ndjson.gz.ok", NULL);
        settled_as(fixture, INBOX_DONE, places[i]);
    }
    holds(fixture, "done/a.ndjson.gz", "0");
    holds(fixture, "done/a-2.ndjson.gz", "1");
    holds(fixture, "done/a-3.ndjson.gz", "2");
    holds(fixture, "done/a-3.ndjson.gz.report.txt", "kept");
}

static void a_refused_one_has_its_own_folder(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, "a", "x");
    put(fixture, "a.done", "");
    begin(fixture);
    next_is(fixture, 0, "a");
    settled_as(fixture, INBOX_REFUSED, "refused/a");
    holds(fixture, "refused/a", "x");
    holds(fixture, "done/a", NULL);
}

static void what_is_kept_comes_again_before_others(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, "b", "b");
    put(fixture, "b.ok", "");
    begin(fixture);
    next_is(fixture, 0, "b");
    inbox_keep(fixture->inbox);
    put(fixture, "a", "a");
    put(fixture, "a.ok", "");
    next_is(fixture, 1, "b");
    begin(fixture); /* another watcher */
    next_is(fixture, 2, "b");
    settled_as(fixture, INBOX_DONE, "done/b");
    next_is(fixture, 3, "a");
}

static void killed_between_the_marker_and_its_file(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    put(fixture, "a", "a");
    put(fixture, "importing/a.ok", "");
    begin(fixture);
    next_is(fixture, 0, "a");
    holds(fixture, "a", NULL);
    holds(fixture, "importing/a.ok", NULL);
    settled_as(fixture, INBOX_DONE, "done/a");
}

static void killed_before_the_marker_was_removed(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    put(fixture, "importing/a", "first");
    put(fixture, "importing/a.ok", "");
    put(fixture, "a", "second, still growing");
    begin(fixture);
    next_is(fixture, 0, "a");
    holds(fixture, "importing/a.ok", NULL);
    settled_as(fixture, INBOX_DONE, "done/a");
    holds(fixture, "done/a", "first");
    next_is(fixture, 1, NULL); /* its marker was the first one's */
    holds(fixture, "a", "second, still growing");
}

static void killed_between_the_reports_and_the_move(void **state)
{
    struct fixture *fixture = *state;

    begin(fixture);
    put(fixture, "importing/a", "a");
    put(fixture, "done/a.report.txt", "of a try that was cut short");
    put(fixture, "done/a.refused.csv", "of it, too");
    put(fixture, "done/.report.tmp", "half");
    begin(fixture);
    next_is(fixture, 0, "a");
    settled_as(fixture, INBOX_DONE, "done/a");
    holds(fixture, "done/a.report.txt", "kept");
    holds(fixture, "done/a.refused.csv", NULL);
    holds(fixture, "done/.report.tmp", NULL);
}

static void links_stay_whoever_points_them_where(void **state)
{
    struct fixture *fixture = *state;

    put(fixture, "target.tmp", "secret");
    assert_int_equal(symlink("target.tmp", path_of(fixture, "a")), 0);
    put(fixture, "a.ok", "");
    begin(fixture);
    next_is(fixture, 0, NULL);
    next_is(fixture, 5000, NULL);
    assert_int_equal(symlink("../target.tmp", path_of(fixture, "importing/b")), 0);
    next_is(fixture, 5001, NULL);
    holds(fixture, "target.tmp", "secret");
}

static void folders_of_another_kind_are_refused(void **state)
{
    struct fixture *fixture = *state;
    struct error err = ERROR_INIT;

    assert_int_equal(symlink("/tmp", path_of(fixture, "done")), 0);
    assert_null(inbox_open(fixture->folder, &fixture->options, &err));
    assert_int_equal(err.code, ERROR_REFUSED);
    assert_non_null(strstr(err.message, "done is not a folder"));
    unlink(path_of(fixture, "done"));
    put(fixture, "done", "a file");
    assert_null(inbox_open(fixture->folder, &fixture->options, &err));
    assert_int_equal(err.code, ERROR_REFUSED);
    unlink(path_of(fixture, "done"));
    begin(fixture);
    assert_null(inbox_open(fixture->folder, &fixture->options, &err));
    assert_int_equal(err.code, ERROR_BUSY);
    assert_null(inbox_open("/nonexistent", &fixture->options, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_taken_when_it_stands_still),
        TEST(the_same_name_is_numbered),
        TEST(a_refused_one_has_its_own_folder),
        TEST(what_is_kept_comes_again_before_others),
        TEST(killed_between_the_marker_and_its_file),
        TEST(killed_before_the_marker_was_removed),
        TEST(killed_between_the_reports_and_the_move),
        TEST(links_stay_whoever_points_them_where),
        TEST(folders_of_another_kind_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
