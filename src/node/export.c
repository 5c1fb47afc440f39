/* SPDX-License-Identifier: Apache-2.0
 *
 * node/export.c: a list of patients as CSV, for a spreadsheet.
 *
 * Lines stand in the order of their numbers or pseudonyms, so that the order tells nothing of
 * when somebody came. Opposed patients never stand in a list: they are not in the index, and
 * who has opposed since the index was made is seen in the record. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "index/eval.h"
#include "index/set.h"
#include "node/saved_internal.h"

#define LINE_LIMIT ((size_t)64 << 10)
#define BOM "\xEF\xBB\xBF"

struct line {
    const char *number; /* what it is ordered by */
    const char *text;   /* without its end */
};

struct listing {
    struct node *node;
    struct arena *arena;
    const struct node_list *list;
    enum list_right right;
    bool french;
    struct snapshot *snapshot;
    struct answers answers; /* whom to list */
    uint16_t *tumour;       /* the first that matches, by person; 0 where none has to */
    uint32_t after;
    struct line *lines;
    size_t n, certain;
};

/* ---- whom to list, and which tumour ---- */

static int first_row(const uint64_t *set, uint32_t from, uint32_t after)
{
    for (uint32_t row = from; row < after; row++)
        if (set_has(set, row))
            return (int)(row - from);
    return -1;
}

static void take_tumours(struct listing *listing, const struct segment *segment,
                         const struct cohort_part *part)
{
    for (uint32_t p = 0; part->rows_possible && p < segment->patients; p++) {
        uint32_t from = segment->first_tumour[p], after = segment->first_tumour[p + 1];
        int tumour;

        if (!set_has(part->possible, p))
            continue;
        tumour = first_row(part->rows_certain, from, after);
        if (tumour < 0)
            tumour = first_row(part->rows_possible, from, after);
        if (tumour > 0 && tumour <= UINT16_MAX)
            listing->tumour[segment->person[p]] = (uint16_t)tumour;
    }
}

/* What PREMISES ask of tumours, on the present data. */
static int find_tumours(struct listing *listing, const struct premises *premises,
                        struct error *err)
{
    struct question question = {.criteria = premises->criteria,
                                .coverage = premises->coverage,
                                .as_of = premises->as_of};
    struct cohort cohort;

    if (cohort_eval(listing->arena, listing->snapshot, &question, &cohort, err) < 0)
        return -1;
    for (size_t i = 0; i < listing->snapshot->n; i++)
        take_tumours(listing, listing->snapshot->segments[i], &cohort.parts[i]);
    return 0;
}

/* The persons of the run, and the premises that it had. */
static int take_run(struct listing *listing, struct premises *premises, struct error *err)
{
    struct arena *arena = listing->arena;
    struct run_persons persons;
    struct saved *cohort;
    struct saved_run run;

    if (cohort_find(listing->node, arena, listing->list->cohort, listing->list->run,
                    &cohort, &run, err) < 0 ||
        run_read(listing->node, arena, &run, &premises->text, &persons, err) < 0)
        return -1;
    premises->pinned = run.definitions;
    premises->coverage = coverage_from_text(arena, run.coverage_text);
    premises->as_of = run.as_of;
    return answers_of_run(arena, &persons, &listing->answers, err);
}

static int choose(struct listing *listing, struct error *err)
{
    const struct node_list *list = listing->list;
    struct premises premises = {
        .text = list->criteria,
        .pinned = "",
        .coverage = coverage_of(listing->node, listing->arena, listing->snapshot),
        .as_of = list->as_of == DAY_MAX ? day_of_data(listing->snapshot) : list->as_of};
    struct answers now;

    if ((list->cohort && take_run(listing, &premises, err) < 0) ||
        answers_parse(listing->node, listing->arena, &premises, err) < 0 ||
        answers_make(listing->arena, listing->snapshot, &premises, &now, err) < 0)
        return -1;
    if (!list->cohort)
        listing->answers = now;
    listing->after =
        now.after > listing->answers.after ? now.after : listing->answers.after;
    listing->tumour =
        arena_array(listing->arena, listing->after, sizeof(*listing->tumour));
    return find_tumours(listing, &premises, err);
}

/* ---- one line ---- */

/* A field in quotes. A spreadsheet takes what begins with one of these signs for a formula. */
static void put_field(struct buffer *out, const char *text, bool last)
{
    buffer_char(out, '"');
    if (*text && strchr("=+-@\t\r", *text))
        buffer_char(out, '\'');
    for (; *text; text++) {
        if (*text == '"')
            buffer_char(out, '"');
        buffer_char(out, (unsigned char)*text < ' ' ? ' ' : *text);
    }
    buffer_string(out, last ? "\"" : "\";");
}

static const char *year_of(struct interval date, char text[16])
{
    int first, last, month, day;

    *text = '\0';
    if (date.first == DAY_MIN || date.last == DAY_MAX)
        return text;
    day_to_civil(date.first, &first, &month, &day);
    day_to_civil(date.last, &last, &month, &day);
    if (first == last)
        snprintf(text, 16, "%d", first);
    return text;
}

static void put_code(struct buffer *out, const char *code, enum item item)
{
    char text[VOCAB_CODE_SIZE];

    put_field(out, *code ? vocab_print(model_item(item)->system, code, text) : "", false);
}

static void put_patient(struct listing *listing, struct buffer *out, const char *number,
                        const struct record *record, unsigned answer, unsigned tumour)
{
    const struct tumour *of =
        record->n_tumours > 0
            ? &record->tumours[(int)tumour < record->n_tumours ? tumour : 0]
            : NULL;
    const char *words[] = {[TRUTH_YES] = listing->french ? "retrouvé" : "certain",
                           [TRUTH_UNKNOWN] = listing->french ? "à vérifier" : "possible"};
    char date[DATE_TEXT_SIZE], year[16];
    bool has_date = of && !interval_is_unknown(of->diagnosis);

    put_field(out, number, false);
    put_field(out, year_of(record->birth, year), false);
    put_field(out, record->sex, false);
    put_field(out, words[answer], false);
    put_code(out, of ? of->topography : "", ITEM_TOPOGRAPHY);
    put_code(out, of ? of->morphology : "", ITEM_MORPHOLOGY);
    put_field(out, has_date ? date_print_iso(of->diagnosis, date) : "", true);
}

/* What stands in front; NULL for who was erased. */
static int name_person(struct listing *listing, uint32_t person, const char **number_r,
                       struct error *err)
{
    char pseudonym[PSEUDONYM_SIZE];

    if (listing->right == LIST_NUMBERS)
        return store_number(listing->node->reader, listing->arena, person, number_r, err);
    if (store_pseudonym(listing->node->reader, person, pseudonym, err) < 0)
        return -1;
    *number_r =
        *pseudonym ? arena_string(listing->arena, pseudonym, strlen(pseudonym)) : NULL;
    return 0;
}

static int add_person(struct listing *listing, struct arena *scratch, uint32_t person,
                      struct error *err)
{
    unsigned answer = answer_of(&listing->answers, person);
    struct record *record = NULL;
    const char *number = NULL;
    struct buffer line;
    int status;

    pthread_mutex_lock(&listing->node->reader_lock);
    status = person_record(listing->node, scratch, person, NULL, &record, err);
    if (status == 0)
        status = name_person(listing, person, &number, err);
    pthread_mutex_unlock(&listing->node->reader_lock);
    if (status < 0 || !record || record->opposed || !number)
        return status;

    buffer_init(&line, LINE_LIMIT);
    put_patient(listing, &line, number, record, answer, listing->tumour[person]);
    listing->lines[listing->n++] =
        (struct line){number,
                      arena_string(listing->arena, buffer_text(&line), line.length)};
    listing->certain += answer == TRUTH_YES;
    status = buffer_check(&line, "a line of the list", err);
    buffer_free(&line);
    return status;
}

/* ---- all lines ---- */

static int add_persons(struct listing *listing, struct error *err)
{
    struct arena *scratch = arena_new("patient record", PERSON_ARENA);
    size_t n = 0;
    int status = 0;

    for (uint32_t person = 0; person < listing->after; person++)
        n += answer_of(&listing->answers, person) % ANSWER_ABSENT != TRUTH_NO;
    listing->lines = arena_array(listing->arena, n + 1, sizeof(*listing->lines));
    for (uint32_t person = 0; person < listing->after && status == 0; person++) {
        if (answer_of(&listing->answers, person) % ANSWER_ABSENT == TRUTH_NO)
            continue;
        status = add_person(listing, scratch, person, err);
        if (status == 0)
            status = arena_check(listing->arena, err);
        arena_reset(scratch);
    }
    arena_free(scratch);
    return status;
}

static int compare_lines(const void *a, const void *b)
{
    const struct line *x = a, *y = b;
    int order = strcmp(x->number, y->number);

    return order ? order : strcmp(x->text, y->text);
}

static void put_head(const struct listing *listing, struct buffer *out)
{
    static const char *const fr[] = {"",
                                     "Année de naissance",
                                     "Sexe",
                                     "Réponse",
                                     "Topographie",
                                     "Morphologie",
                                     "Date de diagnostic"};
    static const char *const en[] = {
        "",           "Year of birth",    "Sex", "Answer", "Topography",
        "Morphology", "Date of diagnosis"};
    const char *first = listing->right == LIST_NUMBERS ? "IPP"
                        : listing->french              ? "Pseudonyme"
                                                       : "Pseudonym";

    buffer_string(out, BOM);
    put_field(out, first, false);
    for (size_t i = 1; i < ARRAY_LENGTH(en); i++)
        put_field(out, listing->french ? fr[i] : en[i], i + 1 == ARRAY_LENGTH(en));
    buffer_string(out, "\r\n");
}

static int audit_export(const struct listing *listing, const char *outcome,
                        struct error *err)
{
    const struct node_list *list = listing->list;
    const char *detail = list->cohort
                             ? arena_printf(listing->arena, "cohort %s", list->cohort)
                             : list->criteria;

    return audit_write(listing->node->audit, list->caller, list->now, "export", detail,
                       outcome, err);
}

static int make_list(struct listing *listing, struct buffer *out, struct error *err)
{
    char outcome[96];

    if (choose(listing, err) < 0 || add_persons(listing, err) < 0)
        return -1;
    qsort(listing->lines, listing->n, sizeof(*listing->lines), compare_lines);
    snprintf(outcome, sizeof(outcome), "%zu patients by %s, #%lld", listing->n,
             listing->right == LIST_NUMBERS ? "number" : "pseudonym",
             (long long)listing->snapshot->sequence);
    /* the line comes before the answer: who cannot be logged cannot read */
    if (audit_export(listing, outcome, err) < 0)
        return -1;
    put_head(listing, out);
    for (size_t i = 0; i < listing->n; i++) {
        buffer_string(out, listing->lines[i].text);
        buffer_string(out, "\r\n");
    }
    return buffer_check(out, "the list", err);
}

int node_export(struct node *node, struct arena *arena, const struct node_list *list,
                struct buffer *out, struct error *err)
{
    struct listing listing = {.node = node,
                              .arena = arena,
                              .list = list,
                              .right = list_right(list->caller->purpose),
                              .french = list->lang == LANG_FR};
    int status;

    if (listing.right == LIST_REFUSED) {
        if (audit_export(&listing, "refused", err) < 0)
            return -1;
        return error_set(err, ERROR_REFUSED,
                         "a list of patients is made for care or quality (by number) or "
                         "for research (by pseudonym), not for the purpose of %s",
                         purpose_name(list->caller->purpose));
    }
    listing.snapshot = present_snapshot(node, err);
    if (!listing.snapshot)
        return -1;
    status = make_list(&listing, out, err);
    snapshot_release(node->catalogue, listing.snapshot);
    return status;
}
