/* SPDX-License-Identifier: Apache-2.0
 *
 * node/review.c: see review.h. */
#include "node/review.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "node/node_internal.h"
#include "store/saved.h"

#define SECONDS_OF_DAY 86400
#define FRAGMENT_LIMIT ((size_t)1 << 20)

/* ---- the list ---- */

struct listing {
    struct node *node;
    const struct node_review *review;
    struct buffer *out;
    struct arena *arena;
    struct persons persons;
    uint64_t n, n_of[RULES];
};

/* Days since the original of FACT came. */
static int64_t age_of(const struct listing *listing, const struct original *originals,
                      size_t n, const struct fact *fact)
{
    for (size_t i = 0; i < n; i++)
        if (originals[i].sequence == fact->sequence)
            return (listing->review->now - originals[i].received) / SECONDS_OF_DAY;
    return 0;
}

static void json_statement(struct buffer *out, const struct fact *fact)
{
    char name[STATEMENT_SIZE];

    buffer_printf(out, "{\"statement\":\"%s\",\"original\":%" PRId64 ",\"position\":%u",
                  record_statement(fact, name), fact->sequence, fact->position);
    buffer_string(out, ",\"date\":");
    interval_json(out, fact->date);
    buffer_string(out, ",\"topography\":");
    buffer_json_string(out, fact_text(fact, ITEM_TOPOGRAPHY));
    buffer_string(out, ",\"morphology\":");
    buffer_json_string(out, fact_text(fact, ITEM_MORPHOLOGY));
    buffer_string(out, ",\"laterality\":");
    buffer_json_string(out, fact_text(fact, ITEM_LATERALITY));
    buffer_char(out, '}');
}

static void text_statement(struct buffer *out, const struct fact *fact, bool french)
{
    static const enum item items[] = {ITEM_TOPOGRAPHY, ITEM_MORPHOLOGY, ITEM_LATERALITY};
    char name[STATEMENT_SIZE], date[DATE_WORDS_SIZE];

    buffer_printf(out, "    %s ", record_statement(fact, name));
    for (size_t i = 0; i < ARRAY_LENGTH(items); i++) {
        const char *code = fact_text(fact, items[i]);

        buffer_printf(out, " %s", *code ? code : "?");
    }
    buffer_printf(out, " %s\n", date_print_words(fact->date, french, date));
}

static void put_question(struct listing *listing, const char *number,
                         const struct decision *decision, int64_t age)
{
    const struct rule_row *row = rule_row(decision->rule);
    const struct fact *facts[] = {decision->fact, decision->other};
    struct buffer *out = listing->out;
    bool french = listing->review->lang == LANG_FR, first = true;

    if (listing->review->json) {
        buffer_string(out, listing->n ? ",{\"number\":" : "{\"number\":");
        buffer_json_string(out, number);
        buffer_printf(out, ",\"rule\":\"%s\",\"item\":\"%s\",\"text\":", row->id,
                      row->item);
        buffer_json_string(out, french ? row->fr : row->en);
        buffer_printf(out, ",\"days\":%" PRId64 ",\"statements\":[", age);
    } else {
        buffer_printf(out, "%s  %s (%s)  %" PRId64 " %s\n", number, row->id, row->item,
                      age, french ? "j" : "d");
        buffer_printf(out, "    %s\n", french ? row->fr : row->en);
    }
    for (size_t i = 0; i < ARRAY_LENGTH(facts); i++) {
        if (!facts[i] || facts[i]->group != GROUP_PRIMARY_CANCER)
            continue;
        if (listing->review->json) {
            buffer_string(out, first ? "" : ",");
            json_statement(out, facts[i]);
        } else {
            text_statement(out, facts[i], french);
        }
        first = false;
    }
    buffer_string(out, listing->review->json ? "]}" : "");
    listing->n++;
    listing->n_of[decision->rule]++;
}

static bool is_wanted(const struct listing *listing, const struct decision *decision)
{
    return decision->to_review &&
           (!listing->review->rule ||
            strcasecmp(listing->review->rule, rule_row(decision->rule)->id) == 0);
}

static int put_questions(struct listing *listing, uint32_t person,
                         const struct decisions *decisions, struct error *err)
{
    struct original *originals = NULL;
    const char *number = NULL;
    size_t n = 0;

    for (size_t i = 0; i < decisions->n; i++) {
        const struct decision *decision = &decisions->decision[i];

        if (!is_wanted(listing, decision))
            continue;
        if (!number && (store_number(listing->node->reader, listing->arena, person,
                                     &number, err) < 0 ||
                        store_originals(listing->node->reader, listing->arena, person,
                                        &originals, &n, err) < 0))
            return -1;
        if (number) /* erased meanwhile */
            put_question(listing, number, decision,
                         age_of(listing, originals, n, decision->fact));
    }
    return buffer_check(listing->out, "the list", err);
}

static int list_person(struct listing *listing, uint32_t person, struct error *err)
{
    struct decisions decisions = {0};
    const struct account account = {.decisions = &decisions};
    struct record *record;
    int status;

    arena_reset(listing->arena);
    pthread_mutex_lock(&listing->node->reader_lock);
    status = person_record(listing->node, listing->arena, person, &account, &record, err);
    if (status == 0)
        status = put_questions(listing, person, &decisions, err);
    pthread_mutex_unlock(&listing->node->reader_lock);
    return status;
}

static int list_all(struct listing *listing, struct error *err)
{
    const struct node_review *review = listing->review;
    int status;

    pthread_mutex_lock(&listing->node->reader_lock);
    status = persons_changed(listing->node->reader, 0, &listing->persons, err);
    pthread_mutex_unlock(&listing->node->reader_lock);
    for (size_t i = 0; i < listing->persons.n && status == 0; i++) {
        if (review->progress && i % 256 == 0)
            review->progress(review->progress_context, i, listing->persons.n);
        status = list_person(listing, listing->persons.person[i], err);
    }
    return status;
}

static void put_totals(struct listing *listing)
{
    bool json = listing->review->json, first = true;

    if (json)
        buffer_printf(listing->out, "],\"questions\":%" PRIu64 ",\"rules\":{",
                      listing->n);
    for (int rule = 0; rule < RULES; rule++) {
        if (listing->n_of[rule] == 0)
            continue;
        if (json)
            buffer_printf(listing->out, "%s\"%s\":%" PRIu64, first ? "" : ",",
                          rule_row((enum rule)rule)->id, listing->n_of[rule]);
        else
            buffer_printf(listing->out, "%8" PRIu64 "  %s\n", listing->n_of[rule],
                          rule_row((enum rule)rule)->id);
        first = false;
    }
    if (json)
        buffer_string(listing->out, "}}\n");
    else if (first)
        buffer_string(listing->out, listing->review->lang == LANG_FR
                                        ? "Rien à revoir.\n"
                                        : "Nothing to review.\n");
}

static int check_review(const struct node_review *review, struct error *err)
{
    if (list_right(review->caller->purpose) != LIST_NUMBERS)
        return error_set(err, ERROR_REFUSED,
                         "a list of patients by number is for care and quality");
    for (int rule = 0; review->rule; rule++) {
        if (rule == RULES)
            return error_set(err, ERROR_INPUT, "no rule is called %s: see docs/rules.md",
                             review->rule);
        if (strcasecmp(review->rule, rule_row((enum rule)rule)->id) == 0)
            break;
    }
    return 0;
}

int node_review(struct node *node, const struct node_review *review, struct buffer *out,
                struct error *err)
{
    struct listing listing = {.node = node, .review = review, .out = out};
    char outcome[64];
    int status = check_review(review, err);

    if (status == 0) {
        listing.arena = arena_new("patient record", PERSON_ARENA);
        buffer_string(out, review->json ? "{\"review\":[" : "");
        status = list_all(&listing, err);
        put_totals(&listing);
        arena_free(listing.arena);
        memory_free(listing.persons.person);
    }
    snprintf(outcome, sizeof(outcome), "%" PRIu64 " questions", listing.n);
    if (audit_write(node->audit, review->caller, review->now, "review",
                    review->rule ? review->rule : "", status == 0 ? outcome : "refused",
                    status == 0 ? err : NULL) < 0)
        status = -1;
    if (status < 0)
        buffer_clear(out);
    return status;
}

/* ---- a decision ---- */

static const char *const verdicts[] = {VERDICT_SAME, VERDICT_DIFFERENT,
                                       VERDICT_METASTASIS};

static const char *verdict_of(const char *word)
{
    for (size_t i = 0; i < ARRAY_LENGTH(verdicts); i++)
        if (strcasecmp(word, verdicts[i]) == 0)
            return verdicts[i];
    return NULL;
}

static bool is_about(const struct fact *judgement, const struct node_judging *judging)
{
    const char *first = fact_text(judgement, ITEM_JUDGEMENT_FIRST);
    const char *second = fact_text(judgement, ITEM_JUDGEMENT_SECOND);

    return (strcmp(first, judging->first) == 0 && strcmp(second, judging->second) == 0) ||
           (strcmp(first, judging->second) == 0 && strcmp(second, judging->first) == 0);
}

static void put_judgement(struct buffer *out, const char *verdict, const char *first,
                          const char *second, const char *author, struct interval date)
{
    const char *const members[][2] = {{"judgementVerdict", verdict},
                                      {"judgementFirst", first},
                                      {"judgementSecond", second},
                                      {"judgementAuthor", author}};
    char text[DATE_TEXT_SIZE];

    for (size_t i = 0; i < ARRAY_LENGTH(members); i++) {
        buffer_printf(out, "%s\"%s\":", i ? "," : "{", members[i][0]);
        buffer_json_string(out, members[i][1]);
    }
    buffer_printf(out, ",\"judgementDate\":\"%s\"}", date_print_iso(date, text));
}

/* The decisions of RECORD but the one that JUDGING is about, which comes last unless it is
 * undone. Returns whether there was one. */
static bool put_fragment(struct buffer *out, const struct record *record,
                         const struct node_judging *judging)
{
    day_number day = (day_number)(judging->now / SECONDS_OF_DAY);
    const char *verdict = verdict_of(judging->verdict), *separator = "";
    bool found = false;

    buffer_string(out, "{\"judgement\":[");
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];

        if (fact->group != GROUP_JUDGEMENT)
            continue;
        if (is_about(fact, judging)) {
            found = true;
            continue;
        }
        buffer_string(out, separator);
        put_judgement(out, fact_text(fact, ITEM_JUDGEMENT_VERDICT),
                      fact_text(fact, ITEM_JUDGEMENT_FIRST),
                      fact_text(fact, ITEM_JUDGEMENT_SECOND),
                      fact_text(fact, ITEM_JUDGEMENT_AUTHOR), fact->date);
        separator = ",";
    }
    if (verdict) {
        buffer_string(out, separator);
        put_judgement(out, verdict, judging->first, judging->second,
                      judging->caller->name, (struct interval){day, day});
    }
    buffer_string(out, "]}");
    return found;
}

static bool has_statement(const struct record *record, const char *name)
{
    char text[STATEMENT_SIZE];

    for (size_t i = 0; i < record->n_facts; i++)
        if (record->facts[i].group == GROUP_PRIMARY_CANCER &&
            strcmp(record_statement(&record->facts[i], text), name) == 0)
            return true;
    return false;
}

static int check_statements(const struct record *record,
                            const struct node_judging *judging, struct error *err)
{
    const char *const names[] = {judging->first, judging->second};

    if (strcmp(judging->first, judging->second) == 0)
        return error_set(err, ERROR_INPUT, "twice the same statement");
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (!has_statement(record, names[i]))
            return error_set(err, ERROR_NOT_FOUND,
                             "this patient has no tumour statement %s: lacis review "
                             "lists them",
                             names[i]);
    return 0;
}

static int put_original(struct node *node, uint32_t person, const struct buffer *fragment,
                        int64_t now, struct error *err)
{
    struct packer *packer = packer_new();
    struct packed packed;
    enum put_outcome outcome;
    int64_t sequence;
    int status =
        packer_pack(packer, NULL, fragment->bytes, fragment->length, &packed, err);

    if (status == 0)
        status = store_begin(node->store, err);
    if (status == 0) {
        status = store_put(node->store, person, FRAGMENT_DECISION, "", &packed, &outcome,
                           &sequence, err);
        if (status == 0)
            status = store_commit(node->store, now, err);
        else
            store_rollback(node->store);
    }
    packer_free(packer);
    return status;
}

static int judge(struct node *node, struct arena *arena,
                 const struct node_judging *judging, uint32_t *person_r,
                 struct error *err)
{
    bool undo = strcasecmp(judging->verdict, "undo") == 0, found;
    struct record *record;
    struct buffer fragment;
    int status;

    if (!undo && !verdict_of(judging->verdict))
        return error_set(err, ERROR_INPUT,
                         "%s is no verdict: same, different, metastasis or undo",
                         judging->verdict);
    pthread_mutex_lock(&node->reader_lock);
    status = person_find(node, arena, judging->number, NULL, person_r, &record, err);
    pthread_mutex_unlock(&node->reader_lock);
    if (status < 0 || (!undo && check_statements(record, judging, err) < 0))
        return -1;
    buffer_init(&fragment, FRAGMENT_LIMIT);
    found = put_fragment(&fragment, record, judging);
    status = buffer_check(&fragment, "the decisions of one patient", err);
    if (status == 0 && undo && !found)
        status =
            error_set(err, ERROR_NOT_FOUND, "nothing was decided about these statements");
    if (status == 0)
        status = put_original(node, *person_r, &fragment, judging->now, err);
    if (status == 0)
        status = index_catch_up(node, node->catalogue, NULL, NULL, err);
    buffer_free(&fragment);
    return status;
}

int node_judge(struct node *node, const struct node_judging *judging, struct error *err)
{
    struct arena *arena = arena_new("patient record", PERSON_ARENA);
    uint32_t person = 0;
    char detail[96];
    int status;

    pthread_mutex_lock(&node->writing);
    pthread_mutex_lock(&node->store_lock);
    status = judge(node, arena, judging, &person, err);
    pthread_mutex_unlock(&node->store_lock);
    pthread_mutex_unlock(&node->writing);
    snprintf(detail, sizeof(detail), "person %" PRIu32 ", %.16s", person,
             judging->verdict);
    if (audit_write(node->audit, judging->caller, judging->now, "decide", detail,
                    status == 0 ? "decided" : "refused", status == 0 ? err : NULL) < 0)
        status = -1;
    arena_free(arena);
    return status;
}
