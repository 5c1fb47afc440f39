/* SPDX-License-Identifier: Apache-2.0
 *
 * store/schema.c: the tables of the two files, their versions, and how one version becomes
 * the next.
 *
 * A file says what it is in its SQLite header: application_id (whose file), user_version
 * (which version of its tables). Version 0 is a file without tables; step N of the list
 * below makes version N out of version N-1, in one transaction, so that a migration that
 * stops in the middle has not begun. Steps are never edited once released: a change of
 * the tables is a new step at the end. A new file is made by the same steps.
 *
 *     originals.db   state ─ one row      batch (last_sequence) ─ when it was received
 *                    original (sequence)  every version, sealed; a tombstone has no bytes
 *                    fragment (person, kind, origin) ─ sequence of the current version
 *                    saved (kind, name, version)   definitions, and criteria of cohorts
 *                    run (cohort, number) ─ sealed with the key that run.key names
 *
 *     identities.db  state ─ one row      person (id) ─ key; NULL once erased
 *                    identity (person)    run_key (id) ─ key
 *
 * `pair` is the same random number in both files of a store: two files that do not belong
 * together are not opened. */
#include <stdio.h>

#include "base/error.h"
#include "store/store_internal.h"

static const char *const originals_steps[] = {
    /* 1 */
    "CREATE TABLE state ("
    " one INTEGER PRIMARY KEY CHECK (one = 1),"
    " pair BLOB NOT NULL CHECK (length(pair) = 16),"
    " incarnation TEXT NOT NULL CHECK (length(incarnation) = 32),"
    " last_person INTEGER NOT NULL," /* highest number of a person at the last commit */
    " persons INTEGER NOT NULL,"     /* with originals */
    " originals INTEGER NOT NULL,"   /* current ones */
    " received INTEGER NOT NULL"     /* reception time of the last commit */
    ") STRICT;"
    "CREATE TABLE batch ("
    " last_sequence INTEGER PRIMARY KEY,"
    " first_sequence INTEGER NOT NULL,"
    " received INTEGER NOT NULL,"
    " CHECK (first_sequence BETWEEN 1 AND last_sequence)"
    ") STRICT;"
    "CREATE TABLE original ("
    " sequence INTEGER PRIMARY KEY,"
    " person INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " origin TEXT NOT NULL,"
    " sealed BLOB," /* last: the columns before it are read without its pages */
    " CHECK ((kind < 0) = (sealed IS NULL))"
    ") STRICT;"
    "CREATE TABLE fragment ("
    " person INTEGER NOT NULL,"
    " kind INTEGER NOT NULL,"
    " origin TEXT NOT NULL,"
    " sequence INTEGER NOT NULL,"
    " digest BLOB,"
    " PRIMARY KEY (person, kind, origin),"
    " CHECK (length(digest) = 32 OR (kind < 0 AND digest IS NULL))"
    ") STRICT, WITHOUT ROWID;",
    /* 2: saved definitions and cohorts */
    "CREATE TABLE saved ("
    " kind INTEGER NOT NULL CHECK (kind IN (1, 2))," /* a definition, a cohort */
    " name TEXT NOT NULL CHECK (name <> ''),"
    " version INTEGER NOT NULL CHECK (version >= 1),"
    " text TEXT NOT NULL,"
    " author TEXT NOT NULL,"
    " note TEXT NOT NULL,"
    " made INTEGER NOT NULL,"
    " as_of INTEGER NOT NULL,"
    " PRIMARY KEY (kind, name, version)"
    ") STRICT, WITHOUT ROWID;"
    "CREATE TABLE run ("
    " id INTEGER PRIMARY KEY,"
    " cohort TEXT NOT NULL,"
    " number INTEGER NOT NULL CHECK (number >= 1),"
    " version INTEGER NOT NULL,"
    " author TEXT NOT NULL,"
    " made INTEGER NOT NULL,"
    " incarnation TEXT NOT NULL CHECK (length(incarnation) = 32),"
    " sequence INTEGER NOT NULL,"
    " received INTEGER NOT NULL,"
    " rules INTEGER NOT NULL,"
    " model INTEGER NOT NULL," /* digests: the same 64 bits with a sign */
    " criteria INTEGER NOT NULL,"
    " coverage INTEGER NOT NULL,"
    " as_of INTEGER NOT NULL,"
    " coverage_text TEXT NOT NULL,"
    " definitions TEXT NOT NULL,"
    " certain INTEGER NOT NULL,"
    " possible INTEGER NOT NULL,"
    " erased_certain INTEGER NOT NULL,"
    " erased_possible INTEGER NOT NULL,"
    " key INTEGER NOT NULL UNIQUE," /* of run_key in identities.db */
    " sealed BLOB NOT NULL,"
    " UNIQUE (cohort, number)"
    ") STRICT;",
    /* 3: a run says what the centre's own codes meant */
    "ALTER TABLE run ADD COLUMN codebook INTEGER NOT NULL DEFAULT 0;",
};

static const char *const identities_steps[] = {
    /* 1: AUTOINCREMENT, so that the number of a person is never given to another */
    "CREATE TABLE state ("
    " one INTEGER PRIMARY KEY CHECK (one = 1),"
    " pair BLOB NOT NULL CHECK (length(pair) = 16),"
    " identities INTEGER NOT NULL"
    ") STRICT;"
    "CREATE TABLE person ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " origin TEXT NOT NULL,"
    " number TEXT NOT NULL CHECK (number <> ''),"
    " key BLOB CHECK (key IS NULL OR length(key) = 32)"
    ") STRICT;"
    /* the number first: it is also looked for without its origin */
    "CREATE UNIQUE INDEX person_number ON person (number, origin);"
    "CREATE INDEX person_erased ON person (id) WHERE key IS NULL;"
    "CREATE TABLE identity ("
    " person INTEGER PRIMARY KEY REFERENCES person (id),"
    " number TEXT NOT NULL,"
    " ins TEXT NOT NULL,"
    " ins_oid TEXT NOT NULL,"
    " status INTEGER NOT NULL,"
    " birth_name TEXT NOT NULL,"
    " used_name TEXT NOT NULL,"
    " first_names TEXT NOT NULL,"
    " birth_date TEXT NOT NULL,"
    " birth_first INTEGER NOT NULL,"
    " birth_last INTEGER NOT NULL,"
    " sex INTEGER NOT NULL,"
    " birth_place TEXT NOT NULL"
    ") STRICT;",
    /* 2: linkage looks persons up by their INS */
    "CREATE INDEX identity_ins ON identity (ins) WHERE ins <> '';",
    /* 3: AUTOINCREMENT, since the number of a key is part of what it seals */
    "CREATE TABLE run_key ("
    " id INTEGER PRIMARY KEY AUTOINCREMENT,"
    " key BLOB NOT NULL CHECK (length(key) = 32)"
    ") STRICT;",
};

const struct schema schema_originals = {
    .name = "originals.db",
    .application_id = 0x4C61634F, /* "LacO" */
    .page_size = 16384,
    .steps = originals_steps,
    .version = ARRAY_LENGTH(originals_steps),
};

const struct schema schema_identities = {
    .name = "identities.db",
    .application_id = 0x4C616349, /* "LacI" */
    .page_size = 4096,
    .steps = identities_steps,
    .version = ARRAY_LENGTH(identities_steps),
};

/* All or nothing, the number of the version included. */
static int take_step(struct database *database, const struct schema *schema, int version,
                     struct error *err)
{
    char sql[64];

    snprintf(sql, sizeof(sql), "PRAGMA user_version = %d; COMMIT", version + 1);
    if (database_execute(database, "BEGIN IMMEDIATE", err) < 0)
        return -1;
    if (database_execute(database, schema->steps[version], err) < 0 ||
        database_execute(database, sql, err) < 0) {
        sqlite3_exec(database->handle, "ROLLBACK", NULL, NULL, NULL);
        return error_context(err, "migrating to version %d", version + 1);
    }
    return 0;
}

static int take_steps(struct database *database, const struct schema *schema, int version,
                      struct error *err)
{
    for (; version < schema->version; version++)
        if (take_step(database, schema, version, err) < 0)
            return -1;
    return 0;
}

int schema_make(struct database *database, const struct schema *schema, struct error *err)
{
    char sql[96];

    snprintf(sql, sizeof(sql), "PRAGMA page_size = %d; PRAGMA application_id = %d;",
             schema->page_size, (int)schema->application_id);
    if (database_execute(database, sql, err) < 0)
        return -1;
    return take_steps(database, schema, 0, err);
}

int schema_check(struct database *database, const struct schema *schema, bool migrate,
                 struct error *err)
{
    int64_t application_id;
    int64_t version;

    if (database_integer(database, "PRAGMA application_id", &application_id, err) < 0 ||
        database_integer(database, "PRAGMA user_version", &version, err) < 0)
        return -1;

    if (application_id != schema->application_id || version < 1)
        return error_set(
            err, ERROR_CORRUPT,
            "%s: not a file of this program, or never finished; " SAME_BACKUP,
            database->path);
    if (version > schema->version)
        return error_set(
            err, ERROR_REFUSED,
            "%s: written by a newer version of this program (tables of version "
            "%lld, this program knows %d): use that version, or a newer one",
            database->path, (long long)version, schema->version);
    if (version == schema->version)
        return 0;
    if (!migrate)
        return error_set(
            err, ERROR_REFUSED,
            "%s: written by an older version of this program (tables of version "
            "%lld, this program reads %d): open it once for writing",
            database->path, (long long)version, schema->version);
    return take_steps(database, schema, (int)version, err);
}
