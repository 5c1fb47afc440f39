/* SPDX-License-Identifier: Apache-2.0
 *
 * test_csv.c: CSV as hospitals write it; in pieces of any size the rows are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapt/csv.h"
#include "base/buffer.h"
#include "base/error.h"

/* Rows are printed as 3[a][b]: the line, then the fields. */
static int print_row(void *context, unsigned line, const char *const *fields, size_t n,
                     struct error *err)
{
    struct buffer *out = context;

    (void)err;
    buffer_printf(out, "%u", line);
    for (size_t i = 0; i < n; i++)
        buffer_printf(out, "[%s]", fields[i]);
    buffer_char(out, ' ');
    return 0;
}

/* The rows of TEXT, fed STEP bytes at a time, then the error if there is one. */
static void read_all(struct buffer *out, const char *text, size_t length, size_t step,
                     bool *latin_r)
{
    struct csv *csv = csv_new(200, print_row, out);
    struct error err = ERROR_INIT;
    int rc = 0;

    for (size_t at = 0; at < length && rc == 0; at += step)
        rc = csv_feed(csv, text + at, length - at < step ? length - at : step, &err);
    if (rc == 0)
        rc = csv_finish(csv, &err);
    if (rc < 0)
        buffer_printf(out, "line %u: %s: %s", err.line, error_code_name(err.code),
                      err.message);
    *latin_r = csv_was_latin(csv);
    csv_free(csv);
}

struct sentence {
    const char *says;
    const char *text;
    const char *rows;
    bool latin;
};

static void check(const struct sentence *sentence, size_t length)
{
    struct buffer out;

    for (size_t step = 1; step <= length + 1; step++) {
        bool latin;

        buffer_init(&out, 1 << 16);
        read_all(&out, sentence->text, length, step, &latin);
        if (strcmp(buffer_text(&out), sentence->rows) != 0)
            fail_msg("%s, %zu bytes at a time:\n%s\nexpected\n%s", sentence->says, step,
                     buffer_text(&out), sentence->rows);
        assert_int_equal(latin, sentence->latin);
        buffer_free(&out);
    }
}

static void rows_and_fields(void **state)
{
    static const struct sentence sentences[] = {
        {"commas", "a,b\n1,2\n", "1[a][b] 2[1][2] ", false},
        {"semicolons, with commas inside", "a;b,c\n1;2\n", "1[a][b,c] 2[1][2] ", false},
        {"semicolons, more than commas", "a;b;c,d\n", "1[a][b][c,d] ", false},
        {"tabs", "a\tb\n1\t2", "1[a][b] 2[1][2] ", false},
        {"the separator is told by a spreadsheet", "sep=;\r\na;b\r\n", "2[a][b] ", false},
        {"separators in quotes do not count", "\"a;b;c\",d\n1,2\n",
         "1[a;b;c][d] 2[1][2] ", false},
        {"one column", "ipp\n1\n2\n", "1[ipp] 2[1] 3[2] ", false},
        {"a byte order mark",
         "\xEF\xBB\xBF"
         "a,b\n",
         "1[a][b] ", false},
        {"CRLF", "a,b\r\n1,2\r\n", "1[a][b] 2[1][2] ", false},
        {"CR", "a,b\r1,2\r", "1[a][b] 2[1][2] ", false},
        {"no line end behind the last row", "a,b\n1,2", "1[a][b] 2[1][2] ", false},
        {"empty fields", "a,b,c\n,,\n1,,\n", "1[a][b][c] 2[][][] 3[1][][] ", false},
        {"empty lines are no rows", "\n\r\na,b\n\n\n1,2\n\n", "3[a][b] 6[1][2] ", false},
        {"empty fields in quotes", "a,b\n\"\",\"\"\n\"\",2\n", "1[a][b] 2[][] 3[][2] ",
         false},
        {"nothing", "", "", false},
        {"quotes, doubled inside", "a,b\n\"x \"\"y\"\", z\",2\n",
         "1[a][b] 2[x \"y\", z][2] ", false},
        {"line breaks in quotes count as lines", "a,b\n\"x\r\ny\nz\",2\n3,4\n",
         "1[a][b] 2[x\r\ny\nz][2] 5[3][4] ", false},
        {"a quote inside a field is a character", "a,b\n5\" pipe,2\n",
         "1[a][b] 2[5\" pipe][2] ", false},
        {"what follows a closing quote belongs to the field", "a,b\n\"x\"y,2\n",
         "1[a][b] 2[xy][2] ", false},
        {"a line break in the first row", "\"a\nb\",c\n1,2\n", "1[a\nb][c] 3[1][2] ",
         false},
        {"rows of differing length are the reader's affair", "a,b\n1\n1,2,3\n",
         "1[a][b] 2[1] 3[1][2][3] ", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(sentences); i++)
        check(&sentences[i], strlen(sentences[i].text));
}

static void text_is_utf8_or_latin(void **state)
{
    static const struct sentence sentences[] = {
        {"UTF-8", "nom,x\nH\xC3\xA9l\xC3\xA8ne,2\n",
         "1[nom][x] 2[H\xC3\xA9l\xC3\xA8ne][2] ", false},
        {"ISO-8859-15", "nom,x\nH\xE9l\xE8ne,\xA4\n",
         "1[nom][x] 2[H\xC3\xA9l\xC3\xA8ne][\xE2\x82\xAC] ", true},
        {"its oe and Y", "nom,x\nC\xBDur,\xBEves\n",
         "1[nom][x] 2[C\xC5\x93ur][\xC5\xB8ves] ", true},
        {"CP1252", "nom,x\nl\x92h\xF4pital,\x9C\n",
         "1[nom][x] 2[l\xE2\x80\x99h\xC3\xB4pital][\xC5\x93] ", true},
        {"a byte that is nothing",
         "nom,x\na\x81"
         "b,2\n",
         "1[nom][x] 2[a\xEF\xBF\xBD"
         "b][2] ",
         true},
        {"each field for itself", "a,b\nH\xC3\xA9,\xE9\n",
         "1[a][b] 2[H\xC3\xA9][\xC3\xA9] ", true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(sentences); i++)
        check(&sentences[i], strlen(sentences[i].text));
}

static void mistakes_have_a_line(void **state)
{
    static const struct sentence sentences[] = {
        {"a quote never closed", "a,b\n1,2\n\"x,2\n3,4\n",
         "1[a][b] 2[1][2] line 3: input: a quote that opens here is never closed", false},
        {"a row too large",
         "a,b\n1,\"2\n........................................................................"
         "........................................................................"
         "........................................................................\",2\n",
         "1[a][b] line 2: limit: a row of more than 200 bytes: is a quote never closed?",
         false},
        {"a first row too large",
         "........................................................................"
         "........................................................................"
         "........................................................................",
         "line 1: limit: a row of more than 200 bytes: is a quote never closed?", false},
    };
    static const struct sentence utf16 = {
        "UTF-16", "a,b\n1\0,2\n",
        "1[a][b] line 2: input: a NUL byte: expected text in UTF-8 or ISO-8859-15, not UTF-16",
        false};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(sentences); i++)
        check(&sentences[i], strlen(sentences[i].text));
    check(&utf16, 9);
}

static int stop(void *context, unsigned line, const char *const *fields, size_t n,
                struct error *err)
{
    (void)context;
    (void)fields;
    (void)n;
    return error_at(err, ERROR_BUSY, line, 0, "enough");
}

static void a_callback_can_stop(void **state)
{
    struct csv *csv = csv_new(200, stop, NULL);
    struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(csv_feed(csv, "a,b\n1,2\n", 8, &err), -1);
    assert_int_equal(err.code, ERROR_BUSY);
    assert_int_equal(err.line, 1);
    csv_free(csv);
    csv_free(NULL);
}

static void the_caller_may_know_the_form(void **state)
{
    static const char text[] = "\xEF\xBB\xBF"
                               "a,b|c;\"d\n1|\"2\"\n";
    const size_t length = sizeof(text) - 1;

    (void)state;
    for (size_t step = 1; step <= length; step++) {
        struct buffer out;
        struct csv *csv = csv_new(200, print_row, &out);

        buffer_init(&out, 1 << 10);
        csv_form(csv, '|', true);
        for (size_t at = 0; at < length; at += step)
            assert_int_equal(csv_feed(csv, text + at,
                                      length - at < step ? length - at : step, NULL),
                             0);
        assert_int_equal(csv_finish(csv, NULL), 0);
        assert_string_equal(buffer_text(&out), "1[a,b][c;\"d] 2[1][\"2\"] ");
        csv_free(csv);
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_fields),
        cmocka_unit_test(text_is_utf8_or_latin),
        cmocka_unit_test(mistakes_have_a_line),
        cmocka_unit_test(a_callback_can_stop),
        cmocka_unit_test(the_caller_may_know_the_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
