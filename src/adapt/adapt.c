/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/adapt.c: one call of adapt_fragment(), whatever the format. */
#include "adapt/adapt.h"

#include <string.h>
#include <yyjson.h>

#include "adapt/adapt_internal.h"
#include "adapt/mapping.h"
#include "base/arena.h"

size_t adapter_reserve(struct adapter *adapter)
{
    if (adapter->n == adapter->capacity) {
        void *facts = adapter->facts;

        memory_grow(&facts, &adapter->capacity, adapter->n + 1, sizeof(*adapter->facts));
        adapter->facts = facts;
    }
    adapter->facts[adapter->n] = (struct fact){.tumour = TUMOUR_NONE};
    return adapter->n++;
}

void adapter_remove(struct adapter *adapter, size_t index)
{
    adapter->n--;
    memmove(adapter->facts + index, adapter->facts + index + 1,
            (adapter->n - index) * sizeof(*adapter->facts));
}

/* ---- JSON ---- */

static void *tree_alloc(void *context, size_t size)
{
    (void)context;
    return memory_alloc(size);
}

static void *tree_resize(void *context, void *memory, size_t old_size, size_t size)
{
    (void)context;
    (void)old_size;
    return memory_resize(memory, size);
}

static void tree_free(void *context, void *memory)
{
    (void)context;
    memory_free(memory);
}

yyjson_doc *fragment_json(const char *bytes, size_t length, uint32_t flags,
                          struct error *err)
{
    static const yyjson_alc memory = {tree_alloc, tree_resize, tree_free, NULL};
    yyjson_read_err wrong;
    /* not in situ: yyjson then only reads the bytes */
    yyjson_doc *doc =
        yyjson_read_opts((char *)(uintptr_t)bytes, length, flags, &memory, &wrong);

    if (!doc)
        error_set(err, ERROR_INPUT, "not JSON: %s at byte %zu", wrong.msg, wrong.pos + 1);
    return doc;
}

/* ---- one call ---- */

static struct facts *facts_of(const struct adapter *adapter)
{
    struct facts *facts = arena_alloc(adapter->arena, sizeof(*facts));

    facts->n = adapter->n;
    facts->fact = adapter->n > 0 ? arena_copy(adapter->arena, adapter->facts,
                                              adapter->n * sizeof(*adapter->facts))
                                 : NULL;
    facts->n_tumours = adapter->n_tumours;
    facts->finess = "";
    for (size_t i = 0; i < facts->n && !facts->finess[0]; i++)
        if (facts->fact[i].group == GROUP_PATIENT)
            facts->finess = fact_text(&facts->fact[i], ITEM_PATIENT_CENTRE);
    return facts;
}

const char *facts_patient_number(const struct facts *facts)
{
    for (size_t i = 0; i < facts->n; i++)
        if (facts->fact[i].group == GROUP_PATIENT)
            return fact_text(&facts->fact[i], ITEM_PATIENT_ID);
    return "";
}

uint64_t adapt_context_digest(const struct adapt_context *context)
{
    return context && context->mappings ? context->mappings->digest : 0;
}

int adapt_fragment(struct arena *arena, const struct adapt_context *context,
                   enum fragment_kind kind, const char *bytes, size_t length,
                   int64_t sequence, struct facts **facts_r, struct remarks *remarks,
                   struct error *err)
{
    struct adapter adapter = {.arena = arena,
                              .context = context,
                              .kind = kind,
                              .sequence = sequence,
                              .remarks = remarks};
    struct facts *facts = NULL;
    int rc;

    switch (kind) {
    case FRAGMENT_DECISION: /* its only object, in the same form */
    case FRAGMENT_OSIRIS_RWD: rc = osiris_rwd_adapt(&adapter, bytes, length, err); break;
    case FRAGMENT_TABLES: rc = tables_adapt(&adapter, bytes, length, err); break;
    default:
        return error_set(err, ERROR_INPUT, "fragment of kind %d: no such format",
                         (int)kind);
    }
    if (rc == 0) {
        facts = facts_of(&adapter);
        if (kind == FRAGMENT_OSIRIS_RWD && !facts_patient_number(facts)[0])
            rc = error_set(err, ERROR_INPUT, "no patient number: expected patientId");
        else
            rc = arena_check(arena, err);
    }
    memory_free(adapter.facts);
    remarks_end(&adapter);
    if (rc == 0)
        *facts_r = facts;
    return rc;
}
