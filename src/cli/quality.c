/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/quality.c: lacis quality NODE, how complete and plausible the data is. */
#include <string.h>

#include "base/error.h"
#include "cli/cli.h"
#include "node/quality.h"

static int read_by(struct invocation *invocation, enum quality_by *by_r,
                   struct error *err)
{
    const char *word = option_value(invocation, OPTION_SPREAD, NULL);

    *by_r = BY_NOTHING;
    if (word && strcmp(word, "source") == 0)
        *by_r = BY_SOURCE;
    else if (word && strcmp(word, "year") == 0)
        *by_r = BY_YEAR;
    else if (word)
        return usage_error(invocation, err, "--by %s: expected source or year", word);
    return 0;
}

static int read_check(struct invocation *invocation, enum check *check_r,
                      struct error *err)
{
    const char *word = option_value(invocation, OPTION_CHECK, NULL);

    *check_r = word ? check_find(word) : CHECKS;
    if (word && *check_r == CHECKS)
        return usage_error(invocation, err,
                           "--check %.40s: no such rule; lacis quality NODE names them",
                           word);
    return 0;
}

static int list(struct invocation *invocation, struct node *node, enum check check,
                struct progress *progress, struct error *err)
{
    int rc = node_quality_list(node, invocation->arena, check, &invocation->caller,
                               invocation->now, progress_of_total, progress,
                               invocation->json, invocation->lang, &invocation->out, err);

    if (rc == 0 && invocation->json)
        buffer_char(&invocation->out, '\n');
    return rc;
}

static void put(struct invocation *invocation, const struct node_quality *quality,
                enum quality_by by)
{
    bool shared = option_given(invocation, OPTION_SHARE);

    if (invocation->json || shared) {
        node_quality_json(&invocation->out, quality, shared);
        buffer_char(&invocation->out, '\n');
    } else {
        node_quality_text(&invocation->out, quality, by, invocation->lang);
    }
}

static int measure(struct invocation *invocation, struct node *node, enum quality_by by,
                   struct progress *progress, struct error *err)
{
    const char *partner = option_value(invocation, OPTION_AGAINST, NULL);
    struct node_quality quality = {0};
    int rc = partner ? node_quality_read(partner, &quality.partner, err) : 0;

    if (rc == 0)
        rc = node_quality(node, &invocation->caller, invocation->now, progress_of_total,
                          progress, &quality, err);
    if (rc == 0)
        put(invocation, &quality, by);
    node_quality_free(&quality);
    return rc;
}

int command_quality(struct invocation *invocation, struct error *err)
{
    struct progress progress;
    struct node *node;
    enum quality_by by;
    enum check check;
    int rc;

    if (read_by(invocation, &by, err) < 0 || read_check(invocation, &check, err) < 0)
        return -1;
    node = node_open(invocation->operands[0], NODE_READ, err);
    if (!node)
        return -1;
    progress_start(&progress, invocation, "patients", "patients");
    rc = check == CHECKS ? measure(invocation, node, by, &progress, err)
                         : list(invocation, node, check, &progress, err);
    progress_end(&progress);
    node_close(node);
    return rc < 0 ? -1 : EXIT_OK;
}
