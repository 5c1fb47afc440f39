/* SPDX-License-Identifier: Apache-2.0
 *
 * model/model.h: the table of attributes (model.def) as code, and what a fact is. */
#ifndef MODEL_MODEL_H
#define MODEL_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/date.h"
#include "vocab/vocab.h"

enum group {
    GROUP_NONE,
#define GROUP(id, osiris, scope, activity, absence, keys, fr, en) GROUP_##id,
#define ITEM(...)
#include "model/model.def"
#undef GROUP
#undef ITEM
    GROUPS
};

enum item {
    ITEM_NONE,
#define GROUP(...)
#define ITEM(group, id, osiris, type, system, unit, role, index, share, keys, word, fr, \
             en)                                                                        \
    ITEM_##id,
#include "model/model.def"
#undef GROUP
#undef ITEM
    ITEMS
};

enum scope { SCOPE_PATIENT, SCOPE_TUMOUR, SCOPE_EITHER };
enum activity { ACTIVITY_SILENT, ACTIVITY_COUNTS };
enum absence { ABSENCE_COVERED, ABSENCE_STATED, ABSENCE_MEASURED, ABSENCE_SEQUENCED };
enum type { TYPE_TEXT, TYPE_CODE, TYPE_NUMBER, TYPE_DATE, TYPE_FLAG };
enum role {
    ROLE_PLAIN,
    ROLE_START,
    ROLE_END,
    ROLE_DATED,
    ROLE_KEY,
    ROLE_STATUS,
    ROLE_AMOUNT,
    ROLE_UNIT,
    ROLE_PLACE,
    ROLE_SOURCE,
    ROLE_IDENTIFIER,
    ROLE_LINK
};
enum index_form { INDEX_NO, INDEX_CODES, INDEX_NUMBERS, INDEX_KEYS, INDEX_COLUMN };
enum share { SHARE_KEEP, SHARE_SHARE };

struct group_row {
    enum group group;
    const char *id; /* "PRIMARY_CANCER" */
    const char
        *osiris; /* section of OSIRIS-RWD, "M" for the molecular annex, "" = computed */
    enum scope scope;
    enum activity activity;
    enum absence absence;
    const char *keys; /* blank separated, lower case */
    const char *fr;
    const char *en;
    enum item first, after; /* its items are [first, after) */
    enum item key, status, amount, unit, start, end, identifier,
        link; /* its items with these roles, or ITEM_NONE */
};

struct item_row {
    enum item item;
    enum group group;
    const char *id; /* "TOPOGRAPHY" */
    const char *osiris;
    enum type type;
    enum vocab_system system;
    const char *unit; /* UCUM, "" = none */
    enum role role;
    enum index_form index;
    enum share share;
    const char *keys;
    const char *word; /* in the criteria language, "" = none */
    const char *fr;
    const char *en;
};

const struct group_row *model_group(enum group group);
const struct item_row *model_item(enum item item);

/* Is GROUP made by record_merge() out of other facts, rather than said by a source? */
bool model_is_computed(enum group group);

/* The group that sources send: GROUP, or the one that a computed GROUP is made from. What is
 * known of the absence of the one is known of the other. */
enum group model_sent_as(enum group group);

/* One sample with all that was found in it, one tumour event, one TNM: what several values
 * are said of at once, and so may be asked together (criteria.h, CRITERIA_SAME). The group of
 * the whole that facts of GROUP are of: GROUP_SPECIMEN for what LINKs to a sample; GROUP itself
 * for samples, tumour events and TNMs; else GROUP_NONE. */
enum group model_whole_of(enum group group);

/* The group whose keys contain KEY (any case), among those that may stand inside PARENT
 * (GROUP_PATIENT at the top, GROUP_PRIMARY_CANCER in a tumour, GROUP_SPECIMEN in a sample).
 * GROUP_NONE if there is none. */
enum group model_group_by_key(enum group parent, const char *key, size_t length);

/* The item of GROUP named KEY. For a DATE, *PART_R says which part the key names: 'Y', 'M',
 * 'D', or 0 for the whole date in one text. ITEM_NONE if there is none. */
enum item model_item_by_key(enum group group, const char *key, size_t length,
                            char *part_r);

/* The item named WORD in the criteria language, or ITEM_NONE. */
enum item model_item_by_word(const char *word);

/* A digest of the table, so that a cache made with another one is known to be stale. */
uint64_t model_digest(void);

/* One value of a fact. Codes are canonical spellings (vocab.h); "" = said to be unknown. */
struct value {
    enum item item;
    enum type type; /* TYPE_FLAG is stored as a code of VOCAB_YES_NO */
    union {
        const char *text; /* TEXT, CODE, FLAG; never NULL */
        double number;
        struct interval date;
    };
};

#define TUMOUR_NONE (-1)
#define SOURCE_UNKNOWN 0

/* One statement of a source about a patient: one object of OSIRIS-RWD. */
struct fact {
    enum group group;
    int tumour;           /* index of the tumour it hangs on, or TUMOUR_NONE */
    struct interval date; /* START; INTERVAL_UNKNOWN if not given */
    struct interval end;  /* END; INTERVAL_UNKNOWN */
    uint8_t source;       /* OSIRIS-RWD 1 to 5, SOURCE_UNKNOWN */
    char place; /* 'I' here, 'O' elsewhere, 0 not said; FINESS is the facts' own */
    uint16_t n_values;
    const struct value *values; /* in the order of the model table */
    int64_t sequence;           /* proof: the original … */
    uint32_t position;          /* … and which object of its kind in it, from 0 */
};

/* What one fragment says of one person, in our model: the output of adapt. */
struct facts {
    size_t n;
    struct fact *fact;
    int n_tumours;      /* facts of GROUP_PRIMARY_CANCER say tumours 0 … n_tumours-1 */
    const char *finess; /* of the centre that says so, "" if not given */
};

/* The value of ITEM in FACT, or NULL. */
const struct value *fact_value(const struct fact *fact, enum item item);
/* Its text ("" when absent), for CODE, TEXT and FLAG items. */
const char *fact_text(const struct fact *fact, enum item item);

/* A total order that depends on content only (not on sequence or position). */
int fact_compare(const struct fact *a, const struct fact *b);

#endif
