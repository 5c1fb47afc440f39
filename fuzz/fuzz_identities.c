/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_identities.c: any bytes as an identity file.
 *
 * Read whole and byte by byte it must say the same; every identity that is handed over
 * has a number, and an INS only of the test root with its right key. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "adapt/identities_csv.h"
#include "base/error.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* FNV-1a of all that was said. */
struct said {
    uint64_t digest;
    unsigned line;
};

static void say(struct said *said, const char *text)
{
    do {
        said->digest = (said->digest ^ (unsigned char)*text) * 0x100000001B3u;
    } while (*text++);
}

static int take_identity(void *context, unsigned line, const struct identity *identity,
                         struct error *err)
{
    struct said *said = context;

    (void)err;
    assert(line > said->line);
    said->line = line;
    assert(identity->number[0]);
    assert(identity->birth.first <= identity->birth.last);
    assert(identity->sex == 0 || identity->sex == 'F' || identity->sex == 'M');
    if (identity->ins[0]) {
        assert(strcmp(identity->ins_oid, INS_OID_TEST) == 0);
        assert(ins_check(identity->ins, NULL) == 0);
    }
    say(said, identity->number);
    say(said, identity->ins);
    say(said, identity->birth_name);
    say(said, identity->used_name);
    say(said, identity->first_names);
    say(said, identity->birth_date);
    say(said, identity->birth_place);
    return 0;
}

static void take_refused(void *context, unsigned line, const struct error *reason)
{
    struct said *said = context;

    assert(line > said->line && reason->line == line);
    said->line = line;
    say(said, reason->message);
}

static void take_column(void *context, const char *name)
{
    say(context, name);
}

static uint64_t read_by(const char *bytes, size_t size, size_t step)
{
    static const struct identities_callbacks callbacks = {take_identity, take_refused,
                                                          take_column};
    struct said said = {0xCBF29CE484222325u, 0};
    struct error err = ERROR_INIT;
    struct identities_csv *reader = identities_csv_new(&callbacks, &said);
    int rc = 0;

    for (size_t at = 0; at < size && rc == 0; at += step)
        rc = identities_csv_feed(reader, bytes + at, size - at < step ? size - at : step,
                                 &err);
    if (rc == 0)
        rc = identities_csv_finish(reader, &err);
    if (rc < 0)
        say(&said, err.message);
    identities_csv_free(reader);
    return said.digest;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *text = (const char *)bytes;
    uint64_t whole = read_by(text, size, size + 1);

    (void)identities_csv_recognise(text, size);
    assert(read_by(text, size, 1) == whole);
    assert(read_by(text, size, 7) == whole);
    return 0;
}
