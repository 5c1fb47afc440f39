/* SPDX-License-Identifier: Apache-2.0
 *
 * test_merge.c: what fragments say of one person, and the record that it makes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapt/test_facts.h"
#include "base/arena.h"
#include "base/error.h"
#include "record/record.h"
#include "support/arena_fixture.h"

#define FRAGMENTS 3

/* The record of up to three fragments, each the inside of a patient's object. */
static struct record *merged(const char *const json[FRAGMENTS])
{
    const struct facts *all[FRAGMENTS];
    struct error err = ERROR_INIT;
    struct record *record = NULL;
    size_t n = 0;

    for (; n < FRAGMENTS && json[n]; n++) {
        const char *text = arena_printf(arena, "{\"patientId\":\"%zu\"%s%s}", n + 1,
                                        json[n][0] ? "," : "", json[n]);
        struct remarks remarks = {0};
        struct facts *facts;

        if (adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, text, strlen(text),
                           (int64_t)n, &facts, &remarks, &err) < 0)
            fail_msg("%s: %s", text, err.message);
        if (remarks.first)
            fail_msg("%s: %s: %s", text, remarks.first->path, remarks.first->reason);
        all[n] = facts;
    }
    assert_int_equal(record_merge(arena, NULL, 7, all, n, &record, &err), 0);
    assert_int_equal(record->person, 7);
    return record;
}

static const char *date(struct interval interval)
{
    char text[DATE_TEXT_SIZE];

    return arena_printf(arena, "%s", date_print_iso(interval, text));
}

struct sentence {
    const char *says;
    const char *json[FRAGMENTS];
    const char *expected;
};

typedef const char *print(const struct record *record);

static void check_all(const struct sentence *sentences, size_t n, print *print_record)
{
    for (size_t i = 0; i < n; i++) {
        const char *said = print_record(merged(sentences[i].json));

        if (strcmp(said, sentences[i].expected) != 0)
            fail_msg("%s:\n%s\nexpected\n%s", sentences[i].says, said,
                     sentences[i].expected);
    }
}

/* ---- patient ------------------------------------------------------------------------- */

static const char *print_patient(const struct record *record)
{
    return arena_printf(arena, "%s %s%s", date(record->birth),
                        record->sex[0] ? record->sex : "?",
                        record->opposed ? " opposed" : "");
}

static void birth_sex_and_opposition(void **state)
{
    static const struct sentence sentences[] = {
        {"nothing said", {""}, "unknown ?"},
        {"said once", {"\"birthDate\":\"1962-03\",\"sex\":\"F\""}, "1962-03 F"},
        {"dates of birth that agree are taken together",
         {"\"birthDate\":\"1962-03\"", "\"birthDate\":\"1962\"",
          "\"birthDate\":\"1962-UN-15\""},
         "1962-03 ?"},
        {"of dates that do not agree, the earliest",
         {"\"birthDate\":\"1963\"", "\"birthDate\":\"1962\"", "\"birthDate\":\"1964\""},
         "1962 ?"},
        {"an unknown date says nothing",
         {"\"birthDate\":\"UN\"", "\"birthDate\":\"1962\""},
         "1962 ?"},
        {"a sex said twice",
         {"\"sex\":\"F\"", "\"sex\":\"UN\"", "\"sex\":\"F\""},
         "unknown F"},
        {"two sexes", {"\"sex\":\"F\"", "\"sex\":\"M\"", "\"sex\":\"F\""}, "unknown ?"},
        {"opposed",
         {"\"nonOpposition\":{\"nonOpposition\":\"NON\"}"},
         "unknown ? opposed"},
        {"not opposed",
         {"\"nonOpposition\":{\"informed\":\"OUI\",\"nonOpposition\":\"OUI\"}"},
         "unknown ?"},
        {"opposed anywhere is opposed",
         {"\"nonOpposition\":{\"nonOpposition\":\"OUI\"}",
          "\"nonOpposition\":{\"nonOpposition\":\"NON\"}"},
         "unknown ? opposed"},
        {"a date of opposition says it too",
         {"\"nonOpposition\":{\"informed\":\"OUI\",\"oppositionDate\":\"2020\"}"},
         "unknown ? opposed"},
        {"not beside a non-opposition",
         {"\"nonOpposition\":{\"nonOpposition\":\"OUI\",\"oppositionDate\":\"2020\"}"},
         "unknown ?"},
        {"nor does an unknown one",
         {"\"nonOpposition\":{\"informed\":\"OUI\",\"oppositionDate\":\"UN\"}"},
         "unknown ?"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences), print_patient);
}

/* ---- vital status -------------------------------------------------------------------- */

#define SAYS(status, source, more)                                                   \
    "\"latestNews\":{\"vitalStatus\":\"" status "\",\"vitalStatusSource\":\"" source \
    "\"" more "}"
#define UPDATED(date) ",\"vitalStatusUpdateDate\":\"" date "\""
#define DIED(date) ",\"deathDate\":\"" date "\""
#define ADMINISTRATIVE "établissement"
#define MEDICAL "dossier médical"

static const char *print_vital(const struct record *record)
{
    return arena_printf(arena, "%s %s, visit %s, news %s",
                        record->dead == TRUTH_YES  ? "dead"
                        : record->dead == TRUTH_NO ? "alive"
                                                   : "not known",
                        date(record->death), date(record->last_visit),
                        date(record->last_news));
}

static void vital_status_by_priority(void **state)
{
    static const struct sentence sentences[] = {
        {"nothing said", {""}, "not known unknown, visit unknown, news unknown"},
        {"alive",
         {SAYS("Alive", "INSEE", UPDATED("2023-11-03"))},
         "alive unknown, visit unknown, news 2023-11-03"},
        {"dead",
         {SAYS("Dead", "INSEE", DIED("2023-05"))},
         "dead 2023-05, visit unknown, news 2023-05"},
        {"dead, nobody knows when",
         {SAYS("Dead", MEDICAL, UPDATED("2023-05"))},
         "dead unknown, visit unknown, news unknown"},
        {"a date of death alone",
         {"\"latestNews\":{\"deathDate\":\"2023-05-01\"}"},
         "dead 2023-05-01, visit unknown, news 2023-05-01"},
        {"an unknown status says nothing",
         {SAYS("inconnu", "INSEE", UPDATED("2023"))},
         "not known unknown, visit unknown, news unknown"},
        {"the higher source wins: alive",
         {SAYS("Alive", "INSEE", UPDATED("2023")), SAYS("Dead", MEDICAL, DIED("2021"))},
         "alive unknown, visit unknown, news 2023"},
        {"the higher source wins: dead",
         {SAYS("Alive", MEDICAL, UPDATED("2023")),
          SAYS("Dead", ADMINISTRATIVE, DIED("2021"))},
         "dead 2021, visit unknown, news 2021"},
        {"unless it could not know",
         {SAYS("Alive", ADMINISTRATIVE, UPDATED("2020-12-31")),
          SAYS("Dead", MEDICAL, DIED("2021"))},
         "dead 2021, visit unknown, news 2021"},
        {"which must be certain: its update may be of the same year",
         {SAYS("Alive", ADMINISTRATIVE, UPDATED("2021")),
          SAYS("Dead", MEDICAL, DIED("2021-05"))},
         "alive unknown, visit unknown, news 2021"},
        {"or be of any day",
         {SAYS("Alive", ADMINISTRATIVE, ""), SAYS("Dead", "INSEE", DIED("2021-05"))},
         "alive unknown, visit unknown, news unknown"},
        {"or the death may",
         {SAYS("Alive", ADMINISTRATIVE, UPDATED("2020")), SAYS("Dead", "INSEE", "")},
         "alive unknown, visit unknown, news 2020"},
        {"the highest of those alive decides",
         {SAYS("Alive", ADMINISTRATIVE, UPDATED("2019")),
          SAYS("Alive", "INSEE", UPDATED("2022")), SAYS("Dead", MEDICAL, DIED("2021"))},
         "alive unknown, visit unknown, news 2022"},
        {"within one source death holds",
         {SAYS("Alive", "INSEE", UPDATED("2023")), SAYS("Dead", "INSEE", DIED("2021"))},
         "dead 2021, visit unknown, news 2021"},
        {"the date of the highest source that has one",
         {SAYS("Dead", ADMINISTRATIVE, ""), SAYS("Dead", "INSEE", DIED("2021-05")),
          SAYS("Dead", MEDICAL, DIED("2021-04"))},
         "dead 2021-05, visit unknown, news 2021-05"},
        {"two dates of one source that agree",
         {SAYS("Dead", "INSEE", DIED("2021-05")), SAYS("Dead", "INSEE", DIED("2021"))},
         "dead 2021-05, visit unknown, news 2021-05"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences), print_vital);
}

static void last_visit_and_last_news(void **state)
{
    static const struct sentence sentences[] = {
        {"a visit is news",
         {"\"latestNews\":{\"latestVisitDate\":\"2021-03\"}"},
         "not known unknown, visit 2021-03, news 2021-03"},
        {"a contact is no visit",
         {"\"latestNews\":{\"latestVisitDate\":\"2021-03\",\"lastContactDate\":\"2022\"}"},
         "not known unknown, visit 2021-03, news 2022"},
        {"the one that starts last",
         {"\"latestNews\":{\"latestVisitDate\":\"2021\"}",
          "\"latestNews\":{\"latestVisitDate\":\"2021-03-04\"}"},
         "not known unknown, visit 2021-03-04, news 2021-03-04"},
        {"of those, the one that ends last",
         {"\"latestNews\":{\"latestVisitDate\":\"2021-01\"}",
          "\"latestNews\":{\"latestVisitDate\":\"2021\"}"},
         "not known unknown, visit 2021, news 2021"},
        {"the update of a death is no news of life",
         {SAYS("Dead", "INSEE", UPDATED("2023") ",\"lastContactDate\":\"2020\"")},
         "dead unknown, visit unknown, news 2020"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences), print_vital);
}

/* ---- tumours ------------------------------------------------------------------------- */

#define CANCER(date, more) "{\"diagnosisDate\":\"" date "\"" more "}"
#define LUNG ",\"topographyCode\":\"C34.1\",\"morphologyCode\":\"8140/3\""

static const char *print_tumours(const struct record *record)
{
    const char *said = "";

    for (int i = 0; i < record->n_tumours; i++) {
        const struct tumour *tumour = &record->tumours[i];
        const char *topography = fact_text(tumour->fact, ITEM_TOPOGRAPHY);
        size_t hanging = 0;

        assert_int_equal(tumour->fact->group, GROUP_PRIMARY_CANCER);
        for (size_t j = 0; j < record->n_facts; j++)
            hanging += record->facts[j].tumour == i;
        said = arena_printf(arena, "%s%s%s %s (%zu)", said, i ? ", " : "",
                            topography[0] ? topography : "?", date(tumour->diagnosis),
                            hanging);
    }
    return said;
}

/* In parentheses: how many facts hang on the tumour. */
static void tumours_are_joined_and_ordered(void **state)
{
    static const struct sentence sentences[] = {
        {"none", {""}, ""},
        {"by date of diagnosis",
         {"\"primaryCancer\":[" CANCER("2020", ",\"topographyCode\":\"C50\"") "," CANCER(
             "2019-05", LUNG) "]"},
         "C34.1 2019-05 (1), C50 2020 (1)"},
        {"the same tumour said twice, to the letter",
         {"\"primaryCancer\":[" CANCER("2020-05-03", LUNG) "]",
          "\"primaryCancer\":[" CANCER("2020-05-03", LUNG) "]"},
         "C34.1 2020-05-03 (1)"},
        {"the same tumour, dated less precisely",
         {"\"primaryCancer\":[" CANCER("2020-05-03", LUNG ",\"surgery\":{\"ccamCode\":"
                                                          "\"GFFA013\"}") "]",
          "\"primaryCancer\":[" CANCER("2020",
                                       LUNG ",\"stage\":{\"stageValue\":\"IV\"}") "]"},
         "C34.1 2020-05-03 (4)"},
        {"dates that overlap are taken together",
         {"\"primaryCancer\":[" CANCER("2020-UN-03", LUNG) "]",
          "\"primaryCancer\":[" CANCER("2020-05", LUNG) "]"},
         "C34.1 2020-05 (2)"},
        {"in one fragment too",
         {"\"primaryCancer\":[" CANCER("2020", LUNG) "," CANCER("2020-05", LUNG) "]"},
         "C34.1 2020-05 (2)"},
        {"another date is not another tumour",
         {"\"primaryCancer\":[" CANCER("2020-05", LUNG) "]",
          "\"primaryCancer\":[" CANCER("2020-06", LUNG) "]"},
         "C34.1 2020-05 (2)"},
        {"six months later it is a recurrence, too",
         {"\"primaryCancer\":[" CANCER("2020-05", LUNG) "]",
          "\"primaryCancer\":[" CANCER("2021-06", LUNG) "]"},
         "C34.1 2020-05 (3)"},
        {"another side is",
         {"\"primaryCancer\":[" CANCER("2020", LUNG ",\"laterality\":\"L\"") "," CANCER(
             "2020", LUNG ",\"laterality\":\"R\"") "]"},
         "C34.1 2020 (1), C34.1 2020 (1)"},
        {"so is a morphology of another group",
         {"\"primaryCancer\":[" CANCER("2020", LUNG) "," CANCER(
             "2020", ",\"topographyCode\":\"C34.1\",\"morphologyCode\":\"8070/3\"") "]"},
         "C34.1 2020 (1), C34.1 2020 (1)"},
        {"an unknown one proves no difference",
         {"\"primaryCancer\":[" CANCER("2020", LUNG) "," CANCER(
             "2020", ",\"topographyCode\":\"C34.1\"") "]"},
         "C34.1 2020 (2)"},
        {"of several dates, what may be the first",
         {"\"primaryCancer\":[" CANCER("2020-03", LUNG) "," CANCER("2020-05-12", LUNG) "]",
          "\"primaryCancer\":[" CANCER("2020", LUNG) "]",
          "\"primaryCancer\":[" CANCER("2020-03", LUNG) "]"},
         "C34.1 2020-03 (3)"},
        {"nothing proves that a tumour without any code is another one without",
         {"\"primaryCancer\":[" CANCER("2020", "") "," CANCER("2020",
                                                              ",\"occurrence\":2") "]"},
         "? 2020 (2)"},
        {"said twice, to the letter, it is one fact",
         {"\"primaryCancer\":[" CANCER("2020", "") "]",
          "\"primaryCancer\":[" CANCER("2020", "") "]"},
         "? 2020 (1)"},
        {"treatments beside the tumours stay beside them",
         {"\"primaryCancer\":[" CANCER(
             "2020", LUNG) "],\"surgery\":[{\"surgeryDate\":\"2020\"}]"},
         "C34.1 2020 (1)"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences), print_tumours);
}

/* ---- events -------------------------------------------------------------------------- */

static const char *print_events(const struct record *record)
{
    const char *said = "";

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        bool is_site = fact->group == GROUP_METASTASIS;

        if (is_site || fact->group == GROUP_TUMOUR_EVENT)
            said = arena_printf(
                arena, "%s%s%s%s %s", said, said[0] ? ", " : "", is_site ? "in " : "",
                fact_text(fact, is_site ? ITEM_METASTASIS_TOPOGRAPHY : ITEM_EVENT_TYPE),
                date(fact->date));
    }
    return said;
}

#define EVENT(type, date, topography)                     \
    "{\"eventType\":\"" type "\",\"mentionDate\":\"" date \
    "\",\"topographyCode\":\"" topography "\"}"
#define SITE(date, topography)             \
    "{\"metastasisDiscoveryDate\":\"" date \
    "\",\"metastasisTopographyCode\":\"" topography "\"}"
#define WITH(events, sites)                                                         \
    "\"primaryCancer\":[" CANCER("2015-01-01", LUNG ",\"tumorPathoEvent\":[" events \
                                                    "],\"metastasis\":[" sites "]") "]"

/* Every metastatic site with its first date (9.5, 9.6), by whatever object it is said. */
static void sites_of_metastatic_events(void **state)
{
    static const struct sentence sentences[] = {
        {"an event tells the site",
         {WITH(EVENT("2", "2016", "C22.0"), "")},
         "METASTASIS 2016, in C22.0 2016"},
        {"an event without one does not",
         {WITH(EVENT("2", "2016", ""), "")},
         "METASTASIS 2016"},
        {"nor does a local recurrence",
         {WITH(EVENT("1", "2016", "C34.1"), "")},
         "LOCAL 2016"},
        {"said by both it is one",
         {WITH(EVENT("2", "2016", "C22.0"), SITE("2016", "C22"))},
         "METASTASIS 2016, in C22 2016"},
        {"also when the event comes later",
         {WITH(EVENT("2", "2018", "C22.0"), SITE("2016", "C22"))},
         "METASTASIS 2018, in C22 2016"},
        {"the first date of a site is its date",
         {WITH(EVENT("2", "2016", "C22.0") "," EVENT("2", "2018", "C22.7"), "")},
         "METASTASIS 2016, METASTASIS 2018, in C22.0 2016"},
        {"an event that is earlier is told",
         {WITH(EVENT("2", "2016", "C22.0"), SITE("2018", "C22"))},
         "METASTASIS 2016, in C22.0 2016, in C22 2018"},
        {"two sites",
         {WITH(EVENT("2", "2016", "C22.0") "," EVENT("2", "2016", "C79.5"), "")},
         "METASTASIS 2016, METASTASIS 2016, in C22.0 2016, in C41 2016"},
        {"of two sources",
         {WITH(EVENT("2", "2016", "C22.0"), ""), WITH("", SITE("2016-05", "C22.9"))},
         "METASTASIS 2016, in C22.9 2016-05"},
        {"without a date",
         {WITH(EVENT("2", "UN", "C22.0"), "")},
         "METASTASIS unknown, in C22.0 unknown"},
        {"without a date beside one that has it",
         {WITH(EVENT("2", "UN", "C22.0"), SITE("2018", "C22"))},
         "METASTASIS unknown, in C22 2018"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences), print_events);
}

/* ---- attachment ---------------------------------------------------------------------- */

static const char *print_attached(const struct record *record)
{
    const char *said = "";

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];

        if (fact->group != GROUP_SURGERY && fact->group != GROUP_DRUG)
            continue;
        said = arena_printf(arena, "%s%s:", said, said[0] ? ", " : "");
        for (int tumour = 0; tumour < record->n_tumours; tumour++) {
            enum truth truth = record_attached(record, fact, tumour);

            said = arena_printf(arena, "%s %s", said,
                                truth == TRUTH_YES  ? "yes"
                                : truth == TRUTH_NO ? "no"
                                                    : "unknown");
        }
        assert_int_equal(record_attached(record, fact, record->n_tumours), TRUTH_NO);
        assert_int_equal(record_attached(record, fact, TUMOUR_NONE), TRUTH_NO);
    }
    return said;
}

#define BREAST ",\"topographyCode\":\"C50\""

static void treatments_may_belong_to_a_tumour(void **state)
{
    static const struct sentence sentences[] = {
        {"one inside a tumour belongs to it and to no other",
         {"\"primaryCancer\":[" CANCER(
             "2020", LUNG
             ",\"surgery\":{\"surgeryDate\":\"2018\"}") "," CANCER("2019", BREAST) "]"},
         ": no yes"},
        {"one beside a sole tumour belongs to it",
         {"\"primaryCancer\":[" CANCER("2020",
                                       LUNG) "],\"surgery\":{\"surgeryDate\":\"2018\"}"},
         ": yes"},
        {"one beside two may belong to either",
         {"\"primaryCancer\":[" CANCER("2020", LUNG) "," CANCER(
             "2019", BREAST) "],\"surgery\":{\"surgeryDate\":\"2021\"}"},
         ": unknown unknown"},
        {"but not to one diagnosed later",
         {"\"primaryCancer\":[" CANCER("2020-06", LUNG) "," CANCER(
             "2019", BREAST) "],\"surgery\":{\"surgeryDate\":\"2020-05\"}"},
         ": unknown no"},
        {"if that is certain",
         {"\"primaryCancer\":[" CANCER("2020-06", LUNG) "," CANCER(
             "2019", BREAST) "],\"surgery\":{\"surgeryDate\":\"2020\"}"},
         ": unknown unknown"},
        {"a drug that goes on began before too: a tumour is diagnosed before it is treated",
         {"\"primaryCancer\":[" CANCER("2020-06", LUNG) "," CANCER(
             "2019",
             BREAST) "],\"medication\":{\"moleculeDate\":\"2020-01\",\"moleculeEndDate\":\"2021\"}"},
         ": unknown no"},
        {"one without a date may belong to any",
         {"\"primaryCancer\":[" CANCER("2020-06", LUNG) "," CANCER(
             "2019", BREAST) "],\"medication\":{\"moleculeEndDate\":\"2018\"}"},
         ": unknown unknown"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences), print_attached);
}

/* ---- facts --------------------------------------------------------------------------- */

static void duplicates_are_joined_and_the_older_proof_stays(void **state)
{
    static const char drug[] = "\"medication\":[{\"moleculeCode\":\"L01XA01\"},"
                               "{\"moleculeCode\":\"L01XA01\"},"
                               "{\"moleculeCode\":\"L01XA01\",\"source\":1}]";
    const struct record *record = merged((const char *const[FRAGMENTS]){"", drug, drug});
    size_t drugs = 0;

    (void)state;
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];

        if (i > 0)
            assert_true(fact_compare(&record->facts[i - 1], fact) < 0);
        if (fact->group != GROUP_DRUG)
            continue;
        assert_int_equal(fact->sequence, 1);
        assert_int_equal(fact->position, drugs == 0 ? 0 : 2);
        drugs++;
    }
    assert_int_equal(drugs, 2); /* another source is another statement */
}

static void a_record_larger_than_its_arena_is_refused(void **state)
{
    struct arena *small = arena_new("small", 4096);
    struct fact facts[200];
    struct facts all = {.n = ARRAY_LENGTH(facts), .fact = facts, .finess = ""};
    const struct facts *one = &all;
    struct record *record;
    struct error err = ERROR_INIT;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(facts); i++)
        facts[i] = (struct fact){.group = GROUP_DRUG,
                                 .tumour = 3,
                                 .sequence = (int64_t)i,
                                 .date = {(day_number)i, (day_number)i}};
    assert_int_equal(record_merge(small, NULL, 1, &one, 1, &record, &err), -1);
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_free(small);
}

static void a_tumour_that_nobody_speaks_of_is_none(void **state)
{
    struct fact fact = {.group = GROUP_DRUG, .tumour = 1};
    struct facts all = {.n = 1, .fact = &fact, .n_tumours = 2, .finess = ""};
    const struct facts *both[] = {&all, &all};
    struct record *record;
    struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(record_merge(arena, NULL, 1, both, 2, &record, &err), 0);
    assert_int_equal(record->n_tumours, 0);
    assert_int_equal(record->n_facts, 2); /* and the line of that drug */
    assert_int_equal(record->facts[0].tumour, TUMOUR_NONE);
    assert_int_equal(record->facts[1].group, GROUP_LINE);

    assert_int_equal(record_merge(arena, NULL, 1, both, 0, &record, &err), 0);
    assert_int_equal(record->n_facts, 0);
    assert_int_equal(record->dead, TRUTH_UNKNOWN);
    assert_string_equal(record->sex, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(birth_sex_and_opposition),
        cmocka_unit_test(vital_status_by_priority),
        cmocka_unit_test(last_visit_and_last_news),
        cmocka_unit_test(tumours_are_joined_and_ordered),
        cmocka_unit_test(sites_of_metastatic_events),
        cmocka_unit_test(treatments_may_belong_to_a_tumour),
        cmocka_unit_test(duplicates_are_joined_and_the_older_proof_stays),
        cmocka_unit_test(a_record_larger_than_its_arena_is_refused),
        cmocka_unit_test(a_tumour_that_nobody_speaks_of_is_none),
    };

    return cmocka_run_group_tests(tests, arena_begin, arena_end);
}
