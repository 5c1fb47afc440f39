/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/record.h: what a centre sends of a person, and what a view sees of it. */
#ifndef SYNTH_RECORD_H
#define SYNTH_RECORD_H

#include "model/model.h"
#include "synth/sheet.h"
#include "synth/synth_internal.h"

/* A person seen for counting: as it truly is, or as one or two centres recorded it. Tumours
 * keep their number of the truth, so that what two centres recorded of one can be joined. */
struct synth_view {
    bool here; /* there is a record, and it is not opposed */
    bool dead; /* as far as the centre's last news go */
    bool died; /* by SYNTH_END_DAY, whoever knows */
    bool woman;
    uint64_t years[2];  /* active in 1930 + i */
    uint64_t groups[2]; /* topography C00 … C99 */
    struct {
        bool here;
        char topography[8]; /* "" unknown */
        char morphology[8];
        uint8_t stage; /* 0 to 4; STAGE_NONE when unknown */
    } tumour[MOST_TUMOURS];
    unsigned n_altered;
    struct {
        uint16_t gene;
        int8_t tumour; /* -1: not said of which */
    } altered[MOST_ALTERATIONS];
    unsigned n_drugs;
    struct {
        const char *atc; /* NULL: not coded */
        int8_t tumour;
    } drug[MOST_DRUGS];
    unsigned facts; /* objects in the record */
};

#define VIEW_FIRST_YEAR 1930

/* What a centre knows of life and death. */
struct synth_vital {
    bool dead;
    day_number updated, visit, contact;
    uint8_t source; /* 0 INSEE, 1 établissement, 2 dossier médical */
};

/* Append the line of PERSON at CENTRE to SHEET and describe in RECORDED what it says, in
 * TRUTH what is true of what that centre did or was told. */
void synth_record_write(const struct synth_world *world,
                        const struct synth_person *person, unsigned centre,
                        struct sheet *sheet, struct synth_view *recorded,
                        struct synth_view *truth);

/* The person as seen by two centres together: what A says, filled up with what B says. */
void synth_view_join(struct synth_view *a, const struct synth_view *b);

/* Add the year of a day, a tumour's group, … to a view. */
void synth_view_year(struct synth_view *view, int year);
void synth_view_group(struct synth_view *view, const char *topography);

#endif
