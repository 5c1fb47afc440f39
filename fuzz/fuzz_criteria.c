/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_criteria.c: any text as criteria.
 *
 * What parses is printed, read back to the same digest, said as a sentence, counted in a
 * funnel, and asked of an index of four patients: nobody is both in and out, and whoever is
 * certain is not certain of the contrary. */
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "criteria/sentence.h"
#include "index/builder.h"
#include "index/eval.h"
#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv);

static const char *const patients[] = {
    "{\"patientId\":\"1\",\"birthDate\":\"1950-03\",\"sex\":\"F\",\"primaryCancer\":[{"
    "\"cancerDiagnosisDate\":\"2020-02-10\",\"topographyCode\":\"C34.1\","
    "\"morphologyCode\":\"8140/3\",\"stage\":[{\"stageValue\":\"IVA\"}],"
    "\"tnmEvent\":[{\"tValue\":\"T2a\",\"nValue\":\"N1\",\"mValue\":\"M1\"}]}],"
    "\"medication\":[{\"moleculeCode\":\"L01ED03\",\"startDate\":\"2020-03-01\"}],"
    "\"variant\":[{\"gene\":\"KRAS\",\"hgvsp\":\"p.G12C\",\"vaf\":0.3}],"
    "\"measure\":[{\"measureType\":\"PS\",\"measureValue\":1},"
    "{\"measureType\":\"CEA\",\"measureValue\":7.5,\"measureDate\":\"2020-02-20\"}]}",
    "{\"patientId\":\"2\",\"sex\":\"M\",\"primaryCancer\":["
    "{\"cancerDiagnosisDate\":\"2015\",\"topographyCode\":\"C18\"},"
    "{\"cancerDiagnosisDate\":\"2021-06\",\"topographyCode\":\"C34\"}],"
    "\"surgery\":[{\"ccamCode\":\"HHFA002\",\"surgeryDate\":\"2015-04\"}],"
    "\"medication\":[{\"startDate\":\"2021\"}],"
    "\"biomarker\":[{\"biomarkerName\":\"PD-L1\",\"biomarkerStatus\":\"POSITIVE\"}]}",
    "{\"patientId\":\"3\",\"smoking\":\"YES\"}",
    "{\"patientId\":\"4\",\"sex\":\"F\",\"primaryCancer\":[{\"cancerDiagnosisDate\":"
    "\"2019-01-05\",\"topographyCode\":\"C50.9\"}],\"vitalStatus\":\"1\","
    "\"deathDate\":\"2022-05\"}"};

static struct segment *segment;
static uint64_t *mask; /* nobody */

static void require(bool holds)
{
    if (!holds)
        abort();
}

static void add_patient(struct builder *builder, const char *json, uint32_t person)
{
    struct arena *arena = arena_new("patient", (size_t)1 << 20);
    struct error err = ERROR_INIT;
    struct facts *facts;
    const struct facts *fragments[1];
    struct record *record;

    require(adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, json, strlen(json), 1,
                           &facts, NULL, &err) == 0);
    fragments[0] = facts;
    require(record_merge(arena, NULL, person, fragments, 1, &record, &err) == 0);
    builder_add(builder, record);
    arena_free(arena);
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    const char *where = getenv("TMPDIR");
    struct builder *builder = builder_new();
    struct error err = ERROR_INIT;
    char folder[512], path[600];

    (void)argc;
    (void)argv;
    snprintf(folder, sizeof(folder), "%s/lacis-fuzz-XXXXXX",
             where && *where ? where : "/tmp");
    require(mkdtemp(folder) != NULL);
    snprintf(path, sizeof(path), "%s/segment", folder);
    for (size_t i = 0; i < ARRAY_LENGTH(patients); i++)
        add_patient(builder, patients[i], (uint32_t)i + 1);
    require(builder_write(builder, path, &err) == 0);
    builder_free(builder);
    segment = segment_open(path, &err);
    require(segment != NULL);
    unlink(path);
    rmdir(folder);
    return 0;
}

static struct cohort_part answer(struct arena *arena, const struct criteria *criteria)
{
    static struct coverage coverage = {.assumed = true};
    struct snapshot snapshot = {.n = 1, .segments = &segment, .masks = &mask};
    struct question question = {
        .criteria = criteria, .coverage = &coverage, .as_of = day_from_civil(2021, 6, 1)};
    struct cohort cohort = {0};
    struct error err = ERROR_INIT;

    coverage.seen[GROUP_SURGERY] = true;
    if (cohort_eval(arena, &snapshot, &question, &cohort, &err) < 0) {
        require(err.code == ERROR_LIMIT);
        return (struct cohort_part){0};
    }
    require(cohort.certain + cohort.possible <= ARRAY_LENGTH(patients));
    return cohort.parts[0];
}

static void check_answers(struct arena *arena, const struct criteria *criteria)
{
    const struct criteria *children[] = {criteria};
    struct criteria not = {.kind = CRITERIA_NOT, .n_children = 1, .children = children};
    struct cohort_part yes = answer(arena, criteria), no = answer(arena, &not );
    uint64_t all = ((uint64_t)1 << ARRAY_LENGTH(patients)) - 1;

    if (!yes.certain || !no.certain)
        return;
    require((*yes.certain & ~*yes.possible) == 0);
    require(*no.certain == (~*yes.possible & all));
    require(*no.possible == (~*yes.certain & all));
}

static void check_funnel(struct arena *arena, const struct criteria *criteria)
{
    const struct criteria **steps;
    const char **lines;
    size_t n = criteria_funnel(arena, criteria, &steps, &lines);

    require(n > 0 && n <= CRITERIA_NODES_MAX);
    require(criteria_digest(steps[n - 1]) == criteria_digest(criteria));
}

static void check_criteria(struct arena *arena, const struct criteria *criteria)
{
    const char *text = criteria_print(arena, criteria);
    size_t length = strlen(text);
    struct error err = ERROR_INIT;
    const struct criteria *again = criteria_parse(arena, text, length, &err);

    /* a canonical text may be longer than what may be asked */
    require(again || err.code == ERROR_LIMIT);
    if (again)
        require(criteria_digest(again) == criteria_digest(criteria));
    for (enum lang lang = LANG_FR; lang <= LANG_EN; lang++)
        require(strlen(criteria_sentence(arena, criteria, lang)) >= strlen("Patients"));
    check_funnel(arena, criteria);
    check_answers(arena, criteria);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_new("criteria", (size_t)64 << 20);
    struct error err = ERROR_INIT;
    char *text = malloc(size ? size : 1);
    const struct criteria *criteria;

    require(text != NULL);
    memcpy(text, bytes, size);
    criteria = criteria_parse(arena, text, size, &err);
    if (criteria)
        check_criteria(arena, criteria);
    else
        require(err.message[0] != '\0' && (err.line > 0 || err.code == ERROR_LIMIT));
    free(text);
    arena_free(arena);
    return 0;
}
