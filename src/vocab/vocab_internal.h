/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/vocab_internal.h: what the files of this room share.
 *
 *     vocab.c      the table of systems, and all that follows from prefixes
 *     codes.c      spellings of structured codes: topography, morphology, ATC, …
 *     staging.c    spellings of stage, T, N and M
 *     words.c      spellings of short lists (sex, sides, yes and no) and of free names
 *     imprecise.c  which code may stand for which other one
 *     known.c      the labels and the order of known codes
 *     lists.c      imported lists in use; list_*.c reading and packing them
 *     nearest.c    "did you mean" */
#ifndef VOCAB_INTERNAL_H
#define VOCAB_INTERNAL_H

#include "vocab/vocab.h"

/* A speller: the canonical spelling of LENGTH > 0 bytes of TEXT (neither begins nor ends
 * with white space; not NUL-terminated) into OUT with its NUL. Returns its length, 0 for
 * "said to be unknown", SPELL_REFUSED if it cannot be a code. OUT is scratch: a speller may
 * leave anything in it when it refuses. No allocation, no locale. */
#define SPELL_REFUSED (-1)
typedef int speller(enum vocab_system system, const char *text, size_t length,
                    char out[VOCAB_CODE_SIZE]);

speller spell_topography, spell_morphology, spell_icd10, spell_atc, spell_ccam,
    spell_gene, spell_protein_change;
speller spell_stage, spell_tnm;
speller spell_word, spell_modality, spell_name;

/* Is TEXT a way to say "unknown" (UN, NA, inconnu, not reported, "?") ? */
bool word_is_unknown(const char *text, size_t length);
/* The code that SYSTEM's list of words gives to TEXT, whatever its case, accents, blanks
 * and punctuation; NULL if the list has no such word. Unknown words are not consulted. */
const char *word_find(enum vocab_system system, const char *text, size_t length);

/* What the character at TEXT is for a comparison of words: its letters in lower case without
 * accent (two for œ) or its digit into OUT; 0 for punctuation and for the later bytes of a
 * character. TEXT is NUL-terminated somewhere behind. */
size_t letter_fold(const char *text, char out[2]);

/* How a stage is written for people. */
char *stage_print(const char *code, char out[VOCAB_CODE_SIZE]);

/* Do codes of SYSTEM stand below one another by prefix? CODE decides for stages, of which
 * only the numbered ones form a tree. */
bool vocab_is_tree(enum vocab_system system, const char *code);

/* FR and EN are NULL for a code of a list that gives no label. */
struct label {
    const char *code;
    const char *fr;
    const char *en;
    const char *words; /* synonyms, '\n' after each; NULL: none */
};
/* The labels of SYSTEM in canonical order: of the list in use, or built in. */
const struct label *vocab_labels(enum vocab_system system, size_t *count_r);
const struct label *vocab_labels_built_in(enum vocab_system system, size_t *count_r);
/* Of the list of SYSTEM in use, the built-in ones merged in (lists.c); NULL: no such list. */
const struct label *lists_labels(enum vocab_system system, size_t *count_r);

/* ASCII only: no locale, bytes of UTF-8 pass unchanged. */
static inline char ascii_upper(char c)
{
    return c >= 'a' && c <= 'z' ? (char)(c & ~0x20) : c;
}

static inline char ascii_lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c;
}

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Of either case. */
static inline bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

#endif
