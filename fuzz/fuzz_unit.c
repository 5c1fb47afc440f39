/* SPDX-License-Identifier: Apache-2.0
 *
 * fuzz/fuzz_unit.c: any text as a unit, of any measure.
 *
 * The first byte chooses the measure, the rest is the unit. What is read at all is its own
 * unit; what converts to the measure's unit does so in proportion and turns back; what does not
 * leaves the number alone. */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "vocab/units.h"
#include "vocab/vocab.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static void require(bool holds)
{
    if (!holds)
        abort();
}

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-10 * fabs(b);
}

static void check(const char *measure, const char *unit)
{
    const char *own = vocab_measure_unit(measure);
    double one = 1, three = 3;

    if (!*own || !vocab_unit_convert(measure, unit, own, &one)) {
        require(one == 1);
        return;
    }
    require(vocab_unit_is_known(unit) && one > 0 && isfinite(one));
    require(vocab_unit_convert(measure, unit, own, &three) && near(three, 3 * one));
    require(vocab_unit_convert(measure, own, unit, &three) && near(three, 3));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    size_t n = vocab_known_count(VOCAB_MEASURE);
    double number = 1;
    char *text;

    if (size == 0)
        return 0;
    text = malloc(size);
    require(text != NULL);
    memcpy(text, bytes + 1, size - 1);
    text[size - 1] = '\0';
    check(vocab_known(VOCAB_MEASURE, bytes[0] % n), text);
    if (vocab_unit_convert("", text, "g/L", &number))
        require(vocab_unit_is_known(text) && number > 0);
    number = 1;
    if (vocab_unit_convert(text, "mg/L", "g/L", &number)) /* whatever TEXT is a name of */
        require(number == 0.001);
    free(text);
    return 0;
}
