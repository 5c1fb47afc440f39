/* SPDX-License-Identifier: Apache-2.0
 *
 * test_json_splitter.c: each object of a stream, once and whole; what is broken does not
 * take its neighbours with it; in pieces of any size the pieces are the same. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "intake/input.h"

#define LIMIT 300

/* Pieces are printed as 3<…> if whole, 3!<…> if broken, with the line they start on. */
static int print_piece(void *context, unsigned line, char *bytes, size_t length,
                       bool whole, struct error *err)
{
    (void)err;
    assert_int_equal(strlen(bytes), length);
    buffer_printf(context, "%u%s<%s>", line, whole ? "" : "!", bytes);
    return 0;
}

static void split(struct buffer *out, const char *text, size_t step)
{
    struct json_splitter *splitter = json_splitter_new(LIMIT, print_piece, out);
    struct error err = ERROR_INIT;
    size_t length = strlen(text);
    int rc = 0;

    for (size_t at = 0; at < length && rc == 0; at += step)
        rc = json_splitter_feed(splitter, text + at,
                                length - at < step ? length - at : step, &err);
    assert_int_equal(rc, 0);
    if (json_splitter_finish(splitter, &err) < 0)
        buffer_printf(out, " %u: %s", err.line, err.message);
    json_splitter_free(splitter);
}

struct sentence {
    const char *says;
    const char *text;
    const char *pieces;
};

#define CUT_SHORT "the input ends inside an array: it is cut short"

static const struct sentence sentences[] = {
    {"nothing", "", ""},
    {"white space", " \r\n\t\n", ""},
    {"one object", "{\"a\":1}", "1<{\"a\":1}>"},
    {"an object indented by people", "{\n  \"a\": {\n    \"b\": [1, {}]\n  }\n}\n",
     "1<{\n  \"a\": {\n    \"b\": [1, {}]\n  }\n}>"},
    {"one a line", "{\"a\":1}\n{\"a\":2}\n", "1<{\"a\":1}>2<{\"a\":2}>"},
    {"CRLF and blank lines", "{\"a\":1}\r\n\r\n\n{\"a\":2}\r\n",
     "1<{\"a\":1}>4<{\"a\":2}>"},
    {"no line end behind the last", "{}\n{}", "1<{}>2<{}>"},
    {"one behind another", "{}{} {}", "1<{}>1<{}>1<{}>"},
    {"a byte order mark", "\xEF\xBB\xBF{}\n{}", "1<{}>2<{}>"},
    {"half a byte order mark", "\xEF\xBBx\n{}", "1!<\xEF\xBBx>2<{}>"},
    {"only half a byte order mark", "\xEF\xBB", "1!<\xEF\xBB>"},
    {"an array", "[{\"a\":1},{\"a\":2}]", "1<{\"a\":1}>1<{\"a\":2}>"},
    {"an array over lines", "[\n{\"a\":1},\n{\"a\":[\n{\"b\":2}]}\n]\n",
     "2<{\"a\":1}>3<{\"a\":[\n{\"b\":2}]}>"},
    {"an empty array", "[ ]", ""},
    {"braces in strings", "{\"a\":\"}{][\"}{\"b\":\"\\\"}\"}{\"c\":\"\\\\\"}",
     "1<{\"a\":\"}{][\"}>1<{\"b\":\"\\\"}\"}>1<{\"c\":\"\\\\\"}>"},
    {"a wrapper", "{\"patients\":[{\"a\":1},{\"a\":2}]}", "1<{\"a\":1}>1<{\"a\":2}>"},
    {"a wrapper with more behind",
     "{ \"data\" :\n [ {\"a\":1} ],\"n\":{\"x\":[\"]}\"]}}\n{}", "2<{\"a\":1}>3<{}>"},
    {"an empty wrapper", "{\"entries\":[]}{}", "1<{}>"},
    {"records", "{\"records\":[{}]}", "1<{}>"},
    {"no wrapper: an array of other things", "{\"data\":[1,{}]}", "1<{\"data\":[1,{}]}>"},
    {"no wrapper: another name", "{\"patientId\":[{}]}", "1<{\"patientId\":[{}]}>"},
    {"no wrapper: not the first key", "{\"a\":1,\"data\":[{}]}",
     "1<{\"a\":1,\"data\":[{}]}>"},
    {"no wrapper inside an array", "[{\"data\":[{}]}]", "1<{\"data\":[{}]}>"},
    {"no wrapper: an object", "{\"data\":{\"a\":[{}]}}", "1<{\"data\":{\"a\":[{}]}}>"},

    {"garbage on a line", "{\"a\":1}\ngarbage {\"b\":2}\n{\"a\":3}\n",
     "1<{\"a\":1}>2!<garbage {\"b\":2}>3<{\"a\":3}>"},
    {"garbage first", "patient\n{}\n", "1!<patient>2<{}>"},
    {"a number and a string", "1\n\"x\\\"y\"\n", "1!<1>2!<\"x\\\"y\">"},
    {"garbage in an array", "[1,{\"a\":1},\"x,]\",null]",
     "1!<1>1<{\"a\":1}>1!<\"x,]\">1!<null>"},
    {"an object closed by a bracket", "{\"a\":[}]\n{}", "1!<{\"a\":[}]>2<{}>"},
    {"a bracket too many", "{}]\n{}", "1<{}>1!<]>2<{}>"},
    {"a line cut off", "{\"a\":1}\n{\"a\":2,\"b\":[\n{\"a\":3}\n",
     "1<{\"a\":1}>2!<{\"a\":2,\"b\":[>3<{\"a\":3}>"},
    {"a line cut off in a string", "{\"a\":1}\n{\"a\":\"2\n{\"a\":3}\n",
     "1<{\"a\":1}>2!<{\"a\":\"2>3<{\"a\":3}>"},
    {"a line cut off in an escape", "{\"a\":1}\n{\"a\":\"2\\\n{\"a\":3}\n",
     "1<{\"a\":1}>2!<{\"a\":\"2\\>3<{\"a\":3}>"},
    {"the first line cut off in a string", "{\"a\":\"2\n{\"a\":3}\n{\"a\":4}\n",
     "1!<{\"a\":\"2>2<{\"a\":3}>3<{\"a\":4}>"},
    {"the first line cut off behind a value", "{\"a\":2\n{\"a\":3}\n",
     "1!<{\"a\":2>2<{\"a\":3}>"},
    {"the last line cut off", "{\"a\":1}\n{\"a\":\"2", "1<{\"a\":1}>2!<{\"a\":\"2>"},
    {"an array in the first column is no new patient",
     "{\"a\":[\n{\"b\":1},\n{\"b\":2}\n]}\n{}",
     "1<{\"a\":[\n{\"b\":1},\n{\"b\":2}\n]}>5<{}>"},
    {"a line break in a string is for the JSON library", "{\"a\":\"x\ny\"}\n{}",
     "1<{\"a\":\"x\ny\"}>3<{}>"},
    {"an array cut short",
     "[{\"a\":1},\n{\"a\":", "1<{\"a\":1}>2!<{\"a\":> 2: " CUT_SHORT},
    {"an array cut short between objects", "[{\"a\":1},\n", "1<{\"a\":1}> 2: " CUT_SHORT},
    {"a wrapper cut short", "{\"data\":[{}]\n", "1<{}> 2: " CUT_SHORT},
};

static void check(const struct sentence *sentence)
{
    for (size_t step = 1; step <= strlen(sentence->text) + 1; step++) {
        struct buffer out;

        buffer_init(&out, 1 << 16);
        split(&out, sentence->text, step);
        if (strcmp(buffer_text(&out), sentence->pieces) != 0)
            fail_msg("%s, %zu bytes at a time:\n%s\nexpected\n%s", sentence->says, step,
                     buffer_text(&out), sentence->pieces);
        buffer_free(&out);
    }
}

static void streams_are_split(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(sentences); i++)
        check(&sentences[i]);
}

/* An object of SIZE bytes between two small ones. */
static void make_large(struct buffer *text, const char *before, size_t size)
{
    buffer_string(text, before);
    buffer_string(text, "{\"a\":\"");
    for (size_t i = 8; i < size; i++)
        buffer_char(text, (char)('a' + i % 26));
    buffer_string(text, "\"}\n{\"b\":2}");
}

static void an_object_above_the_limit_is_broken_and_passed_over(void **state)
{
    (void)state;
    for (size_t size = LIMIT - 1; size < LIMIT + 3; size++) {
        for (size_t step = 1; step < 400; step += 57) {
            struct buffer text, out;

            buffer_init(&text, 1 << 16);
            buffer_init(&out, 1 << 16);
            make_large(&text, "{}\n", size);
            split(&out, buffer_text(&text), step);
            assert_memory_equal(out.bytes, "1<{}>2", 6);
            assert_int_equal(out.bytes[6], size <= LIMIT ? '<' : '!');
            assert_string_equal(out.bytes + out.length - 10, "3<{\"b\":2}>");
            assert_int_equal(out.length, 18 + (size <= LIMIT ? size : (size_t)256 + 1));
            buffer_free(&text);
            buffer_free(&out);
        }
    }
}

static int stop(void *context, unsigned line, char *bytes, size_t length, bool whole,
                struct error *err)
{
    (void)bytes;
    (void)length;
    (void)whole;
    ++*(int *)context;
    return error_at(err, ERROR_BUSY, line, 0, "enough");
}

static void a_callback_can_stop(void **state)
{
    static const char *const texts[] = {"{}{}", "garbage\n{}", "{\"a\":\n{}"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        int calls = 0;
        struct json_splitter *splitter = json_splitter_new(LIMIT, stop, &calls);
        struct error err = ERROR_INIT;
        int rc = json_splitter_feed(splitter, texts[i], strlen(texts[i]), &err);

        if (rc == 0)
            rc = json_splitter_finish(splitter, &err);
        assert_int_equal(rc, -1);
        assert_int_equal(err.code, ERROR_BUSY);
        assert_int_equal(calls, 1);
        json_splitter_free(splitter);
    }
    json_splitter_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_are_split),
        cmocka_unit_test(an_object_above_the_limit_is_broken_and_passed_over),
        cmocka_unit_test(a_callback_can_stop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
