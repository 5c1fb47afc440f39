/* SPDX-License-Identifier: Apache-2.0
 *
 * test_checks.c: heads of requests that pass and heads that do not, as a table; and which form
 * of an answer a client gets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/error.h"
#include "http/accept.h"
#include "http/checks.h"

/* Headers as lines, "Name:value", one after the other. */
static size_t parse_lines(const char *text, struct header headers[HEADERS_MAX + 8])
{
    size_t n = 0;

    while (*text && n < HEADERS_MAX + 8) {
        size_t length = strcspn(text, "\n");
        const char *colon = memchr(text, ':', length);

        assert_non_null(colon);
        headers[n++] =
            (struct header){.name = text,
                            .name_length = (size_t)(colon - text),
                            .value = colon + 1,
                            .value_length = length - (size_t)(colon + 1 - text)};
        text += length;
        text += *text == '\n';
    }
    return n;
}

static int check(const char *lines, bool local, bool http10, struct head_found *found,
                 unsigned *status, struct error *err)
{
    static struct header headers[HEADERS_MAX + 8]; /* FOUND points into it */
    struct request_head head = {.local = local, .http10 = http10, .headers = headers};

    *status = 200;
    *err = (struct error)ERROR_INIT;
    head.n_headers = parse_lines(lines, headers);
    return checks_head(&head, found, status, err);
}

static void heads_that_pass_over_tcp(void **state)
{
    static const char *const heads[] = {
        "Host:127.0.0.1",
        "host:localhost:8080",
        "HOST:[::1]:1",
        "Host:LOCALHOST",
        "Host:127.0.0.1:65535\nAccept:*/*\nX:1\nX:2",
        "Host:localhost\nContent-Length:0",
        "Host:localhost\nContent-Length:922337203685477580",
        "Host:localhost\nTransfer-Encoding:Chunked",
        "Host:localhost\nContent-Encoding:identity",
        "Host:localhost\nOrigin:http://127.0.0.1:8080",
        "Host:localhost\nOrigin:http://localhost\nSec-Fetch-Site:same-origin",
        "Host:localhost\nSec-Fetch-Site:none",
        "Host:localhost\nX-Lacis-Caller:anna de la tour",
        "Host:localhost\nX:\xC3\xA9\tb",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(heads); i++) {
        struct head_found found;
        struct error err;
        unsigned status;

        if (check(heads[i], false, false, &found, &status, &err) < 0)
            fail_msg("%s: %s", heads[i], err.message);
    }
}

static void heads_that_are_refused(void **state)
{
    static const struct {
        const char *lines;
        unsigned status;
        unsigned local_status; /* over the socket */
    } cases[] = {
        {"Accept:*/*", 400, 200},
        {"", 400, 200},
        {"Host:localhost\nHost:localhost", 400, 400},
        {"Host:localhost\nhOsT:evil.example", 400, 400},
        {"Host:evil.example", 421, 200},
        {"Host:127.0.0.1.evil.example", 421, 200},
        {"Host:localhost.evil.example:80", 421, 200},
        {"Host:127.0.0.10", 421, 200},
        {"Host:localhost:", 421, 200},
        {"Host:localhost:123456", 421, 200},
        {"Host:localhost:8o", 421, 200},
        {"Host:", 421, 200},
        {"Host:localhost\nContent-Length:3\nContent-Length:4", 400, 400},
        {"Host:localhost\nContent-Length:3\nContent-Length:3", 400, 400},
        {"Host:localhost\nContent-Length:3\nTransfer-Encoding:chunked", 400, 400},
        {"Host:localhost\nTransfer-Encoding:chunked\nTransfer-Encoding:chunked", 400,
         400},
        {"Host:localhost\nTransfer-Encoding:gzip, chunked", 501, 501},
        {"Host:localhost\nTransfer-Encoding:identity", 501, 501},
        {"Host:localhost\nTransfer-Encoding:xchunked", 501, 501},
        {"Host:localhost\nTransfer-Encoding:", 501, 501},
        {"Host:localhost\nContent-Length:+3", 400, 400},
        {"Host:localhost\nContent-Length:3, 3", 400, 400},
        {"Host:localhost\nContent-Length:0x3", 400, 400},
        {"Host:localhost\nContent-Length:", 400, 400},
        {"Host:localhost\nContent-Length:-1", 400, 400},
        {"Host:localhost\nContent-Length:99999999999999999999", 400, 400},
        {"Host:localhost\nContent-Length :3", 400, 400},
        {"Host:localhost\nContent\tLength:3", 400, 400},
        {"Host:localhost\n:x", 400, 400},
        {"Host:localhost\nX:a\rb", 400, 400},
        {"Host:localhost\nX:a\x7F", 400, 400},
        {"Host:localhost\nContent-Encoding:gzip", 415, 415},
        {"Host:localhost\nOrigin:http://evil.example", 403, 200},
        {"Host:localhost\nOrigin:https://localhost", 403, 200},
        {"Host:localhost\nOrigin:null", 403, 200},
        {"Host:localhost\nOrigin:http://localhost.evil.example", 403, 200},
        {"Host:localhost\nSec-Fetch-Site:cross-site", 403, 200},
        {"Host:localhost\nSec-Fetch-Site:same-site", 403, 200},
        {"Host:localhost\nX-Lacis-Caller:", 400, 400},
        {"Host:localhost\nX-Lacis-Caller:\xC3\xA9", 400, 400},
        {"Host:localhost\nX-Lacis-Caller:"
         "12345678901234567890123456789012345678901234567890123456789012345",
         400, 400},
        {"Host:localhost\nX-Lacis-Caller:a\nX-Lacis-Caller:b", 400, 400},
        {"Host:localhost\nX-Lacis-Purpose:care\nX-Lacis-Purpose:care", 400, 400},
        {"Host:localhost\nAccept:a/b\nAccept:c/d", 400, 400},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct head_found found;
        struct error err;
        unsigned status;

        check(cases[i].lines, false, false, &found, &status, &err);
        if (status != cases[i].status)
            fail_msg("%s: %u, not %u", cases[i].lines, status, cases[i].status);
        assert_true(status == 200 || err.code != ERROR_NONE);
        check(cases[i].lines, true, false, &found, &status, &err);
        if (status != cases[i].local_status)
            fail_msg("socket: %s: %u, not %u", cases[i].lines, status,
                     cases[i].local_status);
    }
}

static void what_passed_is_handed_on(void **state)
{
    struct head_found found;
    struct error err;
    unsigned status;

    (void)state;
    assert_int_equal(check("Host:localhost\nContent-Length:120\nAccept:text/plain\n"
                           "Content-Type:application/json\nX-Lacis-Caller:anna\n"
                           "X-Lacis-Purpose:Care",
                           false, false, &found, &status, &err),
                     0);
    assert_true(found.has_length && !found.chunked);
    assert_int_equal(found.length, 120);
    assert_true(header_is(found.accept, "text/plain"));
    assert_true(header_is(found.content_type, "application/json"));
    assert_true(header_is(found.caller, "anna"));
    assert_true(header_is(found.purpose, "care"));

    assert_int_equal(check("Host:localhost\nTransfer-Encoding:chunked", false, true,
                           &found, &status, &err),
                     -1);
    assert_int_equal(status, 400); /* HTTP/1.0 knows no such thing */
}

static void headers_have_a_limit(void **state)
{
    char lines[4 * (HEADERS_MAX + 2)] = "";
    struct head_found found;
    struct error err;
    unsigned status;

    (void)state;
    for (int i = 0; i < HEADERS_MAX; i++)
        memcpy(lines + 4 * i, "X:1\n", 5);
    assert_int_equal(check(lines, true, false, &found, &status, &err), 0);
    memcpy(lines + 4 * HEADERS_MAX, "X:1\n", 5);
    assert_int_equal(check(lines, true, false, &found, &status, &err), -1);
    assert_int_equal(status, 431);
    assert_int_equal(err.code, ERROR_LIMIT);
}

static void the_form_that_a_client_would_rather_have(void **state)
{
    static const char *const offered[] = {"application/json", "text/plain"};
    static const struct {
        const char *accept;
        int chosen;
    } cases[] = {
        {"", 0},
        {"*/*", 0},
        {"application/json", 0},
        {"text/plain", 1},
        {"TEXT/Plain", 1},
        {"text/*", 1},
        {"text/html", -1},
        {"text/html, */*;q=0.1", 0},
        {"text/plain;q=0.5, application/json;q=0.4", 1},
        {"text/plain;q=0.4,application/json;q=0.5", 0},
        {"*/*;q=0.9, application/json;q=0.1", 1},
        {"application/json;q=0, */*", 1},
        {"application/json;q=0", -1},
        {"*/*;q=0", -1},
        {"text/plain;version=0.0.4;q=0.3, */*;q=0.1", 1},
        {"text/plain;q=2", -1},
        {"text/plain;q=x, application/json;q=0.001", 0},
        {" text/plain ; q=1.000 ", 1},
        {",,,", -1},
        {";", -1},
        {"text", -1},
        {"/*", -1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        int chosen = accept_choose(cases[i].accept, strlen(cases[i].accept), offered, 2);

        if (chosen != cases[i].chosen)
            fail_msg("\"%s\": %d, not %d", cases[i].accept, chosen, cases[i].chosen);
    }
    assert_true(media_type_is("application/json", 16, "application/json"));
    assert_true(
        media_type_is("Application/JSON ; charset=utf-8", 32, "application/json"));
    assert_false(media_type_is("application/jsonp", 17, "application/json"));
    assert_false(media_type_is("", 0, "application/json"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heads_that_pass_over_tcp),
        cmocka_unit_test(heads_that_are_refused),
        cmocka_unit_test(what_passed_is_handed_on),
        cmocka_unit_test(headers_have_a_limit),
        cmocka_unit_test(the_form_that_a_client_would_rather_have),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
