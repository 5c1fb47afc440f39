/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/sentence_fr_time.c: when, in French. */
#include "criteria/sentence_internal.h"

/* ---- agreement ---- */

void french_put(struct sentence *s, const char *text, struct agreement agreement)
{
    for (; *text; text++) {
        if (*text == '~')
            sentence_put(s, agreement.feminine ? "e" : "");
        if (*text == '~' || *text == '+')
            sentence_put(s, agreement.plural ? "s" : "");
        else
            buffer_char(s->out, *text);
    }
}

/* ---- periods ---- */

static const char *const months[] = {"janvier",   "février", "mars",     "avril",
                                     "mai",       "juin",    "juillet",  "août",
                                     "septembre", "octobre", "novembre", "décembre"};

static void put_day(struct sentence *s, const struct period *period, int end)
{
    buffer_printf(s->out, "le %d%s %s %d", period->day[end],
                  period->day[end] == 1 ? "er" : "", months[period->month[end] - 1],
                  period->year[end]);
}

static void put_month(struct sentence *s, const struct period *period, int end, bool year)
{
    sentence_put(s, months[period->month[end] - 1]);
    if (year)
        buffer_printf(s->out, " %d", period->year[end]);
}

static void put_part(struct sentence *s, const struct period *period, int end, bool year)
{
    switch (period->parts) {
    case PERIOD_YEARS: buffer_printf(s->out, "%d", period->year[end]); break;
    case PERIOD_MONTHS: put_month(s, period, end, year); break;
    case PERIOD_DAYS: put_day(s, period, end); break;
    }
}

static bool is_one_part(const struct period *period)
{
    return period->year[0] == period->year[1] &&
           (period->parts == PERIOD_YEARS ||
            (period->month[0] == period->month[1] &&
             (period->parts == PERIOD_MONTHS || period->day[0] == period->day[1])));
}

void french_dates(struct sentence *s, struct interval dates)
{
    struct period period = sentence_period(dates);
    bool days = period.parts == PERIOD_DAYS;

    if (!period.from) {
        sentence_put(s, days ? "jusqu’" A : "en ");
        put_part(s, &period, 1, true);
        sentence_put(s, days ? "" : " ou avant");
    } else if (!period.to) {
        sentence_put(s, "à partir " DE);
        put_part(s, &period, 0, true);
    } else if (is_one_part(&period)) {
        sentence_put(s, days ? "" : "en ");
        put_part(s, &period, 0, true);
    } else {
        sentence_put(s, DE);
        put_part(s, &period, 0, period.year[0] != period.year[1]);
        sentence_put(s, days ? " " A : " à ");
        put_part(s, &period, 1, true);
    }
}

/* ---- durations ---- */

struct unit_words {
    bool feminine;
    const char *one, *many, *year_one, *year_many; /* the last two behind "derniers" */
};

static const struct unit_words units[] = {
    [TIME_DAY] = {false, "jour", "jours", "jour", "jours"},
    [TIME_WEEK] = {true, "semaine", "semaines", "semaine", "semaines"},
    [TIME_MONTH] = {false, "mois", "mois", "mois", "mois"},
    [TIME_YEAR] = {false, "an", "ans", "année", "années"},
};

/* "90 jours", "un an" */
static void put_duration(struct sentence *s, int32_t days)
{
    int32_t n;
    const struct unit_words *unit = &units[sentence_time_unit(days, &n)];

    if (n == 1)
        buffer_printf(s->out, "%s %s", unit->feminine ? "une" : "un", unit->one);
    else
        buffer_printf(s->out, "%d %s", n, n > 1 ? unit->many : unit->one);
}

/* "des 30 derniers jours", "de la dernière année" */
static void put_last(struct sentence *s, int32_t days)
{
    int32_t n;
    enum time_unit kind = sentence_time_unit(days, &n);
    const struct unit_words *unit = &units[kind];
    bool feminine = unit->feminine || kind == TIME_YEAR;

    if (n == 1)
        buffer_printf(s->out, DE "%s %s", feminine ? "la dernière" : "le dernier",
                      unit->year_one);
    else
        buffer_printf(s->out, DE "les %d %s %s", n, feminine ? "dernières" : "derniers",
                      unit->year_many);
}

static void put_within(struct sentence *s, int32_t days, const char *side)
{
    int32_t n;
    enum time_unit kind = sentence_time_unit(days, &n);

    sentence_put(s, "dans ");
    if (n == 1)
        sentence_put(s, kind == TIME_YEAR   ? "l’année"
                        : kind == TIME_WEEK ? "la semaine"
                                            : "le jour");
    else
        buffer_printf(s->out, "les %d %s", n, units[kind].many);
    buffer_printf(s->out, " %s ", side);
}

/* "entre 3 et 6 mois", in one unit that says both */
static void put_between(struct sentence *s, int32_t low, int32_t high)
{
    int32_t n, m;
    enum time_unit unit = sentence_time_unit(low, &n);

    if (low == high) {
        sentence_put(s, "exactement ");
        put_duration(s, low);
        return;
    }
    if (sentence_time_unit(high, &m) != unit) {
        n = low;
        m = high;
        unit = TIME_DAY;
    }
    buffer_printf(s->out, "entre %d et %d %s", n, m, units[unit].many);
}

/* "avant", "à partir de", "au moins 6 mois après": nothing bounds it on one side. */
static void put_open_distance(struct sentence *s, int32_t low, int32_t high)
{
    bool before = low == DISTANCE_MIN;
    int32_t least = before ? -high : low;

    if (least <= 0) {
        sentence_put(s, before ? "jusqu’" A : "à partir " DE);
    } else if (least == 1) {
        sentence_put(s, before ? "avant " : "après ");
    } else {
        sentence_put(s, "au moins ");
        put_duration(s, least);
        sentence_put(s, before ? " avant " : " après ");
    }
}

/* Point minus anchor lies in LOW to HIGH; what the anchor is comes next. */
static void put_distance(struct sentence *s, int32_t low, int32_t high)
{
    bool before = high < 0;

    if (low == DISTANCE_MIN || high == DISTANCE_MAX) {
        put_open_distance(s, low, high);
    } else if (low == 0 && high == 0) {
        sentence_put(s, "le jour même " DE);
    } else if (low == 0) {
        put_within(s, high, "suivant");
    } else if (high == 0) {
        put_within(s, -low, "précédant");
    } else if (low == -high) {
        put_within(s, high, "précédant ou suivant");
    } else {
        put_between(s, before ? -high : low, before ? -low : high);
        sentence_put(s, before ? " avant " : " après ");
    }
}

/* ---- one condition ---- */

static const char *patient_date(enum item item)
{
    switch (item) {
    case ITEM_PATIENT_BIRTH: return "la naissance";
    case ITEM_DEATH_DATE: return "le décès";
    case ITEM_LAST_VISIT: return "la dernière venue";
    default: return "le dernier contact";
    }
}

static void put_event(struct sentence *s, const struct criteria_when *when)
{
    put_distance(s, when->high == DISTANCE_MAX ? DISTANCE_MIN : -when->high,
                 when->low == DISTANCE_MIN ? DISTANCE_MAX : -when->low);
    sentence_put(s, when->other_end ? "la fin " DE : "");
    french_other(s, when->other);
}

/* "au moins 6 mois", "entre 3 et 6 mois" */
static void put_length(struct sentence *s, const struct criteria_when *when)
{
    if (when->low != DISTANCE_MIN && when->high != DISTANCE_MAX) {
        put_between(s, when->low, when->high);
        return;
    }
    sentence_put(s, when->low == DISTANCE_MIN ? "au plus " : "au moins ");
    put_duration(s, when->low == DISTANCE_MIN ? when->high : when->low);
}

/* Said of the whole fact, and so without the verb of its start. */
static bool is_extent(const struct criteria_when *when)
{
    return when->kind == WHEN_LASTING || when->kind == WHEN_ONGOING;
}

/* The condition without its verb: "en 2021", "dans les 90 jours suivant le diagnostic". */
static void put_time(struct sentence *s, const struct criteria_when *when)
{
    switch (when->kind) {
    case WHEN_DATES: french_dates(s, when->dates); break;
    case WHEN_LAST:
        if (when->low == 0) {
            sentence_put(s, "le jour même de la question");
            break;
        }
        sentence_put(s, "au cours ");
        put_last(s, when->low);
        break;
    case WHEN_DIAGNOSIS:
        put_distance(s, when->low, when->high);
        sentence_put(s, "le diagnostic");
        break;
    case WHEN_PATIENT_DATE:
        put_distance(s, when->low, when->high);
        sentence_put(s, patient_date(when->item));
        break;
    case WHEN_AGE:
        sentence_put(s, "à l’âge ");
        french_age(s, &when->number, false);
        break;
    case WHEN_LASTING:
        sentence_put(s, "durant ");
        put_length(s, when);
        break;
    case WHEN_ONGOING: sentence_put(s, "toujours en cours"); break;
    case WHEN_EVENT: put_event(s, when); break;
    case WHEN_DURING:
        sentence_put(s, "au cours " DE);
        french_other(s, when->other);
        break;
    case WHEN_OVERLAPS:
        sentence_put(s, "pendant ");
        french_other(s, when->other);
        break;
    }
}

/* précédé de, suivi de, concomitant de: these say themselves what they are. NULL: others. */
static const char *event_participle(const struct criteria_when *when)
{
    if (when->kind == WHEN_OVERLAPS)
        return "concomitant~";
    if (when->kind != WHEN_EVENT || when->end || when->other_end || when->other->from)
        return NULL;
    if (when->low == DISTANCE_MIN && when->high == -1)
        return "précédé~";
    return when->low == 1 && when->high == DISTANCE_MAX ? "suivi~" : NULL;
}

/* ---- behind a noun ---- */

static void put_after_noun(struct sentence *s, const struct criteria_when *when,
                           const struct criteria_when *previous, const struct noun *noun,
                           struct agreement agreement)
{
    const char *event = event_participle(when);
    bool said = previous && previous->end == when->end && !previous->negated &&
                !event_participle(previous) && !is_extent(previous);

    sentence_put(s, when->negated ? "non " : "");
    if (event) {
        french_put(s, event, agreement);
        sentence_put(s, " " DE);
        french_other(s, when->other);
        return;
    }
    if (is_extent(when)) {
        put_time(s, when);
        return;
    }
    if (when->end)
        french_put(s, said && !when->negated ? "" : "terminé~ ", agreement);
    else if (when->negated || (!said && noun->frame != FRAME_VALUE)) {
        french_put(s, noun->participle, agreement);
        sentence_put(s, " ");
    }
    put_time(s, when);
}

void french_times(struct sentence *s, const struct criteria *line,
                  const struct noun *noun, struct agreement agreement)
{
    for (size_t i = 0; i < line->n_when; i++) {
        sentence_put(s, i ? " et " : "");
        put_after_noun(s, &line->when[i], i ? &line->when[i - 1] : NULL, noun, agreement);
    }
}

/* ---- as a predicate ---- */

static void put_verb(struct sentence *s, const struct criteria_when *when,
                     const struct noun *noun, struct agreement agreement)
{
    static const struct agreement none = {false, false};
    bool no = when->negated;

    if (when->end) {
        french_put(s, no ? "ne s’est pas terminé~" : "s’est terminé~", agreement);
        return;
    }
    switch (noun->auxiliary) {
    case AUXILIARY_HAS:
        sentence_put(s, no ? "n’a pas " : "a ");
        french_put(s, noun->participle, none);
        return;
    case AUXILIARY_BEEN: sentence_put(s, no ? "n’a pas été " : "a été "); break;
    case AUXILIARY_IS: sentence_put(s, no ? "n’est pas " : "est "); break;
    }
    french_put(s, noun->participle, agreement);
}

static void put_predicate(struct sentence *s, const struct criteria_when *when,
                          const struct noun *noun, struct agreement agreement)
{
    const char *event = event_participle(when);

    if (when->kind == WHEN_LASTING) {
        sentence_put(s, "a duré ");
        put_length(s, when);
    } else if (when->kind == WHEN_ONGOING) {
        sentence_put(s, "est en cours");
    } else if (event) {
        sentence_put(s, when->negated ? "n’a pas été " : "a été ");
        french_put(s, event, agreement);
        sentence_put(s, " " DE);
        french_other(s, when->other);
    } else if (when->kind == WHEN_LAST && when->low > 0 && !when->end &&
               noun->frame == FRAME_VALUE) {
        sentence_put(s, "date ");
        put_last(s, when->low);
    } else {
        put_verb(s, when, noun, agreement);
        sentence_put(s, " ");
        put_time(s, when);
    }
}

void french_predicates(struct sentence *s, const struct criteria *line,
                       const struct noun *noun, struct agreement agreement, bool first)
{
    for (size_t i = 0; i < line->n_when; i++) {
        sentence_put(s, i == 0 && first ? "" : " et ");
        put_predicate(s, &line->when[i], noun, agreement);
    }
}

void french_date_times(struct sentence *s, const struct criteria *line)
{
    for (size_t i = 0; i < line->n_when; i++) {
        sentence_put(s, line->when[i].negated ? ", mais pas " : i ? " et " : " ");
        put_time(s, &line->when[i]);
    }
}
