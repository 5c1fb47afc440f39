/* SPDX-License-Identifier: Apache-2.0
 *
 * node/test_saved.c: each reason for which a cohort answers otherwise is told as what it is; a
 * run read again is as it was; definitions are found while criteria are parsed. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "node/saved_internal.h"
#include "support/random_index.h"

#define DAY ((int64_t)86400)
#define NOW ((int64_t)1700000000) /* 14 November 2023 */

static const struct caller anna = {"anna", "test", PURPOSE_RESEARCH};

struct fixture {
    char folder[160], path[200];
    struct node *node;
    struct arena *arena;
    int64_t now;
};

static void must(int status, const struct error *err)
{
    if (status < 0)
        fail_msg("%s", err->message);
}

/* ---- a node ---- */

static void node_reopen(struct fixture *fix)
{
    struct error err = ERROR_INIT;

    node_close(fix->node);
    fix->node = node_open(fix->path, NODE_WRITE, &err);
    must(fix->node ? 0 : -1, &err);
}

static int fixture_new(void **state)
{
    const struct node_config config = {
        .centre = "villejuif", .n_finess = 1, .finess = {"940000664"}, .port = 8080};
    struct fixture *fix = calloc(1, sizeof(*fix));
    struct error err = ERROR_INIT;

    test_folder(fix->folder);
    snprintf(fix->path, sizeof(fix->path), "%s/node", fix->folder);
    must(node_init(fix->path, &config, &err), &err);
    fix->arena = arena_new("test", (size_t)1 << 30);
    fix->now = NOW;
    node_reopen(fix);
    *state = fix;
    return 0;
}

static int fixture_free(void **state)
{
    struct fixture *fix = *state;

    node_close(fix->node);
    arena_free(fix->arena);
    test_folder_remove(fix->folder);
    free(fix);
    return 0;
}

/* What a patient has; the drug was given two weeks before NOW. */
struct sent {
    const char *number, *stage;
    bool drug, opposed;
};

static const char *patient_json(struct fixture *fix, const struct sent *sent)
{
    return arena_printf(
        fix->arena,
        "{\"patientId\":\"%s\",\"centreFiness\":\"940000664\",\"birthdateYear\":\"1950\","
        "\"birthdateMonth\":\"02\",\"birthdateDay\":\"03\",\"biologicalSex\":\"Female\","
        "\"nonOpposition\":{\"informed\":\"OUI\",\"nonOpposition\":\"%s\"},"
        "\"primaryCancer\":[{\"cancerDiagnosisDateYear\":\"2021\","
        "\"cancerDiagnosisDateMonth\":\"06\",\"cancerDiagnosisDateDay\":\"02\","
        "\"topographyCode\":\"C34.1\",\"morphologyCode\":\"8140/3\"%s%s%s}]%s}\n",
        sent->number, sent->opposed ? "NON" : "OUI",
        sent->stage ? ",\"stage\":[{\"stageType\":\"TNM\",\"stageValue\":\"" : "",
        sent->stage ? sent->stage : "", sent->stage ? "\"}]" : "",
        sent->drug ? ",\"medication\":[{\"moleculeCode\":\"L01EX01\",\"moleculeName\":"
                     "\"sunitinib\",\"moleculeDateYear\":\"2023\","
                     "\"moleculeDateMonth\":\"11\",\"moleculeDateDay\":\"01\"}]"
                   : "");
}

static void send(struct fixture *fix, const struct sent *sent, size_t n)
{
    struct import_options options = {.now = fix->now, .threads = 1, .caller = &anna};
    const char *file = arena_printf(fix->arena, "%s/patients.ndjson", fix->folder);
    FILE *stream = fopen(file, "w");
    struct import_result result;
    struct error err = ERROR_INIT;

    for (size_t i = 0; i < n; i++)
        fputs(patient_json(fix, &sent[i]), stream);
    fclose(stream);
    must(node_import(fix->node, &file, 1, &options, &result, &err), &err);
    if (result.refused > 0)
        fail_msg("refused: %s", result.report);
    fix->now += DAY;
}

#define PATIENT(name, stages, ...)                       \
    {                                                    \
        .number = (name), .stage = (stages), __VA_ARGS__ \
    }
#define SEND(fix, ...)                              \
    send((fix), (const struct sent[]){__VA_ARGS__}, \
         sizeof((const struct sent[]){__VA_ARGS__}) / sizeof(struct sent))

static void erase(struct fixture *fix, uint32_t person)
{
    struct error err = ERROR_INIT;

    must(store_begin(fix->node->store, &err), &err);
    must(store_erase(fix->node->store, person, &err), &err);
    must(store_commit(fix->node->store, fix->now, &err), &err);
    must(index_catch_up(fix->node, fix->node->catalogue, NULL, NULL, &err), &err);
}

static void declare(struct fixture *fix, const char *rows)
{
    FILE *stream = fopen(arena_printf(fix->arena, "%s/coverage.csv", fix->path), "w");

    fprintf(stream, "kind,source,from,to\n%s", rows);
    fclose(stream);
    node_reopen(fix);
}

/* ---- cohorts ---- */

static struct node_run *save(struct fixture *fix, const char *criteria)
{
    struct node_saving saving = {.name = "c",
                                 .text = criteria,
                                 .as_of = DAY_MAX,
                                 .caller = &anna,
                                 .now = fix->now};
    struct error err = ERROR_INIT;
    struct node_run *run;

    must(node_cohort_save(fix->node, fix->arena, &saving, &run, &err), &err);
    return run;
}

static struct node_run *again(struct fixture *fix)
{
    struct error err = ERROR_INIT;
    struct node_run *run;

    must(node_cohort_again(fix->node, fix->arena, "c", 0, &anna, fix->now, &run, &err),
         &err);
    return run;
}

static void add_moves(struct fixture *fix, const char **text, const struct moves *moves)
{
    const struct {
        const char *name;
        uint64_t n;
    } parts[] = {{"joined", moves->joined_certain}, {"joined?", moves->joined_possible},
                 {"left", moves->left_certain},     {"left?", moves->left_possible},
                 {"to certain", moves->to_certain}, {"to possible", moves->to_possible}};

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        if (parts[i].n > 0)
            *text = arena_printf(fix->arena, "%s %s %u", *text, parts[i].name,
                                 (unsigned)parts[i].n);
}

/* "new: joined 1; changed, coverage: to certain 2; " The sums are checked on the way. */
static const char *difference_from(struct fixture *fix, unsigned number)
{
    struct node_difference *difference;
    struct error err = ERROR_INIT;
    const char *text = "";

    must(node_cohort_difference(fix->node, fix->arena, "c", number, &anna, fix->now,
                                &difference, &err),
         &err);
    for (size_t i = 0; i < difference->n_groups; i++) {
        const char *comma = "";

        for (int reason = 0; reason < REASONS; reason++) {
            if (!(difference->groups[i].reasons >> reason & 1))
                continue;
            text = arena_printf(fix->arena, "%s%s%s", text, comma,
                                reason_word((enum reason)reason));
            comma = ", ";
        }
        text = arena_printf(fix->arena, "%s:", text);
        add_moves(fix, &text, &difference->groups[i].moves);
        text = arena_printf(fix->arena, "%s; ", text);
    }

    const struct moves *sum = &difference->moves;

    assert_int_equal(difference->to.certain, difference->before_certain +
                                                 sum->joined_certain + sum->to_certain -
                                                 sum->left_certain - sum->to_possible);
    assert_int_equal(difference->to.possible,
                     difference->before_possible + sum->joined_possible +
                         sum->to_possible - sum->left_possible - sum->to_certain);
    return text;
}

static const char *difference(struct fixture *fix)
{
    return difference_from(fix, 0);
}

/* ---- each reason ---- */

static void nothing_changed(void **state)
{
    struct fixture *fix = *state;

    SEND(fix, PATIENT("A", "IV"), PATIENT("B", "II"), PATIENT("C", NULL));

    struct node_run *run = save(fix, "tumour { stage IV }");

    assert_int_equal(run->run.certain, 1);
    assert_int_equal(run->run.possible, 1);
    assert_string_equal(difference(fix), "");
    SEND(fix, PATIENT("A", "IV")); /* the same again */
    assert_string_equal(difference(fix), "");
    node_reopen(fix);
    assert_string_equal(difference(fix), "");
}

static void new_and_changed_patients(void **state)
{
    struct fixture *fix = *state;

    SEND(fix, PATIENT("A", "IV"), PATIENT("B", "II"), PATIENT("C", NULL),
         PATIENT("D", "IV"));
    save(fix, "tumour { stage IV }");
    SEND(fix, PATIENT("E", "IV"), PATIENT("F", NULL), PATIENT("G", "I"));
    assert_string_equal(difference(fix), "new: joined 1 joined? 1; ");
    /* an original that changes no answer is no difference */
    SEND(fix, PATIENT("A", "II"), PATIENT("B", "IV"), PATIENT("C", "IV"),
         PATIENT("D", "IVA"));
    assert_string_equal(
        difference(fix),
        "new: joined 1 joined? 1; changed: joined 1 left 1 to certain 1; ");

    struct node_run *run = again(fix);

    assert_int_equal(run->run.certain, 2);
    assert_int_equal(run->run.possible, 1);
    assert_int_equal(run->run.sequence, 4);
}

static void a_patient_known_by_identity_only_is_new(void **state)
{
    struct fixture *fix = *state;
    struct import_options options = {.now = fix->now, .threads = 1, .caller = &anna};
    const char *file = arena_printf(fix->arena, "%s/identities.csv", fix->folder);
    FILE *stream = fopen(file, "w");
    struct import_result result;
    struct error err = ERROR_INIT;

    fputs("IPP,statut,nom_naissance\nA,PROV,MARTIN\n", stream);
    fclose(stream);
    must(node_import(fix->node, &file, 1, &options, &result, &err), &err);
    assert_int_equal(result.identities, 1);
    SEND(fix, PATIENT("B", "IV"));
    save(fix, "tumour { stage IV }");
    SEND(fix, PATIENT("A", "IV"));
    assert_string_equal(difference(fix), "new: joined 1; ");
}

static void opposition_and_erasure(void **state)
{
    struct fixture *fix = *state;

    SEND(fix, PATIENT("A", "IV"), PATIENT("B", "IV"), PATIENT("C", NULL),
         PATIENT("D", "IV"), PATIENT("E", "I"));
    save(fix, "tumour { stage IV }");
    SEND(fix, PATIENT("A", "IV", .opposed = true), PATIENT("E", "I", .opposed = true));
    assert_string_equal(difference(fix), "opposed: left 1; ");
    erase(fix, 2); /* B */
    erase(fix, 3); /* C */
    assert_string_equal(difference(fix), "erased: left 1 left? 1; opposed: left 1; ");

    struct node_run *run = again(fix);

    assert_int_equal(run->run.certain, 1);
    assert_int_equal(run->run.possible, 0);
    assert_int_equal(run->opposed_certain, 1);
    assert_int_equal(run->run.erased_certain, 1);
    assert_int_equal(run->run.erased_possible, 1);

    save(fix, "tumour { stage IV }");
    SEND(fix, PATIENT("A", "IV")); /* no longer opposed */
    assert_string_equal(difference(fix), "new: joined 1; ");
}

static void coverage_declared_and_assumed(void **state)
{
    struct fixture *fix = *state;

    SEND(fix, PATIENT("A", "IV"), PATIENT("B", "II", .drug = true));
    save(fix, "not treatment L01");
    assert_string_equal(difference(fix), "");
    declare(fix, "surgery,PMSI,2008-01-01,\n");
    assert_string_equal(difference(fix), "coverage: to possible 1; ");
    declare(fix, "drug,CHIMIO,2022-01-01,\n"); /* A was diagnosed in 2021 */
    assert_string_equal(difference(fix), "coverage: to possible 1; ");
    declare(fix, "drug,CHIMIO,2014-01-01,\n");
    assert_string_equal(difference(fix), "");
}

static void coverage_assumed_of_a_kind_that_comes(void **state)
{
    struct fixture *fix = *state;

    SEND(fix, PATIENT("A", "IV"));
    save(fix, "not treatment L01");
    SEND(fix, PATIENT("B", "II", .drug = true)); /* now drugs occur */
    assert_string_equal(difference(fix), "coverage: to certain 1; ");
}

static void the_date_of_the_question_moves(void **state)
{
    struct fixture *fix = *state;

    SEND(fix, PATIENT("A", "IV", .drug = true), PATIENT("B", "IV"));
    save(fix, "treatment L01 started in the last 30 days");
    fix->now += 60 * DAY;
    SEND(fix, PATIENT("C", "I"));
    assert_string_equal(difference(fix), "as_of: left 1; ");
    /* two things at once, one after the other: the record came to have a drug, which is too old */
    SEND(fix, PATIENT("D", "I", .drug = true));
    assert_string_equal(difference(fix), "as_of: left 1; ");
}

static void a_cohort_saved_with_a_day_keeps_it(void **state)
{
    struct fixture *fix = *state;
    struct node_saving saving = {.name = "c",
                                 .text = "treatment L01 started in the last 30 days",
                                 .as_of = (day_number)(NOW / DAY),
                                 .caller = &anna,
                                 .now = NOW};
    struct error err = ERROR_INIT;
    struct node_run *run;

    SEND(fix, PATIENT("A", "IV", .drug = true));
    must(node_cohort_save(fix->node, fix->arena, &saving, &run, &err), &err);
    assert_int_equal(run->run.certain, 1);
    fix->now += 60 * DAY;
    SEND(fix, PATIENT("B", "I"));
    assert_string_equal(difference(fix), "");
    must(node_cohort_run(fix->node, fix->arena, "c", &anna, fix->now, &run, &err), &err);
    assert_int_equal(run->run.certain, 1);
    assert_int_equal(run->run.number, 2);
}

static void newer_criteria(void **state)
{
    struct fixture *fix = *state;

    SEND(fix, PATIENT("A", "IV"), PATIENT("B", "III"), PATIENT("C", NULL));
    save(fix, "tumour { stage IV }");
    SEND(fix, PATIENT("D", "IV"));
    assert_int_equal(save(fix, "tumour { stage III }")->run.version, 2);
    assert_string_equal(difference(fix), "");
    /* D joined for the old criteria and left for the new: neither then nor now */
    assert_string_equal(difference_from(fix, 1), "criteria: joined 1 left 1; ");
    assert_int_equal(save(fix, "tumour { stage III }")->run.number, 3);
}

static void two_reasons_for_one_answer(void **state)
{
    struct fixture *fix = *state;

    SEND(fix, PATIENT("A", "II", .drug = true), PATIENT("B", "II"));
    save(fix, "tumour { stage IV } and not treatment L01X");
    SEND(fix, PATIENT("B", "IV"));
    declare(fix, "");
    assert_string_equal(difference(fix), "changed, coverage: joined? 1; ");
}

/* A run as a program with other rules, or another evaluator, would have left it. */
static void other_rules(void **state)
{
    static const uint32_t person[] = {1, 2, 3};
    static const unsigned char answer[] = {TRUTH_NO, TRUTH_YES, TRUTH_UNKNOWN};
    struct fixture *fix = *state;
    struct error err = ERROR_INIT;
    struct node_run *run;
    struct saving writing;
    unsigned number;

    SEND(fix, PATIENT("A", "IV"), PATIENT("B", "I"), PATIENT("C", NULL));
    run = save(fix, "tumour { stage IV }");
    for (unsigned rules = 0; rules <= RULES_VERSION; rules += RULES_VERSION) {
        run->run.rules = rules;
        must(saving_begin(fix->node, &writing, &err), &err);
        must(saving_end(&writing,
                        store_run_save(fix->node->store, &run->run,
                                       &(struct run_persons){3, person, answer}, &number,
                                       &err),
                        &err),
             &err);
    }
    assert_string_equal(difference_from(fix, 3), "rules: joined 1 left 1; ");
    SEND(fix, PATIENT("B", "II"));
    assert_string_equal(difference_from(fix, 2),
                        "rules: joined 1; changed, rules: left 1; ");
    assert_string_equal(difference_from(fix, 3), "changed: left 1; rules: joined 1; ");
}

static void what_is_not_there(void **state)
{
    struct fixture *fix = *state;
    struct error err = ERROR_INIT;
    struct node_difference *told;
    struct node_run *run;

    assert_int_equal(node_cohort_difference(fix->node, fix->arena, "c", 0, &anna,
                                            fix->now, &told, &err),
                     -1);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    save(fix, "any"); /* of nobody at all */
    assert_int_equal(node_cohort_again(fix->node, fix->arena, "c", 2, &anna, fix->now,
                                       &run, &err),
                     -1);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
    SEND(fix, PATIENT("A", "IV"));
    assert_string_equal(difference(fix), "new: joined 1; ");
}

/* ---- definitions ---- */

static unsigned define(struct fixture *fix, const char *name, const char *text)
{
    struct node_saving saving = {
        .name = name, .text = text, .caller = &anna, .now = fix->now};
    struct node_defined *defined;
    struct error err = ERROR_INIT;

    must(node_define(fix->node, fix->arena, &saving, &defined, &err), &err);
    return defined->version;
}

static void definitions_are_found(void **state)
{
    struct fixture *fix = *state;
    struct definitions last = definitions_of(fix->node, fix->arena, "");
    struct definitions pinned = definitions_of(fix->node, fix->arena, "lung\t1\n");
    unsigned version = 0;

    assert_int_equal(define(fix, "lung", "topography C34\n"), 1);
    assert_int_equal(define(fix, "lung", "topography C34"), 1);
    assert_int_equal(define(fix, "lung", "topography C33..C34"), 2);
    assert_int_equal(define(fix, "lung, old", "topography C34"), 1);

    assert_string_equal(definitions_find(&last, "lung", 0, &version),
                        "topography C33..C34");
    assert_int_equal(version, 2);
    assert_string_equal(definitions_find(&last, "lung", 1, &version), "topography C34");
    assert_int_equal(version, 1);
    assert_null(definitions_find(&last, "lung", 3, &version));
    assert_null(definitions_find(&last, "lun", 0, &version));
    assert_string_equal(definitions_find(&last, "lung, old", 0, &version),
                        "topography C34");
    /* only what floats is to be pinned */
    assert_string_equal(last.used, "lung\t2\nlung, old\t1\n");

    assert_string_equal(definitions_find(&pinned, "lung", 0, &version), "topography C34");
    assert_int_equal(version, 1);
    assert_string_equal(definitions_find(&pinned, "lung", 2, &version),
                        "topography C33..C34");
}

static void a_definition_cannot_use_itself(void **state)
{
    struct fixture *fix = *state;
    struct definitions definitions = definitions_of(fix->node, fix->arena, "");
    unsigned version;

    define(fix, "lung", "topography C34");
    definitions.defining = "lung";
    assert_string_equal(definitions_find(&definitions, "lung", 1, &version),
                        "topography C34");
    assert_null(definitions_find(&definitions, "lung", 0, &version));
    assert_int_equal(definitions.failed.code, ERROR_INPUT);
}

static void a_definition_must_parse(void **state)
{
    struct fixture *fix = *state;
    struct node_saving saving = {
        .name = "x", .text = "sex F\nand stage ZZ", .caller = &anna, .now = fix->now};
    struct node_definitions *all;
    struct node_defined *defined;
    struct error err = ERROR_INIT;

    assert_int_equal(node_define(fix->node, fix->arena, &saving, &defined, &err), -1);
    assert_int_equal(err.code, ERROR_INPUT);
    assert_int_equal(err.line, 2);
    must(node_definitions(fix->node, fix->arena, NULL, &all, &err), &err);
    assert_int_equal(all->n, 0);
    assert_int_equal(node_definitions(fix->node, fix->arena, "x", &all, &err), -1);
    assert_int_equal(err.code, ERROR_NOT_FOUND);
}

/* While one thread defines, others look up: they see a version that was whole. */
static void *look_up(void *context)
{
    struct fixture *fix = context;
    struct arena *arena = arena_new("test", (size_t)64 << 20);
    uintptr_t wrong = 0;
    unsigned before = 0;

    for (int i = 0; i < 500; i++) {
        struct definitions definitions = definitions_of(fix->node, arena, "");
        unsigned version = 0;
        const char *text = definitions_find(&definitions, "age", 0, &version);

        wrong +=
            !text || version < before ||
            strcmp(text, arena_printf(arena, "age at diagnosis >= %u", version)) != 0;
        before = version;
        arena_reset(arena);
    }
    arena_free(arena);
    return (void *)wrong;
}

static void definitions_are_found_by_many_threads(void **state)
{
    enum { THREADS = 4, VERSIONS = 20 };
    struct fixture *fix = *state;
    pthread_t threads[THREADS];

    define(fix, "age", "age at diagnosis >= 1");
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, look_up, fix), 0);
    for (unsigned version = 2; version <= VERSIONS; version++)
        assert_int_equal(
            define(fix, "age",
                   arena_printf(fix->arena, "age at diagnosis >= %u", version)),
            version);
    for (int i = 0; i < THREADS; i++) {
        void *wrong;

        assert_int_equal(pthread_join(threads[i], &wrong), 0);
        assert_null(wrong);
    }
}

/* ---- coverage as a run keeps it ---- */

static void coverage_comes_back(void **state)
{
    static const struct coverage_row rows[] = {
        {GROUP_DRUG, "CHIMIO\u00ae", {DAY_MIN, 20000}},
        {GROUP_SURGERY, "a\tb", {16000, DAY_MAX}},
        {GROUP_DRUG, "", {DAY_MIN, DAY_MAX}},
    };
    struct fixture *fix = *state;
    struct coverage declared = {.n_rows = 3, .rows = rows};
    struct coverage assumed = {.assumed = true};
    const struct coverage *back;
    const char *text = coverage_to_text(fix->arena, &declared);

    back = coverage_from_text(fix->arena, text);
    assert_false(back->assumed);
    assert_int_equal(back->n_rows, 3);
    assert_int_equal(back->rows[0].group, GROUP_DRUG);
    assert_string_equal(back->rows[0].source, "CHIMIO\u00ae");
    assert_int_equal(back->rows[0].period.first, DAY_MIN);
    assert_int_equal(back->rows[0].period.last, 20000);
    assert_string_equal(back->rows[1].source, "a b");
    assert_string_equal(coverage_to_text(fix->arena, back), text);

    assumed.seen[GROUP_SURGERY] = true;
    text = coverage_to_text(fix->arena, &assumed);
    back = coverage_from_text(fix->arena, text);
    assert_true(back->assumed && back->seen[GROUP_SURGERY] && !back->seen[GROUP_DRUG]);
    assert_string_equal(coverage_to_text(fix->arena, back), text);
    assert_int_equal(
        coverage_from_text(fix->arena, "declared\nNO SUCH KIND\tx\t1\t2\n")->n_rows, 0);
}

/* ---- lists ---- */

static const char *list(struct fixture *fix, struct node_list *list, enum purpose purpose)
{
    struct caller caller = {"anna", "test", purpose};
    struct error err = ERROR_INIT;
    struct buffer out;
    const char *text;
    int status;

    list->caller = &caller;
    list->now = fix->now;
    buffer_init(&out, (size_t)1 << 20);
    status = node_export(fix->node, fix->arena, list, &out, &err);
    text = status < 0 ? arena_printf(fix->arena, "%s", err.message)
                      : arena_string(fix->arena, buffer_text(&out), out.length);
    buffer_free(&out);
    return text;
}

#define HEAD                                                              \
    "\"Year of birth\";\"Sex\";\"Answer\";\"Topography\";\"Morphology\";" \
    "\"Date of diagnosis\"\r\n"

static void lists_are_what_the_purpose_permits(void **state)
{
    struct fixture *fix = *state;
    struct node_list question = {
        .criteria = "tumour { stage IV }", .as_of = DAY_MAX, .lang = LANG_EN};
    struct node_list saved = {.cohort = "c", .as_of = DAY_MAX, .lang = LANG_EN};
    const char *text;

    SEND(fix, PATIENT("B", "IV"), PATIENT("=A(1)", NULL), PATIENT("C", "I"),
         PATIENT("D", "IV", .opposed = true));
    save(fix, "tumour { stage IV }");
    text = list(fix, &question, PURPOSE_CARE);
    assert_string_equal(
        text,
        "\xEF\xBB\xBF\"IPP\";" HEAD
        "\"'=A(1)\";\"1950\";\"F\";\"possible\";\"C34.1\";\"8140/3\";\"2021-06-02\"\r\n"
        "\"B\";\"1950\";\"F\";\"certain\";\"C34.1\";\"8140/3\";\"2021-06-02\"\r\n");
    assert_string_equal(list(fix, &question, PURPOSE_QUALITY), text);
    assert_string_equal(list(fix, &saved, PURPOSE_CARE), text);

    text = list(fix, &question, PURPOSE_RESEARCH);
    assert_non_null(strstr(text, "\"Pseudonym\";" HEAD));
    assert_null(strstr(text, "\"B\""));
    assert_string_equal(list(fix, &saved, PURPOSE_RESEARCH), text);
    assert_non_null(strstr(list(fix, &question, PURPOSE_OPERATION),
                           "not for the purpose of operation"));

    /* the run stays; who has opposed or was erased does not */
    SEND(fix, PATIENT("B", "IV", .opposed = true), PATIENT("E", "IV"));
    assert_non_null(strstr(list(fix, &saved, PURPOSE_CARE), "=A(1)"));
    assert_null(strstr(list(fix, &saved, PURPOSE_CARE), "\"B\""));
    assert_null(strstr(list(fix, &saved, PURPOSE_CARE), "\"E\""));
    assert_non_null(strstr(list(fix, &question, PURPOSE_CARE), "\"E\""));
    erase(fix, 2);
    assert_string_equal(list(fix, &saved, PURPOSE_CARE), "\xEF\xBB\xBF\"IPP\";" HEAD);
}

static void the_tumour_of_a_list_is_the_one_that_was_asked_for(void **state)
{
    static const char two[] =
        "{\"patientId\":\"A\",\"centreFiness\":\"940000664\",\"birthdateYear\":\"1950\","
        "\"biologicalSex\":\"Male\",\"nonOpposition\":{\"nonOpposition\":\"OUI\"},"
        "\"primaryCancer\":[{\"cancerDiagnosisDateYear\":\"2015\",\"topographyCode\":\"C50.4\","
        "\"morphologyCode\":\"8500/3\"},{\"cancerDiagnosisDateYear\":\"2021\","
        "\"cancerDiagnosisDateMonth\":\"06\",\"topographyCode\":\"C34.1\","
        "\"morphologyCode\":\"8140/3\"}]}\n";
    struct fixture *fix = *state;
    struct import_options options = {.now = fix->now, .threads = 1, .caller = &anna};
    const char *file = arena_printf(fix->arena, "%s/two.ndjson", fix->folder);
    FILE *stream = fopen(file, "w");
    struct node_list question = {.as_of = DAY_MAX, .lang = LANG_FR};
    struct import_result result;
    struct error err = ERROR_INIT;

    fputs(two, stream);
    fclose(stream);
    must(node_import(fix->node, &file, 1, &options, &result, &err), &err);
    question.criteria = "tumour { topography C34 }";
    assert_non_null(
        strstr(list(fix, &question, PURPOSE_CARE),
               "\"M\";\"retrouv\u00e9\";\"C34.1\";\"8140/3\";\"2021-06\"\r\n"));
    question.criteria = "any";
    assert_non_null(strstr(list(fix, &question, PURPOSE_CARE),
                           "\"M\";\"retrouv\u00e9\";\"C50.4\";\"8500/3\";\"2015\"\r\n"));
    question.criteria = "tumour { topography C34 stage IV }"; /* possibly that one */
    assert_non_null(strstr(list(fix, &question, PURPOSE_CARE),
                           "\"M\";\"\u00e0 v\u00e9rifier\";\"C34.1\";"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_new, fixture_free)
        TEST(nothing_changed),
        TEST(new_and_changed_patients),
        TEST(a_patient_known_by_identity_only_is_new),
        TEST(opposition_and_erasure),
        TEST(coverage_declared_and_assumed),
        TEST(coverage_assumed_of_a_kind_that_comes),
        TEST(the_date_of_the_question_moves),
        TEST(a_cohort_saved_with_a_day_keeps_it),
        TEST(newer_criteria),
        TEST(two_reasons_for_one_answer),
        TEST(other_rules),
        TEST(what_is_not_there),
        TEST(definitions_are_found),
        TEST(a_definition_cannot_use_itself),
        TEST(a_definition_must_parse),
        TEST(definitions_are_found_by_many_threads),
        TEST(coverage_comes_back),
        TEST(lists_are_what_the_purpose_permits),
        TEST(the_tumour_of_a_list_is_the_one_that_was_asked_for),
    };

    return cmocka_run_group_tests_name("saved", tests, NULL, NULL);
}
