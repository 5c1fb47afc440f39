/* SPDX-License-Identifier: Apache-2.0
 *
 * index/builder.c: see builder.h.
 *
 * Records come by ascending person and their facts in fact_compare order, so the postings of
 * each (item, code, level) come ordered by subject: nothing is sorted but the list of blocks. */
#include "index/builder.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/table.h"
#include "index/set.h"
#include "index/wholes.h"
#include "index/writer.h"
#include "record/record.h"

/* Columns that only some groups have are allocated for those alone. */
struct growing_block {
    enum item item;
    enum segment_level level;
    const char *code; /* in the key table */
    size_t n, capacity;
    uint32_t *subject;
    uint16_t *first, *last, *end_first, *end_last;
    double *amount;
    uint32_t *status, *link;
};

struct column {
    void *bytes;
    size_t capacity; /* elements */
};

struct builder {
    size_t patients, tumours, postings;
    struct column column[SEGMENT_ARRAYS];
    struct table *keys; /* item, level, code → block */
    struct growing_block *blocks;
    size_t n_blocks, blocks_capacity;
    struct table *statuses;
    struct wholes *wholes;
    uint64_t *active[YEAR_LAST - YEAR_FIRST + 1]; /* words, grown as patients come */
    size_t active_words[YEAR_LAST - YEAR_FIRST + 1];
    uint64_t *undated;
    size_t undated_words;
};

struct builder *builder_new(void)
{
    struct builder *builder = memory_alloc(sizeof(*builder));

    memset(builder, 0, sizeof(*builder));
    builder->keys = table_new();
    builder->statuses = table_new();
    builder->wholes = wholes_new();
    return builder;
}

static void block_free(struct growing_block *block)
{
    memory_free(block->subject);
    memory_free(block->first);
    memory_free(block->last);
    memory_free(block->end_first);
    memory_free(block->end_last);
    memory_free(block->amount);
    memory_free(block->status);
    memory_free(block->link);
}

static void builder_clear(struct builder *builder)
{
    for (size_t i = 0; i < builder->n_blocks; i++)
        block_free(&builder->blocks[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(builder->active); i++) {
        memory_free(builder->active[i]);
        builder->active[i] = NULL;
        builder->active_words[i] = 0;
    }
    memory_free(builder->undated);
    builder->undated = NULL;
    builder->undated_words = 0;
    builder->n_blocks = builder->patients = builder->tumours = builder->postings = 0;
    table_clear(builder->keys);
    table_clear(builder->statuses);
}

void builder_free(struct builder *builder)
{
    if (!builder)
        return;
    builder_clear(builder);
    for (int i = 0; i < SEGMENT_ARRAYS; i++)
        memory_free(builder->column[i].bytes);
    memory_free(builder->blocks);
    table_free(builder->keys);
    table_free(builder->statuses);
    wholes_free(builder->wholes);
    memory_free(builder);
}

size_t builder_patients(const struct builder *builder)
{
    return builder->patients;
}

size_t builder_postings(const struct builder *builder)
{
    return builder->postings;
}

/* ---- columns ---- */

static void put_u32(struct builder *builder, enum segment_array array, size_t i,
                    uint32_t value)
{
    struct column *column = &builder->column[array];

    memory_grow(&column->bytes, &column->capacity, i + 1, sizeof(value));
    ((uint32_t *)column->bytes)[i] = value;
}

static void put_u16(struct builder *builder, enum segment_array array, size_t i,
                    uint16_t value)
{
    struct column *column = &builder->column[array];

    memory_grow(&column->bytes, &column->capacity, i + 1, sizeof(value));
    ((uint16_t *)column->bytes)[i] = value;
}

static void put_interval(struct builder *builder, enum segment_array first, size_t i,
                         struct interval date)
{
    put_u16(builder, first, i, day16_first(date.first));
    put_u16(builder, (enum segment_array)(first + 1), i, day16_last(date.last));
}

static void put_patient(struct builder *builder, const struct record *record)
{
    struct column *dead = &builder->column[ARRAY_DEAD];
    size_t p = builder->patients;

    put_u32(builder, ARRAY_PERSON, p, record->person);
    put_u32(builder, ARRAY_TUMOURS, p, (uint32_t)builder->tumours);
    put_u32(builder, ARRAY_COUNTED, p, (uint32_t)record->n_tumours);
    put_interval(builder, ARRAY_BIRTH_FIRST, p, record->birth);
    put_interval(builder, ARRAY_DEATH_FIRST, p, record->death);
    put_interval(builder, ARRAY_VISIT_FIRST, p, record->last_visit);
    put_interval(builder, ARRAY_NEWS_FIRST, p, record->last_news);
    memory_grow(&dead->bytes, &dead->capacity, p + 1, 1);
    ((uint8_t *)dead->bytes)[p] = (uint8_t)record->dead;
    for (int t = 0; t < record->n_tumours + record->n_others; t++) {
        size_t row = builder->tumours + (size_t)t;

        put_u32(builder, ARRAY_PATIENT, row, (uint32_t)p);
        put_interval(builder, ARRAY_DIAGNOSIS_FIRST, row, record->tumours[t].diagnosis);
    }
}

/* ---- activity ---- */

static void put_bit(uint64_t **bits, size_t *words, size_t row)
{
    if (row / 64 >= *words) {
        size_t grown = row / 64 + 1 + *words / 2;

        *bits = memory_resize(*bits, grown * sizeof(**bits));
        memset(*bits + *words, 0, (grown - *words) * sizeof(**bits));
        *words = grown;
    }
    set_put(*bits, (uint32_t)row);
}

/* A date is within one year or wholly unknown (date.h): certain in that year, or possible in
 * all. */
static void put_activity(struct builder *builder, struct interval date)
{
    int year, last, month, day;

    if (date.first <= DAY_MIN || date.last >= DAY_MAX) {
        put_bit(&builder->undated, &builder->undated_words, builder->patients);
        return;
    }
    day_to_civil(date.first, &year, &month, &day);
    day_to_civil(date.last, &last, &month, &day);
    if (year != last || year < YEAR_FIRST || year > YEAR_LAST) {
        put_bit(&builder->undated, &builder->undated_words, builder->patients);
        return;
    }
    put_bit(&builder->active[year - YEAR_FIRST],
            &builder->active_words[year - YEAR_FIRST], builder->patients);
}

/* What counts as contact: see record_activity() in record.h. */
static void put_fact_activity(struct builder *builder, const struct fact *fact)
{
    const struct value *diagnosis;

    if (model_group(fact->group)->activity != ACTIVITY_COUNTS)
        return;
    put_activity(builder, fact->date);
    diagnosis = fact_value(fact, ITEM_EVENT_DIAGNOSIS);
    if (diagnosis)
        put_activity(builder, diagnosis->date);
}

/* ---- postings ---- */

static struct growing_block *block_of(struct builder *builder, enum item item,
                                      enum segment_level level, const char *code)
{
    char key[VOCAB_CODE_SIZE + 4];
    size_t length = strlen(code);
    bool added;

    key[0] = (char)((int)item >> 8);
    key[1] = (char)((int)item & 0xff);
    key[2] = (char)level;
    memcpy(key + 3, code, length);

    uint64_t *number = table_put(builder->keys, key, length + 3, &added);

    if (added) {
        struct growing_block *block;

        *number = builder->n_blocks;
        memory_grow((void **)&builder->blocks, &builder->blocks_capacity,
                    builder->n_blocks + 1, sizeof(*builder->blocks));
        block = &builder->blocks[builder->n_blocks++];
        memset(block, 0, sizeof(*block));
        block->item = item;
        block->level = level;
        block->code = table_key(builder->keys, (size_t)*number, NULL) + 3;
    }
    return &builder->blocks[*number];
}

static void block_grow(struct growing_block *block, bool ends, bool amount, bool status,
                       bool link)
{
    if (block->n < block->capacity)
        return;
    block->capacity = block->capacity ? block->capacity * 2 : 8;
    block->subject = memory_resize(block->subject, block->capacity * sizeof(uint32_t));
    block->first = memory_resize(block->first, block->capacity * sizeof(uint16_t));
    block->last = memory_resize(block->last, block->capacity * sizeof(uint16_t));
    if (ends) {
        block->end_first =
            memory_resize(block->end_first, block->capacity * sizeof(uint16_t));
        block->end_last =
            memory_resize(block->end_last, block->capacity * sizeof(uint16_t));
    }
    if (amount)
        block->amount = memory_resize(block->amount, block->capacity * sizeof(double));
    if (status)
        block->status = memory_resize(block->status, block->capacity * sizeof(uint32_t));
    if (link)
        block->link = memory_resize(block->link, block->capacity * sizeof(uint32_t));
}

static uint32_t status_number(struct builder *builder, const char *status)
{
    bool added;
    uint64_t *number = table_put(builder->statuses, status, strlen(status), &added);

    if (added)
        *number = table_count(builder->statuses) - 1;
    return (uint32_t)*number;
}

static void put_posting(struct builder *builder, const struct fact *fact, enum item item,
                        enum segment_level level, const char *code, uint32_t subject,
                        double amount, uint32_t link)
{
    const struct group_row *group = model_group(fact->group);
    const struct item_row *row = model_item(item);
    struct growing_block *block = block_of(builder, item, level, code);
    bool key = row->index == INDEX_KEYS;
    bool ends = key && group->end != ITEM_NONE;
    bool amounts = row->index == INDEX_NUMBERS || (key && group->amount != ITEM_NONE);
    bool status = key && group->status != ITEM_NONE;
    bool links = model_whole_of(fact->group) != GROUP_NONE;

    block_grow(block, ends, amounts, status, links);
    block->subject[block->n] = subject;
    block->first[block->n] = day16_first(fact->date.first);
    block->last[block->n] = day16_last(fact->date.last);
    if (ends) {
        block->end_first[block->n] = day16_first(fact->end.first);
        block->end_last[block->n] = day16_last(fact->end.last);
    }
    if (amounts)
        block->amount[block->n] = amount;
    if (status)
        block->status[block->n] = status_number(builder, fact_text(fact, group->status));
    if (links)
        block->link[block->n] = link;
    block->n++;
    builder->postings++;
}

/* Where the postings of FACT stand. */
static enum segment_level place_of(const struct builder *builder,
                                   const struct record *record, const struct fact *fact,
                                   uint32_t *subject_r)
{
    const struct group_row *group = model_group(fact->group);
    int tumour = fact->tumour;

    *subject_r = (uint32_t)builder->patients;
    if (tumour == TUMOUR_NONE && group->scope != SCOPE_PATIENT && record->n_tumours == 1)
        tumour = 0; /* a sole tumour: certain */
    if (tumour == TUMOUR_NONE || group->scope == SCOPE_PATIENT)
        return LEVEL_PATIENT;
    *subject_r = (uint32_t)(builder->tumours + (size_t)tumour);
    return LEVEL_TUMOUR;
}

/* What has a key is something whatever else is said of it: it is posted even where the source
 * gives no such code. */
static bool is_posted_unsaid(const struct group_row *group, const struct fact *fact,
                             enum item item)
{
    return group->key != ITEM_NONE && model_item(item)->index == INDEX_CODES &&
           !fact_value(fact, item);
}

static void put_fact(struct builder *builder, const struct record *record,
                     const struct fact *fact, uint32_t link)
{
    const struct group_row *group = model_group(fact->group);
    uint32_t subject;
    enum segment_level level = place_of(builder, record, fact, &subject);

    if (group->key != ITEM_NONE && model_item(group->key)->index == INDEX_KEYS)
        put_posting(builder, fact, group->key, level, fact_text(fact, group->key),
                    subject, record_amount(fact), link);
    for (size_t i = 0; i < fact->n_values; i++) {
        const struct value *value = &fact->values[i];
        enum index_form form = model_item(value->item)->index;

        if (form == INDEX_CODES)
            put_posting(builder, fact, value->item, level, value->text, subject, NAN,
                        link);
        else if (form == INDEX_NUMBERS)
            put_posting(builder, fact, value->item, level, "", subject, value->number,
                        link);
    }
    for (enum item item = group->first; item < group->after; item++)
        if (is_posted_unsaid(group, fact, item))
            put_posting(builder, fact, item, level, "", subject, NAN, link);
}

/* That there is a whole of GROUP, since DATE (segment.h). */
static void put_whole(struct builder *builder, enum group group, enum segment_level level,
                      uint32_t subject, struct interval date, uint32_t link)
{
    enum item item = segment_whole_item(group);
    struct growing_block *block = block_of(builder, item, level, "");

    block_grow(block, false, false, false, true);
    block->subject[block->n] = subject;
    block->first[block->n] = day16_first(date.first);
    block->last[block->n] = day16_last(date.last);
    block->link[block->n++] = link;
    builder->postings++;
}

static void put_wholes(struct builder *builder, const struct record *record)
{
    const struct wholes *wholes = builder->wholes;

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        uint32_t subject;
        enum segment_level level = place_of(builder, record, fact, &subject);

        if (model_whole_of(fact->group) == fact->group && wholes->first[i])
            put_whole(builder, fact->group, level, subject, fact->date, wholes->link[i]);
    }
    for (size_t i = 0; i < record->n_facts; i++)
        if (record->facts[i].group != GROUP_SPECIMEN && wholes->first[i] &&
            model_whole_of(record->facts[i].group) == GROUP_SPECIMEN)
            put_whole(builder, GROUP_SPECIMEN, LEVEL_PATIENT, (uint32_t)builder->patients,
                      INTERVAL_UNKNOWN, wholes->link[i]);
}

void builder_add(struct builder *builder, const struct record *record)
{
    if (record->opposed)
        return;
    put_patient(builder, record);
    if (!interval_is_unknown(record->last_visit))
        put_activity(builder, record->last_visit);
    wholes_number(builder->wholes, record);
    for (size_t i = 0; i < record->n_facts; i++) {
        put_fact(builder, record, &record->facts[i], builder->wholes->link[i]);
        put_fact_activity(builder, &record->facts[i]);
    }
    put_wholes(builder, record);
    builder->tumours += (size_t)(record->n_tumours + record->n_others);
    builder->patients++;
}

/* ---- writing ---- */

static int compare_blocks(const void *a, const void *b)
{
    const struct growing_block *x = a, *y = b;

    if (x->item != y->item)
        return x->item < y->item ? -1 : 1;

    int order = strcmp(x->code, y->code);

    return order ? order : (int)x->level - (int)y->level;
}

static const char *const *status_names(const struct builder *builder, uint32_t *n_r)
{
    size_t n = table_count(builder->statuses);
    const char **names = memory_alloc((n + 1) * sizeof(*names));

    for (size_t i = 0; i < n; i++)
        names[i] = table_key(builder->statuses, i, NULL);
    *n_r = (uint32_t)n;
    return names;
}

static int write_blocks(struct builder *builder, struct segment_writer *writer,
                        struct error *err)
{
    uint32_t n_names;
    const char *const *names = status_names(builder, &n_names);
    int result = 0;

    if (builder->n_blocks > 0) /* else there is no array to sort */
        qsort(builder->blocks, builder->n_blocks, sizeof(*builder->blocks),
              compare_blocks);
    for (size_t i = 0; i < builder->n_blocks && result == 0; i++) {
        const struct growing_block *block = &builder->blocks[i];
        struct block_postings postings = {
            .item = block->item,
            .level = block->level,
            .code = block->code,
            .n = (uint32_t)block->n,
            .subject = block->subject,
            .first = block->first,
            .last = block->last,
            .end_first = block->end_first,
            .end_last = block->end_last,
            .amount = block->amount,
            .status = block->status,
            .status_names = names,
            .n_status_names = n_names,
            .link = block->link,
        };

        result = segment_writer_block(writer, &postings, err);
    }
    memory_free((void *)(uintptr_t)names);
    return result;
}

/* The years that have activity, and their sets one after the other. */
static void gather_years(struct builder *builder, struct segment_columns *columns)
{
    size_t words = set_words(builder->patients), n = 0;

    for (size_t y = 0; y < ARRAY_LENGTH(builder->active); y++) {
        struct column *sets = &builder->column[ARRAY_ACTIVE];
        size_t have = builder->active_words[y] < words ? builder->active_words[y] : words;

        if (!builder->active[y])
            continue;
        put_u16(builder, ARRAY_YEARS, n, (uint16_t)(YEAR_FIRST + y));
        memory_grow(&sets->bytes, &sets->capacity, (n + 1) * words, sizeof(uint64_t));

        uint64_t *out = (uint64_t *)sets->bytes + n * words;

        memset(out, 0, words * sizeof(*out));
        memcpy(out, builder->active[y], have * sizeof(*out));
        n++;
    }
    columns->n_years = (uint32_t)n;

    struct column *undated = &builder->column[ARRAY_UNDATED];
    size_t have = builder->undated_words < words ? builder->undated_words : words;

    memory_grow(&undated->bytes, &undated->capacity, words + 1, sizeof(uint64_t));
    memset(undated->bytes, 0, words * sizeof(uint64_t));
    if (have)
        memcpy(undated->bytes, builder->undated, have * sizeof(uint64_t));
}

int builder_write(struct builder *builder, const char *path, struct error *err)
{
    struct segment_columns columns = {.patients = (uint32_t)builder->patients,
                                      .tumours = (uint32_t)builder->tumours};

    put_u32(builder, ARRAY_TUMOURS, builder->patients, (uint32_t)builder->tumours);
    gather_years(builder, &columns);
    for (int i = 0; i < SEGMENT_ARRAYS; i++)
        columns.array[i] = builder->column[i].bytes;

    struct segment_writer *writer = segment_writer_new(path, &columns, err);

    if (!writer)
        return -1;
    if (write_blocks(builder, writer, err) < 0) {
        segment_writer_abort(writer);
        return -1;
    }
    if (segment_writer_finish(writer, err) < 0)
        return -1;
    builder_clear(builder);
    return 0;
}
