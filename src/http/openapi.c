/* SPDX-License-Identifier: Apache-2.0
 *
 * http/openapi.c: the tables of routes.def and schemas.def, written as OpenAPI 3.1. */
#include "http/openapi.h"

#include <stdio.h>
#include <string.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "http/checks.h"
#include "http/exchange.h"
#include "http/routes.h"

enum field_type {
    FIELD_INTEGER,
    FIELD_NUMBER,
    FIELD_STRING,
    FIELD_BOOLEAN,
    FIELD_STRINGS,
    FIELD_OBJECT,
    FIELD_OBJECTS,
};
enum field_need { FIELD_SOMETIMES, FIELD_ALWAYS };

static const struct {
    const char *name, *text;
} schemas[SCHEMAS] = {
#define SCHEMA(i, n, e) [SCHEMA_##i] = {(n), (e)},
#define FIELD(...)
#include "http/schemas.def"
#undef SCHEMA
#undef FIELD
};

static const struct field {
    enum schema_id schema;
    const char *name;
    enum field_type type;
    enum schema_id of;
    enum field_need need;
    const char *text;
} fields[] = {
#define SCHEMA(...)
#define FIELD(s, n, t, o, d, e) {SCHEMA_##s, (n), FIELD_##t, SCHEMA_##o, FIELD_##d, (e)},
#include "http/schemas.def"
#undef SCHEMA
#undef FIELD
};

/* "NAME":"VALUE" with the comma after it that all but the last member of an object have. */
static void member(struct buffer *out, const char *name, const char *value, bool last)
{
    buffer_json_string(out, name);
    buffer_char(out, ':');
    buffer_json_string(out, value);
    if (!last)
        buffer_char(out, ',');
}

static void reference(struct buffer *out, enum schema_id schema)
{
    buffer_printf(out, "{\"$ref\":\"#/components/schemas/%s\"}", schemas[schema].name);
}

/* ---- answers ---- */

static void print_field(struct buffer *out, const struct field *field)
{
    static const char *const types[] = {
        [FIELD_INTEGER] = "integer", [FIELD_NUMBER] = "number", [FIELD_STRING] = "string",
        [FIELD_BOOLEAN] = "boolean", [FIELD_STRINGS] = "array", [FIELD_OBJECT] = "object",
        [FIELD_OBJECTS] = "array",
    };

    buffer_json_string(out, field->name);
    buffer_string(out, ":{");
    member(out, "description", field->text, false);
    if (field->type == FIELD_OBJECT && field->of != SCHEMA_NOTHING) {
        buffer_string(out, "\"allOf\":[");
        reference(out, field->of);
        buffer_string(out, "],");
    }
    if (field->type == FIELD_STRINGS)
        buffer_string(out, "\"items\":{\"type\":\"string\"},");
    if (field->type == FIELD_OBJECTS) {
        buffer_string(out, "\"items\":");
        reference(out, field->of);
        buffer_char(out, ',');
    }
    member(out, "type", types[field->type], true);
    buffer_char(out, '}');
}

static void print_schema(struct buffer *out, enum schema_id schema)
{
    const char *comma = "";

    buffer_json_string(out, schemas[schema].name);
    buffer_string(out, ":{\"type\":\"object\",");
    member(out, "description", schemas[schema].text, false);
    buffer_string(out, "\"properties\":{");
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        if (fields[i].schema != schema)
            continue;
        buffer_string(out, comma);
        print_field(out, &fields[i]);
        comma = ",";
    }
    buffer_string(out, "},\"required\":[");
    comma = "";
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        if (fields[i].schema != schema || fields[i].need != FIELD_ALWAYS)
            continue;
        buffer_string(out, comma);
        buffer_json_string(out, fields[i].name);
        comma = ",";
    }
    buffer_string(out, "]}");
}

/* Every route can end in any of these; which one it was is in the body. */
static void print_responses(struct buffer *out, const struct route *route)
{
    const char *const *types;
    size_t n = forms_types(route->forms, &types);

    buffer_string(out, "\"responses\":{\"200\":{");
    member(out, "description",
           route->answer == SCHEMA_NOTHING ? "As asked" : schemas[route->answer].text,
           false);
    buffer_string(out, "\"content\":{");
    for (size_t i = 0; i < n; i++) {
        buffer_string(out, i ? "," : "");
        buffer_json_string(out, types[i]);
        buffer_string(out, ":{\"schema\":");
        if (strcmp(types[i], "application/json") == 0)
            reference(out, route->answer);
        else
            buffer_string(out, "{\"type\":\"string\"}");
        buffer_char(out, '}');
    }
    buffer_string(out, "}},\"default\":{\"$ref\":\"#/components/responses/Problem\"}}");
}

/* ---- questions ---- */

static void print_type(struct buffer *out, const struct parameter *parameter)
{
    switch (parameter->type) {
    case TYPE_OF_TEXT: buffer_string(out, "{\"type\":\"string\",\"minLength\":1}"); break;
    case TYPE_OF_CRITERIA:
        buffer_string(out, parameter->place == PLACE_BODY
                               ? "{\"type\":[\"string\",\"object\"],\"minLength\":1}"
                               : "{\"type\":\"string\",\"minLength\":1}");
        break;
    case TYPE_OF_COUNT:
        buffer_printf(out, "{\"type\":\"integer\",\"minimum\":0,\"maximum\":%d}",
                      PARAMETER_COUNT_MAX);
        break;
    case TYPE_OF_FLAG: buffer_string(out, "{\"type\":\"boolean\"}"); break;
    case TYPE_OF_DAY:
        buffer_string(out, "{\"type\":\"string\",\"format\":\"date\"}");
        break;
    case TYPE_OF_LANG:
        buffer_string(out, "{\"type\":\"string\",\"enum\":[\"fr\",\"en\"]}");
        break;
    }
}

static void print_value_schema(struct buffer *out, const struct parameter *parameter)
{
    if (parameter->need == NEED_REPEATED)
        buffer_string(out, "{\"type\":\"array\",\"items\":");
    print_type(out, parameter);
    if (parameter->need == NEED_REPEATED)
        buffer_char(out, '}');
}

static void print_parameters(struct buffer *out, enum route_id route)
{
    buffer_string(out, "\"parameters\":[{\"$ref\":\"#/components/parameters/Caller\"},"
                       "{\"$ref\":\"#/components/parameters/Purpose\"}");
    for (size_t i = 0; i < parameter_count; i++) {
        const struct parameter *parameter = &parameter_table[i];

        if (parameter->route != route || parameter->place == PLACE_BODY)
            continue;
        buffer_string(out, ",{");
        member(out, "name", parameter->name, false);
        member(out, "in", parameter->place == PLACE_PATH ? "path" : "query", false);
        member(out, "description", parameter->text[LANG_EN], false);
        buffer_printf(out, "\"required\":%s,\"schema\":",
                      parameter->need == NEED_REQUIRED ? "true" : "false");
        print_value_schema(out, parameter);
        buffer_char(out, '}');
    }
    buffer_string(out, "],");
}

static void print_json_body(struct buffer *out, enum route_id route)
{
    const char *comma = "";
    struct buffer required;

    buffer_init(&required, 4096);
    buffer_string(out, "\"application/json\":{\"schema\":{\"type\":\"object\","
                       "\"additionalProperties\":false,\"properties\":{");
    for (size_t i = 0; i < parameter_count; i++) {
        const struct parameter *parameter = &parameter_table[i];

        if (parameter->route != route || parameter->place != PLACE_BODY)
            continue;
        buffer_string(out, comma);
        buffer_json_string(out, parameter->name);
        buffer_char(out, ':');
        print_value_schema(out, parameter);
        if (parameter->need == NEED_REQUIRED) {
            buffer_string(&required, required.length ? "," : "");
            buffer_json_string(&required, parameter->name);
        }
        comma = ",";
    }
    buffer_printf(out, "},\"required\":[%s]}}", buffer_text(&required));
    buffer_free(&required);
}

static void print_body(struct buffer *out, const struct route *route)
{
    if (route->body == BODY_NONE)
        return;
    buffer_string(out, "\"requestBody\":{\"required\":true,\"content\":{");
    if (route->body == BODY_JSON)
        print_json_body(out, route->id);
    else
        buffer_string(out, "\"application/octet-stream\":{}");
    buffer_string(out, "}},");
}

static void print_operation(struct buffer *out, const struct route *route)
{
    char operation[64];

    snprintf(operation, sizeof(operation), "%s", route->name);
    for (char *c = operation; *c; c++)
        *c = *c == '_' ? '-' : (char)(*c | 0x20); /* ASCII letters, to lower case */

    buffer_string(out, route->method == METHOD_GET ? "\"get\":{" : "\"post\":{");
    member(out, "operationId", operation, false);
    member(out, "summary", route->summary[LANG_EN], false);
    member(out, "description",
           route->reach == REACH_SOCKET
               ? "On the Unix socket of the node only."
               : "On the loopback address and on the Unix socket.",
           false);
    print_parameters(out, route->id);
    print_body(out, route);
    print_responses(out, route);
    buffer_char(out, '}');
}

/* Routes of one address stand together, whatever their order in the table. */
static void print_paths(struct buffer *out)
{
    bool done[ROUTES] = {false};
    const char *comma = "";

    buffer_string(out, "\"paths\":{");
    for (size_t first = 0; first < ROUTES; first++) {
        const char *inner = "";

        if (done[first])
            continue;
        buffer_string(out, comma);
        buffer_json_string(out, route_table[first].path);
        buffer_string(out, ":{");
        for (size_t i = first; i < ROUTES; i++) {
            if (strcmp(route_table[i].path, route_table[first].path) != 0)
                continue;
            buffer_string(out, inner);
            print_operation(out, &route_table[i]);
            done[i] = true;
            inner = ",";
        }
        buffer_char(out, '}');
        comma = ",";
    }
    buffer_string(out, "},");
}

static void print_components(struct buffer *out)
{
    buffer_printf(
        out,
        "\"components\":{\"parameters\":{"
        "\"Caller\":{\"name\":\"X-Lacis-Caller\",\"in\":\"header\",\"required\":false,"
        "\"description\":\"Who asks, for the audit log\",\"schema\":{\"type\":"
        "\"string\",\"minLength\":1,\"maxLength\":%d}},"
        "\"Purpose\":{\"name\":\"X-Lacis-Purpose\",\"in\":\"header\",\"required\":"
        "false,\"description\":\"What for\",\"schema\":{\"type\":\"string\",\"enum\":"
        "[\"%s\",\"%s\",\"%s\",\"%s\"]}}},",
        CALLER_NAME_MAX, purpose_name(PURPOSE_CARE), purpose_name(PURPOSE_RESEARCH),
        purpose_name(PURPOSE_QUALITY), purpose_name(PURPOSE_OPERATION));
    buffer_string(out, "\"responses\":{\"Problem\":{");
    member(out, "description", schemas[SCHEMA_PROBLEM].text, false);
    buffer_string(out, "\"content\":{\"application/problem+json\":{\"schema\":");
    reference(out, SCHEMA_PROBLEM);
    buffer_string(out, "}}}},\"schemas\":{");
    for (int i = 0; i < SCHEMAS; i++) {
        buffer_string(out, i ? "," : "");
        print_schema(out, (enum schema_id)i);
    }
    buffer_string(out, "}}");
}

void openapi_print(struct buffer *out)
{
    buffer_string(out, "{\"openapi\":\"3.1.0\",\"info\":{");
    member(out, "title", "Lacis", false);
    member(out, "description",
           "One node of the shared data platform of a network of cancer "
           "centres. See docs/http.md.",
           false);
    member(out, "version", LACIS_VERSION, false);
    buffer_string(out,
                  "\"license\":{\"name\":\"Apache-2.0\",\"identifier\":\"Apache-2.0\"}},"
                  "\"servers\":[{\"url\":\"/\"}],");
    print_paths(out);
    print_components(out);
    buffer_string(out, "}\n");
}
