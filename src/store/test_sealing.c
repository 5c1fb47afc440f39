/* SPDX-License-Identifier: Apache-2.0
 *
 * store/test_sealing.c: what is sealed opens for its own person, at its own place, unharmed,
 * and not at all once the person is erased. */
#include <fcntl.h>

#include "store/store_internal.h"
#include "store/test_fixture.h"

#define TEXT "{\"patientId\":\"200001029\",\"biologicalSex\":\"Female\"}"

static void expect_unreadable(struct fixture *fix, uint32_t person, const char *words)
{
    struct original *originals;
    size_t count;

    expect_error(fix,
                 store_originals(fix->store, fix->arena, person, &originals, &count,
                                 &fix->err),
                 ERROR_CORRUPT, words);
}

/* Does FILE of the folder, or its log, contain these bytes? */
static bool file_holds(struct fixture *fix, const char *file, const void *bytes,
                       size_t length)
{
    FILE *stream = fopen(path_of(fix, file), "rb");
    static char content[4 << 20];
    size_t size;

    if (!stream)
        return false;
    size = fread(content, 1, sizeof(content), stream);
    fclose(stream);
    return memmem(content, size, bytes, length) != NULL;
}

static bool files_hold(struct fixture *fix, const void *bytes, size_t length)
{
    static const char *const files[] = {"identities.db", "identities.db-wal",
                                        "originals.db", "originals.db-wal"};

    for (size_t i = 0; i < ARRAY_LENGTH(files); i++)
        if (file_holds(fix, files[i], bytes, length))
            return true;
    return false;
}

/* The key of PERSON, as the file has it. */
static struct person_key key_of(struct fixture *fix, uint32_t person)
{
    const char *text = sql(
        fix, "identities.db",
        arena_printf(fix->arena, "SELECT hex(key) FROM person WHERE id = %u", person));
    struct person_key key;

    assert_int_equal(strlen(text), 64);
    for (size_t i = 0; i < sizeof(key.bytes); i++) {
        char byte[3] = {text[2 * i], text[2 * i + 1], 0};

        key.bytes[i] = (unsigned char)strtoul(byte, NULL, 16);
    }
    return key;
}

static void nothing_of_a_fragment_is_in_clear(void **state)
{
    struct fixture *fix = *state;

    patient(fix, "1", TEXT);
    assert_false(files_hold(fix, "200001029", 9));
    assert_false(files_hold(fix, "Female", 6));
    reopen(fix);
    assert_false(files_hold(fix, "200001029", 9));
}

static void two_persons_with_the_same_bytes_share_nothing(void **state)
{
    struct fixture *fix = *state;

    patient(fix, "1", TEXT);
    patient(fix, "2", TEXT);
    assert_sql(fix, "originals.db", "SELECT count(DISTINCT sealed) FROM original", "2");
    assert_sql(fix, "originals.db", "SELECT count(DISTINCT digest) FROM fragment", "2");
    assert_sql(fix, "identities.db", "SELECT count(DISTINCT key) FROM person", "2");
}

/* The file's sealed bytes stay; what opened them is gone, from the file and its log. */
static void an_erased_person_can_never_be_read_again(void **state)
{
    struct fixture *fix = *state;
    enum put_outcome outcome;
    int64_t sequence;
    uint32_t found;

    patient(fix, "1", TEXT);
    patient(fix, "2", TEXT);
    begin(fix);
    must(store_put_identity(fix->store, 1,
                            &(struct identity){.birth_name = "MARTINVILLE"}, &outcome,
                            &fix->err),
         fix);
    commit(fix);

    struct person_key key = key_of(fix, 1);

    assert_true(files_hold(fix, key.bytes, sizeof(key.bytes)));
    assert_true(files_hold(fix, "MARTINVILLE", 11));
    erase(fix, 1);
    assert_false(files_hold(fix, key.bytes, sizeof(key.bytes)));
    assert_false(files_hold(fix, "MARTINVILLE", 11));

    assert_all(fix, 1, "");
    assert_all(fix, 2, "1@=" TEXT ";");
    must(store_find(fix->store, "1", &found, &fix->err), fix);
    assert_int_equal(found, 0);
    assert_sql(fix, "originals.db",
               "SELECT group_concat(coalesce(length(sealed) > 0, 'none')) FROM original",
               "1,1,none");
    assert_sql(fix, "identities.db", "SELECT key FROM person WHERE id = 1", "(null)");
    assert_sql(fix, "identities.db", "SELECT count(*) FROM identity", "0");

    /* the number is known, and the person who comes again is refused */
    begin(fix);
    assert_int_equal(person(fix, "1"), 1);
    expect_error(fix, try_put(fix, 1, 1, "", TEXT, &outcome, &sequence), ERROR_REFUSED,
                 "patient 1 was erased");
    expect_error(fix,
                 store_put_identity(fix->store, 1, &(struct identity){.number = "1"},
                                    &outcome, &fix->err),
                 ERROR_REFUSED, "erased");
    put(fix, 2, 1, "", "new"); /* the batch is not harmed */
    commit(fix);
    assert_all(fix, 2, "1@=new;");
}

/* With the key of somebody else in the place of the one that was destroyed. */
static void sealed_bytes_do_not_open_with_another_key(void **state)
{
    struct fixture *fix = *state;

    patient(fix, "1", TEXT);
    sql(fix, "identities.db", "UPDATE person SET key = randomblob(32)");
    expect_unreadable(fix, 1, "original 1 of patient 1: was changed since it was sealed");
}

static void a_key_survives_a_reader_and_goes_with_it(void **state)
{
    struct fixture *fix = *state;
    struct person_key key;
    sqlite3 *reader;

    patient(fix, "1", TEXT);
    key = key_of(fix, 1);
    assert_int_equal(sqlite3_open_v2(path_of(fix, "identities.db"), &reader,
                                     SQLITE_OPEN_READONLY, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_exec(reader, "BEGIN; SELECT count(*) FROM person", NULL,
                                  NULL, NULL),
                     SQLITE_OK);
    erase(fix, 1); /* which cannot cut the log under the reader's feet */
    assert_true(files_hold(fix, key.bytes, sizeof(key.bytes)));
    sqlite3_close(reader);
    patient(fix, "2", TEXT);
    assert_false(files_hold(fix, key.bytes, sizeof(key.bytes)));
}

static void erasing_twice_is_erasing_once(void **state)
{
    struct fixture *fix = *state;
    int64_t sequence;

    patient(fix, "1", TEXT);
    erase(fix, 1);
    erase(fix, 1);
    must(store_cut(fix->store, &sequence, &(int64_t){0}, &fix->err), fix);
    assert_int_equal(sequence, 2);

    begin(fix);
    expect_error(fix, store_erase(fix->store, 7, &fix->err), ERROR_NOT_FOUND,
                 "no patient 7");
    store_rollback(fix->store);
}

static void an_erasure_that_is_rolled_back_did_not_happen(void **state)
{
    struct fixture *fix = *state;

    patient(fix, "1", TEXT);
    begin(fix);
    must(store_erase(fix->store, 1, &fix->err), fix);
    assert_all(fix, 1, "");
    store_rollback(fix->store);
    assert_all(fix, 1, "1@=" TEXT ";");
    begin(fix);
    assert_int_equal(put(fix, 1, 1, "", TEXT), PUT_UNCHANGED);
    commit(fix);
}

static void a_sealed_piece_cannot_be_moved(void **state)
{
    static const char *const moves[] = {
        /* to another person, of the same kind and origin */
        "UPDATE original SET sealed = (SELECT sealed FROM original WHERE sequence = 2)"
        " WHERE sequence = 1",
        /* to a newer place of the same person */
        "UPDATE fragment SET sequence = 3 WHERE person = 1; UPDATE original SET sealed ="
        " (SELECT sealed FROM original WHERE sequence = 1) WHERE sequence = 3",
        "UPDATE fragment SET kind = 5 WHERE person = 1",
        "UPDATE fragment SET origin = '690000880' WHERE person = 1",
        "UPDATE fragment SET person = 9 WHERE person = 2;"
        "UPDATE fragment SET person = 2 WHERE person = 1;"
        "UPDATE fragment SET person = 1 WHERE person = 9",
    };
    struct fixture *fix = *state;

    patient(fix, "1", TEXT);
    patient(fix, "2", TEXT);
    patient(fix, "3", TEXT);
    sql(fix, "originals.db",
        "CREATE TABLE o AS SELECT * FROM original;"
        "CREATE TABLE f AS SELECT * FROM fragment");
    for (size_t i = 0; i < ARRAY_LENGTH(moves); i++) {
        sql(fix, "originals.db", moves[i]);
        reopen(fix);
        expect_unreadable(fix, 1, "was changed since it was sealed, or moved");
        sql(fix, "originals.db",
            "DELETE FROM original; INSERT INTO original SELECT * FROM o;"
            "DELETE FROM fragment; INSERT INTO fragment SELECT * FROM f");
        reopen(fix);
        assert_all(fix, 1, "1@=" TEXT ";");
    }
}

/* Even with the same key. */
static void a_piece_opens_at_its_own_place_only(void **state)
{
    static const struct seal_place places[] = {
        {12, 3, 1, "940000664"}, /* its own */
        {13, 3, 1, "940000664"},
        {12, 4, 1, "940000664"},
        {12, 3, 2, "940000664"},
        {12, 3, 1, "690000880"},
        {12, 3, 1, "94000066"},
        {12, 3, 1, ""},
        {12 + (1LL << 32), 3, 1, "940000664"},
    };
    struct fixture *fix = *state;
    struct sealer *sealer = sealer_new();
    struct person_key key = {{7}};
    struct packed packed;
    size_t length;
    size_t plain_length;
    char *plain;

    must(packer_pack(fix->packer, NULL, TEXT, strlen(TEXT), &packed, &fix->err), fix);

    const void *sealed = seal(sealer, &key, &places[0], &packed, &length);
    const void *piece = arena_copy(fix->arena, sealed, length);

    for (size_t i = 0; i < ARRAY_LENGTH(places); i++) {
        int result = unseal(sealer, fix->arena, &key, &places[i], piece, length, &plain,
                            &plain_length, &fix->err);

        if (i == 0)
            must(result, fix);
        else
            expect_error(fix, result, ERROR_CORRUPT, "or moved");
    }
    sealer_free(sealer);
}

/* Every single bit of one piece, and every length short of the whole. */
static void a_flipped_bit_or_a_cut_piece_does_not_open(void **state)
{
    struct fixture *fix = *state;
    struct sealer *sealer = sealer_new();
    struct person_key key = {{7}};
    struct seal_place place = {12, 3, 1, "940000664"};
    struct packed packed;
    unsigned char piece[512];
    char *plain = NULL;
    size_t length;
    size_t plain_length = 0;

    must(packer_pack(fix->packer, NULL, TEXT, strlen(TEXT), &packed, &fix->err), fix);

    const void *sealed = seal(sealer, &key, &place, &packed, &length);

    assert_true(length <= sizeof(piece));
    memcpy(piece, sealed, length);
    must(unseal(sealer, fix->arena, &key, &place, piece, length, &plain, &plain_length,
                &fix->err),
         fix);
    assert_string_equal(plain, TEXT);
    assert_int_equal(plain_length, strlen(TEXT));

    plain = NULL;
    for (size_t bit = 0; bit < length * 8; bit++) {
        piece[bit / 8] ^= (unsigned char)(1U << (bit % 8));
        expect_error(fix,
                     unseal(sealer, fix->arena, &key, &place, piece, length, &plain,
                            &plain_length, &fix->err),
                     ERROR_CORRUPT, "original 12 of patient 3");
        piece[bit / 8] ^= (unsigned char)(1U << (bit % 8));
    }
    for (size_t shorter = 0; shorter < length; shorter++)
        expect_error(fix,
                     unseal(sealer, fix->arena, &key, &place, piece, shorter, &plain,
                            &plain_length, &fix->err),
                     ERROR_CORRUPT, "original 12 of patient 3");
    assert_null(plain);
    sealer_free(sealer);
}

static void a_piece_of_a_newer_dictionary_says_so(void **state)
{
    struct fixture *fix = *state;
    struct original *originals;
    enum put_outcome outcome;
    struct packed packed;
    int64_t sequence;
    size_t count;

    begin(fix);
    person(fix, "1");
    must(packer_pack(fix->packer, NULL, TEXT, strlen(TEXT), &packed, &fix->err), fix);
    packed.dictionary = 9;
    must(store_put(fix->store, 1, 1, "", &packed, &outcome, &sequence, &fix->err), fix);
    commit(fix);
    expect_error(
        fix, store_originals(fix->store, fix->arena, 1, &originals, &count, &fix->err),
        ERROR_REFUSED, "newer version of this program (dictionary 9)");
}

static void a_missing_original_or_person_is_said(void **state)
{
    struct fixture *fix = *state;

    patient(fix, "1", TEXT);
    patient(fix, "2", TEXT);
    sql(fix, "originals.db", "DELETE FROM original WHERE sequence = 1");
    expect_unreadable(fix, 1, "original 1 of patient 1 is not there");
    sql(fix, "identities.db", "DELETE FROM person WHERE id = 2");
    expect_unreadable(fix, 2, "patient 2 of originals.db is not there");
}

static void what_is_packed_unpacks(void **state)
{
    static const size_t lengths[] = {0, 1, 100, 6000, 131072, 1000000, 5000000};
    struct fixture *fix = *state;
    struct sealer *sealer = sealer_new();
    struct person_key key = {{1}};
    struct seal_place place = {1, 1, 0, ""};
    char *text = memory_alloc(lengths[ARRAY_LENGTH(lengths) - 1]);
    uint64_t seed = 1;

    for (size_t i = 0; i < lengths[ARRAY_LENGTH(lengths) - 1]; i++) {
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        text[i] = "{\":,}abcdefghijk"[seed >> 60];
    }
    for (size_t i = 0; i < ARRAY_LENGTH(lengths); i++) {
        struct packed packed;
        size_t length, plain_length;
        char *plain;

        /* through the arena and not, forwards and back: scratch memory grows and shrinks */
        size_t size = lengths[i % 2 ? i : ARRAY_LENGTH(lengths) - 1 - i];

        must(packer_pack(fix->packer, i % 2 ? fix->arena : NULL, text, size, &packed,
                         &fix->err),
             fix);

        const void *sealed = seal(sealer, &key, &place, &packed, &length);

        must(unseal(sealer, fix->arena, &key, &place,
                    arena_copy(fix->arena, sealed, length), length, &plain, &plain_length,
                    &fix->err),
             fix);
        assert_int_equal(plain_length, size);
        assert_memory_equal(plain, text, size);
        assert_int_equal(plain[size], 0);
    }
    memory_free(text);
    sealer_free(sealer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_store, fixture_free)
        TEST(nothing_of_a_fragment_is_in_clear),
        TEST(two_persons_with_the_same_bytes_share_nothing),
        TEST(an_erased_person_can_never_be_read_again),
        TEST(sealed_bytes_do_not_open_with_another_key),
        TEST(a_key_survives_a_reader_and_goes_with_it),
        TEST(erasing_twice_is_erasing_once),
        TEST(an_erasure_that_is_rolled_back_did_not_happen),
        TEST(a_sealed_piece_cannot_be_moved),
        TEST(a_piece_opens_at_its_own_place_only),
        TEST(a_flipped_bit_or_a_cut_piece_does_not_open),
        TEST(a_piece_of_a_newer_dictionary_says_so),
        TEST(a_missing_original_or_person_is_said),
        TEST(what_is_packed_unpacks),
    };

    return cmocka_run_group_tests_name("sealing", tests, NULL, NULL);
}
