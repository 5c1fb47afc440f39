/* SPDX-License-Identifier: Apache-2.0
 *
 * index/builder.h: records in, one segment out. */
#ifndef INDEX_BUILDER_H
#define INDEX_BUILDER_H

#include <stddef.h>

#include "base/attributes.h"

struct error;
struct record;
struct builder;

struct builder *builder_new(void);
void builder_free(struct builder *builder); /* takes NULL */

/* Take what the index needs of RECORD (nothing of it is kept). Records come by ascending
 * person. Opposed patients are left out: they are in no research answer. */
void builder_add(struct builder *builder, const struct record *record);

size_t builder_patients(const struct builder *builder);
/* Postings gathered: what memory it takes is about 28 bytes each. */
size_t builder_postings(const struct builder *builder);

/* Write the segment PATH and empty the builder. */
NODISCARD int builder_write(struct builder *builder, const char *path, struct error *err);

#endif
