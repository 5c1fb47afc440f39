/* SPDX-License-Identifier: Apache-2.0
 *
 * store/store.h: primary state. What centres sent, sealed and kept; who the persons are.
 *
 * A folder of two SQLite files, because they must be guarded and backed up apart:
 *
 *     originals.db    fragments, each sealed with its person's key; the sequence; versions;
 *                     saved definitions and cohorts (saved.h)
 *     identities.db   persons, their numbers, identities and keys (the secret file)
 *
 * A *fragment* is one person's slice of one kind from one origin (the FINESS that sent it; behind
 * it, where a centre has several sources of that kind, '/' and the name of the source); its
 * versions are *originals*, appended and never edited, numbered by one sequence in commit
 * order. Erasing a person is destroying its key in identities.db and leaving a tombstone.
 *
 * Invariants
 *   1. Every original's person is in identities.db. So identities.db commits first; a crash
 *      between the two leaves persons without originals, which are legal and swept at open.
 *   2. The sequence never goes back and never repeats within an incarnation; a restore from a
 *      backup calls store_renew(), which changes the incarnation.
 *   3. synchronous=FULL: what store_commit() returned for survives a power cut.
 *   4. One writer (a lock on the folder); any number of readers, who never wait for it.
 *
 * Sealing: zstd with a versioned dictionary (trained on synthetic patients only), then
 * XChaCha20-Poly1305 with the person's key; the sequence, person, kind and origin are the
 * associated data, so that no sealed piece can be moved to another place. Whether a fragment
 * changed is asked of a keyed BLAKE2b digest of its plain bytes (the key is the person's; the
 * bytes are digested once where they are packed, and that digest under the key).
 *
 * A struct store belongs to one thread; packers to one thread each. */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "identity/identity.h"

struct arena;
struct error;
struct store;

enum store_mode { STORE_READ, STORE_WRITE };

/* Make the two files in FOLDER (which exists and holds neither: else ERROR_REFUSED). */
NODISCARD int store_create(const char *folder, struct error *err);
/* NULL with ERROR_NOT_FOUND, ERROR_BUSY (another writer), ERROR_CORRUPT, ERROR_IO, or
 * ERROR_REFUSED (tables of a newer version of the program; for reading also of an older).
 * Opening for writing migrates older schemas and sweeps what a crash left. */
struct store *store_open(const char *folder, enum store_mode mode, struct error *err);
void store_close(struct store *store); /* rolls back; takes NULL */

#define STORE_INCARNATION_SIZE 33
/* 32 hexadecimal digits, random, new at creation and after a restore. */
const char *store_incarnation(const struct store *store);
NODISCARD int store_renew(struct store *store, struct error *err);

/* Highest sequence number, and reception time (seconds since 1970, UTC) of the last commit,
 * even if nothing in it was new; 0, 0 in an empty store. */
NODISCARD int store_cut(struct store *store, int64_t *sequence_r, int64_t *time_r,
                        struct error *err);

/* ---- writing: begin, any number of puts, commit (or rollback) ---- */

NODISCARD int store_begin(struct store *store, struct error *err);
/* Ends the transaction, also when it fails; then nothing of it is there but, at worst, new
 * identities. After a write that failed with ERROR_IO or ERROR_CORRUPT it always fails; one
 * that was refused (ERROR_INPUT, _LIMIT, _NOT_FOUND, _REFUSED) wrote nothing and is no
 * obstacle.
 * RECEIVED: seconds since 1970, UTC, as the command line read them. */
NODISCARD int store_commit(struct store *store, int64_t received, struct error *err);
void store_rollback(struct store *store);

/* The person known under NUMBER at ORIGIN (a FINESS, "" = this centre), made if new. Persons
 * are numbered from 1 in order of arrival and never renumbered. NUMBER may be any bytes, up
 * to 256. The number of an erased person still leads to that person. */
NODISCARD int store_person(struct store *store, const char *origin, const char *number,
                           uint32_t *person_r, bool *new_r, struct error *err);

enum put_outcome { PUT_NEW, PUT_CHANGED, PUT_UNCHANGED };

/* The plain bytes compressed, ready to be sealed: made on any thread, one packer each. */
struct packer;
struct packed {
    const void *bytes; /* owned by the packer until its next use, unless copied */
    size_t length;
    size_t plain_length;
    uint32_t dictionary;      /* version */
    unsigned char digest[32]; /* BLAKE2b of the plain bytes */
};
struct packer *packer_new(void);
void packer_free(struct packer *packer); /* takes NULL */
/* Compress into ARENA when it is not NULL. Limit of a fragment: 64 MiB (ERROR_LIMIT). */
NODISCARD int packer_pack(struct packer *packer, struct arena *arena, const void *plain,
                          size_t length, struct packed *packed_r, struct error *err);

/* Append a version of the fragment (PERSON, KIND, ORIGIN) unless its current version has the
 * same bytes. *SEQUENCE_R: of the new original, or of the unchanged one. KIND >= 0.
 * ERROR_REFUSED when the person was erased, ERROR_NOT_FOUND when there is none. */
NODISCARD int store_put(struct store *store, uint32_t person, int kind,
                        const char *origin, const struct packed *packed,
                        enum put_outcome *outcome_r, int64_t *sequence_r,
                        struct error *err);

/* The same for who the person is; only the last one is kept. ERROR_REFUSED also for an INS
 * that ins_admit() does not let in. */
NODISCARD int store_put_identity(struct store *store, uint32_t person,
                                 const struct identity *identity,
                                 enum put_outcome *outcome_r, struct error *err);

/* Destroy PERSON's key and identity and leave a tombstone, which takes a sequence number; its
 * originals can never be read again, and it is taken out of the runs of saved cohorts. The number stays, so that the person who comes again is
 * refused. Erasing twice is erasing once. */
NODISCARD int store_erase(struct store *store, uint32_t person, struct error *err);

/* ---- reading ---- */

struct original {
    int64_t sequence;
    int64_t received;
    uint32_t person;
    int kind;
    const char *origin;
    const char *bytes; /* plain, followed by a NUL */
    size_t length;
};

/* The current originals of PERSON in ARENA, ordered by (kind, origin). None for an erased or
 * unknown person (0 with *N_R 0). */
NODISCARD int store_originals(struct store *store, struct arena *arena, uint32_t person,
                              struct original **originals_r, size_t *n_r,
                              struct error *err);

/* Persons that have an original with a sequence > SINCE, ascending, each once; or all persons
 * with at least one original when SINCE is 0. Also erased ones (their tombstone counts). EACH
 * may read the store, which stands still meanwhile (what it reads is of one moment), and may
 * not write to it. Return -1 from EACH to stop. */
typedef int store_each_person(void *context, uint32_t person, struct error *err);
NODISCARD int store_changed(struct store *store, int64_t since, store_each_person *each,
                            void *context, struct error *err);

/* Number of persons with originals, of current originals, of identities; without those of
 * erased persons. */
struct store_counts {
    uint64_t persons;
    uint64_t originals;
    uint64_t identities;
};
NODISCARD int store_count(struct store *store, struct store_counts *counts_r,
                          struct error *err);

/* How many current fragments PERSON has, those of the open transaction included. */
NODISCARD int store_count_fragments(struct store *store, uint32_t person, size_t *n_r,
                                    struct error *err);

/* How many persons have a current fragment of KIND from SOURCE: whose origin ends in '/' and that
 * name (see fragment, above). */
NODISCARD int store_count_source(struct store *store, int kind, const char *source,
                                 uint64_t *persons_r, struct error *err);

/* The person known under NUMBER: at this centre ("") first, then at any origin; 0 in
 * *PERSON_R if none, or if that person was erased. */
NODISCARD int store_find(struct store *store, const char *number, uint32_t *person_r,
                         struct error *err);

/* The identity of PERSON in ARENA; *IDENTITY_R NULL if there is none. */
NODISCARD int store_identity(struct store *store, struct arena *arena, uint32_t person,
                             struct identity **identity_r, struct error *err);

#endif
