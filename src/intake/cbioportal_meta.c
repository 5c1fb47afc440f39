/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/cbioportal_meta.c: meta files of a study ("key: value", a line each), and case lists.
 *
 * A meta file says what a data file is. Where none names a data file the names of data files say it,
 * by convention, and their columns. Beside the format's own files there may be one of ours, lacis.txt,
 * in which whoever imports the study lays down a date for day zero of its timelines
 * ("day_zero: 2000-01-01"; adapt/cbioportal.c says what follows from it), and that the numbers of
 * patients are those that the centre uses everywhere ("patients: own"). */
#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/date.h"
#include "base/table.h"
#include "intake/cbioportal_internal.h"

#define OWN_FILE "lacis.txt"

bool study_key(const char *const *fields, size_t n, const char *key, const char **value_r)
{
    size_t length = strlen(key);
    const char *at = n > 0 ? fields[0] : "";

    at += strspn(at, " ");
    if (strncasecmp(at, key, length) != 0)
        return false;
    at += length + strspn(at + length, " ");
    if (*at != ':')
        return false;
    at++;
    *value_r = at + strspn(at, " ");
    return true;
}

static bool is_named(const char *name, const char *prefix, const char *suffix)
{
    size_t length = strlen(name), after = strlen(suffix);

    return strncasecmp(name, prefix, strlen(prefix)) == 0 && length >= after &&
           strcasecmp(name + length - after, suffix) == 0;
}

/* ---- one meta file ---- */

struct meta {
    struct study *study;
    const char *file;
    const char *study_id, *alteration, *datatype, *data, *resource, *filter, *cancer,
        *genome, *day_zero, *patients, *profile, *panel;
};

static int on_meta_line(void *context, unsigned line, const char *const *fields, size_t n,
                        struct error *err)
{
    struct meta *meta = context;
    const struct {
        const char *key;
        const char **value;
    } keys[] = {{"cancer_study_identifier", &meta->study_id},
                {"genetic_alteration_type", &meta->alteration},
                {"datatype", &meta->datatype},
                {"data_filename", &meta->data},
                {"resource_type", &meta->resource},
                {"variant_classification_filter", &meta->filter},
                {"type_of_cancer", &meta->cancer},
                {"reference_genome", &meta->genome},
                {"day_zero", &meta->day_zero},
                {"patients", &meta->patients},
                {"stable_id", &meta->profile},
                {"gene_panel", &meta->panel}};

    (void)line;
    (void)err;
    for (size_t i = 0; i < ARRAY_LENGTH(keys); i++) {
        const char *value;
        size_t length;

        if (*keys[i].value || !study_key(fields, n, keys[i].key, &value))
            continue;
        length = strlen(value);
        while (length > 0 && strchr(" \r\n", value[length - 1]))
            length--;
        *keys[i].value = arena_string(meta->study->delivery->arena, value, length);
    }
    return 0;
}

static void add_file(struct study *study, const char *name, enum study_data data)
{
    struct study_file *file = arena_alloc(study->delivery->arena, sizeof(*file));

    *file = (struct study_file){.name = name, .data = data, .profile = "", .panel = ""};
    if (study->last)
        study->last->next = file;
    else
        study->first = file;
    study->last = file;
}

static bool is_added(const struct study *study, const char *name)
{
    for (const struct study_file *file = study->first; file; file = file->next)
        if (strcmp(file->name, name) == 0)
            return true;
    return false;
}

/* The file of the folder that is NAME, or NAME packed, or NAME unpacked; NULL. */
static const char *find_file(const struct study *study, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = 0; i < study->n_files; i++)
        if (strcmp(study->files[i], name) == 0)
            return study->files[i];
    for (size_t i = 0; i < study->n_files; i++) {
        const char *file = study->files[i];

        if ((strncmp(file, name, length) == 0 && strcmp(file + length, ".gz") == 0) ||
            (length > 3 && strcmp(name + length - 3, ".gz") == 0 &&
             strlen(file) == length - 3 && strncmp(file, name, length - 3) == 0))
            return file;
    }
    return NULL;
}

static enum study_data data_of(const struct meta *meta)
{
    static const struct {
        const char *alteration, *datatype; /* "": any */
        enum study_data data;
    } kinds[] = {{"CLINICAL", "", DATA_CLINICAL},
                 {"MUTATION_EXTENDED", "", DATA_MUTATIONS},
                 {"MUTATION_UNCALLED", "", DATA_NONE},
                 {"COPY_NUMBER_ALTERATION", "DISCRETE", DATA_MATRIX},
                 {"COPY_NUMBER_ALTERATION", "DISCRETE_LONG", DATA_MATRIX},
                 {"STRUCTURAL_VARIANT", "", DATA_STRUCTURAL},
                 {"FUSION", "", DATA_FUSIONS},
                 {"GENE_PANEL_MATRIX", "", DATA_PANELS}};

    if (meta->resource && (strcasecmp(meta->resource, "PATIENT") == 0 ||
                           strcasecmp(meta->resource, "SAMPLE") == 0))
        return DATA_RESOURCES;
    for (size_t i = 0; meta->alteration && i < ARRAY_LENGTH(kinds); i++)
        if (strcasecmp(meta->alteration, kinds[i].alteration) == 0 &&
            (!*kinds[i].datatype ||
             (meta->datatype && strcasecmp(meta->datatype, kinds[i].datatype) == 0)))
            return kinds[i].data;
    return DATA_NONE;
}

static void remark_unread(const struct study *study, const char *file,
                          const struct meta *meta)
{
    char reason[160];

    if (meta->resource ||
        (meta->alteration && strcmp(meta->alteration, "CANCER_TYPE") == 0))
        return; /* of the study, not of patients */
    snprintf(reason, sizeof(reason), "not read: %.40s %.40s is not part of the model",
             meta->alteration ? meta->alteration : "no genetic_alteration_type",
             meta->datatype ? meta->datatype : "");
    delivery_remark(study->delivery, file, "", reason);
}

static void take_study_id(struct study *study, const struct meta *meta)
{
    if (!meta->study_id || !*meta->study_id)
        return;
    if (!*study->id)
        study->id = meta->study_id;
    else if (strcmp(study->id, meta->study_id) != 0)
        study_refuse(study, meta->file, 0, "cancer_study_identifier",
                     "%.60s: the other files are of the study %.60s; read as of that one",
                     meta->study_id, study->id);
}

static void take_meta(struct study *study, const struct meta *meta)
{
    const char *file;

    take_study_id(study, meta);
    if (meta->cancer && !*study->type_of_cancer)
        study->type_of_cancer = meta->cancer;
    if (meta->genome && !*study->genome)
        study->genome = meta->genome;
    if (!meta->data)
        return;
    file = find_file(study, meta->data);
    if (!file) {
        study_refuse(
            study, meta->file, 0, "data_filename",
            "there is no file %.120s in the study: add it, or take away its meta "
            "file",
            meta->data);
        return;
    }
    study->has_meta = true;
    if (is_added(study, file)) {
        study_refuse(study, meta->file, 0, "data_filename",
                     "%.120s is named by another meta file: read once", file);
        return;
    }
    add_file(study, file, data_of(meta));
    if (meta->panel && meta->profile) {
        study->last->profile = meta->profile;
        study->last->panel = meta->panel;
    }
    if (study->last->data == DATA_MUTATIONS && meta->filter)
        study->filter = meta->filter;
    if (study->last->data == DATA_NONE)
        remark_unread(study, file, meta);
}

static int read_one(struct study *study, const char *file, struct meta *meta,
                    struct error *err)
{
    *meta = (struct meta){.study = study, .file = file};
    return delivery_rows(study->delivery, file, STUDY_FORM, on_meta_line, meta, NULL,
                         err);
}

static int read_own(struct study *study, struct error *err)
{
    struct interval date;
    struct meta meta;

    if (!find_file(study, OWN_FILE))
        return 0;
    if (read_one(study, OWN_FILE, &meta, err) < 0)
        return -1;
    if (meta.patients && strcasecmp(meta.patients, "own") == 0)
        study->own = "own";
    else if (meta.patients)
        study_refuse(study, OWN_FILE, 0, "patients",
                     "%.40s: expected own, when the numbers of patients are the centre's "
                     "own; read as numbers of the study",
                     meta.patients);
    if (!meta.day_zero)
        return 0;
    if (date_parse(meta.day_zero, &date, NULL) == 0)
        study->day_zero = meta.day_zero;
    else
        study_refuse(study, OWN_FILE, 0, "day_zero",
                     "%.40s: expected a date such as 2000-01-01; timelines are read "
                     "without one",
                     meta.day_zero);
    return 0;
}

/* ---- by convention ---- */

static enum study_data data_named(const char *name)
{
    static const struct {
        const char *prefix;
        enum study_data data;
    } names[] = {{"data_clinical", DATA_CLINICAL},
                 {"data_bcr_clinical", DATA_CLINICAL},
                 {"data_timeline", DATA_CLINICAL},
                 {"data_mutations", DATA_MUTATIONS},
                 {"data_cna.", DATA_MATRIX},
                 {"data_cna_discrete", DATA_MATRIX},
                 {"data_sv", DATA_STRUCTURAL},
                 {"data_structural_variants", DATA_STRUCTURAL},
                 {"data_fusion", DATA_FUSIONS},
                 {"data_gene_matrix", DATA_PANELS},
                 {"data_gene_panel_matrix", DATA_PANELS},
                 {"data_resource_patient", DATA_RESOURCES},
                 {"data_resource_sample", DATA_RESOURCES}};

    if (strcasestr(name, "uncalled") || strcasestr(name, "unfiltered"))
        return DATA_NONE; /* mutations that their study does not call so */
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (strncasecmp(name, names[i].prefix, strlen(names[i].prefix)) == 0)
            return names[i].data;
    return DATA_NONE;
}

static void take_by_name(struct study *study)
{
    for (size_t i = 0; i < study->n_files; i++) {
        const char *name = study->files[i];

        if (strncasecmp(name, "data_", 5) != 0 || is_added(study, name))
            continue;
        if (study->has_meta) {
            if (data_named(name) != DATA_NONE)
                delivery_remark(study->delivery, name, "",
                                "not read: no meta file names it");
            continue;
        }
        add_file(study, name, data_named(name));
        if (study->last->data == DATA_NONE)
            delivery_remark(study->delivery, name, "",
                            "not read: its name is none of those that the model has a "
                            "place for");
    }
}

int study_read_meta(struct study *study, struct error *err)
{
    struct meta meta;

    /* the study's own first: it says what the study is called */
    for (int own = 1; own >= 0; own--) {
        for (size_t i = 0; i < study->n_files; i++) {
            const char *file = study->files[i];

            if (!is_named(file, "meta_", ".txt") ||
                (strcasecmp(file, "meta_study.txt") == 0) != own)
                continue;
            if (read_one(study, file, &meta, err) < 0)
                return -1;
            take_meta(study, &meta);
        }
    }
    take_by_name(study);
    return read_own(study, err);
}

/* ---- case lists ---- */

struct case_list {
    struct study *study;
    const char *file;
    const char *study_id; /* as the list says it */
    const char *name;     /* behind the study's identifier */
    struct table *seen;   /* samples of this list */
    struct table *lists;  /* stable_id of those read before */
    bool is_double;
};

static int add_case(struct case_list *list, unsigned line, const char *sample,
                    struct error *err)
{
    struct study *study = list->study;
    const char *cells[] = {sample, list->name};
    const char *patient;
    bool added;

    sample += strspn(sample, " ");
    if (!*sample)
        return 0;
    cells[0] = sample;
    patient = study_patient_of(study, sample);
    if (!patient) {
        study_refuse(study, list->file, line, "case_list_ids",
                     "sample \"%.80s\" is in no clinical file of the study", sample);
        return 0;
    }
    table_put(list->seen, sample, strlen(sample), &added);
    if (added)
        return delivery_row(study->delivery, list->file, line, patient, cells, 2, err);
    delivery_remark(study->delivery, list->file, "case_list_ids",
                    "the same sample twice in the list");
    return 0;
}

static void name_list(struct case_list *list, unsigned line, const char *stable_id)
{
    struct study *study = list->study;
    size_t length = strlen(list->study_id);
    bool added;

    table_put(list->lists, stable_id, strlen(stable_id), &added);
    list->is_double = !added;
    if (!added)
        study_refuse(study, list->file, line, "stable_id",
                     "%.80s: another case list has this name; this one is left out, give "
                     "it a name of its own",
                     stable_id);
    if (strncmp(stable_id, list->study_id, length) == 0 && stable_id[length] == '_')
        stable_id += length + 1;
    list->name = arena_string(study->delivery->arena, stable_id, strlen(stable_id));
}

static void check_category(const struct case_list *list, unsigned line,
                           const char *category)
{
    static const char *const known[] = {"in_study",
                                        "with_mutation_data",
                                        "with_cna_data",
                                        "with_log2_cna_data",
                                        "with_methylation_data",
                                        "with_mrna_array_data",
                                        "with_mrna_rnaseq_data",
                                        "with_rppa_data",
                                        "with_microrna_data",
                                        "with_mutation_and_cna_data",
                                        "with_mutation_and_cna_and_mrna_data",
                                        "with_gsva_data",
                                        "with_sv_data"};

    if (strcmp(category, "other") == 0)
        return;
    for (size_t i = 0;
         strncmp(category, "all_cases_", 10) == 0 && i < ARRAY_LENGTH(known); i++)
        if (strcmp(category + 10, known[i]) == 0)
            return;
    study_refuse(
        list->study, list->file, line, "case_list_category",
        "%.60s: no category of the format, such as all_cases_with_mutation_data; "
        "the list is read without it",
        category);
}

static int on_list_line(void *context, unsigned line, const char *const *fields, size_t n,
                        struct error *err)
{
    struct case_list *list = context;
    const char *value;

    if (study_key(fields, n, "cancer_study_identifier", &value)) {
        list->study_id = arena_string(list->study->delivery->arena, value, strlen(value));
    } else if (study_key(fields, n, "stable_id", &value)) {
        name_list(list, line, value);
    } else if (study_key(fields, n, "case_list_category", &value)) {
        check_category(list, line, value);
    } else if (study_key(fields, n, "case_list_ids", &value) && !list->is_double) {
        if (add_case(list, line, value, err) < 0)
            return -1;
        for (size_t i = 1; i < n; i++)
            if (add_case(list, line, fields[i], err) < 0)
                return -1;
    }
    return 0;
}

static int read_list(struct study *study, const char *file, struct table *lists,
                     struct error *err)
{
    struct case_list list = {
        .study = study, .file = file, .study_id = study->id, .name = "", .lists = lists};
    int rc;

    list.seen = table_new();
    rc = delivery_rows(study->delivery, file, STUDY_FORM, on_list_line, &list, NULL, err);
    table_free(list.seen);
    return rc;
}

int study_read_lists(struct study *study, struct error *err)
{
    static const char *const columns[] = {"SAMPLE_ID", "CASE_LIST"};
    struct arena *arena = study->delivery->arena;
    const char *folder = arena_printf(arena, "%s/case_lists", study->delivery->path);
    struct table *lists;
    const char *const *files;
    size_t n;
    int rc = 0;

    /* most studies that travel have none */
    if (folder_files(arena, folder, &files, &n, NULL) < 0 || n == 0)
        return 0;
    if (study_begin(study, CBIOPORTAL_LISTS, "case_lists", columns, 2, err) < 0)
        return -1;
    lists = table_new();
    for (size_t i = 0; i < n && rc == 0; i++)
        if (is_named(files[i], "", ".txt") || is_named(files[i], "", ".txt.gz"))
            rc = read_list(study, arena_printf(arena, "case_lists/%s", files[i]), lists,
                           err);
    table_free(lists);
    return rc;
}
