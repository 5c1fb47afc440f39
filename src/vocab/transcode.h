/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/transcode.h: what codes made for other purposes say of a tumour, in ICD-O-3.
 *
 * A hospital codes a stay in ICD-10 and a specimen in ADICAP; OSIRIS-RWD wants ICD-O-3 (its
 * guide, 8.1 and 8.2). What the source's code says is written in ICD-O-3 with the precision that
 * it has: a category without its digit, a "NOS", or nothing. Nothing is guessed.
 *
 * The scope is that of OSIRIS-RWD: malignant tumours, in situ ones, those of uncertain
 * behaviour, and benign ones of the central nervous system. Tables and their sources:
 * transcode_icd10.def, transcode_adicap.def. Pure, without allocation. */
#ifndef VOCAB_TRANSCODE_H
#define VOCAB_TRANSCODE_H

#include "base/attributes.h"

enum transcoding {
    TRANSCODING_NONE, /* no tumour in the scope, or no code at all */
    TRANSCODING_SECONDARY, /* a tumour, but not where it began: a metastasis, several at once */
    TRANSCODING_PRIMARY, /* a primary tumour */
};

/* Canonical spellings of VOCAB_ICDO3_TOPOGRAPHY and VOCAB_ICDO3_MORPHOLOGY; "": not said. */
struct tumour_codes {
    char topography[8];
    char morphology[8];
    char behaviour; /* '0' benign, '1' uncertain, '2' in situ, '3' malignant, as in ICD-O-3 */
};

/* Of ICD10, a canonical spelling of VOCAB_ICD10; extensions behind the fourth character do not
 * count. CODES_R is filled for TRANSCODING_PRIMARY and untouched otherwise. */
NODISCARD enum transcoding transcode_icd10(const char *icd10,
                                           struct tumour_codes *codes_r);

/* Of ADICAP as a laboratory writes it: at least its eight characters (BHGSA7B2, "BH GS A7B2"),
 * or the four of the lesion alone. The morphology is "" for a lesion that is known here by its
 * behaviour only; the topography is "" for a lymph node that holds anything but a tumour of the
 * blood, since such a tumour did not begin there. */
NODISCARD enum transcoding transcode_adicap(const char *adicap,
                                            struct tumour_codes *codes_r);

#endif
