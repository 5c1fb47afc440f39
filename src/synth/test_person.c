/* SPDX-License-Identifier: Apache-2.0
 *
 * test_person.c: the hidden truth: the order of days, survival, what is frequent and what is
 * rare, and that a person depends on its place alone. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "synth/synth_internal.h"

#define PATIENTS 20000

struct fixture {
    struct arena *arena;
    struct synth_options options;
    struct synth_world world;
    struct synth_slot slot;
    struct synth_person person;
};

static int set_up(void **state)
{
    struct fixture *fixture = memory_alloc(sizeof *fixture);

    memset(fixture, 0, sizeof *fixture);
    fixture->arena = arena_new("test", (size_t)64 << 20);
    synth_defaults(&fixture->options);
    fixture->options.centres = 2;
    fixture->world =
        (struct synth_world){&fixture->options, synth_tables_new(fixture->arena),
                             synth_coverage_new(fixture->arena)};
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    arena_free(fixture->arena);
    memory_free(fixture);
    return 0;
}

/* The person of CENTRE at PLACE; NULL when the second visit of another stands there. */
static struct synth_person *person_at(struct fixture *fixture, unsigned centre,
                                      uint64_t place)
{
    synth_slot_make(&fixture->world, place, &fixture->slot);
    if (fixture->slot.centre[centre].home != centre)
        return NULL;
    synth_person_make(&fixture->world, &fixture->slot, centre, place, &fixture->person);
    return &fixture->person;
}

static void in_order(const struct synth_person *person, const struct synth_fact *fact,
                     day_number from)
{
    assert_in_range(fact->day - person->birth, from - person->birth,
                    person->last - person->birth);
    assert_in_range(fact->tumour, 0, person->n_tumours - 1);
    assert_in_range(fact->sides, 1, 3);
}

#define ALL_IN_ORDER(kind, plural, from)              \
    for (unsigned i = 0; i < person->n_##plural; i++) \
    in_order(person, &person->kind[i].fact, (from))

#define ALL_AFTER_DIAGNOSIS(kind, plural) \
    ALL_IN_ORDER(kind, plural, person->tumour[person->kind[i].fact.tumour].day)

static void check_tumours(const struct synth_person *person)
{
    assert_in_range(person->n_tumours, 1, MOST_TUMOURS);
    for (unsigned i = 0; i < person->n_tumours; i++) {
        const struct synth_tumour *tumour = &person->tumour[i];

        assert_true(tumour->day >= person->birth && tumour->day <= person->last);
        assert_true(tumour->tnm_day >= tumour->day && tumour->tnm_day <= person->last);
        assert_true(i == 0 || tumour->day >= person->tumour[i - 1].day);
        assert_true(tumour->recurred == DAY_NONE || tumour->recurred > tumour->day);
        assert_true(tumour->stage <= 4 || tumour->stage == STAGE_NONE);
    }
}

static void check_person(const struct synth_person *person)
{
    assert_true(person->birth >= SYNTH_FIRST_DAY);
    assert_true(person->last <= SYNTH_END_DAY);
    assert_true(person->death == DAY_NONE || person->death <= SYNTH_END_DAY);
    assert_true(person->death == DAY_NONE || person->last <= person->death);
    assert_true(person->informed >= person->first && person->informed <= person->last);
    check_tumours(person);
    ALL_AFTER_DIAGNOSIS(drug, drugs);
    ALL_AFTER_DIAGNOSIS(surgery, surgeries);
    ALL_AFTER_DIAGNOSIS(radiotherapy, radiotherapies);
    ALL_AFTER_DIAGNOSIS(event, events);
    ALL_AFTER_DIAGNOSIS(metastasis, metastases);
    ALL_AFTER_DIAGNOSIS(marker, markers);
    ALL_AFTER_DIAGNOSIS(alteration, alterations);
    ALL_AFTER_DIAGNOSIS(specimen, specimens);
    ALL_AFTER_DIAGNOSIS(progression, progressions);
    ALL_IN_ORDER(measure, measures, person->birth);
    ALL_IN_ORDER(imaging, imagings, person->birth);
    ALL_IN_ORDER(morbid, morbids, person->birth);
    ALL_IN_ORDER(observation, observations, person->birth);
    for (unsigned i = 0; i < person->n_drugs; i++) {
        day_number end = person->drug[i].end;

        assert_true(end == DAY_NONE ||
                    (end >= person->drug[i].fact.day && end <= person->last));
    }
    for (unsigned i = 0; i < person->n_radiotherapies; i++)
        assert_true(person->radiotherapy[i].end >= person->radiotherapy[i].fact.day &&
                    person->radiotherapy[i].end <= person->last);
}

static void no_day_is_out_of_order(void **state)
{
    struct fixture *fixture = *state;

    for (uint64_t place = 0; place < PATIENTS; place++)
        for (unsigned centre = 0; centre < 2; centre++) {
            const struct synth_person *person = person_at(fixture, centre, place);

            if (person)
                check_person(person);
        }
    fixture->options.dense = true;
    for (uint64_t place = 0; place < 2000; place++) {
        const struct synth_person *person = person_at(fixture, 0, place);

        if (person)
            check_person(person);
    }
}

/* Kaplan and Meier's estimate at 5 years, of first tumours by stage. */
#define YEARS_5 1826
struct survival {
    unsigned died[YEARS_5 + 1], gone[YEARS_5 + 1], n;
};

static void observe(struct survival *survival, const struct synth_person *person,
                    day_number from)
{
    day_number to = person->death != DAY_NONE ? person->death : SYNTH_END_DAY;
    int days = to - from;

    survival->n++;
    if (days > YEARS_5)
        days = YEARS_5;
    if (person->death != DAY_NONE && days < YEARS_5)
        survival->died[days]++;
    else
        survival->gone[days]++;
}

static double estimate(const struct survival *survival)
{
    double alive = 1;
    unsigned at_risk = survival->n;

    for (unsigned day = 0; day <= YEARS_5; day++) {
        if (survival->died[day])
            alive *= 1 - (double)survival->died[day] / at_risk;
        at_risk -= survival->died[day] + survival->gone[day];
    }
    return alive;
}

static void survival_falls_with_the_stage(void **state)
{
    static struct survival by_stage[3][4];
    struct fixture *fixture = *state;

    for (uint64_t place = 0; place < PATIENTS; place++) {
        const struct synth_person *person = person_at(fixture, 0, place);
        const struct synth_tumour *tumour = person ? &person->tumour[0] : NULL;
        const struct synth_entity *entity = tumour ? tumour->entity : NULL;
        int site = -1;

        if (!person || person->n_tumours != 1 || tumour->stage < 1 || tumour->stage > 4)
            continue;
        if (entity->care == CARE_NSCLC || entity->care == CARE_NSCLC_SQUAMOUS)
            site = 0;
        else if (entity->care == CARE_COLON || entity->care == CARE_RECTUM)
            site = 1;
        else if (entity->care == CARE_BREAST_HR || entity->care == CARE_BREAST_TN ||
                 entity->care == CARE_BREAST_HER2)
            site = 2;
        if (site >= 0)
            observe(&by_stage[site][tumour->stage - 1], person, tumour->day);
    }
    for (unsigned site = 0; site < 3; site++)
        for (unsigned stage = 0; stage < 3; stage++)
            assert_true(estimate(&by_stage[site][stage]) >
                        estimate(&by_stage[site][stage + 1]));
    /* crude survival: below the net one of the table, not by much */
    assert_true(estimate(&by_stage[0][3]) < 0.14 && estimate(&by_stage[0][3]) > 0.02);
    assert_true(estimate(&by_stage[1][0]) > 0.68 && estimate(&by_stage[1][0]) < 0.93);
    assert_true(estimate(&by_stage[2][0]) > 0.82);
}

struct frequency {
    unsigned all, women, several, c50, c61, c34, lung_adeno, lung_kras, sequenced;
};

static void count(struct frequency *frequency, const struct synth_person *person)
{
    frequency->all++;
    frequency->women += person->woman;
    frequency->several += person->n_tumours > 1;
    for (unsigned i = 0; i < person->n_tumours; i++) {
        const struct synth_tumour *tumour = &person->tumour[i];

        frequency->c50 += strncmp(tumour->topography.text, "C50", 3) == 0;
        frequency->c61 += strncmp(tumour->topography.text, "C61", 3) == 0;
        frequency->c34 += strncmp(tumour->topography.text, "C34", 3) == 0;
        if (tumour->entity->profile == PROFILE_LUNG_ADENO) {
            frequency->lung_adeno++;
            frequency->lung_kras += synth_is_altered(person, i, GENE_KRAS);
        }
        frequency->sequenced += tumour->sequenced;
    }
}

static void near(double share, double expected, double tolerance)
{
    if (fabs(share - expected) > tolerance)
        fail_msg("%.4f, expected %.4f ± %.4f", share, expected, tolerance);
}

static void what_is_frequent_is_frequent(void **state)
{
    struct fixture *fixture = *state;
    struct frequency frequency = {0};
    double n;

    for (uint64_t place = 0; place < PATIENTS; place++) {
        const struct synth_person *person = person_at(fixture, 0, place);

        if (person)
            count(&frequency, person);
    }
    n = frequency.all;
    near(frequency.women / n, 0.468, 0.015);
    near(frequency.several / n, 0.2, 0.03);
    near(frequency.c50 / n, 0.2,
         0.02); /* 70,500, in situ too, of 435,000; 1.2 tumours each */
    near(frequency.c61 / n, 0.163, 0.02);
    near(frequency.c34 / n, 0.14, 0.02);
    near((double)frequency.lung_kras / frequency.lung_adeno, 0.3, 0.03);
}

static void the_weights_of_the_tables_are_kept(void **state)
{
    struct fixture *fixture = *state;
    struct synth_random random = {7};
    const struct synth_choice *choice = &fixture->world.tables->by_sex[0];
    unsigned seen[ENTITIES] = {0};
    double all = 0;

    for (unsigned i = 0; i < ENTITIES; i++)
        all += fixture->world.tables->entity[i].cases[0];
    for (unsigned i = 0; i < 1000000; i++)
        seen[synth_choose(choice, &random)]++;
    for (unsigned i = 0; i < ENTITIES; i++) {
        double expected = fixture->world.tables->entity[i].cases[0] / all;

        near(seen[i] / 1e6, expected, 0.0015);
        if (expected == 0)
            assert_int_equal(seen[i], 0);
    }
}

static void drivers_exclude_each_other(void **state)
{
    struct fixture *fixture = *state;

    for (unsigned profile = 0; profile < PROFILES; profile++) {
        unsigned sum = 0;

        for (unsigned i = 0; i < fixture->world.tables->n_altered[profile]; i++)
            if (fixture->world.tables->altered[profile][i].exclusive)
                sum += fixture->world.tables->altered[profile][i].permille;
        assert_in_range(sum, 0, 1000);
    }
    for (uint64_t place = 0; place < 3000; place++) {
        const struct synth_person *person = person_at(fixture, 0, place);

        for (unsigned i = 0; person && i < person->n_tumours; i++)
            if (person->tumour[i].entity->profile == PROFILE_LUNG_ADENO)
                assert_false(synth_is_altered(person, i, GENE_KRAS) &&
                             synth_is_altered(person, i, GENE_ALK));
    }
}

static void a_place_makes_a_person_whoever_came_before(void **state)
{
    struct fixture *fixture = *state;
    static struct synth_person first;
    const struct synth_person *again;

    first = *person_at(fixture, 0, 4321);
    for (uint64_t place = 9000; place < 9100; place++)
        person_at(fixture, 1, place);
    again = person_at(fixture, 0, 4321);
    assert_int_equal(first.birth, again->birth);
    assert_int_equal(first.n_drugs, again->n_drugs);
    assert_int_equal(first.n_measures, again->n_measures);
    assert_memory_equal(first.measure, again->measure,
                        first.n_measures * sizeof first.measure[0]);
    assert_memory_equal(first.drug, again->drug, first.n_drugs * sizeof first.drug[0]);
}

static void shared_persons_are_as_many_as_asked(void **state)
{
    struct fixture *fixture = *state;
    unsigned shared = 0, distinct = 0;

    for (uint64_t place = 0; place < PATIENTS; place++) {
        synth_slot_make(&fixture->world, place, &fixture->slot);
        for (unsigned i = 0; i < 2; i++)
            if (fixture->slot.centre[i].home == i) {
                distinct++;
                shared += fixture->slot.centre[i].other != i;
            }
    }
    near((double)shared / distinct, 0.035, 0.004);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(no_day_is_out_of_order, set_up, tear_down),
        cmocka_unit_test_setup_teardown(survival_falls_with_the_stage, set_up, tear_down),
        cmocka_unit_test_setup_teardown(what_is_frequent_is_frequent, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_weights_of_the_tables_are_kept, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(drivers_exclude_each_other, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_place_makes_a_person_whoever_came_before,
                                        set_up, tear_down),
        cmocka_unit_test_setup_teardown(shared_persons_are_as_many_as_asked, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
