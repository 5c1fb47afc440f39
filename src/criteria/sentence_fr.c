/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/sentence_fr.c: one line in French, as what stands behind "Patients" or "une
 * tumeur". */
#include <math.h>
#include <string.h>

#include "base/arena.h"
#include "criteria/sentence_internal.h"

static struct agreement agreement_of(const struct sentence *s)
{
    if (s->of_tumour)
        return (struct agreement){true, false};
    return (struct agreement){s->feminine, !s->of_one};
}

static void put_agreed(struct sentence *s, const char *text)
{
    french_put(s, text, agreement_of(s));
}

/* What is known of the patient, said of his tumour: "chez un patient vivant". */
static void say_of_patient(struct sentence *s, bool begins)
{
    if (begins)
        sentence_put(s, s->feminine ? "chez une patiente " : "chez un patient ");
    s->of_tumour = !begins;
    s->of_one = begins;
}

/* ---- numbers ---- */

/* "deux", "11" */
static void put_count(struct sentence *s, size_t n, bool feminine)
{
    static const char *const words[] = {"un",  "deux", "trois", "quatre", "cinq",
                                        "six", "sept", "huit",  "neuf",   "dix"};

    if (n >= 1 && n <= ARRAY_LENGTH(words))
        buffer_printf(s->out, "%s%s", words[n - 1], n == 1 && feminine ? "e" : "");
    else
        buffer_count(s->out, n, true);
}

static void put_ordinal(struct sentence *s, int order, bool feminine)
{
    static const char *const words[] = {"deuxième",  "troisième", "quatrième",
                                        "cinquième", "sixième",   "septième",
                                        "huitième",  "neuvième",  "dixième"};

    if (order == ORDER_LAST)
        sentence_put(s, feminine ? "dernière" : "dernier");
    else if (order == 1)
        sentence_put(s, feminine ? "première" : "premier");
    else if ((size_t)order - 2 < ARRAY_LENGTH(words))
        sentence_put(s, words[order - 2]);
    else
        buffer_printf(s->out, "%de", order);
}

/* "supérieure ou égale à 5" */
static void put_compared(struct sentence *s, const struct criteria_number *number,
                         const char *unit, struct agreement agreement)
{
    bool up = isinf(number->high);

    if (isinf(number->low) || up) {
        bool open = up ? number->low_open : number->high_open;

        french_put(s, up ? "supérieur~" : "inférieur~", agreement);
        sentence_put(s, open ? "" : " ou ");
    } else if (number->low < number->high) {
        french_put(s, "compris~ entre ", (struct agreement){agreement.feminine, false});
        sentence_number(s, number->low);
        sentence_put(s, " et ");
        sentence_number(s, number->high);
        sentence_put(s, unit);
        return;
    }
    if (!(isinf(number->low) || up) || !(up ? number->low_open : number->high_open)) {
        if (agreement.plural && !agreement.feminine)
            sentence_put(s, "égaux");
        else
            french_put(s, "égal~", agreement);
    }
    sentence_put(s, " à ");
    sentence_number(s, up ? number->low : number->high);
    sentence_put(s, unit);
}

void french_age(struct sentence *s, const struct criteria_number *number, bool at)
{
    bool up = isinf(number->high), down = isinf(number->low);
    bool open = up ? number->low_open : number->high_open;
    bool range = !up && !down && number->low < number->high;
    double last = up ? number->low : number->high;

    sentence_put(s, !at ? "de " : range ? "entre " : "à ");
    if (open)
        sentence_put(s, up ? "plus de " : "moins de ");
    if (range) {
        sentence_number(s, number->low);
        sentence_put(s, at ? " et " : " à ");
    }
    sentence_number(s, last);
    sentence_put(s, last < 2 ? " an" : " ans");
    if ((up || down) && !open)
        sentence_put(s, up ? " ou plus" : " ou moins");
}

static void put_number(struct sentence *s, const struct criteria *fact,
                       struct agreement agreement, bool predicate)
{
    bool feminine;
    const char *amount = sentence_amount(s, fact->item, predicate, &feminine);

    if (!fact->has_number)
        return;
    sentence_put(s, predicate ? "" : " ");
    if (amount) {
        buffer_printf(s->out, "%s ", amount);
        agreement = (struct agreement){feminine, false};
    } else if (predicate) {
        sentence_put(s, "est ");
    }
    put_compared(s, &fact->number, sentence_unit(s, fact), agreement);
}

/* ---- status ---- */

static const char *biomarker_word(const char *code)
{
    return strcmp(code, "POSITIVE") == 0 ? "positi" : "négati";
}

/* "positive ou négative" */
static void put_biomarker_status(struct sentence *s, const struct criteria *fact,
                                 struct agreement agreement)
{
    const char *ending = agreement.feminine ? "ve" : "f";

    for (size_t i = 0; i < fact->n_status; i++) {
        const struct criteria_code *code = &fact->status[i];

        sentence_put(s, i == 0 ? "" : i + 1 < fact->n_status ? ", " : " ou ");
        buffer_printf(s->out, "%s%s%s", biomarker_word(code->first_code), ending,
                      agreement.plural ? "s" : "");
        if (code->first_code != code->last_code)
            buffer_printf(s->out, " à %s%s%s", biomarker_word(code->last_code), ending,
                          agreement.plural ? "s" : "");
    }
}

static void put_status(struct sentence *s, const struct criteria *fact,
                       struct agreement agreement, bool predicate)
{
    enum item status = model_group(model_item(fact->item)->group)->status;

    if (fact->n_status == 0)
        return;
    sentence_put(s, sentence_status(s, fact->item, predicate));
    if (status == ITEM_DRUG_TRIAL)
        return;
    if (status == ITEM_BIOMARKER_STATUS)
        put_biomarker_status(s, fact, agreement);
    else
        sentence_codes(s, status, fact->status, fact->n_status);
    if (status == ITEM_VARIANT_PROTEIN && !predicate)
        sentence_put(s, ")");
}

/* ---- facts ---- */

static struct agreement agreement_with(const struct noun *noun, bool many)
{
    return (struct agreement){noun->feminine, many};
}

/* "traitement par …" */
static void put_subject(struct sentence *s, const struct criteria *fact,
                        const struct noun *noun, bool many)
{
    sentence_put(s, many ? noun->many : noun->one);
    if (fact->n_codes == 0) {
        french_put(s, noun->any, agreement_with(noun, many));
    } else if (noun->codes) {
        sentence_put(s, noun->codes);
        sentence_codes(s, fact->item, fact->codes, fact->n_codes);
    }
}

static void put_asked(struct sentence *s, const struct criteria *fact,
                      const struct noun *noun, bool many, bool bracket)
{
    struct agreement agreement = agreement_with(noun, many);

    put_status(s, fact, agreement, false);
    put_number(s, fact, agreement, false);
    if (fact->n_when == 0)
        return;
    sentence_put(s, bracket ? " (" : " ");
    french_times(s, fact, noun, agreement);
    sentence_put(s, bracket ? ")" : "");
}

/* "premier traitement par …", and what it is chosen from */
static void put_chosen(struct sentence *s, const struct criteria *fact,
                       const struct noun *noun)
{
    put_ordinal(s, fact->order, noun->feminine);
    sentence_put(s, " ");
    put_subject(s, fact->from, noun, false);
    if (fact->order == ORDER_LAST && noun->frame == FRAME_VALUE)
        french_put(s, " connu~", agreement_with(noun, false));
    put_asked(s, fact->from, noun, false, true);
}

static void put_predicates(struct sentence *s, const struct criteria *fact,
                           const struct noun *noun)
{
    struct agreement agreement = agreement_with(noun, false);

    put_status(s, fact, agreement, true);
    sentence_put(s, fact->n_status && fact->has_number ? " et " : "");
    put_number(s, fact, agreement, true);
    french_predicates(s, fact, noun, agreement, !fact->n_status && !fact->has_number);
}

void french_other(struct sentence *s, const struct criteria *fact)
{
    struct noun noun = sentence_noun(s, fact, false);

    if (!fact->from) {
        sentence_put(s, noun.feminine ? "une " : "un ");
        put_subject(s, fact, &noun, false);
        put_asked(s, fact, &noun, false, true);
        return;
    }
    sentence_put(s, noun.feminine ? "la " : "le ");
    put_chosen(s, fact, &noun);
    if (sentence_asks(fact)) {
        sentence_put(s, " (si");
        put_asked(s, fact, &noun, false, false);
        sentence_put(s, ")");
    }
}

static void put_verb(struct sentence *s, const struct noun *noun, bool negated,
                     bool never)
{
    if (!s->of_tumour && noun->frame == FRAME_RECEIVED && negated)
        sentence_put(s, never ? "n’ayant jamais reçu " DE : "n’ayant pas reçu " DE);
    else if (negated)
        sentence_put(s, "sans ");
    else if (s->of_tumour)
        sentence_put(s, "avec ");
    else
        sentence_put(s, noun->frame == FRAME_RECEIVED    ? "ayant reçu "
                        : noun->frame == FRAME_HAD       ? "ayant eu "
                        : noun->frame == FRAME_PRESENTED ? "ayant présenté "
                                                         : "avec ");
}

static void say_counted(struct sentence *s, const struct criteria *fact, const char *how,
                        unsigned count)
{
    bool many = count > 1;
    struct noun noun = sentence_noun(s, fact, many);

    put_verb(s, &noun, false, false);
    sentence_put(s, how);
    put_count(s, count, noun.feminine);
    sentence_put(s, " ");
    put_subject(s, fact, &noun, many);
    put_asked(s, fact, &noun, many, false);
}

static void say_exactly(struct sentence *s, const struct criteria *fact, unsigned count)
{
    bool of_one = s->of_tumour && sentence_of_patient(fact);

    if (of_one)
        say_of_patient(s, true);
    say_counted(s, fact, "exactement ", count);
    if (of_one)
        say_of_patient(s, false);
}

static void say_chosen(struct sentence *s, const struct criteria *fact, bool negated)
{
    struct noun noun = sentence_noun(s, fact, false);
    bool asks = sentence_asks(fact);

    if (asks && !s->of_tumour) {
        sentence_put(s, noun.feminine ? "dont la " : "dont le ");
    } else {
        put_verb(s, &noun, negated, false);
        if (!negated)
            sentence_put(s, noun.feminine ? "une " : "un ");
    }
    put_chosen(s, fact, &noun);
    if (!asks)
        return;
    sentence_put(s, s->of_tumour ? " qui " : " ");
    put_predicates(s, fact, &noun);
}

/* "de stade IV" */
static void say_attribute(struct sentence *s, const struct criteria *fact, bool negated)
{
    struct noun noun = sentence_noun(s, fact, false);

    if (fact->item == ITEM_PATIENT_SEX && negated && fact->n_codes > 0) {
        sentence_put(s, "de sexe autre que ");
        sentence_codes(s, fact->item, fact->codes, fact->n_codes);
        return;
    }
    sentence_put(s, negated ? "non " : "");
    if (fact->n_codes == 0 && !fact->has_number) {
        sentence_put(s, "de ");
        put_subject(s, fact, &noun, false);
        return;
    }
    if (negated || !s->classified || !sentence_is_tnm(fact))
        put_agreed(s, sentence_is(s, fact->item));
    if (fact->has_number)
        put_compared(s, &fact->number, sentence_unit(s, fact),
                     agreement_with(&noun, false));
    else
        sentence_codes(s, fact->item, fact->codes, fact->n_codes);
}

/* What is said of the sample, the event or the TNM itself: "de type biopsie, réalisé en
 * 2020". */
static void say_own(struct sentence *s, const struct criteria *fact, bool negated)
{
    struct noun noun = sentence_noun(s, fact, false);
    const struct agreement one = {false, false};
    bool frame_is = noun.frame == FRAME_IS;
    bool is_tnm = frame_is && fact->item != ITEM_TNM_TYPE; /* "classé T4" */

    sentence_put(s, negated ? "non " : "");
    if (fact->n_codes == 0 && frame_is) {
        sentence_put(s, "de ");
        put_subject(s, fact, &noun, false);
    } else if (fact->n_codes == 0) {
        french_put(s, *noun.any ? noun.any + 1 : "quel qu’il soit", one);
    } else {
        french_put(s, is_tnm ? sentence_is(s, fact->item) : noun.codes + 1, one);
        sentence_codes(s, fact->item, fact->codes, fact->n_codes);
    }
    put_status(s, fact, one, false);
    if (fact->n_when == 0)
        return;
    sentence_put(s, " ");
    french_times(s, fact, &noun, one);
}

static void say_fact(struct sentence *s, const struct criteria *fact, bool negated)
{
    struct noun noun = sentence_noun(s, fact, false);

    if (sentence_is_own(s, fact)) {
        say_own(s, fact, negated);
    } else if (sentence_is_plain(s, fact)) {
        say_attribute(s, fact, negated);
    } else if (s->of_tumour && sentence_is_plain_treatment(fact)) {
        sentence_put(s, negated ? "non traitée par " : "traitée par ");
        sentence_codes(s, fact->item, fact->codes, fact->n_codes);
    } else if (fact->from) {
        say_chosen(s, fact, negated);
    } else if (fact->count) {
        say_counted(s, fact, negated ? "au plus " : "au moins ",
                    negated ? fact->count - 1 : fact->count);
    } else {
        put_verb(s, &noun, negated, fact->n_when == 0);
        if (!negated && noun.frame != FRAME_RISK)
            sentence_put(s, noun.feminine ? "une " : "un ");
        put_subject(s, fact, &noun, false);
        put_asked(s, fact, &noun, false, false);
    }
}

/* ---- other lines ---- */

static void say_age(struct sentence *s, const struct criteria *line, bool negated)
{
    sentence_put(s, negated ? "non " : "");
    put_agreed(s, s->of_tumour ? "diagnostiqué~ " : "âgé~ ");
    french_age(s, &line->number, s->of_tumour);
    if (s->of_tumour)
        return;
    switch (line->item) {
    case ITEM_DIAGNOSIS_DATE: sentence_put(s, " au diagnostic"); break;
    case ITEM_DEATH_DATE: sentence_put(s, " au décès"); break;
    case ITEM_LAST_VISIT: sentence_put(s, " à la dernière venue"); break;
    case ITEM_LAST_CONTACT: sentence_put(s, " au dernier contact"); break;
    default: sentence_put(s, " à ce jour"); break;
    }
}

static void say_date(struct sentence *s, const struct criteria *line, bool negated)
{
    const char *word = line->item == ITEM_PATIENT_BIRTH    ? "né~"
                       : line->item == ITEM_DEATH_DATE     ? "décédé~"
                       : line->item == ITEM_DIAGNOSIS_DATE ? "diagnostiqué~"
                                                           : NULL;

    if (word) {
        sentence_put(s, negated ? "non " : "");
        put_agreed(s, word);
    } else {
        bool visit = line->item == ITEM_LAST_VISIT;

        sentence_put(s, visit ? "dont la dernière venue " : "dont le dernier contact ");
        sentence_put(s, negated ? "n’a pas eu lieu" : "a eu lieu");
    }
    french_date_times(s, line);
}

static void say_active(struct sentence *s, struct interval years, bool negated)
{
    struct period period = sentence_period(years);

    sentence_put(s, negated ? "hors de la file active " : "dans la file active ");
    if (period.year[0] == period.year[1])
        buffer_printf(s->out, "de %d", period.year[0]);
    else
        buffer_printf(s->out, "des années %d à %d", period.year[0], period.year[1]);
}

static void say_line(struct sentence *s, const struct criteria *line, bool negated)
{
    if (s->of_tumour && !negated && sentence_sex(line)) {
        sentence_put(s, *sentence_sex(line) == 'F' ? "chez une femme" : "chez un homme");
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
    case CRITERIA_VITAL:
        sentence_put(s, negated ? "non " : "");
        put_agreed(s, line->dead ? "décédé~" : "vivant~");
        break;
    case CRITERIA_ACTIVE: say_active(s, line->dates, negated); break;
    default:
        sentence_put(s, s->same        ? "sans autre précision"
                        : s->of_tumour ? "quelle qu’elle soit"
                        : s->feminine  ? "quelles qu’elles soient"
                                       : "quels qu’ils soient");
        break;
    }
}

/* ---- tumours ---- */

/* Does it follow "est"? */
static bool follows_is(struct sentence *s, const struct criteria *node)
{
    if (node->kind == CRITERIA_AND && !sentence_is_line(s, node) &&
        sentence_shape(s, node, true) != SHAPE_LIST)
        return follows_is(s, node->children[0]);
    if (node->kind == CRITERIA_OR && sentence_shape(s, node, true) != SHAPE_LIST) {
        for (size_t i = 0; i < node->n_children; i++)
            if (!sentence_is_plain(s, node->children[i]))
                return false;
        return true;
    }
    return sentence_is_plain(s, node) && !sentence_of_patient(node);
}

/* Does it follow "a été"? */
static bool follows_been(const struct criteria *node)
{
    return (node->kind == CRITERIA_AGE || node->kind == CRITERIA_DATE) &&
           node->item == ITEM_DIAGNOSIS_DATE;
}

static void put_tumour(struct sentence *s, const struct criteria *body, bool negated)
{
    bool is = follows_is(s, body);
    bool same = body->kind == CRITERIA_AND && !sentence_is_line(s, body);

    if (follows_been(body))
        sentence_put(s, "dont aucune tumeur n’a été ");
    else if (negated)
        sentence_put(s, is ? "dont aucune tumeur n’est " : "sans tumeur ");
    else if (is)
        sentence_put(s, same ? "dont une même tumeur est " : "dont une tumeur est ");
    else
        sentence_put(s, same ? "ayant une même tumeur " : "ayant une tumeur ");
}

static void say_tumour(struct sentence *s, const struct criteria *node, bool negated)
{
    const struct criteria *body = node->children[0];
    const struct criteria *not = body->kind == CRITERIA_NOT ? body->children[0] : NULL;

    if (sentence_needs_no_tumour(s, body) && !(negated && follows_been(body))) {
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
    if (not &&!negated && follows_been(not )) {
        sentence_put(s, "dont une tumeur n’a pas été ");
        body = not ;
    } else if (not &&!negated && sentence_is_line(s, not ) && follows_is(s, not )) {
        sentence_put(s, "dont une tumeur n’est pas ");
        body = not ;
    } else {
        put_tumour(s, body, negated);
    }
    s->of_tumour = true;
    if (body->kind == CRITERIA_AND && !negated && !sentence_is_line(s, body) &&
        sentence_shape(s, body, true) != SHAPE_LIST)
        sentence_say_all(s, body);
    else
        sentence_say(s, body, PLACE_INSIDE);
    s->of_tumour = false;
}

/* ---- what the walker asks for ---- */

static void say_subject(struct sentence *s)
{
    sentence_put(s, s->feminine ? "Patientes" : "Patients");
}

static void say_excluded(struct sentence *s)
{
    sentence_put(s, s->same        ? "à l’exception de ceux "
                    : s->of_tumour ? "autre que celles "
                    : s->feminine  ? "à l’exclusion de celles "
                                   : "à l’exclusion de ceux ");
}

static void say_same(struct sentence *s, const struct criteria *node, bool negated)
{
    static const struct {
        enum group group;
        const char *noun;
    } nouns[] = {{GROUP_SPECIMEN, "prélèvement"},
                 {GROUP_TUMOUR_EVENT, "événement tumoral"},
                 {GROUP_TNM, "TNM"}};

    sentence_put(s, negated ? "sans aucun " : "avec un même ");
    for (size_t i = 0; i < ARRAY_LENGTH(nouns); i++)
        if (nouns[i].group == node->group)
            sentence_put(s, nouns[i].noun);
}

static void say_sequenced(struct sentence *s, bool negated)
{
    sentence_put(s, negated ? "sans résultat de séquençage"
                            : "avec un résultat de séquençage");
}

static void say_use(struct sentence *s, const struct criteria *node, bool negated)
{
    sentence_put(s, negated ? "ne répondant pas" : "répondant");
    buffer_printf(s->out, " à la définition «" NBSP "%s" NBSP "»", node->name);
    if (node->version)
        buffer_printf(s->out, " (version %u)", node->version);
}

static void say_at_least_of(struct sentence *s, unsigned count, size_t of)
{
    if (of == 1) {
        sentence_put(s, "remplissant le critère suivant");
        return;
    }
    sentence_put(s, "remplissant ");
    if (count < of) {
        sentence_put(s, "au moins ");
        put_count(s, count, false);
        sentence_put(s, " des ");
    } else {
        sentence_put(s, "les ");
    }
    put_count(s, of, false);
    sentence_put(s, " critères suivants");
}

/* Does TEXT begin with a vowel, for "d’"? Genes are spelt letter by letter. */
static bool begins_with_vowel(const char *text)
{
    static const char *const vowels[] = {"é", "è", "ê", "à", "â", "œ", "É", "È", "Œ"};

    /* a small h is mute but in these; a capital one is of an abbreviation (HER2) */
    if (*text == 'h')
        return strncmp(text, "han", 3) != 0 && strncmp(text, "hau", 3) != 0 &&
               strncmp(text, "hern", 4) != 0;
    if (strchr("aeiouAEIOU", *text))
        return *text != '\0';
    for (size_t i = 0; i < ARRAY_LENGTH(vowels); i++)
        if (strncmp(text, vowels[i], strlen(vowels[i])) == 0)
            return true;
    return false;
}

/* de le: du, de les: des, de une: d’une; à le: au, à les: aux. */
static const char *melt(struct buffer *out, char mark, const char *next)
{
    bool de = mark == DE_MARK;

    if (strncmp(next, "le ", 3) == 0) {
        buffer_string(out, de ? "du " : "au ");
        return next + 3;
    }
    if (strncmp(next, "les ", 4) == 0) {
        buffer_string(out, de ? "des " : "aux ");
        return next + 4;
    }
    buffer_string(out, !de ? "à " : begins_with_vowel(next) ? "d’" : "de ");
    return next;
}

static const char *finish(struct arena *arena, const struct buffer *raw)
{
    struct buffer out;
    const char *text;

    buffer_init(&out, raw->limit * 2);
    for (const char *c = buffer_text(raw); *c;) {
        if (*c == DE_MARK || *c == A_MARK)
            c = melt(&out, *c, c + 1);
        else
            buffer_char(&out, *c++);
    }
    text = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

const struct tongue sentence_french = {
    .everybody = "Tous les patients",
    .quote = "«" NBSP,
    .unquote = NBSP "»",
    .colon = NBSP ": ",
    .semicolon = NBSP "; ",
    .comma_and = ", et ",
    .semicolon_and = NBSP "; et ",
    .and = " et ",
    .or = " ou ",
    .either = "soit ",
    .or_else = ", soit ",
    .both = "à la fois ",
    .all_three = "à la fois ",
    .not_meeting = "ne répondant pas à ",
    .all_of = "remplissant tous les critères suivants",
    .any_of = "remplissant l’un ou l’autre des critères suivants",
    .range = " à ",
    .point = ",",
    .thousand = NBSP,
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
