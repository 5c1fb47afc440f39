/* SPDX-License-Identifier: Apache-2.0
 *
 * http/exchange.h: one question and its answer, as the handlers see them: nothing of sockets
 * or of the library that serves them.
 *
 * Lives on the stack of the thread that runs the handler; the reply's body is handed on. */
#ifndef HTTP_EXCHANGE_H
#define HTTP_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buffer.h"
#include "http/arguments.h"
#include "http/routes.h"

struct arena;
struct error;
struct node;
struct server;

/* Largest answer; a count by three dimensions over all codes of a centre is far below. */
#define REPLY_LIMIT ((size_t)64 << 20)
/* What one question may take while it is answered. */
#define EXCHANGE_ARENA ((size_t)256 << 20)

struct reply {
    unsigned status;      /* of HTTP */
    const char *type;     /* media type, static */
    const char *allow;    /* of a 405, or NULL */
    unsigned retry_after; /* seconds, 0 = not said */
    uint64_t digest;      /* of the criteria, for the log; 0 = none */
    struct buffer body;
};

struct exchange {
    struct server *server;
    const struct route *route;
    struct arguments arguments;
    struct caller caller;
    int64_t now;
    const char *form; /* the media type chosen */
    enum lang lang;
    int file;            /* of BODY_FILE: the spooled body, else -1 */
    struct arena *arena; /* until the handler returns */
    struct reply reply;
};

static inline bool exchange_wants_text(const struct exchange *exchange)
{
    return exchange->form[0] == 't';
}

/* Make REPLY the problem that ERR is, with the status that belongs to its code, or STATUS if
 * that is not 0. What the reply held is dropped. NAME (may be NULL) and JSON: one more member. */
void reply_problem(struct reply *reply, unsigned status, const struct error *err,
                   const char *name, const char *json);
unsigned status_of_error(const struct error *err);
const char *status_phrase(unsigned status);

/* handlers.c, handlers_saved.c, handlers_vocab.c: one a route of routes.def. */
int handle_index(struct exchange *exchange, struct error *err);
int handle_health(struct exchange *exchange, struct error *err);
int handle_metrics(struct exchange *exchange, struct error *err);
int handle_status(struct exchange *exchange, struct error *err);
int handle_count(struct exchange *exchange, struct error *err);
int handle_complete(struct exchange *exchange, struct error *err);
int handle_patient(struct exchange *exchange, struct error *err);
int handle_decide(struct exchange *exchange, struct error *err);
int handle_explain(struct exchange *exchange, struct error *err);
int handle_definitions(struct exchange *exchange, struct error *err);
int handle_define(struct exchange *exchange, struct error *err);
int handle_cohorts(struct exchange *exchange, struct error *err);
int handle_cohort_save(struct exchange *exchange, struct error *err);
int handle_cohort_again(struct exchange *exchange, struct error *err);
int handle_cohort_run(struct exchange *exchange, struct error *err);
int handle_cohort_diff(struct exchange *exchange, struct error *err);
int handle_cohort_delete(struct exchange *exchange, struct error *err);
int handle_export(struct exchange *exchange, struct error *err);
int handle_import(struct exchange *exchange, struct error *err);
int handle_vocabularies(struct exchange *exchange, struct error *err);
int handle_vocabulary_import(struct exchange *exchange, struct error *err);
int handle_vocabulary_use(struct exchange *exchange, struct error *err);
int handle_vocabulary_remove(struct exchange *exchange, struct error *err);
int handle_codes(struct exchange *exchange, struct error *err);
int handle_codes_export(struct exchange *exchange, struct error *err);
int handle_codes_change(struct exchange *exchange, struct error *err);
int handle_mappings(struct exchange *exchange, struct error *err);
int handle_compact(struct exchange *exchange, struct error *err);
int handle_openapi(struct exchange *exchange, struct error *err);

#endif
