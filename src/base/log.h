/* SPDX-License-Identifier: Apache-2.0
 *
 * base/log.h: events as JSON lines, from which people, monitoring and audit all read.
 *
 *     log_event(LOG_INFO, "import.done", LOG_STRING("file", name), LOG_NUMBER("patients", n));
 *     {"time":"2026-11-12T09:31:07.120Z","level":"info","event":"import.done","file":…}
 *
 * No name, INS or local number of a patient ever goes into a field. Thread-safe; each line
 * is one write(2). Below the level set by log_configure nothing is formatted. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARNING, LOG_ERROR };

struct log_field {
    const char *name;
    enum { LOG_FIELD_END, LOG_FIELD_STRING, LOG_FIELD_NUMBER } kind;
    const char *string;
    double number;
};

#define LOG_STRING(n, s) \
    ((struct log_field){.name = (n), .kind = LOG_FIELD_STRING, .string = (s)})
#define LOG_NUMBER(n, v) \
    ((struct log_field){.name = (n), .kind = LOG_FIELD_NUMBER, .number = (double)(v)})
#define LOG_END ((struct log_field){.kind = LOG_FIELD_END})

/* FD stays the caller's; -1 silences. Before the first call: standard error, LOG_WARNING. */
void log_configure(int fd, enum log_level level);

#define log_event(level, event, ...)   \
    log_event_fields((level), (event), \
                     (const struct log_field[]){__VA_ARGS__ __VA_OPT__(, ) LOG_END})

void log_event_fields(enum log_level level, const char *event,
                      const struct log_field *fields);

/* Milliseconds of a clock that never jumps, for durations. */
double clock_milliseconds(void);
/* Seconds since 1970 UTC: only the command line and the server call this. */
int64_t clock_now(void);
/* That time as 2026-11-12T09:31:07Z; OUT holds 32 bytes. Returns OUT. */
char *clock_print(int64_t seconds, char *out);

#endif
