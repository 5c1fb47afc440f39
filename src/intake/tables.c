/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/tables.c: an external merge sort by person.
 *
 *     rows ──▶ held[MEMORY] ──sorted, when full──▶ run 0, run 1, … in one file without a name
 *     runs and what is still held ──merge──▶ all rows of person 0, of person 1, …
 *
 * Persons are numbered as they first come. Rows are held in the order they come, and both the
 * sort and the merge keep that order among rows of one person, since an earlier run has the
 * earlier rows: so no row needs a number of its own.
 *
 * A record: person, table, line, length (32 bits each), then the row as a JSON array. */
#include "intake/tables.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "base/table.h"

#define READ_SIZE ((size_t)256 << 10) /* of a run at a time */

struct record_head {
    uint32_t person, table, line, length;
};

struct table_head {
    char *file;
    struct buffer name;    /* as a JSON string */
    struct buffer columns; /* as a JSON array */
};

/* A sorted stretch of records: in the file, or (fd -1) in memory. */
struct run {
    uint64_t at, after; /* still unread in the file */
    char *bytes;        /* owned when it is in the file */
    size_t read_at, read_end, capacity;
};

struct tables {
    const char *folder;
    size_t memory;
    struct table *persons; /* number → index */
    struct table_head *heads;
    size_t n_heads, heads_capacity;

    char *held;
    size_t held_end, held_capacity;
    uint64_t *order; /* person << 32 | offset / 4, of each record held */
    size_t n_order, order_capacity;
    struct buffer row;

    int fd; /* -1 until something had to be put aside */
    uint64_t file_end;
    struct run *runs;
    size_t n_runs, runs_capacity;
};

struct tables *tables_new(const char *folder, size_t memory)
{
    struct tables *tables = memory_alloc(sizeof(*tables));

    *tables = (struct tables){
        .folder = folder, .memory = memory, .persons = table_new(), .fd = -1};
    buffer_init(&tables->row, TABLES_ROW);
    return tables;
}

void tables_free(struct tables *tables)
{
    if (!tables)
        return;
    for (size_t i = 0; i < tables->n_heads; i++) {
        memory_free(tables->heads[i].file);
        buffer_free(&tables->heads[i].name);
        buffer_free(&tables->heads[i].columns);
    }
    for (size_t i = 0; i < tables->n_runs; i++)
        memory_free(tables->runs[i].bytes);
    if (tables->fd >= 0)
        close(tables->fd);
    table_free(tables->persons);
    buffer_free(&tables->row);
    memory_free(tables->heads);
    memory_free(tables->held);
    memory_free(tables->order);
    memory_free(tables->runs);
    memory_free(tables);
}

/* ---- the file ---- */

static int write_aside(struct tables *tables, const char *bytes, size_t length,
                       struct error *err)
{
    if (file_write_all(tables->fd, bytes, length) < 0)
        return error_errno(err, "cannot put rows aside in %s", tables->folder);
    tables->file_end += length;
    return 0;
}

static int read_aside(const struct tables *tables, struct run *run, size_t size,
                      struct error *err)
{
    while (size > 0) {
        ssize_t got = pread(tables->fd, run->bytes + run->read_end, size, (off_t)run->at);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_errno(err, "cannot read what was put aside in %s",
                               tables->folder);
        if (got == 0)
            return error_set(err, ERROR_IO, "what was put aside in %s is cut short",
                             tables->folder);
        run->read_end += (size_t)got;
        run->at += (uint64_t)got;
        size -= (size_t)got;
    }
    return 0;
}

/* ---- rows ---- */

static void put_array(struct buffer *out, const char *const *texts, size_t n)
{
    buffer_char(out, '[');
    for (size_t i = 0; i < n; i++) {
        if (i > 0)
            buffer_char(out, ',');
        buffer_json_string(out, texts[i]);
    }
    buffer_char(out, ']');
}

int tables_begin(struct tables *tables, const char *name, const char *file,
                 const char *const *columns, size_t n, struct error *err)
{
    struct table_head *head;

    if (tables->n_heads == TABLES_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d tables", TABLES_MAX);
    memory_grow((void **)&tables->heads, &tables->heads_capacity, tables->n_heads + 1,
                sizeof(*head));
    head = &tables->heads[tables->n_heads];
    buffer_init(&head->columns, TABLES_ROW);
    put_array(&head->columns, columns, n);
    if (buffer_check(&head->columns, "the names of the columns", err) < 0) {
        buffer_free(&head->columns);
        return -1;
    }
    buffer_init(&head->name, TABLES_ROW);
    buffer_json_string(&head->name, name);
    head->file = memory_alloc(strlen(file) + 1);
    memcpy(head->file, file, strlen(file) + 1);
    tables->n_heads++;
    return 0;
}

static int compare_order(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return x < y ? -1 : x > y;
}

static const char *held_record(const struct tables *tables, size_t i,
                               struct record_head *head)
{
    const char *at = tables->held + (size_t)(uint32_t)tables->order[i] * 4;

    memcpy(head, at, sizeof(*head));
    return at;
}

static void held_sort(struct tables *tables)
{
    if (tables->n_order > 0)
        qsort(tables->order, tables->n_order, sizeof(*tables->order), compare_order);
}

/* Put what is held aside, sorted, and hold nothing. */
static int put_aside(struct tables *tables, struct error *err)
{
    struct run run = {.at = tables->file_end};
    size_t n = 0;
    char *block;
    int rc = 0;

    if (tables->fd < 0 && (tables->fd = file_scratch(tables->folder, err)) < 0)
        return -1;
    held_sort(tables);
    block = memory_alloc(READ_SIZE);
    for (size_t i = 0; i < tables->n_order && rc == 0; i++) {
        struct record_head head;
        const char *at = held_record(tables, i, &head);
        size_t length = sizeof(head) + head.length;

        if (n + length > READ_SIZE) {
            rc = write_aside(tables, block, n, err);
            n = 0;
        }
        if (rc == 0 && length > READ_SIZE) {
            rc = write_aside(tables, at, length, err);
        } else if (rc == 0) {
            memcpy(block + n, at, length);
            n += length;
        }
    }
    if (rc == 0)
        rc = write_aside(tables, block, n, err);
    memory_free(block);
    run.after = tables->file_end;
    memory_grow((void **)&tables->runs, &tables->runs_capacity, tables->n_runs + 1,
                sizeof(run));
    tables->runs[tables->n_runs++] = run;
    tables->held_end = tables->n_order = 0;
    return rc;
}

int tables_row(struct tables *tables, const char *person, unsigned line,
               const char *const *cells, size_t n, struct error *err)
{
    struct record_head head = {.table = (uint32_t)tables->n_heads - 1, .line = line};
    size_t needed;
    uint64_t *index;
    bool added;

    buffer_clear(&tables->row);
    put_array(&tables->row, cells, n);
    if (tables->row.overflowed) {
        buffer_free(&tables->row);
        return error_at(err, ERROR_INPUT, line, 0, "a row of more than %zu bytes",
                        TABLES_ROW);
    }
    head.length = (uint32_t)tables->row.length;
    needed = (sizeof(head) + head.length + 3) & ~(size_t)3;
    if (tables->held_end + needed + tables->n_order * sizeof(*tables->order) >
            tables->memory &&
        tables->n_order > 0 && put_aside(tables, err) < 0)
        return -1;

    index = table_put(tables->persons, person, strlen(person), &added);
    if (added)
        *index = table_count(tables->persons) - 1;
    head.person = (uint32_t)*index;
    memory_grow((void **)&tables->held, &tables->held_capacity, tables->held_end + needed,
                1);
    memory_grow((void **)&tables->order, &tables->order_capacity, tables->n_order + 1,
                sizeof(*tables->order));
    memcpy(tables->held + tables->held_end, &head, sizeof(head));
    memcpy(tables->held + tables->held_end + sizeof(head), tables->row.bytes,
           head.length);
    tables->order[tables->n_order++] =
        (uint64_t)head.person << 32 | (uint32_t)(tables->held_end / 4);
    tables->held_end += needed;
    return 0;
}

/* ---- merging ---- */

/* The next record of a run in the file, whole in its buffer; NULL at the end, or with *RC_R -1
 * when it cannot be read. */
static const char *run_peek(const struct tables *tables, struct run *run,
                            struct record_head *head, int *rc_r, struct error *err)
{
    for (;;) {
        size_t here = run->read_end - run->read_at, needed = sizeof(*head);

        if (here >= sizeof(*head)) {
            memcpy(head, run->bytes + run->read_at, sizeof(*head));
            needed += head->length;
            if (here >= needed)
                return run->bytes + run->read_at;
        } else if (here == 0 && run->at == run->after) {
            return NULL;
        }
        if (needed < READ_SIZE)
            needed = READ_SIZE;
        if (needed - here > run->after - run->at)
            needed = here + (size_t)(run->after - run->at);
        if (here > 0)
            memmove(run->bytes, run->bytes + run->read_at, here);
        run->read_at = 0;
        run->read_end = here;
        memory_grow((void **)&run->bytes, &run->capacity, needed, 1);
        if (read_aside(tables, run, needed - here, err) < 0) {
            *rc_r = -1;
            return NULL;
        }
    }
}

/* The slice under construction. */
struct cutting {
    struct tables *tables;
    const char *door, *source;
    tables_slice *each;
    void *context;
    struct buffer bytes;
    uint32_t person;
    bool open;
    uint32_t table; /* whose rows are open, UINT32_MAX: none */
    struct slice_table *slice_tables;
    size_t n_tables, tables_capacity;
    unsigned *lines;
    size_t n_lines, lines_capacity;
};

static void slice_begin(struct cutting *cutting, uint32_t person)
{
    struct buffer *out = &cutting->bytes;

    cutting->person = person;
    cutting->open = true;
    cutting->table = UINT32_MAX;
    cutting->n_tables = cutting->n_lines = 0;
    buffer_clear(out);
    buffer_string(out, "{\"door\":");
    buffer_json_string(out, cutting->door);
    buffer_string(out, ",\"source\":");
    buffer_json_string(out, cutting->source);
    buffer_string(out, ",\"patient\":");
    buffer_json_string(out, table_key(cutting->tables->persons, person, NULL));
    buffer_string(out, ",\"tables\":[");
}

static void slice_add(struct cutting *cutting, const struct record_head *head,
                      const char *row)
{
    struct buffer *out = &cutting->bytes;
    bool new_table = cutting->table != head->table;

    if (new_table) {
        const struct table_head *table = &cutting->tables->heads[head->table];

        buffer_string(out, cutting->n_tables > 0 ? "]},{\"name\":" : "{\"name\":");
        buffer_append(out, table->name.bytes, table->name.length);
        buffer_string(out, ",\"columns\":");
        buffer_append(out, table->columns.bytes, table->columns.length);
        buffer_string(out, ",\"rows\":[");
        cutting->table = head->table;
        memory_grow((void **)&cutting->slice_tables, &cutting->tables_capacity,
                    cutting->n_tables + 1, sizeof(*cutting->slice_tables));
        cutting->slice_tables[cutting->n_tables++] =
            (struct slice_table){.file = table->file};
    }
    if (!new_table)
        buffer_char(out, ',');
    buffer_append(out, row, head->length);
    memory_grow((void **)&cutting->lines, &cutting->lines_capacity, cutting->n_lines + 1,
                sizeof(*cutting->lines));
    cutting->lines[cutting->n_lines++] = head->line;
    cutting->slice_tables[cutting->n_tables - 1].n_rows++;
}

static int slice_end(struct cutting *cutting, struct error *err)
{
    struct buffer *out = &cutting->bytes;
    struct slice slice = {.tables = cutting->slice_tables, .n_tables = cutting->n_tables};
    const unsigned *lines = cutting->lines;

    if (!cutting->open)
        return 0;
    cutting->open = false;
    buffer_string(out, "]}]}");
    for (size_t i = 0; i < cutting->n_tables; i++) {
        cutting->slice_tables[i].lines = lines;
        lines += cutting->slice_tables[i].n_rows;
    }
    slice.person = table_key(cutting->tables->persons, cutting->person, NULL);
    slice.bytes = buffer_text(out);
    slice.length = out->length;
    slice.too_large = out->overflowed;
    return cutting->each(cutting->context, &slice, err) < 0 ? -1 : 0;
}

/* RECORD goes to the slice of its person. */
static int cut(struct cutting *cutting, const struct record_head *head,
               const char *record, struct error *err)
{
    if (cutting->open && cutting->person != head->person && slice_end(cutting, err) < 0)
        return -1;
    if (!cutting->open)
        slice_begin(cutting, head->person);
    slice_add(cutting, head, record + sizeof(*head));
    return 0;
}

static int merge_runs(struct cutting *cutting, struct error *err)
{
    struct tables *tables = cutting->tables;
    struct record_head *heads =
        memory_alloc((tables->n_runs + 1) * sizeof(*heads)); /* next of each run */
    const char **records = memory_alloc((tables->n_runs + 1) * sizeof(*records));
    int rc = 0;

    for (size_t i = 0; i < tables->n_runs && rc == 0; i++)
        records[i] = run_peek(tables, &tables->runs[i], &heads[i], &rc, err);
    while (rc == 0) {
        size_t best = tables->n_runs;

        for (size_t i = 0; i < tables->n_runs; i++)
            if (records[i] &&
                (best == tables->n_runs || heads[i].person < heads[best].person))
                best = i;
        if (best == tables->n_runs)
            break;
        rc = cut(cutting, &heads[best], records[best], err);
        if (rc == 0) {
            tables->runs[best].read_at += sizeof(*heads) + heads[best].length;
            records[best] = run_peek(tables, &tables->runs[best], &heads[best], &rc, err);
        }
    }
    memory_free(heads);
    memory_free(records);
    return rc;
}

static int take_held(struct cutting *cutting, struct error *err)
{
    struct tables *tables = cutting->tables;

    held_sort(tables);
    for (size_t i = 0; i < tables->n_order; i++) {
        struct record_head head;
        const char *record = held_record(tables, i, &head);

        if (cut(cutting, &head, record, err) < 0)
            return -1;
    }
    return 0;
}

int tables_each(struct tables *tables, const char *door, const char *source,
                tables_slice *each, void *context, struct error *err)
{
    struct cutting cutting = {.tables = tables,
                              .door = door,
                              .source = source,
                              .each = each,
                              .context = context};
    int rc;

    buffer_init(&cutting.bytes, TABLES_SLICE);
    if (tables->n_runs == 0) {
        rc = take_held(&cutting, err);
    } else {
        rc = put_aside(tables, err);
        memory_free(tables->held);
        tables->held = NULL;
        tables->held_capacity = 0;
        if (rc == 0)
            rc = merge_runs(&cutting, err);
    }
    if (rc == 0)
        rc = slice_end(&cutting, err);
    buffer_free(&cutting.bytes);
    memory_free(cutting.slice_tables);
    memory_free(cutting.lines);
    return rc;
}
