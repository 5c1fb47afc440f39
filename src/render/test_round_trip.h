/* SPDX-License-Identifier: Apache-2.0
 *
 * render/test_round_trip.h: a record written as OSIRIS-RWD and read back, for tests and fuzzing.
 * Panics where the two differ, with what differs. */
#ifndef RENDER_TEST_ROUND_TRIP_H
#define RENDER_TEST_ROUND_TRIP_H

#include <stdio.h>
#include <string.h>

#include "adapt/adapt.h"
#include "adapt/test_facts.h"
#include "base/arena.h"
#include "base/error.h"
#include "render/render.h"

/* RECORD as its line. */
static inline const char *line_of(struct arena *arena, const struct record *record,
                                  struct render_losses *losses)
{
    struct render_options options = {.format = RENDER_OSIRIS_RWD};
    struct render_patient patient = {.record = record, .answer = TRUTH_YES, .number = ""};
    struct render *render = render_begin(&options);
    struct error err = ERROR_INIT;
    struct render_file *files;
    const char *line;
    size_t n;

    if (render_patient(render, arena, &patient, &err) < 0)
        panic("%s", err.message);
    files = render_files(render, &n);
    line = arena_string(arena, buffer_text(&files[0].bytes), files[0].bytes.length);
    if (losses)
        *losses = *render_losses(render);
    render_end(render);
    return line;
}

/* The record that LINE is; NULL when it is refused as a whole. */
static inline struct record *record_of_line(struct arena *arena, const char *line,
                                            struct remarks *remarks, struct error *err)
{
    struct facts *facts;
    const struct facts *all[1];
    struct record *record;

    if (adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, line, strlen(line), 1, &facts,
                       remarks, err) < 0)
        return NULL;
    all[0] = facts;
    return record_merge(arena, NULL, 1, all, 1, &record, err) < 0 ? NULL : record;
}

static inline const char *facts_words(struct arena *arena, const struct record *record)
{
    struct buffer out;
    const char *words;

    buffer_init(&out, (size_t)64 << 20);
    for (size_t i = 0; i < record->n_facts; i++)
        print_fact(&out, &record->facts[i]);
    words = arena_string(arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return words;
}

static inline bool is_same_record(const struct record *a, const struct record *b)
{
    bool same = a->n_facts == b->n_facts && a->n_tumours == b->n_tumours &&
                a->n_others == b->n_others && a->opposed == b->opposed &&
                a->dead == b->dead && strcmp(a->sex, b->sex) == 0;

    for (size_t i = 0; same && i < a->n_facts; i++)
        same = fact_compare(&a->facts[i], &b->facts[i]) == 0;
    for (int i = 0; same && i < a->n_tumours + a->n_others; i++)
        same = a->tumours[i].diagnosis.first == b->tumours[i].diagnosis.first &&
               a->tumours[i].diagnosis.last == b->tumours[i].diagnosis.last;
    return same;
}

/* Each fact is an object of its own. */
static inline size_t objects_in(const char *line)
{
    bool in_text = false;
    size_t n = 0;

    for (; *line; line++) {
        if (in_text && *line == '\\')
            line++;
        else if (*line == '"')
            in_text = !in_text;
        else
            n += !in_text && *line == '{';
    }
    return n;
}

/* Neither computed nor decided here. */
static inline bool is_sent(enum group group)
{
    return !model_is_computed(group) && group != GROUP_JUDGEMENT;
}

static inline size_t facts_sent(const struct record *record)
{
    size_t n = 0;

    for (size_t i = 0; i < record->n_facts; i++)
        n += is_sent(record->facts[i].group);
    return n;
}

/* Written, read, written again: the same record, the same bytes. Returns the line. */
static inline const char *check_round_trip(struct arena *arena,
                                           const struct record *record)
{
    struct render_losses losses;
    struct remarks remarks = {0};
    struct error err = ERROR_INIT;
    const char *line = line_of(arena, record, &losses);
    struct record *again = record_of_line(arena, line, &remarks, &err);
    const char *line_again;

    if (losses.vaguer)
        panic("a date was made vaguer: %s", line);
    if (!again)
        panic("%s: %s", err.message, line);
    for (const struct remark *remark = remarks.first; remark; remark = remark->next)
        if (remark->kind == REMARK_UNKNOWN_KEY)
            panic("%s: unknown in %s", remark->path, line);
    if (!is_same_record(record, again)) {
        fprintf(stderr, "was\n%sis\n%s", facts_words(arena, record),
                facts_words(arena, again));
        panic("read back otherwise: %s", line);
    }
    /* the list of several patients stands in an object that is none */
    if (objects_in(line) - (strncmp(line, "{\"patient\":", 11) == 0) !=
        facts_sent(record))
        panic("a fact is written more than once: %s", line);
    line_again = line_of(arena, again, NULL);
    if (strcmp(line, line_again) != 0)
        panic("written again otherwise:\n%s%s", line, line_again);
    return line;
}

#endif
