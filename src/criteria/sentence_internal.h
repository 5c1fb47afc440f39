/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/sentence_internal.h: what the files of the sentence share.
 *
 *     sentence.c            how and, or, not and the lists fit into each other
 *     sentence_words.def    the words of each item
 *     sentence_words.c      those words found, codes, numbers, durations
 *     sentence_fr.c, sentence_en.c            one line: who, how many, which one
 *     sentence_fr_time.c, sentence_en_time.c  when
 *
 * A line is said as what stands behind "Patients" (or "une tumeur"): "âgés de 18 ans ou plus",
 * "ayant reçu …". The pieces go into one buffer, so that a long question costs no more than
 * its length. */
#ifndef CRITERIA_SENTENCE_INTERNAL_H
#define CRITERIA_SENTENCE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buffer.h"
#include "criteria/criteria.h"

#define NBSP "\u00a0"
/* For what melts in French: "de le" is "du", "de une" is "d’une". tongue->finish sees to it. */
#define DE "\1"
#define A "\2"
#define DE_MARK '\1'
#define A_MARK '\2'

#define LABEL_MAX 512 /* a1b…: as many as criteria are deep */

struct tongue;

struct sentence {
    struct arena *arena;
    struct buffer *out;
    const struct tongue *tongue;
    enum lang lang;
    const struct criteria *women; /* the line that "Patientes" has said already, or NULL */
    bool feminine;
    bool classified;      /* "classée" has just been said: "T3, N1" */
    bool of_tumour;       /* what is said is said of a tumour … */
    bool of_one;          /* … or of the patient who has it */
    enum group same;      /* … or of a sample, an event, a TNM */
    char path[LABEL_MAX]; /* where in the lists we are: "b2" */
};

/* How a thing may stand beside others. */
enum shape {
    SHAPE_LINE,   /* no comma, no "and": anywhere */
    SHAPE_COMMAS, /* a line with commas in it */
    SHAPE_AND,    /* a, b et c */
    SHAPE_OR,     /* soit a, soit b */
    SHAPE_MIX,    /* a ; soit b, soit c ; et d */
    SHAPE_LIST    /* (a) … ; (b) … */
};

/* Where it is said. */
enum place {
    PLACE_TOP,   /* behind "Patients", or in brackets */
    PLACE_ITEM,  /* behind the (a) of a list */
    PLACE_INSIDE /* inside another one: "à la fois" a et b */
};

/* What differs between the languages, beside the words. */
struct tongue {
    const char *everybody, *quote, *unquote, *colon, *semicolon;
    const char *comma_and, *semicolon_and, *and, * or, *either, *or_else;
    const char *both, *all_three; /* before two, before more */
    const char *all_of, *any_of;
    const char *range;    /* between two codes */
    const char *point;    /* of a fraction */
    const char *thousand; /* between groups of three digits */
    void (*subject)(struct sentence *s);
    void (*line)(struct sentence *s, const struct criteria *line, bool negated);
    void (*exactly)(struct sentence *s, const struct criteria *fact, unsigned count);
    void (*sequenced)(struct sentence *s, bool negated);
    void (*tumour)(struct sentence *s, const struct criteria *node, bool negated);
    void (*same)(struct sentence *s, const struct criteria *node, bool negated);
    void (*excluded)(struct sentence *s);
    void (*use)(struct sentence *s, const struct criteria *node, bool negated);
    const char *not_meeting; /* before a name in brackets */
    void (*at_least_of)(struct sentence *s, unsigned count, size_t of);
    const char *(*finish)(struct arena *arena, const struct buffer *raw);
};

extern const struct tongue sentence_french, sentence_english;

/* ---- sentence.c ---- */

void sentence_put(struct sentence *s, const char *text);
/* NODE as it is said at PLACE. */
void sentence_say(struct sentence *s, const struct criteria *node, enum place place);
/* Its children with commas and nothing before the last one: what is said of one tumour. */
void sentence_say_all(struct sentence *s, const struct criteria *body);
enum shape sentence_shape(struct sentence *s, const struct criteria *node,
                          bool of_tumour);
/* One line, or what is said as one: exactly 2 surgery any; sequenced; a name. */
bool sentence_is_line(struct sentence *s, const struct criteria *node);
/* A and not at least N+1 A: the fact A, and *COUNT_R N; else NULL. */
const struct criteria *sentence_exactly(struct sentence *s, const struct criteria *node,
                                        unsigned *count_r);
/* The opposite has no words of its own: "à l’exclusion de ceux …". */
bool sentence_has_no_opposite(struct sentence *s, const struct criteria *line);
/* Is anything asked of the one that an order chooses? */
bool sentence_asks(const struct criteria *line);
/* What is asked of a tumour can be said of the patient, and nobody will doubt which tumour is
 * meant: aged 18 or over at diagnosis, who had a metastasis. */
bool sentence_needs_no_tumour(struct sentence *s, const struct criteria *body);
/* In sample { }, event { } or tnm { }: is LINE said of the whole itself, as "de type biopsie"
 * and not as "ayant eu un prélèvement de type biopsie"? */
bool sentence_is_own(const struct sentence *s, const struct criteria *line);
/* Drugs alone: a tumour is "traitée par" them. */
bool sentence_is_plain_treatment(const struct criteria *fact);
/* "F" or "M" where LINE asks for one sex, else NULL. */
const char *sentence_sex(const struct criteria *line);
/* Of the patient, wherever it stands. */
bool sentence_of_patient(const struct criteria *line);

/* ---- sentence_words.c ---- */

enum frame {
    FRAME_HAS,
    FRAME_VALUE,
    FRAME_RECEIVED,
    FRAME_HAD,
    FRAME_PRESENTED,
    FRAME_RISK,
    FRAME_IS
};
enum auxiliary { AUXILIARY_HAS, AUXILIARY_BEEN, AUXILIARY_IS };

/* Of one language. ONE and MANY are NULL-free; CODES is NULL when ONE says them already. */
struct noun {
    enum frame frame;
    enum auxiliary auxiliary;
    bool feminine;
    const char *article, *one, *many, *codes, *any, *participle;
};

struct noun sentence_noun(struct sentence *s, const struct criteria *fact, bool many);
const char *sentence_is(const struct sentence *s, enum item item);
/* Behind the noun, or as a predicate. */
const char *sentence_status(const struct sentence *s, enum item item, bool predicate);
/* NULL when the number is the noun's own. */
const char *sentence_amount(const struct sentence *s, enum item item, bool predicate,
                            bool *feminine_r);
/* T, N or M alone, which follow each other without their verb. */
bool sentence_is_tnm(const struct criteria *node);
/* A frame IS without a time, a count or an order: "de stade IV". */
bool sentence_is_plain(struct sentence *s, const struct criteria *node);

void sentence_codes(struct sentence *s, enum item item, const struct criteria_code *codes,
                    size_t n);
/* With the sign of the language for fractions and thousands. */
void sentence_number(struct sentence *s, double number);
/* "", or the unit of the number asked of FACT behind a blank. */
const char *sentence_unit(struct sentence *s, const struct criteria *fact);

enum time_unit { TIME_DAY, TIME_WEEK, TIME_MONTH, TIME_YEAR };

/* The largest unit of which a whole number N is read back to exactly DAYS days. */
enum time_unit sentence_time_unit(int32_t days, int32_t *n_r);
/* N of UNIT is how many days? */
int32_t sentence_days_of(enum time_unit unit, int32_t n);

/* What a period is, to be said by the names of its parts. */
struct period {
    enum { PERIOD_YEARS, PERIOD_MONTHS, PERIOD_DAYS } parts;
    bool from, to; /* it has that end */
    int year[2], month[2], day[2];
};
struct period sentence_period(struct interval dates);

/* ---- sentence_fr_time.c, sentence_en_time.c ---- */

struct agreement {
    bool feminine, plural;
};

/* TEXT with the e and s of AGREEMENT for each ~, the s for each +. */
void french_put(struct sentence *s, const char *text, struct agreement agreement);
/* All whens of LINE behind its noun: "débuté en 2021". */
void french_times(struct sentence *s, const struct criteria *line,
                  const struct noun *noun, struct agreement agreement);
/* The same as predicates: "a débuté en 2021". FIRST: nothing stands before them. */
void french_predicates(struct sentence *s, const struct criteria *line,
                       const struct noun *noun, struct agreement agreement, bool first);
/* Those of a date: "en 2021 et …". */
void french_date_times(struct sentence *s, const struct criteria *line);
void french_dates(struct sentence *s, struct interval dates);
/* "de 18 à 75 ans", "de 65 ans ou plus"; AT: "entre 18 et 75 ans", "à 65 ans ou plus" */
void french_age(struct sentence *s, const struct criteria_number *number, bool at);
/* "une chirurgie", "la première chirurgie": a fact that another one is measured by. */
void french_other(struct sentence *s, const struct criteria *fact);

void english_times(struct sentence *s, const struct criteria *line,
                   const struct noun *noun);
void english_predicates(struct sentence *s, const struct criteria *line,
                        const struct noun *noun, bool first);
void english_date_times(struct sentence *s, const struct criteria *line);
/* "18 to 75", "65 or over" */
void english_age(struct sentence *s, const struct criteria_number *number);
void english_dates(struct sentence *s, struct interval dates);
void english_other(struct sentence *s, const struct criteria *fact);

#endif
