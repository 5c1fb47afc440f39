/* SPDX-License-Identifier: Apache-2.0
 *
 * test_osiris_rwd.c: what is written as OSIRIS-RWD is read back as the same record, whatever
 * facts there are; and the lines themselves, of some patients.
 *
 * ctest-labels: slow */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include <zlib.h>

#include "render/test_round_trip.h"

#define LONGEST_LINE ((size_t)4 << 20)

static struct record *record_of(struct arena *arena, const char *line)
{
    struct remarks remarks = {0};
    struct error err = ERROR_INIT;
    struct record *record = record_of_line(arena, line, &remarks, &err);

    if (!record)
        fail_msg("%s", err.message);
    return record;
}

/* ---- lines, read out loud ---- */

static void lines_are_as_osiris_rwd_has_them(void **state)
{
    static const struct {
        const char *in, *out;
    } cases[] = {
        {"{\"patientid\":\"7\",\"sex\":\"femme\",\"birthDate\":\"1962-UN-UN\"}",
         "{\"patientId\":\"7\",\"birthdateYear\":\"1962\",\"birthdateMonth\":\"UN\","
         "\"birthdateDay\":\"UN\",\"biologicalSex\":\"F\"}\n"},
        /* what is said to be unknown is not what is not said */
        {"{\"patientId\":\"7\",\"sex\":\"inconnu\",\"deathDateYear\":\"UN\"}",
         "{\"patientId\":\"7\",\"biologicalSex\":\"UN\",\"latestNews\":{\"deathDateYear\":"
         "\"UN\",\"deathDateMonth\":\"UN\",\"deathDateDay\":\"UN\"}}\n"},
        /* a known day in an unknown month */
        {"{\"patientId\":\"7\",\"birthdateYear\":\"1962\",\"birthdateMonth\":\"UN\","
         "\"birthdateDay\":\"17\"}",
         "{\"patientId\":\"7\",\"birthdateYear\":\"1962\",\"birthdateMonth\":\"UN\","
         "\"birthdateDay\":\"17\"}\n"},
        /* what hangs on the tumour is in it; PS is a measure of the patient */
        {"{\"patientId\":\"7\",\"primaryCancer\":{\"topographyCode\":\"c341\",\"measure\":[{"
         "\"measureType\":\"OMS\",\"measureValue\":\"1\"}],\"stage\":{\"stageValue\":\"IVA\""
         "}},\"medication\":[{\"drugName\":\"taxol =1\",\"drugDate\":\"2020-02\"}]}",
         "{\"patientId\":\"7\",\"primaryCancer\":[{\"topographyCode\":\"C34.1\",\"stage\":[{"
         "\"stageValue\":\"IVA\"}]}],\"medication\":[{\"moleculeName\":\"taxol =1\","
         "\"moleculeDateYear\":\"2020\",\"moleculeDateMonth\":\"02\",\"moleculeDateDay\":"
         "\"UN\"}],\"measure\":[{\"measureType\":\"PS\",\"measureValue\":1}]}\n"},
        /* state that is not among the measures, once, beside a tumour */
        {"{\"patientId\":\"7\",\"generalState\":{\"measureType\":\"PS\",\"parentConcept\":"
         "\"C34\"},\"primaryCancer\":{\"topographyCode\":\"C61\"}}",
         "{\"patientId\":\"7\",\"primaryCancer\":[{\"topographyCode\":\"C61\"}],"
         "\"generalState\":[{\"measureType\":\"PS\",\"parentConcept\":\"C34\"}]}\n"},
        /* one tumour said twice; a past cancer */
        {"{\"patientId\":\"7\",\"primaryCancer\":[{\"topographyCode\":\"C50.1\","
         "\"diagnosisDate\":\"2020\",\"grade\":{\"gradeValue\":\"2\"}},{\"topographyCode\":"
         "\"C50.1\",\"diagnosisDate\":\"2020-05\",\"laterality\":null}],\"pastCancer\":[{"
         "\"topographyCode\":\"C61.9\",\"diagnosisDate\":\"1999\"}]}",
         "{\"patientId\":\"7\",\"primaryCancer\":[{\"managedInCentre\":\"N\","
         "\"cancerDiagnosisDateYear\":\"1999\",\"cancerDiagnosisDateMonth\":\"UN\","
         "\"cancerDiagnosisDateDay\":\"UN\",\"topographyCode\":\"C61.9\"},{"
         "\"cancerDiagnosisDateYear\":\"2020\",\"cancerDiagnosisDateMonth\":\"UN\","
         "\"cancerDiagnosisDateDay\":\"UN\",\"topographyCode\":\"C50.1\"},{"
         "\"cancerDiagnosisDateYear\":\"2020\",\"cancerDiagnosisDateMonth\":\"05\","
         "\"cancerDiagnosisDateDay\":\"UN\",\"topographyCode\":\"C50.1\",\"grade\":[{"
         "\"gradeValue\":\"2\"}]}]}\n"},
        /* said by two sources */
        {"{\"patient\":[{\"patientId\":\"7\",\"sex\":\"F\"},{\"patientId\":\"7\",\"birthDate\":"
         "\"1962\"}]}",
         "{\"patient\":[{\"patientId\":\"7\",\"birthdateYear\":\"1962\",\"birthdateMonth\":"
         "\"UN\",\"birthdateDay\":\"UN\"},{\"patientId\":\"7\",\"biologicalSex\":\"F\"}]}\n"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arena *arena = arena_new("test", (size_t)64 << 20);

        assert_string_equal(check_round_trip(arena, record_of(arena, cases[i].in)),
                            cases[i].out);
        arena_free(arena);
    }
}

/* ---- any facts ---- */

struct draw {
    struct arena *arena;
    uint64_t state;
    size_t seen[ITEMS]; /* values of each item that went there and back */
};

/* splitmix64 */
static uint64_t draw(struct draw *draw, uint64_t below)
{
    uint64_t z = draw->state += 0x9E3779B97F4A7C15u;

    z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
    z = (z ^ z >> 27) * 0x94D049BB133111EBu;
    return (z ^ z >> 31) % below;
}

static struct interval draw_date(struct draw *d)
{
    char year[8], month[8], day[8];
    struct interval date;

    snprintf(year, sizeof(year), "%d", YEAR_FIRST + (int)draw(d, YEAR_LAST - YEAR_FIRST));
    snprintf(month, sizeof(month), "%d", 1 + (int)draw(d, 12));
    snprintf(day, sizeof(day), "%d", 1 + (int)draw(d, 31));
    if (partial_date_parse(draw(d, 20) ? year : "UN", draw(d, 5) ? month : "UN",
                           draw(d, 4) ? day : "", &date, NULL) < 0)
        return draw_date(d); /* no calendar has that day */
    return date;
}

static const char *draw_text(struct draw *d)
{
    static const char *const texts[] = {
        "x",         "UN",    "12",           "=1+1",  "a \"quote\" \\ and / more",
        "tab\there", "a;b,c", "two\nlines\r", "œdème", "\x01",
        "C0025384",  "-0",
    };
    const char *text = texts[draw(d, ARRAY_LENGTH(texts))];

    /* adapters cut white space at the ends */
    return text[strlen(text) - 1] == '\r' ? "two\nlines\r." : text;
}

static const char *draw_code(struct draw *d, enum vocab_system system)
{
    static const char *const names[] = {"KRAS", "RET", "SLD", "AMP 2", "ŒSTRADIOL"};
    size_t known = vocab_known_count(system);
    char code[VOCAB_CODE_SIZE];
    struct error err = ERROR_INIT;
    const char *text = known > 0 && draw(d, 8) ? vocab_known(system, draw(d, known))
                                               : names[draw(d, ARRAY_LENGTH(names))];

    if (draw(d, 10) == 0 || vocab_normalise(system, text, code, &err) < 0)
        return "";
    return arena_string(d->arena, code, strlen(code));
}

static double draw_number(struct draw *d)
{
    switch (draw(d, 4)) {
    case 0: return (double)draw(d, 100);
    case 1: return -(double)draw(d, 100000) / 1000;
    case 2: return (double)draw(d, 1000000000000) * 1e10;
    default: return (double)draw(d, 1000000) / 1e9;
    }
}

static void draw_value(struct draw *d, const struct item_row *row, struct value *value)
{
    *value = (struct value){.item = row->item, .type = row->type};
    switch (row->type) {
    case TYPE_DATE: value->date = draw_date(d); break;
    case TYPE_NUMBER: value->number = draw_number(d); break;
    case TYPE_TEXT: value->text = draw_text(d); break;
    default: value->text = draw_code(d, row->system);
    }
}

/* What every adapter sees to (adapt/draft.c): the fact's own interval, source and place follow
 * from its values, a unit is that of its number, a group stands in for a missing topography,
 * and state is not among the measures. */
static void settle(struct fact *fact, struct value *values)
{
    const struct group_row *row = model_group(fact->group);

    fact->date = fact->end = INTERVAL_UNKNOWN;
    for (size_t i = 0; i < fact->n_values; i++) {
        struct value *value = &values[i];
        enum role role = model_item(value->item)->role;

        if (value->item == row->start)
            fact->date = value->date;
        if (value->item == row->end)
            fact->end = value->date;
        if (role == ROLE_PLACE)
            fact->place = value->text[0];
        if (role == ROLE_SOURCE && value->text[0])
            fact->source = (uint8_t)(value->text[0] - '0');
        if (value->item == ITEM_SIZE_UNIT)
            value->text = "mm";
        if (value->item == ITEM_RADIOTHERAPY_UNIT)
            value->text = "Gy";
        if (value->item == ITEM_TOPOGRAPHY_GROUP || value->item == ITEM_TOPOGRAPHY)
            value->text = "C34";
        if (value->item == ITEM_MEASURE_TYPE)
            value->text = "HGB";
    }
    for (int i = 0; fact->group == GROUP_TUMOUR_EVENT && i < 2; i++) {
        const struct value *later =
            fact_value(fact, i ? ITEM_EVENT_METASTASIS_DATE : ITEM_EVENT_DIAGNOSIS);

        if (interval_is_unknown(fact->date) && later)
            fact->date = later->date;
    }
    if (date_before(fact->end, fact->date) == TRUTH_YES)
        fact->end = INTERVAL_UNKNOWN;
}

/* Of a group alone the topography follows. */
static bool is_alone(enum item item, size_t n, const struct value *values)
{
    return item == ITEM_TOPOGRAPHY_GROUP &&
           (n == 0 || values[n - 1].item != ITEM_TOPOGRAPHY);
}

static void draw_fact(struct draw *d, enum group group, int n_tumours, struct fact *fact)
{
    const struct group_row *row = model_group(group);
    struct value *values =
        arena_array(d->arena, (size_t)(row->after - row->first), sizeof(*values));

    *fact = (struct fact){.group = group, .tumour = TUMOUR_NONE, .values = values};
    for (enum item item = row->first; item < row->after; item++)
        if (draw(d, 3) > 0 && !is_alone(item, fact->n_values, values))
            draw_value(d, model_item(item), &values[fact->n_values++]);
    if (fact->n_values == 0)
        draw_value(d, model_item(row->first), &values[fact->n_values++]);
    settle(fact, values);
    if (row->scope != SCOPE_PATIENT && n_tumours > 0 && draw(d, 3) > 0)
        fact->tumour = (int)draw(d, (uint64_t)n_tumours);
}

/* The one thing that a patient must have. */
static void number(struct draw *d, struct fact *patient)
{
    struct value *values = arena_array(d->arena, patient->n_values + 1u, sizeof(*values));

    if (*fact_text(patient, ITEM_PATIENT_ID))
        return;
    values[0] = (struct value){ITEM_PATIENT_ID, TYPE_TEXT, {.text = "P1"}};
    memcpy(values + 1, patient->values, patient->n_values * sizeof(*values));
    patient->values = values;
    patient->n_values++;
}

/* A patient of every kind of fact, some of them twice. */
static struct record *draw_record(struct draw *d)
{
    struct facts facts = {.finess = "", .n_tumours = (int)draw(d, 4)};
    struct fact list[GROUPS * 4];
    const struct facts *all[] = {&facts};
    struct error err = ERROR_INIT;
    struct record *record;

    for (int group = GROUP_PATIENT; group < GROUPS; group++) {
        size_t n = group == GROUP_PATIENT          ? 1
                   : group == GROUP_PRIMARY_CANCER ? (size_t)facts.n_tumours
                                                   : draw(d, 4);

        if (group == GROUP_PAST_CANCER || !is_sent((enum group)group))
            continue;
        for (size_t i = 0; i < n; i++) {
            draw_fact(d, (enum group)group, facts.n_tumours, &list[facts.n]);
            if (group == GROUP_PRIMARY_CANCER)
                list[facts.n].tumour = (int)i;
            facts.n++;
        }
    }
    facts.fact = list;
    number(d, &list[0]);
    if (record_merge(d->arena, NULL, 1, all, 1, &record, &err) < 0)
        fail_msg("%s", err.message);
    return record;
}

static void count_items(struct draw *d, const struct record *record)
{
    for (size_t i = 0; i < record->n_facts; i++)
        for (size_t j = 0; j < record->facts[i].n_values; j++)
            d->seen[record->facts[i].values[j].item]++;
}

static void any_facts_come_back_as_they_were(void **state)
{
    struct draw d = {.state = 20261112};

    (void)state;
    for (int i = 0; i < 3000; i++) {
        struct record *record;

        d.arena = arena_new("test", (size_t)64 << 20);
        record = draw_record(&d);
        check_round_trip(d.arena, record);
        count_items(&d, record);
        arena_free(d.arena);
    }
    for (int item = ITEM_NONE + 1; item < ITEMS; item++) {
        const struct item_row *row = model_item((enum item)item);

        if (is_sent(row->group) && d.seen[item] == 0)
            fail_msg("no value of %s was tried", row->id);
    }
}

/* ---- names and words ---- */

static void every_word_is_read_back_as_its_code(void **state)
{
    static const struct {
        enum vocab_system system;
        const char *code, *word;
    } words[] = {
#define WORD(system, code, word) {VOCAB_##system, code, word},
#include "render/osiris_rwd_words.def"
#undef WORD
    };
    struct error err = ERROR_INIT;
    char code[VOCAB_CODE_SIZE];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++) {
        if (vocab_normalise(words[i].system, words[i].word, code, &err) < 0)
            fail_msg("%s: %s", words[i].word, err.message);
        assert_string_equal(code, words[i].code);
    }
    for (int system = VOCAB_NONE + 1; system < VOCAB_SYSTEMS; system++) {
        if (vocab_normalise((enum vocab_system)system, "UN", code, &err) < 0)
            fail_msg("%s", err.message);
        assert_string_equal(code, "");
    }
}

static void every_key_of_the_model_has_its_spelling(void **state)
{
    static const char *const spellings[] = {
#define SPELLING(key) key,
#include "render/spellings.def"
#undef SPELLING
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(spellings); i++) {
        bool found = false;

        for (int item = ITEM_NONE + 1; item < ITEMS && !found; item++) {
            const char *keys = model_item((enum item)item)->keys;

            found = strlen(spellings[i]) == strcspn(keys, " ") &&
                    strncasecmp(keys, spellings[i], strcspn(keys, " ")) == 0;
        }
        for (int group = GROUP_NONE + 1; group < GROUPS && !found; group++) {
            const char *keys = model_group((enum group)group)->keys;

            found = strlen(spellings[i]) == strcspn(keys, " ") &&
                    strncasecmp(keys, spellings[i], strcspn(keys, " ")) == 0;
        }
        if (!found)
            fail_msg("%s is no first key of model.def", spellings[i]);
    }
}

/* ---- what leaves ---- */

static void behind_a_pseudonym_numbers_and_texts_stay(void **state)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    struct record *record = record_of(
        arena,
        "{\"patientId\":\"ipp7\",\"birthDate\":\"1962-03-14\",\"familyCancerHistory\":"
        "[{\"topographyCode\":\"C50\",\"parentage\":\"mère\"}],\"imaging\":[{"
        "\"modality\":\"CT\",\"reportText\":\"Mme X\"}],\"specimen\":[{\"specimenId\":"
        "\"S1\",\"specimenType\":\"biopsie\"},{\"specimenId\":\"S2\","
        "\"specimenType\":\"biopsie\"}]}");
    struct render_patient patient = {
        .record = record, .pseudonym = "0123456789abcdef", .number = ""};
    struct render_options options = {.format = RENDER_OSIRIS_RWD};
    struct render *render = render_begin(&options);
    struct error err = ERROR_INIT;
    size_t n;

    (void)state;
    assert_int_equal(render_patient(render, arena, &patient, &err), 0);
    assert_string_equal(
        buffer_text(&render_files(render, &n)->bytes),
        "{\"patientId\":\"0123456789abcdef\",\"birthdateYear\":\"1962\",\"birthdateMonth\":"
        "\"03\",\"birthdateDay\":\"UN\",\"imaging\":[{\"modality\":\"CT\"}],"
        "\"biologicalSpecimen\":[{\"specimenType\":\"biopsie\"}]}\n");
    assert_int_equal(render_losses(render)->withheld, 6);
    render_end(render);
    arena_free(arena);
}

static void dates_of_no_such_form_are_made_vaguer_and_counted(void **state)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    struct value values[] = {
        {ITEM_PATIENT_ID, TYPE_TEXT, {.text = "7"}},
        {ITEM_PATIENT_BIRTH, TYPE_DATE, {.date = {100, 101}}},
    };
    struct fact fact = {.group = GROUP_PATIENT,
                        .tumour = TUMOUR_NONE,
                        .date = INTERVAL_UNKNOWN,
                        .end = INTERVAL_UNKNOWN,
                        .n_values = 2,
                        .values = values};
    struct record record = {.n_facts = 1, .facts = &fact, .sex = ""};
    struct render_losses losses;

    (void)state;
    assert_string_equal(
        line_of(arena, &record, &losses),
        "{\"patientId\":\"7\",\"birthdateYear\":\"1970\",\"birthdateMonth\":"
        "\"04\",\"birthdateDay\":\"UN\"}\n");
    assert_int_equal(losses.vaguer, 1);
    arena_free(arena);
}

/* ---- the centres' data ---- */

static size_t check_centre(const char *folder, const char *name)
{
    struct arena *arena = arena_new("test", (size_t)1 << 30);
    char *line = malloc(LONGEST_LINE);
    size_t patients = 0;
    char path[512];
    gzFile file;

    assert_non_null(line);
    snprintf(path, sizeof(path), "%s/tcga/%s.ndjson.gz", folder, name);
    file = gzopen(path, "rb");
    assert_non_null(file);
    gzbuffer(file, 1 << 17);
    while (gzgets(file, line, (int)LONGEST_LINE)) {
        check_round_trip(arena, record_of(arena, line));
        arena_reset(arena);
        patients++;
    }
    gzclose(file);
    free(line);
    arena_free(arena);
    return patients;
}

static void patients_of_two_centres_come_back_as_they_were(void **state)
{
    const char *folder = getenv("SHARED_DATA");

    (void)state;
    if (!folder)
        skip();
    assert_int_equal(check_centre(folder, "villejuif"), 5530);
    assert_int_equal(check_centre(folder, "lyon"), 4587);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_as_osiris_rwd_has_them),
        cmocka_unit_test(any_facts_come_back_as_they_were),
        cmocka_unit_test(every_word_is_read_back_as_its_code),
        cmocka_unit_test(every_key_of_the_model_has_its_spelling),
        cmocka_unit_test(behind_a_pseudonym_numbers_and_texts_stay),
        cmocka_unit_test(dates_of_no_such_form_are_made_vaguer_and_counted),
        cmocka_unit_test(patients_of_two_centres_come_back_as_they_were),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
