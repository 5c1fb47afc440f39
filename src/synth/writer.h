/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/writer.h: shared by record.c and objects.c: a record under way, its dates and dirt. */
#ifndef SYNTH_WRITER_H
#define SYNTH_WRITER_H

#include "synth/record.h"

struct writer {
    const struct synth_world *world;
    const struct synth_person *person;
    struct sheet *sheet;
    struct synth_view *recorded;
    struct synth_random random; /* of the dirt */
    unsigned centre;
    uint8_t side; /* SIDE_HOME or SIDE_SECOND */
    uint32_t day_unknown, month_unknown, year_unknown,
        month_wrong; /* of 2^32, cumulated */
    struct synth_vital vital;
};

/* The three keys of a date, with their punctuation. */
struct date_keys {
    struct word year, month, day;
};

#define DATE_KEYS(stem)                                                     \
    (&(const struct date_keys){                                             \
        {"\"" stem "Year\":\"", sizeof("\"" stem "Year\":\"") - 1},         \
        {"\",\"" stem "Month\":\"", sizeof("\",\"" stem "Month\":\"") - 1}, \
        {"\",\"" stem "Day\":\"", sizeof("\",\"" stem "Day\":\"") - 1}})

/* "stemYear":"2021","stemMonth":"03","stemDay":"UN": DAY with the parts that the dirt leaves.
 * Returns the year as recorded, 0 when it cannot be told. */
int writer_date(struct writer *writer, const struct date_keys *keys, day_number day);

/* The same, and the person is active in that year. */
void writer_active(struct writer *writer, const struct date_keys *keys, day_number day);

/* Does this record hold FACT, of GROUP? */
bool writer_holds(const struct writer *writer, const struct synth_fact *fact,
                  enum group group);

/* ,"inOut":"in","source":1 */
void writer_origin(struct writer *writer, const struct synth_fact *fact);

/* Arrays of objects, with the comma before them, of what is hung on tumour TUMOUR, or, with
 * ON_PATIENT, on the patient. */
#define ON_PATIENT (-1)
void write_medications(struct writer *writer, int tumour);
void write_surgeries(struct writer *writer, int tumour);
void write_radiotherapies(struct writer *writer, int tumour);
void write_events(struct writer *writer, int tumour);
void write_metastases(struct writer *writer, int tumour);
void write_progressions(struct writer *writer, int tumour);
void write_markers(struct writer *writer, int tumour);
void write_variants(struct writer *writer, int tumour);
void write_fusions(struct writer *writer, int tumour);
void write_copy_numbers(struct writer *writer, int tumour);
void write_specimens(struct writer *writer);
void write_measures(struct writer *writer);
void write_imagings(struct writer *writer);
void write_morbids(struct writer *writer);
void write_observations(struct writer *writer);

#endif
