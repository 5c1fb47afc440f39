/* SPDX-License-Identifier: Apache-2.0
 *
 * test_http_support.h: a real node with a few patients, a real server on it in a thread, and a
 * client that sends exactly the bytes it is given.
 *
 * The client knows as much HTTP as a test needs and no more: a library would refuse to send
 * what is to be refused. */
#ifndef TEST_HTTP_SUPPORT_H
#define TEST_HTTP_SUPPORT_H

#include <microhttpd.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <errno.h>
#include <ftw.h>
#include <netinet/in.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>
#include <yyjson.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/log.h"
#include "http/server.h"
#include "node/node.h"

#define HOST "Host: 127.0.0.1\r\n"
#define CLIENT_SECONDS 60

struct served {
    char folder[128];
    char socket_path[256]; /* "" until server_up(): in the folder */
    struct node *node;
    pthread_t thread;
    int stop[2];
    unsigned port;
    uint64_t import_limit;
    sem_t ready;
    int status;
    struct error err;
};

/* ---- the node ---- */

UNUSED static char *patient_json(char *out, size_t size, unsigned number,
                                 unsigned version, const char *topography)
{
    snprintf(
        out, size,
        "{\"patientId\":\"%u\",\"centreFiness\":\"940000664\",\"birthdateYear\":\"%u\","
        "\"birthdateMonth\":\"03\",\"birthdateDay\":\"UN\",\"biologicalSex\":\"%s\","
        "\"primaryCancer\":[{\"occurrence\":1,\"cancerDiagnosisDateYear\":\"2020\","
        "\"cancerDiagnosisDateMonth\":\"09\",\"cancerDiagnosisDateDay\":\"12\","
        "\"topographyCode\":\"%s\",\"morphologyCode\":\"8140/3\"}]}\n",
        number, 1950 + version, number % 2 ? "Female" : "Male", topography);
    return out;
}

/* Patients FIRST to AFTER - 1, two thirds of them with C34.1, as one text; free() it. Another
 * VERSION of a patient has another year of birth. */
UNUSED static char *patients_json(unsigned first, unsigned after, unsigned version,
                                  size_t *length_r)
{
    size_t room = (size_t)(after - first) * 512 + 1;
    char *text = malloc(room);
    size_t length = 0;

    assert_non_null(text);
    for (unsigned i = first; i < after; i++) {
        patient_json(text + length, room - length, i, version, i % 3 ? "C34.1" : "C50.9");
        length += strlen(text + length);
    }
    *length_r = length;
    return text;
}

static int remove_entry(const char *path, const struct stat *entry, int type,
                        struct FTW *place)
{
    (void)entry;
    (void)type;
    (void)place;
    return remove(path);
}

UNUSED static void node_with(struct served *served, unsigned patients)
{
    struct node_config config = {
        .centre = "villejuif", .n_finess = 1, .finess = {"940000664"}, .port = 0};
    struct caller caller = {.name = "test", .via = "cli", .purpose = PURPOSE_OPERATION};
    struct import_options options = {.now = 1700000000, .threads = 1, .caller = &caller};
    struct import_result result;
    struct error err = ERROR_INIT;
    char path[192];
    const char *files[] = {path};
    size_t length;
    char *text = patients_json(1, patients + 1, 0, &length);
    FILE *file;

    snprintf(served->folder, sizeof(served->folder), "/tmp/lacis-http-XXXXXX");
    assert_non_null(mkdtemp(served->folder));
    if (node_init(served->folder, &config, &err) < 0)
        fail_msg("%s", err.message);
    served->node = node_open(served->folder, NODE_WRITE, &err);
    if (!served->node)
        fail_msg("%s", err.message);

    snprintf(path, sizeof(path), "%s.ndjson", served->folder);
    file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, length, file), length);
    fclose(file);
    free(text);
    if (node_import(served->node, files, 1, &options, &result, &err) < 0)
        fail_msg("%s", err.message);
    unlink(path);
    assert_int_equal(result.patients, patients);
}

UNUSED static void node_remove(struct served *served)
{
    node_close(served->node);
    nftw(served->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- the server ---- */

static void on_ready(void *context, unsigned port)
{
    struct served *served = context;

    served->port = port;
    sem_post(&served->ready);
}

static void *serve_thread(void *context)
{
    struct served *served = context;
    struct server_options options = {
        .socket_path = served->socket_path,
        .threads = 2,
        .stop_fd = served->stop[0],
        .ready = on_ready,
        .context = served,
        .import_limit = served->import_limit,
    };

    served->status = server_run(served->node, &options, &served->err);
    sem_post(&served->ready); /* also when it never was */
    return NULL;
}

UNUSED static void server_up(struct served *served)
{
    if (!*served->socket_path)
        snprintf(served->socket_path, sizeof(served->socket_path), "%s/socket",
                 served->folder);
    served->port = 0;
    assert_int_equal(pipe(served->stop), 0);
    assert_int_equal(sem_init(&served->ready, 0, 0), 0);
    assert_int_equal(pthread_create(&served->thread, NULL, serve_thread, served), 0);
    sem_wait(&served->ready);
    if (!served->port)
        fail_msg("%s", served->err.message);
}

UNUSED static void server_tell_stop(struct served *served)
{
    assert_int_equal(write(served->stop[1], "x", 1), 1);
}

UNUSED static void server_down(struct served *served)
{
    server_tell_stop(served);
    pthread_join(served->thread, NULL);
    close(served->stop[0]);
    close(served->stop[1]);
    sem_destroy(&served->ready);
    if (served->status < 0)
        fail_msg("%s", served->err.message);
}

/* ---- the client ---- */

static void set_patience(int fd)
{
    struct timeval patience = {.tv_sec = CLIENT_SECONDS};

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
}

UNUSED static int connect_tcp(const struct served *served)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)served->port),
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    set_patience(fd);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

UNUSED static struct sockaddr_un local_address(const struct served *served)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t length = strlen(served->socket_path);

    assert_true(length < sizeof(address.sun_path));
    memcpy(address.sun_path, served->socket_path, length + 1);
    return address;
}

UNUSED static int connect_local(const struct served *served)
{
    struct sockaddr_un address = local_address(served);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_true(fd >= 0);
    set_patience(fd);
    assert_int_equal(connect(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
    return fd;
}

/* What can be sent of BYTES: the other end may have had enough. */
UNUSED static void send_bytes(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);

        if (sent <= 0)
            return;
        bytes += sent;
        length -= (size_t)sent;
    }
}

UNUSED static void send_text(int fd, const char *text)
{
    send_bytes(fd, text, strlen(text));
}

struct answer {
    unsigned status; /* 0: none came */
    struct buffer head, body;
    bool closed; /* by the other end, behind it */
};

UNUSED static void answer_free(struct answer *answer)
{
    buffer_free(&answer->head);
    buffer_free(&answer->body);
}

/* The value of header NAME ("Allow: ") of HEAD, or NULL; up to the end of its line. */
UNUSED static const char *header_of(const struct answer *answer, const char *name)
{
    const char *line = buffer_text(&answer->head);

    while ((line = strstr(line, "\r\n"))) {
        line += 2;
        if (strncasecmp(line, name, strlen(name)) == 0)
            return line + strlen(name);
    }
    return NULL;
}

/* One answer of FD; HEAD_ONLY for the answer to a HEAD. 100 Continue is passed over. */
UNUSED static void read_answer(int fd, bool head_only, struct answer *answer)
{
    const char *length_text;
    size_t length;
    char byte;

    *answer = (struct answer){0};
    buffer_init(&answer->head, 1 << 20);
    buffer_init(&answer->body, 64 << 20);
    do {
        buffer_clear(&answer->head);
        do {
            if (recv(fd, &byte, 1, 0) != 1) {
                answer->closed = true;
                return;
            }
            buffer_char(&answer->head, byte);
        } while (answer->head.length < 4 ||
                 memcmp(answer->head.bytes + answer->head.length - 4, "\r\n\r\n", 4) !=
                     0);
    } while (strncmp(answer->head.bytes, "HTTP/1.1 100 ", 13) == 0);

    assert_int_equal(strncmp(answer->head.bytes, "HTTP/1.", 7), 0);
    answer->status = (unsigned)strtoul(answer->head.bytes + 9, NULL, 10);
    length_text = header_of(answer, "Content-Length: ");
    length = length_text && !head_only ? strtoul(length_text, NULL, 10) : 0;
    while (answer->body.length < length) {
        char piece[4096];
        size_t left = length - answer->body.length;
        ssize_t got = recv(fd, piece, left < sizeof(piece) ? left : sizeof(piece), 0);

        if (got <= 0)
            fail_msg("the answer ends after %zu of %zu bytes", answer->body.length,
                     length);
        buffer_append(&answer->body, piece, (size_t)got);
    }
}

/* Send REQUEST on a connection of its own, over TCP or the socket, and take one answer. */
UNUSED static void ask(const struct served *served, bool local, const char *request,
                       struct answer *answer)
{
    int fd = local ? connect_local(served) : connect_tcp(served);

    send_text(fd, request);
    read_answer(fd, strncmp(request, "HEAD ", 5) == 0, answer);
    close(fd);
}

/* The status of a question that is only a GET of TARGET; its body into BODY_R (may be NULL). */
UNUSED static unsigned get(const struct served *served, const char *target,
                           struct buffer *body_r)
{
    char request[4096];
    struct answer answer;
    unsigned status;

    snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\n" HOST "\r\n", target);
    ask(served, false, request, &answer);
    status = answer.status;
    if (body_r)
        buffer_append(body_r, buffer_text(&answer.body), answer.body.length);
    answer_free(&answer);
    return status;
}

/* POST of BYTES to /import over the socket. */
UNUSED static void upload(const struct served *served, const char *bytes, size_t length,
                          struct answer *answer)
{
    char head[256];
    int fd = connect_local(served);

    snprintf(head, sizeof(head),
             "POST /import?name=more.ndjson HTTP/1.1\r\n" HOST
             "Content-Length: %zu\r\n\r\n",
             length);
    send_text(fd, head);
    send_bytes(fd, bytes, length);
    read_answer(fd, false, answer);
    close(fd);
}

/* ---- looking at answers ---- */

UNUSED static yyjson_doc *json_of(const struct answer *answer)
{
    yyjson_doc *document =
        yyjson_read(buffer_text(&answer->body), answer->body.length, 0);

    if (!document)
        fail_msg("not JSON: %s", buffer_text(&answer->body));
    return document;
}

UNUSED static int64_t number_of(const struct answer *answer, const char *pointer)
{
    yyjson_doc *document = json_of(answer);
    yyjson_val *value = yyjson_doc_ptr_get(document, pointer);
    int64_t number = yyjson_get_sint(value);

    if (!yyjson_is_num(value))
        fail_msg("%s: no number in %s", pointer, buffer_text(&answer->body));
    yyjson_doc_free(document);
    return number;
}

UNUSED static void check_protecting_headers(const struct answer *answer)
{
    const char *policy = header_of(answer, "Content-Security-Policy: ");

    assert_non_null(policy);
    assert_int_equal(strncmp(policy, "default-src 'none'", 18), 0);
    assert_int_equal(strncmp(header_of(answer, "Cache-Control: "), "no-store\r", 9), 0);
    assert_int_equal(
        strncmp(header_of(answer, "X-Content-Type-Options: "), "nosniff\r", 8), 0);
    assert_non_null(header_of(answer, "Content-Type: "));
    assert_null(header_of(answer, "Access-Control-Allow-Origin: "));
}

UNUSED static void check_problem(const struct answer *answer)
{
    yyjson_doc *document = json_of(answer);
    yyjson_val *root = yyjson_doc_get_root(document);
    const char *type = header_of(answer, "Content-Type: ");

    assert_int_equal(strncmp(type, "application/problem+json\r", 25), 0);
    assert_int_equal(yyjson_get_uint(yyjson_obj_get(root, "status")), answer->status);
    assert_true(yyjson_get_len(yyjson_obj_get(root, "title")) > 0);
    assert_true(yyjson_get_len(yyjson_obj_get(root, "detail")) > 0);
    assert_int_equal(strncmp(yyjson_get_str(yyjson_obj_get(root, "type")),
                             "urn:lacis:problem:", 18),
                     0);
    yyjson_doc_free(document);
}

/* The value behind LINE ("\nlacis_up ") in the metrics, 0 if it is not there. */
UNUSED static double metric(const struct served *served, const char *line)
{
    struct buffer body;
    const char *found;
    double value;

    buffer_init(&body, 1 << 20);
    assert_int_equal(get(served, "/metrics", &body), 200);
    found = strstr(buffer_text(&body), line);
    value = found ? strtod(found + strlen(line), NULL) : 0;
    buffer_free(&body);
    return value;
}

/* ---- refusals ---- */

struct refusal {
    const char *request;
    unsigned status;
    bool theirs; /* the library's own answer, not ours */
};

#define FOLLOWED \
    "GET /health HTTP/1.1\r\n" HOST "\r\n" /* what a smuggler would slip in */

/* Send REQUEST with something behind it; one answer, a refusal, and then nothing. */
/* From 1.0 on libmicrohttpd refuses more by itself, in its own words or by closing. */
UNUSED static bool library_refuses_more(void)
{
    return strncmp(MHD_get_version(), "0.", 2) != 0;
}

UNUSED static void check_refusal(const struct served *served,
                                 const struct refusal *refusal, bool local)
{
    int fd = local ? connect_local(served) : connect_tcp(served);
    struct answer answer, second;

    send_text(fd, refusal->request);
    read_answer(fd, strncmp(refusal->request, "HEAD ", 5) == 0, &answer);
    if (answer.status != refusal->status &&
        !(library_refuses_more() && (answer.status >= 400 || answer.closed)))
        fail_msg("%s\n%u, not %u: %s", refusal->request, answer.status, refusal->status,
                 buffer_text(&answer.body));
    if (!refusal->theirs &&
        (!library_refuses_more() || header_of(&answer, "Content-Security-Policy: "))) {
        check_protecting_headers(&answer);
        check_problem(&answer);
    }
    send_text(fd, FOLLOWED);
    read_answer(fd, false, &second);
    if (!second.closed)
        fail_msg("%s\nwas not closed: %s", refusal->request, buffer_text(&second.head));
    answer_free(&answer);
    answer_free(&second);
    close(fd);
}

#endif
