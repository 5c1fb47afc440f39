/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_vocab_list.c: any bytes as an official list. The first byte says of which system, or
 * none. What is read has canonical codes in order and clean labels, and comes back packed; what is
 * read as packed is sound or refused. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "vocab/lists.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void check_text(const char *text)
{
    assert(strlen(text) <= LIST_LABEL_MAX);
    assert(!strchr(text, '\n') && !strchr(text, '\t'));
}

static void check_terms(const struct list *list)
{
    assert(list->n > 0 && list_is_of(list->system));
    for (size_t i = 0; i < list->n; i++) {
        char code[VOCAB_CODE_SIZE];

        assert(i == 0 || strcmp(list->terms[i - 1].code, list->terms[i].code) < 0);
        assert(vocab_normalise(list->system, list->terms[i].code, code, NULL) == 0);
        check_text(list->terms[i].fr);
        check_text(list->terms[i].en);
    }
    assert(list->n_refusals <= LIST_REFUSALS_MAX && list->n_refusals <= list->n_refused);
}

static void check_packed(const struct list *list)
{
    struct packed_list packed;
    struct buffer out;

    buffer_init(&out, LIST_BYTES_MAX);
    list_pack(&out, list->terms, list->n);
    assert(list_open(out.bytes, out.length, &packed, NULL) == 0);
    assert(packed.n == list->n);
    for (size_t i = 0; i < list->n; i++)
        assert(strcmp(list_term(&packed, i).words, list->terms[i].words) == 0);
    buffer_free(&out);
}

static void open_packed(struct arena *arena, const uint8_t *bytes, size_t size)
{
    void *aligned = arena_copy(arena, bytes, size);
    struct packed_list packed;
    size_t letters = 0;

    if (list_open(aligned, size, &packed, NULL) < 0)
        return;
    for (size_t i = 0; i < packed.n; i++)
        letters += strlen(list_term(&packed, i).fr);
    assert(letters <= size * packed.n);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct arena *arena;
    struct list *list;
    char *text;
    enum vocab_system system;

    if (size == 0)
        return 0;
    arena = arena_new("fuzz", (size_t)256 << 20);
    system = (enum vocab_system)(bytes[0] % VOCAB_SYSTEMS);
    text = arena_string(arena, (const char *)bytes + 1, size - 1);
    if (list_read(arena, text, size - 1, system, &list, NULL) == 0) {
        check_terms(list);
        check_packed(list);
    }
    open_packed(arena, bytes + 1, size - 1);
    arena_free(arena);
    return 0;
}
