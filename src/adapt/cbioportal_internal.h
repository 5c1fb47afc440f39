/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/cbioportal_internal.h: one patient of a study, between the files that read it.
 *
 *     cbioportal.c            the order of things, the patient, what is a date here
 *     cbioportal_clinical.c   clinical attributes; samples and the tumours they are of
 *     cbioportal_timeline.c   events
 *     cbioportal_molecular.c  mutations, structural variants, copy number
 *     cbioportal_names.c      names (cbioportal.h) */
#ifndef CBIOPORTAL_INTERNAL_H
#define CBIOPORTAL_INTERNAL_H

#include "adapt/adapt_internal.h"
#include "adapt/cbioportal.h"

/* A row of cbioportal.def. The one that stands first there has the smaller address. */
struct study_attribute {
    const char *name;
    enum item item;
    const char *how;
};

/* A sheet and where its columns are. */
struct study_sheet {
    const struct sheet *sheet;
    enum cbioportal_table table;
    struct cbioportal_columns columns;
    const struct study_attribute *
        *attribute; /* of each column, NULL: of none; clinical sheets */
};

struct study_sample {
    const char *id;
    const char *cancer;          /* CANCER_TYPE, or "" */
    struct cbioportal_type type; /* members "" where not known */
    enum {
        SAMPLE_UNSAID,
        SAMPLE_PRIMARY,
        SAMPLE_RECURRENCE,
        SAMPLE_METASTASIS,
        SAMPLE_NORMAL
    } kind;
    const char *site;                /* of a metastasis, as a topography, or "" */
    int tumour;                      /* TUMOUR_NONE of normal tissue */
    struct interval taken;           /* by the timeline */
    const struct study_sheet *sheet; /* NULL: of the timeline only */
    size_t row;
};

struct study_patient {
    struct adapter *adapter;
    const struct sheets *sheets;
    struct study_sheet *sheet;  /* one for each of sheets */
    const char *type_of_cancer; /* of the whole study, or "" */
    const char *
        numbers; /* attributes declared NUMBER, folded, blank separated; "" if undeclared */
    const char *filter; /* variant classes that are left out, comma separated, or NULL */
    struct interval day_zero; /* of timelines; what is laid down, else the diagnosis */
    struct interval diagnosis;
    bool own; /* the numbers of patients are those of the centre */
    bool dead;
    struct study_sample *samples;
    size_t n_samples;
    int n_tumours;
};

/* The cell of COLUMN in ROW, "" when it says nothing. */
const char *study_cell(const struct study_sheet *sheet, size_t row,
                       enum cbioportal_column column);
/* The name of COLUMN in this sheet, for remarks. */
const char *study_column(const struct study_sheet *sheet, enum cbioportal_column column);
/* Put the cell of COLUMN. */
void study_put(struct study_patient *patient, struct draft *draft, enum item item,
               const struct study_sheet *sheet, size_t row,
               enum cbioportal_column column);
/* DATE of ITEM, if anything is known of it. */
void study_date(struct draft *draft, enum item item, struct interval date);
/* An observation or a measure NAME with the value TEXT (never null) of COLUMN: a measure where
 * IS_NUMBER or where that is not known and TEXT is a number. UNIT may be "". */
enum study_kind { STUDY_TEXT, STUDY_NUMBER, STUDY_EITHER };
void study_value(struct study_patient *patient, const char *name, const char *text,
                 const char *unit, enum study_kind kind, struct interval date, int tumour,
                 const char *column);
/* TEXT as a whole number, with its sign. */
bool study_days(const char *text, long *days_r);
/* DATE and so many days, INTERVAL_UNKNOWN where that leaves the calendar. */
struct interval study_shift(struct interval date, long first, long last);
/* The tumour of the sample ID, or of the patient where there is but one. */
int study_tumour(const struct study_patient *patient, const char *id);

/* cbioportal_clinical.c. The attribute that COLUMN is, or NULL. */
const struct study_attribute *study_attribute_of(const char *column);
/* In this order. */
void study_dates(struct study_patient *patient);
void study_samples(struct study_patient *patient);
void study_clinical(struct study_patient *patient);
/* cbioportal_timeline.c. TAKEN: what timelines say of dates of samples, before the samples' facts. */
void study_taken(struct study_patient *patient);
void study_timeline(struct study_patient *patient);
/* cbioportal_molecular.c */
void study_molecular(struct study_patient *patient);

#endif
