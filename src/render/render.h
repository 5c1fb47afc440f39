/* SPDX-License-Identifier: Apache-2.0
 *
 * render/render.h: records written out in the formats of others.
 *
 *     share.c        which facts of a record may leave
 *     osiris_rwd.c   OSIRIS-RWD in JSON, one patient a line: read back, the same record
 *     pivot.c        the 18 files of OSIRIS v1
 *     flat.c         tables for a spreadsheet, one a kind of fact
 *     csv.c          fields of a CSV file
 *
 * Out of facts only, so whatever door they came in by: a format does not know of another. The
 * same records in the same order are the same bytes. Nothing is filled in; what a format has no
 * place for is counted (struct render_losses).
 *
 * A rendering has one buffer a file. The caller writes their bytes away as often as it likes and
 * clears them, so memory does not grow with the patients. One thread. */
#ifndef RENDER_RENDER_H
#define RENDER_RENDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "record/record.h"
#include "vocab/vocab.h"

struct arena;
struct error;

enum render_format {
    RENDER_OSIRIS_RWD,
    RENDER_PIVOT,
    RENDER_FLAT,
    RENDER_FORMATS,
};

/* "osiris-rwd", "osiris-pivot", "csv". */
const char *render_format_name(enum render_format format);
/* RENDER_FORMATS when there is none of that name. */
enum render_format render_format_named(const char *name);
/* Does it have several files, which then stand in a folder? */
bool render_has_folder(enum render_format format);

struct render_options {
    enum render_format format;
    enum lang lang; /* of the names of columns and of the labels, where a format has some */
    bool decimal_point; /* in RENDER_FLAT: 12.5 rather than 12,5 */
};

struct render_patient {
    const struct record *record;
    /* What stands for the patient instead of the numbers that sources gave; NULL: those. With
     * it, what model.def KEEPs in the centre does not leave, nor does the day of birth. */
    const char *pseudonym;
    enum truth answer;  /* to the criteria that chose the patient: YES, or UNKNOWN */
    const char *number; /* what names the patient in RENDER_FLAT */
};

struct render_losses {
    /* values and days of birth that do not leave (above); what humans decided of tumours, which
     * holds in the node where it was decided and has no place in any format */
    uint64_t withheld;
    uint64_t
        vaguer; /* dates said with less than is known: of no form that the format has */
    uint64_t homeless; /* values that the format has no place for */
};

struct render_file {
    const char *name; /* "" when the format has one file only */
    struct buffer bytes;
    uint64_t rows; /* where the format numbers them */
};

struct render *render_begin(const struct render_options *options);
/* The files, for as long as the rendering lives; the first lines are in them from the start. */
struct render_file *render_files(struct render *render, size_t *n_r);
/* Append PATIENT. SCRATCH is for the time of the call. -1 with ERROR_LIMIT when a patient passes
 * RENDER_LIMIT in one file, or the arena its cap. */
#define RENDER_LIMIT ((size_t)256 << 20)
NODISCARD int render_patient(struct render *render, struct arena *scratch,
                             const struct render_patient *patient, struct error *err);
const struct render_losses *render_losses(const struct render *render);
void render_end(struct render *render); /* takes NULL */

#endif
