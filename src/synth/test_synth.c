/* SPDX-License-Identifier: Apache-2.0
 *
 * test_synth.c: the files: the same seed gives the same bytes, what is half as large is the
 * first half, every line is understood, dirt comes at its rates, and truth.json says what a
 * second count finds in the records. */
#include "synth/test_world.h"

#include <yyjson.h>

#include "adapt/adapt.h"
#include "record/record.h"
#include "synth/question.h"

static void same_content(struct fixture *fixture, const char *a, const char *b)
{
    const struct buffer *left = content(fixture, 0, a), *right = content(fixture, 1, b);

    assert_int_equal(left->length, right->length);
    assert_memory_equal(left->bytes, right->bytes, left->length);
}

/* The bytes on the disk, not unpacked. */
static void same_bytes(struct fixture *fixture, const char *file)
{
    char path[256];
    uLong sum[2];

    for (int i = 0; i < 2; i++) {
        unsigned char chunk[65536];
        size_t n;
        FILE *in;

        snprintf(path, sizeof path, "%s/%s", fixture->folder[i], file);
        in = fopen(path, "rb");
        assert_non_null(in);
        sum[i] = crc32(0, NULL, 0);
        while ((n = fread(chunk, 1, sizeof chunk, in)) > 0)
            sum[i] = crc32(sum[i], chunk, (uInt)n);
        fclose(in);
    }
    assert_int_equal(sum[0], sum[1]);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    struct fixture *fixture = *state;

    write_world(fixture, 0);
    fixture->options.threads = 3;
    write_world(fixture, 1);
    same_bytes(fixture, "villejuif.ndjson.gz");
    same_bytes(fixture, "lyon.ndjson.gz");
    same_content(fixture, "identities_villejuif.csv", "identities_villejuif.csv");
    same_content(fixture, "truth_links.csv", "truth_links.csv");
    same_content(fixture, "non_links.csv", "non_links.csv");
    same_content(fixture, "truth.json", "truth.json");
}

static void another_seed_gives_other_persons(void **state)
{
    struct fixture *fixture = *state;
    const struct buffer *a, *b;

    write_world(fixture, 0);
    fixture->options.seed = 2;
    write_world(fixture, 1);
    a = content(fixture, 0, "villejuif.ndjson.gz");
    b = content(fixture, 1, "villejuif.ndjson.gz");
    assert_true(a->length != b->length);
}

static void is_prefix(struct fixture *fixture, const char *file)
{
    const struct buffer *half = content(fixture, 0, file),
                        *all = content(fixture, 1, file);

    assert_true(half->length < all->length);
    assert_memory_equal(half->bytes, all->bytes, half->length);
}

static void fewer_patients_are_the_first_ones(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.patients = 333;
    write_world(fixture, 0);
    fixture->options.patients = 1000;
    write_world(fixture, 1);
    is_prefix(fixture, "villejuif.ndjson.gz");
    is_prefix(fixture, "lyon.ndjson.gz");
    is_prefix(fixture, "identities_villejuif.csv");
    is_prefix(fixture, "identities_lyon.csv");
    is_prefix(fixture, "truth_links.csv");
    same_content(fixture, "coverage_lyon.csv", "coverage_lyon.csv");
}

static void plain_and_compressed_say_the_same(void **state)
{
    struct fixture *fixture = *state;

    write_world(fixture, 0);
    fixture->options.gzip = false;
    write_world(fixture, 1);
    same_content(fixture, "villejuif.ndjson.gz", "villejuif.ndjson");
}

static void three_centres_have_their_files(void **state)
{
    struct fixture *fixture = *state;

    fixture->options.centres = 3;
    fixture->options.gzip = false;
    write_world(fixture, 0);
    assert_non_null(strstr(content(fixture, 0, "centre3.ndjson")->bytes, "990000003"));
    assert_non_null(
        strstr(content(fixture, 0, "truth_links.csv")->bytes, "centre_a,ipp_a"));
}

static void refused(struct fixture *fixture, const char *words)
{
    struct error err = ERROR_INIT;

    assert_int_equal(synth_write(&fixture->options, fixture->folder[0], NULL, NULL, &err),
                     -1);
    assert_int_equal(err.code, ERROR_INPUT);
    if (!strstr(err.message, words))
        fail_msg("\"%s\", expected \"%s\"", err.message, words);
    synth_defaults(&fixture->options);
}

static void wrong_options_are_named(void **state)
{
    struct fixture *fixture = *state;
    struct error err = ERROR_INIT;

    fixture->options.centres = 0;
    refused(fixture, "0 centres: expected 1 to 16");
    fixture->options.centres = 17;
    refused(fixture, "17 centres");
    fixture->options.patients = 0;
    refused(fixture, "0 patients: expected 1 to");
    fixture->options.dirt.opposed = 1.5;
    refused(fixture, "a rate of 1.5");
    fixture->options.centres = 3;
    fixture->options.overlap = 0.6;
    refused(fixture, "at most 0.5");
    assert_int_equal(synth_write(&fixture->options, "/nowhere/at/all", NULL, NULL, &err),
                     -1);
    assert_int_equal(err.code, ERROR_IO);
}

static void every_line_is_understood(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = arena_new("facts", (size_t)64 << 20);
    struct buffer *text = &fixture->text[0];
    unsigned lines = 0, refused_values = 0, facts_read = 0;
    char *line;

    fixture->options.dense = true;
    write_world(fixture, 0);
    content(fixture, 0, "lyon.ndjson.gz");
    for (char *at = text->bytes; (line = next_line(&at)); lines++) {
        struct remarks remarks = {0};
        struct error err = ERROR_INIT;
        struct facts *facts;

        arena_reset(arena);
        if (adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, line, strlen(line), 1,
                           &facts, &remarks, &err) < 0)
            fail_msg("line %u: %s", lines + 1, err.message);
        for (const struct remark *remark = remarks.first; remark; remark = remark->next) {
            if (remark->kind != REMARK_REFUSED_VALUE)
                fail_msg("line %u: %s: %s", lines + 1, remark->path, remark->reason);
            refused_values++;
        }
        facts_read += (unsigned)facts->n;
    }
    assert_int_equal(lines, fixture->options.patients);
    assert_in_range(facts_read / lines, 50, 66);
    /* month 13 and codes that are none: a thousandth of some 55 dates and codes a patient */
    assert_in_range(refused_values, lines * 2 / 100, lines * 12 / 100);
    arena_free(arena);
}

static struct record *merged(struct arena *arena, const struct facts *facts)
{
    struct error err = ERROR_INIT;
    struct record *record;

    if (record_merge(arena, NULL, 1, &facts, 1, &record, &err) < 0)
        fail_msg("%s", err.message);
    return record;
}

static void same_record(const struct record *a, const struct record *b)
{
    assert_int_equal(a->n_tumours, b->n_tumours);
    assert_int_equal(a->n_others, b->n_others);
    assert_int_equal(a->n_facts, b->n_facts);
    for (size_t i = 0; i < a->n_facts; i++)
        assert_int_equal(fact_compare(&a->facts[i], &b->facts[i]), 0);
}

/* The rules take none of a person's tumours for another, so that the truth counts as they do; the
 * order of the facts does not show, and a record that is merged again stays as it is. */
static void tumours_are_as_many_as_were_drawn(void **state)
{
    struct fixture *fixture = *state;
    struct arena *arena = arena_new("facts", (size_t)64 << 20);
    struct buffer *text = &fixture->text[0];
    unsigned several = 0;
    char *line;

    write_world(fixture, 0);
    content(fixture, 0, "lyon.ndjson.gz");
    for (char *at = text->bytes; (line = next_line(&at));) {
        struct facts *facts, again;
        struct record *record;

        arena_reset(arena);
        assert_int_equal(adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, line,
                                        strlen(line), 1, &facts, NULL, NULL),
                         0);
        record = merged(arena, facts);
        assert_int_equal(record->n_tumours, facts->n_tumours);
        again = (struct facts){record->n_facts, record->facts, record->n_tumours, ""};
        same_record(merged(arena, &again), record);
        for (size_t i = 0; i < facts->n / 2; i++) {
            struct fact swap = facts->fact[i];

            facts->fact[i] = facts->fact[facts->n - 1 - i];
            facts->fact[facts->n - 1 - i] = swap;
        }
        same_record(merged(arena, facts), record);
        several += record->n_tumours > 1;
    }
    assert_true(several > fixture->options.patients / 20);
    arena_free(arena);
}

/* How many dates, and of which what is unknown. */
struct dates {
    unsigned all, day, month, year, wrong;
};

static bool ends_with(const char *key, const char *end)
{
    size_t n = strlen(key), m = strlen(end);

    return n > m && strcmp(key + n - m, end) == 0;
}

static void count_dates(yyjson_val *value, struct dates *dates)
{
    size_t i, n;
    yyjson_val *key, *member;

    if (yyjson_is_arr(value)) {
        yyjson_arr_foreach(value, i, n, member) count_dates(member, dates);
        return;
    }
    if (!yyjson_is_obj(value))
        return;
    yyjson_obj_foreach(value, i, n, key, member)
    {
        const char *name = yyjson_get_str(key), *text = yyjson_get_str(member);

        if (text && ends_with(name, "Year")) {
            dates->all++;
            dates->year += strcmp(text, "UN") == 0;
        } else if (text && ends_with(name, "Month")) {
            dates->month += strcmp(text, "UN") == 0;
            dates->wrong += strcmp(text, "13") == 0;
        } else if (text && ends_with(name, "Day")) {
            dates->day += strcmp(text, "UN") == 0;
        }
        count_dates(member, dates);
    }
}

struct dirt_seen {
    struct dates dates;
    unsigned patients, opposed, not_informed, drugs, uncoded, detached, tumours, staged;
};

static void count_dirt(yyjson_val *patient, struct dirt_seen *seen)
{
    yyjson_val *information = yyjson_obj_get(patient, "nonOpposition"), *tumour, *drug;
    size_t i, j, n, m;

    seen->patients++;
    seen->opposed +=
        yyjson_equals_str(yyjson_obj_get(information, "nonOpposition"), "NON");
    seen->not_informed +=
        yyjson_equals_str(yyjson_obj_get(information, "informed"), "NON");
    count_dates(patient, &seen->dates);
    yyjson_arr_foreach(yyjson_obj_get(patient, "medication"), i, n, drug)
    {
        seen->drugs++;
        seen->detached++;
        seen->uncoded += yyjson_is_null(yyjson_obj_get(drug, "moleculeCode"));
    }
    yyjson_arr_foreach(yyjson_obj_get(patient, "primaryCancer"), i, n, tumour)
    {
        const char *topography = yyjson_get_str(yyjson_obj_get(tumour, "topographyCode"));

        if (strncmp(topography, "C50", 3) == 0) { /* all of them have a stage */
            seen->tumours++;
            seen->staged += yyjson_obj_get(tumour, "stage") != NULL;
        }
        yyjson_arr_foreach(yyjson_obj_get(tumour, "medication"), j, m, drug)
        {
            seen->drugs++;
            seen->uncoded += yyjson_is_null(yyjson_obj_get(drug, "moleculeCode"));
        }
    }
}

static void dirt_comes_at_its_rates(void **state)
{
    struct fixture *fixture = *state;
    struct dirt_seen seen = {0};
    char *line;

    fixture->options.patients = 20000;
    fixture->options.centres = 1;
    write_world(fixture, 0);
    content(fixture, 0, "villejuif.ndjson.gz");
    for (char *at = fixture->text[0].bytes; (line = next_line(&at));) {
        yyjson_doc *doc = yyjson_read(line, strlen(line), 0);

        assert_non_null(doc);
        count_dirt(yyjson_doc_get_root(doc), &seen);
        yyjson_doc_free(doc);
    }
    near("day", (double)seen.dates.day / seen.dates.all, 0.052, 0.002);
    near("month", (double)seen.dates.month / seen.dates.all, 0.012,
         0.001); /* past ones */
    near("year", (double)seen.dates.year / seen.dates.all, 0.001, 0.0003);
    near("month 13", (double)seen.dates.wrong / seen.dates.all, 0.001, 0.0003);
    near("opposed", (double)seen.opposed / seen.patients, 0.01, 0.003);
    near("not informed", (double)seen.not_informed / seen.patients, 0.02, 0.004);
    near("uncoded", (double)seen.uncoded / seen.drugs, 0.1, 0.01);
    near("detached", (double)seen.detached / seen.drugs, 0.3, 0.02);
    near("staged", (double)seen.staged / seen.tumours, 0.92, 0.015);
}

/* A second count, out of the JSON. */

static int year_of(yyjson_val *object, const char *stem)
{
    char key[64];
    const char *year, *month;

    snprintf(key, sizeof key, "%sYear", stem);
    year = yyjson_get_str(yyjson_obj_get(object, key));
    snprintf(key, sizeof key, "%sMonth", stem);
    month = yyjson_get_str(yyjson_obj_get(object, key));
    if (!year || strcmp(year, "UN") == 0 || strcmp(month, "13") == 0)
        return 0;
    return (int)strtol(year, NULL, 10);
}

static void see_years(struct synth_view *view, yyjson_val *list, const char *stem)
{
    yyjson_val *object;
    size_t i, n;

    yyjson_arr_foreach(list, i, n, object)
    {
        int year = year_of(object, stem);

        if (year)
            view->years[(year - VIEW_FIRST_YEAR) / 64] |=
                UINT64_C(1) << (year - VIEW_FIRST_YEAR) % 64;
    }
}

static void see_findings(struct synth_view *view, yyjson_val *parent, int tumour)
{
    yyjson_val *object;
    size_t i, n;

    yyjson_arr_foreach(yyjson_obj_get(parent, "medication"), i, n, object)
    {
        view->drug[view->n_drugs].atc =
            yyjson_get_str(yyjson_obj_get(object, "moleculeCode"));
        view->drug[view->n_drugs++].tumour = (int8_t)tumour;
    }
    yyjson_arr_foreach(yyjson_obj_get(parent, "variant"), i, n, object)
    {
        const char *symbol = yyjson_get_str(yyjson_obj_get(object, "gene"));
        uint16_t gene = 0;

        while (gene < GENES && strcmp(synth_genes[gene].symbol.text, symbol) != 0)
            gene++;
        view->altered[view->n_altered].gene = gene;
        view->altered[view->n_altered++].tumour = (int8_t)tumour;
    }
    see_years(view, yyjson_obj_get(parent, "medication"), "moleculeDate");
    see_years(view, yyjson_obj_get(parent, "surgery"), "surgeryDate");
    see_years(view, yyjson_obj_get(parent, "radiotherapy"), "radiationDate");
}

static void see_tumour(struct synth_view *view, yyjson_val *tumour, unsigned number)
{
    static const char *const arrays[][2] = {{"tnmEvent", "tnmDate"},
                                            {"tumorPathoEvent", "firstMentionDate"},
                                            {"metastasis", "metastasisDiscoveryDate"},
                                            {"progression", "progressionDate"},
                                            {"biomarker", "biomarkerDate"}};
    const char *topography = yyjson_get_str(yyjson_obj_get(tumour, "topographyCode"));
    const char *morphology = yyjson_get_str(yyjson_obj_get(tumour, "morphologyCode"));
    const char *stage = yyjson_get_str(yyjson_obj_get(
        yyjson_arr_get_first(yyjson_obj_get(tumour, "stage")), "stageValue"));
    int year = year_of(tumour, "cancerDiagnosisDate");

    view->tumour[number].here = true;
    if (strcmp(topography, "C99.9x") != 0)
        snprintf(view->tumour[number].topography, 8, "%s", topography);
    if (strcmp(morphology, "81400/3") != 0 && strcmp(morphology, "NA") != 0)
        snprintf(view->tumour[number].morphology, 8, "%s", morphology);
    view->tumour[number].stage = STAGE_NONE;
    if (stage && strcmp(stage, "VII") != 0)
        view->tumour[number].stage =
            (uint8_t)(stage[0] == '0'                ? 0
                      : strncmp(stage, "IV", 2) == 0 ? 4
                                                     : strspn(stage, "I"));
    synth_view_group(view, view->tumour[number].topography);
    if (year)
        synth_view_year(view, year);
    for (size_t i = 0; i < ARRAY_LENGTH(arrays); i++)
        see_years(view, yyjson_obj_get(tumour, arrays[i][0]), arrays[i][1]);
    see_findings(view, tumour, (int)number);
}

static bool see(struct synth_view *view, yyjson_val *patient)
{
    yyjson_val *news = yyjson_obj_get(patient, "latestNews"), *tumour;
    size_t i, n;
    int year = year_of(news, "latestVisitDate");

    memset(view, 0, sizeof *view);
    for (i = 0; i < MOST_TUMOURS; i++)
        view->tumour[i].stage = STAGE_NONE;
    if (yyjson_equals_str(yyjson_obj_get(yyjson_obj_get(patient, "nonOpposition"),
                                         "nonOpposition"),
                          "NON"))
        return false;
    view->dead = yyjson_equals_str(yyjson_obj_get(news, "vitalStatus"), "Dead");
    view->woman = yyjson_equals_str(yyjson_obj_get(patient, "biologicalSex"), "Female");
    if (year)
        synth_view_year(view, year);
    yyjson_arr_foreach(yyjson_obj_get(patient, "primaryCancer"), i, n, tumour)
        see_tumour(view, tumour, (unsigned)i);
    see_findings(view, patient, -1);
    see_years(view, yyjson_obj_get(patient, "measure"), "measureDate");
    see_years(view, yyjson_obj_get(patient, "biologicalSpecimen"), "specimenDate");
    return true;
}

static uint64_t number_at(yyjson_val *object, const char *path)
{
    return yyjson_get_uint(yyjson_ptr_getn(object, path, strlen(path)));
}

struct recount {
    unsigned patients, dead, groups[100], years[128], questions[64];
};

static void recount_line(struct recount *recount, const struct synth_question *questions,
                         const struct synth_view *view)
{
    recount->patients++;
    recount->dead += view->dead;
    for (unsigned i = 0; i < 100; i++)
        recount->groups[i] += (unsigned)(view->groups[i / 64] >> i % 64 & 1);
    for (unsigned i = 0; i < 128; i++)
        recount->years[i] += (unsigned)(view->years[i / 64] >> i % 64 & 1);
    for (unsigned i = 0; i < synth_n_questions; i++)
        recount->questions[i] += synth_question_holds(questions, i, view);
}

static void compare(const struct recount *recount, yyjson_val *truth)
{
    yyjson_val *criteria = yyjson_obj_get(truth, "criteria"), *row;
    char path[64];
    size_t i, n;

    assert_int_equal(recount->patients, number_at(truth, "/patients"));
    assert_int_equal(recount->dead, number_at(truth, "/deaths/recorded"));
    for (unsigned group = 0; group < 100; group++) {
        snprintf(path, sizeof path, "/patients_per_topography_group/recorded/C%02u",
                 group);
        assert_int_equal(recount->groups[group], number_at(truth, path));
    }
    for (unsigned year = 0; year < 128; year++) {
        snprintf(path, sizeof path, "/active_per_year/recorded/%u",
                 VIEW_FIRST_YEAR + year);
        assert_int_equal(recount->years[year], number_at(truth, path));
    }
    assert_int_equal(yyjson_arr_size(criteria), synth_n_questions);
    yyjson_arr_foreach(criteria, i, n, row)
    {
        assert_string_equal(yyjson_get_str(yyjson_obj_get(row, "text")),
                            synth_question_texts[i]);
        assert_int_equal(recount->questions[i], number_at(row, "/recorded"));
    }
}

static void the_truth_says_what_the_records_say(void **state)
{
    static const char *const centres[] = {"villejuif", "lyon"};
    struct fixture *fixture = *state;
    struct arena *arena = arena_new("questions", 1 << 20);
    const struct synth_question *questions = synth_questions_new(arena);
    yyjson_doc *truth;

    fixture->options.patients = 4000;
    fixture->options.gzip = false;
    write_world(fixture, 0);
    content(fixture, 0, "truth.json");
    truth = yyjson_read(fixture->text[0].bytes, fixture->text[0].length, 0);
    assert_non_null(truth);
    for (size_t i = 0; i < ARRAY_LENGTH(centres); i++) {
        struct recount recount = {0};
        char file[64], *line;

        snprintf(file, sizeof file, "%s.ndjson", centres[i]);
        content(fixture, 0, file);
        for (char *at = fixture->text[0].bytes; (line = next_line(&at));) {
            yyjson_doc *doc = yyjson_read(line, strlen(line), 0);
            struct synth_view view;

            if (see(&view, yyjson_doc_get_root(doc)))
                recount_line(&recount, questions, &view);
            yyjson_doc_free(doc);
        }
        snprintf(file, sizeof file, "/centres/%s", centres[i]);
        compare(&recount,
                yyjson_ptr_getn(yyjson_doc_get_root(truth), file, strlen(file)));
    }
    yyjson_doc_free(truth);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_seed_gives_the_same_bytes, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(another_seed_gives_other_persons, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(fewer_patients_are_the_first_ones, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(plain_and_compressed_say_the_same, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(three_centres_have_their_files, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(wrong_options_are_named, set_up, tear_down),
        cmocka_unit_test_setup_teardown(every_line_is_understood, set_up, tear_down),
        cmocka_unit_test_setup_teardown(tumours_are_as_many_as_were_drawn, set_up,
                                        tear_down),
        cmocka_unit_test_setup_teardown(dirt_comes_at_its_rates, set_up, tear_down),
        cmocka_unit_test_setup_teardown(the_truth_says_what_the_records_say, set_up,
                                        tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
