/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/check_internal.h: what check.c (lines that stand together) and check_line.c (one
 * line by itself) share. */
#ifndef CRITERIA_CHECK_INTERNAL_H
#define CRITERIA_CHECK_INTERNAL_H

#include "criteria/check.h"

struct checker {
    struct arena *arena;
    const struct criteria_circumstances *circumstances;
    struct criteria_finding *findings; /* FINDINGS_MAX of them */
    bool in_same;                      /* inside sample { } or its like */
    size_t n;
};

void checker_add(struct checker *checker, const struct criteria *node,
                 enum criteria_severity severity, enum criteria_concern concern,
                 const char *fr, const char *en);

/* Codes, numbers, dates and coverage of one line. */
void check_line(struct checker *checker, const struct criteria *line);

#endif
