/* SPDX-License-Identifier: Apache-2.0
 *
 * store/test_fixture.h: a store in a folder of its own, and short words for what tests do
 * with it. Only tests include this. A function that does not start with try_ fails the test
 * when the store does. */
#ifndef STORE_TEST_FIXTURE_H
#define STORE_TEST_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* before cmocka.h, which wants the three above */
#include <cmocka.h>

#include <dirent.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/store.h"

struct fixture {
    char folder[128];
    struct packer *packer;
    struct arena *arena;
    struct store *store; /* for writing */
    struct error err;
    int64_t now; /* reception time of the next commit */
};

static inline void must(int result, const struct fixture *fix)
{
    if (result < 0)
        fail_msg("%s", fix->err.message);
}

/* FIX->err has CODE and a message with WORDS in it. */
static inline void expect_error(const struct fixture *fix, int result,
                                enum error_code code, const char *words)
{
    if (result >= 0)
        fail_msg("expected an error: %s", words);
    if (fix->err.code != code || !strstr(fix->err.message, words))
        fail_msg("expected %s with \"%s\", got %s: %s", error_code_name(code), words,
                 error_code_name(fix->err.code), fix->err.message);
}

static inline void folder_remove(const char *folder)
{
    DIR *entries = opendir(folder);
    struct dirent *entry;
    char path[512];

    if (!entries)
        return;
    while ((entry = readdir(entries))) {
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (entry->d_name[0] != '.')
            unlink(path);
    }
    closedir(entries);
    rmdir(folder);
}

static inline struct store *open_store(struct fixture *fix, enum store_mode mode)
{
    struct store *store = store_open(fix->folder, mode, &fix->err);

    must(store ? 0 : -1, fix);
    return store;
}

static inline int fixture_new(void **state)
{
    const char *where = getenv("TMPDIR");
    struct fixture *fix = calloc(1, sizeof(*fix));

    snprintf(fix->folder, sizeof(fix->folder), "%s/lacis-store-XXXXXX",
             where ? where : "/tmp");
    if (!mkdtemp(fix->folder))
        return -1;
    fix->packer = packer_new();
    fix->arena = arena_new("test", (size_t)256 << 20);
    fix->now = 1700000000;
    *state = fix;
    return 0;
}

/* With an empty store, open for writing. */
static inline int fixture_store(void **state)
{
    if (fixture_new(state) < 0)
        return -1;

    struct fixture *fix = *state;

    if (store_create(fix->folder, &fix->err) < 0)
        return -1;
    fix->store = store_open(fix->folder, STORE_WRITE, &fix->err);
    return fix->store ? 0 : -1;
}

static inline int fixture_free(void **state)
{
    struct fixture *fix = *state;

    store_close(fix->store);
    packer_free(fix->packer);
    arena_free(fix->arena);
    folder_remove(fix->folder);
    free(fix);
    return 0;
}

static inline void reopen(struct fixture *fix)
{
    store_close(fix->store);
    fix->store = NULL;
    fix->store = open_store(fix, STORE_WRITE);
}

/* ---- writing ---- */

static inline void begin(struct fixture *fix)
{
    must(store_begin(fix->store, &fix->err), fix);
}

static inline void commit(struct fixture *fix)
{
    must(store_commit(fix->store, fix->now++, &fix->err), fix);
}

static inline uint32_t person_at(struct fixture *fix, const char *origin,
                                 const char *number)
{
    uint32_t person;
    bool is_new;

    must(store_person(fix->store, origin, number, &person, &is_new, &fix->err), fix);
    return person;
}

static inline uint32_t person(struct fixture *fix, const char *number)
{
    return person_at(fix, "", number);
}

static inline int try_put(struct fixture *fix, uint32_t person, int kind,
                          const char *origin, const char *text,
                          enum put_outcome *outcome_r, int64_t *sequence_r)
{
    struct packed packed;

    must(packer_pack(fix->packer, NULL, text, strlen(text), &packed, &fix->err), fix);
    return store_put(fix->store, person, kind, origin, &packed, outcome_r, sequence_r,
                     &fix->err);
}

static inline enum put_outcome put(struct fixture *fix, uint32_t person, int kind,
                                   const char *origin, const char *text)
{
    enum put_outcome outcome;
    int64_t sequence;

    must(try_put(fix, person, kind, origin, text, &outcome, &sequence), fix);
    return outcome;
}

/* One patient with one fragment, committed. */
static inline uint32_t patient(struct fixture *fix, const char *number, const char *text)
{
    begin(fix);

    uint32_t known = person(fix, number);

    put(fix, known, 1, "", text);
    commit(fix);
    return known;
}

static inline void erase(struct fixture *fix, uint32_t person)
{
    begin(fix);
    must(store_erase(fix->store, person, &fix->err), fix);
    commit(fix);
}

/* ---- looking ---- */

/* All current originals of PERSON as "kind@origin=text;…". */
static inline const char *all_of(struct fixture *fix, struct store *store,
                                 uint32_t person)
{
    struct original *originals;
    const char *text = "";
    size_t count;

    must(store_originals(store, fix->arena, person, &originals, &count, &fix->err), fix);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(originals[i].person, person);
        assert_int_equal(strlen(originals[i].bytes), originals[i].length);
        text = arena_printf(fix->arena, "%s%d@%s=%s;", text, originals[i].kind,
                            originals[i].origin, originals[i].bytes);
    }
    return text;
}

static inline void assert_all(struct fixture *fix, uint32_t person, const char *expected)
{
    assert_string_equal(all_of(fix, fix->store, person), expected);
}

struct persons_seen {
    struct fixture *fix;
    const char *text;
};

static inline int person_seen(void *context, uint32_t person, struct error *err)
{
    struct persons_seen *seen = context;

    (void)err;
    seen->text = arena_printf(seen->fix->arena, "%s%u ", seen->text, person);
    return 0;
}

static inline const char *changed_since(struct fixture *fix, struct store *store,
                                        int64_t since)
{
    struct persons_seen seen = {fix, ""};

    must(store_changed(store, since, person_seen, &seen, &fix->err), fix);
    return seen.text;
}

static inline const char *path_of(struct fixture *fix, const char *file)
{
    return arena_printf(fix->arena, "%s/%s", fix->folder, file);
}

/* ---- SQL behind the store's back ---- */

/* Runs SQL on FILE of the folder. Returns the first column of the last row, as text. */
static inline const char *sql(struct fixture *fix, const char *file, const char *text)
{
    const char *answer = "";
    sqlite3 *handle;
    sqlite3_stmt *statement;
    int code;

    if (sqlite3_open_v2(path_of(fix, file), &handle,
                        SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
        fail_msg("%s: %s", file, sqlite3_errmsg(handle));
    while (*text) {
        if (sqlite3_prepare_v2(handle, text, -1, &statement, &text) != SQLITE_OK)
            fail_msg("%s: %s", text, sqlite3_errmsg(handle));
        if (!statement)
            break;
        while ((code = sqlite3_step(statement)) == SQLITE_ROW) {
            const unsigned char *column = sqlite3_column_text(statement, 0);

            answer =
                arena_printf(fix->arena, "%s", column ? (const char *)column : "(null)");
        }
        if (code != SQLITE_DONE)
            fail_msg("%s: %s", sqlite3_sql(statement), sqlite3_errmsg(handle));
        sqlite3_finalize(statement);
    }
    sqlite3_close(handle);
    return answer;
}

static inline void assert_sql(struct fixture *fix, const char *file, const char *text,
                              const char *expected)
{
    assert_string_equal(sql(fix, file, text), expected);
}

#endif
