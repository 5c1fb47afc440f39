/* SPDX-License-Identifier: Apache-2.0
 *
 * test_text.c: lines of help fit a terminal, in French too, and numbers agree with words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/error.h"
#include "cli/cli.h"

static void wraps_to(const char *text, size_t at, size_t indent, size_t width,
                     const char *expected)
{
    struct buffer out;

    buffer_init(&out, 4096);
    text_wrap(&out, text, at, indent, width);
    assert_string_equal(buffer_text(&out), expected);
    buffer_free(&out);
}

static void words_are_wrapped(void **state)
{
    (void)state;
    wraps_to("one two three", 0, 2, 8, "one two\n  three\n");
    wraps_to("one two three", 4, 4, 9, "one\n    two\n    three\n");
    wraps_to("", 0, 0, 8, "\n");
    wraps_to("longer than the line", 0, 0, 3, "longer\nthan\nthe\nline\n");
}

static void an_accent_takes_one_column(void **state)
{
    (void)state;
    assert_int_equal(text_columns("é à", strlen("é à")), 3);
    wraps_to("été été", 0, 0, 7, "été été\n");
}

/* French puts a blank before : and ?, and a line never starts with them. */
static void no_line_starts_with_a_lonely_sign(void **state)
{
    (void)state;
    wraps_to("un deux : trois", 0, 0, 7, "un\ndeux :\ntrois\n");
    wraps_to("un deux » trois", 0, 0, 8, "un\ndeux »\ntrois\n");
}

static void counts(enum lang lang, uint64_t count, const char *expected)
{
    struct buffer out;

    buffer_init(&out, 64);
    text_count(&out, lang, count, lang == LANG_FR ? "identité" : "identity",
               lang == LANG_FR ? "identités" : "identities");
    assert_string_equal(buffer_text(&out), expected);
    buffer_free(&out);
}

static void a_word_agrees_with_its_number(void **state)
{
    (void)state;
    counts(LANG_EN, 0, "0 identities");
    counts(LANG_EN, 1, "1 identity");
    counts(LANG_EN, 9812, "9,812 identities");
    counts(LANG_FR, 0, "0 identité");
    counts(LANG_FR, 1, "1 identité");
    counts(LANG_FR, 2, "2 identités");
    counts(LANG_FR, 9812,
           "9\xE2\x80\xAF"
           "812 identités");
}

static void takes(enum lang lang, double seconds, const char *expected)
{
    struct buffer out;

    buffer_init(&out, 64);
    text_seconds(&out, lang, seconds);
    assert_string_equal(buffer_text(&out), expected);
    buffer_free(&out);
}

static void durations_are_rounded_for_people(void **state)
{
    (void)state;
    takes(LANG_EN, 0.04, "0.0 s");
    takes(LANG_EN, 3.25, "3.3 s");
    takes(LANG_FR, 3.25, "3,3 s");
    takes(LANG_EN, 9.96, "10 s");
    takes(LANG_EN, 99.4, "99 s");
    takes(LANG_EN, 125.6, "2 min 06 s");
}

/* Every row of the table has what help and manual print, in both languages. */
static void the_table_is_complete(void **state)
{
    (void)state;
    for (size_t i = 0; i < COMMANDS; i++) {
        const struct command_row *row = &command_table[i];

        assert_ptr_equal(command_find(row->name), row);
        assert_non_null(row->run);
        for (int lang = 0; lang < LANGUAGES; lang++) {
            assert_true(*row->summary[lang] && *row->text[lang]);
            assert_int_equal(!*row->operands[lang], row->most == 0);
        }
        assert_true(*row->example);
    }
    for (size_t i = 0; i < OPTIONS; i++) {
        assert_int_equal(option_table[i].id, i);
        assert_true(option_table[i].most <= OPTION_VALUES_MAX);
        assert_true(option_table[i].commands != 0);
        for (int lang = 0; lang < LANGUAGES; lang++)
            assert_true(*option_table[i].text[lang]);
    }
    for (size_t i = 0; i < exit_count; i++)
        assert_int_equal(exit_table[i].number, i);
    assert_null(command_find("nonsense"));
}

static void each_kind_of_error_has_its_status(void **state)
{
    static const struct {
        enum error_code code;
        int status;
    } cases[] = {{ERROR_INPUT, EXIT_INPUT},
                 {ERROR_LIMIT, EXIT_LIMIT},
                 {ERROR_NOT_FOUND, EXIT_NOT_FOUND},
                 {ERROR_REFUSED, EXIT_REFUSED},
                 {ERROR_BUSY, EXIT_BUSY},
                 {ERROR_CORRUPT, EXIT_CORRUPT},
                 {ERROR_IO, EXIT_IO}};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct error err = {.code = cases[i].code};

        assert_int_equal(exit_of_error(&err), cases[i].status);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_wrapped),
        cmocka_unit_test(an_accent_takes_one_column),
        cmocka_unit_test(no_line_starts_with_a_lonely_sign),
        cmocka_unit_test(a_word_agrees_with_its_number),
        cmocka_unit_test(durations_are_rounded_for_people),
        cmocka_unit_test(the_table_is_complete),
        cmocka_unit_test(each_kind_of_error_has_its_status),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
