/* SPDX-License-Identifier: Apache-2.0
 *
 * record/record.h: one person's cancer history out of that person's facts.
 *
 * merge is a pure function: the same facts and rules give the same record, in whatever order
 * they came; merging a record's own facts again changes nothing. What it decides today (rules
 * version 4): duplicates joined; which statements are one tumour, which are none, and the codes
 * of each (rules.def, docs/rules.md); vital status by priority, attachment of facts to a sole
 * tumour, numbers in one unit a measure, lines of treatment (lines.h). */
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
#define RULES_VERSION 4

enum tumour_kind {
    TUMOUR_PRIMARY,      /* a tumour of OSIRIS-RWD 8 */
    TUMOUR_SECONDARY,    /* said as one, but it is a metastasis (C77 to C79, /6) */
    TUMOUR_OUT_OF_SCOPE, /* said, but benign and not of the central nervous system */
};

struct tumour {
    struct interval diagnosis;
    const struct fact *fact; /* the GROUP_PRIMARY_CANCER fact that speaks for it */
    enum tumour_kind kind;
    /* 8.6, 8.8, 8.10, 8.4 as the rules choose them among all that its facts say; "" not known.
     * A group of sites can have a code that no fact says. */
    const char *topography, *morphology, *laterality, *method;
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
    int n_others; /* statements of tumours that are not counted: facts keep hanging on them */
    /* The tumours, then the others; each ordered by diagnosis, then content. Facts index it. A
     * metastasis whose primary nobody tells of is counted, as a tumour of unknown primary. */
    struct tumour *tumours;
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

/* A name for what FACT, a GROUP_PRIMARY_CANCER fact, says: topography, morphology, side, date and
 * the source's code; 16 hexadecimal digits. Decisions of humans refer to it, so that they hold
 * when the same statement comes again. */
#define STATEMENT_SIZE 17
const char *record_statement(const struct fact *fact, char text[STATEMENT_SIZE]);

/* What a human may decide of two statements: the words of JUDGEMENT_VERDICT. */
#define VERDICT_SAME "SAME"             /* one tumour */
#define VERDICT_DIFFERENT "DIFFERENT"   /* two: the second stands apart */
#define VERDICT_METASTASIS "METASTASIS" /* the first is a metastasis of the second */

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
