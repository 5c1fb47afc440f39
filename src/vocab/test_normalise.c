/* SPDX-License-Identifier: Apache-2.0
 *
 * test_normalise.c: what sources write, and the one spelling that comes of it. A NULL code
 * means that the text is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/error.h"
#include "vocab/vocab.h"

struct spelling {
    const char *text;
    const char *code;
};

/* Also: a code is its own canonical spelling, and a refusal leaves the output alone. */
static void check(enum vocab_system system, const struct spelling *spellings, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct error err = ERROR_INIT;
        char code[VOCAB_CODE_SIZE] = "untouched";
        char again[VOCAB_CODE_SIZE];
        int got = vocab_normalise(system, spellings[i].text, code, &err);

        if (!spellings[i].code) {
            if (got == 0)
                fail_msg("%s: \"%s\" became \"%s\"", vocab_system_name(system),
                         spellings[i].text, code);
            assert_int_equal(err.code, ERROR_INPUT);
            assert_string_equal(code, "untouched");
            continue;
        }
        if (got != 0)
            fail_msg("%s", err.message);
        assert_string_equal(code, spellings[i].code);
        assert_int_equal(vocab_normalise(system, code, again, &err), 0);
        assert_string_equal(again, code);
    }
}

#define CHECK(system, ...)                                        \
    do {                                                          \
        static const struct spelling spellings[] = {__VA_ARGS__}; \
        (void)state;                                              \
        check(system, spellings, ARRAY_LENGTH(spellings));        \
    } while (0)

static void topography(void **state)
{
    CHECK(VOCAB_ICDO3_TOPOGRAPHY, {"C34.1", "C34.1"}, {"c341", "C34.1"}, {"C34", "C34"},
          {" C34,1\t", "C34.1"}, {"UN", ""}, {"NA", ""}, {"", ""}, {"  ", ""},
          {"inconnu", ""}, {"C34-1", NULL}, {"34.1", NULL}, {"C3", NULL},
          {"C34.12", NULL}, {"D05", NULL}, {"C34.", NULL}, {"C34.x", NULL},
          {"lung", NULL});
}

static void morphology(void **state)
{
    CHECK(VOCAB_ICDO3_MORPHOLOGY, {"8140/3", "8140/3"}, {"81403", "8140/3"},
          {"8140-3", "8140/3"}, {"8140", "8140"}, {"814", "814"}, {"M8140/3", "8140/3"},
          {"M-81403", "8140/3"}, {"m8140", "8140"}, {"8140/32", "8140/3"},
          {"9680/6", "9680/6"}, {"NA", ""}, {"UN", ""}, {"81", NULL}, {"8140/", NULL},
          {"8140/4", NULL}, {"7140/3", NULL}, {"814/3", NULL}, {"8140/333", NULL},
          {"8140 3", NULL}, {"M", NULL}, {"8140/3 ?", NULL});
}

static void icd10(void **state)
{
    CHECK(VOCAB_ICD10, {"E11.9", "E11.9"}, {"E119", "E11.9"}, {"e11", "E11"},
          {"E11.-", "E11"}, {"G63.2*", "G63.2"}, {"A17.0†", "A17.0"}, {"A17.0+", "A17.0"},
          {"A15.0+9", "A15.0+9"}, {"C7A.01", "C7A.01"}, {"S72001A", "S72.001A"},
          {"Z5101", "Z51.01"}, {"UN", ""}, {"11.9", NULL}, {"E1", NULL}, {"E11/9", NULL},
          {"E1X", NULL}, {"C00-D48", NULL});
}

static void drugs_and_procedures(void **state)
{
    CHECK(VOCAB_ATC, {"L01ED03", "L01ED03"}, {"l01 ed 03", "L01ED03"}, {"L", "L"},
          {"L01", "L01"}, {"L01E", "L01E"}, {"L01ED", "L01ED"}, {"NA", ""}, {"UN", ""},
          {"L0", NULL}, {"L01ED0", NULL}, {"L01ED031", NULL}, {"X01", NULL},
          {"LED", NULL}, {"alectinib", NULL});
    CHECK(VOCAB_CCAM, {"GFFA013", "GFFA013"}, {"gffa013", "GFFA013"}, {"GF", "GF"},
          {"GFFA", "GFFA"}, {"GFFA0131", "GFFA013"}, {"GFFA013 1 0", "GFFA013"},
          {"GFFA013-01", "GFFA013"}, {"06.03.04.00", "06.03.04.00"}, {"06", "06"},
          {"NA", ""}, {"UN", ""}, {"GFFA013A", NULL}, {"GF01", NULL}, {"lobectomy", NULL},
          {"06.3", NULL}, {"060304", NULL});
}

static void genes_and_protein_changes(void **state)
{
    CHECK(VOCAB_GENE, {"EGFR", "EGFR"}, {"egfr", "EGFR"}, {"C10orf2", "C10ORF2"},
          {"HLA-A", "HLA-A"}, {"Unknown", ""}, {".", ""}, {"EGFR amplification", NULL},
          {"HGNC:3236", NULL}, {"(EGFR)", NULL});
    CHECK(VOCAB_PROTEIN_CHANGE, {"p.V600E", "V600E"}, {"V600E", "V600E"},
          {"p.(Val600Glu)", "V600E"}, {"NP_004324.2:p.Val600Glu", "V600E"},
          {"p.Arg213Ter", "R213*"}, {"p.R213*", "R213*"},
          {"p.Glu746_Ala750del", "E746_A750del"}, {"p.Leu858fsTer12", "L858fs*12"},
          {"p.Lys2fs", "K2fs"}, {"p.M1?", "M1?"}, {"p.?", ""},
          {"p.X963_splice", "X963_splice"}, {"?", ""}, {"NA", ""}, {"p.", ""},
          {"p.AsnAla",
           ""}, /* spells NA, which cannot be told apart: said to be unknown */
          {"Hisis", "Hisis"}, {"p.V600\xC3\x89", NULL});
}

static void stage(void **state)
{
    CHECK(VOCAB_STAGE, {"IV", "4"}, {"IVA", "4A"}, {"Stage IVA", "4A"},
          {"stade IIIB", "3B"}, {"STAGE: IIIc2", "3C2"}, {"StageIV", "4"}, {"4", "4"},
          {"4A", "4A"}, {"IV A", "4A"}, {"IV-B", "4B"}, {"IIA1", "2A1"},
          {"IIIA1(i)", "3A1I"}, {"IIIA1ii", "3A1II"}, {"0", "0"}, {"0is", "0IS"},
          {"0a", "0A"}, {"IS", "1S"}, {"4S", "4S"}, {"IIE", "2E"}, {"IIAE", "2AE"},
          {"IIIX", "3X"}, {"V", "5"}, {"II NOS", "2"}, {"I OR II NOS", ""}, {"I/II", ""},
          {"I-II", ""}, {"II ou III", ""}, {"I ET II", ""}, {"IIIA/B", "3"},
          {"IIIA-IIIB", "3"}, {"IIIC1/IIIC2", "3C"}, {"X", ""}, {"Stage X", ""},
          {"UK", ""}, {"NA", ""}, {"L1", "L1"}, {"MS", "MS"}, {"limited", "LIMITED"},
          {"stade", NULL}, {"VI", NULL}, {"6", NULL}, {"41", NULL}, {"IVAZ", NULL},
          {"3/6", NULL}, {"T2", NULL}, {"metastatic", NULL});
}

static void tnm(void **state)
{
    CHECK(VOCAB_TNM_T, {"T2a", "T2a"}, {"T2A", "T2a"}, {"pT2a", "T2a"}, {"ypT2", "T2"},
          {"PT2A", "T2a"}, {"2a", "T2a"}, {"2", "T2"}, {"T1b1", "T1b1"}, {"T1mi", "T1mi"},
          {"T1(mi)", "T1mi"}, {"T1mic", "T1mi"}, {"Tis", "Tis"}, {"TIS", "Tis"},
          {"Tis(DCIS)", "Tis"}, {"pTis", "Tis"}, {"Ta", "Ta"}, {"pTa", "Ta"},
          {"T2 (m)", "T2"}, {"T2(2)", "T2"}, {"T4 NOS", "T4"}, {"T0", "T0"}, {"TX", ""},
          {"pTx", ""}, {"X", ""}, {"UN", ""}, {"NA", ""}, {"T5", NULL}, {"T", NULL},
          {"T2f", NULL}, {"N1", NULL}, {"T2-T3", NULL}, {"T22", NULL}, {"a", NULL});
    CHECK(VOCAB_TNM_N, {"N0", "N0"}, {"n1A", "N1a"}, {"pN1mi", "N1mi"},
          {"N0 (i-)", "N0(i-)"}, {"N0(I+)", "N0(i+)"}, {"N0 (mol+)", "N0(mol+)"},
          {"pN1a(sn)", "N1a(sn)"}, {"N1bIII", "N1biii"}, {"2", "N2"}, {"NX", ""},
          {"NA", ""}, {"N4", NULL}, {"N+", NULL}, {"T1", NULL});
    CHECK(VOCAB_TNM_M, {"M0", "M0"}, {"0", "M0"}, {"1", "M1"}, {"cM0(i+)", "M0(i+)"},
          {"pM1b", "M1b"}, {"M1c2", "M1c2"}, {"M+", "M1"}, {"M+ (mi)", "M1mi"},
          {"MX", ""}, {"UN", ""}, {"M2", NULL}, {"+", NULL});
}

static void words(void **state)
{
    CHECK(VOCAB_SEX, {"Male", "M"}, {"1", "M"}, {"masculin", "M"}, {"homme", "M"},
          {"H", "M"}, {"Female", "F"}, {"2", "F"}, {"FÉMININ", "F"},
          {"fe\xCC\x81minin", "F"}, {"UNKNOWN", ""}, {"OTHER", ""}, {"X", ""},
          {"lung", NULL});
    CHECK(VOCAB_LATERALITY, {"R", "R"}, {"Left", "L"}, {"droit", "R"}, {"gauche", "L"},
          {"NA", "NA"}, {"non applicable", "NA"}, {"UN", ""}, {"bilateral", NULL});
    CHECK(VOCAB_DIAGNOSIS_METHOD, {"7", "7"}, {"9", ""}, {"histologie", "7"}, {"UN", ""},
          {"6", NULL}, {"3", NULL});
    CHECK(VOCAB_TUMOUR_EVENT, {"1", "LOCAL"}, {"2", "METASTASIS"}, {"3", "RELAPSE"},
          {"4", "TRANSFORMATION"}, {"récidive", "LOCAL"}, {"Métastase", "METASTASIS"},
          {"rechute", "RELAPSE"}, {"5", NULL});
    CHECK(VOCAB_TNM_TYPE, {"c", "c"}, {"P", "p"}, {"yp", "y"}, {"ycTNM", "y"},
          {"z", NULL});
    CHECK(VOCAB_BIOMARKER_STATUS, {"Positif", "POSITIVE"}, {"négatif", "NEGATIVE"},
          {"+", "POSITIVE"}, {"-", "NEGATIVE"}, {"Non contributif", ""}, {"manquant", ""},
          {"high", NULL});
    CHECK(VOCAB_YES_NO, {"OUI", "YES"}, {"non", "NO"}, {"Y", "YES"}, {"true", "YES"},
          {"0", "NO"}, {"INCONNU", ""}, {"UN", ""}, {"-", ""}, {"maybe", NULL});
    CHECK(VOCAB_VITAL_STATUS, {"Alive", "ALIVE"}, {"0", "ALIVE"}, {"1", "DEAD"},
          {"décédé", "DEAD"}, {"2", NULL});
    CHECK(VOCAB_VITAL_SOURCE, {"établissement", "ADMINISTRATIVE"}, {"INSEE", "INSEE"},
          {"dossier médical", "MEDICAL"}, {"press", NULL});
    CHECK(VOCAB_PLACE, {"in", "IN"}, {"OUI", "IN"}, {"N", "OUT"},
          {"dans l'établissement", "IN"}, {"dans l’établissement", "IN"},
          {"hors de l'établissement", "OUT"}, {"UN", ""}, {"Lyon", NULL});
    CHECK(VOCAB_SOURCE, {"1", "1"}, {"05", "5"}, {"UN", ""}, {"6", NULL});
    CHECK(VOCAB_SPECIMEN_TYPE, {"Pièce opératoire", "SURGICAL"}, {"BIOPSY", "BIOPSY"},
          {"BLOOD", "LIQUID"}, {"CYTOLOGY", "CELLS"}, {"inconnu", ""}, {"rock", NULL});
    CHECK(VOCAB_SPECIMEN_NATURE, {"Tissu tumoral", "TUMOUR"}, {"TUMORAL", "TUMOUR"},
          {"NORMAL", "HEALTHY"}, {"sain", "HEALTHY"}, {"?", ""}, {"rock", NULL});
    CHECK(VOCAB_PARENT, {"mère", "MOTHER"}, {"Sœur", "SISTER"},
          {"grand-père", "GRANDFATHER"}, {"petite-fille", "GRANDDAUGHTER"},
          {"neighbour", NULL});
    CHECK(VOCAB_MODALITY, {"CT", "CT"}, {"scanner", "CT"}, {"IRM", "MR"},
          {"TEP-TDM", "PT"}, {"PET/CT", "PT"}, {"rtdose", "RTDOSE"},
          {"échographie", "US"}, {"a very long modality", NULL}, {"C?X", NULL});
}

static void words_or_names(void **state)
{
    CHECK(VOCAB_MEASURE, {"PS", "PS"}, {"Performance Status", "PS"}, {"ECOG", "PS"},
          {"poids", "WEIGHT"}, {"Taille", "HEIGHT"}, {"Na", "SODIUM"}, {"UN", ""},
          {"Hémoglobine", "HGB"}, {"HEMOGLOBIN", "HGB"}, {"Hb", "HGB"}, {"718-7", "HGB"},
          {"LOINC:14682-9", "CREATININE"}, {"ASAT", "AST"}, {"Ca 15.3", "CA15-3"},
          {"ACE", "CEA"}, {"F.E.V.G.", "LVEF"},
          {"Polynucléaires neutrophiles", "NEUTROPHILS"}, {"PNN", "NEUTROPHILS"},
          {"Clairance (Cockcroft)", "CREATININE_CLEARANCE"}, {"DFG", "GFR"},
          {"Périmètre crânien", "PÉRIMÈTRE CRÂNIEN"}, {"\xE9", NULL});
    CHECK(VOCAB_VARIANT_CLASS, {"Missense_Mutation", "MISSENSE"},
          {"Frame_Shift_Del", "FRAMESHIFT"}, {"missense_variant", "MISSENSE"},
          {"5'UTR", "5UTR"}, {"Targeted_Region", "TARGETED_REGION"});
}

static void names(void **state)
{
    CHECK(VOCAB_NAME, {"high grade", "HIGH GRADE"}, {"  a \t b\n", "A B"},
          {"Récepteur à l’estrogène", "RÉCEPTEUR À L'ESTROGÈNE"},
          {"re\xCC\x81"
           "cepteur",
           "RÉCEPTEUR"},
          {"a\xC2\xA0 b", "A B"},
          {"ca 15\xE2\x80\x93"
           "3",
           "CA 15-3"},
          {"œstrogène", "ŒSTROGÈNE"}, {"zero\xE2\x80\x8Bwidth", "ZEROWIDTH"}, {"GX", ""},
          {"UN", ""}, {"non renseigné", ""}, {"+", "+"}, {"\x01\x02", ""},
          {"caf\xE9", NULL}, {"\xC3", NULL}, {"\xED\xA0\x80", NULL});
}

/* A zero-width space sends a name the long way round, and is dropped. */
static void both_ways_of_spelling_a_name_agree(void **state)
{
    (void)state;
    for (unsigned tail = 0x80; tail <= 0xBF; tail++) {
        char text[] = "a\xC3?b";
        char long_way[] = "a\xC3?\xE2\x80\x8B"
                          "b";
        char code[VOCAB_CODE_SIZE], same[VOCAB_CODE_SIZE];

        text[2] = (char)tail;
        long_way[2] = (char)tail;
        assert_int_equal(vocab_normalise(VOCAB_NAME, text, code, NULL), 0);
        assert_int_equal(vocab_normalise(VOCAB_NAME, long_way, same, NULL), 0);
        assert_string_equal(code, same);
    }
}

static void long_names_are_cut_at_a_character(void **state)
{
    char text[400];
    char code[VOCAB_CODE_SIZE];
    struct error err = ERROR_INIT;

    (void)state;
    memset(text, 'x', sizeof(text));
    text[300] = '\0';
    assert_int_equal(vocab_normalise(VOCAB_NAME, text, code, &err), 0);
    assert_int_equal(strlen(code), VOCAB_CODE_SIZE - 1);

    /* an odd start, so that the last É would be cut in its middle */
    text[0] = 'x';
    for (size_t i = 1; i + 1 < 300; i += 2)
        memcpy(text + i, "é", 2);
    assert_int_equal(vocab_normalise(VOCAB_NAME, text, code, &err), 0);
    assert_int_equal(strlen(code), VOCAB_CODE_SIZE - 1);
    text[0] = 'x';
    text[1] = 'x';
    for (size_t i = 2; i + 1 < 300; i += 2)
        memcpy(text + i, "é", 2);
    assert_int_equal(vocab_normalise(VOCAB_NAME, text, code, &err), 0);
    assert_int_equal(strlen(code), VOCAB_CODE_SIZE - 2);
    assert_string_equal(code + VOCAB_CODE_SIZE - 4, "É");
}

static void a_refusal_says_what_was_expected(void **state)
{
    char code[VOCAB_CODE_SIZE];
    struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(vocab_normalise(VOCAB_ICDO3_TOPOGRAPHY, "34.1", code, &err), -1);
    assert_string_equal(err.message,
                        "topography \"34.1\": expected an ICD-O-3 code such as C34.1");
    assert_int_equal(
        vocab_normalise(VOCAB_STAGE,
                        "a\tlong \"story\" of some stage, told by a chatty person", code,
                        &err),
        -1);
    assert_string_equal(err.message,
                        "stage \"a?long ?story? of some stage, told by a …\": "
                        "expected 0 to IV with its letter, such as IIIA");
    /* é ends at byte 41: it is left out, not cut */
    assert_int_equal(vocab_normalise(VOCAB_SEX,
                                     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaé", code,
                                     &err),
                     -1);
    assert_string_equal(err.message, "sex \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa…\": "
                                     "expected F or M");
    assert_int_equal(vocab_normalise(VOCAB_SEX, "lung", code, NULL), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topography),
        cmocka_unit_test(morphology),
        cmocka_unit_test(icd10),
        cmocka_unit_test(drugs_and_procedures),
        cmocka_unit_test(genes_and_protein_changes),
        cmocka_unit_test(stage),
        cmocka_unit_test(tnm),
        cmocka_unit_test(words),
        cmocka_unit_test(words_or_names),
        cmocka_unit_test(names),
        cmocka_unit_test(both_ways_of_spelling_a_name_agree),
        cmocka_unit_test(long_names_are_cut_at_a_character),
        cmocka_unit_test(a_refusal_says_what_was_expected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
