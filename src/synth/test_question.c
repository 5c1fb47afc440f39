/* SPDX-License-Identifier: Apache-2.0
 *
 * test_question.c: the questions of truth.json are criteria, and are understood as such. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/error.h"
#include "criteria/criteria.h"
#include "synth/question.h"

static void every_question_is_a_criterion(void **state)
{
    struct arena *arena = arena_new("criteria", 1 << 22);

    (void)state;
    for (unsigned i = 0; i < synth_n_questions; i++) {
        struct error err = ERROR_INIT;
        const char *text = synth_question_texts[i];

        if (!criteria_parse(arena, text, strlen(text), &err))
            fail_msg("%s: %s", text, err.message);
    }
    arena_free(arena);
}

/* A man with a lung tumour in stage IV, altered KRAS; and one of the prostate. */
static void make_view(struct synth_view *view)
{
    memset(view, 0, sizeof *view);
    view->here = true;
    for (unsigned i = 0; i < MOST_TUMOURS; i++)
        view->tumour[i].stage = STAGE_NONE;
    view->tumour[0].here = true;
    snprintf(view->tumour[0].topography, 8, "C34.1");
    snprintf(view->tumour[0].morphology, 8, "8140/3");
    view->tumour[0].stage = 4;
    view->n_altered = 1;
    view->altered[0].gene = GENE_KRAS;
    view->altered[0].tumour = 0;
    view->n_drugs = 2;
    view->drug[0].atc = "L02AE02";
    view->drug[0].tumour = -1;
    view->drug[1].atc = NULL;
    view->drug[1].tumour = 0;
}

static bool answer(const char *text, const struct synth_view *view)
{
    struct arena *arena = arena_new("questions", 1 << 20);
    const struct synth_question *questions = synth_questions_new(arena);
    bool holds = false, found = false;

    for (unsigned i = 0; i < synth_n_questions; i++)
        if (strcmp(synth_question_texts[i], text) == 0) {
            found = true;
            holds = synth_question_holds(questions, i, view);
        }
    assert_true(found);
    arena_free(arena);
    return holds;
}

static void lines_hold_of_one_and_the_same_tumour(void **state)
{
    struct synth_view view;

    (void)state;
    make_view(&view);
    assert_true(answer("tumour { topography C34 stage IV altered KRAS }", &view));
    assert_true(answer("topography C34 and altered KRAS", &view));
    assert_false(answer("tumour { topography C61 } and treatment L02", &view));
    assert_false(answer("vital status dead and sex F", &view));
    view.tumour[1] = view.tumour[0]; /* the finding moves to the second tumour */
    snprintf(view.tumour[1].topography, 8, "C61.9");
    view.altered[0].tumour = 1;
    assert_false(answer("tumour { topography C34 stage IV altered KRAS }", &view));
    assert_true(answer("topography C34 and altered KRAS", &view));
    assert_true(answer("tumour { topography C61 } and treatment L02", &view));
    view.woman = view.dead = true;
    assert_true(answer("vital status dead and sex F", &view));
    assert_false(answer("sex F and not topography C50 and not vital status dead", &view));
}

static void what_hangs_on_no_tumour_belongs_to_a_sole_one(void **state)
{
    struct synth_view view;

    (void)state;
    make_view(&view);
    view.altered[0].tumour = -1;
    assert_true(answer("tumour { topography C34 altered KRAS }", &view));
    view.tumour[1] = view.tumour[0];
    assert_false(answer("tumour { topography C34 altered KRAS }", &view));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_question_is_a_criterion),
        cmocka_unit_test(lines_hold_of_one_and_the_same_tumour),
        cmocka_unit_test(what_hangs_on_no_tumour_belongs_to_a_sole_one),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
