/* SPDX-License-Identifier: Apache-2.0
 *
 * usage: bench_import NODE FILE…
 *
 * Makes the node NODE (a new folder), imports FILE… into it as `lacis import` does, and
 * prints what that took as one JSON object. */
#include <inttypes.h>

#include "base/log.h"
#include "bench.h"
#include "node/node.h"

static void print_result(const struct import_result *result, double seconds)
{
    printf("{\"seconds\": %.2f, \"patients\": %" PRIu64
           ", \"patients_per_second\": %.0f, "
           "\"refused\": %" PRIu64 ", \"opposed\": %" PRIu64 ", ",
           seconds, result->patients, (double)result->patients / seconds, result->refused,
           result->opposed);
    bench_print_usage(stdout);
    puts("}");
}

int main(int argc, char **argv)
{
    struct error err = ERROR_INIT;
    struct caller caller = {.name = "bench", .via = "cli", .purpose = PURPOSE_RESEARCH};
    struct node_config config = {
        .centre = "bench", .n_finess = 1, .finess = {"940000664"}, .port = 8080};
    struct import_options options = {.now = clock_now(), .caller = &caller};
    struct import_result result;
    double start = clock_milliseconds();

    if (argc < 3)
        bench_usage("bench_import NODE FILE…");
    if (node_init(argv[1], &config, &err) < 0)
        bench_fail(&err);

    struct node *node = node_open(argv[1], NODE_WRITE, &err);

    if (!node || node_import(node, (const char *const *)(argv + 2), (size_t)argc - 2,
                             &options, &result, &err) < 0)
        bench_fail(&err);
    node_close(node);
    print_result(&result, (clock_milliseconds() - start) / 1000);
    return EXIT_SUCCESS;
}
