/* SPDX-License-Identifier: Apache-2.0
 *
 * support/sentence.c: see sentence.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "index/judge.h"
#include "support/random_index.h"
#include "support/sentence.h"
#include "support/world.h"

#define WORLDS_OF_KNOWN 200
#define WORLDS_OF_UNKNOWN 20000

static const char *const words[] = {"no", "unknown", "yes"};

struct asking {
    struct arena *arena;
    const struct sentence *sentence;
    const struct record *record;
    struct question question;
};

const struct record *sentence_record(struct arena *arena, const char *inside,
                                     bool remarked)
{
    const char *json =
        arena_printf(arena, "{\"patientId\":\"1\"%s%s}", *inside ? "," : "", inside);
    struct error err = ERROR_INIT;
    struct remarks remarks = {0};
    struct facts *facts;
    const struct facts *fragments[1];
    struct record *record;

    if (adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, json, strlen(json), 1, &facts,
                       &remarks, &err) < 0)
        fail_msg("%s: %s", json, err.message);
    if (remarks.first && !remarked)
        fail_msg("%s: %s: %s", json, remarks.first->path, remarks.first->reason);
    assert_int_equal(remarks.first != NULL, remarked);
    fragments[0] = facts;
    assert_int_equal(record_merge(arena, NULL, 1, fragments, 1, &record, &err), 0);
    return record;
}

static void is_told(const struct asking *asking, const char *who, enum truth answer)
{
    if (answer != asking->sentence->truth)
        fail_msg("%s\n%s\n%s: %s, expected: %s", asking->sentence->patient,
                 asking->sentence->criteria, who, words[answer],
                 words[asking->sentence->truth]);
}

static void ask_worlds(const struct asking *asking)
{
    bool open = asking->sentence->truth == TRUTH_UNKNOWN;
    struct rng rng = {test_seed(1)};
    enum truth least = TRUTH_YES, most = TRUTH_NO;

    for (int w = 0; w < (open ? WORLDS_OF_UNKNOWN : WORLDS_OF_KNOWN) && least >= most;
         w++) {
        struct arena_mark mark = arena_mark(asking->arena);
        const struct world *world =
            world_make(asking->arena, &rng, asking->record, asking->question.coverage,
                       asking->question.as_of);
        enum truth truth = world_holds(world, &asking->question) ? TRUTH_YES : TRUTH_NO;

        least = truth_and(least, truth);
        most = truth_or(most, truth);
        arena_release(asking->arena, mark);
    }
    is_told(asking, "worlds", least == most ? least : TRUTH_UNKNOWN);
}

static void ask_index(struct asking *asking)
{
    struct test_index index;

    test_index_make(&index, &asking->record, 1, NULL, 1);
    is_told(asking, "the index",
            test_index_answers(asking->arena, &index, &asking->record, 1,
                               &asking->question, NULL)[0]);
    test_index_free(&index);
}

static void check(const struct sentence *sentence, bool remarked)
{
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    struct coverage coverage = {.assumed = true};
    struct error err = ERROR_INIT;
    struct asking asking = {arena,
                            sentence,
                            sentence_record(arena, sentence->patient, remarked),
                            {.coverage = &coverage, .as_of = day_from_civil(2021, 6, 1)}};

    for (int g = 0; g < GROUPS; g++)
        coverage.seen[g] = true;
    asking.question.criteria =
        criteria_parse(arena, sentence->criteria, strlen(sentence->criteria), &err);
    if (!asking.question.criteria)
        fail_msg("%s: %s", sentence->criteria, err.message);
    is_told(&asking, "the judge", judge_eval(asking.record, &asking.question));
    ask_worlds(&asking);
    ask_index(&asking);
    arena_free(arena);
}

void sentences_hold(const struct sentence *sentences, size_t n, bool remarked)
{
    for (size_t i = 0; i < n; i++)
        check(&sentences[i], remarked);
}
