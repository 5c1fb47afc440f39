/* SPDX-License-Identifier: Apache-2.0
 *
 * index/civil16.c: see civil16.h. */
#include "index/civil16.h"

#include <pthread.h>

#include "index/segment.h"

static uint32_t civil_of[65536];
static pthread_once_t civil_once = PTHREAD_ONCE_INIT;

static void civil_make(void)
{
    for (int day = 1; day < DAY16_OPEN_AFTER; day++) {
        int y, m, d;

        day_to_civil(day16_decode_first((uint16_t)day), &y, &m, &d);
        civil_of[day] = (uint32_t)(y * 10000 + m * 100 + d);
    }
}

const uint32_t *civil16(void)
{
    pthread_once(&civil_once, civil_make);
    return civil_of;
}
