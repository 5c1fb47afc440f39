/* SPDX-License-Identifier: Apache-2.0
 *
 * node/codes.c: the codebook of a node: read, applied, changed. */
#include "node/codes.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "adapt/adapt.h"
#include "adapt/csv.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "base/table.h"
#include "node/codes_internal.h"
#include "vocab/codebook.h"
#include "vocab/lists.h"

#define CODES_LIMIT ((size_t)256 << 20)
#define ROW_LIMIT 65536
#define CODES_ARENA ((size_t)2 << 30)
#define SUGGESTED \
    200 /* texts for which near codes are looked for: that takes a while each */

/* ---- items --------------------------------------------------------------------------- */

enum vocab_system codes_system(enum item item)
{
    return item == ITEM_DRUG_NAME ? VOCAB_ATC : model_item(item)->system;
}

/* The item that a mapped text of ITEM becomes a code of. */
static enum item coded_item(enum item item)
{
    return item == ITEM_DRUG_NAME ? ITEM_DRUG_CODE : item;
}

char *codes_item_name(enum item item, char name[CODES_ITEM_SIZE])
{
    const char *id = model_item(item)->id;
    size_t n = 0;

    for (; id[n] && n < CODES_ITEM_SIZE - 1; n++)
        name[n] = id[n] >= 'A' && id[n] <= 'Z' ? (char)(id[n] | 0x20) : id[n];
    name[n] = '\0';
    return name;
}

/* Free names are what they are: no text of theirs lacks a code. */
static bool has_codes(const struct item_row *row)
{
    return (row->type == TYPE_CODE || row->type == TYPE_FLAG) &&
           row->system != VOCAB_NAME && row->system != VOCAB_VARIANT_CLASS;
}

enum item codes_item(const char *name)
{
    for (int i = ITEM_NONE + 1; i < ITEMS; i++) {
        const struct item_row *row = model_item((enum item)i);

        if (strcasecmp(row->id, name) == 0 && !model_is_computed(row->group) &&
            (i == ITEM_DRUG_NAME || has_codes(row)))
            return (enum item)i;
    }
    return ITEM_NONE;
}

/* ---- codes.csv ----------------------------------------------------------------------- */

/* A line of codes.csv, or of a file of changes. */
struct row {
    unsigned line;
    struct code_mapping mapping; /* item ITEM_NONE: WRONG says why */
    const char *wrong;
};

enum column { ITEM, TEXT, CODE, AUTHOR, DATE, COLUMNS };

struct reading {
    struct arena *arena;
    bool has_head;
    size_t at[COLUMNS]; /* which field; SIZE_MAX: not there */
    size_t n, capacity;
    struct row *rows;
};

static int read_head(struct reading *reading, unsigned line, const char *const *fields,
                     size_t n, struct error *err)
{
    static const char *const names[COLUMNS] = {"item", "text", "code", "author", "date"};

    for (int column = 0; column < COLUMNS; column++) {
        reading->at[column] = SIZE_MAX;
        for (size_t i = 0; i < n; i++)
            if (strcasecmp(fields[i], names[column]) == 0)
                reading->at[column] = i;
        if (column <= CODE && reading->at[column] == SIZE_MAX)
            return error_at(err, ERROR_INPUT, line, 0,
                            "a column %s was expected: item,text,code", names[column]);
    }
    reading->has_head = true;
    return 0;
}

static const char *field_of(const struct reading *reading, const char *const *fields,
                            size_t n, enum column column)
{
    size_t at = reading->at[column];

    return at < n ? arena_string(reading->arena, fields[at], strlen(fields[at])) : "";
}

/* Spell the code; what is wrong is said in the row. */
static void check_row(struct arena *arena, struct row *row, const char *item)
{
    char code[VOCAB_CODE_SIZE], key[VOCAB_CODE_SIZE];
    struct error reason = ERROR_INIT;
    struct code_mapping *mapping = &row->mapping;

    mapping->item = codes_item(item);
    if (mapping->item == ITEM_NONE) {
        row->wrong = arena_printf(arena,
                                  "item \"%.40s\": expected one such as drug_name, "
                                  "topography, measure_type",
                                  item);
    } else if (!codebook_key(mapping->text, key)[0]) {
        row->wrong = "no text, or a word for \"unknown\"";
    } else if (*mapping->code && vocab_normalise(codes_system(mapping->item),
                                                 mapping->code, code, &reason) < 0) {
        row->wrong = arena_printf(arena, "%s", reason.message);
    } else if (*mapping->code && !code[0]) {
        row->wrong = "the code is a word for \"unknown\"";
    } else if (*mapping->code) {
        mapping->code = arena_string(arena, code, strlen(code));
    }
}

static int on_row(void *context, unsigned line, const char *const *fields, size_t n,
                  struct error *err)
{
    struct reading *reading = context;
    struct row row = {.line = line};

    if (n == 1 && !*fields[0])
        return 0;
    if (!reading->has_head)
        return read_head(reading, line, fields, n, err);
    row.mapping.text = field_of(reading, fields, n, TEXT);
    if (row.mapping.text[0] == '\'' && row.mapping.text[1] &&
        strchr("=+-@\t\r", row.mapping.text[1]))
        row.mapping.text++; /* node_codes_csv() put it there */
    row.mapping.code = field_of(reading, fields, n, CODE);
    row.mapping.author = field_of(reading, fields, n, AUTHOR);
    row.mapping.date = field_of(reading, fields, n, DATE);
    check_row(reading->arena, &row, field_of(reading, fields, n, ITEM));
    memory_grow((void **)&reading->rows, &reading->capacity, reading->n + 1,
                sizeof(*reading->rows));
    reading->rows[reading->n++] = row;
    return arena_check(reading->arena, err);
}

/* The rows of TEXT; free reading->rows with memory_free(). */
static int read_csv(struct reading *reading, const char *text, size_t length,
                    struct error *err)
{
    struct csv *csv = csv_new(ROW_LIMIT, on_row, reading);
    int status = csv_feed(csv, text, length, err);

    if (status == 0)
        status = csv_finish(csv, err);
    csv_free(csv);
    if (status == 0 && !reading->has_head)
        status = error_set(err, ERROR_INPUT, "the header item,text,code was expected");
    return status;
}

static int read_codes(const struct node *node, struct reading *reading, struct error *err)
{
    struct error reason = ERROR_INIT;
    char path[NODE_PATH], *text;
    size_t length;
    int status =
        file_read_whole(reading->arena, (node_path(node, "codes.csv", path), path),
                        CODES_LIMIT, &text, &length, &reason);

    if (status < 0 && reason.code == ERROR_NOT_FOUND)
        return 0;
    if (status == 0)
        status = read_csv(reading, text, length, &reason);
    for (size_t i = 0; status == 0 && i < reading->n; i++)
        if (reading->rows[i].wrong)
            status = error_set(&reason, ERROR_INPUT, "line %u: %s", reading->rows[i].line,
                               reading->rows[i].wrong);
    if (status < 0 && err) {
        *err = reason;
        error_context(err, "%s", path);
    }
    return status;
}

static void put_row(struct buffer *out, const struct code_mapping *mapping)
{
    const char *cells[] = {mapping->text, mapping->code, mapping->author, mapping->date};
    char name[CODES_ITEM_SIZE];

    buffer_string(out, codes_item_name(mapping->item, name));
    for (size_t i = 0; i < ARRAY_LENGTH(cells); i++) {
        buffer_string(out, ",\"");
        for (const char *c = cells[i]; *c; c++) {
            if (*c == '"')
                buffer_char(out, '"');
            buffer_char(out, *c);
        }
        buffer_char(out, '"');
    }
    buffer_char(out, '\n');
}

static int write_codes(const struct node *node, const struct reading *codes,
                       const struct code_mapping *more, size_t n, struct error *err)
{
    char path[NODE_PATH];
    struct buffer out;
    int status;

    buffer_init(&out, CODES_LIMIT);
    buffer_string(&out, "item,text,code,author,date\n");
    for (size_t i = 0; i < codes->n; i++)
        put_row(&out, &codes->rows[i].mapping);
    for (size_t i = 0; i < n; i++)
        put_row(&out, &more[i]);
    node_path(node, "codes.csv", path);
    status = buffer_check(&out, "codes.csv", err);
    if (status == 0)
        status = file_replace(path, out.bytes, out.length, err);
    buffer_free(&out);
    return status;
}

/* ---- the codebook in use ------------------------------------------------------------- */

/* Codebooks that were in use: whoever adapts may still hold one. */
struct codebooks {
    size_t n, capacity;
    struct codebook **books;
};

static struct codebook *book_of(const struct reading *codes)
{
    struct codebook *book = codebook_new();

    for (size_t i = 0; i < codes->n; i++) {
        const struct code_mapping *mapping = &codes->rows[i].mapping;

        codebook_put(book, mapping->item, mapping->text, mapping->code);
    }
    return book;
}

static void use_book(struct node *node, struct codebook *book)
{
    struct codebooks *kept = node->codebooks;

    memory_grow((void **)&kept->books, &kept->capacity, kept->n + 1,
                sizeof(*kept->books));
    kept->books[kept->n++] = book;
    atomic_store(&node->codebook, book);
}

struct adapt_context node_context(const struct node *node)
{
    struct adapt_context context = node->context;

    context.codebook = atomic_load(&node->codebook);
    return context;
}

uint64_t codes_digest(const struct node *node)
{
    return codebook_digest(atomic_load(&node->codebook));
}

int codes_open(struct node *node, struct error *err)
{
    struct arena *arena = arena_new("codes", CODES_ARENA);
    struct reading reading = {.arena = arena};
    int status;

    node->codebooks = memory_alloc(sizeof(*node->codebooks));
    *node->codebooks = (struct codebooks){0};
    status = read_codes(node, &reading, err);
    if (status == 0)
        use_book(node, book_of(&reading));
    memory_free(reading.rows);
    arena_free(arena);
    return status;
}

void codes_close(struct node *node)
{
    struct codebooks *kept = node->codebooks;

    for (size_t i = 0; kept && i < kept->n; i++)
        codebook_free(kept->books[i]);
    if (kept)
        memory_free(kept->books);
    memory_free(kept);
}

/* ---- the index is made with it ------------------------------------------------------- */

static int applied_write(const struct node *node, struct error *err)
{
    char path[NODE_PATH], text[32];
    int n = snprintf(text, sizeof(text), "%016" PRIx64 "\n", codes_digest(node));

    node_path(node, "codes.applied", path);
    return file_replace(path, text, (size_t)n, err);
}

/* 0 when the file is not there: the index was made without a codebook. */
static uint64_t applied_read(const struct node *node)
{
    struct arena *arena = arena_new("codes", 4096);
    char path[NODE_PATH], *text;
    uint64_t digest = 0;
    size_t length;

    node_path(node, "codes.applied", path);
    if (file_read_whole(arena, path, 1024, &text, &length, NULL) == 0)
        digest = strtoull(text, NULL, 16);
    arena_free(arena);
    return digest;
}

bool codes_are_applied(const struct node *node)
{
    return applied_read(node) == codes_digest(node);
}

int codes_applied(const struct node *node, struct error *err)
{
    return codes_are_applied(node) ? 0 : applied_write(node, err);
}

/* Index again those of FOUNDS whom WANTED marks by text (NULL: all). *N_R of them. */
static int apply(struct node *node, const struct founds *founds, const bool *wanted,
                 size_t *n_r, struct error *err)
{
    uint32_t *persons = memory_alloc((founds->n + 1) * sizeof(*persons));
    int64_t sequence, time;
    size_t n = 0;
    int status;

    for (size_t i = 0; i < founds->n; i++)
        if ((!wanted || wanted[founds->found[i].text]) &&
            (n == 0 || persons[n - 1] != founds->found[i].person))
            persons[n++] = founds->found[i].person;
    status = store_cut(node->store, &sequence, &time, err);
    if (status == 0 && n > 0)
        status = index_persons(node, node->catalogue, persons, n, sequence, time, NULL,
                               NULL, err);
    if (status == 0)
        status = applied_write(node, err);
    if (status == 0 && n > 0)
        status = index_compact(node, false, err);
    memory_free(persons);
    *n_r = n;
    return status;
}

int codes_catch_up(struct node *node, struct error *err)
{
    struct founds *founds;
    size_t n;
    int status;

    if (codes_are_applied(node))
        return 0;
    founds = founds_now(node, NULL, NULL, err);
    status = founds ? apply(node, founds, NULL, &n, err) : -1;
    founds_free(founds);
    return status < 0 ? error_context(err, "applying codes.csv") : 0;
}

/* ---- the work list ------------------------------------------------------------------- */

static int compare_texts(const void *a, const void *b)
{
    const struct local_text *x = a, *y = b;

    if (x->patients != y->patients)
        return x->patients > y->patients ? -1 : 1;
    if (x->facts != y->facts)
        return x->facts > y->facts ? -1 : 1;
    if (x->item != y->item)
        return x->item < y->item ? -1 : 1;
    return strcmp(x->text, y->text);
}

/* By label or synonym: the whole text, else its first word ("Taxol 300 mg"); else near ones. */
static void suggest(struct local_text *text, bool near)
{
    enum vocab_system system = codes_system(text->item);
    char word[64];
    size_t length = strcspn(text->text, " ,;(/");

    text->n_suggestions =
        vocab_named(system, text->text, SUGGESTIONS_MAX, text->suggestions);
    if (text->n_suggestions == 0 && length >= 5 && length < sizeof(word) &&
        text->text[length]) {
        memcpy(word, text->text, length);
        word[length] = '\0';
        text->n_suggestions =
            vocab_named(system, word, SUGGESTIONS_MAX, text->suggestions);
    }
    text->is_exact = text->n_suggestions > 0;
    if (!text->is_exact && near)
        text->n_suggestions =
            vocab_nearest(system, text->text, SUGGESTIONS_MAX, text->suggestions);
}

/* Which texts are still without a code. */
static bool *unmapped(const struct node *node, struct arena *arena,
                      const struct founds *founds)
{
    const struct codebook *book = atomic_load(&node->codebook);
    bool *open = arena_array(arena, founds->n_texts + 1, sizeof(*open));

    for (size_t i = 0; i < founds->n_texts; i++)
        open[i] = !codebook_find(book, founds->texts[i].item, founds->texts[i].text);
    return open;
}

static struct local_texts *list_texts(const struct node *node, struct arena *arena,
                                      const struct founds *founds, size_t most)
{
    struct local_texts *list = arena_alloc(arena, sizeof(*list));
    const bool *open = unmapped(node, arena, founds);
    struct local_text *all = arena_array(arena, founds->n_texts + 1, sizeof(*all));
    uint32_t last = 0;

    for (size_t i = 0; i < founds->n_texts; i++)
        all[i] = (struct local_text){.item = founds->texts[i].item,
                                     .text = founds->texts[i].text};
    for (size_t i = 0; i < founds->n; i++) {
        const struct found *found = &founds->found[i];

        if (!open[found->text])
            continue;
        all[found->text].patients++;
        all[found->text].facts += found->facts;
        list->facts += found->facts;
        list->patients += found->person != last;
        last = found->person;
    }
    for (size_t i = 0; i < founds->n_texts; i++)
        if (all[i].patients > 0) {
            all[list->n_all] = all[i];
            all[list->n_all].text = arena_printf(arena, "%s", all[i].text);
            list->n_all++;
        }
    qsort(all, list->n_all, sizeof(*all), compare_texts);
    list->texts = all;
    list->n = most > 0 && most < list->n_all ? most : list->n_all;
    for (size_t i = 0; i < list->n; i++)
        suggest(&all[i], i < SUGGESTED);
    list->n_mapped = codebook_count(atomic_load(&node->codebook));
    list->digest = codes_digest(node);
    return list;
}

static void lock(struct node *node)
{
    pthread_mutex_lock(&node->writing);
    pthread_mutex_lock(&node->store_lock);
}

static void unlock(struct node *node)
{
    pthread_mutex_unlock(&node->store_lock);
    pthread_mutex_unlock(&node->writing);
}

int node_codes(struct node *node, struct arena *arena, size_t most,
               codes_progress *progress, void *context, struct local_texts **texts_r,
               struct error *err)
{
    struct founds *founds;

    /* whoever only looks does not wait for an import */
    if (pthread_mutex_trylock(&node->writing) != 0)
        return error_set(err, ERROR_BUSY,
                         "something is being written to the node: ask again when it is "
                         "done");
    pthread_mutex_lock(&node->store_lock);
    founds = founds_now(node, progress, context, err);
    unlock(node);
    if (!founds)
        return -1;
    *texts_r = list_texts(node, arena, founds, most);
    founds_free(founds);
    return arena_check(arena, err);
}

/* ---- mappings ------------------------------------------------------------------------ */

static int compare_mappings(const void *a, const void *b)
{
    const struct code_mapping *x = a, *y = b;

    return x->item != y->item ? (x->item < y->item ? -1 : 1) : strcmp(x->text, y->text);
}

int node_mappings(struct node *node, struct arena *arena,
                  struct code_mapping **mappings_r, size_t *n_r, struct error *err)
{
    struct reading reading = {.arena = arena};
    const struct codebook *book = atomic_load(&node->codebook);
    struct codebook *seen = codebook_new();
    struct code_mapping *mappings = NULL;
    size_t n = 0;
    int status = read_codes(node, &reading, err);

    if (status == 0)
        mappings = arena_array(arena, reading.n + 1, sizeof(*mappings));
    /* the last line about a text is the one that holds */
    for (size_t i = reading.n; status == 0 && i-- > 0;) {
        const struct code_mapping *mapping = &reading.rows[i].mapping;

        if (codebook_find(seen, mapping->item, mapping->text))
            continue;
        codebook_put(seen, mapping->item, mapping->text, "seen");
        if (codebook_find(book, mapping->item, mapping->text) && *mapping->code)
            mappings[n++] = *mapping;
    }
    codebook_free(seen);
    memory_free(reading.rows);
    if (status < 0)
        return -1;
    qsort(mappings, n, sizeof(*mappings), compare_mappings);
    *mappings_r = mappings;
    *n_r = n;
    return arena_check(arena, err);
}

/* ---- changing ------------------------------------------------------------------------ */

struct change {
    struct node *node;
    struct arena *arena;
    const struct codes_changing *changing;
    struct codes_changed *changed;
    struct reading present, wanted;
    struct code_mapping *mappings; /* to be appended */
    bool *touched;                 /* by text of the founds */
};

/* Which lines say something new; the others are counted or refused. */
static void sort_out(struct change *change, const struct founds *founds)
{
    struct codes_changed *changed = change->changed;
    struct codebook *next = book_of(&change->present);
    char day[DATE_TEXT_SIZE];
    day_number today = (day_number)(change->changing->now / 86400);

    date_print_iso((struct interval){today, today}, day);
    for (size_t i = 0; i < change->wanted.n; i++) {
        const struct row *row = &change->wanted.rows[i];
        struct code_mapping mapping = row->mapping;
        const char *before;
        long place;

        if (row->wrong) {
            if (changed->n_refused < CODE_REFUSALS_MAX) {
                changed->refusals[changed->n_refused].line = row->line;
                changed->refusals[changed->n_refused].reason = row->wrong;
            }
            changed->n_refused++;
            continue;
        }
        before = codebook_find(next, mapping.item, mapping.text);
        if ((!*mapping.code && (!change->changing->with_blanks || !before)) ||
            (before && strcmp(before, mapping.code) == 0)) {
            changed->n_same += *mapping.code || change->changing->with_blanks;
            continue;
        }
        codebook_put(next, mapping.item, mapping.text, mapping.code);
        mapping.author = change->changing->caller->name;
        mapping.date = arena_printf(change->arena, "%s", day);
        place = founds_place(founds, mapping.item, mapping.text);
        if (place >= 0)
            change->touched[place] = true;
        change->mappings[changed->n] = mapping;
        changed->changes[changed->n++] = (struct code_change){
            .item = mapping.item, .text = mapping.text, .code = mapping.code};
    }
    changed->digest = codebook_digest(next);
    codebook_free(next);
}

/* How many patients and facts each change touches, and how many patients in all. */
static void count_touched(struct change *change, const struct founds *founds)
{
    struct codes_changed *changed = change->changed;
    uint64_t *patients =
        arena_array(change->arena, founds->n_texts + 1, sizeof(*patients));
    uint64_t *facts = arena_array(change->arena, founds->n_texts + 1, sizeof(*facts));
    uint32_t last = 0;

    for (size_t i = 0; i < founds->n; i++) {
        const struct found *found = &founds->found[i];

        patients[found->text]++;
        facts[found->text] += found->facts;
        if (!change->touched[found->text])
            continue;
        changed->patients += found->person != last;
        last = found->person;
    }
    for (size_t i = 0; i < changed->n; i++) {
        long place =
            founds_place(founds, changed->changes[i].item, changed->changes[i].text);

        if (place >= 0) {
            changed->changes[i].patients = patients[place];
            changed->changes[i].facts = facts[place];
        }
    }
}

/* "treatment L01CD01", or NULL when criteria have no word for the item. */
static const char *criteria_of(struct arena *arena, enum item item, const char *code)
{
    const struct item_row *row = model_item(coded_item(item));
    const char *shown, *plain;
    char spelling[VOCAB_CODE_SIZE];

    if (!*row->word || strchr(code, '"'))
        return NULL;
    shown = vocab_print(row->system, code, spelling);
    plain = strpbrk(shown, " ()'") ? "" : shown;
    return arena_printf(arena, *plain ? "%s %s" : "%s \"%s\"", row->word, shown);
}

static void name_counts(struct change *change, const struct codebook *book)
{
    struct codes_changed *changed = change->changed;

    for (size_t i = 0; i < changed->n && changed->n_counts < CODE_COUNTS_MAX; i++) {
        const struct code_change *one = &changed->changes[i];
        const char *code =
            *one->code ? one->code : codebook_find(book, one->item, one->text);
        const char *criteria = code ? criteria_of(change->arena, one->item, code) : NULL;
        bool is_new = criteria != NULL;

        for (size_t k = 0; k < changed->n_counts && is_new; k++)
            is_new = strcmp(changed->counts[k].criteria, criteria) != 0;
        if (is_new)
            changed->counts[changed->n_counts++].criteria = criteria;
    }
}

static int take_counts(struct change *change, bool after, struct error *err)
{
    for (size_t i = 0; i < change->changed->n_counts; i++) {
        struct code_count *count = &change->changed->counts[i];
        struct node_question question = {.criteria = count->criteria,
                                         .as_of = DAY_MAX,
                                         .caller = change->changing->caller,
                                         .now = change->changing->now};
        struct node_answer *answer;

        if (node_count(change->node, change->arena, &question, &answer, err) < 0)
            return -1;
        *(after ? &count->certain_after : &count->certain_before) = answer->certain;
        *(after ? &count->possible_after : &count->possible_before) = answer->possible;
    }
    return 0;
}

/* The line comes first: who cannot be logged cannot change anything. */
static int audit_change(const struct change *change, struct error *err)
{
    const struct codes_changed *changed = change->changed;
    char detail[64], outcome[96];

    snprintf(detail, sizeof(detail), "%zu codes", changed->n);
    snprintf(outcome, sizeof(outcome), "%" PRIu64 " patients, codebook %016" PRIx64,
             changed->patients, changed->digest);
    return audit_write(change->node->audit, change->changing->caller,
                       change->changing->now, "codes", detail, outcome, err);
}

/* codes.csv first: after a crash the next opening applies it. */
static int lay_down(struct change *change, const struct founds *founds, struct error *err)
{
    struct reading now = {.arena = change->arena};
    size_t n;
    int status;

    if (audit_change(change, err) < 0 ||
        write_codes(change->node, &change->present, change->mappings, change->changed->n,
                    err) < 0)
        return -1;
    status = read_codes(change->node, &now, err);
    if (status == 0) {
        use_book(change->node, book_of(&now));
        status = apply(change->node, founds, change->touched, &n, err);
    }
    memory_free(now.rows);
    return status;
}

static int prepare(struct change *change, const struct founds *founds, struct error *err)
{
    const char *csv = change->changing->csv;

    if (read_csv(&change->wanted, csv, strlen(csv), err) < 0)
        return error_context(err, "%s", change->changing->name);
    if (read_codes(change->node, &change->present, err) < 0)
        return -1;
    change->mappings =
        arena_array(change->arena, change->wanted.n + 1, sizeof(*change->mappings));
    change->changed->changes = arena_array(change->arena, change->wanted.n + 1,
                                           sizeof(*change->changed->changes));
    change->touched =
        arena_array(change->arena, founds->n_texts + 1, sizeof(*change->touched));
    sort_out(change, founds);
    count_touched(change, founds);
    return arena_check(change->arena, err);
}

/* The counts are asked without the locks: the index may have to be mended for them. */
static int change_codes(struct change *change, struct error *err)
{
    struct node *node = change->node;
    struct founds *founds;
    int status;

    lock(node);
    founds = founds_now(node, NULL, NULL, err);
    status = founds ? prepare(change, founds, err) : -1;
    unlock(node);
    if (status == 0 && change->changed->n > 0) {
        name_counts(change, atomic_load(&node->codebook));
        status = take_counts(change, false, err);
    }
    if (status == 0 && change->changed->n > 0 && !change->changing->is_trial) {
        lock(node);
        status = lay_down(change, founds, err);
        unlock(node);
        if (status == 0)
            status = take_counts(change, true, err);
    }
    founds_free(founds);
    return status;
}

int node_codes_change(struct node *node, struct arena *arena,
                      const struct codes_changing *changing,
                      struct codes_changed **changed_r, struct error *err)
{
    struct change change = {.node = node,
                            .arena = arena,
                            .changing = changing,
                            .changed = arena_alloc(arena, sizeof(*change.changed)),
                            .present = {.arena = arena},
                            .wanted = {.arena = arena}};
    double start = clock_milliseconds();
    int status;

    change.changed->is_trial = changing->is_trial;
    status = change_codes(&change, err);
    change.changed->seconds = (clock_milliseconds() - start) / 1000;
    memory_free(change.present.rows);
    memory_free(change.wanted.rows);
    if (status == 0)
        *changed_r = change.changed;
    return status;
}
