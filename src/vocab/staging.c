/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/staging.c: the spellings of stage, T, N and M.
 *
 * A stage is its number in arabic, then its letters and digits in upper case: IVA is 4A,
 * IIIC2 is 3C2, stage IS (testis) is 1S, 0is (bladder) is 0IS. A category of the TNM is its
 * letter in upper case, then the rest in lower case: T2a, Tis, T1mi, N0(i-), M1c. What
 * qualifies the statement and not the tumour (c, p, y …) is cut: it is an item of its own
 * (OSIRIS-RWD 8.17). */
#include <string.h>
#include <strings.h>

#include "vocab/vocab_internal.h"

/* Where a text is being read; never past END. */
struct cursor {
    const char *at;
    const char *end;
};

static char peek(const struct cursor *in)
{
    return in->at < in->end ? *in->at : '\0';
}

/* Move past WORD, of any case, if it stands here. */
static bool take(struct cursor *in, const char *word)
{
    size_t length = strlen(word);

    if ((size_t)(in->end - in->at) < length || strncasecmp(in->at, word, length) != 0)
        return false;
    in->at += length;
    return true;
}

static void skip_blanks(struct cursor *in)
{
    while (peek(in) == ' ')
        in->at++;
}

/* ---- stage --------------------------------------------------------------------------- */

#define SUFFIX_SIZE 8

/* A number, '0' to '5', and what follows it in upper case. */
struct stage {
    char number;
    char suffix[SUFFIX_SIZE];
};

static bool read_number(struct cursor *in, char *number_r)
{
    static const struct {
        const char *roman;
        char number;
    } numbers[] = {{"IV", '4'}, {"III", '3'}, {"II", '2'}, {"I", '1'}, {"V", '5'}};

    if (is_digit(peek(in))) {
        *number_r = *in->at++;
        return *number_r <= '5' && !is_digit(peek(in));
    }
    for (size_t i = 0; i < ARRAY_LENGTH(numbers); i++) {
        if (take(in, numbers[i].roman)) {
            *number_r = numbers[i].number;
            return true;
        }
    }
    return false;
}

/* Letters of the systems in use (A to D of the TNM and FIGO, E S X of Ann Arbor, S of the
 * INSS and of testis), digits, then a small roman number: A, A2, AE, BX, C2, A1i, A1(i).
 * Nothing is taken when a longer word stands here, such as the ET of "I ET II". */
static void read_suffix(struct cursor *in, char number, char suffix[SUFFIX_SIZE])
{
    struct cursor try = *in;
    size_t n = 0;
    bool bracket = false;

    suffix[0] = '\0';
    if (number == '0' && take(&try, "IS")) {
        memcpy(suffix, "IS", 3);
        *in = try;
        return;
    }
    while (n < 3 && peek(&try) && strchr("ABCDESX", ascii_upper(peek(&try))))
        suffix[n++] = ascii_upper(*try.at++);
    if (n > 0 && is_digit(peek(&try))) {
        suffix[n++] = *try.at++;
        bracket = take(&try, "(");
        for (size_t i = 0; i < 3 && take(&try, "I"); i++)
            suffix[n++] = 'I';
        if (bracket && !take(&try, ")"))
            n = 0;
    }
    if (n == 0 || is_letter(peek(&try)) || is_digit(peek(&try))) {
        suffix[0] = '\0';
        return;
    }
    suffix[n] = '\0';
    *in = try;
}

/* IVA, "IV A", IV-A, 4.A */
static bool read_stage(struct cursor *in, struct stage *stage_r)
{
    struct cursor separated;

    if (!read_number(in, &stage_r->number))
        return false;
    read_suffix(in, stage_r->number, stage_r->suffix);
    if (stage_r->suffix[0])
        return true;
    separated = *in;
    if (peek(in) && strchr(" -.", peek(in))) {
        separated.at++;
        read_suffix(&separated, stage_r->number, stage_r->suffix);
        if (stage_r->suffix[0])
            *in = separated;
    }
    return true;
}

/* Is another stage offered, as in "I OR II NOS", I/II, IIIA-IIIB, "II ou III"? */
static bool read_or(struct cursor *in)
{
    static const char *const words[] = {"/", "-", "OR ", "OU ", "TO ", "ET ", "AND "};
    bool found = false;

    skip_blanks(in);
    for (size_t i = 0; i < ARRAY_LENGTH(words) && !found; i++)
        found = take(in, words[i]);
    skip_blanks(in);
    return found;
}

/* Of two possible stages, what is true of both: IIIA or IIIB is III, I or II says nothing. */
static void keep_common(struct stage *stage, const struct stage *other)
{
    size_t same = 0;

    if (stage->number != other->number) {
        stage->number = '\0';
        return;
    }
    while (stage->suffix[same] && stage->suffix[same] == other->suffix[same])
        same++;
    stage->suffix[same] = '\0';
}

static int write_stage(const struct stage *stage, char out[VOCAB_CODE_SIZE])
{
    size_t length = strlen(stage->suffix);

    if (!stage->number)
        return 0;
    out[0] = stage->number;
    memcpy(out + 1, stage->suffix, length + 1);
    return (int)length + 1;
}

int spell_stage(enum vocab_system system, const char *text, size_t length,
                char out[VOCAB_CODE_SIZE])
{
    struct cursor in = {text, text + length};
    struct stage stage;
    const char *word;

    if (take(&in, "STAGE") || take(&in, "STADE") || take(&in, "FIGO")) {
        while (peek(&in) == ' ' || peek(&in) == ':')
            in.at++;
    }
    if (in.at == in.end)
        return SPELL_REFUSED;
    word = word_find(system, in.at, (size_t)(in.end - in.at));
    if (word) {
        memcpy(out, word, strlen(word) + 1);
        return (int)strlen(word);
    }
    if (word_is_unknown(in.at, (size_t)(in.end - in.at)))
        return 0;

    if (!read_stage(&in, &stage))
        return SPELL_REFUSED;
    while (read_or(&in)) {
        struct stage other = stage;

        if (!read_stage(&in, &other)) {
            other.number = stage.number;
            read_suffix(&in, stage.number, other.suffix); /* IIIA/B */
            if (!other.suffix[0])
                return SPELL_REFUSED;
        }
        keep_common(&stage, &other);
    }
    take(&in, "NOS");
    return in.at == in.end ? write_stage(&stage, out) : SPELL_REFUSED;
}

/* 4A is IVA, 0IS is 0is, 3A1II is IIIA1(ii). */
char *stage_print(const char *code, char out[VOCAB_CODE_SIZE])
{
    static const char *const roman[] = {"0", "I", "II", "III", "IV", "V"};
    char printed[VOCAB_CODE_SIZE + 8];
    size_t n = 0;
    bool bracket = false;

    if (code[0] > '5') {
        memmove(out, code, strlen(code) + 1);
        return out;
    }
    for (const char *r = roman[code[0] - '0']; *r; r++)
        printed[n++] = *r;
    for (size_t i = 1; code[i] && n < VOCAB_CODE_SIZE - 3; i++) {
        if (code[i] == 'I' && !bracket && is_digit(code[i - 1]) && i > 1) {
            printed[n++] = '(';
            bracket = true;
        }
        printed[n++] = bracket || code[0] == '0' ? ascii_lower(code[i]) : code[i];
    }
    if (bracket)
        printed[n++] = ')';
    memcpy(out, printed, n);
    out[n] = '\0';
    return out;
}

/* ---- TNM ----------------------------------------------------------------------------- */

struct category {
    char letter;
    char most;          /* highest number */
    bool keeps_remarks; /* (i-), (sn), (mol+) belong to the code; else only (mi) does */
};

static const struct category *category_of(enum vocab_system system)
{
    static const struct category t = {'T', '4', false};
    static const struct category n = {'N', '3', true};
    static const struct category m = {'M', '1', true};

    return system == VOCAB_TNM_T ? &t : system == VOCAB_TNM_N ? &n : &m;
}

/* Past "pT", "ypN", "cM", "T"; the letter may be missing before a number. Prefixes are
 * clinical, pathological, after treatment, of a recurrence, at autopsy, by ultrasound. */
static bool take_letter(struct cursor *in, char letter)
{
    struct cursor try = *in;

    while (try.at < try.end && try.at - in->at < 3 &&
           strchr("cpyrau", ascii_lower(*try.at)))
        try.at++;
    if (ascii_upper(peek(&try)) != letter)
        return false;
    in->at = try.at + 1;
    skip_blanks(in);
    return true;
}

/* One remark in brackets, without the blanks before it: "(i-)" into REMARK. */
static size_t read_remark(struct cursor *in, char remark[12])
{
    struct cursor try = *in;
    size_t n = 0;

    skip_blanks(&try);
    if (!take(&try, "("))
        return 0;
    remark[n++] = '(';
    while (n < 10 && (is_letter(peek(&try)) || is_digit(peek(&try)) ||
                      (peek(&try) && strchr("+-", peek(&try)))))
        remark[n++] = ascii_lower(*try.at++);
    if (n == 1 || !take(&try, ")"))
        return 0;
    remark[n++] = ')';
    remark[n] = '\0';
    *in = try;
    return n;
}

/* After the number: a letter, a digit or roman number under it, "mi". */
static size_t read_subcategory(struct cursor *in, char *out)
{
    struct cursor try;
    size_t n = 0;

    if (peek(in) && strchr("abcde", ascii_lower(peek(in)))) {
        out[n++] = ascii_lower(*in->at++);
        if (is_digit(peek(in)))
            out[n++] = *in->at++;
        else
            while (n < 4 && peek(in) && strchr("iv", ascii_lower(peek(in))))
                out[n++] = ascii_lower(*in->at++);
    }
    try = *in;
    skip_blanks(&try);
    if (take(&try, "mi") || take(&try, "(mi)")) {
        take(&try, "c");
        out[n++] = 'm';
        out[n++] = 'i';
        *in = try;
    }
    return n;
}

/* Remarks, the m of several tumours, NOS. False if anything else is left. */
static bool read_rest(struct cursor *in, bool keeps_remarks, char *out, size_t *n)
{
    char remark[12];
    size_t size;

    while ((size = read_remark(in, remark)) > 0) {
        if (keeps_remarks && *n + size < 24) {
            memcpy(out + *n, remark, size);
            *n += size;
        }
    }
    skip_blanks(in);
    if (!keeps_remarks)
        take(in, "m");
    take(in, "NOS");
    return in->at == in->end;
}

int spell_tnm(enum vocab_system system, const char *text, size_t length,
              char out[VOCAB_CODE_SIZE])
{
    const struct category *category = category_of(system);
    struct cursor in = {text, text + length};
    bool has_letter = take_letter(&in, category->letter);
    bool keeps_remarks = category->keeps_remarks;
    size_t n = 1;

    out[0] = category->letter;
    if (take(&in, "X")) {
        return read_rest(&in, false, out, &n) ? 0 : SPELL_REFUSED;
    } else if (system == VOCAB_TNM_T && take(&in, "is")) {
        memcpy(out + n, "is", 2);
        n += 2;
        (void)(take(&in, "pu") || take(&in, "pd")); /* urethra, TNM 6 */
    } else if (system == VOCAB_TNM_T && has_letter && take(&in, "a")) {
        out[n++] = 'a';
    } else if (system == VOCAB_TNM_M && has_letter && take(&in, "+")) {
        out[n++] = '1'; /* metastatic, as French reports write it */
        n += read_subcategory(&in, out + n);
    } else if (peek(&in) >= '0' && peek(&in) <= category->most) {
        out[n++] = *in.at++;
        n += read_subcategory(&in, out + n);
    } else {
        return SPELL_REFUSED;
    }
    if (!read_rest(&in, keeps_remarks, out, &n))
        return SPELL_REFUSED;
    out[n] = '\0';
    return (int)n;
}
