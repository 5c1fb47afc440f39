/* SPDX-License-Identifier: Apache-2.0
 *
 * node/cohort.c: cohorts saved, run, run again, listed and deleted. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "node/saved_internal.h"

/* ---- running ---- */

struct running {
    struct node *node;
    struct arena *arena;
    const struct caller *caller;
    int64_t now;
    struct snapshot *snapshot;
};

static int audit_run(const struct running *running, const char *action,
                     const struct node_run *run, struct error *err)
{
    const struct saved_run *saved = &run->run;
    char outcome[160];

    snprintf(outcome, sizeof(outcome),
             "version %u, run %u, %llu certain, %llu possible, #%lld", saved->version,
             saved->number, (unsigned long long)saved->certain,
             (unsigned long long)saved->possible, (long long)saved->sequence);
    return audit_write(running->node->audit, running->caller, running->now, action,
                       arena_printf(running->arena, "%s: %s", saved->cohort,
                                    run->criteria),
                       outcome, err);
}

static void count_answers(const struct run_persons *persons, struct saved_run *run)
{
    for (size_t i = 0; i < persons->n; i++) {
        run->certain += persons->answer[i] == TRUTH_YES;
        run->possible += persons->answer[i] == TRUTH_UNKNOWN;
    }
}

/* Evaluate COHORT now and keep the run; inside a transaction. */
static int run_now(const struct running *running, const struct saved *cohort,
                   const char *action, struct node_run **run_r, struct error *err)
{
    struct node_run *run = arena_alloc(running->arena, sizeof(*run));
    struct premises premises = {
        .text = cohort->text,
        .pinned = "",
        .coverage = coverage_of(running->node, running->arena, running->snapshot),
        .as_of =
            cohort->as_of == DAY_MAX ? day_of_data(running->snapshot) : cohort->as_of};
    struct answers answers;
    struct run_persons persons;

    if (answers_parse(running->node, running->arena, &premises, err) < 0 ||
        answers_make(running->arena, running->snapshot, &premises, &answers, err) < 0)
        return -1;
    persons = answers_persons(running->arena, &answers);
    run->criteria = cohort->text;
    run->run =
        cut_of(running->node, running->arena, running->snapshot, cohort, &premises);
    run->run.author = running->caller->name;
    run->run.made = running->now;
    count_answers(&persons, &run->run);
    if (arena_check(running->arena, err) < 0 ||
        store_run_save(running->node->store, &run->run, &persons, &run->run.number, err) <
            0 ||
        audit_run(running, action, run, err) < 0)
        return -1;
    *run_r = run;
    return 0;
}

static int last_version(struct store *store, struct arena *arena, const char *name,
                        struct saved **cohort_r, struct error *err)
{
    if (store_saved(store, arena, SAVED_COHORT, name, 0, cohort_r, err) < 0)
        return -1;
    return *cohort_r
               ? 0
               : error_set(err, ERROR_NOT_FOUND, "no cohort is saved as \"%.64s\"", name);
}

/* The canonical text names the versions of the definitions in use. Where the last ones are
 * asked for, that is to stay so for each new run: then the text is kept as it was written. */
static const char *text_to_save(struct arena *arena,
                                const struct definitions *definitions, const char *text,
                                const struct criteria *criteria)
{
    return *definitions->used ? definitions_trim(arena, text)
                              : criteria_print(arena, criteria);
}

static int save_and_run(const struct running *running, const struct node_saving *saving,
                        const char *text, struct node_run **run_r, struct error *err)
{
    struct saved saved = saved_of(saving, text);
    bool is_new;

    if (store_save(running->node->store, SAVED_COHORT, &saved, &saved.version, &is_new,
                   err) < 0)
        return -1;
    return run_now(running, &saved, "cohort save", run_r, err);
}

/* What was asked to be run, and the run. */
struct run_asked {
    struct node *node;
    struct arena *arena;
    const struct caller *caller;
    int64_t now;
    const struct node_saving *saving; /* node_cohort_save() */
    const char *text;
    const char *name; /* the others */
    unsigned number;
    struct node_run *run;
};

static struct running running_of(const struct run_asked *asked, struct snapshot *snapshot)
{
    return (struct running){asked->node, asked->arena, asked->caller, asked->now,
                            snapshot};
}

static int save_now(void *context, struct error *err)
{
    struct run_asked *asked = context;
    struct running running;
    struct saving writing;
    int status;

    if (saving_begin(asked->node, &writing, err) < 0)
        return -1;
    running = running_of(asked, catalogue_snapshot(asked->node->catalogue));
    status = save_and_run(&running, asked->saving, asked->text, &asked->run, err);
    snapshot_release(asked->node->catalogue, running.snapshot);
    return saving_end(&writing, status, err);
}

int node_cohort_save(struct node *node, struct arena *arena,
                     const struct node_saving *saving, struct node_run **run_r,
                     struct error *err)
{
    struct run_asked asked = {.node = node,
                              .arena = arena,
                              .caller = saving->caller,
                              .now = saving->now,
                              .saving = saving};
    struct definitions definitions = definitions_of(node, arena, "");
    const struct criteria *criteria;

    if (saved_name_check(saving->name, err) < 0 ||
        !(criteria = definitions_parse(&definitions, saving->text, err)))
        return -1;
    asked.text = text_to_save(arena, &definitions, saving->text, criteria);
    if (index_ask(node, arena, save_now, &asked, err) < 0)
        return -1;
    *run_r = asked.run;
    return 0;
}

static int run_again_now(void *context, struct error *err)
{
    struct run_asked *asked = context;
    struct running running;
    struct saved *cohort;
    struct saving writing;
    int status;

    if (saving_begin(asked->node, &writing, err) < 0)
        return -1;
    running = running_of(asked, catalogue_snapshot(asked->node->catalogue));
    status = last_version(asked->node->store, asked->arena, asked->name, &cohort, err);
    if (status == 0)
        status = run_now(&running, cohort, "cohort run", &asked->run, err);
    snapshot_release(asked->node->catalogue, running.snapshot);
    return saving_end(&writing, status, err);
}

int node_cohort_run(struct node *node, struct arena *arena, const char *name,
                    const struct caller *caller, int64_t now, struct node_run **run_r,
                    struct error *err)
{
    struct run_asked asked = {
        .node = node, .arena = arena, .caller = caller, .now = now, .name = name};

    if (index_ask(node, arena, run_again_now, &asked, err) < 0)
        return -1;
    *run_r = asked.run;
    return 0;
}

/* ---- reading ---- */

int cohort_find(struct node *node, struct arena *arena, const char *name, unsigned number,
                struct saved **cohort_r, struct saved_run *run_r, struct error *err)
{
    struct saved_run *runs;
    size_t n;
    int status;

    pthread_mutex_lock(&node->reader_lock);
    status = last_version(node->reader, arena, name, cohort_r, err);
    if (status == 0)
        status = store_runs(node->reader, arena, name, number, 1, &runs, &n, err);
    pthread_mutex_unlock(&node->reader_lock);
    if (status < 0)
        return -1;
    if (n == 0 && number != 0)
        return error_set(err, ERROR_NOT_FOUND, "cohort \"%.64s\" has no run %u", name,
                         number);
    if (n == 0) /* a cohort is saved with its first run */
        return error_set(err, ERROR_CORRUPT, "cohort \"%.64s\" has no run", name);
    *run_r = runs[0];
    return 0;
}

/* Those of the run who are no longer among the patients have opposed: the erased ones were
 * taken out of it. */
static int leave_out_opposed(struct arena *arena, const struct snapshot *snapshot,
                             const struct run_persons *persons, struct node_run *run,
                             struct error *err)
{
    struct criteria any = {.kind = CRITERIA_ANY};
    struct coverage none = {.assumed = true};
    struct premises premises = {.criteria = &any, .coverage = &none};
    struct answers present;

    if (answers_make(arena, snapshot, &premises, &present, err) < 0)
        return -1;
    for (size_t i = 0; i < persons->n; i++) {
        if (answer_of(&present, persons->person[i]) != ANSWER_ABSENT)
            continue;
        run->opposed_certain += persons->answer[i] == TRUTH_YES;
        run->opposed_possible += persons->answer[i] == TRUTH_UNKNOWN;
    }
    run->run.certain -= run->opposed_certain;
    run->run.possible -= run->opposed_possible;
    return 0;
}

int run_read(struct node *node, struct arena *arena, const struct saved_run *run,
             const char **text_r, struct run_persons *persons_r, struct error *err)
{
    struct saved *cohort = NULL;
    int status;

    pthread_mutex_lock(&node->reader_lock);
    status = store_saved(node->reader, arena, SAVED_COHORT, run->cohort, run->version,
                         &cohort, err);
    if (status == 0)
        status = store_run_persons(node->reader, arena, run->cohort, run->number,
                                   persons_r, err);
    pthread_mutex_unlock(&node->reader_lock);
    if (status == 0 && !cohort)
        status = error_set(err, ERROR_CORRUPT, "cohort \"%s\" has no version %u",
                           run->cohort, run->version);
    if (status == 0)
        *text_r = cohort->text;
    return status;
}

static int read_now(void *context, struct error *err)
{
    struct run_asked *asked = context;
    struct node_run *run = arena_alloc(asked->arena, sizeof(*run));
    struct running running;
    struct run_persons persons;
    struct saved *cohort;
    int status;

    run->is_same_cut = true;
    if (cohort_find(asked->node, asked->arena, asked->name, asked->number, &cohort,
                    &run->run, err) < 0 ||
        run_read(asked->node, asked->arena, &run->run, &run->criteria, &persons, err) < 0)
        return -1;
    running = running_of(asked, present_snapshot(asked->node, err));
    if (!running.snapshot)
        return -1;
    status = leave_out_opposed(asked->arena, running.snapshot, &persons, run, err);
    snapshot_release(asked->node->catalogue, running.snapshot);
    asked->run = run;
    return status < 0 ? -1 : audit_run(&running, "cohort run", run, err);
}

int node_cohort_again(struct node *node, struct arena *arena, const char *name,
                      unsigned number, const struct caller *caller, int64_t now,
                      struct node_run **run_r, struct error *err)
{
    struct run_asked asked = {.node = node,
                              .arena = arena,
                              .caller = caller,
                              .now = now,
                              .name = name,
                              .number = number};

    if (index_ask(node, arena, read_now, &asked, err) < 0)
        return -1;
    *run_r = asked.run;
    return 0;
}

/* The runs of each version list, by the reader. */
static int read_runs(struct node *node, struct arena *arena, size_t max,
                     struct node_cohorts *cohorts, struct error *err)
{
    for (size_t i = 0; i < cohorts->n; i++)
        if (store_runs(node->reader, arena, cohorts->cohorts[i].versions[0].name, 0, max,
                       &cohorts->cohorts[i].runs, &cohorts->cohorts[i].n_runs, err) < 0)
            return -1;
    return 0;
}

static int read_cohorts(struct node *node, struct arena *arena, const char *name,
                        struct node_cohorts *cohorts, struct error *err)
{
    struct saved *list;
    size_t n;

    if (store_saved_list(node->reader, arena, SAVED_COHORT, name, &list, &n, err) < 0)
        return -1;
    if (name && n == 0)
        return error_set(err, ERROR_NOT_FOUND, "no cohort is saved as \"%.64s\"", name);
    cohorts->is_list = !name;
    cohorts->n = name ? 1 : n;
    cohorts->cohorts = arena_array(arena, cohorts->n + 1, sizeof(*cohorts->cohorts));
    for (size_t i = 0; i < cohorts->n; i++)
        cohorts->cohorts[i] =
            (struct node_cohort){.versions = &list[i], .n_versions = name ? n : 1};
    return read_runs(node, arena, name ? COHORT_RUNS : 1, cohorts, err);
}

int node_cohorts(struct node *node, struct arena *arena, const char *name,
                 struct node_cohorts **cohorts_r, struct error *err)
{
    struct node_cohorts *cohorts = arena_alloc(arena, sizeof(*cohorts));
    int status;

    pthread_mutex_lock(&node->reader_lock);
    status = read_cohorts(node, arena, name, cohorts, err);
    pthread_mutex_unlock(&node->reader_lock);
    if (status == 0)
        *cohorts_r = cohorts;
    return status;
}

int node_cohort_delete(struct node *node, const char *name, const struct caller *caller,
                       int64_t now, struct error *err)
{
    struct saving writing;
    int status;

    if (saving_begin(node, &writing, err) < 0)
        return -1;
    status = store_cohort_delete(node->store, name, err);
    if (status == 0)
        status =
            audit_write(node->audit, caller, now, "cohort delete", name, "deleted", err);
    return saving_end(&writing, status, err);
}
