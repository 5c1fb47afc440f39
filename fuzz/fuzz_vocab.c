/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_vocab.c: any text as a code of any system.
 *
 * The first byte chooses the system, the rest is the text. Whatever is accepted must be its
 * own canonical spelling, lie in its own subtree and in its group's, stand for nothing that
 * it is, and be read back from what people are shown. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "vocab/vocab.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool in_range(const struct code_range *range, const char *code)
{
    return strcmp(range->first, code) <= 0 && strcmp(code, range->after) < 0;
}

static void check_code(enum vocab_system system, const char *code)
{
    char again[VOCAB_CODE_SIZE];
    char group[VOCAB_CODE_SIZE];
    char printed[VOCAB_CODE_SIZE];
    struct code_range range;
    struct error err = ERROR_INIT;

    require(strlen(code) < VOCAB_CODE_SIZE);
    require(vocab_normalise(system, code, again, &err) == 0 && strcmp(code, again) == 0);

    vocab_print(system, code, printed);
    require(vocab_normalise(system, printed, again, &err) == 0 &&
            strcmp(code, again) == 0);
    (void)vocab_label(system, code, LANG_FR);

    vocab_subtree(system, code, &range);
    require(strcmp(range.first, range.after) < 0);
    if (!code[0])
        return;
    require(in_range(&range, code) && !vocab_may_be(system, code, &range));
    require(vocab_may_be(system, "", &range));
    vocab_group(system, code, group);
    vocab_subtree(system, group, &range);
    require(in_range(&range, code));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char code[VOCAB_CODE_SIZE] = "untouched";
    struct error err = ERROR_INIT;
    enum vocab_system system;
    const char *nearest[4];
    char *text;

    if (size == 0)
        return 0;
    system = (enum vocab_system)(1 + bytes[0] % (VOCAB_SYSTEMS - 1));
    text = malloc(size);
    require(text != NULL);
    memcpy(text, bytes + 1, size - 1);
    text[size - 1] = '\0';

    if (vocab_normalise(system, text, code, &err) == 0)
        check_code(system, code);
    else
        require(err.code == ERROR_INPUT && strcmp(code, "untouched") == 0);
    if (bytes[0] >= 0x80 && size < 64) /* slow: not each time */
        (void)vocab_nearest(system, text, 4, nearest);
    free(text);
    return 0;
}
