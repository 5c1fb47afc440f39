/* SPDX-License-Identifier: Apache-2.0
 *
 * test_sources.c: what two centres really write. Every name in their OSIRIS-RWD records is
 * one of the model, and every code of a coded item has a canonical spelling, which is its
 * own. Skipped where the centres' sample data (SHARED_DATA) are not.
 *
 * ctest-labels: slow */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yyjson.h>
#include <zlib.h>

#include "base/error.h"
#include "model/model.h"

#define LONGEST_LINE ((size_t)4 << 20)

static unsigned long codes_seen;
static unsigned long unknown_seen;

static void check_code(const struct item_row *row, const char *text)
{
    char code[VOCAB_CODE_SIZE];
    char again[VOCAB_CODE_SIZE];
    char group[VOCAB_CODE_SIZE];
    struct error err = ERROR_INIT;

    if (vocab_normalise(row->system, text, code, &err) < 0)
        fail_msg("%s: %s", row->id, err.message);
    if (vocab_normalise(row->system, code, again, &err) < 0 || strcmp(code, again) != 0)
        fail_msg("%s: \"%s\" becomes %s, then %s", row->id, text, code, again);
    vocab_group(row->system, code, group);
    codes_seen++;
    unknown_seen += code[0] == '\0';
}

static void check_field(enum group group, const char *key, size_t length,
                        yyjson_val *value)
{
    char number[32];
    char part;
    enum item item = model_item_by_key(group, key, length, &part);
    const struct item_row *row = model_item(item);

    if (item == ITEM_NONE)
        fail_msg("%s has no item named %s", model_group(group)->id, key);
    if (row->type == TYPE_DATE)
        assert_true(part == 'D' || part == 'M' || part == 'Y');
    if (row->system == VOCAB_NONE || yyjson_is_null(value))
        return;
    if (yyjson_is_str(value)) {
        check_code(row, yyjson_get_str(value));
    } else {
        snprintf(number, sizeof(number), "%d", yyjson_get_int(value));
        check_code(row, number);
    }
}

/* Objects and arrays are groups, everything else an item of the group around it. */
static void check_object(enum group group, yyjson_val *object)
{
    size_t i, n;
    yyjson_val *key, *value;

    yyjson_obj_foreach(object, i, n, key, value)
    {
        const char *name = yyjson_get_str(key);
        size_t length = yyjson_get_len(key);

        if (yyjson_is_ctn(value)) {
            enum group inner = model_group_by_key(group, name, length);
            size_t j, m;
            yyjson_val *element;

            if (inner == GROUP_NONE)
                fail_msg("nothing named %s stands inside %s", name,
                         model_group(group)->id);
            if (yyjson_is_obj(value))
                check_object(inner, value);
            else
                yyjson_arr_foreach(value, j, m, element) check_object(inner, element);
        } else {
            check_field(group, name, length, value);
        }
    }
}

static void check_centre(const char *folder, const char *name)
{
    char path[512];
    char *line = malloc(LONGEST_LINE);
    gzFile file;

    assert_non_null(line);
    snprintf(path, sizeof(path), "%s/tcga/%s.ndjson.gz", folder, name);
    file = gzopen(path, "rb");
    assert_non_null(file);
    gzbuffer(file, 1 << 17);
    while (gzgets(file, line, (int)LONGEST_LINE)) {
        yyjson_doc *document = yyjson_read(line, strlen(line), 0);

        assert_non_null(document);
        check_object(GROUP_PATIENT, yyjson_doc_get_root(document));
        yyjson_doc_free(document);
    }
    gzclose(file);
    free(line);
}

static void every_name_and_code_of_two_centres_is_understood(void **state)
{
    const char *folder = getenv("SHARED_DATA");

    (void)state;
    if (!folder)
        skip();
    check_centre(folder, "villejuif");
    check_centre(folder, "lyon");
    assert_true(codes_seen > 3000000);
    assert_true(unknown_seen < codes_seen / 20); /* "unknown" is no way out */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_name_and_code_of_two_centres_is_understood),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
