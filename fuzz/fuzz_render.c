/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_render.c: any bytes as a patient of OSIRIS-RWD, written out again.
 *
 * What is read of them is written as OSIRIS-RWD, read back as the same record and written again
 * as the same bytes; the other formats take it too, and say that no more values had no place than
 * there are. */
#include <assert.h>
#include <stdint.h>

#include "render/test_round_trip.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_tables(struct arena *arena, const struct record *record,
                         enum render_format format)
{
    struct render_options options = {.format = format};
    struct render_patient patient = {
        .record = record, .answer = TRUTH_UNKNOWN, .number = "1", .pseudonym = "1"};
    struct render *render = render_begin(&options);
    struct error err = ERROR_INIT;
    uint64_t said = 0;

    for (size_t i = 0; i < record->n_facts; i++)
        said += record->facts[i].n_values;
    if (render_patient(render, arena, &patient, &err) < 0)
        panic("%s", err.message);
    assert(render_losses(render)->homeless <= said);
    assert(render_losses(render)->withheld <= said);
    render_end(render);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_new("fuzz", (size_t)256 << 20);
    struct error err = ERROR_INIT;
    const struct facts *all[1];
    struct facts *facts;
    struct record *record;

    if (size < ((size_t)1 << 20) &&
        adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, (const char *)bytes, size, 1,
                       &facts, NULL, &err) == 0) {
        all[0] = facts;
        if (record_merge(arena, NULL, 1, all, 1, &record, &err) == 0) {
            check_round_trip(arena, record);
            check_tables(arena, record, RENDER_PIVOT);
            check_tables(arena, record, RENDER_FLAT);
        }
    }
    arena_free(arena);
    return 0;
}
