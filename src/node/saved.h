/* SPDX-License-Identifier: Apache-2.0
 *
 * node/saved.h: what a node keeps for its people: definitions, cohorts and their runs; how a
 * cohort came to differ from a run of it; and lists of patients.
 *
 * What was saved is in the store (store/saved.h). A cohort is criteria under a name; a *run* is
 * what they answered at one cut. To run a cohort again at the same cut is to read that run,
 * less those who have opposed or were erased since: the segments of that moment are gone, and
 * rules and program may be others. A run at the present cut is a new run.
 *
 * Results live in the arena given. Threads: as in node.h; what writes takes the node's lock and
 * waits for an import. Writing needs a node opened with NODE_WRITE. */
#ifndef NODE_SAVED_H
#define NODE_SAVED_H

#include "node/node.h"
#include "render/render.h"
#include "store/saved.h"

/* ---- definitions and cohorts ---- */

struct node_saving {
    const char *name;
    const char *text; /* criteria */
    const char *note; /* may be NULL */
    day_number as_of; /* of a cohort; DAY_MAX: the date of the data, whenever it is run */
    const struct caller *caller;
    int64_t now;
};

struct node_defined {
    const char *name;
    unsigned version;
    bool is_new; /* else the text is that of the last version already */
};

/* A new version of a definition. ERROR_INPUT with line and column when its criteria do not
 * parse. */
NODISCARD int node_define(struct node *node, struct arena *arena,
                          const struct node_saving *saving,
                          struct node_defined **defined_r, struct error *err);
void node_defined_json(struct buffer *out, const struct node_defined *defined);
void node_defined_text(struct buffer *out, const struct node_defined *defined,
                       enum lang lang);

struct node_definitions {
    const char *name; /* all versions of it, ascending; NULL: the last ones of each name */
    size_t n;
    struct saved *list;
};
/* ERROR_NOT_FOUND when NAME is not NULL and not defined. */
NODISCARD int node_definitions(struct node *node, struct arena *arena, const char *name,
                               struct node_definitions **definitions_r,
                               struct error *err);
void node_definitions_json(struct buffer *out,
                           const struct node_definitions *definitions);
void node_definitions_text(struct buffer *out, const struct node_definitions *definitions,
                           enum lang lang);

/* ---- runs ---- */

struct node_run {
    struct saved_run run;
    const char *criteria; /* canonical text */
    bool is_same_cut;     /* read again; then … */
    /* … those who are in the run and have opposed since: no longer in its counts */
    uint64_t opposed_certain, opposed_possible;
};
void node_run_json(struct buffer *out, const struct node_run *run);
void node_run_text(struct buffer *out, const struct node_run *run, enum lang lang);

/* Save the criteria as a cohort, or as its next version, and run it. All of it is there
 * afterwards or none. */
NODISCARD int node_cohort_save(struct node *node, struct arena *arena,
                               const struct node_saving *saving, struct node_run **run_r,
                               struct error *err);
/* Run the last version at the present cut, and keep the run. */
NODISCARD int node_cohort_run(struct node *node, struct arena *arena, const char *name,
                              const struct caller *caller, int64_t now,
                              struct node_run **run_r, struct error *err);
/* Run NUMBER, or the last one (0), at its own cut; nothing is written but the audit line. */
NODISCARD int node_cohort_again(struct node *node, struct arena *arena, const char *name,
                                unsigned number, const struct caller *caller, int64_t now,
                                struct node_run **run_r, struct error *err);

struct node_cohort {
    size_t n_versions;
    struct saved *versions; /* ascending; in a list only the last */
    size_t n_runs;
    struct saved_run *runs; /* newest first, at most COHORT_RUNS; in a list only the last */
};
#define COHORT_RUNS 100
struct node_cohorts {
    bool is_list; /* of all cohorts, else one of them in full */
    size_t n;
    struct node_cohort *cohorts;
};
/* All cohorts, or (NAME) one. ERROR_NOT_FOUND. */
NODISCARD int node_cohorts(struct node *node, struct arena *arena, const char *name,
                           struct node_cohorts **cohorts_r, struct error *err);
void node_cohorts_json(struct buffer *out, const struct node_cohorts *cohorts);
void node_cohorts_text(struct buffer *out, const struct node_cohorts *cohorts,
                       enum lang lang);

/* The cohort, its versions and runs. ERROR_NOT_FOUND. */
NODISCARD int node_cohort_delete(struct node *node, const char *name,
                                 const struct caller *caller, int64_t now,
                                 struct error *err);

/* ---- the difference, explained ---- */

/* Why an answer is another one than it was. Steps are taken in this order, one thing changed
 * at a time on top of those before; an answer that changes in several steps has several
 * reasons. All but the first four leave the patient's originals as they were. */
enum reason {
    REASON_ERASED,      /* erased since */
    REASON_OPPOSED,     /* opposed since */
    REASON_NEW,         /* not among the patients then: new, or no longer opposed */
    REASON_CHANGED,     /* has newer originals */
    REASON_RULES,       /* other rules, another model or another version of the program */
    REASON_CODES,       /* the centre's own codes were given other meanings (codes.h) */
    REASON_COVERAGE,    /* the declared or assumed coverage is another */
    REASON_AS_OF,       /* the day that is asked about has moved */
    REASON_DEFINITIONS, /* a definition in use has a newer version */
    REASON_CRITERIA,    /* the cohort has newer criteria */
    REASONS
};
/* "erased", "opposed", "new" …, as JSON has it. */
const char *reason_word(enum reason reason);

struct moves {
    uint64_t joined_certain, joined_possible; /* were neither */
    uint64_t left_certain, left_possible;     /* are neither; as what they were */
    uint64_t to_certain, to_possible;         /* from the one to the other */
};

struct difference_group {
    unsigned reasons; /* a bit each, 1 << enum reason */
    struct moves moves;
};

struct node_difference {
    struct saved_run from;
    struct saved_run to;                      /* the present cut; number 0 */
    uint64_t before_certain, before_possible; /* when it was run: erased ones included */
    struct moves moves;                       /* of all groups */
    size_t n_groups;
    struct difference_group *groups; /* by their reasons */
};

/* What the cohort would answer now, against its run NUMBER or its last one (0). Writes nothing
 * but the audit line. */
NODISCARD int node_cohort_difference(struct node *node, struct arena *arena,
                                     const char *name, unsigned number,
                                     const struct caller *caller, int64_t now,
                                     struct node_difference **difference_r,
                                     struct error *err);
void node_difference_json(struct buffer *out, const struct node_difference *difference);
void node_difference_text(struct buffer *out, const struct node_difference *difference,
                          enum lang lang);

/* ---- lists of patients ---- */

struct node_list {
    const char *criteria; /* either … */
    const char *cohort;   /* … or this: those of a run, less who opposed since */
    unsigned run;         /* of the cohort; 0: its last */
    bool certain;         /* those only, without the possible ones */
    day_number as_of;     /* with criteria; DAY_MAX: the date of the data */
    const struct caller *caller;
    int64_t now;
    enum lang lang; /* of the columns' names and the answers */
};

/* The list as CSV for spreadsheets (UTF-8 with a byte order mark, ';', CRLF) into OUT: number,
 * year of birth, sex, answer, and topography, morphology and date of the first tumour for which
 * the criteria hold (of the first tumour if they ask for none). Numbers are the centre's for
 * care and quality, pseudonyms for research; otherwise ERROR_REFUSED. A refusal, too, leaves a
 * line in the audit log. */
NODISCARD int node_export(struct node *node, struct arena *arena,
                          const struct node_list *list, struct buffer *out,
                          struct error *err);

/* ---- whole records, in the formats of others (render.h) ---- */

struct extract_result {
    uint64_t patients, certain;
    bool by_number; /* else by pseudonym */
    struct render_losses losses;
    /* In the originals of these patients and in no fact, so they cannot be written: values under
     * names that the model does not know (a name counts once a patient), and refused values. */
    uint64_t unknown, refused;
};

/* Takes the next LENGTH bytes of file number FILE of the format. */
typedef int extract_write(void *context, size_t file, const char *name, const char *bytes,
                          size_t length, struct error *err);

/* The records of the patients of LIST, in the format of OPTIONS, handed to WRITE as they come:
 * memory does not grow with them. The same patients as node_export() lists, for the same
 * purposes: by the centre's own numbers for care and quality; for research by pseudonym, and
 * without what model.def KEEPs. The audit line is written last: until this has returned 0
 * nothing of what was written may be given to anybody. */
NODISCARD int node_extract(struct node *node, struct arena *arena,
                           const struct node_list *list,
                           const struct render_options *options, extract_write *write,
                           void *context, struct extract_result *result_r,
                           struct error *err);

#endif
