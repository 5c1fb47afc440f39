/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/parse_same.c: sample { }, event { } and tnm { }: lines about one and the same
 * sample, tumour event or TNM.
 *
 *     same = ("sample" | "event" | "tnm") "{" criteria "}"
 *
 * Inside stand lines about the whole itself, and of a sample those about what was found in it.
 * What they are measured by (after first treatment …) may be any fact of the patient. */
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "criteria/parse_internal.h"

static const struct {
    enum group group;
    const char *word, *opening, *what;
} wholes[] = {
    {GROUP_SPECIMEN, "sample", "sample {", "a sample and what was found in it"},
    {GROUP_TUMOUR_EVENT, "event", "event {", "a tumour event"},
    {GROUP_TNM, "tnm", "tnm {", "a TNM"},
};

const char *criteria_same_word(enum group group)
{
    for (size_t i = 0; i < ARRAY_LENGTH(wholes); i++)
        if (wholes[i].group == group)
            return wholes[i].word;
    return NULL;
}

enum item parser_short_word(enum group group, const char *word)
{
    static const struct {
        enum group group;
        const char *word;
        enum item item;
    } words[] = {
        {GROUP_SPECIMEN, "type", ITEM_SPECIMEN_TYPE},
        {GROUP_SPECIMEN, "topography", ITEM_SPECIMEN_TOPOGRAPHY},
        {GROUP_TUMOUR_EVENT, "type", ITEM_EVENT_TYPE},
        {GROUP_TUMOUR_EVENT, "morphology", ITEM_EVENT_MORPHOLOGY},
        {GROUP_TUMOUR_EVENT, "method", ITEM_EVENT_METHOD},
        {GROUP_TNM, "type", ITEM_TNM_TYPE},
    };

    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        if (words[i].group == group && strcasecmp(words[i].word, word) == 0)
            return words[i].item;
    return ITEM_NONE;
}

enum group parser_take_same(struct parser *parser)
{
    for (size_t i = 0; i < ARRAY_LENGTH(wholes); i++)
        if (parser_takes(parser, wholes[i].opening))
            return wholes[i].group;
    return GROUP_NONE;
}

/* "specimen, sample topography, …" */
static const char *words_inside(struct buffer *out, enum group group)
{
    bool comma = false;

    for (int i = ITEM_NONE + 1; i < ITEMS; i++) {
        const struct item_row *item = model_item((enum item)i);

        if (!*item->word || model_whole_of(item->group) != group)
            continue;
        buffer_printf(out, "%s%s", comma ? ", " : "", item->word);
        comma = true;
    }
    return buffer_text(out);
}

bool parser_may_ask(const struct parser *parser, enum item item)
{
    return parser->same == GROUP_NONE ||
           model_whole_of(model_item(item)->group) == parser->same;
}

int parser_refuse_inside(const struct parser *parser, unsigned line, unsigned column,
                         struct error *err)
{
    struct buffer words;
    size_t i = 0;

    while (wholes[i].group != parser->same)
        i++;
    buffer_init(&words, 400);
    error_at(err, ERROR_INPUT, line, column,
             "inside %s { } stand lines about %s (%s): put this one outside",
             wholes[i].word, wholes[i].what, words_inside(&words, parser->same));
    buffer_free(&words);
    return -1;
}

/* Does any line of NODE need a tumour? */
static bool needs_tumour_below(const struct criteria *node)
{
    if (criteria_needs_tumour(node))
        return true;
    for (size_t i = 0; i < node->n_children; i++)
        if (needs_tumour_below(node->children[i]))
            return true;
    return false;
}

const struct criteria *parse_same(struct parser *parser, enum group group,
                                  const struct criteria *(*parse_body)(struct parser *,
                                                                       struct error *),
                                  struct error *err)
{
    const char *word = criteria_same_word(group);
    bool outer = parser->in_list;
    const struct criteria *body;
    struct criteria *node;

    if (parser->same != GROUP_NONE) {
        parser->at--;
        parser_expected(parser, err,
                        arena_printf(parser->arena,
                                     "a line about this %s (%s { } cannot stand inside "
                                     "%s { })",
                                     criteria_same_word(parser->same), word,
                                     criteria_same_word(parser->same)));
        return NULL;
    }
    parser->same = group;
    parser->in_list = false;
    body = parse_body(parser, err);
    parser->in_list = outer;
    parser->same = GROUP_NONE;
    if (!body)
        return NULL;
    if (!parser_takes(parser, "}")) {
        parser_expected(parser, err,
                        arena_printf(parser->arena,
                                     "and, or, another line, or } to end the %s", word));
        return NULL;
    }
    node = parser_wrap(parser, CRITERIA_SAME, body);
    node->group = group;
    if (!parser->in_tumour && needs_tumour_below(node))
        return parser_wrap(parser, CRITERIA_TUMOUR, node);
    return node;
}
