/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/delivery.c: the files of a delivery as rows; see delivery.h. */
#include "intake/delivery.h"

#include <ctype.h>
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/table.h"
#include "intake/input.h"
#include "intake/tables.h"

#define READ_SIZE ((size_t)256 << 10)
#define FILES_MAX ((size_t)100000)
#define NUMBER_MAX ((size_t)256) /* of a patient's number, as in the store */

void delivery_refused(const struct delivery *delivery, const char *file, unsigned line,
                      const char *place, const char *reason)
{
    delivery->refused(delivery->context, file, line, place, reason);
}

void delivery_remark(const struct delivery *delivery, const char *file, const char *place,
                     const char *reason)
{
    delivery->remark(delivery->context, file, place, reason);
}

/* ---- rows ---- */

/* ROW's own failures are told from those of the file by this mark. */
struct reading {
    csv_row *row;
    void *context;
    size_t left; /* rows that are still wanted */
    bool stopped, enough;
};

static int on_row(void *context, unsigned line, const char *const *fields, size_t n,
                  struct error *err)
{
    struct reading *reading = context;
    int rc;

    reading->enough = reading->left-- == 0;
    if (reading->enough)
        return -1;
    rc = reading->row(reading->context, line, fields, n, err);
    reading->stopped = rc < 0;
    return rc;
}

static int feed_all(struct delivery *delivery, struct input *input, struct csv *csv,
                    struct error *err)
{
    char *bytes = memory_alloc(READ_SIZE);
    long n;
    int rc = 0;

    while (rc == 0 && (n = input_read(input, bytes, READ_SIZE, err)) != 0) {
        rc = n < 0 ? -1 : csv_feed(csv, bytes, (size_t)n, err);
        delivery->progress(delivery->context, input);
    }
    if (rc == 0)
        rc = csv_finish(csv, err);
    memory_free(bytes);
    return rc;
}

int delivery_rows(struct delivery *delivery, const char *file,
                  const struct table_form *form, csv_row *row, void *context,
                  bool *whole_r, struct error *err)
{
    struct reading reading = {.row = row,
                              .context = context,
                              .left = delivery->rows_max > 0 ? delivery->rows_max + 1
                                                             : SIZE_MAX};
    struct error reason = ERROR_INIT;
    struct input *opened = NULL, *input = delivery->input;
    struct csv *csv;
    int rc;

    if (*file) {
        const char *path = arena_printf(delivery->arena, "%s/%s", delivery->path, file);

        input = opened = input_open(path, err);
        if (!opened)
            return -1;
    }
    csv = csv_new(TABLES_ROW, on_row, &reading);
    if (form)
        csv_form(csv, form->separator, form->no_quotes);
    rc = feed_all(delivery, input, csv, &reason);
    csv_free(csv);
    input_close(opened);
    if (whole_r)
        *whole_r = rc == 0;
    if (rc == 0 || reading.enough)
        return 0;
    if (reading.stopped || (reason.code != ERROR_INPUT && reason.code != ERROR_LIMIT)) {
        if (err)
            *err = reason;
        return -1;
    }
    delivery_refused(delivery, file, reason.line, "", reason.message);
    return 0;
}

/* ---- files ---- */

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int folder_files(struct arena *arena, const char *folder, const char *const **files_r,
                 size_t *n_r, struct error *err)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    const char **names = NULL;
    size_t n = 0, capacity = 0;

    if (!dir)
        return error_errno(err, "cannot open the folder %s", folder);
    while (n < FILES_MAX && (entry = readdir(dir))) {
        struct stat status;

        if (entry->d_name[0] == '.' ||
            fstatat(dirfd(dir), entry->d_name, &status, 0) < 0 ||
            !S_ISREG(status.st_mode))
            continue;
        memory_grow((void **)&names, &capacity, n + 1, sizeof(*names));
        names[n++] = arena_string(arena, entry->d_name, strlen(entry->d_name));
    }
    closedir(dir);
    if (n > 0)
        qsort(names, n, sizeof(*names), compare_names);
    *files_r = n > 0 ? arena_copy(arena, names, n * sizeof(*names)) : NULL;
    *n_r = n;
    memory_free(names);
    return 0;
}

bool file_is_data(const char *file)
{
    static const char *const endings[] = {".ndjson", ".json", ".csv",
                                          ".tsv",    ".txt",  ".gz"};
    size_t n = strlen(file);

    for (size_t i = 0; i < ARRAY_LENGTH(endings); i++) {
        size_t length = strlen(endings[i]);

        if (n > length && strcasecmp(file + n - length, endings[i]) == 0)
            return true;
    }
    return false;
}

struct first_row {
    first_row_check *check;
    const void *context;
    bool holds;
};

static int on_first_row(void *context, unsigned line, const char *const *fields, size_t n,
                        struct error *err)
{
    struct first_row *first = context;

    (void)line;
    (void)err;
    first->holds = first->check(first->context, fields, n);
    return -1;
}

bool first_row_holds(const char *path, first_row_check *check, const void *context)
{
    struct first_row first = {.check = check, .context = context};
    struct csv *csv = csv_new(TABLES_ROW, on_first_row, &first);
    struct input *input = input_open(path, NULL);
    char *bytes = memory_alloc(READ_SIZE);
    long n = input ? input_read(input, bytes, READ_SIZE, NULL) : 0;

    /* stops at the first row; a file of one row has it at the end */
    if (n > 0 && csv_feed(csv, bytes, (size_t)n, NULL) == 0)
        (void)!csv_finish(csv, NULL);
    memory_free(bytes);
    input_close(input);
    csv_free(csv);
    return first.holds;
}

bool head_is_table(const char *head, size_t n)
{
    bool line_start = true, separator = false;
    size_t lines = 0;

    for (size_t i = 0; i < n; i++) {
        char c = head[i];

        if (line_start && (c == '{' || c == '['))
            return false;
        if (c == '\0')
            return false;
        if (lines == 0 && (c == ';' || c == ',' || c == '\t'))
            separator = true;
        if (c == '\n' || c == '\r') {
            lines += !line_start;
            line_start = true;
        } else if (c != ' ') {
            line_start = false;
        }
    }
    return separator;
}

/* ---- patients ---- */

int delivery_columns_check(const char *const *columns, size_t n, unsigned line,
                           struct error *err)
{
    struct table *names = table_new();
    int rc = 0;

    for (size_t i = 0; i < n && rc == 0; i++) {
        char name[256];
        size_t length = 0;
        bool added;

        for (; columns[i][length] && length < sizeof(name); length++)
            name[length] = (char)tolower((unsigned char)columns[i][length]);
        if (length == 0 || length == sizeof(name))
            continue;
        table_put(names, name, length, &added);
        if (!added)
            rc = error_at(err, ERROR_INPUT, line, 0,
                          "two columns are called %.60s: give one of them another name",
                          columns[i]);
    }
    table_free(names);
    return rc;
}

bool delivery_row_fits(const struct delivery *delivery, const char *file, unsigned line,
                       const char *const *cells, size_t n, size_t n_columns)
{
    char reason[96];

    while (n > n_columns && !cells[n - 1][0])
        n--;
    if (n == n_columns)
        return true;
    snprintf(reason, sizeof(reason), "%zu cells: expected %zu, as in the first row", n,
             n_columns);
    delivery_refused(delivery, file, line, "", reason);
    return false;
}

int delivery_row(struct delivery *delivery, const char *file, unsigned line,
                 const char *person, const char *const *cells, size_t n,
                 struct error *err)
{
    char number[NUMBER_MAX + 1];
    struct error reason = ERROR_INIT;
    size_t length;

    person += strspn(person, " \t\r\n");
    length = strlen(person);
    while (length > 0 && strchr(" \t\r\n", person[length - 1]))
        length--;
    if (length == 0 || length > NUMBER_MAX) {
        delivery_refused(delivery, file, line, "",
                         length == 0 ? "no patient number"
                                     : "the patient number is too long to be one");
        return 0;
    }
    memcpy(number, person, length);
    number[length] = '\0';
    person = number;
    if (tables_row(delivery->tables, person, line, cells, n, &reason) == 0)
        return 0;
    if (reason.code == ERROR_INPUT) {
        delivery_refused(delivery, file, line, "", reason.message);
        return 0;
    }
    if (err)
        *err = reason;
    return -1;
}
