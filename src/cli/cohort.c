/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/cohort.c: lacis cohort save|list|show|run|diff|delete NODE … */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"
#include "node/saved.h"

#define BODY_LIMIT ((size_t)1 << 20)
#define RUN_MAX 1000000

static const char *cohort_path(const struct invocation *invocation, const char *rest)
{
    return arena_printf(invocation->arena, "/cohorts/%s%s",
                        remote_escape(invocation, invocation->operands[1]), rest);
}

/* RUN 0: does not matter, or the last one. */
static int get(struct invocation *invocation, struct remote *remote, const char *path,
               uint64_t run, struct error *err)
{
    struct remote_query query[] = {{"lang", say(invocation, "fr", "en")},
                                   {"run",
                                    arena_printf(invocation->arena, "%" PRIu64, run)}};

    return remote_get(remote, invocation, path, query, run ? 2 : 1, !invocation->json,
                      &invocation->out, err);
}

static int read_run(struct invocation *invocation, uint64_t *run_r, struct error *err)
{
    *run_r = 0;
    return option_number(invocation, OPTION_RUN, 1, RUN_MAX, run_r, err);
}

static void put_run(struct invocation *invocation, const struct node_run *run)
{
    if (invocation->json) {
        node_run_json(&invocation->out, run);
        buffer_char(&invocation->out, '\n');
    } else {
        node_run_text(&invocation->out, run, invocation->lang);
    }
}

/* ---- save ---- */

static int save_there(struct invocation *invocation, struct remote *remote,
                      const struct node_saving *saving, struct error *err)
{
    char date[DATE_TEXT_SIZE];
    struct buffer body;
    int rc;

    buffer_init(&body, BODY_LIMIT);
    buffer_string(&body, "{\"name\":");
    buffer_json_string(&body, saving->name);
    buffer_string(&body, ",\"criteria\":");
    buffer_json_string(&body, saving->text);
    if (saving->note) {
        buffer_string(&body, ",\"note\":");
        buffer_json_string(&body, saving->note);
    }
    if (saving->as_of != DAY_MAX)
        buffer_printf(&body, ",\"as_of\":\"%s\"",
                      date_print_iso((struct interval){saving->as_of, saving->as_of},
                                     date));
    buffer_printf(&body, ",\"lang\":\"%s\"}", say(invocation, "fr", "en"));
    rc = remote_post(remote, invocation, "/cohorts", body.bytes, body.length,
                     !invocation->json, &invocation->out, err);
    buffer_free(&body);
    return rc;
}

static int save(struct invocation *invocation, struct error *err)
{
    struct node_saving saving = {.name = invocation->operands[1],
                                 .note = option_value(invocation, OPTION_NOTE, NULL),
                                 .caller = &invocation->caller,
                                 .now = invocation->now};
    struct target target;
    struct node_run *run;
    int rc;

    if (option_as_of(invocation, &saving.as_of, err) < 0 ||
        criteria_operand(invocation, invocation->operands[2], &saving.text, err) < 0 ||
        target_open_write(&target, invocation->operands[0], err) < 0)
        return -1;
    if (target.remote) {
        rc = save_there(invocation, target.remote, &saving, err);
    } else {
        rc = node_cohort_save(target.node, invocation->arena, &saving, &run, err);
        if (rc == 0)
            put_run(invocation, run);
    }
    target_close(&target);
    return rc;
}

/* ---- list and show ---- */

static int show(struct invocation *invocation, struct error *err)
{
    const char *name = invocation->n_operands > 1 ? invocation->operands[1] : NULL;
    struct target target;
    struct node_cohorts *cohorts;
    int rc;

    if (target_open_read(&target, invocation->operands[0], err) < 0)
        return -1;
    if (target.remote) {
        rc = get(invocation, target.remote,
                 name ? cohort_path(invocation, "") : "/cohorts", 0, err);
    } else {
        rc = node_cohorts(target.node, invocation->arena, name, &cohorts, err);
        if (rc == 0 && invocation->json) {
            node_cohorts_json(&invocation->out, cohorts);
            buffer_char(&invocation->out, '\n');
        } else if (rc == 0) {
            node_cohorts_text(&invocation->out, cohorts, invocation->lang);
        }
    }
    target_close(&target);
    return rc;
}

/* ---- run ---- */

static int run_again(struct invocation *invocation, struct error *err)
{
    struct target target;
    struct node_run *run;
    uint64_t number;
    int rc;

    if (read_run(invocation, &number, err) < 0 ||
        target_open_read(&target, invocation->operands[0], err) < 0)
        return -1;
    if (target.remote) {
        rc = get(invocation, target.remote, cohort_path(invocation, "/run"), number, err);
    } else {
        rc = node_cohort_again(target.node, invocation->arena, invocation->operands[1],
                               (unsigned)number, &invocation->caller, invocation->now,
                               &run, err);
        if (rc == 0)
            put_run(invocation, run);
    }
    target_close(&target);
    return rc;
}

static int run_now(struct invocation *invocation, struct error *err)
{
    struct target target;
    struct node_run *run;
    int rc;

    if (target_open_write(&target, invocation->operands[0], err) < 0)
        return -1;
    if (target.remote) {
        rc = remote_post(target.remote, invocation,
                         arena_printf(invocation->arena, "%s?lang=%s",
                                      cohort_path(invocation, "/run"),
                                      say(invocation, "fr", "en")),
                         NULL, 0, !invocation->json, &invocation->out, err);
    } else {
        rc = node_cohort_run(target.node, invocation->arena, invocation->operands[1],
                             &invocation->caller, invocation->now, &run, err);
        if (rc == 0)
            put_run(invocation, run);
    }
    target_close(&target);
    return rc;
}

static int run(struct invocation *invocation, struct error *err)
{
    bool is_same_cut = option_given(invocation, OPTION_SAME_CUT);

    if (is_same_cut && option_given(invocation, OPTION_NOW))
        return usage_error(invocation, err, "--same-cut and --now exclude each other");
    return is_same_cut ? run_again(invocation, err) : run_now(invocation, err);
}

/* ---- diff ---- */

static int diff(struct invocation *invocation, struct error *err)
{
    struct target target;
    struct node_difference *difference;
    uint64_t number;
    int rc;

    if (read_run(invocation, &number, err) < 0 ||
        target_open_read(&target, invocation->operands[0], err) < 0)
        return -1;
    if (target.remote) {
        rc =
            get(invocation, target.remote, cohort_path(invocation, "/diff"), number, err);
    } else {
        rc = node_cohort_difference(target.node, invocation->arena,
                                    invocation->operands[1], (unsigned)number,
                                    &invocation->caller, invocation->now, &difference,
                                    err);
        if (rc == 0 && invocation->json) {
            node_difference_json(&invocation->out, difference);
            buffer_char(&invocation->out, '\n');
        } else if (rc == 0) {
            node_difference_text(&invocation->out, difference, invocation->lang);
        }
    }
    target_close(&target);
    return rc;
}

/* ---- delete ---- */

/* Asked of whoever sits at the terminal; a script says --yes. */
static int confirm(struct invocation *invocation, struct error *err)
{
    char answer[16] = "";

    if (option_given(invocation, OPTION_YES))
        return 0;
    if (!isatty(STDIN_FILENO))
        return usage_error(invocation, err,
                           "deleting a cohort wants --yes where nobody can be asked");
    fprintf(stderr, "%s \"%s\"%s",
            say(invocation, "Supprimer la cohorte", "Delete the cohort"),
            invocation->operands[1],
            say(invocation, ", ses versions et ses exécutions ? [o/N] ",
                ", its versions and its runs? [y/N] "));
    if (fgets(answer, sizeof(answer), stdin) && strchr("yYoO", *answer) && *answer)
        return 0;
    return error_set(err, ERROR_REFUSED, "the cohort was not deleted");
}

static int delete (struct invocation *invocation, struct error *err)
{
    struct target target;
    struct buffer answer;
    int rc;

    if (confirm(invocation, err) < 0 ||
        target_open_write(&target, invocation->operands[0], err) < 0)
        return -1;
    buffer_init(&answer, OUTPUT_LIMIT);
    if (target.remote)
        rc = remote_post(target.remote, invocation, cohort_path(invocation, "/delete"),
                         NULL, 0, false, &answer, err);
    else
        rc = node_cohort_delete(target.node, invocation->operands[1], &invocation->caller,
                                invocation->now, err);
    buffer_free(&answer);
    target_close(&target);
    if (rc < 0)
        return -1;
    buffer_string(&invocation->out, invocation->json
                                        ? "{\"deleted\":true}\n"
                                        : say(invocation, "Cohorte supprimée.\n",
                                              "The cohort is deleted.\n"));
    return EXIT_OK;
}

/* An option that another action takes would be passed over in silence. */
static int check_options(struct invocation *invocation, struct error *err)
{
    static const struct {
        enum option_id option;
        enum action_id first, second; /* that take it */
    } taken[] = {
        {OPTION_NOTE, ACTION_COHORT_save, ACTION_COHORT_save},
        {OPTION_AS_OF, ACTION_COHORT_save, ACTION_COHORT_save},
        {OPTION_SAME_CUT, ACTION_COHORT_run, ACTION_COHORT_run},
        {OPTION_NOW, ACTION_COHORT_run, ACTION_COHORT_run},
        {OPTION_RUN, ACTION_COHORT_run, ACTION_COHORT_diff},
        {OPTION_YES, ACTION_COHORT_delete, ACTION_COHORT_delete},
    };
    enum action_id action = invocation->action->id;

    for (size_t i = 0; i < ARRAY_LENGTH(taken); i++)
        if (option_given(invocation, taken[i].option) && action != taken[i].first &&
            action != taken[i].second)
            return usage_error(invocation, err, "--%s does not go with %s",
                               option_table[taken[i].option].name,
                               invocation->action->name);
    if (action == ACTION_COHORT_run && option_given(invocation, OPTION_RUN) &&
        !option_given(invocation, OPTION_SAME_CUT))
        return usage_error(invocation, err, "--run goes with --same-cut");
    return 0;
}

int command_cohort(struct invocation *invocation, struct error *err)
{
    if (check_options(invocation, err) < 0)
        return -1;
    switch (invocation->action->id) {
    case ACTION_COHORT_save: return save(invocation, err);
    case ACTION_COHORT_list:
    case ACTION_COHORT_show: return show(invocation, err);
    case ACTION_COHORT_run: return run(invocation, err);
    case ACTION_COHORT_diff: return diff(invocation, err);
    case ACTION_COHORT_delete: return delete (invocation, err);
    default: break;
    }
    panic("an action of another command");
}
