/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/lists.c: packed lists, and the lists in use.
 *
 *     packed: ┌────────┬──────────────────────────────┬──────────────────────┐
 *             │ header │ n × (code, fr, en, words)    │ strings, each with a │
 *             │ 40 B   │ offsets into the strings     │ NUL; "" is offset 0  │
 *             └────────┴──────────────────────────────┴──────────────────────┘
 *
 * Opening one compares a checksum and walks the offsets: a millisecond for the largest. Labels are
 * then pointers into the mapping. */
#include "vocab/lists.h"

#include <assert.h>
#include <stdatomic.h>
#include <string.h>

#include <xxhash.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "vocab/vocab_internal.h"

#define MAGIC "LacList1"

struct header {
    char magic[8];
    uint64_t checksum; /* of all behind it */
    uint64_t n;
    uint64_t strings; /* bytes */
    uint64_t nothing;
};

enum { CODE, FR, EN, WORDS, COLUMNS };

/* ---- packed ---- */

static uint32_t put_string(struct buffer *strings, const char *text)
{
    uint32_t at = (uint32_t)strings->length;

    if (!*text)
        return 0;
    buffer_append(strings, text, strlen(text) + 1);
    return at;
}

void list_pack(struct buffer *out, const struct term *terms, size_t n)
{
    struct header header = {.magic = MAGIC, .n = n};
    struct buffer strings, offsets;
    XXH3_state_t *state = XXH3_createState();

    buffer_init(&strings, LIST_BYTES_MAX);
    buffer_init(&offsets, n * COLUMNS * sizeof(uint32_t) + 1);
    buffer_append(&strings, "", 1);
    for (size_t i = 0; i < n; i++) {
        uint32_t row[COLUMNS] = {put_string(&strings, terms[i].code),
                                 put_string(&strings, terms[i].fr),
                                 put_string(&strings, terms[i].en),
                                 put_string(&strings, terms[i].words)};

        buffer_append(&offsets, row, sizeof(row));
    }
    header.strings = strings.length;
    XXH3_64bits_reset(state);
    if (n > 0)
        XXH3_64bits_update(state, offsets.bytes, offsets.length);
    XXH3_64bits_update(state, strings.bytes, strings.length);
    header.checksum = XXH3_64bits_digest(state) ^ n;
    XXH3_freeState(state);
    buffer_append(out, &header, sizeof(header));
    if (n > 0)
        buffer_append(out, offsets.bytes, offsets.length);
    buffer_append(out, strings.bytes, strings.length);
    buffer_free(&strings);
    buffer_free(&offsets);
}

struct term list_term(const struct packed_list *list, size_t number)
{
    const uint32_t *row = list->offsets + number * COLUMNS;

    return (struct term){list->strings + row[CODE], list->strings + row[FR],
                         list->strings + row[EN], list->strings + row[WORDS]};
}

static bool is_sound(const struct packed_list *list, size_t strings)
{
    for (size_t i = 0; i < list->n * COLUMNS; i++)
        if (list->offsets[i] >= strings)
            return false;
    for (size_t i = 1; i < list->n; i++)
        if (strcmp(list_term(list, i - 1).code, list_term(list, i).code) >= 0)
            return false;
    return true;
}

int list_open(const void *bytes, size_t length, struct packed_list *list_r,
              struct error *err)
{
    const struct header *header = bytes;
    const char *rest = (const char *)bytes + sizeof(*header);
    size_t row = COLUMNS * sizeof(uint32_t);
    struct packed_list list;

    assert((uintptr_t)bytes % 8 == 0);
    if (length < sizeof(*header) || memcmp(header->magic, MAGIC, 8) != 0 ||
        header->n > LIST_TERMS_MAX || header->strings < 1 ||
        header->strings > LIST_BYTES_MAX ||
        length != sizeof(*header) + header->n * row + header->strings || bytes == NULL ||
        rest[length - sizeof(*header) - 1] != '\0' ||
        (XXH3_64bits(rest, length - sizeof(*header)) ^ header->n) != header->checksum)
        return error_set(err, ERROR_CORRUPT, "the packed list is damaged");
    list = (struct packed_list){(const uint32_t *)(const void *)rest,
                                rest + header->n * row, header->n};
    if (!is_sound(&list, header->strings))
        return error_set(err, ERROR_CORRUPT, "the packed list is damaged");
    *list_r = list;
    return 0;
}

/* ---- in use ---- */

struct lists {
    struct {
        struct label *labels; /* NULL: no list */
        size_t n;
    } of[VOCAB_SYSTEMS];
};

static _Atomic(const struct lists *) installed;

struct lists *lists_new(void)
{
    struct lists *lists = memory_alloc(sizeof(*lists));

    memset(lists, 0, sizeof(*lists));
    return lists;
}

void lists_free(struct lists *lists)
{
    if (!lists)
        return;
    for (int system = 0; system < VOCAB_SYSTEMS; system++)
        memory_free(lists->of[system].labels);
    memory_free(lists);
}

void lists_install(const struct lists *lists)
{
    atomic_store(&installed, lists);
}

const struct lists *lists_installed(void)
{
    return atomic_load(&installed);
}

static const char *first_of(const char *a, const char *b, const char *c)
{
    return a && *a ? a : b && *b ? b : c && *c ? c : NULL;
}

/* TERM with what BUILT_IN (may be NULL) says where it says nothing. */
static struct label merged(const struct term *term, const struct label *built_in)
{
    const char *fr = built_in ? built_in->fr : NULL;
    const char *en = built_in ? built_in->en : NULL;

    return (struct label){.code = term->code,
                          .fr = first_of(term->fr, fr, first_of(term->en, en, NULL)),
                          .en = first_of(term->en, en, first_of(term->fr, fr, NULL)),
                          .words = *term->words ? term->words : NULL};
}

void lists_put(struct lists *lists, enum vocab_system system,
               const struct packed_list *list)
{
    size_t n_built_in, i = 0, b = 0, n = 0;
    const struct label *built_in = vocab_labels_built_in(system, &n_built_in);
    struct label *labels = memory_alloc((list->n + n_built_in + 1) * sizeof(*labels));

    while (i < list->n || b < n_built_in) {
        struct term term = {0};
        int order = i == list->n ? 1 : b == n_built_in ? -1 : 0;

        if (i < list->n)
            term = list_term(list, i);
        if (order == 0)
            order = strcmp(term.code, built_in[b].code);
        labels[n++] =
            order > 0 ? built_in[b] : merged(&term, order == 0 ? &built_in[b] : NULL);
        i += order <= 0;
        b += order >= 0;
    }
    memory_free(lists->of[system].labels);
    lists->of[system].labels = labels;
    lists->of[system].n = n;
}

const struct label *lists_labels(enum vocab_system system, size_t *count_r)
{
    const struct lists *lists = lists_installed();

    assert((unsigned)system < VOCAB_SYSTEMS);
    if (!lists || !lists->of[system].labels)
        return NULL;
    *count_r = lists->of[system].n;
    return lists->of[system].labels;
}

bool vocab_is_listed(enum vocab_system system)
{
    size_t count;

    return lists_labels(system, &count) != NULL;
}

/* ---- by name ---- */

#define NAME_SIZE 256

/* The letters and digits of LENGTH bytes at TEXT, in lower case without accents; 0 when there
 * are more than fit. */
static size_t fold(const char *text, size_t length, char out[NAME_SIZE])
{
    size_t n = 0;

    for (size_t i = 0; i < length && text[i]; i++) {
        char folded[2];
        size_t more = letter_fold(text + i, folded);

        if (n + more > NAME_SIZE)
            return 0;
        memcpy(out + n, folded, more);
        n += more;
    }
    return n;
}

static bool is_name(const char *label, size_t length, const char *name, size_t n)
{
    char folded[NAME_SIZE];

    return fold(label, length, folded) == n && memcmp(folded, name, n) == 0;
}

static bool is_named(const struct label *label, const char *name, size_t n)
{
    if ((label->fr && is_name(label->fr, NAME_SIZE, name, n)) ||
        (label->en && is_name(label->en, NAME_SIZE, name, n)))
        return true;
    for (const char *word = label->words; word && *word; word += strcspn(word, "\n") + 1)
        if (is_name(word, strcspn(word, "\n"), name, n))
            return true;
    return false;
}

size_t vocab_named(enum vocab_system system, const char *text, size_t max,
                   const char *codes_r[])
{
    char name[NAME_SIZE];
    size_t length = fold(text, NAME_SIZE, name);
    size_t found = 0, count;
    const struct label *labels = vocab_labels(system, &count);

    for (size_t i = 0; i < count && found < max && length > 0; i++)
        if (is_named(&labels[i], name, length))
            codes_r[found++] = labels[i].code;
    return found;
}
