/* SPDX-License-Identifier: Apache-2.0
 *
 * store/runs.c: what cohorts answered: packed, sealed with a key a run, and a person taken out.
 *
 * Plain, a run is one number a person, ascending: (distance from the person before) × 4 +
 * answer (0 no, 1 possible, 2 certain), seven bits a byte, the lowest first, the highest bit
 * meaning that more follow. Most persons take one byte, of which zstd leaves about one bit
 * where one in sixteen is in the cohort: a million patients are 105 kB. It is sealed like an original (seal.c), at the place that
 * KIND_RUN says. */
#include <sodium.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/saved.h"
#include "store/store_internal.h"

/* Room for a run of all persons that there can be at once in memory: 5 bytes each, twice. */
#define RUN_ARENA ((size_t)2 << 30)
#define BYTES_PER_PERSON 5
#define PERSONS_LIMIT (FRAGMENT_LIMIT / BYTES_PER_PERSON)
#define ANSWERS 3 /* enum truth */

/* ---- bytes ---- */

static size_t run_encode(const struct run_persons *persons, unsigned char *out)
{
    unsigned char *at = out;
    uint32_t before = 0;

    for (size_t i = 0; i < persons->n; i++) {
        uint64_t word = (uint64_t)(persons->person[i] - before) << 2 | persons->answer[i];

        for (; word >= 0x80; word >>= 7)
            *at++ = (unsigned char)(word | 0x80);
        *at++ = (unsigned char)word;
        before = persons->person[i];
    }
    return (size_t)(at - out);
}

/* One number; NULL when it is cut short or longer than any that run_encode() writes. */
static const unsigned char *word_read(const unsigned char *at, const unsigned char *end,
                                      uint64_t *word_r)
{
    uint64_t word = 0;

    for (unsigned shift = 0; at < end && shift < 7 * BYTES_PER_PERSON; shift += 7) {
        word |= (uint64_t)(*at & 0x7F) << shift;
        if (!(*at++ & 0x80)) {
            *word_r = word;
            return at;
        }
    }
    return NULL;
}

/* It was authenticated, so what is wrong is a mistake of ours; but it is not trusted. */
static int run_decode(struct arena *arena, const unsigned char *bytes, size_t length,
                      struct run_persons *persons_r, struct error *err)
{
    const unsigned char *at = bytes, *end = bytes + length;
    size_t n = 0;
    uint64_t person = 0, word;

    for (size_t i = 0; i < length; i++)
        n += !(bytes[i] & 0x80);

    uint32_t *numbers = arena_array(arena, n + 1, sizeof(*numbers));
    unsigned char *answers = arena_array(arena, n + 1, sizeof(*answers));

    for (size_t i = 0; i < n; i++) {
        at = word_read(at, end, &word);
        if (!at || word >> 2 == 0 || (word & 3) >= ANSWERS ||
            (person += word >> 2) > UINT32_MAX)
            return error_set(err, ERROR_CORRUPT, "not the answers of a run");
        numbers[i] = (uint32_t)person;
        answers[i] = word & 3;
    }
    if (at != end)
        return error_set(err, ERROR_CORRUPT, "not the answers of a run");
    *persons_r = (struct run_persons){n, numbers, answers};
    return arena_check(arena, err);
}

/* ---- sealing ---- */

static struct seal_place place_of(int64_t key, const char *cohort)
{
    return (struct seal_place){key, 0, KIND_RUN, cohort};
}

/* A new key for COHORT's run, and PERSONS sealed with it: in ARENA. */
static int run_seal(struct store *store, struct arena *arena, const char *cohort,
                    const struct run_persons *persons, int64_t *key_r,
                    const void **sealed_r, size_t *length_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[RUN_KEY_ADD];
    struct packer *packer = packer_new();
    struct person_key key;
    struct packed packed;
    int status = -1;

    if (persons->n > PERSONS_LIMIT) {
        packer_free(packer);
        return error_set(err, ERROR_LIMIT, "a run of more than %zu patients",
                         PERSONS_LIMIT);
    }

    unsigned char *plain = arena_alloc(arena, persons->n * BYTES_PER_PERSON + 1);
    size_t length = run_encode(persons, plain);

    if (packer_pack(packer, arena, plain, length, &packed, err) < 0)
        goto out;
    randombytes_buf(key.bytes, sizeof(key.bytes));
    bind_blob(statement, 1, key.bytes, sizeof(key.bytes));
    if (statement_run(statement, err) < 0) {
        writing_failed(store);
        goto out;
    }
    *key_r = sqlite3_last_insert_rowid(store->identities.handle);

    struct seal_place place = place_of(*key_r, cohort);
    const void *sealed = seal(store->sealer, &key, &place, &packed, &length);

    *sealed_r = arena_copy(arena, sealed, length);
    *length_r = length;
    status = arena_check(arena, err);
out:
    sodium_memzero(&key, sizeof(key));
    packer_free(packer);
    return status;
}

/* A run as its row has it. */
struct sealed_run {
    int64_t id, key;
    const char *cohort;
    unsigned number;
    const void *bytes;
    size_t length;
};

/* The row where STATEMENT (RUN_GET, RUN_NEXT) stands, which then rests. */
static struct sealed_run sealed_read(struct arena *arena, sqlite3_stmt *statement)
{
    const char *cohort = column_string(statement, 1);
    size_t length = (size_t)sqlite3_column_bytes(statement, 4);
    const void *bytes = sqlite3_column_blob(statement, 4);
    struct sealed_run run = {
        .id = sqlite3_column_int64(statement, 0),
        .cohort = arena_string(arena, cohort, strlen(cohort)),
        .number = (unsigned)sqlite3_column_int64(statement, 2),
        .key = sqlite3_column_int64(statement, 3),
        .bytes = arena_copy(arena, bytes ? bytes : "", length),
        .length = length,
    };

    statement_rest(statement);
    return run;
}

static int run_key_get(struct store *store, int64_t id, bool *found_r,
                       struct person_key *key_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[RUN_KEY_GET];
    int row;

    bind_integer(statement, 1, id);
    row = statement_step(statement, err);
    if (row < 0)
        return -1;
    *found_r = row > 0 && sqlite3_column_bytes(statement, 0) == sizeof(key_r->bytes);
    if (*found_r)
        memcpy(key_r->bytes, sqlite3_column_blob(statement, 0), sizeof(key_r->bytes));
    if (row > 0)
        statement_rest(statement);
    return 0;
}

/* *FOUND_R false: its key is not there. */
static int run_open(struct store *store, struct arena *arena,
                    const struct sealed_run *run, bool *found_r,
                    struct run_persons *persons_r, struct error *err)
{
    struct seal_place place = place_of(run->key, run->cohort);
    struct person_key key;
    size_t length;
    char *plain;

    if (run_key_get(store, run->key, found_r, &key, err) < 0)
        return -1;
    if (!*found_r)
        return 0;

    int status = unseal(store->sealer, arena, &key, &place, run->bytes, run->length,
                        &plain, &length, err);

    sodium_memzero(&key, sizeof(key));
    if (status == 0)
        status = run_decode(arena, (const unsigned char *)plain, length, persons_r, err);
    return status < 0
               ? error_context(err, "cohort \"%s\", run %u", run->cohort, run->number)
               : 0;
}

static int key_is_missing(const struct store *store, const struct sealed_run *run,
                          struct error *err)
{
    return error_set(err, ERROR_CORRUPT,
                     "cohort \"%s\", run %u: its key is not in %s; " SAME_BACKUP,
                     run->cohort, run->number, store->identities.path);
}

int store_run_persons(struct store *store, struct arena *arena, const char *cohort,
                      unsigned number, struct run_persons *persons_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[RUN_GET];
    struct sealed_run run;
    bool found;

    /* A writer may have sealed it anew between the two looks: then a second one sees it. */
    for (int tries = 0; tries < 3; tries++) {
        int row;

        bind_text(statement, 1, cohort);
        bind_integer(statement, 2, number);
        row = statement_step(statement, err);
        if (row < 0)
            return -1;
        if (row == 0)
            return error_set(err, ERROR_NOT_FOUND, "cohort \"%s\" has no run %u", cohort,
                             number);
        run = sealed_read(arena, statement);
        if (run_open(store, arena, &run, &found, persons_r, err) < 0)
            return -1;
        if (found)
            return 0;
    }
    return key_is_missing(store, &run, err);
}

/* ---- saving ---- */

static void counts_of(const struct run_persons *persons, uint64_t counts[ANSWERS])
{
    memset(counts, 0, ANSWERS * sizeof(*counts));
    for (size_t i = 0; i < persons->n; i++)
        counts[persons->answer[i]]++;
}

static void run_bind(sqlite3_stmt *statement, const struct saved_run *run,
                     const uint64_t counts[ANSWERS])
{
    bind_text(statement, 1, run->cohort);
    bind_integer(statement, 2, run->version);
    bind_text(statement, 3, run->author);
    bind_integer(statement, 4, run->made);
    bind_text(statement, 5, run->incarnation);
    bind_integer(statement, 6, run->sequence);
    bind_integer(statement, 7, run->received);
    bind_integer(statement, 8, run->rules);
    bind_integer(statement, 9, (int64_t)run->model);
    bind_integer(statement, 10, (int64_t)run->criteria);
    bind_integer(statement, 11, (int64_t)run->coverage);
    bind_integer(statement, 12, run->as_of);
    bind_text(statement, 13, run->coverage_text);
    bind_text(statement, 14, run->definitions);
    bind_integer(statement, 15, (int64_t)counts[TRUTH_YES]);
    bind_integer(statement, 16, (int64_t)counts[TRUTH_UNKNOWN]);
}

static int run_add(struct store *store, struct arena *arena, const struct saved_run *run,
                   const struct run_persons *persons, unsigned *number_r,
                   struct error *err)
{
    sqlite3_stmt *statement = store->statements[RUN_ADD];
    uint64_t counts[ANSWERS];
    const void *sealed;
    size_t length;
    int64_t key;

    if (run_seal(store, arena, run->cohort, persons, &key, &sealed, &length, err) < 0)
        return -1;
    counts_of(persons, counts);
    run_bind(statement, run, counts);
    bind_integer(statement, 17, key);
    bind_blob(statement, 18, sealed, length);
    bind_integer(statement, 19, (int64_t)run->codebook);
    if (statement_step(statement, err) <= 0)
        return writing_failed(store);
    *number_r = (unsigned)sqlite3_column_int64(statement, 0);
    statement_rest(statement);
    return 0;
}

int store_run_save(struct store *store, const struct saved_run *run,
                   const struct run_persons *persons, unsigned *number_r,
                   struct error *err)
{
    struct arena *arena;
    struct saved *cohort;
    int status = -1;

    if (writing_check(store, err) < 0)
        return -1;
    for (size_t i = 0; i < persons->n; i++)
        if (persons->answer[i] >= ANSWERS ||
            persons->person[i] <= (i ? persons->person[i - 1] : 0))
            panic("store: the persons of a run are not ascending");
    arena = arena_new("run of a cohort", RUN_ARENA);
    if (store_saved(store, arena, SAVED_COHORT, run->cohort, run->version, &cohort,
                    err) == 0)
        status = cohort ? run_add(store, arena, run, persons, number_r, err)
                        : error_set(err, ERROR_NOT_FOUND, "no cohort is saved as \"%s\"",
                                    run->cohort);
    arena_free(arena);
    return status;
}

/* ---- reading ---- */

static const char *column_copy(struct arena *arena, sqlite3_stmt *statement, int column)
{
    const char *text = column_string(statement, column);

    return arena_string(arena, text, strlen(text));
}

/* The row where STATEMENT (RUNS) stands. */
static struct saved_run run_read(struct arena *arena, sqlite3_stmt *statement,
                                 const char *cohort)
{
    struct saved_run run = {
        .cohort = arena_string(arena, cohort, strlen(cohort)),
        .number = (unsigned)sqlite3_column_int64(statement, 0),
        .version = (unsigned)sqlite3_column_int64(statement, 1),
        .author = column_copy(arena, statement, 2),
        .made = sqlite3_column_int64(statement, 3),
        .sequence = sqlite3_column_int64(statement, 5),
        .received = sqlite3_column_int64(statement, 6),
        .rules = (unsigned)sqlite3_column_int64(statement, 7),
        .model = (uint64_t)sqlite3_column_int64(statement, 8),
        .criteria = (uint64_t)sqlite3_column_int64(statement, 9),
        .coverage = (uint64_t)sqlite3_column_int64(statement, 10),
        .as_of = (day_number)sqlite3_column_int64(statement, 11),
        .coverage_text = column_copy(arena, statement, 12),
        .definitions = column_copy(arena, statement, 13),
        .certain = (uint64_t)sqlite3_column_int64(statement, 14),
        .possible = (uint64_t)sqlite3_column_int64(statement, 15),
        .erased_certain = (uint64_t)sqlite3_column_int64(statement, 16),
        .erased_possible = (uint64_t)sqlite3_column_int64(statement, 17),
        .codebook = (uint64_t)sqlite3_column_int64(statement, 18),
    };

    memcpy(run.incarnation, column_string(statement, 4), STORE_INCARNATION_SIZE);
    return run;
}

int store_runs(struct store *store, struct arena *arena, const char *cohort,
               unsigned number, size_t max, struct saved_run **runs_r, size_t *n_r,
               struct error *err)
{
    sqlite3_stmt *statement = store->statements[RUNS];
    struct saved_run *runs = NULL;
    size_t n = 0, capacity = 0;
    int row;

    bind_text(statement, 1, cohort);
    bind_integer(statement, 2, (int64_t)max);
    bind_integer(statement, 3, number);
    while ((row = statement_step(statement, err)) > 0) {
        memory_grow((void **)&runs, &capacity, n + 1, sizeof(*runs));
        runs[n++] = run_read(arena, statement, cohort);
    }
    if (row == 0) {
        *runs_r = arena_array(arena, n + 1, sizeof(*runs));
        if (n > 0)
            memcpy(*runs_r, runs, n * sizeof(*runs));
        *n_r = n;
    }
    memory_free(runs);
    return row < 0 ? -1 : arena_check(arena, err);
}

/* ---- erasing ---- */

/* PERSON out of PERSONS; what the answer was, or -1 when PERSON is not among them. */
static int take_out(struct arena *arena, struct run_persons *persons, uint32_t person)
{
    uint32_t *numbers =
        arena_copy(arena, persons->person, persons->n * sizeof(*persons->person));
    unsigned char *answers = arena_copy(arena, persons->answer, persons->n);
    size_t i = 0;

    while (i < persons->n && numbers[i] < person)
        i++;
    if (i == persons->n || numbers[i] != person)
        return -1;

    int answer = answers[i];
    size_t after = persons->n - i - 1;

    memmove(numbers + i, numbers + i + 1, after * sizeof(*numbers));
    memmove(answers + i, answers + i + 1, after);
    *persons = (struct run_persons){persons->n - 1, numbers, answers};
    return answer;
}

static int run_reseal(struct store *store, struct arena *arena,
                      const struct sealed_run *run, uint32_t person, struct error *err)
{
    sqlite3_stmt *statement = store->statements[RUN_RESEAL];
    struct run_persons persons;
    const void *sealed;
    size_t length;
    int64_t key;
    bool found;

    if (run_open(store, arena, run, &found, &persons, err) < 0)
        return -1;
    if (!found)
        return key_is_missing(store, run, err);

    int answer = take_out(arena, &persons, person);

    if (answer < 0)
        return 0;
    if (run_seal(store, arena, run->cohort, &persons, &key, &sealed, &length, err) < 0)
        return -1;
    bind_integer(statement, 1, run->id);
    bind_integer(statement, 2, key);
    bind_blob(statement, 3, sealed, length);
    bind_integer(statement, 4, answer == TRUTH_YES);
    bind_integer(statement, 5, answer == TRUTH_UNKNOWN);
    if (statement_run(statement, err) < 0)
        return writing_failed(store);
    store->changes.unused_keys = true;
    return 0;
}

int runs_erase(struct store *store, uint32_t person, struct error *err)
{
    sqlite3_stmt *statement = store->statements[RUN_NEXT];
    struct arena *arena = arena_new("run of a cohort", RUN_ARENA);
    int64_t id = 0;
    int row;

    for (;;) {
        bind_integer(statement, 1, id);
        row = statement_step(statement, err);
        if (row <= 0)
            break;

        struct sealed_run run = sealed_read(arena, statement);

        id = run.id;
        row = run_reseal(store, arena, &run, person, err);
        if (row < 0)
            break;
        arena_reset(arena);
    }
    arena_free(arena);
    return row < 0 ? -1 : 0;
}

struct numbers {
    int64_t *items;
    size_t n, capacity;
};

/* Ascending. */
static int numbers_select(struct database *database, const char *sql,
                          struct numbers *numbers, struct error *err)
{
    sqlite3_stmt *statement;
    int row;

    if (database_prepare(database, sql, &statement, err) < 0)
        return -1;
    while ((row = statement_step(statement, err)) > 0) {
        memory_grow((void **)&numbers->items, &numbers->capacity, numbers->n + 1,
                    sizeof(*numbers->items));
        numbers->items[numbers->n++] = sqlite3_column_int64(statement, 0);
    }
    sqlite3_finalize(statement);
    return row;
}

int run_keys_sweep(struct store *store, bool *destroyed_r, struct error *err)
{
    struct numbers keys = {0}, used = {0};
    char sql[64];
    int status = -1;

    *destroyed_r = false;
    if (numbers_select(&store->identities, "SELECT id FROM run_key ORDER BY id", &keys,
                       err) < 0 ||
        numbers_select(&store->originals, "SELECT key FROM run ORDER BY key", &used,
                       err) < 0)
        goto out;
    for (size_t i = 0, u = 0; i < keys.n; i++) {
        while (u < used.n && used.items[u] < keys.items[i])
            u++;
        if (u < used.n && used.items[u] == keys.items[i])
            continue;
        sqlite3_snprintf(sizeof(sql), sql, "DELETE FROM run_key WHERE id = %lld",
                         keys.items[i]);
        if (database_execute(&store->identities, sql, err) < 0)
            goto out;
        *destroyed_r = true;
    }
    status = 0;
out:
    memory_free(keys.items);
    memory_free(used.items);
    return status;
}
