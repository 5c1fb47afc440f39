/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_mapping.c: any bytes as a mapping. One that is taken reads a table. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "adapt/adapt.h"
#include "adapt/mapping.h"
#include "base/arena.h"
#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void read_table(struct arena *arena, const struct mapping *mapping)
{
    const struct mapping *list[] = {mapping};
    struct mappings mappings = {.n = 1, .mapping = list, .digest = 1};
    struct adapt_context context = {.mappings = &mappings};
    const char *slice = arena_printf(
        arena,
        "{\"door\":\"csv\",\"source\":\"%s\",\"patient\":\"7\",\"tables\":[{\"name\":\"t\","
        "\"columns\":[\"IPP\",\"DDN\",\"SEXE\",\"TOPO\",\"STADE\"],\"rows\":[[\"7\","
        "\"14/03/1962\",\"M\",\"C34.1\",\"IV\"],[\"7\",\"1962\",\"F\",\"\",\"x\"]]}]}",
        mapping->source);
    struct remarks remarks = {0};
    struct facts *facts;
    struct error err = ERROR_INIT;

    if (adapt_fragment(arena, &context, FRAGMENT_TABLES, slice, strlen(slice), 1, &facts,
                       &remarks, &err) == 0)
        assert(strcmp(facts_patient_number(facts), "7") == 0);
    else
        assert(err.code == ERROR_LIMIT);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_new("fuzz", (size_t)16 << 20);
    struct mapping *mapping;
    struct error err = ERROR_INIT;

    if (mapping_read(arena, (const char *)bytes, size, &mapping, &err) == 0) {
        assert(source_name_check(mapping->source, NULL) == 0);
        assert(mapping->patient[0] && mapping->n_objects > 0);
        read_table(arena, mapping);
    } else {
        assert(err.code == ERROR_INPUT || err.code == ERROR_LIMIT);
        assert(err.message[0]);
    }
    arena_free(arena);
    return 0;
}
