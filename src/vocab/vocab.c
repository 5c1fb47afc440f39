/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/vocab.c: the table of code systems, and what follows from spelling alone.
 *
 * In a tree system the codes below a code are those that begin with it, and since a range
 * of strings ends where the prefix's last byte would be one higher, a subtree is a pair of
 * strings and a test of two strcmp. Spellings are chosen in codes.c and staging.c so that
 * no code is a prefix of one that is not below it. */
#include "vocab/vocab.h"

#include <assert.h>
#include <string.h>

#include "base/error.h"
#include "vocab/vocab_internal.h"

enum shape { SHAPE_FLAT, SHAPE_TREE };

static const struct {
    const char *name;
    const char *noun;
    const char *expected;
    speller *spell;
    enum shape shape;
    unsigned char group;
} systems[VOCAB_SYSTEMS] = {
    [VOCAB_NONE] = {.name = "none"},
#define SYSTEM(id_, name_, speller_, shape_, group_, noun_, expected_) \
    [VOCAB_##id_] = {.name = name_,                                    \
                     .noun = noun_,                                    \
                     .expected = expected_,                            \
                     .spell = spell_##speller_,                        \
                     .shape = SHAPE_##shape_,                          \
                     .group = group_},
#include "vocab/systems.def"
#undef SYSTEM
};

static void check_system(enum vocab_system system)
{
    assert((unsigned)system < VOCAB_SYSTEMS && system != VOCAB_NONE);
}

const char *vocab_system_name(enum vocab_system system)
{
    assert((unsigned)system < VOCAB_SYSTEMS);
    return systems[system].name;
}

bool vocab_is_tree(enum vocab_system system, const char *code)
{
    return systems[system].shape == SHAPE_TREE &&
           (system != VOCAB_STAGE || is_digit(code[0]));
}

/* ---- spelling ------------------------------------------------------------------------ */

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* At most 40 bytes of TEXT, cut at a character, fit to stand in a message. */
static const char *quote(const char *text, size_t length, char out[48])
{
    size_t n = length < 40 ? length : 40;

    while (n < length && n > 0 && ((unsigned char)text[n] & 0xC0) == 0x80)
        n--;
    for (size_t i = 0; i < n; i++)
        out[i] = (unsigned char)text[i] < ' ' || text[i] == '"' || text[i] == 0x7F
                     ? '?'
                     : text[i];
    memcpy(out + n, n < length ? "…" : "", n < length ? sizeof("…") : 1);
    return out;
}

int vocab_normalise(enum vocab_system system, const char *text,
                    char code_r[VOCAB_CODE_SIZE], struct error *err)
{
    char code[VOCAB_CODE_SIZE];
    char quoted[48];
    size_t length;
    int spelt;

    check_system(system);
    while (is_blank(*text))
        text++;
    length = strlen(text);
    while (length > 0 && is_blank(text[length - 1]))
        length--;
    if (length == 0) {
        code_r[0] = '\0';
        return 0;
    }

    spelt = systems[system].spell(system, text, length, code);
    if (spelt == SPELL_REFUSED && word_is_unknown(text, length))
        spelt = 0;
    if (spelt == SPELL_REFUSED)
        return error_set(err, ERROR_INPUT, "%s \"%s\": expected %s", systems[system].noun,
                         quote(text, length, quoted), systems[system].expected);

    memcpy(code_r, code, (size_t)spelt);
    code_r[spelt] = '\0';
    return 0;
}

/* ---- trees --------------------------------------------------------------------------- */

void vocab_subtree(enum vocab_system system, const char *code, struct code_range *range_r)
{
    size_t length = strlen(code);

    check_system(system);
    assert(length < VOCAB_CODE_SIZE);
    if (length == 0) {
        /* every code but the empty one; no UTF-8 text has a byte FF */
        memcpy(range_r->first, "\x01", 2);
        memcpy(range_r->after, "\xFF", 2);
        return;
    }
    memcpy(range_r->first, code, length + 1);
    memcpy(range_r->after, code, length + 1);
    if (vocab_is_tree(system, code))
        range_r->after[length - 1]++;
    else
        memcpy(range_r->after + length, "\x01", 2);
}

void vocab_group(enum vocab_system system, const char *code,
                 char group_r[VOCAB_CODE_SIZE])
{
    size_t length = strlen(code);
    size_t group = systems[system].group;

    check_system(system);
    assert(length < VOCAB_CODE_SIZE);
    if (group > 0 && length > group && vocab_is_tree(system, code)) {
        bool is_in_situ = system == VOCAB_TNM_T && code[1] == 'i';

        length = is_in_situ ? 3 : group;
    }
    memmove(group_r, code, length);
    group_r[length] = '\0';
}

char *vocab_print(enum vocab_system system, const char *code, char out[VOCAB_CODE_SIZE])
{
    size_t length = strlen(code);

    check_system(system);
    assert(length < VOCAB_CODE_SIZE);
    if (system == VOCAB_STAGE && is_digit(code[0]))
        return stage_print(code, out);
    memmove(out, code, length + 1);
    return out;
}
