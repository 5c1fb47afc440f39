/* SPDX-License-Identifier: Apache-2.0
 *
 * base/log.c: one JSON object a line, and the clocks.
 *
 * A line is made in a buffer of the calling thread and written at once, so lines of several
 * threads never mix; of several processes neither, as long as the file is opened O_APPEND.
 * A line that would pass LINE_LIMIT keeps its first fields and says "truncated". */
#include "base/log.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/buffer.h"
#include "base/date.h"

#define LINE_LIMIT ((size_t)16 << 10)
#define LINE_END ((size_t)32) /* room kept for ,"truncated":true} and the newline */

static atomic_int log_fd = STDERR_FILENO;
static atomic_int log_lowest = LOG_WARNING;
static pthread_mutex_t log_lock = PTHREAD_MUTEX_INITIALIZER;

void log_configure(int fd, enum log_level level)
{
    atomic_store(&log_fd, fd);
    atomic_store(&log_lowest, (int)level);
}

static const char *level_name(enum log_level level)
{
    switch (level) {
    case LOG_DEBUG: return "debug";
    case LOG_INFO: return "info";
    case LOG_WARNING: return "warning";
    case LOG_ERROR: return "error";
    }
    return "unknown";
}

/* "2026-11-12T09:31:07", without its end. Returns the length. */
static int print_second(int64_t seconds, char out[32])
{
    int64_t day = seconds / 86400;
    int64_t rest = seconds % 86400;
    int year, month, dom;

    if (rest < 0) {
        rest += 86400;
        day--;
    }
    if (day < DAY_MIN)
        day = DAY_MIN;
    if (day > DAY_MAX)
        day = DAY_MAX;
    day_to_civil((day_number)day, &year, &month, &dom);
    return snprintf(out, 32, "%04d-%02u-%02uT%02u:%02u:%02u", year, (unsigned)month % 100,
                    (unsigned)dom % 100, (unsigned)(rest / 3600) % 100,
                    (unsigned)(rest / 60 % 60), (unsigned)(rest % 60));
}

static void put_time(struct buffer *line)
{
    struct timespec now;
    char text[32];

    clock_gettime(CLOCK_REALTIME, &now);
    print_second(now.tv_sec, text);
    buffer_printf(line, "{\"time\":\"%s.%03ldZ\"", text, now.tv_nsec / 1000000);
}

/* False when the line got too long; the field is then taken back. */
static bool put_field(struct buffer *line, const struct log_field *field)
{
    size_t length = line->length;

    buffer_char(line, ',');
    buffer_json_string(line, field->name);
    buffer_char(line, ':');
    if (field->kind == LOG_FIELD_STRING)
        buffer_json_string(line, field->string);
    else
        buffer_json_number(line, field->number);

    if (!line->overflowed)
        return true;
    line->length = length;
    line->overflowed = false;
    return false;
}

/* A full disk or a closed pipe must not stop the work that is being logged: errors end the
 * attempt. The lock is for the rare short write, whose rest must follow it. */
static void write_line(int fd, const char *bytes, size_t length)
{
    pthread_mutex_lock(&log_lock);
    while (length > 0) {
        ssize_t written = write(fd, bytes, length);

        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            break;
        bytes += written;
        length -= (size_t)written;
    }
    pthread_mutex_unlock(&log_lock);
}

void log_event_fields(enum log_level level, const char *event,
                      const struct log_field *fields)
{
    int fd = atomic_load(&log_fd);
    int saved_errno = errno; /* logging a failure must not change it */
    struct buffer line;

    if (fd < 0 || (int)level < atomic_load(&log_lowest))
        return;

    buffer_init(&line, LINE_LIMIT - LINE_END);
    put_time(&line);
    bool whole = put_field(&line, &LOG_STRING("level", level_name(level))) &&
                 put_field(&line, &LOG_STRING("event", event));
    for (; whole && fields->kind != LOG_FIELD_END; fields++)
        whole = put_field(&line, fields);

    line.limit = LINE_LIMIT;
    buffer_string(&line, whole ? "}\n" : ",\"truncated\":true}\n");
    write_line(fd, line.bytes, line.length);
    buffer_free(&line);
    errno = saved_errno;
}

double clock_milliseconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

int64_t clock_now(void)
{
    return (int64_t)time(NULL);
}

char *clock_print(int64_t seconds, char *out)
{
    int length = print_second(seconds, out);

    out[length] = 'Z';
    out[length + 1] = '\0';
    return out;
}
