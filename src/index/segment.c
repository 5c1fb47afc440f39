/* SPDX-License-Identifier: Apache-2.0
 *
 * index/segment.c: see segment.h. Opening, checking and looking up; writing is writer.c.
 *
 * Checksums are XXH3, since a question waits for them: four times as fast as crc32. */
#include "index/segment.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/arena.h"
#include "base/error.h"
#include "index/set.h"

/* ---- days ---- */

uint16_t day16_first(day_number day)
{
    if (day <= DAY_MIN)
        return DAY16_OPEN_BEFORE;

    int64_t n = (int64_t)day - DAY16_BASE;

    return n < 1 ? DAY16_OPEN_BEFORE : n > 65534 ? 65534 : (uint16_t)n;
}

uint16_t day16_last(day_number day)
{
    if (day >= DAY_MAX)
        return DAY16_OPEN_AFTER;

    int64_t n = (int64_t)day - DAY16_BASE;

    return n > 65534 ? DAY16_OPEN_AFTER : n < 1 ? 1 : (uint16_t)n;
}

/* ---- wholes ---- */

enum item segment_whole_item(enum group group)
{
    return model_whole_of(group) == group ? model_group(group)->start : ITEM_NONE;
}

/* ---- opening ---- */

uint32_t segment_checksum(uint32_t so_far, const void *bytes, size_t size)
{
    return (uint32_t)XXH3_64bits_withSeed(bytes, size, so_far);
}

static const struct {
    uint8_t size; /* of an element */
    enum {
        PER_FILE,
        PER_PATIENT,
        PER_PATIENT_1,
        PER_TUMOUR,
        PER_YEAR_SET,
        PER_SET
    } count;
} array_shape[SEGMENT_ARRAYS] = {
    [ARRAY_PERSON] = {4, PER_PATIENT},        [ARRAY_TUMOURS] = {4, PER_PATIENT_1},
    [ARRAY_COUNTED] = {4, PER_PATIENT},       [ARRAY_BIRTH_FIRST] = {2, PER_PATIENT},
    [ARRAY_BIRTH_LAST] = {2, PER_PATIENT},    [ARRAY_DEATH_FIRST] = {2, PER_PATIENT},
    [ARRAY_DEATH_LAST] = {2, PER_PATIENT},    [ARRAY_VISIT_FIRST] = {2, PER_PATIENT},
    [ARRAY_VISIT_LAST] = {2, PER_PATIENT},    [ARRAY_NEWS_FIRST] = {2, PER_PATIENT},
    [ARRAY_NEWS_LAST] = {2, PER_PATIENT},     [ARRAY_DEAD] = {1, PER_PATIENT},
    [ARRAY_PATIENT] = {4, PER_TUMOUR},        [ARRAY_DIAGNOSIS_FIRST] = {2, PER_TUMOUR},
    [ARRAY_DIAGNOSIS_LAST] = {2, PER_TUMOUR}, [ARRAY_YEARS] = {2, PER_FILE},
    [ARRAY_ACTIVE] = {8, PER_YEAR_SET},       [ARRAY_UNDATED] = {8, PER_SET},
};

static bool inside(const struct segment_header *header, uint64_t offset, uint64_t count,
                   uint64_t size)
{
    return offset <= header->file_size && offset % 8 == 0 &&
           count <= (header->file_size - offset) / size;
}

static uint64_t array_count(const struct segment_header *header, enum segment_array array)
{
    uint64_t words = set_words(header->patients);

    switch (array_shape[array].count) {
    case PER_PATIENT: return header->patients;
    case PER_PATIENT_1: return (uint64_t)header->patients + 1;
    case PER_TUMOUR: return header->tumours;
    case PER_YEAR_SET: return header->arrays[ARRAY_YEARS].count * words;
    case PER_SET: return words;
    case PER_FILE: break;
    }
    return header->arrays[array].count;
}

static int check_header(const struct segment_header *header, size_t size,
                        struct error *err)
{
    if (size < sizeof(*header) || memcmp(header->magic, SEGMENT_MAGIC, 8) != 0)
        return error_set(err, ERROR_CORRUPT, "not a segment file");
    if (header->file_size != size ||
        header->header_checksum !=
            segment_checksum(0, header, offsetof(struct segment_header, header_checksum)))
        return error_set(err, ERROR_CORRUPT,
                         "the header is damaged, or the file cut short");
    for (int i = 0; i < SEGMENT_ARRAYS; i++)
        if (header->arrays[i].count != array_count(header, (enum segment_array)i) ||
            header->arrays[ARRAY_YEARS].count > 1000 ||
            !inside(header, header->arrays[i].offset, header->arrays[i].count,
                    array_shape[i].size) ||
            header->arrays[i].offset < 4096 ||
            header->arrays[i].offset + header->arrays[i].count * array_shape[i].size >
                header->arrays_end)
            return error_set(err, ERROR_CORRUPT, "array %d lies outside the file", i);
    if (!inside(header, header->blocks_offset, header->blocks,
                sizeof(struct segment_block)) ||
        !inside(header, header->sets_offset, header->sets, sizeof(struct segment_set)) ||
        !inside(header, header->strings_offset, (uint64_t)header->strings + 1, 4) ||
        !inside(header, header->string_bytes_offset, header->string_bytes, 1) ||
        header->arrays_end > header->blocks_offset || header->blocks_offset < 4096)
        return error_set(err, ERROR_CORRUPT, "the directory lies outside the file");
    return 0;
}

static int check_strings(const struct segment *segment, struct error *err)
{
    const struct segment_header *header = segment->header;

    for (uint32_t i = 0; i < header->strings; i++) {
        uint32_t start = segment->string_offsets[i],
                 after = segment->string_offsets[i + 1];

        if (after <= start || after > header->string_bytes ||
            after - start > VOCAB_CODE_SIZE || segment->string_bytes[after - 1] != '\0')
            return error_set(err, ERROR_CORRUPT, "string %u is damaged", i);
    }
    return 0;
}

static bool item_is_posted(uint16_t item)
{
    enum index_form form;

    if (item == ITEM_NONE || item >= ITEMS)
        return false;
    form = model_item((enum item)item)->index;
    if (segment_whole_item(model_item((enum item)item)->group) == (enum item)item)
        return true;
    return form == INDEX_NUMBERS || ((form == INDEX_CODES || form == INDEX_KEYS) &&
                                     model_item((enum item)item)->system != VOCAB_NONE);
}

static bool block_shape_is_good(const struct segment *segment,
                                const struct segment_block *block)
{
    static const bool status_width[] = {[0] = true, [1] = true, [2] = true, [4] = true};
    static const bool amount_width[] = {[0] = true, [2] = true, [4] = true, [8] = true};

    return item_is_posted(block->item) && block->level < SEGMENT_LEVELS &&
           block->code < segment->header->strings && block->status_width <= 4 &&
           status_width[block->status_width] && block->amount_width <= 8 &&
           amount_width[block->amount_width] && block->amount_scale <= 9 &&
           block->link_width <= 4 && status_width[block->link_width] &&
           (!block->status_width || block->n_status);
}

static bool block_columns_are_inside(const struct segment_header *header,
                                     const struct segment_block *block)
{
    const struct {
        uint64_t offset, count, size;
    } columns[] = {
        {block->subject, block->n, 4},
        {block->first, block->n, 2},
        {block->last, block->n, 2},
        {block->end_first, block->end_first ? block->n : 0, 2},
        {block->end_last, block->end_last ? block->n : 0, 2},
        {block->amount, block->amount_width ? block->n : 0, block->amount_width},
        {block->status, block->status_width ? block->n : 0, block->status_width},
        {block->link, block->link_width ? block->n : 0, block->link_width},
        {block->status_strings, block->n_status, 4}};

    for (size_t i = 0; i < ARRAY_LENGTH(columns); i++)
        if (columns[i].count &&
            !inside(header, columns[i].offset, columns[i].count, columns[i].size))
            return false;
    return true;
}

static int check_block(const struct segment *segment, const struct segment_block *block,
                       struct error *err)
{
    bool good = block_shape_is_good(segment, block) &&
                block_columns_are_inside(segment->header, block);
    const uint32_t *status = segment_at(segment, block->status_strings);

    for (uint32_t i = 0; good && i < block->n_status; i++)
        good = status[i] < segment->header->strings;
    return good ? 0
                : error_set(err, ERROR_CORRUPT, "block %td is damaged",
                            block - segment->blocks);
}

static size_t set_rows(const struct segment *segment, const struct segment_set *set)
{
    return set->kind == SET_STATED_TUMOURS ? segment->tumours : segment->patients;
}

static int check_directory(const struct segment *segment, struct error *err)
{
    const struct segment_header *header = segment->header;

    if (header->directory_checksum !=
        segment_checksum(0, segment->map + header->blocks_offset,
                         segment->size - header->blocks_offset))
        return error_set(err, ERROR_CORRUPT, "the directory is damaged");
    if (check_strings(segment, err) < 0)
        return -1;
    for (uint32_t i = 0; i < header->blocks; i++)
        if (check_block(segment, &segment->blocks[i], err) < 0)
            return -1;
    for (uint32_t i = 0; i < header->sets; i++) {
        const struct segment_set *set = &segment->sets[i];
        size_t rows = set_rows(segment, set);

        if (set->item >= ITEMS || set->kind > SET_STATED_TUMOURS || set->n > rows ||
            set->code >= header->strings ||
            !inside(header, set->offset, set->is_bits ? set_words(rows) : set->n,
                    set->is_bits ? 8 : 4))
            return error_set(err, ERROR_CORRUPT, "set %u is damaged", i);
    }
    return 0;
}

/* Put ROW into *SET, which has room for ROWS and is made when it is first wanted. */
static void note_row(uint64_t **set, uint32_t rows, uint32_t row)
{
    if (!*set) {
        size_t size = set_words(rows) * sizeof(uint64_t);

        *set = memory_alloc(size);
        memset(*set, 0, size);
    }
    set_put(*set, row);
}

static int check_arrays(const struct segment *segment, struct error *err)
{
    const struct segment_header *header = segment->header;

    return segment_checksum(0, segment->map + 4096, header->arrays_end - 4096) ==
                   header->arrays_checksum
               ? 0
               : error_set(err, ERROR_CORRUPT, "the arrays are damaged");
}

/* The arrays whose content is used as an index, so that no later loop can leave the file. */
static int check_rows(struct segment *segment, struct error *err)
{
    uint32_t expected = 0;

    for (uint32_t p = 0; p < segment->patients; p++) {
        if (segment->counted[p] == 0)
            note_row(&segment->without_tumour, segment->patients, p);
        if (segment->first_tumour[p] != expected ||
            segment->first_tumour[p + 1] < expected ||
            segment->first_tumour[p + 1] > segment->tumours ||
            segment->first_tumour[p + 1] - expected < segment->counted[p])
            return error_set(err, ERROR_CORRUPT,
                             "the tumours of patient row %u are damaged", p);
        for (uint32_t first = expected; expected < segment->first_tumour[p + 1];
             expected++) {
            if (segment->tumour_patient[expected] != p)
                return error_set(err, ERROR_CORRUPT, "tumour row %u is damaged",
                                 expected);
            if (expected - first >= segment->counted[p])
                note_row(&segment->not_counted, segment->tumours, expected);
        }
    }
    return expected == segment->tumours
               ? 0
               : error_set(err, ERROR_CORRUPT, "tumours are missing");
}

static const void *array_at(const struct segment *segment, enum segment_array array)
{
    return segment->map + segment->header->arrays[array].offset;
}

static void set_pointers(struct segment *segment)
{
    segment->patients = segment->header->patients;
    segment->tumours = segment->header->tumours;
    segment->person = array_at(segment, ARRAY_PERSON);
    segment->first_tumour = array_at(segment, ARRAY_TUMOURS);
    segment->counted = array_at(segment, ARRAY_COUNTED);
    segment->tumour_patient = array_at(segment, ARRAY_PATIENT);
    segment->birth_first = array_at(segment, ARRAY_BIRTH_FIRST);
    segment->birth_last = array_at(segment, ARRAY_BIRTH_LAST);
    segment->death_first = array_at(segment, ARRAY_DEATH_FIRST);
    segment->death_last = array_at(segment, ARRAY_DEATH_LAST);
    segment->visit_first = array_at(segment, ARRAY_VISIT_FIRST);
    segment->visit_last = array_at(segment, ARRAY_VISIT_LAST);
    segment->news_first = array_at(segment, ARRAY_NEWS_FIRST);
    segment->news_last = array_at(segment, ARRAY_NEWS_LAST);
    segment->diagnosis_first = array_at(segment, ARRAY_DIAGNOSIS_FIRST);
    segment->diagnosis_last = array_at(segment, ARRAY_DIAGNOSIS_LAST);
    segment->dead = array_at(segment, ARRAY_DEAD);
    segment->blocks = segment_at(segment, segment->header->blocks_offset);
    segment->sets = segment_at(segment, segment->header->sets_offset);
    segment->string_offsets = segment_at(segment, segment->header->strings_offset);
    segment->string_bytes = segment_at(segment, segment->header->string_bytes_offset);
}

static int map_file(const char *path, struct segment *segment, struct error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat stat;

    if (fd < 0)
        return errno == ENOENT ? error_set(err, ERROR_NOT_FOUND, "no such file")
                               : error_errno(err, "cannot open");
    if (fstat(fd, &stat) < 0 || stat.st_size < (off_t)sizeof(struct segment_header)) {
        close(fd);
        return error_set(err, ERROR_CORRUPT, "not a segment file");
    }
    segment->size = (size_t)stat.st_size;
    segment->map = mmap(NULL, segment->size, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    if (segment->map == MAP_FAILED) {
        segment->map = NULL;
        return error_errno(err, "cannot map");
    }
    segment->header = (const void *)segment->map;
    return 0;
}

static _Atomic(uint64_t) *checked_new(const struct segment_header *header)
{
    size_t words = set_words((size_t)header->blocks + header->sets);
    _Atomic(uint64_t) *checked = memory_alloc((words + 1) * sizeof(*checked));

    for (size_t i = 0; i < words; i++)
        atomic_init(&checked[i], 0);
    return checked;
}

struct segment *segment_open(const char *path, struct error *err)
{
    struct segment *segment = memory_alloc(sizeof(*segment));

    memset(segment, 0, sizeof(*segment));
    atomic_init(&segment->holders, 1);
    atomic_init(&segment->damaged, false);
    if (map_file(path, segment, err) < 0 ||
        check_header(segment->header, segment->size, err) < 0) {
        error_context(err, "%s", path);
        segment_close(segment);
        return NULL;
    }
    set_pointers(segment);
    segment->path = memory_alloc(strlen(path) + 1);
    memcpy(segment->path, path, strlen(path) + 1);
    segment->checked = checked_new(segment->header);
    if (check_directory(segment, err) < 0 || check_arrays(segment, err) < 0 ||
        check_rows(segment, err) < 0) {
        error_context(err, "%s", path);
        segment_close(segment);
        return NULL;
    }
    return segment;
}

struct segment *segment_share(struct segment *segment)
{
    atomic_fetch_add(&segment->holders, 1);
    return segment;
}

void segment_close(struct segment *segment)
{
    if (!segment || atomic_fetch_sub(&segment->holders, 1) > 1)
        return;
    memory_free(segment->without_tumour);
    memory_free(segment->not_counted);
    memory_free(segment->checked);
    memory_free(segment->path);
    for (int level = 0; level < SEGMENT_LEVELS; level++)
        for (int item = 0; item < ITEMS; item++)
            memory_free(atomic_load(&segment->dense[level][item]));
    if (segment->map)
        munmap((void *)(uintptr_t)segment->map, segment->size);
    memory_free(segment);
}

/* ---- before the first use ---- */

/* In the order in which the writer puts them. */
uint32_t segment_block_checksum(const struct segment *segment,
                                const struct segment_block *block)
{
    const struct {
        uint64_t offset;
        size_t size;
        bool present;
    } columns[] = {{block->subject, 4, true},
                   {block->first, 2, true},
                   {block->last, 2, block->last != block->first},
                   {block->end_first, 2, block->end_first},
                   {block->end_last, 2, block->end_last != block->end_first},
                   {block->amount, block->amount_width, block->amount_width},
                   {block->status, block->status_width, block->status_width},
                   {block->link, block->link_width, block->link_width}};
    uint32_t checksum = 0;

    for (size_t i = 0; i < ARRAY_LENGTH(columns); i++)
        if (columns[i].present)
            checksum = segment_checksum(checksum, segment_at(segment, columns[i].offset),
                                        block->n * columns[i].size);
    return checksum;
}

uint32_t segment_set_checksum(const struct segment *segment,
                              const struct segment_set *set)
{
    return segment_checksum(0, segment_at(segment, set->offset),
                            set->is_bits
                                ? set_words(set_rows(segment, set)) * sizeof(uint64_t)
                                : set->n * sizeof(uint32_t));
}

/* Two threads may check the same at once: that costs twice and gives the same. The bytes were
 * there before the bit, so nothing is to be ordered. */
static int check_once(const struct segment *segment, size_t number, bool good,
                      struct error *err)
{
    if (!good) {
        /* the segment is immutable, what is known of it is not: hence the cast */
        atomic_store(&((struct segment *)(uintptr_t)segment)->damaged, true);
        return error_set(
            err, ERROR_CORRUPT,
            "%s is damaged (%s %zu): make the index again with lacis rebuild",
            segment->path, number < segment->header->blocks ? "block" : "set",
            number < segment->header->blocks ? number : number - segment->header->blocks);
    }
    atomic_fetch_or_explicit(&segment->checked[number >> 6], (uint64_t)1 << (number & 63),
                             memory_order_relaxed);
    return 0;
}

int segment_check_block(const struct segment *segment, const struct segment_block *block,
                        struct error *err)
{
    size_t number = (size_t)(block - segment->blocks);

    if (segment_is_checked(segment, number))
        return 0;
    return check_once(segment, number,
                      segment_block_checksum(segment, block) == block->checksum, err);
}

int segment_check_set(const struct segment *segment, const struct segment_set *set,
                      struct error *err)
{
    size_t number = segment->header->blocks + (size_t)(set - segment->sets);

    if (segment_is_checked(segment, number))
        return 0;
    return check_once(segment, number,
                      segment_set_checksum(segment, set) == set->checksum, err);
}

bool segment_is_damaged(const struct segment *segment)
{
    return atomic_load(&segment->damaged);
}

/* ---- verifying ---- */

static int verify_block(const struct segment *segment, const struct segment_block *block,
                        struct error *err)
{
    if (segment_check_block(segment, block, err) < 0)
        return -1;

    const uint32_t *subject = segment_subjects(segment, block);
    const uint8_t *status = segment_at(segment, block->status);
    uint32_t rows = block->level == LEVEL_TUMOUR ? segment->tumours : segment->patients;

    for (uint32_t i = 0; i < block->n; i++) {
        uint32_t s = 0;

        if (block->status_width)
            memcpy(&s, status + (size_t)i * block->status_width, block->status_width);
        if (subject[i] >= rows || (i && subject[i] < subject[i - 1]) ||
            (block->n_status && s >= block->n_status))
            return error_set(err, ERROR_CORRUPT, "posting %u of block %td is damaged", i,
                             block - segment->blocks);
    }
    return 0;
}

/* Bits beyond the last row are 0 (set.h). */
static bool bits_end(const uint64_t *bits, size_t rows)
{
    return rows % 64 == 0 || bits[rows / 64] >> (rows % 64) == 0;
}

static int verify_set(const struct segment *segment, const struct segment_set *set,
                      struct error *err)
{
    if (segment_check_set(segment, set, err) < 0)
        return -1;

    const uint32_t *list = segment_set_column(segment, set);
    size_t rows = set_rows(segment, set);
    bool good = !set->is_bits || bits_end(segment_set_column(segment, set), rows);

    for (uint32_t k = 0; !set->is_bits && k < set->n && good; k++)
        good = list[k] < rows && (k == 0 || list[k] > list[k - 1]);
    return good
               ? 0
               : error_set(err, ERROR_CORRUPT, "set %td is damaged", set - segment->sets);
}

static int verify_patients(const struct segment *segment, struct error *err)
{
    for (uint32_t p = 0; p < segment->patients; p++)
        if (segment->dead[p] > TRUTH_YES ||
            (p && segment->person[p] <= segment->person[p - 1]))
            return error_set(err, ERROR_CORRUPT, "patient row %u is damaged", p);
    return 0;
}

static int verify_years(const struct segment *segment, struct error *err)
{
    const struct segment_header *header = segment->header;
    const uint16_t *years = segment_at(segment, header->arrays[ARRAY_YEARS].offset);
    const uint64_t *sets = segment_at(segment, header->arrays[ARRAY_ACTIVE].offset);
    const uint64_t *undated = segment_at(segment, header->arrays[ARRAY_UNDATED].offset);
    bool good = bits_end(undated, segment->patients);

    for (uint64_t i = 0; i < header->arrays[ARRAY_YEARS].count && good; i++)
        good = years[i] >= YEAR_FIRST && years[i] <= YEAR_LAST &&
               (i == 0 || years[i] > years[i - 1]) &&
               bits_end(sets + i * set_words(segment->patients), segment->patients);
    return good ? 0 : error_set(err, ERROR_CORRUPT, "the years of activity are damaged");
}

/* Blocks and sets are found by binary search. */
static int verify_order(const struct segment *segment, struct error *err)
{
    const struct segment_header *header = segment->header;

    for (uint32_t i = 1; i < header->blocks; i++) {
        const struct segment_block *a = &segment->blocks[i - 1], *b = a + 1;
        int order = a->item != b->item ? a->item - b->item
                                       : strcmp(segment_string(segment, a->code),
                                                segment_string(segment, b->code));

        if (order > 0 || (order == 0 && a->level >= b->level))
            return error_set(err, ERROR_CORRUPT, "block %u is out of order", i);
    }
    for (uint32_t i = 1; i < header->sets; i++) {
        const struct segment_set *a = &segment->sets[i - 1], *b = a + 1;
        int order = a->item != b->item   ? a->item - b->item
                    : a->kind != b->kind ? a->kind - b->kind
                                         : strcmp(segment_string(segment, a->code),
                                                  segment_string(segment, b->code));

        if (order >= 0)
            return error_set(err, ERROR_CORRUPT, "set %u is out of order", i);
    }
    return 0;
}

int segment_verify(const struct segment *segment, struct error *err)
{
    const struct segment_header *header = segment->header;

    if (header->body_checksum !=
        segment_checksum(0, segment->map + 4096, header->blocks_offset - 4096))
        return error_set(err, ERROR_CORRUPT,
                         "the postings are damaged: make the index again with lacis "
                         "rebuild");
    if (verify_patients(segment, err) < 0 || verify_years(segment, err) < 0 ||
        verify_order(segment, err) < 0)
        return -1;
    for (uint32_t i = 0; i < header->blocks; i++)
        if (verify_block(segment, &segment->blocks[i], err) < 0)
            return -1;
    for (uint32_t i = 0; i < header->sets; i++)
        if (verify_set(segment, &segment->sets[i], err) < 0)
            return -1;
    return 0;
}

/* ---- looking up ---- */

/* The first block of ITEM whose code is not before CODE. */
static uint32_t block_lower_bound(const struct segment *segment, int item,
                                  const char *code)
{
    uint32_t low = 0, high = segment->header->blocks;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct segment_block *block = &segment->blocks[middle];

        if (block->item < item ||
            (block->item == item &&
             strcmp(segment_string(segment, block->code), code) < 0))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

void segment_item_blocks(const struct segment *segment, enum item item, uint32_t *first_r,
                         uint32_t *after_r)
{
    *first_r = block_lower_bound(segment, (int)item, "");
    *after_r = block_lower_bound(segment, (int)item + 1, "");
}

void segment_code_blocks(const struct segment *segment, enum item item, const char *first,
                         const char *after, uint32_t *first_r, uint32_t *after_r)
{
    *first_r = block_lower_bound(segment, (int)item, first);
    *after_r = block_lower_bound(segment, (int)item, after);
    if (*after_r < *first_r)
        *after_r = *first_r;
}

static uint32_t set_lower_bound(const struct segment *segment, int item, int kind,
                                const char *code)
{
    uint32_t low = 0, high = segment->header->sets;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        const struct segment_set *set = &segment->sets[middle];
        int order = set->item != item ? set->item - item
                    : set->kind != kind
                        ? set->kind - kind
                        : strcmp(segment_string(segment, set->code), code);

        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct segment_set *segment_find_set(const struct segment *segment, enum item item,
                                           enum segment_set_kind kind, const char *code)
{
    uint32_t at = set_lower_bound(segment, (int)item, (int)kind, code);
    const struct segment_set *set = &segment->sets[at];

    if (at == segment->header->sets || set->item != item || set->kind != kind ||
        strcmp(segment_string(segment, set->code), code) != 0)
        return NULL;
    return set;
}

void segment_item_sets(const struct segment *segment, enum item item, uint32_t *first_r,
                       uint32_t *after_r)
{
    *first_r = set_lower_bound(segment, (int)item, SET_GROUP, "");
    *after_r = set_lower_bound(segment, (int)item, SET_ITEM, "");
}

int segment_set_add(const struct segment *segment, const struct segment_set *set,
                    uint64_t *out, struct error *err)
{
    if (!set)
        return 0;
    if (segment_check_set(segment, set, err) < 0)
        return -1;
    if (set->is_bits) {
        set_or(out, segment_set_column(segment, set), set_rows(segment, set));
        return 0;
    }

    const uint32_t *rows = segment_set_column(segment, set);

    for (uint32_t i = 0; i < set->n; i++)
        set_put(out, rows[i]);
    return 0;
}

const char *segment_status(const struct segment *segment,
                           const struct segment_block *block, uint32_t i)
{
    uint32_t status;

    if (!block->n_status)
        return "";
    status = segment_status_number(segment, block, i);
    return segment_string(
        segment, ((const uint32_t *)segment_at(segment, block->status_strings))[status]);
}

uint32_t segment_link(const struct segment *segment, const struct segment_block *block,
                      uint32_t i)
{
    uint32_t link = LINK_NONE;

    if (block->link_width)
        memcpy(&link,
               (const uint8_t *)segment_at(segment, block->link) +
                   (size_t)i * block->link_width,
               block->link_width);
    return link;
}

double segment_amount(const struct segment *segment, const struct segment_block *block,
                      uint32_t i)
{
    static const double scale[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9};
    const void *column = segment_at(segment, block->amount);

    if (block->amount_width == 2) {
        int16_t n = ((const int16_t *)column)[i];

        return n == INT16_MIN ? NAN : n / scale[block->amount_scale];
    }
    if (block->amount_width == 4) {
        int32_t n = ((const int32_t *)column)[i];

        return n == INT32_MIN ? NAN : n / scale[block->amount_scale];
    }
    return block->amount_width == 8 ? ((const double *)column)[i] : NAN;
}
