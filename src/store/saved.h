/* SPDX-License-Identifier: Apache-2.0
 *
 * store/saved.h: what people said and want to find again: definitions, cohorts, and the
 * answers that cohorts gave.
 *
 * Versions 1, 2, 3 … of a definition, or of a cohort's criteria, are appended and never
 * edited; a cohort can be deleted, with all its versions and runs.
 *
 * A *run* is what the criteria answered at one cut: for each person that research could count
 * then, no, possible or certain. Which persons these are is sealed with a key of the run's
 * own, in identities.db, so that neither file alone tells it. Erasing a person takes it out of
 * every run: the run is sealed anew with another key and the old key is destroyed, so that a
 * copy of the old originals.db does not tell it either. The run counts whom it lost so.
 *
 *     run with key 7 ──erase──▶ run with key 8, key 7 unused ──commit──▶ key 7 destroyed
 *
 * A crash before the last step leaves an unused key, which is destroyed at the next open.
 *
 * Everything that writes belongs between store_begin() and store_commit(), whose RECEIVED is
 * then that of store_cut(): nothing came in. Nothing here takes a sequence number. */
#ifndef STORE_SAVED_H
#define STORE_SAVED_H

#include "base/date.h"
#include "store/store.h"

enum saved_kind { SAVED_DEFINITION = 1, SAVED_COHORT = 2 };

#define SAVED_NAME_MAX 64    /* bytes */
#define SAVED_TEXT_MAX 65536 /* as long as criteria may be */
#define SAVED_NOTE_MAX 1000
#define SAVED_AUTHOR_MAX 100

/* One version. Strings are never NULL. */
struct saved {
    const char *name;
    unsigned version; /* given by store_save() */
    const char *text;
    const char *author, *note;
    int64_t made; /* seconds since 1970, UTC */
    day_number
        as_of; /* of a cohort: the day that is asked about; DAY_MAX: that of the data */
};

/* ERROR_INPUT unless NAME has 1 to 64 bytes of UTF-8 without control characters, double
 * quotes, and blanks at its ends: what can stand in quotes after `use`. */
NODISCARD int saved_name_check(const char *name, struct error *err);

/* Append a version of KIND. The same text and day as the last version, with no other note, is that
 * version: *VERSION_R, and *NEW_R false. ERROR_INPUT, ERROR_LIMIT. */
NODISCARD int store_save(struct store *store, enum saved_kind kind,
                         const struct saved *saved, unsigned *version_r, bool *new_r,
                         struct error *err);
/* VERSION of NAME, or its last one (0), in ARENA; *SAVED_R NULL when there is none. */
NODISCARD int store_saved(struct store *store, struct arena *arena, enum saved_kind kind,
                          const char *name, unsigned version, struct saved **saved_r,
                          struct error *err);
/* The versions of NAME, ascending; or, with NAME NULL, the last version of each name, by
 * name. */
NODISCARD int store_saved_list(struct store *store, struct arena *arena,
                               enum saved_kind kind, const char *name,
                               struct saved **list_r, size_t *n_r, struct error *err);
/* The cohort NAME, its versions and its runs. ERROR_NOT_FOUND. */
NODISCARD int store_cohort_delete(struct store *store, const char *name,
                                  struct error *err);

/* What was answered for each person that research could count, ascending by person. */
struct run_persons {
    size_t n;
    const uint32_t *person;
    const unsigned char *answer; /* enum truth */
};

struct saved_run {
    const char *cohort;
    unsigned version; /* of the cohort's criteria */
    unsigned number;  /* 1, 2, 3 … of the cohort; given by store_run_save() */
    const char *author;
    int64_t made;
    /* the cut */
    char incarnation[STORE_INCARNATION_SIZE];
    int64_t sequence, received;
    unsigned rules;
    uint64_t model, criteria, coverage; /* digests */
    uint64_t
        codebook; /* digest of what the centre's own codes meant; 0: none meant anything */
    day_number as_of;
    const char *coverage_text; /* what COVERAGE is the digest of; the node's own format */
    const char *definitions;   /* which versions were used; the node's own format */
    uint64_t certain,
        possible; /* possible: beyond the certain ones; erased ones not counted */
    uint64_t erased_certain, erased_possible; /* taken out since */
};

/* Append RUN (all but its number and the counts) of a cohort that is there, with PERSONS. */
NODISCARD int store_run_save(struct store *store, const struct saved_run *run,
                             const struct run_persons *persons, unsigned *number_r,
                             struct error *err);
/* The runs of COHORT, newest first, at most MAX; with NUMBER not 0 that one only. */
NODISCARD int store_runs(struct store *store, struct arena *arena, const char *cohort,
                         unsigned number, size_t max, struct saved_run **runs_r,
                         size_t *n_r, struct error *err);
/* Who it was, in ARENA. ERROR_NOT_FOUND, ERROR_CORRUPT. */
NODISCARD int store_run_persons(struct store *store, struct arena *arena,
                                const char *cohort, unsigned number,
                                struct run_persons *persons_r, struct error *err);

/* ---- who they are ---- */

/* The number (IPP) under which PERSON came, in ARENA; NULL for an erased or unknown person. */
NODISCARD int store_number(struct store *store, struct arena *arena, uint32_t person,
                           const char **number_r, struct error *err);

#define PSEUDONYM_SIZE 17
/* 16 hexadecimal digits that stay the same for PERSON in this store and tell nothing without
 * its key: BLAKE2b keyed with it. "" for an erased or unknown person. */
NODISCARD int store_pseudonym(struct store *store, uint32_t person,
                              char pseudonym[PSEUDONYM_SIZE], struct error *err);

#endif
