/* SPDX-License-Identifier: Apache-2.0
 *
 * identity/identity.h: who a patient is, as a centre's identity cell says it.
 *
 * The traits stricts of the French national identity rules (RNIV) and the centre's own
 * patient number (IPP). Identities live in a file of their own (store.h) and never enter
 * facts, records or segments. Two centres are two identity domains: a partner's qualified
 * identity is not qualified here. */
#ifndef IDENTITY_IDENTITY_H
#define IDENTITY_IDENTITY_H

#include <stdbool.h>

#include "base/attributes.h"
#include "base/date.h"

struct error;

/* RNIV status of an identity (fr-core-cs-identity-status). */
enum identity_status {
    IDENTITY_PROVISIONAL, /* PROV: neither INSi nor document */
    IDENTITY_RETRIEVED,   /* RECUP: INSi only */
    IDENTITY_VALIDATED,   /* VALI: document only */
    IDENTITY_QUALIFIED,   /* QUAL: both; the only one that shows or sends the INS */
};

/* Strings are borrowed, UTF-8, "" when not given. */
struct identity {
    const char *number; /* IPP */
    const char *ins;    /* 13 characters + 2 of key, no blanks */
    const char *ins_oid;
    enum identity_status status;
    const char *birth_name;
    const char *used_name;
    const char *first_names; /* full list, blank separated */
    const char *birth_date;  /* as sent */
    struct interval birth;
    char sex;                /* 'M', 'F', 0 */
    const char *birth_place; /* INSEE code */
};

#define INS_OID_NIR "1.2.250.1.213.1.4.8"
#define INS_OID_NIA "1.2.250.1.213.1.4.9"
#define INS_OID_TEST "1.2.250.1.213.1.4.10"
#define INS_OID_DEMO "1.2.250.1.213.1.4.11"

/* Is INS 13 characters and the right key (97 - number mod 97, Corsica 2A and 2B counted as
 * 19 and 18)? ERROR_INPUT says what is wrong. */
NODISCARD int ins_check(const char *ins, struct error *err);

/* Until access control is switched on, only numbers of the test root may enter: 0, or -1
 * with ERROR_REFUSED for any other OID beside an INS (and for an INS without an OID). */
NODISCARD int ins_admit(const char *ins, const char *oid, struct error *err);

/* "PROV", "RECUP", "VALI", "QUAL". Returns -1 for other words. */
int identity_status_parse(const char *word, enum identity_status *status_r);
const char *identity_status_word(enum identity_status status);

#endif
