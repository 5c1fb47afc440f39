/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/list_internal.h: what the readers of lists share.
 *
 *     list_read.c    which format, which system; terms gathered, spelt and put in order
 *     list_table.c   tables with a header, and the ATIH's
 *     list_json.c    OncoTree, FHIR
 *     list_xml.c     ClaML, RDF/XML
 *     lists.c        packed, and in use */
#ifndef VOCAB_LIST_INTERNAL_H
#define VOCAB_LIST_INTERNAL_H

#include <stdbool.h>

#include "vocab/lists.h"

struct table;

/* A code as the file has it, and what it says of it. */
struct entry {
    const char *code;
    const char *fr, *en; /* NULL until said */
    const char *words;
    unsigned line;
};

enum entry_text { ENTRY_FR, ENTRY_EN, ENTRY_WORD };

struct gathering {
    struct arena *arena;
    struct table *codes; /* as written → place + 1 */
    struct entry *entries;
    size_t n, capacity;
    enum vocab_system hint; /* what the format itself shows; VOCAB_NONE */
    struct list *list;
};

/* The entry of CODE, made if new; valid until the next one is made. NULL when LENGTH is 0 or too
 * long, which is refused at LINE. */
struct entry *gather_code(struct gathering *gathering, const char *code, size_t length,
                          unsigned line);
/* What TEXT (LENGTH bytes of UTF-8) says of ENTRY: white space becomes single, control
 * characters go, a long one is cut. The first label of a language stays, the same said by another
 * is a synonym. */
void gather_text(struct gathering *gathering, struct entry *entry, enum entry_text kind,
                 const char *text, size_t length);
/* REASON is kept as it stands. */
void gather_refused(struct gathering *gathering, unsigned line, const char *reason);
void gather_version(struct gathering *gathering, const char *version, size_t length);
int gather_check(const struct gathering *gathering, struct error *err);

NODISCARD int list_read_table(struct gathering *gathering, const char *text,
                              size_t length, struct error *err);
NODISCARD int list_read_json(struct gathering *gathering, const char *text, size_t length,
                             struct error *err);
NODISCARD int list_read_xml(struct gathering *gathering, const char *text, size_t length,
                            struct error *err);

#endif
