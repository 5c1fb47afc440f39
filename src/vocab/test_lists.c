/* SPDX-License-Identifier: Apache-2.0
 *
 * test_lists.c: official lists read in each format, packed, opened and put in use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "vocab/lists.h"

static struct arena *arena;

static int begin(void **state)
{
    (void)state;
    arena = arena_new("test", (size_t)512 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}

static struct list *read_text(const char *text, enum vocab_system system)
{
    struct error err = ERROR_INIT;
    struct list *list;

    if (list_read(arena, text, strlen(text), system, &list, &err) < 0)
        fail_msg("%s", err.message);
    return list;
}

static const struct term *find(const struct list *list, const char *code)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->terms[i].code, code) == 0)
            return &list->terms[i];
    fail_msg("%s is not in the list", code);
    return NULL;
}

static void check(const struct list *list, const char *code, const char *fr,
                  const char *en, const char *words)
{
    const struct term *term = find(list, code);

    assert_string_equal(term->fr, fr);
    assert_string_equal(term->en, en);
    assert_string_equal(term->words, words);
}

/* ---- formats ------------------------------------------------------------------------- */

static void a_table_says_by_its_header_what_it_has(void **state)
{
    const struct list *list = read_text(
        "\xEF\xBB\xBF"
        "code\tparent\tlabel_fr\tlabel_en\tbrands_fr\r\n"
        "L01\tL\t\t\t\r\n"
        "l01xa01\tL01XA\t cisplatine \tcisplatin\tCISPLATYL|CISPLATINE ACCORD\r\n"
        "\r\n"
        "L01XA02\tL01XA\tcarboplatine\n",
        VOCAB_NONE);

    (void)state;
    assert_int_equal(list->system, VOCAB_ATC);
    assert_string_equal(list->format, "table");
    assert_int_equal(list->n, 3);
    assert_int_equal(list->n_refused, 0);
    check(list, "L01", "", "", "");
    check(list, "L01XA01", "cisplatine", "cisplatin", "CISPLATYL\nCISPLATINE ACCORD\n");
    check(list, "L01XA02", "carboplatine", "", "");
}

static void rows_of_one_code_are_its_label_and_synonyms(void **state)
{
    const struct list *list = read_text(
        "code;label_en;kind\n8000/3;Neoplasm, malignant;preferred\n"
        "8000/3;\"Tumor; \"\"malignant\"\"\";synonym\n8001/3;Tumour cells;preferred\n",
        VOCAB_NONE);

    (void)state;
    assert_int_equal(list->system, VOCAB_ICDO3_MORPHOLOGY);
    check(list, "8000/3", "", "Neoplasm, malignant", "Tumor; \"malignant\"\n");
    check(list, "8001/3", "", "Tumour cells", "");
}

static void genes_are_known_by_their_header(void **state)
{
    const struct list *list = read_text(
        "hgnc_id\tsymbol\tname\talias_symbol\tprev_symbol\n"
        "HGNC:3236\tEGFR\tepidermal growth factor receptor\t\"ERBB|ERRP\"\tERBB\n",
        VOCAB_NONE);

    (void)state;
    assert_int_equal(list->system, VOCAB_GENE);
    check(list, "EGFR", "", "epidermal growth factor receptor", "ERBB\nERRP\nERBB\n");
}

static void the_table_of_the_atih_has_no_header_and_may_be_latin(void **state)
{
    const struct list *list = read_text(
        "A000    |0|0|0|Cholera a vibrio|Chol\xE9ra \xE0 Vibrio cholerae 01\n"
        "M0720   |3|NNN|3|SPONDYLITE|*** SU09 *** Spondylite psoriasique\r\n"
        "C341    |0|0|0|TM lobe sup|Tumeur maligne du lobe sup\xE9rieur \x96 poumon\n",
        VOCAB_NONE);

    (void)state;
    assert_int_equal(list->system, VOCAB_ICD10);
    assert_string_equal(list->format, "ATIH");
    check(list, "M07.20", "Spondylite psoriasique", "", "");
    check(list, "A00.0", "Choléra à Vibrio cholerae 01", "", "");
    check(list, "C34.1", "Tumeur maligne du lobe supérieur – poumon", "", "");
}

static void claml_is_read(void **state)
{
    const struct list *list = read_text(
        "<?xml version=\"1.0\"?><ClaML version=\"2.0.0\"><Title name=\"ICD-10\" "
        "version=\"2019\">ICD</Title>"
        "<Class code=\"I\" kind=\"chapter\"><Rubric kind=\"preferred\"><Label>Chapter"
        "</Label></Rubric></Class>"
        "<Class code=\"A00\" kind=\"category\"><Rubric kind=\"preferred\"><Label "
        "xml:lang=\"en\">Chol<i>e</i>ra</Label></Rubric><Rubric kind=\"exclusion\"><Label>no"
        "</Label></Rubric></Class>"
        "<Class code=\"A00.0\" kind=\"category\"><Rubric kind=\"preferred\"><Label "
        "xml:lang=\"fr\">Choléra &amp; co</Label></Rubric></Class></ClaML>",
        VOCAB_NONE);

    (void)state;
    assert_string_equal(list->format, "ClaML");
    assert_string_equal(list->version, "2019");
    assert_int_equal(list->system, VOCAB_ICD10);
    assert_int_equal(list->n, 2);
    check(list, "A00", "", "Cholera", "");
    check(list, "A00.0", "Choléra & co", "", "");
}

static void rdf_is_read_with_notations_or_by_address(void **state)
{
    const struct list *list = read_text(
        "<rdf:RDF xmlns:rdf=\"r\" xmlns:rdfs=\"s\" xmlns:owl=\"o\" xmlns:skos=\"k\">"
        "<owl:Ontology rdf:about=\"http://x/cim10\"><owl:versionInfo>2024 01"
        "</owl:versionInfo><rdfs:label>CIM-10</rdfs:label></owl:Ontology>"
        "<owl:AnnotationProperty rdf:about=\"http://x/p\"/>"
        "<owl:Class rdf:about=\"http://x/cim10/C34\"><skos:notation>C34</skos:notation>"
        "<rdfs:label xml:lang=\"fr\">Bronches et poumon</rdfs:label>"
        "<skos:altLabel xml:lang=\"fr\">Poumon</skos:altLabel></owl:Class>"
        "<owl:Class rdf:about=\"http://data.esante.gouv.fr/atih/cim10/C61\">"
        "<skos:notation>C61</skos:notation><rdfs:label>Prostate (tumeur)</rdfs:label>"
        "<x><y rdf:about=\"z\"><skos:notation>C99</skos:notation></y></x></owl:Class>"
        "<owl:Class rdf:about=\"http://x/cim10/C50.9\">"
        "<skos:prefLabel xml:lang=\"en\">Breast</skos:prefLabel></owl:Class></rdf:RDF>",
        VOCAB_ICD10);

    (void)state;
    assert_string_equal(list->format, "RDF");
    assert_string_equal(list->version, "2024-01");
    assert_int_equal(list->n, 3);
    check(list, "C61", "Prostate (tumeur)", "", "");
    check(list, "C34", "Bronches et poumon", "", "Poumon\n");
    check(list, "C50.9", "", "Breast", "");
}

static void oncotree_is_read_as_a_tree_and_as_a_list(void **state)
{
    const struct list *tree = read_text(
        "{\"TISSUE\":{\"code\":\"TISSUE\",\"name\":\"Tissue\",\"children\":{\"LUNG\":{"
        "\"code\":\"LUNG\",\"name\":\"Lung\",\"children\":{\"LUAD\":{\"code\":\"LUAD\","
        "\"name\":\"Lung Adenocarcinoma\",\"children\":{}}}}}}}",
        VOCAB_NONE);
    const struct list *flat = read_text(
        "[{\"code\":\"LUAD\",\"name\":\"Lung Adenocarcinoma\"},{\"name\":\"x\"}]",
        VOCAB_NONE);

    (void)state;
    assert_int_equal(tree->system, VOCAB_ONCOTREE);
    assert_int_equal(tree->n, 3);
    check(tree, "LUAD", "", "Lung Adenocarcinoma", "");
    assert_int_equal(flat->n, 1);
    assert_int_equal(flat->n_refused, 1);
    assert_string_equal(flat->refusals[0].reason, "an entry without a code");
}

static void a_code_system_of_fhir_is_read(void **state)
{
    const struct list *list = read_text(
        "{\"resourceType\":\"CodeSystem\",\"version\":\"v80.00\",\"language\":\"fr-FR\","
        "\"concept\":[{\"code\":\"GFFA013\",\"display\":\"Lobectomie pulmonaire\","
        "\"designation\":[{\"language\":\"en\",\"value\":\"Lobectomy\"}],"
        "\"concept\":[{\"code\":\"GFFA014\",\"display\":\"Autre\"}]}]}",
        VOCAB_NONE);

    (void)state;
    assert_int_equal(list->system, VOCAB_CCAM);
    assert_string_equal(list->version, "v80.00");
    check(list, "GFFA013", "Lobectomie pulmonaire", "Lobectomy", "");
    check(list, "GFFA014", "Autre", "", "");
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
    static const struct {
        const char *text, *message;
        unsigned line;
    } wrong[] = {
        {"", "the file is empty", 0},
        {" \n\n", "the file is empty", 0},
        {"a\tb\n1\t2\n", "a header was expected", 1},
        {"code\tlabel_fr\n", "there is no code in it", 0},
        {"code\nX-1\nX-2\n", "does not show: say it with --system", 0},
        {"{\"a\":1,\n\n\"b\":}", "not JSON", 3},
        {"{\"resourceType\":\"Patient\"}", "no CodeSystem", 0},
        {"<html></html>", "neither ClaML nor RDF: its first element is html", 0},
        {"<ClaML>\n<Class></ClaML>", "not XML", 2},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(wrong); i++) {
        struct error err = ERROR_INIT;
        struct list *list;

        assert_int_equal(list_read(arena, wrong[i].text, strlen(wrong[i].text),
                                   VOCAB_NONE, &list, &err),
                         -1);
        if (!strstr(err.message, wrong[i].message) || err.line != wrong[i].line)
            fail_msg("%s: line %u: %s", wrong[i].text, err.line, err.message);
    }
}

static void a_row_that_is_no_code_is_refused_alone(void **state)
{
    const struct list *list =
        read_text("code\tlabel_fr\nC00-C14\tBloc\nC34\tPoumon\nC50\tSein\n\tRien\n",
                  VOCAB_ICD10);
    struct error err = ERROR_INIT;
    struct list *none;
    const char *drugs = "code\nL01\nL02\nA10\n";

    (void)state;
    assert_int_equal(list->n, 2);
    assert_int_equal(list->n_refused, 2);
    assert_int_equal(list->refusals[0].line, 5);
    assert_int_equal(list->refusals[1].line, 2);
    assert_non_null(strstr(list->refusals[1].reason, "C00-C14"));
    assert_int_equal(list_read(arena, drugs, strlen(drugs), VOCAB_CCAM, &none, &err), -1);
    assert_non_null(strstr(err.message, "not half of the 3 codes are of ccam"));
}

/* ---- packed -------------------------------------------------------------------------- */

static struct packed_list pack(const struct list *list, struct buffer *bytes)
{
    struct packed_list packed;

    buffer_init(bytes, LIST_BYTES_MAX);
    list_pack(bytes, list->terms, list->n);
    assert_int_equal(list_open(bytes->bytes, bytes->length, &packed, NULL), 0);
    return packed;
}

static void what_is_packed_comes_back_and_damage_shows(void **state)
{
    const struct list *list =
        read_text("code\tlabel_fr\tlabel_en\taliases\nC34\tPoumon\tLung\tBronches\n"
                  "C50\tSein\t\t\nC61.9\t\tProstate\t\n",
                  VOCAB_ICDO3_TOPOGRAPHY);
    struct buffer bytes;
    struct packed_list packed = pack(list, &bytes);
    struct error err = ERROR_INIT;

    (void)state;
    assert_int_equal(packed.n, list->n);
    for (size_t i = 0; i < packed.n; i++) {
        struct term term = list_term(&packed, i);

        assert_string_equal(term.code, list->terms[i].code);
        assert_string_equal(term.fr, list->terms[i].fr);
        assert_string_equal(term.en, list->terms[i].en);
        assert_string_equal(term.words, list->terms[i].words);
    }
    for (size_t i = 0; i < bytes.length; i++) {
        if (i >= 32 && i < 40) /* of the header, and nothing is there */
            continue;
        bytes.bytes[i] ^= 0x10;
        assert_int_equal(list_open(bytes.bytes, bytes.length, &packed, &err), -1);
        assert_int_equal(err.code, ERROR_CORRUPT);
        bytes.bytes[i] ^= 0x10;
        assert_int_equal(list_open(bytes.bytes, i, &packed, &err), -1);
    }
    buffer_free(&bytes);
}

/* ---- in use -------------------------------------------------------------------------- */

static void a_list_in_use_labels_its_codes_and_built_in_labels_fill_its_holes(void **state)
{
    const struct list *list =
        read_text("code\tlabel_fr\tlabel_en\taliases\nC34\tBronches et poumon\t\t\n"
                  "C34.1\tLobe supérieur\t\tSommet\nC50\t\t\t\nC99.9\tNouveau\t\t\n",
                  VOCAB_ICDO3_TOPOGRAPHY);
    struct buffer bytes;
    struct packed_list packed = pack(list, &bytes);
    struct lists *lists = lists_new();
    size_t before = vocab_known_count(VOCAB_ICDO3_TOPOGRAPHY);
    const char *codes[3];
    size_t first, after;

    (void)state;
    assert_null(vocab_label(VOCAB_ICDO3_TOPOGRAPHY, "C34.1", LANG_FR));
    assert_false(vocab_is_listed(VOCAB_ICDO3_TOPOGRAPHY));
    lists_put(lists, VOCAB_ICDO3_TOPOGRAPHY, &packed);
    lists_install(lists);
    assert_true(vocab_is_listed(VOCAB_ICDO3_TOPOGRAPHY));
    assert_false(vocab_is_listed(VOCAB_ATC));
    assert_string_equal(vocab_label(VOCAB_ICDO3_TOPOGRAPHY, "C34", LANG_FR),
                        "Bronches et poumon");
    assert_string_equal(vocab_label(VOCAB_ICDO3_TOPOGRAPHY, "C34", LANG_EN),
                        "Bronchus, lung");
    assert_string_equal(vocab_label(VOCAB_ICDO3_TOPOGRAPHY, "C34.1", LANG_EN),
                        "Lobe supérieur");
    assert_string_equal(vocab_label(VOCAB_ICDO3_TOPOGRAPHY, "C50", LANG_FR), "Sein");
    assert_string_equal(vocab_label_built_in(VOCAB_ICDO3_TOPOGRAPHY, "C34", LANG_FR),
                        "Bronches, poumon");
    assert_string_equal(vocab_label(VOCAB_ATC, "L01XA01", LANG_EN), "Cisplatin");
    assert_int_equal(vocab_known_count(VOCAB_ICDO3_TOPOGRAPHY), before + 2);
    vocab_known_subtree(VOCAB_ICDO3_TOPOGRAPHY, "C34", &first, &after);
    assert_int_equal(after - first, 2);
    assert_int_equal(vocab_nearest(VOCAB_ICDO3_TOPOGRAPHY, "nouveux", 3, codes), 1);
    assert_string_equal(codes[0], "C99.9");
    assert_int_equal(vocab_named(VOCAB_ICDO3_TOPOGRAPHY, "SOMMET.", 3, codes), 1);
    assert_string_equal(codes[0], "C34.1");
    lists_install(NULL);
    assert_null(vocab_label(VOCAB_ICDO3_TOPOGRAPHY, "C99.9", LANG_FR));
    assert_int_equal(vocab_known_count(VOCAB_ICDO3_TOPOGRAPHY), before);
    lists_free(lists);
    buffer_free(&bytes);
}

static atomic_bool done;

static void *read_labels(void *context)
{
    size_t *read = context;

    while (!atomic_load(&done)) {
        const char *label = vocab_label(VOCAB_ICDO3_TOPOGRAPHY, "C34", LANG_FR);
        const char *codes[3];

        assert_true(strcmp(label, "Bronches, poumon") == 0 || strcmp(label, "Un") == 0 ||
                    strcmp(label, "Deux") == 0);
        (void)vocab_nearest(VOCAB_ICDO3_TOPOGRAPHY, "poumon", 3, codes);
        ++*read;
    }
    return NULL;
}

static void lists_are_replaced_while_others_read(void **state)
{
    struct buffer bytes[2];
    struct packed_list packed[2] = {
        pack(read_text("code\tlabel_fr\nC34\tUn\n", VOCAB_ICDO3_TOPOGRAPHY), &bytes[0]),
        pack(read_text("code\tlabel_fr\nC34\tDeux\n", VOCAB_ICDO3_TOPOGRAPHY),
             &bytes[1])};
    struct lists *lists[200];
    pthread_t threads[3];
    size_t read[3] = {0};

    (void)state;
    atomic_store(&done, false);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, read_labels, &read[i]), 0);
    for (int i = 0; i < 200; i++) {
        lists[i] = lists_new();
        lists_put(lists[i], VOCAB_ICDO3_TOPOGRAPHY, &packed[i % 2]);
        lists_install(lists[i]);
    }
    atomic_store(&done, true);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    lists_install(NULL);
    for (int i = 0; i < 200; i++)
        lists_free(lists[i]);
    buffer_free(&bytes[0]);
    buffer_free(&bytes[1]);
}

/* ---- the lists of the sample data ---------------------------------------------------- */

static const char *read_sample(const char *name, size_t *length_r)
{
    const char *folder = getenv("SHARED_DATA");
    size_t capacity = (size_t)32 << 20, n = 0;
    char *bytes = arena_array(arena, capacity + 1, 1);
    char path[512];
    gzFile file;
    int got;

    if (!folder)
        skip();
    snprintf(path, sizeof(path), "%s/vocab/%s", folder, name);
    file = gzopen(path, "rb");
    if (!file)
        skip();
    while ((got = gzread(file, bytes + n, 1 << 16)) > 0)
        n += (size_t)got;
    gzclose(file);
    *length_r = n;
    return bytes;
}

static void the_lists_of_the_sample_data_are_read(void **state)
{
    static const struct {
        const char *file;
        enum vocab_system system;
        size_t least;
        const char *code, *label;
    } samples[] = {
        {"icdo3_topography.tsv.gz", VOCAB_ICDO3_TOPOGRAPHY, 400, "C34.1",
         "Upper lobe, lung"},
        {"icdo3_morphology.tsv.gz", VOCAB_ICDO3_MORPHOLOGY, 1000, "8140/3",
         "Adenocarcinoma, NOS"},
        {"cim10_fr.tsv.gz", VOCAB_ICD10, 42000, "A00", "Cholera"},
        {"atc.tsv.gz", VOCAB_ATC, 6900, "L01XA01", NULL},
        {"ccam.tsv.gz", VOCAB_CCAM, 8000, "GFFA013", ""},
        {"genes.tsv.gz", VOCAB_GENE, 44000, "EGFR", ""},
        {"adicap.tsv.gz", VOCAB_ADICAP, 8000, "A7B2", NULL},
        {"oncotree_2025_10_03.json.gz", VOCAB_ONCOTREE, 897, "LUAD",
         "Lung Adenocarcinoma"},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(samples); i++) {
        size_t length;
        const char *bytes = read_sample(samples[i].file, &length);
        struct error err = ERROR_INIT;
        struct list *list;

        if (list_read(arena, bytes, length, VOCAB_NONE, &list, &err) < 0)
            fail_msg("%s: %s", samples[i].file, err.message);
        if (list->system != samples[i].system || list->n < samples[i].least)
            fail_msg("%s: %zu codes of %s", samples[i].file, list->n,
                     vocab_system_name(list->system));
        if (samples[i].label)
            assert_string_equal(find(list, samples[i].code)->en, samples[i].label);
        else
            assert_true(*find(list, samples[i].code)->fr);
        arena_reset(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
        TEST(a_table_says_by_its_header_what_it_has),
        TEST(rows_of_one_code_are_its_label_and_synonyms),
        TEST(genes_are_known_by_their_header),
        TEST(the_table_of_the_atih_has_no_header_and_may_be_latin),
        TEST(claml_is_read),
        TEST(rdf_is_read_with_notations_or_by_address),
        TEST(oncotree_is_read_as_a_tree_and_as_a_list),
        TEST(a_code_system_of_fhir_is_read),
        TEST(what_is_wrong_is_said_with_its_line),
        TEST(a_row_that_is_no_code_is_refused_alone),
        TEST(what_is_packed_comes_back_and_damage_shows),
        TEST(a_list_in_use_labels_its_codes_and_built_in_labels_fill_its_holes),
        TEST(lists_are_replaced_while_others_read),
        TEST(the_lists_of_the_sample_data_are_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
