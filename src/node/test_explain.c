/* SPDX-License-Identifier: Apache-2.0
 *
 * test_explain.c: each reason why something is unknown, in both languages; and that what an
 * explanation says would settle it does settle it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "base/arena.h"
#include "base/attributes.h"
#include "base/buffer.h"
#include "base/error.h"
#include "node/explain.h"
#include "support/sentence.h"

/* ---- asking ---- */

/* Drugs from 2014 on, surgery without a gap, nothing else. */
static const struct coverage_row rows[] = {
    {GROUP_DRUG, "CHIMIO", {16071, DAY_MAX}},
    {GROUP_SURGERY, "PMSI", {DAY_MIN, DAY_MAX}},
    {GROUP_RADIOTHERAPY, "", {DAY_MIN, DAY_MAX}},
};
static const struct coverage declared = {.n_rows = ARRAY_LENGTH(rows), .rows = rows};
static const struct coverage nothing_seen = {.assumed = true};

struct asked {
    struct arena *arena;
    struct question question;
    struct explanation explanation;
};

/* As of 1 June 2021; free with asked_free(). */
static void ask(struct asked *asked, const char *patient, const char *criteria,
                const struct coverage *coverage)
{
    struct error err = ERROR_INIT;

    memset(asked, 0, sizeof(*asked));
    asked->arena = arena_new("test", (size_t)64 << 20);
    asked->question.coverage = coverage;
    asked->question.as_of = day_from_civil(2021, 6, 1);
    asked->question.criteria =
        criteria_parse(asked->arena, criteria, strlen(criteria), &err);
    if (!asked->question.criteria)
        fail_msg("%s: %s", criteria, err.message);
    asked->explanation =
        (struct explanation){.arena = asked->arena,
                             .number = "1",
                             .record = sentence_record(asked->arena, patient, false),
                             .question = &asked->question};
    asked->explanation.root =
        judge_explain(asked->arena, asked->explanation.record, &asked->question);
}

static void asked_free(struct asked *asked)
{
    arena_free(asked->arena);
}

/* ---- each reason ---- */

#define TUMOUR(inside) "\"primaryCancer\":[{" inside "}]"
#define LUNG TUMOUR("\"topographyCode\":\"C34.1\",\"cancerDiagnosisDate\":\"2012-05-05\"")
#define TWO_TUMOURS                                                                     \
    "\"primaryCancer\":[{\"topographyCode\":\"C50\",\"cancerDiagnosisDate\":\"2015\"}," \
    "{\"topographyCode\":\"C34\",\"cancerDiagnosisDate\":\"2020\"}]"
#define DRUG(code, date) \
    "\"medication\":[{\"moleculeCode\":\"" code "\",\"moleculeDate\":\"" date "\"}]"
#define PS(value, date) \
    "{\"measureType\":\"PS\",\"measureValue\":" value ",\"measureDate\":\"" date "\"}"
#define NEWS ",\"latestNews\":{\"latestVisitDate\":\"2021-05-20\"}"

struct worded {
    const char *patient, *criteria;
    const struct coverage *coverage;
    const char *word, *fr, *fr_settle, *en, *en_settle;
};

/* Among what makes JUDGED unknown. */
static const struct doubt *find(const struct explanation *explanation,
                                const struct judged *judged, const char *word)
{
    const struct doubt *found = NULL;

    for (size_t i = 0; i < judged->n_doubts && !found; i++)
        if (strcmp(doubt_word(explanation, &judged->doubts[i]), word) == 0)
            found = &judged->doubts[i];
    for (size_t i = 0; i < judged->n_children && !found; i++)
        if (judged_decides(judged, judged->children[i]))
            found = find(explanation, judged->children[i], word);
    return found;
}

static void check_sentence(const struct explanation *explanation,
                           const struct doubt *doubt,
                           void (*print)(struct buffer *out,
                                         const struct explanation *explanation,
                                         const struct doubt *doubt, enum lang lang),
                           enum lang lang, const char *expected)
{
    struct buffer text;

    buffer_init(&text, 4096);
    print(&text, explanation, doubt, lang);
    assert_string_equal(buffer_text(&text), expected);
    buffer_free(&text);
}

static void check_worded(const struct worded *worded)
{
    struct asked asked;
    const struct doubt *doubt;

    ask(&asked, worded->patient, worded->criteria, worded->coverage);
    assert_int_equal(asked.explanation.root->truth, TRUTH_UNKNOWN);
    doubt = find(&asked.explanation, asked.explanation.root, worded->word);
    if (!doubt)
        fail_msg("%s: no reason %s", worded->criteria, worded->word);
    check_sentence(&asked.explanation, doubt, doubt_print, LANG_FR, worded->fr);
    check_sentence(&asked.explanation, doubt, settle_print, LANG_FR, worded->fr_settle);
    check_sentence(&asked.explanation, doubt, doubt_print, LANG_EN, worded->en);
    check_sentence(&asked.explanation, doubt, settle_print, LANG_EN, worded->en_settle);
    asked_free(&asked);
}

static void check_all(const struct worded *worded, size_t n)
{
    for (size_t i = 0; i < n; i++)
        check_worded(&worded[i]);
}

static void of_time(void **state)
{
    static const struct worded worded[] = {
        {DRUG("L01XA01", "2019-03"), "treatment L01XA01 started since 2019-03-15",
         &declared, "date_not_exact",
         "date incomplète : Traitement L01XA01 (Cisplatine) (03/2019) ; période demandée : "
         "depuis le 15/03/2019",
         "préciser le jour : Traitement L01XA01 (Cisplatine) (03/2019)",
         "incomplete date: Treatment L01XA01 (Cisplatin) (Mar 2019); period asked: since "
         "15 Mar 2019",
         "state the day: Treatment L01XA01 (Cisplatin) (Mar 2019)"},
        {DRUG("L01XA01", "2019"), "treatment L01XA01 started in 2019-03", &declared,
         "date_not_exact",
         "date incomplète : Traitement L01XA01 (Cisplatine) (2019) ; période demandée : du "
         "01/03/2019 au 31/03/2019",
         "préciser le mois et le jour : Traitement L01XA01 (Cisplatine) (2019)",
         "incomplete date: Treatment L01XA01 (Cisplatin) (2019); period asked: from 1 Mar "
         "2019 to 31 Mar 2019",
         "state month and day: Treatment L01XA01 (Cisplatin) (2019)"},
        {"\"medication\":[{\"moleculeCode\":\"L01XA01\"}]",
         "treatment L01XA01 started since 2019-03-15", &declared, "date_missing",
         "date non renseignée : Traitement L01XA01 (Cisplatine) ; période demandée : depuis "
         "le 15/03/2019",
         "renseigner la date : Traitement L01XA01 (Cisplatine)",
         "no date: Treatment L01XA01 (Cisplatin); period asked: since 15 Mar 2019",
         "state the date: Treatment L01XA01 (Cisplatin)"},
        {"\"medication\":[{\"moleculeCode\":\"L01XA01\",\"moleculeDate\":\"2019-03-02\","
         "\"moleculeEndDate\":\"2019-04\"}]",
         "treatment L01XA01 ended before 2019-04-15", &declared, "end_not_exact",
         "date de fin incomplète (04/2019) : Traitement L01XA01 (Cisplatine) (02/03/2019) ; "
         "période demandée : jusqu’au 14/04/2019",
         "préciser le jour de la fin : Traitement L01XA01 (Cisplatine) (02/03/2019)",
         "incomplete end date (Apr 2019): Treatment L01XA01 (Cisplatin) (2 Mar 2019); "
         "period asked: until 14 Apr 2019",
         "state the day of the end: Treatment L01XA01 (Cisplatin) (2 Mar 2019)"},
        {DRUG("L01XA01", "2019-03-02"), "treatment L01XA01 ongoing", &declared,
         "end_missing",
         "fin non renseignée : Traitement L01XA01 (Cisplatine) (02/03/2019)",
         "renseigner la date de fin, si le traitement est terminé : Traitement L01XA01 "
         "(Cisplatine) (02/03/2019)",
         "no end stated: Treatment L01XA01 (Cisplatin) (2 Mar 2019)",
         "state when it ended, if it has: Treatment L01XA01 (Cisplatin) (2 Mar 2019)"},
        {"\"birthDate\":\"1950\"", "age now >= 71", &declared, "patient_date_not_exact",
         "« Date de naissance » : date incomplète (1950)",
         "préciser le mois et le jour de « Date de naissance »",
         "“Date of birth”: incomplete date (1950)",
         "state month and day of “Date of birth”"},
        {"", "age now >= 71", &declared, "patient_date_missing",
         "« Date de naissance » : date non renseignée",
         "renseigner « Date de naissance »", "“Date of birth”: no date",
         "state “Date of birth”"},
        {TWO_TUMOURS, "diagnosed in 2015-03", &declared, "patient_date_not_exact",
         "« Date de diagnostic » (tumeur 1) : date incomplète (2015) ; période demandée : "
         "du 01/03/2015 au 31/03/2015",
         "préciser le mois et le jour de « Date de diagnostic » (tumeur 1)",
         "“Date of diagnosis” (tumour 1): incomplete date (2015); period asked: from 1 Mar "
         "2015 to 31 Mar 2015",
         "state month and day of “Date of diagnosis” (tumour 1)"},
        {"\"measure\":[" PS("1", "2021-05") "," PS("3", "2021-05") "," PS(
             "1", "2021") "," PS("3", "2021-UN-07") "," PS("0", "2021-UN-09") "]",
         "first measure PS <= 1", &declared, "order",
         "on ne sait pas lequel est le premier : État général PS (OMS), Valeur 1 (2021) ; "
         "État général PS (OMS), Valeur 3 (entre le 07/01/2021 et le 07/12/2021) ; État "
         "général PS (OMS), Valeur 0 (entre le 09/01/2021 et le 09/12/2021) ; État général PS "
         "(OMS), Valeur 1 (05/2021) ; nombre d’autres : 1",
         "préciser la date : État général PS (OMS), Valeur 1 (2021) ; État général PS (OMS), "
         "Valeur 3 (entre le 07/01/2021 et le 07/12/2021) ; État général PS (OMS), Valeur 0 "
         "(entre le 09/01/2021 et le 09/12/2021) ; État général PS (OMS), Valeur 1 (05/2021) "
         "; nombre d’autres : 1",
         "which one is the first is not known: General state PS (WHO), Value 1 (2021); "
         "General state PS (WHO), Value 3 (between 7 Jan 2021 and 7 Dec 2021); General state "
         "PS (WHO), Value 0 (between 9 Jan 2021 and 9 Dec 2021); General state PS (WHO), "
         "Value 1 (May 2021); and 1 more",
         "state the date: General state PS (WHO), Value 1 (2021); General state PS (WHO), "
         "Value 3 (between 7 Jan 2021 and 7 Dec 2021); General state PS (WHO), Value 0 "
         "(between 9 Jan 2021 and 9 Dec 2021); General state PS (WHO), Value 1 (May 2021); "
         "and 1 more"},
        {"\"measure\":[" PS("1", "2021-05") "," PS("3", "2021-05-14") "]",
         "last measure PS <= 1", &declared, "order",
         "on ne sait pas lequel est le dernier : État général PS (OMS), Valeur 1 (05/2021) ; État "
         "général PS (OMS), Valeur 3 (14/05/2021)",
         "préciser la date : État général PS (OMS), Valeur 1 (05/2021)",
         "which one is the last is not known: General state PS (WHO), Value 1 (May 2021); General "
         "state PS (WHO), Value 3 (14 May 2021)",
         "state the date: General state PS (WHO), Value 1 (May 2021)"},
    };

    (void)state;
    check_all(worded, ARRAY_LENGTH(worded));
}

static void of_what_a_fact_says(void **state)
{
    static const struct worded worded[] = {
        {"\"medication\":[{\"moleculeDate\":\"2019-03-02\"}]", "treatment L01FF",
         &declared, "not_coded", "sans code : Traitement médical (02/03/2019)",
         "donner le code : Traitement médical (02/03/2019)",
         "without a code: Drug treatment (2 Mar 2019)",
         "give the code: Drug treatment (2 Mar 2019)"},
        {TUMOUR("\"topographyCode\":\"C34.1\",\"laterality\":\"UN\","
                "\"cancerDiagnosisDate\":\"2019-03-02\""),
         "laterality L", &declared, "not_stated", "dit inconnu : Latéralité (02/03/2019)",
         "renseigner « Latéralité »", "said to be unknown: Laterality (2 Mar 2019)",
         "state “Laterality”"},
        {TUMOUR("\"topographyCode\":\"C34\""), "topography C34.1", &declared,
         "code_not_precise",
         "code moins précis que demandé (C34) : Topographie C34 (Bronches, poumon)",
         "préciser le code C34 : Topographie C34 (Bronches, poumon)",
         "code less precise than asked (C34): Topography C34 (Bronchus, lung)",
         "make the code C34 more precise: Topography C34 (Bronchus, lung)"},
        {"\"variant\":[{\"gene\":\"KRAS\"}]", "altered KRAS G12C", &declared,
         "status_missing",
         "« Changement protéique » n’est pas renseigné : Gène altéré KRAS",
         "renseigner « Changement protéique » : Gène altéré KRAS",
         "“Protein change” is not stated: Altered gene KRAS",
         "state “Protein change”: Altered gene KRAS"},
        {"\"radiotherapy\":[{\"topographyCode\":\"C71\",\"radiationDate\":\"2020-01-02\"}]",
         "radiotherapy any at C71.1", &declared, "status_not_precise",
         "« Organe irradié » est moins précis que demandé (C71) : Radiothérapie, Organe "
         "irradié C71 (Encéphale) (02/01/2020)",
         "préciser « Organe irradié » : Radiothérapie, Organe irradié C71 (Encéphale) "
         "(02/01/2020)",
         "“Irradiated site” is less precise than asked (C71): Radiotherapy, Irradiated site "
         "C71 (Brain) (2 Jan 2020)",
         "make “Irradiated site” more precise: Radiotherapy, Irradiated site C71 (Brain) (2 "
         "Jan 2020)"},
        {"\"measure\":[{\"measureType\":\"CEA\",\"measureDate\":\"2020-01-02\"}]",
         "measure CEA > 5", &declared, "number_missing",
         "sans valeur chiffrée : Mesure ACE (02/01/2020)",
         "renseigner la valeur : Mesure ACE (02/01/2020)",
         "without a number: Measure CEA (2 Jan 2020)",
         "state the number: Measure CEA (2 Jan 2020)"},
        {"\"measure\":[{\"measureType\":\"CEA\",\"measureDate\":\"2020-01-02\"}]",
         "measure CEA > 5", &declared, "without_result",
         "sans résultat exploitable : Mesure ACE (02/01/2020)",
         "renseigner le résultat : Mesure ACE (02/01/2020)",
         "without a usable result: Measure CEA (2 Jan 2020)",
         "state the result: Measure CEA (2 Jan 2020)"},
        {"\"measure\":[{\"measureType\":\"WEIGHT\",\"measureUnit\":\"kg\"}]",
         "measure WEIGHT < 50", &declared, "unit_not_convertible",
         "valeur absente, ou écartée parce que son unité (kg) ne se convertit pas : État "
         "général Poids",
         "transmettre la valeur dans une unité connue : État général Poids",
         "no number, or left out because its unit (kg) cannot be converted: General state "
         "Weight",
         "send the number in a known unit: General state Weight"},
        {TUMOUR("\"topographyCode\":\"C34.1\",\"cancerDiagnosisDate\":\"2019-01-02\"") "," DRUG(
             "L01XA01", "2019-02-02"),
         "line L01XA01 = 1", &declared, "line_not_numbered",
         "le numéro de la ligne n’a pas pu être calculé : Ligne (calculée) L01XA01 "
         "(Cisplatine) (02/02/2019)",
         "préciser les dates, les codes et le rattachement des traitements, et le début de la "
         "phase avancée (stade, M, métastases)",
         "the line’s number could not be computed: Line (computed) L01XA01 (Cisplatin) (2 "
         "Feb 2019)",
         "state dates, codes and tumours of the treatments, and since when the disease is "
         "advanced (stage, M, metastases)"},
        {TWO_TUMOURS "," DRUG("L01XA01", "2018-06-01"),
         "tumour { topography C50 treatment L01XA01 }", &declared, "attachment",
         "rattaché à aucune tumeur, plusieurs sont possibles : Traitement L01XA01 "
         "(Cisplatine) (01/06/2018)",
         "rattacher à une tumeur : Traitement L01XA01 (Cisplatine) (01/06/2018)",
         "attached to no tumour, several are possible: Treatment L01XA01 (Cisplatin) (1 Jun "
         "2018)",
         "attach it to a tumour: Treatment L01XA01 (Cisplatin) (1 Jun 2018)"},
    };

    (void)state;
    check_all(worded, ARRAY_LENGTH(worded));
}

static void of_what_is_missing(void **state)
{
    static const struct worded worded[] = {
        {"\"biologicalSpecimen\":[{\"specimenId\":\"S1\",\"specimenType\":\"Biopsie\"}],"
         "\"variant\":[{\"gene\":\"KRAS\",\"variantDate\":\"2020-01-02\"}]",
         "sample { specimen BIOPSY altered KRAS }", &nothing_seen, "no_sample",
         "prélèvement non précisé : Gène altéré KRAS (02/01/2020)",
         "donner l’identifiant du prélèvement : Gène altéré KRAS (02/01/2020)",
         "the sample is not named: Altered gene KRAS (2 Jan 2020)",
         "give the number of the sample: Altered gene KRAS (2 Jan 2020)"},
        {"\"variant\":[{\"gene\":\"KRAS\",\"specimenId\":\"S9\"}]",
         "sample { specimen BIOPSY altered KRAS }", &nothing_seen, "sample_not_sent",
         "« Prélèvement » : le prélèvement est nommé par ses résultats, mais n’a pas été "
         "transmis",
         "transmettre le prélèvement et sa description",
         "“Sample”: its results name the sample, but it was not sent itself",
         "send the sample and what it is"},
        {TWO_TUMOURS, "tumour { topography C34 stage IV }", &declared, "never_stated",
         "jamais renseigné : Stade (tumeur 2)", "renseigner « Stade » (tumeur 2)",
         "never stated: Stage (tumour 2)", "state “Stage” (tumour 2)"},
        {LUNG, "measure PS <= 1", &declared, "never_measured",
         "aucun résultat reçu : État général PS (OMS)",
         "faire cet examen ou transmettre son résultat : État général PS (OMS)",
         "no result received: General state PS (WHO)",
         "do this test or send its result: General state PS (WHO)"},
        {LUNG, "tumour { biomarker HER2 positive }", &declared, "never_measured",
         "aucun résultat reçu : Biomarqueur HER2",
         "faire cet examen ou transmettre son résultat : Biomarqueur HER2",
         "no result received: Biomarker HER2",
         "do this test or send its result: Biomarker HER2"},
        {LUNG, "biomarker any positive", &declared, "never_any",
         "l’absence ne peut pas être établie pour « Biomarqueur » en général",
         "nommer dans le critère ce qui est cherché : Biomarqueur",
         "absence cannot be established for “Biomarker” in general",
         "name in the criterion what is looked for: Biomarker"},
        {TWO_TUMOURS, "tumour { topography C34 altered KRAS }", &declared,
         "never_sequenced",
         "aucun résultat reçu, peut-être jamais séquencé : Variant (tumeur 2)",
         "séquencer, ou transmettre les résultats : Variant (tumeur 2)",
         "no result received, perhaps never sequenced: Variant (tumour 2)",
         "sequence, or send the results: Variant (tumour 2)"},
        {LUNG NEWS, "treatment L01FF", &declared, "not_covered",
         "« Traitement médical » : couverture déclarée depuis le 01/01/2014 (CHIMIO) ; "
         "d’autres ont pu exister du 05/05/2012 au 20/05/2021",
         "déclarer la couverture de « Traitement médical » du 05/05/2012 au 20/05/2021, ou "
         "transmettre ces données",
         "“Drug treatment”: covered since 1 Jan 2014 (CHIMIO); there may have been others "
         "from 5 May 2012 to 20 May 2021",
         "declare the coverage of “Drug treatment” from 5 May 2012 to 20 May 2021, or send "
         "these data"},
        {LUNG, "imaging CT in 2020", &declared, "not_covered",
         "« Imagerie » : aucune couverture déclarée ; d’autres ont pu exister du 01/01/2020 "
         "au 31/12/2020",
         "déclarer la couverture de « Imagerie » du 01/01/2020 au 31/12/2020, ou transmettre "
         "ces données",
         "“Imaging”: no coverage declared; there may have been others from 1 Jan 2020 to 31 "
         "Dec 2020",
         "declare the coverage of “Imaging” from 1 Jan 2020 to 31 Dec 2020, or send these "
         "data"},
        {"", "treatment L01FF", &nothing_seen, "not_covered",
         "« Traitement médical » : aucune donnée de ce type dans le centre, et aucune "
         "couverture déclarée ; d’autres ont pu exister jusqu’au 01/06/2021",
         "déclarer la couverture de « Traitement médical » jusqu’au 01/06/2021, ou "
         "transmettre ces données",
         "“Drug treatment”: no data of this kind in the centre, and no coverage declared; "
         "there may have been others until 1 Jun 2021",
         "declare the coverage of “Drug treatment” until 1 Jun 2021, or send these data"},
        {LUNG, "dead", &declared, "vital_status", "statut vital inconnu",
         "mettre à jour le statut vital", "vital status not known",
         "bring the vital status up to date"},
        {"", "topography C34", &declared, "no_tumour", "aucune tumeur n’est enregistrée",
         "enregistrer la tumeur primitive", "no tumour is recorded",
         "record the primary tumour"},
    };

    (void)state;
    check_all(worded, ARRAY_LENGTH(worded));
}

/* ---- what would settle it does ---- */

struct settled {
    const char *criteria;
    const char *before, *after; /* the patient, and with what was asked for */
    enum truth truth;           /* afterwards */
};

/* Everything from 2012 on. */
static const struct coverage_row later_rows[] = {{GROUP_DRUG, "", {0, DAY_MAX}}};
static const struct coverage later = {.n_rows = 1, .rows = later_rows};

static enum truth truth_of(const char *patient, const char *criteria,
                           const struct coverage *coverage)
{
    struct asked asked;
    enum truth truth;

    ask(&asked, patient, criteria, coverage);
    truth = asked.explanation.root->truth;
    asked_free(&asked);
    return truth;
}

static void what_would_settle_it_does(void **state)
{
#define LAST_PS(first, second) "\"measure\":[" PS("1", first) "," PS("3", second) "]"
    static const struct settled settled[] = {
        {"last measure PS <= 1", LAST_PS("2021-05", "2021-05-14"),
         LAST_PS("2021-05-20", "2021-05-14"), TRUTH_YES},
        {"last measure PS <= 1", LAST_PS("2021-05", "2021-05-14"),
         LAST_PS("2021-05-02", "2021-05-14"), TRUTH_NO},
        {"treatment L01XA01 started since 2019-03-15", DRUG("L01XA01", "2019-03"),
         DRUG("L01XA01", "2019-03-20"), TRUTH_YES},
        {"age now >= 71", "\"birthDate\":\"1950\"", "\"birthDate\":\"1950-08-01\"",
         TRUTH_NO},
        {"topography C34.1", TUMOUR("\"topographyCode\":\"C34\""),
         TUMOUR("\"topographyCode\":\"C34.3\""), TRUTH_NO},
        {"measure PS <= 1", LUNG, LUNG ",\"measure\":[" PS("0", "2021-05-01") "]",
         TRUTH_YES},
        {"measure PS <= 1", LUNG, LUNG ",\"measure\":[" PS("2", "2021-05-01") "]",
         TRUTH_NO},
        {"altered KRAS", LUNG, LUNG ",\"variant\":[{\"gene\":\"EGFR\"}]", TRUTH_NO},
        {"stage IV", TUMOUR("\"topographyCode\":\"C34\""),
         TUMOUR("\"topographyCode\":\"C34\",\"stageValue\":\"IVA\""), TRUTH_YES},
        {"dead", LUNG,
         LUNG ",\"latestNews\":{\"vitalStatus\":\"alive\",\"vitalStatusUpdateDate\":"
              "\"2021-05-01\"}",
         TRUTH_NO},
        {"topography C34", "", LUNG, TRUTH_YES},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(settled); i++) {
        const struct settled *row = &settled[i];

        assert_int_equal(truth_of(row->before, row->criteria, &declared), TRUTH_UNKNOWN);
        assert_int_equal(truth_of(row->after, row->criteria, &declared), row->truth);
    }
    /* coverage is not the patient's */
    assert_int_equal(truth_of(LUNG NEWS, "treatment L01FF", &declared), TRUTH_UNKNOWN);
    assert_int_equal(truth_of(LUNG NEWS, "treatment L01FF", &later), TRUTH_NO);
}

/* ---- in words ---- */

static void words_show_what_decides_first(void **state)
{
    struct asked asked;
    struct buffer out;

    (void)state;
    ask(&asked, TWO_TUMOURS ",\"measure\":[" PS("1", "2021-05") "]",
        "tumour { topography C34 } and last measure PS <= 1 since 2021-05-10 and not surgery "
        "any",
        &declared);
    buffer_init(&out, 65536);
    explanation_text(&out, &asked.explanation, LANG_FR);
    assert_string_equal(
        buffer_text(&out),
        "à vérifier   tumour { topography C34 } and last measure PS <= 1 started since "
        "2021-05-10 and not surgery any\n"
        "Patient 1 ; au 01/06/2021 ; données #0 ; règles 4\n"
        "\n"
        "  inconnu  last measure PS <= 1 started since 2021-05-10\n"
        "          ← État général PS (OMS), Valeur 1, 05/2021   [#1.0]\n"
        "          ? date incomplète : État général PS (OMS), Valeur 1 (05/2021) ; période "
        "demandée : depuis le 10/05/2021\n"
        "            → préciser le jour : État général PS (OMS), Valeur 1 (05/2021)\n"
        "  oui      tumour { topography C34 }\n"
        "    tumeur 1 (C50, diagnostic 2015) : non  (topography C34)\n"
        "    tumeur 2 (C34, diagnostic 2020) : oui\n"
        "      oui      topography C34\n"
        "              ← Topographie C34 (Bronches, poumon), 2020   [#1.1]\n"
        "  oui      not surgery any\n"
        "          ← aucun ; la couverture déclarée dit qu’il serait connu\n");
    buffer_free(&out);
    asked_free(&asked);
}

static void words_name_what_has_a_name_and_count(void **state)
{
    struct asked asked;
    struct buffer out;

    (void)state;
    ask(&asked, LUNG,
        "named \"risks\" (at least 2 of (smoking, topography C34, sex F)) and dead",
        &declared);
    buffer_init(&out, 65536);
    explanation_text(&out, &asked.explanation, LANG_EN);
    assert_non_null(
        strstr(buffer_text(&out), "  unknown  named \"risks\" (at least 2 of ("));
    assert_non_null(strstr(buffer_text(&out), "): 1 yes, 2 unknown\n"));
    assert_non_null(strstr(buffer_text(&out), "→ state “Smoking”\n"));
    buffer_free(&out);
    asked_free(&asked);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_time),
        cmocka_unit_test(of_what_a_fact_says),
        cmocka_unit_test(of_what_is_missing),
        cmocka_unit_test(what_would_settle_it_does),
        cmocka_unit_test(words_show_what_decides_first),
        cmocka_unit_test(words_name_what_has_a_name_and_count),
    };

    return cmocka_run_group_tests_name("explanations", tests, NULL, NULL);
}
