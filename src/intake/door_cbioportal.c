/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/door_cbioportal.c: a study folder of cBioPortal as a delivery.
 *
 * A study is known by its meta files, or where it has none by the names that data files have by
 * convention. Clinical files come first, since they say whose sample a sample is; then what is said
 * of samples. Files that are not of patients, or of kinds that our model does not have (expression,
 * methylation, segments, scores …), are named in a remark and not read. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/table.h"
#include "intake/cbioportal_internal.h"

static bool begins(const char *name, const char *prefix)
{
    return strncasecmp(name, prefix, strlen(prefix)) == 0;
}

static bool recognises(const char *path)
{
    struct arena *arena = arena_new("names of files", (size_t)16 << 20);
    const char *const *files;
    bool found = false;
    size_t n = 0;

    if (folder_files(arena, path, &files, &n, NULL) == 0)
        for (size_t i = 0; i < n && !found; i++)
            found = begins(files[i], "meta_study.txt") ||
                    begins(files[i], "meta_clinical") ||
                    begins(files[i], "meta_sample") ||
                    begins(files[i], "data_clinical_sample") ||
                    begins(files[i], "data_clinical_patient") ||
                    begins(files[i], "data_clinical.txt");
    arena_free(arena);
    return found;
}

/* ---- what the whole study says ---- */

/* A row a patient, so that one patient's rows say it all. */
static int add_study(struct study *study, struct error *err)
{
    const char *columns[] = {"study_type_of_cancer", "study_reference_genome",
                             "study_day_zero",       "study_numbers",
                             "study_own_patients",   "study_filter"};
    const char *cells[] = {study->type_of_cancer,        study->genome, study->day_zero,
                           buffer_text(&study->numbers), study->own,    study->filter};
    size_t n = study->filter ? 6 : 5;

    if (tables_begin(study->delivery->tables, "study", "meta_study.txt", columns, n,
                     err) < 0)
        return -1;
    if (study->is_declared && study->numbers.length == 0)
        cells[3] = "-NONE-"; /* declared, and none of them a number */
    for (size_t i = 0; i < table_count(study->patients); i++)
        if (delivery_row(study->delivery, "meta_study.txt", 0,
                         table_key(study->patients, i, NULL), cells, n, err) < 0)
            return -1;
    return 0;
}

/* ---- reading ---- */

static int read_clinical(struct study *study, struct error *err)
{
    bool any = false;

    for (const struct study_file *file = study->first; file; file = file->next) {
        if (file->data != DATA_CLINICAL)
            continue;
        any = true;
        if (study_read_clinical(study, file->name, err) < 0)
            return -1;
    }
    if (!any)
        delivery_refused(study->delivery, "", 0, "",
                         "a study without clinical files: nobody knows whose the samples "
                         "are; expected data_clinical_sample.txt, or a meta file that "
                         "names it");
    return 0;
}

static int read_rest(struct study *study, struct error *err)
{
    for (const struct study_file *file = study->first; file; file = file->next)
        if (file->data != DATA_CLINICAL && file->data != DATA_NONE &&
            study_read_samples(study, file, err) < 0)
            return -1;
    return study_read_lists(study, err);
}

static void remark_without_attributes(const struct study *study)
{
    for (size_t i = 0; i < table_count(study->patients); i++)
        if (!(table_value(study->patients, i) & 1))
            delivery_remark(study->delivery, "", "PATIENT_ID",
                            "patients with samples or events and no row of attributes of "
                            "their own");
}

/* The last part of the folder's path, with '_' for what a source's name may not have. */
static const char *folder_name(const struct study *study)
{
    const char *path = study->delivery->path;
    size_t end = strlen(path), start;
    char *name;

    while (end > 1 && path[end - 1] == '/')
        end--;
    start = end;
    while (start > 0 && path[start - 1] != '/')
        start--;
    if (end - start > 60)
        end = start + 60;
    name = arena_string(study->delivery->arena, path + start, end - start);
    for (char *c = name; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') ||
              (*c >= '0' && *c <= '9') || *c == '-' || (*c == '.' && c > name)))
            *c = '_';
    return *name ? name : "study";
}

static int read_study(struct study *study, struct error *err)
{
    struct delivery *delivery = study->delivery;

    if (folder_files(delivery->arena, delivery->path, &study->files, &study->n_files,
                     err) < 0 ||
        study_read_meta(study, err) < 0)
        return -1;
    if (!delivery->source)
        delivery->source = *study->id ? study->id : folder_name(study);
    if (read_clinical(study, err) < 0 || read_rest(study, err) < 0)
        return -1;
    remark_without_attributes(study);
    return add_study(study, err);
}

static int read(struct delivery *delivery, struct error *err)
{
    struct study study = {.delivery = delivery,
                          .id = "",
                          .type_of_cancer = "",
                          .genome = "",
                          .day_zero = "",
                          .own = "",
                          .patients = table_new(),
                          .samples = table_new()};
    int rc;

    buffer_init(&study.numbers, (size_t)64 << 10);
    rc = read_study(&study, err);
    buffer_free(&study.numbers);
    table_free(study.patients);
    table_free(study.samples);
    return rc;
}

const struct door door_cbioportal = {
    .name = CBIOPORTAL_DOOR, .recognises = recognises, .read = read};
