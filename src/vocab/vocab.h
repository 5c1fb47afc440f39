/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/vocab.h: code systems, their order and their labels.
 *
 * Every system has one canonical spelling for each code, chosen so that *byte order is tree
 * order*: all codes below a code stand next to each other. A subtree is therefore one range
 * of spellings, wherever codes are sorted: here (where a code's number is its place among
 * the known ones) and in the dictionary of each segment (where its number is its place among
 * those that occur). Stage IVA is spelt "4A" for that reason, so that stage IV is the range
 * from "4" to "5", and T2a is below T2.
 *
 * What is built in are the code spellings' rules and short labels, written by us, of common
 * groups; complete official lists are imported by the centre (lists.h), and then labels, known
 * codes and "did you mean" are those of the lists in use. A code without a label is still a code.
 * Shared by all threads. */
#ifndef VOCAB_VOCAB_H
#define VOCAB_VOCAB_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

struct error;

enum vocab_system {
    VOCAB_NONE,             /* not a code */
    VOCAB_ICDO3_TOPOGRAPHY, /* C34, C34.1 */
    VOCAB_ICDO3_MORPHOLOGY, /* 8140, 8140/3 */
    VOCAB_ICD10,            /* E11, E11.9 (dot after three characters, always) */
    VOCAB_ATC,              /* L, L01, L01E, L01ED, L01ED03 */
    VOCAB_CCAM,             /* GFFA013; a prefix is its subtree */
    VOCAB_GENE,             /* HGNC symbol, upper case; no subtree */
    VOCAB_STAGE,            /* 0, 1, 1A, 2, 3C2, 4, 4A: roman numerals in arabic */
    VOCAB_TNM_T,            /* T0 Tis Ta T1 T1a T4b … ; TX is "not stated" */
    VOCAB_TNM_N,            /* N0 N1 N1a … */
    VOCAB_TNM_M,            /* M0 M1 M1a … */
    VOCAB_SEX,              /* F, M */
    VOCAB_LATERALITY,       /* L, R, NA (not applicable) */
    VOCAB_DIAGNOSIS_METHOD, /* OSIRIS-RWD 8.4: 1 2 4 5 7 8 (9 is "not stated") */
    VOCAB_TUMOUR_EVENT, /* OSIRIS-RWD 9.1: LOCAL, METASTASIS, RELAPSE, TRANSFORMATION */
    VOCAB_TNM_TYPE,     /* c, p, y */
    VOCAB_BIOMARKER_STATUS, /* POSITIVE, NEGATIVE ("non contributif", "manquant" are "not stated") */
    VOCAB_YES_NO,        /* YES, NO */
    VOCAB_VITAL_STATUS,  /* ALIVE, DEAD */
    VOCAB_VITAL_SOURCE,  /* ADMINISTRATIVE, INSEE, MEDICAL */
    VOCAB_PLACE,         /* IN, OUT */
    VOCAB_SOURCE,        /* OSIRIS-RWD 1 to 5 */
    VOCAB_MEASURE,       /* PS, WEIGHT, HEIGHT, or the source's name, folded like NAME */
    VOCAB_SPECIMEN_TYPE, /* SURGICAL, BIOPSY, CELLS, LIQUID */
    VOCAB_SPECIMEN_NATURE, /* TUMOUR, HEALTHY */
    VOCAB_PARENT, /* MOTHER FATHER SON DAUGHTER GRANDFATHER GRANDMOTHER GRANDSON … */
    VOCAB_VARIANT_CLASS,  /* MISSENSE NONSENSE FRAMESHIFT … else folded like NAME */
    VOCAB_PROTEIN_CHANGE, /* V600E (p. and brackets cut), case kept */
    VOCAB_MODALITY,       /* DICOM modality: CT MR PT US … upper case */
    VOCAB_NAME,           /* free names: trimmed, white space single, upper case */
    VOCAB_ADICAP,         /* ADICAP: parts of codes as its dictionaries have them, A7B2 */
    VOCAB_ONCOTREE,       /* OncoTree: LUAD */
    VOCAB_SYSTEMS
};

enum lang { LANG_FR, LANG_EN };

/* Longest canonical spelling with its NUL. Longer names are cut at a character. */
#define VOCAB_CODE_SIZE 96

/* The canonical spelling of TEXT, as sources write it, into CODE_R. An empty CODE_R with 0
 * means: the source says that it does not know (UN, NA where that means unknown, INCONNU,
 * NX, empty). -1 with ERROR_INPUT when TEXT cannot be a code of SYSTEM, saying what was
 * expected; CODE_R is then untouched. Whether the code is in an official list is not asked. */
NODISCARD int vocab_normalise(enum vocab_system system, const char *text,
                              char code_r[VOCAB_CODE_SIZE], struct error *err);

/* The codes at or below CODE are those C with FIRST <= C < AFTER in byte order (strcmp). */
struct code_range {
    char first[VOCAB_CODE_SIZE];
    char after[VOCAB_CODE_SIZE + 1];
};
void vocab_subtree(enum vocab_system system, const char *code,
                   struct code_range *range_r);

/* Could a patient whose source says CODED truly have a code of RANGE, when CODED itself is
 * not in it, because CODED is less precise: an ancestor (C34 for C34.1), "not otherwise
 * specified" (C34.9 for C34.1, 8000/3 for 8140/3, 8010/3 for a carcinoma 8012-8589: all in
 * imprecise.c), stage IV for IVA, or "" (not stated)? What is unknown proves nothing, so
 * such a patient is possible. */
bool vocab_may_be(enum vocab_system system, const char *coded,
                  const struct code_range *range);

/* The group shown in tables: C34 for C34.1, 8140 for 8140/3, L01ED for L01ED03, I for IA …;
 * the code itself where a system has no groups. */
void vocab_group(enum vocab_system system, const char *code,
                 char group_r[VOCAB_CODE_SIZE]);

/* Short label, or NULL. "C34" → "Bronches, poumon"; a child without its own gives NULL. Valid as
 * long as the lists in use (lists.h) are kept. */
const char *vocab_label(enum vocab_system system, const char *code, enum lang lang);

/* How the code is written for people: stage "4A" → "IVA"; others unchanged. Returns OUT. */
char *vocab_print(enum vocab_system system, const char *code, char out[VOCAB_CODE_SIZE]);

/* Up to MAX known codes nearest to TEXT by code or label (edit distance, then order), for
 * "did you mean"; never more than 16. Returns how many; the strings live as labels do. */
size_t vocab_nearest(enum vocab_system system, const char *text, size_t max,
                     const char *codes_r[]);

/* Edits (insert, drop, change, swap) that make A into B, by their letters and digits alone. */
int vocab_edits(const char *a, const char *b);

/* Does LABEL, or what follows one of its words, begin with TEXT, letter by letter? Case, accents
 * and punctuation do not count; nothing begins with a text without letters. */
bool vocab_label_has(const char *label, const char *text);

/* The known codes, in canonical order: a code's number is its index here. NULL beyond the last one:
 * lists may be replaced between two calls. */
size_t vocab_known_count(enum vocab_system system);
const char *vocab_known(enum vocab_system system, size_t number);
/* Its label, as vocab_label() gives it, without looking the code up. */
const char *vocab_known_label(enum vocab_system system, size_t number, enum lang lang);
/* Numbers [*first_r, *after_r) of the known codes at or below CODE. */
void vocab_known_subtree(enum vocab_system system, const char *code, size_t *first_r,
                         size_t *after_r);

const char *vocab_system_name(enum vocab_system system); /* "icdo3-topography", … */

#endif
