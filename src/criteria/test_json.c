/* SPDX-License-Identifier: Apache-2.0
 *
 * test_json.c: criteria as JSON mean what the text means, and come back as they went; mistakes
 * are told with their pointer and their place. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "criteria/json.h"
#include "support/arena_fixture.h"
#include "support/random_criteria.h"

static const struct criteria *from_text(const char *text)
{
    struct error err = ERROR_INIT;
    const struct criteria *criteria = criteria_parse(arena, text, strlen(text), &err);

    if (!criteria)
        fail_msg("%s\n%u:%u: %s", text, err.line, err.column, err.message);
    return criteria;
}

static const struct criteria *from_json(const char *json)
{
    struct error err = ERROR_INIT;
    const struct criteria *criteria =
        criteria_from_json(arena, json, strlen(json), NULL, &err);

    if (!criteria)
        fail_msg("%s\n%u:%u: %s", json, err.line, err.column, err.message);
    return criteria;
}

/* ---- what it means ---- */

struct pair {
    const char *text, *json;
};

/* Either way the same question, in the same canonical JSON. */
static void check(const struct pair *pairs, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct criteria *a = from_text(pairs[i].text);
        const struct criteria *b = from_json(pairs[i].json);
        const char *text = criteria_print(arena, a);

        if (strcmp(text, criteria_print(arena, b)) != 0)
            fail_msg("%s\nis\n%s\nexpected\n%s", pairs[i].json, criteria_print(arena, b),
                     text);
        if (strcmp(criteria_to_json(arena, a), pairs[i].json) != 0)
            fail_msg("%s\nis\n%s\nexpected\n%s", text, criteria_to_json(arena, a),
                     pairs[i].json);
        assert_true(criteria_digest(a) == criteria_digest(b));
    }
}

static void trees_have_their_objects(void **state)
{
    static const struct pair pairs[] = {
        {"any", "{\"any\":true}"},
        {"sex F and dead", "{\"and\":[{\"fact\":\"sex\",\"codes\":[\"F\"]},"
                           "{\"vital\":\"dead\"}]}"},
        {"dead or alive", "{\"or\":[{\"vital\":\"dead\"},{\"vital\":\"alive\"}]}"},
        {"not (dead or any)", "{\"not\":{\"or\":[{\"vital\":\"dead\"},{\"any\":true}]}}"},
        {"(dead and any) and any",
         "{\"and\":[{\"and\":[{\"vital\":\"dead\"},{\"any\":true}]},{\"any\":true}]}"},
        {"at least 2 of (dead, any or alive, not any)",
         "{\"atLeast\":2,\"of\":[{\"vital\":\"dead\"},{\"or\":[{\"any\":true},"
         "{\"vital\":\"alive\"}]},{\"not\":{\"any\":true}}]}"},
        {"tumour { topography C34 and stage IV }",
         "{\"tumour\":{\"and\":[{\"fact\":\"topography\",\"codes\":[\"C34\"]},"
         "{\"fact\":\"stage\",\"codes\":[\"IV\"]}]}}"},
        {"named \"a \\\"b\\\"\" (dead or any) and not use \"a \\\"b\\\"\"",
         "{\"and\":[{\"named\":\"a \\\"b\\\"\",\"criteria\":{\"or\":[{\"vital\":\"dead\"},"
         "{\"any\":true}]}},{\"not\":{\"use\":\"a \\\"b\\\"\"}}]}"},
        {"active 2019..2021", "{\"active\":{\"from\":2019,\"to\":2021}}"},
    };

    (void)state;
    check(pairs, ARRAY_LENGTH(pairs));
}

static void facts_have_their_members(void **state)
{
    static const struct pair pairs[] = {
        {"treatment any", "{\"fact\":\"treatment\"}"},
        {"treatment L01ED, C00..C14", NULL},
        {"morbid event (E10, E11..E14)",
         "{\"fact\":\"morbid event\",\"codes\":[\"E10\",{\"from\":\"E11\",\"to\":\"E14\"}]}"},
        {"measure ALT <= 3 ULN",
         "{\"fact\":\"measure\",\"codes\":[\"ALT\"],\"number\":{\"le\":3,"
         "\"unit\":\"ULN\"}}"},
        {"sample { specimen BIOPSY and altered EGFR }",
         "{\"sample\":{\"and\":[{\"fact\":\"specimen\",\"codes\":[\"BIOPSY\"]},"
         "{\"fact\":\"altered\",\"codes\":[\"EGFR\"]}]}}"},
        {"tumour { event { event morphology 8140/3 } }",
         "{\"tumour\":{\"event\":{\"fact\":\"event morphology\",\"codes\":[\"8140/3\"]}}}"},
        {"tumour { tnm { tnm type p } }",
         "{\"tumour\":{\"tnm\":{\"fact\":\"tnm type\",\"codes\":[\"p\"]}}}"},
        {"stage >= III", "{\"tumour\":{\"fact\":\"stage\",\"codes\":[{\"compare\":\">=\","
                         "\"code\":\"III\"}]}}"},
        {"smoking", "{\"fact\":\"smoking\",\"codes\":[\"YES\"]}"},
        {"size > 20 mm", "{\"tumour\":{\"fact\":\"size\",\"number\":{\"gt\":20}}}"},
        {"size any", NULL},
        {"measure CEA >= 2 < 5",
         "{\"fact\":\"measure\",\"codes\":[\"CEA\"],\"number\":{\"ge\":2,\"lt\":5}}"},
        {"measure PS = 1",
         "{\"fact\":\"measure\",\"codes\":[\"PS\"],\"number\":{\"eq\":1}}"},
        {"measure WEIGHT 50..60.5",
         "{\"fact\":\"measure\",\"codes\":[\"WEIGHT\"],\"number\":{\"ge\":50,\"le\":60.5}}"},
        {"state any", "{\"fact\":\"state\"}"},
        {"altered EGFR 0.1..0.5",
         "{\"fact\":\"altered\",\"codes\":[\"EGFR\"],\"number\":{\"ge\":0.1,\"le\":0.5}}"},
        {"altered KRAS status (G12C, G12D)",
         "{\"fact\":\"altered\",\"codes\":[\"KRAS\"],\"status\":[\"G12C\",\"G12D\"]}"},
        {"treatment L01 in trial",
         "{\"fact\":\"treatment\",\"codes\":[\"L01\"],\"status\":[\"YES\"]}"},
        {"biomarker \"HER2 and\" positive",
         "{\"fact\":\"biomarker\",\"codes\":[\"HER2 AND\"],\"status\":[\"POSITIVE\"]}"},
        {"radiotherapy any at C50 > 50 Gy",
         "{\"fact\":\"radiotherapy\",\"status\":[\"C50\"],\"number\":{\"gt\":50}}"},
        {"at least 2 surgery any", "{\"fact\":\"surgery\",\"count\":2}"},
        {"last measure PS <= 1",
         "{\"fact\":\"measure\",\"order\":\"last\",\"codes\":[\"PS\"],\"number\":{\"le\":1}}"},
        {"3rd (treatment L01 in trial since 2020) ended until 2021-03-14",
         "{\"fact\":\"treatment\",\"order\":3,\"codes\":[\"L01\"],\"from\":{\"status\":["
         "\"YES\"],\"when\":[{\"from\":\"2020-01-01\"}]},\"when\":[{\"point\":\"end\","
         "\"to\":\"2021-03-14\"}]}"},
        {"age 18..75", "{\"age\":{\"ge\":18,\"le\":75},\"at\":\"now\"}"},
        {"age at last visit < 40", "{\"age\":{\"lt\":40},\"at\":\"last visit\"}"},
        {"diagnosed in 2020", "{\"tumour\":{\"date\":\"diagnosis\",\"when\":[{\"from\":"
                              "\"2020-01-01\",\"to\":\"2020-12-31\"}]}}"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++)
        if (pairs[i].json)
            check(&pairs[i], 1);
}

#define SURGERY "{\"fact\":\"surgery\"}"
#define IMAGING(when) "{\"fact\":\"imaging\",\"codes\":[\"CT\"],\"when\":[" when "]}"
#define TREATMENT(when) "{\"fact\":\"treatment\",\"codes\":[\"L01\"],\"when\":[" when "]}"

static void conditions_have_their_members(void **state)
{
    static const struct pair pairs[] = {
        {"imaging CT in the last 30 days", IMAGING("{\"lastDays\":30}")},
        {"treatment L01 ongoing", TREATMENT("{\"ongoing\":true}")},
        {"treatment L01 lasting at least 30 days",
         TREATMENT("{\"lasting\":{\"ge\":30}}")},
        {"treatment L01 lasting at most 30 days", TREATMENT("{\"lasting\":{\"le\":30}}")},
        {"treatment L01 lasting 3..30 days",
         TREATMENT("{\"lasting\":{\"ge\":3,\"le\":30}}")},
        {"imaging CT at age >= 70", IMAGING("{\"age\":{\"ge\":70}}")},
        {"imaging CT since birth", IMAGING("{\"since\":\"birth\"}")},
        {"imaging CT until death", IMAGING("{\"until\":\"death\"}")},
        {"imaging CT after last visit", IMAGING("{\"after\":\"last visit\"}")},
        {"imaging CT before last contact", IMAGING("{\"before\":\"last contact\"}")},
        {"imaging CT within 90 days after surgery any",
         IMAGING("{\"days\":{\"le\":90},\"after\":" SURGERY "}")},
        {"imaging CT within 90 days before surgery any",
         IMAGING("{\"days\":{\"le\":90},\"before\":" SURGERY "}")},
        {"imaging CT within 9 days of surgery any",
         IMAGING("{\"days\":{\"le\":9},\"around\":" SURGERY "}")},
        {"imaging CT within 0 days of surgery any",
         IMAGING("{\"days\":{\"le\":0},\"after\":" SURGERY "}")},
        {"imaging CT 30..90 days after surgery any",
         IMAGING("{\"days\":{\"ge\":30,\"le\":90},\"after\":" SURGERY "}")},
        {"imaging CT 30..90 days before surgery any",
         IMAGING("{\"days\":{\"ge\":30,\"le\":90},\"before\":" SURGERY "}")},
        {"imaging CT at least 30 days before surgery any",
         IMAGING("{\"days\":{\"ge\":30},\"before\":" SURGERY "}")},
        {"imaging CT more than 30 days after end of treatment any",
         IMAGING("{\"days\":{\"ge\":31},\"after\":{\"fact\":\"treatment\"},"
                 "\"anchor\":\"end\"}")},
        {"imaging CT preceded by surgery any", IMAGING("{\"after\":" SURGERY "}")},
        {"imaging CT not preceded by surgery any",
         IMAGING("{\"after\":" SURGERY ",\"not\":true}")},
        {"imaging CT not followed within 30 days by first surgery any",
         IMAGING("{\"days\":{\"le\":30},\"before\":{\"fact\":\"surgery\",\"order\":1},"
                 "\"not\":true}")},
        {"imaging CT since surgery any until last surgery any",
         IMAGING("{\"since\":" SURGERY
                 "},{\"until\":{\"fact\":\"surgery\",\"order\":\"last\"}}")},
        {"imaging CT during treatment any",
         IMAGING("{\"during\":{\"fact\":\"treatment\"}}")},
        {"treatment L01 ended not during surgery any",
         TREATMENT("{\"point\":\"end\",\"during\":" SURGERY ",\"not\":true}")},
        {"treatment L01 not overlapping surgery any",
         TREATMENT("{\"overlapping\":" SURGERY ",\"not\":true}")},
        {"treatment L01 ended within 30 days before death",
         TREATMENT("{\"point\":\"end\",\"days\":{\"le\":30},\"before\":\"death\"}")},
        {"treatment L01 preceded by (surgery any since 2020) since 2021",
         TREATMENT(
             "{\"after\":{\"fact\":\"surgery\",\"when\":[{\"from\":\"2020-01-01\"}]}},"
             "{\"from\":\"2021-01-01\"}")},
        {"treatment L01 within 60 days after diagnosis",
         "{\"tumour\":" TREATMENT("{\"days\":{\"le\":60},\"after\":\"diagnosis\"}") "}"},
    };

    (void)state;
    check(pairs, ARRAY_LENGTH(pairs));
}

/* What a builder may send beside the canonical form. */
static void other_forms_are_read(void **state)
{
    static const struct pair pairs[] = {
        {"topography C34.1",
         " {\n\t\"codes\" : [ \"c34.1\" ],\r\n \"fact\" : \"topography\" } "},
        {"stage IIIA", "{\"fact\":\"stage\",\"codes\":[\"iiia\"]}"},
        {"smoking", "{\"fact\":\"smoking\"}"},
        {"sex F", "{\"fact\":\"sex\",\"codes\":[\"f\\u00e9minin\"]}"},
        {"dead and alive",
         "{\"and\":[{\"and\":[{\"vital\":\"dead\"}]},{\"or\":[{\"vital\":"
         "\"alive\"}]}]}"},
        {"age >= 18", "{\"age\":{\"ge\":18}}"},
        {"age > 18 <= 75", "{\"age\":{\"gt\":18,\"le\":75}}"},
        {"measure WEIGHT < 50 kg",
         "{\"fact\":\"measure\",\"codes\":[\"WEIGHT\"],\"number\":{"
         "\"unit\":\"kg\",\"lt\":50}}"},
        {"surgery any", "{\"fact\":\"surgery\",\"count\":1}"},
        {"imaging CT in 2020", IMAGING("{\"from\":\"2020\",\"to\":\"2020-12\"}")},
        {"imaging CT after surgery any",
         IMAGING(
             "{\"point\":\"start\",\"anchor\":\"start\",\"not\":false,\"after\":" SURGERY
             "}")},
        {"imaging CT within 3 days after surgery any",
         IMAGING("{\"days\":{\"ge\":0,\"le\":3},\"after\":" SURGERY "}")},
        {"measure PS <= 1",
         "{\"fact\":\"state\",\"codes\":[\"PS\"],\"number\":{\"le\":1e0}}"},
        {"last surgery any", "{\"fact\":\"surgery\",\"order\":\"last\",\"from\":{}}"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        const char *text = criteria_print(arena, from_text(pairs[i].text));
        const char *json = criteria_print(arena, from_json(pairs[i].json));

        if (strcmp(text, json) != 0)
            fail_msg("%s\nis\n%s\nexpected\n%s", pairs[i].json, json, text);
    }
}

/* | `TEXT` | `JSON` | in docs/criteria.md */
static void the_examples_of_the_manual_are_so(void **state)
{
    FILE *file = fopen(LACIS_SOURCE_DIR "/docs/criteria.md", "re");
    char line[1024], text[512], json[512];
    size_t n = 0;

    (void)state;
    assert_non_null(file);
    while (fgets(line, sizeof(line), file)) {
        if (sscanf(line, "| `%511[^`]` | `%511[^`]` |", text, json) != 2 || *json != '{')
            continue;
        assert_string_equal(criteria_print(arena, from_json(json)),
                            criteria_print(arena, from_text(text)));
        n++;
    }
    assert_int_equal(fclose(file), 0);
    assert_true(n >= 12);
}

static void either_is_read(void **state)
{
    const char *const both[] = {"sex F", " \n{\"fact\":\"sex\",\"codes\":[\"F\"]}"};

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(both); i++) {
        const struct criteria *criteria =
            criteria_read(arena, both[i], strlen(both[i]), NULL, NULL);

        assert_non_null(criteria);
        assert_string_equal(criteria_print(arena, criteria), "sex F");
    }
    assert_null(criteria_read(arena, "", 0, NULL, NULL));
    assert_null(criteria_read(arena, "   ", 3, NULL, NULL));
}

/* ---- saved definitions ---- */

static const char *saved(void *context, const char *name, unsigned version,
                         unsigned *version_r)
{
    (void)context;
    if (strcmp(name, "smokers") != 0 || version > 2)
        return strcmp(name, "broken") == 0 ? "sex F and" : NULL;
    *version_r = version ? version : 2;
    return "smoking or alcohol";
}

static void saved_definitions_are_found(void **state)
{
    static const struct criteria_definitions definitions = {saved, NULL};
    const char *json = "{\"and\":[{\"use\":\"smokers\"},{\"any\":true}]}";
    const char *broken = "{\"not\":{\"use\":\"broken\",\"version\":1}}";
    struct error err = ERROR_INIT;
    const struct criteria *criteria =
        criteria_from_json(arena, json, strlen(json), &definitions, &err);

    (void)state;
    assert_non_null(criteria);
    assert_string_equal(criteria_to_json(arena, criteria),
                        "{\"and\":[{\"use\":\"smokers\",\"version\":2},{\"any\":true}]}");
    assert_string_equal(
        criteria_json_pointer(arena, criteria,
                              criteria->children[0]->children[0]->children[1]),
        "/and/0");
    assert_null(criteria_from_json(arena, broken, strlen(broken), &definitions, &err));
    if (!strstr(err.message, "/not/use: definition \"broken\" v1, line 1, column 10:"))
        fail_msg("%s", err.message);
}

/* ---- mistakes ---- */

static void mistakes_are_told_with_their_pointer(void **state)
{
    static const struct {
        const char *json;
        unsigned line, column;
        const char *words;
    } mistakes[] = {
        {"{", 1, 2, "JSON: "},
        {"{}", 1, 1, "expected an object with one of and, or, not"},
        {"{\"and\":[]}", 1, 2, "/and: expected an array of criteria, at least one"},
        {"{\"and\":[{\"any\":true},\n {\"fact\":\"topography\",\"codes\":[\"Z\"]}]}", 2,
         32, "/and/1/codes/0: topography \"Z\": expected an ICD-O-3 code"},
        {"{\"and\":[7]}", 1, 2, "/and/0: expected an object with one of"},
        {"{\"any\":false}", 1, 2, "/any: expected true"},
        {"{\"any\":true,\"or\":[]}", 1, 2, "unexpected member \"any\": there are: or"},
        {"{\"any\":true,\"any\":true}", 1, 13, "/any: given twice"},
        {"{\"a/b~\":true,\"not\":{\"x\":1}}", 1, 2, "unexpected member \"a/b~\""},
        {"{\"not\":{\"fact\":\"treatmnt\"}}", 1, 16,
         "/not/fact: expected the word of a fact, such as \"treatment\"; did you mean \"treatment\"?"},
        {"{\"fact\":\"death\"}", 1, 9, "/fact: expected the word of a fact"},
        {"{\"fact\":\"sex\",\"codes\":[]}", 1, 15, "/codes: expected an array of codes"},
        {"{\"fact\":\"sex\",\"codes\":[\"\"]}", 1, 24,
         "/codes/0: \"\" means that the value"},
        {"{\"fact\":\"sex\",\"codes\":[3]}", 1, 15,
         "/codes/0: expected a code in quotes"},
        {"{\"fact\":\"sex\",\"codes\":[\"a\\u0000\"]}", 1, 24,
         "/codes/0: expected a code"},
        {"{\"fact\":\"sex\",\"codes\":[{\"compare\":\">=\",\"code\":\"F\"}]}", 1, 35,
         "/codes/0/compare: sex has no order"},
        {"{\"fact\":\"stage\",\"codes\":[{\"compare\":\"=\",\"code\":\"II\"}]}", 1, 37,
         "/codes/0/compare: expected one of \"<\", \"<=\", \">\", \">=\""},
        {"{\"fact\":\"stage\",\"codes\":[\"I\",{\"compare\":\">\",\"code\":\"II\"}]}", 1,
         31, "/codes/1: unexpected member \"compare\": there are: from to"},
        {"{\"fact\":\"stage\",\"codes\":[{\"from\":\"IV\",\"to\":\"II\"}]}", 1, 34,
         "/codes/0/from: the range 4..2 is empty"},
        {"{\"fact\":\"size\",\"codes\":[\"1\"]}", 1, 16, "/codes: size has no codes"},
        {"{\"fact\":\"sex\",\"status\":[\"F\"]}", 1, 15, "/status: sex has no status"},
        {"{\"fact\":\"sex\",\"number\":{\"eq\":1}}", 1, 25, "/number: sex has no number"},
        {"{\"fact\":\"treatment\",\"status\":[\"NO\"]}", 1, 21,
         "/status: expected [\"YES\"]"},
        {"{\"fact\":\"size\",\"number\":{}}", 1, 16, "/number: expected eq, or one of"},
        {"{\"fact\":\"size\",\"number\":{\"ge\":1,\"gt\":1}}", 1, 26,
         "/number: expected eq"},
        {"{\"fact\":\"size\",\"number\":{\"ge\":\"1\"}}", 1, 31,
         "/number/ge: expected a number"},
        {"{\"fact\":\"size\",\"number\":{\"ge\":3,\"le\":1}}", 1, 33,
         "/number/le: nothing lies between 3 and 1"},
        {"{\"fact\":\"size\",\"number\":{\"ge\":3,\"unit\":\"kg\"}}", 1, 40,
         "/number/unit: size is measured in mm: kg cannot be converted"},
        {"{\"fact\":\"size\",\"number\":{\"ge\":3,\"unit\":\"any\"}}", 1, 40,
         "/number/unit: expected a unit"},
        {"{\"fact\":\"size\",\"number\":{\"ge\":3,\"unit\":\"2nd\"}}", 1, 40,
         "/number/unit: expected a unit"},
        {"{\"fact\":\"size\",\"number\":{\"ge\":3,\"unit\":\"and dead\"}}", 1, 40,
         "/number/unit: "},
        {"{\"fact\":\"surgery\",\"count\":0}", 1, 19,
         "/count: expected a whole number from 1"},
        {"{\"fact\":\"surgery\",\"count\":1001}", 1, 19, "from 1 to 1000"},
        {"{\"fact\":\"surgery\",\"count\":2,\"order\":1}", 1, 19,
         "/count: an order chooses"},
        {"{\"fact\":\"surgery\",\"order\":100}", 1, 19, "/order: expected \"last\" or"},
        {"{\"fact\":\"surgery\",\"from\":{\"when\":[]}}", 1, 27,
         "/from: from goes with order"},
        {"{\"fact\":\"surgery\",\"when\":[{\"point\":\"end\",\"lastDays\":3}]}", 1, 36,
         "/when/0/point: surgery has no end"},
        {"{\"fact\":\"surgery\",\"when\":[{\"lastDays\":-1}]}", 1, 28,
         "/when/0/lastDays: expected a whole number from 0 to 100000"},
        {"{\"fact\":\"surgery\",\"when\":[{\"from\":\"2020-13-01\"}]}", 1, 35,
         "/when/0/from: expected a date"},
        {"{\"fact\":\"surgery\",\"when\":[{\"from\":\"01/02/2020\"}]}", 1, 35,
         "/when/0/from: expected a date"},
        {"{\"fact\":\"surgery\",\"when\":[{\"from\":\"2021\",\"to\":\"2020\"}]}", 1, 35,
         "/when/0/from: the period ends before it begins"},
        {"{\"fact\":\"surgery\",\"when\":[{\"days\":{\"le\":3}}]}", 1, 28,
         "/when/0: expected an object with from, to"},
        {"{\"fact\":\"surgery\",\"when\":[{\"days\":{\"le\":3},\"since\":\"birth\"}]}", 1,
         36, "/when/0/days: days go with"},
        {"{\"fact\":\"surgery\",\"when\":[{\"days\":{\"le\":3,\"ge\":5},\"after\":\"birth\"}]}",
         1, 36, "/when/0/days: the range 5..3 is empty"},
        {"{\"fact\":\"surgery\",\"when\":[{\"around\":\"birth\"}]}", 1, 37,
         "/when/0/around: around wants days"},
        {"{\"fact\":\"surgery\",\"when\":[{\"after\":\"christmas\"}]}", 1, 36,
         "/when/0/after: expected one of \"birth\""},
        {"{\"fact\":\"surgery\",\"when\":[{\"after\":\"birth\",\"not\":true}]}", 1, 44,
         "/when/0/not: not goes with"},
        {"{\"fact\":\"surgery\",\"when\":[{\"after\":{\"fact\":\"surgery\"},\"anchor\":\"end\"}]}",
         1, 37, "/when/0/after: surgery has no end"},
        {"{\"fact\":\"surgery\",\"when\":[{\"after\":{\"fact\":\"stage\",\"count\":2}}]}",
         1, 37, "/when/0/after: unexpected member \"count\""},
        {"{\"age\":{\"ge\":18},\"at\":\"birth\"}", 1, 23, "/at: expected one of \"now\""},
        {"{\"date\":\"death\"}", 1, 2, "/when: expected an array of conditions"},
        {"{\"vital\":\"undead\"}", 1, 10, "/vital: expected one of \"dead\", \"alive\""},
        {"{\"active\":{\"from\":2019}}", 1, 12,
         "expected a whole number from 1880 to 2058"},
        {"{\"active\":{\"from\":2021,\"to\":2019}}", 1, 12, "/active: the period ends"},
        {"{\"atLeast\":3,\"of\":[{\"any\":true}]}", 1, 2,
         "/atLeast: at least 3 of a list of 1"},
        {"{\"sample\":{\"fact\":\"sex\"}}", 1, 19,
         "/sample/fact: inside sample { } stand lines about a sample"},
        {"{\"tumour\":{\"tumour\":{\"any\":true}}}", 1, 22,
         "/tumour/tumour: expected a line about this tumour"},
        {"{\"use\":\"x\"}", 1, 8, "/use: nothing is called \"x\""},
        {"{\"and\":[{\"named\":\"x\",\"criteria\":{\"any\":true}},{\"named\":\"x\",\"criteria\":"
         "{\"any\":true}}]}",
         1, 56, "/and/1/named: \"x\" is the name of something else"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(mistakes); i++) {
        const char *json = mistakes[i].json;
        struct error err = ERROR_INIT;

        if (criteria_from_json(arena, json, strlen(json), NULL, &err))
            fail_msg("%s: no mistake was found", json);
        if (err.code != ERROR_INPUT || err.line != mistakes[i].line ||
            err.column != mistakes[i].column || !strstr(err.message, mistakes[i].words))
            fail_msg("%s\n%u:%u: %s\nexpected\n%u:%u: %s", json, err.line, err.column,
                     err.message, mistakes[i].line, mistakes[i].column,
                     mistakes[i].words);
    }
}

static void nodes_know_where_they_stand(void **state)
{
    const struct criteria *criteria =
        from_json("{\"and\": [\n  {\"vital\": \"dead\"},\n   {\"fact\": \"surgery\"}]}");

    (void)state;
    assert_int_equal(criteria->children[0]->line, 2);
    assert_int_equal(criteria->children[0]->column, 13);
    assert_int_equal(criteria->children[1]->line, 3);
    assert_int_equal(criteria->children[1]->column, 13);
}

/* ---- limits ---- */

static const char *repeated(const char *before, const char *what, size_t n,
                            const char *middle, const char *after)
{
    struct buffer out;
    const char *text;

    buffer_init(&out, (size_t)1 << 20);
    for (size_t i = 0; i < n; i++)
        buffer_string(&out, before);
    buffer_string(&out, middle);
    for (size_t i = 0; i < n; i++)
        buffer_string(&out, i + 1 < n || !*what ? after : what);
    text = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

static void over_the_limit(const char *json, const char *words)
{
    struct error err = ERROR_INIT;

    assert_null(criteria_from_json(arena, json, strlen(json), NULL, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    if (!strstr(err.message, words))
        fail_msg("%s\nexpected\n%s", err.message, words);
}

static void json_has_the_limits_of_the_text(void **state)
{
    size_t most = CRITERIA_DEPTH_MAX - 1;
    char *blanks = arena_alloc(arena, CRITERIA_JSON_MAX + 2);

    (void)state;
    from_json(repeated("{\"not\":", "", most, "{\"any\":true}", "}"));
    over_the_limit(repeated("{\"not\":", "", most + 1, "{\"any\":true}", "}"),
                   "nested deeper than 64");
    over_the_limit(repeated("{\"not\":", "", 20000, "{\"any\":true}", "}"),
                   "nested deeper than 64");
    from_json(repeated("", "]}", 4001, "{\"and\":[{\"any\":true}", ",{\"any\":true}"));
    over_the_limit(repeated("", "]}", 5000, "{\"and\":[{\"any\":true}",
                            ",{\"any\":true}"),
                   "more than 4096 criteria");
    over_the_limit(repeated("", "]}", 513, "{\"fact\":\"sex\",\"codes\":[\"F\"",
                            ",\"F\""),
                   "more than 512 codes");
    memset(blanks, ' ', CRITERIA_JSON_MAX + 1);
    over_the_limit(blanks, "at most 524288");
}

static void a_small_arena_is_a_limit(void **state)
{
    struct arena *small = arena_new("small", 2048);
    struct error err = ERROR_INIT;
    const char *json = "{\"and\":[{\"any\":true},{\"any\":true},{\"any\":true}]}";

    (void)state;
    assert_null(criteria_from_json(small, json, strlen(json), NULL, &err));
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_free(small);
}

/* ---- any question ---- */

static void there_and_back(const char *text)
{
    const struct criteria *first = from_text(text);
    const char *json = criteria_to_json(arena, first);
    const struct criteria *second = from_json(json);

    if (strcmp(criteria_print(arena, first), criteria_print(arena, second)) != 0)
        fail_msg("%s\nis\n%s\nand not\n%s", json, criteria_print(arena, second), text);
    assert_string_equal(criteria_to_json(arena, second), json);
    assert_true(criteria_digest(first) == criteria_digest(second));
}

static void every_question_comes_back(void **state)
{
    struct rng rng = {test_seed(1)};
    const struct record *records[20];
    const struct askable *askable;

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(records); i++)
        records[i] = random_record(arena, &rng, (uint32_t)i + 1);
    askable = askable_new(arena, records, ARRAY_LENGTH(records));
    for (size_t i = 0; i < test_rounds(20000); i++) {
        struct arena_mark mark = arena_mark(arena);

        there_and_back(
            random_criteria_text(arena, &rng, askable, rng_between(&rng, 0, 3)));
        arena_release(arena, mark);
    }
}

static void a_pointer_finds_its_node(void **state)
{
    const struct criteria *criteria = from_text(
        "dead and tumour { not (any or surgery any preceded by surgery any) } and "
        "named \"x\" (at least 1 of (any, last (treatment L01 during surgery any)))");
    const struct criteria *surgery =
        criteria->children[1]->children[0]->children[0]->children[1];
    const struct criteria *last = criteria->children[2]->children[0]->children[1];

    (void)state;
    assert_string_equal(criteria_json_pointer(arena, criteria, criteria), "");
    assert_string_equal(criteria_json_pointer(arena, criteria, surgery),
                        "/and/1/tumour/not/or/1");
    assert_string_equal(criteria_json_pointer(arena, criteria, surgery->when[0].other),
                        "/and/1/tumour/not/or/1/when/0/after");
    assert_string_equal(criteria_json_pointer(arena, criteria, last),
                        "/and/2/criteria/of/1");
    assert_string_equal(criteria_json_pointer(arena, criteria, last->from->when[0].other),
                        "/and/2/criteria/of/1/from/when/0/during");
    assert_null(criteria_json_pointer(arena, surgery, last));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trees_have_their_objects),
        cmocka_unit_test(facts_have_their_members),
        cmocka_unit_test(conditions_have_their_members),
        cmocka_unit_test(other_forms_are_read),
        cmocka_unit_test(the_examples_of_the_manual_are_so),
        cmocka_unit_test(either_is_read),
        cmocka_unit_test(saved_definitions_are_found),
        cmocka_unit_test(mistakes_are_told_with_their_pointer),
        cmocka_unit_test(nodes_know_where_they_stand),
        cmocka_unit_test(json_has_the_limits_of_the_text),
        cmocka_unit_test(a_small_arena_is_a_limit),
        cmocka_unit_test(every_question_comes_back),
        cmocka_unit_test(a_pointer_finds_its_node),
    };

    return cmocka_run_group_tests_name("criteria json", tests, arena_begin, arena_end);
}
