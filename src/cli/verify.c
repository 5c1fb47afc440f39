/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/verify.c: lacis verify NODE */
#include <inttypes.h>

#include "base/error.h"
#include "base/log.h"
#include "cli/cli.h"
#include "node/node.h"

static void put_json(struct invocation *invocation, const struct verify_result *result,
                     double seconds, const struct error *err)
{
    struct buffer *out = &invocation->out;

    buffer_printf(out,
                  "{\"persons\":%" PRIu64 ",\"originals\":%" PRIu64
                  ",\"audit_lines\":%" PRIu64 ",\"differences\":%" PRIu64
                  ",\"sound\":%s,\"seconds\":",
                  result->persons, result->originals, result->audit_lines,
                  result->differences, err ? "false" : "true");
    buffer_json_number(out, (double)(int64_t)(seconds * 1000) / 1000);
    if (err) {
        buffer_string(out, ",\"error\":");
        error_json(out, invocation, err);
        invocation->told = true;
    }
    buffer_string(out, "}\n");
}

static void put_words(struct invocation *invocation, const struct verify_result *result,
                      double seconds)
{
    struct buffer *out = &invocation->out;

    buffer_string(out, say(invocation, "Aucune différence : ", "No difference: "));
    text_count(out, invocation->lang, result->persons,
               say(invocation, "patient", "patient"),
               say(invocation, "patients", "patients"));
    buffer_string(out, say(invocation, " refaits à partir de ", " rebuilt from "));
    text_count(out, invocation->lang, result->originals,
               say(invocation, "original", "original"),
               say(invocation, "originaux", "originals"));
    buffer_string(out, say(invocation, ", ", ", "));
    text_count(out, invocation->lang, result->audit_lines,
               say(invocation, "ligne d'audit intacte", "audit line sound"),
               say(invocation, "lignes d'audit intactes", "audit lines sound"));
    buffer_string(out, "  (");
    text_seconds(out, invocation->lang, seconds);
    buffer_string(out, ")\n");
}

int command_verify(struct invocation *invocation, struct error *err)
{
    double start = clock_milliseconds();
    struct verify_result result = {0};
    struct progress progress;
    struct node *node;
    double seconds;
    int rc;

    /* the scratch folder beside the index is a writer's */
    if (node_open_here(&node, invocation->operands[0], err) < 0)
        return -1;
    progress_start(&progress, invocation, "patients", "patients");
    rc = node_verify(node, progress_of_total, &progress, &result, err);
    progress_end(&progress);
    node_close(node);
    if (rc < 0 && err->code == ERROR_CORRUPT)
        invocation->failure = EXIT_DIFFERS;
    seconds = (clock_milliseconds() - start) / 1000;
    if (invocation->json)
        put_json(invocation, &result, seconds, rc < 0 ? err : NULL);
    else if (rc == 0)
        put_words(invocation, &result, seconds);
    return rc;
}
