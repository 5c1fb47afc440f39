/* SPDX-License-Identifier: Apache-2.0
 *
 * vocab/nearest.c: "did you mean", over the known codes and their labels.
 *
 * A code is near by the edits (insert, drop, change, swap two neighbours) that make TEXT
 * into it; a label, by those that make TEXT into the beginning of one of its words and what
 * follows, so that "poumon" finds "Bronches, poumon". Case, accents and punctuation do not
 * count. What needs more edits than a third of TEXT is not proposed. Not on any hot path: one
 * pass over some hundred rows, or over the tens of thousands of an official list; there a word
 * is compared only when it begins as TEXT does. */
#include <string.h>

#include "vocab/vocab_internal.h"

#define MOST_LETTERS 40
#define MOST_RESULTS 16
#define FAR 1000
#define LONG_LIST 4000 /* rows from which words have to begin with the right letter */

/* Letters to compare, and where words begin. */
struct letters {
    size_t n;
    char at[MOST_LETTERS + 1];
    bool begins[MOST_LETTERS + 1];
};

static int min3(int a, int b, int c)
{
    int least = a < b ? a : b;

    return least < c ? least : c;
}

static void read_letters(const char *text, struct letters *out)
{
    bool begins = true;

    out->n = 0;
    for (size_t i = 0; text[i] && out->n < MOST_LETTERS; i++) {
        char folded[2];
        size_t more = letter_fold(text + i, folded);

        for (size_t f = 0; f < more && out->n < MOST_LETTERS; f++) {
            out->begins[out->n] = begins && f == 0;
            out->at[out->n++] = folded[f];
        }
        if (more > 0)
            begins = false;
        else if ((unsigned char)text[i] < 0x80)
            begins = true;
    }
}

/* Edits from A to B[from …), all of it or the part of it that is nearest. */
static int edits(const struct letters *a, const struct letters *b, size_t from, bool part)
{
    int rows[3][MOST_LETTERS + 1]; /* two before, before, now */
    size_t width = b->n - from;
    int least = FAR;

    for (size_t j = 0; j <= width; j++)
        rows[1][j] = (int)j;
    for (size_t i = 1; i <= a->n; i++) {
        rows[2][0] = (int)i;
        for (size_t j = 1; j <= width; j++) {
            const char *other = &b->at[from + j - 1];
            int change = a->at[i - 1] == *other ? 0 : 1;

            rows[2][j] =
                min3(rows[1][j] + 1, rows[2][j - 1] + 1, rows[1][j - 1] + change);
            if (i > 1 && j > 1 && a->at[i - 1] == other[-1] && a->at[i - 2] == *other &&
                rows[0][j - 2] + 1 < rows[2][j])
                rows[2][j] = rows[0][j - 2] + 1;
        }
        memmove(rows[0], rows[1], 2 * sizeof(rows[0]));
    }
    for (size_t j = part ? 0 : width; j <= width; j++)
        least = rows[1][j] < least ? rows[1][j] : least;
    return least;
}

bool vocab_label_has(const char *label, const char *text)
{
    struct letters words, begin;

    read_letters(label, &words);
    read_letters(text, &begin);
    for (size_t from = 0; begin.n && from + begin.n <= words.n; from++)
        if (words.begins[from] && memcmp(words.at + from, begin.at, begin.n) == 0)
            return true;
    return false;
}

int vocab_edits(const char *a, const char *b)
{
    struct letters one, other;

    read_letters(a, &one);
    read_letters(b, &other);
    return edits(&one, &other, 0, false);
}

/* LABEL may be NULL. */
static int label_distance(const struct letters *text, const char *label, bool strict)
{
    struct letters letters;
    int least = FAR;

    if (!label)
        return FAR;
    read_letters(label, &letters);
    for (size_t from = 0; from < letters.n; from++) {
        int distance;

        if (!letters.begins[from] || (strict && letters.at[from] != text->at[0]))
            continue;
        distance = edits(text, &letters, from, true);
        least = distance < least ? distance : least;
    }
    return least;
}

/* Fewer letters than three begin half of all labels. */
static int distance_to(const struct letters *text, const struct label *label, int allowed,
                       bool strict)
{
    struct letters code;
    int by_code = FAR, by_fr = FAR, by_en = FAR;

    read_letters(label->code, &code);
    if (code.n <= text->n + (size_t)allowed && text->n <= code.n + (size_t)allowed)
        by_code = edits(text, &code, 0, false);
    if (text->n >= 3) {
        by_fr = label_distance(text, label->fr, strict);
        if (label->en != label->fr)
            by_en = label_distance(text, label->en, strict);
    }
    return min3(by_code, by_fr, by_en);
}

size_t vocab_nearest(enum vocab_system system, const char *text, size_t max,
                     const char *codes_r[])
{
    struct letters letters;
    int distances[MOST_RESULTS];
    size_t n = 0;
    size_t count;
    const struct label *labels = vocab_labels(system, &count);
    int allowed;

    read_letters(text, &letters);
    allowed = letters.n <= 1 ? 0 : 1 + ((int)letters.n - 2) / 3;
    if (max > MOST_RESULTS)
        max = MOST_RESULTS;
    if (letters.n == 0 || max == 0)
        return 0;

    for (size_t i = 0; i < count; i++) {
        int distance = distance_to(&letters, &labels[i], allowed, count > LONG_LIST);
        size_t place = n;

        while (place > 0 && distances[place - 1] > distance)
            place--;
        if (distance > allowed || place == max)
            continue;
        n = n < max ? n + 1 : max;
        for (size_t later = n - 1; later > place; later--) {
            distances[later] = distances[later - 1];
            codes_r[later] = codes_r[later - 1];
        }
        distances[place] = distance;
        codes_r[place] = labels[i].code;
    }
    return n;
}
