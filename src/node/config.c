/* SPDX-License-Identifier: Apache-2.0
 *
 * node/config.c: node.conf (JSON with comments) and coverage.csv. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yyjson.h>

#include "adapt/csv.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "node/node_internal.h"

#define CONFIG_LIMIT ((size_t)1 << 20)
#define DEFAULT_PORT 8080

/* ---- node.conf ---- */

static int check_finess(const char *finess, struct error *err)
{
    size_t n = strlen(finess);

    for (size_t i = 0; i < n; i++)
        if (!((finess[i] >= '0' && finess[i] <= '9') ||
              (finess[i] >= 'A' && finess[i] <= 'B')))
            n = 0;
    if (n != 9)
        return error_set(err, ERROR_INPUT,
                         "FINESS \"%.40s\": expected nine digits such as 940000664",
                         finess);
    return 0;
}

static int check_config(const struct node_config *config, struct error *err)
{
    if (!config->centre || !*config->centre || strlen(config->centre) > 64)
        return error_set(err, ERROR_INPUT,
                         "centre: expected a short name such as villejuif");
    if (config->n_finess == 0)
        return error_set(err, ERROR_INPUT, "finess: at least one is needed");
    for (size_t i = 0; i < config->n_finess; i++)
        if (check_finess(config->finess[i], err) < 0)
            return -1;
    if (config->port > 65535)
        return error_set(err, ERROR_INPUT, "port %u: expected 1 to 65535", config->port);
    return 0;
}

int config_write(const char *folder, const struct node_config *config, struct error *err)
{
    struct buffer text;
    char path[NODE_PATH];
    int status = -1;

    if (check_config(config, err) < 0)
        return -1;
    buffer_init(&text, CONFIG_LIMIT);
    buffer_string(&text,
                  "// A Lacis node. JSON; comments and trailing commas are welcome.\n{\n"
                  "  // short name of the centre\n  \"centre\": ");
    buffer_json_string(&text, config->centre);
    buffer_string(
        &text, ",\n  // FINESS of its sites: patient numbers are one domain over them\n"
               "  \"finess\": [");
    for (size_t i = 0; i < config->n_finess; i++) {
        buffer_string(&text, i ? ", " : "");
        buffer_json_string(&text, config->finess[i]);
    }
    buffer_printf(&text,
                  "],\n  // of the server, on 127.0.0.1 only\n  \"port\": %u,\n}\n",
                  config->port ? config->port : DEFAULT_PORT);
    snprintf(path, sizeof(path), "%s/node.conf", folder);

    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

    if (fd < 0)
        error_errno(err, "cannot make %s", path);
    else if (write(fd, text.bytes, text.length) != (ssize_t)text.length || fsync(fd) < 0)
        error_errno(err, "cannot write %s", path);
    else
        status = 0;
    if (fd >= 0)
        close(fd);
    buffer_free(&text);
    return status;
}

static int read_finess(struct node *node, yyjson_val *list, struct error *err)
{
    size_t i, n;
    yyjson_val *value;

    if (!yyjson_is_arr(list) || yyjson_arr_size(list) > FINESS_MAX)
        return error_set(err, ERROR_INPUT, "finess: expected a list of at most %d",
                         FINESS_MAX);
    yyjson_arr_foreach(list, i, n, value)
    {
        if (!yyjson_is_str(value))
            return error_set(err, ERROR_INPUT, "finess: expected a list of texts");
        node->config.finess[node->config.n_finess++] =
            arena_string(node->config_arena, yyjson_get_str(value),
                         yyjson_get_len(value));
    }
    return 0;
}

static int read_config(struct node *node, yyjson_val *root, struct error *err)
{
    size_t i, n;
    yyjson_val *key, *value;

    if (!yyjson_is_obj(root))
        return error_set(err, ERROR_INPUT, "expected { … }");
    yyjson_obj_foreach(root, i, n, key, value)
    {
        if (yyjson_equals_str(key, "centre") && yyjson_is_str(value))
            node->config.centre = arena_string(node->config_arena, yyjson_get_str(value),
                                               yyjson_get_len(value));
        else if (yyjson_equals_str(key, "port") && yyjson_is_uint(value))
            node->config.port = (unsigned)yyjson_get_uint(value);
        else if (!yyjson_equals_str(key, "finess"))
            return error_set(err, ERROR_INPUT,
                             "\"%.40s\": not a setting, or not of its type",
                             yyjson_get_str(key));
        else if (read_finess(node, value, err) < 0)
            return -1;
    }
    return check_config(&node->config, err);
}

int config_read(struct node *node, struct error *err)
{
    char path[NODE_PATH], *text;
    size_t size;
    yyjson_read_err reason;
    int status = -1;

    node_path(node, "node.conf", path);
    node->config.port = DEFAULT_PORT;
    if (file_read_whole(node->config_arena, path, CONFIG_LIMIT, &text, &size, err) < 0)
        return -1;

    yyjson_doc *doc =
        yyjson_read_opts(text, size,
                         YYJSON_READ_ALLOW_COMMENTS | YYJSON_READ_ALLOW_TRAILING_COMMAS,
                         NULL, &reason);

    if (!doc)
        error_set(err, ERROR_INPUT, "%s at byte %zu", reason.msg, reason.pos);
    else
        status = read_config(node, yyjson_doc_get_root(doc), err);
    yyjson_doc_free(doc);
    return status < 0 ? error_context(err, "%s", path) : 0;
}

/* ---- coverage.csv ---- */

struct coverage_reading {
    struct node *node;
    struct coverage_row *rows;
    size_t n, capacity;
    bool head_seen;
};

static enum group group_named(const char *name)
{
    for (int group = GROUP_NONE + 1; group < GROUPS; group++)
        if (!model_is_computed((enum group)group) &&
            strcasecmp(model_group((enum group)group)->id, name) == 0)
            return (enum group)group;
    return GROUP_NONE;
}

static int coverage_end(const char *text, bool last, day_number *day_r, struct error *err)
{
    struct interval date;

    if (!*text)
        return 0;
    if (date_parse(text, &date, err) < 0)
        return -1;
    *day_r = last ? date.last : date.first;
    return 0;
}

static int on_coverage(void *context, unsigned line, const char *const *fields, size_t n,
                       struct error *err)
{
    struct coverage_reading *reading = context;
    struct coverage_row row = {.period = INTERVAL_UNKNOWN};

    if (n == 1 && !*fields[0])
        return 0;
    if (!reading->head_seen) {
        reading->head_seen = true;
        if (n != 4 || strcmp(fields[0], "kind") != 0)
            return error_at(err, ERROR_INPUT, line, 1,
                            "expected the columns kind,source,from,to");
        return 0;
    }
    row.group = n == 4 ? group_named(fields[0]) : GROUP_NONE;
    if (row.group == GROUP_NONE)
        return error_at(err, ERROR_INPUT, line, 1,
                        "\"%.40s\": expected a kind such as drug, surgery, imaging",
                        fields[0]);
    row.source = arena_string(reading->node->config_arena, fields[1], strlen(fields[1]));
    if (coverage_end(fields[2], false, &row.period.first, err) < 0 ||
        coverage_end(fields[3], true, &row.period.last, err) < 0) {
        if (err)
            err->line = line;
        return -1;
    }
    memory_grow((void **)&reading->rows, &reading->capacity, reading->n + 1,
                sizeof(*reading->rows));
    reading->rows[reading->n++] = row;
    return 0;
}

int coverage_read(struct node *node, struct error *err)
{
    struct coverage_reading reading = {.node = node};
    struct error reason = ERROR_INIT;
    char path[NODE_PATH], *text;
    size_t size;

    node->coverage = (struct coverage){.assumed = true};
    node_path(node, "coverage.csv", path);
    if (file_read_whole(node->config_arena, path, CONFIG_LIMIT, &text, &size, &reason) <
        0) {
        if (reason.code == ERROR_NOT_FOUND)
            return 0;
        if (err)
            *err = reason;
        return -1;
    }

    struct csv *csv = csv_new(65536, on_coverage, &reading);
    int status = csv_feed(csv, text, size, err);

    if (status == 0)
        status = csv_finish(csv, err);
    csv_free(csv);
    if (status == 0) {
        node->coverage.assumed = false;
        node->coverage.n_rows = reading.n;
        node->coverage.rows = arena_copy(node->config_arena, reading.rows,
                                         reading.n * sizeof(*reading.rows));
    }
    memory_free(reading.rows);
    return status < 0 ? error_context(err, "%s", path) : 0;
}

const struct coverage *coverage_of(const struct node *node, struct arena *arena,
                                   const struct snapshot *snapshot)
{
    struct coverage *coverage = arena_copy(arena, &node->coverage, sizeof(*coverage));
    uint32_t first, after;

    for (int group = GROUP_NONE + 1; coverage->assumed && group < GROUPS; group++) {
        const struct group_row *row = model_group((enum group)group);

        for (enum item item = row->first; item < row->after; item++) {
            for (size_t s = 0; s < snapshot->n && !coverage->seen[group]; s++) {
                segment_item_blocks(snapshot->segments[s], item, &first, &after);
                coverage->seen[group] = after > first;
            }
        }
    }
    return coverage;
}
