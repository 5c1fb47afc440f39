/* SPDX-License-Identifier: Apache-2.0
 *
 * criteria/check.h: criteria that can be asked, but may not say what is meant.
 *
 * A code that nobody knows, a stage that nobody has, two lines that can never hold together, a
 * year that the centre's data do not cover: each is a finding with its place and with words
 * that say what to do. Findings never change an answer. */
#ifndef CRITERIA_CHECK_H
#define CRITERIA_CHECK_H

#include "criteria/criteria.h"

enum criteria_severity {
    SEVERITY_REMARK,  /* may be meant so */
    SEVERITY_WARNING, /* can hardly be meant so */
};

enum criteria_concern {
    CONCERN_CODE,          /* not among the known ones */
    CONCERN_NUMBER,        /* nobody has such a value */
    CONCERN_DATE,          /* to come, or long past */
    CONCERN_CONTRADICTION, /* can never hold */
    CONCERN_ALWAYS,        /* holds for everybody */
    CONCERN_TUMOURS,       /* may be of several tumours */
    CONCERN_SAME,          /* may be of several samples or events */
    CONCERN_COVERAGE,      /* the centre's data do not say */
};

struct criteria_finding {
    const struct criteria *node;
    unsigned line, column; /* of the text or the JSON that NODE was read from */
    enum criteria_severity severity;
    enum criteria_concern concern;
    const char *message[LANG_EN + 1];
};

enum criteria_covered { COVERED_NOT, COVERED_PARTLY, COVERED_WHOLLY };

/* What is known beside the criteria. */
struct criteria_circumstances {
    day_number today; /* DAY_MAX: not known */
    /* Would facts of GROUP within PERIOD (open where nothing is asked) have come to us? NULL:
     * not known. */
    enum criteria_covered (*covers)(void *context, enum group group,
                                    struct interval period);
    void *context;
};

#define FINDINGS_MAX 50

/* The findings, in the order of the text, at most FINDINGS_MAX; *FINDINGS_R in ARENA. What a
 * `use` stands for is not looked into: it was when it was named. */
size_t criteria_check(struct arena *arena, const struct criteria *criteria,
                      const struct criteria_circumstances *circumstances,
                      const struct criteria_finding **findings_r);

const char *criteria_severity_name(enum criteria_severity severity); /* "remark" */
const char *criteria_concern_name(enum criteria_concern concern);    /* "code" */

#endif
