/* SPDX-License-Identifier: Apache-2.0
 *
 * store/persons.c: numbers of patients, their keys, and erasing them.
 *
 * The key of a person is 32 random bytes, made with the person and kept nowhere else. An
 * erased person stays as a number without a key, so that the same number coming again is
 * recognised and refused. */
#include <sodium.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/saved.h"
#include "store/store_internal.h"

void recent_forget(struct store *store)
{
    store->recent = 0;
    sodium_memzero(&store->recent_key, sizeof(store->recent_key));
}

static void recent_keep(struct store *store, uint32_t person,
                        const struct person_key *key)
{
    store->recent = person;
    store->recent_key = *key;
}

static int names_check(const char *origin, const char *number, struct error *err)
{
    if (strlen(origin) > ORIGIN_LIMIT)
        return error_set(err, ERROR_LIMIT,
                         "an origin of %zu bytes: it may have up to %zu", strlen(origin),
                         ORIGIN_LIMIT);
    if (!*number)
        return error_set(err, ERROR_INPUT, "a patient without a number");
    if (strlen(number) > NUMBER_LIMIT)
        return error_set(err, ERROR_LIMIT,
                         "a patient's number of %zu bytes: it may have up to %zu",
                         strlen(number), NUMBER_LIMIT);
    return 0;
}

/* The single integer of a statement that is bound, 0 when it answers no row. */
static int person_of(struct store *store, sqlite3_stmt *statement, uint32_t *person_r,
                     struct error *err)
{
    int row = statement_step(statement, err);
    int64_t person = 0;

    if (row < 0)
        return -1;
    if (row > 0) {
        person = sqlite3_column_int64(statement, 0);
        statement_rest(statement);
        if (person < 1 || person > UINT32_MAX)
            return error_set(err, ERROR_CORRUPT, "%s: patient %lld is out of range",
                             store->identities.path, (long long)person);
    }
    *person_r = (uint32_t)person;
    return 0;
}

static int person_add(struct store *store, const char *origin, const char *number,
                      uint32_t *person_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[PERSON_ADD];
    struct person_key key;

    randombytes_buf(key.bytes, sizeof(key.bytes));
    bind_text(statement, 1, origin);
    bind_text(statement, 2, number);
    bind_blob(statement, 3, key.bytes, sizeof(key.bytes));
    if (statement_run(statement, err) < 0)
        return writing_failed(store);

    int64_t person = sqlite3_last_insert_rowid(store->identities.handle);

    if (person > UINT32_MAX) {
        error_set(err, ERROR_LIMIT, "%s: more than %u patients", store->identities.path,
                  UINT32_MAX);
        return writing_failed(store);
    }
    recent_keep(store, (uint32_t)person, &key);
    sodium_memzero(&key, sizeof(key));
    store->changes.last_person = (uint32_t)person;
    *person_r = (uint32_t)person;
    return 0;
}

int store_person(struct store *store, const char *origin, const char *number,
                 uint32_t *person_r, bool *new_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[PERSON_FIND];
    uint32_t person;

    if (writing_check(store, err) < 0 || names_check(origin, number, err) < 0)
        return -1;

    bind_text(statement, 1, number);
    bind_text(statement, 2, origin);
    if (person_of(store, statement, &person, err) < 0)
        return -1;

    bool is_new = person == 0;

    if (is_new && person_add(store, origin, number, &person, err) < 0)
        return -1;
    *person_r = person;
    *new_r = is_new;
    return 0;
}

int store_find(struct store *store, const char *number, uint32_t *person_r,
               struct error *err)
{
    sqlite3_stmt *statement = store->statements[PERSON_BY_NUMBER];

    bind_text(statement, 1, number);
    return person_of(store, statement, person_r, err);
}

int store_number(struct store *store, struct arena *arena, uint32_t person,
                 const char **number_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[PERSON_NUMBER];
    const char *number = NULL;
    int row;

    bind_integer(statement, 1, person);
    row = statement_step(statement, err);
    if (row < 0)
        return -1;
    if (row > 0) {
        const char *text = column_string(statement, 0);

        number = arena_string(arena, text, strlen(text));
        statement_rest(statement);
    }
    *number_r = number;
    return 0;
}

int store_pseudonym(struct store *store, uint32_t person, char pseudonym[PSEUDONYM_SIZE],
                    struct error *err)
{
    static const unsigned char purpose[crypto_generichash_blake2b_PERSONALBYTES] =
        "lacis pseudonym"; /* no digest taken for another end is ever the same */
    unsigned char digest[crypto_generichash_blake2b_BYTES];
    struct person_key key;
    enum key_state state;

    if (person_key_get(store, person, &state, &key, err) < 0)
        return -1;
    *pseudonym = '\0';
    if (state != KEY_HERE)
        return 0;
    if (crypto_generichash_blake2b_salt_personal(digest, sizeof(digest), NULL, 0,
                                                 key.bytes, sizeof(key.bytes), NULL,
                                                 purpose) != 0)
        panic("libsodium: BLAKE2b refused");
    sodium_memzero(&key, sizeof(key));
    sodium_bin2hex(pseudonym, PSEUDONYM_SIZE, digest, (PSEUDONYM_SIZE - 1) / 2);
    return 0;
}

int person_key_get(struct store *store, uint32_t person, enum key_state *state_r,
                   struct person_key *key_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[PERSON_KEY];

    bind_integer(statement, 1, person);

    int row = statement_step(statement, err);

    if (row < 0)
        return -1;
    if (row == 0) {
        *state_r = KEY_NONE;
        return 0;
    }

    const void *bytes = sqlite3_column_blob(statement, 0);
    int length = sqlite3_column_bytes(statement, 0);
    bool is_null = sqlite3_column_type(statement, 0) == SQLITE_NULL;

    if (bytes && length == (int)sizeof(key_r->bytes))
        memcpy(key_r->bytes, bytes, sizeof(key_r->bytes));
    statement_rest(statement);
    if (!is_null && length != (int)sizeof(key_r->bytes))
        return error_set(err, ERROR_CORRUPT, "%s: the key of patient %u has %d bytes",
                         store->identities.path, person, length);
    *state_r = is_null ? KEY_ERASED : KEY_HERE;
    return 0;
}

int person_key_to_write(struct store *store, uint32_t person, struct person_key *key_r,
                        struct error *err)
{
    enum key_state state;

    if (person != 0 && person == store->recent) {
        *key_r = store->recent_key;
        return 0;
    }
    if (person_key_get(store, person, &state, key_r, err) < 0)
        return -1;
    switch (state) {
    case KEY_NONE: return error_set(err, ERROR_NOT_FOUND, "no patient %u", person);
    case KEY_ERASED:
        return error_set(err, ERROR_REFUSED, "patient %u was erased", person);
    case KEY_HERE: break;
    }
    recent_keep(store, person, key_r);
    return 0;
}

int store_erase(struct store *store, uint32_t person, struct error *err)
{
    sqlite3_stmt *statement = store->statements[PERSON_ERASE];
    struct person_key key;
    enum key_state state;

    if (writing_check(store, err) < 0 ||
        person_key_get(store, person, &state, &key, err) < 0)
        return -1;
    sodium_memzero(&key, sizeof(key));
    if (state == KEY_NONE)
        return error_set(err, ERROR_NOT_FOUND, "no patient %u", person);
    if (state == KEY_ERASED)
        return 0;

    recent_forget(store);
    bind_integer(statement, 1, person);
    if (statement_run(statement, err) < 0 || identity_erase(store, person, err) < 0 ||
        originals_bury(store, person, err) < 0)
        return writing_failed(store);
    store->changes.erased = true;
    return 0;
}
