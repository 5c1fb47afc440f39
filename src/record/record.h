/* SPDX-License-Identifier: Apache-2.0
 *
 * record/record.h: one person's cancer history out of that person's facts.
 *
 * merge is a pure function: the same facts and rules give the same record, in whatever order
 * they came; merging a record's own facts again changes nothing. What it decides today (rules
 * version 3): duplicates joined, tumours as the source gives them (the same tumour said twice
 * is one), vital status by priority, attachment of facts to a sole tumour, numbers in one unit
 * a measure, lines of treatment (lines.h). */
#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/date.h"
#include "model/model.h"

struct arena;
struct decisions;
struct error;
struct rules;

/* Raised with each change of what this room decides; part of every answer's cut. */
#define RULES_VERSION 3

struct tumour {
    struct interval diagnosis;
    const struct fact *fact; /* its GROUP_PRIMARY_CANCER fact */
};

struct record {
    uint32_t person;
    bool opposed; /* OSIRIS-RWD 2.3: out of every research answer */
    struct interval birth;
    const char *sex;       /* "F", "M", "" */
    enum truth dead;       /* 4.1, by priority administrative > INSEE > medical record */
    struct interval death; /* 4.6; INTERVAL_UNKNOWN if not dead or not known */
    struct interval last_visit; /* 4.4, physical presence; INTERVAL_UNKNOWN if none */
    struct interval
        last_news; /* latest proof of life: 4.3 (if alive), 4.4, 4.5, or death */
    int n_tumours;
    struct tumour *tumours; /* ordered by diagnosis, then content; facts index this array */
    size_t n_facts;
    struct fact *facts; /* ordered by fact_compare, no two equal */
};

/* How to merge. A NULL in place of it: by rules_default(), and nobody asks why. */
struct merging {
    const struct rules *rules;   /* rules.h */
    struct decisions *decisions; /* filled with what was decided, and why; or NULL */
};

/* Merge the facts of N fragments of PERSON. Lives in ARENA; strings are borrowed from the
 * facts. -1 with ERROR_LIMIT when the arena's cap is passed. */
NODISCARD int record_merge(struct arena *arena, const struct merging *merging,
                           uint32_t person, const struct facts *const *facts, size_t n,
                           struct record **record_r, struct error *err);

/* May the unattached FACT belong to TUMOUR of RECORD? YES for a sole tumour; otherwise UNKNOWN
 * unless the fact certainly began before the tumour was diagnosed, then NO (DESIGN §2; OSIRIS-RWD
 * 8.3: a tumour is diagnosed before it is treated). For a fact that hangs on a tumour, YES or
 * NO. */
enum truth record_attached(const struct record *record, const struct fact *fact,
                           int tumour);

/* The number of FACT (its AMOUNT in model.def) in record_unit(); NAN when it has none, or when
 * its unit is not one of what is measured: then the number is not known. A source that gives no
 * unit is taken to use record_unit(); a measure without one counts as the source counts it. */
double record_amount(const struct fact *fact);
/* The unit, in UCUM, of record_amount(); "" when it has none. Static. */
const char *record_unit(const struct fact *fact);

#endif
