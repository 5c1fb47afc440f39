/* SPDX-License-Identifier: Apache-2.0
 *
 * test_segment.c: what is written into a segment is read back, and a file that is not what
 * was written is noticed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "index/set.h"
#include "index/writer.h"
#include "record/record.h"
#include "support/random_index.h"

/* ---- days ---- */

static void days_fit_into_sixteen_bits(void **state)
{
    day_number first = day_from_civil(YEAR_FIRST, 1, 1);
    day_number last = day_from_civil(YEAR_LAST, 12, 31);

    (void)state;
    for (day_number day = first; day <= last; day++) {
        assert_int_equal(day16_decode_first(day16_first(day)), day);
        assert_int_equal(day16_decode_last(day16_last(day)), day);
        assert_int_equal(day16_first(day), day16_last(day));
    }
    assert_int_equal(day16_first(first), 1);
    assert_int_equal(day16_first(DAY_MIN), DAY16_OPEN_BEFORE);
    assert_int_equal(day16_last(DAY_MAX), DAY16_OPEN_AFTER);
    assert_int_equal(day16_decode_first(DAY16_OPEN_BEFORE), DAY_MIN);
    assert_int_equal(day16_decode_last(DAY16_OPEN_AFTER), DAY_MAX);
    /* beyond: outwards */
    assert_true(day16_decode_first(day16_first(first - 1)) <= first - 1);
    assert_true(day16_decode_last(day16_last(last + 1)) >= last + 1);
    assert_true(day16_decode_first(day16_first(first + 100000)) <= first + 100000);
    assert_true(day16_decode_last(day16_last(first + 100000)) >= first + 100000);
}

/* ---- a file ---- */

struct file {
    char folder[160], path[200];
    struct segment *segment;
    struct error err;
};

static int file_begin(void **state)
{
    struct file *file = memory_alloc(sizeof(*file));

    memset(file, 0, sizeof(*file));
    test_folder(file->folder);
    snprintf(file->path, sizeof(file->path), "%s/segment", file->folder);
    *state = file;
    return 0;
}

static int file_end(void **state)
{
    struct file *file = *state;

    segment_close(file->segment);
    test_folder_remove(file->folder);
    memory_free(file);
    return 0;
}

/* Three patients with 2, 0 and 1 tumours, of which the first has one that is not counted; two
 * years of activity. */
static const struct segment_columns *small_columns(void)
{
    static const uint32_t person[] = {3, 7, 8}, tumours[] = {0, 2, 2, 3},
                          counted[] = {1, 0, 1}, patient[] = {0, 0, 2};
    static const uint16_t first[] = {10, 20, 30}, last[] = {11, 21, 65535},
                          years[] = {2020, 2021};
    static const uint8_t dead[] = {0, 1, 2};
    static const uint64_t active[] = {5, 4}, undated[] = {2};
    static struct segment_columns columns = {.patients = 3, .tumours = 3, .n_years = 2};

    columns.array[ARRAY_PERSON] = person;
    columns.array[ARRAY_TUMOURS] = tumours;
    columns.array[ARRAY_COUNTED] = counted;
    columns.array[ARRAY_PATIENT] = patient;
    for (int i = ARRAY_BIRTH_FIRST; i <= ARRAY_NEWS_LAST; i++)
        columns.array[i] = (i - ARRAY_BIRTH_FIRST) % 2 ? last : first;
    columns.array[ARRAY_DIAGNOSIS_FIRST] = first;
    columns.array[ARRAY_DIAGNOSIS_LAST] = last;
    columns.array[ARRAY_DEAD] = dead;
    columns.array[ARRAY_YEARS] = years;
    columns.array[ARRAY_ACTIVE] = active;
    columns.array[ARRAY_UNDATED] = undated;
    return &columns;
}

/* Write the N BLOCKS over those patients, and open the file. */
static void write_file(struct file *file, const struct segment_columns *columns,
                       const struct block_postings *blocks, size_t n)
{
    struct segment_writer *writer;

    segment_close(file->segment);
    unlink(file->path);
    writer = segment_writer_new(file->path, columns, &file->err);
    for (size_t i = 0; writer && i < n; i++)
        assert_int_equal(segment_writer_block(writer, &blocks[i], &file->err), 0);
    if (!writer || segment_writer_finish(writer, &file->err) < 0)
        fail_msg("%s", file->err.message);
    file->segment = segment_open(file->path, &file->err);
    if (!file->segment || segment_verify(file->segment, &file->err) < 0)
        fail_msg("%s", file->err.message);
}

static void patients_and_tumours_are_kept(void **state)
{
    struct file *file = *state;
    const struct segment *segment;

    write_file(file, small_columns(), NULL, 0);
    segment = file->segment;
    assert_int_equal(segment->patients, 3);
    assert_int_equal(segment->tumours, 3);
    assert_int_equal(segment->person[2], 8);
    assert_int_equal(segment->tumour_patient[2], 2);
    assert_int_equal(segment->diagnosis_last[2], 65535);
    assert_int_equal(segment->dead[2], TRUTH_YES);
    assert_non_null(segment->without_tumour);
    assert_int_equal(segment->without_tumour[0], 2);
    assert_int_equal(segment_after_tumours(segment, 0), 1);
    assert_int_equal(segment->not_counted[0], 2);
}

static void nobody_is_a_segment_too(void **state)
{
    static const uint32_t none[1];
    struct segment_columns columns = {.array = {[ARRAY_TUMOURS] = none}};
    struct file *file = *state;

    write_file(file, &columns, NULL, 0);
    assert_int_equal(file->segment->patients, 0);
    assert_int_equal(file->segment->header->facts, 0);
}

/* ---- numbers ---- */

#define NUMBERS 6

static void numbers_come_back_exactly(void **state)
{
    static const struct {
        double number[NUMBERS];
        unsigned width, scale;
    } cases[] = {
        {{NAN, NAN, NAN, NAN, NAN, NAN}, 0, 0},
        {{0, 1, -1, 4, NAN, 32766}, 2, 0},
        {{0, 1, -32766, 4, NAN, 3}, 2, 0},
        {{0, 32767, 1, 2, 3, NAN}, 4, 0},
        {{-32768, 1, 1, 2, 3, NAN}, 4, 0},
        {{0.5, 1, 2, 3, 4, NAN}, 2, 1},
        {{0.25, 1.5, 2, 3, 4, 5}, 2, 2},
        {{0.1, 0.12, 0.123, 3, 4, 5}, 2, 3},
        {{0.123456, 1, 2, 3, 4, 5}, 4, 6},
        {{0.1234567, 1, 2, 3, 4, 5}, 8, 0},
        {{1e9, 1, 2, 3, 4, NAN}, 4, 0},
        {{1e9, 0.5, 2, 3, 4, NAN}, 8, 0},
        {{2147483646, 1, 2, 3, 4, NAN}, 8, 0}, /* not under 2e9: as it is */
        {{1e300, 1, 2, 3, 4, NAN}, 8, 0},
        {{-1e-300, 1, 2, 3, 4, NAN}, 8, 0},
        {{INFINITY, -INFINITY, 2, 3, 4, NAN}, 8, 0},
        {{1.0 / 3, 1, 2, 3, 4, 5}, 8, 0},
        {{-0.0, 1, 2, 3, 4, 5}, 8, 0},
    };
    static const uint32_t subject[NUMBERS] = {0, 0, 1, 1, 2, 2};
    static const uint16_t day[NUMBERS] = {1, 2, 3, 4, 5, 6};
    struct file *file = *state;

    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct block_postings postings = {.item = ITEM_MEASURE_TYPE,
                                          .level = LEVEL_PATIENT,
                                          .code = "CEA",
                                          .n = NUMBERS,
                                          .subject = subject,
                                          .first = day,
                                          .last = day,
                                          .amount = cases[i].number};
        const struct segment_block *block;

        write_file(file, small_columns(), &postings, 1);
        block = &file->segment->blocks[0];
        assert_int_equal(block->amount_width, cases[i].width);
        assert_int_equal(block->amount_scale, cases[i].scale);
        for (uint32_t k = 0; k < NUMBERS; k++) {
            double read = segment_amount(file->segment, block, k);

            assert_int_equal(isnan(read), isnan(cases[i].number[k]));
            assert_true(isnan(read) ||
                        memcmp(&read, &cases[i].number[k], sizeof(read)) == 0);
        }
    }
}

/* ---- statuses ---- */

/* N postings whose statuses are 0 … DISTINCT-1 in turn. */
static void check_statuses(struct file *file, uint32_t n, uint32_t distinct,
                           unsigned width)
{
    struct arena *arena = arena_new("statuses", (size_t)256 << 20);
    uint32_t *subject = arena_array(arena, n, sizeof(*subject));
    uint32_t *status = arena_array(arena, n, sizeof(*status));
    uint16_t *day = arena_array(arena, n, sizeof(*day));
    const char **names = arena_array(arena, distinct, sizeof(*names));
    struct block_postings postings = {.item = ITEM_VARIANT_GENE,
                                      .level = LEVEL_PATIENT,
                                      .code = "KRAS",
                                      .n = n,
                                      .subject = subject,
                                      .first = day,
                                      .last = day,
                                      .status = status,
                                      .status_names = names,
                                      .n_status_names = distinct};

    for (uint32_t i = 0; i < distinct; i++)
        names[i] = i ? arena_printf(arena, "V%uE", i * 7919 % 100003) : "";
    for (uint32_t i = 0; i < n; i++) {
        subject[i] = i >= n / 2;
        status[i] = i % distinct;
        day[i] = 7;
    }
    write_file(file, small_columns(), &postings, 1);
    assert_int_equal(file->segment->blocks[0].status_width, width);
    for (uint32_t i = 0; i < n; i++)
        assert_string_equal(segment_status(file->segment, &file->segment->blocks[0], i),
                            names[status[i]]);
    arena_free(arena);
}

static void statuses_take_as_many_bytes_as_they_need(void **state)
{
    check_statuses(*state, 5, 1, 0); /* "" alone: no column */
    check_statuses(*state, 5, 2, 1);
    check_statuses(*state, 600, 256, 1);
    check_statuses(*state, 600, 257, 2);
    check_statuses(*state, 70000, 65536, 2);
    check_statuses(*state, 70000, 65537, 4);
}

/* ---- links ---- */

/* Three postings, the greatest link of which is MOST. */
static void check_links(struct file *file, uint32_t most, unsigned width)
{
    static const uint32_t subject[] = {0, 0, 2};
    static const uint16_t day[] = {7, 7, 7};
    const uint32_t link[] = {LINK_NONE, most, most / 2};
    const struct block_postings postings = {.item = ITEM_VARIANT_GENE,
                                            .level = LEVEL_PATIENT,
                                            .code = "KRAS",
                                            .n = 3,
                                            .subject = subject,
                                            .first = day,
                                            .last = day,
                                            .link = link};

    write_file(file, small_columns(), &postings, 1);
    assert_int_equal(file->segment->blocks[0].link_width, width);
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(segment_link(file->segment, &file->segment->blocks[0], i),
                         link[i]);
}

static void links_take_as_many_bytes_as_they_need(void **state)
{
    check_links(*state, LINK_NONE, 0); /* nothing links: no column */
    check_links(*state, 1 << LINK_SHIFT, 1);
    check_links(*state, 255, 1);
    check_links(*state, 256, 2);
    check_links(*state, 65535, 2);
    check_links(*state, 65536, 4);
    check_links(*state, UINT32_MAX, 4);
}

/* ---- dates ---- */

static const struct block_postings *two_postings(const uint16_t *end_first,
                                                 const uint16_t *end_last)
{
    static const uint32_t subject[] = {0, 2};
    static const uint16_t first[] = {100, 0}, last[] = {100, 65535};
    static struct block_postings postings;

    postings = (struct block_postings){.item = ITEM_DRUG_CODE,
                                       .level = LEVEL_TUMOUR,
                                       .code = "L01ED03",
                                       .n = 2,
                                       .subject = subject,
                                       .first = first,
                                       .last = last,
                                       .end_first = end_first,
                                       .end_last = end_last};
    return &postings;
}

static void columns_that_say_nothing_are_left_out(void **state)
{
    static const uint16_t open_first[] = {0, 0}, open_last[] = {65535, 65535},
                          end[] = {200, 300}, end_last[] = {200, 301};
    struct file *file = *state;
    const struct segment_block *block;

    write_file(file, small_columns(), two_postings(open_first, open_last), 1);
    block = &file->segment->blocks[0];
    assert_int_equal(block->end_first, 0);
    assert_int_equal(block->end_last, 0);
    assert_int_not_equal(block->first, block->last);

    write_file(file, small_columns(), two_postings(end, end), 1);
    block = &file->segment->blocks[0];
    assert_int_not_equal(block->end_first, 0);
    assert_int_equal(block->end_first, block->end_last);

    write_file(file, small_columns(), two_postings(end, end_last), 1);
    block = &file->segment->blocks[0];
    assert_int_not_equal(block->end_first, block->end_last);
    assert_int_equal(((const uint16_t *)segment_at(file->segment, block->end_last))[1],
                     301);
}

/* ---- looking up ---- */

static void add_set(struct file *file, const struct segment_set *set, uint64_t *bits)
{
    if (segment_set_add(file->segment, set, bits, &file->err) < 0)
        fail_msg("%s", file->err.message);
}

static void codes_are_found_by_range(void **state)
{
    static const char *const codes[] = {"", "C34", "C34.1", "C34.9", "C35.0", "C50.9"};
    static const uint32_t subject[] = {0, 2};
    static const uint16_t day[] = {5, 6};
    struct block_postings blocks[ARRAY_LENGTH(codes)];
    struct file *file = *state;
    const struct segment_set *set;
    uint64_t bits[2] = {0};
    uint32_t first, after;

    for (size_t i = 0; i < ARRAY_LENGTH(codes); i++)
        blocks[i] = (struct block_postings){.item = ITEM_TOPOGRAPHY,
                                            .level = LEVEL_TUMOUR,
                                            .code = codes[i],
                                            .n = i == 3 ? 1 : 2,
                                            .subject = subject,
                                            .first = day,
                                            .last = day};
    write_file(file, small_columns(), blocks, ARRAY_LENGTH(codes));

    segment_item_blocks(file->segment, ITEM_TOPOGRAPHY, &first, &after);
    assert_int_equal(after - first, ARRAY_LENGTH(codes));
    segment_item_blocks(file->segment, ITEM_MORPHOLOGY, &first, &after);
    assert_int_equal(after - first, 0);
    segment_code_blocks(file->segment, ITEM_TOPOGRAPHY, "C34", "C35", &first, &after);
    assert_int_equal(first, 1);
    assert_int_equal(after, 4);
    segment_code_blocks(file->segment, ITEM_TOPOGRAPHY, "D", "C", &first, &after);
    assert_int_equal(after - first, 0);

    set = segment_find_set(file->segment, ITEM_TOPOGRAPHY, SET_GROUP, "C34");
    assert_non_null(set);
    add_set(file, set, bits);
    assert_int_equal(bits[0], 5); /* the patients of tumours 0 and 2 */
    assert_null(segment_find_set(file->segment, ITEM_TOPOGRAPHY, SET_GROUP, "C36"));
    segment_item_sets(file->segment, ITEM_TOPOGRAPHY, &first, &after);
    assert_int_equal(after - first, 4); /* "", C34, C35, C50 */
    bits[0] = 0;
    add_set(file,
            segment_find_set(file->segment, ITEM_TOPOGRAPHY, SET_STATED_TUMOURS, ""),
            bits);
    assert_int_equal(bits[0], 5);
    add_set(file, NULL, bits);
    assert_int_equal(bits[0], 5);
}

/* ---- damage ---- */

static char *read_whole(const char *path, size_t *size_r)
{
    FILE *file = fopen(path, "rb");
    char *bytes = memory_alloc((size_t)1 << 20);

    assert_non_null(file);
    *size_r = fread(bytes, 1, (size_t)1 << 20, file);
    fclose(file);
    return bytes;
}

static void write_whole(const char *path, const char *bytes, size_t size)
{
    FILE *file = fopen(path, "wb");

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

/* Is the file as it lies there refused, as damaged? */
static bool is_refused(struct file *file)
{
    struct error err = ERROR_INIT;
    struct segment *segment = segment_open(file->path, &err);
    bool refused = !segment || segment_verify(segment, &err) < 0;

    if (refused)
        assert_int_equal(err.code, ERROR_CORRUPT);
    segment_close(segment);
    return refused;
}

static char *damaged_file(struct file *file, size_t *size_r)
{
    static const uint16_t end[] = {200, 300};

    write_file(file, small_columns(), two_postings(end, end), 1);
    return read_whole(file->path, size_r);
}

static void a_flipped_bit_is_noticed(void **state)
{
    struct file *file = *state;
    size_t size;
    char *bytes = damaged_file(file, &size);

    for (size_t at = 0; at < size; at++) {
        if (at == offsetof(struct segment_header, header_checksum) + 4)
            at = 4096; /* zeros that nobody reads */
        bytes[at] ^= (char)(1 << at % 8);
        write_whole(file->path, bytes, size);
        if (!is_refused(file))
            fail_msg("byte %zu", at);
        bytes[at] ^= (char)(1 << at % 8);
    }
    write_whole(file->path, bytes, size);
    assert_false(is_refused(file));
    memory_free(bytes);
}

static void a_file_cut_short_is_noticed(void **state)
{
    struct file *file = *state;
    size_t size;
    char *bytes = damaged_file(file, &size);

    for (size_t length = 0; length < size; length += length < 600 ? 1 : 37) {
        write_whole(file->path, bytes, length);
        if (!is_refused(file))
            fail_msg("%zu bytes", length);
    }
    write_whole(file->path, bytes, size);
    memory_free(bytes);
}

static void what_is_no_segment_is_said(void **state)
{
    struct file *file = *state;
    struct error err = ERROR_INIT;

    assert_null(segment_open(file->path, &err));
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    assert_null(segment_open(file->folder, &err));
    assert_true(err.code == ERROR_CORRUPT || err.code == ERROR_IO);
    segment_close(NULL);
}

static void a_writer_that_gives_up_leaves_nothing(void **state)
{
    struct file *file = *state;
    struct segment_writer *writer =
        segment_writer_new(file->path, small_columns(), &file->err);

    assert_non_null(writer);
    /* a file that is there already is not written over */
    assert_null(segment_writer_new(file->path, small_columns(), &file->err));
    assert_int_equal(file->err.code, ERROR_IO);
    segment_writer_abort(writer);
    assert_int_not_equal(access(file->path, F_OK), 0);
    segment_writer_abort(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(days_fit_into_sixteen_bits),
        cmocka_unit_test_setup_teardown(patients_and_tumours_are_kept, file_begin,
                                        file_end),
        cmocka_unit_test_setup_teardown(nobody_is_a_segment_too, file_begin, file_end),
        cmocka_unit_test_setup_teardown(numbers_come_back_exactly, file_begin, file_end),
        cmocka_unit_test_setup_teardown(statuses_take_as_many_bytes_as_they_need,
                                        file_begin, file_end),
        cmocka_unit_test_setup_teardown(links_take_as_many_bytes_as_they_need, file_begin,
                                        file_end),
        cmocka_unit_test_setup_teardown(columns_that_say_nothing_are_left_out, file_begin,
                                        file_end),
        cmocka_unit_test_setup_teardown(codes_are_found_by_range, file_begin, file_end),
        cmocka_unit_test_setup_teardown(a_flipped_bit_is_noticed, file_begin, file_end),
        cmocka_unit_test_setup_teardown(a_file_cut_short_is_noticed, file_begin,
                                        file_end),
        cmocka_unit_test_setup_teardown(what_is_no_segment_is_said, file_begin, file_end),
        cmocka_unit_test_setup_teardown(a_writer_that_gives_up_leaves_nothing, file_begin,
                                        file_end),
    };

    return cmocka_run_group_tests_name("segment", tests, NULL, NULL);
}
