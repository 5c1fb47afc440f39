/* SPDX-License-Identifier: Apache-2.0
 *
 * test_sample_patients.c: the sample data of two centres, from file to record, and nothing
 * of it is lost.
 *
 * Every scalar of every patient that says something must be a value of a fact, a date in
 * three fields being one; there is nothing refused and no unknown key. Skipped where
 * SHARED_DATA does not say where the sample data are.
 *
 *     ctest-labels: slow
 *     ctest-timeout: 900 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yyjson.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "intake/input.h"
#include "record/record.h"

#define OBJECT_LIMIT ((size_t)16 << 20)

struct totals {
    struct arena *arena;
    size_t patients, values, conflicts;
    size_t groups[GROUPS];
    size_t dead, opposed, tumours, others;
};

/* How many values the source states in VALUE and below. */
static size_t count_said(yyjson_val *value);

static bool ends_with(const char *key, const char *end)
{
    size_t length = strlen(key);

    return length > strlen(end) && strcmp(key + length - strlen(end), end) == 0;
}

/* A month or a day beside a year is a part of that date. */
static bool is_part(yyjson_val *object, const char *key)
{
    char year[128];
    size_t cut = ends_with(key, "Month") ? 5 : ends_with(key, "Day") ? 3 : 0;

    if (cut == 0)
        return false;
    snprintf(year, sizeof(year), "%.*sYear", (int)(strlen(key) - cut), key);
    return yyjson_obj_get(object, year) != NULL;
}

static size_t count_object(yyjson_val *object)
{
    yyjson_obj_iter iter;
    yyjson_val *key;
    size_t n = 0;

    yyjson_obj_iter_init(object, &iter);
    while ((key = yyjson_obj_iter_next(&iter)))
        if (!is_part(object, yyjson_get_str(key)))
            n += count_said(yyjson_obj_iter_get_val(key));
    return n;
}

static size_t count_said(yyjson_val *value)
{
    yyjson_arr_iter iter;
    size_t n = 0;

    if (yyjson_is_obj(value))
        return count_object(value);
    if (!yyjson_is_arr(value))
        return !yyjson_is_null(value) && !yyjson_equals_str(value, "");
    yyjson_arr_iter_init(value, &iter);
    while ((value = yyjson_arr_iter_next(&iter)))
        n += count_said(value);
    return n;
}

static void check_values(struct totals *totals, const char *bytes, size_t length,
                         const struct facts *facts)
{
    yyjson_doc *doc = yyjson_read(bytes, length, 0);
    size_t said = count_said(yyjson_doc_get_root(doc));
    size_t kept = 0;

    for (size_t i = 0; i < facts->n; i++)
        kept += facts->fact[i].n_values;
    if (kept != said)
        fail_msg("patient %s: %zu values said, %zu kept", facts_patient_number(facts),
                 said, kept);
    totals->values += kept;
    yyjson_doc_free(doc);
}

static void check_remarks(struct totals *totals, const struct remarks *remarks)
{
    for (const struct remark *remark = remarks->first; remark; remark = remark->next) {
        if (remark->kind == REMARK_CONFLICT)
            totals->conflicts++;
        else
            fail_msg("%s: %s", remark->path, remark->reason);
    }
}

static int take_patient(void *context, unsigned line, char *bytes, size_t length,
                        bool whole, struct error *err)
{
    struct totals *totals = context;
    struct remarks remarks = {0};
    struct facts *facts;
    const struct facts *all;
    struct record *record;

    assert_true(whole);
    arena_reset(totals->arena);
    if (adapt_fragment(totals->arena, NULL, FRAGMENT_OSIRIS_RWD, bytes, length, line,
                       &facts, &remarks, err) < 0)
        return -1;
    check_remarks(totals, &remarks);
    check_values(totals, bytes, length, facts);
    for (size_t i = 0; i < facts->n; i++)
        totals->groups[facts->fact[i].group]++;

    all = facts;
    if (record_merge(totals->arena, NULL, line, &all, 1, &record, err) < 0)
        return -1;
    totals->patients++;
    totals->tumours += (size_t)record->n_tumours;
    totals->others += (size_t)record->n_others;
    totals->dead += record->dead == TRUTH_YES;
    totals->opposed += record->opposed;
    return 0;
}

/* Returns how many patients the file has. */
static size_t read_file(struct totals *totals, const char *folder, const char *name)
{
    char path[4096];
    static char bytes[1 << 16];
    struct error err = ERROR_INIT;
    size_t before = totals->patients;
    struct json_splitter *splitter =
        json_splitter_new(OBJECT_LIMIT, take_patient, totals);
    struct input *input;
    long n;

    snprintf(path, sizeof(path), "%s/tcga/%s.ndjson.gz", folder, name);
    input = input_open(path, &err);
    assert_non_null(input);
    while ((n = input_read(input, bytes, sizeof(bytes), &err)) > 0)
        if (json_splitter_feed(splitter, bytes, (size_t)n, &err) < 0)
            fail_msg("%s", err.message);
    assert_int_equal(n, 0);
    assert_int_equal(json_splitter_finish(splitter, &err), 0);
    json_splitter_free(splitter);
    input_close(input);
    return totals->patients - before;
}

static void two_centres_are_read_without_loss(void **state)
{
    const char *folder = getenv("SHARED_DATA");
    struct totals totals = {0};

    (void)state;
    if (!folder)
        skip();
    totals.arena = arena_new("sample", (size_t)256 << 20);
    assert_int_equal(read_file(&totals, folder, "villejuif"), 5530);
    assert_int_equal(read_file(&totals, folder, "lyon"), 4587);

    assert_int_equal(totals.groups[GROUP_PATIENT], 10117);
    assert_int_equal(totals.groups[GROUP_INFORMATION], 10117);
    assert_int_equal(totals.groups[GROUP_VITAL_STATUS], 10117);
    assert_int_equal(totals.groups[GROUP_PRIMARY_CANCER], 10117);
    assert_int_equal(totals.groups[GROUP_TNM], 8790);
    assert_int_equal(totals.groups[GROUP_STAGE], 8651);
    assert_int_equal(totals.groups[GROUP_GRADE], 4987);
    assert_int_equal(totals.groups[GROUP_TUMOUR_EVENT], 3434);
    assert_int_equal(totals.groups[GROUP_SURGERY], 9076);
    assert_int_equal(totals.groups[GROUP_RADIOTHERAPY], 3252);
    assert_int_equal(totals.groups[GROUP_DRUG], 9673);
    assert_int_equal(totals.groups[GROUP_SPECIMEN], 9775);
    assert_int_equal(totals.groups[GROUP_BIOMARKER], 1172);
    assert_int_equal(totals.groups[GROUP_STATE], 9470); /* PS, weight, height */
    assert_int_equal(totals.groups[GROUP_MEASURE], 0);
    assert_int_equal(totals.groups[GROUP_VARIANT], 1175779);
    assert_int_equal(totals.tumours, 10117 - 123); /* these are phaeochromocytomas, /0 */
    assert_int_equal(totals.others, 123);
    assert_int_equal(totals.dead, 3399);
    assert_int_equal(totals.opposed, 93);
    assert_int_equal(totals.conflicts, 2); /* two drugs end before they start */
    arena_free(totals.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_centres_are_read_without_loss),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
