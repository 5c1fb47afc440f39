/* SPDX-License-Identifier: Apache-2.0
 *
 * http/transfer.c: one request from its first byte to its last, between libmicrohttpd and the
 * handlers.
 *
 *     state      entered by                 what the library calls next
 *     NEW        transfer_new()             transfer_step() once, with the head: transfer_begin()
 *     RECEIVING  transfer_begin()           transfer_step() per piece of the body, then once
 *                                           without: transfer_answer()
 *     WRITING    transfer_answer()          nothing; the connection is suspended until
 *                                           transfer_write() has run on the writer
 *     READY      transfer_write()           transfer_step(): queue_reply()
 *     DONE       queue_reply()              transfer_end()
 *
 * A reply that is queued in the first call makes the library close the connection behind it.
 * That is what a refusal wants (it is not known where the next request would begin, or a body
 * is on its way that nobody will read), and what no other answer wants: a connection a request
 * is four times slower. So answers are queued in a later call, always. */
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "http/accept.h"
#include "http/checks.h"
#include "http/exchange.h"
#include "http/server_internal.h"
#include "http/uri.h"

/* What is read and thrown away of a body that proved too large, so that the client has an ear
 * for the reason. */
#define DRAIN_LIMIT ((uint64_t)8 << 20)
/* A thread's arena that grew past this is given back. */
#define SCRATCH_KEPT ((size_t)16 << 20)

#define CONNECTIONS_MAX 512
/* All of the loopback address: what is left belongs to the socket. */
#define CONNECTIONS_OF_ONE_ADDRESS 256
#define CONNECTION_MEMORY ((size_t)64 << 10) /* bounds the head */
#define CONNECTION_SECONDS 30

enum transfer_state {
    TRANSFER_NEW,
    TRANSFER_RECEIVING,
    TRANSFER_WRITING,
    TRANSFER_READY,
    TRANSFER_DONE
};

struct transfer {
    struct server *server;
    struct MHD_Connection *connection;
    enum transfer_state state;
    double start; /* milliseconds */
    bool counted; /* in metrics.running */
    bool local;
    bool has_writer; /* the reservation is ours to give back */

    struct uri uri; /* into target[] */
    struct match match;
    struct arguments arguments;
    char caller[CALLER_NAME_MAX + 1];
    enum purpose purpose;
    const char *form;

    uint64_t received;
    struct buffer body;  /* of BODY_JSON */
    int file;            /* of BODY_FILE */
    struct error failed; /* while receiving; told when all was received */

    struct reply reply;
    uint64_t sent;
    char target[];
};

/* ---- beginning and end ---- */

/* Called with the target as it came, before the library cuts and decodes it. */
static void *transfer_new(void *context, const char *target,
                          struct MHD_Connection *connection)
{
    size_t length = target ? strlen(target) : 0;
    struct transfer *transfer = memory_alloc(sizeof(*transfer) + length + 1);

    memset(transfer, 0, sizeof(*transfer));
    transfer->server = context;
    transfer->connection = connection;
    transfer->file = -1;
    transfer->start = clock_milliseconds();
    if (length > 0)
        memcpy(transfer->target, target, length);
    transfer->target[length] = '\0';
    return transfer;
}

/* The library's own refusals (a head that does not fit, a version it does not know) have a
 * status of which we were not told. */
static unsigned final_status(const struct transfer *transfer)
{
    const union MHD_ConnectionInfo *found;

    if (transfer->reply.status != 0)
        return transfer->reply.status;
    found =
        MHD_get_connection_info(transfer->connection, MHD_CONNECTION_INFO_HTTP_STATUS);
    return found ? found->http_status : 0;
}

/* Neither the address nor the criteria: they may say who is meant. */
static void log_request(const struct transfer *transfer, unsigned status,
                        double milliseconds, bool whole)
{
    const struct route *route = transfer->match.route;
    enum log_level level = status >= 500 ? LOG_WARNING : LOG_INFO;
    char digest[20] = "";

    if (transfer->reply.digest)
        snprintf(digest, sizeof(digest), "%016llx",
                 (unsigned long long)transfer->reply.digest);
    log_event(level, "http.request",
              LOG_STRING("method", route ? method_name(route->method) : ""),
              LOG_STRING("route", route ? route->path : ""),
              LOG_STRING("via", transfer->local ? "socket" : "http"),
              LOG_STRING("caller", transfer->caller), LOG_NUMBER("status", status),
              LOG_NUMBER("milliseconds", (double)(int64_t)(milliseconds * 1000) / 1e3),
              LOG_NUMBER("received", transfer->received),
              LOG_NUMBER("sent", transfer->sent),
              LOG_STRING("end", whole ? "whole" : "broken off"),
              LOG_STRING("criteria", digest));
}

static void transfer_end(void *context, struct MHD_Connection *connection, void **place,
                         enum MHD_RequestTerminationCode how)
{
    struct transfer *transfer = *place;

    (void)context;
    (void)connection;
    if (!transfer)
        return;

    struct server *server = transfer->server;
    double milliseconds = clock_milliseconds() - transfer->start;
    unsigned status = final_status(transfer);

    metrics_count(&server->metrics,
                  transfer->match.route ? (unsigned)transfer->match.route->id
                                        : METRICS_NO_ROUTE,
                  status, milliseconds, transfer->sent);
    log_request(transfer, status, milliseconds,
                how == MHD_REQUEST_TERMINATED_COMPLETED_OK);
    if (transfer->has_writer)
        writer_release(&server->writer);
    if (transfer->file >= 0)
        close(transfer->file);
    buffer_free(&transfer->body);
    buffer_free(&transfer->reply.body);
    if (transfer->counted)
        atomic_fetch_sub(&server->metrics.running, 1);
    memory_free(transfer);
    *place = NULL;
}

/* ---- answers ---- */

static void add_headers(struct MHD_Response *response, const struct reply *reply)
{
    char seconds[16];

    MHD_add_response_header(response, "Content-Type", reply->type);
    MHD_add_response_header(response, "Cache-Control", "no-store");
    MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    MHD_add_response_header(response, "Content-Security-Policy",
                            "default-src 'none'; frame-ancestors 'none'");
    if (reply->allow)
        MHD_add_response_header(response, "Allow", reply->allow);
    if (reply->retry_after > 0) {
        snprintf(seconds, sizeof(seconds), "%u", reply->retry_after);
        MHD_add_response_header(response, "Retry-After", seconds);
    }
}

/* The body becomes the library's. */
static enum MHD_Result queue_reply(struct transfer *transfer, bool close)
{
    static char nothing[1];
    struct buffer *body = &transfer->reply.body;
    struct MHD_Response *response =
        body->bytes
            ? MHD_create_response_from_buffer_with_free_callback(body->length,
                                                                 body->bytes, memory_free)
            : MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);

    if (!response)
        return MHD_NO;
    transfer->sent = body->length;
    *body = (struct buffer){0};
    transfer->state = TRANSFER_DONE;
    add_headers(response, &transfer->reply);
    if (close)
        MHD_add_response_header(response, "Connection", "close");

    enum MHD_Result queued =
        MHD_queue_response(transfer->connection, transfer->reply.status, response);

    MHD_destroy_response(response); /* our reference to it */
    return queued;
}

/* In the first call only: see above. */
static enum MHD_Result refuse(struct transfer *transfer, unsigned status,
                              const struct error *err)
{
    reply_problem(&transfer->reply, status, err, NULL, NULL);
    return queue_reply(transfer, true);
}

static struct arena *scratch_of_thread(struct server *server)
{
    struct arena *arena = pthread_getspecific(server->scratch);

    if (!arena) {
        arena = arena_new("the question", EXCHANGE_ARENA);
        if (pthread_setspecific(server->scratch, arena) != 0)
            panic("http: no room for a thread's own memory");
    }
    return arena;
}

static void scratch_done(struct server *server, struct arena *arena)
{
    if (arena_used(arena) <= SCRATCH_KEPT) {
        arena_reset(arena);
        return;
    }
    pthread_setspecific(server->scratch, NULL);
    arena_free(arena);
}

static int run_handler(struct transfer *transfer, struct exchange *exchange,
                       struct error *err)
{
    const struct argument *lang;

    if (transfer->failed.code != ERROR_NONE) {
        *err = transfer->failed;
        return -1;
    }
    if (exchange->route->body == BODY_JSON &&
        arguments_from_json(exchange->route, exchange->arena, transfer->body.bytes,
                            transfer->body.length, &exchange->arguments, err) < 0)
        return -1;
    lang = arguments_get(&exchange->arguments, "lang");
    exchange->lang = lang ? (enum lang)lang->number : LANG_EN;
    if (exchange->route->handler(exchange, err) < 0)
        return -1;
    return buffer_check(&exchange->reply.body, "the answer", err);
}

/* Fill TRANSFER's reply. */
static void run_exchange(struct transfer *transfer)
{
    struct server *server = transfer->server;
    const struct route *route = transfer->match.route;
    struct error err = ERROR_INIT;
    struct exchange exchange = {
        .server = server,
        .route = route,
        .arguments = transfer->arguments,
        .caller = {.name = transfer->caller,
                   .via = transfer->local ? "socket" : "http",
                   .purpose = transfer->purpose},
        .now = clock_now(),
        .form = transfer->form,
        .file = transfer->file,
        .arena = scratch_of_thread(server),
        .reply = {.status = 200},
    };

    exchange.reply.type = route->forms == FORMS_METRICS
                              ? "text/plain; version=0.0.4; charset=utf-8"
                          : route->forms == FORMS_CSV      ? "text/csv; charset=utf-8"
                          : exchange_wants_text(&exchange) ? "text/plain; charset=utf-8"
                                                           : "application/json";
    buffer_init(&exchange.reply.body, REPLY_LIMIT);
    if (run_handler(transfer, &exchange, &err) < 0)
        reply_problem(&exchange.reply, 0, &err, NULL, NULL);
    transfer->reply = exchange.reply;
    scratch_done(server, exchange.arena);
}

void transfer_write(struct transfer *transfer)
{
    struct server *server = transfer->server;
    struct MHD_Connection *connection = transfer->connection;

    run_exchange(transfer);
    server_status_forget(server);
    transfer->state = TRANSFER_READY;
    transfer->has_writer = false;
    /* first this, so that who has the answer can write again */
    writer_release(&server->writer);
    MHD_resume_connection(connection); /* and now TRANSFER is the other thread's */
}

static enum MHD_Result transfer_answer(struct transfer *transfer)
{
    struct error err = ERROR_INIT;

    if (transfer->match.route->run == RUN_HERE || transfer->failed.code != ERROR_NONE) {
        run_exchange(transfer);
        return queue_reply(transfer, false);
    }

    transfer->state = TRANSFER_WRITING;
    MHD_suspend_connection(transfer->connection);
    if (writer_submit(&transfer->server->writer, transfer))
        return MHD_YES;
    error_set(&err, ERROR_BUSY, "the server is stopping; nothing was imported");
    reply_problem(&transfer->reply, 503, &err, NULL, NULL);
    transfer->state = TRANSFER_READY;
    MHD_resume_connection(transfer->connection);
    return MHD_YES;
}

/* ---- the body ---- */

static uint64_t body_limit(const struct transfer *transfer)
{
    const struct route *route = transfer->match.route;

    return route->body == BODY_FILE && route->limit == 0 ? transfer->server->import_limit
                                                         : route->limit;
}

/* A failure is kept for the answer: nothing can be queued between two pieces. */
static enum MHD_Result transfer_receive(struct transfer *transfer, const char *bytes,
                                        size_t length)
{
    uint64_t limit = body_limit(transfer);
    struct error *failed = &transfer->failed;

    transfer->received += length;
    if (transfer->received > limit + DRAIN_LIMIT)
        return MHD_NO;
    if (failed->code != ERROR_NONE)
        return MHD_YES;
    if (transfer->received > limit)
        error_set(failed, ERROR_LIMIT, "the body is larger than %llu bytes",
                  (unsigned long long)limit);
    else if (transfer->match.route->body == BODY_JSON)
        buffer_append(&transfer->body, bytes, length);
    else if (file_write_all(transfer->file, bytes, length) < 0)
        error_errno(failed, "cannot keep what is uploaded");
    return MHD_YES;
}

/* ---- the head ---- */

struct headers {
    size_t n; /* may be more than there is room for */
    struct header list[HEADERS_MAX];
};

static enum MHD_Result take_header(void *context, enum MHD_ValueKind kind,
                                   const char *name, size_t name_length,
                                   const char *value, size_t value_length)
{
    struct headers *headers = context;

    (void)kind;
    if (headers->n < HEADERS_MAX)
        headers->list[headers->n] = (struct header){name, name_length, value ? value : "",
                                                    value ? value_length : 0};
    headers->n++;
    return MHD_YES;
}

static bool is_local(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *found =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);

    return found && found->client_addr && found->client_addr->sa_family == AF_UNIX;
}

/* Who calls, as far as is known: the header, else the user at the other end of the socket. */
static void name_caller(struct transfer *transfer, const struct header *header)
{
    const union MHD_ConnectionInfo *found;
    struct ucred peer;
    socklen_t size = sizeof(peer);

    if (header) {
        memcpy(transfer->caller, header->value, header->value_length);
        transfer->caller[header->value_length] = '\0';
        return;
    }
    snprintf(transfer->caller, sizeof(transfer->caller), "anonymous");
    found =
        MHD_get_connection_info(transfer->connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    if (transfer->local && found &&
        getsockopt(found->connect_fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
        snprintf(transfer->caller, sizeof(transfer->caller), "uid:%u",
                 (unsigned)peer.uid);
}

/* The purpose that is named, or the route's own. The care view is for care only. */
static int check_purpose(struct transfer *transfer, const struct header *header,
                         unsigned *status_r, struct error *err)
{
    enum purpose expected = transfer->match.route->purpose;
    int named = -1;

    *status_r = 400;
    for (int p = PURPOSE_CARE; header && p <= PURPOSE_OPERATION; p++)
        if (header_is(header, purpose_name((enum purpose)p)))
            named = p;
    if (header && named < 0)
        return error_set(err, ERROR_INPUT,
                         "X-Lacis-Purpose: %s, %s, %s or %s was expected",
                         purpose_name(PURPOSE_CARE), purpose_name(PURPOSE_RESEARCH),
                         purpose_name(PURPOSE_QUALITY), purpose_name(PURPOSE_OPERATION));
    *status_r = 403;
    if (header && expected == PURPOSE_CARE && named != PURPOSE_CARE)
        return error_set(err, ERROR_REFUSED,
                         "one patient's history is shown for the purpose of care only");
    transfer->purpose = header ? (enum purpose)named : expected;
    return 0;
}

static int check_body(struct transfer *transfer, const struct head_found *found,
                      unsigned *status_r, struct error *err)
{
    const struct route *route = transfer->match.route;
    bool has_body = found->chunked || (found->has_length && found->length > 0);

    *status_r = 400;
    if (route->body == BODY_NONE)
        return has_body ? error_set(err, ERROR_INPUT, "%s %s takes no body",
                                    method_name(route->method), route->path)
                        : 0;
    *status_r = 411;
    if (!found->chunked && !found->has_length)
        return error_set(err, ERROR_INPUT, "the body is missing");
    *status_r = 415;
    if (route->body == BODY_JSON &&
        (!found->content_type ||
         !media_type_is(found->content_type->value, found->content_type->value_length,
                        "application/json")))
        return error_set(err, ERROR_INPUT, "Content-Type: application/json was expected");
    *status_r = 413;
    if (found->has_length && found->length > body_limit(transfer))
        return error_set(err, ERROR_LIMIT, "the body is larger than %llu bytes",
                         (unsigned long long)body_limit(transfer));
    buffer_init(&transfer->body, route->limit);
    return 0;
}

static int choose_form(struct transfer *transfer, const struct header *accept,
                       unsigned *status_r, struct error *err)
{
    const char *const *types;
    size_t n = forms_types(transfer->match.route->forms, &types);
    int chosen = accept_choose(accept ? accept->value : "",
                               accept ? accept->value_length : 0, types, n);

    *status_r = 406;
    if (chosen < 0)
        return error_set(err, ERROR_INPUT, "Accept: there is %s%s%s", types[0],
                         n > 1 ? " or " : "", n > 1 ? types[1] : "");
    transfer->form = types[chosen];
    return 0;
}

/* Find the route and see that it may be asked here and so. */
static int check_route(struct transfer *transfer, const char *method, unsigned *status_r,
                       struct error *err)
{
    *status_r = 400;
    if (uri_parse(transfer->target, &transfer->uri, err) < 0) {
        *status_r = err->code == ERROR_LIMIT ? 414 : 400;
        return -1;
    }
    routes_match(method, &transfer->uri, &transfer->match);

    const struct route *route = transfer->match.route;

    if (!route && !transfer->match.path_known) {
        *status_r = 404;
        return error_set(err, ERROR_NOT_FOUND,
                         "there is nothing at this address; / lists "
                         "what there is");
    }
    if (!route) {
        *status_r = 405;
        transfer->reply.allow = transfer->match.allow;
        return error_set(err, ERROR_INPUT, "this address takes %s",
                         transfer->match.allow);
    }
    if (route->reach == REACH_SOCKET && !transfer->local) {
        *status_r = 403;
        return error_set(
            err, ERROR_REFUSED,
            "%s %s is served on the node's Unix socket only: the loopback address "
            "does not know who calls",
            method_name(route->method), route->path);
    }
    return arguments_from_uri(&transfer->match, &transfer->uri, &transfer->arguments,
                              err);
}

/* The last steps, because they take something that has to be given back. */
static int take_resources(struct transfer *transfer, unsigned *status_r,
                          struct error *err)
{
    struct server *server = transfer->server;
    const struct route *route = transfer->match.route;

    *status_r = 409;
    if (route->run == RUN_WRITER) {
        if (!writer_reserve(&server->writer))
            return error_set(err, ERROR_BUSY,
                             "another import, compaction, save or list is under way; "
                             "try again when it is done");
        transfer->has_writer = true;
    }
    *status_r = 500;
    if (route->body == BODY_FILE) {
        /* in the node's own folder: there the disk has room for patients' data, and there they
         * may be */
        transfer->file = file_scratch(node_folder(server->node), err);
        if (transfer->file < 0)
            return -1;
    }
    return 0;
}

static enum MHD_Result transfer_begin(struct transfer *transfer, const char *method,
                                      const char *version)
{
    struct server *server = transfer->server;
    struct headers headers = {.n = 0};
    struct request_head head = {.headers = headers.list};
    struct head_found found;
    struct error err = ERROR_INIT;
    unsigned status = 503;

    transfer->local = is_local(transfer->connection);
    transfer->counted = true;
    atomic_fetch_add(&server->metrics.running, 1);
    if (atomic_load(&server->stopping)) {
        error_set(&err, ERROR_BUSY, "the server is stopping");
        return refuse(transfer, status, &err);
    }

    MHD_get_connection_values_n(transfer->connection, MHD_HEADER_KIND, take_header,
                                &headers);
    head.local = transfer->local;
    head.http10 = strcmp(version, "HTTP/1.0") == 0;
    head.n_headers = headers.n;
    if (checks_head(&head, &found, &status, &err) < 0 ||
        check_route(transfer, method, &status, &err) < 0 ||
        choose_form(transfer, found.accept, &status, &err) < 0 ||
        check_purpose(transfer, found.purpose, &status, &err) < 0 ||
        check_body(transfer, &found, &status, &err) < 0 ||
        take_resources(transfer, &status, &err) < 0)
        return refuse(transfer, status, &err);
    name_caller(transfer, found.caller);
    transfer->state = TRANSFER_RECEIVING;
    return MHD_YES;
}

static enum MHD_Result transfer_step(void *context, struct MHD_Connection *connection,
                                     const char *path, const char *method,
                                     const char *version, const char *bytes,
                                     size_t *length, void **place)
{
    struct transfer *transfer = *place;
    size_t received = *length;

    (void)context;
    (void)connection;
    (void)path; /* decoded without care: we have our own */
    *length = 0;
    switch (transfer->state) {
    case TRANSFER_NEW: return transfer_begin(transfer, method, version);
    case TRANSFER_RECEIVING:
        return received > 0 ? transfer_receive(transfer, bytes, received)
                            : transfer_answer(transfer);
    case TRANSFER_READY: return queue_reply(transfer, false);
    case TRANSFER_WRITING:
    case TRANSFER_DONE: break;
    }
    return MHD_YES;
}

/* ---- the library ---- */

PRINTF_LIKE(2, 0)
static void log_library(void *context, const char *format, va_list arguments)
{
    char message[256];

    (void)context;
    vsnprintf(message, sizeof(message), format, arguments);
    message[strcspn(message, "\n")] = '\0';
    log_event(LOG_DEBUG, "http.library", LOG_STRING("message", message));
}

int transfer_start(struct server *server, int fd, unsigned threads, struct error *err)
{
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_TURBO |
                     MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC | MHD_USE_ERROR_LOG;

    server->daemon = MHD_start_daemon(
        flags, 0, NULL, NULL, transfer_step, server, MHD_OPTION_EXTERNAL_LOGGER,
        log_library, NULL, MHD_OPTION_LISTEN_SOCKET, fd, MHD_OPTION_THREAD_POOL_SIZE,
        threads, MHD_OPTION_URI_LOG_CALLBACK, transfer_new, server,
        MHD_OPTION_NOTIFY_COMPLETED, transfer_end, NULL, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_MAX, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)CONNECTIONS_OF_ONE_ADDRESS, MHD_OPTION_CONNECTION_TIMEOUT,
        (unsigned)CONNECTION_SECONDS, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_END);
    return server->daemon ? 0 : error_errno(err, "the server cannot be started");
}

void transfer_add_local(struct server *server, int fd)
{
    /* no more than its kind: the name of the other end says nothing, SO_PEERCRED does */
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    /* on failure the library has closed it, and the client sees that */
    (void)MHD_add_connection(server->daemon, fd, (const struct sockaddr *)&address,
                             sizeof(address));
}
