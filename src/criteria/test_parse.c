/* SPDX-License-Identifier: Apache-2.0
 *
 * test_parse.c: what a criteria text means, said back as its canonical text; and what is
 * answered to a mistake. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/criteria.h"
#include "support/arena_fixture.h"
#include "support/random_criteria.h"

static const struct criteria *parsed(const char *text)
{
    struct error err = ERROR_INIT;
    const struct criteria *criteria = criteria_parse(arena, text, strlen(text), &err);

    if (!criteria) {
        fprintf(stderr, "%s\n%u:%u: %s\n", text, err.line, err.column, err.message);
        fail();
    }
    return criteria;
}

/* ---- the same tree ---- */

static bool same_codes(const struct criteria_code *a, size_t n,
                       const struct criteria_code *b, size_t m)
{
    if (n != m)
        return false;
    for (size_t i = 0; i < n; i++)
        if (strcmp(a[i].first_code, b[i].first_code) != 0 ||
            strcmp(a[i].last_code, b[i].last_code) != 0 ||
            strcmp(a[i].range.first, b[i].range.first) != 0 ||
            strcmp(a[i].range.after, b[i].range.after) != 0)
            return false;
    return true;
}

static bool same_interval(struct interval a, struct interval b)
{
    return a.first == b.first && a.last == b.last;
}

/* NaN-free numbers, so neither below nor above is the same. */
static bool same_number(double a, double b)
{
    return !(a < b) && !(a > b);
}

static bool same_numbers(const struct criteria_number *a, const struct criteria_number *b)
{
    return same_number(a->low, b->low) && same_number(a->high, b->high) &&
           a->low_open == b->low_open && a->high_open == b->high_open;
}

static bool same_tree(const struct criteria *a, const struct criteria *b);

static bool same_whens(const struct criteria *a, const struct criteria *b)
{
    if (a->n_when != b->n_when)
        return false;
    for (size_t i = 0; i < a->n_when; i++) {
        const struct criteria_when *x = &a->when[i], *y = &b->when[i];

        if (x->kind != y->kind || x->end != y->end || x->negated != y->negated ||
            x->other_end != y->other_end || x->item != y->item || x->low != y->low ||
            x->high != y->high || !x->other != !y->other ||
            !same_interval(x->dates, y->dates) || !same_numbers(&x->number, &y->number) ||
            (x->other && !same_tree(x->other, y->other)))
            return false;
    }
    return true;
}

static bool same_line(const struct criteria *a, const struct criteria *b)
{
    bool numbers = a->has_number || a->kind == CRITERIA_AGE;

    return a->item == b->item && same_codes(a->codes, a->n_codes, b->codes, b->n_codes) &&
           same_codes(a->status, a->n_status, b->status, b->n_status) &&
           a->has_number == b->has_number &&
           (!numbers || same_numbers(&a->number, &b->number)) && same_whens(a, b) &&
           same_interval(a->dates, b->dates) && a->dead == b->dead &&
           a->order == b->order && !a->from == !b->from &&
           (!a->from || same_tree(a->from, b->from));
}

static bool same_tree(const struct criteria *a, const struct criteria *b)
{
    if (a->kind != b->kind || a->n_children != b->n_children || a->count != b->count ||
        !same_line(a, b) || a->version != b->version || !a->name != !b->name ||
        (a->name && strcmp(a->name, b->name) != 0))
        return false;
    for (size_t i = 0; i < a->n_children; i++)
        if (!same_tree(a->children[i], b->children[i]))
            return false;
    return true;
}

/* ---- meaning ---- */

struct sentence {
    const char *text, *canonical;
};

static void check(const struct sentence *sentences, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct criteria *criteria = parsed(sentences[i].text);
        const char *canonical = criteria_print(arena, criteria);

        if (strcmp(canonical, sentences[i].canonical) != 0)
            fail_msg("%s\nis\n%s\nexpected\n%s", sentences[i].text, canonical,
                     sentences[i].canonical);
        if (!same_tree(criteria, parsed(canonical)))
            fail_msg("%s: its canonical text is another question", sentences[i].text);
    }
}

static void lines_say_what_they_mean(void **state)
{
    static const struct sentence sentences[] = {
        {"any", "any"},
        {"topography C34", "tumour { topography C34 }"},
        {"TOPOGRAPHY c34.1", "tumour { topography C34.1 }"},
        {"topography C50, C56", "tumour { topography (C50, C56) }"},
        {"topography (C50, C56)", "tumour { topography (C50, C56) }"},
        {"topography C00..C14", "tumour { topography C00..C14 }"},
        {"morphology 81403", "tumour { morphology 8140/3 }"},
        {"stage iva", "tumour { stage IVA }"},
        {"stage >= III", "tumour { stage >= III }"},
        {"T > T2", "tumour { T > T2 }"},
        {"N N0(i-)", NULL},
        {"sex M", "sex M"},
        {"sex f", "sex F"},
        {"sex any", "sex any"},
        {"smoking", "smoking YES"},
        {"smoking any", "smoking YES"},
        {"smoking \"NO\"", "smoking NO"},
        {"event metastasis", "tumour { event METASTASIS }"},
        {"event any at C22", "tumour { event any at C22 }"},
        {"measure ALAT < 3 ULN", "measure ALT < 3 ULN"},
        {"last measure ALAT 1..3 lsn", "last measure ALT 1..3 ULN"},
        {"last (measure ALAT since 2020) >= 2.5 ULN in 2021",
         "last (measure ALT started since 2020-01-01) >= 2.5 ULN started from 2021-01-01 to "
         "2021-12-31"},
        {"last (measure ALAT > 1 ULN) < 3 ULN", "last (measure ALT > 1 ULN) < 3 ULN"},
        {"at least 2 measure any > 3 \"ULN\"", "at least 2 measure any > 3 ULN"},
        {"event morphology 8140", "tumour { event morphology 8140 }"},
        {"Event Method 7", "tumour { event method 7 }"},
        {"TNM type pathologique", "tumour { tnm type p }"},
        {"sample topography c22", "sample topography C22"},
        {"sample { specimen BIOPSY altered EGFR T790M }",
         "sample { specimen BIOPSY and altered EGFR T790M }"},
        {"sample{type biopsie topography C22}",
         "sample { specimen BIOPSY and sample topography C22 }"},
        {"event { type RELAPSE morphology 8140/3 method 7 }",
         "tumour { event { event RELAPSE and event morphology 8140/3 and event method 7 } }"},
        {"tnm { T T4 or N N2 type p }",
         "tumour { tnm { T T4 or (N N2 and tnm type p) } }"},
        {"tumour { topography C34 sample { altered EGFR } }",
         "tumour { topography C34 and sample { altered EGFR } }"},
        {"sample { altered EGFR } and sex F", "sample { altered EGFR } and sex F"},
        {"sample { specimen any within 30 days after diagnosis }",
         "tumour { sample { specimen any started within 30 days after diagnosis } }"},
        {"sample { specimen any after first metastasis C22 }",
         "tumour { sample { specimen any started after first metastasis C22 } }"},
        {"sample { at least 2 altered EGFR no specimen LIQUID }",
         "sample { at least 2 altered EGFR and not specimen LIQUID }"},
        {"sample { named \"a\" (altered EGFR) (use \"a\" or sequenced) }",
         "sample { named \"a\" (altered EGFR) and (use \"a\" or ((altered any or fusion any) "
         "or copy number any)) }"},
        {"metastasis C22 since 2020",
         "tumour { metastasis C22 started since 2020-01-01 }"},
        {"altered KRAS G12C", "altered KRAS G12C"},
        {"altered KRAS p.Gly12Cys", "altered KRAS G12C"},
        {"altered KRAS status (G12C, G12D)", "altered KRAS status (G12C, G12D)"},
        {"altered EGFR > 0.3", "altered EGFR > 0.3"},
        {"altered any", "altered any"},
        {"treatment L01ED03 in trial", "treatment L01ED03 in trial"},
        {"treatment any >= 2", "treatment any >= 2"},
        {"biomarker PD-L1 positive", "biomarker PD-L1 positive"},
        {"biomarker PD-L1 status (\"POSITIVE\", \"NEGATIVE\")",
         "biomarker PD-L1 status (POSITIVE, NEGATIVE)"},
        {"biomarker \"egfr amplification\" negative",
         "biomarker \"EGFR AMPLIFICATION\" negative"},
        {"biomarker \">50 %\"", "biomarker \">50 %\""},
        {"observation \"active\" status \"not\"",
         "observation \"ACTIVE\" status \"NOT\""},
        {"specimen BIOPSY status tumour", "specimen BIOPSY status TUMOUR"},
        {"radiotherapy any at C50 > 50 Gy", "radiotherapy any at C50 > 50 Gy"},
        {"radiotherapy any > 5000 cGy", "radiotherapy any > 50 Gy"},
        {"size >= 20 mm", "tumour { size >= 20 mm }"},
        {"size >= 2 cm", "tumour { size >= 20 mm }"},
        {"size 5..20", "tumour { size 5..20 mm }"},
        {"size 5", "tumour { size = 5 mm }"},
        {"size", "tumour { size }"},
        {"measure WEIGHT < 50 kg", "measure WEIGHT < 50 kg"},
        {"measure poids < 50000 g", "measure WEIGHT < 50 kg"},
        {"measure HEIGHT > 1.7 m M M1", "measure HEIGHT > 170 cm and tumour { M M1 }"},
        {"measure HGB >= 10", "measure HGB >= 10 g/dL"},
        {"measure hémoglobine >= 100 g/L", "measure HGB >= 10 g/dL"},
        {"measure HGB = 10 g/100mL", "measure HGB = 10 g/dL"},
        {"measure CREATININE <= 150 µmol/L in the last 30 days",
         "measure CREATININE <= 150 umol/L started in the last 30 days"},
        {"measure CREATININE <= 1.131200 mg/dL", "measure CREATININE <= 100 umol/L"},
        {"measure PNN >= 1500 /mm3 and measure PLT >= 100 G/L",
         "measure NEUTROPHILS >= 1.5 10*9/L and measure PLATELETS >= 100 10*9/L"},
        {"measure DFG > 60 \"mL/min/1.73m²\"", "measure GFR > 60 \"mL/min/{1.73_m2}\""},
        {"measure SYSTOLIC > 14 cmHg", "measure SYSTOLIC > 140 \"mm[Hg]\""},
        {"measure LVEF >= 50 %", "measure LVEF >= 50 %"},
        {"measure INR < 1.5", "measure INR < 1.5"},
        {"measure INR < 1.5 ratio", "measure INR < 1.5"},
        {"measure (AST, ALT) > 100 UI/L", "measure (AST, ALT) > 100 U/L"},
        {"measure (HGB, CRP) > 10", "measure (HGB, CRP) > 10"},
        {"measure (CREATININE, BILIRUBIN) > 0.1 mmol/L",
         "measure (CREATININE, BILIRUBIN) > 100 umol/L"},
        {"biomarker \"CA 19-9\" > 37 U/mL", "biomarker \"CA 19-9\" > 37 kU/L"},
        {"biomarker PD-L1 >= 50 %", "biomarker PD-L1 >= 50 %"},
        {"biomarker ER >= 10 %", "biomarker ER >= 10 %"},
        {"biomarker HER2 > 3", "biomarker HER2 > 3"},
        {"measure PS >= 2", "measure PS >= 2"},
        {"state PS >= 2", "measure PS >= 2"},
        {"state any", "state any"},
        {"measure any", "measure any"},
        {"measure CEA > 5 ", "measure CEA > 5 ug/L"},
        {"measure CEA >= 2 < 5", "measure CEA >= 2 < 5 ug/L"},
        {"measure CEA > -0", "measure CEA > 0 ug/L"},
        {"measure CEA > 2 <= 5 ug/L", "measure CEA > 2 <= 5 ug/L"},
        {"altered EGFR 0.1..0.5", "altered EGFR 0.1..0.5"},
        {"altered EGFR L858R 0.1..0.5", "altered EGFR L858R 0.1..0.5"},
        {"morbid event E11", "morbid event E11"},
        {"family history C50 status mother", "family history C50 status MOTHER"},
        {"copy number EGFR status AMPLIFICATION",
         "copy number EGFR status AMPLIFICATION"},
        {"age at diagnosis 18..75", "tumour { age at diagnosis 18..75 }"},
        {"age at diagnosis >= 65 years", "tumour { age at diagnosis >= 65 }"},
        {"dead", "dead"},
        {"vital status alive", "alive"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(sentences); i++)
        if (sentences[i].canonical)
            check(&sentences[i], 1);
}

static void dates_are_periods(void **state)
{
    static const struct sentence sentences[] = {
        {"born 1950", "born from 1950-01-01 to 1950-12-31"},
        {"born before 1950", "born until 1949-12-31"},
        {"died in 2022", "died from 2022-01-01 to 2022-12-31"},
        {"death in 2022", "died from 2022-01-01 to 2022-12-31"},
        {"diagnosed 2018..2021", "tumour { diagnosed from 2018-01-01 to 2021-12-31 }"},
        {"diagnosed after 2020-02", "tumour { diagnosed since 2020-03-01 }"},
        {"diagnosed until 2020-02", "tumour { diagnosed until 2020-02-29 }"},
        {"last visit between 2020 and 2021-06",
         "last visit from 2020-01-01 to 2021-06-30"},
        {"last contact since 14/03/2021", "last contact since 2021-03-14"},
        {"active 2023", "active from 2023-01-01 to 2023-12-31"},
        {"active in 2021-06..2022", "active from 2021-01-01 to 2022-12-31"},
        {"surgery any on 2021-03-14",
         "surgery any started from 2021-03-14 to 2021-03-14"},
        {"treatment L01 ended in 2021",
         "treatment L01 ended from 2021-01-01 to 2021-12-31"},
        {"measure PS >= 2 in the last 30 days",
         "measure PS >= 2 started in the last 30 days"},
        {"surgery any in the last 2 months", "surgery any started in the last 61 days"},
        {"surgery any in the last 1 year", "surgery any started in the last 365 days"},
        {"diagnosed from 1880 to 2058",
         "tumour { diagnosed from 1880-01-01 to 2058-12-31 }"},
    };

    (void)state;
    check(sentences, ARRAY_LENGTH(sentences));
}

static void distances_are_days(void **state)
{
    static const struct sentence sentences[] = {
        {"treatment L01 within 90 days after diagnosis",
         "tumour { treatment L01 started within 90 days after diagnosis }"},
        {"treatment L01 started within 2 weeks before diagnosis",
         "tumour { treatment L01 started within 14 days before diagnosis }"},
        {"treatment L01 ended within 0 days of diagnosis",
         "tumour { treatment L01 ended within 0 days after diagnosis }"},
        {"treatment L01 within 10 days of diagnosis",
         "tumour { treatment L01 started within 10 days of diagnosis }"},
        {"treatment L01 before diagnosis",
         "tumour { treatment L01 started before diagnosis }"},
        {"morbid event E11 started after diagnosis",
         "tumour { morbid event E11 started after diagnosis }"},
        {"treatment L01 preceded by surgery any",
         "treatment L01 preceded by surgery any"},
        {"treatment L01 not preceded within 30 days by surgery G, H",
         "treatment L01 not preceded within 30 days by surgery (G, H)"},
        {"treatment L01 followed by measure CEA > 5 in 2020",
         "treatment L01 followed by (measure CEA > 5 ug/L started from 2020-01-01 to "
         "2020-12-31)"},
        {"treatment L01 followed within 0 days by surgery any",
         "treatment L01 preceded within 0 days by surgery any"},
        {"tumour { T T2 preceded by N N1 not followed by M M1 }",
         "tumour { T T2 preceded by N N1 not followed by M M1 }"},
    };

    (void)state;
    check(sentences, ARRAY_LENGTH(sentences));
}

static void an_order_chooses_one(void **state)
{
    static const struct sentence sentences[] = {
        {"first treatment L01", "first treatment L01"},
        {"last measure PS <= 1 in the last 30 days",
         "last measure PS <= 1 started in the last 30 days"},
        {"second surgery any", "second surgery any"},
        {"2nd surgery any", "second surgery any"},
        {"4th surgery any", "4th surgery any"},
        {"22nd surgery any", "22nd surgery any"},
        {"11th surgery any", "11th surgery any"},
        {"first metastasis C22 since 2020",
         "tumour { first metastasis C22 started since 2020-01-01 }"},
        {"first (treatment L01 in trial since 2020) ended in 2021",
         "first (treatment L01 in trial started since 2020-01-01) ended from 2021-01-01 to "
         "2021-12-31"},
        {"first (progression)", "first progression YES"},
        {"last visit since 2020", "last visit since 2020-01-01"},
        {"last contact in the last 6 months", "last contact in the last 183 days"},
        {"measure PS 0..1", "measure PS 0..1"},
    };

    (void)state;
    check(sentences, ARRAY_LENGTH(sentences));
}

static void facts_are_counted(void **state)
{
    static const struct sentence sentences[] = {
        {"at least 2 surgery any", "at least 2 surgery any"},
        {"at least 1 surgery any", "surgery any"},
        {"at most 1 treatment L01", "not at least 2 treatment L01"},
        {"at most 0 treatment L01", "not treatment L01"},
        {"exactly 2 surgery any",
         "at least 2 surgery any and not at least 3 surgery any"},
        {"exactly 0 surgery any", "not surgery any"},
        {"at least 2 metastasis any", "tumour { at least 2 metastasis any }"},
        {"exactly 1 metastasis any",
         "tumour { metastasis any and not at least 2 metastasis any }"},
        {"dead at least 2 of (smoking, dead)",
         "dead and at least 2 of (smoking YES, dead)"},
        {"radiotherapy any at least 2 surgery any",
         "radiotherapy any and at least 2 surgery any"},
    };

    (void)state;
    check(sentences, ARRAY_LENGTH(sentences));
}

static void anchors_are_events_and_dates(void **state)
{
    static const struct sentence sentences[] = {
        {"treatment L01 started within 90 days after surgery any",
         "treatment L01 preceded within 90 days by surgery any"},
        {"treatment L01 within 90 days after first surgery any",
         "treatment L01 started within 90 days after first surgery any"},
        {"treatment L01 ended within 1 month before death",
         "treatment L01 ended within 30 days before death"},
        {"radiotherapy any at least 6 months after end of last treatment L01",
         "radiotherapy any started at least 183 days after end of last treatment L01"},
        {"radiotherapy any more than 30 days before first surgery any",
         "radiotherapy any started at least 31 days before first surgery any"},
        {"measure CEA > 5 3..6 months after first surgery any",
         "measure CEA > 5 ug/L started 91..183 days after first surgery any"},
        {"measure CEA 5..6 3..6 months after first surgery any",
         "measure CEA 5..6 ug/L started 91..183 days after first surgery any"},
        {"no treatment L01 since first surgery any",
         "not treatment L01 started since first surgery any"},
        {"imaging CT between first surgery any and first progression",
         "imaging CT started since first surgery any started until first progression YES"},
        {"imaging CT between 2020 and 2021",
         "imaging CT started from 2020-01-01 to 2021-12-31"},
        {"treatment L01 started after first (progression after first surgery any)",
         "treatment L01 started after first (progression YES started after first surgery "
         "any)"},
        {"treatment L01 preceded by surgery any in 2020 followed by progression",
         "treatment L01 preceded by (surgery any started from 2020-01-01 to 2020-12-31) "
         "followed by progression YES"},
        {"treatment L01 since first surgery any until first progression",
         "treatment L01 started since first surgery any started until first progression "
         "YES"},
        {"treatment L01 after diagnosis before first surgery any",
         "tumour { treatment L01 started after diagnosis started before first surgery any "
         "}"},
        {"imaging MR during treatment L01", "imaging MR during treatment L01"},
        {"treatment L01 not overlapping radiotherapy any",
         "treatment L01 not overlapping radiotherapy any"},
        {"treatment L01 ended during radiotherapy any",
         "treatment L01 ended during radiotherapy any"},
        {"treatment L01 ended not during radiotherapy any",
         "treatment L01 ended not during radiotherapy any"},
        {"treatment L01 lasting at least 6 months",
         "treatment L01 lasting at least 183 days"},
        {"treatment L01 lasting more than 30 days ongoing",
         "treatment L01 lasting at least 31 days ongoing"},
        {"treatment L01 lasting at most 4 weeks",
         "treatment L01 lasting at most 28 days"},
        {"radiotherapy any lasting 3..6 weeks", "radiotherapy any lasting 21..42 days"},
        {"treatment L01 preceded by radiotherapy any ongoing",
         "treatment L01 preceded by (radiotherapy any ongoing)"},
        {"surgery any at age >= 70", "surgery any started at age >= 70"},
        {"died within 30 days after last surgery any",
         "died within 30 days after last surgery any"},
        {"died within 30 days after surgery any",
         "died within 30 days after surgery any"},
        {"diagnosed in the last 2 years", "tumour { diagnosed in the last 731 days }"},
        {"last visit at least 5 years after diagnosis",
         "tumour { last visit at least 1826 days after diagnosis }"},
        {"surgery any within 90 days after first metastasis any",
         "tumour { surgery any started within 90 days after first metastasis any }"},
        {"surgery any preceded by stage IV",
         "tumour { surgery any preceded by stage IV }"},
        {"treatment L01 not preceded by first surgery any",
         "treatment L01 not preceded by first surgery any"},
        {"died not followed within 7 days by imaging CT",
         "died not followed within 7 days by imaging CT"},
        {"age >= 18", "age now >= 18"},
        {"age at death < 40", "age at death < 40"},
        {"age at last visit 18..39", "age at last visit 18..39"},
        {"sequenced", "(altered any or fusion any) or copy number any"},
        /* what would be read as said of the other event */
        {"treatment L01 preceded by (surgery any) since 2020",
         "treatment L01 preceded by (surgery any) started since 2020-01-01"},
        {"treatment L01 during (surgery any) in the last 3 days",
         "treatment L01 during (surgery any) started in the last 3 days"},
        {"treatment L01 after (first surgery any) at age > 50",
         "treatment L01 started after (first surgery any) started at age > 50"},
        {"treatment L01 preceded by (surgery any) ended before death",
         "treatment L01 preceded by (surgery any) ended before death"},
        {"treatment L01 preceded by (surgery any) within 3 days after diagnosis",
         "tumour { treatment L01 preceded by (surgery any) started within 3 days after "
         "diagnosis }"},
        {"treatment L01 not preceded by first surgery any",
         "treatment L01 not preceded by first surgery any"},
        {"treatment L01 not followed within 30 days by last surgery any",
         "treatment L01 not followed within 30 days by last surgery any"},
        {"died not preceded by surgery any", "died not preceded by surgery any"},
        {"treatment L01 preceded by surgery any ended before death",
         "treatment L01 preceded by (surgery any) ended before death"},
        {"died 2000..2010 days after surgery any",
         "died 2000..2010 days after surgery any"},
        {"surgery any at age >= 18 < 20 since 2020",
         "surgery any started at age >= 18 < 20 started since 2020-01-01"},
    };

    (void)state;
    check(sentences, ARRAY_LENGTH(sentences));
}

static void trees_keep_their_shape(void **state)
{
    static const struct sentence sentences[] = {
        {"sex F dead", "sex F and dead"},
        {"sex F and dead or alive", "(sex F and dead) or alive"},
        {"sex F and (dead or alive)", "sex F and (dead or alive)"},
        {"(sex F and dead) and alive", "(sex F and dead) and alive"},
        {"((sex F))", "sex F"},
        {"not not dead", "not not dead"},
        {"not (dead and sex F)", "not (dead and sex F)"},
        {"not dead sex F", "not dead and sex F"},
        {"not topography C34", "not tumour { topography C34 }"},
        {"topography C34 stage IV", "tumour { topography C34 } and tumour { stage IV }"},
        {"tumour { topography C34 stage IV }", "tumour { topography C34 and stage IV }"},
        {"tumor { stage IV or stage III }", "tumour { stage IV or stage III }"},
        {"at least 2 of (smoking, dead and sex F, sex M or alive)",
         "at least 2 of (smoking YES, dead and sex F, sex M or alive)"},
        {"at least 1 of (treatment (L01, L02), dead)",
         "at least 1 of (treatment (L01, L02), dead)"},
        {"at least 1 of (tumour { treatment L01, L02 }, dead)",
         "at least 1 of (tumour { treatment (L01, L02) }, dead)"},
        {"at least 1 of ((treatment L01, L02), dead)",
         "at least 1 of (treatment (L01, L02), dead)"},
        {"# all of them\nany # indeed\n", "any"},
        {"sex\nF", "sex F"},
    };

    (void)state;
    check(sentences, ARRAY_LENGTH(sentences));
}

/* ---- mistakes ---- */

static void mistakes_are_told_with_their_place(void **state)
{
    static const struct {
        const char *text;
        unsigned line, column;
        const char *words; /* somewhere in the message */
    } mistakes[] = {
        {"", 1, 1, "expected a criterion such as topography"},
        {"colour blue", 1, 1, "found \"colour\""},
        {"sex F and", 1, 10, "expected a criterion such as"},
        {"sex F\nand shoe size", 2, 5, "found \"shoe\""},
        {"topography X34", 1, 12, "ICD-O-3 code such as C34.1"},
        {"topography", 1, 11, NULL}, /* any topography */
        {"topography C34,", 1, 16, "expected a code"},
        {"topography (C34", 1, 16, "to end the list of codes"},
        {"topography C50..C34", 1, 12, "put the smaller code first"},
        {"stage UN", 1, 7, "ask for a value"},
        {"treatment >= L01", 1, 11, "treatment has no order"},
        {"tumour { topography C34", 1, 24, "} to end the tumour"},
        {"tumour topography C34", 1, 8, "expected { after tumour"},
        {"tumour { tumour { any } }", 1, 17, "cannot stand inside"},
        {"measure PS < 2 ULN", 1, 16, "PS has no upper limit of normal"},
        {"biomarker CEA > 3 ULN", 1, 19, "CEA has no upper limit of normal"},
        {"last (measure ALAT > 50 U/L) < 2 ULN", 1, 34, "count both in ULN, or neither"},
        {"last (measure ALAT > 1 ULN) < 50 U/L", 1, 34, "expected ULN"},
        {"sample { tumour { any } }", 1, 17, "tumour { } stands around sample { }"},
        {"sample { event { any } }", 1, 16,
         "a line about this sample (event { } cannot stand inside sample { })"},
        {"sample { altered EGFR", 1, 22, "} to end the sample"},
        {"sample { sex F }", 1, 10, "inside sample { } stand lines about a sample"},
        {"sample { age >= 70 }", 1, 10, "put this one outside"},
        {"event { first stage IV }", 1, 15,
         "inside event { } stand lines about a tumour"},
        {"tnm { sequenced }", 1, 7, "(T, N, M, tnm type): put this one outside"},
        {"sample topograph C22", 1, 1, "expected a criterion"},
        {"surgery any after sample { altered EGFR }", 1, 19,
         "sample { } cannot be what others are measured by"},
        {"treatment L01 preceded by (event { event RELAPSE })", 1, 28,
         "event { } cannot be what others are measured by"},
        {"sample { named \"n\" (altered EGFR) } and use \"n\"", 1, 45,
         "was said inside sample { } and cannot be used outside"},
        {"named \"n\" (altered EGFR) and tnm { use \"n\" }", 1, 40,
         "was said outside tnm { } and cannot be used there"},
        {"(sex F", 1, 7, "expected and, or, another line, or )"},
        {"sex F)", 1, 6, "the end of the text"},
        {"at least two of (dead)", 1, 10, "a number such as 2"},
        {"at least 0 of (dead)", 1, 10, "a number such as 2"},
        {"at least 3 of (dead, alive)", 1, 10, "can never hold"},
        {"at least 2 (dead, alive)", 1, 12, "of ( a list of criteria )"},
        {"at least 1 of (dead", 1, 20, ", or ) to end the list"},
        {"age at diagnosis", 1, 17, "an age such as 18..75"},
        {"age at diagnosis 75..18", 1, 18, "put the smaller one first"},
        {"age at diagnosis > old", 1, 20, "expected a number"},
        {"size 20 kg", 1, 9, "size is measured in mm: kg cannot be converted"},
        {"radiotherapy (ZZNL045, ZZNL046) > 50 kg", 1, 38,
         "radiotherapy is measured in Gy: kg cannot be converted"},
        {"measure WEIGHT > 50 cm", 1, 21,
         "WEIGHT is measured in kg: cm cannot be converted"},
        {"measure HGB >= 10 µg", 1, 19,
         "HGB is measured in g/dL: µg cannot be converted"},
        {"measure (HGB, CRP) > 10 g/L", 1, 25,
         "g/L: these measures have no common unit: ask each by itself, or give the number "
         "alone"},
        {"measure (CREATININE, BILIRUBIN) > 1 mg/dL", 1, 37,
         "mg/dL: these measures have no common unit: ask each by itself, or give the "
         "number alone"},
        {"measure moon > 10 kg", 1, 19,
         "kg: no unit is known for MOON: give the number alone, as the sources count it"},
        {"measure any > 10 kg", 1, 18,
         "kg: no unit is known for measure: give the number alone, as the sources count it"},
        {"measure PS, CEA", 1, 1, "stand apart"},
        {"born", 1, 5, "a date such as 2021"},
        {"born in spring", 1, 9, "a date such as 2021"},
        {"born from 1950", 1, 15, "expected to"},
        {"born between 1950 to 1960", 1, 19, "expected and"},
        {"born 1960..1950", 1, 6, "ends before it begins"},
        {"born before 1880", 1, 6, "within the years 1880 to 2058"},
        {"born after 2058", 1, 6, "within the years 1880 to 2058"},
        {"born in 1066", 1, 9, "a date such as 2021"},
        {"active since 2020", 1, 8, "expected a year or years"},
        {"vital status poor", 1, 14, "expected dead or alive"},
        {"surgery any ended in 2020", 1, 13, "surgery has no end"},
        {"surgery any started", 1, 20, "a date, or within"},
        {"surgery any within 3 fortnights of diagnosis", 1, 22, "days, weeks, months"},
        {"surgery any within 300 years of diagnosis", 1, 20, "0 to 100000 days"},
        {"surgery any within 3 days diagnosis", 1, 27, "before, after or of"},
        {"surgery any within 3 days after dinner", 1, 33, "expected diagnosis"},
        {"surgery any preceded", 1, 21, "expected by"},
        {"surgery any preceded by luck", 1, 25, "a kind of event such as"},
        {"surgery any preceded by birth", 1, 25, "a kind of event such as"},
        {"tumour { surgery any preceded by diagnosis }", 1, 34,
         "a kind of event such as"},
        {"biomarker \"PD\nL1\"", 1, 11, "the quote is not closed"},
        {"measure CEA > 2 < 2", 1, 17, "nothing lies between 2 and 2"},
        {"measure CEA > 5 <= 2", 1, 17, "nothing lies between 5 and 2"},
        {"measure CEA > 5 <= x", 1, 20, "expected a number"},
        {"at most 1000 surgery any", 1, 9, "expected a number such as 2"},
        {"surgery any more than 100000 days after diagnosis", 1, 13,
         "at most 99999 days"},
        {"treatmnt L01", 1, 1, "found \"treatmnt\"; did you mean treatment?"},
        {"traitement L01", 1, 1, "did you mean treatment?"},
        {"sex F and tabac", 1, 11, "did you mean smoking?"},
        {"treatment L01 preceeded by surgery any", 1, 15, "did you mean preceded?"},
        {"treatment L01 preceded by surgry any", 1, 27, "did you mean surgery?"},
        {"treatment L01EDX", 1, 11, "; did you mean L01ED (ALK inhibitors)"},
        {"topography poumon", 1, 12, "; did you mean C34 (Bronchus, lung)?"},
        {"colour blue", 1, 1, "age at diagnosis, sex, found \"colour\""},
        {"sex F & dead", 1, 7, "unexpected character 0x26"},
        {"biomarker and", 1, 14, "expected a criterion"},
        {"biomarker \"PD-L1", 1, 11, "the quote is not closed"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        struct error err = ERROR_INIT;
        const char *text = mistakes[i].text;
        const struct criteria *criteria = criteria_parse(arena, text, strlen(text), &err);

        if (!mistakes[i].words) {
            assert_non_null(criteria);
            continue;
        }
        if (criteria)
            fail_msg("%s: no mistake was found", text);
        if (err.code != ERROR_INPUT || err.line != mistakes[i].line ||
            err.column != mistakes[i].column || !strstr(err.message, mistakes[i].words))
            fail_msg("%s\n%u:%u: %s\nexpected\n%u:%u: %s", text, err.line, err.column,
                     err.message, mistakes[i].line, mistakes[i].column,
                     mistakes[i].words);
    }
}

static void nodes_know_where_they_stand(void **state)
{
    const struct criteria *criteria = parsed("dead and\n  topography C34\n and not any");

    (void)state;
    assert_int_equal(criteria->n_children, 3);
    assert_int_equal(criteria->children[0]->line, 1);
    assert_int_equal(criteria->children[0]->column, 1);
    assert_int_equal(criteria->children[1]->line, 2);
    assert_int_equal(criteria->children[1]->column, 3);
    assert_int_equal(criteria->children[1]->children[0]->column, 3);
    assert_int_equal(criteria->children[2]->children[0]->line, 3);
    assert_int_equal(criteria->children[2]->children[0]->column, 10);
}

/* ---- any text ---- */

static void printing_is_a_fixpoint(void **state)
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
        const char *text =
            random_criteria_text(arena, &rng, askable, rng_between(&rng, 0, 3));
        const struct criteria *first = parsed(text);
        const char *canonical = criteria_print(arena, first);
        const struct criteria *second = parsed(canonical);

        if (!same_tree(first, second))
            fail_msg("%s\nis not\n%s", text, canonical);
        assert_string_equal(canonical, criteria_print(arena, second));
        assert_true(criteria_digest(first) == criteria_digest(second));
        arena_release(arena, mark);
    }
}

static void digests_tell_questions_apart(void **state)
{
    static const char *const texts[] = {
        "any",  "sex F",          "sex M",           "not sex F",
        "dead", "topography C34", "topography C34.1"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(texts); i++)
        for (size_t k = 0; k < ARRAY_LENGTH(texts); k++)
            assert_int_equal(criteria_digest(parsed(texts[i])) ==
                                 criteria_digest(parsed(texts[k])),
                             i == k);
}

/* ---- funnel ---- */

static void a_funnel_goes_line_by_line(void **state)
{
    static const struct {
        const char *text;
        const char *lines[6], *steps[6];
    } funnels[] = {
        {"dead", {"dead"}, {"dead"}},
        {"dead or alive", {"dead or alive"}, {"dead or alive"}},
        {"sex F and dead", {"sex F", "dead"}, {"sex F", "sex F and dead"}},
        {"sex F and tumour { topography C34 stage IV altered KRAS } and dead",
         {"sex F", "topography C34", "stage IV", "altered KRAS", "dead"},
         {"sex F", "sex F and tumour { topography C34 }",
          "sex F and tumour { topography C34 and stage IV }",
          "sex F and tumour { topography C34 and stage IV and altered KRAS }",
          "sex F and tumour { topography C34 and stage IV and altered KRAS } and dead"}},
        {"tumour { topography C34 or stage IV }",
         {"tumour { topography C34 or stage IV }"},
         {"tumour { topography C34 or stage IV }"}},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(funnels); i++) {
        const struct criteria **steps;
        const char **lines;
        size_t n = criteria_funnel(arena, parsed(funnels[i].text), &steps, &lines), k = 0;

        for (; funnels[i].lines[k]; k++) {
            assert_true(k < n);
            assert_string_equal(lines[k], funnels[i].lines[k]);
            assert_string_equal(criteria_print(arena, steps[k]), funnels[i].steps[k]);
        }
        assert_int_equal(n, k);
    }
}

static void numbers_hold_at_their_ends(void **state)
{
    static const struct criteria_number closed = {1, 2, false, false},
                                        open = {1, 2, true, true};
    const struct criteria_number above = {5, INFINITY, true, false};

    (void)state;
    assert_true(criteria_number_holds(&closed, 1) && criteria_number_holds(&closed, 2));
    assert_false(criteria_number_holds(&open, 1) || criteria_number_holds(&open, 2));
    assert_true(criteria_number_holds(&open, 1.5));
    assert_false(criteria_number_holds(&closed, 0.999) ||
                 criteria_number_holds(&closed, 2.001));
    assert_true(criteria_number_holds(&above, 1e300));
    assert_false(criteria_number_holds(&above, 5));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_say_what_they_mean),
        cmocka_unit_test(dates_are_periods),
        cmocka_unit_test(distances_are_days),
        cmocka_unit_test(an_order_chooses_one),
        cmocka_unit_test(facts_are_counted),
        cmocka_unit_test(anchors_are_events_and_dates),
        cmocka_unit_test(trees_keep_their_shape),
        cmocka_unit_test(mistakes_are_told_with_their_place),
        cmocka_unit_test(nodes_know_where_they_stand),
        cmocka_unit_test(printing_is_a_fixpoint),
        cmocka_unit_test(digests_tell_questions_apart),
        cmocka_unit_test(a_funnel_goes_line_by_line),
        cmocka_unit_test(numbers_hold_at_their_ends),
    };

    return cmocka_run_group_tests_name("criteria", tests, arena_begin, arena_end);
}
