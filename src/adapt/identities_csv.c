/* SPDX-License-Identifier: Apache-2.0
 *
 * adapt/identities_csv.c: rows of an identity file as identities.
 *
 * The first row names the columns. A row is taken whole or refused whole: a trait that
 * cannot be read (INS, its OID, its status, sex, birth date) refuses the row, because an
 * identity with a trait left out would be matched and shown as if it had none. Rows of
 * empty fields only, which spreadsheets leave behind, are passed over. Whether a patient
 * number comes twice is for the store to say.
 *
 * Reasons name the trait, never its value: they go into logs and reports. */
#include "adapt/identities_csv.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "adapt/csv.h"
#include "base/arena.h"
#include "base/error.h"
#include "vocab/vocab.h"

#define ROW_LIMIT ((size_t)64 << 10)
#define COLUMNS_LIMIT 200
#define NAME_SIZE 64
#define INS_SIZE 32

enum column {
    COLUMN_NUMBER,
    COLUMN_INS,
    COLUMN_INS_OID,
    COLUMN_STATUS,
    COLUMN_BIRTH_NAME,
    COLUMN_USED_NAME,
    COLUMN_FIRST_NAMES,
    COLUMN_BIRTH_DATE,
    COLUMN_SEX,
    COLUMN_BIRTH_PLACE,
    COLUMNS,
    COLUMN_UNKNOWN = COLUMNS
};

/* Names without case, accents, blanks and punctuation; the first is ours. */
static const struct {
    enum column column;
    const char *name;
} names[] = {
    {COLUMN_NUMBER, "ipp"},
    {COLUMN_NUMBER, "patientid"},
    {COLUMN_NUMBER, "numeropatient"},
    {COLUMN_NUMBER, "numerodupatient"},
    {COLUMN_INS, "ins"},
    {COLUMN_INS, "matriculeins"},
    {COLUMN_INS, "insmatricule"},
    {COLUMN_INS_OID, "insoid"},
    {COLUMN_INS_OID, "oidins"},
    {COLUMN_INS_OID, "oid"},
    {COLUMN_STATUS, "insstatus"},
    {COLUMN_STATUS, "insstatut"},
    {COLUMN_STATUS, "statutins"},
    {COLUMN_STATUS, "statut"},
    {COLUMN_STATUS, "status"},
    {COLUMN_STATUS, "statutidentite"},
    {COLUMN_STATUS, "statutdelidentite"},
    {COLUMN_BIRTH_NAME, "birthname"},
    {COLUMN_BIRTH_NAME, "nomdenaissance"},
    {COLUMN_BIRTH_NAME, "nomnaissance"},
    {COLUMN_USED_NAME, "usedname"},
    {COLUMN_USED_NAME, "nomutilise"},
    {COLUMN_USED_NAME, "nomusage"},
    {COLUMN_USED_NAME, "nomdusage"},
    {COLUMN_FIRST_NAMES, "firstnames"},
    {COLUMN_FIRST_NAMES, "firstname"},
    {COLUMN_FIRST_NAMES, "prenoms"},
    {COLUMN_FIRST_NAMES, "prenom"},
    {COLUMN_FIRST_NAMES, "prenomsdenaissance"},
    {COLUMN_BIRTH_DATE, "birthdate"},
    {COLUMN_BIRTH_DATE, "datedenaissance"},
    {COLUMN_BIRTH_DATE, "datenaissance"},
    {COLUMN_SEX, "sex"},
    {COLUMN_SEX, "sexe"},
    {COLUMN_BIRTH_PLACE, "birthplaceinseecode"},
    {COLUMN_BIRTH_PLACE, "birthplaceinsee"},
    {COLUMN_BIRTH_PLACE, "birthplace"},
    {COLUMN_BIRTH_PLACE, "lieudenaissance"},
    {COLUMN_BIRTH_PLACE, "lieunaissance"},
    {COLUMN_BIRTH_PLACE, "lieudenaissancecodeinsee"},
    {COLUMN_BIRTH_PLACE, "codeinseelieudenaissance"},
};

struct identities_csv {
    struct csv *csv;
    struct identities_callbacks callbacks;
    void *context;
    bool has_header;
    size_t n_columns;
    enum column columns[COLUMNS_LIMIT];
};

/* ---- columns ------------------------------------------------------------------------- */

/* The letters and digits of NAME, small and without accents. */
static void fold(const char *name, size_t length, char folded[NAME_SIZE])
{
    utf8proc_uint8_t *plain = NULL;
    utf8proc_ssize_t n = utf8proc_map(
        (const utf8proc_uint8_t *)name, (utf8proc_ssize_t)length, &plain,
        UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT | UTF8PROC_CASEFOLD | UTF8PROC_STRIPMARK);
    size_t used = 0;

    for (utf8proc_ssize_t i = 0; i < n && used < NAME_SIZE - 1; i++) {
        char c = (char)plain[i];

        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            folded[used++] = c;
    }
    folded[used] = '\0';
    memory_free(plain);
}

static enum column column_of(const char *name, size_t length)
{
    char folded[NAME_SIZE];

    fold(name, length, folded);
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++)
        if (strcmp(names[i].name, folded) == 0)
            return names[i].column;
    return COLUMN_UNKNOWN;
}

bool identities_csv_recognise(const char *head, size_t length)
{
    const char *end;
    bool has_number = false, has_trait = false;
    size_t n = 0, known = 0;

    if (length >= 3 && memcmp(head, "\xEF\xBB\xBF", 3) == 0) {
        head += 3;
        length -= 3;
    }
    end = head + length;
    while (head < end && *head != '\n' && *head != '\r') {
        size_t name = 0;

        while (head + name < end && !memchr(",;\t\r\n", head[name], 5))
            name++;

        enum column column = column_of(head, name);

        n++;
        known += column != COLUMN_UNKNOWN;
        /* sex and date of birth stand in tables of other things as well */
        has_trait |= column != COLUMN_UNKNOWN && column != COLUMN_NUMBER &&
                     column != COLUMN_SEX && column != COLUMN_BIRTH_DATE;
        has_number |= column == COLUMN_NUMBER;
        head += name;
        if (head < end && memchr(",;\t", *head, 3))
            head++;
    }
    return has_number && (has_trait || known == n);
}

static int read_header(struct identities_csv *reader, unsigned line,
                       const char *const *fields, size_t n, struct error *err)
{
    bool seen[COLUMNS + 1] = {false};

    if (n > COLUMNS_LIMIT)
        return error_at(err, ERROR_LIMIT, line, 0, "%zu columns: expected at most %d", n,
                        COLUMNS_LIMIT);
    for (size_t i = 0; i < n; i++) {
        enum column column = column_of(fields[i], strlen(fields[i]));

        if (column != COLUMN_UNKNOWN && seen[column])
            return error_at(err, ERROR_INPUT, line, 0,
                            "column %zu, \"%.60s\", says the same as one before it",
                            i + 1, fields[i]);
        if (column == COLUMN_UNKNOWN && fields[i][0] && reader->callbacks.unknown_column)
            reader->callbacks.unknown_column(reader->context, fields[i]);
        seen[column] = true;
        reader->columns[i] = column;
    }
    if (!seen[COLUMN_NUMBER])
        return error_at(err, ERROR_INPUT, line, 0,
                        "no column IPP: expected the patient's number");
    reader->n_columns = n;
    reader->has_header = true;
    return 0;
}

/* ---- rows ---------------------------------------------------------------------------- */

/* FIELD without white space around it, cut in place: fields are ours during the call. */
static const char *trimmed(const char *field, char *copy)
{
    size_t length = strlen(field);

    while (length > 0 && strchr(" \t\r\n", field[length - 1]))
        length--;
    while (length > 0 && strchr(" \t\r\n", *field)) {
        field++;
        length--;
    }
    memcpy(copy, field, length);
    copy[length] = '\0';
    return copy;
}

/* An INS is often written in groups: 2 69 05 49 588 157 80. */
static int read_ins(const char *text, char ins[INS_SIZE], struct identity *identity,
                    struct error *err)
{
    size_t n = 0;

    for (; *text; text++) {
        if (*text == ' ')
            continue;
        if (n == INS_SIZE - 1)
            return error_set(err, ERROR_INPUT,
                             "INS: expected 13 characters and 2 of key");
        ins[n++] = *text;
    }
    ins[n] = '\0';
    identity->ins = ins;
    if (n == 0)
        return 0;
    if (ins_check(ins, err) < 0)
        return -1;
    return ins_admit(ins, identity->ins_oid, err);
}

static int read_sex(const char *text, struct identity *identity, struct error *err)
{
    char code[VOCAB_CODE_SIZE];

    if (vocab_normalise(VOCAB_SEX, text, code, NULL) < 0)
        return error_set(err, ERROR_INPUT, "sex: expected M or F");
    identity->sex = code[0];
    return 0;
}

static int read_birth(const char *text, struct identity *identity, struct error *err)
{
    identity->birth_date = text;
    if (date_parse(text, &identity->birth, NULL) < 0)
        return error_set(err, ERROR_INPUT,
                         "birth date: expected a date such as 1969-05-14 or 14/05/1969");
    return 0;
}

/* The traits of one row; TEXTS are its columns, trimmed, "" where there is none. */
static int read_identity(const char *const texts[COLUMNS], char ins[INS_SIZE],
                         struct identity *identity, struct error *err)
{
    *identity = (struct identity){
        .number = texts[COLUMN_NUMBER],
        .ins = "",
        .ins_oid = texts[COLUMN_INS_OID],
        .status = IDENTITY_PROVISIONAL,
        .birth_name = texts[COLUMN_BIRTH_NAME],
        .used_name = texts[COLUMN_USED_NAME],
        .first_names = texts[COLUMN_FIRST_NAMES],
        .birth_date = texts[COLUMN_BIRTH_DATE],
        .birth = INTERVAL_UNKNOWN,
        .birth_place = texts[COLUMN_BIRTH_PLACE],
    };
    if (!identity->number[0])
        return error_set(err, ERROR_INPUT, "no IPP: expected the patient's number");
    if (texts[COLUMN_STATUS][0] &&
        identity_status_parse(texts[COLUMN_STATUS], &identity->status) < 0)
        return error_set(err, ERROR_INPUT,
                         "identity status: expected PROV, RECUP, VALI or QUAL");
    if (read_ins(texts[COLUMN_INS], ins, identity, err) < 0 ||
        read_sex(texts[COLUMN_SEX], identity, err) < 0)
        return -1;
    return texts[COLUMN_BIRTH_DATE][0]
               ? read_birth(texts[COLUMN_BIRTH_DATE], identity, err)
               : 0;
}

static bool is_empty_row(const char *const *fields, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fields[i][strspn(fields[i], " \t\r\n")])
            return false;
    return true;
}

static int read_row(void *context, unsigned line, const char *const *fields, size_t n,
                    struct error *err)
{
    struct identities_csv *reader = context;
    struct error reason = ERROR_INIT;
    const char *texts[COLUMNS];
    struct identity identity;
    char ins[INS_SIZE];
    char *copies, *at;
    size_t size = 0;
    int rc = 0;

    if (!reader->has_header)
        return read_header(reader, line, fields, n, err);
    if (is_empty_row(fields, n))
        return 0;

    for (size_t i = 0; i < n; i++)
        size += strlen(fields[i]) + 1;
    copies = at = memory_alloc(size);
    for (size_t i = 0; i < COLUMNS; i++)
        texts[i] = "";
    for (size_t i = 0; i < n && i < reader->n_columns; i++) {
        if (reader->columns[i] == COLUMN_UNKNOWN)
            continue;
        texts[reader->columns[i]] = trimmed(fields[i], at);
        at += strlen(at) + 1;
    }

    if (n != reader->n_columns)
        error_set(&reason, ERROR_INPUT, "%zu fields: expected %zu", n, reader->n_columns);
    else if (read_identity(texts, ins, &identity, &reason) == 0)
        rc = reader->callbacks.identity(reader->context, line, &identity, err);
    if (reason.code != ERROR_NONE) {
        reason.line = line;
        if (reader->callbacks.refused)
            reader->callbacks.refused(reader->context, line, &reason);
    }
    memory_free(copies);
    return rc < 0 ? -1 : 0;
}

struct identities_csv *identities_csv_new(const struct identities_callbacks *callbacks,
                                          void *context)
{
    struct identities_csv *reader = memory_alloc(sizeof(*reader));

    *reader = (struct identities_csv){.callbacks = *callbacks, .context = context};
    reader->csv = csv_new(ROW_LIMIT, read_row, reader);
    return reader;
}

void identities_csv_free(struct identities_csv *reader)
{
    if (!reader)
        return;
    csv_free(reader->csv);
    memory_free(reader);
}

int identities_csv_feed(struct identities_csv *reader, const char *bytes, size_t length,
                        struct error *err)
{
    return csv_feed(reader->csv, bytes, length, err);
}

int identities_csv_finish(struct identities_csv *reader, struct error *err)
{
    if (csv_finish(reader->csv, err) < 0)
        return -1;
    if (!reader->has_header)
        return error_set(err, ERROR_INPUT,
                         "an empty file: expected a row of column names");
    return 0;
}
