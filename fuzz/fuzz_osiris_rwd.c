/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_osiris_rwd.c: any bytes as a patient of OSIRIS-RWD, then as a record.
 *
 * What must hold of facts whatever they came from: they are of a group, with its items in
 * order, texts that end, numbers that are finite, dates that do not end before they start,
 * tumours that exist. And of the record: its facts are in order, and merged again they
 * give as many facts and tumours. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_value(const struct fact *fact, const struct value *value)
{
    const struct item_row *row = model_item(value->item);

    assert(row->group == fact->group && row->type == value->type);
    switch (value->type) {
    case TYPE_NUMBER: assert(isfinite(value->number)); break;
    case TYPE_DATE: assert(value->date.first <= value->date.last); break;
    default: assert(value->text && strlen(value->text) < ((size_t)1 << 30));
    }
}

static void check_fact(const struct fact *fact, int n_tumours)
{
    assert(fact->group > GROUP_NONE && fact->group < GROUPS);
    assert(fact->tumour >= TUMOUR_NONE && fact->tumour < n_tumours);
    assert(fact->date.first <= fact->date.last && fact->end.first <= fact->end.last);
    assert(date_before(fact->end, fact->date) != TRUTH_YES);
    assert(fact->source <= 5);
    assert(fact->place == 0 || fact->place == 'I' || fact->place == 'O');
    for (size_t i = 0; i < fact->n_values; i++) {
        check_value(fact, &fact->values[i]);
        assert(i == 0 || fact->values[i - 1].item < fact->values[i].item);
    }
}

static void check_facts(const struct facts *facts)
{
    int tumours = 0;

    for (size_t i = 0; i < facts->n; i++) {
        check_fact(&facts->fact[i], facts->n_tumours);
        if (facts->fact[i].group == GROUP_PRIMARY_CANCER)
            tumours++;
    }
    assert(tumours == facts->n_tumours);
}

static struct record *merge(struct arena *arena, const struct facts *facts)
{
    struct record *record;
    struct error err = ERROR_INIT;

    if (record_merge(arena, NULL, 1, &facts, 1, &record, &err) < 0)
        return NULL;
    for (size_t i = 0; i < record->n_facts; i++) {
        check_fact(&record->facts[i], record->n_tumours + record->n_others);
        assert(i == 0 || fact_compare(&record->facts[i - 1], &record->facts[i]) < 0);
    }
    for (int i = 0; i < record->n_tumours + record->n_others; i++)
        assert(record->tumours[i].fact->tumour == i);
    return record;
}

static void check_record(struct arena *arena, const struct facts *facts)
{
    struct record *record = merge(arena, facts);
    struct record *again;

    if (!record)
        return;
    again = merge(arena,
                  &(struct facts){record->n_facts, record->facts,
                                  record->n_tumours + record->n_others, facts->finess});
    if (!again)
        return;
    assert(again->n_facts == record->n_facts && again->n_tumours == record->n_tumours &&
           again->n_others == record->n_others);
    for (size_t i = 0; i < record->n_facts; i++)
        assert(fact_compare(&again->facts[i], &record->facts[i]) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena = arena_new("fuzz", (size_t)64 << 20);
    struct remarks remarks = {0};
    struct facts *facts;
    struct error err = ERROR_INIT;
    size_t n = 0;

    if (adapt_fragment(arena, NULL, FRAGMENT_DECISION, (const char *)bytes, size, 1,
                       &facts, NULL, NULL) == 0)
        check_facts(facts); /* what humans decided comes in the same form */
    if (adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, (const char *)bytes, size, 1,
                       &facts, &remarks, &err) == 0) {
        assert(facts_patient_number(facts)[0]);
        check_facts(facts);
        check_record(arena, facts);
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
