/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/replay.c: feeds every file of a corpus to a fuzz target, without libFuzzer.
 *
 * usage: fuzz_<name> FILE-OR-FOLDER...
 *
 * Any compiler builds it, so each input that once broke a parser stays a test. The empty
 * input goes first; folders are walked, one that does not exist counts as empty. Each
 * input has a block of its very size, so that a sanitizer sees the first byte read past
 * its end. With REPLAY_VERBOSE set each name is printed before its turn, so that the last
 * one is the file that crashed. */

#include <errno.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What libFuzzer would call. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerInitialize(int *argc, char ***argv) __attribute__((weak));

/* nftw() passes no context. */
static unsigned long files_replayed;
static int is_verbose;

static int give_up(const char *path)
{
    fprintf(stderr, "replay: %s: %s\n", path, strerror(errno));
    return -1;
}

static int replay_file(const char *path, size_t size)
{
    FILE *file = fopen(path, "rb");
    uint8_t *bytes = malloc(size > 0 ? size : 1);

    if (is_verbose)
        fprintf(stderr, "replay: %s\n", path);
    if (!file || !bytes || fread(bytes, 1, size, file) != size)
        return give_up(path);
    fclose(file);

    LLVMFuzzerTestOneInput(bytes, size);
    free(bytes);
    files_replayed++;
    return 0;
}

static int replay_entry(const char *path, const struct stat *entry, int type,
                        struct FTW *place)
{
    (void)place;
    return type == FTW_F ? replay_file(path, (size_t)entry->st_size) : 0;
}

int main(int argc, char **argv)
{
    static const uint8_t nothing[1];

    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(&argc, &argv);
    is_verbose = getenv("REPLAY_VERBOSE") != NULL;

    LLVMFuzzerTestOneInput(nothing, 0);
    for (int i = 1; i < argc; i++) {
        if (access(argv[i], F_OK) == 0 && nftw(argv[i], replay_entry, 16, FTW_PHYS) != 0)
            return 1;
    }
    fprintf(stderr, "replay: %lu files\n", files_replayed);
    return 0;
}
