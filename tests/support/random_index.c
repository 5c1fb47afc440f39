/* SPDX-License-Identifier: Apache-2.0
 *
 * support/random_index.c: see random_index.h. */
#include "support/random_index.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"
#include "index/builder.h"

#define INCARNATION "0123456789abcdef0123456789abcdef"

/* ---- folders ---- */

void test_folder(char folder[160])
{
    const char *where = getenv("TMPDIR");

    snprintf(folder, 160, "%s/lacis-test-XXXXXX", where && *where ? where : "/tmp");
    if (!mkdtemp(folder))
        panic("cannot make a folder like %s", folder);
}

void test_folder_remove(const char *folder)
{
    DIR *dir = opendir(folder);
    const struct dirent *entry;
    char path[512];

    if (!dir)
        return;
    while ((entry = readdir(dir))) {
        struct stat status;

        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (lstat(path, &status) == 0 && S_ISDIR(status.st_mode))
            test_folder_remove(path);
        else
            unlink(path);
    }
    closedir(dir);
    rmdir(folder);
}

/* ---- making ---- */

static void open_catalogue(struct test_index *index)
{
    struct error err = ERROR_INIT;
    bool rebuild;

    index->catalogue = catalogue_open(index->folder, INCARNATION, 0, &rebuild, &err);
    if (!index->catalogue)
        panic("%s", err.message);
}

/* Add those of RECORDS that TAKEN says; their persons replace what was there. */
static void add_batch(struct test_index *index, const struct record *const *records,
                      const bool *taken, size_t n, int64_t sequence)
{
    struct builder *builder = builder_new();
    uint32_t *persons = memory_alloc((n + 1) * sizeof(*persons));
    struct error err = ERROR_INIT;
    size_t n_persons = 0;

    for (size_t i = 0; i < n; i++) {
        if (!taken[i])
            continue;
        builder_add(builder, records[i]);
        persons[n_persons++] = records[i]->person;
    }
    if (catalogue_add(index->catalogue, builder, persons, n_persons, sequence,
                      sequence * 100, &err) < 0)
        panic("%s", err.message);
    memory_free(persons);
    builder_free(builder);
}

/* Somebody else's history under this person: what stood there before it was corrected. */
static void add_stale(struct test_index *index, const struct record *const *records,
                      bool *dirty, size_t n, struct rng *rng, int64_t sequence)
{
    struct record *stale = memory_alloc((n + 1) * sizeof(*stale));
    const struct record **all = memory_alloc((n + 1) * sizeof(*all));
    bool *taken = memory_alloc(n + 1);
    int share = rng_between(rng, 1, 60);

    for (size_t i = 0; i < n; i++) {
        stale[i] = *records[rng_below(rng, n)];
        stale[i].person = records[i]->person;
        all[i] = &stale[i];
        taken[i] = rng_chance(rng, share);
        dirty[i] |= taken[i];
    }
    add_batch(index, all, taken, n, sequence);
    memory_free(stale);
    memory_free(all);
    memory_free(taken);
}

static void compact(struct test_index *index, bool fully)
{
    struct error err = ERROR_INIT;

    if (catalogue_compact(index->catalogue, fully, &err) < 0)
        panic("%s", err.message);
}

/* Between two changes: compaction, another process's view, a restart. */
static void something_between(struct test_index *index, struct rng *rng)
{
    struct error err = ERROR_INIT;

    switch (rng_between(rng, 0, 5)) {
    case 0: compact(index, true); break;
    case 1: compact(index, false); break;
    case 2:
        if (catalogue_refresh(index->catalogue, &err) < 0 && err.code != ERROR_NOT_FOUND)
            panic("%s", err.message);
        break;
    case 3:
        catalogue_close(index->catalogue);
        open_catalogue(index);
        break;
    default: break;
    }
}

/* Add the records that TAKEN says; they are right from now on. */
static void add_right(struct test_index *index, const struct record *const *records,
                      const bool *taken, bool *dirty, size_t n, int64_t sequence)
{
    add_batch(index, records, taken, n, sequence);
    for (size_t i = 0; i < n; i++)
        dirty[i] &= !taken[i];
}

static void random_layout(struct test_index *index, const struct record *const *records,
                          size_t n, struct rng *rng, int batches)
{
    bool *dirty = memory_alloc(n + 1), *taken = memory_alloc(n + 1);
    int64_t sequence = 1;
    int small = rng_between(rng, 0, 12);

    memset(dirty, true, n + 1);
    for (int b = 1; b <= batches; b++) {
        if (rng_chance(rng, 40))
            add_stale(index, records, dirty, n, rng, sequence++);
        something_between(index, rng);
        for (size_t i = 0; i < n; i++)
            taken[i] =
                dirty[i] ? rng_below(rng, (size_t)batches) == 0 : rng_chance(rng, 5);
        add_right(index, records, taken, dirty, n, sequence++);
        something_between(index, rng);
    }
    memcpy(taken, dirty, n);
    add_right(index, records, taken, dirty, n, sequence++);
    for (int b = 0; b < small; b++) { /* changes that say nothing new */
        for (size_t i = 0; i < n; i++)
            taken[i] = rng_chance(rng, 3);
        add_right(index, records, taken, dirty, n, sequence++);
        if (rng_chance(rng, 30))
            compact(index, false);
    }
    if (rng_chance(rng, 20))
        compact(index, true);
    memory_free(dirty);
    memory_free(taken);
}

void test_index_make(struct test_index *index, const struct record *const *records,
                     size_t n, struct rng *rng, int batches)
{
    test_folder(index->folder);
    open_catalogue(index);
    if (rng) {
        random_layout(index, records, n, rng, batches);
    } else {
        bool *taken = memory_alloc(n + 1);

        memset(taken, true, n + 1);
        add_batch(index, records, taken, n, 1);
        memory_free(taken);
    }
    index->snapshot = catalogue_snapshot(index->catalogue);
}

void test_index_free(struct test_index *index)
{
    snapshot_release(index->catalogue, index->snapshot);
    catalogue_close(index->catalogue);
    test_folder_remove(index->folder);
}

/* ---- answers ---- */

static size_t find_person(const struct record *const *records, size_t n, uint32_t person)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (records[middle]->person < person)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == n || records[low]->person != person)
        panic("the index answers about person %u, who is not in it", person);
    return low;
}

static void note_answers(enum truth *answers, const struct record *const *records,
                         size_t n, const uint32_t *persons, uint64_t n_persons,
                         enum truth truth)
{
    for (uint64_t i = 0; i < n_persons; i++) {
        size_t at = find_person(records, n, persons[i]);

        if (answers[at] != TRUTH_NO || records[at]->opposed)
            panic("the index answers about person %u twice, or in spite of opposition",
                  persons[i]);
        answers[at] = truth;
    }
}

enum truth *test_index_answers(struct arena *arena, const struct test_index *index,
                               const struct record *const *records, size_t n,
                               const struct question *question, struct cohort *cohort_r)
{
    enum truth *answers = arena_array(arena, n + 1, sizeof(*answers));
    struct error err = ERROR_INIT;
    struct cohort cohort;
    uint32_t *certain, *possible;

    if (cohort_eval(arena, index->snapshot, question, &cohort, &err) < 0)
        panic("%s", err.message);
    if (cohort.certain + cohort.possible > n)
        panic("%llu patients of %zu",
              (unsigned long long)(cohort.certain + cohort.possible), n);
    certain = arena_array(arena, n + 1, sizeof(*certain));
    possible = arena_array(arena, n + 1, sizeof(*possible));
    cohort_persons(&cohort, certain, possible);
    note_answers(answers, records, n, certain, cohort.certain, TRUTH_YES);
    note_answers(answers, records, n, possible, cohort.possible, TRUTH_UNKNOWN);
    if (cohort_r)
        *cohort_r = cohort;
    return answers;
}
