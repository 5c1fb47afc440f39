/* SPDX-License-Identifier: Apache-2.0
 *
 * test_tree.c: byte order is tree order, checked against a definition of "below" that knows
 * nothing of ranges; and what an imprecise code may stand for. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "vocab/vocab.h"

static uint64_t random_state = 0x2545F4914F6CDD1Du;

static size_t random_below(size_t n) /* xorshift: the same every run */
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (size_t)(random_state % n);
}

/* ---- "below", said a second time ------------------------------------------------------ */

/* The code one level up, "" at the top. Levels by their lengths, as the books number them. */
static void parent_of(enum vocab_system system, const char *code,
                      char parent[VOCAB_CODE_SIZE])
{
    static const size_t atc[] = {0, 0, 0, 1, 3, 4, 5, 5};
    size_t length = strlen(code);

    switch (system) {
    case VOCAB_ICDO3_TOPOGRAPHY: length = length == 5 ? 3 : 0; break;
    case VOCAB_ICDO3_MORPHOLOGY: length = length == 6 ? 4 : length == 4 ? 3 : 0; break;
    case VOCAB_ICD10: length = length > 5 ? length - 1 : length == 5 ? 3 : 0; break;
    case VOCAB_ATC: length = atc[length]; break;
    case VOCAB_CCAM: length = length - 1; break;
    case VOCAB_STAGE:
        if (code[0] < '0' || code[0] > '9')
            length = 0; /* L1, LIMITED: no tree */
        else
            length = strcmp(code, "0IS") == 0 ? 1 : length - 1;
        break;
    case VOCAB_TNM_T:
    case VOCAB_TNM_N:
    case VOCAB_TNM_M: {
        const char *remark = strchr(code, '(');

        if (remark)
            length = (size_t)(remark - code);
        else if (length > 3 && strcmp(code + length - 2, "mi") == 0)
            length -= 2;
        else
            length = length > 2 && code[1] != 'i' ? length - 1 : 0;
        break;
    }
    default: length = 0; break;
    }
    memmove(parent, code, length);
    parent[length] = '\0';
}

static bool is_at_or_below(enum vocab_system system, const char *code,
                           const char *ancestor)
{
    char at[VOCAB_CODE_SIZE];

    memcpy(at, code, strlen(code) + 1);
    while (at[0]) {
        if (strcmp(at, ancestor) == 0)
            return true;
        parent_of(system, at, at);
    }
    return false;
}

static bool in_range(const struct code_range *range, const char *code)
{
    return strcmp(range->first, code) <= 0 && strcmp(code, range->after) < 0;
}

/* A known code, one of its ancestors, or one made up. */
static void random_code(enum vocab_system system, char code[VOCAB_CODE_SIZE])
{
    size_t known = vocab_known_count(system);

    if (system == VOCAB_ICDO3_TOPOGRAPHY && random_below(2)) {
        snprintf(code, VOCAB_CODE_SIZE, "C%02zu.%zu", random_below(30), random_below(10));
    } else if (system == VOCAB_ICDO3_MORPHOLOGY && random_below(2)) {
        snprintf(code, VOCAB_CODE_SIZE, "81%zu%zu/%zu", random_below(3), random_below(10),
                 random_below(4));
    } else {
        const char *source = vocab_known(system, random_below(known));

        memcpy(code, source, strlen(source) + 1);
    }
    while (random_below(3) == 0) {
        char parent[VOCAB_CODE_SIZE];

        parent_of(system, code, parent);
        if (!parent[0])
            return;
        memcpy(code, parent, strlen(parent) + 1);
    }
}

/* ---- trees ---------------------------------------------------------------------------- */

static void a_subtree_holds_a_code_if_it_is_an_ancestor(void **state)
{
    (void)state;
    for (int s = VOCAB_NONE + 1; s < VOCAB_SYSTEMS; s++) {
        enum vocab_system system = (enum vocab_system)s;

        for (int i = 0; i < 20000 && vocab_known_count(system) > 0; i++) {
            char a[VOCAB_CODE_SIZE], c[VOCAB_CODE_SIZE], parent[VOCAB_CODE_SIZE];
            struct code_range range;

            random_code(system, a);
            random_code(system, c);
            vocab_subtree(system, a, &range);
            if (in_range(&range, c) != is_at_or_below(system, c, a))
                fail_msg("%s: is %s below %s?", vocab_system_name(system), c, a);
            assert_false(in_range(&range, ""));
            parent_of(system, c, parent);
            assert_true(strcmp(parent, c) < 0); /* parents sort before their children */
        }
    }
}

static void the_empty_code_means_every_code_but_itself(void **state)
{
    struct code_range range;

    (void)state;
    vocab_subtree(VOCAB_NAME, "", &range);
    assert_true(in_range(&range, "ÉCHELLE"));
    assert_true(in_range(&range, "\xF4\x8F\xBF\xBF")); /* the highest of Unicode */
    assert_true(in_range(&range, "!"));
    assert_false(in_range(&range, ""));
}

static void exact_codes_are_alone(void **state)
{
    struct code_range range;

    (void)state;
    vocab_subtree(VOCAB_GENE, "ALK", &range);
    assert_true(in_range(&range, "ALK"));
    assert_false(in_range(&range, "ALKAL1"));
    vocab_subtree(VOCAB_STAGE, "L1", &range);
    assert_true(in_range(&range, "L1"));
    vocab_subtree(VOCAB_STAGE, "M", &range); /* INRGSS: MS is no part of M */
    assert_false(in_range(&range, "MS"));
    vocab_subtree(VOCAB_TNM_T, "T1", &range);
    assert_true(in_range(&range, "T1mi"));
    assert_false(in_range(&range, "Tis"));
}

static void known_codes_are_in_order_canonical_and_numbered_by_it(void **state)
{
    (void)state;
    for (int s = VOCAB_NONE + 1; s < VOCAB_SYSTEMS; s++) {
        enum vocab_system system = (enum vocab_system)s;
        size_t count = vocab_known_count(system);

        for (size_t i = 0; i < count; i++) {
            const char *code = vocab_known(system, i);
            char spelt[VOCAB_CODE_SIZE];
            size_t first, after;
            struct error err = ERROR_INIT;

            if (i > 0 && strcmp(vocab_known(system, i - 1), code) >= 0)
                fail_msg("%s: %s is out of order", vocab_system_name(system), code);
            if (vocab_normalise(system, code, spelt, &err) < 0)
                fail_msg("%s", err.message);
            assert_string_equal(spelt, code);

            vocab_known_subtree(system, code, &first, &after);
            assert_int_equal(first, i);
            for (size_t j = 0; j < count; j++) {
                bool below = is_at_or_below(system, vocab_known(system, j), code);

                assert_int_equal(below, j >= first && j < after);
            }
        }
        if (count > 0) {
            size_t first, after;

            vocab_known_subtree(system, "", &first, &after);
            assert_int_equal(first, 0);
            assert_int_equal(after, count);
        }
    }
}

static void a_code_belongs_to_a_group(void **state)
{
    static const struct {
        enum vocab_system system;
        const char *code, *group;
    } groups[] = {
        {VOCAB_ICDO3_TOPOGRAPHY, "C34.1", "C34"},
        {VOCAB_ICDO3_TOPOGRAPHY, "C34", "C34"},
        {VOCAB_ICDO3_MORPHOLOGY, "8140/3", "8140"},
        {VOCAB_ICDO3_MORPHOLOGY, "814", "814"},
        {VOCAB_ICD10, "E11.9", "E11"},
        {VOCAB_ATC, "L01ED03", "L01ED"},
        {VOCAB_ATC, "L01", "L01"},
        {VOCAB_CCAM, "GFFA013", "GFFA013"},
        {VOCAB_STAGE, "3C2", "3"},
        {VOCAB_STAGE, "0IS", "0"},
        {VOCAB_STAGE, "LIMITED", "LIMITED"},
        {VOCAB_STAGE, "MS", "MS"},
        {VOCAB_TNM_T, "T1a2", "T1"},
        {VOCAB_TNM_T, "Tis", "Tis"},
        {VOCAB_TNM_T, "Ta", "Ta"},
        {VOCAB_TNM_N, "N0(i-)", "N0"},
        {VOCAB_TNM_M, "M1c", "M1"},
        {VOCAB_GENE, "EGFR", "EGFR"},
        {VOCAB_NAME, "HIGH GRADE", "HIGH GRADE"},
        {VOCAB_ICD10, "", ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(groups); i++) {
        char group[VOCAB_CODE_SIZE];
        struct code_range range;

        vocab_group(groups[i].system, groups[i].code, group);
        assert_string_equal(group, groups[i].group);
        vocab_subtree(groups[i].system, group, &range);
        if (group[0])
            assert_true(in_range(&range, groups[i].code));
    }
}

/* ---- imprecise codes ------------------------------------------------------------------ */

static bool may_be(enum vocab_system system, const char *coded, const char *asked)
{
    struct code_range range;

    vocab_subtree(system, asked, &range);
    return vocab_may_be(system, coded, &range);
}

static const struct {
    enum vocab_system system;
    const char *coded, *asked;
    bool may_be;
} pairs[] = {
    /* not stated */
    {VOCAB_ICDO3_TOPOGRAPHY, "", "C34", true},
    {VOCAB_SEX, "", "F", true},
    {VOCAB_SEX, "", "", true},
    /* ancestors, not cousins, not descendants */
    {VOCAB_ICDO3_TOPOGRAPHY, "C34", "C34.1", true},
    {VOCAB_ICDO3_TOPOGRAPHY, "C34.1", "C34", false},
    {VOCAB_ICDO3_TOPOGRAPHY, "C34.1", "C34.2", false},
    {VOCAB_ICDO3_TOPOGRAPHY, "C34", "C35", false},
    {VOCAB_STAGE, "4", "4A", true},
    {VOCAB_STAGE, "4B", "4A", false},
    {VOCAB_STAGE, "4", "3", false},
    {VOCAB_ATC, "L01", "L01ED03", true},
    {VOCAB_ATC, "L01ED", "L01", false},
    {VOCAB_TNM_T, "T1", "T1a", true},
    {VOCAB_TNM_T, "Tis", "T1a", false},
    {VOCAB_CCAM, "GF", "GFFA013", true},
    {VOCAB_GENE, "ALK", "ALKAL1", false},
    /* sites not otherwise specified */
    {VOCAB_ICDO3_TOPOGRAPHY, "C34.9", "C34.1", true},
    {VOCAB_ICDO3_TOPOGRAPHY, "C34.9", "C33", false},
    {VOCAB_ICDO3_TOPOGRAPHY, "C34.8", "C34.1", false},
    {VOCAB_ICDO3_TOPOGRAPHY, "C55.9", "C53", true},
    {VOCAB_ICDO3_TOPOGRAPHY, "C55", "C54.1", true},
    {VOCAB_ICDO3_TOPOGRAPHY, "C26.9", "C18", true},
    {VOCAB_ICDO3_TOPOGRAPHY, "C18.9", "C26", false},
    {VOCAB_ICDO3_TOPOGRAPHY, "C14.0", "C10.9", true},
    {VOCAB_ICDO3_TOPOGRAPHY, "C14.0", "C14.2", false},
    {VOCAB_ICDO3_TOPOGRAPHY, "C80.9", "C34", false},
    {VOCAB_ICDO3_TOPOGRAPHY, "C80.9", "C80.1", false},
    /* morphologies not otherwise specified, with the behaviour that was coded */
    {VOCAB_ICDO3_MORPHOLOGY, "8140", "8140/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "8140/3", "8140", false},
    {VOCAB_ICDO3_MORPHOLOGY, "8000/3", "8140/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "8000/3", "8140", true},
    {VOCAB_ICDO3_MORPHOLOGY, "8000/3", "8140/2", false},
    {VOCAB_ICDO3_MORPHOLOGY, "8000", "8140/2", true},
    {VOCAB_ICDO3_MORPHOLOGY, "8000/3", "9861/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "8010/3", "8140/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "8010/3", "8586/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "8010/3", "8890/3", false},
    {VOCAB_ICDO3_MORPHOLOGY, "8010/3", "9680/3", false},
    {VOCAB_ICDO3_MORPHOLOGY, "8046/3", "8070/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "8046/3", "8041/3", false},
    {VOCAB_ICDO3_MORPHOLOGY, "8140/3", "8480/3", false},
    {VOCAB_ICDO3_MORPHOLOGY, "8800/3", "8890/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "8800/3", "9040/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "8800/3", "8140/3", false},
    {VOCAB_ICDO3_MORPHOLOGY, "9380/3", "9440/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "9590/3", "9650/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "9591/3", "9650/3", false},
    {VOCAB_ICDO3_MORPHOLOGY, "9591/3", "9680/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "9800/3", "9861/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "9820/3", "9823/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "9820/3", "9861/3", false},
    {VOCAB_ICDO3_MORPHOLOGY, "9860/3", "9875/3", true},
    {VOCAB_ICDO3_MORPHOLOGY, "9989/3", "9983/3", true},
    /* a wider question */
    {VOCAB_ICDO3_MORPHOLOGY, "8010/3", "814", true},
    {VOCAB_ICDO3_MORPHOLOGY, "814", "8140/3", true},
};

static void an_imprecise_code_may_be_a_precise_one(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        if (may_be(pairs[i].system, pairs[i].coded, pairs[i].asked) != pairs[i].may_be)
            fail_msg("may %s be %s?", pairs[i].coded, pairs[i].asked);
    }
}

static void what_is_in_the_range_is_certain_not_possible(void **state)
{
    (void)state;
    for (int s = VOCAB_NONE + 1; s < VOCAB_SYSTEMS; s++) {
        enum vocab_system system = (enum vocab_system)s;

        for (int i = 0; i < 20000 && vocab_known_count(system) > 0; i++) {
            char a[VOCAB_CODE_SIZE], c[VOCAB_CODE_SIZE];

            random_code(system, a);
            random_code(system, c);
            if (is_at_or_below(system, c, a))
                assert_false(may_be(system, c, a));
            else if (is_at_or_below(system, a, c))
                assert_true(may_be(system, c, a)); /* every ancestor is imprecise */
            assert_true(may_be(system, "", a));
            assert_false(may_be(system, c, ""));
        }
    }
}

/* Among all pairs of leaves: if this may be that, then that is more precise than this. */
static void no_two_codes_may_be_each_other(void **state)
{
    static char morphologies[2000][8];
    static char topographies[810][8];
    size_t n = 0;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(morphologies); i++)
        snprintf(morphologies[i], sizeof(morphologies[i]), "%zu/3", 8000 + i);
    for (size_t i = 0; i < ARRAY_LENGTH(topographies); i++)
        snprintf(topographies[i], sizeof(topographies[i]), "C%02zu.%zu", i / 10, i % 10);

    for (size_t a = 0; a < ARRAY_LENGTH(morphologies); a++) {
        for (size_t b = 0; b < a; b++) {
            const char *x = morphologies[a], *y = morphologies[b];
            bool there = may_be(VOCAB_ICDO3_MORPHOLOGY, x, y);
            bool back = may_be(VOCAB_ICDO3_MORPHOLOGY, y, x);

            if (there && back)
                fail_msg("%s and %s", x, y);
            n += there || back;
        }
    }
    for (size_t a = 0; a < ARRAY_LENGTH(topographies); a++) {
        for (size_t b = 0; b < a; b++) {
            const char *x = topographies[a], *y = topographies[b];

            if (may_be(VOCAB_ICDO3_TOPOGRAPHY, x, y) &&
                may_be(VOCAB_ICDO3_TOPOGRAPHY, y, x))
                fail_msg("%s and %s", x, y);
        }
    }
    assert_true(n > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_subtree_holds_a_code_if_it_is_an_ancestor),
        cmocka_unit_test(the_empty_code_means_every_code_but_itself),
        cmocka_unit_test(exact_codes_are_alone),
        cmocka_unit_test(known_codes_are_in_order_canonical_and_numbered_by_it),
        cmocka_unit_test(a_code_belongs_to_a_group),
        cmocka_unit_test(an_imprecise_code_may_be_a_precise_one),
        cmocka_unit_test(what_is_in_the_range_is_certain_not_possible),
        cmocka_unit_test(no_two_codes_may_be_each_other),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
