/* SPDX-License-Identifier: Apache-2.0
 *
 * store/identities.c: the identity of a person, as its centre last sent it.
 *
 * Only the current one is kept, in clear, in the file that is guarded as a secret. Until
 * access control is switched on no real INS gets here: ins_admit() has the last word,
 * whatever door the identity came through. */
#include <sodium.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "identity/identity.h"
#include "store/store_internal.h"

/* Columns of IDENTITY_GET; parameters of IDENTITY_PUT are one higher. */
enum column {
    NUMBER,
    INS,
    INS_OID,
    STATUS,
    BIRTH_NAME,
    USED_NAME,
    FIRST_NAMES,
    BIRTH_DATE,
    BIRTH_FIRST,
    BIRTH_LAST,
    SEX,
    BIRTH_PLACE,
    COLUMN_COUNT
};

struct text_field {
    enum column column;
    size_t offset;
};

#define TEXT(column, member)                      \
    {                                             \
        column, offsetof(struct identity, member) \
    }

static const struct text_field text_fields[] = {
    TEXT(NUMBER, number),         TEXT(INS, ins),
    TEXT(INS_OID, ins_oid),       TEXT(BIRTH_NAME, birth_name),
    TEXT(USED_NAME, used_name),   TEXT(FIRST_NAMES, first_names),
    TEXT(BIRTH_DATE, birth_date), TEXT(BIRTH_PLACE, birth_place),
};

static const char *text_get(const struct identity *identity,
                            const struct text_field *field)
{
    const char *text;

    memcpy(&text, (const char *)identity + field->offset, sizeof(text));
    return text ? text : "";
}

static void text_set(struct identity *identity, const struct text_field *field,
                     const char *text)
{
    memcpy((char *)identity + field->offset, &text, sizeof(text));
}

/* Is the row where STATEMENT stands the same as IDENTITY? */
static bool is_same(sqlite3_stmt *statement, const struct identity *identity)
{
    for (size_t i = 0; i < ARRAY_LENGTH(text_fields); i++)
        if (strcmp(column_string(statement, (int)text_fields[i].column),
                   text_get(identity, &text_fields[i])) != 0)
            return false;
    return sqlite3_column_int64(statement, STATUS) == (int64_t)identity->status &&
           sqlite3_column_int64(statement, BIRTH_FIRST) == identity->birth.first &&
           sqlite3_column_int64(statement, BIRTH_LAST) == identity->birth.last &&
           sqlite3_column_int64(statement, SEX) == (unsigned char)identity->sex;
}

static int compare(struct store *store, uint32_t person, const struct identity *identity,
                   enum put_outcome *outcome_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[IDENTITY_GET];

    bind_integer(statement, 1, person);

    int row = statement_step(statement, err);

    if (row < 0)
        return -1;
    if (row == 0) {
        *outcome_r = PUT_NEW;
        return 0;
    }
    *outcome_r = is_same(statement, identity) ? PUT_UNCHANGED : PUT_CHANGED;
    statement_rest(statement);
    return 0;
}

int store_put_identity(struct store *store, uint32_t person,
                       const struct identity *identity, enum put_outcome *outcome_r,
                       struct error *err)
{
    sqlite3_stmt *statement = store->statements[IDENTITY_PUT];
    struct person_key key;
    enum put_outcome outcome;

    if (writing_check(store, err) < 0 ||
        person_key_to_write(store, person, &key, err) < 0)
        return -1;
    sodium_memzero(&key, sizeof(key));
    if ((identity->ins && *identity->ins &&
         ins_admit(identity->ins, identity->ins_oid ? identity->ins_oid : "", err) < 0) ||
        compare(store, person, identity, &outcome, err) < 0)
        return -1;

    if (outcome != PUT_UNCHANGED) {
        for (size_t i = 0; i < ARRAY_LENGTH(text_fields); i++)
            bind_text(statement, (int)text_fields[i].column + 1,
                      text_get(identity, &text_fields[i]));
        bind_integer(statement, STATUS + 1, identity->status);
        bind_integer(statement, BIRTH_FIRST + 1, identity->birth.first);
        bind_integer(statement, BIRTH_LAST + 1, identity->birth.last);
        bind_integer(statement, SEX + 1, (unsigned char)identity->sex);
        bind_integer(statement, COLUMN_COUNT + 1, person);
        if (statement_run(statement, err) < 0)
            return writing_failed(store);
    }
    if (outcome == PUT_NEW)
        store->changes.identities++;
    *outcome_r = outcome;
    return 0;
}

int identity_erase(struct store *store, uint32_t person, struct error *err)
{
    sqlite3_stmt *statement = store->statements[IDENTITY_ERASE];

    bind_integer(statement, 1, person);
    if (statement_run(statement, err) < 0)
        return -1;
    store->changes.identities -= sqlite3_changes(store->identities.handle);
    return 0;
}

/* What a row says, in ARENA. NULL when it says what no identity can. */
static struct identity *identity_of(struct arena *arena, sqlite3_stmt *statement)
{
    struct identity *identity = arena_alloc(arena, sizeof(*identity));
    int64_t status = sqlite3_column_int64(statement, STATUS);
    int64_t first = sqlite3_column_int64(statement, BIRTH_FIRST);
    int64_t last = sqlite3_column_int64(statement, BIRTH_LAST);
    int64_t sex = sqlite3_column_int64(statement, SEX);

    if (status < IDENTITY_PROVISIONAL || status > IDENTITY_QUALIFIED || first > last ||
        first < INT32_MIN || last > INT32_MAX || sex < 0 || sex > UINT8_MAX)
        return NULL;
    identity->status = (enum identity_status)status;
    identity->birth = (struct interval){(day_number)first, (day_number)last};
    identity->sex = (char)sex;
    for (size_t i = 0; i < ARRAY_LENGTH(text_fields); i++) {
        const char *text = column_string(statement, (int)text_fields[i].column);

        text_set(identity, &text_fields[i], arena_string(arena, text, strlen(text)));
    }
    return identity;
}

int store_identity(struct store *store, struct arena *arena, uint32_t person,
                   struct identity **identity_r, struct error *err)
{
    sqlite3_stmt *statement = store->statements[IDENTITY_GET];
    struct identity *identity = NULL;

    bind_integer(statement, 1, person);

    int row = statement_step(statement, err);

    if (row < 0)
        return -1;
    if (row > 0) {
        identity = identity_of(arena, statement);
        statement_rest(statement);
        if (!identity)
            return error_set(err, ERROR_CORRUPT,
                             "%s: the identity of patient %u is not one",
                             store->identities.path, person);
    }
    if (arena_check(arena, err) < 0)
        return -1;
    *identity_r = identity;
    return 0;
}
