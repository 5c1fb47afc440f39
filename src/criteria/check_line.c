/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/check_line.c: one line by itself: are there such codes, such numbers, such dates? */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "criteria/check_internal.h"
#include "criteria/parse_internal.h"
#include "vocab/lists.h"

/* ---- codes ---- */

enum known { KNOWN_NOT, KNOWN_ABOVE, KNOWN };

/* KNOWN: CODE or something below it has a label; KNOWN_ABOVE: something above it. */
static enum known how_known(enum vocab_system system, const char *code)
{
    char above[VOCAB_CODE_SIZE];
    size_t first, after, length = strlen(code);

    vocab_known_subtree(system, code, &first, &after);
    if (first < after)
        return KNOWN;
    memcpy(above, code, length + 1);
    /* systems without a tree have nothing above */
    while (system != VOCAB_GENE && system != VOCAB_MODALITY && length > 1) {
        above[--length] = '\0';
        if (vocab_label(system, above, LANG_EN))
            return KNOWN_ABOVE;
    }
    return KNOWN_NOT;
}

/* What is said of a code that is not known as such. All topographies have a label by their
 * three characters, so others do not exist. Of cancer drugs, morphologies, genes and modalities only
 * the common ones have; of other systems too few to say anything. */
static bool is_doubtful(enum vocab_system system, enum known known, const char *code)
{
    if (vocab_is_listed(system)) /* an official list has all codes */
        return known != KNOWN;
    switch (system) {
    case VOCAB_ICDO3_TOPOGRAPHY:
    case VOCAB_GENE:
    case VOCAB_MODALITY: return known == KNOWN_NOT;
    case VOCAB_ATC: return code[0] == 'L' && known != KNOWN;
    case VOCAB_ICDO3_MORPHOLOGY: return known == KNOWN_NOT;
    default: return false;
    }
}

/* "L01ED (ALK inhibitors), L01EB (…)", or "". */
static const char *nearest(struct checker *checker, enum vocab_system system,
                           const char *code, enum lang lang)
{
    const char *codes[3];
    size_t n = vocab_nearest(system, code, ARRAY_LENGTH(codes), codes);
    const char *list = "";

    for (size_t i = 0; i < n; i++) {
        char text[VOCAB_CODE_SIZE];
        const char *label = vocab_label(system, codes[i], lang);

        vocab_print(system, codes[i], text);
        list = label && strcmp(label, text) != 0
                   ? arena_printf(checker->arena, "%s%s%s (%s)", list, i ? ", " : "",
                                  text, label)
                   : arena_printf(checker->arena, "%s%s%s", list, i ? ", " : "", text);
    }
    return list;
}

static void check_code(struct checker *checker, const struct criteria *line,
                       enum vocab_system system, const char *code)
{
    enum known known = how_known(system, code);
    bool missing = system == VOCAB_ICDO3_TOPOGRAPHY;
    const char *fr, *en;

    if (!is_doubtful(system, known, code))
        return;
    fr = nearest(checker, system, code, LANG_FR);
    en = nearest(checker, system, code, LANG_EN);
    checker_add(
        checker, line, missing ? SEVERITY_WARNING : SEVERITY_REMARK, CONCERN_CODE,
        arena_printf(
            checker->arena, "%s %s%s%s%s", code,
            missing ? "n’existe pas dans la CIM-O-3"
                    : "n’est pas parmi les codes connus ici ; il est cherché tel quel",
            *fr ? " ; vouliez-vous dire " : "", fr, *fr ? " ?" : ""),
        arena_printf(checker->arena, "%s %s%s%s%s", code,
                     missing
                         ? "is not in ICD-O-3"
                         : "is not among the codes known here; it is asked as it stands",
                     *en ? "; did you mean " : "", en, *en ? "?" : ""));
}

static void check_codes(struct checker *checker, const struct criteria *line,
                        enum vocab_system system, const struct criteria_code *codes,
                        size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (codes[i].first_code == codes[i].last_code)
            check_code(checker, line, system, codes[i].first_code);
}

/* ---- numbers ---- */

/* Values that occur. KEY "" : any. */
static const struct {
    enum item item;
    const char *key;
    double low, high;
    const char *fr, *en;
} plausible[] = {
    {ITEM_STATE_TYPE, "PS", 0, 5, "le PS (OMS) va de 0 à 5", "PS (WHO) goes from 0 to 5"},
    {ITEM_STATE_TYPE, "WEIGHT", 0.3, 650, "un poids s’exprime en kg",
     "a weight is given in kg"},
    {ITEM_STATE_TYPE, "HEIGHT", 20, 260, "une taille s’exprime en cm",
     "a height is given in cm"},
    {ITEM_MEASURE_TYPE, "KARNOFSKY", 0, 100, "l’indice de Karnofsky va de 0 à 100",
     "the Karnofsky index goes from 0 to 100"},
    {ITEM_RADIOTHERAPY_CODE, "", 0, 200, "une dose de radiothérapie s’exprime en Gy",
     "a dose of radiotherapy is given in Gy"},
    {ITEM_VARIANT_GENE, "", 0, 1,
     "une fréquence allélique va de 0 à 1 : 30 % s’écrit 0.3",
     "an allele frequency goes from 0 to 1: 30 % is written 0.3"},
    {ITEM_TUMOUR_SIZE, "", 0, 1000, "la taille d’une tumeur s’exprime en mm",
     "the size of a tumour is given in mm"},
};

static bool is_disjoint(const struct criteria_number *number, double low, double high)
{
    return number->low > high || number->high < low ||
           (number->low_open && !(number->low < high)) ||
           (number->high_open && !(number->high > low));
}

static void check_number(struct checker *checker, const struct criteria *line)
{
    for (size_t i = 0; i < ARRAY_LENGTH(plausible); i++) {
        bool about = plausible[i].item == line->item;

        if (about && *plausible[i].key)
            about = line->n_codes == 1 &&
                    strcmp(line->codes[0].first_code, plausible[i].key) == 0;
        if (about && is_disjoint(&line->number, plausible[i].low, plausible[i].high))
            checker_add(checker, line, SEVERITY_WARNING, CONCERN_NUMBER,
                        arena_printf(checker->arena,
                                     "aucun patient n’a une telle valeur : %s",
                                     plausible[i].fr),
                        arena_printf(checker->arena, "nobody has such a value: %s",
                                     plausible[i].en));
    }
}

static void check_age(struct checker *checker, const struct criteria *line,
                      const struct criteria_number *age)
{
    if (is_disjoint(age, 0, 130))
        checker_add(
            checker, line, SEVERITY_WARNING, CONCERN_NUMBER,
            "personne n’a cet âge : les âges sont des années révolues, de 0 à 130",
            "nobody is of that age: ages are completed years, from 0 to 130");
}

/* ---- dates ---- */

static void check_dates(struct checker *checker, const struct criteria *line,
                        struct interval dates)
{
    day_number today = checker->circumstances->today;

    if (today != DAY_MAX && dates.first > today)
        checker_add(checker, line, SEVERITY_WARNING, CONCERN_DATE,
                    "la période est à venir : les données ne la contiennent pas encore",
                    "the period is still to come: the data have nothing of it yet");
    else if (dates.last < day_from_civil(1900, 1, 1) && line->item != ITEM_PATIENT_BIRTH)
        checker_add(checker, line, SEVERITY_WARNING, CONCERN_DATE,
                    "la période finit avant 1900 : vérifiez l’année",
                    "the period ends before 1900: check the year");
}

/* ---- coverage ---- */

/* The period that the conditions on the start ask for. */
static struct interval asked_period(const struct criteria *line)
{
    struct interval period = INTERVAL_UNKNOWN;

    for (size_t i = 0; i < line->n_when; i++) {
        const struct criteria_when *when = &line->when[i];

        if (when->kind != WHEN_DATES || when->end)
            continue;
        if (when->dates.first > period.first)
            period.first = when->dates.first;
        if (when->dates.last < period.last)
            period.last = when->dates.last;
    }
    return period;
}

static void check_coverage(struct checker *checker, const struct criteria *line)
{
    const struct criteria_circumstances *circumstances = checker->circumstances;
    const struct group_row *group = model_group(model_item(line->item)->group);
    struct interval period = asked_period(line);
    enum criteria_covered covered;

    if (!circumstances->covers || group->absence != ABSENCE_COVERED ||
        period.first > period.last)
        return;
    covered = circumstances->covers(circumstances->context, group->group, period);
    if (covered == COVERED_NOT)
        checker_add(
            checker, line, SEVERITY_WARNING, CONCERN_COVERAGE,
            arena_printf(
                checker->arena,
                "le centre n’a pas de données de ce type (%s) pour cette période : "
                "ne pas en trouver ne prouve rien",
                group->fr),
            arena_printf(checker->arena,
                         "the centre has no such data (%s) for this period: finding none "
                         "proves nothing",
                         group->en));
    else if (covered == COVERED_PARTLY && !interval_is_unknown(period))
        checker_add(
            checker, line, SEVERITY_REMARK, CONCERN_COVERAGE,
            arena_printf(checker->arena,
                         "les données de ce type (%s) ne couvrent qu’une partie de cette "
                         "période : davantage de patients seront à vérifier",
                         group->fr),
            arena_printf(checker->arena,
                         "such data (%s) cover only a part of this period: more patients "
                         "will be possible",
                         group->en));
}

/* ---- all of a line ---- */

static void check_fact(struct checker *checker, const struct criteria *line)
{
    enum item status = model_group(model_item(line->item)->group)->status;

    /* those of an order are its choice's */
    if (!line->from)
        check_codes(checker, line, model_item(line->item)->system, line->codes,
                    line->n_codes);
    if (line->n_status)
        check_codes(checker, line, model_item(status)->system, line->status,
                    line->n_status);
    if (line->has_number)
        check_number(checker, line);
    if (!line->from)
        check_coverage(checker, line);
}

void check_line(struct checker *checker, const struct criteria *line)
{
    if (line->kind == CRITERIA_FACT)
        check_fact(checker, line);
    if (line->kind == CRITERIA_AGE)
        check_age(checker, line, &line->number);
    if (line->kind == CRITERIA_ACTIVE)
        check_dates(checker, line, line->dates);
    for (size_t i = 0; i < line->n_when; i++) {
        if (line->when[i].kind == WHEN_DATES)
            check_dates(checker, line, line->when[i].dates);
        if (line->when[i].kind == WHEN_AGE)
            check_age(checker, line, &line->when[i].number);
        if (line->when[i].other)
            check_line(checker, line->when[i].other);
    }
    if (line->from)
        check_line(checker, line->from);
}
