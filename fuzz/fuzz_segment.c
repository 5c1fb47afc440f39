/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_segment.c: a damaged segment file.
 *
 * The input is either a whole file (first byte even), or damage to a good one: five bytes at a
 * time, a place and a value. With 1 in the two low bits of the first byte the checksums are
 * made right again, so that the deeper checks are reached; with 3 they are not, and all damage
 * must be noticed. Opening never crashes; what opens and verifies can be evaluated, and (with
 * 64 in the first byte, as it writes a file) compacted. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include "adapt/adapt.h"
#include "base/arena.h"
#include "base/error.h"
#include "criteria/criteria.h"
#include "index/builder.h"
#include "index/compact.h"
#include "index/group.h"
#include "record/record.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const char *const patients[] = {
    "{\"patientId\":\"1\",\"biologicalSex\":\"Female\",\"birthdateYear\":\"1950\","
    "\"primaryCancer\":[{\"topographyCode\":\"C34.1\",\"morphologyCode\":\"8140/3\","
    "\"cancerDiagnosisDateYear\":\"2019\",\"stage\":[{\"stageValue\":\"IVA\"}]},"
    "{\"topographyCode\":\"C50\"}],\"medication\":[{\"moleculeCode\":\"L01ED03\","
    "\"moleculeDateYear\":\"2020\",\"clinicalTrial\":\"OUI\"},{\"moleculeName\":\"x\"}]}",
    "{\"patientId\":\"2\",\"measure\":[{\"measureType\":\"CEA\",\"measureValue\":4.5},"
    "{\"measureType\":\"CEA\",\"measureValue\":70000.25}],\"primaryCancer\":[{"
    "\"topographyCode\":\"C18.2\",\"biomarker\":[{\"biomarkerName\":\"MSI\","
    "\"biomarkerStatus\":\"Positif\"}]}],\"variant\":[{\"gene\":\"KRAS\"}]}"};

static const char *const questions[] = {
    "tumour { topography C34 stage IV treatment L01 started within 90 days after diagnosis }",
    "measure CEA > 5 or biomarker MSI positive or treatment L01 in trial",
    "treatment any not preceded by surgery any and active 2020 and dead",
    "treatment any preceded within 30 days by treatment any and sex F and altered KRAS G12C"};

static void require(bool holds)
{
    if (!holds)
        abort();
}

#define FOLDER_SIZE 256

static void new_folder(char folder[FOLDER_SIZE])
{
    const char *where = getenv("TMPDIR");

    snprintf(folder, FOLDER_SIZE, "%s/lacis-fuzz-XXXXXX",
             where && *where ? where : "/tmp");
    require(mkdtemp(folder) != NULL);
}

/* A good file of two patients, made once. */
static uint8_t *good_segment(size_t *size_r)
{
    char folder[FOLDER_SIZE], path[FOLDER_SIZE + 16];
    struct arena *arena = arena_new("fuzz", (size_t)16 << 20);
    struct builder *builder = builder_new();
    uint8_t *bytes;
    FILE *file;

    for (uint32_t i = 0; i < ARRAY_LENGTH(patients); i++) {
        struct facts *facts;
        const struct facts *these;
        struct record *record;

        require(adapt_fragment(arena, FRAGMENT_OSIRIS_RWD, patients[i],
                               strlen(patients[i]), i, &facts, NULL, NULL) == 0);
        these = facts;
        require(record_merge(arena, i + 1, &these, 1, &record, NULL) == 0);
        builder_add(builder, record);
    }
    new_folder(folder);
    snprintf(path, sizeof(path), "%s/segment", folder);
    require(builder_write(builder, path, NULL) == 0);
    file = fopen(path, "rb");
    require(file && fseek(file, 0, SEEK_END) == 0);
    *size_r = (size_t)ftell(file);
    rewind(file);
    bytes = memory_alloc(*size_r);
    require(fread(bytes, 1, *size_r, file) == *size_r);
    fclose(file);
    unlink(path);
    rmdir(folder);
    builder_free(builder);
    arena_free(arena);
    return bytes;
}

/* The checksums that the damage would betray. */
static void mend_checksums(uint8_t *bytes, size_t size)
{
    struct segment_header header;

    if (size < 4096)
        return;
    memcpy(&header, bytes, sizeof(header));
    if (header.blocks_offset >= 4096 && header.blocks_offset <= size) {
        header.body_checksum =
            (uint32_t)crc32_z(0, bytes + 4096, header.blocks_offset - 4096);
        header.directory_checksum = (uint32_t)crc32_z(0, bytes + header.blocks_offset,
                                                      size - header.blocks_offset);
    }
    header.header_checksum =
        (uint32_t)crc32(0, (const unsigned char *)&header,
                        offsetof(struct segment_header, header_checksum));
    memcpy(bytes, &header, sizeof(header));
}

static void use(struct segment *segment)
{
    static const struct coverage coverage = {.assumed = true};
    struct arena *arena = arena_new("fuzz", (size_t)256 << 20);
    struct segment *segments[] = {segment};
    uint64_t *masks[] = {NULL};
    struct snapshot snapshot = {
        .n = 1, .segments = segments, .masks = masks, .patients = segment->patients};

    for (size_t i = 0; i < ARRAY_LENGTH(questions); i++) {
        struct question question = {
            .criteria = criteria_parse(arena, questions[i], strlen(questions[i]), NULL),
            .coverage = &coverage,
            .as_of = 18000};
        static const struct dimension by[] = {{DIMENSION_ITEM, ITEM_TOPOGRAPHY},
                                              {DIMENSION_ITEM, ITEM_DRUG_CODE},
                                              {DIMENSION_AGE, ITEM_NONE}};
        struct cohort cohort;
        struct cells cells;
        struct follow_up follow;

        require(question.criteria != NULL);
        if (cohort_eval(arena, &snapshot, &question, &cohort, NULL) < 0)
            continue;
        (void)!cohort_group(arena, &cohort, by, 1 + i % 3, &cells, NULL);
        if (i == 0) /* its arrays are large: once is enough */
            (void)!cohort_follow(arena, &cohort, NULL, false, &follow, NULL);
    }
    arena_free(arena);
}

static void compact(const struct segment *segment)
{
    static const uint64_t nobody[2];
    const struct segment *segments[] = {segment, segment};
    const uint64_t *masks[] = {NULL, nobody};
    char folder[FOLDER_SIZE], path[FOLDER_SIZE + 16];
    struct segment *compacted;
    struct error err = ERROR_INIT;

    new_folder(folder);
    snprintf(path, sizeof(path), "%s/compacted", folder);
    require(segments_compact(segments, masks, 1, path, &err) == 0);
    compacted = segment_open(path, &err);
    require(compacted && compacted->patients == segment->patients);
    segment_close(compacted);
    unlink(path);
    rmdir(folder);
}

/* What the bytes are as a segment file: 0 refused, 1 good. */
static bool open_bytes(const uint8_t *bytes, size_t size, bool compacts)
{
    char path[64];
    int fd = memfd_create("segment", MFD_CLOEXEC);
    struct segment *segment;
    struct error err = ERROR_INIT;
    bool good = false;

    require(fd >= 0 && write(fd, bytes, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    segment = segment_open(path, &err);
    if (!segment)
        require(err.code == ERROR_CORRUPT || err.code == ERROR_IO);
    else
        good = segment_verify(segment, &err) == 0;
    if (good) {
        use(segment);
        if (compacts)
            compact(segment);
    } else {
        require(err.code == ERROR_CORRUPT || err.code == ERROR_IO);
    }
    segment_close(segment);
    close(fd);
    return good;
}

/* Bytes that nobody reads: what fills the header up to 4096. */
static bool is_filling(size_t at)
{
    return at >= offsetof(struct segment_header, header_checksum) + 4 && at < 4096;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint8_t *good, *damaged;
    static size_t good_size;
    bool mended, compacts, changed = false;

    if (!good) {
        good = good_segment(&good_size);
        damaged = memory_alloc(good_size);
    }
    if (size == 0 || bytes[0] % 2 == 0) {
        open_bytes(bytes, size, false);
        return 0;
    }
    mended = bytes[0] % 4 == 1;
    compacts = bytes[0] & 64;
    memcpy(damaged, good, good_size);
    for (size_t i = 1; i + 5 <= size; i += 5) {
        uint32_t place;

        memcpy(&place, bytes + i, sizeof(place));
        damaged[place % good_size] = bytes[i + 4];
    }
    for (size_t i = 0; i < good_size; i++)
        changed |= damaged[i] != good[i] && !is_filling(i);
    if (mended)
        mend_checksums(damaged, good_size);
    if (open_bytes(damaged, good_size, compacts))
        require(mended || !changed);
    else
        require(changed);
    return 0;
}
