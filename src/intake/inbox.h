/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/inbox.h: a folder into which others put files, to be taken in one after the other.
 *
 *     FOLDER/                 where files arrive; nothing else in it is touched
 *     FOLDER/importing/       the one being taken in, nobody's but ours
 *     FOLDER/done/            taken in, with its reports beside it
 *     FOLDER/refused/         nothing of it was taken in, and why
 *
 *     arrives ──complete──▶ importing/ ──taken in──▶ done/ or refused/
 *
 * Each arrow is one rename, and a file is in one place at any moment: killed at whatever point,
 * the next inbox begins with what it finds in importing/. Taking the same file in again changes
 * nothing, so it may be done twice, and is moved once. Nothing is ever overwritten: where a name
 * is taken, the second is NAME-2.
 *
 * A file is complete when NAME.ok or NAME.done stands beside it, written after it; else when its
 * size, times and inode have not changed for a while. The folder is looked at again and again, because network
 * shares do not tell of changes. Hidden and temporary names, links, folders and whatever is no
 * plain file are left where they are.
 *
 * One inbox a folder (a lock on importing/). One thread. Times are the caller's, in milliseconds
 * of a clock that does not jump. */
#ifndef INTAKE_INBOX_H
#define INTAKE_INBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attributes.h"

struct error;
struct inbox;

/* Why a file is left where it is. */
enum inbox_left { LEFT_NOT, LEFT_LINK, LEFT_KIND, LEFT_UNREADABLE };

struct inbox_options {
    double settle; /* how long a file without a marker must stand still */
    bool marked;   /* take only what has its marker */
    /* A file that is left where it is: told once. */
    void (*left)(void *context, const char *name, enum inbox_left why);
    void *context;
};

/* NULL with ERROR_NOT_FOUND, ERROR_BUSY (another one has it), ERROR_REFUSED (importing, done or
 * refused are not folders of its own), ERROR_IO. */
struct inbox *inbox_open(const char *folder, const struct inbox_options *options,
                         struct error *err);
void inbox_close(struct inbox *inbox); /* takes NULL */

struct inbox_file {
    const char *name; /* until the next call */
    int fd;           /* open for reading; the inbox closes it */
};

/* The next file, moved into importing/: 1; 0 when there is none now; -1 when the folder cannot
 * be read, ERROR_IO. What importing/ held when the inbox was opened comes first, then the oldest.
 * Each is to be settled before the next is asked for. */
NODISCARD int inbox_next(struct inbox *inbox, double now, struct inbox_file *file_r,
                         struct error *err);
/* After 0: is something there that may be complete later? */
bool inbox_waits(const struct inbox *inbox);

/* What is put beside the file, under its name and SUFFIX. */
struct inbox_report {
    const char *suffix; /* INBOX_REPORT … */
    const char *bytes;
    size_t length;
};

enum inbox_outcome { INBOX_DONE, INBOX_REFUSED };

/* Move the file of the last inbox_next() to its place, its reports first. *NAME_R is where it is
 * now: "done/patients-2.ndjson". On -1 it is still in importing/, and comes again. */
NODISCARD int inbox_settle(struct inbox *inbox, enum inbox_outcome outcome,
                           const struct inbox_report *reports, size_t n,
                           const char **name_r, struct error *err);
/* Leave it in importing/: it comes again, before all others. */
void inbox_keep(struct inbox *inbox);

/* Files of such names are never taken. */
#define INBOX_REPORT ".report.txt"
#define INBOX_REFUSALS ".refused.csv"
#define INBOX_REMARKS ".remarks.csv"

#endif
