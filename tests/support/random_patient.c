/* SPDX-License-Identifier: Apache-2.0
 *
 * support/random_patient.c: see random_patient.h. */
#include "support/random_patient.h"

#include <string.h>

#include "base/buffer.h"

/* The first of the blank separated KEYS. */
static void put_key(struct buffer *out, const char *keys)
{
    buffer_char(out, '"');
    buffer_append(out, keys, strcspn(keys, " "));
    buffer_string(out, "\":");
}

static void put_date(struct buffer *out, struct rng *rng)
{
    int year = rng_between(rng, 2016, 2022), month = rng_between(rng, 1, 12);
    int day = rng_between(rng, 1, 28);

    if (rng_chance(rng, 20)) { /* a week in which much happens, some of it on one day */
        buffer_printf(out, "\"2020-03-%02d\"", rng_between(rng, 1, 6));
        return;
    }
    switch (rng_between(rng, 0, 6)) {
    case 0: buffer_printf(out, "\"%d\"", year); break;
    case 1: buffer_printf(out, "\"%d-%02d\"", year, month); break;
    case 2: buffer_printf(out, "\"%d-UN-%02d\"", year, day); break;
    case 3: buffer_string(out, "\"UN\""); break;
    default: buffer_printf(out, "\"%d-%02d-%02d\"", year, month, day); break;
    }
}

static void put_item(struct buffer *out, struct rng *rng, const struct item_row *item)
{
    put_key(out, item->keys);
    switch (item->type) {
    case TYPE_DATE: put_date(out, rng); break;
    case TYPE_NUMBER: buffer_json_number(out, random_number(rng)); break;
    case TYPE_TEXT:
        if (item->role == ROLE_IDENTIFIER || item->role == ROLE_LINK)
            buffer_printf(out, "\"S%d\"", rng_between(rng, 1, 3));
        else
            buffer_string(out, "\"text\"");
        break;
    case TYPE_CODE:
    case TYPE_FLAG: buffer_json_string(out, random_code_of(rng, item->system)); break;
    }
}

/* The items of GROUP, some of them; the opening brace is there already. */
static void put_items(struct buffer *out, struct rng *rng, enum group group, bool comma)
{
    const struct group_row *row = model_group(group);
    int presence = rng_between(rng, 50, 95);

    for (enum item item = row->first; item < row->after; item++) {
        if (!rng_chance(rng, presence) || item == ITEM_PATIENT_ID ||
            item == ITEM_PATIENT_CENTRE)
            continue;
        buffer_string(out, comma ? "," : "");
        put_item(out, rng, model_item(item));
        comma = true;
    }
}

/* The groups that stand inside PARENT, several objects of each. */
static void put_groups(struct buffer *out, struct rng *rng, bool in_tumour, int busy)
{
    for (int g = GROUP_NONE + 1; g < GROUPS; g++) {
        const struct group_row *row = model_group((enum group)g);
        int n = rng_chance(rng, busy) ? rng_between(rng, 1, 3) : 0;

        if (row->scope == (in_tumour ? SCOPE_PATIENT : SCOPE_TUMOUR) || n == 0 ||
            g == GROUP_PATIENT || g == GROUP_INFORMATION || g == GROUP_PRIMARY_CANCER ||
            g == GROUP_PAST_CANCER)
            continue;
        buffer_char(out, ',');
        put_key(out, row->keys);
        buffer_char(out, '[');
        for (int i = 0; i < n; i++) {
            buffer_string(out, i ? ",{" : "{");
            put_items(out, rng, row->group, false);
            buffer_char(out, '}');
        }
        buffer_char(out, ']');
    }
}

void random_patient_json(struct buffer *out, struct rng *rng, const char *number)
{
    int tumours = rng_between(rng, 0, 2), busy = rng_between(rng, 0, 40);

    buffer_string(out, "{\"patientId\":");
    buffer_json_string(out, number);
    put_items(out, rng, GROUP_PATIENT, true);
    if (rng_chance(rng, 4))
        buffer_string(out, ",\"nonOpposition\":\"NO\"");
    put_groups(out, rng, false, busy);
    buffer_string(out, ",\"primaryCancer\":[");
    for (int t = 0; t < tumours; t++) {
        buffer_string(out, t ? ",{" : "{");
        buffer_printf(out, "\"occurrence\":%d", t + 1);
        put_items(out, rng, GROUP_PRIMARY_CANCER, true);
        put_groups(out, rng, true, busy);
        buffer_char(out, '}');
    }
    buffer_string(out, "]}");
}
