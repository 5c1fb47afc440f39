/* SPDX-License-Identifier: Apache-2.0
 *
 * access/access.h: who asks, for what, and the line that each reading leaves.
 *
 * Every read takes a caller, even while there is only one. The audit log is one file of JSON
 * lines, each carrying the keyed digest of itself and of the line before, so that a line
 * changed or removed in the middle shows (audit_verify). */
#ifndef ACCESS_ACCESS_H
#define ACCESS_ACCESS_H

#include <stdint.h>

#include "base/attributes.h"

struct error;

enum purpose {
    PURPOSE_CARE,     /* one patient, by name, for the équipe de soins */
    PURPOSE_RESEARCH, /* many patients, pseudonymous */
    PURPOSE_QUALITY,  /* many patients, by number, for the centre's own quality of care */
    PURPOSE_OPERATION /* import, verify, metrics */
};

struct caller {
    const char *name; /* login of the human, or of the machine */
    const char *via;  /* "cli", "http", "socket" */
    enum purpose purpose;
};

const char *purpose_name(enum purpose purpose);

/* What may stand in front of each row of a list of patients. */
enum list_right {
    LIST_REFUSED,
    LIST_PSEUDONYMS, /* numbers that mean nothing outside the node */
    LIST_NUMBERS,    /* the centre's own (IPP) */
};
enum list_right list_right(enum purpose purpose);

struct audit;

/* Open (or make) the log FOLDER/audit.log and its key FOLDER/audit.key. Continues the chain;
 * a last line cut by a crash is completed as "torn" and said so in a new line. Thread-safe, and
 * safe between processes (a lock on the file). */
struct audit *audit_open(const char *folder, struct error *err);
void audit_close(struct audit *audit); /* takes NULL */

/* One line: ACTION ("count", "show", "import" …), DETAIL (criteria text, digest; never a
 * name, an INS or a local number in clear: for a patient the person number), OUTCOME ("42
 * certain", "refused"). NOW in seconds since 1970. -1 if it could not be written: the
 * caller must then not answer. */
NODISCARD int audit_write(struct audit *audit, const struct caller *caller, int64_t now,
                          const char *action, const char *detail, const char *outcome,
                          struct error *err);

/* Walk the chain. *LINES_R lines are good; ERROR_CORRUPT names the first bad one. */
NODISCARD int audit_verify(const char *folder, uint64_t *lines_r, struct error *err);

#endif
