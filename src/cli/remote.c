/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/remote.c: a node that a server has open, asked over its Unix socket.
 *
 * The path of a socket has 107 bytes at most; a node that lies deeper is reached through a
 * descriptor of its folder. A socket at which nobody listens is of a server that died: then
 * there is no server. */
#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <yyjson.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"

#define HEADER_LIMIT ((size_t)256)
#define CONNECT_MILLISECONDS 5000L

struct remote {
    CURL *curl;
    int folder;     /* descriptor, -1 when the path is short enough */
    char path[108]; /* of the socket */
};

/* ---- is somebody there? ---- */

static int socket_path(struct remote *remote, const char *folder, struct error *err)
{
    remote->folder = -1;
    if (snprintf(remote->path, sizeof(remote->path), "%s/socket", folder) <
        (int)sizeof(remote->path))
        return 0;
    remote->folder = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (remote->folder < 0)
        return error_errno(err, "%s cannot be opened", folder);
    snprintf(remote->path, sizeof(remote->path), "/proc/self/fd/%d/socket",
             remote->folder);
    return 0;
}

static bool somebody_listens(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool listens;

    if (fd < 0)
        return false;
    memcpy(address.sun_path, path, strlen(path) + 1);
    listens = connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0;
    close(fd);
    return listens;
}

int remote_open(struct remote **remote_r, const char *folder, struct error *err)
{
    struct remote *remote = memory_alloc(sizeof(*remote));

    *remote = (struct remote){.folder = -1};
    *remote_r = NULL;
    if (socket_path(remote, folder, err) < 0 || !somebody_listens(remote->path)) {
        /* a folder that is no node is told of by who opens the node */
        remote_close(remote);
        return 0;
    }
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK ||
        !(remote->curl = curl_easy_init())) {
        remote_close(remote);
        return error_set(err, ERROR_IO, "libcurl does not start");
    }
    *remote_r = remote;
    return 0;
}

void remote_close(struct remote *remote)
{
    if (!remote)
        return;
    if (remote->curl) {
        curl_easy_cleanup(remote->curl);
        curl_global_cleanup();
    }
    if (remote->folder >= 0)
        close(remote->folder);
    memory_free(remote);
}

/* ---- answers ---- */

static size_t on_body(char *bytes, size_t size, size_t n, void *context)
{
    struct buffer *out = context;

    buffer_append(out, bytes, size * n);
    return out->overflowed ? 0 : size * n;
}

static enum error_code code_of_status(long status)
{
    switch (status) {
    case 400:
    case 415: return ERROR_INPUT;
    case 401:
    case 403: return ERROR_REFUSED;
    case 404: return ERROR_NOT_FOUND;
    case 409:
    case 429:
    case 503: return ERROR_BUSY;
    case 413:
    case 414: return ERROR_LIMIT;
    default: return ERROR_IO;
    }
}

static enum error_code code_of_type(const char *type, long status)
{
    const char *word = type ? strrchr(type, ':') : NULL;

    for (int code = ERROR_INPUT; word && code <= ERROR_IO; code++)
        if (strcmp(word + 1, error_code_name((enum error_code)code)) == 0)
            return (enum error_code)code;
    return code_of_status(status);
}

/* A problem as the server tells it (RFC 9457), as the error it was there. */
static int problem(const struct buffer *body, long status, struct error *err)
{
    yyjson_doc *doc = yyjson_read(buffer_text(body), body->length, 0);
    yyjson_val *root = yyjson_doc_get_root(doc);
    const char *detail = yyjson_get_str(yyjson_obj_get(root, "detail"));

    if (detail)
        error_at(err, code_of_type(yyjson_get_str(yyjson_obj_get(root, "type")), status),
                 (unsigned)yyjson_get_uint(yyjson_obj_get(root, "line")),
                 (unsigned)yyjson_get_uint(yyjson_obj_get(root, "column")), "%s", detail);
    else
        error_set(err, code_of_status(status),
                  "the server of the node answered %ld: %.200s", status,
                  buffer_text(body));
    yyjson_doc_free(doc);
    return -1;
}

/* ---- requests ---- */

static struct curl_slist *header(struct curl_slist *list, const char *name,
                                 const char *value)
{
    char line[HEADER_LIMIT];

    snprintf(line, sizeof(line), "%s: %s", name, value);
    return curl_slist_append(list, line);
}

static void common_setup(struct remote *remote, const char *url, struct buffer *out,
                         struct curl_slist *headers, char message[CURL_ERROR_SIZE])
{
    CURL *curl = remote->curl;

    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, remote->path);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); /* whatever the environment says */
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MILLISECONDS);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, out);
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, message);
}

/* What SETUP asks for, answered into OUT. */
typedef void request_setup(CURL *curl, void *context);

static int request(struct remote *remote, const struct invocation *invocation,
                   const char *url, const char *accept, const char *content_type,
                   request_setup *setup, void *context, struct buffer *out,
                   struct error *err)
{
    char message[CURL_ERROR_SIZE] = "";
    struct curl_slist *headers = NULL;
    struct buffer body;
    long status = 0;
    CURLcode code;
    int rc = 0;

    headers = header(headers, "Accept", accept);
    headers = header(headers, "X-Lacis-Caller", invocation->caller.name);
    headers =
        header(headers, "X-Lacis-Purpose", purpose_name(invocation->caller.purpose));
    headers =
        curl_slist_append(headers, "Expect:"); /* the server is near: no asking first */
    if (content_type)
        headers = header(headers, "Content-Type", content_type);

    buffer_init(&body, OUTPUT_LIMIT);
    curl_easy_reset(remote->curl);
    common_setup(remote, url, &body, headers, message);
    if (setup)
        setup(remote->curl, context);
    code = curl_easy_perform(remote->curl);
    curl_easy_getinfo(remote->curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);

    /* a refusal may come before all of a file was sent */
    if (code != CURLE_OK && !(status >= 400 && body.length > 0))
        rc = error_set(err, ERROR_IO, "the server of the node does not answer: %s",
                       *message ? message : curl_easy_strerror(code));
    else if (status < 200 || status > 299)
        rc = problem(&body, status, err);
    else
        buffer_append(out, buffer_text(&body), body.length);
    buffer_free(&body);
    return rc;
}

static const char *accept_of(bool text)
{
    return text ? "text/plain" : "application/json";
}

const char *remote_escape(const struct invocation *invocation, const char *one)
{
    char *escaped = curl_easy_escape(NULL, one, (int)strlen(one));
    const char *copy;

    if (!escaped)
        panic("no memory for an address");
    copy = arena_string(invocation->arena, escaped, strlen(escaped));
    curl_free(escaped);
    return copy;
}

static const char *url_of(const struct invocation *invocation, const char *path,
                          const struct remote_query *query, size_t n)
{
    struct buffer url;
    const char *copy;

    buffer_init(&url, (size_t)1 << 20);
    buffer_printf(&url, "http://localhost%s", path);
    for (size_t i = 0; i < n; i++)
        buffer_printf(&url, "%c%s=%s", i || strchr(path, '?') ? '&' : '?', query[i].name,
                      remote_escape(invocation, query[i].value));
    copy = arena_string(invocation->arena, buffer_text(&url), url.length);
    buffer_free(&url);
    return copy;
}

int remote_get(struct remote *remote, const struct invocation *invocation,
               const char *path, const struct remote_query *query, size_t n, bool text,
               struct buffer *out, struct error *err)
{
    return request(remote, invocation, url_of(invocation, path, query, n),
                   accept_of(text), NULL, NULL, NULL, out, err);
}

/* ---- bodies ---- */

struct body {
    const char *bytes;
    size_t length;
};

static void setup_body(CURL *curl, void *context)
{
    const struct body *body = context;

    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body->length);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->bytes);
}

int remote_post(struct remote *remote, const struct invocation *invocation,
                const char *path, const char *json, size_t length, bool text,
                struct buffer *out, struct error *err)
{
    struct body body = {json ? json : "", length};

    /* an empty body has no type: curl would name one that the server does not take */
    return request(remote, invocation, url_of(invocation, path, NULL, 0), accept_of(text),
                   json ? "application/json" : "", setup_body, &body, out, err);
}

int remote_post_csv(struct remote *remote, const struct invocation *invocation,
                    const char *path, const char *json, size_t length, struct buffer *out,
                    struct error *err)
{
    struct body body = {json, length};

    return request(remote, invocation, url_of(invocation, path, NULL, 0), "text/csv",
                   "application/json", setup_body, &body, out, err);
}

/* ---- files ---- */

struct upload {
    int fd;
    uint64_t sent, total; /* total 0: not known */
    remote_sent *progress;
    void *context;
};

static size_t on_send(char *bytes, size_t size, size_t n, void *context)
{
    struct upload *upload = context;
    ssize_t got;

    do
        got = read(upload->fd, bytes, size * n);
    while (got < 0 && errno == EINTR);
    if (got < 0)
        return CURL_READFUNC_ABORT;
    upload->sent += (uint64_t)got;
    if (upload->progress)
        upload->progress(upload->context, upload->sent, upload->total);
    return (size_t)got;
}

static void setup_upload(CURL *curl, void *context)
{
    const struct upload *upload = context;

    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, on_send);
    curl_easy_setopt(curl, CURLOPT_READDATA, context);
    if (upload->total > 0) /* else in chunks */
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)upload->total);
}

static int upload_file(struct remote *remote, const struct invocation *invocation,
                       const char *to, const char *file, const char *name,
                       const char *accept, remote_sent *sent, void *context,
                       struct buffer *out, struct error *err)
{
    bool is_stdin = strcmp(file, "-") == 0;
    struct upload upload = {.fd = is_stdin ? STDIN_FILENO
                                           : open(file, O_RDONLY | O_CLOEXEC),
                            .progress = sent,
                            .context = context};
    struct remote_query query = {"name", name};
    struct stat status;
    int rc;

    if (upload.fd < 0 && errno == ENOENT)
        return error_set(err, ERROR_NOT_FOUND, "there is no file %s", file);
    if (upload.fd < 0)
        return error_errno(err, "%s cannot be read", file);
    if (fstat(upload.fd, &status) == 0 && S_ISREG(status.st_mode))
        upload.total = (uint64_t)status.st_size;
    rc = request(remote, invocation, url_of(invocation, to, &query, 1), accept,
                 "application/octet-stream", setup_upload, &upload, out, err);
    if (!is_stdin)
        close(upload.fd);
    return rc;
}

int remote_upload(struct remote *remote, const struct invocation *invocation,
                  const char *to, const char *file, const char *name, remote_sent *sent,
                  void *context, struct buffer *out, struct error *err)
{
    return upload_file(remote, invocation, to, file, name, accept_of(false), sent,
                       context, out, err);
}

int remote_upload_text(struct remote *remote, const struct invocation *invocation,
                       const char *to, const char *file, bool text, struct buffer *out,
                       struct error *err)
{
    return upload_file(remote, invocation, to, file, file, accept_of(text), NULL, NULL,
                       out, err);
}
