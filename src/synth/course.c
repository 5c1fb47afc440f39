/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/course.c: what is done for each tumour, and what the tumour does.
 *
 *     diagnosis ─ early treatment, surgery, radiotherapy ─ maintenance
 *        │            ─ recurrence (before the day it kills, or by bad luck) ─┐
 *        └─ stage IV ─────────────────────────────────────────────────────────┴─ lines of
 *           treatment, each ended by progression, until death or the last visit */
#include <math.h>
#include <string.h>

#include "synth/synth_internal.h"

struct course {
    const struct synth_world *world;
    struct synth_person *person;
    struct synth_tumour *tumour;
    const struct synth_care_row *care;
    unsigned number; /* of the tumour */
    struct synth_random *random;
    day_number last; /* nothing after */
};

static double exponential(struct synth_random *random)
{
    return -log(1 - synth_unit(random));
}

void synth_fact_origin(struct synth_random *random, struct synth_fact *fact)
{
    unsigned r = synth_below(random, 100);

    fact->source = r < 62 ? 1 : r < 72 ? 2 : r < 82 ? 3 : r < 96 ? 4 : 5;
    fact->elsewhere = synth_below(random, 100) < 14;
    fact->sides = SIDE_HOME;
}

static struct synth_fact fact_on(struct course *course, day_number day)
{
    struct synth_fact fact = {.day = day, .tumour = (uint8_t)course->number};

    synth_fact_origin(course->random, &fact);
    fact.elsewhere = fact.elsewhere || course->tumour->past;
    return fact;
}

/* Treatments are hung on the patient, not on the tumour, at a known rate. */
static bool detached(struct course *course)
{
    return synth_chance(course->random, course->world->options->dirt.detached);
}

static void add_specimen(struct course *course, day_number day, uint8_t type)
{
    struct synth_person *person = course->person;

    if (person->n_specimens >= MOST_SPECIMENS || day > course->last)
        return;
    person->specimen[person->n_specimens++] = (struct synth_specimen){
        .fact = fact_on(course, day),
        .type = type,
        .healthy = synth_chance(course->random, 0.06),
        .id = synth_next(course->random) >> 16,
        .topography = course->tumour->topography,
    };
}

static void add_surgery(struct course *course, day_number day)
{
    struct synth_person *person = course->person;

    if (person->n_surgeries >= MOST_SURGERIES || day > course->last ||
        course->care->act.n == 0)
        return;

    struct synth_surgery *surgery = &person->surgery[person->n_surgeries++];

    *surgery = (struct synth_surgery){
        .fact = fact_on(course, day),
        .act = course->care->acts[synth_choose(&course->care->act, course->random)]};
    surgery->fact.detached = detached(course);
    add_specimen(course, day, 0);
}

static void add_radiotherapy(struct course *course, day_number day, unsigned gray,
                             struct word topography)
{
    struct synth_person *person = course->person;
    unsigned fractions = gray > 30 ? gray / 2 : gray > 8 ? gray / 3 : 1;
    day_number end = day + (int)(fractions * 7 / 5);

    if (person->n_radiotherapies >= MOST_RADIOTHERAPIES || day > course->last)
        return;

    struct synth_radiotherapy *radiotherapy =
        &person->radiotherapy[person->n_radiotherapies++];

    *radiotherapy = (struct synth_radiotherapy){
        .fact = fact_on(course, day),
        .end = end > course->last ? course->last : end,
        .topography = topography,
        .gray = (uint8_t)gray,
        .fractions = (uint8_t)fractions,
    };
    radiotherapy->fact.detached = detached(course);
}

static void add_event(struct course *course, day_number day, uint8_t type,
                      struct word topography)
{
    struct synth_person *person = course->person;

    if (person->n_events >= MOST_EVENTS || day > course->last)
        return;
    person->event[person->n_events++] = (struct synth_event){
        .fact = fact_on(course, day),
        .type = type,
        .method = synth_chance(course->random, 0.45) ? 7 : 2,
        .topography = topography,
    };
}

static void add_metastasis(struct course *course, day_number day)
{
    struct synth_person *person = course->person;
    struct word site;

    if (person->n_metastases >= MOST_METASTASES || day > course->last ||
        course->care->spread.n == 0)
        return;
    site = course->care->spreads[synth_choose(&course->care->spread, course->random)];
    for (unsigned i = 0; i < person->n_metastases; i++)
        if (person->metastasis[i].fact.tumour == course->number &&
            person->metastasis[i].topography.text == site.text)
            return; /* only the first of each site counts */

    bool first = true;

    for (unsigned i = 0; i < person->n_metastases; i++)
        first = first && person->metastasis[i].fact.tumour != course->number;
    person->metastasis[person->n_metastases++] =
        (struct synth_metastasis){.fact = fact_on(course, day), .topography = site};
    if (first)
        add_event(course, day, 2, site);
}

static void add_progression(struct course *course, day_number day)
{
    struct synth_person *person = course->person;

    if (person->n_progressions < MOST_PROGRESSIONS && day <= course->last)
        person->progression[person->n_progressions++].fact = fact_on(course, day);
}

static bool fits(const struct course *course, const struct synth_regimen *regimen,
                 int year, uint64_t used, unsigned index)
{
    bool altered;

    if (year < regimen->from || year >= regimen->to || (index < 64 && used >> index & 1))
        return false;
    if (regimen->need == GENE_NONE)
        return true;
    altered = synth_is_altered(course->person, course->number, regimen->need);
    return altered != regimen->without;
}

/* A regimen for SETTING that exists in that year and was not given yet; NULL if none. */
static const struct synth_regimen *choose_regimen(struct course *course,
                                                  enum synth_setting setting,
                                                  day_number day, uint64_t *used)
{
    const struct synth_regimen *all = course->care->regimens[setting];
    unsigned n = course->care->n_regimens[setting], sum = 0;
    int year = 1970 + (int)(day / 365.2425);
    unsigned draw;

    for (unsigned i = 0; i < n; i++)
        if (fits(course, &all[i], year, *used, i))
            sum += all[i].weight;
    if (sum == 0)
        return NULL;
    draw = synth_below(course->random, sum);
    for (unsigned i = 0; i < n; i++) {
        if (!fits(course, &all[i], year, *used, i))
            continue;
        if (draw < all[i].weight) {
            *used |= i < 64 ? UINT64_C(1) << i : 0;
            return &all[i];
        }
        draw -= all[i].weight;
    }
    return NULL;
}

/* REGIMEN from DAY to END; OSIRIS-RWD's change of treatment counts up with CHANGE. */
static void add_drugs(struct course *course, const struct synth_regimen *regimen,
                      day_number day, day_number end, unsigned change)
{
    struct synth_person *person = course->person;
    bool trial = synth_chance(course->random, 0.07);
    bool apart = detached(course);

    if (end > course->last)
        end = course->last;
    for (int i = 0; i < 4 && regimen->drug[i] != DRUG_NO; i++) {
        day_number start = day + (i && synth_chance(course->random, 0.2));
        struct synth_drug_fact *drug;

        if (person->n_drugs >= MOST_DRUGS || start > course->last)
            return;
        drug = &person->drug[person->n_drugs++];
        *drug = (struct synth_drug_fact){
            .fact = fact_on(course, start),
            .end = end < start ? start : end,
            .drug = (uint8_t)regimen->drug[i],
            .change = (uint8_t)(change > 200 ? 200 : change),
            .trial = trial,
        };
        drug->fact.detached = apart;
        /* one molecule may be stopped before the others */
        if (i > 0 && synth_chance(course->random, 0.25) && drug->end > start + 40)
            drug->end = start + (drug->end - start) / 2;
    }
}

/* Lines of treatment from DAY on; returns nothing: the lines are in the person. */
static void advanced_lines(struct course *course, day_number day)
{
    struct synth_tumour *tumour = course->tumour;
    uint64_t used = 0;
    double next = 0.86; /* chance of a (further) line */

    while (tumour->line < 8 && day < course->last - 6 &&
           synth_chance(course->random, next)) {
        const struct synth_regimen *regimen = choose_regimen(course, LINE, day, &used);
        day_number end;

        if (!regimen)
            return;
        end =
            day + 10 + (int)(regimen->days * (0.25 + 0.85 * exponential(course->random)));
        tumour->line++;
        add_drugs(course, regimen, day, end, tumour->line);
        if (end >= course->last)
            return;
        if (synth_chance(course->random, 0.65))
            add_progression(course, end);
        if (synth_chance(course->random, 0.3))
            add_metastasis(course, end + synth_between(course->random, 0, 20));
        if (synth_chance(course->random, 0.14)) {
            struct word site =
                course->person->n_metastases
                    ? course->person->metastasis[course->person->n_metastases - 1]
                          .topography
                    : tumour->topography;

            add_radiotherapy(course, end + synth_between(course->random, 5, 40),
                             synth_chance(course->random, 0.5) ? 30 : 20, site);
        }
        day = end + synth_between(course->random, 12, 60);
        next = 0.72;
    }
}

/* Early treatment; returns the day after which nothing of it remains. */
static day_number early_treatment(struct course *course, unsigned row)
{
    const struct synth_care_row *care = course->care;
    struct synth_random *random = course->random;
    bool operated = synth_below(random, 100) < care->operated[row];
    bool irradiated = synth_below(random, 100) < care->irradiated[row];
    bool systemic = synth_below(random, 100) < care->early[row];
    bool before = systemic && operated && synth_chance(random, row == 2 ? 0.5 : 0.25);
    day_number day = course->tumour->day + synth_between(random, 6, 45);
    const struct synth_regimen *regimen = NULL;
    uint64_t used = 0;

    if (systemic)
        regimen = choose_regimen(course, EARLY, day, &used);
    if (operated && !before) {
        add_surgery(course, day);
        course->tumour->pathological = true;
        day += synth_between(random, 20, 55);
    }
    if (regimen) {
        day_number end = day + (int)(regimen->days * (0.6 + 0.6 * synth_unit(random)));

        add_drugs(course, regimen, day, end, 0);
        day = end + synth_between(random, 14, 45);
    }
    if (operated && before) {
        add_surgery(course, day);
        day += synth_between(random, 20, 55);
    }
    if (irradiated) {
        add_radiotherapy(course, day, care->gray, course->tumour->topography);
        day += 50;
    }
    if (operated || systemic)
        regimen = choose_regimen(course, AFTER, day, &used);
    else
        regimen = NULL;
    if (regimen && synth_chance(random, 0.72)) {
        day_number end = day + (int)(regimen->days * (0.3 + 0.9 * synth_unit(random)));

        if (course->tumour->recurred != DAY_NONE && end > course->tumour->recurred)
            end = course->tumour->recurred;
        if (end > day)
            add_drugs(course, regimen, day, end, 0);
    }
    return day;
}

/* When it comes back: some time before it kills, or without killing. */
static void draw_recurrence(struct course *course)
{
    struct synth_tumour *tumour = course->tumour;
    struct synth_random *random = course->random;

    tumour->recurred = DAY_NONE;
    if (tumour->stage == 4)
        return;
    if (tumour->killed != DAY_NONE) {
        int days = tumour->killed - tumour->day;

        if (days > 120)
            tumour->recurred =
                tumour->day + 60 + (int)((days - 60) * (0.25 + 0.6 * synth_unit(random)));
    } else if (tumour->stage != 0 && synth_chance(random, 0.06)) {
        tumour->recurred = tumour->day + 150 + (int)(exponential(random) * 900);
    }
    if (tumour->recurred != DAY_NONE && tumour->recurred >= course->last)
        tumour->recurred = DAY_NONE;
}

static void recur(struct course *course)
{
    day_number day = course->tumour->recurred;
    struct synth_random *random = course->random;
    double distant = course->care->recurrence == DISTANT ? 0.72 : 0.35;

    if (course->care->recurrence == RELAPSE) {
        add_event(course, day, 3, course->tumour->topography);
    } else if (course->care->spread.n && synth_chance(random, distant)) {
        add_metastasis(course, day);
        if (synth_chance(random, 0.4))
            add_metastasis(course, day + synth_between(random, 0, 40));
    } else {
        add_event(course, day, 1, course->tumour->topography);
        if (synth_chance(random, 0.3))
            add_surgery(course, day + synth_between(random, 10, 60));
        if (synth_chance(random, 0.25))
            add_radiotherapy(course, day + synth_between(random, 10, 60), 50,
                             course->tumour->topography);
    }
    if (synth_chance(random, 0.5))
        add_specimen(course, day, 1);
}

static void add_markers(struct course *course)
{
    struct synth_person *person = course->person;
    struct synth_random *random = course->random;
    day_number day = course->tumour->day + synth_between(random, 0, 15);

    if (day > course->last)
        day = course->last;
    for (unsigned i = 0; i < course->care->n_markers; i++) {
        const struct synth_marker *row = &course->care->markers[i];
        struct synth_marker_fact *marker;

        if (person->n_markers >= MOST_MARKERS || synth_below(random, 100) >= row->tested)
            continue;
        marker = &person->marker[person->n_markers++];
        *marker = (struct synth_marker_fact){.fact = fact_on(course, day), .marker = row};
        marker->status = synth_below(random, 100) < row->positive;
        marker->percent =
            (uint8_t)(marker->status ? synth_between(random, 1, 20) * 5 : 0);
        if (synth_below(random, 200) < 3)
            marker->status = 2;
    }
}

static void tumour_course(struct course *course)
{
    struct synth_tumour *tumour = course->tumour;
    unsigned row = tumour->stage >= 1 && tumour->stage <= 4 ? tumour->stage - 1u : 0;

    draw_recurrence(course);
    add_specimen(course, tumour->day,
                 (uint8_t)(tumour->method == 5                   ? 2
                           : course->care->recurrence == RELAPSE ? 3
                                                                 : 1));
    add_markers(course);
    if (tumour->entity->scale != SCALE_ISS && tumour->stage == 4 &&
        course->care->recurrence != RELAPSE) {
        int sites = synth_between(course->random, 1, 3);

        for (int i = 0; i < sites; i++)
            add_metastasis(course, tumour->day + synth_between(course->random, 0, 25));
        if (synth_below(course->random, 100) < course->care->operated[3])
            add_surgery(course, tumour->day + synth_between(course->random, 10, 90));
        if (synth_below(course->random, 100) < course->care->irradiated[3])
            add_radiotherapy(course, tumour->day + synth_between(course->random, 10, 120),
                             30, tumour->topography);
        advanced_lines(course, tumour->day + synth_between(course->random, 8, 45));
        return;
    }

    day_number day = early_treatment(course, row);

    if (tumour->recurred != DAY_NONE) {
        if (tumour->recurred < day)
            tumour->recurred = day + 20;
        if (tumour->recurred >= course->last) {
            tumour->recurred = DAY_NONE;
            return;
        }
        recur(course);
        advanced_lines(course, tumour->recurred + synth_between(course->random, 8, 45));
    }
}

void synth_course(const struct synth_world *world, struct synth_person *person)
{
    struct synth_random random =
        synth_stream(world->options->seed, person->home, person->place, SYNTH_COURSE);

    for (unsigned i = 0; i < person->n_tumours; i++)
        synth_molecular(world, person, i, &random);
    for (unsigned i = 0; i < person->n_tumours; i++) {
        struct course course = {
            .world = world,
            .person = person,
            .tumour = &person->tumour[i],
            .care = &world->tables->care[person->tumour[i].entity->care],
            .number = i,
            .random = &random,
            .last = person->last,
        };

        tumour_course(&course);
    }
}
