/* SPDX-License-Identifier: Apache-2.0
 *
 * test_mapping.c: mappings as they are written, their mistakes, and what they make of rows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "adapt/adapt.h"
#include "adapt/mapping.h"
#include "adapt/test_facts.h"
#include "adapt/test_sheets.h"
#include "base/arena.h"
#include "base/error.h"

static void a_mistake_is_told_with_its_place(void **state)
{
    static const struct {
        const char *text, *message;
        unsigned line;
    } wrong[] = {
        {"{", "line 1: not JSON", 1},
        {"[]", "expected { \"source\": …", 1},
        {"{\"source\": \"x\"}",
         "\"patient\", the column of the patient's number, is missing", 1},
        {"{\"source\": \"a b\"}", "source: expected a name such as rcp-2026", 1},
        {"{\n\"source\": \"x\",\n\"patent\": \"IPP\"}",
         "line 3: \"patent\": expected source", 3},
        {"{\"source\": \"x\", \"patient\": \"P\", \"objects\": []}",
         "objects: expected a list", 1},
        {"{\"source\": \"x\", \"patient\": \"P\", \"objects\": [\n{\"object\": \"tumor\"}]}",
         "line 2: object \"tumor\": expected an object of OSIRIS-RWD", 2},
        {"{\"source\": \"x\", \"patient\": \"P\", \"objects\": [{\"object\": \"patient\", "
         "\"items\": {\n\n\"birth\": \"DDN\"}}]}",
         "line 3: \"birth\": no item of Patient; it has patientid, centrefiness, birthdate, "
         "biologicalsex",
         3},
        {"{\"source\": \"x\", \"patient\": \"P\", \"objects\": [{\"object\": \"patient\", "
         "\"items\": {\n\"birthdate\": {\"column\": \"D\", \"format\": \"DD/MM/YY\"}}}]}",
         "line 2: format \"DD/MM/YY\": expected DD, MM and YYYY", 2},
        {"{\"source\": \"x\", \"patient\": \"P\", \"objects\": [{\"object\": \"patient\", "
         "\"items\": {\"sex\": {\"column\": \"D\", \"constant\": \"M\"}}}]}",
         "expected either a column or a constant", 1},
        {"{\"source\": \"x\", \"patient\": \"P\", \"objects\": [{\"object\": \"patient\", "
         "\"items\": {\"sex\": {\"column\": \"D\", \"format\": \"YYYY\"}}}]}",
         "a format is for dates", 1},
        {"{\"source\": \"x\", \"patient\": \"P\", \"objects\": [{\"object\": \"patient\", "
         "\"items\": {\"sex\": {\"column\": \"D\", \"otherwise\": \"unknown\"}}}]}",
         "otherwise: there are no values", 1},
        {"{\"source\": \"x\", \"patient\": \"P\", \"objects\": [{\"object\": \"patient\", "
         "\"items\": {\"sex\": 7}}]}",
         "expected the name of a column", 1},
        {"{\"source\": \"x\", \"patient\": \"P\", \"objects\": [{\"object\": \"patient\", "
         "\"items\": {\"sex\": \"S\"}, \"when\": {\"is\": \"x\"}}]}",
         "when: expected", 1},
        {"{\"source\": \"x\", \"patient\": \"P\", \"delimiter\": \"#\"}",
         "delimiter: expected", 1},
        {"{\"source\": \"x\", \"patient\": \"P\", \"encoding\": \"EBCDIC\"}",
         "encoding: expected", 1},
        {"{\"source\": \"x\", \"patient\": \"P\", \"finess\": \"12\"}",
         "finess: expected nine digits", 1},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        struct arena *arena = arena_new("test", (size_t)4 << 20);
        struct error err = ERROR_INIT;
        struct mapping *mapping;

        if (mapping_read(arena, wrong[i].text, strlen(wrong[i].text), &mapping, &err) ==
            0)
            fail_msg("taken: %s", wrong[i].text);
        if (!strstr(err.message, wrong[i].message) || err.line != wrong[i].line)
            fail_msg("%s: line %u: %s", wrong[i].text, err.line, err.message);
        assert_int_equal(err.code, ERROR_INPUT);
        arena_free(arena);
    }
}

static void little_text_cannot_make_much(void **state)
{
    struct arena *arena = arena_new("test", (size_t)4 << 20);
    struct error err = ERROR_INIT;
    struct mapping *mapping;
    struct buffer text;

    (void)state;
    buffer_init(&text, MAPPING_LIMIT);
    buffer_string(&text, "{\"source\":\"x\",\"patient\":\"P\",\"objects\":[{\"object\":"
                         "\"patient\",\"each\":[");
    for (int i = 0; i < 4000; i++)
        buffer_printf(&text, "%s\"%d\"", i ? "," : "", i);
    buffer_string(&text, "],\"items\":{\"sex\":[");
    for (int i = 0; i < 4000; i++)
        buffer_printf(&text, "%s\"*%d\"", i ? "," : "", i);
    buffer_string(&text, "]}}]}");
    /* a list of columns stands in an object */
    assert_int_equal(mapping_read(arena, buffer_text(&text), text.length, &mapping, &err),
                     -1);
    assert_int_equal(err.code, ERROR_INPUT);
    buffer_clear(&text);
    buffer_string(&text, "{\"source\":\"x\",\"patient\":\"P\",\"objects\":[{\"object\":"
                         "\"patient\",\"each\":[");
    for (int i = 0; i < 4000; i++)
        buffer_printf(&text, "%s\"%d\"", i ? "," : "", i);
    buffer_string(&text, "],\"items\":{\"sex\":{\"columns\":[");
    for (int i = 0; i < 4000; i++)
        buffer_printf(&text, "%s\"*%d\"", i ? "," : "", i);
    buffer_string(&text, "]}}}]}");
    assert_int_equal(mapping_read(arena, buffer_text(&text), text.length, &mapping, &err),
                     -1);
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_true(arena_used(arena) < (size_t)8 << 20);
    buffer_free(&text);
    arena_free(arena);
}

/* ---- rows ---- */

struct sentence {
    const char *says;
    const char *mapping; /* inside of { "source": "t", "patient": "IPP", … } */
    const char *table;
    const char *facts;
};

static void adapt_rows(struct buffer *out, const struct sentence *sentence)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    const struct mapping *list[1];
    struct mappings mappings = {.n = 1, .mapping = list, .digest = 1};
    struct adapt_context context = {.mappings = &mappings};
    const char *text = arena_printf(arena, "{\"source\":\"t\",\"patient\":\"IPP\",%s}",
                                    sentence->mapping);
    struct remarks remarks = {0};
    struct error err = ERROR_INIT;
    struct mapping *mapping;
    struct facts *facts;
    struct buffer json;

    if (mapping_read(arena, text, strlen(text), &mapping, &err) < 0)
        fail_msg("%s: %s", sentence->says, err.message);
    list[0] = mapping;
    buffer_init(&json, 1 << 20);
    put_sheets(&json, "csv", "t", "7", sentence->table);
    if (adapt_fragment(arena, &context, FRAGMENT_TABLES, buffer_text(&json), json.length,
                       42, &facts, &remarks, &err) < 0)
        fail_msg("%s: %s", sentence->says, err.message);
    assert_string_equal(facts_patient_number(facts), "7");
    for (size_t i = 0; i < facts->n; i++)
        if (facts->fact[i].group != GROUP_PATIENT || facts->fact[i].n_values > 1)
            print_fact(out, &facts->fact[i]);
    for (const struct remark *remark = remarks.first; remark; remark = remark->next) {
        buffer_printf(out, "%u ", remark->row);
        print_remark(out, remark);
    }
    buffer_free(&json);
    arena_free(arena);
}

static void check_all(const struct sentence *sentences, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buffer said;

        buffer_init(&said, 1 << 20);
        adapt_rows(&said, &sentences[i]);
        if (strcmp(buffer_text(&said), sentences[i].facts) != 0)
            fail_msg("%s:\n%s\nexpected\n%s", sentences[i].says, buffer_text(&said),
                     sentences[i].facts);
        buffer_free(&said);
    }
}

static void rows_become_facts(void **state)
{
    static const struct sentence sentences[] = {
        {"items by key, by name and by number of OSIRIS-RWD; values, and a decimal comma",
         "\"objects\":[{\"object\":\"patient\",\"items\":{\"birthDate\":\"DDN\",\"1.4\":"
         "{\"column\":\"SEXE\",\"values\":{\"Mme\":\"F\"}}}},"
         "{\"object\":\"MEASURE\",\"items\":{\"measureType\":{\"constant\":\"HGB\"},"
         "\"measureValue\":\"HB\",\"measureUnit\":{\"constant\":\"g/dL\"}}}]",
         "= t\nIPP|DDN|SEXE|HB\n7|14/03/1962|mme|12,5\n",
         "MEASURE: MEASURE_TYPE=HGB MEASURE_UNIT=g/dL MEASURE_VALUE=12.5\n"
         "PATIENT: PATIENT_ID=7 PATIENT_BIRTH=1962-03-14 PATIENT_SEX=F\n"},
        {"rows that agree are of one tumour, and what they say hangs on it",
         "\"objects\":[{\"object\":\"primaryCancer\",\"items\":{\"topographyCode\":\"TOPO\","
         "\"cancerDiagnosisDate\":\"DIAG\"}},{\"object\":\"medication\",\"items\":"
         "{\"moleculeCode\":\"ATC\"}},{\"object\":\"nonOpposition\",\"items\":{"
         "\"nonOpposition\":\"NO\"}}]",
         "= t\nIPP|TOPO|DIAG|ATC|NO\n7|C34.1|2020|L01XA01|oui\n7|C34.1|2020|L01XA02|\n"
         "7|C50|2021||\n",
         "DRUG tumour 0: DRUG_CODE=L01XA01\n"
         "INFORMATION: NON_OPPOSITION=YES\n"
         "DRUG tumour 0: DRUG_CODE=L01XA02\n"
         "PRIMARY_CANCER [2020] tumour 0: TOPOGRAPHY=C34.1\n"
         "PRIMARY_CANCER [2021] tumour 1: TOPOGRAPHY=C50\n"},
        {"a column tells tumours apart, and rows add to one another",
         "\"tumour\":\"NUM\",\"objects\":[{\"object\":\"primaryCancer\",\"items\":{"
         "\"topographyCode\":\"TOPO\",\"morphologyCode\":\"MORPHO\"}},"
         "{\"object\":\"stage\",\"items\":{\"stageValue\":\"STADE\"}}]",
         "= t\nIPP|NUM|TOPO|MORPHO|STADE\n7|1|C34.1||\n7|1||8140/3|IV\n7|2|C50||\n"
         "7|1|C34.2||\n",
         "STAGE tumour 0: STAGE_VALUE=4\n"
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=C34.1 MORPHOLOGY=8140/3\n"
         "PRIMARY_CANCER tumour 1: TOPOGRAPHY=C50\n"
         "4 conflict TOPO: said twice and differently: the first is kept\n"},
        {"wide columns become several objects, those that are filled",
         "\"objects\":[{\"object\":\"measure\",\"each\":[\"J1\",\"J2\",\"J3\"],\"items\":{"
         "\"measureType\":{\"constant\":\"PS\"},\"measureValue\":\"PS_*\","
         "\"measureDate\":\"DATE_*\"}}]",
         "= t\nIPP|PS_J1|DATE_J1|PS_J2|DATE_J2|PS_J3\n7|1|01/02/2020|0|02/2020|\n"
         "7||03/03/2020|||\n",
         "STATE [2020-02-01]: STATE_TYPE=PS STATE_VALUE=1\n"
         "STATE [2020-02]: STATE_TYPE=PS STATE_VALUE=0\n"},
        {"each tumour of a wide row has its own",
         "\"objects\":[{\"object\":\"primaryCancer\",\"each\":[\"1\",\"2\"],\"items\":{"
         "\"topographyCode\":\"TOPO*\"}},{\"object\":\"grade\",\"each\":[\"1\",\"2\"],"
         "\"items\":{\"gradeValue\":\"GRADE*\"}}]",
         "= t\nIPP|TOPO1|GRADE1|TOPO2|GRADE2\n7|C34|1|C50|3\n",
         "GRADE tumour 0: GRADE_VALUE=1\nGRADE tumour 1: GRADE_VALUE=3\n"
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=C34\n"
         "PRIMARY_CANCER tumour 1: TOPOGRAPHY=C50\n"},
        {"an object for some rows only; the first column that says something; parts of dates",
         "\"objects\":[{\"object\":\"surgery\",\"when\":{\"column\":\"TYPE\",\"is\":[\"CH\"]},"
         "\"items\":{\"ccamCode\":{\"columns\":[\"CCAM\",\"ACTE\"]},"
         "\"surgeryDateYear\":\"AN\",\"surgeryDateMonth\":\"MOIS\"}},"
         "{\"object\":\"radiotherapy\",\"when\":{\"column\":\"TYPE\",\"not\":[\"CH\",\"\"]},"
         "\"items\":{\"doseGy\":\"DOSE\"}}]",
         "= t\nIPP|TYPE|CCAM|ACTE|AN|MOIS|DOSE\n7|CH|GFFA013||2020|3|\n"
         "7|ch||GFFA009|2021||\n7|RT||||||\n7|RT||||2022|50\n",
         "SURGERY [2020-03]: SURGERY_CODE=GFFA013\n"
         "SURGERY [2021]: SURGERY_CODE=GFFA009\n"
         "RADIOTHERAPY: RADIOTHERAPY_DOSE=50\n"},
        {"words for unknown, and what is not among the values",
         "\"unknown\":[\"NSP\",\"999\"],\"objects\":[{\"object\":\"primaryCancer\",\"items\":{"
         "\"laterality\":{\"column\":\"COTE\",\"values\":{\"Ga\":\"L\",\"Dr\":\"R\"},"
         "\"otherwise\":\"refuse\"},\"topographyCode\":\"TOPO\"}},{\"object\":\"measure\","
         "\"items\":{\"measureType\":{\"constant\":\"WEIGHT\"},\"measureValue\":\"KG\"}}]",
         "= t\nIPP|COTE|TOPO|KG\n7|ga|NSP|999\n7|Haut|C34|70\n",
         "STATE: STATE_TYPE=WEIGHT STATE_VALUE=70\n"
         "PRIMARY_CANCER tumour 0: TOPOGRAPHY=? LATERALITY=L\n"
         "PRIMARY_CANCER tumour 1: TOPOGRAPHY=C34\n"
         "2 refused COTE: \"Haut\": not among the values of the mapping: add it there\n"},
        {"columns that nobody reads are told, those that are ignored are not",
         "\"ignore\":[\"NOTE\"],\"objects\":[{\"object\":\"patient\",\"items\":{\"sex\":"
         "\"SEXE\"}}]",
         "= t\nIPP|SEXE|NOTE|AUTRE|VIDE\n7|M|x|y|\n",
         "PATIENT: PATIENT_ID=7 PATIENT_SEX=M\n0 unknown t.AUTRE\n"},
        {"of the patient, though the row has a tumour",
         "\"objects\":[{\"object\":\"primaryCancer\",\"items\":{\"topographyCode\":\"T\"}},"
         "{\"object\":\"medication\",\"of\":\"patient\",\"items\":{\"moleculeCode\":\"A\"}}]",
         "= t\nIPP|T|A\n7|C34|L01\n",
         "DRUG: DRUG_CODE=L01\nPRIMARY_CANCER tumour 0: TOPOGRAPHY=C34\n"},
        {"a group that only tumours have makes one",
         "\"objects\":[{\"object\":\"stage\",\"items\":{\"stageValue\":\"S\"}}]",
         "= t\nIPP|S\n7|IV\n",
         "STAGE tumour 0: STAGE_VALUE=4\nPRIMARY_CANCER tumour 0\n"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void dates_by_their_format(void **state)
{
    static const struct {
        const char *format, *said, *date;
    } dates[] = {
        {"DD/MM/YYYY", "14/03/1962", "[1962-03-14]"},
        {"DD/MM/YYYY", "4/3/1962", "[1962-03-04]"},
        {"DD/MM/YYYY", "03/1962", "[1962-03]"},
        {"DD/MM/YYYY", "1962", "[1962]"},
        {"DD/MM/YYYY", "00/03/1962", "[1962-03]"},
        {"DD/MM/YYYY", "99/99/1962", "[1962]"},
        {"DD/MM/YYYY", "UN/UN/1962", "[1962]"},
        {"DD/MM/YYYY", "14/03/1962 10:30", "[1962-03-14]"},
        {"MM/DD/YYYY", "03/14/1962", "[1962-03-14]"},
        {"YYYYMMDD", "19620314", "[1962-03-14]"},
        {"YYYYMMDD", "19620300", "[1962-03]"},
        {"YYYY-MM-DD", "1962-03-14T00:00:00", "[1962-03-14]"},
        {"YYYY-MM-DD", "1962-03", "[1962-03]"},
        {"MM/YYYY", "03/1962", "[1962-03]"},
        {"DD/MM/YYYY", "1962-03-14", NULL},
        {"DD/MM/YYYY", "14.03.1962", NULL},
        {"DD/MM/YYYY", "31/02/1962", NULL},
        {"YYYYMMDD", "03141962", NULL},
        {"YYYY-MM-DD", "soon", NULL},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(dates); i++) {
        char mapping[300], table[100];
        struct sentence sentence = {dates[i].said, mapping, table, ""};
        struct buffer said;

        snprintf(mapping, sizeof(mapping),
                 "\"dates\":\"%s\",\"objects\":[{\"object\":\"surgery\",\"items\":{"
                 "\"surgeryDate\":\"D\",\"ccamCode\":{\"constant\":\"GFFA013\"}}}]",
                 dates[i].format);
        snprintf(table, sizeof(table), "= t\nIPP|D\n7|%s\n", dates[i].said);
        buffer_init(&said, 1 << 16);
        adapt_rows(&said, &sentence);
        if (dates[i].date && (!strstr(buffer_text(&said), dates[i].date) ||
                              strstr(buffer_text(&said), "refused")))
            fail_msg("%s as %s: %s", dates[i].said, dates[i].format, buffer_text(&said));
        if (!dates[i].date && !strstr(buffer_text(&said), "1 refused D: "))
            fail_msg("%s as %s: taken: %s", dates[i].said, dates[i].format,
                     buffer_text(&said));
        buffer_free(&said);
    }
}

static void without_its_mapping_a_fragment_says_who_it_is(void **state)
{
    struct arena *arena = arena_new("test", (size_t)4 << 20);
    struct error err = ERROR_INIT;
    struct remarks remarks = {0};
    struct facts *facts;
    struct buffer json;

    (void)state;
    buffer_init(&json, 1 << 16);
    put_sheets(&json, "csv", "t", "7", "= t\nIPP|SEXE\n7|M\n");
    assert_int_equal(adapt_fragment(arena, NULL, FRAGMENT_TABLES, buffer_text(&json),
                                    json.length, 1, &facts, &remarks, &err),
                     0);
    assert_int_equal(facts->n, 1);
    assert_string_equal(facts_patient_number(facts), "7");
    assert_int_equal(remarks.n, 1);
    buffer_free(&json);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mistake_is_told_with_its_place),
        cmocka_unit_test(little_text_cannot_make_much),
        cmocka_unit_test(rows_become_facts),
        cmocka_unit_test(dates_by_their_format),
        cmocka_unit_test(without_its_mapping_a_fragment_says_who_it_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
