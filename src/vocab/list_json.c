/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/list_json.c: OncoTree, as a tree or as the flat list of its service, and CodeSystem
 * resources of FHIR R4, of which terminology servers publish official lists. */
#include <string.h>

#include <yyjson.h>

#include "base/error.h"
#include "vocab/list_internal.h"

#define DEPTH_LIMIT 32

static void put_text(struct gathering *gathering, struct entry *entry,
                     enum entry_text kind, yyjson_val *text)
{
    if (yyjson_is_str(text))
        gather_text(gathering, entry, kind, yyjson_get_str(text), yyjson_get_len(text));
}

static struct entry *put_code(struct gathering *gathering, yyjson_val *object)
{
    yyjson_val *code = yyjson_obj_get(object, "code");

    if (!yyjson_is_str(code)) {
        gather_refused(gathering, 0, "an entry without a code");
        return NULL;
    }
    return gather_code(gathering, yyjson_get_str(code), yyjson_get_len(code), 0);
}

/* ---- OncoTree ---- */

static int read_tumour(struct gathering *gathering, yyjson_val *object, int depth,
                       struct error *err)
{
    struct entry *entry = put_code(gathering, object);
    yyjson_val *children = yyjson_obj_get(object, "children");
    yyjson_obj_iter iter;
    yyjson_val *key;

    if (depth > DEPTH_LIMIT)
        return error_set(err, ERROR_LIMIT, "codes nest more than %d deep", DEPTH_LIMIT);
    if (entry)
        put_text(gathering, entry, ENTRY_EN, yyjson_obj_get(object, "name"));
    if (!yyjson_is_obj(children))
        return gather_check(gathering, err);
    yyjson_obj_iter_init(children, &iter);
    while ((key = yyjson_obj_iter_next(&iter)))
        if (read_tumour(gathering, yyjson_obj_iter_get_val(key), depth + 1, err) < 0)
            return -1;
    return 0;
}

static int read_oncotree(struct gathering *gathering, yyjson_val *root, struct error *err)
{
    size_t i, n;
    yyjson_val *key, *value;

    gathering->list->format = "OncoTree";
    gathering->hint = VOCAB_ONCOTREE;
    if (yyjson_is_arr(root)) {
        yyjson_arr_foreach(root, i, n, value)
        {
            if (read_tumour(gathering, value, 0, err) < 0)
                return -1;
        }
        return 0;
    }
    yyjson_obj_foreach(root, i, n, key, value)
    {
        if (read_tumour(gathering, value, 0, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- FHIR ---- */

static bool is_french(yyjson_val *language)
{
    const char *text = yyjson_get_str(language);

    return text && strncmp(text, "fr", 2) == 0;
}

static int read_concepts(struct gathering *gathering, yyjson_val *concepts, bool french,
                         int depth, struct error *err)
{
    size_t i, n, k, n_designations;
    yyjson_val *concept, *designation;

    if (depth > DEPTH_LIMIT)
        return error_set(err, ERROR_LIMIT, "codes nest more than %d deep", DEPTH_LIMIT);
    yyjson_arr_foreach(concepts, i, n, concept)
    {
        struct entry *entry = put_code(gathering, concept);

        if (entry) {
            put_text(gathering, entry, french ? ENTRY_FR : ENTRY_EN,
                     yyjson_obj_get(concept, "display"));
            yyjson_arr_foreach(yyjson_obj_get(concept, "designation"), k, n_designations,
                               designation)
                put_text(gathering, entry,
                         is_french(yyjson_obj_get(designation, "language")) ? ENTRY_FR
                                                                            : ENTRY_EN,
                         yyjson_obj_get(designation, "value"));
        }
        if (read_concepts(gathering, yyjson_obj_get(concept, "concept"), french,
                          depth + 1, err) < 0)
            return -1;
    }
    return gather_check(gathering, err);
}

static int read_code_system(struct gathering *gathering, yyjson_val *root,
                            struct error *err)
{
    yyjson_val *version = yyjson_obj_get(root, "version");

    gathering->list->format = "FHIR";
    if (yyjson_is_str(version))
        gather_version(gathering, yyjson_get_str(version), yyjson_get_len(version));
    return read_concepts(gathering, yyjson_obj_get(root, "concept"),
                         is_french(yyjson_obj_get(root, "language")), 0, err);
}

int list_read_json(struct gathering *gathering, const char *text, size_t length,
                   struct error *err)
{
    yyjson_read_err reason;
    yyjson_doc *doc = yyjson_read_opts((char *)(uintptr_t)text, length, 0, NULL, &reason);
    yyjson_val *root = yyjson_doc_get_root(doc);
    unsigned line = 1;
    int status;

    if (!doc) {
        for (size_t i = 0; i < reason.pos && i < length; i++)
            line += text[i] == '\n';
        return error_at(err, ERROR_INPUT, line, 0, "not JSON: %s", reason.msg);
    }
    if (yyjson_equals_str(yyjson_obj_get(root, "resourceType"), "CodeSystem"))
        status = read_code_system(gathering, root, err);
    else if (yyjson_obj_get(root, "resourceType"))
        status = error_set(err, ERROR_INPUT, "a resource of FHIR, but no CodeSystem");
    else
        status = read_oncotree(gathering, root, err);
    yyjson_doc_free(doc);
    return status;
}
