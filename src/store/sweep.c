/* SPDX-License-Identifier: Apache-2.0
 *
 * store/sweep.c: what a crash between the two commits left, mended.
 *
 * identities.db commits first. So when originals.db did not follow, identities.db has
 *
 *   - persons beyond the last one that originals.db knew of at its last commit. Those
 *     without originals and without identity are removed (their numbers are not given
 *     again); those with an identity are legal as they are;
 *   - persons without key who have no tombstone: they get it now, as a batch of its own
 *     with the reception time of the last commit, since nothing here reads the clock; and
 *     they leave the saved runs of cohorts;
 *   - keys of runs that were never saved, or were sealed anew before: they are destroyed.
 *
 * Last, the log of identities.db is cut, which may hold a key that was destroyed just
 * before the crash. All of it can be interrupted and done again. */
#include "base/arena.h"
#include "base/error.h"
#include "store/store_internal.h"

struct persons {
    uint32_t *items; /* memory_alloc */
    size_t count;
    size_t capacity;
    size_t removed;
};

/* The persons that SQL (with one parameter) answers. */
static int persons_select(struct database *database, const char *sql, int64_t parameter,
                          struct persons *persons, struct error *err)
{
    sqlite3_stmt *statement;
    int row;

    if (database_prepare(database, sql, &statement, err) < 0)
        return -1;
    bind_integer(statement, 1, parameter);
    persons->count = 0;
    while ((row = statement_step(statement, err)) > 0) {
        memory_grow((void **)&persons->items, &persons->capacity, persons->count + 1,
                    sizeof(*persons->items));
        persons->items[persons->count++] = (uint32_t)sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return row;
}

static int has_fragments(struct store *store, uint32_t person, bool *has_r,
                         bool *buried_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[FRAGMENTS];
    int row;

    *has_r = false;
    *buried_r = false;
    bind_integer(statement, 1, person);
    while ((row = statement_step(statement, err)) > 0) {
        *has_r = true;
        if (sqlite3_column_int64(statement, 0) == KIND_TOMBSTONE)
            *buried_r = true;
    }
    return row;
}

static int remove_unused(struct store *store, struct persons *persons, uint32_t *last_r,
                         struct error *err)
{
    char sql[96];
    struct state state;

    if (state_read(store, &state, err) < 0 ||
        persons_select(
            &store->identities,
            "SELECT id FROM person WHERE id > ?1 AND key IS NOT NULL AND id NOT IN"
            " (SELECT person FROM identity) ORDER BY id",
            state.last_person, persons, err) < 0)
        return -1;
    for (size_t i = 0; i < persons->count; i++) {
        bool has;
        bool is_buried;

        if (has_fragments(store, persons->items[i], &has, &is_buried, err) < 0)
            return -1;
        if (has)
            continue;
        sqlite3_snprintf(sizeof(sql), sql, "DELETE FROM person WHERE id = %u",
                         persons->items[i]);
        if (database_execute(&store->identities, sql, err) < 0)
            return -1;
        persons->removed++;
    }

    int64_t last;

    if (database_integer(&store->identities, "SELECT coalesce(max(id), 0) FROM person",
                         &last, err) < 0)
        return -1;
    *last_r = last > (int64_t)state.last_person ? (uint32_t)last : 0;
    return 0;
}

static int bury_erased(struct store *store, struct persons *persons, struct error *err)
{
    if (persons_select(&store->identities,
                       "SELECT id FROM person WHERE key IS NULL AND id > ?1 ORDER BY id",
                       0, persons, err) < 0)
        return -1;
    for (size_t i = 0; i < persons->count; i++) {
        bool has;
        bool is_buried;

        if (has_fragments(store, persons->items[i], &has, &is_buried, err) < 0 ||
            (!is_buried && originals_bury(store, persons->items[i], err) < 0))
            return -1;
    }
    return 0;
}

int store_sweep(struct store *store, struct error *err)
{
    struct persons persons = {0};
    uint32_t last = 0;
    bool done;
    int result = -1;

    store->unswept = false;
    if (store_begin(store, err) < 0)
        goto out;
    if (remove_unused(store, &persons, &last, err) < 0 ||
        bury_erased(store, &persons, err) < 0) {
        store_rollback(store);
        goto out;
    }
    if (last == 0 && store->changes.next_sequence == store->changes.first_sequence &&
        persons.removed == 0) {
        store_rollback(store); /* nothing to mend: nothing to sync */
    } else {
        store->changes.last_person = last;
        if (store_commit(store, store->received, err) < 0)
            goto out;
    }
    if (run_keys_sweep(store, &done, err) < 0)
        goto out;
    if (database_checkpoint(&store->identities, &done, err) < 0)
        goto out;
    if (!done)
        store->unscrubbed = true;
    result = 0;
out:
    if (result < 0)
        store->unswept = true;
    memory_free(persons.items);
    return result;
}
