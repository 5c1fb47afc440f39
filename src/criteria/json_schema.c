/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/json_schema.c: the JSON Schema of criteria (draft 2020-12), its words out of the
 * model. docs/criteria.schema.json is what this writes; a test compares them. */
#include "base/buffer.h"
#include "criteria/json_internal.h"
#include "criteria/parse_internal.h"

typedef bool item_test(enum item item);

/* The words of facts for which TEST says IS. */
static void put_facts(struct buffer *out, item_test *test, bool is)
{
    bool comma = false;

    for (int item = ITEM_NONE + 1; item < ITEMS; item++) {
        if (!json_is_fact((enum item)item) || test((enum item)item) != is)
            continue;
        buffer_string(out, comma ? ", " : "");
        buffer_json_string(out, model_item((enum item)item)->word);
        comma = true;
    }
}

static void put_dates(struct buffer *out, enum item but)
{
    enum item items[DATE_ITEMS_MAX];
    bool comma = false;

    json_date_items(items);
    for (size_t i = 0; items[i] != ITEM_NONE; i++) {
        if (items[i] == but)
            continue;
        buffer_string(out, comma ? ", " : "");
        buffer_json_string(out, model_item(items[i])->word);
        comma = true;
    }
}

static void put_head(struct buffer *out)
{
    buffer_string(
        out,
        "{\n"
        "  \"$schema\": \"https://json-schema.org/draft/2020-12/schema\",\n"
        "  \"title\": \"Criteria\",\n"
        "  \"description\": \"The criteria language as JSON; docs/criteria.md says what "
        "it means.\",\n"
        "  \"$ref\": \"#/$defs/criteria\",\n"
        "  \"$defs\": {\n"
        "    \"criteria\": {\"oneOf\": [\n");
    buffer_string(
        out,
        "      {\"$ref\": \"#/$defs/and\"}, {\"$ref\": \"#/$defs/or\"}, {\"$ref\": "
        "\"#/$defs/not\"},\n"
        "      {\"$ref\": \"#/$defs/atLeast\"}, {\"$ref\": \"#/$defs/tumour\"}, "
        "{\"$ref\": \"#/$defs/any\"},\n"
        "      {\"$ref\": \"#/$defs/named\"}, {\"$ref\": \"#/$defs/use\"}, {\"$ref\": "
        "\"#/$defs/line\"},\n"
        "      {\"$ref\": \"#/$defs/age\"}, {\"$ref\": \"#/$defs/date\"}, {\"$ref\": "
        "\"#/$defs/vital\"},\n"
        "      {\"$ref\": \"#/$defs/active\"}, {\"$ref\": \"#/$defs/sample\"}, "
        "{\"$ref\": \"#/$defs/event\"},\n"
        "      {\"$ref\": \"#/$defs/tnm\"}]},\n"
        "    \"list\": {\"type\": \"array\", \"minItems\": 1, \"items\": {\"$ref\": "
        "\"#/$defs/criteria\"}},\n");
}

/* An object of which all MEMBERS are there, or those that REQUIRED names. */
static void put_object(struct buffer *out, const char *name, const char *text,
                       const char *required, const char *members)
{
    buffer_printf(out, "    \"%s\": {\"type\": \"object\", \"description\": ", name);
    buffer_json_string(out, text);
    buffer_printf(out,
                  ",\n      \"required\": [%s], \"additionalProperties\": false,\n"
                  "      \"properties\": {%s}},\n",
                  required, members);
}

static void put_tree(struct buffer *out)
{
    put_object(out, "and", "All of them hold", "\"and\"",
               "\"and\": {\"$ref\": \"#/$defs/list\"}");
    put_object(out, "or", "One of them holds", "\"or\"",
               "\"or\": {\"$ref\": \"#/$defs/list\"}");
    put_object(out, "not", "It does not hold", "\"not\"",
               "\"not\": {\"$ref\": \"#/$defs/criteria\"}");
    put_object(out, "atLeast", "At least so many of them hold", "\"atLeast\", \"of\"",
               "\"atLeast\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 4096}, "
               "\"of\": {\"$ref\": \"#/$defs/list\"}");
    put_object(out, "tumour", "It holds for one and the same tumour", "\"tumour\"",
               "\"tumour\": {\"$ref\": \"#/$defs/criteria\"}");
    put_object(out, "sample",
               "It holds for one and the same sample and what was found in it",
               "\"sample\"", "\"sample\": {\"$ref\": \"#/$defs/criteria\"}");
    put_object(out, "event", "It holds for one and the same tumour event", "\"event\"",
               "\"event\": {\"$ref\": \"#/$defs/criteria\"}");
    put_object(out, "tnm", "It holds for one and the same TNM", "\"tnm\"",
               "\"tnm\": {\"$ref\": \"#/$defs/criteria\"}");
    put_object(out, "any", "Every patient", "\"any\"", "\"any\": {\"const\": true}");
    put_object(out, "named", "Criteria with a name", "\"named\", \"criteria\"",
               "\"named\": {\"$ref\": \"#/$defs/text\"}, \"criteria\": {\"$ref\": "
               "\"#/$defs/criteria\"}");
    put_object(out, "use", "What is called so: said before, or a saved definition",
               "\"use\"",
               "\"use\": {\"$ref\": \"#/$defs/text\"}, \"version\": {\"type\": "
               "\"integer\", \"minimum\": 1, \"maximum\": 2147483647}");
    put_object(out, "vital", "Dead, or alive", "\"vital\"",
               "\"vital\": {\"enum\": [\"dead\", \"alive\"]}");
    buffer_printf(out,
                  "    \"year\": {\"type\": \"integer\", \"minimum\": %d, \"maximum\": "
                  "%d},\n",
                  YEAR_FIRST, YEAR_LAST);
    put_object(out, "active", "Seen in these years (file active)", "\"active\"",
               "\"active\": {\"type\": \"object\", \"required\": [\"from\", \"to\"], "
               "\"additionalProperties\": false, \"properties\": {\"from\": {\"$ref\": "
               "\"#/$defs/year\"}, \"to\": {\"$ref\": \"#/$defs/year\"}}}");
}

static void put_dated_lines(struct buffer *out)
{
    buffer_string(out, "    \"dateWord\": {\"enum\": [");
    put_dates(out, ITEM_NONE);
    buffer_string(out, "]},\n    \"ageWord\": {\"enum\": [\"now\", ");
    put_dates(out, ITEM_PATIENT_BIRTH);
    buffer_string(out, "]},\n");
    put_object(out, "age", "Completed years at a date, now if none is said", "\"age\"",
               "\"age\": {\"$ref\": \"#/$defs/bounds\"}, \"at\": {\"$ref\": "
               "\"#/$defs/ageWord\"}");
    put_object(out, "date", "A date of the patient, or of the tumour",
               "\"date\", \"when\"",
               "\"date\": {\"$ref\": \"#/$defs/dateWord\"}, \"when\": {\"$ref\": "
               "\"#/$defs/whensOfStart\"}");
}

/* ---- values ---- */

static void put_bounds(struct buffer *out, const char *name, const char *more)
{
    buffer_printf(
        out,
        "    \"%s\": {\"type\": \"object\", \"description\": \"eq; or a lower bound, an "
        "upper bound, or both\",\n"
        "      \"additionalProperties\": false, \"properties\": {\"eq\": {\"type\": "
        "\"number\"},\n"
        "        \"ge\": {\"type\": \"number\"}, \"gt\": {\"type\": \"number\"}, \"le\": "
        "{\"type\": \"number\"},\n"
        "        \"lt\": {\"type\": \"number\"}%s},\n"
        "      \"oneOf\": [{\"required\": [\"eq\"]}, {\"anyOf\": [{\"required\": "
        "[\"ge\"]}, {\"required\": [\"gt\"]},\n"
        "        {\"required\": [\"le\"]}, {\"required\": [\"lt\"]}]}],\n"
        "      \"not\": {\"anyOf\": [{\"required\": [\"ge\", \"gt\"]}, {\"required\": "
        "[\"le\", \"lt\"]}]}},\n",
        name, more);
}

static void put_values(struct buffer *out)
{
    buffer_string(out, "    \"text\": {\"type\": \"string\", \"minLength\": 1, "
                       "\"pattern\": \"^[^\\\\u0000-\\\\u001f]*$\"},\n");
    put_bounds(out, "bounds", "");
    put_bounds(out, "number",
               ", \"unit\": {\"$ref\": \"#/$defs/text\", \"description\": \"The unit in "
               "which it is said\"}");
    put_object(out, "codeRange", "All codes from one to another", "\"from\", \"to\"",
               "\"from\": {\"$ref\": \"#/$defs/text\"}, \"to\": {\"$ref\": "
               "\"#/$defs/text\"}");
    put_object(out, "codeComparison", "Codes that have an order: stage, T, N",
               "\"compare\", \"code\"",
               "\"compare\": {\"enum\": [\"<\", \"<=\", \">\", \">=\"]}, \"code\": "
               "{\"$ref\": \"#/$defs/text\"}");
    buffer_string(
        out,
        "    \"codeList\": {\"type\": \"array\", \"minItems\": 1, \"maxItems\": 512, "
        "\"items\":\n"
        "      {\"oneOf\": [{\"$ref\": \"#/$defs/text\"}, {\"$ref\": "
        "\"#/$defs/codeRange\"}]}},\n"
        "    \"comparedCode\": {\"type\": \"array\", \"minItems\": 1, \"maxItems\": 1, "
        "\"items\":\n"
        "      {\"$ref\": \"#/$defs/codeComparison\"}},\n"
        "    \"codes\": {\"oneOf\": [{\"$ref\": \"#/$defs/codeList\"}, {\"$ref\": "
        "\"#/$defs/comparedCode\"}]},\n");
    buffer_printf(out,
                  "    \"numberOfDays\": {\"type\": \"integer\", \"minimum\": 0, "
                  "\"maximum\": %d},\n",
                  DURATION_MAX);
    buffer_string(out, "    \"days\": {\"type\": \"object\", \"minProperties\": 1, "
                       "\"additionalProperties\": false,\n"
                       "      \"properties\": {\"ge\": {\"$ref\": "
                       "\"#/$defs/numberOfDays\"}, \"le\": {\"$ref\": "
                       "\"#/$defs/numberOfDays\"}}},\n"
                       "    \"day\": {\"type\": \"string\", \"pattern\": "
                       "\"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$\"},\n"
                       "    \"point\": {\"enum\": [\"start\", \"end\"]},\n"
                       "    \"anchor\": {\"oneOf\": [{\"$ref\": \"#/$defs/dateWord\"}, "
                       "{\"$ref\": \"#/$defs/fact\"}]},\n");
}

/* ---- when ---- */

#define POINT "\"point\": {\"$ref\": \"#/$defs/point\"}, "
#define POINT_AND_ANCHOR POINT "\"anchor\": {\"$ref\": \"#/$defs/point\"}, "
#define ANCHOR "{\"$ref\": \"#/$defs/anchor\"}"
#define FACT "{\"$ref\": \"#/$defs/fact\"}"
#define FLAG "{\"type\": \"boolean\"}"

/* {"days": …, "after": …}: none said, of a date or of a fact; or that there is none. */
static void put_distances(struct buffer *out)
{
    for (int word = 0; word < DISTANCE_WORDS; word++) {
        const char *name = distance_words[word];
        bool sided = word == DISTANCE_AFTER || word == DISTANCE_BEFORE;
        bool around = word == DISTANCE_AROUND;

        buffer_printf(out,
                      "    \"%s\": {\"type\": \"object\", \"required\": [%s\"%s\"], "
                      "\"additionalProperties\": false,\n"
                      "      \"properties\": {" POINT_AND_ANCHOR "\"not\": " FLAG
                      ", \"%s\": " ANCHOR,
                      name, around ? "\"days\", " : "", name, name);
        if (sided)
            buffer_string(out, ", \"days\": {\"$ref\": \"#/$defs/days\"}");
        if (around)
            buffer_string(out,
                          ",\n        \"days\": {\"type\": \"object\", \"required\": "
                          "[\"le\"], \"additionalProperties\": false, "
                          "\"properties\": {\"le\": {\"$ref\": "
                          "\"#/$defs/numberOfDays\"}, \"ge\": {\"const\": 0}}}");
        buffer_printf(out,
                      "},\n"
                      "      \"allOf\": [{\"if\": {\"required\": [\"anchor\"], "
                      "\"properties\": {\"anchor\": {\"const\": \"end\"}}},\n"
                      "          \"then\": {\"properties\": {\"%s\": " FACT "}}},\n"
                      "        {\"if\": {\"required\": [\"not\"], \"properties\": "
                      "{\"not\": {\"const\": true}}},\n"
                      "          \"then\": ",
                      name);
        if (sided)
            buffer_printf(out,
                          "{\"properties\": {\"%s\": " FACT
                          ", \"point\": {\"const\": \"start\"},\n"
                          "            \"anchor\": {\"const\": \"start\"}, \"days\": "
                          "{\"required\": [\"le\"], \"properties\": {\"ge\": {\"const\": "
                          "0}}}}}}]},\n",
                          name);
        else
            buffer_string(out, "false}]},\n");
    }
}

static void put_whens(struct buffer *out)
{
    put_object(out, "period", "The point lies between two days, which both count", "",
               POINT "\"from\": {\"$ref\": \"#/$defs/day\"}, \"to\": {\"$ref\": "
                     "\"#/$defs/day\"}");
    put_object(out, "lastDays", "In the last days before the day of the question",
               "\"lastDays\"",
               POINT "\"lastDays\": {\"$ref\": \"#/$defs/numberOfDays\"}");
    put_object(out, "ageThen", "Completed years at the point", "\"age\"",
               POINT "\"age\": {\"$ref\": \"#/$defs/bounds\"}");
    put_object(out, "lasting", "Days from the fact's start to its end", "\"lasting\"",
               "\"lasting\": {\"$ref\": \"#/$defs/days\"}");
    put_object(out, "ongoing", "It has begun and not ended on the day of the question",
               "\"ongoing\"", "\"ongoing\": {\"const\": true}");
    put_object(out, "during", "The point lies between start and end of another fact",
               "\"during\"", POINT "\"during\": " FACT ", \"not\": " FLAG);
    put_object(out, "overlapping", "They have a day in common", "\"overlapping\"",
               "\"overlapping\": " FACT ", \"not\": " FLAG);
    put_distances(out);
    buffer_string(
        out,
        "    \"when\": {\"oneOf\": [\n"
        "      {\"$ref\": \"#/$defs/period\", \"anyOf\": [{\"required\": [\"from\"]}, "
        "{\"required\": [\"to\"]}]},\n"
        "      {\"$ref\": \"#/$defs/lastDays\"}, {\"$ref\": \"#/$defs/ageThen\"}, "
        "{\"$ref\": \"#/$defs/during\"},\n"
        "      {\"$ref\": \"#/$defs/lasting\"}, {\"$ref\": \"#/$defs/ongoing\"},\n"
        "      {\"$ref\": \"#/$defs/overlapping\"}");
    for (int word = 0; word < DISTANCE_WORDS; word++)
        buffer_printf(out, ", {\"$ref\": \"#/$defs/%s\"}", distance_words[word]);
    buffer_printf(out,
                  "]},\n"
                  "    \"whens\": {\"type\": \"array\", \"minItems\": 1, \"maxItems\": "
                  "%d, \"items\": {\"$ref\": \"#/$defs/when\"}},\n"
                  "    \"whensOfStart\": {\"$ref\": \"#/$defs/whens\", \"items\": "
                  "{\"properties\": {\"point\": {\"const\": \"start\"}}}},\n",
                  WHEN_MAX);
}

/* ---- facts ---- */

static bool is_ordered(enum item item)
{
    return criteria_system_is_ordered(model_item(item)->system);
}

static bool is_treatment(enum item item)
{
    return item == ITEM_DRUG_CODE;
}

/* What facts for which TEST says IS must not have, or must have so. */
static void put_rule(struct buffer *out, item_test *test, bool is, const char *then)
{
    buffer_string(out, "        {\"if\": {\"properties\": {\"fact\": {\"enum\": [");
    put_facts(out, test, is);
    buffer_printf(out, "]}}}, \"then\": {\"properties\": {%s}}}", then);
}

static void put_fact(struct buffer *out, const char *name, const char *more)
{
    buffer_printf(
        out,
        "    \"%s\": {\"type\": \"object\", \"required\": [\"fact\"], "
        "\"additionalProperties\": false,\n"
        "      \"properties\": {\"fact\": {\"$ref\": \"#/$defs/factWord\"}, "
        "%s\"order\": {\"$ref\": \"#/$defs/order\"},\n"
        "        \"codes\": {\"$ref\": \"#/$defs/codes\"}, \"from\": {\"$ref\": "
        "\"#/$defs/said\"},\n"
        "        \"status\": {\"$ref\": \"#/$defs/codeList\"}, \"number\": "
        "{\"$ref\": \"#/$defs/number\"},\n"
        "        \"when\": {\"$ref\": \"#/$defs/whens\"}},\n"
        "      \"dependentRequired\": {\"from\": [\"order\"]}, \"allOf\": "
        "[{\"$ref\": \"#/$defs/rules\"}]}",
        name, more);
}

static void put_rules(struct buffer *out)
{
    buffer_string(out, "    \"rules\": {\"allOf\": [\n");
    put_rule(out, json_has_codes, false, "\"codes\": false");
    buffer_string(out, ",\n");
    put_rule(out, is_ordered, false, "\"codes\": {\"$ref\": \"#/$defs/codeList\"}");
    buffer_string(out, ",\n");
    put_rule(out, json_has_status, false,
             "\"status\": false, \"from\": {\"properties\": {\"status\": false}}");
    buffer_string(out, ",\n");
    put_rule(out, is_treatment, true,
             "\"status\": {\"const\": [\"YES\"]}, \"from\": {\"properties\": "
             "{\"status\": {\"const\": [\"YES\"]}}}");
    buffer_string(out, ",\n");
    put_rule(out, json_has_number, false,
             "\"number\": false, \"from\": {\"properties\": {\"number\": false}}");
    buffer_string(out, ",\n");
    put_rule(out, json_has_end, false,
             "\"when\": {\"$ref\": \"#/$defs/whensOfStart\"}, \"from\": {\"properties\": "
             "{\"when\": {\"$ref\": \"#/$defs/whensOfStart\"}}}");
    buffer_string(out, "]},\n");
}

static void put_lines(struct buffer *out)
{
    buffer_string(out, "    \"factWord\": {\"enum\": [");
    put_facts(out, json_is_fact, true);
    buffer_string(out,
                  "]},\n    \"order\": {\"oneOf\": [{\"const\": \"last\"}, {\"type\": "
                  "\"integer\", \"minimum\": 1, \"maximum\": 99}]},\n");
    buffer_string(
        out, "    \"said\": {\"type\": \"object\", \"description\": \"What the facts "
             "to choose from are, beside word and codes\",\n"
             "      \"additionalProperties\": false, \"properties\": {\"status\": "
             "{\"$ref\": \"#/$defs/codeList\"},\n"
             "        \"number\": {\"$ref\": \"#/$defs/number\"}, \"when\": {\"$ref\": "
             "\"#/$defs/whens\"}}},\n");
    put_rules(out);
    put_fact(out, "fact", "");
    buffer_string(out, ",\n");
    put_fact(out, "line",
             "\"count\": {\"type\": \"integer\", \"minimum\": 1, \"maximum\": 1000}, ");
    /* the last member has no comma, and an order is not counted */
    out->length--;
    buffer_string(out, ",\n      \"not\": {\"required\": [\"count\", \"order\"]}}\n");
}

void criteria_json_schema(struct buffer *out)
{
    put_head(out);
    put_tree(out);
    put_dated_lines(out);
    put_values(out);
    put_whens(out);
    put_lines(out);
    buffer_string(out, "  }\n}\n");
}
