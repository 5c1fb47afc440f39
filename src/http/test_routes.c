/* SPDX-License-Identifier: Apache-2.0
 *
 * test_routes.c: the table as a whole, addresses found in it, arguments read by it, and the
 * OpenAPI document made of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <yyjson.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/date.h"
#include "base/error.h"
#include "http/arguments.h"
#include "http/openapi.h"
#include "http/uri.h"

/* ---- the table ---- */

static void every_row_is_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < ROUTES; i++) {
        const struct route *route = &route_table[i];
        size_t paths = 0;
        size_t bodies = 0;

        assert_int_equal(route->id, i);
        assert_int_equal(route->path[0], '/');
        assert_non_null(route->handler);
        assert_true(*route->summary[LANG_FR] && *route->summary[LANG_EN]);
        for (size_t p = 0; p < parameter_count; p++) {
            if (parameter_table[p].route != i)
                continue;
            paths += parameter_table[p].place == PLACE_PATH;
            bodies += parameter_table[p].place == PLACE_BODY;
            assert_true(*parameter_table[p].text[LANG_FR] &&
                        *parameter_table[p].text[LANG_EN]);
        }
        assert_int_equal(paths, strchr(route->path, '{') ? 1 : 0);
        assert_int_equal(bodies > 0, route->body == BODY_JSON);
        /* what writes, or names a patient, is not for whoever is on the machine */
        if (route->run == RUN_WRITER || route->purpose == PURPOSE_CARE)
            assert_int_equal(route->reach, REACH_SOCKET);
    }
}

/* ---- addresses ---- */

static struct match find(const char *method, const char *target, char copy[256])
{
    struct match match;
    struct uri uri;

    snprintf(copy, 256, "%s", target);
    assert_int_equal(uri_parse(copy, &uri, NULL), 0);
    routes_match(method, &uri, &match);
    return match;
}

static void addresses_are_found(void **state)
{
    static const struct {
        const char *method, *target;
        int route; /* -1: none */
        const char *allow;
    } cases[] = {
        {"GET", "/", ROUTE_INDEX, "GET, HEAD"},
        {"HEAD", "/", ROUTE_INDEX, "GET, HEAD"},
        {"GET", "/count", ROUTE_COUNT, "GET, HEAD, POST"},
        {"HEAD", "/count?criteria=any", ROUTE_COUNT, "GET, HEAD, POST"},
        {"POST", "/count", ROUTE_COUNT_LONG, "GET, HEAD, POST"},
        {"GET", "/patients/12", ROUTE_PATIENT, "GET, HEAD"},
        {"GET", "/patients/a%2Fb", ROUTE_PATIENT, "GET, HEAD"},
        {"GET", "/openapi.json", ROUTE_OPENAPI, "GET, HEAD"},
        {"DELETE", "/count", -1, "GET, HEAD, POST"},
        {"get", "/count", -1, "GET, HEAD, POST"},
        {"POST", "/health", -1, "GET, HEAD"},
        {"GET", "/import", -1, "POST"},
        {"HEAD", "/import", -1, "POST"},
        {"GET", "/patients", -1, ""},
        {"GET", "/patients/", -1, ""},
        {"GET", "/patients/1/2", -1, ""},
        {"GET", "/count/", -1, ""},
        {"GET", "//count", -1, ""},
        {"GET", "/coun", -1, ""},
        {"GET", "/counts", -1, ""},
        {"GET", "/Count", -1, ""},
        {"GET", "/patients%2F1", -1, ""},
        {"GET", "/.", -1, ""},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        char copy[256];
        struct match match = find(cases[i].method, cases[i].target, copy);
        int route = match.route ? (int)match.route->id : -1;

        if (route != cases[i].route || strcmp(match.allow, cases[i].allow) != 0)
            fail_msg("%s %s: route %d, allow %s", cases[i].method, cases[i].target, route,
                     match.allow);
        assert_int_equal(match.path_known, *cases[i].allow != '\0');
    }
}

/* ---- arguments ---- */

static int read_address(const char *target, struct arguments *arguments,
                        struct error *err)
{
    static char copy[512];
    struct match match;
    struct uri uri;

    *arguments = (struct arguments){0};
    *err = (struct error)ERROR_INIT;
    snprintf(copy, sizeof(copy), "%s", target);
    assert_int_equal(uri_parse(copy, &uri, err), 0);
    routes_match("GET", &uri, &match);
    assert_non_null(match.route);
    return arguments_from_uri(&match, &uri, arguments, err);
}

static void arguments_of_an_address(void **state)
{
    struct arguments arguments;
    struct error err;
    const char *by[2];

    (void)state;
    if (read_address("/count?criteria=any&by=sex&by=vital+status&by=age&funnel&top=12&"
                     "as_of=2026-11-12&lang=fr",
                     &arguments, &err) < 0)
        fail_msg("%s", err.message);
    assert_string_equal(arguments_get(&arguments, "criteria")->text, "any");
    assert_int_equal(arguments_texts(&arguments, "by", by, 2), 3);
    assert_string_equal(by[0], "sex");
    assert_string_equal(by[1], "vital status");
    assert_int_equal(arguments_get(&arguments, "funnel")->number, 1);
    assert_int_equal(arguments_get(&arguments, "top")->number, 12);
    assert_int_equal(arguments_get(&arguments, "as_of")->number,
                     day_from_civil(2026, 11, 12));
    assert_int_equal(arguments_get(&arguments, "lang")->number, LANG_FR);
    assert_null(arguments_get(&arguments, "number"));

    assert_int_equal(read_address("/patients/a%2Fb?lang=en", &arguments, &err), 0);
    assert_string_equal(arguments_get(&arguments, "number")->text, "a/b");
}

static void wrong_arguments_are_told(void **state)
{
    static const struct {
        const char *target, *message;
    } cases[] = {
        {"/count", "criteria is missing: "},
        {"/count?criteria=", "criteria: a text that is not empty"},
        {"/count?criteria=any&as-of=2026-11-12",
         "as-of: no such parameter; there are: criteria, by, funnel, histogram, bin, explain, top, as_of, lang"},
        {"/count?criteria=any&criteria=any", "criteria is given twice"},
        {"/count?criteria=any&top=1&top=1", "top is given twice"},
        {"/count?criteria=any&top=",
         "top: a whole number from 0 to 1000000 was expected"},
        {"/count?criteria=any&top=-1", "top: a whole"},
        {"/count?criteria=any&top=1000001", "top: a whole"},
        {"/count?criteria=any&top=99999999999999999999", "top: a whole"},
        {"/count?criteria=any&as_of=2026-11",
         "as_of: a day such as 2026-11-12 was expected"},
        {"/count?criteria=any&as_of=2026-02-30", "as_of: a day"},
        {"/count?criteria=any&funnel=yes", "funnel: true or false was expected"},
        {"/count?criteria=any&lang=de", "lang: fr or en was expected"},
        {"/health?x=1", "x: this address takes no parameters"},
        {"/count?by=1&by=1&by=1&by=1&by=1&by=1&by=1&by=1&by=1&by=1&by=1&by=1&by=1&by=1&by=1&by=1"
         "&by=1",
         "more than 16 values are given"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arguments arguments;
        struct error err;

        assert_int_equal(read_address(cases[i].target, &arguments, &err), -1);
        if (strncmp(err.message, cases[i].message, strlen(cases[i].message)) != 0)
            fail_msg("%s: %s", cases[i].target, err.message);
    }
}

static int read_body(struct arena *arena, const char *json, struct arguments *arguments,
                     struct error *err)
{
    static char copy[4096];

    *arguments = (struct arguments){0};
    *err = (struct error)ERROR_INIT;
    snprintf(copy, sizeof(copy), "%s", json);
    return arguments_from_json(&route_table[ROUTE_COUNT_LONG], arena, copy, strlen(copy),
                               arguments, err);
}

static void arguments_of_a_body(void **state)
{
    struct arena *arena = arena_new("test", (size_t)1 << 20);
    struct arguments arguments;
    struct error err;
    const char *by[4];

    (void)state;
    if (read_body(
            arena,
            "{\"criteria\":\"tumour {\\n topography C34 }\",\"by\":[\"sex\",\"age\"],"
            "\"funnel\":false,\"top\":3,\"as_of\":null,\"lang\":\"fr\"}",
            &arguments, &err) < 0)
        fail_msg("%s", err.message);
    assert_string_equal(arguments_get(&arguments, "criteria")->text,
                        "tumour {\n topography C34 }");
    assert_int_equal(arguments_texts(&arguments, "by", by, 4), 2);
    assert_string_equal(by[1], "age");
    assert_int_equal(arguments_get(&arguments, "funnel")->number, 0);
    assert_int_equal(arguments_get(&arguments, "top")->number, 3);
    assert_null(arguments_get(&arguments, "as_of"));

    assert_int_equal(
        read_body(arena, "{\"criteria\":\"any\",\"by\":\"sex\"}", &arguments, &err), 0);
    assert_int_equal(arguments_texts(&arguments, "by", by, 4), 1);
    assert_false(arguments_get(&arguments, "criteria")->is_object);

    assert_int_equal(
        read_body(arena, "{\"criteria\": { \"any\" : true }}", &arguments, &err), 0);
    assert_string_equal(arguments_get(&arguments, "criteria")->text, "{\"any\":true}");
    assert_true(arguments_get(&arguments, "criteria")->is_object);
    arena_free(arena);
}

static void wrong_bodies_are_told(void **state)
{
    static const struct {
        const char *json, *message;
        unsigned line, column;
    } cases[] = {
        {"", "the body: a JSON object was expected", 1, 1},
        {"[]", "the body: a JSON object was expected", 1, 1},
        {"{\"criteria\":\n \"\xC3\xA9\", x}", "the body: ", 2, 8},
        {"{\"criteria\":\"any\"} {}", "the body: ", 1, 20},
        {"{\"criteria\":\"\xff\"}", "the body: ", 1, 14},
        {"{}", "criteria is missing", 0, 0},
        {"{\"criteria\":null}", "criteria: a text", 0, 0},
        {"{\"criteria\":\"\"}", "criteria: a text", 0, 0},
        {"{\"criteria\":7}", "criteria: a text", 0, 0},
        {"{\"criteria\":[\"any\"]}", "criteria: a text", 0, 0},
        {"{\"criteria\":\"a\\u0000b\"}", "criteria: a text without control", 0, 0},
        {"{\"criteria\":\"a\\u001bb\"}", "criteria: a text without control", 0, 0},
        {"{\"criteria\":\"any\",\"criteria\":\"any\"}", "criteria is given twice", 0, 0},
        {"{\"criteria\":\"any\",\"top\":-1}", "top: a whole", 0, 0},
        {"{\"criteria\":\"any\",\"top\":1.5}", "top: a whole", 0, 0},
        {"{\"criteria\":\"any\",\"top\":18446744073709551615}", "top: a whole", 0, 0},
        {"{\"criteria\":\"any\",\"funnel\":1}", "funnel: true or false", 0, 0},
        {"{\"criteria\":\"any\",\"funnel\":\"\"}", "funnel: true or false", 0, 0},
        {"{\"criteria\":\"any\",\"by\":[[\"sex\"]]}", "by: a text", 0, 0},
        {"{\"criteria\":\"any\",\"By\":\"sex\"}", "By: no such parameter", 0, 0},
        {"{\"criteria\":\"any\",\"\\n\":1}", "a name with control characters: no such", 0,
         0},
    };
    struct arena *arena = arena_new("test", (size_t)1 << 20);

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(cases); i++) {
        struct arguments arguments;
        struct error err;

        assert_int_equal(read_body(arena, cases[i].json, &arguments, &err), -1);
        if (strncmp(err.message, cases[i].message, strlen(cases[i].message)) != 0 ||
            err.line != cases[i].line || err.column != cases[i].column)
            fail_msg("%s: %u:%u: %s", cases[i].json, err.line, err.column, err.message);
        assert_int_equal(err.code, ERROR_INPUT);
        arena_reset(arena);
    }
    arena_free(arena);
}

static void a_body_too_large_for_the_arena(void **state)
{
    struct arena *arena = arena_new("test", 100);
    struct arguments arguments;
    struct error err;

    (void)state;
    assert_int_equal(read_body(arena, "{\"criteria\":\"any\"}", &arguments, &err), -1);
    assert_int_equal(err.code, ERROR_LIMIT);
    arena_free(arena);
}

/* ---- OpenAPI ---- */

/* The value that a local reference points to. */
static yyjson_val *resolve(yyjson_doc *document, yyjson_val *reference)
{
    const char *text = yyjson_get_str(reference);

    assert_non_null(text);
    assert_int_equal(strncmp(text, "#/", 2), 0);

    yyjson_val *found = yyjson_doc_ptr_get(document, text + 1);

    if (!found)
        fail_msg("%s points nowhere", text);
    return found;
}

static void check_references(yyjson_doc *document, yyjson_val *value)
{
    size_t i, n;
    yyjson_val *key, *item;

    if (yyjson_is_arr(value)) {
        yyjson_arr_foreach(value, i, n, item) check_references(document, item);
    } else if (yyjson_is_obj(value)) {
        yyjson_obj_foreach(value, i, n, key, item)
        {
            if (yyjson_equals_str(key, "$ref"))
                resolve(document, item);
            else
                check_references(document, item);
        }
    }
}

static void check_operation(yyjson_doc *document, const struct route *route,
                            yyjson_val *operation)
{
    yyjson_val *parameters = yyjson_obj_get(operation, "parameters");
    size_t i, n;
    yyjson_val *item;
    size_t in_path = 0;
    size_t in_query = 0;
    size_t expected = 0;

    assert_true(yyjson_is_str(yyjson_obj_get(operation, "operationId")));
    assert_true(yyjson_is_str(yyjson_obj_get(operation, "summary")));
    yyjson_arr_foreach(parameters, i, n, item)
    {
        yyjson_val *reference = yyjson_obj_get(item, "$ref");
        yyjson_val *parameter = reference ? resolve(document, reference) : item;
        yyjson_val *in = yyjson_obj_get(parameter, "in");
        const char *name = yyjson_get_str(yyjson_obj_get(parameter, "name"));

        assert_non_null(name);
        assert_true(yyjson_is_obj(yyjson_obj_get(parameter, "schema")));
        if (yyjson_equals_str(in, "path")) {
            char braces[64];

            snprintf(braces, sizeof(braces), "{%s}", name ? name : "");
            assert_non_null(strstr(route->path, braces));
            assert_true(yyjson_is_true(yyjson_obj_get(parameter, "required")));
            in_path++;
        } else if (yyjson_equals_str(in, "query")) {
            in_query++;
        } else {
            assert_true(yyjson_equals_str(in, "header"));
        }
    }
    for (size_t p = 0; p < parameter_count; p++)
        expected += parameter_table[p].route == route->id &&
                    parameter_table[p].place == PLACE_QUERY;
    assert_int_equal(in_path, strchr(route->path, '{') ? 1 : 0);
    assert_int_equal(in_query, expected);
    assert_int_equal(yyjson_obj_get(operation, "requestBody") != NULL,
                     route->body != BODY_NONE);
    assert_true(yyjson_is_obj(yyjson_ptr_get(operation, "/responses/200/content")));
    assert_true(yyjson_is_obj(yyjson_ptr_get(operation, "/responses/default")));
}

static void the_document_is_openapi(void **state)
{
    struct buffer text;
    struct buffer ids;
    yyjson_doc *document;
    yyjson_val *root;

    (void)state;
    buffer_init(&text, (size_t)1 << 20);
    buffer_init(&ids, 4096);
    buffer_char(&ids, ' ');
    openapi_print(&text);
    document = yyjson_read(buffer_text(&text), text.length, 0);
    assert_non_null(document);
    root = yyjson_doc_get_root(document);
    assert_true(yyjson_equals_str(yyjson_obj_get(root, "openapi"), "3.1.0"));
    assert_true(yyjson_is_str(yyjson_ptr_get(root, "/info/title")));
    assert_true(yyjson_is_str(yyjson_ptr_get(root, "/info/version")));

    for (size_t i = 0; i < ROUTES; i++) {
        yyjson_val *path =
            yyjson_obj_get(yyjson_obj_get(root, "paths"), route_table[i].path);
        yyjson_val *operation =
            yyjson_obj_get(path, route_table[i].method == METHOD_GET ? "get" : "post");
        char id[64];

        if (!operation)
            fail_msg("%s is missing", route_table[i].path);
        check_operation(document, &route_table[i], operation);
        snprintf(id, sizeof(id), " %s ",
                 yyjson_get_str(yyjson_obj_get(operation, "operationId")));
        assert_null(strstr(buffer_text(&ids), id)); /* each its own */
        buffer_string(&ids, id);
    }
    check_references(document, root);
    yyjson_doc_free(document);
    buffer_free(&text);
    buffer_free(&ids);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_whole),
        cmocka_unit_test(addresses_are_found),
        cmocka_unit_test(arguments_of_an_address),
        cmocka_unit_test(wrong_arguments_are_told),
        cmocka_unit_test(arguments_of_a_body),
        cmocka_unit_test(wrong_bodies_are_told),
        cmocka_unit_test(a_body_too_large_for_the_arena),
        cmocka_unit_test(the_document_is_openapi),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
