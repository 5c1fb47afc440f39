/* SPDX-License-Identifier: Apache-2.0
 *
 * support/arena_fixture.h: one arena for all tests of a file, made before the first and freed
 * after the last: cmocka_run_group_tests(tests, arena_begin, arena_end). */
#ifndef SUPPORT_ARENA_FIXTURE_H
#define SUPPORT_ARENA_FIXTURE_H

struct arena;

extern struct arena *arena;

int arena_begin(void **state);
int arena_end(void **state);

#endif
