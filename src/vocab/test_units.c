/* SPDX-License-Identifier: Apache-2.0
 *
 * Units and measures: the grammar against UCUM's own examples, each factor of ours against
 * UCUM's table, each molar mass against the conversion factors that journals publish. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <zlib.h>

#include <cmocka.h>

#include "base/error.h"
#include "vocab/units.h"
#include "vocab/vocab.h"

static const struct {
    const char *key, *unit, *loinc, *words, *fr, *en;
    double molar;
} measures[] = {
#define MEASURE(key, unit, kind, molar, valence, loinc, words, fr, en) \
    {key, unit, loinc, words, fr, en, molar},
#include "vocab/measures.def"
#undef MEASURE
};

/* ---- the grammar ---- */

/* UCUM functional tests 1-101 to 1-351, those of units that laboratories use. */
static void units_of_ucum_are_read(void **state)
{
    static const char *const valid[] = {"m",
                                        "/m",
                                        "10*3/ul",
                                        "10*-3/ul",
                                        "10*+3/ul",
                                        "10*23",
                                        "1{錠}",
                                        "{錠}1",
                                        "{錠}",
                                        "%",
                                        "[ft_i]",
                                        "[in_i]",
                                        "[lb_av]",
                                        "[oz_av]",
                                        "1/d",
                                        "1/min",
                                        "a",
                                        "cm2",
                                        "cm3",
                                        "d",
                                        "dg",
                                        "dl",
                                        "g/d",
                                        "g/l",
                                        "h",
                                        "kg",
                                        "l",
                                        "mm3",
                                        "meq",
                                        "mg/d",
                                        "min",
                                        "ml/s",
                                        "mm[Hg]",
                                        "mmol/l",
                                        "mo",
                                        "mol",
                                        "ms",
                                        "mU",
                                        "ng",
                                        "nl",
                                        "pg/ml",
                                        "U/l",
                                        "ug/min",
                                        "umol/l",
                                        "wk",
                                        "/L",
                                        "/mL",
                                        "/mmol",
                                        "10*12/L",
                                        "10*6/L",
                                        "10*9/L",
                                        "Cel",
                                        "cm/s",
                                        "fL",
                                        "fmol/L",
                                        "g/g",
                                        "kU/L",
                                        "L/L",
                                        "mg/g",
                                        "mg/mL",
                                        "mL/min",
                                        "mm/h",
                                        "mmol/d",
                                        "mmol/kg",
                                        "mmol/L",
                                        "mU/L",
                                        "ng/d",
                                        "nmol/h/mL",
                                        "pmol/h/mg",
                                        "U/g",
                                        "U/mL",
                                        "um/s",
                                        "umol/2.h",
                                        "umol/umol",
                                        "m3.kg-1.s-2",
                                        "s.m-1",
                                        "m[H2O]",
                                        "1",
                                        "10*",
                                        "{INR}",
                                        "mL/min/{1.73_m2}",
                                        "(g/L)/(mol/L)",
                                        "4.s/m",
                                        "g.m2.s-2"};
    static const char *const invalid[] = {"m/",           "10+3/ul", "iU",      "molv",
                                          "mmol/kg[H20]", "",        "/",       ".",
                                          "g.",           "g//L",    "(g/L",    "g/L)",
                                          "{g",           "g}",      "[iU",     "m-",
                                          "m+",           "g L",     "0",       "0.g",
                                          "mg/L2000",     "kkg",     "MUI/L",   "min2000",
                                          "10*100",       "parsec",  "g/\xFFL", "10 9/L"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(valid); i++)
        if (!vocab_unit_is_known(valid[i]))
            fail_msg("\"%s\" is a unit", valid[i]);
    for (size_t i = 0; i < ARRAY_LENGTH(invalid); i++)
        if (vocab_unit_is_known(invalid[i]))
            fail_msg("\"%s\" is no unit", invalid[i]);
}

static void limits_are_no_overflow(void **state)
{
    char text[200];

    (void)state;
    memset(text, '(', sizeof(text) - 1);
    text[sizeof(text) - 1] = '\0';
    assert_false(vocab_unit_is_known(text));
    memset(text, 'm', sizeof(text) - 1);
    assert_false(vocab_unit_is_known(text));
    assert_false(vocab_unit_is_known("10*99.10*99.10*99"));
    assert_false(vocab_unit_is_known("m99.m99"));
    assert_true(vocab_unit_is_known("((((((((m))))))))"));
    assert_false(vocab_unit_is_known("(((((((((m)))))))))"));
}

/* ---- conversions ---- */

struct conversion {
    const char *measure, *from, *to;
    double number, expected;
};

static void check_exactly(const struct conversion *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        double number = rows[i].number;

        if (!vocab_unit_convert(rows[i].measure, rows[i].from, rows[i].to, &number))
            fail_msg("%s: %s to %s: refused", rows[i].measure, rows[i].from, rows[i].to);
        if (number != rows[i].expected)
            fail_msg("%s: %g %s is %.17g %s, expected %.17g", rows[i].measure,
                     rows[i].number, rows[i].from, number, rows[i].to, rows[i].expected);
    }
}

/* UCUM functional tests 3-101 to 3-128, and what only moves the point. */
static void conversions_of_ucum(void **state)
{
    static const struct conversion rows[] = {
        {"", "m", "m", 6.3, 6.3},
        {"", "mm", "m", 6.3, 0.0063},
        {"", "mm", "cm", 6.3, 0.63},
        {"", "s.m-1", "s/m", 6.3, 6.3},
        {"", "s.mm-1", "s.m-1", 6.3, 6300},
        {"", "s.mm-2", "s.m-2", 6.3, 6300000},
        {"", "ms/m", "s/m", 6.3, 0.0063},
        {"", "4.s/m", "s/m", 6.3, 25.2},
        {"", "s/mm", "s/m", 6.3, 6300},
        {"", "ms/mm", "s/m", 6.3, 6.3},
        {"", "[in_i]", "cm", 6.3, 16.002},
        {"", "10*-7.s", "s", 1, 1e-7},
        {"", "m[Hg]", "g.s-2.m-1", 1, 133322000},
        {"", "g.m", "m.g", 1.2, 1.2},
        {"", "U", "umol/min", 1, 1},
        {"", "g/100mL", "g/dL", 7.1, 7.1},
        {"", "mg/24h", "mg/d", 150, 150},
        {"", "mg/24.h", "mg.h/24", 48, 48},
        {"", "g/(100.mL)", "g/L", 7.1, 71},
        {"", "kg/m2", "g/cm2", 25, 2.5},
        {"", "cm", "mm", 1.1, 11},
        {"", "cGy", "Gy", 6000, 60},
        {"", "h", "min", 1.5, 90},
        {"", "wk", "d", 2, 14},
        {"", "kPa", "Pa", 1.2, 1200},
    };

    (void)state;
    check_exactly(rows, ARRAY_LENGTH(rows));
}

/* Each spelling of a unit stands for one number. */
static void spellings_of_sources(void **state)
{
    static const struct conversion rows[] = {
        {"PLATELETS", "G/L", "10*9/L", 150, 150},
        {"PLATELETS", "Giga/L", "10*9/L", 150, 150},
        {"PLATELETS", "10^9/L", "10*9/L", 150, 150},
        {"PLATELETS", "10⁹/L", "10*9/L", 150, 150},
        {"PLATELETS", "x10E9/L", "10*9/L", 150, 150},
        {"PLATELETS", "× 10^9 / L", "10*9/L", 150, 150},
        {"PLATELETS", "/mm3", "10*9/L", 150000, 150},
        {"PLATELETS", "/mm³", "10*9/L", 150000, 150},
        {"PLATELETS", "éléments/mm3", "10*9/L", 150000, 150},
        {"PLATELETS", "10*3/uL", "10*9/L", 150, 150},
        {"PLATELETS", "K/µL", "10*9/L", 150, 150},
        {"PLATELETS", "/µL", "10*9/L", 150000, 150},
        {"PLATELETS", "10³/mm³", "10*9/L", 150, 150},
        {"ERYTHROCYTES", "T/L", "10*12/L", 4.7, 4.7},
        {"ERYTHROCYTES", "M/mm3", "10*12/L", 4.7, 4.7},
        {"ERYTHROCYTES", "10¹²/L", "10*12/L", 4.7, 4.7},
        {"HGB", "g/100mL", "g/dL", 12.3, 12.3},
        {"HGB", "g/100 mL", "g/dL", 12.3, 12.3},
        {"HGB", "g/L", "g/dL", 100, 10},
        {"HGB", "g/l", "g/dL", 123, 12.3},
        {"HGB", "G/DL", "g/dL", 12.3, 12.3},
        {"HGB", "gr/dL", "g/dL", 12.3, 12.3},
        {"HGB", "g%", "g/dL", 12.3, 12.3},
        {"HGB", "mg/dL", "g/dL", 12300, 12.3},
        {"CREATININE", "µmol/L", "umol/L", 88, 88},
        {"CREATININE", "μmol/l", "umol/L", 88, 88},
        {"CREATININE", "UMOL/L", "umol/L", 88, 88},
        {"CREATININE", "mmol/L", "umol/L", 0.088, 88},
        {"CREATININE_CLEARANCE", "ml/mn", "mL/min", 60, 60},
        {"CREATININE_CLEARANCE", "ML/MIN", "mL/min", 60, 60},
        {"CREATININE_CLEARANCE", "mL/s", "mL/min", 1, 60},
        {"CREATININE_CLEARANCE", "L/h", "mL/min", 6, 100},
        {"GFR", "mL/min/1,73m²", "mL/min/{1.73_m2}", 60, 60},
        {"GFR", "ml/min/1.73 m2", "mL/min/{1.73_m2}", 60, 60},
        {"GFR", "mL/min/1.73m^2", "mL/min/{1.73_m2}", 60, 60},
        {"GFR", "mL/mn/1.73", "mL/min/{1.73_m2}", 60, 60},
        {"AST", "UI/L", "U/L", 35, 35},
        {"AST", "IU/L", "U/L", 35, 35},
        {"AST", "U/l", "U/L", 35, 35},
        {"AST", "[iU]/L", "U/L", 35, 35},
        {"AST", "mkat/L", "U/L", 1, 60000},
        {"CA125", "U/mL", "kU/L", 35, 35},
        {"CA125", "UI/mL", "kU/L", 35, 35},
        {"CA125", "KU/L", "kU/L", 35, 35},
        {"HCG", "mUI/mL", "U/L", 5, 5},
        {"TSH", "µUI/mL", "mU/L", 2.5, 2.5},
        {"TSH", "mUI/L", "mU/L", 2.5, 2.5},
        {"CEA", "ng/mL", "ug/L", 5, 5},
        {"ace", "µg/L", "ug/L", 5, 5},
        {"CRP", "mg/dL", "mg/L", 1.2, 12},
        {"ALBUMIN", "g/dL", "g/L", 3.5, 35},
        {"CREATININE", "mcmol/L", "umol/L", 88, 88},
        {"SODIUM", "mEq/L", "mmol/L", 140, 140},
        {"CALCIUM", "meq/L", "mmol/L", 4.8, 2.4},
        {"LVEF", "1", "%", 0.6, 60},
        {"HEMATOCRIT", "L/L", "%", 0.42, 42},
        {"SYSTOLIC", "mmHg", "mm[Hg]", 140, 140},
        {"SYSTOLIC", "mm Hg", "mm[Hg]", 140, 140},
        {"SYSTOLIC", "cmHg", "mm[Hg]", 14, 140},
        {"TEMPERATURE", "°C", "Cel", 37.5, 37.5},
        {"QTC", "s", "ms", 0.45, 450},
        {"HEART_RATE", "bpm", "/min", 72, 72},
        {"PROTEINURIA", "mg/24h", "g/d", 1500, 1.5},
        {"WEIGHT", "g", "kg", 71500, 71.5},
        {"WEIGHT", "Kg", "kg", 71.5, 71.5},
        {"WEIGHT", "C0439209", "kg", 71.5, 71.5},
        {"WEIGHT", "lb", "kg", 100, 45.359237},
        {"HEIGHT", "m", "cm", 1.68, 168},
        {"HEIGHT", "[in_i]", "cm", 70, 177.8},
        {"INR", "ratio", "1", 2.5, 2.5},
        {"INR", "{INR}", "1", 2.5, 2.5},
        {"BMI", "kg/m²", "kg/m2", 24.5, 24.5},
    };

    (void)state;
    check_exactly(rows, ARRAY_LENGTH(rows));
}

/* JAMA Network's tables of SI conversion factors (AMA Manual of Style, 17.5), three or four
 * digits; of haemoglobin, free thyroxine and katals those of the same kind of table. */
static void published_factors(void **state)
{
    static const struct conversion rows[] = {
        {"CREATININE", "mg/dL", "umol/L", 1, 88.4},
        {"BILIRUBIN", "mg/dL", "umol/L", 1, 17.104},
        {"CALCIUM", "mg/dL", "mmol/L", 1, 0.2495},
        {"GLUCOSE", "mg/dL", "mmol/L", 1, 0.0555},
        {"UREA", "mg/dL", "mmol/L", 1, 0.1665},
        {"UREA_NITROGEN", "mg/dL", "mmol/L", 1, 0.357},
        {"URATE", "mg/dL", "umol/L", 1, 59.485},
        {"CHOLESTEROL", "mg/dL", "mmol/L", 1, 0.02586},
        {"TRIGLYCERIDES", "mg/dL", "mmol/L", 1, 0.0113},
        {"MAGNESIUM", "mg/dL", "mmol/L", 1, 0.4114},
        {"MAGNESIUM", "meq/L", "mmol/L", 1, 0.5},
        {"PHOSPHATE", "mg/dL", "mmol/L", 1, 0.3229},
        {"IRON", "ug/dL", "umol/L", 1, 0.179},
        {"LACTATE", "mg/dL", "mmol/L", 1, 0.111},
        {"AMMONIA", "ug/dL", "umol/L", 1, 0.587},
        {"TESTOSTERONE", "ng/dL", "nmol/L", 1, 0.0347},
        {"ESTRADIOL", "pg/mL", "pmol/L", 1, 3.671},
        {"CORTISOL", "ug/dL", "nmol/L", 1, 27.59},
        {"FT4", "ng/dL", "pmol/L", 1, 12.871},
        {"FT3", "pg/mL", "pmol/L", 1, 1.536},
        {"HGB", "mmol/L", "g/dL", 0.6206, 1},
        {"SODIUM", "mg/dL", "mmol/L", 1, 0.435},
        {"POTASSIUM", "mg/dL", "mmol/L", 1, 0.2558},
        {"CHLORIDE", "mg/dL", "mmol/L", 1, 0.282},
        {"AST", "ukat/L", "U/L", 0.01667, 1},
        {"BICARBONATE", "mg/L", "mmol/L", 61.02, 1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        double number = rows[i].number;

        assert_true(
            vocab_unit_convert(rows[i].measure, rows[i].from, rows[i].to, &number));
        if (fabs(number / rows[i].expected - 1) > 0.003)
            fail_msg("%s: 1 %s is %g %s, published is %g", rows[i].measure, rows[i].from,
                     number, rows[i].to, rows[i].expected);
    }
}

static void what_cannot_be_converted_is_refused(void **state)
{
    static const struct conversion rows[] = {
        {"HGB", "U/L", "g/dL", 1, 0},
        {"HGB", "%", "g/dL", 1, 0},
        {"HGB", "g", "g/dL", 1, 0},
        {"HGB", "", "g/dL", 1, 0},
        {"HGB", "G/L", "g/dL", 1, 0}, /* giga, or grams in capitals */
        {"", "mmol/L", "g/dL", 1, 0},
        {"CA125", "g/L", "kU/L", 1, 0},
        {"CA125", "nkat/L", "kU/L", 1, 0},
        {"NEUTROPHILS", "%", "10*9/L", 60, 0},
        {"HBA1C", "mmol/mol", "%", 53, 0}, /* 7.0 %, by a formula */
        {"PD-L1", "score", "%", 50, 0},
        {"GFR", "mL/min", "mL/min/{1.73_m2}", 60, 0},
        {"CREATININE_CLEARANCE", "mL/min/1.73m2", "mL/min", 60, 0},
        {"TEMPERATURE", "[degF]", "Cel", 99, 0},
        {"TEMPERATURE", "K", "Cel", 310, 0},
        {"CALCIUM", "kg/m2", "mmol/L", 1, 0},
        {"WEIGHT", "cm", "kg", 1, 0},
        {"TSH", "MUI/L", "mU/L", 1, 0}, /* milli or mega? */
        {"BILIRUBIN", "osm/L", "umol/L", 1, 0},
        {"ALBUMIN", "mmol/L", "g/L", 1, 0}, /* no molar mass agreed upon */
        {"", "g", "kg", 1e308 * 10, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(rows); i++) {
        double number = rows[i].number;

        if (vocab_unit_convert(rows[i].measure, rows[i].from, rows[i].to, &number))
            fail_msg("%s: %s became %g %s", rows[i].measure, rows[i].from, number,
                     rows[i].to);
        assert_true(number == rows[i].number);
    }
}

/* There and back is where it began, to the last of twelve digits. */
static void conversion_turns_back(void **state)
{
    static const char *const units[] = {"g/dL", "g/L", "mmol/L", "mg/mL", "nmol/mL"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(units); i++) {
        for (size_t k = 0; k < ARRAY_LENGTH(units); k++) {
            for (int tenth = 1; tenth < 250; tenth++) {
                double number = tenth / 10.0;

                assert_true(vocab_unit_convert("HGB", units[i], units[k], &number));
                assert_true(vocab_unit_convert("HGB", units[k], units[i], &number));
                assert_true(fabs(number * 10 / tenth - 1) < 1e-11);
            }
        }
    }
}

/* ---- the table of measures ---- */

static void assert_is(const char *name, const char *key)
{
    char code[VOCAB_CODE_SIZE];
    struct error err = ERROR_INIT;

    assert_int_equal(vocab_normalise(VOCAB_MEASURE, name, code, &err), 0);
    if (strcmp(code, key) != 0)
        fail_msg("\"%s\" is %s, expected %s", name, code, key);
}

static void assert_all_are(const char *list, const char *key)
{
    char name[64];

    while (*list) {
        size_t length = strcspn(list, " ");

        assert_true(length < sizeof(name));
        memcpy(name, list, length);
        name[length] = '\0';
        assert_is(name, key);
        list += length + strspn(list + length, " ");
    }
}

static void every_name_is_of_one_measure(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(measures); i++) {
        assert_is(measures[i].key, measures[i].key);
        assert_is(measures[i].fr, measures[i].key);
        assert_is(measures[i].en, measures[i].key);
        assert_all_are(measures[i].words, measures[i].key);
        assert_all_are(measures[i].loinc, measures[i].key);
        assert_string_equal(vocab_label(VOCAB_MEASURE, measures[i].key, LANG_FR),
                            measures[i].fr);
    }
}

/* The last digit of a LOINC code checks the others (Luhn, modulus 10). */
static void every_loinc_code_has_its_check_digit(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(measures); i++) {
        for (const char *code = measures[i].loinc; *code;) {
            size_t n = strcspn(code, "-");
            int sum = 0;

            for (size_t k = 0; k < n; k++) {
                int digit = code[n - 1 - k] - '0';
                int twice = k % 2 == 0 ? digit * 2 : digit;

                sum += twice > 9 ? twice - 9 : twice;
            }
            if ((10 - sum % 10) % 10 != code[n + 1] - '0')
                fail_msg("%s: LOINC %.8s", measures[i].key, code);
            code += n + 2;
            code += strspn(code, " ");
        }
    }
}

static void every_measure_has_a_unit_that_can_be_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(measures); i++) {
        const char *unit = vocab_measure_unit(measures[i].key);
        double number = 1;

        assert_string_equal(unit, measures[i].unit);
        if (*unit)
            assert_true(vocab_unit_is_known(unit));
        if (measures[i].molar > 0) {
            assert_true(vocab_unit_convert(measures[i].key, "mg/L", unit, &number));
            assert_true(vocab_unit_convert(measures[i].key, unit, "mmol/L", &number));
            assert_true(fabs(number * measures[i].molar - 1) < 1e-9);
        }
    }
    assert_string_equal(vocab_measure_unit("PS"), "");
    assert_string_equal(vocab_measure_unit("PERIMETER OF THE HEAD"), "");
    assert_string_equal(vocab_measure_unit(""), "");
    assert_string_equal(vocab_measure_unit("Ca 19-9"), "kU/L");
}

/* ---- UCUM's own table ---- */

/* The text between NAME=" and " in LINE into OUT; false if it is not there. */
static bool attribute(const char *line, const char *name, char out[64])
{
    const char *at = strstr(line, name);
    size_t length;

    if (!at)
        return false;
    at += strlen(name);
    length = strcspn(at, "\"");
    if (length >= 64)
        return false;
    memcpy(out, at, length);
    out[length] = '\0';
    return true;
}

/* What we mean otherwise: capitals that UCUM gives to electricity and magnetism; what is a
 * dimension here, and a number there; degrees that are not counted from zero. */
static bool is_ours(const char *code)
{
    static const char *const others[] = {"A",   "C",   "G",    "H",   "S",
                                         "mol", "Cel", "[iU]", "[IU]"};

    for (size_t i = 0; i < ARRAY_LENGTH(others); i++)
        if (strcmp(code, others[i]) == 0)
            return false;
    return vocab_unit_is_known(code);
}

static void every_factor_is_that_of_ucum(void **state)
{
    char path[512], line[1024], code[64] = "", unit[64], value[64];
    const char *folder = getenv("SHARED_DATA");
    size_t checked = 0;
    gzFile file;

    (void)state;
    if (!folder)
        skip();
    snprintf(path, sizeof(path), "%s/vocab/ucum-essence.xml.gz", folder);
    file = gzopen(path, "rb");
    if (!file)
        skip();
    while (gzgets(file, line, sizeof(line))) {
        if (strstr(line, "<prefix ") || strstr(line, "<base-unit "))
            code[0] = '\0';
        if (strstr(line, "<unit ") && !attribute(line, " Code=\"", code))
            code[0] = '\0';
        if (code[0] && is_ours(code) && strstr(line, "<value ") &&
            attribute(line, " Unit=\"", unit) && attribute(line, " value=\"", value) &&
            vocab_unit_is_known(unit)) {
            double number = 1;

            if (!vocab_unit_convert("", code, unit, &number) ||
                fabs(number / strtod(value, NULL) - 1) > 1e-11)
                fail_msg("%s is %.12g %s, UCUM says %s", code, number, unit, value);
            checked++;
        }
    }
    gzclose(file);
    assert_true(checked > 25);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(units_of_ucum_are_read),
        cmocka_unit_test(limits_are_no_overflow),
        cmocka_unit_test(conversions_of_ucum),
        cmocka_unit_test(spellings_of_sources),
        cmocka_unit_test(published_factors),
        cmocka_unit_test(what_cannot_be_converted_is_refused),
        cmocka_unit_test(conversion_turns_back),
        cmocka_unit_test(every_name_is_of_one_measure),
        cmocka_unit_test(every_loinc_code_has_its_check_digit),
        cmocka_unit_test(every_measure_has_a_unit_that_can_be_read),
        cmocka_unit_test(every_factor_is_that_of_ucum),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
