/* SPDX-License-Identifier: Apache-2.0
 *
 * test_check.c: what is remarked of criteria that can be asked, and what is left in peace. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/check.h"
#include "support/arena_fixture.h"
#include "support/random_criteria.h"

/* Surgery since 2015, no imaging. */
static enum criteria_covered covers(void *context, enum group group,
                                    struct interval period)
{
    (void)context;
    if (group == GROUP_IMAGING)
        return COVERED_NOT;
    if (group != GROUP_SURGERY || period.first >= day_from_civil(2015, 1, 1))
        return COVERED_WHOLLY;
    return period.last < day_from_civil(2015, 1, 1) ? COVERED_NOT : COVERED_PARTLY;
}

static size_t findings_of(const char *text, const struct criteria_finding **findings_r)
{
    struct error err = ERROR_INIT;
    const struct criteria *criteria = criteria_parse(arena, text, strlen(text), &err);
    struct criteria_circumstances circumstances = {.today = day_from_civil(2026, 1, 1),
                                                   .covers = covers};

    if (!criteria)
        fail_msg("%s\n%u:%u: %s", text, err.line, err.column, err.message);
    return criteria_check(arena, criteria, &circumstances, findings_r);
}

struct found {
    const char *text;
    unsigned column;
    enum criteria_severity severity;
    enum criteria_concern concern;
    const char *fr, *en;
};

#define WARNING SEVERITY_WARNING
#define REMARK SEVERITY_REMARK

static void check(const struct found *cases, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct criteria_finding *found;
        size_t count = findings_of(cases[i].text, &found);

        if (count != 1)
            fail_msg("%s: %zu findings, the first: %s", cases[i].text, count,
                     count ? found[0].message[LANG_EN] : "");
        if (found[0].line != 1 || found[0].column != cases[i].column ||
            found[0].severity != cases[i].severity ||
            found[0].concern != cases[i].concern ||
            !strstr(found[0].message[LANG_FR], cases[i].fr) ||
            !strstr(found[0].message[LANG_EN], cases[i].en))
            fail_msg("%s\n%u: %s %s\n%s\n%s", cases[i].text, found[0].column,
                     criteria_severity_name(found[0].severity),
                     criteria_concern_name(found[0].concern), found[0].message[LANG_FR],
                     found[0].message[LANG_EN]);
    }
}

static void codes_that_nobody_knows(void **state)
{
    static const struct found cases[] = {
        {"topography C35", 1, WARNING, CONCERN_CODE,
         "C35 n’existe pas dans la CIM-O-3 ; vouliez-vous dire ",
         "C35 is not in ICD-O-3; did you mean "},
        {"altered KRAZ", 1, REMARK, CONCERN_CODE, "vouliez-vous dire KRAS",
         "did you mean KRAS"},
        {"treatment L01EX99", 1, REMARK, CONCERN_CODE, "il est cherché tel quel",
         "asked as it stands; did you mean L01EX"},
        {"treatment any preceded by last treatment L01EX99", 32, REMARK, CONCERN_CODE,
         "L01EX99", "L01EX99"},
    };

    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void values_that_nobody_has(void **state)
{
    static const struct found cases[] = {
        {"measure PS > 5", 1, WARNING, CONCERN_NUMBER, "de 0 à 5", "from 0 to 5"},
        {"measure PS >= 60", 1, WARNING, CONCERN_NUMBER, "de 0 à 5", "from 0 to 5"},
        {"measure KARNOFSKY > 100", 1, WARNING, CONCERN_NUMBER, "Karnofsky", "0 to 100"},
        {"altered KRAS > 30", 1, WARNING, CONCERN_NUMBER, "30 % s’écrit 0.3",
         "30 % is written 0.3"},
        {"radiotherapy any > 4000", 1, WARNING, CONCERN_NUMBER, "en Gy", "in Gy"},
        {"size > 2000", 1, WARNING, CONCERN_NUMBER, "en mm", "in mm"},
        {"age > 130", 1, WARNING, CONCERN_NUMBER, "de 0 à 130", "0 to 130"},
        {"age at diagnosis < 0", 1, WARNING, CONCERN_NUMBER, "0 à 130", "0 to 130"},
        {"surgery any at age > 200", 1, WARNING, CONCERN_NUMBER, "0 à 130", "0 to 130"},
        {"diagnosed in 2027", 1, WARNING, CONCERN_DATE, "à venir", "still to come"},
        {"surgery any since 2030", 1, WARNING, CONCERN_DATE, "à venir", "to come"},
        {"active 2030", 1, WARNING, CONCERN_DATE, "à venir", "to come"},
        {"treatment L01 before 1890", 1, WARNING, CONCERN_DATE, "avant 1900",
         "before 1900"},
    };

    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void lines_that_exclude_each_other(void **state)
{
    static const struct found cases[] = {
        {"sex F and sex M", 11, WARNING, CONCERN_CONTRADICTION,
         "« sex F » et « sex M » ne peuvent pas être vrais ensemble",
         "\"sex F\" and \"sex M\" cannot both hold"},
        {"smoking and smoking \"NO\"", 13, WARNING, CONCERN_CONTRADICTION, "ensemble",
         "cannot both"},
        {"(sex F and any) and named \"m\" (sex M)", 32, WARNING, CONCERN_CONTRADICTION,
         "ensemble", "cannot both"},
        {"treatment L01 and not treatment L01", 23, WARNING, CONCERN_CONTRADICTION,
         "« not treatment L01 »", "\"not treatment L01\""},
        {"treatment L01ED in trial and not treatment L01", 34, WARNING,
         CONCERN_CONTRADICTION, "not", "not"},
        {"topography C34.1 and not topography C34", 26, WARNING, CONCERN_CONTRADICTION,
         "not", "not"},
        {"not measure PS >= 1 and measure PS > 2", 25, WARNING, CONCERN_CONTRADICTION, "",
         ""},
        {"tumour { topography C34 topography C50 }", 25, WARNING, CONCERN_CONTRADICTION,
         "ensemble", "cannot both"},
        {"tumour { stage I stage >= III }", 18, REMARK, CONCERN_CONTRADICTION,
         "sauf si le stade est donné deux fois", "unless the stage is stated twice"},
        {"age < 40 and age >= 40", 14, WARNING, CONCERN_CONTRADICTION, "", ""},
        {"tumour { age at diagnosis < 40 age at diagnosis > 50 }", 32, WARNING,
         CONCERN_CONTRADICTION, "", ""},
        {"born in 1950 and born since 1960", 18, WARNING, CONCERN_CONTRADICTION, "", ""},
        {"died in 2020 and alive", 18, WARNING, CONCERN_CONTRADICTION, "", ""},
        {"alive and age at death > 70", 11, WARNING, CONCERN_CONTRADICTION, "", ""},
        {"dead and alive", 10, WARNING, CONCERN_CONTRADICTION, "", ""},
        {"sex F and topography C61", 11, WARNING, CONCERN_CONTRADICTION,
         "chez la femme (sex F)", "women have no such site (sex F)"},
        {"tumour { topography (C53, C56) } and sex M", 10, WARNING, CONCERN_CONTRADICTION,
         "chez l’homme (sex M)", "men have no such site (sex M)"},
    };

    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void what_everybody_has(void **state)
{
    static const struct found cases[] = {
        {"dead or alive", 1, WARNING, CONCERN_ALWAYS, "toujours vraie", "always holds"},
        {"sex F or any", 10, WARNING, CONCERN_ALWAYS, "toujours", "always"},
        {"treatment L01 or not treatment L01ED", 1, WARNING, CONCERN_ALWAYS, "toujours",
         "always"},
        {"not sex F or sex F", 14, WARNING, CONCERN_ALWAYS, "toujours", "always"},
    };

    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void two_tumours_or_one(void **state)
{
    static const struct found cases[] = {
        {"specimen BIOPSY and altered EGFR", 21, REMARK, CONCERN_SAME,
         "même prélèvement ; pour un seul, écrivez : sample { specimen BIOPSY and "
         "altered EGFR }",
         "two samples; for one and the same, write: sample { specimen BIOPSY and "
         "altered EGFR }"},
        {"tumour { event RELAPSE event morphology 8140/3 }", 24, REMARK, CONCERN_SAME,
         "même événement", "two events"},
        {"sample { specimen BIOPSY specimen LIQUID }", 26, WARNING, CONCERN_CONTRADICTION,
         "ensemble", "cannot both hold"},
        {"tnm { T T3 and not T T3 }", 20, WARNING, CONCERN_CONTRADICTION, "ensemble",
         "cannot both hold"},
        {"topography C34 and stage IV", 20, REMARK, CONCERN_TUMOURS,
         "écrivez : tumour { topography C34 and stage IV }",
         "write: tumour { topography C34 and stage IV }"},
        {"sex F and topography C34 and age at diagnosis > 70 and stage IV", 30, REMARK,
         CONCERN_TUMOURS, "deux tumeurs", "two tumours"},
    };

    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void what_the_centre_does_not_have(void **state)
{
    static const struct found cases[] = {
        {"imaging CT", 1, WARNING, CONCERN_COVERAGE, "(Imagerie)", "(Imaging)"},
        {"surgery any in 2010", 1, WARNING, CONCERN_COVERAGE, "ne prouve rien",
         "proves nothing"},
        {"surgery any from 2010 to 2020", 1, REMARK, CONCERN_COVERAGE,
         "qu’une partie de cette période", "only a part of this period"},
    };

    (void)state;
    check(cases, ARRAY_LENGTH(cases));
}

static void what_is_meant_so_is_left_in_peace(void **state)
{
    static const char *const texts[] = {
        "any",
        "tumour { topography C34 stage IV altered KRAS } and age at diagnosis 18..75",
        "topography C34 and topography C50", /* two cancers */
        "tumour { topography C34 } and not tumour { topography C50 }",
        "sex F and topography C50",
        "sex M and topography C50.9",
        "treatment L01 and not treatment L01ED",
        "treatment L01 and not treatment L01 since 2020",
        "not treatment L01 and not treatment L02",
        "tumour { topography C34 } and not topography C34.1",
        "not topography C34.1 and topography C34",
        "measure PS >= 1 and measure PS <= 1", /* on two days */
        "at least 2 treatment L01 and not at least 3 treatment L01",
        "last treatment L01ED since 2020 and not first treatment L01ED since 2020",
        "altered KRAS > 0.05 and measure PS <= 5 and size 0..20",
        "age 0..130 and age > 18 and age <= 75",
        "died since 2020 and dead",
        "born before 1900 and born since 1899",
        "sex F or sex M",
        "dead or age > 80",
        "altered KRAS and altered TP53",
        "treatment N02AA01", /* a known one outside of oncology's classes */
        "surgery any since 2015 and surgery any",
        "topography C34.1 and not topography C50",
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++) {
        const struct criteria_finding *found;
        size_t n = findings_of(texts[i], &found);

        if (n > 0)
            fail_msg("%s\n%s: %s", texts[i], criteria_concern_name(found[0].concern),
                     found[0].message[LANG_EN]);
    }
}

static void findings_stand_in_the_order_of_the_text(void **state)
{
    const struct criteria_finding *found;
    size_t n = findings_of("age > 150 and\nsex F and sex M\nand measure PS > 7", &found);

    (void)state;
    assert_int_equal(n, 3);
    assert_int_equal(found[0].line, 1);
    assert_int_equal(found[1].line, 2);
    assert_int_equal(found[2].line, 3);
    assert_int_equal(found[0].concern, CONCERN_NUMBER);
    assert_int_equal(found[1].concern, CONCERN_CONTRADICTION);
}

/* However many lines, the answer is short and comes at once; and says both languages. */
static void any_question_is_checked(void **state)
{
    struct rng rng = {test_seed(1)};
    const struct record *records[20];
    const struct askable *askable;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(records); i++)
        records[i] = random_record(arena, &rng, (uint32_t)i + 1);
    askable = askable_new(arena, records, ARRAY_LENGTH(records));
    for (size_t i = 0; i < test_rounds(3000); i++) {
        struct arena_mark mark = arena_mark(arena);
        const struct criteria_finding *found;
        size_t n = findings_of(
            random_criteria_text(arena, &rng, askable, rng_between(&rng, 0, 3)), &found);

        assert_true(n <= FINDINGS_MAX);
        for (size_t k = 0; k < n; k++)
            assert_true(found[k].line > 0 && *found[k].message[LANG_FR] &&
                        *found[k].message[LANG_EN]);
        arena_release(arena, mark);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_that_nobody_knows),
        cmocka_unit_test(values_that_nobody_has),
        cmocka_unit_test(lines_that_exclude_each_other),
        cmocka_unit_test(what_everybody_has),
        cmocka_unit_test(two_tumours_or_one),
        cmocka_unit_test(what_the_centre_does_not_have),
        cmocka_unit_test(what_is_meant_so_is_left_in_peace),
        cmocka_unit_test(findings_stand_in_the_order_of_the_text),
        cmocka_unit_test(any_question_is_checked),
    };

    return cmocka_run_group_tests_name("criteria check", tests, arena_begin, arena_end);
}
