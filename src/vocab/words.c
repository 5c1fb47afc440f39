/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/words.c: short lists of words in two languages, and free names.
 *
 * A word is looked up by its letters and digits alone, in lower case and without accents,
 * so that "Décédé", "DECEDE" and "décédé " are one; a text of punctuation only ("+", "?")
 * stands for itself. The lists are words.def; they are put into one hash table on the first
 * look-up, which is from then on shared by all threads and lives as long as the process. The
 * names of measures are those of measures.def. */
#include <pthread.h>
#include <string.h>

#include <utf8proc.h>

#include "base/table.h"
#include "vocab/vocab_internal.h"

static const struct {
    enum vocab_system system;
    const char *word;
    const char *code;
} words[] = {
#define WORD(system, word, code) {VOCAB_##system, word, code},
#include "vocab/words.def"
#undef WORD
};

static const struct {
    const char *key, *loinc, *words, *fr, *en;
} measures[] = {
#define MEASURE(key, unit, kind, molar, valence, loinc, words, fr, en) \
    {key, loinc, words, fr, en},
#include "vocab/measures.def"
#undef MEASURE
};

/* ---- folding ------------------------------------------------------------------------- */

/* A system's byte, then the folded word. */
#define FOLDED_SIZE 64

/* The letters of U+00C0 to U+00FF without their accents, '.' for what is no letter. */
static const char latin1_base[] =
    "aaaaaaaceeeeiiiidnooooo.ouuuuypsaaaaaaaceeeeiiiidnooooo.ouuuuypy";

_Static_assert(sizeof(latin1_base) == 0x40 + 1, "one for each of U+00C0 to U+00FF");

/* What a character above ASCII leaves of itself: one letter, two for œ, or nothing. TAIL is
 * the byte after LEAD. */
static size_t fold_pair(unsigned char lead, unsigned char tail, char *out)
{
    if (lead == 0xC3 && tail >= 0x80 && tail < 0xC0 && latin1_base[tail - 0x80] != '.') {
        *out = latin1_base[tail - 0x80];
        return 1;
    }
    if (lead == 0xC5 && (tail == 0x92 || tail == 0x93)) {
        memcpy(out, "oe", 2);
        return 2;
    }
    return 0;
}

size_t letter_fold(const char *text, char out[2])
{
    if (is_letter(*text) || is_digit(*text)) {
        *out = ascii_lower(*text);
        return 1;
    }
    if ((unsigned char)*text < 0xC3)
        return 0;
    return fold_pair((unsigned char)text[0], (unsigned char)text[1], out);
}

/* The folded TEXT into OUT, its length; 0 if it is longer than any word of ours. TEXT is
 * part of a string, so that the byte behind it may be read. */
static size_t fold(const char *text, size_t length, char out[FOLDED_SIZE])
{
    size_t n = 0;

    for (size_t i = 0; i < length; i++) {
        if (n > FOLDED_SIZE - 3)
            return 0;
        n += letter_fold(text + i, out + n);
    }
    if (n == 0 && length <= 4) {
        memcpy(out, text, length);
        n = length;
    }
    return n;
}

/* ---- look-up ------------------------------------------------------------------------- */

static struct table *table; /* (system, folded word) → place among words, then measures */

static void put_word(enum vocab_system system, const char *word, size_t length,
                     size_t place)
{
    char key[FOLDED_SIZE + 1];
    bool added;
    uint64_t *value;

    key[0] = (char)system;
    memcpy(key + 1, word, length);
    value = table_put(table, key, length + 1, &added);
    if (added) /* else the first one keeps it */
        *value = place;
}

static void put_folded(const char *text, size_t length, size_t place)
{
    char folded[FOLDED_SIZE];
    size_t n = fold(text, length, folded);

    if (n > 0)
        put_word(VOCAB_MEASURE, folded, n, place);
}

/* Each of the blank-separated words of LIST, after PREFIX. */
static void put_list(const char *prefix, const char *list, size_t place)
{
    char text[FOLDED_SIZE];
    size_t before = strlen(prefix);

    while (*list) {
        size_t length = strcspn(list, " ");

        memcpy(text, prefix, before);
        memcpy(text + before, list, length);
        text[before + length] = '\0';
        put_folded(text, before + length, place);
        list += length + strspn(list + length, " ");
    }
}

/* Keys first, so that no other name takes one. */
static void put_measures(void)
{
    for (size_t i = 0; i < ARRAY_LENGTH(measures); i++)
        put_folded(measures[i].key, strlen(measures[i].key), ARRAY_LENGTH(words) + i);
    for (size_t i = 0; i < ARRAY_LENGTH(measures); i++) {
        size_t place = ARRAY_LENGTH(words) + i;

        put_folded(measures[i].fr, strlen(measures[i].fr), place);
        put_folded(measures[i].en, strlen(measures[i].en), place);
        put_list("", measures[i].words, place);
        put_list("", measures[i].loinc, place);
        put_list("loinc", measures[i].loinc, place);
    }
}

static void table_build(void)
{
    table = table_new();
    for (size_t i = 0; i < ARRAY_LENGTH(words); i++)
        put_word(words[i].system, words[i].word, strlen(words[i].word), i);
    put_measures();
}

static const char *find(enum vocab_system system, char *key, size_t length)
{
    const uint64_t *found;

    key[0] = (char)system;
    found = table_get(table, key, length + 1);
    if (!found)
        return NULL;
    return *found < ARRAY_LENGTH(words) ? words[*found].code
                                        : measures[*found - ARRAY_LENGTH(words)].key;
}

/* SYSTEM's list first (laterality knows NA), then what says "unknown" everywhere. */
static const char *find_any(enum vocab_system system, const char *text, size_t length)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char key[FOLDED_SIZE + 1];
    size_t folded = fold(text, length, key + 1);
    const char *code = NULL;

    if (folded == 0)
        return NULL;
    pthread_once(&once, table_build);
    if (system != VOCAB_NONE)
        code = find(system, key, folded);
    return code ? code : find(VOCAB_NONE, key, folded);
}

bool word_is_unknown(const char *text, size_t length)
{
    return length < FOLDED_SIZE && find_any(VOCAB_NONE, text, length) != NULL;
}

const char *word_find(enum vocab_system system, const char *text, size_t length)
{
    const char *code = find_any(system, text, length);

    return code && code[0] ? code : NULL;
}

static int copy(const char *code, char out[VOCAB_CODE_SIZE])
{
    size_t length = strlen(code);

    memcpy(out, code, length + 1);
    return (int)length;
}

int spell_word(enum vocab_system system, const char *text, size_t length,
               char out[VOCAB_CODE_SIZE])
{
    const char *code = find_any(system, text, length);

    return code ? copy(code, out) : SPELL_REFUSED;
}

/* A French or English word (scanner, IRM), else a code string of DICOM. */
int spell_modality(enum vocab_system system, const char *text, size_t length,
                   char out[VOCAB_CODE_SIZE])
{
    const char *code = find_any(system, text, length);

    if (code)
        return copy(code, out);
    if (length > 16)
        return SPELL_REFUSED;
    for (size_t i = 0; i < length; i++) {
        if (!is_letter(text[i]) && !is_digit(text[i]) && text[i] != '_')
            return SPELL_REFUSED;
        out[i] = ascii_upper(text[i]);
    }
    out[length] = '\0';
    return (int)length;
}

/* ---- names --------------------------------------------------------------------------- */

/* The name that stands in OUT, unless it is a word of SYSTEM (poids, Missense_Mutation) or
 * says "unknown". Words are asked after spelling, so that a code is its own spelling. */
static int finish_name(char out[VOCAB_CODE_SIZE], size_t length, enum vocab_system system)
{
    const char *code;

    while (length > 0 && out[length - 1] == ' ')
        length--;
    out[length] = '\0';
    code = find_any(system, out, length);
    return code ? copy(code, out) : (int)length;
}

/* One blank for any white space, none at the ends; no control characters. */
static int32_t plain(int32_t point)
{
    switch (utf8proc_category(point)) {
    case UTF8PROC_CATEGORY_ZS:
    case UTF8PROC_CATEGORY_ZL:
    case UTF8PROC_CATEGORY_ZP:
    case UTF8PROC_CATEGORY_CC: return ' ';
    case UTF8PROC_CATEGORY_CF: return 0;
    default: break;
    }
    if (point == 0x2018 || point == 0x2019 || point == 0x02BC)
        return '\'';
    if ((point >= 0x2010 && point <= 0x2015) || point == 0x2212)
        return '-';
    return point;
}

/* NFC of the upper case of NFD: two spellings of É are one. */
#define MOST_POINTS 256

static int spell_unicode_name(enum vocab_system system, const char *text, size_t length,
                              char out[VOCAB_CODE_SIZE])
{
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
    const utf8proc_uint8_t *end = at + length;
    int32_t points[MOST_POINTS + 8];
    ptrdiff_t n = 0;
    size_t size = 0;

    while (at < end && n < MOST_POINTS) {
        int32_t point;
        int boundary = 0;
        ptrdiff_t taken = utf8proc_iterate(at, end - at, &point);

        if (taken <= 0)
            return SPELL_REFUSED;
        at += taken;
        point = plain(point);
        if (point == 0 || (point == ' ' && (n == 0 || points[n - 1] == ' ')))
            continue;
        n += utf8proc_decompose_char(point, points + n, 8, UTF8PROC_DECOMPOSE, &boundary);
    }
    for (ptrdiff_t i = 0; i < n; i++)
        points[i] = utf8proc_toupper(points[i]);
    n = utf8proc_normalize_utf32(points, n, UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    for (ptrdiff_t i = 0; i < n; i++) {
        utf8proc_uint8_t encoded[4];
        size_t more = (size_t)utf8proc_encode_char(points[i], encoded);

        if (size + more > VOCAB_CODE_SIZE - 1)
            break;
        memcpy(out + size, encoded, more);
        size += more;
    }
    return finish_name(out, size, system);
}

/* Upper case of a letter of U+00C0 to U+00FE at TEXT into OUT; false for all else, and for
 * ß, whose upper case is elsewhere. These are most of what French has beyond ASCII. */
static bool spell_latin1(const char *text, char *out)
{
    unsigned char tail = (unsigned char)text[1];

    if ((unsigned char)text[0] != 0xC3 || tail < 0x80 || tail > 0xBE || tail == 0x9F)
        return false;
    out[0] = text[0];
    out[1] = tail < 0xA0 || tail == 0xB7 ? (char)tail : (char)(tail - 0x20);
    return true;
}

/* The bytes of ASCII and Latin-1 one after the other; at the first other character, which
 * may compose with what is before it, all again by Unicode's rules. */
int spell_name(enum vocab_system system, const char *text, size_t length,
               char out[VOCAB_CODE_SIZE])
{
    size_t n = 0;

    for (size_t i = 0; i < length && n < VOCAB_CODE_SIZE - 1; i++) {
        unsigned char c = (unsigned char)text[i];

        if (c >= 0x80) {
            if (n == VOCAB_CODE_SIZE - 2)
                break;
            if (!spell_latin1(text + i, out + n))
                return spell_unicode_name(system, text, length, out);
            n += 2;
            i++;
        } else if (c > ' ' && c != 0x7F) {
            out[n++] = ascii_upper(text[i]);
        } else if (n > 0 && out[n - 1] != ' ') {
            out[n++] = ' ';
        }
    }
    return finish_name(out, n, system);
}
