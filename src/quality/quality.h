/* SPDX-License-Identifier: Apache-2.0
 *
 * quality/quality.h: how complete, and how plausible, what a centre sends is.
 *
 * Figures are counted out of records, one person after the other, and kept apart by source
 * (OSIRIS-RWD 11.5 …: 1 to 5, 0 not said) and by year, so that a feed that stopped or changed
 * shows. The year of a fact is that of its date; without one, that of the diagnosis of its tumour,
 * else of the patient's first tumour; 0 where no year is certain.
 *
 *   completeness   of each item: objects, objects that state it, and for dates those of which
 *                  the day is known. A value that could not be read is not stated
 *   presence       of each kind of object: patients and tumours that have at least one
 *   plausibility   a row of checks.def each: facts that could be looked at, facts at odds
 *
 * Opposed patients are counted as such and not looked into. Figures of several threads are
 * joined at the end; joining does not depend on the order. No object of this room is shared by
 * threads while it is written. */
#ifndef QUALITY_QUALITY_H
#define QUALITY_QUALITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "model/model.h"

struct buffer;
struct error;
struct record;

#define QUALITY_SOURCES 6 /* 0: not said, then 1 to 5 */
/* Years YEAR_FIRST to YEAR_LAST, and before them 0: not known. */
#define QUALITY_YEARS (YEAR_LAST - YEAR_FIRST + 2)

enum check {
#define CHECK(id, item, fr, en) CHECK_##id,
#include "quality/checks.def"
#undef CHECK
    CHECKS
};

struct check_row {
    const char *id;   /* "AFTER_DEATH" */
    const char *item; /* of OSIRIS-RWD */
    const char *fr, *en;
};
const struct check_row *check_row(enum check check);
/* Its id as people write it: "after-death". Returns WORD. */
#define CHECK_WORD_SIZE 40
char *check_word(enum check check, char word[CHECK_WORD_SIZE]);
/* By its id or its word; CHECKS if there is none. */
enum check check_find(const char *name);

/* Is ITEM marked mandatory by the minimal data set (MDS 2025-2)? */
bool item_is_mandatory(enum item item);

/* So many of so many; dates: of which so many to the day. */
struct tally {
    uint64_t of, has, exact;
};

struct presence {
    uint64_t patients, tumours;
};

struct figures;
struct figures *figures_new(void);
void figures_free(struct figures *figures); /* takes NULL */

/* Count RECORD. AS_OF: the day of the data; what is dated after it is in the future. */
void figures_add(struct figures *figures, const struct record *record, day_number as_of);
void figures_join(struct figures *into, const struct figures *from);

uint64_t figures_patients(const struct figures *figures); /* without the opposed */
uint64_t figures_tumours(const struct figures *figures);
uint64_t figures_opposed(const struct figures *figures);
struct presence figures_presence(const struct figures *figures, enum group group);

/* Any source, any year. */
#define ANY_SOURCE (-1)
#define ANY_YEAR (-1)
/* YEAR: 0 for those of which it is not known. OF: objects of the item's group, HAS: that state it. */
struct tally figures_item(const struct figures *figures, enum item item, int source,
                          int year);
/* OF: facts that could be looked at, HAS: at odds. */
struct tally figures_check(const struct figures *figures, enum check check, int source,
                           int year);

/* One fact at odds with CHECK. */
typedef void quality_finding(void *context, enum check check, const struct fact *fact);
/* Look at all facts of RECORD and tell what is at odds. */
void quality_look(const struct record *record, day_number as_of, quality_finding *finding,
                  void *context);

/* ---- figures.c: figures as JSON ---- */

/* Where and of when they are. */
struct figures_head {
    const char *centre;
    int64_t sequence;
    day_number as_of;
    unsigned rules;
};

/* One JSON object. With CELLS also by source and year: complete, figures_read() gives them
 * back. Without: totals alone, and those of 1 to 9 are left out, for others to compare with. */
void figures_json(struct buffer *out, const struct figures *figures,
                  const struct figures_head *head, bool cells);
/* What figures_json() wrote; items, kinds and checks that this program does not know are passed over. The
 * centre's name is copied into CENTRE. NULL with ERROR_INPUT. */
#define CENTRE_SIZE 80
struct figures *figures_read(const char *json, size_t length, struct figures_head *head_r,
                             char centre[CENTRE_SIZE], struct error *err);

#endif
