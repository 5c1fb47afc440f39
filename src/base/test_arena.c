/* SPDX-License-Identifier: Apache-2.0
 *
 * test_arena.c: zeroed, aligned, apart from each other, and gone when they should be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/error.h"

#if defined(__SANITIZE_ADDRESS__)
#define HAVE_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HAVE_ASAN 1
#endif
#endif
#ifdef HAVE_ASAN
#include <sanitizer/asan_interface.h>
#endif

#define NO_CAP SIZE_MAX

static uint64_t random_state = 88172645463325252u;

static uint64_t random_next(void) /* xorshift: the same every run */
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state;
}

static void assert_all(const unsigned char *memory, size_t size, unsigned char value)
{
    for (size_t i = 0; i < size; i++)
        if (memory[i] != value)
            fail_msg("byte %zu of %zu is %u, not %u", i, size, memory[i], value);
}

/* Sizes around everything that could matter: words, red zones, blocks of 64 KiB to 1 MiB. */
static const size_t sizes[] = {0,      1,       7,       8,       15,      16,
                               17,     31,      32,      33,      1000,    4096,
                               65471,  65472,   65473,   65504,   65535,   65536,
                               131072, 1048000, 1048544, 1048576, 1048577, 5000000};

static void memory_is_zeroed_and_aligned(void **state)
{
    struct arena *arena = arena_new("test", NO_CAP);

    (void)state;
    for (int round = 0; round < 3; round++) { /* the second and third on used memory */
        for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
            unsigned char *memory = arena_alloc(arena, sizes[i]);

            assert_non_null(memory);
            assert_int_equal((uintptr_t)memory % 16, 0);
            assert_all(memory, sizes[i], 0);
            if (sizes[i] > 0)
                memset(memory, 0xAB, sizes[i]);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

static void allocations_stay_apart(void **state)
{
    enum { COUNT = 20000 };
    struct arena *arena = arena_new("test", NO_CAP);
    unsigned char **memory = memory_alloc(COUNT * sizeof(*memory));
    size_t *length = memory_alloc(COUNT * sizeof(*length));

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < COUNT; i++) {
            length[i] = random_next() % (i % 1000 == 0 ? 300000 : 300);
            memory[i] = arena_alloc(arena, length[i]);
            assert_all(memory[i], length[i], 0);
            memset(memory[i], (int)(i % 251), length[i]);
        }
        for (size_t i = 0; i < COUNT; i++)
            assert_all(memory[i], length[i], (unsigned char)(i % 251));
        arena_reset(arena);
    }
    memory_free(memory);
    memory_free(length);
    arena_free(arena);
}

static void what_is_used_is_counted(void **state)
{
    struct arena *arena = arena_new("test", NO_CAP);

    (void)state;
    assert_int_equal(arena_used(arena), 0);
    (void)arena_alloc(arena, 1);
    assert_int_equal(arena_used(arena), 16);
    (void)arena_alloc(arena, 100000);
    assert_int_equal(arena_used(arena), 16 + 100000);
    arena_reset(arena);
    assert_int_equal(arena_used(arena), 0);
    arena_free(arena);
}

static void past_the_cap_it_serves_and_tells(void **state)
{
    struct arena *arena = arena_new("request", 1000);
    struct arena_mark start = arena_mark(arena);
    struct error err = ERROR_INIT;

    (void)state;
    (void)arena_alloc(arena, 992);
    assert_int_equal(arena_check(arena, &err), 0);
    assert_int_equal(err.code, ERROR_NONE);

    char *beyond = arena_alloc(arena, 100000);
    beyond[99999] = 'x';
    assert_int_equal(arena_check(arena, &err), -1);
    assert_int_equal(err.code, ERROR_LIMIT);
    assert_string_equal(err.message, "request: needs more than 1000 bytes of memory");

    /* a release does not undo the mistake, a reset does */
    arena_release(arena, start);
    assert_int_equal(arena_used(arena), 0);
    assert_int_equal(arena_check(arena, NULL), -1);
    arena_reset(arena);
    assert_int_equal(arena_check(arena, &err), 0);
    arena_free(arena);
}

static void a_cap_counts_what_is_released_once(void **state)
{
    struct arena *arena = arena_new("frames", 10000);

    (void)state;
    for (int i = 0; i < 1000; i++) {
        struct arena_mark mark = arena_mark(arena);

        (void)arena_alloc(arena, 9000);
        arena_release(arena, mark);
    }
    assert_int_equal(arena_check(arena, NULL), 0);
    arena_free(arena);
}

static void a_release_keeps_what_came_before(void **state)
{
    struct arena *arena = arena_new("test", NO_CAP);

    (void)state;
    for (size_t before = 0; before < 200000; before += 9973) {
        unsigned char *kept = arena_alloc(arena, before);
        struct arena_mark mark = arena_mark(arena);
        size_t used = arena_used(arena);

        memset(kept, 0x11, before);
        for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
            unsigned char *scratch = arena_alloc(arena, sizes[i]);

            assert_all(scratch, sizes[i], 0);
            if (sizes[i] > 0)
                memset(scratch, 0x22, sizes[i]);
        }
        arena_release(arena, mark);
        assert_int_equal(arena_used(arena), used);
        assert_all(kept, before, 0x11);
    }
    arena_free(arena);
}

static void frames_nest(void **state)
{
    struct arena *arena = arena_new("test", NO_CAP);
    struct arena_mark marks[50];
    unsigned char *memory[50];

    (void)state;
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 50; i++) {
            memory[i] = arena_alloc(arena, 30000);
            assert_all(memory[i], 30000, 0);
            memset(memory[i], i + 1, 30000);
            marks[i] = arena_mark(arena);
        }
        for (int i = 49; i >= 0; i -= 7) {
            arena_release(arena, marks[i]);
            for (int k = 0; k <= i; k++)
                assert_all(memory[k], 30000, (unsigned char)(k + 1));
            memset(arena_alloc(arena, 70000), 0xEE, 70000);
        }
        arena_reset(arena);
    }
    arena_free(arena);
}

static void strings_are_copied(void **state)
{
    struct arena *arena = arena_new("test", NO_CAP);
    char source[2000];

    (void)state;
    assert_string_equal(arena_string(arena, "tumeur droite", 6), "tumeur");
    assert_string_equal(arena_string(arena, NULL, 0), "");
    assert_memory_equal(arena_string(arena, "a\0b", 3), "a\0b", 4);
    assert_memory_equal(arena_copy(arena, "\1\2\3", 3), "\1\2\3", 3);
    assert_non_null(arena_copy(arena, NULL, 0));
    assert_string_equal(arena_printf(arena, "%s-%d", "C34", 1), "C34-1");
    assert_string_equal(arena_printf(arena, "%s", ""), "");

    /* lengths around the small buffer arena_printf() tries first */
    memset(source, 'p', sizeof(source));
    for (int length = 500; length < 530; length++) {
        char *text = arena_printf(arena, "%.*s", length, source);

        assert_int_equal(strlen(text), (size_t)length);
        assert_memory_equal(text, source, (size_t)length);
    }
    arena_free(arena);
}

static void arrays_are_zeroed(void **state)
{
    struct arena *arena = arena_new("test", NO_CAP);
    uint64_t *numbers = arena_array(arena, 1000, sizeof(*numbers));

    (void)state;
    assert_all((unsigned char *)numbers, 1000 * sizeof(*numbers), 0);
    assert_non_null(arena_array(arena, 0, 8));
    arena_free(arena);
    arena_free(NULL);
}

/* The chain must not grow with each use when the uses are alike. */
static void a_reset_arena_reuses_its_blocks(void **state)
{
    struct arena *arena = arena_new("test", NO_CAP);
    char *first = arena_alloc(arena, 100);

    (void)state;
    for (int round = 0; round < 1000; round++) {
        arena_reset(arena);
#ifndef LACIS_ARENA_MALLOC
        assert_ptr_equal(arena_alloc(arena, 100), first);
#endif
        for (int i = 0; i < 10; i++)
            (void)arena_alloc(arena, 1 << 20);
    }
    (void)first;
    arena_free(arena);
}

static void arrays_grow(void **state)
{
    uint32_t *numbers = NULL;
    size_t capacity = 0;

    (void)state;
    for (uint32_t i = 0; i < 100000; i++) {
        memory_grow((void **)&numbers, &capacity, (size_t)i + 1, sizeof(*numbers));
        assert_true(capacity > i);
        numbers[i] = i;
    }
    for (uint32_t i = 0; i < 100000; i++)
        assert_int_equal(numbers[i], i);

    size_t before = capacity;
    memory_grow((void **)&numbers, &capacity, 10, sizeof(*numbers));
    assert_int_equal(capacity, before);
    memory_grow((void **)&numbers, &capacity, 1000000, sizeof(*numbers));
    assert_true(capacity >= 1000000);
    numbers[999999] = 1;
    memory_free(numbers);
    memory_free(NULL);

    void *empty = memory_resize(memory_alloc(0), 0);
    assert_non_null(empty);
    memory_free(empty);
}

enum mistake {
    SIZE_BEYOND_ALL,
    PRODUCT_OVERFLOWS,
    COPY_BEYOND_ALL,
    STRING_BEYOND_ALL,
    GROWTH_OVERFLOWS,
    READ_PAST_END,
    READ_AFTER_RELEASE,
    READ_AFTER_RESET,
};

static void make_mistake(enum mistake mistake)
{
    struct arena *arena = arena_new("test", NO_CAP);
    struct arena_mark mark = arena_mark(arena);
    volatile size_t large = SIZE_MAX / 2; /* hidden from the compiler's own warning */
    void *array = NULL;
    size_t capacity = 0;
    volatile char *memory;

    switch (mistake) {
    case SIZE_BEYOND_ALL: (void)arena_alloc(arena, large); break;
    case PRODUCT_OVERFLOWS: (void)arena_array(arena, large, 4); break;
    case COPY_BEYOND_ALL: (void)arena_copy(arena, "", large); break;
    case STRING_BEYOND_ALL: (void)arena_string(arena, "", large * 2 + 1); break;
    case GROWTH_OVERFLOWS: memory_grow(&array, &capacity, large, 16); break;
    case READ_PAST_END:
        memory = arena_alloc(arena, 24);
        (void)memory[large % 2 + 23]; /* byte 24 */
        break;
    case READ_AFTER_RELEASE:
        memory = arena_alloc(arena, 24);
        arena_release(arena, mark);
        (void)memory[0];
        break;
    case READ_AFTER_RESET:
        memory = arena_alloc(arena, 24);
        arena_reset(arena);
        (void)memory[0];
        break;
    }
    _exit(0);
}

static void assert_aborts(enum mistake mistake)
{
    int status;
    pid_t child = fork();

    if (child == 0) {
        signal(SIGABRT, SIG_DFL); /* cmocka catches it otherwise */
        close(STDERR_FILENO);
        make_mistake(mistake);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        fail_msg("mistake %d went unnoticed", mistake);
}

static void impossible_sizes_abort(void **state)
{
    (void)state;
    assert_aborts(SIZE_BEYOND_ALL);
    assert_aborts(PRODUCT_OVERFLOWS);
    assert_aborts(COPY_BEYOND_ALL);
    assert_aborts(STRING_BEYOND_ALL);
    assert_aborts(GROWTH_OVERFLOWS);
}

static void the_sanitizer_sees_every_byte(void **state)
{
    (void)state;
#ifdef HAVE_ASAN
    struct arena *arena = arena_new("test", NO_CAP);

    assert_aborts(READ_PAST_END);
    assert_aborts(READ_AFTER_RELEASE);
    assert_aborts(READ_AFTER_RESET);
#ifndef LACIS_ARENA_MALLOC
    for (size_t i = 0; i < ARRAY_LENGTH(sizes); i++) {
        struct arena_mark mark = arena_mark(arena);
        char *memory = arena_alloc(arena, sizes[i]);

        assert_null(__asan_region_is_poisoned(memory, sizes[i]));
        for (size_t beyond = 0; beyond < 16; beyond++)
            assert_true(__asan_address_is_poisoned(memory + sizes[i] + beyond));
        (void)arena_alloc(arena, 10);
        assert_true(__asan_address_is_poisoned(memory + sizes[i]));
        arena_release(arena, mark);
        for (size_t k = 0; k < sizes[i]; k += 97)
            assert_true(__asan_address_is_poisoned(memory + k));
    }
#endif
    arena_free(arena);
#else
    skip();
#endif
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_and_aligned),
        cmocka_unit_test(allocations_stay_apart),
        cmocka_unit_test(what_is_used_is_counted),
        cmocka_unit_test(past_the_cap_it_serves_and_tells),
        cmocka_unit_test(a_cap_counts_what_is_released_once),
        cmocka_unit_test(a_release_keeps_what_came_before),
        cmocka_unit_test(frames_nest),
        cmocka_unit_test(strings_are_copied),
        cmocka_unit_test(arrays_are_zeroed),
        cmocka_unit_test(a_reset_arena_reuses_its_blocks),
        cmocka_unit_test(arrays_grow),
        cmocka_unit_test(impossible_sizes_abort),
        cmocka_unit_test(the_sanitizer_sees_every_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
