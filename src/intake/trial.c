/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/trial.c: a delivery that ends after its first rows; see trial.h. */
#include "intake/trial.h"

#include "base/arena.h"
#include "base/error.h"
#include "intake/delivery.h"
#include "intake/input.h"

#define TRIAL_ARENA ((size_t)256 << 20)
#define TRIAL_MEMORY ((size_t)16 << 20)

struct trying {
    const struct trial *trial; /* NULL: rows only */
};

static void on_refused(void *context, const char *file, unsigned line, const char *place,
                       const char *reason)
{
    const struct trying *trying = context;

    (void)file;
    if (trying->trial)
        trying->trial->refused(trying->trial->context, line, place, reason);
}

static void on_remark(void *context, const char *file, const char *place,
                      const char *reason)
{
    const struct trying *trying = context;

    (void)file;
    if (trying->trial)
        trying->trial->remark(trying->trial->context, place, reason);
}

static void on_progress(void *context, const struct input *input)
{
    (void)context;
    (void)input;
}

static int deliver(struct delivery *delivery, const struct trial *trial,
                   struct error *err)
{
    delivery->tables = tables_new(trial->scratch, TRIAL_MEMORY);

    int rc = door_csv.read(delivery, err);

    if (rc == 0)
        rc = tables_each(delivery->tables, door_csv.name, delivery->source, trial->slice,
                         trial->context, err);
    tables_free(delivery->tables);
    return rc;
}

int trial_run(const struct trial *trial, struct error *err)
{
    struct trying trying = {.trial = trial};
    struct delivery delivery = {.door = &door_csv,
                                .path = trial->path,
                                .source = trial->source,
                                .mappings = trial->mappings,
                                .rows_max = trial->rows,
                                .context = &trying,
                                .refused = on_refused,
                                .remark = on_remark,
                                .progress = on_progress};
    int rc;

    delivery.input = input_open(trial->path, err);
    if (!delivery.input)
        return -1;
    delivery.arena = arena_new("first rows of a table", TRIAL_ARENA);
    rc = deliver(&delivery, trial, err);
    arena_free(delivery.arena);
    input_close(delivery.input);
    return rc < 0 ? error_context(err, "%s", trial->path) : 0;
}

int trial_rows(const char *path, size_t rows, trial_row *row, void *context,
               struct error *err)
{
    struct trying trying = {0};
    struct delivery delivery = {.path = path,
                                .rows_max = rows,
                                .context = &trying,
                                .refused = on_refused,
                                .remark = on_remark,
                                .progress = on_progress};
    int rc;

    delivery.input = input_open(path, err);
    if (!delivery.input)
        return -1;
    delivery.arena = arena_new("first rows of a table", TRIAL_ARENA);
    rc = delivery_rows(&delivery, "", NULL, row, context, NULL, err);
    arena_free(delivery.arena);
    input_close(delivery.input);
    return rc < 0 ? error_context(err, "%s", path) : 0;
}
