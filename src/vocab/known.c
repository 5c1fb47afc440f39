/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/known.c: the labels, built in or of a list in use, and the order of the codes that have
 * one.
 *
 * The tables are in canonical order, so a code's number is its index and a subtree is found by
 * two binary searches. */
#include <assert.h>
#include <string.h>

#include "vocab/lists.h"
#include "vocab/vocab_internal.h"

/* clang-format off */
#define SYSTEM(id) static const struct label labels_##id[] = {
#define LABEL(code, fr, en) {code, fr, en, NULL},
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
#define MEASURE(key, unit, kind, molar, valence, loinc, words, fr, en) \
    {key, fr, en, NULL},
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

const struct label *vocab_labels_built_in(enum vocab_system system, size_t *count_r)
{
    assert((unsigned)system < VOCAB_SYSTEMS);
    *count_r = known[system].count;
    return known[system].labels;
}

const struct label *vocab_labels(enum vocab_system system, size_t *count_r)
{
    const struct label *labels = lists_labels(system, count_r);

    return labels ? labels : vocab_labels_built_in(system, count_r);
}

size_t vocab_known_count(enum vocab_system system)
{
    size_t count;

    vocab_labels(system, &count);
    return count;
}

const char *vocab_known(enum vocab_system system, size_t number)
{
    size_t count;
    const struct label *labels = vocab_labels(system, &count);

    return number < count ? labels[number].code : NULL;
}

const char *vocab_known_label(enum vocab_system system, size_t number, enum lang lang)
{
    size_t count;
    const struct label *labels = vocab_labels(system, &count);

    if (number >= count)
        return NULL;
    return lang == LANG_FR ? labels[number].fr : labels[number].en;
}

/* Number of the first of COUNT labels whose code is not before CODE. */
static size_t lower_bound(const struct label *labels, size_t count, const char *code)
{
    size_t first = 0;
    size_t after = count;

    while (first < after) {
        size_t middle = first + (after - first) / 2;

        if (strcmp(labels[middle].code, code) < 0)
            first = middle + 1;
        else
            after = middle;
    }
    return first;
}

void vocab_known_subtree(enum vocab_system system, const char *code, size_t *first_r,
                         size_t *after_r)
{
    size_t count;
    const struct label *labels = vocab_labels(system, &count);
    struct code_range range;

    vocab_subtree(system, code, &range);
    *first_r = lower_bound(labels, count, range.first);
    *after_r = lower_bound(labels, count, range.after);
}

static const char *label_in(const struct label *labels, size_t count, const char *code,
                            enum lang lang)
{
    size_t number = lower_bound(labels, count, code);

    if (number == count || strcmp(labels[number].code, code) != 0)
        return NULL;
    return lang == LANG_FR ? labels[number].fr : labels[number].en;
}

const char *vocab_label(enum vocab_system system, const char *code, enum lang lang)
{
    size_t count;
    const struct label *labels = vocab_labels(system, &count);

    return label_in(labels, count, code, lang);
}

const char *vocab_label_built_in(enum vocab_system system, const char *code,
                                 enum lang lang)
{
    size_t count;
    const struct label *labels = vocab_labels_built_in(system, &count);

    return label_in(labels, count, code, lang);
}
