/* SPDX-License-Identifier: Apache-2.0
 *
 * http/metrics.h: what was asked, how it ended and how long it took, counted for Prometheus.
 *
 * Threads: any may count; the numbers are atomic, one by one (a reader may see a request in
 * one of them and not yet in the next, which the next reading mends). */
#ifndef HTTP_METRICS_H
#define HTTP_METRICS_H

#include <stdatomic.h>
#include <stdint.h>

#include "http/routes.h"

struct buffer;
struct node_status;

/* Requests that never got a route: refused heads, unknown addresses. */
#define METRICS_NO_ROUTE ROUTES
#define METRICS_STATUSES 20
#define METRICS_BUCKETS 14

struct metrics {
    struct {
        atomic_uint_least64_t statuses[METRICS_STATUSES];
        atomic_uint_least64_t buckets[METRICS_BUCKETS + 1]; /* the last: slower than all */
        atomic_uint_least64_t microseconds;
    } routes[ROUTES + 1];
    atomic_uint_least64_t sent; /* bytes of bodies */
    atomic_uint running;        /* requests between their head and their end */
    double start;               /* clock_milliseconds() */
    int64_t started;            /* seconds since 1970 */
};

void metrics_init(struct metrics *metrics);
/* One request is over. */
void metrics_count(struct metrics *metrics, unsigned route, unsigned status,
                   double milliseconds, uint64_t bytes);
double metrics_uptime(const struct metrics *metrics); /* seconds */

/* All of it, in Prometheus' text format. STATUS is NULL when the node does not answer. */
void metrics_print(const struct metrics *metrics, const struct node_status *status,
                   unsigned connections, struct buffer *out);

#endif
