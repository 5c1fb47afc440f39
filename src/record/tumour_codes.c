/* SPDX-License-Identifier: Apache-2.0
 *
 * record/tumour_codes.c: date, topography, morphology, side and method of one tumour, among all
 * that is said of it (OSIRIS-RWD 8.3 to 8.10, the guide's chapter on coding).
 *
 * Asked of those facts whose medium is the best that has an answer: structured beats a text
 * read by machine, which beats a scanned one (source 1 to 3, 4, 5; a source that is not stated
 * is taken for structured); and, of these, of those that may be of the diagnosis: a tumour
 * diagnosed again six months later or more keeps the codes of the first time. */
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "record/tumours_internal.h"

#define SYNCHRONOUS_MONTHS 6

/* All that is said of a tumour, by content. */
struct sayings {
    struct arena *arena;
    const struct fact *const *facts;
    size_t n;
    const struct tumour *tumour;
};

static unsigned medium_of(const struct fact *fact)
{
    return fact->source >= 4 ? fact->source : 0;
}

/* ---- the date ------------------------------------------------------------------------ */

/* The first day: what those have in common that may be it. All of them hold the last day of
 * the one that ends first, so they have it in common. */
static struct interval first_date(const struct sayings *sayings)
{
    struct interval date = INTERVAL_UNKNOWN;
    unsigned best = UINT8_MAX;

    for (size_t i = 0; i < sayings->n; i++)
        if (!interval_is_unknown(sayings->facts[i]->date) &&
            medium_of(sayings->facts[i]) < best)
            best = medium_of(sayings->facts[i]);
    for (size_t i = 0; i < sayings->n; i++)
        if (medium_of(sayings->facts[i]) <= best &&
            sayings->facts[i]->date.last < date.last)
            date.last = sayings->facts[i]->date.last;
    for (size_t i = 0; i < sayings->n; i++) {
        struct interval said = sayings->facts[i]->date;

        if (medium_of(sayings->facts[i]) <= best && said.first <= date.last &&
            said.first > date.first)
            date.first = said.first;
    }
    return date;
}

/* The same day MONTHS later; the last one of a shorter month. */
static day_number months_later(day_number day, int months)
{
    int year, month, of_month;

    day_to_civil(day, &year, &month, &of_month);
    month += months;
    year += (month - 1) / 12;
    month = (month - 1) % 12 + 1;
    if (of_month > days_in_month(year, month))
        of_month = days_in_month(year, month);
    return day_from_civil(year, month, of_month);
}

bool tumour_is_later(const struct tumour *tumour, const struct fact *fact)
{
    return tumour->diagnosis.last < DAY_MAX &&
           fact->date.first > tumour->diagnosis.last &&
           fact->date.first >= months_later(tumour->diagnosis.last, SYNCHRONOUS_MONTHS);
}

/* ---- who is asked -------------------------------------------------------------------- */

typedef bool says(const struct fact *fact, enum item item);

static bool states_code(const struct fact *fact, enum item item)
{
    return fact_text(fact, item)[0] != '\0';
}

static bool states_side(const struct fact *fact, enum item item)
{
    char side = fact_text(fact, item)[0];

    return side == 'L' || side == 'R';
}

/* The facts that are asked for ITEM, into OUT. */
static size_t asked(const struct sayings *sayings, enum item item, says *says_it,
                    const struct fact **out)
{
    unsigned best = UINT8_MAX;
    bool first_time = false;
    size_t n = 0;

    for (size_t i = 0; i < sayings->n; i++)
        if (says_it(sayings->facts[i], item) && medium_of(sayings->facts[i]) < best)
            best = medium_of(sayings->facts[i]);
    for (size_t i = 0; i < sayings->n; i++)
        first_time = first_time || (says_it(sayings->facts[i], item) &&
                                    medium_of(sayings->facts[i]) <= best &&
                                    !tumour_is_later(sayings->tumour, sayings->facts[i]));
    for (size_t i = 0; i < sayings->n; i++)
        if (says_it(sayings->facts[i], item) && medium_of(sayings->facts[i]) <= best &&
            !(first_time && tumour_is_later(sayings->tumour, sayings->facts[i])))
            out[n++] = sayings->facts[i];
    return n;
}

/* ---- topography ---------------------------------------------------------------------- */

/* Is A less specified than B: C34 beside C34.9 or C34.1, C34.9 beside C34.1? */
static bool is_vaguer_site(const char *a, const char *b)
{
    if (strncmp(a, b, 3) != 0 || strlen(b) <= 3)
        return false;
    return strlen(a) == 3 || (strcmp(a + 3, ".9") == 0 && strcmp(b + 3, ".9") != 0);
}

/* A code that nothing more precise stands beside. */
static bool is_specific_site(const char *code, const struct fact *const *facts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (is_vaguer_site(code, fact_text(facts[i], ITEM_TOPOGRAPHY)))
            return false;
    return true;
}

/* Leaves the specific ones of N facts; returns how many. */
static size_t keep_specific(const struct fact **facts, size_t n)
{
    size_t kept = 0;

    for (size_t i = 0; i < n; i++)
        if (is_specific_site(fact_text(facts[i], ITEM_TOPOGRAPHY), facts, n))
            facts[kept++] =
                facts[i]; /* C34.9 may be gone, but what is beside it is not */
    return kept;
}

/* Different sites of one group at one time have the group's code; of one category the category.
 * Sites that are no group (the blood, a metastasis of unknown origin): the first by date. */
static const char *topography_of(const struct sayings *sayings, const struct fact **facts)
{
    size_t n = asked(sayings, ITEM_TOPOGRAPHY, states_code, facts);
    bool is_one = true, is_category = true, is_group = true;
    const char *first;

    if (n == 0)
        return "";
    n = keep_specific(facts, n);
    first = fact_text(facts[0], ITEM_TOPOGRAPHY);
    for (size_t i = 1; i < n; i++) {
        const char *code = fact_text(facts[i], ITEM_TOPOGRAPHY);

        is_one = is_one && strcmp(first, code) == 0;
        is_category = is_category && strncmp(first, code, 3) == 0;
        is_group = is_group && strcmp(site_shown(first), site_shown(code)) == 0;
    }
    if (is_one)
        return first;
    if (is_category)
        return arena_string(sayings->arena, first, strlen(first) < 3 ? strlen(first) : 3);
    if (is_group && *site_shown(first))
        return site_shown(first);
    for (size_t i = 1; i < n; i++)
        if (facts[i]->date.last < facts[0]->date.last)
            facts[0] = facts[i];
    return fact_text(facts[0], ITEM_TOPOGRAPHY);
}

/* ---- morphology ---------------------------------------------------------------------- */

/* Rule K: malignant over in situ, uncertain, benign; /6 and /9 are malignant. */
static unsigned behaviour_rank(const char *morphology)
{
    const char *slash = strchr(morphology, '/');

    switch (slash ? slash[1] : '\0') {
    case '3':
    case '6':
    case '9': return 4;
    case '2': return 3;
    case '1': return 2;
    case '0': return 1;
    default: return 0;
    }
}

/* How precise a histology is: unspecified, one of its kind not specified, specific. */
static unsigned precision_of(const char *morphology)
{
    uint16_t histology = histology_of(morphology);

    if (histology == HISTOLOGY_UNKNOWN || histology == HISTOLOGY_UNSPECIFIED)
        return 0;
    return histology == HISTOLOGY_CARCINOMA || histology == HISTOLOGY_BLOOD ? 1 : 2;
}

static bool is_better_morphology(const char *a, const char *b)
{
    if (behaviour_rank(a) != behaviour_rank(b))
        return behaviour_rank(a) > behaviour_rank(b);
    if (precision_of(a) != precision_of(b))
        return precision_of(a) > precision_of(b);
    return strcmp(a, b) > 0;
}

static const char *morphology_of(const struct sayings *sayings, const struct fact **facts)
{
    size_t n = asked(sayings, ITEM_MORPHOLOGY, states_code, facts);
    const char *chosen = "";
    const char *slash;

    for (size_t i = 0; i < n; i++) {
        const char *code = fact_text(facts[i], ITEM_MORPHOLOGY);

        if (!*chosen || is_better_morphology(code, chosen))
            chosen = code;
    }
    slash = strchr(chosen, '/');
    if (slash && (slash[1] == '6' || slash[1] == '9'))
        return arena_printf(sayings->arena, "%.*s/3", (int)(slash - chosen), chosen);
    return chosen;
}

/* ---- side, method -------------------------------------------------------------------- */

/* Two sides of one tumour (ovary, nephroblastoma …) are no side. */
static const char *laterality_of(const struct sayings *sayings, const struct fact **facts,
                                 const char *topography)
{
    size_t n = asked(sayings, ITEM_LATERALITY, states_side, facts);
    const char *chosen = "";

    if (*topography && !site_is_paired(topography))
        return "NA";
    for (size_t i = 0; i < n; i++) {
        const char *side = fact_text(facts[i], ITEM_LATERALITY);

        if (*chosen && strcmp(chosen, side) != 0)
            return "";
        chosen = side;
    }
    return chosen;
}

static const char *method_of(const struct sayings *sayings, const struct fact **facts)
{
    size_t n = asked(sayings, ITEM_DIAGNOSIS_METHOD, states_code, facts);
    const char *chosen = "";

    for (size_t i = 0; i < n; i++) {
        const char *method = fact_text(facts[i], ITEM_DIAGNOSIS_METHOD);

        if (strcmp(method, chosen) > 0)
            chosen = method;
    }
    return chosen;
}

/* ---- the source's own code ----------------------------------------------------------- */

/* What no fact says in ICD-O-3, the first one by content that has another code may say. */
static void choose_transcoded(const struct sayings *sayings, struct tumour *tumour)
{
    for (size_t i = 0; i < sayings->n; i++) {
        struct tumour_codes codes = tumour_said_codes(sayings->facts[i]);

        if (!*tumour->topography && *codes.topography)
            tumour->topography = arena_printf(sayings->arena, "%s", codes.topography);
        if (!*tumour->morphology && *codes.morphology)
            tumour->morphology = arena_printf(sayings->arena, "%s", codes.morphology);
    }
}

/* ---- all of it ----------------------------------------------------------------------- */

static unsigned n_stated(const struct fact *fact)
{
    return (unsigned)states_code(fact, ITEM_TOPOGRAPHY) +
           (unsigned)states_code(fact, ITEM_MORPHOLOGY);
}

static int compare_long(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

/* By the diagnosis rather than a later one, by medium, by what it states, by the narrower date,
 * else by content. */
bool tumour_speaks_before(const struct tumour *tumour, const struct fact *a,
                          const struct fact *b)
{
    struct interval both;
    int order = compare_long(interval_intersect(b->date, tumour->diagnosis, &both),
                             interval_intersect(a->date, tumour->diagnosis, &both));

    if (!order)
        order = compare_long(medium_of(a), medium_of(b));
    if (!order)
        order = compare_long(n_stated(b), n_stated(a));
    if (!order)
        order = compare_long((int64_t)a->date.last - a->date.first,
                             (int64_t)b->date.last - b->date.first);
    return order ? order < 0 : content_compare(a, b) < 0;
}

void tumour_choose(struct arena *arena, const struct fact *const *facts, size_t n,
                   struct tumour *tumour)
{
    struct sayings sayings = {arena, facts, n, tumour};
    const struct fact **scratch = memory_alloc(n * sizeof(*scratch));

    tumour->diagnosis = first_date(&sayings);
    tumour->topography = topography_of(&sayings, scratch);
    tumour->morphology = morphology_of(&sayings, scratch);
    if (!*tumour->topography || !*tumour->morphology)
        choose_transcoded(&sayings, tumour);
    tumour->laterality = laterality_of(&sayings, scratch, tumour->topography);
    tumour->method = method_of(&sayings, scratch);
    tumour->fact = facts[0];
    for (size_t i = 1; i < n; i++)
        if (tumour_speaks_before(tumour, facts[i], tumour->fact))
            tumour->fact = facts[i];
    memory_free(scratch);
}
