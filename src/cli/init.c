/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/init.c: lacis init FOLDER --centre NAME --finess NUMBER */
#include "base/error.h"
#include "cli/cli.h"
#include "node/node.h"

static void put_json(struct buffer *out, const char *folder,
                     const struct node_config *config)
{
    buffer_string(out, "{\"folder\":");
    buffer_json_string(out, folder);
    buffer_string(out, ",\"centre\":");
    buffer_json_string(out, config->centre);
    buffer_string(out, ",\"finess\":[");
    for (size_t i = 0; i < config->n_finess; i++) {
        buffer_string(out, i ? "," : "");
        buffer_json_string(out, config->finess[i]);
    }
    buffer_string(out, "]}\n");
}

static void put_words(struct invocation *invocation, const char *folder)
{
    struct buffer *out = &invocation->out;

    if (invocation->lang == LANG_FR)
        buffer_printf(
            out,
            "%s est un nœud.\n\n"
            "La suite :\n"
            "  lacis import %s PATIENTS.ndjson.gz IDENTITÉS.csv\n"
            "  lacis count %s any\n\n"
            "Ce que le centre recueille, et depuis quand, se déclare dans "
            "%s/coverage.csv\n(lacis help coverage). À sauvegarder : tout %s sauf "
            "index/ et reports/,\net store/identities.db à part.\n",
            folder, folder, folder, folder, folder);
    else
        buffer_printf(
            out,
            "%s is a node.\n\n"
            "What to do next:\n"
            "  lacis import %s PATIENTS.ndjson.gz IDENTITIES.csv\n"
            "  lacis count %s any\n\n"
            "What the centre records, and since when, is declared in "
            "%s/coverage.csv\n(lacis help coverage). To be backed up: all of %s but "
            "index/ and reports/,\nand store/identities.db apart from the rest.\n",
            folder, folder, folder, folder, folder);
}

int command_init(struct invocation *invocation, struct error *err)
{
    const char *folder = invocation->operands[0];
    struct node_config config = {.centre = option_value(invocation, OPTION_CENTRE, NULL),
                                 .n_finess = invocation->options[OPTION_FINESS].n};
    uint64_t port = 0;

    _Static_assert(OPTION_VALUES_MAX <= FINESS_MAX, "all values of --finess have room");
    if (!config.centre || config.n_finess == 0)
        return usage_error(invocation, err, "--centre and --finess are both needed");
    for (size_t i = 0; i < config.n_finess; i++)
        config.finess[i] = invocation->options[OPTION_FINESS].values[i];
    if (option_number(invocation, OPTION_PORT, 1, 65535, &port, err) < 0)
        return -1;
    config.port = (unsigned)port;
    if (node_init(folder, &config, err) < 0)
        return -1;
    if (invocation->json)
        put_json(&invocation->out, folder, &config);
    else
        put_words(invocation, folder);
    return EXIT_OK;
}
