/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/osiris_rwd.c: a patient of OSIRIS-RWD in JSON, in any of its dialects.
 *
 * The guide names items, not a JSON form, so every warehouse has its own: groups nested in
 * the tumour or beside it, one object or an array of them, keys in camelCase, snake_case or
 * lower case, dates in three fields or one text, all items of a section flat in the object
 * above. One walk reads them all, driven by the names in model.def:
 *
 *     an object or array under the name of a group    facts of that group
 *     a scalar under the name of an item              a value of the object's own fact
 *     a scalar that is an item of another group       a value of a fact of that group: one
 *       (deathDateYear at the top, tValue in a          such fact ("flat") for the object;
 *       tumour), if only one group has that name        see flat_item(), is_flat_fact()
 *     an array of scalars under an item               each in turn: the first is kept
 *     an object under a date                          its year, month and day
 *     anything else that is not null or ""            an unknown key, its path in a remark
 *
 * What stands inside a tumour hangs on it, unless its group is the patient's by OSIRIS-RWD;
 * a statement that needs a tumour but stands outside of one is kept, attached to none.
 *
 * The tree is yyjson's, in memory of its own for the time of the call; nothing in the facts
 * points into it. Its size follows from the fragment's, which intake limits; the facts' size
 * is limited by their arena. Objects nest at most DEPTH_LIMIT deep. */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include <yyjson.h>

#include "adapt/adapt_internal.h"
#include "base/arena.h"

#define DEPTH_LIMIT 16
#define KEY_SIZE 64      /* no name of ours is longer */
#define FLAT_KEY_SIZE 8  /* a shorter name at the top says too little */
#define CHECK_EVERY 1024 /* facts between two looks at the arena's cap */

/* The object being read. */
struct place {
    struct draft *draft;
    struct draft **flat; /* [GROUPS], drafts of other groups; NULL: none may be flat here */
    int tumour;          /* it stands in, or TUMOUR_NONE */
    int depth;
};

/* ---- names --------------------------------------------------------------------------- */

/* KEY as the model writes it: lower case, without '_', '-' and blanks. 0 when too long. */
static size_t key_fold(const char *key, size_t length, char folded[KEY_SIZE])
{
    size_t n = 0;

    for (size_t i = 0; i < length; i++) {
        char c = key[i];

        if (c == '_' || c == '-' || c == ' ')
            continue;
        if (n == KEY_SIZE)
            return 0;
        folded[n++] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    return n;
}

/* The group that KEY names inside of one of PARENT: as the model says, else as if it stood
 * in a tumour, else at the top. */
static enum group group_of_key(enum group parent, const char *key, size_t length)
{
    enum group group = model_group_by_key(parent, key, length);

    if (group == GROUP_NONE && parent != GROUP_PRIMARY_CANCER)
        group = model_group_by_key(GROUP_PRIMARY_CANCER, key, length);
    if (group == GROUP_NONE && parent != GROUP_PATIENT)
        group = model_group_by_key(GROUP_PATIENT, key, length);
    return group;
}

/* A hospital's file says nothing of what humans decided here, and they say nothing else. */
static bool may_say(const struct adapter *adapter, enum group group)
{
    return (group == GROUP_JUDGEMENT) == (adapter->kind == FRAGMENT_DECISION);
}

/* May items of GROUP stand flat in an object of PARENT? */
static bool may_be_flat(enum group parent, enum group group)
{
    const struct group_row *row = model_group(group);

    if (group == parent || group == GROUP_PATIENT || group == GROUP_JUDGEMENT ||
        row->first == row->after)
        return false;
    return parent == GROUP_PATIENT ||
           (row->scope == SCOPE_TUMOUR && group != GROUP_PRIMARY_CANCER);
}

/* Which group gives way when two have an item of one name: size to the tumour it belongs
 * to, the metastasis to the event that it is (OSIRIS-RWD 9), state to measures, which
 * become state by themselves. */
static bool gives_way(enum group group)
{
    return group == GROUP_SIZE || group == GROUP_METASTASIS || group == GROUP_STATE;
}

/* The item of another group that a scalar named KEY is, in an object of PARENT: of those
 * that a patient has once, else of the only group that has such an item. Short names (code,
 * date, label) at the top may mean anything. */
static enum item flat_item(enum group parent, const char *key, size_t length,
                           char *part_r)
{
    static const enum group once[] = {GROUP_INFORMATION, GROUP_VITAL_STATUS,
                                      GROUP_RISK_FACTOR};
    enum item found = ITEM_NONE;
    char part;

    for (size_t i = 0; parent == GROUP_PATIENT && i < ARRAY_LENGTH(once); i++) {
        enum item item = model_item_by_key(once[i], key, length, part_r);

        if (item != ITEM_NONE)
            return item;
    }
    if (parent == GROUP_PATIENT && length < FLAT_KEY_SIZE)
        return ITEM_NONE;
    for (int group = GROUP_NONE + 1; group < GROUPS; group++) {
        enum item item;

        if (!may_be_flat(parent, (enum group)group))
            continue;
        item = model_item_by_key((enum group)group, key, length, &part);
        if (item == ITEM_NONE)
            continue;
        if (found != ITEM_NONE && gives_way((enum group)group))
            continue;
        if (found != ITEM_NONE && !gives_way(model_item(found)->group))
            return ITEM_NONE;
        found = item;
        *part_r = part;
    }
    return found;
}

/* ---- scalars ------------------------------------------------------------------------- */

static bool scalar_of(yyjson_val *value, struct scalar *scalar)
{
    switch (yyjson_get_tag(value)) {
    case YYJSON_TYPE_STR | YYJSON_SUBTYPE_NONE:
    case YYJSON_TYPE_STR | YYJSON_SUBTYPE_NOESC:
    case YYJSON_TYPE_RAW | YYJSON_SUBTYPE_NONE: /* a number too large for its type */
        scalar->kind = SCALAR_TEXT;
        scalar->text = unsafe_yyjson_get_str(value);
        scalar->length = unsafe_yyjson_get_len(value);
        return true;
    case YYJSON_TYPE_NUM | YYJSON_SUBTYPE_UINT:
        scalar->kind = SCALAR_INTEGER;
        scalar->is_negative = false;
        scalar->magnitude = unsafe_yyjson_get_uint(value);
        return true;
    case YYJSON_TYPE_NUM | YYJSON_SUBTYPE_SINT: {
        int64_t number = unsafe_yyjson_get_sint(value);

        scalar->kind = SCALAR_INTEGER;
        scalar->is_negative = number < 0;
        scalar->magnitude =
            number < 0 ? (uint64_t)0 - (uint64_t)number : (uint64_t)number;
        return true;
    }
    case YYJSON_TYPE_NUM | YYJSON_SUBTYPE_REAL:
        scalar->kind = SCALAR_REAL;
        scalar->real = unsafe_yyjson_get_real(value);
        return true;
    case YYJSON_TYPE_BOOL | YYJSON_SUBTYPE_TRUE:
    case YYJSON_TYPE_BOOL | YYJSON_SUBTYPE_FALSE:
        scalar->kind = SCALAR_FLAG;
        scalar->flag = yyjson_get_bool(value);
        return true;
    default: return false;
    }
}

/* null, "", [] and {} say nothing, under whatever name. */
static bool is_absent(yyjson_val *value)
{
    return yyjson_is_null(value) || ((yyjson_is_str(value) || yyjson_is_ctn(value)) &&
                                     unsafe_yyjson_get_len(value) == 0);
}

/* The draft that keeps values of ITEM in PLACE. */
static struct draft *draft_for(struct adapter *adapter, const struct place *place,
                               enum item item)
{
    enum group group = model_item(item)->group;

    if (group == place->draft->group)
        return place->draft;
    assert(place->flat);
    if (!place->flat[group]) {
        place->flat[group] = arena_alloc(adapter->arena, sizeof(*place->flat[group]));
        draft_begin(place->flat[group], group);
    }
    return place->flat[group];
}

/* "birthDate": {"year": 1962, "month": 1} */
static bool read_date_object(struct adapter *adapter, struct draft *draft, enum item item,
                             yyjson_val *value, const struct path *path)
{
    static const struct {
        const char *key;
        char part;
    } parts[] = {{"year", 'Y'}, {"month", 'M'}, {"day", 'D'}};
    bool found = false;

    for (size_t i = 0; i < ARRAY_LENGTH(parts); i++) {
        yyjson_val *part = yyjson_obj_get(value, parts[i].key);
        struct scalar scalar;

        if (!part)
            continue;
        found = true;
        if (scalar_of(part, &scalar))
            draft_put(adapter, draft, item, parts[i].part, &scalar, path);
    }
    return found;
}

/* VALUE of an item, which is a scalar, several of them, or a date in an object. */
static void read_item(struct adapter *adapter, const struct place *place, enum item item,
                      char part, yyjson_val *value, struct path *path)
{
    struct draft *draft = draft_for(adapter, place, item);
    struct scalar scalar;
    yyjson_arr_iter iter;

    if (scalar_of(value, &scalar)) {
        draft_put(adapter, draft, item, part, &scalar, path);
        return;
    }
    if (yyjson_is_obj(value) && model_item(item)->type == TYPE_DATE &&
        read_date_object(adapter, draft, item, value, path))
        return;
    if (!yyjson_is_arr(value)) {
        remark_refused(adapter, path, "an object: expected a text or a number");
        return;
    }
    yyjson_arr_iter_init(value, &iter);
    for (value = yyjson_arr_iter_next(&iter); value;
         value = yyjson_arr_iter_next(&iter)) {
        path->index++;
        if (scalar_of(value, &scalar))
            draft_put(adapter, draft, item, part, &scalar, path);
        else if (!is_absent(value))
            remark_refused(adapter, path,
                           "an object or array: expected a text or a number");
    }
    path->index = -1;
}

/* ---- objects ------------------------------------------------------------------------- */

static int read_fields(struct adapter *adapter, struct place *place, yyjson_val *object,
                       const struct path *path, struct error *err);

/* Which tumour a fact of GROUP hangs on that stands in TUMOUR. */
static int tumour_of(enum group group, int tumour)
{
    return model_group(group)->scope == SCOPE_PATIENT ? TUMOUR_NONE : tumour;
}

/* The place of an object of GROUP among those of its kind in the fragment, empty ones too:
 * past cancers are cancers, and state is said by measures. */
static uint32_t next_position(struct adapter *adapter, enum group group)
{
    enum group kind = group == GROUP_PAST_CANCER ? GROUP_PRIMARY_CANCER
                      : group == GROUP_STATE     ? GROUP_MEASURE
                                                 : group;

    return adapter->seen[kind]++;
}

/* Flat items make a fact only with what it is about or when it was: a description or a
 * frequency beside a tumour is neither an event nor a treatment. */
static bool is_flat_fact(const struct draft *draft)
{
    const struct group_row *row = model_group(draft->group);
    const enum item cancer[] = {ITEM_TOPOGRAPHY, ITEM_MORPHOLOGY, row->start};
    const enum item other[] = {row->key, row->start};
    bool is_cancer = draft->group == GROUP_PRIMARY_CANCER;
    const enum item *needed = is_cancer ? cancer : other;
    size_t n = is_cancer ? ARRAY_LENGTH(cancer) : ARRAY_LENGTH(other);

    if (row->key == ITEM_NONE && !is_cancer)
        return true;
    for (size_t i = 0; i < n; i++)
        if (needed[i] != ITEM_NONE &&
            (draft->set | draft->dated) & (uint32_t)1 << (needed[i] - draft->first))
            return true;
    return false;
}

static void remark_flat(struct adapter *adapter, const struct path *path,
                        enum group group)
{
    char reason[128];

    snprintf(reason, sizeof(reason), "%s: items stand here without its code or date",
             model_group(group)->en);
    remark_refused(adapter, path, reason);
}

/* The flat drafts of an object, in the order of the model, so that a flat tumour comes
 * before what hangs on it. */
static void finish_flat(struct adapter *adapter, const struct place *place,
                        const struct path *path)
{
    int tumour = place->tumour;

    for (int group = GROUP_NONE + 1; group < GROUPS; group++) {
        struct draft *draft = place->flat[group];
        size_t at;

        if (!draft)
            continue;
        if (!is_flat_fact(draft)) {
            if (draft->set | draft->dated)
                remark_flat(adapter, path, draft->group);
            continue;
        }
        at = adapter_reserve(adapter);
        if (!draft_finish(adapter, draft, path, &adapter->facts[at])) {
            adapter_remove(adapter, at);
            continue;
        }
        if (group == GROUP_PRIMARY_CANCER)
            adapter->facts[at].tumour = tumour = adapter->n_tumours++;
        else if (model_group(draft->group)->scope == SCOPE_TUMOUR)
            adapter->facts[at].tumour = tumour;
        else
            adapter->facts[at].tumour = tumour_of(draft->group, place->tumour);
        adapter->facts[at].position = next_position(adapter, (enum group)group);
    }
}

/* VALUE, of an item that FACT does not say, or says as "", among the values of FACT. */
static void add_value(struct adapter *adapter, struct fact *fact,
                      const struct value *value)
{
    struct value *values =
        arena_array(adapter->arena, fact->n_values + 1u, sizeof(*values));
    uint16_t n = 0;
    bool added = false;

    for (size_t i = 0; i < fact->n_values; i++) {
        if (!added && fact->values[i].item >= value->item) {
            values[n++] = *value;
            added = true;
        }
        if (fact->values[i].item != value->item)
            values[n++] = fact->values[i];
    }
    if (!added)
        values[n++] = *value;
    fact->values = values;
    fact->n_values = n;
}

/* What stands inside the sample AT was found in it, and names it if the source does. */
static void link_to_sample(struct adapter *adapter, size_t at)
{
    const char *identifier = fact_text(&adapter->facts[at], ITEM_SPECIMEN_ID);

    for (size_t i = at + 1; i < adapter->n && *identifier; i++) {
        struct fact *fact = &adapter->facts[i];
        enum item link = model_group(fact->group)->link;
        struct value value = {.item = link, .type = TYPE_TEXT, .text = identifier};

        if (link != ITEM_NONE && !*fact_text(fact, link))
            add_value(adapter, fact, &value);
    }
}

/* Does anything that was read from FIRST on hang on TUMOUR? */
static bool hangs_something(const struct adapter *adapter, size_t first, int tumour)
{
    for (size_t i = first; i < adapter->n; i++)
        if (adapter->facts[i].tumour == tumour)
            return true;
    return false;
}

/* The fact AT says nothing; if it is a tumour, those that stand inside it move up. */
static void forget(struct adapter *adapter, size_t at, int tumour)
{
    adapter_remove(adapter, at);
    if (tumour == TUMOUR_NONE)
        return;
    adapter->n_tumours--;
    for (size_t i = at; i < adapter->n; i++)
        adapter->facts[i].tumour -= adapter->facts[i].tumour > tumour;
}

/* One object of a group: its own fact, then those inside it. A tumour of which nothing is
 * said but what hangs on it is still a tumour. */
static int read_object(struct adapter *adapter, enum group group, int tumour, int depth,
                       yyjson_val *object, const struct path *path, struct error *err)
{
    bool is_past = group == GROUP_PAST_CANCER;
    bool is_tumour = is_past || group == GROUP_PRIMARY_CANCER;
    struct draft *flat[GROUPS];
    struct draft draft;
    struct place place = {.draft = &draft, .tumour = tumour, .depth = depth};
    uint32_t position = next_position(adapter, group);
    size_t at = adapter_reserve(adapter);

    if (depth > DEPTH_LIMIT)
        return error_set(err, ERROR_LIMIT, "objects nest more than %d deep", DEPTH_LIMIT);
    if (at % CHECK_EVERY == 0 && arena_check(adapter->arena, err) < 0)
        return -1;
    draft_begin(&draft, is_past ? GROUP_PRIMARY_CANCER : group);
    draft.is_past = is_past;
    if (is_tumour)
        place.tumour = adapter->n_tumours++;
    if (is_tumour || group == GROUP_PATIENT) {
        memset(flat, 0, sizeof(flat));
        place.flat = flat;
    }

    if (read_fields(adapter, &place, object, path, err) < 0)
        return -1;
    if (place.flat)
        finish_flat(adapter, &place, path);

    struct fact *fact = &adapter->facts[at];

    if (!draft_finish(adapter, &draft, path, fact)) {
        if (!is_tumour || !hangs_something(adapter, at + 1, place.tumour)) {
            forget(adapter, at, is_tumour ? place.tumour : TUMOUR_NONE);
            return 0;
        }
        *fact = (struct fact){.group = GROUP_PRIMARY_CANCER,
                              .date = INTERVAL_UNKNOWN,
                              .end = INTERVAL_UNKNOWN,
                              .sequence = adapter->sequence};
    }
    fact->tumour = is_tumour ? place.tumour : tumour_of(fact->group, tumour);
    fact->position = position;
    if (group == GROUP_SPECIMEN)
        link_to_sample(adapter, at);
    return 0;
}

/* VALUE of a group: one object, or an array of them. */
static int read_group(struct adapter *adapter, const struct place *place,
                      enum group group, yyjson_val *value, struct path *path,
                      struct error *err)
{
    yyjson_arr_iter iter;

    if (yyjson_is_obj(value))
        return read_object(adapter, group, place->tumour, place->depth + 1, value, path,
                           err);

    yyjson_arr_iter_init(value, &iter);
    for (value = yyjson_arr_iter_next(&iter); value;
         value = yyjson_arr_iter_next(&iter)) {
        path->index++;
        if (yyjson_is_obj(value)) {
            if (read_object(adapter, group, place->tumour, place->depth + 1, value, path,
                            err) < 0)
                return -1;
        } else if (!is_absent(value)) {
            remark_refused(adapter, path, "expected an object");
        }
    }
    return 0;
}

/* "patient": {…} around the patient's own fields: the same fact, one level down. Several of
 * them are what several sources said of the patient, each a fact. */
static int read_wrapper(struct adapter *adapter, struct place *place, yyjson_val *value,
                        struct path *path, struct error *err)
{
    int rc;

    if (yyjson_is_arr(value) && yyjson_arr_size(value) == 1)
        value = yyjson_arr_get_first(value);
    if (yyjson_is_arr(value))
        return read_group(adapter, place, GROUP_PATIENT, value, path, err);
    if (!yyjson_is_obj(value)) {
        remark_refused(adapter, path, "expected one object");
        return 0;
    }
    if (++place->depth > DEPTH_LIMIT)
        return error_set(err, ERROR_LIMIT, "objects nest more than %d deep", DEPTH_LIMIT);
    rc = read_fields(adapter, place, value, path, err);
    place->depth--;
    return rc;
}

static int read_field(struct adapter *adapter, struct place *place, const char *key,
                      size_t length, yyjson_val *value, struct path *path,
                      struct error *err)
{
    enum group own = place->draft->group;
    enum item item;
    char part = 0;

    if (yyjson_is_ctn(value)) {
        enum group group = group_of_key(own, key, length);

        if (group == GROUP_PATIENT && own == GROUP_PATIENT)
            return read_wrapper(adapter, place, value, path, err);
        if (group != GROUP_NONE && group != GROUP_PATIENT && may_say(adapter, group))
            return read_group(adapter, place, group, value, path, err);
    }
    item = model_item_by_key(own, key, length, &part);
    if (item == ITEM_NONE && place->flat && adapter->kind != FRAGMENT_DECISION)
        item = flat_item(own, key, length, &part);
    if (item != ITEM_NONE)
        read_item(adapter, place, item, part, value, path);
    else
        remark_unknown_key(adapter, path);
    return 0;
}

static int read_fields(struct adapter *adapter, struct place *place, yyjson_val *object,
                       const struct path *path, struct error *err)
{
    yyjson_obj_iter iter;
    yyjson_val *key;

    yyjson_obj_iter_init(object, &iter);
    while ((key = yyjson_obj_iter_next(&iter))) {
        yyjson_val *value = yyjson_obj_iter_get_val(key);
        struct path at = {.parent = path,
                          .key = unsafe_yyjson_get_str(key),
                          .length = unsafe_yyjson_get_len(key),
                          .index = -1};
        char folded[KEY_SIZE];
        size_t n;

        if (is_absent(value))
            continue;
        n = key_fold(at.key, at.length, folded);
        if (read_field(adapter, place, folded, n, value, &at, err) < 0)
            return -1;
    }
    return 0;
}

/* ---- the fragment -------------------------------------------------------------------- */

int osiris_rwd_adapt(struct adapter *adapter, const char *bytes, size_t length,
                     struct error *err)
{
    struct path root = {.index = -1};
    yyjson_doc *doc;
    int rc;

    if (length == 0)
        return error_set(err, ERROR_INPUT, "not JSON: nothing there");
    doc = fragment_json(bytes, length, YYJSON_READ_BIGNUM_AS_RAW, err);
    if (!doc)
        return -1;
    if (yyjson_is_obj(yyjson_doc_get_root(doc)))
        rc = read_object(adapter, GROUP_PATIENT, TUMOUR_NONE, 1, yyjson_doc_get_root(doc),
                         &root, err);
    else
        rc = error_set(err, ERROR_INPUT, "expected a JSON object, one patient");
    yyjson_doc_free(doc);
    return rc;
}
