/* SPDX-License-Identifier: Apache-2.0
 *
 * support/arena_fixture.c: see arena_fixture.h. */
#include "support/arena_fixture.h"

#include "base/arena.h"

struct arena *arena;

int arena_begin(void **state)
{
    (void)state;
    arena = arena_new("test", (size_t)1 << 30);
    return 0;
}

int arena_end(void **state)
{
    (void)state;
    arena_free(arena);
    return 0;
}
