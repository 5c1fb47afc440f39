/* SPDX-License-Identifier: Apache-2.0
 *
 * index/follow.c: the inputs of a survival curve (group.h). */
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "index/eval_internal.h"
#include "index/group.h"

#define FOLLOW_DAYS 65536

struct follow_day {
    uint32_t deaths, patients;
};

/* The earliest first diagnosis among the tumours that count, open when none is known. */
static uint16_t first_diagnosis(const struct segment *segment,
                                const struct cohort_part *part, uint32_t patient)
{
    uint16_t earliest = DAY16_OPEN_BEFORE;

    for (uint32_t t = segment->first_tumour[patient];
         t < segment_after_tumours(segment, patient); t++) {
        uint16_t day = segment->diagnosis_first[t];

        if ((part->rows_certain && !set_has(part->rows_certain, t)) ||
            day == DAY16_OPEN_BEFORE)
            continue;
        if (earliest == DAY16_OPEN_BEFORE || day < earliest)
            earliest = day;
    }
    return earliest;
}

static void follow_patient(const struct segment *segment, const struct cohort_part *part,
                           uint32_t patient, struct follow_day *days, uint64_t *without)
{
    bool dead = segment->dead[patient] == TRUTH_YES;
    uint16_t start = first_diagnosis(segment, part, patient);
    uint16_t end = dead ? segment->death_first[patient] : segment->news_first[patient];
    int32_t followed = (int32_t)end - start;

    if (start == DAY16_OPEN_BEFORE || end == DAY16_OPEN_BEFORE) {
        (*without)++;
        return;
    }
    if (followed < 0)
        followed = 0;
    days[followed].patients++;
    days[followed].deaths += dead;
}

int cohort_follow(struct arena *arena, const struct cohort *cohort,
                  const struct cohort *arm, bool in_arm, struct follow_up *follow_r,
                  struct error *err)
{
    struct follow_day *days = arena_array(arena, FOLLOW_DAYS, sizeof(*days));
    struct follow_up follow = {0};

    for (size_t s = 0; s < cohort->snapshot->n; s++) {
        const struct segment *segment = cohort->snapshot->segments[s];
        const struct cohort_part *part = &cohort->parts[s];

        set_each(p, part->certain, segment->patients)
        {
            if (!arm || set_has(arm->parts[s].certain, p) == in_arm)
                follow_patient(segment, part, p, days, &follow.without);
        }
    }
    for (int32_t d = 0; d < FOLLOW_DAYS; d++)
        follow.n += days[d].patients > 0;
    follow.at = arena_array(arena, follow.n + 1, sizeof(*follow.at));
    follow.n = 0;
    for (int32_t d = 0; d < FOLLOW_DAYS; d++) {
        if (!days[d].patients)
            continue;
        follow.at[follow.n].days = d;
        follow.at[follow.n].deaths = days[d].deaths;
        follow.at[follow.n++].patients = days[d].patients;
    }
    if (arena_check(arena, err) < 0)
        return -1;
    *follow_r = follow;
    return 0;
}
