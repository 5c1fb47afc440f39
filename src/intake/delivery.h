/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/delivery.h: one delivery of tables (a folder, or one file), read by its door.
 *
 *     folder or file ─▶ door: which table is what, whose row is this ─▶ tables.h ─▶ slices
 *
 * A door has two halves: here the one that knows files (which there are, where the patient's
 * number stands in a row), in adapt/ the one that knows what a row means. A delivery of a source
 * is taken to be all that the source has to say of the patients in it: it takes the place of what
 * the source said of them before. */
#ifndef INTAKE_DELIVERY_H
#define INTAKE_DELIVERY_H

#include <stdbool.h>
#include <stddef.h>

#include "adapt/csv.h"
#include "base/attributes.h"

struct arena;
struct delivery;
struct error;
struct input;
struct mappings;
struct tables;

/* What doors.c chooses among, in its order. */
struct door {
    const char *name; /* as the slices say it: "osiris-pivot" */
    /* Is PATH, a folder, a delivery of this kind? Looks at names and first lines only. NULL: never
     * a folder. */
    bool (*recognises)(const char *path);
    /* Put all of it into the delivery's tables. Rows and files that cannot be used are refused
     * by delivery_refused() and left out; -1 is for what stops everything. */
    int (*read)(struct delivery *delivery, struct error *err);
};

/* The first door that recognises the folder PATH, or the one called NAME; NULL. */
const struct door *door_of_folder(const char *path);
const struct door *door_named(const char *name);

extern const struct door door_osiris_pivot, door_csv, door_cbioportal;

/* Does a mapping read the table that begins with HEAD? */
bool door_csv_reads(const struct mappings *mappings, const char *head, size_t length);

struct delivery {
    const struct door *door;
    const char *path;    /* the folder; of a file: its name */
    struct input *input; /* the file, opened; NULL: a folder */
    /* Part of the address of what is kept: two sources do not take each other's place. Given by
     * the user, else the door sets it. */
    const char *source;
    const struct mappings *mappings; /* of the centre, or NULL (adapt/mapping.h) */
    struct tables *tables;
    size_t rows_max;     /* of each file, the first row not counted; 0: all */
    struct arena *arena; /* until the delivery is read */
    void *context;       /* of what follows */
    void (*refused)(void *context, const char *file, unsigned line, const char *place,
                    const char *reason);
    void (*remark)(void *context, const char *file, const char *place,
                   const char *reason);
    void (*progress)(void *context, const struct input *input);
};

/* The row, or the file (LINE 0), is left out. FILE as reports name it, "" for the delivery's own
 * path; PLACE: a column, or "". */
void delivery_refused(const struct delivery *delivery, const char *file, unsigned line,
                      const char *place, const char *reason);
/* Worth knowing, counted and not refused. */
void delivery_remark(const struct delivery *delivery, const char *file, const char *place,
                     const char *reason);

/* How a file is written, where that is known: 0 is found out (csv.h). */
struct table_form {
    char separator;
    bool no_quotes; /* a '"' is content, as in cBioPortal's files */
};

/* Hand the rows of FILE (in the delivery's folder; "" for the file that the delivery is), gzip
 * undone, to ROW, the first one too. What is wrong with the file (cut short, a quote never closed, NUL
 * bytes) is refused with its line, and the rows before are kept: *WHOLE_R (may be NULL) says
 * whether that was so. -1 when ROW returned it, and for what cannot be read. */
NODISCARD int delivery_rows(struct delivery *delivery, const char *file,
                            const struct table_form *form, csv_row *row, void *context,
                            bool *whole_r, struct error *err);

/* ERROR_INPUT when two columns have one name: nobody knows which of them is meant. */
NODISCARD int delivery_columns_check(const char *const *columns, size_t n, unsigned line,
                                     struct error *err);
/* Has the row as many cells as the table has columns? Empty ones beyond them do not count. If not
 * it is refused: nobody knows which cell is missing. */
bool delivery_row_fits(const struct delivery *delivery, const char *file, unsigned line,
                       const char *const *cells, size_t n, size_t n_columns);

/* A row of PERSON (blanks around the number are cut) for the table begun last. One that is too
 * long, or of a person without a number or with one that can be none, is refused; -1 only for
 * what stops everything. */
NODISCARD int delivery_row(struct delivery *delivery, const char *file, unsigned line,
                           const char *person, const char *const *cells, size_t n,
                           struct error *err);

/* The names of the regular files in FOLDER, sorted, without hidden ones. In ARENA. */
NODISCARD int folder_files(struct arena *arena, const char *folder,
                           const char *const **files_r, size_t *n_r, struct error *err);

/* Does the name say that there may be patients in it: .json, .csv, .gz …? */
bool file_is_data(const char *file);
/* Is what begins with HEAD a table? JSON begins with a bracket, or has a line that does. */
bool head_is_table(const char *head, size_t length);

/* CHECK of the first row of the file PATH; false when there is none. */
typedef bool first_row_check(const void *context, const char *const *fields, size_t n);
bool first_row_holds(const char *path, first_row_check *check, const void *context);

#endif
