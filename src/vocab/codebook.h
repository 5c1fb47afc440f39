/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/codebook.h: what a centre's own codes and words mean.
 *
 * An entry says that a text of an item means a code: a drug's name an ATC code, a local site a
 * topography. It is asked only where the text by itself gives no code that we know, so that an
 * official code always means itself. Texts are the same whatever their case and blanks
 * (codebook_key). Items are the numbers of enum item, which this room does not know.
 *
 * A digest tells two codebooks apart, whatever the order in which they were written; it is part
 * of the cut of each answer. Made by one thread; immutable, and shared by all, once adapters use
 * it. */
#ifndef VOCAB_CODEBOOK_H
#define VOCAB_CODEBOOK_H

#include <stddef.h>
#include <stdint.h>

#include "vocab/vocab.h"

struct codebook;

struct codebook *codebook_new(void);
void codebook_free(struct codebook *codebook); /* takes NULL */

/* The spelling under which texts are looked up: VOCAB_NAME's, so that longer ones are cut. ""
 * when TEXT says nothing: no text, a word for "unknown", not UTF-8. Returns KEY. */
char *codebook_key(const char *text, char key[VOCAB_CODE_SIZE]);

/* From now on TEXT of ITEM means CODE (canonical, at most VOCAB_CODE_SIZE - 1 bytes); "": nothing
 * any more. */
void codebook_put(struct codebook *codebook, unsigned item, const char *text,
                  const char *code);

/* What TEXT of ITEM means; NULL: nothing is laid down. CODEBOOK may be NULL. The code is
 * the codebook's. */
const char *codebook_find(const struct codebook *codebook, unsigned item,
                          const char *text);

size_t codebook_count(const struct codebook *codebook);
/* 0 of an empty codebook, and of NULL. */
uint64_t codebook_digest(const struct codebook *codebook);

#endif
