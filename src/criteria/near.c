/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/near.c: "did you mean", in the messages of the parser. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "criteria/parse_internal.h"

/* What needs more edits than a third of TEXT is not proposed. */
static int allowed_edits(const char *text)
{
    size_t length = strlen(text);

    return length <= 2 ? 0 : 1 + ((int)length - 2) / 3;
}

struct nearest {
    const char *text, *word;
    int edits;
};

static void consider(struct nearest *nearest, const char *name, const char *word)
{
    int edits = vocab_edits(nearest->text, name);

    if (edits < nearest->edits) {
        nearest->edits = edits;
        nearest->word = word;
    }
}

/* By its name in the language, or by its French or English label: traitement, Tabac. */
const char *criteria_nearest_word(const char *text, bool facts_only)
{
    struct nearest nearest = {text, NULL, allowed_edits(text) + 1};
    size_t n;
    const char *const *words = criteria_words(&n);

    for (int i = ITEM_NONE + 1; i < ITEMS; i++) {
        const struct item_row *item = model_item((enum item)i);

        if (!*item->word || (facts_only && item->index == INDEX_COLUMN))
            continue;
        consider(&nearest, item->word, item->word);
        consider(&nearest, item->fr, item->word);
        consider(&nearest, item->en, item->word);
    }
    for (size_t i = 0; i < n && !facts_only; i++)
        consider(&nearest, words[i], words[i]);
    return nearest.word;
}

static void append(struct error *err, const char *text)
{
    size_t length = err ? strlen(err->message) : 0;

    if (err)
        snprintf(err->message + length, sizeof(err->message) - length, "%s", text);
}

int parser_expected_word(const struct parser *parser, struct error *err, const char *what)
{
    const struct token *token = parser_token(parser);
    const char *word =
        token->kind == TOKEN_WORD ? criteria_nearest_word(token->text, false) : NULL;

    parser_expected(parser, err, what);
    if (word) {
        append(err, "; did you mean ");
        append(err, word);
        append(err, "?");
    }
    return -1;
}

void parser_add_nearest_codes(struct error *err, enum vocab_system system,
                              const char *text)
{
    const char *codes[3];
    size_t n = vocab_nearest(system, text, ARRAY_LENGTH(codes), codes);

    for (size_t i = 0; i < n; i++) {
        char code[VOCAB_CODE_SIZE];
        const char *label = vocab_label(system, codes[i], LANG_EN);

        append(err, i ? ", " : "; did you mean ");
        append(err, vocab_print(system, codes[i], code));
        if (label && strcmp(label, code) != 0) {
            append(err, " (");
            append(err, label);
            append(err, ")");
        }
    }
    append(err, n ? "?" : "");
}
