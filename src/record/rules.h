/* SPDX-License-Identifier: Apache-2.0
 *
 * record/rules.h: the rules that record_merge() follows, and what it says of each decision.
 *
 * rules.def has a row for each rule: the item of OSIRIS-RWD (MDS 2025-2, implementation guide
 * V2) that it executes and what it says, in French and English. Where the guide is silent the
 * reading is ours, and a switch of struct rules: a centre, or a study, may read it otherwise. */
#ifndef RECORD_RULES_H
#define RECORD_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "model/model.h"

struct arena;

enum rule {
#define RULE(id, item, fr, en) RULE_##id,
#include "record/rules.def"
#undef RULE
    RULES
};

struct rule_row {
    const char *id;   /* "TUMOUR_JOINED" */
    const char *item; /* of OSIRIS-RWD, "" where the rule is ours alone */
    const char *fr, *en;
};
const struct rule_row *rule_row(enum rule rule);

/* What the guide leaves open, and how it is read here. */
struct rules {
    int drug_duplicate_days; /* 12: the same molecule said by text and by structured source */
    int course_gap_days;     /* 13: a longer gap makes another course of radiotherapy */
    bool added_drug_is_change; /* 12: A, then A + B */
    bool skin_once_a_group; /* 2.3: skin: one tumour for each morphology group, wherever */
    bool both_sides_are_one; /* 2.3: ovary, Wilms, retinoblastoma: two sides, one tumour */
    bool haematology_once_a_life;      /* IARC 2004: groups 8 to 14, and Kaposi */
    bool unspecified_is_no_difference; /* IARC 2004: groups 5, 14, 17 beside a specific one */
};
/* The readings above as the house takes them. Static. */
const struct rules *rules_default(void);

/* One decision taken in a merge. */
struct decision {
    enum rule rule;
    bool to_review; /* the rules do not decide it: a human may */
    int tumour;     /* index in the record, or TUMOUR_NONE: of the patient */
    /* What it was taken on; NULL: nothing, or one only. Facts as they were said, with their proof: the
     * record may hold them no more. */
    const struct fact *fact, *other;
    const char *detail; /* codes and dates, no words: "C34.1 C34.9"; "" if none */
};

/* The decisions of one merge, in the order in which they were taken. Lives in an arena. */
struct decisions {
    size_t n, capacity;
    struct decision *decision;
};
/* DECISIONS may be NULL: then nobody asked. Strings and facts are borrowed. */
void decisions_add(struct arena *arena, struct decisions *decisions,
                   struct decision decision);

#endif
