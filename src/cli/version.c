/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/version.c: lacis version, with what an answer depends on besides the data. */
#include "base/error.h"
#include "cli/cli.h"
#include "model/model.h"
#include "record/record.h"

int command_version(struct invocation *invocation, struct error *err)
{
    unsigned long long model = (unsigned long long)model_digest();

    (void)err;
    if (invocation->json)
        buffer_printf(&invocation->out,
                      "{\"version\":\"%s\",\"rules\":%d,\"model\":\"%016llx\"}\n",
                      LACIS_VERSION, RULES_VERSION, model);
    else
        buffer_printf(&invocation->out, "lacis %s (%s %d, %s %016llx)\n", LACIS_VERSION,
                      say(invocation, "règles", "rules"), RULES_VERSION,
                      say(invocation, "modèle", "model"), model);
    return EXIT_OK;
}
