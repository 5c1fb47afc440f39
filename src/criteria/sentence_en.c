/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/sentence_en.c: one line in English, as what stands behind "Patients" or "a
 * tumour". */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "criteria/sentence_internal.h"

/* What is known of the patient, said of the tumour: "in a patient who is alive". */
static void say_of_patient(struct sentence *s, bool begins)
{
    if (begins)
        sentence_put(s, "in a patient ");
    s->of_tumour = !begins;
    s->of_one = begins;
}

/* ---- numbers ---- */

/* "two", "11" */
static void put_count(struct sentence *s, size_t n)
{
    static const char *const words[] = {"one", "two",   "three", "four", "five",
                                        "six", "seven", "eight", "nine", "ten"};

    if (n >= 1 && n <= ARRAY_LENGTH(words))
        sentence_put(s, words[n - 1]);
    else
        buffer_count(s->out, n, false);
}

static void put_ordinal(struct sentence *s, int order)
{
    static const char *const words[] = {"first", "second",  "third",  "fourth", "fifth",
                                        "sixth", "seventh", "eighth", "ninth",  "tenth"};

    if (order == ORDER_LAST)
        sentence_put(s, "last");
    else if ((size_t)order <= ARRAY_LENGTH(words))
        sentence_put(s, words[order - 1]);
    else /* 21st, 22nd, 23rd, 24th; but 11th, 12th, 13th */
        buffer_printf(s->out, "%d%s", order,
                      order / 10 == 1   ? "th"
                      : order % 10 == 1 ? "st"
                      : order % 10 == 2 ? "nd"
                      : order % 10 == 3 ? "rd"
                                        : "th");
}

/* "5 or more", "more than 5", "5 to 10" */
static void put_compared(struct sentence *s, const struct criteria_number *number,
                         const char *unit)
{
    bool up = isinf(number->high), down = isinf(number->low);
    bool open = up ? number->low_open : number->high_open;

    if (open)
        sentence_put(s, up ? "more than " : "less than ");
    if (!up && !down && number->low < number->high) {
        sentence_number(s, number->low);
        sentence_put(s, " to ");
    }
    sentence_number(s, up ? number->low : number->high);
    sentence_put(s, unit);
    if ((up || down) && !open)
        sentence_put(s, up ? " or more" : " or less");
}

void english_age(struct sentence *s, const struct criteria_number *number)
{
    bool up = isinf(number->high), down = isinf(number->low);
    bool open = up ? number->low_open : number->high_open;

    if (open)
        sentence_put(s, up ? "over " : "under ");
    if (!up && !down && number->low < number->high) {
        sentence_number(s, number->low);
        sentence_put(s, " to ");
    }
    sentence_number(s, up ? number->low : number->high);
    if ((up || down) && !open)
        sentence_put(s, up ? " or over" : " or under");
}

static void put_number(struct sentence *s, const struct criteria *fact, bool predicate)
{
    bool feminine;
    const char *amount = sentence_amount(s, fact->item, predicate, &feminine);

    if (!fact->has_number)
        return;
    if (amount)
        buffer_printf(s->out, "%s%s ", predicate ? "" : " ", amount);
    else
        sentence_put(s, predicate ? "is " : " of ");
    put_compared(s, &fact->number, sentence_unit(s, fact));
}

/* ---- status ---- */

static void put_status(struct sentence *s, const struct criteria *fact, bool predicate)
{
    enum item status = model_group(model_item(fact->item)->group)->status;

    if (fact->n_status == 0)
        return;
    sentence_put(s, sentence_status(s, fact->item, predicate));
    if (status != ITEM_DRUG_TRIAL)
        sentence_codes(s, status, fact->status, fact->n_status);
    if (status == ITEM_VARIANT_PROTEIN && !predicate)
        sentence_put(s, ")");
}

/* ---- facts ---- */

/* "a positive biomarker result" */
static bool status_goes_before(const struct criteria *fact)
{
    return fact->n_status > 0 &&
           model_group(model_item(fact->item)->group)->status == ITEM_BIOMARKER_STATUS &&
           !fact->from;
}

/* "treatment with …" */
static void put_subject(struct sentence *s, const struct criteria *fact,
                        const struct noun *noun, bool many)
{
    if (status_goes_before(fact)) {
        put_status(s, fact, false);
        sentence_put(s, " ");
    }
    sentence_put(s, many ? noun->many : noun->one);
    if (fact->n_codes == 0) {
        sentence_put(s, noun->any);
    } else if (noun->codes) {
        sentence_put(s, noun->codes);
        sentence_codes(s, fact->item, fact->codes, fact->n_codes);
    }
}

static void put_asked(struct sentence *s, const struct criteria *fact,
                      const struct noun *noun, bool bracket)
{
    if (!status_goes_before(fact))
        put_status(s, fact, false);
    put_number(s, fact, false);
    if (fact->n_when == 0)
        return;
    sentence_put(s, bracket ? " (" : " ");
    english_times(s, fact, noun);
    sentence_put(s, bracket ? ")" : "");
}

/* "first treatment with …", and what it is chosen from */
static void put_chosen(struct sentence *s, const struct criteria *fact,
                       const struct noun *noun)
{
    put_ordinal(s, fact->order);
    sentence_put(s, fact->order == ORDER_LAST && noun->frame == FRAME_VALUE ? " known "
                                                                            : " ");
    put_subject(s, fact->from, noun, false);
    put_asked(s, fact->from, noun, true);
}

static void put_predicates(struct sentence *s, const struct criteria *fact,
                           const struct noun *noun)
{
    put_status(s, fact, true);
    sentence_put(s, fact->n_status && fact->has_number ? " and " : "");
    put_number(s, fact, true);
    english_predicates(s, fact, noun, !fact->n_status && !fact->has_number);
}

void english_other(struct sentence *s, const struct criteria *fact)
{
    struct noun noun = sentence_noun(s, fact, false);

    if (!fact->from) {
        sentence_put(s, noun.article);
        put_subject(s, fact, &noun, false);
        put_asked(s, fact, &noun, true);
        return;
    }
    sentence_put(s, "the ");
    put_chosen(s, fact, &noun);
    if (sentence_asks(fact)) {
        sentence_put(s, " (if");
        put_asked(s, fact, &noun, false);
        sentence_put(s, ")");
    }
}

static void put_verb(struct sentence *s, const struct noun *noun, bool negated,
                     bool never)
{
    bool received = noun->frame == FRAME_RECEIVED && !s->of_tumour;

    if (received && negated)
        sentence_put(s, never ? "who never received " : "who did not receive ");
    else if (negated)
        sentence_put(s, noun->frame == FRAME_RISK ? "without " : "with no ");
    else if (received)
        sentence_put(s, "who received ");
    else if (!s->of_tumour &&
             (noun->frame == FRAME_HAD || noun->frame == FRAME_PRESENTED))
        sentence_put(s, "who had ");
    else
        sentence_put(s, "with ");
}

static void say_counted(struct sentence *s, const struct criteria *fact, const char *how,
                        unsigned count)
{
    bool many = count > 1;
    struct noun noun = sentence_noun(s, fact, many);

    put_verb(s, &noun, false, false);
    sentence_put(s, how);
    put_count(s, count);
    sentence_put(s, " ");
    put_subject(s, fact, &noun, many);
    put_asked(s, fact, &noun, false);
}

static void say_exactly(struct sentence *s, const struct criteria *fact, unsigned count)
{
    bool of_one = s->of_tumour && sentence_of_patient(fact);

    if (of_one)
        say_of_patient(s, true);
    say_counted(s, fact, "exactly ", count);
    if (of_one)
        say_of_patient(s, false);
}

static void say_chosen(struct sentence *s, const struct criteria *fact, bool negated)
{
    struct noun noun = sentence_noun(s, fact, false);
    bool asks = sentence_asks(fact);

    if (asks && !s->of_tumour) {
        sentence_put(s, "whose ");
    } else {
        put_verb(s, &noun, negated, false);
        sentence_put(s, negated && (s->of_tumour || noun.frame != FRAME_RECEIVED) ? ""
                                                                                  : "a ");
    }
    put_chosen(s, fact, &noun);
    if (!asks)
        return;
    sentence_put(s, s->of_tumour ? " that " : " ");
    put_predicates(s, fact, &noun);
}

/* "of stage IV" */
static void say_attribute(struct sentence *s, const struct criteria *fact, bool negated)
{
    struct noun noun = sentence_noun(s, fact, false);

    if (fact->n_codes == 0 && !fact->has_number) {
        sentence_put(s, negated ? "with no " : "with ");
        sentence_put(s, negated ? "" : noun.article);
        put_subject(s, fact, &noun, false);
        return;
    }
    sentence_put(s, negated ? "not " : "");
    if (negated || !s->classified || !sentence_is_tnm(fact))
        sentence_put(s, sentence_is(s, fact->item));
    if (fact->has_number)
        put_compared(s, &fact->number, sentence_unit(s, fact));
    else
        sentence_codes(s, fact->item, fact->codes, fact->n_codes);
}

/* What is said of the sample, the event or the TNM itself: "of type biopsy, taken in 2020". */
static void say_own(struct sentence *s, const struct criteria *fact, bool negated)
{
    struct noun noun = sentence_noun(s, fact, false);
    bool frame_is = noun.frame == FRAME_IS;
    bool is_tnm = frame_is && fact->item != ITEM_TNM_TYPE; /* "classé T4" */

    sentence_put(s, negated ? "not " : "");
    if (fact->n_codes == 0 && frame_is) {
        sentence_put(s, "with ");
        sentence_put(s, noun.article);
        put_subject(s, fact, &noun, false);
    } else if (fact->n_codes == 0) {
        sentence_put(s, *noun.any ? noun.any + 1 : "of any kind");
    } else {
        sentence_put(s, is_tnm ? sentence_is(s, fact->item) : noun.codes + 1);
        sentence_codes(s, fact->item, fact->codes, fact->n_codes);
    }
    put_status(s, fact, false);
    if (fact->n_when == 0)
        return;
    sentence_put(s, " ");
    english_times(s, fact, &noun);
}

static void say_fact(struct sentence *s, const struct criteria *fact, bool negated)
{
    struct noun noun = sentence_noun(s, fact, false);

    if (sentence_is_own(s, fact)) {
        say_own(s, fact, negated);
    } else if (sentence_is_plain(s, fact)) {
        say_attribute(s, fact, negated);
    } else if (s->of_tumour && sentence_is_plain_treatment(fact)) {
        sentence_put(s, negated ? "not treated with " : "treated with ");
        sentence_codes(s, fact->item, fact->codes, fact->n_codes);
    } else if (fact->from) {
        say_chosen(s, fact, negated);
    } else if (fact->count) {
        say_counted(s, fact, negated ? "at most " : "at least ",
                    negated ? fact->count - 1 : fact->count);
    } else {
        bool never = fact->n_when == 0;

        put_verb(s, &noun, negated, never);
        /* "with no metastasis", but "who never received a treatment" */
        if (!negated || noun.frame == FRAME_RISK ||
            (noun.frame == FRAME_RECEIVED && !s->of_tumour && !never))
            sentence_put(s, noun.article);
        put_subject(s, fact, &noun, false);
        put_asked(s, fact, &noun, false);
    }
}

/* ---- other lines ---- */

static void say_age(struct sentence *s, const struct criteria *line, bool negated)
{
    sentence_put(s, negated ? "not " : "");
    sentence_put(s, s->of_tumour ? "diagnosed when aged " : "aged ");
    english_age(s, &line->number);
    if (s->of_tumour)
        return;
    switch (line->item) {
    case ITEM_DIAGNOSIS_DATE: sentence_put(s, " at diagnosis"); break;
    case ITEM_DEATH_DATE: sentence_put(s, " at death"); break;
    case ITEM_LAST_VISIT: sentence_put(s, " at the last visit"); break;
    case ITEM_LAST_CONTACT: sentence_put(s, " at the last contact"); break;
    default: sentence_put(s, " now"); break;
    }
}

static void say_date(struct sentence *s, const struct criteria *line, bool negated)
{
    switch (line->item) {
    case ITEM_PATIENT_BIRTH: sentence_put(s, negated ? "not born" : "born"); break;
    case ITEM_DIAGNOSIS_DATE:
        sentence_put(s, negated ? "not diagnosed" : "diagnosed");
        break;
    case ITEM_DEATH_DATE:
        sentence_put(s, negated ? "who did not die" : "who died");
        break;
    default:
        sentence_put(s, line->item == ITEM_LAST_VISIT ? "whose last visit "
                                                      : "whose last contact ");
        sentence_put(s, negated ? "did not take place" : "took place");
        break;
    }
    english_date_times(s, line);
}

static void say_active(struct sentence *s, struct interval years, bool negated)
{
    struct period period = sentence_period(years);

    sentence_put(s, negated ? "not in the file active of " : "in the file active of ");
    if (period.year[0] == period.year[1])
        buffer_printf(s->out, "%d", period.year[0]);
    else
        buffer_printf(s->out, "the years %d to %d", period.year[0], period.year[1]);
}

static void say_vital(struct sentence *s, bool dead, bool negated)
{
    sentence_put(s, "who ");
    if (dead)
        sentence_put(s, s->of_one ? "has " : "have ");
    else
        sentence_put(s, s->of_one ? "is " : "are ");
    sentence_put(s, negated ? "not " : "");
    sentence_put(s, dead ? "died" : "alive");
}

static void say_line(struct sentence *s, const struct criteria *line, bool negated)
{
    if (s->of_tumour && !negated && sentence_sex(line)) {
        sentence_put(s, *sentence_sex(line) == 'F' ? "in a woman" : "in a man");
        return;
    }
    if (s->of_tumour && sentence_of_patient(line)) {
        say_of_patient(s, true);
        say_line(s, line, negated);
        say_of_patient(s, false);
        return;
    }
    switch (line->kind) {
    case CRITERIA_FACT: say_fact(s, line, negated); break;
    case CRITERIA_AGE: say_age(s, line, negated); break;
    case CRITERIA_DATE: say_date(s, line, negated); break;
    case CRITERIA_VITAL: say_vital(s, line->dead, negated); break;
    case CRITERIA_ACTIVE: say_active(s, line->dates, negated); break;
    default: sentence_put(s, s->same ? "without further detail" : "of any kind"); break;
    }
}

/* ---- tumours ---- */

static void say_tumour(struct sentence *s, const struct criteria *node, bool negated)
{
    const struct criteria *body = node->children[0];
    bool row = body->kind == CRITERIA_AND && !sentence_is_line(s, body);
    bool diagnosis = body->item == ITEM_DIAGNOSIS_DATE && body->kind != CRITERIA_FACT;

    if (sentence_needs_no_tumour(s, body) && !(negated && diagnosis)) {
        if (negated && sentence_has_no_opposite(s, body)) {
            s->tongue->excluded(s);
            negated = false;
        }
        if (negated)
            say_line(s, body, true);
        else
            sentence_say(s, body, PLACE_INSIDE);
        return;
    }
    sentence_put(s, negated ? "with no tumour "
                    : row   ? "with one and the same tumour "
                            : "with a tumour ");
    s->of_tumour = true;
    if (row && !negated && sentence_shape(s, body, true) != SHAPE_LIST)
        sentence_say_all(s, body);
    else
        sentence_say(s, body, PLACE_INSIDE);
    s->of_tumour = false;
}

/* ---- what the walker asks for ---- */

static void say_subject(struct sentence *s)
{
    sentence_put(s, s->feminine ? "Female patients" : "Patients");
}

static void say_excluded(struct sentence *s)
{
    sentence_put(s, s->of_tumour ? "other than those " : "excluding those ");
}

static void say_same(struct sentence *s, const struct criteria *node, bool negated)
{
    static const struct {
        enum group group;
        const char *noun;
    } nouns[] = {{GROUP_SPECIMEN, "sample"},
                 {GROUP_TUMOUR_EVENT, "tumour event"},
                 {GROUP_TNM, "TNM"}};

    sentence_put(s, negated ? "with no " : "with one and the same ");
    for (size_t i = 0; i < ARRAY_LENGTH(nouns); i++)
        if (nouns[i].group == node->group)
            sentence_put(s, nouns[i].noun);
}

static void say_sequenced(struct sentence *s, bool negated)
{
    sentence_put(s, negated ? "with no sequencing result" : "with a sequencing result");
}

static void say_use(struct sentence *s, const struct criteria *node, bool negated)
{
    sentence_put(s, negated ? "not meeting" : "meeting");
    buffer_printf(s->out, " the definition “%s”", node->name);
    if (node->version)
        buffer_printf(s->out, " (version %u)", node->version);
}

static void say_at_least_of(struct sentence *s, unsigned count, size_t of)
{
    if (of == 1) {
        sentence_put(s, "meeting the following criterion");
        return;
    }
    sentence_put(s, "meeting ");
    if (count < of) {
        sentence_put(s, "at least ");
        put_count(s, count);
        sentence_put(s, " of ");
    }
    sentence_put(s, "the following ");
    put_count(s, of);
    sentence_put(s, " criteria");
}

static const char *finish(struct arena *arena, const struct buffer *raw)
{
    return arena_string(arena, buffer_text(raw), raw->length);
}

const struct tongue sentence_english = {
    .everybody = "All patients",
    .quote = "“",
    .unquote = "”",
    .colon = ": ",
    .semicolon = "; ",
    .comma_and = ", and ",
    .semicolon_and = "; and ",
    .and = " and ",
    .or = " or ",
    .either = "either ",
    .or_else = ", or ",
    .both = "both ",
    .all_three = "at once ",
    .not_meeting = "not meeting ",
    .all_of = "meeting all of the following criteria",
    .any_of = "meeting one or other of the following criteria",
    .range = " to ",
    .point = ".",
    .thousand = ",",
    .subject = say_subject,
    .line = say_line,
    .exactly = say_exactly,
    .sequenced = say_sequenced,
    .tumour = say_tumour,
    .same = say_same,
    .excluded = say_excluded,
    .use = say_use,
    .at_least_of = say_at_least_of,
    .finish = finish,
};
