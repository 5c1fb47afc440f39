/* SPDX-License-Identifier: Apache-2.0
 *
 * store/seal.c: plain bytes compressed (any thread), sealed with a person's key, and back.
 *
 * A sealed piece:
 *
 *     0         1            3                 27                         length-16
 *     +---------+------------+-----------------+--------------------------+----------+
 *     | format  | dictionary | nonce           | zstd frame, encrypted    | tag      |
 *     | 1 byte  | 2 bytes LE | 24, random      | (says its plain length)  | 16 bytes |
 *     +---------+------------+-----------------+--------------------------+----------+
 *
 * XChaCha20-Poly1305. The associated data, which is not in the piece but must be the same
 * when it is opened, is its place and the three bytes before the nonce:
 *
 *     sequence 8 LE | person 4 LE | kind 4 LE | format, dictionary 3 | origin, without NUL
 *
 * The digest by which store_put() knows an unchanged fragment is BLAKE2b of the plain bytes,
 * taken again under the person's key: the long part runs on the packing threads, the short
 * one where the key is, and who lacks the key cannot try plain texts. */
#include <pthread.h>
#include <sodium.h>
#include <string.h>
#define ZSTD_STATIC_LINKING_ONLY
#include <zstd.h>

#include "base/arena.h"
#include "base/error.h"
#include "store/store_internal.h"

#define FORMAT 1
#define HEADER 3
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define OVERHEAD (HEADER + NONCE + TAG)
#define PLACE_SIZE (8 + 4 + 4 + HEADER + ORIGIN_LIMIT)

/* Scratch memory above this is given back after use. */
#define SCRATCH_KEPT ((size_t)1 << 20)

_Static_assert(sizeof(struct person_key) == crypto_aead_xchacha20poly1305_ietf_KEYBYTES,
               "a person's key is a key of the cipher");
_Static_assert(sizeof(((struct packed *)0)->digest) == crypto_generichash_blake2b_BYTES,
               "a plain digest is BLAKE2b's usual length");

static pthread_once_t sodium_once = PTHREAD_ONCE_INIT;

static void sodium_start(void)
{
    if (sodium_init() < 0)
        panic("libsodium cannot start");
}

void crypto_start(void)
{
    pthread_once(&sodium_once, sodium_start);
}

/* ---- packing ---- */

struct packer {
    ZSTD_CCtx *context;
    void *scratch;
    size_t capacity;
};

static void *scratch_for(void **scratch_r, size_t *capacity_r, size_t needed)
{
    bool is_too_large = *capacity_r > SCRATCH_KEPT && needed <= SCRATCH_KEPT;

    if (needed > *capacity_r || is_too_large) {
        memory_free(*scratch_r);
        *scratch_r = memory_alloc(needed);
        *capacity_r = needed;
    }
    return *scratch_r;
}

static void zstd_must(size_t code)
{
    if (ZSTD_isError(code))
        panic("zstd: %s", ZSTD_getErrorName(code));
}

struct packer *packer_new(void)
{
    struct packer *packer = memory_alloc(sizeof(*packer));

    crypto_start();
    *packer = (struct packer){.context = ZSTD_createCCtx()};
    if (!packer->context)
        panic("zstd: no memory");
    zstd_must(
        ZSTD_CCtx_setParameter(packer->context, ZSTD_c_format, ZSTD_f_zstd1_magicless));
    zstd_must(ZSTD_CCtx_setParameter(packer->context, ZSTD_c_dictIDFlag, 0));
    zstd_must(ZSTD_CCtx_refCDict(packer->context, dictionary_compress()));
    return packer;
}

void packer_free(struct packer *packer)
{
    if (!packer)
        return;
    ZSTD_freeCCtx(packer->context);
    memory_free(packer->scratch);
    memory_free(packer);
}

int packer_pack(struct packer *packer, struct arena *arena, const void *plain,
                size_t length, struct packed *packed_r, struct error *err)
{
    if (length > FRAGMENT_LIMIT)
        return error_set(err, ERROR_LIMIT,
                         "a fragment of %zu bytes: one may have up to %zu MiB", length,
                         FRAGMENT_LIMIT >> 20);

    size_t bound = ZSTD_compressBound(length);
    void *scratch = scratch_for(&packer->scratch, &packer->capacity, bound);
    size_t packed = ZSTD_compress2(packer->context, scratch, bound, plain, length);

    zstd_must(packed);
    *packed_r = (struct packed){
        .bytes = arena ? arena_copy(arena, scratch, packed) : scratch,
        .length = packed,
        .plain_length = length,
        .dictionary = DICTIONARY_CURRENT,
    };
    crypto_generichash_blake2b(packed_r->digest, sizeof(packed_r->digest), plain, length,
                               NULL, 0);
    return arena ? arena_check(arena, err) : 0;
}

void fragment_digest(unsigned char digest[FRAGMENT_DIGEST_SIZE],
                     const struct person_key *key, const struct packed *packed)
{
    static const unsigned char purpose[crypto_generichash_blake2b_PERSONALBYTES] =
        "lacis fragment"; /* no digest taken for another end is ever the same */

    if (crypto_generichash_blake2b_salt_personal(
            digest, FRAGMENT_DIGEST_SIZE, packed->digest, sizeof(packed->digest),
            key->bytes, sizeof(key->bytes), NULL, purpose) != 0)
        panic("libsodium: BLAKE2b refused");
}

/* ---- sealing ---- */

struct sealer {
    ZSTD_DCtx *context;
    void *scratch;
    size_t capacity;
};

struct sealer *sealer_new(void)
{
    struct sealer *sealer = memory_alloc(sizeof(*sealer));

    crypto_start();
    *sealer = (struct sealer){.context = ZSTD_createDCtx()};
    if (!sealer->context)
        panic("zstd: no memory");
    zstd_must(
        ZSTD_DCtx_setParameter(sealer->context, ZSTD_d_format, ZSTD_f_zstd1_magicless));
    return sealer;
}

void sealer_free(struct sealer *sealer)
{
    if (!sealer)
        return;
    ZSTD_freeDCtx(sealer->context);
    memory_free(sealer->scratch);
    memory_free(sealer);
}

static unsigned char *put_le(unsigned char *out, uint64_t number, size_t size)
{
    for (size_t i = 0; i < size; i++)
        *out++ = (unsigned char)(number >> (8 * i));
    return out;
}

/* The associated data. Returns its length. */
static size_t place_print(unsigned char out[PLACE_SIZE], const struct seal_place *place,
                          const unsigned char header[HEADER])
{
    unsigned char *at = out;
    size_t length = strlen(place->origin);

    if (length > ORIGIN_LIMIT)
        panic("store: an origin of %zu bytes", length);
    at = put_le(at, (uint64_t)place->sequence, 8);
    at = put_le(at, place->person, 4);
    at = put_le(at, (uint32_t)place->kind, 4);
    memcpy(at, header, HEADER);
    at += HEADER;
    memcpy(at, place->origin, length);
    return (size_t)(at - out) + length;
}

const void *seal(struct sealer *sealer, const struct person_key *key,
                 const struct seal_place *place, const struct packed *packed,
                 size_t *length_r)
{
    size_t length = OVERHEAD + packed->length;
    unsigned char *out = scratch_for(&sealer->scratch, &sealer->capacity, length);
    unsigned char *nonce = out + HEADER;
    unsigned char associated[PLACE_SIZE];

    out[0] = FORMAT;
    put_le(out + 1, packed->dictionary, 2);
    randombytes_buf(nonce, NONCE);

    size_t associated_length = place_print(associated, place, out);

    crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + NONCE, NULL, packed->bytes,
                                               packed->length, associated,
                                               associated_length, NULL, nonce,
                                               key->bytes);
    *length_r = length;
    return out;
}

static int not_as_sealed(const struct seal_place *place, const char *why,
                         struct error *err)
{
    return error_set(err, ERROR_CORRUPT, "original %lld of patient %u: %s; " SAME_BACKUP,
                     (long long)place->sequence, place->person, why);
}

/* The zstd frame in FRAME to plain bytes in ARENA. It was authenticated: whatever is wrong
 * now is our own mistake or a wrong dictionary, but is still not trusted. */
static int unpack(struct sealer *sealer, struct arena *arena,
                  const struct seal_place *place, uint32_t version, const void *frame,
                  size_t length, char **plain_r, size_t *plain_length_r,
                  struct error *err)
{
    const ZSTD_DDict *dictionary = dictionary_decompress(version);
    ZSTD_frameHeader header;

    if (!dictionary)
        return error_set(
            err, ERROR_REFUSED,
            "original %lld of patient %u: written by a newer version of this "
            "program (dictionary %u): use that version, or a newer one",
            (long long)place->sequence, place->person, version);
    if (ZSTD_getFrameHeader_advanced(&header, frame, length, ZSTD_f_zstd1_magicless) !=
            0 ||
        header.frameContentSize > FRAGMENT_LIMIT)
        return not_as_sealed(place, "not a compressed fragment", err);

    size_t plain_length = (size_t)header.frameContentSize;
    char *plain = arena_alloc(arena, plain_length + 1);

    zstd_must(ZSTD_DCtx_refDDict(sealer->context, dictionary));
    if (ZSTD_decompressDCtx(sealer->context, plain, plain_length, frame, length) !=
        plain_length)
        return not_as_sealed(place, "cannot be decompressed", err);
    if (arena_check(arena, err) < 0)
        return -1;
    *plain_r = plain;
    *plain_length_r = plain_length;
    return 0;
}

int unseal(struct sealer *sealer, struct arena *arena, const struct person_key *key,
           const struct seal_place *place, const void *sealed, size_t length,
           char **plain_r, size_t *plain_length_r, struct error *err)
{
    const unsigned char *in = sealed;
    unsigned char associated[PLACE_SIZE];

    if (length < OVERHEAD || length > OVERHEAD + ZSTD_COMPRESSBOUND(FRAGMENT_LIMIT))
        return not_as_sealed(place, "has not the length of a sealed piece", err);
    if (strlen(place->origin) > ORIGIN_LIMIT)
        return not_as_sealed(place, "its origin is not one", err);
    if (in[0] != FORMAT)
        return not_as_sealed(place, "sealed in a format that this program does not know",
                             err);

    size_t frame_length = length - OVERHEAD;
    unsigned char *frame = scratch_for(&sealer->scratch, &sealer->capacity, frame_length);
    size_t associated_length = place_print(associated, place, in);

    if (crypto_aead_xchacha20poly1305_ietf_decrypt(
            frame, NULL, NULL, in + HEADER + NONCE, length - HEADER - NONCE, associated,
            associated_length, in + HEADER, key->bytes) != 0)
        return not_as_sealed(place, "was changed since it was sealed, or moved", err);

    uint32_t version = (uint32_t)in[1] | (uint32_t)in[2] << 8;

    return unpack(sealer, arena, place, version, frame, frame_length, plain_r,
                  plain_length_r, err);
}
