/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_segment.c: a damaged segment file.
 *
 * The input is either a whole file (first byte even), or damage to a good one: five bytes at a
 * time, a place and a value. With 1 in the two low bits of the first byte the checksums are
 * made right again, so that the deeper checks are reached; with 3 they are not, and all damage
 * must be noticed. Opening never crashes; what opens and verifies can be evaluated, and (with
 * 64 in the first byte, as it writes a file) compacted. What disks do, damage that nobody
 * mended, needs no verifying: an answer then fails, or is that of the good file. */
#include <fcntl.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

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
    "\"biomarkerStatus\":\"Positif\"}],\"tnmEvent\":[{\"tValue\":\"T3\",\"nValue\":\"N1\"}]}],"
    "\"biologicalSpecimen\":[{\"specimenId\":\"S1\",\"specimenType\":\"Biopsie\",\"variant\":[{"
    "\"gene\":\"TP53\"}]}],\"variant\":[{\"gene\":\"KRAS\"},{\"gene\":\"NRAS\",\"specimenId\":"
    "\"S2\"}]}"};

static const char *const questions[] = {
    "tumour { topography C34 stage IV treatment L01 started within 90 days after diagnosis }",
    "measure CEA > 5 or biomarker MSI positive or treatment L01 in trial",
    "treatment any not preceded by surgery any and active 2020 and dead",
    "sample { specimen BIOPSY not altered KRAS first altered TP53 } or tnm { T T3 N N1 }",
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

        require(adapt_fragment(arena, NULL, FRAGMENT_OSIRIS_RWD, patients[i],
                               strlen(patients[i]), i, &facts, NULL, NULL) == 0);
        these = facts;
        require(record_merge(arena, NULL, i + 1, &these, 1, &record, NULL) == 0);
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

/* The checksums of the regions, which the damage would betray. */
static void mend_regions(uint8_t *bytes, size_t size)
{
    struct segment_header header;

    if (size < 4096)
        return;
    memcpy(&header, bytes, sizeof(header));
    if (header.arrays_end >= 4096 && header.arrays_end <= size)
        header.arrays_checksum =
            segment_checksum(0, bytes + 4096, header.arrays_end - 4096);
    if (header.blocks_offset >= 4096 && header.blocks_offset <= size) {
        header.body_checksum =
            segment_checksum(0, bytes + 4096, header.blocks_offset - 4096);
        header.directory_checksum = segment_checksum(0, bytes + header.blocks_offset,
                                                     size - header.blocks_offset);
    }
    header.header_checksum =
        segment_checksum(0, &header, offsetof(struct segment_header, header_checksum));
    memcpy(bytes, &header, sizeof(header));
}

/* BYTES as a segment file; *FD_R is to be closed after it. */
static struct segment *open_bytes(const uint8_t *bytes, size_t size, int *fd_r)
{
    char path[64];
    struct segment *segment;
    struct error err = ERROR_INIT;

    *fd_r = memfd_create("segment", MFD_CLOEXEC);
    require(*fd_r >= 0 && write(*fd_r, bytes, size) == (ssize_t)size);
    snprintf(path, sizeof(path), "/proc/self/fd/%d", *fd_r);
    segment = segment_open(path, &err);
    require(segment || err.code == ERROR_CORRUPT || err.code == ERROR_IO);
    return segment;
}

/* All checksums: those of blocks and sets are found where the mended directory says. */
static void mend_checksums(uint8_t *bytes, size_t size)
{
    struct segment *segment;
    int fd;

    mend_regions(bytes, size);
    segment = open_bytes(bytes, size, &fd);
    for (uint32_t b = 0; segment && b < segment->header->blocks; b++) {
        struct segment_block block = segment->blocks[b];

        block.checksum = segment_block_checksum(segment, &segment->blocks[b]);
        memcpy(bytes + segment->header->blocks_offset + b * sizeof(block), &block,
               sizeof(block));
    }
    for (uint32_t i = 0; segment && i < segment->header->sets; i++) {
        struct segment_set set = segment->sets[i];

        set.checksum = segment_set_checksum(segment, &segment->sets[i]);
        memcpy(bytes + segment->header->sets_offset + i * sizeof(set), &set, sizeof(set));
    }
    segment_close(segment);
    close(fd);
    mend_regions(bytes, size);
}

/* The checksum of an answer; 1 when it failed. */
static uint64_t answer_of(struct arena *arena, const struct snapshot *snapshot, size_t q)
{
    static const struct coverage coverage = {.assumed = true};
    static const struct dimension by[] = {{DIMENSION_ITEM, ITEM_TOPOGRAPHY},
                                          {DIMENSION_ITEM, ITEM_DRUG_CODE},
                                          {DIMENSION_AGE, ITEM_NONE}};
    struct question question = {.criteria = criteria_parse(arena, questions[q],
                                                           strlen(questions[q]), NULL),
                                .coverage = &coverage,
                                .as_of = 18000};
    struct cohort cohort;
    struct cells cells;
    struct follow_up follow = {0};
    uint64_t answer;

    require(question.criteria != NULL);
    if (cohort_eval(arena, snapshot, &question, &cohort, NULL) < 0 ||
        cohort_group(arena, &cohort, by, 1 + q % 3, &cells, NULL) < 0)
        return 1;
    answer = cohort.certain << 20 | cohort.possible << 10;
    for (size_t i = 0; i < cells.n; i++) {
        for (size_t d = 0; d < cells.n_dimensions; d++)
            answer = segment_checksum((uint32_t)answer, cells.cell[i].key[d],
                                      strlen(cells.cell[i].key[d]) + 1);
        answer += cells.cell[i].certain << 33 | cells.cell[i].possible << 43;
    }
    if (q == 0 && /* its arrays are large: once is enough */
        cohort_follow(arena, &cohort, NULL, false, &follow, NULL) < 0)
        return 1;
    return answer << 1;
}

static void use(struct segment *segment, uint64_t answers[ARRAY_LENGTH(questions)])
{
    struct arena *arena = arena_new("fuzz", (size_t)256 << 20);
    struct segment *segments[] = {segment};
    uint64_t *masks[] = {NULL};
    struct snapshot snapshot = {
        .n = 1, .segments = segments, .masks = masks, .patients = segment->patients};

    for (size_t q = 0; q < ARRAY_LENGTH(questions); q++)
        answers[q] = answer_of(arena, &snapshot, q);
    arena_free(arena);
}

/* GOOD: it was verified. */
static void compact(const struct segment *segment, bool good)
{
    static const uint64_t nobody[2];
    const struct segment *segments[] = {segment, segment};
    const uint64_t *masks[] = {NULL, nobody};
    char folder[FOLDER_SIZE], path[FOLDER_SIZE + 16];
    struct segment *compacted;
    struct error err = ERROR_INIT;

    new_folder(folder);
    snprintf(path, sizeof(path), "%s/compacted", folder);
    if (segments_compact(segments, masks, 1, path, &err) < 0) {
        require(!good && err.code == ERROR_CORRUPT);
    } else {
        compacted = segment_open(path, &err);
        require(compacted && compacted->patients == segment->patients);
        require(segment_verify(compacted, &err) == 0);
        segment_close(compacted);
        unlink(path);
    }
    rmdir(folder);
}

/* What the bytes are as a segment file: 0 refused, 1 good. HEALTHY: the answers of the file
 * that was damaged and not mended, else NULL. */
static bool try_bytes(const uint8_t *bytes, size_t size, const uint64_t *healthy,
                      bool compacts)
{
    uint64_t answers[ARRAY_LENGTH(questions)];
    struct error err = ERROR_INIT;
    int fd;
    struct segment *segment = open_bytes(bytes, size, &fd);
    bool good = false;

    if (segment && healthy) {
        use(segment, answers);
        for (size_t q = 0; q < ARRAY_LENGTH(questions); q++)
            require(answers[q] == 1 || answers[q] == healthy[q]);
        if (compacts)
            compact(segment, false);
    }
    if (segment) {
        good = segment_verify(segment, &err) == 0;
        require(good || err.code == ERROR_CORRUPT);
    }
    if (good && !healthy) {
        use(segment, answers);
        if (compacts)
            compact(segment, true);
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

static void healthy_answers(const uint8_t *good, size_t size, uint64_t *healthy)
{
    int fd;
    struct segment *segment = open_bytes(good, size, &fd);

    require(segment != NULL);
    use(segment, healthy);
    segment_close(segment);
    close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static uint8_t *good, *damaged;
    static size_t good_size;
    static uint64_t healthy[ARRAY_LENGTH(questions)];
    bool mended, compacts, changed = false;

    if (!good) {
        good = good_segment(&good_size);
        damaged = memory_alloc(good_size);
        healthy_answers(good, good_size, healthy);
    }
    if (size == 0 || bytes[0] % 2 == 0) {
        try_bytes(bytes, size, NULL, false);
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
    if (try_bytes(damaged, good_size, mended ? NULL : healthy, compacts))
        require(mended || !changed);
    else
        require(changed);
    return 0;
}
