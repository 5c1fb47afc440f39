/* SPDX-License-Identifier: Apache-2.0
 *
 * test_http_server.c: a real server on a real node: what it answers, over the loopback address
 * and over its socket, what it writes, and how it starts and stops. */
#include "test_http_support.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>

#define PATIENTS 30 /* 20 with C34.1, 10 with C50.9 */

static struct served served;

static int group_up(void **state)
{
    (void)state;
    log_configure(-1, LOG_ERROR);
    served.import_limit = 1 << 20;
    node_with(&served, PATIENTS);
    server_up(&served);
    return 0;
}

static int group_down(void **state)
{
    (void)state;
    server_down(&served);
    assert_int_equal(access(served.socket_path, F_OK), -1); /* removed */
    node_remove(&served);
    return 0;
}

/* ---- questions ---- */

static void health_and_status(void **state)
{
    struct answer answer;

    (void)state;
    ask(&served, false, "GET /health HTTP/1.1\r\n" HOST "\r\n", &answer);
    assert_int_equal(answer.status, 200);
    check_protecting_headers(&answer);
    assert_non_null(strstr(buffer_text(&answer.body), "\"status\":\"ok\""));
    assert_int_equal(number_of(&answer, "/sequence"),
                     number_of(&answer, "/index_sequence"));
    answer_free(&answer);

    ask(&served, true, "GET /status HTTP/1.1\r\nHost: lacis\r\n\r\n", &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(number_of(&answer, "/patients"), PATIENTS);
    assert_int_equal(number_of(&answer, "/persons"), PATIENTS);
    answer_free(&answer);
}

static void a_cohort_is_counted(void **state)
{
    static const struct {
        const char *target;
        int64_t certain;
    } cases[] = {
        {"/count?criteria=any", PATIENTS},
        {"/count?criteria=tumour+%7B+topography+C34+%7D", 20},
        {"/count?criteria=topography%20C50&lang=fr&top=3&by=sex", 10},
        {"/count?criteria=topography%0AC50", 10},
        {"/count?criteria=sex+F&funnel&as_of=2024-01-01", 15},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char request[512];
        struct answer answer;

        snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" HOST "\r\n",
                 cases[i].target);
        ask(&served, i % 2, request, &answer);
        if (answer.status != 200)
            fail_msg("%s: %s", cases[i].target, buffer_text(&answer.body));
        check_protecting_headers(&answer);
        assert_int_equal(number_of(&answer, "/certain"), cases[i].certain);
        assert_int_equal(number_of(&answer, "/patients"), PATIENTS);
        answer_free(&answer);
    }
}

static void groups_and_funnel_are_counted(void **state)
{
    struct answer answer;

    (void)state;
    ask(&served, false,
        "GET /count?criteria=tumour+%7B+topography+C34+%7D+and+sex+F&by=topography&by=sex&funnel"
        " HTTP/1.1\r\n" HOST "\r\n",
        &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(number_of(&answer, "/certain"), 10);
    assert_int_equal(number_of(&answer, "/groups/0/certain"), 10);
    assert_int_equal(number_of(&answer, "/funnel/0/certain"), 20);
    assert_int_equal(number_of(&answer, "/funnel/1/certain"), 10);
    answer_free(&answer);
}

static void long_criteria_are_posted(void **state)
{
    static const char body[] =
        "{\"criteria\":\"tumour {\\n  topography C34\\n}\",\"by\":\"sex\"}";
    char request[512];
    struct answer answer;

    (void)state;
    snprintf(request, sizeof(request),
             "POST /count HTTP/1.1\r\n" HOST
             "Content-Type: application/json; charset=utf-8\r\n"
             "Content-Length: %zu\r\n\r\n%s",
             strlen(body), body);
    ask(&served, false, request, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(number_of(&answer, "/certain"), 20);
    answer_free(&answer);

    snprintf(request, sizeof(request),
             "POST /count HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
             "Transfer-Encoding: chunked\r\n\r\n5\r\n%.5s\r\n%zx\r\n%s\r\n0\r\n\r\n",
             body, strlen(body) - 5, body + 5);
    ask(&served, true, request, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(number_of(&answer, "/certain"), 20);
    answer_free(&answer);
}

static void words_are_answered_in_the_language_asked(void **state)
{
    struct answer answer;

    (void)state;
    ask(&served, false,
        "GET /count?criteria=topography+C34&lang=fr HTTP/1.1\r\n" HOST
        "Accept: text/plain\r\n\r\n",
        &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(strncmp(header_of(&answer, "Content-Type: "),
                             "text/plain; charset=utf-8\r", 26),
                     0);
    assert_non_null(strstr(buffer_text(&answer.body),
                           "Patients dont une tumeur est localisée au niveau "));
    assert_non_null(strstr(buffer_text(&answer.body), "\n20 retrouvés"));
    answer_free(&answer);
    ask(&served, false,
        "GET /count?criteria=topography+C34 HTTP/1.1\r\n" HOST
        "Accept: text/plain\r\n\r\n",
        &answer);
    assert_non_null(strstr(buffer_text(&answer.body),
                           "Patients with a tumour located in “Bronchus, lung” (C34)\n"
                           "20 certain"));
    answer_free(&answer);
    ask(&served, false, "GET /?lang=fr HTTP/1.1\r\n" HOST "Accept: text/plain\r\n\r\n",
        &answer);
    assert_non_null(strstr(buffer_text(&answer.body), "GET  /count"));
    answer_free(&answer);
}

static void a_mistake_in_the_criteria_has_its_place(void **state)
{
    struct answer answer;

    (void)state;
    ask(&served, false,
        "GET /count?criteria=sex+F+and%0A++topografy+C34 HTTP/1.1\r\n" HOST "\r\n",
        &answer);
    assert_int_equal(answer.status, 400);
    check_problem(&answer);
    check_protecting_headers(&answer);
    assert_int_equal(number_of(&answer, "/line"), 2);
    assert_int_equal(number_of(&answer, "/column"), 3);
    answer_free(&answer);
}

static void a_connection_is_kept(void **state)
{
    static const char request[] = "GET /count?criteria=any HTTP/1.1\r\n" HOST "\r\n";
    int fd = connect_tcp(&served);
    struct answer answer;

    (void)state;
    for (int i = 0; i < 3; i++) {
        send_text(fd, request);
        read_answer(fd, false, &answer);
        assert_int_equal(answer.status, 200);
        answer_free(&answer);
    }
    /* a mistake in the question is no reason to close */
    send_text(fd, "GET /count?criteria=( HTTP/1.1\r\n" HOST "\r\n");
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 400);
    answer_free(&answer);
    /* two at once, byte by byte */
    for (const char *at = request; *at; at++)
        send_bytes(fd, at, 1);
    send_text(fd, request);
    for (int i = 0; i < 2; i++) {
        read_answer(fd, false, &answer);
        assert_int_equal(answer.status, 200);
        answer_free(&answer);
    }
    close(fd);
}

static void head_is_get_without_a_body(void **state)
{
    int fd = connect_tcp(&served);
    struct answer answer;

    (void)state;
    send_text(fd, "HEAD /health HTTP/1.1\r\n" HOST "\r\nGET /health HTTP/1.1\r\n" HOST
                  "\r\n");
    read_answer(fd, true, &answer);
    assert_int_equal(answer.status, 200);
    assert_true(strtoul(header_of(&answer, "Content-Length: "), NULL, 10) > 0);
    answer_free(&answer);
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 200);
    assert_true(answer.body.length > 0);
    answer_free(&answer);
    close(fd);
}

static void openapi_is_served(void **state)
{
    struct answer answer;
    yyjson_doc *document;

    (void)state;
    ask(&served, false, "GET /openapi.json HTTP/1.1\r\n" HOST "\r\n", &answer);
    assert_int_equal(answer.status, 200);
    document = json_of(&answer);
    assert_non_null(yyjson_doc_ptr_get(document, "/paths/~1count/get/operationId"));
    yyjson_doc_free(document);
    answer_free(&answer);
}

/* ---- metrics ---- */

static void metrics_count_what_was_asked(void **state)
{
    static const char hits[] =
        "\nlacis_http_requests_total{method=\"GET\",route=\"/health\",status=\"200\"} ";
    static const char misses[] =
        "\nlacis_http_requests_total{method=\"\",route=\"\",status=\"404\"} ";
    static const char times[] =
        "\nlacis_http_request_duration_seconds_count{method=\"GET\",route=\"/health\"} ";
    double before = metric(&served, hits);
    double missed = metric(&served, misses);

    (void)state;
    assert_int_equal(get(&served, "/health", NULL), 200);
    assert_int_equal(get(&served, "/nothing", NULL), 404);
    /* a request is counted when its answer has gone, so the answer may be here first */
    for (int i = 0; i < 1000 && metric(&served, misses) < missed + 1; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    assert_true(metric(&served, misses) == missed + 1);
    for (int i = 0; i < 1000 && metric(&served, times) < before + 1; i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    assert_true(metric(&served, times) == before + 1);
    assert_true(metric(&served, hits) == before + 1);
    assert_true(metric(&served, "\nlacis_patients ") == PATIENTS);
    assert_true(metric(&served, "\nlacis_up ") == 1);
    assert_true(metric(&served, "\nlacis_index_lag ") == 0);
    assert_true(metric(&served, "\nlacis_http_requests_running ") >= 1); /* itself */
    assert_true(metric(&served, "\nprocess_resident_memory_bytes ") > 1e6);
}

/* ---- the socket ---- */

static void patients_and_writing_are_for_the_socket(void **state)
{
    static const struct refusal cases[] = {
        {"GET /patients/3 HTTP/1.1\r\n" HOST "\r\n", 403, false},
        {"POST /import HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}", 403, false},
        {"POST /compact HTTP/1.1\r\n" HOST "\r\n", 403, false},
    };
    struct stat found;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++)
        check_refusal(&served, &cases[i], false);
    assert_int_equal(lstat(served.socket_path, &found), 0);
    assert_true(S_ISSOCK(found.st_mode));
    assert_int_equal(found.st_mode & 0777, 0600);
}

static void one_patient_is_shown_for_care(void **state)
{
    struct answer answer;

    (void)state;
    ask(&served, true,
        "GET /patients/3 HTTP/1.1\r\n" HOST "X-Lacis-Purpose: care\r\n\r\n", &answer);
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(buffer_text(&answer.body), "C50.9"));
    yyjson_doc_free(json_of(&answer));
    answer_free(&answer);

    ask(&served, true,
        "GET /patients/3?lang=fr HTTP/1.1\r\n" HOST "Accept: text/plain\r\n\r\n",
        &answer);
    assert_int_equal(answer.status, 200);
    assert_non_null(strstr(buffer_text(&answer.body), "Patient 3"));
    answer_free(&answer);

    ask(&served, true, "GET /patients/4711 HTTP/1.1\r\n" HOST "\r\n", &answer);
    assert_int_equal(answer.status, 404);
    check_problem(&answer);
    answer_free(&answer);

    ask(&served, true,
        "GET /patients/3 HTTP/1.1\r\n" HOST "X-Lacis-Purpose: research\r\n\r\n", &answer);
    assert_int_equal(answer.status, 403);
    answer_free(&answer);
}

/* The whole audit log; clear it with buffer_free(). */
static void read_audit(struct buffer *log)
{
    char path[192];
    char piece[4096];
    FILE *file;
    size_t got;

    snprintf(path, sizeof(path), "%s/audit.log", served.folder);
    file = fopen(path, "re");
    assert_non_null(file);
    buffer_init(log, (size_t)64 << 20);
    while ((got = fread(piece, 1, sizeof(piece), file)) > 0)
        buffer_append(log, piece, got);
    fclose(file);
}

static void each_reading_leaves_its_line(void **state)
{
    struct buffer log;
    struct answer answer;
    char peer[64];

    (void)state;
    ask(&served, false,
        "GET /count?criteria=sex+M HTTP/1.1\r\n" HOST "X-Lacis-Caller: anna\r\n\r\n",
        &answer);
    answer_free(&answer);
    ask(&served, true, "GET /count?criteria=sex+M HTTP/1.1\r\n" HOST "\r\n", &answer);
    answer_free(&answer);
    ask(&served, false, "GET /count?criteria=sex+M HTTP/1.1\r\n" HOST "\r\n", &answer);
    answer_free(&answer);
    read_audit(&log);
    assert_non_null(
        strstr(buffer_text(&log),
               "\"caller\":\"anna\",\"via\":\"http\",\"purpose\":\"research\""));
    assert_non_null(
        strstr(buffer_text(&log), "\"caller\":\"anonymous\",\"via\":\"http\""));
    snprintf(peer, sizeof(peer), "\"caller\":\"uid:%u\",\"via\":\"socket\"",
             (unsigned)geteuid());
    assert_non_null(strstr(buffer_text(&log), peer));
    buffer_free(&log);
}

/* ---- writing ---- */

/* Patients of this test come and stay: the tests above know their number, so these go last. */
static void files_are_imported(void **state)
{
    struct answer answer;
    size_t length;
    char *text = patients_json(PATIENTS + 1, PATIENTS + 11, 0, &length);
    int fd;

    (void)state;
    upload(&served, text, length, &answer);
    if (answer.status != 200)
        fail_msg("%s", buffer_text(&answer.body));
    assert_int_equal(number_of(&answer, "/patients"), 10);
    assert_int_equal(number_of(&answer, "/originals"), 10);
    answer_free(&answer);

    /* the same again, in chunks, after asking first */
    fd = connect_local(&served);
    send_text(fd, "POST /import HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n"
                  "Expect: 100-continue\r\n\r\n");
    dprintf(fd, "%zx\r\n", length);
    send_bytes(fd, text, length);
    send_text(fd, "\r\n0\r\n\r\n");
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(number_of(&answer, "/unchanged"), 10);
    answer_free(&answer);
    /* on the same connection: what was imported is seen at once */
    send_text(fd, "GET /count?criteria=any HTTP/1.1\r\n" HOST "\r\n");
    read_answer(fd, false, &answer);
    assert_int_equal(number_of(&answer, "/certain"), PATIENTS + 10);
    answer_free(&answer);
    send_text(fd, "GET /status HTTP/1.1\r\n" HOST "\r\n");
    read_answer(fd, false, &answer);
    assert_int_equal(number_of(&answer, "/patients"), PATIENTS + 10);
    answer_free(&answer);
    send_text(fd, "POST /compact HTTP/1.1\r\n" HOST "\r\n");
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(number_of(&answer, "/segments"), 1);
    answer_free(&answer);
    close(fd);
    free(text);
}

static void what_is_wrong_with_a_file_is_told(void **state)
{
    static const char broken[] = "{\"patientId\":\"900\"\nnot json\n";
    struct answer answer;
    yyjson_doc *document;
    struct stat found;
    const char *report;

    (void)state;
    upload(&served, broken, strlen(broken), &answer);
    document = json_of(&answer);
    report = yyjson_get_str(yyjson_doc_ptr_get(
        document, answer.status == 200 ? "/report" : "/import/report"));
    if (!report || stat(report, &found) != 0)
        fail_msg("no report: %s", buffer_text(&answer.body));
    yyjson_doc_free(document);
    answer_free(&answer);
}

static void one_import_at_a_time(void **state)
{
    static const char busy[] = "POST /compact HTTP/1.1\r\n" HOST "\r\n";
    size_t length;
    char *text = patients_json(101, 103, 0, &length);
    int fd = connect_local(&served);
    struct answer answer;
    char head[128];
    struct refusal refusal = {busy, 409, false};

    (void)state;
    snprintf(head, sizeof(head),
             "POST /import HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n", length);
    send_text(fd, head);
    send_bytes(fd, text, length / 2);
    /* the first has the right to write as soon as its head is there; wait for that */
    for (int i = 0; i < 1000 && metric(&served, "\nlacis_http_requests_running ") < 2;
         i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    check_refusal(&served, &refusal, true);
    ask(&served, true, busy, &answer);
    assert_int_equal(answer.status, 409);
    assert_non_null(header_of(&answer, "Retry-After: "));
    answer_free(&answer);

    send_bytes(fd, text + length / 2, length - length / 2);
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(number_of(&answer, "/patients"), 2);
    answer_free(&answer);
    ask(&served, true, busy, &answer);
    assert_int_equal(answer.status, 200);
    answer_free(&answer);
    close(fd);
    free(text);
}

static void who_breaks_off_gives_the_right_to_write_back(void **state)
{
    int fd = connect_local(&served);
    struct answer answer = {0};

    (void)state;
    send_text(fd,
              "POST /import HTTP/1.1\r\n" HOST "Content-Length: 100000\r\n\r\n{\"pat");
    for (int i = 0; i < 1000 && metric(&served, "\nlacis_http_requests_running ") < 2;
         i++)
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    close(fd);
    for (int i = 0; i < 1000; i++) {
        ask(&served, true, "POST /compact HTTP/1.1\r\n" HOST "\r\n", &answer);
        if (answer.status != 409)
            break;
        answer_free(&answer);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    assert_int_equal(answer.status, 200);
    answer_free(&answer);
}

static void an_upload_has_a_limit(void **state)
{
    static const struct refusal announced = {
        "POST /import HTTP/1.1\r\n" HOST "Content-Length: 1048577\r\n\r\n", 413, false};
    static char text[2 << 20];
    int fd = connect_local(&served);
    struct answer answer;

    (void)state;
    check_refusal(&served, &announced, true);
    memset(text, '\n', sizeof(text));
    send_text(fd, "POST /import HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n\r\n");
    dprintf(fd, "%zx\r\n", sizeof(text));
    send_bytes(fd, text, sizeof(text));
    send_text(fd, "\r\n0\r\n\r\n");
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 413);
    answer_free(&answer);
    close(fd);
}

/* ---- start and stop ---- */

static void port_and_socket_are_one_servers(void **state)
{
    struct server_options options = {.port = served.port, .stop_fd = served.stop[0]};
    struct error err = ERROR_INIT;
    char other[200];
    int fd;

    (void)state;
    assert_int_equal(server_run(served.node, &options, &err), -1);
    assert_int_equal(err.code, ERROR_BUSY);
    assert_non_null(strstr(err.message, "is taken"));

    options.port = 0;
    options.socket_path = served.socket_path;
    assert_int_equal(server_run(served.node, &options, &err), -1);
    assert_int_equal(err.code, ERROR_BUSY);
    assert_non_null(strstr(err.message, "another server answers"));
    assert_int_equal(access(served.socket_path, F_OK), 0);

    snprintf(other, sizeof(other), "%s/a-file", served.folder);
    fd = open(other, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
    close(fd);
    options.socket_path = other;
    assert_int_equal(server_run(served.node, &options, &err), -1);
    assert_int_equal(err.code, ERROR_REFUSED);
    assert_int_equal(unlink(other), 0); /* it was left alone */

    options.port = 70000;
    options.socket_path = NULL;
    assert_int_equal(server_run(served.node, &options, &err), -1);
    assert_int_equal(err.code, ERROR_INPUT);
}

static void running_requests_are_finished(void **state)
{
    struct served other = {0};
    size_t length;
    char *text = patients_json(1, 6, 0, &length);
    struct answer answer;
    char head[128];
    int fd;

    (void)state;
    node_with(&other, 3);
    server_up(&other);
    fd = connect_local(&other);
    snprintf(head, sizeof(head),
             "POST /import HTTP/1.1\r\n" HOST "Content-Length: %zu\r\n\r\n", length);
    send_text(fd, head);
    send_bytes(fd, text, length / 2);
    nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
    server_tell_stop(&other);
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    assert_int_equal(get(&other, "/health", NULL), 503); /* nothing new */
    send_bytes(fd, text + length / 2, length - length / 2);
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 200);
    assert_int_equal(number_of(&answer, "/originals"), 2);
    answer_free(&answer);
    close(fd);
    server_down(&other);
    assert_int_equal(access(other.socket_path, F_OK), -1);

    /* and once more on the same node, over the socket that a killed server left behind */
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_un address = local_address(&other);

    assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    close(fd);
    server_up(&other);
    assert_int_equal(get(&other, "/health", NULL), 200);
    server_down(&other);
    node_remove(&other);
    free(text);
}

static void on_ready_raise(void *context, unsigned port)
{
    (void)context;
    (void)port;
    raise(SIGTERM);
}

static void a_signal_stops_it(void **state)
{
    struct served other = {0};
    struct server_options options = {
        .stop_fd = -1, .threads = 1, .ready = on_ready_raise};
    struct sigaction before, after;
    struct error err = ERROR_INIT;

    (void)state;
    node_with(&other, 1);
    sigaction(SIGTERM, NULL, &before);
    assert_int_equal(server_run(other.node, &options, &err), 0);
    sigaction(SIGTERM, NULL, &after);
    assert_true(before.sa_handler == after.sa_handler);
    node_remove(&other);
}

/* The address of a socket has 107 bytes; the folder of a node may have more. */
static void a_deep_socket_is_reached_by_its_folder(void **state)
{
    struct served other = {0};
    char deep[248];
    char kept[sizeof(other.socket_path)];
    struct stat found;
    int folder, fd;
    struct answer answer;

    (void)state;
    node_with(&other, 1);
    snprintf(deep, sizeof(deep), "%s/%0100d", other.folder, 1);
    assert_int_equal(mkdir(deep, 0700), 0);
    snprintf(other.socket_path, sizeof(other.socket_path), "%s/socket", deep);
    assert_true(strlen(other.socket_path) > sizeof(((struct sockaddr_un *)0)->sun_path));
    server_up(&other);
    assert_int_equal(lstat(other.socket_path, &found), 0);
    assert_int_equal(found.st_mode & 0777, 0600);

    folder = open(deep, O_PATH | O_DIRECTORY | O_CLOEXEC);
    memcpy(kept, other.socket_path, sizeof(kept));
    snprintf(other.socket_path, sizeof(other.socket_path), "/proc/self/fd/%d/socket",
             folder);
    fd = connect_local(&other);
    send_text(fd, "GET /health HTTP/1.1\r\n" HOST "\r\n");
    read_answer(fd, false, &answer);
    assert_int_equal(answer.status, 200);
    answer_free(&answer);
    close(fd);
    close(folder);
    memcpy(other.socket_path, kept, sizeof(kept));
    server_down(&other);
    assert_int_equal(access(other.socket_path, F_OK), -1);
    node_remove(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(health_and_status),
        cmocka_unit_test(a_cohort_is_counted),
        cmocka_unit_test(groups_and_funnel_are_counted),
        cmocka_unit_test(long_criteria_are_posted),
        cmocka_unit_test(words_are_answered_in_the_language_asked),
        cmocka_unit_test(a_mistake_in_the_criteria_has_its_place),
        cmocka_unit_test(a_connection_is_kept),
        cmocka_unit_test(head_is_get_without_a_body),
        cmocka_unit_test(openapi_is_served),
        cmocka_unit_test(metrics_count_what_was_asked),
        cmocka_unit_test(patients_and_writing_are_for_the_socket),
        cmocka_unit_test(one_patient_is_shown_for_care),
        cmocka_unit_test(each_reading_leaves_its_line),
        cmocka_unit_test(files_are_imported),
        cmocka_unit_test(what_is_wrong_with_a_file_is_told),
        cmocka_unit_test(one_import_at_a_time),
        cmocka_unit_test(who_breaks_off_gives_the_right_to_write_back),
        cmocka_unit_test(an_upload_has_a_limit),
        cmocka_unit_test(port_and_socket_are_one_servers),
        cmocka_unit_test(running_requests_are_finished),
        cmocka_unit_test(a_signal_stops_it),
        cmocka_unit_test(a_deep_socket_is_reached_by_its_folder),
    };

    return cmocka_run_group_tests(tests, group_up, group_down);
}
