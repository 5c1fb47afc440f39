/* SPDX-License-Identifier: Apache-2.0
 *
 * record/tumour_why.c: what was decided of the tumours, in words of rules.def. Only when
 * somebody asks. */
#include <string.h>

#include "base/arena.h"
#include "record/tumours_internal.h"

/* More tumours than this in one person are not compared with one another. */
#define COMPARED_MAX 64

struct telling {
    struct merge *merge;
    const struct judgements *judgements;
};

/* What a human has decided is not to be reviewed again. */
static void tell(const struct telling *telling, enum rule rule, bool to_review,
                 int tumour, const struct fact *fact, const struct fact *other,
                 const char *detail)
{
    struct merge *merge = telling->merge;

    to_review = to_review && !is_judged(telling->judgements, fact, other);
    decisions_add(merge->arena, merge->decisions,
                  (struct decision){rule, to_review, tumour, fact, other, detail});
}

static const char *text_or_unknown(const struct fact *fact, enum item item)
{
    const char *text = fact_text(fact, item);

    return *text ? text : "?";
}

/* "C34.1 8140/3 R, C34.9 8140/3 ?" */
static const char *codes_of_two(struct arena *arena, const struct fact *a,
                                const struct fact *b)
{
    return arena_printf(arena, "%s %s %s, %s %s %s", text_or_unknown(a, ITEM_TOPOGRAPHY),
                        text_or_unknown(a, ITEM_MORPHOLOGY),
                        text_or_unknown(a, ITEM_LATERALITY),
                        text_or_unknown(b, ITEM_TOPOGRAPHY),
                        text_or_unknown(b, ITEM_MORPHOLOGY),
                        text_or_unknown(b, ITEM_LATERALITY));
}

static bool differ(const struct fact *a, const struct fact *b, enum item item)
{
    const char *x = fact_text(a, item);
    const char *y = fact_text(b, item);

    return *x && *y && strcmp(x, y) != 0;
}

/* ---- why one ------------------------------------------------------------------------- */

/* Is a part of one key unknown where the other knows it? NOS beside specific is none. */
static bool lacks_part(const struct said *a, const struct said *b)
{
    bool stated = histology_of(fact_text(a->facts[0], ITEM_MORPHOLOGY)) &&
                  histology_of(fact_text(b->facts[0], ITEM_MORPHOLOGY));

    return strcmp(a->key.site, b->key.site) != 0 || a->key.side != b->key.side ||
           (a->key.histology != b->key.histology && !stated);
}

static enum rule rule_of_joining(const struct joined *joined, const struct said *a,
                                 const struct said *b)
{
    const struct fact *x = a->facts[0], *y = b->facts[0];
    const char *site = joined->class.site;

    if (lacks_part(a, b))
        return RULE_TUMOUR_JOINED_UNKNOWN;
    if ((strcmp(site, SITE_BLOOD) == 0 || strcmp(site, SITE_KAPOSI) == 0) &&
        strncmp(fact_text(x, ITEM_TOPOGRAPHY), fact_text(y, ITEM_TOPOGRAPHY), 3) != 0)
        return RULE_HAEMATOLOGY_ONCE;
    if (strcmp(site, "C44") == 0 &&
        (differ(x, y, ITEM_TOPOGRAPHY) || differ(x, y, ITEM_LATERALITY)))
        return RULE_SKIN_ONCE;
    if (!joined->class.side && site_is_paired(fact_text(x, ITEM_TOPOGRAPHY)) &&
        differ(x, y, ITEM_LATERALITY))
        return RULE_BOTH_SIDES_ONE;
    if (a->key.histology != b->key.histology)
        return RULE_TUMOUR_JOINED_UNSPECIFIED;
    return RULE_TUMOUR_JOINED;
}

static void why_one(const struct telling *telling, const struct joined *joined,
                    int tumour)
{
    const struct said *first = &joined->said[0];

    for (size_t i = 1; i < joined->n; i++) {
        const struct said *said = &joined->said[i];
        enum rule rule = rule_of_joining(joined, first, said);

        tell(telling, rule, rule == RULE_TUMOUR_JOINED_UNKNOWN, tumour, first->facts[0],
             said->facts[0],
             codes_of_two(telling->merge->arena, first->facts[0], said->facts[0]));
        if (said->facts[0]->sequence == first->facts[0]->sequence)
            tell(telling, RULE_SOURCE_SPLIT_OVERRULED, false, tumour, first->facts[0],
                 said->facts[0], "");
    }
}

/* ---- why two ------------------------------------------------------------------------- */

static unsigned n_agreeing(const struct rules *rules, const struct tumour_key *a,
                           const struct tumour_key *b)
{
    return 2u * site_agree(a, b) + histology_agree(rules, a->histology, b->histology) +
           side_agree(a, b);
}

static bool are_contiguous(const struct tumour_key *a, const struct tumour_key *b)
{
    return (strcmp(a->site, "C53") == 0 && strcmp(b->site, "C54") == 0) ||
           (strcmp(a->site, "C54") == 0 && strcmp(b->site, "C53") == 0);
}

static void why_two(const struct telling *telling, const struct joined *a,
                    const struct joined *b, int tumour)
{
    const struct rules *rules = telling->merge->rules;
    uint16_t x = a->class.histology, y = b->class.histology;
    bool same_site = site_agree(&a->class, &b->class);
    bool same_histology = histology_agree(rules, x, y);
    enum rule rule = RULE_OTHER_SIDE;
    bool to_review = false;

    if (tumour_key_agree(rules, &a->class, &b->class))
        return; /* one of them is ambiguous, and says so */
    if (!same_site && same_histology && are_contiguous(&a->class, &b->class)) {
        rule = RULE_CONTIGUOUS_SITES;
        to_review = true;
    } else if (!same_site) {
        rule = RULE_OTHER_TOPOGRAPHY;
    } else if (!same_histology && (histology_is_newer(x) || histology_is_newer(y))) {
        rule = RULE_MORPHOLOGY_NO_GROUP;
        to_review = side_agree(&a->class, &b->class);
    } else if (!same_histology) {
        rule = RULE_OTHER_MORPHOLOGY;
    }
    tell(telling, rule, to_review, tumour, b->tumour.fact, a->tumour.fact,
         codes_of_two(telling->merge->arena, a->tumour.fact, b->tumour.fact));
}

/* Of the tumours before it, the one it is most like. */
static void why_another(const struct telling *telling, const struct joined *joined,
                        int tumour)
{
    const struct joined *nearest = &joined[0];
    unsigned most = 0;

    for (int i = 0; i < tumour && i < COMPARED_MAX; i++) {
        unsigned agreeing =
            n_agreeing(telling->merge->rules, &joined[i].class, &joined[tumour].class) +
            4u * are_contiguous(&joined[i].class, &joined[tumour].class);

        if (agreeing >= most) {
            most = agreeing;
            nearest = &joined[i];
        }
    }
    why_two(telling, nearest, &joined[tumour], tumour);
}

/* ---- which codes --------------------------------------------------------------------- */

/* All that is said of ITEM by facts of JOINED, and what was chosen; "" where all say that. */
static const char *choice(struct arena *arena, const struct joined *joined,
                          enum item item, const char *chosen)
{
    const char *said = "", *before = "";

    for (size_t i = 0; i < joined->n; i++)
        for (size_t j = 0; j < joined->said[i].n; j++) {
            const char *code = fact_text(joined->said[i].facts[j], item);

            if (!*code || strcmp(code, before) == 0)
                continue;
            said = arena_printf(arena, "%s%s%s", said, *said ? " " : "", code);
            before = code;
        }
    if (!*said || strcmp(said, chosen) == 0)
        return "";
    return arena_printf(arena, "%s → %s", said, *chosen ? chosen : "?");
}

static void why_codes(const struct telling *telling, const struct joined *joined,
                      int tumour)
{
    const struct {
        enum rule rule;
        enum item item;
        const char *chosen;
    } chosen[] = {
        {RULE_TOPOGRAPHY_CHOSEN, ITEM_TOPOGRAPHY, joined->tumour.topography},
        {RULE_MORPHOLOGY_CHOSEN, ITEM_MORPHOLOGY, joined->tumour.morphology},
        {RULE_LATERALITY_CHOSEN, ITEM_LATERALITY, joined->tumour.laterality},
        {RULE_METHOD_CHOSEN, ITEM_DIAGNOSIS_METHOD, joined->tumour.method},
    };
    const struct fact *fact = joined->tumour.fact;
    char date[DATE_TEXT_SIZE];

    for (size_t i = 0; i < ARRAY_LENGTH(chosen); i++) {
        const char *detail =
            choice(telling->merge->arena, joined, chosen[i].item, chosen[i].chosen);

        if (*detail)
            tell(telling, chosen[i].rule, false, tumour, fact, NULL, detail);
    }
    for (size_t i = 0; i < joined->n; i++)
        if (joined->said[i].n > 0 &&
            (joined->said[i].facts[0]->date.first != joined->tumour.diagnosis.first ||
             joined->said[i].facts[0]->date.last != joined->tumour.diagnosis.last)) {
            tell(telling, RULE_DIAGNOSIS_CHOSEN, false, tumour, fact,
                 joined->said[i].facts[0],
                 arena_printf(telling->merge->arena, "%s",
                              date_print_iso(joined->tumour.diagnosis, date)));
            return;
        }
}

/* ---- what is not settled ------------------------------------------------------------- */

/* RULE leaves open which tumour the one at PLACE is, or is of: a question for each that agrees
 * with it, or, where none does, for each. */
static void why_open(const struct telling *telling, enum rule rule,
                     const struct joined *joined, int place)
{
    int n_tumours = telling->merge->record->n_tumours, agreeing = 0;
    const struct fact *fact = joined[place].tumour.fact;

    for (int pass = 0; pass < 2 && agreeing == 0; pass++)
        for (int t = 0; t < n_tumours && t < COMPARED_MAX; t++) {
            if (t == place ||
                (pass == 0 && !tumour_key_agree(telling->merge->rules,
                                                &joined[place].class, &joined[t].class)))
                continue;
            tell(telling, rule, true, place, fact, joined[t].tumour.fact,
                 codes_of_two(telling->merge->arena, fact, joined[t].tumour.fact));
            agreeing++;
        }
}

/* ---- what is no tumour --------------------------------------------------------------- */

static void why_none(const struct telling *telling, const struct joined *all, int other)
{
    const struct joined *joined = &all[other];
    const struct fact *fact = joined->tumour.fact;
    const char *codes = arena_printf(telling->merge->arena, "%s %s",
                                     text_or_unknown(fact, ITEM_TOPOGRAPHY),
                                     text_or_unknown(fact, ITEM_MORPHOLOGY));

    if (joined->tumour.kind == TUMOUR_OUT_OF_SCOPE)
        tell(telling, RULE_OUT_OF_SCOPE,
             !*fact_text(fact, ITEM_TOPOGRAPHY) &&
                 !*fact_text(fact, ITEM_CANCER_SOURCE_CODE),
             other, fact, NULL, codes);
    else if (joined->of != TUMOUR_NONE)
        tell(telling, RULE_SECONDARY_OF_TUMOUR, false, joined->of, fact,
             telling->merge->record->tumours[joined->of].fact, codes);
    else
        why_open(telling, RULE_SECONDARY_UNDECIDED, all, other);
}

/* ---- all of it ----------------------------------------------------------------------- */

void tumour_why(struct merge *merge, const struct judgements *judgements,
                const struct joined *joined, size_t n)
{
    const struct telling all = {merge, judgements};
    const struct telling *telling = &all;

    judged_why(merge, judgements, joined, n);
    for (size_t i = 0; i < n; i++) {
        const struct joined *one = &joined[i];
        int tumour = (int)i;

        if (!one->is_counted) {
            why_none(telling, joined, tumour);
            continue;
        }
        if (one->tumour.kind == TUMOUR_SECONDARY)
            tell(telling, RULE_SECONDARY_ALONE, true, tumour, one->tumour.fact, NULL, "");
        if (one->is_ambiguous)
            why_open(telling, RULE_TUMOUR_AMBIGUOUS, joined, tumour);
        else if (i > 0)
            why_another(telling, joined, tumour);
        why_one(telling, one, tumour);
        why_codes(telling, one, tumour);
    }
}
