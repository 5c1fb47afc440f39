/* SPDX-License-Identifier: Apache-2.0
 *
 * test_uri.c: addresses taken apart before they are decoded, and nothing malformed let in. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "http/uri.h"

static int parse(const char *text, char copy[URI_MAX + 64], struct uri *uri,
                 struct error *err)
{
    *err = (struct error)ERROR_INIT;
    snprintf(copy, URI_MAX + 64, "%s", text);
    return uri_parse(copy, uri, err);
}

/* "a|b?n=v;m=w": segments and parameters, decoded */
static const char *shown(const struct uri *uri)
{
    static char text[2048];
    size_t at = 0;

    text[0] = '\0';
    for (size_t i = 0; i < uri->n_segments; i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s", i ? "|" : "",
                               uri->segments[i]);
    for (size_t i = 0; i < uri->n_parameters; i++)
        at += (size_t)snprintf(text + at, sizeof(text) - at, "%s%s=%s", i ? ";" : "?",
                               uri->parameters[i].name, uri->parameters[i].value);
    return text;
}

static void addresses_are_taken_apart_then_decoded(void **state)
{
    static const struct {
        const char *target, *shown;
    } cases[] = {
        {"/", ""},
        {"/count", "count"},
        {"/count/", "count|"},
        {"//count", "|count"},
        {"/patients/a%2Fb", "patients|a/b"},
        {"/patients/%C3%A9t%c3%a9", "patients|été"},
        {"/a+b?c=a+b", "a+b?c=a b"},
        {"/?a=1&b=2&a=3", "?a=1;b=2;a=3"},
        {"/?a", "?a="},
        {"/?a=&&b=x=y&", "?a=;b=x=y"},
        {"/?a=1%26b=2", "?a=1&b=2"},
        {"/?a%3Db=c", "?a=b=c"},
        {"/?q=line%0Aline%09", "?q=line\nline\t"},
        {"/?", ""},
        {"/count?q=a?b", "count?q=a?b"},
        {"/a%252Fb", "a%2Fb"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char copy[URI_MAX + 64];
        struct uri uri;
        struct error err;

        if (parse(cases[i].target, copy, &uri, &err) < 0)
            fail_msg("%s: %s", cases[i].target, err.message);
        assert_string_equal(shown(&uri), cases[i].shown);
    }
}

static void malformed_addresses_are_refused(void **state)
{
    static const char *const targets[] = {
        "",        "count",         "http://127.0.0.1/count",
        "*",       "127.0.0.1:80",  "/%",
        "/%4",     "/%zz",          "/%4g",
        "/%00",    "/?a=%00",       "/%ff",
        "/%C3",    "/%C3%28",       "/%ED%A0%80",
        "/%C0%AF", "/%F5%80%80%80", "/%E0%80%AF",
        "/a%0Ab",  "/a%7F",         "/a b",
        "/a#b",    "/a\tb",         "/?a=%1B",
        "/\xff",   "/%F0%8F%BF%BF", "/%F4%90%80%80",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(targets); i++) {
        char copy[URI_MAX + 64];
        struct uri uri = {.n_segments = 7};
        struct error err;

        if (parse(targets[i], copy, &uri, &err) == 0)
            fail_msg("%s was taken", targets[i]);
        assert_int_equal(err.code, ERROR_INPUT);
        assert_int_equal(uri.n_segments, 7); /* untouched */
    }
}

static void each_limit_is_told(void **state)
{
    char text[URI_MAX + 32];
    char copy[URI_MAX + 64];
    struct uri uri;
    struct error err;

    (void)state;
    memset(text, 'a', sizeof(text));
    text[0] = '/';
    text[URI_MAX] = '\0';
    assert_int_equal(parse(text, copy, &uri, &err), 0);
    text[URI_MAX] = 'a';
    text[URI_MAX + 1] = '\0';
    assert_int_equal(parse(text, copy, &uri, &err), -1);
    assert_int_equal(err.code, ERROR_LIMIT);

    assert_int_equal(parse("/1/2/3/4/5/6/7/8", copy, &uri, &err), 0);
    assert_int_equal(uri.n_segments, URI_SEGMENTS_MAX);
    assert_int_equal(parse("/1/2/3/4/5/6/7/8/9", copy, &uri, &err), -1);
    assert_int_equal(err.code, ERROR_LIMIT);

    snprintf(text, sizeof(text), "/?");
    for (int i = 0; i < URI_PARAMETERS_MAX; i++)
        snprintf(text + strlen(text), sizeof(text) - strlen(text), "a=%d&", i);
    assert_int_equal(parse(text, copy, &uri, &err), 0);
    assert_int_equal(uri.n_parameters, URI_PARAMETERS_MAX);
    snprintf(text + strlen(text), sizeof(text) - strlen(text), "a");
    assert_int_equal(parse(text, copy, &uri, &err), -1);
    assert_int_equal(err.code, ERROR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_are_taken_apart_then_decoded),
        cmocka_unit_test(malformed_addresses_are_refused),
        cmocka_unit_test(each_limit_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
