/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/lists.h: official lists of codes, as a centre imports them.
 *
 *     file ──list_read()──▶ struct list ──list_pack()──▶ bytes, kept and mapped
 *                                                              │ list_open()
 *                 vocab_label(), vocab_known() … ◀── lists_install() ── struct lists
 *
 * A list gives labels, synonyms, and which codes there are; codes keep their canonical spelling,
 * so no list renumbers or changes data. In front of each imported label stands nothing; behind
 * it, in this order: the built-in label of the same language, the other language's labels.
 *
 * The lists in use are the process's: a program serves one node. They are immutable; a set is
 * installed by one atomic store and may be replaced while others read. Labels that were given out
 * point into the set, so whoever replaces one keeps it until nobody reads any more
 * (node/vocabularies.c: until the node is closed). */
#ifndef VOCAB_LISTS_H
#define VOCAB_LISTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "vocab/vocab.h"

struct arena;
struct error;

/* One code of a list. Strings are never NULL; "" is none. */
struct term {
    const char *code;    /* canonical */
    const char *fr, *en; /* labels */
    const char *words;   /* synonyms and brands, '\n' after each */
};

#define LIST_VERSION_MAX 32
#define LIST_REFUSALS_MAX 20 /* that are told one by one */
#define LIST_BYTES_MAX ((size_t)256 << 20)
#define LIST_TERMS_MAX 1000000
#define LIST_LABEL_MAX 300 /* bytes; a longer label is cut at a character */

struct list_refusal {
    unsigned line; /* 0: the format has no lines to speak of */
    const char *reason;
};

struct list {
    enum vocab_system system;
    const char *format; /* "table", "ATIH", "ClaML", "RDF", "OncoTree", "FHIR" */
    char version[LIST_VERSION_MAX + 1]; /* as the file says; "" when it does not */
    size_t n;
    struct term *terms; /* ascending by code, each once */
    size_t n_refused;   /* lines and entries that gave no code of the system */
    size_t n_refusals;  /* of them told */
    struct list_refusal refusals[LIST_REFUSALS_MAX];
};

/* The list in LENGTH bytes at BYTES (followed by a NUL), in ARENA: a table with a header (tabs,
 * semicolons or commas), the ATIH's LIBCIM10MULTI.TXT, ClaML, RDF/XML with SKOS or RDFS labels,
 * OncoTree or a FHIR CodeSystem as JSON. Text that is not UTF-8 is read as Windows-1252. SYSTEM
 * VOCAB_NONE: the one that the codes show. ERROR_INPUT with the line and what was expected when
 * it is none of these, when the system does not show, or when not half of its codes are of the
 * system; ERROR_LIMIT. */
NODISCARD int list_read(struct arena *arena, const char *bytes, size_t length,
                        enum vocab_system system, struct list **list_r,
                        struct error *err);

/* The systems that lists may be of. */
bool list_is_of(enum vocab_system system);
/* The system called NAME ("icd10"); VOCAB_NONE if there is none that lists may be of. */
enum vocab_system list_system(const char *name);

/* ---- packed ---- */

struct buffer;

/* TERMS as bytes that list_open() takes: a header with a checksum, offsets, strings. */
void list_pack(struct buffer *out, const struct term *terms, size_t n);

/* A packed list. Borrows BYTES, which are aligned to 8; ERROR_CORRUPT when they are not what
 * list_pack() wrote. */
struct packed_list {
    const uint32_t *offsets; /* of code, fr, en, words; of each term */
    const char *strings;
    size_t n;
};
NODISCARD int list_open(const void *bytes, size_t length, struct packed_list *list_r,
                        struct error *err);
struct term list_term(const struct packed_list *list, size_t number);

/* ---- in use ---- */

/* One list a system, with the built-in labels merged in. */
struct lists;
struct lists *lists_new(void);
void lists_free(struct lists *lists); /* takes NULL; not while it is installed */
/* LIST (its bytes stay where they are) is that of SYSTEM from now on. */
void lists_put(struct lists *lists, enum vocab_system system,
               const struct packed_list *list);
/* What all threads see from now on; NULL: the built-in labels. */
void lists_install(const struct lists *lists);
/* The set that is installed, or NULL. */
const struct lists *lists_installed(void);

/* Is an official list of SYSTEM in use, so that a code that it lacks is doubtful? */
bool vocab_is_listed(enum vocab_system system);
/* The label that is built in, whatever lists are in use: what criteria mean may not depend on
 * them. NULL if there is none. */
const char *vocab_label_built_in(enum vocab_system system, const char *code,
                                 enum lang lang);

/* The codes of SYSTEM whose label or synonym is TEXT, letter by letter (case, accents and
 * punctuation do not count): at most MAX, in order. How many. */
size_t vocab_named(enum vocab_system system, const char *text, size_t max,
                   const char *codes_r[]);

#endif
