/* SPDX-License-Identifier: Apache-2.0
 *
 * intake/json_splitter.c: finds where each object of a stream begins and ends.
 *
 * Nothing is parsed: braces are counted outside of strings, and what stands between them
 * is for the JSON library to judge. One byte decides one step, so bytes may come in pieces
 * of any size, with the same result.
 *
 *     state     what it waits for                                done by
 *     SEEK      the next '{'; an array's '[' ',' ']'             seek()
 *     OBJECT    the brace that closes what '{' opened            scan_object()
 *     GARBAGE   the end of the line (in an array: ',' or ']')    scan_garbage()
 *     TAIL      the end of a wrapper behind its array            scan_object()
 *
 * A wrapper is an object at the top whose first key is patients, data, entries or records
 * and whose value is an array of objects: its elements are the pieces, the rest of it is
 * passed over.
 *
 * A patient cut off in the middle of an NDJSON file must not swallow those behind it. A
 * '{' in the first column, inside an object at the top, is therefore taken for a new piece
 * where the file has shown itself to be one object a line, inside of a string (a string
 * has no line breaks), or where no object may begin. Objects indented by people have no
 * brace in the first column in such places.
 *
 * Broken pieces are cut to their first 256 bytes. An object above the limit is broken,
 * never held in memory beyond the limit, and passed over to its end. An input that ends
 * inside an array or a wrapper is cut short, which json_splitter_finish() says. */
#include <string.h>

#include "base/arena.h"
#include "base/error.h"
#include "intake/input.h"

#define BROKEN_SIZE ((size_t)256)  /* bytes of a broken piece that are handed over */
#define WRAPPER_SIZE ((size_t)256) /* a wrapper's head is not longer */
#define PADDING 8                  /* NULs behind a piece */

enum state { SEEK, OBJECT, GARBAGE, TAIL };

struct json_splitter {
    size_t limit;
    json_piece *piece;
    void *context;

    enum state state;
    bool in_array, in_wrapper; /* where the pieces stand; neither: at the top */
    bool is_ndjson;            /* a piece at the top filled a line */
    bool after_piece;          /* at the top, on the line where a one-line piece ended */
    unsigned bom; /* bytes of a BOM seen, 3 when there can be none any more */

    unsigned line;       /* of the next byte */
    unsigned first_line; /* of the piece */
    size_t depth;        /* braces and brackets open in the piece */
    bool in_string, escaped, after_newline;
    bool may_be_wrapper;

    char *bytes; /* of the piece: the first `kept` of `length` */
    size_t kept, capacity, length;
};

struct json_splitter *json_splitter_new(size_t object_limit, json_piece *piece,
                                        void *context)
{
    struct json_splitter *splitter = memory_alloc(sizeof(*splitter));

    *splitter = (struct json_splitter){
        .limit = object_limit > BROKEN_SIZE ? object_limit : BROKEN_SIZE,
        .piece = piece,
        .context = context,
        .line = 1,
    };
    return splitter;
}

void json_splitter_free(struct json_splitter *splitter)
{
    if (!splitter)
        return;
    memory_free(splitter->bytes);
    memory_free(splitter);
}

static void keep(struct json_splitter *s, const char *bytes, size_t length)
{
    size_t n = s->limit - s->kept;

    s->length += length;
    if (n > length)
        n = length;
    if (n == 0)
        return;
    if (s->kept + n + PADDING > s->capacity) {
        void *grown = s->bytes;

        memory_grow(&grown, &s->capacity, s->kept + n + PADDING, 1);
        s->bytes = grown;
    }
    memcpy(s->bytes + s->kept, bytes, n);
    s->kept += n;
}

static void begin(struct json_splitter *s, enum state state)
{
    s->state = state;
    s->first_line = s->line;
    s->kept = s->length = s->depth = 0;
    s->in_string = s->escaped = s->after_newline = false;
    s->may_be_wrapper = !s->in_array;
    s->after_piece = false;
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* Hand the piece over and look for the next one. */
static int deliver(struct json_splitter *s, bool whole, struct error *err)
{
    if (s->length > s->limit)
        whole = false;
    if (!whole) {
        if (s->kept > BROKEN_SIZE)
            s->kept = BROKEN_SIZE;
        while (s->kept > 0 && is_space(s->bytes[s->kept - 1]))
            s->kept--;
    }
    memset(s->bytes + s->kept, 0, PADDING);
    s->after_piece = whole && !s->in_array && s->line == s->first_line;
    s->state = SEEK;
    return s->piece(s->context, s->first_line, s->bytes, s->kept, whole, err);
}

/* Is what was kept `{ "patients" : [`, so that an object or the end of the array follows? */
static bool is_wrapper(const struct json_splitter *s)
{
    static const char *const names[] = {"patients", "data", "entries", "records"};
    char head[WRAPPER_SIZE];
    size_t n = 0;

    if (s->kept >= WRAPPER_SIZE || s->length != s->kept)
        return false;
    for (size_t i = 0; i < s->kept; i++)
        if (!is_space(s->bytes[i]))
            head[n++] = s->bytes[i];
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        size_t length = strlen(names[i]);

        if (n == length + 5 && memcmp(head, "{\"", 2) == 0 &&
            memcmp(head + 2, names[i], length) == 0 &&
            memcmp(head + 2 + length, "\":[", 3) == 0)
            return true;
    }
    return false;
}

/* May a '{' in the first column be taken for the start of another piece? */
static bool is_cut_off(const struct json_splitter *s)
{
    size_t i = s->kept;

    if (s->in_array)
        return false;
    if (s->is_ndjson || s->in_string)
        return true;
    if (s->length != s->kept)
        return false;
    while (i > 0 && is_space(s->bytes[i - 1]))
        i--;
    return i > 0 && !strchr("[:,", s->bytes[i - 1]);
}

/* The next byte of [at, end) that matters inside an object. */
static const char *next_mark(const struct json_splitter *s, const char *at,
                             const char *end)
{
    enum { STRING = 1, PLAIN = 2 };
    static const unsigned char matters[256] = {
        ['"'] = STRING | PLAIN, ['\n'] = STRING | PLAIN, ['\\'] = STRING, ['{'] = PLAIN,
        ['}'] = PLAIN,          ['['] = PLAIN,           [']'] = PLAIN,
    };
    unsigned char here = s->in_string ? STRING : PLAIN;

    while (at < end && !(matters[(unsigned char)*at] & here))
        at++;
    return at;
}

enum step { GO_ON, CLOSED, CUT_OFF, WRAPPER };

/* What one byte that matters does to the nesting. */
static enum step step_object(struct json_splitter *s, char c)
{
    switch (c) {
    case '\n':
        s->line++;
        s->after_newline = true;
        break;
    case '"': s->in_string = !s->in_string; break;
    case '\\': s->escaped = true; break;
    case '{':
    case '[':
        if (s->may_be_wrapper && c == '{' && s->depth == 2) {
            if (is_wrapper(s))
                return WRAPPER;
            s->may_be_wrapper = false;
        }
        s->depth++;
        break;
    default:
        if (s->may_be_wrapper && c == ']' && s->depth == 2) {
            if (is_wrapper(s))
                return WRAPPER;
            s->may_be_wrapper = false;
        }
        if (--s->depth == 0)
            return CLOSED;
    }
    return GO_ON;
}

/* Read on to where something is decided; *AT_R is the byte that decides. */
static enum step scan(struct json_splitter *s, const char **at_r, const char *end)
{
    const char *at = *at_r;
    enum step step = GO_ON;

    while (at < end && step == GO_ON) {
        if (s->escaped) {
            s->escaped = false;
            at += *at != '\n'; /* a line end is one, whatever stands before it */
            continue;
        }
        if (s->after_newline) {
            s->after_newline = false;
            if (*at == '{' && s->state == OBJECT) {
                keep(s, *at_r, (size_t)(at - *at_r));
                *at_r = at;
                if (is_cut_off(s))
                    return CUT_OFF;
            }
        }
        at = next_mark(s, at, end);
        if (at == end)
            break;
        if (s->may_be_wrapper && (*at == '{' || *at == ']')) {
            keep(s, *at_r, (size_t)(at - *at_r)); /* is_wrapper() looks at it */
            *at_r = at;
        }
        step = step_object(s, *at);
        if (step == GO_ON)
            at++;
    }
    keep(s, *at_r, (size_t)(at - *at_r));
    *at_r = at;
    return step;
}

static int scan_object(struct json_splitter *s, const char **at_r, const char *end,
                       struct error *err)
{
    bool is_object;

    switch (scan(s, at_r, end)) {
    case CLOSED:
        is_object = **at_r == '}';
        keep(s, (*at_r)++, 1);
        if (s->state == OBJECT)
            return deliver(s, is_object, err);
        s->state = SEEK;
        s->in_wrapper = false;
        break;
    case CUT_OFF: return deliver(s, false, err);
    case WRAPPER:
        s->in_array = s->in_wrapper = true;
        s->state = SEEK;
        break;
    case GO_ON: break;
    }
    return 0;
}

/* Something that is no object: up to the end of its line, or of its place in the array. */
static int scan_garbage(struct json_splitter *s, const char **at_r, const char *end,
                        struct error *err)
{
    const char *at = *at_r;
    bool ended = false;

    for (; at < end && !ended; at++) {
        if (*at == '\n' || (s->in_array && !s->in_string && (*at == ',' || *at == ']'))) {
            ended = true;
            break;
        }
        if (s->escaped)
            s->escaped = false;
        else if (*at == '\\')
            s->escaped = true;
        else if (*at == '"')
            s->in_string = !s->in_string;
    }
    keep(s, *at_r, (size_t)(at - *at_r));
    *at_r = at;
    return ended ? deliver(s, false, err) : 0;
}

/* The end of an array; in a wrapper, what is left of that is passed over. */
static void close_array(struct json_splitter *s)
{
    bool wrapped = s->in_wrapper;

    s->in_array = false;
    if (wrapped) {
        begin(s, TAIL);
        s->depth = 1;
        s->may_be_wrapper = false;
    }
}

static void seek(struct json_splitter *s, const char **at_r, const char *end)
{
    for (; *at_r < end && s->state == SEEK; (*at_r)++) {
        char c = **at_r;

        if (c == '\n') {
            s->line++;
            s->is_ndjson |= s->after_piece;
            s->after_piece = false;
        }
        if (is_space(c) || c == ',')
            continue;
        if (c == ']' && s->in_array) {
            close_array(s);
        } else if (c == '[' && !s->in_array) {
            s->in_array = true;
        } else {
            begin(s, c == '{' ? OBJECT : GARBAGE);
            return; /* its first byte is read there */
        }
    }
}

/* A byte order mark at the very beginning; what only began like one is garbage. */
static void skip_bom(struct json_splitter *s, const char **at_r, const char *end)
{
    static const char bom[] = "\xEF\xBB\xBF";

    while (*at_r < end && s->bom < 3) {
        if (**at_r != bom[s->bom]) {
            if (s->bom > 0) {
                begin(s, GARBAGE);
                keep(s, bom, s->bom);
            }
            s->bom = 3;
            return;
        }
        s->bom++;
        (*at_r)++;
    }
}

int json_splitter_feed(struct json_splitter *splitter, const char *bytes, size_t length,
                       struct error *err)
{
    const char *at = bytes;
    const char *end = bytes + length;
    int rc = 0;

    skip_bom(splitter, &at, end);
    while (at < end && rc == 0) {
        switch (splitter->state) {
        case SEEK: seek(splitter, &at, end); break;
        case OBJECT:
        case TAIL: rc = scan_object(splitter, &at, end, err); break;
        case GARBAGE: rc = scan_garbage(splitter, &at, end, err); break;
        }
    }
    return rc < 0 ? -1 : 0;
}

int json_splitter_finish(struct json_splitter *splitter, struct error *err)
{
    struct json_splitter *s = splitter;

    if (s->bom > 0 && s->bom < 3) {
        begin(s, GARBAGE);
        keep(s, "\xEF\xBB", s->bom);
        s->bom = 3;
    }
    if ((s->state == OBJECT || s->state == GARBAGE) && deliver(s, false, err) < 0)
        return -1;
    if (s->in_array || s->in_wrapper)
        return error_at(err, ERROR_INPUT, s->line, 0,
                        "the input ends inside an array: it is cut short");
    return 0;
}
