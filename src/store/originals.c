/* SPDX-License-Identifier: Apache-2.0
 *
 * store/originals.c: versions of fragments, and who changed since when.
 *
 * `original` is only ever added to, in the order of its sequence; `fragment` points to the
 * current version of each and has its keyed digest, so that an unchanged fragment is known
 * without opening anything. Erasing adds a tombstone and drops the fragments: what
 * `original` holds of that person stays, and can no longer be opened. */
#include <sodium.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/store_internal.h"

/* store_changed(): a tail of the sequence up to this long is sorted, a longer one is read
 * off the fragments, which are in the order of persons already. */
#define TAIL_SORTED 100000

/* What is known of a fragment before a put. */
struct current {
    bool is_known;      /* the person has this fragment */
    bool has_fragments; /* or at least another */
    bool is_same;
    int64_t sequence;
};

static int current_find(struct store *store, uint32_t person, int kind,
                        const char *origin,
                        const unsigned char digest[FRAGMENT_DIGEST_SIZE],
                        struct current *current_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[FRAGMENTS];
    struct current current = {0};
    int row;

    bind_integer(statement, 1, person);
    while ((row = statement_step(statement, err)) > 0) {
        current.has_fragments = true;
        if (sqlite3_column_int64(statement, 0) != kind ||
            strcmp(column_string(statement, 1), origin) != 0)
            continue;
        current.is_known = true;
        current.sequence = sqlite3_column_int64(statement, 2);
        current.is_same =
            sqlite3_column_bytes(statement, 3) == FRAGMENT_DIGEST_SIZE &&
            memcmp(sqlite3_column_blob(statement, 3), digest, FRAGMENT_DIGEST_SIZE) == 0;
        statement_rest(statement);
        break;
    }
    if (row < 0)
        return -1;
    *current_r = current;
    return 0;
}

/* One row of `original`, and its fragment. SEALED NULL is a tombstone. */
static int version_add(struct store *store, const struct seal_place *place,
                       const void *sealed, size_t length, const unsigned char *digest,
                       struct error *err)
{
    sqlite3_stmt *original = store->statements[ORIGINAL_ADD];
    sqlite3_stmt *fragment = store->statements[FRAGMENT_PUT];

    bind_integer(original, 1, place->sequence);
    bind_integer(original, 2, place->person);
    bind_integer(original, 3, place->kind);
    bind_text(original, 4, place->origin);
    bind_blob(original, 5, sealed, length);
    bind_integer(fragment, 1, place->person);
    bind_integer(fragment, 2, place->kind);
    bind_text(fragment, 3, place->origin);
    bind_integer(fragment, 4, place->sequence);
    bind_blob(fragment, 5, digest, digest ? FRAGMENT_DIGEST_SIZE : 0);
    if (statement_run(original, err) < 0 || statement_run(fragment, err) < 0)
        return writing_failed(store);
    store->changes.next_sequence = place->sequence + 1;
    return 0;
}

static int put(struct store *store, uint32_t person, int kind, const char *origin,
               const struct person_key *key, const struct packed *packed,
               enum put_outcome *outcome_r, int64_t *sequence_r, struct error *err)
{
    unsigned char digest[FRAGMENT_DIGEST_SIZE];
    struct current current;

    fragment_digest(digest, key, packed);
    if (current_find(store, person, kind, origin, digest, &current, err) < 0)
        return -1;
    if (current.is_same) {
        *outcome_r = PUT_UNCHANGED;
        *sequence_r = current.sequence;
        return 0;
    }

    struct seal_place place = {store->changes.next_sequence, person, kind, origin};
    size_t length;
    const void *sealed = seal(store->sealer, key, &place, packed, &length);

    if (version_add(store, &place, sealed, length, digest, err) < 0)
        return -1;
    if (!current.has_fragments)
        store->changes.persons++;
    if (!current.is_known)
        store->changes.originals++;
    *outcome_r = current.is_known ? PUT_CHANGED : PUT_NEW;
    *sequence_r = place.sequence;
    return 0;
}

int store_put(struct store *store, uint32_t person, int kind, const char *origin,
              const struct packed *packed, enum put_outcome *outcome_r,
              int64_t *sequence_r, struct error *err)
{
    struct person_key key;

    if (kind < 0)
        panic("store: a fragment of kind %d", kind);
    if (strlen(origin) > ORIGIN_LIMIT)
        return error_set(err, ERROR_LIMIT,
                         "an origin of %zu bytes: it may have up to %zu", strlen(origin),
                         ORIGIN_LIMIT);
    if (packed->plain_length > FRAGMENT_LIMIT)
        return error_set(err, ERROR_LIMIT,
                         "a fragment of %zu bytes: one may have up to %zu MiB",
                         packed->plain_length, FRAGMENT_LIMIT >> 20);
    if (writing_check(store, err) < 0 ||
        person_key_to_write(store, person, &key, err) < 0)
        return -1;

    int result =
        put(store, person, kind, origin, &key, packed, outcome_r, sequence_r, err);

    sodium_memzero(&key, sizeof(key));
    return result;
}

int originals_bury(struct store *store, uint32_t person, struct error *err)
{
    sqlite3_stmt *statement = store->statements[FRAGMENTS_ERASE];
    struct seal_place place = {store->changes.next_sequence, person, KIND_TOMBSTONE, ""};

    bind_integer(statement, 1, person);
    if (statement_run(statement, err) < 0)
        return -1;

    int erased = sqlite3_changes(store->originals.handle);

    if (version_add(store, &place, NULL, 0, NULL, err) < 0)
        return -1;
    store->changes.originals -= erased;
    if (erased > 0)
        store->changes.persons--;
    return runs_erase(store, person, err);
}

/* ---- reading ---- */

static int received_of(struct store *store, int64_t sequence, int64_t *received_r,
                       struct error *err)
{
    sqlite3_stmt *statement = store->statements[BATCH_OF];
    struct batch *batch = &store->batch;

    if (sequence >= batch->first_sequence && sequence <= batch->last_sequence) {
        *received_r = batch->received;
        return 0;
    }

    bind_integer(statement, 1, sequence);

    int row = statement_step(statement, err);

    if (row < 0)
        return -1;
    if (row == 0 || sqlite3_column_int64(statement, 0) > sequence) {
        if (row > 0)
            statement_rest(statement);
        if (store->changes.open && sequence >= store->changes.first_sequence) {
            *received_r = 0; /* not committed yet */
            return 0;
        }
        return error_set(err, ERROR_CORRUPT, "%s: original %lld came in no batch",
                         store->originals.path, (long long)sequence);
    }
    *batch = (struct batch){
        .first_sequence = sqlite3_column_int64(statement, 0),
        .last_sequence = sqlite3_column_int64(statement, 1),
        .received = sqlite3_column_int64(statement, 2),
    };
    statement_rest(statement);
    *received_r = batch->received;
    return 0;
}

/* The row where STATEMENT stands, opened with KEY. */
static int original_open(struct store *store, struct arena *arena,
                         sqlite3_stmt *statement, uint32_t person,
                         const struct person_key *key, struct original *original_r,
                         struct error *err)
{
    const char *origin = column_string(statement, 1);
    const void *sealed = sqlite3_column_blob(statement, 3);
    size_t length = (size_t)sqlite3_column_bytes(statement, 3);
    int64_t kind = sqlite3_column_int64(statement, 0);
    struct original original = {
        .sequence = sqlite3_column_int64(statement, 2),
        .person = person,
        .kind = (int)kind,
        .origin = arena_string(arena, origin, strlen(origin)),
    };
    struct seal_place place = {original.sequence, person, original.kind, original.origin};
    char *plain;

    if (!sealed || kind < 0 || kind > INT32_MAX)
        return error_set(err, ERROR_CORRUPT,
                         "%s: original %lld of patient %u is not there",
                         store->originals.path, (long long)original.sequence, person);
    if (unseal(store->sealer, arena, key, &place, sealed, length, &plain,
               &original.length, err) < 0 ||
        received_of(store, original.sequence, &original.received, err) < 0)
        return -1;
    original.bytes = plain;
    *original_r = original;
    return 0;
}

struct original_list {
    struct original *items;
    size_t count;
    size_t capacity; /* 0: ITEMS is NULL */
};

static struct original *list_add(struct arena *arena, struct original_list *list)
{
    if (list->count == list->capacity) {
        size_t capacity = list->capacity ? list->capacity * 2 : 4;
        struct original *items = arena_array(arena, capacity, sizeof(*items));

        if (list->count > 0)
            memcpy(items, list->items, list->count * sizeof(*items));
        list->items = items;
        list->capacity = capacity;
    }
    return &list->items[list->count++];
}

static int originals_open(struct store *store, struct arena *arena, uint32_t person,
                          struct original_list *list, struct error *err)
{
    sqlite3_stmt *statement = store->statements[ORIGINALS];
    struct person_key key;
    enum key_state state = KEY_NONE;
    int row;

    /* The key is read after the first row: a person whose originals are seen has been
     * committed to identities.db before them (invariant 1). */
    bind_integer(statement, 1, person);
    while ((row = statement_step(statement, err)) > 0) {
        if (list->count == 0) {
            if (person_key_get(store, person, &state, &key, err) < 0)
                goto failed;
            if (state == KEY_ERASED)
                break;
            if (state == KEY_NONE) {
                error_set(err, ERROR_CORRUPT,
                          "%s: patient %u of originals.db is not there",
                          store->identities.path, person);
                goto failed;
            }
        }
        if (original_open(store, arena, statement, person, &key, list_add(arena, list),
                          err) < 0)
            goto failed;
    }
    if (row > 0)
        statement_rest(statement);
    sodium_memzero(&key, sizeof(key));
    return row < 0 ? -1 : 0;

failed:
    statement_rest(statement);
    sodium_memzero(&key, sizeof(key));
    return -1;
}

int store_originals(struct store *store, struct arena *arena, uint32_t person,
                    struct original **originals_r, size_t *n_r, struct error *err)
{
    struct original_list list = {0};

    if (originals_open(store, arena, person, &list, err) < 0 ||
        arena_check(arena, err) < 0)
        return -1;
    *originals_r = list.items;
    *n_r = list.count;
    return 0;
}

/* A statement of its own, since EACH may read anything, and read on while it stands. */
static int changed_prepare(struct store *store, int64_t since, sqlite3_stmt **statement_r,
                           struct error *err)
{
    static const char tail[] =
        "SELECT DISTINCT person FROM original WHERE sequence > ?1 ORDER BY person";
    static const char fragments[] =
        "SELECT DISTINCT person FROM fragment WHERE sequence > ?1 ORDER BY person";
    struct state state;

    if (state_read(store, &state, err) < 0)
        return -1;

    bool is_short = since > 0 && state.sequence - since <= TAIL_SORTED;

    if (database_prepare(&store->originals, is_short ? tail : fragments, statement_r,
                         err) < 0)
        return -1;
    bind_integer(*statement_r, 1, since);
    return 0;
}

int store_changed(struct store *store, int64_t since, store_each_person *each,
                  void *context, struct error *err)
{
    sqlite3_stmt *statement;
    int row;

    if (changed_prepare(store, since, &statement, err) < 0)
        return -1;
    while ((row = statement_step(statement, err)) > 0) {
        int64_t person = sqlite3_column_int64(statement, 0);

        if (person < 1 || person > UINT32_MAX) {
            row = error_set(err, ERROR_CORRUPT, "%s: patient %lld is out of range",
                            store->originals.path, (long long)person);
            break;
        }
        if (each(context, (uint32_t)person, err) < 0) {
            row = -1;
            break;
        }
    }
    sqlite3_finalize(statement);
    return row;
}

int store_count_source(struct store *store, int kind, const char *source,
                       uint64_t *persons_r, struct error *err)
{
    static const char sql[] =
        "SELECT count(DISTINCT person) FROM fragment"
        " WHERE kind = ?1 AND substr(origin, instr(origin, '/')) = '/' || ?2";
    sqlite3_stmt *statement;
    int row;

    if (database_prepare(&store->originals, sql, &statement, err) < 0)
        return -1;
    bind_integer(statement, 1, kind);
    bind_text(statement, 2, source);
    row = statement_step(statement, err);
    if (row > 0)
        *persons_r = (uint64_t)sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return row > 0 ? 0 : -1;
}

int store_count_fragments(struct store *store, uint32_t person, size_t *n_r,
                          struct error *err)
{
    sqlite3_stmt *statement = store->statements[FRAGMENTS];
    size_t n = 0;
    int row;

    bind_integer(statement, 1, person);
    while ((row = statement_step(statement, err)) > 0)
        n++;
    if (row < 0)
        return -1;
    *n_r = n;
    return 0;
}
