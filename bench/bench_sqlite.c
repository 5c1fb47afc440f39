/* SPDX-License-Identifier: Apache-2.0
 *
 * usage: bench_sqlite load DATABASE SCHEMA INDEXES FOLDER
 *        bench_sqlite ask DATABASE SECONDS ROWS QUESTION.sql…
 *
 * SQLite, in process like Lacis: loads the flat tables of FOLDER (bench_export.c) and prints
 * the seconds that took; or asks each QUESTION three times (once, when one time takes more
 * than a quarter of the limit of SECONDS) and prints the best times as JSON. The answers go to
 * the file ROWS. */
#include <stdbool.h>

#include <sqlite3.h>

#include "base/log.h"
#include "bench.h"

#define RUNS 3
#define COLUMNS_MAX 16
#define TEXT_MAX ((size_t)1 << 20)

static const char *const tables[] = {"patient",    "tumour",  "treatment", "surgery",
                                     "alteration", "measure", "event"};

NORETURN static void database_fail(sqlite3 *db, const char *what)
{
    fprintf(stderr, "%s: %s\n", what, sqlite3_errmsg(db));
    exit(EXIT_FAILURE);
}

static void run(sqlite3 *db, const char *sql)
{
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        database_fail(db, sql);
}

static char *file_read(const char *path)
{
    FILE *file = bench_open(path, "r");
    char *text = calloc(1, TEXT_MAX);

    if (!text || fread(text, 1, TEXT_MAX - 1, file) == 0)
        bench_usage("bench_sqlite: an empty file");
    fclose(file);
    return text;
}

/* ---- load ---- */

static int count_columns(sqlite3 *db, const char *table)
{
    char sql[128];
    sqlite3_stmt *statement;
    int n;

    snprintf(sql, sizeof(sql), "SELECT * FROM %s", table);
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        database_fail(db, sql);
    n = sqlite3_column_count(statement);
    sqlite3_finalize(statement);
    return n;
}

/* One line of numbers: integers, decimals, or nothing. */
static void bind_line(sqlite3_stmt *insert, char *line, int n)
{
    for (int i = 1; i <= n; i++) {
        size_t length = strcspn(line, ",\n");
        char *dot = memchr(line, '.', length);

        if (length == 0)
            sqlite3_bind_null(insert, i);
        else if (dot)
            sqlite3_bind_double(insert, i, strtod(line, NULL));
        else
            sqlite3_bind_int64(insert, i, strtol(line, NULL, 10));
        line += length + 1;
    }
}

static void load_table(sqlite3 *db, const char *folder, const char *table)
{
    char name[64], line[512], sql[256] = "";
    int n = count_columns(db, table);
    sqlite3_stmt *insert;

    snprintf(sql, sizeof(sql), "INSERT INTO %s VALUES (?", table);
    for (int i = 1; i < n; i++)
        strncat(sql, ",?", sizeof(sql) - strlen(sql) - 1);
    strncat(sql, ")", sizeof(sql) - strlen(sql) - 1);
    if (sqlite3_prepare_v2(db, sql, -1, &insert, NULL) != SQLITE_OK)
        database_fail(db, sql);
    snprintf(name, sizeof(name), "%s.csv", table);

    FILE *file = bench_open_in(folder, name, "r");

    run(db, "BEGIN");
    while (fgets(line, sizeof(line), file)) {
        bind_line(insert, line, n);
        if (sqlite3_step(insert) != SQLITE_DONE)
            database_fail(db, table);
        sqlite3_reset(insert);
    }
    run(db, "COMMIT");
    sqlite3_finalize(insert);
    fclose(file);
}

static void load(sqlite3 *db, const char *schema, const char *indexes, const char *folder)
{
    double start = clock_milliseconds(), loaded;

    run(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
            "PRAGMA cache_size = -1000000; PRAGMA page_size = 8192");
    run(db, file_read(schema));
    for (size_t i = 0; i < ARRAY_LENGTH(tables); i++)
        load_table(db, folder, tables[i]);
    loaded = clock_milliseconds();
    run(db, file_read(indexes));
    run(db, "ANALYZE");
    printf("{\"load_seconds\": %.1f, \"index_seconds\": %.1f}\n", (loaded - start) / 1000,
           (clock_milliseconds() - loaded) / 1000);
}

/* ---- ask ---- */

static double deadline; /* of the statement that runs, clock_milliseconds() */

static int is_late(void *context)
{
    (void)context;
    return clock_milliseconds() > deadline;
}

/* Milliseconds, or -1 when the limit was passed. Rows into ROWS if it is not NULL. */
static double ask_once(sqlite3 *db, const char *sql, const char *id, FILE *rows,
                       double limit)
{
    double start = clock_milliseconds();
    sqlite3_stmt *statement;
    int status;

    deadline = start + limit * 1000;
    if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
        database_fail(db, id);
    while ((status = sqlite3_step(statement)) == SQLITE_ROW) {
        if (!rows)
            continue;
        fputs(id, rows);
        for (int i = 0; i < sqlite3_column_count(statement); i++)
            fprintf(rows, "\t%lld", (long long)sqlite3_column_int64(statement, i));
        fputc('\n', rows);
    }
    sqlite3_finalize(statement);
    if (status == SQLITE_INTERRUPT)
        return -1;
    if (status != SQLITE_DONE)
        database_fail(db, id);
    return clock_milliseconds() - start;
}

static void ask(sqlite3 *db, const char *path, FILE *rows, double limit, bool first)
{
    const char *name = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    char id[32], *sql = file_read(path);
    double best = -1;

    snprintf(id, sizeof(id), "%.*s", (int)strcspn(name, "."), name);
    for (int i = 0; i < RUNS; i++) {
        double taken = ask_once(db, sql, id, i ? NULL : rows, limit);

        if (taken >= 0 && (best < 0 || taken < best))
            best = taken;
        if (taken < 0 || taken > limit * 1000 / 4)
            break;
    }
    printf("%s\n  \"%s\": ", first ? "" : ",", id);
    printf(best < 0 ? "null" : "%.3f", best);
    free(sql);
}

int main(int argc, char **argv)
{
    sqlite3 *db;

    if (argc < 6)
        bench_usage("bench_sqlite load DATABASE SCHEMA INDEXES FOLDER, or\n"
                    "       bench_sqlite ask DATABASE SECONDS ROWS QUESTION.sql…");
    if (sqlite3_open(argv[2], &db) != SQLITE_OK)
        database_fail(db, argv[2]);
    if (strcmp(argv[1], "load") == 0) {
        load(db, argv[3], argv[4], argv[5]);
    } else {
        FILE *rows = bench_open(argv[4], "w");

        run(db, "PRAGMA mmap_size = 17179869184; PRAGMA cache_size = -1000000;"
                "PRAGMA temp_store = MEMORY");
        sqlite3_progress_handler(db, 100000, is_late, NULL);
        printf("{");
        for (int i = 5; i < argc; i++)
            ask(db, argv[i], rows, strtod(argv[3], NULL), i == 5);
        puts("\n}");
        fclose(rows);
    }
    sqlite3_close(db);
    return EXIT_SUCCESS;
}
