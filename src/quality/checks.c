/* SPDX-License-Identifier: Apache-2.0
 *
 * quality/checks.c: the checks of checks.def, one function each.
 *
 * Bounds are wide: what lies outside is a slip of the pen or of the unit, or one patient in
 * a hundred thousand, and worth a look either way. */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "quality/quality_internal.h"
#include "record/record.h"

enum outcome { NOT_LOOKED_AT, SOUND, AT_ODDS };

struct look {
    const struct record *record;
    day_number as_of;
};

static enum outcome at_odds_if(bool odd)
{
    return odd ? AT_ODDS : SOUND;
}

static bool is_dated(const struct fact *fact)
{
    return !interval_is_unknown(fact->date);
}

static struct interval date_of(const struct fact *fact, enum item item)
{
    const struct value *value = fact_value(fact, item);

    return value ? value->date : INTERVAL_UNKNOWN;
}

/* Both known, and A certainly before B? */
static enum outcome odd_if_before(struct interval a, struct interval b)
{
    if (interval_is_unknown(a) || interval_is_unknown(b))
        return NOT_LOOKED_AT;
    return at_odds_if(date_before(a, b) == TRUTH_YES);
}

/* ---- dates --------------------------------------------------------------------------- */

static enum outcome look_FUTURE(const struct look *look, const struct fact *fact)
{
    if (!is_dated(fact))
        return NOT_LOOKED_AT;
    return at_odds_if(fact->date.first > look->as_of);
}

static enum outcome look_BEFORE_BIRTH(const struct look *look, const struct fact *fact)
{
    return odd_if_before(fact->date, look->record->birth);
}

/* What needs a living body. Samples are analysed, and reports written, afterwards. */
static bool is_act(enum group group)
{
    return group == GROUP_SURGERY || group == GROUP_DRUG || group == GROUP_RADIOTHERAPY ||
           group == GROUP_STATE || group == GROUP_IMAGING;
}

static enum outcome look_AFTER_DEATH(const struct look *look, const struct fact *fact)
{
    if (fact->group == GROUP_VITAL_STATUS)
        return odd_if_before(look->record->death, date_of(fact, ITEM_LAST_VISIT));
    return is_act(fact->group) ? odd_if_before(look->record->death, fact->date)
                               : NOT_LOOKED_AT;
}

static enum outcome look_END_BEFORE_START(const struct look *look,
                                          const struct fact *fact)
{
    const struct group_row *group = model_group(fact->group);

    (void)look;
    return group->end != ITEM_NONE ? odd_if_before(date_of(fact, group->end), fact->date)
                                   : NOT_LOOKED_AT;
}

/* Jeanne Calment lived 122 years; no registry has a case above 115. */
static enum outcome look_AGE(const struct look *look, const struct fact *fact)
{
    const struct interval birth = look->record->birth;
    struct interval date =
        fact->group == GROUP_VITAL_STATUS ? date_of(fact, ITEM_DEATH_DATE) : fact->date;

    if ((fact->group != GROUP_PRIMARY_CANCER && fact->group != GROUP_VITAL_STATUS) ||
        birth.last == DAY_MAX || date.first == DAY_MIN)
        return NOT_LOOKED_AT;
    return at_odds_if(age_in_years(birth.last, date.first) > 115);
}

static enum outcome look_DEATH_BEFORE_DIAGNOSIS(const struct look *look,
                                                const struct fact *fact)
{
    return fact->group == GROUP_PRIMARY_CANCER
               ? odd_if_before(look->record->death, fact->date)
               : NOT_LOOKED_AT;
}

static enum outcome look_EVENT_ORDER(const struct look *look, const struct fact *fact)
{
    (void)look;
    return fact->group == GROUP_TUMOUR_EVENT
               ? odd_if_before(date_of(fact, ITEM_EVENT_DIAGNOSIS), fact->date)
               : NOT_LOOKED_AT;
}

static bool is_anticancer(const struct fact *fact)
{
    const char *code = fact_text(fact, ITEM_DRUG_CODE);

    return fact->group == GROUP_RADIOTHERAPY ||
           (fact->group == GROUP_DRUG &&
            (strncmp(code, "L01", 3) == 0 || strncmp(code, "L02", 3) == 0));
}

static enum outcome look_TREATED_BEFORE_DIAGNOSIS(const struct look *look,
                                                  const struct fact *fact)
{
    const struct record *record = look->record;

    if (!is_anticancer(fact) || !is_dated(fact) || record->n_tumours == 0)
        return NOT_LOOKED_AT;
    for (int i = 0; i < record->n_tumours; i++)
        if (date_before(fact->date, record->tumours[i].diagnosis) != TRUTH_YES)
            return SOUND;
    return AT_ODDS;
}

/* ---- patient and tumour -------------------------------------------------------------- */

static enum outcome look_ALIVE_WITH_DEATH(const struct look *look,
                                          const struct fact *fact)
{
    const char *status = fact_text(fact, ITEM_VITAL_STATUS);

    (void)look;
    if (fact->group != GROUP_VITAL_STATUS || !*status)
        return NOT_LOOKED_AT;
    return at_odds_if(strcmp(status, "ALIVE") == 0 &&
                      !interval_is_unknown(date_of(fact, ITEM_DEATH_DATE)));
}

static bool lies_within(const char *code, const char *first, const char *after)
{
    return strcmp(code, first) >= 0 && strcmp(code, after) < 0;
}

/* Female genital organs C51 to C58 (with the placenta), male ones C60 to C63. */
static enum outcome look_SEX_TOPOGRAPHY(const struct look *look, const struct fact *fact)
{
    const char *sex = look->record->sex;
    const char *code = fact_text(fact, ITEM_TOPOGRAPHY);

    if (fact->group != GROUP_PRIMARY_CANCER || !*sex || !*code)
        return NOT_LOOKED_AT;
    return at_odds_if((*sex == 'M' && lies_within(code, "C51", "C59")) ||
                      (*sex == 'F' && lies_within(code, "C60", "C64")));
}

static enum outcome look_SECONDARY_AS_PRIMARY(const struct look *look,
                                              const struct fact *fact)
{
    const char *code = fact_text(fact, ITEM_TOPOGRAPHY);
    const char *source = fact_text(fact, ITEM_CANCER_SOURCE_CODE);
    const char *morphology = fact_text(fact, ITEM_MORPHOLOGY);
    const char *behaviour = strchr(morphology, '/');

    (void)look;
    if (fact->group != GROUP_PRIMARY_CANCER || (!*code && !*morphology && !*source))
        return NOT_LOOKED_AT;
    /* in ICD-10 C77 is secondary; in ICD-O-3 it is a lymph node, the site of lymphomas */
    return at_odds_if(lies_within(source, "C77", "C80") ||
                      lies_within(code, "C78", "C80") ||
                      (behaviour && behaviour[1] == '6'));
}

static enum outcome look_METHOD_UNKNOWN(const struct look *look, const struct fact *fact)
{
    (void)look;
    if (fact->group != GROUP_PRIMARY_CANCER)
        return NOT_LOOKED_AT;
    return at_odds_if(!*fact_text(fact, ITEM_DIAGNOSIS_METHOD));
}

/* Is VALUE there, and outside? */
static enum outcome odd_outside(const struct value *value, double least, double most)
{
    if (!value || isnan(value->number))
        return NOT_LOOKED_AT;
    return at_odds_if(value->number < least || value->number > most);
}

static enum outcome look_SIZE(const struct look *look, const struct fact *fact)
{
    enum item item = fact->group == GROUP_SIZE ? ITEM_SIZE_VALUE : ITEM_TUMOUR_SIZE;

    (void)look;
    if (fact->group != GROUP_SIZE && fact->group != GROUP_PRIMARY_CANCER)
        return NOT_LOOKED_AT;
    return odd_outside(fact_value(fact, item), 1, 500);
}

/* A metastasis of TUMOUR certainly found on the day of DIAGNOSIS or before. */
static bool is_metastatic_at_once(const struct record *record, int tumour,
                                  struct interval diagnosis)
{
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        bool is_metastasis =
            fact->group == GROUP_METASTASIS ||
            (fact->group == GROUP_TUMOUR_EVENT &&
             strcmp(fact_text(fact, ITEM_EVENT_TYPE), "METASTASIS") == 0);

        if (is_metastasis && fact->tumour == tumour && is_dated(fact) &&
            fact->date.last <= diagnosis.first)
            return true;
    }
    return false;
}

/* OSIRIS-RWD 8.16: metastatic at once is M1. */
static enum outcome look_M0_METASTASIS(const struct look *look, const struct fact *fact)
{
    const struct record *record = look->record;

    if (fact->group != GROUP_TNM || fact->tumour == TUMOUR_NONE ||
        strncmp(fact_text(fact, ITEM_TNM_M), "M0", 2) != 0)
        return NOT_LOOKED_AT;
    return at_odds_if(is_metastatic_at_once(record, fact->tumour,
                                            record->tumours[fact->tumour].diagnosis));
}

/* ---- numbers ------------------------------------------------------------------------- */

static bool is_state(const struct fact *fact, const char *key)
{
    return fact->group == GROUP_STATE &&
           strcmp(fact_text(fact, ITEM_STATE_TYPE), key) == 0;
}

static enum outcome odd_amount(const struct fact *fact, double least, double most)
{
    double number = record_amount(fact);

    if (isnan(number))
        return NOT_LOOKED_AT;
    return at_odds_if(number < least || number > most);
}

static enum outcome look_PS(const struct look *look, const struct fact *fact)
{
    double number = record_amount(fact);

    (void)look;
    if (!is_state(fact, "PS") || isnan(number))
        return NOT_LOOKED_AT;
    return at_odds_if(number < 0 || number > 5 || floor(number) < number);
}

/* From the smallest newborns that survive to the heaviest patients on record. */
static enum outcome look_WEIGHT(const struct look *look, const struct fact *fact)
{
    (void)look;
    return is_state(fact, "WEIGHT") ? odd_amount(fact, 0.4, 350) : NOT_LOOKED_AT;
}

static enum outcome look_HEIGHT(const struct look *look, const struct fact *fact)
{
    (void)look;
    return is_state(fact, "HEIGHT") ? odd_amount(fact, 20, 250) : NOT_LOOKED_AT;
}

/* The dose is text, as prescribed: "75 mg/m²", "75", "75,5". A form by itself has no number. */
static enum outcome look_DRUG_DOSE(const struct look *look, const struct fact *fact)
{
    const char *dose = fact_text(fact, ITEM_DRUG_DOSE);
    char *end;
    double number = strtod(dose, &end);

    (void)look;
    if (fact->group != GROUP_DRUG || end == dose)
        return NOT_LOOKED_AT;
    while (*end && !isalpha((unsigned char)*end) && (unsigned char)*end < 0x80)
        end++; /* a decimal comma, a range, blanks */
    return at_odds_if(!(number > 0 || strchr(dose, ',')) ||
                      (!*end && !*fact_text(fact, ITEM_DRUG_UNIT)));
}

/* The largest prescribed courses: brachytherapy of the prostate with seeds, 145 Gy, is coded apart;
 * external courses stay below 90. In cGy (6000 for 60 Gy) all are outside. */
static enum outcome look_RADIOTHERAPY_DOSE(const struct look *look,
                                           const struct fact *fact)
{
    (void)look;
    return fact->group == GROUP_RADIOTHERAPY
               ? odd_outside(fact_value(fact, ITEM_RADIOTHERAPY_DOSE), 0.5, 120)
               : NOT_LOOKED_AT;
}

/* 34 Gy is the largest single dose of stereotactic radiotherapy in trials (RTOG 0915). */
static enum outcome look_RADIOTHERAPY_FRACTION(const struct look *look,
                                               const struct fact *fact)
{
    const struct value *dose = fact_value(fact, ITEM_RADIOTHERAPY_DOSE);
    const struct value *fractions = fact_value(fact, ITEM_RADIOTHERAPY_FRACTIONS);

    (void)look;
    if (!dose || !fractions || !(fractions->number > 0))
        return NOT_LOOKED_AT;
    return at_odds_if(dose->number / fractions->number > 34);
}

static enum outcome look_PERCENTAGE(const struct look *look, const struct fact *fact)
{
    (void)look;
    if (fact->group != GROUP_BIOMARKER ||
        strcmp(fact_text(fact, ITEM_BIOMARKER_UNIT), "%") != 0)
        return NOT_LOOKED_AT;
    return odd_outside(fact_value(fact, ITEM_BIOMARKER_NUMBER), 0, 100);
}

/* Only measures that we know: none of them can be below zero. */
static enum outcome look_NEGATIVE_MEASURE(const struct look *look,
                                          const struct fact *fact)
{
    (void)look;
    if (fact->group != GROUP_MEASURE || !*record_unit(fact))
        return NOT_LOOKED_AT;
    return odd_amount(fact, 0, HUGE_VAL);
}

static enum outcome look_ALLELE_FREQUENCY(const struct look *look,
                                          const struct fact *fact)
{
    (void)look;
    return fact->group == GROUP_VARIANT
               ? odd_outside(fact_value(fact, ITEM_VARIANT_VAF), 0, 1)
               : NOT_LOOKED_AT;
}

/* ---- all of them --------------------------------------------------------------------- */

static enum outcome (*const looks[CHECKS])(const struct look *, const struct fact *) = {
#define CHECK(id, item, fr, en) look_##id,
#include "quality/checks.def"
#undef CHECK
};

void quality_look_all(const struct record *record, day_number as_of, quality_seen *seen,
                      void *context)
{
    const struct look look = {record, as_of};

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];

        if (model_is_computed(fact->group))
            continue;
        for (int check = 0; check < CHECKS; check++) {
            enum outcome outcome = looks[check](&look, fact);

            if (outcome != NOT_LOOKED_AT)
                seen(context, (enum check)check, fact, outcome == AT_ODDS);
        }
    }
}

struct finder {
    quality_finding *finding;
    void *context;
};

static void tell(void *context, enum check check, const struct fact *fact, bool odd)
{
    const struct finder *finder = context;

    if (odd)
        finder->finding(finder->context, check, fact);
}

void quality_look(const struct record *record, day_number as_of, quality_finding *finding,
                  void *context)
{
    struct finder finder = {finding, context};

    quality_look_all(record, as_of, tell, &finder);
}
