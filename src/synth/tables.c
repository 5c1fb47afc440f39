/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/tables.c: the .def tables laid out, and the alias tables made from their weights. */
#include "synth/tables.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/attributes.h"

#define WORD(text)             \
    {                          \
        text, sizeof(text) - 1 \
    }

struct entity_row {
    const char *id;
    uint32_t cases[2];
    uint8_t age, spread, youngest, oldest;
    enum synth_scale scale;
    uint8_t share[4], survival[4];
    bool sided;
    enum synth_care care;
    enum synth_profile profile;
};

static const struct entity_row entity_rows[ENTITIES] = {
#define ENTITY(id, men, women, age, spread, youngest, oldest, scale, w1, w2, w3, w4, s1, \
               s2, s3, s4, sided, care, profile)                                         \
    [ENTITY_##id] = {#id,           {men, women},     age,                               \
                     spread,        youngest,         oldest,                            \
                     SCALE_##scale, {w1, w2, w3, w4}, {s1, s2, s3, s4},                  \
                     sided,         CARE_##care,      PROFILE_##profile},
#define PLACE(...)
#define KIND(...)
#include "synth/entities.def"
#undef ENTITY
#undef PLACE
#undef KIND
};

struct weighted_word {
    uint16_t of; /* entity or care */
    struct word word;
    uint16_t weight;
};

static const struct weighted_word places[] = {
#define ENTITY(...)
#define PLACE(entity, code, weight) {ENTITY_##entity, WORD(code), weight},
#define KIND(...)
#include "synth/entities.def"
#undef ENTITY
#undef PLACE
#undef KIND
};

static const struct weighted_word kinds[] = {
#define ENTITY(...)
#define PLACE(...)
#define KIND(entity, code, weight) {ENTITY_##entity, WORD(code), weight},
#include "synth/entities.def"
#undef ENTITY
#undef PLACE
#undef KIND
};

struct care_row {
    uint8_t operated[4], irradiated[4], early[4], gray;
    enum synth_recurrence recurrence;
    enum synth_lab marker;
};

static const struct care_row care_rows[CARES] = {
#define CARE(id, o1, o2, o3, o4, r1, r2, r3, r4, y1, y2, y3, y4, gray, recurrence, \
             marker)                                                               \
    [CARE_##id] = {{o1, o2, o3, o4}, {r1, r2, r3, r4}, {y1, y2, y3, y4}, gray,     \
                   recurrence,       LAB_##marker},
#define ACT(...)
#define SPREAD(...)
#include "synth/care.def"
#undef CARE
#undef ACT
#undef SPREAD
};

struct act_row {
    enum synth_care care;
    struct synth_act act;
    uint8_t weight;
};

static const struct act_row acts[] = {
#define CARE(...)
#define ACT(care, code, label, weight) {CARE_##care, {WORD(code), WORD(label)}, weight},
#define SPREAD(...)
#include "synth/care.def"
#undef CARE
#undef ACT
#undef SPREAD
};

static const struct weighted_word spreads[] = {
#define CARE(...)
#define ACT(...)
#define SPREAD(care, code, weight) {CARE_##care, WORD(code), weight},
#include "synth/care.def"
#undef CARE
#undef ACT
#undef SPREAD
};

#define GENE_ANY GENES

static const struct regimen_row {
    enum synth_care care;
    enum synth_setting setting;
    uint16_t from, to;
    int need;
    uint16_t weight, days;
    enum synth_drug drug[4];
} regimen_rows[] = {
#define REGIMEN(care, setting, from, to, need, weight, days, d1, d2, d3, d4) \
    {CARE_##care, setting, from, to,                                         \
     GENE_##need, weight,  days, {DRUG_##d1, DRUG_##d2, DRUG_##d3, DRUG_##d4}},
/* GENE_ joined with WITHOUT(KRAS) */
#define ABSENT 1000
#define GENE_WITHOUT(gene) GENE_##gene + ABSENT
#include "synth/regimens.def"
#undef REGIMEN
};

static const struct synth_alteration_row alteration_rows[] = {
#define EXCLUSIVE_A true
#define EXCLUSIVE_O false
#define ALTERED(profile, gene, permille, kind, group) \
    {PROFILE_##profile, GENE_##gene, permille, kind, EXCLUSIVE_##group},
#include "synth/alterations.def"
#undef ALTERED
};

static const struct marker_row {
    enum synth_care care;
    struct synth_marker marker;
} marker_rows[] = {
#define FORM_STATUS false
#define FORM_PERCENT true
#define MORBID(...)
#define IMAGING(...)
#define OBSERVATION(...)
#define MARKER(care, name, assay, positive, tested, form) \
    {CARE_##care, {WORD(name), WORD(assay), positive, tested, FORM_##form}},
#include "synth/care_items.def"
#undef MORBID
#undef IMAGING
#undef OBSERVATION
#undef MARKER
};

const struct synth_morbid synth_morbids[] = {
#define MORBID(code, weight, age) {WORD(code), weight, age},
#define IMAGING(...)
#define OBSERVATION(...)
#define MARKER(...)
#include "synth/care_items.def"
#undef MORBID
#undef IMAGING
};

const struct synth_imaging synth_imagings[] = {
#define MORBID(...)
#define IMAGING(modality, part, weight) {WORD(modality), WORD(part), weight},
#include "synth/care_items.def"
#undef IMAGING
#undef OBSERVATION
};

const struct synth_observation synth_observations[] = {
#define IMAGING(...)
#define OBSERVATION(type, a, b, c) {WORD(type), {WORD(a), WORD(b), WORD(c)}},
#include "synth/care_items.def"
#undef MORBID
#undef IMAGING
#undef OBSERVATION
#undef MARKER
};
const unsigned synth_n_observations = ARRAY_LENGTH(synth_observations);

const struct synth_gene_row synth_genes[GENES] = {
#define GENE(symbol, chromosome, megabase, residues, nature) \
    [GENE_##symbol] = {WORD(#symbol), WORD(chromosome), megabase, residues, nature},
#define HOTSPOT(...)
#define PARTNER(...)
#include "synth/genes.def"
#undef GENE
#undef HOTSPOT
#undef PARTNER
};

const struct synth_hotspot synth_hotspots[] = {
#define GENE(...)
#define HOTSPOT(gene, protein, coding, position, reference, alternative, class, weight) \
    {GENE_##gene,       WORD(protein), WORD(coding), WORD(reference),                   \
     WORD(alternative), position,      class,        weight},
#define PARTNER(...)
#include "synth/genes.def"
#undef GENE
#undef HOTSPOT
#undef PARTNER
};

const struct synth_partner synth_partners[] = {
#define GENE(...)
#define HOTSPOT(...)
#define PARTNER(gene, partner, weight) {GENE_##gene, WORD(#partner), weight},
#include "synth/genes.def"
#undef GENE
#undef HOTSPOT
#undef PARTNER
};

const struct synth_drug_row synth_drugs[DRUGS] = {
#define DRUG(id, atc, name, brand) [DRUG_##id] = {WORD(atc), WORD(name), WORD(brand)},
#include "synth/drugs.def"
#undef DRUG
};

static const struct {
    struct word name, unit;
    double median, spread;
    uint8_t decimals, weight;
} lab_rows[LABS] = {
#define LAB(id, name, unit, median, spread, decimals, weight) \
    [LAB_##id] = {WORD(name), WORD(unit), median, spread, decimals, weight},
#include "synth/labs.def"
#undef LAB
};

const struct word synth_families[] = {
#define FAMILY(name) WORD(name),
#define MAN(...)
#define WOMAN(...)
#include "synth/names.def"
#undef FAMILY
#undef MAN
#undef WOMAN
};
const unsigned synth_n_families = ARRAY_LENGTH(synth_families);

const struct synth_first_name synth_first_names[2][128] = {{
#define FAMILY(...)
#define MAN(name, old, middle, young) {WORD(name), {old, middle, young}},
#define WOMAN(...)
#include "synth/names.def"
#undef MAN
#undef WOMAN
                                                           },
                                                           {
#define MAN(...)
#define WOMAN(name, old, middle, young) {WORD(name), {old, middle, young}},
#include "synth/names.def"
#undef FAMILY
#undef MAN
#undef WOMAN
                                                           }};

const struct word synth_communes[] = {
#define COMMUNE(code) WORD(code),
#include "synth/communes.def"
#undef COMMUNE
};
const unsigned synth_n_communes = ARRAY_LENGTH(synth_communes);

/* The alias table of N weights. */
static struct synth_choice choice_new(struct arena *arena, unsigned n,
                                      const double *weight)
{
    uint32_t *cut = arena_array(arena, n, sizeof *cut);
    uint16_t *other = arena_array(arena, n, sizeof *other);
    double *scaled = arena_array(arena, n, sizeof *scaled);
    uint16_t *stack = arena_array(arena, n, sizeof *stack); /* small ↑ … ↓ large */
    unsigned small = 0, large = n;
    double sum = 0;

    for (unsigned i = 0; i < n; i++)
        sum += weight[i];
    assert(n > 0 && n <= UINT16_MAX && sum > 0);
    for (unsigned i = 0; i < n; i++) {
        scaled[i] = weight[i] * n / sum;
        if (scaled[i] < 1)
            stack[small++] = (uint16_t)i;
        else
            stack[--large] = (uint16_t)i;
    }
    for (unsigned i = 0; i < n; i++) {
        cut[i] = UINT32_MAX;
        other[i] = (uint16_t)i;
    }
    while (small > 0 && large < n) {
        unsigned s = stack[--small], l = stack[large];

        cut[s] = (uint32_t)(scaled[s] * 4294967295.0);
        other[s] = (uint16_t)l;
        scaled[l] -= 1 - scaled[s];
        if (scaled[l] < 1) {
            large++;
            stack[small++] = (uint16_t)l;
        }
    }
    return (struct synth_choice){n, cut, other};
}

#define MOST_ROWS 64

/* The words of ROWS that belong to OF, and their choice; none gives n = 0. */
static struct synth_choice choose_words(struct arena *arena,
                                        const struct weighted_word *rows, size_t n_rows,
                                        unsigned of, const struct word **words_r)
{
    double weight[MOST_ROWS];
    struct word *words = arena_array(arena, MOST_ROWS, sizeof *words);
    unsigned n = 0;

    for (size_t i = 0; i < n_rows; i++) {
        if (rows[i].of != of)
            continue;
        assert(n < MOST_ROWS);
        words[n] = rows[i].word;
        weight[n++] = rows[i].weight;
    }
    *words_r = words;
    return n ? choice_new(arena, n, weight) : (struct synth_choice){.n = 0};
}

/* Cancer kills by a Weibull law of shape 0.8: the hazard falls with the years survived. */
#define WEIBULL_SHAPE 0.8

static void entities_build(struct arena *arena, struct synth_tables *tables)
{
    double men[ENTITIES], women[ENTITIES], all_men = 0, all_women = 0;

    for (unsigned i = 0; i < ENTITIES; i++) {
        const struct entity_row *row = &entity_rows[i];
        struct synth_entity *entity = &tables->entity[i];
        double share[4];

        entity->id = row->id;
        entity->age = row->age;
        entity->spread = row->spread;
        entity->youngest = row->youngest;
        entity->oldest = row->oldest;
        entity->scale = row->scale;
        entity->sided = row->sided;
        entity->care = row->care;
        entity->profile = row->profile;
        for (int stage = 0; stage < 4; stage++) {
            double survival = row->survival[stage] / 100.0;

            entity->cases[stage & 1] = row->cases[stage & 1];
            entity->share[stage] = row->share[stage];
            entity->survival[stage] = row->survival[stage];
            share[stage] = row->share[stage];
            if (survival > 0)
                entity->lambda[stage] =
                    5 * 365.25 / pow(-log(survival), 1 / WEIBULL_SHAPE);
        }
        entity->stage = choice_new(arena, 4, share);
        entity->place =
            choose_words(arena, places, ARRAY_LENGTH(places), i, &entity->places);
        entity->kind = choose_words(arena, kinds, ARRAY_LENGTH(kinds), i, &entity->kinds);
        assert(entity->place.n > 0 && entity->kind.n > 0);
        all_men += men[i] = row->cases[0];
        all_women += women[i] = row->cases[1];
    }
    tables->by_sex[0] = choice_new(arena, ENTITIES, men);
    tables->by_sex[1] = choice_new(arena, ENTITIES, women);
    tables->women = all_women / (all_men + all_women);
}

static void regimens_build(struct arena *arena, struct synth_care_row *care, unsigned id)
{
    for (unsigned setting = 0; setting < SETTINGS; setting++) {
        struct synth_regimen *regimens = arena_array(arena, MOST_ROWS, sizeof *regimens);
        unsigned n = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(regimen_rows); i++) {
            const struct regimen_row *row = &regimen_rows[i];

            if (row->care != id || row->setting != setting)
                continue;
            assert(n < MOST_ROWS);
            regimens[n++] = (struct synth_regimen){
                .care = row->care,
                .setting = row->setting,
                .from = row->from,
                .to = row->to,
                .need = (enum synth_gene)(row->need >= ABSENT ? row->need - ABSENT
                                                              : row->need),
                .without = row->need >= ABSENT,
                .weight = row->weight,
                .days = row->days,
                .drug = {row->drug[0], row->drug[1], row->drug[2], row->drug[3]},
            };
        }
        care->regimens[setting] = regimens;
        care->n_regimens[setting] = n;
    }
}

static void acts_build(struct arena *arena, struct synth_care_row *care, unsigned id)
{
    struct synth_act *own = arena_array(arena, MOST_ROWS, sizeof *own);
    struct synth_marker *markers = arena_array(arena, MOST_ROWS, sizeof *markers);
    double weight[MOST_ROWS];
    unsigned n = 0;

    for (size_t i = 0; i < ARRAY_LENGTH(acts); i++) {
        if (acts[i].care != id)
            continue;
        own[n] = acts[i].act;
        weight[n++] = acts[i].weight;
    }
    care->acts = own;
    if (n)
        care->act = choice_new(arena, n, weight);
    for (size_t i = 0; i < ARRAY_LENGTH(marker_rows); i++)
        if (marker_rows[i].care == id)
            markers[care->n_markers++] = marker_rows[i].marker;
    care->markers = markers;
}

static void cares_build(struct arena *arena, struct synth_tables *tables)
{
    for (unsigned i = 0; i < CARES; i++) {
        struct synth_care_row *care = &tables->care[i];

        memcpy(care->operated, care_rows[i].operated, sizeof care->operated);
        memcpy(care->irradiated, care_rows[i].irradiated, sizeof care->irradiated);
        memcpy(care->early, care_rows[i].early, sizeof care->early);
        care->gray = care_rows[i].gray;
        care->recurrence = care_rows[i].recurrence;
        care->marker = care_rows[i].marker;
        care->spread =
            choose_words(arena, spreads, ARRAY_LENGTH(spreads), i, &care->spreads);
        acts_build(arena, care, i);
        regimens_build(arena, care, i);
    }
}

static void genes_build(struct arena *arena, struct synth_tables *tables)
{
    for (uint16_t i = 0; i < ARRAY_LENGTH(synth_hotspots); i++) {
        struct synth_rows *rows = &tables->hotspot[synth_hotspots[i].of];

        if (rows->n++ == 0)
            rows->first = i;
        assert(rows->first + rows->n == i + 1); /* the table is sorted by gene */
    }
    for (uint16_t i = 0; i < ARRAY_LENGTH(synth_partners); i++) {
        struct synth_rows *rows = &tables->partner[synth_partners[i].of];

        if (rows->n++ == 0)
            rows->first = i;
        assert(rows->first + rows->n == i + 1);
    }
    for (unsigned profile = 0; profile < PROFILES; profile++) {
        struct synth_alteration_row *rows = arena_array(arena, MOST_ROWS, sizeof *rows);
        unsigned n = 0;

        for (size_t i = 0; i < ARRAY_LENGTH(alteration_rows); i++)
            if (alteration_rows[i].profile == profile)
                rows[n++] = alteration_rows[i];
        assert(n > 0 && n < MOST_ROWS);
        tables->altered[profile] = rows;
        tables->n_altered[profile] = n;
    }
}

static void names_build(struct arena *arena, struct synth_tables *tables)
{
    double weight[1024];

    assert(synth_n_families <= ARRAY_LENGTH(weight));
    for (unsigned i = 0; i < synth_n_families; i++)
        weight[i] = 1.0 / (i + 12);
    tables->family = choice_new(arena, synth_n_families, weight);
    for (unsigned sex = 0; sex < 2; sex++)
        for (unsigned generation = 0; generation < 3; generation++) {
            unsigned n = 0;

            while (n < 128 && synth_first_names[sex][n].name.text) {
                weight[n] = synth_first_names[sex][n].weight[generation];
                n++;
            }
            tables->first[sex][generation] = choice_new(arena, n, weight);
        }
}

/* Centres grow: the first patients of the software in 1998, most of them recent. 2026 stops
 * in June. */
static void years_build(struct arena *arena, struct synth_tables *tables)
{
    double weight[SYNTH_LAST_YEAR - SYNTH_FIRST_YEAR + 1];

    for (int year = SYNTH_FIRST_YEAR; year <= SYNTH_LAST_YEAR; year++)
        weight[year - SYNTH_FIRST_YEAR] =
            year < 2008 ? 0.25 + 0.05 * (year - 1998) : 1.0 + 0.08 * (year - 2008);
    weight[SYNTH_LAST_YEAR - SYNTH_FIRST_YEAR] *= 0.42;
    tables->year = choice_new(arena, ARRAY_LENGTH(weight), weight);
}

static void items_build(struct arena *arena, struct synth_tables *tables)
{
    double weight[MOST_ROWS];

    for (unsigned i = 0; i < LABS; i++) {
        tables->labs[i] = (struct synth_lab_row){
            .name = lab_rows[i].name,
            .unit = lab_rows[i].unit,
            .log_median = log(lab_rows[i].median),
            .spread = lab_rows[i].spread,
            .decimals = lab_rows[i].decimals,
            .weight = lab_rows[i].weight,
        };
        weight[i] = lab_rows[i].weight;
    }
    tables->lab = choice_new(arena, LABS, weight);
    for (unsigned i = 0; i < ARRAY_LENGTH(synth_morbids); i++)
        weight[i] = synth_morbids[i].weight;
    tables->morbid = choice_new(arena, ARRAY_LENGTH(synth_morbids), weight);
    for (unsigned i = 0; i < ARRAY_LENGTH(synth_imagings); i++)
        weight[i] = synth_imagings[i].weight;
    tables->imaging = choice_new(arena, ARRAY_LENGTH(synth_imagings), weight);
}

static void digits(char *out, int n, int number)
{
    while (n-- > 0) {
        out[n] = (char)('0' + number % 10);
        number /= 10;
    }
}

const struct synth_tables *synth_tables_new(struct arena *arena)
{
    struct synth_tables *tables = arena_alloc(arena, sizeof *tables);

    entities_build(arena, tables);
    cares_build(arena, tables);
    genes_build(arena, tables);
    names_build(arena, tables);
    years_build(arena, tables);
    items_build(arena, tables);
    tables->day =
        arena_array(arena, SYNTH_AFTER_DAY - SYNTH_FIRST_DAY, sizeof *tables->day);
    for (day_number day = SYNTH_FIRST_DAY; day < SYNTH_AFTER_DAY; day++) {
        struct synth_day_text *text = &tables->day[day - SYNTH_FIRST_DAY];
        int year, month, dom;

        day_to_civil(day, &year, &month, &dom);
        digits(text->year, 4, year);
        digits(text->month, 2, month);
        digits(text->day, 2, dom);
    }
    return tables;
}
