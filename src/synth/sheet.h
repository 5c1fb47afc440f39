/* SPDX-License-Identifier: Apache-2.0
 *
 * synth/sheet.h: text written fast: no format strings, room asked for once a record.
 *
 * The writer of a record calls sheet_room() with the most that a record can take (bounded by
 * the MOST_… of a person) and then only copies. base/buffer.h does the same job at its ease;
 * here the copies of known length are the point. */
#ifndef SYNTH_SHEET_H
#define SYNTH_SHEET_H

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/arena.h"
#include "synth/tables.h"

struct sheet {
    char *bytes; /* owned: memory_free() */
    size_t length, capacity;
};

/* More than the longest record: 96 drugs, 128 measures, 64 variants … at 400 bytes each. */
#define SHEET_RECORD ((size_t)400 * 512)

static inline void sheet_room(struct sheet *sheet, size_t more)
{
    if (sheet->length + more > sheet->capacity) {
        sheet->capacity = (sheet->length + more) * 2;
        sheet->bytes = memory_resize(sheet->bytes, sheet->capacity);
    }
}

static inline void put_bytes(struct sheet *sheet, const char *bytes, size_t length)
{
    assert(sheet->length + length <= sheet->capacity);
    memcpy(sheet->bytes + sheet->length, bytes, length);
    sheet->length += length;
}

#define PUT(sheet, literal) put_bytes((sheet), (literal), sizeof(literal) - 1)

static inline void put_word(struct sheet *sheet, struct word word)
{
    put_bytes(sheet, word.text, word.length);
}

static inline void put_string(struct sheet *sheet, const char *string)
{
    put_bytes(sheet, string, strlen(string));
}

static inline void put_char(struct sheet *sheet, char byte)
{
    assert(sheet->length < sheet->capacity);
    sheet->bytes[sheet->length++] = byte;
}

static inline void put_number(struct sheet *sheet, uint64_t number)
{
    char text[20];
    unsigned n = 0;

    do {
        text[sizeof text - ++n] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    put_bytes(sheet, text + sizeof text - n, n);
}

/* NUMBER / 10^DECIMALS. */
static inline void put_decimal(struct sheet *sheet, uint64_t number, unsigned decimals)
{
    static const uint32_t power[] = {1, 10, 100, 1000};
    uint64_t fraction = number % power[decimals];

    put_number(sheet, number / power[decimals]);
    if (decimals == 0)
        return;
    put_char(sheet, '.');
    for (unsigned i = decimals; i-- > 0; fraction %= power[i])
        put_char(sheet, (char)('0' + fraction / power[i]));
}

#endif
