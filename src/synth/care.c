/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/care.c: what else a record holds: general state, laboratory, imaging, other
 * diseases, observations, risk factors, family; and who of two centres knows what.
 *
 * The clinic's volume is some 30 facts a patient; the dense one has the proportions of a
 * benchmark: 22 laboratory values and 22 further facts, 10 treatments, 3 alterations. */
#include <math.h>

#include "synth/synth_internal.h"

struct span {
    const struct synth_world *world;
    struct synth_person *person;
    struct synth_random *random;
    day_number first, last;
    bool dense;
};

/* Half of what is measured is measured in the year after the diagnosis. */
static day_number draw_day(struct span *span)
{
    int days = span->last - span->first;

    if (days > 400 && synth_chance(span->random, 0.5))
        days = 400;
    return span->first + synth_between(span->random, 0, days);
}

static struct synth_fact fact_on(struct span *span, day_number day)
{
    struct synth_fact fact = {.day = day};

    synth_fact_origin(span->random, &fact);
    fact.elsewhere = false;
    return fact;
}

/* COUNT of the clinic, or of the dense volume: uniform between the bounds. */
static int count(struct span *span, int low, int high, int dense_low, int dense_high)
{
    return span->dense ? synth_between(span->random, dense_low, dense_high)
                       : synth_between(span->random, low, high);
}

static uint32_t lab_value(const struct synth_lab_row *lab, struct synth_random *random,
                          double shift)
{
    static const double power[] = {1, 10, 100, 1000};
    double value = exp(lab->log_median + shift + lab->spread * synth_normal(random));

    return (uint32_t)(value * power[lab->decimals] + 0.5);
}

static void add_lab(struct span *span, enum synth_lab id, day_number day, double shift)
{
    struct synth_person *person = span->person;
    const struct synth_lab_row *lab = &span->world->tables->labs[id];

    if (person->n_measures >= MOST_MEASURES)
        return;
    person->measure[person->n_measures++] = (struct synth_measure){
        .fact = fact_on(span, day),
        .type = MEASURE_LAB,
        .lab = (uint8_t)id,
        .decimals = lab->decimals,
        .value = lab_value(lab, span->random, shift),
    };
}

static void add_labs(struct span *span)
{
    struct synth_person *person = span->person;
    int n = count(span, 0, 10, 6, 37);

    for (int i = 0; i < n; i++) {
        enum synth_lab id =
            (enum synth_lab)synth_choose(&span->world->tables->lab, span->random);
        double shift = id == LAB_HEMOGLOBIN && person->woman ? -0.08 : 0;

        add_lab(span, id, draw_day(span), shift);
    }
    for (unsigned i = 0; i < person->n_tumours; i++) {
        const struct synth_tumour *tumour = &person->tumour[i];
        enum synth_lab marker = span->world->tables->care[tumour->entity->care].marker;

        if (marker == LAB_NONE || synth_chance(span->random, 0.35))
            continue;
        add_lab(span, marker, tumour->day,
                tumour->stage <= 4 ? 0.5 * tumour->stage : 0.8);
        if (tumour->recurred != DAY_NONE)
            add_lab(span, marker, tumour->recurred, 1.6);
    }
}

static void add_state(struct span *span, enum synth_measure_type type, day_number day,
                      uint32_t value, uint8_t decimals)
{
    struct synth_person *person = span->person;

    if (person->n_measures < MOST_MEASURES && day <= span->last)
        person->measure[person->n_measures++] =
            (struct synth_measure){.fact = fact_on(span, day),
                                   .type = (uint8_t)type,
                                   .decimals = decimals,
                                   .value = value};
}

/* 0 to 4, worse in the old, in stage IV and before death. */
static uint32_t performance(struct span *span, day_number day)
{
    const struct synth_person *person = span->person;
    double score =
        0.25 + 0.012 * (synth_age(person, day) - 55) + 0.6 * synth_normal(span->random);

    for (unsigned i = 0; i < person->n_tumours; i++)
        if (person->tumour[i].stage == 4 && person->tumour[i].day <= day)
            score += 0.4;
    if (person->death != DAY_NONE && person->death - day < 90)
        score += 1.4;
    return score < 0.5 ? 0 : score > 4 ? 4 : (uint32_t)(score + 0.5);
}

static void add_states(struct span *span)
{
    struct synth_person *person = span->person;
    double height = (person->woman ? 162.5 : 175.5) + 6.8 * synth_normal(span->random);
    double mass = (person->woman ? 66 : 80) + 13 * synth_normal(span->random);
    double age = synth_age(person, person->first);
    int n = count(span, 0, 2, 1, 3);

    if (age < 18) { /* growth, near enough */
        height *= 0.3 + 0.7 * age / 18;
        mass *= 0.05 + 0.95 * (age / 18) * (age / 18);
    }
    person->height = (uint16_t)(height < 45 ? 45 : height);
    person->weight = (uint16_t)(mass < 3 ? 30 : mass * 10);
    if (synth_chance(span->random, 0.85))
        add_state(span, MEASURE_PS, person->first, performance(span, person->first), 0);
    if (synth_chance(span->random, 0.75))
        add_state(span, MEASURE_WEIGHT, person->first, person->weight, 1);
    if (synth_chance(span->random, 0.7))
        add_state(span, MEASURE_HEIGHT, person->first, person->height, 0);
    for (int i = 0; i < n; i++) {
        day_number day = draw_day(span);
        double change = 1 - 0.03 * fabs(synth_normal(span->random));

        if (synth_chance(span->random, 0.6))
            add_state(span, MEASURE_PS, day, performance(span, day), 0);
        else
            add_state(span, MEASURE_WEIGHT, day, (uint32_t)(person->weight * change), 1);
    }
    for (unsigned i = 0; i < person->n_progressions; i++)
        add_state(span, MEASURE_PS, person->progression[i].fact.day,
                  performance(span, person->progression[i].fact.day), 0);
}

static void add_imaging(struct span *span, day_number day)
{
    struct synth_person *person = span->person;

    if (person->n_imagings < MOST_IMAGINGS && day <= span->last)
        person->imaging[person->n_imagings++] = (struct synth_imaging_fact){
            .fact = fact_on(span, day),
            .row = (uint8_t)synth_choose(&span->world->tables->imaging, span->random)};
}

static void add_morbid(struct span *span)
{
    struct synth_person *person = span->person;
    const struct synth_morbid *row =
        &synth_morbids[synth_choose(&span->world->tables->morbid, span->random)];
    bool history = row->age > 0 && synth_chance(span->random, 0.55);
    day_number day = history
                         ? span->first - (int)(-log(1 - synth_unit(span->random)) * 1800)
                         : draw_day(span);

    if (synth_age(person, day) < row->age || day <= person->birth ||
        person->n_morbids >= MOST_MORBIDS)
        return;
    person->morbid[person->n_morbids++] =
        (struct synth_morbid_fact){.fact = fact_on(span, day), .code = row->code};
}

static void add_observation(struct span *span)
{
    struct synth_person *person = span->person;
    unsigned row = synth_below(span->random, synth_n_observations);

    if (person->n_observations >= MOST_OBSERVATIONS)
        return;
    person->observation[person->n_observations++] = (struct synth_observation_fact){
        .fact = fact_on(span, draw_day(span)),
        .row = (uint8_t)row,
        .value = (uint8_t)(synth_below(span->random, 10) < 5 ? 0
                           : synth_below(span->random, 3)    ? 1
                                                             : 2),
    };
}

static void add_risks(struct span *span)
{
    /* share in percent of those asked, in the order of OSIRIS-RWD 3.1 */
    static const uint8_t yes[13] = {0, 14, 22, 38, 34, 26, 30, 6, 3, 12, 22, 9, 4};
    struct synth_person *person = span->person;
    bool asked = synth_chance(span->random, 0.62);

    for (unsigned i = 0; i < 13; i++) {
        uint32_t r = synth_below(span->random, 100);
        uint32_t share = i == 0 ? (person->smoker ? 97 : 4) : yes[i];
        bool women_only = i == 5 || i == 6;

        person->risk[i] = 0;
        if (!asked || (i > 1 && r % 10 > 2) || (women_only && !person->woman))
            continue;
        person->risk[i] = synth_below(span->random, 100) < 8       ? 3
                          : synth_below(span->random, 100) < share ? 1
                                                                   : 2;
    }
}

static void add_relatives(struct span *span)
{
    struct synth_person *person = span->person;
    const struct synth_tables *tables = span->world->tables;

    while (person->n_relatives < MOST_RELATIVES && synth_chance(span->random, 0.2)) {
        unsigned parent = synth_below(span->random, 8);
        bool woman = parent == 0 || parent == 2 || parent == 4 || parent == 6;
        const struct synth_entity *entity =
            synth_chance(span->random, 0.3)
                ? person->tumour[0].entity
                : &tables->entity[synth_choose(&tables->by_sex[woman], span->random)];

        person->relative[person->n_relatives++] =
            (struct synth_relative){.topography = entity->places[0],
                                    .parent = (uint8_t)parent,
                                    .sides = SIDE_BOTH};
    }
}

/* More administrations of what is given anyway, until there are enough of them: the dense
 * volume counts each, as OSIRIS-RWD 12 asks for. */
static void add_administrations(struct span *span)
{
    struct synth_person *person = span->person;
    unsigned had = person->n_drugs;
    int wanted = synth_between(span->random, 10, 34);
    int now = (int)(person->n_drugs + person->n_surgeries + person->n_radiotherapies);

    for (; had > 0 && now < wanted && person->n_drugs < MOST_DRUGS; now++) {
        const struct synth_drug_fact *model =
            &person->drug[synth_below(span->random, had)];
        struct synth_drug_fact *drug = &person->drug[person->n_drugs++];
        int cycles = model->end == DAY_NONE ? 0 : (model->end - model->fact.day) / 21;

        *drug = *model;
        drug->fact.day += 21 * synth_between(span->random, 0, cycles);
        drug->end = drug->fact.day;
    }
}

void synth_care(const struct synth_world *world, struct synth_person *person)
{
    struct synth_random random =
        synth_stream(world->options->seed, person->home, person->place, SYNTH_CARE);
    struct span span = {
        .world = world,
        .person = person,
        .random = &random,
        .first = person->first,
        .last = person->last,
        .dense = world->options->dense,
    };

    if (person->first < person->last - 9000) /* a past cancer: the centre came later */
        span.first = person->tumour[person->n_tumours - 1].day;
    if (span.dense)
        add_administrations(&span);
    add_labs(&span);
    add_states(&span);
    for (int n = count(&span, 0, 5, 3, 8); n > 0; n--)
        add_imaging(&span, draw_day(&span));
    for (unsigned i = 0; i < person->n_progressions; i++)
        add_imaging(&span, person->progression[i].fact.day);
    for (int n = count(&span, 0, 3, 1, 5); n > 0; n--)
        add_morbid(&span);
    for (int n = count(&span, 0, 2, 1, 6); n > 0; n--)
        add_observation(&span);
    add_risks(&span);
    add_relatives(&span);
}

/* A shared person: diagnosis, pathology and the first operation at home; drugs, radiotherapy
 * and what comes later at the second centre. */

/* The sides that know of a fact of DAY. */
static uint8_t side_of(const struct synth_person *person, day_number day)
{
    return day <= person->split ? SIDE_HOME : SIDE_SECOND;
}

#define SHARE(kind)                                    \
    for (unsigned i = 0; i < person->n_##kind##s; i++) \
    person->kind[i].fact.sides = side_of(person, person->kind[i].fact.day)

static void share_treatments(struct synth_person *person)
{
    for (unsigned i = 0; i < person->n_drugs; i++)
        person->drug[i].fact.sides = SIDE_SECOND;
    for (unsigned i = 0; i < person->n_radiotherapies; i++)
        person->radiotherapy[i].fact.sides = SIDE_SECOND;
    for (unsigned i = 0; i < person->n_surgeries; i++)
        person->surgery[i].fact.sides = side_of(person, person->surgery[i].fact.day);
}

void synth_share(const struct synth_world *world, struct synth_person *person)
{
    struct synth_random random =
        synth_stream(world->options->seed, person->home, person->place, SYNTH_SPLIT);

    person->split = person->first + 40 + (int)synth_below(&random, 60);
    for (unsigned i = 0; i < person->n_surgeries; i++)
        if (person->surgery[i].fact.tumour == 0) {
            if (person->surgery[i].fact.day < person->first + 300)
                person->split = person->surgery[i].fact.day;
            break;
        }
    if (person->split >= person->last)
        person->split = person->last - 1;
    for (unsigned i = 0; i < person->n_tumours; i++)
        if (person->tumour[i].day > person->split)
            person->tumour[i].sides = SIDE_SECOND;
    share_treatments(person);
    SHARE(event);
    SHARE(marker);
    SHARE(specimen);
    SHARE(measure);
    SHARE(imaging);
    SHARE(morbid);
    SHARE(observation);
    SHARE(progression);
    for (unsigned i = 0; i < person->n_metastases; i++)
        person->metastasis[i].fact.sides =
            side_of(person, person->metastasis[i].fact.day);
    for (unsigned i = 0; i < person->n_alterations; i++) {
        struct synth_alteration *alteration = &person->alteration[i];

        alteration->fact.sides =
            person->tumour[alteration->fact.tumour].sides == SIDE_SECOND ? SIDE_SECOND
                                                                         : SIDE_HOME;
    }
}
