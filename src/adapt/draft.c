/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/draft.c: one fact under construction.
 *
 * What every format agrees on: null and "" are absent; a word for "unknown" is a statement
 * of its own (a code "", an unknown date), except for a number, where it is absent; of two
 * different values for one item the first is kept and the second remarked, while saying
 * the same twice is no conflict. A value that cannot be read is remarked and left out, the
 * others stay.
 *
 * And the few rules that OSIRIS-RWD leaves to the reader, each in a function of its own:
 *     a past cancer is a primary cancer not cared for here            finish_cancer()
 *     the group of a topography stands in for a missing code          finish_cancer()
 *     PS, weight and height are general state, not measures           finish_measure()
 *     sizes in cm and doses in cGy are converted                      finish_unit()
 *     a unit that cannot be that of its measure is remarked           check_unit()
 *     a drug without a code may have one in the centre's codebook    finish_drug()
 *     a biomarker's value may be a number or a word                   put_biomarker()
 *     a tumour event starts when first mentioned, else diagnosed …    start_of() */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <yyjson.h>

#include "adapt/adapt_internal.h"
#include "base/arena.h"
#include "vocab/codebook.h"
#include "vocab/lists.h"
#include "vocab/units.h"

#define SHOWN 40 /* bytes of a wrong value that a remark repeats */

void draft_begin(struct draft *draft, enum group group)
{
    draft->group = group;
    draft->first = model_group(group)->first;
    draft->is_past = false;
    draft->set = draft->dated = 0;
    draft->scratch_used = 0;
}

static uint32_t bit_of(const struct draft *draft, enum item item)
{
    return (uint32_t)1 << (item - draft->first);
}

static struct value *value_of(struct draft *draft, enum item item)
{
    return draft->set & bit_of(draft, item) ? &draft->values[item - draft->first] : NULL;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* SCALAR as text without white space around it; numbers are written into DIGITS. */
static const char *scalar_text(const struct scalar *scalar, char digits[SCALAR_SIZE],
                               size_t *length_r)
{
    const char *text = digits;
    size_t length = 0;

    switch (scalar->kind) {
    case SCALAR_TEXT:
        text = scalar->text;
        length = scalar->length;
        while (length > 0 && is_space(text[length - 1]))
            length--;
        while (length > 0 && is_space(*text)) {
            text++;
            length--;
        }
        break;
    case SCALAR_INTEGER: {
        uint64_t rest = scalar->magnitude;
        char *at = digits + SCALAR_SIZE - 1;

        *at = '\0';
        do {
            *--at = (char)('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        if (scalar->is_negative)
            *--at = '-';
        text = at;
        length = (size_t)(digits + SCALAR_SIZE - 1 - at);
        break;
    }
    case SCALAR_REAL: {
        /* the shortest of the lengths that read back */
        int n = 0;

        for (int precision = 6; precision <= 17; precision++) {
            double back;

            n = snprintf(digits, SCALAR_SIZE, "%.*g", precision, scalar->real);
            if (sscanf(digits, "%lf", &back) == 1 && !(back < scalar->real) &&
                !(back > scalar->real))
                break;
        }
        length = (size_t)n;
        break;
    }
    case SCALAR_FLAG:
        text = scalar->flag ? "true" : "false";
        length = scalar->flag ? 4 : 5;
        break;
    }
    *length_r = length;
    return text;
}

static void refuse(struct adapter *adapter, const struct path *path, const char *text,
                   size_t length, const char *expected)
{
    char reason[SHOWN + 160];

    if (length > SHOWN) {
        length = SHOWN;
        while (length > 0 && ((unsigned char)text[length] & 0xC0) == 0x80)
            length--;
    }
    snprintf(reason, sizeof(reason), "\"%.*s\": expected %s", (int)length, text,
             expected);
    remark_refused(adapter, path, reason);
}

/* ---- text and codes ------------------------------------------------------------------ */

/* What the centre says that TEXT of ITEM means; NULL when it says nothing. */
static const char *centre_code(const struct adapter *adapter, enum item item,
                               const char *text)
{
    return adapter->context ? codebook_find(adapter->context->codebook, item, text)
                            : NULL;
}

/* A name that measures.def does not have is the source's own. */
static bool is_own_measure(const struct item_row *row, const char *code)
{
    return row->system == VOCAB_MEASURE && code[0] &&
           !vocab_label_built_in(VOCAB_MEASURE, code, LANG_EN);
}

/* The code that TEXT of ROW is: by its spelling, else by what the centre laid down. False when it
 * is none, and remarked. */
static bool read_code(struct adapter *adapter, const struct item_row *row,
                      const char *text, char code[VOCAB_CODE_SIZE],
                      const struct path *path)
{
    bool refused = vocab_normalise(row->system, text, code, &adapter->scratch) < 0;
    const char *meant;

    if (!refused && !is_own_measure(row, code))
        return true;
    meant = centre_code(adapter, row->item, text);
    if (meant) {
        memcpy(code, meant, strlen(meant) + 1);
        return true;
    }
    remark_local(adapter, row->item, text);
    if (refused)
        remark_refused(adapter, path, adapter->scratch.message);
    return !refused;
}

/* The text kept for ITEM, in the arena; NULL when refused (and remarked). */
static const char *read_text(struct adapter *adapter, const struct item_row *row,
                             const char *text, size_t length, const struct path *path)
{
    struct memo *memo = &adapter->memo[row->item];
    char code[VOCAB_CODE_SIZE];
    const char *kept;

    /* whoever gathers texts counts each of them */
    if (memo->raw && memo->length == length && memcmp(memo->raw, text, length) == 0 &&
        !(adapter->remarks && adapter->remarks->wants_locals))
        return memo->text;

    if (memchr(text, '\0', length)) {
        remark_refused(adapter, path, "the text has a NUL character");
        return NULL;
    }
    kept = arena_string(adapter->arena, text, length);
    if (row->type != TYPE_TEXT) {
        if (!read_code(adapter, row, kept, code, path))
            return NULL;
        memo->raw = kept;
        kept = strcmp(kept, code) == 0 ? kept
                                       : arena_string(adapter->arena, code, strlen(code));
    } else {
        memo->raw = kept;
    }
    memo->length = length;
    memo->text = kept;
    return kept;
}

static bool same_value(const struct value *a, const struct value *b)
{
    if (a->type == TYPE_NUMBER)
        return !(a->number < b->number) && !(a->number > b->number);
    return strcmp(a->text, b->text) == 0;
}

/* The first value of an item stays. */
static void keep(struct adapter *adapter, struct draft *draft, const struct value *value,
                 const struct path *path)
{
    const struct value *before = value_of(draft, value->item);

    if (!before) {
        draft->values[value->item - draft->first] = *value;
        draft->set |= bit_of(draft, value->item);
    } else if (!same_value(before, value)) {
        remark_conflict(adapter, path, "said twice and differently: the first is kept");
    }
}

static void put_text(struct adapter *adapter, struct draft *draft,
                     const struct item_row *row, const struct scalar *scalar,
                     const struct path *path)
{
    struct value value = {.item = row->item, .type = row->type};
    char digits[SCALAR_SIZE];
    size_t length;
    const char *text = scalar_text(scalar, digits, &length);

    if (length == 0)
        return;
    if (scalar->kind == SCALAR_FLAG &&
        (row->system == VOCAB_YES_NO || row->system == VOCAB_PLACE)) {
        bool is_place = row->system == VOCAB_PLACE;

        value.text = is_place       ? (scalar->flag ? "IN" : "OUT")
                     : scalar->flag ? "YES"
                                    : "NO";
    } else {
        value.text = read_text(adapter, row, text, length, path);
    }
    if (value.text)
        keep(adapter, draft, &value, path);
}

/* ---- numbers ------------------------------------------------------------------------- */

/* A number written as text: decimal point or comma, no unit, independent of the locale.
 * True only if it is one, and finite. */
static bool number_parse(const char *text, size_t length, double *number_r)
{
    char plain[64];
    yyjson_val read;
    bool negative = length > 0 && text[0] == '-';

    if (negative || (length > 0 && text[0] == '+')) {
        text++;
        length--;
    }
    while (length > 1 && text[0] == '0' && text[1] >= '0' && text[1] <= '9') {
        text++;
        length--;
    }
    if (length == 0 || length >= sizeof(plain) || text[0] < '0' || text[0] > '9')
        return false;
    memcpy(plain, text, length);
    plain[length] = '\0';

    char *comma = memchr(plain, ',', length);

    if (comma)
        *comma = '.';
    if (yyjson_read_number(plain, &read, 0, NULL, NULL) != plain + length)
        return false;
    *number_r = negative ? -yyjson_get_num(&read) : yyjson_get_num(&read);
    return isfinite(*number_r);
}

/* SCALAR as a number; TEXT is scalar_text() of it where that is needed. */
static bool number_of(const struct scalar *scalar, const char *text, size_t length,
                      double *number_r)
{
    switch (scalar->kind) {
    case SCALAR_INTEGER:
        *number_r =
            scalar->is_negative ? -(double)scalar->magnitude : (double)scalar->magnitude;
        return true;
    case SCALAR_REAL: *number_r = scalar->real; return isfinite(scalar->real);
    case SCALAR_TEXT: return number_parse(text, length, number_r);
    case SCALAR_FLAG: break;
    }
    return false;
}

/* A word that says "unknown" wherever it stands. */
static bool says_unknown(struct adapter *adapter, const char *text, size_t length)
{
    char word[16];
    char code[VOCAB_CODE_SIZE];

    if (length >= sizeof(word) || memchr(text, '\0', length))
        return false;
    memcpy(word, text, length);
    word[length] = '\0';
    return vocab_normalise(VOCAB_NAME, word, code, &adapter->scratch) == 0 && !code[0];
}

static void put_number(struct adapter *adapter, struct draft *draft,
                       const struct item_row *row, const struct scalar *scalar,
                       const struct path *path)
{
    struct value value = {.item = row->item, .type = TYPE_NUMBER};
    char digits[SCALAR_SIZE];
    size_t length = 0;
    const char *text = "";

    if (scalar->kind == SCALAR_TEXT || scalar->kind == SCALAR_FLAG) {
        text = scalar_text(scalar, digits, &length);
        if (length == 0)
            return;
    }
    if (number_of(scalar, text, length, &value.number)) {
        value.number += 0.0; /* -0 becomes 0: one number, one spelling */
        keep(adapter, draft, &value, path);
    } else if (scalar->kind != SCALAR_TEXT || !says_unknown(adapter, text, length)) {
        refuse(adapter, path, text, length,
               "a number, such as 12.5 or 12,5, without unit");
    }
}

/* ---- dates --------------------------------------------------------------------------- */

/* TEXT with a NUL behind LENGTH bytes that lives until draft_finish(). */
static const char *date_text(struct adapter *adapter, struct draft *draft,
                             const char *text, size_t length, bool is_borrowed)
{
    if (is_borrowed && text[length] == '\0')
        return text;
    if (length < DRAFT_SCRATCH - draft->scratch_used) {
        char *copy = draft->scratch + draft->scratch_used;

        memcpy(copy, text, length);
        copy[length] = '\0';
        draft->scratch_used += length + 1;
        return copy;
    }
    return arena_string(adapter->arena, text, length);
}

static void put_date(struct adapter *adapter, struct draft *draft, enum item item,
                     char part, const struct scalar *scalar, const struct path *path)
{
    struct draft_date *date = &draft->dates[item - draft->first];
    int place = part == 'Y'   ? PART_YEAR
                : part == 'M' ? PART_MONTH
                : part == 'D' ? PART_DAY
                              : PART_WHOLE;
    char digits[SCALAR_SIZE];
    size_t length;
    const char *text = scalar_text(scalar, digits, &length);

    if (length == 0)
        return;
    if (!(draft->dated & bit_of(draft, item))) {
        draft->dated |= bit_of(draft, item);
        memset(date->text, 0, sizeof(date->text));
    }
    if (memchr(text, '\0', length)) {
        remark_refused(adapter, path, "the text has a NUL character");
    } else if (!date->text[place]) {
        date->text[place] =
            date_text(adapter, draft, text, length, scalar->kind == SCALAR_TEXT);
        date->key[place] = path->key;
        date->key_length[place] = path->length;
    } else if (strlen(date->text[place]) != length ||
               memcmp(date->text[place], text, length) != 0) {
        remark_conflict(adapter, path, "said twice and differently: the first is kept");
    }
}

/* A remark on the part of a date that is wrong. PATH is the object's. */
static void refuse_date(struct adapter *adapter, const struct draft_date *date, int part,
                        const struct path *path)
{
    while (part > PART_YEAR && !date->text[part])
        part--;

    struct path at = {.parent = path,
                      .key = date->key[part],
                      .length = date->key_length[part],
                      .index = -1};

    remark_refused(adapter, &at, adapter->scratch.message);
}

/* "UN" or another word for unknown, as the one that partial_date_parse() knows. */
static const char *part_text(struct adapter *adapter, const char *text)
{
    if (!text || (*text >= '0' && *text <= '9') || strcasecmp(text, "UN") == 0 ||
        !says_unknown(adapter, text, strlen(text)))
        return text;
    return "UN";
}

/* Read the parts of a date; false when they are no date. */
static bool date_of(struct adapter *adapter, const struct draft_date *date,
                    const struct path *path, struct interval *interval_r)
{
    const char *year = part_text(adapter, date->text[PART_YEAR]);
    const char *month = part_text(adapter, date->text[PART_MONTH]);
    const char *day = part_text(adapter, date->text[PART_DAY]);
    const char *whole = part_text(adapter, date->text[PART_WHOLE]);
    struct error *err = &adapter->scratch;
    struct interval part;

    if (year || month || day) {
        if (partial_date_parse(year, month, day, interval_r, err) == 0)
            return true;
        if (partial_date_parse(year, NULL, NULL, &part, err) < 0)
            refuse_date(adapter, date, PART_YEAR, path);
        else if (partial_date_parse(year, month, NULL, &part, err) < 0)
            refuse_date(adapter, date, PART_MONTH, path);
        else if (partial_date_parse(year, month, day, &part, err) < 0)
            refuse_date(adapter, date, PART_DAY, path);
        return false;
    }
    if (!whole)
        return false;
    if (strcasecmp(whole, "UN") == 0) {
        *interval_r = INTERVAL_UNKNOWN;
        return true;
    }
    if (date_parse(whole, interval_r, err) < 0) {
        refuse_date(adapter, date, PART_WHOLE, path);
        return false;
    }
    return true;
}

static void finish_dates(struct adapter *adapter, struct draft *draft,
                         const struct path *path)
{
    for (uint32_t left = draft->dated; left; left &= left - 1) {
        int i = __builtin_ctz(left);
        struct draft_date *date = &draft->dates[i];
        struct interval interval;

        if (!date_of(adapter, date, path, &interval))
            continue;
        draft->values[i] = (struct value){.item = (enum item)((int)draft->first + i),
                                          .type = TYPE_DATE,
                                          .date = interval};
        draft->set |= (uint32_t)1 << i;

        bool in_parts =
            date->text[PART_YEAR] || date->text[PART_MONTH] || date->text[PART_DAY];
        struct interval whole;

        if (in_parts && date->text[PART_WHOLE] &&
            (date_parse(date->text[PART_WHOLE], &whole, &adapter->scratch) < 0 ||
             whole.first != interval.first || whole.last != interval.last)) {
            struct path at = {.parent = path,
                              .key = date->key[PART_WHOLE],
                              .length = date->key_length[PART_WHOLE],
                              .index = -1};

            remark_conflict(
                adapter, &at,
                "said in one text and in parts, differently: the parts are kept");
        }
    }
}

/* ---- the rules of single groups ------------------------------------------------------ */

/* biomarkerValue is a status in one source, a measure in another. A word that is no status
 * is kept as the detail (17.5), and remarked, since no criterion will find it as one. */
static void put_biomarker(struct adapter *adapter, struct draft *draft,
                          const struct scalar *scalar, const struct path *path)
{
    const struct item_row *row = model_item(ITEM_BIOMARKER_STATUS);
    struct value value = {.item = ITEM_BIOMARKER_NUMBER, .type = TYPE_NUMBER};
    char digits[SCALAR_SIZE];
    size_t length;
    const char *text = scalar_text(scalar, digits, &length);

    if (scalar->kind != SCALAR_FLAG && length > 0 &&
        number_of(scalar, text, length, &value.number)) {
        value.number += 0.0;
        keep(adapter, draft, &value, path);
        return;
    }

    size_t before = adapter->n_remarks;
    bool had_status = value_of(draft, ITEM_BIOMARKER_STATUS) != NULL;

    put_text(adapter, draft, row, scalar, path);
    if (!had_status && !value_of(draft, ITEM_BIOMARKER_STATUS) && length > 0 &&
        !value_of(draft, ITEM_BIOMARKER_PRECISION) &&
        (adapter->n_remarks > before || !adapter->remarks))
        put_text(adapter, draft, model_item(ITEM_BIOMARKER_PRECISION), scalar, path);
}

static void set_text(struct draft *draft, enum item item, const char *text)
{
    draft->values[item - draft->first] =
        (struct value){.item = item, .type = model_item(item)->type, .text = text};
    draft->set |= bit_of(draft, item);
}

static void finish_cancer(struct draft *draft)
{
    const struct value *topography = value_of(draft, ITEM_TOPOGRAPHY);
    const struct value *group = value_of(draft, ITEM_TOPOGRAPHY_GROUP);

    if (draft->set && draft->is_past)
        set_text(draft, ITEM_CANCER_CARE_HERE, "NO"); /* OSIRIS-RWD 6 */
    if (group && group->text[0] && (!topography || !topography->text[0]))
        set_text(draft, ITEM_TOPOGRAPHY, group->text);
}

/* OSIRIS-RWD 10: sources give PS, weight and height among the measures (19). What 19.5
 * attaches them to is dropped: they are always the patient's. */
static void finish_measure(struct draft *draft)
{
    static const struct {
        enum item from, to;
    } moves[] = {{ITEM_MEASURE_TYPE, ITEM_STATE_TYPE},
                 {ITEM_MEASURE_VALUE, ITEM_STATE_VALUE},
                 {ITEM_MEASURE_UNIT, ITEM_STATE_UNIT},
                 {ITEM_MEASURE_DATE, ITEM_STATE_DATE},
                 {ITEM_MEASURE_SOURCE, ITEM_STATE_SOURCE}};
    const struct value *type = value_of(draft, ITEM_MEASURE_TYPE);
    struct value values[ARRAY_LENGTH(moves)];
    uint32_t found = 0;

    if (!type || (strcmp(type->text, "PS") != 0 && strcmp(type->text, "WEIGHT") != 0 &&
                  strcmp(type->text, "HEIGHT") != 0))
        return;
    for (size_t i = 0; i < ARRAY_LENGTH(moves); i++) {
        const struct value *value = value_of(draft, moves[i].from);

        if (value) {
            values[i] = *value;
            values[i].item = moves[i].to;
            found |= (uint32_t)1 << i;
        }
    }
    draft_begin(draft, GROUP_STATE);
    for (size_t i = 0; i < ARRAY_LENGTH(moves); i++) {
        if (found & (uint32_t)1 << i) {
            draft->values[moves[i].to - draft->first] = values[i];
            draft->set |= bit_of(draft, moves[i].to);
        }
    }
}

/* A unit said as a concept of UMLS, such as C0025384. */
static bool is_umls(const char *unit)
{
    return unit[0] == 'C' && strlen(unit) == 8 && strspn(unit + 1, "0123456789") == 7;
}

/* Sizes and doses: the number in the model's unit, and that unit beside it. Another unit makes
 * the number worthless: it is left out, the unit stays. UMLS codes that we do not know (of
 * thousands) are taken at their word. */
static void finish_unit(struct adapter *adapter, struct draft *draft,
                        const struct path *path)
{
    static const struct {
        enum item number, unit;
    } pairs[] = {{ITEM_SIZE_VALUE, ITEM_SIZE_UNIT},
                 {ITEM_RADIOTHERAPY_DOSE, ITEM_RADIOTHERAPY_UNIT}};

    for (size_t i = 0; i < ARRAY_LENGTH(pairs); i++) {
        const char *own = model_item(pairs[i].number)->unit;
        struct value *number, *unit;

        if (model_item(pairs[i].number)->group != draft->group)
            continue;
        number = value_of(draft, pairs[i].number);
        unit = value_of(draft, pairs[i].unit);
        if (!number || !unit)
            return;
        if (vocab_unit_convert("", unit->text, own, &number->number)) {
            unit->text = own;
        } else if (!is_umls(unit->text)) {
            refuse(adapter, path, unit->text, strlen(unit->text), own);
            draft->set &= ~bit_of(draft, pairs[i].number);
        }
    }
}

/* Numbers of measures stay as the source counts them: record_amount() converts. Where it
 * cannot, whoever sends them should know. */
static void check_unit(struct adapter *adapter, struct draft *draft,
                       const struct path *path)
{
    const struct group_row *group = model_group(draft->group);
    const struct value *key = value_of(draft, group->key);
    const struct value *amount = value_of(draft, group->amount);
    const struct value *said = value_of(draft, group->unit);
    const char *unit = key ? vocab_measure_unit(key->text) : "";
    double number = amount ? amount->number : 0;

    if (amount && said && *said->text && *unit &&
        !says_unknown(adapter, said->text, strlen(said->text)) &&
        !vocab_unit_convert(key->text, said->text, unit, &number))
        refuse(adapter, path, said->text, strlen(said->text), unit);
}

/* A drug that its source names without a code: the centre may have said which one it is. */
static void finish_drug(struct adapter *adapter, struct draft *draft)
{
    const struct value *code = value_of(draft, ITEM_DRUG_CODE);
    const struct value *name = value_of(draft, ITEM_DRUG_NAME);
    const char *meant;

    if ((code && code->text[0]) || !name || !name->text[0])
        return;
    meant = centre_code(adapter, ITEM_DRUG_NAME, name->text);
    if (meant)
        set_text(draft, ITEM_DRUG_CODE,
                 arena_string(adapter->arena, meant, strlen(meant)));
    else
        remark_local(adapter, ITEM_DRUG_NAME, name->text);
}

static void finish_group(struct adapter *adapter, struct draft *draft,
                         const struct path *path)
{
    switch (draft->group) {
    case GROUP_PRIMARY_CANCER: finish_cancer(draft); break;
    case GROUP_DRUG: finish_drug(adapter, draft); break;
    case GROUP_MEASURE:
        finish_measure(draft);
        check_unit(adapter, draft, path);
        break;
    case GROUP_STATE:
    case GROUP_BIOMARKER: check_unit(adapter, draft, path); break;
    case GROUP_SIZE:
    case GROUP_RADIOTHERAPY: finish_unit(adapter, draft, path); break;
    default: break;
    }
}

/* ---- the fact ------------------------------------------------------------------------ */

void draft_put(struct adapter *adapter, struct draft *draft, enum item item, char part,
               const struct scalar *scalar, const struct path *path)
{
    const struct item_row *row = model_item(item);

    switch (row->type) {
    case TYPE_DATE: put_date(adapter, draft, item, part, scalar, path); break;
    case TYPE_NUMBER: put_number(adapter, draft, row, scalar, path); break;
    default:
        if (item == ITEM_BIOMARKER_STATUS)
            put_biomarker(adapter, draft, scalar, path);
        else
            put_text(adapter, draft, row, scalar, path);
    }
}

static struct interval interval_of(struct draft *draft, enum item item)
{
    const struct value *value = item != ITEM_NONE ? value_of(draft, item) : NULL;

    return value ? value->date : INTERVAL_UNKNOWN;
}

/* A tumour event starts when it was first mentioned (9.2); else with its diagnosis (9.3);
 * else when the metastasis was discovered (9.6). */
static struct interval start_of(struct draft *draft)
{
    struct interval start = interval_of(draft, model_group(draft->group)->start);

    if (draft->group == GROUP_TUMOUR_EVENT && interval_is_unknown(start))
        start = interval_of(draft, ITEM_EVENT_DIAGNOSIS);
    if (draft->group == GROUP_TUMOUR_EVENT && interval_is_unknown(start))
        start = interval_of(draft, ITEM_EVENT_METASTASIS_DATE);
    return start;
}

static void finish_interval(struct adapter *adapter, struct draft *draft,
                            const struct path *path, struct fact *fact)
{
    fact->date = start_of(draft);
    fact->end = interval_of(draft, model_group(draft->group)->end);
    if (date_before(fact->end, fact->date) == TRUTH_YES) {
        remark_conflict(adapter, path, "ends before it starts: the end is not used");
        fact->end = INTERVAL_UNKNOWN;
    }
}

bool draft_finish(struct adapter *adapter, struct draft *draft, const struct path *path,
                  struct fact *fact)
{
    size_t n = 0;
    struct value *values;

    finish_dates(adapter, draft, path);
    finish_group(adapter, draft, path);
    if (!draft->set)
        return false;

    values = arena_array(adapter->arena, (size_t)__builtin_popcount(draft->set),
                         sizeof(*values));
    for (uint32_t left = draft->set; left; left &= left - 1) {
        const struct value *value = &draft->values[__builtin_ctz(left)];

        values[n++] = *value;
        switch (model_item(value->item)->role) {
        case ROLE_PLACE: fact->place = value->text[0]; break;
        case ROLE_SOURCE:
            if (value->text[0] >= '1' && value->text[0] <= '5')
                fact->source = (uint8_t)(value->text[0] - '0');
            break;
        default: break;
        }
    }
    fact->group = draft->group;
    fact->n_values = (uint16_t)n;
    fact->values = values;
    fact->sequence = adapter->sequence;
    finish_interval(adapter, draft, path, fact);
    return true;
}
