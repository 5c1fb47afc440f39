/* SPDX-License-Identifier: Apache-2.0
 *
 * cli/cli.h: the command line. Parses, asks the node, prints; decides nothing else.
 *
 *     commands.def     the one table: commands, options, exit statuses
 *     commands.c       that table as code
 *     arguments.c      argv to an invocation
 *     run.c            dispatch, and what is said when something goes wrong
 *     help.c manual.c completion.c   what else the table gives: --help, man pages, bash
 *     progress.c       how far an import is
 *     text.c           words wrapped into lines, files read
 *     extract.c        whole records, into a file or a folder
 *     asked.c          criteria and days as operands and options
 *     remote.c         the same questions, asked of the server that has the node open
 *     open.c           the node, or its server
 *     NAME.c           command NAME
 *
 * Only here is the clock read, and only here is the standard output written to. Results go to
 * the standard output, all else to standard error. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "access/access.h"
#include "base/attributes.h"
#include "base/buffer.h"
#include "base/date.h"
#include "vocab/vocab.h"

struct arena;
struct error;
struct node;

/* What a command prints may not pass this; a table of all codes of a centre is far below. */
#define OUTPUT_LIMIT ((size_t)256 << 20)
#define OPTION_VALUES_MAX 32

#define LANGUAGES 2 /* enum lang */

/* ---- the table (commands.c) ---- */

enum command_id {
#define COMMAND(id, ...) COMMAND_##id,
#define OPTION(...)
#define EXIT(...)
#define ACTION(...)
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
#undef EXIT
#undef ACTION
    COMMANDS
};

/* What the first operand of some commands says. */
enum action_id {
#define COMMAND(...)
#define OPTION(...)
#define EXIT(...)
#define ACTION(command, id, ...) ACTION_##command##_##id,
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
#undef EXIT
#undef ACTION
    ACTIONS
};

enum option_id {
#define COMMAND(...)
#define OPTION(id, ...) OPTION_##id,
#define EXIT(...)
#define ACTION(...)
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
#undef EXIT
#undef ACTION
    OPTIONS
};

/* The status that the program ends with. */
enum exit_status {
#define COMMAND(...)
#define OPTION(...)
#define EXIT(id, number, ...) EXIT_##id = number,
#define ACTION(...)
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
#undef EXIT
#undef ACTION
};

struct invocation;

/* An exit status, or -1 with ERR. What was printed into INVOCATION->out is shown either way. */
typedef int command_run(struct invocation *invocation, struct error *err);

/* Texts are indexed by enum lang. */
struct command_row {
    enum command_id id;
    const char *name;
    command_run *run;
    bool hidden;          /* not in help, but for itself */
    size_t least, most;   /* operands */
    enum purpose purpose; /* when --purpose does not say */
    const char *operands[LANGUAGES];
    const char *summary[LANGUAGES];
    const char
        *text[LANGUAGES]; /* paragraphs, "\n\n" between; lines with two blanks stay */
    const char *example;
};

struct action_row {
    enum action_id id;
    enum command_id command;
    const char *name;
    size_t least, most; /* operands, the action itself not counted */
    const char *operands[LANGUAGES];
    const char *text[LANGUAGES];
};

struct option_row {
    enum option_id id;
    const char *name;
    char letter;                     /* 0: none */
    const char *argument[LANGUAGES]; /* "" for a flag */
    size_t most;                     /* how often it may be given */
    uint64_t commands;               /* a bit each */
    const char *text[LANGUAGES];
};

struct exit_row {
    int number;
    const char *text[LANGUAGES];
};

/* What runs them: one file each. */
#define COMMAND(id, word, ...) command_run command_##word;
#define OPTION(...)
#define EXIT(...)
#define ACTION(...)
#include "cli/commands.def"
#undef COMMAND
#undef OPTION
#undef EXIT
#undef ACTION

extern const struct command_row command_table[COMMANDS];
extern const struct action_row action_table[ACTIONS];
extern const struct option_row option_table[OPTIONS];
extern const struct exit_row exit_table[];
extern const size_t exit_count;

const struct command_row *command_find(const char *name); /* NULL if there is none */
/* The action NAME of COMMAND; NAME NULL: its first. NULL if there is none. */
const struct action_row *action_find(enum command_id command, const char *name);
static inline bool option_is_of(const struct option_row *option, enum command_id command)
{
    return option->commands >> command & 1;
}

/* ---- one call of the program (arguments.c) ---- */

struct invocation {
    const struct command_row *command;
    const struct action_row *action; /* NULL: the command has none */
    struct arena *arena;             /* of all that lives as long as the call */
    enum lang lang;
    bool json, quiet, help;
    bool usage;  /* the error is how we were called */
    bool told;   /* the error stands in the JSON already */
    int failure; /* exit status of an error, 0: by its code */

    size_t n_operands;
    const char *const *operands; /* without the action */
    struct {
        size_t n;
        const char *values[OPTION_VALUES_MAX];
    } options[OPTIONS];

    struct caller caller;
    int64_t now;

    /* The text in which an error may have a line and a column, to be shown with a caret. */
    const char *text;
    const char *text_name; /* its file, NULL for an operand */

    struct buffer out;
};

/* Fill INVOCATION from the command's words. -1 with ERROR_INPUT and USAGE raised. */
NODISCARD int arguments_parse(struct invocation *invocation, int argc, char **argv,
                              struct error *err);
enum lang lang_of_environment(void);

/* Raise USAGE and return -1; the message is followed by a word on where to read more. */
int usage_error(struct invocation *invocation, struct error *err, const char *format, ...)
    PRINTF_LIKE(3, 4);

bool option_given(const struct invocation *invocation, enum option_id option);
/* Its last value, or OTHERWISE. */
const char *option_value(const struct invocation *invocation, enum option_id option,
                         const char *otherwise);
/* *NUMBER_R is left alone when the option is not given. -1 with USAGE when its value is not
 * a whole number from LOW to HIGH. */
NODISCARD int option_number(struct invocation *invocation, enum option_id option,
                            uint64_t low, uint64_t high, uint64_t *number_r,
                            struct error *err);
/* The same for a share, from 0 to 1. */
NODISCARD int option_share(struct invocation *invocation, enum option_id option,
                           double *share_r, struct error *err);

/* The text in the language of the call. */
static inline const char *say(const struct invocation *invocation, const char *fr,
                              const char *en)
{
    return invocation->lang == LANG_FR ? fr : en;
}

/* ---- asked.c ---- */

/* The criteria that WORD is: as they stand, out of @FILE, or of "-", the standard input. */
NODISCARD int criteria_operand(struct invocation *invocation, const char *word,
                               const char **criteria_r, struct error *err);
/* The criteria in FILE ("-": the standard input). */
NODISCARD int criteria_file(struct invocation *invocation, const char *file,
                            const char **criteria_r, struct error *err);
/* The day of --as-of, DAY_MAX when it is not given. */
NODISCARD int option_as_of(struct invocation *invocation, day_number *day_r,
                           struct error *err);

/* ---- import.c ---- */

/* What became of one file. */
struct imported {
    bool begun; /* else the node could not be opened, and nothing is known of the file */
    uint64_t kept;       /* patients and identities */
    const char *members; /* of a JSON object: the counts */
    const char *words;   /* the same as the command tells it */
    const char *report;  /* path of what was refused, "" for nothing */
    const char *remarks; /* path of the remarks, "" */
};
/* Import FILE, called NAME in reports, as the command does: into the node that is the first
 * operand, or through its server. IMPORTED_R, in the invocation's arena, also on failure. */
NODISCARD int import_one(struct invocation *invocation, const char *file,
                         const char *name, struct imported *imported_r,
                         struct error *err);

/* ---- export.c, extract.c ---- */

struct node_list;
struct render_options;

/* What was written as TEMPORARY takes the place PATH; without FORCE only where nothing is. */
NODISCARD int export_put_in_place(const char *temporary, const char *path, bool force,
                                  struct error *err);
/* The records of LIST in the format of OPTIONS, into the file or the folder PATH. */
NODISCARD int export_records(struct invocation *invocation, const struct node_list *list,
                             const struct render_options *options, const char *path,
                             struct error *err);
/* Write CSV into PATH, which may be there with --force only. */
NODISCARD int output_file(const struct invocation *invocation, const char *path,
                          const struct buffer *csv, struct error *err);

/* ---- run.c ---- */

/* The whole program. */
int cli_main(int argc, char **argv);
int exit_of_error(const struct error *err);
/* {"code":…,"message":…,"line":…,"column":…} */
void error_json(struct buffer *out, const struct invocation *invocation,
                const struct error *err);

/* ---- help.c, manual.c, completion.c ---- */

void help_overview(struct buffer *out, enum lang lang);
void help_command(struct buffer *out, const struct command_row *command, enum lang lang);
/* The row of the table as JSON; COMMAND NULL: all commands and exit statuses. */
void help_json(struct buffer *out, const struct command_row *command, enum lang lang);
/* The man page of COMMAND, or of the program (NULL), in roff. */
void manual_page(struct buffer *out, const struct command_row *command);
/* docs/model.md. */
void manual_model(struct buffer *out);
void completion_script(struct buffer *out);

/* ---- text.c ---- */

/* TEXT in lines of at most WIDTH columns, each but the first behind INDENT blanks; AT is the
 * column where we stand. Ends with a line end. */
void text_wrap(struct buffer *out, const char *text, size_t at, size_t indent,
               size_t width);
size_t text_columns(const char *text, size_t length);
/* COUNT and then the word for one or for several: "1 patient", "2 patients". French takes the
 * singular for 0. */
void text_count(struct buffer *out, enum lang lang, uint64_t count, const char *one,
                const char *several);
/* "0.4 s", "35 s", "4 min 10 s". */
void text_seconds(struct buffer *out, enum lang lang, double seconds);
/* The file PATH ("-" is standard input) of at most LIMIT bytes, in ARENA. */
NODISCARD int text_read(struct arena *arena, const char *path, size_t limit,
                        const char **text_r, struct error *err);

/* ---- progress.c ---- */

/* One line on standard error: rewritten when that is a terminal, else a line every ten
 * seconds, nothing with --quiet. */
struct progress {
    enum lang lang;
    bool quiet, terminal, shown;
    double start, last;            /* milliseconds */
    const char *unit_fr, *unit_en; /* what is counted: "patients" */
};
void progress_start(struct progress *progress, const struct invocation *invocation,
                    const char *unit_fr, const char *unit_en);
/* SHARE done, from 0 to 1 (negative: not known); COUNT units so far. LABEL may be NULL. */
void progress_show(struct progress *progress, const char *label, double share,
                   uint64_t count);
/* Wipe the line. */
void progress_end(struct progress *progress);
/* The same as a callback of node_verify, node_rebuild and synth_write. */
void progress_of_total(void *progress, uint64_t done, uint64_t total);

/* ---- open.c, remote.c ---- */

/* Either the node, or the connection to the server that has it open. */
struct target {
    struct node *node;
    struct remote *remote;
};
NODISCARD int target_open_read(struct target *target, const char *folder,
                               struct error *err);
NODISCARD int target_open_write(struct target *target, const char *folder,
                                struct error *err);
void target_close(struct target *target);
/* The node itself, whatever is running. */
NODISCARD int node_open_here(struct node **node_r, const char *folder, struct error *err);

struct remote;
/* The server of the node FOLDER; *REMOTE_R NULL when none answers. */
NODISCARD int remote_open(struct remote **remote_r, const char *folder,
                          struct error *err);
void remote_close(struct remote *remote); /* takes NULL */

struct remote_query {
    const char *name, *value;
};
/* GET PATH (already escaped) with QUERY of N; the body into OUT. TEXT asks for words in the
 * language of the call rather than JSON. */
NODISCARD int remote_get(struct remote *remote, const struct invocation *invocation,
                         const char *path, const struct remote_query *query, size_t n,
                         bool text, struct buffer *out, struct error *err);
/* POST the LENGTH bytes of BODY (JSON; NULL: nothing). */
NODISCARD int remote_post(struct remote *remote, const struct invocation *invocation,
                          const char *path, const char *body, size_t length, bool text,
                          struct buffer *out, struct error *err);
/* The same, answered as CSV. */
NODISCARD int remote_post_csv(struct remote *remote, const struct invocation *invocation,
                              const char *path, const char *body, size_t length,
                              struct buffer *out, struct error *err);
/* POST the file FILE ("-": standard input) as it is, to be called NAME. SENT may be NULL. */
typedef void remote_sent(void *context, uint64_t bytes, uint64_t total);
NODISCARD int remote_upload(struct remote *remote, const struct invocation *invocation,
                            const char *to, const char *file, const char *name,
                            remote_sent *sent, void *context, struct buffer *out,
                            struct error *err);
/* The same without a word on how far it is; TEXT asks for words. TO may have a query. */
NODISCARD int remote_upload_text(struct remote *remote,
                                 const struct invocation *invocation, const char *to,
                                 const char *file, bool text, struct buffer *out,
                                 struct error *err);
/* ONE segment of a path, or one value, escaped; in the invocation's arena. */
const char *remote_escape(const struct invocation *invocation, const char *one);

#endif
