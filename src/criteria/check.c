/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/check.c: lines that stand together.
 *
 * A conjunction is taken flat: brackets, names and tumour { } opened, each line with the block
 * in which it stands. Two of its lines are about the same subject when both are about the
 * patient, or about the tumour of one block. What is compared are single lines and negated
 * single lines; what hides deeper is not looked for. */
#include "criteria/check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "criteria/check_internal.h"

#define LINES_MAX 128 /* compared with one another */

const char *criteria_severity_name(enum criteria_severity severity)
{
    return severity == SEVERITY_WARNING ? "warning" : "remark";
}

const char *criteria_concern_name(enum criteria_concern concern)
{
    static const char *const names[] = {
        [CONCERN_CODE] = "code",     [CONCERN_NUMBER] = "number",
        [CONCERN_DATE] = "date",     [CONCERN_CONTRADICTION] = "contradiction",
        [CONCERN_ALWAYS] = "always", [CONCERN_TUMOURS] = "tumours",
        [CONCERN_SAME] = "same",     [CONCERN_COVERAGE] = "coverage",
    };

    return names[concern];
}

void checker_add(struct checker *checker, const struct criteria *node,
                 enum criteria_severity severity, enum criteria_concern concern,
                 const char *fr, const char *en)
{
    if (checker->n == FINDINGS_MAX)
        return;
    checker->findings[checker->n++] =
        (struct criteria_finding){node,     node->line, node->column,
                                  severity, concern,    {[LANG_FR] = fr, [LANG_EN] = en}};
}

/* ---- a flat conjunction ---- */

struct stated {
    const struct criteria *line;   /* FACT, AGE, DATE, VITAL */
    const struct criteria *tumour; /* the block it stands in, or NULL: tumour, or what
                                    * SAME has braces for */
    bool negated;
};

struct conjunction {
    size_t n;
    struct stated lines[LINES_MAX];
};

static bool is_line(const struct criteria *node)
{
    return node->kind == CRITERIA_FACT || node->kind == CRITERIA_AGE ||
           node->kind == CRITERIA_DATE || node->kind == CRITERIA_VITAL;
}

static void gather(struct conjunction *all, const struct criteria *node,
                   const struct criteria *tumour)
{
    const struct criteria *inner = node->n_children ? node->children[0] : NULL;

    switch (node->kind) {
    case CRITERIA_AND:
        for (size_t i = 0; i < node->n_children; i++)
            gather(all, node->children[i], tumour);
        return;
    case CRITERIA_NAMED:
    case CRITERIA_USE: gather(all, inner, tumour); return;
    case CRITERIA_TUMOUR:
    case CRITERIA_SAME: gather(all, inner, node); return;
    case CRITERIA_NOT:
        /* not tumour { line }: no tumour has it; so with samples, events, TNMs */
        while (inner->kind == CRITERIA_TUMOUR || inner->kind == CRITERIA_SAME)
            inner = inner->children[0];
        if (is_line(inner) && all->n < LINES_MAX)
            all->lines[all->n++] = (struct stated){inner, tumour, true};
        return;
    default:
        if (is_line(node) && all->n < LINES_MAX)
            all->lines[all->n++] = (struct stated){node, tumour, false};
    }
}

static bool is_of_tumour(const struct criteria *line)
{
    return line->kind != CRITERIA_VITAL &&
           (line->kind != CRITERIA_AGE || line->item != ITEM_NONE) &&
           model_group(model_item(line->item)->group)->scope == SCOPE_TUMOUR;
}

/* ---- does one line imply another? ---- */

static bool codes_within(const struct criteria_code *a, size_t n,
                         const struct criteria_code *b, size_t m)
{
    for (size_t i = 0; i < n; i++) {
        bool within = false;

        for (size_t k = 0; k < m && !within; k++)
            within = strcmp(a[i].range.first, b[k].range.first) >= 0 &&
                     strcmp(a[i].range.after, b[k].range.after) <= 0;
        if (!within)
            return false;
    }
    return n > 0;
}

static bool codes_meet(const struct criteria_code *a, size_t n,
                       const struct criteria_code *b, size_t m)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < m; k++)
            if (strcmp(a[i].range.first, b[k].range.after) < 0 &&
                strcmp(b[k].range.first, a[i].range.after) < 0)
                return true;
    return false;
}

/* Is every number of A one of B? */
static bool number_within(const struct criteria_number *a,
                          const struct criteria_number *b)
{
    bool low = a->low > b->low || (!(a->low < b->low) && (a->low_open || !b->low_open));
    bool high =
        a->high < b->high || (!(a->high > b->high) && (a->high_open || !b->high_open));

    return low && high;
}

static bool numbers_meet(const struct criteria_number *a, const struct criteria_number *b)
{
    double low = fmax(a->low, b->low), high = fmin(a->high, b->high);
    struct criteria_number both = {low, high, false, false};

    return low < high || (!(low > high) && criteria_number_holds(a, both.low) &&
                          criteria_number_holds(b, both.low));
}

static bool same_text(struct checker *checker, const struct criteria *a,
                      const struct criteria *b)
{
    return strcmp(criteria_print(checker->arena, a), criteria_print(checker->arena, b)) ==
           0;
}

/* Whoever has A has B. */
static bool implies(struct checker *checker, const struct criteria *a,
                    const struct criteria *b)
{
    if (a->kind != b->kind || a->item != b->item)
        return false;
    if (a->kind == CRITERIA_FACT && b->count == 0 && b->order == ORDER_ANY &&
        b->n_when == 0)
        return (b->n_codes == 0 ||
                codes_within(a->codes, a->n_codes, b->codes, b->n_codes)) &&
               (b->n_status == 0 ||
                codes_within(a->status, a->n_status, b->status, b->n_status)) &&
               (!b->has_number ||
                (a->has_number && number_within(&a->number, &b->number)));
    if (a->kind == CRITERIA_AGE)
        return number_within(&a->number, &b->number);
    return same_text(checker, a, b);
}

/* ---- can two lines hold together? ---- */

/* Of which a patient, or a tumour, has one value. */
static bool is_single(enum item item)
{
    return item == ITEM_PATIENT_SEX || item == ITEM_TOPOGRAPHY ||
           item == ITEM_MORPHOLOGY || item == ITEM_LATERALITY ||
           item == ITEM_STAGE_VALUE || (model_item(item)->group == GROUP_RISK_FACTOR);
}

static bool dates_exclude(const struct criteria *a, const struct criteria *b)
{
    for (size_t i = 0; i < a->n_when; i++)
        for (size_t k = 0; k < b->n_when; k++)
            if (a->when[i].kind == WHEN_DATES && b->when[k].kind == WHEN_DATES &&
                (a->when[i].dates.first > b->when[k].dates.last ||
                 b->when[k].dates.first > a->when[i].dates.last))
                return true;
    return false;
}

static bool is_about_death(const struct criteria *line)
{
    return (line->kind == CRITERIA_DATE || line->kind == CRITERIA_AGE) &&
           line->item == ITEM_DEATH_DATE;
}

static bool is_alive(const struct criteria *line)
{
    return line->kind == CRITERIA_VITAL && !line->dead;
}

/* SAME: they are about one and the same sample, event or TNM. */
static bool exclude(const struct criteria *a, const struct criteria *b, bool same)
{
    if ((is_about_death(a) && is_alive(b)) || (is_alive(a) && is_about_death(b)))
        return true;
    if (a->kind != b->kind || a->item != b->item)
        return false;
    switch (a->kind) {
    case CRITERIA_VITAL: return a->dead != b->dead;
    case CRITERIA_AGE: return !numbers_meet(&a->number, &b->number);
    case CRITERIA_DATE: return dates_exclude(a, b);
    default:
        return (is_single(a->item) || same) && a->n_codes && b->n_codes && !a->from &&
               !b->from && !codes_meet(a->codes, a->n_codes, b->codes, b->n_codes);
    }
}

static void never_both(struct checker *checker, const struct criteria *a,
                       const struct criteria *b, bool negated)
{
    /* a stage may be stated again: rarely meant, but it happens */
    bool remark = a->item == ITEM_STAGE_VALUE && !negated;
    bool turned = a->line > b->line || (a->line == b->line && a->column > b->column);
    const char *one = criteria_print(checker->arena, a),
               *other = criteria_print(checker->arena, b);

    checker_add(checker, turned ? a : b, remark ? SEVERITY_REMARK : SEVERITY_WARNING,
                CONCERN_CONTRADICTION,
                arena_printf(checker->arena,
                             "« %s » et « %s%s » ne peuvent pas être vrais ensemble%s ; "
                             "vouliez-vous dire or ?",
                             one, negated ? "not " : "", other,
                             remark ? ", sauf si le stade est donné deux fois" : ""),
                arena_printf(checker->arena,
                             "\"%s\" and \"%s%s\" cannot both hold%s; did you mean or?",
                             one, negated ? "not " : "", other,
                             remark ? ", unless the stage is stated twice" : ""));
}

/* Is LINE about the very sample, event or TNM whose braces it stands in? Then all is said of
 * one, which has one type, one site, one T. */
static bool is_of_same(const struct stated *line)
{
    return line->tumour && line->tumour->kind == CRITERIA_SAME &&
           model_item(line->line->item)->group == line->tumour->group;
}

static void compare(struct checker *checker, const struct stated *a,
                    const struct stated *b)
{
    const struct stated *yes = a->negated ? b : a, *no = a->negated ? a : b;

    if (a->negated && b->negated)
        return;
    if (!a->negated && !b->negated) {
        if ((!is_of_tumour(a->line) || (a->tumour && a->tumour == b->tumour)) &&
            exclude(a->line, b->line, is_of_same(a)))
            never_both(checker, a->line, b->line, false);
        return;
    }
    /* "no tumour has it" speaks of all tumours; inside a block, of that one */
    if ((!no->tumour || no->tumour == yes->tumour) &&
        implies(checker, yes->line, no->line))
        never_both(checker, yes->line, no->line, true);
}

/* ---- sites of one sex ---- */

static void check_sex(struct checker *checker, const struct stated *sex,
                      const struct stated *site)
{
    static const struct {
        const char *sex, *first, *after;
    } sites[] = {{"M", "C51", "C59"}, {"F", "C60", "C64"}};

    if (sex->negated || site->negated || sex->line->kind != CRITERIA_FACT ||
        site->line->kind != CRITERIA_FACT || sex->line->item != ITEM_PATIENT_SEX ||
        site->line->item != ITEM_TOPOGRAPHY || sex->line->n_codes != 1 ||
        !site->line->n_codes)
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(sites); i++) {
        bool all = strcmp(sex->line->codes[0].first_code, sites[i].sex) == 0;

        for (size_t k = 0; k < site->line->n_codes; k++)
            all = all && strcmp(site->line->codes[k].range.first, sites[i].first) >= 0 &&
                  strcmp(site->line->codes[k].range.after, sites[i].after) <= 0;
        if (all)
            checker_add(
                checker, site->line, SEVERITY_WARNING, CONCERN_CONTRADICTION,
                arena_printf(checker->arena,
                             "cette topographie n’existe pas chez %s (sex %s) : vérifiez "
                             "l’un ou l’autre",
                             i ? "la femme" : "l’homme", sites[i].sex),
                arena_printf(checker->arena,
                             "%s have no such site (sex %s): check one or the other",
                             i ? "women" : "men", sites[i].sex));
    }
}

static void check_conjunction(struct checker *checker, const struct criteria *node)
{
    struct conjunction *all = arena_alloc(checker->arena, sizeof(*all));

    gather(all, node, NULL);
    for (size_t i = 0; i < all->n; i++) {
        for (size_t k = i + 1; k < all->n; k++) {
            compare(checker, &all->lines[i], &all->lines[k]);
            check_sex(checker, &all->lines[i], &all->lines[k]);
            check_sex(checker, &all->lines[k], &all->lines[i]);
        }
    }
}

/* ---- one tumour, or several? ---- */

/* The single line of a block, or NULL. */
static const struct criteria *line_of_block(const struct criteria *node)
{
    return node->kind == CRITERIA_TUMOUR && is_line(node->children[0]) ? node->children[0]
                                                                       : NULL;
}

/* topography C34 and stage IV: two blocks of one line, about different items. Two of the same
 * item (two cancers) are meant so. */
static void check_tumours(struct checker *checker, const struct criteria *node)
{
    for (size_t i = 1; i < node->n_children; i++) {
        const struct criteria *line = line_of_block(node->children[i]);

        for (size_t k = 0; k < i && line; k++) {
            const struct criteria *other = line_of_block(node->children[k]);

            if (!other || other->item == line->item)
                continue;

            const char *one = criteria_print(checker->arena, other),
                       *two = criteria_print(checker->arena, line);

            checker_add(
                checker, line, SEVERITY_REMARK, CONCERN_TUMOURS,
                arena_printf(checker->arena,
                             "« %s » et « %s » peuvent être deux tumeurs "
                             "différentes ; pour une seule, écrivez : tumour { %s "
                             "and %s }",
                             one, two, one, two),
                arena_printf(checker->arena,
                             "\"%s\" and \"%s\" may be of two tumours; for one and "
                             "the same, write: tumour { %s and %s }",
                             one, two, one, two));
            return;
        }
    }
}

/* ---- one sample, or several? ---- */

/* A line about a sample or what was found in one, or about an event; else NULL. */
static const struct criteria *line_of_whole(const struct criteria *node)
{
    if (node->kind == CRITERIA_TUMOUR)
        node = node->children[0];
    return node->kind == CRITERIA_FACT &&
                   model_whole_of(model_item(node->item)->group) != GROUP_NONE
               ? node
               : NULL;
}

/* specimen BIOPSY and altered EGFR. Of T, N and M the last ones are meant, or all agree; and two
 * findings say nothing of where they were found. */
static bool may_be_of_two(const struct criteria *a, const struct criteria *b)
{
    enum group one = model_item(a->item)->group, two = model_item(b->item)->group;

    return a->item != b->item && model_whole_of(one) == model_whole_of(two) &&
           one != GROUP_TNM && (one == model_whole_of(one) || two == model_whole_of(two));
}

static void check_wholes(struct checker *checker, const struct criteria *node)
{
    for (size_t i = 1; i < node->n_children && !checker->in_same; i++) {
        const struct criteria *line = line_of_whole(node->children[i]);

        for (size_t k = 0; k < i && line; k++) {
            const struct criteria *other = line_of_whole(node->children[k]);
            const char *one, *two, *word;

            if (!other || !may_be_of_two(other, line))
                continue;
            one = criteria_print(checker->arena, other);
            two = criteria_print(checker->arena, line);
            word = criteria_same_word(model_whole_of(model_item(line->item)->group));
            checker_add(checker, line, SEVERITY_REMARK, CONCERN_SAME,
                        arena_printf(checker->arena,
                                     "« %s » et « %s » peuvent ne pas concerner le même "
                                     "%s ; pour un seul, écrivez : %s { %s and %s }",
                                     one, two, *word == 's' ? "prélèvement" : "événement",
                                     word, one, two),
                        arena_printf(checker->arena,
                                     "\"%s\" and \"%s\" may be of two %ss; for one and "
                                     "the same, write: %s { %s and %s }",
                                     one, two, word, word, one, two));
            return;
        }
    }
}

/* ---- what everybody has ---- */

static bool always_one(struct checker *checker, const struct criteria *a,
                       const struct criteria *b)
{
    if (a->kind == CRITERIA_VITAL && b->kind == CRITERIA_VITAL)
        return a->dead != b->dead;
    return b->kind == CRITERIA_NOT && implies(checker, b->children[0], a);
}

static void check_or(struct checker *checker, const struct criteria *node)
{
    size_t n = node->n_children < LINES_MAX ? node->n_children : LINES_MAX;

    for (size_t i = 0; i < n; i++) {
        const struct criteria *a = node->children[i];
        bool always = a->kind == CRITERIA_ANY;

        for (size_t k = 0; k < n && !always; k++)
            always = k != i && always_one(checker, a, node->children[k]);
        if (!always)
            continue;
        checker_add(checker, a, SEVERITY_WARNING, CONCERN_ALWAYS,
                    "cette alternative est toujours vraie : ces lignes ne choisissent "
                    "personne",
                    "one of these always holds: these lines choose nobody");
        return;
    }
}

/* ---- the tree ---- */

static void walk(struct checker *checker, const struct criteria *node,
                 bool in_conjunction)
{
    bool conjoins = node->kind == CRITERIA_AND || node->kind == CRITERIA_TUMOUR ||
                    node->kind == CRITERIA_SAME || node->kind == CRITERIA_NAMED;

    if (node->kind == CRITERIA_USE)
        return;
    if (conjoins && !in_conjunction)
        check_conjunction(checker, node);
    if (node->kind == CRITERIA_AND) {
        check_tumours(checker, node);
        check_wholes(checker, node);
    }
    if (node->kind == CRITERIA_OR)
        check_or(checker, node);
    check_line(checker, node);
    checker->in_same |= node->kind == CRITERIA_SAME;
    for (size_t i = 0; i < node->n_children; i++)
        walk(checker, node->children[i], conjoins);
    if (node->kind == CRITERIA_SAME)
        checker->in_same = false; /* they do not stand in each other */
}

static int by_place(const void *a, const void *b)
{
    const struct criteria_finding *x = a, *y = b;

    if (x->line != y->line)
        return x->line < y->line ? -1 : 1;
    if (x->column != y->column)
        return x->column < y->column ? -1 : 1;
    if (x->concern != y->concern)
        return x->concern < y->concern ? -1 : 1;
    return strcmp(x->message[LANG_EN], y->message[LANG_EN]);
}

size_t criteria_check(struct arena *arena, const struct criteria *criteria,
                      const struct criteria_circumstances *circumstances,
                      const struct criteria_finding **findings_r)
{
    struct checker checker = {.arena = arena, .circumstances = circumstances};

    checker.findings = arena_array(arena, FINDINGS_MAX, sizeof(*checker.findings));
    walk(&checker, criteria, false);
    qsort(checker.findings, checker.n, sizeof(*checker.findings), by_place);
    *findings_r = checker.findings;
    return checker.n;
}
