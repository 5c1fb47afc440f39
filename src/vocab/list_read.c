/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/list_read.c: which format a file has and which system its codes are of; what it says,
 * gathered by code, spelt canonically and put in order.
 *
 * The format shows from the first character: { or [ is JSON, < is XML, all else a table. The
 * system shows from the format (HGNC, ADICAP, OncoTree) or from the codes: the first system in the
 * order below of which nearly all codes can be. */
#include "vocab/lists.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/table.h"
#include "vocab/list_internal.h"
#include "vocab/vocab_internal.h"

#define CODE_MAX 64 /* bytes of a code as files write it */

/* ---- gathering ----------------------------------------------------------------------- */

void gather_refused(struct gathering *gathering, unsigned line, const char *reason)
{
    struct list *list = gathering->list;

    if (list->n_refusals < LIST_REFUSALS_MAX)
        list->refusals[list->n_refusals++] = (struct list_refusal){line, reason};
    list->n_refused++;
}

static bool is_blank(char c)
{
    return (unsigned char)c <= ' ' || c == 0x7F;
}

struct entry *gather_code(struct gathering *gathering, const char *code, size_t length,
                          unsigned line)
{
    uint64_t *place;
    bool added;

    while (length > 0 && is_blank(*code)) {
        code++;
        length--;
    }
    while (length > 0 && is_blank(code[length - 1]))
        length--;
    if (length == 0 || length > CODE_MAX || memchr(code, '\0', length)) {
        gather_refused(gathering, line, "no code");
        return NULL;
    }
    place = table_put(gathering->codes, code, length, &added);
    if (added) {
        memory_grow((void **)&gathering->entries, &gathering->capacity, gathering->n + 1,
                    sizeof(*gathering->entries));
        gathering->entries[gathering->n++] = (struct entry){
            .code = table_key(gathering->codes, table_count(gathering->codes) - 1, NULL),
            .words = "",
            .line = line,
        };
        *place = gathering->n;
    }
    return &gathering->entries[*place - 1];
}

/* TEXT with single blanks, cut; "" when nothing is left. */
static const char *clean(struct arena *arena, const char *text, size_t length)
{
    char out[LIST_LABEL_MAX + 1];
    size_t n = 0;

    for (size_t i = 0; i < length && n < LIST_LABEL_MAX; i++) {
        char c = is_blank(text[i]) ? ' ' : text[i];

        if (c != ' ' || (n > 0 && out[n - 1] != ' '))
            out[n++] = c;
    }
    if (n == LIST_LABEL_MAX)
        while (n > 0 && ((unsigned char)out[n] & 0xC0) == 0x80)
            n--;
    while (n > 0 && out[n - 1] == ' ')
        n--;
    /* a character cut in two at the end */
    while (n > 0 && (unsigned char)out[n - 1] >= 0x80) {
        utf8proc_int32_t point;
        size_t from = n - 1;

        while (from > 0 && ((unsigned char)out[from] & 0xC0) == 0x80)
            from--;
        if (utf8proc_iterate((const utf8proc_uint8_t *)out + from,
                             (utf8proc_ssize_t)(n - from),
                             &point) == (utf8proc_ssize_t)(n - from))
            break;
        n = from;
    }
    return arena_string(arena, out, n);
}

void gather_text(struct gathering *gathering, struct entry *entry, enum entry_text kind,
                 const char *text, size_t length)
{
    const char *cleaned = clean(gathering->arena, text, length);
    const char **label = kind == ENTRY_FR ? &entry->fr : &entry->en;

    if (!*cleaned)
        return;
    if (kind != ENTRY_WORD && !*label) {
        *label = cleaned;
        return;
    }
    if (kind != ENTRY_WORD && strcmp(*label, cleaned) == 0)
        return;
    if (strlen(entry->words) < 8 * (size_t)LIST_LABEL_MAX)
        entry->words = arena_printf(gathering->arena, "%s%s\n", entry->words, cleaned);
}

/* Letters, digits, dot, dash and underscore; others become a dash. */
void gather_version(struct gathering *gathering, const char *version, size_t length)
{
    char *out = gathering->list->version;
    size_t n = 0;

    if (out[0])
        return;
    for (size_t i = 0; i < length && n < LIST_VERSION_MAX; i++) {
        bool is_kept =
            is_letter(version[i]) || is_digit(version[i]) || strchr("._-", version[i]);

        if (is_kept || (n > 0 && out[n - 1] != '-'))
            out[n++] = version[i] && is_kept ? version[i] : '-';
    }
    while (n > 0 && out[n - 1] == '-')
        n--;
    out[n] = '\0';
}

int gather_check(const struct gathering *gathering, struct error *err)
{
    if (gathering->n > LIST_TERMS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d codes", LIST_TERMS_MAX);
    return arena_check(gathering->arena, err);
}

/* ---- which system -------------------------------------------------------------------- */

static const enum vocab_system by_codes[] = {
    VOCAB_ICDO3_MORPHOLOGY, VOCAB_ICDO3_TOPOGRAPHY, VOCAB_ATC, VOCAB_ICD10, VOCAB_CCAM};

bool list_is_of(enum vocab_system system)
{
    for (size_t i = 0; i < ARRAY_LENGTH(by_codes); i++)
        if (by_codes[i] == system)
            return true;
    return system == VOCAB_GENE || system == VOCAB_ADICAP || system == VOCAB_ONCOTREE;
}

enum vocab_system list_system(const char *name)
{
    for (int system = VOCAB_NONE + 1; system < VOCAB_SYSTEMS; system++)
        if (list_is_of((enum vocab_system)system) &&
            strcmp(vocab_system_name((enum vocab_system)system), name) == 0)
            return (enum vocab_system)system;
    return VOCAB_NONE;
}

static bool spell(enum vocab_system system, const char *text, char code[VOCAB_CODE_SIZE])
{
    return vocab_normalise(system, text, code, NULL) == 0 && code[0];
}

/* How many of the entries may be codes of SYSTEM. */
static size_t count_spelt(const struct gathering *gathering, enum vocab_system system)
{
    char code[VOCAB_CODE_SIZE];
    size_t n = 0;

    for (size_t i = 0; i < gathering->n; i++)
        n += spell(system, gathering->entries[i].code, code);
    return n;
}

static int choose_system(struct gathering *gathering, enum vocab_system wanted,
                         struct error *err)
{
    struct list *list = gathering->list;

    list->system = wanted != VOCAB_NONE ? wanted : gathering->hint;
    for (size_t i = 0; list->system == VOCAB_NONE && i < ARRAY_LENGTH(by_codes); i++)
        if (count_spelt(gathering, by_codes[i]) * 10 >= gathering->n * 9)
            list->system = by_codes[i];
    if (list->system == VOCAB_NONE)
        return error_set(
            err, ERROR_INPUT,
            "which system these codes are of does not show: say it with "
            "--system (icd10, icdo3-topography, icdo3-morphology, atc, ccam, "
            "gene, adicap, oncotree)");
    if (!list_is_of(list->system))
        return error_set(err, ERROR_INPUT, "no lists are imported of %s",
                         vocab_system_name(list->system));
    if (count_spelt(gathering, list->system) * 2 < gathering->n)
        return error_set(
            err, ERROR_INPUT,
            "not half of the %zu codes are of %s: \"%.40s\" is the first one",
            gathering->n, vocab_system_name(list->system), gathering->entries[0].code);
    return 0;
}

/* ---- in order ------------------------------------------------------------------------ */

static int compare_terms(const void *a, const void *b)
{
    const struct term *one = a;
    const struct term *other = b;

    return strcmp(one->code, other->code);
}

/* Two entries of one canonical code (a CCAM code with its activities): the first says more. */
static void join(struct arena *arena, struct term *into, const struct term *from)
{
    if (!*into->fr)
        into->fr = from->fr;
    if (!*into->en)
        into->en = from->en;
    if (*from->words && strcmp(into->words, from->words) != 0 &&
        strlen(into->words) < 8 * (size_t)LIST_LABEL_MAX)
        into->words = arena_printf(arena, "%s%s", into->words, from->words);
}

static int put_in_order(struct gathering *gathering, struct error *err)
{
    struct list *list = gathering->list;
    size_t n = 0;

    list->terms = arena_array(gathering->arena, gathering->n + 1, sizeof(*list->terms));
    for (size_t i = 0; i < gathering->n; i++) {
        const struct entry *entry = &gathering->entries[i];
        char code[VOCAB_CODE_SIZE];
        struct error reason = ERROR_INIT;

        if (vocab_normalise(list->system, entry->code, code, &reason) < 0 || !code[0]) {
            const char *why = reason.code == ERROR_NONE ? "no code" : reason.message;

            gather_refused(gathering, entry->line,
                           list->n_refusals < LIST_REFUSALS_MAX
                               ? arena_string(gathering->arena, why, strlen(why))
                               : "");
            continue;
        }
        list->terms[n++] = (struct term){
            .code = arena_string(gathering->arena, code, strlen(code)),
            .fr = entry->fr ? entry->fr : "",
            .en = entry->en ? entry->en : "",
            .words = entry->words,
        };
    }
    qsort(list->terms, n, sizeof(*list->terms), compare_terms);
    for (size_t i = 0; i < n; i++) {
        struct term *last = list->n ? &list->terms[list->n - 1] : NULL;

        if (last && strcmp(last->code, list->terms[i].code) == 0)
            join(gathering->arena, last, &list->terms[i]);
        else
            list->terms[list->n++] = list->terms[i];
    }
    if (list->n == 0)
        return error_set(err, ERROR_INPUT, "there is no code in it");
    return gather_check(gathering, err);
}

/* ---- bytes --------------------------------------------------------------------------- */

static bool is_utf8(const char *bytes, size_t length)
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)bytes;
    const utf8proc_uint8_t *end = at + length;
    utf8proc_int32_t point;

    while (at < end) {
        utf8proc_ssize_t taken = *at < 0x80 ? 1 : utf8proc_iterate(at, end - at, &point);

        if (taken <= 0)
            return false;
        at += taken;
    }
    return true;
}

/* Windows-1252, of which ISO 8859-1 is the part from A0: what French files were written in. */
static const char *to_utf8(struct arena *arena, const char *bytes, size_t *length)
{
    static const unsigned short high[32] = {
        0x20AC, '?',    0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, '?',    0x017D, '?',
        '?',    0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, '?',    0x017E, 0x0178};
    utf8proc_uint8_t *out = arena_array(arena, *length + 1, 3);
    size_t n = 0;

    for (size_t i = 0; i < *length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        utf8proc_int32_t point = c >= 0x80 && c < 0xA0 ? high[c - 0x80] : c;

        n += (size_t)utf8proc_encode_char(point, out + n);
    }
    out[n] = '\0';
    *length = n;
    return (const char *)out;
}

static int gather(struct gathering *gathering, const char *text, size_t length,
                  struct error *err)
{
    size_t at = 0;

    while (at < length && is_blank(text[at]))
        at++;
    if (at == length)
        return error_set(err, ERROR_INPUT, "the file is empty");
    if (text[at] == '{' || text[at] == '[')
        return list_read_json(gathering, text, length, err);
    if (text[at] == '<')
        return list_read_xml(gathering, text, length, err);
    return list_read_table(gathering, text, length, err);
}

int list_read(struct arena *arena, const char *bytes, size_t length,
              enum vocab_system system, struct list **list_r, struct error *err)
{
    struct gathering gathering = {.arena = arena, .codes = table_new()};
    int status = -1;

    gathering.list = arena_alloc(arena, sizeof(*gathering.list));
    if (length > LIST_BYTES_MAX) {
        error_set(err, ERROR_LIMIT, "a list may have %zu MB at most",
                  LIST_BYTES_MAX >> 20);
        goto out;
    }
    if (length >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
        bytes += 3;
        length -= 3;
    }
    if (!is_utf8(bytes, length) && bytes[0] != '<') /* XML says its own encoding */
        bytes = to_utf8(arena, bytes, &length);
    if (gather(&gathering, bytes, length, err) < 0 || gather_check(&gathering, err) < 0)
        goto out;
    if (gathering.n == 0) {
        error_set(err, ERROR_INPUT, "there is no code in it");
        goto out;
    }
    if (choose_system(&gathering, system, err) < 0 || put_in_order(&gathering, err) < 0)
        goto out;
    *list_r = gathering.list;
    status = 0;
out:
    table_free(gathering.codes);
    memory_free(gathering.entries);
    return status;
}
