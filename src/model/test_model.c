/* SPDX-License-Identifier: Apache-2.0
 *
 * test_model.c: the table walked from end to end, names looked up as sources write them,
 * and the order of facts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "model/model.h"

#define WHOLE(text) (text), strlen(text)

/* ---- the table ------------------------------------------------------------------------ */

static void check_group(const struct group_row *row)
{
    size_t roles[ROLE_LINK + 1] = {0};
    bool has_keys_index = false;

    for (enum item i = row->first; i < row->after; i++) {
        const struct item_row *item = model_item(i);

        assert_int_equal(item->item, i);
        assert_int_equal(item->group, row->group);
        roles[item->role]++;
        has_keys_index |= item->index == INDEX_KEYS;
        assert_true(item->fr[0] && item->en[0] && item->id[0]);
    }
    /* two of a role would be two meanings of one field */
    for (int role = ROLE_START; role <= ROLE_LINK; role++) {
        if (roles[role] > 1 && role != ROLE_DATED)
            fail_msg("%s: role %d is given twice", row->id, role);
    }
    if (has_keys_index && roles[ROLE_KEY] != 1)
        fail_msg("%s: indexed by its key, but has none", row->id);
    assert_int_equal(row->key != ITEM_NONE, roles[ROLE_KEY]);
    assert_int_equal(row->status != ITEM_NONE, roles[ROLE_STATUS]);
    assert_int_equal(row->amount != ITEM_NONE, roles[ROLE_AMOUNT]);
    assert_int_equal(row->start != ITEM_NONE, roles[ROLE_START]);
    assert_int_equal(row->end != ITEM_NONE, roles[ROLE_END]);
    assert_int_equal(row->identifier != ITEM_NONE, roles[ROLE_IDENTIFIER]);
    assert_int_equal(row->link != ITEM_NONE, roles[ROLE_LINK]);
}

static void every_group_has_its_items_and_one_of_each_role(void **state)
{
    size_t items = 0;

    (void)state;
    for (enum group g = GROUP_NONE + 1; g < GROUPS; g++) {
        const struct group_row *row = model_group(g);

        assert_int_equal(row->group, g);
        assert_int_equal(row->first, items + 1); /* no gap, no overlap */
        items += row->after - row->first;
        check_group(row);
    }
    assert_int_equal(items, ITEMS - 1);
    assert_int_equal(model_group(GROUP_NONE)->first, model_group(GROUP_NONE)->after);
}

static void roles_are_found_from_the_group(void **state)
{
    const struct group_row *drug = model_group(GROUP_DRUG);

    (void)state;
    assert_int_equal(drug->key, ITEM_DRUG_CODE);
    assert_int_equal(drug->status, ITEM_DRUG_TRIAL);
    assert_int_equal(drug->amount, ITEM_DRUG_CHANGE);
    assert_int_equal(drug->start, ITEM_DRUG_START);
    assert_int_equal(drug->end, ITEM_DRUG_END);
    assert_int_equal(model_group(GROUP_STAGE)->key, ITEM_NONE);
    assert_int_equal(model_item(ITEM_STAGE_VALUE)->system, VOCAB_STAGE);
    assert_string_equal(model_item(ITEM_TOPOGRAPHY)->id, "TOPOGRAPHY");
}

static size_t next_word(const char **at, const char **word_r)
{
    size_t length;

    *word_r = *at + strspn(*at, " ");
    length = strcspn(*word_r, " ");
    *at = *word_r + length;
    return length;
}

/* Each key leads back to its own row: no two items of a group share one. */
static void every_key_names_one_item(void **state)
{
    (void)state;
    for (enum item i = ITEM_NONE + 1; i < ITEMS; i++) {
        const struct item_row *row = model_item(i);
        const char *at = row->keys;
        const char *key;
        size_t length;

        while ((length = next_word(&at, &key)) > 0) {
            char part = 'x';

            for (size_t c = 0; c < length; c++)
                assert_false(key[c] >= 'A' && key[c] <= 'Z');
            if (model_item_by_key(row->group, key, length, &part) != i)
                fail_msg("%s: key %.*s is another item's", row->id, (int)length, key);
            assert_int_equal(part, 0);
        }
    }
}

static void every_word_names_one_item(void **state)
{
    (void)state;
    for (enum item i = ITEM_NONE + 1; i < ITEMS; i++) {
        const struct item_row *row = model_item(i);

        if (row->word[0] && model_item_by_word(row->word) != i)
            fail_msg("%s: \"%s\" is another item's", row->id, row->word);
    }
    assert_int_equal(model_item_by_word("vital status"), ITEM_VITAL_STATUS);
    assert_int_equal(model_item_by_word("T"), ITEM_TNM_T);
    assert_int_equal(model_item_by_word("Topography"), ITEM_TOPOGRAPHY);
    assert_int_equal(model_item_by_word("vital"), ITEM_NONE);
    assert_int_equal(model_item_by_word(""), ITEM_NONE);
}

static void every_group_key_leads_somewhere(void **state)
{
    static const enum group parents[] = {GROUP_PATIENT, GROUP_PRIMARY_CANCER,
                                         GROUP_SPECIMEN, GROUP_TUMOUR_EVENT};

    (void)state;
    for (enum group g = GROUP_NONE + 1; g < GROUPS; g++) {
        const char *at = model_group(g)->keys;
        const char *key;
        size_t length;

        while ((length = next_word(&at, &key)) > 0) {
            size_t found = 0;

            for (size_t p = 0; p < ARRAY_LENGTH(parents); p++) {
                enum group got = model_group_by_key(parents[p], key, length);

                if (got != GROUP_NONE && got != g)
                    fail_msg("%.*s is both %s and %s", (int)length, key,
                             model_group(g)->id, model_group(got)->id);
                found += got == g;
            }
            assert_true(found > 0);
        }
    }
}

static void lines_and_ratios_are_computed_and_nothing_else(void **state)
{
    (void)state;
    for (enum group g = GROUP_NONE + 1; g < GROUPS; g++) {
        const struct group_row *row = model_group(g);

        bool computed = g == GROUP_LINE || g == GROUP_RATIO;

        assert_int_equal(model_is_computed(g), computed);
        assert_int_equal(model_sent_as(g), g == GROUP_LINE    ? GROUP_DRUG
                                           : g == GROUP_RATIO ? GROUP_MEASURE
                                                              : g);
        for (enum item i = row->first; i < row->after; i++)
            assert_int_equal(!*model_item(i)->keys, computed);
    }
    assert_false(model_is_computed(GROUP_NONE));
    assert_int_equal(model_item_by_word("line"), ITEM_LINE_DRUG);
}

static void a_whole_is_what_is_said_at_once(void **state)
{
    (void)state;
    assert_int_equal(model_whole_of(GROUP_SPECIMEN), GROUP_SPECIMEN);
    assert_int_equal(model_whole_of(GROUP_VARIANT), GROUP_SPECIMEN);
    assert_int_equal(model_whole_of(GROUP_FUSION), GROUP_SPECIMEN);
    assert_int_equal(model_whole_of(GROUP_COPY_NUMBER), GROUP_SPECIMEN);
    assert_int_equal(model_whole_of(GROUP_BIOMARKER), GROUP_SPECIMEN);
    assert_int_equal(model_whole_of(GROUP_TUMOUR_EVENT), GROUP_TUMOUR_EVENT);
    assert_int_equal(model_whole_of(GROUP_TNM), GROUP_TNM);
    assert_int_equal(model_whole_of(GROUP_DRUG), GROUP_NONE);
    assert_int_equal(model_whole_of(GROUP_NONE), GROUP_NONE);
}

/* ---- names ---------------------------------------------------------------------------- */

static void an_object_is_known_where_it_may_stand(void **state)
{
    static const struct {
        enum group parent;
        const char *key;
        enum group group;
    } objects[] = {
        {GROUP_PATIENT, "primaryCancer", GROUP_PRIMARY_CANCER},
        {GROUP_PATIENT, "PRIMARYCANCER", GROUP_PRIMARY_CANCER},
        {GROUP_PATIENT, "pastCancer", GROUP_PAST_CANCER},
        {GROUP_PATIENT, "nonOpposition", GROUP_INFORMATION},
        {GROUP_PATIENT, "latestNews", GROUP_VITAL_STATUS},
        {GROUP_PATIENT, "medication", GROUP_DRUG},
        {GROUP_PATIENT, "surgery", GROUP_SURGERY},
        {GROUP_PATIENT, "biologicalSpecimen", GROUP_SPECIMEN},
        {GROUP_PATIENT, "variant", GROUP_VARIANT},
        {GROUP_PATIENT, "mesureList", GROUP_MEASURE},
        /* a TNM that hangs on no tumour says nothing */
        {GROUP_PATIENT, "tnmEvent", GROUP_NONE},
        {GROUP_PATIENT, "stage", GROUP_NONE},
        {GROUP_PATIENT, "grade", GROUP_NONE},
        {GROUP_PATIENT, "tumorPathoEvent", GROUP_NONE},
        {GROUP_PATIENT, "metastasis", GROUP_NONE},
        {GROUP_PRIMARY_CANCER, "tnmEvent", GROUP_TNM},
        {GROUP_PRIMARY_CANCER, "stage", GROUP_STAGE},
        {GROUP_PRIMARY_CANCER, "tumorSize", GROUP_SIZE},
        {GROUP_PRIMARY_CANCER, "tumorPathoEvent", GROUP_TUMOUR_EVENT},
        {GROUP_PRIMARY_CANCER, "medication", GROUP_DRUG},
        {GROUP_PRIMARY_CANCER, "biomarker", GROUP_BIOMARKER},
        {GROUP_PRIMARY_CANCER, "measure", GROUP_MEASURE},
        {GROUP_PRIMARY_CANCER, "primaryCancer", GROUP_NONE},
        {GROUP_PRIMARY_CANCER, "riskFactor", GROUP_NONE},
        {GROUP_PRIMARY_CANCER, "biologicalSpecimen", GROUP_NONE},
        {GROUP_PAST_CANCER, "stage", GROUP_STAGE},
        {GROUP_SPECIMEN, "biomarker", GROUP_BIOMARKER},
        {GROUP_SPECIMEN, "variant", GROUP_VARIANT},
        {GROUP_SPECIMEN, "imaging", GROUP_IMAGING},
        {GROUP_SPECIMEN, "medication", GROUP_NONE},
        {GROUP_TUMOUR_EVENT, "metastasis", GROUP_METASTASIS},
        {GROUP_TUMOUR_EVENT, "tnm", GROUP_TNM},
        {GROUP_DRUG, "biomarker", GROUP_NONE},
        {GROUP_NONE, "primaryCancer", GROUP_NONE},
        {GROUP_PATIENT, "", GROUP_NONE},
        {GROUP_PATIENT, "somethingElse", GROUP_NONE},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(objects); i++) {
        if (model_group_by_key(objects[i].parent, WHOLE(objects[i].key)) !=
            objects[i].group)
            fail_msg("%s inside %s", objects[i].key, model_group(objects[i].parent)->id);
    }
}

static void a_field_is_known_by_any_of_its_names(void **state)
{
    static const struct {
        enum group group;
        const char *key;
        enum item item;
        char part;
    } fields[] = {
        {GROUP_PATIENT, "patientId", ITEM_PATIENT_ID, 0},
        {GROUP_PATIENT, "birthdateDay", ITEM_PATIENT_BIRTH, 'D'},
        {GROUP_PATIENT, "birthDateMonth", ITEM_PATIENT_BIRTH, 'M'},
        {GROUP_PATIENT, "PATIENTBIRTHDATEYEAR", ITEM_PATIENT_BIRTH, 'Y'},
        {GROUP_PATIENT, "birthDate", ITEM_PATIENT_BIRTH, 0},
        {GROUP_VITAL_STATUS, "vitalStatusUpdateDay", ITEM_VITAL_UPDATE, 'D'},
        {GROUP_VITAL_STATUS, "vitalStatusUpdateDateDay", ITEM_VITAL_UPDATE, 'D'},
        {GROUP_VITAL_STATUS, "lastVisitYear", ITEM_LAST_VISIT, 'Y'},
        {GROUP_VITAL_STATUS, "deathStatusLastVisitDateMonth", ITEM_LAST_VISIT, 'M'},
        {GROUP_VITAL_STATUS, "deathStatusLastVisit", ITEM_LAST_VISIT, 0},
        {GROUP_VITAL_STATUS, "deathStatus", ITEM_VITAL_STATUS, 0},
        {GROUP_PRIMARY_CANCER, "topographyCode", ITEM_TOPOGRAPHY, 0},
        {GROUP_PAST_CANCER, "topographyCode", ITEM_TOPOGRAPHY, 0},
        {GROUP_PRIMARY_CANCER, "tumorSize", ITEM_TUMOUR_SIZE, 0},
        {GROUP_TUMOUR_EVENT, "topographyCode", ITEM_EVENT_TOPOGRAPHY, 0},
        {GROUP_MEASURE, "dateYear", ITEM_MEASURE_DATE, 'Y'},
        {GROUP_DRUG, "topographyCode", ITEM_NONE, 0},
        {GROUP_PATIENT, "birthdateHour", ITEM_NONE, 0},
        {GROUP_PATIENT, "birthDateDateDay", ITEM_NONE, 0},
        {GROUP_PATIENT, "", ITEM_NONE, 0},
        {GROUP_NONE, "patientId", ITEM_NONE, 0},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(fields); i++) {
        char part = 'x';
        enum item item = model_item_by_key(fields[i].group, WHOLE(fields[i].key), &part);

        if (item != fields[i].item || part != fields[i].part)
            fail_msg("%s in %s", fields[i].key, model_group(fields[i].group)->id);
    }
}

static void a_key_may_be_long_or_hold_any_byte(void **state)
{
    char key[300];
    char part;

    (void)state;
    memset(key, 'k', sizeof(key));
    for (size_t length = 0; length <= sizeof(key); length++) {
        assert_int_equal(model_item_by_key(GROUP_PATIENT, key, length, &part), ITEM_NONE);
        assert_int_equal(model_group_by_key(GROUP_PATIENT, key, length), GROUP_NONE);
    }
    assert_int_equal(model_item_by_key(GROUP_PATIENT, "ipp\0", 4, &part), ITEM_NONE);
    assert_int_equal(model_item_by_key(GROUP_PATIENT, "ippx", 3, &part), ITEM_PATIENT_ID);
}

static void the_digest_is_the_table_s(void **state)
{
    (void)state;
    assert_int_equal(model_digest(), model_digest());
    assert_int_not_equal(model_digest(), 0);
}

/* ---- facts ---------------------------------------------------------------------------- */

static struct value text_value(enum item item, const char *text)
{
    return (struct value){.item = item, .type = model_item(item)->type, .text = text};
}

static struct value number_value(enum item item, double number)
{
    return (struct value){.item = item, .type = TYPE_NUMBER, .number = number};
}

static void a_value_is_found_by_its_item(void **state)
{
    struct value values[] = {number_value(ITEM_DRUG_CHANGE, 2),
                             text_value(ITEM_DRUG_CODE, "L01ED03"),
                             text_value(ITEM_DRUG_TRIAL, "")};
    struct fact fact = {.group = GROUP_DRUG, .n_values = 3, .values = values};

    (void)state;
    assert_ptr_equal(fact_value(&fact, ITEM_DRUG_CODE), &values[1]);
    assert_null(fact_value(&fact, ITEM_DRUG_NAME));
    assert_string_equal(fact_text(&fact, ITEM_DRUG_CODE), "L01ED03");
    assert_string_equal(fact_text(&fact, ITEM_DRUG_TRIAL), "");
    assert_string_equal(fact_text(&fact, ITEM_DRUG_NAME), "");
}

/* Each of these comes before the next, for one reason; the proof is no reason. */
static void facts_have_a_total_order_of_content(void **state)
{
    struct value alectinib[] = {text_value(ITEM_DRUG_CODE, "L01ED03")};
    struct value lorlatinib[] = {text_value(ITEM_DRUG_CODE, "L01ED05")};
    struct value lorlatinib_trial[] = {text_value(ITEM_DRUG_CODE, "L01ED05"),
                                       text_value(ITEM_DRUG_TRIAL, "YES")};
    struct value minus[] = {number_value(ITEM_SIZE_VALUE, -1)};
    struct value minus_zero[] = {number_value(ITEM_SIZE_VALUE, -0.0)};
    struct value zero[] = {number_value(ITEM_SIZE_VALUE, 0)};
    struct value ten[] = {number_value(ITEM_SIZE_VALUE, 10)};
    struct value not_a_number[] = {number_value(ITEM_SIZE_VALUE, (double)NAN)};
    struct value dated[] = {
        {.item = ITEM_SIZE_DATE, .type = TYPE_DATE, .date = {.first = 5, .last = 6}}};
    const struct interval unknown = INTERVAL_UNKNOWN;
    const struct interval march = {100, 130}, day = {100, 100}, later = {200, 200};
    const struct fact facts[] = {
        {GROUP_SIZE, 0, day, unknown, 1, 'I', 1, minus, 9, 9},
        {GROUP_SIZE, 0, day, unknown, 1, 'I', 1, minus_zero, 8, 9},
        {GROUP_SIZE, 0, day, unknown, 1, 'I', 1, zero, 7, 9},
        {GROUP_SIZE, 0, day, unknown, 1, 'I', 1, ten, 6, 9},
        {GROUP_SIZE, 0, day, unknown, 1, 'I', 1, not_a_number, 6, 9},
        {GROUP_SIZE, 0, day, unknown, 1, 'I', 1, dated, 6, 9},
        {GROUP_DRUG, TUMOUR_NONE, day, unknown, 1, 'I', 1, alectinib, 5, 9},
        {GROUP_DRUG, 0, unknown, unknown, 1, 'I', 1, alectinib, 5, 8},
        {GROUP_DRUG, 0, day, unknown, 1, 'I', 1, alectinib, 4, 9},
        {GROUP_DRUG, 0, day, unknown, 1, 'I', 1, lorlatinib, 3, 9},
        {GROUP_DRUG, 0, day, unknown, 1, 'O', 1, lorlatinib, 2, 9},
        {GROUP_DRUG, 0, day, unknown, 2, 'I', 1, lorlatinib, 2, 8},
        {GROUP_DRUG, 0, day, unknown, 1, 'I', 2, lorlatinib_trial, 2, 8},
        {GROUP_DRUG, 0, day, later, 1, 'I', 1, alectinib, 2, 8},
        {GROUP_DRUG, 0, march, unknown, 1, 'I', 1, alectinib, 2, 8},
        {GROUP_DRUG, 1, unknown, unknown, 1, 'I', 1, alectinib, 2, 8},
    };

    (void)state;
    for (size_t a = 0; a < ARRAY_LENGTH(facts); a++) {
        struct fact copy = facts[a];

        copy.sequence = 1000;
        copy.position = 0;
        assert_int_equal(fact_compare(&copy, &facts[a]), 0);
        for (size_t b = 0; b < ARRAY_LENGTH(facts); b++) {
            int order = fact_compare(&facts[a], &facts[b]);

            if ((order > 0) != (a > b) || (order < 0) != (a < b))
                fail_msg("facts %zu and %zu", a, b);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_group_has_its_items_and_one_of_each_role),
        cmocka_unit_test(roles_are_found_from_the_group),
        cmocka_unit_test(every_key_names_one_item),
        cmocka_unit_test(every_word_names_one_item),
        cmocka_unit_test(every_group_key_leads_somewhere),
        cmocka_unit_test(lines_and_ratios_are_computed_and_nothing_else),
        cmocka_unit_test(a_whole_is_what_is_said_at_once),
        cmocka_unit_test(an_object_is_known_where_it_may_stand),
        cmocka_unit_test(a_field_is_known_by_any_of_its_names),
        cmocka_unit_test(a_key_may_be_long_or_hold_any_byte),
        cmocka_unit_test(the_digest_is_the_table_s),
        cmocka_unit_test(a_value_is_found_by_its_item),
        cmocka_unit_test(facts_have_a_total_order_of_content),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
