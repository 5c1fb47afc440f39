/* SPDX-License-Identifier: Apache-2.0
 *
 * test_identities_csv.c: a row is taken whole or refused whole, with its line and reason. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "adapt/identities_csv.h"
#include "base/buffer.h"
#include "base/error.h"

#define TEST_ROOT "1.2.250.1.213.1.4.10"

static int print_identity(void *context, unsigned line, const struct identity *identity,
                          struct error *err)
{
    struct buffer *out = context;
    char date[DATE_TEXT_SIZE];

    (void)err;
    buffer_printf(out, "%u: %s", line, identity->number);
    if (identity->ins[0])
        buffer_printf(out, " INS %s %s", identity->ins, identity->ins_oid);
    buffer_printf(out, " %s", identity_status_word(identity->status));
    if (identity->birth_name[0] || identity->used_name[0] || identity->first_names[0])
        buffer_printf(out, " %s/%s/%s", identity->birth_name, identity->used_name,
                      identity->first_names);
    if (identity->birth_date[0])
        buffer_printf(out, " born %s", date_print_iso(identity->birth, date));
    if (identity->sex)
        buffer_printf(out, " %c", identity->sex);
    if (identity->birth_place[0])
        buffer_printf(out, " at %s", identity->birth_place);
    buffer_char(out, '\n');
    return 0;
}

static void print_refused(void *context, unsigned line, const struct error *reason)
{
    assert_int_equal(reason->line, line);
    buffer_printf(context, "%u: refused: %s\n", line, reason->message);
}

static void print_unknown(void *context, const char *name)
{
    buffer_printf(context, "unknown column %s\n", name);
}

static const struct identities_callbacks callbacks = {print_identity, print_refused,
                                                      print_unknown};

static void read_all(struct buffer *out, const char *text, size_t step)
{
    struct identities_csv *reader = identities_csv_new(&callbacks, out);
    struct error err = ERROR_INIT;
    size_t length = strlen(text);
    int rc = 0;

    for (size_t at = 0; at < length && rc == 0; at += step)
        rc = identities_csv_feed(reader, text + at,
                                 length - at < step ? length - at : step, &err);
    if (rc == 0)
        rc = identities_csv_finish(reader, &err);
    if (rc < 0)
        buffer_printf(out, "%u: %s\n", err.line, err.message);
    identities_csv_free(reader);
}

struct sentence {
    const char *says;
    const char *text;
    const char *read;
};

static void check_all(const struct sentence *sentences, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t step = 1; step < 200; step += 33) {
            struct buffer out;

            buffer_init(&out, 1 << 16);
            read_all(&out, sentences[i].text, step);
            if (strcmp(buffer_text(&out), sentences[i].read) != 0)
                fail_msg("%s:\n%s\nexpected\n%s", sentences[i].says, buffer_text(&out),
                         sentences[i].read);
            buffer_free(&out);
        }
    }
}

static void columns_go_by_name(void **state)
{
    static const struct sentence sentences[] = {
        {"all of them",
         "IPP,INS,INS_OID,INS_status,birth_name,used_name,first_names,birth_date,sex,"
         "birth_place_insee_code\n"
         "P1,299069900100107," TEST_ROOT
         ",QUAL,MARTIN,DURAND,LEA ANNE,1999-06-02,F,99100\n",
         "2: P1 INS 299069900100107 " TEST_ROOT
         " QUAL MARTIN/DURAND/LEA ANNE born 1999-06-02 F at 99100\n"},
        {"in French, with accents, another order and another separator",
         "Pr\xC3\xA9noms;Sexe;Date de naissance;Nom de naissance;Nom utilis\xC3\xA9;IPP;"
         "Lieu de naissance;Statut\r\n"
         "L\xC3\xA9"
         "a;2;02/06/1999;Martin;;P1;99100;vali\r\n",
         "2: P1 VALI Martin//L\xC3\xA9"
         "a born 1999-06-02 F at 99100\n"},
        {"in ISO-8859-15",
         "IPP;Pr\xE9noms\nP1;L\xE9"
         "a\n",
         "2: P1 PROV //L\xC3\xA9"
         "a\n"},
        {"the number alone is enough", "ipp\nP1\nP2\n", "2: P1 PROV\n3: P2 PROV\n"},
        {"an unknown column is named once", "IPP,colour\nP1,red\nP2,blue\n",
         "unknown column colour\n2: P1 PROV\n3: P2 PROV\n"},
        {"a column without a name is not", "IPP,\nP1,\n", "2: P1 PROV\n"},
        {"two columns that say the same", "IPP,nom de naissance,birth_name\nP1,a,b\n",
         "1: column 3, \"birth_name\", says the same as one before it\n"},
        {"no number", "INS,sex\n,F\n",
         "1: no column IPP: expected the patient's number\n"},
        {"an empty file", "", "0: an empty file: expected a row of column names\n"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void a_row_is_taken_whole_or_refused_whole(void **state)
{
    static const struct sentence sentences[] = {
        {"no number", "IPP,sex\n ,F\nP2,F\n",
         "2: refused: no IPP: expected the patient's number\n3: P2 PROV F\n"},
        {"too few and too many fields", "IPP,sex\nP1\nP2,F,x\nP3,M\n",
         "2: refused: 1 fields: expected 2\n3: refused: 3 fields: expected 2\n4: P3 PROV M\n"},
        {"a row of empty fields is no row", "IPP,sex\n,\n , \nP1,M\n", "4: P1 PROV M\n"},
        {"a wrong key", "IPP,INS,INS_OID\nP1,299069900100138," TEST_ROOT "\n",
         "2: refused: INS: its key does not match its number\n"},
        {"an INS in groups", "IPP,INS,INS_OID\nP1,2 99 06 99 001 001 07," TEST_ROOT "\n",
         "2: P1 INS 299069900100107 " TEST_ROOT " PROV\n"},
        {"a real INS", "IPP,INS,INS_OID\nP1,299069900100107,1.2.250.1.213.1.4.8\n",
         "2: refused: INS of root 1.2.250.1.213.1.4.8: until access control is switched on, "
         "only numbers of the test root (" TEST_ROOT ") are accepted\n"},
        {"an INS of no root", "IPP,INS\nP1,299069900100107\n",
         "2: refused: INS without its OID: only numbers of the test root (" TEST_ROOT
         ") are accepted\n"},
        {"an OID without an INS says nothing", "IPP,INS,INS_OID\nP1,," TEST_ROOT "\n",
         "2: P1 PROV\n"},
        {"a status that is none", "IPP,statut\nP1,SURE\n",
         "2: refused: identity status: expected PROV, RECUP, VALI or QUAL\n"},
        {"a birth date that is none", "IPP,birth_date\nP1,1999-02-30\nP2,1999-UN-UN\n",
         "2: refused: birth date: expected a date such as 1969-05-14 or 14/05/1969\n"
         "3: P2 PROV born 1999\n"},
        {"a sex that is none", "IPP,sexe\nP1,blue\nP2,UN\nP3,masculin\n",
         "2: refused: sex: expected M or F\n3: P2 PROV\n4: P3 PROV M\n"},
    };

    (void)state;
    check_all(sentences, ARRAY_LENGTH(sentences));
}

static void identity_files_are_recognised(void **state)
{
    static const struct {
        const char *head;
        bool is;
    } heads[] = {
        {"IPP,INS,birth_name\n1,2,3\n", true},
        {"\xEF\xBB\xBF\"IPP\";\"Nom de naissance\"\r\n", true},
        {"sexe\tipp", true},
        {"ipp\n", true},
        {"{\"ipp\":\"1\",\"sex\":\"F\"}\n", false},
        {"{\"patientId\":\"1\"}\n", false},
        {"[{\"ipp\":1}]", false},
        {"ipp,colour\n", false},
        {"birth_name,sex\n", false},
        {"", false},
    };

    (void)state;
    for (size_t i = 0; i < ARRAY_LENGTH(heads); i++)
        if (identities_csv_recognise(heads[i].head, strlen(heads[i].head)) != heads[i].is)
            fail_msg("%s", heads[i].head);
}

/* Both identity files of the sample data: every row is good. */
static void sample_files_are_read_whole(void **state)
{
    static const struct {
        const char *name;
        size_t rows;
    } files[] = {{"villejuif", 5530}, {"lyon", 4587}};
    const char *folder = getenv("SHARED_DATA");

    (void)state;
    if (!folder)
        skip();
    for (size_t i = 0; i < ARRAY_LENGTH(files); i++) {
        char path[4096], bytes[4096];
        struct buffer out;
        struct error err = ERROR_INIT;
        struct identities_csv *reader = NULL;
        size_t n, rows = 0;
        FILE *file;

        buffer_init(&out, (size_t)16 << 20);
        snprintf(path, sizeof(path), "%s/tcga/identities_%s.csv", folder, files[i].name);
        file = fopen(path, "rb");
        assert_non_null(file);
        while ((n = fread(bytes, 1, sizeof(bytes), file)) > 0) {
            if (!reader) {
                assert_true(identities_csv_recognise(bytes, n));
                reader = identities_csv_new(&callbacks, &out);
            }
            assert_int_equal(identities_csv_feed(reader, bytes, n, &err), 0);
        }
        assert_int_equal(identities_csv_finish(reader, &err), 0);
        for (size_t j = 0; j < out.length; j++)
            rows += out.bytes[j] == '\n';
        assert_int_equal(rows, files[i].rows);
        assert_null(strstr(buffer_text(&out), "refused"));
        identities_csv_free(reader);
        fclose(file);
        buffer_free(&out);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_go_by_name),
        cmocka_unit_test(a_row_is_taken_whole_or_refused_whole),
        cmocka_unit_test(identity_files_are_recognised),
        cmocka_unit_test(sample_files_are_read_whole),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
