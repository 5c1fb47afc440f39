/* SPDX-License-Identifier: Apache-2.0
 *
 * support/naive_fact.c: lines about facts: which of them are meant, and what it means when
 * there is none. */
#include <math.h>
#include <string.h>

#include "index/coverage.h"
#include "support/naive_internal.h"

static const struct group_row *group_of(const struct criteria *line)
{
    return model_group(model_item(line->item)->group);
}

bool naive_statement(const struct criteria *line, const struct fact *fact,
                     struct statement *statement_r)
{
    const struct item_row *item = model_item(line->item);
    const struct group_row *group = group_of(line);
    const struct value *value = fact_value(fact, line->item);

    if (fact->group != item->group)
        return false;
    *statement_r = (struct statement){fact, "", "", NAN};
    if (item->index == INDEX_KEYS) { /* a fact without its key is about something */
        statement_r->code = fact_text(fact, group->key);
        if (group->status)
            statement_r->status = fact_text(fact, group->status);
        statement_r->number = record_amount(fact);
        return true;
    }
    if (!value)
        return false;
    if (item->index == INDEX_NUMBERS)
        statement_r->number = value->number;
    else
        statement_r->code = value->text;
    return true;
}

enum truth naive_code(enum vocab_system system, const struct criteria_code *codes,
                      size_t n, const char *coded)
{
    enum truth truth = n == 0 ? TRUTH_YES : TRUTH_NO;

    for (size_t i = 0; i < n; i++) {
        const struct code_range *range = &codes[i].range;

        if (strcmp(range->first, coded) <= 0 && strcmp(coded, range->after) < 0)
            truth = truth_or(truth, TRUTH_YES);
        else if (vocab_may_be(system, coded, range))
            truth = truth_or(truth, TRUTH_UNKNOWN);
    }
    return truth;
}

static enum truth code_truth(const struct criteria *line,
                             const struct statement *statement)
{
    return naive_code(model_item(line->item)->system, line->codes, line->n_codes,
                      statement->code);
}

static enum truth status_truth(const struct criteria *line,
                               const struct statement *statement)
{
    if (line->n_status == 0)
        return TRUTH_YES;
    return naive_code(model_item(group_of(line)->status)->system, line->status,
                      line->n_status, statement->status);
}

static enum truth number_truth(const struct criteria *line,
                               const struct statement *statement)
{
    if (!line->has_number)
        return TRUTH_YES;
    if (isnan(statement->number))
        return TRUTH_UNKNOWN;
    return criteria_number_holds(&line->number, statement->number) ? TRUTH_YES : TRUTH_NO;
}

/* ---- attachment ---- */

enum truth naive_attached(const struct record *record, const struct fact *fact,
                          int tumour)
{
    if (tumour == TUMOUR_NONE || model_group(fact->group)->scope == SCOPE_PATIENT)
        return TRUTH_YES;
    return record_attached(record, fact, tumour);
}

/* ---- one statement ---- */

enum truth naive_asked(const struct subject *subject, const struct criteria *line,
                       const struct statement *statement)
{
    enum truth truth =
        truth_and(status_truth(line, statement), number_truth(line, statement));
    struct happening happening = naive_happening(statement->fact);

    for (size_t i = 0; i < line->n_when && truth != TRUTH_NO; i++)
        truth = truth_and(truth, naive_when(subject, line, &line->when[i], &happening));
    return truth;
}

enum truth naive_matches(const struct subject *subject, const struct criteria *line,
                         const struct statement *statement)
{
    enum truth truth =
        truth_and(naive_attached(subject->record, statement->fact, subject->tumour),
                  code_truth(line, statement));

    return truth == TRUTH_NO ? TRUTH_NO
                             : truth_and(truth, naive_asked(subject, line, statement));
}

/* ---- what "there is no such fact" means ---- */

/* The period in which a fact of LINE would lie: the one asked for, or the time under
 * observation. */
static struct interval asked_period(const struct subject *subject,
                                    const struct criteria *line)
{
    const struct record *record = subject->record;
    day_number today = subject->question->as_of;
    day_number news = record->last_news.last;

    for (size_t i = 0; i < line->n_when; i++) {
        const struct criteria_when *when = &line->when[i];

        if (!when->end && when->kind == WHEN_DATES)
            return when->dates;
        if (!when->end && when->kind == WHEN_LAST)
            return (struct interval){today - when->low, today};
    }
    return (struct interval){record->n_tumours ? record->tumours[0].diagnosis.first
                                               : DAY_MIN,
                             news < today ? news : today};
}

/* Is the subject known to have any value of the item? */
static bool is_stated(const struct subject *subject, const struct criteria *line)
{
    bool number = model_item(line->item)->index == INDEX_NUMBERS;

    for (size_t i = 0; i < subject->record->n_facts; i++) {
        const struct fact *fact = &subject->record->facts[i];
        struct statement statement;

        if (naive_statement(line, fact, &statement) &&
            (number || statement.code[0] != '\0') &&
            naive_attached(subject->record, fact, subject->tumour) == TRUTH_YES)
            return true;
    }
    return false;
}

/* Is the subject known to have a value of the key CODE, whatever it is? */
static bool has_measure(const struct subject *subject, const struct criteria *line,
                        const char *code)
{
    for (size_t i = 0; i < subject->record->n_facts; i++) {
        const struct fact *fact = &subject->record->facts[i];
        struct statement statement;

        if (naive_statement(line, fact, &statement) &&
            strcmp(statement.code, code) == 0 &&
            (line->n_status == 0 || statement.status[0] != '\0') &&
            (!line->has_number || !isnan(statement.number)) &&
            naive_attached(subject->record, fact, subject->tumour) == TRUTH_YES)
            return true;
    }
    return false;
}

/* Of each asked key? Of a range of keys, or of any, that cannot be known. */
static bool is_measured(const struct subject *subject, const struct criteria *line)
{
    for (size_t i = 0; i < line->n_codes; i++) {
        const struct criteria_code *code = &line->codes[i];

        /* names and measures have nothing below them: a list is a list of keys */
        if (code->first_code != code->last_code ||
            !has_measure(subject, line, code->first_code))
            return false;
    }
    return line->n_codes > 0;
}

enum truth naive_absence(const struct subject *subject, const struct criteria *line)
{
    struct interval period = asked_period(subject, line);
    bool known = false;

    switch (group_of(line)->absence) {
    case ABSENCE_COVERED:
        known = coverage_covers(subject->question->coverage, group_of(line)->group,
                                period.first, period.last);
        break;
    case ABSENCE_STATED:
    case ABSENCE_SEQUENCED: known = is_stated(subject, line); break;
    case ABSENCE_MEASURED: known = is_measured(subject, line); break;
    }
    return known ? TRUTH_NO : TRUTH_UNKNOWN;
}

/* ---- a line ---- */

/* Enough of them, for certain; or too few, even with all that may be. */
static enum truth enough(size_t needed, size_t yes, size_t maybe, enum truth absence)
{
    if (yes >= needed)
        return TRUTH_YES;
    return maybe >= needed ? TRUTH_UNKNOWN : absence;
}

enum truth naive_line(const struct subject *subject, const struct criteria *line)
{
    size_t yes = 0, maybe = 0;

    if (line->order != ORDER_ANY)
        return naive_order(subject, line, NULL);
    for (size_t i = 0; i < subject->record->n_facts; i++) {
        struct statement statement;
        enum truth truth;

        if (!naive_statement(line, &subject->record->facts[i], &statement))
            continue;
        truth = naive_matches(subject, line, &statement);
        yes += truth == TRUTH_YES;
        maybe += truth != TRUTH_NO;
    }
    return enough(line->count ? line->count : 1, yes, maybe,
                  naive_absence(subject, line));
}
