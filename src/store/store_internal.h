/* SPDX-License-Identifier: Apache-2.0
 *
 * store/store_internal.h: what the files of this room share.
 *
 *     store.c        opening, begin and commit
 *     folder.c       the lock, the two files, making them
 *     sweep.c        what a crash between the two files left, mended at open
 *     schema.c       tables, versions and migrations
 *     database.c     one SQLite file: opening, statements, errors put into words
 *     persons.c      numbers, keys, erasing
 *     identities.c   identities
 *     originals.c    versions of fragments, and the sequence
 *     saved.c        definitions and cohorts
 *     runs.c         what cohorts answered, sealed
 *     seal.c         compressed, encrypted, and back
 *     dictionary.c   the zstd dictionaries, one a version
 *
 * SQLite statements are prepared once, at open. A statement is at rest (reset) whenever no
 * function of this room is using it. */
#ifndef STORE_STORE_INTERNAL_H
#define STORE_STORE_INTERNAL_H

#include <sqlite3.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "store/store.h"

/* The last words of every message about files that do not fit. */
#define SAME_BACKUP "put back identities.db and originals.db from one and the same backup"

/* ---- database.c ---- */

struct database {
    sqlite3 *handle;
    const char *path; /* for messages; lives in the store's arena */
};

enum database_mode { DATABASE_READ, DATABASE_WRITE, DATABASE_CREATE };

/* PATH is kept. CACHE in KiB. On failure the database is closed. */
NODISCARD int database_open(struct database *database, const char *path,
                            enum database_mode mode, int cache, struct error *err);
void database_close(struct database *database); /* takes a closed one */
/* Statements without parameters or results. */
NODISCARD int database_execute(struct database *database, const char *sql,
                               struct error *err);
/* The single integer that SQL answers. */
NODISCARD int database_integer(struct database *database, const char *sql,
                               int64_t *integer_r, struct error *err);
NODISCARD int database_prepare(struct database *database, const char *sql,
                               sqlite3_stmt **statement_r, struct error *err);
/* Copy all of the write-ahead log into the file and cut it to nothing, durably. *DONE_R is
 * false when a reader is still using it. */
NODISCARD int database_checkpoint(struct database *database, bool *done_r,
                                  struct error *err);
/* The last error of HANDLE in words; returns -1. */
int database_error(sqlite3 *handle, struct error *err);

void bind_text(sqlite3_stmt *statement, int index, const char *text); /* NULL is "" */
void bind_blob(sqlite3_stmt *statement, int index, const void *bytes, size_t length);
void bind_integer(sqlite3_stmt *statement, int index, int64_t integer);
/* The text of a column in place: valid until the statement moves; "" for NULL. */
const char *column_string(sqlite3_stmt *statement, int column);

/* 1 for a row, 0 at the end, -1 with ERR; at rest after 0 and -1. */
NODISCARD int statement_step(sqlite3_stmt *statement, struct error *err);
/* Runs a statement that answers no row. */
NODISCARD int statement_run(sqlite3_stmt *statement, struct error *err);
void statement_rest(sqlite3_stmt *statement);

/* ---- schema.c ---- */

struct schema {
    const char *name; /* of the file */
    int32_t application_id;
    int page_size;
    const char *const *steps; /* step N makes version N+1 out of version N */
    int version;              /* number of steps: the version this program writes */
};

extern const struct schema schema_originals;
extern const struct schema schema_identities;

/* Is DATABASE one of ours, of a version this program knows? With MIGRATE an older one is
 * brought up to date; a file just created is of version 0. */
NODISCARD int schema_check(struct database *database, const struct schema *schema,
                           bool migrate, struct error *err);
NODISCARD int schema_make(struct database *database, const struct schema *schema,
                          struct error *err);

/* ---- dictionary.c, seal.c ---- */

#define DICTIONARY_CURRENT 1U

struct ZSTD_CDict_s;
struct ZSTD_DDict_s;
const struct ZSTD_CDict_s *dictionary_compress(void); /* of DICTIONARY_CURRENT */
/* NULL when this program has no dictionary of that version. */
const struct ZSTD_DDict_s *dictionary_decompress(uint32_t version);

#define FRAGMENT_LIMIT ((size_t)64 << 20)
#define ORIGIN_LIMIT \
    ((size_t)96) /* bytes; a FINESS has 9, the name of a source up to 64 */
#define NUMBER_LIMIT ((size_t)256) /* of a patient's number */

struct person_key {
    unsigned char bytes[32];
};

/* Where a sealed piece belongs: its associated data. */
struct seal_place {
    int64_t sequence;
    uint32_t person;
    int kind;
    const char *origin;
};

#define FRAGMENT_DIGEST_SIZE 32

void crypto_start(void); /* any number of times, from any thread */
void fragment_digest(unsigned char digest[FRAGMENT_DIGEST_SIZE],
                     const struct person_key *key, const struct packed *packed);

/* Seals and unseals; its scratch memory grows to the largest piece and shrinks again. */
struct sealer;
struct sealer *sealer_new(void);
void sealer_free(struct sealer *sealer); /* takes NULL */
/* The sealed bytes, valid until the next use of SEALER. */
const void *seal(struct sealer *sealer, const struct person_key *key,
                 const struct seal_place *place, const struct packed *packed,
                 size_t *length_r);
/* The plain bytes in ARENA, followed by a NUL. ERROR_CORRUPT when the piece is not what was
 * sealed with this key for this place. */
NODISCARD int unseal(struct sealer *sealer, struct arena *arena,
                     const struct person_key *key, const struct seal_place *place,
                     const void *sealed, size_t length, char **plain_r,
                     size_t *plain_length_r, struct error *err);

/* ---- the store ---- */

/* All statements: name, file, text. */
#define STATEMENTS(X)                                                                      \
    X(PERSON_FIND, identities,                                                             \
      "SELECT id FROM person WHERE number = ?1 AND origin = ?2")                           \
    X(PERSON_ADD, identities,                                                              \
      "INSERT INTO person (origin, number, key) VALUES (?1, ?2, ?3)")                      \
    X(PERSON_KEY, identities, "SELECT key FROM person WHERE id = ?1")                      \
    X(PERSON_ERASE, identities, "UPDATE person SET key = NULL WHERE id = ?1")              \
    X(PERSON_BY_NUMBER, identities,                                                        \
      "SELECT id FROM person WHERE number = ?1 AND key IS NOT NULL"                        \
      " ORDER BY origin LIMIT 1")                                                          \
    X(PERSON_NUMBER, identities,                                                           \
      "SELECT number FROM person WHERE id = ?1 AND key IS NOT NULL")                       \
    X(IDENTITY_GET, identities,                                                            \
      "SELECT number, ins, ins_oid, status, birth_name, used_name, first_names,"           \
      " birth_date, birth_first, birth_last, sex, birth_place"                             \
      " FROM identity WHERE person = ?1")                                                  \
    X(IDENTITY_PUT, identities,                                                            \
      "INSERT OR REPLACE INTO identity (number, ins, ins_oid, status, birth_name,"         \
      " used_name, first_names, birth_date, birth_first, birth_last, sex, birth_place,"    \
      " person) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)")          \
    X(IDENTITY_ERASE, identities, "DELETE FROM identity WHERE person = ?1")                \
    X(IDENTITIES_STATE, identities, "SELECT pair, identities FROM state")                  \
    X(IDENTITIES_COUNT, identities, "UPDATE state SET identities = identities + ?1")       \
    X(RUN_KEY_ADD, identities, "INSERT INTO run_key (key) VALUES (?1)")                    \
    X(RUN_KEY_GET, identities, "SELECT key FROM run_key WHERE id = ?1")                    \
    X(FRAGMENTS, originals,                                                                \
      "SELECT kind, origin, sequence, digest FROM fragment WHERE person = ?1")             \
    X(FRAGMENT_PUT, originals,                                                             \
      "INSERT INTO fragment (person, kind, origin, sequence, digest)"                      \
      " VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO UPDATE"                                 \
      " SET sequence = excluded.sequence, digest = excluded.digest")                       \
    X(FRAGMENTS_ERASE, originals, "DELETE FROM fragment WHERE person = ?1")                \
    X(ORIGINAL_ADD, originals,                                                             \
      "INSERT INTO original (sequence, person, kind, origin, sealed)"                      \
      " VALUES (?1, ?2, ?3, ?4, ?5)")                                                      \
    X(ORIGINALS, originals,                                                                \
      "SELECT f.kind, f.origin, f.sequence, o.sealed FROM fragment AS f"                   \
      " LEFT JOIN original AS o ON o.sequence = f.sequence"                                \
      " WHERE f.person = ?1 ORDER BY f.kind, f.origin")                                    \
    X(BATCH_ADD, originals,                                                                \
      "INSERT INTO batch (last_sequence, first_sequence, received) VALUES (?1, ?2, ?3)")   \
    X(BATCH_OF, originals,                                                                 \
      "SELECT first_sequence, last_sequence, received FROM batch"                          \
      " WHERE last_sequence >= ?1 ORDER BY last_sequence LIMIT 1")                         \
    X(STATE, originals,                                                                    \
      "SELECT s.pair, s.incarnation, s.last_person, s.persons, s.originals, s.received,"   \
      " coalesce((SELECT max(last_sequence) FROM batch), 0) FROM state AS s")              \
    X(STATE_COMMIT, originals,                                                             \
      "UPDATE state SET last_person = max(last_person, ?1), persons = persons + ?2,"       \
      " originals = originals + ?3, received = ?4")                                        \
    X(STATE_RENEW, originals, "UPDATE state SET incarnation = ?1")                         \
    X(SAVED_ADD, originals,                                                                \
      "INSERT INTO saved (kind, name, version, text, author, note, made, as_of)"           \
      " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")                                          \
    X(SAVED_GET, originals,                                                                \
      "SELECT name, version, text, author, note, made, as_of FROM saved"                   \
      " WHERE kind = ?1 AND name = ?2 AND (?3 = 0 OR version = ?3)"                        \
      " ORDER BY version DESC LIMIT 1")                                                    \
    X(SAVED_VERSIONS, originals,                                                           \
      "SELECT name, version, text, author, note, made, as_of FROM saved"                   \
      " WHERE kind = ?1 AND name = ?2 ORDER BY version")                                   \
    X(SAVED_LAST, originals,                                                               \
      "SELECT s.name, s.version, s.text, s.author, s.note, s.made, s.as_of"                \
      " FROM saved AS s WHERE s.kind = ?1 AND s.version ="                                 \
      " (SELECT max(version) FROM saved WHERE kind = ?1 AND name = s.name)"                \
      " ORDER BY s.name")                                                                  \
    X(SAVED_DELETE, originals, "DELETE FROM saved WHERE kind = ?1 AND name = ?2")          \
    X(RUN_ADD, originals,                                                                  \
      "INSERT INTO run (cohort, number, version, author, made, incarnation, sequence,"     \
      " received, rules, model, criteria, coverage, as_of, coverage_text, definitions,"    \
      " certain, possible, erased_certain, erased_possible, key, sealed, codebook)"        \
      " VALUES (?1,"                                                                       \
      " (SELECT coalesce(max(number), 0) + 1 FROM run WHERE cohort = ?1),"                 \
      " ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 0, 0,"          \
      " ?17, ?18, ?19) RETURNING number")                                                  \
    X(RUNS, originals,                                                                     \
      "SELECT number, version, author, made, incarnation, sequence, received, rules,"      \
      " model, criteria, coverage, as_of, coverage_text, definitions, certain,"            \
      " possible, erased_certain, erased_possible, codebook FROM run"                      \
      " WHERE cohort = ?1 AND (?3 = 0 OR number = ?3) ORDER BY number DESC LIMIT ?2")      \
    X(RUN_GET, originals,                                                                  \
      "SELECT id, cohort, number, key, sealed FROM run WHERE cohort = ?1 AND number = ?2") \
    X(RUN_NEXT, originals,                                                                 \
      "SELECT id, cohort, number, key, sealed FROM run WHERE id > ?1 ORDER BY id LIMIT 1") \
    X(RUN_RESEAL, originals,                                                               \
      "UPDATE run SET key = ?2, sealed = ?3, certain = certain - ?4,"                      \
      " possible = possible - ?5, erased_certain = erased_certain + ?4,"                   \
      " erased_possible = erased_possible + ?5 WHERE id = ?1")                             \
    X(RUNS_DELETE, originals, "DELETE FROM run WHERE cohort = ?1")

enum statement {
#define X(name, file, sql) name,
    STATEMENTS(X)
#undef X
        STATEMENT_COUNT
};

/* The tombstone of an erased person is an original and a fragment of this kind, without
 * bytes. Kinds of fragments are not negative. */
#define KIND_TOMBSTONE (-1)
/* In the seal of a run: its key's number for the sequence, nobody for the person, and the
 * cohort's name for the origin. */
#define KIND_RUN (-2)

/* What the open transaction will have changed. */
struct changes {
    bool open;
    bool failed;            /* a statement failed: only a rollback is left */
    bool erased;            /* keys were destroyed */
    bool unused_keys;       /* runs were sealed anew or deleted: their keys go */
    int64_t first_sequence; /* of the next batch */
    int64_t next_sequence;
    uint32_t last_person; /* highest that was made, or 0 */
    int64_t persons;      /* differences of the counts */
    int64_t originals;
    int64_t identities;
};

struct batch {
    int64_t first_sequence;
    int64_t last_sequence; /* 0: not loaded */
    int64_t received;
};

struct store {
    struct arena *arena; /* paths */
    const char *folder;
    enum store_mode mode;
    int lock; /* file descriptor, or -1 */
    struct database identities;
    struct database originals;
    sqlite3_stmt *statements[STATEMENT_COUNT];
    struct sealer *sealer;
    char incarnation[STORE_INCARNATION_SIZE];
    int64_t received; /* reception time of the last commit (writer only) */
    struct changes changes;
    struct batch batch; /* the last one looked up */
    bool unswept;       /* a commit stopped between the two files */
    bool unscrubbed;    /* a destroyed key may still be in the write-ahead log */

    /* writer only: the person that store_person() or store_put() last used */
    uint32_t recent;
    struct person_key recent_key;
};

/* A state row as it is on the disk. */
struct state {
    unsigned char pair[16];
    char incarnation[STORE_INCARNATION_SIZE];
    uint32_t last_person;
    int64_t persons;
    int64_t originals;
    int64_t received;
    int64_t sequence;
};

NODISCARD int state_read(struct store *store, struct state *state_r, struct error *err);

/* 0 inside a transaction in which nothing failed, else -1: every writing function starts
 * with it. */
NODISCARD int writing_check(struct store *store, struct error *err);
/* Marks the transaction as failed; returns -1. */
int writing_failed(struct store *store);

/* persons.c */
enum key_state { KEY_NONE, KEY_ERASED, KEY_HERE };
NODISCARD int person_key_get(struct store *store, uint32_t person,
                             enum key_state *state_r, struct person_key *key_r,
                             struct error *err);
/* The key of a person who may be written to: ERROR_NOT_FOUND, ERROR_REFUSED (erased). */
NODISCARD int person_key_to_write(struct store *store, uint32_t person,
                                  struct person_key *key_r, struct error *err);
void recent_forget(struct store *store);

/* originals.c: a tombstone in place of all fragments of PERSON, who leaves the saved runs. */
NODISCARD int originals_bury(struct store *store, uint32_t person, struct error *err);

/* identities.c */
NODISCARD int identity_erase(struct store *store, uint32_t person, struct error *err);

/* runs.c: PERSON out of every run. */
NODISCARD int runs_erase(struct store *store, uint32_t person, struct error *err);
/* Destroy the keys of no run, in a transaction of identities.db alone. *DESTROYED_R: there were
 * any. */
NODISCARD int run_keys_sweep(struct store *store, bool *destroyed_r, struct error *err);

/* folder.c: the lock of the writer, held until *LOCK_R is closed. */
NODISCARD int folder_lock(struct arena *arena, const char *folder, int *lock_r,
                          struct error *err);
/* Are both files there? ERROR_NOT_FOUND when neither is, ERROR_CORRUPT for one alone. */
NODISCARD int folder_check(const char *folder, const char *identities,
                           const char *originals, struct error *err);
void random_hexadecimal(char text[STORE_INCARNATION_SIZE]);

/* sweep.c */
NODISCARD int store_sweep(struct store *store, struct error *err);

#endif
