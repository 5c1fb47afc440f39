/* SPDX-License-Identifier: Apache-2.0
 *
 * record/status.c: what is said of the patient: birth, sex, opposition, vital status.
 *
 * Rules version 1. Each is decided on the set of what is said, not on its order. Where dates
 * contradict each other the earliest stands: local patient numbers, which order the facts
 * too, never leave a centre, and two centres must decide alike.
 *
 *   birth     what all dates of birth have in common; if nothing, the earliest
 *   sex       the one that is stated; "" when two are
 *   opposed   a non-opposition is NO; or a date of opposition beside one that is not YES
 *             (OSIRIS-RWD 2.3, 2.4)
 *   dead      OSIRIS-RWD 4.1: administrative record, before INSEE, before the medical
 *             record, before what does not say. A statement of death holds unless a higher
 *             source says alive; and even then when that one's update (4.3) is certainly
 *             before the death: it could not know. Within one source death holds. A date of
 *             death without a status says dead. Nothing said: unknown
 *   death     what the dates of death of the highest source that has one have in common;
 *             if nothing, the earliest
 *   visit     the latest last visit: the greatest first day, then the greatest last day
 *   news      the death if its date is known; else the latest, in the same sense, of last
 *             visits, last contacts, and updates of statements "alive" if not dead */
#include <string.h>

#include "record/record_internal.h"

static struct interval date_of(const struct fact *fact, enum item item)
{
    const struct value *value = fact_value(fact, item);

    return value ? value->date : INTERVAL_UNKNOWN;
}

/* What dates have in common as long as they agree, and the earliest for when they do not. */
struct agreed {
    struct interval earliest, common;
    bool any, agree;
};

static void agree(struct agreed *agreed, struct interval date)
{
    if (interval_is_unknown(date))
        return;
    if (!agreed->any) {
        *agreed = (struct agreed){date, date, true, true};
        return;
    }
    if (date.first < agreed->earliest.first ||
        (date.first == agreed->earliest.first && date.last < agreed->earliest.last))
        agreed->earliest = date;
    if (agreed->agree)
        agreed->agree = interval_intersect(agreed->common, date, &agreed->common);
}

static struct interval agreed_date(const struct agreed *agreed)
{
    if (!agreed->any)
        return INTERVAL_UNKNOWN;
    return agreed->agree ? agreed->common : agreed->earliest;
}

static void patient_decide(struct record *record)
{
    struct agreed birth = {.any = false};
    bool conflict = false;

    record->sex = "";
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        const char *sex;

        if (fact->group != GROUP_PATIENT)
            continue;
        agree(&birth, date_of(fact, ITEM_PATIENT_BIRTH));
        sex = fact_text(fact, ITEM_PATIENT_SEX);
        if (sex[0] && record->sex[0] && strcmp(record->sex, sex) != 0)
            conflict = true;
        else if (sex[0])
            record->sex = sex;
    }
    if (conflict)
        record->sex = "";
    record->birth = agreed_date(&birth);
}

static bool is_opposed(const struct record *record)
{
    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];
        const char *word;

        if (fact->group != GROUP_INFORMATION)
            continue;
        word = fact_text(fact, ITEM_NON_OPPOSITION);
        if (strcmp(word, "NO") == 0)
            return true;
        if (strcmp(word, "YES") != 0 &&
            !interval_is_unknown(date_of(fact, ITEM_OPPOSITION_DATE)))
            return true;
    }
    return false;
}

/* ---- vital status -------------------------------------------------------------------- */

enum rank { RANK_UNSAID, RANK_MEDICAL, RANK_INSEE, RANK_ADMINISTRATIVE, RANKS };

/* One statement of section 4. */
struct statement {
    enum { SAYS_NOTHING, SAYS_ALIVE, SAYS_DEAD } says;
    enum rank rank;
    struct interval update, death;
};

static struct statement statement_of(const struct fact *fact)
{
    const char *source = fact_text(fact, ITEM_VITAL_SOURCE);
    const char *status = fact_text(fact, ITEM_VITAL_STATUS);
    struct statement statement = {.update = date_of(fact, ITEM_VITAL_UPDATE),
                                  .death = date_of(fact, ITEM_DEATH_DATE)};

    if (strcmp(source, "ADMINISTRATIVE") == 0)
        statement.rank = RANK_ADMINISTRATIVE;
    else if (strcmp(source, "INSEE") == 0)
        statement.rank = RANK_INSEE;
    else if (strcmp(source, "MEDICAL") == 0)
        statement.rank = RANK_MEDICAL;

    if (strcmp(status, "ALIVE") == 0)
        statement.says = SAYS_ALIVE;
    else if (status[0] || !interval_is_unknown(statement.death))
        statement.says = SAYS_DEAD;
    return statement;
}

/* For each rank, the last day on which a source above it may have seen the patient alive;
 * DAY_MIN if none says so. */
static void seen_alive_above(const struct record *record, day_number above[RANKS],
                             bool *any_r)
{
    *any_r = false;
    for (int rank = 0; rank < RANKS; rank++)
        above[rank] = DAY_MIN;
    for (size_t i = 0; i < record->n_facts; i++) {
        struct statement statement;

        if (record->facts[i].group != GROUP_VITAL_STATUS)
            continue;
        statement = statement_of(&record->facts[i]);
        if (statement.says != SAYS_ALIVE)
            continue;
        *any_r = true;
        for (int rank = 0; rank < (int)statement.rank; rank++)
            if (statement.update.last > above[rank])
                above[rank] = statement.update.last;
    }
}

static void vital_decide(struct record *record)
{
    struct agreed death[RANKS] = {{.any = false}};
    day_number above[RANKS];
    bool any_alive;

    seen_alive_above(record, above, &any_alive);
    record->dead = any_alive ? TRUTH_NO : TRUTH_UNKNOWN;
    record->death = INTERVAL_UNKNOWN;
    for (size_t i = 0; i < record->n_facts; i++) {
        struct statement statement;

        if (record->facts[i].group != GROUP_VITAL_STATUS)
            continue;
        statement = statement_of(&record->facts[i]);
        if (statement.says != SAYS_DEAD)
            continue;
        if (above[statement.rank] != DAY_MIN &&
            above[statement.rank] >= statement.death.first)
            continue; /* OSIRIS-RWD 4.1: the higher source may have known */
        record->dead = TRUTH_YES;
        agree(&death[statement.rank], statement.death);
    }
    for (int rank = RANKS - 1; rank >= 0; rank--) {
        if (death[rank].any) {
            record->death = agreed_date(&death[rank]);
            break;
        }
    }
}

/* ---- last visit and last news -------------------------------------------------------- */

static void later(struct interval *latest, struct interval date)
{
    if (interval_is_unknown(date))
        return;
    if (interval_is_unknown(*latest) || date.first > latest->first ||
        (date.first == latest->first && date.last > latest->last))
        *latest = date;
}

static void news_decide(struct record *record)
{
    struct interval visit = INTERVAL_UNKNOWN;
    struct interval news = INTERVAL_UNKNOWN;

    for (size_t i = 0; i < record->n_facts; i++) {
        const struct fact *fact = &record->facts[i];

        if (fact->group != GROUP_VITAL_STATUS)
            continue;
        later(&visit, date_of(fact, ITEM_LAST_VISIT));
        later(&news, date_of(fact, ITEM_LAST_CONTACT));
        if (record->dead != TRUTH_YES && statement_of(fact).says == SAYS_ALIVE)
            later(&news, date_of(fact, ITEM_VITAL_UPDATE));
    }
    later(&news, visit);
    record->last_visit = visit;
    record->last_news = interval_is_unknown(record->death) ? news : record->death;
}

void status_decide(struct merge *merge)
{
    struct record *record = merge->record;
    patient_decide(record);
    record->opposed = is_opposed(record);
    vital_decide(record);
    news_decide(record);
}
