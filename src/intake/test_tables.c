/* SPDX-License-Identifier: Apache-2.0
 *
 * test_tables.c: rows of many persons as slices of one, whatever the memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "intake/tables.h"

static char folder[64];

static int folder_new(void **state)
{
    (void)state;
    snprintf(folder, sizeof(folder), "/tmp/lacis-test-tables-XXXXXX");
    return mkdtemp(folder) ? 0 : -1;
}

/* Nothing is left behind: else the folder cannot be removed. */
static int folder_gone(void **state)
{
    (void)state;
    return rmdir(folder);
}

static void begin(struct tables *tables, const char *name, const char *column)
{
    const char *columns[] = {"id", column};
    struct error err = ERROR_INIT;

    assert_int_equal(tables_begin(tables, name, "file of it", columns, 2, &err), 0);
}

static void row(struct tables *tables, const char *person, unsigned line,
                const char *cell)
{
    const char *cells[] = {person, cell};
    struct error err = ERROR_INIT;

    assert_int_equal(tables_row(tables, person, line, cells, 2, &err), 0);
}

/* Each slice on a line, the lines of its rows behind it. */
static int put_slice(void *context, const struct slice *slice, struct error *err)
{
    struct buffer *out = context;

    (void)err;
    assert_false(slice->too_large);
    assert_int_equal(strlen(slice->bytes), slice->length);
    buffer_printf(out, "%s %s", slice->person, slice->bytes);
    for (size_t i = 0; i < slice->n_tables; i++) {
        buffer_printf(out, " %s:", slice->tables[i].file);
        for (size_t j = 0; j < slice->tables[i].n_rows; j++)
            buffer_printf(out, "%s%u", j ? "," : "", slice->tables[i].lines[j]);
    }
    buffer_char(out, '\n');
    return 0;
}

static void each(struct tables *tables, struct buffer *out)
{
    struct error err = ERROR_INIT;

    buffer_init(out, (size_t)64 << 20);
    assert_int_equal(tables_each(tables, "csv", "rcp", put_slice, out, &err), 0);
    tables_free(tables);
}

static void a_slice_has_the_rows_of_one_person(void **state)
{
    struct tables *tables = tables_new(folder, TABLES_MEMORY);
    struct buffer out;

    (void)state;
    begin(tables, "a.csv", "sex");
    row(tables, "P2", 2, "F");
    row(tables, "P1", 3, "M");
    begin(tables, "empty.csv", "x");
    begin(tables, "b.csv", "drug");
    row(tables, "P1", 2, "a \"b\"\n");
    row(tables, "P3", 3, "");
    row(tables, "P1", 5, "é");
    each(tables, &out);
    assert_string_equal(
        buffer_text(&out),
        "P2 {\"door\":\"csv\",\"source\":\"rcp\",\"patient\":\"P2\",\"tables\":["
        "{\"name\":\"a.csv\",\"columns\":[\"id\",\"sex\"],\"rows\":[[\"P2\",\"F\"]]}]}"
        " file of it:2\n"
        "P1 {\"door\":\"csv\",\"source\":\"rcp\",\"patient\":\"P1\",\"tables\":["
        "{\"name\":\"a.csv\",\"columns\":[\"id\",\"sex\"],\"rows\":[[\"P1\",\"M\"]]},"
        "{\"name\":\"b.csv\",\"columns\":[\"id\",\"drug\"],\"rows\":["
        "[\"P1\",\"a \\\"b\\\"\\n\"],[\"P1\",\"é\"]]}]} file of it:3 file of it:2,5\n"
        "P3 {\"door\":\"csv\",\"source\":\"rcp\",\"patient\":\"P3\",\"tables\":["
        "{\"name\":\"b.csv\",\"columns\":[\"id\",\"drug\"],\"rows\":[[\"P3\",\"\"]]}]}"
        " file of it:3\n");
    buffer_free(&out);
}

static void no_row_no_slice(void **state)
{
    struct tables *tables = tables_new(folder, TABLES_MEMORY);
    struct buffer out;

    (void)state;
    each(tables, &out);
    assert_string_equal(buffer_text(&out), "");
    buffer_free(&out);
}

/* 20,000 rows of 700 persons in five tables, in no order, some rows longer than what is read at
 * a time. */
static void many_rows(size_t memory, struct buffer *out)
{
    struct tables *tables = tables_new(folder, memory);
    uint64_t random = 88172645463325252U;
    char *text = memory_alloc(400001);

    memset(text, 'x', 400000);
    for (unsigned i = 0; i < 20000; i++) {
        char person[16], name[16];
        size_t length;

        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        length = i % 4000 == 7 ? 400000 : random % 50;
        if (i % 4000 == 0) {
            snprintf(name, sizeof(name), "t%u.csv", i / 4000);
            begin(tables, name, "text");
        }
        text[length] = '\0';
        snprintf(person, sizeof(person), "%u", (unsigned)(random >> 20) % 700);
        row(tables, person, i % 4000 + 2, text);
        text[length] = 'x';
    }
    memory_free(text);
    each(tables, out);
}

static void slices_are_the_same_whatever_the_memory(void **state)
{
    static const size_t memories[] = {50000, 300000, (size_t)4 << 20};
    struct buffer whole, out;
    size_t lines = 0;

    (void)state;
    many_rows(TABLES_MEMORY, &whole);
    for (const char *c = buffer_text(&whole); *c; c++)
        lines += *c == '\n';
    assert_int_equal(lines, 700);
    for (size_t i = 0; i < ARRAY_LENGTH(memories); i++) {
        many_rows(memories[i], &out);
        assert_int_equal(out.length, whole.length);
        assert_memory_equal(out.bytes, whole.bytes, whole.length);
        buffer_free(&out);
    }
    buffer_free(&whole);
}

/* However the process ends, no file is left: there is never a name in the folder. */
static void what_is_put_aside_has_no_name(void **state)
{
    struct tables *tables = tables_new(folder, 1);
    DIR *dir;
    const struct dirent *entry;

    (void)state;
    begin(tables, "a.csv", "x");
    for (unsigned i = 0; i < 100; i++)
        row(tables, "P1", i, "1");
    dir = opendir(folder);
    assert_non_null(dir);
    while ((entry = readdir(dir)))
        assert_true(entry->d_name[0] == '.');
    closedir(dir);
    tables_free(tables);
}

static int note_too_large(void *context, const struct slice *slice, struct error *err)
{
    unsigned *n = context;

    (void)err;
    assert_int_equal(slice->too_large, strcmp(slice->person, "big") == 0);
    ++*n;
    return 0;
}

static void what_is_too_large_is_said(void **state)
{
    struct tables *tables = tables_new(folder, TABLES_MEMORY);
    char *text = memory_alloc(TABLES_ROW + 1);
    const char *cells[] = {text};
    struct error err = ERROR_INIT;
    unsigned n = 0;

    (void)state;
    begin(tables, "a.csv", "x");
    row(tables, "before", 1, "1");
    memset(text, 'x', TABLES_ROW);
    text[TABLES_ROW] = '\0';
    assert_int_equal(tables_row(tables, "P1", 7, cells, 1, &err), -1);
    assert_int_equal(err.code, ERROR_INPUT);
    assert_int_equal(err.line, 7);
    text[TABLES_ROW - 100] = '\0';
    for (unsigned i = 0; i < 65; i++)
        row(tables, "big", i, text);
    row(tables, "small", 99, "1");
    assert_int_equal(tables_each(tables, "csv", "x", note_too_large, &n, &err), 0);
    assert_int_equal(n, 3);
    tables_free(tables);
    memory_free(text);
}

static void there_are_at_most_a_thousand_tables(void **state)
{
    struct tables *tables = tables_new(folder, TABLES_MEMORY);
    struct error err = ERROR_INIT;

    (void)state;
    for (unsigned i = 0; i < TABLES_MAX; i++)
        begin(tables, "a.csv", "x");
    assert_int_equal(tables_begin(tables, "a.csv", "a.csv", NULL, 0, &err), -1);
    assert_int_equal(err.code, ERROR_LIMIT);
    tables_free(tables);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_slice_has_the_rows_of_one_person),
        cmocka_unit_test(no_row_no_slice),
        cmocka_unit_test(slices_are_the_same_whatever_the_memory),
        cmocka_unit_test(what_is_put_aside_has_no_name),
        cmocka_unit_test(what_is_too_large_is_said),
        cmocka_unit_test(there_are_at_most_a_thousand_tables),
    };

    return cmocka_run_group_tests(tests, folder_new, folder_gone);
}
