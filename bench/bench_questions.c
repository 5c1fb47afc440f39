/* SPDX-License-Identifier: Apache-2.0
 *
 * usage: bench_questions NODE QUESTIONS CODES ROWS [RUNS]
 *
 * Answers the questions of the file QUESTIONS on NODE, in process and on one thread, RUNS
 * times each after a warm-up, and prints the best times as JSON. A time is that of parsing the
 * criteria, evaluating, and counting the cells or following the patients.
 *
 * The answers go to the file ROWS, one cell a line as other databases give them: question,
 * three keys, two numbers. Keys are the numbers of their codes in the dictionaries of the file
 * CODES (see bench_export.c). */
#include <inttypes.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/log.h"
#include "base/table.h"
#include "bench.h"
#include "index/eval.h"
#include "index/group.h"
#include "node/node.h"

#define RUNS_LEAST 5

struct ask {
    const char *id, *criteria, *arm;
    const char *by[DIMENSIONS_MAX];
    size_t n_by, top;
};

struct answer {
    struct cohort cohort;
    struct cells cells;
    struct follow_up arms[2];
};

struct bench {
    struct arena *arena;
    const struct snapshot *snapshot;
    const struct coverage *coverage;
    struct table *codes; /* "dictionary,code" → number */
    FILE *rows;
    int runs;
};

/* ---- one question ---- */

static void ask_parse(char *line, struct ask *ask)
{
    char *by, *rest;

    *ask = (struct ask){.id = bench_field(&line)};
    ask->criteria = bench_field(&line);
    by = bench_field(&line);
    ask->top = (size_t)strtoul(bench_field(&line), NULL, 10);
    ask->arm = bench_field(&line);
    for (by = strtok_r(by, ",", &rest); by && ask->n_by < DIMENSIONS_MAX;
         by = strtok_r(NULL, ",", &rest))
        ask->by[ask->n_by++] = by;
}

static int evaluate(const struct bench *bench, const char *text, struct plan *plan,
                    struct cohort *cohort_r, struct error *err)
{
    struct question question = {.criteria =
                                    criteria_parse(bench->arena, text, strlen(text), err),
                                .coverage = bench->coverage,
                                .as_of = (day_number)(bench->snapshot->time / 86400),
                                .plan = plan};

    return question.criteria
               ? cohort_eval(bench->arena, bench->snapshot, &question, cohort_r, err)
               : -1;
}

static int answer_once(const struct bench *bench, const struct ask *ask,
                       struct answer *answer_r, struct error *err)
{
    struct dimension dimensions[DIMENSIONS_MAX];
    struct cohort arm;

    if (evaluate(bench, ask->criteria, NULL, &answer_r->cohort, err) < 0)
        return -1;
    for (size_t i = 0; i < ask->n_by; i++)
        if (dimension_parse(ask->by[i], &dimensions[i], err) < 0)
            return -1;
    if (ask->n_by && cohort_group(bench->arena, &answer_r->cohort, dimensions, ask->n_by,
                                  &answer_r->cells, err) < 0)
        return -1;
    if (ask->top)
        cells_top(&answer_r->cells, ask->top);
    if (!*ask->arm)
        return 0;
    if (evaluate(bench, ask->arm, NULL, &arm, err) < 0)
        return -1;
    for (int in = 0; in < 2; in++)
        if (cohort_follow(bench->arena, &answer_r->cohort, &arm, in, &answer_r->arms[in],
                          err) < 0)
            return -1;
    return 0;
}

/* ---- its answer ---- */

/* The number under which other databases know KEY of a dimension. */
static int64_t key_number(const struct bench *bench, const char *by, const char *key)
{
    char text[160];
    const char *dictionary = strcmp(by, "topography") == 0 ? "group"
                             : strcmp(by, "altered") == 0  ? "gene"
                                                           : by;

    if (strcmp(by, "age") == 0 || strcmp(by, "year") == 0)
        return *key ? strtol(key, NULL, 10) : strcmp(by, "age") == 0 ? -1 : 0;
    if (!*key)
        return 0;
    snprintf(text, sizeof(text), "%s,%s", dictionary, key);

    const uint64_t *number = table_get(bench->codes, text, strlen(text));

    return number ? (int64_t)*number : -2;
}

static void print_cells(const struct bench *bench, const struct ask *ask,
                        const struct cells *cells)
{
    for (size_t i = 0; i < cells->n; i++) {
        fprintf(bench->rows, "%s", ask->id);
        for (size_t d = 0; d < DIMENSIONS_MAX; d++)
            fprintf(bench->rows, "\t%" PRId64,
                    d < ask->n_by ? key_number(bench, ask->by[d], cells->cell[i].key[d])
                                  : 0);
        fprintf(bench->rows, "\t%" PRIu64 "\t%" PRIu64 "\n", cells->cell[i].certain,
                cells->cell[i].possible);
    }
}

/* Keys: arm, days (-1 without a usable date); numbers: deaths, patients. */
static void print_arms(const struct bench *bench, const struct ask *ask,
                       const struct follow_up *arms)
{
    for (int in = 0; in < 2; in++) {
        for (size_t i = 0; i < arms[in].n; i++)
            fprintf(bench->rows, "%s\t%d\t%d\t0\t%u\t%u\n", ask->id, in,
                    arms[in].at[i].days, arms[in].at[i].deaths, arms[in].at[i].patients);
        if (arms[in].without)
            fprintf(bench->rows, "%s\t%d\t-1\t0\t0\t%" PRIu64 "\n", ask->id, in,
                    arms[in].without);
    }
}

static void print_answer(const struct bench *bench, const struct ask *ask,
                         const struct answer *answer)
{
    if (*ask->arm)
        print_arms(bench, ask, answer->arms);
    else if (ask->n_by)
        print_cells(bench, ask, &answer->cells);
    else
        fprintf(bench->rows, "%s\t0\t0\t0\t%" PRIu64 "\t%" PRIu64 "\n", ask->id,
                answer->cohort.certain, answer->cohort.possible);
}

/* ---- all of them ---- */

/* What answering reads, counted in a run of its own: a time is of nothing else. */
static struct work count_work(const struct bench *bench, const struct ask *ask)
{
    struct error err = ERROR_INIT;
    struct plan plan = {0};
    struct cohort cohort;

    arena_reset(bench->arena);
    if (evaluate(bench, ask->criteria, &plan, &cohort, &err) < 0)
        bench_fail(&err);
    return plan.total;
}

static void bench_ask(const struct bench *bench, const struct ask *ask, bool first)
{
    struct error err = ERROR_INIT;
    double best = 0;

    for (int run = 0; run <= bench->runs; run++) {
        struct answer answer;

        arena_reset(bench->arena);

        double start = clock_milliseconds();

        if (answer_once(bench, ask, &answer, &err) < 0)
            bench_fail(&err);

        double taken = clock_milliseconds() - start;

        if (run == 1 || (run > 1 && taken < best))
            best = taken;
        if (run < bench->runs)
            continue;
        print_answer(bench, ask, &answer);
        printf("%s\n  {\"id\": \"%s\", \"question\": \"", first ? "" : ",", ask->id);
        for (const char *c = ask->criteria; *c; c++)
            printf(*c == '"' ? "\\%c" : "%c", *c);
        for (size_t i = 0; i < ask->n_by; i++)
            printf("%s%s", i ? ", " : " by ", ask->by[i]);
        if (ask->top)
            printf(", top %zu", ask->top);
        if (*ask->arm)
            printf(", followed, with and without %s", ask->arm);

        struct work work = count_work(bench, ask);

        printf("\", \"lacis_ms\": %.4f, \"certain\": %" PRIu64 ", \"possible\": %" PRIu64
               ", \"postings\": %" PRIu64 ", \"rows\": %" PRIu64 "}",
               best, answer.cohort.certain, answer.cohort.possible, work.postings,
               work.rows);
    }
}

static struct table *codes_read(const char *path)
{
    struct table *codes = table_new();
    FILE *file = bench_open(path, "r");
    char line[512], key[512];

    while (fgets(line, sizeof(line), file)) {
        char *rest, *dictionary = strtok_r(line, ",", &rest),
                    *number = strtok_r(NULL, ",", &rest);

        rest[strcspn(rest, "\n")] = '\0';
        snprintf(key, sizeof(key), "%s,%s", dictionary, rest);
        *table_put(codes, key, strlen(key), NULL) = strtoul(number, NULL, 10);
    }
    fclose(file);
    return codes;
}

/* Memory that is ours alone, without the mapped index: what would stay under pressure. */
static double anonymous_mb(void)
{
    FILE *file = bench_open("/proc/self/status", "r");
    char line[256];
    double kilobytes = 0;

    while (fgets(line, sizeof(line), file))
        if (strncmp(line, "RssAnon:", 8) == 0)
            kilobytes = strtod(line + 8, NULL);
    fclose(file);
    return kilobytes / 1024;
}

static void bench_all(const struct bench *bench, const char *path)
{
    FILE *file = bench_open(path, "r");
    char line[4096];
    bool first = true;

    printf("{\"questions\": [");
    while (fgets(line, sizeof(line), file)) {
        struct ask ask;

        if (line[0] == '#' || line[0] == '\n')
            continue;
        ask_parse(line, &ask);
        bench_ask(bench, &ask, first);
        first = false;
    }
    fclose(file);
    printf("],\n \"patients\": %" PRIu64 ", \"facts\": %" PRIu64
           ", \"segments\": %zu, \"anonymous_mb\": %.1f, ",
           bench->snapshot->patients, bench->snapshot->facts, bench->snapshot->n,
           anonymous_mb());
    bench_print_usage(stdout);
    puts("}");
}

int main(int argc, char **argv)
{
    struct error err = ERROR_INIT;
    struct bench bench = {.runs = argc > 5 ? (int)strtol(argv[5], NULL, 10) : RUNS_LEAST};

    if (argc < 5 || bench.runs < 1)
        bench_usage("bench_questions NODE QUESTIONS CODES ROWS [RUNS]");

    struct node *node = node_open(argv[1], NODE_READ, &err);

    if (!node)
        bench_fail(&err);

    struct snapshot *snapshot = node_snapshot(node, &bench.coverage);

    bench.snapshot = snapshot;
    bench.arena = arena_new("bench", (size_t)1 << 30);
    bench.codes = codes_read(argv[3]);
    bench.rows = bench_open(argv[4], "w");
    bench_all(&bench, argv[2]);
    if (fclose(bench.rows) != 0)
        perror(argv[4]);
    table_free(bench.codes);
    arena_free(bench.arena);
    node_snapshot_release(node, snapshot);
    node_close(node);
    return EXIT_SUCCESS;
}
