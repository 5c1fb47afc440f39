/* SPDX-License-Identifier: Apache-2.0
 *
 * node/node_internal.h: a node, opened. Shared by the files of this room.
 *
 *     config.c   node.conf and coverage.csv
 *     node.c     making, opening, status
 *     indexer.c  store → index: catching up, rebuilding
 *     scan.c     many persons' records, on all cores
 *     mend.c     a damaged index is made again while others ask
 *     import.c   files → store → index
 *     mapping.c  mappings of tables: kept, tried, listed
 *     question.c criteria → answer
 *     answer.c   answer → JSON, text
 *     history.c  one patient in words; why.c why the record is what it is
 *     explain.c  why one patient is, or is not, in an answer; doubts.c what would settle it
 *     fact_words.c  facts in words, for both
 *     verify.c   everything checked against the originals
 *     vocabularies.c  official lists; vocabularies_print.c
 *     codes.c    a centre's own codes: the work list, mappings; codes_found.c, codes_print.c
 *     replace.c  small files, read and replaced whole
 *
 * What was saved, and lists of patients: saved_internal.h. */
#ifndef NODE_NODE_INTERNAL_H
#define NODE_NODE_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "adapt/adapt.h"
#include "base/error.h"
#include "index/builder.h"
#include "index/catalogue.h"
#include "node/node.h"
#include "record/record.h"
#include "record/rules.h"
#include "store/store.h"

#define NODE_PATH 4096
/* Arena of one person's history while it is rebuilt. */
#define PERSON_ARENA ((size_t)1 << 30)
/* A builder is written out at this many postings or patients: about 100 MB. */
#define BUILDER_POSTINGS ((size_t)2500000)
#define BUILDER_PATIENTS ((size_t)65536)

/* The making of a new index in the background. */
struct mending {
    pthread_mutex_t lock;
    pthread_cond_t done;
    pthread_t thread;
    bool started; /* there is a thread to join */
    bool running;
    int status; /* of the last one, and why it failed */
    struct error err;
};

struct node {
    char *folder;
    enum node_mode mode;
    struct arena *config_arena;
    struct node_config config;
    struct arena *context_arena;
    struct adapt_context context; /* what the centre laid down about its sources */
    struct coverage coverage;     /* declared rows; `seen` is computed per snapshot */
    struct store *store;          /* for whoever changes or follows it */
    struct store *reader; /* for those who only look, so that they wait for no import */
    struct catalogue *catalogue;
    struct audit *audit;
    struct vocabularies *vocabularies;         /* vocabularies.c */
    _Atomic(const struct codebook *) codebook; /* what the centre's own codes mean */
    struct codebooks *codebooks;               /* all that were in use: codes.c */
    pthread_mutex_t writing;                   /* import, compact, rebuild, verify */
    pthread_mutex_t store_lock; /* a store belongs to one thread at a time */
    pthread_mutex_t reader_lock;
    struct mending mending;
    atomic_bool closing; /* whoever makes an index stops */
};

void node_path(const struct node *node, const char *name, char path[NODE_PATH]);
/* node_open() without a second try. */
struct node *node_open_once(const char *folder, enum node_mode mode, struct error *err);

/* config.c */
NODISCARD int config_write(const char *folder, const struct node_config *config,
                           struct error *err);
NODISCARD int config_read(struct node *node, struct error *err);
NODISCARD int coverage_read(struct node *node, struct error *err);
/* The node's coverage as it holds for SNAPSHOT, in ARENA. */
const struct coverage *coverage_of(const struct node *node, struct arena *arena,
                                   const struct snapshot *snapshot);

/* mapping.c */

/* The mappings of the node into its context, instead of those that were there. */
NODISCARD int mappings_load(struct node *node, struct error *err);
/* The digest that answers carry: of the model and of the context. */
uint64_t node_model(const struct node *node);
/* vocabularies.c: the lists of the node are put in use, and taken out of use. */
NODISCARD int vocabularies_open(struct node *node, struct error *err);
void vocabularies_close(struct node *node);

/* codes.c: the centre's codebook is read, and what it says is put into the index. */
NODISCARD int codes_open(struct node *node, struct error *err);
void codes_close(struct node *node);
/* How originals are adapted now. */
struct adapt_context node_context(const struct node *node);
uint64_t codes_digest(const struct node *node);
/* Was the index made with the present codebook? */
bool codes_are_applied(const struct node *node);
/* All of the index was made with it just now. */
NODISCARD int codes_applied(const struct node *node, struct error *err);
/* Index again whom the codebook may concern, if the index was made with another one. */
NODISCARD int codes_catch_up(struct node *node, struct error *err);

/* plan.c */
struct plan;
void plan_name_lines(struct arena *arena, struct plan *plan);
void plan_json(struct buffer *out, const struct plan *plan);
void plan_text(struct buffer *out, const struct plan *plan, bool french);

/* histogram.c */
void histogram_json(struct buffer *out, const struct node_answer *answer);
void histogram_text(struct buffer *out, const struct node_answer *answer, bool french);

/* history.c */

/* The person known under NUMBER (IPP), and the record; call with the reader locked.
 * DECISIONS (NULL: nobody asks) is filled with why it is so. ERROR_NOT_FOUND. */
NODISCARD int person_find(struct node *node, struct arena *arena, const char *number,
                          struct decisions *decisions, uint32_t *person_r,
                          struct record **record_r, struct error *err);

/* why.c */

/* The decisions about TUMOUR, or with TUMOUR_NONE about the patient, a line each. */
void why_text(struct buffer *out, const struct decisions *decisions, int tumour,
              enum lang lang);
/* All of them as a further member of an object. */
void why_json(struct buffer *out, const struct decisions *decisions, enum lang lang);

/* fact_words.c */

/* The label of CODE, or of its group where clinicians say the code itself; NULL: none. */
const char *code_label(enum vocab_system system, const char *code, enum lang lang);
void code_print(struct buffer *out, enum vocab_system system, const char *code,
                enum lang lang);
void value_print(struct buffer *out, const struct value *value, enum lang lang);
/* As a member of an object, under the item's id. */
void value_json(struct buffer *out, const struct value *value);
/* "14/03/2021", "sans date". */
const char *fact_date_words(const struct fact *fact, bool french,
                            char text[DATE_WORDS_SIZE]);
/* "[#1234.0, structuré, établissement]": the original, which object in it, its source. */
void fact_proof_print(struct buffer *out, const struct fact *fact, enum lang lang);
/* What FACT says of ITEM, or else what it is about: "Mesure PS, Valeur 1". */
void fact_brief_print(struct buffer *out, const struct fact *fact, enum item item,
                      enum lang lang);
void interval_json(struct buffer *out, struct interval date);
/* Tumour, dates, source and proof as further members of an object. */
void fact_json(struct buffer *out, const struct fact *fact);

/* indexer.c */
typedef void node_progress(void *context, uint64_t done, uint64_t total);

/* What is wanted beside a record: why it is so, and what adapting the originals remarks. NULL in
 * its place, or in a member: nobody asks. */
struct account {
    struct decisions *decisions;
    struct remarks *remarks;
};

/* The record of PERSON from its originals, by the reader; *RECORD_R NULL when it has none (erased). */
NODISCARD int person_record(struct node *node, struct arena *arena, uint32_t person,
                            const struct account *account, struct record **record_r,
                            struct error *err);
/* Put the N persons (ascending, distinct) as they are in the store into CATALOGUE, which then
 * stands at SEQUENCE, TIME. */
NODISCARD int index_persons(struct node *node, struct catalogue *catalogue,
                            const uint32_t *persons, size_t n, int64_t sequence,
                            int64_t time, node_progress *progress, void *context,
                            struct error *err);
/* Everything that changed in the store since CATALOGUE's sequence. */
NODISCARD int index_catch_up(struct node *node, struct catalogue *catalogue,
                             node_progress *progress, void *context, struct error *err);
/* Make the index again from the originals: in a folder beside, and moved in whole, so that
 * nobody sees a part of it. */
NODISCARD int index_remake(struct node *node, node_progress *progress, void *context,
                           struct error *err);
/* catalogue_compact(); the index is made again if it turns out to be damaged. */
NODISCARD int index_compact(struct node *node, bool fully, struct error *err);

/* scan.c */

/* The record of PERSON, whose originals these are. Any thread; of
 * NODE its context alone is looked at. */
NODISCARD int merge_originals(const struct node *node, struct arena *arena,
                              uint32_t person, const struct original *originals, size_t n,
                              const struct account *account, struct record **record_r,
                              struct error *err);

/* Persons' numbers, ascending; from memory_alloc. */
struct persons {
    uint32_t *person;
    size_t n, capacity;
};
/* Who changed since the sequence SINCE; with 0, everybody who has an original. */
NODISCARD int persons_changed(struct store *store, int64_t since,
                              struct persons *persons_r, struct error *err);

/* RECORD is gone after the call. WORKER: 0 … pool_cores()-1; several call at once, in no order. */
typedef void record_visit(void *context, unsigned worker, const struct record *record);
struct scan {
    struct store *store;
    pthread_mutex_t *lock; /* taken to read it; NULL: the caller has it */
    const uint32_t *persons;
    size_t n;
    record_visit *visit; /* NULL, or on the worker */
    /* NULL, or in the order of persons, on the thread that asks; NULL for who has no record. */
    int (*done)(void *context, const struct record *record, struct error *err);
    void *context;
    node_progress *progress; /* may be NULL */
    void *progress_context;
};
NODISCARD int persons_scan(struct node *node, const struct scan *scan, struct error *err);
/* Visit the record of everybody who has one, by the reader (somebody who changes meanwhile is
 * visited before or after that). The opposed are visited, too. */
NODISCARD int records_visit(struct node *node, record_visit *visit, void *context,
                            node_progress *progress, void *progress_context,
                            struct error *err);

/* mend.c */
void mending_begin(struct mending *mending);
/* Waits for whoever makes an index. */
void mending_end(struct mending *mending);
/* ASK something of the index. Where it meets damage the index is made again and ASK is called once
 * more, with what it left in ARENA given back; it holds no lock, and has written nothing, when it
 * fails. ERROR_BUSY when mending takes longer than somebody who asked should wait. Thread-safe. */
typedef int index_asking(void *context, struct error *err);
NODISCARD int index_ask(struct node *node, struct arena *arena, index_asking *ask,
                        void *context, struct error *err);

/* Remove FOLDER, which has files only; nothing when it is not there. */
void folder_remove(const char *folder);

#endif
