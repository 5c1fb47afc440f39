/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/sentence.c: how the parts of a sentence fit into each other, in either language.
 *
 * Lines stand in a row with commas: "a, b et c". What has commas of its own is set off with
 * semicolons; what does not fit even so becomes a list with letters, whose items may hold
 * lists with figures: (a), (b), (b1), (b2), (b2a). So a reader never has to guess how far an
 * "or" reaches. */
#include "criteria/sentence.h"

#include <string.h>

#include "base/arena.h"
#include "criteria/sentence_internal.h"

/* A label may be ten times as long as its code, and a word as its words. */
#define SENTENCE_MAX ((size_t)64 * CRITERIA_TEXT_MAX)

void sentence_put(struct sentence *s, const char *text)
{
    buffer_string(s->out, text);
}

/* ---- what is said as one line ---- */

static bool is_fact_of(const struct criteria *node, enum item item)
{
    return node->kind == CRITERIA_FACT && node->item == item && node->n_codes == 0 &&
           !node->count && !node->from && node->n_status == 0 && !node->has_number &&
           node->n_when == 0;
}

/* (altered any or fusion any) or copy number any */
static bool is_sequenced(const struct criteria *node)
{
    const struct criteria *first;

    if (node->kind != CRITERIA_OR || node->n_children != 2)
        return false;
    first = node->children[0];
    return first->kind == CRITERIA_OR && first->n_children == 2 &&
           is_fact_of(first->children[0], ITEM_VARIANT_GENE) &&
           is_fact_of(first->children[1], ITEM_FUSION_GENE) &&
           is_fact_of(node->children[1], ITEM_COPY_GENE);
}

const struct criteria *sentence_exactly(struct sentence *s, const struct criteria *node,
                                        unsigned *count_r)
{
    const struct criteria *least, *most;
    struct criteria a, b;

    if (node->kind != CRITERIA_AND || node->n_children != 2 ||
        node->children[0]->kind != CRITERIA_FACT ||
        node->children[1]->kind != CRITERIA_NOT)
        return NULL;
    least = node->children[0];
    most = node->children[1]->children[0];
    *count_r = least->count ? least->count : 1;
    if (most->kind != CRITERIA_FACT || most->count != *count_r + 1 || least->from)
        return NULL;
    a = *least;
    b = *most;
    a.count = b.count = 0;
    return strcmp(criteria_print(s->arena, &a), criteria_print(s->arena, &b)) == 0 ? least
                                                                                   : NULL;
}

bool sentence_is_line(struct sentence *s, const struct criteria *node)
{
    unsigned count;

    switch (node->kind) {
    case CRITERIA_ANY:
    case CRITERIA_FACT:
    case CRITERIA_AGE:
    case CRITERIA_DATE:
    case CRITERIA_VITAL:
    case CRITERIA_ACTIVE:
    case CRITERIA_SAME:
    case CRITERIA_NAMED:
    case CRITERIA_USE: return true;
    case CRITERIA_AND: return sentence_exactly(s, node, &count) != NULL;
    case CRITERIA_OR: return is_sequenced(node);
    case CRITERIA_NOT:
    case CRITERIA_AT_LEAST:
    case CRITERIA_TUMOUR: break;
    }
    return false;
}

bool sentence_asks(const struct criteria *line)
{
    return line->n_status > 0 || line->has_number || line->n_when > 0;
}

bool sentence_has_no_opposite(struct sentence *s, const struct criteria *line)
{
    unsigned count;

    return (line->kind == CRITERIA_FACT && line->from && sentence_asks(line)) ||
           (sentence_is_own(s, line) && sentence_asks(line)) ||
           line->kind == CRITERIA_ANY || sentence_exactly(s, line, &count);
}

bool sentence_is_own(const struct sentence *s, const struct criteria *line)
{
    return s->same != GROUP_NONE && line->kind == CRITERIA_FACT &&
           model_item(line->item)->group == s->same && !line->count && !line->from;
}

bool sentence_is_plain_treatment(const struct criteria *fact)
{
    return fact->item == ITEM_DRUG_CODE && fact->n_codes > 0 && !fact->from &&
           !fact->count && !sentence_asks(fact);
}

const char *sentence_sex(const struct criteria *line)
{
    if (line->kind != CRITERIA_FACT || line->item != ITEM_PATIENT_SEX || line->count ||
        line->from || line->n_when > 0 || line->n_codes != 1 ||
        line->codes[0].first_code != line->codes[0].last_code)
        return NULL;
    return line->codes[0].first_code;
}

bool sentence_of_patient(const struct criteria *line)
{
    switch (line->kind) {
    case CRITERIA_FACT:
        return model_group(model_item(line->item)->group)->scope == SCOPE_PATIENT;
    case CRITERIA_AGE:
    case CRITERIA_DATE: return line->item != ITEM_DIAGNOSIS_DATE;
    case CRITERIA_VITAL:
    case CRITERIA_ACTIVE: return true;
    default: return false;
    }
}

bool sentence_needs_no_tumour(struct sentence *s, const struct criteria *body)
{
    unsigned count;
    const struct criteria *fact = sentence_exactly(s, body, &count);
    const struct criteria *line = fact ? fact : body;

    switch (line->kind) {
    case CRITERIA_AGE:
    case CRITERIA_DATE: return criteria_needs_tumour(line);
    case CRITERIA_FACT:
        return criteria_needs_tumour(line) &&
               sentence_noun(s, line, false).frame != FRAME_IS;
    default: return false;
    }
}

/* "à l’exclusion de ceux …" needs no "et" before it. */
static bool is_excluded(struct sentence *s, const struct criteria *node)
{
    const struct criteria *child;

    if (node->kind != CRITERIA_NOT)
        return false;
    child = node->children[0];
    if (child->kind == CRITERIA_TUMOUR)
        return false;
    return !sentence_is_line(s, child) || sentence_has_no_opposite(s, child);
}

/* ---- shapes ---- */

static enum shape shape_of_line(const struct criteria *line)
{
    if (line->kind == CRITERIA_FACT || line->kind == CRITERIA_DATE)
        if (line->n_codes > 2 || line->n_status > 2 ||
            line->n_when + line->has_number + (line->n_status > 0) >
                (line->from ? 1U : 2U) ||
            line->n_when > 1)
            return SHAPE_COMMAS;
    return SHAPE_LINE;
}

static enum shape shape_of_not(struct sentence *s, const struct criteria *child,
                               bool of_tumour)
{
    enum shape shape = sentence_shape(s, child, of_tumour);

    if (shape >= SHAPE_MIX)
        return SHAPE_LIST;
    if (shape > SHAPE_LINE || child->kind == CRITERIA_TUMOUR)
        return shape;
    return !sentence_is_line(s, child) || sentence_has_no_opposite(s, child)
               ? SHAPE_COMMAS
               : SHAPE_LINE;
}

/* The largest shape of all children but the last, and the last one's. */
static enum shape shape_before(struct sentence *s, const struct criteria *node,
                               bool of_tumour, enum shape *last_r)
{
    enum shape most = SHAPE_LINE;

    for (size_t i = 0; i + 1 < node->n_children; i++) {
        enum shape shape = sentence_shape(s, node->children[i], of_tumour);

        most = shape > most ? shape : most;
    }
    *last_r = sentence_shape(s, node->children[node->n_children - 1], of_tumour);
    return most;
}

static enum shape shape_of_and(struct sentence *s, const struct criteria *node,
                               bool of_tumour)
{
    enum shape last, before = shape_before(s, node, of_tumour, &last);

    if (before > SHAPE_OR || last > SHAPE_OR)
        return SHAPE_LIST;
    if (of_tumour && before <= SHAPE_COMMAS) {
        const struct criteria *end = node->children[node->n_children - 1];

        return last <= SHAPE_COMMAS                      ? SHAPE_AND
               : last == SHAPE_OR || is_excluded(s, end) ? SHAPE_OR
                                                         : SHAPE_LIST;
    }
    if (of_tumour)
        return SHAPE_LIST;
    if (before == SHAPE_LINE || (before == SHAPE_COMMAS && node->n_children == 2))
        return last <= SHAPE_COMMAS ? SHAPE_AND : SHAPE_MIX;
    return SHAPE_MIX;
}

enum shape sentence_shape(struct sentence *s, const struct criteria *node, bool of_tumour)
{
    enum shape last, before;

    if (sentence_is_line(s, node))
        return shape_of_line(node);
    switch (node->kind) {
    case CRITERIA_AND: return shape_of_and(s, node, of_tumour);
    case CRITERIA_OR:
        before = shape_before(s, node, of_tumour, &last);
        return before <= SHAPE_AND && last <= SHAPE_AND ? SHAPE_OR : SHAPE_LIST;
    case CRITERIA_NOT: return shape_of_not(s, node->children[0], of_tumour);
    case CRITERIA_TUMOUR:
        /* what follows "une tumeur" might be taken to be said of it */
        last = sentence_shape(s, node->children[0], true);
        return last > SHAPE_LINE || sentence_needs_no_tumour(s, node->children[0])
                   ? last
                   : SHAPE_COMMAS;
    default: return SHAPE_LIST;
    }
}

/* ---- lists ---- */

/* The N-th name at this depth: a … z, aa …, or 1, 2, 3. */
static void put_label(struct buffer *out, size_t n, bool letters)
{
    if (!letters) {
        buffer_printf(out, "%zu", n + 1);
        return;
    }
    if (n >= 26)
        put_label(out, n / 26 - 1, true);
    buffer_char(out, (char)('a' + n % 26));
}

static bool next_is_letter(const char *path)
{
    size_t length = strlen(path);

    return length == 0 || (path[length - 1] >= '0' && path[length - 1] <= '9');
}

static void say_items(struct sentence *s, const struct criteria *node)
{
    size_t length = strlen(s->path), n = 0;
    struct buffer label;

    sentence_put(s, s->tongue->colon);
    for (size_t i = 0; i < node->n_children; i++) {
        if (node->children[i] == s->women)
            continue;
        buffer_init(&label, LABEL_MAX - 1 - length);
        put_label(&label, n, next_is_letter(s->path));
        memcpy(s->path + length, buffer_text(&label), label.length + 1);
        buffer_free(&label);
        sentence_put(s, n++ ? s->tongue->semicolon : "");
        buffer_printf(s->out, "(%s) ", s->path);
        sentence_say(s, node->children[i], PLACE_ITEM);
        s->path[length] = '\0';
    }
}

static void say_list(struct sentence *s, const struct criteria *node)
{
    if (node->kind == CRITERIA_AT_LEAST)
        s->tongue->at_least_of(s, node->count, node->n_children);
    else
        sentence_put(s,
                     node->kind == CRITERIA_AND ? s->tongue->all_of : s->tongue->any_of);
    say_items(s, node);
}

/* ---- rows ---- */

/* Its words agree with "patients", or speak of another tumour: nobody takes them to be said of
 * the tumour before. */
static bool agrees(struct sentence *s, const struct criteria *node)
{
    if (node->kind == CRITERIA_NOT)
        node = node->children[0];
    if (node->kind == CRITERIA_TUMOUR) {
        node = node->children[0];
        if (!sentence_needs_no_tumour(s, node))
            return true;
    }
    return node->kind == CRITERIA_AGE || node->kind == CRITERIA_VITAL ||
           (node->kind == CRITERIA_DATE &&
            (node->item == ITEM_PATIENT_BIRTH || node->item == ITEM_DEATH_DATE));
}

static const char *before_last(struct sentence *s, const struct criteria *node,
                               enum shape before, enum place place)
{
    const struct criteria *last = node->children[node->n_children - 1];
    bool excluded = is_excluded(s, last);

    if (before == SHAPE_LINE || s->of_tumour) {
        enum shape shape = sentence_shape(s, last, s->of_tumour);
        bool clear = shape < SHAPE_AND && before == SHAPE_LINE;

        return excluded ? ", " : clear ? s->tongue->and : s->tongue->comma_and;
    }
    if (excluded)
        return s->tongue->semicolon;
    return node->n_children == 2 && before <= SHAPE_AND &&
                   (agrees(s, last) || place != PLACE_TOP)
               ? s->tongue->comma_and
               : s->tongue->semicolon_and;
}

static void say_row(struct sentence *s, const struct criteria *node, enum place place)
{
    enum shape last, before = shape_before(s, node, s->of_tumour, &last);
    bool commas = before == SHAPE_LINE || s->of_tumour;
    const char *between = commas ? ", " : s->tongue->semicolon;
    size_t n = 0;

    for (size_t i = 0; i < node->n_children; i++) {
        bool is_last = i + 1 == node->n_children;

        if (node->children[i] == s->women)
            continue;
        if (n++)
            sentence_put(s, is_last ? before_last(s, node, before, place) : between);
        sentence_say(s, node->children[i], PLACE_INSIDE);
    }
}

/* "à la fois", where a row stands inside another one */
static void put_both(struct sentence *s, const struct criteria *node, enum place place)
{
    if (place == PLACE_INSIDE)
        sentence_put(s, node->n_children == 2 ? s->tongue->both : s->tongue->all_three);
}

static void say_and(struct sentence *s, const struct criteria *node, enum place place)
{
    enum shape last, before = shape_before(s, node, s->of_tumour, &last);
    enum shape shape = sentence_shape(s, node, s->of_tumour);

    /* a list may stand at the very end of the sentence */
    if (shape == SHAPE_AND ||
        (place == PLACE_TOP && !s->of_tumour && before <= SHAPE_OR &&
         (last <= SHAPE_OR || last == SHAPE_LIST))) {
        put_both(s, node, place);
        say_row(s, node, place);
    } else if (shape == SHAPE_OR) { /* of a tumour */
        put_both(s, node, place);
        sentence_say_all(s, node);
    } else {
        say_list(s, node);
    }
}

void sentence_say_all(struct sentence *s, const struct criteria *body)
{
    for (size_t i = 0; i < body->n_children; i++) {
        const struct criteria *child = body->children[i];
        bool row = sentence_shape(s, child, s->of_tumour) > SHAPE_COMMAS;

        row = row && !is_excluded(s, child);
        sentence_put(s, i == 0 ? "" : row ? s->tongue->comma_and : ", ");
        s->classified = i > 0 && sentence_is_tnm(body->children[i - 1]);
        sentence_say(s, child, PLACE_INSIDE);
        s->classified = false;
    }
}

static void say_or(struct sentence *s, const struct criteria *node)
{
    if (sentence_shape(s, node, s->of_tumour) == SHAPE_LIST) {
        say_list(s, node);
        return;
    }
    for (size_t i = 0; i < node->n_children; i++) {
        sentence_put(s, i ? s->tongue->or_else : s->tongue->either);
        sentence_say(s, node->children[i], PLACE_INSIDE);
    }
}

/* ---- names ---- */

static void say_named(struct sentence *s, const struct criteria *node, bool negated)
{
    sentence_put(s, negated ? s->tongue->not_meeting : "");
    sentence_put(s, "(");
    sentence_put(s, s->tongue->quote);
    sentence_put(s, node->name);
    sentence_put(s, s->tongue->unquote);
    sentence_put(s, s->tongue->colon);
    sentence_say(s, node->children[0], PLACE_TOP);
    sentence_put(s, ")");
}

/* ---- one sample, one event, one TNM ---- */

/* In brackets, so that nothing else is taken to be said of it. */
static void say_same(struct sentence *s, const struct criteria *node, bool negated)
{
    bool of_tumour = s->of_tumour, of_one = s->of_one, feminine = s->feminine,
         classified = s->classified;

    s->tongue->same(s, node, negated);
    s->of_tumour = s->feminine = s->classified = false;
    s->of_one = true;
    s->same = node->group;
    sentence_put(s, " (");
    sentence_say(s, node->children[0], PLACE_TOP);
    sentence_put(s, ")");
    s->same = GROUP_NONE;
    s->of_tumour = of_tumour;
    s->of_one = of_one;
    s->feminine = feminine;
    s->classified = classified;
}

/* ---- all of them ---- */

static void say_line(struct sentence *s, const struct criteria *node, bool negated)
{
    unsigned count;
    const struct criteria *fact = sentence_exactly(s, node, &count);

    if (negated && sentence_has_no_opposite(s, node)) {
        s->tongue->excluded(s);
        negated = false;
    }
    if (fact)
        s->tongue->exactly(s, fact, count);
    else if (node->kind == CRITERIA_OR)
        s->tongue->sequenced(s, negated);
    else if (node->kind == CRITERIA_NAMED)
        say_named(s, node, negated);
    else if (node->kind == CRITERIA_USE)
        s->tongue->use(s, node, negated);
    else if (node->kind == CRITERIA_SAME)
        say_same(s, node, negated);
    else
        s->tongue->line(s, node, negated);
}

static void say_not(struct sentence *s, const struct criteria *child)
{
    if (sentence_is_line(s, child)) {
        say_line(s, child, true);
    } else if (child->kind == CRITERIA_TUMOUR) {
        s->tongue->tumour(s, child, true);
    } else {
        s->tongue->excluded(s);
        sentence_say(s, child, PLACE_INSIDE);
    }
}

void sentence_say(struct sentence *s, const struct criteria *node, enum place place)
{
    if (sentence_is_line(s, node)) {
        say_line(s, node, false);
        return;
    }
    switch (node->kind) {
    case CRITERIA_AND: say_and(s, node, place); break;
    case CRITERIA_OR: say_or(s, node); break;
    case CRITERIA_NOT: say_not(s, node->children[0]); break;
    case CRITERIA_TUMOUR: s->tongue->tumour(s, node, false); break;
    default: say_list(s, node); break;
    }
}

/* `sex F`, alone or among the lines at the top. */
static const struct criteria *find_women(const struct criteria *criteria)
{
    bool is_and = criteria->kind == CRITERIA_AND;

    for (size_t i = 0; i < (is_and ? criteria->n_children : 1); i++) {
        const struct criteria *line = is_and ? criteria->children[i] : criteria;

        if (sentence_sex(line) && *sentence_sex(line) == 'F')
            return line;
    }
    return NULL;
}

const char *criteria_sentence(struct arena *arena, const struct criteria *criteria,
                              enum lang lang)
{
    struct buffer raw;
    struct sentence s = {.arena = arena,
                         .out = &raw,
                         .tongue = lang == LANG_FR ? &sentence_french : &sentence_english,
                         .lang = lang,
                         .women = find_women(criteria)};
    const char *text;

    buffer_init(&raw, SENTENCE_MAX);
    s.feminine = s.women != NULL;
    if (criteria->kind == CRITERIA_ANY) {
        sentence_put(&s, s.tongue->everybody);
    } else if (is_excluded(&s, criteria)) {
        buffer_printf(&raw, "%s, ", s.tongue->everybody);
        sentence_say(&s, criteria, PLACE_TOP);
    } else {
        s.tongue->subject(&s);
        if (criteria != s.women) {
            sentence_put(&s, " ");
            sentence_say(&s, criteria, PLACE_TOP);
        }
    }
    text = s.tongue->finish(arena, &raw);
    buffer_free(&raw);
    return text;
}
