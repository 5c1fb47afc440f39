/* SPDX-License-Identifier: Apache-2.0
 *
 * index/writer.c: see writer.h; the layout is drawn in segment.h.
 *
 * Everything that depends on strings is settled last: only at the end is it known which
 * strings live postings use, and a segment must not depend on those that dead ones used. */
#include "index/writer.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/table.h"
#include "index/set.h"
#include "record/record.h"

/* A set under construction. */
struct gathering {
    uint64_t *bits;
    uint32_t n;
    uint32_t rows;
};

struct segment_writer {
    char *path;
    FILE *file;
    bool failed;
    uint64_t offset;
    XXH3_state_t *checksum; /* of what is written since the last reset */
    uint32_t columns;       /* of what put_column() wrote since it was set to 0 */
    struct segment_header header;
    const uint32_t *tumour_patient; /* borrowed from the columns */

    /* strings by number of first use; renumbered in byte order at the end */
    struct table *strings;
    struct segment_block *blocks;
    size_t n_blocks, blocks_capacity;
    uint32_t *status_strings; /* all blocks' lists, one after the other */
    size_t n_status_strings, status_capacity;
    struct segment_set *sets;
    size_t n_sets, sets_capacity;

    enum item item; /* of the sets being gathered */
    char group[VOCAB_CODE_SIZE];
    struct gathering in_group, in_item, stated_patients, stated_tumours;

    uint32_t *local_of; /* status name → index in the block's list, + 1 */
    size_t local_capacity;
    void *scratch;
    size_t scratch_capacity;
};

/* ---- bytes ---- */

static void put(struct segment_writer *writer, const void *bytes, size_t size)
{
    if (size == 0 || writer->failed)
        return;
    if (fwrite(bytes, 1, size, writer->file) != size)
        writer->failed = true;
    XXH3_64bits_update(writer->checksum, bytes, size);
    writer->offset += size;
}

/* What segment_checksum() gives for all that was written since the last call. */
static uint32_t take_checksum(struct segment_writer *writer)
{
    uint32_t checksum = (uint32_t)XXH3_64bits_digest(writer->checksum);

    XXH3_64bits_reset(writer->checksum);
    return checksum;
}

/* Returns where the bytes start; the next thing starts on a multiple of 8. */
static uint64_t put_aligned(struct segment_writer *writer, const void *bytes, size_t size)
{
    static const char zeros[8];
    uint64_t start = writer->offset;

    put(writer, bytes, size);
    put(writer, zeros, (8 - size % 8) % 8);
    return start;
}

/* A column of what `columns` is the checksum of. */
static uint64_t put_column(struct segment_writer *writer, const void *bytes, size_t size)
{
    writer->columns = segment_checksum(writer->columns, bytes, size);
    return put_aligned(writer, bytes, size);
}

static void *scratch(struct segment_writer *writer, size_t size)
{
    memory_grow(&writer->scratch, &writer->scratch_capacity, size, 1);
    return writer->scratch;
}

static uint32_t string_number(struct segment_writer *writer, const char *string)
{
    bool added;
    uint64_t *number = table_put(writer->strings, string, strlen(string), &added);

    if (added)
        *number = table_count(writer->strings) - 1;
    return (uint32_t)*number;
}

/* ---- sets ---- */

static void gathering_init(struct gathering *gathering, uint32_t rows)
{
    gathering->bits = memory_alloc((set_words(rows) + 1) * sizeof(uint64_t));
    memset(gathering->bits, 0, (set_words(rows) + 1) * sizeof(uint64_t));
    gathering->rows = rows;
}

static void gather(struct gathering *gathering, uint32_t row)
{
    uint64_t bit = (uint64_t)1 << (row & 63);

    gathering->n += !(gathering->bits[row >> 6] & bit);
    gathering->bits[row >> 6] |= bit;
}

static void flush_set(struct segment_writer *writer, struct gathering *gathering,
                      enum segment_set_kind kind, const char *code)
{
    if (gathering->n == 0)
        return;

    size_t words = set_words(gathering->rows);
    struct segment_set set = {.item = (uint16_t)writer->item,
                              .kind = (uint8_t)kind,
                              .is_bits = gathering->n > gathering->rows / 32,
                              .code = string_number(writer, code),
                              .n = gathering->n};

    writer->columns = 0;
    if (set.is_bits) {
        set.offset = put_column(writer, gathering->bits, words * sizeof(uint64_t));
    } else {
        uint32_t *rows = scratch(writer, gathering->n * sizeof(*rows));

        set_list(gathering->bits, gathering->rows, rows);
        set.offset = put_column(writer, rows, gathering->n * sizeof(*rows));
    }
    set.checksum = writer->columns;
    memory_grow((void **)&writer->sets, &writer->sets_capacity, writer->n_sets + 1,
                sizeof(*writer->sets));
    writer->sets[writer->n_sets++] = set;
    memset(gathering->bits, 0, words * sizeof(uint64_t));
    gathering->n = 0;
}

static void flush_group(struct segment_writer *writer)
{
    flush_set(writer, &writer->in_group, SET_GROUP, writer->group);
}

static void flush_item(struct segment_writer *writer)
{
    flush_group(writer);
    flush_set(writer, &writer->in_item, SET_ITEM, "");
    flush_set(writer, &writer->stated_patients, SET_STATED_PATIENTS, "");
    flush_set(writer, &writer->stated_tumours, SET_STATED_TUMOURS, "");
}

static void gather_block(struct segment_writer *writer,
                         const struct block_postings *postings)
{
    char group[VOCAB_CODE_SIZE] = "";
    bool number = model_item(postings->item)->index == INDEX_NUMBERS;
    bool stated = number || *postings->code != '\0';

    if (!number && model_item(postings->item)->system != VOCAB_NONE)
        vocab_group(model_item(postings->item)->system, postings->code, group);
    if (postings->item != writer->item) {
        flush_item(writer);
        writer->item = postings->item;
    } else if (strcmp(group, writer->group) != 0) {
        flush_group(writer);
    }
    memcpy(writer->group, group, sizeof(group));
    for (uint32_t i = 0; i < postings->n; i++) {
        uint32_t row = postings->subject[i];
        uint32_t patient =
            postings->level == LEVEL_TUMOUR ? writer->tumour_patient[row] : row;

        gather(&writer->in_group, patient);
        gather(&writer->in_item, patient);
        if (!stated)
            continue;
        gather(&writer->stated_patients, patient);
        if (postings->level == LEVEL_TUMOUR)
            gather(&writer->stated_tumours, row);
    }
}

/* ---- columns ---- */

static bool same_days(const uint16_t *a, const uint16_t *b, uint32_t n)
{
    return memcmp(a, b, n * sizeof(*a)) == 0;
}

static void put_dates(struct segment_writer *writer, struct segment_block *block,
                      const struct block_postings *postings)
{
    bool ends = false;

    block->first = put_column(writer, postings->first, postings->n * sizeof(uint16_t));
    block->last =
        same_days(postings->first, postings->last, postings->n)
            ? block->first
            : put_column(writer, postings->last, postings->n * sizeof(uint16_t));
    for (uint32_t i = 0; postings->end_first && i < postings->n && !ends; i++)
        ends = postings->end_first[i] != DAY16_OPEN_BEFORE ||
               postings->end_last[i] != DAY16_OPEN_AFTER;
    if (!ends)
        return; /* all unknown */
    block->end_first =
        put_column(writer, postings->end_first, postings->n * sizeof(uint16_t));
    block->end_last =
        same_days(postings->end_first, postings->end_last, postings->n)
            ? block->end_first
            : put_column(writer, postings->end_last, postings->n * sizeof(uint16_t));
}

/* The smallest power of ten at which all numbers are whole and read back exactly, or -1. */
static int exact_scale(const double *amount, uint32_t n, double *largest_r)
{
    static const double scale[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6};
    size_t s = 0;

    *largest_r = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (isnan(amount[i]))
            continue;
        while (s < ARRAY_LENGTH(scale) &&
               !(fabs(amount[i]) < 2e9 &&
                 nearbyint(amount[i] * scale[s]) / scale[s] == amount[i] &&
                 !(amount[i] == 0 && signbit(amount[i]))))
            s++;
        if (s == ARRAY_LENGTH(scale))
            return -1;
        if (fabs(amount[i]) > *largest_r)
            *largest_r = fabs(amount[i]);
    }
    *largest_r *= scale[s];
    return (int)s;
}

static void put_amounts(struct segment_writer *writer, struct segment_block *block,
                        const struct block_postings *postings)
{
    const double *amount = postings->amount;
    uint32_t n = postings->n, absent = 0;
    double largest;

    while (amount && absent < n && isnan(amount[absent]))
        absent++;
    if (!amount || absent == n)
        return;

    absent = 0;
    for (uint32_t i = 0; i < n; i++)
        absent += isnan(amount[i]) ? 1 : 0;
    block->flags = absent ? 0 : BLOCK_NUMBERS_COMPLETE;

    int scale = exact_scale(amount, n, &largest);
    double factor = pow(10, scale);

    block->amount_scale = (uint8_t)(scale < 0 ? 0 : scale);
    block->amount_width = scale < 0 || largest >= INT32_MAX ? 8
                          : largest < INT16_MAX             ? 2
                                                            : 4;
    if (block->amount_width == 8) {
        block->amount_scale = 0;
        block->amount = put_column(writer, amount, n * sizeof(*amount));
        return;
    }

    void *out = scratch(writer, (size_t)n * block->amount_width);

    for (uint32_t i = 0; i < n; i++) {
        double whole = isnan(amount[i]) ? 0 : nearbyint(amount[i] * factor);

        if (block->amount_width == 2)
            ((int16_t *)out)[i] = isnan(amount[i]) ? INT16_MIN : (int16_t)whole;
        else
            ((int32_t *)out)[i] = isnan(amount[i]) ? INT32_MIN : (int32_t)whole;
    }
    block->amount = put_column(writer, out, (size_t)n * block->amount_width);
}

struct named_status {
    const char *name;
    uint32_t number; /* in STATUS_NAMES */
};

static int compare_status(const void *a, const void *b)
{
    return strcmp(((const struct named_status *)a)->name,
                  ((const struct named_status *)b)->name);
}

/* The statuses that occur, in byte order; local_of[number] becomes place + 1. */
static struct named_status *used_statuses(struct segment_writer *writer,
                                          const struct block_postings *postings,
                                          uint32_t *n_r)
{
    size_t capacity = writer->local_capacity;
    struct named_status *used = NULL;
    size_t used_capacity = 0;
    uint32_t n = 0;

    memory_grow((void **)&writer->local_of, &writer->local_capacity,
                postings->n_status_names + 1, sizeof(*writer->local_of));
    if (writer->local_capacity > capacity)
        memset(writer->local_of + capacity, 0,
               (writer->local_capacity - capacity) * sizeof(*writer->local_of));
    for (uint32_t i = 0; i < postings->n; i++) {
        uint32_t number = postings->status[i];

        if (writer->local_of[number])
            continue;
        writer->local_of[number] = 1;
        memory_grow((void **)&used, &used_capacity, n + 1, sizeof(*used));
        used[n++] = (struct named_status){postings->status_names[number], number};
    }
    qsort(used, n, sizeof(*used), compare_status);
    for (uint32_t i = 0; i < n; i++)
        writer->local_of[used[i].number] = i + 1;
    *n_r = n;
    return used;
}

static void push_status_string(struct segment_writer *writer, uint32_t string)
{
    memory_grow((void **)&writer->status_strings, &writer->status_capacity,
                writer->n_status_strings + 1, sizeof(uint32_t));
    writer->status_strings[writer->n_status_strings++] = string;
}

static void put_status(struct segment_writer *writer, struct segment_block *block,
                       const struct block_postings *postings)
{
    uint32_t n_used;

    if (!postings->status)
        return;

    struct named_status *used = used_statuses(writer, postings, &n_used);

    if (n_used > 1 || *used[0].name) {
        block->n_status = n_used;
        if (writer->n_status_strings % 2) /* each list starts on a multiple of 8 */
            push_status_string(writer, 0);
        block->status_strings =
            writer->n_status_strings; /* becomes an offset at the end */
        for (uint32_t i = 0; i < n_used; i++)
            push_status_string(writer, string_number(writer, used[i].name));
    }
    if (n_used > 1) {
        block->status_width = n_used <= 256 ? 1 : n_used <= 65536 ? 2 : 4;

        uint8_t *out = scratch(writer, (size_t)postings->n * block->status_width);

        for (uint32_t i = 0; i < postings->n; i++) {
            uint32_t local = writer->local_of[postings->status[i]] - 1;

            memcpy(out + (size_t)i * block->status_width, &local, block->status_width);
        }
        block->status =
            put_column(writer, out, (size_t)postings->n * block->status_width);
    }
    for (uint32_t i = 0; i < n_used; i++)
        writer->local_of[used[i].number] = 0;
    memory_free(used);
}

static void put_links(struct segment_writer *writer, struct segment_block *block,
                      const struct block_postings *postings)
{
    uint32_t most = LINK_NONE;
    uint8_t *out;

    for (uint32_t i = 0; postings->link && i < postings->n; i++)
        most = postings->link[i] > most ? postings->link[i] : most;
    if (most == LINK_NONE)
        return;
    block->link_width = most <= UINT8_MAX ? 1 : most <= UINT16_MAX ? 2 : 4;
    out = scratch(writer, (size_t)postings->n * block->link_width);
    for (uint32_t i = 0; i < postings->n; i++) /* little-endian, as all of the file */
        memcpy(out + (size_t)i * block->link_width, &postings->link[i],
               block->link_width);
    block->link = put_column(writer, out, (size_t)postings->n * block->link_width);
}

/* ---- the file ---- */

static uint64_t array_bytes(const struct segment_columns *columns, int array,
                            uint64_t *count_r)
{
    uint64_t words = set_words(columns->patients);
    uint64_t size = 2;

    *count_r = columns->patients;
    switch (array) {
    case ARRAY_PERSON:
    case ARRAY_COUNTED: size = 4; break;
    case ARRAY_TUMOURS:
        size = 4;
        *count_r = (uint64_t)columns->patients + 1;
        break;
    case ARRAY_DEAD: size = 1; break;
    case ARRAY_PATIENT:
        size = 4;
        *count_r = columns->tumours;
        break;
    case ARRAY_DIAGNOSIS_FIRST:
    case ARRAY_DIAGNOSIS_LAST: *count_r = columns->tumours; break;
    case ARRAY_YEARS: *count_r = columns->n_years; break;
    case ARRAY_ACTIVE:
    case ARRAY_UNDATED:
        size = 8;
        *count_r = array == ARRAY_ACTIVE ? columns->n_years * words : words;
        break;
    default: break;
    }
    return *count_r * size;
}

struct segment_writer *segment_writer_new(const char *path,
                                          const struct segment_columns *columns,
                                          struct error *err)
{
    static const char zeros[4096];
    struct segment_writer *writer = memory_alloc(sizeof(*writer));

    memset(writer, 0, sizeof(*writer));
    writer->file = fopen(path, "wbxe");
    if (!writer->file) {
        error_errno(err, "cannot make %s", path);
        memory_free(writer);
        return NULL;
    }
    setvbuf(writer->file, NULL, _IOFBF, 1 << 20);
    writer->checksum = XXH3_createState();
    if (!writer->checksum)
        panic("no memory for a checksum");
    XXH3_64bits_reset(writer->checksum);
    writer->path = memory_alloc(strlen(path) + 1);
    memcpy(writer->path, path, strlen(path) + 1);
    writer->strings = table_new();
    string_number(writer, "");
    put(writer, zeros, sizeof(zeros));
    XXH3_64bits_reset(writer->checksum);
    memcpy(writer->header.magic, SEGMENT_MAGIC, 8);
    writer->header.patients = columns->patients;
    writer->header.tumours = columns->tumours;
    writer->tumour_patient = columns->array[ARRAY_PATIENT];
    for (int i = 0; i < SEGMENT_ARRAYS; i++) {
        struct segment_span *span = &writer->header.arrays[i];
        uint64_t size = array_bytes(columns, i, &span->count);

        span->offset = put_aligned(writer, columns->array[i], size);
    }
    writer->header.arrays_end = writer->offset;
    writer->header.arrays_checksum = (uint32_t)XXH3_64bits_digest(writer->checksum);
    gathering_init(&writer->in_group, columns->patients);
    gathering_init(&writer->in_item, columns->patients);
    gathering_init(&writer->stated_patients, columns->patients);
    gathering_init(&writer->stated_tumours, columns->tumours);
    return writer;
}

int segment_writer_block(struct segment_writer *writer,
                         const struct block_postings *postings, struct error *err)
{
    struct segment_block block = {.item = (uint16_t)postings->item,
                                  .level = (uint8_t)postings->level,
                                  .code = string_number(writer, postings->code),
                                  .n = postings->n};

    gather_block(writer, postings);
    writer->columns = 0;
    block.subject = put_column(writer, postings->subject, postings->n * sizeof(uint32_t));
    put_dates(writer, &block, postings);
    put_amounts(writer, &block, postings);
    put_status(writer, &block, postings);
    put_links(writer, &block, postings);
    block.checksum = writer->columns;
    writer->header.facts += postings->n;
    memory_grow((void **)&writer->blocks, &writer->blocks_capacity, writer->n_blocks + 1,
                sizeof(*writer->blocks));
    writer->blocks[writer->n_blocks++] = block;
    return writer->failed ? error_errno(err, "cannot write %s", writer->path) : 0;
}

struct numbered_string {
    const char *string;
    uint32_t old;
};

static int compare_strings(const void *a, const void *b)
{
    return strcmp(((const struct numbered_string *)a)->string,
                  ((const struct numbered_string *)b)->string);
}

/* Number the strings in byte order: NEW_OF[old]. Returns them in that order. */
static struct numbered_string *order_strings(const struct segment_writer *writer,
                                             uint32_t **new_of_r)
{
    size_t n = table_count(writer->strings);
    struct numbered_string *strings = memory_alloc(n * sizeof(*strings));
    uint32_t *new_of = memory_alloc(n * sizeof(*new_of));

    for (size_t i = 0; i < n; i++)
        strings[i] =
            (struct numbered_string){table_key(writer->strings, i, NULL), (uint32_t)i};
    qsort(strings, n, sizeof(*strings), compare_strings);
    for (size_t i = 0; i < n; i++)
        new_of[strings[i].old] = (uint32_t)i;
    *new_of_r = new_of;
    return strings;
}

static void put_strings(struct segment_writer *writer,
                        const struct numbered_string *strings)
{
    uint32_t n = (uint32_t)table_count(writer->strings), at = 0;
    uint32_t *offsets = scratch(writer, ((size_t)n + 1) * sizeof(*offsets));

    for (uint32_t i = 0; i < n; i++) {
        offsets[i] = at;
        at += (uint32_t)strlen(strings[i].string) + 1;
    }
    offsets[n] = at;
    writer->header.strings = n;
    writer->header.strings_offset =
        put_aligned(writer, offsets, ((size_t)n + 1) * sizeof(*offsets));
    writer->header.string_bytes = at;
    writer->header.string_bytes_offset = writer->offset;
    for (uint32_t i = 0; i < n; i++)
        put(writer, strings[i].string, strlen(strings[i].string) + 1);
    put_aligned(writer, NULL, 0);
}

static void put_directory(struct segment_writer *writer)
{
    uint32_t *new_of;
    struct numbered_string *strings = order_strings(writer, &new_of);

    for (size_t i = 0; i < writer->n_status_strings; i++)
        writer->status_strings[i] = new_of[writer->status_strings[i]];

    /* blocks and sets come before the lists: where these will stand is known */
    uint64_t status_offset = writer->offset + writer->n_blocks * sizeof(*writer->blocks) +
                             writer->n_sets * sizeof(*writer->sets);

    writer->header.body_checksum = take_checksum(writer);
    for (size_t i = 0; i < writer->n_blocks; i++) {
        struct segment_block *block = &writer->blocks[i];

        block->code = new_of[block->code];
        block->status_strings =
            block->n_status ? status_offset + block->status_strings * sizeof(uint32_t)
                            : 0;
    }
    for (size_t i = 0; i < writer->n_sets; i++)
        writer->sets[i].code = new_of[writer->sets[i].code];
    writer->header.blocks = (uint32_t)writer->n_blocks;
    writer->header.blocks_offset =
        put_aligned(writer, writer->blocks, writer->n_blocks * sizeof(*writer->blocks));
    writer->header.sets = (uint32_t)writer->n_sets;
    writer->header.sets_offset =
        put_aligned(writer, writer->sets, writer->n_sets * sizeof(*writer->sets));
    put_aligned(writer, writer->status_strings,
                writer->n_status_strings * sizeof(uint32_t));
    put_strings(writer, strings);
    memory_free(strings);
    memory_free(new_of);
}

static int put_header(struct segment_writer *writer, struct error *err)
{
    struct segment_header *header = &writer->header;

    header->directory_checksum = take_checksum(writer);
    header->file_size = writer->offset;
    header->model = model_digest();
    header->rules = RULES_VERSION;
    header->header_checksum =
        segment_checksum(0, header, offsetof(struct segment_header, header_checksum));
    if (writer->failed || fseek(writer->file, 0, SEEK_SET) < 0 ||
        fwrite(header, sizeof(*header), 1, writer->file) != 1 ||
        fflush(writer->file) != 0 || fsync(fileno(writer->file)) < 0)
        return error_errno(err, "cannot write %s", writer->path);
    return 0;
}

static void writer_free(struct segment_writer *writer)
{
    if (writer->file)
        fclose(writer->file);
    XXH3_freeState(writer->checksum);
    table_free(writer->strings);
    memory_free(writer->in_group.bits);
    memory_free(writer->in_item.bits);
    memory_free(writer->stated_patients.bits);
    memory_free(writer->stated_tumours.bits);
    memory_free(writer->blocks);
    memory_free(writer->status_strings);
    memory_free(writer->sets);
    memory_free(writer->local_of);
    memory_free(writer->scratch);
    memory_free(writer->path);
    memory_free(writer);
}

int segment_writer_finish(struct segment_writer *writer, struct error *err)
{
    flush_item(writer);
    put_directory(writer);
    if (put_header(writer, err) < 0) {
        segment_writer_abort(writer);
        return -1;
    }
    writer_free(writer);
    return 0;
}

void segment_writer_abort(struct segment_writer *writer)
{
    if (!writer)
        return;
    unlink(writer->path);
    writer_free(writer);
}
