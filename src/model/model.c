/* SPDX-License-Identifier: Apache-2.0
 *
 * model/model.c: the rows of model.def as constant data, and looking them up by name.
 *
 * Everything of a row is known at compile time, where it stands among the others included:
 * a role that two items of a group claim is an initialiser given twice, which the compiler
 * refuses. Only the table of names is built when the program runs, once, on the first
 * look-up; from then on all is read-only and shared by all threads. It lives as long as the
 * process. */
#include "model/model.h"

#include <assert.h>
#include <pthread.h>
#include <string.h>

#include "base/table.h"

/* ---- where the rows stand ------------------------------------------------------------ */

/* FIRST_ of a group is the number of its first item, that is one more than the last item
 * before it; BEFORE_ steps back, so that the next AT_ is that first item again. */
enum place {
    PLACE_NONE,
#define GROUP(id, ...) FIRST_##id, BEFORE_##id = FIRST_##id - 1,
#define ITEM(group, id, ...) AT_##id,
#include "model/model.def"
#undef GROUP
#undef ITEM
    PLACES
};

_Static_assert((int)PLACES == (int)ITEMS, "both enumerations count the same items");
_Static_assert((int)GROUPS < 0x80, "a group fits in the name space byte of a key");

/* ---- the groups ---------------------------------------------------------------------- */

/* The fields of a group that name the item with a role. */
#define FIELD_PLAIN(group_, item_)
#define FIELD_DATED(group_, item_)
#define FIELD_PLACE(group_, item_)
#define FIELD_SOURCE(group_, item_)
#define FIELD_KEY(group_, item_) [GROUP_##group_].key = ITEM_##item_,
#define FIELD_STATUS(group_, item_) [GROUP_##group_].status = ITEM_##item_,
#define FIELD_AMOUNT(group_, item_) [GROUP_##group_].amount = ITEM_##item_,
#define FIELD_UNIT(group_, item_) [GROUP_##group_].unit = ITEM_##item_,
#define FIELD_START(group_, item_) [GROUP_##group_].start = ITEM_##item_,
#define FIELD_END(group_, item_) [GROUP_##group_].end = ITEM_##item_,
#define FIELD_IDENTIFIER(group_, item_) [GROUP_##group_].identifier = ITEM_##item_,
#define FIELD_LINK(group_, item_) [GROUP_##group_].link = ITEM_##item_,

/* A group's AFTER is the FIRST of the next one; field by field, so that none is given
 * twice. GROUP_NONE is empty and stands before the first. */
static const struct group_row group_rows[GROUPS] = {
    [GROUP_NONE].id = "",       [GROUP_NONE].osiris = "",
    [GROUP_NONE].keys = "",     [GROUP_NONE].fr = "",
    [GROUP_NONE].en = "",       [GROUP_NONE].first = (enum item)(ITEM_NONE + 1),
#define GROUP(id_, osiris_, scope_, activity_, absence_, keys_, fr_, en_)   \
    [GROUP_##id_].group = GROUP_##id_, [GROUP_##id_].id = #id_,             \
    [GROUP_##id_].osiris = osiris_, [GROUP_##id_].scope = SCOPE_##scope_,   \
    [GROUP_##id_].activity = ACTIVITY_##activity_,                          \
    [GROUP_##id_].absence = ABSENCE_##absence_, [GROUP_##id_].keys = keys_, \
    [GROUP_##id_].fr = fr_, [GROUP_##id_].en = en_,                         \
    [GROUP_##id_].first = (enum item)FIRST_##id_,                           \
    [GROUP_##id_ - 1].after = (enum item)FIRST_##id_,
#define ITEM(group_, id_, osiris_, type_, system_, unit_, role_, ...) \
    FIELD_##role_(group_, id_)
#include "model/model.def"
#undef GROUP
#undef ITEM
    [GROUPS - 1].after = ITEMS,
};

/* ---- the items ----------------------------------------------------------------------- */

static const struct item_row item_rows[ITEMS] = {
    [ITEM_NONE] =
        {.id = "", .osiris = "", .unit = "", .keys = "", .word = "", .fr = "", .en = ""},
#define GROUP(...)
#define ITEM(group_, id_, osiris_, type_, system_, unit_, role_, index_, share_, keys_, \
             word_, fr_, en_)                                                           \
    [ITEM_##id_] = {.item = ITEM_##id_,                                                 \
                    .group = GROUP_##group_,                                            \
                    .id = #id_,                                                         \
                    .osiris = osiris_,                                                  \
                    .type = TYPE_##type_,                                               \
                    .system = VOCAB_##system_,                                          \
                    .unit = unit_,                                                      \
                    .role = ROLE_##role_,                                               \
                    .index = INDEX_##index_,                                            \
                    .share = SHARE_##share_,                                            \
                    .keys = keys_,                                                      \
                    .word = word_,                                                      \
                    .fr = fr_,                                                          \
                    .en = en_},
#include "model/model.def"
#undef GROUP
#undef ITEM
};

/* What must hold of each row by itself. */
#define IS_ROLE(role_, a, b) (ROLE_##role_ == ROLE_##a || ROLE_##role_ == ROLE_##b)
#define GROUP(id_, osiris_, scope_, activity_, absence_, keys_, fr_, en_)             \
    _Static_assert((sizeof(osiris_) > 1) == (sizeof(keys_) > 1) && sizeof(fr_) > 1 && \
                       sizeof(en_) > 1,                                               \
                   #id_ ": a group has a section and keys, or neither, and two labels");
#define ITEM(group_, id_, osiris_, type_, system_, unit_, role_, index_, share_, keys_,  \
             word_, fr_, en_)                                                            \
    _Static_assert((TYPE_##type_ == TYPE_CODE || TYPE_##type_ == TYPE_FLAG) ==           \
                       (VOCAB_##system_ != VOCAB_NONE),                                  \
                   #id_ ": codes and flags have a system, others none");                 \
    _Static_assert(TYPE_##type_ != TYPE_FLAG || VOCAB_##system_ == VOCAB_YES_NO,         \
                   #id_ ": a flag is yes or no");                                        \
    _Static_assert((TYPE_##type_ == TYPE_DATE) ==                                        \
                       (IS_ROLE(role_, START, END) || ROLE_##role_ == ROLE_DATED),       \
                   #id_ ": dates, and only they, are START, END or DATED");              \
    _Static_assert(ROLE_##role_ != ROLE_KEY || TYPE_##type_ == TYPE_CODE,                \
                   #id_ ": a key is a code");                                            \
    _Static_assert(ROLE_##role_ != ROLE_STATUS || VOCAB_##system_ != VOCAB_NONE,         \
                   #id_ ": a status is a code");                                         \
    _Static_assert(ROLE_##role_ != ROLE_AMOUNT || TYPE_##type_ == TYPE_NUMBER,           \
                   #id_ ": an amount is a number");                                      \
    _Static_assert(ROLE_##role_ != ROLE_UNIT || TYPE_##type_ == TYPE_TEXT,               \
                   #id_ ": a unit is a text");                                           \
    _Static_assert(!IS_ROLE(role_, IDENTIFIER, LINK) || TYPE_##type_ == TYPE_TEXT,       \
                   #id_ ": what a sample is called is a text");                          \
    _Static_assert((INDEX_##index_ != INDEX_CODES || VOCAB_##system_ != VOCAB_NONE) &&   \
                       (INDEX_##index_ != INDEX_NUMBERS || TYPE_##type_ == TYPE_NUMBER), \
                   #id_ ": the index form fits the type");                               \
    _Static_assert(sizeof(unit_) == 1 || TYPE_##type_ == TYPE_NUMBER,                    \
                   #id_ ": only a number has a unit");                                   \
    _Static_assert((sizeof(osiris_) > 1) == (sizeof(keys_) > 1) && sizeof(fr_) > 1 &&    \
                       sizeof(en_) > 1,                                                  \
                   #id_ ": an item has a section and keys, or neither, and two labels"); \
    _Static_assert((int)AT_##id_ == (int)ITEM_##id_ &&                                   \
                       (int)AT_##id_ >= (int)FIRST_##group_,                             \
                   #id_ ": an item stands under its own group");
#include "model/model.def"
#undef GROUP
#undef ITEM

const struct group_row *model_group(enum group group)
{
    assert((unsigned)group < GROUPS);
    return &group_rows[group];
}

const struct item_row *model_item(enum item item)
{
    assert((unsigned)item < ITEMS);
    return &item_rows[item];
}

bool model_is_computed(enum group group)
{
    return model_group(group)->group != GROUP_NONE && !*model_group(group)->osiris;
}

enum group model_sent_as(enum group group)
{
    return group == GROUP_LINE    ? GROUP_DRUG
           : group == GROUP_RATIO ? GROUP_MEASURE
                                  : group;
}

enum group model_whole_of(enum group group)
{
    if (group == GROUP_SPECIMEN || group == GROUP_TUMOUR_EVENT || group == GROUP_TNM)
        return group;
    return model_group(group)->link ? GROUP_SPECIMEN : GROUP_NONE;
}

/* ---- names --------------------------------------------------------------------------- */

/* A key of the table of names: one byte for the name space (a group for its items, its
 * complement for the groups that may stand inside it, 0 for the words of the criteria
 * language), then the name in lower case. */
#define NAME_SIZE 64
#define SPACE_WORDS 0
#define SPACE_ITEMS(group) ((char)(group))
#define SPACE_GROUPS(parent) ((char)(0x80 | (parent)))

static struct table *names; /* item << 8 | part, or group */

/* 0 when NAME is too long to be one of ours. */
static size_t name_key(char space, const char *name, size_t length, char key[NAME_SIZE])
{
    if (length >= NAME_SIZE)
        return 0;
    key[0] = space;
    for (size_t i = 0; i < length; i++) {
        char c = name[i];

        key[i + 1] = c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
    }
    return length + 1;
}

static uint64_t name_find(char space, const char *name, size_t length)
{
    char key[NAME_SIZE];
    size_t size = name_key(space, name, length, key);
    const uint64_t *value = size ? table_get(names, key, size) : NULL;

    return value ? *value : 0;
}

/* The first row that claims a name keeps it; a test forbids a second. */
static void name_add(char space, const char *name, size_t length, const char *suffix,
                     uint64_t value)
{
    char key[NAME_SIZE];
    size_t size = name_key(space, name, length, key);
    size_t more = strlen(suffix);
    uint64_t *held;
    bool added;

    assert(size && size + more <= NAME_SIZE);
    memcpy(key + size, suffix, more);
    held = table_put(names, key, size + more, &added);
    if (added)
        *held = value;
}

/* The next of the blank separated KEYS, or NULL. */
static const char *next_key(const char **keys, size_t *length_r)
{
    const char *key = *keys + strspn(*keys, " ");

    *length_r = strcspn(key, " ");
    *keys = key + *length_r;
    return *length_r ? key : NULL;
}

/* birthdate, birthdateDay … and, for the stem "lastvisit", also lastvisitDateDay. */
static void add_date(char space, const char *stem, size_t length, enum item item)
{
    static const struct {
        const char *suffix;
        char part;
    } plain[] = {{"", 0}, {"day", 'D'}, {"month", 'M'}, {"year", 'Y'}},
      dated[] = {{"date", 0}, {"dateday", 'D'}, {"datemonth", 'M'}, {"dateyear", 'Y'}};
    bool ends_in_date = length >= 4 && memcmp(stem + length - 4, "date", 4) == 0;

    for (size_t i = 0; i < ARRAY_LENGTH(plain); i++) {
        uint64_t value = (uint64_t)item << 8 | (unsigned char)plain[i].part;

        name_add(space, stem, length, plain[i].suffix, value);
        if (!ends_in_date)
            name_add(space, stem, length, dated[i].suffix, value);
    }
}

static void add_item_names(const struct item_row *row)
{
    const char *keys = row->keys;
    const char *key;
    size_t length;

    while ((key = next_key(&keys, &length))) {
        if (row->type == TYPE_DATE)
            add_date(SPACE_ITEMS(row->group), key, length, row->item);
        else
            name_add(SPACE_ITEMS(row->group), key, length, "", (uint64_t)row->item << 8);
    }
    if (row->word[0])
        name_add(SPACE_WORDS, row->word, strlen(row->word), "", (uint64_t)row->item << 8);
}

/* OSIRIS-RWD sources nest objects as their sense goes: what concerns a tumour inside it,
 * what was found in a sample inside that. A statement that needs a tumour has nothing to
 * hang on at the top. */
static bool may_stand_inside(enum group parent, const struct group_row *row)
{
    bool is_tumour =
        row->group == GROUP_PRIMARY_CANCER || row->group == GROUP_PAST_CANCER;

    switch (parent) {
    case GROUP_PATIENT: return is_tumour || row->scope != SCOPE_TUMOUR;
    case GROUP_PRIMARY_CANCER: return !is_tumour && row->scope != SCOPE_PATIENT;
    case GROUP_SPECIMEN:
        return row->group == GROUP_BIOMARKER || row->group == GROUP_VARIANT ||
               row->group == GROUP_FUSION || row->group == GROUP_COPY_NUMBER ||
               row->group == GROUP_IMAGING;
    case GROUP_TUMOUR_EVENT:
        return row->group == GROUP_METASTASIS || row->group == GROUP_TNM;
    default: return false;
    }
}

static void add_group_names(const struct group_row *row)
{
    static const enum group parents[] = {GROUP_PATIENT, GROUP_PRIMARY_CANCER,
                                         GROUP_SPECIMEN, GROUP_TUMOUR_EVENT};

    for (size_t i = 0; i < ARRAY_LENGTH(parents); i++) {
        const char *keys = row->keys;
        const char *key;
        size_t length;

        if (!may_stand_inside(parents[i], row))
            continue;
        while ((key = next_key(&keys, &length)))
            name_add(SPACE_GROUPS(parents[i]), key, length, "", row->group);
    }
}

static void names_build(void)
{
    names = table_new();
    for (size_t group = 1; group < GROUPS; group++)
        add_group_names(&group_rows[group]);
    for (size_t item = 1; item < ITEMS; item++)
        add_item_names(&item_rows[item]);
}

static void names_ready(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, names_build);
}

/* Past cancers have the items of section 8 (OSIRIS-RWD 6), so they are read as such. */
static enum group as_tumour(enum group group)
{
    return group == GROUP_PAST_CANCER ? GROUP_PRIMARY_CANCER : group;
}

enum group model_group_by_key(enum group parent, const char *key, size_t length)
{
    names_ready();
    return (enum group)name_find(SPACE_GROUPS(as_tumour(parent)), key, length);
}

enum item model_item_by_key(enum group group, const char *key, size_t length,
                            char *part_r)
{
    uint64_t found;

    *part_r = 0;
    if (group == GROUP_NONE)
        return ITEM_NONE;
    names_ready();
    found = name_find(SPACE_ITEMS(as_tumour(group)), key, length);
    *part_r = (char)(found & 0xff);
    return (enum item)(found >> 8);
}

enum item model_item_by_word(const char *word)
{
    names_ready();
    return (enum item)(name_find(SPACE_WORDS, word, strlen(word)) >> 8);
}

/* ---- digest -------------------------------------------------------------------------- */

/* FNV-1a, 64 bits: no adversary here, and the same on every machine. */
static uint64_t digest_bytes(uint64_t digest, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;

    for (size_t i = 0; i < size; i++)
        digest = (digest ^ at[i]) * 0x100000001B3u;
    return digest;
}

/* With its NUL, so that "ab" "c" is not "a" "bc". */
static uint64_t digest_string(uint64_t digest, const char *string)
{
    return digest_bytes(digest, string, strlen(string) + 1);
}

uint64_t model_digest(void)
{
    uint64_t digest = 0xCBF29CE484222325u;

    for (size_t i = 1; i < GROUPS; i++) {
        const struct group_row *row = &group_rows[i];
        const unsigned char codes[] = {(unsigned char)row->scope,
                                       (unsigned char)row->activity,
                                       (unsigned char)row->absence};
        const char *strings[] = {row->id, row->osiris, row->keys, row->fr, row->en};

        digest = digest_bytes(digest, codes, sizeof(codes));
        for (size_t s = 0; s < ARRAY_LENGTH(strings); s++)
            digest = digest_string(digest, strings[s]);
    }
    for (size_t i = 1; i < ITEMS; i++) {
        const struct item_row *row = &item_rows[i];
        const unsigned char codes[] = {
            (unsigned char)row->group,  (unsigned char)row->type,
            (unsigned char)row->system, (unsigned char)row->role,
            (unsigned char)row->index,  (unsigned char)row->share};
        const char *strings[] = {row->id,   row->osiris, row->unit, row->keys,
                                 row->word, row->fr,     row->en};

        digest = digest_bytes(digest, codes, sizeof(codes));
        for (size_t s = 0; s < ARRAY_LENGTH(strings); s++)
            digest = digest_string(digest, strings[s]);
    }
    return digest;
}

/* ---- facts --------------------------------------------------------------------------- */

const struct value *fact_value(const struct fact *fact, enum item item)
{
    for (size_t i = 0; i < fact->n_values; i++) {
        if (fact->values[i].item == item)
            return &fact->values[i];
    }
    return NULL;
}

const char *fact_text(const struct fact *fact, enum item item)
{
    const struct value *value = fact_value(fact, item);

    if (!value)
        return "";
    assert(value->type == TYPE_TEXT || value->type == TYPE_CODE ||
           value->type == TYPE_FLAG);
    return value->text;
}

static int compare_long(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int compare_interval(struct interval a, struct interval b)
{
    int order = compare_long(a.first, b.first);

    return order ? order : compare_long(a.last, b.last);
}

/* Numbers in their order, -0 before 0 and NaN at the ends: a total order, which < is not. */
static int64_t number_rank(double number)
{
    int64_t bits;

    memcpy(&bits, &number, sizeof(bits));
    return bits < 0 ? bits ^ INT64_MAX : bits;
}

static int compare_value(const struct value *a, const struct value *b)
{
    if (a->item != b->item)
        return a->item < b->item ? -1 : 1;
    if (a->type != b->type)
        return a->type < b->type ? -1 : 1;
    switch (a->type) {
    case TYPE_NUMBER: return compare_long(number_rank(a->number), number_rank(b->number));
    case TYPE_DATE: return compare_interval(a->date, b->date);
    case TYPE_TEXT:
    case TYPE_CODE:
    case TYPE_FLAG: break;
    }
    return strcmp(a->text, b->text);
}

static int compare_values(const struct fact *a, const struct fact *b)
{
    for (size_t i = 0; i < a->n_values && i < b->n_values; i++) {
        int order = compare_value(&a->values[i], &b->values[i]);

        if (order)
            return order;
    }
    return compare_long(a->n_values, b->n_values);
}

int fact_compare(const struct fact *a, const struct fact *b)
{
    int order = compare_long(a->group, b->group);

    if (!order)
        order = compare_long(a->tumour, b->tumour);
    if (!order)
        order = compare_interval(a->date, b->date);
    if (!order)
        order = compare_interval(a->end, b->end);
    if (!order)
        order = compare_values(a, b);
    if (!order)
        order = compare_long(a->source, b->source);
    if (!order)
        order = compare_long(a->place, b->place);
    return order;
}
