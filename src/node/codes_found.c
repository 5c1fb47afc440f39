/* SPDX-License-Identifier: Apache-2.0
 *
 * node/codes_found.c: who has which text that gave no code.
 *
 * Found by adapting originals without a codebook, so that a mapping does not change what is
 * found: the list knows whom a mapping touches, and whom taking it back does. Kept in a cache, and
 * only persons that have newer originals are looked at again. Gathering while indexing would
 * cost nothing extra, but an index is remade beside, merged and mended, and each of these would
 * have to carry it along; a first look at a million patients takes about as long as their import
 * without the store, and happens once.
 *
 *     codes.found: ┌────────┬───────────────────────┬──────────────────────────┐
 *                  │ header │ texts: item, NUL text │ n × person, text, facts  │
 *                  └────────┴───────────────────────┴──────────────────────────┘ */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <xxhash.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/file.h"
#include "base/pool.h"
#include "base/table.h"
#include "node/codes_internal.h"
#include "vocab/codebook.h"

#define MAGIC "LacFnd1\n"
#define CACHE_LIMIT ((size_t)1 << 30)
#define TEXTS_ARENA ((size_t)1 << 30)
#define BATCH 64 /* persons of one task */
#define DEPTH_PER_THREAD 4
#define KEEP ((size_t)4 << 20)

struct header {
    char magic[8];
    uint64_t checksum; /* of all behind the header, and of what is in it behind this */
    char incarnation[40];
    uint64_t model;
    int64_t sequence;
    uint64_t texts, text_bytes, n;
};

/* ---- texts --------------------------------------------------------------------------- */

#define KEY_SIZE (2 + VOCAB_CODE_SIZE)

static size_t key_of(enum item item, const char *text, char key[KEY_SIZE])
{
    key[0] = (char)((unsigned)item & 0xFF);
    key[1] = (char)((unsigned)item >> 8);
    return 2 + strlen(codebook_key(text, key + 2));
}

long founds_place(const struct founds *founds, enum item item, const char *text)
{
    char key[KEY_SIZE];
    size_t length = key_of(item, text, key);
    const uint64_t *place = table_get(founds->places, key, length);

    return place ? (long)*place - 1 : -1;
}

static uint32_t text_place(struct founds *founds, enum item item, const char *text)
{
    char key[KEY_SIZE];
    size_t length = key_of(item, text, key);
    bool added;
    uint64_t *place = table_put(founds->places, key, length, &added);

    if (added) {
        memory_grow((void **)&founds->texts, &founds->texts_capacity, founds->n_texts + 1,
                    sizeof(*founds->texts));
        founds->texts[founds->n_texts++] =
            (struct found_text){item, arena_string(founds->arena, text, strlen(text))};
        *place = founds->n_texts;
    }
    return (uint32_t)*place - 1;
}

static void add(struct founds *founds, uint32_t person, uint32_t text, uint32_t facts)
{
    memory_grow((void **)&founds->found, &founds->capacity, founds->n + 1,
                sizeof(*founds->found));
    founds->found[founds->n++] = (struct found){person, text, facts};
}

static struct founds *founds_new(void)
{
    struct founds *founds = memory_alloc(sizeof(*founds));

    *founds = (struct founds){.arena = arena_new("local codes", TEXTS_ARENA),
                              .places = table_new()};
    return founds;
}

void founds_free(struct founds *founds)
{
    if (!founds)
        return;
    arena_free(founds->arena);
    table_free(founds->places);
    memory_free(founds->texts);
    memory_free(founds->found);
    memory_free(founds);
}

/* ---- the cache ----------------------------------------------------------------------- */

static uint64_t checksum_of(const struct header *header, const char *rest, size_t length)
{
    size_t skip = offsetof(struct header, incarnation);

    return XXH3_64bits(rest, length) ^
           XXH3_64bits((const char *)header + skip, sizeof(*header) - skip);
}

static bool take_texts(struct founds *founds, const char *at, const char *end, uint64_t n)
{
    for (uint64_t i = 0; i < n; i++) {
        uint16_t item;

        if ((size_t)(end - at) < sizeof(item) + 1)
            return false;
        memcpy(&item, at, sizeof(item));
        at += sizeof(item);
        if (item <= ITEM_NONE || item >= ITEMS || !memchr(at, '\0', (size_t)(end - at)) ||
            text_place(founds, (enum item)item, at) != i)
            return false;
        at += strlen(at) + 1;
    }
    return at == end;
}

/* Fill FOUNDS from the cache; false when there is none that is whole and of this store and
 * program: then all is looked at again. */
static bool cache_read(const struct node *node, struct founds *founds)
{
    struct arena *arena = arena_new("local codes", 2 * CACHE_LIMIT);
    const struct header *header;
    char path[NODE_PATH], *bytes;
    const char *rest;
    size_t length;
    bool is_good = false;

    node_path(node, "codes.found", path);
    if (file_read_whole(arena, path, CACHE_LIMIT, &bytes, &length, NULL) < 0 ||
        length < sizeof(*header))
        goto out;
    header = (const struct header *)(const void *)bytes;
    rest = bytes + sizeof(*header);
    length -= sizeof(*header);
    if (memcmp(header->magic, MAGIC, 8) != 0 || header->model != model_digest() ||
        strncmp(header->incarnation, store_incarnation(node->store),
                sizeof(header->incarnation)) != 0 ||
        header->text_bytes > length || header->n > length ||
        header->text_bytes + header->n * sizeof(struct found) != length ||
        checksum_of(header, rest, length) != header->checksum ||
        !take_texts(founds, rest, rest + header->text_bytes, header->texts))
        goto out;
    rest += header->text_bytes;
    for (uint64_t i = 0; i < header->n; i++) {
        struct found found;

        memcpy(&found, rest + i * sizeof(found), sizeof(found));
        if (found.text >= founds->n_texts)
            goto out;
        add(founds, found.person, found.text, found.facts);
    }
    founds->sequence = header->sequence;
    is_good = true;
out:
    arena_free(arena);
    return is_good;
}

static int cache_write(const struct node *node, const struct founds *founds,
                       struct error *err)
{
    struct header header = {.magic = MAGIC,
                            .model = model_digest(),
                            .sequence = founds->sequence,
                            .texts = founds->n_texts,
                            .n = founds->n};
    char path[NODE_PATH];
    struct buffer out;
    int status;

    snprintf(header.incarnation, sizeof(header.incarnation), "%s",
             store_incarnation(node->store));
    buffer_init(&out, CACHE_LIMIT);
    buffer_append(&out, &header, sizeof(header));
    for (size_t i = 0; i < founds->n_texts; i++) {
        uint16_t item = (uint16_t)founds->texts[i].item;

        buffer_append(&out, &item, sizeof(item));
        buffer_append(&out, founds->texts[i].text, strlen(founds->texts[i].text) + 1);
    }
    header.text_bytes = out.length - sizeof(header);
    if (founds->n > 0)
        buffer_append(&out, founds->found, founds->n * sizeof(*founds->found));
    header.checksum =
        checksum_of(&header, out.bytes + sizeof(header), out.length - sizeof(header));
    memcpy(out.bytes, &header, sizeof(header));
    node_path(node, "codes.found", path);
    status = buffer_check(&out, path, err);
    if (status == 0)
        status = file_replace(path, out.bytes, out.length, err);
    buffer_free(&out);
    return status;
}

/* ---- looking ------------------------------------------------------------------------- */

struct look {
    struct arena *arena;
    struct look *next_free;
    size_t n;
    struct {
        uint32_t person;
        struct original *originals;
        size_t n;
        struct remarks remarks;
    } persons[BATCH];
    int status;
    struct error err;
};

struct looking {
    struct node *node;
    struct founds *founds;
    struct look *free_looks;
    struct look *filling;
    struct pool *pool;
    int status;
    struct error err;
    uint64_t done, total;
    codes_progress *progress;
    void *context;
};

static void look_work(void *context, unsigned worker, void *item)
{
    struct look *look = item;

    (void)context;
    (void)worker;
    look->status = 0;
    for (size_t p = 0; p < look->n; p++) {
        look->persons[p].remarks = (struct remarks){.wants_locals = true};
        for (size_t i = 0; i < look->persons[p].n && look->status == 0; i++) {
            const struct original *original = &look->persons[p].originals[i];
            struct facts *facts;

            look->status =
                adapt_fragment(look->arena, NULL, (enum fragment_kind)original->kind,
                               original->bytes, original->length, original->sequence,
                               &facts, &look->persons[p].remarks, &look->err);
        }
    }
}

static int compare_places(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

    return x < y ? -1 : x > y;
}

static void take_person(struct founds *founds, uint32_t person,
                        const struct remarks *remarks, struct arena *arena)
{
    size_t n = remarks->n_locals;
    uint32_t *places = arena_array(arena, n + 1, sizeof(*places));
    const struct local_code **locals = arena_array(arena, n + 1, sizeof(void *));
    size_t left = n;

    for (const struct local_code *local = remarks->locals; local; local = local->next)
        locals[--left] = local; /* they come last first */
    for (size_t i = 0; i < n; i++)
        places[i] = text_place(founds, locals[i]->item, locals[i]->text);
    qsort(places, n, sizeof(*places), compare_places);
    for (size_t i = 0, same; i < n; i += same) {
        for (same = 1; i + same < n && places[i + same] == places[i]; same++)
            ;
        add(founds, person, places[i], (uint32_t)same);
    }
}

static void look_done(void *context, void *item)
{
    struct looking *looking = context;
    struct look *look = item;

    if (look->status < 0 && looking->status == 0) {
        looking->status = -1;
        looking->err = look->err;
    }
    for (size_t p = 0; p < look->n && looking->status == 0; p++)
        take_person(looking->founds, look->persons[p].person, &look->persons[p].remarks,
                    look->arena);
    looking->done += look->n;
    if (looking->progress)
        looking->progress(looking->context, looking->done, looking->total);
    if (arena_used(look->arena) > KEEP) {
        arena_free(look->arena);
        look->arena = arena_new("patient records", PERSON_ARENA);
    } else {
        arena_reset(look->arena);
    }
    look->n = 0;
    look->next_free = looking->free_looks;
    looking->free_looks = look;
}

static struct look *look_new(struct looking *looking)
{
    struct look *look = looking->free_looks;

    if (look) {
        looking->free_looks = look->next_free;
        return look;
    }
    look = memory_alloc(sizeof(*look));
    memset(look, 0, sizeof(*look));
    look->arena = arena_new("patient records", PERSON_ARENA);
    return look;
}

static void look_push(struct looking *looking)
{
    struct look *look = looking->filling;

    looking->filling = NULL;
    if (look)
        pool_push(looking->pool, look);
}

static int look_at(struct looking *looking, uint32_t person)
{
    struct look *look;

    if (!looking->filling)
        looking->filling = look_new(looking);
    look = looking->filling;
    look->persons[look->n].person = person;
    if (store_originals(looking->node->store, look->arena, person,
                        &look->persons[look->n].originals, &look->persons[look->n].n,
                        &looking->err) < 0)
        return looking->status = -1;
    if (++look->n == BATCH || arena_used(look->arena) > KEEP)
        look_push(looking);
    return looking->status;
}

/* What was found of PERSONS (ascending) is forgotten. */
static void forget(struct founds *founds, const struct persons *persons)
{
    size_t n = 0;

    for (size_t i = 0; i < founds->n; i++)
        if (!persons->n || !bsearch(&founds->found[i].person, persons->person, persons->n,
                                    sizeof(*persons->person), compare_places))
            founds->found[n++] = founds->found[i];
    founds->n = n;
}

static int look_at_all(struct looking *looking, const struct persons *persons,
                       struct error *err)
{
    unsigned threads = persons->n > 256 ? pool_cores() : 1;

    looking->total = persons->n;
    looking->pool =
        pool_new(threads, threads * DEPTH_PER_THREAD, look_work, look_done, looking);
    for (size_t i = 0; i < persons->n && looking->status == 0; i++)
        if (look_at(looking, persons->person[i]) < 0)
            break;
    look_push(looking);
    pool_free(looking->pool);
    while (looking->free_looks) {
        struct look *look = looking->free_looks;

        looking->free_looks = look->next_free;
        arena_free(look->arena);
        memory_free(look);
    }
    if (looking->status < 0 && err)
        *err = looking->err;
    return looking->status;
}

static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;

    if (x->person != y->person)
        return x->person < y->person ? -1 : 1;
    return x->text < y->text ? -1 : x->text > y->text;
}

static int look_since(struct node *node, struct founds *founds, int64_t since,
                      codes_progress *progress, void *context, struct error *err)
{
    struct looking looking = {.node = node,
                              .founds = founds,
                              .err = ERROR_INIT,
                              .progress = progress,
                              .context = context};
    struct persons persons = {0};
    int status = persons_changed(node->store, since, &persons, err);

    if (status == 0) {
        forget(founds, &persons);
        status = look_at_all(&looking, &persons, err);
    }
    memory_free(persons.person);
    if (status == 0 && founds->n > 0)
        qsort(founds->found, founds->n, sizeof(*founds->found), compare_found);
    return status;
}

struct founds *founds_now(struct node *node, codes_progress *progress, void *context,
                          struct error *err)
{
    struct founds *founds = founds_new();
    int64_t sequence, time;

    if (store_cut(node->store, &sequence, &time, err) < 0)
        goto failed;
    if (!cache_read(node, founds) || founds->sequence > sequence) {
        founds_free(founds); /* it may be filled in part */
        founds = founds_new();
    }
    if (founds->sequence == sequence)
        return founds;
    if (look_since(node, founds, founds->sequence, progress, context, err) < 0)
        goto failed;
    founds->sequence = sequence;
    if (arena_check(founds->arena, err) < 0 || cache_write(node, founds, err) < 0)
        goto failed;
    return founds;
failed:
    founds_free(founds);
    return NULL;
}
