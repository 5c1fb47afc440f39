/* SPDX-License-Identifier: Apache-2.0
 *
 * node/export.c: a list of patients as CSV, for a spreadsheet. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "node/saved_internal.h"

#define BOM "\xEF\xBB\xBF"

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

static void put_patient(const struct listing *listing, struct buffer *out,
                        const struct listed *listed, const struct record *record)
{
    bool french = listing->list->lang == LANG_FR;
    int tumour = listing->tumour[listed->person];
    const struct tumour *of =
        record->n_tumours > 0 ? &record->tumours[tumour < record->n_tumours ? tumour : 0]
                              : NULL;
    const char *words[] = {[TRUTH_YES] = french ? "retrouvé" : "certain",
                           [TRUTH_UNKNOWN] = french ? "à vérifier" : "possible"};
    char date[DATE_TEXT_SIZE], year[16];
    bool has_date = of && !interval_is_unknown(of->diagnosis);

    put_field(out, listed->number, false);
    put_field(out, year_of(record->birth, year), false);
    put_field(out, record->sex, false);
    put_field(out, words[listed->answer], false);
    put_code(out, of ? of->topography : "", ITEM_TOPOGRAPHY);
    put_code(out, of ? of->morphology : "", ITEM_MORPHOLOGY);
    put_field(out, has_date ? date_print_iso(of->diagnosis, date) : "", true);
    buffer_string(out, "\r\n");
}

/* ---- all lines ---- */

static int put_patients(const struct listing *listing, struct buffer *out, size_t *n_r,
                        struct error *err)
{
    struct arena *scratch = arena_new("patient record", PERSON_ARENA);
    struct node *node = listing->node;
    int status = 0;

    *n_r = 0;
    for (size_t i = 0; i < listing->n && status == 0; i++) {
        const struct listed *listed = &listing->persons[i];
        struct record *record = NULL;

        pthread_mutex_lock(&node->reader_lock);
        status = person_record(node, scratch, listed->person, NULL, &record, err);
        pthread_mutex_unlock(&node->reader_lock);
        if (status == 0 && record && !record->opposed) {
            put_patient(listing, out, listed, record);
            ++*n_r;
        }
        arena_reset(scratch);
    }
    arena_free(scratch);
    return status;
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
    bool french = listing->list->lang == LANG_FR;
    const char *first = listing->right == LIST_NUMBERS ? "IPP"
                        : french                       ? "Pseudonyme"
                                                       : "Pseudonym";

    buffer_string(out, BOM);
    put_field(out, first, false);
    for (size_t i = 1; i < ARRAY_LENGTH(en); i++)
        put_field(out, french ? fr[i] : en[i], i + 1 == ARRAY_LENGTH(en));
    buffer_string(out, "\r\n");
}

static int make_list(const struct listing *listing, struct buffer *out, struct error *err)
{
    char outcome[96];
    size_t n;

    put_head(listing, out);
    if (put_patients(listing, out, &n, err) < 0 || buffer_check(out, "the list", err) < 0)
        return -1;
    snprintf(outcome, sizeof(outcome), "%zu patients by %s, #%lld", n,
             listing->right == LIST_NUMBERS ? "number" : "pseudonym",
             (long long)listing->snapshot->sequence);
    /* nothing has left yet: who cannot be logged cannot read */
    return listing_audit(listing, outcome, err);
}

int node_export(struct node *node, struct arena *arena, const struct node_list *list,
                struct buffer *out, struct error *err)
{
    struct listing listing = {.node = node, .arena = arena, .list = list};
    int status;

    if (listing_begin(&listing, err) < 0)
        return -1;
    status = make_list(&listing, out, err);
    listing_end(&listing);
    if (status < 0)
        buffer_clear(out);
    return status;
}
