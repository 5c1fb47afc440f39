/* SPDX-License-Identifier: Apache-2.0
 *
 * usage: bench_change NODE PATIENTS.ndjson.gz CHANGES SCRATCH
 *
 * How long until a changed patient is seen in answers? Adds a treatment that nobody has had to
 * the records of the first CHANGES patients, one after the other: each is written to the file
 * SCRATCH, imported and counted, as a server that owns NODE would. Prints the median and the
 * worst time from the start of the import to the answer that shows it, as JSON. NODE is
 * changed by that. */
#include <inttypes.h>
#include <stdlib.h>

#include <zlib.h>

#include "base/arena.h"
#include "base/log.h"
#include "bench.h"
#include "node/node.h"

#define LINE_MAX_SIZE ((size_t)4 << 20)
#define CHANGES_MAX 1000
#define CODE "V03AB15" /* naloxone: not in the synthetic centre */

static const struct caller caller = {"bench", "cli", PURPOSE_RESEARCH};

static uint64_t count_changed(struct node *node, struct arena *arena)
{
    struct node_question question = {.criteria = "treatment " CODE,
                                     .as_of = DAY_MAX,
                                     .caller = &caller,
                                     .now = clock_now()};
    struct node_answer *answer;
    struct error err = ERROR_INIT;

    arena_reset(arena);
    if (node_count(node, arena, &question, &answer, &err) < 0)
        bench_fail(&err);
    return answer->certain;
}

static void import_scratch(struct node *node, const char *scratch)
{
    struct import_options options = {.now = clock_now(), .caller = &caller};
    struct import_result result;
    struct error err = ERROR_INIT;

    if (node_import(node, &scratch, 1, &options, &result, &err) < 0)
        bench_fail(&err);
}

/* LINE with one more treatment, under a name that the adapter knows and the file does not
 * use. */
static void write_changed(const char *scratch, const char *line)
{
    FILE *file = bench_open(scratch, "w");

    fprintf(
        file,
        "{\"medications\":[{\"moleculeCode\":\"%s\",\"moleculeDate\":\"2026-01-05\"}],%s",
        CODE, line + 1);
    fclose(file);
}

static int compare_times(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return x < y ? -1 : x > y;
}

/* Milliseconds of each change that was seen (an opposed patient's is not) into TIMES. */
static size_t change_all(struct node *node, const char *path, size_t changes,
                         const char *scratch, double *times)
{
    struct arena *arena = arena_new("change", (size_t)1 << 30);
    char *line = memory_alloc(LINE_MAX_SIZE);
    gzFile file = gzopen(path, "rb");
    uint64_t seen = count_changed(node, arena);
    size_t n = 0;

    for (size_t i = 0; file && i < changes && gzgets(file, line, (int)LINE_MAX_SIZE);
         i++) {
        write_changed(scratch, line);

        double start = clock_milliseconds();

        import_scratch(node, scratch);

        uint64_t now = count_changed(node, arena);

        if (now == seen + 1)
            times[n++] = clock_milliseconds() - start;
        seen = now;
    }
    if (file)
        gzclose(file);
    memory_free(line);
    arena_free(arena);
    return n;
}

int main(int argc, char **argv)
{
    static double times[CHANGES_MAX];
    struct error err = ERROR_INIT;
    size_t changes = argc == 5 ? strtoul(argv[3], NULL, 10) : 0;

    if (changes == 0 || changes > CHANGES_MAX)
        bench_usage("bench_change NODE PATIENTS.ndjson.gz CHANGES SCRATCH");

    struct node *node = node_open(argv[1], NODE_WRITE, &err);

    if (!node)
        bench_fail(&err);

    size_t n = change_all(node, argv[2], changes, argv[4], times);

    node_close(node);
    if (n == 0)
        panic("no change was seen");
    qsort(times, n, sizeof(times[0]), compare_times);
    printf("{\"changes\": %zu, \"median_ms\": %.2f, \"worst_ms\": %.2f}\n", n,
           times[n / 2], times[n - 1]);
    return EXIT_SUCCESS;
}
