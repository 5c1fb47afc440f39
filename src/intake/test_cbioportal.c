/* SPDX-License-Identifier: Apache-2.0
 *
 * test_cbioportal.c: a study of cBioPortal through its door, to facts, refusals and remarks.
 *
 * tests/data/cbioportal_study is written by hand, with a fault of each kind in it; what becomes of
 * it stands in tests/data/cbioportal_study.txt, a line a fact, to be read beside the files. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapt/test_facts.h"
#include "base/arena.h"
#include "base/error.h"
#include "intake/delivery.h"
#include "intake/tables.h"

#define STUDY LACIS_SOURCE_DIR "/tests/data/cbioportal_study"

static void on_refused(void *context, const char *file, unsigned line, const char *place,
                       const char *reason)
{
    buffer_printf(context, "REFUSED %s:%u %s: %s\n", file, line, place, reason);
}

static void on_remark(void *context, const char *file, const char *place,
                      const char *reason)
{
    buffer_printf(context, "REMARK %s %s: %s\n", file, place,
                  reason ? reason : "unknown");
}

static void on_progress(void *context, const struct input *input)
{
    (void)context;
    (void)input;
}

static void put_remark(struct buffer *out, const struct slice *slice,
                       const struct remark *remark)
{
    const struct slice_table *table =
        remark->table > 0 ? &slice->tables[remark->table - 1] : NULL;

    if (table && remark->row > 0)
        buffer_printf(out, "    at %s:%u ", table->file, table->lines[remark->row - 1]);
    else
        buffer_string(out, "    at the study ");
    print_remark(out, remark);
}

static int put_slice(void *context, const struct slice *slice, struct error *err)
{
    struct buffer *out = context;
    struct arena *arena = arena_new("one patient", (size_t)256 << 20);
    struct remarks remarks = {0};
    struct facts *facts;

    assert_int_equal(adapt_fragment(arena, NULL, FRAGMENT_TABLES, slice->bytes,
                                    slice->length, 7, &facts, &remarks, err),
                     0);
    buffer_printf(out, "%s\n", slice->person);
    for (size_t i = 0; i < facts->n; i++) {
        assert_int_equal(facts->fact[i].sequence, 7);
        buffer_string(out, "    ");
        print_fact(out, &facts->fact[i]);
    }
    for (const struct remark *remark = remarks.first; remark; remark = remark->next)
        put_remark(out, slice, remark);
    arena_free(arena);
    return 0;
}

/* All that becomes of the study PATH. */
static void read_study(const char *path, struct buffer *out)
{
    const struct door *door = door_of_folder(path);
    struct delivery delivery = {.door = door,
                                .path = path,
                                .tables = tables_new("/tmp", TABLES_MEMORY),
                                .arena = arena_new("study", (size_t)256 << 20),
                                .context = out,
                                .refused = on_refused,
                                .remark = on_remark,
                                .progress = on_progress};
    struct error err = ERROR_INIT;

    buffer_init(out, (size_t)256 << 20);
    assert_non_null(door);
    assert_string_equal(door->name, "cbioportal");
    if (door->read(&delivery, &err) < 0)
        fail_msg("%s", err.message);
    buffer_printf(out, "study %s\n", delivery.source);
    if (tables_each(delivery.tables, door->name, delivery.source, put_slice, out, &err) <
        0)
        fail_msg("%s", err.message);
    tables_free(delivery.tables);
    arena_free(delivery.arena);
}

static void read_text(const char *path, struct buffer *out)
{
    FILE *file = fopen(path, "rbe");
    char bytes[4096];
    size_t n;

    assert_non_null(file);
    buffer_init(out, (size_t)1 << 20);
    while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0)
        buffer_append(out, bytes, n);
    fclose(file);
}

static void a_study_becomes_these_facts(void **state)
{
    struct buffer expected, found;
    const char *path = getenv("LACIS_TEST_STUDY"); /* another one, to be read by hand */

    (void)state;
    read_study(path ? path : STUDY, &found);
    if (path) {
        fputs(buffer_text(&found), stdout);
        buffer_free(&found);
        return;
    }
    read_text(STUDY ".txt", &expected);
    assert_string_equal(buffer_text(&found), buffer_text(&expected));
    buffer_free(&found);
    buffer_free(&expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_study_becomes_these_facts)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
