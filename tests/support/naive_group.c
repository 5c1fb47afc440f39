/* SPDX-License-Identifier: Apache-2.0
 *
 * support/naive_group.c: see naive_group.h. */
#include "support/naive_group.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/table.h"

#define VALUES_MAX 256
#define KEY_SIZE (DIMENSIONS_MAX * (VOCAB_CODE_SIZE + 1))

struct value_of_row {
    char name[VOCAB_CODE_SIZE];
    bool sure;
};

struct values {
    size_t n;
    struct value_of_row value[VALUES_MAX];
};

static void add_value(struct values *values, const char *name, bool sure)
{
    if (values->n == VALUES_MAX)
        panic("a patient with more than %d values", VALUES_MAX);
    snprintf(values->value[values->n].name, VOCAB_CODE_SIZE, "%s", name);
    values->value[values->n++].sure = sure;
}

static void add_number(struct values *values, int number)
{
    char name[16];

    snprintf(name, sizeof(name), "%d", number);
    add_value(values, name, true);
}

static bool is_of_tumour(const struct dimension *dimension)
{
    if (dimension->kind == DIMENSION_ITEM)
        return model_group(model_item(dimension->item)->group)->scope == SCOPE_TUMOUR;
    return dimension->kind == DIMENSION_AGE ||
           dimension->kind == DIMENSION_DIAGNOSIS_YEAR;
}

/* ---- values ---- */

static void item_values(struct values *values, const struct record *record,
                        enum item item, int tumour)
{
    const struct item_row *row = model_item(item);

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        enum truth attached = judge_attached(record, fact, tumour);
        char group[VOCAB_CODE_SIZE];

        if (fact->group != row->group || attached == TRUTH_NO)
            continue;
        vocab_group(row->system, fact_text(fact, item), group);
        if (*group)
            add_value(values, group, attached == TRUTH_YES);
    }
}

/* The year in which DATE lies for certain, 0 if it lies in none. */
static int year_of(struct interval date)
{
    int first, last, month, day;

    if (date.first == DAY_MIN || date.last == DAY_MAX)
        return 0;
    day_to_civil(date.first, &first, &month, &day);
    day_to_civil(date.last, &last, &month, &day);
    return first == last ? first : 0;
}

static void year_values(struct values *values, const struct record *record)
{
    if (year_of(record->last_visit))
        add_number(values, year_of(record->last_visit));
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        const struct value *diagnosis = fact_value(fact, ITEM_EVENT_DIAGNOSIS);

        if (model_group(fact->group)->activity != ACTIVITY_COUNTS)
            continue;
        if (year_of(fact->date))
            add_number(values, year_of(fact->date));
        if (diagnosis && year_of(diagnosis->date))
            add_number(values, year_of(diagnosis->date));
    }
}

static void age_value(struct values *values, const struct record *record, int tumour)
{
    struct interval birth = record->birth, diagnosis = record->tumours[tumour].diagnosis;
    int least, most;

    if (interval_is_unknown(birth) || interval_is_unknown(diagnosis))
        return;
    least = age_in_years(birth.last, diagnosis.first);
    most = age_in_years(birth.first, diagnosis.last);
    if (least >= 0 && least / 10 == most / 10)
        add_number(values, least / 10 * 10);
}

/* TUMOUR, or PATIENT_ROW: the patient with all that is known of all tumours, or TUMOUR_NONE:
 * a patient of whom no tumour counts. */
#define PATIENT_ROW (-2)

static void values_of(struct values *values, const struct record *record,
                      const struct dimension *dimension, int tumour)
{
    static const char *const status[] = {"ALIVE", "", "DEAD"};

    values->n = 0;
    if (tumour != TUMOUR_NONE || !is_of_tumour(dimension)) {
        switch (dimension->kind) {
        case DIMENSION_ITEM:
            item_values(values, record, dimension->item,
                        tumour == PATIENT_ROW ? TUMOUR_NONE : tumour);
            break;
        case DIMENSION_YEAR: year_values(values, record); break;
        case DIMENSION_AGE: age_value(values, record, tumour); break;
        case DIMENSION_VITAL: add_value(values, status[record->dead], true); break;
        case DIMENSION_DIAGNOSIS_YEAR:
            if (year_of(record->tumours[tumour].diagnosis))
                add_number(values, year_of(record->tumours[tumour].diagnosis));
            break;
        }
    }
    if (values->n == 0)
        add_value(values, "", true);
}

/* ---- cells of one patient ---- */

struct patient {
    struct table *cells; /* key → 1 possible, 2 certain */
    const struct record *record;
    const struct dimension *dimensions;
    size_t n;
};

static void add_cells(struct patient *patient, size_t d, int tumour, const char *key,
                      bool sure)
{
    struct values *values;

    if (d == patient->n) {
        uint64_t *held = table_put(patient->cells, key, strlen(key), NULL);

        if (*held < (sure ? 2u : 1u))
            *held = sure ? 2 : 1;
        return;
    }
    values = memory_alloc(sizeof(*values));
    values_of(values, patient->record, &patient->dimensions[d], tumour);
    for (size_t i = 0; i < values->n; i++) {
        char longer[KEY_SIZE + 1];

        snprintf(longer, sizeof(longer), "%s%s|", key, values->value[i].name);
        add_cells(patient, d + 1, tumour, longer, sure && values->value[i].sure);
    }
    memory_free(values);
}

/* The one tumour { } block of the criteria, or NULL. */
static const struct criteria *sole_block(const struct criteria *criteria)
{
    const struct criteria *found = NULL;
    size_t n = 0;

    if (criteria->kind == CRITERIA_TUMOUR)
        return criteria;
    if (criteria->kind != CRITERIA_AND)
        return NULL;
    for (size_t i = 0; i < criteria->n_children; i++) {
        if (criteria->children[i]->kind == CRITERIA_TUMOUR) {
            found = criteria->children[i];
            n++;
        }
    }
    return n == 1 ? found : NULL;
}

/* Does the block hold for TUMOUR? YES where there is no block. */
static enum truth row_truth(const struct record *record, const struct question *question,
                            int tumour)
{
    const struct criteria *block = sole_block(question->criteria);

    return block ? judge_eval_tumour(record, question, block->children[0], tumour)
                 : TRUTH_YES;
}

static void count_patient(struct patient *patient, const struct question *question,
                          bool certain)
{
    bool by_tumour = false, any = false;

    /* one kind of code and no block: whatever is known of the patient */
    if (patient->n == 1 && patient->dimensions[0].kind == DIMENSION_ITEM &&
        !sole_block(question->criteria)) {
        add_cells(patient, 0, PATIENT_ROW, "", certain);
        return;
    }
    for (size_t d = 0; d < patient->n; d++)
        by_tumour |= is_of_tumour(&patient->dimensions[d]);
    for (int t = 0; by_tumour && t < patient->record->n_tumours; t++) {
        enum truth truth = row_truth(patient->record, question, t);

        if (truth == TRUTH_NO)
            continue;
        add_cells(patient, 0, t, "", certain && truth == TRUTH_YES);
        any = true;
    }
    if (!any)
        add_cells(patient, 0, TUMOUR_NONE, "", certain);
}

/* ---- all ---- */

static int compare_lines(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The entries of TOTALS (certain in the upper half of the value) as lines. */
static void write_lines(struct buffer *out, const struct table *totals)
{
    size_t n = table_count(totals);
    const char **keys = memory_alloc((n + 1) * sizeof(*keys));

    for (size_t i = 0; i < n; i++)
        keys[i] = table_key(totals, i, NULL);
    qsort(keys, n, sizeof(*keys), compare_lines);
    for (size_t i = 0; i < n; i++) {
        uint64_t value = *table_get(totals, keys[i], strlen(keys[i]));

        buffer_printf(out, "%s%u|%u\n", keys[i], (unsigned)(value >> 32),
                      (unsigned)value);
    }
    memory_free((void *)(uintptr_t)keys);
}

void naive_group(struct buffer *out, const struct record *const *records, size_t n,
                 const struct question *question, const struct dimension *dimensions,
                 size_t n_dimensions)
{
    struct table *totals = table_new(), *cells = table_new();

    for (size_t i = 0; i < n; i++) {
        enum truth truth =
            records[i]->opposed ? TRUTH_NO : judge_eval(records[i], question);
        struct patient patient = {cells, records[i], dimensions, n_dimensions};

        if (truth == TRUTH_NO)
            continue;
        table_clear(cells);
        count_patient(&patient, question, truth == TRUTH_YES);
        for (size_t c = 0; c < table_count(cells); c++) {
            size_t length;
            const char *key = table_key(cells, c, &length);

            *table_put(totals, key, length, NULL) +=
                table_value(cells, c) == 2 ? (uint64_t)1 << 32 : 1;
        }
    }
    write_lines(out, totals);
    table_free(totals);
    table_free(cells);
}

/* ---- follow-up ---- */

static day_number followed_from(const struct record *record,
                                const struct question *question)
{
    day_number first = DAY_MAX;

    for (int t = 0; t < record->n_tumours; t++) {
        day_number day = record->tumours[t].diagnosis.first;

        if (row_truth(record, question, t) == TRUTH_YES && day != DAY_MIN && day < first)
            first = day;
    }
    return first;
}

void naive_follow(struct buffer *out, const struct record *const *records, size_t n,
                  const struct question *question, const struct question *arm,
                  bool in_arm)
{
    struct table *totals = table_new();
    unsigned without = 0;

    for (size_t i = 0; i < n; i++) {
        const struct record *record = records[i];
        day_number start, end;
        char key[16];

        if (record->opposed || judge_eval(record, question) != TRUTH_YES ||
            (arm && (judge_eval(record, arm) == TRUTH_YES) != in_arm))
            continue;
        start = followed_from(record, question);
        end = record->dead == TRUTH_YES ? record->death.first : record->last_news.first;
        if (start == DAY_MAX || end == DAY_MIN) {
            without++;
            continue;
        }
        snprintf(key, sizeof(key), "%06d|", end > start ? end - start : 0);
        *table_put(totals, key, strlen(key), NULL) +=
            ((uint64_t)(record->dead == TRUTH_YES) << 32) + 1;
    }
    write_lines(out, totals);
    buffer_printf(out, "without|%u\n", without);
    table_free(totals);
}
