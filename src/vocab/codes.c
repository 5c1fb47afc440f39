/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/codes.c: the spellings of structured codes, read as sources write them.
 *
 * Each speller accepts the dialects met in hospitals (without the dot, in lower case, with
 * a PMSI extension) and writes one form, of which every prefix that ends at a level is the
 * code of that level. What an official list contains is not asked: lists change each year,
 * and a code of last year is still what the source said. */
#include <string.h>

#include "vocab/vocab_internal.h"

static int finish(char *out, size_t length)
{
    out[length] = '\0';
    return (int)length;
}

/* ---- tumours ------------------------------------------------------------------------- */

/* C34, C34.1, c341 */
int spell_topography(enum vocab_system system, const char *text, size_t length,
                     char out[VOCAB_CODE_SIZE])
{
    char last = text[length - 1];

    (void)system;
    if (length < 3 || length > 5 || ascii_upper(text[0]) != 'C' || !is_digit(text[1]) ||
        !is_digit(text[2]))
        return SPELL_REFUSED;
    memcpy(out, text, 3);
    out[0] = 'C';
    if (length == 3)
        return finish(out, 3);
    if (!is_digit(last) || (length == 5 && text[3] != '.' && text[3] != ','))
        return SPELL_REFUSED;
    out[3] = '.';
    out[4] = last;
    return finish(out, 5);
}

/* 814, 8140, 8140/3, 8140-3, 81403, M8140/3; a sixth digit (grade, cell line) is not part
 * of the code here: the grade is an item of its own (OSIRIS-RWD 8.21). */
int spell_morphology(enum vocab_system system, const char *text, size_t length,
                     char out[VOCAB_CODE_SIZE])
{
    const char *at = text;
    const char *end = text + length;
    size_t digits = 0;

    (void)system;
    if (*at == 'M' || *at == 'm')
        at += end - at > 1 && at[1] == '-' ? 2 : 1;
    while (digits < 4 && at < end && is_digit(*at))
        out[digits++] = *at++;
    if (digits < 3 || (out[0] != '8' && out[0] != '9'))
        return SPELL_REFUSED;
    if (at == end)
        return finish(out, digits);
    if (*at == '/' || *at == '-')
        at++;
    if (digits < 4 || at == end || !strchr("012369", *at))
        return SPELL_REFUSED;
    out[4] = '/';
    out[5] = *at++;
    if (at < end && is_digit(*at))
        at++;
    return at == end ? finish(out, 6) : SPELL_REFUSED;
}

/* ---- diseases ------------------------------------------------------------------------ */

/* What books print after a code and is not part of it: the dagger and asterisk of double
 * coding, the ".-" of "all below", a dot with nothing behind. */
static size_t without_marks(const char *text, size_t length)
{
    static const char dagger[] = "†";

    if (length > sizeof(dagger) - 1 &&
        memcmp(text + length - (sizeof(dagger) - 1), dagger, sizeof(dagger) - 1) == 0)
        length -= sizeof(dagger) - 1;
    while (length > 3 && strchr("*+-.", text[length - 1]))
        length--;
    return length;
}

/* E11, E119, e11.9, E11.-, G63.2*; extensions of ATIH (A15.0+9) and of ICD-10-CM (C7A.01,
 * S72.001A) are kept. */
int spell_icd10(enum vocab_system system, const char *text, size_t length,
                char out[VOCAB_CODE_SIZE])
{
    const char *end = text + without_marks(text, length);
    const char *at = text + 3;
    size_t n = 4;

    (void)system;
    if (end - text < 3 || !is_letter(text[0]) || !is_digit(text[1]) ||
        (!is_digit(text[2]) && ascii_upper(text[2]) != 'A' &&
         ascii_upper(text[2]) != 'B'))
        return SPELL_REFUSED;
    out[0] = ascii_upper(text[0]);
    out[1] = text[1];
    out[2] = ascii_upper(text[2]);
    if (at == end)
        return finish(out, 3);
    if (*at == '.')
        at++;
    out[3] = '.';
    for (; at < end; at++) {
        if (n == 10 || (!is_digit(*at) && !is_letter(*at) && *at != '+'))
            return SPELL_REFUSED;
        out[n++] = ascii_upper(*at);
    }
    return n > 4 ? finish(out, n) : SPELL_REFUSED;
}

/* ---- drugs and procedures ------------------------------------------------------------ */

/* L, L01, L01E, L01ED, L01ED03, "l01 ed 03" */
int spell_atc(enum vocab_system system, const char *text, size_t length,
              char out[VOCAB_CODE_SIZE])
{
    static const char shape[] = "A99AA99"; /* letter or digit at each place */
    size_t n = 0;

    (void)system;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == ' ')
            continue;
        if (n == sizeof(shape) - 1 ||
            (shape[n] == '9' ? !is_digit(text[i]) : !is_letter(text[i])))
            return SPELL_REFUSED;
        out[n++] = ascii_upper(text[i]);
    }
    /* the fourteen anatomical groups; a level has 1, 3, 4, 5 or 7 characters */
    if (!strchr("ABCDGHJLMNPRSV", out[0]) || n == 2 || n == 6)
        return SPELL_REFUSED;
    return finish(out, n);
}

/* The numbered chapters of the CCAM: 06, 06.03, … 06.03.04.00 (OSIRIS-RWD 11.2). */
static int spell_chapter(const char *text, size_t length, char *out)
{
    if (length % 3 != 2 || length > 11)
        return SPELL_REFUSED;
    for (size_t i = 0; i < length; i++) {
        if (i % 3 == 2 ? text[i] != '.' : !is_digit(text[i]))
            return SPELL_REFUSED;
    }
    memcpy(out, text, length);
    return finish(out, length);
}

/* GFFA013, its prefixes from one letter, "gffa013 1 0", GFFA013-01: activity, phase and
 * PMSI extension are cut. NA and UN say "unknown" before they are prefixes. */
int spell_ccam(enum vocab_system system, const char *text, size_t length,
               char out[VOCAB_CODE_SIZE])
{
    size_t n = 0;

    (void)system;
    if (is_digit(text[0]))
        return spell_chapter(text, length, out);
    if (length <= 4 && word_is_unknown(text, length))
        return 0;
    for (; n < 7 && n < length; n++) {
        if (n < 4 ? !is_letter(text[n]) : !is_digit(text[n]))
            return SPELL_REFUSED;
        out[n] = ascii_upper(text[n]);
    }
    if (length > 16)
        return SPELL_REFUSED;
    for (size_t i = n; i < length; i++) {
        if (!is_digit(text[i]) && !strchr(" -/.", text[i]))
            return SPELL_REFUSED;
    }
    return finish(out, n);
}

/* ---- genes --------------------------------------------------------------------------- */

/* EGFR, HLA-A, C10orf2, MT-CO1; case is folded, so C10orf2 is C10ORF2. */
int spell_gene(enum vocab_system system, const char *text, size_t length,
               char out[VOCAB_CODE_SIZE])
{
    (void)system;
    if (length > 48 || (!is_letter(text[0]) && !is_digit(text[0])))
        return word_is_unknown(text, length) ? 0 : SPELL_REFUSED;
    for (size_t i = 0; i < length; i++) {
        if (!is_letter(text[i]) && !is_digit(text[i]) && !strchr("-._@/", text[i]))
            return SPELL_REFUSED;
        out[i] = ascii_upper(text[i]);
    }
    if (word_is_unknown(text, length))
        return 0;
    return finish(out, length);
}

/* ---- protein changes ----------------------------------------------------------------- */

static bool begins(const char *at, const char *end, const char *word)
{
    size_t length = strlen(word);

    return (size_t)(end - at) >= length && memcmp(at, word, length) == 0;
}

/* One letter for the three of an amino acid in HGVS spelling, '*' for Ter; 0 if AT is none.
 * A lower-case letter behind belongs to a longer word, unless it begins a kind of change. */
static char amino_acid(const char *at, const char *end)
{
    static const char names[][4] = {"Ala", "Arg", "Asn", "Asp", "Cys", "Gln",
                                    "Glu", "Gly", "His", "Ile", "Leu", "Lys",
                                    "Met", "Phe", "Pro", "Ser", "Thr", "Trp",
                                    "Tyr", "Val", "Sec", "Pyl", "Ter", "Xaa"};
    static const char letters[] = "ARNDCQEGHILKMFPSTWYVUO*X";
    const char *behind = at + 3;

    if (end - at < 3 || at[1] < 'a' || at[1] > 'z' || at[0] < 'A' || at[0] > 'Z')
        return 0;
    if (behind < end && *behind >= 'a' && *behind <= 'z' && !begins(behind, end, "fs") &&
        !begins(behind, end, "del") && !begins(behind, end, "dup") &&
        !begins(behind, end, "ins") && !begins(behind, end, "ext"))
        return 0;
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        if (memcmp(at, names[i], 3) == 0)
            return letters[i];
    }
    return 0;
}

/* What stands around a change: the reference before a colon, "p.", brackets, blanks. */
static void strip_protein(const char **text, const char **end)
{
    const char *colon = memrchr(*text, ':', (size_t)(*end - *text));

    if (colon)
        *text = colon + 1;
    for (;;) {
        if (begins(*text, *end, "p.")) {
            *text += 2;
        } else if (*end - *text >= 2 && **text == '(' && (*end)[-1] == ')') {
            (*text)++;
            (*end)--;
        } else if (*text < *end && **text == ' ') {
            (*text)++;
        } else if (*text < *end && (*end)[-1] == ' ') {
            (*end)--;
        } else {
            return;
        }
    }
}

/* p.V600E, p.(Val600Glu), NP_004324.2:p.Val600Glu, "p.?"; longer ones are cut. Case is
 * kept, because fs, del and ins are words in it. */
int spell_protein_change(enum vocab_system system, const char *text, size_t length,
                         char out[VOCAB_CODE_SIZE])
{
    const char *at = text;
    const char *end = text + length;
    size_t n = 0;

    while (at < end && n < VOCAB_CODE_SIZE - 1) {
        char letter = amino_acid(at, end);

        if (*at < ' ' || *at > '~')
            return SPELL_REFUSED;
        if (*at != ' ' || n == 0 || out[n - 1] != ' ')
            out[n++] = letter ? letter : *at;
        at += letter ? 3 : 1;
    }
    if (at < end) { /* cut: what was the middle of a word may be an amino acid now */
        char first_part[VOCAB_CODE_SIZE];

        memcpy(first_part, out, n);
        return spell_protein_change(system, first_part, n, out);
    }
    at = out;
    end = out + n;
    strip_protein(&at, &end);
    n = (size_t)(end - at);
    if (n == 0 || word_is_unknown(at, n))
        return 0;
    memmove(out, at, n);
    return finish(out, n);
}
