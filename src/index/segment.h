/* SPDX-License-Identifier: Apache-2.0
 *
 * index/segment.h: an immutable column file over a set of patients.
 *
 * Facts stand once, code-major: all postings of a code together, each with its subject (a
 * patient row, or a tumour row when the fact hangs on a tumour), the interval of its date,
 * and where the model says so its end, status code and number. A file is written once,
 * fsynced, renamed into place, mapped and never changed; the same patients give the same
 * bytes. Little-endian; every array starts on a multiple of 8.
 *
 *     header      struct segment_header, 4096 bytes with zeros
 *     arrays      in the order of enum segment_array, then the columns of the blocks
 *     directory   struct segment_block[], struct segment_set[], lists of statuses, strings
 *
 * Rows: patients 0 … n-1 ascending by person; tumours 0 … t-1 grouped by patient.
 *
 * A day is 16 bits: days since 1879-12-31 (1 = 1880-01-01 … 65534), 0 = open before, 65535 =
 * open after. Years outside are refused at the door, so nothing is lost. A patient with a
 * sole tumour has its unattached facts on that tumour (certain, DESIGN §2); what stays on the
 * patient level of an attachable item is of patients with several tumours, or none.
 *
 * Trust: the file is ours, but disks lie. segment_open() checks the header, the directory and
 * the arrays, which every question wants. The columns are many times larger, and a question
 * reads few of them: segment_check_block() and segment_check_set() compare a block or a set
 * with its checksum in the directory before its first use, once for each opened segment, so
 * that what it costs is in proportion to what is asked. What was not checked is not read:
 * segment_subjects() and segment_set_column() assert it. A checksum is no proof of what the
 * numbers mean; that, and the bytes in between, segment_verify() looks at. */
#ifndef INDEX_SEGMENT_H
#define INDEX_SEGMENT_H

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/date.h"
#include "model/model.h"

struct error;

#define SEGMENT_MAGIC "LACISSG4"
#define DAY16_OPEN_BEFORE 0
#define DAY16_OPEN_AFTER 65535
#define DAY16_BASE (-32873) /* 1879-12-31 */

enum segment_level {
    LEVEL_TUMOUR,
    LEVEL_PATIENT,
    SEGMENT_LEVELS,
    /* samples, events, TNMs of rows of one of these: sets of the evaluator (eval_same.c) */
    LEVEL_WHOLE = SEGMENT_LEVELS
};

/* Whole-segment arrays. P: one a patient, T: one a tumour. */
enum segment_array {
    ARRAY_PERSON,      /* u32 P, ascending */
    ARRAY_TUMOURS,     /* u32 P+1: tumour rows of patient p are [p], [p+1] */
    ARRAY_COUNTED,     /* u32 P: the first so many are tumours (record.h, n_others) */
    ARRAY_BIRTH_FIRST, /* u16 P */
    ARRAY_BIRTH_LAST,
    ARRAY_DEATH_FIRST,
    ARRAY_DEATH_LAST,
    ARRAY_VISIT_FIRST,
    ARRAY_VISIT_LAST,
    ARRAY_NEWS_FIRST,
    ARRAY_NEWS_LAST,
    ARRAY_DEAD,            /* u8 P, enum truth */
    ARRAY_PATIENT,         /* u32 T: patient row of the tumour */
    ARRAY_DIAGNOSIS_FIRST, /* u16 T */
    ARRAY_DIAGNOSIS_LAST,
    ARRAY_YEARS,   /* u16: years with activity, ascending */
    ARRAY_ACTIVE,  /* u64 words: a set of patients a year, certain activity */
    ARRAY_UNDATED, /* u64 words: patients with counted activity of unknown date */
    SEGMENT_ARRAYS
};

struct segment_span {
    uint64_t offset; /* bytes from the start of the file */
    uint64_t count;  /* elements */
};

struct segment_header {
    char magic[8];
    uint64_t file_size;
    uint64_t model; /* model_digest() */
    uint32_t rules; /* RULES_VERSION */
    uint32_t patients;
    uint32_t tumours;
    uint32_t blocks;
    uint32_t sets;
    uint32_t strings;
    uint64_t facts; /* postings in all blocks */
    struct segment_span arrays[SEGMENT_ARRAYS];
    uint64_t blocks_offset, sets_offset, strings_offset, string_bytes_offset,
        string_bytes;
    uint64_t arrays_end;
    uint32_t arrays_checksum;    /* of [4096, arrays_end) */
    uint32_t body_checksum;      /* of [4096, blocks_offset) */
    uint32_t directory_checksum; /* of [blocks_offset, end) */
    uint32_t header_checksum;    /* of the header before this field */
};

/* No posting of the block lacks its number. */
#define BLOCK_NUMBERS_COMPLETE 1

/* Of which whole (model_whole_of) of its patient a posting speaks: LINK_NONE, or a number of
 * the patient's own from 1 on, shifted, and one of the flags. Each whole has a posting with
 * its link under the item of its group's START, with the code ""; one with LINK_NONE says that something names no sample though it was found in one. */
#define LINK_NONE 0
#define LINK_SHIFT 2
#define LINK_UNNAMED 1 /* a sample that has no identifier, so that nothing can name it */
#define LINK_IMPLIED 2 /* a sample that is named, but was not sent */

/* All postings of one (item, code, level), ordered by subject. Offsets of absent columns
 * are 0; `last` may be the same column as `first` (all days exact). */
struct segment_block {
    uint16_t item;
    uint8_t level;
    uint8_t amount_width; /* 0 none, 2, 4: integers × 10^-scale; 8: doubles */
    uint8_t amount_scale;
    uint8_t status_width; /* 0: one status for all, or none; else 1, 2, 4 */
    uint8_t flags;
    uint8_t link_width; /* 0: no links, or none is known; else 1, 2, 4 */
    uint32_t code;      /* string */
    uint32_t n;
    uint32_t n_status;    /* strings of the status column, in canonical order; 0 = none */
    uint32_t checksum;    /* segment_checksum() of its columns, one after the other */
    uint64_t subject;     /* u32; read by segment_subjects() */
    uint64_t first, last; /* u16 */
    uint64_t end_first, end_last;
    uint64_t amount;         /* INT16_MIN, INT32_MIN, NaN: absent */
    uint64_t status;         /* index into the status strings */
    uint64_t status_strings; /* u32 string numbers */
    uint64_t link;
};

/* Distinct rows that have any posting of an item, or of one group of its codes: made
 * beforehand, because tables, "any surgery" and "is a stage stated?" ask for them all day. */
enum segment_set_kind {
    SET_GROUP, /* patients with a code of the group (vocab_group), "" = not stated */
    SET_ITEM,  /* patients with any posting */
    SET_STATED_PATIENTS, /* patients with a posting whose code is stated */
    SET_STATED_TUMOURS,  /* tumours with one that hangs on them */
};

struct segment_set {
    uint16_t item;
    uint8_t kind;
    uint8_t is_bits; /* u64 words, else ascending u32 rows */
    uint32_t code;   /* string: the group's code; "" for the other kinds */
    uint32_t n;
    uint32_t checksum; /* segment_checksum() of it */
    uint64_t offset;   /* read by segment_set_column() */
};

/* The one value that each row has in a dimension (group_rows.c), kept once it was asked for. */
struct dense;

struct segment {
    atomic_uint holders;
    _Atomic(struct dense *) dense[SEGMENT_LEVELS][ITEMS]; /* owned, one allocation each */
    _Atomic(uint64_t) *checked; /* owned: bits, blocks then sets, found good */
    atomic_bool damaged;        /* one was found otherwise */
    char *path;                 /* owned */
    const unsigned char *map;   /* the whole file */
    size_t size;
    const struct segment_header *header;
    uint32_t patients, tumours;
    const uint32_t *person, *first_tumour, *counted, *tumour_patient;
    const uint16_t *birth_first, *birth_last, *death_first, *death_last, *visit_first,
        *visit_last, *news_first, *news_last, *diagnosis_first, *diagnosis_last;
    const uint8_t *dead;
    uint64_t *without_tumour; /* set of patients, owned; NULL when there are none */
    uint64_t *not_counted;    /* set of tumour rows, owned; NULL when there are none */
    const struct segment_block *blocks;
    const struct segment_set *sets;
    const uint32_t *string_offsets; /* strings + 1 */
    const char *string_bytes;
};

/* The tumour rows of PATIENT end before this one; what follows was said as a tumour and is none. */
static inline uint32_t segment_after_tumours(const struct segment *segment,
                                             uint32_t patient)
{
    return segment->first_tumour[patient] + segment->counted[patient];
}

/* Map PATH. NULL with ERROR_NOT_FOUND, ERROR_CORRUPT or ERROR_IO. */
struct segment *segment_open(const char *path, struct error *err);
/* Share it: each holder closes it, the last one unmaps. Thread-safe. */
struct segment *segment_share(struct segment *segment);
void segment_close(struct segment *segment); /* takes NULL */
/* Every checksum and every row number. */
NODISCARD int segment_verify(const struct segment *segment, struct error *err);

/* Are the columns of BLOCK what was written? The first call reads them, the others remember
 * that they were. ERROR_CORRUPT names the file, and what to do. Thread-safe. */
NODISCARD int segment_check_block(const struct segment *segment,
                                  const struct segment_block *block, struct error *err);
/* The same of SET. */
NODISCARD int segment_check_set(const struct segment *segment,
                                const struct segment_set *set, struct error *err);
/* The checksum of what gave SO_FAR (0: nothing) and then BYTES: the lower half of XXH3. */
uint32_t segment_checksum(uint32_t so_far, const void *bytes, size_t size);
/* What the checksums in the directory should be, as the columns are now. */
uint32_t segment_block_checksum(const struct segment *segment,
                                const struct segment_block *block);
uint32_t segment_set_checksum(const struct segment *segment,
                              const struct segment_set *set);
/* Did a check find damage? */
bool segment_is_damaged(const struct segment *segment);

static inline const char *segment_string(const struct segment *segment, uint32_t number)
{
    return segment->string_bytes + segment->string_offsets[number];
}

static inline const void *segment_at(const struct segment *segment, uint64_t offset)
{
    return segment->map + offset;
}

static inline bool segment_is_checked(const struct segment *segment, size_t number)
{
    return atomic_load_explicit(&segment->checked[number >> 6], memory_order_relaxed) >>
               (number & 63) &
           1;
}

/* The subjects of BLOCK, which was checked: every walk over postings starts with them. */
static inline const uint32_t *segment_subjects(const struct segment *segment,
                                               const struct segment_block *block)
{
    assert(segment_is_checked(segment, (size_t)(block - segment->blocks)));
    return segment_at(segment, block->subject);
}

/* The rows or words of SET, which was checked. */
static inline const void *segment_set_column(const struct segment *segment,
                                             const struct segment_set *set)
{
    assert(segment_is_checked(segment,
                              segment->header->blocks + (size_t)(set - segment->sets)));
    return segment_at(segment, set->offset);
}

/* The blocks [*first_r, *after_r) of ITEM (all codes, both levels). They are ordered by code,
 * then level. */
void segment_item_blocks(const struct segment *segment, enum item item, uint32_t *first_r,
                         uint32_t *after_r);
/* Those of them with FIRST <= code < AFTER. */
void segment_code_blocks(const struct segment *segment, enum item item, const char *first,
                         const char *after, uint32_t *first_r, uint32_t *after_r);
/* The set of KIND of ITEM (of the group CODE for SET_GROUP, else CODE is ""); NULL if empty. */
const struct segment_set *segment_find_set(const struct segment *segment, enum item item,
                                           enum segment_set_kind kind, const char *code);
/* Check SET (which may be NULL: nobody), and add its rows to the bit words OUT. */
NODISCARD int segment_set_add(const struct segment *segment,
                              const struct segment_set *set, uint64_t *out,
                              struct error *err);
/* The sets of ITEM's groups, ordered by code: [*first_r, *after_r). */
void segment_item_sets(const struct segment *segment, enum item item, uint32_t *first_r,
                       uint32_t *after_r);
/* The item under which the wholes of GROUP are posted; ITEM_NONE when it has none. */
enum item segment_whole_item(enum group group);
/* Which of the block's statuses posting I of a checked block has; 0 when the block has one
 * for all. */
static inline uint32_t segment_status_number(const struct segment *segment,
                                             const struct segment_block *block,
                                             uint32_t i)
{
    const void *column = segment_at(segment, block->status);

    switch (block->status_width) {
    case 0: return 0;
    case 1: return ((const uint8_t *)column)[i];
    case 2: return ((const uint16_t *)column)[i];
    default: return ((const uint32_t *)column)[i];
    }
}

/* The status string of posting I of a checked block, "" when it has none. */
const char *segment_status(const struct segment *segment,
                           const struct segment_block *block, uint32_t i);
/* The link of posting I of a checked block. */
uint32_t segment_link(const struct segment *segment, const struct segment_block *block,
                      uint32_t i);
/* Its number, NaN when absent. */
double segment_amount(const struct segment *segment, const struct segment_block *block,
                      uint32_t i);

uint16_t day16_first(day_number day); /* rounds outwards, to the open end */
uint16_t day16_last(day_number day);

static inline day_number day16_decode_first(uint16_t day)
{
    return day == DAY16_OPEN_BEFORE ? DAY_MIN : DAY16_BASE + day;
}

static inline day_number day16_decode_last(uint16_t day)
{
    return day == DAY16_OPEN_AFTER ? DAY_MAX : DAY16_BASE + day;
}

#endif
