/* SPDX-License-Identifier: Apache-2.0
 *
 * test_criteria_schema.c: docs/criteria.schema.json against an independent validator (Python's
 * jsonschema): what criteria_to_json() writes is valid, and so is whatever else our reader
 * accepts; most of what it refuses, the schema refuses as well. Questions are made at random,
 * and each is then spoilt: a key or a value becomes another one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "criteria/json.h"
#include "support/random_criteria.h"

#define SPOILT_EACH 2

/* The N places of JSON where TEST holds; one of them at random, or NULL. */
static const char *place(struct rng *rng, const char *json, bool (*test)(const char *))
{
    const char *found = NULL;
    uint64_t n = 0;

    for (const char *c = json; *c; c++)
        if (test(c) && rng_below(rng, ++n) == 0)
            found = c;
    return found;
}

/* The opening quote of a key: canonical JSON has no blanks, and a quote inside a string has a
 * backslash before it. */
static bool begins_key(const char *c)
{
    return *c == '"' && (c[-1] == '{' || c[-1] == ',') && strstr(c, "\":") &&
           strcspn(c + 1, "\"") == strcspn(c + 1, ":") - 1;
}

/* The value of a key that is no object and no array. */
static bool begins_value(const char *c)
{
    return c[-1] == ':' && c[-2] == '"' && *c != '{' && *c != '[';
}

static size_t value_length(const char *value)
{
    const char *c = value + 1;

    if (*value != '"')
        return strcspn(value, ",}]");
    for (; *c && *c != '"'; c++)
        c += *c == '\\';
    return (size_t)(c + 1 - value);
}

static const char *spoil(struct arena *arena, struct rng *rng, const char *json)
{
    static const char *const keys[] = {
        "\"and\"",   "\"fact\"", "\"when\"",  "\"codes\"", "\"number\"", "\"status\"",
        "\"ge\"",    "\"le\"",   "\"eq\"",    "\"days\"",  "\"after\"",  "\"order\"",
        "\"count\"", "\"not\"",  "\"point\"", "\"colour\""};
    static const char *const values[] = {
        "\"\"",     "0",       "-1",       "2",         "1.5",         "true",
        "null",     "[]",      "{}",       "\"C34\"",   "\"sex\"",     "\"stage\"",
        "\"size\"", "\"end\"", "\"last\"", "\"birth\"", "100000000000"};
    bool key = rng_chance(rng, 50);
    const char *at = place(rng, json + 2, key ? begins_key : begins_value);
    size_t length;

    if (!at)
        return json;
    length = key ? strcspn(at + 1, "\"") + 2 : value_length(at);
    return arena_printf(arena, "%.*s%s%s", (int)(at - json), json,
                        key ? keys[rng_below(rng, ARRAY_LENGTH(keys))]
                            : values[rng_below(rng, ARRAY_LENGTH(values))],
                        at + length);
}

static void put(FILE *file, struct arena *arena, const char *json)
{
    bool accepted = criteria_from_json(arena, json, strlen(json), NULL, NULL);

    fprintf(file, "%c\t%s\n", accepted ? 'A' : 'R', json);
}

static void write_questions(const char *path)
{
    struct arena *arena = arena_new("questions", (size_t)256 << 20);
    struct rng rng = {test_seed(1)};
    const struct record *records[20];
    const struct askable *askable;
    FILE *file = fopen(path, "we");

    assert_non_null(file);
    for (size_t i = 0; i < ARRAY_LENGTH(records); i++)
        records[i] = random_record(arena, &rng, (uint32_t)i + 1);
    askable = askable_new(arena, records, ARRAY_LENGTH(records));
    for (size_t i = 0; i < test_rounds(500); i++) {
        struct arena_mark mark = arena_mark(arena);
        const char *text =
            random_criteria_text(arena, &rng, askable, rng_between(&rng, 0, 2));
        const struct criteria *criteria = criteria_parse(arena, text, strlen(text), NULL);
        const char *json;

        assert_non_null(criteria);
        json = criteria_to_json(arena, criteria);
        put(file, arena, json);
        for (int k = 0; k < SPOILT_EACH; k++)
            put(file, arena, spoil(arena, &rng, json));
        arena_release(arena, mark);
    }
    assert_int_equal(fclose(file), 0);
    arena_free(arena);
}

/* The exit status of the validator; 77 when it is not there. */
static int validate(const char *path)
{
    char python[] = "python3",
         script[] = LACIS_SOURCE_DIR "/tests/support/validate_schema.py",
         schema[] = LACIS_SOURCE_DIR "/docs/criteria.schema.json", questions[64];
    char *const arguments[] = {python, script, schema, questions, NULL};
    int status;
    pid_t child;

    snprintf(questions, sizeof(questions), "%s", path);
    if (posix_spawnp(&child, python, NULL, NULL, arguments, environ) != 0)
        return 77;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void the_schema_knows_what_the_reader_knows(void **state)
{
    char path[] = "/tmp/lacis-schema-XXXXXX";
    int descriptor = mkstemp(path), status;

    (void)state;
    assert_true(descriptor >= 0);
    close(descriptor);
    write_questions(path);
    status = validate(path);
    unlink(path);
    if (status == 77 || status == 127)
        exit(77);
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_schema_knows_what_the_reader_knows),
    };

    return cmocka_run_group_tests_name("criteria schema", tests, NULL, NULL);
}
