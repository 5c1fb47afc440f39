/* SPDX-License-Identifier: Apache-2.0
 *
 * test_buffer.c: what is written is there, up to the limit and not a byte more; what is
 * written as JSON reads back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "base/error.h"

#define NO_LIMIT SIZE_MAX

static uint64_t random_state = 88172645463325252u;

static uint64_t random_next(void) /* xorshift: the same every run */
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void an_empty_buffer_is_an_empty_string(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, 10);
    assert_string_equal(buffer_text(&buffer), "");
    assert_int_equal(buffer_check(&buffer, "answer", NULL), 0);
    buffer_append(&buffer, NULL, 0);
    assert_string_equal(buffer_text(&buffer), "");
    buffer_clear(&buffer);
    buffer_free(&buffer);
    buffer_clear(&buffer);
    assert_int_equal(buffer.limit, 10);
    buffer_free(&buffer);
}

static void everything_is_appended(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, NO_LIMIT);
    buffer_string(&buffer, "C34");
    buffer_char(&buffer, '.');
    buffer_printf(&buffer, "%d %s", 1, "8140/3");
    buffer_append(&buffer, "\0!", 2);
    assert_int_equal(buffer.length, 14);
    assert_memory_equal(buffer.bytes, "C34.1 8140/3\0!", 15);
    buffer_clear(&buffer);
    buffer_string(&buffer, "again");
    assert_string_equal(buffer_text(&buffer), "again");
    assert_int_equal(buffer_check(&buffer, "answer", NULL), 0);
    buffer_free(&buffer);
}

static void a_buffer_grows(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, NO_LIMIT);
    for (unsigned i = 0; i < 100000; i++) {
        if (i % 3 == 0)
            buffer_char(&buffer, (char)('a' + i % 26));
        else if (i % 3 == 1)
            buffer_printf(&buffer, "%c", 'a' + i % 26);
        else
            buffer_append(&buffer, &"abcdefghijklmnopqrstuvwxyz"[i % 26], 1);
        assert_int_equal(buffer.bytes[buffer.length], '\0');
    }
    assert_int_equal(buffer.length, 100000);
    for (unsigned i = 0; i < 100000; i++)
        assert_int_equal(buffer.bytes[i], 'a' + i % 26);
    buffer_free(&buffer);
}

/* Write "0123456789…" of LENGTH bytes in the WAYth manner. */
static void write_digits(struct buffer *buffer, int way, size_t length)
{
    char digits[300];

    for (size_t i = 0; i < length; i++)
        digits[i] = (char)('0' + i % 10);
    digits[length] = '\0';

    if (way == 0)
        buffer_append(buffer, digits, length);
    else if (way == 1)
        buffer_string(buffer, digits);
    else if (way == 2)
        buffer_printf(buffer, "%s", digits);
    else
        for (size_t i = 0; i < length; i++)
            buffer_char(buffer, digits[i]);
}

static void the_limit_is_exact_however_one_writes(void **state)
{
    (void)state;
    for (int way = 0; way < 4; way++)
        for (size_t limit = 0; limit < 200; limit++)
            for (size_t length = limit < 2 ? 0 : limit - 2; length <= limit + 2;
                 length++) {
                struct buffer buffer;
                size_t kept = length < limit ? length : limit;

                buffer_init(&buffer, limit);
                write_digits(&buffer, way, length);
                assert_int_equal(buffer.length, kept);
                assert_int_equal(strlen(buffer_text(&buffer)), kept);
                assert_int_equal(buffer.overflowed, length > limit);
                buffer_free(&buffer);
            }
}

static void past_the_limit_it_tells(void **state)
{
    struct buffer buffer;
    struct error err = ERROR_INIT;

    (void)state;
    buffer_init(&buffer, 5);
    buffer_string(&buffer, "12345");
    assert_int_equal(buffer_check(&buffer, "answer", &err), 0);
    buffer_char(&buffer, '6');
    assert_int_equal(buffer_check(&buffer, "answer", &err), -1);
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_string_equal(err.message, "answer: larger than 5 bytes");
    assert_string_equal(buffer_text(&buffer), "12345");
    buffer_clear(&buffer);
    assert_int_equal(buffer_check(&buffer, "answer", &err), 0);
    buffer_free(&buffer);
}

#define REPLACED "\xEF\xBF\xBD"

static void json_strings_are_escaped(void **state)
{
    static const struct {
        const char *text;
        const char *json;
    } rows[] = {
        {"", "\"\""},
        {NULL, "null"},
        {"plain", "\"plain\""},
        {"say \"no\"", "\"say \\\"no\\\"\""},
        {"back\\slash/", "\"back\\\\slash/\""},
        {"\b\t\n\f\r", "\"\\b\\t\\n\\f\\r\""},
        {"\x01\x0B\x0E\x1F\x7F", "\"\\u0001\\u000b\\u000e\\u001f\x7F\""},
        {"Latéralité €𝄞", "\"Latéralité €𝄞\""},
        /* the first and the last character of each length, and around the surrogates */
        {"\xC2\x80\xDF\xBF", "\"\xC2\x80\xDF\xBF\""},
        {"\xE0\xA0\x80\xEF\xBF\xBF", "\"\xE0\xA0\x80\xEF\xBF\xBF\""},
        {"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF", "\"\xF0\x90\x80\x80\xF4\x8F\xBF\xBF\""},
        {"\xED\x9F\xBF\xEE\x80\x80", "\"\xED\x9F\xBF\xEE\x80\x80\""},
        /* Latin-1, as hospitals export it */
        {"Lat\xE9ral", "\"Lat" REPLACED "ral\""},
        {"\xE9", "\"" REPLACED "\""},
        {"\xE9\"", "\"" REPLACED "\\\"\""},
        /* cut characters become one replacement */
        {"\xE2\x82", "\"" REPLACED "\""},
        {"\xF0\x9D\x84", "\"" REPLACED "\""},
        {"\xF0\x9D\x84x", "\"" REPLACED "x\""},
        {"\xE2\x82\xC3\xA9", "\"" REPLACED "é\""},
        /* overlong, surrogate, beyond U+10FFFF: one for each byte */
        {"\xC0\xAF", "\"" REPLACED REPLACED "\""},
        {"\xC1\xBF", "\"" REPLACED REPLACED "\""},
        {"\xE0\x9F\xBF", "\"" REPLACED REPLACED REPLACED "\""},
        {"\xED\xA0\x80", "\"" REPLACED REPLACED REPLACED "\""},
        {"\xF0\x8F\xBF\xBF", "\"" REPLACED REPLACED REPLACED REPLACED "\""},
        {"\xF4\x90\x80\x80", "\"" REPLACED REPLACED REPLACED REPLACED "\""},
        {"\xF5\x80", "\"" REPLACED REPLACED "\""},
        {"\x80\xBF\xFF", "\"" REPLACED REPLACED REPLACED "\""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct buffer buffer;

        buffer_init(&buffer, NO_LIMIT);
        buffer_json_string(&buffer, rows[i].text);
        assert_string_equal(buffer_text(&buffer), rows[i].json);
        buffer_free(&buffer);
    }
}

/* A decoder of another make: compute the code point, then ask whether it is a good one. */
static bool is_utf8(const unsigned char *text)
{
    while (*text) {
        unsigned lead = *text++;
        unsigned more = lead < 0x80   ? 0
                        : lead < 0xC0 ? 9
                        : lead < 0xE0 ? 1
                        : lead < 0xF0 ? 2
                                      : 3;
        unsigned point = more == 0 ? lead : lead & (0x3Fu >> more);
        static const unsigned smallest[] = {0, 0x80, 0x800, 0x10000};

        if (more == 9 || lead >= 0xF8)
            return false;
        for (unsigned i = 0; i < more; i++, text++) {
            if ((*text & 0xC0) != 0x80)
                return false;
            point = point << 6 | (*text & 0x3Fu);
        }
        if (point < smallest[more] || point > 0x10FFFF ||
            (point >= 0xD800 && point < 0xE000))
            return false;
    }
    return true;
}

static void any_bytes_become_valid_utf8(void **state)
{
    static const unsigned char likely[] = {'"',  '\\', 'a',  0x7F, 0x80, 0x8F, 0x90, 0x9F,
                                           0xA0, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED,
                                           0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF};
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, NO_LIMIT);
    for (int round = 0; round < 200000; round++) {
        unsigned char text[9];
        size_t length = random_next() % 8;

        for (size_t i = 0; i < length; i++)
            text[i] = likely[random_next() % sizeof(likely)];
        text[length] = '\0';

        buffer_clear(&buffer);
        buffer_json_string(&buffer, (char *)text);
        assert_true(is_utf8((const unsigned char *)buffer.bytes));
        /* what is valid is kept, what is not is seen */
        assert_int_equal(strstr(buffer.bytes, REPLACED) == NULL, is_utf8(text));
    }
    buffer_free(&buffer);
}

static void numbers_are_short(void **state)
{
    static const struct {
        double number;
        const char *json;
    } rows[] = {
        {0, "0"},
        {-0.0, "-0"},
        {1, "1"},
        {-42, "-42"},
        {0.1, "0.1"},
        {-2.5, "-2.5"},
        {1.0 / 3, "0.3333333333333333"},
        {0.1 + 0.2, "0.30000000000000004"},
        {1e6, "1000000"},
        {9007199254740992.0, "9007199254740992"},
        {-9007199254740992.0, "-9007199254740992"},
        {1e20, "1e+20"},
        {1.5e300, "1.5e+300"},
        {123456789.125, "123456789.125"},
        {5e-324, "5e-324"},
        {DBL_MIN, "2.2250738585072014e-308"},
        {DBL_MAX, "1.7976931348623157e+308"},
        {(double)NAN, "null"},
        {(double)INFINITY, "null"},
        {(double)-INFINITY, "null"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct buffer buffer;

        buffer_init(&buffer, NO_LIMIT);
        buffer_json_number(&buffer, rows[i].number);
        assert_string_equal(buffer_text(&buffer), rows[i].json);
        buffer_free(&buffer);
    }
}

static void assert_reads_back(struct buffer *buffer, double number)
{
    double back;

    buffer_clear(buffer);
    buffer_json_number(buffer, number);
    back = strtod(buffer_text(buffer), NULL);
    if (memcmp(&back, &number, sizeof(back)) != 0)
        fail_msg("%a was written as %s", number, buffer_text(buffer));
}

static void numbers_read_back(void **state)
{
    struct buffer buffer;

    (void)state;
    buffer_init(&buffer, NO_LIMIT);
    for (int i = 0; i < 100000; i++) {
        uint64_t bits = random_next();
        double number;

        memcpy(&number, &bits, sizeof(number));
        if (isfinite(number))
            assert_reads_back(&buffer, number);
        assert_reads_back(&buffer, (double)(int64_t)(bits >> 20) / 1000);
        assert_reads_back(&buffer, (double)(int64_t)bits);
        bits &= 0x800FFFFFFFFFFFFFu; /* subnormal */
        memcpy(&number, &bits, sizeof(number));
        if (i % 100 == 0)
            assert_reads_back(&buffer, number);
    }
    buffer_free(&buffer);
}

#define NARROW "\xE2\x80\xAF" /* U+202F */

static void counts_are_grouped(void **state)
{
    static const struct {
        uint64_t count;
        const char *french;
        const char *english;
    } rows[] = {
        {0, "0", "0"},
        {7, "7", "7"},
        {999, "999", "999"},
        {1000, "1" NARROW "000", "1,000"},
        {9812, "9" NARROW "812", "9,812"},
        {12345, "12" NARROW "345", "12,345"},
        {123456, "123" NARROW "456", "123,456"},
        {60000000, "60" NARROW "000" NARROW "000", "60,000,000"},
        {UINT64_MAX,
         "18" NARROW "446" NARROW "744" NARROW "073" NARROW "709" NARROW "551" NARROW
         "615",
         "18,446,744,073,709,551,615"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        struct buffer buffer;

        buffer_init(&buffer, NO_LIMIT);
        buffer_count(&buffer, rows[i].count, true);
        assert_string_equal(buffer_text(&buffer), rows[i].french);
        buffer_clear(&buffer);
        buffer_count(&buffer, rows[i].count, false);
        assert_string_equal(buffer_text(&buffer), rows[i].english);
        buffer_free(&buffer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_buffer_is_an_empty_string),
        cmocka_unit_test(everything_is_appended),
        cmocka_unit_test(a_buffer_grows),
        cmocka_unit_test(the_limit_is_exact_however_one_writes),
        cmocka_unit_test(past_the_limit_it_tells),
        cmocka_unit_test(json_strings_are_escaped),
        cmocka_unit_test(any_bytes_become_valid_utf8),
        cmocka_unit_test(numbers_are_short),
        cmocka_unit_test(numbers_read_back),
        cmocka_unit_test(counts_are_grouped),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
