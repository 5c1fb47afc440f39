/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/codebook.c: a table from (item, key of the text) to a code. Codes are interned, since a
 * few hundred of them stand for many thousands of texts. */
#include "vocab/codebook.h"

#include <assert.h>
#include <string.h>

#include <xxhash.h>

#include "base/arena.h"
#include "base/table.h"

#define ENTRY_SIZE (2 + VOCAB_CODE_SIZE)
#define NOTHING \
    0 /* of a text that means nothing any more; others are the code's place + 1 */

struct codebook {
    struct table *entries; /* entry_key() → place of the code in `codes`, + 1 */
    struct table *codes;
    size_t n;
    uint64_t digest; /* sum over the entries */
};

struct codebook *codebook_new(void)
{
    struct codebook *codebook = memory_alloc(sizeof(*codebook));

    *codebook = (struct codebook){.entries = table_new(), .codes = table_new()};
    return codebook;
}

void codebook_free(struct codebook *codebook)
{
    if (!codebook)
        return;
    table_free(codebook->entries);
    table_free(codebook->codes);
    memory_free(codebook);
}

char *codebook_key(const char *text, char key[VOCAB_CODE_SIZE])
{
    if (vocab_normalise(VOCAB_NAME, text, key, NULL) < 0)
        key[0] = '\0';
    return key;
}

/* Two bytes of the item, then the key; its length, 0 when TEXT says nothing. */
static size_t entry_key(unsigned item, const char *text, char entry[ENTRY_SIZE])
{
    size_t length = strlen(codebook_key(text, entry + 2));

    assert(item <= UINT16_MAX);
    entry[0] = (char)(item & 0xFF);
    entry[1] = (char)(item >> 8);
    return length > 0 ? 2 + length : 0;
}

static uint64_t entry_digest(const char *entry, size_t length, const char *code)
{
    return XXH3_64bits_withSeed(entry, length, XXH3_64bits(code, strlen(code)));
}

static const char *code_at(const struct codebook *codebook, uint64_t place)
{
    return table_key(codebook->codes, (size_t)place - 1, NULL);
}

static uint64_t intern(struct codebook *codebook, const char *code)
{
    bool added;
    uint64_t *place = table_put(codebook->codes, code, strlen(code), &added);

    if (added)
        *place = table_count(codebook->codes);
    return *place;
}

void codebook_put(struct codebook *codebook, unsigned item, const char *text,
                  const char *code)
{
    char entry[ENTRY_SIZE];
    size_t length = entry_key(item, text, entry);
    uint64_t place = NOTHING;
    uint64_t *present;

    assert(strlen(code) < VOCAB_CODE_SIZE);
    if (length == 0)
        return;
    if (*code)
        place = intern(codebook, code);
    present = table_put(codebook->entries, entry, length, NULL);
    if (*present != NOTHING) {
        codebook->digest -= entry_digest(entry, length, code_at(codebook, *present));
        codebook->n--;
    }
    *present = place;
    if (place != NOTHING) {
        codebook->digest += entry_digest(entry, length, code);
        codebook->n++;
    }
}

const char *codebook_find(const struct codebook *codebook, unsigned item,
                          const char *text)
{
    char entry[ENTRY_SIZE];
    const uint64_t *place;
    size_t length;

    if (!codebook || codebook->n == 0)
        return NULL;
    length = entry_key(item, text, entry);
    place = length > 0 ? table_get(codebook->entries, entry, length) : NULL;
    return place && *place != NOTHING ? code_at(codebook, *place) : NULL;
}

size_t codebook_count(const struct codebook *codebook)
{
    return codebook ? codebook->n : 0;
}

uint64_t codebook_digest(const struct codebook *codebook)
{
    return codebook_count(codebook) > 0 ? codebook->digest : 0;
}
