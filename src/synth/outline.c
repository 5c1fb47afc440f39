/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/outline.c: who a person is: sex, birth, tumours, and how long it lives.
 *
 * Death is the first of: what each tumour does (Weibull, by entity and stage) and what would
 * have come anyway (Gompertz, fitted by eye to the French life tables of INSEE: a man of 65
 * dies within the year once in 80, of 85 once in 11; a woman once in 140, and in 17). So the
 * net survival of a stage is the one of the table, and the crude one is lower in the old. */
#include <math.h>
#include <string.h>

#include "synth/synth_internal.h"

/* A tumour never ends a life, or a bow of time, on its first days. */
#define SHORTEST_SURVIVAL 8

static int min_day(int a, int b)
{
    return a < b ? a : b;
}

/* Which persons of one line are shared or alike. Centres are shuffled and paired. */
void synth_slot_make(const struct synth_world *world, uint64_t place,
                     struct synth_slot *slot)
{
    const struct synth_options *options = world->options;
    struct synth_random random = synth_stream(options->seed, 0, place, SYNTH_SHARING);
    unsigned order[SYNTH_CENTRES_MAX], n = options->centres, pairs = n / 2;
    double shared = 0;

    for (unsigned i = 0; i < n; i++) {
        unsigned j = synth_below(&random, i + 1);

        if (j < i)
            order[i] = order[j];
        order[j] = i;
        slot->centre[i].home = slot->centre[i].other = slot->centre[i].twin = i;
        slot->centre[i].like = LIKE_NOBODY;
    }
    /* s = q·pairs / (n - q·pairs), the share of distinct persons, solved for q */
    if (pairs > 0)
        shared = options->overlap * n / (pairs * (1 + options->overlap));
    for (unsigned i = 0; i + 1 < n; i += 2) {
        unsigned a = order[i], b = order[i + 1];
        double u = synth_unit(&random);

        if (u < shared) {
            slot->centre[b].home = a;
            slot->centre[a].other = slot->centre[b].other = b;
        } else if (u > 0.9955) { /* 0.45 % of the unshared lines, as rare as in life */
            slot->centre[b].twin = a;
            slot->centre[b].like = u > 0.998    ? LIKE_TWIN
                                   : u > 0.9965 ? LIKE_HOMONYM
                                                : LIKE_HOMONYM_SAME_DAY;
        }
    }
}

static char draw_side(const struct synth_entity *entity, struct synth_random *random)
{
    if (!entity->sided)
        return 'A';
    return synth_chance(random, 0.5) ? 'R' : 'L';
}

/* Sub-letters exist in most systems; not every tumour has one. */
static char draw_letter(const struct synth_tumour *tumour, struct synth_random *random)
{
    unsigned r = synth_below(random, 100);

    switch (tumour->entity->scale) {
    case SCALE_TNM:
    case SCALE_FIGO: break;
    case SCALE_MASAOKA: return tumour->stage > 1 && r < 80 ? (r < 45 ? 'A' : 'B') : 0;
    default: return 0;
    }
    if (r < 22)
        return 0;
    if (tumour->stage == 3)
        return r < 55 ? 'A' : r < 85 ? 'B' : 'C';
    return r < 65 ? 'A' : 'B';
}

static void draw_tnm(struct synth_tumour *tumour, struct synth_random *random)
{
    tumour->m = 0;
    switch (tumour->stage) {
    case 1:
        tumour->t = synth_chance(random, 0.8) ? 1 : 2;
        tumour->n = 0;
        break;
    case 2:
        tumour->n = synth_chance(random, 0.35);
        tumour->t = (uint8_t)(tumour->n ? synth_between(random, 1, 2)
                                        : synth_between(random, 2, 3));
        break;
    case 3:
        tumour->t = (uint8_t)synth_between(random, 2, 4);
        tumour->n = (uint8_t)(tumour->t == 4 ? synth_between(random, 0, 2)
                                             : synth_between(random, 1, 3));
        break;
    case 4:
        tumour->t = (uint8_t)synth_between(random, 1, 4);
        tumour->n = (uint8_t)synth_between(random, 0, 3);
        tumour->m = 1;
        break;
    default: tumour->t = tumour->n = 0;
    }
}

/* What ENTITY brings, found on DAY. */
static void tumour_make(const struct synth_entity *entity, day_number day,
                        struct synth_random *random, struct synth_tumour *tumour)
{
    *tumour = (struct synth_tumour){.entity = entity, .day = day, .killed = DAY_NONE};
    tumour->sides = SIDE_BOTH;
    tumour->sequenced_day = tumour->recurred = DAY_NONE;
    tumour->topography = entity->places[synth_choose(&entity->place, random)];
    tumour->morphology = entity->kinds[synth_choose(&entity->kind, random)];
    switch (entity->scale) {
    case SCALE_NONE: tumour->stage = STAGE_NONE; break;
    case SCALE_INSITU: tumour->stage = 0; break;
    default: tumour->stage = (uint8_t)(1 + synth_choose(&entity->stage, random));
    }
    tumour->letter = draw_letter(tumour, random);
    tumour->side = draw_side(entity, random);
    draw_tnm(tumour, random);
    tumour->tnm_day = day + synth_between(random, 0, 21);
    tumour->method = synth_chance(random, 0.955) ? 7 : synth_chance(random, 0.6) ? 5 : 2;
    if (entity->care == CARE_HCC && synth_chance(random, 0.4))
        tumour->method = 2;
    if (entity->scale != SCALE_NONE && entity->scale != SCALE_ISS &&
        entity->scale != SCALE_ANN_ARBOR && synth_chance(random, 0.72)) {
        int grade = 1 + (int)synth_below(random, 3);

        tumour->grade =
            (uint8_t)(grade < 3 && synth_chance(random, 0.25) ? grade + 1 : grade);
    }
    if (tumour->stage <= 4 && synth_chance(random, 0.6)) {
        double size = 8 + 11.0 * tumour->t + 9 * synth_normal(random);

        tumour->size = (uint16_t)(size < 3 ? 3 : size);
    }
}

/* Row of share and survival of TUMOUR. */
static unsigned stage_row(const struct synth_tumour *tumour)
{
    return tumour->stage >= 1 && tumour->stage <= 4 ? tumour->stage - 1u : 0;
}

/* The day on which the tumour kills; the old fare worse, the young better. */
static day_number cancer_death(const struct synth_person *person,
                               const struct synth_tumour *tumour,
                               struct synth_random *random)
{
    double lambda = tumour->entity->lambda[stage_row(tumour)];
    double age = synth_age(person, tumour->day);
    double relative = exp(0.012 * (age - tumour->entity->age)); /* of the hazard */
    double e = -log(1 - synth_unit(random)) / relative;
    double days = lambda * pow(e, 1 / 0.8);

    if (lambda <= 0 || days > 40 * 365.25)
        return DAY_NONE;
    return tumour->day + SHORTEST_SURVIVAL + (int)days;
}

/* The day on which the person would have died anyway. */
static day_number other_death(const struct synth_person *person, day_number from,
                              struct synth_random *random)
{
    double a = person->woman ? 8e-6 : 2.2e-5;
    double b = person->woman ? 0.105 : 0.098;
    double age = synth_age(person, from);
    double e = -log(1 - synth_unit(random));
    double years = log(1 + b * e / (a * exp(b * age))) / b;

    return from + SHORTEST_SURVIVAL + (int)(years * 365.25);
}

static double draw_age(const struct synth_entity *entity, struct synth_random *random)
{
    double age = entity->age;

    for (int attempt = 0; attempt < 16; attempt++) {
        age = entity->age + entity->spread * synth_normal(random);
        if (age >= entity->youngest && age < entity->oldest + 1)
            return age;
    }
    return age < entity->youngest ? entity->youngest + 0.5 : entity->oldest + 0.5;
}

static day_number draw_diagnosis(const struct synth_tables *tables,
                                 struct synth_random *random)
{
    int year = SYNTH_FIRST_YEAR + (int)synth_choose(&tables->year, random);
    int months = year == SYNTH_LAST_YEAR ? 5 : 12;

    return day_from_civil(year, 1, 1) + (int)synth_below(random, (uint32_t)(months * 30));
}

/* The first tumour of the person of centre HOME at PLACE; a pure function, because a twin
 * elsewhere starts from it too. */
static void first_tumour(const struct synth_world *world, unsigned home, uint64_t place,
                         struct synth_random *random, struct synth_person *person)
{
    const struct synth_tables *tables = world->tables;
    const struct synth_entity *entity;
    day_number day;

    *random = synth_stream(world->options->seed, home, place, SYNTH_OUTLINE);
    person->woman = synth_chance(random, tables->women);
    entity = &tables->entity[synth_choose(&tables->by_sex[person->woman], random)];
    day = draw_diagnosis(tables, random);
    person->birth = day - (int)(draw_age(entity, random) * 365.25);
    if (person->birth < SYNTH_FIRST_DAY)
        person->birth = SYNTH_FIRST_DAY;
    tumour_make(entity, day, random, &person->tumour[0]);
    person->n_tumours = 1;
}

/* ---- one tumour or two (OSIRIS-RWD 8.1) ---- */

static bool has_category(const char *list, const char *topography)
{
    for (; *list; list += 4)
        if (strncmp(list, topography, 3) == 0)
            return true;
    return false;
}

/* Of one topography group (guide, table 2). */
static bool is_same_site(const char *a, const char *b)
{
    static const char *const groups[] = {"C01 C02 ",
                                         "C00 C03 C04 C05 C06 ",
                                         "C09 C10 C12 C13 C14 ",
                                         "C19 C20 ",
                                         "C23 C24 ",
                                         "C33 C34 ",
                                         "C40 C41 ",
                                         "C65 C66 C67 C68 "};

    for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
        if (has_category(groups[i], a) && has_category(groups[i], b))
            return true;
    return strncmp(a, b, 3) == 0;
}

/* Would the rules take them for one, or could they, with what a file leaves out? Two tumours of
 * one person always differ in site, or in the side of a paired organ: what truth.json counts as
 * two is two. */
static bool may_be_one(const struct synth_tumour *a, const struct synth_tumour *b)
{
    static const char paired[] = "C34 C50 C62 C64 C69 ";
    bool both_blood = strncmp(a->morphology.text, "959", 3) >= 0 &&
                      strncmp(b->morphology.text, "959", 3) >= 0;

    if (both_blood)
        return true;
    return is_same_site(a->topography.text, b->topography.text) &&
           (a->side == b->side || !has_category(paired, a->topography.text) ||
            !has_category(paired, b->topography.text));
}

/* A second primary: another disease, before the first one (a past cancer) or after it. */
static void further_tumour(const struct synth_world *world, struct synth_person *person,
                           struct synth_random *random)
{
    const struct synth_entity *entity;
    day_number day;
    bool before = synth_chance(random, 0.42);

    entity = &world->tables
                  ->entity[synth_choose(&world->tables->by_sex[person->woman], random)];
    if (before)
        day = person->tumour[0].day - 200 - (int)(-log(1 - synth_unit(random)) * 2200);
    else if (synth_chance(random, 0.25))
        day = person->tumour[0].day + (int)synth_below(random, 170);
    else
        day = person->tumour[0].day + 180 + (int)(-log(1 - synth_unit(random)) * 1500);

    double age = synth_age(person, day);

    if (age < entity->youngest || age > entity->oldest || day > SYNTH_END_DAY - 20 ||
        day < SYNTH_FIRST_DAY || person->n_tumours >= MOST_TUMOURS)
        return;
    tumour_make(entity, day, random, &person->tumour[person->n_tumours]);
    for (unsigned i = 0; i < person->n_tumours; i++)
        if (may_be_one(&person->tumour[i], &person->tumour[person->n_tumours]))
            return;
    if (before && person->tumour[person->n_tumours].stage == 4)
        return; /* nobody lives long enough to have another */
    person->n_tumours++;
}

static void sort_tumours(struct synth_person *person)
{
    for (unsigned i = 1; i < person->n_tumours; i++)
        for (unsigned j = i; j > 0 && person->tumour[j].day < person->tumour[j - 1].day;
             j--) {
            struct synth_tumour swap = person->tumour[j];

            person->tumour[j] = person->tumour[j - 1];
            person->tumour[j - 1] = swap;
        }
}

/* When it ends. A tumour found before another cannot have killed before that one. */
static void survive(struct synth_person *person, day_number main_day,
                    struct synth_random *random)
{
    day_number death = other_death(person, main_day, random);
    day_number lost;
    int since;
    unsigned kept = 0;

    for (unsigned i = 0; i < person->n_tumours; i++) {
        struct synth_tumour *tumour = &person->tumour[i];

        tumour->killed = cancer_death(person, tumour, random);
        if (tumour->day < main_day && tumour->killed != DAY_NONE &&
            tumour->killed < main_day + SHORTEST_SURVIVAL)
            tumour->killed = DAY_NONE; /* cured */
        tumour->past = tumour->day < main_day - 300 && synth_chance(random, 0.5);
        if (tumour->killed != DAY_NONE && tumour->killed < death)
            death = tumour->killed;
    }
    /* followed for some years, closely at first; then sent back to the town's doctors */
    lost = person->tumour[person->n_tumours - 1].day + 90 +
           (int)(-log(1 - synth_unit(random)) * 6.5 * 365.25);
    since = SYNTH_END_DAY - person->tumour[person->n_tumours - 1].day;
    if (since < 0)
        since = 0;
    person->last =
        SYNTH_END_DAY -
        (int)synth_below(random, (uint32_t)(since / 6 < 300 ? since / 6 : 300) + 30);
    person->last = min_day(person->last, lost);
    person->death = death <= SYNTH_END_DAY ? death : DAY_NONE;
    if (person->death != DAY_NONE)
        person->last = min_day(person->last, person->death);
    if (person->last < main_day + 1)
        person->last = main_day + 1;
    for (unsigned i = 0; i < person->n_tumours; i++) /* what he did not live to have */
        if (person->tumour[i].day < person->last - 2 || person->tumour[i].day == main_day)
            person->tumour[kept++] = person->tumour[i];
    person->n_tumours = kept;
    person->first = person->tumour[0].day;
    for (unsigned i = 0; i < kept; i++)
        if (person->tumour[i].tnm_day > person->last)
            person->tumour[i].tnm_day = person->last;
}

void synth_outline(const struct synth_world *world, const struct synth_slot *slot,
                   struct synth_person *person)
{
    struct synth_random random;
    unsigned home = person->home, twin = slot->centre[home].twin;
    day_number main_day;

    first_tumour(world, twin, person->place, &random, person);
    if (twin != home) {
        /* the same beginning, then a life of its own */
        random = synth_stream(world->options->seed, home, person->place, SYNTH_OUTLINE);
        if (slot->centre[home].like == LIKE_HOMONYM)
            person->birth += synth_between(&random, 1, 5);
        main_day = person->tumour[0].day + synth_between(&random, 30, 900);
        main_day = min_day(main_day, SYNTH_END_DAY - 30);
        tumour_make(person->tumour[0].entity, main_day, &random, &person->tumour[0]);
    }
    main_day = person->tumour[0].day;
    for (int i = 0; i < 3; i++)
        if (synth_chance(&random, 0.125))
            further_tumour(world, person, &random);
    sort_tumours(person);
    survive(person, main_day, &random);
    person->smoker = synth_chance(&random, person->woman ? 0.3 : 0.42);
    for (unsigned i = 0; i < person->n_tumours; i++)
        if (person->tumour[i].entity->care == CARE_NSCLC ||
            person->tumour[i].entity->care == CARE_SCLC ||
            person->tumour[i].entity->care == CARE_HEAD_NECK)
            person->smoker = synth_chance(&random, 0.86);
    person->informed =
        min_day(person->last, person->first + synth_between(&random, 0, 60));
}

void synth_person_make(const struct synth_world *world, const struct synth_slot *slot,
                       unsigned centre, uint64_t place, struct synth_person *person)
{
    memset(person, 0, offsetof(struct synth_person, tumour));
    person->home = slot->centre[centre].home;
    person->other = slot->centre[person->home].other;
    person->shared = person->other != person->home;
    person->place = place;
    synth_outline(world, slot, person);
    synth_course(world, person);
    synth_care(world, person);
    if (person->shared)
        synth_share(world, person);
}
