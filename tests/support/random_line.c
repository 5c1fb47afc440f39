/* SPDX-License-Identifier: Apache-2.0
 *
 * support/random_line.c: one line of random criteria, with all that may be said in one. */
#include <math.h>
#include <string.h>

#include "base/buffer.h"
#include "support/random_criteria_internal.h"

/* ---- words ---- */

const char *one_of(struct rng *rng, const char *const *words, size_t n)
{
    return words[rng_below(rng, n)];
}

/* TEXT in quotes, unless it holds a digit and nothing but plain characters: no word of the
 * language does. Sometimes in quotes even so. */
static void put_text(struct writing *writing, const char *text)
{
    bool plain = strpbrk(text, "0123456789") && !strstr(text, "..");

    for (const char *c = text; *c && plain; c++)
        plain = (*c >= 'A' && *c <= 'Z') || (*c >= 'a' && *c <= 'z') ||
                (*c >= '0' && *c <= '9') || strchr("./-", *c);
    if (plain && rng_chance(writing->rng, 90)) {
        buffer_string(writing->out, text);
        return;
    }
    buffer_char(writing->out, '"');
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\')
            buffer_char(writing->out, '\\');
        buffer_char(writing->out, *c);
    }
    buffer_char(writing->out, '"');
}

/* ---- codes ---- */

/* CODE, or a code above it, or below it. */
static void neighbour(struct rng *rng, enum vocab_system system, const char *code,
                      char out[VOCAB_CODE_SIZE])
{
    char longer[VOCAB_CODE_SIZE + 2] = "", spelt[VOCAB_CODE_SIZE];
    size_t length = strlen(code);
    int kind = rng_between(rng, 0, 9);

    memcpy(out, code, length + 1);
    memcpy(longer, code, length + 1);
    if (kind < 2 && length > 1) {
        longer[1 + rng_below(rng, length - 1)] = '\0';
    } else if (kind == 2 && length + 2 < VOCAB_CODE_SIZE) {
        longer[length] = "0139ABa"[rng_below(rng, 7)];
        longer[length + 1] = '\0';
    } else {
        return;
    }
    if (vocab_normalise(system, longer, spelt, NULL) == 0 && strcmp(spelt, longer) == 0)
        memcpy(out, longer, strlen(longer) + 1);
}

static void random_code(const struct writing *writing, enum item item,
                        char out[VOCAB_CODE_SIZE])
{
    const struct choice *choice = &writing->askable->of[item];
    enum vocab_system system = model_item(item)->system;
    const char *code = "";

    for (int i = 0; i < 20 && !*code; i++)
        code = choice->n_codes && !rng_chance(writing->rng, 10)
                   ? choice->code[rng_below(writing->rng, choice->n_codes)]
                   : random_code_of(writing->rng, system);
    neighbour(writing->rng, system, code, out);
}

static void put_code(struct writing *writing, enum item item, const char *code)
{
    char text[VOCAB_CODE_SIZE];

    put_text(writing, vocab_print(model_item(item)->system, code, text));
}

static void put_code_or_range(struct writing *writing, enum item item)
{
    char a[VOCAB_CODE_SIZE], b[VOCAB_CODE_SIZE];
    bool swap;

    random_code(writing, item, a);
    if (!rng_chance(writing->rng, 15)) {
        put_code(writing, item, a);
        return;
    }
    random_code(writing, item, b);
    swap = strcmp(a, b) > 0;
    put_code(writing, item, swap ? b : a);
    buffer_string(writing->out, "..");
    put_code(writing, item, swap ? a : b);
}

static void put_codes(struct writing *writing, enum item item)
{
    /* measures of the general state and others do not mix in one list */
    bool one = rng_chance(writing->rng, 70) || item == ITEM_MEASURE_TYPE;
    int n = one ? 1 : rng_between(writing->rng, 2, 4);
    bool bracket = n > 1 && (writing->in_list || rng_chance(writing->rng, 50));

    buffer_string(writing->out, bracket ? " (" : " ");
    for (int i = 0; i < n; i++) {
        if (i)
            buffer_string(writing->out, ", ");
        put_code_or_range(writing, item);
    }
    if (bracket)
        buffer_char(writing->out, ')');
}

static bool is_ordered(enum item item)
{
    enum vocab_system system = model_item(item)->system;

    return system == VOCAB_STAGE || system == VOCAB_TNM_T || system == VOCAB_TNM_N;
}

static void put_item_codes(struct writing *writing, enum item item)
{
    bool flag = model_item(item)->system == VOCAB_YES_NO;
    int kind = rng_between(writing->rng, 0, writing->nested ? 4 : 7);
    char code[VOCAB_CODE_SIZE];

    if (model_item(item)->index == INDEX_NUMBERS)
        return;
    if (kind < 2) {
        buffer_string(writing->out, flag && kind ? "" : " any");
    } else if (kind == 2 && is_ordered(item)) {
        random_code(writing, item, code);
        buffer_printf(writing->out, " %s ", ONE_OF(writing, "<", "<=", ">", ">="));
        put_code(writing, item, code);
    } else {
        put_codes(writing, item);
    }
}

static void put_status(struct writing *writing, enum item item)
{
    const struct group_row *group = model_group(model_item(item)->group);
    enum vocab_system system;

    if (!group->status || group->key != item || !rng_chance(writing->rng, 25))
        return;
    system = model_item(group->status)->system;
    if (system == VOCAB_BIOMARKER_STATUS && rng_chance(writing->rng, 80)) {
        buffer_string(writing->out, ONE_OF(writing, " positive", " negative"));
        return;
    }
    if (group->status == ITEM_DRUG_TRIAL) {
        buffer_string(writing->out, " in trial");
        return;
    }
    if (system == VOCAB_PROTEIN_CHANGE && rng_chance(writing->rng, 70)) {
        char code[VOCAB_CODE_SIZE];

        random_code(writing, group->status, code);
        buffer_char(writing->out, ' ');
        put_code(writing, group->status, code);
        return;
    }
    buffer_string(writing->out, system == VOCAB_ICDO3_TOPOGRAPHY ? " at" : " status");
    put_codes(writing, group->status);
}

/* ---- numbers, dates, distances ---- */

static double askable_number(const struct writing *writing, enum item item)
{
    const struct choice *choice = &writing->askable->of[item];

    if (choice->n_numbers == 0 || rng_chance(writing->rng, 20))
        return rng_between(writing->rng, 0, 10);
    return choice->number[rng_below(writing->rng, choice->n_numbers)];
}

static void put_number(struct writing *writing, enum item item)
{
    enum item amount = model_item(item)->type == TYPE_NUMBER
                           ? item
                           : model_group(model_item(item)->group)->amount;
    double a = amount ? askable_number(writing, amount) : 0;

    if (!amount || rng_chance(writing->rng, item == amount ? 20 : 75))
        return;
    if (item == amount && rng_chance(writing->rng, 30)) {
        double b = askable_number(writing, amount);

        buffer_char(writing->out, ' ');
        buffer_json_number(writing->out, fmin(a, b));
        buffer_string(writing->out, "..");
        buffer_json_number(writing->out, fmax(a, b));
        return;
    }
    buffer_printf(writing->out, " %s ", ONE_OF(writing, "<", "<=", ">", ">=", "="));
    buffer_json_number(writing->out, a);
}

static day_number askable_day(const struct writing *writing)
{
    const struct askable *askable = writing->askable;
    day_number day = day_from_civil(2020, 6, 15);

    if (askable->n_days && !rng_chance(writing->rng, 5))
        day = askable->day[rng_below(writing->rng, askable->n_days)];
    if (rng_chance(writing->rng, 50))
        day += rng_between(writing->rng, -40, 40);
    if (day < day_from_civil(YEAR_FIRST, 1, 1))
        return day_from_civil(YEAR_FIRST, 1, 1);
    return day > day_from_civil(YEAR_LAST, 12, 31) ? day_from_civil(YEAR_LAST, 12, 31)
                                                   : day;
}

static void put_day(struct writing *writing, day_number day)
{
    int year, month, dom, precision = rng_between(writing->rng, 0, 3);

    day_to_civil(day, &year, &month, &dom);
    buffer_printf(writing->out, "%04d", year);
    if (precision > 0)
        buffer_printf(writing->out, "-%02d", month);
    if (precision > 1)
        buffer_printf(writing->out, "-%02d", dom);
}

static bool near_edge(day_number day)
{
    return day < day_from_civil(YEAR_FIRST + 2, 1, 1) ||
           day > day_from_civil(YEAR_LAST - 2, 1, 1);
}

static void put_dates(struct writing *writing, bool bare)
{
    day_number a = askable_day(writing), b = askable_day(writing);
    int kind = rng_between(writing->rng, bare ? 0 : 1, 4);
    bool swap = a > b;

    if (kind == 4 && near_edge(a)) /* before the first year, after the last: refused */
        kind = 3;
    switch (kind) {
    case 0: buffer_char(writing->out, ' '); break;
    case 1: buffer_string(writing->out, ONE_OF(writing, " in ", " on ")); break;
    case 2: {
        bool from = rng_chance(writing->rng, 50);

        buffer_string(writing->out, from ? " from " : " between ");
        put_day(writing, swap ? b : a);
        buffer_string(writing->out, from ? " to " : " and ");
        put_day(writing, swap ? a : b);
        return;
    }
    case 3: buffer_string(writing->out, ONE_OF(writing, " since ", " until ")); break;
    default: buffer_string(writing->out, ONE_OF(writing, " before ", " after ")); break;
    }
    if (kind < 2 && rng_chance(writing->rng, 50)) {
        put_day(writing, swap ? b : a);
        buffer_string(writing->out, "..");
        put_day(writing, swap ? a : b);
        return;
    }
    put_day(writing, a);
}

/* ---- distances ---- */

static void put_duration(struct writing *writing)
{
    int n = rng_chance(writing->rng, 20) ? 0 : rng_between(writing->rng, 1, 60);

    buffer_printf(writing->out, "%d %s", n,
                  ONE_OF(writing, "day", "days", "weeks", "months", "years"));
}

/* From an anchor, which follows. */
static void put_distance(struct writing *writing)
{
    int a = rng_between(writing->rng, 0, 300), b = rng_between(writing->rng, 0, 400);

    switch (rng_between(writing->rng, 0, 5)) {
    case 0:
    case 1:
        buffer_string(writing->out, " within ");
        put_duration(writing);
        buffer_printf(writing->out, " %s", ONE_OF(writing, "before", "after", "of"));
        break;
    case 2:
        buffer_printf(writing->out, " %s ", ONE_OF(writing, "at least", "more than"));
        put_duration(writing);
        buffer_printf(writing->out, " %s", ONE_OF(writing, "before", "after"));
        break;
    case 3:
        buffer_printf(writing->out, " %d..%d %s %s", a, a + b,
                      ONE_OF(writing, "days", "weeks"),
                      ONE_OF(writing, "before", "after"));
        break;
    default:
        buffer_printf(writing->out, " %s",
                      ONE_OF(writing, "before", "after", "since", "until"));
        break;
    }
}

static const char *date_word(struct writing *writing)
{
    return ONE_OF(writing, "diagnosis", "diagnosis", "birth", "death", "last visit",
                  "last contact");
}

static void put_age_range(struct writing *writing)
{
    int a = rng_between(writing->rng, 20, 90), b = rng_between(writing->rng, 0, 30);

    if (rng_chance(writing->rng, 50))
        buffer_printf(writing->out, " %d..%d", a, a + b);
    else
        buffer_printf(writing->out, " %s %d", ONE_OF(writing, "<", "<=", ">", ">=", "="),
                      a);
}

/* ---- facts ---- */

/* Of the items that may stand in the braces. */
static enum item random_item_inside(const struct writing *writing)
{
    const struct askable *askable = writing->askable;
    enum item item;

    do
        item = askable->item[rng_below(writing->rng, askable->n_items)];
    while (model_whole_of(model_item(item)->group) != writing->same);
    return item;
}

static enum item random_item(const struct writing *writing)
{
    const struct askable *askable = writing->askable;

    return askable->n_present && rng_chance(writing->rng, 80)
               ? askable->present[rng_below(writing->rng, askable->n_present)]
               : askable->item[rng_below(writing->rng, askable->n_items)];
}

static bool has_end(enum item item)
{
    return model_group(model_item(item)->group)->end != ITEM_NONE;
}

/* A date of the patient is asked about without a verb. */
static void put_verb(struct writing *writing, enum item item, bool always)
{
    if (model_item(item)->index == INDEX_COLUMN ||
        (!always && rng_chance(writing->rng, 40)))
        return;
    buffer_string(writing->out,
                  has_end(item) && rng_chance(writing->rng, 40) ? " ended" : " started");
}

static void put_extent(struct writing *writing)
{
    if (rng_chance(writing->rng, 40)) {
        buffer_string(writing->out, " ongoing");
        return;
    }
    buffer_printf(writing->out, " lasting %s ",
                  ONE_OF(writing, "at least", "at most", "more than"));
    put_duration(writing);
}

/* A condition that speaks of no other fact. */
static void put_when(struct writing *writing, enum item item)
{
    if (has_end(item) && rng_chance(writing->rng, 15)) {
        put_extent(writing);
        return;
    }
    switch (rng_between(writing->rng, 0, 6)) {
    case 0:
        put_verb(writing, item, false);
        buffer_string(writing->out, " in the last ");
        put_duration(writing);
        break;
    case 1:
    case 2:
        put_verb(writing, item, true);
        put_distance(writing);
        buffer_printf(writing->out, " %s", date_word(writing));
        break;
    case 3:
        put_verb(writing, item, false);
        buffer_string(writing->out, " at age");
        put_age_range(writing);
        break;
    default:
        put_verb(writing, item, false);
        put_dates(writing, false);
        break;
    }
}

static void put_events(struct writing *writing, enum item item);

static void put_whens(struct writing *writing, enum item item)
{
    int n = rng_chance(writing->rng, 65) ? 0 : rng_chance(writing->rng, 70) ? 1 : 2;

    for (int i = 0; i < n; i++)
        put_when(writing, item);
}

static void put_subject(struct writing *writing, enum item item)
{
    buffer_string(writing->out, model_item(item)->word);
    put_item_codes(writing, item);
}

static void put_order(struct writing *writing)
{
    buffer_printf(writing->out, "%s ",
                  ONE_OF(writing, "first", "first", "1st", "last", "last", "last",
                         "second", "2nd", "third", "4th", "11th"));
}

/* Those to choose from, in brackets when more is said of them. Returns whether it is. */
static bool put_choice(struct writing *writing, enum item item)
{
    bool bracket = rng_chance(writing->rng, 30);

    put_order(writing);
    if (bracket)
        buffer_char(writing->out, '(');
    put_subject(writing, item);
    if (!bracket)
        return false;
    put_status(writing, item);
    put_number(writing, item);
    put_whens(writing, item);
    put_events(writing, item);
    buffer_char(writing->out, ')');
    return true;
}

/* Behind the number of a measure that has a limit: none of the general state. FROM is where its
 * words begin. */
static void put_limit(struct writing *writing, enum item item, size_t from, size_t number)
{
    const char *said = buffer_text(writing->out) + from;

    if (item == ITEM_MEASURE_TYPE && writing->out->length > number &&
        !strstr(said, "PS") && !strstr(said, "WEIGHT") && !strstr(said, "HEIGHT") &&
        rng_chance(writing->rng, 50))
        buffer_string(writing->out, ONE_OF(writing, " ULN", " LSN", " uln"));
}

static void put_fact(struct writing *writing, enum item item, bool order)
{
    size_t from = writing->out->length, number;
    bool bracket = false;

    if (order)
        bracket = put_choice(writing, item);
    else
        put_subject(writing, item);
    put_status(writing, item);
    number = writing->out->length;
    put_number(writing, item);
    if (!bracket)
        put_limit(writing, item, from, number);
    put_whens(writing, item);
}

/* ---- other facts ---- */

/* Another fact, for a condition of ITEM. In brackets, all may be said of it; without them,
 * what follows would be taken for its own; so a BRIEF one has no conditions. */
static void put_other(struct writing *writing, enum item other, bool brief)
{
    bool order = rng_chance(writing->rng, 35);

    if (writing->nested < 2 && rng_chance(writing->rng, 30)) {
        buffer_char(writing->out, '(');
        put_fact(writing, other, order);
        put_events(writing, other);
        buffer_char(writing->out, ')');
    } else if (brief) {
        if (order)
            put_order(writing);
        put_subject(writing, other);
    } else {
        put_fact(writing, other, order);
    }
}

/* Another fact for a condition of ITEM: often of the same kind; LASTING, in percent, how often
 * of one with an end. */
static enum item other_item(const struct writing *writing, enum item item, int lasting)
{
    bool fact = model_item(item)->index != INDEX_COLUMN;

    if (rng_chance(writing->rng, lasting))
        return rng_chance(writing->rng, 50) ? ITEM_DRUG_CODE : ITEM_RADIOTHERAPY_CODE;
    return fact && rng_chance(writing->rng, 40) ? item : random_item(writing);
}

static void put_preceded(struct writing *writing, enum item item)
{
    buffer_printf(writing->out, "%s %s", rng_chance(writing->rng, 30) ? " not" : "",
                  ONE_OF(writing, "preceded", "followed"));
    if (rng_chance(writing->rng, 50)) {
        buffer_string(writing->out, " within ");
        put_duration(writing);
    }
    buffer_string(writing->out, " by ");
    put_other(writing, other_item(writing, item, 0), false);
}

static void put_during(struct writing *writing, enum item item)
{
    bool during = rng_chance(writing->rng, 50);

    if (during && has_end(item) && rng_chance(writing->rng, 40))
        buffer_string(writing->out, " ended");
    buffer_printf(writing->out, "%s %s ", rng_chance(writing->rng, 30) ? " not" : "",
                  during ? "during" : "overlapping");
    put_other(writing, other_item(writing, item, 60), false);
}

static void put_anchor(struct writing *writing, enum item item, bool brief)
{
    enum item other = other_item(writing, item, 30);

    if (rng_chance(writing->rng, 20))
        buffer_string(writing->out, " start of");
    else if (has_end(other) && rng_chance(writing->rng, 60))
        buffer_string(writing->out, " end of");
    buffer_char(writing->out, ' ');
    put_other(writing, other, brief);
}

static void put_between(struct writing *writing, enum item item)
{
    put_verb(writing, item, false);
    buffer_string(writing->out, " between");
    for (int i = 0; i < 2; i++) {
        if (i)
            buffer_string(writing->out, " and");
        if (rng_chance(writing->rng, 30))
            buffer_printf(writing->out, " %s", date_word(writing));
        else
            put_anchor(writing, item, i == 0);
    }
}

static void put_event(struct writing *writing, enum item item)
{
    writing->nested++;
    switch (rng_between(writing->rng, 0, 9)) {
    case 0:
    case 1:
    case 2: put_preceded(writing, item); break;
    case 3:
    case 4:
    case 5: put_during(writing, item); break;
    case 6: put_between(writing, item); break;
    default:
        put_verb(writing, item, true);
        put_distance(writing);
        put_anchor(writing, item, false);
        break;
    }
    writing->nested--;
}

/* Last in a line: what follows one is said of it. */
static void put_events(struct writing *writing, enum item item)
{
    int n = rng_chance(writing->rng, 60) ? 0 : rng_chance(writing->rng, 80) ? 1 : 2;

    for (int i = 0; i < n; i++)
        put_event(writing, item);
}

/* ---- lines ---- */

static void put_age(struct writing *writing)
{
    buffer_printf(writing->out, "age%s",
                  ONE_OF(writing, "", " now", " at diagnosis", " at diagnosis",
                         " at death", " at last visit", " at last contact"));
    put_age_range(writing);
}

static void put_active(struct writing *writing)
{
    buffer_printf(writing->out, "active %d", rng_between(writing->rng, 2016, 2022));
    if (rng_chance(writing->rng, 30))
        buffer_printf(writing->out, "..%d", rng_between(writing->rng, 2022, 2024));
}

static void put_date_line(struct writing *writing)
{
    static const struct {
        const char *word;
        enum item item;
    } dates[] = {{"diagnosed", ITEM_DIAGNOSIS_DATE}, {"diagnosis", ITEM_DIAGNOSIS_DATE},
                 {"died", ITEM_DEATH_DATE},          {"death", ITEM_DEATH_DATE},
                 {"born", ITEM_PATIENT_BIRTH},       {"birth", ITEM_PATIENT_BIRTH},
                 {"last visit", ITEM_LAST_VISIT},    {"last contact", ITEM_LAST_CONTACT}};
    size_t which = rng_below(writing->rng, ARRAY_LENGTH(dates));
    int kind = rng_between(writing->rng, 0, 4);

    buffer_string(writing->out, dates[which].word);
    if (kind < 2)
        put_dates(writing, true);
    if (kind > 0 && kind < 4)
        put_when(writing, dates[which].item);
    if (kind == 4)
        put_event(writing, dates[which].item);
}

static void put_count(struct writing *writing)
{
    bool most = rng_chance(writing->rng, 50);

    buffer_printf(writing->out, "%s %d ",
                  most ? ONE_OF(writing, "at most", "exactly") : "at least",
                  rng_between(writing->rng, most ? 0 : 1, 4));
}

static void put_fact_line(struct writing *writing)
{
    enum item item = writing->same ? random_item_inside(writing) : random_item(writing);
    int kind = rng_between(writing->rng, 0, 9);

    if (kind < 2)
        put_count(writing);
    put_fact(writing, item, kind >= 2 && kind < 5);
    put_events(writing, item);
}

/* Few kinds of facts have an end. */
static void put_extent_line(struct writing *writing)
{
    put_fact(writing,
             rng_chance(writing->rng, 70) ? ITEM_DRUG_CODE : ITEM_RADIOTHERAPY_CODE,
             rng_chance(writing->rng, 20));
    put_extent(writing);
}

void put_line(struct writing *writing)
{
    if (writing->same) {
        if (rng_chance(writing->rng, 4))
            buffer_string(writing->out, "any");
        else if (writing->same == GROUP_SPECIMEN && rng_chance(writing->rng, 4))
            buffer_string(writing->out, "sequenced");
        else
            put_fact_line(writing);
        return;
    }
    switch (rng_between(writing->rng, 0, 16)) {
    case 0: put_age(writing); break;
    case 1:
        buffer_string(writing->out, ONE_OF(writing, "dead", "alive", "vital status dead",
                                           "vital status alive", "any", "sequenced"));
        break;
    case 2: put_active(writing); break;
    case 3:
    case 4: put_date_line(writing); break;
    case 5: put_extent_line(writing); break;
    default: put_fact_line(writing); break;
    }
}
