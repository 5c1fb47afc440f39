/* SPDX-License-Identifier: Apache-2.0
 *
 * store/store.c: opening a store, and the transaction over its two files.
 *
 * A commit, and what a crash after each step leaves:
 *
 *     1 identities.db commits   persons (and identities) that have no originals yet, erased
 *                               persons without tombstone: swept at the next open
 *     2 originals.db commits    everything
 *     3 unused keys of runs     still there: destroyed at the next open
 *       are destroyed
 *     4 a key was destroyed:    the pages that held it are still in the log of identities.db:
 *       its log is cut          cut at the next open
 *
 * The state of a transaction:
 *
 *     closed --store_begin--> open --store_commit, store_rollback--> closed
 *     open   --a statement fails--> failed --store_rollback, store_commit (fails)--> closed */
#include "store/store.h"

#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/store_internal.h"

/* Memory of SQLite, in KiB: what is bounded is the sum. */
#define CACHE_IDENTITIES (24 * 1024)
#define CACHE_ORIGINALS (40 * 1024)

/* ---- opening ---- */

static int files_open(struct store *store, const char *identities, const char *originals,
                      struct error *err)
{
    bool write = store->mode == STORE_WRITE;
    enum database_mode mode = write ? DATABASE_WRITE : DATABASE_READ;

    if (database_open(&store->identities, identities, mode, CACHE_IDENTITIES, err) < 0 ||
        database_open(&store->originals, originals, mode, CACHE_ORIGINALS, err) < 0 ||
        schema_check(&store->identities, &schema_identities, write, err) < 0 ||
        schema_check(&store->originals, &schema_originals, write, err) < 0)
        return -1;

#define X(name, file, sql)                                                      \
    if (database_prepare(&store->file, sql, &store->statements[name], err) < 0) \
        return -1;
    STATEMENTS(X)
#undef X
    return 0;
}

int state_read(struct store *store, struct state *state_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[STATE];
    struct state state;
    int row = statement_step(statement, err);

    if (row < 0)
        return -1;
    if (row == 0 || sqlite3_column_bytes(statement, 0) != sizeof(state.pair) ||
        sqlite3_column_bytes(statement, 1) != STORE_INCARNATION_SIZE - 1 ||
        sqlite3_column_int64(statement, 2) < 0 ||
        sqlite3_column_int64(statement, 2) > UINT32_MAX) {
        if (row)
            statement_rest(statement);
        return error_set(err, ERROR_CORRUPT, "%s: its state is not one; " SAME_BACKUP,
                         store->originals.path);
    }
    memcpy(state.pair, sqlite3_column_blob(statement, 0), sizeof(state.pair));
    memcpy(state.incarnation, column_string(statement, 1), sizeof(state.incarnation));
    state.last_person = (uint32_t)sqlite3_column_int64(statement, 2);
    state.persons = sqlite3_column_int64(statement, 3);
    state.originals = sqlite3_column_int64(statement, 4);
    state.received = sqlite3_column_int64(statement, 5);
    state.sequence = sqlite3_column_int64(statement, 6);
    statement_rest(statement);
    *state_r = state;
    return 0;
}

/* The two files belong together, and neither is from an older backup than the other in a
 * way that would give the numbers of persons twice. */
static int pair_check(struct store *store, const struct state *state, struct error *err)
{
    sqlite3_stmt *statement = store->statements[IDENTITIES_STATE];
    int row = statement_step(statement, err);
    int64_t last_person;

    if (row < 0)
        return -1;

    bool is_pair =
        row > 0 && sqlite3_column_bytes(statement, 0) == sizeof(state->pair) &&
        memcmp(sqlite3_column_blob(statement, 0), state->pair, sizeof(state->pair)) == 0;

    if (row > 0)
        statement_rest(statement);
    if (!is_pair)
        return error_set(err, ERROR_CORRUPT,
                         "%s: identities.db and originals.db are not of the same "
                         "store; " SAME_BACKUP,
                         store->folder);

    if (database_integer(&store->identities,
                         "SELECT coalesce(max(seq), 0) FROM sqlite_sequence"
                         " WHERE name = 'person'",
                         &last_person, err) < 0)
        return -1;
    if (last_person < (int64_t)state->last_person)
        return error_set(err, ERROR_CORRUPT,
                         "%s: identities.db is older than originals.db: it knows %lld "
                         "patients, of %u; " SAME_BACKUP,
                         store->folder, (long long)last_person, state->last_person);
    return 0;
}

static int open_all(struct store *store, struct error *err)
{
    const char *identities =
        arena_printf(store->arena, "%s/identities.db", store->folder);
    const char *originals = arena_printf(store->arena, "%s/originals.db", store->folder);
    struct state state;

    if (folder_check(store->folder, identities, originals, err) < 0 ||
        (store->mode == STORE_WRITE &&
         folder_lock(store->arena, store->folder, &store->lock, err) < 0) ||
        files_open(store, identities, originals, err) < 0 ||
        state_read(store, &state, err) < 0 || pair_check(store, &state, err) < 0)
        return -1;

    memcpy(store->incarnation, state.incarnation, sizeof(store->incarnation));
    store->received = state.received;
    return store->mode == STORE_WRITE ? store_sweep(store, err) : 0;
}

struct store *store_open(const char *folder, enum store_mode mode, struct error *err)
{
    struct arena *arena = arena_new("store", 64 << 10);
    struct store *store = memory_alloc(sizeof(*store));

    *store = (struct store){
        .arena = arena,
        .folder = arena_string(arena, folder, strlen(folder)),
        .mode = mode,
        .lock = -1,
        .sealer = sealer_new(),
    };
    if (open_all(store, err) < 0) {
        store_close(store);
        return NULL;
    }
    return store;
}

void store_close(struct store *store)
{
    if (!store)
        return;

    store_rollback(store);
    if (store->unscrubbed) {
        bool done;

        /* a last try; a reader that is still there leaves it to the next open */
        if (database_checkpoint(&store->identities, &done, NULL) < 0)
            done = false;
    }
    for (size_t i = 0; i < STATEMENT_COUNT; i++)
        sqlite3_finalize(store->statements[i]);
    database_close(&store->identities);
    database_close(&store->originals);
    if (store->lock >= 0)
        close(store->lock);
    recent_forget(store);
    sealer_free(store->sealer);
    arena_free(store->arena);
    memory_free(store);
}

const char *store_incarnation(const struct store *store)
{
    return store->incarnation;
}

static int mode_check(struct store *store, struct error *err)
{
    if (store->mode != STORE_WRITE)
        return error_set(err, ERROR_REFUSED, "%s: opened for reading only",
                         store->folder);
    return 0;
}

int store_renew(struct store *store, struct error *err)
{
    sqlite3_stmt *statement = store->statements[STATE_RENEW];
    char incarnation[STORE_INCARNATION_SIZE];

    if (mode_check(store, err) < 0)
        return -1;
    if (store->changes.open)
        panic("store: renewed inside a transaction");

    random_hexadecimal(incarnation);
    bind_text(statement, 1, incarnation);
    if (statement_run(statement, err) < 0)
        return -1;
    memcpy(store->incarnation, incarnation, sizeof(incarnation));
    return 0;
}

int store_cut(struct store *store, int64_t *sequence_r, int64_t *time_r,
              struct error *err)
{
    struct state state;

    if (state_read(store, &state, err) < 0)
        return -1;
    *sequence_r = state.sequence;
    *time_r = state.received;
    return 0;
}

int store_count(struct store *store, struct store_counts *counts_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[IDENTITIES_STATE];
    struct state state;

    if (state_read(store, &state, err) < 0)
        return -1;

    int row = statement_step(statement, err);

    if (row < 0)
        return -1;
    if (row == 0)
        return error_set(err, ERROR_CORRUPT, "%s: its state is not one; " SAME_BACKUP,
                         store->identities.path);

    int64_t identities = sqlite3_column_int64(statement, 1);

    statement_rest(statement);
    *counts_r = (struct store_counts){
        .persons = (uint64_t)(state.persons + store->changes.persons),
        .originals = (uint64_t)(state.originals + store->changes.originals),
        .identities = (uint64_t)(identities + store->changes.identities),
    };
    return 0;
}

/* ---- transactions ---- */

int writing_check(struct store *store, struct error *err)
{
    if (!store->changes.open)
        panic("store: written to outside a transaction");
    if (store->changes.failed)
        return error_set(err, ERROR_IO, "%s: an earlier write of this batch failed",
                         store->folder);
    return 0;
}

int writing_failed(struct store *store)
{
    store->changes.failed = true;
    return -1;
}

static void roll_back_files(struct store *store)
{
    /* a severe error has rolled one back already: then there is nothing to do */
    if (!sqlite3_get_autocommit(store->originals.handle))
        sqlite3_exec(store->originals.handle, "ROLLBACK", NULL, NULL, NULL);
    if (!sqlite3_get_autocommit(store->identities.handle))
        sqlite3_exec(store->identities.handle, "ROLLBACK", NULL, NULL, NULL);
}

int store_begin(struct store *store, struct error *err)
{
    struct state state;

    if (mode_check(store, err) < 0)
        return -1;
    if (store->changes.open)
        panic("store: a transaction inside a transaction");

    if ((store->unswept && store_sweep(store, err) < 0) ||
        database_execute(&store->identities, "BEGIN IMMEDIATE", err) < 0)
        return -1;
    if (database_execute(&store->originals, "BEGIN IMMEDIATE", err) < 0 ||
        state_read(store, &state, err) < 0) {
        roll_back_files(store);
        return -1;
    }
    store->changes = (struct changes){
        .open = true,
        .first_sequence = state.sequence + 1,
        .next_sequence = state.sequence + 1,
    };
    return 0;
}

void store_rollback(struct store *store)
{
    if (!store->changes.open)
        return;
    roll_back_files(store);
    store->changes = (struct changes){0};
    recent_forget(store); /* may never have been */
}

static int batch_write(struct store *store, int64_t received, struct error *err)
{
    const struct changes *changes = &store->changes;
    sqlite3_stmt *state = store->statements[STATE_COMMIT];
    sqlite3_stmt *batch = store->statements[BATCH_ADD];
    sqlite3_stmt *count = store->statements[IDENTITIES_COUNT];

    if (changes->next_sequence > changes->first_sequence) {
        bind_integer(batch, 1, changes->next_sequence - 1);
        bind_integer(batch, 2, changes->first_sequence);
        bind_integer(batch, 3, received);
        if (statement_run(batch, err) < 0)
            return -1;
    }
    if (changes->identities != 0) {
        bind_integer(count, 1, changes->identities);
        if (statement_run(count, err) < 0)
            return -1;
    }
    bind_integer(state, 1, changes->last_person);
    bind_integer(state, 2, changes->persons);
    bind_integer(state, 3, changes->originals);
    bind_integer(state, 4, received);
    return statement_run(state, err);
}

/* Runs that were sealed anew, or deleted, have left their keys. What cannot be done now is done
 * at the next open, as after a crash: the commit stands. */
static void destroy_unused_keys(struct store *store)
{
    bool destroyed = false;

    if (run_keys_sweep(store, &destroyed, NULL) < 0)
        store->unswept = true;
    if (destroyed)
        store->unscrubbed = true;
}

/* The pages of the log that still hold a destroyed key. While a reader uses them they stay,
 * and the next commit tries again. */
static void scrub(struct store *store)
{
    bool done = false;

    if (database_checkpoint(&store->identities, &done, NULL) == 0 && done)
        store->unscrubbed = false;
}

int store_commit(struct store *store, int64_t received, struct error *err)
{
    bool has_identities = false;
    bool has_unused_keys = store->changes.unused_keys;

    if (writing_check(store, err) < 0 || batch_write(store, received, err) < 0)
        goto failed;
    if (database_execute(&store->identities, "COMMIT", err) < 0)
        goto failed;
    has_identities = true;
    if (database_execute(&store->originals, "COMMIT", err) < 0)
        goto failed;

    if (store->changes.erased)
        store->unscrubbed = true;
    store->changes = (struct changes){0};
    store->received = received;
    if (has_unused_keys)
        destroy_unused_keys(store);
    if (store->unscrubbed)
        scrub(store);
    return 0;

failed:
    store_rollback(store);
    if (has_identities)
        store->unswept = true;
    return -1;
}
