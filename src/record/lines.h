/* SPDX-License-Identifier: Apache-2.0
 *
 * record/lines.h: lines of systemic treatment, computed.
 *
 * OSIRIS-RWD leaves lines to the analysis, and fixes what they are (guide, treatments): lines
 * belong to the metastatic phase, none is counted for adjuvant or neo-adjuvant treatment; drugs
 * that are dropped, or taken up again after any interval, make no new line; another drug does.
 * The calculation below follows it, under a name that changes with it. What the guide leaves
 * open is taken from what is published:
 *
 *   Hess et al., Future Oncol 2021, 17(15):1865-1877, doi 10.2217/fon-2020-1041
 *   Meng et al., JMIR Med Inform 2021, 9(10):e29017 (table 5), doi 10.2196/29017
 *   Saini and Twelves, Br J Cancer 2021, 125:155-163, doi 10.1038/s41416-021-01319-8
 *
 * The drugs of one tumour, day by day in the order of their starts (ends say nothing here: of
 * an oral drug OSIRIS-RWD 12 has the first prescription only):
 *
 *   drugs       antineoplastics and endocrine therapy (ATC L01, L02) and the few agents that
 *               ATC files elsewhere; the table is in lines.c. A drug without a code, or with
 *               one above them, is taken as one of them: OSIRIS-RWD 12 has no support drugs
 *   number 0    what started before the advanced phase (phase.c), and the same molecule given
 *               again in it at most 90 days after it was last started: the adjuvant treatment
 *               that goes on for a while
 *   number 1    starts with the first other drug given in the advanced phase
 *   number n+1  starts with the first day on which a drug is given that is not of line n: it
 *               came more than 30 days after the start of the line, and neither it nor one
 *               that it may be exchanged with (lines.c) was of the line. All drugs of that day
 *               are of the new line
 *   source      where the source counts changes of treatment, its count decides instead: the
 *               same count is the same line, another count another line
 *
 * The window of the regimen is 28 days in both publications; it is 30 here so that drugs of one
 * month of which the days are not known are one regimen, whatever the days.
 *
 * Unknowns. A number, a start and an end are said as far as they are the same whatever the
 * unknown days, codes and attachments of the drugs are. Drugs whose dates may overlap are taken
 * together; where their order, or what they are, can change the lines, no number is given from
 * there on, but to what started before the advanced phase. What is missing altogether is not
 * seen: a number counts the lines of the drugs that were sent. Pure; no threads, no state. */
#ifndef RECORD_LINES_H
#define RECORD_LINES_H

#include <stddef.h>

#include "model/model.h"
#include "record/record.h"

struct arena;

/* The calculation's name. Another calculation has another name, and raises RULES_VERSION. */
#define LINES_NAME "lines-1"

/* The facts of GROUP_LINE that follow from RECORD, whose tumours are decided and whose facts are
 * sorted: one a line and drug, in the order of fact_compare, into LINES_R, which has room for as
 * many as RECORD has facts of GROUP_DRUG. Their values live in ARENA, codes are borrowed. Returns
 * how many. A line whose number is not known has no LINE_NUMBER. */
size_t lines_compute(struct arena *arena, const struct record *record,
                     struct fact *lines_r);

#endif
