/* SPDX-License-Identifier: Apache-2.0
 *
 * node/explain_print.c: an explanation as JSON (the whole tree) and as words (what decides
 * first, and no more than is needed). */
#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "node/explain.h"

/* Facts and doubts that words show of one line; JSON has all. */
#define FACTS_SHOWN 4
#define DOUBTS_SHOWN 6
#define STEP 2 /* columns of one level */

static const char *const truth_words[] = {"no", "unknown", "yes"};

static bool is_list(const struct judged *judged)
{
    return judged->criteria->kind == CRITERIA_AND ||
           judged->criteria->kind == CRITERIA_OR;
}

static size_t count_of(const struct judged *judged, enum truth truth)
{
    size_t n = 0;

    for (size_t i = 0; i < judged->n_children; i++)
        n += judged->children[i]->truth == truth;
    return n;
}

/* ---- what an answer without a fact rests on ---- */

/* Is LINE not fulfilled because there is nothing of the kind, where there would be? */
static bool is_covered_absence(const struct judged *judged)
{
    const struct criteria *line = judged->criteria;

    if (line->kind != CRITERIA_FACT || judged->truth != TRUTH_NO || judged->whole ||
        model_group(model_item(line->item)->group)->absence != ABSENCE_COVERED)
        return false;
    for (size_t i = 0; i < judged->n_looked; i++)
        if (!judged->looked[i].other)
            return false;
    return true;
}

static const char *absence_words(const struct explanation *explanation, bool french)
{
    if (explanation->question->coverage->assumed)
        return french ? "aucun ; ce type de donnée est supposé complet"
                      : "none; this kind of data is taken to be complete";
    return french ? "aucun ; la couverture déclarée dit qu’il serait connu"
                  : "none; by the declared coverage it would be known";
}

/* ---- JSON ---- */

static const char *kind_word(enum criteria_kind kind)
{
    switch (kind) {
    case CRITERIA_ANY: return "any";
    case CRITERIA_AND: return "and";
    case CRITERIA_OR: return "or";
    case CRITERIA_NOT: return "not";
    case CRITERIA_AT_LEAST: return "at_least";
    case CRITERIA_TUMOUR: return "tumour";
    case CRITERIA_SAME: return "same";
    case CRITERIA_NAMED: return "named";
    case CRITERIA_USE: return "use";
    case CRITERIA_FACT:
    case CRITERIA_AGE:
    case CRITERIA_DATE:
    case CRITERIA_VITAL:
    case CRITERIA_ACTIVE: break;
    }
    return "line";
}

static void json_label(struct buffer *out, enum vocab_system system, const char *code,
                       enum lang lang)
{
    const char *label = code_label(system, code, lang);

    if (!label)
        return;
    buffer_string(out, lang == LANG_FR ? ",\"label_fr\":" : ",\"label_en\":");
    buffer_json_string(out, label);
}

/* What FACT says of ITEM. */
static void json_said(struct buffer *out, const struct fact *fact, enum item item)
{
    const struct value *value = item ? fact_value(fact, item) : NULL;
    enum vocab_system system = model_item(item)->system;
    char text[VOCAB_CODE_SIZE];

    if (!value)
        return;
    if (value->type == TYPE_NUMBER) {
        buffer_string(out, ",\"number\":");
        buffer_json_number(out, value->number);
    } else if (value->type == TYPE_DATE) {
        buffer_string(out, ",\"value\":");
        interval_json(out, value->date);
    } else {
        buffer_string(out, ",\"code\":");
        buffer_json_string(out, vocab_print(system, value->text, text));
        json_label(out, system, value->text, LANG_FR);
        json_label(out, system, value->text, LANG_EN);
    }
}

static void json_looked(struct buffer *out, const struct looked *looked)
{
    const struct group_row *group = model_group(looked->fact->group);

    buffer_string(out, "{\"group\":");
    buffer_json_string(out, group->id);
    if (looked->item) {
        buffer_string(out, ",\"item\":");
        buffer_json_string(out, model_item(looked->item)->id);
        json_said(out, looked->fact, looked->item);
    }
    if (looked->item == group->key && group->status &&
        fact_value(looked->fact, group->status)) {
        buffer_string(out, ",\"status\":");
        buffer_json_string(out, fact_text(looked->fact, group->status));
    }
    if (looked->item == group->key && group->amount)
        json_said(out, looked->fact, group->amount);
    fact_json(out, looked->fact);
    buffer_printf(out, ",\"anchor\":%s,\"truth\":\"%s\"}",
                  looked->other ? "true" : "false", truth_words[looked->truth]);
}

typedef void sentence_print(struct buffer *out, const struct explanation *explanation,
                            const struct doubt *doubt, enum lang lang);

static void json_sentence(struct buffer *out, const struct explanation *explanation,
                          const struct doubt *doubt, const char *name,
                          sentence_print *print)
{
    static const char *const langs[] = {[LANG_FR] = "fr", [LANG_EN] = "en"};

    for (int lang = LANG_FR; lang <= LANG_EN; lang++) {
        struct buffer text;

        buffer_init(&text, out->limit);
        print(&text, explanation, doubt, (enum lang)lang);
        buffer_printf(out, ",\"%s_%s\":", name, langs[lang]);
        buffer_json_string(out, buffer_text(&text));
        buffer_free(&text);
    }
}

static void json_doubt(struct buffer *out, const struct explanation *explanation,
                       const struct doubt *doubt)
{
    buffer_printf(out, "{\"reason\":\"%s\"", doubt_word(explanation, doubt));
    json_sentence(out, explanation, doubt, "message", doubt_print);
    json_sentence(out, explanation, doubt, "settle", settle_print);
    buffer_char(out, '}');
}

static void json_leaf(struct buffer *out, const struct explanation *explanation,
                      const struct judged *judged)
{
    buffer_string(out, ",\"facts\":[");
    for (size_t i = 0; i < judged->n_looked; i++) {
        buffer_string(out, i ? "," : "");
        json_looked(out, &judged->looked[i]);
    }
    buffer_string(out, "],\"reasons\":[");
    for (size_t i = 0; i < judged->n_doubts; i++) {
        buffer_string(out, i ? "," : "");
        json_doubt(out, explanation, &judged->doubts[i]);
    }
    buffer_char(out, ']');
    if (is_covered_absence(judged)) {
        buffer_string(out, ",\"note_fr\":");
        buffer_json_string(out, absence_words(explanation, true));
        buffer_string(out, ",\"note_en\":");
        buffer_json_string(out, absence_words(explanation, false));
    }
}

/* Which sample, event or TNM: the fact itself, what its results call it, or none known. */
static void json_whole(struct buffer *out, const struct judged *judged)
{
    const struct whole *whole = judged->whole;

    buffer_printf(out, ",\"%s\":{\"known\":%s,\"exists\":\"%s\"",
                  criteria_same_word(whole->group), whole->unseen ? "false" : "true",
                  truth_words[judged->exists]);
    if (*whole->name && whole->group == GROUP_SPECIMEN) {
        buffer_string(out, ",\"number\":");
        buffer_json_string(out, whole->name);
    }
    if (whole->fact)
        fact_json(out, whole->fact);
    buffer_char(out, '}');
}

/* ABOVE is NULL for the root. */
static void json_node(struct buffer *out, const struct explanation *explanation,
                      const struct judged *above, const struct judged *judged)
{
    const struct criteria *criteria = judged->criteria;

    buffer_string(out, "{\"line\":");
    buffer_json_string(out, criteria_print(explanation->arena, criteria));
    buffer_printf(out, ",\"kind\":\"%s\",\"truth\":\"%s\",\"decides\":%s",
                  kind_word(criteria->kind), truth_words[judged->truth],
                  !above || judged_decides(above, judged) ? "true" : "false");
    if (judged->tumour != TUMOUR_NONE)
        buffer_printf(out, ",\"tumour\":%d", judged->tumour + 1);
    if (above && above->criteria->kind == CRITERIA_SAME)
        json_whole(out, judged);
    if (criteria->name) {
        buffer_string(out, ",\"name\":");
        buffer_json_string(out, criteria->name);
    }
    if (criteria->kind == CRITERIA_AT_LEAST)
        buffer_printf(out, ",\"needed\":%u,\"yes\":%zu,\"unknown\":%zu", criteria->count,
                      count_of(judged, TRUTH_YES), count_of(judged, TRUTH_UNKNOWN));
    buffer_string(out, ",\"children\":[");
    for (size_t i = 0; i < judged->n_children; i++) {
        buffer_string(out, i ? "," : "");
        json_node(out, explanation, judged, judged->children[i]);
    }
    buffer_char(out, ']');
    json_leaf(out, explanation, judged);
    buffer_char(out, '}');
}

void explanation_json(struct buffer *out, const struct explanation *explanation)
{
    const struct question *question = explanation->question;

    buffer_string(out, "{\"number\":");
    buffer_json_string(out, explanation->number);
    buffer_printf(out, ",\"truth\":\"%s\",\"opposed\":%s,\"criteria\":",
                  truth_words[explanation->root->truth],
                  explanation->record->opposed ? "true" : "false");
    buffer_json_string(out, criteria_print(explanation->arena, question->criteria));
    buffer_string(out, ",\"as_of\":");
    interval_json(out, (struct interval){question->as_of, question->as_of});
    buffer_printf(out,
                  ",\"sequence\":%" PRId64 ",\"rules\":%u,\"coverage_declared\":%s"
                  ",\"tree\":",
                  explanation->sequence, RULES_VERSION,
                  question->coverage->assumed ? "false" : "true");
    json_node(out, explanation, NULL, explanation->root);
    buffer_char(out, '}');
}

/* ---- words ---- */

struct words {
    struct buffer *out;
    const struct explanation *explanation;
    enum lang lang;
    bool french;
};

static const char *truth_name(const struct words *words, enum truth truth)
{
    static const char *const fr[] = {"non", "inconnu", "oui"};

    return words->french ? fr[truth] : truth_words[truth];
}

static void indent(const struct words *words, size_t depth)
{
    for (size_t i = 0; i < STEP * depth; i++)
        buffer_char(words->out, ' ');
}

static const char *text_of(const struct words *words, const struct criteria *criteria)
{
    return criteria_print(words->explanation->arena, criteria);
}

/* Unless what was asked of it is a date, which stands there already. */
static void text_date(const struct words *words, const struct looked *looked)
{
    const struct fact *fact = looked->fact;
    char text[DATE_WORDS_SIZE];

    if (model_item(looked->item)->type == TYPE_DATE ||
        (interval_is_unknown(fact->date) && interval_is_unknown(fact->end)))
        return;
    buffer_printf(words->out, ", %s", fact_date_words(fact, words->french, text));
    if (!interval_is_unknown(fact->end))
        buffer_printf(words->out, " – %s",
                      date_print_words(fact->end, words->french, text));
}

static void text_looked(const struct words *words, const struct looked *looked,
                        enum truth line, size_t depth)
{
    indent(words, depth);
    buffer_string(words->out, "← ");
    fact_brief_print(words->out, looked->fact, looked->item, words->lang);
    text_date(words, looked);
    if (!looked->other && looked->truth != line)
        buffer_printf(words->out, " : %s", truth_name(words, looked->truth));
    buffer_string(words->out, "   ");
    fact_proof_print(words->out, looked->fact, words->lang);
    buffer_char(words->out, '\n');
}

/* The facts that made the line what it is first, then (unless it is fulfilled) the other ones
 * of the line, then those that it refers to. */
static void text_facts(const struct words *words, const struct judged *judged,
                       size_t depth)
{
    size_t shown = 0, passed_over = 0;

    for (int turn = 0; turn < 3; turn++) {
        for (size_t i = 0; i < judged->n_looked && shown < FACTS_SHOWN; i++) {
            const struct looked *looked = &judged->looked[i];
            int its_turn = looked->other ? 2 : looked->truth == judged->truth ? 0 : 1;

            if (its_turn != turn)
                continue;
            if (turn == 1 && judged->truth == TRUTH_YES) {
                passed_over++;
                continue;
            }
            text_looked(words, looked, judged->truth, depth);
            shown++;
        }
    }
    if (shown + passed_over < judged->n_looked) {
        indent(words, depth);
        buffer_printf(words->out,
                      words->french ? "← nombre d’autres : %zu\n" : "← and %zu more\n",
                      judged->n_looked - shown - passed_over);
    }
    if (is_covered_absence(judged)) {
        indent(words, depth);
        buffer_printf(words->out, "← %s\n",
                      absence_words(words->explanation, words->french));
    }
}

static void text_doubts(const struct words *words, const struct judged *judged,
                        size_t depth)
{
    size_t n = judged->n_doubts < DOUBTS_SHOWN ? judged->n_doubts : DOUBTS_SHOWN;

    for (size_t i = 0; i < n; i++) {
        indent(words, depth);
        buffer_string(words->out, "? ");
        doubt_print(words->out, words->explanation, &judged->doubts[i], words->lang);
        buffer_char(words->out, '\n');
        indent(words, depth + 1);
        buffer_string(words->out, "→ ");
        settle_print(words->out, words->explanation, &judged->doubts[i], words->lang);
        buffer_char(words->out, '\n');
    }
    if (n < judged->n_doubts) {
        indent(words, depth);
        buffer_printf(words->out,
                      words->french ? "? nombre d’autres raisons : %zu\n"
                                    : "? and %zu more reasons\n",
                      judged->n_doubts - n);
    }
}

static void text_node(const struct words *words, const struct judged *judged,
                      size_t depth);

/* What decides comes first; behind it what is nearest to deciding. */
static void text_children(const struct words *words, const struct judged *judged,
                          size_t depth)
{
    bool is_or = judged->criteria->kind != CRITERIA_AND;
    enum truth turns[] = {judged->truth, is_or ? TRUTH_YES : TRUTH_NO, TRUTH_UNKNOWN,
                          is_or ? TRUTH_NO : TRUTH_YES};

    for (size_t turn = 0; turn < 4; turn++)
        for (size_t i = 0; i < judged->n_children; i++)
            if (judged->children[i]->truth == turns[turn] &&
                (turn == 0 || turns[turn] != judged->truth))
                text_node(words, judged->children[i], depth);
}

/* The lines inside of JUDGED, which has brackets around them already. */
static void text_inside(const struct words *words, const struct judged *judged,
                        size_t depth)
{
    if (is_list(judged))
        text_children(words, judged, depth);
    else
        text_node(words, judged, depth);
}

/* ---- tumours ---- */

static void text_tumour_name(const struct words *words, int tumour)
{
    const struct tumour *row = &words->explanation->record->tumours[tumour];
    const char *topography = row->topography;
    char text[DATE_WORDS_SIZE];

    buffer_printf(words->out, "%s %d (%s%s%s %s)", words->french ? "tumeur" : "tumour",
                  tumour + 1, topography, *topography ? ", " : "",
                  words->french ? "diagnostic" : "diagnosed",
                  date_print_words(row->diagnosis, words->french, text));
}

/* The first line that makes JUDGED what it is. */
static const struct judged *why(const struct judged *judged)
{
    while (is_list(judged)) {
        size_t i = 0;

        while (!judged_decides(judged, judged->children[i]))
            i++;
        judged = judged->children[i];
    }
    return judged;
}

/* How many lines of CHILD make it what it is; FIRST_R: which is the first. */
static size_t deciding_lines(const struct judged *child, size_t *first_r)
{
    size_t n = 0;

    *first_r = 0;
    for (size_t i = child->n_children; is_list(child) && i-- > 0;) {
        if (!judged_decides(child, child->children[i]))
            continue;
        *first_r = i;
        n++;
    }
    return n;
}

/* Is A nearer to a yes than B: by its truth; else fewer lines stand in the way; else those
 * that say first what is looked for do not? */
static bool is_nearer(const struct judged *a, const struct judged *b)
{
    size_t first_a, first_b;
    size_t n_a = deciding_lines(a, &first_a), n_b = deciding_lines(b, &first_b);

    if (judged_truth(a) != judged_truth(b))
        return judged_truth(a) > judged_truth(b);
    if (judged_truth(a) == TRUTH_YES)
        return false;
    return n_a != n_b ? n_a < n_b : first_a > first_b;
}

static size_t best_child(const struct judged *judged)
{
    size_t best = 0;

    for (size_t i = 1; i < judged->n_children; i++)
        if (is_nearer(judged->children[i], judged->children[best]))
            best = i;
    return best;
}

/* ---- samples, events, TNMs ---- */

/* "T3 N1 M0", as far as it is said */
static void text_tnm(const struct words *words, const struct fact *fact)
{
    static const enum item items[] = {ITEM_TNM_T, ITEM_TNM_N, ITEM_TNM_M};
    bool blank = false;

    for (size_t i = 0; i < ARRAY_LENGTH(items); i++) {
        const char *code = fact_text(fact, items[i]);

        if (!*code)
            continue;
        buffer_printf(words->out, "%s%s", blank ? " " : "", code);
        blank = true;
    }
    if (!blank)
        buffer_string(words->out, words->french ? "non précisé" : "not stated");
}

static void text_whole_name(const struct words *words, const struct whole *whole)
{
    static const struct {
        enum group group;
        const char *fr, *en, *unseen_fr, *unseen_en;
    } names[] = {{GROUP_SPECIMEN, "prélèvement", "sample",
                  "un prélèvement qui n’est pas connu", "a sample that is not known"},
                 {GROUP_TUMOUR_EVENT, "événement", "event",
                  "un événement qui n’est pas connu", "an event that is not known"},
                 {GROUP_TNM, "TNM", "TNM", "un TNM qui n’est pas connu",
                  "a TNM that is not known"}};
    char text[DATE_WORDS_SIZE];
    size_t i = 0;

    while (names[i].group != whole->group)
        i++;
    if (whole->unseen) {
        buffer_string(words->out,
                      words->french ? names[i].unseen_fr : names[i].unseen_en);
        return;
    }
    buffer_string(words->out, words->french ? names[i].fr : names[i].en);
    if (*whole->name && whole->group == GROUP_SPECIMEN)
        buffer_printf(words->out, " %s", whole->name);
    if (!whole->fact) {
        buffer_string(words->out, words->french ? " (non transmis)" : " (not sent)");
        return;
    }
    buffer_string(words->out, " (");
    if (whole->group == GROUP_TNM)
        text_tnm(words, whole->fact);
    else
        fact_brief_print(words->out, whole->fact, ITEM_NONE, words->lang);
    if (!interval_is_unknown(whole->fact->date))
        buffer_printf(words->out, ", %s",
                      fact_date_words(whole->fact, words->french, text));
    buffer_char(words->out, ')');
}

/* The best one unfolded, of the others what decides. */
static void text_tumours(const struct words *words, const struct judged *judged,
                         size_t depth)
{
    size_t best = best_child(judged);

    for (size_t i = 0; i < judged->n_children; i++) {
        const struct judged *child = judged->children[i];

        indent(words, depth);
        if (judged->criteria->kind == CRITERIA_SAME)
            text_whole_name(words, child->whole);
        else
            text_tumour_name(words, child->tumour);
        buffer_printf(words->out, words->french ? " : %s" : ": %s",
                      truth_name(words, judged_truth(child)));
        if (i != best)
            buffer_printf(words->out, "  (%s)", text_of(words, why(child)->criteria));
        buffer_char(words->out, '\n');
        if (i == best)
            text_inside(words, child, depth + 1);
    }
}

/* ---- a line ---- */

static void text_counts(const struct words *words, size_t yes, size_t unknown)
{
    if (words->french)
        buffer_printf(words->out, " : %zu oui, %zu inconnu%s", yes, unknown,
                      unknown > 1 ? "s" : "");
    else
        buffer_printf(words->out, ": %zu yes, %zu unknown", yes, unknown);
}

static void text_head(const struct words *words, const struct judged *judged,
                      size_t depth)
{
    indent(words, depth);
    buffer_padded(words->out, truth_name(words, judged->truth), 9);
    buffer_string(words->out, text_of(words, judged->criteria));
    if (judged->criteria->kind == CRITERIA_AT_LEAST)
        text_counts(words, count_of(judged, TRUTH_YES), count_of(judged, TRUTH_UNKNOWN));
    buffer_char(words->out, '\n');
}

static void text_node(const struct words *words, const struct judged *judged,
                      size_t depth)
{
    text_head(words, judged, depth);
    /* "not LINE" is a line: what is behind it is behind LINE */
    while (judged->criteria->kind == CRITERIA_NOT)
        judged = judged->children[0];
    text_facts(words, judged, depth + 4);
    text_doubts(words, judged, depth + 4);
    switch (judged->criteria->kind) {
    case CRITERIA_TUMOUR:
    case CRITERIA_SAME: text_tumours(words, judged, depth + 1); break;
    case CRITERIA_NAMED:
    case CRITERIA_USE: text_inside(words, judged->children[0], depth + 1); break;
    default: text_children(words, judged, depth + 1); break;
    }
}

void explanation_text(struct buffer *out, const struct explanation *explanation,
                      enum lang lang)
{
    static const char *const answers[][3] = {[LANG_FR] = {"non retenu", "à vérifier",
                                                          "retrouvé"},
                                             [LANG_EN] = {"no", "possible", "certain"}};
    const struct words words = {out, explanation, lang, lang == LANG_FR};
    const struct question *question = explanation->question;
    char date[DATE_WORDS_SIZE];

    date_print_words((struct interval){question->as_of, question->as_of}, words.french,
                     date);
    buffer_printf(out, "%s   %s\n", answers[lang][explanation->root->truth],
                  text_of(&words, question->criteria));
    buffer_printf(out,
                  words.french ? "Patient %s ; au %s ; données #%" PRId64 " ; règles %u\n"
                               : "Patient %s; as of %s; data #%" PRId64 "; rules %u\n",
                  explanation->number, date, explanation->sequence, RULES_VERSION);
    if (explanation->record->opposed)
        buffer_string(out, words.french
                               ? "Patient ayant exprimé son opposition à la recherche : "
                                 "n’est compté dans aucune réponse\n"
                               : "Patient opposed to research: counted in no answer\n");
    buffer_char(out, '\n');
    text_inside(&words, explanation->root, 1);
}
