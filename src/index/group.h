/* SPDX-License-Identifier: Apache-2.0
 *
 * index/group.h: a cohort counted by one, two or three dimensions, and followed to death.
 *
 * The unit is the patient: in each cell, distinct patients, certain and possible apart. When
 * the criteria have one tumour { } block and a dimension is of a tumour (topography, stage,
 * age …), the tumours counted are those for which the block holds; two dimensions of a tumour
 * are taken from the same tumour. A patient with two values stands in two cells; one without
 * any stands under "" (not stated). */
#ifndef INDEX_GROUP_H
#define INDEX_GROUP_H

#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "index/eval.h"

#define DIMENSIONS_MAX 3

enum dimension_kind {
    DIMENSION_ITEM,           /* the groups (vocab_group) of an item with codes */
    DIMENSION_YEAR,           /* years with activity: the file active */
    DIMENSION_DIAGNOSIS_YEAR, /* year of diagnosis of the tumour */
    DIMENSION_AGE,   /* age at diagnosis, tens of completed years: "60" is 60..69 */
    DIMENSION_VITAL, /* DEAD, ALIVE, "" */
};

struct dimension {
    enum dimension_kind kind;
    enum item item; /* DIMENSION_ITEM */
};

/* "topography", "sex", "altered", "treatment" … (any word of the criteria language whose item
 * has codes), "year", "diagnosis year", "age", "vital status". ERROR_INPUT lists them. */
NODISCARD int dimension_parse(const char *word, struct dimension *dimension_r,
                              struct error *err);
const char *dimension_word(const struct dimension *dimension);

struct cell {
    const char *key[DIMENSIONS_MAX]; /* canonical codes, "" = not stated */
    uint64_t certain;
    uint64_t possible; /* beyond the certain ones */
};

struct cells {
    size_t n_dimensions;
    struct dimension dimensions[DIMENSIONS_MAX];
    size_t n;
    struct cell *cell; /* ordered by keys; no empty cells */
};

/* ERROR_LIMIT and ERROR_CORRUPT as of cohort_eval(). */
NODISCARD int cohort_group(struct arena *arena, const struct cohort *cohort,
                           const struct dimension *dimensions, size_t n,
                           struct cells *cells_r, struct error *err);

/* Order by certain + possible, largest first (ties by key), and keep the first N. */
void cells_top(struct cells *cells, size_t n);

/* What a survival curve is made of: for each number of days since the first diagnosis among
 * the cohort's tumours, deaths and patients whose observation ends that day (deaths and
 * censorings together), in ascending order of days. Days of partial dates are the earliest that
 * they may be; a negative follow-up counts as 0. Patients without a usable date are in
 * `without`. Only certain members of COHORT are followed; ARM (may be NULL): only those who
 * are certainly in ARM as well, or, with IN_ARM false, those who are not. */
struct follow_up {
    size_t n;
    struct {
        int32_t days;
        uint32_t deaths;
        uint32_t patients;
    } * at;
    uint64_t without;
};
NODISCARD int cohort_follow(struct arena *arena, const struct cohort *cohort,
                            const struct cohort *arm, bool in_arm,
                            struct follow_up *follow_r, struct error *err);

#endif
