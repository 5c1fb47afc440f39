/* SPDX-License-Identifier: Apache-2.0
 *
 * index/value.c: see value.h. */
#include "index/value.h"

#include <math.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/error.h"
#include "index/civil16.h"
#include "index/eval_history.h"

/* A patient's number lies between LOW and HIGH, if there is one. */
struct number_range {
    enum truth exists;
    double low, high;
};

static const struct number_range nothing_known = {TRUTH_UNKNOWN, 0, 0};

/* ---- one patient's number ---- */

/* What is looked for, segment by segment. */
struct valuing {
    const struct criteria_value *value;
    const struct cohort_part *part;
    struct source *sources[2]; /* the fact; or the two events of VALUE_DAYS */
    struct histogram *histogram;
    double *x;
    size_t capacity;
};

/* The first diagnosis among the tumours that the cohort is about. */
static struct days16 diagnosis_of(const struct history *history,
                                  const struct cohort_part *part)
{
    const struct segment *segment = history->ev->segment;
    struct days16 out = {DAY16_OPEN_BEFORE, DAY16_OPEN_AFTER};
    bool found = false;

    for (uint32_t t = segment->first_tumour[history->patient];
         t < segment_after_tumours(segment, history->patient); t++) {
        if (part->rows_certain && !set_has(part->rows_certain, t))
            continue;
        if (!found || segment->diagnosis_first[t] < out.first)
            out.first = segment->diagnosis_first[t];
        if (!found || segment->diagnosis_last[t] < out.last)
            out.last = segment->diagnosis_last[t];
        found = true;
    }
    return out;
}

static bool is_known(struct days16 days)
{
    return days.first != DAY16_OPEN_BEFORE && days.last != DAY16_OPEN_AFTER;
}

/* A date of the patient's, and whether there is one. */
static enum truth date_of(const struct history *history, const struct cohort_part *part,
                          enum item item, struct days16 *days_r)
{
    if (item == ITEM_DIAGNOSIS_DATE) {
        *days_r = diagnosis_of(history, part);
    } else if (item == ITEM_NONE) {
        *days_r = (struct days16){day16_first(history->ev->as_of),
                                  day16_last(history->ev->as_of)};
    } else {
        *days_r = patient_days16(history->ev->segment, item, history->patient);
        if (item == ITEM_DEATH_DATE)
            return (enum truth)history->ev->segment->dead[history->patient];
    }
    return is_known(*days_r) ? TRUTH_YES : TRUTH_UNKNOWN;
}

static enum truth point_of(const struct history *history, const struct cohort_part *part,
                           const struct criteria_point *point,
                           const struct source *source, struct days16 *days_r)
{
    struct chosen chosen;

    if (!point->fact)
        return date_of(history, part, point->item, days_r);
    chosen = history_chosen(history, source);
    *days_r = point->end ? chosen.end : chosen.start;
    return chosen.exists;
}

static struct number_range age_of(const struct history *history,
                                  const struct cohort_part *part, enum item item)
{
    const uint32_t *civil = civil16();
    struct days16 birth, day;
    enum truth born = date_of(history, part, ITEM_PATIENT_BIRTH, &birth);
    enum truth exists = date_of(history, part, item, &day);

    if (exists == TRUTH_NO)
        return (struct number_range){TRUTH_NO, 0, 0};
    if (!is_known(birth) || !is_known(day))
        return nothing_known;
    return (struct number_range){truth_and(born, exists),
                                 age16(civil, birth.last, day.first),
                                 age16(civil, birth.first, day.last)};
}

static struct number_range days_between(const struct history *history,
                                        const struct valuing *valuing)
{
    struct days16 from, to;
    enum truth first = point_of(history, valuing->part, &valuing->value->from,
                                valuing->sources[0], &from);
    enum truth second =
        point_of(history, valuing->part, &valuing->value->to, valuing->sources[1], &to);
    enum truth exists = truth_and(first, second);

    if (exists == TRUTH_NO)
        return (struct number_range){TRUTH_NO, 0, 0};
    if (exists == TRUTH_UNKNOWN || !is_known(from) || !is_known(to))
        return nothing_known;
    return (struct number_range){exists, (double)to.first - from.last,
                                 (double)to.last - from.first};
}

static struct number_range count_of(const struct history *history,
                                    const struct source *source)
{
    uint64_t yes, maybe;

    if (!history_count(history, source, &yes, &maybe))
        return nothing_known;
    return (struct number_range){TRUTH_YES, (double)yes, (double)maybe};
}

static struct number_range number_of(const struct history *history,
                                     const struct source *source)
{
    struct chosen chosen = history_chosen(history, source);

    if (chosen.exists == TRUTH_YES && isnan(chosen.low + chosen.high))
        return nothing_known;
    return (struct number_range){chosen.exists, chosen.low, chosen.high};
}

static struct number_range range_of(const struct history *history,
                                    const struct valuing *valuing)
{
    switch (valuing->value->kind) {
    case VALUE_AGE: return age_of(history, valuing->part, valuing->value->item);
    case VALUE_DAYS: return days_between(history, valuing);
    case VALUE_COUNT: return count_of(history, valuing->sources[0]);
    case VALUE_NUMBER: break;
    }
    return number_of(history, valuing->sources[0]);
}

static void visit_value(const struct history *history, void *context)
{
    struct valuing *valuing = context;
    struct histogram *histogram = valuing->histogram;
    struct number_range range = range_of(history, valuing);

    if (range.exists == TRUTH_NO) {
        histogram->none++;
    } else if (range.exists == TRUTH_UNKNOWN || range.low < range.high) {
        histogram->unknown++;
    } else {
        memory_grow((void **)&valuing->x, &valuing->capacity, histogram->n + 1,
                    sizeof(*valuing->x));
        valuing->x[histogram->n++] = range.low;
    }
}

static struct source *open_point(const struct evaluator *ev,
                                 const struct criteria_point *point,
                                 const uint64_t *wanted)
{
    return point->fact ? source_open(ev, point->fact, point->end, LEVEL_PATIENT, wanted)
                       : NULL;
}

static void value_segment(const struct evaluator *ev, struct valuing *valuing)
{
    const uint64_t *wanted = valuing->part->certain;

    valuing->sources[0] = open_point(ev, &valuing->value->from, wanted);
    valuing->sources[1] = open_point(ev, &valuing->value->to, wanted);
    if (valuing->value->fact)
        valuing->sources[0] =
            source_open(ev, valuing->value->fact, false, LEVEL_PATIENT, wanted);
    history_each(ev, valuing->sources, 2, LEVEL_PATIENT, wanted, visit_value, valuing);
}

/* ---- summaries ---- */

static int compare_doubles(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Of sorted X: at (n - 1) p between the order statistics. */
static double quantile(const double *x, size_t n, double p)
{
    double at = (double)(n - 1) * p;
    size_t below = (size_t)floor(at);

    return below + 1 < n ? x[below] + (at - floor(at)) * (x[below + 1] - x[below])
                         : x[below];
}

#define BINS_WANTED 20
#define BINS_MAX 10000

static bool are_whole(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (x[i] < floor(x[i]) || x[i] > floor(x[i]))
            return false;
    return true;
}

/* 1, 2 or 5 times a power of ten, so that the middle 98 of 100 fill about twenty bins: a
 * few that are far off shall not press all others into one. */
static double nice_width(const double *x, size_t n)
{
    double rough = (quantile(x, n, 0.99) - quantile(x, n, 0.01)) / BINS_WANTED;
    double power = rough > 0 ? pow(10, floor(log10(rough))) : 1;
    double width = rough <= power       ? power
                   : rough <= 2 * power ? 2 * power
                   : rough <= 5 * power ? 5 * power
                                        : 10 * power;

    return width < 1 && are_whole(x, n) ? 1 : width;
}

/* The bin of X, at NEAR or, as a division may be a hair off, beside it. */
static size_t bin_of(const struct histogram *histogram, double x, double near)
{
    size_t bin = (size_t)near;

    while (bin > 0 && x < histogram->bins[bin].from)
        bin--;
    while (bin + 1 < histogram->n_bins && x >= histogram->bins[bin].to)
        bin++;
    return bin;
}

/* Bins from that of LEAST to that of MOST; what lies beyond is in the outermost ones. */
static void fill_bins(struct arena *arena, const double *x, size_t n, double width,
                      double least, double most, struct histogram *histogram)
{
    double first = floor(least / width), last = floor(most / width);
    struct bin *bins;

    histogram->n_bins = (size_t)(last - first) + 1;
    histogram->bins = bins =
        arena_array(arena, histogram->n_bins, sizeof(*histogram->bins));
    for (size_t b = 0; b < histogram->n_bins; b++) {
        bins[b].from = (first + (double)b) * width;
        bins[b].to = (first + (double)b + 1) * width;
    }
    bins[0].from = fmin(bins[0].from, floor(x[0] / width) * width);
    bins[histogram->n_bins - 1].to =
        fmax(bins[histogram->n_bins - 1].to, (floor(x[n - 1] / width) + 1) * width);
    for (size_t i = 0; i < n; i++)
        bins[bin_of(histogram, x[i], fmin(fmax(floor(x[i] / width), first), last) - first)]
            .n++;
}

static void make_bins(struct arena *arena, const double *x, size_t n, double width,
                      struct histogram *histogram)
{
    if (width > 0 && (x[n - 1] - x[0]) / width < BINS_MAX)
        fill_bins(arena, x, n, width, x[0], x[n - 1], histogram);
    else
        fill_bins(arena, x, n, nice_width(x, n), quantile(x, n, 0.01),
                  quantile(x, n, 0.99), histogram);
}

void histogram_of(struct arena *arena, double *x, size_t n, double width,
                  struct histogram *histogram)
{
    double sum = 0;

    histogram->n = n;
    histogram->least = histogram->quartile = histogram->median =
        histogram->third_quartile = histogram->most = histogram->mean = NAN;
    if (n == 0)
        return;
    qsort(x, n, sizeof(*x), compare_doubles);
    for (size_t i = 0; i < n; i++)
        sum += x[i];
    histogram->least = x[0];
    histogram->quartile = quantile(x, n, 0.25);
    histogram->median = quantile(x, n, 0.5);
    histogram->third_quartile = quantile(x, n, 0.75);
    histogram->most = x[n - 1];
    histogram->mean = sum / (double)n;
    make_bins(arena, x, n, width, histogram);
}

int cohort_histogram(struct arena *arena, const struct cohort *cohort,
                     const struct question *question, const struct criteria_value *value,
                     double width, struct histogram *histogram_r, struct error *err)
{
    struct histogram histogram = {0};
    struct valuing valuing = {.value = value, .histogram = &histogram};

    for (size_t i = 0; i < cohort->snapshot->n && arena_check(arena, NULL) == 0; i++) {
        struct known_matches *known = NULL;
        struct work work = {0};
        struct error damage = ERROR_INIT;
        struct evaluator ev = {.arena = arena,
                               .segment = cohort->snapshot->segments[i],
                               .coverage = question->coverage,
                               .as_of = question->as_of,
                               .known = &known,
                               .work = &work,
                               .damage = &damage};

        valuing.part = &cohort->parts[i];
        value_segment(&ev, &valuing);
        if (damage.code != ERROR_NONE) {
            memory_free(valuing.x);
            return error_set(err, damage.code, "%s", damage.message);
        }
    }
    histogram_of(arena, valuing.x, (size_t)histogram.n, width, &histogram);
    memory_free(valuing.x);
    if (arena_check(arena, err) < 0)
        return error_context(err, "this value needs too much memory");
    *histogram_r = histogram;
    return 0;
}
