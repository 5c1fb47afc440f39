/* SPDX-License-Identifier: Apache-2.0
 *
 * node/quality_print.c: figures of quality → text, JSON, a proposal of coverage. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/attributes.h"
#include "base/buffer.h"
#include "node/quality.h"

#define NAME_WIDTH 38
#define NUMBER_WIDTH 6
#define COLUMN 11
#define YEARS_SHOWN 8
/* A fall of so many points since the load before is marked. */
#define FALL 5.0

struct printing {
    struct buffer *out;
    const struct node_quality *quality;
    enum quality_by by;
    bool french;
    int first_year; /* of those shown BY_YEAR */
};

static const char *pick(const struct printing *printing, const char *fr, const char *en)
{
    return printing->french ? fr : en;
}

/* ---- numbers ------------------------------------------------------------------------- */

static void put_right(struct buffer *out, const char *text)
{
    buffer_right(out, text, COLUMN);
}

/* "97,3 %", "-" of nothing. */
static void share_text(const struct printing *printing, uint64_t part, uint64_t of,
                       char text[24])
{
    char *point;

    if (of == 0) {
        memcpy(text, "-", 2);
        return;
    }
    snprintf(text, 24, "%.1f %%", 100 * (double)part / (double)of);
    point = printing->french ? strchr(text, '.') : NULL;
    if (point)
        *point = ',';
}

static void put_share(const struct printing *printing, uint64_t part, uint64_t of)
{
    char text[24];

    share_text(printing, part, of, text);
    put_right(printing->out, text);
}

/* In points since BEFORE: "+0,4", "-12,0 !", "" when one of the two has nothing. */
static void put_change(const struct printing *printing, struct tally now,
                       struct tally before, bool more_is_better)
{
    char text[24] = "", *point;
    double points;

    if (now.of > 0 && before.of > 0) {
        points = 100 * ((double)now.has / (double)now.of -
                        (double)before.has / (double)before.of);
        snprintf(text, sizeof(text), "%+.1f%s", points,
                 (more_is_better ? -points : points) >= FALL ? " !" : "");
        point = printing->french ? strchr(text, '.') : NULL;
        if (point)
            *point = ',';
    }
    put_right(printing->out, text);
}

/* ---- columns ------------------------------------------------------------------------- */

typedef struct tally tally_of(const struct figures *figures, int which, int source,
                              int year);

static struct tally of_item(const struct figures *figures, int which, int source,
                            int year)
{
    return figures_item(figures, (enum item)which, source, year);
}

static struct tally of_check(const struct figures *figures, int which, int source,
                             int year)
{
    return figures_check(figures, (enum check)which, source, year);
}

static void put_tally(const struct printing *printing, struct tally tally)
{
    put_share(printing, tally.has, tally.of);
}

/* One row's numbers, in the columns that BY asks for. */
static void put_columns(const struct printing *printing, tally_of *of, int which,
                        bool more_is_better)
{
    const struct node_quality *quality = printing->quality;
    const struct figures *present = quality->present.figures;
    struct tally now = of(present, which, ANY_SOURCE, ANY_YEAR);

    put_tally(printing, now);
    if (printing->by == BY_SOURCE) {
        for (int source = 0; source < QUALITY_SOURCES; source++)
            put_tally(printing, of(present, which, source, ANY_YEAR));
    } else if (printing->by == BY_YEAR) {
        for (int i = 0; i < YEARS_SHOWN; i++)
            put_tally(printing, of(present, which, ANY_SOURCE, printing->first_year + i));
    }
    if (quality->before.figures)
        put_change(printing, now,
                   of(quality->before.figures, which, ANY_SOURCE, ANY_YEAR),
                   more_is_better);
    if (quality->partner.figures)
        put_tally(printing, of(quality->partner.figures, which, ANY_SOURCE, ANY_YEAR));
    buffer_char(printing->out, '\n');
}

static void put_titles(const struct printing *printing, const char *all)
{
    char text[32];

    buffer_padded(printing->out, "", NUMBER_WIDTH + NAME_WIDTH);
    put_right(printing->out, all);
    if (printing->by == BY_SOURCE) {
        put_right(printing->out, pick(printing, "non dit", "not said"));
        for (int source = 1; source < QUALITY_SOURCES; source++) {
            snprintf(text, sizeof(text), "source %d", source);
            put_right(printing->out, text);
        }
    } else if (printing->by == BY_YEAR) {
        for (int i = 0; i < YEARS_SHOWN; i++) {
            snprintf(text, sizeof(text), "%d", printing->first_year + i);
            put_right(printing->out, text);
        }
    }
    if (printing->quality->before.figures)
        put_right(printing->out, pick(printing, "évolution", "change"));
    if (printing->quality->partner.figures)
        buffer_printf(printing->out, "  %s", printing->quality->partner.centre);
    buffer_char(printing->out, '\n');
}

static void put_name(const struct printing *printing, const char *number,
                     const char *name)
{
    buffer_padded(printing->out, number, NUMBER_WIDTH);
    buffer_padded(printing->out, name, NAME_WIDTH);
}

/* ---- completeness -------------------------------------------------------------------- */

static void put_item(const struct printing *printing, enum item item)
{
    const struct item_row *row = model_item(item);
    char name[128];

    snprintf(name, sizeof(name), "%s%s", pick(printing, row->fr, row->en),
             item_is_mandatory(item) ? " *" : "");
    put_name(printing, row->osiris, name);
    put_columns(printing, of_item, item, true);
    if (row->type != TYPE_DATE || printing->by != BY_NOTHING)
        return;

    struct tally tally =
        figures_item(printing->quality->present.figures, item, ANY_SOURCE, ANY_YEAR);

    if (tally.has > tally.exact) {
        put_name(printing, "", pick(printing, "  dont au jour près", "  to the day"));
        put_share(printing, tally.exact, tally.has);
        buffer_char(printing->out, '\n');
    }
}

/* "12 Traitement médical : 9 673 chez 4 210 patients (77,0 %)" */
static void put_group(const struct printing *printing, enum group group)
{
    const struct figures *figures = printing->quality->present.figures;
    const struct group_row *row = model_group(group);
    struct presence presence = figures_presence(figures, group);
    char text[24];

    buffer_printf(printing->out, "\n%s  %s : ", row->osiris,
                  pick(printing, row->fr, row->en));
    buffer_count(printing->out,
                 figures_item(figures, row->first, ANY_SOURCE, ANY_YEAR).of,
                 printing->french);
    buffer_string(printing->out, pick(printing, " chez ", " in "));
    buffer_count(printing->out, presence.patients, printing->french);
    share_text(printing, presence.patients, figures_patients(figures), text);
    buffer_printf(printing->out, " patients (%s)", text);
    if (row->scope != SCOPE_PATIENT && presence.tumours > 0) {
        buffer_string(printing->out, pick(printing, ", pour ", ", for "));
        buffer_count(printing->out, presence.tumours, printing->french);
        share_text(printing, presence.tumours, figures_tumours(figures), text);
        buffer_printf(printing->out, " %s (%s)", pick(printing, "tumeurs", "tumours"),
                      text);
    }
    buffer_char(printing->out, '\n');
    for (enum item item = row->first; item < row->after; item++)
        put_item(printing, item);
}

static void put_completeness(const struct printing *printing)
{
    put_titles(printing, pick(printing, "renseigné", "stated"));
    for (int group = GROUP_NONE + 1; group < GROUPS; group++)
        if (figures_presence(printing->quality->present.figures, (enum group)group)
                    .patients > 0 &&
            !model_is_computed((enum group)group))
            put_group(printing, (enum group)group);
    buffer_string(printing->out,
                  pick(printing, "\n* obligatoire (OSIRIS-RWD, MDS 2025-2)\n",
                       "\n* mandatory (OSIRIS-RWD, MDS 2025-2)\n"));
}

/* ---- plausibility -------------------------------------------------------------------- */

static void put_plausibility(const struct printing *printing)
{
    buffer_printf(printing->out, "\n%s\n",
                  pick(printing,
                       "Plausibilité : part des faits en cause (lacis quality NŒUD "
                       "--check RÈGLE les liste)",
                       "Plausibility: share of facts at odds (lacis quality NODE --check "
                       "RULE lists them)"));
    put_titles(printing, pick(printing, "en cause", "at odds"));
    for (int check = 0; check < CHECKS; check++) {
        const struct check_row *row = check_row((enum check)check);
        struct tally tally = figures_check(printing->quality->present.figures,
                                           (enum check)check, ANY_SOURCE, ANY_YEAR);
        char word[CHECK_WORD_SIZE];

        if (tally.of == 0)
            continue;
        put_name(printing, row->item, check_word((enum check)check, word));
        put_columns(printing, of_check, check, false);
        buffer_padded(printing->out, "", NUMBER_WIDTH);
        buffer_printf(printing->out, "%s : ", pick(printing, row->fr, row->en));
        buffer_count(printing->out, tally.has, printing->french);
        buffer_string(printing->out, pick(printing, " sur ", " of "));
        buffer_count(printing->out, tally.of, printing->french);
        buffer_char(printing->out, '\n');
    }
}

/* ---- all ----------------------------------------------------------------------------- */

static void put_when(const struct printing *printing, const struct measured *measured)
{
    char date[DATE_WORDS_SIZE];

    buffer_printf(
        printing->out, "%s, %s (#%" PRId64 ")", measured->centre,
        date_print_words((struct interval){measured->head.as_of, measured->head.as_of},
                         printing->french, date),
        measured->head.sequence);
}

static void put_head(const struct printing *printing)
{
    const struct node_quality *quality = printing->quality;
    const struct figures *present = quality->present.figures;

    buffer_string(printing->out, pick(printing, "Qualité : ", "Quality: "));
    put_when(printing, &quality->present);
    buffer_string(printing->out, ", ");
    buffer_count(printing->out, figures_patients(present), printing->french);
    buffer_string(printing->out, pick(printing, " patients, ", " patients, "));
    buffer_count(printing->out, figures_tumours(present), printing->french);
    buffer_string(printing->out, pick(printing, " tumeurs ; ", " tumours; "));
    buffer_count(printing->out, figures_opposed(present), printing->french);
    buffer_string(printing->out, pick(printing, " opposés, non examinés\n",
                                      " opposed, not looked into\n"));
    if (quality->before.figures) {
        buffer_string(printing->out,
                      pick(printing, "Évolution depuis : ", "Change since: "));
        put_when(printing, &quality->before);
        buffer_char(printing->out, '\n');
    }
    if (quality->partner.figures) {
        buffer_string(printing->out, pick(printing, "À côté : ", "Beside: "));
        put_when(printing, &quality->partner);
        buffer_char(printing->out, '\n');
    }
    buffer_char(printing->out, '\n');
}

void node_quality_text(struct buffer *out, const struct node_quality *quality,
                       enum quality_by by, enum lang lang)
{
    struct printing printing = {out, quality, by, lang == LANG_FR, 0};
    int year, month, day;

    day_to_civil(quality->present.head.as_of, &year, &month, &day);
    printing.first_year = year - YEARS_SHOWN + 1;
    put_head(&printing);
    put_completeness(&printing);
    put_plausibility(&printing);
}

static void put_json(struct buffer *out, const char *name,
                     const struct measured *measured, bool cells)
{
    if (!measured->figures)
        return;
    buffer_printf(out, ",\"%s\":", name);
    figures_json(out, measured->figures, &measured->head, cells);
}

void node_quality_json(struct buffer *out, const struct node_quality *quality,
                       bool shared)
{
    struct buffer figures;

    if (shared) {
        figures_json(out, quality->present.figures, &quality->present.head, false);
        return;
    }
    /* the present figures with those beside them as further members */
    buffer_init(&figures, (size_t)64 << 20);
    figures_json(&figures, quality->present.figures, &quality->present.head, true);
    buffer_append(out, buffer_text(&figures), figures.length - 1);
    buffer_free(&figures);
    put_json(out, "before", &quality->before, false);
    put_json(out, "partner", &quality->partner, false);
    buffer_char(out, '}');
}

/* ---- coverage ------------------------------------------------------------------------ */

static int compare_counts(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

struct period {
    int first, last; /* years; 0: nothing comes */
};

/* The years from the first to the last that have a quarter of the median year's objects. */
static struct period period_of(const struct figures *figures, enum item item, int source,
                               int last_year)
{
    uint64_t counts[QUALITY_YEARS], sorted[QUALITY_YEARS];
    size_t n = 0;
    struct period period = {0, 0};

    for (int year = YEAR_FIRST; year <= last_year; year++) {
        uint64_t count = figures_item(figures, item, source, year).of;

        counts[year - YEAR_FIRST] = count;
        if (count > 0)
            sorted[n++] = count;
    }
    if (n == 0)
        return period;
    qsort(sorted, n, sizeof(*sorted), compare_counts);
    for (int year = YEAR_FIRST; year <= last_year; year++) {
        if (4 * counts[year - YEAR_FIRST] < sorted[n / 2])
            continue;
        period.first = period.first ? period.first : year;
        period.last = year;
    }
    return period;
}

static void put_lower(struct buffer *out, const char *id)
{
    for (; *id; id++)
        buffer_char(out, *id >= 'A' && *id <= 'Z' ? (char)(*id - 'A' + 'a') : *id);
}

void node_coverage_suggest(struct buffer *out, const struct node_quality *quality,
                           enum lang lang)
{
    /* 3 to 5, from outside and read in texts, are never complete */
    static const char *const fr[] = {"source non dite", "établissement",
                                     "autre base de l'établissement"};
    static const char *const en[] = {"source not said", "this centre",
                                     "another base of the centre"};
    const struct measured *present = &quality->present;
    int year, month, day;

    day_to_civil(present->head.as_of, &year, &month, &day);
    buffer_string(out, "kind,source,from,to\n");
    for (int group = GROUP_NONE + 1; group < GROUPS; group++) {
        const struct group_row *row = model_group((enum group)group);

        if (row->absence != ABSENCE_COVERED || model_is_computed((enum group)group) ||
            row->start == ITEM_NONE)
            continue;
        for (int source = 0; source < (int)ARRAY_LENGTH(fr); source++) {
            struct period period = period_of(present->figures, row->first, source, year);

            if (!period.first)
                continue;
            put_lower(out, row->id);
            buffer_printf(out, ",%s,%d-01-01,", lang == LANG_FR ? fr[source] : en[source],
                          period.first);
            if (period.last < year)
                buffer_printf(out, "%d-12-31", period.last);
            buffer_char(out, '\n');
        }
    }
}
