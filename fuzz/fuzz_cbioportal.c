/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_cbioportal.c: any bytes as the files of a cBioPortal study, then as facts and records.
 *
 * A line "@a", "@b" … begins that file of those below; what stands before the first is the sample file. Every
 * slice that the door makes must be adapted, to facts that are whole: of a group, with numbers that
 * are finite, dates that do not end before they start, tumours that exist; and merged twice they
 * give the same record. The bytes by themselves are a slice, too, which may be refused. */
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "intake/delivery.h"
#include "intake/tables.h"
#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char *const names[] = {"data_clinical_sample.txt",
                                    "data_clinical_patient.txt",
                                    "data_timeline.txt",
                                    "data_mutations.txt",
                                    "data_cna.txt",
                                    "data_sv.txt",
                                    "data_fusions.txt",
                                    "data_gene_matrix.txt",
                                    "meta_study.txt",
                                    "meta_other.txt",
                                    "lacis.txt",
                                    "case_lists/cases.txt"};

static char folder[64];

static void folder_remove(void)
{
    char path[160];

    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    snprintf(path, sizeof(path), "%s/case_lists", folder);
    rmdir(path);
    rmdir(folder);
}

static void folder_make(void)
{
    char path[96];

    snprintf(folder, sizeof(folder), "/tmp/lacis-fuzz-XXXXXX");
    if (!mkdtemp(folder))
        abort();
    snprintf(path, sizeof(path), "%s/case_lists", folder);
    if (mkdir(path, 0700) < 0)
        abort();
    atexit(folder_remove);
}

static void write_file(size_t name, const char *bytes, size_t length)
{
    char path[160];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s", folder, names[name]);
    file = fopen(path, "wbe");
    if (!file || fwrite(bytes, 1, length, file) != length || fclose(file) != 0)
        abort();
}

static void write_files(const char *bytes, size_t size)
{
    size_t name = 0, from = 0;

    if (!folder[0])
        folder_make();
    for (size_t i = 0; i < ARRAY_LENGTH(names); i++) {
        char path[160];

        snprintf(path, sizeof(path), "%s/%s", folder, names[i]);
        unlink(path);
    }
    for (size_t at = 0; at <= size; at++) {
        bool mark =
            at + 1 < size && bytes[at] == '@' && (at == 0 || bytes[at - 1] == '\n');

        if (at < size && !mark)
            continue;
        write_file(name, bytes + from, at - from);
        if (!mark)
            break;
        name = (size_t)(unsigned char)(bytes[at + 1] - 'a') % ARRAY_LENGTH(names);
        from = at + 2 + (at + 2 < size && bytes[at + 2] == '\n');
        if (from > size)
            from = size;
    }
}

static void check_fact(const struct fact *fact, int n_tumours)
{
    assert(fact->group > GROUP_NONE && fact->group < GROUPS);
    assert(fact->tumour >= TUMOUR_NONE && fact->tumour < n_tumours);
    assert(fact->date.first <= fact->date.last && fact->end.first <= fact->end.last);
    for (size_t i = 0; i < fact->n_values; i++) {
        const struct value *value = &fact->values[i];

        assert(model_item(value->item)->group == fact->group);
        assert(value->type != TYPE_NUMBER || isfinite(value->number));
        assert(value->type != TYPE_DATE || value->date.first <= value->date.last);
        assert(i == 0 || fact->values[i - 1].item < value->item);
    }
}

static void check_slice(const char *bytes, size_t length, bool ours)
{
    struct arena *arena = arena_new("fuzz", (size_t)64 << 20);
    struct error err = ERROR_INIT;
    struct remarks remarks = {0};
    struct record *record, *again;
    struct facts *facts;
    const struct facts *one;
    int tumours = 0;
    int rc = adapt_fragment(arena, NULL, FRAGMENT_TABLES, bytes, length, 1, &facts,
                            &remarks, &err);

    assert(rc == 0 || !ours || err.code == ERROR_LIMIT);
    one = rc == 0 ? facts : NULL;
    for (size_t i = 0; one && i < one->n; i++) {
        check_fact(&one->fact[i], one->n_tumours);
        tumours += one->fact[i].group == GROUP_PRIMARY_CANCER;
    }
    if (one && ours) {
        assert(facts_patient_number(one)[0]);
        assert(tumours == one->n_tumours);
        if (record_merge(arena, NULL, 1, &one, 1, &record, &err) == 0 &&
            record_merge(arena, NULL, 1, &one, 1, &again, &err) == 0)
            assert(record->n_facts == again->n_facts);
    }
    arena_free(arena);
}

static int on_slice(void *context, const struct slice *slice, struct error *err)
{
    (void)context;
    (void)err;
    if (!slice->too_large)
        check_slice(slice->bytes, slice->length, true);
    return 0;
}

static void on_refused(void *context, const char *file, unsigned line, const char *place,
                       const char *reason)
{
    (void)context;
    (void)line;
    assert(file && place && *reason);
}

static void on_remark(void *context, const char *file, const char *place,
                      const char *reason)
{
    (void)context;
    assert(file && place);
    (void)reason;
}

static void on_progress(void *context, const struct input *input)
{
    (void)context;
    (void)input;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct door *door = door_named("cbioportal");
    struct error err = ERROR_INIT;

    write_files((const char *)bytes, size);

    struct delivery delivery = {.door = door,
                                .path = folder,
                                .tables = tables_new("/tmp", (size_t)1 << 20),
                                .arena = arena_new("study", (size_t)64 << 20),
                                .refused = on_refused,
                                .remark = on_remark,
                                .progress = on_progress};

    (void)door->recognises(folder);
    if (door->read(&delivery, &err) == 0 && arena_check(delivery.arena, &err) == 0)
        assert(tables_each(delivery.tables, door->name, delivery.source, on_slice, NULL,
                           &err) == 0);
    tables_free(delivery.tables);
    arena_free(delivery.arena);
    check_slice((const char *)bytes, size, false);
    return 0;
}
