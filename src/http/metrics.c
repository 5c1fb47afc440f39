/* SPDX-License-Identifier: Apache-2.0
 *
 * http/metrics.c: counters and histograms as Prometheus reads them. See metrics.h. */
#include "http/metrics.h"

#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/log.h"
#include "node/node.h"

/* The last one stands for all that are not listed. */
static const unsigned status_list[METRICS_STATUSES] = {
    200, 400, 403, 404, 405, 406, 408, 409, 411,
    413, 414, 415, 421, 431, 500, 501, 503, 0,
};
static const double bucket_list[METRICS_BUCKETS] = {
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300,
};
#define STATUS_OTHER 17

void metrics_init(struct metrics *metrics)
{
    *metrics = (struct metrics){.start = clock_milliseconds(), .started = clock_now()};
}

void metrics_count(struct metrics *metrics, unsigned route, unsigned status,
                   double milliseconds, uint64_t bytes)
{
    size_t slot = 0;
    size_t bucket = 0;

    while (slot < STATUS_OTHER && status_list[slot] != status)
        slot++;
    while (bucket < METRICS_BUCKETS && milliseconds > bucket_list[bucket] * 1000)
        bucket++;
    atomic_fetch_add_explicit(&metrics->routes[route].statuses[slot], 1,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->routes[route].buckets[bucket], 1,
                              memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->routes[route].microseconds,
                              (uint64_t)(milliseconds * 1000), memory_order_relaxed);
    atomic_fetch_add_explicit(&metrics->sent, bytes, memory_order_relaxed);
}

double metrics_uptime(const struct metrics *metrics)
{
    return (clock_milliseconds() - metrics->start) / 1000;
}

static uint64_t number(const atomic_uint_least64_t *counter)
{
    return atomic_load_explicit(counter, memory_order_relaxed);
}

static void head(struct buffer *out, const char *name, const char *type, const char *help)
{
    buffer_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void one(struct buffer *out, const char *name, const char *type, const char *help,
                double value)
{
    head(out, name, type, help);
    buffer_printf(out, "%s ", name);
    buffer_json_number(out, value);
    buffer_char(out, '\n');
}

/* method="GET",route="/count". The addresses are the table's, so need no escaping. */
static void labels(unsigned route, char text[96])
{
    if (route == METRICS_NO_ROUTE)
        snprintf(text, 96, "method=\"\",route=\"\"");
    else
        snprintf(text, 96, "method=\"%s\",route=\"%s\"",
                 method_name(route_table[route].method), route_table[route].path);
}

static void print_statuses(const struct metrics *metrics, struct buffer *out)
{
    char label[96];

    head(out, "lacis_http_requests_total", "counter",
         "Requests by route and status; no route: refused before one was found");
    for (unsigned route = 0; route <= ROUTES; route++) {
        labels(route, label);
        for (size_t slot = 0; slot <= STATUS_OTHER; slot++) {
            uint64_t n = number(&metrics->routes[route].statuses[slot]);

            /* 200 is always there, so that a rate has a beginning */
            if (n == 0 && (slot > 0 || route == METRICS_NO_ROUTE))
                continue;
            buffer_printf(out, "lacis_http_requests_total{%s,status=\"", label);
            if (slot == STATUS_OTHER)
                buffer_string(out, "other");
            else
                buffer_printf(out, "%u", status_list[slot]);
            buffer_printf(out, "\"} %" PRIu64 "\n", n);
        }
    }
}

static void print_durations(const struct metrics *metrics, struct buffer *out)
{
    static const char *const name = "lacis_http_request_duration_seconds";
    char label[96];

    head(out, name, "histogram", "From the head of a request to the end of its answer");
    for (unsigned route = 0; route < ROUTES; route++) {
        uint64_t sum = 0;

        labels(route, label);
        for (size_t bucket = 0; bucket <= METRICS_BUCKETS; bucket++) {
            sum += number(&metrics->routes[route].buckets[bucket]);
            buffer_printf(out, "%s_bucket{%s,le=\"", name, label);
            if (bucket == METRICS_BUCKETS)
                buffer_string(out, "+Inf");
            else
                buffer_json_number(out, bucket_list[bucket]);
            buffer_printf(out, "\"} %" PRIu64 "\n", sum);
        }
        buffer_printf(out, "%s_sum{%s} ", name, label);
        buffer_json_number(out,
                           (double)number(&metrics->routes[route].microseconds) / 1e6);
        buffer_printf(out, "\n%s_count{%s} %" PRIu64 "\n", name, label, sum);
    }
}

static void print_node(const struct node_status *status, struct buffer *out)
{
    one(out, "lacis_up", "gauge", "1 when the store and the index answer",
        status ? 1 : 0);
    if (!status)
        return;
    one(out, "lacis_persons", "gauge", "Persons in the store, opposed ones included",
        (double)status->persons);
    one(out, "lacis_originals", "gauge", "Versions of originals in the store",
        (double)status->originals);
    one(out, "lacis_patients", "gauge", "Patients that research may count",
        (double)status->patients);
    one(out, "lacis_facts", "gauge", "Facts in the index", (double)status->facts);
    one(out, "lacis_segments", "gauge", "Segments of the index",
        (double)status->segments);
    one(out, "lacis_sequence", "gauge", "Last change in the store",
        (double)status->sequence);
    one(out, "lacis_index_lag", "gauge",
        "Changes in the store that answers do not know yet",
        (double)(status->sequence - status->index_sequence));
    one(out, "lacis_received_timestamp_seconds", "gauge", "When the last change came in",
        (double)status->time);
}

/* Pages of the process and of those in memory; silence where there is no /proc. */
static void print_memory(struct buffer *out)
{
    FILE *file = fopen("/proc/self/statm", "re");
    unsigned long size, resident;
    double page = (double)sysconf(_SC_PAGESIZE);

    if (!file)
        return;
    if (fscanf(file, "%lu %lu", &size, &resident) == 2) {
        one(out, "process_virtual_memory_bytes", "gauge", "Address space in use",
            (double)size * page);
        one(out, "process_resident_memory_bytes", "gauge",
            "Memory in use; what of the index is mapped counts once it was read",
            (double)resident * page);
    }
    fclose(file);
}

void metrics_print(const struct metrics *metrics, const struct node_status *status,
                   unsigned connections, struct buffer *out)
{
    head(out, "lacis_build_info", "gauge", "The program");
    buffer_string(out, "lacis_build_info{version=\"" LACIS_VERSION "\"} 1\n");
    print_node(status, out);
    one(out, "lacis_http_connections", "gauge", "Open connections", connections);
    one(out, "lacis_http_requests_running", "gauge", "Requests under way",
        atomic_load(&metrics->running));
    one(out, "lacis_http_sent_bytes_total", "counter", "Bodies of answers",
        (double)number(&metrics->sent));
    print_statuses(metrics, out);
    print_durations(metrics, out);
    print_memory(out);
    one(out, "process_start_time_seconds", "gauge", "Since 1970",
        (double)metrics->started);
    one(out, "lacis_uptime_seconds", "gauge", "Since the server was started",
        metrics_uptime(metrics));
}
