/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/json.h: criteria as JSON, for builders in the browser and other programs.
 *
 *     {"tumour": {"and": [{"fact": "topography", "codes": ["C34"]},
 *                         {"fact": "stage", "codes": [{"compare": ">=", "code": "III"}]}]}}
 *
 * docs/criteria.schema.json describes it (JSON Schema 2020-12; criteria_json_schema() writes it
 * out of the model). Text and JSON say the same: JSON is read into the tokens that the text
 * would have, and the parser of the text makes the tree of them, with the same checks, and
 * puts the same tumour { } around a line that needs one. */
#ifndef CRITERIA_JSON_H
#define CRITERIA_JSON_H

#include <stddef.h>

#include "base/attributes.h"
#include "criteria/criteria.h"

struct buffer;

/* Longest JSON; a text of CRITERIA_TEXT_MAX may need that much. Depth and nodes as in the text. */
#define CRITERIA_JSON_MAX (8 * CRITERIA_TEXT_MAX)

/* Read LENGTH bytes of JSON; DEFINITIONS may be NULL. NULL on a mistake: the message in ERR
 * begins with its JSON pointer (/and/1/codes/0), and line and column are those of the JSON, as
 * are the lines and columns of the tree. The tree lives in ARENA. */
NODISCARD const struct criteria *criteria_from_json(
    struct arena *arena, const char *json, size_t length,
    const struct criteria_definitions *definitions, struct error *err);

/* Criteria as text or as JSON, whichever it is: JSON begins with '{', text never does. */
NODISCARD const struct criteria *criteria_read(
    struct arena *arena, const char *text, size_t length,
    const struct criteria_definitions *definitions, struct error *err);

/* Canonical JSON: no blanks, members in one order, defaults left out. criteria_from_json()
 * reads it back to the same tree. */
const char *criteria_to_json(struct arena *arena, const struct criteria *criteria);

/* The JSON pointer of NODE, a node of the tree CRITERIA, in criteria_to_json(CRITERIA); that of
 * the `use` for a node of a saved definition. NULL when it is not there. */
const char *criteria_json_pointer(struct arena *arena, const struct criteria *criteria,
                                  const struct criteria *node);

/* The JSON Schema. */
void criteria_json_schema(struct buffer *out);

#endif
