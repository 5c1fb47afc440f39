/* SPDX-License-Identifier: Apache-2.0
 *
 * render/render.c: which format, and its files. */
#include "render/render.h"

#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "render/render_internal.h"

static const struct {
    const char *name;
    bool has_folder;
    void (*begin)(struct render *render);
    void (*patient)(struct render *render, struct arena *scratch,
                    const struct shared *shared, const struct render_patient *patient);
} formats[RENDER_FORMATS] = {
    [RENDER_OSIRIS_RWD] = {"osiris-rwd", false, osiris_rwd_begin, osiris_rwd_patient},
    [RENDER_PIVOT] = {"osiris-pivot", true, pivot_begin, pivot_patient},
    [RENDER_FLAT] = {"csv", true, flat_begin, flat_patient},
};

const char *render_format_name(enum render_format format)
{
    return formats[format].name;
}

enum render_format render_format_named(const char *name)
{
    int format = 0;

    while (format < RENDER_FORMATS && strcmp(formats[format].name, name) != 0)
        format++;
    return (enum render_format)format;
}

bool render_has_folder(enum render_format format)
{
    return formats[format].has_folder;
}

void render_add_file(struct render *render, const char *name)
{
    render->files =
        memory_resize(render->files, (render->n_files + 1) * sizeof(*render->files));
    render->files[render->n_files] = (struct render_file){.name = name};
    buffer_init(&render->files[render->n_files].bytes, RENDER_LIMIT);
    render->n_files++;
}

struct render *render_begin(const struct render_options *options)
{
    struct render *render = memory_alloc(sizeof(*render));

    *render = (struct render){.options = *options};
    formats[options->format].begin(render);
    return render;
}

struct render_file *render_files(struct render *render, size_t *n_r)
{
    *n_r = render->n_files;
    return render->files;
}

int render_patient(struct render *render, struct arena *scratch,
                   const struct render_patient *patient, struct error *err)
{
    struct shared shared = shared_of(scratch, patient);

    render->losses.withheld += shared.withheld;
    formats[render->options.format].patient(render, scratch, &shared, patient);
    for (size_t i = 0; i < render->n_files; i++)
        if (buffer_check(&render->files[i].bytes, "what is said of one patient", err) < 0)
            return -1;
    return arena_check(scratch, err);
}

const struct render_losses *render_losses(const struct render *render)
{
    return &render->losses;
}

void render_end(struct render *render)
{
    if (!render)
        return;
    for (size_t i = 0; i < render->n_files; i++)
        buffer_free(&render->files[i].bytes);
    memory_free(render->files);
    memory_free(render);
}
