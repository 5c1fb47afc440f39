/* SPDX-License-Identifier: Apache-2.0
 *
 * store/saved.c: versions of definitions and of the criteria of cohorts, appended. */
#include "store/saved.h"

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/store_internal.h"

/* Columns of SAVED_GET, SAVED_VERSIONS and SAVED_LAST. */
enum column { NAME, VERSION, TEXT, AUTHOR, NOTE, MADE, AS_OF };

static bool is_continuation(unsigned char byte)
{
    return (byte & 0xC0) == 0x80;
}

/* Bytes of the UTF-8 character at TEXT, 0 if it is none, or longer than it has to be. */
static size_t character_length(const unsigned char *text)
{
    size_t length = *text < 0x80                    ? 1
                    : *text >= 0xC2 && *text < 0xE0 ? 2
                    : *text >= 0xE0 && *text < 0xF0 ? 3
                    : *text >= 0xF0 && *text < 0xF5 ? 4
                                                    : 0;

    for (size_t i = 1; i < length; i++)
        if (!is_continuation(text[i]))
            return 0;
    if ((*text == 0xE0 && text[1] < 0xA0) || (*text == 0xF0 && text[1] < 0x90))
        return 0;
    return length;
}

static bool name_is_good(const char *name)
{
    size_t length = strlen(name);
    size_t step;

    if (length == 0 || name[0] == ' ' || name[length - 1] == ' ')
        return false;
    for (size_t i = 0; i < length; i += step) {
        unsigned char byte = (unsigned char)name[i];

        step = character_length((const unsigned char *)name + i);
        if (step == 0 || byte < ' ' || byte == 0x7F || byte == '"' ||
            (byte == 0xC2 && (unsigned char)name[i + 1] < 0xA0))
            return false;
    }
    return true;
}

int saved_name_check(const char *name, struct error *err)
{
    if (strlen(name) > SAVED_NAME_MAX)
        return error_set(err, ERROR_LIMIT, "a name of %zu bytes: it may have up to %d",
                         strlen(name), SAVED_NAME_MAX);
    if (!name_is_good(name))
        return error_set(err, ERROR_INPUT,
                         "a name was expected, of letters, digits, signs other than "
                         "double quotes, and blanks inside");
    return 0;
}

static int saved_check(const struct saved *saved, struct error *err)
{
    const struct {
        const char *what, *text;
        size_t most;
    } texts[] = {{"the criteria", saved->text, SAVED_TEXT_MAX},
                 {"the note", saved->note, SAVED_NOTE_MAX},
                 {"the author's name", saved->author, SAVED_AUTHOR_MAX}};

    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        if (strlen(texts[i].text) > texts[i].most)
            return error_set(err, ERROR_LIMIT, "%s: longer than %zu bytes", texts[i].what,
                             texts[i].most);
    return saved_name_check(saved->name, err);
}

static const char *column_copy(struct arena *arena, sqlite3_stmt *statement, int column)
{
    const char *text = column_string(statement, column);

    return arena_string(arena, text, strlen(text));
}

/* The row where STATEMENT stands. */
static struct saved saved_read(struct arena *arena, sqlite3_stmt *statement)
{
    return (struct saved){
        .name = column_copy(arena, statement, NAME),
        .version = (unsigned)sqlite3_column_int64(statement, VERSION),
        .text = column_copy(arena, statement, TEXT),
        .author = column_copy(arena, statement, AUTHOR),
        .note = column_copy(arena, statement, NOTE),
        .made = sqlite3_column_int64(statement, MADE),
        .as_of = (day_number)sqlite3_column_int64(statement, AS_OF),
    };
}

int store_saved(struct store *store, struct arena *arena, enum saved_kind kind,
                const char *name, unsigned version, struct saved **saved_r,
                struct error *err)
{
    sqlite3_stmt *statement = store->statements[SAVED_GET];
    struct saved *saved = NULL;
    int row;

    bind_integer(statement, 1, kind);
    bind_text(statement, 2, name);
    bind_integer(statement, 3, version);
    row = statement_step(statement, err);
    if (row < 0)
        return -1;
    if (row > 0) {
        saved = arena_alloc(arena, sizeof(*saved));
        *saved = saved_read(arena, statement);
        statement_rest(statement);
        if (arena_check(arena, err) < 0)
            return -1;
    }
    *saved_r = saved;
    return 0;
}

int store_saved_list(struct store *store, struct arena *arena, enum saved_kind kind,
                     const char *name, struct saved **list_r, size_t *n_r,
                     struct error *err)
{
    sqlite3_stmt *statement = store->statements[name ? SAVED_VERSIONS : SAVED_LAST];
    struct saved *list = NULL;
    size_t n = 0, capacity = 0;
    int row;

    bind_integer(statement, 1, kind);
    if (name)
        bind_text(statement, 2, name);
    while ((row = statement_step(statement, err)) > 0) {
        memory_grow((void **)&list, &capacity, n + 1, sizeof(*list));
        list[n++] = saved_read(arena, statement);
    }
    if (row == 0) {
        *list_r = arena_array(arena, n + 1, sizeof(*list));
        if (n > 0)
            memcpy(*list_r, list, n * sizeof(*list));
        *n_r = n;
    }
    memory_free(list);
    return row < 0 ? -1 : arena_check(arena, err);
}

static int saved_add(struct store *store, enum saved_kind kind, const struct saved *saved,
                     unsigned version, struct error *err)
{
    sqlite3_stmt *statement = store->statements[SAVED_ADD];

    bind_integer(statement, 1, kind);
    bind_text(statement, 2, saved->name);
    bind_integer(statement, 3, version);
    bind_text(statement, 4, saved->text);
    bind_text(statement, 5, saved->author);
    bind_text(statement, 6, saved->note);
    bind_integer(statement, 7, saved->made);
    bind_integer(statement, 8, saved->as_of);
    return statement_run(statement, err) < 0 ? writing_failed(store) : 0;
}

int store_save(struct store *store, enum saved_kind kind, const struct saved *saved,
               unsigned *version_r, bool *new_r, struct error *err)
{
    struct arena *arena;
    struct saved *last;
    int status = -1;

    if (writing_check(store, err) < 0 || saved_check(saved, err) < 0)
        return -1;
    arena = arena_new("saved criteria", (size_t)4 << 20);
    if (store_saved(store, arena, kind, saved->name, 0, &last, err) < 0)
        goto out;

    bool is_same = last && strcmp(last->text, saved->text) == 0 &&
                   last->as_of == saved->as_of &&
                   (!*saved->note || strcmp(last->note, saved->note) == 0);
    unsigned version = last ? last->version + !is_same : 1;

    if (!is_same && saved_add(store, kind, saved, version, err) < 0)
        goto out;
    *version_r = version;
    *new_r = !is_same;
    status = 0;
out:
    arena_free(arena);
    return status;
}

int store_cohort_delete(struct store *store, const char *name, struct error *err)
{
    sqlite3_stmt *saved = store->statements[SAVED_DELETE];
    sqlite3_stmt *runs = store->statements[RUNS_DELETE];

    if (writing_check(store, err) < 0)
        return -1;
    bind_integer(saved, 1, SAVED_COHORT);
    bind_text(saved, 2, name);
    if (statement_run(saved, err) < 0)
        return writing_failed(store);
    if (sqlite3_changes(store->originals.handle) == 0)
        return error_set(err, ERROR_NOT_FOUND, "no cohort is saved as \"%s\"", name);
    bind_text(runs, 1, name);
    if (statement_run(runs, err) < 0)
        return writing_failed(store);
    store->changes.unused_keys = true;
    return 0;
}
