/* SPDX-License-Identifier: Apache-2.0
 *
 * bench/bench.h: what the programs of the benchmark share. */
#ifndef BENCH_H
#define BENCH_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "base/error.h"

/* End on trouble: a benchmark has nobody to answer to but the script that runs it. */
NORETURN static inline void bench_fail(const struct error *err)
{
    fprintf(stderr, "%s\n", err->message);
    exit(EXIT_FAILURE);
}

NORETURN static inline void bench_usage(const char *usage)
{
    fprintf(stderr, "usage: %s\n", usage);
    exit(EXIT_FAILURE);
}

static inline FILE *bench_open(const char *path, const char *mode)
{
    FILE *file = fopen(path, mode);

    if (!file) {
        perror(path);
        exit(EXIT_FAILURE);
    }
    return file;
}

/* FOLDER/NAME */
static inline FILE *bench_open_in(const char *folder, const char *name, const char *mode)
{
    char path[4096];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    return bench_open(path, mode);
}

/* "user_seconds", "system_seconds", "peak_rss_mb" of this process, as members of an object. */
static inline void bench_print_usage(FILE *out)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    fprintf(out,
            "\"user_seconds\": %.2f, \"system_seconds\": %.2f, \"peak_rss_mb\": %.1f",
            (double)usage.ru_utime.tv_sec + (double)usage.ru_utime.tv_usec / 1e6,
            (double)usage.ru_stime.tv_sec + (double)usage.ru_stime.tv_usec / 1e6,
            (double)usage.ru_maxrss / 1024);
}

/* The next tab-separated field of *LINE, which it cuts; "" when there is none. */
static inline char *bench_field(char **line)
{
    char *field = *line;
    size_t length = strcspn(field, "\t\n");

    *line = field + length + (field[length] != '\0');
    field[length] = '\0';
    return field;
}

#endif
