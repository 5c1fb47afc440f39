/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/extract.c: the records that lacis export --format writes, into a file or a folder.
 *
 * All is written beside its place under another name, for its owner only, and takes its place
 * when it is whole, on the disk, and in the audit log. The node is read beside a server that has
 * it open: whole records are too much for one answer. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "cli/cli.h"
#include "node/saved.h"

#define FILES_MAX 64
#define GZIP_LEVEL "wb6"

struct extracting {
    struct invocation *invocation;
    const char *path;
    bool has_folder, force;
    bool is_made; /* `temporary` is there */
    char *temporary;
    size_t n;
    struct {
        const char *name;
        gzFile file; /* of which zlib writes what is not to be compressed as it is */
        int fd;
    } files[FILES_MAX];
};

/* ---- under another name ---- */

static int cannot_write(const struct extracting *extracting, struct error *err)
{
    return error_errno(err, "%s cannot be written", extracting->path);
}

static bool wants_gzip(const char *path)
{
    size_t length = strlen(path);

    return length > 3 && strcmp(path + length - 3, ".gz") == 0;
}

static int open_file(struct extracting *extracting, size_t i, const char *name,
                     struct error *err)
{
    const char *path = extracting->temporary;
    bool gzip = !extracting->has_folder && wants_gzip(extracting->path);
    int fd;

    if (extracting->has_folder) {
        path = arena_printf(extracting->invocation->arena, "%s/%s", path, name);
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    } else {
        fd = mkostemp(extracting->temporary, O_CLOEXEC);
        extracting->is_made = fd >= 0;
    }
    if (fd < 0)
        return cannot_write(extracting, err);
    extracting->n = i + 1;
    extracting->files[i].name = name;
    extracting->files[i].fd = dup(fd); /* zlib closes its own before it is on the disk */
    extracting->files[i].file = gzdopen(fd, gzip ? GZIP_LEVEL : "wbT");
    if (!extracting->files[i].file || extracting->files[i].fd < 0)
        return cannot_write(extracting, err);
    gzbuffer(extracting->files[i].file, 1 << 17);
    return 0;
}

static int on_bytes(void *context, size_t file, const char *name, const char *bytes,
                    size_t length, struct error *err)
{
    struct extracting *extracting = context;

    /* the first time all files come, in their order */
    if (file == extracting->n && open_file(extracting, file, name, err) < 0)
        return -1;
    errno = EIO;
    return gzfwrite(bytes, 1, length, extracting->files[file].file) == length
               ? 0
               : cannot_write(extracting, err);
}

static int make_temporary(struct extracting *extracting, struct error *err)
{
    extracting->temporary =
        arena_printf(extracting->invocation->arena, "%s.XXXXXX", extracting->path);
    if (!extracting->has_folder)
        return 0; /* with its file */
    if (!mkdtemp(extracting->temporary))
        return cannot_write(extracting, err);
    extracting->is_made = true;
    return 0;
}

static int close_files(struct extracting *extracting, int status, struct error *err)
{
    for (size_t i = 0; i < extracting->n; i++) {
        errno = EIO;
        if (gzclose(extracting->files[i].file) != Z_OK && status == 0)
            status = cannot_write(extracting, err);
        if (fsync(extracting->files[i].fd) < 0 && status == 0)
            status = cannot_write(extracting, err);
        close(extracting->files[i].fd);
    }
    return status;
}

static const char *inside(const struct extracting *extracting, const char *folder,
                          size_t i)
{
    return arena_printf(extracting->invocation->arena, "%s/%s", folder,
                        extracting->files[i].name);
}

static void remove_temporary(const struct extracting *extracting)
{
    if (!extracting->is_made)
        return;
    if (!extracting->has_folder) {
        unlink(extracting->temporary);
        return;
    }
    for (size_t i = 0; i < extracting->n; i++)
        unlink(inside(extracting, extracting->temporary, i));
    rmdir(extracting->temporary);
}

/* ---- in place ---- */

/* Each file takes the place of that of its name; others in the folder are not ours. */
static int replace_files(const struct extracting *extracting, struct error *err)
{
    for (size_t i = 0; i < extracting->n; i++)
        if (rename(inside(extracting, extracting->temporary, i),
                   inside(extracting, extracting->path, i)) < 0)
            return cannot_write(extracting, err);
    rmdir(extracting->temporary);
    return 0;
}

static int put_in_place(const struct extracting *extracting, struct error *err)
{
    struct stat status;

    if (!extracting->has_folder)
        return export_put_in_place(extracting->temporary, extracting->path,
                                   extracting->force, err);
    if (extracting->force && stat(extracting->path, &status) == 0 &&
        S_ISDIR(status.st_mode))
        return replace_files(extracting, err);
    /* fails where something is, but for an empty folder */
    return rename(extracting->temporary, extracting->path) == 0
               ? 0
               : cannot_write(extracting, err);
}

/* ---- what is told ---- */

static void put_json(struct invocation *invocation, const struct extracting *extracting,
                     const struct render_options *options,
                     const struct extract_result *result)
{
    struct buffer *out = &invocation->out;

    buffer_printf(out, "{\"%s\":", extracting->has_folder ? "folder" : "file");
    buffer_json_string(out, extracting->path);
    buffer_printf(out,
                  ",\"format\":\"%s\",\"patients\":%" PRIu64 ",\"certain\":%" PRIu64
                  ",\"by\":\"%s\",\"withheld\":%" PRIu64 ",\"vaguer\":%" PRIu64
                  ",\"homeless\":%" PRIu64 ",\"unknown\":%" PRIu64 ",\"refused\":%" PRIu64
                  "}\n",
                  render_format_name(options->format), result->patients, result->certain,
                  result->by_number ? "number" : "pseudonym", result->losses.withheld,
                  result->losses.vaguer, result->losses.homeless, result->unknown,
                  result->refused);
}

static void put_loss(struct invocation *invocation, uint64_t count, const char *one_fr,
                     const char *many_fr, const char *one_en, const char *many_en)
{
    if (count == 0)
        return;
    buffer_string(&invocation->out, "  ");
    text_count(&invocation->out, invocation->lang, count, say(invocation, one_fr, one_en),
               say(invocation, many_fr, many_en));
    buffer_char(&invocation->out, '\n');
}

static void put_words(struct invocation *invocation, const struct extracting *extracting,
                      const struct extract_result *result)
{
    struct buffer *out = &invocation->out;

    text_count(out, invocation->lang, result->patients, "patient", "patients");
    buffer_printf(out, "%s%s%s\n", say(invocation, " dans ", " in "), extracting->path,
                  result->by_number
                      ? say(invocation, ", par numéro (IPP)", ", by number (IPP)")
                      : say(invocation, ", par pseudonyme", ", by pseudonym"));
    put_loss(invocation, result->patients - result->certain, "patient à vérifier",
             "patients à vérifier", "of them possible", "of them possible");
    put_loss(invocation, result->losses.withheld,
             "valeur retenue : elle ne sort pas sous un pseudonyme",
             "valeurs retenues : elles ne sortent pas sous un pseudonyme",
             "value withheld: it does not leave under a pseudonym",
             "values withheld: they do not leave under a pseudonym");
    put_loss(invocation, result->losses.vaguer, "date dite moins précisément que connue",
             "dates dites moins précisément que connues",
             "date said less exactly than it is known",
             "dates said less exactly than they are known");
    put_loss(invocation, result->losses.homeless, "valeur sans place dans ce format",
             "valeurs sans place dans ce format",
             "value for which the format has no place",
             "values for which the format has no place");
    put_loss(invocation, result->unknown,
             "valeur sous un nom inconnu : dans l'original seulement",
             "valeurs sous un nom inconnu : dans les originaux seulement",
             "value under a name nobody knows: in the original only",
             "values under names nobody knows: in the originals only");
    put_loss(invocation, result->refused, "valeur refusée : dans l'original seulement",
             "valeurs refusées : dans les originaux seulement",
             "refused value: in the original only",
             "refused values: in the originals only");
}

/* ---- all of it ---- */

static int read_node(struct extracting *extracting, const struct node_list *list,
                     const struct render_options *options,
                     struct extract_result *result_r, struct error *err)
{
    struct invocation *invocation = extracting->invocation;
    struct node *node = node_open(invocation->operands[0], NODE_READ, err);
    int status = -1;

    if (node) {
        status = make_temporary(extracting, err);
        if (status == 0)
            status = node_extract(node, invocation->arena, list, options, on_bytes,
                                  extracting, result_r, err);
    }
    node_close(node);
    return status;
}

int export_records(struct invocation *invocation, const struct node_list *list,
                   const struct render_options *options, const char *path,
                   struct error *err)
{
    struct extracting extracting = {.invocation = invocation,
                                    .path = path,
                                    .has_folder = render_has_folder(options->format),
                                    .force = option_given(invocation, OPTION_FORCE)};
    struct extract_result result = {0};
    int status = read_node(&extracting, list, options, &result, err);

    status = close_files(&extracting, status, err);
    if (status == 0)
        status = put_in_place(&extracting, err);
    if (status < 0) {
        remove_temporary(&extracting);
        return -1;
    }
    if (invocation->json)
        put_json(invocation, &extracting, options, &result);
    else
        put_words(invocation, &extracting, &result);
    return EXIT_OK;
}
