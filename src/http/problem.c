/* SPDX-License-Identifier: Apache-2.0
 *
 * http/problem.c: an error as an answer, RFC 9457. */
#include "base/error.h"
#include "http/exchange.h"

unsigned status_of_error(const struct error *err)
{
    switch (err->code) {
    case ERROR_INPUT: return 400;
    case ERROR_LIMIT: return 413;
    case ERROR_NOT_FOUND: return 404;
    case ERROR_REFUSED: return 403;
    case ERROR_BUSY: return 409;
    case ERROR_NONE:
    case ERROR_CORRUPT:
    case ERROR_IO: return 500;
    }
    return 500;
}

const char *status_phrase(unsigned status)
{
    static const struct {
        unsigned status;
        const char *phrase;
    } phrases[] = {
        {200, "OK"},
        {400, "Bad Request"},
        {403, "Forbidden"},
        {404, "Not Found"},
        {405, "Method Not Allowed"},
        {406, "Not Acceptable"},
        {408, "Request Timeout"},
        {409, "Conflict"},
        {411, "Length Required"},
        {413, "Content Too Large"},
        {414, "URI Too Long"},
        {415, "Unsupported Media Type"},
        {421, "Misdirected Request"},
        {431, "Request Header Fields Too Large"},
        {500, "Internal Server Error"},
        {501, "Not Implemented"},
        {503, "Service Unavailable"},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(phrases); i++)
        if (phrases[i].status == status)
            return phrases[i].phrase;
    return "Error";
}

void reply_problem(struct reply *reply, unsigned status, const struct error *err,
                   const char *name, const char *json)
{
    struct buffer *body = &reply->body;

    if (status == 0)
        status = status_of_error(err);
    reply->status = status;
    reply->type = "application/problem+json";
    if (err->code == ERROR_BUSY)
        reply->retry_after = status == 503 ? 1 : 5;

    buffer_free(body);
    buffer_init(body, REPLY_LIMIT);
    buffer_printf(body, "{\"type\":\"urn:lacis:problem:%s\",\"title\":",
                  error_code_name(err->code));
    buffer_json_string(body, status_phrase(status));
    buffer_printf(body, ",\"status\":%u,\"detail\":", status);
    buffer_json_string(body, err->message);
    if (err->line > 0)
        buffer_printf(body, ",\"line\":%u", err->line);
    if (err->column > 0)
        buffer_printf(body, ",\"column\":%u", err->column);
    if (name)
        buffer_printf(body, ",\"%s\":%s", name, json);
    buffer_string(body, "}\n");
}
