/* SPDX-License-Identifier: Apache-2.0
 *
 * index/civil16.h: 16-bit days as years, months and days, by one look. */
#ifndef INDEX_CIVIL16_H
#define INDEX_CIVIL16_H

#include <stdint.h>

/* yyyymmdd of each 16-bit day (0 for the open ends): a difference of two of them, divided by
 * 10000 and rounded down, is a number of completed years. Made once, shared by all threads. */
const uint32_t *civil16(void);

/* age_in_years() on days of the table CIVIL. */
static inline int age16(const uint32_t *civil, uint16_t birth, uint16_t day)
{
    int32_t years = (int32_t)civil[day] - (int32_t)civil[birth];

    return years >= 0 ? years / 10000 : -((9999 - years) / 10000);
}

#endif
