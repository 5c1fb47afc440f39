/* SPDX-License-Identifier: Apache-2.0
 *
 * index/eval_absence.c: for whom the absence of a fact proves nothing (step 3 of eval_fact.c):
 * where no coverage says that it would have come, or where nothing of the kind was stated,
 * measured or sequenced. */
#include <math.h>
#include <string.h>

#include "index/eval_internal.h"

static void uncovered_patients(const struct evaluator *ev, const struct criteria *line,
                               const uint64_t *restrict_to, uint64_t *out)
{
    const struct segment *segment = ev->segment;
    enum group group = model_item(line->item)->group;
    struct interval asked = {DAY_MIN, DAY_MAX};
    bool dated = false;

    if (ev->coverage->assumed) { /* a kind that never occurs */
        set_fill(out, segment->patients);
        return;
    }
    for (size_t i = 0; i < line->n_when; i++) {
        struct interval dates = line->when[i].dates;

        if (line->when[i].end ||
            (line->when[i].kind != WHEN_DATES && line->when[i].kind != WHEN_LAST))
            continue;
        if (line->when[i].kind == WHEN_LAST)
            dates = (struct interval){ev->as_of - line->when[i].low, ev->as_of};
        asked = dates;
        dated = true;
        break;
    }
    for (uint32_t p = 0; p < segment->patients; p++) {
        uint32_t t = segment->first_tumour[p];
        struct interval period = asked;

        if (restrict_to && !set_has(restrict_to, p))
            continue;
        /* the first tumour row is the one diagnosed first (record.h) */
        if (!dated) {
            day_number news = day16_decode_last(segment->news_last[p]);

            period.first = t < segment_after_tumours(segment, p)
                               ? day16_decode_first(segment->diagnosis_first[t])
                               : DAY_MIN;
            period.last = news < ev->as_of ? news : ev->as_of;
        }
        if (!coverage_covers(ev->coverage, group, period.first, period.last))
            set_put(out, p);
    }
}

/* Does every posting of BLOCK state what LINE asks for (its status, its number)? */
static bool block_states_all(const struct segment *segment, const struct criteria *line,
                             const struct segment_block *block)
{
    const uint32_t *status = segment_at(segment, block->status_strings);

    /* the statuses of a block are in byte order: "" would be the first */
    if (line->n_status && (!block->n_status || !*segment_string(segment, status[0])))
        return false;
    return !line->has_number || (block->flags & BLOCK_NUMBERS_COMPLETE);
}

/* Who has a posting that states what LINE asks for, whatever it is? */
struct stating {
    const struct evaluator *ev;
    const struct criteria *line;
    const struct segment_block *block;
    enum segment_level level;
    const uint32_t *subject;
    bool all; /* every posting of the block does */
    uint64_t *out;
};

static void state_posting(const struct stating *stating, uint32_t i)
{
    const struct segment *segment = stating->ev->segment;
    const struct segment_block *block = stating->block;
    uint32_t row = stating->subject[i];

    if (!stating->all &&
        ((stating->line->n_status && !*segment_status(segment, block, i)) ||
         (stating->line->has_number && isnan(segment_amount(segment, block, i)))))
        return;
    set_put(stating->out, block->level == LEVEL_TUMOUR && stating->level == LEVEL_PATIENT
                              ? segment->tumour_patient[row]
                              : row);
}

/* All postings of the block, or of the N rows of LIST alone where these are few. */
static void state_block(const struct stating *stating, const uint32_t *list, size_t n)
{
    uint32_t postings = stating->block->n, at = 0, first, after;
    uint64_t seen = 0;

    if (!list || n * 16 >= postings) {
        for (uint32_t i = 0; i < postings; i++)
            state_posting(stating, i);
        stating->ev->work->postings += postings;
        return;
    }
    for (size_t k = 0; k < n && at < postings; k++) {
        row_subjects(stating->ev->segment, stating->level, stating->block, list[k],
                     &first, &after);
        at = posting_from(stating->subject, postings, at, first);
        for (uint32_t i = at; i < postings && stating->subject[i] < after; i++, seen++)
            state_posting(stating, i);
    }
    stating->ev->work->postings += seen;
}

/* No range is asked, and there is nothing below the code. */
static bool is_one_code(const struct criteria_code *code)
{
    return code->first_code == code->last_code &&
           strncmp(code->range.after, code->first_code, strlen(code->first_code)) == 0;
}

/* MEASURED: rows that have a value of each asked key, whatever it is. Of `any`, or of a whole
 * range of keys, that cannot be known: there may be one more. */
static void measured_rows(const struct evaluator *ev, const struct criteria *line,
                          const struct matches *matches, enum segment_level level,
                          const uint64_t *restrict_to, uint64_t *out)
{
    size_t rows = level_rows(ev, level), n_list = 0;
    uint64_t count = restrict_to ? set_count(restrict_to, rows) : rows;
    uint32_t *list = NULL;

    if (restrict_to && count * 16 < matches->postings) {
        list = arena_array(ev->arena, count + 1, sizeof(*list));
        n_list = set_list(restrict_to, rows, list);
    }
    for (size_t k = 0; k < line->n_codes; k++) {
        const struct criteria_code *code = &line->codes[k];
        uint64_t *with = k ? set_new(ev->arena, rows) : out;

        for (size_t m = 0; m < matches->n && is_one_code(code); m++) {
            const struct segment_block *block = matches->match[m].block;

            if ((block->level == LEVEL_PATIENT && level == LEVEL_TUMOUR) ||
                strcmp(segment_string(ev->segment, block->code), code->first_code) != 0 ||
                !block_is_sound(ev, block))
                continue;

            struct stating stating = {ev,
                                      line,
                                      block,
                                      level,
                                      segment_subjects(ev->segment, block),
                                      block_states_all(ev->segment, line, block),
                                      with};

            state_block(&stating, list, n_list);
        }
        if (k)
            set_and(out, with, rows);
    }
}

uint64_t *patients_of(const struct evaluator *ev, const uint64_t *tumours)
{
    uint64_t *patients;

    if (!tumours)
        return NULL;
    patients = set_new(ev->arena, ev->segment->patients);
    set_to_patients(ev->segment, tumours, patients);
    return patients;
}

uint64_t *fact_absence_unknown(const struct evaluator *ev, const struct criteria *line,
                               const struct matches *matches, enum segment_level level,
                               const uint64_t *restrict_to)
{
    const struct group_row *group = model_group(model_item(line->item)->group);
    size_t rows = level_rows(ev, level);
    uint64_t *out = set_new(ev->arena, rows);

    if (group->absence == ABSENCE_COVERED &&
        coverage_is_complete(ev->coverage, model_item(line->item)->group))
        return out;
    /* coverage is of the patient, and so are facts that hang on no tumour */
    if (level == LEVEL_TUMOUR &&
        (group->absence == ABSENCE_COVERED || group->scope == SCOPE_PATIENT)) {
        set_to_tumours(ev->segment,
                       fact_absence_unknown(ev, line, matches, LEVEL_PATIENT,
                                            patients_of(ev, restrict_to)),
                       out, restrict_to);
        return out;
    }
    if (group->absence == ABSENCE_COVERED) {
        uncovered_patients(ev, line, restrict_to, out);
        return out;
    }
    if (group->absence == ABSENCE_MEASURED)
        measured_rows(ev, line, matches, level, restrict_to, out);
    else
        eval_add_set(ev, line->item,
                     level == LEVEL_TUMOUR ? SET_STATED_TUMOURS : SET_STATED_PATIENTS, "",
                     out);
    set_not(out, out, rows);
    return out;
}
