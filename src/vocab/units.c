/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/units.c: reading units, and converting numbers between them.
 *
 *     text ──plain_text()──▶ one spelling ──read_unit()──▶ factor × 10^ten and exponents
 *
 * A factor is kept apart from its power of ten, so that what only moves the decimal point
 * does just that. The grammar is UCUM's (ucum.org/ucum, §5 to §12), from left to right, where
 * a number may be glued to its unit as sources do (g/100mL, mg/24h). */
#include "vocab/units.h"

#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "vocab/vocab_internal.h"

#define UNIT_SIZE 64 /* longest unit in its plain spelling, with its NUL */
#define DEEPEST 8    /* brackets in brackets */

/* What is measured. Mass to time are physics; the others are what UCUM has as numbers, or as
 * one thing, and laboratories must not mix. */
enum dimension {
    DIMENSION_MASS,          /* g */
    DIMENSION_LENGTH,        /* m */
    DIMENSION_TIME,          /* s */
    DIMENSION_AMOUNT,        /* mol */
    DIMENSION_EQUIVALENT,    /* eq: mol × valence */
    DIMENSION_OSMOLE,        /* osm */
    DIMENSION_ENZYME,        /* U: µmol/min of a catalyst */
    DIMENSION_INTERNATIONAL, /* [iU]: whatever the assay's standard says */
    DIMENSION_CELSIUS,
    DIMENSION_BODY, /* 1.73 m² of body surface */
    DIMENSIONS
};

struct unit {
    double factor;
    int ten;
    signed char exponent[DIMENSIONS];
    unsigned mentions; /* a bit for each dimension that was named, even if it cancels */
};

/* ---- the tables ---- */

enum prefixes { PREFIXES_NONE, PREFIXES_SMALL, PREFIXES_ALL };

#define MASS(n) [DIMENSION_MASS] = (n)
#define LENGTH(n) [DIMENSION_LENGTH] = (n)
#define TIME(n) [DIMENSION_TIME] = (n)
#define AMOUNT(n) [DIMENSION_AMOUNT] = (n)
#define EQUIVALENT(n) [DIMENSION_EQUIVALENT] = (n)
#define OSMOLE(n) [DIMENSION_OSMOLE] = (n)
#define ENZYME(n) [DIMENSION_ENZYME] = (n)
#define INTERNATIONAL(n) [DIMENSION_INTERNATIONAL] = (n)
#define CELSIUS(n) [DIMENSION_CELSIUS] = (n)

static const struct {
    const char *symbol;
    int ten;
} prefixes[] = {
#define PREFIX(symbol, ten) {symbol, ten},
#define UNIT(...)
#define SPELLING(...)
#include "vocab/units.def"
#undef PREFIX
#undef UNIT
};

static const struct atom {
    const char *symbol;
    enum prefixes prefixes;
    double factor;
    int ten;
    signed char exponent[DIMENSIONS];
} atoms[] = {
#define PREFIX(...)
#define UNIT(symbol, prefixes, factor, ten, ...) \
    {symbol, PREFIXES_##prefixes, factor, ten, {__VA_ARGS__}},
#include "vocab/units.def"
#undef UNIT
#undef SPELLING
};

static const struct {
    const char *written, *ucum;
} spellings[] = {
#define UNIT(...)
#define SPELLING(written, ucum) {written, ucum},
#include "vocab/units.def"
#undef PREFIX
#undef UNIT
#undef SPELLING
};

/* How the unit of a measure may be changed, beside the rules of units.
 *     QUANTITY   international units are units (kU/L); mass and amount by its molar mass
 *     ENZYME     a unit, an international one too, is 1 µmol/min of what it turns over
 *     PERCENT    of what cannot be told from masses or amounts
 *     SCORE      has no unit: whatever is written there, the number counts as it is */
enum kind { KIND_QUANTITY, KIND_ENZYME, KIND_PERCENT, KIND_SCORE };

struct measure {
    const char *key;
    const char *unit;
    enum kind kind;
    double molar; /* g/mol, 0 where mass and amount are not exchanged */
    int valence;  /* equivalents a mole, 0 where none are counted */
};

static const struct measure measures[] = {
#define MEASURE(key, unit, kind, molar, valence, loinc, words, fr, en) \
    {key, unit, KIND_##kind, molar, valence},
#include "vocab/measures.def"
#undef MEASURE
};

static const struct measure no_measure = {.unit = ""};

/* ---- arithmetic of units ---- */

static const struct unit one = {.factor = 1};

/* A to the power of N times; false when it is no number or exponent any more. */
static bool multiply(struct unit *a, const struct unit *b, int n)
{
    if (b->factor != 1)
        a->factor *= pow(b->factor, n);
    a->ten += b->ten * n;
    a->mentions |= b->mentions;
    for (int d = 0; d < DIMENSIONS; d++) {
        int exponent = a->exponent[d] + b->exponent[d] * n;

        if (abs(exponent) > 99)
            return false;
        a->exponent[d] = (signed char)exponent;
    }
    return abs(a->ten) <= 200 && a->factor >= 1e-50 && a->factor <= 1e50;
}

/* ---- one spelling ---- */

/* What a character above ASCII means in a unit; its length in bytes in *TAKEN_R. */
static const char *sign_of(const char *text, size_t *taken_r)
{
    static const struct {
        const char *sign, *plain;
    } signs[] = {{"µ", "u"},   {"μ", "u"},      {"²", "2"},      {"³", "3"},
                 {"⁰", "0"},   {"¹", "1"},      {"⁴", "4"},      {"⁵", "5"},
                 {"⁶", "6"},   {"⁷", "7"},      {"⁸", "8"},      {"⁹", "9"},
                 {"⁻", "-"},   {"×", "x"},      {"·", "."},      {"⋅", "."},
                 {"°", "deg"}, {"\u00A0", " "}, {"\u202F", " "}, {"\u2009", " "}};

    for (size_t i = 0; i < ARRAY_LENGTH(signs); i++) {
        *taken_r = strlen(signs[i].sign);
        if (strncmp(text, signs[i].sign, *taken_r) == 0)
            return signs[i].plain;
    }
    return NULL;
}

static bool is_superscript(const char *text)
{
    return strncmp(text, "\u00B9", 2) == 0 || strncmp(text, "\u00B2", 2) == 0 ||
           strncmp(text, "\u00B3", 2) == 0 || strncmp(text, "\u2070", 2) == 0;
}

/* Ends the LENGTH bytes of OUT with a power of ten's base: 10, not 110 */
static bool ends_with_ten(const char *out, size_t length)
{
    return length >= 2 && out[length - 2] == '1' && out[length - 1] == '0' &&
           (length == 2 || strchr("/.x(", out[length - 3]));
}

/* The bytes of "1.73 m²" at TEXT, 0 if it is not there. */
static size_t body_surface(const char *text)
{
    static const char *const squares[] = {"m2", "m\u00B2", "m^2"};
    size_t n = 4;

    if (strncmp(text, "1.73", 4) != 0 && strncmp(text, "1,73", 4) != 0)
        return 0;
    while (text[n] == ' ' || text[n] == '_' || text[n] == '.' || text[n] == '*')
        n++;
    for (size_t i = 0; i < ARRAY_LENGTH(squares); i++)
        if (strncmp(text + n, squares[i], strlen(squares[i])) == 0)
            return n + strlen(squares[i]);
    return text[n] == '\0' ? n : 0;
}

/* The text so far, in its plain spelling. */
struct plain {
    char text[UNIT_SIZE];
    size_t length;
};

static bool put(struct plain *plain, const char *text, size_t length)
{
    if (plain->length + length >= UNIT_SIZE)
        return false;
    memcpy(plain->text + plain->length, text, length);
    plain->length += length;
    plain->text[plain->length] = '\0';
    return true;
}

/* An annotation stands as it is. */
static bool put_annotation(struct plain *plain, const char **text)
{
    size_t n = strcspn(*text, "}");
    bool fits = (*text)[n] == '}' && put(plain, *text, n + 1);

    *text += fits ? n + 1 : 0;
    return fits;
}

/* A power: 10⁹, 10E9 and 10^9 are 10*9; m^2 is m2. True if TEXT was one's sign. */
static bool put_power(struct plain *plain, const char **text, bool *fits_r)
{
    bool ten = ends_with_ten(plain->text, plain->length);
    char c = **text;

    if (ten && is_superscript(*text)) {
        *fits_r = put(plain, "*", 1);
        return false;
    }
    if (ten && (c == '^' || ((c == 'E' || c == 'e') && is_digit((*text)[1])))) {
        *fits_r = put(plain, "*", 1);
        ++*text;
        return true;
    }
    if (c == '^' && plain->length > 0 && is_letter(plain->text[plain->length - 1])) {
        ++*text;
        return true;
    }
    return false;
}

/* One character of a unit. False when the unit cannot be one. */
static bool put_character(struct plain *plain, const char **text)
{
    char last = plain->length ? plain->text[plain->length - 1] : '\0';
    size_t taken = 1;
    const char *sign = (unsigned char)**text >= 0x80 ? sign_of(*text, &taken) : NULL;
    char folded[2];

    if (**text == ' ' || (sign && *sign == ' ')) {
        *text += taken;
        return !is_digit(last) || !is_digit(**text); /* "10 9" is no number */
    }
    if (!sign && (unsigned char)**text >= 0x80) { /* éléments */
        size_t letters = letter_fold(*text, folded);

        *text += letters ? 2 : 0;
        return letters && put(plain, folded, letters);
    }
    sign = sign ? sign : *text;
    *text += taken;
    return put(plain, sign, sign == *text - 1 ? 1 : strlen(sign));
}

/* TEXT in one spelling: no blanks, u for µ, digits for superscripts, 10* for powers of ten, a
 * point for a comma, {1.73_m2} for the body surface. */
static bool plain_text(const char *text, struct plain *plain)
{
    bool fits = true;

    plain->length = 0;
    plain->text[0] = '\0';
    while (*text == ' ')
        text++;
    if ((*text == 'x' || *text == '*') && strncmp(text + 1, "10", 2) == 0)
        text++;
    else if (strncmp(text, "\u00D7", 2) == 0)
        text += 2;
    while (*text && fits) {
        size_t surface = body_surface(text);

        if (surface && plain->length && plain->text[plain->length - 1] == '/') {
            fits = put(plain, "{1.73_m2}", 9);
            text += surface;
        } else if (*text == '{') {
            fits = put_annotation(plain, &text);
        } else if (!put_power(plain, &text, &fits)) {
            fits = fits && put_character(plain, &text);
        }
    }
    return fits && plain->length > 0;
}

/* ---- the grammar ---- */

struct reader {
    const char *at;
    int depth;
    bool per_body;
};

static bool read_term(struct reader *reader, struct unit *unit);

/* The longest atom is not the rule: an atom as such comes before a prefix and an atom, so
 * that "min" is a minute and "mol" a mole. */
static bool find_atom(const char *symbol, size_t length, enum prefixes least,
                      struct unit *unit)
{
    for (size_t i = 0; i < ARRAY_LENGTH(atoms); i++) {
        const struct atom *atom = &atoms[i];

        if (*atom->symbol != *symbol || atom->prefixes < least ||
            strncmp(atom->symbol, symbol, length) != 0 || atom->symbol[length] != '\0')
            continue;
        *unit = (struct unit){.factor = atom->factor, .ten = atom->ten};
        memcpy(unit->exponent, atom->exponent, sizeof(unit->exponent));
        for (int d = 0; d < DIMENSIONS; d++)
            unit->mentions |= atom->exponent[d] ? 1u << d : 0;
        return true;
    }
    return false;
}

static bool find_symbol(const char *symbol, size_t length, struct unit *unit)
{
    if (find_atom(symbol, length, PREFIXES_NONE, unit))
        return true;
    for (size_t i = 0; i < ARRAY_LENGTH(prefixes); i++) {
        size_t n = strlen(prefixes[i].symbol);

        if (n < length && *prefixes[i].symbol == *symbol &&
            strncmp(prefixes[i].symbol, symbol, n) == 0 &&
            find_atom(symbol + n, length - n,
                      prefixes[i].ten > 3 ? PREFIXES_ALL : PREFIXES_SMALL, unit)) {
            unit->ten += prefixes[i].ten;
            return true;
        }
    }
    return false;
}

/* [+-]digits, at most two of them; false if there are none. */
static bool read_exponent(struct reader *reader, int *exponent_r)
{
    bool negative = *reader->at == '-';
    int n = 0, exponent = 0;

    if (*reader->at == '-' || *reader->at == '+')
        reader->at++;
    for (; is_digit(*reader->at) && n < 3; n++)
        exponent = 10 * exponent + *reader->at++ - '0';
    *exponent_r = negative ? -exponent : exponent;
    return n > 0 && n < 3;
}

/* Letters, and anything in [ ], then an exponent: mm[Hg], m2, s-1. */
static bool read_symbol(struct reader *reader, struct unit *unit)
{
    const char *start = reader->at;
    struct unit symbol;
    int exponent = 1;

    while (is_letter(*reader->at) || *reader->at == '%' || *reader->at == '[') {
        if (*reader->at == '[')
            reader->at += strcspn(reader->at, "]");
        if (*reader->at == '\0')
            return false;
        reader->at++;
    }
    if (reader->at == start || !find_symbol(start, (size_t)(reader->at - start), &symbol))
        return false;
    if ((is_digit(*reader->at) || *reader->at == '-' || *reader->at == '+') &&
        !read_exponent(reader, &exponent))
        return false;
    return multiply(unit, &symbol, exponent);
}

/* An integer, or a power of ten: 10*9. */
static bool read_number(struct reader *reader, struct unit *unit)
{
    struct unit number = one;
    int ten = 0, digits = 0;

    if (strncmp(reader->at, "10*", 3) == 0 || strncmp(reader->at, "10^", 3) == 0) {
        reader->at += 3;
        number.ten = 1;
        if (!is_digit(*reader->at) && *reader->at != '-' && *reader->at != '+')
            ten = 1;
        else if (!read_exponent(reader, &ten))
            return false;
        return multiply(unit, &number, ten);
    }
    number.factor = 0;
    for (; is_digit(*reader->at) && digits < 9; digits++)
        number.factor = 10 * number.factor + (*reader->at++ - '0');
    for (; number.factor >= 10 && fmod(number.factor, 10) == 0; number.ten++)
        number.factor /= 10;
    return number.factor > 0 && !is_digit(*reader->at) && multiply(unit, &number, 1);
}

static bool skip_annotations(struct reader *reader)
{
    while (*reader->at == '{') {
        size_t n = strcspn(reader->at, "}");

        if (reader->at[n] == '\0')
            return false;
        for (size_t i = 1; i + 4 <= n; i++)
            reader->per_body |= strncmp(reader->at + i, "1.73", 4) == 0 ||
                                strncmp(reader->at + i, "1,73", 4) == 0;
        reader->at += n + 1;
    }
    return true;
}

static bool ends_component(char c)
{
    return c == '\0' || c == '.' || c == '/' || c == ')';
}

/* ( term ), a number, a unit, or a number and its unit; annotations around it or alone. */
static bool read_component(struct reader *reader, struct unit *unit)
{
    const char *start = reader->at;

    if (!skip_annotations(reader))
        return false;
    if (ends_component(*reader->at))
        return reader->at > start;
    if (*reader->at == '(') {
        reader->at++;
        if (++reader->depth > DEEPEST || !read_term(reader, unit) || *reader->at != ')')
            return false;
        reader->at++;
        reader->depth--;
    } else {
        bool number = is_digit(*reader->at);

        if (number && !read_number(reader, unit))
            return false;
        if ((!number || is_letter(*reader->at)) && !read_symbol(reader, unit))
            return false;
    }
    return skip_annotations(reader) && ends_component(*reader->at);
}

/* Components with . and / between them, from left to right; a / may lead. */
static bool read_term(struct reader *reader, struct unit *unit)
{
    int sign = 1;

    if (*reader->at == '/') {
        reader->at++;
        sign = -1;
    }
    for (;;) {
        struct unit component = one;

        if (!read_component(reader, &component) || !multiply(unit, &component, sign))
            return false;
        if (*reader->at != '.' && *reader->at != '/')
            return true;
        sign = *reader->at++ == '/' ? -1 : 1;
    }
}

static bool read_plain(const char *text, struct unit *unit)
{
    struct reader reader = {.at = text};

    for (size_t i = 0; i < ARRAY_LENGTH(spellings); i++)
        if (*text == *spellings[i].written && strcmp(text, spellings[i].written) == 0)
            reader.at = spellings[i].ucum;
    *unit = one;
    if (!read_term(&reader, unit) || *reader.at != '\0')
        return false;
    unit->exponent[DIMENSION_BODY] = reader.per_body ? -1 : 0;
    return true;
}

/* Texts of old systems are in capitals throughout: what is no unit as it stands may be one in
 * small letters. False if there is nothing to change. */
static bool to_small_letters(struct plain *plain)
{
    bool changed = false;

    for (size_t i = 0; i < plain->length; i++) {
        if (plain->text[i] >= 'a' && plain->text[i] <= 'z')
            return false;
        changed |= plain->text[i] >= 'A' && plain->text[i] <= 'Z';
        plain->text[i] = ascii_lower(plain->text[i]);
    }
    return changed;
}

static bool read_unit(const char *text, struct unit *unit)
{
    struct plain plain;

    if (!plain_text(text, &plain))
        return false;
    return read_plain(plain.text, unit) ||
           (to_small_letters(&plain) && read_plain(plain.text, unit));
}

bool vocab_unit_is_known(const char *text)
{
    struct unit unit;

    return read_unit(text, &unit);
}

/* ---- measures ---- */

static const struct measure *find_key(const char *key)
{
    size_t first = 0, after = ARRAY_LENGTH(measures);

    while (first < after) {
        size_t middle = first + (after - first) / 2;
        int order = strcmp(measures[middle].key, key);

        if (order == 0)
            return &measures[middle];
        if (order < 0)
            first = middle + 1;
        else
            after = middle;
    }
    return NULL;
}

static const struct measure *find_measure(const char *name)
{
    const struct measure *measure = *name ? find_key(name) : &no_measure;
    const char *key;

    if (measure)
        return measure;
    key = word_find(VOCAB_MEASURE, name, strlen(name));
    measure = key ? find_key(key) : NULL;
    return measure ? measure : &no_measure;
}

const char *vocab_measure_unit(const char *measure)
{
    return find_measure(measure)->unit;
}

/* ---- conversion ---- */

static void replace(struct unit *unit, enum dimension from, const struct unit *by)
{
    int n = unit->exponent[from];

    unit->exponent[from] = 0;
    if (n != 0 && !multiply(unit, by, n))
        unit->factor = NAN;
}

/* The dimensions that are one for MEASURE are made one. */
static void settle(struct unit *unit, const struct measure *measure)
{
    static const struct unit turnover = {
        .factor = 1 / 6.0,
        .ten = -7, /* µmol/min */
        .exponent = {[DIMENSION_AMOUNT] = 1, [DIMENSION_TIME] = -1}};
    static const struct unit standard = {.factor = 1,
                                         .exponent = {[DIMENSION_INTERNATIONAL] = 1}};
    const struct unit mole = {.factor = measure->valence ? 1.0 / measure->valence : 1,
                              .exponent = {[DIMENSION_AMOUNT] = 1}};

    if (measure == &no_measure || measure->kind == KIND_ENZYME)
        replace(unit, DIMENSION_ENZYME, &turnover);
    if (measure->kind == KIND_ENZYME)
        replace(unit, DIMENSION_INTERNATIONAL, &turnover);
    else
        replace(unit, DIMENSION_ENZYME, &standard);
    if (measure == &no_measure || measure->valence)
        replace(unit, DIMENSION_EQUIVALENT, &mole);
    if (measure == &no_measure)
        replace(unit, DIMENSION_OSMOLE, &mole);
}

/* The measures' own units, read and settled once: nearly all conversions are to them. */
static struct unit own_units[ARRAY_LENGTH(measures)];

static void read_own_units(void)
{
    for (size_t i = 0; i < ARRAY_LENGTH(measures); i++)
        if (read_unit(measures[i].unit, &own_units[i]))
            settle(&own_units[i], &measures[i]);
}

static bool read_settled(const char *text, const struct measure *about, struct unit *unit)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    if (*about->unit && strcmp(text, about->unit) == 0) {
        pthread_once(&once, read_own_units);
        *unit = own_units[about - measures];
        return true;
    }
    if (!read_unit(text, unit))
        return false;
    settle(unit, about);
    return true;
}

/* Make the amounts of FROM masses, or its masses amounts, as TO has them. */
static void exchange_mass(struct unit *from, const struct unit *to, double molar)
{
    int moles = from->exponent[DIMENSION_AMOUNT] - to->exponent[DIMENSION_AMOUNT];
    int grams = to->exponent[DIMENSION_MASS] - from->exponent[DIMENSION_MASS];

    if (molar > 0 && moles == grams && abs(moles) == 1) {
        from->factor *= moles > 0 ? molar : 1 / molar;
        from->exponent[DIMENSION_AMOUNT] = to->exponent[DIMENSION_AMOUNT];
        from->exponent[DIMENSION_MASS] = to->exponent[DIMENSION_MASS];
    }
}

/* X × 10^TEN, in one rounding where 10^|TEN| is a double. */
static double shift(double x, int ten)
{
    return ten == 0 ? x : ten < 0 ? x / pow(10, -ten) : x * pow(10, ten);
}

/* Of two numbers that people would write as one, one is made: twelve digits. */
static double rounded(double x)
{
    int ten = x == 0 || !isfinite(x) ? 0 : 11 - (int)floor(log10(fabs(x)));
    double y = shift(round(shift(x, ten)), -ten);

    return isfinite(y) ? y : x;
}

bool vocab_unit_convert(const char *measure, const char *from, const char *to,
                        double *number)
{
    const struct measure *about;
    struct unit source, target;
    double converted;

    if (strcmp(from, to) == 0)
        return true;
    about = find_measure(measure);
    if (!read_settled(from, about, &source) || !read_settled(to, about, &target) ||
        (about->kind == KIND_PERCENT && (source.mentions || target.mentions)))
        return false;
    exchange_mass(&source, &target, about->molar);
    if (memcmp(source.exponent, target.exponent, sizeof(source.exponent)) != 0)
        return false;
    if (source.factor == target.factor && source.ten == target.ten)
        return true; /* another spelling */
    converted = rounded(
        shift(*number * (source.factor / target.factor), source.ten - target.ten));
    if (!isfinite(converted) || (converted == 0 && *number != 0))
        return false;
    *number = converted;
    return true;
}
