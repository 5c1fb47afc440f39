/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/identities_csv.h: the identity file of a centre.
 *
 * Columns by name, in any order and case, accents and underscores ignored: IPP, INS, INS_OID,
 * INS_status, birth_name, used_name, first_names, birth_date, sex, birth_place_insee_code, and
 * their French names (nom de naissance, nom utilisé, prénoms, date de naissance, sexe, lieu de
 * naissance, statut). Only IPP is mandatory. */
#ifndef ADAPT_IDENTITIES_CSV_H
#define ADAPT_IDENTITIES_CSV_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"
#include "identity/identity.h"

struct error;
struct identities_csv;

struct identities_callbacks {
    /* One good row. Return -1 (with ERR) to stop everything. */
    int (*identity)(void *context, unsigned line, const struct identity *identity,
                    struct error *err);
    /* One refused row and why; reading goes on. */
    void (*refused)(void *context, unsigned line, const struct error *reason);
    /* A column that we do not know, once. */
    void (*unknown_column)(void *context, const char *name);
};

/* Does LINE (the head of a file, with or without BOM) look like an identity file? */
bool identities_csv_recognise(const char *head, size_t length);

struct identities_csv *identities_csv_new(const struct identities_callbacks *callbacks,
                                          void *context);
void identities_csv_free(struct identities_csv *reader); /* takes NULL */
NODISCARD int identities_csv_feed(struct identities_csv *reader, const char *bytes,
                                  size_t length, struct error *err);
NODISCARD int identities_csv_finish(struct identities_csv *reader, struct error *err);

#endif
