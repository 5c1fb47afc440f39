/* SPDX-License-Identifier: Apache-2.0
 *
 * node/node.h: one node: a folder of data and one configuration file.
 *
 *     node/
 *       node.conf        JSON with comments: centre, FINESS, port …
 *       coverage.csv     declared coverage (absent: assumed)
 *       codes.csv        what the centre's own codes mean (codes.h)
 *       vocabularies/    official lists (vocabularies.h)
 *       store/           primary state (store.h): back this up
 *       index/           a cache (catalogue.h)
 *       reports/         what imports refused, one file each
 *       audit.log audit.key
 *       socket           while a server runs
 *
 * A running server owns the node for writing; commands reach it over its socket and open the
 * node themselves when it is not running. Everything here is what both do: the command line and
 * the server only parse arguments and print.
 *
 * Threads: node_count, node_show and node_explain may run on several threads at once; node_import,
 * node_compact, node_rebuild and node_verify on one at a time (they take a lock). */
#ifndef NODE_NODE_H
#define NODE_NODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/access.h"
#include "base/attributes.h"
#include "base/date.h"
#include "criteria/check.h"
#include "index/coverage.h"
#include "index/group.h"
#include "index/value.h"
#include "vocab/vocab.h"

struct arena;
struct buffer;
struct error;
struct node;

#define FINESS_MAX 32

struct node_config {
    const char *centre; /* short name: villejuif */
    size_t n_finess;
    const char *finess[FINESS_MAX]; /* nine characters each */
    unsigned port;                  /* of the server on 127.0.0.1; default 8080 */
};

enum node_mode { NODE_READ, NODE_WRITE };

/* Make FOLDER (new, or empty) a node. */
NODISCARD int node_init(const char *folder, const struct node_config *config,
                        struct error *err);
/* Open it. NODE_WRITE catches the index up with the store (after a crash, or another version's
 * index). NODE_READ does so as well if nobody writes at the moment, else it answers at the index's
 * own sequence. ERROR_NOT_FOUND (not a node: says how to make one), ERROR_BUSY. */
struct node *node_open(const char *folder, enum node_mode mode, struct error *err);
void node_close(struct node *node); /* takes NULL */
const struct node_config *node_config(const struct node *node);
const char *node_folder(const struct node *node);

/* ---- import ---- */

struct import_progress {
    const char *file;
    uint64_t bytes, bytes_total; /* of this file, compressed; total 0 = not known */
    uint64_t patients;           /* records read so far, all files */
    double seconds;
};

struct import_options {
    int64_t now;      /* seconds since 1970 */
    unsigned threads; /* 0: as many as there are cores */
    const struct caller *caller;
    void (*progress)(void *context,
                     const struct import_progress *progress); /* may be NULL */
    void *context;
    const char *const *names; /* file names to report instead of the paths, or NULL */
    /* What the paths are, where that cannot be found out, or NULL: the door of a folder of tables
     * ("osiris-pivot"), and the name of the source (intake/intake.h). */
    const char *door, *source;
};

struct import_result {
    uint64_t patients;   /* records read and kept, opposed ones included */
    uint64_t identities; /* identity rows kept */
    uint64_t originals;  /* new versions written (of patients) */
    uint64_t unchanged;  /* records that changed nothing */
    uint64_t refused;    /* lines of the report: records, rows and values refused */
    uint64_t refused_records;
    uint64_t
        unknown_keys; /* distinct keys nobody knows; they are listed in the report's twin */
    uint64_t opposed;
    uint64_t absent; /* patients of whom a source of tables said nothing this time: kept */
    int64_t sequence;
    double seconds;
    char report
        [4096]; /* path of the report (CSV: file,line,place,reason), "" if none refused */
    /* Path of what is worth knowing and was not refused: unknown keys, values at odds (CSV:
     * file,place,remark,times); "" if nothing. */
    char remarks[4096];
    uint64_t n_remarks; /* its lines */
};

/* Import FILES (OSIRIS-RWD, identities or tables, plain or gzip, "-" = standard input; or folders
 * of them). A file that
 * cannot be read at all is an error after the others were done; bad lines and values are
 * refused one by one, the rest is kept. */
NODISCARD int node_import(struct node *node, const char *const *files, size_t n,
                          const struct import_options *options,
                          struct import_result *result_r, struct error *err);

/* The counts of RESULT as members of a JSON object, without its braces. */
void node_import_members(struct buffer *out, const struct import_result *result);

/* ---- questions ---- */

struct node_question {
    const char *criteria;  /* text, or JSON (criteria/json.h) */
    const char *const *by; /* dimensions, at most DIMENSIONS_MAX */
    size_t n_by;
    size_t top; /* keep the largest cells only; 0 = all, by key */
    bool funnel;
    bool explain;      /* with the plan */
    const char *value; /* of each patient, for a histogram (criteria/value.h); NULL: none */
    const char *bin;   /* width of its classes; NULL: one that suits */
    day_number as_of; /* DAY_MAX: the date of the data */
    const struct caller *caller;
    int64_t now; /* for the audit line */
};

struct funnel_step {
    const char *line;
    uint64_t certain, possible; /* after it */
};

struct node_answer {
    uint64_t certain, possible; /* possible: beyond the certain ones */
    uint64_t patients;          /* all that research may count */
    int64_t sequence, time;     /* the cut */
    const char *incarnation;
    unsigned rules;
    uint64_t model, criteria_digest;
    uint64_t codebook; /* digest; 0: no mappings */
    day_number as_of;
    double milliseconds;               /* parse and evaluate */
    const char *criteria;              /* canonical text */
    const char *sentence[LANG_EN + 1]; /* the same in words */
    const char *criteria_json;
    size_t n_remarks;
    const struct criteria_finding *remarks;
    const char **pointers; /* of the remarks, into CRITERIA_JSON */
    const struct coverage *coverage;
    struct cells cells; /* n_dimensions 0: none asked */
    size_t n_funnel;
    struct funnel_step *funnel;
    struct plan *plan;           /* NULL: not asked */
    struct histogram *histogram; /* NULL: not asked */
    const char *value;           /* canonical */
};

/* Answer in ARENA. ERROR_INPUT with line and column for a mistake in the criteria. Where the index
 * is damaged it is made again, and the answer waits for it; ERROR_BUSY when the node is open for
 * writing and that takes longer than seconds, or when another process writes: ask again later. */
NODISCARD int node_count(struct node *node, struct arena *arena,
                         const struct node_question *question,
                         struct node_answer **answer_r, struct error *err);

/* The contract's JSON: certain, possible, patients, sequence, rules, as_of, milliseconds,
 * coverage, cut, criteria, criteria_json, sentence, remarks; groups and funnel when asked. */
void node_answer_json(struct buffer *out, const struct node_answer *answer);
/* What is remarked of the criteria (criteria/check.h), a line each; nothing when nothing is. */
void node_answer_remarks(struct buffer *out, const struct node_answer *answer,
                         enum lang lang);
/* For people: the question as a sentence, then "42 certain, 5 possible  (of 9,812 patients;
 * …)", tables below it. */
void node_answer_text(struct buffer *out, const struct node_answer *answer,
                      enum lang lang);

/* One patient's history, care view: identity, tumours, facts in words with their sources; with
 * WHY also each decision of the rules (record/rules.h) and the facts it was taken on. JSON or
 * text into OUT. ERROR_NOT_FOUND if nobody is known under NUMBER (IPP). */
NODISCARD int node_show(struct node *node, const char *number,
                        const struct caller *caller, int64_t now, bool json, bool why,
                        enum lang lang, struct buffer *out, struct error *err);

/* Why the patient of NUMBER is certainly, possibly or not in the answer to QUESTION (its
 * criteria, as_of, caller and now): each criterion yes, no or unknown, the facts behind it, and
 * what would settle an unknown. Care view: opposed patients are explained too, and said to be
 * opposed. JSON or text into OUT. ERROR_NOT_FOUND, ERROR_INPUT. */
NODISCARD int node_explain(struct node *node, const char *number,
                           const struct node_question *question, bool json,
                           enum lang lang, struct buffer *out, struct error *err);

/* ---- upkeep ---- */

struct node_status {
    uint64_t persons, originals, identities; /* store */
    uint64_t patients, facts, segments;      /* index */
    int64_t sequence, time;                  /* store */
    int64_t index_sequence;
    const char *incarnation;
};
NODISCARD int node_status(struct node *node, struct node_status *status_r,
                          struct error *err);

struct verify_result {
    uint64_t persons, originals, audit_lines;
    uint64_t differences; /* persons whose rebuilt facts are not those of the index */
};
/* Rebuild everything from the originals in a scratch folder beside the index and compare it,
 * byte for byte, with the index compacted; check every checksum, the databases, the runs of saved
 * cohorts and the audit chain. Differences and damage are ERROR_CORRUPT with what to do. PROGRESS may be NULL. */
NODISCARD int node_verify(struct node *node,
                          void (*progress)(void *context, uint64_t done, uint64_t total),
                          void *context, struct verify_result *result_r,
                          struct error *err);

/* Rebuild the index from the originals, in index.new/, which then takes the place of the present
 * one. */
NODISCARD int node_rebuild(struct node *node,
                           void (*progress)(void *context, uint64_t done, uint64_t total),
                           void *context, struct error *err);
NODISCARD int node_compact(struct node *node, struct error *err);

/* The present snapshot and coverage, for callers that evaluate themselves (the benchmark, the
 * export of flat files); release it. */
struct snapshot *node_snapshot(struct node *node, const struct coverage **coverage_r);
void node_snapshot_release(struct node *node, struct snapshot *snapshot);

#endif
