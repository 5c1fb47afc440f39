/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/json_internal.h: what reading, writing and the schema of the JSON form share. */
#ifndef CRITERIA_JSON_INTERNAL_H
#define CRITERIA_JSON_INTERNAL_H

#include "criteria/json.h"

/* How a distance is said: {"days": {…}, "after": …}. */
enum distance_word {
    DISTANCE_AFTER,
    DISTANCE_BEFORE,
    DISTANCE_SINCE,
    DISTANCE_UNTIL,
    DISTANCE_AROUND,
    DISTANCE_WORDS
};
extern const char *const distance_words[DISTANCE_WORDS];

/* Dates of the patient and of the tumour: the items that have a word and one value a patient,
 * less the vital status. ITEM_NONE at the end. */
#define DATE_ITEMS_MAX 16
void json_date_items(enum item items_r[DATE_ITEMS_MAX]);

/* Has a fact of ITEM codes, a status, a number, an end? Is ITEM the word of a fact at all? */
bool json_is_fact(enum item item);
bool json_has_codes(enum item item);
bool json_has_status(enum item item);
bool json_has_number(enum item item);
bool json_has_end(enum item item);

#endif
