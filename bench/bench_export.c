/* SPDX-License-Identifier: Apache-2.0
 *
 * usage: bench_export NODE TEMPLATE FOLDER
 *
 * Writes the facts of NODE as flat tables into FOLDER, for other databases, and the questions
 * of TEMPLATE with the codes filled in as FOLDER/questions.sql.
 *
 * The records are made from the store's originals; of the index only the list of its codes is
 * used, so that agreement of the answers says something. The tables are generous to who loads
 * them: what can be worked out beforehand for one row is (ages, decades, years, groups), and a
 * fact that hangs on no tumour stands once for each tumour that it may be of.
 *
 *     patient.csv     pid, sex, birth, dead, death, news, tumours, sequenced
 *     tumour.csv      tid, pid, topography, its group, morphology, stage, diagnosis, age,
 *                     decade, sequenced
 *     treatment.csv   pid, tid, sure, code, class, start, change, year
 *     surgery.csv     pid, tid, sure, code, date, year
 *     alteration.csv  pid, tid, sure, gene, date
 *     measure.csv     pid, code, value, date, year
 *     event.csv       pid, kind, date, year: whatever else counts as activity
 *     code.csv        dictionary, number, code
 *
 * A date is two columns, first and last possible day, as days since 1879-12-31; 0 and 65535
 * where it is open. A code is its number in a dictionary that is in canonical order; 0 is not
 * stated. `sure` is 1 when the fact is certainly of that tumour; tid is 0 when it may be of
 * none. `year` is 0 when the date does not tell it. `sequenced`: some variant is stated. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/pool.h"
#include "base/table.h"
#include "bench.h"
#include "index/catalogue.h"
#include "node/node.h"
#include "record/record.h"
#include "store/store.h"

#define DEPTH 64
#define TUMOURS_MAX 16 /* of one patient: tid = pid × 16 + its number */
#define VALUES_MAX 8   /* different codes of one tumour's item */
#define TABLE_LIMIT ((size_t)64 << 20)
#define AGE_OPEN 1000 /* an age that may be any: -1000 … 1000 */

/* ---- dictionaries ---- */

enum dictionary {
    DICTIONARY_SEX,
    DICTIONARY_TOPOGRAPHY,
    DICTIONARY_GROUP, /* of topographies */
    DICTIONARY_MORPHOLOGY,
    DICTIONARY_STAGE,
    DICTIONARY_TREATMENT,
    DICTIONARY_CLASS, /* first four characters of a treatment */
    DICTIONARY_SURGERY,
    DICTIONARY_GENE,
    DICTIONARY_MEASURE,
    DICTIONARIES
};

static const struct {
    const char *name;
    enum item item;
    enum { WHOLE, GROUP_OF, FIRST_FOUR } form;
} dictionaries[DICTIONARIES] = {
    [DICTIONARY_SEX] = {"sex", ITEM_PATIENT_SEX, WHOLE},
    [DICTIONARY_TOPOGRAPHY] = {"topography", ITEM_TOPOGRAPHY, WHOLE},
    [DICTIONARY_GROUP] = {"group", ITEM_TOPOGRAPHY, GROUP_OF},
    [DICTIONARY_MORPHOLOGY] = {"morphology", ITEM_MORPHOLOGY, WHOLE},
    [DICTIONARY_STAGE] = {"stage", ITEM_STAGE_VALUE, WHOLE},
    [DICTIONARY_TREATMENT] = {"treatment", ITEM_DRUG_CODE, WHOLE},
    [DICTIONARY_CLASS] = {"class", ITEM_DRUG_CODE, FIRST_FOUR},
    [DICTIONARY_SURGERY] = {"surgery", ITEM_SURGERY_CODE, WHOLE},
    [DICTIONARY_GENE] = {"gene", ITEM_VARIANT_GENE, WHOLE},
    [DICTIONARY_MEASURE] = {"measure", ITEM_MEASURE_TYPE, WHOLE},
};

struct codes {
    struct table *table[DICTIONARIES]; /* code → number */
    size_t n[DICTIONARIES];
    const char **code[DICTIONARIES]; /* number - 1 → code */
};

static void code_form(enum dictionary dictionary, const char *code,
                      char form_r[VOCAB_CODE_SIZE])
{
    enum vocab_system system = model_item(dictionaries[dictionary].item)->system;

    snprintf(form_r, VOCAB_CODE_SIZE, "%s", code);
    if (dictionaries[dictionary].form == GROUP_OF)
        vocab_group(system, code, form_r);
    else if (dictionaries[dictionary].form == FIRST_FOUR && strlen(form_r) > 4)
        form_r[4] = '\0';
}

static int code_number(const struct codes *codes, enum dictionary dictionary,
                       const char *code)
{
    char form[VOCAB_CODE_SIZE];

    code_form(dictionary, code, form);
    if (!*form)
        return 0;

    const uint64_t *number = table_get(codes->table[dictionary], form, strlen(form));

    if (!number)
        panic("the index does not know the %s %s", dictionaries[dictionary].name, form);
    return (int)*number;
}

static int compare_codes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void number_codes(struct codes *codes, enum dictionary dictionary)
{
    struct table *table = codes->table[dictionary];
    size_t n = table_count(table);
    const char **code = memory_alloc((n + 1) * sizeof(*code));

    for (size_t i = 0; i < n; i++)
        code[i] = table_key(table, i, NULL);
    qsort((void *)(uintptr_t)code, n, sizeof(*code), compare_codes);
    for (size_t i = 0; i < n; i++)
        *table_get(table, code[i], strlen(code[i])) = i + 1;
    codes->n[dictionary] = n;
    codes->code[dictionary] = code;
}

/* All codes that the segments know, in canonical order. */
static void codes_gather(struct codes *codes, const struct snapshot *snapshot)
{
    for (int d = 0; d < DICTIONARIES; d++) {
        codes->table[d] = table_new();
        for (size_t s = 0; s < snapshot->n; s++) {
            const struct segment *segment = snapshot->segments[s];
            char form[VOCAB_CODE_SIZE];
            uint32_t first, after;

            segment_item_blocks(segment, dictionaries[d].item, &first, &after);
            for (uint32_t b = first; b < after; b++) {
                code_form((enum dictionary)d,
                          segment_string(segment, segment->blocks[b].code), form);
                if (*form)
                    table_put(codes->table[d], form, strlen(form), NULL);
            }
        }
        number_codes(codes, (enum dictionary)d);
    }
}

static void codes_write(const struct codes *codes, const char *folder)
{
    FILE *file = bench_open_in(folder, "code.csv", "w");

    for (int d = 0; d < DICTIONARIES; d++)
        for (size_t i = 0; i < codes->n[d]; i++)
            fprintf(file, "%s,%zu,%s\n", dictionaries[d].name, i + 1, codes->code[d][i]);
    fclose(file);
}

/* ---- questions ---- */

/* {yes DICTIONARY CODE…} becomes the numbers of the codes at or below CODE…, {may …} those and
 * the ones of codes that are less precise. */
static void fill_codes(const struct codes *codes, char *words, FILE *out)
{
    char *rest, *what = strtok_r(words, " ", &rest), *name = strtok_r(NULL, " ", &rest);
    char *asked[64], text[VOCAB_CODE_SIZE];
    struct code_range range[64];
    struct error err = ERROR_INIT;
    bool may = strcmp(what, "may") == 0;
    size_t n = 0;
    int d = 0;

    while (d < DICTIONARIES && strcmp(dictionaries[d].name, name) != 0)
        d++;
    if (d == DICTIONARIES)
        panic("no dictionary %s", name);

    enum vocab_system system = model_item(dictionaries[d].item)->system;

    while (n < 64 && (asked[n] = strtok_r(NULL, " ", &rest))) {
        if (vocab_normalise(system, asked[n], text, &err) < 0)
            bench_fail(&err);
        vocab_subtree(system, text, &range[n++]);
    }
    fputs(may ? "0" : "-1", out);
    for (size_t i = 0; i < codes->n[d]; i++) {
        const char *code = codes->code[d][i];
        bool wanted = false;

        for (size_t k = 0; k < n && !wanted; k++)
            wanted =
                (strcmp(code, range[k].first) >= 0 && strcmp(code, range[k].after) < 0) ||
                (may && vocab_may_be(system, code, &range[k]));
        if (wanted)
            fprintf(out, ",%zu", i + 1);
    }
}

static void questions_write(const struct codes *codes, const char *template,
                            const char *folder)
{
    FILE *in = bench_open(template, "r"),
         *out = bench_open_in(folder, "questions.sql", "w");
    char words[1024];
    size_t length = 0;
    bool inside = false;

    for (int c = getc(in); c != EOF; c = getc(in)) {
        if (c == '{') {
            inside = true;
            length = 0;
        } else if (c == '}' && inside) {
            words[length] = '\0';
            inside = false;
            fill_codes(codes, words, out);
        } else if (inside && length < sizeof(words) - 1) {
            words[length++] = (char)c;
        } else {
            putc(c, out);
        }
    }
    fclose(in);
    fclose(out);
}

/* ---- rows ---- */

enum flat_table {
    FLAT_PATIENT,
    FLAT_TUMOUR,
    FLAT_TREATMENT,
    FLAT_SURGERY,
    FLAT_ALTERATION,
    FLAT_MEASURE,
    FLAT_EVENT,
    FLAT_TABLES
};
static const char *const flat_names[FLAT_TABLES] = {"patient.csv",    "tumour.csv",
                                                    "treatment.csv",  "surgery.csv",
                                                    "alteration.csv", "measure.csv",
                                                    "event.csv"};

struct task {
    struct arena *arena;
    struct task *next_free;
    uint32_t person;
    struct original *originals;
    size_t n;
    struct buffer row[FLAT_TABLES];
};

struct export
{
    struct store *store;
    struct codes codes;
    FILE *file[FLAT_TABLES];
    uint64_t rows[FLAT_TABLES];
    struct pool *pool;
    struct task task[DEPTH];
    struct task *free_tasks;
    uint64_t done;
};

static void put_date(struct buffer *row, struct interval date)
{
    buffer_printf(row, ",%u,%u", day16_first(date.first), day16_last(date.last));
}

/* The year in which DATE certainly lies, or 0. */
static int year_of(struct interval date)
{
    int year, last, month, day;

    if (date.first <= DAY_MIN || date.last >= DAY_MAX)
        return 0;
    day_to_civil(date.first, &year, &month, &day);
    day_to_civil(date.last, &last, &month, &day);
    return year == last ? year : 0;
}

/* "pid,tid,sure," once for each tumour that FACT may be of, then REST. */
static void put_attached(struct buffer *row, const struct record *record,
                         const struct fact *fact, const char *rest)
{
    int tumour = fact->tumour, rows = 0;

    if (tumour == TUMOUR_NONE && record->n_tumours == 1)
        tumour = 0;
    if (tumour >= record->n_tumours) { /* of what is not counted as a tumour */
        buffer_printf(row, "%u,0,0,%s\n", record->person, rest);
        return;
    }
    if (tumour != TUMOUR_NONE) {
        buffer_printf(row, "%u,%u,1,%s\n", record->person,
                      record->person * TUMOURS_MAX + (uint32_t)tumour, rest);
        return;
    }
    for (int t = 0; t < record->n_tumours; t++) {
        if (fact->date.last < record->tumours[t].diagnosis.first)
            continue;
        buffer_printf(row, "%u,%u,0,%s\n", record->person,
                      record->person * TUMOURS_MAX + (uint32_t)t, rest);
        rows++;
    }
    if (rows == 0)
        buffer_printf(row, "%u,0,0,%s\n", record->person, rest);
}

static void put_event(struct task *task, const struct record *record, enum group kind,
                      struct interval date)
{
    buffer_printf(&task->row[FLAT_EVENT], "%u,%d", record->person, (int)kind);
    put_date(&task->row[FLAT_EVENT], date);
    buffer_printf(&task->row[FLAT_EVENT], ",%d\n", year_of(date));
}

static void put_treatment(const struct codes *codes, struct task *task,
                          const struct record *record, const struct fact *fact)
{
    const char *code = fact_text(fact, ITEM_DRUG_CODE);
    const struct value *change = fact_value(fact, ITEM_DRUG_CHANGE);
    struct buffer rest;

    buffer_init(&rest, 256);
    buffer_printf(&rest, "%d,%d", code_number(codes, DICTIONARY_TREATMENT, code),
                  code_number(codes, DICTIONARY_CLASS, code));
    put_date(&rest, fact->date);
    buffer_char(&rest, ',');
    if (change)
        buffer_json_number(&rest, change->number);
    buffer_printf(&rest, ",%d", year_of(fact->date));
    put_attached(&task->row[FLAT_TREATMENT], record, fact, buffer_text(&rest));
    buffer_free(&rest);
}

static void put_surgery(const struct codes *codes, struct task *task,
                        const struct record *record, const struct fact *fact)
{
    char rest[64];

    snprintf(rest, sizeof(rest), "%d,%u,%u,%d",
             code_number(codes, DICTIONARY_SURGERY, fact_text(fact, ITEM_SURGERY_CODE)),
             day16_first(fact->date.first), day16_last(fact->date.last),
             year_of(fact->date));
    put_attached(&task->row[FLAT_SURGERY], record, fact, rest);
}

static void put_alteration(const struct codes *codes, struct task *task,
                           const struct record *record, const struct fact *fact)
{
    char rest[64];

    snprintf(rest, sizeof(rest), "%d,%u,%u",
             code_number(codes, DICTIONARY_GENE, fact_text(fact, ITEM_VARIANT_GENE)),
             day16_first(fact->date.first), day16_last(fact->date.last));
    put_attached(&task->row[FLAT_ALTERATION], record, fact, rest);
}

static void put_measure(const struct codes *codes, struct task *task,
                        const struct record *record, const struct fact *fact)
{
    struct buffer *row = &task->row[FLAT_MEASURE];
    double number = record_amount(fact);

    buffer_printf(row, "%u,%d,", record->person,
                  code_number(codes, DICTIONARY_MEASURE,
                              fact_text(fact, ITEM_MEASURE_TYPE)));
    if (!isnan(number))
        buffer_json_number(row, number);
    put_date(row, fact->date);
    buffer_printf(row, ",%d\n", year_of(fact->date));
}

static void put_fact(const struct codes *codes, struct task *task,
                     const struct record *record, const struct fact *fact)
{
    const struct value *diagnosis = fact_value(fact, ITEM_EVENT_DIAGNOSIS);

    switch (fact->group) {
    case GROUP_DRUG: put_treatment(codes, task, record, fact); break;
    case GROUP_SURGERY: put_surgery(codes, task, record, fact); break;
    case GROUP_VARIANT: put_alteration(codes, task, record, fact); break;
    case GROUP_MEASURE: put_measure(codes, task, record, fact); break;
    default:
        if (model_group(fact->group)->activity == ACTIVITY_COUNTS)
            put_event(task, record, fact->group, fact->date);
    }
    if (diagnosis)
        put_event(task, record, fact->group, diagnosis->date);
}

/* ---- tumours and patients ---- */

/* The different codes that are said of a tumour; "" among them if it is said to be unknown. */
struct values {
    size_t n;
    const char *text[VALUES_MAX];
};

struct tumour_codes {
    struct values topography, morphology, stage;
    bool sequenced;
};

static void values_add(struct values *values, const struct fact *fact, enum item item)
{
    const struct value *value = fact_value(fact, item);

    for (size_t i = 0; value && i < values->n; i++)
        if (strcmp(values->text[i], value->text) == 0)
            return;
    if (value && values->n == VALUES_MAX)
        panic("more than %d different codes of one tumour", VALUES_MAX);
    if (value)
        values->text[values->n++] = value->text;
}

/* Nothing said is one value, not stated. */
static void values_finish(struct values *values)
{
    if (values->n == 0)
        values->text[values->n++] = "";
}

/* Returns whether any alteration of the patient is stated. */
static bool tumours_read(const struct record *record, struct tumour_codes *tumours)
{
    bool sequenced = false;

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        int t = fact->tumour == TUMOUR_NONE && record->n_tumours == 1 ? 0 : fact->tumour;
        bool stated = fact->group == GROUP_VARIANT && *fact_text(fact, ITEM_VARIANT_GENE);

        sequenced = sequenced || stated;
        if (t == TUMOUR_NONE)
            continue;
        tumours[t].sequenced = tumours[t].sequenced || stated;
        values_add(&tumours[t].topography, fact, ITEM_TOPOGRAPHY);
        values_add(&tumours[t].morphology, fact, ITEM_MORPHOLOGY);
        values_add(&tumours[t].stage, fact, ITEM_STAGE_VALUE);
    }
    for (int t = 0; t < record->n_tumours; t++) {
        values_finish(&tumours[t].topography);
        values_finish(&tumours[t].morphology);
        values_finish(&tumours[t].stage);
    }
    return sequenced;
}

static void put_age(struct buffer *row, struct interval birth, struct interval diagnosis)
{
    bool low_open = birth.last >= DAY_MAX || diagnosis.first <= DAY_MIN;
    bool high_open = birth.first <= DAY_MIN || diagnosis.last >= DAY_MAX;
    int least = low_open ? -AGE_OPEN : age_in_years(birth.last, diagnosis.first);
    int most = high_open ? AGE_OPEN : age_in_years(birth.first, diagnosis.last);
    bool known = !low_open && !high_open && least >= 0 && least / 10 == most / 10;

    buffer_printf(row, ",%d,%d,%d", least, most, known ? least / 10 * 10 : -1);
}

/* One row, or one for each combination of its codes where a tumour has several: then all that
 * is asked of it holds in one of them if it holds at all. */
static void put_tumour(const struct codes *codes, struct task *task,
                       const struct record *record, int t,
                       const struct tumour_codes *tumour)
{
    struct buffer *row = &task->row[FLAT_TUMOUR];
    size_t combinations = tumour->topography.n * tumour->morphology.n * tumour->stage.n;

    for (size_t i = 0; i < combinations; i++) {
        size_t rest = i / tumour->topography.n;
        const char *topography = tumour->topography.text[i % tumour->topography.n];
        const char *morphology = tumour->morphology.text[rest % tumour->morphology.n];
        const char *stage = tumour->stage.text[rest / tumour->morphology.n];

        buffer_printf(row, "%u,%u,%d,%d,%d,%d",
                      record->person * TUMOURS_MAX + (uint32_t)t, record->person,
                      code_number(codes, DICTIONARY_TOPOGRAPHY, topography),
                      code_number(codes, DICTIONARY_GROUP, topography),
                      code_number(codes, DICTIONARY_MORPHOLOGY, morphology),
                      code_number(codes, DICTIONARY_STAGE, stage));
        put_date(row, record->tumours[t].diagnosis);
        put_age(row, record->birth, record->tumours[t].diagnosis);
        buffer_printf(row, ",%d\n", tumour->sequenced);
    }
}

static void put_record(const struct codes *codes, struct task *task,
                       const struct record *record)
{
    struct buffer *row = &task->row[FLAT_PATIENT];
    struct tumour_codes tumours[TUMOURS_MAX] = {0};

    if (record->n_tumours + record->n_others > TUMOURS_MAX)
        panic("patient %u has more than %d tumours", record->person, TUMOURS_MAX);

    bool sequenced = tumours_read(record, tumours);

    buffer_printf(row, "%u,%d", record->person,
                  code_number(codes, DICTIONARY_SEX, record->sex));
    put_date(row, record->birth);
    buffer_printf(row, ",%d", (int)record->dead);
    put_date(row, record->death);
    put_date(row, record->last_news);
    buffer_printf(row, ",%d,%d\n", record->n_tumours, sequenced);
    for (int t = 0; t < record->n_tumours; t++)
        put_tumour(codes, task, record, t, &tumours[t]);
    for (size_t i = 0; i < record->n_facts; i++)
        put_fact(codes, task, record, &record->facts[i]);
    if (!interval_is_unknown(record->last_visit))
        put_event(task, record, GROUP_VITAL_STATUS, record->last_visit);
}

/* ---- all patients ---- */

static void task_work(void *context, unsigned worker, void *item)
{
    const struct export *export = context;
    struct task *task = item;
    const struct facts **facts = arena_array(task->arena, task->n + 1, sizeof(*facts));
    struct error err = ERROR_INIT;
    struct record *record;

    (void)worker;
    for (size_t i = 0; i < task->n; i++) {
        const struct original *original = &task->originals[i];
        struct facts *these;

        if (adapt_fragment(task->arena, NULL, (enum fragment_kind)original->kind,
                           original->bytes, original->length, original->sequence, &these,
                           NULL, &err) < 0)
            panic("%s", err.message);
        facts[i] = these;
    }
    if (record_merge(task->arena, NULL, task->person, facts, task->n, &record, &err) < 0)
        panic("%s", err.message);
    if (!record->opposed)
        put_record(&export->codes, task, record);
}

static void task_done(void *context, void *item)
{
    struct export *export = context;
    struct task *task = item;

    for (int t = 0; t < FLAT_TABLES; t++) {
        fwrite(buffer_text(&task->row[t]), 1, task->row[t].length, export->file[t]);
        buffer_clear(&task->row[t]);
    }
    export->done++;
    task->next_free = export->free_tasks;
    export->free_tasks = task;
}

static int each_person(void *context, uint32_t person, struct error *err)
{
    struct export *export = context;
    struct task *task = export->free_tasks;

    export->free_tasks = task->next_free;
    arena_reset(task->arena);
    task->person = person;
    if (store_originals(export->store, task->arena, person, &task->originals, &task->n,
                        err) < 0)
        return -1;
    pool_push(export->pool, task);
    return 0;
}

static void export_begin(struct export *export, const char *folder)
{
    for (int t = 0; t < FLAT_TABLES; t++) {
        export->file[t] = bench_open_in(folder, flat_names[t], "w");
        setvbuf(export->file[t], NULL, _IOFBF, (size_t)1 << 20);
    }
    for (size_t i = 0; i < DEPTH; i++) {
        struct task *task = &export->task[i];

        task->arena = arena_new("export", (size_t)1 << 30);
        for (int t = 0; t < FLAT_TABLES; t++)
            buffer_init(&task->row[t], TABLE_LIMIT);
        task->next_free = export->free_tasks;
        export->free_tasks = task;
    }
    /* one task fewer in flight than there are, so that one is always free */
    export->pool = pool_new(pool_cores(), DEPTH - 1, task_work, task_done, export);
}

static void export_end(struct export *export)
{
    pool_finish(export->pool);
    pool_free(export->pool);
    for (int t = 0; t < FLAT_TABLES; t++)
        if (fclose(export->file[t]) != 0)
            panic("cannot write %s", flat_names[t]);
    for (size_t i = 0; i < DEPTH; i++) {
        for (int t = 0; t < FLAT_TABLES; t++)
            buffer_free(&export->task[i].row[t]);
        arena_free(export->task[i].arena);
    }
}

int main(int argc, char **argv)
{
    static struct export export;
    struct error err = ERROR_INIT;
    const struct coverage *coverage;
    char path[4096];

    if (argc != 4)
        bench_usage("bench_export NODE TEMPLATE FOLDER");

    struct node *node = node_open(argv[1], NODE_READ, &err);

    if (!node)
        bench_fail(&err);

    struct snapshot *snapshot = node_snapshot(node, &coverage);

    codes_gather(&export.codes, snapshot);
    codes_write(&export.codes, argv[3]);
    questions_write(&export.codes, argv[2], argv[3]);
    snprintf(path, sizeof(path), "%s/store", argv[1]);
    export.store = store_open(path, STORE_READ, &err);
    if (!export.store)
        bench_fail(&err);
    export_begin(&export, argv[3]);
    if (store_changed(export.store, 0, each_person, &export, &err) < 0)
        bench_fail(&err);
    export_end(&export);
    store_close(export.store);
    node_snapshot_release(node, snapshot);
    node_close(node);
    return EXIT_SUCCESS;
}
