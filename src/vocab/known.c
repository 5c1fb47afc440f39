/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/known.c: the built-in labels, and the order of the codes that have one.
 *
 * The tables are constant data in canonical order, so a code's number is its index and a
 * subtree is found by two binary searches. */
#include <assert.h>
#include <string.h>

#include "vocab/vocab_internal.h"

/* clang-format off */
#define SYSTEM(id) static const struct label labels_##id[] = {
#define LABEL(code, fr, en) {code, fr, en},
#define END_SYSTEM };
/* clang-format on */
#include "vocab/labels_atc.def"
#include "vocab/labels_lists.def"
#include "vocab/labels_morphology.def"
#include "vocab/labels_topography.def"
#undef SYSTEM
#undef LABEL
#undef END_SYSTEM

static const struct label labels_MEASURE[] = {
#define MEASURE(key, unit, kind, molar, valence, loinc, words, fr, en) {key, fr, en},
#include "vocab/measures.def"
#undef MEASURE
};

static const struct {
    const struct label *labels;
    size_t count;
} known[VOCAB_SYSTEMS] = {
    [VOCAB_MEASURE] = {labels_MEASURE, ARRAY_LENGTH(labels_MEASURE)},
#define SYSTEM(id) [VOCAB_##id] = {labels_##id, ARRAY_LENGTH(labels_##id)},
#define LABEL(code, fr, en)
#define END_SYSTEM
#include "vocab/labels_atc.def"
#include "vocab/labels_lists.def"
#include "vocab/labels_morphology.def"
#include "vocab/labels_topography.def"
#undef SYSTEM
#undef LABEL
#undef END_SYSTEM
};

const struct label *vocab_labels(enum vocab_system system, size_t *count_r)
{
    assert((unsigned)system < VOCAB_SYSTEMS);
    *count_r = known[system].count;
    return known[system].labels;
}

size_t vocab_known_count(enum vocab_system system)
{
    assert((unsigned)system < VOCAB_SYSTEMS);
    return known[system].count;
}

const char *vocab_known(enum vocab_system system, size_t number)
{
    assert(number < vocab_known_count(system));
    return known[system].labels[number].code;
}

/* Number of the first known code that is not before CODE. */
static size_t lower_bound(enum vocab_system system, const char *code)
{
    size_t first = 0;
    size_t after = vocab_known_count(system);

    while (first < after) {
        size_t middle = first + (after - first) / 2;

        if (strcmp(known[system].labels[middle].code, code) < 0)
            first = middle + 1;
        else
            after = middle;
    }
    return first;
}

void vocab_known_subtree(enum vocab_system system, const char *code, size_t *first_r,
                         size_t *after_r)
{
    struct code_range range;

    vocab_subtree(system, code, &range);
    *first_r = lower_bound(system, range.first);
    *after_r = lower_bound(system, range.after);
}

const char *vocab_label(enum vocab_system system, const char *code, enum lang lang)
{
    size_t number = lower_bound(system, code);
    const struct label *label;

    if (number == vocab_known_count(system))
        return NULL;
    label = &known[system].labels[number];
    if (strcmp(label->code, code) != 0)
        return NULL;
    return lang == LANG_FR ? label->fr : label->en;
}
