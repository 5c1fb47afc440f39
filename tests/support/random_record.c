/* SPDX-License-Identifier: Apache-2.0
 *
 * support/random_record.c: see random_record.h. */
#include "support/random_record.h"

#include <stdlib.h>
#include <string.h>

#include "adapt/test_facts.h"
#include "base/arena.h"
#include "base/error.h"

/* ---- numbers ---- */

/* splitmix64, by Sebastiano Vigna, in the public domain. */
uint64_t rng_next(struct rng *rng)
{
    uint64_t z = rng->state += 0x9E3779B97F4A7C15u;

    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
}

size_t rng_below(struct rng *rng, size_t n)
{
    return (size_t)(rng_next(rng) % n);
}

int rng_between(struct rng *rng, int low, int high)
{
    return low + (int)rng_below(rng, (size_t)(high - low) + 1);
}

bool rng_chance(struct rng *rng, int percent)
{
    return rng_below(rng, 100) < (size_t)percent;
}

static uint64_t environment_number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    char *end;
    unsigned long long number = text ? strtoull(text, &end, 10) : 0;

    return text && *text && !*end ? number : otherwise;
}

size_t test_rounds(size_t many)
{
    return many * (size_t)environment_number("LACIS_TEST_ROUNDS", 1);
}

uint64_t test_seed(uint64_t seed)
{
    return environment_number("LACIS_TEST_SEED", seed);
}

/* ---- codes ---- */

/* A few codes of each system: neighbours, ancestors, NOS codes, and not stated. */
#define CODES(system, ...)                                  \
    [VOCAB_##system] = {(const char *const[]){__VA_ARGS__}, \
                        sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *)}

static const struct {
    const char *const *code;
    size_t n;
} codes[VOCAB_SYSTEMS] = {
    CODES(ICDO3_TOPOGRAPHY, "", "C34", "C34.9", "C50.4", "C50.9", "C18.7", "C26.9",
          "C80.9", "C64.9", "C14.0", "C10.9", "C34.1", "C77.9", "C78.7", "C70.0"),
    CODES(ICDO3_MORPHOLOGY, "", "814", "8140", "8140/2", "8070/3", "8000/3", "8010/3",
          "8046/3", "9590/3", "9680/3", "8800/3", "8140/3", "8140/0", "8140/6", "9530/0"),
    CODES(ICD10, "", "E11", "E11.9", "E10", "I50", "I50.0", "I50.01"),
    CODES(ATC, "", "L", "L01", "L01E", "L01ED", "L01ED03", "L01ED04", "L01XA01",
          "L02BA01", "M01AE01", "N02AA01"),
    CODES(CCAM, "", "GF", "GFFA", "GFFA013", "GFFA008", "HHFA002", "Z", "ZZNL045",
          "06.03", "06"),
    CODES(GENE, "", "KRAS", "EGFR", "ALK", "TP53"),
    CODES(STAGE, "", "0", "0IS", "1", "1A", "2", "3", "3A", "3C2", "4", "4A", "LIMITED"),
    CODES(TNM_T, "", "T0", "T1", "T1a", "T2", "T4", "Ta", "Tis"),
    CODES(TNM_N, "", "N0", "N0(i-)", "N1", "N1a", "N2"),
    CODES(TNM_M, "", "M0", "M1", "M1a"),
    CODES(SEX, "", "F", "M"),
    CODES(LATERALITY, "", "L", "R", "NA"),
    CODES(DIAGNOSIS_METHOD, "", "1", "2", "7"),
    CODES(TUMOUR_EVENT, "", "LOCAL", "METASTASIS", "RELAPSE"),
    CODES(TNM_TYPE, "", "c", "p", "y"),
    CODES(BIOMARKER_STATUS, "", "POSITIVE", "NEGATIVE"),
    CODES(YES_NO, "", "YES", "NO"),
    CODES(VITAL_STATUS, "", "ALIVE", "DEAD"),
    CODES(VITAL_SOURCE, "", "ADMINISTRATIVE", "INSEE", "MEDICAL"),
    CODES(PLACE, "", "IN", "OUT"),
    CODES(SOURCE, "1", "2", "3"),
    CODES(MEASURE, "", "PS", "WEIGHT", "LDH", "CEA"),
    CODES(SPECIMEN_TYPE, "", "BIOPSY", "LIQUID"),
    CODES(SPECIMEN_NATURE, "", "TUMOUR", "HEALTHY"),
    CODES(PARENT, "", "MOTHER", "FATHER"),
    CODES(VARIANT_CLASS, "", "MISSENSE", "NONSENSE"),
    CODES(PROTEIN_CHANGE, "", "G12C", "V600E", "L858R"),
    CODES(MODALITY, "", "CT", "MR", "PT"),
    CODES(NAME, "", "PD-L1", "HER2", "ANY", "AND", "<5", "GRADE 2", "É\"X", "C\\D"),
};

const char *const *random_code_list(enum vocab_system system, size_t *n_r)
{
    *n_r = codes[system].n;
    return codes[system].code;
}

const char *random_code_of(struct rng *rng, enum vocab_system system)
{
    if (codes[system].n == 0)
        return "";
    if (rng_chance(rng, 30)) /* one of them is frequent, so that some lists are long */
        return codes[system].code[codes[system].n - 1];
    return codes[system].code[rng_below(rng, codes[system].n)];
}

/* ---- dates and numbers ---- */

static struct interval date_in(struct rng *rng, int year, int precision)
{
    int month = rng_between(rng, 1, 12), day = rng_between(rng, 1, 28);
    day_number first = day_from_civil(year, month, day);

    switch (precision) {
    case 0: /* month */
        return (struct interval){day_from_civil(year, month, 1),
                                 day_from_civil(year, month, days_in_month(year, month))};
    case 1: /* year */
        return (struct interval){day_from_civil(year, 1, 1),
                                 day_from_civil(year, 12, 31)};
    case 2: /* a day of an unknown month */
        return (struct interval){day_from_civil(year, 1, day),
                                 day_from_civil(year, 12, day)};
    default: return (struct interval){first, first};
    }
}

struct interval random_date(struct rng *rng)
{
    size_t kind = rng_below(rng, 40);
    int year = rng_between(rng, 2017, 2022);
    int precision = rng_chance(rng, 35) ? rng_between(rng, 0, 2) : 3;
    day_number busy = day_from_civil(2020, 3, rng_between(rng, 1, 6));

    if (kind < 4)
        return INTERVAL_UNKNOWN;
    if (kind == 4) /* the edges of what the index can keep */
        return rng_chance(rng, 50) ? date_in(rng, YEAR_FIRST, 1)
                                   : (struct interval){day_from_civil(YEAR_LAST, 12, 31),
                                                       day_from_civil(YEAR_LAST, 12, 31)};
    if (kind == 5)
        return (struct interval){day_from_civil(YEAR_FIRST, 1, 1),
                                 day_from_civil(YEAR_FIRST, 1, 1)};
    if (kind < 12) /* a week in which much happens, some of it on the same day */
        return (struct interval){busy, busy};
    return date_in(rng, year, precision);
}

/* The end of what began on START: often soon after it, or years later; sometimes a
 * contradiction. */
static struct interval random_end(struct rng *rng, struct interval start)
{
    day_number day = start.last + rng_between(rng, 0, rng_chance(rng, 30) ? 3000 : 60);

    if (start.last == DAY_MAX || rng_chance(rng, 30) ||
        day > day_from_civil(YEAR_LAST, 12, 31))
        return random_date(rng);
    return (struct interval){day, day};
}

static struct interval random_birth(struct rng *rng)
{
    if (rng_chance(rng, 8))
        return INTERVAL_UNKNOWN;
    if (rng_chance(rng, 4)) /* born after the diagnosis: the files have such */
        return random_date(rng);
    return date_in(rng, rng_between(rng, 1935, 1990),
                   rng_chance(rng, 40) ? rng_between(rng, 0, 2) : 3);
}

double random_number(struct rng *rng)
{
    static const double numbers[] = {0,   1,    2,    3,     4,      5,      0.5,  2.5,
                                     -1,  0.1,  0.25, 1e6,   123.45, 32767,  -5,   70,
                                     1.3, 1e-9, 1e12, 40000, 2e9,    -32768, 1e300};

    return numbers[rng_below(rng, rng_chance(rng, 80) ? 10 : ARRAY_LENGTH(numbers))];
}

/* Of LDH, of CEA, of a weight, of none of them, and no unit. */
static const char *random_unit(struct rng *rng)
{
    static const char *const units[] = {"",     "",   "U/L", "nkat/L", "ug/L",
                                        "mg/L", "kg", "g",   "text"};

    return units[rng_below(rng, ARRAY_LENGTH(units))];
}

/* Few numbers, so that findings and samples meet; half of them name none. */
static const char *random_sample(struct rng *rng)
{
    static const char *const names[] = {"", "", "", "S1", "S1", "S2", "S3"};

    return names[rng_below(rng, ARRAY_LENGTH(names))];
}

/* ---- facts ---- */

struct value random_value(struct rng *rng, enum item item)
{
    const struct item_row *row = model_item(item);
    struct value value = {.item = item, .type = row->type};

    switch (row->type) {
    case TYPE_CODE:
    case TYPE_FLAG: value.text = random_code_of(rng, row->system); break;
    case TYPE_TEXT:
        value.text = row->role == ROLE_UNIT ? random_unit(rng)
                     : row->role == ROLE_IDENTIFIER || row->role == ROLE_LINK
                         ? random_sample(rng)
                     : rng_chance(rng, 50) ? "text"
                                           : "";
        break;
    case TYPE_NUMBER: value.number = random_number(rng); break;
    case TYPE_DATE:
        value.date = item == ITEM_PATIENT_BIRTH ? random_birth(rng) : random_date(rng);
        break;
    }
    return value;
}

static void random_fact(struct arena *arena, struct rng *rng, enum group group,
                        int tumour, struct fact *fact)
{
    const struct group_row *row = model_group(group);
    struct value *values =
        arena_array(arena, (size_t)(row->after - row->first) + 1, sizeof(*values));
    int presence = rng_between(rng, 55, 95);
    uint16_t n = 0;

    *fact = (struct fact){.group = group,
                          .tumour = tumour,
                          .date = INTERVAL_UNKNOWN,
                          .end = INTERVAL_UNKNOWN,
                          .source = (uint8_t)rng_below(rng, 3),
                          .place = "IO"[rng_below(rng, 2)]};
    for (enum item item = row->first; item < row->after; item++) {
        if (!rng_chance(rng, presence))
            continue;
        values[n] = random_value(rng, item);
        if (item == row->start)
            fact->date = values[n].date;
        if (item == row->end)
            fact->end = values[n].date = random_end(rng, fact->date);
        n++;
    }
    fact->n_values = n;
    fact->values = values;
}

/* On which of N_TUMOURS a fact of GROUP hangs. */
static int random_tumour(struct rng *rng, enum group group, int n_tumours)
{
    enum scope scope = model_group(group)->scope;

    if (n_tumours == 0 || scope == SCOPE_PATIENT ||
        rng_chance(rng, scope == SCOPE_EITHER ? 40 : 5))
        return TUMOUR_NONE;
    return (int)rng_below(rng, (size_t)n_tumours);
}

#define FACTS_MAX 5 /* of a group, in one fragment */

/* BUSY: how often, in percent, there is a fact of a group, and then another one. */
static struct facts *random_facts(struct arena *arena, struct rng *rng,
                                  const unsigned char busy[GROUPS], bool opposed)
{
    static const int tumours[] = {0, 1, 1, 1, 2, 2, 3};
    struct facts *facts = arena_alloc(arena, sizeof(*facts));
    struct fact *all = memory_alloc((8 + GROUPS * FACTS_MAX) * sizeof(*all));

    facts->finess = "940000664";
    facts->n_tumours = tumours[rng_below(rng, ARRAY_LENGTH(tumours))];
    for (int t = 0; t < facts->n_tumours; t++)
        random_fact(arena, rng, GROUP_PRIMARY_CANCER, t, &all[facts->n++]);
    for (int g = GROUP_NONE + 1; g < GROUPS; g++) {
        enum group group = (enum group)g;

        if (group == GROUP_PRIMARY_CANCER || group == GROUP_PAST_CANCER ||
            group == GROUP_INFORMATION)
            continue;
        for (int k = 0; k < FACTS_MAX && rng_chance(rng, busy[g]); k++)
            random_fact(arena, rng, group, random_tumour(rng, group, facts->n_tumours),
                        &all[facts->n++]);
    }
    if (opposed) {
        struct value *no = arena_alloc(arena, sizeof(*no));

        *no = (struct value){ITEM_NON_OPPOSITION, TYPE_FLAG, {.text = "NO"}};
        all[facts->n++] = (struct fact){.group = GROUP_INFORMATION,
                                        .tumour = TUMOUR_NONE,
                                        .date = INTERVAL_UNKNOWN,
                                        .end = INTERVAL_UNKNOWN,
                                        .n_values = 1,
                                        .values = no};
    }
    facts->fact = arena_copy(arena, all, facts->n * sizeof(*all));
    memory_free(all);
    return facts;
}

struct record *random_record_of(struct arena *arena, struct rng *rng, uint32_t person,
                                const unsigned char busy[GROUPS])
{
    const struct facts *fragments[2];
    struct error err = ERROR_INIT;
    struct record *record;
    size_t n = rng_chance(rng, 15) ? 2 : 1;
    bool opposed = rng_chance(rng, 3);

    for (size_t i = 0; i < n; i++)
        fragments[i] = random_facts(arena, rng, busy, opposed);
    if (record_merge(arena, NULL, person, fragments, n, &record, &err) < 0)
        panic("a random record: %s", err.message);
    return record;
}

struct record *random_record(struct arena *arena, struct rng *rng, uint32_t person)
{
    unsigned char busy[GROUPS];

    memset(busy, rng_between(rng, 0, 60), sizeof(busy));
    return random_record_of(arena, rng, person, busy);
}

/* ---- words ---- */

const char *record_words(struct arena *arena, const struct record *record)
{
    static const char *const dead[] = {"alive", "perhaps dead", "dead"};
    struct buffer out;
    char date[DATE_TEXT_SIZE];

    buffer_init(&out, (size_t)1 << 20);
    buffer_printf(&out, "person %u%s, %s, born %s", record->person,
                  record->opposed ? " opposed" : "", dead[record->dead],
                  date_print_iso(record->birth, date));
    buffer_printf(&out, ", death %s", date_print_iso(record->death, date));
    buffer_printf(&out, ", visit %s", date_print_iso(record->last_visit, date));
    buffer_printf(&out, ", news %s\n", date_print_iso(record->last_news, date));
    for (int t = 0; t < record->n_tumours; t++)
        buffer_printf(&out, "tumour %d diagnosed %s\n", t,
                      date_print_iso(record->tumours[t].diagnosis, date));
    for (size_t i = 0; i < record->n_facts; i++)
        print_fact(&out, &record->facts[i]);

    const char *text = arena_string(arena, buffer_text(&out), out.length);

    buffer_free(&out);
    return text;
}
