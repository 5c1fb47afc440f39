/* SPDX-License-Identifier: Apache-2.0
 *
 * test_lines.c: vignettes of treatment, and the lines that lines-1 makes of them.
 *
 * An end that is not said is open, and no later than the start of the next line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "record/lines.h"
#include "record/test_lines_said.h"

#define LUNG "tumour C34.1 8140/3 2020-01-02; "
#define LUNG_IV LUNG "M 1; "
#define COLON_IV "tumour C18.7 8140/3 2020-01-02; M 1; "
#define BREAST "tumour C50.4 8500/3 2016-03-01; M 0; "

struct vignette {
    const char *says, *patient, *lines;
};

static void check_all(const struct vignette *vignettes, size_t n)
{
    struct arena *arena = arena_new("vignette", (size_t)16 << 20);

    for (size_t i = 0; i < n; i++) {
        const char *lines =
            lines_words(arena,
                        said_record(arena, said_facts(arena, vignettes[i].patient)));

        if (strcmp(lines, vignettes[i].lines) != 0)
            fail_msg("%s:\n%s\nexpected\n%s", vignettes[i].says, lines,
                     vignettes[i].lines);
        arena_reset(arena);
    }
    arena_free(arena);
}

/* ---- which drugs are one line -------------------------------------------------------- */

static void drugs_make_lines(void **state)
{
    static const struct vignette vignettes[] = {
        {"no drug, no line", LUNG_IV, ""},
        {"one drug", LUNG_IV "drug L01EB04 2020-02-03 to 2021-06-30",
         "1 2020-02-03 to 2021-06-30: L01EB04"},
        {"an oral drug is said once, without an end", LUNG_IV "drug L01EB04 2020-02-03",
         "1 2020-02-03 to 2020-02-03..: L01EB04"},
        {"a combination of one day",
         LUNG_IV "drug L01XA02 2020-02-03 to 2020-05-04; drug L01BA04 2020-02-03 to "
                 "2020-05-04; drug L01FF02 2020-02-03 to 2020-05-05",
         "1 2020-02-03 to 2020-05-05: L01BA04 L01FF02 L01XA02"},
        {"cycles, each administration a fact",
         LUNG_IV "drug L01XA02 2020-02-03; drug L01BA04 2020-02-03; drug L01XA02 "
                 "2020-02-24; drug L01BA04 2020-02-24; drug L01BA04 2020-03-16",
         "1 2020-02-03 to 2020-03-16..: L01BA04 L01XA02"},
        {"a drug that comes 30 days after the start is of the line",
         LUNG_IV "drug L01XA02 2020-02-03; drug L01FF02 2020-03-04",
         "1 2020-02-03 to 2020-03-04..: L01FF02 L01XA02"},
        {"one that comes 31 days after it is of the next",
         LUNG_IV "drug L01XA02 2020-02-03; drug L01FF02 2020-03-05",
         "1 2020-02-03 to 2020-02-03..2020-03-05: L01XA02\n"
         "2 2020-03-05 to 2020-03-05..: L01FF02"},
        {"second and third line",
         LUNG_IV "drug L01FF02 2020-02-03 to 2020-07-01; drug L01CD02 2020-08-03 to "
                 "2020-11-01; drug L01BC05 2020-12-07 to 2021-02-01",
         "1 2020-02-03 to 2020-07-01: L01FF02\n2 2020-08-03 to 2020-11-01: L01CD02\n"
         "3 2020-12-07 to 2021-02-01: L01BC05"},
        {"maintenance: fewer of the same drugs is the same line",
         LUNG_IV "drug L01XA02 2020-02-03 to 2020-05-01; drug L01BA04 2020-02-03 to "
                 "2020-05-01; drug L01BA04 2020-06-01 to 2020-12-01",
         "1 2020-02-03 to 2020-12-01: L01BA04 L01XA02"},
        {"switch maintenance with another drug is a line",
         LUNG_IV "drug L01XA02 2020-02-03 to 2020-05-01; drug L01FF03 2020-06-01 to "
                 "2020-12-01",
         "1 2020-02-03 to 2020-05-01: L01XA02\n2 2020-06-01 to 2020-12-01: L01FF03"},
        {"a partner changed: the drug that stays is of both lines",
         COLON_IV "drug L01XA03 2020-02-03 to 2020-06-01; drug L01BC02 2020-02-03 to "
                  "2020-06-01; drug L01CE02 2020-07-01 to 2020-09-01; drug L01BC02 "
                  "2020-07-01 to 2020-09-01",
         "1 2020-02-03 to 2020-06-01: L01BC02 L01XA03\n"
         "2 2020-07-01 to 2020-09-01: L01BC02 L01CE02"},
        {"re-challenge after two years without another drug is the same line",
         LUNG_IV "drug L01EB04 2020-02-03 to 2020-06-01; drug L01EB04 2022-06-01 to "
                 "2022-12-01",
         "1 2020-02-03 to 2022-12-01: L01EB04"},
        {"re-challenge after another line is a line",
         LUNG_IV "drug L01EB04 2020-02-03 to 2020-06-01; drug L01XA02 2020-07-01 to "
                 "2020-09-01; drug L01EB04 2021-01-04 to 2021-06-01",
         "1 2020-02-03 to 2020-06-01: L01EB04\n2 2020-07-01 to 2020-09-01: L01XA02\n"
         "3 2021-01-04 to 2021-06-01: L01EB04"},
        {"carboplatin for cisplatin",
         LUNG_IV "drug L01XA01 2020-02-03; drug L01XA02 2020-04-06",
         "1 2020-02-03 to 2020-04-06..: L01XA01 L01XA02"},
        {"capecitabine for fluorouracil",
         COLON_IV "drug L01BC02 2020-02-03; drug L01BC06 2020-06-01",
         "1 2020-02-03 to 2020-06-01..: L01BC02 L01BC06"},
        {"oxaliplatin is not exchanged for cisplatin",
         COLON_IV "drug L01XA01 2020-02-03; drug L01XA03 2020-06-01",
         "1 2020-02-03 to 2020-02-03..2020-06-01: L01XA01\n"
         "2 2020-06-01 to 2020-06-01..: L01XA03"},
        {"one GnRH agonist for another, then an androgen receptor inhibitor",
         "tumour C61.9 8140/3 2020-01-02; M 1; drug L02AE02 2020-02-03; drug L02AE04 "
         "2020-08-03; drug L02BB04 2021-08-02",
         "1 2020-02-03 to 2020-08-03..2021-08-02: L02AE02 L02AE04\n"
         "2 2021-08-02 to 2021-08-02..: L02BB04"},
        {"a drug of a trial counts like another",
         LUNG_IV "drug L01XA02 2020-02-03; drug L01FF02 2020-06-01 trial",
         "1 2020-02-03 to 2020-02-03..2020-06-01: L01XA02\n"
         "2 2020-06-01 to 2020-06-01..: L01FF02"},
        {"supportive and other drugs make no line",
         LUNG_IV "drug L01EB04 2020-02-03; drug H02AB06 2020-05-01; drug L03AA02 "
                 "2020-06-01; drug L04AX03 2020-07-01; drug V03AF03 2020-08-01; drug "
                 "L01XD01 2020-09-01",
         "1 2020-02-03 to 2020-02-03..: L01EB04"},
        {"lenalidomide is filed under immunosuppressants, and counts",
         "tumour C42.1 9732/3 2020-01-02; drug L01XG01 2020-02-03; drug L04AX04 "
         "2020-02-03; drug L04AX06 2021-02-01",
         "1 2020-02-03 to 2020-02-03..2021-02-01: L01XG01 L04AX04\n"
         "2 2021-02-01 to 2021-02-01..: L04AX06"},
    };

    (void)state;
    check_all(vignettes, ARRAY_LENGTH(vignettes));
}

/* ---- the advanced phase -------------------------------------------------------------- */

static void lines_are_counted_in_the_advanced_phase(void **state)
{
    static const struct vignette vignettes[] = {
        {"adjuvant treatment is no line",
         BREAST "drug L01DB03 2016-05-02; drug L02BG04 2016-11-07",
         "0 2016-05-02 to 2016-05-02..2016-11-07: L01DB03\n"
         "0 2016-11-07 to 2016-11-07..: L02BG04"},
        {"adjuvant, then metastatic: the count begins there",
         BREAST
         "drug L01DB03 2016-05-02; drug L02BG04 2016-11-07; metastasis 2019-02-04; "
         "drug L01EF01 2019-03-04; drug L02BA03 2019-03-04; drug L01BC06 2020-09-07",
         "0 2016-05-02 to 2016-05-02..2016-11-07: L01DB03\n"
         "0 2016-11-07 to 2016-11-07..2019-03-04: L02BG04\n"
         "1 2019-03-04 to 2019-03-04..2020-09-07: L01EF01 L02BA03\n"
         "2 2020-09-07 to 2020-09-07..: L01BC06"},
        {"the drugs of the adjuvant treatment again, after years, are line 1",
         LUNG "stage 2B; drug L01XA02 2020-02-03 to 2020-05-01; metastasis 2023-01-02; "
              "drug L01XA02 2023-02-06 to 2023-05-01",
         "0 2020-02-03 to 2020-05-01: L01XA02\n1 2023-02-06 to 2023-05-01: L01XA02"},
        {"the adjuvant treatment that goes on for a while is none",
         BREAST
         "drug L01FD01 2016-05-02; drug L01FD01 2016-07-04; metastasis 2016-07-20; "
         "drug L01FD01 2016-07-25; drug L01FD03 2016-09-05",
         "0 2016-05-02 to 2016-07-25..2016-09-05: L01FD01\n"
         "1 2016-09-05 to 2016-09-05..: L01FD03"},
        {"stage IV without an M",
         "tumour C25.0 8500/3 2020-01-02; stage 4; drug L01BC05 2020-02-03",
         "1 2020-02-03 to 2020-02-03..: L01BC05"},
        {"stage IVA of the tongue may be of its nodes",
         "tumour C02.1 8070/3 2020-01-02; stage 4A; drug L01XA01 2020-02-03",
         "? 2020-02-03 to 2020-02-03..: L01XA01"},
        {"stage IVC of the tongue",
         "tumour C02.1 8070/3 2020-01-02; stage 4C; drug L01XA01 2020-02-03",
         "1 2020-02-03 to 2020-02-03..: L01XA01"},
        {"of two M the higher", LUNG "M 0; M 1; drug L01XA01 2020-02-03",
         "1 2020-02-03 to 2020-02-03..: L01XA01"},
        {"stage IV and M0 contradict each other",
         LUNG "M 0; stage 4; drug L01XA01 2020-02-03",
         "? 2020-02-03 to 2020-02-03..: L01XA01"},
        {"neither M nor stage is stated", LUNG "drug L01XA01 2020-02-03",
         "? 2020-02-03 to 2020-02-03..: L01XA01"},
        {"the metastasis is of an unknown day of the month of treatment",
         LUNG "M 0; metastasis 2021-03; drug L01XA01 2020-02-03; drug L01CD02 2021-03-15",
         "0 2020-02-03 to 2020-02-03..: L01XA01\n"
         "? 2020-02-03..2021-03-15 to 2021-03-15..: L01CD02"},
        {"after a local recurrence, which may be treated to cure",
         LUNG "M 0; event LOCAL 2021-03-01; drug L01XA01 2021-04-06",
         "? 2021-04-06 to 2021-04-06..: L01XA01"},
        {"lymphoma has no metastatic phase, whatever its stage",
         "tumour C77.9 9590/3 2020-01-02; stage 2; drug L01FA01 2020-02-03",
         "1 2020-02-03 to 2020-02-03..: L01FA01"},
        {"glioblastoma has no metastatic phase",
         "tumour C71.1 9440/3 2020-01-02; drug L01AX03 2020-02-03; drug L01AD02 "
         "2021-02-01",
         "1 2020-02-03 to 2020-02-03..2021-02-01: L01AX03\n"
         "2 2021-02-01 to 2021-02-01..: L01AD02"},
    };

    (void)state;
    check_all(vignettes, ARRAY_LENGTH(vignettes));
}

/* ---- the source's own changes of treatment ------------------------------------------- */

static void the_count_of_the_source_decides(void **state)
{
    static const struct vignette vignettes[] = {
        {"the same count: a planned sequence is one line",
         LUNG_IV "drug L01XA02 2020-02-03 change 1; drug L01CD02 2020-06-01 change 1",
         "1 2020-02-03 to 2020-06-01..: L01CD02 L01XA02"},
        {"another count: a line of the same drug, and inside the window",
         LUNG_IV "drug L01XA02 2020-02-03 change 1; drug L01XA02 2020-02-24 change 2",
         "1 2020-02-03 to 2020-02-03..2020-02-24: L01XA02\n"
         "2 2020-02-24 to 2020-02-24..: L01XA02"},
        {"the number is ours: a count may begin anywhere",
         LUNG_IV "drug L01XA02 2020-02-03 change 4; drug L01CD02 2020-06-01 change 7",
         "1 2020-02-03 to 2020-02-03..2020-06-01: L01XA02\n"
         "2 2020-06-01 to 2020-06-01..: L01CD02"},
        {"drugs without a count are placed by the calculation",
         LUNG_IV
         "drug L01XA02 2020-02-03 change 1; drug L01BA04 2020-02-10; drug L01CD02 "
         "2020-06-01",
         "1 2020-02-03 to 2020-02-10..2020-06-01: L01BA04 L01XA02\n"
         "2 2020-06-01 to 2020-06-01..: L01CD02"},
        {"a count decides for a drug without a code",
         LUNG_IV "drug L01XA02 2020-02-03 change 1; drug ? 2020-06-01 change 2",
         "1 2020-02-03 to 2020-02-03..2020-06-01: L01XA02\n"
         "2 2020-06-01 to 2020-06-01..: ?"},
    };

    (void)state;
    check_all(vignettes, ARRAY_LENGTH(vignettes));
}

/* ---- unknowns ------------------------------------------------------------------------ */

static void what_is_not_known_gives_no_number(void **state)
{
    static const struct vignette vignettes[] = {
        {"drugs of one month, days unknown, are one regimen",
         LUNG_IV "drug L01XA02 2020-03; drug L01BA04 2020-03; drug L01CD02 2020-09-01",
         "1 2020-03 to 2020-03-01..2020-09-01: L01BA04 L01XA02\n"
         "2 2020-09-01 to 2020-09-01..: L01CD02"},
        {"a year: the drug may come before the others or after them",
         LUNG_IV "drug L01XA02 2020-02-03; drug L01CD02 2020; drug L01FF02 2021-06-01",
         "? 2020-01-01..2020-02-03 to 2020-02-03..: L01XA02\n"
         "? 2020 to 2020-01-01..: L01CD02\n"
         "? 2020-01-01..2021-06-01 to 2021-06-01..: L01FF02"},
        {"a year of the only molecule there is",
         LUNG_IV "drug L01EB04 2020; drug L01EB04 2020-05-01",
         "1 2020-01-01..2020-05-01 to 2020-05-01..: L01EB04"},
        {"a month in which the drug is known already",
         LUNG_IV "drug L01EB04 2020-02-03; drug L01EB04 2020-05; drug L01XA02 2020-09-01",
         "1 2020-02-03 to 2020-05-01..2020-09-01: L01EB04\n"
         "2 2020-09-01 to 2020-09-01..: L01XA02"},
        {"one partner stays, in a month of unknown days: of which line it is, is open",
         COLON_IV
         "drug L01XA03 2020-02-03; drug L01BC02 2020-02-03; drug L01CE02 2020-07; "
         "drug L01BC02 2020-07",
         "1 2020-02-03 to 2020-02-03..2020-07-31: L01BC02 L01XA03\n"
         "? 2020-02-03..2020-07-31 to 2020-07-01..: L01BC02\n"
         "2 2020-07 to 2020-07-01..: L01CE02"},
        {"what came before an unknown keeps its number",
         LUNG_IV "drug L01XA02 2020-02-03; drug L01FF02 2020-06-01; drug ? 2020-12-01",
         "1 2020-02-03 to 2020-02-03..2020-06-01: L01XA02\n"
         "2 2020-06-01 to 2020-06-01..: L01FF02\n"
         "? 2020-06-01..2020-12-01 to 2020-12-01..: ?"},
        {"a drug without a code inside the window is of the line, whatever it is",
         LUNG_IV "drug L01XA02 2020-02-03; drug ? 2020-02-10; drug L01XA02 2020-06-01",
         "1 2020-02-03 to 2020-06-01..: ? L01XA02"},
        {"and a drug after it may be the same",
         LUNG_IV "drug L01XA02 2020-02-03; drug ? 2020-02-10; drug L01CD02 2020-06-01",
         "1 2020-02-03 to 2020-02-10..: ? L01XA02\n"
         "? 2020-02-03..2020-06-01 to 2020-06-01..: L01CD02"},
        {"a class that cannot be the drug of the line begins the next",
         LUNG_IV "drug L01EB04 2020-02-03; drug L01F 2020-06-01",
         "1 2020-02-03 to 2020-02-03..2020-06-01: L01EB04\n"
         "2 2020-06-01 to 2020-06-01..: L01F"},
        {"a drug of no date may come first",
         LUNG_IV "drug L01XA02 2020-02-03; drug L01CD02 UN",
         "? ..2020-02-03 to 2020-02-03..: L01XA02\n? unknown to unknown: L01CD02"},
        {"all of the adjuvant treatment is 0, in whatever order, and line 1 is counted",
         BREAST "drug L01DB03 2016; drug L01CD02 2016-08-01; metastasis 2019-02-04; drug "
                "L01EF01 2019-03-04",
         "0 2016-01-01..2016-08-01 to 2016-08-01..: L01CD02\n"
         "0 2016 to 2016-01-01..: L01DB03\n1 2019-03-04 to 2019-03-04..: L01EF01"},
    };

    (void)state;
    check_all(vignettes, ARRAY_LENGTH(vignettes));
}

static void several_tumours_have_lines_of_their_own(void **state)
{
    static const struct vignette vignettes[] = {
        {"each tumour has its own count",
         "tumour C34.1 8140/3 2020-01-02; M 1; drug L01XA02 2020-02-03; drug L01FF02 "
         "2021-02-01; tumour C61.9 8140/3 2021-05-03; M 1; drug L02BB04 2021-06-01",
         "tumour 1, 1 2020-02-03 to 2020-02-03..2021-02-01: L01XA02\n"
         "tumour 1, 2 2021-02-01 to 2021-02-01..: L01FF02\n"
         "tumour 2, 1 2021-06-01 to 2021-06-01..: L02BB04"},
        {"a drug that hangs on neither may be of either: no number from there on",
         "free; drug L01CD02 2021-08-02; tumour C34.1 8140/3 2020-01-02; M 1; drug L01XA02 "
         "2020-02-03; drug L01FF02 2022-02-01; tumour C61.9 8140/3 2021-05-03; M 1; drug "
         "L02BB04 2021-06-01",
         "free, ? 2020-02-03..2021-08-02 to 2021-08-02..: L01CD02\n"
         "tumour 1, 1 2020-02-03 to 2020-02-03..: L01XA02\n"
         "tumour 1, ? 2020-02-03..2022-02-01 to 2022-02-01..: L01FF02\n"
         "tumour 2, 1 2021-06-01 to 2021-06-01..: L02BB04"},
        {"one that is of the line anyway disturbs nothing",
         "free; drug L01XA02 2020-03-02; tumour C34.1 8140/3 2020-01-02; M 1; drug L01XA02 "
         "2020-02-03; drug L01FF02 2022-02-01; tumour C61.9 8140/3 2019-05-03; M 0",
         "free, ? 2020-02-03..2020-03-02 to 2020-03-02..: L01XA02\n"
         "tumour 2, 1 2020-02-03 to 2020-02-03..2022-02-01: L01XA02\n"
         "tumour 2, 2 2022-02-01 to 2022-02-01..: L01FF02"},
        {"nor one before the tumour was diagnosed",
         "free; drug L01CD02 2019-06-03; tumour C61.9 8140/3 2019-05-03; M 0; tumour C34.1 "
         "8140/3 2020-01-02; M 1; drug L01XA02 2020-02-03",
         "free, ? 2019-06-03 to 2019-06-03..: L01CD02\n"
         "tumour 2, 1 2020-02-03 to 2020-02-03..: L01XA02"},
        {"a metastasis of one of two tumours begins the phase of either, perhaps",
         "free; metastasis 2021-01-04; tumour C61.9 8140/3 2019-05-03; M 0; tumour C34.1 "
         "8140/3 2020-01-02; M 0; drug L01XA02 2020-02-03; drug L01FF02 2021-02-01",
         "tumour 2, 0 2020-02-03 to 2020-02-03..: L01XA02\n"
         "tumour 2, ? 2020-02-03..2021-02-01 to 2021-02-01..: L01FF02"},
        {"a patient without a tumour that is recorded",
         "free; drug L01XA02 2020-02-03; drug L01XA02 2020-03-02",
         "free, ? 2020-02-03..2020-03-02 to 2020-02-03..: L01XA02"},
        {"what hangs on nothing is of a sole tumour",
         "free; drug L01XA02 2020-02-03; " LUNG_IV,
         "1 2020-02-03 to 2020-02-03..: L01XA02"},
    };

    (void)state;
    check_all(vignettes, ARRAY_LENGTH(vignettes));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(drugs_make_lines),
        cmocka_unit_test(lines_are_counted_in_the_advanced_phase),
        cmocka_unit_test(the_count_of_the_source_decides),
        cmocka_unit_test(what_is_not_known_gives_no_number),
        cmocka_unit_test(several_tumours_have_lines_of_their_own),
    };

    return cmocka_run_group_tests_name(LINES_NAME, tests, NULL, NULL);
}
