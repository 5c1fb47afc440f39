/* SPDX-License-Identifier: Apache-2.0
 *
 * test_http_refused.c: what a server must not take, sent with raw bytes to a real one: each is
 * answered once and the connection closed, whatever was sent behind it. */
#include "test_http_support.h"

static struct served served;

static int group_up(void **state)
{
    (void)state;
    log_configure(-1, LOG_ERROR);
    node_with(&served, 3);
    server_up(&served);
    return 0;
}

static int group_down(void **state)
{
    (void)state;
    server_down(&served);
    node_remove(&served);
    return 0;
}

static void smuggling_shapes_are_refused_and_closed(void **state)
{
    static const struct refusal cases[] = {
        {"POST /count HTTP/1.1\r\n" HOST
         "Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello" FOLLOWED,
         400, false},
        {"POST /count HTTP/1.1\r\n" HOST
         "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello" FOLLOWED,
         400, false},
        {"POST /count HTTP/1.1\r\n" HOST
         "content-length: 5\r\nCONTENT-LENGTH: 0\r\n\r\nhello" FOLLOWED,
         400, false},
        {"POST /count HTTP/1.1\r\n" HOST
         "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n"
         "0\r\n\r\n" FOLLOWED,
         400, false},
        {"POST /count HTTP/1.1\r\n" HOST
         "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
         "0\r\n\r\n" FOLLOWED,
         400, false},
        {"GET /count HTTP/1.1\r\n" HOST
         "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n"
         "0\r\n\r\n" FOLLOWED,
         400, false},
        {"POST /count HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n"
         "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n" FOLLOWED,
         400, false},
        {"POST /count HTTP/1.1\r\n" HOST
         "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n" FOLLOWED,
         501, false},
        {"POST /count HTTP/1.1\r\n" HOST
         "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" FOLLOWED,
         501, false},
        {"POST /count HTTP/1.0\r\n" HOST
         "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n" FOLLOWED,
         400, false},
        {"POST /count HTTP/1.1\r\n" HOST "Content-Length : 39\r\n\r\n" FOLLOWED, 400,
         false},
        {"POST /count HTTP/1.1\r\n" HOST "Content-Length: 3, 3\r\n\r\nabc" FOLLOWED, 400,
         true},
        {"POST /count HTTP/1.1\r\n" HOST "Content-Length: +3\r\n\r\nabc" FOLLOWED, 400,
         true},
        {"POST /count HTTP/1.1\r\n" HOST "Content-Length: 0x3\r\n\r\nabc" FOLLOWED, 400,
         true},
        {"POST /count HTTP/1.1\r\n" HOST "Content-Length: -3\r\n\r\nabc" FOLLOWED, 400,
         true},
        {"POST /count HTTP/1.1\r\n" HOST
         "Content-Length: 99999999999999999999\r\n\r\nabc" FOLLOWED,
         413, true},
        {"GET /count?criteria=any HTTP/1.1\r\n" HOST
         "Content-Length: 5\r\n\r\nhello" FOLLOWED,
         400, false},
        {"GET /count?criteria=any HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n"
         "0\r\n\r\n" FOLLOWED,
         400, false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        check_refusal(&served, &cases[i], false);
        check_refusal(&served, &cases[i], true);
    }
}

static void only_loopback_hosts_are_served(void **state)
{
    static const struct refusal cases[] = {
        {"GET /health HTTP/1.1\r\n\r\n", 400, true},
        {"GET /health HTTP/1.0\r\n\r\n", 400, false},
        {"GET /health HTTP/1.1\r\n" HOST HOST "\r\n", 400, false},
        {"GET /health HTTP/1.1\r\n" HOST "host: evil.example\r\n\r\n", 400, false},
        {"GET /health HTTP/1.1\r\nHost: evil.example\r\n\r\n", 421, false},
        {"GET /health HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n", 421, false},
        {"GET /health HTTP/1.1\r\nHost: localhost:80:80\r\n\r\n", 421, false},
        {"GET http://evil.example/health HTTP/1.1\r\n" HOST "\r\n", 400, false},
        {"GET /health HTTP/1.1\r\n" HOST "Origin: http://evil.example\r\n\r\n", 403,
         false},
        {"GET /health HTTP/1.1\r\n" HOST "Sec-Fetch-Site: cross-site\r\n\r\n", 403,
         false},
    };
    static const char *const good[] = {"127.0.0.1", "localhost:8080", "[::1]:1",
                                       "LocalHost"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        check_refusal(&served, &cases[i], false);
    for (size_t i = 0; i < ARRAY_LENGTH(good); i++) {
        char request[128];
        struct answer answer;

        snprintf(request, sizeof(request), "GET /health HTTP/1.1\r\nHost: %s\r\n\r\n",
                 good[i]);
        ask(&served, false, request, &answer);
        assert_int_equal(answer.status, 200);
        answer_free(&answer);
    }
}

static void malformed_requests_are_refused(void **state)
{
    static const struct refusal cases[] = {
        {"GET /count?criteria=%zz HTTP/1.1\r\n" HOST "\r\n", 400, false},
        {"GET /count?criteria=a%00b HTTP/1.1\r\n" HOST "\r\n", 400, false},
        {"GET /count?criteria=%ff HTTP/1.1\r\n" HOST "\r\n", 400, false},
        {"GET /count?criteria=\xff HTTP/1.1\r\n" HOST "\r\n", 400, false},
        {"GET /%c0%af HTTP/1.1\r\n" HOST "\r\n", 400, false},
        {"GET health HTTP/1.1\r\n" HOST "\r\n", 400, false},
        {"OPTIONS * HTTP/1.1\r\n" HOST "\r\n", 400, false},
        {"GET /count HTTP/1.1\r\n" HOST "\r\n", 400, false},
        {"GET /count?criteria=any&tpo=3 HTTP/1.1\r\n" HOST "\r\n", 400, false},
        {"GET /count?criteria=any&top=x HTTP/1.1\r\n" HOST "\r\n", 400, false},
        {"GET /nothing HTTP/1.1\r\n" HOST "\r\n", 404, false},
        {"GET /count/ HTTP/1.1\r\n" HOST "\r\n", 404, false},
        {"GET /../count HTTP/1.1\r\n" HOST "\r\n", 404, false},
        {"GET /health HTTP/1.1\r\n" HOST "Accept: image/png\r\n\r\n", 406, false},
        {"GET /health HTTP/1.1\r\n" HOST "X-Lacis-Caller: \xC3\xA9\r\n\r\n", 400, false},
        {"GET /health HTTP/1.1\r\n" HOST "X-Lacis-Purpose: curiosity\r\n\r\n", 400,
         false},
        {"GET /health HTTP/1.1\r\n" HOST "X\xC3\xA9: 1\r\n\r\n", 400, false},
        {"POST /count HTTP/1.1\r\n" HOST "\r\n", 411, false},
        {"POST /count HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", 415, false},
        {"POST /count HTTP/1.1\r\n" HOST
         "Content-Length: 2\r\nContent-Type: text/plain\r\n\r\n{}",
         415, false},
        {"POST /count HTTP/1.1\r\n" HOST "Content-Length: 2000000\r\n"
         "Content-Type: application/json\r\n\r\n{}",
         413, false},
        {"GET /health HTTP/2.0\r\n" HOST "\r\n", 505, true},
        {"GET /health\r\n" HOST "\r\n", 400, true},
        {"GET /health HTTP/1.1\r\n" HOST "no colon\r\n\r\n", 400, true},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        check_refusal(&served, &cases[i], false);
}

static void other_methods_are_refused_with_those_allowed(void **state)
{
    static const struct {
        const char *method, *target, *allow;
    } cases[] = {
        {"BREW", "/count", "GET, HEAD, POST\r"}, {"PUT", "/count", "GET, HEAD, POST\r"},
        {"DELETE", "/health", "GET, HEAD\r"},    {"OPTIONS", "/health", "GET, HEAD\r"},
        {"TRACE", "/", "GET, HEAD\r"},           {"CONNECT", "/", "GET, HEAD\r"},
        {"get", "/health", "GET, HEAD\r"},       {"POST", "/metrics", "GET, HEAD\r"},
        {"GET", "/compact", "POST\r"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char request[128];
        struct refusal refusal = {request, 405, false};
        struct answer answer;
        const char *allow;

        snprintf(request, sizeof(request), "%s %s HTTP/1.1\r\n" HOST "\r\n",
                 cases[i].method, cases[i].target);
        check_refusal(&served, &refusal, false);
        ask(&served, false, request, &answer);
        allow = header_of(&answer, "Allow: ");
        if (!allow || strncmp(allow, cases[i].allow, strlen(cases[i].allow)) != 0)
            fail_msg("%s %s allows %s", cases[i].method, cases[i].target, allow);
        answer_free(&answer);
    }
}

/* A request of a shape and LENGTH bytes of FILL in its middle. */
static void check_filled(const char *before, char fill, size_t length, const char *after,
                         unsigned status, unsigned other_status)
{
    char *request = malloc(strlen(before) + length + strlen(after) + 1);
    int fd = connect_tcp(&served);
    struct answer answer, second;

    assert_non_null(request);
    memcpy(request, before, strlen(before));
    memset(request + strlen(before), fill, length);
    memcpy(request + strlen(before) + length, after, strlen(after) + 1);
    send_text(fd, request);
    read_answer(fd, false, &answer);
    if (answer.status != status && answer.status != other_status &&
        !(library_refuses_more() && answer.status == 0 && answer.closed))
        fail_msg("%s and %zu bytes: %u", before, length, answer.status);
    read_answer(fd, false, &second);
    assert_true(second.closed);
    answer_free(&answer);
    answer_free(&second);
    close(fd);
    free(request);
}

static void what_is_too_long_is_refused(void **state)
{
    struct buffer many;

    (void)state;
    check_filled("GET /count?criteria=", 'a', 8200, " HTTP/1.1\r\n" HOST "\r\n", 414,
                 414);
    check_filled("GET /count?criteria=", 'a', 200000, " HTTP/1.1\r\n" HOST "\r\n", 414,
                 431);
    check_filled("GET /", '/', 8000, " HTTP/1.1\r\n" HOST "\r\n", 414, 414);
    check_filled("GET /health HTTP/1.1\r\n" HOST "X: ", 'a', 200000, "\r\n\r\n", 431,
                 431);
    check_filled("", 'A', 200000, " /health HTTP/1.1\r\n" HOST "\r\n", 431, 414);

    buffer_init(&many, 4096);
    for (int i = 0; i < 80; i++)
        buffer_printf(&many, "X-%d: 1\r\n", i);
    buffer_string(&many, "\r\n");
    check_filled("GET /health HTTP/1.1\r\n" HOST, 'X', 1, buffer_text(&many), 431, 431);
    buffer_free(&many);
}

/* Nobody knows of a chunked body how long it will be. */
static void a_chunked_body_has_a_limit_too(void **state)
{
    static char chunk[65536 + 16];
    int fd = connect_tcp(&served);
    struct answer answer;

    (void)state;
    memcpy(chunk, "10000\r\n", 7);
    memset(chunk + 7, ' ', 65536);
    memcpy(chunk + 7 + 65536, "\r\n", 2);
    send_text(fd, "POST /count HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 20; i++)
        send_bytes(fd, chunk, 65536 + 9);
    send_text(fd, "0\r\n\r\n");
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 413);
    check_problem(&answer);
    answer_free(&answer);
    close(fd);

    /* who goes on and on is cut off */
    fd = connect_tcp(&served);
    send_text(fd, "POST /count HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
                  "Transfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 400; i++)
        send_bytes(fd, chunk, 65536 + 9);
    read_answer(fd, false, &answer);
    assert_true(answer.closed);
    answer_free(&answer);
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(smuggling_shapes_are_refused_and_closed),
        cmocka_unit_test(only_loopback_hosts_are_served),
        cmocka_unit_test(malformed_requests_are_refused),
        cmocka_unit_test(other_methods_are_refused_with_those_allowed),
        cmocka_unit_test(what_is_too_long_is_refused),
        cmocka_unit_test(a_chunked_body_has_a_limit_too),
    };

    return cmocka_run_group_tests(tests, group_up, group_down);
}
