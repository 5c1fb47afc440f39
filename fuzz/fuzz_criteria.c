/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_criteria.c: any text as criteria.
 *
 * What parses is printed, read back to the same text, taken apart into a funnel, and evaluated
 * over three patients: the certain ones are never more than all, and not(x) has as its certain
 * ones those who are not even possible for x. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "criteria/criteria.h"
#include "index/builder.h"
#include "index/catalogue.h"
#include "index/eval.h"
#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char *const patients[] = {
    "{\"patientId\":\"1\",\"biologicalSex\":\"Female\",\"birthdateYear\":\"1950\","
    "\"primaryCancer\":[{\"topographyCode\":\"C34.1\",\"morphologyCode\":\"8140/3\","
    "\"cancerDiagnosisDateYear\":\"2019\",\"cancerDiagnosisDateMonth\":\"UN\","
    "\"stage\":[{\"stageValue\":\"IVA\"}]},{\"topographyCode\":\"C50\"}],"
    "\"medication\":[{\"moleculeCode\":\"L01ED03\",\"moleculeDateYear\":\"2020\"},"
    "{\"moleculeName\":\"x\"}],\"variant\":[{\"gene\":\"KRAS\",\"hgvsp\":\"p.G12C\"}]}",
    "{\"patientId\":\"2\",\"latestNews\":{\"vitalStatus\":\"Dead\"},\"measure\":["
    "{\"measureType\":\"PS\",\"measureValue\":2,\"measureDateYear\":\"2021\"},"
    "{\"measureType\":\"CEA\",\"measureValue\":4.5}]}",
    "{\"patientId\":\"3\",\"primaryCancer\":[{\"topographyCode\":\"C18.2\","
    "\"cancerDiagnosisDateYear\":\"2020\",\"cancerDiagnosisDateMonth\":\"05\","
    "\"cancerDiagnosisDateDay\":\"04\",\"surgery\":[{\"ccamCode\":\"HHFA002\","
    "\"surgeryDateYear\":\"2020\"}],\"biomarker\":[{\"biomarkerName\":\"MSI\","
    "\"biomarkerStatus\":\"Positif\"}]}]}"};

static void require(bool holds)
{
    if (!holds)
        abort();
}

static struct catalogue *three_patients(void)
{
    char folder[] = "/tmp/lacis-fuzz-XXXXXX";
    struct arena *arena = arena_new("fuzz", (size_t)16 << 20);
    struct builder *builder = builder_new();
    struct catalogue *catalogue;
    bool rebuild;

    for (uint32_t i = 0; i < ARRAY_LENGTH(patients); i++) {
        struct facts *facts;
        const struct facts *these;
        struct record *record;

        require(adapt_fragment(arena, FRAGMENT_OSIRIS_RWD, patients[i],
                               strlen(patients[i]), i, &facts, NULL, NULL) == 0);
        these = facts;
        require(record_merge(arena, i + 1, &these, 1, &record, NULL) == 0);
        builder_add(builder, record);
    }
    require(mkdtemp(folder) != NULL);
    catalogue = catalogue_open(folder, "0", &rebuild, NULL);
    require(catalogue && catalogue_add(catalogue, builder, NULL, 0, 1, 0, NULL) == 0);
    builder_free(builder);
    arena_free(arena);

    /* the maps stay when the files go */
    char path[64];

    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof(path), "%s/%s", folder,
                 i ? "catalogue" : "segment-00000001");
        unlink(path);
    }
    rmdir(folder);
    return catalogue;
}

static void evaluate(struct arena *arena, const struct snapshot *snapshot,
                     const struct criteria *criteria, struct cohort *cohort)
{
    static const struct coverage coverage = {.assumed = true};
    struct question question = {criteria, &coverage, 18000};

    require(cohort_eval(arena, snapshot, &question, cohort, NULL) == 0);
    require(cohort->certain + cohort->possible <= ARRAY_LENGTH(patients));
}

static void check(struct arena *arena, const struct snapshot *snapshot,
                  const struct criteria *criteria)
{
    const struct criteria *again, **steps;
    struct criteria not = {.kind = CRITERIA_NOT, .n_children = 1, .children = &criteria};
    const char *text = criteria_print(arena, criteria), **lines;
    struct cohort cohort, opposite;
    struct error err = ERROR_INIT;

    again = criteria_parse(arena, text, strlen(text), &err);
    /* brackets that were not there may make it deeper than the limit */
    if (again)
        require(strcmp(criteria_print(arena, again), text) == 0);
    else
        require(err.code == ERROR_LIMIT);
    require(criteria_funnel(arena, criteria, &steps, &lines) > 0);
    evaluate(arena, snapshot, criteria, &cohort);
    evaluate(arena, snapshot, &not, &opposite);
    require(opposite.certain == snapshot->patients - cohort.certain - cohort.possible);
    require(opposite.possible == cohort.possible);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static struct catalogue *catalogue;
    struct arena *arena = arena_new("fuzz", (size_t)256 << 20);
    struct error err = ERROR_INIT;
    const struct criteria *criteria;

    if (!catalogue)
        catalogue = three_patients();
    criteria = criteria_parse(arena, (const char *)bytes, size, &err);
    if (criteria) {
        struct snapshot *snapshot = catalogue_snapshot(catalogue);

        check(arena, snapshot, criteria);
        snapshot_release(catalogue, snapshot);
    } else {
        require(err.code == ERROR_INPUT || err.code == ERROR_LIMIT);
        require(err.message[0] != '\0' && err.line > 0);
    }
    arena_free(arena);
    return 0;
}
