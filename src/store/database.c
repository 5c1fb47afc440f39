/* SPDX-License-Identifier: Apache-2.0
 *
 * store/database.c: one SQLite file, as this store wants it.
 *
 *     journal       write-ahead log, synced at every commit (synchronous=FULL)
 *     -wal, -shm    stay after the last close, empty: so a reader that may not write in
 *                   the folder can open the file whether a writer is there or not
 *     schema        nothing it says is trusted: no functions or virtual tables from it,
 *                   cell sizes checked, no writes to the schema itself
 *     deletions     overwritten with zeros (secure_delete): a destroyed key is gone
 *     memory        bounded by cache_size; no mmap, since a failing disk must be an error
 *                   and not a signal */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/store_internal.h"

/* How long to wait for another process that recovers the log or is just closing, and for
 * readers of the log that is to be cut. */
#define BUSY_MILLISECONDS 10000
#define CUT_MILLISECONDS 200
/* The log is copied into the file once it is this long, and cut to it afterwards. */
#define LOG_BYTES ((int64_t)32 << 20)

int database_error(sqlite3 *handle, struct error *err)
{
    int code = sqlite3_extended_errcode(handle);
    int number = sqlite3_system_errno(handle);
    const char *path = sqlite3_db_filename(handle, "main");
    const char *words = sqlite3_errmsg(handle);

    if (!path || !*path)
        path = "store";
    switch (code & 0xFF) {
    case SQLITE_FULL: return error_set(err, ERROR_IO, "%s: the disk is full", path);
    case SQLITE_NOMEM: panic("%s: no memory for SQLite", path);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return error_set(err, ERROR_BUSY, "%s: in use by another program (%s)", path,
                         words);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: /* our SQL is right: the tables are not ours */
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return error_set(err, ERROR_CORRUPT,
                         "%s: damaged, or not a file of this program (%s); " SAME_BACKUP,
                         path, words);
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
        return error_set(
            err, ERROR_IO,
            "%s: %s; who may not write in the folder can read it only with the "
            "files -wal and -shm beside it, which a writer leaves",
            path, words);
    default:
        if (number != 0)
            return error_set(err, ERROR_IO, "%s: %s (%s)", path, words,
                             strerrordesc_np(number));
        return error_set(err, ERROR_IO, "%s: %s", path, words);
    }
}

int database_execute(struct database *database, const char *sql, struct error *err)
{
    if (sqlite3_exec(database->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return database_error(database->handle, err);
    return 0;
}

int database_prepare(struct database *database, const char *sql,
                     sqlite3_stmt **statement_r, struct error *err)
{
    if (sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT,
                           statement_r, NULL) != SQLITE_OK)
        return database_error(database->handle, err);
    return 0;
}

int database_integer(struct database *database, const char *sql, int64_t *integer_r,
                     struct error *err)
{
    sqlite3_stmt *statement;

    if (database_prepare(database, sql, &statement, err) < 0)
        return -1;

    int row = statement_step(statement, err);

    if (row > 0)
        *integer_r = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    if (row == 0)
        return error_set(err, ERROR_CORRUPT, "%s: no answer to %s", database->path, sql);
    return row < 0 ? -1 : 0;
}

/* SQLite does not sync the log it has cut, since it could be replayed harmlessly; but what
 * it held must be gone. */
static int log_sync(struct database *database, struct error *err)
{
    sqlite3_file *log = NULL;

    if (sqlite3_file_control(database->handle, "main", SQLITE_FCNTL_JOURNAL_POINTER,
                             &log) != SQLITE_OK ||
        !log || !log->pMethods)
        return 0; /* no log was ever opened */
    if (log->pMethods->xSync(log, SQLITE_SYNC_NORMAL) != SQLITE_OK)
        return error_set(err, ERROR_IO, "%s-wal: cannot be synced", database->path);
    return 0;
}

int database_checkpoint(struct database *database, bool *done_r, struct error *err)
{
    int code;

    sqlite3_busy_timeout(database->handle, CUT_MILLISECONDS);
    code = sqlite3_wal_checkpoint_v2(database->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE,
                                     NULL, NULL);
    sqlite3_busy_timeout(database->handle, BUSY_MILLISECONDS);
    if (code == SQLITE_BUSY || code == SQLITE_LOCKED) {
        *done_r = false;
        return 0;
    }
    if (code != SQLITE_OK)
        return database_error(database->handle, err);
    if (log_sync(database, err) < 0)
        return -1;
    *done_r = true;
    return 0;
}

static int configure(struct database *database, enum database_mode mode, int cache,
                     struct error *err)
{
    static const char common[] =
        "PRAGMA trusted_schema = OFF;"
        "PRAGMA cell_size_check = ON;"
        "PRAGMA foreign_keys = ON;"
        "PRAGMA mmap_size = 0;"
        "PRAGMA temp_store = MEMORY;"; /* no patients in TMPDIR */
    char sql[256];

    sqlite3_db_config(database->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)NULL);
    sqlite3_busy_timeout(database->handle, BUSY_MILLISECONDS);
    snprintf(sql, sizeof(sql), "PRAGMA cache_size = -%d;", cache);
    if (database_execute(database, common, err) < 0 ||
        database_execute(database, sql, err) < 0)
        return -1;
    if (mode != DATABASE_WRITE)
        return 0;

    int64_t page_size;
    int persist = 1;

    if (database_integer(database, "PRAGMA page_size", &page_size, err) < 0)
        return -1;
    snprintf(sql, sizeof(sql),
             "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
             "PRAGMA wal_autocheckpoint = %lld; PRAGMA journal_size_limit = %lld;",
             (long long)(LOG_BYTES / page_size), (long long)LOG_BYTES);
    sqlite3_file_control(database->handle, "main", SQLITE_FCNTL_PERSIST_WAL, &persist);
    return database_execute(database, sql, err);
}

/* A file in WAL mode can be read without the right to write beside it as long as its -wal
 * and -shm are there, which a writer leaves. On read-only media (a mounted backup) they may
 * be missing: then no writer was ever there, nor can be, and SQLite is told so. */
static bool is_immutable(const char *path)
{
    struct statvfs media;
    struct stat status;
    char log[PATH_MAX];
    char memory[PATH_MAX];

    if (statvfs(path, &media) < 0 || !(media.f_flag & ST_RDONLY))
        return false;
    snprintf(log, sizeof(log), "%s-wal", path);
    snprintf(memory, sizeof(memory), "%s-shm", path);
    return stat(memory, &status) < 0 && errno == ENOENT &&
           (stat(log, &status) < 0 ? errno == ENOENT : status.st_size == 0);
}

/* PATH as a URI, in memory of SQLite. */
static char *immutable_uri(const char *path)
{
    sqlite3_str *uri = sqlite3_str_new(NULL);

    sqlite3_str_appendall(uri, "file:");
    for (; *path; path++) {
        if (strchr("%?#", *path))
            sqlite3_str_appendf(uri, "%%%02X", (unsigned char)*path);
        else
            sqlite3_str_appendchar(uri, 1, *path);
    }
    sqlite3_str_appendall(uri, "?immutable=1");
    return sqlite3_str_finish(uri);
}

static int open_handle(struct database *database, enum database_mode mode,
                       struct error *err)
{
    static const int flags[] = {
        [DATABASE_READ] = SQLITE_OPEN_READONLY,
        [DATABASE_WRITE] = SQLITE_OPEN_READWRITE,
        [DATABASE_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
    };
    bool is_fixed = mode == DATABASE_READ && is_immutable(database->path);
    char *uri = is_fixed ? immutable_uri(database->path) : NULL;
    int code = sqlite3_open_v2(uri ? uri : database->path, &database->handle,
                               flags[mode] | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                                   (uri ? SQLITE_OPEN_URI : 0),
                               NULL);

    sqlite3_free(uri);
    if (code == SQLITE_OK)
        return 0;
    if (!database->handle)
        panic("%s: no memory for SQLite", database->path);
    return error_set(err, ERROR_IO, "%s: %s (%s)", database->path,
                     sqlite3_errmsg(database->handle),
                     strerrordesc_np(sqlite3_system_errno(database->handle)));
}

int database_open(struct database *database, const char *path, enum database_mode mode,
                  int cache, struct error *err)
{
    *database = (struct database){.path = path};
    if (open_handle(database, mode, err) < 0 ||
        configure(database, mode, cache, err) < 0) {
        database_close(database);
        return -1;
    }
    return 0;
}

void database_close(struct database *database)
{
    if (sqlite3_close(database->handle) != SQLITE_OK)
        panic("%s: closed with a statement in use", database->path);
    database->handle = NULL;
}

static void bound(int code, sqlite3_stmt *statement)
{
    if (code != SQLITE_OK)
        panic("store: cannot bind: %s: %s", sqlite3_errstr(code), sqlite3_sql(statement));
}

void bind_text(sqlite3_stmt *statement, int index, const char *text)
{
    bound(sqlite3_bind_text(statement, index, text ? text : "", -1, SQLITE_STATIC),
          statement);
}

void bind_blob(sqlite3_stmt *statement, int index, const void *bytes, size_t length)
{
    bound(sqlite3_bind_blob64(statement, index, bytes, length, SQLITE_STATIC), statement);
}

void bind_integer(sqlite3_stmt *statement, int index, int64_t integer)
{
    bound(sqlite3_bind_int64(statement, index, integer), statement);
}

const char *column_string(sqlite3_stmt *statement, int column)
{
    const unsigned char *text = sqlite3_column_text(statement, column);

    return text ? (const char *)text : "";
}

void statement_rest(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement); /* they were borrowed */
}

int statement_step(sqlite3_stmt *statement, struct error *err)
{
    int code = sqlite3_step(statement);

    if (code == SQLITE_ROW)
        return 1;

    int result =
        code == SQLITE_DONE ? 0 : database_error(sqlite3_db_handle(statement), err);

    statement_rest(statement);
    return result;
}

int statement_run(sqlite3_stmt *statement, struct error *err)
{
    int row = statement_step(statement, err);

    if (row > 0)
        panic("store: an answer to %s", sqlite3_sql(statement));
    return row;
}
