/* SPDX-License-Identifier: Apache-2.0
 *
 * render/render_internal.h: what the formats share. */
#ifndef RENDER_INTERNAL_H
#define RENDER_INTERNAL_H

#include "render/render.h"

/* The facts of one patient that may leave: in the order of fact_compare, no two equal. Facts of
 * one group, and in it of one tumour, stand together. */
struct shared {
    const struct record *record;
    size_t n;
    struct fact *facts;
    uint64_t withheld;
};

/* In ARENA; what is computed (lines) is left out, because it is computed again from the rest. */
struct shared shared_of(struct arena *arena, const struct render_patient *patient);

/* The facts of GROUP that hang on TUMOUR (or TUMOUR_NONE); *N_R of them. */
const struct fact *shared_find(const struct shared *shared, enum group group, int tumour,
                               size_t *n_r);

struct render {
    struct render_options options;
    struct render_losses losses;
    size_t n_files;
    struct render_file *files;
};

/* Another, empty file. */
void render_add_file(struct render *render, const char *name);

/* A date as year, month and day, 0 for what is not known, and so that the days it may be are
 * among those that are said. False when more is known than can be said so. */
struct civil {
    int year, month, day;
};
bool civil_of(struct interval date, struct civil *civil_r);
/* 2021-03-14, 2021-03-UN, 2021-UN-17; "" when nothing is known. */
char *civil_print(const struct civil *civil, char text[DATE_TEXT_SIZE]);
/* DATE as far as its months are known: to the ends of those that it may be in. */
struct interval months_of(struct interval date);

/* csv.c */
/* In quotes where it must be. */
void csv_field(struct buffer *out, const char *text, char separator);
/* For a spreadsheet: in quotes, on one line, and never a formula. */
void csv_text_cell(struct buffer *out, const char *text);
/* As civil_print(), and 2021-03-14..2021-05-02 for what has no such form. */
char *date_with_unknowns(struct interval date, char text[DATE_TEXT_SIZE]);
/* Nothing when it is not finite. */
void csv_number_cell(struct buffer *out, double number, char decimal);

/* osiris_rwd.c */
void osiris_rwd_begin(struct render *render);
void osiris_rwd_patient(struct render *render, struct arena *scratch,
                        const struct shared *shared,
                        const struct render_patient *patient);

/* flat.c */
void flat_begin(struct render *render);
void flat_patient(struct render *render, struct arena *scratch,
                  const struct shared *shared, const struct render_patient *patient);

/* pivot.c */
void pivot_begin(struct render *render);
void pivot_patient(struct render *render, struct arena *scratch,
                   const struct shared *shared, const struct render_patient *patient);

#endif
