/* SPDX-License-Identifier: Apache-2.0
 *
 * index/judge_fact.c: lines about facts: which of them are meant, and what it means when
 * there is none. */
#include <math.h>
#include <string.h>

#include "base/attributes.h"
#include "index/coverage.h"
#include "index/judge_internal.h"

static const struct group_row *group_of(const struct criteria *line)
{
    return model_group(model_item(line->item)->group);
}

bool judge_statement(const struct criteria *line, const struct fact *fact,
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
    if (!value) /* what has a key is there, whatever else is said of it */
        return group->key != ITEM_NONE && item->index == INDEX_CODES;
    if (item->index == INDEX_NUMBERS)
        statement_r->number = value->number;
    else
        statement_r->code = value->text;
    return true;
}

enum truth judge_code(enum vocab_system system, const struct criteria_code *codes,
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

static void tell_fact(const struct subject *subject, enum doubt_kind kind,
                      const struct criteria *line, const struct fact *fact,
                      const char *code)
{
    tell(subject, &(struct doubt){.kind = kind,
                                  .fact = fact,
                                  .item = line->item,
                                  .code = code,
                                  .tumour = TUMOUR_NONE,
                                  .period = INTERVAL_UNKNOWN});
}

static enum truth code_truth(const struct subject *subject, const struct criteria *line,
                             const struct statement *statement)
{
    enum truth truth = judge_code(model_item(line->item)->system, line->codes,
                                  line->n_codes, statement->code);

    if (truth == TRUTH_UNKNOWN && statement->code[0] == '\0')
        tell_fact(subject, DOUBT_NOT_CODED, line, statement->fact, NULL);
    else if (truth == TRUTH_UNKNOWN)
        tell_fact(subject, DOUBT_CODE, line, statement->fact, statement->code);
    return truth;
}

static enum truth status_truth(const struct subject *subject, const struct criteria *line,
                               const struct statement *statement)
{
    enum truth truth;

    if (line->n_status == 0)
        return TRUTH_YES;
    truth = judge_code(model_item(group_of(line)->status)->system, line->status,
                       line->n_status, statement->status);
    if (truth == TRUTH_UNKNOWN && statement->status[0] == '\0')
        tell_fact(subject, DOUBT_STATUS_MISSING, line, statement->fact, NULL);
    else if (truth == TRUTH_UNKNOWN)
        tell_fact(subject, DOUBT_STATUS, line, statement->fact, statement->status);
    return truth;
}

/* The unit beside a number that is not there: where adapt converts units, it leaves out numbers in
 * a unit that it does not know. */
static const char *lost_unit(const struct fact *fact)
{
    static const enum item units[] = {ITEM_SIZE_UNIT, ITEM_STATE_UNIT,
                                      ITEM_RADIOTHERAPY_UNIT};

    for (size_t i = 0; i < ARRAY_LENGTH(units); i++)
        if (*fact_text(fact, units[i]))
            return fact_text(fact, units[i]);
    return NULL;
}

static void tell_no_number(const struct subject *subject, const struct criteria *line,
                           const struct fact *fact)
{
    const char *unit = subject->into ? lost_unit(fact) : NULL;

    if (fact->group == GROUP_LINE)
        tell_fact(subject, DOUBT_LINE_NUMBER, line, fact, NULL);
    else
        tell_fact(subject, unit ? DOUBT_UNIT : DOUBT_NUMBER, line, fact, unit);
}

static enum truth number_truth(const struct subject *subject, const struct criteria *line,
                               const struct statement *statement)
{
    if (!line->has_number)
        return TRUTH_YES;
    if (isnan(statement->number)) {
        tell_no_number(subject, line, statement->fact);
        return TRUTH_UNKNOWN;
    }
    return criteria_number_holds(&line->number, statement->number) ? TRUTH_YES : TRUTH_NO;
}

/* ---- attachment ---- */

enum truth judge_attached(const struct record *record, const struct fact *fact,
                          int tumour)
{
    if (tumour == TUMOUR_NONE || model_group(fact->group)->scope == SCOPE_PATIENT)
        return TRUTH_YES;
    return record_attached(record, fact, tumour);
}

static void tell_unattached(const struct subject *subject, const struct fact *fact)
{
    tell(subject, &(struct doubt){.kind = DOUBT_ATTACHMENT,
                                  .fact = fact,
                                  .tumour = subject->tumour,
                                  .period = INTERVAL_UNKNOWN});
}

static void tell_unlinked(const struct subject *subject, const struct fact *fact)
{
    tell(subject, &(struct doubt){.kind = DOUBT_NO_SAMPLE,
                                  .fact = fact,
                                  .tumour = TUMOUR_NONE,
                                  .period = INTERVAL_UNKNOWN});
}

/* Which tumour it is of, which sample: the one, the other or both may be missing. */
static void tell_loose(const struct subject *subject, const struct fact *fact)
{
    if (judge_attached(subject->record, fact, subject->tumour) == TRUTH_UNKNOWN)
        tell_unattached(subject, fact);
    if (judge_of_whole(subject, fact) == TRUTH_UNKNOWN)
        tell_unlinked(subject, fact);
}

static enum truth attached_truth(const struct subject *subject, const struct fact *fact)
{
    enum truth truth = judge_attached_here(subject, fact);

    if (truth == TRUTH_UNKNOWN)
        tell_loose(subject, fact);
    return truth;
}

/* ---- one statement ---- */

enum truth judge_asked(const struct subject *subject, const struct criteria *line,
                       const struct statement *statement)
{
    size_t mark = doubts_mark(subject);
    enum truth truth = truth_and(status_truth(subject, line, statement),
                                 number_truth(subject, line, statement));
    struct happening happening = judge_happening(statement->fact);

    for (size_t i = 0; i < line->n_when && truth != TRUTH_NO; i++)
        truth = truth_and(truth, judge_when(subject, line, &line->when[i], &happening));
    return doubts_since(subject, mark, truth);
}

enum truth judge_matches(const struct subject *subject, const struct criteria *line,
                         const struct statement *statement)
{
    size_t mark = doubts_mark(subject);
    enum truth truth = truth_and(attached_truth(subject, statement->fact),
                                 code_truth(subject, line, statement));

    if (truth != TRUTH_NO)
        truth = truth_and(truth, judge_asked(subject, line, statement));
    return doubts_since(subject, mark, truth);
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

        if (judge_statement(line, fact, &statement) &&
            (number || statement.code[0] != '\0') &&
            judge_attached_here(subject, fact) == TRUTH_YES)
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

        if (judge_statement(line, fact, &statement) &&
            strcmp(statement.code, code) == 0 &&
            (line->n_status == 0 || statement.status[0] != '\0') &&
            (!line->has_number || !isnan(statement.number)) &&
            judge_attached_here(subject, fact) == TRUTH_YES)
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

/* ---- and what is missing there ---- */

/* A fact that would show that the kind is known, if it hung on the tumour. */
static const struct fact *unattached_statement(const struct subject *subject,
                                               const struct criteria *line)
{
    for (size_t i = 0; i < subject->record->n_facts; i++) {
        const struct fact *fact = &subject->record->facts[i];
        struct statement statement;

        if (judge_statement(line, fact, &statement) &&
            judge_attached_here(subject, fact) == TRUTH_UNKNOWN)
            return fact;
    }
    return NULL;
}

/* A fact of the key CODE that has no result, or not the one that LINE asks for. */
static const struct fact *without_result(const struct subject *subject,
                                         const struct criteria *line, const char *code)
{
    for (size_t i = 0; i < subject->record->n_facts; i++) {
        const struct fact *fact = &subject->record->facts[i];
        struct statement statement;

        if (judge_statement(line, fact, &statement) &&
            strcmp(statement.code, code) == 0 &&
            judge_attached_here(subject, fact) == TRUTH_YES)
            return fact;
    }
    return NULL;
}

static void tell_never(const struct subject *subject, enum doubt_kind kind,
                       const struct criteria *line, const char *code,
                       const struct fact *fact)
{
    enum scope scope = group_of(line)->scope;

    tell(subject,
         &(struct doubt){.kind = kind,
                         .fact = fact,
                         .item = line->item,
                         .code = code,
                         .tumour = scope == SCOPE_PATIENT ? TUMOUR_NONE : subject->tumour,
                         .period = INTERVAL_UNKNOWN});
}

static void tell_not_measured(const struct subject *subject, const struct criteria *line)
{
    if (line->n_codes == 0)
        tell_never(subject, DOUBT_NEVER_MEASURED, line, NULL, NULL);
    for (size_t i = 0; i < line->n_codes; i++) {
        const struct criteria_code *code = &line->codes[i];

        if (code->first_code != code->last_code)
            tell_never(subject, DOUBT_NEVER_MEASURED, line, NULL, NULL);
        else if (!has_measure(subject, line, code->first_code))
            tell_never(subject, DOUBT_NEVER_MEASURED, line, code->first_code,
                       without_result(subject, line, code->first_code));
    }
}

static void tell_absence(const struct subject *subject, const struct criteria *line,
                         struct interval period)
{
    const struct fact *unattached = unattached_statement(subject, line);
    enum absence absence = group_of(line)->absence;

    switch (absence) {
    case ABSENCE_COVERED:
        tell(subject, &(struct doubt){.kind = DOUBT_NOT_COVERED,
                                      .group = model_sent_as(group_of(line)->group),
                                      .tumour = TUMOUR_NONE,
                                      .period = period});
        return;
    case ABSENCE_STATED: tell_never(subject, DOUBT_NEVER_STATED, line, NULL, NULL); break;
    case ABSENCE_SEQUENCED:
        tell_never(subject, DOUBT_NEVER_SEQUENCED, line, NULL, NULL);
        break;
    case ABSENCE_MEASURED: tell_not_measured(subject, line); break;
    }
    if (unattached)
        tell_loose(subject, unattached);
}

/* As the kind of its facts has it (model.def). */
static enum truth kind_absence(const struct subject *subject, const struct criteria *line)
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
    if (!known && subject->into)
        tell_absence(subject, line, period);
    return known ? TRUTH_NO : TRUTH_UNKNOWN;
}

/* Is LINE about the sample, event or TNM itself that SUBJECT is, and that is known? Then its
 * facts are all there are. Of a sample that was not sent, nothing is known. */
static enum truth own_absence(const struct subject *subject, const struct criteria *line)
{
    const struct whole *whole = subject->whole;

    if (whole->fact) {
        if (group_of(line)->absence == ABSENCE_COVERED || is_stated(subject, line))
            return TRUTH_NO;
        tell_never(subject, DOUBT_NEVER_STATED, line, NULL, NULL);
        return TRUTH_UNKNOWN;
    }
    tell(subject, &(struct doubt){.kind = DOUBT_NOT_SENT,
                                  .item = line->item,
                                  .code = whole->name,
                                  .tumour = TUMOUR_NONE,
                                  .period = INTERVAL_UNKNOWN});
    return TRUTH_UNKNOWN;
}

enum truth judge_absence(const struct subject *subject, const struct criteria *line)
{
    const struct whole *whole = subject->whole;
    struct subject outside = *subject;

    /* findings that nobody sent are in no sample, if there are none */
    outside.whole = NULL;
    return whole && group_of(line)->group == whole->group && !whole->unseen
               ? own_absence(subject, line)
               : kind_absence(&outside, line);
}

/* ---- a line ---- */

/* Enough of them, for certain; or too few, even with all that may be. */
static enum truth enough(size_t needed, size_t yes, size_t maybe, enum truth absence)
{
    if (yes >= needed)
        return TRUTH_YES;
    return maybe >= needed ? TRUTH_UNKNOWN : absence;
}

/* Does STATEMENT belong to what the answer is made of, though it may not be what LINE asks?
 * Where the absence of a value is known from other values, these are. */
static bool is_behind(const struct subject *subject, const struct criteria *line,
                      const struct statement *statement)
{
    struct subject unheard = judge_unheard(subject);
    enum absence absence = group_of(line)->absence;

    return judge_attached_here(subject, statement->fact) != TRUTH_NO &&
           (absence == ABSENCE_STATED || absence == ABSENCE_SEQUENCED ||
            code_truth(&unheard, line, statement) != TRUTH_NO);
}

enum truth judge_line(const struct subject *subject, const struct criteria *line)
{
    size_t yes = 0, maybe = 0, mark = doubts_mark(subject);
    enum truth absence;

    if (line->order != ORDER_ANY)
        return judge_order(subject, line, NULL);
    for (size_t i = 0; i < subject->record->n_facts; i++) {
        struct statement statement;
        enum truth truth;

        if (!judge_statement(line, &subject->record->facts[i], &statement))
            continue;
        truth = judge_matches(subject, line, &statement);
        if (subject->into && is_behind(subject, line, &statement))
            tell_looked(subject, statement.fact, line->item, false, truth);
        yes += truth == TRUTH_YES;
        maybe += truth != TRUTH_NO;
    }
    absence = judge_absence(subject, line);
    return doubts_since(subject, mark,
                        enough(line->count ? line->count : 1, yes, maybe, absence));
}
