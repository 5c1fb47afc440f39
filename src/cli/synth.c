/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/synth.c: lacis synth --out FOLDER */
#include "synth/synth.h"

#include <inttypes.h>

#include "base/error.h"
#include "base/pool.h"
#include "cli/cli.h"

#define THREADS_MAX 256

static int read_options(struct invocation *invocation, struct synth_options *options,
                        struct error *err)
{
    uint64_t centres = options->centres;
    uint64_t threads = pool_cores();

    if (option_number(invocation, OPTION_PATIENTS, 1, SYNTH_PATIENTS_MAX,
                      &options->patients, err) < 0 ||
        option_number(invocation, OPTION_SEED, 0, UINT64_MAX, &options->seed, err) < 0 ||
        option_number(invocation, OPTION_CENTRES, 1, SYNTH_CENTRES_MAX, &centres, err) <
            0 ||
        option_number(invocation, OPTION_THREADS, 1, THREADS_MAX, &threads, err) < 0 ||
        option_share(invocation, OPTION_OVERLAP, &options->overlap, err) < 0)
        return -1;
    options->centres = (unsigned)centres;
    options->threads = (unsigned)threads;
    options->dense = option_given(invocation, OPTION_DENSE);
    options->gzip = !option_given(invocation, OPTION_PLAIN);
    if (option_given(invocation, OPTION_CLEAN))
        options->dirt = (struct synth_dirt){0};
    return 0;
}

static void put_files(struct invocation *invocation, const struct synth_options *options,
                      const char *folder)
{
    struct buffer *out = &invocation->out;

    for (unsigned i = 0; i < options->centres; i++) {
        const char *centre = synth_centre_name(i);

        buffer_printf(out, "%s/%s.ndjson%s %s/identities_%s.csv  (FINESS %s)\n", folder,
                      centre, options->gzip ? ".gz" : "", folder, centre,
                      synth_centre_finess(i));
    }
    buffer_printf(out, "%s %s/truth.json\n",
                  say(invocation, "Les réponses sont dans", "The answers are in"),
                  folder);
}

static void put_json(struct buffer *out, const struct synth_options *options,
                     const char *folder)
{
    buffer_string(out, "{\"folder\":");
    buffer_json_string(out, folder);
    buffer_printf(out, ",\"patients\":%" PRIu64 ",\"seed\":%" PRIu64 ",\"centres\":[",
                  options->patients, options->seed);
    for (unsigned i = 0; i < options->centres; i++)
        buffer_printf(out, "%s{\"name\":\"%s\",\"finess\":\"%s\"}", i ? "," : "",
                      synth_centre_name(i), synth_centre_finess(i));
    buffer_string(out, "]}\n");
}

int command_synth(struct invocation *invocation, struct error *err)
{
    const char *folder = option_value(invocation, OPTION_OUT, NULL);
    struct synth_options options;
    struct progress progress;
    int rc;

    synth_defaults(&options);
    if (!folder)
        return usage_error(invocation, err, "--out FOLDER is missing");
    if (read_options(invocation, &options, err) < 0)
        return -1;
    progress_start(&progress, invocation, "patients", "patients");
    rc = synth_write(&options, folder, progress_of_total, &progress, err);
    progress_end(&progress);
    if (rc < 0)
        return -1;
    if (invocation->json)
        put_json(&invocation->out, &options, folder);
    else
        put_files(invocation, &options, folder);
    return EXIT_OK;
}
