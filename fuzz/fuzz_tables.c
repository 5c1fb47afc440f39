/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_tables.c: any bytes as one person's rows of tables, through whichever door they name. The
 * mapping of the source "t" has an object of most kinds. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "adapt/adapt.h"
#include "adapt/mapping.h"
#include "base/arena.h"
#include "base/error.h"
#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char text[] =
    "{\"source\":\"t\",\"patient\":\"IPP\",\"dates\":\"DD/MM/YYYY\",\"tumour\":\"NUM\","
    "\"unknown\":[\"NSP\"],\"ignore\":[\"NOTE\"],\"objects\":["
    "{\"object\":\"patient\",\"items\":{\"birthDate\":\"DDN\",\"sex\":{\"column\":\"SEXE\","
    "\"values\":{\"Mme\":\"F\"},\"otherwise\":\"refuse\"}}},"
    "{\"object\":\"primaryCancer\",\"items\":{\"topographyCode\":\"TOPO\","
    "\"diagnosisDate\":\"DIAG\",\"laterality\":{\"columns\":[\"COTE\",\"LAT\"],"
    "\"values\":{\"Ga\":\"L\"},\"otherwise\":\"unknown\"}}},"
    "{\"object\":\"stage\",\"items\":{\"stageValue\":\"STADE\"}},"
    "{\"object\":\"surgery\",\"when\":{\"column\":\"TYPE\",\"is\":[\"CH\"]},\"items\":{"
    "\"ccamCode\":\"ACTE\",\"surgeryDateYear\":\"AN\",\"surgeryDateMonth\":\"MOIS\"}},"
    "{\"object\":\"measure\",\"each\":[\"1\",\"2\"],\"items\":{\"measureType\":{\"constant\":"
    "\"PS\"},\"measureValue\":\"PS*\",\"measureDate\":\"D*\"}},"
    "{\"object\":\"medication\",\"of\":\"patient\",\"items\":{\"moleculeCode\":\"ATC\"}}]}";

static const struct adapt_context *context_of(struct arena *arena)
{
    struct adapt_context *context = arena_alloc(arena, sizeof(*context));
    struct mappings *mappings = arena_alloc(arena, sizeof(*mappings));
    const struct mapping **list = arena_alloc(arena, sizeof(*list));
    struct mapping *mapping;
    int rc = mapping_read(arena, text, sizeof(text) - 1, &mapping, NULL);

    assert(rc == 0);
    list[0] = mapping;
    *mappings = (struct mappings){.n = 1, .mapping = list, .digest = 1};
    context->mappings = mappings;
    return context;
}

/* What indexing does with them. */
static void check_facts(struct arena *arena, const struct facts *facts)
{
    const struct facts *all[] = {facts};
    struct record *record;
    struct error err = ERROR_INIT;
    int tumours = 0;

    assert(facts_patient_number(facts)[0]);
    for (size_t i = 0; i < facts->n; i++) {
        assert(facts->fact[i].tumour < facts->n_tumours);
        assert(!model_is_computed(facts->fact[i].group));
        tumours += facts->fact[i].group == GROUP_PRIMARY_CANCER;
    }
    assert(tumours == facts->n_tumours);
    if (record_merge(arena, NULL, 1, all, 1, &record, &err) < 0)
        assert(err.code == ERROR_LIMIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_new("fuzz", (size_t)64 << 20);
    const struct adapt_context *context = context_of(arena);
    struct remarks remarks = {0};
    struct facts *facts;
    struct error err = ERROR_INIT;
    size_t n = 0;

    if (adapt_fragment(arena, context, FRAGMENT_TABLES, (const char *)bytes, size, 1,
                       &facts, &remarks, &err) == 0) {
        check_facts(arena, facts);
    } else {
        assert(err.code == ERROR_INPUT || err.code == ERROR_LIMIT);
        assert(err.message[0]);
    }
    for (const struct remark *remark = remarks.first; remark; remark = remark->next) {
        assert(remark->path && remark->reason[0]);
        n++;
    }
    assert(n == remarks.n);
    arena_free(arena);
    return 0;
}
