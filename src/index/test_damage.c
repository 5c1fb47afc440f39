/* SPDX-License-Identifier: Apache-2.0
 *
 * test_damage.c: whatever byte of a segment the disk has changed, an answer is that of the
 * healthy one, or fails and says so; and nothing is read or written where it should not be
 * (which the sanitizers see). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "index/compact.h"
#include "index/group.h"
#include "index/set.h"
#include "support/damage.h"
#include "support/random_criteria.h"
#include "support/random_index.h"

#define PERSONS 60
#define QUESTIONS 24
#define ANSWER_LIMIT ((size_t)4 << 20)

struct fixture {
    struct arena *arena, *scratch;
    struct test_index index;
    char path[512];
    const struct criteria *criteria[QUESTIONS];
    char *healthy[QUESTIONS];
    char *healthy_compacted;
    size_t compacted_size;
    size_t refused_opening, refused, answered; /* what the damages came to */
};

static const struct coverage coverage = {.assumed = true};

/* ---- answers ---- */

static void print_cells(struct buffer *out, const struct cells *cells)
{
    for (size_t i = 0; i < cells->n; i++) {
        for (size_t d = 0; d < cells->n_dimensions; d++)
            buffer_printf(out, "%s\t", cells->cell[i].key[d]);
        buffer_printf(out, "%llu %llu\n", (unsigned long long)cells->cell[i].certain,
                      (unsigned long long)cells->cell[i].possible);
    }
}

static void print_follow(struct buffer *out, const struct follow_up *follow)
{
    for (size_t i = 0; i < follow->n; i++)
        buffer_printf(out, "%d %u %u\n", follow->at[i].days, follow->at[i].deaths,
                      follow->at[i].patients);
}

/* Dimensions in turn, those of a tumour and of a patient, with prepared sets and without. */
static size_t dimensions_of(size_t question, struct dimension by[DIMENSIONS_MAX])
{
    static const struct dimension all[] = {
        {DIMENSION_ITEM, ITEM_TOPOGRAPHY}, {DIMENSION_ITEM, ITEM_PATIENT_SEX},
        {DIMENSION_ITEM, ITEM_DRUG_CODE},  {DIMENSION_YEAR, ITEM_NONE},
        {DIMENSION_AGE, ITEM_NONE},        {DIMENSION_VITAL, ITEM_NONE},
        {DIMENSION_ITEM, ITEM_MORPHOLOGY}, {DIMENSION_DIAGNOSIS_YEAR, ITEM_NONE}};
    size_t n = 1 + question % 2;

    for (size_t d = 0; d < n; d++)
        by[d] = all[(question / 2 + d * 3) % ARRAY_LENGTH(all)];
    return n;
}

/* The answer to a question in words, or NULL with ERR. */
static char *answer_of(struct fixture *fix, const struct snapshot *snapshot, size_t q,
                       struct error *err)
{
    struct question question = {.criteria = fix->criteria[q],
                                .coverage = &coverage,
                                .as_of = day_from_civil(2021, 6, 1)};
    struct dimension by[DIMENSIONS_MAX];
    struct cohort cohort;
    struct cells cells;
    struct follow_up follow = {0};
    struct buffer out;
    char *words;

    if (cohort_eval(fix->scratch, snapshot, &question, &cohort, err) < 0 ||
        cohort_group(fix->scratch, &cohort, by, dimensions_of(q, by), &cells, err) < 0 ||
        (q == 0 && cohort_follow(fix->scratch, &cohort, NULL, false, &follow, err) < 0))
        return NULL;
    buffer_init(&out, ANSWER_LIMIT);
    buffer_printf(&out, "%llu %llu\n", (unsigned long long)cohort.certain,
                  (unsigned long long)cohort.possible);
    print_cells(&out, &cells);
    print_follow(&out, &follow);
    words = arena_string(fix->scratch, out.bytes, out.length);
    buffer_free(&out);
    return words;
}

static struct snapshot alone(struct segment **segment)
{
    static uint64_t *no_masks[1];

    return (struct snapshot){
        .n = 1, .segments = segment, .masks = no_masks, .patients = (*segment)->patients};
}

/* ---- a healthy segment ---- */

/* Half of the questions are lines and trees at random, the others what people ask first. */
static void make_questions(struct fixture *fix, struct rng *rng,
                           const struct record *const *records)
{
    static const char *const plain[] = {
        "any",
        "treatment any",
        "topography any",
        "sex F",
        "dead",
        "active 2020",
        "age at diagnosis >= 50",
        "measure any",
        "tumour { treatment any started within 90 days after diagnosis }",
        "treatment any not preceded by surgery any",
        "treatment any preceded within 30 days by treatment any",
        "biomarker any preceded by treatment any"};
    const struct askable *askable = askable_new(fix->arena, records, PERSONS);

    for (size_t q = 0; q < QUESTIONS; q++) {
        const char *text = q < ARRAY_LENGTH(plain)
                               ? plain[q]
                               : random_criteria_text(fix->arena, rng, askable, 2);
        struct error err = ERROR_INIT;

        fix->criteria[q] = criteria_parse(fix->arena, text, strlen(text), &err);
        if (!fix->criteria[q])
            fail_msg("%s: %s", text, err.message);
    }
}

static char *read_whole(const char *path, size_t *size_r)
{
    size_t most = (size_t)8 << 20;
    FILE *file = fopen(path, "rb");
    char *bytes = memory_alloc(most);

    assert_non_null(file);
    *size_r = fread(bytes, 1, most, file);
    assert_true(*size_r < most);
    fclose(file);
    return bytes;
}

/* Compact SEGMENT alone; the bytes, or NULL with ERR. */
static char *compacted(const struct fixture *fix, const struct segment *segment,
                       size_t *size_r, struct error *err)
{
    const uint64_t *no_mask = NULL;
    char path[300], *bytes;

    snprintf(path, sizeof(path), "%s/compacted", fix->index.folder);
    if (segments_compact(&segment, &no_mask, 1, path, err) < 0) {
        assert_int_not_equal(access(path, F_OK), 0);
        return NULL;
    }
    bytes = read_whole(path, size_r);
    unlink(path);
    return bytes;
}

static int begin(void **state)
{
    struct fixture *fix = memory_alloc(sizeof(*fix));
    const struct record *records[PERSONS];
    struct rng rng = {test_seed(1)};
    struct error err = ERROR_INIT;

    memset(fix, 0, sizeof(*fix));
    fix->arena = arena_new("test", (size_t)256 << 20);
    fix->scratch = arena_new("answers", (size_t)256 << 20);
    for (uint32_t i = 0; i < PERSONS; i++)
        records[i] = random_record(fix->arena, &rng, i + 1);
    test_index_make(&fix->index, records, PERSONS, NULL, 1);
    only_file(fix->index.folder, "segment-", fix->path);
    make_questions(fix, &rng, records);
    for (size_t q = 0; q < QUESTIONS; q++) {
        const char *words = answer_of(fix, fix->index.snapshot, q, &err);

        if (!words)
            fail_msg("%s", err.message);
        fix->healthy[q] = arena_string(fix->arena, words, strlen(words));
    }
    fix->healthy_compacted =
        compacted(fix, fix->index.snapshot->segments[0], &fix->compacted_size, &err);
    assert_non_null(fix->healthy_compacted);
    *state = fix;
    return 0;
}

static int end(void **state)
{
    struct fixture *fix = *state;

    memory_free(fix->healthy_compacted);
    test_index_free(&fix->index);
    arena_free(fix->scratch);
    arena_free(fix->arena);
    memory_free(fix);
    return 0;
}

/* ---- damage ---- */

static void assert_says_so(const struct error *err, const char *path, const char *what)
{
    if (err->code != ERROR_CORRUPT || !strstr(err->message, path))
        fail_msg("%s: %s", what, err->message);
}

/* Every answer over the file as it lies there now: true when one of them failed. */
static bool ask_all(struct fixture *fix, struct segment *segment, const char *what)
{
    struct snapshot snapshot = alone(&segment);
    bool noticed = false;

    for (size_t q = 0; q < QUESTIONS; q++) {
        struct error err = ERROR_INIT;
        const char *words = answer_of(fix, &snapshot, q, &err);

        if (words && strcmp(words, fix->healthy[q]) != 0)
            fail_msg("%s: question %zu has another answer", what, q);
        if (!words)
            assert_says_so(&err, fix->path, what);
        noticed |= !words;
        arena_reset(fix->scratch);
    }
    return noticed;
}

static void compact_it(struct fixture *fix, const struct segment *segment,
                       const char *what)
{
    struct error err = ERROR_INIT;
    size_t size;
    char *bytes = compacted(fix, segment, &size, &err);

    if (!bytes) {
        assert_says_so(&err, fix->path, what);
        return;
    }
    if (size != fix->compacted_size || memcmp(bytes, fix->healthy_compacted, size) != 0)
        fail_msg("%s: damage was copied on", what);
    memory_free(bytes);
}

static void damage(struct fixture *fix, uint64_t at, const char *what)
{
    struct error err = ERROR_INIT;
    struct segment *segment;

    flip_byte(fix->path, (long)at);
    segment = segment_open(fix->path, &err);
    if (!segment) {
        assert_says_so(&err, fix->path, what);
        fix->refused_opening++;
    } else {
        if (ask_all(fix, segment, what))
            fix->refused++;
        else
            fix->answered++;
        compact_it(fix, segment, what);
        assert_int_equal(segment_verify(segment, &err), -1);
    }
    segment_close(segment);
    flip_byte(fix->path, (long)at);
}

/* The first byte, the last one, and one between, of COUNT elements of SIZE bytes. */
static void damage_region(struct fixture *fix, uint64_t offset, uint64_t bytes,
                          const char *what)
{
    if (!offset || !bytes)
        return;
    damage(fix, offset, what);
    if (bytes > 2)
        damage(fix, offset + bytes / 2, what);
    if (bytes > 1)
        damage(fix, offset + bytes - 1, what);
}

static void the_head_and_the_directory_are_seen_when_opening(void **state)
{
    struct fixture *fix = *state;
    const struct segment *segment = fix->index.snapshot->segments[0];
    const struct segment_header header = *segment->header;
    uint64_t size = segment->size;

    damage_region(fix, 1, sizeof(header) - 1, "header");
    /* an element has a byte at least: so many bytes are surely not filling */
    for (int i = 0; i < SEGMENT_ARRAYS; i++)
        damage_region(fix, header.arrays[i].offset, header.arrays[i].count, "array");
    damage_region(fix, header.blocks_offset, header.blocks * sizeof(struct segment_block),
                  "blocks");
    damage_region(fix, header.sets_offset, header.sets * sizeof(struct segment_set),
                  "sets");
    damage_region(fix, header.strings_offset, (header.strings + 1) * 4ull, "strings");
    damage_region(fix, header.string_bytes_offset, header.string_bytes, "string bytes");
    for (uint32_t b = 0; b < header.blocks; b++)
        damage_region(fix, segment->blocks[b].status_strings,
                      segment->blocks[b].n_status * 4ull, "statuses");
    damage(fix, size - 1, "end");
    assert_int_equal(fix->refused + fix->answered, 0);
}

static void each_column_of_each_block_is_seen_when_it_is_read(void **state)
{
    struct fixture *fix = *state;
    const struct segment *segment = fix->index.snapshot->segments[0];

    for (uint32_t b = 0; b < segment->header->blocks; b++) {
        const struct segment_block *block = &segment->blocks[b];
        uint64_t n = block->n;

        damage_region(fix, block->subject, n * 4, "subject");
        damage_region(fix, block->first, n * 2, "first");
        damage_region(fix, block->last, n * 2, "last");
        damage_region(fix, block->end_first, n * 2, "end first");
        damage_region(fix, block->end_last, n * 2, "end last");
        damage_region(fix, block->amount, n * block->amount_width, "amount");
        damage_region(fix, block->status, n * block->status_width, "status");
        damage_region(fix, block->link, n * block->link_width, "link");
    }
    assert_int_equal(fix->refused_opening, 0);
    assert_true(fix->refused > 100);
    assert_true(fix->answered > 100); /* what nobody asked for is no harm */
}

static void each_set_is_seen_when_it_is_read(void **state)
{
    struct fixture *fix = *state;
    const struct segment *segment = fix->index.snapshot->segments[0];

    for (uint32_t i = 0; i < segment->header->sets; i++) {
        const struct segment_set *set = &segment->sets[i];
        uint64_t rows =
            set->kind == SET_STATED_TUMOURS ? segment->tumours : segment->patients;

        damage_region(fix, set->offset,
                      set->is_bits ? set_words(rows) * 8 : set->n * 4ull, "set");
    }
    assert_int_equal(fix->refused_opening, 0);
    assert_true(fix->refused > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_head_and_the_directory_are_seen_when_opening,
                                        begin, end),
        cmocka_unit_test_setup_teardown(each_column_of_each_block_is_seen_when_it_is_read,
                                        begin, end),
        cmocka_unit_test_setup_teardown(each_set_is_seen_when_it_is_read, begin, end),
    };

    return cmocka_run_group_tests_name("damage", tests, NULL, NULL);
}
