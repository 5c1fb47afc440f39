/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/identity.c: names, numbers, and how two centres write the same person.
 *
 * The number INS is unique by construction, without a table of those given: a person's index
 * (place × centres + centre) is permuted into the pairs of a birthplace and an odd order
 * number; a twin takes the even number that follows. 115 real communes serve 57,500 persons;
 * then come made-up codes of the départements, for 1,900,000 more; beyond that a pair is
 * used again, and two persons of one sex, month of birth and pair may meet. */
#include "synth/identity.h"

#include <stdio.h>
#include <string.h>

#define ORDERS 500     /* odd numbers of a commune and month */
#define DEPARTMENTS 95 /* metropolitan, without Corsica */
#define MADE_UP 40     /* communes of a département */

struct centre_row {
    const char *name, *finess, *prefix;
};

/* FINESS 940000664 is the first one's; the others are made up. */
static const struct centre_row centres[SYNTH_CENTRES_MAX] = {
    {"villejuif", "940000664", "2"}, {"lyon", "690000000", "LB"},
    {"centre3", "990000003", "C3"},  {"centre4", "990000004", "C4"},
    {"centre5", "990000005", "C5"},  {"centre6", "990000006", "C6"},
    {"centre7", "990000007", "C7"},  {"centre8", "990000008", "C8"},
    {"centre9", "990000009", "C9"},  {"centre10", "990000010", "D0"},
    {"centre11", "990000011", "D1"}, {"centre12", "990000012", "D2"},
    {"centre13", "990000013", "D3"}, {"centre14", "990000014", "D4"},
    {"centre15", "990000015", "D5"}, {"centre16", "990000016", "D6"},
};

const char *synth_centre_name(unsigned number)
{
    return centres[number].name;
}

const char *synth_centre_finess(unsigned number)
{
    return centres[number].finess;
}

static void write_digits(char *out, unsigned n, uint64_t number)
{
    while (n-- > 0) {
        out[n] = (char)('0' + number % 10);
        number /= 10;
    }
}

unsigned synth_patient_number(unsigned centre, uint64_t place,
                              char out[SYNTH_NUMBER_SIZE])
{
    const char *prefix = centres[centre].prefix;
    unsigned length = (unsigned)strlen(prefix);
    /* a prime above SYNTH_PATIENTS_MAX: the product permutes */
    uint64_t number = (place * 387420489u + centre * 161803398u + 1029) % 999999937u;

    memcpy(out, prefix, length);
    write_digits(out + length, 9, number);
    out[length + 9] = '\0';
    return length + 9;
}

/* Birthplace and order of the person of centre HOME at PLACE. */
static unsigned draw_birthplace(const struct synth_world *world, unsigned home,
                                uint64_t place, char out[8])
{
    uint64_t index = place * world->options->centres + home;
    uint64_t real = (uint64_t)synth_n_communes * ORDERS;
    uint64_t made_up = (uint64_t)DEPARTMENTS * MADE_UP * ORDERS;
    uint64_t pair, commune;

    if (index < real) {
        pair = (index * 48271 + world->options->seed % 1000) % real; /* 48271 is prime */
        memcpy(out, synth_communes[pair % synth_n_communes].text, 6);
        return (unsigned)(pair / synth_n_communes) * 2 + 1;
    }
    pair = ((index - real) % made_up * 48271) % made_up;
    commune = pair % (DEPARTMENTS * MADE_UP);
    write_digits(out, 2, commune / MADE_UP + 1);
    if (memcmp(out, "20", 2) == 0)
        memcpy(out, "2A", 2);
    write_digits(out + 2, 3, commune % MADE_UP + 1);
    out[5] = '\0';
    return (unsigned)(pair / (DEPARTMENTS * MADE_UP)) * 2 + 1;
}

/* 97 less the number modulo 97; 2A counts as 19, 2B as 18. */
static void write_ins(const struct synth_identity *identity, unsigned order, char out[16])
{
    uint64_t number = 0;
    int year, month, day;

    day_to_civil(identity->birth, &year, &month, &day);
    out[0] = identity->sex == 'M' ? '1' : '2';
    write_digits(out + 1, 2, (uint64_t)year % 100);
    write_digits(out + 3, 2, (uint64_t)month);
    memcpy(out + 5, identity->place, 5);
    write_digits(out + 10, 3, order);
    for (int i = 0; i < 13; i++) {
        if (out[i] == 'A' || out[i] == 'B')
            number = (number / 10) * 100 + (out[i] == 'A' ? 19 : 18);
        else
            number = number * 10 + (uint64_t)(out[i] - '0');
    }
    write_digits(out + 13, 2, 97 - number % 97);
    out[15] = '\0';
}

static const char *draw_family(const struct synth_tables *tables,
                               struct synth_random *random)
{
    return synth_families[synth_choose(&tables->family, random)].text;
}

static void draw_first_names(const struct synth_tables *tables,
                             struct synth_random *random, struct synth_identity *identity)
{
    unsigned sex = identity->sex == 'F';
    int year, month, day;
    unsigned generation, length = 0;
    unsigned n = 1 + (synth_chance(random, 0.62) ? 1u : 0u) +
                 (synth_chance(random, 0.3) ? 1u : 0u);
    uint32_t drawn[3] = {0};

    day_to_civil(identity->birth, &year, &month, &day);
    generation = year < 1945 ? 0 : year < 1970 ? 1 : 2;
    for (unsigned i = 0; i < n; i++) {
        const struct word *name;

        drawn[i] = synth_choose(&tables->first[sex][generation], random);
        if ((i > 0 && drawn[i] == drawn[0]) || (i > 1 && drawn[i] == drawn[1]))
            continue;
        name = &synth_first_names[sex][drawn[i]].name;
        if (length)
            identity->first_names[length++] =
                synth_chance(random, i == 1 ? 0.06 : 0) ? '-' : ' ';
        memcpy(identity->first_names + length, name->text, name->length);
        length += name->length;
    }
    identity->first_names[length] = '\0';
}

/* The names of a person born on BIRTH. */
static void base_identity(const struct synth_world *world, bool woman, day_number birth,
                          struct synth_random *random, struct synth_identity *identity)
{
    const struct synth_tables *tables = world->tables;
    const char *name = draw_family(tables, random);

    identity->sex = woman ? 'F' : 'M';
    identity->birth = birth;
    if (synth_chance(random, 0.03))
        snprintf(identity->birth_name, sizeof identity->birth_name, "%s-%s", name,
                 draw_family(tables, random));
    else
        snprintf(identity->birth_name, sizeof identity->birth_name, "%s%s",
                 synth_chance(random, 0.015) ? "DE " : "", name);
    memcpy(identity->used_name, identity->birth_name, sizeof identity->used_name);
    if (woman && synth_chance(random, birth < 5844 ? 0.62 : 0.36)) /* born before 1986 */
        snprintf(identity->used_name, sizeof identity->used_name, "%s",
                 draw_family(tables, random));
    draw_first_names(tables, random, identity);
}

/* One letter of TEXT dropped, doubled or changed. */
static void mistype(char *text, size_t size, struct synth_random *random)
{
    size_t length = strlen(text);
    size_t at = 1 + synth_below(random, length > 2 ? (uint32_t)length - 2 : 1);

    if (length < 3)
        return;
    switch (synth_below(random, 3)) {
    case 0: memmove(text + at, text + at + 1, length - at); break;
    case 1:
        if (length + 2 < size)
            memmove(text + at + 1, text + at, length - at + 1);
        break;
    default: text[at] = (char)('A' + synth_below(random, 26));
    }
}

/* Put an accent on an E, in UTF-8. */
static bool accent(char *text, size_t size)
{
    char *e = strchr(text + 1, 'E');
    size_t length = strlen(text);

    if (text[0] == '\0' || !e || length + 2 > size)
        return false;
    memmove(e + 2, e + 1, length - (size_t)(e - text));
    memcpy(e, "\xC3\x89", 2); /* É */
    return true;
}

static bool hyphen(char *names)
{
    char *gap = strpbrk(names, " -");

    if (gap)
        *gap = *gap == ' ' ? '-' : ' ';
    return gap != NULL;
}

static bool swap_first_names(char *names, size_t size)
{
    char copy[128];
    char *gap = strchr(names, ' ');

    if (!gap)
        return false;
    snprintf(copy, sizeof copy, "%s", names);
    snprintf(names, size, "%s %.*s", copy + (gap - names) + 1, (int)(gap - names), copy);
    return true;
}

static bool swap_day_month(struct synth_identity *identity)
{
    int year, month, day;

    day_to_civil(identity->birth, &year, &month, &day);
    if (day > 12 || day == month)
        return false;
    identity->birth = day_from_civil(year, day, month);
    return true;
}

/* One difference between the two centres. */
static void differ(const struct synth_tables *tables, struct synth_random *random,
                   struct synth_identity *identity)
{
    unsigned kind = synth_below(random, 7);

    if ((kind == 0 && accent(identity->first_names, sizeof identity->first_names)) ||
        (kind == 1 && hyphen(identity->first_names)) ||
        (kind == 2 &&
         swap_first_names(identity->first_names, sizeof identity->first_names)) ||
        (kind == 3 && swap_day_month(identity)))
        return;
    if (kind == 4 && identity->sex == 'F')
        snprintf(identity->used_name, sizeof identity->used_name, "%s",
                 strcmp(identity->used_name, identity->birth_name) == 0
                     ? draw_family(tables, random)
                     : identity->birth_name);
    else if (kind == 5)
        identity->ins[0] = '\0';
    else
        mistype(identity->birth_name, sizeof identity->birth_name, random);
}

/* What a twin or a homonym of the person of centre TWIN has of him or her. */
static void liken(const struct synth_world *world, const struct synth_slot *slot,
                  const struct synth_person *person, struct synth_random *random,
                  struct synth_identity *identity)
{
    char first[128];

    if (slot->centre[person->home].like != LIKE_TWIN)
        return;
    snprintf(first, sizeof first, "%s", identity->first_names);
    first[strcspn(first, " -")] = '\0';
    for (int attempt = 0; attempt < 8; attempt++) {
        draw_first_names(world->tables, random, identity);
        if (strncmp(identity->first_names, first, strlen(first)) != 0)
            break;
    }
}

void synth_identity_make(const struct synth_world *world, const struct synth_slot *slot,
                         const struct synth_person *person, unsigned centre,
                         struct synth_identity *identity)
{
    const struct synth_dirt *dirt = &world->options->dirt;
    unsigned home = person->home, twin = slot->centre[home].twin;
    struct synth_random random =
        synth_stream(world->options->seed, twin, person->place, SYNTH_IDENTITY);
    struct synth_random own =
        synth_stream(world->options->seed, home + 64, person->place, SYNTH_IDENTITY);
    struct synth_random here =
        synth_stream(world->options->seed, centre + 128, person->place, SYNTH_IDENTITY);
    bool is_twin = slot->centre[home].like == LIKE_TWIN;
    unsigned order;

    memset(identity, 0, sizeof *identity);
    base_identity(world, person->woman, person->birth, &random, identity);
    order = draw_birthplace(world, is_twin ? twin : home, person->place, identity->place);
    liken(world, slot, person, &own, identity);
    write_ins(identity, is_twin ? order + 1 : order, identity->ins);
    if (synth_chance(&here, dirt->ins_missing))
        identity->ins[0] = '\0';
    if (person->shared && synth_chance(&own, dirt->identity)) {
        bool at_home = synth_chance(&own, 0.5);

        if (at_home == (centre == home)) {
            differ(world->tables, &own, identity);
            if (synth_chance(&own, 0.12))
                differ(world->tables, &own, identity);
        }
    }
    identity->status = "";
    if (identity->ins[0]) {
        unsigned r = synth_below(&here, 100);

        identity->status = r < 86 ? "QUAL" : r < 94 ? "VALI" : r < 98 ? "PROV" : "RECUP";
    }
    synth_patient_number(centre, person->place, identity->number);
}
