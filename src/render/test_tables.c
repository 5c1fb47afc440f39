/* SPDX-License-Identifier: Apache-2.0
 *
 * test_tables.c: one patient in the files of the pivot and in tables for a spreadsheet, field by
 * field; and what a spreadsheet would take for something else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "render/render_internal.h"
#include "render/test_round_trip.h"

/* After L304, the patient of the pivot's own example files, as far as OSIRIS-RWD says such
 * things. */
static const char patient_said[] =
    "{\"patientId\":\"L304\",\"centreFiness\":\"330000662\",\"sex\":\"M\",\"birthdate\":"
    "\"1967-11-08\",\"latestNews\":{\"vitalStatus\":1,\"vitalStatusSource\":\"INSEE\","
    "\"deathDate\":\"2017-11\"},\"nonOpposition\":{\"informationDate\":\"2000-11-16\","
    "\"nonOpposition\":\"Y\"},\"primaryCancer\":[{\"cancerDiagnosisDate\":\"2005-11-17\","
    "\"topographyCode\":\"C00.8\",\"morphologyCode\":\"8002/3\",\"laterality\":\"R\","
    "\"tnmEvent\":{\"tValue\":\"T0\",\"nValue\":\"N1mi\",\"mValue\":\"M1\",\"tnmType\":\"c\",\"tnmVersion\":\"7\"},"
    "\"stage\":{\"stageType\":\"TNM\",\"stageValue\":\"IVA\"},\"tumorPathoEvent\":[{"
    "\"eventType\":1,\"firstMentionDate\":\"2010-11-18\",\"topographyCode\":\"C11.1\"}],"
    "\"surgery\":[{\"ccamCode\":\"GFFA013\",\"surgeryDate\":\"2006-01-04\"}],\"medication\":[{"
    "\"moleculeCode\":\"L01XA01\",\"moleculeName\":\"cis-platine\",\"moleculeDate\":"
    "\"2007-01-12\",\"clinicalTrial\":\"Y\"}],\"variant\":[{\"gene\":\"PIK3CA\",\"hgvsp\":"
    "\"p.E542K\",\"hgvsc\":\"c.1624G>A\",\"chromosome\":\"3\",\"position\":178916948,"
    "\"reference\":\"G\",\"alternative\":\"A\",\"classification\":\"Missense_Mutation\","
    "\"analysisDate\":\"2018-02-07\",\"specimenId\":\"ech, primary\",\"vaf\":0.5}]}],"
    "\"biologicalSpecimen\":[{\"specimenId\":\"ech, primary\",\"specimenDate\":\"2005-12-27\","
    "\"topographyCode\":\"C34\",\"specimenNature\":\"tumoral\"}],\"familyCancerHistory\":[{"
    "\"topographyCode\":\"C00.5\",\"parentage\":\"frère\"}],\"relatedPathology\":[{\"code\":"
    "\"R60.9\",\"diagnosisDate\":\"2002-11-14\"}],\"measure\":[{\"measureType\":\"HGB\","
    "\"measureValue\":125,\"measureUnit\":\"g/L\",\"measureDate\":\"2006-02\"}]}";

struct rendered {
    struct arena *arena;
    struct render *render;
};

static struct rendered render_said(enum render_format format, const char *pseudonym)
{
    struct rendered rendered = {.arena = arena_new("test", (size_t)64 << 20)};
    struct render_options options = {.format = format, .lang = LANG_FR};
    struct remarks remarks = {0};
    struct error err = ERROR_INIT;
    struct record *record = record_of_line(rendered.arena, patient_said, &remarks, &err);
    struct render_patient patient = {.record = record,
                                     .pseudonym = pseudonym,
                                     .answer = TRUTH_YES,
                                     .number = pseudonym ? pseudonym : "L304"};

    if (!record)
        fail_msg("%s", err.message);
    rendered.render = render_begin(&options);
    if (render_patient(rendered.render, rendered.arena, &patient, &err) < 0)
        fail_msg("%s", err.message);
    return rendered;
}

static void give_back(struct rendered *rendered)
{
    render_end(rendered->render);
    arena_free(rendered->arena);
}

/* The file NAME without its first line. */
static const char *rows_of(struct rendered *rendered, const char *name)
{
    size_t n;
    struct render_file *files = render_files(rendered->render, &n);

    for (size_t i = 0; i < n; i++)
        if (strcmp(files[i].name, name) == 0)
            return strchr(buffer_text(&files[i].bytes), '\n') + 1;
    fail_msg("there is no file %s", name);
    return NULL;
}

static void the_pivot_says_what_it_has_columns_for(void **state)
{
    static const struct {
        const char *file, *rows;
    } expected[] = {
        {"Patient", "L304,1,HL7:M,,1967-11-08,2017-11,330000662,330000662,,2017-11,"
                    "UMLS:C1546956\r\n"},
        {"TumorPathologyEvent",
         "L304,1,,UMLS:C0677930,2005-11-17,,,T0,N1mi,M1,OSIRIS:C27-3,c,,,TNM,IVA,2005-11-17,C00.8,8002/3,"
         "UMLS:C0205090\r\n"
         "L304,2,1,UMLS:C0521158,2010-11-18,,,,,,,,,,,,,C11.1,,\r\n"},
        {"TNM", "L304,1,1,OSIRIS:C27-3,c,T0,N1mi,M1\r\n"},
        {"Treatment", "L304,1,1,UMLS:C0728940,,GFFA013,2006-01-04,,,,,,\r\n"
                      "L304,2,1,UMLS:C3665472,1,,2007-01-12,,1,,,,\r\n"},
        {"Drug", "L304,1,2,L01XA01,cis-platine\r\n"},
        {"BiologicalSample",
         "L304,1,1,1,\"ech, primary\",,2005-12-27,C34,,OSIRIS:O59-2,,\r\n"},
        {"Analysis", "L304,1,1,1,,OSIRIS:C37-3,2018-02-07,,,,,,,,,\r\n"},
        {"Variant",
         "L304,1,1,OSIRIS:O15-5,,,,LA21256-5,178916948,,,,G,A,LOINC:LA6690-7,,,,,,"
         ",,\r\n"},
        {"Annotation", "L304,1,1,OSIRIS:O15-5,,,,PIK3CA,,,,,,,,,,c.1624G>A,p.E542K,,,"
                       "LOINC:LA6698-0,,\r\n"},
        {"Consent", "L304,1,2000-11-16,1\r\n"},
        {"FamilyCancerHistory", "L304,1,C00.5,UMLS:C0037047\r\n"},
        {"RelatedPathology", "L304,1,R60.9,2002-11-14,\r\n"},
        {"AdverseEvent", ""},
        {"Expression", ""},
    };
    struct rendered rendered = render_said(RENDER_PIVOT, NULL);

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(expected); i++)
        assert_string_equal(rows_of(&rendered,
                                    arena_printf(rendered.arena, "OSIRIS_pivot_%s.csv",
                                                 expected[i].file)),
                            expected[i].rows);
    /* the source of the vital status, the allele frequency, and the measure with its three */
    assert_int_equal(render_losses(rendered.render)->homeless, 2 + 4);
    give_back(&rendered);
}

static void tables_have_labels_and_known_parts_of_dates(void **state)
{
    struct rendered rendered = render_said(RENDER_FLAT, NULL);

    (void)state;
    assert_string_equal(rows_of(&rendered, "patient.csv"),
                        "\"L304\";\"retrouvé\";\"330000662\";1967-11-08;\"M\";\"Homme\";"
                        "\"DEAD\";\"Décédé\";2017-11-UN;;2017-11-UN;1\r\n");
    assert_string_equal(rows_of(&rendered, "stage.csv"),
                        "\"L304\";1;\"TNM\";;\"IVA\";\"Stade IVA\";;;;;;;\r\n");
    /* as the source counts it, then in the unit of the record */
    assert_string_equal(
        rows_of(&rendered, "measure.csv"),
        "\"L304\";;\"HGB\";\"Hémoglobine\";\"g/L\";2006-02-UN;125;;;;;12,5;"
        "\"g/dL\"\r\n");
    assert_string_equal(
        rows_of(&rendered, "line.csv"),
        "\"L304\";1;1;\"L01XA01\";\"Cisplatine\";2007-01-12;2007-01-12..\r\n");
    give_back(&rendered);
}

static void behind_a_pseudonym_less_leaves(void **state)
{
    struct rendered rendered = render_said(RENDER_FLAT, "0123456789abcdef");
    struct rendered pivot = render_said(RENDER_PIVOT, "0123456789abcdef");

    (void)state;
    assert_string_equal(
        rows_of(&rendered, "patient.csv"),
        "\"0123456789abcdef\";\"retrouvé\";\"330000662\";1967-11-UN;\"M\";"
        "\"Homme\";\"DEAD\";\"Décédé\";2017-11-UN;;2017-11-UN;1\r\n");
    assert_string_equal(rows_of(&rendered, "family_history.csv"), "");
    assert_string_equal(rows_of(&pivot, "OSIRIS_pivot_FamilyCancerHistory.csv"), "");
    assert_string_equal(rows_of(&pivot, "OSIRIS_pivot_BiologicalSample.csv"),
                        "0123456789abcdef,1,1,1,,,2005-12-27,C34,,OSIRIS:O59-2,,\r\n");
    give_back(&rendered);
    give_back(&pivot);
}

static void cells_are_never_formulas(void **state)
{
    static const struct {
        const char *text, *cell;
    } cells[] = {
        {"plain", "\"plain\""},   {"", "\"\""},
        {"=1+1", "\"'=1+1\""},    {"+33 1", "\"'+33 1\""},
        {"-inib", "\"'-inib\""},  {"@sum(a1)", "\"'@sum(a1)\""},
        {"\t=1", "\"' =1\""},     {"a;\"b\"\r\nc", "\"a;\"\"b\"\"  c\""},
        {"8140/3", "\"8140/3\""}, {"œdème", "\"œdème\""},
    };
    static const struct {
        double number;
        const char *comma, *point;
    } numbers[] = {{-1.5, "-1,5", "-1.5"},
                   {12, "12", "12"},
                   {1e-7, "1e-07", "1e-07"},
                   {0.1 + 0.2, "0,30000000000000004", "0.30000000000000004"},
                   {0.0 / 0.0, "", ""}};
    struct buffer out;

    (void)state;
    buffer_init(&out, 4096);
    for (size_t i = 0; i < ARRAY_LENGTH(cells); i++) {
        buffer_clear(&out);
        csv_text_cell(&out, cells[i].text);
        assert_string_equal(buffer_text(&out), cells[i].cell);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        buffer_clear(&out);
        csv_number_cell(&out, numbers[i].number, ',');
        assert_string_equal(buffer_text(&out), numbers[i].comma);
        buffer_clear(&out);
        csv_number_cell(&out, numbers[i].number, '.');
        assert_string_equal(buffer_text(&out), numbers[i].point);
    }
    buffer_free(&out);
}

static void fields_are_quoted_where_they_must_be(void **state)
{
    static const struct {
        const char *text, *field;
    } fields[] = {{"", ""},        {"a b", "a b"},         {"a,b", "\"a,b\""},
                  {"a;b", "a;b"},  {"a\"b", "\"a\"\"b\""}, {"a\nb", "\"a\nb\""},
                  {" a", "\" a\""}};
    struct buffer out;

    (void)state;
    buffer_init(&out, 4096);
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        buffer_clear(&out);
        csv_field(&out, fields[i].text, ',');
        assert_string_equal(buffer_text(&out), fields[i].field);
    }
    buffer_free(&out);
}

static void dates_keep_what_is_unknown(void **state)
{
    static const struct {
        const char *said, *cell;
    } dates[] = {{"2021-03-14", "2021-03-14"}, {"2021-03", "2021-03-UN"},
                 {"2021", "2021-UN-UN"},       {"2021-UN-17", "2021-UN-17"},
                 {"2020-02-29", "2020-02-29"}, {"2020-02", "2020-02-UN"},
                 {"2021-UN-31", "2021-UN-31"}, {"2021-UN-01", "2021-UN-01"}};
    char text[DATE_TEXT_SIZE];

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(dates); i++) {
        struct interval date;

        assert_int_equal(date_parse(dates[i].said, &date, NULL), 0);
        assert_string_equal(date_with_unknowns(date, text), dates[i].cell);
    }
    assert_string_equal(date_with_unknowns(INTERVAL_UNKNOWN, text), "");
    assert_string_equal(date_with_unknowns((struct interval){0, 1}, text),
                        "1970-01-01..1970-01-02");
    assert_string_equal(date_with_unknowns((struct interval){DAY_MIN, 1}, text),
                        "..1970-01-02");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_pivot_says_what_it_has_columns_for),
        cmocka_unit_test(tables_have_labels_and_known_parts_of_dates),
        cmocka_unit_test(behind_a_pseudonym_less_leaves),
        cmocka_unit_test(cells_are_never_formulas),
        cmocka_unit_test(fields_are_quoted_where_they_must_be),
        cmocka_unit_test(dates_keep_what_is_unknown),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
