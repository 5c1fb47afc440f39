/* SPDX-License-Identifier: Apache-2.0
 *
 * identity/identity.c: the INS number and its key, and the words for how sure an identity is.
 *
 * An INS (the NIR, or the NIA while one waits for it):
 *
 *     0     1      3       5             7          10       13    15
 *     +-----+------+-------+-------------+----------+--------+-----+
 *     | sex | year | month | département | commune  | order  | key |
 *     +-----+------+-------+-------------+----------+--------+-----+
 *
 * All digits, but for the départements of Corsica, 2A and 2B. The key is 97 minus the rest
 * of the first thirteen divided by 97, 2A read as 19 and 2B as 18 (INSEE, decree of 1982). */
#include "identity/identity.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/error.h"

#define INS_LENGTH 15
#define NUMBER_LENGTH 13
#define CORSICA 5 /* where 2A and 2B stand */

static const char *const status_words[] = {
    [IDENTITY_PROVISIONAL] = "PROV",
    [IDENTITY_RETRIEVED] = "RECUP",
    [IDENTITY_VALIDATED] = "VALI",
    [IDENTITY_QUALIFIED] = "QUAL",
};

/* The thirteen characters as a number. -1 when they are not one. */
static int64_t number_of(const char *ins)
{
    int64_t number = 0;

    for (int i = 0; i < NUMBER_LENGTH; i++) {
        char character = ins[i];

        if (i == CORSICA && ins[i] == '2' && (ins[i + 1] == 'A' || ins[i + 1] == 'B')) {
            number = number * 100 + (ins[i + 1] == 'A' ? 19 : 18);
            i++;
            continue;
        }
        if (character < '0' || character > '9')
            return -1;
        number = number * 10 + (character - '0');
    }
    return number;
}

/* The messages name no character of the INS: they end in logs. */
int ins_check(const char *ins, struct error *err)
{
    size_t length = strlen(ins);

    if (length != INS_LENGTH)
        return error_set(err, ERROR_INPUT,
                         "INS of %zu characters: expected 13 and a key of 2, no blanks",
                         length);

    int64_t number = number_of(ins);

    if (number < 0)
        return error_set(err, ERROR_INPUT,
                         "INS: expected 13 digits, or 2A or 2B as the département");
    if (!isdigit((unsigned char)ins[13]) || !isdigit((unsigned char)ins[14]))
        return error_set(err, ERROR_INPUT, "INS: its key is not two digits");
    if ((ins[13] - '0') * 10 + (ins[14] - '0') != 97 - number % 97)
        return error_set(err, ERROR_INPUT, "INS: its key does not match its number");
    return 0;
}

int ins_admit(const char *ins, const char *oid, struct error *err)
{
    if (!ins || !*ins)
        return 0;
    if (!oid || !*oid)
        return error_set(
            err, ERROR_REFUSED,
            "INS without its OID: only numbers of the test root (%s) are accepted",
            INS_OID_TEST);
    if (strcmp(oid, INS_OID_TEST) != 0)
        return error_set(
            err, ERROR_REFUSED,
            "INS of root %.40s: until access control is switched on, only numbers "
            "of the test root (%s) are accepted",
            oid, INS_OID_TEST);
    return 0;
}

int identity_status_parse(const char *word, enum identity_status *status_r)
{
    for (size_t i = 0; i < ARRAY_LENGTH(status_words); i++) {
        if (strcasecmp(word, status_words[i]) == 0) {
            *status_r = (enum identity_status)i;
            return 0;
        }
    }
    return -1;
}

const char *identity_status_word(enum identity_status status)
{
    return status_words[status];
}
